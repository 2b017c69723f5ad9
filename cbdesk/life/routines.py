"""What comes back every year: sixteenth birthdays, the class of households, health cards, the new school year."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

from cbdesk.life import needs
from cbdesk.life.world import Child, Row, World, age
from cbdesk.sample import GRADES, UNDER_AGE

SCHOOLS = ((5, "primary"), (9, "lower_secondary"), (12, "upper_secondary"))
"""School by class: up to which class, which code of the list ``schooling``."""
AT_SCHOOL = ("not_yet", "nursery", "kindergarten", *(code for _, code in SCHOOLS))


def begin(world: World) -> None:
    """Write the classes of the first year as the office took them over, and until when the cards are valid."""
    at = datetime.combine(world.begin, datetime.min.time()) + timedelta(hours=9)
    _decide(world, at, world.begin.year, world.begin.replace(year=world.begin.year - 1, month=12, day=16), first=True)
    for child in world.children:
        if child.row.get("health_card"):
            child.row["card_until"] = world.rows[child.key]["card_until"] = _valid(child, world.begin).isoformat()


def month(world: World, first: date, last: date) -> None:
    """Let a month pass."""
    _sixteen(world, first)
    _cards(world, first, last)
    if first.month == world.data["households"]["review"][0]:
        _classes(world, first)
    if first.month == 9:
        _school_year(world, first)


def _sixteen(world: World, first: date) -> None:
    """Write down who turned sixteen in the month before."""
    by, before = world.by("sixteen"), first - timedelta(days=1)
    at = world.office(by, world.after(by, first, (0, 5)))
    for child in world.children:
        turned = _birthday(child.born, UNDER_AGE)
        if child.gone is None and before.replace(day=1) <= turned <= before:
            child.gone = turned
            if by.random() < world.data["moving"]["sixteen_told"]:
                world.amend(at, child.key, {"life_status": "over_16", "status_since": turned.isoformat()})
                needs.end_all(world, child, at, turned, "reached_16")


def _birthday(born: date, years: int) -> date:
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


# --- households -----------------------------------------------------------------------------------------------------


def _classes(world: World, first: date) -> None:
    """Decide the classes of the year to come."""
    by, data = world.by("classes"), world.data["households"]
    decided = first + timedelta(days=by.randint(*data["review"][1:]) - 1)
    at = world.office(by, world.after(by, decided, data["told"]))
    before = {house.key: house.wealth for house in world.houses}
    for house in world.houses:
        chance = by.random()
        for wealth, share in data["next"][house.wealth].items():
            if chance < share:
                house.wealth = wealth
                break
            chance -= share
    changed = {house.key for house in world.houses if house.wealth != before[house.key]}
    _decide(world, at, first.year + 1, decided, changed=changed)


def _decide(
    world: World, at: datetime, year: int, decided: date, *, first: bool = False, changed: set[str] | None = None
) -> None:
    data = world.data["households"]
    number = world.paper("decision", data["first_number"] + (year - world.begin.year) * 37)
    for house in world.houses:
        if not first and not any(child.gone is None for child in house.children):
            continue
        if house.wealth != "other" or house.key in (changed or ()):
            world.new(at, "household_class", {
                "household": f"@{house.key}", "year": year, "class": house.wealth, "decision_no": number,
                "decision_date": decided.isoformat(), "source": data["source"].format(year=year - 1),
            })  # fmt: skip


# --- cards and school -----------------------------------------------------------------------------------------------


def _valid(child: Child, day: date) -> date:
    """Return until when a card is valid: the sixth birthday, after that the end of the year."""
    sixth = _birthday(child.born, 6)
    return sixth - timedelta(days=1) if sixth > day else date(day.year, 12, 31)


def _cards(world: World, first: date, last: date) -> None:
    by, data = world.by("cards"), world.data["cards"]
    before = (first - timedelta(days=1)).replace(day=1).isoformat()
    for child in world.children:
        if child.gone is not None or child.since > first:
            continue
        until = child.row.get("card_until", "")
        if not child.row.get("health_card"):
            if by.random() < data["first"]:
                _card(world, by, child, world.day(by, first, last))
        elif before <= until < first.isoformat() and by.random() < data["renewed"]:
            _card(world, by, child, world.after(by, first, data["days"]))


def _card(world: World, by: random.Random, child: Child, day: date) -> None:
    """Give a child a card, or make it valid for longer; at six the number becomes another."""
    row: Row = {"card_until": _valid(child, day).isoformat()}
    kind = "TE1" if age(child.born, day) < 6 else "HN1" if child.house.wealth == "poor" else "HS4"
    old = str(child.row.get("health_card") or "")
    if old[:3] != kind:
        row["health_card"] = f"{kind}04{old[5:] or f'{by.randrange(10**10):010d}'}"
    child.row |= row
    world.amend(world.office(by, day), child.key, row)


def _school_year(world: World, first: date) -> None:
    """Move everybody up one class, with those who repeat and those who leave."""
    by, data = world.by("school"), world.data["school"]
    day = first + timedelta(days=by.randint(*data["days"]) - 1)
    at = world.office(by, day)
    for child in world.children:
        if child.gone is not None or child.since > day or child.row.get("schooling") not in AT_SCHOOL:
            continue
        chance, years = by.random(), age(child.born, day)
        leaves = next((share for low, share in reversed(data["drop_out"]) if years >= low), 0)
        if chance < leaves:
            row: Row = {"schooling": "dropped_out", "dropped_out": day.isoformat(),
                        "dropped_out_reason": by.choice(data["reasons"])}  # fmt: skip
            needs.begin_episode(world, child, "risk", "R10", at + timedelta(minutes=30), day.isoformat())
        else:
            row = _next_class(child, first.year, repeats=by.random() < data["repeats"])
        child.row |= row
        if row:
            world.amend(at, child.key, row)


def _next_class(child: Child, year: int, *, repeats: bool) -> Row:
    written = str(child.row.get("class") or "")
    if not written:
        if year - child.born.year == 6:
            return {"schooling": "primary", "class": "1A"}
        code = next(code for below, code in GRADES if year - child.born.year < below)
        return {"schooling": code} if code in AT_SCHOOL[:3] and code != child.row.get("schooling") else {}
    if repeats:
        return {}
    level = min(int(written[:-1]) + 1, 12)
    return {"schooling": next(code for top, code in SCHOOLS if level <= top), "class": f"{level}{written[-1]}"}
