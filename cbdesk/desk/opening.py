"""Opening: first start, unlock, recovery, and what may be told without a password.

The folder's lock is taken first and held until the desk is closed. The password is asked once; the derived key opens
every connection. ``keys.json`` is written before the register, so a cut between the two leaves an empty folder that
``setup`` may fill again.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cbdesk import backup, carrier, clock, keys, passwords
from cbdesk import card as card_of
from cbdesk.attempts import Attempts
from cbdesk.card import Device
from cbdesk.catalogue import catalogue
from cbdesk.change import new_stream_id
from cbdesk.desk.desk import Desk
from cbdesk.errors import Problem
from cbdesk.seal import DeviceKeys
from cbdesk.store import FolderLock, Ledger, Store
from cbdesk.store.store import NAME
from cbdesk.words import say

ROLES = ("commune", "receiver")
OPEN_FACTS = "about.json"
"""Facts the unlock screen shows: unit, role, practice, when last opened. Nothing about children."""


@dataclass(frozen=True, slots=True)
class SetupDone:
    """Answer of ``setup``: the open desk and what has to be put on paper."""

    desk: Desk
    recovery_code: str
    fingerprint: str
    device: str
    unit: str


def setup(folder: Path, *, role: str, unit: str, officer: str, password: str, practice: bool = False) -> SetupDone:
    """Make the encrypted register, this device's keys and the first officer.

    Raises ``Problem``: ``bad_place``, ``store_exists``, ``wrong_unit``, ``weak_password``, ``read_only``,
    ``disk_full``.
    """
    clock.obey_environment(practice=practice)
    chosen = catalogue().units.resolve(unit, clock.today())
    passwords.judge(password, officer, unit=chosen.name, practice=practice)
    _make_folder(folder)
    lock = FolderLock(folder)
    if (folder / NAME).exists():
        lock.release()
        raise Problem("store_exists")
    store: Store | None = None
    try:
        dek, keyfile, recovery = keys.new_keys(password, officer, practice=practice)
        keys.save(folder, keyfile)
        device_keys, node = DeviceKeys.new(), new_stream_id()
        meta = {
            "node": node,
            "unit": chosen.key,
            "role": role,
            "practice": "1" if practice else "0",
            "key": device_keys.key,
            "device_keys": json.dumps(device_keys.to_dict()),
            "created": clock.stamp(),
        }
        store = Store.create(folder, dek, meta)
        desk = Desk(store, device_keys, lock, officer, dek)
        with store.atomic():
            card = desk.card_bytes()
            Ledger(store).trust(_own(store, device_keys), officer, card)
            Ledger(store).log_access(officer, "setup")
        desk._trust_letterboxes(keyfile, officer)
        store.leave_witness()
        _tell_openly(desk)
    except BaseException:
        if store is not None:
            store.close()
        for name in (NAME, "keys.json"):  # a register whose recovery code nobody has seen must not stay
            (folder / name).unlink(missing_ok=True)
        lock.release()
        raise
    return SetupDone(desk, recovery, card_of.fingerprint(card), node, chosen.key)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        raise Problem("read_only") from None
    if not carrier.is_fixed(folder):
        raise Problem("bad_place")


def _own(store: Store, device_keys: DeviceKeys) -> Device:
    return Device(
        store.meta("node") or "",
        store.meta("unit") or "",
        store.meta("role") or "",
        device_keys.sign_public,
        device_keys.age_recipient,
        "active",
    )


def officers(folder: Path) -> list[str]:
    """Return the officers who have a password slot. Raises ``Problem``: ``no_store``, ``keys_missing``."""
    if not (folder / NAME).exists():
        raise Problem("no_store")
    return keys.load(folder).officers


def unlock(folder: Path, officer: str | None, password: str) -> Desk:
    """Open the register with an officer's password (key derivation takes about a second).

    Raises ``Problem``: ``no_store``, ``store_busy``, ``keys_missing``, ``unknown_officer``, ``wrong_password``,
    ``wait_password``, ``store_damaged``, ``store_too_new``, ``clock_set``.
    """
    lock = lock_of(folder)
    try:
        keyfile = keys.load(folder)
        attempts = Attempts(folder)
        attempts.check()
        try:
            opened = keys.open_slot(keyfile, officer, password)
        except Problem as problem:
            if problem.name == "wrong_password":
                attempts.wrong()
            raise
        desk = opened_with(folder, opened.dek, lock, opened.slot.label, attempts.right())
    except BaseException:
        lock.release()
        raise
    desk._tend_keys(opened, password)
    keys.forget_previous(folder)
    return desk


def recover(folder: Path, code: str, officer: str, new_password: str) -> tuple[Desk, str]:
    """Open with the printed code, set a new password for ``officer``; returns the desk and a new recovery code.

    The old code is void afterwards. Whoever has it manages the register from then on, where nobody's word says so.
    Raises ``Problem``: ``wrong_recovery``, ``weak_password`` and those of ``unlock``.
    """
    lock = lock_of(folder)
    try:
        keyfile = keys.load(folder)
        dek = keys.open_with_recovery(keyfile, code)
        desk = opened_with(folder, dek, lock, officer)  # the old code stays good until the register has proved to open
        try:
            keyfile = keys.add_password_slot(
                keyfile, dek, officer, new_password, practice=desk.practice, cost=desk.key_cost
            )
            keyfile, new_code = keys.replace_recovery(keyfile, dek)
            desk._keep_keys(keyfile, officer)
            desk.failed_tries = Attempts(folder).right()
            desk._take_charge(say("people.by_sheet"), "")
            desk.log("recover")
        except BaseException:
            desk.store.close()
            raise
        return desk, new_code
    except BaseException:
        lock.release()
        raise


def change_password(folder: Path, officer: str, old: str, new: str) -> None:
    """Give an officer another password; the register itself is untouched.

    Raises ``Problem`` as ``unlock`` does, and ``weak_password``.
    """
    desk = unlock(folder, officer, old)
    try:
        desk.change_password(old, new)
    finally:
        desk.close()


def restore(folder: Path, file: Path, officer: str | None, password: str) -> Desk:
    """Bring a backup into a folder without a register and open it; it begins a new stream.

    Raises ``Problem``: ``store_exists``, ``no_backup``, ``wrong_password``, ``store_damaged``, groups S and U.
    """
    data = carrier.take(file, backup.LIMIT)
    backup.unpack(data)
    _make_folder(folder)
    lock = FolderLock(folder)
    try:
        backup.restore(data, folder, officer, password)
    finally:
        lock.release()
    desk = unlock(folder, officer, password)
    desk.log("restore")
    return desk


def lock_of(folder: Path) -> FolderLock:
    """Return the folder's lock, taken. Raises ``Problem``: ``no_store``, ``store_busy``."""
    if not (folder / NAME).exists():
        raise Problem("no_store")
    return FolderLock(folder)


def opened_with(folder: Path, dek: bytes, lock: FolderLock, officer: str, tries: int = 0) -> Desk:
    """Return the desk of a register whose key is at hand. Raises ``Problem`` as ``unlock`` does."""
    store = Store.unlock(folder, dek)
    try:
        clock.obey_environment(practice=store.meta("practice") == "1")
        outside = store.outside_heads()
        store.heed_witness()
        keys.forget_previous(folder)
        device_keys = DeviceKeys.from_dict(json.loads(store.meta("device_keys") or "{}"))
        desk = Desk(store, device_keys, lock, officer, dek)
        desk.failed_tries = tries
        with suppress(Problem):  # on a full disk there is still reading
            desk.prove_opening(outside)
            desk.log("unlock", detail=f"tries {tries}" if tries else "")
            _tell_openly(desk)
        return desk
    except BaseException:
        store.close()
        raise


def _tell_openly(desk: Desk) -> None:
    facts = {"unit": desk.unit.key, "role": desk.role, "practice": desk.practice, "opened": clock.stamp()}
    carrier.write_atomic(desk.folder / OPEN_FACTS, json.dumps(facts).encode(), overwrite=True)


def peek(folder: Path) -> dict[str, Any]:
    """Return what the unlock screen may show without a password.

    Keys: ``exists``, ``unit`` (key), ``unit_name``, ``role``, ``practice``, ``last_opened`` and ``last_backup``
    (local stamps or ``None``).
    """
    found: dict[str, Any] = {
        "exists": (folder / NAME).exists(),
        "unit": None,
        "unit_name": "",
        "role": "commune",
        "practice": False,
        "last_opened": None,
        "last_backup": None,
    }
    try:
        facts = json.loads((folder / OPEN_FACTS).read_bytes())
        found |= {"unit": facts["unit"], "role": facts["role"], "practice": bool(facts["practice"])}
        found |= {"unit_name": catalogue().units.label(facts["unit"]), "last_opened": facts["opened"]}
    except (OSError, ValueError, KeyError, TypeError):
        pass
    newest = max((folder / "backups").glob("*.cbb"), key=lambda path: path.stat().st_mtime, default=None)
    if newest is not None:
        found["last_backup"] = clock.local_stamp(newest.stat().st_mtime)
    return found
