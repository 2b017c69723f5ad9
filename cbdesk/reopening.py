"""Opening a register again with the receiver's help: what waits in the folder, the request, and the answer. Pure.

Nobody ever sends a password. The commune makes a key pair for this one time; its secret half waits in the data folder,
wrapped by the new password chosen now, so that a laptop and an answer alone open nothing. The request carries the
public half and the escrow slots; who answers hears its groups read aloud. The answer holds the store's key as a letter
to that public half, signed with the receiver's device key. No personal data in either. Source: ``spec/bundle.md`` 2.2.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cbdesk import clock, seal, wrapping
from cbdesk.errors import Problem
from cbdesk.groups import SIZE, first_difference, groups_of, read_groups
from cbdesk.keys import KeyFile
from cbdesk.seal import DeviceKeys
from cbdesk.strict import StrictJsonError, canonical, is_hex, strict_json
from cbdesk.wrapping import KEY_SIZE, Cost, Refused

FILE = "reopen.json"
SUFFIX = ".cbr"
MAX_FILE = 64 * 1024
_WAITING, _REQUEST, _ANSWER = "reopen", "reopen-request", "reopen-answer"
_IDENTITY = 74


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits in the data folder: whose request it is, and the secret half under the new password."""

    header: Mapping[str, Any]
    box: str = field(repr=False)

    @classmethod
    def make(cls, vault: str, officer: str, password: str, cost: Cost) -> Waiting:
        """Return a fresh pair under a new password (about a second). Raises ``Problem(no_memory)``."""
        identity, pub = wrapping.new_identity()
        header = {"vault": vault, "id": secrets.token_hex(8), "label": officer, "salt": secrets.token_hex(16),
                  "m": cost.m, "t": cost.t, "p": cost.p, "pub": pub}  # fmt: skip
        try:
            key = wrapping.password_key(password, wrapping.salt_of(header), cost)
        except MemoryError:
            raise Problem("no_memory") from None
        return cls(header, wrapping.wrap(_WAITING, header, key, identity.encode("ascii")))

    def identity(self, password: str) -> str:
        """Return the secret half. Raises ``Problem``: ``wrong_password``, ``bad_key_parameters``, ``no_memory``."""
        try:
            key = wrapping.password_key(password, wrapping.salt_of(self.header), Cost.of(self.header))
            return wrapping.unwrap(_WAITING, self.header, key, self.box, _IDENTITY).decode("ascii")
        except Refused:
            raise Problem("wrong_password") from None
        except MemoryError:
            raise Problem("no_memory") from None

    @property
    def officer(self) -> str:
        """Return who asked."""
        return str(self.header["label"])

    def to_bytes(self) -> bytes:
        """Return the text of ``reopen.json``."""
        return canonical({"type": _type(_WAITING), "header": dict(self.header), "box": self.box}) + b"\n"

    @classmethod
    def from_bytes(cls, data: bytes) -> Waiting:
        """Return what ``to_bytes`` wrote. Raises ``Problem(bad_reopen)``."""
        body = _read(data, _WAITING, {"header", "box"})
        names = ("vault", "id", "label", "pub")
        header = body["header"]
        if not isinstance(header, dict) or not all(isinstance(header.get(name), str) for name in names):
            raise Problem("bad_reopen")
        return cls(header, str(body["box"]))


@dataclass(frozen=True, slots=True)
class Request:
    """A request, as it came: ``escrow`` are the register's escrow slots, public key to box."""

    id: str
    vault: str
    unit: str
    pub: str
    escrow: Mapping[str, bytes]
    practice: bool
    data: bytes = field(repr=False)

    @classmethod
    def make(cls, waiting: Waiting, keyfile: KeyFile, unit: str, *, practice: bool) -> Request:
        """Return the request for what waits. Raises ``Problem(no_escrow)`` where nobody holds a key for this vault."""
        slots = {slot.label: slot.box for slot in keyfile.of_kind("escrow")}
        if not slots:
            raise Problem("no_escrow")
        body = {"type": _type(_REQUEST, practice), "id": waiting.header["id"], "vault": keyfile.vault, "unit": unit,
                "pub": waiting.header["pub"], "escrow": slots, "at": clock.stamp()}  # fmt: skip
        return cls.read(canonical(body) + b"\n")

    @classmethod
    def read(cls, data: bytes) -> Request:
        """Return the request in a file. Raises ``Problem(bad_reopen)``."""
        body = _read(data, _REQUEST, {"id", "vault", "unit", "pub", "escrow", "at"})
        slots = body["escrow"]
        named = is_hex(body["id"], 16) and is_hex(body["vault"], 32) and isinstance(body["unit"], str)
        if not named or not wrapping.is_recipient(body["pub"]) or not isinstance(slots, dict):
            raise Problem("bad_reopen")
        try:
            escrow = {str(name): bytes.fromhex(box) for name, box in slots.items()}
        except (TypeError, ValueError):
            raise Problem("bad_reopen") from None
        practice = body["type"] == _type(_REQUEST, practice=True)
        return cls(body["id"], body["vault"], body["unit"], str(body["pub"]), escrow, practice, data)

    @property
    def groups(self) -> str:
        """Return the groups the commune reads aloud and the receiver types: six of five characters."""
        return groups_of(self._digest)

    @property
    def _digest(self) -> bytes:
        return hashlib.sha256(self.data).digest()[:SIZE]

    def check_groups(self, typed: str) -> None:
        """Raise ``Problem(reopen_groups)`` with the first ``group`` that is not this request's."""
        try:
            group = first_difference(self._digest, read_groups(typed))
        except Problem as problem:
            raise Problem("reopen_groups", group=problem.details["group"]) from None
        if group:
            raise Problem("reopen_groups", group=group)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, as it came: to which request, signed by which device key, and the letter with the store's key."""

    id: str
    vault: str
    pub: str
    key: str
    letter: bytes = field(repr=False)
    signed: bytes = field(repr=False)
    sig: bytes = field(repr=False)

    @staticmethod
    def make(request: Request, dek: bytes, device: DeviceKeys) -> bytes:
        """Return the answer to a request, signed by the receiver's device."""
        letter = wrapping.letter(canonical({"vault": request.vault, "id": request.id, "key": dek.hex()}), request.pub)
        body = {"type": _type(_ANSWER, request.practice), "id": request.id, "vault": request.vault, "pub": request.pub,
                "key": device.key, "letter": letter.hex(), "at": clock.stamp()}  # fmt: skip
        return canonical(body | {"sig": seal.sign(device, canonical(body)).hex()}) + b"\n"

    @classmethod
    def read(cls, data: bytes) -> Answer:
        """Return the answer in a file; its signature is not yet looked at. Raises ``Problem(bad_reopen)``."""
        body = _read(data, _ANSWER, {"id", "vault", "pub", "key", "letter", "at", "sig"})
        sig = body.pop("sig")
        if not is_hex(sig, 128) or not all(isinstance(value, str) for value in body.values()):
            raise Problem("bad_reopen")
        try:
            letter = bytes.fromhex(body["letter"])
        except ValueError:
            raise Problem("bad_reopen") from None
        return cls(body["id"], body["vault"], body["pub"], body["key"], letter, canonical(body), bytes.fromhex(sig))

    def check_for(self, waiting: Waiting) -> None:
        """Raise ``Problem(other_reopen)`` unless this answers the request that waits."""
        if any(getattr(self, name) != waiting.header[name] for name in ("id", "vault", "pub")):
            raise Problem("other_reopen")

    def open(self, identity: str) -> bytes:
        """Return the store's key. Raises ``Problem(bad_reopen)``."""
        try:
            inside = strict_json(wrapping.open_letter(self.letter, identity), max_depth=1)
        except (Refused, StrictJsonError):
            raise Problem("bad_reopen") from None
        whole = isinstance(inside, dict) and (inside.get("vault"), inside.get("id")) == (self.vault, self.id)
        if not whole or not is_hex(inside.get("key"), 2 * KEY_SIZE):
            raise Problem("bad_reopen")
        return bytes.fromhex(inside["key"])

    def is_signed_by(self, sign_public: str) -> bool:
        """Return whether the device of that key signed exactly this answer."""
        return seal.verify(sign_public, self.signed, self.sig)


def _type(kind: str, practice: bool = False) -> str:
    return f"cbdesk/practice/{kind}/1" if practice else f"cbdesk/{kind}/1"


def _read(data: bytes, kind: str, names: set[str]) -> dict[str, Any]:
    try:
        body = strict_json(data) if len(data) <= MAX_FILE else None
    except StrictJsonError:
        body = None
    if not isinstance(body, dict) or set(body) != names | {"type"}:
        raise Problem("bad_reopen")
    if body["type"] not in (_type(kind), _type(kind, practice=True)):
        raise Problem("bad_reopen")
    return body
