"""Streams: the numbered lists of changes, one writer each, and the witness that notices copies.

A stream belongs to one installation for one unit. The *witness* (stream, number, head) lies outside the folder, in the
user's profile: a register that was copied, restored or rolled back does not match it and begins a new stream
(``spec/bundle.md`` 4.5, I11).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from platformdirs import user_state_path

from cbdesk import change
from cbdesk.catalogue import catalogue
from cbdesk.proof import OUTSIDE, Known
from cbdesk.store.core import Core

_LOG = "log "
"""Begins what the witness calls a life of the access log."""


@dataclass(frozen=True, slots=True)
class Stream:
    """One writer's numbered list of changes. ``state``: mine, active, retired, forked, revoked."""

    s: str
    device: str
    unit: str
    role: str
    n: int
    h: bytes
    key: str | None
    sig: str | None
    state: str


class Streams(Core):
    """The streams of a register."""

    def stream(self, s: str) -> Stream | None:
        """Return one stream, or ``None``."""
        row = self.db.execute("SELECT * FROM stream WHERE s = ?", (s,)).fetchone()
        return Stream(*row) if row else None

    def streams(self, unit: str | None = None) -> list[Stream]:
        """Return all streams, or those that write for one unit, in a fixed order."""
        rows = self.db.execute("SELECT * FROM stream ORDER BY s").fetchall()
        return [found for row in rows if unit in (None, (found := Stream(*row)).unit)]

    def unit_of(self, s: str) -> str:
        """Return the unit a stream writes for."""
        if s not in self._units:
            found = self.stream(s)
            self._units[s] = found.unit if found else ""
        return self._units[s]

    def may_write(self, one: change.Change) -> bool:
        """Return whether a change says only what its writer's role may write (I15, ``scope.toml``).

        A receiver is free in its own unit; in a commune's it corrects and asks, and there that is every stream of its.
        """
        if one.t not in catalogue().scope:
            return True
        stream = self.stream(one.s)
        free = ("receiver", self.meta("unit"))
        if stream is None or (self.meta("role") == "receiver" and (stream.role, stream.unit) == free):
            return True
        return catalogue().may_write(stream.role, one.t, one.f)

    def mine(self, unit: str) -> Stream:
        """Return the stream this installation writes for a unit, begun at its first change.

        A commune has one; a receiver keeps one per unit it writes to, so that no unit sees another's notes.
        """
        row = self.db.execute("SELECT * FROM stream WHERE state = 'mine' AND unit = ?", (unit,)).fetchone()
        if row:
            return Stream(*row)
        s = change.new_stream_id()
        self.db.execute(
            "INSERT INTO stream VALUES (?, ?, ?, ?, 0, ?, ?, NULL, 'mine')",
            (s, self.meta("node"), unit, self.meta("role"), change.GENESIS, self.meta("key")),
        )
        self._units[s] = unit
        return Stream(s, self.meta("node") or "", unit, self.meta("role") or "", 0, change.GENESIS, None, None, "mine")

    def head_at(self, s: str, n: int) -> bytes:
        """Return the chain value of a stream after its n-th change; 32 zero bytes before the first."""
        if n == 0:
            return change.GENESIS
        row = self.db.execute("SELECT h FROM op WHERE s = ? AND n = ?", (s, n)).fetchone()
        return bytes(row[0]) if row else b""

    def head_aside(self, stream: Stream) -> tuple[int, bytes]:
        """Return the head (number, chain value) of what others hold of a forked stream, put aside line by line."""
        rows = self.db.execute(
            "SELECT n, line FROM quarantine WHERE s = ? AND reason = 'fork' ORDER BY n", (stream.s,)
        ).fetchall()
        if not rows:
            return stream.n, stream.h
        first = rows[0][0]
        heads = change.links(self.head_at(stream.s, first - 1), [line.encode() for _, line in rows])
        return first - 1 + len(rows), heads[-1]

    def new_streams(self, only: Collection[str] | None = None) -> None:
        """Retire every stream of ours, or ``only`` those; the next change begins a new one.

        For a restored, copied, forked or rolled-back register.
        What we told others belongs to a past we no longer know; we tell it anew.
        """
        with self.atomic():
            self.new_log_life()
            for one in self.streams():
                if one.state == "mine" and (only is None or one.s in only):
                    self.db.execute("UPDATE stream SET state = 'retired' WHERE s = ?", (one.s,))
            self.db.execute(
                "INSERT INTO peer SELECT DISTINCT node, '{}', NULL, ? FROM device WHERE node != ? "
                "ON CONFLICT(node) DO UPDATE SET told = excluded.told",
                ('{"": [0, ""]}', self.meta("node")),
            )

    # --- lives of the access log -------------------------------------------------------------------------------------

    def log_lives(self) -> list[tuple[str, int]]:
        """Return the lives of our access log, each with the number it began behind; the last one goes on.

        A restored, copied or rolled-back register begins another: what others know of the life before holds only up to
        where the next one began.
        """
        told = json.loads(self.meta("log_lives") or "[]")
        return [(str(life), int(n)) for life, n in told] or [(self.meta("node") or "", 0)]

    def new_log_life(self) -> None:
        """Begin another life of our access log, inside the caller's unit of work."""
        end = self.db.execute("SELECT coalesce(max(n), 0) FROM access").fetchone()[0]
        self.set_meta("log_lives", json.dumps([*self.log_lives(), (change.new_stream_id(), end)]))

    def log_known(self, life: str, n: int, h: str, knew: str) -> Known | None:
        """Return a head somebody knew of our access log, or ``None`` where it is of a part that is not ours."""
        lives = self.log_lives()
        for (name, _), (_, end) in pairwise(lives):
            if name == life:
                return Known(n, h, knew) if n <= end else None
        return Known(n, h, knew) if life == lives[-1][0] else None

    def _witness(self) -> Path:
        place = hashlib.sha256(str(self.folder.resolve()).encode()).hexdigest()[:16]
        return user_state_path("CBDesk", appauthor=False) / "witness" / f"{self.meta('node')}-{place}.json"

    def leave_witness(self) -> None:
        """Write number and head of every stream, and whether we write it, outside the folder.

        Streams that are no longer here (a restore) stay remembered, or a later copy could go on with one of them. A
        profile that cannot be written is no harm: the next start then begins a new stream.
        """
        heads: dict[str, Any] = {one.s: [one.n, one.h.hex(), one.state == "mine"] for one in self.streams() if one.n}
        last = self.db.execute("SELECT n, h FROM access ORDER BY n DESC LIMIT 1").fetchone()
        heads |= {f"{_LOG}{self.log_lives()[-1][0]}": [last[0], bytes(last[1]).hex(), None]} if last else {}
        with suppress(OSError, ValueError, TypeError, AttributeError):
            heads = {s: [n, h, None] for s, (n, h, _) in self._read_witness().items()} | heads
        try:
            path = self._witness()
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(heads), encoding="ascii")
        except OSError:
            return

    def heed_witness(self) -> bool:
        """Begin new streams where the witness is absent or knows more than the journal. Returns whether it did.

        A stream of ours that the witness does not know was begun after it was last left, in a session cut short.
        """
        known = {one.s: one for one in self.streams() if one.n}
        try:
            agrees = all(self._agrees(known.get(s), *left) for s, left in self._read_witness().items())
        except (OSError, ValueError, TypeError, AttributeError):
            agrees = not any(one.state == "mine" for one in known.values())
        if not agrees:
            self.new_streams()
        return not agrees

    def _read_witness(self) -> dict[str, Any]:
        return dict(json.loads(self._witness().read_text(encoding="ascii")))

    def outside_heads(self) -> dict[str, list[Known]]:
        """Return what the witness knows of each stream here, and of the access log (``""``); nothing without one."""
        found: dict[str, list[Known]] = {}
        here = {one.s for one in self.streams()}
        with suppress(OSError, ValueError, TypeError, AttributeError):
            for name, (n, h, _) in self._read_witness().items():
                known = (Known(int(n), str(h), OUTSIDE) if name in here
                         else self.log_known(name.removeprefix(_LOG), int(n), str(h), OUTSIDE))  # fmt: skip
                if known is not None:
                    found.setdefault(name if name in here else "", []).append(known)
        return found

    def _agrees(self, stream: Stream | None, n: int, h: str, ours: bool | None) -> bool:
        """Return whether a stream may go on that was left with this head.

        ``ours``: it was ours to write; ``None``: it was no longer here.
        """
        if stream is None or ours is None:
            return ours is None and (stream is None or stream.state != "mine")
        return n <= stream.n and self.head_at(stream.s, n).hex() == h and (ours or stream.state != "mine")
