"""Where two wrote without knowing of each other: read from the journal, told in values, decided by nobody here.

* A *field* is contested when it has several heads with different values; the same value written twice is no conflict.
* A record is *gone* with work in it when it was hidden by somebody who did not know of a change that another made in
  it, or in a row of its own. A deletion names, as parents, the newest change it knew of every stream of its unit, so
  that this is told the same everywhere, whatever the clocks and whoever was first. Deletions of older programs name
  none; of those, only changes with a later counter count.

Source: ``spec/bundle.md`` 4.4, I7; ``spec/cases.md`` 3–5.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from cbdesk import change, compartment
from cbdesk.catalogue import catalogue
from cbdesk.change import VOID, Change, Value, Version
from cbdesk.store import Store


class Place(NamedTuple):
    """One thing to decide: a field of a record; ``field`` is ``_del`` where the record is gone."""

    form: str
    record: str
    field: str


@dataclass(frozen=True, slots=True)
class Head:
    """A value that nobody has seen and replaced: the version that holds it, and the change somebody wrote it with.

    The two differ after a decision was taken back: the value stands anew, and is still that of who wrote it.
    """

    version: Version
    value: Value
    origin: Change


@dataclass(frozen=True, slots=True)
class Contest:
    """A contested field: what all heads replaced (``None`` where they had nothing in common), and the heads by age.

    The last head is the one shown.
    """

    base: Change | None
    heads: tuple[Head, ...]

    def base_value(self, field: str) -> Value:
        """Return the value all heads replaced."""
        return self.base.f.get(field) if self.base else None


def places(store: Store) -> list[Place]:
    """Return what waits for a person's decision, as far as this officer may see it (``store/veil.py``).

    Fields of a record that is hidden wait until it is shown again.
    """
    found = [Place(*one) for one in store.contested()]
    shown = [one for one in found if one.field == VOID or not _hidden(store, one)]
    return [*shown, *(one for one in _gone(store) if one not in shown)]


def _hidden(store: Store, place: Place) -> bool:
    return (store.row(place.form, place.record) or {}).get(VOID) is not None


def is_sensitive(place: Place, values: Iterable[Value]) -> bool:
    """Return whether a contested field, or one of its values, is for those only who may see what is sensitive."""
    form = catalogue().forms[place.form]
    if not form.has(place.field):
        return False
    return any(catalogue().sensitive(form.field(place.field), value) for value in (None, *values))


# --- fields ----------------------------------------------------------------------------------------------------------


def contest(log: Sequence[Change], field: str) -> Contest:
    """Return how a field of a record stands, from the record's changes."""
    writers = {one.version: one for one in log if one.k == "set" and field in one.f}
    heads = change.fold(writers.values()).get(field, {})
    found = [Head(version, value, _origin(writers, version, heads, field)) for version, value in sorted(heads.items())]
    common = set[Version]()
    for at, one in enumerate(found):
        before = _before(writers, one.origin, field)
        common = before if at == 0 else common & before
    return Contest(writers[max(common)] if common else None, tuple(found))


def _before(writers: Mapping[Version, Change], one: Change, field: str) -> set[Version]:
    """Return all writes of a field that one of its changes had seen, itself left out."""
    found, todo = set[Version](), list(parents(writers, one, field))
    while todo:
        version = todo.pop()
        if version not in found:
            found.add(version)
            todo += parents(writers, writers[version], field)
    return found


def parents(writers: Mapping[Version, Change], one: Change, field: str) -> list[Version]:
    """Return the writes of a field that a change replaced; a deletion names other versions besides."""
    return [version for version in one.b.get(field, ()) if version in writers and field in writers[version].f]


def _origin(writers: Mapping[Version, Change], version: Version, heads: Iterable[Version], field: str) -> Change:
    """Return the change with which somebody wrote what a head holds: one of a decision taken back stands for it."""
    one = writers[version]
    twins = [other for other in heads if other != version and writers[other].g == one.g and one.b == writers[other].b]
    decided = parents(writers, one, field)
    if not twins or len(decided) != 1:
        return one
    before = parents(writers, writers[decided[0]], field)
    same = [other for other in before if writers[other].f.get(field) == one.f.get(field)]
    return _origin(writers, same[0], before, field) if same else one


def reopened(log: Sequence[Change], batch: str) -> list[Change]:
    """Return the changes to be said again so that what a batch decided is open again, the one that was shown last.

    Only of fields that nobody has changed since. Each has the decision as its only parent, so that all stand beside
    each other.
    """
    found = []
    for field, heads in change.fold(log).items():
        if len(heads) == 1:
            writers = {one.version: one for one in log if one.k == "set" and field in one.f}
            decided = _decided(writers, max(heads), batch, field)
            found += [_again(writers[version], field, max(heads)) for version in sorted(decided)]
    return found


def _decided(writers: Mapping[Version, Change], version: Version, batch: str, field: str) -> list[Version]:
    """Return what a batch decided between, where what it wrote stands: differing heads, or the deletion it answered."""
    while version in writers and writers[version].g == batch:
        before = parents(writers, writers[version], field)
        if len({str(writers[one].f.get(field)) for one in before}) > 1:
            return before
        if not before:
            return []
        version = max(before)
    stands = version in writers and field == VOID and writers[version].f.get(VOID) is not None
    return [version] if stands else []


def _again(one: Change, field: str, parent: Version) -> Change:
    return replace(one, f={field: one.f.get(field)}, b={field: [parent]})


# --- records that are gone -------------------------------------------------------------------------------------------


def _gone(store: Store) -> list[Place]:
    """Return the hidden records with changes that whoever hid them did not know of."""
    found = []
    for form in catalogue().forms:
        for record in _suspects(store, form):
            if unseen(store, form, record):
                found.append(Place(form, record, VOID))
    return found


def _suspects(store: Store, form: str) -> list[str]:
    """Return hidden records that several streams wrote, or with rows of another stream than the one that hid them."""
    sql = (f'SELECT gone.id FROM "{form}" gone JOIN op ON op.r = gone.id WHERE gone.{VOID} IS NOT NULL '
           "GROUP BY gone.id HAVING count(DISTINCT op.s) > 1")  # fmt: skip
    for child in catalogue().children(form):
        sql += (f' UNION SELECT gone.id FROM "{form}" gone JOIN "{child.name}" part ON part."{child.parent}" = gone.id '
                f"AND part.{VOID} IS NULL JOIN op ON op.r = part.id WHERE gone.{VOID} IS NOT NULL "
                f"AND op.s != json_extract(gone.ver, '$.{VOID}[#-1][1]')")  # fmt: skip
    return [str(record) for (record,) in store.db.execute(f"{sql} ORDER BY 1")]


def unseen(store: Store, form: str, record: str) -> list[Change]:
    """Return the changes in a hidden record, and in rows of its own, that whoever hid it did not know of, oldest first.

    Empty for a record that is shown.
    """
    log = store.changes_of(record)
    marks = {one.version: one for one in log if one.k == "set" and VOID in one.f}
    heads = change.fold(marks.values()).get(VOID, {})
    if not heads or heads[max(heads)] is None:
        return []
    hidden = _hider(marks, max(heads))
    known = _known(hidden)
    rows = [one for child in catalogue().children(form)
            for row in store.rows(child.name, f'"{child.parent}" = ?', (record,), order="id")
            for one in store.changes_of(str(row["id"]))]  # fmt: skip
    worked = [one for one in log if one.k == "set" and _telling(store, form, one)]
    later = [one for one in (*worked, *rows) if one.s != hidden.s and not _saw(hidden, known, one)]
    return sorted(later, key=lambda one: one.version)


def _telling(store: Store, form: str, one: Change) -> bool:
    """Return whether a change says anything that may be seen here."""
    shape = catalogue().forms[form]
    named = [shape.field(name) for name in one.f if shape.has(name)]
    return any(not (store.veiled and compartment.touched(item)) for item in named)


def _hider(marks: Mapping[Version, Change], version: Version) -> Change:
    """Return the deletion whose knowledge counts: one that an undo restored, with what undid it as its only parent."""
    one, told = marks[version], marks[version].b.get(VOID, ())
    if len(told) == 1 and told[0] in marks and marks[told[0]].s == one.s:
        for before in parents(marks, marks[told[0]], VOID):
            if marks[before].f[VOID] == one.f[VOID]:
                return _hider(marks, before)
    return one


def _known(hidden: Change) -> dict[str, int] | None:
    """Return the last counter of each stream that a deletion knew of; ``None`` for one that does not tell."""
    found: dict[str, int] = {}
    for c, s in hidden.b.get(VOID, ()):
        found[s] = max(c, found.get(s, 0))
    return found or None


def _saw(hidden: Change, known: Mapping[str, int] | None, one: Change) -> bool:
    return one.c < hidden.c if known is None else one.c <= known.get(one.s, 0)
