"""What the child's page reads in one job: the record, its rows, its incidents, and its history in words.

Rules. Runs on the desk's thread and returns finished words for the history. Codes of groups, risks and kinds of
incident are never in the history: it says that something was added, not what. Newest first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cbdesk import kinds
from cbdesk.catalogue import Form, catalogue
from cbdesk.change import VOID, joined_to
from cbdesk.desk import Desk
from cbdesk.desk.benefits import Hint
from cbdesk.desk.cleaning import IdState
from cbdesk.desk.disclosing import Consent
from cbdesk.desk.extras import Extra
from cbdesk.desk.moving import HomeOf
from cbdesk.words import say

ROWS = ("carer", "absence", "circumstance", "tag", "risk", "support")
NAMED_AT_MOST = 3


@dataclass(frozen=True, slots=True)
class Step:
    """One field changed: label, old and new in words; empty words where it is sensitive."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Event:
    """One action in the history: when, by whom, in words, and its steps."""

    at: str
    by: str
    words: str
    steps: tuple[Step, ...] = ()
    number: int = 0
    """Its place in the history of its own record."""


@dataclass(frozen=True)
class ChildFile:
    """Everything the page shows about one child."""

    id: str
    data: Mapping[str, Any]
    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    incidents: Sequence[Mapping[str, Any]]
    events: Sequence[Event]
    villages: Mapping[str, str]
    officer: str
    id_state: IdState
    into: Mapping[str, Any] | None = None
    """The child this record is now, where it was joined to another."""
    taken_in: Sequence[Mapping[str, Any]] = ()
    """The records that were joined to this one."""
    home: HomeOf | None = None
    """The household, with the class that stands and of which year."""
    transfers: Sequence[Mapping[str, Any]] = ()
    neighbours: Sequence[tuple[str, str]] = ()
    """Communes the child can be handed to, as (unit, name); none while a case is open."""
    hints: Sequence[Hint] = ()
    """What the child may be entitled to or lacks, as far as everybody may see it."""
    extras: Sequence[tuple[Extra, str | None]] = ()
    """The office's own columns with what they say of the child."""
    restricted: Sequence[str] = ()
    """People of the family from whom the file is kept; none for who may not see that."""
    consents: Sequence[Consent] = ()
    """What was asked about its data, the newest answer first."""
    given: int = 0
    """How often data of the child was given outside."""


def read_child(desk: Desk, record: str) -> ChildFile:
    """Read a child. Raises ``Problem(no_record)``."""
    data = desk.get(record)
    villages = desk.village_names()
    rows = {form: desk.rows_of(form, record) for form in ROWS}
    events = _events(desk, "child", record, villages)
    for form, several in rows.items():
        for row in several:
            events += _events(desk, form, str(row["id"]), villages)
    incidents = [row for row in desk.incidents() if record in (row.get("child") or ())]
    events.sort(key=lambda event: (event.at, event.number), reverse=True)
    into = desk.get(str(data["merged_into"])) if data.get("merged_into") else None
    taken_in = [desk.get(str(one)) for one in data.get("merged", ())]
    state = desk.id_state(record)
    cases = any(not one.state.facts.closed for one in desk.cases(record))
    near = [(one.unit, catalogue().units.label(one.unit)) for one in desk.neighbours()] if not cases else []
    return ChildFile(record, data, rows, incidents, events, villages, desk.officer, state, into, taken_in,
                     desk.home_of(record), desk.transfers(record), near, desk.benefits(record),
                     desk.extras_of(record), desk.restricted_people(record), desk.consents(record),
                     len(desk.disclosures(record)))  # fmt: skip


def _events(desk: Desk, form: str, record: str, villages: Mapping[str, str]) -> list[Event]:
    shape = catalogue().forms[form]
    found: list[Event] = []
    batches: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for one in desk.history(record):
        batches.setdefault((str(one.get("record") or record), str(one["at"]), str(one["batch"])), []).append(one)
    known = set[str]()
    for number, ((of, at, _), changes) in enumerate(batches.items()):
        own = [one for one in changes if shape.has(one["field"]) and one["field"] != shape.parent]
        steps = tuple(_step(shape, one, villages) for one in own)
        first = of not in known
        known.add(of)
        words = _joined(desk, changes, of, record) or _words(shape, changes, steps, first=first)
        if of != record:
            words = say("child.history.of", code=_code(desk, of), words=words)
        found.append(Event(at, str(changes[0]["by"]), words, steps if form == "child" and not first else (), number))
    return found


def _joined(desk: Desk, changes: Iterable[Mapping[str, Any]], of: str, record: str) -> str:
    """Return what a join, or taking one apart, is called; nothing for anything else."""
    for one in changes:
        into, before = (joined_to(one[side]) if one["field"] == VOID else None for side in ("to", "from"))
        if into:
            return say("child.history.joined_here" if of != record else "child.history.joined", code=_code(desk, into))
        if before:
            return say("child.history.split")
    return ""


def _code(desk: Desk, record: str) -> str:
    return str(desk.get(record).get("book_code") or "")


def _words(shape: Form, changes: Iterable[Mapping[str, Any]], steps: Sequence[Step], *, first: bool) -> str:
    voided = [one for one in changes if one["field"] == VOID]
    child = shape.name == "child"
    if voided and voided[-1]["to"]:
        return say("child.history.voided" if child else "child.history.row_voided", form=shape.title.lower())
    if voided and voided[-1]["from"]:
        return say("child.history.restored")
    if first:
        return say("child.history.added" if child else "child.history.row_added", form=shape.title.lower())
    labels = [step.label for step in steps]
    shown = ", ".join(labels[:NAMED_AT_MOST]) + ("…" if len(labels) > NAMED_AT_MOST else "")
    return say("child.history.edited", fields=shown) if child else say(
        "child.history.row_edited", form=shape.title.lower(), fields=shown)  # fmt: skip


def _step(shape: Form, one: Mapping[str, Any], villages: Mapping[str, str]) -> Step:
    item = shape.field(one["field"])
    if catalogue().sensitive(item, one["to"]) or catalogue().sensitive(item, one["from"]):
        return Step(item.label, "", "")

    def words(value: Any) -> str:
        if item.kind == "place":
            return villages.get(str(value), "") if value is not None else ""
        if item.kind in ("ref", "refs"):
            return say("record.one_record") if value else ""
        return kinds.of(item).show(value, item)

    return Step(item.label, words(one["from"]), words(one["to"]))
