"""A report counted: tables of figures, charts, and the words around them; how it is kept, summed up and written. Pure.

A report's file (``resources/catalogue/reports``) says ``shape = "table"`` or ``"text"``, its tables (``[[grid]]``, see
``tally``), charts (``[[chart]]``) and days (``[span.…]``, see ``spans``). Of a report in words the text is a template
(``resources/paper/reports``) in the vocabulary of ``document``: figures stand in it as ``{grid.row.column}``, words
people add as ``{words.name*4}``, tables and charts by name.

Kept as JSON a report prints the same for ever: heading, figures and the finished text are in it; of figures with more
than ``KEPT`` records behind them the records are not.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from cbdesk import dates, grid, layouts, letterhead, measures, official, spans, suppress, tally
from cbdesk.catalogue import Catalogue, Report, catalogue, with_tables
from cbdesk.document import Document
from cbdesk.errors import Problem
from cbdesk.facts import Book, Span
from cbdesk.grid import Chart, Grid, GridCell, GridSheet
from cbdesk.letterhead import Office, say
from cbdesk.spans import ReportSpan

LIST, TABLE, TEXT = "list", "table", "text"
WORDS = "words."
KEPT = 200
"""Most records behind a figure that are kept with a frozen report."""
LARGEST = 15_000
"""Letters of a layout an office adds."""
VERSION = 1
Corrections = Mapping[str, official.Corrected]
_PLAIN = ("name", "period", "first", "last", "cut_off", "version")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True)
class Reported:
    """One report of one period: its days (ISO), tables, charts, words by place; once made, its heading and its text.

    ``coverage`` are sentences of a consolidated one on how its communes came.
    """

    name: str
    period: str
    first: str
    last: str
    cut_off: str
    grids: tuple[Grid, ...]
    charts: tuple[Chart, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    sheet: GridSheet | None = None
    text: Document | None = None
    coverage: tuple[str, ...] = ()
    version: int = VERSION

    def same(self, other: Reported) -> bool:
        """Return whether two reports tell the same: figures and words, not numbers and dates of the paper."""
        return _figures(self) == _figures(other) and dict(self.words) == dict(other.words)


def _figures(made: Reported) -> list[Any]:
    return [
        (one.name, row.key, row.label, [(key, cell.value, cell.text) for key, cell in sorted(row.cells.items())])
        for one in made.grids
        for row in one.rows
    ]


# --- layouts ---------------------------------------------------------------------------------------------------------


def layout(content: str, known: Catalogue | None = None) -> Report | None:
    """Return the list or report a layout describes, ``None`` where it is no layout at all."""
    try:
        data = tomllib.loads(content) if len(content) <= LARGEST else {}
    except (ValueError, RecursionError):  # no TOML, a number no machine holds, boxes in boxes without end
        return None
    name, shape, grids = data.get("name"), data.get("shape"), data.get("grid", [])
    if not (isinstance(name, str) and _NAME.fullmatch(name) and shape in (LIST, TABLE, TEXT)):
        return None
    if not (isinstance(grids, list) and all(isinstance(one, dict) for one in grids)):
        return None
    reports = (known or catalogue()).reports
    return Report(name, with_tables(data, {one.name: one.data for one in reports.values()}))


def check(report: Report, known: Catalogue) -> Iterator[str]:
    """Return what is wrong with a report that counts, one short English sentence each."""
    data, shape = report.data, list(layouts.faults(report.data))
    yield from shape
    if shape:  # what is no layout by its shape is not asked what it means
        return
    yield from (f"report: no {name}" for name in ("title", "periods", "kind", "about", "symbol") if not data.get(name))
    yield from spans.check(report)
    names = [str(one.get("name")) for one in data.get("grid", ())]
    for one in data.get("grid", ()):
        yield from (f"{one.get('name')}.{problem}" for problem in tally.check(one, known))
    for one in data.get("chart", ()):
        if "line" not in one and one.get("grid") not in names:
            yield f"chart {one['name']}: no table {one.get('grid')}"
        if "line" not in one and not one.get("columns"):
            yield f"chart {one['name']}: no columns"
        for line in one.get("line", ()):
            raw = {key: value for key, value in line.items() if key != "label"}
            yield from (f"chart {one.get('name')}: {problem}" for problem in measures.check(raw, known))


def sources(report: Report, known: Catalogue) -> frozenset[str]:
    """Return the forms whose rows a report needs."""
    found = [one for table in report.data.get("grid", ()) for one in tally.measures_of(table, known)]
    for chart in report.data.get("chart", ()):
        found += [measures.read(_measure(line), known) for line in chart.get("line", ())]
    return measures.sources(found, known)


def places(report: Report, own: Corrections | None = None) -> frozenset[str]:
    """Return where people may add something: ``words.name`` of the text, ``grid.row`` of a figure expected."""
    found = set[str]()
    if report.data.get("shape") == TEXT:
        found |= {one for one in official.template(report.name, own, official.REPORTS).slots if one.startswith(WORDS)}
    for table in report.data.get("grid", ()):
        found |= {f"{table['name']}.{row['key']}" for row in table.get("row", ()) if "key" in row}
    return frozenset(found)


# --- counting --------------------------------------------------------------------------------------------------------


def make(report: Report, book: Book, given: tally.Given, span: ReportSpan) -> Reported:
    """Return a report counted. Raises ``Problem(report_wrong)`` for a layout that is wrong."""
    tables = tuple(tally.grid(one, book, given) for one in report.data.get("grid", ()))
    charts = tuple(_chart(one, tables, book, span) for one in report.data.get("chart", ()))
    first, last, cut_off = (one.isoformat() for one in (span.first, span.last, span.cut_off))
    return Reported(report.name, span.text, first, last, cut_off, tables, charts)


def _chart(data: Mapping[str, Any], tables: Sequence[Grid], book: Book, span: ReportSpan) -> Chart:
    if "line" in data:
        return _months(data, book, span)
    table = next(one for one in tables if one.name == data["grid"])
    keys = list(data.get("rows", ())) or [row.key for row in table.rows if row.key.startswith(f"{data.get('by', '')}.")]
    return grid.chart_of(
        table,
        str(data["name"]),
        str(data["title"]),
        rows=keys,
        columns=data["columns"],
        kind=str(data.get("kind", "bars")),
        unit=str(data.get("unit", "")),
        across=bool(data.get("across")),
    )


def _months(data: Mapping[str, Any], book: Book, span: ReportSpan) -> Chart:
    """Return a chart of the last months until the last day counted: a point a month for each line."""
    ends = [span.cut_off]
    while len(ends) < int(data.get("months", 12)):
        ends.append(ends[-1].replace(day=1) - timedelta(days=1))
    months = [Span(one.replace(day=1), one) for one in reversed(ends)]
    series = []
    for line in data["line"]:
        measure = measures.read(_measure(line), book.known)
        series.append((str(line["label"]), tuple(measures.amount(book, measure, one).value for one in months)))
    labels = tuple(f"{one.last.month}/{one.last.year % 100:02}" for one in months)
    return Chart(str(data["name"]), str(data["title"]), str(data.get("kind", "line")), labels, tuple(series))


def _measure(line: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in line.items() if key != "label"}


# --- heading, words, files -------------------------------------------------------------------------------------------


def sheet(made: Reported, report: Report, office: Office, today: date, *, signed: bool) -> GridSheet:
    """Return the heading of a report as paper, without its tables."""
    data, words = report.data, letterhead.patterns()["words"]
    whole = made.cut_off == made.last
    cut_off = date.fromisoformat(made.cut_off)
    return GridSheet(
        report=report.name,
        period=made.period,
        kind=str(data["kind"]),
        about=str(data["about"]).format(period=_period(report, made)),
        as_of=made.cut_off,
        made_on=today.isoformat(),
        issuer=letterhead.issuer_lines(office),
        national=letterhead.national_lines(),
        number=letterhead.number_line(office, str(data["symbol"])),
        place_date=letterhead.place_date(office, office.signed_on or today),
        attached=letterhead.attached_line(office),
        as_of_text=say(
            "as_of" if whole else "counted",
            first=letterhead.long_date(date.fromisoformat(made.first)),
            date=letterhead.long_date(cut_off),
        ),
        notes=(*data.get("notes", ()), *([say("scope", scope=office.scope)] if office.scope else ()), *made.coverage),
        signers=letterhead.signers_of(office),
        footer=str(data.get("footer", "")),
        page_of=letterhead.patterns()["patterns"]["page_of"],
        draft="" if signed else words["draft"],
        practice=words["practice"] if office.practice else "",
        check=say("check", check=office.check) if office.check else "",
        orientation=str(data.get("orientation", "landscape")),
    )


def _period(report: Report, made: Reported) -> str:
    return spans.read(report, made.period, date.max, date.fromisoformat(made.cut_off)).words


def of(made: Reported) -> GridSheet:
    """Return a report as a sheet of tables and charts. Raises ``Problem(paper_failed)`` for one without heading."""
    if made.sheet is None:
        raise Problem("paper_failed")
    return replace(made.sheet, grids=made.grids, charts=tuple(one for one in made.charts if one.labels))


def cell(tables: Sequence[Grid], name: str, row: str, column: str) -> GridCell | None:
    """Return one cell, ``None`` where there is none."""
    table = next((one for one in tables if one.name == name), None)
    line = table.row(row) if table else None
    return line.cells.get(column) if line else None


def totals(made: Reported) -> dict[str, dict[str, dict[str, float | None]]]:
    """Return every figure: table to row to column to number; shares are ratios."""
    return {
        one.name: {
            row.key: {key: found.value for key, found in row.cells.items()} for row in one.rows if row.kind != "part"
        }
        for one in made.grids
    }


def public(made: Reported) -> Reported:
    """Return the version for everybody: small counts hidden so that none can be reckoned, no records behind figures.

    A chart that may not be shown stays as an empty one, which is not drawn: the text has a place for it.
    """
    words = letterhead.patterns()["words"]
    tables = suppress.suppress_all(made.grids)
    shown = {one.name: one for one in suppress.public_charts(made.charts, tables)}
    charts = tuple(shown.get(one.name, replace(one, labels=(), series=())) for one in made.charts)
    marked = replace(made.sheet, public=words["public"]) if made.sheet else None
    return replace(made, grids=tables, charts=charts, sheet=marked, words={}, text=None)


def text_of(
    made: Reported, office: Office, day: date, own: Corrections | None = None, *, signed: bool = False
) -> Document:
    """Return a report in words: its template filled with figures, words, tables and charts.

    Raises ``Problem``: ``unknown_paper``, ``template_wrong``.
    """
    whole = of(made)
    notes = (*([say("scope", scope=office.scope)] if office.scope else ()), *made.coverage)
    data = slots(replace(made, grids=_noted(made.grids, notes)))
    data |= {"unit.name": office.unit, "officer": office.officer}
    data |= {"about": whole.about, "receiver": catalogue().receiver(day).extra["addressee"]}
    words = {one for one in official.template(made.name, own, official.REPORTS).slots if one.startswith(WORDS)}
    document = official.make(
        made.name, data, office, day, slots=frozenset(data) | words, own=own, folder=official.REPORTS
    )
    marks = (*document.marks, *(one for one in (whole.public, "" if signed else whole.draft) if one))
    return replace(document, marks=marks, amends=whole.amends)


def _noted(tables: tuple[Grid, ...], notes: Sequence[str]) -> tuple[Grid, ...]:
    """Return the tables as they stand in a text: under the first one whose figures they are."""
    return tuple(replace(one, notes=(*one.notes, *notes)) if n == 0 else one for n, one in enumerate(tables))


def slots(made: Reported) -> dict[str, Any]:
    """Return what stands in the text: figures by ``grid.row.column``, days, words, tables and charts by name.

    Of each figure ``….some`` is there only where it is more than nought, ``….none`` only where it is nought: for lines
    that stand only then.
    """
    found: dict[str, Any] = {}
    for table in made.grids:
        found[table.name] = table
        for row in table.rows:
            for column in table.columns:
                place, value = f"{table.name}.{row.key}.{column.key}", row.cell(column.key).value
                found[place] = _in_words(row, column) or "…"
                found |= {f"{place}.some": found[place] if value else "", f"{place}.none": "0" if value == 0 else ""}
    found |= {f"chart.{one.name}": one for one in made.charts}
    for name, day in (("first", made.first), ("last", made.last), ("cut_off", made.cut_off)):
        found[name] = dates.show_date(day)
        found[f"{name}.long"] = letterhead.long_date(date.fromisoformat(day))
    year = int(made.last[:4])
    found["period"] = letterhead.period_words(dates.read_period(made.period)) if not spans.own(made.period) else ""
    found |= {"year": str(year), "year.before": str(year - 1), "year.next": str(year + 1)}
    return found | {place: text for place, text in made.words.items() if place.startswith(WORDS)}


def _in_words(row: grid.GridRow, column: grid.GridColumn) -> str:
    """Return a figure as it stands in a sentence: a count as documents write it, nought as 0."""
    cell = row.cell(column.key)
    if cell.text or cell.value is None or grid.kind_of(row, column) == "percent":
        return grid.shown(row, column)
    return letterhead.counted(int(cell.value)) if float(cell.value).is_integer() else grid.figure(cell.value)


# --- keeping ---------------------------------------------------------------------------------------------------------


def dump(made: Reported) -> str:
    """Return a report as JSON text, the same bytes for the same report; of large figures without their records."""
    tables = tuple(
        replace(
            one,
            rows=tuple(replace(row, cells={key: _kept(found) for key, found in row.cells.items()}) for row in one.rows),
        )
        for one in made.grids
    )
    whole = replace(made.sheet or GridSheet(made.name, made.period, "", ""), grids=tables, charts=made.charts)
    data: dict[str, Any] = {name: getattr(made, name) for name in _PLAIN} | {"words": dict(made.words)}
    data |= {"coverage": list(made.coverage)} if made.coverage else {}
    data |= {"sheet": json.loads(whole.as_json()), "text": json.loads(made.text.as_json()) if made.text else None}
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _kept(found: GridCell) -> GridCell:
    return found if len(found.ids) <= KEPT else replace(found, ids=())


def load(content: str) -> Reported:
    """Read a report written by ``dump`` of this or an earlier version. Raises ``Problem(paper_failed)``."""
    try:
        data = json.loads(content)
        whole = GridSheet.from_json(json.dumps(data["sheet"]))
        given = {name: data[name] for name in (*_PLAIN, "words") if name in data}
        given["coverage"] = tuple(data.get("coverage", ()))
        text = Document.from_json(json.dumps(data["text"])) if data.get("text") else None
        sheet = replace(whole, grids=(), charts=())
        return Reported(**given, grids=whole.grids, charts=whole.charts, sheet=sheet, text=text)
    except (ValueError, TypeError, KeyError):
        raise Problem("paper_failed") from None


def digest(content: str) -> str:
    """Return the digest a frozen report is known by."""
    return hashlib.sha256(content.encode()).hexdigest()
