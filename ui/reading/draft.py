"""A file understood but not yet imported: read on the desk's thread, shown by the page.

Rules. Nothing is written while a draft is made. What somebody says of a row (``Said``) is done to the plan on the
desk's thread, and every row meets the register anew; what was said before is repeated when columns or encoding change.
A column's choice is kept under its most particular key, so that it holds for that column alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from cbdesk.book import Book
from cbdesk.desk import Desk, Fate, Imported
from cbdesk.desk.on_behalf import Paper
from cbdesk.errors import Problem
from cbdesk.importer import SKIP, Column, Converted, ImportPlan, ImportRow, Repair, bare, converted
from cbdesk.words import say
from ui.reading.layouts import Layouts, choices_of, key_of, latest

CHILD = "child"
SAMPLES = 3
GOOD, FIX, ALIKE, OUT = "added", "refused", "duplicate", "out"
"""What becomes of a row, as the tabs tell it: imported, held back, to be decided, not imported."""
Choices = dict[str, str]


class Stopped(Exception):
    """The person stopped the work, or asked for something newer."""


class Said(NamedTuple):
    """What somebody said of a row: a proposal taken (``take``) or turned down (``keep``), or a decision.

    ``place`` says which row; ``everywhere`` means all rows with the same proposal. Codes of decisions are those of the
    importer, "" takes one back.
    """

    place: str
    code: str
    repair: Repair | None = None
    everywhere: bool = False


class Behalf(NamedTuple):
    """Whose list is read at the receiver: the unit (key, name), the period it stands for, the paper it came by."""

    unit: str
    name: str
    period: str
    paper: Paper


def do(plan: ImportPlan, answers: Iterable[Said]) -> None:
    """Do to a plan what was said; runs on the desk's thread, because that thread reads the rows."""
    rows = {place_of(row): row for row in plan.rows}
    for one in answers:
        row = rows[one.place]
        if one.repair is None:
            plan.decide(row, one.code)
        elif one.code == "take":
            plan.repair(row, one.repair, everywhere=one.everywhere)
        else:
            plan.keep(row, one.repair, everywhere=one.everywhere)


@dataclass(frozen=True)
class Asked:
    """What to read: a file or copied text (or the book read from it before), a sheet, what was said of columns.

    ``charsets`` are forced encodings; ``layout`` is the name of what was said of columns, ``None`` to take the latest.
    ``before`` is the plan whose answers are repeated. ``unit`` is the commune whose list it is, at a receiver.
    """

    source: Path | str
    book: Book | None = None
    sheet: str | None = None
    choices: Mapping[str, str] | None = None
    layouts: Layouts = field(default_factory=dict)
    layout: str = ""
    charsets: Mapping[str, str] = field(default_factory=dict)
    before: ImportPlan | None = None
    unit: str = ""

    @property
    def name(self) -> str:
        """Return the name of the file, or what copied text is called."""
        return self.source.name if isinstance(self.source, Path) else say("reading.pasted")


@dataclass(frozen=True)
class Draft:
    """A file as understood. ``done`` is what an import would do, ``None`` while nobody said where the names stand.

    ``tabs`` are the rows by what becomes of them; together they are all rows of the file.
    """

    asked: Asked
    book: Book
    plan: ImportPlan
    choices: Choices
    layout: str = ""
    done: Imported | None = None
    fonts: Converted = field(default_factory=Converted)
    problem: Problem | None = None
    tabs: Mapping[str, list[Fate]] = field(default_factory=dict)
    targets: Mapping[str, str] = field(default_factory=dict)
    """What a column may become, the office's own columns among it."""

    def sheets(self) -> list[str]:
        """Return the names of the sheets that can be chosen."""
        shown = [one.name for one in self.book.sheets if not one.hidden and one.rows]
        return shown or [one.name for one in self.book.sheets if one.rows]

    def letters_of(self, row: ImportRow) -> str:
        """Return the encoding a row was written in."""
        return self.fonts.letters.get(row.place, "unicode")

    def encodings(self) -> list[tuple[str, int]]:
        """Return the old encodings of the file with their rows, the commonest first."""
        return Counter(self.fonts.letters.values()).most_common()


def read_draft(desk: Desk, asked: Asked, progress: Callable[[], object] | None = None) -> Draft:
    """Read and understand; runs on the desk's thread. A book without a heading comes with its problem and columns.

    Raises ``Problem`` of group I; what ``progress`` raises ends the work.
    """
    book = asked.book if asked.book is not None else desk.import_book(asked.source)
    choices, layout = dict(asked.choices or {}), asked.layout
    try:
        plan = _plan(desk, book, asked, choices)
        if asked.choices is None and (name := latest(plan.columns, asked.layouts)) is not None:
            plan, choices, layout = _as_before(desk, book, asked, plan, name)
    except Problem as problem:
        if problem.name != "no_table":
            raise
        plan = bare(book, desk.import_form(CHILD), asked.sheet, asked.charsets)
        if not plan.columns:
            raise
        plan.columns = [replace(one, target=choices.get(key_of(one), "")) for one in plan.columns]
        return Draft(asked, book, plan, choices, problem=problem, targets=desk.import_targets())
    if asked.before is not None:
        plan.follow(asked.before)
    fonts = converted(book, plan, SAMPLES)
    draft = Draft(asked, book, plan, choices, layout, fonts=fonts, targets=desk.import_targets())
    return judged(desk, draft, progress)


def judged(desk: Desk, draft: Draft, progress: Callable[[], object] | None = None) -> Draft:
    """Return the draft with its rows met with the register (again); runs on the desk's thread."""
    done = desk.import_run(draft.plan, dry_run=True, progress=progress)
    tabs: dict[str, list[Fate]] = {GOOD: [], FIX: [], ALIKE: [], OUT: []}
    for fate in done.fates:
        tabs[tab_of(fate)].append(fate)
    return replace(draft, done=done, tabs=tabs)


def _plan(desk: Desk, book: Book, asked: Asked, choices: Choices) -> ImportPlan:
    how = {"name": asked.sheet, "mapping": choices or None, "charsets": asked.charsets, "attended": True}
    return desk.plan_on_behalf(asked.unit, book, **how) if asked.unit else desk.import_plan(book, **how)


def _as_before(
    desk: Desk, book: Book, asked: Asked, plan: ImportPlan, name: str
) -> tuple[ImportPlan, Choices, str]:
    """Return the plan with what was said last of such a list; a target that no longer exists is forgotten."""
    known = choices_of(plan.columns, asked.layouts, name)
    try:
        return _plan(desk, book, asked, known), known, name
    except Problem:
        return plan, {}, ""


# --- columns -----------------------------------------------------------------------------------------------------


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


def targets_of(draft: Draft) -> Choices:
    """Return what every column becomes, to be kept under a name."""
    open_ones = {key_of(one) for one in open_columns(draft)}
    return {key_of(one): one.target for one in draft.plan.columns if key_of(one) not in open_ones}


# --- rows --------------------------------------------------------------------------------------------------------


def place_of(row: ImportRow) -> str:
    """Return where a row stands, as an identity."""
    return "!".join(map(str, row.place))


def tab_of(fate: Fate) -> str:
    """Return under which tab a row stands. A look-alike stays where its three answers are, whatever was decided."""
    if fate.kind == ALIKE:
        return ALIKE
    return fate.kind if fate.kind in (GOOD, FIX) and fate.decision != SKIP else OUT


def proposal(fate: Fate) -> Repair | None:
    """Return the proposal to show for a row, one that holds it back first; none for a row that is left out."""
    waiting = [one for one in fate.row.repairs if one.waits] or list(fate.row.repairs)
    return waiting[0] if waiting and fate.decision != SKIP else None
