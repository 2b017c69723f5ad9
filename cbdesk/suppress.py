"""Leaving out small figures where a table is for everybody: what could point to a child is not published.

For public versions and notices only; the lawful receiver gets exact figures. Pure. Rules:

* Counts above none and under ``least`` are hidden: *primary*. Sums of money, and records that are no children
  (``harmless`` forms: events, plans), hide nothing by themselves.
* Sums let a hidden figure be worked out from its neighbours. More are hidden until nothing hidden can be: not by one
  sum, not by any combination of them (the sums are solved together), and not because all that a sum hides is itself
  under ``least``: *complementary*. The smallest figure that helps is taken, a total last.
* A share of hidden figures is hidden. Figures of two tables that count the same records are one: hidden in both.
* Published tables hold no ids, and say that figures were left out.

Sums are those the table declares (``gridpaper.claims``); tables published together are to be given together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from cbdesk import gridpaper
from cbdesk.grid import Chart, Grid, GridCell, GridColumn, GridRow, drawn, kind_of

LEAST = 5
Place = tuple[int, str, str]
"""A cell: which table, which row, which column."""


@dataclass(frozen=True, slots=True)
class _Sum:
    """A declared sum: its total, and the figures it is the sum of."""

    total: Place
    parts: tuple[Place, ...]


def suppress(grid: Grid, least: int = LEAST, harmless: Collection[str] = ()) -> Grid:
    """Return a table fit to be published: counts under ``least`` and what gives them away are ``None`` and "…"."""
    return suppress_all((grid,), least, harmless)[0]


def suppress_all(grids: Sequence[Grid], least: int = LEAST, harmless: Collection[str] = ()) -> tuple[Grid, ...]:
    """Return tables fit to be published together: what one hides, no other shows."""
    work = _Work(grids, least, harmless)
    work.close()
    return tuple(_published(grid, n, work, least) for n, grid in enumerate(grids))


def public_charts(charts: Iterable[Chart], published: Sequence[Grid], least: int = LEAST) -> tuple[Chart, ...]:
    """Return charts fit to be published with the tables ``suppress_all`` gave.

    One of a table is drawn anew from what that still shows; another is left out where one of its figures is under
    ``least``.
    """
    tables = {one.name: one for one in published}
    made = [drawn(one, tables[one.grid]) if one.grid in tables else one for one in charts]
    return tuple(one for one in made if one.grid in tables or not any(
        value is not None and 0 < value < least for _, values in one.series for value in values))


class _Work:
    """Hides until nothing hidden can be worked out."""

    def __init__(self, grids: Sequence[Grid], least: int, harmless: Collection[str]) -> None:
        self.least = least
        self.cells = {(n, row.key, column.key): row.cell(column.key) for n, grid in enumerate(grids)
                      for row, column in _counts(grid)}  # fmt: skip
        self.same = _same(self.cells)
        self.sums = [one for n, grid in enumerate(grids) for one in _sums(grid, n, self.cells)]
        self.hidden: set[Place] = set()
        for n, grid in enumerate(grids):
            for row, column in _counts(grid):
                cell = row.cell(column.key)
                if column.kind == "number" and cell.form not in harmless and 0 < (cell.value or 0) < least:
                    self.hide((n, row.key, column.key))

    def value(self, place: Place) -> float:
        return self.cells[place].value or 0

    def hide(self, place: Place) -> None:
        """Hide a figure, and every other that counts the same records."""
        self.hidden |= self.same[place]

    def close(self) -> None:
        """Hide more until no sum tells: each turn hides at least one, so this ends."""
        while told := self._telling():
            for one in told:
                if self._tells(one) or one in told[:1]:
                    self._hide_another(one)

    def _telling(self) -> list[_Sum]:
        """Return the sums that give something away: alone, or else with others."""
        alone = [one for one in self.sums if self._tells(one)]
        if alone:
            return alone
        around = self._worked_out()
        while around:  # the sums of what is worked out; where they hide all already, those that share figures with them
            near = [one for one in self.sums if around & {one.total, *one.parts}]
            if free := [one for one in near if self._free(one)]:
                return free
            wider = around | {place for one in near for part in (one.total, *one.parts) for place in self.same[part]}
            if wider == around:
                break
            around = wider
        return []

    def _tells(self, one: _Sum) -> bool:
        """Return whether a sum alone gives a hidden figure away, or nearly: what it hides is too little in all."""
        parts = {self._key(part) for part in one.parts if part in self.hidden}
        if one.total in self.hidden:
            return not parts and bool(self._free(one))
        inside = sum(self.value(part) for part in one.parts if part in self.hidden)
        return bool(parts) and (len(parts) == 1 or inside < self.least) and bool(self._free(one))

    def _free(self, one: _Sum) -> list[Place]:
        """Return the figures of a sum that could still be hidden, those that serve best first."""
        shown = [place for place in (*one.parts, one.total) if place not in self.hidden]
        return sorted(shown, key=lambda place: (self.value(place) == 0, place == one.total, self.value(place)))

    def _hide_another(self, one: _Sum) -> None:
        for place in self._free(one)[:1]:
            self.hide(place)

    def _key(self, place: Place) -> Place:
        return min(self.same[place])

    def _worked_out(self) -> set[Place]:
        """Return the hidden figures all sums together determine: their equations solved exactly."""
        solved: dict[Place, dict[Place, Fraction]] = {}
        for one in self.sums:
            row = self._equation(one)
            for pivot in [place for place in row if place in solved]:
                _subtract(row, solved[pivot], row[pivot])
            if row:
                pivot = min(row)
                factor = row[pivot]
                row = {place: value / factor for place, value in row.items()}
                for other in solved.values():
                    if pivot in other:
                        _subtract(other, row, other[pivot])
                solved[pivot] = row
        keys = {pivot for pivot, row in solved.items() if len(row) == 1}
        return {place for place in self.hidden if self._key(place) in keys}

    def _equation(self, one: _Sum) -> dict[Place, Fraction]:
        """Return the unknowns of a sum with how often each stands in it; what is shown is known."""
        row: dict[Place, Fraction] = {}
        for place, sign in ((one.total, 1), *((part, -1) for part in one.parts)):
            if place in self.hidden:
                key = self._key(place)
                row[key] = row.get(key, Fraction(0)) + sign
        return {place: value for place, value in row.items() if value}


def _subtract(row: dict[Place, Fraction], other: Mapping[Place, Fraction], times: Fraction) -> None:
    for place, value in other.items():
        left = row.get(place, Fraction(0)) - times * value
        if left:
            row[place] = left
        else:
            row.pop(place, None)


def _counts(grid: Grid) -> Iterator[tuple[GridRow, GridColumn]]:
    """Return the cells that count something."""
    for row in grid.rows:
        for column in grid.columns:
            if kind_of(row, column) in ("number", "money") and row.cell(column.key).value is not None:
                yield row, column


def _sums(grid: Grid, n: int, cells: Mapping[Place, GridCell]) -> Iterator[_Sum]:
    """Return the declared sums of a table between figures that are known."""
    for row, column in _counts(grid):
        for one in gridpaper.claims(grid, row, column):
            parts = tuple(place for key, of in one.terms if (place := (n, key, of)) in cells)
            if one.kind == "sum" and parts:
                yield _Sum((n, row.key, column.key), parts)


def _same(cells: Mapping[Place, GridCell]) -> dict[Place, frozenset[Place]]:
    """Return for each figure all that count the same records to the same number, if they stand in several tables.

    Inside one table that two figures are the same is chance, and no reader can know it.
    """
    groups: dict[object, set[Place]] = {}
    for place, cell in cells.items():
        groups.setdefault((cell.form, frozenset(cell.ids), cell.value) if cell.ids else place, set()).add(place)
    found: dict[Place, frozenset[Place]] = {}
    for group in groups.values():
        several = len({place[0] for place in group}) > 1
        found |= {place: frozenset(group if several else (place,)) for place in group}
    return found


def _published(grid: Grid, n: int, work: _Work, least: int) -> Grid:
    """Return a table without what is hidden, without shares of it, and without ids."""
    words, hidden = gridpaper.words(), {(row, column) for at, row, column in work.hidden if at == n}

    def cell_of(row: GridRow, column: GridColumn) -> GridCell:
        cell = row.cell(column.key)
        made = [one for one in gridpaper.claims(grid, row, column) if one.kind == "share"]
        if (row.key, column.key) in hidden or any(set(one.terms) & hidden for one in made):
            return replace(cell, text=words["hidden"], value=None, ids=())
        return replace(cell, ids=())

    rows = tuple(replace(row, cells={column.key: cell_of(row, column) for column in grid.columns
                                     if column.key in row.cells}) for row in grid.rows)  # fmt: skip
    return replace(grid, rows=rows, notes=_told(grid.notes, words["hidden_note"].format(least=least),
                                                hidden=bool(hidden)))  # fmt: skip


def _told(notes: Iterable[str], note: str, *, hidden: bool) -> tuple[str, ...]:
    return (*notes, note) if hidden else tuple(notes)
