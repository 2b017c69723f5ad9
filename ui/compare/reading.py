"""What the page Kiểm tra trùng reads: the queue of pairs, and one pair laid side by side.

Everything here runs on the desk's thread and returns finished words. A queue is read once and then kept up to date by
the decisions made: after a join the pairs of the record that went are pairs of the record that stayed, so that three
records of one child are a chain of two decisions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import NamedTuple

from cbdesk import dates
from cbdesk.catalogue import catalogue
from cbdesk.desk import ChildRow, Desk
from cbdesk.desk.comparing import PairField, PairList, PairView, leads
from cbdesk.errors import Problem
from cbdesk.words import say

LIKELY, LOOK = "likely", "look"
CHILD, GOES_WITH = "child", "goes_with"
EVERY = 500
"""Progress is told after so many comparisons."""
ALIKE_ENOUGH = 0.5
"""Below this share of common letters two values are two values; marking what differs would mark nearly all."""
SHOWN = 3
"""Lines of a list; of a longer one the first are shown and the rest is counted."""
DIFFERS = frozenset({"name_tone", "name_part", "name_middle", "name_family", "born_swapped", "born_slip",
                     "born_next_year"})  # fmt: skip
"""Reasons that speak for one child though something differs: shown as what to look at."""
Spans = tuple[tuple[int, int], ...]


class Stopped(Exception):
    """The person stopped the search."""


class Ground(NamedTuple):
    """One reason in words, and whether it speaks for one child without anything that differs."""

    words: str
    speaks_for: bool


@dataclass(frozen=True, slots=True)
class Suspect:
    """A pair of the queue. ``a`` is the older record, which is kept when both are joined."""

    a: str
    b: str
    names: tuple[str, str]
    short: tuple[str, str]
    """Initials and year, where names are not shown."""
    where: str
    score: int
    level: str
    later: bool = False
    """Put off in this session."""
    chained: bool = False
    """One of its records was joined from two a moment ago."""

    @property
    def key(self) -> str:
        """Return what the pair is known by."""
        return f"{self.a} {self.b}"

    def has(self, record: str) -> bool:
        """Return whether a record is one of the two."""
        return record in (self.a, self.b)


class Side(NamedTuple):
    """Whose record: its code, who made it and when, its commune where the two differ."""

    code: str
    made: str
    unit: str


class Line(NamedTuple):
    """One row of the comparison. ``joined`` is how many entries a list has afterwards; 0 for a field.

    ``lead`` is the field whose side this one goes with.
    """

    name: str
    title: str
    a: str
    b: str
    take: str
    why: str
    joined: int = 0
    same: bool = False
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One pair side by side. ``stand`` changes when either record does; two communes keep both records as they are."""

    a: str
    b: str
    score: int
    level: str
    grounds: tuple[Ground, ...]
    kin: str
    sides: tuple[Side, Side]
    lines: tuple[Line, ...]
    stand: str
    two_units: bool = False

    @property
    def key(self) -> str:
        """Return what the pair is known by."""
        return f"{self.a} {self.b}"


# --- the queue -------------------------------------------------------------------------------------------------------


def read_queue(desk: Desk, told: Callable[[int], None], stopped: Callable[[], bool]) -> list[Suspect]:
    """Find the pairs of the register, the most alike first. Raises ``Stopped``."""
    count = 0

    def progress() -> None:
        nonlocal count
        count += 1
        if count % EVERY == 0:
            told(count)
            if stopped():
                raise Stopped

    pairs = desk.duplicates(all_levels=True, progress=progress)
    wanted = {one for pair in pairs for one in (pair.a, pair.b)}
    rows = {row.id: row for row in desk.children() if row.id in wanted}
    far = desk.role == "receiver"
    return [
        _suspect(desk, rows[pair.a], rows[pair.b], pair.likeness.score, pair.likeness.level, far=far)
        for pair in pairs
        if pair.a in rows and pair.b in rows
    ]


def _suspect(desk: Desk, a: ChildRow, b: ChildRow, score: int, level: str, *, far: bool) -> Suspect:
    where = _places(a.village_name, b.village_name)
    if far and (units := _units(desk, a.id, b.id))[0] != units[1]:
        where = _places(*units)
    return Suspect(a.id, b.id, (_name(a), _name(b)), (_initials(a), _initials(b)), where, score, level)


def _places(one: str, other: str) -> str:
    if one == other or not one or not other:
        return one or other
    return say("duplicates.two_places", a=one, b=other)


def _units(desk: Desk, *records: str) -> list[str]:
    found = []
    for record in records:
        unit = desk.get(record).get("_unit")
        found.append(catalogue().units.resolve(str(unit)).name if unit else "")
    return found


def _name(row: ChildRow) -> str:
    return row.name or say("record.no_name")


def _initials(row: ChildRow) -> str:
    letters = "".join(f"{word[0]}." for word in row.name.split())
    return ", ".join(part for part in (letters, row.born[:4]) if part) or say("record.no_name")


def read_suspects(desk: Desk, pairs: Iterable[tuple[str, str]], *, asked: bool = False) -> list[Suspect]:
    """Return pairs as the queue shows them; those that cannot be compared any more are left out.

    Where a person ``asked`` for a pair it is shown even if too little speaks for one child.
    """
    wanted = list(pairs)
    rows = {row.id: row for row in desk.children()} if wanted else {}
    found = []
    for a, b in wanted:
        view = _view(desk, a, b) if a in rows and b in rows else None
        if view is not None and (asked or view.likeness is not None):
            score, level = (view.likeness.score, view.likeness.level) if view.likeness else (0, LOOK)
            found.append(_suspect(desk, rows[a], rows[b], score, level, far=desk.role == "receiver"))
    return found


def _view(desk: Desk, a: str, b: str) -> PairView | None:
    try:
        return desk.pair(a, b)
    except Problem:
        return None


def after_join(suspects: Sequence[Suspect], kept: str, gone: str) -> list[tuple[str, str]]:
    """Return the pairs to be looked at anew after a join: those of either record, each once, the older id first."""
    third = {one.b if one.a in (kept, gone) else one.a for one in suspects if one.has(kept) or one.has(gone)}
    return [(min(kept, one), max(kept, one)) for one in sorted(third - {kept, gone})]


def joined(suspects: Sequence[Suspect], kept: str, gone: str, anew: Sequence[Suspect]) -> list[Suspect]:
    """Return the queue after a join, pairs of the record that stayed first in their place."""
    at = next((at for at, one in enumerate(suspects) if one.has(kept) or one.has(gone)), 0)
    rest = [one for one in suspects if not one.has(kept) and not one.has(gone)]
    return [*rest[:at], *(replace(one, chained=True) for one in anew), *rest[at:]]


# --- one pair --------------------------------------------------------------------------------------------------------


def read_pair(desk: Desk, a: str, b: str) -> Comparison:
    """Lay two records side by side. Raises ``Problem``: ``no_record``, ``not_a_child``, ``merged_already``."""
    view = desk.pair(a, b)
    units = _units(desk, a, b)
    sides = tuple(
        Side(code, _made(desk, record), unit if view.two_units else "")
        for record, code, unit in zip((a, b), (view.code_a, view.code_b), units, strict=True)
    )
    reasons = view.likeness.reasons if view.likeness else ()
    grounds = tuple(Ground(one.text, one.weight > 0 and one.code not in DIFFERS) for one in reasons)
    score, level = (view.likeness.score, view.likeness.level) if view.likeness else (0, "")
    lines = (*map(_field, view.fields), *map(_list, view.lists))
    return Comparison(a, b, score, level, grounds, view.kin, (sides[0], sides[1]), lines, view.stand, view.two_units)


def _made(desk: Desk, record: str) -> str:
    first = next(iter(desk.history(record)), None)
    if first is None:
        return ""
    return say("duplicates.made", by=first["by"], on=dates.show_date(str(first["at"])[:10]))


def _field(one: PairField) -> Line:
    a, b = (say("record.sensitive") if text and one.sensitive else text for text in (one.a, one.b))
    lead = leads(catalogue().forms[CHILD].field(one.name)) if one.why == GOES_WITH else ""
    return Line(one.name, one.title, a, b, one.take, one.why, same=a == b, lead=lead)


def _list(one: PairList) -> Line:
    equal = one.a == one.b and one.joined == len(one.a)
    both = "joined" if one.joined == len(one.a) + len(one.b) else "folded"
    why = both if one.a and one.b else "only_a" if one.a else "only_b"
    return Line(one.form, one.title, _few(one.a), _few(one.b), "", why, one.joined, equal)


def _few(entries: Sequence[str]) -> str:
    if len(entries) <= SHOWN:
        return "\n".join(entries)
    return "\n".join([*entries[: SHOWN - 1], say("duplicates.more", n=len(entries) - SHOWN + 1)])


def taken(chosen: Mapping[str, str]) -> dict[str, str]:
    """Return for ``desk.merge`` whose value of each field is taken where a person chose otherwise than proposed."""
    return {name: "keep" if side == "a" else "other" for name, side in chosen.items()}


def differing(one: str, other: str) -> tuple[Spans, Spans]:
    """Return the letters that differ in two values, as (from, to) in each; none where one is part of the other."""
    if one in other or other in one:
        return (), ()
    match = SequenceMatcher(None, one, other, autojunk=False)
    if match.ratio() < ALIKE_ENOUGH:
        return (), ()
    steps = [step for step in match.get_opcodes() if step[0] != "equal"]
    return (tuple((step[1], step[2]) for step in steps if step[2] > step[1]),
            tuple((step[3], step[4]) for step in steps if step[4] > step[3]))  # fmt: skip
