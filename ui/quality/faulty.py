"""The children behind one fault: a quiet table, and what stands in its place where there is nobody.

Rules. Enter opens the child at the field; the place in the list is kept while one is away. What else a child lacks
stands beside it, so that one visit to the record can settle all of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from cbdesk import dates, text
from cbdesk.words import say
from ui.lists.cells import Cell, Chip, Mark
from ui.lists.childlist import inside, label, village_short
from ui.lists.filterbar import plain
from ui.lists.table import Column, QuietTable, TablePanel
from ui.parts import Card, EmptyState, Rule, SectionTitle
from ui.quality.reading import Fault, Faulty


def _name(row: Faulty) -> Cell:
    marks = (Mark("edit", "nghe", say("children.draft")),) if row.draft else ()
    if not row.child.name:
        return Cell(say("children.unnamed"), "ink3", marks=marks)
    return Cell(row.child.name, role="medium", marks=marks)


def _born(row: Faulty) -> Cell:
    return Cell(dates.show_date(row.child.born), "ink" if len(row.child.born) == 10 else "ink3")


def _others(row: Faulty) -> Cell:
    chips = (Chip(say("quality_page.with_police"), "nghe", "clock"),) if row.asked_on else ()
    return Cell("; ".join(inside(one) if at else one for at, one in enumerate(row.others)), "ink3", "note", chips)


def columns() -> list[Column]:
    """Return the columns of the list."""
    head = lambda name: say(f"children.column.{name}")  # noqa: E731
    return [
        Column("name", head("name"), 184, _name, sort=lambda _row: "", note=say("children.order_note"), fixed=True),
        Column("born", head("born"), 94, _born, sort=lambda row: (not row.child.born, row.child.born), fixed=True),
        Column("sex", head("sex"), 58, lambda row: Cell(label("sex", row.child.sex), "ink2"),
               sort=lambda row: row.child.sex),
        Column("village", head("village"), 100, lambda row: Cell(village_short(row.child.village_name), "ink2"),
               sort=lambda row: text.collate_key(row.child.village_name), fixed=True),
        Column("others", say("quality_page.others"), 120, _others, stretch=True,
               sort=lambda row: -len(row.others), fixed=True),
    ]  # fmt: skip


class FaultyCard(Card):
    """The list behind a fault, under its title."""

    opened = Signal(str)
    """A child is to be opened."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=0, spacing=0, name="faulty_card")
        self.body.setContentsMargins(1, 1, 1, 5)
        self.head = SectionTitle("", name="faulty_title")
        self.head.setContentsMargins(16, 8, 16, 8)
        self.table = QuietTable(columns(), lambda row: row.child.id, natural="name", type_by=lambda row: row.child.name,
                                label=say("quality_page.faulty"), name="faulty_table")  # fmt: skip
        self.table.opened.connect(lambda row: self.opened.emit(row.child.id))
        self.panel = TablePanel(self.table, plain=True)
        self._none = EmptyState(say("quality_page.nobody"), name="nobody")
        self.body.addWidget(self.head)
        self.body.addWidget(Rule())
        self.body.addWidget(self.panel, 1)

    def show_fault(self, fault: Fault, rows: Sequence[Faulty]) -> None:
        """Show who has a fault."""
        self.head.title.say(fault.title)
        self.head.facts.say(say("quality_page.of", n=plain(fault.count), of=plain(fault.of)) if fault.count else "")
        self.table.set_rows(rows)
        self.table.setAccessibleName(fault.title)
        if rows:
            self.panel.show_rows()
            self.table.choose_first()
        else:
            self.panel.show_empty(self._none)

    def ids(self) -> list[str]:
        """Return the children in the order shown."""
        return [row.child.id for row in self.table.rows()]
