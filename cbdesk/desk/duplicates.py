"""Verbs on records that may be one child: the pairs to compare, and what was decided of a pair, remembered.

A pair is a suspicion; only a person decides. What was decided is a record of its own, taken back by undo:

* ``not_same``: two children. It stands while what it was decided on stands: names, birth dates, no number in common.
  It remembers versions, not text, so that nothing of a child is kept twice. It travels like any other record.
* ``same_child``: one child whom two communes hold, seen by the receiver. Neither record changes: a commune would lose
  its child to a record it does not hold. The pair leaves the queue and counts once (``same_children``).

What is decided of records of two communes stays with the receiver's own records: no commune learns what another holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cbdesk import duplicates
from cbdesk.change import Value, new_id, new_stream_id
from cbdesk.desk.base import Saved
from cbdesk.desk.known import CHILD, Known, apart, links, root, seen
from cbdesk.desk.records import Records
from cbdesk.duplicates import Crowd, Pair
from cbdesk.errors import Problem
from cbdesk.likeness import LIKELY, Likeness, compare
from cbdesk.persons import person
from cbdesk.rights import EDIT, needs
from cbdesk.store import Draft, Store
from cbdesk.store.projection import OWNER

NOT_SAME, SAME_CHILD, INCIDENT = "not_same", "same_child", "incident"
DECIDED = (NOT_SAME, SAME_CHILD)


class Duplicates(Records):
    """Verbs on records that may be one child."""

    _crowd: Crowd | None = None
    """Who there was when pairs were last looked for: a pair is weighed as it was in the list it was chosen from."""

    def duplicates(self, *, all_levels: bool = False, progress: Callable[[], object] | None = None) -> list[Pair]:
        """Return the pairs a person should compare, the most alike first: ``likely`` ones, or with ``look`` besides.

        In each pair ``a`` is the older record. Pairs decided on are left out. ``progress`` is called after each
        comparison; what it raises ends it.
        """
        people = Known.people(self.store)
        self._crowd = Crowd(people)
        found = duplicates.among(people, self._crowd, progress=progress)
        decided = apart(self.store)
        one = {record: group for group in self.same_children() for record in group}
        return [
            pair
            for pair in found
            if (all_levels or pair.likeness.level == LIKELY)
            and frozenset((pair.a, pair.b)) not in decided
            and pair.b not in one.get(pair.a, ())
        ]

    def _likeness(self, one: str, other: str) -> Likeness | None:
        """Return how alike two children are in this register."""
        if self._crowd is None:
            self._crowd = Crowd(Known.people(self.store))
        a, b = map(person, Known.two(self.store, *sorted((one, other))))
        return compare(a, b, self._crowd)

    @needs(EDIT)
    def distinct(self, one: str, other: str, *, batch: str | None = None) -> Saved:
        """Remember that two records are two children. Doing it again after a name has changed remembers that too.

        ``batch`` is that of a save in which somebody said so, so that one undo takes both back.
        Raises ``Problem``: ``no_record``, ``not_a_child``, ``same_record``.
        """
        a, b = self._ordered(one, other)
        known, stand = self._decided(NOT_SAME, a, b), seen(self.store, a, b)
        if known and known.get("seen") == stand:
            return Saved(str(known["id"]))
        fields: dict[str, Value] = {"seen": stand} if known else {"child": a, "other": b, "seen": stand}
        return self._decide(NOT_SAME, known, fields, batch)

    @needs(EDIT)
    def same(self, one: str, other: str) -> Saved:
        """Remember that two communes hold records of one child (see the module); within one commune they are joined.

        Raises ``Problem``: ``no_record``, ``not_a_child``, ``same_record``, ``one_unit``.
        """
        a, b = self._ordered(one, other)
        if self._units(a, b) is not None:
            raise Problem("one_unit")
        known = self._decided(SAME_CHILD, a, b)
        return Saved(str(known["id"])) if known else self._decide(SAME_CHILD, {}, {"child": a, "other": b})

    def same_children(self) -> list[frozenset[str]]:
        """Return the records that are one child though several communes hold them, so that it can be counted once.

        Each group has two ids or more, of records shown now.
        """
        return same_children(self.store)

    # --- what was decided --------------------------------------------------------------------------------------------

    def _ordered(self, one: str, other: str) -> tuple[str, str]:
        """Return two children, the older record first. Raises ``Problem`` as ``distinct``."""
        a, b = sorted((self._child(one), self._child(other)))
        if a == b:
            raise Problem("same_record")
        return a, b

    def _decided(self, form: str, a: str, b: str) -> Mapping[str, Value]:
        return next(iter(self.store.rows(form, "child = ? AND other = ?", (a, b), order="id")), {})

    def _decide(
        self, form: str, known: Mapping[str, Value], fields: Mapping[str, Value], batch: str | None = None
    ) -> Saved:
        record, batch = str(known["id"]) if known else new_id(), batch or new_stream_id()
        ends = (str({**known, **fields}[name]) for name in ("child", "other"))
        self._write([Draft(form, record, fields)], batch, own=self._units(*ends) is None)
        return Saved(record, (), batch)

    def _units(self, *records: str) -> str | None:
        """Return the unit that holds all of these children, or ``None``."""
        found = {str((self.store.row(CHILD, one) or {}).get(OWNER)) for one in records}
        return found.pop() if len(found) == 1 else None

    def _child(self, record: str) -> str:
        """Return the id of a visible child. Raises ``Problem``: ``no_record``, ``not_a_child``."""
        form, _ = self._record(record)
        if form != CHILD or self.store.count(CHILD, "id = ?", (record,)) == 0:
            raise Problem("not_a_child")
        return record


def same_children(store: Store) -> list[frozenset[str]]:
    """Return what ``Duplicates.same_children`` tells."""
    rows = store.db.execute(f"SELECT child, other FROM {SAME_CHILD} WHERE _del IS NULL ORDER BY id").fetchall()
    joined = links(store) if rows else {}
    groups: dict[str, set[str]] = {}
    for pair in rows:
        ends = [root(str(one), joined) or str(one) for one in pair]
        if all(store.count(CHILD, "id = ?", (one,)) for one in ends):
            whole = set(ends).union(*(groups.get(one, set()) for one in ends))
            groups.update(dict.fromkeys(whole, whole))
    return [frozenset(one) for one in {id(one): one for one in groups.values()}.values() if len(one) > 1]
