"""What can stand in a slot of a form: every field of every record a paper may draw on, shown as papers write it.

Slots are named ``source.field`` and need no code of their own (``child.full_name``, ``incident.condition``,
``plan.goal``); dates and stamps also stand in parts (``….day``), lists as rows (``measures.who``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from cbdesk import clock, dates, kinds, letterhead
from cbdesk.catalogue import Field, Form, catalogue
from cbdesk.desk.directory import ROLES, contacts_of, holder_of
from cbdesk.desk.known import CHILD
from cbdesk.document import HIDDEN, Given
from cbdesk.letterhead import Office
from cbdesk.store import Store
from cbdesk.store.projection import name_order, showable

SINGLE = {
    "child": "child", "incident": "incident", "case": "case", "initial": "assessment", "detailed": "assessment",
    "review": "assessment", "plan": "plan", "meeting": "meeting", "decision": "decision", "separation": "decision",
    "extension": "decision", "return": "decision", "approval": "decision", "closing": "decision",
    "referral": "referral", "placement": "placement", "offer": "carer_offer", "need": "care_need", "suspect": "suspect",
    "care_review": "placement_review", "team_meeting": "team_meeting", "request": "data_request",
    "father": "carer", "mother": "carer", "carer": "carer", "leaver": "officer", "taker": "officer",
}  # fmt: skip
"""Slots of one record: the name before the point, and the form whose fields come after it."""
ROWS = {
    "measures": "measure", "visits": "visit", "referrals": "referral", "suspects": "suspect", "carers": "carer",
    "steps": "case_step", "reviews": "placement_review", "supports": "support", "circumstances": "circumstance",
    "risks": "risk", "members": "team_member", "offers": "carer_offer", "needy": "care_need",
}  # fmt: skip
"""Slots of a table: the name of the rows, and their form."""
CHILD_OF = ("needy",)
"""Rows that are about one child each: their child's fields are slots too (``needy.child.born``)."""
PARTS = ("hour", "date", "day", "month", "year", "long")
OWN = ("unit.name", "unit.place", "officer", *(f"today.{part}" for part in PARTS))
CONTACT = ("name", "phone", "position", "organisation")
"""Of who holds a role in the directory: ``contact.police.phone``; a village head is that of the child's village."""
DEGREES = ("high", "medium", "low")
TABLES = tuple(f"{one}.{table}" for one in ("initial", "detailed", "review") for table in ("harm", "protect"))
"""The two scored tables of an assessment: their scales run in opposite directions, so each is counted alone."""
PEOPLE = ("child", "father", "mother", "carer")
EXTRA = (*(f"{who}.age" for who in PEOPLE), "child.names", "plan.total",
         *(f"{table}.{degree}" for table in TABLES for degree in DEGREES))  # fmt: skip
REGISTER = ("children", "incidents", "cases", "lists", "device", "fingerprint", "written_to", "unsent", "acked_to",
            "log", "log_head", "backups", "backup", "officers")  # fmt: skip
"""What a hand-over of the register says of it; its rows ``streams`` tell ``STREAM``."""
STREAM = ("stream", "count", "head")
LATE = ("to", "day", "count", "receiver", "n", "unit", "months", "heard")
"""What the letter to late communes says, and a row of it of each (``reminding``)."""
DONE = ("n", "on", "text", "child", "people", "count")
"""What a row of the proof of work tells, and how many rows there are."""
HALF = (*PEOPLE, "unit", "officer")
"""What a half-filled form knows: the child and its family, not what happened."""
Hides = Callable[[str, Field, Any], bool]
"""Says of a form, its field and a value whether this paper may not show it."""


def duty_rows() -> dict[str, str]:
    """Return the name of the rows of each duty of Article 53, by its code; filled by ``duties``."""
    return {one.code: f"duty_{one.code}" for one in catalogue().lists["duty"].choices}


def known() -> frozenset[str]:
    """Return all slots a template may name."""
    duties = {f"{rows}.{name}" for rows in duty_rows().values() for name in DONE}
    duties |= {f"contact.{role.code}.{name}" for role in catalogue().lists[ROLES].choices for name in CONTACT}
    found = {*OWN, *EXTRA, *(f"register.{name}" for name in REGISTER), *(f"streams.{name}" for name in ("n", *STREAM))}
    duties |= {f"late.{name}" for name in LATE}
    found |= {*(f"{rows}.n" for rows in ROWS), "period", "duties.count", *duties}
    for name, form in (*SINGLE.items(), *ROWS.items(), *((f"{rows}.child", CHILD) for rows in CHILD_OF)):
        for field in catalogue().forms[form].fields:
            found.add(f"{name}.{field.name}")
            if field.kind in ("date", "stamp"):
                found |= {f"{name}.{field.name}.{part}" for part in PARTS}
    return frozenset(found)


def values(store: Store, scope: Mapping[str, Any], hides: Hides) -> dict[str, Any]:
    """Return the slots of the records of a scope. ``PEOPLE`` may be lists, one for each child of an incident."""
    data: dict[str, Any] = {}
    for name, form in SINGLE.items():
        given = scope.get(name) or ()
        records = [given] if isinstance(given, Mapping) else list(given)
        data |= {f"{name}.{key}": value for key, value in _together(store, form, records, hides).items()}
    for name, form in ROWS.items():
        data[name] = [_row(store, name, form, row, hides) for row in scope.get(name) or ()]
    data |= {f"register.{name}": text for name, text in (scope.get("register") or {}).items()}
    data["streams"] = list(scope.get("streams") or ())
    for table in TABLES:
        one, _, name = table.partition(".")
        scored = [value for key, value in (scope.get(one) or {}).items() if key.startswith(f"{name}_")]
        data |= {f"{table}.{degree}": str(scored.count(degree)) for degree in DEGREES if scored}
    costs = [cost for row in scope.get("measures") or () if isinstance(cost := row.get("cost"), int)]
    data["plan.total"] = f"{sum(costs):,}".replace(",", ".") if costs else ""
    data["child.names"] = ", ".join(one for one in scope.get("names", ()) if one)
    return data


def _row(store: Store, name: str, form: str, row: Mapping[str, Any], hides: Hides) -> dict[str, Any]:
    found = _of(store, form, row, hides)
    child = store.row(CHILD, str(row.get(CHILD))) if name in CHILD_OF else None
    return found | {f"{CHILD}.{key}": value for key, value in _of(store, CHILD, child or {}, hides).items()}


def _together(store: Store, form: str, records: Sequence[Mapping[str, Any]], hides: Hides) -> dict[str, Any]:
    """Return the slots of one record, or of several side by side in their order, said once where they agree."""
    every = [_of(store, form, one, hides) for one in records]
    if len(every) < 2:
        return every[0] if every else {}
    words, found = letterhead.patterns()["form"], {}
    for key in dict.fromkeys(key for one in every for key in one):
        told = [one.get(key, Given(words["unknown"])) for one in every]
        texts = dict.fromkeys(one.text for one in told)
        codes = tuple(dict.fromkeys(code for one in told for code in one.codes))
        same = len(texts) == 1
        found[key] = Given(words["several"].join(texts if same else [one.text for one in told]), codes,
                           hidden=any(one.hidden for one in told))  # fmt: skip
    return found


def _of(store: Store, form: str, record: Mapping[str, Any], hides: Hides) -> dict[str, Given]:
    found = dict(_fields(store, catalogue().forms[form], record, hides))
    if form in (CHILD, "carer"):
        age = dates.age_range(str(record.get("born") or ""), clock.today())
        found |= {"age": Given("–".join(dict.fromkeys(map(str, age))))} if age else {}
    return found


def of_office(office: Office) -> dict[str, str]:
    """Return the slots of the unit, the officer and today."""
    today = {f"today.{part}": text for part, text in _parts(clock.stamp()[:16]).items()}
    return {"unit.name": office.unit, "unit.place": office.place, "officer": office.officer, **today}


def of_contacts(store: Store, scope: Mapping[str, Any]) -> dict[str, str]:
    """Return the slots of the directory: of each role who holds it today, in the village of the child there is."""
    child = scope.get(CHILD)
    first = child if isinstance(child, Mapping) else next(iter(child or ()), None)
    village = str((first or {}).get("village") or "")
    people, found = contacts_of(store, name_order(store.db)), dict[str, str]()
    for role in catalogue().lists[ROLES].choices:
        one = holder_of(people, role.code, village)
        found |= {f"contact.{role.code}.{name}": str(getattr(one, name)) for name in CONTACT} if one else {}
    return found


def _fields(store: Store, form: Form, record: Mapping[str, Any], hides: Hides) -> Iterator[tuple[str, Given]]:
    for field in form.fields:
        value = record.get(field.name)
        if value in (None, "", []) or not showable(field, value):  # what the catalogue hides stands on no paper
            continue
        timed = field.kind in ("date", "stamp") and isinstance(value, str)
        if hides(form.name, field, value):
            yield field.name, HIDDEN
            yield from ((f"{field.name}.{part}", HIDDEN) for part in PARTS if timed)
            continue
        codes = tuple(map(str, value)) if isinstance(value, list) else (str(value).lower(),)
        yield field.name, Given(_shown(store, field, value), codes)
        if timed:
            yield from ((f"{field.name}.{part}", Given(text)) for part, text in _parts(value).items())


def _shown(store: Store, field: Field, value: Any) -> str:
    if field.kind in ("place", "ref", "refs"):
        ids = value if isinstance(value, list) else [value]
        rows = [store.row(field.form or "village", str(one)) or {} for one in ids]
        return ", ".join(str(row.get("full_name") or row.get("name") or row.get("number") or "") for row in rows)
    if field.kind == "unit":  # as in a sentence: the level of the unit without its capital
        level, _, name = kinds.of(field).show(value, field).partition(" ")
        return f"{level.lower()} {name}".strip()
    parts = _parts(value) if field.kind == "stamp" else {}
    if "hour" in parts:
        return str(letterhead.patterns()["form"]["moment"].format(**parts))
    return kinds.of(field).show(value, field)


def _parts(value: str) -> dict[str, str]:
    """Return the parts of a date or stamp as papers write them; what is not known is left out."""
    day, _, time = value.partition("T")
    found = dict(zip(("year", "month", "day"), day.split("-"), strict=False))
    if "month" in found and int(found["month"]) > 2:
        found["month"] = str(int(found["month"]))  # only months 1 and 2 carry a 0 (NĐ 30/2020/NĐ-CP)
    found["date"] = dates.show_date(day)
    if len(day) == len("2026-10-12"):
        found["long"] = letterhead.long_date(date.fromisoformat(day))
    return found | ({"hour": letterhead.say("hour", hour=time[:2], minute=time[3:])} if time else {})
