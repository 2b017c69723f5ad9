"""What the office does besides: activities, the fund, its plan and money, collaborators, meetings, its own notes."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from cbdesk.life.world import Child, Data, World, stamp
from cbdesk.sample import peoples

HEADS = ("children", "carers", "staff", "collaborators")


def begin(world: World) -> None:
    """Write down who signs, the team, the collaborators, the models and the places where children swim."""
    by, data = world.by("team"), world.data["office"]
    at = datetime.combine(world.begin, time(11, 0))
    for one in data["team"]:
        number = world.paper("decision", by.randrange(20, 200))
        world.new(at, "team_member", {**one, "name": _name(by), "decision_no": number,
                                      "from": f"{world.begin.year}-01-15"})  # fmt: skip
    for one in data["signer"]:
        world.new(at, "signer", {**one, "full_name": _name(by), "from": f"{world.begin.year}-01-02"})
    for village in world.villages.values():
        trained = by.random() < data["trained"]
        world.new(at, "collaborator", {
            "name": _name(by), "village": f"@{village}", "from": f"{world.begin.year - by.randint(0, 4)}-03-01",
            "trained_on": (world.begin - timedelta(days=by.randrange(20, 500))).isoformat() if trained else "",
            "trained_in": ["abuse", "first_aid"] if trained else [],
        })  # fmt: skip
    for form in ("model", "swim_place"):
        for one in data[form]:
            village = by.choice(sorted(world.villages.values()))
            world.new(at, form, {**one, "village": f"@{village}", "from": f"{world.begin.year - 1}-05-20"})


def month(world: World, first: date, last: date) -> None:
    """Let a month pass."""
    for one in world.data["activity"]:
        if first.month in one["months"]:
            _activities(world, one, first, last)
    _fund(world, first, last)
    _meeting(world, first, last)
    _duties(world, first, last)
    if first.month in world.data["office"]["count_months"]:
        _counts(world, first)
    if first.month == world.data["office"]["plan_day"][0]:
        _plan(world, first)


def _name(by: random.Random) -> str:
    people = by.choice([peoples()[code] for code in ("02", "07", "09")])
    return people.name(by, by.choice(("male", "female")))


def _activities(world: World, one: Data, first: date, last: date) -> None:
    by, data = world.by(f"activity {one['title']}"), world.data["office"]
    several = one["times"] // len(one["months"]) + (by.random() < one["times"] / len(one["months"]) % 1)
    for _ in range(several):
        if by.random() < data["cancelled"]:
            continue
        day, name = world.day(by, first, last), by.choice(sorted(world.villages))
        row = {
            "kind": one["kind"], "topics": one["topics"], "organiser": one["organiser"], "money": one["money"],
            "title": one["title"].format(village=data["village_word"] + name.removeprefix(_kind(world))),
            "from": day.isoformat(), "cost": _thousands(by, one.get("cost")),
            "to": (day + timedelta(days=one["days"])).isoformat() if "days" in one else "",
            "village": f"@{world.villages[name]}" if "{village}" in one["title"] else "",
            **{head: by.randint(*one[head]) for head in HEADS if head in one},
        }  # fmt: skip
        if "children" in one:
            row["girls"] = round(row["children"] * by.uniform(0.42, 0.55))
            row["minority"] = round(row["children"] * by.uniform(0.85, 1))
            row["passed"] = round(row["children"] * one["passed"]) if "passed" in one else ""
        plan = world.plans.get((day.year, one["kind"]))
        ended = date.fromisoformat(str(row["to"] or row["from"]))
        world.new(world.office(by, world.after(by, ended, data["told"])), "activity",
                  row | {"plan_item": f"@{plan}" if plan else ""})  # fmt: skip


def _kind(world: World) -> str:
    return str(world.register.data["village"]["kind"])


def _thousands(by: random.Random, span: Sequence[int] | None) -> int | str:
    return by.randint(span[0] // 100_000, span[1] // 100_000) * 100_000 if span else ""


def _fund(world: World, first: date, last: date) -> None:
    by, data = world.by("fund"), world.data["fund"]
    for _ in range(world.times(by, data["yearly"], first, last)):
        day = world.day(by, first, last)
        world.new(world.office(by, world.after(by, day, (0, 4))), "fund_entry", {
            "direction": "in", "on": day.isoformat(), "amount": by.choice(data["amounts"]),
            "party": by.choice(data["givers"]), "purpose": data["purpose"],
            "document_no": world.number("receipt", day.year),
        })  # fmt: skip


def _meeting(world: World, first: date, last: date) -> None:
    by, data = world.by("meetings"), world.data["office"]
    day = first + timedelta(days=by.randint(*data["meeting_days"]) - 1)
    if first.month in data["meeting_months"] and day <= last:
        at = datetime.combine(day, time(8, 0))
        said = {name: data[name] for name in ("place", "chair", "secretary", "present", "content", "conclusion")}
        world.new(at + timedelta(hours=4), "team_meeting", {"on": stamp(at), **said})


def _duties(world: World, first: date, last: date) -> None:
    by, data = world.by("duties"), world.data["office"]
    for _ in range(by.randint(*data["duties_a_month"])):
        day, duty = world.day(by, first, last), by.choice(sorted(data["words"]))
        child = world.pick(by, day, (0, 15), Child.stays) if duty in ("assess", "care") else None
        world.new(world.office(by, world.after(by, day, data["told"])), "duty", {
            "on": day.isoformat(), "duty": duty, "text": data["words"][duty],
            "child": f"@{child.key}" if child else "", "people": by.randint(12, 60) if duty == "teach" else "",
        })  # fmt: skip


def _counts(world: World, first: date) -> None:
    """Write down what others tell: figures the book cannot know, of the year so far."""
    by, data = world.by("counts"), world.data["office"]
    day = first + timedelta(days=by.randint(*data["count_days"]) - 1)
    for one in world.data["count"]:
        whole = round(world.size * one["of_children"]) if "of_children" in one else by.randint(*one["of"])
        world.new(world.office(by, day), "count", {
            "indicator": one["indicator"], "from": f"{day.year}-01-01", "to": day.isoformat(), "of": whole,
            "value": round(whole * by.uniform(*one["share"])), "dated_on": day.isoformat(), "source": one["source"],
        })  # fmt: skip


def _plan(world: World, first: date) -> None:
    """Write the unit's plan of a year and its money."""
    data, year = world.data["office"], first.year
    at = datetime.combine(first, time(9, 0)) + timedelta(days=data["plan_day"][1] - 1)
    plan = world.new(at, "yearly_plan", {
        "year": year, "number": world.number("plan", year), "issued_on": at.date().isoformat(),
        "title": data["plan_title"].format(year=year),
    })  # fmt: skip
    lines = [world.new(at, "budget", {"year": year, "name": name, "amount": amount, "money": money})
             for name, amount, money in data["budget"]]  # fmt: skip
    for order, (what, measure, target) in enumerate(data["items"], start=1):
        item = world.new(at, "plan_item", {
            "yearly_plan": f"@{plan}", "order": order, "what": what, "measure": measure, "target": target,
            "due": f"{year}-11-15", "budget": f"@{lines[min(order, len(lines)) - 1]}",
        })  # fmt: skip
        world.plans[year, data["item_kinds"][order - 1]] = item
