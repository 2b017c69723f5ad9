"""Bảng theo dõi: open emergencies, overdue steps and separated children, by commune; and the letter to late communes.

Rules. Communes with emergencies stand first; nothing here is the receiver's own work, so nothing is written here but a
note to the commune. Children stand by initials and year until names are asked for, which is logged, and again when the
page closes. The letter is a paper like any other: it says which months lack and asks nobody by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cbdesk import clock, text
from cbdesk.desk import Changed, Desk
from cbdesk.desk.board import KINDS, Board, BoardLine, BoardUnit
from cbdesk.desk.inbox import Sender
from cbdesk.errors import Problem
from cbdesk.words import say
from ui import theme
from ui.frame.shell import Shell
from ui.jobs import Latest
from ui.lists.cells import Cell, Chip, Mark
from ui.lists.table import Column, QuietTable, TablePanel
from ui.lists.task import left_words
from ui.pages import COMPACT, FULL, NARROW, Action, Page, register
from ui.parts import Button, Card, EmptyState, Hint, IconText, Label, SectionTitle
from ui.reading.tabs import Tab, Tabs

SIDE = {FULL: 372, COMPACT: 310, NARROW: 240}
ICONS = {"all": "building_government", "emergency": "alert_urgent", "overdue": "error_circle",
         "separated": "home_heart"}  # fmt: skip
TONES = {"emergency": "gach", "overdue": "nghe", "separated": "man"}
OPENS = {"case": "case", "incident": "incident"}
ALL = "all"


@dataclass(frozen=True)
class Read:
    """The board and who is late."""

    board: Board
    late: tuple[Sender, ...]


def read(desk: Desk) -> Read:
    """Read the page; runs on the desk's thread."""
    return Read(desk.board(), tuple(desk.overdue_senders()))


def _unit_columns() -> list[Column]:
    def count(kind: str) -> Callable[[BoardUnit], Cell]:
        return lambda row: Cell(str(row.counts[kind]) if row.counts[kind] else "", TONES[kind], "strong")

    marks = [Column(kind, say(f"board.short.{kind}"), 46, count(kind), right=True, fixed=True) for kind in KINDS]
    name = Column("unit", say("inbox.unit"), 130, lambda row: Cell(row.name, role="medium"), stretch=True, fixed=True,
                  sort=lambda row: text.collate_key(row.name))  # fmt: skip
    return [name, *marks]


@register
class BoardPage(Page):
    """The board."""

    name, icon, order = "board", "alert_urgent", 32
    roles = ("receiver",)

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._read: Read | None = None
        self._names: dict[str, str] = {}
        self._unit, self._writing = "", False
        self._reading = Latest(self.jobs, self)
        self._build()

    # the parts

    def _build(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._build_units())
        row.addWidget(self._build_lines(), 1)
        self.body.addLayout(row, 1)

    def _build_units(self) -> QWidget:
        self._left = QWidget()
        column = QVBoxLayout(self._left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.units = QuietTable(_unit_columns(), lambda row: row.unit, type_by=lambda row: row.name,
                                label=say("board.units"), name="board_units")  # fmt: skip
        self.units.moved.connect(lambda _row: self._turn())
        self._unit_panel = TablePanel(self.units)
        column.addWidget(self._unit_panel, 1)
        late = Card(spacing=6, name="late_card")
        self._late_title = SectionTitle(say("board.late"))
        late.body.addWidget(self._late_title)
        self._late = Label("", "note", "ink2", wrap=True, name="late_units")
        late.body.addWidget(self._late)
        self.letter = Button(say("board.letter"), icon="document", name="letter")
        self.letter.clicked.connect(self.write_letter)
        late.body.addWidget(self.letter, 0, Qt.AlignmentFlag.AlignLeft)
        self._late_card = late
        column.addWidget(late)
        return self._left

    def _build_lines(self) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = Card(padding=0, spacing=0, name="board_head")
        head.body.setContentsMargins(1, 1, 1, 1)
        self.tabs = Tabs([Tab(one, say(f"board.kind.{one}"), ICONS[one], TONES[one] if one != ALL else "ink2")
                          for one in (ALL, *KINDS)], name="board_kinds")  # fmt: skip
        self.tabs.changed.connect(lambda _code: self._apply())
        head.body.addWidget(self.tabs)
        foot = QHBoxLayout()
        foot.setContentsMargins(15, 4, 8, 4)
        self._veil = IconText("eye_off", say("conflicts.page.veiled"), "ink3", "note")
        self._show = Button(say("conflicts.page.show_names"), "link", icon="eye", name="show_names")
        self._show.clicked.connect(self.show_names)
        foot.addWidget(self._veil, 1, Qt.AlignmentFlag.AlignVCenter)
        foot.addWidget(self._show)
        head.body.addLayout(foot)
        column.addWidget(head)
        column.addSpacing(12)
        self.lines = QuietTable(self._columns(), lambda row: f"{row.record} {row.what} {row.due}",
                                label=say("board.lines"), name="board_lines")  # fmt: skip
        self.lines.opened.connect(lambda _row: self._open())
        self.lines.moved.connect(lambda _row: self.shell.refresh())
        self._panel = TablePanel(self.lines)
        self._none = EmptyState(say("board.none"), say("board.none_help"), name="board_none")
        column.addWidget(self._panel, 1)
        return made

    def _columns(self) -> list[Column]:
        def what(row: BoardLine) -> Cell:
            chip = Chip(say(f"board.one.{row.kind}"), TONES[row.kind], ICONS[row.kind])
            return Cell(row.words, role="medium", chips=(chip,))

        def who(row: BoardLine) -> Cell:
            return Cell(self._names.get(row.child) or row.initials or say("board.nobody"), "ink2")

        def due(row: BoardLine) -> Cell:
            late = row.due < clock.now()
            words = left_words(row.due, clock.now()) if row.hours else row.due.strftime("%d/%m/%Y")
            marks = (Mark("error_circle", "gach", say("due.state.overdue")),) if late else ()
            return Cell(words, "gach" if late else "nghe" if row.hours else "ink2", marks=marks)

        def unit(row: BoardLine) -> Cell:
            return Cell(self._unit_names().get(row.unit, row.unit), "ink2")

        return [
            Column("what", say("board.column.what"), 250, what, stretch=True, fixed=True),
            Column("who", say("board.column.who"), 150, who, fixed=True),
            Column("unit", say("inbox.unit"), 140, unit),
            Column("due", say("board.column.due"), 150, due, fixed=True, sort=lambda row: row.due),
        ]  # fmt: skip

    def _unit_names(self) -> dict[str, str]:
        return {one.unit: one.name for one in self._read.board.units} if self._read else {}

    # what the shell shows

    def facts(self) -> str:
        """Return how much is open."""
        if self._read is None:
            return ""
        counts = self._read.board.counts
        return " · ".join(say(f"board.count.{kind}", n=counts[kind]) for kind in KINDS if counts[kind])

    def primary(self) -> Action | None:
        """Ask the commune about what is chosen."""
        line = self._line()
        why = "" if line is not None else say("board.choose_first")
        return Action("ask", say("board.ask"), self.ask, "comment", "Ctrl Enter", why)

    def secondary(self) -> Sequence[Action]:
        """Record a tip for a commune."""
        go = lambda: self.shell.go("tip", unit=self._unit)  # noqa: E731
        return (Action("new", say("shell.page.tip"), go, "clipboard_error"),)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of this page."""
        hint = lambda name: say(f"board.hint.{name}")  # noqa: E731
        return (Hint("↑|↓", hint("row")), Hint("Enter", hint("open")), Hint("F6", hint("pane")),
                Hint("Ctrl Enter", hint("ask")), Hint("Ctrl P", hint("letter")))  # fmt: skip

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        return {"reload": self.load, "next_pane": self._pane, "previous_pane": self._pane, "print": self.write_letter}

    @classmethod
    def badge(cls, desk: Desk) -> int:
        """Return how many emergencies are open."""
        return desk.board().counts["emergency"]

    def opened(self, **details: Any) -> None:
        """Read the board, of a unit where one is asked for."""
        self._unit = str(details.get("unit") or "")
        self.load()

    def closed(self) -> None:
        """Names are hidden again."""
        self._names = {}

    def changed(self, changed: Changed) -> None:
        """Read again."""
        if changed and self.isVisible():
            self.load()

    def shaped(self, shape: str) -> None:
        """Give the communes their width."""
        self._left.setFixedWidth(theme.px(SIDE[shape]))
        self.lines.show_columns(["what", "who", "due"] if shape == NARROW else [])
        self._late.setVisible(shape != NARROW)

    def _pane(self) -> None:
        (self.lines if self.units.hasFocus() else self.units).setFocus(Qt.FocusReason.OtherFocusReason)

    # reading

    def load(self) -> None:
        """Read the page."""
        if self._read is None:
            self._panel.load()
        self._reading.run(read, self._show_read)

    def _show_read(self, found: Read) -> None:
        first, self._read = self._read is None, found
        whole = BoardUnit("", say("board.everybody"), dict(found.board.counts), ())
        self.units.set_rows([whole, *found.board.units])
        self._unit_panel.show_rows()
        if not self.units.choose(self._unit):
            self.units.choose_first()
        self._apply()
        names = [one.name for one in found.late if one.months]
        self._late_title.facts.say(str(len(names)) if names else "")
        more = say("board.and_more", n=len(names) - 6) if len(names) > 6 else ""
        self._late.say(", ".join(names[:6]) + more if names else say("board.nobody_late"))
        self.letter.setVisible(bool(names))
        self._show.setVisible(not self._names)
        self._veil.setVisible(not self._names)
        if first and self.isVisible():
            (self.lines if self.lines.rows() else self.units).setFocus(Qt.FocusReason.OtherFocusReason)
        self.shell.refresh()

    def _turn(self) -> None:
        row = self.units.current()
        if row is not None and row.unit != self._unit:
            self._unit = row.unit
            self._apply()

    def _lines(self) -> list[BoardLine]:
        units = self._read.board.units if self._read else ()
        found = [line for one in units if self._unit in ("", one.unit) for line in one.lines]
        return sorted(found, key=lambda one: (KINDS.index(one.kind), one.due))

    def _apply(self) -> None:
        lines, kind = self._lines(), self.tabs.value()
        counts = {one: sum(line.kind == one for line in lines) for one in KINDS}
        self.tabs.show_counts({ALL: str(len(lines)), **{one: str(n) for one, n in counts.items()}})
        shown = [one for one in lines if kind in (ALL, one.kind)]
        self.lines.set_rows(shown)
        self._panel.show_rows() if shown else self._panel.show_empty(self._none)
        self.lines.choose_first()
        self.shell.refresh()

    def _line(self) -> BoardLine | None:
        return self.lines.current()

    # doing

    def show_names(self) -> None:
        """Show names until the page closes; who asked is logged."""
        children = [one.child for one in self._lines() if one.child]

        def done(names: dict[str, str]) -> None:
            self._names = names
            self._show.hide()
            self._veil.hide()
            self._apply()

        self.jobs.run(lambda desk: desk.show_names(say("board.reason"), children), done, owner=self)

    def _open(self) -> None:
        line = self._line()
        if line is not None and line.form in OPENS:
            self.shell.go(OPENS[line.form], id=line.record)

    def ask(self) -> None:
        """Write a note to the commune about what is chosen."""
        line = self._line()
        if line is not None:
            self.shell.go("notes", record=line.record)

    def write_letter(self) -> None:
        """Write the letter to the communes that are late."""
        if self._read is None or not any(one.months for one in self._read.late):
            return
        path = self.talk.save_file(say("board.letter_file", day=clock.today().isoformat()), say("board.letter_kinds"))
        if path is not None:
            self.write_letter_to(path)

    def write_letter_to(self, path: Path) -> None:
        """Write it to a place."""
        self.letter.busy(say("board.letter_busy"))

        def done(_path: Path) -> None:
            self.letter.busy()
            self.talk.say(say("board.letter_done"))

        def failed(problem: Problem) -> None:
            self.letter.busy()
            self.talk.problem(problem)

        self.jobs.run(lambda desk: desk.reminder(path, overwrite=True), done, failed, self)
