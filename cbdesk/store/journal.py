"""The journal: append-only lines, the one way business data changes, and the fold into tables.

``write`` numbers, chains and folds our own changes; ``append`` and ``project`` do the same for received ones, through
the same code. Source: ``spec/bundle.md`` 4.2, 4.3, 4.8.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from cbdesk import change, clock
from cbdesk.catalogue import catalogue
from cbdesk.change import Change, Value
from cbdesk.errors import Problem
from cbdesk.store import projection
from cbdesk.store.streams import Stream, Streams

ROOM, FIELDS = 48 * 1024, 40
"""Bytes of values and number of fields of one line, with room for names, parents and stamps."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A change not yet numbered: what a save wants to write into one record.

    ``again`` is an older change said again in a new stream: it keeps its parents, so that nobody else's value is
    taken for seen.
    """

    form: str
    record: str
    fields: Mapping[str, Value]
    kind: str = "set"
    again: Change | None = None

    def parts(self) -> list[Draft]:
        """Return the draft in pieces whose lines stay within what a journal line may hold."""
        if len(self.fields) <= FIELDS and sum(len(str(value)) for value in self.fields.values()) <= ROOM // 8:
            return [self]  # a letter takes six bytes at the most, a comma and quotes beside it two
        sizes = {name: len(json.dumps(value, ensure_ascii=False).encode()) for name, value in self.fields.items()}
        if len(sizes) <= FIELDS and sum(sizes.values()) <= ROOM:
            return [self]
        pieces: list[dict[str, Value]] = [{}]
        room = ROOM
        for name, value in self.fields.items():
            if pieces[-1] and (sizes[name] > room or len(pieces[-1]) == FIELDS):
                pieces.append({})
                room = ROOM
            pieces[-1][name] = value
            room -= sizes[name]
        return [replace(self, fields=piece) for piece in pieces]


@dataclass(slots=True)
class Written:
    """What one unit of work did: its changes and the forms whose rows differ now."""

    changes: list[Change] = field(default_factory=list)
    forms: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Projected:
    """What folding did: forms touched, conflicts (form, record, field), changes put aside (stream, number, reason)."""

    touched: set[str]
    conflicts: set[tuple[str, str, str]]
    set_aside: list[tuple[str, int, str]]
    erased: int = 0


class Journal(Streams):
    """The journal of a register."""

    def lines(self, s: str, after: int, last: int = change.MAX_COUNTER) -> bytes:
        """Return the lines of a stream after a number, up to another, as one block of JSON Lines in one query."""
        row = self.db.execute(
            "SELECT CAST(group_concat(line, char(10)) || char(10) AS BLOB) FROM "  # bytes as they stand, never decoded
            "(SELECT line FROM op WHERE s = ? AND n > ? AND n <= ? ORDER BY n)",
            (s, after, last),
        ).fetchone()
        return row[0] or b""

    @staticmethod
    def read_line(line: bytes) -> Change | None:
        """Read one line of our own journal; ``None`` for an erased one."""
        return change.stored(line.decode())

    def changes_of(self, record: str) -> list[Change]:
        """Return what the journal knows of a record, oldest first; erased lines are left out."""
        rows = self.db.execute("SELECT line FROM op WHERE r = ? ORDER BY c, s", (record,))
        return [one for (line,) in rows if (one := change.stored(line)) is not None]

    def changes_in(self, batch: str) -> list[Change]:
        """Return the changes of one action of this installation, in order."""
        rows = self.db.execute("SELECT line FROM op WHERE g = ? AND bundle IS NULL ORDER BY c, n", (batch,))
        return [one for (line,) in rows if (one := change.stored(line)) is not None]

    def append(self, stream: Stream, changes: Sequence[Change], lines: Sequence[bytes], bundle: int | None) -> bytes:
        """Add numbered lines to a stream inside the caller's unit of work; returns the new head."""
        heads = change.links(stream.h, lines)
        self.db.conn.executemany(
            "INSERT INTO op(s, n, c, r, g, line, h, bundle) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (one.s, one.n, one.c, one.r, one.g, line.decode(), head, bundle)
                for one, line, head in zip(changes, lines, heads, strict=True)
            ],
        )
        self.db.execute("UPDATE stream SET n = n + ?, h = ? WHERE s = ?", (len(lines), heads[-1], stream.s))
        seen = max(int(self.meta("lamport") or 0), *(one.c for one in changes))
        self.set_meta("lamport", str(seen))
        return heads[-1]

    def write(self, drafts: Iterable[Draft], *, unit: str, officer: str, batch: str | None = None) -> Written:
        """Write our own changes: the only way business data changes here (``spec/bundle.md`` 4.3)."""
        drafts = [part for draft in drafts for part in draft.parts() if part.fields or part.kind != "set"]
        if not drafts:
            return Written()
        batch = batch or change.new_stream_id()
        with self.atomic():
            stream = self.mine(unit)
            counter = int(self.meta("lamport") or 0)
            at, changes = clock.stamp(), list[Change]()
            heads = self._heads(drafts)
            hides = any(draft.fields.get(change.VOID) is not None for draft in drafts)
            newest = self._newest(unit) if hides else []
            renamed: dict[change.Version, change.Version] = {}
            for offset, draft in enumerate(drafts, start=1):
                known = heads.setdefault(draft.record, {})
                parents = {name: known[name] for name in draft.fields if name in known}
                if draft.fields.get(change.VOID) is not None:
                    parents[change.VOID] = sorted({*parents.get(change.VOID, ()), *newest})
                if draft.again is not None:
                    renamed[draft.again.version] = (counter + offset, stream.s)
                    parents = {name: [renamed.get(v, v) for v in old] for name, old in draft.again.b.items()}
                one = Change(
                    s=stream.s,
                    n=stream.n + offset,
                    c=counter + offset,
                    t=draft.form,
                    r=draft.record,
                    k=draft.kind,
                    f=draft.fields,
                    b=parents,
                    g=batch,
                    by=officer,
                    at=at,
                    x=change.salt(),
                )
                known.update({name: [one.version] for name in draft.fields})
                changes.append(one)
            lines = [one.line().encode() for one in changes]
            for line in lines:
                change.parse(line)  # what others would refuse must never enter a journal that only grows
            self.append(stream, changes, lines, None)
            projected = self.project(changes)
            if projected.set_aside and not any(draft.again for draft in drafts):
                raise Problem("out_of_scope")  # others would put it aside, so it must not be said
        return Written(changes, projected.touched)

    def _newest(self, unit: str) -> list[change.Version]:
        """Return the newest change known of each stream of a unit: what somebody who hides a record has seen."""
        sql = "SELECT op.c, op.s FROM stream JOIN op ON op.s = stream.s AND op.n = stream.n WHERE stream.unit = ?"
        return [(c, s) for c, s in self.db.execute(sql, (unit,))]

    def _heads(self, drafts: Sequence[Draft]) -> dict[str, dict[str, list[change.Version]]]:
        """Return the versions in force of the records that are there: record to field to versions."""
        found: dict[str, dict[str, list[change.Version]]] = {}
        for form in {draft.form for draft in drafts}:
            records = list({draft.record for draft in drafts if draft.form == form})
            for start in range(0, len(records), 500):
                part = records[start : start + 500]
                marks = ", ".join("?" * len(part))
                for record, ver in self.db.execute(f'SELECT id, ver FROM main."{form}" WHERE id IN ({marks})', part):
                    found[record] = {name: [(c, s) for c, s in heads] for name, heads in json.loads(ver).items()}
        return found

    def project(self, changes: Sequence[Change]) -> Projected:
        """Fold changes that stand in the journal; erasures first, so that nothing of an erased record shows again.

        A unit can erase only what it wrote itself (I15), and what it wrote may also arrive after the erasure.
        """
        refused = [one for one in changes if one.k == "erase" and not self.may_write(one)]
        erasures = {one.r: one for one in changes if one.k == "erase" and one not in refused}
        known = self._erasures()
        erased = {(one.r, self.unit_of(one.s)) for one in changes if one.k == "set"} & known if known else set()
        for one in erasures.values():
            self.db.execute("INSERT OR IGNORE INTO erasure VALUES (?, ?)", (one.r, self.unit_of(one.s)))
            erased.add((one.r, self.unit_of(one.s)))
        sets = [one for one in changes if one.k == "set" and (one.r, self.unit_of(one.s)) not in erased]
        touched = {form for record, unit in erased for form in self._blank(record, unit)}
        for record in {record for record, _ in erased}:  # what other units wrote into the record
            sets = [*self._journalled(record), *(one for one in sets if one.r != record)]
        projector = projection.Projector(self.db, self.unit_of, self.may_write)
        touched |= projector.project([*sets, *refused])
        return Projected(touched, projector.conflicts, projector.set_aside, len(erased))

    def _erasures(self) -> set[tuple[str, str]]:
        """Return (record, unit) of all legal deletions; there are few."""
        return {(record, unit) for record, unit in self.db.execute("SELECT r, unit FROM erasure")}

    def _journalled(self, record: str) -> list[Change]:
        return [one for one in self.changes_of(record) if one.k == "set"]

    def _blank(self, record: str, unit: str) -> set[str]:
        """Leave only digests of what a unit wrote into a record, and take its row away; returns the forms touched."""
        for s, n, line in self.db.execute("SELECT s, n, line FROM op WHERE r = ?", (record,)).fetchall():
            one = change.stored(line)
            if one is not None and one.k != "erase" and self.unit_of(s) == unit:
                blank = change.erased(line.encode()).decode()
                self.db.execute("UPDATE op SET line = ? WHERE s = ? AND n = ?", (blank, s, n))
        for s, n, line in self.db.execute("SELECT s, n, line FROM quarantine WHERE line IS NOT NULL").fetchall():
            one = change.stored(line)
            if one is not None and one.r == record and one.k != "erase" and self.unit_of(s) == unit:
                blank = change.erased(line.encode()).decode()
                self.db.execute("UPDATE quarantine SET line = ? WHERE s = ? AND n = ?", (blank, s, n))
        touched = set()
        for form in catalogue().forms:
            if self.db.execute(f'DELETE FROM main."{form}" WHERE id = ? RETURNING 1', (record,)).fetchall():
                touched.add(form)
        self.db.execute("DELETE FROM main.conflict WHERE r = ?", (record,))
        self.db.execute("DELETE FROM draft WHERE record = ?", (record,))
        return touched

    def rebuild(self) -> None:
        """Drop the projection and fold the whole journal anew, inside the caller's unit of work."""
        projection.drop(self.db)
        projection.create(self.db)
        rows = self.db.execute("SELECT line FROM op ORDER BY c, s").fetchall()
        changes = [one for (line,) in rows if (one := change.stored(line)) is not None]
        told = [one for one in changes if one.k == "set" or not self.may_write(one)]
        projection.Projector(self.db, self.unit_of, self.may_write).project(told)
