"""What must be done, and by when: steps of cases, separations, measures, visits, ages, cards, reports, notes.

Derived from the records each time it is asked, never stored: filling in what was done makes an item disappear. ``due``
is the last moment or the last day ("before 25/5" has 24/5). Items hold ids and codes, no names: who asks looks them up
and shows them only where a person may see them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from cbdesk import clock, dates, process
from cbdesk.catalogue import LawRow, catalogue
from cbdesk.desk import contested
from cbdesk.desk.base import listed
from cbdesk.desk.care import PLACEMENT, Care
from cbdesk.desk.cases import CaseLine, Cases
from cbdesk.desk.known import CHILD
from cbdesk.desk.losing import LOST, Losing
from cbdesk.desk.passing import from_above
from cbdesk.desk.requesting import REQUEST, Requesting
from cbdesk.desk.rounds import SHEET, Rounds
from cbdesk.lawful import FIRST_ANSWER
from cbdesk.process import CaseState
from cbdesk.words import say

ALLOWANCE = "allowance"
OVERDUE, TODAY, SOON, LATER = "overdue", "today", "soon", "later"
WEEK = 7
"""Days that count as soon."""
GONE = timedelta(days=90)
"""Ages and cards that passed longer ago are a matter of the page on data quality, not of today."""


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to do. ``what`` names its kind (words ``due.<what>``), ``detail`` what fills that sentence.

    ``record`` and ``form`` open it, ``child`` is whom it is about ("" for papers), ``hours`` tells that the clock
    counts, not the day.
    """

    what: str
    due: datetime
    state: str
    record: str
    form: str
    child: str = ""
    basis: str = ""
    detail: Mapping[str, str] | None = None
    hours: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return the shape promised by the command line; a day without an hour where the day counts."""
        stamp = self.due.strftime("%Y-%m-%dT%H:%M") if self.hours else self.due.date().isoformat()
        return {"what": self.what, "due": stamp, "state": self.state, "record": self.record, "form": self.form,
                "child": self.child, "basis": self.basis, **(self.detail or {})}  # fmt: skip


class Dues(Cases, Care, Rounds, Requesting, Losing):
    """Verbs that tell what must be done."""

    def due(self, on: date | None = None, within: int = WEEK, villages: Collection[str] = ()) -> list[Due]:
        """Return what is overdue or falls due within so many days of ``on`` (today by default), the earliest first.

        With ``villages`` what is about children and sheets of other villages is left out; never where hours count.
        """
        now = clock.now() if on is None else datetime.combine(on, time(0), clock.VIETNAM)
        last = end_of(now.date() + timedelta(days=within))
        cases = [line for line in self._case_lines() if not line.state.facts.closed]
        found = [*self._of_cases(cases, now), *self._of_incidents(now),
                 *self._of_ages(cases, now, last.date(), villages), *self._of_cards(now, last.date()),
                 *self._of_care(now), *self._of_papers(now), *self._of_notes(now),
                 *self._of_rounds(now, villages), *self._of_law(now),
                 *self._of_conflicts(now)]  # fmt: skip
        if villages:
            sql = "SELECT id, village FROM child WHERE _del IS NULL AND village IS NOT NULL"
            far = {str(child) for child, village in self.store.db.execute(sql) if village not in villages}
            found = [one for one in found if one.hours or one.child not in far]
        return sorted((one for one in found if one.due <= last), key=lambda one: (one.due, one.what, one.record))

    def clock_behind(self) -> bool:
        """Return whether a stored stamp lies ahead of the clock: it was set back, or a stamp is wrong."""
        limit = (clock.now() + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%S")
        return bool(self.store.count("incident", "received_at > ?", (limit,))
                    or self.store.count("case_step", "done_at > ?", (limit,)))  # fmt: skip

    def _of_cases(self, cases: Sequence[CaseLine], now: datetime) -> Iterator[Due]:
        open_ = {line.id: line.child for line in cases}
        for line in cases:
            yield from _of_case(line.id, line.child, line.state, now)
        yield from self._of_measures(open_, now)
        yield from self._of_visits(open_, now)

    def _of_measures(self, open_: Mapping[str, str], now: datetime) -> Iterator[Due]:
        for row in self.store.rows("measure", '"by_when" IS NOT NULL AND "done_on" IS NULL'):
            case, day = str(row.get("case")), dates.latest(str(row["by_when"]))
            if case in open_ and day and row.get("state") not in ("done", "dropped"):
                detail = {"measure": str(row.get("measure") or "")}
                yield day_due("measure", day, now, case, "case", open_[case], detail=detail)

    def _of_visits(self, open_: Mapping[str, str], now: datetime) -> Iterator[Due]:
        latest = {str(row.get("case")): row for row in self.store.rows("visit", order='"on", id')}
        for case, row in latest.items():
            day = dates.latest(str(row.get("next_on") or ""))
            if case in open_ and day:
                yield day_due("visit", day, now, case, "case", open_[case])

    def _of_incidents(self, now: datetime) -> Iterator[Due]:
        """Incidents that ask for a case and have none yet: an emergency by its hour, others by the day they came."""
        rows = self.store.rows("incident", "received_at >= ?", ((now - GONE).date().isoformat(),))
        taken = {one for case in self.store.rows("case") for one in listed(case.get("incident"))} if rows else set()
        for row in rows:
            received = clock.moment(str(row.get("received_at") or ""))
            ended = row.get("handling") not in (None, "open")
            if received is None or row["id"] in taken or ended:
                continue
            emergency = process.emergency_of(row)
            until = emergency.until if emergency else None
            if not process.regimes(row, received.date()) and not (until and until > now):
                continue  # an accident nobody caused asks for no case
            due, named = until or end_of(received.date()), listed(row.get(CHILD))
            child = named[0] if len(named) == 1 else ""
            above = from_above(self.store, str(row["id"]))
            basis = say("due.passed_down", by=above.by) if above else ""
            hours = until is not None
            yield Due("incident", due, _state(due, now), str(row["id"]), "incident", child, basis, hours=hours)

    def _of_ages(
        self, cases: Sequence[CaseLine], now: datetime, last: date, villages: Collection[str]
    ) -> Iterator[Due]:
        """Children who grow up: one item a month, and one for each of whom a case, a plan or an allowance is open.

        ``record`` is the child where a month has one, else the month (``2026-10``); ``detail`` has ``n``. The day is
        the next birthday of that month, or its last one. A month whose children all have items of their own has none.
        """
        age = catalogue().threshold("child_age", now.date())
        begin, open_ = (now.date() - GONE).replace(day=1), self._open_for(cases)
        months: dict[str, list[tuple[date, str]]] = {}
        for child, born in self._living("born", villages):
            grown = dates.reaches(born, age)
            if grown and grown >= begin:
                months.setdefault(grown.isoformat()[:7], []).append((grown, child))
        for month, grown_up in sorted(months.items()):
            days = sorted(grown_up)
            if days[0][0] > last:
                break
            for day, child in days:
                if child in open_:
                    why, record, form = open_[child]
                    yield day_due(f"sixteen_{why}", day, now, record, form, child, detail={"age": str(age)})
            if any(child not in open_ for _, child in days):
                day = next((day for day, _ in days if day >= now.date()), days[-1][0])
                only = days[0][1] if len(days) == 1 else ""
                detail = {"age": str(age), "n": str(len(days)), "month": dates.show_date(month)}
                yield day_due("sixteen", day, now, only or month, CHILD, only, detail=detail)

    def _open_for(self, cases: Sequence[CaseLine]) -> dict[str, tuple[str, str, str]]:
        """Return why a child that grows up needs more than leaving the lists: (why, record, form)."""
        allowed = self.store.rows("support", 'kind = ? AND "to" IS NULL', (ALLOWANCE,))
        planned = {str(row["case"]) for row in self.store.rows("plan")} if cases else set()
        found = {str(row[CHILD]): (ALLOWANCE, str(row[CHILD]), CHILD) for row in allowed}
        return found | {one.child: ("plan" if one.id in planned else "case", one.id, "case") for one in cases}

    def _of_cards(self, now: datetime, last: date) -> Iterator[Due]:
        for child, card in self._living("card_until"):
            ends = dates.latest(card)
            if ends and now.date() - GONE < ends <= last:
                yield day_due("card", ends, now, child, CHILD, child)

    def _living(self, name: str, villages: Collection[str] = ()) -> Iterator[tuple[str, str]]:
        """Yield (id, value) of the children living here, or in some villages, who have this field."""
        here = {one.code for one in catalogue().lists["life_status"].choices if one.extra.get("here")}
        sql = f'SELECT id, life_status, village, "{name}" FROM child WHERE _del IS NULL AND "{name}" IS NOT NULL'
        for child, status, village, value in self.store.db.execute(sql):
            if (not status or status in here) and (not villages or not village or village in villages):
                yield str(child), str(value)

    def _of_care(self, now: datetime) -> Iterator[Due]:
        """Evaluations of placements, each by its day, and the list of registered carers as one item."""
        children = {str(row["id"]): str(row.get(CHILD) or "") for row in self.store.rows(PLACEMENT, '"to" IS NULL')}
        for record, day in self.placements_due():
            basis = str(catalogue().deadline("placement_review", day).extra["basis"])
            yield day_due("placement_review", day, now, record, PLACEMENT, children[record], basis=basis)
        ends, waiting = self.carers_due()
        if ends is not None:
            basis = str(catalogue().deadline("carers_check", ends).extra["basis"])
            yield day_due("carers_check", ends, now, "", "carer_offer", basis=basis, detail={"n": str(waiting)})

    def _of_papers(self, now: datetime) -> Iterator[Due]:
        """Reports with a day of the year, until that of the period is signed; then the next year's is announced.

        A day before this register was used here is nobody's debt.
        """
        today = now.date()
        begun = min(today, date.fromisoformat(self.ledger.begun() or today.isoformat()))
        for row in catalogue().law["deadlines"]:
            mine = row.extra.get("role", "commune") == self.role
            if not mine or row.extra.get("unit") != "date" or not row.valid(today):
                continue
            days = [date.fromisoformat(f"{year}-{row.value}") for year in (today.year, today.year + 1)]
            first = max(begun, today - GONE + timedelta(days=1))
            day = next((one for one in days if one >= first and not self._reported(row, one)), None)
            if day is not None:
                period = str(row.extra.get("period", "")).format(year=day.year)
                detail = {"label": row.label, "report": str(row.extra.get("report", "")), "period": period}
                basis = str(row.extra.get("basis", ""))
                yield day_due("paper", day, now, row.name, "report", basis=basis, detail=detail)

    def _reported(self, row: LawRow, day: date) -> bool:
        """Return whether the report a deadline asks for was signed or issued."""
        period = str(row.extra.get("period", "")).format(year=day.year)
        where = "\"list\" = ? AND period = ? AND (number IS NOT NULL OR coalesce(state, 'signing') != 'draft')"
        own = f"{where} AND _unit = ?"
        return self.store.count("snapshot", own, (row.extra.get("report"), period, self.unit.key)) > 0

    def _of_rounds(self, now: datetime, mine: Collection[str]) -> Iterator[Due]:
        """Village sheets that are not back when their month is over, one item a month; ``record`` is the month."""
        for month, last, missing in self.rounds_missing(now.date()):
            villages = [one for one in missing if not mine or one in mine]
            detail = {"month": dates.show_date(month), "n": str(len(villages))}
            if villages:
                yield day_due("round", last, now, month, SHEET, detail=detail)

    def _of_law(self, now: datetime) -> Iterator[Due]:
        """Requests about data by their terms, lost devices not told yet, consents a child must join at seven."""
        for one in self.requests(waiting=True):
            for term in one.terms:
                what = "request_first" if term.name == FIRST_ANSWER else "request"
                yield day_due(what, term.last, now, one.id, REQUEST, one.child, basis=term.basis,
                           detail={"kind": one.title, "number": one.number})  # fmt: skip
        for loss in self.losses(waiting=True):
            basis = str(catalogue().deadline("breach_notice", loss.until.date()).extra["basis"])
            yield Due("breach", loss.until, _state(loss.until, now), loss.id, LOST, basis=basis, hours=True)
        for child, day in self.consents_growing():
            age = str(catalogue().threshold("consent_age", day))
            yield day_due("consent", day, now, child, CHILD, child, detail={"age": age})

    def _of_conflicts(self, now: datetime) -> Iterator[Due]:
        """What two people wrote without knowing of each other, as one item; it waits until somebody decides."""
        n = len(contested.places(self.store))
        if n:
            yield day_due("conflicts", now.date(), now, "", "conflict", detail={"n": str(n)})

    def _of_notes(self, now: datetime) -> Iterator[Due]:
        """Notes of the receiver that are not answered."""
        basis = say("due.note_of", by=catalogue().receiver(now.date()).label)
        for row in self.store.rows("note", '"state" IS NULL OR "state" = \'open\''):
            about = str(row.get("record") or "")
            child = about if self.store.form_of(about) == CHILD else ""
            yield day_due("note", now.date(), now, str(row["id"]), "note", child, basis=basis)


def _of_case(case: str, child: str, state: CaseState, now: datetime) -> Iterable[Due]:
    last = state.facts.rounds
    for one in state.steps:
        if one.round == last and not one.ended and one.due is not None:
            hours = one.counted == "hours"
            detail = {"step": one.step.code, "title": one.step.choice.short, "paper": one.step.form}
            yield Due("step", one.due, _state(one.due, now), case, "case", child, one.step.basis, detail, hours)
    separation = state.separation
    if separation is not None and separation.open:
        ends = min(separation.until, separation.limit)
        basis = str(catalogue().deadline("separation", separation.since.date()).extra["basis"])
        yield Due("separation", ends, _state(ends, now), case, "case", child, basis, None)


def day_due(
    what: str, day: date, now: datetime, record: str, form: str, child: str = "", *,
    basis: str = "", detail: Mapping[str, str] | None = None,
) -> Due:  # fmt: skip
    """Return something that is due on a day."""
    due = end_of(day)
    return Due(what, due, _state(due, now), record, form, child, basis, detail)


def _state(due: datetime, now: datetime) -> str:
    if due < now:
        return OVERDUE
    if due.date() == now.date():
        return TODAY
    return SOON if due.date() <= now.date() + timedelta(days=WEEK) else LATER


def end_of(day: date) -> datetime:
    """Return the last moment of a day."""
    return datetime.combine(day, time(23, 59, 59), clock.VIETNAM)
