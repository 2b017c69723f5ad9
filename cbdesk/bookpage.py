"""One sheet of a workbook being written: letters, boxes and figures, how it prints, and the file at the end.

Rules: nothing that came from a person can become a formula; a workbook is made in memory, and the same input gives the
same bytes.
"""

from __future__ import annotations

import io
import re
import textwrap
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from datetime import date, datetime
from functools import cache
from typing import Any, cast

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from cbdesk.letterhead import patterns

FONT = "Times New Roman"
DATE, TEXT = "dd/mm/yyyy", "@"
LIMIT = 32_767
"""The most letters a cell of Excel can hold."""

_DANGER = frozenset("=+-@\t\r＝＋－＠﹢﹣﹫")
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_MADE = re.compile(rb'<c(?P<looks> r="(?P<at>[A-Z]+\d+)"[^>]*)>(?P<made><f>[^<]*</f>)<v\s*(?:/>|></v>)</c>')
_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
CHARACTERS = 0.52  # of column width in a millimetre of paper, for Times New Roman 11
LINE = 15.0  # points of one line of Times New Roman 11
_MARGINS: Mapping[str, float] = {"top": 20, "bottom": 20, "left": 30, "right": 15, "header": 10, "footer": 10}  # mm
_THIN = Side(style="thin")
_ASKED = PatternFill("solid", fgColor="FFF2CC")
_NO_BOX = Border()
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)


@cache
def font_of(size: float, *, bold: bool = False, italic: bool = False, underlined: bool = False) -> Font:
    """Return letters of a size in points."""
    return Font(name=FONT, size=size, bold=bold, italic=italic, underline="single" if underlined else None)


@cache
def aligned(side: str, upright: str = "center", *, wrap: bool = True) -> Alignment:
    """Return how words stand in a cell."""
    return Alignment(horizontal=side, vertical=upright, wrap_text=wrap)


def lines_in(words: str, room: int) -> int:
    """Return how many lines words take in a cell of that many characters."""
    return sum(max(len(textwrap.wrap(line, room)), 1) for line in words.split("\n")) if len(words) > room or (
        "\n" in words) else 1


class Page:
    """One workbook in the making: its first sheet, and the ways of writing on it."""

    def __init__(self, name: str) -> None:
        self.book = Workbook()
        self.sheet = self.book.worksheets[0]
        self.sheet.title = _SHEET_NAME.sub(" ", name)[:31]
        self.book._named_styles["Normal"].font = font_of(11)  # type: ignore[attr-defined]
        self._dressed: dict[tuple[int, int, int, str, bool], tuple[Any, tuple[object, ...]]] = {}
        self._held: dict[str, dict[str, object]] = {}

    def turn(self, name: str) -> None:
        """Go on with a new sheet."""
        self.sheet = self.book.create_sheet(_SHEET_NAME.sub(" ", name)[:31])

    def put(self, row: int, at: int, value: object, font: Font, align: Alignment, border: Border = _NO_BOX) -> None:
        """Write dates and whole numbers as themselves, all else as text that can never be a formula."""
        cell = cast(SheetCell, self.sheet.cell(row, at))
        shown, quoted = "General", False
        if isinstance(value, (date, int)) and not isinstance(value, bool):
            cell.value = value
            shown = DATE if isinstance(value, date) else "0"
        elif value is not None and value != "":
            words = _UNWRITABLE.sub("", str(value))[:LIMIT]
            cell.value, cell.data_type, shown = words, "s", TEXT
            quoted = words[:1] in _DANGER or words.lstrip()[:1] in _DANGER
        self._dress(cell, font, align, border, shown, quoted=quoted)

    def _dress(self, cell: Any, font: Font, align: Alignment, border: Border, shown: str, *, quoted: bool) -> None:
        """Give a cell its looks; each is worked out once and copied, because working it out takes most of the time."""
        looks = (id(font), id(align), id(border), shown, quoted)
        if looks in self._dressed:
            cell._style = copy(self._dressed[looks][0])
            return
        cell.font, cell.alignment, cell.border = font, align, border
        cell.number_format, cell.quotePrefix = shown, quoted
        self._dressed[looks] = copy(cell._style), (font, align, border)  # kept, so that no id is used twice

    def boxed(self, row: int, at: int, value: object, align: Alignment, font: Font | None = None) -> None:
        """Write one value inside the lines of a table."""
        self.put(row, at, value, font or font_of(11), align, _BOX)

    def figure(self, row: int, at: int, value: object, shown: str, font: Font, align: Alignment, *, formula: str = ""
               ) -> None:  # fmt: skip
        """Write a number, or a formula of ours with the value it yields."""
        cell = cast(SheetCell, self.sheet.cell(row, at))
        cell.value = formula or value  # type: ignore[assignment]
        if formula:
            self._held.setdefault(self.sheet.title, {})[cell.coordinate] = value
        self._dress(cell, font, align, _BOX, shown, quoted=False)

    def to_fill(self, row: int, at: int, *, asked: bool) -> None:
        """Make a cell ready to be filled in: as text, so that a number keeps its zeros; coloured where it is asked."""
        cell = cast(SheetCell, self.sheet.cell(row, at))
        cell.number_format = TEXT
        if asked:
            cell.fill = _ASKED

    def line(self, row: int, span: tuple[int, int], words: str, font: Font, side: str = "center") -> None:
        """Write one line over several columns."""
        if span[1] > span[0]:
            self.sheet.merge_cells(start_row=row, end_row=row, start_column=span[0], end_column=span[1])
        self.put(row, span[0], words, font, aligned(side, wrap=False))

    def widths(self, characters: Iterable[float]) -> None:
        """Set the widths of the columns."""
        for at, width in enumerate(characters, 1):
            self.sheet.column_dimensions[get_column_letter(at)].width = width

    def deep_enough(self, row: int, cells: Iterable[tuple[str, float]]) -> None:
        """Set the height of a row of wrapped cells (text, width in characters): not every program does it itself."""
        lines = max((lines_in(words, max(int(width) - 1, 4)) for words, width in cells), default=1)
        self.sheet.row_dimensions[row].height = min(LINE * max(lines, 1) + 3, 400)

    def set_up(self, *, head: tuple[int, int], end: int, frozen: str, landscape: bool) -> None:
        """Freeze and repeat the head, filter the rows, print a page wide."""
        sheet, count = self.sheet, get_column_letter(self.sheet.max_column)
        sheet.freeze_panes = f"{frozen}{head[1] + 1}"
        sheet.print_title_rows = f"{head[0]}:{head[1]}"
        sheet.auto_filter.ref = f"A{head[1]}:{count}{end}"
        self.print_wide(landscape=landscape)

    def print_wide(self, *, landscape: bool) -> None:
        """Print on A4 with the margins of Nghị định 30/2020/NĐ-CP, a page wide."""
        sheet = self.sheet
        sheet.page_setup.paperSize = int(Worksheet.PAPERSIZE_A4)
        sheet.page_setup.orientation = "landscape" if landscape else "portrait"
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.print_options.horizontalCentered = True
        for side, millimetres in _MARGINS.items():
            setattr(sheet.page_margins, side, round(millimetres / 25.4, 3))

    def running(self, *, foot: str, head: str = "") -> None:
        """Set the lines above and below each page; in them ``&`` would begin a code and is doubled."""
        numbers = patterns()["patterns"]["page_of"].format(page="&P", pages="&N")
        for line, side, words in ((self.sheet.oddFooter, "left", foot.replace("&", "&&")),
                                  (self.sheet.oddFooter, "right", numbers),
                                  (self.sheet.oddHeader, "center", head.replace("&", "&&"))):
            if words:
                part = getattr(line, side)
                part.text, part.size = words, 9

    def notes(self, notes: Sequence[str]) -> None:
        """Write a second sheet of notes, if there are any."""
        told = [one for one in notes if one]
        if not told:
            return
        sheet, self.sheet = self.sheet, self.book.create_sheet(patterns()["words"]["notes_sheet"])
        self.widths([110])
        for row, note in enumerate(told, 1):
            self.put(row, 1, note, font_of(12), aligned("left", "top"))
        self.sheet = sheet

    def save(self, title: str, stamp: str | datetime) -> bytes:
        """Return the bytes, with all times set to ``stamp`` so that they depend on nothing else."""
        moment = datetime.fromisoformat(stamp) if isinstance(stamp, str) else stamp
        moment = moment.replace(tzinfo=None, microsecond=0)
        self.book.properties.creator, self.book.properties.title = "CBDesk", title
        self.book.properties.created = moment
        raw = io.BytesIO()
        self.book.save(raw)
        held = {f"xl/worksheets/sheet{n}.xml": self._held[sheet.title]
                for n, sheet in enumerate(self.book.worksheets, 1) if sheet.title in self._held}  # fmt: skip
        return _same_times(raw, moment, held)


def _same_times(raw: io.BytesIO, moment: datetime, held: Mapping[str, Mapping[str, object]]) -> bytes:
    """Return the workbook packed anew, every time in it replaced, formulas with the values they ``held``."""
    written = moment.isoformat(timespec="seconds").encode() + b"Z"
    out = io.BytesIO()
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + written, content)
            if name in held:
                content = _with_values(content, held[name])
            parts = moment.timetuple()
            entry = zipfile.ZipInfo(name, (max(moment.year, 1980), parts[1], parts[2], parts[3], parts[4], parts[5]))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(entry, content)
    return out.getvalue()


def _with_values(content: bytes, held: Mapping[str, object]) -> bytes:
    """Return a sheet whose formulas have the values they yield: openpyxl writes them without."""
    def value_of(match: re.Match[bytes]) -> bytes:
        value = held[match["at"].decode()]
        kind = b' t="str"' if isinstance(value, str) else b""
        return b"<c" + match["looks"] + kind + b">" + match["made"] + b"<v>" + str(value).encode() + b"</v></c>"

    return _MADE.sub(value_of, content)
