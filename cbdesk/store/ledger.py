"""Ledgers of a register: who is trusted, what each peer holds, which bundles came and went, drafts, and the access log.

None of them is a queue: what is still to be sent is a question to the journal (``unsent``), answered by comparing our
streams with the peer's last signed ``have``. The access log (who read, printed, exported, unlocked) is local, chained
like the journal; only its head travels.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from cbdesk import change, clock, proof
from cbdesk.proof import Fault, Known, LogHead
from cbdesk.store.streams import Stream
from cbdesk.store.trusted import Trusted

Have = dict[str, tuple[int, str]]
"""What somebody holds: stream to (number, chain value in hex)."""


@dataclass(frozen=True, slots=True)
class Peer:
    """What a node last told us it holds (``have``), and what we last told it (``told``)."""

    node: str
    have: Have
    heard: int | None
    told: Have


@dataclass(frozen=True, slots=True)
class Bundle:
    """One bundle written (``dir`` out) or taken in (``in``). ``result`` are the counts shown to people."""

    no: int
    dir: str
    manifest_sha256: str | None
    file_sha256: str | None
    sender: str
    code: str
    result: Mapping[str, Any]
    manifest: Mapping[str, Any]
    file: str
    at: str


GENESIS_HEX = change.GENESIS.hex()


class Ledger(Trusted):
    """The ledgers of one store."""

    # --- peers -------------------------------------------------------------------------------------------------------

    def peer(self, node: str) -> Peer:
        """Return what a node last told us; a node not heard from yet holds nothing."""
        row = self._db.execute("SELECT have, heard, told FROM peer WHERE node = ?", (node,)).fetchone()
        if not row:
            return Peer(node, {}, None, {})
        return Peer(node, _have(json.loads(row[0])), row[1], _have(json.loads(row[2])))

    def hear(self, node: str, have: Have, bundle: int) -> None:
        """Remember a signed ``have``. The last one received wins, so a receiver's restore is believed too."""
        self._put_peer(node, have, bundle, self.peer(node).told)

    def tell(self, node: str, told: Have) -> None:
        """Remember what we told a node we hold; an acknowledgement travels only when this differs."""
        peer = self.peer(node)
        self._put_peer(node, peer.have, peer.heard, told)

    def speak_up(self, node: str) -> None:
        """Answer a node at the next occasion though nothing is new: what it sent shows that it has not heard us."""
        self.tell(node, {"": (0, "")})

    def _put_peer(self, node: str, have: Have, heard: int | None, told: Have) -> None:
        self._db.execute(
            "INSERT INTO peer VALUES (?, ?, ?, ?) ON CONFLICT(node) DO UPDATE SET have = excluded.have, "
            "heard = excluded.heard, told = excluded.told",
            (node, json.dumps(have, sort_keys=True), heard, json.dumps(told, sort_keys=True)),
        )

    def have(self, unit: str) -> Have:
        """Return what we hold of a unit's streams: the acknowledgement every bundle carries.

        Of a forked stream we hold what was put aside; saying so keeps the other side from sending it for ever.
        """
        found = {}
        for one in self._store.streams(unit):
            n, h = self._store.head_aside(one) if one.state == "forked" else (one.n, one.h)
            if n:
                found[one.s] = (n, h.hex())
        return found

    def waiting(self, node: str, unit: str) -> list[tuple[Stream, int]]:
        """Return the streams of a unit with changes the node does not hold, each with its base (I12, I16).

        A node's own streams go back to it too, once it has said that it lacks them: so a restored register is filled.
        What we hold of an ended key beyond its end is for nobody else: it would be withheld there.
        """
        peer, me = self.peer(node), self._store.meta("node")
        found = []
        for one in self._store.streams(unit):
            base = self._agreed(one, *peer.have.get(one.s, (0, "")))
            over = one.device != me and (limit := self.limit(one.key or "", one.s)) is not None and one.n > limit
            known = one.device != node or peer.heard is not None
            if one.n > base and one.state != "forked" and known and not over:
                found.append((one, base))
        return found

    def _agreed(self, stream: Stream, n: int, h: str) -> int:
        """Return up to which number a peer with this head holds what we hold; a fork begins again from 0.

        A peer that is ahead of us is taken at its word, unless its lines are among those we put aside.
        """
        if n > stream.n:
            return stream.n if self._store.head_aside(stream)[0] <= stream.n else 0
        return n if n == 0 or self._store.head_at(stream.s, n).hex() == h else 0

    def unsent(self, node: str | None, unit: str) -> int:
        """Return how many changes of a unit the node has not acknowledged."""
        return sum(one.n - base for one, base in self.waiting(node or "", unit))

    # --- bundles -----------------------------------------------------------------------------------------------------

    def record(
        self,
        direction: str,
        sender: str,
        code: str,
        *,
        manifest: bytes | None,
        file: str,
        file_sha256: str,
        result: Mapping[str, Any] | None = None,
    ) -> int:
        """Write one receipt and return its number."""
        digest = hashlib.sha256(manifest).hexdigest() if manifest else None
        row = self._db.execute(
            "INSERT INTO bundle(dir, manifest_sha256, file_sha256, sender, code, result, manifest, file, at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING no",
            (
                direction,
                digest,
                file_sha256,
                sender,
                code,
                json.dumps(result or {}),
                manifest.decode() if manifest else None,
                file,
                clock.stamp(),
            ),
        ).fetchone()
        return int(row[0])

    def set_result(self, no: int, code: str, result: Mapping[str, Any]) -> None:
        """Complete a receipt with what the merge did."""
        self._db.execute("UPDATE bundle SET code = ?, result = ? WHERE no = ?", (code, json.dumps(result), no))

    def receipt(self, *, manifest_sha256: str = "", file_sha256: str = "") -> Bundle | None:
        """Return the receipt of a manifest or of a file, or ``None``."""
        column, value = ("manifest_sha256", manifest_sha256) if manifest_sha256 else ("file_sha256", file_sha256)
        return next(iter(self.bundles(f"{column} = ?", (value,))), None)

    def bundles(self, where: str = "1", values: Sequence[Any] = (), limit: int = -1) -> list[Bundle]:
        """Return receipts, newest first."""
        rows = self._db.execute(
            "SELECT no, dir, manifest_sha256, file_sha256, sender, code, result, manifest, file, at FROM bundle "
            f"WHERE {where} ORDER BY no DESC LIMIT {int(limit)}",
            values,
        ).fetchall()
        return [
            Bundle(no, to, digest, sha256, sender, code, json.loads(result), json.loads(manifest or "{}"), file, at)
            for no, to, digest, sha256, sender, code, result, manifest, file, at in rows
        ]

    def last_said(self, node: str, name: str) -> Any:
        """Return what a node's last bundle says under a name of its manifest; ``None`` before the first."""
        last = self.bundles("dir = 'in' AND sender = ? AND json_extract(manifest, '$.have') IS NOT NULL", (node,), 1)
        return last[0].manifest.get(name) if last else None

    # --- drafts ------------------------------------------------------------------------------------------------------

    def keep_draft(self, form: str, record: str, data: Mapping[str, Any], officer: str) -> None:
        """Keep what somebody is typing, for nobody else; it is encrypted like everything else and no change yet."""
        self._db.execute(
            "INSERT INTO draft VALUES (?, ?, ?, ?, ?) ON CONFLICT(form, record, officer) DO UPDATE SET "
            "data = excluded.data, at = excluded.at",
            (form, record, json.dumps(dict(data), ensure_ascii=False), officer, clock.stamp()),
        )

    def draft(self, form: str, record: str, officer: str) -> tuple[dict[str, Any], str] | None:
        """Return what an officer had typed and when it was kept, or ``None``."""
        row = self._db.execute(
            "SELECT data, at FROM draft WHERE form = ? AND record = ? AND officer = ?", (form, record, officer)
        ).fetchone()
        return (json.loads(row[0]), row[1]) if row else None

    def drafts(self, officer: str) -> list[tuple[str, str, str]]:
        """Return (form, record, kept at) of all drafts of an officer."""
        rows = self._db.execute("SELECT form, record, at FROM draft WHERE officer = ? ORDER BY at DESC", (officer,))
        return [tuple(row) for row in rows]

    def drop_draft(self, form: str, record: str, officer: str) -> None:
        """Forget a draft for good."""
        self._db.execute("DELETE FROM draft WHERE form = ? AND record = ? AND officer = ?", (form, record, officer))

    # --- access log --------------------------------------------------------------------------------------------------

    def log_access(self, by: str, what: str, record: str = "", detail: str = "") -> None:
        """Write that somebody read, printed, exported or unlocked. ``detail`` holds counts and codes, no values."""
        n, h = self.access_head()
        at = clock.stamp()
        head = change.link(h, proof.access_line(n + 1, proof.access_body(at, by, what, record, detail)))
        self._db.execute("INSERT INTO access VALUES (?, ?, ?, ?, ?, ?, ?)", (n + 1, at, by, what, record, detail, head))

    def begun(self) -> str:
        """Return the day this register began to be used here, ISO; "" where nothing was logged yet."""
        row = self._db.execute("SELECT at FROM access ORDER BY n LIMIT 1").fetchone()
        return str(row[0])[:10] if row else ""

    def access_head(self) -> tuple[int, bytes]:
        """Return (number, chain value) of the access log."""
        row = self._db.execute("SELECT n, h FROM access ORDER BY n DESC LIMIT 1").fetchone()
        return (row[0], bytes(row[1])) if row else (0, change.GENESIS)

    def accesses(self) -> list[tuple[int, str, str, str, str, str, bytes]]:
        """Return the whole access log, oldest first."""
        return [tuple(row) for row in self._db.execute("SELECT * FROM access ORDER BY n")]

    def own_log_head(self, node: str = "") -> dict[str, Any]:
        """Return the head of our access log as a bundle tells it: number, link, life, how far our counter is.

        ``from`` is the number its life began behind. ``again`` says the link we now have at the number which ``node``
        last said it holds of our log, so that it sees whether what it once heard still stands.
        """
        (n, h), (life, began) = self.access_head(), self._store.log_lives()[-1]
        head = {"n": n, "h": h.hex(), "life": life, "from": began, "c": int(self._store.meta("lamport") or 0)}
        last = self.bundles("dir = 'in' AND sender = ?", (node,), limit=1)
        held = self.told_back(last[0].manifest) if last else None
        if held is None or held.n > n:
            return head
        return head | {"again": {"n": held.n, "h": self._link(held.n), "life": last[0].manifest["x_log"]["life"]}}

    def told_back(self, manifest: Mapping[str, Any], knew: str = proof.PEER) -> Known | None:
        """Return the head of our access log that a peer signed it holds, or ``None``."""
        held = manifest.get("x_log")
        return self._store.log_known(held["life"], held["n"], held["h"], knew) if held else None

    def _link(self, n: int) -> str:
        row = self._db.execute("SELECT h FROM access WHERE n = ?", (n,)).fetchone()
        return bytes(row[0]).hex() if row else GENESIS_HEX

    # --- heads of others' access logs --------------------------------------------------------------------------------

    def note_log_head(self, node: str, told: Mapping[str, Any]) -> Fault | None:
        """Remember the head a signed bundle tells of its sender's access log (``log``); returns what it contradicts.

        Programs before this one told number and link only: their log has one life and no counter.
        """
        before, life, now = {fault for fault, _ in self.log_faults(node)}, told.get("life", ""), clock.stamp()
        heads = [(node, life, told["n"], told["h"], told.get("c", 0), told.get("from", 0), now)]
        if again := told.get("again"):
            heads.append((node, again["life"], again["n"], again["h"], 0, proof.AGAIN, now))
        self._db.conn.executemany("INSERT OR IGNORE INTO log_head VALUES (?, ?, ?, ?, ?, ?, ?)", heads)
        return next((fault for fault, _ in self.log_faults(node) if fault not in before), None)

    def log_faults(self, node: str | None = None) -> list[tuple[Fault, str]]:
        """Return what the heads of others' access logs say against each other, each with when it was told."""
        where, values = ("1", ()) if node is None else ("node = ?", (node,))
        return proof.told_heads(self._log_heads(where, values))

    def _log_heads(self, where: str, values: Sequence[str]) -> list[LogHead]:
        sql = f"SELECT node, life, n, h, c, began, at FROM log_head WHERE {where} ORDER BY rowid"
        return [LogHead(*row) for row in self._db.execute(sql, values)]

    def log_head_held(self, node: str) -> dict[str, Any] | None:
        """Return the head we hold of a node's access log that it is asked to tell again; ``None`` before the first.

        It is the newest; but where the log began anew, first the highest of the life before that must still stand.
        """
        heads = self._log_heads("node = ? AND life != ''", (node,))
        lives = list(dict.fromkeys(one.life for one in heads))
        for life, after in pairwise(lives):
            began = max(one.began for one in heads if one.life == after)
            before = [one for one in heads if one.life == life and one.n <= began]
            if before and all(one.began != proof.AGAIN for one in heads if one.life == life):
                return _told(max(before, key=lambda one: one.n))
        newest = max((one for one in heads if one.began != proof.AGAIN), key=lambda one: (one.c, one.n), default=None)
        return _told(newest) if newest else None


def _told(head: LogHead) -> dict[str, Any]:
    return {"n": head.n, "h": head.h, "life": head.life}


def _have(raw: Mapping[str, Any]) -> Have:
    return {s: (int(n), str(h)) for s, (n, h) in raw.items()}
