"""What is read back from the tables: rows, counts, search. Nothing here writes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from cbdesk import change, compartment
from cbdesk.catalogue import catalogue
from cbdesk.change import Value
from cbdesk.store import projection
from cbdesk.store.veil import Veil

FEW, MANY = 2_000, 30_000
"""Matches up to which fetching all is quickest, and from which nearly every record matches."""


class Reader(Veil):
    """The tables of a register."""

    def row(self, form: str, record: str) -> dict[str, Value] | None:
        """Return a record's shown values (also what the catalogue hides), or ``None``."""
        return next(iter(self.rows(form, "id = ?", (record,), hidden=True)), None)

    def form_of(self, record: str) -> str | None:
        """Return the form a record belongs to, from the journal."""
        for (line,) in self.db.execute("SELECT line FROM op WHERE r = ?", (record,)):
            if (one := change.stored(line)) is not None:
                return one.t
        return None

    def knows(self, record: str) -> bool:
        """Return whether the journal holds anything of a record, also where it was deleted by law."""
        return self.db.execute("SELECT 1 FROM op WHERE r = ? LIMIT 1", (record,)).fetchone() is not None

    def rows(
        self,
        form: str,
        where: str = "1",
        values: Sequence[Any] = (),
        *,
        order: str = "name_key, id",
        hidden: bool = False,
        limit: int = -1,
    ) -> list[dict[str, Value]]:
        """Return records of a form: ``id``, ``_unit`` (the owner) and their fields; void ones only with ``hidden``."""
        shape = catalogue().forms[form]
        names = ["id", projection.OWNER, change.VOID, "extra", *(one.name for one in shape.fields)]
        columns = ", ".join(f'"{name}"' for name in names)
        void = "1" if hidden else f"{change.VOID} IS NULL"
        sql = f'SELECT {columns} FROM "{form}" WHERE ({where}) AND {void} ORDER BY {order} LIMIT {int(limit)}'
        found = []
        for raw in self.db.execute(sql, values):
            row = dict(zip(names, raw, strict=True))
            extra = json.loads(row.pop("extra") or "{}")
            record: dict[str, Value] = {
                name: projection.value_of(shape, name, value) for name, value in row.items() if value is not None
            }
            found.append(extra | record)
        return found

    def contested(self) -> list[tuple[str, str, str]]:
        """Return (form, record, field) where somebody wrote another value than the one shown, unseen by its writer.

        The same value written twice is no conflict.
        """
        found = dict[tuple[str, str, str], bool]()
        for form, record, field, value in self.db.execute("SELECT t, r, f, value FROM conflict ORDER BY t, r, f"):
            shown = (self.row(form, record) or {}).get(field)
            found[form, record, field] = found.get((form, record, field), False) or json.loads(value) != shown
        return [place for place, differs in found.items() if differs]

    def count(self, form: str, where: str = "1", values: Sequence[Any] = ()) -> int:
        """Count the visible records of a form."""
        sql = f'SELECT count(*) FROM "{form}" WHERE ({where}) AND {change.VOID} IS NULL'
        return int(self.db.execute(sql, values).fetchone()[0])

    def search(self, form: str, ways: Sequence[Sequence[str]], limit: int, *, whole: int = 0) -> tuple[list[str], int]:
        """Return ids whose search text has every word of one way at the start of its words, and how many there are.

        ``ways`` are those of ``projection.ways_of``; the first ``limit`` come in name order, or
        all where they are no more than ``whole``. The trigram index counts. Few are fetched and sorted; of many, the
        index of names is walked until the page is full.
        """
        if not ways:
            return [], 0
        find, match = f'"{form}_find"', projection.match_of(*ways)
        counted = f"FROM {find} WHERE {find} MATCH ?"
        if compartment.hideable(form) and self.veiled:
            counted = f'FROM "{form}" WHERE rowid IN (SELECT rowid {counted})'
        total = int(self.db.execute(f"SELECT count(*) {counted}", (match,)).fetchone()[0])
        limit = max(limit, total if total <= whole else 0)
        where, values = f"rowid IN (SELECT rowid FROM {find} WHERE {find} MATCH ?)", [match]
        if total > max(limit, FEW):
            where = "+" + where  # not looked up by rowid
        if total > max(limit, MANY):
            where, values = projection.like_of(*ways)
        sql = f'SELECT id FROM "{form}" WHERE {where} AND {change.VOID} IS NULL ORDER BY name_key, id LIMIT ?'
        return [row[0] for row in self.db.execute(sql, (*values, limit))], total

    def found(
        self, form: str, columns: Sequence[str], ways: Sequence[Sequence[str]], most: int = FEW
    ) -> list[tuple[Any, ...]] | None:
        """Return columns of the visible records of a form that answer, or ``None`` where more than ``most`` would."""
        find, names = f'"{form}_find"', ", ".join(f'"{name}"' for name in columns)
        rows = self.db.execute(
            f'SELECT {names} FROM "{form}" WHERE rowid IN '
            f"(SELECT rowid FROM {find} WHERE {find} MATCH ? LIMIT {most + 1}) AND {change.VOID} IS NULL",
            (projection.match_of(*ways),),
        ).fetchall()
        return rows if len(rows) <= most else None
