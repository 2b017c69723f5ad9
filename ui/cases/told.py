"""What is said of a step and of a case: state, time left, what the term counts from. Pure functions of the state.

Rules. A state is a colour, a shape and a word. Time left is said in what the law counts: hours on the clock, working
days, days. What the decree leaves open is called *cách tính của sổ*.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from cbdesk import clock
from cbdesk.catalogue import catalogue
from cbdesk.process import CaseState, Separation, StepState
from cbdesk.words import say


class Look(NamedTuple):
    """How a state looks: icon ("" for a ring drawn with the step's number), colour, whether the icon is filled."""

    icon: str
    ink: str
    filled: bool = False


LOOKS = {
    "done": Look("checkmark_circle", "ngoc", True),
    "late": Look("checkmark_circle", "gach"),
    "skipped": Look("bar", "ink3"),
    "none": Look("dotted", "ink3"),
    "now": Look("", "cham"),
    "today": Look("clock", "nghe"),
    "overdue": Look("error_circle", "gach", True),
    "ahead": Look("", "ink3"),
}
"""Looks of the eight states; ``bar`` and ``dotted`` are rings the list of steps draws itself."""
TONES = {"overdue": "gach", "today": "nghe", "now": "cham", "done": "ngoc", "late": "gach"}


def day_month(day: date) -> str:
    """Return 05/10."""
    return day.strftime("%d/%m")


def moment_words(at: datetime, *, year: bool = False) -> str:
    """Return 05/10, 09:20; a moment without an hour is a day."""
    day = at.strftime("%d/%m/%Y" if year else "%d/%m")
    return day if (at.hour, at.minute) == (0, 0) else f"{day}, {at.strftime('%H:%M')}"


def span_words(minutes: int) -> str:
    """Return a time on the clock: 9 giờ 28 phút."""
    hours, rest = divmod(minutes, 60)
    return say("case_page.hours", n=hours, m=rest) if hours else say("case_page.minutes", m=rest)


def left_words(one: StepState, state: CaseState, now: datetime | None = None) -> str:
    """Return what is left until a step is due, or by how much it is over; "" without a term or where it ended."""
    if one.due is None or one.ended or state.facts.closed:
        return ""
    moment = now or clock.now()
    if one.counted == "hours":
        minutes = int((one.due - moment).total_seconds() // 60)
        return say("case_page.left" if minutes >= 0 else "case_page.over", span=span_words(abs(minutes)))
    today, last = moment.date(), one.due.date()
    if today == last:
        return say("case_page.due_today")
    working = one.counted == "working_days"
    days = state.calendar.left(today, last) if working else (last - today).days
    if working and days == 0:  # due on a day off that is neither today nor a working day away
        return say("case_page.over_days_off" if today > last else "case_page.due_today")
    key = "left" if days > 0 else "over"
    return say(f"case_page.{key}_{'working' if working else 'days'}", n=abs(days))


def due_words(one: StepState, state: CaseState) -> str:
    """Return until when a step is due, "" without a term or where it ended."""
    if one.ended or state.facts.closed:
        return ""
    if one.waits_for:
        return say("case_page.waits", event=event_words(one.waits_for))
    if one.due is None:
        return ""
    return say("case_page.before", at=one.due.strftime("%H:%M %d/%m")) if one.counted == "hours" else say(
        "case_page.by", day=day_month(one.due.date()))  # fmt: skip


def state_words(one: StepState, state: CaseState) -> str:
    """Return the state in words: a step that was done says when; of a closed case nothing is still to come."""
    if state.facts.closed and not one.ended:
        return say("case_page.not_done")
    words = say(f"case.state.{one.state}")
    if one.state in ("done", "late") and one.done_at is not None:
        return f"{words} {moment_words(one.done_at)}"
    return words


def event_words(event: str) -> str:
    """Return the event a term counts from, as it stands in a sentence."""
    label = catalogue().lists["case_start"].label(event)
    return label[:1].lower() + label[1:]


def counted_words(one: StepState, state: CaseState) -> str:
    """Return how the book counts the term of a step: how much, from which event, what is not counted."""
    law = one.step.term(state.facts.began_in(one.round))
    start = start_of(one, state)
    if one.step.code == "review":
        return say("case_page.review_term")
    if law is None or not one.counted:
        return say("case_page.no_term")
    if one.counted == "hours":
        at = start.strftime("%H:%M %d/%m/%Y") if start else say("case_page.unknown_moment")
        return say("case_page.counted_hours", n=law.value, at=at)
    day = start.strftime("%d/%m/%Y") if start else say("case_page.unknown_moment")
    return say("case_page.counted_days", n=law.value, event=event_words(one.start or "received"), day=day)


def start_of(one: StepState, state: CaseState) -> datetime | None:
    """Return the moment the term of a step counts from."""
    if one.start != "assessed":
        return state.facts.received_in(one.round)
    row = state.facts.row_of("initial", one.round)
    return clock.moment(str(row.get("done_at") or "")) if row else None


def other_start(one: StepState) -> str:
    """Return the other event the office may count from, "" where the law names the event or sets no term."""
    if not one.counted:
        return ""
    return next((event for event in one.step.starts if event != (one.start or one.waits_for)), "")


def separation_words(found: Separation) -> tuple[str, str, bool]:
    """Return (until when, how much is left, whether it is over) of a child kept apart."""
    ends = min(found.until, found.limit)
    days = (ends.date() - clock.today()).days
    words = say("case_page.separation.until", day=ends.strftime("%d/%m/%Y"), limit=found.limit.strftime("%d/%m/%Y"))
    left = say("case_page.over_days", n=-days) if days < 0 else (
        say("case_page.left_days", n=days) if days else say("case_page.due_today"))  # fmt: skip
    return words, left, days < 0


def urgent_of(state: CaseState) -> StepState | None:
    """Return the emergency step while its hours run and nothing was recorded, else ``None``."""
    if state.emergency is None or state.facts.closed:
        return None
    open_ = (one for one in reversed(state.steps) if one.step.code == "emergency" and not one.ended)
    return next(open_, None)


def next_due(state: CaseState) -> StepState | None:
    """Return the open step that is due first, else the present one."""
    last = state.facts.rounds
    open_ = [one for one in state.steps if one.round == last and not one.ended and one.due is not None]
    return min(open_, key=lambda one: one.due or clock.now(), default=state.present)
