"""Verbs on cases: take up a child's case, record what was done in a step, hand it on, close it, open it again.

One case is one child; an incident with several children opens several. How a case stands is derived (``process``) from
its rows each time it is asked. Recording what happened is never refused: what is out of order comes back as *ask*, and
the reason is stored with the step. A closed case is opened again by a new incident only, which the journal shows; other
edits leave it closed. No case is opened for poverty alone (Luật Trẻ em 2016, Điều 52 khoản 1).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cbdesk import clock, process
from cbdesk.catalogue import catalogue
from cbdesk.change import Value, new_stream_id
from cbdesk.desk.base import Saved
from cbdesk.desk.known import CHILD
from cbdesk.desk.records import Records
from cbdesk.errors import Problem
from cbdesk.process import CaseState, Facts

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
        standing = self.store.rows(CASE, "child = ?", (child,), order="id") if incident else []
        if standing:
            return self.add_incident(str(standing[-1]["id"]), str(incident), batch=batch)
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

    def add_incident(self, case: str, incident: str, *, batch: str | None = None) -> Saved:
        """Take an incident into a case; a closed case is opened again by it. Raises ``Problem``: ``no_record``."""
        values, told = self._row(CASE, case), self._row(INCIDENT, incident)
        named = _ids(values.get("incident"))
        if incident in named:
            return Saved(case)
        data: dict[str, Value] = {"incident": [*named, incident]}
        if Facts(values).closed:
            data["reopened_on"] = max(str(told.get("received_at") or clock.stamp())[:10], str(values["closed_on"]))
        return self.save(CASE, data, case, batch=batch)

    def case(self, case: str) -> CaseView:
        """Return one case and how it stands. Raises ``Problem(no_record)``."""
        values = self._row(CASE, case)
        rows = {form: tuple(self.store.rows(form, f'"{CASE}" = ?', (case,), order="id")) for form in ROWS}
        told = tuple(row for one in _ids(values.get("incident")) if (row := self.store.row(INCIDENT, one)))
        state = process.state_of(_facts(values, told, rows))
        return CaseView(case, str(values.get("child") or ""), values, told, rows, state)

    def cases(self, child: str | None = None) -> list[CaseLine]:
        """Return all cases, or those of one child: open ones first, by what is due first, then closed ones."""
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

    def finish_step(
        self, case: str, step: str, data: Mapping[str, Value] | None = None, *, round_: int | None = None
    ) -> Saved:
        """Record a step as done, or as not applicable (``state``) with its ``reason``; again amends what was recorded.

        ``data`` are fields of ``case_step``; without ``done_at`` it was done now. Findings tell what is out of order.
        Raises ``Problem``: ``no_record``, ``unknown_step``.
        """
        view = self.case(case)
        facts = view.state.facts
        wanted = round_ or facts.rounds
        if step not in {one.code for one in process.steps(facts.began)}:
            raise Problem("unknown_step", step=step)
        given: dict[str, Value] = {"state": "done", **(data or {}), "case": case, "step": step, "round": wanted}
        if given["state"] == "done":
            given.setdefault("done_at", clock.stamp()[:16])
        old = facts.row_of(step, wanted)
        others = Facts(facts.case, facts.incidents, [row for row in facts.steps if row is not old],
                       facts.assessments, facts.plans, facts.decisions)  # fmt: skip
        found = process.check_step(others, {**(old or {}), **given})
        saved = self.save(STEP, given, str(old["id"]) if old else None)
        return Saved(saved.id, (*saved.findings, *found), saved.batch)

    def close_case(self, case: str, data: Mapping[str, Value]) -> Saved:
        """Close a case: ``closed_on`` (today by default), ``end``, ``closing_no``, ``end_note``.

        Findings ask about a separation still open and a review never made. Raises ``Problem(no_record)``.
        """
        found = process.check_closing(self.case(case).state.facts)
        saved = self.save(CASE, {"closed_on": clock.today().isoformat(), **data}, case)
        return Saved(saved.id, (*saved.findings, *found), saved.batch)

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

    def _row(self, form: str, record: str) -> dict[str, Value]:
        """Return a visible record of a form. Raises ``Problem(no_record)``."""
        found = self.store.rows(form, "id = ?", (record,))
        if not found:
            raise Problem("no_record")
        return dict(found[0])


def _facts(values: Mapping[str, Any], incidents: tuple[Any, ...], rows: Mapping[str, tuple[Any, ...]]) -> Facts:
    return Facts(values, incidents, rows["case_step"], rows["assessment"], rows["plan"], rows["decision"])


def _ids(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _urgency(line: CaseLine) -> tuple[bool, str, str]:
    dues = [one.due.isoformat() for one in line.state.steps if one.due and not one.ended]
    return line.state.facts.closed, min(dues, default="9"), line.id
