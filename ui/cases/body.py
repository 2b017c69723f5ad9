"""The middle of the case page: one step with its ruler, how its term is counted, what it needs, its papers, its end.

Rules. One body a step code, made on first use and kept. The sentence *cách tính của sổ* names the event the term counts
from; where the decree leaves it open, one link counts from the other event. What is recorded of a later round never
touches an earlier one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from cbdesk.catalogue import catalogue
from cbdesk.process import StepState
from cbdesk.words import say
from ui import theme
from ui.cases import needs, told
from ui.cases.papers import PaperList
from ui.cases.pieces import FormPiece, FormSpec, Piece, RowsPiece
from ui.cases.read import CaseFile
from ui.cases.ruler import DayRuler, HourRuler
from ui.cases.separation import SeparationBar
from ui.form.form import FormView
from ui.form.grid import Flow
from ui.jobs import Jobs
from ui.parts import Badge, Button, IconText, Label, Rule, SectionTitle, paint

COUNTED = ("initial", "detailed", "plan", "approval")
"""Steps above which the day ruler stands."""


class StepHead(QWidget):
    """Title of the step, its form and who acts, its state and the time left; the rulers and the sentence under them."""

    count_from = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._event = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        first = QHBoxLayout()
        first.setSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(1)
        self.title = Label("", "section", wrap=True, name="step_title")
        self.facts = Label("", "small", "ink3", wrap=True, name="step_facts")
        words.addWidget(self.title)
        words.addWidget(self.facts)
        first.addLayout(words, 1)
        self.badge = Badge("", name="step_badge")
        first.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(first)
        self.days, self.hours = DayRuler(self), HourRuler(self)
        column.addWidget(self.days)
        column.addWidget(self.hours)
        self.counted = IconText("info", "", "ink2", "note", self, icon_ink="ink3", name="counted")
        column.addWidget(self.counted)
        self._open = QWidget(self)
        line = Flow(self._open, gap=8, row_gap=0)
        line.setContentsMargins(22, 0, 0, 0)
        self._inferred = Label(say("case_page.inferred"), "note", "ink3")
        line.addWidget(self._inferred)
        self.other = Button("", "link", self, name="count_from")
        self.other.clicked.connect(lambda: self.count_from.emit(self._event))
        line.addWidget(self.other)
        column.addWidget(self._open)
        self._level()

    def _level(self) -> None:
        """Let the words stand level with the link beside them."""
        self._inferred.setFixedHeight(theme.px(28))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_inferred"):
            self._level()

    def show_step(self, file: CaseFile, one: StepState) -> None:
        """Show a step."""
        state, step = file.view.state, one.step
        self.title.say(say("case_page.step_title", n=step.number, title=step.choice.label))
        form = say("case_page.form", n=step.form) if step.form else say("case_page.no_form")
        self.facts.say(" · ".join((form, step.who.short, step.basis)))
        self._show_badge(file, one)
        start = told.start_of(one, state)
        words = say("case_page.ruler.assessed" if one.start == "assessed" else "case_page.ruler.received")
        counted = start.date() if start is not None and step.code in COUNTED else None
        self.days.show_state(state, one.round, counted, words)
        urgent = state.facts.emergency_in(one.round) if step.code == "emergency" else None
        self.hours.show_emergency(urgent, one.done_at)
        self._show_counted(file, one)

    def _show_badge(self, file: CaseFile, one: StepState) -> None:
        look = told.LOOKS[one.state]
        left = told.left_words(one, file.view.state)
        due = told.due_words(one, file.view.state) if one.state != "today" or one.counted == "hours" else ""
        icon = look.icon if look.icon not in ("", "bar", "dotted") else ""
        parts = (left, due) if left else (told.state_words(one, file.view.state),)
        words = " · ".join(part for part in parts if part)
        self.badge.say(words, told.TONES.get(one.state, "neutral"), icon)

    def _show_counted(self, file: CaseFile, one: StepState) -> None:
        state = file.view.state
        said = told.counted_words(one, state)
        if one.counted == "working_days" and not state.calendar_known:
            said += " " + say("case_page.calendar_unknown")
        self.counted.say(said)
        other = told.other_start(one)
        self._event = other
        self._open.setVisible(bool(other))
        self.other.setVisible(not file.read_only)
        if other:
            self.other.say(say("case_page.count_from", event=told.event_words(other)))


class StepBody(QWidget):
    """What one step shows under its head."""

    changed = Signal()
    saved = Signal(object, str)
    """``Saved`` and the name of the piece that wrote."""
    failed = Signal(object)
    show_wanted = Signal()
    void_wanted = Signal(str)
    open_wanted = Signal(str, str)
    needs_wanted = Signal()

    def __init__(self, code: str, jobs: Jobs, papers: PaperList, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.code = code
        self._known: tuple[CaseFile, StepState] | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        self.note = IconText("info", "", "ink2", "note", self, icon_ink="cham", name="step_note")
        column.addWidget(self.note)
        self.separation = SeparationBar(self)
        column.addWidget(self.separation)
        self.pieces: list[Piece] = []
        rows = 0
        for spec in needs.specs(code):
            piece = self._make(spec, jobs, first=not rows)
            rows += any(isinstance(one, RowsPiece) and not one.spec.page for one in self.pieces)
            column.addWidget(piece)
        self._needs_link()
        column.addWidget(Rule(self))
        self.papers = papers
        column.addWidget(papers)
        column.addWidget(Rule(self))
        self.end_title = SectionTitle("", role="strong", name="finish_title")
        column.addWidget(self.end_title)
        self.finish = self._make(needs.finishing(lambda: self._known), jobs, first=False)
        for piece in self.all_pieces():
            view = piece.view()
            for name in ("reason", "end_note"):
                if view is not None and name in view.boxes:
                    view.boxes[name].keep_words = say("case_page.without_reason")
        column.addWidget(self.finish)
        column.addStretch(1)
        paint.name_it(self, f"body_{code}")

    def _make(self, spec: needs.Spec, jobs: Jobs, *, first: bool) -> Piece:
        inside: Piece | None = None
        if isinstance(spec, FormSpec) and spec.inside is not None:
            inside = self._make(spec.inside, jobs, first=first)
            spec = replace(spec, parts=[replace(spec.parts[0], widget=inside), *spec.parts[1:]])
        piece: Piece = FormPiece(spec, jobs, self) if isinstance(spec, FormSpec) else RowsPiece(
            spec, jobs, self, key="Ctrl N" if first else "")  # fmt: skip
        piece.changed.connect(self.changed)
        piece.saved.connect(lambda answer: self.saved.emit(answer, spec.name))
        piece.failed.connect(self.failed)
        piece.show_wanted.connect(self.show_wanted)
        piece.void_wanted.connect(self.void_wanted)
        piece.open_wanted.connect(self.open_wanted)
        if spec.name != "finish":
            self.pieces.insert(self.pieces.index(inside) if inside is not None else len(self.pieces), piece)
        return piece

    def _needs_link(self) -> None:
        """The measures of a plan can be taken from the needs that were found."""
        piece = next((one for one in self.pieces if isinstance(one, RowsPiece) and one.spec.name == "measures"), None)
        self.from_needs: Button | None = None
        if piece is not None and self.code == "plan":
            self.from_needs = Button(say("case_page.from_needs"), "link", icon="arrow_download", name="from_needs")
            self.from_needs.clicked.connect(self.needs_wanted)
            piece.head.add(self.from_needs)

    def load(self, file: CaseFile, one: StepState, *, revealed: bool, fresh: bool) -> None:
        """Show a step of a case; ``fresh`` where another one was shown before."""
        self._known = (file, one)
        key = f"case_page.note.{self.code}"
        self.note.say(say(key) if self.code in ("emergency", "carrying") else "")
        self.note.setVisible(self.code in ("emergency", "carrying"))
        self.separation.show_separation(file.view.state.separation if self.code == "emergency" else None)
        for piece in [*self.pieces, self.finish]:
            piece.load(file, one, revealed=revealed, fresh=fresh)
        self.papers.show_papers(file, one)
        self.end_title.title.say(say("case_page.recorded" if one.ended else "case_page.finish", n=one.step.number))
        if self.from_needs is not None:
            missing = open_needs(file, one)
            self.from_needs.setVisible(not file.read_only and bool(missing))
            self.from_needs.say(say("case_page.from_needs", n=len(missing)))

    def all_pieces(self) -> list[Piece]:
        """Return the pieces and the end of the step."""
        return [*self.pieces, self.finish]

    def active(self) -> FormView | None:
        """Return the form that has the focus, else the first in which something is typed."""
        focus = QApplication.focusWidget()
        views = [view for piece in self.all_pieces() if (view := piece.view()) is not None]
        inside = [view for view in views if focus is not None and view.isAncestorOf(focus)]
        return inside[-1] if inside else next((view for view in views if view.dirty()), None)

    def settle(self) -> None:
        """Read the field with the focus as it stands."""
        view = self.active()
        if view is not None:
            view.settle_all()

    def unsaved(self) -> FormView | None:
        """Return the first form of the content in which something typed is not saved."""
        return next((view for piece in self.pieces if piece.dirty() and (view := piece.view()) is not None), None)

    def piece(self, name: str) -> FormView | None:
        """Return the form of a piece by name, while it is shown."""
        return next((piece.view() for piece in self.pieces if piece.objectName() == f"piece_{name}"), None)

    def busy(self) -> bool:
        """Return whether the desk is saving something of the step."""
        return any(view.busy() for piece in self.all_pieces() if (view := piece.view()) is not None)

    def dirty(self) -> bool:
        """Return whether anything typed is not saved."""
        return any(piece.dirty() for piece in self.all_pieces())

    def sealed(self) -> bool:
        """Return whether something is hidden as sensitive."""
        return any(piece.sealed() for piece in self.all_pieces())

    def draft_at(self) -> str:
        """Return when a draft was kept last."""
        kept = (view.draft_at for piece in self.all_pieces() if (view := piece.view()) is not None)
        return max(kept, default="")

    def new_row(self) -> None:
        """Begin a new row in the first table."""
        next((True for piece in self.pieces if piece.add()), None)

    def focus_first(self) -> bool:
        """Put the focus where work on the step starts."""
        return any(piece.focus_first() for piece in self.all_pieces())

    def next_finding(self, step: int) -> bool:
        """Go to the next field that needs attention, in any form of the step."""
        views = [view for piece in self.all_pieces() if (view := piece.view()) is not None]
        return any(view.next_finding(step) for view in views if view.trouble())

    def in_one(self, single: bool) -> None:
        """Show fields in one column, or in twelve."""
        for piece in self.all_pieces():
            piece.in_one(single)

    def close_panel(self) -> bool:
        """Close an open row."""
        return any(piece.close_panel() for piece in self.pieces)

    def keep_draft(self) -> None:
        """Keep what is typed."""
        for piece in self.all_pieces():
            piece.keep_draft()


def open_needs(file: CaseFile, one: StepState) -> Sequence[str]:
    """Return the needs found by assessment and meeting that no measure of this round answers, in the list's order."""
    last = file.rows("assessment", one.round - 1 or 1) + file.rows("assessment", one.round) + file.rows(
        "meeting", one.round)  # fmt: skip
    found = {str(code) for row in last for code in row.get("needs") or ()}
    answered = {str(row.get("need")) for row in file.rows("measure", one.round)}
    return [choice.code for choice in catalogue().lists["need"].choices if choice.code in found - answered]

