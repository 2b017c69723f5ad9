"""Projection tables: for each form an ordinary typed table, made from the catalogue and disposable.

``project`` folds changes into rows and is the only writer of these tables, for our own saves and for received bundles
alike. A value the present catalogue cannot show (unknown field, unknown code, wrong type) is kept in ``extra`` and
hidden, never dropped; a change outside its sender's unit (``scope``) or role (``role``), or of a form nobody here knows
(``form``), is put aside in ``quarantine``. All are judged again by ``rebuild``, which drops the tables and folds the
whole journal; ``verify`` proves that this gives the same rows.

The tables are written as ``main.<form>``: before them may stand what somebody sees who may not see all (``veil``).

Columns beside the form's own: ``id``, ``_unit`` (its creator's), ``ver`` (heads per field), ``extra``, ``_del`` (reason
it is hidden), ``name_key`` (Vietnamese order of the title field, never a sensitive one) and ``folded`` (search text).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from cbdesk import change, kinds, text
from cbdesk.catalogue import Field, Form, catalogue
from cbdesk.change import VOID, Change, State, Value, Version
from cbdesk.store.library import Database

_compact = json.JSONEncoder(separators=(",", ":")).encode
OWNER = "_unit"
LISTS = ("choices", "refs")
"""Kinds whose column holds a JSON list."""
SYSTEM = ("id", OWNER, "ver", "extra", VOID, "name_key", "folded")
LOOKED_UP = ("code", "personal_id")
"""Kinds of searched fields that are also looked up whole: a number used twice, the last code given."""
POINTERS = ("place", "ref")
"""Kinds whose value is the id of one record, by which records are found from there (the children of a village)."""
NAME_ORDER = "name_order"
"""Fact of an installation: the order of names of its lists (``text.NameOrder``)."""


def create(db: Database) -> None:
    """Make the tables, indexes and trigram index that are missing, and add columns for new fields."""
    _create_tables(db)
    for form in catalogue().forms.values():
        hidden = f'"{form.name}"({VOID}) WHERE {VOID} IS NOT NULL'
        db.execute(f'CREATE INDEX IF NOT EXISTS main."{form.name}_hidden" ON {hidden}')
        for field in form.fields:
            name = f"{form.name}_{field.name}"
            if field.search and field.kind in LOOKED_UP:
                db.execute(f'CREATE INDEX IF NOT EXISTS main."{name}" ON "{form.name}"("{field.name}")')
            elif field.kind in POINTERS and field.name != form.parent:  # in order, without reading the rows
                columns = f'"{field.name}", {VOID}, name_key, id'
                db.execute(f'CREATE INDEX IF NOT EXISTS main."{name}_at" ON "{form.name}"({columns})')


def _create_tables(db: Database) -> None:
    standing = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()}
    for form in catalogue().forms.values():
        if form.name not in standing:
            _create(db, form)
            continue
        known = {column[1] for column in db.execute(f'PRAGMA main.table_info("{form.name}")').fetchall()}
        for field in form.fields:
            if field.name not in known:
                db.execute(f'ALTER TABLE main."{form.name}" ADD COLUMN "{field.name}" {kinds.KINDS[field.kind].sql}')


def _create(db: Database, form: Form) -> None:
    columns = dict.fromkeys(SYSTEM, "TEXT") | {"id": "TEXT PRIMARY KEY"}
    columns |= {field.name: kinds.KINDS[field.kind].sql for field in form.fields}
    spelled = ", ".join(f'"{name}" {sql}' for name, sql in columns.items())
    db.execute(f'CREATE TABLE main."{form.name}"({spelled}) STRICT')
    if form.parent:  # with the mark of hidden rows: who has rows is told without reading them
        db.execute(f'CREATE INDEX main."{form.name}_of" ON "{form.name}"("{form.parent}", {VOID})')
    db.execute(f'CREATE INDEX main."{form.name}_order" ON "{form.name}"(name_key)')
    if any(field.search for field in form.fields):
        db.execute(
            f'CREATE VIRTUAL TABLE "{form.name}_find" USING fts5('
            f"folded, content='{form.name}', content_rowid='rowid', tokenize='trigram')"
        )
        insert = f'INSERT INTO "{form.name}_find"(rowid, folded) VALUES (new.rowid, new.folded);'
        delete = (
            f'INSERT INTO "{form.name}_find"("{form.name}_find", rowid, folded) '
            "VALUES ('delete', old.rowid, old.folded);"
        )
        changed = "WHEN old.folded IS NOT new.folded"  # most saves touch nothing that is searched
        for event, when, body in (
            ("INSERT", "", insert), ("DELETE", "", delete), ("UPDATE OF folded", changed, delete + insert),
        ):  # fmt: skip
            name = f"{form.name}_find_{event.split()[0].lower()}"
            db.execute(f'CREATE TRIGGER main."{name}" AFTER {event} ON "{form.name}" {when} BEGIN {body} END')


def purge(db: Database) -> None:
    """Merge each trigram index into one piece, so that nothing of an erased name can be put together from it.

    Done once at an erasure instead of at every save (FTS5's ``secure-delete``, which writes some ninety pages each
    time): until then the journal holds the old words anyway.
    """
    for form in catalogue().forms.values():
        if any(field.search for field in form.fields):
            db.execute(f'INSERT INTO "{form.name}_find"("{form.name}_find") VALUES (\'optimize\')')


def drop(db: Database) -> None:
    """Drop every projection table that holds something. The journal is untouched.

    One that is empty stays (``create`` adds the columns it lacks): most forms have no rows, and making them is slow.
    """
    standing = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()}
    for form in catalogue().forms.values():
        if form.name in standing and not db.execute(f'SELECT EXISTS(SELECT 1 FROM "{form.name}")').fetchone()[0]:
            continue
        db.execute(f'DROP TABLE IF EXISTS "{form.name}_find"')
        db.execute(f'DROP TABLE IF EXISTS main."{form.name}"')
    db.execute("DELETE FROM main.conflict")
    db.execute("DELETE FROM quarantine WHERE reason != 'fork'")


Contested = dict[str, frozenset[Version]]


@dataclass(slots=True)
class Row:
    """One record while changes are folded into it."""

    form: Form
    record: str
    unit: str
    state: State
    contested: Contested
    """Fields that had more than one head when the record was read; their ``conflict`` rows are rewritten."""


class Projector:
    """Folds a batch of changes into the tables inside the caller's transaction.

    ``unit_of(stream)`` gives the unit a stream writes for, ``may_write(change)`` whether its writer's role allows what
    it says; together they are the scope of a change (I15).
    """

    def __init__(self, db: Database, unit_of: Callable[[str], str], may_write: Callable[[Change], bool]) -> None:
        self._db = db
        self._unit_of = unit_of
        self._may_write = may_write
        self._order = name_order(db)
        self.conflicts: set[tuple[str, str, str]] = set()
        self.set_aside: list[tuple[str, int, str]] = []

    def project(self, changes: Sequence[Change]) -> set[str]:
        """Fold ``changes``, already in the journal, and return the names of the forms that changed."""
        groups: dict[tuple[str, str], list[Change]] = {}
        forms = catalogue().forms
        for one in changes:
            if one.t in forms and self._may_write(one):
                groups.setdefault((one.t, one.r), []).append(one)
            else:
                self._put_aside(one, "role" if one.t in forms else "form")
        touched: set[str] = set()
        by_form: dict[str, dict[str, list[Change]]] = {}
        for (name, record), members in groups.items():
            by_form.setdefault(name, {})[record] = [plain(forms[name], one) for one in members]
        for name, records in by_form.items():
            self._project_form(catalogue().forms[name], records)
            touched.add(name)
        return touched

    def _project_form(self, form: Form, records: dict[str, list[Change]]) -> None:
        rows = self._read(form, list(records))
        for record, members in records.items():
            units = {self._unit_of(one.s) for one in members}
            row = rows.get(record)
            if len(units) == 1 and (row is None or row.unit in units):
                row = row or Row(form, record, units.pop(), {}, {})
                for one in members:
                    change.apply(row.state, one, partial(self._superseded, row))
            else:
                row = self._refold(form, record, row.contested if row else {})
            rows[record] = row
        self._write(form, [rows[record] for record in records])

    def _read(self, form: Form, records: list[str]) -> dict[str, Row]:
        found: dict[str, Row] = {}
        names = ["id", OWNER, "ver", "extra", VOID, *(field.name for field in form.fields)]
        columns = ", ".join(f'"{name}"' for name in names)
        for start in range(0, len(records), 500):
            part = records[start : start + 500]
            marks = ", ".join("?" * len(part))
            for values in self._db.execute(f'SELECT {columns} FROM main."{form.name}" WHERE id IN ({marks})', part):
                row = dict(zip(names, values, strict=True))
                found[row["id"]] = self._row(form, row)
        return found

    def _row(self, form: Form, row: dict[str, Any]) -> Row:
        extra = json.loads(row["extra"]) if row["extra"] else {}
        state: State = {}
        contested: Contested = {}
        for name, heads in json.loads(row["ver"]).items():
            value = extra[name] if name in extra else value_of(form, name, row.get(name))
            versions = [(c, s) for c, s in heads]
            state[name] = {max(versions): value}
            if len(versions) > 1:
                contested[name] = frozenset(versions)
        for name in contested:
            for c, s, value in self._db.execute(
                "SELECT c, s, value FROM main.conflict WHERE t = ? AND r = ? AND f = ?", (form.name, row["id"], name)
            ):
                state[name][(c, s)] = json.loads(value)
        return Row(form, row["id"], row[OWNER], state, contested)

    def _superseded(self, row: Row, version: Version, name: str) -> bool:
        log = self._log(row.form, row.record)
        return any(version in one.b.get(name, ()) for one in log if self._unit_of(one.s) == row.unit)

    def _log(self, form: Form, record: str) -> list[Change]:
        lines = self._db.execute("SELECT line FROM op WHERE r = ? ORDER BY rowid", (record,))
        found = [one for (line,) in lines if (one := change.stored(line)) is not None]
        return [plain(form, one) for one in found if one.t == form.name and one.k == "set" and self._may_write(one)]

    def _put_aside(self, one: Change, reason: str) -> None:
        self.set_aside.append((one.s, one.n, reason))
        self._db.execute("INSERT OR IGNORE INTO quarantine(s, n, reason) VALUES (?, ?, ?)", (one.s, one.n, reason))

    def _refold(self, form: Form, record: str, contested: Contested) -> Row:
        """Fold a record anew where streams of several units wrote it: only the unit we first heard of it from may.

        Arrival decides, not the counter, which a stranger may choose as low as he likes.
        """
        log = self._log(form, record)
        unit = self._unit_of(log[0].s)
        kept = [one for one in log if self._unit_of(one.s) == unit]
        for one in log:
            if self._unit_of(one.s) != unit:
                self._put_aside(one, "scope")
        return Row(form, record, unit, change.fold(kept), contested)

    def _write(self, form: Form, rows: Sequence[Row]) -> None:
        names = [*SYSTEM, *(field.name for field in form.fields)]
        columns = ", ".join(f'"{name}"' for name in names)
        updates = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name != "id")
        self._db.conn.executemany(
            f'INSERT INTO main."{form.name}"({columns}) VALUES ({", ".join("?" * len(names))}) '
            f"ON CONFLICT(id) DO UPDATE SET {updates}",
            [self._values(row, names) for row in rows],
        )
        for row in rows:
            self._write_conflicts(row)

    def _values(self, row: Row, names: Sequence[str]) -> list[Any]:
        data = {name: change.shown(heads) for name, heads in row.state.items()}
        values, extra = columns_of(row.form, data)
        values |= {
            "id": row.record,
            OWNER: row.unit,
            "ver": _ver(row.state),
            "extra": json.dumps(extra, ensure_ascii=False, sort_keys=True) if extra else None,
            "name_key": title_key(row.form, data, self._order),
            "folded": folded(row.form, data),
        }
        return [values.get(name) for name in names]

    def _write_conflicts(self, row: Row) -> None:
        many = {name for name, heads in row.state.items() if len(heads) > 1}
        for name in many | row.contested.keys():
            of = (row.form.name, row.record, name)
            self._db.execute("DELETE FROM main.conflict WHERE t = ? AND r = ? AND f = ?", of)
            heads = row.state.get(name, {})
            winner = max(heads, default=(0, ""))
            for (c, s), value in heads.items():
                if (c, s) == winner:
                    continue
                self._db.execute(
                    "INSERT INTO main.conflict(t, r, f, c, s, value) VALUES (?, ?, ?, ?, ?, ?)",
                    (row.form.name, row.record, name, c, s, json.dumps(value, ensure_ascii=False)),
                )
                if value != heads[winner] and row.contested.get(name) != heads.keys():
                    self.conflicts.add((row.form.name, row.record, name))


def _ver(state: State) -> str:
    return _compact({name: sorted(heads) for name, heads in sorted(state.items())})


def plain(form: Form, one: Change) -> Change:
    """Return a change as it is folded: names of ours left out, flags as flags, a reason as text.

    A stranger's change may hold anything; it stays in the journal as it came, but what is folded must come back from
    the columns as it went in.
    """
    fields = {
        name: _plain(form, name, value)
        for name, value in one.f.items()
        if name == VOID or not (name in SYSTEM or name.startswith("_"))
    }
    return one if fields == one.f and not _flags(one.f, fields) else replace(one, f=fields)


def _plain(form: Form, name: str, value: Value) -> Value:
    if name == VOID:
        return value if isinstance(value, str) else None
    is_flag = form.has(name) and form.field(name).kind == "flag" and value in (0, 1)
    return bool(value) if is_flag else value


def _flags(old: Mapping[str, Value], new: Mapping[str, Value]) -> bool:
    return any(type(old[name]) is not type(value) for name, value in new.items())


def columns_of(form: Form, data: dict[str, Value]) -> tuple[dict[str, Any], dict[str, Value]]:
    """Split shown values into columns and what the present catalogue cannot show (``extra``)."""
    values: dict[str, Any] = {}
    extra: dict[str, Value] = {}
    for name, value in data.items():
        if name == VOID:
            values[VOID] = value
        elif value is not None and (not form.has(name) or not showable(form.field(name), value)):
            extra[name] = value
        elif isinstance(value, list):
            values[name] = json.dumps(value, ensure_ascii=False)
        else:
            values[name] = int(value) if isinstance(value, bool) else value
    return values, extra


def showable(field: Field, value: Value) -> bool:
    """Return whether the present catalogue can show this value; an unknown code hides the field, not the record."""
    if field.kind in LISTS and not isinstance(value, list):
        return False
    return not any(finding.level == "stop" for finding in kinds.KINDS[field.kind].check(value, field))


def value_of(form: Form, name: str, stored: Any) -> Value:
    """Return a column's value as it stands in the journal: lists and flags back in their own type."""
    if stored is None or not form.has(name):
        return stored  # type: ignore[no-any-return]
    kind = form.field(name).kind
    if kind in LISTS:
        return json.loads(stored)  # type: ignore[no-any-return]
    return bool(stored) if kind == "flag" else stored


def name_order(db: Database) -> text.NameOrder:
    """Return the order of names in force; an unknown one (a newer program's) counts as the usual."""
    found = db.execute("SELECT value FROM meta WHERE key = ?", (NAME_ORDER,)).fetchone()
    return next((one for one in text.NAME_ORDERS if found and one == found[0]), text.NAME_ORDERS[0])


def reorder(db: Database, progress: Callable[[int, int], object]) -> set[str]:
    """Write the order keys of all named records anew by the order in force; returns the forms that have names.

    Inside the caller's transaction; ``progress`` hears (done, in all).
    """
    forms = [form for form in catalogue().forms.values() if any(field.kind == "name" for field in form.fields)]
    whole = sum(int(db.execute(f'SELECT count(*) FROM main."{form.name}"').fetchone()[0]) for form in forms)
    order, done = name_order(db), 0
    for form in forms:
        names = [field.name for field in form.fields if _in_title(field)]
        columns = ", ".join(f'"{name}"' for name in ("id", "extra", *names))
        rows = db.execute(f'SELECT {columns} FROM main."{form.name}"').fetchall()
        for start in range(0, len(rows), 1000):
            keys = []
            for record, extra, *values in rows[start : start + 1000]:
                data = dict(zip(names, values, strict=True)) | json.loads(extra or "{}")
                keys.append((title_key(form, data, order), record))
            db.conn.executemany(f'UPDATE main."{form.name}" SET name_key = ? WHERE id = ?', keys)
            done += len(keys)
            progress(done, whole)
    return {form.name for form in forms}


def _in_title(field: Field) -> bool:
    return not field.sensitive and (field.kind == "name" or (field.kind == "text" and field.search))


def title_key(form: Form, data: dict[str, Value], order: text.NameOrder = text.NAME_ORDERS[0]) -> str | None:
    """Return the stored order key of a record: a name in the order of names, everything else by phrase or number."""
    for field in form.fields:
        value = data.get(field.name)
        if _in_title(field) and isinstance(value, str):
            return text.name_key(value, order) if field.kind == "name" else text.collate_key(value)
    return None


def search_key(value: str) -> str:
    """Return the form of text that search compares: folded, and y as i, so that Lý and Lí are one."""
    return text.fold(value).replace("y", "i")


def folded(form: Form, data: dict[str, Value]) -> str | None:
    """Return the search text of a record: every searched field, two spaces before each word; hidden ones have none.

    Two spaces and a letter are a trigram, so that the index also finds words by their first letter alone.
    """
    if data.get(VOID) is not None:
        return None
    parts = [
        search_key(kinds.KINDS[field.kind].fold(data[field.name], field))
        for field in form.fields
        if field.search and data.get(field.name) not in (None, "")
    ]
    return "".join(f"  {word}" for part in parts for word in part.split()) or None


def match_of(*ways: Sequence[str]) -> str:
    """Return the question to the trigram index: records that have each word of one way at a word's start.

    Ways are words as search keys (see ``ways_of``).
    """
    return " OR ".join(
        "(" + " AND ".join('"' + " " * max(1, 3 - len(word)) + word.replace('"', '""') + '"' for word in words) + ")"
        for words in ways
    )


def ways_of(query: str) -> list[list[str]]:
    """Return the ways a query may be meant, each as words (search keys): as typed, and as one number."""
    typed = search_key(query).split()
    return [way for way in (typed, *([one] for one in text.number_forms(query) if [one] != typed)) if way]


def like_of(*ways: Sequence[str]) -> tuple[str, list[str]]:
    """Return the same question as a condition on ``folded`` and its values, answered row by row."""
    asked = " OR ".join("(" + " AND ".join(["folded LIKE ? ESCAPE '!'"] * len(words)) + ")" for words in ways)
    return f"({asked})", ["% " + re.sub("([!%_])", r"!\1", word) + "%" for words in ways for word in words]


def holds(text_folded: str | None, *ways: Sequence[str]) -> bool:
    """Return whether a search text answers the same question."""
    return text_folded is not None and any(all(f" {word}" in text_folded for word in words) for words in ways)
