"""Whom a register trusts: devices by their keys, the state of each key, what ended, and signed trust lists.

A device has one key in use (``active``) and may have one announced (``next``: bundles are encrypted to it too) and
others it had (``retired``, ``revoked``). Keys are never forgotten: what they signed must verify for ever. Where a key
ended, ``heads`` says of each stream up to which number its changes are taken; a stream not named ended at 0.

Source: ``spec/bundle.md`` 3.5.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from cbdesk import clock
from cbdesk.card import Device
from cbdesk.store.store import Store

ACTIVE, NEXT, RETIRED, REVOKED = "active", "next", "retired", "revoked"


@dataclass(frozen=True, slots=True)
class Ended:
    """When and why a key ended here, and what of its streams is still taken."""

    at: str
    reason: str
    heads: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class KnownKey:
    """One key of a device: the name on its card, since when it is known, how it ended (``None``: it did not)."""

    device: Device
    name: str
    at: str
    ended: Ended | None


class Trusted:
    """The ledger of trusted devices."""

    NEIGHBOUR = "neighbour"
    """Role of another commune's device here: cases are handed over to it, bundles never."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._db = store.db

    def trust(self, device: Device, name: str, card: bytes) -> None:
        """Trust a device's key from its enrolment card (``spec/bundle.md`` 3.5). Trusting it again begins it anew."""
        self._db.execute(
            "INSERT INTO device VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(key) DO UPDATE SET "
            "unit = excluded.unit, name = excluded.name, age = excluded.age, card = excluded.card, "
            "status = excluded.status",
            (device.key, device.node, device.unit, device.role, name, device.sign_public, device.age_recipient,
             device.status, card, clock.stamp()),
        )  # fmt: skip
        self._db.execute("DELETE FROM ended WHERE key = ?", (device.key,))

    def listed(self, device: Device, name: str) -> None:
        """Know a device's key as the trust list tells it; a card that is here stays."""
        self._db.execute(
            "INSERT INTO device VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(key) DO UPDATE SET "
            "unit = excluded.unit, role = excluded.role, age = excluded.age, status = excluded.status",
            (device.key, device.node, device.unit, device.role, name, device.sign_public, device.age_recipient,
             device.status, b"", clock.stamp()),
        )  # fmt: skip
        self._db.execute("DELETE FROM ended WHERE key = ?", (device.key,))

    def device(self, key: str) -> Device | None:
        """Return the device of a signing key that bundles are exchanged with, or ``None`` for anybody else."""
        found = self.any_device(key)
        return found if found and found.role != self.NEIGHBOUR else None

    def neighbour(self, key: str) -> Device | None:
        """Return the device of a neighbour's signing key, trusted for handing cases over, or ``None``."""
        found = self.any_device(key)
        return found if found and found.role == self.NEIGHBOUR else None

    def any_device(self, key: str) -> Device | None:
        """Return the device of a signing key, whatever it is trusted for, or ``None``."""
        row = self._db.execute(
            "SELECT node, unit, role, sign, age, status FROM device WHERE key = ?", (key,)
        ).fetchone()
        return Device(*row) if row else None

    def devices(self, role: str | None = None) -> list[Device]:
        """Return trusted devices by the key in use, this installation's own left out, oldest first.

        Those that ended are left out, neighbours too where they are not asked for.
        """
        found = [one.device for one in self.known_keys() if one.device.status == ACTIVE]
        return [one for one in found if one.node != self._store.meta("node") and (role or one.role) == one.role
                and (role or one.role != self.NEIGHBOUR)]  # fmt: skip

    def known_keys(self) -> list[KnownKey]:
        """Return every key of every device ever trusted, this installation's own among them, oldest first."""
        rows = self._db.execute(
            "SELECT node, unit, role, sign, age, status, name, device.at, ended.at, reason, heads "
            "FROM device LEFT JOIN ended ON ended.key = device.key ORDER BY device.at, device.rowid"
        ).fetchall()
        return [
            KnownKey(Device(*row[:6]), row[6], row[7], Ended(row[8], row[9], json.loads(row[10])) if row[8] else None)
            for row in rows
        ]

    def card_of(self, node: str) -> bytes:
        """Return the card of the key a device uses; empty where it came without one (from a trust list)."""
        row = self._db.execute(
            "SELECT card FROM device WHERE node = ? AND status = 'active' ORDER BY at DESC, rowid DESC", (node,)
        ).fetchone()
        return bytes(row[0]) if row else b""

    def recipients(self, device: Device) -> list[str]:
        """Return the public age keys a bundle to a device is encrypted to: the one in use, and one announced."""
        rows = self._db.execute(
            "SELECT age FROM device WHERE node = ? AND status IN ('active', 'next') ORDER BY status, at", (device.node,)
        ).fetchall()
        return list(dict.fromkeys([device.age_recipient, *(str(age) for (age,) in rows)]))

    # --- keys that follow, keys that end -----------------------------------------------------------------------------

    def announce(self, device: Device, name: str, card: bytes, by: str, sig: str) -> None:
        """Trust the key that follows another, from its card endorsed by the key ``by``, and pass it on (``cards_for``).

        A key announced before and never used gives way.
        """
        self._db.execute("UPDATE device SET status = 'retired' WHERE node = ? AND status = 'next'", (device.node,))
        self.trust(replace(device, status=NEXT), name, card)
        self._db.execute("INSERT OR REPLACE INTO endorsed VALUES (?, ?, ?, ?)", (device.key, card.decode(), by, sig))

    def promote(self, key: str) -> None:
        """An announced key is used: the one before it retires."""
        row = self._db.execute("SELECT node FROM device WHERE key = ? AND status = 'next'", (key,)).fetchone()
        if row:
            self._db.execute("UPDATE device SET status = 'retired' WHERE node = ? AND status = 'active'", row)
            self._db.execute("UPDATE device SET status = 'active' WHERE key = ?", (key,))

    def cards_for(self, node: str, unit: str, most: int) -> list[dict[str, str]]:
        """Return the endorsed cards to tell a node about: of receivers and of devices of that unit, the newest last."""
        rows = self._db.execute(
            "SELECT endorsed.card, endorsed.by, endorsed.sig FROM endorsed JOIN device ON device.key = endorsed.key "
            "WHERE device.node != ? AND (device.unit = ? OR device.role = 'receiver') AND device.status != 'revoked' "
            "ORDER BY endorsed.rowid DESC LIMIT ?",
            (node, unit, most),
        ).fetchall()
        return [{"card": card, "by": by, "sig": sig} for card, by, sig in reversed(rows)]

    def end(self, key: str, status: str, heads: Mapping[str, int], reason: str) -> None:
        """A key ended (``retired`` or ``revoked``): of its streams no more is taken than ``heads`` and what is here.

        A revoked device without another key in use marks its streams.
        """
        self._db.execute("UPDATE device SET status = ? WHERE key = ?", (status, key))
        self._db.execute(
            "INSERT INTO ended VALUES (?, ?, ?, ?) ON CONFLICT(key) DO UPDATE SET reason = excluded.reason, "
            "heads = excluded.heads",
            (key, clock.stamp(), reason, json.dumps(dict(heads), sort_keys=True)),
        )
        if status == REVOKED:
            self._db.execute(
                "UPDATE stream SET state = 'revoked' WHERE state = 'active' AND device = "
                "(SELECT node FROM device WHERE key = ?) AND device NOT IN "
                "(SELECT node FROM device WHERE status IN ('active', 'next'))",
                (key,),
            )

    def limit(self, key: str, s: str) -> int | None:
        """Return up to which number a stream is taken with the signature of this key; ``None`` where nothing ended."""
        row = self._db.execute("SELECT heads FROM ended WHERE key = ?", (key,)).fetchone()
        return int(json.loads(row[0]).get(s, 0)) if row else None

    # --- trust lists -------------------------------------------------------------------------------------------------

    def trust_list(self) -> tuple[int, bytes, bytes]:
        """Return version, ``trust.json`` and ``trust.sig`` of the newest list; version 0 before the first."""
        row = self._db.execute("SELECT version, body, sig FROM trust ORDER BY version DESC LIMIT 1").fetchone()
        return (row[0], bytes(row[1]), bytes(row[2])) if row else (0, b"", b"")

    def keep_trust_list(self, version: int, body: bytes, sig: bytes) -> None:
        """Keep a verified list beside those before it."""
        self._db.execute("INSERT INTO trust VALUES (?, ?, ?, ?)", (version, body, sig, clock.stamp()))
