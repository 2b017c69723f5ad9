"""Verbs on rows put aside: what came and could not be put in force, each with its reason, to look at and to write out.

Nothing here is decided once and for all: scope, role, unknown forms, missing parents and unknown codes follow from the
journal and the catalogue, so they are judged again after every update and when what was missing arrives. Only a fork
stays until people see it. Rows are told by form, number and names of fields; values stay inside the register.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from cbdesk import carrier, change, clock, compartment, workbook
from cbdesk.catalogue import catalogue
from cbdesk.change import VOID, Change
from cbdesk.desk.carrying import Carrying
from cbdesk.rights import EXPORT, needs
from cbdesk.store.projection import OWNER
from cbdesk.store.streams import Stream
from cbdesk.words import say

FORK, SCOPE, ROLE, FORM, PARENT, HIDDEN = "fork", "scope", "role", "form", "parent", "hidden"
HEADS = ("reason", "form", "record", "fields", "unit", "device", "number", "by", "at")


@dataclass(frozen=True, slots=True)
class Aside:
    """One row put aside. ``reason``: fork, scope, role, form, parent, hidden; ``why`` the same in words.

    ``number`` is its place in the writer's list of changes, 0 where the row as a whole is meant.
    """

    reason: str
    why: str
    form: str
    title: str
    record: str
    fields: tuple[str, ...]
    unit: str
    device: str
    number: int
    by: str
    at: str


class SettingAside(Carrying):
    """Verbs on rows put aside."""

    def set_aside(self) -> list[Aside]:
        """Return what was put aside, forks first, then by unit and number."""
        found = [*self._from_quarantine(), *self._orphans(), *self._hidden_values()]
        return sorted(found, key=lambda one: (one.reason != FORK, one.unit, one.form, one.record, one.number))

    def _from_quarantine(self) -> Iterator[Aside]:
        streams = {one.s: one for one in self.store.streams()}
        rows = self.store.db.execute(
            "SELECT q.s, q.n, q.reason, coalesce(q.line, op.line) FROM quarantine AS q "
            "LEFT JOIN op ON op.s = q.s AND op.n = q.n ORDER BY q.s, q.n"
        ).fetchall()
        for s, n, reason, line in rows:
            one = change.stored(line) if line else None
            seen = self._as_seen(one) if self.store.veiled and one else one
            if seen is not None or one is None:
                yield self._aside_change(reason, streams.get(s), n, seen)

    def _as_seen(self, one: Change) -> Change | None:
        """Return a change as told to who does not see all, ``None`` where even that it is there would tell something.

        The journal itself has no veil.
        """
        shape = catalogue().forms.get(one.t)
        if shape is None or (compartment.hideable(one.t) and self.store.row(one.t, one.r) is None):
            return None
        seen = {name: value for name, value in one.f.items()
                if shape.has(name) and not compartment.touched(shape.field(name))}  # fmt: skip
        return replace(one, f=seen) if seen or not one.f else None

    def _aside_change(self, reason: str, stream: Stream | None, n: int, one: Change | None) -> Aside:
        form = one.t if one else ""
        return _aside(
            reason, form, one.r if one else "", tuple(one.f) if one else (), stream.unit if stream else "",
            stream.device if stream else "", n, one.by if one else "", one.at if one else "",
        )  # fmt: skip

    def _orphans(self) -> Iterator[Aside]:
        """Rows whose record above is not here: not yet, or never."""
        for form in catalogue().forms.values():
            if form.parent:
                yield from (
                    _aside(PARENT, form.name, str(record), (form.parent,), str(unit))
                    for record, unit in self.store.db.execute(
                        f'SELECT id, "{OWNER}" FROM "{form.name}" WHERE {VOID} IS NULL AND "{form.parent}" IS NOT NULL '
                        f'AND "{form.parent}" NOT IN (SELECT id FROM "{form.parent}")'
                    )
                )

    def _hidden_values(self) -> Iterator[Aside]:
        """Fields that hold what this program does not know: a newer program's field, a code of a newer list."""
        for form in catalogue().forms.values():
            rows = self.store.db.execute(
                f'SELECT id, "{OWNER}", extra FROM "{form.name}" WHERE extra IS NOT NULL AND {VOID} IS NULL'
            )
            for record, unit, extra in rows:
                yield _aside(HIDDEN, form.name, str(record), tuple(sorted(json.loads(extra))), str(unit))

    @needs(EXPORT)
    def write_set_aside(self, path: Path, *, overwrite: bool = False) -> Path:
        """Write the rows put aside to a file, .json or .xlsx by its name; told to the access log.

        Raises ``Problem`` of group U.
        """
        found = self.set_aside()
        content = _as_json(found) if path.suffix.lower() == ".json" else self._as_book(found)
        written = carrier.write_atomic(path, content, overwrite=overwrite)
        with self.store.atomic():
            self.ledger.log_access(self.officer, "export", detail=f"set_aside {len(found)}")
        return written

    def _as_book(self, found: Iterable[Aside]) -> bytes:
        heads = [say(f"aside.head_{name}") for name in HEADS]
        rows = [(one.why, one.title, one.record, ", ".join(one.fields), catalogue().units.label(one.unit), one.device,
                 one.number or None, one.by, one.at) for one in found]  # fmt: skip
        return workbook.table_xlsx(heads, rows, say("aside.title"), stamp=clock.now())


def _aside(
    reason: str, form: str, record: str, fields: tuple[str, ...], unit: str, device: str = "", number: int = 0,
    by: str = "", at: str = "",
) -> Aside:  # fmt: skip
    shape = catalogue().forms.get(form)
    named = tuple(shape.field(name).label if shape and shape.has(name) else name for name in fields)
    return Aside(reason, say(f"aside.{reason}"), form, shape.title if shape else form, record, named, unit, device,
                 number, by, at)  # fmt: skip


def _as_json(found: Iterable[Aside]) -> bytes:
    rows: list[dict[str, Any]] = [asdict(one) for one in found]
    return json.dumps({"rows": rows}, ensure_ascii=False, indent=1).encode()
