"""An invented register for practice, demo and tests: nobody in it exists.

Rules: names, shares and incidents are data (``resources/catalogue/sample.toml``); the same seed and day give the same
register on every machine; the rows are what ``put child`` takes. It carries the faults real registers have (partial
dates, 1 January heaps, missing and malformed numbers), because practice without them teaches nothing. Poverty is told
by ``household_class`` alone, as the lists read it from there.
"""

from __future__ import annotations

import json
import random
import tomllib
from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

from cbdesk import carrier
from cbdesk import old_list as old_lists
from cbdesk.dates import age_range
from cbdesk.paths import resources

Row = dict[str, Any]

UNDER_AGE = 16
MALE, FEMALE = "male", "female"
GRADES = ((3, "not_yet"), (6, "kindergarten"), (11, "primary"), (15, "lower_secondary"), (UNDER_AGE, "upper_secondary"))
"""School by age: below which age, which code of the list ``schooling``."""


def rows(children: int, seed: int, today: date) -> Iterator[Row]:
    """Return ``children`` invented children as objects of ``put child``, brothers and sisters one after the other."""
    return islice(Register(seed, today, children).children(), children)


def write(path: Path, *, children: int, seed: int, today: date) -> int:
    """Write an invented register as JSON Lines for ``put child --file``; return the number of children.

    Raises the Problems of ``carrier.write_atomic`` (no folder, disk full, write-protected).
    """
    lines = [json.dumps(row, ensure_ascii=False) for row in rows(children, seed, today)]
    carrier.write_atomic(path, ("\n".join(lines) + "\n").encode("utf-8"), overwrite=True)
    return len(lines)


def old_list(path: Path, given: Iterable[Row]) -> int:
    """Write children as an old Excel list (TCVN3 letters, merged heading) to practise the import; return how many.

    Raises the Problems of ``carrier.write_atomic``.
    """
    children = list(given)
    carrier.write_atomic(path, old_lists.workbook(children, settings()["old_list"]), overwrite=True)
    return len(children)


def incidents(
    n: int, seed: int, today: date, child_ids: Sequence[str], *, born: Mapping[str, str] | None = None
) -> Iterator[Row]:
    """Return ``n`` invented incidents of the last 90 days as objects of ``put incident``; needs at least one child.

    With ``born`` (child id to partial date) an incident befalls a child of an age it can befall.
    """
    draw = random.Random(seed)  # noqa: S311  (practice data, nothing secret)
    kinds = settings()["incident"]
    weights = [one["weight"] for one in kinds]
    for _ in range(n):
        kind = draw.choices(kinds, weights)[0]
        some = draw.sample(list(child_ids), min(len(child_ids), 60))
        received = datetime.combine(today, datetime.min.time()) - timedelta(days=draw.randrange(1, 91))
        received += timedelta(minutes=draw.randrange(6 * 60, 22 * 60))
        occurred = received - timedelta(minutes=round(60 * draw.uniform(*kind["hours"])))
        yield {
            "child": next((one for one in some if _befalls(kind, one, born, today)), some[0]),
            "received_at": received.isoformat(timespec="minutes"),
            "occurred_at": occurred.isoformat(timespec="minutes"),
            **kind["values"],
        }


def _befalls(kind: Mapping[str, Any], child: str, born: Mapping[str, str] | None, today: date) -> bool:
    ages = age_range(born[child], today) if born and born.get(child) else None
    if ages is None or "ages" not in kind:
        return True
    return bool(kind["ages"][0] <= ages[0] and ages[1] <= kind["ages"][1])


# --- data ------------------------------------------------------------------------------------------------------------


@cache
def settings() -> Mapping[str, Any]:
    """Return the data of the invented register, as written in ``resources/catalogue/sample.toml``."""
    return tomllib.loads((resources() / "catalogue" / "sample.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Weighted:
    """Words to draw from, each as often as its weight says."""

    words: tuple[str, ...]
    sums: tuple[float, ...]

    @classmethod
    def of(cls, written: str) -> Weighted:
        """Read ``"Nông:16 Hoàng:13 Mạc _:2"``: weight 1 where none is given, ``_`` is no word or a space in one."""
        pairs = [one.partition(":")[::2] for one in written.split()]
        words = tuple(word.replace("_", " ").strip() for word, _ in pairs)
        return cls(words, tuple(accumulate(float(weight or 1) for _, weight in pairs)))

    def draw(self, by: random.Random, but: Sequence[str] = ()) -> str:
        """Return one word, none of ``but`` while there are others (an empty word is always allowed)."""
        word = ""
        for _ in range(50):
            word = by.choices(self.words, cum_weights=self.sums)[0]
            if not word or word not in but:
                break
        return word


@dataclass(frozen=True, slots=True)
class People:
    """One ethnic group: how it names its children, how large and how poor its households are."""

    code: str
    share: float
    poor: float
    children: tuple[float, ...]
    dates: tuple[float, ...]
    first_january: float
    four_words: bool
    family: Weighted
    middle: Mapping[str, Weighted]
    given: Mapping[str, Weighted]

    def name(self, by: random.Random, sex: str, family: str = "", taken: Sequence[str] = ()) -> str:
        """Return a full name; ``family`` is inherited, ``taken`` are the given names of brothers and sisters."""
        family = family or self.family.draw(by)
        middle = self.middle[sex].draw(by, (family,))
        given = self.given[sex].draw(by, (family, middle, *taken))
        if self.four_words and by.random() < settings()["chance"]["four_words"]:
            usual = self.middle[sex].words[0]  # Văn and Thị come first of all
            second = self.middle[sex].draw(by, (family, middle, given, usual))
            middle = f"{middle} {second}"
        return " ".join(filter(None, (family, middle, given)))


@cache
def peoples() -> Mapping[str, People]:
    """Return the peoples of the invented register by the code of their ethnic group."""
    common = settings()["common"]
    found = {}
    for code, own in settings()["people"].items():
        data = {**common, **own}
        found[code] = People(
            code, data["share"], data["poor"], tuple(data["children"]), tuple(data["dates"]), data["first_january"],
            "middle_boys" not in own, Weighted.of(data["family"]),
            {MALE: Weighted.of(data["middle_boys"]), FEMALE: Weighted.of(data["middle_girls"])},
            {MALE: Weighted.of(data["boys"]), FEMALE: Weighted.of(data["girls"])},
        )  # fmt: skip
    return found


# --- making ----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Household:
    """What the children of one house share."""

    village: str
    people: People
    family: str
    father: str
    mother: str
    carer: str
    phone: str
    wealth: str
    parents_state: str
    risks: tuple[str, ...]


class Register:
    """One register in the making. ``today`` may move on: children drawn later are of their day."""

    def __init__(self, seed: int, today: date, size: int) -> None:
        self.by = random.Random(seed)  # noqa: S311  (practice data, nothing secret)
        self.today = today
        self.data = settings()
        self.chance: Mapping[str, float] = self.data["chance"]
        self.numbers: set[str] = set()
        self.peoples = tuple(peoples().values())
        self.shares = [one.share for one in self.peoples]
        self.villages = self._villages(size)

    def happens(self, what: str) -> bool:
        """Return whether a chance named in the data comes true this time."""
        return self.by.random() < self.chance[what]

    def children(self) -> Iterator[Row]:
        """Return children for ever, household by household."""
        while True:
            house = self.household()
            given: list[str] = []
            for days in self.ages(house.people):
                row = self.child(house, days, given)
                given.append(row["full_name"].split()[-1])
                yield row

    def _villages(self, size: int) -> list[tuple[str, float, People]]:
        """Return the villages: name, weight of size, main people."""
        data = self.data["village"]
        first, second = Weighted.of(data["first"]), Weighted.of(data["second"])
        wanted = max(data["least"], min(data["most"], round(size / data["children"])))
        names: dict[str, None] = {}
        while len(names) < wanted:
            names[f"{data['kind']} {first.draw(self.by)} {second.draw(self.by)}"] = None
        # spread evenly over the shares, so that a small register too has a bit of everybody
        sums, shift = list(accumulate(self.shares)), self.by.random()
        mains = [self.peoples[bisect(sums, (at + shift) / wanted * sums[-1])] for at in range(wanted)]
        return [(name, self.by.lognormvariate(0, 0.45), main) for name, main in zip(names, mains, strict=True)]

    def _people(self) -> People:
        return self.by.choices(self.peoples, self.shares)[0]

    def household(self) -> Household:
        """Return a household drawn anew, of one of the villages."""
        village, _, main = self.by.choices(self.villages, [size for _, size, _ in self.villages])[0]
        data = self.data["village"]
        people = main if self.by.random() < data["own_people"] else self._people()
        father = people.name(self.by, MALE)
        mother = (self._people() if self.by.random() < data["mixed_marriage"] else people).name(self.by, FEMALE)
        single = self.happens("single_mother")
        house = Household(
            village, people, (mother if single else father).split()[0], "" if single else father, mother, "",
            self._phone(), self._wealth(people), "single" if single else "together", ("R09",) if single else (),
        )  # fmt: skip
        for risk in self.data["risk"]:
            if risk.get("household") and self.by.random() < risk["chance"]:
                self._burden(house, risk)
        return house

    def _burden(self, house: Household, risk: Mapping[str, Any]) -> None:
        house.risks += (risk["code"],)
        house.parents_state = risk.get("parents_state", house.parents_state)
        if self.by.random() < risk.get("carer", 0):
            house.carer = self._grandparent(house)

    def _grandparent(self, house: Household) -> str:
        return house.people.name(self.by, self.by.choice((MALE, FEMALE)), house.family)

    def _wealth(self, people: People) -> str:
        named = ("near_poor", "escaped", "average")
        shares = [people.poor, *(self.chance[one] for one in named)]
        return str(self.by.choices(("poor", *named, "other"), (*shares, 1 - sum(shares)))[0])

    def _phone(self) -> str:
        if not self.happens("phone"):
            return ""
        return f"{self.by.choice(self.data['phone_prefixes'].split())}{self.by.randrange(10**7):07d}"

    def ages(self, people: People) -> list[int]:
        """Return the ages of the children of a house in days, the eldest first; twins share one."""
        count = self.by.choices(range(1, len(people.children) + 1), people.children)[0]
        days = [max(1, round((UNDER_AGE * 365 - 1) * self.by.random() ** 0.75))]  # an eldest child is rather old
        while len(days) < count:
            twin = self.happens("twins")
            days.append(days[-1] if twin else days[-1] - round(365 * self.by.uniform(1.2, 4.2)))
        return [one for one in days if one > 0]

    def child(self, house: Household, days: int, taken: Sequence[str]) -> Row:
        """Return a child of a house so many days old today; ``taken`` are the given names of brothers and sisters."""
        born = self.today - timedelta(days=days)
        age = days // 365
        sex = MALE if self.by.random() < 0.525 else FEMALE
        if self.by.random() < house.people.first_january and days > 365:
            born = born.replace(month=1, day=1)
        unnamed = days < 30 and self.happens("unnamed_newborn")
        row: Row = {
            "full_name": self.data["placeholder"]["unnamed"] if unnamed else
            house.people.name(self.by, sex, house.family, taken),
            "born": self._written(born, house.people),
            "sex": "unknown" if self.happens("no_sex") else sex,
            "ethnicity": house.people.code,
            "personal_id": self._number(sex, born, infant=days < 365),
            "village": house.village,
            "life_status": "temporary" if self.happens("temporary") else "permanent",
            **self._school(house, age),
            "health_card": self._card(house, age),
            "father_name": house.father,
            "mother_name": house.mother,
            "carer_name": house.carer,
            "phone": house.phone,
            "household_class": house.wealth,
            "parents_state": house.parents_state,
        }  # fmt: skip
        self._circumstances(house, age, row)
        return {key: value for key, value in row.items() if value}

    def _written(self, born: date, people: People) -> str:
        """Return the birth date as well as the household knows it."""
        if self.happens("no_birth_date"):
            return ""
        digits = self.by.choices((10, 7, 4), people.dates)[0]
        return born.isoformat()[:digits]

    def _number(self, sex: str, born: date, *, infant: bool) -> str:
        """Return a personal number that fits sex and year (2 male, 3 female since 2000), or one of the usual faults."""
        if self.happens("no_id_infant" if infant else "no_id"):
            return ""
        elsewhere = self.happens("id_elsewhere")
        prefix = self.by.choice(self.data["id_prefixes_elsewhere"].split()) if elsewhere else self.data["id_prefix"]
        year = born.year + (1 if self.happens("wrong_id") else 0)
        number = self.number(prefix, sex, year)
        if self.happens("short_id"):
            lost = self.by.randrange(4, 12)
            return number[:lost] + number[lost + 1 :]
        return number

    def number(self, prefix: str, sex: str, year: int) -> str:
        """Return a personal number nobody in the register has."""
        while True:
            number = f"{prefix}{2 if sex == MALE else 3}{year % 100:02d}{self.by.randrange(10**6):06d}"
            if number not in self.numbers:
                break
        self.numbers.add(number)
        return number

    def _school(self, house: Household, age: int) -> Row:
        upland = house.people.first_january > 0
        if (age >= 14 and self.happens("drop_out_14")) or (age >= 12 and upland and self.happens("drop_out_upland")):
            return {"schooling": "dropped_out"}
        schooling = next(code for below, code in GRADES if age < below)
        return {"schooling": schooling, "class": f"{age - 5}{self.by.choice('AB')}" if age >= 6 else ""}

    def _card(self, house: Household, age: int) -> str:
        """Return a health insurance number: group and rate, province, ten digits."""
        if self.happens("no_card"):
            return ""
        kind = "TE1" if age < 6 else "HN1" if house.wealth == "poor" else "HS4"
        return f"{kind}04{self.by.randrange(10**10):010d}"

    def _circumstances(self, house: Household, age: int, row: Row) -> None:
        """Add groups and risks, and what they bring with them."""
        groups, risks = [], list(house.risks)
        poor = house.wealth in ("poor", "near_poor")
        for one in self.data["group"]:
            if self._falls_on(one, house, age) and (poor or not one.get("poor_only")):
                groups.append(one["code"])
                risks += [one["risk"]] if "risk" in one else []
                if one.get("orphan"):
                    row["carer_name"] = row["carer_name"] or self._grandparent(house)
                    row["parents_state"] = ""
                if one.get("found"):
                    row["father_name"] = row["mother_name"] = row["parents_state"] = ""
        risks += [one["code"] for one in self.data["risk"]
                  if not one.get("household") and self._falls_on(one, house, age)]  # fmt: skip
        row["groups"], row["risks"] = groups, list(dict.fromkeys(risks))

    def _falls_on(self, one: Mapping[str, Any], house: Household, age: int) -> bool:
        low, high = one.get("ages", (0, UNDER_AGE))
        if not low <= age <= high or house.people.code not in one.get("peoples", (house.people.code,)):
            return False
        return self.by.random() < float(one["chance"])
