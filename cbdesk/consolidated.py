"""A table of a report once more, commune by commune: its rows become columns, the communes its rows. Pure, no I/O.

One column of the table is shown for each of its counted rows; a row by a dimension gives its total. The last row is
the whole, counted by itself: a child of two communes is one child there, so it may be less than the sum, and then it is
written as no sum. A unit of which nothing is known is left blank, never shown as nought.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cbdesk import tally
from cbdesk.catalogue import Catalogue
from cbdesk.facts import Book
from cbdesk.grid import Grid, GridCell, GridColumn, GridRow
from cbdesk.tally import COUNTED, NOT_COUNTED, OWNER, Given

ALL = "all"
MOST = 12
"""Columns of one table: as many as stand on a sheet."""
_OF_DIMENSION = frozenset({"by", "map", "list", "bands", "deep", "called", "total", "hide_empty", "level", "number",
                           "out_of", "only", "kind"})  # fmt: skip
Data = Mapping[str, Any]


def rows(data: Data) -> list[tuple[str, str]]:
    """Return the rows of a table that can be shown by unit: (key, what it is called)."""
    return [(str(one["key"]), str(one.get("label") or one.get("total") or "")) for one in _counted(data)]


def columns(data: Data, known: Catalogue) -> list[tuple[str, str]]:
    """Return the columns of a table that count, of which one is shown: (key, what it is called)."""
    return [(str(one["key"]), str(one.get("label", ""))) for one in _all_columns(data, known) if _counts(one)]


@dataclass(frozen=True, slots=True)
class Told:
    """What a table says of its units besides figures: a note on some, and of whom there are no records.

    A unit without records has only the figures typed for it: what nobody told is no nought.
    """

    notes: Mapping[str, str] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()
    heading: str = ""


def by_unit(
    data: Data, book: Book, given: Given, told: Told, wanted: Sequence[str] = (), column: str = ""
) -> Grid:
    """Return a table by unit: of ``wanted`` rows (by default the first of them), the figures of one column.

    Raises ``Problem(report_wrong)`` for a layout that is wrong.
    """
    counted = [one for one in _counted(data) if not wanted or one["key"] in wanted][:MOST]
    heads = [one for one in _all_columns(data, book.known) if _counts(one) and column in ("", one["key"])][:1]
    lines = [_by_owner(one) for one in counted]
    bare = {key: value for key, value in data.items() if key not in ("row", "column", "columns")}
    made = tally.grid({**bare, "row": lines, "column": heads}, book, given)
    total = str(book.known.columns["words"]["total"])
    return _turned(made, counted, str(heads[0]["key"]) if heads else "", given, told, total)


def _counted(data: Data) -> Iterator[Data]:
    for one in data.get("row", ()):
        if "key" in one and not one.keys() & NOT_COUNTED and ("by" not in one or "total" in one):
            yield one


def _all_columns(data: Data, known: Catalogue) -> Sequence[Data]:
    return [*known.columns["sets"].get(str(data.get("columns", "")), ()), *data.get("column", ())]


def _counts(column: Data) -> bool:
    return not column.keys() & {"share", "reached", "side"} and column.get("time", "period") in COUNTED


def _by_owner(row: Data) -> Data:
    label = str(row.get("label") or row.get("total") or "")
    bare = {key: value for key, value in row.items() if key not in _OF_DIMENSION}
    return {**bare, "by": OWNER, "total": label, "label": label}


def _turned(
    made: Grid, lines: Sequence[Data], column: str, given: Given, told: Told, total: str
) -> Grid:
    """Return the table with its lines as columns and the units as rows, the whole last."""
    keys = [str(one["key"]) for one in lines]
    heads = tuple(GridColumn(key, label, width=22) for key, label in rows({"row": lines}))
    found = [_unit_row(made, unit, label, keys, column, given, told) for unit, (label, _) in given.owners.items()]
    whole = _whole_row(made, total, keys, column, found)
    return replace(made, columns=heads, rows=(*found, whole), numbered=True, label_heading=told.heading)


def _unit_row(
    made: Grid, unit: str, label: str, keys: Sequence[str], column: str, given: Given, told: Told
) -> GridRow:  # fmt: skip
    cells = {}
    for key in keys:
        line = made.row(f"{key}.{unit}")
        known = unit not in told.unknown or f"{made.name}.{key}.{unit}.{column}" in given.totals
        cells[key] = replace(line.cell(column), formula=()) if line and known else GridCell()
    return GridRow(unit, label, cells, note=told.notes.get(unit, ""))


def _whole_row(made: Grid, total: str, keys: Sequence[str], column: str, parts: Sequence[GridRow]) -> GridRow:
    cells = {}
    for key in keys:
        line = made.row(key)
        cell = line.cell(column) if line else GridCell()
        adds_up = sum(one.cell(key).value or 0 for one in parts) == (cell.value or 0)
        cells[key] = replace(cell, formula=tuple(one.key for one in parts) if adds_up and parts else ())
    return GridRow(ALL, total, cells, kind="total")
