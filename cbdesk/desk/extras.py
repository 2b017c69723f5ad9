"""Verbs on columns the office adds, and on what they say of a child. ``extra.<code>`` stands for a value everywhere.

``put child {"extra.co_ao": "130"}`` writes it, ``get`` shows it, an import maps a column to it, a list has it as a
column. What is said of a child is one record of its own (``extra_value``), so it is undone, merged and carried like
every other; a value emptied stays as an empty record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from cbdesk import clock, extras, roll
from cbdesk.catalogue import Form, Report, catalogue
from cbdesk.change import Value, new_id
from cbdesk.desk.areas import Area
from cbdesk.desk.base import Saved
from cbdesk.desk.known import CHILD, Known
from cbdesk.desk.reading import Reading
from cbdesk.desk.records import Work
from cbdesk.desk.telling import Telling
from cbdesk.errors import Finding
from cbdesk.extras import PREFIX, Extra
from cbdesk.rights import EDIT, needs
from cbdesk.store import Draft

FIELD, VALUE = "extra_field", "extra_value"
Told = dict[str, Any]


class Extras(Reading, Telling):
    """Verbs on extra columns."""

    def extra_columns(self, lists: Iterable[str] = ()) -> list[Extra]:
        """Return the columns in use for all children and for these lists, in order; of one code the first."""
        found = extras.of(self._all_columns(), lists, clock.today())
        return list({one.code: one for one in reversed(found)}.values())[::-1]

    def _all_columns(self) -> list[Extra]:
        return extras.known(self.store.rows(FIELD, order="id"))

    def extras_of(self, child: str) -> list[tuple[Extra, str | None]]:
        """Return what extra columns say of a child: those in use for all children, and others that say something."""
        said = self._values(child).get(child, {})
        known = {one.id for one in self.extra_columns()}
        return [(one, said.get(one.id)) for one in self._all_columns() if one.id in known or said.get(one.id)]

    @needs(EDIT)
    def set_extra(self, child: str, code: str, typed: object) -> Saved:
        """Write what a column says of a child, as typed; empty clears it. Raises ``Problem(no_record)``."""
        return self.save(CHILD, {PREFIX + code: None if typed is None else str(typed)}, child)

    def import_form(self, form: str) -> Form:
        """Return a form as files are read into it: a child has the office's columns as well."""
        shape = catalogue().form(form)
        return extras.form_with(shape, self.extra_columns()) if form == CHILD else shape

    # --- one record --------------------------------------------------------------------------------------------------

    def check(
        self, form: str, data: Mapping[str, Value], record: str | None = None, *, by_hand: bool = True,
        known: Known | None = None, doubles: bool = True,
    ) -> list[Finding]:  # fmt: skip
        """Return the findings about a record, its extra values among them."""
        own, given = extras.parted(data) if form == CHILD else (dict(data), {})
        found = super().check(form, own, record, by_hand=by_hand, known=known, doubles=doubles)
        if form == VALUE:
            found += self._value_findings(own, record)
        return found + (self._typed(given)[1] if given else [])

    def _value_findings(self, data: Mapping[str, Value], record: str | None) -> list[Finding]:
        whole = {**((self.store.row(VALUE, record) or {}) if record else {}), **data}
        column = next((one for one in self._all_columns() if one.id == whole.get("field")), None)
        return [replace(one, field="value") for one in column.check(whole.get("value"))] if column else []

    def _typed(self, given: Mapping[str, Any]) -> tuple[dict[str, str | None], list[Finding]]:
        """Return extra values as stored, by record of their column, and what is remarked about them."""
        columns = {one.code: one for one in reversed(self._all_columns())}
        stored: dict[str, str | None] = {}
        found: list[Finding] = []
        for code, typed in given.items():
            column = columns.get(code)
            if column is None:
                found.append(Finding(PREFIX + code, "stop", "unknown_field", {"field": PREFIX + code}))
                continue
            said = column.read(typed, clock.today())
            stored[column.id] = None if said.value is None else str(said.value)
            found += said.notes
        return stored, found

    def _save(
        self, form: Form, data: dict[str, Value], record: str | None, work: Work, *, by_hand: bool = False
    ) -> Saved:
        own, given = extras.parted(data) if form.name == CHILD else (data, {})
        if form.name == FIELD and record is None and not own.get("code"):
            taken = (one.code for one in self._all_columns())
            own["code"] = extras.code_for(str(own.get("label") or ""), taken)
        if not given:
            return super()._save(form, own, record, work, by_hand=by_hand)
        stored, found = self._typed(given)
        if any(one.level == "stop" for one in found):
            return Saved(None, (*self.check(form.name, own, record, by_hand=by_hand, known=work.known), *found))
        saved = super()._save(form, own, record, work, by_hand=by_hand)
        if saved.id is None:
            return replace(saved, findings=(*saved.findings, *found))
        drafts = self._value_drafts(saved.id, stored, new=record is None)
        if work.waiting is None:
            self._write(drafts, work.batch)
        else:
            work.waiting.extend(drafts)
        return Saved(saved.id, (*saved.findings, *found), work.batch if drafts else saved.batch)

    def _value_drafts(self, child: str, stored: Mapping[str, str | None], *, new: bool) -> list[Draft]:
        rows = [] if new else self.store.rows(VALUE, '"child" = ?', (child,), order="id")
        known = {str(row["field"]): row for row in rows}
        drafts = []
        for column, value in stored.items():
            row = known.get(column)
            if row is None and value is not None:
                drafts.append(Draft(VALUE, new_id(), {"child": child, "field": column, "value": value}))
            elif row is not None and row.get("value") != value:
                drafts.append(Draft(VALUE, str(row["id"]), {"value": value}))
        return drafts

    def get(self, record: str) -> Told:
        """Return one record; of a child also its extra values."""
        found = super().get(record)
        if found["form"] == CHILD:
            said = self._values(record).get(record, {})
            found |= {one.key: said[one.id] for one in reversed(self._all_columns()) if said.get(one.id)}
        return found

    # --- many --------------------------------------------------------------------------------------------------------

    def people(self, year: int, wanted: Report | None = None, area: Area | None = None) -> list[roll.Person]:
        """Return every child; with ``extras``, the cells of the office's columns, where the list shows any."""
        found = super().people(year, wanted, area)
        keys = {str(one["key"]) for one in (wanted.data["columns"] if wanted else ())}
        columns = [one for one in self._all_columns() if one.key in keys]
        if not columns:
            return found
        said = self._values()
        return [{**one, "extras": _cells(columns, said.get(str(one["child"]["id"]), {}))} for one in found]

    def _values(self, child: str = "") -> dict[str, dict[str, str]]:
        """Return what is said, child to record of the column to the stored text; the one written last counts."""
        where: tuple[Any, ...] = ('"child" = ?', (child,)) if child else ("1", ())
        found: dict[str, dict[str, str]] = {}
        for row in self.store.rows(VALUE, *where, order="id"):
            found.setdefault(str(row["child"]), {})[str(row["field"])] = str(row.get("value") or "")
        return found


def _cells(columns: Iterable[Extra], said: Mapping[str, str]) -> dict[str, tuple[str, str | int | None]]:
    return {one.key: one.cell(said[one.id]) for one in columns if said.get(one.id)}
