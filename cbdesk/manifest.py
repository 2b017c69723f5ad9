"""The signed page of a bundle, ``manifest.json``: its shape and its limits (``spec/bundle.md`` 3.3). Pure.

Every signed document of the program carries its own ``type``, so that a signature never means two things; practice
registers write ``cbdesk/practice/…``, which no real one takes. Unknown keys at the top are refused unless they begin
with ``x_``; inside, newer programs may add.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any

import cbdesk
from cbdesk.container import LIMITS, MAX_BLOB, PAYLOAD
from cbdesk.errors import Problem
from cbdesk.strict import StrictJsonError, is_count, is_hex, strict_json

MAX_RAW = 512 * 1024 * 1024
MAX_LINES = 500_000
MAX_LINE = 64 * 1024
MAX_BLOBS = 40 * 1024 * 1024
MAX_CARDS = 8

UNIT = re.compile(r"[A-Za-z0-9.]{1,20}@(\d{4}-\d{2}-\d{2})?")
_STAMP = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?([+-]\d{2}:\d{2})?")
_TYPE = re.compile(r"(cbdesk/(?:practice/)?[a-z]+/)([1-9]\d{0,3})")

Check = Callable[[Any], bool]


def type_of(kind: str, *, practice: bool, version: int = 1) -> str:
    """Return the type of a signed document, such as ``cbdesk/bundle/1`` or ``cbdesk/practice/card/1``."""
    return f"cbdesk/{'practice/' if practice else ''}{kind}/{version}"


def is_unit(value: object) -> bool:
    """Return whether ``value`` has the form of a unit's key, ``CODE@valid_from`` (the date may be missing)."""
    return isinstance(value, str) and UNIT.fullmatch(value) is not None


def is_stamp(value: object) -> bool:
    """Return whether ``value`` has the form of a local time, ``2026-10-12T08:15:00``."""
    return isinstance(value, str) and _STAMP.fullmatch(value) is not None


def read(data: bytes, *, kind: str = "bundle", practice: bool = False) -> dict[str, Any]:
    """Return the manifest of verified bytes. Raises ``bad_manifest``, ``wrong_type``, ``bundle_too_new``.

    The type and ``min_reader`` are looked at before the rest: another document, or a newer one, may look otherwise.
    """
    try:
        manifest = strict_json(data, sorted_keys=True)
    except StrictJsonError as error:
        raise Problem("bad_manifest", field=error.rule) from None
    if not isinstance(manifest, dict):
        raise Problem("bad_manifest", field="json")
    _check_type(manifest.get("type"), type_of(kind, practice=practice, version=cbdesk.BUNDLE))
    needed: Any = manifest.get("min_reader")
    if not is_count(needed, least=1):
        raise Problem("bad_manifest", field="min_reader")
    if needed > cbdesk.BUNDLE:
        raise Problem("bundle_too_new", needed=needed)
    check(manifest, kind=kind)
    return manifest


def check(manifest: Mapping[str, Any], *, kind: str = "bundle") -> None:
    """Check every field. Raises ``bad_manifest`` with the field's name, ``payload_too_big`` beyond a limit.

    Documents of other kinds share the envelope (all but ``segs`` and ``have``) and may have fields of their own.
    """
    required = _ENVELOPE if kind != "bundle" else _ENVELOPE | _JOURNAL
    for name, holds in required.items():
        if name not in manifest or not holds(manifest[name]):
            raise Problem("bad_manifest", field=name)
    for name, value in manifest.items():
        if name in _OPTIONAL and not _OPTIONAL[name](value):
            raise Problem("bad_manifest", field=name)
        if kind == "bundle" and name not in required and name not in _OPTIONAL and not name.startswith("x_"):
            raise Problem("bad_manifest", field=_plain(name))
    _check_limits(manifest)
    if kind == "bundle" and sum(seg["n"] - seg["base"] for seg in manifest["segs"]) != manifest["payload"]["lines"]:
        raise Problem("bad_manifest", field="payload.lines")


def _check_type(found: object, wanted: str) -> None:
    if found == wanted:
        return
    parts = _TYPE.fullmatch(found) if isinstance(found, str) else None
    if parts is None:
        raise Problem("wrong_type", found="?")
    if parts[1] == wanted[: wanted.rindex("/") + 1] and int(parts[2]) > cbdesk.BUNDLE:
        raise Problem("bundle_too_new", needed=int(parts[2]))
    raise Problem("wrong_type", found=parts[0])


def _check_limits(manifest: Mapping[str, Any]) -> None:
    payload, blobs = manifest["payload"], manifest.get("blobs", {})
    if payload["size"] > LIMITS[PAYLOAD] or payload["raw_size"] > MAX_RAW or payload["lines"] > MAX_LINES:
        raise Problem("payload_too_big")
    if any(size > MAX_BLOB for size in blobs.values()) or sum(blobs.values()) > MAX_BLOBS:
        raise Problem("payload_too_big")


def check_content(manifest: Mapping[str, Any], payload: bytes, blobs: Mapping[str, bytes]) -> None:
    """Compare payload and attachments with what was signed. Raises ``payload_damaged``, the item in ``detail``."""
    entry, listed = manifest["payload"], manifest.get("blobs", {})
    if len(payload) != entry["size"]:
        raise Problem("payload_damaged", detail="size")
    if hashlib.sha256(payload).hexdigest() != entry["sha256"]:
        raise Problem("payload_damaged", detail="sha256")
    for digest in sorted(set(listed) | set(blobs)):
        content = blobs.get(digest, b"")
        right = digest in blobs and len(content) == listed.get(digest)
        if not right or hashlib.sha256(content).hexdigest() != digest:
            raise Problem("payload_damaged", detail=f"blob/{digest}")


def split_lines(raw: bytes, count: int) -> tuple[bytes, ...]:
    """Return the change lines without their ends. Raises ``payload_damaged`` unless they are ``count`` proper ones.

    They are counted before they are split: 512 MiB of line ends would be half a billion objects.
    """
    if raw.count(b"\n") != count or (raw and not raw.endswith(b"\n")):
        raise Problem("payload_damaged", detail="lines")
    lines = tuple(raw.split(b"\n")[:-1])
    if any(not 0 < len(line) <= MAX_LINE for line in lines):
        raise Problem("payload_damaged", detail="line")
    return lines


def _plain(name: str) -> str:
    """Return a stranger's word so that it can be shown: short, printable ASCII."""
    return "".join(c if c.isascii() and c.isprintable() else "?" for c in name[:40])


# --- one small question per field ------------------------------------------------------------------------------------


def _shape(**fields: Check) -> Check:
    def holds(value: object) -> bool:
        return isinstance(value, dict) and all(name in value and check(value[name]) for name, check in fields.items())

    return holds


def _hex(digits: int) -> Check:
    return lambda value: is_hex(value, digits)


def _text(most: int) -> Check:
    return lambda value: isinstance(value, str) and 0 < len(value) <= most


def _recipients(value: object) -> bool:
    if not isinstance(value, list) or not 1 <= len(value) <= 8 or not all(is_hex(node, 16) for node in value):
        return False
    return value == sorted(set(value))


_segment = _shape(
    s=_hex(16), base=is_count, base_h=_hex(64), n=is_count, h=_hex(64), key=_hex(16), sig=_hex(128)
)  # fmt: skip


def _segments(value: object) -> bool:
    if not isinstance(value, list) or not all(_segment(seg) for seg in value):
        return False
    streams = {seg["s"] for seg in value}
    return len(streams) == len(value) and all(seg["base"] <= seg["n"] for seg in value)


def _have(value: object) -> bool:
    return isinstance(value, dict) and all(is_hex(stream, 16) and _pair(head) for stream, head in value.items())


def _pair(head: object) -> bool:
    return isinstance(head, list) and len(head) == 2 and is_count(head[0]) and is_hex(head[1], 64)


def _sizes(value: object) -> bool:
    return isinstance(value, dict) and all(is_hex(digest, 64) and is_count(size) for digest, size in value.items())


_result = _shape(
    manifest_sha256=_hex(64), code=_text(40), applied=is_count, known=is_count, conflicts=is_count, quarantined=is_count
)


def _results(value: object) -> bool:
    return isinstance(value, list) and all(_result(item) for item in value)


def _digests(value: object) -> bool:
    return isinstance(value, list) and all(is_hex(digest, 64) for digest in value)


_card = _shape(card=_text(4096), by=_hex(16), sig=_hex(128))


def _cards(value: object) -> bool:
    """Cards of keys to come, each endorsed by the key before it."""
    return isinstance(value, list) and len(value) <= MAX_CARDS and all(map(_card, value))


_log_head = _shape(n=is_count, h=_hex(64))
_told_head = _shape(n=is_count, h=_hex(64), life=_hex(16))


def _log(value: object) -> bool:
    """Head of an access log: number and link; newer programs add its life, counters, and a head told again."""
    if not isinstance(value, dict) or not _log_head(value):
        return False
    counts = is_count(value.get("c", 0)) and is_count(value.get("from", 0))
    return counts and is_hex(value.get("life", "0" * 16), 16) and ("again" not in value or _told_head(value["again"]))


_ENVELOPE: dict[str, Check] = {
    "type": _text(60),
    "id": _hex(32),
    "app": _text(40),
    "schema": is_count,
    "min_reader": is_count,
    "from": _shape(unit=is_unit, device=_hex(16), key=_hex(16)),
    "to": _recipients,
    "at": is_stamp,
    "clock": lambda value: value in ("ok", "suspect"),
    "payload": _shape(size=is_count, sha256=_hex(64), raw_size=is_count, lines=is_count),
}
_JOURNAL: dict[str, Check] = {"segs": _segments, "have": _have}
_OPTIONAL: dict[str, Check] = {
    "results": _results,
    "trust": is_count,
    "blobs": _sizes,
    "log": _log,
    "x_lacks": _digests,
    "x_log": _told_head,
    "x_next": _cards,
    "x_additions": is_count,
}
