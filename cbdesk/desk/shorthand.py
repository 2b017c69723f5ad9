"""Shorthands of ``put``/``get``: ``groups``, ``risks``, ``household_class``, parents' names, and a village by name.

They are not fields: they are stored as dated episodes, household years and links (``spec/cli.md``). When a record is
amended, added codes open and missing codes close today; a cleared name voids its link.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from cbdesk import clock, text
from cbdesk.catalogue import Form, Shorthand, catalogue
from cbdesk.change import VOID, Value, new_id
from cbdesk.desk.places import Named
from cbdesk.households import POOR
from cbdesk.matching import village_key
from cbdesk.store import Draft, Store

FROM, TO, YEAR, VILLAGE = "from", "to", "year", "village"


class Villages:
    """The commune's villages by name, so that a file or a script may write names. New names make new villages.

    A name of before a merger leads to the village it became (``places.Named``). With ``unit`` they are those of one
    commune, for a receiver who writes for it.
    """

    def __init__(self, store: Store, unit: str = "") -> None:
        self._store, self._unit = store, unit
        self._read: Named | None = None

    @property
    def _named(self) -> Named:
        """Return the names, read when the first village is asked for: most amendments name none."""
        if self._read is None:
            self._read = Named(villages_of(self._store, self._unit))
        return self._read

    def resolve(self, written: str, drafts: list[Draft], hint: str = "") -> str:
        """Return the id of a village written as id or name; a new name adds a draft of its record.

        ``hint`` is an address of before 07/2025, which tells villages of one name apart.
        """
        if not village_key(written) or self._named.has(written):
            return written
        found = self._named.of(written, hint)
        if found:
            return found[0]
        record = new_id()
        drafts.append(Draft("village", record, {"name": text.tidy(written)}))
        self._named.add(record, written)
        return record

    def doubtful(self, written: str, hint: str = "") -> bool:
        """Return whether a name may be one of several villages; where none is written nothing is asked."""
        return bool(village_key(written)) and not self._named.has(written) and len(self._named.of(written, hint)) > 1

    def forget(self, drafts: list[Draft]) -> None:
        """Forget villages that were to be made with a record that was refused."""
        self._named.drop({draft.record for draft in drafts})


def villages_of(store: Store, unit: str = "") -> list[dict[str, Value]]:
    """Return the villages of a register, or those of one commune."""
    return store.rows(VILLAGE, '"_unit" = ?', (unit,)) if unit else store.rows(VILLAGE)


def split(form: Form, data: Mapping[str, Value]) -> tuple[dict[str, Value], dict[str, Value]]:
    """Split what was given into fields and shorthands."""
    short = {name: value for name, value in data.items() if form.shorthand(name)}
    return {name: value for name, value in data.items() if name not in short}, short


def expand(
    store: Store, form: Form, record: str, given: Mapping[str, Value], data: Mapping[str, Value], *, new: bool
) -> list[Draft]:
    """Return the drafts that make the shorthands of one record true today.

    ``data`` are the record's own values as they will be (a household reference is looked up there).
    """
    drafts: list[Draft] = []
    for name, value in given.items():
        short = form.shorthand(name)
        if short is None:
            continue
        target = catalogue().forms[short.form]
        if target.has(YEAR):
            drafts += _of_year(store, form, record, short, target, value, data)
        elif short.field.kind == "choices":
            drafts += _episodes(store, target, record, short, value, new=new)
        else:
            drafts += _link(store, target, record, short, value, new=new)
    return drafts


def _episodes(store: Store, target: Form, record: str, short: Shorthand, value: Value, *, new: bool) -> list[Draft]:
    wanted = [str(code) for code in value] if isinstance(value, list) else []
    asked = (target.name, f'"{target.parent}" = ? AND "{TO}" IS NULL', (record,))
    rows = [] if new else store.rows(*asked)
    with store.whole():
        there = {} if new else {row.get(short.target): str(row["id"]) for row in store.rows(*asked)}
    today = clock.today().isoformat()
    open_codes = {row.get(short.target) for row in rows}
    begin: dict[str, Value] = {} if new else {FROM: today}  # of a new record nobody said since when
    added = [
        Draft(target.name, there[code], {short.target: code})  # hidden from who says it: said again, not twice
        if code in there
        else Draft(target.name, new_id(), {str(target.parent): record, short.target: code, **begin})
        for code in dict.fromkeys(wanted)
        if code not in open_codes
    ]
    closed = [Draft(target.name, str(row["id"]), {TO: today}) for row in rows if row.get(short.target) not in wanted]
    return added + closed


def _link(store: Store, target: Form, record: str, short: Shorthand, value: Value, *, new: bool) -> list[Draft]:
    fill = dict(short.fill)
    found = None
    if not new:
        where = " AND ".join(f'"{name}" = ?' for name in (str(target.parent), *fill))
        values = [record, *(int(v) if isinstance(v, bool) else v for v in fill.values())]
        found = next(iter(store.rows(target.name, where, values)), None)
    if found is None:
        if value in (None, ""):
            return []
        return [Draft(target.name, new_id(), {str(target.parent): record, **fill, short.target: value})]
    if value in (None, ""):
        return [Draft(target.name, str(found["id"]), {VOID: short.name})]
    return [Draft(target.name, str(found["id"]), {short.target: value})] if found.get(short.target) != value else []


def _of_year(
    store: Store, form: Form, record: str, short: Shorthand, target: Form, value: Value, data: Mapping[str, Value]
) -> list[Draft]:
    """A yearly class belongs to the household, recorded once for all its children; a child without one gets one."""
    if value in (None, ""):
        return []
    drafts: list[Draft] = []
    parent = str(target.parent)
    holder = record if parent == form.name else data.get(parent)
    if not isinstance(holder, str):
        holder = new_id()
        village = data.get(VILLAGE)
        drafts.append(Draft(parent, holder, {VILLAGE: village} if village else {VILLAGE: None}))
        drafts.append(Draft(form.name, record, {parent: holder}))
    year = clock.today().year
    rows = [] if drafts else store.rows(target.name, f'"{parent}" = ? AND "{YEAR}" = ?', (holder, year))
    fields: dict[str, Value] = {parent: holder, YEAR: year, short.target: value, **short.fill}
    if rows:
        if rows[0].get(short.target) != value:
            drafts.append(Draft(target.name, str(rows[0]["id"]), {short.target: value}))
    else:
        drafts.append(Draft(target.name, new_id(), fields))
    return drafts


def collect(store: Store, form: Form, records: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the shorthands of many records as ``get`` gives them, one query a form: id to {shorthand: value}."""
    found: dict[str, dict[str, Any]] = {record: {} for record in records}
    everything = len(records) > 500
    marks = ", ".join("?" * len(records))
    for short in form.shorthands:
        target = catalogue().forms[short.form]
        if target.parent != form.name or target.has(YEAR):
            continue
        where, values = ("1", ()) if everything else (f'"{target.parent}" IN ({marks})', tuple(records))
        for row in store.rows(target.name, where, values, order="id"):
            record = str(row.get(str(target.parent)))
            if record not in found or any(row.get(k) != v for k, v in short.fill.items()):
                continue
            if short.field.kind == "choices":
                codes = found[record].setdefault(short.name, []) if row.get(TO) is None else []
                if row.get(short.target) not in codes:
                    codes.append(row.get(short.target))
            else:
                found[record].setdefault(short.name, row.get(short.target))
    return found


def classes(store: Store, year: int) -> dict[str, tuple[str, int]]:
    """Return household id to (class, year): the newest yearly class not after ``year`` (1 January empties no list)."""
    rows = store.db.execute(
        "SELECT household, class, year FROM household_class "
        "WHERE year <= ? AND class IS NOT NULL AND _del IS NULL ORDER BY year, id",
        (year,),
    )
    return {str(household): (str(given), int(of)) for household, given, of in rows}


def standing(store: Store, year: int) -> dict[int, int]:
    """Return from which years the classes come that hold in a year: year to how many poor or near-poor households."""
    return dict(sorted(Counter(of for level, of in classes(store, year).values() if level in POOR).items()))
