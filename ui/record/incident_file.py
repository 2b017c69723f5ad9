"""What the page of an incident reads and writes, on the desk's thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cbdesk.desk import Desk, Saved
from cbdesk.desk.directory import Contact
from ui.record.checklist import CHECK
from ui.record.incident_plan import FORM
from ui.record.suspects import SUSPECT

CALLED = ("police", "border_post", "health_station")


@dataclass(frozen=True)
class IncidentFile:
    """What the page reads of an incident, on the desk's thread."""

    data: Mapping[str, Any]
    villages: Mapping[str, str]
    unit: str
    team: Sequence[Mapping[str, Any]] = ()
    contacts: Sequence[Contact] = ()
    """Who is to be called of the directory: police, border post, health station, with a telephone."""
    checks: Sequence[Mapping[str, Any]] = ()
    suspects: Sequence[Mapping[str, Any]] = ()
    cases: Mapping[str, str] | None = None
    """Case by child."""
    seen_to: bool = False
    """Whether its emergency was seen to in every case."""


def read_incident(desk: Desk, record: str | None) -> IncidentFile:
    """Read a known incident with all that belongs to it; for a new one what the page needs to begin."""
    villages, unit, team = desk.village_names(), desk.unit.key, desk.all_rows("team_member")
    contacts = [one for one in desk.contacts() if one.role in CALLED and one.phone]
    if record is None:
        return IncidentFile({}, villages, unit, team, contacts)
    holding = [row for row in desk.all_rows("case") if record in (row.get("incident") or ())]
    cases = {str(row["child"]): str(row["id"]) for row in holding}
    checks, suspects = desk.rows_of(CHECK, record), desk.rows_of(SUSPECT, record)
    seen_to = record in desk.seen_emergencies()
    return IncidentFile(desk.get(record), villages, unit, team, contacts, checks, suspects, cases, seen_to)


def case_kind(incident: Mapping[str, Any]) -> str:
    """Return the kind of case an incident opens: abuse is named; what may become abuse is a danger."""
    abused = incident.get("kind") == "abuse" or incident.get("cause") == "violence"
    return "abused" if abused else "in_danger"


def writer(ticks: Mapping[str, str]) -> Callable[[Desk, Mapping[str, Any]], Saved]:
    """Return the verb that writes a new incident with what was seen to already, as one batch."""

    def write(desk: Desk, given: Mapping[str, Any]) -> Saved:
        saved = desk.save(FORM, given, by_hand=True)
        if saved.id is not None and saved.batch is not None:
            for item, stamp in ticks.items():
                desk.save(CHECK, {"incident": saved.id, "item": item, "done_at": stamp}, batch=saved.batch)
        return saved

    return write
