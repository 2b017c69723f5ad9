"""Verbs that carry: card, enrol, send, receive, inspect, status.

The outbox is a question to the journal, answered by the peer's last signed ``have``; it empties in no other way.
Receiving is safe to repeat: a bundle known already changes nothing and is acknowledged again. What cannot be taken in
yet (a gap) is held sealed in ``held/`` and tried again after each merge; what comes from a key that was revoked, or
carries more of one that ended than is taken, stays there sealed until people decide (``sealed``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cbdesk import bundle, card, carrier, seal
from cbdesk.bundle import Packed
from cbdesk.card import Device
from cbdesk.catalogue import catalogue
from cbdesk.desk.accounts import CURRENT, HELD, SEALED, Accounts
from cbdesk.errors import Problem
from cbdesk.merge import Merged, merge
from cbdesk.rights import OFFICERS, SEND, needs
from cbdesk.seal import DeviceKeys, Opened
from cbdesk.store.ledger import Have

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
    notes: tuple[str, ...] = ()
    """What else people are told of it: a new trust list, additions, a program that is too old."""


class Carrying(Accounts):
    """Verbs that carry."""

    _backed_up = False

    # --- enrolment ---------------------------------------------------------------------------------------------------

    def card_bytes(self) -> bytes:
        """Return this installation's enrolment card, signed by itself: unit, device, public keys."""
        return seal.make_card(self.keys, self.node, self.unit.key, self.role, self.unit.name, practice=self.practice)

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
    def enrol(self, data: bytes, typed: str, *, neighbour: bool = False, again: bool = False) -> Device:
        """Trust a peer's card after the groups read from its paper agree.

        ``neighbour`` trusts another commune's card for handing cases over, and for nothing else. ``again`` says that
        the device lost its key, or that a revoked key is trusted anew: the key before it ends, which is told to the
        access log. Raises ``Problem``: ``bad_card``, ``fingerprint_mismatch``, ``own_card``, ``practice_mismatch``,
        ``other_unit``, ``device_known``.
        """
        read = seal.read_card(data)
        if read.node == self.node:
            raise Problem("own_card")
        if read.practice != self.practice:
            raise Problem("practice_mismatch")
        before = [one.device for one in self.ledger.known_keys() if one.device.node == read.node]
        others = [one for one in before if one.key != read.key and one.status in ("active", "next")]
        if not again and (others or any(one.key == read.key and one.status != "active" for one in before)):
            raise Problem("device_known")  # it does not come back with other keys unless people say so
        foreign = self.role == read.role and read.unit != self.unit.key
        posing = self.role != read.role and read.unit == self.unit.key  # it would write into what is our own
        if foreign != neighbour or posing or (neighbour and self.role != "commune"):
            raise Problem("other_unit")
        read.check_fingerprint(typed)
        catalogue().units.resolve(read.unit)
        role = self.ledger.NEIGHBOUR if neighbour else read.role
        peer = Device(read.node, read.unit, role, read.sign_public, read.age_recipient)
        with self.store.atomic():
            for old in others:
                self.ledger.end(old.key, "retired", self._heads(old.node), "")
            self.ledger.trust(peer, read.name, data)
            if role == "receiver":
                self.store.set_meta(CURRENT, peer.node)
            self.ledger.log_access(self.officer, "enrol_again" if again else "enrol", detail=peer.node)
        return peer

    # --- sending -----------------------------------------------------------------------------------------------------

    @needs(SEND)
    def send(self, dest: Path, to: str | None = None, progress: Progress | None = None) -> list[Sent]:
        """Pack all a peer does not hold, write it to ``dest`` (a stick or any folder) and read it back.

        A commune writes to its receiver, or with ``to`` (a unit code or node) to that peer; a receiver writes one file
        per peer with something to say. Nothing new and no acknowledgement due: an empty list. ``progress`` hears
        the steps. Raises ``Problem``: ``no_receiver`` and those of group U.
        """
        written: list[Sent] = []
        for peer in self._addressees(to):
            sent = self._send_one(dest, peer, progress)
            written += [*([sent] if sent else []), *self._send_beside(dest, peer)]
        return written

    def _send_beside(self, dest: Path, peer: Device) -> list[Sent]:
        """Write what goes beside a bundle to a peer: documents of other kinds, added by other rooms."""
        return []

    def _keys_for(self, peer: Device) -> DeviceKeys:
        """Return the keys that sign for a peer."""
        return self.keys

    def _identities(self) -> list[str]:
        """Return the age identities that open what comes here."""
        return [self.keys.identity]

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
            packed = bundle.pack(self.store, self._keys_for(peer), peer, always=always)
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
        self._backed_up = False
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
            notes = self._heed(opened)
            merged = self._merge(opened, path.name, digest, heard)
        except Problem as problem:
            if problem.name == "revoked":
                self._seal_away(data, digest, path.name, str(problem.details.get("device", "")))
            return Received(str(path), None, "refused", {}, problem), None
        if merged.code == "gap":
            self._hold(opened, data)
        if merged.withheld:
            self._seal_away(data, digest, path.name, *merged.withheld)
        elif merged.code == "merged":
            (self.folder / HELD / f"{digest[:32]}{SEALED}").unlink(missing_ok=True)
        code = "accepted" if merged.code == "merged" and opened.sender.role == "receiver" else merged.code
        self._heard_out(opened, merged)
        told = Received(str(path), opened.sender.node, code, merged.counts(), merged.problem, notes=tuple(notes))
        return told, opened.sender

    def _heed(self, opened: Opened) -> list[str]:
        """Take what a bundle carries besides changes, before they are merged; returns what people are told of it."""
        return []

    def _heard_out(self, opened: Opened, merged: Merged) -> None:
        """Do what follows from a bundle that was taken."""

    def _unseal(
        self, data: bytes, kind: str = "bundle", find: Callable[[str], Device | None] | None = None
    ) -> Opened:
        finder = find or self.ledger.device
        return seal.unseal(data, self._identities(), self.node, finder, practice=self.practice, kind=kind)

    def _merge(self, opened: Opened, name: str, digest: str, heard: dict[str, Have]) -> Merged:
        if len(opened.lines) > 1000 and not self._backed_up:
            self._backed_up = True  # one before all the files of a call: a province's is large
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

    def _seal_away(self, data: bytes, digest: str, name: str, *devices: str) -> None:
        """Keep a file sealed that carries what is taken no more, once, with the devices it comes from."""
        folder = self.folder / HELD
        folder.mkdir(exist_ok=True)
        kept = folder / f"{digest[:32]}{SEALED}"
        if kept.exists():
            return
        carrier.write_atomic(kept, data)
        with self.store.atomic():
            for device in dict.fromkeys(devices):
                self.ledger.record("in", device, "sealed", manifest=None, file=name, file_sha256="",
                                   result={"sealed": kept.name})  # fmt: skip

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
                self._send_beside(folder, device)
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
