"""What villages are called: by their name, with the old commune where two would read alike, with the end of an old one.

Names changed with the mergers of communes, and merged communes brought villages of the same name along. A name is
shown plain while it is the only one; a village that has ended says until when.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from cbdesk.catalogue import catalogue
from cbdesk.dates import show_date
from cbdesk.matching import place_key, village_key
from cbdesk.store import Store
from cbdesk.text import match_key
from cbdesk.words import say

VILLAGE, OFFICER = "village", "officer"


class VillageNames(dict[str, str]):
    """Village id to the name people read. ``ended`` are not offered any more; ``meant`` knows old names."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._rows = list(rows)
        super().__init__(names_of(self._rows))
        self.ended = frozenset(str(row["id"]) for row in self._rows if row.get("to"))

    def meant(self, written: str) -> str | None:
        """Return the one village a name, also one it had, stands for; ``None`` for none or several."""
        found = Named(self._rows).of(written)
        return found[0] if len(found) == 1 else None


def village_names(store: Store) -> VillageNames:
    """Return village id to the name people read, in village order."""
    return VillageNames(store.rows(VILLAGE))


def names_of(villages: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return id to the name people read, of all villages there are."""
    rows = list(villages)
    twice = Counter(village_key(str(row.get("name") or "")) for row in rows if not row.get("to"))
    return {str(row["id"]): _shown(row, twice[village_key(str(row.get("name") or ""))] > 1) for row in rows}


def _shown(row: Mapping[str, Any], twice: bool) -> str:
    name = str(row.get("name") or "")
    if row.get("to"):
        return say("villages.shown.ended", name=name, day=show_date(str(row["to"])))
    if twice and row.get("old_unit"):
        return say("villages.shown.apart", name=name, unit=catalogue().units.label(str(row["old_unit"])))
    return name


def officer_row(store: Store, officer: str) -> dict[str, Any] | None:
    """Return the record of an officer by the name, or ``None``."""
    me = match_key(officer)
    rows = [row for row in store.rows(OFFICER, order="id") if match_key(str(row.get("full_name") or "")) == me]
    return rows[-1] if rows else None


def looked_after(store: Store, officer: str) -> tuple[str, ...]:
    """Return the villages an officer looks after, in village order; none means the whole commune."""
    mine = (officer_row(store, officer) or {}).get("villages")
    chosen = set(mine) if isinstance(mine, list) else set()
    return tuple(str(one["id"]) for one in store.rows(VILLAGE) if one["id"] in chosen) if chosen else ()


class Named:
    """Villages by what people write: the name, the name as shown, a name of before a merger or change.

    A village in force comes before one that has ended, a present name before an old one.
    """

    def __init__(self, villages: Iterable[Mapping[str, Any]]) -> None:
        rows = list(villages)
        shown, self._ids = names_of(rows), {str(row["id"]) for row in rows}
        became = {str(row["id"]): str(row["became"]) for row in rows if row.get("to") and row.get("became")}
        self._became = became
        self._units = {str(row["id"]): _unit_key(row) for row in rows}
        self._names, self._old = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
        self._bare = defaultdict[str, list[str]](list)
        for row in rows:
            record, name = str(row["id"]), str(row.get("name") or "")
            into = _followed(record, became)
            (self._old if row.get("to") else self._names)[village_key(name)].append(into)
            self._old[village_key(shown[record])].append(into)
            self._bare[place_key(name)].append(into)
            for old in str(row.get("old_name") or "").split(";"):
                self._old[village_key(old)].append(into)

    def has(self, record: str) -> bool:
        """Return whether that is the id of a village."""
        return record in self._ids

    def now(self, record: str) -> str:
        """Return the village in force that one (an id) went into, itself where it is still there."""
        return _followed(record, self._became)

    def of(self, written: str, hint: str = "") -> list[str]:
        """Return the villages a name may mean, once each; ``hint`` may name the old commune of one."""
        key = village_key(written)
        known = self._names.get(key) or self._old.get(key) or self._bare.get(place_key(written))
        found = list(dict.fromkeys(known or ()))
        if len(found) > 1 and hint:
            said = f" {match_key(hint)} "
            told = [one for one in found if self._units.get(one) and f" {self._units[one]} " in said]
            return told if len(told) == 1 else found
        return found

    def add(self, record: str, name: str) -> None:
        """Remember a village about to be made."""
        self._ids.add(record)
        self._names[village_key(name)].append(record)

    def drop(self, records: set[str]) -> None:
        """Forget villages."""
        self._ids -= records
        for key, ids in self._names.items():
            self._names[key] = [one for one in ids if one not in records]


def _unit_key(row: Mapping[str, Any]) -> str:
    """Return the bare name of a village's old commune, for finding it in an address."""
    unit = catalogue().units.label(str(row["old_unit"])) if row.get("old_unit") else ""
    return match_key(unit).partition(" ")[2] or match_key(unit)


def _followed(record: str, became: Mapping[str, str]) -> str:
    """Return the village in force that an ended one went into, through several mergers."""
    seen = {record}
    while record in became and became[record] not in seen:
        record = became[record]
        seen.add(record)
    return record
