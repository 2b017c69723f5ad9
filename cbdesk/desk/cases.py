"""Verbs on cases: take up a child's case, record what was done in a step, hand it on, close it, open it again.

One case is one child; an incident with several children opens several. How a case stands is derived (``process``) from
its rows each time it is asked. Recording what happened is never refused: what is out of order comes back as *ask*, and
the reason is stored with the step. A closed case is opened again by a new incident only, which the journal shows; other
edits leave it closed. A report about a child whose plan was approved already begins a round of its own, from intake on.
No case is opened for poverty alone (Luật Trẻ em 2016, Điều 52 khoản 1).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cbdesk import clock, process, remarks
from cbdesk.catalogue import catalogue
from cbdesk.change import Value, new_id, new_stream_id
from cbdesk.desk.base import Saved
from cbdesk.desk.known import CHILD, Known
from cbdesk.desk.records import Records
from cbdesk.errors import Finding, Problem
from cbdesk.process import CaseState, Facts
from cbdesk.remarks import Around
from cbdesk.rights import EDIT, needs
from cbdesk.store import Draft

CASE, STEP, INCIDENT = "case", "case_step", "incident"
ROWS = ("case_step", "assessment", "plan", "measure", "meeting", "referral", "visit", "decision")
"""Forms whose rows belong to a case."""


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case as its page shows it. ``rows`` are the rows of each form of ``ROWS``, oldest first."""

    id: str
    child: str
    values: Mapping[str, Value]
    incidents: tuple[Mapping[str, Value], ...]
    rows: Mapping[str, tuple[Mapping[str, Value], ...]]
    state: CaseState


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One line of the list of cases."""

    id: str
    child: str
    name: str
    values: Mapping[str, Value]
    state: CaseState


class Cases(Records):
    """Verbs on cases."""

    @needs(EDIT)
    def open_case(
        self, child: str, data: Mapping[str, Value], *, incident: str | None = None, batch: str | None = None
    ) -> Saved:
        """Open a case of a child; ``data`` are fields of the form ``case``, ``kind`` among them.

        With an incident, a case of the child that is still open takes it in, and a closed one is opened again by it.
        Raises ``Problem``: ``no_record``, ``not_a_child``, ``poverty_only``.
        """
        form, _ = self._record(child)
        if form != CHILD or self.store.count(CHILD, "id = ?", (child,)) == 0:
            raise Problem("not_a_child")
        if incident:
            standing = self.store.rows(CASE, "child = ?", (child,), order="id")
            known = [one for one in standing if not Facts(one).closed] or standing
            if known:
                return self.add_incident(str(known[-1]["id"]), incident, batch=batch)
        if data.get("kind") == "special" and self._only_poor(child):
            raise Problem("poverty_only")
        told = self._row(INCIDENT, incident) if incident else {}
        given: dict[str, Value] = {"opened_on": clock.today().isoformat(), **data, "child": child}
        if incident:
            given["incident"] = [incident]
            given.setdefault("incident_unit", told.get("unit"))
        given.setdefault("residence_unit", self.unit.key)
        return self.save(CASE, given, batch=batch)

    def _only_poor(self, child: str) -> bool:
        """Return whether nothing but poverty speaks for a case: no circumstance, no other risk."""
        today = clock.today().isoformat()
        poverty = {one.code for one in catalogue().lists["risk"].choices if one.extra.get("poverty")}

        def open_(form: str) -> set[str]:
            rows = self.store.rows(form, f'"{CHILD}" = ?', (child,))
            return {str(row["code"]) for row in rows if not row.get("to") or str(row["to"]) >= today}

        return not open_("circumstance") and open_("risk") <= poverty

    @needs(EDIT)
    def add_incident(self, case: str, incident: str, *, batch: str | None = None) -> Saved:
        """Take an incident into a case; a closed case is opened again by it. Raises ``Problem``: ``no_record``.

        Where the round is past the approval of its plan, the incident begins the next: intake, assessment, terms.
        """
        view, told = self._case_view(case), self._row(INCIDENT, incident)
        named = _ids(view.values.get("incident"))
        if incident in named:
            return Saved(case)
        batch, received = batch or new_stream_id(), str(told.get("received_at") or clock.stamp())
        data: dict[str, Value] = {"incident": [*named, incident]}
        if view.state.facts.closed:
            data["reopened_on"] = max(received[:10], str(view.values["closed_on"]))
        with self.store.atomic():
            round_ = _new_round(view.state, told)
            if round_:
                intake: dict[str, Value] = {"case": case, "step": process.INTAKE, "round": round_, "state": "done",
                                            "done_at": received}  # fmt: skip
                self._write([Draft(STEP, new_id(), intake)], batch)
            return self.save(CASE, data, case, batch=batch)

    def case(self, case: str) -> CaseView:
        """Return one case and how it stands; a look at something sensitive is told. Raises ``Problem(no_record)``."""
        found = self._case_view(case)
        self._tell_read(CASE, case, found.values)
        return found

    def _case_view(self, case: str) -> CaseView:
        values = self._row(CASE, case)
        rows = {form: tuple(self.store.rows(form, f'"{CASE}" = ?', (case,), order="id")) for form in ROWS}
        named = (self.store.rows(INCIDENT, "id = ?", (one,)) for one in _ids(values.get("incident")))
        told = tuple(row for rows_ in named for row in rows_)  # a hidden one was a mistake and sets no term
        state = process.state_of(_facts(values, told, rows))
        return CaseView(case, str(values.get("child") or ""), values, told, rows, state)

    def cases(self, child: str | None = None) -> list[CaseLine]:
        """Return all cases, or those of one child: open ones first, by what is due first, then closed ones."""
        found = self._case_lines(child)
        self._tell_list(CASE, [one.values for one in found])
        return found

    def _case_lines(self, child: str | None = None) -> list[CaseLine]:
        where, given = ('"child" = ?', (child,)) if child else ("1", ())
        cases = self.store.rows(CASE, where, given, order="id")
        if not cases:
            return []
        rows: dict[str, dict[str, list[Mapping[str, Value]]]] = {}
        for form in ("case_step", "assessment", "plan", "decision"):
            rows[form] = defaultdict(list)
            for row in self.store.rows(form, order="id"):
                rows[form][str(row.get(CASE))].append(row)
        told = {str(row["id"]): row for row in self.store.rows(INCIDENT)}
        names = dict(self.store.db.execute("SELECT id, coalesce(full_name, usual_name, '') FROM child"))
        found = []
        for values in cases:
            mine = {form: tuple(by_case.get(str(values["id"]), ())) for form, by_case in rows.items()}
            incidents = tuple(told[one] for one in _ids(values.get("incident")) if one in told)
            state = process.state_of(_facts(values, incidents, mine))
            who = str(values.get("child") or "")
            found.append(CaseLine(str(values["id"]), who, str(names.get(who) or ""), values, state))
        return sorted(found, key=_urgency)

    @needs(EDIT)
    def finish_step(
        self, case: str, step: str, data: Mapping[str, Value] | None = None, *, round_: int | None = None
    ) -> Saved:
        """Record a step as done, or as not applicable (``state``) with its ``reason``; again amends what was recorded.

        ``data`` are fields of ``case_step``; without ``done_at`` and ``paper_date`` it was done now. Findings tell what
        is out of order.
        Raises ``Problem``: ``no_record``, ``unknown_step``.
        """
        view = self._case_view(case)
        facts = view.state.facts
        wanted = round_ or facts.rounds
        if step not in {one.code for one in process.steps(facts.began)}:
            raise Problem("unknown_step", step=step)
        given: dict[str, Value] = {"state": "done", **(data or {}), "case": case, "step": step, "round": wanted}
        old = facts.row_of(step, wanted)
        if old is not None and not view.state.of(step, wanted).ended:
            old = None  # an emergency reported since asks for the step again
        dated = {**(old or {}), **given}
        if given["state"] == "done" and not (dated.get("done_at") or dated.get("paper_date")):
            given["done_at"] = clock.stamp()[:16]
        others = _without(facts, str(old["id"]) if old else None)
        found = process.check_step(others, {**(old or {}), **given}, unit=self.unit.key)
        saved = self.save(STEP, given, str(old["id"]) if old else None)
        return Saved(saved.id, _each_once(saved.findings, found), saved.batch)

    @needs(EDIT)
    def close_case(self, case: str, data: Mapping[str, Value]) -> Saved:
        """Close a case: ``closed_on`` (today by default), ``end``, ``closing_no``, ``end_note``.

        Findings ask about a separation still open and a review never made, until ``end_note`` answers. Raises
        ``Problem(no_record)``.
        """
        values = self._row(CASE, case)
        given: dict[str, Value] = {"closed_on": clock.today().isoformat(), **data}
        if values.get("reopened_on"):
            given["reopened_on"] = None  # the journal keeps it, and the round it began
        return self.save(CASE, given, case)

    @needs(EDIT)
    def take_up(self, incident: str, kind: str = "abused") -> Saved:
        """Open, or open again, the case of every child of an incident, as one batch.

        Raises ``Problem``: ``no_record``; ``no_child`` where the incident names none yet.
        """
        children = _ids(self._row(INCIDENT, incident).get("child"))
        if not children:
            raise Problem("no_child")
        batch, last = new_stream_id(), ""
        with self.store.atomic():
            for child in children:
                last = self.open_case(child, {"kind": kind}, incident=incident, batch=batch).id or last
        return Saved(last, (), batch)

    def standing(self, view: CaseView) -> list[Finding]:
        """Return what to know about a case as it stands, each a *note*: terms not sure, clock wrong, an age."""
        found = []
        if not view.state.calendar_known:
            found.append(Finding("", "note", "calendar_unknown", {}))
        if process.stamps_ahead(view.state.facts):
            found.append(Finding("", "note", "stamps_ahead", {}))
        child = self.store.row(CHILD, view.child) or {}
        age = remarks.past_age(child, "case_age", clock.today())
        if age and not view.state.facts.closed:
            found.append(Finding("", "note", "case_past_age", {"age": age}))
        return found

    def check(
        self,
        form: str,
        data: Mapping[str, Value],
        record: str | None = None,
        *,
        by_hand: bool = True,
        known: Known | None = None,
        doubles: bool = True,
    ) -> list[Finding]:
        """Return the findings about a record; rows of a case are also seen with the other rows (``remarks``).

        An amendment is judged by what it changes. Steps and the end of a case have verbs of their own, which a window
        asks instead.
        """
        found = super().check(form, data, record, by_hand=by_hand, known=known, doubles=doubles)
        if form not in remarks.FORMS and form != STEP:
            return found
        old = self.store.row(form, record) if record else None
        more = self._remarks(form, {**(old or {}), **data}, record, by_hand=by_hand)
        return found + [one for one in more if old is None or one.field in data]

    def _remarks(self, form: str, row: Mapping[str, Any], record: str | None, *, by_hand: bool) -> list[Finding]:
        facts = self._facts_around(form, row, record)
        if form == STEP:
            return [] if by_hand else process.check_step(facts, row, unit=self.unit.key)
        if form == CASE and (row.get("closed_on") or row.get("end")):
            return [] if by_hand else process.check_closing(facts, row)
        who = str(row.get("child") or facts.case.get("child") or "")
        around = Around(clock.today(), facts, self.store.row(CHILD, who) or {} if who else {})
        if form == CASE:
            others = self.store.rows(CASE, "child = ? AND id <> ?", (who, record or ""))
            around = replace(around, open_cases=sum(not Facts(one).closed for one in others),
                             only_poor=self._only_poor(who))  # fmt: skip
        elif form == "referral":
            around = replace(around, consents=self.rows_of("consent", who))
        return remarks.remarks(form, row, around)

    def _facts_around(self, form: str, row: Mapping[str, Any], record: str | None) -> Facts:
        """Return the records of the case a row belongs to, without the row itself."""
        if form == "suspect":
            told = self.store.row(INCIDENT, str(row.get("incident") or ""))
            return Facts({}, [told] if told else [])
        case = record if form == CASE else row.get(CASE)
        if isinstance(case, str) and self.store.row(CASE, case):
            return _without(self._case_view(case).state.facts, record)
        return Facts(row, [told for one in _ids(row.get("incident")) if (told := self.store.row(INCIDENT, one))])

    def _row(self, form: str, record: str) -> dict[str, Value]:
        """Return a visible record of a form. Raises ``Problem(no_record)``."""
        found = self.store.rows(form, "id = ?", (record,))
        if not found:
            raise Problem("no_record")
        return dict(found[0])


def _facts(values: Mapping[str, Any], incidents: tuple[Any, ...], rows: Mapping[str, tuple[Any, ...]]) -> Facts:
    return Facts(values, incidents, rows["case_step"], rows["assessment"], rows["plan"], rows["decision"])


def _without(facts: Facts, record: str | None) -> Facts:
    """Return the records of a case as if a row of it were not there."""

    def kept(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        return [row for row in rows if row.get("id") != record]

    return replace(facts, steps=kept(facts.steps), assessments=kept(facts.assessments), plans=kept(facts.plans),
                   decisions=kept(facts.decisions))  # fmt: skip


def _new_round(state: CaseState, incident: Mapping[str, Any]) -> int:
    """Return the round a new incident begins, 0 where the present one can still take it in.

    That is over once the case was closed, the plan approved, or the emergency set aside that this incident asks for.
    """
    facts, last = state.facts, state.facts.rounds
    aside = process.emergency_of(incident) is not None and any(
        one.step.only == process.EMERGENCY and one.state == process.SKIPPED and one.round == last for one in state.steps
    )
    if not (facts.closed or aside or facts.first_of(last) != last or state.of("approval", last).ended):
        return 0
    begun = last == 1 or any(row.get("round") == last for row in (*facts.steps, *facts.plans))
    return last + begun


def _each_once(*lots: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple({(one.field, one.name): one for lot in lots for one in lot}.values())


def _ids(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _urgency(line: CaseLine) -> tuple[bool, str, str]:
    dues = [one.due.isoformat() for one in line.state.steps if one.due and not one.ended]
    return line.state.facts.closed, min(dues, default="9"), line.id
