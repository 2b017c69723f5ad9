"""The card of the results: what becomes of each row of the file, by tab, before anything is written.

Rules. The four counts add up to the rows of the file. A row carries its remarks; all of them, and the cells of a
refused row, stand under the table for the row one is at. Space leaves a row out, or takes it in again; nothing else
is decided here: rows that look like a child of the register are added and compared by a person later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from cbdesk import dates
from cbdesk.desk import Fate
from cbdesk.words import say
from ui import theme
from ui.lists.cells import Cell, Chip, Mark
from ui.lists.filterbar import plain
from ui.lists.table import Column, QuietTable, TablePanel
from ui.parts import Button, Card, EmptyState, Label, Rule
from ui.reading.draft import care, notes_of, place_of
from ui.reading.tabs import Tab, Tabs

GOOD, FIX, ALIKE, SAME = "added", "refused", "duplicate", "same"
"""Tabs, named as the fates of rows."""
TABS = ((GOOD, "checkmark_circle", "ngoc"), (FIX, "error_circle", "gach"), (ALIKE, "people_swap", "nghe"),
        (SAME, "database_checkmark", "ink2"))  # fmt: skip
CELLS = 12


class ResultsCard(Card):
    """Tabs over tables of rows."""

    opened = Signal(str)
    """A child of the register is to be opened."""
    left_out = Signal()
    """Other rows than before are left out."""
    export_wanted = Signal()
    moved = Signal()
    """Another tab or another row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=1, spacing=0, name="results")
        self.body.setContentsMargins(1, 1, 1, 1)
        self._out: set[str] = set()
        self._several = False
        self.tabs = Tabs([Tab(code, say(f"reading.tab.{code}"), icon, ink) for code, icon, ink in TABS], name="fates")
        self.tabs.changed.connect(self.show_tab)
        self.body.addWidget(self.tabs)
        room = QWidget()
        self._layers = QStackedLayout(room)
        self.tables: dict[str, QuietTable] = {}
        self._panels: dict[str, TablePanel] = {}
        self._empty: dict[str, EmptyState] = {}
        for code, columns in self._columns().items():
            self._add_table(code, columns)
        self.body.addWidget(room, 1)
        self.body.addWidget(Rule())
        self.body.addWidget(self._foot())

    def _add_table(self, code: str, columns: Sequence[Column]) -> None:
        table = QuietTable(columns, lambda fate: place_of(fate.row), type_by=_name, label=say(f"reading.tab.{code}"),
                           name=f"rows_{code}")  # fmt: skip
        table.moved.connect(lambda _row: self._tell())
        table.opened.connect(self._open)
        table.looked.connect(lambda _row: self.toggle())
        self.tables[code] = table
        self._panels[code] = TablePanel(table, plain=True)
        self._empty[code] = EmptyState(say(f"reading.empty.{code}"))
        self._layers.addWidget(self._panels[code])

    def _foot(self) -> QWidget:
        foot = QWidget()
        row = QHBoxLayout(foot)
        row.setContentsMargins(15, 6, 15, 7)
        row.setSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(0)
        self.detail = Label("", "note", "ink2", elide=True, name="row_detail")
        self.more = Label("", "small", "ink3", elide=True, name="row_more")
        words.addWidget(self.detail)
        words.addWidget(self.more)
        row.addLayout(words, 1)
        self.toggle_button = Button("", "link", key="Space", name="leave_out")
        self.toggle_button.clicked.connect(self.toggle)
        self.export_button = Button("", "link", icon="table", key="Ctrl E", name="export_refused")
        self.export_button.clicked.connect(self.export_wanted)
        row.addWidget(self.toggle_button)
        row.addWidget(self.export_button)
        foot.setMinimumHeight(theme.px(46))
        return foot

    # columns

    def _columns(self) -> dict[str, list[Column]]:
        number = Column("row", say("reading.row"), 50, self._place, right=True)
        name = Column("name", say("reading.name"), 152, self._named)
        born = Column("born", say("reading.born"), 96, lambda fate: Cell(_born(fate.row.data), "ink2"))
        village = Column("village", say("reading.village"), 112, lambda fate: Cell(_village(fate.row.data), "ink2"))
        remark = Column("remark", say("reading.remark"), 120, self._remark, stretch=True)
        return {
            GOOD: [number, name, born, village, remark],
            FIX: [number, Column("name", say("reading.name"), 150, self._named),
                  Column("reason", say("reading.reason"), 120, _reason, stretch=True)],
            ALIKE: [number, Column("file", say("reading.in_file"), 150, self._in_file, stretch=True),
                    Column("book", say("reading.in_book"), 150, _in_book, stretch=True)],
            SAME: [number, name, born, village,
                   Column("remark", say("reading.remark"), 120, lambda _fate: Cell(say("reading.same_note"), "ink3"),
                          stretch=True)],
        }  # fmt: skip

    def _place(self, fate: Fate) -> Cell:
        return Cell(str(fate.row.row_number), "ink3", second=fate.row.sheet if self._several else "")

    def _named(self, fate: Fate) -> Cell:
        name = _name(fate)
        return Cell(name or f"({say('ui.empty')})", "ink3" if not name or self.is_out(fate) else "ink", "medium")

    def _chips(self, fate: Fate) -> tuple[Chip, ...]:
        return (Chip(say("reading.out"), "neutral"),) if self.is_out(fate) else ()

    def _remark(self, fate: Fate) -> Cell:
        notes = notes_of(fate.row, short=True)
        shown = notes[0] + (say("reading.and_more", n=len(notes) - 1) if len(notes) > 1 else "") if notes else ""
        look = care(fate.row)
        chips = self._chips(fate)
        if look:
            return Cell(shown, "nghe", chips=chips, marks=(Mark("warning", "nghe", say("reading.look")),))
        return Cell(shown, "ink3", chips=chips)

    def _in_file(self, fate: Fate) -> Cell:
        return Cell(_person(fate.row.data), "ink3" if self.is_out(fate) else "ink", "medium", chips=self._chips(fate))

    # rows

    def show_fates(self, fates: Sequence[Fate]) -> None:
        """Show what becomes of the rows; what was left out stays left out while its row is there."""
        if self._out:
            self._out &= {place_of(fate.row) for fate in fates}
        self._several = len({fate.row.sheet for fate in fates}) > 1
        counts: dict[str, str] = {}
        for code, table in self.tables.items():
            rows = [fate for fate in fates if fate.kind == code]
            table.set_rows(rows)
            table.choose_first()
            counts[code] = plain(len(rows))
            if rows:
                self._panels[code].show_rows()
            else:
                self._panels[code].show_empty(self._empty[code])
        self.tabs.show_counts(counts)
        self._tell()

    def forget(self) -> None:
        """Take nothing left out over to another file."""
        self._out.clear()
        self.show_tab(GOOD)

    def show_tab(self, code: str) -> None:
        """Show one tab."""
        self.tabs.set_value(code)
        self._layers.setCurrentWidget(self._panels[code])
        self.table().choose_first()
        self._tell()

    def table(self) -> QuietTable:
        """Return the table shown."""
        return self.tables[self.tabs.value()]

    def focus_rows(self) -> None:
        """Focus the rows, or the tabs where there are none."""
        if self.table().rows():
            self.table().choose_first()  # Qt would make a row the current one without choosing it
            self.table().setFocus()
        else:
            self.tabs.setFocus()

    def count(self, code: str) -> int:
        """Return how many rows stand under a tab."""
        return len(self.tables[code].rows())

    # leaving out

    def is_out(self, fate: Fate) -> bool:
        """Return whether a row is left out."""
        return bool(self._out) and place_of(fate.row) in self._out

    def out(self) -> frozenset[str]:
        """Return the places of the rows left out."""
        return frozenset(self._out)

    def toggle(self) -> None:
        """Leave the chosen rows out, or take them in again."""
        fates = self.table().chosen()
        if self.tabs.value() not in (GOOD, ALIKE) or not fates:
            return
        places = {place_of(fate.row) for fate in fates}
        if places <= self._out:
            self._out -= places
        else:
            self._out |= places
        self.table().viewport().update()
        self._tell()
        self.left_out.emit()

    # going through

    def next_to_look(self, step: int = 1) -> bool:
        """Go to the next row a person should look at, from tab to tab; ``False`` when there is none."""
        order = list(self._to_look())
        if not order:
            return False
        here = (self.tabs.value(), self.table().currentIndex().row())
        places = [(code, at) for code, at, _ in order]
        ranked = [code for code, *_ in TABS]
        key: Callable[[tuple[str, int]], tuple[int, int]] = lambda one: (ranked.index(one[0]), one[1])  # noqa: E731
        later = [one for one in places if (key(one) > key(here)) == (step > 0) and one != here]
        code, at = (later or places)[0] if step > 0 else (later or places)[-1]
        self.show_tab(code)
        self.table().choose(place_of(self.table().rows()[at].row))
        self.table().setFocus()
        return True

    def _to_look(self) -> Iterator[tuple[str, int, Fate]]:
        for code, *_ in TABS:
            for at, fate in enumerate(self.tables[code].rows()):
                if code in (FIX, ALIKE) or (code == GOOD and care(fate.row)):
                    yield code, at, fate

    def looks(self) -> int:
        """Return how many rows a person should look at."""
        return sum(1 for _ in self._to_look())

    def _open(self, fate: Fate) -> None:
        found = next((str(one["id"]) for one in fate.others if "_unit" in one), "")
        if found:
            self.opened.emit(found)

    # the foot

    def _tell(self) -> None:
        code, fate = self.tabs.value(), self.table().current()
        can_leave = code in (GOOD, ALIKE) and fate is not None
        self.toggle_button.setVisible(can_leave)
        if fate is not None and can_leave:
            self.toggle_button.say(say("reading.take_in" if self.is_out(fate) else "reading.leave_out"))
        self.export_button.setVisible(code == FIX and self.count(FIX) > 0)
        self.export_button.say(say("reading.export", n=plain(self.count(FIX))))
        first, second = self._details(code, fate) if fate is not None else ("", "")
        self.detail.say(first)
        self.more.say(second)
        self.more.setVisible(bool(second))
        self.moved.emit()

    def _details(self, code: str, fate: Fate) -> tuple[str, str]:
        where = say("reading.at_row", row=fate.row.row_number)
        if code == FIX:
            cells = [f"{head}: {text}" for head, text in fate.row.cells if text][:CELLS]
            return f"{where} {fate.row.reason}", "; ".join(cells)
        if code == ALIKE:
            return f"{where} {say('reading.alike_note')}", "; ".join(_other(one) for one in fate.others)
        notes = [say("reading.same_note")] if code == SAME else notes_of(fate.row)
        return (f"{where} {notes[0]}" if notes else f"{where} {say('reading.plain')}"), " ".join(notes[1:])


def _name(fate: Fate) -> str:
    return str(fate.row.data.get("full_name") or "")


def _born(data: Mapping[str, Any]) -> str:
    return dates.show_date(str(data.get("born") or ""))


def _village(data: Mapping[str, Any]) -> str:
    return str(data.get("village") or "")


def _person(data: Mapping[str, Any]) -> str:
    return ", ".join(part for part in (str(data.get("full_name") or ""), _born(data), _village(data)) if part)


def _other(one: Mapping[str, Any]) -> str:
    if "_unit" in one:
        code = str(one.get("book_code") or "")
        return f"{_person(one)}, {code}" if code else _person(one)
    return say("reading.other_row", row=str(one["id"]).rpartition(" ")[2], name=_person(one))


def _in_book(fate: Fate) -> Cell:
    more = say("reading.and_more", n=len(fate.others) - 1) if len(fate.others) > 1 else ""
    return Cell(_other(fate.others[0]) + more if fate.others else "", "ink2")


def _reason(fate: Fate) -> Cell:
    return Cell(fate.row.reason, "gach")
