"""The days a report counts: its period as named, and where counting ends. Pure.

A report due on 25/5 is not January to June: its file says for each kind of period (``[span.half]`` …) from when to when
it is, where counting ends (``cut_off``) and which deadline it answers. Days are ``MM-DD`` of the period's year, after
``prev`` of the year before. A report may have a period of its own, named ``2026-summer`` and described by
``[span.summer]``.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cbdesk import dates
from cbdesk.catalogue import Report
from cbdesk.errors import Problem
from cbdesk.facts import Span
from cbdesk.letterhead import period_kind, period_words

KINDS = ("month", "quarter", "half", "year")
_KIND = re.compile(r"[a-z][a-z_]{0,19}")
_OWN = re.compile(r"([0-9]{4})-([a-z][a-z_]*)")
_DAY = re.compile(r"(prev )?([0-9]{2})-([0-9]{2})")


@dataclass(frozen=True, slots=True)
class ReportSpan:
    """A period of a report: its name, first and last day, the last day counted, and the deadline's name or ""."""

    text: str
    first: date
    last: date
    cut_off: date
    year_first: date
    due: str = ""
    words: str = ""

    @property
    def over(self) -> float:
        """Return how much of the period is counted, 1.0 for all of it."""
        return ((self.cut_off - self.first).days + 1) / ((self.last - self.first).days + 1)

    def spans(self) -> Mapping[str, Span]:
        """Return the days each manner of a column counts (``tally.COUNTED``)."""
        now, year = Span(self.first, self.cut_off), Span(self.year_first, self.cut_off)
        return {"period": now, "to_date": year, "last_year": _year_before(now), "last_to_date": _year_before(year)}


def read(report: Report, text: str, today: date, cut_off: date | None = None) -> ReportSpan:
    """Return the days a report counts in a period; ``cut_off`` instead of its own, never after today.

    Raises ``Problem(bad_period)`` for a period the report does not know or one that has not begun.
    """
    kind, first, last, words = _ends(report, text)
    rules = report.data.get("span", {}).get(_key(kind, first), {})
    year = last.year
    first, last = _at(rules.get("from"), year) or first, _at(rules.get("to"), year) or last
    end = cut_off or _at(rules.get("cut_off"), year) or last
    if first > today or not first <= min(end, last):
        raise Problem("bad_period", period=text)
    return ReportSpan(
        text,
        first,
        last,
        min(end, last, today),
        _at(rules.get("year_from"), year) or date(year, 1, 1),
        str(rules.get("due", "")),
        str(rules.get("words", "")).format(year=year) or words,
    )


def own(text: str) -> bool:
    """Return whether a period is named as a report's own (``2026-summer``)."""
    return bool(_OWN.fullmatch(text))


def _ends(report: Report, text: str) -> tuple[str, date, date, str]:
    own = _OWN.fullmatch(text)
    if own and own[2] in report.data["periods"]:
        year = dates.read_period(own[1])
        return own[2], year.first, year.last, ""
    period = dates.read_period(text)
    kind = period_kind(period)
    if kind not in report.data["periods"]:
        raise Problem("bad_period", period=text)
    return kind, period.first, period.last, period_words(period)


def _key(kind: str, first: date) -> str:
    return ("first_half" if first.month == 1 else "second_half") if kind == "half" else kind


def _at(written: str | None, year: int) -> date | None:
    """Return a day of the year as a layout writes it: ``05-14``, ``prev 12-15``."""
    match = _DAY.fullmatch(written or "")
    return date(year - bool(match[1]), int(match[2]), int(match[3])) if match else None


def _year_before(span: Span) -> Span:
    """Return the same days a year before; the end of February stays the end of February."""
    first, last = _back(span.first), _back(span.last)
    ends = (span.last + timedelta(days=1)).day == 1
    return Span(first, last.replace(day=monthrange(last.year, last.month)[1]) if ends else last)


def _back(day: date) -> date:
    return date(day.year - 1, 2, 28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


def check(report: Report) -> Iterator[str]:
    """Return what is wrong with the spans of a report, one short English sentence each."""
    yield from (f"periods: {kind}" for kind in report.data.get("periods", ()) if not _KIND.fullmatch(kind))
    for key, rules in report.data.get("span", {}).items():
        for name in ("from", "to", "cut_off", "year_from"):
            if rules.get(name) and not _sound(str(rules[name])):
                yield f"span.{key}.{name}: {rules[name]}"
                return
    for kind in report.data.get("periods", ()):
        yield from (f"span: {one}" for one in _of_year(kind, 2023) if not _reads(report, one))


def _reads(report: Report, text: str) -> bool:
    try:
        return bool(read(report, text, date.max))
    except Problem:
        return False


def _sound(written: str) -> bool:
    try:
        return _at(written, 2023) is not None  # not a leap year: 02-29 stands in no layout
    except ValueError:
        return False


def periods(report: Report, today: date, back: int = 12) -> Sequence[str]:
    """Return the periods of a report that have begun, the newest first, about ``back`` months; no single days."""
    found = []
    for kind in (one for one in report.data["periods"] if one != "day"):
        for year in range(today.year, today.year - 1 - back // 12, -1):
            found += [one for one in _of_year(kind, year) if read(report, one, date.max).first <= today]
    return sorted(found, key=lambda one: (read(report, one, date.max).last, one), reverse=True)


def _of_year(kind: str, year: int) -> Sequence[str]:
    if kind == "month":
        return [f"{year}-{month:02}" for month in range(1, 13)]
    if kind in ("quarter", "half"):
        sign, most = ("Q", 4) if kind == "quarter" else ("H", 2)
        return [f"{year}-{sign}{n}" for n in range(1, most + 1)]
    return [f"{year}" if kind == "year" else f"{year}-{kind}"]
