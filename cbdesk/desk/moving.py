"""Children and households that move, part, come together, or are away for a time: each one action, taken back whole.

A household that is joined to another is hidden, not deleted, and its classes go to the kept one for the years that has
none. A household that parts keeps its class for both halves: the decision was about all of them, and only the next one
says otherwise. A child is away while an ``absence`` has no day of return; being away changes no place of living.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cbdesk import clock, dates, text
from cbdesk.catalogue import catalogue
from cbdesk.change import VOID, Value, new_id, new_stream_id
from cbdesk.desk import shorthand
from cbdesk.desk.base import Saved
from cbdesk.desk.filling import Refused
from cbdesk.desk.homes import CHILD, CLASS, FILLED, HOUSEHOLD, VILLAGE, Homes
from cbdesk.desk.lists import here
from cbdesk.desk.places import village_names
from cbdesk.errors import Problem
from cbdesk.rights import EDIT, needs
from cbdesk.store import Draft

ABSENCE, FROM, TO = "absence", "from", "to"
JOINED = "joined"
"""The reason a household is hidden that was joined to another."""


@dataclass(frozen=True, slots=True)
class Away:
    """A child that is away: the open absence, and whether the day it was expected back has passed."""

    child: str
    name: str
    born: str
    village: str
    absence: Mapping[str, Any]
    overdue: bool


@dataclass(frozen=True, slots=True)
class HomeOf:
    """The household of a child: its head ("" unknown), its children as (id, name, born), the class that stands."""

    id: str
    head: str
    children: tuple[tuple[str, str, str], ...]
    level: str
    year: int


class Moving(Homes):
    """Verbs on moving, parting, joining and being away."""

    def home_of(self, child: str) -> HomeOf | None:
        """Return the household of a child, or ``None``. Raises ``Problem(no_record)``."""
        household = self._of_form(CHILD, child).get(HOUSEHOLD)
        row = self.store.row(HOUSEHOLD, str(household)) if household else None
        if row is None:
            return None
        level, year = shorthand.classes(self.store, clock.today().year).get(str(household), ("", 0))
        children = tuple(
            (str(one["id"]), str(one.get("full_name") or one.get("usual_name") or ""), str(one.get("born") or ""))
            for one in self.in_household(str(household))
        )
        return HomeOf(str(household), str(row.get("head_name") or ""), children, level, year)

    # --- households --------------------------------------------------------------------------------------------------

    def in_household(self, household: str) -> list[dict[str, Value]]:
        """Return the children of a household, the eldest first; those born nobody knows when come last."""
        rows: list[dict[str, Value]] = self.store.rows(CHILD, f'"{HOUSEHOLD}" = ?', (household,))
        return sorted(rows, key=lambda row: (not row.get("born"), str(row.get("born") or ""), str(row["id"])))

    @needs(EDIT)
    def move_children(self, children: Iterable[str], household: str) -> Saved:
        """Put children into a household; who lives elsewhere moves to its village. Raises ``Problem(no_record)``."""
        home = self._home_named(household)
        place = {VILLAGE: home[VILLAGE]} if home.get(VILLAGE) else {}
        return self._moved(Draft(CHILD, child, {HOUSEHOLD: household, **place}) for child in children)

    @needs(EDIT)
    def split_household(self, children: Sequence[str], data: Mapping[str, Value] | None = None) -> Saved:
        """Make a new household (``data``: head, number, village …) of children of another; ``id`` is the new one.

        What the old one says of its place, and the class that stands for it, holds for the new one too. Raises
        ``Problem``: ``no_record``, ``nobody_chosen``.
        """
        if not children:
            raise Problem("nobody_chosen")
        old = self._of_form(CHILD, children[0]).get(HOUSEHOLD)
        home = self._home_named(str(old)) if old else {}
        given = {VILLAGE: home.get(VILLAGE) or self._of_form(CHILD, children[0]).get(VILLAGE),
                 "address": home.get("address"), "ethnicity": home.get("ethnicity"), **(data or {})}  # fmt: skip
        record = new_id()
        drafts = [Draft(HOUSEHOLD, record, {name: value for name, value in given.items() if value not in (None, "")})]
        drafts += [Draft(CLASS, new_id(), {HOUSEHOLD: record, **said}) for said in self._standing_class(str(old))]
        place = {VILLAGE: given[VILLAGE]} if given[VILLAGE] else {}
        drafts += [Draft(CHILD, child, {HOUSEHOLD: record, **place}) for child in children]
        return replace(self._moved(drafts), id=record)

    def _standing_class(self, household: str) -> list[dict[str, Value]]:
        rows = self.store.rows(CLASS, f'"{HOUSEHOLD}" = ? AND year <= ?', (household, clock.today().year), order="year")
        return [_told(row, ("year", "class", "decision_no", "decision_date", "source")) for row in rows[-1:]]

    @needs(EDIT)
    def join_households(self, keep: str, *others: str) -> Saved:
        """Put the children of ``others`` into ``keep`` and hide them; what they say more goes along, classes too.

        Raises ``Problem``: ``no_record``, ``same_record``.
        """
        if keep in others:
            raise Problem("same_record")
        home = dict(self._home_named(keep))
        years = {row.get("year") for row in self.rows_of(CLASS, keep)}
        more, drafts = dict[str, Value](), list[Draft]()
        for other in dict.fromkeys(others):
            gone = self._home_named(other)
            more |= {name: gone[name] for name in (*FILLED, VILLAGE) if gone.get(name) and not home.get(name)}
            home |= more
            drafts.append(Draft(HOUSEHOLD, other, {VOID: JOINED}))
            new = [row for row in self.rows_of(CLASS, other) if row.get("year") not in years]
            drafts += [Draft(CLASS, str(row["id"]), {HOUSEHOLD: keep}) for row in new]
            years |= {row.get("year") for row in new}
            place = {VILLAGE: home[VILLAGE]} if home.get(VILLAGE) else {}
            drafts += [Draft(CHILD, str(row["id"]), {HOUSEHOLD: keep, **place}) for row in self.in_household(other)]
        return self._moved([*([Draft(HOUSEHOLD, keep, more)] if more else []), *drafts])

    @needs(EDIT)
    def move_household(self, household: str, village: str) -> Saved:
        """Move a household with its children to another village of the commune. Raises ``Problem(no_record)``."""
        self._home_named(household)
        self._of_form(VILLAGE, village)
        moved = [Draft(CHILD, str(row["id"]), {VILLAGE: village}) for row in self._present(household)]
        return self._moved([Draft(HOUSEHOLD, household, {VILLAGE: village}), *moved])

    @needs(EDIT)
    def leave_commune(self, children: Iterable[str], to: str, on: str) -> Saved:
        """Write that children, a whole household say, have moved away (partial ISO day). Raises ``Problem``."""
        told: dict[str, Value] = {"life_status": "left", "status_since": on, "moved_to": to or None}
        return self._moved(Draft(CHILD, child, told) for child in children)

    def _present(self, household: str) -> list[dict[str, Value]]:
        return [row for row in self.in_household(household) if here(str(row.get("life_status") or ""))]

    def _home_named(self, household: str) -> dict[str, Value]:
        form, row = self._record(household)
        if form != HOUSEHOLD or row.get(VOID):
            raise Problem("no_record")
        return row

    def _of_form(self, form: str, record: str) -> dict[str, Value]:
        """Return a record of that form. Raises ``Problem(no_record)``."""
        found, row = self._record(record)
        if found != form:
            raise Problem("no_record")
        return row

    def _moved(self, drafts: Iterable[Draft]) -> Saved:
        """Write what really changes as one batch. Raises ``Problem(no_record)`` for a child that is not there."""
        batch, changed = new_stream_id(), list[Draft]()
        for draft in drafts:
            if draft.form == CHILD:
                self._of_form(CHILD, draft.record)
            fields = self._difference(self.store.row(draft.form, draft.record) or {}, draft.fields)
            changed += [replace(draft, fields=fields)] if fields else []
        self._write(changed, batch)
        return Saved(changed[0].record if changed else None, (), batch if changed else None)

    # --- away for a time ---------------------------------------------------------------------------------------------

    @needs(EDIT)
    def go_away(self, children: Iterable[str], data: Mapping[str, Value]) -> Saved:
        """Write an absence for each child that is not away already: all or none, as one batch.

        ``data`` are fields of ``absence``. A *stop* in one writes nothing. Raises ``Problem(no_record)``.
        """
        away = {str(row.get(CHILD)) for row in self.store.rows(ABSENCE, f'"{TO}" IS NULL')}
        rows = [{CHILD: child, **data} for child in dict.fromkeys(children) if child not in away]
        return self._put_all(ABSENCE, rows)

    @needs(EDIT)
    def come_back(self, children: Iterable[str], on: str = "") -> Saved:
        """Write the day of return (today) into every open absence of these children, as one batch."""
        day, wanted = on or self._today(), set(children)
        rows = [{"id": str(row["id"]), TO: day} for row in self.store.rows(ABSENCE, f'"{TO}" IS NULL', order="id")
                if str(row.get(CHILD)) in wanted]  # fmt: skip
        return self._put_all(ABSENCE, rows)

    def _put_all(self, form: str, rows: Iterable[Mapping[str, Value]]) -> Saved:
        shape, first = catalogue().form(form), None
        drafts = list[Draft]()
        try:
            with self.store.atomic():
                work = replace(self._work(), waiting=drafts)
                for row in rows:
                    data = dict(row)
                    record = data.pop("id", None)
                    saved = self._save(shape, data, str(record) if record else None, work)
                    if saved.id is None:
                        raise Refused(saved.findings)
                    first = first or saved.id
                self._write(drafts, work.batch)
        except Refused as refused:
            return Saved(None, refused.findings)
        return Saved(first, (), work.batch if drafts else None)

    def absent(self) -> list[Away]:
        """Return the children who are away now, those expected back before today first, then by village and name."""
        today, order = clock.today(), {place: n for n, place in enumerate(village_names(self.store))}
        found = []
        for row in self.store.rows(ABSENCE, f'"{TO}" IS NULL', order="id"):
            child = self.store.row(CHILD, str(row.get(CHILD)))
            if child is None or child.get(VOID) or not here(str(child.get("life_status") or "")):
                continue
            back = dates.latest(str(row.get("expected_back") or ""))
            name = str(child.get("full_name") or child.get("usual_name") or "")
            found.append(Away(str(row[CHILD]), name, str(child.get("born") or ""), str(child.get(VILLAGE) or ""), row,
                              back is not None and back < today))  # fmt: skip
        names = {one.child: text.name_key(one.name, self.name_order()) for one in found}
        return sorted(found, key=lambda one: (not one.overdue, order.get(one.village, len(order)), names[one.child]))


def _told(row: Mapping[str, Value], names: Iterable[str]) -> dict[str, Value]:
    return {name: row[name] for name in names if row.get(name) is not None}
