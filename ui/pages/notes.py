"""Ý kiến: what the receiver asked about records, and what communes answered.

Rules. What waits for this side stands first. A commune answers, the receiver asks again or closes; what was said before
stays under it. A note is written from the record it is about. At the receiver names are hidden until asked for, which
is logged, and again when the page closes. Nothing typed is lost by going through the list: it is kept by note.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from cbdesk import dates
from cbdesk.catalogue import catalogue
from cbdesk.desk import Changed, Desk, Saved
from cbdesk.desk.noting import Note
from cbdesk.errors import Problem
from cbdesk.words import say
from ui import theme
from ui.frame.shell import Shell
from ui.jobs import Latest
from ui.pages import COMPACT, FULL, NARROW, Action, Page, register
from ui.parts import (
    Button,
    Card,
    EmptyState,
    Hint,
    IconText,
    Label,
    Labelled,
    ListField,
    Rule,
    Scroller,
    SectionTitle,
    Skeleton,
)
from ui.receiver.waiting import Line, LineList
from ui.reporting.adding import WordsField

LIST = {FULL: 300, COMPACT: 260, NARROW: 236}
STATES = {"open": ("clock", "nghe"), "answered": ("comment", "cham"), "closed": ("checkmark_circle", "ngoc")}
PAGES = {"child": "child", "incident": "incident", "case": "case"}
NEW = "new"


@dataclass(frozen=True)
class Told:
    """One note with what its record is called, with its name and without, and the name of its unit."""

    note: Note
    title: str
    veiled: str
    unit: str

    @property
    def key(self) -> str:
        """Return what what is typed is kept by."""
        return self.note.id or NEW


def read_notes(desk: Desk, unit: str) -> list[Told]:
    """Read the notes, of one unit where one is asked for; runs on the desk's thread."""
    return [_told(desk, one) for one in desk.notes(unit=unit)]


def _told(desk: Desk, note: Note) -> Told:
    try:
        title, veiled = desk.called(note.about)
    except Problem:
        title = veiled = say("notes.gone")
    return Told(note, title, veiled, catalogue().units.label(note.unit))


def read_new(desk: Desk, record: str) -> Told:
    """Read the record a new note is about. Raises ``Problem(no_record)``."""
    values = desk.get(record)
    child = record if values["form"] == "child" else str(values.get("child") or "")
    blank = Note("", NEW, "", "", record, str(values["form"]), "", child, str(values["_unit"]), ())
    return _told(desk, blank)


@register
class Notes(Page):
    """Notes of the receiver and their answers."""

    name, icon, order = "notes", "comment", 35
    rails = ("receiver",)

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._notes: list[Told] | None = None
        self._shown: Told | None = None
        self._typed: dict[str, str] = {}
        self._busy, self._unit, self._wanted, self._record = False, "", "", ""
        self._veiled = shell.role == "receiver"
        self._reading = Latest(self.jobs, self)
        self._build()

    # the parts

    def _build(self) -> None:
        self._work = QWidget()
        row = QHBoxLayout(self._work)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self._left = Card(padding=0, spacing=0, name="notes_card")
        self._left.body.setContentsMargins(1, 1, 1, 5)
        head = SectionTitle(say("notes.list"))
        head.setContentsMargins(15, 11, 15, 10)
        self._head = head
        self.list = LineList("notes_list", say("notes.list"))
        self.list.selectionModel().currentRowChanged.connect(lambda _now, _old: self._moved())
        self.list.opened.connect(lambda _goes: self.words.setFocus())
        self._left.body.addWidget(head)
        self._left.body.addWidget(Rule())
        self._left.body.addWidget(self.list, 1)
        self._names = Button(say("conflicts.page.show_names"), "link", icon="eye", name="show_names")
        self._names.clicked.connect(self.show_names)
        self._hidden = QWidget()
        foot, line = QVBoxLayout(self._hidden), QHBoxLayout()
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(0)
        line.setContentsMargins(15, 4, 6, 0)
        veil = IconText("eye_off", say("conflicts.page.veiled"), "ink3", "note")
        line.addWidget(veil, 1, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self._names)
        foot.addWidget(Rule())
        foot.addLayout(line)
        self._left.body.addWidget(self._hidden)
        row.addWidget(self._left)
        row.addWidget(self._build_note(), 1)
        self._none = Card(name="no_notes")
        help_ = say("notes.none_help_receiver" if self._veiled else "notes.none_help")
        self._none.body.addWidget(EmptyState(say("notes.none"), help_))
        self._waits = Card()
        self._skeleton = Skeleton()
        self._waits.body.addWidget(self._skeleton)
        room = QWidget()
        self._layers = QStackedLayout(room)
        for layer in (self._waits, self._work, self._none):
            self._layers.addWidget(layer)
        self.body.addWidget(room, 1)

    def _build_note(self) -> QWidget:
        card = Card(spacing=8, name="note_card")
        row, column = QHBoxLayout(), QVBoxLayout()
        column.setSpacing(0)
        self._title = Label("", "section", elide=True, name="note_title")
        self._about = Label("", "note", "ink2", elide=True, name="note_about")
        column.addWidget(self._title)
        column.addWidget(self._about)
        row.addLayout(column, 1)
        self.open_button = Button(say("conflicts.page.open"), "link", icon="open", name="open_record")
        self.open_button.clicked.connect(self.open_record)
        row.addWidget(self.open_button)
        card.body.addLayout(row)
        self._scroller = Scroller(spacing=10, name="turns")
        self._turns: list[QWidget] = []
        card.body.addWidget(self._scroller, 1)
        self.field = ListField(label=say("notes.field"), name="note_field")
        self._field = Labelled(say("notes.field"), self.field, note=say("notes.field_note"))
        card.body.addWidget(self._field)
        self.words = WordsField("note_text", say("notes.words"))
        self.words.textChanged.connect(self._keep)
        self._words = Labelled(say("notes.words"), self.words, name="note_words")
        card.body.addWidget(self._words)
        foot = QHBoxLayout()
        foot.addStretch(1)
        self.close_button = Button(say("notes.close"), icon="checkmark", name="close_note")
        self.close_button.clicked.connect(self.close_note)
        foot.addWidget(self.close_button)
        card.body.addLayout(foot)
        return card

    # what the shell shows

    def facts(self) -> str:
        """Return how many wait for this side."""
        waiting = sum(self._waits_here(one) for one in self._notes or ())
        return say("notes.waiting", n=waiting) if waiting else ""

    def primary(self) -> Action | None:
        """Answer, ask again, or write the note."""
        if self._shown is None or not self._may_write():
            return None
        key = "write" if self._shown.note.state == NEW else "again" if self.shell.role == "receiver" else "answer"
        why = "" if self.words.toPlainText().strip() else say("notes.nothing_said")
        busy = say("notes.writing") if self._busy else ""
        return Action("answer", say(f"notes.{key}"), self.write, "send", "Ctrl Enter", why, busy)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of this page."""
        if not self._notes and self._shown is None:
            return ()
        hint = lambda name: say(f"notes.hint.{name}")  # noqa: E731
        return (Hint("↑|↓", hint("row")), Hint("Enter", hint("into")), Hint("Ctrl Enter", hint("write")),
                Hint("F6", hint("pane")))  # fmt: skip

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        return {"reload": self.load, "next_pane": self._other_pane, "previous_pane": self._other_pane}

    def opened(self, **details: Any) -> None:
        """Read the notes; ``id`` is one of them, ``unit`` those of a unit, ``record`` begins a note about it."""
        self._wanted, self._unit = str(details.get("id") or ""), str(details.get("unit") or "")
        self._record = str(details.get("record") or "")
        self.load()

    def closed(self) -> None:
        """Names at the receiver are hidden again."""
        self._veiled, self._notes, self._shown = self.shell.role == "receiver", None, None

    def changed(self, changed: Changed) -> None:
        """Read again where a note changed."""
        if "note" in changed.forms and self.isVisible():
            self.load()

    def shaped(self, shape: str) -> None:
        """Give the list its width."""
        self._left.setFixedWidth(theme.px(LIST[shape]))

    def leave(self) -> bool:
        """Esc returns from the words to the list."""
        if self.words.hasFocus() and self._notes:
            self.list.setFocus()
            return True
        return False

    def _other_pane(self) -> None:
        (self.list if self.words.hasFocus() else self.words).setFocus()

    # reading

    def load(self) -> None:
        """Read the notes."""
        if self._notes is None:
            self._layers.setCurrentWidget(self._waits)
            self._skeleton.begin()
        unit, record = self._unit, self._record

        def work(desk: Desk) -> tuple[list[Told], Told | None]:
            return read_notes(desk, unit), read_new(desk, record) if record else None

        self._reading.run(work, self._show_notes)

    def _show_notes(self, found: tuple[list[Told], Told | None]) -> None:
        notes, new = found
        first = self._notes is None
        self._skeleton.end()
        self._notes = [new, *notes] if new is not None else notes
        self._hidden.setVisible(self._veiled and bool(self._notes))
        waiting = sum(self._waits_here(one) for one in notes)
        self._head.facts.say(str(waiting) if waiting else "")
        self._layers.setCurrentWidget(self._work if self._notes else self._none)
        wanted = NEW if new is not None and first else self._wanted or (self._shown.key if self._shown else "")
        self._wanted = ""
        self._fill(wanted)
        if first and self.isVisible():
            (self.words if new is not None else self.list).setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill(self, wanted: str) -> None:
        notes = self._notes or []
        self.list.selectionModel().blockSignals(True)
        self.list.show_lines([self._line(one) for one in notes])
        at = next((at for at, one in enumerate(notes) if wanted and one.key == wanted), 0)
        if notes:
            self.list.setCurrentIndex(self.list.lines.index(at, 0))
        self.list.selectionModel().blockSignals(False)
        self._show(notes[at] if notes else None)

    def _line(self, one: Told) -> Line:
        icon, ink = STATES.get(one.note.state, ("edit", "cham"))
        name = one.veiled if self._veiled else one.title
        more = one.note.text or say("notes.new")
        where = f"{one.unit} · {more}" if self.shell.role == "receiver" else more
        when = dates.show_date(one.note.turns[-1].at[:10]) if one.note.turns else ""
        return Line(icon, ink, name, where, when, ("notes", one.note.id, ""))

    def _waits_here(self, one: Told) -> bool:
        return one.note.state == ("answered" if self.shell.role == "receiver" else "open")

    def _moved(self) -> None:
        at = self.list.currentIndex().row()
        if self._notes and 0 <= at < len(self._notes):
            self._show(self._notes[at])

    def _may_write(self) -> bool:
        if self._shown is None:
            return False
        state = self._shown.note.state
        return state == NEW or (state != "closed" if self.shell.role == "receiver" else state == "open")

    def _show(self, told: Told | None) -> None:
        self._shown = told
        if told is None:
            self.shell.refresh()
            return
        note, above = told.note, self.shell.role == "receiver"
        self._title.say(told.veiled if self._veiled else told.title)
        shape = catalogue().forms.get(note.form)
        item = shape.field(note.field).label if shape and note.field and shape.has(note.field) else ""
        state = say(f"notes.state.{note.state}")
        self._about.say(" · ".join(one for one in (told.unit if above else "", item, state) if one))
        self.open_button.setVisible(note.form in PAGES or bool(note.child))
        self._show_turns(told)
        self._field.setVisible(note.state == NEW)
        if note.state == NEW and shape is not None:
            named = [(one.name, one.label) for one in shape.fields if not one.sensitive and not one.retired]
            self.field.fill([("", say("notes.whole")), *named])
            self.field.set_value("")
        self._words.setVisible(self._may_write())
        self._words.label.say(say("notes.words_" + ("answer" if not above else "ask")))
        self.words.blockSignals(True)
        self.words.setPlainText(self._typed.get(told.key, ""))
        self.words.blockSignals(False)
        self._words.say()
        self.close_button.setVisible(above and note.state in ("open", "answered"))
        self.shell.refresh()

    def _show_turns(self, told: Told) -> None:
        body = self._scroller.body
        for part in self._turns:
            body.removeWidget(part)
            part.hide()
            part.deleteLater()
        while body.count():
            body.takeAt(0)
        self._turns = []
        for one in told.note.turns:
            part = Card(tone="cham" if one.what == "answer" else "", padding=12, spacing=2)
            part.body.addWidget(Label(one.said, "body", "ink", wrap=True))
            who = say(f"notes.by_{one.what}", by=one.by, at=dates.show_stamp(one.at[:16]))
            part.body.addWidget(Label(who, "small", "ink3", wrap=True))
            self._turns.append(part)
            body.addWidget(part)
        body.addStretch(1)

    def show_names(self) -> None:
        """Show names until the page closes; who asked is logged."""
        children = [one.note.child for one in self._notes or () if one.note.child]

        def done(_names: dict[str, str]) -> None:
            self._veiled = False
            self._hidden.hide()
            self._fill(self._shown.key if self._shown else "")
            self.list.setFocus()

        self.jobs.run(lambda desk: desk.show_names(say("notes.reason"), children), done, owner=self)

    # writing

    def _keep(self) -> None:
        if self._shown is not None:
            self._typed[self._shown.key] = self.words.toPlainText()
            self.shell.refresh()

    def write(self) -> None:
        """Answer, ask again, or write the note."""
        told, said = self._shown, self.words.toPlainText().strip()
        if told is None or not said or self._busy or not self._may_write():
            return
        above, note, field = self.shell.role == "receiver", told.note, self.field.value() or ""

        def work(desk: Desk) -> Saved:
            if note.state == NEW:
                return desk.note(note.about, said, field)
            return desk.ask_again(note.id, said) if above else desk.answer(note.id, said)

        self._do(work, told, say("notes.written" if note.state == NEW else "notes.done"))

    def close_note(self) -> None:
        """Nothing more is asked."""
        told = self._shown
        if told is not None and not self._busy:
            self._do(lambda desk: desk.close_note(told.note.id), told, say("notes.closed"))

    def _do(self, work: Callable[[Desk], Saved], told: Told, words: str) -> None:
        self._busy = True
        self.shell.refresh()

        def done(saved: Saved) -> None:
            self._busy = False
            self._typed.pop(told.key, None)
            if told.key == NEW:
                self._record, self._wanted = "", saved.id or ""
            self.load()
            self.shell.read_facts()
            batch = saved.batch
            self.talk.say(words, (lambda: self._undo(batch)) if batch else None)

        def failed(problem: Problem) -> None:
            self._busy = False
            self.talk.problem(problem)
            self.shell.refresh()

        self.jobs.run(work, done, failed, self)

    def _undo(self, batch: str) -> None:
        self.jobs.run(lambda desk: desk.undo(batch), lambda _saved: self.load(), owner=self)

    def open_record(self) -> None:
        """Open the record the note is about."""
        if self._shown is not None:
            note = self._shown.note
            page = PAGES.get(note.form, "child")
            self.shell.go(page, id=note.about if note.form in PAGES else note.child)
