"""What each step needs on screen: which records and rows, found how, written by which verb. Data, no widget.

Rules. Every field comes from the catalogue. What is recorded in a later round carries its round. Closing is a verb of
its own; its doubts (a separation still open, no review) want a reason beside it and block nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from cbdesk import clock, process
from cbdesk.catalogue import Field, catalogue
from cbdesk.desk import Desk, Saved
from cbdesk.errors import Finding
from cbdesk.process import Facts, StepState
from cbdesk.words import LANGUAGES, say
from ui.cases.pieces import FormSpec, RowsSpec, fields
from ui.cases.read import CaseFile, Row
from ui.cases.scores import inputs_of
from ui.form.form import Part
from ui.form.form_state import Write
from ui.form.rows import Column

SEPARATION = ("separation", "extension", "return")
Spec = FormSpec | RowsSpec


def specs(step: str) -> list[Spec]:
    """Return what a step shows, from top to bottom."""
    known: dict[str, Callable[[], list[Spec]]] = {
        "intake": lambda: [_incidents(), _suspects(), _case()],
        "initial": lambda: [_assessment("initial")],
        "emergency": lambda: [_decisions(SEPARATION)],
        "detailed": lambda: [_assessment("detailed"), _meetings()],
        "plan": lambda: [_plan()],
        "approval": lambda: [_decisions(("approval",))],
        "carrying": lambda: [_measures(carrying=True), _visits(), _referrals(), _legal()],
        "review": lambda: [_assessment("review"), _decisions(("closing",)), closing()],
    }
    return known[step]() if step in known else []


# --- records --------------------------------------------------------------------------------------------------------


def _round(file: CaseFile, one: StepState) -> Mapping[str, Any]:
    return {"case": file.id, "round": one.round}


def _assessment(kind: str) -> FormSpec:
    shape = catalogue().forms["assessment"]
    asked = {item.name: item for item in shape.fields if item.name not in ("case", "kind", "round")}
    fit = [item for item in asked.values() if item.when is None or kind in item.when.any_of]
    parts = []
    for section in shape.sections:
        inside = tuple(replace(item, width=12) if item.kind == "choice" and item.section in ("harm", "protection")
                       else item for item in fit if item.section == section.name)  # fmt: skip
        parts.append(Part(section.name, "" if section.name == "general" else section.title, inside))

    def find(file: CaseFile, one: StepState) -> Row | None:
        found = [row for row in file.rows("assessment", one.round) if row.get("kind") == kind]
        return found[-1] if found else None

    return FormSpec(
        "assessment", [part for part in parts if part.fields], find, f"assessment_{kind}",
        fixed=lambda file, one: {**_round(file, one), "kind": kind},
        start=lambda file, _one: {"made_on": clock.stamp()[:16], "made_by": file.officer},
        inputs=inputs_of(asked, kind),
    )  # fmt: skip


def _plan() -> FormSpec:
    first = fields("plan", "goal", "made_on", "from", "to", "review_on", made_on=3, to=3, review_on=3, **{"from": 3})
    more = fields("plan", "follow", "services", "note", follow=6, services=6)

    def find(file: CaseFile, one: StepState) -> Row | None:
        found = file.rows("plan", one.round)
        return found[-1] if found else None

    return FormSpec("plan", [Part("plan", "", first), Part("more", "", more)], find, "plan", fixed=_round,
                    start=lambda _file, _one: {"made_on": clock.today().isoformat()},
                    inside=_measures(carrying=False))  # fmt: skip


def _itself(file: CaseFile, _one: StepState) -> Row:
    return {**file.values, "id": file.id}


def _rest(file: CaseFile, _one: StepState) -> Mapping[str, Any]:
    """Return what the case holds, for the rules about it, where only a part of it is asked."""
    return {name: value for name, value in file.values.items() if value is not None and not name.startswith("_")}


def _case() -> FormSpec:
    parts = [
        Part("case", say("case_page.case"), fields("case", "kind", "number", "opened_on", "received_at", "starts_from",
                                                   kind=8, number=4, opened_on=3, received_at=4, starts_from=5)),
        Part("place", "", fields("case", "incident_unit", "residence_unit")),
        Part("privacy", say("case_page.privacy"), fields("case", "restricted", "shelter", restricted=6, shelter=6)),
    ]  # fmt: skip
    return FormSpec("case", parts, _itself, "case", fixed=_rest)


def _legal() -> FormSpec:
    asked = fields("case", "legal_aid_asked_on", "legal_aid_accepted", "legal_aid_on")
    return FormSpec("case", [Part("legal", say("case_page.legal"), asked)], _itself, "legal", fixed=_rest)


def closing() -> FormSpec:
    """Return the end of the case; shown once nothing is left to do, or a review proposes it."""
    asked = fields("case", "end", "closed_on", "closing_no", "end_note", end=6, closed_on=3, closing_no=3)

    def shown(file: CaseFile, one: StepState) -> bool:
        return file.read_only or file.view.state.present is None or _proposes_end(file, one)

    def fixed(file: CaseFile, _one: StepState) -> Mapping[str, Any]:
        return {name: file.values[name] for name in ("child", "kind", "opened_on") if file.values.get(name)}

    def write(file: CaseFile, _one: StepState) -> Write:
        case = file.id
        return lambda desk, given: desk.close_case(case, {"closed_on": clock.today().isoformat(), **given})

    def check(file: CaseFile, _one: StepState, data: Mapping[str, Any]) -> list[Finding]:
        found = [] if file.read_only else process.check_closing(file.facts_of, data)
        return [Finding("end_note", one.level, one.name, one.details) for one in found]

    return FormSpec("case", [Part("end", say("case_page.end"), asked)], _itself, "closing", fixed=fixed, write=write,
                    check=check, shown=shown)  # fmt: skip


def _proposes_end(file: CaseFile, one: StepState) -> bool:
    found = [row for row in file.rows("assessment", one.round) if row.get("kind") == "review"]
    return bool(found) and found[-1].get("conclusion") == "close"


# --- rows -----------------------------------------------------------------------------------------------------------


def _incidents() -> RowsSpec:
    columns = (Column("kind", 40, strong=True), Column("received_at", 30), Column("place_detail", 30, spare=True))
    return RowsSpec("incident", columns, lambda file, _one: file.view.incidents, "incidents", page="incident",
                    shown=lambda file, _one: bool(file.view.incidents))  # fmt: skip


def _suspects() -> RowsSpec:
    columns = (Column("relation", 26, strong=True), Column("name", 28), Column("outcome", 28),
               Column("outcome_on", 18, spare=True))  # fmt: skip
    return RowsSpec("suspect", columns, lambda file, _one: file.suspects, "suspects",
                    parent=lambda file: str(file.view.incidents[-1]["id"]) if file.view.incidents else "",
                    shown=lambda file, _one: bool(file.view.incidents))  # fmt: skip


def _decisions(kinds: tuple[str, ...]) -> RowsSpec:
    timed = kinds == SEPARATION
    columns = (Column("kind", 34, strong=True), Column("number", 18), Column("date", 18),
               *((Column("until", 18),) if timed else (Column("signed_by", 26, spare=True),)))  # fmt: skip

    def find(file: CaseFile, one: StepState) -> list[Row]:
        return [row for row in file.rows("decision", None if timed else one.round) if row.get("kind") in kinds]

    return RowsSpec("decision", columns, find, f"decisions_{kinds[0]}", fixed=_round, kinds=kinds,
                    start=lambda _file, _one: {"date": clock.today().isoformat()})  # fmt: skip


def _meetings() -> RowsSpec:
    columns = (Column("on", 26, strong=True), Column("place", 34), Column("chair", 40, spare=True))
    return RowsSpec("meeting", columns, lambda file, one: file.rows("meeting", one.round), "meetings", fixed=_round)


def _measures(*, carrying: bool) -> RowsSpec:
    columns: tuple[Column, ...]
    if carrying:
        columns = (Column("measure", 36, strong=True), Column("who", 26, spare=True), Column("by_when", 19),
                   Column("state", 19), Column("done_on", 17, spare=True))  # fmt: skip
    else:
        columns = (Column("measure", 33, strong=True), Column("who", 25), Column("by_when", 22),
                   Column("cost", 20, spare=True))  # fmt: skip
    return RowsSpec("measure", columns, lambda file, one: file.rows("measure", one.round), "measures", fixed=_round)


def _visits() -> RowsSpec:
    columns = (Column("on", 20, strong=True), Column("by", 28, spare=True), Column("finding", 32),
               Column("next_on", 20))  # fmt: skip
    return RowsSpec("visit", columns, lambda file, _one: file.rows("visit"), "visits",
                    start=lambda file, _one: {"on": clock.today().isoformat(), "by": file.officer})  # fmt: skip


def _referrals() -> RowsSpec:
    columns = (Column("service", 26, strong=True), Column("sent_on", 18), Column("consent", 30),
               Column("answered_on", 20, spare=True))  # fmt: skip
    return RowsSpec("referral", columns, lambda file, _one: file.rows("referral"), "referrals",
                    start=lambda _file, _one: {"sent_on": clock.today().isoformat()})  # fmt: skip


# --- the end of a step ----------------------------------------------------------------------------------------------

REASON = "reason"


def _without(facts: Facts, row: Row | None) -> Facts:
    """Return the records of a case as if a step had not been recorded."""
    return replace(facts, steps=[one for one in facts.steps if one is not row])


def doubts(file: CaseFile, one: StepState, data: Mapping[str, Any]) -> list[Finding]:
    """Return what is out of order about recording a step now; what a reason answers is asked beside the reason."""
    told = {"done_at": clock.stamp()[:16], **data, "step": one.step.code, "round": one.round, "state": "done"}
    found = process.check_step(_without(file.facts_of, one.row), told, unit=file.unit)
    by_reason = {"step_before", "step_order", "of_residence"}
    return [Finding(REASON, one.level, one.name, one.details) if one.name in by_reason else one for one in found]


def finishing(file_of: Callable[[], tuple[CaseFile, StepState] | None]) -> FormSpec:
    """Return when and by whom a step was done, the number of its paper, and why it was late or out of order."""
    named = {"done_at": "case_page.done_at_hint"}
    asked = tuple(_hinted(item, named) for item in fields(
        "case_step", "done_at", "paper_no", "paper_date", REASON, "done_by", "note"))  # fmt: skip

    def wanted(data: Mapping[str, Any]) -> bool:
        known = file_of()
        return bool(data.get(REASON)) or (known is not None and any(x.field == REASON for x in doubts(*known, data)))

    def write(file: CaseFile, one: StepState) -> Write:
        case, code, round_ = file.id, one.step.code, one.round
        known = {"done_at": one.done_at.strftime("%Y-%m-%dT%H:%M")} if one.done_at else {}

        def verb(desk: Desk, given: Mapping[str, Any]) -> Saved:
            kept = {name: value for name, value in given.items() if name not in ("case", "step", "round")}
            return desk.finish_step(case, code, {**known, **kept}, round_=round_)

        return verb

    def find(_file: CaseFile, one: StepState) -> Row | None:
        told = {"done_at": one.done_at.strftime("%Y-%m-%dT%H:%M")} if one.done_at else None
        return (one.row or told) if one.ended else None  # an emergency reported since asks for the step again

    return FormSpec(
        "case_step", [Part("finish", "", asked)], find, "finish",
        fixed=lambda file, one: {"case": file.id, "step": one.step.code, "round": one.round, "state": "done"},
        start=lambda file, _one: {"done_by": file.officer}, write=write, check=doubts, shown_if={REASON: wanted},
    )  # fmt: skip


def _hinted(item: Field, hints: Mapping[str, str]) -> Field:
    return replace(item, hints=dict.fromkeys(LANGUAGES, say(hints[item.name]))) if item.name in hints else item
