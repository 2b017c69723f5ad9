"""Making a new list for the police: which villages, which faults, and who would stand on it.

Rules. Everything is ticked at first, because a whole list is the usual case. The table shows the very lines that would
be printed, in their order; the button that makes the list says how many they are.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from cbdesk import dates, kinds
from cbdesk.words import say
from ui import theme
from ui.lists.cells import Cell
from ui.lists.childlist import inside, label
from ui.lists.filterbar import plain
from ui.lists.table import Column, QuietTable, TablePanel
from ui.parts import Card, EmptyState, Rule, SectionTitle
from ui.quality.police import Due
from ui.quality.ticklist import Tick, TickList

LEFT = 340


def _number(row: Due) -> Cell:
    return Cell(row.number, "nghe" if kinds.malformed_id(row.number) else "ink2")


def _why(row: Due) -> Cell:
    return Cell("; ".join(inside(one) if at else one for at, one in enumerate(row.why)), "ink2", "note")


def columns() -> list[Column]:
    """Return the columns of the lines to be."""
    head = lambda name: say(f"children.column.{name}")  # noqa: E731
    return [
        Column("name", head("name"), 178, lambda row: Cell(row.name or say("children.unnamed"),
               "ink" if row.name else "ink3", "medium"), fixed=True),
        Column("born", head("born"), 94, lambda row: Cell(dates.show_date(row.born),
               "ink" if len(row.born) == 10 else "ink3"), fixed=True),
        Column("sex", head("sex"), 58, lambda row: Cell(label("sex", row.sex), "ink2")),
        Column("village", head("village"), 100, lambda row: Cell(row.village, "ink2"), fixed=True),
        Column("number", say("quality_page.number"), 118, _number),
        Column("why", say("quality_page.why"), 120, _why, stretch=True, fixed=True),
    ]  # fmt: skip


class _Ticks(QWidget):
    """A list to tick under its heading."""

    def __init__(self, title: str, name: str) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.head = SectionTitle(title)
        self.head.setContentsMargins(16, 8, 16, 6)
        self.list = TickList(title, name=name)
        self.list.changed.connect(self._count)
        column.addWidget(self.head)
        column.addWidget(self.list, 1)

    def show_ticks(self, lines: Sequence[Tick], on: Sequence[str]) -> None:
        """Show lines and which are ticked."""
        self.list.show_ticks(lines, on)
        self._count()

    def _count(self) -> None:
        chosen, every = len(self.list.chosen()), len(self.list.ticks.lines)
        key = "quality_page.ticked_all" if chosen == every else "quality_page.ticked_some"
        self.head.facts.say(say(key, n=chosen, of=every))


class Choosing(QWidget):
    """Villages and faults left, lines right. ``changed`` says that something else is ticked."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._narrow = False
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self._left = Card(padding=0, spacing=0, name="choose_card")
        self._left.body.setContentsMargins(1, 1, 1, 5)
        self.faults = _Ticks(say("quality_page.faults"), "tick_faults")
        self.villages = _Ticks(say("quality_page.villages"), "tick_villages")
        self._sides = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._sides.setSpacing(0)
        self._sides.addWidget(self.faults, 5)
        self._sides.addWidget(Rule())
        self._sides.addWidget(self.villages, 4)
        self._left.body.addLayout(self._sides)
        for ticks in (self.faults, self.villages):
            ticks.list.changed.connect(self.changed)
        self._right = Card(padding=0, spacing=0, name="due_card")
        self._right.body.setContentsMargins(1, 1, 1, 5)
        self.head = SectionTitle(say("quality_page.due"), name="due_title")
        self.head.setContentsMargins(16, 8, 16, 8)
        self.table = QuietTable(columns(), lambda one: one.id, type_by=lambda one: one.name,
                                label=say("quality_page.due"), name="due_table")  # fmt: skip
        self.panel = TablePanel(self.table, plain=True)
        self._none = EmptyState(say("quality_page.due_none"), say("quality_page.due_none_more"), name="due_none")
        self._right.body.addWidget(self.head)
        self._right.body.addWidget(Rule())
        self._right.body.addWidget(self.panel, 1)
        row.addWidget(self._left)
        row.addWidget(self._right, 1)

    def show_choices(self, faults: Sequence[Tick], villages: Sequence[Tick]) -> None:
        """Show what can be chosen; all is ticked."""
        self.faults.show_ticks(faults, [one.code for one in faults])
        self.villages.show_ticks(villages, [one.code for one in villages])

    def wanted(self) -> tuple[list[str] | None, list[str] | None]:
        """Return villages and faults ticked; ``None`` for all of them."""
        villages, faults = self.villages.list, self.faults.list
        return (None if villages.all_on() else villages.chosen(), None if faults.all_on() else faults.chosen())

    def show_due(self, rows: Sequence[Due]) -> None:
        """Show who would go on the list."""
        self.table.set_rows(rows)
        self.head.facts.say(say("quality_page.children", n=plain(len(rows))) if rows else "")
        if rows:
            self.panel.show_rows()
            self.table.choose_first()
        else:
            self.panel.show_empty(self._none)
        self._show_sides()

    def other_pane(self) -> None:
        """Move the focus on: faults, villages, lines."""
        order = [self.faults.list, self.villages.list, *([self.table] if self.table.rows() else [])]
        shown = [one for one in order if one.isVisible()]
        at = next((at for at, one in enumerate(shown) if one.hasFocus()), -1)
        shown[(at + 1) % len(shown)].setFocus()

    def count(self) -> int:
        """Return how many lines the list would have."""
        return len(self.table.rows())

    def narrow(self, narrow: bool) -> None:
        """In a narrow window the lines are left away; their number stands on the button."""
        self._narrow = narrow
        self._show_sides()
        self._left.setMaximumWidth(16_777_215 if narrow else theme.px(LEFT))
        self._left.setMinimumWidth(0 if narrow else theme.px(LEFT))
        way = QBoxLayout.Direction.LeftToRight if narrow else QBoxLayout.Direction.TopToBottom
        self._sides.setDirection(way)

    def _show_sides(self) -> None:
        nobody = not self.count() and self.wanted() == (None, None)
        self._left.setVisible(not self._narrow or not nobody)
        self._right.setVisible(not self._narrow or nobody)

    def focus_first(self) -> None:
        """Put the focus where work starts."""
        self.faults.list.setFocus()
