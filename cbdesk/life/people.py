"""Who comes and goes: the register as it was taken over, births, arrivals, departures, returns, deaths of illness."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from itertools import islice

from cbdesk.life import needs
from cbdesk.life.world import Child, House, World, age

DAY = timedelta(days=1)


def begin(world: World) -> None:
    """Write the villages, households and children the office knows on the first day."""
    at = datetime.combine(world.begin, time(7, 45))
    by = world.by("begin")
    for order, (name, _, main) in enumerate(world.register.villages, start=1):
        world.villages[name] = world.new(at, "village", {
            "name": name, "order": order, "head_name": main.name(by, by.choice(("male", "female"))),
            "hard": by.random() < 0.4,
        })  # fmt: skip
    while len(world.children) < world.size:
        shared = world.register.household()
        house = world.house(shared, at, world.villages[shared.village])
        for days in islice(world.register.ages(shared.people), world.size - len(world.children)):
            child, apart = world.child(house, days, at, {}, world.begin)
            needs.known(world, child, apart, at)


def month(world: World, first: date, last: date) -> None:
    """Let a month pass."""
    _births(world, first, last)
    _arrivals(world, first, last)
    _departures(world, first, last)
    _returns(world, first, last)
    _deaths(world, first, last)


def _births(world: World, first: date, last: date) -> None:
    by, data = world.by("births"), world.data["moving"]
    for _ in range(world.times(by, data["born"] * world.size / 1000, first, last)):
        born = world.day(by, first, last)
        told = world.after(by, born, data["recorded"])
        if told > world.today:
            continue
        at = world.office(by, told)
        house = _young_house(world, by, born) if by.random() < data["old_house"] else None
        if house is None:
            house = _new_house(world, at)
        more = {"born": born.isoformat(), "came_how": "born"}
        child, apart = world.child(house, (told - born).days, at, more, told + DAY)
        child.born = born
        needs.known(world, child, apart, at, since=born)
        _written_whole(world, by, child, told)


def _young_house(world: World, by: random.Random, born: date) -> House | None:
    """Return a house whose youngest child is between one and seven years old."""
    child = world.pick(by, born, (1, 7), _youngest)
    return child.house if child else None


def _youngest(child: Child, day: date) -> bool:
    youngest = child is child.house.children[-1] and (day - child.born).days > 450
    return youngest and child.free(day) and child.house.shared.parents_state == "together"


def _new_house(world: World, at: datetime) -> House:
    shared = world.register.household()
    house = world.house(shared, at, world.villages[shared.village])
    if house.wealth != "other":
        world.new(at, "household_class", {"household": f"@{house.key}", "year": at.year, "class": house.wealth})
    return house


def _written_whole(world: World, by: random.Random, child: Child, told: date) -> None:
    """Add later what a newborn did not have: its name, its number, its certificate."""
    data, at = world.data["moving"], world.office(by, world.after(by, told, world.data["moving"]["named"]))
    later, sex = {}, str(child.row["sex"]).replace("unknown", "male")
    if child.row["full_name"] == world.register.data["placeholder"]["unnamed"]:
        shared = child.house.shared
        later["full_name"] = shared.people.name(by, sex, shared.family, child.house.given)
        child.house.given[-1] = later["full_name"].split()[-1]
    if "personal_id" not in child.row and by.random() < 0.9:
        later["personal_id"] = world.register.number(world.register.data["id_prefix"], sex, child.born.year)
    if later:
        world.amend(at, child.key, later)
        child.row |= later
    if by.random() < data["no_certificate"]:
        day = at.date()
        needs.begin_episode(world, child, "risk", "R14", world.office(by, told), told.isoformat())
        needs.end_episode(world, child, "risk", "R14", at, day, "improved")
    else:
        world.amend(at, child.key, {"birth_cert": f"{world.number('birth', at.year)} ({at.year})"})


def _arrivals(world: World, first: date, last: date) -> None:
    by, data = world.by("arrivals"), world.data["moving"]
    for _ in range(world.times(by, data["arrived"] * world.size / 1900, first, last)):
        came = world.day(by, first, last)
        at = world.office(by, world.after(by, came, data["told"]))
        if at.date() > world.today:
            continue
        house, where = _new_house(world, at), by.choice(data["came_from"])
        for days in world.register.ages(house.shared.people):
            if age(at.date() - timedelta(days=days), at.date()) > 14:
                continue
            more = {"came_how": "moved_in", "came_on": came.isoformat(), "came_from": where}
            if (at.date() - timedelta(days=days)) >= came:
                more = {"came_how": "born"}
            child, apart = world.child(house, days, at, more, at.date() + DAY)
            needs.known(world, child, apart, at)


def _departures(world: World, first: date, last: date) -> None:
    by, data = world.by("departures"), world.data["moving"]
    for _ in range(world.times(by, data["left"] * world.size / 1700, first, last, data["left_months"])):
        day = world.day(by, first, last)
        one = world.pick(by, day, (0, 15), Child.free)
        if one is None:
            continue
        together = [child for child in one.house.children if child.here(day)]
        whole = by.random() < data["whole_house"] and all(child.free(day) for child in together)
        leaving = together if whole else [one]
        at, where = world.office(by, world.after(by, day, data["told"])), by.choice(data["moved_to"])
        back = world.after(by, day, data["away"]) if by.random() < data["returned"] else None
        for child in leaving:
            child.gone = day
            world.amend(at, child.key, {"life_status": "left", "status_since": day.isoformat(), "moved_to": where})
            needs.end_all(world, child, at, day, "moved")
            if back and back > at.date():
                world.returning.append((back, child, where))


def _returns(world: World, first: date, last: date) -> None:
    by, data = world.by("returns"), world.data["moving"]
    for day, child, where in world.returning:
        if first <= day <= last and age(child.born, day) < 16:
            at = world.office(by, world.after(by, day, data["told"]))
            if at.date() > world.today:
                continue
            child.gone, child.since = None, day
            world.amend(at, child.key, {
                "life_status": "permanent", "status_since": None, "moved_to": None, "came_how": "returned",
                "came_on": day.isoformat(), "came_from": where,
            })  # fmt: skip


def _deaths(world: World, first: date, last: date) -> None:
    by, data = world.by("deaths"), world.data["dying"]
    infants = sum(one.here(last) and age(one.born, last) == 0 for one in world.children)
    for ages, yearly in (((0, 0), infants * data["infant"]), ((1, 15), world.size * data["child"] / 1000)):
        for _ in range(world.times(by, yearly, first, last)):
            day = world.day(by, first, last)
            child = world.pick(by, day, ages, Child.free)
            if child is not None:
                at = world.office(by, world.after(by, day, (0, 6)))
                needs.died(world, child, at, day, by.choice(data["causes"]))
