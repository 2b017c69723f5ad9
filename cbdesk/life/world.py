"""What all subjects of an invented life share: its people, its days, its draws and what was written so far."""

from __future__ import annotations

import random
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import accumulate
from typing import Any, NamedTuple

from cbdesk.dates import latest
from cbdesk.paths import resources
from cbdesk.sample import UNDER_AGE, Household, Register, Weighted

Row = dict[str, Any]
Data = Mapping[str, Any]
POOR = ("poor", "near_poor")
CLOSING = time(16, 30)


class Entry(NamedTuple):
    """One row as ``put`` takes it, written at a moment (Vietnam time). ``@key`` in it is the id of that key's row."""

    at: datetime
    form: str
    key: str
    row: Row

    @property
    def amends(self) -> bool:
        """Return whether the row amends one written before."""
        return "id" in self.row

    def as_dict(self) -> dict[str, Any]:
        """Return the entry as it stands in a file."""
        return {"at": self.at.isoformat(timespec="minutes"), "form": self.form, "key": self.key, "row": self.row}


@cache
def settings() -> Data:
    """Return the data of the invented life, as written in ``resources/catalogue/life.toml``."""
    return tomllib.loads((resources() / "catalogue" / "life.toml").read_text(encoding="utf-8"))


@cache
def weighted(written: str) -> Weighted:
    """Return codes to draw from: ``"home:6 school:3"``, each as often as its weight says."""
    pairs = [one.rpartition(":")[::2] for one in written.split()]
    return Weighted(tuple(code for code, _ in pairs), tuple(accumulate(float(weight) for _, weight in pairs)))


@dataclass(slots=True, eq=False)
class House:
    """A household of the life: its key, what its children share, its class now, its children and their given names."""

    key: str
    shared: Household
    wealth: str
    children: list[Child] = field(default_factory=list)
    given: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Child:
    """A child of the life. ``row`` is what the book says now; ``open`` its open episodes, (form, code) to key.

    ``gone`` is the day it ceased to be a child of the office, ``busy`` the day until which an open case holds it.
    """

    key: str
    house: House
    born: date
    row: Row
    since: date
    gone: date | None = None
    busy: date | None = None
    open: dict[tuple[str, str], str] = field(default_factory=dict)

    def here(self, day: date) -> bool:
        """Return whether it is a child of the office on that day."""
        return self.since <= day and (self.gone is None or day < self.gone) and age(self.born, day) < UNDER_AGE

    def stays(self, day: date) -> bool:
        """Return whether it is here and has not been written to leave later."""
        return self.gone is None and self.here(day)

    def free(self, day: date) -> bool:
        """Return whether it stays and no case holds it."""
        return self.stays(day) and (self.busy is None or self.busy < day)


def age(born: date, day: date) -> int:
    """Return whole years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


class World:
    """One life in the making. Every subject draws from a stream of its own, so that none disturbs another."""

    def __init__(self, children: int, seed: int, today: date, months: int, rate: float) -> None:
        self.size, self.seed, self.today, self.rate = children, seed, today, rate
        self.begin = first_of(today, months)
        self.data = settings()
        self.register = Register(seed, self.begin, children)
        self.houses: list[House] = []
        self.children: list[Child] = []
        self.villages: dict[str, str] = {}
        self.returning: list[tuple[date, Child, str]] = []
        self.plans: dict[tuple[int, str], str] = {}
        self.flooded: list[tuple[date, Child]] = []
        self.tally: Counter[tuple[str, int]] = Counter()
        self.rows: dict[str, Row] = {}
        self.made: dict[str, datetime] = {}
        self._entries: list[Entry] = []
        self._keys: Counter[str] = Counter()
        self._numbers: Counter[tuple[str, int]] = Counter()
        self._streams: dict[str, random.Random] = {}

    # --- days --------------------------------------------------------------------------------------------------------

    def months(self) -> Iterator[tuple[date, date]]:
        """Return first and last day of each month; the last one ends today."""
        first = self.begin
        while first <= self.today:
            following = (first + timedelta(days=31)).replace(day=1)
            yield first, min(following - timedelta(days=1), self.today)
            first = following

    def day(self, by: random.Random, first: date, last: date) -> date:
        """Return a day between two, both included."""
        return first + timedelta(days=by.randrange(max(1, (last - first).days + 1)))

    def after(self, by: random.Random, day: date, span: Sequence[int]) -> date:
        """Return a day so many days later."""
        return day + timedelta(days=by.randint(span[0], span[1]))

    def office(self, by: random.Random, day: date) -> datetime:
        """Return a moment of office hours."""
        return datetime.combine(day, time(7, 30)) + timedelta(minutes=by.randrange(9 * 60))

    # --- draws -------------------------------------------------------------------------------------------------------

    def by(self, subject: str) -> random.Random:
        """Return the stream of draws of a subject."""
        if subject not in self._streams:
            self._streams[subject] = random.Random(f"{self.seed} {subject}")  # noqa: S311  (practice data)
        return self._streams[subject]

    def times(self, by: random.Random, yearly: float, first: date, last: date, seasons: Sequence[float] = ()) -> int:
        """Return how often a thing that happens ``yearly`` times a year happens in this month."""
        share = ((last - first).days + 1) / 365.25
        season = seasons[first.month - 1] * len(seasons) / sum(seasons) if seasons else 1
        return some(by, yearly * share * season)

    def rated(self, by: random.Random, one: Data, first: date, last: date) -> int:
        """Return how often a thing with a ``rate`` of 1,000 children and year happens in this month."""
        return self.times(by, one["rate"] * self.size / 1000, first, last, one.get("months", ()))

    def draw(self, by: random.Random, written: str) -> str:
        """Return one of weighted codes."""
        return weighted(written).draw(by)

    def pick(
        self, by: random.Random, day: date, ages: Sequence[int], fits: Callable[[Child, date], bool]
    ) -> Child | None:
        """Return a child who is here on a day, of an age, and fits; ``None`` where none is found soon."""
        for _ in range(600):
            one = by.choice(self.children)
            if ages[0] <= age(one.born, day) <= ages[1] and fits(one, day):
                return one
        return None

    # --- writing -----------------------------------------------------------------------------------------------------

    def new(self, at: datetime, form: str, row: Row) -> str:
        """Write a new record, not before those it names; returns its key."""
        at = max([at, *(self.made[one] for one in named(row))])
        self._keys[form] += 1
        key = f"{form} {self._keys[form]}"
        self.made[key], self.rows[key] = at, {name: value for name, value in row.items() if _said(value)}
        self._entries.append(Entry(at, form, key, self.rows[key]))
        return key

    def amend(self, at: datetime, key: str, row: Row) -> None:
        """Amend a record, not before it was made."""
        at = max(at, self.made[key])
        self._entries.append(Entry(at, key.rpartition(" ")[0], "", {"id": f"@{key}", **row}))

    def number(self, kind: str, year: int) -> str:
        """Return the next number of a kind of paper in a year, as offices write it."""
        self._numbers[kind, year] += 1
        return self.paper(kind, self._numbers[kind, year])

    def paper(self, kind: str, number: int) -> str:
        """Return a number with the symbol of its kind of paper."""
        return f"{number:02d}/{self.data['papers'][kind]}"

    def told(self) -> list[Entry]:
        """Return what was written until now, in order of time."""
        until = datetime.combine(self.today, CLOSING)
        return sorted((one for one in self._entries if one.at <= until), key=lambda one: one.at)

    # --- people ------------------------------------------------------------------------------------------------------

    def house(self, shared: Household, at: datetime, village: str) -> House:
        """Write a household down."""
        key = self.new(at, "household", {
            "head_name": shared.father or shared.mother, "village": f"@{village}", "ethnicity": shared.people.code,
            "phone": shared.phone,
        })  # fmt: skip
        self.houses.append(House(key, shared, shared.wealth))
        return self.houses[-1]

    def child(self, house: House, days: int, at: datetime, more: Row, since: date) -> tuple[Child, Row]:
        """Write a child of a house down, so many days old; returns it and its groups and risks apart."""
        self.register.today = at.date()
        row = self.register.child(house.shared, days, house.given)
        apart = {name: row.pop(name, []) for name in ("groups", "risks")}
        row.pop("household_class", None)
        row |= {"village": f"@{self.villages[house.shared.village]}", "household": f"@{house.key}", **more}
        house.given.append(str(row["full_name"]).split()[-1])
        born = min(latest(row.get("born")) or at.date() - timedelta(days=days), at.date())
        found = Child(self.new(at, "child", row), house, born, row, since)
        house.children.append(found)
        self.children.append(found)
        return found, apart


def named(row: Row) -> Iterator[str]:
    """Return the keys of the records a row names."""
    for value in row.values():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str) and one.startswith("@"):
                yield one[1:]


def some(by: random.Random, expected: float) -> int:
    """Return how often something happens that is expected so often (a Poisson draw)."""
    n, passed = 0, by.expovariate(1)
    while passed < expected:
        n, passed = n + 1, passed + by.expovariate(1)
    return n


def first_of(today: date, months: int) -> date:
    """Return the day a life begins: the first of the month so many months before the present one."""
    whole = today.year * 12 + today.month - 1 - months
    return date(whole // 12, whole % 12 + 1, 1)


def stamp(moment: datetime) -> str:
    """Return a moment as records hold it."""
    return moment.isoformat(timespec="minutes")


def _said(value: object) -> bool:
    return value not in (None, "", [])

