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

    @property
    def began(self) -> date:
        """Return the day whose law holds for the case: reception, opening, or today."""
        opened = _day(self.case.get("opened_on"))
        return self.received.date() if self.received else opened or clock.today()

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
        """Return the emergency of the case: of an incident, or found by the first assessment."""
        urgent = [found for one in self.incidents if (found := emergency_of(one)) is not None]
        if urgent:
            return min(urgent, key=lambda one: one.until or datetime.max.replace(tzinfo=clock.VIETNAM))
        grave = ("emergency", "separation")
        judged = any(one.get("kind") == "initial" and one.get("conclusion") in grave for one in self.assessments)
        return _emergency(self.received) if judged else None


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
        for step in steps(facts.began):
            if round_ > 1 and not step.again:
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
    done = facts.received if step.code == "intake" and row is None else _moment(row.get("done_at") if row else None)
    if done is not None or row is not None:
        return replace(told, state=LATE if due and done and done > due else DONE, done_at=done)
    if step.choice.extra.get("only") == "emergency" and facts.emergency is None:
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
        return (_end(planned[-1]), "days", "plan", "") if planned else (None, "", "", "")
    if step.choice.extra.get("only") == "emergency":
        found = facts.emergency
        return (found.until, "hours", "received", "") if found else (None, "", "", "")
    law = step.term(facts.began)
    if law is None or round_ > 1:  # the law sets no term for a later plan
        return None, "", "", ""
    chosen = str(facts.case.get("starts_from") or "")
    event = chosen if chosen in step.starts else step.starts[0] if step.starts else "received"
    first = facts.row_of("initial", 1) or {}
    start = facts.received if event == "received" else _moment(first.get("done_at"))
    unit = str(law.extra["unit"])
    if start is None:
        return None, unit, event, event
    days = int(law.value)
    last = term.after(start.date(), days) if unit == "working_days" else start.date() + timedelta(days=days)
    return _end(last), unit, event, ""


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
            limit = _end(begun.date() + timedelta(days=days))
            found = Separation(begun, _end(until) if until else limit, limit)
        elif found and kind == "extension" and until:
            limit = max(found.limit, _end(until)) if row.get("longer_by") else found.limit
            found = Separation(found.since, _end(until), limit)
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


def check_step(facts: Facts, row: Row, now: datetime | None = None) -> list[Finding]:
    """Return the findings about recording a step (a row of ``case_step`` not yet among ``facts``). Never a *stop*."""
    moment, code, round_ = now or clock.now(), str(row.get("step") or ""), _round(row)
    if row.get("state") == "not_applicable":
        return [] if row.get("reason") else [Finding("reason", "ask", "reason_wanted", {})]
    found = []
    done = _moment(row.get("done_at"))
    before = [one for one in steps(facts.began) if one.code in BEFORE.get(code, ()) and (one.again or round_ == 1)]
    missing = [one.choice.short for one in before if facts.row_of(one.code, round_) is None]
    if missing:
        found.append(Finding("step", "ask", "step_before", {"steps": ", ".join(missing)}))
    if done and facts.received and done < facts.received:
        found.append(Finding("done_at", "ask", "before_reception", {}))
    if done and done > moment + timedelta(minutes=5):
        found.append(Finding("done_at", "ask", "in_future", {"today": moment.strftime("%d/%m/%Y")}))
    step = next((one for one in steps(facts.began) if one.code == code), None)
    due = _due(facts, step, round_, calendar())[0] if step else None
    if done and due and done > due and not row.get("reason"):
        found.append(Finding("reason", "ask", "late_reason", {"due": due.strftime("%H:%M %d/%m/%Y")}))
    return found


def check_closing(facts: Facts) -> list[Finding]:
    """Return the findings about closing a case."""
    found = []
    separation = separation_of(facts)
    if separation is not None and separation.open:
        found.append(Finding("closed_on", "ask", "separation_open", {}))
    if all(row.get("step") != "review" for row in facts.steps):
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


def _end(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), clock.VIETNAM)
