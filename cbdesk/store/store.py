"""The encrypted register of one folder: made, opened, proved, closed.

Files of a folder: ``register.db`` (+ ``-wal``, ``-shm``), ``keys.json``, ``register.lock``, ``open.flag`` (present
while the register is open, so an unclean end is noticed), ``about.json``, ``held/`` and ``backups/``. A newer store is
refused with words; after a change of the catalogue every row is judged again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cbdesk import STORE
from cbdesk.catalogue import catalogue
from cbdesk.errors import Problem
from cbdesk.store import projection, rekeying
from cbdesk.store.blobs import Blobs
from cbdesk.store.chains import Chains
from cbdesk.store.erasures import Erasures
from cbdesk.store.library import connect, translated
from cbdesk.store.reader import Reader
from cbdesk.store.schema import migrations
from cbdesk.text import NameOrder

NAME = "register.db"
FLAG = "open.flag"


class Store(Erasures, Reader, Blobs, Chains):
    """An open register. Make one with ``create`` or ``unlock``; close it when done."""

    @classmethod
    def create(cls, folder: Path, key: bytes, meta: Mapping[str, str]) -> Store:
        """Make the register of an empty folder. Raises ``Problem(store_exists)``.

        It gets its name when it is whole: a cut before that leaves nothing that could be taken for a register.
        """
        if (folder / NAME).exists():
            raise Problem("store_exists")
        part = folder / f"{NAME}.part"
        cls._sweep(part)
        try:
            store = cls(folder, connect(part, key, create=True))
        except BaseException:
            cls._sweep(part)
            raise
        try:
            with translated():
                migrations.apply(store.db)
                with store.atomic():
                    projection.create(store.db)
                    for name, value in {**meta, "store": str(STORE), "catalogue": str(catalogue().version)}.items():
                        store.set_meta(name, value)
                    store.set_meta("lamport", "0")
                store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            store.db.conn.close()
            part.replace(folder / NAME)
        except BaseException:
            store.db.conn.close()
            cls._sweep(part)
            raise
        return cls.unlock(folder, key)

    @staticmethod
    def _sweep(part: Path) -> None:
        for end in ("", "-wal", "-shm"):
            part.with_name(part.name + end).unlink(missing_ok=True)

    @classmethod
    def unlock(cls, folder: Path, key: bytes) -> Store:
        """Open a register, check it after an unclean end, migrate it, judge rows again after a catalogue change.

        Raises ``Problem``: ``no_store``, ``store_damaged``, ``store_too_new``.
        """
        rekeying.settle(folder / NAME, key)
        store = cls(folder, connect(folder / NAME, key))
        try:
            with translated():
                store._examine()
                if store.erase_again():  # an older copy came back
                    store.vacuum()
        except BaseException:
            store.db.conn.close()
            raise
        (folder / FLAG).touch()
        return store

    def _examine(self) -> None:
        found = int(self.meta("store") or 0)
        if found > STORE or int(self.meta("catalogue") or 0) > catalogue().version:
            raise Problem("store_too_new", found=max(found, int(self.meta("catalogue") or 0)), known=STORE)
        if self._is_cut():
            raise Problem("store_damaged")
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

    def _is_cut(self) -> bool:
        """Return whether the file is shorter than it says (a copy that was not finished). A WAL may hold the rest."""
        path = self.folder / NAME
        wal = path.with_name(NAME + "-wal")
        if wal.exists() and wal.stat().st_size:
            return False
        pages, size = (int(self.db.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_count", "page_size"))
        return path.stat().st_size < pages * size

    def close(self) -> None:
        """Leave the witness, fold the WAL back and close. Safe to call twice.

        What cannot be folded back (full disk, damage) stays in the WAL and the flag stays too: the next start looks.
        """
        if self._closed:
            return
        self._closed = True
        try:
            with translated():
                self.leave_witness()
                self.remember_erasures()
                self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            (self.folder / FLAG).unlink(missing_ok=True)
        except (Problem, OSError):
            pass
        finally:
            self.db.conn.close()

    def rekey(self, key: bytes, decide: Callable[[], None]) -> None:
        """Go on under another key. ``decide`` writes the key file; before it the old key is in force, after it the new.

        Raises ``Problem``: ``disk_full``, ``read_only``, ``backup_failed``; the register then stays as it was.
        """
        path, drawn = self.folder / NAME, self._drawn()
        fresh = rekeying.copy_of(path)
        try:
            self.leave_witness()
            with self.unveiled():
                rekeying.export(self.db, fresh, key)
            self.prove(fresh, key, [(one.s, one.n, one.h) for one in self.streams()])
            decide()
        except Exception:
            rekeying.sweep(fresh)
            raise
        with translated():
            self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.db.conn.close()
        self._closed = True
        try:
            rekeying.adopt(path)
        except OSError:  # another program holds the old file: work goes on in the copy, the next opening renames it
            path = fresh
        self._use(connect(path, key))
        self._closed = False
        self.veil(drawn)

    @classmethod
    @contextmanager
    def unlocked(cls, folder: Path, key: bytes) -> Iterator[Store]:
        """Open a register for one task and close it again."""
        store = cls.unlock(folder, key)
        try:
            yield store
        finally:
            store.close()

    def reorder(self, order: NameOrder, progress: Callable[[int, int], object]) -> set[str]:
        """Put another order of names in force, inside the caller's unit of work (see ``projection.reorder``)."""
        self.set_meta(projection.NAME_ORDER, order)
        return projection.reorder(self.db, progress)

    def rebuilt_differences(self) -> list[str]:
        """Return forms whose tables differ from a fold of the journal; the rebuild is taken back (I1)."""

        def tables() -> dict[str, list[Any]]:
            order = "ORDER BY 1, 2, 3, 4, 5"
            names = [*catalogue().forms, "conflict"]
            return {name: self.db.execute(f'SELECT * FROM main."{name}" {order}').fetchall() for name in names}

        with self.unveiled(), translated():
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
            if sealed:  # SQLite would stumble over the same pages
                return sealed
            found = [str(row[0]) for row in self.db.execute("PRAGMA integrity_check").fetchall()]
        return [one for one in found if one != "ok"]
