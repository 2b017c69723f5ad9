"""The calendar of an officer's year: recurring duties, days of the moon, own dates, days off. Pure, no I/O.

What comes back is data (``calendar.toml``); days of reports are those of ``deadlines.toml``, days off those of
``holidays.toml``. Days of the moon are a table by year: a year that is not in it has none, and ``lacks`` says so.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

from cbdesk import dates
from cbdesk.catalogue import Catalogue
from cbdesk.errors import Problem
from cbdesk.paths import resources
from cbdesk.words import pick
from cbdesk.workdays import DAY, Calendar

DUTY, DEADLINE, OWN, OFF, FEAST = "duty", "deadline", "own", "off", "feast"
ORDER = (OFF, FEAST, DEADLINE, DUTY, OWN)
STEPS = {"monthly": 1, "quarterly": 3, "yearly": 12}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the calendar. ``opens`` are pages of the window by preference, ``record`` an own entry's id.

    ``verified`` is false for what custom says and no text was compared with.
    """

    day: date
    kind: str
    key: str
    title: str
    opens: tuple[str, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    basis: str = ""
    verified: bool = True
    record: str = ""
    again: str = ""


@cache
def rules() -> dict[str, Any]:
    """Return the data of ``calendar.toml``."""
    return tomllib.loads((resources() / "catalogue" / "calendar.toml").read_text(encoding="utf-8"))


def entries(
    first: date, last: date, known: Catalogue, own: Iterable[Mapping[str, Any]] = (), role: str = "commune"
) -> list[Entry]:
    """Return the calendar of a role from ``first`` to ``last``, by day. ``own`` are rows of ``calendar_entry``."""
    work = Calendar.read(known.holidays)
    found = [*_days_off(first, last, work), *_feasts(first, last), *_own(first, last, own)]
    wide_first, wide_last = first - timedelta(days=40), last + timedelta(days=40)
    for duty in (one for one in rules()["duty"] if one.get("role", "commune") in (role, "all")):
        for day in _days(duty, wide_first, wide_last, known):
            moved = _shifted(day, str(duty.get("shift", "")), work)
            if first <= moved <= last:
                found.append(_entry(duty, day, moved, known))
    return sorted(found, key=lambda one: (one.day, ORDER.index(one.kind), one.title))


def lacks(year: int, known: Catalogue) -> tuple[bool, bool]:
    """Return whether the days of the moon and the days off of a year are not known."""
    moon = all(any(day.startswith(str(year)) for day in one["days"]) for one in rules()["lunar"].values())
    return not moon, not Calendar.read(known.holidays).known(date(year, 1, 1))


def _days(duty: Mapping[str, Any], first: date, last: date, known: Catalogue) -> Iterator[date]:
    """Yield the days of a duty in a span, before any is shifted."""
    if "lunar" in duty:
        shift = timedelta(days=int(duty.get("days", 0)))
        yield from (date.fromisoformat(one) + shift for one in rules()["lunar"][duty["lunar"]]["days"])
        return
    for year in range(first.year, last.year + 1):
        if "deadline" in duty:
            yield from _of_deadline(str(duty["deadline"]), year, known)
        elif "yearly" in duty:
            yield date.fromisoformat(f"{year}-{duty['yearly']}")
        else:
            every, day = (1, duty["monthly"]) if "monthly" in duty else (3, duty["quarterly"])
            for month in range(every, 13, every):
                begin = date(year, month, 1)
                yield min(begin + timedelta(days=day - 1), dates.months_after(begin, 1) - DAY)


def _of_deadline(name: str, year: int, known: Catalogue) -> Iterator[date]:
    for row in known.law["deadlines"]:
        if row.name == name and row.extra.get("unit") == "date":
            day = date.fromisoformat(f"{year}-{row.value}")
            if row.valid(day):
                yield day


def _shifted(day: date, shift: str, work: Calendar) -> date:
    step = {"before": -DAY, "after": DAY}.get(shift)
    while step and not work.working(day):
        day += step
    return day


def _entry(duty: Mapping[str, Any], day: date, moved: date, known: Catalogue) -> Entry:
    month, before = day.isoformat()[:7], (day.replace(day=1) - DAY).isoformat()[:7]
    details = {name: str(one).format(month=month, before=before) for name, one in duty.get("details", {}).items()}
    basis, verified, kind = str(duty.get("basis", "")), bool(duty.get("verified", True)), DUTY
    if "deadline" in duty:
        row = known.deadline(str(duty["deadline"]), day)
        basis, verified, kind = str(row.extra.get("basis", "")), row.verified, DEADLINE
        details |= {"list": str(row.extra["report"]), "period": str(row.extra["period"]).format(year=day.year)}
    again = next((name for name in STEPS if name in duty), "yearly")
    return Entry(moved, kind, str(duty["key"]), pick(duty["title"]), tuple(duty.get("opens", ())), details, basis,
                 verified, again=again)  # fmt: skip


def _feasts(first: date, last: date) -> Iterator[Entry]:
    for key, one in rules()["lunar"].items():
        for day in map(date.fromisoformat, one["days"]):
            if first <= day <= last:
                yield Entry(day, FEAST, key, pick(one["title"]))


def _days_off(first: date, last: date, work: Calendar) -> Iterator[Entry]:
    """Yield days off and Saturdays worked; days off in a row are one entry on their first day."""
    before = ""
    for n in range((last - first).days + 1):
        day = first + n * DAY
        name = work.why_off(day)
        if name and name != before:
            yield Entry(day, OFF, "off", name)
        before = name
        if day in work.worked:
            yield Entry(day, OFF, "worked", "")


def _own(first: date, last: date, rows: Iterable[Mapping[str, Any]]) -> Iterator[Entry]:
    for row in rows:
        begin = dates.latest(str(row.get("on") or ""))
        if begin is None:
            continue
        until = dates.latest(str(row["until"])) if row.get("until") else None
        again = str(row.get("again") or "once")
        for day in _times(begin, STEPS.get(again, 0), min(last, until or last)):
            if day >= first:
                yield Entry(day, OWN, "own", str(row.get("what") or ""), record=str(row["id"]), again=again)


def _times(begin: date, months: int, last: date) -> Iterator[date]:
    """Yield a day and those so many months after it, up to a last one."""
    n, day = 0, begin
    while day <= last:
        yield day
        if not months:
            return
        n += 1
        day = dates.months_after(begin, n * months)


def month_of(text: str) -> tuple[date, date]:
    """Return the first and last day of a month (``2026-10``). Raises ``Problem(bad_period)``."""
    try:
        span = dates.read_period(text)
    except (ValueError, Problem):
        raise Problem("bad_period", period=text) from None
    return span.first, span.last
