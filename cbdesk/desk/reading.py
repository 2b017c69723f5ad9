"""Verbs that read other people's files: plan an import, run it, write out what was refused.

The importer understands the file; here its rows meet the register. Each ends as *added*, *same* (a child here already
says all of it), *duplicate* (added, and to be compared by a person) or *refused* with its reason. One batch, so one
undo takes the whole import back; a cancel or a failure leaves nothing. The original file is only read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cbdesk import carrier, clock, importer, rules, sheet, workbook
from cbdesk.book import Book
from cbdesk.catalogue import Form, catalogue
from cbdesk.change import new_stream_id
from cbdesk.desk.known import CHILD, Known
from cbdesk.desk.records import Records, Work
from cbdesk.errors import Finding, Problem
from cbdesk.importer import ImportPlan, ImportRow
from cbdesk.words import say

ADDED, DUPLICATE, SAME, REFUSED = "added", "duplicate", "same", "refused"


@dataclass(frozen=True, slots=True)
class Fate:
    """What became (or would become) of one row. ``others`` are the children it meets, their village by name."""

    row: ImportRow
    kind: str
    others: tuple[Mapping[str, Any], ...] = ()


@dataclass(slots=True)
class Imported:
    """What an import did (or would do). ``pairs`` are (added, look-alike) ids; ``refused`` rows name their reason."""

    read: int
    charset: str
    mapping: dict[str, str]
    batch: str | None
    added: int = 0
    same: int = 0
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

    def import_plan(
        self,
        file: Path | Book,
        *,
        form: str = CHILD,
        name: str | None = None,
        mapping: Path | Mapping[str, Any] | None = None,
    ) -> ImportPlan:
        """Understand a file; nothing is written. ``name`` chooses a sheet, ``mapping`` corrects columns.

        Raises ``Problem`` of group I, or ``unknown_form``.
        """
        shape = catalogue().form(form)
        given = _mapping(mapping) if isinstance(mapping, Path) else mapping
        book = file if isinstance(file, Book) else sheet.read_book(file)
        return importer.plan(book, shape, catalogue(), clock.today(), sheet=name, mapping=given)

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
            work = self._work(batch, many=True)
            known = work.known or Known.everyone(self.store)
            for row in plan.rows:
                if row.refused is not None:
                    _refuse(done, row, row.refused, row.reason)
                elif known.same(row.data) is not None:
                    done.same += 1
                    done.fates.append(Fate(row, SAME))
                else:
                    self._import_row(plan.form, row, work, known, done, dry_run=dry_run)
                if progress is not None:
                    progress()
        if done.added == 0:
            done.batch = None
        return done

    def _import_row(
        self, form: str, row: ImportRow, work: Work, known: Known, done: Imported, *, dry_run: bool
    ) -> None:
        others = {str(one["id"]): one for one in known.alike_records(row.data)}
        ident = f"row {row.row_number}"
        if dry_run:
            if stop := _stop(catalogue().form(form), row):
                _refuse(done, row, stop.name, stop.text)
                return
        else:
            saved = self._save(catalogue().form(form), dict(row.data), None, work)  # type: ignore[arg-type]
            if saved.id is None:
                stop = next(one for one in saved.findings if one.level == "stop")
                _refuse(done, row, stop.name, stop.text)
                return
            ident = saved.id
        done.added += 1
        done.duplicates += bool(others)
        done.pairs += [(ident, other) for other in others]
        done.fates.append(Fate(row, DUPLICATE if others else ADDED, tuple(others.values())))
        if dry_run:
            known.add(row.data | {"id": ident})

    def write_refused(self, plan: ImportPlan, done: Imported, path: Path) -> Path:
        """Write the refused rows with their reasons as a workbook that can be corrected and imported again."""
        headings, rows = plan.refused_table(done.rows)
        data = workbook.table_xlsx(headings, rows, say("import.refused_title"), stamp=clock.now())
        return carrier.write_atomic(path, data, overwrite=True)


def _stop(form: Form, row: ImportRow) -> Finding | None:
    """Return why saving would refuse a row. Villages stand by name here and are found or made on saving."""
    places = {field.name for field in form.fields if field.kind == "place"}
    data = {name: value for name, value in row.data.items() if name not in places}
    return next((one for one in rules.check(form, data, clock.today()) if one.level == "stop"), None)


def _refuse(done: Imported, row: ImportRow, reason: str, text: str) -> None:
    if row.refused is None:
        row.refused, row.why = reason, text
    done.rows.append(row)
    done.fates.append(Fate(row, REFUSED))
    done.refused.append({"sheet": row.sheet, "row": row.row_number, "reason": reason, "text": text})


def _mapping(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise Problem("no_such_file", name=path.name) from None
    except ValueError:
        raise Problem("bad_map") from None
    if not isinstance(found, dict):
        raise Problem("bad_map")
    return found
