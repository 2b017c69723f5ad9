"""Writing a superior's form: children or figures into its rows, all else as it was. Bytes in, bytes out.

The form is changed in its own XML (``sheetpart``), so layout, looks, merged cells, widths, pictures and seals stay.
Where more rows are needed than are drawn, rows like the drawn ones come in before the last of them, and everything
below and every formula moves with them; where fewer are needed the others stay drawn and empty. What the form reckons
itself is never written over. The made copy is read again and held against the form before it is handed out.

Raises ``Problem``: ``form_protected``, ``form_unusual``, ``form_nothing``, ``form_failed``.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cbdesk import sheet
from cbdesk.catalogue import Catalogue
from cbdesk.errors import Problem
from cbdesk.formcells import COUNT, Cells, Filled, Told, data, number, same_village
from cbdesk.formheads import FIGURES
from cbdesk.package import Package
from cbdesk.sheetpart import Editor
from cbdesk.shifting import Shift, translate
from cbdesk.superior import ODD, SuperiorForm

_AVERAGE = 0.95
"""How wide a letter of the usual fonts is on the average, by the digits widths of columns are counted in."""


@dataclass(frozen=True, slots=True)
class Made:
    """A filled form: its bytes, rows written, rows that came in, and villages of the form that are none of ours."""

    content: bytes
    rows: int
    inserted: int = 0
    strangers: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    """Villages of ours with children, for which the form has no row."""


def fill(
    form: SuperiorForm, told: Sequence[Told], villages: Sequence[str], catalogue: Catalogue, commune: str
) -> Made:
    """Return the filled form. ``told`` are the children in order; ``villages`` the names of ours in order."""
    columns = [one for one in form.columns if one.target and not one.formula]
    if not columns:
        raise Problem("form_nothing")
    try:
        work = _Work(form, catalogue, commune)
        made = work.figures(told, villages) if form.kind == FIGURES else work.children(told)
    except ODD:
        raise Problem("form_failed") from None
    _prove(form, made)
    return made


class _Work:
    def __init__(self, form: SuperiorForm, catalogue: Catalogue, commune: str) -> None:
        self.form, self.catalogue = form, catalogue
        self.package = Package(form.data)
        part = next(one for one in self.package.sheets if one.name == form.sheet)
        self.editor = Editor(self.package, part)
        self.cells = Cells(catalogue, commune)
        self.columns = [one for one in form.columns if one.target]
        self.first, self.last = form.first, form.last
        self.inserted = 0
        self._ends = self._last_columns()

    # --- a list ---

    def children(self, told: Sequence[Told]) -> Made:
        """Write one row for each child."""
        self._room(len(told))
        self._clear(self.first)
        for place, one in enumerate(told, 1):
            row = self.first + place - 1
            self._write(row, {column.col: self.cells.cell(one, column.target, place) for column in self.columns})
        return self._save(len(told))

    # --- figures ---

    def figures(self, told: Sequence[Told], villages: Sequence[str]) -> Made:
        """Write one row for each village, the rows of the form where it names them; totals where it has no formula."""
        named = dict(self.form.villages)
        homes = list(dict.fromkeys([*villages, *({_home(one) for one in told} - set(villages))]))
        by_place = any(one.target == "village" for one in self.columns)
        if named or not by_place:
            rows = {row: next((one for one in homes if same_village(one, name)), None) for row, name in named.items()}
            strangers = tuple(named[row] for row, home in rows.items() if home is None)
        else:
            counted = [one for one in homes if one or any(not _home(child) for child in told)]
            self._room(len(counted))
            rows, strangers = {self.first + at: home for at, home in enumerate(counted)}, ()
            self._clear(self.first + len(counted))
        for place, (row, home) in enumerate(rows.items(), 1):
            if home is not None:
                self._village(row, home, [one for one in told if _home(one) == home], place, named=bool(named))
        if not rows and not self.form.totals:
            self._room(1)
            self._count(self.first, told)
        mine = {home for home in rows.values() if home is not None}
        within = [one for one in told if _home(one) in mine] if rows else told
        for row in self.form.totals:  # what stands above or below it added up, as its formulas would
            self._count(row + self.inserted if row > self.last - self.inserted else row, within, only_empty=True)
        missing = tuple(one for one in homes if one not in mine and any(_home(child) == one for child in told))
        return self._save(len(rows) or 1, strangers, missing if by_place or named else ())

    def _village(self, row: int, home: str, told: Sequence[Told], place: int, *, named: bool) -> None:
        name = home or str(data()["words"]["no_village"])
        if not named:
            self._write(row, {
                one.col: Filled(str(place), number=place) if one.target == "number" else Filled(name)
                for one in self.columns if one.target in ("village", "number")
            })  # fmt: skip
        self._count(row, told)

    def _count(self, row: int, told: Sequence[Told], *, only_empty: bool = False) -> None:
        counted = {one.col: number(told, one.target, self.catalogue) for one in self.columns
                   if one.target.partition(":")[0] == COUNT}  # fmt: skip
        filled = {col: Filled(str(n), number=n) for col, n in counted.items()}
        self._write(row, filled, only_empty=only_empty)

    # --- rows ---

    def _room(self, wanted: int) -> None:
        """Make so many rows to fill."""
        drawn = self.last - self.first + 1
        if self.form.protected and wanted > drawn:
            raise Problem("form_protected")
        if drawn < 1:
            self._begin(wanted)
        elif wanted > drawn:
            self._grow(wanted - drawn, drawn)
        for row in range(self.first, self.last + 1):
            self.editor.show_row(row)
        self._ends = self._last_columns()

    def _last_columns(self) -> dict[tuple[int, int], int]:
        """Return the last column of each merged cell, by its first row and column."""
        return {area[:2]: area[3] for area in self.editor.merged}

    def _grow(self, more: int, drawn: int) -> None:
        """Let rows come in before the last drawn one, which keeps the line at the end of the table."""
        only = self.first if drawn == 1 else 0
        at = self.last + 1 if only else self.last
        like = self.first if drawn < 3 else self.first + 1
        last = self._formulas(self.last, like)
        self.editor.insert(Shift(self.form.sheet, at, more, only), like)
        self.last += more
        self.inserted = more
        for col, text in last.items():
            self.editor.put_formula(self.last, col, translate(self.editor.formula(like, col) or text, self.last - like))

    def _formulas(self, row: int, like: int) -> dict[int, str]:
        """Return the formulas of a row that read like those of another row: they go on reading so where it moves."""
        found = {}
        for col in range(1, self.form.columns[-1].col + 1):
            mine, model = self.editor.formula(row, col), self.editor.formula(like, col)
            if mine is not None and model is not None and mine == translate(model, row - like) and row != like:
                found[col] = mine
        return found

    def _begin(self, wanted: int) -> None:
        """Draw the first rows of a table that has none, with the lines and letters of its head."""
        if wanted < 1:
            return
        bottom = self.form.head[1]
        spans = {col: last for row, col, end, last in self.editor.merged if end == bottom}
        kept = [one.col for one in self.form.columns]
        self.editor.insert(Shift(self.form.sheet, self.first, wanted), None)
        self.last = self.first + wanted - 1
        self.inserted = wanted
        for one, after in zip(self.form.columns, [*kept[1:], kept[-1] + 99], strict=True):
            until = min(spans.get(one.col, one.col), after - 1)
            look = self.editor.styles.plain(self.editor.style(bottom, one.col), _side(one.target))
            for row in range(self.first, self.last + 1):
                for col in range(one.col, until + 1):
                    self.editor.put(row, col, None, style=look)
                if until > one.col:
                    self.editor.merge((row, one.col, row, until))

    def _write(self, row: int, filled: Mapping[int, Filled], *, only_empty: bool = False) -> None:
        """Write the cells of a row, those the form reckons left alone, and make the row deep enough."""
        depth = 0.0
        for col, one in filled.items():
            if self.editor.formula(row, col) is not None or (only_empty and self.editor.typed(row, col)):
                continue
            look = self.editor.style(row, col)
            if self.form.protected and self.editor.styles.locked(look):
                raise Problem("form_protected")
            self.editor.put(row, col, self._value(one, look))
            if self.editor.styles.wraps(look):
                depth = max(depth, self._depth(row, col, one.text, look))
        self.editor.deepen(row, depth)

    def _value(self, one: Filled, look: int) -> str | int | date | None:
        if one.number is not None:
            return one.number
        return one.day if one.day is not None and self.editor.styles.dated(look) else one.text

    def _depth(self, row: int, col: int, text: str, look: int) -> float:
        """Return the height a wrapped text needs in points."""
        room = sum(self.editor.width(at) for at in range(col, self._ends.get((row, col), col) + 1))
        size = self.editor.styles.size(look)
        letters = max(int((room - 1) * 11 / size / _AVERAGE), 3)
        lines = len(textwrap.wrap(text, letters)) if text else 1
        return (size * 1.32 * lines + 3) if lines > 1 else 0.0

    def _clear(self, row: int) -> None:
        """Empty the drawn rows nobody needs: neither numbers nor examples of the form stay behind."""
        for spare in range(row, self.last + 1):
            for one in self.form.columns:
                if self.editor.formula(spare, one.col) is None and self.editor.typed(spare, one.col):
                    self.editor.put(spare, one.col, None)

    def _save(self, rows: int, strangers: tuple[str, ...] = (), missing: tuple[str, ...] = ()) -> Made:
        self.editor.forget_values()
        self.editor.measure()
        return Made(self.package.save(), rows, self.inserted, strangers, missing)


def _home(one: Told) -> str:
    return str(one.person.get("village_name") or "")


def _side(target: str) -> str:
    centered = {"number", "born", "sex", "age", "ethnicity", "class", "personal_id"}
    return "center" if target.partition("=")[0].partition("@")[0] in centered or "=" in target or (
        target.partition(":")[0] == COUNT) else "left"


def _prove(form: SuperiorForm, made: Made) -> None:
    """Hold the made copy against the form: what stood above and below the rows still stands there, in its place.

    Raises ``Problem(form_failed)``.
    """
    try:
        books = [sheet.read_bytes(one) for one in (form.data, made.content)]
        before, after = (one.sheet(form.sheet) for one in books)
    except Problem:
        raise Problem("form_failed") from None
    same = books[0].names == books[1].names
    for row in range(1, len(before.rows) + 1):
        if form.first <= row <= form.last or row in form.totals:
            continue
        moved = row + made.inserted if row >= max(form.last, form.first) else row
        for cell in before.rows[row - 1]:
            there = after.cell(moved, cell.col)
            same = same and (cell.value == there.value or there.uncached)
    if not same:
        raise Problem("form_failed")
