"""Verbs of reports that count: tables of figures and reports in words, begun, signed, issued; every figure opened.

A report is begun (*nháp*): its figures are counted once, in one reading, and kept; what is recorded later is not in it
until it is begun again. Words and figures expected of the whole period are added while it is a draft. *Trình ký* keeps
the words too; number and date issue it, and from then on a change makes a report of its own that replaces it.

Layouts are data (``resources/catalogue/reports``); an office adds or changes one by a record (``report_layout``) in the
same closed vocabulary, checked before it is kept. Opening the children behind a sensitive figure is told to the access
log.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from cbdesk import clock, consolidated, dates, expecting, letterhead, page, reported, spans, tally, workbook
from cbdesk import report as listing
from cbdesk.catalogue import Report, catalogue
from cbdesk.change import VOID, Value, new_id, new_stream_id
from cbdesk.desk.areas import Area
from cbdesk.desk.base import Saved
from cbdesk.desk.consolidating import MISSING, TYPED, Scope, own_part
from cbdesk.desk.duplicates import Duplicates
from cbdesk.desk.papers import Papers
from cbdesk.desk.places import names_of
from cbdesk.desk.snapshots import DRAFT, ISSUED, SIGNING, Frozen, Snapshots, chunks_of, state_of
from cbdesk.errors import Problem
from cbdesk.facts import Book
from cbdesk.grid import without_ids
from cbdesk.reported import Reported
from cbdesk.rights import EDIT, EXPORT, ISSUE, needs, wholly
from cbdesk.spans import ReportSpan
from cbdesk.store import Draft

LISTS, TABLE, TEXT = "list", "table", "text"
ENTRY, LAYOUT, COUNT = "report_entry", "report_layout", "count"
LAST = "9999"
BY_CLASS = frozenset({"household_class", "at_risk", "risks", "poverty_only"})
"""What is counted by the class of a household, wholly or in part."""
_NAMED = f"SELECT DISTINCT village FROM child WHERE {VOID} IS NULL AND village IS NOT NULL"
Typed = tuple[float, float | None, str]
"""A figure people typed, of how many, and where it is from."""
FILES: Mapping[str, Sequence[str]] = {TABLE: ("xlsx", "pdf"), TEXT: ("pdf", "docx", "xlsx")}


@dataclass(frozen=True, slots=True)
class Opened:
    """What is behind a figure: its value, the form and ids of the records, and whether they are sensitive."""

    value: float | None
    form: str
    ids: tuple[str, ...]
    sensitive: bool


class Reporting(Papers, Duplicates, Snapshots):
    """Verbs of reports that count."""

    def reports(self) -> list[dict[str, Any]]:
        """Return the reports there are: name, title, periods, shape, group, explain, sensitive, own."""
        known = self._report_layouts()
        found = sorted(known.values(), key=lambda one: (one.data.get("order", 99), one.name))
        return [
            {
                "name": one.name,
                "title": one.title,
                "periods": list(one.data["periods"]),
                "shape": shape_of(one),
                "group": one.data.get("group", "lists"),
                "explain": one.explain,
                "sensitive": bool(one.data.get("sensitive")),
                "restricted": bool(one.data.get("restricted")),
                "freezes": bool(one.data.get("freezes", shape_of(one) != LISTS)),
                "own": one.name not in catalogue().reports,
            }
            for one in found
        ]

    def report_named(self, name: str) -> Report:
        """Return a report, of the office before the shipped one. Raises ``Problem(unknown_report)``."""
        known = self._report_layouts()
        if name not in known:
            raise Problem("unknown_report", name=name)
        return known[name]

    def _report_layouts(self) -> dict[str, Report]:
        """Return the reports of the catalogue, and for them or besides them those of this office that are sound."""
        found = dict(catalogue().reports)
        for row in self.store.rows(LAYOUT, '"_unit" = ?', (self.unit.key,), order="id"):
            one = reported.layout(str(row.get("text") or ""))
            if one is not None and not wrong_with(one):  # a row may come by another way than add_layout
                found[one.name] = one
        return found

    @needs(EDIT)
    def add_layout(self, content: str, note: str = "") -> Saved:
        """Keep a layout of a list or report of the office, instead of one of the same name; it is data, checked before.

        Raises ``Problem(report_wrong)`` with what is wrong.
        """
        made = reported.layout(content)
        problems = ["toml"] if made is None else wrong_with(made)
        if made is None or problems:
            raise Problem("report_wrong", place=problems[0])
        known = self.store.rows(LAYOUT, 'name = ? AND "_unit" = ?', (made.name, self.unit.key), order="id")
        return self.save(
            LAYOUT, {"name": made.name, "text": content, "note": note or None}, (known and str(known[-1]["id"])) or None
        )

    # --- counting ---------------------------------------------------------------------------------------------------

    def report_span(self, name: str, period: str, cut_off: date | None = None) -> ReportSpan:
        """Return the days a report counts. Raises ``Problem``: ``unknown_report``, ``bad_period``."""
        return spans.read(self.report_named(name), period, clock.today(), cut_off)

    def counted_report(
        self,
        name: str,
        period: str,
        *,
        cut_off: date | None = None,
        villages: Sequence[str] = (),
        units: Sequence[str] = (),
    ) -> Reported:
        """Return a report counted now. ``villages`` and ``units`` count only what belongs to them.

        What is official counts everybody; who may not see what is sensitive is told the figures, not who is behind
        them. Raises ``Problem``: ``unknown_report``, ``bad_period``, ``report_wrong``.
        """
        with self._official(name, villages):
            made = self._counted_now(name, period, cut_off, villages, units)
        return self._unnamed(made)

    def _unnamed(self, made: Reported) -> Reported:
        """Return a report as this officer may have it: who does not see all gets no records behind its figures."""
        return replace(made, grids=tuple(map(without_ids, made.grids))) if self.store.veiled else made

    def _counted_now(
        self, name: str, period: str, cut_off: date | None = None, villages: Sequence[str] = (),
        units: Sequence[str] = (),
    ) -> Reported:  # fmt: skip
        report, span = self.report_named(name), self.report_span(name, period, cut_off)
        with self.store.atomic():  # one reading: what is recorded meanwhile is not in it
            scope = self._reach(units, span.cut_off, name, period)
            book, given = self._counted_from(report, span, scope, villages, units)
        made = self._with_class_notes(reported.make(report, book, given, span), report, span.cut_off.year)
        return replace(made, coverage=scope.coverage.notes()) if scope and scope.coverage else made

    def _counted_from(
        self, report: Report, span: ReportSpan, scope: Scope | None, villages: Sequence[str], units: Sequence[str]
    ) -> tuple[Book, tally.Given]:
        """Return what a report is counted from, and what its tables need besides."""
        book = self.book(reported.sources(report, catalogue()), scope.area if scope else None)
        given = tally.Given(
            spans=span.spans(),
            villages=self.villages_at(span.first, units),
            typed={} if villages else self._typed_figures(span, units),
            estimates={} if villages or units else self._estimates(report.name, span.text),
            over=span.over,
            villages_only=tuple(villages),
            owners={unit.key: own_part(unit) for unit in scope.area.units} if scope else {},
            totals=scope.places() if scope else {},
        )
        return book, given

    def report_by_unit(
        self, name: str, period: str, table: str = "", rows: Sequence[str] = (), column: str = "",
        units: Sequence[str] = (), *, cut_off: date | None = None,
    ) -> Reported:  # fmt: skip
        """Return one table of a report commune by commune (``consolidated.by_unit``), with its heading.

        ``table`` is its name (the first that counts), ``rows`` and ``column`` keys of it. Raises ``Problem``:
        ``only_receiver``, ``unknown_report``, ``bad_period``, ``report_wrong``, ``no_figure`` (no such table).
        """
        self._only_receiver()
        report, span = self.report_named(name), self.report_span(name, period, cut_off)
        data = next((one for one in report.data.get("grid", ()) if table in ("", one["name"])), None)
        if data is None or not consolidated.rows(data):
            raise Problem("no_figure")
        with self._official(name, ()), self.store.atomic():
            scope = self._reach(units, span.cut_off, name, period)
            book, given = self._counted_from(report, span, scope, (), units)
            made = consolidated.by_unit(data, book, given, _told_of(scope), rows, column)
        first, last, cut_off_ = (one.isoformat() for one in (span.first, span.last, span.cut_off))
        notes = scope.coverage.notes() if scope and scope.coverage else ()
        whole = Reported(name, span.text, first, last, cut_off_, (made,), coverage=notes)
        office = replace(self.office(), scope=scope.area.label if scope else "")
        sheet = reported.sheet(whole, report, office, clock.today(), signed=False)
        about = letterhead.say("by_unit", about=sheet.about)
        return self._unnamed(replace(whole, sheet=replace(sheet, about=about, orientation="landscape")))

    @needs(EXPORT)
    def write_by_unit(
        self, name: str, period: str, out: Path, formats: Sequence[str] = (), *, table: str = "",
        rows: Sequence[str] = (), column: str = "", units: Sequence[str] = (), overwrite: bool = False,
    ) -> dict[str, Any]:  # fmt: skip
        """Write one table of a report commune by commune into a folder: ``files``, ``rows``, ``totals``. It is logged.

        Raises ``Problem`` as ``report_by_unit``, and those of groups P, U.
        """
        made = self.report_by_unit(name, period, table, rows, column, units)
        grid, files = made.grids[0], []
        for form in formats or ("xlsx", "pdf"):
            target = out / f"{name}-{grid.name}-{self.area_code(units)}-{period}.{form}"
            self.put_out(target, self.report_bytes(made, form), overwrite=overwrite)
            files.append(str(target))
        self.log("export", detail=f"{name} {period} {grid.name} by unit")
        coverage = self._coverage_told(units, date.fromisoformat(made.cut_off), name, period)
        return {"files": files, "rows": len(grid.rows), "totals": reported.totals(made), **coverage}

    def tables_by_unit(self, name: str) -> list[tuple[str, str, list[tuple[str, str]], list[tuple[str, str]]]]:
        """Return the tables of a report that can be shown by unit: (name, title, rows, columns), each (key, words).

        Raises ``Problem(unknown_report)``.
        """
        tables = self.report_named(name).data.get("grid", ())
        return [(str(one["name"]), str(one.get("title", "")), consolidated.rows(one),
                 consolidated.columns(one, catalogue())) for one in tables if consolidated.rows(one)]  # fmt: skip

    def _with_class_notes(self, made: Reported, report: Report, year: int) -> Reported:
        """Say under each table that counts by household class when classes of an earlier year stand in it."""
        by_class = {str(one["name"]) for one in report.data.get("grid", ()) if _asks_class(one)}
        notes = self.class_notes(year) if by_class else ()
        return replace(made, grids=tuple(
            replace(one, notes=(*one.notes, *notes)) if one.name in by_class else one for one in made.grids
        )) if notes else made  # fmt: skip

    def book(self, forms: Collection[str], area: Area | None = None) -> Book:
        """Return the rows of these forms (of an area) as facts; a child of two communes is counted once."""
        rows: dict[str, Sequence[Mapping[str, Any]]] = {
            form: self.store.rows(form, order="id") for form in sorted(forms)
        }
        if area is not None and (not area.whole or area.without):
            rows = area.rows(rows)
        return Book(rows, catalogue(), same=self.counted_once(area), today=clock.today())

    def villages_at(self, first: date, units: Sequence[str] = ()) -> dict[str, str]:
        """Return the villages there were on a day or since, or a child still names, in their order: id to name.

        A receiver has those of its communes (of the area of ``units`` alone), each named with its commune.
        """
        area = self.area(units) if units else None
        rows = self.store.rows("village")
        names, named = names_of(rows), {str(one) for (one,) in self.store.db.execute(_NAMED)}
        kept = [one for one in rows if str(one.get("to") or LAST) >= first.isoformat() or str(one["id"]) in named]
        kept = [one for one in kept if not area or one["_unit"] in area.owners or str(one["id"]) in area.villages]
        kept.sort(key=lambda row: (str(row["_unit"]), row.get("order") is None, row.get("order") or 0))
        apart, labels = self.role == "receiver", catalogue().units
        return {one: f"{names[one]} ({labels.label(str(row['_unit']))})" if apart else names[one]
                for row in kept if (one := str(row["id"]))}  # fmt: skip

    def _typed_figures(self, span: ReportSpan, units: Sequence[str] = ()) -> dict[str, Typed]:
        """Return the figures people typed for days of a span: what this office typed, else what the others did, added.

        Of each office and indicator that of the most days stands, then the newest. A figure of a year says nothing of a
        month; one without days holds for the day it is dated.
        """
        owners = self.area(units).owners if units else None
        found: dict[str, dict[str, tuple[int, str, Typed]]] = defaultdict(dict)
        for row in self.store.rows(COUNT, order="id"):
            unit, told = str(row["_unit"]), _typed(row, span)
            kept = found[str(row["indicator"])].get(unit)
            if told and (owners is None or unit in owners) and (kept is None or kept[:2] <= told[:2]):
                found[str(row["indicator"])][unit] = told
        mine = self.unit.key
        return {name: by[mine][2] if mine in by else _added([one for *_, one in by.values()])
                for name, by in found.items() if by}  # fmt: skip

    # --- what people add --------------------------------------------------------------------------------------------

    def entries(self, name: str, period: str) -> dict[str, dict[str, Any]]:
        """Return what was added to a report of a period: place to ``value`` and ``text``."""
        where = 'report = ? AND period = ? AND "_unit" = ?'
        rows = self.store.rows(ENTRY, where, (name, period, self.unit.key), order="id")
        return {str(row["place"]): row for row in rows}

    @needs(EDIT)
    def set_entry(
        self, name: str, period: str, place: str, *, value: int | None = None, text: str | None = None
    ) -> Saved:
        """Add words (``words.result``) or the figure expected of the whole period (``main.special``) to a report.

        Raises ``Problem``: ``unknown_report``, ``bad_period``, ``report_wrong`` for a place it has not, and
        ``report_signed`` once it is signed or issued.
        """
        report = self.report_named(name)
        self.report_span(name, period)
        if place not in reported.places(report, self._own_templates()):
            raise Problem("report_wrong", place=place)
        standing = self.report_standing(name, period)
        if standing and standing["state"] != DRAFT:
            raise Problem("report_signed")
        known = self.entries(name, period).get(place)
        data: dict[str, Value] = {"value": value, "text": text or None}
        whole: dict[str, Value] = {"report": name, "period": period, "place": place, **data}
        saved = self.save(
            ENTRY,
            data if known else {key: one for key, one in whole.items() if one is not None},
            str(known["id"]) if known else None,
        )
        if saved.id is None:  # a figure no register holds
            raise Problem("report_wrong", place=place)
        return saved

    def _estimates(self, name: str, period: str) -> dict[str, float]:
        found = self.entries(name, period)
        return {place: row["value"] for place, row in found.items() if isinstance(row.get("value"), int)}

    # --- states -----------------------------------------------------------------------------------------------------

    def report_standing(self, name: str, period: str) -> dict[str, Any] | None:
        """Return the last frozen report of a period with its ``state``, or ``None`` while there is none."""
        known = self.snapshots(name, period)
        return {**known[-1], "state": state_of(known[-1])} if known else None

    @needs(EDIT)
    def begin_report(self, name: str, period: str, *, cut_off: date | None = None) -> Frozen:
        """Count a report and keep its figures as a draft; begun again, a draft is counted anew.

        Raises ``Problem``: ``unknown_report``, ``bad_period``, ``report_signed`` while it waits for its signature.
        """
        standing = self.report_standing(name, period)
        if standing and standing["state"] == SIGNING:
            raise Problem("report_signed")
        return self._keep_report(name, period, DRAFT, cut_off)

    @needs(ISSUE)
    def snapshot(self, name: str, period: str, *, number: str = "", issued_on: str = "", **options: Any) -> Frozen:
        """Freeze a list (see ``Snapshots.snapshot``), or a report with its words; with number and date it is issued.

        Raises ``Problem(snapshot_issued)`` where it was issued and nothing has changed since.
        """
        if shape_of(self.report_named(name)) == LISTS:
            return super().snapshot(name, period, number=number, issued_on=issued_on, **options)
        frozen = self._keep_report(name, period, SIGNING, None)
        if number and issued_on:
            self.issue(frozen.id, number, issued_on)
            return replace(frozen, number=number)
        return frozen

    def _keep_report(self, name: str, period: str, state: str, cut_off: date | None) -> Frozen:
        """Keep figures and words; a draft signed keeps the figures it was begun with."""
        standing = self.report_standing(name, period)
        begun = standing if standing and standing["state"] == DRAFT else None
        if begun and state == SIGNING:
            made = self._as_kept(str(begun["id"]))
        else:
            with self._official(name, ()):
                made = self._counted_now(name, period, cut_off)
        made = replace(made, words=self._added_words(name, period))
        issued = standing if standing and standing["state"] == ISSUED else None
        if issued and self._as_kept(str(issued["id"])).same(made):
            raise Problem("snapshot_issued")
        content = reported.dump(self._headed(made, self.office(), signed=state != DRAFT))
        amends = str(issued["id"]) if issued else (begun or {}).get("amends")
        fields: dict[str, Value] = {
            "list": name,
            "period": period,
            "state": state,
            "taken_at": clock.stamp()[:16],
            "unit": self.unit.key,
            "cut_off": made.cut_off,
            "amends": amends,
            "parts": len(chunks_of(content)),
            "digest": reported.digest(content),
            "amendment": self._amendments(name, period) + 1 if issued else (begun or {}).get("amendment"),
        }
        snapshot, batch = str(begun["id"]) if begun else new_id(), new_stream_id()
        self._write(
            [
                Draft("snapshot", snapshot, self._difference(begun or {}, fields)),
                *self._parts(snapshot, chunks_of(content)),
            ],
            batch,
        )
        return Frozen(snapshot, "", sum(len(one.rows) for one in made.grids), 0, 0, amends, batch)

    def _amendments(self, name: str, period: str) -> int:
        return sum(1 for row in self.snapshots(name, period) if row.get("amends"))

    @needs(ISSUE)
    @wholly
    def issue(self, snapshot: str, number: str, issued_on: str) -> Saved:
        """Give a frozen list or report the number and date the clerk gave; see ``Snapshots.issue``."""
        row = self._own_snapshot(snapshot)
        report = self.report_named(str(row["list"]))
        if shape_of(report) == LISTS:
            return super().issue(snapshot, number, issued_on)
        if state_of(row) == ISSUED:
            raise Problem("snapshot_issued")
        office = self.office(number=number, signed_on=date.fromisoformat(issued_on))
        made = self.kept(snapshot)
        line = letterhead.number_line(office, str(report.data["symbol"]))
        place_date = letterhead.place_date(office, date.fromisoformat(issued_on))
        sheet = made.sheet and replace(made.sheet, number=line, place_date=place_date)
        text = made.text and replace(made.text, number=line, place_date=place_date)
        content = reported.dump(replace(made, sheet=sheet, text=text))
        fields: dict[str, Value] = {
            "number": number,
            "issued_on": issued_on,
            "state": ISSUED,
            "digest": reported.digest(content),
            "parts": len(chunks_of(content)),
        }
        batch = new_stream_id()
        self._write([Draft("snapshot", snapshot, fields), *self._parts(snapshot, chunks_of(content))], batch)
        return Saved(snapshot, (), batch)

    def kept(self, snapshot: str) -> Reported:
        """Return a frozen report as it was kept. Raises ``Problem``: ``no_record``, ``paper_failed``."""
        return self._unnamed(self._as_kept(snapshot))

    def _as_kept(self, snapshot: str) -> Reported:
        return reported.load(self._frozen_text(snapshot))

    def _added_words(self, name: str, period: str) -> dict[str, str]:
        return {place: str(row["text"]) for place, row in self.entries(name, period).items() if row.get("text")}

    def _headed(self, made: Reported, office: letterhead.Office, *, signed: bool, whole: bool = True) -> Reported:
        """Return a report with its heading and, of a report in words, its text."""
        report, today = self.report_named(made.name), clock.today()
        over = self.report_span(made.name, made.period, date.fromisoformat(made.cut_off)).over
        estimates = self._estimates(made.name, made.period) if whole else {}  # those of the whole are none of a part
        made = expecting.put(report, made, over, estimates, catalogue())
        sheet = reported.sheet(made, report, office, today, signed=signed)
        made = replace(made, sheet=replace(sheet, amends=self._replaces_line(made) if whole else ""))
        if shape_of(report) != TEXT:
            return made
        return replace(made, text=reported.text_of(made, office, today, self._own_templates(), signed=signed))

    # --- what comes out ---------------------------------------------------------------------------------------------

    def report_now(
        self,
        name: str,
        period: str,
        *,
        cut_off: date | None = None,
        villages: Sequence[str] = (),
        units: Sequence[str] = (),
        fresh: bool = False,
    ) -> Reported:
        """Return a report with heading and words: as it was frozen, else counted now (``fresh``: in any case)."""
        standing = None if fresh or villages or units or cut_off else self.report_standing(name, period)
        if standing and standing["state"] != DRAFT:
            return self.kept(str(standing["id"]))
        if standing:
            made = self.kept(str(standing["id"]))
        else:
            made = self.counted_report(name, period, cut_off=cut_off, villages=villages, units=units)
        office = replace(self.office(), scope=self._scope_words(villages, units))
        made, whole = replace(made, words=self._added_words(name, period)), not (villages or units)
        return self._headed(made, office, signed=False, whole=whole)

    def _replaces_line(self, made: Reported) -> str:
        """Return the line saying which issued report one of now would replace, "" where none was issued."""
        issued = [row for row in self.snapshots(made.name, made.period) if state_of(row) == ISSUED]
        sheet = self.kept(str(issued[-1]["id"])).sheet if issued else None
        if sheet is None:
            return ""
        day = letterhead.long_date(date.fromisoformat(str(issued[-1]["issued_on"])))
        return letterhead.say("report_replaces", number=letterhead.number_of(sheet.number), date=day)

    def _scope_words(self, villages: Sequence[str], units: Sequence[str]) -> str:
        names = dict(self.store.db.execute("SELECT id, name FROM village"))
        told = [*(str(names.get(one) or "") for one in villages), *([self.area(units).label] if units else [])]
        return ", ".join(one for one in told if one)

    @needs(EXPORT)
    def report(
        self,
        name: str,
        period: str,
        out: Path,
        formats: Sequence[str] = (),
        *,
        public: bool = False,
        cut_off: date | None = None,
        overwrite: bool = False,
        **options: Any,
    ) -> dict[str, Any]:
        """Write a report as files into a folder; returns ``files``, ``rows`` and ``totals``. It is logged.

        ``public`` hides small counts, and its file has a name of its own. Names carry report, unit and period, never a
        person. Raises ``Problem`` of groups D, P, U.
        """
        report = self.report_named(name)
        if shape_of(report) == LISTS:
            return super().report(name, period, out, formats or ("xlsx", "pdf"), overwrite=overwrite, **options)
        units = options.get("units") or ()
        made = self.report_now(name, period, cut_off=cut_off, villages=options.get("villages") or (), units=units)
        if public:
            made = self.public_report(made)
        files = []
        for form in formats or FILES[shape_of(report)]:
            target = out / f"{name}-{self.area_code(units)}-{period}{'-cong-khai' if public else ''}.{form}"
            self.put_out(target, self.report_bytes(made, form), overwrite=overwrite)
            files.append(str(target))
        self.log("export", detail=f"{name} {period}{' public' if public else ''}")
        totals = reported.totals(made)
        return {
            "files": files,
            "rows": sum(len(one.rows) for one in made.grids),
            "totals": totals,
            "from": made.first,
            "to": made.last,
            "cut_off": made.cut_off,
            "state": self._state_word(name, period),
            **self._coverage_told(units, date.fromisoformat(made.cut_off), name, period),
        }

    @needs(EXPORT)
    def reprint(self, snapshot: str, out: Path, formats: Sequence[str] = (), *, overwrite: bool = False) -> list[str]:
        """Write a frozen list or report again as it was, also one that was amended since; returns the files. Logged.

        The file name carries which version it is, 1 for the first. Raises ``Problem``: ``no_record``, those of group U.
        """
        row = self._own_snapshot(snapshot)
        name, period = str(row["list"]), str(row["period"])
        shape = shape_of(self.report_named(name))
        nth = [str(one["id"]) for one in self.snapshots(name, period)].index(snapshot) + 1
        files = []
        for form in formats or FILES.get(shape, ("xlsx", "pdf")):
            target = out / f"{name}-{self.unit.code}-{period}-{nth}.{form}"
            self.put_out(target, self._kept_bytes(snapshot, shape, form), overwrite=overwrite)
            files.append(str(target))
        self.log("export", detail=f"{name} {period} {nth}")
        return files

    def _kept_bytes(self, snapshot: str, shape: str, form: str) -> bytes:
        if shape != LISTS:
            return self.report_bytes(self.kept(snapshot), form)
        paper = self.frozen_paper(snapshot)
        return page.pdf(paper, stamp=clock.now()) if form == "pdf" else workbook.list_xlsx(paper)

    @needs(EXPORT)
    def public_report(self, made: Reported) -> Reported:
        """Return the version of a report for everybody: small counts hidden, without the words people added."""
        hidden = reported.public(made)
        if made.text is None or made.sheet is None:
            return hidden
        signed, own = not made.sheet.draft, self._own_templates()
        text = reported.text_of(hidden, self.office(), clock.today(), own, signed=signed)
        return replace(hidden, text=replace(text, number=made.sheet.number, place_date=made.sheet.place_date))

    def _state_word(self, name: str, period: str) -> str:
        standing = self.report_standing(name, period)
        return str(standing["state"]) if standing else ""

    @needs(EXPORT)
    def report_bytes(self, made: Reported, form: str) -> bytes:
        """Return a report as a ``pdf``, ``xlsx`` or (of words) ``docx``. Raises ``Problem(paper_failed)``."""
        if form == "xlsx":
            return workbook.grids_xlsx(reported.of(made), stamp=clock.now())
        if made.text and form == "docx":
            from cbdesk import letter  # Word's libraries are loaded when a letter is asked for, not at the start

            return letter.docx(made.text)
        if made.text:
            return page.document_pdf(made.text, stamp=clock.now())
        return page.grid_pdf(reported.of(made), stamp=clock.now())

def _told_of(scope: Scope | None) -> consolidated.Told:
    """Return what a table by unit says of units that did not come with records of their own for the period."""
    ways = scope.coverage.ways if scope and scope.coverage else {}
    words = letterhead.patterns()["unit_notes"]
    notes = {unit: str(words[way]) for unit, way in ways.items() if way in words}
    unknown = frozenset(unit for unit, way in ways.items() if way in (TYPED, MISSING))
    return consolidated.Told(notes, unknown, str(words["heading"]))


def wrong_with(made: Report) -> list[str]:
    """Return what is wrong with a layout, a list or a report that counts; empty when sound."""
    try:
        if shape_of(made) == LISTS:
            return listing.faults(made, catalogue())
        return list(reported.check(made, catalogue()))
    except (TypeError, ValueError, AttributeError, KeyError):  # parts of a kind nobody foresaw: the file is not ours
        return ["shape"]


def _asks_class(table: Mapping[str, Any]) -> bool:
    """Return whether a table counts by the class of households."""
    rows = {str(row["by"]) for row in table.get("row", ()) if "by" in row}
    asked = {name for one in tally.measures_of(table, catalogue()) for name, *_ in one.asked}
    return bool(BY_CLASS & (rows | asked))


def _typed(row: Mapping[str, Any], span: ReportSpan) -> tuple[int, str, Typed] | None:
    """Return a typed figure with its days and its date, ``None`` where it is none of the span."""
    value, whole, dated = row.get("value"), row.get("of"), str(row.get("dated_on") or "")
    first = dates.earliest(str(row.get("from") or dated))
    last = dates.latest(str(row.get("to") or row.get("from") or dated))
    if not isinstance(value, int) or first is None or last is None or first < span.first or last > span.last:
        return None
    told = (value, whole if isinstance(whole, int) else None, _source(row, dated))
    return (last - first).days, dated, told


def _source(row: Mapping[str, Any], dated: str) -> str:
    """Return where a typed figure is from as a paper tells it: the office, what was written of it, the paper."""
    words, office = catalogue().columns["words"], catalogue().lists["figure_office"].get(str(row.get("office") or ""))
    paper = words["typed_paper"].format(number=row["paper_no"]) if row.get("paper_no") else ""
    named = [one for one in (office.labels["vi"] if office else "", str(row.get("source") or ""), paper) if one]
    return str(words["typed"].format(source=", ".join(named), dated=dates.show_date(dated))) if named else ""


def _added(told: Sequence[Typed]) -> Typed:
    """Return what several offices typed as one figure; of how many only where each of them says so."""
    if len(told) == 1:
        return told[0]
    wholes = [whole for _, whole, _ in told if whole is not None]
    whole = sum(wholes) if len(wholes) == len(told) else None
    return sum(value for value, _, _ in told), whole, catalogue().columns["words"]["typed_by"].format(n=len(told))


def shape_of(report: Report) -> str:
    """Return ``list``, ``table`` or ``text``."""
    return str(report.data.get("shape", LISTS))
