"""Tables in plain text: CSV and TSV as people have them, text pasted from Excel, and HTML or XML named ``.xls``.

Bytes may be UTF-8, UTF-16, cp1258 or an old font encoding. Old font encodings stay as Western letters, so that the
importer can judge them cell by cell; everything else is Unicode here. Rows may end in LF, CRLF or CR; a quote that
never closes spoils one line, not the rest of the file.
"""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser

from cbdesk.book import MAX_CELLS, Book, Cell, RowBuilder, Sheet, book_of
from cbdesk.charsets import decode, detect
from cbdesk.errors import Problem

_DELIMITERS = (";", "\t", ",", "|")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_OLD_FONTS = ("tcvn3", "vni", "viscii")


# --- bytes to text -----------------------------------------------------------------------------------------------


def text_of(data: bytes) -> str:
    """Return the text of a file. Raises ``Problem(not_excel)`` for bytes that are no text."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace").removeprefix("\ufeff")
    if b"\0" in data or data.startswith(b"%PDF"):
        raise Problem("not_excel")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        western = "".join(_WESTERN[b] for b in data)
        text = western if detect(western[:200_000].splitlines()) in _OLD_FONTS else decode(western, "cp1258")
    if len(_CONTROL.findall(text[:20_000])) * 100 > len(text[:20_000]):
        raise Problem("not_excel")
    return text


def _western_table() -> list[str]:
    return [bytes([b]).decode("cp1252", "ignore") or chr(b) for b in range(256)]


_WESTERN = _western_table()


# --- separated values --------------------------------------------------------------------------------------------


def read_separated(text: str, kind: str = "csv", name: str = "CSV") -> Book:
    """Return the table of a CSV, TSV or pasted text. Raises ``Problem(empty_file, excel_too_big)``."""
    stated = re.match(r"sep=(.)\r?\n?", text)
    if stated:
        text = text[stated.end() :]
    builder = RowBuilder()
    shift = 1 if stated else 0
    for number, values in enumerate(_rows(text, stated[1] if stated else _delimiter(text)), 1 + shift):
        for col, value in enumerate(values, 1):
            builder.add(Cell(value, number, col))
    return book_of(kind, [Sheet(name, builder.rows)])


def _lines(text: str) -> list[str]:
    """Return the lines, whatever ends them; other Unicode separators are text."""
    return re.split(r"\r\n|\r|\n", text)


def _delimiter(text: str) -> str:
    """Return the separator that parts the most lines into the same number of columns."""
    sample = [line for line in _lines(text[:100_000]) if line.strip()][:60]

    def agreement(delimiter: str) -> tuple[int, int]:
        widths = [len(_one_line(line, delimiter)) for line in sample]
        most = max(set(widths), key=lambda w: (widths.count(w) if w > 1 else 0, w), default=1)
        return (widths.count(most) * (most > 1), most)

    return max(_DELIMITERS, key=agreement)


def _one_line(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return line.split(delimiter)


def _rows(text: str, delimiter: str) -> list[list[str]]:
    if text.count('"') % 2 == 0:
        try:
            return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        except csv.Error:
            pass
    # a quote is missing: each line for itself, so that it swallows one line at most
    return [[_unquote(value) for value in _one_line(line, delimiter)] for line in _lines(text)]


def _unquote(value: str) -> str:
    return value.replace('"', "") if value.count('"') == 1 else value


# --- HTML and XML tables -----------------------------------------------------------------------------------------


def looks_like_markup(data: bytes) -> bool:
    """Return whether a file begins as HTML or XML."""
    head = data[:2000].removeprefix(b"\xef\xbb\xbf").lstrip()
    return head.startswith(b"<") or data[:4] in (b"\xff\xfe<\x00", b"\xfe\xff\x00<")


def read_markup(data: bytes) -> Book:
    """Return the tables of HTML or of an XML spreadsheet. Raises ``Problem(not_excel, excel_too_big, empty_file)``."""
    stated = re.search(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", data[:4000])
    if stated and stated[1].lower() in (b"windows-1258", b"cp1258"):
        text = data.decode("cp1258", "replace")
    else:
        text = text_of(data)
    reader = _Tables()
    reader.feed(text)
    reader.close()
    reader.end_cell()
    if not reader.tables_seen:
        raise Problem("not_excel")
    kind = "xml" if "urn:schemas-microsoft-com:office:spreadsheet" in text[:4000] else "html"
    return book_of(kind, [Sheet("HTML", reader.builder.rows, tuple(reader.merged))])


class _Tables(HTMLParser):
    """Lays all tables of a page under one another; spans become merged ranges. Scripts and styles are not read."""

    _ROW, _CELL = ("tr", "row", "ss:row"), ("td", "th", "cell", "ss:cell")

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.builder = RowBuilder()
        self.merged: list[tuple[int, int, int, int]] = []
        self.tables_seen = False
        self._row, self._col, self._span = 0, 0, (1, 1)
        self._runs: list[tuple[str, str | None]] | None = None
        self._fonts: list[tuple[str, str | None]] = []
        self._silent = 0
        self._taken: set[tuple[int, int]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a table, row or cell, or note a font."""
        given = dict(attrs)
        if tag in ("script", "style"):
            self._silent += 1
        elif tag in ("table", "ss:table", "worksheet", "ss:worksheet"):
            self.tables_seen = True
            self._row += 1 if self.builder.rows else 0
        elif tag in self._ROW:
            self.end_cell()
            self._row, self._col = self._row + 1, 0
        elif tag in self._CELL and self._row:
            self._open_cell(given)
        elif tag == "br" and self._runs is not None:
            self._runs.append(("\n", self._font()))
        if tag not in ("br", "img", "hr", "meta", "link", "input", "col"):
            self._fonts.append((tag, _font_of(given)))

    def _open_cell(self, given: dict[str, str | None]) -> None:
        self.end_cell()
        self._col = max(self._col + 1, _number(given.get("ss:index"), 0))
        while (self._row, self._col) in self._taken:
            self._col += 1
        rows = _number(given.get("rowspan"), 0) or _number(given.get("ss:mergedown"), 0) + 1
        cols = _number(given.get("colspan"), 0) or _number(given.get("ss:mergeacross"), 0) + 1
        self._span = (min(rows, 200), min(cols, 200))
        self._runs = []

    def handle_endtag(self, tag: str) -> None:
        """Close what was opened last."""
        if tag in ("script", "style"):
            self._silent = max(0, self._silent - 1)
        if tag in self._CELL or tag in self._ROW:
            self.end_cell()
        for at in range(len(self._fonts) - 1, -1, -1):
            if self._fonts[at][0] == tag:
                del self._fonts[at:]
                break

    def handle_data(self, data: str) -> None:
        """Take the text of a cell with the font in force."""
        if self._runs is not None and not self._silent:
            self._runs.append((re.sub(r"[ \t\r\n]+", " ", data), self._font()))

    def _font(self) -> str | None:
        return next((font for _, font in reversed(self._fonts) if font), None)

    def end_cell(self) -> None:
        """Store the open cell, if any."""
        if self._runs is None:
            return
        text = "".join(piece for piece, _ in self._runs).strip(" \t\r\n")
        fonts = {font for piece, font in self._runs if piece.strip()}
        runs = tuple(self._runs) if len(fonts) > 1 else ()
        font = next(iter(fonts)) if len(fonts) == 1 else None
        self.builder.add(Cell(text, self._row, self._col, font, runs))
        rows, cols = self._span
        if rows * cols > 1:
            self.merged.append((self._row, self._col, self._row + rows - 1, self._col + cols - 1))
            span = ((self._row + r, self._col + c) for r in range(rows) for c in range(cols))
            self._taken.update(span)
            if len(self._taken) > MAX_CELLS:
                raise Problem("excel_too_big")
        self._col += cols - 1
        self._runs = None


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else default


def _font_of(given: dict[str, str | None]) -> str | None:
    if given.get("face"):
        return given["face"]
    styled = re.search(r"font-family\s*:\s*([^;,]+)", given.get("style") or "")
    return styled[1].strip(" \"'") if styled else None
