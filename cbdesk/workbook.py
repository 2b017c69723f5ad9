"""Writing workbooks (xlsx): lists as papers, tables of figures, and plain tables such as the rows an import refused.

Rules: real dates where the day is known, all digits that are names (ids, telephone numbers) as text. How one sheet is
written, and what keeps a person's words from being a formula: ``bookpage.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache

from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from cbdesk import gridpaper
from cbdesk.bookpage import CHARACTERS, LINE, Page, aligned, font_of, lines_in
from cbdesk.grid import NONE, Grid, GridColumn, GridRow, GridSheet, has_decimals, kind_of, shown
from cbdesk.gridpaper import Part
from cbdesk.letterhead import patterns
from cbdesk.paper import AMENDMENT, CHANGES, PLACES, Cell, Column, Paper, Row

_FULL_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_HEADING_WIDTH = 230.0  # millimetres the heading of a paper needs to stand side by side


def list_xlsx(paper: Paper, *, stamp: str | datetime | None = None) -> bytes:
    """Return a list as a workbook that prints like the paper; ``stamp`` is the time of making (default: its day)."""
    page = Page(patterns()["words"]["list_sheet"])
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


def _lines_of(page: Page, paper: Paper, widths: Sequence[float], last: int) -> int:
    """Write the rows of a list below its head, a heading where a part begins; return the last row."""
    columns, row, part = paper.columns, last, ""
    for line in paper.rows:
        if line.part != part and line.part in paper.parts:
            row += 1
            page.line(row, (1, len(columns)), paper.parts[line.part], font_of(11, bold=True), "left")
        row, part = row + 1, line.part
        _line_of(page, row, columns, line, widths)
    if not paper.rows:
        row += 1
        page.line(row, (1, len(columns)), paper.empty, font_of(12, italic=True))
        page.sheet.row_dimensions[row].height = 30
    return row


def _line_of(page: Page, row: int, columns: Sequence[Column], line: Row, widths: Sequence[float],
             font: Font | None = None) -> None:
    for at, column in enumerate(columns, 1):
        given = line.cells.get(column.key, Cell())
        page.boxed(row, at, _typed(given, column), aligned(column.align), font)
        if column.kind == "answer":
            page.to_fill(row, at, asked=given.value is not None)
    page.deep_enough(row, [(line.cells.get(one.key, Cell()).text, width)
                           for one, width in zip(columns, widths, strict=False)])


def _sections(page: Page, paper: Paper, first: int, widths: Sequence[float]) -> int:
    """Write the tables of a paper of changes one below the other; return the last row."""
    row, count = first, len(widths)
    for section in paper.sections:
        page.line(row, (1, count), section.title, font_of(12, bold=True), "left")
        if not section.rows:
            page.line(row + 1, (1, count), section.empty, font_of(11, italic=True), "left")
            row += 3
            continue
        row = _table_head(page, section.columns, row + 1, widths, numbers=False)
        for line in section.rows:
            row += 1
            _line_of(page, row, section.columns, line, widths)
        if section.total is not None:
            row += 1
            _line_of(page, row, section.columns, section.total, widths, font_of(11, bold=True))
        row += 2
    if not paper.sections:
        page.line(row, (1, count), paper.empty, font_of(12, italic=True))
        row += 2
    return row - 1


def grids_xlsx(sheet: GridSheet, *, stamp: str | datetime | None = None) -> bytes:
    """Return tables of figures as a workbook, one sheet each; ``stamp`` is the time of making (default: its day).

    Sums and shares are live wherever they yield the figure that stands on the paper (``gridpaper.live``), and hold it
    already, for programs that only show. Only these are formulas.
    """
    name = gridpaper.words()["sheet"]
    page = Page(f"{name} 1")
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
    page = Page(sheet_name or patterns()["words"]["list_sheet"])
    page.line(1, (1, max(len(headers), 1)), title, font_of(13, bold=True), "left")
    longest = [len(head) for head in headers]
    for at, head in enumerate(headers, 1):
        page.boxed(2, at, head, aligned("center"), font_of(11, bold=True))
    lines = [tuple(values[:len(headers)]) for values in rows]
    for at in range(len(headers)):
        longest[at] = max([longest[at], *(len(str(values[at] or "")) for values in lines if at < len(values))])
    wide = list(widths) or [min(max(length + 2, 8), 50) for length in longest]
    end = 2
    for end, values in enumerate(lines, 3):
        for at, value in enumerate(values, 1):
            page.boxed(end, at, value, aligned("left", "top"))
        page.deep_enough(end, [(str(value or ""), width) for value, width in zip(values, wide, strict=False)])
    page.widths(wide)
    page.set_up(head=(2, 2), end=end, frozen="A", landscape=True)
    page.running(foot=title)
    page.notes(notes)
    return page.save(title, stamp)


def _width(column: Column) -> float:
    return round(column.width * CHARACTERS + 1.5, 1)


def _typed(given: Cell, column: Column) -> object:
    """Return the value Excel should hold: a date only where the day is known, a number only in number columns."""
    if column.kind == "date" and isinstance(given.value, str) and _FULL_DATE.fullmatch(given.value):
        return date.fromisoformat(given.value)
    if column.kind == "number" and isinstance(given.value, int):
        return given.value
    return given.text


# --- heading and foot ------------------------------------------------------------------------------------------------


def _heading(page: Page, paper: Paper, count: int) -> int:
    """Write issuer and state side by side, then the title lines; return the last row written."""
    middle = max(count * 2 // 5, 1)
    bold, slanted, title = font_of(12, bold=True), font_of(12, italic=True), font_of(13, bold=True)
    left = [(line.text, font_of(12, bold=line.bold)) for line in paper.issuer] + [(paper.number, font_of(12))]
    right = [(words, font_of(12, bold=True, underlined=n > 0)) for n, words in enumerate(paper.national)]
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


def _table_head(page: Page, columns: Sequence[Column], first: int, widths: Sequence[float], *,
                numbers: bool = True) -> int:
    """Write the headings (two rows where columns are grouped) and the row of numbers; return the last row."""
    lower = first + 1 if any(one.group for one in columns) else first
    bold, center = font_of(11, bold=True), aligned("center")
    for at, one in enumerate(columns, 1):
        begins = bool(one.group) and (at == 1 or columns[at - 2].group != one.group)
        page.boxed(lower, at, one.heading if one.group or lower == first else None, center, bold)
        if lower > first:
            page.boxed(first, at, (one.group if begins else None) if one.group else one.heading, center, bold)
        if numbers:
            page.boxed(lower + 1, at, at, center, font_of(9, italic=True))
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


def _foot(page: Page, paper: Paper, row: int, count: int) -> None:
    """Write totals, notes and the signatures below the table."""
    page.line(row, (1, count), paper.totals_text, font_of(12, bold=True, italic=True), "left")
    for row, note in enumerate(paper.notes, row + 1):  # noqa: B020, PLR1704
        page.line(row, (1, count), note, font_of(11, italic=True), "left")
    depth = max((len(one.lines) for one in paper.signers), default=0)
    for n, one in enumerate(paper.signers):
        span = count * n // len(paper.signers) + 1, count * (n + 1) // len(paper.signers)
        for below, words in enumerate(one.lines, row + 2):
            page.line(below, span, words, font_of(12, bold=True))
        page.line(row + depth + 6, span, one.name, font_of(12, bold=True))


# --- tables of figures -----------------------------------------------------------------------------------------------


def _grid(page: Page, sheet: GridSheet, grid: Grid) -> None:
    """Write one table of figures on a sheet of its own, with the heading and foot of the paper."""
    part = gridpaper.whole(grid)
    wider, count = max(_HEADING_WIDTH / sum(part.widths), 1.0), len(part.widths)
    part = replace(part, widths=tuple(one * wider for one in part.widths))
    head = Paper(sheet.report, sheet.period, sheet.as_of, sheet.made_on, sheet.kind, sheet.about, sheet.as_of_text,
                 issuer=sheet.issuer, national=sheet.national, number=sheet.number, place_date=sheet.place_date,
                 attached=sheet.attached, amends=sheet.amends, notes=grid.notes, signers=sheet.signers,
                 practice=sheet.practice, mark=sheet.public)  # fmt: skip
    first = _heading(page, head, count) + 1
    for text, font, side in ((grid.title, font_of(12, bold=True), "center"),
                             (grid.unit_text, font_of(11, italic=True), "right")):  # fmt: skip
        if text:
            page.line(first, (1, count), text, font, side)
            first += 1
    last = _grid_head(page, grid, part, first)
    at = {row.key: n for n, row in enumerate(grid.rows, last + 1)}
    for row in grid.rows:
        _grid_row(page, grid, part, row, at)
    _foot(page, head, last + len(grid.rows) + 1, count)
    page.widths(round(one * CHARACTERS + 1.5, 1) for one in part.widths)
    page.sheet.freeze_panes = f"{get_column_letter(part.lead + 1)}{last + 1}"
    page.sheet.print_title_rows = f"{first}:{last}"
    page.print_wide(landscape=sheet.orientation == "landscape")
    page.running(foot=sheet.footer, head=" · ".join(one for one in (sheet.public, sheet.practice) if one))


def _grid_head(page: Page, grid: Grid, part: Part, first: int) -> int:
    """Write the headings and the row of numbers; return the last row."""
    deep, center = gridpaper.depth(part.columns), aligned("center")
    for row in range(first, first + deep):
        page.sheet.row_dimensions[row].height = 20
        for at in range(1, len(part.widths) + 1):
            page.boxed(row, at, None, center)
    for one in gridpaper.heads(grid, part):
        row, at = first + one.row, one.column + 1
        page.boxed(row, at, one.text, center, font_of(11, bold=True))
        if one.rows > 1 or one.columns > 1:
            page.sheet.merge_cells(start_row=row, end_row=row + one.rows - 1, start_column=at,
                                   end_column=at + one.columns - 1)  # fmt: skip
        if one.columns == 1:  # the last row of headings is as deep as the longest needs
            room, rows = part.widths[one.column] * CHARACTERS * 0.9, page.sheet.row_dimensions
            needed = LINE * lines_in(one.text, max(int(room), 4)) + 3 - 20 * (one.rows - 1)  # bold letters are wider
            rows[first + deep - 1].height = max(rows[first + deep - 1].height or 0, needed)
    if not grid.numbered:
        return first + deep - 1
    for at, text in enumerate(gridpaper.numbers(part), 1):
        page.boxed(first + deep, at, text, center, font_of(9, italic=True))
    return first + deep


def _grid_row(page: Page, grid: Grid, part: Part, row: GridRow, at: Mapping[str, int]) -> None:
    """Write one row: its words as text, its figures as numbers, those made of others as formulas."""
    here, lead = at[row.key], part.lead
    font = font_of(11, bold=row.kind in ("total", "part"), italic=row.kind == "share")
    written = gridpaper.line(row, part)
    for n, (text, side) in enumerate(zip(written, gridpaper.sides(part), strict=True), 1):
        page.boxed(here, n, text if n <= lead or n > lead + len(part.columns) else None, aligned(side), font)
    page.sheet.cell(here, lead).alignment = _indented(row.level)
    page.deep_enough(here, [(row.label, part.widths[lead - 1] * CHARACTERS - row.level)])
    if row.kind == "part":
        page.sheet.merge_cells(start_row=here, end_row=here, start_column=lead, end_column=len(written))
        return
    columns = {one.key: get_column_letter(n) for n, one in enumerate(part.columns, lead + 1)}
    for n, column in enumerate(part.columns, lead + 1):
        value, made, align = row.cell(column.key).value, gridpaper.live(grid, row, column), aligned(column.align)
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
