"""Verbs that keep the register sound: backup, doctor; and its one setting, the order of names.

A backup is made at the first unlock of the day and before anything risky; it is verified by opening it.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from cbdesk import SCHEMA, STORE, __version__, backup, carrier, clock
from cbdesk.catalogue import catalogue
from cbdesk.desk.looking import Looking
from cbdesk.errors import Problem
from cbdesk.paths import resources
from cbdesk.rights import OFFICERS, needs
from cbdesk.store import library
from cbdesk.text import NameOrder

BACKUPS = "backups"
LOW_SPACE = 200 * 1024 * 1024


class Upkeep(Looking):
    """Verbs that keep the register sound."""

    def backup(self, dest: Path | None = None) -> Path:
        """Write one encrypted file, verified by opening it, into ``dest`` or the register's own ``backups/``.

        Raises ``Problem``: ``backup_failed`` and those of group U.
        """
        folder = dest or self.folder / BACKUPS
        if dest is None:
            folder.mkdir(exist_ok=True)
        stem = clock.now().strftime("%Y-%m-%d-%H%M%S") + f"-{self.unit.code}-{self.node[:4]}"
        # "_" sorts behind ".", so that of two in one second the later one counts as the newer
        names = (f"{stem}{f'_{n}' if n else ''}{backup.SUFFIX}" for n in count())
        made = backup.make(self.store, self.dek, next(folder / name for name in names if not (folder / name).exists()))
        with self.store.atomic():
            self.ledger.log_access(self.officer, "backup")
        if dest is None:
            self._thin(folder)
        return made

    def _thin(self, folder: Path) -> None:
        for name in backup.superfluous([path.name for path in folder.glob("*" + backup.SUFFIX)], clock.today()):
            (folder / name).unlink(missing_ok=True)

    @needs(OFFICERS)
    def set_name_order(
        self, order: NameOrder, progress: Callable[[int, int], object] = lambda done, whole: None
    ) -> None:
        """Choose the order of names for all lists and papers of this register; lists issued stay as they are.

        All order keys are written anew in one unit of work; ``progress`` hears (done, in all).
        """
        if order != self.name_order():
            with self.store.atomic():
                self._changed |= self.store.reorder(order, progress)

    def backup_quietly(self) -> None:
        """Make the automatic backup; a failure is no reason to stop the officer, ``status`` shows its age.

        Inside a unit of work there is none: who began it made one before.
        """
        if self.store.db.conn.in_transaction:
            return
        try:
            self.backup()
        except Problem:
            return

    def forget_backups(self) -> None:
        """Replace the automatic backups of this machine by one made now (after a legal deletion)."""
        old = list((self.folder / BACKUPS).glob("*" + backup.SUFFIX))
        fresh = self.backup()
        for path in old:
            if path != fresh:
                path.unlink(missing_ok=True)

    def backup_due(self) -> bool:
        """Return whether today has no automatic backup yet."""
        return not list((self.folder / BACKUPS).glob(f"{clock.today().isoformat()}-*{backup.SUFFIX}"))

    def last_backup(self) -> str | None:
        """Return when the newest automatic backup was made, as a local stamp."""
        found = max((self.folder / BACKUPS).glob("*" + backup.SUFFIX), default=None)
        return clock.local_stamp(found.stat().st_mtime) if found else None


def doctor(folder: Path) -> list[dict[str, Any]]:
    """Return what a helper on the telephone wants to know, without a password and without personal data.

    Each check: ``name``, ``ok``, ``value``.
    """
    database = folder / "register.db"
    free = _free(folder)
    header = _head(database)
    return [
        _check("program", True, f"{__version__} schema {SCHEMA} store {STORE} catalogue {catalogue().version}"),
        _check("system", True, f"{platform.system()} {platform.release()} {platform.machine()}"),
        _check("python", (3, 11) <= sys.version_info < (3, 14), platform.python_version()),
        _check("sqlite", library.SQLITE_VERSION >= library.SAFE_SQLITE, ".".join(map(str, library.SQLITE_VERSION))),
        _check("resources", (resources() / "catalogue").is_dir(), str(len(catalogue().forms))),
        _check("store", database.is_file(), f"{database.stat().st_size if database.is_file() else 0} B"),
        _check("encrypted", header != b"SQLite format 3\0", ""),
        _check("keys", (folder / "keys.json").is_file(), ""),
        _check("fixed_disk", carrier.is_fixed(folder) if folder.exists() else True, ""),
        _check("free_space", free is None or free > LOW_SPACE, "" if free is None else f"{free // 2**20} MB"),
        _check("clean_close", not (folder / "open.flag").exists(), ""),
        _check("held", True, str(len(list((folder / "held").glob("*.cbd"))))),
        _check("backups", bool(list((folder / BACKUPS).glob("*.cbb"))), ""),
        _check("clock", clock.now().year >= 2026, clock.stamp()),
        _check("clock_unset", not os.environ.get("CBDESK_NOW"), ""),
    ]


def _check(name: str, ok: bool, value: str) -> dict[str, Any]:
    return {"name": name, "ok": ok, "value": value}


def _free(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(16)
    except OSError:
        return b""
