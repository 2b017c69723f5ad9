"""Verbs that carry: card, enrol, send, receive, inspect, status.

The outbox is a question to the journal, answered by the peer's last signed ``have``; it empties in no other way.
Receiving is safe to repeat: a bundle known already changes nothing and is acknowledged again. What cannot be taken in
yet (a gap) is held sealed in ``held/`` and tried again after each merge.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cbdesk import bundle, card, carrier, clock, seal
from cbdesk.bundle import Packed
from cbdesk.card import Device
from cbdesk.catalogue import catalogue
from cbdesk.desk.upkeep import Upkeep
from cbdesk.errors import Problem
from cbdesk.merge import Merged, merge
from cbdesk.rights import OFFICERS, SEND, needs
from cbdesk.seal import Opened
from cbdesk.store.ledger import Have

HELD = "held"
Progress = Callable[[str, int, int], None]
"""Called with the step (``pack``, ``write``), how much is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One file written and read back. Numbers are of our own stream; 0 where it holds only an acknowledgement."""

    file: Path
    to: str
    from_seq: int
    to_seq: int
    changes: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Received:
    """What became of one file. ``result``: merged, already, gap, refused, accepted."""

    file: str
    sender: str | None
    result: str
    counts: dict[str, int]
    problem: Problem | None = None
    ack: str | None = None


class Carrying(Upkeep):
    """Verbs that carry."""

    # --- enrolment ---------------------------------------------------------------------------------------------------

    def card_bytes(self) -> bytes:
        """Return this installation's enrolment card, signed by itself: unit, device, public keys."""
        return seal.make_card(self.keys, self.node, self.unit.key, self.role, self.unit.name, practice=self.practice)

    @property
    def unit_name(self) -> str:
        """Return the name people know this installation's unit by; a receiver's is dated data."""
        if self.role == "receiver":
            return catalogue().receiver(clock.today()).label
        return self.unit.name

    def peer_name(self, device: Device) -> str:
        """Return the name people know a peer by."""
        if device.role == "receiver":
            return catalogue().receiver(clock.today()).label
        return catalogue().units.label(device.unit)

    @property
    def fingerprint(self) -> str:
        """Return the fingerprint of this installation's card: six groups to be read from paper."""
        return card.fingerprint(self.card_bytes())

    @needs(SEND)
    def write_card(self, out: Path) -> Path:
        """Write the card into a folder, or to a file name that is still free. Raises ``Problem`` of group U."""
        folder, name = (out, f"{self.unit.code}-{self.node[:4]}.card") if out.is_dir() else (out.parent, out.name)
        return carrier.put(folder, name, self.card_bytes())

    def read_file(self, path: Path) -> bytes:
        """Return the bytes of a small file an officer points at, such as a card. Raises ``Problem`` of group U."""
        return carrier.take(path)

    @needs(OFFICERS)
    def enrol(self, data: bytes, typed: str, *, neighbour: bool = False) -> Device:
        """Trust a peer's card after the groups read from its paper agree.

        ``neighbour`` trusts another commune's card for handing cases over, and for nothing else. Raises ``Problem``:
        ``bad_card``, ``fingerprint_mismatch``, ``own_card``, ``practice_mismatch``, ``other_unit``.
        """
        read = seal.read_card(data)
        if read.node == self.node:
            raise Problem("own_card")
        if read.practice != self.practice:
            raise Problem("practice_mismatch")
        known = [*self.peers(), *self.ledger.devices(self.ledger.NEIGHBOUR)]
        if any(one.node == read.node and one.key != read.key for one in known):
            raise Problem("bad_card")  # a device that is known already does not come back with other keys
        foreign = self.role == read.role and read.unit != self.unit.key
        if foreign != neighbour or (neighbour and self.role != "commune"):
            raise Problem("other_unit")
        read.check_fingerprint(typed)
        catalogue().units.resolve(read.unit)
        role = self.ledger.NEIGHBOUR if neighbour else read.role
        peer = Device(read.node, read.unit, role, read.sign_public, read.age_recipient)
        with self.store.atomic():
            self.ledger.trust(peer, read.name, data)
            self.ledger.log_access(self.officer, "enrol", detail=peer.node)
        return peer

    def peers(self) -> list[Device]:
        """Return whom this installation exchanges bundles with: the receivers and sister PCs, or the communes."""
        return self.ledger.devices()

    # --- sending -----------------------------------------------------------------------------------------------------

    def unsent(self) -> int:
        """Return how many changes no receiver has acknowledged (of all units, where we are the receiver)."""
        if self.role == "receiver":
            return sum(self.ledger.unsent(one.node, one.unit) for one in self.ledger.devices("commune"))
        receivers = self.ledger.devices("receiver")
        unit = self.unit.key
        return min((self.ledger.unsent(one.node, unit) for one in receivers), default=self.ledger.unsent(None, unit))

    def preview(self) -> dict[str, Any]:
        """Return what waits for the receiver: ``changes``, ``from_seq``, ``to_seq``, ``counts``, ``files``.

        ``counts`` is form to (new, edited) numbers of records; ``files`` are those attached, as many as fit go at once.
        """
        node = self._receiver().node
        waiting = self.ledger.waiting(node, self.unit.key)
        counts: dict[str, list[set[str]]] = {}
        for stream, base in waiting:
            for line in self.store.lines(stream.s, base).splitlines():
                one = self.store.read_line(line)
                if one is not None:
                    new, edited = counts.setdefault(one.t, [set(), set()])
                    (edited if one.b else new).add(one.r)
        own = [(stream, base) for stream, base in waiting if stream.state == "mine"]
        return {
            "changes": sum(stream.n - base for stream, base in waiting),
            "from_seq": own[0][1] + 1 if own else 0,
            "to_seq": own[0][0].n if own else 0,
            "counts": {form: (len(new), len(edited - new)) for form, (new, edited) in counts.items()},
            "files": len(self.store.owed(node, self.unit.key)),
        }

    def _receiver(self) -> Device:
        receivers = self.ledger.devices("receiver")
        if not receivers:
            raise Problem("no_receiver")
        return receivers[-1]

    @needs(SEND)
    def send(self, dest: Path, to: str | None = None, progress: Progress | None = None) -> list[Sent]:
        """Pack all a peer does not hold, write it to ``dest`` (a stick or any folder) and read it back.

        A commune writes to its receiver, or with ``to`` (a unit code or node) to that peer; a receiver writes one file
        per peer with something to say. Nothing new and no acknowledgement due: an empty list. ``progress`` hears
        the steps. Raises ``Problem``: ``no_receiver`` and those of group U.
        """
        return [sent for peer in self._addressees(to) if (sent := self._send_one(dest, peer, progress))]

    def _addressees(self, to: str | None) -> list[Device]:
        if to is not None:
            found = [one for one in self.peers() if to in (one.node, one.unit, one.unit.split("@")[0])]
            if not found:
                raise Problem("no_receiver")
            return found
        return self.ledger.devices("commune") if self.role == "receiver" else [self._receiver()]

    def _send_one(self, dest: Path, peer: Device, progress: Progress | None, *, always: bool = False) -> Sent | None:
        tell = progress or (lambda step, done, total: None)
        tell("pack", 0, 1)
        with self.store.atomic():
            packed = bundle.pack(self.store, self.keys, peer, always=always)
        if packed is None:
            return None
        path = carrier.put(dest, packed.name, packed.data, progress=lambda done, total: tell("write", done, total))
        self._note_sent(peer, packed, path)
        return Sent(path, peer.node, packed.from_seq, packed.to_seq, packed.changes, len(packed.data), packed.sha256)

    def _note_sent(self, peer: Device, packed: Packed, path: Path) -> None:
        """The file stands: only now do we remember having told."""
        counts = {
            "changes": packed.changes,
            "from_seq": packed.from_seq,
            "to_seq": packed.to_seq,
            "bytes": len(packed.data),
            "to": peer.node,
        }
        with self.store.atomic():
            self.ledger.record(
                "out",
                self.node,
                "written",
                manifest=packed.manifest,
                file=path.name,
                file_sha256=packed.sha256,
                result=counts,
            )
            self.ledger.tell(peer.node, packed.have)
            self.ledger.log_access(self.officer, "send", detail=str(packed.changes))
        self.store.leave_witness()

    # --- receiving ---------------------------------------------------------------------------------------------------

    @needs(SEND)
    def receive(self, sources: Sequence[Path], ack: Path | None = None) -> list[Received]:
        """Take in files or folders: merge bundles, accept acknowledgements, skip what this installation wrote.

        A receiver writes an acknowledgement beside each source (or into ``ack``). A file that cannot be read or is
        refused does not stop the others. Raises ``Problem`` only for a source that is not there.
        """
        found: list[Received] = []
        heard: dict[str, Have] = {}
        answers: dict[str, tuple[Device, Path]] = {}
        for source in sources:
            for path in carrier.bundles_in(source):
                received, sender = self._receive_one(path, heard, ack)
                if received is None:
                    continue
                found.append(received)
                if sender is not None and self.role == "receiver" and sender.role == "commune":
                    answers[sender.node] = (sender, ack or path.parent)
        self._try_held(heard)
        return [*self._acknowledge(found, answers)]

    def _receive_one(
        self, path: Path, heard: dict[str, Have], answers: Path | None = None
    ) -> tuple[Received | None, Device | None]:
        """Take one file; ``answers`` is where an answer to it alone goes (beside it when ``None``)."""
        try:
            data = carrier.take(path)
            digest = hashlib.sha256(data).hexdigest()
            known = self.ledger.receipt(file_sha256=digest)
            if known is not None and known.dir == "out":
                return None, None
            opened = self._unseal(data)
            merged = self._merge(opened, path.name, digest, heard)
        except Problem as problem:
            return Received(str(path), None, "refused", {}, problem), None
        if merged.code == "gap":
            self._hold(opened, data)
        code = "accepted" if merged.code == "merged" and opened.sender.role == "receiver" else merged.code
        return Received(str(path), opened.sender.node, code, merged.counts(), merged.problem), opened.sender

    def _unseal(
        self, data: bytes, kind: str = "bundle", find: Callable[[str], Device | None] | None = None
    ) -> Opened:
        finder = find or self.ledger.device
        return seal.unseal(data, self.keys.identity, self.node, finder, practice=self.practice, kind=kind)

    def _merge(self, opened: Opened, name: str, digest: str, heard: dict[str, Have]) -> Merged:
        if len(opened.lines) > 1000:
            self.backup_quietly()
        merged = merge(
            self.store,
            opened,
            file=name,
            file_sha256=digest,
            find_device=self.ledger.device,
            heard=heard,
            officer=self.officer,
        )
        self._has_changed(merged.forms)
        if merged.erased:
            self.store.vacuum()
            self.forget_backups()
        return merged

    def _hold(self, opened: Opened, data: bytes) -> None:
        folder = self.folder / HELD
        folder.mkdir(exist_ok=True)
        carrier.write_atomic(folder / f"{opened.manifest_sha256[:32]}.cbd", data, overwrite=True)

    def _try_held(self, heard: dict[str, Have]) -> None:
        """Try what is held again, as long as something moves."""
        moved = True
        while moved:
            moved = False
            for path in sorted((self.folder / HELD).glob("*.cbd")):
                received, _ = self._receive_one(path, heard)
                if received is not None and received.result in ("merged", "accepted", "already"):
                    path.unlink(missing_ok=True)
                    moved = moved or received.result != "already"

    def _acknowledge(self, found: list[Received], answers: dict[str, tuple[Device, Path]]) -> list[Received]:
        written = {}
        for node, (device, folder) in answers.items():
            try:
                sent = self._send_one(folder, device, None, always=True)
            except Problem as problem:
                found.append(Received(str(folder), node, "refused", {}, problem))
            else:
                written[node] = str(sent.file) if sent else None
        return [
            replace(one, ack=written.get(one.sender or "", one.ack))
            for one in found
        ]

    def inspect(self, path: Path) -> dict[str, Any]:
        """Verify and describe a bundle without merging: ``sender``, ``recipient``, ``range``, ``valid``, ``problem``.

        Raises ``Problem`` only when the file cannot be read at all.
        """
        data = carrier.take(path)
        described: dict[str, Any] = {
            "file": path.name,
            "bytes": len(data),
            "sender": None,
            "recipient": None,
            "range": [],
            "valid": False,
            "problem": None,
        }
        try:
            opened = self._unseal(data)
        except Problem as problem:
            described["problem"] = problem.as_dict()
            return described
        manifest = opened.manifest
        return described | {
            "sender": manifest["from"],
            "recipient": manifest["to"],
            "at": manifest["at"],
            "valid": True,
            "range": [{"stream": one["s"], "from": one["base"] + 1, "to": one["n"]} for one in manifest["segs"]],
            "changes": manifest["payload"]["lines"],
            "id": manifest["id"],
            "have": manifest["have"],
        }

    # --- status ------------------------------------------------------------------------------------------------------

    def status(self) -> dict[str, Any]:
        """Return what waits and what is known: ``unsent``, ``acked_to``, ``acked_at``, ``peers``, ``gaps``,
        ``last_backup``, ``held``, ``conflicts``, ``quarantined``.

        ``acked_to`` is the receiver's last signed ``have`` for our own stream (0 before the first).
        """  # noqa: D205
        peers = [self._peer_status(one) for one in self.peers()]
        mine = next((one for one in self.store.streams(self.unit.key) if one.state == "mine"), None)
        receivers = [one for one in peers if one["role"] == "receiver"]
        last = receivers[-1] if receivers else None
        return {
            "unit": self.unit.key,
            "role": self.role,
            "device": self.node,
            "stream": mine.s if mine else None,
            "written_to": mine.n if mine else 0,
            "unsent": self.unsent(),
            "acked_to": last["holds"].get(mine.s, 0) if last and mine else 0,
            "acked_at": last["heard_at"] if last else None,
            "peers": peers,
            "held": len(list((self.folder / HELD).glob("*.cbd"))),
            "gaps": [one["unit"] for one in peers if one["last_result"] == "gap"],
            "conflicts": len(self.store.contested()),
            "quarantined": self._count("SELECT count(*) FROM quarantine"),
            "last_backup": self.last_backup(),
        }

    def _peer_status(self, device: Device) -> dict[str, Any]:
        peer = self.ledger.peer(device.node)
        receipts = self.ledger.bundles("dir = 'in' AND sender = ?", (device.node,), limit=1)
        unit = bundle.unit_for(self.store, device)
        return {
            "device": device.node,
            "unit": device.unit,
            "role": device.role,
            "name": self.peer_name(device),
            "holds": {s: n for s, (n, _) in peer.have.items()},
            "unsent": self.ledger.unsent(device.node, unit),
            "files": len(self.store.owed(device.node, unit)),
            "heard_at": receipts[0].at if receipts else None,
            "last_result": receipts[0].code if receipts else None,
        }

    def _count(self, sql: str) -> int:
        return int(self.store.db.execute(sql).fetchone()[0])

    def bundles(self) -> list[dict[str, Any]]:
        """Return bundles written, newest first: ``no``, ``at``, ``file``, ``changes``, ``from_seq``, ``to_seq``,
        ``bytes``, and ``state``: ``confirmed``, ``waiting``, ``superseded`` (a later one carries it), ``ack``.
        """  # noqa: D205
        held = {one.node: {s: n for s, (n, _) in self.ledger.peer(one.node).have.items()} for one in self.peers()}
        found, later = [], set[str]()
        for one in self.ledger.bundles("dir = 'out' AND json_extract(manifest, '$.what') IS NULL"):  # no hand-overs
            to = str(one.result.get("to"))
            segments = one.manifest.get("segs", [])
            confirmed = all(held.get(to, {}).get(seg["s"], 0) >= seg["n"] for seg in segments)
            state = "ack" if not segments else "confirmed" if confirmed else "superseded" if to in later else "waiting"
            if segments:
                later.add(to)
            found.append({"no": one.no, "at": one.at, "file": one.file, "state": state, **one.result})
        return found
