"""A register nobody here can open any more: asking the receiver, and opening it with the answer, by stick.

The receiver's side is ``reopening``. An answer holds for the one request, password and register, must be signed by a
receiver this register trusts, and is good once: the key it carries opens nothing afterwards. Source: ``spec/bundle.md``
2.2.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cbdesk import carrier, keys, passwords
from cbdesk.attempts import Attempts
from cbdesk.catalogue import catalogue
from cbdesk.desk.desk import Desk
from cbdesk.desk.opening import OPEN_FACTS, lock_of, opened_with
from cbdesk.desk.reopening import file_name
from cbdesk.errors import Problem
from cbdesk.reopening import FILE, MAX_FILE, Answer, Request, Waiting
from cbdesk.store import Ledger, Store
from cbdesk.words import say


@dataclass(frozen=True, slots=True)
class Asked:
    """Answer of ``reopen_request``: the file to carry, and the groups to read aloud over the telephone."""

    file: Path
    groups: str


def reopen_request(folder: Path, officer: str, new_password: str, out: Path) -> Asked:
    """Ask the receiver to open this register again: the officer chooses the new password now (about a second).

    An earlier request is void. Raises ``Problem``: ``no_store``, ``store_busy``, ``keys_missing``, ``no_escrow``,
    ``weak_password``, ``no_memory``, and those of group U.
    """
    lock = lock_of(folder)
    try:
        keyfile = keys.load(folder)
        unit, practice = _facts(folder)
        name = catalogue().units.label(unit) if unit else ""
        passwords.judge(new_password, officer, unit=name, practice=practice)
        dearest = [keys.Cost.of(slot.header) for slot in keyfile.of_kind("password", "letterbox")]
        cost = max(dearest, key=lambda one: one.work, default=keys.PRACTICE if practice else keys.DEFAULT)
        waiting = Waiting.make(keyfile.vault, " ".join(officer.split()), new_password, cost)
        request = Request.make(waiting, keyfile, unit, practice=practice)
        written = carrier.put(out, file_name(request, "request"), request.data)
        carrier.write_atomic(folder / FILE, waiting.to_bytes(), overwrite=True)
        return Asked(written, request.groups)
    finally:
        lock.release()


def reopen_accept(folder: Path, answer: Path, password: str) -> tuple[Desk, str]:
    """Open the register with the receiver's answer and the password chosen with the request; its key is changed.

    Returns the open desk and the new recovery code. Raises ``Problem``: ``no_store``, ``store_busy``, ``bad_reopen``,
    ``other_reopen`` (also where nothing waits, or the answer was used before), ``wait_password``, ``wrong_password``,
    ``reopen_untrusted``, ``store_damaged``, ``disk_full``, ``read_only``.
    """
    lock = lock_of(folder)
    try:
        attempts = Attempts(folder)
        attempts.check()
        told, waiting = Answer.read(carrier.take(answer, MAX_FILE)), _waiting(folder)
        told.check_for(waiting)
        try:
            dek = told.open(waiting.identity(password))
        except Problem as problem:
            if problem.name == "wrong_password":
                attempts.wrong()
            raise
        _check_signer(folder, dek, told, waiting.officer)
        desk = opened_with(folder, dek, lock, waiting.officer, attempts.right())
    except BaseException:
        lock.release()
        raise
    try:
        return desk, _settled(desk, waiting, told, password)
    except BaseException:
        desk.close()
        raise


def _settled(desk: Desk, waiting: Waiting, told: Answer, password: str) -> str:
    """Give the officer the password and the register another key; write both down. Returns the new recovery code."""
    officer, cost = waiting.officer, keys.Cost.of(waiting.header)
    rekeyed = desk._rotate(
        also=lambda made, dek: keys.add_password_slot(made, dek, officer, password, practice=desk.practice, cost=cost)
    )
    desk._trust_letterboxes(keys.load(desk.folder), officer)
    signer = desk.ledger.device(told.key)
    desk._take_charge(say("people.by_receiver", unit=catalogue().units.label(signer.unit) if signer else ""),
                      told.id)  # fmt: skip
    with desk.store.atomic():
        for what in ("reopened", "rotated"):
            desk._tell_event(what, desk.unit.key, desk.node, told.id, officer)
        desk.ledger.log_access(officer, "reopen_accept", detail=f"{told.key} {told.id}")
    (desk.folder / FILE).unlink(missing_ok=True)
    return rekeyed.recovery_code


def _check_signer(folder: Path, dek: bytes, told: Answer, officer: str) -> None:
    """Raise ``Problem(reopen_untrusted)``, logged inside, unless a receiver trusted there signed the answer."""
    with Store.unlocked(folder, dek) as store:
        signer = Ledger(store).device(told.key)
        trusted = signer is not None and signer.role == "receiver" and signer.status == "active"
        if not trusted or signer is None or not told.is_signed_by(signer.sign_public):
            with store.atomic():
                Ledger(store).log_access(officer, "reopen_refused", detail=told.id)
            raise Problem("reopen_untrusted")


def _waiting(folder: Path) -> Waiting:
    try:
        return Waiting.from_bytes(carrier.read(folder / FILE, MAX_FILE))
    except (OSError, Problem):
        raise Problem("other_reopen") from None


def _facts(folder: Path) -> tuple[str, bool]:
    """Return unit and kind of a register as they are told without a password; a real one where nothing is told."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        facts = json.loads((folder / OPEN_FACTS).read_bytes())
        return str(facts["unit"]), bool(facts["practice"])
    return "", False
