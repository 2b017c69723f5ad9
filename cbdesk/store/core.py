"""The open database of one folder: one unit of work, facts about this installation, copies.

``with core.atomic():`` is one ``BEGIN IMMEDIATE``: durable (WAL, FULL) when the block ends, undone whole when it fails.
A verb inside a verb joins the outer unit of work.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cbdesk.errors import Problem
from cbdesk.store import projection
from cbdesk.store.library import Database, connect, translated


class Core:
    """An open encrypted database and its folder."""

    def __init__(self, folder: Path, db: Database) -> None:
        self.folder = folder
        self.db = db
        self._units: dict[str, str] = {}
        self._closed = False

    def _forget(self) -> None:
        """Drop what was remembered of a unit of work that was undone."""
        self._units.clear()

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
                self._forget()
                raise
            self.db.execute("COMMIT")

    def meta(self, name: str) -> str | None:
        """Return a fact about this installation, or ``None``."""
        row = self.db.execute("SELECT value FROM meta WHERE key = ?", (name,)).fetchone()
        return str(row[0]) if row else None

    def set_meta(self, name: str, value: str) -> None:
        """Remember a fact about this installation."""
        self.db.execute(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value", (name, value)
        )

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
            projection.purge(self.db)
            self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self.db.execute("VACUUM")
            self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
