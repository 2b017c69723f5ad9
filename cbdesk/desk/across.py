"""Records of two communes that may be one child: the pairs with their communes, and a child that moved.

Neither record changes: each belongs to its commune. What is decided is remembered (``Duplicates.same``, ``distinct``);
of a child that moved also where it lives now, which is the record that counts. Both communes are told by a note, so
that the one writes that the child left and the other how it came.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cbdesk import dates
from cbdesk.catalogue import catalogue
from cbdesk.change import Value, new_id, new_stream_id
from cbdesk.desk.base import Saved
from cbdesk.desk.duplicates import SAME_CHILD, Duplicates
from cbdesk.desk.known import CHILD
from cbdesk.desk.noting import Noting
from cbdesk.errors import Problem
from cbdesk.rights import EDIT, needs
from cbdesk.store import Draft
from cbdesk.store.projection import OWNER
from cbdesk.words import say


@dataclass(frozen=True, slots=True)
class Across:
    """One pair of two communes, the older record first: how alike (0 to 100), why, and the communes (key, name)."""

    a: str
    b: str
    score: int
    level: str
    reasons: str
    units: tuple[str, str]
    names: tuple[str, str]


class Crossing(Noting, Duplicates):
    """Verbs on children of two communes."""

    def duplicates_across(
        self, *, all_levels: bool = False, progress: Callable[[], object] | None = None
    ) -> list[Across]:
        """Return the pairs of ``duplicates`` whose records two communes hold. Raises ``Problem(only_receiver)``."""
        if self.role != "receiver":
            raise Problem("only_receiver")
        found = []
        for pair in self.duplicates(all_levels=all_levels, progress=progress):
            one, other = self._owner(pair.a), self._owner(pair.b)
            if one != other:
                names = catalogue().units.label(one), catalogue().units.label(other)
                likeness = pair.likeness
                found.append(Across(pair.a, pair.b, likeness.score, likeness.level, likeness.text, (one, other), names))
        return found

    @needs(EDIT)
    def moved(self, left: str, lives: str, on: str = "") -> Saved:
        """Remember that a child moved from one commune to another: ``left`` is its record there, ``lives`` the new one.

        Both communes get a note; ``on`` is the day (ISO) if it is known. Raises ``Problem``: ``only_receiver``,
        ``no_record``, ``not_a_child``, ``same_record``, ``one_unit``.
        """
        if self.role != "receiver":
            raise Problem("only_receiver")
        a, b = self._ordered(left, lives)
        if self._units(a, b) is not None:
            raise Problem("one_unit")
        day = dates.show_date(on) if on else ""
        with self.store.atomic():
            saved = self._remember(a, b, lives, on)
            self._tell_commune(left, "left", self._owner(lives), day)
            self._tell_commune(lives, "came", self._owner(left), day)
        return saved

    def _remember(self, a: str, b: str, lives: str, on: str) -> Saved:
        known, batch = self._decided(SAME_CHILD, a, b), new_stream_id()
        told: dict[str, Value] = {"child": a, "other": b, "here": lives, "since": on or None}
        fields = self._difference(known, {name: value for name, value in told.items() if value is not None})
        record = str(known["id"]) if known else new_id()
        if fields:
            self._write([Draft(SAME_CHILD, record, fields)], batch, own=True)
        return Saved(record, (), batch if fields else None)

    def _tell_commune(self, record: str, which: str, other: str, day: str) -> None:
        key = f"province.moved.{which}" if day else f"province.moved.{which}_undated"
        self.note(record, say(key, unit=catalogue().units.label(other), day=day))

    def _owner(self, record: str) -> str:
        return str((self.store.row(CHILD, record) or {}).get(OWNER) or "")
