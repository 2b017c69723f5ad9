"""The shapes of the catalogue: what a form, a field, a choice, a rule, a figure of the law and a report are.

All frozen; texts are picked in the language in force when they are read. How they are read from ``resources``, and
the one catalogue in force, is ``catalogue.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as slot
from datetime import date
from functools import cached_property
from typing import Any

from cbdesk import text, words
from cbdesk.errors import Problem
from cbdesk.units import Units

Texts = Mapping[str, str]


def _within(valid_from: str | None, valid_to: str | None, on: date) -> bool:
    day = on.isoformat()
    return (valid_from or "") <= day <= (valid_to or "9999-12-31")


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a list. The code is stored, the label shown; a code is never reused."""

    code: str
    labels: Texts
    shorts: Texts = slot(default_factory=dict)
    parent: str | None = None
    sensitive: bool = False
    verified: bool = True
    valid_from: str | None = None
    valid_to: str | None = None
    source: str = ""
    order: int = 0
    note: str = ""
    frequent: bool = False
    also: tuple[str, ...] = ()
    extra: Mapping[str, Any] = slot(default_factory=dict)

    @property
    def label(self) -> str:
        """Return the full text in the language in force."""
        return words.pick(self.labels)

    @property
    def short(self) -> str:
        """Return the short text for badges and narrow columns; the label where none was given."""
        return words.pick(self.shorts) if self.shorts else self.label

    def valid(self, on: date) -> bool:
        """Return whether the choice was offered on that day."""
        return _within(self.valid_from, self.valid_to, on)


@dataclass(frozen=True)
class ChoiceList:
    """A list of choices in the order in which people see it."""

    name: str
    titles: Texts
    source: str
    choices: tuple[Choice, ...]
    maps: Mapping[str, str] = slot(default_factory=dict)
    _by_code: Mapping[str, Choice] = slot(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_code", {choice.code: choice for choice in self.choices})

    @property
    def title(self) -> str:
        """Return the name of the list for people."""
        return words.pick(self.titles)

    def get(self, code: str) -> Choice | None:
        """Return the choice with that code, also one no longer offered."""
        return self._by_code.get(code)

    def valid(self, on: date) -> tuple[Choice, ...]:
        """Return the choices offered on that day."""
        return tuple(choice for choice in self.choices if choice.valid(on))

    def label(self, code: str) -> str:
        """Return the text of a code; an unknown code is shown as it is."""
        choice = self.get(code)
        return choice.label if choice else code

    @cached_property
    def _spellings(self) -> tuple[dict[str, Choice | None], dict[str, Choice | None]]:
        """Every way to write a choice, exact and without accents; ``None`` where two are written alike."""
        exact: dict[str, Choice | None] = {}
        folded: dict[str, Choice | None] = {}
        for choice in self.choices:
            ways = (choice.code, *choice.labels.values(), *choice.shorts.values(), *choice.also)
            for found, key in ((exact, text.match_key), (folded, text.fold)):
                for spelling in {key(way) for way in ways} - {""}:
                    found[spelling] = None if spelling in found else choice
        return exact, folded

    def find(self, written: str) -> Choice | None:
        """Return the choice meant: by code, by its words, at last without accents; ``None`` when several fit."""
        code = written.zfill(2) if written.isdigit() else written      # a spreadsheet drops the zero of "08"
        if code in self._by_code:
            return self._by_code[code]
        exact, folded = self._spellings
        key = text.match_key(written)
        return exact[key] if key in exact else folded.get(text.fold(written))

    def printable(self, code: str) -> Choice | None:
        """Return what a paper may print: the choice, or its nearest parent whose wording has a source.

        A sub-group without sourced wording is left off papers; a top entry stands for itself.
        """
        choice = self.get(code)
        while choice and not choice.verified and choice.parent:
            choice = self.get(choice.parent)
        return choice

    def point(self, code: str) -> str:
        """Return the citation of a group for papers, from the letter of its top entry; "" where it has none."""
        choice = self.get(code)
        while choice and choice.parent:
            choice = self.get(choice.parent)
        letter = choice.extra.get("letter") if choice else None
        return words.say("catalogue.point", letter=letter) if letter else ""

    def family(self, code: str) -> tuple[str, ...]:
        """Return the code and the codes of all its sub-entries."""
        found = [code]
        for choice in self.choices:
            if choice.parent in found:
                found.append(choice.code)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Condition:
    """A field is asked when an earlier field holds one of these values: the whole vocabulary of conditions."""

    field: str
    any_of: tuple[str, ...]

    def holds(self, data: Mapping[str, Any]) -> bool:
        """Return whether the condition is met; unknown never meets it."""
        value = data.get(self.field)
        if value is None:
            return False
        if isinstance(value, bool):
            return str(value).lower() in self.any_of
        if isinstance(value, (list, tuple)):
            return any(item in self.any_of for item in value)
        return str(value) in self.any_of


@dataclass(frozen=True, slots=True)
class Field:
    """One field of one form. Name and kind never change; a field is retired, never removed."""

    name: str
    kind: str
    labels: Texts
    section: str
    hints: Texts = slot(default_factory=dict)
    choices: str | None = None
    form: str | None = None
    required: str = ""
    search: bool = False
    sensitive: bool = False
    width: int = 12
    when: Condition | None = None
    retired: bool = False

    @property
    def label(self) -> str:
        """Return the label in the language in force."""
        return words.pick(self.labels)

    @property
    def hint(self) -> str:
        """Return the line under the field, "" where there is none."""
        return words.pick(self.hints) if self.hints else ""


@dataclass(frozen=True, slots=True)
class Section:
    """A group of fields; ``rows`` names the child forms whose rows are shown in it."""

    name: str
    titles: Texts
    rows: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Return the heading in the language in force."""
        return words.pick(self.titles)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a form: a name of the closed vocabulary in ``rules.py``, the fields, the level, its figures."""

    kind: str
    fields: tuple[str, ...]
    level: str
    given: Mapping[str, Any] = slot(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shorthand:
    """A key of ``put``/``get`` that stands for rows of another form (``groups`` for circumstances …).

    ``fill`` are the fixed values of the rows, such as ``{relation: father}``; ``field`` describes the value given.
    """

    field: Field
    form: str
    target: str
    fill: Mapping[str, Any] = slot(default_factory=dict)

    @property
    def name(self) -> str:
        """Return the key."""
        return self.field.name


@dataclass(frozen=True)
class Form:
    """A form: what one kind of record consists of, in the order of entry."""

    name: str
    titles: Texts
    plurals: Texts
    parent: str | None
    key: tuple[str, ...]
    sections: tuple[Section, ...]
    fields: tuple[Field, ...]
    rules: tuple[Rule, ...]
    shorthands: tuple[Shorthand, ...] = ()
    _by_name: Mapping[str, Field] = slot(init=False, repr=False, compare=False)
    _shorts: Mapping[str, Shorthand] = slot(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {item.name: item for item in self.fields})
        object.__setattr__(self, "_shorts", {item.name: item for item in self.shorthands})

    @property
    def title(self) -> str:
        """Return the name of one record for people."""
        return words.pick(self.titles)

    @property
    def plural(self) -> str:
        """Return the name of many records for people."""
        return words.pick(self.plurals)

    def field(self, name: str) -> Field:
        """Return the field. Raises ``KeyError``."""
        return self._by_name[name]

    def has(self, name: str) -> bool:
        """Return whether the form has that field (shorthands are no fields)."""
        return name in self._by_name

    def shorthand(self, name: str) -> Shorthand | None:
        """Return the shorthand of that name."""
        return self._shorts.get(name)

    def in_section(self, section: str) -> tuple[Field, ...]:
        """Return the fields asked in a section: not retired, without the link to the parent."""
        return tuple(f for f in self.fields if f.section == section and not f.retired and f.name != self.parent)

    def active(self, name: str, data: Mapping[str, Any]) -> bool:
        """Return whether the field is asked for this data: its condition holds, and that of the field it asks."""
        condition = self.field(name).when
        if condition is None:
            return True
        return condition.holds(data) and self.active(condition.field, data)


@dataclass(frozen=True, slots=True)
class LawRow:
    """A figure, deadline, addressee or title that holds between two days."""

    name: str
    labels: Texts
    value: int | str
    valid_from: str | None
    valid_to: str | None
    source: str
    verified: bool
    note: str = ""
    extra: Mapping[str, Any] = slot(default_factory=dict)

    @property
    def label(self) -> str:
        """Return the text in the language in force."""
        return words.pick(self.labels)

    def valid(self, on: date) -> bool:
        """Return whether the row holds on that day."""
        return _within(self.valid_from, self.valid_to, on)


@dataclass(frozen=True, slots=True)
class Report:
    """A report as its file describes it; ``report.py`` knows the shape of ``data``."""

    name: str
    data: Mapping[str, Any]

    @property
    def title(self) -> str:
        """Return the title in the language in force."""
        return words.pick(self.data["title"])

    @property
    def explain(self) -> str:
        """Return what the report tells and how it counts, in the language in force; "" where nothing is said."""
        return words.pick(self.data["explain"]) if self.data.get("explain") else ""


@dataclass(frozen=True)
class Catalogue:
    """Everything read from ``resources/catalogue``. ``oddities`` are properties nobody knows, told by ``verify``."""

    version: int
    forms: Mapping[str, Form]
    lists: Mapping[str, ChoiceList]
    units: Units
    reports: Mapping[str, Report]
    law: Mapping[str, tuple[LawRow, ...]]
    ledger: Mapping[str, Any] = slot(default_factory=dict)
    guarded: Mapping[str, Any] = slot(default_factory=dict)
    reading: Mapping[str, Any] = slot(default_factory=dict)
    matching: Mapping[str, Any] = slot(default_factory=dict)
    holidays: Mapping[str, Any] = slot(default_factory=dict)
    facts: Mapping[str, Mapping[str, str]] = slot(default_factory=dict)
    columns: Mapping[str, Any] = slot(default_factory=dict)
    scope: Mapping[str, Mapping[str, Any]] = slot(default_factory=dict)
    oddities: tuple[str, ...] = ()

    @cached_property
    def _said(self) -> dict[str, frozenset[str]]:
        return {group: frozenset(map(text.match_key, said)) for group, said in self.reading.items()}

    def says(self, group: str, written: str) -> bool:
        """Return whether a text is one of the words of a group of ``reading.toml``; bare signs say ``unknown``."""
        key = text.match_key(written)
        if not key:
            return group == "unknown" and bool(text.tidy(written))
        return key in self._said.get(group, ())

    def form(self, name: str) -> Form:
        """Return the form. Raises ``Problem(unknown_form)``."""
        if name not in self.forms:
            raise Problem("unknown_form", form=name, forms=", ".join(sorted(self.forms)))
        return self.forms[name]

    def children(self, name: str) -> tuple[Form, ...]:
        """Return the forms whose records belong to a record of this form."""
        return tuple(form for form in self.forms.values() if form.parent == name)

    def law_row(self, table: str, name: str, on: date) -> LawRow:
        """Return the row in force on that day. Raises ``KeyError`` where the law says nothing."""
        for row in self.law[table]:
            if row.name == name and row.valid(on):
                return row
        raise KeyError(f"{table}.{name} on {on}")

    def threshold(self, name: str, on: date) -> int:
        """Return a figure in force, such as ``child_age`` (years). Raises ``KeyError``."""
        return int(self.law_row("thresholds", name, on).value)

    def deadline(self, name: str, on: date) -> LawRow:
        """Return a deadline in force: ``value`` counts in ``extra["unit"]``. Raises ``KeyError``."""
        return self.law_row("deadlines", name, on)

    def receiver(self, on: date) -> LawRow:
        """Return who receives the lists on that day: ``value`` is the unit's code. Raises ``KeyError``."""
        return self.law_row("receiver", "receiver", on)

    def may_write(self, role: str, form: str, names: Iterable[str]) -> bool:
        """Return whether a device of that role may write these fields into a commune's record (``scope.toml``).

        No fields are asked for a deletion: it may not be made where nothing may be written.
        """
        allowed = self.scope.get(form, {}).get(role)
        return allowed is None or (bool(allowed) and set(names) <= set(allowed))

    def sensitive(self, item: Field, value: object = None) -> bool:
        """Return whether this field, or this value of it, needs the right to see what is sensitive."""
        if item.sensitive or not item.choices or value is None:
            return item.sensitive
        codes = value if isinstance(value, (list, tuple)) else [value]
        found = (self.lists[item.choices].get(str(code)) for code in codes)
        return any(choice is not None and choice.sensitive for choice in found)
