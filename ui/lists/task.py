"""One line of *Hôm nay*: what, about whom, until when, and where it leads; and the words of time it shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from cbdesk.words import say

LATE, TODAY, WEEK, LATER = "late", "today", "week", "later"
GROUPS = (LATE, TODAY, WEEK, LATER)
DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class Task:
    """One thing to do. ``due`` is in words; ``until`` (a moment) makes it tick; ``go`` is (page, details).

    ``paper`` is the form it is done on, ``hidden`` says that the child is not named here.
    """

    id: str
    group: str
    icon: str
    title: str
    who: str = ""
    who_more: str = ""
    due: str = ""
    due_more: str = ""
    until: datetime | None = None
    go: tuple[str, Mapping[str, Any]] = ("", MappingProxyType({}))
    order: str = ""
    hidden: bool = False
    paper: str = ""


def day_month(day: date) -> str:
    """Return a day as 12/10."""
    return day.strftime("%d/%m")


def weekday(day: date) -> str:
    """Return the name of a day of the week."""
    return say(f"today.weekday_{day.weekday()}")


def left_words(until: datetime, now: datetime) -> str:
    """Return the time left, or over: "Còn 9 giờ 28 phút", "Quá 20 phút", "Quá 2 ngày"."""
    seconds = (until - now).total_seconds()
    key, minutes = ("over" if seconds < 0 else "left"), int(abs(seconds) // 60)
    if minutes >= 2 * DAY_MINUTES:
        return say("today.days_late" if key == "over" else "today.in_days", n=minutes // DAY_MINUTES)
    if minutes < 60:
        return say(f"today.minutes_{key}", m=minutes)
    return say(f"today.hours_{key}", h=minutes // 60, m=minutes % 60)
