"""Working days of State bodies: weekends, Tết and other days off, and Saturdays worked instead. Pure.

Rules: the day of the event is not counted (Bộ luật Dân sự 2015, Điều 147 khoản 2); a term of working days ends with
its last working day. Days off are data (``holidays.toml``). Where a year's notice is not known yet, only the days fixed
by law are off: a deadline then comes rather too early, and ``known`` says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from cbdesk import words
from cbdesk.catalogue import catalogue

DAY = timedelta(days=1)
WEEKEND = 5


@dataclass(frozen=True)
class Calendar:
    """The days off and the Saturdays worked, with the years for which they are known."""

    years: frozenset[int] = frozenset()
    fixed: frozenset[str] = frozenset()
    off: Mapping[date, Mapping[str, str]] = field(default_factory=dict)
    worked: frozenset[date] = frozenset()

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Calendar:
        """Return the calendar of a ``holidays.toml``."""
        off: dict[date, Mapping[str, str]] = {}
        for one in raw.get("off", ()):
            day, last = date.fromisoformat(one["from"]), date.fromisoformat(one["to"])
            while day <= last:
                off[day] = one["name"]
                day += DAY
        worked = frozenset(date.fromisoformat(one["on"]) for one in raw.get("worked", ()))
        return cls(frozenset(raw.get("years", ())), frozenset(raw.get("fixed", ())), off, worked)

    def working(self, day: date) -> bool:
        """Return whether State bodies work on that day."""
        if day in self.worked:
            return True
        fixed = day.year not in self.years and day.isoformat()[5:] in self.fixed
        return day.weekday() < WEEKEND and day not in self.off and not fixed

    def why_off(self, day: date) -> str:
        """Return the name of a day off in the language in force; "" for a weekend or a working day."""
        return words.pick(self.off[day]) if day in self.off else ""

    def after(self, start: date, count: int) -> date:
        """Return the ``count``-th working day after ``start``, which is itself not counted; ``count`` is at least 1."""
        day = start
        while count > 0:
            day += DAY
            count -= self.working(day)
        return day

    def left(self, today: date, last: date) -> int:
        """Return how many working days remain after today until ``last``; negative for those since it passed."""
        first, end, sign = (today, last, 1) if today <= last else (last, today, -1)
        return sign * sum(self.working(first + n * DAY) for n in range(1, (end - first).days + 1))

    def known(self, *days: date) -> bool:
        """Return whether the yearly notices behind these days are known."""
        return all(day.year in self.years for day in days)


def calendar() -> Calendar:
    """Return the calendar of the catalogue in force; keep it while going through many days."""
    return Calendar.read(catalogue().holidays)
