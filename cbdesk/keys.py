"""The key file beside the store: how a password or the recovery sheet becomes the store's key.

One random 32-byte key (the DEK) opens the database. ``keys.json`` holds it wrapped once per *slot*: one per officer's
password (Argon2id → AES-256-GCM), one for the printed recovery code (HKDF-SHA256 → the same), later one per province
key (escrow; kept unread here). Rules (``spec/bundle.md`` 2):

* The slot's header is the associated data: lowering a cost, renaming a slot or moving it to another vault is refused.
* Costs out of bounds are refused before any memory is taken.
* A password is NFKC text, so that Vietnamese typed in either Unicode form is one password.
* Values are immutable: each function returns a new ``KeyFile``; ``save`` puts it down whole or not at all.

Together with ``seal`` this is the only door to cryptography.
"""

from __future__ import annotations

import secrets
import time
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cbdesk import carrier
from cbdesk.attempts import Attempts
from cbdesk.errors import Problem
from cbdesk.groups import SIZE, groups_of, read_groups
from cbdesk.passwords import judge
from cbdesk.strict import StrictJsonError, canonical, is_count, is_hex, strict_json

__all__ = [
    "DEFAULT", "PRACTICE", "Attempts", "Cost", "KeyFile", "Slot", "add_password_slot", "calibrate",
    "change_password", "forget_previous", "groups_of", "judge", "load", "new_keys", "open_slot", "open_with_password",
    "open_with_recovery", "read_groups", "remove_slot", "replace_recovery", "save",
]  # fmt: skip

FILE = "keys.json"
PREVIOUS = "keys.json.1"
TYPE = "cbdesk/keys/1"
MAX_FILE = 256 * 1024
KEY_SIZE = 32
MIB = 1024  # Argon2 counts memory in KiB


@dataclass(frozen=True, slots=True)
class Cost:
    """Argon2id costs: memory in KiB, passes, lanes."""

    m: int
    t: int
    p: int

    def check(self) -> None:
        """Raise ``bad_key_parameters`` outside [64 MiB … 2 GiB], [1 … 20], [1 … 16]."""
        if not (64 * MIB <= self.m <= 2048 * MIB and 1 <= self.t <= 20 and 1 <= self.p <= 16):
            raise Problem("bad_key_parameters")


DEFAULT = Cost(256 * MIB, 3, 4)
PRACTICE = Cost(64 * MIB, 1, 4)
_FLOOR, _CEILING = 64 * MIB, 512 * MIB


@dataclass(frozen=True, slots=True)
class Slot:
    """One wrapped copy of the key. ``kind``: ``password``, ``recovery``, ``escrow`` or one of a newer program.

    ``header`` is everything that is authenticated; ``box`` is nonce and ciphertext (for other kinds: whatever the
    program that wrote it put there, kept as it is).
    """

    header: Mapping[str, Any]
    box: str = field(repr=False)

    @property
    def id(self) -> str:
        """Return the slot's own id, 16 hex digits."""
        return str(self.header["id"])

    @property
    def kind(self) -> str:
        """Return the slot's kind."""
        return str(self.header["kind"])

    @property
    def label(self) -> str:
        """Return the officer's name, or what a person calls the slot."""
        return str(self.header["label"])


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The content of ``keys.json``: the vault's id (32 hex digits) and its slots in the order of their making."""

    vault: str
    slots: tuple[Slot, ...] = ()

    @property
    def officers(self) -> list[str]:
        """Return the officers who have a password, as they wrote their names."""
        return [slot.label for slot in self.slots if slot.kind == "password"]

    def to_bytes(self) -> bytes:
        """Return the JSON text of the file."""
        slots = [{"header": dict(slot.header), "box": slot.box} for slot in self.slots]
        return canonical({"type": TYPE, "vault": self.vault, "slots": slots}) + b"\n"

    @classmethod
    def from_bytes(cls, data: bytes) -> KeyFile:
        """Return the key file in ``data``. Raises ``keys_missing`` if it is not one (also one of a newer type)."""
        try:
            body = strict_json(data) if len(data) <= MAX_FILE else None
        except StrictJsonError:
            body = None
        if not isinstance(body, dict) or body.get("type") != TYPE or not is_hex(body.get("vault"), 32):
            raise Problem("keys_missing")
        slots = body.get("slots")
        if not isinstance(slots, list) or not slots or not all(_is_slot(slot) for slot in slots):
            raise Problem("keys_missing")
        return cls(body["vault"], tuple(Slot(slot["header"], slot["box"]) for slot in slots))


def _is_slot(slot: object) -> bool:
    if not isinstance(slot, dict) or not isinstance(slot.get("box"), str) or not isinstance(slot.get("header"), dict):
        return False
    header = slot["header"]
    return all(isinstance(header.get(name), str) for name in ("vault", "id", "kind", "label"))


# --- making and changing ---------------------------------------------------------------------------------------------


def new_keys(
    password: str, officer: str, *, practice: bool = False, cost: Cost | None = None
) -> tuple[bytes, KeyFile, str]:
    """Return a fresh key, its key file and the recovery code to print. Takes about a second; raises ``weak_password``.

    Without ``cost`` the machine is measured (``calibrate``); a practice register takes the floor.
    """
    judge(password, officer, practice=practice)
    dek = secrets.token_bytes(KEY_SIZE)
    empty = KeyFile(secrets.token_hex(16))
    chosen = cost or (PRACTICE if practice else calibrate())
    keyfile = add_password_slot(empty, dek, officer, password, practice=practice, cost=chosen)
    keyfile, code = replace_recovery(keyfile, dek)
    return dek, keyfile, code


def add_password_slot(
    keyfile: KeyFile, dek: bytes, officer: str, password: str, *, practice: bool = False, cost: Cost | None = None
) -> KeyFile:
    """Return the key file with a password for this officer; an earlier one of the same name is gone."""
    judge(password, officer, practice=practice)
    others = tuple(slot for slot in keyfile.slots if not (slot.kind == "password" and _same(slot.label, officer)))
    label = " ".join(unicodedata.normalize("NFC", officer).split())
    made = _wrap_by_password(keyfile.vault, label, password, dek, cost or (PRACTICE if practice else DEFAULT))
    return replace(keyfile, slots=(*others, made))


def change_password(keyfile: KeyFile, officer: str, old: str, new: str, *, practice: bool = False) -> KeyFile:
    """Return the key file with ``new`` in place of ``old``, at the same cost. Raises as opening and judging do."""
    slot, dek = open_slot(keyfile, officer, old)
    return add_password_slot(keyfile, dek, slot.label, new, practice=practice, cost=_cost(slot))


def replace_recovery(keyfile: KeyFile, dek: bytes) -> tuple[KeyFile, str]:
    """Return the key file with a new recovery slot and its code; the code printed before no longer opens."""
    code = secrets.token_bytes(SIZE)
    header = _header(keyfile.vault, "recovery", "recovery")
    slot = _wrap(header, _recovery_key(code, header), dek)
    others = tuple(other for other in keyfile.slots if other.kind != "recovery")
    return replace(keyfile, slots=(*others, slot)), groups_of(code)


def remove_slot(keyfile: KeyFile, slot_id: str) -> KeyFile:
    """Return the key file without that slot. An old copy still opens: change the DEK as well (``spec`` 2.2).

    Raises ``ValueError`` if nothing would be left that opens.
    """
    left = tuple(slot for slot in keyfile.slots if slot.id != slot_id)
    if not any(slot.kind in ("password", "recovery") for slot in left):
        raise ValueError("the last slot")
    return replace(keyfile, slots=left)


def calibrate() -> Cost:
    """Return the cost that takes this machine 0.5 to 1 s, from 256 MiB up to 512 or down to 64 MiB of memory.

    Half a second above is borne before memory is given up: memory is what a thief has to pay for.
    """
    cost = DEFAULT
    while (taken := _seconds(cost)) is None and cost.m > _FLOOR:
        cost = replace(cost, m=cost.m // 2)
    if taken is None:
        return cost
    if taken > 1.5:  # perhaps only a bad moment
        taken = min(taken, _seconds(cost) or taken)
    while taken > 1.5 and cost.m > _FLOOR:
        cost, taken = replace(cost, m=cost.m // 2), taken / 2
    twice = replace(cost, m=cost.m * 2)
    fast = taken < 0.5 and cost == DEFAULT and twice.m <= _CEILING
    return twice if fast and _seconds(twice) is not None else cost


def _seconds(cost: Cost) -> float | None:
    """Return how long one derivation takes, ``None`` if the memory is not there.

    On a machine busy with other work the processor's time is the fairer measure; the shorter of the two counts.
    """
    start, busy = time.perf_counter(), time.process_time()
    try:
        _password_key("calibration", bytes(16), cost)
    except MemoryError:
        return None
    return min(time.perf_counter() - start, time.process_time() - busy)


# --- opening ---------------------------------------------------------------------------------------------------------


def open_with_password(keyfile: KeyFile, officer: str | None, password: str) -> bytes:
    """Return the key. Raises ``wrong_password``, ``unknown_officer``, ``bad_key_parameters``, ``no_memory``."""
    return open_slot(keyfile, officer, password)[1]


def open_slot(keyfile: KeyFile, officer: str | None, password: str) -> tuple[Slot, bytes]:
    """Return the slot that opened and the key. With no officer named every password slot is tried in turn."""
    slots = [slot for slot in keyfile.slots if slot.kind == "password"]
    if officer is not None:
        slots = [slot for slot in slots if _same(slot.label, officer)]
        if not slots:
            raise Problem("unknown_officer", names=", ".join(keyfile.officers))
    refusal = Problem("wrong_password")
    for slot in slots:
        try:
            return slot, _unwrap(keyfile, slot, lambda slot: _password_key(password, _salt(slot), _cost(slot)))
        except InvalidTag:
            continue
        except Problem as problem:  # a slot somebody altered must not lock the others out
            refusal = problem
        except MemoryError:
            refusal = Problem("no_memory")
    raise refusal


def open_with_recovery(keyfile: KeyFile, code: str) -> bytes:
    """Return the key. Raises ``wrong_recovery`` for a slip in a group, ``other_recovery`` for another sheet's code."""
    given = read_groups(code)
    for slot in keyfile.slots:
        if slot.kind == "recovery":
            try:
                return _unwrap(keyfile, slot, lambda slot: _recovery_key(given, slot.header))
            except InvalidTag:
                continue
    raise Problem("other_recovery")


# --- the file --------------------------------------------------------------------------------------------------------


def load(folder: Path) -> KeyFile:
    """Return the key file of a data folder; the previous one if the present one is lost. Raises ``keys_missing``."""
    for name in (FILE, PREVIOUS):
        try:
            return KeyFile.from_bytes(carrier.read(folder / name, MAX_FILE))
        except (OSError, Problem):
            continue
    raise Problem("keys_missing")


def save(folder: Path, keyfile: KeyFile) -> None:
    """Put the key file down: at any moment the old or the new one is there whole, and the old one as ``keys.json.1``.

    Raises ``disk_full`` or ``read_only``.
    """
    try:
        present = carrier.read(folder / FILE, MAX_FILE)
        KeyFile.from_bytes(present)
    except (OSError, Problem):
        present = None
    try:
        if present is not None:
            carrier.place(folder / PREVIOUS, present, overwrite=True, private=True)
        carrier.place(folder / FILE, keyfile.to_bytes(), overwrite=True, private=True)
    except OSError as error:
        raise Problem("disk_full" if carrier.is_full(error) else "read_only") from None


def forget_previous(folder: Path) -> None:
    """Remove ``keys.json.1`` after an unlock: while it lies there the password before still opens."""
    try:
        KeyFile.from_bytes(carrier.read(folder / FILE, MAX_FILE))
        (folder / PREVIOUS).unlink(missing_ok=True)
    except (OSError, Problem):
        return


# --- wrapping --------------------------------------------------------------------------------------------------------


def _header(vault: str, kind: str, label: str, cost: Cost | None = None) -> dict[str, Any]:
    header: dict[str, Any] = {
        "vault": vault, "id": secrets.token_hex(8), "kind": kind, "label": label, "salt": secrets.token_hex(16)
    }  # fmt: skip
    return header if cost is None else header | {"m": cost.m, "t": cost.t, "p": cost.p}


def _wrap_by_password(vault: str, label: str, password: str, dek: bytes, cost: Cost) -> Slot:
    """Wrap at ``cost``; where the memory is not there, at half of it, never below the floor."""
    while True:
        header = _header(vault, "password", label, cost)
        try:
            return _wrap(header, _password_key(password, bytes.fromhex(header["salt"]), cost), dek)
        except MemoryError:
            if cost.m // 2 < _FLOOR:
                raise Problem("no_memory") from None
            cost = replace(cost, m=cost.m // 2)


def _wrap(header: Mapping[str, Any], kek: bytes, dek: bytes) -> Slot:
    nonce = secrets.token_bytes(12)
    return Slot(header, (nonce + AESGCM(kek).encrypt(nonce, dek, _aad(header))).hex())


def _unwrap(keyfile: KeyFile, slot: Slot, kek: Callable[[Slot], bytes]) -> bytes:
    if slot.header["vault"] != keyfile.vault or not is_hex(slot.box, 2 * (12 + KEY_SIZE + 16)):
        raise InvalidTag
    box = bytes.fromhex(slot.box)
    return AESGCM(kek(slot)).decrypt(box[:12], box[12:], _aad(slot.header))


def _aad(header: Mapping[str, Any]) -> bytes:
    return b"cbdesk/slot/1\n" + canonical(header)


def _cost(slot: Slot) -> Cost:
    m, t, p = (slot.header.get(name) for name in "mtp")
    if not (is_count(m) and is_count(t) and is_count(p)):
        raise Problem("bad_key_parameters")
    return Cost(m, t, p)  # type: ignore[arg-type]  # is_count has just said so


def _salt(slot: Slot) -> bytes:
    salt = slot.header.get("salt")
    if not is_hex(salt, 32):
        raise Problem("bad_key_parameters")
    return bytes.fromhex(str(salt))


def _password_key(password: str, salt: bytes, cost: Cost) -> bytes:
    cost.check()
    text = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    kdf = Argon2id(salt=salt, length=KEY_SIZE, iterations=cost.t, lanes=cost.p, memory_cost=cost.m)
    return kdf.derive(text)


def _recovery_key(code: bytes, header: Mapping[str, Any]) -> bytes:
    salt = header.get("salt")
    if not is_hex(salt, 32):
        raise Problem("bad_key_parameters")
    kdf = HKDF(hashes.SHA256(), length=KEY_SIZE, salt=bytes.fromhex(str(salt)), info=b"cbdesk/recovery/1")
    return kdf.derive(code)


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split()).casefold()


def _same(name: str, other: str) -> bool:
    return _plain(name) == _plain(other)
