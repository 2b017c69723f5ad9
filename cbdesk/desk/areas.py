"""Which records a consolidated paper is made of: some communes, a former district, an old unit, or all of them.

An area is named as people name it: by code, key (``CODE@valid_from``) or name of a unit of any time. A unit of today is
whole, with what units it was made of wrote. Of a unit that went into another only its own part is taken: what it wrote,
and what lives in the villages that came from it (``old_unit``), unless all parts of that other are asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cbdesk import deliveries
from cbdesk.catalogue import Unit, catalogue
from cbdesk.errors import Problem
from cbdesk.facts import CHILD
from cbdesk.letterhead import say
from cbdesk.store import Store
from cbdesk.store.projection import OWNER
from cbdesk.units import COMMUNE

VILLAGE = "village"
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Area:
    """What belongs to an area: all records of ``owners`` (keys), and what lives in ``villages`` (ids) of others.

    ``whole``: everything there is, but what belongs to ``without``. ``units`` are the units of today it is about, in
    order, ``label`` what a paper calls it ("" for all).
    """

    units: tuple[Unit, ...]
    owners: frozenset[str]
    villages: frozenset[str] = frozenset()
    label: str = ""
    whole: bool = False
    without: frozenset[str] = frozenset()

    def has_child(self, row: Row) -> bool:
        """Return whether a child belongs to it."""
        owner = str(row.get(OWNER))
        if owner in self.without:
            return False
        return self.whole or owner in self.owners or str(row.get(VILLAGE) or "") in self.villages

    def rows(self, rows: Mapping[str, Sequence[Row]]) -> dict[str, Sequence[Row]]:
        """Return of the rows of some forms those that belong to it: with their child, with what they are part of.

        What names no child belongs to the unit that wrote it, or to the village it names.
        """
        known = {CHILD: {str(row["id"]) for row in rows.get(CHILD, ()) if self.has_child(row)}}
        found: dict[str, Sequence[Row]] = {}
        for form in _above_first(rows):
            found[form] = [row for row in rows[form] if self._has(form, row, known)]
            known[form] = {str(row["id"]) for row in found[form]}
        return found

    def _has(self, form: str, row: Row, known: Mapping[str, set[str]]) -> bool:
        if form == CHILD:
            return str(row["id"]) in known[CHILD]
        named = row.get(CHILD)
        if named and CHILD in known:
            return any(one in known[CHILD] for one in (named if isinstance(named, list) else [named]))
        parent = catalogue().forms[form].parent
        if parent and parent in known and row.get(parent):
            return str(row[parent]) in known[parent]
        return self.has_child({OWNER: row.get(OWNER), VILLAGE: row.get(VILLAGE) or row.get("place")})


def _above_first(forms: Collection[str]) -> Iterator[str]:
    """Yield forms so that what a row belongs to comes before it."""
    done: set[str] = set()
    waiting = sorted(forms, key=lambda one: one != CHILD)
    while waiting:
        for form in list(waiting):
            parent = catalogue().forms[form].parent
            if parent is None or parent not in forms or parent in done:
                waiting.remove(form)
                done.add(form)
                yield form


def everything(on: date, without: Iterable[str] = ()) -> Area:
    """Return all there is: every commune in force on a day."""
    units = tuple(catalogue().units.current(on))
    return Area(units, frozenset(), whole=True, without=frozenset(without))


def area(store: Store, wanted: Sequence[str], on: date) -> Area:
    """Return the area of units named by code, key or name, as it lies on a day.

    Raises ``Problem``: ``wrong_unit``, ``ambiguous_unit``.
    """
    known = catalogue()
    named = list(dict.fromkeys(unit for one in wanted for unit in _named(one, on)))
    communes = list(dict.fromkeys(one for unit in named for one in _communes(unit, on)))
    asked = {one.key for one in communes}
    owners, old, units = set[str](), set[str](), dict[str, Unit]()
    for unit in communes:
        now = deliveries.successor(unit, on, known)
        units[now.key] = now
        parts = {one.key for one in _former(now)}
        if now == unit or all(one in asked or not _leaf(one, unit) for one in parts):
            owners |= {now.key, *parts}
            continue
        mine = {unit.key, *(one.key for one in _former(unit))}
        owners |= mine
        old |= mine
    came = store.rows(VILLAGE, '"old_unit" IS NOT NULL') if old else []
    villages = {str(row["id"]) for row in came if str(row["old_unit"]) in old}
    label = ", ".join(one.name if one.valid(on) else say("former", name=one.name) for one in named)
    return Area(tuple(sorted(units.values(), key=lambda one: one.key)), frozenset(owners), frozenset(villages), label)


def _leaf(key: str, like: Unit) -> bool:
    """Return whether a unit was in force at the end of another: of several steps of joining only that one counts."""
    unit = catalogue().units.get(key)
    return unit is not None and unit.valid_to == like.valid_to


def _named(text: str, on: date) -> list[Unit]:
    """Return the units a word means: one in force on the day before one that went."""
    units, text = catalogue().units, text.strip()
    if "@" in text:
        return [units.resolve(text)]
    coded = [one for one in units.all if one.code == text]
    found = coded or units.find(text)
    best = [one for one in found if one.valid(on)] or found
    if not best:
        raise Problem("wrong_unit", code=text)
    if len(best) > 1:
        latest = [one for one in best if one.valid_to == max(one.valid_to or "9" for one in best)]
        if len(latest) != 1:
            choices = ", ".join(one.key for one in best)
            raise Problem("ambiguous_unit", code=text, choices=choices, example=best[-1].key)
        best = latest
    return best


def _communes(unit: Unit, on: date) -> list[Unit]:
    """Return the communes of a unit: itself, or those a former district had last, or all of the province."""
    units = catalogue().units
    if unit.level == COMMUNE:
        return [unit]
    below = [one for one in units.all if one.level == COMMUNE and one.parent == unit.code]
    last = max((one.valid_to or "9999" for one in below), default="")
    found = [one for one in below if (one.valid_to or "9999") == last]
    return found or units.current(on)


def _former(unit: Unit) -> list[Unit]:
    """Return all units that went into one, through several steps."""
    before = catalogue().units.predecessors(unit)
    return [*before, *(one for old in before for one in _former(old))]


def keys_of(unit: Unit) -> frozenset[str]:
    """Return the keys a unit's records may carry: its own and those of all that went into it."""
    return frozenset({unit.key, *(one.key for one in _former(unit))})
