"""Wrapping a secret: by a password (Argon2id), by another secret (HKDF), or for a public key (age X25519).

What is wrapped stands in a *box* with a *header*; the header is the associated data of AES-256-GCM, so nothing in it
can be changed unnoticed. Costs stand in the header and are refused out of bounds before any memory is taken. Key files
of registers (``keys``) and of the province (``escrow``) are made of these boxes. Source: ``spec/bundle.md`` 2.1.
"""

from __future__ import annotations

import secrets
import time
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pyrage
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cbdesk.errors import Problem
from cbdesk.strict import canonical, is_count, is_hex

KEY_SIZE = 32
MIB = 1024  # Argon2 counts memory in KiB
_NONCE, _TAG = 12, 16


class Refused(Exception):
    """The box does not open with this key, or its header is not the one it was made with."""


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

    @classmethod
    def of(cls, header: Mapping[str, Any]) -> Cost:
        """Return the costs in a header. Raises ``bad_key_parameters`` where there are none."""
        m, t, p = (header.get(name) for name in "mtp")
        if not (is_count(m) and is_count(t) and is_count(p)):
            raise Problem("bad_key_parameters")
        return cls(m, t, p)  # type: ignore[arg-type]  # is_count has just said so

    @property
    def work(self) -> int:
        """Return what a try costs whoever guesses: memory times passes, in KiB."""
        return self.m * self.t


DEFAULT = Cost(256 * MIB, 3, 4)
PRACTICE = Cost(64 * MIB, 1, 4)
FLOOR, CEILING = 64 * MIB, 512 * MIB


def salt_of(header: Mapping[str, Any]) -> bytes:
    """Return the 16 bytes of salt in a header. Raises ``bad_key_parameters`` where there are none."""
    salt = header.get("salt")
    if not is_hex(salt, 32):
        raise Problem("bad_key_parameters")
    return bytes.fromhex(str(salt))


def password_key(password: str, salt: bytes, cost: Cost) -> bytes:
    """Return the 32 bytes a password gives (about a second). Both Unicode forms of Vietnamese give the same (NFKC).

    Raises ``bad_key_parameters``, and ``MemoryError`` where the memory is not there.
    """
    cost.check()
    text = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    return Argon2id(salt=salt, length=KEY_SIZE, iterations=cost.t, lanes=cost.p, memory_cost=cost.m).derive(text)


def derived(secret: bytes, salt: bytes, purpose: str) -> bytes:
    """Return the 32 bytes HKDF-SHA256 makes of a secret for one purpose; other purposes tell nothing of it."""
    return HKDF(hashes.SHA256(), length=KEY_SIZE, salt=salt, info=purpose.encode("ascii")).derive(secret)


def wrap(kind: str, header: Mapping[str, Any], key: bytes, secret: bytes) -> str:
    """Return the box (nonce and AES-256-GCM ciphertext, hex) of a secret; ``kind`` and ``header`` are authenticated."""
    nonce = secrets.token_bytes(_NONCE)
    return (nonce + AESGCM(key).encrypt(nonce, secret, _aad(kind, header))).hex()


def unwrap(kind: str, header: Mapping[str, Any], key: bytes, box: str, size: int) -> bytes:
    """Return the secret of ``size`` bytes. Raises ``Refused``."""
    if not fits(box, size):
        raise Refused
    raw = bytes.fromhex(box)
    try:
        return AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], _aad(kind, header))
    except InvalidTag:
        raise Refused from None


def fits(box: object, size: int) -> bool:
    """Return whether a box can hold a secret of so many bytes."""
    return is_hex(box, 2 * (_NONCE + size + _TAG))


def _aad(kind: str, header: Mapping[str, Any]) -> bytes:
    return f"cbdesk/{kind}/1\n".encode("ascii") + canonical(header)


# --- letters: for a public key ---------------------------------------------------------------------------------------


def new_identity() -> tuple[str, str]:
    """Return a fresh X25519 pair: the secret text (``AGE-SECRET-KEY-1…``) and the public one (``age1…``)."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def public_of(identity: str) -> str:
    """Return the public text of a secret one."""
    return str(pyrage.x25519.Identity.from_str(identity).to_public())


def is_recipient(text: object) -> bool:
    """Return whether this is the public text of an X25519 key."""
    try:
        pyrage.x25519.Recipient.from_str(str(text))
    except pyrage.RecipientError:
        return False
    return True


def letter(data: bytes, recipient: str) -> bytes:
    """Return ``data`` as a binary age v1 file only ``recipient`` can open."""
    sealed: bytes = pyrage.encrypt(data, [pyrage.x25519.Recipient.from_str(recipient)])
    return sealed


def open_letter(data: bytes, identity: str) -> bytes:
    """Return what is in a letter. Raises ``Refused`` where it is for somebody else or was changed."""
    try:
        opened: bytes = pyrage.decrypt(data, [pyrage.x25519.Identity.from_str(identity)])
    except pyrage.DecryptError:
        raise Refused from None
    return opened


# --- how dear a try may be here --------------------------------------------------------------------------------------


def calibrate() -> Cost:
    """Return the cost that takes this machine 0.5 to 1 s, from 256 MiB up to 512 or down to 64 MiB of memory.

    Half a second above is borne before memory is given up: memory is what a thief has to pay for.
    """
    cost = DEFAULT
    while (taken := seconds(cost)) is None and cost.m > FLOOR:
        cost = replace(cost, m=cost.m // 2)
    if taken is None:
        return cost
    if taken > 1.5:  # perhaps only a bad moment
        taken = min(taken, seconds(cost) or taken)
    while taken > 1.5 and cost.m > FLOOR:
        cost, taken = replace(cost, m=cost.m // 2), taken / 2
    twice = replace(cost, m=cost.m * 2)
    fast = taken < 0.5 and cost == DEFAULT and twice.m <= CEILING
    return twice if fast and seconds(twice) is not None else cost


def seconds(cost: Cost) -> float | None:
    """Return how long one derivation takes, ``None`` if the memory is not there.

    On a machine busy with other work the processor's time is the fairer measure; the shorter of the two counts.
    """
    start, busy = time.perf_counter(), time.process_time()
    try:
        password_key("calibration", bytes(16), cost)
    except MemoryError:
        return None
    return min(time.perf_counter() - start, time.process_time() - busy)
