"""What can stand in a slot of a form: every field of every record a paper may draw on, shown as papers write it.

Slots are named ``source.field`` and need no code of their own (``child.full_name``, ``incident.condition``,
``plan.goal``); dates and stamps also stand in parts (``….day``), lists as rows (``measures.who``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from cbdesk import clock, dates, kinds, letterhead
from cbdesk.catalogue import Field, Form, catalogue
from cbdesk.desk.known import CHILD
from cbdesk.document import HIDDEN, Given
from cbdesk.letterhead import Office
from cbdesk.store import Store

SINGLE = {
    "child": "child", "incident": "incident", "case": "case", "initial": "assessment", "detailed": "assessment",
    "review": "assessment", "plan": "plan", "meeting": "meeting", "decision": "decision", "separation": "decision",
    "referral": "referral", "placement": "placement", "offer": "carer_offer", "need": "care_need", "suspect": "suspect",
    "father": "carer", "mother": "carer", "carer": "carer",
}  # fmt: skip
"""Slots of one record: the name before the point, and the form whose fields come after it."""
ROWS = {
    "measures": "measure", "visits": "visit", "referrals": "referral", "suspects": "suspect", "carers": "carer",
    "steps": "case_step", "reviews": "placement_review", "supports": "support", "circumstances": "circumstance",
    "risks": "risk", "members": "team_member",
}  # fmt: skip
"""Slots of a table: the name of the rows, and their form."""
PARTS = ("hour", "day", "month", "year", "long")
OWN = ("unit.name", "unit.place", "officer", *(f"today.{part}" for part in PARTS))
DEGREES = ("high", "medium", "low")
TABLES = tuple(f"{one}.{table}" for one in ("initial", "detailed", "review") for table in ("harm", "protect"))
"""The two scored tables of an assessment: their scales run in opposite directions, so each is counted alone."""
EXTRA = ("child.age", "father.age", "mother.age", "carer.age", "child.names", "plan.total",
         *(f"{table}.{degree}" for table in TABLES for degree in DEGREES))  # fmt: skip
HALF = ("child", "father", "mother", "carer", "unit", "officer")
"""What a half-filled form knows: the child and its family, not what happened."""


def known() -> frozenset[str]:
    """Return all slots a template may name."""
    found = {*OWN, *EXTRA, *(f"{rows}.n" for rows in ROWS)}
    for names, of in ((SINGLE, "."), (ROWS, ".")):
        for name, form in names.items():
            for field in catalogue().forms[form].fields:
                found.add(f"{name}{of}{field.name}")
                if field.kind in ("date", "stamp"):
                    found |= {f"{name}{of}{field.name}.{part}" for part in PARTS}
    return frozenset(found)


def values(store: Store, scope: Mapping[str, Any], *, secret: bool) -> dict[str, Any]:
    """Return the slots of the records of a scope; with ``secret`` what is sensitive is hidden."""
    data: dict[str, Any] = {}
    for name, form in SINGLE.items():
        if scope.get(name):
            fields = _fields(store, catalogue().forms[form], scope[name], secret)
            data |= {f"{name}.{key}": value for key, value in fields}
    for name, form in ROWS.items():
        data[name] = [dict(_fields(store, catalogue().forms[form], row, secret)) for row in scope.get(name) or ()]
    for table in TABLES:
        one, _, name = table.partition(".")
        given = [value for key, value in (scope.get(one) or {}).items() if key.startswith(f"{name}_")]
        data |= {f"{table}.{degree}": str(given.count(degree)) for degree in DEGREES if given}
    costs = [cost for row in scope.get("measures") or () if isinstance(cost := row.get("cost"), int)]
    data["plan.total"] = f"{sum(costs):,}".replace(",", ".") if costs else ""
    data["child.names"] = ", ".join(one for one in scope.get("names", ()) if one)
    for who in (CHILD, "father", "mother", "carer"):
        age = dates.age_range(str((scope.get(who) or {}).get("born") or ""), clock.today())
        data[f"{who}.age"] = "–".join(dict.fromkeys(map(str, age))) if age else ""
    return data


def of_office(office: Office) -> dict[str, str]:
    """Return the slots of the unit, the officer and today."""
    today = {f"today.{part}": text for part, text in _parts(clock.stamp()[:16]).items()}
    return {"unit.name": office.unit, "unit.place": office.place, "officer": office.officer, **today}


def _fields(store: Store, form: Form, record: Mapping[str, Any], secret: bool) -> Iterator[tuple[str, Any]]:
    for field in form.fields:
        value = record.get(field.name)
        if value in (None, "", []):
            continue
        if secret and catalogue().sensitive(field, value):
            yield field.name, HIDDEN
            continue
        codes = tuple(map(str, value)) if isinstance(value, list) else (str(value).lower(),)
        yield field.name, Given(_shown(store, field, value), codes)
        if field.kind in ("date", "stamp") and isinstance(value, str):
            yield from ((f"{field.name}.{part}", text) for part, text in _parts(value).items())


def _shown(store: Store, field: Field, value: Any) -> str:
    if field.kind in ("place", "ref", "refs"):
        ids = value if isinstance(value, list) else [value]
        rows = [store.row(field.form or "village", str(one)) or {} for one in ids]
        return ", ".join(str(row.get("full_name") or row.get("name") or row.get("number") or "") for row in rows)
    return kinds.of(field).show(value, field)


def _parts(value: str) -> dict[str, str]:
    """Return the parts of a date or stamp as papers write them; what is not known is left out."""
    day, _, time = value.partition("T")
    found = dict(zip(("year", "month", "day"), day.split("-"), strict=False))
    if "month" in found and int(found["month"]) > 2:
        found["month"] = str(int(found["month"]))  # only months 1 and 2 carry a 0 (NĐ 30/2020/NĐ-CP)
    if len(day) == len("2026-10-12"):
        found["long"] = letterhead.long_date(date.fromisoformat(day))
    return found | ({"hour": letterhead.say("hour", hour=time[:2], minute=time[3:])} if time else {})
