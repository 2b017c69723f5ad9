"""The key file beside the store: how a password, the recovery sheet or the province becomes the store's key.

One random 32-byte key (the DEK) opens the database. ``keys.json`` holds it wrapped once per *slot*. Rules
(``spec/bundle.md`` 2):

* ``password``: one per officer, Argon2id → AES-256-GCM. ``recovery``: the printed code. ``escrow``: a letter (age) to
  the province. The slot's header is the associated data: lowering a cost, renaming a slot or moving it is refused.
* ``letterbox``: beside each password, a key pair whose secret half the same Argon2id run opens. When the DEK changes
  while the other officers are away, each finds a ``letter`` there with the new key instead of a password slot, which
  the next unlock makes again. So an old ``keys.json`` with an old password opens no register of today.
* A password is NFKC text, so that Vietnamese typed in either Unicode form is one password.
* Values are immutable: each function returns a new ``KeyFile``; ``save`` puts it down whole or not at all.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cbdesk import carrier, wrapping
from cbdesk.attempts import Attempts
from cbdesk.errors import Problem
from cbdesk.groups import SIZE, groups_of, read_groups
from cbdesk.passwords import judge
from cbdesk.strict import StrictJsonError, canonical, is_hex, strict_json
from cbdesk.wrapping import DEFAULT, FLOOR, KEY_SIZE, PRACTICE, Cost, Refused, calibrate

__all__ = [
    "DEFAULT", "PRACTICE", "Attempts", "Cost", "KeyFile", "Opened", "Slot", "add_password_slot", "calibrate",
    "change_password", "escrowed", "forget_previous", "groups_of", "judge", "load", "new_key", "new_keys",
    "open_escrow", "open_slot", "open_with_password", "open_with_recovery", "read_groups", "remove_officer",
    "replace_recovery", "rotated", "same", "save", "tended",
]  # fmt: skip

FILE = "keys.json"
PREVIOUS = "keys.json.1"
TYPE = "cbdesk/keys/1"
MAX_FILE = 256 * 1024
_IDENTITY = 74  # letters of AGE-SECRET-KEY-1…
_OWN = ("password", "letterbox", "letter")
"""The kinds of an officer's slots."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One wrapped copy of the key (of a letterbox: of its secret half). Kinds: see above; others of newer programs.

    ``header`` is everything that is authenticated; ``box`` is nonce and ciphertext, or a letter, in hex (for other
    kinds: whatever the program that wrote it put there, kept as it is).
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
        """Return the officer's name; of an escrow slot the public key it is for."""
        return str(self.header["label"])


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The content of ``keys.json``: the vault's id (32 hex digits) and its slots in the order of their making."""

    vault: str
    slots: tuple[Slot, ...] = ()

    def of_kind(self, *kinds: str) -> list[Slot]:
        """Return the slots of some kinds."""
        return [slot for slot in self.slots if slot.kind in kinds]

    @property
    def officers(self) -> list[str]:
        """Return the officers who have a password, as they wrote their names."""
        return [slot.label for slot in self.of_kind("password", "letter")]

    @property
    def letterboxes(self) -> dict[str, str]:
        """Return the public half of each officer's letterbox, by the officer's name."""
        return {slot.label: str(slot.header.get("pub")) for slot in self.of_kind("letterbox")}

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


@dataclass(frozen=True, slots=True)
class Opened:
    """What a password opened: its slot (``password`` or ``letter``), the store's key, and what Argon2id gave."""

    slot: Slot
    dek: bytes = field(repr=False)
    key: bytes = field(repr=False)


# --- making and changing ---------------------------------------------------------------------------------------------


def new_key() -> bytes:
    """Return a fresh key for a store."""
    return secrets.token_bytes(KEY_SIZE)


def new_keys(
    password: str, officer: str, *, practice: bool = False, cost: Cost | None = None
) -> tuple[bytes, KeyFile, str]:
    """Return a fresh key, its key file and the recovery code to print. Takes about a second; raises ``weak_password``.

    Without ``cost`` the machine is measured (``calibrate``); a practice register takes the floor.
    """
    judge(password, officer, practice=practice)
    dek = new_key()
    empty = KeyFile(secrets.token_hex(16))
    chosen = cost or (PRACTICE if practice else calibrate())
    keyfile = add_password_slot(empty, dek, officer, password, practice=practice, cost=chosen)
    keyfile, code = replace_recovery(keyfile, dek)
    return dek, keyfile, code


def add_password_slot(
    keyfile: KeyFile, dek: bytes, officer: str, password: str, *, practice: bool = False, cost: Cost | None = None
) -> KeyFile:
    """Return the key file with a password and a letterbox for this officer; earlier ones of the same name are gone."""
    judge(password, officer, practice=practice)
    label = " ".join(unicodedata.normalize("NFC", officer).split())
    return _with_password(keyfile, dek, label, password, cost or (PRACTICE if practice else DEFAULT))


def change_password(keyfile: KeyFile, officer: str, old: str, new: str, *, practice: bool = False) -> KeyFile:
    """Return the key file with ``new`` in place of ``old``, at the same cost. Raises as opening and judging do."""
    opened = open_slot(keyfile, officer, old)
    cost = Cost.of(_locked(keyfile, opened.slot).header)
    return add_password_slot(keyfile, opened.dek, opened.slot.label, new, practice=practice, cost=cost)


def replace_recovery(keyfile: KeyFile, dek: bytes) -> tuple[KeyFile, str]:
    """Return the key file with a new recovery slot and its code; the code printed before no longer opens."""
    code = secrets.token_bytes(SIZE)
    header = _header(keyfile.vault, "recovery", "recovery")
    slot = Slot(header, wrapping.wrap("slot", header, _recovery_key(code, header), dek))
    others = tuple(other for other in keyfile.slots if other.kind != "recovery")
    return replace(keyfile, slots=(*others, slot)), groups_of(code)


def remove_officer(keyfile: KeyFile, officer: str) -> KeyFile:
    """Return the key file without an officer's slots. An old copy still opens: change the DEK as well (``rotated``).

    Raises ``ValueError`` if nothing would be left that opens.
    """
    left = replace(keyfile, slots=_without(keyfile, officer))
    if not left.of_kind("password", "letter", "recovery"):
        raise ValueError("the last slot")
    return left


def rotated(keyfile: KeyFile, dek: bytes, trusted: Collection[str]) -> tuple[KeyFile, str, list[str]]:
    """Return the key file for another key: a letter to each officer, a new recovery slot, and its code.

    ``trusted`` are the public halves of letterboxes the store itself remembers: one changed in the file beside it gets
    no letter. Officers left without a key are named. Escrow slots hold the old key and are gone (``escrowed``).
    """
    boxes = [slot for slot in keyfile.of_kind("letterbox") if slot.header.get("pub") in trusted]
    slots = [slot for box in boxes for slot in (box, _letter(keyfile.vault, box, dek))]
    made, code = replace_recovery(replace(keyfile, slots=tuple(slots)), dek)
    return made, code, [name for name in keyfile.officers if not any(same(name, other) for other in made.officers)]


def escrowed(keyfile: KeyFile, dek: bytes, device: str, recipients: Iterable[str]) -> KeyFile:
    """Return the key file with one escrow slot for each of the province's keys (``age1…``), and no other."""
    wanted = sorted(set(recipients))
    if sorted(slot.label for slot in keyfile.of_kind("escrow")) == wanted:
        return keyfile
    slots = []
    for recipient in wanted:
        header = _header(keyfile.vault, "escrow", recipient)
        body = {"vault": keyfile.vault, "device": device, "key": dek.hex()}
        slots.append(Slot(header, wrapping.letter(canonical(body), recipient).hex()))
    others = tuple(slot for slot in keyfile.slots if slot.kind != "escrow")
    return replace(keyfile, slots=(*others, *slots))


def tended(keyfile: KeyFile, opened: Opened, password: str, wanted: Cost | None) -> KeyFile:
    """Return the key file as it should be once an officer got in.

    A letter has become a password again, a letterbox that is missing or was changed is a new one, and a password
    cheaper than ``wanted`` is wrapped anew at that cost (a second more).
    """
    label, box = opened.slot.label, _locked(keyfile, opened.slot)
    cost = Cost.of(box.header)
    if wanted is not None and cost.work < wanted.work:
        try:
            return _with_password(keyfile, opened.dek, label, password, wanted)
        except Problem:  # the memory is not there today
            pass
    if opened.slot.kind == "password" and _has_letterbox(keyfile, label, opened.key):
        return keyfile
    made = _own_slots(keyfile.vault, label, opened.key, opened.dek, cost, wrapping.salt_of(box.header))
    return replace(keyfile, slots=(*_without(keyfile, label), *made))


# --- opening ---------------------------------------------------------------------------------------------------------


def open_with_password(keyfile: KeyFile, officer: str | None, password: str) -> bytes:
    """Return the key. Raises ``wrong_password``, ``unknown_officer``, ``bad_key_parameters``, ``no_memory``."""
    return open_slot(keyfile, officer, password).dek


def open_slot(keyfile: KeyFile, officer: str | None, password: str) -> Opened:
    """Return what the password opens. With no officer named every password is tried in turn. Raises as above."""
    slots = keyfile.of_kind("password", "letter")
    if officer is not None:
        slots = [slot for slot in slots if same(slot.label, officer)]
        if not slots:
            raise Problem("unknown_officer", names=", ".join(keyfile.officers))
    refusal = Problem("wrong_password")
    for slot in slots:
        try:
            return _opened(keyfile, slot, password)
        except Refused:
            continue
        except Problem as problem:  # a slot somebody altered must not lock the others out
            refusal = problem
        except MemoryError:
            refusal = Problem("no_memory")
    raise refusal


def open_with_recovery(keyfile: KeyFile, code: str) -> bytes:
    """Return the key. Raises ``wrong_recovery`` for a slip in a group, ``other_recovery`` for another sheet's code."""
    given = read_groups(code)
    for slot in keyfile.of_kind("recovery"):
        try:
            return _unwrap(keyfile, slot, _recovery_key(given, slot.header), KEY_SIZE)
        except Refused:
            continue
    raise Problem("other_recovery")


def open_escrow(body: bytes, vault: str) -> tuple[str, bytes]:
    """Return (device, key) of what the province found in an escrow slot. Raises ``Refused`` for another vault's."""
    try:
        found = strict_json(body, max_depth=1)
        device, key = found["device"], found["key"]
    except (StrictJsonError, KeyError, TypeError):
        raise Refused from None
    if found.get("vault") != vault or not is_hex(device, 16) or not is_hex(key, 2 * KEY_SIZE):
        raise Refused
    return device, bytes.fromhex(key)


def _opened(keyfile: KeyFile, slot: Slot, password: str) -> Opened:
    box = _locked(keyfile, slot)
    key = wrapping.password_key(password, wrapping.salt_of(box.header), Cost.of(box.header))
    if slot.kind == "password":
        return Opened(slot, _unwrap(keyfile, slot, key, KEY_SIZE), key)
    identity = _unwrap(keyfile, box, _letterbox_key(key, box.header), _IDENTITY).decode("ascii")
    try:
        body = strict_json(wrapping.open_letter(bytes.fromhex(slot.box), identity), max_depth=1)
    except ValueError:  # no hex, or no JSON
        raise Refused from None
    if not isinstance(body, dict) or not is_hex(dek := body.pop("key", None), 2 * KEY_SIZE) or body != slot.header:
        raise Refused
    return Opened(slot, bytes.fromhex(str(dek)), key)


def _locked(keyfile: KeyFile, slot: Slot) -> Slot:
    """Return the slot whose salt and costs belong to an officer's password: of a letter it is the letterbox."""
    if slot.kind == "password":
        return slot
    boxes = [box for box in keyfile.of_kind("letterbox") if box.header.get("pub") == slot.header.get("pub")]
    if not boxes:
        raise Refused
    return boxes[0]


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


# --- slots -----------------------------------------------------------------------------------------------------------


def _header(vault: str, kind: str, label: str, salt: bytes | None = None, cost: Cost | None = None) -> dict[str, Any]:
    header: dict[str, Any] = {
        "vault": vault, "id": secrets.token_hex(8), "kind": kind, "label": label,
        "salt": (salt or secrets.token_bytes(16)).hex(),
    }  # fmt: skip
    return header if cost is None else header | {"m": cost.m, "t": cost.t, "p": cost.p}


def _with_password(keyfile: KeyFile, dek: bytes, label: str, password: str, cost: Cost) -> KeyFile:
    """Wrap at ``cost``; where the memory is not there, at half of it, never below the floor."""
    salt = secrets.token_bytes(16)
    while True:
        try:
            key = wrapping.password_key(password, salt, cost)
            break
        except MemoryError:
            if cost.m // 2 < FLOOR:
                raise Problem("no_memory") from None
            cost = replace(cost, m=cost.m // 2)
    return replace(keyfile, slots=(*_without(keyfile, label), *_own_slots(keyfile.vault, label, key, dek, cost, salt)))


def _own_slots(vault: str, label: str, key: bytes, dek: bytes, cost: Cost, salt: bytes) -> Sequence[Slot]:
    header = _header(vault, "password", label, salt, cost)
    identity, pub = wrapping.new_identity()
    beside = _header(vault, "letterbox", label, salt, cost) | {"pub": pub}
    return (
        Slot(header, wrapping.wrap("slot", header, key, dek)),
        Slot(beside, wrapping.wrap("slot", beside, _letterbox_key(key, beside), identity.encode("ascii"))),
    )


def _has_letterbox(keyfile: KeyFile, label: str, key: bytes) -> bool:
    """Return whether an officer has a letterbox nobody changed: its key opens, and belongs to the half it shows."""
    for box in keyfile.of_kind("letterbox"):
        if same(box.label, label):
            try:
                identity = _unwrap(keyfile, box, _letterbox_key(key, box.header), _IDENTITY).decode("ascii")
            except (Refused, Problem):
                continue
            return wrapping.public_of(identity) == box.header.get("pub")
    return False


def _letter(vault: str, box: Slot, dek: bytes) -> Slot:
    header = _header(vault, "letter", box.label) | {"pub": box.header["pub"]}
    return Slot(header, wrapping.letter(canonical(header | {"key": dek.hex()}), header["pub"]).hex())


def _without(keyfile: KeyFile, officer: str) -> tuple[Slot, ...]:
    return tuple(slot for slot in keyfile.slots if not (slot.kind in _OWN and same(slot.label, officer)))


def _unwrap(keyfile: KeyFile, slot: Slot, key: bytes, size: int) -> bytes:
    if slot.header["vault"] != keyfile.vault:
        raise Refused
    return wrapping.unwrap("slot", slot.header, key, slot.box, size)


def _recovery_key(code: bytes, header: Mapping[str, Any]) -> bytes:
    return wrapping.derived(code, wrapping.salt_of(header), "cbdesk/recovery/1")


def _letterbox_key(key: bytes, header: Mapping[str, Any]) -> bytes:
    return wrapping.derived(key, wrapping.salt_of(header), "cbdesk/letterbox/1")


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split()).casefold()


def same(name: str, other: str) -> bool:
    """Return whether two names are one officer's, however they are typed."""
    return _plain(name) == _plain(other)
