"""The periods a report can be made for: codes as the desk takes them, words as people say them, the next one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from cbdesk import dates
from cbdesk.words import say

BACK = {"month": 24, "quarter": 8, "half": 4, "year": 3}


def kind_of(period: str) -> str:
    """Return day, month, quarter, half or year of a period's code; ``own`` for one a report has for itself."""
    if period.rpartition("-")[2][:1].islower():
        return "own"
    if "Q" in period:
        return "quarter"
    if "H" in period:
        return "half"
    return ("year", "month", "day")[period.count("-")]


def words(period: str) -> str:
    """Return a period as people say it: "Tháng 9/2026", "Quý 3/2026"."""
    year, _, rest = period.partition("-")
    kind = kind_of(period)
    if kind == "day":
        return dates.show_date(period)
    if kind == "month":
        return say("reports.month", n=int(rest), year=year)
    if kind == "quarter":
        return say("reports.quarter", n=rest[1:], year=year)
    if kind == "half":
        return say("reports.half", which=say(f"reports.half_{rest[1:]}"), year=year)
    return say("reports.year", year=year)


def _step(kind: str, year: int, part: int) -> str:
    if kind == "month":
        return f"{year}-{part:02d}"
    if kind == "quarter":
        return f"{year}-Q{part}"
    return f"{year}-H{part}" if kind == "half" else str(year)


def offered(kinds: Sequence[str], today: date) -> list[str]:
    """Return the periods to offer, newest first within each kind, months first."""
    found = []
    for kind in ("month", "quarter", "half", "year"):
        if kind not in kinds:
            continue
        parts = {"month": 12, "quarter": 4, "half": 2, "year": 1}[kind]
        year, part = today.year, (today.month - 1) * parts // 12 + 1
        for _ in range(BACK[kind]):
            found.append(_step(kind, year, part))
            year, part = (year, part - 1) if part > 1 else (year - 1, parts)
    return found


def neighbour(period: str, all_periods: Sequence[str], step: int) -> str:
    """Return the next period of the same kind, later with +1 and earlier with -1; the same at the ends."""
    same = [one for one in all_periods if kind_of(one) == kind_of(period)]
    at = same.index(period) - step if period in same else 0
    return same[min(max(0, at), len(same) - 1)] if same else period
