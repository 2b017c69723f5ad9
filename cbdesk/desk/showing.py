"""Verbs that show reports to a person: which there are and which are due, their periods, what stands behind a figure.

What a report lacks is told in one place: words of its sections, figures expected of the whole period, and figures only
people know (typed once with source and date, they serve every report). Nothing here changes what a report tells.

Names behind a figure are given on asking; where the report, or what a row or its table counts, is sensitive, that is
told to the access log first.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from cbdesk import clock, document, expecting, measures, official, page, reported, spans
from cbdesk.catalogue import catalogue
from cbdesk.change import new_stream_id
from cbdesk.desk.base import Saved
from cbdesk.desk.reporting import COUNT, LISTS, TEXT, Opened, Reporting, shape_of
from cbdesk.desk.snapshots import DRAFT, SIGNING, state_of
from cbdesk.errors import Problem
from cbdesk.facts import Book
from cbdesk.paper import Paper
from cbdesk.reported import Reported
from cbdesk.rights import ISSUE, SENSITIVE, needs
from cbdesk.spans import ReportSpan
from cbdesk.store import Draft

BACK = 24
"""Months of which periods are offered."""
ESTIMATE = "estimate"
MONTHLY = ("children", "special", "at_risk", "incidents")
"""The figures of *Hôm nay*: three totals on the last day of a month, one count of it."""
_PART = re.compile(r"#{1,2} +(.+)")
_PLACE = re.compile(r"\{(?P<place>words\.[a-z0-9_.]+)[*:\d]*\}")
_MARKS = re.compile(r"^[-=>~#\s]+|\?\{[^}]*\}|\*\*")


@dataclass(frozen=True, slots=True)
class ReportKind:
    """A report as a list of reports shows it. ``due`` is the next deadline (ISO), for ``due_period``, or ""."""

    name: str
    title: str
    shape: str
    group: str
    explain: str
    kinds: tuple[str, ...]
    sensitive: bool = False
    restricted: bool = False
    freezes: bool = True
    changes: bool = False
    poverty: str = ""
    own: bool = False
    due: str = ""
    due_period: str = ""


@dataclass(frozen=True, slots=True)
class WordPlace:
    """A place for words in a report: its key, the heading it stands under, and the words written so far."""

    place: str
    label: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """A figure people may add, in a table: found so far, proposed for the whole period, entered by people."""

    place: str
    table: str
    label: str
    found: float | None
    proposed: float | None
    entered: int | None = None


@dataclass(frozen=True, slots=True)
class Typed:
    """A figure only people know: its indicator, what it is called, and the record it stands in (``{}``: missing)."""

    indicator: str
    label: str
    row: Mapping[str, Any] = field(default_factory=dict)


class Showing(Reporting):
    """Verbs that show reports."""

    def report_kinds(self) -> list[ReportKind]:
        """Return the reports there are in their order, lists apart at the end, each with the deadline it answers."""
        known = self._report_layouts()
        due = {str((one.detail or {}).get("report")): one for one in self._of_papers(clock.now())}
        found = []
        order = lambda one: (bool(one.data.get("restricted")), one.data.get("order", 99), one.name)  # noqa: E731
        for one in sorted(known.values(), key=order):
            next_due = due.get(one.name)
            found.append(
                ReportKind(
                    one.name,
                    one.title,
                    shape_of(one),
                    str(one.data.get("group", "lists")),
                    one.explain,
                    tuple(one.data["periods"]),
                    sensitive=bool(one.data.get("sensitive")),
                    restricted=bool(one.data.get("restricted")),
                    freezes=shape_of(one) != LISTS or bool(one.data.get("freezes")),
                    changes="changes" in one.data,
                    poverty=str(one.data.get("poverty", "")),
                    own=one.name not in catalogue().reports,
                    due=next_due.due.date().isoformat() if next_due else "",
                    due_period=str((next_due.detail or {}).get("period", "")) if next_due else "",
                )
            )
        return found

    def report_periods(self, name: str, back: int = BACK) -> list[ReportSpan]:
        """Return the periods of a report that have begun, the newest first. Raises ``Problem(unknown_report)``."""
        report, today = self.report_named(name), clock.today()
        return [spans.read(report, one, today) for one in spans.periods(report, today, back)]

    def report_edits(self, name: str, period: str) -> int:
        """Return how many figures of a kept report the register tells otherwise now; 0 while none is kept."""
        standing = self.report_standing(name, period)
        if standing is None:
            return 0
        kept = self.kept(str(standing["id"]))
        now = self.counted_report(name, period, cut_off=date.fromisoformat(kept.cut_off))
        return differences(kept, now, expecting.added(self.report_named(name), catalogue()))

    @needs(ISSUE)
    def reopen(self, snapshot: str) -> Saved:
        """Take back what waits for its signature: a list is made anew, a report is the draft it was, with its figures.

        A draft taken back is gone.

        Raises ``Problem``: ``no_record``, ``snapshot_issued_before``.
        """
        row = self._own_snapshot(snapshot)
        if shape_of(self.report_named(str(row["list"]))) == LISTS or state_of(row) != SIGNING:
            return super().reopen(snapshot)
        batch = new_stream_id()
        self._write([Draft("snapshot", snapshot, {"state": DRAFT})], batch)
        return Saved(snapshot, (), batch)

    # --- what people add --------------------------------------------------------------------------------------------

    def report_words(self, name: str, period: str) -> list[WordPlace]:
        """Return the places for words in a report, in order. Raises ``Problem(unknown_report)``."""
        if shape_of(self.report_named(name)) != TEXT:
            return []
        known = self.entries(name, period)
        template = official.template(name, self._own_templates(), official.REPORTS)
        return [
            WordPlace(place, label, str(known.get(place, {}).get("text") or "")) for place, label in _places(template)
        ]

    def report_expected(self, made: Reported) -> list[Expected]:
        """Return the figures people may add to a report, with what is proposed for each and what they entered."""
        report, known = self.report_named(made.name), self.entries(made.name, made.period)
        over = self.report_span(made.name, made.period, date.fromisoformat(made.cut_off)).over
        return [
            Expected(one.place, one.table, one.label, one.found, one.proposed, known.get(one.place, {}).get("value"))
            for one in expecting.places(report, made, over, catalogue())
        ]

    def report_typed(self, name: str, period: str) -> list[Typed]:
        """Return the figures of a report only people know, those missing first, each with the record that tells it.

        Those of this office: what communes typed is theirs.
        """
        span, rows = self.report_span(name, period), dict[str, Mapping[str, Any]]()
        order = 'coalesce("dated_on", "to", "from", ""), id'
        for row in self.store.rows(COUNT, '"_unit" = ?', (self.unit.key,), order=order):
            first, last = str(row.get("from") or ""), str(row.get("to") or "9999")
            if first <= span.cut_off.isoformat() and last >= span.first.isoformat():
                rows[str(row["indicator"])] = row
        layout = self.report_named(name).data
        named = _indicators(layout, named=True)
        found = [Typed(indicator, label, rows.get(indicator, {})) for indicator, label in _indicators(layout).items()
                 if indicator in named or indicator in rows]  # fmt: skip
        return sorted(found, key=lambda one: bool(one.row))

    def indicators(self, *, named: bool = False) -> dict[str, str]:
        """Return the figures only people know that any report asks for, each with what it is called.

        With ``named`` without those whose name the office has not written into its layout yet.
        """
        found: dict[str, str] = {}
        for one in self._report_layouts().values():
            for indicator, label in _indicators(one.data, named=named).items():
                found.setdefault(indicator, label)
        return found

    # --- behind a figure --------------------------------------------------------------------------------------------

    def guarded(self, name: str, grid: str, row: str) -> bool:
        """Return whether names behind a figure are sensitive: its report is, or what its row or its table counts."""
        report = self.report_named(name)
        table = next((one for one in report.data.get("grid", ()) if one["name"] == grid), None)
        if report.data.get("sensitive") or table is None:
            return bool(report.data.get("sensitive"))
        data = expecting.layout_row(table, row) or {}
        source = str(data.get("of", table.get("of", "child")))
        wheres = [one.get("where", {}) for one in (table, data)]
        asked = [(key, str(code)) for where in wheres for key, codes in where.items() for code in codes]
        if "by" in data and row != data.get("key"):
            asked.append((str(data["by"]), row.partition(".")[2]))
        return any(_sensitive(source, dimension, code) for dimension, code in asked)

    def figure(self, name: str, period: str, grid: str, row: str, column: str) -> Opened:
        """Return what is behind one figure of a report as it stands; see ``behind``.

        Raises ``Problem``: ``unknown_report``, ``bad_period``, ``no_figure``.
        """
        return self.behind(self.report_now(name, period), grid, row, column)

    def behind(
        self, made: Reported, grid: str, row: str, column: str, *, villages: Sequence[str] = (),
        units: Sequence[str] = (),
    ) -> Opened:  # fmt: skip
        """Return what is behind a figure of a report as it is shown; a sensitive one is told to the access log.

        ``villages`` and ``units`` are those it was counted for. Raises ``Problem``: ``no_figure``, ``no_right`` (a
        sensitive one).
        """
        cell = reported.cell(made.grids, grid, row, column)
        if cell is None:
            raise Problem("no_figure")
        if sensitive := self.guarded(made.name, grid, row):
            self.require(SENSITIVE)
        if cell.value and not cell.ids:  # figures of many are kept without what is behind them
            day = date.fromisoformat(made.cut_off)
            now = self._counted_now(made.name, made.period, day, villages, units)  # of those this officer sees
            cell = replace(reported.cell(now.grids, grid, row, column) or cell, value=cell.value)
        if sensitive:
            self.log("look", detail=f"figure {made.name} {made.period} {grid}.{row}.{column} {len(cell.ids)}")
        return Opened(cell.value, cell.form, cell.ids, sensitive)

    # --- twelve months ----------------------------------------------------------------------------------------------

    def monthly_book(self) -> Book:
        """Return the rows the figures of *Hôm nay* are counted from; counting (``monthly``) needs no desk."""
        return self.book(("child", "circumstance", "risk", "household_class", "incident"))


def monthly(book: Book, today: date, months: int = 12) -> dict[str, tuple[int, ...]]:
    """Return the figures of ``MONTHLY`` for the last months, the oldest first; the present month until today.

    They count as ``overview`` does: who lives here by the register, also one who is grown by now.
    """
    ends = [today]
    while len(ends) < months:
        ends.append(ends[-1].replace(day=1) - timedelta(days=1))
    found: dict[str, list[int]] = {name: [] for name in MONTHLY}
    received = [str(row.get("received_at") or "")[:7] for row in book.rows["incident"]]
    for day in reversed(ends):
        here = [one for one in book.people.values() if one.in_book(day)]
        found["children"].append(len(here))
        found["special"].append(sum(one.marked("circumstance", day) for one in here))
        found["at_risk"].append(sum(one.marked("risk", day) for one in here))
        found["incidents"].append(received.count(day.isoformat()[:7]))
    return {name: tuple(series) for name, series in found.items()}


def differences(kept: Reported, now: Reported, added: Collection[str] = ()) -> int:
    """Return how many figures of two countings differ; columns people add figures to (``added``) are left aside."""
    old, new = _figures(kept, added), _figures(now, added)
    return sum(old.get(place) != new.get(place) for place in old.keys() | new.keys())


def _figures(made: Reported, added: Collection[str]) -> dict[tuple[str, str, str], float | None]:
    return {
        (table.name, row.key, column.key): row.cell(column.key).value
        for table in made.grids
        for row in table.rows
        for column in table.columns
        if column.key not in added and not set(column.share) & set(added)
    }


def pages(made: Paper | Reported, ppi: float) -> list[bytes]:
    """Return the pages of a list or report as pictures. Needs no desk. Raises ``Problem(paper_failed)``."""
    if isinstance(made, Paper):
        return page.pngs(made, ppi)
    return page.document_pngs(made.text, ppi) if made.text else page.grid_pngs(reported.of(made), ppi)


def public(made: Reported) -> Reported:
    """Return the version of a report for everybody (``reported.public``)."""
    return reported.public(made)


def _places(template: document.Template) -> Iterator[tuple[str, str]]:
    """Return the places for words in a template, each with the words before it, or with the heading it stands under."""
    heading, seen = template.title, set[str]()
    for _, line in template.lines:
        if part := _PART.match(line):
            heading = part[1].strip()
        for match in _PLACE.finditer(line):
            if match["place"] not in seen:
                seen.add(match["place"])
                before = re.sub(r"\{[^}]*\}", "…", _MARKS.sub("", line[: match.start()])).strip(" :.")
                label = re.split(r"[.;] +(?=\D)", before)[-1].strip()
                yield match["place"], heading if "…" in label else label or heading


def _indicators(layout: Mapping[str, Any], *, named: bool = False) -> dict[str, str]:
    """Return the figures only people know in a report, by indicator; ``named`` without rows marked ``unnamed``."""
    found: dict[str, str] = {}
    for table in layout.get("grid", ()):
        for one in table.get("row", ()):
            if "typed" in one and not (named and one.get("unnamed")):
                found.setdefault(str(one["typed"]), str(one.get("label", "")))
    return found


def _sensitive(source: str, dimension: str, code: str) -> bool:
    """Return whether a code of a dimension, or one of those under it, is sensitive."""
    choices = catalogue().lists.get(measures.list_of(source, dimension, catalogue()))
    if choices is None or choices.get(code) is None:
        return False
    family = (choices.get(one) for one in choices.family(code))
    return any(one is not None and one.sensitive for one in family)


def report_of(made: Paper | Reported) -> str:
    """Return what the access log says of a list or report that goes out: its name, its period, its lines."""
    if isinstance(made, Paper):
        return f"{made.report} {made.period} {len(made.rows)}"
    return f"{made.name} {made.period}{' public' if made.sheet and made.sheet.public else ''}"


__all__ = [
    "MONTHLY", "Expected", "ReportKind", "Showing", "Typed", "WordPlace", "differences", "monthly", "pages", "public",
    "report_of",
]  # fmt: skip

