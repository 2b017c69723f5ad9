"""What people are told of carrying: peers, the current receiver, what waits, what came and went, what is kept sealed.

Each is a question to the journal, the ledgers and the folder, asked anew each time; nothing here is a second memory.
"""

from __future__ import annotations

from typing import Any

from cbdesk import bundle, clock, compartment
from cbdesk.card import Device
from cbdesk.catalogue import catalogue
from cbdesk.desk import contested
from cbdesk.desk.upkeep import Upkeep
from cbdesk.errors import Problem
from cbdesk.rights import OFFICERS, needs

HELD = "held"
SEALED = ".sealed"
CURRENT = "receiver"
"""Fact of an installation: the node of the receiver that is current, named by the trust list or enrolled last."""


class Accounts(Upkeep):
    """What people are told of carrying."""

    @property
    def unit_name(self) -> str:
        """Return the name people know this installation's unit by; a receiver's is dated data."""
        if self.role == "receiver":
            return catalogue().receiver(clock.today()).label
        return self.unit.name

    def peer_name(self, device: Device) -> str:
        """Return the name people know a peer by; a receiver's is the dated name of its unit."""
        if device.role == "receiver":
            now, code = catalogue().receiver(clock.today()), device.unit.split("@")[0]
            rows = [row for row in catalogue().law["receiver"] if row.value == code]
            return now.label if now.value == code or not rows else rows[-1].label
        return catalogue().units.label(device.unit)

    def peers(self) -> list[Device]:
        """Return whom this installation exchanges bundles with: the receivers and sister PCs, or the communes."""
        return self.ledger.devices()

    def _heads(self, node: str) -> dict[str, int]:
        """Return how far the streams of a device go here."""
        return {one.s: one.n for one in self.store.streams() if one.device == node}

    def unsent(self) -> int:
        """Return how many changes the current receiver has not acknowledged (of all units, where we are one)."""
        if self.role == "receiver":
            return sum(self.ledger.unsent(one.node, one.unit) for one in self.ledger.devices("commune"))
        receiver = self.current_receiver()
        return self.ledger.unsent(receiver.node if receiver else None, self.unit.key)

    def current_receiver(self) -> Device | None:
        """Return the receiver our changes go to: the one the trust list names or that was enrolled last; or ``None``.

        What another acknowledged before stays acknowledged by it; a new receiver gets what it says it does not hold.
        """
        receivers = self.ledger.devices("receiver")
        named = [one for one in receivers if one.node == self.store.meta(CURRENT)]
        return next(iter([*named, *reversed(receivers)]), None)

    def _receiver(self) -> Device:
        found = self.current_receiver()
        if found is None:
            raise Problem("no_receiver")
        return found

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
                if one is not None and not self._kept_from_us(one.t, one.r):
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

    def _kept_from_us(self, form: str, record: str) -> bool:
        """Return whether a record is one that this officer may not know of."""
        hidden = self.store.veiled and form in catalogue().forms and compartment.hideable(form)
        return hidden and self.store.row(form, record) is None

    # --- what came and went -----------------------------------------------------------------------------------------

    def status(self) -> dict[str, Any]:
        """Return what waits and what is known: ``unsent``, ``acked_to``, ``acked_at``, ``peers``, ``gaps``,
        ``last_backup``, ``held``, ``sealed``, ``conflicts``, ``quarantined``.

        ``acked_to`` is the receiver's last signed ``have`` for our own stream (0 before the first).
        """  # noqa: D205
        peers = [self._peer_status(one) for one in self.peers()]
        mine = next((one for one in self.store.streams(self.unit.key) if one.state == "mine"), None)
        current = self.current_receiver() if self.role == "commune" else None
        last = next((one for one in peers if current and one["device"] == current.node), None)
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
            "sealed": len(list((self.folder / HELD).glob(f"*{SEALED}"))),
            "gaps": [one["unit"] for one in peers if one["last_result"] == "gap"],
            "conflicts": len(contested.places(self.store)),
            "quarantined": self._count("SELECT count(*) FROM quarantine"),
            "last_backup": self.last_backup(),
        }

    def _peer_status(self, device: Device) -> dict[str, Any]:
        peer = self.ledger.peer(device.node)
        receipts = self.ledger.bundles("dir = 'in' AND sender = ? AND code != 'sealed'", (device.node,), limit=1)
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
            "log_faults": len(self.ledger.log_faults(device.node)),
        }

    def _count(self, sql: str) -> int:
        return int(self.store.db.execute(sql).fetchone()[0])

    def bundles(self) -> list[dict[str, Any]]:
        """Return bundles written, newest first: ``no``, ``at``, ``file``, ``changes``, ``from_seq``, ``to_seq``,
        ``bytes``, and ``state``: ``confirmed``, ``waiting``, ``posted`` (it lies on the server), ``superseded`` (a
        later one carries it), ``ack``.
        """  # noqa: D205
        nodes = {one.device.node for one in self.ledger.known_keys()}  # also those that are no peers any more
        held = {one: {s: n for s, (n, _) in self.ledger.peer(one).have.items()} for one in nodes}
        found, later = [], set[str]()
        for one in self.ledger.bundles("dir = 'out' AND json_extract(manifest, '$.what') IS NULL"):  # no hand-overs
            to = str(one.result.get("to"))
            segments = one.manifest.get("segs", [])
            confirmed = all(held.get(to, {}).get(seg["s"], 0) >= seg["n"] for seg in segments)
            state = "ack" if not segments else "confirmed" if confirmed else "superseded" if to in later else "waiting"
            if segments:
                later.add(to)
            if state == "waiting" and one.code == "posted":
                state = "posted"
            found.append({"no": one.no, "at": one.at, "file": one.file, "state": state, **one.result})
        return found

    @needs(OFFICERS)
    def drop_sealed(self, kept: str) -> None:
        """Remove a file that was kept sealed (``kept`` of ``sealed``), because people decided."""
        if any(one["kept"] == kept for one in self.sealed()):
            (self.folder / HELD / kept).unlink(missing_ok=True)

    def sealed(self) -> list[dict[str, str]]:
        """Return the files kept sealed, newest first: ``file``, ``device``, ``unit``, ``at``, ``kept``."""
        units = {one.device.node: one.device.unit for one in self.ledger.known_keys()}
        return [
            {"file": one.file, "device": one.sender, "unit": units.get(one.sender, ""), "at": one.at,
             "kept": str(one.result["sealed"])}
            for one in self.ledger.bundles("dir = 'in' AND code = 'sealed'")
            if (self.folder / HELD / str(one.result.get("sealed"))).exists()
        ]  # fmt: skip
