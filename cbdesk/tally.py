"""A table of a report, counted: rows and columns as its file describes them, each cell a measure. Pure, no I/O.

A table (``[[grid]]``) has columns and rows. A cell counts what its row and its column both ask for, in the span its
column's ``time`` names (``period``, ``to_date`` from the beginning of the year, ``last_year`` and ``last_to_date`` the
same days a year before). What a row or a column does not say is the table's.

* rows: a measure; ``by`` a dimension (a row for each choice of its list, ``map`` to the classes of a form, each unit
  (``owner``), or each village or other record, which is ``called`` by a field of its form and, in brackets, a second;
  ``deep``: sub-codes too), with ``total``; ``only`` the columns it has a figure in;
  ``sum`` of rows; ``share`` of one row in another, in percent; ``typed`` a figure only people know (an indicator's
  code; ``whole`` shows of how many, ``percent`` the share); ``out_of`` of how many (a measure, or the code of a typed
  figure); ``target`` beside it; ``part`` a heading; ``blank`` a figure nobody has yet
* columns: ``where``, ``when``, ``count``, ``time``; ``share`` of one column in another; ``side = "whole"`` of how many;
  ``reached`` whether one column comes up to another; ``time = "estimate"`` the whole period as people expect it,
  ``"entry"`` only what people write, ``"target"`` what the row aims at

Every cell says what is behind it (``GridCell.ids``). A sum is written as one (``GridCell.formula``) only where it is
one: children counted in two rows are one child in the total.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cbdesk import measures
from cbdesk.catalogue import Catalogue
from cbdesk.facts import UNKNOWN, Book, Span
from cbdesk.grid import Grid, GridCell, GridColumn, GridRow
from cbdesk.measures import Codes, Measure, Sum

COUNTED = ("period", "to_date", "last_year", "last_to_date")
ESTIMATE, TARGET, ENTRY = "estimate", "target", "entry"
NOT_COUNTED = frozenset({"sum", "share", "typed", "part", "blank"})
VILLAGE, OWNER = "village", "owner"
EPSILON = 1e-9
"""By how much a share may miss its aim because of how the machine divides."""


@dataclass(frozen=True)
class Given:
    """What a table needs besides facts: spans by name, villages in order, typed figures, and estimates by place.

    ``typed``: indicator to (value, of how many or None, source). ``estimates``: ``grid.row`` to the number expected.
    ``over``: how much of the period is over (1.0: all), from which an estimate of a flow is proposed. ``owners`` are
    the units of a row by ``owner``: key to name and the keys its records carry. ``totals``: ``grid.row.column`` to what
    is added to the count, sent as a figure by units without records.
    """

    spans: Mapping[str, Span]
    villages: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, tuple[float, float | None, str]] = field(default_factory=dict)
    estimates: Mapping[str, float] = field(default_factory=dict)
    over: float = 1.0
    villages_only: tuple[str, ...] = ()
    owners: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    totals: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class _Line:
    """One row or column in the making: its data, and its measure where it counts."""

    key: str
    data: Mapping[str, Any]
    measure: Measure | None = None
    parts: tuple[str, ...] = ()
    whole: Measure | None = None


def grid(data: Mapping[str, Any], book: Book, given: Given) -> Grid:
    """Return one table of a report, counted. Raises ``Problem(report_wrong)`` for a layout that is wrong."""
    return _Tally(data, book, given).grid()


def measures_of(data: Mapping[str, Any], known: Catalogue) -> list[Measure]:
    """Return what a table counts, for the rows it needs. Raises ``Problem(report_wrong)``."""
    rows = data.get("row", ())
    wholes = (one["out_of"] for one in rows if isinstance(one.get("out_of"), Mapping))
    return [_read(data, row, known) for row in (*rows, *wholes) if not row.keys() & NOT_COUNTED]


def _read(data: Mapping[str, Any], row: Mapping[str, Any], known: Catalogue, *more: Codes) -> Measure:
    """Return the measure of a row: its own, what it does not say that of its table, and the conditions of both."""
    raw = _under(data, row)
    raw["unless"] = {**data.get("unless", {}), **row.get("unless", {})}
    raw["where"] = row.get("where", {})
    return measures.read(raw, known, data.get("where", {}), *more)


def check(data: Mapping[str, Any], known: Catalogue) -> Iterator[str]:
    """Return what is wrong with a table whose shape is sound (``layouts``), one short English sentence each."""
    shared, rows = known.columns, data.get("row", ())
    if data.get("columns", "") not in ("", *shared["sets"]):
        yield f"columns: {data['columns']}"
    keys = [str(one["key"]) for one in rows if "key" in one]
    heads = [str(one["key"]) for one in _columns(data, shared)]
    yield from (f"row {key} twice" for key in sorted({key for key in keys if keys.count(key) > 1}))
    yield from (f"column {key} twice" for key in sorted({key for key in heads if heads.count(key) > 1}))
    for one in rows:
        place = str(one.get("key") or one.get("part") or one.get("by"))
        yield from (f"{place}: {problem}" for problem in _row_faults(data, one, keys, heads, known))
    for one in _columns(data, shared):
        raw = {"of": data.get("of", "child")} | {name: one[name] for name in ("when", "count") if name in one}
        yield from (f"{one['key']}: {problem}" for problem in measures.check(raw, known))
        named = (*one.get("share", ()), *one.get("reached", ()))
        yield from (f"{one['key']}: no column {name}" for name in named if name not in heads)
        if one.get("time", "period") not in (*COUNTED, ESTIMATE, TARGET, ENTRY):
            yield f"{one['key']}: time {one['time']}"


def _row_faults(
    data: Mapping[str, Any], row: Mapping[str, Any], keys: Sequence[str], heads: Sequence[str], known: Catalogue
) -> Iterator[str]:
    yield from measures.check(_under(data, row), known)
    if isinstance(row.get("out_of"), Mapping):
        yield from (f"out_of: {problem}" for problem in measures.check(_under(data, row["out_of"]), known))
    for name in (*row.get("sum", ()), *row.get("share", ())):
        if name not in keys and name.rpartition(".")[0] not in keys:
            yield f"no row {name}"
    yield from (f"no column {name}" for name in row.get("only", ()) if name not in heads)
    if "by" in row:
        yield from _by_faults(row, str(row.get("of", data.get("of", "child"))), known)


def _by_faults(row: Mapping[str, Any], source: str, known: Catalogue) -> Iterator[str]:
    """Return why a row cannot be divided by what it names: nothing known, or nothing that has lines of its own."""
    name = str(row["by"])
    if source not in known.facts or name not in measures.dimensions(source, known):
        yield f"by {name}"
    elif "bands" in row:
        told = measures.check({"of": source, "where": {name: [one["code"] for one in row["bands"]]}}, known)
        yield from (f"bands: {problem}" for problem in told)
    elif name == OWNER:
        return
    elif name in known.forms and not measures.list_of(source, name, known):
        fields = row.get("called", ())
        if name != VILLAGE and not (fields and all(known.forms[name].has(one) for one in fields)):
            yield "called"
    else:
        list_ = known.lists.get(str(row.get("list") or measures.list_of(source, name, known)))
        if list_ is None or ("map" in row and list_.maps.get(row["map"]) not in known.lists):
            yield f"by {name}: no list"


def _under(data: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a row says of a measure, and the table for it."""
    return {name: row.get(name, data.get(name)) for name in measures.PROPERTIES if name in row or name in data}


def _columns(data: Mapping[str, Any], shared: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the columns of a table: its own, after the shared set it names."""
    return [*shared.get("sets", {}).get(str(data.get("columns", "")), ()), *data.get("column", ())]


class _Tally:
    """One table in the making."""

    def __init__(self, data: Mapping[str, Any], book: Book, given: Given) -> None:
        self.data, self.book, self.given, self.known = data, book, given, book.known
        self.columns = [_Line(str(one["key"]), one) for one in _columns(data, self.known.columns)]
        self.rows = [line for n, one in enumerate(data.get("row", ())) for line in self._lines(one, n)]
        self.sums: dict[tuple[str, str], Sum] = {}
        self.values: dict[tuple[str, str], float | None] = {}

    # --- rows -------------------------------------------------------------------------------------------------------

    def _lines(self, row: Mapping[str, Any], n: int) -> Iterator[_Line]:
        """Return the lines of one row of the layout: itself, or one for each choice of ``by``."""
        key = str(row.get("key") or f"row{n}")
        if "by" not in row:
            whole = self._measure(row["out_of"]) if isinstance(row.get("out_of"), Mapping) else None
            yield _Line(key, row, None if row.keys() & NOT_COUNTED else self._measure(row), whole=whole)
            return
        parts = [
            _Line(
                f"{key}.{code}",
                {"label": label, "level": self._level(row, code), "hide": row.get("hide_empty") or code == UNKNOWN},
                self._part(row, codes),
            )
            for code, label, codes in self._choices(row)
        ]
        if "total" in row:
            data = {"label": row["total"], "kind": "total", "level": row.get("level", 0)}
            yield _Line(key, data, self._measure(row), tuple(one.key for one in parts))
        yield from parts

    def _measure(self, row: Mapping[str, Any], more: Codes | None = None) -> Measure:
        scope = {"village": self.given.villages_only}
        return _read(self.data, row, self.known, {name: one for name, one in scope.items() if one}, more or {})

    def _level(self, row: Mapping[str, Any], code: str) -> int:
        list_ = self.known.lists.get(measures.list_of(str(row.get("of", "child")), str(row["by"]), self.known))
        choice = list_.get(code) if list_ and row.get("deep") else None
        return int(row.get("level", 0)) + (choice is not None and choice.parent is not None)

    def _part(self, row: Mapping[str, Any], codes: Sequence[str]) -> Measure:
        """Return the measure of one line of many; a class of a form takes its codes alone: a sub-code has its own."""
        name = str(row["by"])
        found = self._measure(row, {name: codes})
        return replace(found, where=(*found.where[:-1], {name: frozenset(codes)})) if "map" in row else found

    def _choices(self, row: Mapping[str, Any]) -> Iterator[tuple[str, str, Sequence[str]]]:
        """Return (code, label, codes counted) of each line of a row by dimension; at last those not known."""
        name, source = str(row["by"]), str(row.get("of", self.data.get("of", "child")))
        if name == OWNER:
            yield from ((one, label, keys) for one, (label, keys) in self.given.owners.items())
            return
        if name == VILLAGE:
            yield from ((one, label, (one,)) for one, label in self.given.villages.items())
        elif "bands" in row:
            yield from ((str(one["code"]), str(one["label"]), (str(one["code"]),)) for one in row["bands"])
            return
        elif name in self.known.forms and not measures.list_of(source, name, self.known):
            yield from self._records(row, name)
            return
        else:
            list_ = self.known.lists[str(row.get("list") or measures.list_of(source, name, self.known))]
            if "map" in row:
                yield from _mapped(list_, self.known.lists[list_.maps[row["map"]]], str(row["map"]))
                return
            deep = row.get("deep")
            told = (one for one in list_.choices if (deep or one.parent is None) and one.code != UNKNOWN)
            yield from ((one.code, one.labels["vi"], (one.code,)) for one in told)
        yield UNKNOWN, str(self.known.columns["words"]["unknown"]), (UNKNOWN,)

    def _records(self, row: Mapping[str, Any], name: str) -> Iterator[tuple[str, str, Sequence[str]]]:
        """Return (id, label, ids) of the records a dimension names in the period, in their order."""
        span, measure, fields = self.given.spans["period"], self._measure(row), [str(one) for one in row["called"]]
        counted = measures.counted(self.book, measure, span)
        values = (
            measures.value_of(fact, name, day, span) for fact, day in counted if measures.fits(measure, fact, day, span)
        )
        found = {str(one) for one in values if one}
        known = [one for one in self.book.rows.get(name, ()) if str(one["id"]) in found]
        for one in sorted(known, key=lambda one: (one.get("order") is None, one.get("order") or 0)):
            more = " ".join(f"({one[field]})" for field in fields[1:] if one.get(field))
            yield str(one["id"]), f"{one.get(fields[0]) or ''} {more}".strip(), (str(one["id"]),)

    # --- counting ---------------------------------------------------------------------------------------------------

    def grid(self) -> Grid:
        """Count and write down."""
        self._count()
        for line in sorted(self.rows, key=lambda one: bool(one.data.keys() & {"sum", "share"})):  # made of others: last
            for column in self.columns:
                self.values[line.key, column.key] = self._value(line, column)
        shown = [line for line in self.rows if not (line.data.get("hide") and not any(self._of(line)))]
        return Grid(
            name=str(self.data["name"]),
            title=str(self.data.get("title", "")),
            columns=tuple(_column(one) for one in self.columns),
            rows=tuple(self._row(line, shown) for line in shown),
            notes=tuple(self.data.get("note", ())),
            unit_text=str(self.data.get("unit", "")),
            numbered=bool(self.data.get("numbered", True)),
        )

    def _of(self, line: _Line) -> list[float | None]:
        return [self.values[line.key, one.key] for one in self.columns]

    def _count(self) -> None:
        """Go through the facts of a source once for each span and manner of counting, not once for each cell."""
        passes: dict[tuple[str, str, str, str, str], list[tuple[_Line, _Line, Measure]]] = defaultdict(list)
        for line in self.rows:
            for column in self.columns:
                time = str(column.data.get("time", "period"))
                measure = line.whole if column.data.get("side") else line.measure
                if measure is None or column.data.keys() & {"share", "reached"} or time not in COUNTED:
                    continue
                one = replace(
                    measure,
                    when=column.data.get("when", measure.when),
                    count=column.data.get("count", measure.count),
                )
                self.sums[line.key, column.key] = Sum(one.count, _form(one.of))
                passes[one.of, one.on, one.when, str(column.data.get("side", "")), time].append((line, column, one))
        for (_, _, _, _, time), cells in passes.items():
            self._pass(cells, self.given.spans[time])

    def _pass(self, cells: Sequence[tuple[_Line, _Line, Measure]], span: Span) -> None:
        """Count the facts of one source in one span; those alike in all that is asked fall into the same cells."""
        rows = measures.Sorter({line.key: one for line, _, one in cells}, span)
        source = cells[0][2].of
        columns = measures.Sorter(
            {column.key: measures.column(column.data, source, self.known) for _, column, _ in cells}, span
        )
        found = {(line.key, column.key): self.sums[line.key, column.key] for line, column, _ in cells}
        for fact, day in measures.counted(self.book, cells[0][2], span):
            for key in rows.of(fact, day):
                for name in columns.of(fact, day):
                    if (key, name) in found:
                        found[key, name].add(fact)

    def _value(self, line: _Line, column: _Line) -> float | None:
        """Return the number of one cell, ``None`` where there is none."""
        row, time = line.data, str(column.data.get("time", "period"))
        if "share" in column.data and "part" not in row:
            return self._share(*((line.key, one) for one in column.data["share"]))
        if "reached" in column.data or column.key not in row.get("only", (column.key,)):
            return None
        if time == TARGET:
            return row.get("target")
        if time == ENTRY and "sum" not in row:
            return self.given.estimates.get(f"{self.data['name']}.{line.key}")
        if "sum" in row:
            parts = [self.values.get((one, column.key)) for one in row["sum"]]
            return sum(one for one in parts if one is not None) if any(one is not None for one in parts) else None
        if "share" in row:
            return self._share(*((one, column.key) for one in row["share"]))
        if time == ESTIMATE:
            return self._estimate(line)
        told_by_people = line.whole is None if column.data.get("side") else "typed" in row
        if told_by_people:
            return self._typed(row, column) if time == "period" else None
        found = self.sums.get((line.key, column.key))
        more = self.given.totals.get(f"{self.data['name']}.{line.key}.{column.key}", 0)
        return found.value + more if found else None

    def _share(self, part: tuple[str, str], whole: tuple[str, str]) -> float | None:
        a, b = self.values.get(part), self.values.get(whole)
        return a / b if a is not None and b else None

    def _typed(self, row: Mapping[str, Any], column: _Line) -> float | None:
        value, whole, _ = self.given.typed.get(str(row.get("typed")), (None, None, ""))
        if column.data.get("side") and isinstance(row.get("out_of"), str):
            return self.given.typed.get(row["out_of"], (None, None, ""))[0]
        if row.get("whole") or column.data.get("side"):
            return whole
        return (value / whole if whole else None) if row.get("percent") and value is not None else value

    def _estimate(self, line: _Line) -> float | None:
        """Return what people expect of the whole period; else what is proposed: a state as it stands, a flow run on."""
        place = f"{self.data['name']}.{line.key}"
        if place in self.given.estimates:
            return self.given.estimates[place]
        first = next((one.key for one in self.columns if one.data.get("time", "period") == "period"), "")
        found = self.values.get((line.key, first))
        flow = line.measure is not None and line.measure.when not in measures.STATES
        return round(found / self.given.over) if found is not None and flow and self.given.over else found

    # --- writing ----------------------------------------------------------------------------------------------------

    def _row(self, line: _Line, shown: Sequence[_Line]) -> GridRow:
        row = line.data
        ratio = "share" in row or row.get("percent")
        kind = "part" if "part" in row else str(row.get("kind") or ("share" if ratio else "plain"))
        note = str(self.known.columns["words"]["unverified"]) if row.get("verified") is False else ""
        note = "; ".join(one for one in (note, str(row.get("note", "")), self._source(row)) if one)
        cells = {} if "part" in row else {one.key: self._cell(line, one, shown) for one in self.columns}
        return GridRow(
            line.key,
            str(row.get("part") or row.get("label", "")),
            cells,
            level=int(row.get("level", 0)),
            kind=kind,
            note=note,
            number=str(row.get("number", "")),
        )

    def _source(self, row: Mapping[str, Any]) -> str:
        return self.given.typed.get(str(row.get("typed", "")), (None, None, ""))[2]

    def _cell(self, line: _Line, column: _Line, shown: Sequence[_Line]) -> GridCell:
        value = self.values[line.key, column.key]
        if "reached" in column.data:
            return GridCell(self._reached(line, column.data["reached"]))
        found = self.sums.get((line.key, column.key))
        return GridCell(
            "", value, found.ids if found else (), found.form if found else "child", self._formula(line, column, shown)
        )

    def _reached(self, line: _Line, columns: Sequence[str]) -> str:
        """Return the word for whether a figure comes up to another, "" where one of them is not known."""
        done, aim = (self.values.get((line.key, one)) for one in columns)
        if done is None or aim is None:
            return ""
        return str(self.known.columns["words"]["reached" if done >= aim - EPSILON else "not_reached"])

    def _formula(self, line: _Line, column: _Line, shown: Sequence[_Line]) -> tuple[str, ...]:
        """Return the rows a total is the sum of: none where it is not, because a child may stand in two of them."""
        there = {one.key for one in shown}
        if "share" in line.data:
            return tuple(line.data["share"]) if set(line.data["share"]) <= there else ()
        parts = tuple(one for one in (line.data.get("sum") or line.parts) if one in there)
        if "share" in column.data or not parts:
            return ()
        values = [self.values.get((one, column.key)) or 0 for one in parts]
        return parts if sum(values) == self.values[line.key, column.key] else ()


def _mapped(list_: Any, classes: Any, name: str) -> Iterator[tuple[str, str, Sequence[str]]]:
    """Return the classes of a report form, each with the codes of ours that fall into it."""
    for one in classes.choices:
        codes = [choice.code for choice in list_.choices if choice.extra.get(name) == one.code]
        last = one.code == classes.choices[-1].code
        yield one.code, one.labels["vi"], [*codes, *([UNKNOWN] if last else [])] or ["-"]


def _column(line: _Line) -> GridColumn:
    share = tuple(map(str, line.data.get("share", ())))
    return GridColumn(
        line.key,
        str(line.data.get("label", "")),
        group=str(line.data.get("group", "")),
        width=float(line.data.get("width", 16)),
        align="center" if "reached" in line.data else "right",
        kind="percent" if share else "text" if "reached" in line.data else str(line.data.get("kind", "number")),
        share=share,
        parts=tuple(tuple(map(str, one)) for one in line.data.get("parts", ())),
    )


def _form(source: str) -> str:
    return {"arrival": "child", "departure": "child"}.get(source, source)
