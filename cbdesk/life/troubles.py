"""Incidents: injuries of all causes, drowning apart, abuse of all forms, child labour, early marriage, floods.

What is not known on the day is written down later: outcomes, how a suspect was dealt with, a child who stopped working.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from cbdesk.life import cases, needs
from cbdesk.life.world import Child, Data, House, Row, World, stamp

DEATH, UNKNOWN = "death", "unknown"


def month(world: World, first: date, last: date) -> None:
    """Let a month pass."""
    _injuries(world, first, last)
    for one in world.data["abuse"]:
        _abuse(world, one, first, last)
    _labour(world, first, last)
    _marriages(world, first, last)
    _others(world, first, last)
    if first.month == world.data["flood"]["month"]:
        _flood(world, first, last)


# --- what all have --------------------------------------------------------------------------------------------------


def _times(world: World, by: random.Random, one: Data, first: date, last: date) -> int:
    return world.rated(by, {**one, "rate": one["rate"] * world.rate}, first, last)


def _moment(by: random.Random, world: World, first: date, last: date) -> datetime:
    day = datetime.combine(world.day(by, first, last), datetime.min.time())
    return day + timedelta(minutes=by.randrange(330, 1320))


def _who(world: World, by: random.Random, day: date, one: Data, *, fatal: bool = False) -> list[Child]:
    """Return the children an incident befalls: one of an age it can befall, now and then brothers and sisters too."""
    child = world.pick(by, day, one.get("ages", (0, 15)), Child.free if fatal else Child.here)
    if child is None:
        return []
    others = [other for other in child.house.children if other is not child and other.stays(day)]
    if fatal or not others or by.random() >= one.get("several", world.data["incident"]["several"]):
        return [child]
    return [child, *others[:2]]


def _told(
    world: World, by: random.Random, children: Sequence[Child], occurred: datetime, hours: Sequence[float]
) -> Row:
    """Return what every incident says: who, when, where, who told."""
    data = world.data["incident"]
    received = occurred + timedelta(minutes=round(60 * by.uniform(*hours)))
    row: Row = {
        "child": [f"@{one.key}" for one in children], "received_at": stamp(received), "occurred_at": stamp(occurred),
        "source": world.draw(by, data["sources"]), "channel": world.draw(by, data["channels"]),
    }  # fmt: skip
    if by.random() >= data["elsewhere"]:
        row["place"] = f"@{world.villages[children[0].house.shared.village]}"
    return row


def _written(world: World, by: random.Random, row: Row) -> str:
    """Write an incident; now and then its child is known by name alone at first."""
    at = datetime.fromisoformat(row["received_at"]) + timedelta(minutes=by.randint(4, 50))
    if by.random() >= world.data["incident"]["heard_only"] or len(row["child"]) != 1:
        return world.new(at, "incident", row)
    child = row.pop("child")
    heard = world.rows[child[0][1:]]["full_name"]
    key = world.new(at, "incident", {**row, "heard_name": heard.split()[-1]})
    world.amend(at + timedelta(hours=by.randint(2, 40)), key, {"child": child})
    return key


# --- injuries -------------------------------------------------------------------------------------------------------


def _injuries(world: World, first: date, last: date) -> None:
    by, data = world.by("injuries"), world.data["injury"]
    causes = [one for one in data["cause"] if one.get("months", (1,) * 12)[first.month - 1]]
    drowning = world.data["drowning"]
    weights = [*(one["weight"] for one in causes), drowning["weight"] * drowning["months"][first.month - 1]]
    for _ in range(_times(world, by, data, first, last)):
        cause = by.choices([*causes, None], weights)[0]
        if cause is None:
            _drowning(world, by, first, last)
        else:
            _injury(world, by, cause, first, last)


def _injury(world: World, by: random.Random, cause: Data, first: date, last: date) -> None:
    occurred, outcome = _moment(by, world, first, last), world.draw(by, cause["outcomes"])
    children = _who(world, by, occurred.date(), cause, fatal=outcome == DEATH)
    if not children:
        return
    place = world.draw(by, cause["places"])
    row = _told(world, by, children, occurred, (0.5, 36)) | {
        "kind": "injury", "cause": cause["code"], "outcome": outcome, "injury_place": place,
        "treatment": sorted({world.draw(by, cause["treatments"]) for _ in range(by.randint(1, 2))}),
        "body_part": [world.draw(by, cause["body"])] if "body" in cause else [],
        "setting": world.data["injury"]["setting"].get(place, "other"),
        "damage": "high" if outcome == DEATH else world.draw(by, "low:6 medium:4 high:1"),
        "summary": by.choice(cause["summaries"]),
    }  # fmt: skip
    _followed(world, by, _written(world, by, row), row, children, world.data["injury"]["death_cause"])


def _drowning(world: World, by: random.Random, first: date, last: date) -> None:
    data, occurred = world.data["drowning"], _moment(by, world, first, last)
    outcome = world.draw(by, data["outcomes"])
    most = world.data["injury"]["drowning_deaths_a_year"] * world.rate
    if outcome == DEATH and world.tally["drowned", first.year] >= most:
        outcome = "recovered"
    children = _who(world, by, occurred.date(), {"several": 0}, fatal=outcome == DEATH)
    if not children:
        return
    young = (occurred.date() - children[0].born).days < 5 * 365
    row = _told(world, by, children, occurred, (0.3, 5)) | {
        "kind": "injury", "cause": "drowning", "outcome": outcome, "injury_place": "home" if young else "water",
        "water_place": world.draw(by, data["young_waters" if young else "waters"]), "setting": "community",
        "supervised": world.draw(by, data["supervised"]), "could_swim": world.draw(by, data["could_swim"]),
        "treatment": [world.draw(by, data["treatments"])],
        "damage": "high" if outcome == DEATH else "medium", "urgent": False,
        "summary": by.choice(data["lost" if outcome == DEATH else "saved"]),
    }  # fmt: skip
    world.tally["drowned", first.year] += outcome == DEATH
    _followed(world, by, _written(world, by, row), row, children, data["death_cause"])


def _followed(world: World, by: random.Random, key: str, row: Row, children: Sequence[Child], cause: str) -> None:
    """Write down a death, or later an outcome that was not known yet."""
    occurred = datetime.fromisoformat(row["occurred_at"])
    if row["outcome"] == DEATH:
        needs.died(world, children[0], world.made[key] + timedelta(hours=3), occurred.date(), cause)
    elif row["outcome"] == UNKNOWN and by.random() < 0.8:
        day = world.after(by, world.made[key].date(), world.data["incident"]["later"])
        world.amend(world.office(by, day), key, {"outcome": world.draw(by, "recovered:9 disabled:1")})


# --- abuse ----------------------------------------------------------------------------------------------------------


def _abuse(world: World, one: Data, first: date, last: date) -> None:
    by, data = world.by(f"abuse {one['forms']}"), world.data["abused"]
    for _ in range(_times(world, by, one, first, last)):
        occurred = _moment(by, world, first, last)
        children = _who(world, by, occurred.date(), one)
        if not children:
            continue
        relation, unfounded = world.draw(by, one["relations"]), by.random() < data["unfounded"]
        row = _told(world, by, children, occurred, (2, 200)) | {
            "kind": "abuse", "forms_of_abuse": one["forms"], "suspect_relation": relation,
            "setting": world.draw(by, one["settings"]), "damage": world.draw(by, one["damages"]),
            "urgent": by.random() < one.get("urgent", 0), "summary": by.choice(one["summaries"]), "handling": "open",
            "abuse_acts": sorted({world.draw(by, one["acts"]) for _ in range(2)}) if "acts" in one else [],
            "sexual_acts": [world.draw(by, one["sexual"])] if "sexual" in one else [],
        }  # fmt: skip
        row = {name: value for name, value in row.items() if value is not False}
        key = _written(world, by, row)
        for body, hours in (("police", 2), ("chairman", 5), ("hotline", 20)):
            if by.random() < data[body]:
                at = world.made[key] + timedelta(minutes=by.randint(2, hours * 60))
                world.amend(at, key, {data["told"][body]: stamp(at)})
        _suspects(world, by, one, key, row, unfounded=unfounded)
        for child in children:
            at = world.made[key] + timedelta(minutes=30)
            cases.open_case(world, child, "abused", at, key, unfounded=unfounded)
            if not unfounded:
                _hurt(world, child, one, row, at)


def _suspects(world: World, by: random.Random, one: Data, key: str, row: Row, *, unfounded: bool) -> None:
    data, received = world.data["abused"], datetime.fromisoformat(row["received_at"])
    outcome = "not_prosecuted" if unfounded else world.draw(by, one["outcomes"])
    for _ in range(1 + (by.random() < data["second_suspect"])):
        at = world.made[key] + timedelta(minutes=by.randint(20, 60 * 48))
        suspect = world.new(at, "suspect", {
            "incident": f"@{key}", "relation": row["suspect_relation"], "outcome": "open",
            "sex": world.draw(by, "male:9 female:2"), "born": str(received.year - by.randint(15, 60)),
        })  # fmt: skip
        if outcome == "open" or by.random() >= data["outcome"]:
            continue
        day = world.after(by, received.date(), data["days"])
        world.amend(world.office(by, day + timedelta(days=2)), suspect, {
            "outcome": outcome, "outcome_on": day.isoformat(), "body": data["body"].get(outcome, ""),
            **({"outcome_no": world.number("fine", day.year), "fine": by.choice(data["fines"])}
               if outcome == "administrative" else {}),
        })  # fmt: skip
        handling = "unfounded" if unfounded else data["handling"].get(outcome, "other")
        world.amend(world.office(by, day + timedelta(days=3)), key, {"handling": handling})


def _hurt(world: World, child: Child, one: Data, row: Row, at: datetime) -> None:
    """Open the group and the risk that a report brings with it."""
    day = row["received_at"][:10]
    group = one.get("group") or world.data["abused"]["groups"].get((row.get("sexual_acts") or [""])[0], "")
    if not group and "violence" in row["forms_of_abuse"] and row["damage"] == "high":
        group = "09"
    for form, code in (("circumstance", group), ("risk", one.get("risk", ""))):
        if code and child.gone is None:
            needs.begin_episode(world, child, form, code, at, day)


# --- labour, marriage, other ----------------------------------------------------------------------------------------


def _labour(world: World, first: date, last: date) -> None:
    by, data = world.by("labour"), world.data["labour"]
    for _ in range(_times(world, by, data, first, last)):
        occurred = _moment(by, world, first, last)
        children = _who(world, by, occurred.date(), {**data, "several": 0})
        if not children:
            continue
        state, working = world.draw(by, data["states"]), {}
        if state == "in_labour":
            working = {"hours_week": by.randint(*data["hours"]), "employer": by.choice(data["employers"]),
                       "labour_since": (occurred - timedelta(days=by.randint(5, 200))).date().isoformat()}  # fmt: skip
        row = _told(world, by, children, occurred, (24, 400)) | working | {
            "kind": "child_labour", "labour_state": state, "labour_schooling": world.draw(by, data["schooling"]),
            "work": by.choice(data["works"]), "hazards": sorted({world.draw(by, data["hazards"]) for _ in range(2)}),
            "damage": world.draw(by, "low:2 medium:5 high:1"), "summary": data["summary"], "setting": "community",
        }  # fmt: skip
        _stays(world, by, _written(world, by, row), row, children[0], data, "R16",
               {"labour_state": "withdrawn"}, data["withdrawn"] if state == "in_labour" else 0)  # fmt: skip


def _marriages(world: World, first: date, last: date) -> None:
    by, data = world.by("marriages"), world.data["marriage"]
    for _ in range(_times(world, by, data, first, last)):
        occurred = _moment(by, world, first, last)
        children = _who(world, by, occurred.date(), {**data, "several": 0})
        if not children:
            continue
        state = world.draw(by, data["states"])
        row = _told(world, by, children, occurred, (24, 300)) | {
            "kind": "child_marriage", "marriage_state": state, "spouse_age": by.randint(*data["spouse"]),
            "pregnant": world.draw(by, data["pregnant"]) if children[0].row.get("sex") == "female" else "",
            "forced": world.draw(by, data["forced"]), "damage": world.draw(by, "medium:6 high:3"),
            "married_on": occurred.date().isoformat() if state == "together" else "", "summary": data["summary"],
            "setting": "family",
        }  # fmt: skip
        _stays(world, by, _written(world, by, row), row, children[0], data, "R11", {"marriage_state": "stopped"},
               data["stopped"])  # fmt: skip


def _stays(
    world: World, by: random.Random, key: str, row: Row, child: Child, data: Data, risk: str, end: Row, chance: float
) -> None:
    """Open the risk an incident brings, a case now and then, and write down when it is over."""
    at = world.made[key] + timedelta(minutes=30)
    if child.gone is None:
        needs.begin_episode(world, child, "risk", risk, at, row["received_at"][:10])
    if by.random() < data.get("case", 0) and child.gone is None:
        cases.open_case(world, child, "in_danger", at, key)
    if by.random() < chance:
        world.amend(world.office(by, world.after(by, at.date(), data["days"])), key, end)


def _others(world: World, first: date, last: date) -> None:
    by, data = world.by("others"), world.data["other"]
    for _ in range(_times(world, by, data, first, last)):
        occurred = _moment(by, world, first, last)
        children = _who(world, by, occurred.date(), {"several": 0.5})
        if children:
            _written(world, by, _told(world, by, children, occurred, (1, 48)) | {
                "kind": "other", "damage": "low", "summary": by.choice(data["summaries"]),
            })  # fmt: skip


def _flood(world: World, first: date, last: date) -> None:
    """Let a flood strike one village: its houses carry the risk of it."""
    by, data = world.by("floods"), world.data["flood"]
    day, village = world.day(by, first, last), by.choice(sorted(world.villages))
    houses: list[House] = [one for one in world.houses if one.shared.village == village]
    for house in by.sample(houses, round(len(houses) * data["share"])):
        at = world.office(by, world.after(by, day, (0, 4)))
        for child in house.children:
            if child.stays(day):
                needs.begin_episode(world, child, "risk", "R17", at, day.isoformat(), detail=data["detail"])
                world.flooded.append((day, child))

