"""Backups: one encrypted file ``.cbb``, an uncompressed ustar of the store, ``keys.json`` and ``about.json``.

Made with ``VACUUM INTO`` a part file, opened again with the key and checked before it gets its name; kept 12 daily,
10 weekly, 9 monthly. A restore goes only into a folder without a register and begins a new stream at the next unlock
(``spec/bundle.md`` 4.5, 5.4).
"""

from __future__ import annotations

import io
import json
import os
import tarfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

from cbdesk import carrier, keys
from cbdesk.errors import Problem
from cbdesk.store import Store
from cbdesk.store.store import NAME

MEMBERS = (NAME, "keys.json", "about.json")
SUFFIX = ".cbb"
LIMIT = 4 * 1024**3
DAILY, WEEKLY, MONTHLY = 12, 10, 9


def make(store: Store, dek: bytes, target: Path) -> Path:
    """Write a verified backup of an open store under a new name. Raises ``Problem``: ``backup_failed``, group U."""
    part = store.folder / "backup.part"
    part.unlink(missing_ok=True)
    try:
        store.copy_into(part)
        Store.prove(part, dek, [(one.s, one.n, one.h) for one in store.streams()])
        data = _pack(part.read_bytes(), store.folder)
    finally:
        part.unlink(missing_ok=True)
    return carrier.put(target.parent, target.name, data)


def _pack(database: bytes, folder: Path) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in MEMBERS:
            data = database if name == NAME else _read(folder / name)
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(data), 0o600
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def unpack(data: bytes) -> dict[str, bytes]:
    """Return the members of a backup; nothing is extracted by name. Raises ``Problem(no_backup)``."""
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            for info in archive:
                if info.name not in MEMBERS or info.name in found or not info.isreg() or info.size > LIMIT:
                    raise Problem("no_backup")
                member = archive.extractfile(info)
                found[info.name] = member.read() if member else b""
    except (tarfile.TarError, OSError, EOFError):
        raise Problem("no_backup") from None
    if not found.get(NAME) or not found.get("keys.json"):
        raise Problem("no_backup")
    return found


def restore(data: bytes, folder: Path, officer: str | None, password: str) -> None:
    """Bring a backup into a folder without a register, after proving that the password opens it.

    Everything is written under part names first; the register gets its name last. Raises ``Problem``: ``store_exists``,
    ``no_backup``, ``wrong_password``, ``store_damaged``.
    """
    if (folder / NAME).exists():
        raise Problem("store_exists")
    members = unpack(data)
    dek = keys.open_with_password(keys.KeyFile.from_bytes(members["keys.json"]), officer, password)
    part = folder / (NAME + ".part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for stale in (NAME + "-wal", NAME + "-shm", "keys.json.1"):
            (folder / stale).unlink(missing_ok=True)  # a WAL of another database beside it would damage it
        part.write_bytes(members[NAME])
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise Problem("disk_full" if carrier.is_full(error) else "read_only") from None
    try:
        Store.prove(part, dek, None)
        for name in ("keys.json", "about.json"):
            if members.get(name):
                carrier.write_atomic(folder / name, members[name], overwrite=True)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(folder / NAME)
    finally:
        part.unlink(missing_ok=True)
    with Store.unlocked(folder, dek) as store, store.atomic():
        store.set_meta("restored", json.dumps({one.s: one.n for one in store.streams()}))
        store.new_streams()


def superfluous(names: Sequence[str], today: date) -> list[str]:
    """Return which automatic backups (named by day) may go: 12 daily, 10 weekly and 9 monthly ones stay."""
    kept: set[str] = set()
    ordered = sorted(names, reverse=True)
    for limit, period in ((DAILY, 10), (WEEKLY, 0), (MONTHLY, 7)):
        seen: set[str] = set()
        for name in ordered:
            day = _day(name)
            mark = name[:period] if period else "{}-{}".format(*day.isocalendar()[:2]) if day else name
            if day is None or day > today:
                kept.add(name)
            elif mark not in seen and len(seen) < limit:
                seen.add(mark)
                kept.add(name)
    return [name for name in names if name not in kept]


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(name[:10])
    except ValueError:
        return None
