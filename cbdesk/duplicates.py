"""Which records of a register may be one child: pairs for a person to compare, found without comparing all with all.

Only records that share a block are compared (``blocks``); a block that holds too many says nothing about anybody and
is left out. ``Crowd`` knows how common a name is here. Nothing in this module joins or changes anything.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cbdesk import sound
from cbdesk.catalogue import catalogue
from cbdesk.likeness import SEXES, Likeness, compare
from cbdesk.persons import Person, person
from cbdesk.sound import Syllable


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be one child; ``a`` and ``b`` are ids."""

    a: str
    b: str
    likeness: Likeness


NAME = "n:"
"""Begins the block of a name."""


@lru_cache(maxsize=32768)
def _joined(name: tuple[Syllable, ...]) -> str:
    return " ".join(one.sound for one in sound.plain_name(name))


def blocks(one: Person) -> list[str]:
    """Return the keys under which a record is looked for; only records that share one are compared."""
    keys = []
    if one.number:
        keys.append(f"p:{one.number}")
    if one.card:
        keys.append(f"c:{one.card}")
    year, month, day = one.born
    if one.mother and year:
        keys.append(f"y:{_joined(one.mother)}:{year}")
    if one.given is None:
        return keys
    keys.append(f"{NAME}{one.core}" if len(one.name) > 1 else f"{NAME}{one.core}:{year}:{one.village}")
    keys.append(f"{NAME}{one.compact}")
    if one.family:
        keys.append(f"{NAME}{one.family.sound}:{''.join(sorted(one.given.plain))}")
    start = one.given.sound[:1]
    if day:
        keys.append(f"d:{year}:{min(month, day)}:{max(month, day)}:{one.given.sound}")
    if year:
        keys.append(f"g:{year}:{one.given.sound}:{one.village}")
        if one.family:
            keys.append(f"v:{year}:{one.family.sound}:{one.village}")
    if one.mother:
        keys.append(f"m:{_joined(one.mother)}:{start}")
    if one.father:
        keys.append(f"f:{_joined(one.father)}:{one.given.sound}")
    return keys


class Crowd:
    """How many records carry what two of them agree on: the same rare name says more than the same common one.

    Counted is the name with the most exact birth date and place that both have; beside that a day written for many
    (the first of January, the day a list was made) says little.
    """

    def __init__(self, people: Sequence[Person]) -> None:
        rates = catalogue().matching["crowd"]
        self._name, self._day, self._rare = float(rates["name"]), float(rates["day"]), float(rates["only"])
        self._count = Counter(key for one in people for key in _crowds(one))
        names = Counter((one.given.letters, one.given.tone) for one in people if one.given and not one.bare)
        given = {one.given for one in people if one.given and not one.bare}
        self._carried = {one for one in given if names[one.letters, one.tone] > 1 and sound.sayable(one)}
        self._once = given - self._carried
        self._days = Counter(one.day for one in people if one.day)
        self._usual = max(float(rates["usual_day"]), 2 * len(people) / max(1, len(self._days)))

    def doubt(self, a: Person, b: Person) -> float:
        """Return what a pair loses because others would fit as well; below 0 where nobody else has the name."""
        same_day = a.day != 0 and a.day == b.day
        when = a.day if same_day else a.born[0] if a.born[0] == b.born[0] else 0
        loss = self._name * math.log2(max(1, self._carry(a, b, when, a.village if a.village == b.village else "") - 1))
        if a.core == b.core and self._carry(a, b, 0, "") == 2:
            loss -= self._rare
        return loss + (self._day * math.log2(max(1.0, self._days[a.day] / self._usual)) if same_day else 0.0)

    def third(self, a: Person, b: Person) -> bool:
        """Return whether a third record has the same name, sex, year and village."""
        return self._carry(a, b, a.born[0], a.village) > (2 if a.core == b.core else 1)

    def _carry(self, a: Person, b: Person, when: int, where: str) -> int:
        """Return how many records have the name of either, that time and place, and may be of that sex."""
        sex = a.sex if a.sex in SEXES else b.sex
        return max(self._count[one.core, when, where, sex if sex in SEXES else ""] for one in (a, b))

    def both_names(self, a: Person, b: Person) -> bool:
        """Return whether each of the two given names is one that others carry too."""
        return a.given in self._carried and b.given in self._carried

    def misspelt(self, a: Person, b: Person) -> bool:
        """Return whether one of two given names is nobody else's here, and one key away from the other."""
        if (a.given in self._once) == (b.given in self._once) or a.given is None or b.given is None:
            return False
        return sound.one_key(a.given, b.given)


def _crowds(one: Person) -> set[tuple[str, int, str, str]]:
    """Return what a record is counted under; one whose sex nobody knows may be of either."""
    sexes = (one.sex, "") if one.sex in SEXES else (*SEXES, "")
    times, places = {one.day, one.born[0], 0}, {one.village, ""}
    return {(one.core, when, where, sex) for when in times for where in places for sex in sexes}


def pairs(records: Iterable[Mapping[str, object]], *, progress: Callable[[], object] | None = None) -> list[Pair]:
    """Return the pairs of a register that a person should compare, the most alike first."""
    people = [person(record) for record in records]
    return among(people, Crowd(people), progress=progress)


def among(people: Sequence[Person], crowd: Crowd, *, progress: Callable[[], object] | None = None) -> list[Pair]:
    """Return the pairs of people already read, weighed with what their crowd says, the most alike first."""
    found = []
    for i, j in _candidates(people):
        if progress is not None:
            progress()
        likeness = compare(people[i], people[j], crowd)
        if likeness is not None:
            found.append(Pair(people[i].id, people[j].id, likeness))
    return sorted(found, key=lambda one: (-one.likeness.score, one.a, one.b))


def _candidates(people: Sequence[Person]) -> list[tuple[int, int]]:
    """Return the pairs that share a block, each once, in order.

    Of one name, only those of one year or the next: of others, only the same parents could say anything, and these
    have blocks of their own.
    """
    largest = int(catalogue().matching["blocks"]["largest"])
    groups: dict[str, list[int]] = {}
    for i, one in enumerate(people):
        for key in blocks(one):
            groups.setdefault(key, []).append(i)
    years, met, size = [one.born[0] for one in people], set[int](), len(people)
    for key, members in groups.items():
        if 1 < len(members) <= largest:
            near = key.startswith(NAME)
            for at, i in enumerate(members):
                year = years[i]
                met.update(
                    i * size + j
                    for j in members[at + 1 :]
                    if not near or not year or not years[j] or -2 < year - years[j] < 2
                )
    return [divmod(one, size) for one in sorted(met)]


def as_dict(pair: Pair) -> dict[str, Any]:
    """Return the shape promised by the command line: a, b, score, level, reasons (codes), text."""
    return {
        "a": pair.a,
        "b": pair.b,
        "score": pair.likeness.score,
        "level": pair.likeness.level,
        "reasons": [one.code for one in pair.likeness.reasons],
        "text": pair.likeness.text,
    }
