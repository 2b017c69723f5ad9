"""What is read back from the tables: rows, counts, search. Nothing here writes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from cbdesk import change
from cbdesk.catalogue import catalogue
from cbdesk.change import Value
from cbdesk.store import projection
from cbdesk.store.core import Core


class Reader(Core):
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
        """Return records of a form as dicts of ``id``, ``unit`` and their fields; void ones only with ``hidden``."""
        shape = catalogue().forms[form]
        names = ["id", "unit", change.VOID, "extra", *(one.name for one in shape.fields)]
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
            found.append(record | extra)
        return found

    def count(self, form: str, where: str = "1", values: Sequence[Any] = ()) -> int:
        """Count the visible records of a form."""
        sql = f'SELECT count(*) FROM "{form}" WHERE ({where}) AND {change.VOID} IS NULL'
        return int(self.db.execute(sql, values).fetchone()[0])

    def search(self, form: str, words: Sequence[str], limit: int) -> tuple[list[str], int]:
        """Return ids whose search text has every word at the start of one of its words, and how many there are.

        ``words`` are search keys (``projection.search_key``). Words of two letters and more go through the trigram
        index behind their space; a single letter is compared by ``LIKE`` on what is left.
        """
        long = [word for word in words if len(word) > 1]
        clauses, values = [f"{change.VOID} IS NULL"], list[Any]()
        if long:
            quoted = " AND ".join('" ' + word.replace('"', '""') + '"' for word in long)
            clauses.append(f'rowid IN (SELECT rowid FROM "{form}_find" WHERE "{form}_find" MATCH ?)')
            values.append(quoted)
        for word in words:
            if len(word) == 1:
                clauses.append("folded LIKE ? ESCAPE '\\'")
                values.append("% " + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%")
        where = " AND ".join(clauses)
        rows = self.db.execute(
            f'SELECT id, count(*) OVER () FROM "{form}" WHERE {where} ORDER BY name_key, id LIMIT ?', (*values, limit)
        ).fetchall()
        return [row[0] for row in rows], rows[0][1] if rows else 0
