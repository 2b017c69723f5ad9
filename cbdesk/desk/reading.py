"""Verbs that read other people's files: plan an import, run it, write out what was refused.

The importer understands the file; here its rows meet the register. Each is found to be *added* (new), *same* (a child
here already says all of it), *duplicate* (may be a child of the register) or *refused* with its reason. Without anybody
to ask, a possible duplicate is added and queued for a person, and what is safe is repaired. An *attended* plan holds
open questions back and makes a look-alike an update where the likeness is high; what somebody decided goes first. An
update writes only what the row says more or otherwise, and lists it. One batch, so one undo takes the whole import
back; a cancel or a failure leaves nothing. The original file is only read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cbdesk import clock, importer, kinds, matching, repairs, rules, sheet, workbook
from cbdesk.book import Book
from cbdesk.catalogue import Form, catalogue
from cbdesk.change import Value, new_stream_id
from cbdesk.desk import shorthand
from cbdesk.desk.known import CHILD, Known
from cbdesk.desk.places import Named
from cbdesk.desk.records import Records
from cbdesk.errors import Finding, Problem
from cbdesk.importer import NEW, SKIP, UPDATE, ImportPlan, ImportRow, Note
from cbdesk.likeness import Likeness
from cbdesk.matching import place_key, village_key
from cbdesk.persons import person
from cbdesk.rights import EDIT, EXPORT, needs
from cbdesk.store import Draft
from cbdesk.store.projection import OWNER
from cbdesk.words import say

ADDED, DUPLICATE, SAME, REFUSED = "added", "duplicate", "same", "refused"
IMPORTED = "import"
"""What the access log says of an import: its batch, how many children were added and amended."""
LOT = 250
"""Rows written together: the tables are folded once for all of them."""
SURE = 80
"""Likeness (0 to 100) from which a look-alike is an update unless somebody decides otherwise."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What one row was found to be (``kind``) and what becomes of it (``decision``: new, update, skip or "").

    ``others`` are the children it looks like, their village by name, the likest first, ``likeness`` how much each.
    ``other`` is the id of the one an update would change, ``changes`` what it would change: (field, from, to) as shown.
    """

    row: ImportRow
    kind: str
    others: tuple[Mapping[str, Any], ...] = ()
    likeness: tuple[Likeness, ...] = ()
    decision: str = ""
    other: str = ""
    changes: tuple[tuple[str, str, str], ...] = ()


@dataclass(slots=True)
class Imported:
    """What an import did (or would do). ``pairs`` are (added, look-alike) ids; ``refused`` rows name their reason.

    ``added``, ``updated``, ``same``, ``skipped`` and the refused rows make up ``read``; ``duplicates`` are those of
    the added that look like somebody.
    """

    read: int
    charset: str
    mapping: dict[str, str]
    batch: str | None
    added: int = 0
    updated: int = 0
    same: int = 0
    skipped: int = 0
    duplicates: int = 0
    pairs: list[tuple[str, str]] = field(default_factory=list)
    rows: list[ImportRow] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    fates: list[Fate] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the shape promised by the command line."""
        return {
            "read": self.read,
            "added": self.added,
            "same": self.same,
            "duplicates": self.duplicates,
            "refused": self.refused,
            "charset": self.charset,
            "map": self.mapping,
            "batch": self.batch,
        }


class Reading(Records):
    """Verbs that read other people's files."""

    def import_book(self, source: Path | str) -> Book:
        """Return the tables of a file (``Path``) or of text copied from a table (``str``), to plan from repeatedly.

        Raises ``Problem`` of group I.
        """
        return sheet.read_text(source) if isinstance(source, str) else sheet.read_book(source)

    def import_form(self, form: str) -> Form:
        """Return a form as files are read into it. Raises ``Problem(unknown_form)``."""
        return catalogue().form(form)

    def import_targets(self, form: str = CHILD) -> dict[str, str]:
        """Return what a column of a file may become, target to words for people. Raises ``Problem(unknown_form)``."""
        return dict(importer.targets(self.import_form(form), catalogue()))

    def import_plan(
        self,
        file: Path | Book,
        *,
        form: str = CHILD,
        name: str | None = None,
        mapping: Path | Mapping[str, Any] | None = None,
        charsets: Mapping[str, str] | None = None,
        attended: bool = False,
    ) -> ImportPlan:
        """Understand a file; nothing is written. ``name`` chooses a sheet, ``mapping`` corrects columns.

        ``charsets`` forces encodings (``{"Sheet1": "tcvn3", "Sheet1!B": "vni"}``), also under that key of a mapping;
        ``attended`` keeps every question
        open for somebody to answer. Raises ``Problem`` of group I, or ``unknown_form``.
        """
        shape = self.import_form(form)
        given = dict(mapping_of(mapping) if isinstance(mapping, Path) else mapping or {})
        kept = given.pop("charsets", {})
        charsets = {**(kept if isinstance(kept, dict) else {"": kept}), **(charsets or {})}
        book = file if isinstance(file, Book) else sheet.read_book(file)
        plan = importer.plan(
            book, shape, catalogue(), clock.today(), sheet=name, mapping=given, charsets=charsets
        )
        plan.attended = attended
        plan.unit = self.stands_for
        known = shorthand.villages_of(self.store, plan.unit)
        self._present_villages(plan, known)
        if attended:
            repairs.of_villages(plan.rows, (str(row.get("name") or "") for row in known))
        else:
            plan.settle()
        return plan

    def _present_villages(self, plan: ImportPlan, rows: Sequence[Mapping[str, Any]]) -> None:
        """Call villages of an old list by their name of today, so that a merged one is no other village."""
        named, names = Named(rows), {str(row["id"]): str(row.get("name") or "") for row in rows}
        for row in plan.rows:
            written = row.data.get("village")
            if not isinstance(written, str) or not written:
                continue
            found = named.of(written, str(row.data.get("address_old") or ""))
            name = names[found[0]] if len(found) == 1 else ""
            if name and village_key(name) != village_key(written):
                row.data["village"] = name
                if place_key(name) != place_key(written):
                    row.notes.append(Note("village", "village_now", {"written": written, "value": name}))

    @needs(EDIT)
    def import_run(
        self, plan: ImportPlan, *, dry_run: bool = False, progress: Callable[[], object] | None = None
    ) -> Imported:
        """Write the rows of a plan as one batch.

        ``progress`` is called after each row; what it raises takes everything back.
        """
        if not dry_run and self.store.count(CHILD):
            self.backup_quietly()
        batch = new_stream_id()
        done = Imported(plan.read, plan.charset, plan.mapping, None if dry_run else batch)
        with self.store.atomic():
            run = _Run(self, plan, done, dry_run=dry_run)
            for row in plan.rows:
                run.row(row)
                if progress is not None:
                    progress()
            run.flush()
            if done.added + done.updated == 0:
                done.batch = None
            elif done.batch:
                self.ledger.log_access(self.officer, IMPORTED, done.batch, f"{done.added} {done.updated} {plan.form}")
        return done

    @needs(EXPORT)
    def write_refused(self, plan: ImportPlan, done: Imported, path: Path) -> Path:
        """Write the refused rows with their reasons as a workbook that can be corrected and imported again."""
        headings, rows = plan.refused_table(done.rows)
        data = workbook.table_xlsx(headings, rows, say("import.refused_title"), stamp=clock.now())
        return self.put_out(path, data, overwrite=True)


class _Run:
    """One import: its rows meet the children known so far, those of the file included, and are written in lots."""

    def __init__(self, desk: Reading, plan: ImportPlan, done: Imported, *, dry_run: bool) -> None:
        self.desk, self.plan, self.done, self.dry_run = desk, plan, done, dry_run
        self.form = desk.import_form(plan.form)
        self.known = Known.everyone(desk.store, plan.unit) if self.form.name == CHILD else Known(desk.store, ())
        self._told: list[frozenset[tuple[str, object]]] = []
        """What the records of another form than that of children say, those of the file included."""
        if self.form.name != CHILD:
            where, whose = (f"{OWNER} = ?", (plan.unit,)) if plan.unit else ("1", ())
            rows = desk.store.rows(self.form.name, where, whose)
            self._told += [matching.content(desk.readable(row)) for row in rows]
        self._drafts: list[Draft] = []
        self.work = replace(desk._work(done.batch), waiting=self._drafts)
        self._unwritten: set[str] = set()
        self._ids: dict[str, str] = {}
        self._person = person({})

    def row(self, row: ImportRow) -> None:
        """Take in one row."""
        row.why = ""
        fate = self._fate(row)
        if fate.decision == SKIP:
            self.done.skipped += 1
        elif fate.kind == REFUSED:
            self._refuse(row, row.refused or "to_decide", row.reason)
        elif fate.kind == SAME or (fate.decision == UPDATE and not fate.changes):
            self.done.same += 1
        elif stopped := self._write(fate):
            row.why = stopped.text
            self._refuse(row, stopped.name, stopped.text)
            fate = Fate(row, REFUSED)
        self.done.fates.append(fate)

    def _fate(self, row: ImportRow) -> Fate:
        skip = SKIP if row.decision == SKIP else ""
        if row.refused is None and self.plan.attended and row.waits:
            row.why = next(one.text for one in row.repairs if one.waits)
        if row.reason:
            return Fate(row, REFUSED, decision=skip)
        if self.form.name != CHILD:
            return self._plain_fate(row, skip)
        self._person = one = person(row.data)
        if row.decision != NEW and self.known.same(row.data, one) is not None:
            return Fate(row, SAME, decision=skip)
        found = self.known.matches(one)
        other = self._chosen(row) or (found[0][1] if found else None)
        if other is None:
            return Fate(row, ADDED, decision=skip or NEW)
        likely = self.plan.attended and bool(found) and found[0][0].score >= SURE
        decision = row.decision or (UPDATE if likely else NEW)
        changes = _changes(self.form, other, row.data)
        others, likeness = tuple(one for _, one in found), tuple(one for one, _ in found)
        return Fate(row, DUPLICATE, others, likeness, decision, str(other["id"]), changes)

    def _plain_fate(self, row: ImportRow, skip: str) -> Fate:
        """Return the fate of a row that is no child: here already where a record says all of it, else new."""
        said = matching.content(row.data)
        if row.decision != NEW and any(said <= one for one in self._told):
            return Fate(row, SAME, decision=skip)
        if not skip:
            self._told.append(said)
        return Fate(row, ADDED, decision=skip or NEW)

    def _chosen(self, row: ImportRow) -> Mapping[str, Any] | None:
        """Return the child somebody chose for an update."""
        return self.known.record(self._ids.get(row.other, row.other)) if row.other else None

    def _write(self, fate: Fate) -> Finding | None:
        """Add a child or amend one; returns the finding that refused it."""
        row, data, old = fate.row, dict(fate.row.data), None
        if fate.decision == UPDATE and (old := self.known.record(fate.other)) is not None:
            data = matching.news(old, row.data)
        ident = f"row {row.row_number}"
        if self.dry_run:
            if stopped := _stop(self.form, data, amends=old is not None):
                return stopped
        else:
            if (old and fate.other in self._unwritten) or len(self._unwritten) >= LOT:
                self.flush()
            saved = self.desk._save(self.form, _stored(data), fate.other if old else None, self.work)
            if saved.id is None:
                return next(one for one in saved.findings if one.level == "stop")
            self._unwritten.add(saved.id)
            self._ids[ident] = ident = saved.id
        self._count(fate, ident, old, data)
        return None

    def flush(self) -> None:
        """Write what has been collected."""
        self.desk._write(self._drafts, self.work.batch)
        self._drafts.clear()
        self._unwritten.clear()

    def _count(self, fate: Fate, ident: str, old: Mapping[str, Any] | None, data: Mapping[str, Any]) -> None:
        if old is not None:
            self.done.updated += 1
            self.known.amend(old, {**old, **data})
            return
        self.done.added += 1
        self.done.duplicates += bool(fate.others)
        self.done.pairs += [(ident, str(one["id"])) for one in fate.others]
        if self.form.name != CHILD:
            return
        self._person.id = ident
        self.known.add({**data, "id": ident}, self._person)

    def _refuse(self, row: ImportRow, reason: str, text: str) -> None:
        self.done.rows.append(row)
        self.done.refused.append({"sheet": row.sheet, "row": row.row_number, "reason": reason, "text": text})


def _stored(data: Mapping[str, object]) -> dict[str, Value]:
    return dict(data)  # type: ignore[arg-type]


def _changes(form: Form, old: Mapping[str, Any], said: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    """Return what an update would change, each as (title of the field, shown before, shown after)."""
    found = []
    for name, value in matching.news(old, said).items():
        short = form.shorthand(name)
        known = short.field if short else form.field(name)
        show = kinds.of(known).show
        if known.kind == "place":
            found.append((known.label, str(old.get(name) or ""), str(value)))
        else:
            found.append((known.label, show(old.get(name), known), show(value, known)))
    return tuple(found)


def _stop(form: Form, data: Mapping[str, object], *, amends: bool) -> Finding | None:
    """Return why saving would refuse a row. Villages stand by name here and are found or made on saving."""
    places = {field.name for field in form.fields if field.kind == "place"}
    found = rules.check(form, {name: value for name, value in data.items() if name not in places}, clock.today())
    return next((one for one in found if one.level == "stop" and (one.field in data or not amends)), None)


def mapping_of(path: Path) -> Mapping[str, Any]:
    """Return a file that says which column is what. Raises ``Problem``: ``no_such_file``, ``bad_map``."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise Problem("no_such_file", name=path.name) from None
    except ValueError:
        raise Problem("bad_map") from None
    if not isinstance(found, dict):
        raise Problem("bad_map")
    return found
