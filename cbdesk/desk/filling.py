"""Verbs that spare typing: the next child of a household, a sibling, one value into many records.

What belongs to a place, a household or a family is offered again; what belongs to one child (given name, birth date,
sex, numbers, school, state, groups, risks) never is. Nothing is written before somebody saves, and each verb that
writes is one batch, so one undo takes it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cbdesk import clock, kinds, text
from cbdesk.catalogue import Field, catalogue
from cbdesk.change import Value, new_id
from cbdesk.desk import shorthand
from cbdesk.desk.base import Saved
from cbdesk.desk.known import CHILD
from cbdesk.desk.records import Records
from cbdesk.errors import Finding, Problem
from cbdesk.rights import EDIT, needs
from cbdesk.store import Draft

HOUSEHOLD, VILLAGE, CARER, FROM = "household", "village", "carer", "from"
OF_HOUSEHOLD = (VILLAGE, HOUSEHOLD, "address", "address_old", "unit_old", "phone")
OF_FAMILY = (*OF_HOUSEHOLD, "ethnicity", "parents_state")
PARENTS = {"father_name": "father", "mother_name": "mother"}
MAIN = "carer_name"
NOT_COPIED = frozenset({"id", CHILD, "restricted", "note"})
"""Of a carer: what was decided or written for one child only."""
OF_ONE = frozenset({"full_name", "usual_name", "born", "sex", "personal_id", "birth_cert", "health_card", "book_code",
                    "notes", "household", "death_cause"})  # fmt: skip
"""Fields of a child that two children do not share by being chosen together."""
EPISODES = ("circumstance", "risk", "support", "tag", "absence")
ABSENCE = "absence"
NEW, SAME, OTHER = "new", "same", "other"


@dataclass(frozen=True, slots=True)
class Standing:
    """What a value to be filled in meets at a child: ``what`` is ``new``, ``same`` or ``other`` (``now``, as shown)."""

    id: str
    name: str
    born: str
    what: str
    now: str = ""


class Refused(Exception):
    """A *stop* in one record of many; takes the unit of work back."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__()
        self.findings = findings


def fillable() -> tuple[Field, ...]:
    """Return the fields of a child, and its household's class, that can be filled into many at once."""
    shape = catalogue().forms[CHILD]
    short = shape.shorthand("household_class")
    fields = tuple(item for item in shape.fields if item.name not in OF_ONE)
    return (*fields, short.field) if short else fields


class Filling(Records):
    """Verbs that spare typing."""

    # --- the next child ----------------------------------------------------------------------------------------------

    def next_like(self, child: str) -> dict[str, Any]:
        """Return what the next child of the same village and household starts with. Raises ``Problem(no_record)``."""
        return self._start(child, OF_HOUSEHOLD)

    def sibling_of(self, child: str) -> dict[str, Any]:
        """Return what a sibling starts with: place, household, parents and carers, ethnic group, telephone.

        ``full_name`` is the family name alone, a proposal to type on. Raises ``Problem(no_record)``.
        """
        found = self._start(child, OF_FAMILY)
        given = self.get(child)
        found |= {name: given[name] for name in (*PARENTS, MAIN) if given.get(name)}
        family = text.split_name(str(given.get("full_name") or ""))[0]
        return found | ({"full_name": family} if family else {})

    def _start(self, child: str, names: Sequence[str]) -> dict[str, Any]:
        form, row = self._record(child)
        if form != CHILD:
            raise Problem("no_record")
        found: dict[str, Any] = {name: row[name] for name in names if row.get(name) not in (None, "", [])}
        year = clock.today().year
        level = shorthand.classes(self.store, year).get(str(row.get(HOUSEHOLD)))
        return found | ({"household_class": level[0]} if level and level[1] == year else {})

    @needs(EDIT)
    def add_child(
        self,
        data: Mapping[str, Value],
        *,
        like: str | None = None,
        sibling: bool = False,
        since: Mapping[str, str] | None = None,
    ) -> Saved:
        """Add a child typed by hand, of the household of ``like``, as a ``sibling`` with copies of the family's rows.

        ``since`` is when the groups, risks and tags given begin, by form. A household that was never recorded is made
        for both. Raises ``Problem(no_record)``.
        """
        given = dict(data)
        try:
            with self.store.atomic():
                drafts = list[Draft]()
                work = replace(self._work(), waiting=drafts)
                if like is not None:
                    self._write(self._household(like, given), work.batch)
                rows = self._family(like, given) if like is not None and sibling else []
                saved = self._save(catalogue().form(CHILD), given, None, work, by_hand=True)
                if saved.id is None:
                    raise Refused(saved.findings)
                drafts = [_begun(one, since or {}) for one in drafts]
                drafts += [Draft(CARER, new_id(), {CHILD: saved.id, **row}) for row in rows]
                self._write(drafts, work.batch)
                self.ledger.drop_draft(CHILD, "new", self.officer)
        except Refused as refused:
            return Saved(None, refused.findings)
        return saved

    def _household(self, like: str, given: dict[str, Value]) -> list[Draft]:
        """Return the drafts of a household for both, where they live together and none is recorded."""
        form, row = self._record(like)
        if form != CHILD:
            raise Problem("no_record")
        together = given.get(VILLAGE) and given.get(VILLAGE) == row.get(VILLAGE)
        if given.get(HOUSEHOLD) or row.get(HOUSEHOLD) or not together:
            return []
        given[HOUSEHOLD] = new_id()
        return [Draft(HOUSEHOLD, str(given[HOUSEHOLD]), {VILLAGE: row[VILLAGE]}),
                Draft(CHILD, like, {HOUSEHOLD: given[HOUSEHOLD]})]  # fmt: skip

    def _family(self, like: str, given: dict[str, Value]) -> list[dict[str, Value]]:
        """Return copies of the family's rows whose names still stand; a name that was changed stays in ``given``."""
        rows, kept = list[dict[str, Value]](), set[str]()
        for row in self.rows_of(CARER, like):
            names = [short for short, relation in PARENTS.items() if row.get("relation") == relation]
            names += [MAIN] if row.get("main_carer") else []
            if any(given.get(short) != row.get("full_name") for short in names):
                continue
            kept.update(names)
            rows.append({name: value for name, value in row.items()
                         if name not in NOT_COPIED and not name.startswith("_") and value is not None})  # fmt: skip
        if not set(PARENTS) <= kept:
            given.pop("parents_state", None)
        for short in kept:
            given.pop(short)
        return rows

    # --- one value into many -----------------------------------------------------------------------------------------

    def fill_plan(self, ids: Iterable[str], data: Mapping[str, Value], form: str = CHILD) -> tuple[Standing, ...]:
        """Return what the values would meet at each child; nothing is written. The first key is the one compared.

        ``form`` may be a form of rows (``risk``, ``support`` …): a row that is open already counts as ``same``.
        Raises ``Problem``: ``unknown_form``, ``unknown_field``, ``no_record``.
        """
        self._fits(data, form)
        return tuple(self._standing(one, data, form) for one in dict.fromkeys(ids))

    def _standing(self, child: str, data: Mapping[str, Value], form: str) -> Standing:
        _, row = self._record(child)
        name, born = str(row.get("full_name") or row.get("usual_name") or ""), str(row.get("born") or "")
        main = next(iter(data))
        if form != CHILD:
            once = form == ABSENCE  # nobody is away twice at once, wherever that is
            has = any((once or one.get(main) == data[main]) and not one.get("to") for one in self.rows_of(form, child))
            return Standing(child, name, born, SAME if has else NEW)
        now = self._class_now(row) if main == "household_class" else row.get(main)
        if all(row.get(key) == value for key, value in data.items() if key != main) and now == data[main]:
            return Standing(child, name, born, SAME)
        if now in (None, "", []):
            return Standing(child, name, born, NEW)
        return Standing(child, name, born, OTHER, self._shown(main, now))

    def _class_now(self, row: Mapping[str, Value]) -> Value:
        """Return the class of a child's household in this very year."""
        year = clock.today().year
        found = self.store.rows("household_class", "household = ? AND year = ?", (row.get(HOUSEHOLD), year))
        return found[0].get("class") if found else None

    def _shown(self, name: str, value: Value) -> str:
        if name == VILLAGE:
            return str((self.store.row(VILLAGE, str(value)) or {}).get("name") or value)
        item = next(one for one in fillable() if one.name == name)
        return kinds.of(item).show(value, item)

    @needs(EDIT)
    def fill(self, ids: Iterable[str], data: Mapping[str, Value], form: str = CHILD) -> Saved:
        """Write the same values into every child named, or the same row to each, as one batch: all or none.

        Who already has another value loses it: leave such children out, or name them when somebody said so. A *stop*
        in one writes nothing. Raises ``Problem``: ``unknown_form``, ``unknown_field``, ``no_record``.
        """
        self._fits(data, form)
        shape, first = catalogue().form(form), None
        drafts = list[Draft]()
        found: dict[tuple[str, str], Finding] = {}
        try:
            with self.store.atomic():
                work = replace(self._work(), waiting=drafts)  # no field that tells children apart: nobody to compare
                for child in dict.fromkeys(ids):
                    self._record(child)
                    given = dict(data) if form == CHILD else {str(shape.parent): child, **data}
                    saved = self._save(shape, given, child if form == CHILD else None, work)
                    if saved.id is None:
                        raise Refused(saved.findings)
                    first = first or child
                    found |= {(one.field, one.name): one for one in saved.findings}
                self._write(drafts, work.batch)
        except Refused as refused:
            return Saved(None, refused.findings)
        return Saved(first, tuple(found.values()), work.batch if drafts else None)

    def _fits(self, data: Mapping[str, Value], form: str) -> None:
        """Raise where a value is not one to be shared by many."""
        shape = catalogue().form(form)
        if form != CHILD and form not in EPISODES:
            raise Problem("unknown_form", form=form, forms=", ".join((CHILD, *EPISODES)))
        known = {item.name for item in (fillable() if form == CHILD else shape.fields)} - {shape.parent}
        for name in data:
            if name not in known:
                raise Problem("unknown_field", field=name, form=form)


def _begun(draft: Draft, since: Mapping[str, str]) -> Draft:
    """Return a draft of a new episode with the day it begins, where one was given."""
    day = since.get(draft.form)
    return replace(draft, fields={FROM: day, **draft.fields}) if day else draft
