"""The only door to Word: a form or letter as .docx for leaders who edit it before signing.

Rules: the same text in the same places as the PDF of the same ``Document``, laid out after Nghị định 30/2020/NĐ-CP (A4,
margins, Times New Roman); the properties of the file name nobody; everything stays in memory. What an editor changes
there does not come back into the register: number and date of the signed paper are typed in.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

from docx import Document as Word
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from cbdesk import clock, gridpaper, page
from cbdesk.document import Block, Document, Span
from cbdesk.grid import Chart, Grid, GridRow
from cbdesk.gridpaper import Part
from cbdesk.paper import Signer

FONT = "Times New Roman"
WIDTH = 165
"""Millimetres between the margins: 210 less 30 on the left and 15 on the right."""
DOT = 1.15
"""Millimetres of one dot at 13 points."""
LETTER = 2.2
"""Millimetres of a letter at 13 points, on the average: where a label comes after a value is set by it."""
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Signs no .docx can hold; an empty box stands for them, as in the PDF."""
_SHARE = re.compile(r"(?<=\d) %")
SHORT = 10
"""Rows of a table of figures that stays on one page."""
CENTRE, LEFT, BOTH = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.JUSTIFY
RIGHT = WD_ALIGN_PARAGRAPH.RIGHT


def docx(document: Document) -> bytes:
    """Return a document as the bytes of a .docx."""
    word = Word()
    _page(word, document)
    word.styles["Normal"].paragraph_format.space_after = Pt(6 if document.spaced else 4)
    _heading(word, document)
    blocks = document.blocks
    body = next((n for n, one in enumerate(blocks) if one.kind == "annex"), len(blocks))
    for n, block in enumerate(blocks[:body], 1):
        _block(word, block, last=n > body - 2)
    _ending(word, document)
    for block in blocks[body:]:
        _block(word, block, last=False)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _page(word: Any, document: Document) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.header_distance = section.footer_distance = Mm(9)
    style = word.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(13)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_before = Pt(0)
    style.paragraph_format.widow_control = True
    told = word.core_properties
    told.author = told.last_modified_by = told.title = told.comments = ""
    told.created = told.modified = clock.now().replace(tzinfo=None)
    section.different_first_page_header_footer = True
    _number(section.header.paragraphs[0], "PAGE", 13)
    for head in (section.header, section.first_page_header):
        if document.practice:
            place = head.add_paragraph() if head is section.header else head.paragraphs[0]
            _run(place, document.practice, bold=True, size=9)
            place.alignment = RIGHT
    if document.form:
        _write(section.first_page_header, document.form, italic=True, align=RIGHT, size=11)
    section.header.paragraphs[0].alignment = CENTRE
    for foot in (section.first_page_footer, section.footer):
        _footer(foot, document)


def _footer(foot: Any, document: Document) -> None:
    """Write the line of secrecy with the page's number at its end, and the marks below."""
    line = foot.paragraphs[0]
    line.paragraph_format.tab_stops.add_tab_stop(Mm(WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    line.paragraph_format.space_after = Pt(0)
    _run(line, f"{document.footer}\t", italic=True, size=9)
    before, _, rest = document.page_of.partition("{page}")
    between, _, after = rest.partition("{pages}")
    _run(line, before, size=9)
    _number(line, "PAGE", 9)
    _run(line, between, size=9)
    _number(line, "NUMPAGES", 9)
    _run(line, after, size=9)
    if document.marks:
        _run(foot.add_paragraph(), " · ".join(document.marks), size=8)


def _number(paragraph: Any, counted: str, size: float) -> None:
    """Write a number that Word counts: ``PAGE`` or ``NUMPAGES``."""
    holder = OxmlElement("w:fldSimple")
    holder.set(qn("w:instr"), counted)
    run = _run(paragraph, "1", size=size)
    paragraph._p.append(holder)
    holder.append(run._r)


def _heading(word: Any, document: Document) -> None:
    if document.heading == "office":
        left, right = _columns(word, (64, 101))
        for line in document.issuer:
            _write(left, line.text, bold=line.bold, align=CENTRE)
        _rule(left, 64, 22)
        if document.number:
            _write(left, document.number, align=CENTRE)
        if not document.kind:
            _write(left, document.about, align=CENTRE, size=12)
        _write(right, document.national[0], bold=True, align=CENTRE)
        _write(right, document.national[1], bold=True, align=CENTRE)
        _rule(right, 101, 58)
        _write(right, document.place_date, italic=True, align=CENTRE)
    elif document.heading == "plain":
        _write(word, document.national[0], bold=True, align=CENTRE)
        _write(word, document.national[1], bold=True, align=CENTRE)
        _rule(word, WIDTH, 58)
    else:
        _write(word, " ".join(one.text for one in document.issuer))
    _write(word, "", size=6)
    if document.kind:
        _write(word, document.kind, bold=True, align=CENTRE, size=14)
        for part in document.about.split("\n"):
            _write(word, part, bold=True, align=CENTRE, size=14)
        if document.about:
            _rule(word, WIDTH, 40)
        if document.amends:
            _write(word, document.amends, italic=True, align=CENTRE)
    _write(word, "", size=6)


def _columns(word: Any, widths: Sequence[int]) -> list[Any]:
    """Return the cells of a table without lines and without room beside the text."""
    table = word.add_table(rows=1, cols=len(widths))
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    _inset(table, 0)
    _whole(table.rows[0])
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for cell, width in zip(table.rows[0].cells, widths, strict=True):
        cell.width = Mm(width)
        cell._element.remove(cell.paragraphs[0]._element)
    return list(table.rows[0].cells)


def _inset(table: Any, twips: int) -> None:
    """Set the room left and right of the text of cells."""
    room = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), str(twips))
        edge.set(qn("w:type"), "dxa")
        room.append(edge)
    table._tbl.tblPr.append(room)


def _whole(row: Any) -> None:
    """Keep a row on one page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _rule(place: Any, room: int, width: int) -> None:
    """Draw a short line in the middle of ``room`` mm."""
    paragraph = _write(place, "", size=2)
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Mm((room - width) / 2)
    paragraph.paragraph_format.space_after = Pt(5)
    edges, edge = OxmlElement("w:pBdr"), OxmlElement("w:top")
    for key, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "auto")):
        edge.set(qn(f"w:{key}"), value)
    edges.append(edge)
    properties = paragraph._p.get_or_add_pPr()
    following = [one for one in ("w:spacing", "w:ind", "w:jc") if properties.find(qn(one)) is not None]
    properties.insert(list(properties).index(properties.find(qn(following[0]))), edges)


def _run(paragraph: Any, text: str, *, bold: bool = False, italic: bool = False, size: float = 13) -> Any:
    run = paragraph.add_run(_SHARE.sub("\u00a0%", _NOT_XML.sub("\u25a1", text)))
    run.bold, run.italic, run.font.size = bold, italic, Pt(size)
    return run


def _write(
    place: Any, text: str, *, bold: bool = False, italic: bool = False, align: Any = LEFT, size: float = 13
) -> Any:  # fmt: skip
    paragraph = place.add_paragraph()
    paragraph.alignment = align
    paragraph.paragraph_format.space_after = Pt(0)
    _run(paragraph, text, bold=bold, italic=italic, size=size)
    if not text:
        paragraph.paragraph_format.line_spacing = Pt(size)
    return paragraph


def _block(word: Any, block: Block, *, last: bool) -> None:
    """Write a block; the last ones stay with the signatures."""
    if block.kind == "table":
        _table(word, block)
        return
    if block.grid:
        _figures(word, block.grid)
    if block.chart:
        _picture(word, block.chart)
    if block.spans:
        _paragraph(word, block, last=last)
    for _ in range(block.count):
        line = word.add_paragraph()
        _spans(line, (Span(dots=0),))
        line.paragraph_format.keep_with_next = last


def _paragraph(word: Any, block: Block, *, last: bool) -> None:
    paragraph, shape = word.add_paragraph(), block.kind
    paragraph.paragraph_format.page_break_before = shape == "annex"
    paragraph.alignment = CENTRE if shape in ("centre", "annex") else LEFT if _pen(block.spans) else BOTH
    if shape == "item":
        _run(paragraph, "- ")
        paragraph.paragraph_format.left_indent = Mm(8)
    if shape in ("note", "prose"):
        paragraph.paragraph_format.first_line_indent = Mm(10)
    if shape in ("part", "subpart"):
        paragraph.paragraph_format.space_before = Pt(6)
    heading = shape in ("part", "subpart", "annex")
    size = 14 if shape == "annex" else 13
    _spans(paragraph, block.spans, bold=heading, italic=shape in ("subpart", "note"), size=size)
    paragraph.paragraph_format.keep_with_next = last or bool(block.count) or heading or shape == "centre"


def _pen(spans: Sequence[Span]) -> bool:
    """Return whether dots or places stand in a line: its words are not spread then."""
    return any(one.dots is not None or one.room is not None for one in spans)


def _spans(
    paragraph: Any, spans: Sequence[Span], *, bold: bool = False, italic: bool = False, size: float = 13
) -> None:  # fmt: skip
    at, stops = 0.0, paragraph.paragraph_format.tab_stops
    for n, one in enumerate(spans):
        wide = len(one.text) * LETTER
        if one.box is not None:
            text, wide = ("\u2612 " if one.box else "\u2610 "), 6
        elif one.dots == 0 and n == len(spans) - 1:
            stops.add_tab_stop(Mm(WIDTH), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
            text = "\t"
        elif one.dots is not None:
            wide = one.dots or 30
            text = "." * round(wide / DOT)
        elif one.room is not None:
            wide = max(one.room, wide + 6)
            stops.add_tab_stop(Mm(at + wide))
            text = f"{one.text}\t"
        else:
            text = one.text
        at += wide
        _run(paragraph, text, bold=bold or one.bold, italic=italic, size=size)


def _table(word: Any, block: Block) -> None:
    table = word.add_table(rows=1, cols=len(block.head))
    table.style, table.autofit = "Table Grid", False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    _inset(table, 60)
    widths = [Mm(WIDTH * one / sum(block.widths)) for one in block.widths]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    rows = [tuple((Span(title, bold=True),) for title in block.head), *block.rows]
    for n, cells in enumerate(rows):
        row = table.rows[0] if n == 0 else table.add_row()
        _whole(row)
        for cell, spans, width in zip(row.cells, cells, widths, strict=True):
            cell.width, cell.vertical_alignment = width, WD_CELL_VERTICAL_ALIGNMENT.CENTER
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
            paragraph.alignment = CENTRE if n == 0 else _side(spans)
            _spans(paragraph, spans, size=11.5)
    _write(word, "", size=4)


def _figures(word: Any, grid: Grid) -> None:
    """Write a table of figures: its parts, each with its headings repeated on every page, and its notes."""
    parts = gridpaper.parts(grid, WIDTH)
    for n, part in enumerate(parts):
        above = [_write(word, gridpaper.title(grid, n), bold=True, align=CENTRE, size=12)] if grid.title or n else []
        above += [_write(word, grid.unit_text, italic=True, align=RIGHT, size=11)] if grid.unit_text else []
        for one in above:
            one.paragraph_format.keep_with_next = True
        _part(word, grid, part)
        for note in grid.notes if part is parts[-1] else ():
            _write(word, note, italic=True, size=10)
        _write(word, "", size=6)


def _part(word: Any, grid: Grid, part: Part) -> None:
    deep = gridpaper.depth(part.columns)
    table = word.add_table(rows=deep + grid.numbered, cols=len(part.widths))
    table.style, table.autofit = "Table Grid", False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    _inset(table, 60)
    for column, width in zip(table.columns, part.widths, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        _whole(row)
    for one in gridpaper.heads(grid, part):
        cell = table.cell(one.row, one.column)
        if one.rows > 1 or one.columns > 1:
            cell = cell.merge(table.cell(one.row + one.rows - 1, one.column + one.columns - 1))
        _fill(cell, one.text, CENTRE, part.size, bold=True)
    if grid.numbered:
        for cell, text in zip(table.rows[deep].cells, gridpaper.numbers(part), strict=True):
            _fill(cell, text, CENTRE, part.size - 2, italic=True)
    for n, line in enumerate(grid.rows, 1):
        _row(table, line, part, kept=len(grid.rows) <= SHORT or n > len(grid.rows) - 2)


def _row(table: Any, line: GridRow, part: Part, *, kept: bool) -> None:
    row = table.add_row()
    _whole(row)
    cells, words = row.cells, gridpaper.line(line, part)
    sides = [{"left": LEFT, "center": CENTRE, "right": RIGHT}[one] for one in gridpaper.sides(part)]
    for cell, width in zip(cells, part.widths, strict=True):
        cell.width = Mm(width)
    if line.kind == "part":
        cells[part.lead - 1].merge(cells[-1])
        cells, words = cells[: part.lead], words[: part.lead]
    for n, (cell, text) in enumerate(zip(cells, words, strict=False)):
        place = _fill(cell, text, sides[n], part.size, bold=line.kind in ("total", "part"), italic=line.kind == "share")
        place.paragraph_format.keep_with_next = kept
        if line.kind == "part":
            _shade(cell)
        if n == part.lead - 1:
            place.paragraph_format.left_indent = Pt(9 * line.level)


def _shade(cell: Any) -> None:
    """Make a cell grey; Word wants this before the place of its words."""
    shade = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", "EEEEEE")):
        shade.set(qn(f"w:{key}"), value)
    cell._tc.get_or_add_tcPr().find(qn("w:vAlign")).addprevious(shade)


def _fill(cell: Any, text: str, side: Any, size: float, *, bold: bool = False, italic: bool = False) -> Any:
    """Write the words of a cell of figures; return their paragraph."""
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph = cell.paragraphs[0]
    paragraph.alignment = side
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1)
    _run(paragraph, text, bold=bold, italic=italic, size=size)
    return paragraph


def _picture(word: Any, chart: Chart) -> None:
    """Write a chart as the picture the PDF shows, its figures told for who cannot see it."""
    paragraph = word.add_paragraph()
    paragraph.alignment = CENTRE
    shape = paragraph.add_run().add_picture(io.BytesIO(page.chart_png(chart)), width=Mm(WIDTH))
    shape._inline.docPr.set("descr", _NOT_XML.sub("\u25a1", gridpaper.alt(chart)))


def _side(spans: Sequence[Span]) -> Any:
    """Return where a cell's text stands: boxes, counts and dates in the middle, sums on the right."""
    text = "".join(one.text for one in spans)
    if any(one.box is not None for one in spans) or re.fullmatch(r"\d{1,4}|(\d\d/)?\d\d/\d{4}", text):
        return CENTRE
    return RIGHT if re.fullmatch(r"\d{1,3}(\.\d{3})+", text) else LEFT


def _ending(word: Any, document: Document) -> None:
    _write(word, "", size=8).paragraph_format.keep_with_next = True
    widths = [66] if document.recipients and len(document.signers) == 1 else [45] if document.recipients else []
    if not widths and len(document.signers) == 1:
        widths = [66]  # who signs alone signs on the right
    if not widths and not document.signers:
        return
    places = _columns(word, [*widths, *_shares(WIDTH - sum(widths), len(document.signers))])
    if widths:
        _write(places[0], document.words["recipients"] if document.recipients else "", bold=True, italic=True, size=12)
        for one in document.recipients:
            _write(places[0], f"- {one}", size=11)
    for cell, signer in zip(places[len(widths) :], document.signers, strict=True):
        _signature(cell, signer)


def _shares(width: int, count: int) -> list[int]:
    return [width // count] * count if count else []


def _signature(place: Any, signer: Signer) -> None:
    for line in signer.lines:
        _write(place, line, bold=True, align=CENTRE)
    if signer.note:
        _write(place, signer.note, italic=True, align=CENTRE, size=12)
    for _ in range(4):
        _write(place, "")
    _write(place, signer.name, bold=True, align=CENTRE)
