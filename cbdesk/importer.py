"""Planning an import: from a file of tables to rows as ``put`` takes them. Pure; the desk matches and writes.

    plan(read_book(path), catalogue.form("child"), catalogue, today) -> ImportPlan

Nothing is thrown away silently. A column nobody understands is listed as not imported; a cell nobody understands goes
into the child's notes with its heading; a row without a name is refused with its reason and its cells. What was
assumed is said in ``notes`` (``import.note.<code>`` or ``dates.note.<code>``). ``mapping`` of a plan can be given back:
``{"B": "full_name", "H": "household_class=poor", "K": ""}``; a later table or another sheet has keys ``E@12`` and
``Sheet2!E``; an empty target means "do not import", a column not named is guessed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from cbdesk import repairs, words
from cbdesk.book import Book, Cell, Sheet, column_of, letter_of
from cbdesk.catalogue import Catalogue, Form
from cbdesk.charsets import CHARSETS, decode_as
from cbdesk.columns import Column, choose_columns
from cbdesk.errors import Problem
from cbdesk.headings import NAMES, Headings
from cbdesk.matching import content
from cbdesk.reader import RowReader
from cbdesk.rows import ImportRow, Note, Repair
from cbdesk.tables import Page, Table, decode_sheet, find_tables, headless
from cbdesk.text import match_key, tidy

__all__ = ["NEW", "SKIP", "UPDATE", "Column", "Converted", "ImportPlan", "ImportRow", "Note", "Repair", "bare",
           "converted", "plan", "targets"]  # fmt: skip

NEW, UPDATE, SKIP = "new", "update", "skip"

_KEY = re.compile(r"(?:(?P<sheet>.+)!)?(?P<letters>[A-Za-z]{1,3})(?:@(?P<row>\d{1,7}))?")


@dataclass
class ImportPlan:
    """What an import would do. ``rows`` are all rows that can be a child, refused ones included.

    ``attended``: somebody is asked, so open questions hold their rows back and look-alikes may become updates.
    ``charsets`` is the encoding found or forced, by sheet; ``charset`` that of most rows. ``titles`` are those above
    the tables. ``unit`` is the commune it is read for, "" for our own.
    """

    form: str
    today: date = date.min
    adult: int = 0
    columns: list[Column] = field(default_factory=list)
    rows: list[ImportRow] = field(default_factory=list)
    mapping: dict[str, str] = field(default_factory=dict)
    charset: str = "unicode"
    charsets: dict[str, str] = field(default_factory=dict)
    attended: bool = False
    titles: list[str] = field(default_factory=list)
    unit: str = ""

    @property
    def read(self) -> int:
        """Return the number of rows read."""
        return len(self.rows)

    @property
    def good(self) -> list[ImportRow]:
        """Return the rows that can be stored."""
        return [row for row in self.rows if row.refused is None]

    @property
    def refused(self) -> list[ImportRow]:
        """Return the rows that cannot, each with its reason."""
        return [row for row in self.rows if row.refused is not None]

    def repair(self, row: ImportRow, repair: Repair, *, everywhere: bool = False) -> list[ImportRow]:
        """Take a proposal; nothing is written. ``everywhere`` takes it in all rows that offer the same.

        Returns the rows that changed. The words of the cell stay in the notes where they were kept there.
        """
        rows = [one for one in self.rows if repair in one.repairs] if everywhere else [row]
        for one in rows:
            one.repairs = tuple(other for other in one.repairs if other.field != repair.field)
            one.taken = (*one.taken, repair)
            one.data |= repair.data
            if repair.field == "full_name":
                one.refused = None
            if repair.leave_out:
                self.decide(one, SKIP)
            elif repair.field == "born":
                repairs.judge_age(one, self.today, self.adult)
        return rows

    def keep(self, row: ImportRow, repair: Repair, *, everywhere: bool = False) -> list[ImportRow]:
        """Leave a field as it was understood and ask no more; returns the rows that changed."""
        rows = [one for one in self.rows if repair in one.repairs] if everywhere else [row]
        for one in rows:
            one.repairs = tuple(other for other in one.repairs if other != repair)
            one.kept = (*one.kept, repair)
        return rows

    def decide(self, row: ImportRow, decision: str, other: str | None = None) -> None:
        """Say what becomes of a row: ``new``, ``update`` (of ``other``, else of the likest child) or ``skip``.

        An empty decision takes back what was said.
        """
        if decision not in ("", NEW, UPDATE, SKIP):
            raise ValueError(decision)
        row.decision, row.other = decision, other if decision == UPDATE else None

    def settle(self) -> None:
        """Take every safe proposal, as where nobody can be asked."""
        for row in self.rows:
            for repair in [one for one in row.repairs if one.safe]:
                self.repair(row, repair)

    def follow(self, before: ImportPlan) -> None:
        """Repeat what somebody took, kept and decided in an earlier plan of the same file, row by row."""
        said = {row.place: row for row in before.rows if row.taken or row.kept or row.decision}
        for row in self.rows if said else ():
            earlier = said.get(row.place)
            if earlier is None:
                continue
            for repair in row.repairs:
                if repair in earlier.taken:
                    self.repair(row, repair)
                elif repair in earlier.kept:
                    self.keep(row, repair)
            self.decide(row, earlier.decision, earlier.other)

    def refused_table(self, rows: Sequence[ImportRow] | None = None) -> tuple[list[str], list[list[str]]]:
        """Return (headings, rows) of a workbook with the original cells and the reasons, that can be read in again.

        Rows of tables with other columns follow by their headings. ``rows`` are the refused ones unless given.
        """
        chosen = self.refused if rows is None else list(rows)
        headings: list[str] = []
        for row in chosen:
            headings += [head for head, _ in row.cells if head not in headings]
        lines = []
        for row in chosen:
            given = dict(row.cells)
            lines.append([given.get(head, "") for head in headings] + [row.reason, f"{row.sheet}, {row.row_number}"])
        return [*headings, words.say("import.reason"), words.say("import.sheet_row")], lines


def plan(
    book: Book,
    form: Form,
    catalogue: Catalogue,
    today: date,
    sheet: str | None = None,
    mapping: Mapping[str, str | None] | None = None,
    charsets: Mapping[str, str] | None = None,
) -> ImportPlan:
    """Return what importing this book would do. All visible sheets with a table are read unless ``sheet`` names one.

    ``charsets`` forces encodings: ``{"Sheet1": "tcvn3", "Sheet1!B": "vni"}``, with ``""`` for all sheets.
    Raises ``Problem``: ``no_sheet``, ``no_table``, ``bad_map``, ``bad_charset``.
    """
    headings = Headings(form)
    given = _checked(mapping, headings, catalogue)
    reader = RowReader(headings, catalogue, today)
    made = ImportPlan(form.name, today, reader.adult)
    forced = _forced(charsets, book)
    sheets = _sheets(book, sheet)
    for number, one in enumerate(sheets):
        page = _decoded(one, headings, forced.get(one.name))
        tables = find_tables(page, headings) or _by_hand(page, given, headings)
        if tables:
            made.charsets[one.name] = page.charset
        for at, table in enumerate(tables):
            wanted = {col: _wanted(given, one.name, col, table.first) for col in _columns_of(table)}
            columns = choose_columns(table, headings, catalogue, today, wanted)
            made.columns += columns
            made.titles += table.titles
            _remember(made.mapping, columns, (number, at, len(sheets) > 1))
            above = tables[0].titles if at else ()
            made.rows += reader.read(table, columns, above)
    if not made.charsets:
        raise Problem("no_table")
    counted = Counter(made.charsets[row.sheet] for row in made.rows) or Counter(made.charsets.values())
    made.charset = counted.most_common(1)[0][0]
    _mark_repeats(made.rows)
    return made


def bare(
    book: Book, form: Form, sheet: str | None = None, charsets: Mapping[str, str] | None = None
) -> ImportPlan:
    """Return the columns of a book in which no heading was found, for a person to say where the names stand.

    Raises ``Problem``: ``no_sheet``, ``bad_charset``.
    """
    made = ImportPlan(form.name)
    forced = _forced(charsets, book)
    for one in _sheets(book, sheet):
        page = decode_sheet(one, forced.get(one.name, {}))
        made.charsets[one.name] = made.charset = page.charset
        for col in range(1, one.width + 1):
            texts = [text for row in range(1, len(one.rows) + 1) if (text := page.text(row, col))][:3]
            if texts:
                made.columns.append(Column(one.name, 0, col, letter_of(col), "", "", "", 0, tuple(texts)))
    return made


def targets(form: Form, catalogue: Catalogue) -> list[tuple[str, str]]:
    """Return what a column may become, as (target, words for people)."""
    return Headings(form).targets(catalogue)


@dataclass(frozen=True, slots=True)
class Converted:
    """What old encodings did to a file: (before, after) samples, signs nothing explains, and the encoding of each row.

    ``letters`` holds the rows that were converted, by their place; all others were Unicode already.
    """

    samples: tuple[tuple[str, str], ...] = ()
    signs: str = ""
    letters: Mapping[tuple[str, int, int], str] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Return the number of rows converted."""
        return len(self.letters)


def converted(book: Book, made: ImportPlan, most: int = 3) -> Converted:
    """Return what was converted between the file and the plan; names come first as samples."""
    columns: dict[str, dict[int, list[Column]]] = {}
    for column in made.columns:
        columns.setdefault(column.sheet, {}).setdefault(column.table, []).append(column)
    signs, letters = "", dict[tuple[str, int, int], str]()
    names: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    for row in made.rows:
        sheet = book.sheet(row.sheet)
        table = max(first for first in columns[row.sheet] if first <= row.row_number)
        own = [one for one in columns[row.sheet][table] if one.col >= row.left][: len(row.cells)]
        for column, (_, after) in zip(own, row.cells, strict=True):
            cell = sheet.cell(row.row_number, column.col)
            if not isinstance(cell.value, str) or tidy(cell.value) == after:
                continue
            charset = _explains(cell, after, made.charsets[row.sheet])
            if charset != "unicode":  # marks that were only composed are no other encoding
                letters.setdefault(row.place, charset)
                (names if column.target in NAMES else others).append((cell.value, after))
        signs += "".join(str(note.details["signs"]) for note in row.notes if note.code == "unconvertible")
    return Converted(tuple(dict.fromkeys(names + others))[:most], "".join(dict.fromkeys(signs)), letters)


def _explains(cell: Cell, after: str, usual: str) -> str:
    """Return the encoding that turns a cell into what was read of it, that of its sheet where several do."""
    text = str(cell.value)
    return next((one for one in (usual, *CHARSETS) if tidy(decode_as(text, cell.font, one)) == after), usual)


def _decoded(sheet: Sheet, headings: Headings, forced: Mapping[int, str] | None) -> Page:
    """Return a sheet in Unicode; headings that are understood as they are need no encoding of anybody's choice."""
    if not forced:
        return decode_sheet(sheet)
    as_it_is = find_tables(decode_sheet(sheet, {0: "unicode"}), headings)
    return decode_sheet(sheet, forced, {row for table in as_it_is for row in range(table.first, table.last + 1)})


def _forced(charsets: Mapping[str, str] | None, book: Book) -> dict[str, dict[int, str]]:
    """Return forced encodings as sheet to {column: charset}, 0 for the whole sheet. Raises ``Problem(bad_charset)``."""
    found: dict[str, dict[int, str]] = {}
    for key, charset in (charsets or {}).items():
        sheet, _, letters = key.rpartition("!") if "!" in key and key not in book.names else (key, "", "")
        if charset not in CHARSETS or (letters and not re.fullmatch("[A-Za-z]{1,3}", letters)):
            raise Problem("bad_charset", charsets=", ".join(CHARSETS))
        for name in [sheet] if sheet else book.names:
            found.setdefault(name, {})[column_of(letters)] = charset
    return found


def _sheets(book: Book, name: str | None) -> list[Sheet]:
    if name is not None:
        return [book.sheet(name)]
    return [s for s in book.sheets if not s.hidden] or list(book.sheets)


# --- the mapping -------------------------------------------------------------------------------------------------


def _checked(mapping: object, headings: Headings, catalogue: Catalogue) -> dict[str, str]:
    """Return a mapping with proper keys and targets. Raises ``Problem(bad_map)``."""
    if mapping is None:
        return {}
    if not isinstance(mapping, Mapping):
        raise Problem("bad_map")
    clean: dict[str, str] = {}
    for key, target in mapping.items():
        match = _KEY.fullmatch(key) if isinstance(key, str) else None
        known = target in (None, "") or (isinstance(target, str) and headings.knows(target, catalogue))
        if not match or not known:
            raise Problem("bad_map")
        prefix = f"{match['sheet']}!" if match["sheet"] else ""
        suffix = f"@{match['row']}" if match["row"] else ""
        clean[f"{prefix}{match['letters'].upper()}{suffix}"] = str(target or "")
    return clean


def _keys(sheet: str, col: int, first: int) -> tuple[str, ...]:
    """Return the keys of a column, the most particular first."""
    letter = letter_of(col)
    return f"{sheet}!{letter}@{first}", f"{sheet}!{letter}", f"{letter}@{first}", letter


def _wanted(given: Mapping[str, str], sheet: str, col: int, first: int) -> str | None:
    """Return the target a mapping names for a column, or None where it says nothing."""
    return next((given[key] for key in _keys(sheet, col, first) if key in given), None)


def _remember(mapping: dict[str, str], columns: Sequence[Column], place: tuple[int, int, bool]) -> None:
    """Add the columns of a table to the mapping, under the shortest key that leaves the tables before as they are.

    ``place`` is (number of the sheet, number of the table in it, whether the book has several sheets).
    """
    sheet_number, table_number, several = place
    for column in columns:
        particular, by_sheet, by_row, plain = _keys(column.sheet, column.col, column.table)
        if _wanted(mapping, column.sheet, column.col, column.table) == column.target:
            continue
        if plain not in mapping:
            mapping[plain] = column.target
        elif table_number == 0 and sheet_number > 0:
            mapping[by_sheet] = column.target
        else:
            mapping[particular if several else by_row] = column.target


def _columns_of(table: Table) -> list[int]:
    used = {col for line in table.lines for col in table.filled(line.row)}
    return sorted(used | set(table.paths))


def _by_hand(page: Page, given: Mapping[str, str], headings: Headings) -> list[Table]:
    """Return the whole sheet as a table where there is no heading but a mapping names the column of names."""
    for col in range(1, page.sheet.width + 1):
        if _wanted(given, page.sheet.name, col, 0) in headings.names:
            table = headless(page, col)
            return [table] if table.lines else []
    return []


def _mark_repeats(rows: Sequence[ImportRow]) -> None:
    """Say of each row that an earlier one of the file says exactly the same."""
    about: dict[tuple[str, object], list[ImportRow]] = {}
    for row in rows:
        if row.refused is None:
            about.setdefault((match_key(str(row.data.get("full_name", ""))), row.data.get("born")), []).append(row)
    for alike in about.values():
        seen: dict[frozenset[tuple[str, object]], int] = {}
        for row in alike if len(alike) > 1 else ():
            first = seen.setdefault(content(row.data), row.row_number)
            if first != row.row_number:
                row.repeats = first
                row.notes.append(Note("", "repeated", {"row": first}))
