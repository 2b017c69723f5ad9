"""Rows of two records of one child put together: which are one, and what stands in the one that stays.

A carer of the same relation and name, an episode of the same group that began on the same day, are one thing told
twice. The later row is hidden with a mark that names the one that stays (``change.SAME_AS``); what only it says, or
says better, is taken over (``choosing``). Everything else stays side by side. What is compared: ``matching.toml``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cbdesk import choosing
from cbdesk.catalogue import Field, Form, catalogue
from cbdesk.change import SAME_AS, VOID, Value, Version
from cbdesk.choosing import Told
from cbdesk.store import Draft, Store

FROM, TO = "from", "to"
Row = Mapping[str, Value]


@dataclass(slots=True)
class Folded:
    """Rows put together: those of the kept child, (kept, given) rows that are one, and rows that only go over."""

    form: Form
    kept: Sequence[Row]
    one: list[tuple[Row, Row]] = field(default_factory=list)
    more: list[Row] = field(default_factory=list)

    def __len__(self) -> int:
        """Return how many rows the child has then."""
        return len(self.kept) + len(self.more)


def fold(form: Form, kept: Sequence[Row], given: Iterable[Row]) -> Folded:
    """Put the rows of one form together. A kept row takes in one row at most."""
    found, free = Folded(form, kept), list(kept)
    for row in given:
        twin = next((one for one in free if equal(form, one, row)), None)
        if twin is None:
            found.more.append(row)
        else:
            free.remove(twin)
            found.one.append((twin, row))
    return found


def equal(form: Form, a: Row, b: Row) -> bool:
    """Return whether two rows tell one thing."""
    rules = catalogue().matching["lists"].get(form.name, {})
    names: Sequence[str] = rules.get("same", ())
    return (
        bool(names)
        and all(_same(form.field(name), a, b) for name in names)
        and not any(choosing.contradict(form.field(name), a.get(name), b.get(name)) for name in rules.get("unless", ()))
        and (not form.has(FROM) or _begin_alike(a, b))
    )


def _same(item: Field, a: Row, b: Row) -> bool:
    return not choosing.empty(item, a.get(item.name)) and choosing.same(item, a.get(item.name), b.get(item.name))


def _begin_alike(a: Row, b: Row) -> bool:
    """Return whether two episodes are one: begun on one day, or both still open while one does not say since when."""
    begun = (a.get(FROM), b.get(FROM))
    return begun[0] == begun[1] or (None in begun and a.get(TO) is None and b.get(TO) is None)


def drafts(store: Store, found: Folded, child: str) -> list[Draft]:
    """Return the changes that hang the given rows on a child, fold those that are one, and leave one main carer."""
    form, made = found.form, list[Draft]()
    alone = {name for rule in form.rules if rule.kind == "one_main" for name in rule.fields}
    alone = {name for name in alone if any(row.get(name) for row in found.kept)}
    for kept, given in found.one:
        made.append(Draft(form.name, str(given["id"]), {VOID: SAME_AS + str(kept["id"])}))
        sides = [told(store, form.name, str(row["id"]), row) for row in (kept, given)]
        names = [item.name for item in form.fields if item.name != form.parent and item.name not in alone]
        better = {name: given.get(name) for name in names if _takes(form.field(name), *sides)}
        made += [Draft(form.name, str(kept["id"]), better)] if better else []
    for row in found.more:
        second: dict[str, Value] = {name: None for name in sorted(alone) if row.get(name)}
        made.append(Draft(form.name, str(row["id"]), {str(form.parent): child, **second}))
    return made


def _takes(item: Field, kept: Mapping[str, Told], given: Mapping[str, Told]) -> bool:
    return choosing.choose(item, kept.get(item.name, Told(None)), given.get(item.name, Told(None)))[0] == "b"


def told(store: Store, form: str, record: str, row: Row, listed: frozenset[str] = frozenset()) -> dict[str, Told]:
    """Return the values of a record with the order in which they were told; ``listed`` are batches of imports."""
    versions = heads(store, form, record)
    brought = {one.version for one in store.changes_of(record) if one.g in listed} if listed else frozenset[Version]()
    return {
        name: Told(value, versions.get(name, (0, "")), versions.get(name) in brought) for name, value in row.items()
    }


def heads(store: Store, form: str, record: str) -> dict[str, Version]:
    """Return the version in force of each field of a record."""
    found = store.db.execute(f'SELECT ver FROM "{form}" WHERE id = ?', (record,)).fetchone()
    versions: dict[str, Any] = json.loads(found[0]) if found else {}
    return {name: max((c, s) for c, s in several) for name, several in versions.items() if several}
