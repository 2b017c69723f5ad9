"""The card of an answer read from a file: what each line changes, from → to, with what is remarked beside it.

Rules. Nothing is written here. What nobody has to look at is taken; what is asked about waits until a person says so;
what cannot be stored is told and never taken. Space takes the rows chosen or leaves them, F8 goes to the next that
waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cbdesk.words import say
from ui import theme
from ui.lists.cells import Cell, Chip, Mark
from ui.lists.filterbar import plain
from ui.lists.table import Column, QuietTable, TablePanel
from ui.parts import Button, Card, EmptyState, Label, Rule
from ui.quality.signed import SignedOn
from ui.reading.tabs import Tab, Tabs

CHANGE, LOOK, SAME, NO_ID, MISSING = "change", "look", "same", "no_id", "missing"
TABS = ((CHANGE, "checkmark_circle", "ngoc"), (LOOK, "warning", "nghe"), (SAME, "checkmark", "ink2"),
        (NO_ID, "person_question_mark", "ink2"), (MISSING, "clock", "ink2"))  # fmt: skip
SHORT = frozenset({SAME, NO_ID, MISSING})
"""Tabs of whole lines: nothing of them changes."""


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One field of one line as answered, or a whole line of which nothing changes.

    ``level`` is that of the gravest remark: ``ask`` waits for a person, ``stop`` cannot be taken. ``news`` is a whole
    line that is written although nothing of the child changes: the police confirmed it.
    """

    id: str
    number: int
    name: str
    kind: str
    field: str = ""
    title: str = ""
    old: str = ""
    new: str = ""
    level: str = ""
    remark: str = ""
    news: bool = False


class AnswerCard(Card):
    """Tabs over one table."""

    changed = Signal()
    """Other rows than before are taken."""
    moved = Signal()
    opened = Signal(int)
    """A line is to be keyed by hand."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=1, spacing=0, name="answer_rows")
        self.body.setContentsMargins(1, 1, 1, 1)
        self._rows: dict[str, list[AnswerRow]] = {code: [] for code, *_ in TABS}
        self._taken: set[str] = set()
        tabs = [Tab(code, say(f"quality_page.tab.{code}"), icon, ink) for code, icon, ink in TABS]
        self.tabs = Tabs(tabs, name="answer_tabs")
        self.tabs.changed.connect(self.show_tab)
        self.table = QuietTable(self._columns(), lambda row: row.id, type_by=lambda row: str(row.number),
                                label=say("quality_page.answer_title"), name="answer_table")  # fmt: skip
        self.table.moved.connect(lambda _row: self._tell())
        self.table.looked.connect(lambda _row: self.toggle())
        self.table.opened.connect(lambda row: self.opened.emit(row.number))
        self.panel = TablePanel(self.table, plain=True)
        self._empty = EmptyState("", name="answer_none")
        for widget in (self.tabs, self.panel, Rule(), self._foot()):
            self.body.addWidget(widget, 1 if widget is self.panel else 0)

    def _columns(self) -> list[Column]:
        head = lambda name: say(f"quality_page.column.{name}")  # noqa: E731
        return [
            Column("no", head("line"), 34, lambda row: Cell(str(row.number), "ink3"), right=True, fixed=True),
            Column("name", say("children.column.name"), 172, lambda row: Cell(row.name or say("children.unnamed"),
                   "ink" if row.name else "ink3", "medium"), fixed=True),
            Column("field", head("field"), 156, lambda row: Cell(row.title, "ink2")),
            Column("old", head("old"), 138,
                   lambda row: Cell(row.old or say("ui.empty"), "ink2" if row.old else "ink3")),
            Column("new", head("new"), 138, self._new),
            Column("remark", head("remark"), 120, self._remark, stretch=True, fixed=True),
        ]  # fmt: skip

    def _new(self, row: AnswerRow) -> Cell:
        taken = row.id in self._taken
        return Cell(row.new, "ink" if taken else "ink3", "strong" if taken else "body")

    def _remark(self, row: AnswerRow) -> Cell:
        if row.kind in SHORT:
            return Cell(row.remark, "ink3")
        taken = row.id in self._taken
        if row.level == "stop":
            return Cell(row.remark, "gach", marks=(Mark("error_circle", "gach", say("quality_page.cannot")),))
        chips = () if taken else (Chip(say("quality_page.left"), "nghe" if row.level == "ask" else "neutral"),)
        marks = (Mark("checkmark_circle", "ngoc", say("quality_page.taken")),) if taken else (
            Mark("warning", "ngheMark", say("quality_page.waits")),) if row.level == "ask" else ()  # fmt: skip
        return Cell(row.remark, "ink3" if taken else "nghe", chips=chips, marks=marks)

    def _foot(self) -> QWidget:
        foot = QWidget()
        row = QHBoxLayout(foot)
        row.setContentsMargins(15, 6, 15, 7)
        row.setSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(0)
        self.detail = Label("", "note", "ink2", elide=True, name="answer_detail")
        self.more = Label("", "small", "ink3", elide=True, name="answer_more")
        words.addWidget(self.detail)
        words.addWidget(self.more)
        row.addLayout(words, 1)
        self.signed = SignedOn()
        self.toggle_button = Button("", "link", key="Space", name="take_or_leave")
        self.toggle_button.clicked.connect(self.toggle)
        row.addWidget(self.toggle_button)
        row.addSpacing(8)
        row.addWidget(self.signed)
        foot.setMinimumHeight(theme.px(46))
        return foot

    # rows

    def show_rows(self, rows: Sequence[AnswerRow]) -> None:
        """Show an answer; what need not be looked at is taken."""
        self._taken = {row.id for row in rows if row.kind == CHANGE}
        self._rows = {code: [row for row in rows if row.kind == code] for code, *_ in TABS}
        self.tabs.show_counts({code: plain(len(found)) for code, found in self._rows.items()})
        first = next((code for code in (LOOK, CHANGE, SAME, NO_ID, MISSING) if self._rows[code]), CHANGE)
        self.show_tab(first)

    def show_tab(self, code: str) -> None:
        """Show one tab."""
        self.tabs.set_value(code)
        self.table.show_columns(["remark"] if code in SHORT else [])
        self.table.set_rows(self._rows[code])
        if self._rows[code]:
            self.panel.show_rows()
            self.table.choose_first()
        else:
            self._empty.say(say(f"quality_page.none.{code}"))
            self.panel.show_empty(self._empty)
        self._tell()

    def focus_rows(self) -> None:
        """Focus the rows, or the tabs where there are none."""
        (self.table if self.table.rows() else self.tabs).setFocus()

    def taken(self) -> frozenset[str]:
        """Return the rows to be written."""
        return frozenset(self._taken)

    def count(self, code: str) -> int:
        """Return how many rows stand under a tab."""
        return len(self._rows[code])

    def lines(self) -> int:
        """Return how many lines would be written."""
        every = [row for rows in self._rows.values() for row in rows]
        return len({row.number for row in every if row.id in self._taken or row.news})

    def waiting(self) -> int:
        """Return how many rows a person has to decide."""
        return sum(row.level == "ask" and row.id not in self._taken for row in self._rows[LOOK])

    # deciding

    def toggle(self) -> None:
        """Take the rows chosen, or leave them."""
        rows = [row for row in self.table.chosen() if row.kind in (CHANGE, LOOK) and row.level != "stop"]
        if not rows:
            return
        chosen = {row.id for row in rows}
        self._taken = self._taken - chosen if chosen <= self._taken else self._taken | chosen
        self.table.viewport().update()
        self._tell()
        self.changed.emit()

    def next_waiting(self, step: int = 1) -> bool:
        """Go to the next row that waits for a person; ``False`` when there is none."""
        waiting = [row.id for row in self._rows[LOOK] if row.level == "ask" and row.id not in self._taken]
        if not waiting:
            return False
        if self.tabs.value() != LOOK:
            self.show_tab(LOOK)
            goal = waiting[0 if step > 0 else -1]
        else:
            order = [row.id for row in self.table.rows()]
            at = self.table.currentIndex().row()
            ahead = [one for one in waiting if (order.index(one) > at) == (step > 0) and order.index(one) != at]
            goal = (ahead or waiting)[0 if step > 0 else -1]
        self.table.choose(goal)
        self.table.setFocus()
        return True

    def _tell(self) -> None:
        row = self.table.current() if self.table.rows() else None
        can = row is not None and row.kind in (CHANGE, LOOK) and row.level != "stop"
        self.toggle_button.setVisible(can)
        if row is None:
            self.detail.say("")
        elif row.kind in SHORT:
            self.detail.say(say("quality_page.at_line", n=row.number, words=row.remark))
        else:
            self.toggle_button.say(say("quality_page.leave" if row.id in self._taken else "quality_page.take"))
            old = row.old or say("ui.empty")
            words = say("quality_page.from_to", title=row.title, old=old, new=row.new)
            self.detail.say(say("quality_page.at_line", n=row.number, words=words))
        self.more.say(row.remark if row is not None and row.kind not in SHORT else "")
        self.more.setVisible(bool(self.more.words()))
        self.moved.emit()
