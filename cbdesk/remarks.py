"""What is remarked about a row of a case, seen with the other rows: ``remarks(form, row, around)``. Pure.

Nothing here blocks what happened: *ask* wants a look or a reason, and *note* informs. The one *stop* is a case for
poverty alone, which the law does not know. Findings lie on fields that a form of the row shows.

Source: Luật Trẻ em 2016, Điều 52; Nghị định 56/2017/NĐ-CP, Điều 25-32; Luật 91/2025/QH15, Điều 24.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from cbdesk import clock, dates, process
from cbdesk.catalogue import catalogue
from cbdesk.errors import Finding
from cbdesk.process import Facts

Row = Mapping[str, Any]
DATED = {
    "assessment": "made_on", "plan": "made_on", "meeting": "on", "referral": "sent_on", "visit": "on",
    "decision": "date", "suspect": "outcome_on", "case": "opened_on",
}  # fmt: skip
"""Forms whose rows follow a report, and the field that says when."""


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a row: ``facts`` of its case without the row, the child, its consents, its other open cases.

    ``only_poor``: nothing but poverty speaks for a case of this child.
    """

    today: date
    facts: Facts = field(default_factory=lambda: Facts({}))
    child: Row = field(default_factory=dict)
    consents: Sequence[Row] = ()
    open_cases: int = 0
    only_poor: bool = False


def remarks(form: str, row: Row, around: Around) -> list[Finding]:
    """Return the findings about a row of a case, a suspect or a consent."""
    found = _before_reception(form, row, around)
    return found + (OF[form](row, around) if form in OF else [])


def _before_reception(form: str, row: Row, around: Around) -> list[Finding]:
    """A day before the report came in."""
    name = DATED.get(form)
    last, received = _last(row.get(name)) if name else None, around.facts.received_in(_round(row))
    return [Finding(str(name), "ask", "before_reception", {})] if last and received and last < received else []


def _case(row: Row, around: Around) -> list[Finding]:
    """A case about to be opened."""
    found = []
    if row.get("kind") == "special" and around.only_poor:
        found.append(Finding("kind", "stop", "poverty_only", {}))
    if around.child.get("life_status") == "dead":
        found.append(Finding("kind", "ask", "child_dead", {}))
    if around.open_cases:
        found.append(Finding("kind", "ask", "case_open_already", {}))
    opened = dates.latest(str(row.get("opened_on") or "")) or around.today
    grown = past_age(around.child, "child_age", opened)
    return found + ([Finding("kind", "ask", "case_over_age", {"age": grown})] if grown else [])


def past_age(child: Row, name: str, on: date) -> int:
    """Return an age of ``thresholds.toml`` that a child has surely reached, 0 where it has not or nobody knows."""
    age = int(catalogue().threshold(name, on))
    grown = dates.reaches(str(child.get("born") or ""), age)
    return age if grown and grown <= on else 0


def _assessment(row: Row, around: Around) -> list[Finding]:
    """An assessment out of order, or a conclusion that is not one of its kind."""
    kind = catalogue().lists["assessment_kind"].get(str(row.get("kind") or ""))
    said = catalogue().lists["conclusion"].get(str(row.get("conclusion") or ""))
    found = _too_early(str(kind.extra.get("step")), "made_on", row, around) if kind else []
    if kind and said and kind.code not in said.extra.get("of", ()):
        found.append(Finding("conclusion", "ask", "conclusion_of", {"kind": kind.label}))
    return found


def _plan(row: Row, around: Around) -> list[Finding]:
    return _too_early("plan", "made_on", row, around)


def _decision(row: Row, around: Around) -> list[Finding]:
    """A separation longer than the law allows, or lengthened and ended though there is none."""
    kind, facts = row.get("kind"), around.facts
    if kind == "approval":
        return _too_early("approval", "date", row, around)
    if kind in ("extension", "return") and process.separation_of(facts) is None:
        return [Finding("from", "ask", "no_separation", {})]
    known = process.separation_of(replace(facts, decisions=[*facts.decisions, row]))
    if kind in ("separation", "extension") and known and known.until > known.limit:
        days = catalogue().deadline("separation", known.since.date()).value
        return [Finding("until", "ask", "separation_long", {"days": days, "limit": known.limit.strftime("%d/%m/%Y")})]
    return []


def _referral(row: Row, around: Around) -> list[Finding]:
    """Consent said to be given, though the last answer of this child was no or was taken back."""
    last = max(around.consents, key=lambda one: str(one.get("on") or ""), default={})
    refused = last.get("given") == "refused" or bool(last.get("withdrawn_on"))
    return [Finding("consent", "ask", "consent_not_given", {})] if row.get("consent") == "given" and refused else []


def _consent(row: Row, around: Around) -> list[Finding]:
    """From seven years on both must agree: the child and its representative."""
    if row.get("given") != "given":
        return []
    shape = catalogue().forms["consent"]
    found = [] if row.get("by") else [Finding("by", "ask", "missing", {"label": shape.field("by").label})]
    age = past_age(around.child, "consent_age", dates.latest(str(row.get("on") or "")) or around.today)
    if age and not row.get("child_asked"):
        found.append(Finding("child_asked", "ask", "child_not_asked", {"age": age}))
    return found


OF: dict[str, Callable[[Row, Around], list[Finding]]] = {
    "case": _case, "assessment": _assessment, "plan": _plan, "decision": _decision, "referral": _referral,
    "consent": _consent,
}  # fmt: skip
FORMS = frozenset({*DATED, *OF})


def _too_early(step: str, name: str, row: Row, around: Around) -> list[Finding]:
    """A record of a step whose steps before have neither a date nor a record."""
    facts, round_ = around.facts, _round(row)
    known = {"assessment": facts.assessments, "plan": facts.plans}
    told = {str(one.get("kind")) for one in known["assessment"] if _round(one) == round_}
    told |= {"plan"} if any(_round(one) == round_ for one in known["plan"]) else set()
    missing = [one.choice.short for one in process.missing_before(facts, step, round_) if one.code not in told]
    return [Finding(name, "ask", "step_before", {"steps": ", ".join(missing)})] if missing else []


def _round(row: Row) -> int:
    value = row.get("round")
    return value if isinstance(value, int) and value > 0 else 1


def _last(value: object) -> datetime | None:
    """Return the last moment a stored day or stamp can mean."""
    text = value if isinstance(value, str) else ""
    day = dates.latest(text) if "T" not in text and text else None
    return process.end_of(day) if day else clock.moment(text)
