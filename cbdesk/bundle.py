"""Packing: everything a peer does not hold, as one sealed file.

A bundle is cumulative from the peer's last signed ``have``, so a lost stick costs nothing and nothing has to be
remembered about earlier files. The same message acknowledges: it carries what *we* hold of the unit's streams. Lines
are taken from the journal as they were written, in one query a stream, and never serialised again.

Source: ``spec/bundle.md`` 3.3, 4.5.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cbdesk import BUNDLE, SCHEMA, __version__, clock, seal
from cbdesk.card import Device
from cbdesk.manifest import MAX_BLOBS, MAX_CARDS, type_of
from cbdesk.seal import DeviceKeys
from cbdesk.store import Ledger, Store, Stream
from cbdesk.store.ledger import Have

MAX_LINES = 200_000
"""Lines of one bundle; the format allows 500,000 in 48 MiB, real lines reach the second limit first."""

MAX_FILES = 500
"""Files of one bundle, and how many missing ones it asks for: the manifest lists each, and has 256 KiB."""

MAX_FILE = 60 * 1024 * 1024
"""Bytes of payload and files together; the sealed file may have 64 MiB."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A sealed bundle ready to be carried. ``from_seq``/``to_seq`` are of our own stream (0 where it has nothing)."""

    data: bytes
    name: str
    manifest: bytes
    changes: int
    from_seq: int
    to_seq: int
    have: Have

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the sealed file, as written on the delivery slip."""
        return hashlib.sha256(self.data).hexdigest()


def unit_for(store: Store, peer: Device) -> str:
    """Return the unit a bundle to ``peer`` is about: ours, or the commune's when we are the receiver."""
    mine = store.meta("unit") or ""
    return peer.unit if store.meta("role") == "receiver" else mine


def pack(store: Store, keys: DeviceKeys, peer: Device, *, always: bool = False) -> Packed | None:
    """Seal all that ``peer`` does not hold; ``None`` when there is nothing to say.

    There is something to say when changes wait, when our own ``have`` changed since we last told it, when a commune
    has not said that it knows the newest trust list, or ``always``.
    """
    ledger = Ledger(store)
    unit = unit_for(store, peer)
    waiting = ledger.waiting(peer.node, unit)
    have = ledger.have(unit)
    owed = store.owed(peer.node, unit)
    version, *trust = ledger.trust_list()
    downward = version > 0 and store.meta("role") == "receiver"
    news = downward and ledger.last_said(peer.node, "trust") != version
    if not (waiting or owed or always or news or ledger.peer(peer.node).told != have):
        return None
    spans = _cut(waiting, MAX_LINES)
    segments = [_segment(store, keys, span) for span in spans]
    raw = b"".join(store.lines(span.stream.s, span.base, span.n) for span in spans)
    payload = seal.compress(raw)
    lines = sum(span.n - span.base for span in spans)
    blobs = _blobs(store, owed, MAX_FILE - len(payload))
    manifest = _manifest(store, keys, peer, segments, have, payload, len(raw), lines)
    manifest["blobs"] = {digest: len(data) for digest, data in blobs.items()}
    people = ledger.recipients(peer)[: seal.MAX_RECIPIENTS]
    data = seal.seal(manifest, payload, keys, people, blobs=blobs, trust=(trust[0], trust[1]) if downward else None)
    first, last = next(((span.base + 1, span.n) for span in spans if span.stream.state == "mine"), (0, 0))
    name = seal.file_name(manifest["from"]["unit"], manifest["from"]["device"], first, last, manifest["id"])
    return Packed(data, name, seal.canonical(manifest), lines, first, last, have)


def _blobs(store: Store, owed: Sequence[tuple[str, int]], room: int) -> dict[str, bytes]:
    """Return the files that fit; the others travel in the next bundle."""
    found: dict[str, bytes] = {}
    room = min(room, MAX_BLOBS)
    for digest, size in owed:
        if len(found) == MAX_FILES:
            break
        if size <= room and (data := store.blob(digest)) is not None:
            found[digest] = data
            room -= size
    return found


@dataclass(frozen=True, slots=True)
class _Span:
    """The changes base+1…n of one stream; our own can be signed at any number, others only at their head."""

    stream: Stream
    base: int
    n: int


def _cut(waiting: Sequence[tuple[Stream, int]], room: int) -> list[_Span]:
    """Return what fits into one bundle; the rest waits for the next, after this one is acknowledged."""
    spans = []
    for stream, base in waiting:
        n = min(stream.n, base + room) if stream.state in ("mine", "retired") else stream.n
        if base < n <= base + room:
            spans.append(_Span(stream, base, n))
            room -= n - base
    return spans


def _segment(store: Store, keys: DeviceKeys, span: _Span) -> dict[str, Any]:
    stream, own = span.stream, span.stream.device == store.meta("node")
    h = store.head_at(stream.s, span.n).hex()
    return {
        "s": stream.s,
        "base": span.base,
        "base_h": store.head_at(stream.s, span.base).hex(),
        "n": span.n,
        "h": h,
        "key": keys.key if own else stream.key,
        "sig": seal.sign_head(keys, stream.s, span.n, h) if own else stream.sig,
    }


def _manifest(
    store: Store,
    keys: DeviceKeys,
    peer: Device,
    segments: Sequence[dict[str, Any]],
    have: Have,
    payload: bytes,
    raw_size: int,
    lines: int,
) -> dict[str, Any]:
    ledger = Ledger(store)
    held = ledger.log_head_held(peer.node)
    return {
        "type": type_of("bundle", practice=store.meta("practice") == "1", version=BUNDLE),
        "id": secrets.token_hex(16),
        "app": __version__,
        "schema": SCHEMA,
        "min_reader": BUNDLE,
        "from": {"unit": store.meta("unit"), "device": store.meta("node"), "key": keys.key},
        "to": [peer.node],
        "at": clock.stamp(),
        "clock": "ok",
        "segs": list(segments),
        "have": {s: list(held) for s, held in have.items()},
        "results": _results(ledger, peer.node),
        "trust": ledger.trust_list()[0],
        "blobs": {},
        "x_lacks": store.lacking(unit_for(store, peer), MAX_FILES),
        "x_additions": _additions_held(store, peer),
        **({"x_next": cards} if (cards := ledger.cards_for(peer.node, unit_for(store, peer), MAX_CARDS)) else {}),
        "log": ledger.own_log_head(peer.node),
        **({"x_log": held} if held else {}),
        "payload": {
            "size": len(payload),
            "sha256": hashlib.sha256(payload).hexdigest(),
            "raw_size": raw_size,
            "lines": lines,
        },
    }


def _additions_held(store: Store, peer: Device) -> int:
    """Return the version of a receiver's additions that is in force here; another receiver's are not its own."""
    return int(store.meta("additions_version") or 0) if store.meta("additions_from") == peer.node else 0


def _results(ledger: Ledger, node: str) -> list[dict[str, Any]]:
    """What became of the peer's last bundles, for people; the protocol looks only at ``have``."""
    taken = ledger.bundles("dir = 'in' AND sender = ?", (node,), limit=12)
    return [
        {
            "manifest_sha256": one.manifest_sha256,
            "code": one.code,
            "applied": one.result.get("new", 0),
            "known": one.result.get("already", 0),
            "conflicts": one.result.get("conflicts", 0),
            "quarantined": one.result.get("quarantined", 0),
        }
        for one in reversed(taken)
        if one.manifest_sha256
    ]
