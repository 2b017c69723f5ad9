"""Cell addresses inside formulas and ranges when rows are added to a sheet: what Excel does by itself and files do not.

Pure text. ``Shift`` says where rows come in: everything from row ``at`` on moves down by ``count``; a range that holds
rows on both sides grows. Text in quotes, names, structured references and other workbooks are left alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cbdesk.book import column_of, letter_of

LAST_ROW = 1_048_576
"""The last row a sheet of Excel has."""

_LETTERS = r"\$?[A-Z]{1,3}"
_CELL = rf"{_LETTERS}\$?[1-9]\d{{0,6}}"
_TOKEN = re.compile(
    rf'"(?:[^"]|"")*"'  # text
    rf"|(?P<sheet>(?:'(?:[^']|'')*'|[^\s'\"!(),;:+\-*/^&=<>{{}}]+)!)?"
    rf"(?:(?P<area>{_CELL}:{_CELL}|\$?[1-9]\d{{0,6}}:\$?[1-9]\d{{0,6}}|{_CELL})(?![\w(.!])|(?P<name>[^\W\d][\w.\\]*))"
    r"|\[[^\]]*\]"  # a column of a table
)
_PART = re.compile(r"(?P<col>\$?[A-Z]{1,3})?(?P<fix>\$?)(?P<row>\d+)")


@dataclass(frozen=True, slots=True)
class Shift:
    """``count`` rows come in before row ``at`` of ``sheet``.

    ``only`` is the row of a table that had but one: a range ending there grows over the new rows, and so does a lone
    cell of it inside brackets (``SUM(E8)``).
    """

    sheet: str
    at: int
    count: int
    only: int = 0

    def row(self, row: int) -> int:
        """Return where a row stands afterwards."""
        return row + self.count if row >= self.at else row

    def area(self, text: str) -> str:
        """Return an address of cells (``B2``, ``A1:H9``, ``3:4``) afterwards."""
        first, colon, last = text.partition(":")
        ends = _row_of(last or first)
        grows = self.only and ends == self.only and (colon or _row_of(first) == self.only)
        if grows and (colon or self.count):
            return f"{self._part(first)}:{_with_row(last or first, ends + self.count)}"
        return self._part(first) + colon + (self._part(last) if colon else "")

    def areas(self, text: str) -> str:
        """Return several addresses parted by spaces afterwards."""
        return " ".join(map(self.area, text.split()))

    def formula(self, text: str, home: str, *, inside: bool = False) -> str:
        """Return a formula of sheet ``home`` afterwards; ``inside`` for one that stands in the rows themselves."""

        def moved(match: re.Match[str]) -> str:
            area, sheet = match["area"], match["sheet"] or ""
            if not area or (_bare(sheet) or home) != self.sheet:
                return match[0]
            lone = ":" not in area
            alone = text[match.start() - 1 : match.start()] == "(" and text[match.end() : match.end() + 1] == ")"
            plain = inside or (lone and not alone)
            return sheet + (self._plain(area) if plain else self.area(area))

        return _TOKEN.sub(moved, text)

    def _plain(self, area: str) -> str:
        return ":".join(map(self._part, area.split(":")))

    def _part(self, part: str) -> str:
        return _with_row(part, self.row(_row_of(part)))


def translate(text: str, rows: int, columns: int = 0) -> str:
    """Return a formula as it reads when copied so far down and to the right: addresses without ``$`` move along."""

    def moved(match: re.Match[str]) -> str:
        area = match["area"]
        if not area:
            return match[0]
        return (match["sheet"] or "") + ":".join(_copied(part, rows, columns) for part in area.split(":"))

    return _TOKEN.sub(moved, text)


def _copied(part: str, rows: int, columns: int) -> str:
    match = _PART.fullmatch(part)
    col = match["col"] if match else None
    if match and col and columns and not col.startswith("$"):
        part = letter_of(max(column_of(col) + columns, 1)) + match["fix"] + match["row"]
    return part if match and match["fix"] else _with_row(part, _row_of(part) + rows)


def _bare(sheet: str) -> str:
    """Return the name of a sheet without its sign and quotes."""
    name = sheet.removesuffix("!")
    return name[1:-1].replace("''", "'") if name.startswith("'") else name


def _row_of(part: str) -> int:
    match = _PART.fullmatch(part)
    return int(match["row"]) if match else 0


def _with_row(part: str, row: int) -> str:
    match = _PART.fullmatch(part)
    return f"{match['col'] or ''}{match['fix']}{min(max(row, 1), LAST_ROW)}" if match else part
