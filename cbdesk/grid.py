"""Tables of figures and small charts: pure data, ready to be typeset, written to a workbook, frozen and read back.

Rules:

* Texts are finished Vietnamese; nothing here knows the register, the catalogue, Typst or Excel.
* A figure is a ``value``; what is written of it (``shown``) is its ``text`` where there is one, else the figure as
  Vietnamese papers write it: 1.234 and 12,5 %, a dash for none. An unknown figure (``None``) stays blank.
* A share is kept as a ratio: 0.125 is written 12,5 %.
* ``ids`` are the records behind a figure: never printed, kept in JSON through one table of ids for the whole sheet.
* ``from_json`` ignores keys it does not know and fills those that are missing: old sheets stay readable.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from cbdesk.errors import Problem
from cbdesk.paper import Line, Signer, heading_in, known

VERSION = 1
NONE = "–"
"""What is written for none, and for a share of nothing."""
Number = int | float


@dataclass(frozen=True, slots=True)
class GridColumn:
    """One column of figures.

    ``group`` is the heading above several columns, ``"upper / lower"`` for two above each other. ``width`` is in
    millimetres, as wide as it would like to be. ``kind`` is ``number``, ``percent``, ``money`` or ``text``. ``sum``
    names the columns this one is the sum of, ``share`` the two it is the ratio of, ``parts`` the several ways it is
    divided (by sex, by age), each of which adds up to it.
    """

    key: str
    heading: str
    group: str = ""
    width: float = 18.0
    align: str = "right"
    kind: str = "number"
    sum: tuple[str, ...] = ()
    share: tuple[str, ...] = ()
    parts: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class GridCell:
    """One figure. ``formula`` names the rows it is the sum of, in a row of shares the two it is the ratio of.

    ``ids`` are the records of ``form`` behind it.
    """

    text: str = ""
    value: Number | None = None
    ids: tuple[str, ...] = ()
    form: str = "child"
    formula: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row; ``kind`` is ``plain``, ``total`` (bold), ``part`` (a heading across the table) or ``share``.

    ``number`` is printed before it ("1", "1.1", "a)"), ``level`` indents its label.
    """

    key: str
    label: str
    cells: Mapping[str, GridCell]
    level: int = 0
    kind: str = "plain"
    note: str = ""
    number: str = ""

    def cell(self, column: str) -> GridCell:
        """Return the cell of a column; an absent one is an unknown figure."""
        return self.cells.get(column) or GridCell()


@dataclass(frozen=True, slots=True)
class Grid:
    """One table. ``unit_text`` stands above it on the right; ``numbered`` prints (1), (2) … below the headings.

    ``label_heading`` and ``label_width`` (mm) are of the column of labels; "" is the ordinary word for it.
    """

    name: str
    title: str
    columns: tuple[GridColumn, ...]
    rows: tuple[GridRow, ...]
    notes: tuple[str, ...] = ()
    unit_text: str = ""
    numbered: bool = True
    label_heading: str = ""
    label_width: float = 60.0

    def row(self, key: str) -> GridRow | None:
        """Return the row with a key."""
        return next((one for one in self.rows if one.key == key), None)

    def column(self, key: str) -> GridColumn | None:
        """Return the column with a key."""
        return next((one for one in self.columns if one.key == key), None)


@dataclass(frozen=True, slots=True)
class Chart:
    """A small chart; ``kind`` is ``bars`` (from zero) or ``line`` (a scale of its own, up to 24 points).

    ``series`` are ``(name, values)``, a value for each of ``labels``; an unknown one is ``None``. ``unit`` is
    ``%`` for ratios, else a word or "". One made of cells of a table (``chart_of``) knows which: ``grid``, ``rows``,
    ``columns``, ``across``.
    """

    name: str
    title: str
    kind: str = "bars"
    labels: tuple[str, ...] = ()
    series: tuple[tuple[str, tuple[Number | None, ...]], ...] = ()
    unit: str = ""
    grid: str = ""
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    across: bool = False


@dataclass(frozen=True, slots=True)
class GridSheet:
    """Tables and charts as they stand on paper, under one heading. Fields of the heading as in ``paper.Paper``.

    ``kind`` is the word above the title; ``public`` a mark that this version is for everybody, or "".
    """

    report: str
    period: str
    kind: str
    about: str
    grids: tuple[Grid, ...] = ()
    charts: tuple[Chart, ...] = ()
    as_of: str = ""
    made_on: str = ""
    issuer: tuple[Line, ...] = ()
    national: tuple[str, ...] = ()
    number: str = ""
    place_date: str = ""
    attached: str = ""
    amends: str = ""
    as_of_text: str = ""
    notes: tuple[str, ...] = ()
    signers: tuple[Signer, ...] = ()
    footer: str = ""
    page_of: str = ""
    draft: str = ""
    practice: str = ""
    check: str = ""
    public: str = ""
    orientation: str = "landscape"
    version: int = VERSION

    def as_json(self) -> str:
        """Return the sheet as JSON text, the same bytes for the same sheet."""
        data = asdict(replace(self, grids=())) | pack(self.grids)
        return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes) -> GridSheet:
        """Read a sheet written by ``as_json`` of this or an earlier version. Raises ``Problem(paper_failed)``."""
        try:
            data = json.loads(text)
            return cls(**known(cls, data) | heading_in(data) | {
                "grids": unpack(data),
                "charts": tuple(map(chart_in, data.get("charts", ()))),
                "notes": tuple(data.get("notes", ())),
            })
        except (ValueError, TypeError, KeyError, AttributeError, IndexError):
            raise Problem("paper_failed") from None


# --- figures as they are written -------------------------------------------------------------------------------------


def figure(value: Number | None, kind: str = "number") -> str:
    """Return a figure as papers write it: "1.234", "12,5 %", a dash for none; "" where it is unknown."""
    if value is None:
        return ""
    if kind == "percent":
        return f"{_decimal(Decimal(str(value)) * 100)} %"
    return _decimal(Decimal(str(value))) if value else NONE


def _decimal(value: Decimal) -> str:
    """Return a number to one place, half away from zero as Excel rounds, without a last zero."""
    rounded = value.quantize(Decimal("0.1"), ROUND_HALF_UP)
    whole, _, rest = f"{rounded:,}".partition(".")
    return whole.replace(",", ".") + (f",{rest}" if rest not in ("", "0") else "")


def has_decimals(value: Number, kind: str) -> bool:
    """Return whether a figure is written with a place after the comma."""
    return "," in figure(value, kind)


def kind_of(row: GridRow, column: GridColumn) -> str:
    """Return how figures of a cell are written: in a row of shares as shares."""
    return "percent" if row.kind == "share" else column.kind


def shown(row: GridRow, column: GridColumn) -> str:
    """Return what stands in a cell."""
    cell = row.cell(column.key)
    return cell.text or figure(cell.value, kind_of(row, column))


def chart_of(grid: Grid, name: str, title: str, *, rows: Sequence[str], columns: Sequence[str], kind: str = "bars",
             unit: str = "", across: bool = False) -> Chart:  # fmt: skip
    """Return a chart of some cells of a table: a label for each row and a series for each column.

    ``across`` turns them (a label for each column, such as months).
    """
    chart = Chart(name, title, kind, unit=unit, grid=grid.name, rows=tuple(rows), columns=tuple(columns), across=across)
    return drawn(chart, grid)


def drawn(chart: Chart, grid: Grid) -> Chart:
    """Return a chart with the figures of its table; of a table with hidden figures it shows no more than that does."""
    points = [row for key in chart.rows if (row := grid.row(key))]
    lines = [column for key in chart.columns if (column := grid.column(key))]
    by_column = tuple((one.heading, tuple(point.cell(one.key).value for point in points)) for one in lines)
    by_row = tuple((one.label, tuple(one.cell(line.key).value for line in lines)) for one in points)
    if chart.across:
        return replace(chart, labels=tuple(one.heading for one in lines), series=by_row)
    return replace(chart, labels=tuple(one.label for one in points), series=by_column)


def without_ids(grid: Grid) -> Grid:
    """Return a table that does not name the records behind its figures."""
    bare = [
        replace(row, cells={key: replace(cell, ids=()) for key, cell in row.cells.items()}) for row in grid.rows
    ]
    return replace(grid, rows=tuple(bare))


# --- JSON ------------------------------------------------------------------------------------------------------------


def pack(grids: Iterable[Grid]) -> dict[str, Any]:
    """Return tables as plain data: ``grids``, and ``ids``, the table their cells point into."""
    given = tuple(grids)
    cells = [cell for grid in given for row in grid.rows for cell in row.cells.values() if cell.ids]
    place: dict[str, int] = {}
    for cell in sorted(cells, key=lambda one: -len(one.ids)):  # the longest first: then most cells are few runs
        for one in cell.ids:
            place.setdefault(one, len(place))
    return {"ids": list(place), "grids": [_grid_out(grid, place) for grid in given]}


def unpack(data: Mapping[str, Any]) -> tuple[Grid, ...]:
    """Return the tables ``pack`` wrote."""
    ids = [str(one) for one in data.get("ids", ())]
    return tuple(_grid_in(one, ids) for one in data.get("grids", ()))


def _grid_out(grid: Grid, place: Mapping[str, int]) -> dict[str, Any]:
    rows = [asdict(replace(row, cells={})) | {"cells": {key: _cell_out(one, place) for key, one in row.cells.items()}}
            for row in grid.rows]  # fmt: skip
    return asdict(replace(grid, rows=())) | {"rows": rows}


def _cell_out(cell: GridCell, place: Mapping[str, int]) -> dict[str, Any]:
    """Return a cell without what is as ever."""
    data: dict[str, Any] = {"text": cell.text, "value": cell.value, "formula": list(cell.formula)}
    if cell.ids:
        data["ids"] = _runs([place[one] for one in cell.ids])
    if cell.form != "child":
        data["form"] = cell.form
    return {key: one for key, one in data.items() if one is not None and one not in ("", [])}


def _runs(places: Sequence[int]) -> str:
    """Return places as text, those that follow each other as a run: "0-12 17 20-21"."""
    runs: list[list[int]] = []
    for one in places:
        if runs and one == runs[-1][1] + 1:
            runs[-1][1] = one
        else:
            runs.append([one, one])
    return " ".join(f"{first}-{last}" if last > first else str(first) for first, last in runs)


def _places(runs: str) -> Iterable[int]:
    for run in runs.split():
        first, _, last = run.partition("-")
        yield from range(int(first), int(last or first) + 1)


def _grid_in(data: Mapping[str, Any], ids: Sequence[str]) -> Grid:
    columns = tuple(GridColumn(**known(GridColumn, one) | {"sum": tuple(one.get("sum", ())),
                                                            "share": tuple(one.get("share", ())),
                                                            "parts": tuple(map(tuple, one.get("parts", ())))})
                    for one in data.get("columns", ()))  # fmt: skip
    rows = tuple(GridRow(**known(GridRow, one) | {"cells": {key: _cell_in(cell, ids) for key, cell
                                                             in one.get("cells", {}).items()}})
                 for one in data.get("rows", ()))  # fmt: skip
    return Grid(**known(Grid, data) | {"columns": columns, "rows": rows, "notes": tuple(data.get("notes", ()))})


def _cell_in(data: Mapping[str, Any], ids: Sequence[str]) -> GridCell:
    return GridCell(**known(GridCell, data) | {"value": _number(data.get("value")), "ids": tuple(
        ids[one] for one in _places(data.get("ids", ""))), "formula": tuple(data.get("formula", ()))})  # fmt: skip


def _number(value: Any) -> Number | None:
    """Return a figure read from outside. Raises ``ValueError`` where it is none."""
    if value is None or (isinstance(value, (int, float)) and math.isfinite(value)):
        return value
    raise ValueError


def chart_in(data: Mapping[str, Any]) -> Chart:
    """Return a chart from its plain data."""
    series = tuple((str(name), tuple(map(_number, values))) for name, values in data.get("series", ()))
    texts = {name: tuple(data.get(name, ())) for name in ("labels", "rows", "columns")}
    return Chart(**known(Chart, data) | texts | {"series": series})
