"""The province's offline keys: one file on a stick in a safe, opened by two persons together.

It holds the root (Ed25519, signs trust lists) and the escrow identity (X25519, opens a commune's escrow slot). Rules:

* Both passwords are needed: two Argon2id keys become one wrapping key by HKDF, so neither half tells anything.
* The header (who the two are, costs, the public halves) is authenticated; nothing in it can be changed unnoticed.
* The file is never in a register and never on a networked computer; a register keeps only ``root`` and ``escrow``.
* A person who changes: the same keys wrapped anew. A root that changes: a statement signed by the old and the new one.

Source: ``spec/bundle.md`` 2.1, 2.2, 3.5. File: ``cbdesk/province-keys/1``.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cbdesk import clock, passwords, seal, wrapping
from cbdesk.errors import Problem
from cbdesk.seal import DeviceKeys
from cbdesk.strict import StrictJsonError, canonical, is_hex, strict_json
from cbdesk.wrapping import DEFAULT, PRACTICE, Cost, Refused

TYPE = "cbdesk/province-keys/1"
SUCCESSION = "cbdesk/root/1"
MAX_FILE = 16 * 1024
SUFFIX = ".cbk"
PERSONS = 2
_KIND = "province-keys"
_IDENTITY = 74  # letters of AGE-SECRET-KEY-1…
_SIZE = 32 + _IDENTITY

Person = tuple[str, str]
"""A name or office (“Phó Giám đốc …”) and the password of that person."""


@dataclass(frozen=True, slots=True)
class ProvinceKeys:
    """The opened keys, to be dropped as soon as the one thing they were opened for is done.

    ``practice`` keys serve practice registers only.
    """

    pair: DeviceKeys = field(repr=False)
    practice: bool = False

    @classmethod
    def make(cls, persons: Sequence[Person], *, practice: bool = False) -> tuple[ProvinceKeys, bytes]:
        """Return fresh keys and the bytes of their file. Raises as ``wrap`` does."""
        made = cls(DeviceKeys.new(), practice)
        return made, made.wrap(persons)

    @classmethod
    def open(cls, data: bytes, given: Sequence[str]) -> ProvinceKeys:
        """Return the keys in a file; ``given`` are the two passwords in the order of ``persons_of``.

        Raises ``Problem``: ``not_province_keys``, ``bad_key_parameters``, ``wrong_passwords`` (it cannot be told which
        of the two), ``no_memory``.
        """
        header, box = _parse(data)
        if len(given) != PERSONS:
            raise Problem("wrong_passwords")
        try:
            secret = wrapping.unwrap(_KIND, header, _key(header, given), box, _SIZE)
        except Refused:
            raise Problem("wrong_passwords") from None
        except MemoryError:
            raise Problem("no_memory") from None
        return cls(DeviceKeys(secret[:32], secret[32:].decode("ascii")), bool(header["practice"]))

    def wrap(self, persons: Sequence[Person]) -> bytes:
        """Return the bytes of a file these two persons open together (about two seconds).

        Raises ``Problem``: ``two_persons`` (not two names, not two passwords), ``weak_password``, ``no_memory``.
        """
        if len(persons) != PERSONS or len({_plain(name) for name, _ in persons} - {""}) != PERSONS:
            raise Problem("two_persons")
        if len({unicodedata.normalize("NFKC", password) for _, password in persons}) != PERSONS:
            raise Problem("two_persons")
        for name, password in persons:
            passwords.judge(password, name, practice=self.practice)
        cost = PRACTICE if self.practice else DEFAULT
        header = {
            "id": secrets.token_hex(8), "made": clock.today().isoformat(), "practice": self.practice,
            "root": self.root, "escrow": self.escrow, "salt": secrets.token_hex(16),
            "persons": [_person(name, cost) for name, _ in persons],
        }  # fmt: skip
        try:
            key = _key(header, [password for _, password in persons])
        except MemoryError:
            raise Problem("no_memory") from None
        secret = self.pair.seed + self.pair.identity.encode("ascii")
        return canonical({"type": TYPE, "header": header, "box": wrapping.wrap(_KIND, header, key, secret)}) + b"\n"

    @property
    def root(self) -> str:
        """Return the public root key: raw Ed25519, 64 hex digits."""
        return self.pair.sign_public

    @property
    def escrow(self) -> str:
        """Return the public escrow key, ``age1…``."""
        return self.pair.age_recipient

    def sign_root(self, message: bytes) -> bytes:
        """Return the root's Ed25519 signature (64 bytes). The message begins with or carries its own type."""
        return seal.sign(self.pair, message)

    def open_escrow(self, box: bytes) -> bytes:
        """Return what an escrow slot holds. Raises ``Refused``."""
        return wrapping.open_letter(box, self.pair.identity)

    def succeeded_by(self, new: ProvinceKeys) -> bytes:
        """Return the statement that ``new`` is the root from now on, signed by both (``cbdesk/root/1``)."""
        body = {"type": SUCCESSION, "old": self.root, "new": new.root, "at": clock.stamp()}
        text = canonical(body)
        return canonical(body | {"sig": self.sign_root(text).hex(), "sig_new": new.sign_root(text).hex()})


def persons_of(data: bytes) -> tuple[str, str]:
    """Return the names of the two persons a file of keys needs. Raises ``Problem(not_province_keys)``."""
    first, second = (str(one["label"]) for one in _parse(data)[0]["persons"])
    return first, second


def public_of(data: bytes) -> tuple[str, str, bool]:
    """Return ``root``, ``escrow`` and ``practice`` as the header of a file tells them, unproved without passwords."""
    header, _ = _parse(data)
    return str(header["root"]), str(header["escrow"]), bool(header["practice"])


def read_succession(data: bytes, root: str) -> str:
    """Return the new root an old one names, both signatures verified. Raises ``Problem(bad_succession)``."""
    try:
        body = strict_json(data, max_depth=1) if len(data) <= MAX_FILE else None
    except StrictJsonError:
        body = None
    if not isinstance(body, dict) or set(body) != {"type", "old", "new", "at", "sig", "sig_new"}:
        raise Problem("bad_succession")
    text = canonical({name: value for name, value in body.items() if not name.startswith("sig")})
    right = body["type"] == SUCCESSION and body["old"] == root and is_hex(body["new"], 64) and body["new"] != root
    signed = all(is_hex(body[name], 128) for name in ("sig", "sig_new"))
    if not right or not signed or not seal.verify(root, text, bytes.fromhex(body["sig"])):
        raise Problem("bad_succession")
    if not seal.verify(body["new"], text, bytes.fromhex(body["sig_new"])):
        raise Problem("bad_succession")
    return str(body["new"])


# --- the file --------------------------------------------------------------------------------------------------------


def _parse(data: bytes) -> tuple[dict[str, Any], str]:
    """Return header and box of a file. Raises ``not_province_keys``."""
    try:
        body = strict_json(data) if len(data) <= MAX_FILE else None
    except StrictJsonError:
        body = None
    if not isinstance(body, dict) or body.get("type") != TYPE or not isinstance(header := body.get("header"), dict):
        raise Problem("not_province_keys")
    persons = header.get("persons")
    two = isinstance(persons, list) and len(persons) == PERSONS and all(_is_person(one) for one in persons)
    public = is_hex(header.get("root"), 64) and wrapping.is_recipient(header.get("escrow"))
    whole = isinstance(header.get("practice"), bool) and wrapping.fits(body.get("box"), _SIZE)
    if not (two and public and whole):
        raise Problem("not_province_keys")
    return header, body["box"]


def _is_person(one: object) -> bool:
    return isinstance(one, dict) and isinstance(one.get("label"), str) and is_hex(one.get("salt"), 32)


def _person(name: str, cost: Cost) -> dict[str, Any]:
    label = " ".join(unicodedata.normalize("NFC", name).split())
    return {"label": label, "salt": secrets.token_hex(16), "m": cost.m, "t": cost.t, "p": cost.p}


def _key(header: Mapping[str, Any], given: Sequence[str]) -> bytes:
    """Return the wrapping key of two passwords; costs are looked at before any memory is taken."""
    costs = [Cost.of(one) for one in header["persons"]]
    for cost in costs:
        cost.check()
    parts = [
        wrapping.password_key(password, wrapping.salt_of(person), cost)
        for password, person, cost in zip(given, header["persons"], costs, strict=True)
    ]
    return wrapping.derived(b"".join(parts), wrapping.salt_of(header), "cbdesk/province-keys/1")


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split()).casefold()
