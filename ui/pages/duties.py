"""Nhiệm vụ Điều 53: what was actually done in a month, duty by duty, as a proof of work.

Rules. The list is read from the records; what no record shows is a quick note (Ctrl N), one line. Every line opens the
record it comes from. Children stand here by their code, and by name only after *Hiện tên*, which is logged. Alt ← and
Alt → change the month; Ctrl P shows the report as it will be printed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from cbdesk import clock, dates
from cbdesk.catalogue import catalogue
from cbdesk.desk import Changed, Desk, Saved
from cbdesk.desk.duties import NOTE, PAPER, Done
from cbdesk.words import say
from ui import theme
from ui.cases.papers import PaperLayer, Wanted
from ui.duty.quick import QuickNote
from ui.duty.registers import paper_hints
from ui.frame.shell import Shell
from ui.jobs import Latest
from ui.lists.cells import Cell
from ui.lists.table import Column, QuietTable, TablePanel
from ui.pages import NARROW, Action, Page, load, register
from ui.paper import periods
from ui.parts import Button, Card, EmptyState, Hint, IconButton, Labelled, ListField

LEFT = 288
MONTHS = ("month",)
COLUMNS = {NARROW: ("on", "text", "child")}


class Counted(NamedTuple):
    """A duty with how often it was done; "" is all of them."""

    duty: str
    words: str
    times: int


@register
class DutiesPage(Page):
    """What was done under Article 53."""

    name, icon, order = "duties", "briefcase", 55
    roles = ("commune",)

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._period, self._officer, self._shown = periods.offered(MONTHS, clock.today())[0], "", False
        self._done: Sequence[Done] = ()
        self._people: Mapping[str, tuple[str, str]] = {}
        self._read = Latest(self.jobs, self)
        self.layer: PaperLayer | None = None
        self._content = QWidget()
        row = QHBoxLayout(self._content)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._build_left())
        right = QVBoxLayout()
        right.setSpacing(12)
        self.note = QuickNote(self.jobs, self)
        self.note.hide()
        self.note.closed.connect(self._close_note)
        self.note.turned.connect(self._note_turned)
        self.note.void_wanted.connect(self._void)
        self.note.view.saved.connect(self._saved)
        self.note.view.failed.connect(self.talk.problem)
        self.note.view.changed.connect(self.shell.refresh)
        right.addWidget(self.note)
        right.addWidget(self._build_list(), 1)
        row.addLayout(right, 1)
        self.body.addWidget(self._content, 1)

    def _build_left(self) -> QWidget:
        self._left = Card(padding=0, spacing=8, name="duty_choice")
        self._left.setFixedWidth(LEFT)
        body = self._left.body
        body.setContentsMargins(1, 12, 1, 12)
        self.earlier = IconButton("chevron_left", say("reports.earlier"), side=34, name="earlier")
        self.later = IconButton("chevron_right", say("reports.later"), side=34, name="later")
        self.earlier.clicked.connect(lambda: self._step(-1))
        self.later.clicked.connect(lambda: self._step(1))
        self.period = ListField(label=say("duties.month"), name="period")
        line = QWidget()
        months = QHBoxLayout(line)
        months.setContentsMargins(0, 0, 0, 0)
        months.setSpacing(6)
        for widget in (self.earlier, self.period, self.later):
            months.addWidget(widget)
        for button in (self.earlier, self.later):
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._fill_months()
        self.period.currentIndexChanged.connect(lambda _at: self._to(self.period.value() or self._period))
        body.addWidget(_inset(Labelled(say("duties.month"), line)))
        columns = [
            Column("duty", say("duties.head.duty"), 180, lambda one: Cell(one.words, role=_role(one)), stretch=True),
            Column("count", say("duties.head.count"), 44, lambda one: Cell(str(one.times), _ink(one), _role(one)),
                   right=True),
        ]  # fmt: skip
        self.counts = QuietTable(columns, lambda one: one.duty or "all", self, label=say("duties.six"), name="counts")
        self.counts.moved.connect(lambda _row: self._filter())
        self.counts.opened.connect(lambda _row: self.table.setFocus())
        body.addWidget(self.counts, 1)
        self.names = Button(say("incident.list.show_names"), "link", icon="eye", name="show_names")
        self.names.clicked.connect(self._toggle)
        self.team = Button(say("shell.page.team"), "link", icon="people", name="to_team")
        self.team.clicked.connect(lambda: self.shell.go("team"))
        for link in (self.names, self.team):
            body.addWidget(_inset(link))
        return self._left

    def _build_list(self) -> QWidget:
        columns = [
            Column("on", say("duties.head.on"), 96, lambda one: Cell(dates.show_date(one.on[:10])), fixed=True),
            Column("duty", say("duties.head.duty"), 186, lambda one: Cell(_short(one.duty), ink="ink2")),
            Column("text", say("duties.head.text"), 220, lambda one: Cell(one.text, role="medium"), stretch=True),
            Column("child", say("duties.head.child"), 150, self._child),
            Column("people", say("duties.head.people"), 80,
                   lambda one: Cell(str(one.people) if one.people else ""), right=True),
        ]  # fmt: skip
        self.table = QuietTable(columns, lambda one: f"{one.record}/{one.on}/{one.duty}", self,
                                label=say("duties.list"), name="duties_table")  # fmt: skip
        self.table.opened.connect(self._open)
        self._panel = TablePanel(self.table, self)
        note = Button(say("duties.add"), icon="add", key="Ctrl N", name="empty_note")
        note.clicked.connect(self._new)
        self._empty = EmptyState(say("duties.none"), say("duties.none_help"), action=note)
        return self._panel

    def _child(self, one: Done) -> Cell:
        found = [self._people[child][self._shown] or self._people[child][0] for child in one.children
                 if child in self._people]  # fmt: skip
        return Cell(", ".join(found), ink="ink" if self._shown else "ink2")

    # the page base

    def facts(self) -> str:
        """Return how much was done in the month."""
        return say("duties.facts", n=len(self._done)) if self._done else ""

    def primary(self) -> Action:
        """Print the report shown, write the open note, or begin one."""
        if self.layer is not None:
            return Action("print", say("reports.print"), self.layer.print, "print", "Ctrl P")
        if self.note.isVisible():
            busy = say("ui.saving") if self.note.view.busy() else ""
            return Action("save", say("duties.save"), self.note.view.save, "save", "Ctrl S", busy=busy)
        return Action("add", say("duties.add"), self._new, "add", "Ctrl N")

    def secondary(self) -> Sequence[Action]:
        """Save the report shown, or show it."""
        if self.layer is not None:
            layer = self.layer
            return (Action("pdf", say("reports.pdf"), lambda: layer.save("pdf"), "document_pdf"),
                    Action("docx", say("duties.word"), lambda: layer.save("docx"), "document"))  # fmt: skip
        if self.note.isVisible():
            return ()
        return (Action("paper", say("duties.report"), self._paper, "print", "Ctrl P"),)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of the list, or those of the note."""
        if self.layer is not None:
            return paper_hints()
        if self.note.isVisible():
            return (Hint("Enter", say("shell.hint.next_field")), Hint("Ctrl S", say("ui.save")),
                    Hint("F7", say("shell.hint.repeat")), Hint("Esc", say("ui.close")))  # fmt: skip
        return (Hint("↑|↓", say("shell.hint.select")), Hint("Enter", say("shell.hint.open")),
                Hint("Alt|←|→", say("shell.hint.change_period")), Hint("Ctrl N", say("duties.hint.note")),
                Hint("Ctrl P", say("duties.hint.report")), Hint("F6", say("shell.hint.side_pane")))  # fmt: skip

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        if self.layer is not None:
            return {"print": self.layer.print}
        view = self.note.view
        own: dict[str, Callable[[], None]] = {
            "new_row": self._new, "reload": self._load, "print": self._paper, "next_pane": self._other_pane,
            "previous_pane": self._other_pane, "step_back": lambda: self._step(-1),
            "step_forward": lambda: self._step(1),
        }  # fmt: skip
        if self.note.isVisible():
            own |= {"save": view.save, "repeat": view.repeat, "today_now": view.insert_now,
                    "step_down": view.open_help, "undo": view.undo}  # fmt: skip
        return own

    def opened(self, **details: Any) -> None:
        """Read the month; a note that was being written comes back."""
        if details.get("period"):
            self._period = str(details["period"])
            self._fill_months()
        self._panel.load()
        self._load(focus=True)

    def closed(self) -> None:
        """Hide names again, and keep what is written."""
        self._shown = False
        typed = self.note.typed()
        if typed and self.note.view.record is None:
            self.jobs.run(lambda desk: desk.keep_draft(NOTE, None, typed), owner=self)

    def changed(self, changed: Changed) -> None:
        """Anything may show that something was done."""
        if changed and self.isVisible():
            self._load()

    def shaped(self, shape: str) -> None:
        """Fewer columns where there is little room."""
        self.table.show_columns(COLUMNS.get(shape, ()))
        wide = 262 if shape == NARROW else LEFT
        self._left.setFixedWidth(min(theme.px(wide), max(wide, self.width() * 3 // 10)))
        self._mind_room()

    def _mind_room(self) -> None:
        """Where there is little room, the note takes the place of the choice at the left."""
        self._left.setVisible(not (self.shell.shape() == NARROW and self.note.isVisibleTo(self)))

    def leave(self) -> bool:
        """Esc closes the report, then the note."""
        if self.layer is not None:
            self.layer.leave()
            return True
        if self.note.isVisible():
            self._close_note()
            return True
        return False

    # reading and showing

    def _fill_months(self) -> None:
        offered = periods.offered(MONTHS, clock.today())
        self.period.blockSignals(True)
        self.period.fill([(one, dates.show_date(one)) for one in offered])
        self.period.set_value(self._period)
        self.period.blockSignals(False)
        self.earlier.setEnabled(periods.neighbour(self._period, offered, -1) != self._period)
        self.later.setEnabled(periods.neighbour(self._period, offered, 1) != self._period)

    def _step(self, step: int) -> None:
        self._to(periods.neighbour(self._period, periods.offered(MONTHS, clock.today()), step))

    def _to(self, period: str) -> None:
        if period != self._period:
            self._period = period
            self._fill_months()
            self._load()

    def _load(self, *, focus: bool = False) -> None:
        period = self._period

        def read(desk: Desk) -> tuple[Sequence[Done], Mapping[str, tuple[str, str]], str, Any]:
            done = desk.duties(period)
            people = desk.people_of({child for one in done for child in one.children})
            return done, people, desk.officer, desk.draft(NOTE, None)

        self._read.run(read, lambda answer: self._show(*answer, focus=focus))

    def _show(self, done: Sequence[Done], people: Mapping[str, tuple[str, str]], officer: str, draft: Any, *,
              focus: bool) -> None:  # fmt: skip
        self._done, self._people, self._officer = done, people, officer
        duties = catalogue().lists["duty"].choices
        counted = [Counted(one.code, one.short, sum(row.duty == one.code for row in done)) for one in duties]
        self.counts.set_rows([Counted("", say("duties.all"), len(done)), *counted])
        self.counts.choose_first()
        self._filter()
        if focus and draft is not None and not self.note.isVisible():
            self.note.begin(officer, typed=draft[0])
        elif focus:
            self._focus_list()
        self.shell.refresh()

    def _filter(self) -> None:
        chosen = self.counts.current()
        duty = chosen.duty if chosen is not None else ""
        rows = [one for one in self._done if duty in ("", one.duty)]
        self.table.set_rows(rows)
        self._panel.show_rows() if rows else self._panel.show_empty(self._empty)

    def _focus_list(self) -> None:
        if self.table.rows():
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self._empty.action is not None:
            self._empty.action.setFocus(Qt.FocusReason.OtherFocusReason)

    def _other_pane(self) -> None:
        if self.counts.hasFocus():
            self._focus_list()
        else:
            self.counts.setFocus(Qt.FocusReason.OtherFocusReason)

    def _toggle(self) -> None:
        self._shown = not self._shown
        self.names.say(say("incident.list.hide_names" if self._shown else "incident.list.show_names"))
        if self._shown:
            count = str(len(self._done))
            self.jobs.run(lambda desk: desk.look(what=f"duties {count}"), owner=self)
        self._filter()

    # what happens

    def _open(self, one: Done | None) -> None:
        if one is None:
            return
        if one.form == NOTE:
            self.jobs.run(lambda desk: desk.get(one.record), self.note.edit, owner=self)
            return
        page, details = _home_of(one)
        self.shell.go(page, **details)

    def _new(self) -> None:
        chosen = self.counts.current()
        self.note.begin(self._officer, chosen.duty if chosen is not None else "")

    def _note_turned(self) -> None:
        """The note was opened or closed."""
        self._mind_room()
        self.shell.refresh()

    def _close_note(self) -> None:
        typed = self.note.typed() and self.note.view.record is None
        self.note.hide()
        if typed:
            self.jobs.run(lambda desk: desk.drop_draft(NOTE, None), owner=self)
        self._focus_list()

    def _saved(self, answer: Saved) -> None:
        self.note.hide()
        if answer.batch:
            self._say_undo(say("duties.saved"), answer.batch)
        self._load(focus=True)

    def _void(self, record: str) -> None:
        def done(answer: Saved) -> None:
            self._close_note()
            if answer.batch:
                self._say_undo(say("child.row_voided"), answer.batch)

        self.jobs.run(lambda desk: desk.void(record, say("child.row_void_reason")), done, owner=self)

    def _say_undo(self, words: str, batch: str) -> None:
        self.talk.say(words, undo=lambda: self.jobs.run(lambda desk: desk.undo(batch), owner=self))

    def _paper(self) -> None:
        if self.layer is None:
            title = say("duties.paper_title", period=periods.words(self._period).lower())
            wanted = Wanted(PAPER, title, self._period)
            self.layer = PaperLayer(self._content, wanted, self.jobs, self.talk, family=False)
            self.layer.fill.hide()  # a report of what was done is whole or none
            self.body.addWidget(self.layer, 1)
            self.layer.changed.connect(self.shell.refresh)
            self.layer.closed.connect(self._paper_closed)
            self.shell.refresh()

    def _paper_closed(self) -> None:
        self.layer = None
        self.shell.refresh()


def _home_of(one: Done) -> tuple[str, dict[str, Any]]:
    """Return the page and details that show the record a line comes from."""
    page = load().get(one.form)
    if page is not None and not page.order:  # a page of its own record: an incident, a case
        return one.form, {"id": one.record}
    parent = catalogue().forms[one.form].parent or ""
    if one.duty == "care" and "care" in load():
        return "care", {"id": one.record}
    return (parent, {"id": one.parent}) if parent in load() else ("child", {"id": next(iter(one.children), "")})


def _short(duty: str) -> str:
    choice = catalogue().lists["duty"].get(duty)
    return choice.short if choice else duty


def _role(one: Counted) -> str:
    return "medium" if not one.duty else "body"


def _ink(one: Counted) -> str:
    return "ink" if one.times else "ink3"


def _inset(widget: QWidget) -> QWidget:
    """Return a widget with the card's margin at both sides; the table between goes to the edge."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(15, 0, 15, 0)
    column.addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft if isinstance(widget, Button) else Qt.AlignmentFlag(0))
    return holder
