"""Writing workbooks (xlsx): lists as papers, and plain tables such as the rows an import refused.

Rules: real dates where the day is known, all digits that are names (ids, telephone numbers) as text; nothing that came
from a person can become a formula; a workbook is made in memory, and the same input gives the same bytes.
"""

from __future__ import annotations

import io
import re
import textwrap
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any, cast

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from cbdesk import gridpaper
from cbdesk.grid import NONE, Grid, GridColumn, GridRow, GridSheet, has_decimals, kind_of, shown
from cbdesk.gridpaper import Part
from cbdesk.letterhead import patterns
from cbdesk.paper import AMENDMENT, CHANGES, PLACES, Cell, Column, Paper, Row

FONT = "Times New Roman"
DATE, TEXT = "dd/mm/yyyy", "@"
LIMIT = 32_767
"""The most letters a cell of Excel can hold."""

_DANGER = frozenset("=+-@\t\r＝＋－＠﹢﹣﹫")
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_FULL_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_MADE = re.compile(rb'<c(?P<looks> r="(?P<at>[A-Z]+\d+)"[^>]*)>(?P<made><f>[^<]*</f>)<v\s*(?:/>|></v>)</c>')
_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
_CHARACTERS = 0.52  # of column width in a millimetre of paper, for Times New Roman 11
_HEADING_WIDTH = 230.0  # millimetres the heading of a paper needs to stand side by side
_LINE = 15.0  # points of one line of Times New Roman 11
_MARGINS: Mapping[str, float] = {"top": 20, "bottom": 20, "left": 30, "right": 15, "header": 10, "footer": 10}  # mm
_THIN = Side(style="thin")
_ASKED = PatternFill("solid", fgColor="FFF2CC")
_NO_BOX = Border()
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)


def list_xlsx(paper: Paper, *, stamp: str | datetime | None = None) -> bytes:
    """Return a list as a workbook that prints like the paper; ``stamp`` is the time of making (default: its day)."""
    page = _Page(patterns()["words"]["list_sheet"])
    columns, parted = paper.columns, paper.layout in (CHANGES, AMENDMENT)
    widths = _shared_widths(paper) if parted else [_width(one) for one in columns]
    first = _heading(page, paper, len(widths)) + 1
    if parted:
        end = _sections(page, paper, first, widths)
        page.print_wide(landscape=paper.orientation == "landscape")
    else:
        last = _table_head(page, columns, first, widths)
        end = _lines_of(page, paper, widths, last)
        page.set_up(head=(first, last), end=end, frozen="C", landscape=paper.orientation == "landscape")
    _foot(page, paper, end + 1, len(widths))
    page.widths(widths)
    page.running(foot=paper.footer, head=" · ".join(one for one in (paper.mark, paper.practice) if one))
    page.notes([*paper.notes, paper.draft, paper.check, paper.practice])
    return page.save(f"{paper.kind} {paper.title}", stamp or paper.made_on)


def _shared_widths(paper: Paper) -> list[float]:
    """Return the widths of columns that tables below each other share: those of the lines of children come first."""
    tables = [one.columns for one in paper.sections if one.key != PLACES] or [paper.columns]
    widths = [max(_width(columns[at]) for columns in tables if at < len(columns))
              for at in range(max(map(len, tables)))]
    longest = max((one.columns for one in paper.sections), key=len, default=())
    return widths + [_width(one) for one in longest[len(widths):]]


def _lines_of(page: _Page, paper: Paper, widths: Sequence[float], last: int) -> int:
    """Write the rows of a list below its head, a heading where a part begins; return the last row."""
    columns, row, part = paper.columns, last, ""
    for line in paper.rows:
        if line.part != part and line.part in paper.parts:
            row += 1
            page.line(row, (1, len(columns)), paper.parts[line.part], _font(11, bold=True), "left")
        row, part = row + 1, line.part
        _line_of(page, row, columns, line, widths)
    if not paper.rows:
        row += 1
        page.line(row, (1, len(columns)), paper.empty, _font(12, italic=True))
        page.sheet.row_dimensions[row].height = 30
    return row


def _line_of(page: _Page, row: int, columns: Sequence[Column], line: Row, widths: Sequence[float],
             font: Font | None = None) -> None:
    for at, column in enumerate(columns, 1):
        given = line.cells.get(column.key, Cell())
        page.boxed(row, at, _typed(given, column), _align(column.align), font)
        if column.kind == "answer":
            page.to_fill(row, at, asked=given.value is not None)
    page.deep_enough(row, [(line.cells.get(one.key, Cell()).text, width)
                           for one, width in zip(columns, widths, strict=False)])


def _sections(page: _Page, paper: Paper, first: int, widths: Sequence[float]) -> int:
    """Write the tables of a paper of changes one below the other; return the last row."""
    row, count = first, len(widths)
    for section in paper.sections:
        page.line(row, (1, count), section.title, _font(12, bold=True), "left")
        if not section.rows:
            page.line(row + 1, (1, count), section.empty, _font(11, italic=True), "left")
            row += 3
            continue
        row = _table_head(page, section.columns, row + 1, widths, numbers=False)
        for line in section.rows:
            row += 1
            _line_of(page, row, section.columns, line, widths)
        if section.total is not None:
            row += 1
            _line_of(page, row, section.columns, section.total, widths, _font(11, bold=True))
        row += 2
    if not paper.sections:
        page.line(row, (1, count), paper.empty, _font(12, italic=True))
        row += 2
    return row - 1


def grids_xlsx(sheet: GridSheet, *, stamp: str | datetime | None = None) -> bytes:
    """Return tables of figures as a workbook, one sheet each; ``stamp`` is the time of making (default: its day).

    Sums and shares are live wherever they yield the figure that stands on the paper (``gridpaper.live``), and hold it
    already, for programs that only show. Only these are formulas.
    """
    name = gridpaper.words()["sheet"]
    page = _Page(f"{name} 1")
    for n, grid in enumerate(sheet.grids, 1):
        if n > 1:
            page.turn(f"{name} {n}")
        _grid(page, sheet, grid)
    page.notes([*sheet.notes, sheet.draft, sheet.check, sheet.public, sheet.practice])
    return page.save(f"{sheet.kind} {sheet.about}", stamp or sheet.made_on)


def table_xlsx(headers: Sequence[str], rows: Iterable[Sequence[object]], title: str, *, widths: Sequence[float] = (),
               notes: Sequence[str] = (), sheet_name: str = "", stamp: str | datetime = "2000-01-01") -> bytes:
    """Return a plain table: a title line, a frozen head with filter, rows of text, whole numbers and dates.

    ``widths`` are in characters (default: from the contents); ``notes`` go to a second sheet.
    """
    page = _Page(sheet_name or patterns()["words"]["list_sheet"])
    page.line(1, (1, max(len(headers), 1)), title, _font(13, bold=True), "left")
    longest = [len(head) for head in headers]
    for at, head in enumerate(headers, 1):
        page.boxed(2, at, head, _align("center"), _font(11, bold=True))
    lines = [tuple(values[:len(headers)]) for values in rows]
    for at in range(len(headers)):
        longest[at] = max([longest[at], *(len(str(values[at] or "")) for values in lines if at < len(values))])
    wide = list(widths) or [min(max(length + 2, 8), 50) for length in longest]
    end = 2
    for end, values in enumerate(lines, 3):
        for at, value in enumerate(values, 1):
            page.boxed(end, at, value, _align("left", "top"))
        page.deep_enough(end, [(str(value or ""), width) for value, width in zip(values, wide, strict=False)])
    page.widths(wide)
    page.set_up(head=(2, 2), end=end, frozen="A", landscape=True)
    page.running(foot=title)
    page.notes(notes)
    return page.save(title, stamp)


# --- cells -----------------------------------------------------------------------------------------------------------


@cache
def _font(size: float, *, bold: bool = False, italic: bool = False, underlined: bool = False) -> Font:
    return Font(name=FONT, size=size, bold=bold, italic=italic, underline="single" if underlined else None)


def _width(column: Column) -> float:
    return round(column.width * _CHARACTERS + 1.5, 1)


@cache
def _align(side: str, upright: str = "center", *, wrap: bool = True) -> Alignment:
    return Alignment(horizontal=side, vertical=upright, wrap_text=wrap)


def _typed(given: Cell, column: Column) -> object:
    """Return the value Excel should hold: a date only where the day is known, a number only in number columns."""
    if column.kind == "date" and isinstance(given.value, str) and _FULL_DATE.fullmatch(given.value):
        return date.fromisoformat(given.value)
    if column.kind == "number" and isinstance(given.value, int):
        return given.value
    return given.text


def _lines(words: str, room: int) -> int:
    """Return how many lines words take in a cell of that many characters."""
    return sum(max(len(textwrap.wrap(line, room)), 1) for line in words.split("\n")) if len(words) > room or (
        "\n" in words) else 1


class _Page:
    """One workbook in the making: its first sheet, and the ways of writing on it."""

    def __init__(self, name: str) -> None:
        self.book = Workbook()
        self.sheet = self.book.worksheets[0]
        self.sheet.title = _SHEET_NAME.sub(" ", name)[:31]
        self.book._named_styles["Normal"].font = _font(11)  # type: ignore[attr-defined]
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
        self.put(row, at, value, font or _font(11), align, _BOX)

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
        self.put(row, span[0], words, font, _align(side, wrap=False))

    def widths(self, characters: Iterable[float]) -> None:
        """Set the widths of the columns."""
        for at, width in enumerate(characters, 1):
            self.sheet.column_dimensions[get_column_letter(at)].width = width

    def deep_enough(self, row: int, cells: Iterable[tuple[str, float]]) -> None:
        """Set the height of a row of wrapped cells (text, width in characters): not every program does it itself."""
        lines = max((_lines(words, max(int(width) - 1, 4)) for words, width in cells), default=1)
        self.sheet.row_dimensions[row].height = min(_LINE * max(lines, 1) + 3, 400)

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
            self.put(row, 1, note, _font(12), _align("left", "top"))
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


# --- heading and foot ------------------------------------------------------------------------------------------------


def _heading(page: _Page, paper: Paper, count: int) -> int:
    """Write issuer and state side by side, then the title lines; return the last row written."""
    middle = max(count * 2 // 5, 1)
    bold, slanted, title = _font(12, bold=True), _font(12, italic=True), _font(13, bold=True)
    left = [(line.text, _font(12, bold=line.bold)) for line in paper.issuer] + [(paper.number, _font(12))]
    right = [(words, _font(12, bold=True, underlined=n > 0)) for n, words in enumerate(paper.national)]
    right.append((paper.place_date, slanted))
    for span, lines in (((1, middle), left), ((middle + 1, count), right)):
        for row, (words, font) in enumerate(lines, 1):
            page.line(row, span, words, font)
    row = max(len(left), len(right)) + 2
    for words, font in ((paper.mark, bold), (paper.practice, bold), (paper.kind, title), (paper.title, title),
                        (paper.attached, slanted),
                        (paper.amends, slanted), (paper.scope, slanted), (paper.as_of_text, slanted),
                        (paper.base if paper.layout == CHANGES else "", slanted)):
        if words:
            page.line(row, (1, count), words, font)
            row += 1
    return row - 1


def _table_head(page: _Page, columns: Sequence[Column], first: int, widths: Sequence[float], *,
                numbers: bool = True) -> int:
    """Write the headings (two rows where columns are grouped) and the row of numbers; return the last row."""
    lower = first + 1 if any(one.group for one in columns) else first
    bold, center = _font(11, bold=True), _align("center")
    for at, one in enumerate(columns, 1):
        begins = bool(one.group) and (at == 1 or columns[at - 2].group != one.group)
        page.boxed(lower, at, one.heading if one.group or lower == first else None, center, bold)
        if lower > first:
            page.boxed(first, at, (one.group if begins else None) if one.group else one.heading, center, bold)
        if numbers:
            page.boxed(lower + 1, at, at, center, _font(9, italic=True))
    for at, one in enumerate(columns, 1):
        span = sum(1 for other in columns if other.group == one.group)
        if one.group and (at == 1 or columns[at - 2].group != one.group) and span > 1:
            page.sheet.merge_cells(start_row=first, end_row=first, start_column=at, end_column=at + span - 1)
        elif not one.group and lower > first:
            page.sheet.merge_cells(start_row=first, end_row=lower, start_column=at, end_column=at)
    page.sheet.row_dimensions[first].height = 20
    page.deep_enough(lower, [(one.heading, width) for one, width in zip(columns, widths, strict=False)
                             if one.group or lower == first])
    return lower + 1 if numbers else lower


def _foot(page: _Page, paper: Paper, row: int, count: int) -> None:
    """Write totals, notes and the signatures below the table."""
    page.line(row, (1, count), paper.totals_text, _font(12, bold=True, italic=True), "left")
    for row, note in enumerate(paper.notes, row + 1):  # noqa: B020, PLR1704
        page.line(row, (1, count), note, _font(11, italic=True), "left")
    depth = max((len(one.lines) for one in paper.signers), default=0)
    for n, one in enumerate(paper.signers):
        span = count * n // len(paper.signers) + 1, count * (n + 1) // len(paper.signers)
        for below, words in enumerate(one.lines, row + 2):
            page.line(below, span, words, _font(12, bold=True))
        page.line(row + depth + 6, span, one.name, _font(12, bold=True))


# --- tables of figures -----------------------------------------------------------------------------------------------


def _grid(page: _Page, sheet: GridSheet, grid: Grid) -> None:
    """Write one table of figures on a sheet of its own, with the heading and foot of the paper."""
    part = gridpaper.whole(grid)
    wider, count = max(_HEADING_WIDTH / sum(part.widths), 1.0), len(part.widths)
    part = replace(part, widths=tuple(one * wider for one in part.widths))
    head = Paper(sheet.report, sheet.period, sheet.as_of, sheet.made_on, sheet.kind, sheet.about, sheet.as_of_text,
                 issuer=sheet.issuer, national=sheet.national, number=sheet.number, place_date=sheet.place_date,
                 attached=sheet.attached, amends=sheet.amends, notes=grid.notes, signers=sheet.signers,
                 practice=sheet.practice, mark=sheet.public)  # fmt: skip
    first = _heading(page, head, count) + 1
    for text, font, side in ((grid.title, _font(12, bold=True), "center"),
                             (grid.unit_text, _font(11, italic=True), "right")):  # fmt: skip
        if text:
            page.line(first, (1, count), text, font, side)
            first += 1
    last = _grid_head(page, grid, part, first)
    at = {row.key: n for n, row in enumerate(grid.rows, last + 1)}
    for row in grid.rows:
        _grid_row(page, grid, part, row, at)
    _foot(page, head, last + len(grid.rows) + 1, count)
    page.widths(round(one * _CHARACTERS + 1.5, 1) for one in part.widths)
    page.sheet.freeze_panes = f"{get_column_letter(part.lead + 1)}{last + 1}"
    page.sheet.print_title_rows = f"{first}:{last}"
    page.print_wide(landscape=sheet.orientation == "landscape")
    page.running(foot=sheet.footer, head=" · ".join(one for one in (sheet.public, sheet.practice) if one))


def _grid_head(page: _Page, grid: Grid, part: Part, first: int) -> int:
    """Write the headings and the row of numbers; return the last row."""
    deep, center = gridpaper.depth(part.columns), _align("center")
    for row in range(first, first + deep):
        page.sheet.row_dimensions[row].height = 20
        for at in range(1, len(part.widths) + 1):
            page.boxed(row, at, None, center)
    for one in gridpaper.heads(grid, part):
        row, at = first + one.row, one.column + 1
        page.boxed(row, at, one.text, center, _font(11, bold=True))
        if one.rows > 1 or one.columns > 1:
            page.sheet.merge_cells(start_row=row, end_row=row + one.rows - 1, start_column=at,
                                   end_column=at + one.columns - 1)  # fmt: skip
        if one.columns == 1:  # the last row of headings is as deep as the longest needs
            room, rows = part.widths[one.column] * _CHARACTERS * 0.9, page.sheet.row_dimensions
            needed = _LINE * _lines(one.text, max(int(room), 4)) + 3 - 20 * (one.rows - 1)  # bold letters are wider
            rows[first + deep - 1].height = max(rows[first + deep - 1].height or 0, needed)
    if not grid.numbered:
        return first + deep - 1
    for at, text in enumerate(gridpaper.numbers(part), 1):
        page.boxed(first + deep, at, text, center, _font(9, italic=True))
    return first + deep


def _grid_row(page: _Page, grid: Grid, part: Part, row: GridRow, at: Mapping[str, int]) -> None:
    """Write one row: its words as text, its figures as numbers, those made of others as formulas."""
    here, lead = at[row.key], part.lead
    font = _font(11, bold=row.kind in ("total", "part"), italic=row.kind == "share")
    written = gridpaper.line(row, part)
    for n, (text, side) in enumerate(zip(written, gridpaper.sides(part), strict=True), 1):
        page.boxed(here, n, text if n <= lead or n > lead + len(part.columns) else None, _align(side), font)
    page.sheet.cell(here, lead).alignment = _indented(row.level)
    page.deep_enough(here, [(row.label, part.widths[lead - 1] * _CHARACTERS - row.level)])
    if row.kind == "part":
        page.sheet.merge_cells(start_row=here, end_row=here, start_column=lead, end_column=len(written))
        return
    columns = {one.key: get_column_letter(n) for n, one in enumerate(part.columns, lead + 1)}
    for n, column in enumerate(part.columns, lead + 1):
        value, made, align = row.cell(column.key).value, gridpaper.live(grid, row, column), _align(column.align)
        if made is not None:
            cells = [f"{columns[of]}{at[key]}" for key, of in made.terms]
            held = NONE if value is None else value
            page.figure(here, n, held, _format(value, row, column), font, align, formula=_formula(made.kind, cells))
        elif value is not None and column.kind != "text":
            page.figure(here, n, value, _format(value, row, column), font, align)
        else:
            page.boxed(here, n, shown(row, column), align, font)


@cache
def _indented(level: int) -> Alignment:
    return Alignment(horizontal="left", vertical="center", wrap_text=True, indent=level)


def _format(value: float | None, row: GridRow, column: GridColumn) -> str:
    """Return how Excel writes a figure: as the paper does, with the marks of its own language."""
    decimal = value is not None and has_decimals(value, kind_of(row, column))
    if kind_of(row, column) == "percent":
        return "0.0\\ %" if decimal else "0\\ %"
    return f'#,##0{".0" if decimal else ""};-#,##0{".0" if decimal else ""};"{NONE}"'


def _formula(kind: str, cells: Sequence[str]) -> str:
    """Return a sum, of ranges where cells follow each other, or a share that is a dash of nothing.

    ``SUM`` passes over what is no number: a figure left blank or hidden.
    """
    if kind == "share":
        return f'=IFERROR({cells[0]}/{cells[1]},"{NONE}")'
    runs: list[list[str]] = []
    for one in cells:
        if runs and one == _below(runs[-1][-1]):
            runs[-1].append(one)
        else:
            runs.append([one])
    return f"=SUM({','.join(run[0] if len(run) == 1 else f'{run[0]}:{run[-1]}' for run in runs)})"


def _below(cell: str) -> str:
    letters = cell.rstrip("0123456789")
    return f"{letters}{int(cell[len(letters):]) + 1}"


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
