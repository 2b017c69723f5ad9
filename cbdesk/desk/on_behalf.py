"""Taking in on a commune's behalf (*nhập thay*), where it keeps no register: its Excel list, or totals sent on paper.

A list becomes records that belong to the commune, in the receiver's stream for it, with the commune's own villages and
look-alikes among its own children; when the commune begins a register of its own they go down to it like corrections.
Typed totals are the receiver's own records: they stand in for the commune in consolidated reports until records of it
are here for that period (``consolidating``). Either is told with the paper it came by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cbdesk import clock, consolidated, dates
from cbdesk.book import Book
from cbdesk.catalogue import Unit, catalogue
from cbdesk.change import VOID, Value, new_id, new_stream_id
from cbdesk.desk.base import Saved
from cbdesk.desk.inbox import STAND_IN, TOTAL
from cbdesk.desk.reading import Imported, Reading
from cbdesk.desk.reporting import LISTS, Reporting, shape_of
from cbdesk.errors import Problem
from cbdesk.importer import ImportPlan
from cbdesk.rights import EDIT, needs
from cbdesk.store import Draft
from cbdesk.units import COMMUNE

TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True)
class Paper:
    """The commune's paper a list or totals came by: number, date (ISO), when it was received, a note."""

    number: str = ""
    date: str = ""
    received_on: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class TotalPlace:
    """One figure that may be typed for a commune: its place, table, row and column in words, and what was typed."""

    place: str
    table: str
    row: str
    column: str
    value: int | None = None


class OnBehalf(Reading):
    """Verbs that take in a list on a commune's behalf."""

    @contextmanager
    def standing_in(self, unit: str) -> Iterator[Unit]:
        """Let what is written meanwhile belong to a commune (its code or key).

        Raises ``Problem``: ``only_receiver``, ``wrong_unit`` for what is no commune of today.
        """
        found, before = self.commune_named(unit), self.stands_for
        self.stands_for = found.key
        try:
            yield found
        finally:
            self.stands_for = before

    def commune_named(self, unit: str) -> Unit:
        """Return a commune of today by code or key. Raises ``Problem``: ``only_receiver``, ``wrong_unit``."""
        if self.role != "receiver":
            raise Problem("only_receiver")
        today = clock.today()
        found = catalogue().units.resolve(unit, None if "@" in unit else today)
        if found.level != COMMUNE or not found.valid(today):
            raise Problem("wrong_unit", code=unit)
        return found

    def plan_on_behalf(self, unit: str, file: Path | Book, **options: Any) -> ImportPlan:
        """Understand a commune's file (``import_plan`` with its options); nothing is written.

        Raises ``Problem``: ``only_receiver``, ``wrong_unit``, and those of ``import_plan``.
        """
        with self.standing_in(unit):
            return self.import_plan(file, **options)

    @needs(EDIT)
    def import_run(
        self, plan: ImportPlan, *, dry_run: bool = False, progress: Callable[[], object] | None = None
    ) -> Imported:
        """Write the rows of a plan, of one made for a commune as that commune's records. See ``Reading``."""
        if not plan.unit:
            return super().import_run(plan, dry_run=dry_run, progress=progress)
        with self.standing_in(plan.unit):
            return super().import_run(plan, dry_run=dry_run, progress=progress)

    @needs(EDIT)
    def import_on_behalf(
        self, plan: ImportPlan, period: str, paper: Paper | None = None, *,
        progress: Callable[[], object] | None = None,
    ) -> Imported:  # fmt: skip
        """Write a commune's list and remember that it stands for a period, with the paper it came by; one action.

        Raises ``Problem``: ``only_receiver`` (a plan of our own), ``bad_period``.
        """
        if not plan.unit:
            raise Problem("only_receiver")
        span = dates.read_period(period)
        self.backup_quietly()
        with self.store.atomic():
            done = self.import_run(plan, progress=progress)
            told: dict[str, Value] = {"unit": plan.unit, "period": span.text, "children": done.read}
            self._stand_in(told, paper or Paper(), done.batch)
        return done

    def _stand_in(self, told: Mapping[str, Value], paper: Paper, batch: str | None) -> None:
        fields = {**told, "paper_no": paper.number or None, "paper_date": paper.date or None,
                  "received_on": paper.received_on or self._today(), "note": paper.note or None}  # fmt: skip
        known = {name: value for name, value in fields.items() if value is not None}
        self._write([Draft(STAND_IN, new_id(), known)], batch or new_stream_id(), own=True)

    def stood_in(self, unit: str = "") -> list[dict[str, Value]]:
        """Return what was taken in on behalf of communes, or of one (key), oldest first."""
        where, values = ('"unit" = ?', (unit,)) if unit else ("1", ())
        return self.store.rows(STAND_IN, where, values, order="id")


class Totals(Reporting):
    """Verbs on totals typed for a commune."""

    def totals_asked(self, unit: str, report: str, period: str) -> list[TotalPlace]:
        """Return the figures of a report that may be typed for a commune (key), with what was typed so far.

        Raises ``Problem``: ``only_receiver``, ``unknown_report``, ``bad_period``.
        """
        self._only_receiver()
        self.report_span(report, period)
        known = {str(row["place"]): row for row in self._typed_totals(unit, report, period)}
        found = []
        for table in self.report_named(report).data.get("grid", ()):
            for key, label in consolidated.rows(table):
                for column, head in consolidated.columns(table, catalogue()):
                    place = f"{table['name']}.{key}.{column}"
                    value = known.get(place, {}).get("value")
                    title = str(table.get("title", ""))
                    found.append(TotalPlace(place, title, label, head, value if isinstance(value, int) else None))
        return found

    def _typed_totals(self, unit: str, report: str, period: str) -> list[dict[str, Value]]:
        return self.store.rows(TOTAL, "unit = ? AND report = ? AND period = ?", (unit, report, period), order="id")

    @needs(EDIT)
    def set_totals(
        self, unit: str, report: str, period: str, values: Mapping[str, int | None], *, number: str = "",
        date: str = "", note: str = "",
    ) -> Saved:  # fmt: skip
        """Type totals a commune sent on paper: place (``table.row.column``) to figure, ``None`` to take one back.

        Raises ``Problem``: ``only_receiver``, ``wrong_unit``, ``unknown_report``, ``bad_period``, ``report_wrong`` for
        a place the report has not or a figure no register holds.
        """
        key = self._commune_key(unit)
        places = {one.place for one in self.totals_asked(key, report, period)}
        wrong = next((one for one in values if one not in places), None)
        wrong = wrong or next((one for one, value in values.items() if value is not None and value < 0), None)
        if shape_of(self.report_named(report)) == LISTS or wrong:
            raise Problem("report_wrong", place=wrong or report)
        known = {str(row["place"]): row for row in self._typed_totals(key, report, period)}
        whole: dict[str, Value] = {"unit": key, "report": report, "period": period}
        told: dict[str, Value] = {"paper_no": number or None, "paper_date": date or None, "note": note or None}
        batch, drafts = new_stream_id(), list[Draft]()
        for place, value in values.items():
            row = known.get(place)
            if value is None:
                drafts += [Draft(TOTAL, str(row["id"]), {VOID: TAKEN_BACK})] if row else []
            elif row:
                changed = self._difference(row, {"value": value, **told})
                drafts += [Draft(TOTAL, str(row["id"]), changed)] if changed else []
            else:
                given = {**whole, "place": place, "value": value, **told}
                drafts.append(Draft(TOTAL, new_id(), {name: one for name, one in given.items() if one is not None}))
        if drafts:
            self._write(drafts, batch, own=True)
        return Saved(drafts[0].record if drafts else None, (), batch if drafts else None)

    def _commune_key(self, unit: str) -> str:
        self._only_receiver()
        found = self.area([unit]).units
        if len(found) != 1:
            raise Problem("wrong_unit", code=unit)
        return found[0].key
