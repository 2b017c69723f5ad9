"""Sealing and unsealing: the only door to age, Ed25519 and zstd.

A bundle is an age v1 file around a ustar archive around a manifest, its Ed25519 signature and JSON Lines under zstd
(``spec/bundle.md`` 3). Rules this module rests on:

* Sign, then encrypt; sender and recipients stand inside the signed bytes, so nothing can be forwarded or claimed.
* The exact bytes that came are verified; nothing is serialised again, nothing is parsed before its turn, nothing is
  unpacked to disk. There is one algorithm and no negotiation.
* Every refusal is a ``Problem`` of group B. Its details name places and keys, never content.
* Only ``unseal`` can make an ``Opened``, and only an ``Opened`` can be merged.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from typing import Any

import pyrage
from backports import zstd
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from cbdesk import card as cards
from cbdesk import container as box
from cbdesk import manifest as page
from cbdesk.card import Card, Device, key_id
from cbdesk.errors import Problem
from cbdesk.strict import StrictJsonError, canonical, is_hex, strict_json

__all__ = [
    "Card", "Device", "DeviceKeys", "Opened", "StrictJsonError", "canonical", "compress", "decompress", "encrypt",
    "endorse", "endorsed", "file_name", "is_recipient", "key_id", "make_card", "pack_lines", "read_block", "read_card",
    "seal", "sign", "sign_head", "strict_json", "unseal", "verify", "verify_head",
]  # fmt: skip

MAX_FILE = 64 * 1024 * 1024
MAX_RECIPIENTS = 8
MAGIC = b"age-encryption.org/v1\n"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
WINDOW_LOG = 23  # 8 MiB

_TOKEN = object()


# --- keys and signatures ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DeviceKeys:
    """The private keys of this installation; they live inside the encrypted store and nowhere else."""

    seed: bytes = field(repr=False)
    identity: str = field(repr=False)

    @classmethod
    def new(cls) -> DeviceKeys:
        """Return fresh keys: an Ed25519 seed of 32 bytes and an age X25519 identity."""
        return cls(Ed25519PrivateKey.generate().private_bytes_raw(), str(pyrage.x25519.Identity.generate()))

    @classmethod
    def from_dict(cls, stored: Mapping[str, str]) -> DeviceKeys:
        """Return the keys that ``to_dict`` wrote. Raises ``ValueError`` for anything else."""
        try:
            seed, identity = bytes.fromhex(stored["sign"]), stored["age"]
            Ed25519PrivateKey.from_private_bytes(seed)
            pyrage.x25519.Identity.from_str(identity)
        except (KeyError, TypeError, ValueError, pyrage.IdentityError):
            raise ValueError("not device keys") from None
        return cls(seed, identity)

    def to_dict(self) -> dict[str, str]:
        """Return what the store keeps, encrypted: ``{"sign": hex of the seed, "age": "AGE-SECRET-KEY-1…"}``."""
        return {"sign": self.seed.hex(), "age": self.identity}

    @property
    def sign_public(self) -> str:
        """Return the raw Ed25519 public key as 64 hex digits."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw().hex()

    @property
    def age_recipient(self) -> str:
        """Return the public age key, ``age1…``."""
        return str(pyrage.x25519.Identity.from_str(self.identity).to_public())

    @property
    def key(self) -> str:
        """Return the id of the signing key (``key_id``)."""
        return key_id(self.sign_public)

    def public(self) -> dict[str, str]:
        """Return what others may know: ``key``, ``sign_public``, ``age_recipient``."""
        return {"key": self.key, "sign_public": self.sign_public, "age_recipient": self.age_recipient}


def sign(keys: DeviceKeys, message: bytes) -> bytes:
    """Return the Ed25519 signature (64 bytes). The message must begin with or carry its own type."""
    return Ed25519PrivateKey.from_private_bytes(keys.seed).sign(message)


def verify(sign_public: str, message: bytes, signature: bytes) -> bool:
    """Return whether ``signature`` over ``message`` is by the key given in hex. Never raises for bad input."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(sign_public)).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def sign_head(keys: DeviceKeys, s: str, n: int, h: str) -> str:
    """Return the writer's signature on the head of a stream, 128 hex digits."""
    return sign(keys, _head(s, n, h)).hex()


def verify_head(sign_public: str, s: str, n: int, h: str, sig: str) -> bool:
    """Return whether the head (stream, number, chain value in hex) was signed by that key."""
    return is_hex(sig, 128) and verify(sign_public, _head(s, n, h), bytes.fromhex(sig))


def _head(s: str, n: int, h: str) -> bytes:
    return f"cbdesk/head/1\n{s}\n{n}\n{h}\n".encode("ascii")


# --- cards ----------------------------------------------------------------------------------------------------------


def make_card(keys: DeviceKeys, node: str, unit: str, role: str, name: str, *, practice: bool = False) -> bytes:
    """Return this installation's enrolment card: its public keys, signed by the key it shows."""
    body = cards.body(
        node=node, unit=unit, role=role, name=name, practice=practice,
        sign_public=keys.sign_public, age_recipient=keys.age_recipient,
    )  # fmt: skip
    data = canonical(body | {"sig": sign(keys, canonical(body)).hex()})
    read_card(data)
    return data


def read_card(data: bytes) -> Card:
    """Return the card in ``data``, its own signature verified. Raises ``bad_card``. It is not trusted yet."""
    card, signed, signature = cards.parse(data)
    if not is_recipient(card.age_recipient) or not verify(card.sign_public, signed, signature):
        raise Problem("bad_card")
    return card


def is_recipient(text: str) -> bool:
    """Return whether a text is a public age key, ``age1…``, that can be encrypted to."""
    try:
        pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        return False
    return True


def endorse(keys: DeviceKeys, card: bytes) -> str:
    """Return the present key's signature on the card of the key that follows it, 128 hex digits."""
    return sign(keys, b"cbdesk/next/1\n" + card).hex()


def endorsed(sign_public: str, card: bytes, sig: str) -> bool:
    """Return whether a card was endorsed by the key given in hex."""
    return is_hex(sig, 128) and verify(sign_public, b"cbdesk/next/1\n" + card, bytes.fromhex(sig))


# --- the payload -----------------------------------------------------------------------------------------------------


def compress(data: bytes) -> bytes:
    """Return one zstd frame, level 1 (measured: as small as level 3 on our lines, and the fastest)."""
    return zstd.compress(data, 1)


def decompress(data: bytes, raw_size: int) -> bytes:
    """Return exactly ``raw_size`` bytes out of exactly one frame. Raises ``payload_damaged``, ``payload_too_big``.

    The output is bounded before anything is unpacked; a window above 8 MiB is refused.
    """
    if raw_size > page.MAX_RAW:
        raise Problem("payload_too_big")
    if not data.startswith(ZSTD_MAGIC):
        raise Problem("payload_damaged", detail="zstd")
    reader = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: WINDOW_LOG})
    try:
        raw: bytes = reader.decompress(data, max_length=raw_size + 1)
    except zstd.ZstdError as error:
        too_big = "memory" in str(error)  # the only words zstd has for a window above the limit
        raise (Problem("payload_too_big") if too_big else Problem("payload_damaged", detail="zstd")) from None
    if len(raw) > raw_size:
        raise Problem("payload_too_big")
    if len(raw) != raw_size or not reader.eof or reader.unused_data:
        raise Problem("payload_damaged", detail="raw_size")
    return raw


def pack_lines(lines: Sequence[bytes]) -> tuple[bytes, dict[str, Any]]:
    """Return the payload for change lines (without line ends) and the manifest's ``payload`` entry for it."""
    raw = b"".join(line + b"\n" for line in lines)
    packed = compress(raw)
    digest = hashlib.sha256(packed).hexdigest()
    return packed, {"size": len(packed), "sha256": digest, "raw_size": len(raw), "lines": len(lines)}


# --- sealing ---------------------------------------------------------------------------------------------------------


def seal(
    manifest: Mapping[str, Any],
    payload: bytes,
    keys: DeviceKeys,
    recipients: Sequence[str],
    *,
    blobs: Mapping[str, bytes] | None = None,
    trust: tuple[bytes, bytes] | None = None,
    p7s: bytes | None = None,
) -> bytes:
    """Return the file for ``recipients`` (age1…, one to eight).

    ``payload`` is what ``pack_lines`` returned and ``manifest`` is complete, its ``payload`` entry included; the
    bytes signed are ``canonical(manifest)``. ``blobs`` is {SHA-256 hex: bytes}, ``trust`` the pair of signed trust
    list and its signature, ``p7s`` a detached CMS signature over the manifest. Everything is checked as the reader
    will check it: raises the same Problems, ``ValueError`` for a wrong key or recipient.
    """
    text = canonical(manifest)
    kind = str(manifest["type"]).split("/")[-2]
    page.read(text, kind=kind, practice=str(manifest["type"]).startswith("cbdesk/practice/"))
    if manifest["from"]["key"] != keys.key or not 1 <= len(recipients) <= MAX_RECIPIENTS:
        raise ValueError("sender or recipients")
    page.check_content(manifest, payload, blobs or {})
    members = [(box.MANIFEST, text), (box.SIGNATURE, _signature_block(keys, text))]
    members += [(box.TOKEN_SIGNATURE, p7s)] if p7s is not None else []
    members += [(box.TRUST, trust[0]), (box.TRUST_SIGNATURE, trust[1])] if trust is not None else []
    members += [(box.PAYLOAD, payload)]
    members += [(f"blob/{digest}", data) for digest, data in sorted((blobs or {}).items())]
    box.check_members(members)
    return encrypt(box.write(members), recipients)


def encrypt(data: bytes, recipients: Sequence[str]) -> bytes:
    """Return a binary age v1 file for the recipients. Raises ``too_big`` above 64 MiB, ``ValueError`` for a bad key."""
    try:
        people = [pyrage.x25519.Recipient.from_str(recipient) for recipient in recipients]
    except pyrage.RecipientError:
        raise ValueError("not an age recipient") from None
    sealed: bytes = pyrage.encrypt(data, people)
    if len(sealed) > MAX_FILE:
        raise Problem("too_big")
    return sealed


def _signature_block(keys: DeviceKeys, text: bytes) -> bytes:
    return _block("ed25519", keys.key, base64.b64encode(sign(keys, text)).decode("ascii"))


def _block(alg: str, key: str, sig: str) -> bytes:
    return canonical({"alg": alg, "key": key, "sig": sig})


def file_name(unit: str, device: str, first: int | str, last: int | str, manifest_id: str) -> str:
    """Return the name of a bundle's file: neutral, ASCII, at most 60 characters, fit for FAT. It is never trusted."""
    code = re.sub(r"[^A-Za-z0-9]", "", unit.partition("@")[0])[:8] or "0"
    return f"{code}-{device[:4]}-{first}-{last}-{manifest_id[:8]}.cbd"


# --- unsealing -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Opened:
    """A bundle that passed every check before the merge. Only ``unseal`` can make one.

    ``lines`` are the change lines as they came, without line ends; ``trust`` and ``p7s`` are carried along and not
    yet judged by anyone.
    """

    token: InitVar[object]
    manifest: dict[str, Any]
    manifest_bytes: bytes
    signature: str
    sender: Device
    lines: tuple[bytes, ...]
    blobs: Mapping[str, bytes]
    trust: tuple[bytes, bytes] | None
    p7s: bytes | None

    def __post_init__(self, token: object) -> None:
        if token is not _TOKEN:
            raise TypeError("only unseal makes an Opened")

    @property
    def manifest_sha256(self) -> str:
        """Return the name by which a bundle is known for ever: SHA-256 of its manifest's bytes, in hex."""
        return hashlib.sha256(self.manifest_bytes).hexdigest()


def unseal(
    data: bytes,
    identity: str | Sequence[str],
    me: str,
    find_device: Callable[[str], Device | None],
    *,
    practice: bool = False,
    kind: str = "bundle",
) -> Opened:
    """Return the verified content of a sealed file for node ``me``.

    ``identity`` is our age secret key (or several: present and former); ``find_device`` tells a key id's owner.
    The order of checks is the contract's. Raises a ``Problem`` of group B, whose details also tell what was known by
    then: ``key`` of the signature; once that held, ``sender`` (unit), ``device`` and ``to``.
    """
    known: dict[str, Any] = {}
    try:
        members = box.open_archive(_decrypt(data, identity))
        sender, signature = _authenticate(members, find_device, known)
        manifest = page.read(members[box.MANIFEST], kind=kind, practice=practice)
        _check_parties(manifest, sender, me, known)
        return _opened(members, manifest, sender, signature)
    except Problem as problem:
        problem.details = known | problem.details
        raise


def _decrypt(data: bytes, identity: str | Sequence[str]) -> bytes:
    if len(data) > MAX_FILE:
        raise Problem("too_big")
    if not data.startswith(MAGIC):
        raise Problem("not_a_bundle")
    texts = [identity] if isinstance(identity, str) else list(identity)
    identities = [pyrage.x25519.Identity.from_str(text) for text in texts]
    try:
        opened: bytes = pyrage.decrypt(data, identities)
    except pyrage.DecryptError:
        raise Problem("wrong_recipient_or_damaged") from None
    return opened


def read_block(data: bytes) -> tuple[str, bytes]:
    """Return key id and signature of a signature block. One spelling only: it must be the one we would write.

    Raises ``bad_signature_block``, ``bad_algorithm``.
    """
    try:
        block = strict_json(data, max_depth=1)
        alg, key, sig = block["alg"], block["key"], block["sig"]
        if not all(isinstance(part, str) for part in (alg, key, sig)) or _block(alg, key, sig) != data:
            raise Problem("bad_signature_block")
        if alg != "ed25519":
            raise Problem("bad_algorithm")
        signature = base64.b64decode(sig, validate=True)
    except (StrictJsonError, KeyError, TypeError, ValueError, binascii.Error):
        raise Problem("bad_signature_block") from None
    if not is_hex(key, 16) or len(signature) != 64 or base64.b64encode(signature).decode("ascii") != sig:
        raise Problem("bad_signature_block")
    return key, signature


def _authenticate(
    members: Mapping[str, bytes], find_device: Callable[[str], Device | None], known: dict[str, Any]
) -> tuple[Device, bytes]:
    """Return who signed the manifest's bytes, and the signature. Nothing of the manifest has been parsed yet."""
    key, signature = read_block(members[box.SIGNATURE])
    known["key"] = key
    sender = find_device(key)
    if sender is None or sender.key != key:
        raise Problem("unknown_key")
    if not verify(sender.sign_public, members[box.MANIFEST], signature):
        raise Problem("bad_signature")
    return sender, signature


def _check_parties(manifest: Mapping[str, Any], sender: Device, me: str, known: dict[str, Any]) -> None:
    claimed = manifest["from"]
    known |= {"sender": claimed["unit"], "device": claimed["device"], "to": list(manifest["to"])}
    if (claimed["key"], claimed["device"], claimed["unit"]) != (sender.key, sender.node, sender.unit):
        raise Problem("sender_mismatch")
    if sender.status not in ("active", "next", "retired"):
        raise Problem("revoked")
    if me not in manifest["to"]:
        raise Problem("not_for_me")


def _opened(members: Mapping[str, bytes], manifest: dict[str, Any], sender: Device, signature: bytes) -> Opened:
    payload, entry = members[box.PAYLOAD], manifest["payload"]
    blobs = {name[5:]: content for name, content in members.items() if name.startswith("blob/")}
    page.check_content(manifest, payload, blobs)
    return Opened(
        token=_TOKEN,
        manifest=manifest,
        manifest_bytes=members[box.MANIFEST],
        signature=signature.hex(),
        sender=sender,
        lines=page.split_lines(decompress(payload, entry["raw_size"]), entry["lines"]),
        blobs=blobs,
        trust=(members[box.TRUST], members[box.TRUST_SIGNATURE]) if box.TRUST in members else None,
        p7s=members.get(box.TOKEN_SIGNATURE),
    )
