"""Verbs on records that may be one child: the pairs to compare, and "these are two children", remembered.

A pair is a suspicion; only a person decides. What was decided is a record of its own: it travels like any other, is
taken back by undo, and stands while the names and birth dates it was decided on stand. It remembers their versions,
not their text, so that nothing of a child is kept twice.
"""

from __future__ import annotations

from collections.abc import Callable

from cbdesk import duplicates
from cbdesk.change import new_id, new_stream_id
from cbdesk.desk.base import Saved
from cbdesk.desk.known import CHILD, Known, apart, seen
from cbdesk.desk.records import Records
from cbdesk.duplicates import Pair
from cbdesk.errors import Problem
from cbdesk.likeness import LIKELY
from cbdesk.store import Draft

NOT_SAME = "not_same"


class Duplicates(Records):
    """Verbs on records that may be one child."""

    def duplicates(self, *, all_levels: bool = False, progress: Callable[[], object] | None = None) -> list[Pair]:
        """Return the pairs a person should compare, the most alike first: ``likely`` ones, or with ``look`` besides.

        In each pair ``a`` is the older record. Pairs decided to be two children are left out. ``progress`` is called
        after each comparison; what it raises ends it.
        """
        decided = apart(self.store)
        found = duplicates.pairs(Known.records(self.store), progress=progress)
        return [
            pair
            for pair in found
            if (all_levels or pair.likeness.level == LIKELY) and frozenset((pair.a, pair.b)) not in decided
        ]

    def distinct(self, one: str, other: str) -> Saved:
        """Remember that two records are two children. Doing it again after a name has changed remembers that too.

        Raises ``Problem``: ``no_record``, ``not_a_child``, ``same_record``.
        """
        a, b = sorted((self._child(one), self._child(other)))
        if a == b:
            raise Problem("same_record")
        known = self.store.rows(NOT_SAME, "child = ? AND other = ?", (a, b), order="id")
        stand = seen(self.store, a, b)
        if known and known[0].get("seen") == stand:
            return Saved(str(known[0]["id"]))
        record, batch = str(known[0]["id"]) if known else new_id(), new_stream_id()
        fields = {"seen": stand} if known else {"child": a, "other": b, "seen": stand}
        self._write([Draft(NOT_SAME, record, fields)], batch)
        return Saved(record, (), batch)

    def _child(self, record: str) -> str:
        """Return the id of a visible child. Raises ``Problem``: ``no_record``, ``not_a_child``."""
        form, _ = self._record(record)
        if form != CHILD or self.store.count(CHILD, "id = ?", (record,)) == 0:
            raise Problem("not_a_child")
        return record
