"""A file understood but not yet imported: read on the desk's thread, shown by the page.

Rules. Nothing is written while a draft is made. A column's choice is kept under its most particular key, so that it
holds for that column alone. What is remembered of a layout is places and targets under a digest of the headings:
nothing that stood in the file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from cbdesk.book import Book
from cbdesk.catalogue import catalogue
from cbdesk.desk import Desk, Fate, Imported
from cbdesk.errors import Problem
from cbdesk.importer import Column, Converted, ImportPlan, ImportRow, Note, bare, converted
from cbdesk.words import say

CHILD = "child"
SAMPLES = 3
CARE = frozenset({
    "over_16", "maybe_over_16", "future", "not_understood", "unconvertible", "placeholder_name", "one_word_name",
    "two_dates", "no_village", "parents_kept", "uncached", "repeated", "no_such_day", "no_such_month", "no_such_year",
    "no_year", "two_digit_year", "lunar", "us_order", "unreadable",
})  # fmt: skip
"""Remarks a person should look at; the others only tell what was assumed."""

QUIET = frozenset({"sex_from_column", "village_from_title", "group_from_title", "title_kept"})
"""What is assumed of nearly every row of a list is told for the row one is at, not in every line."""

Choices = dict[str, str]
Layouts = Mapping[str, Mapping[str, str]]


class Stopped(Exception):
    """The person stopped the work, or asked for something newer."""


@dataclass(frozen=True)
class Asked:
    """What to read: a file or copied text (or the book read from it before), a sheet, what was said of columns."""

    source: Path | str
    book: Book | None = None
    sheet: str | None = None
    choices: Mapping[str, str] | None = None
    layouts: Layouts | None = None

    @property
    def name(self) -> str:
        """Return the name of the file, or what copied text is called."""
        return self.source.name if isinstance(self.source, Path) else say("reading.pasted")


@dataclass(frozen=True)
class Draft:
    """A file as understood. ``done`` is what an import would do, ``None`` while nobody said where the names stand."""

    asked: Asked
    book: Book
    plan: ImportPlan
    choices: Choices
    done: Imported | None
    fonts: Converted
    problem: Problem | None = None

    @property
    def fates(self) -> list[Fate]:
        """Return what becomes of each row."""
        return self.done.fates if self.done is not None else []

    def sheets(self) -> list[str]:
        """Return the names of the sheets that can be chosen."""
        shown = [one.name for one in self.book.sheets if not one.hidden and one.rows]
        return shown or [one.name for one in self.book.sheets if one.rows]


def read_draft(desk: Desk, asked: Asked, progress: Callable[[], object] | None = None) -> Draft:
    """Read and understand; runs on the desk's thread. A book without a heading comes with its problem and columns.

    Raises ``Problem`` of group I; what ``progress`` raises ends the work.
    """
    book = asked.book if asked.book is not None else desk.import_book(asked.source)
    choices = dict(asked.choices or {})
    try:
        plan = desk.import_plan(book, name=asked.sheet, mapping=choices or None)
        if asked.choices is None and asked.layouts and (known := remembered(plan, asked.layouts)):
            plan, choices = _again(desk, book, asked, known, plan)
    except Problem as problem:
        if problem.name != "no_table":
            raise
        plan = bare(book, catalogue().form(CHILD), asked.sheet)
        if not plan.columns:
            raise
        plan.columns = [replace(one, target=choices.get(key_of(one), "")) for one in plan.columns]
        return Draft(asked, book, plan, choices, None, Converted(0, (), ""), problem)
    done = desk.import_run(plan, dry_run=True, progress=progress)
    return Draft(asked, book, plan, choices, done, converted(book, plan, SAMPLES))


def _again(
    desk: Desk, book: Book, asked: Asked, known: Choices, plan: ImportPlan
) -> tuple[ImportPlan, Choices]:
    """Return the plan with what was remembered; a target that no longer exists is forgotten."""
    try:
        return desk.import_plan(book, name=asked.sheet, mapping=known), known
    except Problem:
        return plan, {}


# --- columns -----------------------------------------------------------------------------------------------------


def key_of(column: Column) -> str:
    """Return the key that names this column and no other."""
    return f"{column.sheet}!{column.letter}@{column.table}"


def choose(choices: Mapping[str, str], columns: list[Column], column: Column, target: str) -> Choices:
    """Return the choices after one more. A field stands in one column of a table; what was chosen before gives way."""
    made = {**choices, key_of(column): target}
    for other in columns:
        same_table = (other.sheet, other.table) == (column.sheet, column.table)
        if other != column and same_table and target and made.get(key_of(other)) == target:
            made[key_of(other)] = ""
    return made


def open_columns(draft: Draft) -> list[Column]:
    """Return the headed columns nobody has decided about: not recognised, and not said to be left out."""
    return [one for one in draft.plan.columns if not one.target and one.samples and key_of(one) not in draft.choices]


def layout_of(plan: ImportPlan) -> str:
    """Return a digest of the headings and their places; the same list next year has the same one."""
    told = "\n".join(f"{one.letter}:{one.heading.casefold()}" for one in plan.columns)
    return sha256(told.encode("utf-8")).hexdigest()[:20]


def remembered(plan: ImportPlan, layouts: Layouts) -> Choices:
    """Return what was said the last time a list was headed like this one."""
    known = layouts.get(layout_of(plan), {})
    return {key_of(one): known[str(at)] for at, one in enumerate(plan.columns) if str(at) in known}


def to_remember(draft: Draft) -> dict[str, str]:
    """Return what a person said of the columns, by their number."""
    keys = [key_of(one) for one in draft.plan.columns]
    return {str(at): draft.choices[key] for at, key in enumerate(keys) if key in draft.choices}


# --- rows --------------------------------------------------------------------------------------------------------


def place_of(row: ImportRow) -> str:
    """Return where a row stands, as an identity."""
    return f"{row.sheet}!{row.row_number}"


def care(row: ImportRow) -> bool:
    """Return whether a person should look at a row that can be imported."""
    return any(note.code in CARE for note in row.notes)


def notes_of(row: ImportRow, *, short: bool = False) -> list[str]:
    """Return the remarks of a row, those to look at first; what a title says of sensitive groups stays unsaid."""
    told = sorted(row.notes, key=lambda note: note.code not in CARE)
    told = [note for note in told if not short or note.code not in QUIET]
    return list(dict.fromkeys(_words(note) for note in told))


def _words(note: Note) -> str:
    if note.code == "title_kept":
        return say("reading.note.title_kept")
    if note.code == "group_from_title" and note.details.get("label") in _sensitive():
        return say("reading.note.sensitive_group")
    return note.text


def _sensitive() -> set[str]:
    lists = catalogue().lists
    return {one.label for name in ("group", "risk") for one in lists[name].choices if one.sensitive}
