"""The encrypted register of one folder: open, one unit of work, and what is read back.

Everything that changes goes through ``with store.atomic():`` — one ``BEGIN IMMEDIATE``, durable (WAL, FULL) when the
block ends, undone whole when it fails. Business data changes only by ``write`` (our own changes) and by
``cbdesk.merge`` (received ones); both append to the journal and then let the projection fold it.

Files of a folder: ``register.db`` (+ ``-wal``, ``-shm``), ``keys.json``, ``register.lock``, ``open.flag`` (present while
the register is open, so an unclean end is noticed), ``held/`` and ``backups/``. The *witness* (stream, number, head)
lies outside the folder, in the user's profile: a copied, restored or rolled-back database does not match it and
begins a new stream (``spec/bundle.md`` 4.5).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from platformdirs import user_state_path
from sqlite_utils import Database

from cbdesk import STORE, change, clock
from cbdesk.catalogue import catalogue
from cbdesk.change import Change, Value
from cbdesk.errors import Problem
from cbdesk.store import projection
from cbdesk.store.library import connect, translated
from cbdesk.store.schema import migrations

NAME = "register.db"
FLAG = "open.flag"


@dataclass(frozen=True, slots=True)
class Draft:
    """A change not yet numbered: what a save wants to write into one record."""

    form: str
    record: str
    fields: Mapping[str, Value]
    kind: str = "set"


@dataclass(frozen=True, slots=True)
class Stream:
    """One writer's numbered list of changes. ``state``: mine, active, retired, forked, revoked."""

    s: str
    device: str
    unit: str
    role: str
    n: int
    h: bytes
    key: str | None
    sig: str | None
    state: str


@dataclass(slots=True)
class Written:
    """What one unit of work did: its changes and the forms whose rows differ now."""

    changes: list[Change] = field(default_factory=list)
    forms: set[str] = field(default_factory=set)


class Store:
    """An open register. Make one with ``create`` or ``unlock``; close it when done."""

    def __init__(self, folder: Path, db: Database) -> None:
        self.folder = folder
        self.db = db
        self._units: dict[str, str] = {}

    # --- opening and closing -----------------------------------------------------------------------------------------

    @classmethod
    def create(cls, folder: Path, key: bytes, meta: Mapping[str, str]) -> Store:
        """Make the register of an empty folder. Raises ``Problem(store_exists)``."""
        if (folder / NAME).exists():
            raise Problem("store_exists")
        store = cls(folder, connect(folder / NAME, key, create=True))
        with translated():
            migrations.apply(store.db)
            with store.atomic():
                projection.create(store.db)
                for name, value in {**meta, "store": str(STORE), "catalogue": str(catalogue().version)}.items():
                    store.set_meta(name, value)
                store.set_meta("lamport", "0")
        (folder / FLAG).touch()
        return store

    @classmethod
    def unlock(cls, folder: Path, key: bytes) -> Store:
        """Open a register, check it after an unclean end, migrate it, judge rows again after a catalogue change.

        Raises ``Problem``: ``no_store``, ``store_damaged``, ``store_too_new``.
        """
        store = cls(folder, connect(folder / NAME, key))
        try:
            with translated():
                store._examine()
        except BaseException:
            store.db.conn.close()
            raise
        (folder / FLAG).touch()
        return store

    def _examine(self) -> None:
        found = int(self.meta("store") or 0)
        if found > STORE or int(self.meta("catalogue") or 0) > catalogue().version:
            raise Problem("store_too_new", found=max(found, int(self.meta("catalogue") or 0)), known=STORE)
        if (self.folder / FLAG).exists():
            verdict = self.db.execute("PRAGMA quick_check(1)").fetchone()[0]
            if verdict != "ok":
                raise Problem("store_damaged")
        migrations.apply(self.db)
        with self.atomic():
            if self.meta("catalogue") != str(catalogue().version):
                self.rebuild()
                self.set_meta("catalogue", str(catalogue().version))
            else:
                projection.create(self.db)

    def close(self) -> None:
        """Leave the witness, fold the WAL back and close. Safe to call twice."""
        if self.db.conn is None:
            return
        self.leave_witness()
        with translated():
            self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self.db.conn.close()
        self.db.conn = None
        (self.folder / FLAG).unlink(missing_ok=True)

    @classmethod
    @contextmanager
    def unlocked(cls, folder: Path, key: bytes) -> Iterator[Store]:
        """Open a register for one task and close it again."""
        store = cls.unlock(folder, key)
        try:
            yield store
        finally:
            store.close()

    def copy_into(self, path: Path) -> None:
        """Write a compact encrypted copy of the whole database under a part name."""
        with translated():
            self.db.execute("VACUUM INTO ?", (str(path),))

    @staticmethod
    def prove(path: Path, key: bytes, heads: Sequence[tuple[str, int, bytes]] | None) -> None:
        """Open a copy and check it: every page's seal, and the stream heads it must hold.

        Raises ``Problem``: ``store_damaged`` or, where heads differ, ``backup_failed``.
        """
        db = connect(path, key, readonly=True)
        try:
            with translated():
                if db.execute("PRAGMA cipher_integrity_check").fetchone():
                    raise Problem("store_damaged")
                found = [(s, n, bytes(h)) for s, n, h in db.execute("SELECT s, n, h FROM stream ORDER BY s")]
        finally:
            db.conn.close()
        if heads is not None and found != [(s, n, bytes(h)) for s, n, h in heads]:
            raise Problem("backup_failed")

    def vacuum(self) -> None:
        """Give back the room of what was erased, so that no old page keeps it (``spec/bundle.md`` 4.8)."""
        with translated():
            self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self.db.execute("VACUUM")
            self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """Run one unit of work: all of it is durable when the block ends, none of it when it fails."""
        with translated():
            if self.db.conn.in_transaction:  # a verb inside a verb joins its unit of work
                yield
                return
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                if self.db.conn.in_transaction:
                    self.db.conn.rollback()
                self._units.clear()
                raise
            self.db.execute("COMMIT")

    # --- meta --------------------------------------------------------------------------------------------------------

    def meta(self, name: str) -> str | None:
        """Return a fact about this installation, or ``None``."""
        row = self.db.execute("SELECT value FROM meta WHERE key = ?", (name,)).fetchone()
        return str(row[0]) if row else None

    def set_meta(self, name: str, value: str) -> None:
        """Remember a fact about this installation."""
        self.db.execute(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value", (name, value)
        )

    # --- streams and the witness -------------------------------------------------------------------------------------

    def stream(self, s: str) -> Stream | None:
        """Return one stream, or ``None``."""
        row = self.db.execute("SELECT * FROM stream WHERE s = ?", (s,)).fetchone()
        return Stream(*row) if row else None

    def streams(self, unit: str | None = None) -> list[Stream]:
        """Return all streams, or those that write for one unit, in a fixed order."""
        rows = self.db.execute("SELECT * FROM stream ORDER BY s").fetchall()
        return [found for row in rows if unit in (None, (found := Stream(*row)).unit)]

    def unit_of(self, s: str) -> str:
        """Return the unit a stream writes for."""
        if s not in self._units:
            found = self.stream(s)
            self._units[s] = found.unit if found else ""
        return self._units[s]

    def mine(self, unit: str) -> Stream:
        """Return the stream this installation writes for a unit, begun at its first change.

        A commune has one; a receiver keeps one per unit it writes to, so that no unit sees another's notes.
        """
        row = self.db.execute("SELECT * FROM stream WHERE state = 'mine' AND unit = ?", (unit,)).fetchone()
        if row:
            return Stream(*row)
        s = change.new_stream_id()
        self.db.execute(
            "INSERT INTO stream VALUES (?, ?, ?, ?, 0, ?, ?, NULL, 'mine')",
            (s, self.meta("node"), unit, self.meta("role"), change.GENESIS, self.meta("key")),
        )
        self._units[s] = unit
        return Stream(s, self.meta("node") or "", unit, self.meta("role") or "", 0, change.GENESIS, None, None, "mine")

    def new_streams(self) -> None:
        """Retire every stream of ours; the next change begins a new one (restore, copy, fork, roll-back)."""
        with self.atomic():
            self.db.execute("UPDATE stream SET state = 'retired' WHERE state = 'mine'")

    def _witness(self) -> Path:
        place = hashlib.sha256(str(self.folder.resolve()).encode()).hexdigest()[:16]
        return user_state_path("CBDesk", appauthor=False) / "witness" / f"{self.meta('node')}-{place}.json"

    def leave_witness(self) -> None:
        """Write (stream, number, head) of our streams outside the folder. A profile that cannot be written is no harm:
        the next start then begins a new stream."""
        heads = {one.s: [one.n, one.h.hex()] for one in self.streams() if one.state == "mine"}
        try:
            path = self._witness()
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(heads), encoding="ascii")
        except OSError:
            return

    def heed_witness(self) -> bool:
        """Begin new streams where the witness is absent or ahead of the journal. Returns whether it did."""
        mine = [one for one in self.streams() if one.state == "mine" and one.n]
        if not mine:
            return False
        try:
            seen = json.loads(self._witness().read_text(encoding="ascii"))
        except (OSError, ValueError):
            seen = {}
        if all(one.s in seen and self._covers(one, seen[one.s]) for one in mine):
            return False
        self.new_streams()
        return True

    def _covers(self, stream: Stream, seen: Sequence[Any]) -> bool:
        n, h = seen
        return n == 0 or (n <= stream.n and self.head_at(stream.s, n).hex() == h)

    # --- journal -----------------------------------------------------------------------------------------------------

    def head_at(self, s: str, n: int) -> bytes:
        """Return the chain value of a stream after its n-th change; 32 zero bytes before the first."""
        if n == 0:
            return change.GENESIS
        row = self.db.execute("SELECT h FROM op WHERE s = ? AND n = ?", (s, n)).fetchone()
        return bytes(row[0]) if row else b""

    def lines(self, s: str, after: int) -> bytes:
        """Return the lines of a stream after a number as one block of JSON Lines (one query, not one a row)."""
        row = self.db.execute(
            "SELECT group_concat(line, char(10)) FROM (SELECT line FROM op WHERE s = ? AND n > ? ORDER BY n)", (s, after)
        ).fetchone()
        return row[0].encode() + b"\n" if row[0] else b""

    @staticmethod
    def read_line(line: bytes) -> Change | None:
        """Read one line of our own journal; ``None`` for an erased one."""
        return change.stored(line.decode())

    def changes_of(self, record: str) -> list[Change]:
        """Return what the journal knows of a record, oldest first; erased lines are left out."""
        rows = self.db.execute("SELECT line FROM op WHERE r = ? ORDER BY c, s", (record,))
        return [one for (line,) in rows if (one := change.stored(line)) is not None]

    def changes_in(self, batch: str) -> list[Change]:
        """Return the changes of one action of this installation, in order."""
        rows = self.db.execute("SELECT line FROM op WHERE g = ? AND bundle IS NULL ORDER BY c, n", (batch,))
        return [one for (line,) in rows if (one := change.stored(line)) is not None]

    def append(self, stream: Stream, changes: Sequence[Change], lines: Sequence[bytes], bundle: int | None) -> bytes:
        """Add numbered lines to a stream inside the caller's unit of work; returns the new head."""
        heads = change.links(stream.h, lines)
        self.db.conn.executemany(
            "INSERT INTO op(s, n, c, r, g, line, h, bundle) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (one.s, one.n, one.c, one.r, one.g, line.decode(), head, bundle)
                for one, line, head in zip(changes, lines, heads, strict=True)
            ],
        )
        self.db.execute("UPDATE stream SET n = n + ?, h = ? WHERE s = ?", (len(lines), heads[-1], stream.s))
        seen = max(int(self.meta("lamport") or 0), *(one.c for one in changes))
        self.set_meta("lamport", str(seen))
        return heads[-1]

    def write(self, drafts: Iterable[Draft], *, unit: str, officer: str, batch: str | None = None) -> Written:
        """Write our own changes: the only way business data changes here (``spec/bundle.md`` 4.3)."""
        drafts = [draft for draft in drafts if draft.fields or draft.kind != "set"]
        if not drafts:
            return Written()
        batch = batch or change.new_stream_id()
        with self.atomic():
            stream = self.mine(unit)
            counter = int(self.meta("lamport") or 0)
            at, changes = clock.stamp(), list[Change]()
            heads: dict[str, dict[str, list[change.Version]]] = {}
            for offset, draft in enumerate(drafts, start=1):
                known = heads.setdefault(draft.record, self._heads(draft))
                one = Change(
                    s=stream.s, n=stream.n + offset, c=counter + offset, t=draft.form, r=draft.record, k=draft.kind,
                    f=draft.fields, b={name: known[name] for name in draft.fields if name in known},
                    g=batch, by=officer, at=at, x=change.salt(),
                )  # fmt: skip
                known.update(dict.fromkeys(draft.fields, [one.version]))
                changes.append(one)
            self.append(stream, changes, [one.line().encode() for one in changes], None)
            forms = self.project(changes).touched
        return Written(changes, forms)

    def _heads(self, draft: Draft) -> dict[str, list[change.Version]]:
        row = self.db.execute(f'SELECT ver FROM "{draft.form}" WHERE id = ?', (draft.record,)).fetchone()
        return {name: [(c, s) for c, s in heads] for name, heads in json.loads(row[0]).items()} if row else {}

    def project(self, changes: Sequence[Change]) -> Projected:
        """Fold changes that stand in the journal; erasures first, so that nothing of an erased record shows again."""
        for one in changes:
            if one.k == "erase":
                self._erase(one)
        projector = projection.Projector(self.db, self.unit_of)
        touched = projector.project([one for one in changes if one.k == "set"])
        touched |= {one.t for one in changes if one.k == "erase" and one.t in catalogue().forms}
        return Projected(touched, projector.conflicts, projector.set_aside)

    def _erase(self, one: Change) -> None:
        self.db.execute("INSERT OR IGNORE INTO erasure VALUES (?)", (one.r,))
        for s, n, line in self.db.execute("SELECT s, n, line FROM op WHERE r = ?", (one.r,)).fetchall():
            if '"k":"erase"' not in line:
                blank = change.erased(line.encode()).decode()
                self.db.execute("UPDATE op SET line = ? WHERE s = ? AND n = ?", (blank, s, n))
        for table, column in ((one.t, "id"), ("draft", "record"), ("conflict", "r")):
            if table in self.db.table_names():
                self.db.execute(f'DELETE FROM "{table}" WHERE "{column}" = ?', (one.r,))

    def rebuild(self) -> None:
        """Drop the projection and fold the whole journal anew, inside the caller's unit of work."""
        projection.drop(self.db)
        projection.create(self.db)
        rows = self.db.execute("SELECT line FROM op ORDER BY c, s").fetchall()
        changes = [one for (line,) in rows if (one := change.stored(line)) is not None]
        projection.Projector(self.db, self.unit_of).project([one for one in changes if one.k == "set"])

    # --- proving -----------------------------------------------------------------------------------------------------

    def broken_chains(self) -> list[str]:
        """Return streams whose numbers have a hole or whose chain does not verify over the whole journal (I2, I14)."""
        broken = []
        for stream in self.streams():
            head, expected = change.GENESIS, 0
            for n, line, h in self.db.execute("SELECT n, line, h FROM op WHERE s = ? ORDER BY n", (stream.s,)):
                head, expected = change.link(head, line.encode()), expected + 1
                if n != expected or head != bytes(h):
                    break
            if expected != stream.n or head != stream.h:
                broken.append(stream.s)
        return broken

    def rebuilt_differences(self) -> list[str]:
        """Return forms whose tables differ from a fold of the journal; the rebuild is taken back (I1)."""

        def tables() -> dict[str, list[Any]]:
            names = [*catalogue().forms, "conflict"]
            return {name: self.db.execute(f'SELECT * FROM "{name}" ORDER BY 1, 2, 3, 4, 5').fetchall() for name in names}

        with translated():
            self.db.execute("BEGIN IMMEDIATE")
            try:
                before = tables()
                self.rebuild()
                after = tables()
            finally:
                self.db.conn.rollback()
        return [name for name, rows in before.items() if rows != after[name]]

    def integrity(self) -> list[str]:
        """Return what SQLite and SQLCipher find wrong with the file; empty when all is well."""
        with translated():
            sealed = [str(row[0]) for row in self.db.execute("PRAGMA cipher_integrity_check").fetchall()]
            found = [str(row[0]) for row in self.db.execute("PRAGMA integrity_check").fetchall()]
        return sealed + [one for one in found if one != "ok"]

    # --- reading -----------------------------------------------------------------------------------------------------

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
        self, form: str, where: str = "1", values: Sequence[Any] = (), *, order: str = "name_key, id",
        hidden: bool = False, limit: int = -1,
    ) -> list[dict[str, Value]]:  # fmt: skip
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


@dataclass(frozen=True, slots=True)
class Projected:
    """What folding did: forms touched, conflicts (form, record, field), changes put aside (stream, number, reason)."""

    touched: set[str]
    conflicts: set[tuple[str, str, str]]
    set_aside: list[tuple[str, int, str]]
