"""Verbs that fill an Excel form a superior sent: understand it, say who goes on it, write a copy next to it.

The form itself is only read. What a person said of its columns is remembered in this register by the head of the form,
so that next month the same form is understood at once; nothing of a child is remembered.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cbdesk import clock, formcells, formfill, sheet, superior
from cbdesk.catalogue import catalogue
from cbdesk.desk.places import village_names
from cbdesk.desk.telling import Telling
from cbdesk.errors import Problem
from cbdesk.formcells import Told, Who
from cbdesk.formheads import FIGURES, FormHeadings
from cbdesk.rights import EXPORT, needs
from cbdesk.superior import SuperiorForm

KEPT = "superior_form:"
"""Under which name of the register's settings the columns of a head are remembered."""


@dataclass(frozen=True, slots=True)
class FormFilled:
    """A filled form: where it lies, rows written and come in, how many children, and how many are kept apart.

    ``strangers`` are villages of the form that are none of ours (their rows stay empty), ``missing`` villages of ours
    the form has no row for; ``empty`` the headings of columns left empty.
    """

    path: Path
    rows: int
    inserted: int
    children: int
    apart: int = 0
    strangers: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()


class Superior(Telling):
    """Verbs on forms of superiors."""

    def form_open(
        self, path: Path, *, sheet_name: str | None = None, mapping: Mapping[str, str] | None = None
    ) -> SuperiorForm:
        """Understand a form; nothing is written. ``mapping`` is letter to target; without, what is remembered.

        Raises ``Problem``: ``no_such_file``, ``form_old_format``, ``form_no_head``, ``form_merged``, ``form_unusual``,
        ``bad_map``, ``no_sheet`` and those of reading a workbook.
        """
        content = sheet.file_bytes(path)
        found = superior.read(content, path.name, catalogue(), sheet_name)
        known = mapping if mapping is not None else self._remembered(found)
        return self.form_map(found, known) if known else found

    def form_map(self, form: SuperiorForm, mapping: Mapping[str, str]) -> SuperiorForm:
        """Return the form with other targets of some columns. Raises ``Problem(bad_map)``."""
        return superior.with_targets(form, mapping, catalogue())

    def form_targets(self, form: SuperiorForm) -> list[tuple[str, str]]:
        """Return what a column of this form may be filled with, as (target, words)."""
        return FormHeadings(catalogue()).choices(form.kind)

    def form_children(self, form: SuperiorForm, who: Who) -> tuple[list[Told], int]:
        """Return the children a form would be filled with, in order, and how many are kept apart from it."""
        people = self._formed_people()
        if form.kind == FIGURES:
            return formcells.counted(people, who, catalogue(), clock.today()), 0
        return formcells.chosen(people, who, catalogue(), clock.today())

    def form_rows(self, form: SuperiorForm, told: list[Told], most: int = 8) -> list[list[str]]:
        """Return the first rows of a list as they would stand in the columns of the form."""
        cells = formcells.Cells(catalogue(), self.unit.name)
        return [
            [cells.cell(one, column.target, place).text if column.target else "" for column in form.columns]
            for place, one in enumerate(told[:most], 1)
        ]

    @needs(EXPORT)
    def form_fill(
        self,
        form: SuperiorForm,
        out: Path | None = None,
        *,
        who: Who | None = None,
        accept: Collection[str] = (),
        source: Path | None = None,
        overwrite: bool = False,
    ) -> FormFilled:
        """Write a filled copy, remember its columns and log it. ``accept`` names the asks a person agreed to.

        Without ``out`` the copy lies next to ``source`` under a new name. Raises ``Problem``: ``form_asks`` (something
        was not agreed to), ``form_nothing``, ``form_nobody``, ``form_protected``, ``form_unusual``, ``form_failed``,
        ``form_original``, and those of writing a file.
        """
        if left := [one for one in form.open if one.name not in accept]:
            raise Problem("form_asks", what=" ".join(one.text for one in left))
        asked = who or Who()
        some = asked.villages or asked.ages or asked.classes or asked.children
        with nullcontext() if some else self.store.whole():  # what a superior asks of all children is official
            told, apart = self.form_children(form, asked)
        if not told and form.kind != FIGURES:
            raise Problem("form_nobody")
        if out is None and source is not None:
            out = _new_name(source)
        if out is None or (source is not None and out.resolve() == source.resolve()):
            raise Problem("form_original")
        made = formfill.fill(form, told, self._formed_villages(), catalogue(), self.unit.name)
        written = self.put_out(out, made.content, overwrite=overwrite)
        with self.store.atomic():
            self.store.set_meta(KEPT + form.fingerprint, json.dumps(form.mapping, sort_keys=True))
        self.log("export", "", f"superior_form {len(told)}")
        empty = tuple(one.heading for one in form.columns if not one.target and not one.formula)
        return FormFilled(written, made.rows, made.inserted, len(told), apart, made.strangers, made.missing, empty)

    def _remembered(self, form: SuperiorForm) -> dict[str, str]:
        """Return what was said of the columns of such a head before, as far as it still means something."""
        try:
            kept = json.loads(self.store.meta(KEPT + form.fingerprint) or "{}")
        except ValueError:
            return {}
        headings, letters = FormHeadings(catalogue()), set(form.mapping)
        return {
            letter: target for letter, target in kept.items()
            if letter in letters and isinstance(target, str) and (not target or headings.knows(target, catalogue()))
        }  # fmt: skip

    def _formed_people(self) -> list[dict[str, Any]]:
        """Return all children as lists take them, with the head of their household."""
        heads = dict(self.store.db.execute("SELECT id, head_name FROM household WHERE _del IS NULL").fetchall())
        people = self.people(clock.today().year)
        return [{**one, "head": heads.get(one["child"].get("household"))} for one in people]

    def _formed_villages(self) -> list[str]:
        """Return the names of the villages in force as people read them, in their own order where they have one."""
        rows = [row for row in self.store.rows("village") if not row.get("to")]
        ordered = sorted(rows, key=lambda row: (row.get("order") is None, row.get("order") or 0))
        names = village_names(self.store)
        return [names[str(row["id"])] for row in ordered]


def _new_name(source: Path) -> Path:
    """Return a name next to a form that is not taken yet."""
    stem = f"{source.stem}-{formcells.data()['words']['file']}"
    names = (source.with_name(f"{stem}{f'-{n}' if n > 1 else ''}.xlsx") for n in range(1, 1_000))
    return next((one for one in names if not one.exists()), source.with_name(f"{stem}.xlsx"))
