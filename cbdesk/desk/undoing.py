"""Taking one action back: which drafts undo a batch, and which of its records stay because somebody works with them.

Rules. A field that somebody changed since keeps its new value. A record the batch made disappears, unless somebody has
worked with it since: changed it, gave it rows of its own, joined another record to it, or placed another child in the
village it made. Such a record stays whole, with its rows, its village and household: half a record helps nobody. What
was changed and changed back counts as never changed. Where the batch decided between values two people had written,
both stand beside each other again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cbdesk import change
from cbdesk.catalogue import catalogue
from cbdesk.change import SAME_AS, VOID, Change, Value
from cbdesk.desk.contested import parents, reopened
from cbdesk.store import Draft, Store

CHILD, VILLAGE, HOUSEHOLD = "child", "village", "household"
PLACES = ((CHILD, VILLAGE), (CHILD, HOUSEHOLD), (HOUSEHOLD, VILLAGE))
"""Which field of which form names a village or household; a household's own village comes last."""


def undoing(store: Store, undone: Iterable[Change], batch: str) -> list[Draft]:
    """Return the drafts that take back the changes ``undone`` of a batch; none where everything is still wanted."""
    forms = {one.r: one.t for one in undone}
    logs = {record: store.changes_of(record) for record in forms}
    made = {record for record, log in logs.items() if log[0].g == batch}
    wanted = _wanted(store, forms, logs, made, batch) if made else set()
    drafts = list[Draft]()
    for record, form in reversed(forms.items()):
        if record not in wanted:
            drafts.append(Draft(form, record, {VOID: "undo"} if record in made else _inverse(logs[record], batch)))
            again = () if record in made else reopened(logs[record], batch)
            drafts += [Draft(form, record, one.f, again=one) for one in again]
    return [draft for draft in drafts if draft.fields]


def _wanted(
    store: Store, forms: Mapping[str, str], logs: Mapping[str, Sequence[Change]], made: set[str], batch: str
) -> set[str]:
    """Return the records made by a batch that stay."""
    wanted = {record for record in made if _worked_on(logs[record], batch)} | (_joined(store) & made)
    held = [pair for form, shape in catalogue().forms.items() if shape.parent
            for pair in _pairs(store, form, shape.parent)]  # fmt: skip
    wanted |= {holder for row, holder in held if holder in made and (row not in made or row in wanted)}
    wanted |= {row for row, holder in held if row in made and holder in wanted}
    for form, name in PLACES:
        for record, place in _pairs(store, form, name):
            placed = record not in made and name not in _inverse(logs.get(record, ()), batch)
            if place in made and (placed or record in wanted):
                wanted.add(place)
    return {record for record in wanted if record in forms}


def _worked_on(log: Sequence[Change], batch: str) -> bool:
    """Return whether a record says anything else now than what the batch that made it said."""
    ours, now = _shown([one for one in log if one.g == batch]), _shown(log)
    return any(ours.get(name) != now.get(name) for name in ours.keys() | now.keys())


def _shown(log: Sequence[Change]) -> dict[str, Value]:
    by_version = {one.version: one for one in log}
    return {name: by_version[max(heads)].f.get(name) for name, heads in change.fold(log).items() if heads}


def _joined(store: Store) -> set[str]:
    """Return the children into whom another record was joined."""
    found = store.db.execute(f'SELECT {VOID} FROM "{CHILD}" WHERE {VOID} LIKE ?', (f"{SAME_AS}%",))
    return {str(void).removeprefix(SAME_AS) for (void,) in found}


def _pairs(store: Store, form: str, name: str) -> list[tuple[str, str]]:
    """Return (record, what its field names) of the records of a form that are not hidden."""
    sql = f'SELECT id, "{name}" FROM "{form}" WHERE {VOID} IS NULL AND "{name}" IS NOT NULL'
    return [(str(record), str(value)) for record, value in store.db.execute(sql)]


def _inverse(log: Sequence[Change], batch: str) -> dict[str, Value]:
    """Return the fields of one record as they were before a batch, of those nobody has changed since."""
    ours = {one.version: one for one in log if one.g == batch}
    by_version = {one.version: one for one in log}
    decided = {name for one in reopened(log, batch) for name in one.f}
    back: dict[str, Value] = {}
    for name, heads in change.fold(log).items():
        version = max(heads)
        if len(heads) > 1 or version not in ours or name in decided:
            continue
        while version in ours and (before := parents(by_version, ours[version], name)):
            version = max(before)
        back[name] = by_version[version].f.get(name) if version not in ours else None
    return back
