"""The answered list of the police as it comes back: which row is which line, and what it says. Nothing is written.

People sort, delete rows, add columns, retype headings, save as .xls. So a row is found by its control code wherever
that stands, else by its number and name, else by a name that only one line has; columns by their headings, else by
what stands in them. Where two columns mean the same, the right one is the answer and the left one what was printed;
a printed cell that somebody typed over is an answer too. An empty cell says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from cbdesk import kinds, text
from cbdesk.book import Book
from cbdesk.catalogue import Field, catalogue
from cbdesk.cleaning import CODE, FIELDS, PARENTS, Line, data
from cbdesk.columns import choose_columns
from cbdesk.errors import Problem
from cbdesk.headings import Headings, is_tick
from cbdesk.kind import Read
from cbdesk.tables import Line as TableLine
from cbdesk.tables import Page, Table, decode_sheet, find_tables

NUMBER, RIGHT, NOTE = "number", "right", "note"
_TARGETS = {"carer_name": "guardian_name", "notes": NOTE, **{name: name for name in (*FIELDS, NUMBER)}}
_CUT = re.compile(r"[1-9]\d{8,10}")
"""A personal number whose zeros were lost before the file became text: all of them begin with one."""
_NAMES = frozenset({"full_name", *PARENTS})


@dataclass(frozen=True, slots=True)
class Said:
    """What one row says of one line: ``cells`` maps fields to what stands there, text, or a number or date as typed."""

    number: int
    sheet: str
    row: int
    cells: Mapping[str, object] = field(default_factory=dict)
    right: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Odd:
    """A row that belongs to no line: ``unknown_row``, ``other_list``, or ``line_twice`` for a second, different row."""

    sheet: str
    row: int
    reason: str


def read(book: Book, lines: Sequence[Line], codes: Mapping[str, str], today: date) -> tuple[list[Said], list[Odd]]:
    """Return what an answered file says, in its order, and the rows that belong to no line.

    ``codes`` are the control codes of all lists of this register with the numbers of their lists. Raises ``Problem``:
    ``cleaning_other_list`` (only rows of another list), ``cleaning_no_lines`` (no row of any list of ours).
    """
    by_code = {line.code: line for line in lines}
    said: dict[int, Said] = {}
    odd: list[Odd] = []
    others: set[str] = set()
    pages = [(page, _codes(page)) for page in map(decode_sheet, book.sheets)]
    for page, rows in [one for one in pages if one[1]] or pages:
        others |= {codes[code] for code in rows.values() if code in codes and code not in by_code}
        for one in _Sheet(page, rows, today).said(by_code, lines):
            if isinstance(one, Said) and one.number not in said:
                said[one.number] = one
            elif isinstance(one, Odd):
                odd.append(one)
            elif not _same(one, said[one.number]):
                odd.append(Odd(one.sheet, one.row, "line_twice"))
    if not said:
        if others:
            raise Problem("cleaning_other_list", number=", ".join(sorted(others)))
        raise Problem("cleaning_no_lines")
    return list(said.values()), odd


def _same(one: Said, other: Said) -> bool:
    return (one.cells, one.right, one.note) == (other.cells, other.right, other.note)


def understand(name: str, given: object, today: date) -> Read:
    """Return what an answer means as stored value, with remarks; a name in capitals is written as a name is."""
    item = field_of(name)
    found = kinds.of(item).read(given, item, today)
    if name in _NAMES and isinstance(found.value, str):
        return Read(text.name_case(found.value), found.notes)
    return found


def field_of(name: str) -> Field:
    """Return the catalogue's field of something the police can answer."""
    form = catalogue().forms["child"]
    short = form.shorthand(name)
    if short is not None:
        return short.field
    return form.field(name) if form.has(name) else catalogue().forms["carer"].field("full_name")


def _codes(page: Page) -> dict[int, str]:
    """Return row to control code, wherever in the row it stands and however it is spaced."""
    found: dict[int, str] = {}
    for row in range(1, len(page.sheet.rows) + 1):
        for written in page.filled(row).values():
            if CODE.fullmatch(code := re.sub(r"\s", "", written).upper()):
                found.setdefault(row, code)
    return found


class _Sheet:
    """One sheet of an answered file."""

    def __init__(self, page: Page, codes: Mapping[int, str], today: date) -> None:
        self.page, self.codes, self.today = page, codes, today
        self.headings = Headings(catalogue().forms["child"])
        self.table = self._table()
        self.targets = self._targets()

    def _table(self) -> Table:
        """Return the table the rows stand in, headed by what stands above the first of them."""
        first = min(self.codes, default=0)
        tables = find_tables(self.page, self.headings)
        above = [one for one in tables if one.last < first]
        if above or (tables and not first):
            table = above[-1] if above else tables[0]
        else:
            head = next((row for row in range(first - 1, 0, -1) if _is_heading(self.page, row)), 0)
            table = Table(self.page, head, head, {col: (words,) for col, words in self.page.filled(head).items()}, 0)
        rows = range(table.last + 1, len(self.page.sheet.rows) + 1)
        table.lines = [TableLine(row) for row in rows if self.page.filled(row)]
        return table

    def _targets(self) -> dict[int, str]:
        """Return column to what it means, the columns nobody asked for left out."""
        found: dict[int, str] = {}
        right = {text.match_key(one) for one in data()["headings"]["right"]}
        for col in range(1, self.page.sheet.width + 1):
            path = self.table.paths.get(col, ())
            if path and text.match_key(path[-1]) in right:
                found[col] = RIGHT
                continue
            column = choose_columns(self.table, self.headings, catalogue(), self.today, {col: None})
            target = _TARGETS.get(column[0].target if column else "", "")
            if target:
                found[col] = target
        return found

    def said(self, by_code: Mapping[str, Line], lines: Sequence[Line]) -> Iterable[Said | Odd]:
        """Return what each row says, or why it belongs to no line."""
        for line in self.table.lines:
            code = self.codes.get(line.row)
            found = by_code.get(code) if code else self._by_name(line.row, lines)
            if found is None and not code and not self._names_a_child(line.row):
                continue
            if found is None:
                yield Odd(self.page.sheet.name, line.row, "other_list" if code else "unknown_row")
            else:
                yield self._row(line.row, found)

    def _by_name(self, row: int, lines: Sequence[Line]) -> Line | None:
        """Return the line of a row without code: of that number and name, or the only one of that name."""
        numbers = {text.tidy(self.page.text(row, col)) for col, target in self.targets.items() if target == NUMBER}
        names = {text.match_key(self.page.text(row, col)) for col, target in self.targets.items()
                 if target == "full_name"} - {""}  # fmt: skip
        alike = [line for line in lines if text.match_key(line.known.get("full_name", "")) in names]
        numbered = [line for line in lines if str(line.number) in numbers]
        both = [line for line in numbered if line in alike or not line.known.get("full_name")]
        return next(iter(both or (alike if len(alike) == 1 else ())), None)

    def _names_a_child(self, row: int) -> bool:
        """Return whether a row without code names somebody and says something else of them."""
        filled = {self.targets.get(col, ""): words for col, words in self.page.filled(row).items()}
        name = filled.get("full_name", "")
        return bool(name) and not any(map(str.isdigit, name)) and len(set(filled) & set(FIELDS)) > 1

    def _row(self, row: int, line: Line) -> Said:
        cells: dict[str, object] = {}
        for name in FIELDS:
            columns = sorted((col for col, target in self.targets.items() if target == name), reverse=True)
            for place, col in enumerate(columns):
                answer = len(columns) > 1 and place == 0
                value = self._value(row, col)
                if name == "personal_id" and isinstance(value, str) and _CUT.fullmatch(value):
                    value = int(value)
                if value not in (None, "") and (answer or not self._printed(name, value, line)):
                    cells[name] = value
                    break
        right = any(is_tick(self.page.text(row, col)) for col, target in self.targets.items() if target == RIGHT)
        notes = [self.page.text(row, col) for col, target in self.targets.items() if target == NOTE]
        return Said(line.number, self.page.sheet.name, row, cells, right, "; ".join(one for one in notes if one))

    def _value(self, row: int, col: int) -> object:
        value = self.page.sheet.cell(row, col).value
        return value if isinstance(value, (int, float, date)) else self.page.text(row, col)

    def _printed(self, name: str, value: object, line: Line) -> bool:
        """Return whether a cell still says what the list was made with."""
        return same(name, understand(name, value, self.today).value, line.known.get(name))


def same(name: str, one: object, other: object) -> bool:
    """Return whether two stored values say the same; of names the spelling of tones and capitals does not count."""
    if name in _NAMES and isinstance(one, str) and isinstance(other, str):
        return text.match_key(one) == text.match_key(other)
    return (one or None) == (other or None)


def _is_heading(page: Page, row: int) -> bool:
    """Return whether a row above the first line can hold headings: several words, not the row of column numbers."""
    texts = list(page.filled(row).values())
    return len(texts) > 2 and not all(one.isdigit() for one in texts)
