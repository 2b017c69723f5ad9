"""Columns an office adds: what a value of one is, typed and checked like a field of the catalogue. Pure data, no I/O.

A column is a record (``extra_field``), a value of one child another (``extra_value``), so both travel in bundles.
Values are stored as text in the stored form of the column's kind: ISO dates, whole numbers without points,
``yes``/``no``, the words of a choice. Everywhere a value is named by ``extra.<code>``: in ``put`` and ``get``, in the
mapping of an import, as a column of lists.

Rules: a code is made once from the heading and kept, whatever the heading becomes. A choice that is none of those
offered is asked about and kept as written; a date or number that is none is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from cbdesk import kinds, text
from cbdesk.catalogue import Choice, ChoiceList, Field, Form
from cbdesk.errors import Finding
from cbdesk.kind import Read, Value

PREFIX = "extra."
TEXT, NUMBER, DATE, YES_NO, CHOICE = "text", "number", "date", "yes_no", "choice"
KINDS: Mapping[str, str] = {TEXT: "text", NUMBER: "integer", DATE: "date", YES_NO: "flag", CHOICE: "text"}
"""The kind of field that reads and shows a column."""
SHEET: Mapping[str, str] = {NUMBER: "number", DATE: "date"}
"""The kind of a column of a list (``paper.Column``); others are text."""
LONGEST = 30
_SIGNS = re.compile(r"[^a-z0-9]+")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Extra:
    """One column: its record, code, heading and kind; ``scope`` is the list it is for, "" for all children."""

    id: str
    code: str
    label: str
    kind: str = TEXT
    choices: tuple[str, ...] = ()
    scope: str = ""
    order: int = 0
    first: str = ""
    last: str = ""

    @property
    def key(self) -> str:
        """Return how the column is named outside its record."""
        return PREFIX + self.code

    @property
    def align(self) -> str:
        """Return the side its cells stand at."""
        return {NUMBER: "right", DATE: "center", YES_NO: "center"}.get(self.kind, "left")

    @cached_property
    def field(self) -> Field:
        """Return the column as a field of a form."""
        return Field(self.key, KINDS[self.kind], {"vi": self.label, "en": self.label}, "extra", width=4)

    @cached_property
    def _offered(self) -> ChoiceList:
        known = (Choice(one, {"vi": one}) for one in self.choices)
        return ChoiceList(self.code, {"vi": self.label}, "", tuple(known))

    def in_use(self, day: date) -> bool:
        """Return whether the column is asked for on a day."""
        return (self.first or "") <= day.isoformat() <= (self.last or "9999")

    def read(self, given: object, today: date) -> Read:
        """Return typed text or a cell of a file as the text stored, with what is remarked about it."""
        if given is None or not str(given).strip():
            return Read()
        if self.kind == CHOICE:
            written = text.tidy(str(given))
            chosen = self._offered.find(written)
            stored = chosen.code if chosen else written
            return Read(stored, tuple(self.check(stored)))
        found = kinds.of(self.field).read(given, self.field, today)
        return Read(self._kept(found.value), found.notes)

    def _kept(self, value: Value) -> str | None:
        if value is None:
            return None
        return ("yes" if value else "no") if self.kind == YES_NO else str(value)

    def value(self, stored: object) -> Value:
        """Return a stored text as the value of its kind, ``None`` where it is none."""
        said = str(stored or "")
        if self.kind == YES_NO:
            return {"yes": True, "no": False}.get(said)
        return (int(said) if said.isascii() and said.isdigit() else None) if self.kind == NUMBER else said or None

    def check(self, stored: object) -> list[Finding]:
        """Return what is wrong with a stored text."""
        if stored is None:
            return []
        if self.kind == CHOICE and isinstance(stored, str) and stored not in self.choices:
            return [Finding(self.key, "ask", "unknown_choice", {"list": self.label})]
        value = self.value(stored)
        if value is None:
            wrong = {NUMBER: "not_a_number", YES_NO: "not_yes_or_no"}.get(self.kind, "not_text")
            return [Finding(self.key, "stop", wrong)]
        return kinds.of(self.field).check(value, self.field)

    def show(self, stored: object) -> str:
        """Return a stored text for people."""
        value = self.value(stored)
        return str(stored or "") if value is None else kinds.of(self.field).show(value, self.field)

    def cell(self, stored: object) -> tuple[str, str | int | None]:
        """Return a stored text as a cell of a list: what is shown, and what is meant where that differs."""
        value = self.value(stored)
        meant = value if self.kind in (NUMBER, DATE) and isinstance(value, (int, str)) else None
        return self.show(stored), meant


def known(rows: Iterable[Row]) -> list[Extra]:
    """Return the columns of their records, in order; a record without code or with an unknown kind is none."""
    found = [_extra(row) for row in rows if row.get("code") and row.get("kind") in KINDS]
    return sorted(found, key=lambda one: (one.order, text.collate_key(one.label), one.id))


def _extra(row: Row) -> Extra:
    offered = (text.tidy(one) for one in str(row.get("choices") or "").splitlines())
    order = row.get("order")
    return Extra(str(row["id"]), str(row["code"]), str(row.get("label") or row["code"]), str(row["kind"]),
                 tuple(dict.fromkeys(one for one in offered if one)), str(row.get("list") or ""),
                 order if isinstance(order, int) else 999, str(row.get("from") or ""), str(row.get("to") or ""))


def of(columns: Sequence[Extra], lists: Iterable[str] = (), day: date | None = None) -> list[Extra]:
    """Return the columns for all children and those of these lists, in use on a day where one is given."""
    wanted = {"", *lists}
    return [one for one in columns if one.scope in wanted and (day is None or one.in_use(day))]


def code_for(label: str, taken: Iterable[str]) -> str:
    """Return the code of a new column: its heading in plain letters, numbered where that is taken."""
    plain = _SIGNS.sub("_", text.fold(label)).strip("_")[:LONGEST].strip("_") or "cot"
    used, code, n = set(taken), plain, 1
    while code in used:
        n += 1
        code = f"{plain}_{n}"
    return code


def form_with(form: Form, columns: Sequence[Extra]) -> Form:
    """Return a form that has these columns as fields after its own, for reading files."""
    return replace(form, fields=(*form.fields, *(one.field for one in columns)))


def parted(data: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the fields of a record, and the extra values among them by code."""
    own = {name: value for name, value in data.items() if not name.startswith(PREFIX)}
    return own, {name.removeprefix(PREFIX): data[name] for name in data.keys() - own.keys()}


