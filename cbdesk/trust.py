"""The trust list of a province: which devices write for which unit, signed by a root that is never on a network. Pure.

``trust.json`` names units, devices with the state of each key, the receiver that is current, the lowest program
version and the escrow key; ``trust.sig`` is the root's signature over its exact bytes. Rules:

* The version only grows; a lower one is ignored, the same one with other bytes is a fault.
* The first list comes from a receiver trusted on paper and pins its root. Later ones need that root, or a chain of
  successions (``escrow.read_succession``) from it to the root that signed; the list carries the chain.
* A key is ``active``, ``next`` (announced, bundles are encrypted to it too), ``retired`` or ``revoked``. What ended has
  ``heads``: of each stream the last number that was taken from it. A retired key without heads was only replaced.

Source: ``spec/bundle.md`` 3.5. Type: ``cbdesk/trust/1``.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from cbdesk import escrow, seal
from cbdesk.card import ROLE, Device, key_id
from cbdesk.errors import Problem
from cbdesk.manifest import is_stamp, is_unit, type_of
from cbdesk.strict import MAX_INT, StrictJsonError, canonical, is_count, is_hex, strict_json

ACTIVE, NEXT, RETIRED, REVOKED = "active", "next", "retired", "revoked"
STATES = (ACTIVE, NEXT, RETIRED, REVOKED)
MAX_BYTES, MAX_DEVICES, MAX_UNITS, MAX_ROOTS, MAX_STREAMS = 1024 * 1024, 2_000, 1_000, 8, 200
_AGE = re.compile(r"age1[0-9a-z]{58}")
_VERSION = re.compile(r"\d{1,4}(\.\d{1,4}){1,3}")
_KEYS = {"type", "version", "at", "root", "roots", "escrow", "lowest", "receiver", "units", "devices"}


class Root(Protocol):
    """Who signs a list: the province's opened keys (``escrow.ProvinceKeys``)."""

    @property
    def root(self) -> str:
        """Return the public root key, 64 hex digits."""

    @property
    def practice(self) -> bool:
        """Return whether these keys serve practice registers only."""

    @property
    def escrow(self) -> str:
        """Return the public escrow key, ``age1…``."""

    def sign_root(self, message: bytes) -> bytes:
        """Return the signature of the root."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of one device. ``heads`` (stream to number) end what may come from it; ``None``: nothing is ended."""

    device: Device
    name: str = ""
    heads: Mapping[str, int] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the entry as it stands in the list."""
        one = self.device
        told: dict[str, Any] = {"node": one.node, "unit": one.unit, "role": one.role, "name": self.name,
                                "sign": one.sign_public, "age": one.age_recipient, "status": one.status}  # fmt: skip
        return told if self.heads is None else {**told, "heads": dict(self.heads)}


@dataclass(frozen=True, slots=True)
class TrustList:
    """A list as read. ``units`` is key to the last day of validity ("" while it is valid); ``data`` the exact bytes."""

    version: int
    at: str
    root: str
    roots: tuple[str, ...]
    escrow: str
    lowest: str
    receiver: str
    units: Mapping[str, str]
    entries: tuple[Entry, ...]
    data: bytes = field(repr=False)


def make(
    signer: Root, *, version: int, at: str, receiver: str, units: Mapping[str, str], entries: Iterable[Entry],
    lowest: str = "", roots: Sequence[str] = (), practice: bool = False,
) -> tuple[bytes, bytes]:  # fmt: skip
    """Return ``trust.json`` and ``trust.sig``. Raises ``Problem(trust_wrong)`` for what no reader would take."""
    body = {
        "type": type_of("trust", practice=practice), "version": version, "at": at, "root": signer.root,
        "roots": list(roots), "escrow": signer.escrow, "lowest": lowest, "receiver": receiver, "units": dict(units),
        "devices": [one.as_dict() for one in entries],
    }  # fmt: skip
    data = canonical(body)
    sig = base64.b64encode(signer.sign_root(data)).decode("ascii")
    block = canonical({"alg": "ed25519", "key": key_id(signer.root), "sig": sig})
    open_list(data, block, None, practice=practice)
    return data, block


def open_list(data: bytes, block: bytes, pinned: str | None, *, practice: bool = False) -> TrustList:
    """Return a verified list; ``pinned`` is the root known so far, ``None`` before the first list.

    The signature is checked over the bytes before anything of them is believed. Raises ``Problem(trust_wrong)`` with
    the ``detail``: ``size``, ``json``, ``type``, ``root``, ``signature``, or the name of a part.
    """
    if len(data) > MAX_BYTES:
        raise _wrong("size")
    try:
        body = strict_json(data, max_depth=4, sorted_keys=True)
    except StrictJsonError:
        raise _wrong("json") from None
    if not isinstance(body, dict) or body.get("type") != type_of("trust", practice=practice):
        raise _wrong("type")
    if not is_hex(body.get("root"), 64) or not _is_roots(body.get("roots")):
        raise _wrong("root")
    root, roots = str(body["root"]), list(body["roots"])
    key, signature = _block(block)
    if key != key_id(root) or not seal.verify(root, data, signature):
        raise _wrong("signature")
    if pinned is not None and not follows(pinned, root, roots):
        raise _wrong("root")
    return _read(body, data)


def follows(pinned: str, root: str, roots: Sequence[str]) -> bool:
    """Return whether ``root`` is the one we hold, or came from it by successions signed by each old and new root."""
    at = pinned
    for statement in roots if at != root else ():
        try:
            at = escrow.read_succession(statement.encode(), at)
        except Problem:
            continue  # one before ours, or none at all
        if at == root:
            break
    return at == root


def too_old(app: str, lowest: str) -> bool:
    """Return whether a program's version lies below the lowest one of the list ("" where it asks for none)."""
    parts = ([int(one) for one in re.findall(r"\d+", text)[:4]] for text in (app, lowest))
    mine, least = parts
    return bool(least) and mine < least


# --- shape -----------------------------------------------------------------------------------------------------------


def _wrong(detail: str) -> Problem:
    return Problem("trust_wrong", detail=detail)


def _block(block: bytes) -> tuple[str, bytes]:
    """Return key id and signature of ``trust.sig``, spelled in the one way. Raises ``trust_wrong``."""
    try:
        return seal.read_block(block)
    except Problem:
        raise _wrong("signature") from None


def _is_roots(roots: object) -> bool:
    return isinstance(roots, list) and len(roots) <= MAX_ROOTS and all(
        isinstance(one, str) and len(one) <= escrow.MAX_FILE for one in roots)  # fmt: skip


def _read(body: Mapping[str, Any], data: bytes) -> TrustList:
    if set(body) - _KEYS and not all(name.startswith("x_") for name in set(body) - _KEYS):
        raise _wrong("json")
    if not is_count(body.get("version"), least=1):
        raise _wrong("version")
    if not is_stamp(body.get("at")):
        raise _wrong("at")
    for name, pattern in (("escrow", _AGE), ("lowest", _VERSION)):
        if not isinstance(body.get(name), str) or (body[name] and not pattern.fullmatch(body[name])):
            raise _wrong(name)
    units, devices = body.get("units"), body.get("devices")
    if not isinstance(units, dict) or len(units) > MAX_UNITS or not all(map(is_unit, units)):
        raise _wrong("units")
    if not all(isinstance(last, str) and re.fullmatch(r"(\d{4}-\d{2}-\d{2})?", last) for last in units.values()):
        raise _wrong("units")
    if not isinstance(devices, list) or len(devices) > MAX_DEVICES or not all(map(_is_device, devices)):
        raise _wrong("devices")
    entries = tuple(_entry(one) for one in devices)
    _agree(entries, units, body.get("receiver"))
    return TrustList(body["version"], body["at"], body["root"], tuple(body["roots"]), body["escrow"], body["lowest"],
                     body["receiver"], units, entries, data)  # fmt: skip


def _is_device(one: object) -> bool:
    return (
        isinstance(one, dict)
        and is_hex(one.get("node"), 16)
        and is_unit(one.get("unit"))
        and isinstance(one.get("role"), str) and ROLE.fullmatch(one["role"]) is not None
        and isinstance(one.get("name"), str) and len(one["name"]) <= 80
        and is_hex(one.get("sign"), 64)
        and isinstance(one.get("age"), str) and seal.is_recipient(one["age"])
        and one.get("status") in STATES
        and ("heads" not in one or _is_heads(one["heads"]))
        and (one["status"] != REVOKED or "heads" in one)
    )  # fmt: skip


def _is_heads(heads: object) -> bool:
    return isinstance(heads, dict) and len(heads) <= MAX_STREAMS and all(
        is_hex(s, 16) and is_count(n, MAX_INT) for s, n in heads.items())  # fmt: skip


def _entry(one: Mapping[str, Any]) -> Entry:
    device = Device(one["node"], one["unit"], one["role"], one["sign"], one["age"], one["status"])
    return Entry(device, one["name"], one.get("heads"))


def _agree(entries: Sequence[Entry], units: Mapping[str, str], receiver: object) -> None:
    """One key, one entry; one key in use for a device, which stays with its unit and role; the receiver is one of them.

    Raises ``Problem(trust_wrong)``.
    """
    devices = [one.device for one in entries]
    if len({one.key for one in devices}) != len(devices):
        raise _wrong("devices")
    for state in (ACTIVE, NEXT):
        nodes = [one.node for one in devices if one.status == state]
        if len(set(nodes)) != len(nodes):
            raise _wrong("devices")
    if len({(one.node, one.unit, one.role) for one in devices}) != len({one.node for one in devices}):
        raise _wrong("devices")
    if any(one.unit not in units for one in devices):
        raise _wrong("units")
    if not any(one.node == receiver and one.role == "receiver" and one.status == ACTIVE for one in devices):
        raise _wrong("receiver")
