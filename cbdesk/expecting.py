"""Figures people add to the tables of a report: what they expect of a whole period, what they write in. Pure.

A column with ``time = "estimate"`` shows the whole period: what people expect, else what is proposed (a state as it
stands, a flow run on to the end). One with ``time = "entry"`` shows only what people write. Both are kept apart from
what was counted, so a draft begun long ago takes them up without being counted anew; sums and shares follow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cbdesk import measures
from cbdesk.catalogue import Catalogue, Report
from cbdesk.grid import Grid, GridRow
from cbdesk.reported import Reported
from cbdesk.tally import COUNTED, ENTRY, ESTIMATE

NO_FIGURE = frozenset({"sum", "share", "part"})
Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """One figure that may be added: where it stands, in which table, how it is called, found, and proposed."""

    place: str
    table: str
    label: str
    found: float | None = None
    proposed: float | None = None


def places(report: Report, made: Reported, over: float, known: Catalogue) -> list[Place]:
    """Return the figures that may be added to a report, in order; ``over`` is how much of its period is counted."""
    found = []
    for data, table in _tables(report, made):
        columns = _columns(data, known)
        times = {str(one.get("time", "period")) for one in columns}
        if not times & {ESTIMATE, ENTRY}:
            continue
        added_here = {str(one["key"]) for one in columns if one.get("time") in (ESTIMATE, ENTRY)}
        for row in table.rows:
            one = layout_row(data, row.key)
            if one is None or one.get("key") != row.key or one.keys() & NO_FIGURE or one.get("percent"):
                continue
            if not added_here & set(one.get("only", added_here)):
                continue
            counted = row.cell(_counted(columns)).value
            proposed = _proposed(data, one, counted, over, known) if ESTIMATE in times else None
            found.append(Place(f"{table.name}.{row.key}", table.title, row.label, counted, proposed))
    return found


def put(report: Report, made: Reported, over: float, entries: Mapping[str, float], known: Catalogue) -> Reported:
    """Return a report with the figures people added (``grid.row`` to the figure), and what follows from them."""
    asked = {one.place: one for one in places(report, made, over, known)}
    if not asked:
        return made
    done = {table.name: _put(data, table, asked, entries, known) for data, table in _tables(report, made)}
    return replace(made, grids=tuple(done.get(one.name, one) for one in made.grids))


def added(report: Report, known: Catalogue) -> frozenset[str]:
    """Return the columns of a report that show figures people add."""
    columns = (one for data in report.data.get("grid", ()) for one in _columns(data, known))
    return frozenset(str(one["key"]) for one in columns if one.get("time") in (ESTIMATE, ENTRY))


def _put(data: Data, table: Grid, asked: Mapping[str, Place], entries: Mapping[str, float], known: Catalogue) -> Grid:
    columns = _columns(data, known)
    written = {str(one["key"]): str(one["time"]) for one in columns if one.get("time") in (ESTIMATE, ENTRY)}
    values: dict[tuple[str, str], float | None] = {
        (row.key, column.key): row.cell(column.key).value for row in table.rows for column in table.columns
    }
    for row in table.rows:
        one = asked.get(f"{table.name}.{row.key}")
        for key, time in written.items() if one else ():
            assert one is not None
            values[row.key, key] = entries.get(one.place, one.proposed if time == ESTIMATE else None)
    for row in table.rows:
        line = layout_row(data, row.key) or {}
        for key in written:
            if line.get("key") == row.key and "sum" in line:
                parts = [value for one in line["sum"] if (value := values.get((one, key))) is not None]
                values[row.key, key] = sum(parts) if parts else None
            elif line.get("key") == row.key and "share" in line:
                part, whole = (values.get((one, key)) for one in line["share"])
                values[row.key, key] = part / whole if part is not None and whole else None
        for column in table.columns:
            if column.share and set(column.share) & written.keys() and row.kind != "part":
                part, whole = (values.get((row.key, one)) for one in column.share)
                values[row.key, column.key] = part / whole if part is not None and whole else None
    return replace(table, rows=tuple(_row(row, values) for row in table.rows))


def _row(row: GridRow, values: Mapping[tuple[str, str], float | None]) -> GridRow:
    cells = {key: replace(cell, value=values.get((row.key, key), cell.value)) for key, cell in row.cells.items()}
    return replace(row, cells=cells)


def _tables(report: Report, made: Reported) -> Iterator[tuple[Data, Grid]]:
    by_name = {one.name: one for one in made.grids}
    for data in report.data.get("grid", ()):
        table = by_name.get(str(data.get("name")))
        if table is not None:
            yield data, table


def _columns(data: Data, known: Catalogue) -> Sequence[Data]:
    return [*known.columns["sets"].get(str(data.get("columns", "")), ()), *data.get("column", ())]


def _counted(columns: Sequence[Data]) -> str:
    """Return the column that tells what was counted in the period."""
    return next((str(one["key"]) for one in columns if one.get("time", "period") in COUNTED), "")


def _proposed(data: Data, row: Data, found: float | None, over: float, known: Catalogue) -> float | None:
    return round(found / over) if found is not None and over and _flows(data, row, known) else found


def _flows(data: Data, row: Data, known: Catalogue) -> bool:
    """Return whether a figure grows over the period; a state, and what is typed, stands as it is."""
    if "typed" in row or "blank" in row:
        return False
    raw = {name: row.get(name, data.get(name)) for name in ("of", "when", "count") if name in row or name in data}
    return measures.read(raw, known).when not in measures.STATES


def layout_row(data: Data, key: str) -> Data | None:
    """Return the row of a table's layout that a row of the table was made from."""
    rows = [one for one in data.get("row", ()) if "key" in one]
    exact = next((one for one in rows if one["key"] == key), None)
    return exact or next((one for one in rows if "by" in one and key.startswith(f"{one['key']}.")), None)
