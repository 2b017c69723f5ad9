"""Devices as others know them, and the enrolment card by which they come to be known. Pure.

A card is one line of JSON, signed by the very key it shows; alone it proves nothing. Trust comes from paper: the
fingerprint of the card's bytes is printed on a sheet that the chair signs, and the other officer *types* its groups
(``spec/bundle.md`` 3.5). Making and verifying the signature is ``seal``'s work (``make_card``, ``read_card``).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from cbdesk import groups
from cbdesk.errors import Problem
from cbdesk.manifest import is_unit, type_of
from cbdesk.strict import StrictJsonError, canonical, is_hex, strict_json

MAX_CARD = 4096

_KEYS = {"age", "name", "node", "role", "sig", "sign", "type", "unit"}
ROLE = re.compile(r"[a-z_]{1,20}")
_AGE = re.compile(r"age1[0-9a-z]{58}")


@dataclass(frozen=True, slots=True)
class Device:
    """A device we know from its card or the trust list, by one of its keys.

    ``status`` of the key: ``active``, ``next`` (announced), ``retired`` or ``revoked``.
    """

    node: str
    unit: str
    role: str
    sign_public: str
    age_recipient: str
    status: str = "active"

    @property
    def key(self) -> str:
        """Return the id of its signing key."""
        return key_id(self.sign_public)


@dataclass(frozen=True, slots=True)
class Card:
    """What a verified card says. ``data`` are its exact bytes."""

    node: str
    unit: str
    role: str
    name: str
    practice: bool
    sign_public: str
    age_recipient: str
    data: bytes

    @property
    def key(self) -> str:
        """Return the id of the signing key."""
        return key_id(self.sign_public)

    @property
    def fingerprint(self) -> str:
        """Return the groups to print and to type."""
        return fingerprint(self.data)

    def device(self) -> Device:
        """Return the device this card introduces, for the store of trusted ones."""
        return Device(self.node, self.unit, self.role, self.sign_public, self.age_recipient)

    def check_fingerprint(self, typed: str) -> None:
        """Compare with the groups typed from paper. Raises ``fingerprint_mismatch`` with the ``group`` that differs."""
        try:
            given = groups.read_groups(typed)
        except Problem as problem:
            raise Problem("fingerprint_mismatch", **problem.details) from None
        differs = groups.first_difference(_digest(self.data), given)
        if differs:
            raise Problem("fingerprint_mismatch", group=differs)


def key_id(sign_public: str) -> str:
    """Return the first 16 hex digits of SHA-256 over the raw Ed25519 public key given in hex."""
    return hashlib.sha256(bytes.fromhex(sign_public)).hexdigest()[:16]


def fingerprint(data: bytes) -> str:
    """Return the first 120 bits of SHA-256 over a card's bytes as groups."""
    return groups.groups_of(_digest(data))


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()[: groups.SIZE]


def body(
    *, node: str, unit: str, role: str, name: str, practice: bool, sign_public: str, age_recipient: str
) -> dict[str, str]:
    """Return the card without its signature; ``canonical`` of it is what is signed."""
    return {
        "type": type_of("card", practice=practice), "node": node, "unit": unit, "role": role, "name": name,
        "sign": sign_public, "age": age_recipient,
    }  # fmt: skip


def parse(data: bytes) -> tuple[Card, bytes, bytes]:
    """Return the card, the bytes signed and the signature. Raises ``bad_card``; verifies no signature.

    One spelling only: the bytes must be the ones we would write for the same values.
    """
    try:
        found = strict_json(data, max_depth=1, sorted_keys=True) if len(data) <= MAX_CARD else None
    except StrictJsonError:
        found = None
    if not isinstance(found, dict) or not _is_card(found) or canonical(found) != data:
        raise Problem("bad_card")
    signed = canonical({key: value for key, value in found.items() if key != "sig"})
    practice = found["type"] == type_of("card", practice=True)
    card = Card(found["node"], found["unit"], found["role"], found["name"], practice, found["sign"], found["age"], data)
    return card, signed, bytes.fromhex(found["sig"])


def _is_card(found: dict[str, Any]) -> bool:
    return (
        set(found) == _KEYS
        and all(isinstance(value, str) for value in found.values())
        and found["type"] in (type_of("card", practice=False), type_of("card", practice=True))
        and is_hex(found["node"], 16)
        and is_unit(found["unit"])
        and ROLE.fullmatch(found["role"]) is not None
        and 0 < len(found["name"]) <= 80
        and found["name"].isprintable()
        and is_hex(found["sign"], 64)
        and is_hex(found["sig"], 128)
        and _AGE.fullmatch(found["age"]) is not None
    )
