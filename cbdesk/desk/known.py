"""The children already here, for "is this one of them?": look-alikes, a personal number used twice, an import.

Read whole once for an action of many rows (``everyone``), or only the few that could match for one save (``near``):
the trigram index must not be asked between the writes of a long unit of work, it would flush itself each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cbdesk import clock, matching
from cbdesk.catalogue import catalogue
from cbdesk.desk import shorthand
from cbdesk.store import Store
from cbdesk.store.projection import search_key

CHILD = "child"


class Known:
    """Children by what they may be found under. Records are as ``put`` takes them, villages by name."""

    def __init__(self, store: Store, rows: Iterable[Mapping[str, Any]]) -> None:
        self._blocks: dict[str, list[Mapping[str, Any]]] = {}
        given = list(rows)
        villages = dict(store.db.execute("SELECT id, name FROM village WHERE _del IS NULL")) if given else {}
        for row in given:
            self.add(dict(row) | {"village": villages.get(row.get("village")) or ""})

    @classmethod
    def everyone(cls, store: Store) -> Known:
        """Return all children, with their shorthands."""
        rows: list[dict[str, Any]] = store.rows(CHILD, order="id")
        given = shorthand.collect(store, catalogue().forms[CHILD], [str(row["id"]) for row in rows])
        classes = shorthand.classes(store, clock.today().year)
        for row in rows:
            row.update(given[str(row["id"])])
            if row.get("household") in classes:
                row["household_class"] = classes[row["household"]][0]
        return cls(store, rows)

    @classmethod
    def near(cls, store: Store, data: Mapping[str, Any]) -> Known:
        """Return the children whose name has the same words, or who carry the same personal number."""
        name, number = data.get("full_name"), data.get("personal_id")
        found: list[dict[str, Any]] = []
        if isinstance(name, str) and search_key(name):
            ids, _ = store.search(CHILD, search_key(name).split(), 50)
            found += store.rows(CHILD, f"id IN ({', '.join('?' * len(ids))})", ids)
        if isinstance(number, str) and number:
            found += store.rows(CHILD, "personal_id = ?", (number,))
        return cls(store, found)

    def add(self, record: Mapping[str, Any]) -> None:
        """Remember one more child."""
        for block in matching.blocks(record):
            self._blocks.setdefault(block, []).append(record)

    def _candidates(self, data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        found = {id(one): one for block in matching.blocks(data) for one in self._blocks.get(block, ())}
        return [one for one in found.values() if one.get("id") != data.get("id")]

    def same(self, data: Mapping[str, Any]) -> str | None:
        """Return the child who already says everything that this row says, or ``None``."""
        for one in self._candidates(data):
            if matching.same_content({name: one.get(name) for name in data}, data):
                return str(one["id"])
        return None

    def alike(self, data: Mapping[str, Any]) -> list[str]:
        """Return the children a person should compare with this one."""
        return list(dict.fromkeys(str(one["id"]) for one in self.alike_records(data)))

    def alike_records(self, data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """Return the records of those children, their village by name."""
        return [one for one in self._candidates(data) if matching.looks_alike(one, data)]

    def number_used(self, data: Mapping[str, Any]) -> bool:
        """Return whether another child carries the same personal number."""
        number = data.get("personal_id")
        return bool(number) and any(one.get("personal_id") == number for one in self._candidates(data))
