"""Circumstances and risks as episodes: known from before, beginning, ending with a reason or when a child leaves."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from itertools import accumulate
from typing import Any

from cbdesk.life import cases
from cbdesk.life.world import POOR, Child, Row, World, settings

FORMS = ("risk", "circumstance")
USUAL: Mapping[str, Any] = {"ends": 0.05}


@cache
def told(form: str) -> Mapping[str, Mapping[str, Any]]:
    """Return what is known of the codes of a form."""
    return {one["code"]: one for one in settings()[form]}


def known(world: World, child: Child, apart: Row, at: datetime, since: date | None = None) -> None:
    """Write down the groups and risks a child has when the office learns of it."""
    by = world.by("known")
    for form, name in (("circumstance", "groups"), ("risk", "risks")):
        for code in apart[name]:
            start = since.isoformat() if since else _long_ago(world, by, child, at.date())
            begin_episode(world, child, form, code, at, start)


def _long_ago(world: World, by: random.Random, child: Child, day: date) -> str:
    """Return when an old episode began, as well as the office knows: nothing, a year, a month or a day."""
    data, chance = world.data["known_since"], by.random()
    began = max(child.born, world.day(by, day - timedelta(days=365 * data["years"]), day - timedelta(days=1)))
    shares = accumulate((data["none"], data["year"], data["month"]))
    return began.isoformat()[: (0, 4, 7, 10)[sum(chance >= one for one in shares)]]


def begin_episode(
    world: World, child: Child, form: str, code: str, at: datetime, start: str, *, detail: str = ""
) -> None:
    """Open an episode where none of that code is open; a disability gets its certificate now or later."""
    if (form, code) in child.open:
        return
    by, data, one = world.by(f"{form} words"), world.data["evidence"], told(form).get(code, USUAL)
    row: Row = {"child": f"@{child.key}", "code": code, "from": start, "evidence": by.choice(data["words"]),
                "decided_by": by.choice(data["decided_by"])}  # fmt: skip
    if one.get("details"):
        detail = detail or by.choice(one["details"])
    if one.get("illnesses"):
        row["illness"] = by.choice(one["illnesses"])
    row |= {"detail": detail} if detail else {}
    paper = _disability(world, by, at, at.date() == world.begin, row) if one.get("disability") else None
    key = world.new(at, form, row)
    child.open[form, code] = key
    if paper:
        world.amend(paper[0], key, paper[1])


def _disability(world: World, by: random.Random, at: datetime, old: bool, row: Row) -> tuple[datetime, Row] | None:
    data = world.data["disability"]
    row["disability_forms"] = [world.draw(by, data["forms"])]
    row["disability_level"] = world.draw(by, data["levels"])
    if by.random() >= data["paper"]:
        return None
    day = at.date() - timedelta(days=by.randrange(40, 900)) if old else world.after(by, at.date(), data["days"])
    number = world.paper("disability", by.randrange(1, 90))
    paper = {"disability_paper": number, "disability_paper_date": day.isoformat()}
    if old:
        row |= paper
        return None
    return world.office(by, day), paper


def end_episode(world: World, child: Child, form: str, code: str, at: datetime, day: date, reason: str) -> None:
    """Close an open episode."""
    key = child.open.pop((form, code), None)
    if key:
        row: Row = {"to": max(day.isoformat(), str(world.rows[key].get("from", "")))}
        world.amend(at, key, row if form == "support" else row | {"end_reason": reason})


def end_all(world: World, child: Child, at: datetime, day: date, reason: str) -> None:
    """Close what is open of a child who ceases to be one of the office; now and then one is forgotten."""
    by = world.by("ends of all")
    for form, code in list(child.open):
        if form == "support" or by.random() < 0.85:
            end_episode(world, child, form, code, at, day, reason)


def died(world: World, child: Child, at: datetime, day: date, cause: str) -> None:
    """Write down that a child died."""
    child.gone = day
    world.amend(at, child.key, {"life_status": "dead", "status_since": day.isoformat(), "death_cause": cause})
    end_all(world, child, at, day, "dead")


def month(world: World, first: date, last: date) -> None:
    """Let a month pass."""
    for form in FORMS:
        for one in world.data[form]:
            _begin(world, form, one, first, last)
        _end(world, form, first, last)


def _begin(world: World, form: str, one: Mapping[str, Any], first: date, last: date) -> None:
    by = world.by(f"{form} {one['code']}")
    for _ in range(world.rated(by, one, first, last)):
        day = world.day(by, first, last)
        at = world.office(by, world.after(by, day, (0, 12)))
        fits = _poor if one.get("poor_only") else Child.stays
        child = world.pick(by, at.date(), one.get("ages", (0, 15)), fits)
        if child is None:
            continue
        for each in child.house.children if one.get("house") else [child]:
            if each.stays(at.date()):
                begin_episode(world, each, form, one["code"], at, max(day, each.born).isoformat())
                if one.get("parents_state"):
                    world.amend(at, each.key, {"parents_state": one["parents_state"]})
        data = world.data["case"]
        if form == "circumstance" and one["code"][:2] in data["special_groups"] and by.random() < data["special"]:
            cases.open_case(world, child, "special", at)


def _poor(child: Child, day: date) -> bool:
    return child.stays(day) and child.house.wealth in POOR


def _end(world: World, form: str, first: date, last: date) -> None:
    by, share = world.by(f"ends of {form}"), ((last - first).days + 1) / 365.25
    for child in world.children:
        if child.gone is not None:
            continue
        for kind, code in [one for one in child.open if one[0] == form]:
            if by.random() >= told(form).get(code, USUAL)["ends"] * share:
                continue
            day = world.day(by, first, last)
            reason = "mistake" if by.random() < world.data["evidence"]["mistake"] else "improved"
            at = world.office(by, world.after(by, day, (0, 10)))
            end_episode(world, child, kind, code, at, day, reason)
