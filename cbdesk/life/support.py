"""What children receive: monthly allowances and their end, gifts on their days, scholarships, services, the fund."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from cbdesk.catalogue import catalogue
from cbdesk.life.world import Child, Data, Row, World, age

ALLOWANCE = ("support", "allowance")


def begin(world: World) -> None:
    """Write the allowances that run already."""
    by, data = world.by("allowances"), world.data["allowance"]
    for child in world.children:
        if _entitled(world, child) and by.random() < data["known"]:
            start = world.begin - timedelta(days=by.randrange(60, 1100))
            at = datetime.combine(world.begin, datetime.min.time()) + timedelta(hours=10)
            _grant(world, by, child, at, max(start, child.born).replace(day=1))


def month(world: World, first: date, last: date) -> None:
    """Let a month pass."""
    _allowances(world, first, last)
    _changed_standard(world, first, last)
    for one in world.data["gift"]:
        for day in map(date.fromisoformat, one["days"]):
            if first <= day <= last:
                _gifts(world, one, day)
    if first.month == world.data["scholarship"]["on"][0]:
        _scholarships(world, first)
    for one in world.data["service"]:
        _services(world, one, first, last)
    _relief(world)


# --- allowances -----------------------------------------------------------------------------------------------------


def _entitled(world: World, child: Child) -> bool:
    data = world.data["allowance"]
    for (form, code), key in child.open.items():
        if form == "circumstance" and (code in data["groups"] or code[:2] in data["groups"]):
            level = world.rows[key].get("disability_level")
            if level is None or level in data["levels"]:
                return True
    return False


def _allowances(world: World, first: date, last: date) -> None:
    """Grant what a child has become entitled to; the application takes its time."""
    by, data = world.by("allowances"), world.data["allowance"]
    for child in world.children:
        asks = child.stays(last) and ALLOWANCE not in child.open and _entitled(world, child)
        if asks and by.random() < data["asked"]:
            at = world.office(by, world.after(by, last, data["days"]))
            _grant(world, by, child, at, at.date().replace(day=1))


def _grant(world: World, by: random.Random, child: Child, at: datetime, start: date) -> None:
    data = world.data["allowance"]
    factor = by.choice(data["factors"])
    child.open[ALLOWANCE] = world.new(at, "support", {
        "child": f"@{child.key}", "kind": "allowance", "from": start.isoformat(), "provider": data["provider"],
        "amount": int(_base(at.date()) * factor), "decision_no": world.number("allowance", at.year),
        "category": _category(world, child),
    })  # fmt: skip


def _category(world: World, child: Child) -> str:
    for (form, code), key in child.open.items():
        if form == "circumstance" and code[:2] == "04":
            return "disability_" + str(world.rows[key].get("disability_level", "severe"))
    return "hiv" if ("circumstance", "05") in child.open else "unsupported"


def _base(day: date) -> int:
    """Return the base of allowances on a day, as the dated table has it."""
    return int(catalogue().law_row("allowance", "base", day).value)


def _changed_standard(world: World, first: date, last: date) -> None:
    """Grant the allowances anew where the base changes in this month."""
    old, new = _base(first - timedelta(days=1)), _base(last)
    if old == new or first <= world.begin:
        return
    by, start = world.by("standard"), next(day for day in _days(first, last) if _base(day) == new)
    for child in world.children:
        key = child.open.get(ALLOWANCE)
        if key is None or child.gone is not None or world.rows[key]["from"] >= start.isoformat():
            continue
        at = world.office(by, world.after(by, start, (5, 20)))
        world.amend(at, key, {"to": start.isoformat()})
        row = {**world.rows[key], "from": start.isoformat(), "amount": world.rows[key]["amount"] * new // old}
        child.open[ALLOWANCE] = world.new(at, "support", row | {"decision_no": world.number("allowance", at.year)})


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


# --- gifts, scholarships, services ----------------------------------------------------------------------------------


def _poor(world: World, day: date, classes: Sequence[str], ages: Sequence[int] = (0, 15)) -> list[Child]:
    return [one for one in world.children if one.stays(day) and one.house.wealth in classes
            and ages[0] <= age(one.born, day) <= ages[1]]  # fmt: skip


def _gifts(world: World, one: Data, day: date) -> None:
    by, poor = world.by("gifts"), _poor(world, day, one["classes"])
    chosen = by.sample(poor, round(len(poor) * one["share"]))
    at = world.office(by, day + timedelta(days=1))
    parts = [chosen[n :: len(one["given"])] for n in range(len(one["given"]))]
    for (giver, amount), children in zip(one["given"], parts, strict=True):
        entry = _from_fund(world, at, day, giver, amount * len(children), one["detail"], one["occasion"])
        for child in children:
            _given(world, child, at, {
                "kind": "gift", "from": day.isoformat(), "to": day.isoformat(), "provider": giver,
                "amount": amount, "detail": one["detail"], "occasion": one["occasion"],
                "fund_entry": f"@{entry}" if entry else "", "received_by": child.row.get("mother_name", ""),
            })  # fmt: skip


def _from_fund(world: World, at: datetime, day: date, giver: str, amount: int, purpose: str, occasion: str) -> str:
    """Write what the commune's own fund gave; returns the key of the entry, "" where another gave."""
    if giver != world.data["fund"]["name"] or not amount:
        return ""
    return world.new(at, "fund_entry", {
        "direction": "out", "on": day.isoformat(), "amount": amount, "party": world.data["fund"]["children"],
        "purpose": purpose, "document_no": world.number("payment", day.year), "occasion": occasion,
    })  # fmt: skip


def _given(world: World, child: Child, at: datetime, row: Row) -> None:
    world.new(at, "support", {"child": f"@{child.key}", **row})


def _scholarships(world: World, first: date) -> None:
    by, data = world.by("scholarships"), world.data["scholarship"]
    day = first + timedelta(days=data["on"][1] - 1)
    pupils = _poor(world, day, data["classes"], data["ages"])
    at = world.office(by, day + timedelta(days=3))
    for child in by.sample(pupils, min(len(pupils), round(data["rate"] * world.size / 1000))):
        provider, amount = by.choice(data["providers"]), by.choice(data["amounts"])
        entry = _from_fund(world, at, day, provider, amount, data["detail"], "school_year")
        _given(world, child, at, {
            "kind": "scholarship", "from": day.isoformat(), "to": day.isoformat(),
            "provider": provider, "amount": amount, "detail": data["detail"],
            "school_year": f"{day.year}-{day.year + 1}",
            "fund_entry": f"@{entry}" if entry else "",
        })  # fmt: skip


def _services(world: World, one: Data, first: date, last: date) -> None:
    by = world.by(f"service {one['kind']}")
    for _ in range(world.rated(by, one, first, last)):
        day = world.day(by, first, last)
        child = world.pick(by, day, one["ages"], Child.stays)
        if child is not None:
            _given(world, child, world.office(by, world.after(by, day, (0, 5))), {
                "kind": one["kind"], "from": day.isoformat(), "to": day.isoformat(),
                "provider": one["provider"], "amount": one["amount"] or "", "detail": one["detail"],
                "referred": by.random() < one.get("referred", 0) or "",
            })  # fmt: skip


def _relief(world: World) -> None:
    """Help the children of a flood."""
    by, data = world.by("relief"), world.data["relief"]
    for day, child in world.flooded:
        if by.random() < data["share"]:
            given = world.after(by, day, data["days"])
            _given(world, child, world.office(by, given), {
                "kind": "gift", "from": given.isoformat(), "to": given.isoformat(),
                "provider": data["provider"], "amount": data["amount"], "detail": data["detail"],
                "occasion": "disaster",
            })  # fmt: skip
    world.flooded.clear()
