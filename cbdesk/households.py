"""Which household of the register each line of a poverty decision means, and which poor household no line names.

The commune decides once a year which households are poor or near-poor; its list names heads and villages, not
children. A ``Home`` is a household of the register, or children of the same people for whom no household was written
yet. Rules.

* A line *means* a home where the head's personal number agrees, or name and village agree and no number contradicts;
  a parent or carer of the children may stand where the head is not written. One home alone is taken without asking,
  and so are several of the same two people: brothers and sisters often came into the register one household each.
* Several such homes, a name that is nearly the same, or the same name in another village are *near*: a person decides.
* Most households of a decision have no child here: a line without a home is no fault.
* Two lines about one head or one home are asked about, both.
* A home that stands as poor and is in no line is *missing*; it leaves poverty only when a person says so, and only a
  class that the list holds at all is looked at, because poor and near-poor often come as two lists.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cbdesk.likeness import Likeness, compare
from cbdesk.matching import place_key
from cbdesk.persons import Person, person
from cbdesk.text import match_key

MATCHED, NEAR, TWICE, ABSENT = "matched", "near", "twice", "absent"
"""What a line was found to be: one home, homes to choose from, said twice, nobody's here."""
POOR = ("poor", "near_poor")
MOST = 5
"""Near homes shown of one line."""


@dataclass(frozen=True)
class Home:
    """A household (``id``), or with an empty ``id`` children without one. ``names`` are the head, parents and carers.

    ``village`` is the name of the village, ``place`` its id; ``kids`` are the names of the children.

    ``level`` is the class that stands, of ``year``; ``given`` is that of the year asked about, where there is one.
    """

    id: str
    children: tuple[str, ...]
    head: str
    names: tuple[str, ...]
    village: str
    number: str = ""
    book_no: str = ""
    level: str = ""
    year: int = 0
    given: str = ""
    decision_no: str = ""
    place: str = ""
    kids: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Return what names the home in an answer: the household's id, or its first child's."""
        return self.id or self.children[0]

    @property
    def shown(self) -> str:
        """Return by whom people know it: the head, else the first of its people."""
        return self.head or (self.names[0] if self.names else "")

    @cached_property
    def people(self) -> tuple[Person, ...]:
        """Return what is compared of each name."""
        return tuple(_person(name, self.village) for name in self.names)


@dataclass(frozen=True, slots=True)
class Near:
    """A home a line may mean; ``likeness`` is ``None`` where all agrees and only the choice is open."""

    home: Home
    likeness: Likeness | None = None


@dataclass(slots=True)
class Line:
    """One line of a decision: ``data`` as read, what it was found to be, and the homes it may mean, the likest first.

    ``homes`` are the keys of the homes it is taken for; ``new`` enters a household without children; ``skip`` leaves
    the line out. ``open`` lines wait for somebody.
    """

    place: tuple[str, int]
    data: Mapping[str, Any]
    kind: str = ABSENT
    near: tuple[Near, ...] = ()
    homes: tuple[str, ...] = ()
    new: bool = False
    skip: bool = False
    twin: int | None = None
    """Of a line said twice: the row of the other."""

    @property
    def level(self) -> str:
        """Return the class the line gives."""
        return str(self.data.get("household_class") or "")

    @property
    def open(self) -> bool:
        """Return whether somebody must say what becomes of the line."""
        return self.kind in (NEAR, TWICE) and not (self.homes or self.new or self.skip)

    def decide(self, *homes: str, new: bool = False, skip: bool = False) -> None:
        """Say what becomes of the line; nothing given takes back what was said."""
        self.homes, self.new, self.skip = homes, new, skip


@dataclass(slots=True)
class Missing:
    """A home that stands as poor and that no line names. ``level`` is the class somebody gives it, "" leaves it."""

    home: Home
    level: str = ""


@dataclass(slots=True)
class Matched:
    """A decision met with the register."""

    lines: list[Line]
    homes: dict[str, Home] = field(default_factory=dict)
    missing: list[Missing] = field(default_factory=list)

    def of(self, kind: str) -> list[Line]:
        """Return the lines of one kind."""
        return [line for line in self.lines if line.kind == kind]

    def refresh(self) -> None:
        """See again which poor homes no line names; what was said of them stays."""
        said = {one.home.key: one.level for one in self.missing}
        levels = {line.level for line in self.lines} & set(POOR)
        named = {key for line in self.lines for key in (*line.homes, *(one.home.key for one in line.near if line.open))}
        self.missing = [
            Missing(home, said.get(home.key, ""))
            for home in self.homes.values()
            if home.id and home.children and home.level in levels and not home.given and home.key not in named
        ]


def match(lines: Iterable[Line], homes: Iterable[Home]) -> Matched:
    """Find the home of each line, in order."""
    found = Matched(list(lines), {home.key: home for home in homes})
    known = _Known(found.homes.values())
    for line in found.lines:
        sure, near = known.of(line.data)
        if len(sure) == 1 or _one_family(sure):
            line.kind, line.near = MATCHED, tuple(Near(home) for home in sure)
            line.homes = tuple(home.key for home in sure)
        elif sure or near:
            line.kind = NEAR
            line.near = (*(Near(home) for home in sure), *near)[:MOST]
    _mark_twins(found.lines)
    found.refresh()
    return found


def _one_family(homes: Sequence[Home]) -> bool:
    """Return whether all homes are of the same people, two at least, in one village."""
    said = {(frozenset(map(match_key, home.names)), place_key(home.village)) for home in homes}
    return len(said) == 1 and len(next(iter(said))[0]) > 1


def _mark_twins(lines: Sequence[Line]) -> None:
    """Ask about every line whose head or home another line names too."""
    by_home, by_head = defaultdict[str, list[Line]](list), defaultdict[tuple[str, str], list[Line]](list)
    for line in lines:
        for key in line.homes:
            by_home[key].append(line)
        by_head[_head(line.data)].append(line)
    for alike in (*by_home.values(), *by_head.values()):
        if len(alike) < 2 or _told_apart(alike):
            continue
        for at, line in enumerate(alike):
            line.kind, line.homes = TWICE, ()
            line.twin = alike[at - 1 if at else 1].place[1]


def _told_apart(alike: Sequence[Line]) -> bool:
    """Return whether every line of one name carries a personal number of its own: namesakes, not the same head."""
    numbers = [str(line.data.get("head_personal_id") or "") for line in alike]
    return all(numbers) and len(set(numbers)) == len(numbers) and max(Counter(numbers).values()) == 1


def _person(name: str, village: str) -> Person:
    one = person({"full_name": name})
    one.village = place_key(village)
    return one


def _head(data: Mapping[str, Any]) -> tuple[str, str]:
    return match_key(str(data.get("head_name") or "")), place_key(str(data.get("village") or ""))


class _Known:
    """The homes by what a line may say of them."""

    def __init__(self, homes: Iterable[Home]) -> None:
        self._numbers = defaultdict[str, list[Home]](list)
        self._names = defaultdict[str, list[Home]](list)
        self._sounds = defaultdict[str, list[Home]](list)
        for home in homes:
            if home.number:
                self._numbers[home.number].append(home)
            for name in dict.fromkeys(match_key(one) for one in home.names):
                self._names[name].append(home)
            for block in {block for one in home.people for block in _blocks(one)}:
                self._sounds[block].append(home)

    def of(self, data: Mapping[str, Any]) -> tuple[list[Home], list[Near]]:
        """Return the homes a line means, and those it may mean, the likest first."""
        number = str(data.get("head_personal_id") or "")
        if number and (same := self._numbers[number]):
            return list(same), []
        name, village = _head(data)
        here = [home for home in self._names[name] if place_key(home.village) == village or not village]
        sure = [home for home in here if not _contradicts(home, number)]
        sure = _narrowed(sure, name, str(data.get("book_no") or ""))
        apart = [home for home in self._names[name] if home not in sure]
        return sure, [] if len(sure) == 1 else self._near(data, sure, apart)

    def _near(self, data: Mapping[str, Any], sure: Sequence[Home], apart: Sequence[Home]) -> list[Near]:
        one = _person(str(data.get("head_name") or ""), str(data.get("village") or ""))
        found: dict[str, Near] = {}
        for home in (home for block in _blocks(one) for home in self._sounds[block]):
            alike = [like for other in home.people if (like := compare(other, one)) is not None]
            if alike and home not in sure:
                found[home.key] = Near(home, max(alike, key=lambda like: like.score))
        found |= {home.key: Near(home) for home in apart if home.key not in found and len(one.name) > 1}
        return sorted(found.values(), key=lambda near: (-(near.likeness.score if near.likeness else 0), near.home.key))


def _contradicts(home: Home, number: str) -> bool:
    return bool(home.number and number and home.number != number)


def _narrowed(homes: list[Home], name: str, book_no: str) -> list[Home]:
    """Of several homes of one name, those whose household number agrees, else those it heads."""
    for fits in (lambda one: bool(book_no) and one.book_no == book_no, lambda one: match_key(one.head) == name):
        chosen = [home for home in homes if fits(home)]
        if len(chosen) == 1 and not any(not home.id for home in homes):
            return chosen
    return homes


def _blocks(one: Person) -> list[str]:
    """Return the keys under which a name is looked for."""
    if one.given is None:
        return []
    keys = [f"c:{one.compact}"]
    if one.family:
        keys += [f"f:{one.family.sound}:{one.given.sound}", f"o:{one.core}"]
    return [*keys, f"v:{one.village}:{one.given.sound}"]
