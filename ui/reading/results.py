"""The card of the results: what becomes of each row of the file, by tab, before anything is written.

Rules. The four counts add up to the rows of the file. A proposal is taken by Enter, a look-alike is decided by 1 2 3,
Space leaves a row out or takes it in again; the answer shows at once, and the rows are met with the register anew
behind it. After an answer to one row the next one is at hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from cbdesk.desk import Fate
from cbdesk.words import say
from ui.lists.cells import Cell, Chip, Mark
from ui.lists.filterbar import plain
from ui.lists.table import Column, TablePanel
from ui.parts import Card, EmptyState, Rule
from ui.reading import told
from ui.reading.detail import RowDetail
from ui.reading.draft import ALIKE, FIX, GOOD, OUT, Draft, Said, place_of, proposal, tab_of
from ui.reading.rowlist import ANSWERS, SPLIT, RowTable
from ui.reading.tabs import Tab, Tabs

TABS = ((GOOD, "checkmark_circle", "ngoc"), (FIX, "error_circle", "gach"), (ALIKE, "people_swap", "nghe"),
        (OUT, "circle", "ink2"))  # fmt: skip
NEW, SKIP = "new", "skip"


class ResultsCard(Card):
    """Tabs over tables of rows. ``said`` carries what somebody said of rows, a list of ``Said``."""

    said = Signal(list)
    opened = Signal(str)
    """A child of the register is to be opened."""
    export_wanted = Signal()
    moved = Signal()
    """Another tab or another row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=1, spacing=0, name="results")
        self.body.setContentsMargins(1, 1, 1, 1)
        self._draft: Draft | None = None
        self._most, self._filling = 4, False
        self.tabs = Tabs([Tab(code, say(f"reading.tab.{code}"), icon, ink) for code, icon, ink in TABS], name="fates")
        self.tabs.changed.connect(self.show_tab)
        self.body.addWidget(self.tabs)
        room = QWidget()
        self._layers = QStackedLayout(room)
        self.tables: dict[str, RowTable] = {}
        self._panels: dict[str, TablePanel] = {}
        self._empty: dict[str, EmptyState] = {}
        for code, columns in self._columns().items():
            self._add_table(code, columns)
        self.body.addWidget(room, 1)
        self.body.addWidget(Rule())
        self.detail = RowDetail()
        self.detail.answered.connect(lambda code: self.table().answer(code))
        self.detail.toggled.connect(self.toggle)
        self.detail.export_wanted.connect(self.export_wanted)
        self.body.addWidget(self.detail)

    def _add_table(self, code: str, columns: Sequence[Column]) -> None:
        table = RowTable(columns, lambda fate: place_of(fate.row), told.answers, _now, type_by=told.name,
                         label=say(f"reading.tab.{code}"), name=f"rows_{code}", dense=code in (GOOD, OUT))  # fmt: skip
        table.moved.connect(lambda _row: self._tell())
        table.opened.connect(self._open)
        table.looked.connect(lambda _row: self.toggle())
        table.answered.connect(self._answer)
        self.tables[code] = table
        self._panels[code] = TablePanel(table, plain=True)
        self._empty[code] = EmptyState(say(f"reading.empty.{code}"))
        self._layers.addWidget(self._panels[code])

    # columns

    def _columns(self) -> dict[str, list[Column]]:
        number, place = (Column("row", say("reading.row"), wide, _place, right=True) for wide in (44, 50))
        name = Column("name", say("reading.name"), 152, _named)
        born = Column("born", say("reading.born"), 92, lambda fate: Cell(told.born(fate.row.data), "ink2"))
        village = Column("village", say("reading.village"), 112, lambda fate: Cell(told.village(fate.row.data), "ink2"))
        remark = Column("remark", say("reading.remark"), 120, _remark, stretch=True)
        nothing = lambda _fate: Cell()  # noqa: E731
        return {
            GOOD: [place, name, born, village, remark],
            FIX: [number, Column("name", "", 168, _to_fix), Column("why", "", 120, _why, stretch=True),
                  Column(ANSWERS, "", 126, nothing, right=True)],
            ALIKE: [number, Column("file", "", 120, _in_file, stretch=True),
                    Column("book", "", 120, _in_book, stretch=True), Column(ANSWERS, "", 248, nothing, right=True)],
            OUT: [place, name, born, village, remark],
        }  # fmt: skip

    # rows

    def show_draft(self, draft: Draft) -> None:
        """Show what becomes of the rows of a draft."""
        self._draft = draft
        self._filling = True
        for code in self.tables:
            self._fill(code, draft.tabs.get(code, []))
        self._filling = False
        self._count()
        self._tell()

    def _fill(self, code: str, fates: list[Fate]) -> None:
        table, panel = self.tables[code], self._panels[code]
        table.set_rows(fates)
        table.choose_first()
        if fates and panel.shows() is not table:
            panel.show_rows()
        elif not fates:
            panel.show_empty(self._empty[code])

    def _count(self) -> None:
        self.tabs.show_counts({code: plain(self.count(code)) for code in self.tables})

    def forget(self) -> None:
        """Take nothing over to another file."""
        self._draft = None
        for code in self.tables:
            self._fill(code, [])
        self.show_tab(GOOD)

    def show_tab(self, code: str) -> None:
        """Show one tab."""
        self.tabs.set_value(code)
        self._layers.setCurrentWidget(self._panels[code])
        self.table().choose_first()
        self._tell()

    def table(self) -> RowTable:
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

    def to_import(self) -> int:
        """Return how many rows would be written."""
        return self.count(GOOD) + sum(_writes(fate) for fate in self.tables[ALIKE].rows())

    # answers

    def toggle(self) -> None:
        """Leave the chosen rows out, or take them in again."""
        fates = [fate for fate in self.table().chosen() if told.can_leave_out(fate)]
        if fates:
            self._say(fates, "" if self.tabs.value() == OUT else SKIP)

    def _answer(self, fates: list[Fate], code: str) -> None:
        self._say(fates, code)

    def _say(self, fates: list[Fate], code: str) -> None:
        """Show an answer at once, go on to the next row, and tell it."""
        answers = [_said(fate, code) for fate in fates]
        same = [one.repair for one in answers if one.everywhere]
        here, table = self.tabs.value(), self.table()
        touched = {place_of(fate.row) for fate in fates}
        if same:
            touched |= {place_of(fate.row) for fate in table.rows() if any(one in fate.row.repairs for one in same)}
        single, at = len(fates) == 1, table.currentIndex().row()
        moves: dict[str, list[Fate]] = {tab: [] for tab in self.tables}
        stay: list[Fate] = []
        for fate in table.rows():
            after = _after(fate, code) if place_of(fate.row) in touched else fate
            (stay if tab_of(after) == here else moves[tab_of(after)]).append(after)
        self._filling = True
        self._fill(here, stay)
        for tab, more in moves.items():
            if more and tab != here:
                self._fill(tab, sorted([*self.tables[tab].rows(), *more], key=_order))
        if here == ALIKE and single and at + 1 < len(stay):
            table.choose(place_of(stay[at + 1].row))
        self._filling = False
        self._count()
        self._tell()
        self.said.emit(answers)

    # going through

    def next_to_look(self, step: int = 1) -> bool:
        """Go to the next row a person should look at, from tab to tab; ``False`` when there is none."""
        order = list(self._to_look())
        if not order:
            return False
        ranked = [code for code, *_ in TABS]
        here = (ranked.index(self.tabs.value()), self.table().currentIndex().row())
        places = [(ranked.index(code), at) for code, at in order]
        later = [one for one in places if (one > here if step > 0 else one < here)]
        tab, at = (later or places)[0] if step > 0 else (later or places)[-1]
        self.show_tab(ranked[tab])
        self.table().choose(place_of(self.table().rows()[at].row))
        self.table().setFocus()
        return True

    def _to_look(self) -> Iterator[tuple[str, int]]:
        for code in (GOOD, FIX, ALIKE):
            for at, fate in enumerate(self.tables[code].rows()):
                if told.looks(fate):
                    yield code, at

    def _open(self, fate: Fate) -> None:
        other = told.other_of(fate)[0] if fate.others else {}
        if told.in_register(other):
            self.opened.emit(str(other["id"]))

    # the foot

    def low(self, low: bool) -> None:
        """Show fewer lines of an update where there is little height."""
        most = 2 if low else 4
        if most != self._most:
            self._most = most
            self._tell()

    def _tell(self) -> None:
        if self._filling:
            return
        refused = self.count(FIX) if self.tabs.value() == FIX else 0
        self.detail.show_row(self._draft, self.table().current(), refused=refused, most=self._most)
        self.moved.emit()


def _now(fate: Fate) -> str:
    """Return the decision in force for a look-alike; "" where there is no choice of decisions."""
    return fate.decision if tab_of(fate) == ALIKE else ""


def _writes(fate: Fate) -> bool:
    return fate.decision == NEW or (fate.decision == "update" and bool(fate.changes))


def _order(fate: Fate) -> tuple[str, int, int]:
    return fate.row.place


def _said(fate: Fate, code: str) -> Said:
    """Return an answer as what is said of the row; a village is the same question in every row that names it."""
    repair = proposal(fate) if code in ("take", "keep") else None
    return Said(place_of(fate.row), code, repair, everywhere=repair is not None and repair.field == "village")


def _after(fate: Fate, code: str) -> Fate:
    """Return what a row looks like until it has met the register again."""
    repair = proposal(fate)
    if code not in ("take", "keep") or repair is None:
        return replace(fate, decision=code or ("" if tab_of(fate) == ALIKE else NEW))
    if code == "take" and repair.leave_out:
        return replace(fate, decision=SKIP)
    left = tuple(one for one in fate.row.repairs if one.field != repair.field)
    row = replace(fate.row, repairs=left, data=dict(fate.row.data) | (dict(repair.data) if code == "take" else {}))
    held = row.waits or (row.refused is not None and not (code == "take" and repair.field == "full_name"))
    return replace(fate, row=row, kind=FIX if held else GOOD)


# --- cells -------------------------------------------------------------------------------------------------------


def _place(fate: Fate) -> Cell:
    return Cell(str(fate.row.row_number), "ink3")


def _named(fate: Fate) -> Cell:
    shown = told.name(fate)
    return Cell(shown or f"({say('ui.empty')})", "ink" if shown else "ink3", "medium")


def _remark(fate: Fate) -> Cell:
    shown = told.sentence(fate)
    chips = (Chip(say("reading.out"), "neutral"),) if fate.decision == SKIP and tab_of(fate) != OUT else ()
    if told.looks(fate):
        return Cell(shown, "nghe", chips=chips, marks=(Mark("warning", "nghe", say("reading.look")),))
    return Cell(shown, "ink3", chips=chips)


def _to_fix(fate: Fate) -> Cell:
    label, written = told.written(fate)
    second = f"{label}{SPLIT}{written}" if written else label or told.facts(fate.row.data)
    return _named(fate)._replace(second=second)


def _why(fate: Fate) -> Cell:
    stuck = proposal(fate) is None
    mark = Mark("error_circle", "gach", say("reading.stuck")) if stuck else Mark("warning", "nghe", say("reading.look"))
    return Cell(told.sentence(fate), "ink2", "note", marks=(mark,))


def _in_file(fate: Fate) -> Cell:
    return Cell(told.name(fate), "ink3" if fate.decision == SKIP else "ink", "medium",
                second=told.facts(fate.row.data))  # fmt: skip


def _in_book(fate: Fate) -> Cell:
    other, score = told.other_of(fate)
    code = str(other.get("book_code") or "")
    place = code if told.in_register(other) else say("reading.same_file", row=told.row_of(other))
    second = ", ".join(part for part in (say("reading.likeness", n=score), place) if part)
    return Cell(str(other.get("full_name") or ""), "ink2", second=second)
