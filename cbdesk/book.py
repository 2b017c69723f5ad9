"""What a file with tables holds, whatever its format: ``Book`` > ``Sheet`` > rows of ``Cell``.

Nothing is interpreted here: text keeps its old encoding, numbers and dates are what the file says. Rows and columns
count from 1 as people see them; ``rows[n - 1]`` is row n, cut after its last filled cell. The limits keep a hostile
or runaway file from taking the machine.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from cbdesk.errors import Problem

MAX_ROWS = 60_000
MAX_COLUMNS = 256
MAX_CELLS = 600_000
"""Filled cells in a book; the largest commune has 12,000 children in some twenty columns."""
MAX_TEXT = 32_767
"""Letters in one cell, as in Excel."""

Value = str | int | float | bool | date | datetime | None


def letter_of(col: int) -> str:
    """Return a column's letters: 1 is A, 27 is AA."""
    letters = ""
    while col:
        col, rest = divmod(col - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_of(letters: str) -> int:
    """Return the number of a column: A is 1, AA is 27, "" is 0."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. ``runs`` are (text, font) pieces where one cell has several fonts.

    ``month_first`` tells how a real date was shown: "yes" (m/d/y), "system" (as the machine likes) or "".
    ``uncached`` marks a formula whose value was not stored.
    """

    value: Value
    row: int
    col: int
    font: str | None = None
    runs: tuple[tuple[str, str | None], ...] = ()
    month_first: str = ""
    uncached: bool = False

    @property
    def is_date(self) -> bool:
        """Return whether the cell is a real date."""
        return isinstance(self.value, date)

    @property
    def ambiguous(self) -> bool:
        """Return whether day and month may have been swapped when the date was typed."""
        return isinstance(self.value, date) and self.month_first == "yes" and self.value.day <= 12

    @property
    def text(self) -> str:
        """Return the value as people see it, in the encoding of the file: 5, 05/03/2014, Hoµng V¨n P¸o."""
        if self.value is None:
            return ""
        if isinstance(self.value, date):
            return f"{self.value.day:02d}/{self.value.month:02d}/{self.value.year:04d}"
        if isinstance(self.value, float) and self.value.is_integer():
            return str(int(self.value))
        return str(self.value)


@dataclass(frozen=True)
class Sheet:
    """One sheet: its rows, and merged ranges as (first row, first column, last row, last column)."""

    name: str
    rows: list[list[Cell]]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden: bool = False

    @property
    def filled(self) -> int:
        """Return the number of cells that hold something."""
        return sum(cell.text.strip() != "" for row in self.rows for cell in row)

    @property
    def width(self) -> int:
        """Return the number of columns in use."""
        return max((len(row) for row in self.rows), default=0)

    def cell(self, row: int, col: int) -> Cell:
        """Return a cell; outside the filled area an empty one."""
        if 1 <= row <= len(self.rows) and 1 <= col <= len(self.rows[row - 1]):
            return self.rows[row - 1][col - 1]
        return Cell(None, row, col)


@dataclass(frozen=True)
class Book:
    """A file of tables. ``format`` is xlsx, xls, csv, html, xml or text."""

    format: str
    sheets: tuple[Sheet, ...]

    @property
    def names(self) -> list[str]:
        """Return the names of all sheets."""
        return [sheet.name for sheet in self.sheets]

    def sheet(self, name: str) -> Sheet:
        """Return the sheet of that name. Raises ``Problem(no_sheet)``."""
        for sheet in self.sheets:
            if sheet.name == name:
                return sheet
        raise Problem("no_sheet", sheet=name, sheets=", ".join(self.names))


def book_of(kind: str, sheets: list[Sheet]) -> Book:
    """Return a book of sheets. Raises ``Problem(empty_file)`` when not one cell is filled."""
    if not any(sheet.filled for sheet in sheets):
        raise Problem("empty_file")
    return Book(kind, tuple(sheets))


@dataclass
class RowBuilder:
    """Collects cells into rows and holds a book to its limits; shared by all readers of one book."""

    filled: int = 0
    rows: list[list[Cell]] = field(default_factory=list)

    def start(self) -> None:
        """Begin a new sheet; the count of cells goes on."""
        self.rows = []

    def add(self, cell: Cell) -> None:
        """Put a filled cell in its place. Raises ``Problem(excel_too_big)`` beyond the limits."""
        if cell.value in (None, "") and not cell.uncached:
            return
        self.filled += 1
        if self.filled > MAX_CELLS or not 1 <= cell.row <= MAX_ROWS or not 1 <= cell.col <= MAX_COLUMNS:
            raise Problem("excel_too_big")
        if isinstance(cell.value, str) and len(cell.value) > MAX_TEXT:
            raise Problem("excel_too_big")
        while len(self.rows) < cell.row:
            self.rows.append([])
        line = self.rows[cell.row - 1]
        while len(line) < cell.col:
            line.append(Cell(None, cell.row, len(line) + 1))
        line[cell.col - 1] = cell
