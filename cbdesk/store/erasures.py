"""Legal deletions that outlive a restore: remembered outside the folder, applied again to an older copy.

The list holds ids and units only. An older copy of the register that comes back (a backup, a file put back by hand)
still holds what was deleted since: here it is blanked before anybody sees it, without a change of our own, so that the
journal says nothing twice. What this machine cannot remember (another PC) comes back from the receiver, as the change
that erased it (``merge``). Source: ``spec/bundle.md`` 4.8.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from platformdirs import user_state_path

from cbdesk import change
from cbdesk.store.journal import Journal


class Erasures(Journal):
    """The legal deletions of a register."""

    def is_erased(self, record: str) -> bool:
        """Return whether a record was deleted by law."""
        return bool(self.db.execute("SELECT 1 FROM erasure WHERE r = ?", (record,)).fetchone())

    def is_blank(self, records: Collection[str]) -> bool:
        """Return whether nothing that its unit wrote into these deleted records can be read here any more."""
        known = dict(self._erasures())
        return all(record in known and not self._left(record, known[record]) for record in records)

    def _left(self, record: str, unit: str) -> bool:
        rows = self.db.execute("SELECT s, line FROM op WHERE r = ?", (record,)).fetchall()
        told = [(s, one) for s, line in rows if (one := change.stored(line)) is not None]
        return any(one.k != "erase" and self.unit_of(s) == unit for s, one in told)

    def mark_of(self, records: Collection[str]) -> tuple[int, str]:
        """Return how many lines tell of records, and the SHA-256 (hex) over their digests in the order they stand.

        It is the same before and after the lines were blanked, here and at whoever holds them.
        """
        marks = []
        for record in sorted(records):
            for (line,) in self.db.execute("SELECT line FROM op WHERE r = ? ORDER BY s, n", (record,)):
                one = change.stored(line)
                if one is None or one.k != "erase":
                    raw = line.encode()
                    marks.append(change.erased_digest(raw) or hashlib.sha256(raw).digest())
        return len(marks), hashlib.sha256(b"".join(marks)).hexdigest()

    def head_of_erasure(self, record: str) -> tuple[str, int] | None:
        """Return (stream, number) of the change that deleted a record, or ``None``."""
        for s, n, line in self.db.execute("SELECT s, n, line FROM op WHERE r = ?", (record,)):
            one = change.stored(line)
            if one is not None and one.k == "erase":
                return str(s), int(n)
        return None

    # --- after a restore ---------------------------------------------------------------------------------------------

    def remember_erasures(self) -> None:
        """Write ids and units of all legal deletions outside the folder; a profile that cannot be written is no harm.

        Those remembered from before stay: an older copy does not know of them.
        """
        known = self._erasures() | self._remembered()
        if not known:
            return
        with suppress(OSError):
            path = self._memory()
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(sorted(map(list, known))), encoding="ascii")

    def vacuum(self) -> None:
        """Give back the room of what was erased (``Core.vacuum``), remembered first: the power may go any moment."""
        self.remember_erasures()
        super().vacuum()

    def erase_again(self) -> int:
        """Blank what was deleted by law and is readable again after a restore; returns how many records.

        The caller gives the room back (``vacuum``).
        """
        missing = self._remembered() - self._erasures()
        with self.atomic():
            for record, unit in sorted(missing):
                self.db.execute("INSERT OR IGNORE INTO erasure VALUES (?, ?)", (record, unit))
                self._blank(record, unit)
        return len(missing)

    def _memory(self) -> Path:
        folder = user_state_path("CBDesk", appauthor=False) / "witness"
        return folder / f"{self.meta('node')}-erased.json"

    def _remembered(self) -> set[tuple[str, str]]:
        try:
            return {(str(record), str(unit)) for record, unit in json.loads(self._memory().read_text("ascii"))}
        except (OSError, ValueError, TypeError):
            return set()
