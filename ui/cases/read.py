"""What the pages of cases read in one job, on the desk's thread: one case with all that stands around it, or the list.

Rules. Nothing here touches a widget. Names are read, but shown only where the page may show them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cbdesk import clock, process
from cbdesk.catalogue import catalogue
from cbdesk.desk import Desk
from cbdesk.desk.cases import ROWS, CaseLine, CaseView
from cbdesk.errors import Finding
from cbdesk.rights import EDIT
from cbdesk.words import say
from ui.form.around import child_facts
from ui.record.record_read import Event

Row = Mapping[str, Any]


@dataclass(frozen=True)
class CaseFile:
    """Everything the page shows about one case."""

    view: CaseView
    child: Row
    facts: str
    """The line beside the name: sex, age, village."""
    circumstances: Sequence[Row]
    carers: Sequence[Row]
    suspects: Sequence[Row]
    attachments: Sequence[Row]
    events: Sequence[Event]
    villages: Mapping[str, str]
    neighbours: Sequence[tuple[str, str]]
    """(unit key, name) of communes a case can be handed to."""
    papers: Sequence[Mapping[str, str]]
    officer: str
    unit: str
    """Key of the own commune."""
    clock_wrong: bool = False
    standing: Sequence[Finding] = ()
    """What else to know about the case as it stands."""
    writes: bool = True
    """Whether the officer may write."""

    @property
    def id(self) -> str:
        """Return the id of the case."""
        return self.view.id

    @property
    def values(self) -> Row:
        """Return the fields of the case."""
        return self.view.values

    @property
    def facts_of(self) -> process.Facts:
        """Return the records the state was derived from."""
        return self.view.state.facts

    @property
    def read_only(self) -> bool:
        """Return whether the case is closed, or read by somebody who only looks, and so only shown."""
        return self.facts_of.closed or not self.writes

    def rows(self, form: str, round_: int | None = None) -> list[Row]:
        """Return the rows of a form, of one round where a round is given."""
        return [row for row in self.view.rows.get(form, ()) if round_ is None or (row.get("round") or 1) == round_]


@dataclass(frozen=True)
class CaseRows:
    """The list of cases: its lines, and (name, facts) of each child."""

    lines: Sequence[CaseLine] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    villages: Mapping[str, str] = field(default_factory=dict)


def read_case(desk: Desk, case: str) -> CaseFile:
    """Read a case. Raises ``Problem(no_record)``."""
    view = desk.case(case)
    child = desk.get(view.child)
    villages = desk.village_names()
    incidents = [str(one["id"]) for one in view.incidents]
    suspects = [row for one in incidents for row in desk.rows_of("suspect", one)]
    attachments = [row for one in (case, *incidents) for row in desk.attachments(one)]
    neighbours = [(one.unit, catalogue().units.label(one.unit)) for one in desk.neighbours()]
    return CaseFile(
        view, child, child_facts({**child, "book_code": None}, villages, clock.today()),
        desk.rows_of("circumstance", view.child), desk.rows_of("carer", view.child), suspects, attachments,
        _history(desk, view, suspects, attachments), villages, neighbours, desk.papers(), desk.officer, desk.unit.key,
        process.stamps_ahead(view.state.facts), desk.standing(view), EDIT in desk.rights,
    )  # fmt: skip


def case_of(desk: Desk, child: str) -> CaseFile | None:
    """Return the case of a child that is open, or was last, or ``None``."""
    lines = desk.cases(child)
    return read_case(desk, lines[0].id) if lines else None


def read_cases(desk: Desk) -> CaseRows:
    """Read the list of cases, what is due first."""
    lines, villages, today = desk.cases(), desk.village_names(), clock.today()
    children = {line.child for line in lines}
    facts = {one: child_facts({**desk.get(one), "book_code": None}, villages, today) for one in children if one}
    return CaseRows(lines, facts, villages)


def _history(desk: Desk, view: CaseView, suspects: Sequence[Row], attachments: Sequence[Row]) -> list[Event]:
    """Return what was done in the case, newest first; fields by name, never what stands in them."""
    found = _events(desk, "case", view.id)
    several = [(form, row) for form in ROWS for row in view.rows[form]]
    several += [("suspect", row) for row in suspects] + [("attachment", row) for row in attachments]
    for form, row in several:
        found += _events(desk, form, str(row["id"]))
    return sorted(found, key=lambda one: (one.at, one.number), reverse=True)


def _events(desk: Desk, form: str, record: str) -> list[Event]:
    shape, batches = catalogue().forms[form], dict[tuple[str, str], list[Mapping[str, Any]]]()
    for one in desk.history(record):
        batches.setdefault((str(one["at"]), str(one["batch"])), []).append(one)
    found = []
    for number, ((at, _), changes) in enumerate(batches.items()):
        labels = [str(one["label"]) for one in changes if shape.has(one["field"]) and one["field"] != shape.parent]
        title = _title(form, changes) if number == 0 else shape.title.lower()
        known = "edited" if labels else "voided"
        key = known if number else "opened" if form == "case" else "added"
        words = say(f"case_page.history.{key}", form=title, fields=", ".join(labels[:3]) + ("…" if labels[3:] else ""))
        found.append(Event(at, str(changes[0]["by"]), words, (), number))
    return found


def _title(form: str, changes: Sequence[Mapping[str, Any]]) -> str:
    """Return what a new row is called: a step by its name, everything else by its form."""
    step = next((str(one["to"]) for one in changes if form == "case_step" and one["field"] == "step"), "")
    choice = catalogue().lists["case_step"].get(step) if step else None
    return choice.short.lower() if choice else catalogue().forms[form].title.lower()


def day_of(text: object) -> date | None:
    """Return a stored day, ``None`` where it is less precise or missing."""
    try:
        return date.fromisoformat(str(text)[:10]) if text else None
    except ValueError:
        return None
