"""Finding the tables of a sheet as people build them.

A sheet is decoded first (old encodings, cell by cell), then parted: titles, heading rows of one or more levels, a row
of column numbers, rows that name a village or a section for the rows below, totals, signatures, and perhaps a second
table under the first. Only rows that can be a child come out; nothing about their meaning is decided here.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace

from cbdesk.book import Cell, Sheet
from cbdesk.charsets import decode_as, decode_cell, detect, font_charset, speaks_against
from cbdesk.headings import Found, Headings, data, wordings
from cbdesk.matching import village_words
from cbdesk.text import match_key, tidy, tidy_lines

_INDEX = re.compile(r"(?:[ivxlc]{1,6}|[a-zđ]|\d{1,3}(?:\.\d{1,2})*)[.)/:-]?", re.IGNORECASE)
_LEADING_INDEX = re.compile(r"^(?:[IVXLC]{1,6}|[A-ZĐ]|\d{1,2})\s*[.)/:-]\s*")
_COLUMN_NUMBER = re.compile(r"\(?(\d{1,2}|[A-H])\)?")
_TAIL_COUNT = re.compile(r"\s*(?:[:(–-].*)?$")
MAX_HEADING = 80


@dataclass(frozen=True)
class Page:
    """A decoded sheet. ``charset`` is the vote of the sheet; each cell was judged by itself."""

    sheet: Sheet
    charset: str
    decoded: dict[tuple[int, int], str]
    """Text cells by (row, column), already tidy."""
    _filled: dict[int, dict[int, str]] = field(default_factory=dict, repr=False, compare=False)

    def raw(self, row: int, col: int) -> str:
        """Return the decoded text of a cell with its line breaks."""
        text = self.decoded.get((row, col))
        return self.sheet.cell(row, col).text if text is None else text

    def text(self, row: int, col: int) -> str:
        """Return the decoded text of a cell on one line."""
        raw = self.raw(row, col)
        return tidy(raw) if "\n" in raw else raw

    def filled(self, row: int) -> dict[int, str]:
        """Return column to text for the filled cells of a row."""
        if not 1 <= row <= len(self.sheet.rows):
            return {}
        if row not in self._filled:
            found = ((cell.col, self.text(row, cell.col)) for cell in self.sheet.rows[row - 1])
            self._filled[row] = {col: text for col, text in found if text}
        return self._filled[row]


def decode_sheet(sheet: Sheet, forced: Mapping[int, str] | None = None, plain: Container[int] = ()) -> Page:
    """Return the sheet in Unicode. Fonts are believed unless they are plainly wrong or were lost.

    ``forced`` are encodings somebody chose, by column, 0 for the whole sheet: those cells are not judged. The rows
    ``plain`` are Unicode as they are.
    """
    forced = forced or {}
    pieces = [piece for row in sheet.rows for cell in row for piece in _pieces(cell) if not piece[0].isascii()]
    charset = detect(text for text, _ in pieces)
    old = [(text, found) for text, font in pieces if (found := font_charset(font))]
    lying = old and all(speaks_against([t for t, f in old if f == name], name) for name in {f for _, f in old})
    lost = charset not in ("unicode", "cp1258", "utf8_as_cp1252") and not old
    trusted = not lying and not lost
    decoded = {}
    for row in sheet.rows:
        for cell in row:
            if runs := _pieces(cell):
                chosen = "unicode" if cell.row in plain else forced.get(cell.col) or forced.get(0)
                decoded[cell.row, cell.col] = tidy_lines("".join(
                    decode_as(text, font, chosen) if chosen else decode_cell(text, font if trusted else None, charset)
                    for text, font in runs
                ))  # fmt: skip
    return Page(sheet, forced.get(0, charset), decoded)


def _pieces(cell: Cell) -> tuple[tuple[str, str | None], ...]:
    if cell.runs:
        return cell.runs
    return ((cell.value, cell.font),) if isinstance(cell.value, str) else ()


@dataclass(frozen=True, slots=True)
class Line:
    """One row that can be a child, with what the rows above said about it."""

    row: int
    village: str = ""
    section: str = ""
    doubtful: bool = False
    """One lone text that may be a remark."""


@dataclass
class Table:
    """One table: heading rows, paths of headings by column, rows, and the titles above it."""

    page: Page
    first: int
    last: int
    paths: dict[int, tuple[str, ...]]
    name_column: int
    titles: tuple[str, ...] = ()
    spread: frozenset[int] = frozenset()
    """Columns that share a merged heading with the one before them (family name and given name under one heading)."""
    left: int = 0
    right: int = 0
    """First and last column of one of several tables that stand side by side; 0 for the whole width."""
    lines: list[Line] = field(default_factory=list)

    def filled(self, row: int) -> dict[int, str]:
        """Return column to text for the filled cells of a row of this table."""
        cells = self.page.filled(row)
        return {col: text for col, text in cells.items() if self.left <= col <= self.right} if self.left else cells


def find_tables(page: Page, headings: Headings) -> list[Table]:
    """Return the tables of a sheet that have a column of names, from top to bottom."""
    tables: list[Table] = []
    row, height = 1, len(page.sheet.rows)
    while row <= height:
        table = _heading_at(page, row, headings)
        if table:
            tables += _side_by_side(table, headings)
            row = table.last
        row += 1
    for at, table in enumerate(tables):
        end = next((one.first - 1 for one in tables[at:] if one.first > table.first), height)
        _collect(table, end)
        above = max((line.row for line in tables[at - 1].lines), default=tables[at - 1].last) if at else 0
        table.titles = tuple(_titles(page, above, table.first))
    repeated = {at for at, one in enumerate(tables[:-1]) if not one.lines and tables[at + 1].first == one.last + 1}
    return [one for at, one in enumerate(tables) if at not in repeated]  # headings said again in another language


def headless(page: Page, name_column: int) -> Table:
    """Return a sheet without heading rows as one table, for a mapping given by hand."""
    columns = range(1, page.sheet.width + 1)
    table = Table(page, 0, 0, dict.fromkeys(columns, ()), name_column)
    _collect(table, len(page.sheet.rows))
    return table


def _side_by_side(table: Table, headings: Headings) -> list[Table]:
    """Return the tables that share heading rows, as on paper folded in columns: the same headings from number on."""
    known = {col: headings.of_path(path) for col, path in table.paths.items()}
    numbers = [col for col, found in known.items() if found and found.target == "number"]
    ends = [*(col - 1 for col in numbers[1:]), max(table.paths)]
    parts = [
        replace(table, left=left, right=right, lines=[],
                paths={col: path for col, path in table.paths.items() if left <= col <= right})
        for left, right in zip(numbers, ends, strict=False)
    ]
    if len(parts) < 2 or any(list(one.paths.values()) != list(parts[0].paths.values()) for one in parts):
        return [table]
    offset = table.name_column - numbers[0]
    return [replace(one, name_column=one.left + offset) for one in parts]


# --- heading rows ------------------------------------------------------------------------------------------------


def _heading_at(page: Page, row: int, headings: Headings) -> Table | None:
    cells = page.filled(row)
    may = (headings.find(text) for text in cells.values() if headings.may_head_names(text))
    if not any(f and f.target in headings.names for f in may):
        return None
    found = {col: headings.find(text) for col, text in cells.items() if len(text) <= MAX_HEADING}
    names = [col for col, f in found.items() if f and f.target in headings.names and _names(f, cells[col])]
    if not names or (sum(f is not None for f in found.values()) < 2 and len(cells) > 1):
        return None
    name_column = names[0]
    covers = covers_of(page.sheet)
    first, last = _upper(page, row, found, covers), _lower(page, row, name_column, covers)
    columns = sorted({c for r in range(first, last + 1) for c in _width(page, r, covers)})
    paths = {col: path_of(page, first, last, col, covers) for col in columns}
    spread = frozenset(
        col
        for col in columns
        if (last, col) in covers and covers[(last, col)][1] < col and paths.get(col) == paths.get(col - 1)
    )
    return Table(page, first, last, {c: p for c, p in paths.items() if p}, name_column, spread=spread)


def _names(found: Found, text: str) -> bool:
    """Return whether a heading is surely that of names: the very wording, or more than one word of it."""
    return found.sure == 2 or len(text.split()) > 1


Covers = dict[tuple[int, int], tuple[int, int]]


def covers_of(sheet: Sheet) -> Covers:
    """Return for each cell of a merged range (below 50,000 cells) the cell that holds its text."""
    covers: Covers = {}
    for r1, c1, r2, c2 in sheet.merged:
        if (r2 - r1 + 1) * (c2 - c1 + 1) < 4000 and len(covers) < 50_000:
            covers |= {(r, c): (r1, c1) for r in range(r1, r2 + 1) for c in range(c1, c2 + 1)}
    return covers


def _width(page: Page, row: int, covers: Covers) -> Iterable[int]:
    last = max((c for r, c in covers if r == row), default=0)
    return (c for c in range(1, max(last, page.sheet.width) + 1) if page.filled(row).get(c) or (row, c) in covers)


def _upper(page: Page, row: int, found: Mapping[int, object], covers: Covers) -> int:
    """Return the first heading row: the row above, where it heads a group of the columns below."""
    above = page.filled(row - 1) if row > 1 else {}
    spans = [c for c in above if (row - 1, c) in covers and (row - 1, c + 1) in covers]
    grouped = any(c in found and c + 1 in found for c in spans)
    over_gaps = len(above) >= 2 and any(c not in page.filled(row) and (row, c) not in covers for c in above)
    wide = len(above) > 1 or any(covers.get((row - 1, c), (0, 0))[1] > 1 for c in spans)
    return row - 1 if above and wide and (grouped or over_gaps) and not has_digits(above.values()) else row


def _lower(page: Page, row: int, name_column: int, covers: Covers) -> int:
    """Return the last heading row: as far as the heading of the names reaches, or a row of sub-headings under it."""
    last = max((r for (r, c), (top, left) in covers.items() if top == row and left == covers[(row, name_column)][1]
                and c == name_column), default=row) if (row, name_column) in covers else row  # fmt: skip
    below = page.filled(last + 1)
    if last > row or not below or name_column in below or has_digits(below.values()):
        return last
    upper = page.filled(row)
    fits = all(c not in upper or (row, c) in covers or c + 1 not in upper for c in below)
    return last + 1 if fits and not any(village_of(text) for text in below.values()) else last


def has_digits(texts: Iterable[str]) -> bool:
    """Return whether a digit stands in any of the texts."""
    return any(ch.isdigit() for text in texts for ch in text)


def path_of(page: Page, first: int, last: int, col: int, covers: Covers) -> tuple[str, ...]:
    """Return the headings over a column from top to bottom, each once; an empty upper cell takes its left neighbour."""
    path: list[str] = []
    for row in range(first, last + 1):
        text = page.text(*covers.get((row, col), (row, col)))
        if not text and row < last and page.text(last, col):
            text = next((t for c in range(col - 1, 0, -1) if (t := page.text(row, c))), "")
            text = text if page.text(last, col - 1) else ""
        if text and (not path or path[-1] != text):
            path.append(text)
    return tuple(path)


# --- rows --------------------------------------------------------------------------------------------------------


def _collect(table: Table, end: int) -> None:
    """Fill in the rows of a table that can be children."""
    name = table.name_column
    village = section = ""
    heads = {match_key(text) for path in table.paths.values() for text in path}
    for row in range(table.last + 1, end + 1):
        cells = table.filled(row)
        if not cells or is_numbering(cells) or _repeats(cells, heads):
            continue
        rest = {c: t for c, t in cells.items() if not _INDEX.fullmatch(t)}
        first = next(iter(rest.values()), "")
        if not rest or (len(rest) <= 2 and begins(first, "totals")):
            continue
        if is_signature(rest):
            break
        alone = len(rest) == 1
        if alone and (found := village_of(first)):
            village, section = found, ""
        elif alone and name in rest and _is_section(cells, name):
            section = first
        elif not alone or name in rest or any(text.isdigit() for col, text in cells.items() if col < name):
            table.lines.append(Line(row, village, section, len(cells) == 1 and not _like_a_name(first)))


def is_numbering(cells: dict[int, str]) -> bool:
    """Return whether a row only numbers the columns: 1 2 3, (1) (2), A B 1 2."""
    matches = [_COLUMN_NUMBER.fullmatch(text) for text in cells.values()]
    if len(cells) < 3 or not all(matches):
        return False
    numbers = [int(m[1]) for m in matches if m and m[1].isdigit()]
    return numbers == sorted(set(numbers)) and len(numbers) * 2 >= len(cells)


def _repeats(cells: dict[int, str], heads: set[str]) -> bool:
    """Return whether the heading stands here again, as on a new page."""
    return len(cells) > 1 and all(match_key(text) in heads for text in cells.values())


def begins(text: str, group: str) -> bool:
    """Return whether a text begins with one of the wordings of a group, after its index."""
    key = match_key(_LEADING_INDEX.sub("", text))
    return any(key == w or key.startswith(w + " ") for w in wordings("rows", group))


def is_signature(rest: dict[int, str]) -> bool:
    """Return whether the row begins the signatures: few cells, and one says who signs or on which day."""
    if len(rest) > 3 or max(map(len, rest.values())) > 200:
        return False
    return any(begins(text, "signatures") or (len(rest) == 1 and _is_day_of_signing(text)) for text in rest.values())


def _is_day_of_signing(text: str) -> bool:
    """Return whether a lone text is "…, ngày … tháng … năm …"."""
    key = f" {match_key(text)} "
    places = [key.find(f" {match_key(word)} ") for word in data()["rows"]["signed_day"]]
    return -1 not in places and places == sorted(places)


def _is_section(cells: Mapping[int, str], name: int) -> bool:
    """Return whether a letter or Roman number before a lone text numbers a section, not a child."""
    before = [text for col, text in cells.items() if col < name]
    return len(cells) == 2 and len(before) == 1 and not before[0].strip(".)").isdigit()


def _like_a_name(text: str) -> bool:
    return 2 <= len(text.split()) <= 6 and not has_digits([text]) and all(w[:1].isupper() for w in text.split())


def village_of(text: str) -> str:
    """Return the name of a village that a lone cell states ("I. Xóm Nà Héng: 12 trẻ"), or ""."""
    bare = _LEADING_INDEX.sub("", tidy(text))
    key = match_key(bare)
    for word in village_words():
        if key.startswith(word + " ") and len(key.split()) <= 8:
            before, colon, after = bare.partition(":")
            if colon and match_key(before) == word:  # "Xóm: Nà Héng"
                bare = f"{before.strip()} {after.strip()}"
            name = _TAIL_COUNT.sub("", bare)
            return name if len(name.split()) > len(word.split()) else ""
    return ""


def _titles(page: Page, above: int, first: int) -> Iterable[str]:
    """Return the lines over a heading, from the end of the table before it; totals and signatures are none."""
    for row in range(max(above + 1, first - 12, 1), first):
        for text in page.filled(row).values():
            if not begins(text, "signatures") and not (above and begins(text, "totals")):
                yield text
