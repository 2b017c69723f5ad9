"""May data of a child be given away for a purpose: purposes, consents, ages, and the terms of requests. Pure.

Purposes are a list of choices (``purpose``) with their legal basis; where a State body acts by law no consent is asked,
else the representative must agree and, from seven years on, the child too (``consent_age``). What was agreed before the
seventh birthday no longer stands alone after it. A consent counts for the purpose it was given for, the last answer
rules, and one withdrawn stops.

Source: Luật 91/2025/QH15 Điều 19, 24; Luật Trẻ em 2016 Điều 6 khoản 11; terms: NĐ 356/2025/NĐ-CP Điều 5.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from cbdesk import clock, dates
from cbdesk.catalogue import Choice, catalogue
from cbdesk.errors import Problem
from cbdesk.text import match_key
from cbdesk.words import say
from cbdesk.workdays import calendar

Row = Mapping[str, Any]
NONE, BOTH = "none", "both"
FIRST_ANSWER = "request_first"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether data of a child may be given for a purpose. ``consent``: ``none`` is asked, or ``both`` must agree.

    ``reasons`` are codes (words ``law.why.<code>``): why it may, or all that is missing.
    """

    allowed: bool
    purpose: str
    basis: str
    consent: str
    reasons: tuple[str, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the reasons in words."""
        age = catalogue().threshold("consent_age", clock.today())
        return tuple(say(f"law.why.{one}", age=age, basis=self.basis) for one in self.reasons)

    def as_dict(self) -> dict[str, Any]:
        """Return the verdict for scripts."""
        return {"allowed": self.allowed, "purpose": self.purpose, "basis": self.basis, "consent": self.consent,
                "reasons": list(self.reasons)}  # fmt: skip


def purpose(code: str) -> Choice:
    """Return a purpose. Raises ``Problem(unknown_purpose)``."""
    found = catalogue().lists["purpose"].get(code)
    if found is None:
        raise Problem("unknown_purpose", purpose=code)
    return found


def verdict(code: str, child: Row, consents: Iterable[Row], on: date) -> Verdict:
    """Return whether data of ``child`` may be given for a purpose on a day. Raises ``Problem(unknown_purpose)``."""
    wanted = purpose(code)
    basis, asked = str(wanted.extra["basis"]), str(wanted.extra["consent"])
    if asked == NONE:
        return Verdict(True, code, basis, asked, ("by_law",))
    last = last_answer(code, consents)
    missing = tuple(_missing(last, child, on)) if last else ("not_asked",)
    return Verdict(not missing, code, basis, asked, missing or ("agreed",))


def last_answer(code: str, consents: Iterable[Row]) -> Row | None:
    """Return the last answer about a purpose; what was asked for no named purpose is none."""
    told = [one for one in consents if one.get("purpose_code") == code]
    return max(told, key=lambda one: (str(one.get("on") or ""), str(one.get("id") or "")), default=None)


def _missing(answer: Row, child: Row, on: date) -> Iterator[str]:
    day = on.isoformat()
    if answer.get("given") != "given":
        yield "refused" if answer.get("given") == "refused" else "not_asked"
        return
    if answer.get("withdrawn_on") and str(answer["withdrawn_on"]) <= day:
        yield "withdrawn"
    if answer.get("until") and str(answer["until"]) < day:
        yield "over"
    if not answer.get("by"):
        yield "no_representative"
    if must_be_asked(child, on) and not answer.get("child_asked"):
        grown = dates.reaches(str(child.get("born") or ""), _age(on))
        yield "before_seven" if grown and str(answer.get("on") or "") < grown.isoformat() else "child_not_asked"


def must_be_asked(child: Row, on: date) -> bool:
    """Return whether the child itself must agree on that day; also where its age is not known."""
    ages = dates.age_range(str(child.get("born") or ""), on)
    return ages is None or ages[-1] >= _age(on)


def grows_up(child: Row, consents: Sequence[Row], on: date) -> date | None:
    """Return the seventh birthday of a child for whom a consent stands that it has not joined yet; else ``None``."""
    grown = dates.reaches(str(child.get("born") or ""), _age(on))
    if grown is None:
        return None
    for code in {str(one.get("purpose_code") or "") for one in consents} - {""}:
        last = last_answer(code, consents)
        before = last is not None and last.get("given") == "given" and not last.get("child_asked")
        if before and last is not None and not last.get("withdrawn_on") and str(last.get("until") or "9") >= str(grown):
            return grown
    return None


def _age(on: date) -> int:
    return catalogue().threshold("consent_age", on)


# --- who asks --------------------------------------------------------------------------------------------------------


def restricted(carers: Iterable[Row], name: str, relation: str = "") -> bool:
    """Return whether a person who asks is one from whom the child's file is kept: by name, or by relation alone."""
    kept = [one for one in carers if one.get("restricted")]
    named = match_key(name)
    if named and any(match_key(str(one.get("full_name") or "")) == named for one in kept):
        return True
    unnamed = [one for one in kept if not named or not one.get("full_name")]
    return bool(relation) and any(one.get("relation") == relation for one in unnamed)


# --- terms -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a request: its row of ``deadlines.toml``, its last day, and its basis."""

    name: str
    last: date
    basis: str


def terms(request: Row) -> tuple[Term, ...]:
    """Return the terms of a request that still run: the first answer, and the thing itself where a term is known.

    The day it came in is not counted (Bộ luật Dân sự 2015 Điều 147 khoản 2).
    """
    received = dates.latest(str(request.get("received_on") or ""))
    if received is None or request.get("answered_on"):
        return ()
    kind = catalogue().lists["request_kind"].get(str(request.get("kind") or ""))
    thing = str(kind.extra.get("term", "")) if kind else ""
    names = [*([] if request.get("first_on") else [FIRST_ANSWER]), *([thing] if thing else [])]
    return tuple(_term(one, received) for one in names)


def _term(name: str, received: date) -> Term:
    row = catalogue().deadline(name, received)
    days = int(row.value)
    working = row.extra["unit"] == "working_days"
    last = calendar().after(received, days) if working else received + timedelta(days=days)
    return Term(name, last, str(row.extra["basis"]))


def notice_until(detected: datetime) -> datetime:
    """Return until when a lost device must be told: so many hours on the clock from its detection."""
    row = catalogue().deadline("breach_notice", detected.date())
    return detected + clock.hours(int(row.value))


def end_of(day: date) -> datetime:
    """Return the last second of a day here."""
    return datetime.combine(day, time(23, 59, 59), clock.VIETNAM)
