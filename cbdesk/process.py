"""What the law asks of an officer and by when: derived from the records each time, never stored.

The steps of a case, their forms, terms, who acts and the legal basis are rows (``choices/case_step.toml``,
``deadlines.toml``) with dates of validity; changing a number is changing a row. Hours run on the clock (nights,
Sundays, Tết) from the moment the report was received; working days skip weekends and days off (``workdays``) and do
not count the day they start from. The decree does not say from which event the plan's days run: the office chooses
(``starts_from``), and what is shown is *cách tính của sổ*. The stored stamps rule, whatever the machine's clock says.

Nothing here blocks: what happened can always be recorded; what is out of order is a finding that asks for a reason.

Source: Nghị định 56/2017/NĐ-CP, Điều 25-32; Luật Trẻ em 2016, Điều 52.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from cbdesk import clock
from cbdesk.catalogue import Choice, Condition, LawRow, catalogue
from cbdesk.errors import Finding
from cbdesk.workdays import Calendar, calendar

Row = Mapping[str, Any]
INTAKE, EMERGENCY = "intake", "emergency"
DONE, LATE, SKIPPED, NONE = "done", "late", "skipped", "none"
NOW, TODAY, OVERDUE, AHEAD = "now", "today", "overdue", "ahead"
ENDED = (DONE, LATE, SKIPPED, NONE)
"""States of a step: done in time, done late, set aside with a reason, not called for; the present step, due today,
overdue, still ahead."""


@dataclass(frozen=True, slots=True)
class Emergency:
    """Hours allowed, from when, until when; both ``None`` while the moment of reception is not known."""

    hours: int
    received: datetime | None
    until: datetime | None


def emergency_of(incident: Row) -> Emergency | None:
    """Return the emergency an incident is, or ``None``.

    It is one when the child is under threat, the damage is high, or the person who abuses is the one who cares for
    the child.
    """
    relation = catalogue().lists["suspect_relation"].get(str(incident.get("suspect_relation") or ""))
    by_carer = relation is not None and bool(relation.extra.get("carer")) and incident.get("kind") == "abuse"
    if not (incident.get("urgent") or incident.get("damage") == "high" or by_carer):
        return None
    return _emergency(clock.moment(str(incident.get("received_at") or "")))


def _emergency(received: datetime | None) -> Emergency:
    hours = int(catalogue().deadline("emergency", (received or clock.now()).date()).value)
    return Emergency(hours, received, received + clock.hours(hours) if received is not None else None)


def regimes(incident: Row, on: date) -> tuple[Choice, ...]:
    """Return the procedures an incident falls under on that day; each has a checklist (``checklist_of``)."""
    return tuple(
        one
        for one in catalogue().lists["regime"].valid(on)
        if any(
            all(Condition(part["field"], tuple(part["any_of"])).holds(incident) for part in way)
            for way in one.extra["when"]
        )
    )


def checklist_of(regime: str, on: date) -> tuple[Choice, ...]:
    """Return what to see to under a procedure, in order; ``extra["basis"]`` names the article."""
    items = catalogue().lists["checklist_item"].valid(on)
    return tuple(one for one in items if one.extra["regime"] == regime)


def seen_to(incident: Row, checks: Sequence[Row], on: date) -> dict[str, str]:
    """Return what was seen to of the checklists, item to stamp: a row of ``check``, or the field that says the same."""
    found = {one.code: str(incident[field]) for one in catalogue().lists["checklist_item"].valid(on)
             if (field := str(one.extra.get("told") or "")) and incident.get(field)}  # fmt: skip
    return found | {str(row["item"]): str(row.get("done_at") or "") for row in checks}


# --- the steps as the law has them ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the procedure, as its row says. ``form`` is the number of the Mẫu, "" where there is none."""

    choice: Choice

    @property
    def code(self) -> str:
        """Return the code stored in ``case_step.step``."""
        return self.choice.code

    @property
    def number(self) -> int:
        """Return the number people call the step by."""
        return int(self.choice.extra["number"])

    @property
    def form(self) -> str:
        """Return the number of the form filled in this step."""
        return str(self.choice.extra.get("form", ""))

    @property
    def basis(self) -> str:
        """Return the legal basis."""
        return str(self.choice.extra["basis"])

    @property
    def who(self) -> Choice:
        """Return who acts."""
        return catalogue().lists["case_actor"].get(self.choice.extra["who"]) or self.choice

    @property
    def again(self) -> bool:
        """Return whether the step stands in every later round too."""
        return bool(self.choice.extra.get("again"))

    @property
    def only(self) -> str:
        """Return when the step is called for: "" always, ``emergency``, ``plan`` (unless none is needed)."""
        return str(self.choice.extra.get("only", ""))

    @property
    def of_residence(self) -> bool:
        """Return whether it belongs to the commune where the child lives (Luật Trẻ em 2016, Điều 52 khoản 2)."""
        return self.choice.extra.get("place") == "residence"

    @property
    def starts(self) -> tuple[str, ...]:
        """Return the events its term may count from, the first by default; () where the law names the event."""
        return tuple(self.choice.extra.get("starts", ()))

    def term(self, on: date) -> LawRow | None:
        """Return the term in force on that day, ``None`` where the law sets none."""
        name = self.choice.extra.get("deadline")
        return catalogue().deadline(name, on) if name else None


def steps(on: date) -> tuple[Step, ...]:
    """Return the steps in force on that day, in order."""
    return tuple(map(Step, catalogue().lists["case_step"].valid(on)))


# --- one case ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Facts:
    """The records of one case: the case itself, its incidents, and the rows that belong to it."""

    case: Row
    incidents: Sequence[Row] = ()
    steps: Sequence[Row] = ()
    assessments: Sequence[Row] = ()
    plans: Sequence[Row] = ()
    decisions: Sequence[Row] = ()

    @property
    def received(self) -> datetime | None:
        """Return when the report was received: the first incident's stamp, or the case's own."""
        stamps = [str(one.get("received_at") or "") for one in self.incidents] or [
            str(self.case.get("received_at") or "")
        ]
        found = [moment for stamp in stamps if (moment := clock.moment(stamp)) is not None]
        return min(found, default=clock.moment(str(self.case.get("received_at") or "")))

    def first_of(self, round_: int) -> int:
        """Return the round in which the report behind a round came in: 1, or a later one with an intake of its own."""
        mine = (_round(row) for row in self.steps if row.get("step") == INTAKE)
        return max((one for one in mine if one <= round_), default=1)

    def received_in(self, round_: int) -> datetime | None:
        """Return when the report behind a round was received."""
        first = self.first_of(round_)
        row = self.row_of(INTAKE, first) if first > 1 else None
        return _moment(row.get("done_at")) if row else self.received

    def began_in(self, round_: int) -> date:
        """Return the day whose law holds for a round: of its report, else when the case was opened, or today."""
        received = self.received_in(round_)
        return received.date() if received else _day(self.case.get("opened_on")) or clock.today()

    @property
    def began(self) -> date:
        """Return the day whose law holds for the case as it was opened."""
        return self.began_in(1)

    @property
    def closed(self) -> bool:
        """Return whether the case is closed and was not reopened since."""
        closed, reopened = (str(self.case.get(name) or "") for name in ("closed_on", "reopened_on"))
        return bool(closed) and reopened < closed

    @property
    def rounds(self) -> int:
        """Return the number of the present round; a review that asks for a new plan begins the next."""
        last = max((_round(row) for row in (*self.steps, *self.plans)), default=1)
        reviewed = any(row.get("step") == "review" and _round(row) == last for row in self.steps)
        return last + (reviewed and self._asks_again(last) and not self.closed)

    def _asks_again(self, round_: int) -> bool:
        found = [one for one in self.assessments if one.get("kind") == "review" and _round(one) == round_]
        return bool(found) and found[-1].get("conclusion") == "new_plan"

    def row_of(self, step: str, round_: int) -> Row | None:
        """Return what was recorded of a step; the last row where it was recorded twice."""
        return next((row for row in reversed(self.steps) if row.get("step") == step and _round(row) == round_), None)

    @property
    def emergency(self) -> Emergency | None:
        """Return the emergency of the present round, see ``emergency_in``."""
        return self.emergency_in(self.rounds)

    def emergency_in(self, round_: int) -> Emergency | None:
        """Return the emergency a round has to answer: the first not answered yet, else the last.

        It lies in an incident, or the first assessment found it. An incident taken in after the step was done asks
        for it again.
        """
        first = self.first_of(round_)
        urgent = [found for one in self.incidents
                  if self._round_of(one) == first and (found := emergency_of(one)) is not None]  # fmt: skip
        urgent.sort(key=lambda one: one.received or datetime.max.replace(tzinfo=clock.VIETNAM))
        if urgent:
            return next((one for one in urgent if not self.answered(one, first)), urgent[-1])
        grave = ("emergency", "separation")
        judged = any(one.get("kind") == "initial" and one.get("conclusion") in grave and _round(one) == first
                     for one in self.assessments)  # fmt: skip
        return _emergency(self.received_in(first)) if judged else None

    def answered(self, emergency: Emergency, round_: int) -> bool:
        """Return whether the step of a round was recorded after an emergency was reported, or set aside."""
        rows = [row for row in self.steps if row.get("step") == EMERGENCY and _round(row) == round_]
        done = [_last(row.get("done_at") or row.get("paper_date")) for row in rows]
        received = emergency.received
        return any(one is None or received is None or one >= received for one in done)

    def _round_of(self, incident: Row) -> int:
        """Return the round an incident came in: the last whose report was not received after it."""
        received = clock.moment(str(incident.get("received_at") or ""))
        later = [_round(row) for row in self.steps if row.get("step") == INTAKE and _round(row) > 1
                 and received and (began := _moment(row.get("done_at"))) and began <= received]  # fmt: skip
        return max(later, default=1)

    def needs_plan(self, round_: int) -> bool:
        """Return whether no assessment of the round says that no plan is needed; the detailed one overrules."""
        said = {str(one.get("kind")): one["conclusion"] for one in self.assessments
                if _round(one) == round_ and one.get("conclusion")}  # fmt: skip
        return (said.get("detailed") or said.get("initial")) != "no_plan"


@dataclass(frozen=True, slots=True)
class StepState:
    """How one step of one round stands.

    ``due`` is the last moment (hours) or the end of the last day (days), ``None`` without a term or while ``waits_for``
    (an event of ``case_start``) has not happened. ``counted`` is ``hours``, ``working_days``, ``days`` or "".
    """

    step: Step
    round: int
    state: str
    due: datetime | None = None
    counted: str = ""
    start: str = ""
    waits_for: str = ""
    done_at: datetime | None = None
    row: Row | None = None

    @property
    def ended(self) -> bool:
        """Return whether nothing more is to be done."""
        return self.state in ENDED


@dataclass(frozen=True, slots=True)
class Separation:
    """A child kept apart from its carers: since when, until when by decision, and the most the law allows."""

    since: datetime
    until: datetime
    limit: datetime
    ended: datetime | None = None

    @property
    def open(self) -> bool:
        """Return whether no decision has ended it yet."""
        return self.ended is None


@dataclass(frozen=True, slots=True)
class CaseState:
    """How a case stands: its steps round by round, the present one, its emergency and separation."""

    facts: Facts
    steps: tuple[StepState, ...]
    emergency: Emergency | None
    separation: Separation | None
    calendar: Calendar = field(repr=False)

    @property
    def present(self) -> StepState | None:
        """Return the first step not ended of the present round, ``None`` where the case is closed or all is done."""
        last = self.facts.rounds
        open_ = (one for one in self.steps if not one.ended and one.round == last)
        return None if self.facts.closed else next(open_, None)

    @property
    def progress(self) -> tuple[int, int]:
        """Return (steps ended, steps) of the present round."""
        mine = [one for one in self.steps if one.round == self.facts.rounds]
        return sum(one.ended for one in mine), len(mine)

    @property
    def calendar_known(self) -> bool:
        """Return whether the yearly notices on days off behind the terms are known."""
        days = [one.due.date() for one in self.steps if one.due and one.counted == "working_days"]
        return self.calendar.known(*days)

    def of(self, step: str, round_: int = 1) -> StepState:
        """Return the state of a step. Raises ``KeyError``."""
        for one in self.steps:
            if one.step.code == step and one.round == round_:
                return one
        raise KeyError(step)


def state_of(facts: Facts, now: datetime | None = None) -> CaseState:
    """Return how a case stands now."""
    moment, term = now or clock.now(), calendar()
    found: list[StepState] = []
    for round_ in range(1, facts.rounds + 1):
        reached = True
        for step in steps(facts.began_in(round_)):
            if not step.again and facts.first_of(round_) != round_:
                continue
            one = _state(facts, step, round_, moment, term, reached=reached)
            reached = reached and one.ended
            found.append(one)
    return CaseState(facts, tuple(found), facts.emergency, separation_of(facts), term)


def _state(facts: Facts, step: Step, round_: int, now: datetime, term: Calendar, *, reached: bool) -> StepState:
    row = facts.row_of(step.code, round_)
    due, counted, start, waits_for = _due(facts, step, round_, term)
    told = StepState(step, round_, AHEAD, due, counted, start, waits_for, row=row)
    if row is not None and row.get("state") == "not_applicable":
        return replace(told, state=SKIPPED)
    done = facts.received if step.code == INTAKE and row is None else _done(row)
    again = facts.emergency_in(round_) if step.only == EMERGENCY else None
    if (done is not None or row is not None) and (again is None or facts.answered(again, round_)):
        return replace(told, state=LATE if due and done and done > due else DONE, done_at=done)
    if (step.only == EMERGENCY and again is None) or (step.only == "plan" and not facts.needs_plan(round_)):
        return replace(told, state=NONE)
    if facts.closed:
        return told
    if due is not None and now > due:
        return replace(told, state=OVERDUE)
    if due is not None and now.date() == due.date():
        return replace(told, state=TODAY)
    return replace(told, state=NOW if reached else AHEAD)


def _due(facts: Facts, step: Step, round_: int, term: Calendar) -> tuple[datetime | None, str, str, str]:
    """Return (due, how it counts, event it counts from, event it waits for)."""
    if step.code == "review":
        planned = [day for row in facts.plans if _round(row) == round_ and (day := _day(row.get("review_on")))]
        return (end_of(planned[-1]), "days", "plan", "") if planned else (None, "", "", "")
    if step.only == EMERGENCY:
        found = facts.emergency_in(round_)
        return (found.until, "hours", "received", "") if found else (None, "", "", "")
    law = step.term(facts.began_in(round_))
    if law is None or facts.first_of(round_) != round_:  # the law sets no term for a later plan of one report
        return None, "", "", ""
    chosen = str(facts.case.get("starts_from") or "")
    event = chosen if chosen in step.starts else step.starts[0] if step.starts else "received"
    start = facts.received_in(round_) if event == "received" else _done(facts.row_of("initial", round_))
    unit = str(law.extra["unit"])
    if start is None:
        return None, unit, event, event
    days = int(law.value)
    last = term.after(start.date(), days) if unit == "working_days" else start.date() + timedelta(days=days)
    return end_of(last), unit, event, ""


def separation_of(facts: Facts) -> Separation | None:
    """Return the latest separation of a case, with what lengthened or ended it."""
    found: Separation | None = None
    for row in sorted(facts.decisions, key=lambda one: str(one.get("from") or one.get("date") or "")):
        begun = _moment(row.get("from")) or _moment(row.get("date"))
        until, kind = _day(row.get("until")), row.get("kind")
        if begun is None:
            continue
        if kind == "separation":
            days = int(catalogue().deadline("separation", begun.date()).value)
            limit = end_of(begun.date() + timedelta(days=days))
            limit = max(limit, end_of(until)) if until and row.get("longer_by") else limit
            found = Separation(begun, end_of(until) if until else limit, limit)
        elif found and kind == "extension" and until:
            limit = max(found.limit, end_of(until)) if row.get("longer_by") else found.limit
            found = Separation(found.since, end_of(until), limit)
        elif found and kind == "return":
            found = Separation(found.since, found.until, found.limit, begun)
    return found


# --- what is out of order -----------------------------------------------------------------------------------------

BEFORE = {
    "detailed": ("initial",),
    "plan": ("detailed",),
    "approval": ("initial", "plan"),
    "carrying": ("approval",),
    "review": ("plan", "approval"),
}
"""Steps that the law puts before a step; recorded the other way round, the officer is asked why."""


def check_step(facts: Facts, row: Row, now: datetime | None = None, *, unit: str = "") -> list[Finding]:
    """Return the findings about recording a step (a row of ``case_step`` not yet among ``facts``). Never a *stop*.

    ``unit`` is the key of the own commune, "" where it is not known. A ``reason`` answers whatever asks for one.
    """
    moment, code, round_ = now or clock.now(), str(row.get("step") or ""), _round(row)
    if row.get("state") == "not_applicable":
        return [] if row.get("reason") else [Finding("reason", "ask", "reason_wanted", {})]
    step = next((one for one in steps(facts.began_in(round_)) if one.code == code), None)
    due, counted = _due(facts, step, round_, calendar())[:2] if step else (None, "")
    given, received = row.get("done_at") or row.get("paper_date"), facts.received_in(round_)
    done, last = _moment(given), _last(given)
    found = [] if row.get("reason") else [*_order(facts, code, round_, last), *_elsewhere(facts, step, unit)]
    if last and received and last < received:
        found.append(Finding("done_at", "ask", "before_reception", {}))
    if done and done > moment + timedelta(minutes=5):
        found.append(Finding("done_at", "ask", "in_future", {"today": moment.strftime("%d/%m/%Y")}))
    if done and counted == "hours" and _day(given):
        found.append(Finding("done_at", "ask", "time_needed", {}))
    if done and due and done > due and not row.get("reason"):
        found.append(Finding("reason", "ask", "late_reason", {"due": due.strftime("%H:%M %d/%m/%Y")}))
    return found


def missing_before(facts: Facts, code: str, round_: int) -> list[Step]:
    """Return the steps the law puts before a step that are not recorded."""
    before = BEFORE.get(code, ())
    return [one for one in steps(facts.began_in(round_)) if one.code in before
            and (one.again or facts.first_of(round_) == round_) and facts.row_of(one.code, round_) is None]  # fmt: skip


def _order(facts: Facts, code: str, round_: int, last: datetime | None) -> list[Finding]:
    """Steps before that are not recorded, or were done later than this one."""
    missing = [one.choice.short for one in missing_before(facts, code, round_)]
    found = [Finding("step", "ask", "step_before", {"steps": ", ".join(missing)})] if missing else []
    for one in steps(facts.began_in(round_)):
        done = _done(facts.row_of(one.code, round_)) if one.code in BEFORE.get(code, ()) else None
        if done and last and last < done:
            found.append(Finding("done_at", "ask", "step_order", {"step": one.choice.short}))
    return found


def _elsewhere(facts: Facts, step: Step | None, unit: str) -> list[Finding]:
    """A step of the commune of residence, done by another."""
    home = str(facts.case.get("residence_unit") or "")
    if step is None or not step.of_residence or not unit or not home or home == unit:
        return []
    return [Finding("step", "ask", "of_residence", {"unit": catalogue().units.label(home)})]


def check_closing(facts: Facts, row: Row | None = None) -> list[Finding]:
    """Return the findings about closing a case; ``row`` holds ``end`` and ``end_note``, which answers them."""
    told = row or {}
    if told.get("end_note"):
        return []
    found = []
    separation = separation_of(facts)
    if separation is not None and separation.open:
        found.append(Finding("closed_on", "ask", "separation_open", {}))
    end = catalogue().lists["case_end"].get(str(told.get("end") or ""))
    last = facts.first_of(facts.rounds)
    reviewed = any(one.get("step") == "review" and _round(one) >= last for one in facts.steps)
    if not reviewed and facts.needs_plan(facts.rounds) and (end is None or end.extra.get("review")):
        found.append(Finding("closed_on", "ask", "closing_without_review", {}))
    return found


def stamps_ahead(facts: Facts, now: datetime | None = None) -> bool:
    """Return whether something stored lies ahead of the clock: it was set back, or a stamp is wrong."""
    moment = (now or clock.now()) + timedelta(minutes=5)
    stamps = [facts.received, *(_moment(row.get("done_at")) for row in facts.steps)]
    return any(one is not None and one > moment for one in stamps)


# --- small helpers ------------------------------------------------------------------------------------------------


def _round(row: Row) -> int:
    value = row.get("round")
    return value if isinstance(value, int) and value > 0 else 1


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _moment(value: object) -> datetime | None:
    """Return a stamp as a moment; a day without an hour is its beginning."""
    text = value if isinstance(value, str) else ""
    day = _day(text)
    return datetime.combine(day, time(0), clock.VIETNAM) if day else clock.moment(text)


def _last(value: object) -> datetime | None:
    """Return a stamp as a moment; a day without an hour is its end."""
    day = _day(value)
    return end_of(day) if day else _moment(value)


def _done(row: Row | None) -> datetime | None:
    """Return when a step was done; where only its paper is known, the day of the paper."""
    return _moment(row.get("done_at") or row.get("paper_date")) if row else None


def end_of(day: date) -> datetime:
    """Return the last moment of a day."""
    return datetime.combine(day, time(23, 59, 59), clock.VIETNAM)
