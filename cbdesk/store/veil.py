"""The register as somebody sees it who may not see what is sensitive: the same tables under the same names, without it.

While the veil is drawn, a temporary view stands before each table that may hold something sensitive (``compartment``).
A name without a schema means the view, so every question, however it is put, is answered by a register in which the
sensitive is not there: no row, no value, no count, no link to it. Only what must work on all there is says so:
``main.<table>`` where the tables are written, ``with store.whole()`` for work that changes, packs or counts officially
and tells nothing of single records.

Source of the rule: ``docs/rights.md``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cbdesk import compartment
from cbdesk.catalogue import Field, Form, catalogue
from cbdesk.store.core import Core
from cbdesk.store.library import Database
from cbdesk.store.projection import LISTS, SYSTEM

WHOLE = "(SELECT whole())"
"""Asked once a question, not once a row."""


class Veil(Core):
    """A register before which the veil can be drawn."""

    def __init__(self, folder: Path, db: Database) -> None:
        super().__init__(folder, db)
        self._depth = 0
        self._use(db)

    def _use(self, db: Database) -> None:
        """Work on this connection; the veil is drawn on each anew."""
        self.db = db
        db.conn.create_function("whole", 0, lambda: int(self._depth > 0))

    def veil(self, drawn: bool) -> None:
        """Draw the veil, or take it away; as it was, where the unit of work around it is undone."""
        if drawn == self._drawn():
            return
        for name, sql in views().items():
            self.db.execute(f'CREATE TEMP VIEW "{name}" AS {sql}' if drawn else f'DROP VIEW temp."{name}"')

    def _drawn(self) -> bool:
        return self.db.execute("SELECT 1 FROM sqlite_temp_master WHERE type = 'view' LIMIT 1").fetchone() is not None

    @property
    def veiled(self) -> bool:
        """Return whether what is read here and now leaves out what is sensitive."""
        return self._depth == 0 and self._drawn()

    @contextmanager
    def unveiled(self) -> Iterator[None]:
        """Work on the file as a whole: while it is copied, SQLite must not meet a view where a table is meant."""
        drawn = self._drawn()
        self.veil(False)
        try:
            yield
        finally:
            self.veil(drawn)

    def copy_into(self, path: Path) -> None:
        """Write a compact encrypted copy of everything under a part name."""
        with self.unveiled():
            super().copy_into(path)

    def vacuum(self) -> None:
        """Give back the room of what was erased, so that no old page keeps it (``spec/bundle.md`` 4.8)."""
        with self.unveiled():
            super().vacuum()

    @contextmanager
    def whole(self) -> Iterator[None]:
        """See everything while the block runs. What it gives outside must tell nothing of single records."""
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1


def views() -> dict[str, str]:
    """Return the views of the veil: name of a table to the question that stands for it."""
    forms = [form for form in catalogue().forms.values() if _touched(form)]
    return {form.name: _view(form) for form in forms} | {"conflict": _conflicts(forms)}


def _touched(form: Form) -> bool:
    return compartment.hideable(form.name) or any(compartment.touched(item) for item in form.fields)


def _view(form: Form) -> str:
    columns = ["rowid AS rowid", *(f'"{name}"' for name in SYSTEM if name != "extra")]
    columns.append(f"CASE WHEN {WHOLE} THEN extra END AS extra")  # what a newer program says may be anything
    columns += [_column(form, item) for item in form.fields]
    hidden = " OR ".join(_hidden(form))
    where = f" WHERE {WHOLE} OR NOT ({hidden})" if hidden else ""
    return f'SELECT {", ".join(columns)} FROM main."{form.name}" AS t{where}'


def _column(form: Form, item: Field) -> str:
    """Return a field as it may be seen."""
    name = f't."{item.name}"'
    if item.sensitive:
        return f'CASE WHEN {WHOLE} THEN {name} END AS "{item.name}"'
    if not compartment.touched(item) or item.name in compartment.keys(form.name):
        return name  # what decides about the record is not sensitive where the record is there
    if item.kind in LISTS:
        kept = f"SELECT nullif(json_group_array(value), '[]') FROM json_each({name})"
        kept += f" WHERE NOT ({_secret(item, 'value')})"
        return f'CASE WHEN {WHOLE} THEN {name} ELSE ({kept}) END AS "{item.name}"'
    return f'CASE WHEN {WHOLE} OR NOT ({_secret(item, name)}) THEN {name} END AS "{item.name}"'


def _secret(item: Field, value: str) -> str:
    """Return the condition that one value of a field is hidden: a sensitive code, or a link to what is kept apart."""
    if item.kind in compartment.LINKS:
        return f'NOT EXISTS (SELECT 1 FROM "{item.form}" WHERE id = {value})'
    return f"{value} IN ({_texts(compartment.codes(item))})"


def _hidden(form: Form) -> Iterator[str]:
    """Give the conditions under any of which a record is kept apart."""
    if compartment.keys(form.name) == (compartment.EVERY,):
        yield "1"
        return
    for item in compartment.form_keys(form):
        name = f't."{item.name}"'
        yield f"json_extract(t.extra, '$.\"{item.name}\"') IS NOT NULL"  # a code only a newer program knows
        if item.sensitive:
            yield f"{name} IS NOT NULL"
        elif item.name == compartment.POINTER:
            yield from _points(form, name)
        elif item.kind in LISTS:
            yield f"EXISTS (SELECT 1 FROM json_each({name}) WHERE {_secret(item, 'value')})"
        else:
            yield f"({name} IS NOT NULL AND {_secret(item, name)})"
    if form.parent and form.parent not in compartment.keys(form.name) and compartment.hideable(form.parent):
        parent = f't."{form.parent}"'
        yield f'({parent} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "{form.parent}" WHERE id = {parent}))'


def _points(form: Form, name: str) -> Iterator[str]:
    """Give the conditions that an id names a record kept apart, or a field of one that is hidden (``note.field``)."""
    for other in catalogue().forms.values():
        if compartment.POINTER in compartment.keys(other.name):
            continue
        there = f'EXISTS (SELECT 1 FROM main."{other.name}" WHERE id = {name})'
        if compartment.hideable(other.name):
            yield f'({there} AND NOT EXISTS (SELECT 1 FROM "{other.name}" WHERE id = {name}))'
        fields = [item.name for item in other.fields if compartment.touched(item)]
        if fields and form.has("field"):
            yield f"(coalesce(t.\"field\", '') IN ({_texts(fields)}) AND {there})"


def _conflicts(forms: list[Form]) -> str:
    """Return the conflicts that may be seen: of records and fields that are there, of values all of which are."""
    hidden = []
    for form in forms:
        of = f"c.t = '{form.name}'"
        if compartment.hideable(form.name):
            hidden.append(f'({of} AND NOT EXISTS (SELECT 1 FROM "{form.name}" WHERE id = c.r))')
        fields = [item.name for item in form.fields if compartment.touched(item)]
        if fields:
            hidden.append(f"({of} AND c.f IN ({_texts(fields)}))")
    seen = f"{WHOLE} OR NOT ({' OR '.join(hidden)})"
    return f"SELECT c.t, c.r, c.f, c.c, c.s, c.value FROM main.conflict AS c WHERE {seen}"


def _texts(values: object) -> str:
    assert isinstance(values, (list, tuple))
    return ", ".join("'" + str(one).replace("'", "''") + "'" for one in values)
