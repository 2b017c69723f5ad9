"""Proving the chains of a register: all of them, or what is new and an older piece in turn.

A piece is asked in two queries and hashed in one go; only where it does not hold is it walked entry by entry and the
fault named (``cbdesk.proof``). What was proved at an opening is remembered with its head (``proved``), so that the next
opening begins there and also sees a log rewritten behind its back; besides, a *round* goes through the older entries,
so that everything is proved again within some openings.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cbdesk import proof
from cbdesk.proof import ACCESS, JOURNAL, Entry, Fault, Known
from cbdesk.store.schema import guards
from cbdesk.store.streams import Stream, Streams

PIECE = 20_000
"""Entries of a log held in memory at once while it is walked."""

ROUND, ROUNDS = 2_000, 10
"""Older entries proved at an opening besides the new ones: a tenth of the log, and never fewer than these."""

_PROVED = "proved"


class Chains(Streams):
    """The chains of a register."""

    def chain_faults(self, stream: Stream, after: int = 0, last: int | None = None) -> list[Fault]:
        """Return what is wrong with the lines of a stream behind a number, up to another (its head without one)."""
        found = self._pieces(JOURNAL, stream.s, after, self._end(JOURNAL, stream.s) if last is None else last)
        if last is None:
            end = self._end(JOURNAL, stream.s)
            found += proof.ends(JOURNAL, stream.s, end, self._link(JOURNAL, stream.s, end), stream.n, bytes(stream.h))
        return found

    def access_faults(self, after: int = 0, last: int | None = None) -> list[Fault]:
        """Return what is wrong with the access log behind a number, up to another (its end without one)."""
        return self._pieces(ACCESS, "", after, self._end(ACCESS, "") if last is None else last)

    def compared(self, log: str, s: str, known: list[Known]) -> list[Fault]:
        """Return what a log says against heads somebody knew, with who wrote the line that stands there now."""
        found = proof.compare(log, s, known, self._end(log, s), lambda n: self._link(log, s, n))
        return [self._told(one) for one in found if not self.is_restored(one)]

    def broken_chains(self) -> list[str]:
        """Return streams whose numbers have a hole or whose chain does not verify over the whole journal (I2, I14)."""
        return [one.s for one in self.streams() if self.chain_faults(one)]

    # --- at an opening -----------------------------------------------------------------------------------------------

    def prove_new(self, known: Mapping[str, list[Known]]) -> list[Fault]:
        """Prove what came since the last proof and an older piece of each log, and remember how far; returns faults.

        ``known`` are heads known outside, by stream. Called inside a unit of work. What does not hold is not
        remembered as proved: it is found again next time.
        """
        proved, found = self._proved(), self._guarded()
        for log, s, end in self._logs():
            n, h, turn = proved.get(s, (0, "", 0))
            heads = [*known.get(s, ()), *([Known(n, h, proof.PROVED)] if n else ())]
            n = min(n, end)
            inner = self._some(log, s, n, end)
            turn = turn if turn < n else 0
            until = min(n, turn + max(ROUND, -(-end // ROUNDS)))
            inner += self._some(log, s, turn, until)
            faults = proof.together(list(dict.fromkeys(inner)), self.compared(log, s, heads))
            found += faults
            if not faults:
                proved[s] = (end, self._link(log, s, end).hex(), until)
        self.set_meta(_PROVED, json.dumps(proved))
        return found

    def _guarded(self) -> list[Fault]:
        """Put back the triggers by which the logs only grow; tell where one was gone."""
        there = {name for (name,) in self.db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
        gone = {name: sql for name, sql in guards().items() if name not in there}
        for sql in gone.values():
            self.db.execute(sql)
        logs = {ACCESS if name.startswith(ACCESS) else JOURNAL for name in gone}
        return [Fault(log, "", "unguarded", 0, 0) for log in sorted(logs)]

    def _logs(self) -> list[tuple[str, str, int]]:
        """Return log, stream and last number of the journal's streams and of the access log."""
        streams = [(JOURNAL, one.s, self._end(JOURNAL, one.s)) for one in self.streams()]
        return [*streams, (ACCESS, "", self._end(ACCESS, ""))]

    def _some(self, log: str, s: str, after: int, until: int) -> list[Fault]:
        stream = self.stream(s) if log == JOURNAL else None
        if stream is not None and until >= stream.n:
            return self.chain_faults(stream, after)
        return self._pieces(log, s, after, until)

    def _proved(self) -> dict[str, tuple[int, str, int]]:
        try:
            read = json.loads(self.meta(_PROVED) or "{}")
            return {s: (int(n), str(h), int(turn)) for s, (n, h, turn) in read.items()}
        except (ValueError, TypeError, AttributeError):
            return {}

    # --- pieces ------------------------------------------------------------------------------------------------------

    def _pieces(self, log: str, s: str, after: int, last: int) -> list[Fault]:
        found = list[Fault]()
        while after < last:
            until = min(last, after + PIECE)
            base = self._link(log, s, after)
            if not base or not self._holds(log, s, after, until, base):
                found += proof.walk(log, s, self._entries(log, s, after, until), after, base)
            after = until
        return found

    def _holds(self, log: str, s: str, after: int, until: int, base: bytes) -> bool:
        """Ask a piece of the journal in two queries; the access log is small and is walked."""
        if log == ACCESS:
            return False
        told = "SELECT {} FROM (SELECT line, h FROM op WHERE s = ? AND n > ? AND n <= ? ORDER BY n)"
        asked = (s, after, until)
        lines = self.db.execute(told.format("CAST(group_concat(line, char(10)) AS BLOB)"), asked).fetchone()[0] or b""
        links = self.db.execute(told.format("group_concat(hex(h), '')"), asked).fetchone()[0] or ""
        if len(links) != 64 * (until - after):
            return False
        raw = bytes.fromhex(links)
        cut = lines.split(b"\n")
        return len(cut) == until - after and proof.holds(base, cut, [raw[i : i + 32] for i in range(0, len(raw), 32)])

    def _entries(self, log: str, s: str, after: int, until: int) -> list[Entry]:
        if log == JOURNAL:
            rows = self.db.execute(
                "SELECT n, line, h FROM op WHERE s = ? AND n > ? AND n <= ? ORDER BY n", (s, after, until)
            )
            return [Entry(n, line, bytes(h)) for n, line, h in rows]
        rows = self.db.execute(
            "SELECT n, at, by, what, record, detail, h FROM access WHERE n > ? AND n <= ? ORDER BY n", (after, until)
        )
        return [Entry(n, proof.access_body(*told), bytes(h)) for n, *told, h in rows]

    def _end(self, log: str, s: str) -> int:
        sql, values = ("op WHERE s = ?", (s,)) if log == JOURNAL else ("access", ())
        return int(self.db.execute(f"SELECT coalesce(max(n), 0) FROM {sql}", values).fetchone()[0])

    def _link(self, log: str, s: str, n: int) -> bytes:
        """Return the stored link after entry ``n``; empty where there is no such entry."""
        if log == JOURNAL or n == 0:
            return self.head_at(s, n)
        row = self.db.execute("SELECT h FROM access WHERE n = ?", (n,)).fetchone()
        return bytes(row[0]) if row else b""

    def _told(self, fault: Fault) -> Fault:
        one = fault.n == fault.last
        entries = self._entries(fault.log, fault.stream, fault.last - 1, fault.last) if one else ()
        return proof.told(fault, entries[0].body) if entries else fault

    def is_restored(self, fault: Fault) -> bool:
        """Return whether a stream ends where a restore left it: what followed comes back from those who hold it.

        The numbers were noted when it was restored.
        """
        noted: dict[str, Any] = json.loads(self.meta("restored") or "{}")
        return fault.log == JOURNAL and fault.kind == "cut" and noted.get(fault.stream) == fault.n - 1
