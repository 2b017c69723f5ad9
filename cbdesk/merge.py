"""Merging a bundle: all of it or nothing, and twice is once.

Only ``seal.unseal`` can make the ``Opened`` that ``merge`` takes. Inside one unit of work, for each segment: gap, fork,
numbers, chain, head signature, then append and fold. What we already hold is a normal answer, not an error.

* A **gap** leaves the whole bundle held (sealed) and asks again through our next ``have``.
* A **fork** (same number, other bytes) is never applied: the differing lines are kept aside and shown. Where the stream
  is our own, this is a copied or restored register: it begins a new stream and says its own differing changes again.
* The sender's ``have`` is the acknowledgement; the last one received wins.
* A key that ended writes no more: what its streams hold beyond is left out (*withheld*), whoever carries it.

Source: ``spec/bundle.md`` 3.3 (order of checks), 3.5, 4.4–4.6.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cbdesk import change, seal
from cbdesk.card import Device
from cbdesk.change import BadLine, Change
from cbdesk.errors import Problem
from cbdesk.seal import Opened
from cbdesk.store import Draft, Ledger, Store, Stream
from cbdesk.store.ledger import Have

JUMP = 2**32
"""How far a Lamport counter may run ahead of ours: more than any honest province writes in a century."""


@dataclass(slots=True)
class Merged:
    """What a bundle did here. ``code``: merged, already, gap."""

    code: str
    new: int = 0
    already: int = 0
    forks: int = 0
    conflicts: int = 0
    quarantined: int = 0
    problem: Problem | None = None
    forms: set[str] = field(default_factory=set)
    withheld: list[str] = field(default_factory=list)
    """Devices whose keys ended and whose later changes this bundle carries; the caller keeps it sealed."""
    erased: int = 0
    """Records blanked for good; the caller gives the room back (``Core.vacuum``)."""

    def counts(self) -> dict[str, int]:
        """Return the counts kept in the receipt and told to the sender."""
        return {
            "new": self.new,
            "already": self.already,
            "forks": self.forks,
            "conflicts": self.conflicts,
            "quarantined": self.quarantined,
        }


def merge(
    store: Store,
    opened: Opened,
    *,
    file: str,
    file_sha256: str,
    find_device: Callable[[str], Device | None],
    heard: dict[str, Have],
    officer: str = "",
) -> Merged:
    """Merge one verified bundle in one unit of work.

    ``heard`` collects the haves of one call (node to have), because among several new bundles taken together the
    highest have per stream counts. Raises ``Problem`` (``bad_change``, ``chain_broken``, ``bad_signature``,
    ``sender_mismatch``) with nothing changed.
    """
    ledger = Ledger(store)
    manifest = opened.manifest
    known = ledger.receipt(manifest_sha256=opened.manifest_sha256)
    if known is not None and known.code != "gap":
        return Merged("already", already=manifest["payload"]["lines"])
    with store.atomic():
        receipt = (
            known.no
            if known is not None
            else ledger.record(
                "in", opened.sender.node, "gap", manifest=opened.manifest_bytes, file=file, file_sha256=file_sha256
            )
        )
        if known is None:  # what a held bundle says of our changes was heard when it first came
            _hear(store, ledger, opened.sender, manifest["have"], heard, receipt)
            if "log" in manifest:
                ledger.note_log_head(opened.sender.node, manifest["log"])
            ledger.promote(opened.sender.key)
            _announced(store, ledger, manifest.get("x_next", ()))
        result = Merged("merged")
        segments = _segments(store, opened, find_device, result)
        behind = next((one for one in segments if one.base > one.stream.n), None)
        if behind is not None:
            ledger.speak_up(opened.sender.node)  # it thinks we hold more than we do
            return Merged("gap", problem=Problem("gap", base=behind.base, have=behind.stream.n))
        fresh: list[Change] = []
        for segment in segments:
            fresh += _append(store, segment, receipt, result, officer, opened.sender)
        projected = store.project(fresh)
        result.forms |= projected.touched
        result.conflicts = len(projected.conflicts)
        result.quarantined += len(projected.set_aside)
        result.erased = projected.erased
        store.take_blobs(opened.sender.node, opened.blobs)
        if result.erased:
            store.sweep_blobs()
        _taken(store, ledger, opened.sender, manifest.get("results", ()))
        store.not_held_by(opened.sender.node, manifest.get("x_lacks", ()))
        if result.already:
            ledger.speak_up(opened.sender.node)  # it has not heard what we hold
        ledger.set_result(receipt, result.code, result.counts())
    return result


def _taken(store: Store, ledger: Ledger, sender: Device, results: Sequence[Mapping[str, Any]]) -> None:
    """Remember the files of those bundles of ours that the sender says it took."""
    for told in results:
        mine = ledger.receipt(manifest_sha256=str(told.get("manifest_sha256") or ""))
        given = mine is not None and mine.dir == "out" and sender.node in mine.manifest.get("to", ())
        if mine is not None and given and told.get("code") in ("merged", "already"):
            store.held_by(sender.node, mine.manifest.get("blobs", {}))


def _announced(store: Store, ledger: Ledger, told: Sequence[Mapping[str, str]]) -> None:
    """Learn keys that follow keys we know (rotation): each card is endorsed by the key in use of the same device.

    What is not, or says anything else than the card before it, is left alone: a bundle is not refused for it.
    """
    for one in told:
        before = ledger.any_device(one["by"])
        try:
            card = seal.read_card(one["card"].encode())
        except Problem:
            continue
        same = before and (card.node, card.unit) == (before.node, before.unit)
        role = before.role if before else ""
        if not before or not same or before.status not in ("active", "next") or ledger.any_device(card.key):
            continue
        if card.practice != (store.meta("practice") == "1") or card.role not in (role, _OWN_ROLE.get(role)):
            continue
        if seal.endorsed(before.sign_public, card.data, one["sig"]):
            ledger.announce(replace(card.device(), role=role), card.name, card.data, before.key, one["sig"])


_OWN_ROLE = {Ledger.NEIGHBOUR: "commune"}
"""What a device we know in another role calls itself."""


@dataclass(frozen=True, slots=True)
class _Segment:
    stream: Stream
    base: int
    base_h: str
    n: int
    h: str
    key: str
    sig: str
    lines: Sequence[bytes]


def _segments(
    store: Store, opened: Opened, find_device: Callable[[str], Device | None], result: Merged
) -> list[_Segment]:
    """Cut the payload into its segments, each with the stream it belongs to (begun here when new).

    A segment relayed from a writer we have no card of is left out and counted; it comes again until we have one. So is
    what a key that ended signed beyond the number it ended at and what is here.
    """
    ledger, found, at = Ledger(store), [], 0
    for raw in opened.manifest["segs"]:
        count = raw["n"] - raw["base"]
        lines = opened.lines[at : at + count]
        at += count
        writer = find_device(raw["key"])
        if writer is None:
            result.quarantined += count
            continue
        if not seal.verify_head(writer.sign_public, raw["s"], raw["n"], raw["h"], raw["sig"]):
            raise Problem("bad_signature")
        stream, limit = _stream(store, raw, writer, opened.sender), ledger.limit(writer.key, raw["s"])
        if limit is not None and raw["n"] > max(limit, stream.n):
            result.quarantined += raw["n"] - max(raw["base"], limit, stream.n)
            result.withheld.append(writer.node)
            continue
        found.append(_Segment(stream, raw["base"], raw["base_h"], raw["n"], raw["h"], raw["key"], raw["sig"], lines))
    if at != len(opened.lines):
        raise Problem("payload_damaged", detail="lines")
    return found


def _stream(store: Store, raw: Mapping[str, Any], writer: Device, sender: Device) -> Stream:
    """Return the stream of a segment, begun where it is new; a receiver's belongs to the commune it is about."""
    known = store.stream(raw["s"])
    if known is not None:
        if known.device != writer.node or (writer.role == "commune" and known.unit != writer.unit):
            raise Problem("sender_mismatch")
        return known
    unit = next((one.unit for one in (writer, sender) if one.role == "commune"), store.meta("unit") or "")
    store.db.execute(
        "INSERT INTO stream VALUES (?, ?, ?, ?, 0, ?, NULL, NULL, 'active')",
        (raw["s"], writer.node, unit, writer.role, change.GENESIS),
    )
    return Stream(raw["s"], writer.node, unit, writer.role, 0, change.GENESIS, None, None, "active")


def _append(
    store: Store, segment: _Segment, receipt: int, result: Merged, officer: str, sender: Device
) -> list[Change]:
    """Append what is new of one segment; returns its changes, not yet folded."""
    stream = segment.stream
    known = min(stream.n, segment.n) - segment.base
    base_h = bytes.fromhex(segment.base_h)
    heads = change.links(base_h, segment.lines)
    if not heads or heads[-1].hex() != segment.h:
        raise Problem("chain_broken")
    common_ours = store.head_at(stream.s, segment.base + known)
    common_theirs = heads[known - 1] if known else base_h
    if store.head_at(stream.s, segment.base) != base_h or common_ours != common_theirs:
        return _fork(store, segment, heads, receipt, result, officer, sender)
    result.already += known
    lines = segment.lines[known:]
    if not lines:
        return []
    changes = [_read(line, stream.s, segment.base + known + i + 1) for i, line in enumerate(lines)]
    _check_counters(store, changes)
    if stream.state == "mine":
        # somebody above holds more of our stream than we do: this register is an older copy of itself
        store.db.execute("UPDATE stream SET state = 'retired' WHERE s = ?", (stream.s,))
    store.append(stream, changes, lines, receipt)
    store.db.execute("UPDATE stream SET key = ?, sig = ? WHERE s = ?", (segment.key, segment.sig, stream.s))
    result.new += len(lines)
    return changes


def _read(line: bytes, s: str, n: int) -> Change:
    digest = change.erased_digest(line)
    if digest is not None:
        return Change(s=s, n=n, c=0, t="", r="", k="erased")
    try:
        one = change.parse(line)
    except BadLine as error:
        raise Problem("bad_change", line=n, detail=str(error)) from None
    if one.s != s or one.n != n:
        raise Problem("bad_change", line=n, detail="number")
    return one


def _check_counters(store: Store, changes: Sequence[Change]) -> None:
    """Refuse counters that run far ahead of all we know: the next change everywhere would have to run on from there."""
    known = int(store.meta("lamport") or 0)
    for one in changes:
        if one.c > known + JUMP:
            raise Problem("bad_change", line=one.n, detail="counter")


def _fork(
    store: Store,
    segment: _Segment,
    heads: Sequence[bytes],
    receipt: int,
    result: Merged,
    officer: str,
    sender: Device,
) -> list[Change]:
    """Keep the differing lines aside; where the stream is ours, go on in a new one and say our changes again."""
    stream = segment.stream
    agreed = segment.base
    for i, head in enumerate(heads):
        if store.head_at(stream.s, segment.base + i + 1) != head:
            break
        agreed = segment.base + i + 1
    for n, line in enumerate(segment.lines[agreed - segment.base :], start=agreed + 1):
        _read(line, stream.s, n)
        known = store.db.execute(
            "INSERT OR IGNORE INTO quarantine(s, n, bundle, reason, line) VALUES (?, ?, ?, 'fork', ?) RETURNING 1",
            (stream.s, n, receipt, line.decode()),
        ).fetchall()
        result.forks += len(known)
    own = stream.device == store.meta("node")
    if stream.state == "forked" or not (own or sender.role == "receiver"):
        return []  # the receiver goes on with what it took first; a sister PC waits for the receiver's word
    store.db.execute("UPDATE stream SET state = 'forked' WHERE s = ?", (stream.s,))
    if own:
        lines = store.db.execute("SELECT line FROM op WHERE s = ? AND n > ? ORDER BY n", (stream.s, agreed)).fetchall()
        ours = [one for (line,) in lines if (one := change.stored(line)) is not None]
        drafts = [Draft(one.t, one.r, one.f, one.k, one) for one in ours]
        result.forms |= store.write(drafts, unit=stream.unit, officer=officer).forms
    return []


def _hear(
    store: Store, ledger: Ledger, sender: Device, raw: Mapping[str, Any], heard: dict[str, Have], receipt: int
) -> None:
    have: Have = {s: (int(n), str(h)) for s, (n, h) in raw.items()}
    for s, held in heard.get(sender.node, {}).items():
        if s not in have or held[0] > have[s][0]:
            have[s] = held
    heard[sender.node] = have
    ledger.hear(sender.node, have, receipt)
    ahead = [one.s for one in store.streams() if one.state == "mine" and have.get(one.s, (0, ""))[0] > one.n]
    if ahead:  # somebody holds more of our stream than we do: this register is an older copy of itself
        store.new_streams(ahead)
