"""The one door to reading spreadsheets: openpyxl (.xlsx), xlrd (.xls), calamine (second reader), text and HTML.

Bytes decide, never the extension. A file is weighed before it is opened: what unpacks to more than is safe is refused
(``spec/bundle.md`` 7, row 10). Fonts and rich text are kept, because an old encoding is known by its font. Nothing is
ever executed or followed: no formulas, links or entities (``defusedxml``). Every failure is a ``Problem``:
``no_such_file``, ``unreadable_file``, ``empty_file``, ``not_excel``, ``excel_locked``, ``excel_broken``,
``excel_too_big``.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Generator
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import python_calamine
import xlrd
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.worksheet import _reader as openpyxl_reader  # the row parser knows rich text and merges while streaming
from openpyxl.worksheet.merge import MergeCells
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from cbdesk.book import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Book, Cell, RowBuilder, Sheet, Value, book_of, column_of
from cbdesk.errors import Problem
from cbdesk.textsheet import looks_like_markup, read_markup, read_separated, text_of

__all__ = ["Book", "Cell", "Sheet", "file_bytes", "read_book", "read_bytes", "read_text", "weigh"]

Runs = tuple[tuple[str, str | None], ...]
NO_RUNS: Runs = ()

MAX_FILE = 48 << 20
MAX_UNPACKED = 64 << 20
MAX_MEMBERS = 500
MAX_RATIO = 200
_RATIO_FROM = 1 << 20  # small members may be as repetitive as they like
_MAX_SMALL_PART = 8 << 20  # styles, workbook, relations: read whole by openpyxl
_MAX_VISITED = 2_000_000  # cells looked at, empty ones included
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_BARE_XLS = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00", b"\x09\x08\x10\x00")


def read_book(path: str | Path) -> Book:
    """Return what a file holds. Raises one of the Problems above."""
    return read_bytes(file_bytes(path))


def file_bytes(path: str | Path) -> bytes:
    """Return the bytes of a file of tables.

    Raises ``Problem``: ``no_such_file``, ``unreadable_file``, ``excel_too_big``.
    """
    file = Path(path)
    if not file.is_file():
        raise Problem("no_such_file", name=file.name)
    try:
        if file.stat().st_size > MAX_FILE:
            raise Problem("excel_too_big")
        return file.read_bytes()
    except OSError:
        raise Problem("unreadable_file", name=file.name) from None


def read_bytes(data: bytes) -> Book:
    """Return what the bytes of a file hold, whatever its name says."""
    if len(data) > MAX_FILE:
        raise Problem("excel_too_big")
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise Problem("empty_file")
    if data.startswith(b"PK"):
        return _xlsx(data)
    if data.startswith((_OLE, *_BARE_XLS)):
        return _xls(data)
    if looks_like_markup(data):
        return read_markup(data)
    text = text_of(data)
    return read_separated(text)


def read_text(text: str) -> Book:
    """Return the table of pasted text (Excel pastes tabs)."""
    if not text.strip():
        raise Problem("empty_file")
    return read_separated(text, kind="text", name="text")


# --- xlsx --------------------------------------------------------------------------------------------------------


def weigh(data: bytes) -> list[str]:
    """Return the names of the members of a zip that is safe to unpack. Sizes that lie fail later, in the zip reader.

    Raises ``Problem``: ``excel_broken``, ``excel_locked``, ``excel_too_big``.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise Problem("excel_broken") from None
    if len(members) > MAX_MEMBERS or sum(m.file_size for m in members) > MAX_UNPACKED:
        raise Problem("excel_too_big")
    for member in members:
        if member.flag_bits & 1:
            raise Problem("excel_locked")
        if member.file_size > _RATIO_FROM and member.file_size > MAX_RATIO * max(member.compress_size, 1):
            raise Problem("excel_too_big")
        whole = member.filename.endswith((".xml", ".rels")) and not re.search(
            r"/(worksheets|media|drawings|charts|externalLinks)/|sharedStrings", member.filename
        )
        if whole and member.file_size > _MAX_SMALL_PART:
            raise Problem("excel_too_big")
    return [m.filename for m in members]


def _xlsx(data: bytes) -> Book:
    names = weigh(data)
    if not any(name.startswith("xl/") for name in names):
        raise Problem("not_excel")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _by_openpyxl(data)
    except Problem:
        raise
    except (zipfile.BadZipFile, EOFError):
        raise Problem("excel_broken") from None
    except Exception:  # noqa: BLE001 - openpyxl refuses odd files in many ways; the second reader decides
        return _by_calamine(data, names)


class _Rows(openpyxl_reader.WorkSheetParser):
    """Reads rows and merged ranges only; everything else in a sheet may be as odd as it likes."""

    def parse(self) -> Generator[Any, None, None]:
        """Yield (row number, cells) while streaming."""
        for _, element in iterparse(self.source):
            if element.tag == openpyxl_reader.ROW_TAG:
                yield self.parse_row(element)
                element.clear()
            elif element.tag == openpyxl_reader.MERGE_TAG:
                self.merged_cells = MergeCells.from_tree(element)
                element.clear()

    def parse_cell(self, element: Any) -> dict[str, Any]:
        """Return the cell with a mark where a formula has no stored value."""
        inline = element.find(openpyxl_reader.INLINE_STRING) if element.get("t") == "inlineStr" else None
        if inline is not None:
            element.remove(inline)
        cell: dict[str, Any] = super().parse_cell(element)
        if inline is not None:
            cell["value"] = _string(inline) or None
        cell["uncached"] = cell["value"] is None and element.find(openpyxl_reader.FORMULA_TAG) is not None
        return cell


class _Reader(ExcelReader):
    """Reads the parts of a workbook as openpyxl does, the shared strings in a fraction of its time."""

    def read_strings(self) -> None:
        """Read the shared strings, those of several fonts as rich text."""
        strings: list[Any] = self.shared_strings
        part = self.package.find(SHARED_STRINGS)  # type: ignore[no-untyped-call]
        if part is None:
            return
        with self.archive.open(part.PartName[1:]) as source:
            for _, element in iterparse(source):
                if element.tag == _STRING:
                    strings.append(_string(element))
                    element.clear()


_STRING, _RUN, _TEXT = (f"{{{SHEET_MAIN_NS}}}{tag}" for tag in ("si", "r", "t"))


def _string(element: Any) -> str | CellRichText:
    """Return a string of the file; only one of several fonts goes openpyxl's slow way."""
    if element.find(_RUN) is None:
        return (element.findtext(_TEXT) or "").replace("x005F_", "")
    found: str | CellRichText = openpyxl_reader.parse_richtext_string(element)
    return found


def _by_openpyxl(data: bytes) -> Book:
    reader = _Reader(io.BytesIO(data), read_only=True, data_only=True, keep_links=False, rich_text=True)
    reader.read()
    workbook: Any = reader.wb
    styles = _Styles(workbook)
    builder = RowBuilder()
    sheets, visited = [], 0
    for worksheet in workbook.worksheets:
        builder.start()
        with workbook._archive.open(worksheet._worksheet_path) as source:
            parser = _Rows(
                source,
                worksheet._shared_strings,
                data_only=True,
                epoch=workbook.epoch,
                date_formats=workbook._date_formats,
                timedelta_formats=workbook._timedelta_formats,
                rich_text=True,
            )
            for _, cells in parser.parse():
                visited += len(cells)
                if visited > _MAX_VISITED:
                    raise Problem("excel_too_big")
                for cell in cells:
                    if cell["value"] is not None or cell["uncached"]:
                        builder.add(_xlsx_cell(cell, styles))
        ranges = parser.merged_cells.mergeCell if parser.merged_cells else ()
        merged = tuple((m.min_row, m.min_col, m.max_row, m.max_col) for m in ranges)
        sheets.append(Sheet(worksheet.title, builder.rows, merged, worksheet.sheet_state != "visible"))
    return book_of("xlsx", sheets)


class _Styles:
    """Font and number format of a style number, looked up once each."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._known: dict[int, tuple[str | None, str]] = {}

    def of(self, style: int) -> tuple[str | None, str]:
        """Return (font name, number format); the format that follows the machine is "system"."""
        if style not in self._known:
            array = self._workbook._cell_styles[style]
            number = array.numFmtId
            shown = BUILTIN_FORMATS.get(number) if number < 164 else self._workbook._number_formats[number - 164]
            font = self._workbook._fonts[array.fontId].name
            self._known[style] = (font, "system" if number in (14, 22) else shown or "General")
        return self._known[style]


def _xlsx_cell(cell: dict[str, Any], styles: _Styles) -> Cell:
    font, shown = styles.of(int(cell["style_id"]))
    value, runs = cell["value"], NO_RUNS
    if isinstance(value, CellRichText):
        pieces = [_run(piece, font) for piece in value]
        runs = tuple(pieces) if len({name for _, name in pieces}) > 1 else NO_RUNS
        font = pieces[0][1] if pieces and not runs else font
        value = "".join(text for text, _ in pieces)
    elif isinstance(value, str):
        value = _unescape(value)
    return Cell(_plain(value), cell["row"], cell["column"], font, runs, _order(value, shown), cell["uncached"])


def _run(piece: str | TextBlock, font: str | None) -> tuple[str, str | None]:
    if isinstance(piece, TextBlock):
        return _unescape(piece.text), piece.font.rFont or font
    return _unescape(str(piece)), font


def _unescape(text: str) -> str:
    """Return text with the escapes of the format (_x000D_) as characters."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


def _plain(value: object) -> Value:
    """Return a value of our own kinds: whole floats as int, midnight as a date, anything odd as text."""
    if isinstance(value, datetime):
        return value.date() if (value.hour, value.minute, value.second) == (0, 0, 0) else value
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if value is None or isinstance(value, (str, int, date)):
        return value
    return str(value)


def _order(value: object, shown: str) -> str:
    """Return how a real date was shown: "yes" for month first, "system" where the machine decides, else ""."""
    if not isinstance(value, date):
        return ""
    if shown == "system":
        return "system"
    bare = re.sub(r"\[[^\]]*\]|\"[^\"]*\"|\\.", "", shown.lower())
    month, day = bare.find("m"), bare.find("d")
    return "yes" if 0 <= month < day and "y" not in bare[:month] else ""


# --- second reader -----------------------------------------------------------------------------------------------


def _by_calamine(data: bytes, names: list[str]) -> Book:
    """Return the book as calamine reads it, without fonts. It fills a rectangle, so far corners are refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in names:
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    _corner(archive.read(name))
        workbook: Any = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        builder, sheets = RowBuilder(), []
        for meta in workbook.sheets_metadata:
            builder.start()
            hidden = meta.visible != python_calamine.SheetVisibleEnum.Visible
            sheet = workbook.get_sheet_by_name(meta.name)
            for number, row in enumerate(sheet.to_python(skip_empty_area=False), 1):
                for col, value in enumerate(row, 1):
                    builder.add(Cell(_plain(value), number, col))
            merged = [(a[0] + 1, a[1] + 1, b[0] + 1, b[1] + 1) for a, b in sheet.merged_cell_ranges or ()]
            sheets.append(Sheet(meta.name, builder.rows, tuple(merged), hidden))
        return book_of("xlsx", sheets)
    except python_calamine.PasswordError:
        raise Problem("excel_locked") from None
    except Problem:
        raise
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":  # of the Rust library
            raise Problem("excel_broken") from None
        raise


def _corner(xml: bytes) -> None:
    """Raise ``Problem(excel_too_big)`` for a sheet that names a cell outside our limits."""
    rows = columns = 0
    for match in re.finditer(rb"<(?:\w+:)?(?:c|row)\s[^>]*?\br\s*=\s*[\"']([A-Za-z]*)(\d+)", xml):
        rows = max(rows, int(match[2][:9]))
        columns = max(columns, column_of(match[1][:4].decode()))
    if rows > MAX_ROWS or columns > MAX_COLUMNS or rows * columns > 4 * MAX_CELLS:
        raise Problem("excel_too_big")


# --- xls ---------------------------------------------------------------------------------------------------------


def _xls(data: bytes) -> Book:
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise Problem("excel_locked")
        if any(name.encode("utf-16-le") in data for name in ("WordDocument", "PowerPoint Document")):
            raise Problem("not_excel")
    try:
        book: Any = xlrd.open_workbook(
            file_contents=data, formatting_info=True, logfile=io.StringIO(), ragged_rows=True
        )
    except xlrd.XLRDError as error:
        raise Problem("excel_locked" if "encrypted" in str(error) else "excel_broken") from None
    except Exception:  # noqa: BLE001 - xlrd fails on damaged bytes in many ways
        raise Problem("excel_broken") from None
    builder, sheets = RowBuilder(), []
    for sheet in book.sheets():
        builder.start()
        for row in range(sheet.nrows):
            for col in range(sheet.row_len(row)):
                if sheet.cell_type(row, col) not in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
                    builder.add(_xls_cell(book, sheet, row, col))
        merged = tuple((r1 + 1, c1 + 1, r2, c2) for r1, r2, c1, c2 in sheet.merged_cells)
        sheets.append(Sheet(sheet.name, builder.rows, merged, bool(sheet.visibility)))
    return book_of("xls", sheets)


def _xls_cell(book: Any, sheet: Any, row: int, col: int) -> Cell:
    kind, value = sheet.cell_type(row, col), sheet.cell_value(row, col)
    style = book.xf_list[sheet.cell_xf_index(row, col)]
    font = book.font_list[style.font_index].name
    order, runs = "", NO_RUNS
    if kind == xlrd.XL_CELL_DATE:
        value = _xls_date(value, book.datemode)
        shown = book.format_map[style.format_key].format_str
        order = _order(value, "system" if style.format_key in (14, 22) else shown)
    elif kind == xlrd.XL_CELL_BOOLEAN:
        value = bool(value)
    elif kind == xlrd.XL_CELL_ERROR:
        value = xlrd.error_text_from_code.get(value, "#?")
    elif kind == xlrd.XL_CELL_TEXT:
        runs = _xls_runs(book, sheet, (row, col), value, font)
    return Cell(_plain(value), row + 1, col + 1, font, runs, order)


def _xls_date(value: float, datemode: int) -> object:
    try:
        return xlrd.xldate_as_datetime(value, datemode)
    except (ValueError, OverflowError):
        return value


def _xls_runs(book: Any, sheet: Any, at: tuple[int, int], text: str, font: str | None) -> Runs:
    """Return the (text, font) pieces of a cell with several fonts, else ()."""
    marks = sheet.rich_text_runlist_map.get(at)
    if not marks:
        return NO_RUNS
    marks = [(0, None), *(mark for mark in marks if mark[0] < len(text)), (len(text), None)]
    pieces = [
        (text[start:until], font if index is None else book.font_list[index].name)
        for (start, index), (until, _) in pairwise(marks)
        if until > start
    ]
    return tuple(pieces) if len({name for _, name in pieces}) > 1 else NO_RUNS
