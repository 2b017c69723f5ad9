"""The children already here, for "is this one of them?": look-alikes, a personal number used twice, an import.

Read whole once for an action of many rows (``everyone``), or only the few that could match for one save (``near``):
the trigram index must not be asked between the writes of a long unit of work, it would flush itself each time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from cbdesk import clock, matching, sound
from cbdesk.catalogue import catalogue
from cbdesk.change import SAME_AS, VOID, joined_to
from cbdesk.desk import shorthand
from cbdesk.duplicates import blocks
from cbdesk.likeness import Likeness, compare
from cbdesk.persons import Person, person
from cbdesk.store import Store
from cbdesk.store.projection import OWNER, search_key

CHILD = "child"
COMPARED = ("id", OWNER, "full_name", "usual_name", "born", "sex", "village", "ethnicity", "personal_id", "health_card",
            "phone")  # fmt: skip
"""Columns of a child that are compared."""
_TELLING = ("id", "full_name", "usual_name", "born", "personal_id", "health_card", "village")
"""What of a child tells whether it is worth comparing."""


class Known:
    """Children by what they may be found under. Records are as ``put`` takes them, villages by name."""

    def __init__(self, store: Store, rows: Iterable[Mapping[str, Any]]) -> None:
        self._blocks: dict[str, list[tuple[Mapping[str, Any], Person]]] = {}
        self._records: dict[str, Mapping[str, Any]] = {}
        given = list(rows)
        villages = _villages(store) if given else {}
        self._apart = apart(store) if given else frozenset()
        for row in given:
            self.add(_named(row, villages))

    @classmethod
    def everyone(cls, store: Store, unit: str = "") -> Known:
        """Return all children, or those of one commune, with their shorthands."""
        return cls(store, cls.rows(store, unit))

    @staticmethod
    def rows(store: Store, unit: str = "") -> list[dict[str, Any]]:
        """Return all children (of a commune) as they are stored, with their shorthands, the oldest record first."""
        where, whose = (f"{OWNER} = ?", (unit,)) if unit else ("1", ())
        rows: list[dict[str, Any]] = store.rows(CHILD, where, whose, order="id")
        given = shorthand.collect(store, catalogue().forms[CHILD], [str(row["id"]) for row in rows])
        classes = shorthand.classes(store, clock.today().year)
        for row in rows:
            row.update(given[str(row["id"])])
            if row.get("household") in classes:
                row["household_class"] = classes[row["household"]][0]
        return rows

    @staticmethod
    def people(store: Store, unit: str = "") -> list[Person]:
        """Return what is compared of all children (of a commune), the oldest first, read in two plain queries."""
        kin: dict[str, dict[str, Any]] = {}
        columns, told = "child, relation, main_carer, full_name", "_del IS NULL AND full_name > ''"
        sql = f"SELECT {columns} FROM carer WHERE {told} ORDER BY id"
        for child, relation, main, name in store.db.execute(sql):
            known = kin.setdefault(child, {})
            if relation in ("mother", "father"):
                known.setdefault(f"{relation}_name", name)
            if main:
                known.setdefault("carer_name", name)
        villages, columns = _villages(store), ", ".join(f'"{name}"' for name in COMPARED)
        whose = f"AND {OWNER} = ?" if unit else ""
        told = f'SELECT {columns} FROM "{CHILD}" WHERE {VOID} IS NULL {whose} ORDER BY id'
        rows = store.db.execute(told, (unit,) if unit else ())
        found = (dict(zip(COMPARED, row, strict=True)) for row in rows)
        return [person(_named(row, villages) | kin.get(row["id"], {})) for row in found]

    @staticmethod
    def two(store: Store, one: str, other: str) -> list[dict[str, Any]]:
        """Return two children as they are compared."""
        given = shorthand.collect(store, catalogue().forms[CHILD], [one, other])
        villages = _villages(store)
        return [_named((store.row(CHILD, record) or {}) | given[record], villages) for record in (one, other)]

    @classmethod
    def near(cls, store: Store, data: Mapping[str, Any]) -> Known:
        """Return the children whose name has the same words, or sounds so, or who carry the same personal number."""
        name, number = data.get("full_name"), data.get("personal_id")
        ways = _spellings(name) if isinstance(name, str) else []
        found = store.found(CHILD, _TELLING, ways) if ways else []
        if found is None:  # a name of thousands: those written like it
            found = store.found(CHILD, _TELLING, ways[:1]) or []
        if isinstance(number, str) and number:
            columns = ", ".join(f'"{column}"' for column in _TELLING)
            found += store.db.execute(
                f"SELECT {columns} FROM child WHERE personal_id = ? AND _del IS NULL", (number,)
            ).fetchall()
        wanted, villages = set(blocks(person(data))), _villages(store) if found else {}
        told = (_named(dict(zip(_TELLING, one, strict=True)), villages) for one in found)
        close = list({str(row["id"]): None for row in told if wanted & set(blocks(person(row)))})
        if not close:
            return cls(store, [])
        given = shorthand.collect(store, catalogue().forms[CHILD], close)
        rows = store.rows(CHILD, f"id IN ({', '.join('?' * len(close))})", close)
        return cls(store, [row | given[str(row["id"])] for row in rows])

    def add(self, record: Mapping[str, Any], one: Person | None = None) -> None:
        """Remember one more child; ``one`` is what is compared of it, where that has been read already."""
        one = one or person(record)
        self._records[str(record["id"])] = record
        for block in blocks(one):
            self._blocks.setdefault(block, []).append((record, one))

    def all(self) -> list[Mapping[str, Any]]:
        """Return all children known."""
        return list(self._records.values())

    def record(self, ident: str) -> Mapping[str, Any] | None:
        """Return one child."""
        return self._records.get(ident)

    def amend(self, old: Mapping[str, Any], record: Mapping[str, Any]) -> None:
        """Remember a child as it is now instead of as it was."""
        for block in blocks(person(old)):
            self._blocks[block] = [one for one in self._blocks.get(block, ()) if one[0]["id"] != old["id"]]
        self.add(record)

    def _candidates(self, one: Person) -> list[tuple[Mapping[str, Any], Person]]:
        found = {id(known): (known, other) for block in blocks(one) for known, other in self._blocks.get(block, ())}
        return [(known, other) for known, other in found.values() if not one.id or other.id != one.id]

    def same(self, data: Mapping[str, Any], one: Person | None = None) -> str | None:
        """Return the child who already says everything that this row says, or ``None``."""
        for known, _ in self._candidates(one or person(data)):
            if matching.holds(known, data):
                return str(known["id"])
        return None

    def alike(self, data: Mapping[str, Any]) -> list[str]:
        """Return the children a person should compare with this one, the most alike first."""
        return [str(one["id"]) for one in self.alike_records(data)]

    def alike_records(self, data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """Return the records of those children, their village by name."""
        return [known for _, known in self.matches(person(data))]

    def matches(self, one: Person) -> list[tuple[Likeness, Mapping[str, Any]]]:
        """Return those records with how alike they are, the most alike first."""
        found = [
            (likeness, known)
            for known, other in self._candidates(one)
            if frozenset((one.id, other.id)) not in self._apart and (likeness := compare(other, one)) is not None
        ]
        return sorted(found, key=lambda item: (-item[0].score, str(item[1]["id"])))

    def number_used(self, data: Mapping[str, Any]) -> bool:
        """Return whether another child carries the same personal number."""
        one = person(data)
        return bool(one.number) and any(other.number == one.number for _, other in self._candidates(one))


def _spellings(name: str) -> list[list[str]]:
    """Return the words to search for: all of the name, then family and given name with the given name by ear."""
    words = search_key(name).split()
    if len(words) < 2:
        return [words] if words else []
    return [words, *([words[0], search_key(given)] for given in sound.by_ear(words[-1]))]


def _villages(store: Store) -> dict[str, str]:
    return dict(store.db.execute("SELECT id, name FROM village WHERE _del IS NULL"))


def _named(row: Mapping[str, Any], villages: Mapping[str, str]) -> dict[str, Any]:
    return dict(row) | {"village": villages.get(str(row.get("village"))) or ""}


def seen(store: Store, one: str, other: str) -> str:
    """Return what a decision about two children rests on now: versions of names and birth dates, one number for both.

    Different numbers, or a number of one of them, say nothing new of two who are two.
    """
    found, numbers = [], set()
    for record in sorted((one, other)):
        row = store.db.execute("SELECT ver, personal_id FROM child WHERE id = ?", (record,)).fetchone()
        heads = json.loads(row[0]) if row else {}
        found += [f"{c}.{s}" for name in ("full_name", "born") for c, s in heads.get(name, ())]
        numbers.add(row[1] if row else None)
    return " ".join([*found, *(["same_id"] if len(numbers) == 1 and None not in numbers else [])])


def apart(store: Store) -> frozenset[frozenset[str]]:
    """Return the pairs of children decided to be two, as far as what was decided on still stands as it did.

    What was said of a record joined to another since holds for the child it is now.
    """
    decided = store.db.execute("SELECT child, other, seen FROM not_same WHERE _del IS NULL").fetchall()
    found = [(a, b) for a, b, stood in decided if seen(store, a, b) == stood]
    joined = links(store) if found else {}
    return frozenset(frozenset(root(one, joined) or one for one in pair) for pair in found)


def links(store: Store) -> dict[str, str]:
    """Return which record each joined child was joined to."""
    rows = store.db.execute(
        f"SELECT id, {VOID} FROM child WHERE {VOID} IS NOT NULL AND {VOID} LIKE ?", (SAME_AS + "%",)
    ).fetchall()  # sorted here, so that the index of hidden records is used
    return {record: into for record, mark in sorted(rows) if (into := joined_to(mark)) is not None}


def root(record: str, joined: Mapping[str, str]) -> str | None:
    """Return the record that stands for this one now; ``None`` where links go in a circle."""
    passed = set[str]()
    while record in joined:
        if record in passed:
            return None
        passed.add(record)
        record = joined[record]
    return record
