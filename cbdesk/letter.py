"""The only door to Word: a form or letter as .docx for leaders who edit it before signing.

Rules: the same text as the PDF of the same ``Document``, laid out after Nghị định 30/2020/NĐ-CP (A4, margins, Times New
Roman); the properties of the file name nobody; everything stays in memory. What an editor changes there does not come
back into the register: number and date of the signed paper are typed in.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from docx import Document as Word
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from cbdesk import clock
from cbdesk.document import Block, Document, Span
from cbdesk.paper import Signer

FONT = "Times New Roman"
WIDTH = 165
"""Millimetres between the margins: 210 less 30 on the left and 15 on the right."""
DOT = 1.15
"""Millimetres of one dot at 13 points."""
CENTRE, LEFT, BOTH = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.JUSTIFY


def docx(document: Document) -> bytes:
    """Return a document as the bytes of a .docx."""
    word = Word()
    _page(word)
    _heading(word, document)
    for block in document.blocks:
        _block(word, block)
    _ending(word, document)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _page(word: Any) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    style = word.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(13)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_after = Pt(4)
    told = word.core_properties
    told.author = told.last_modified_by = told.title = told.comments = ""
    told.created = told.modified = clock.now().replace(tzinfo=None)


def _heading(word: Any, document: Document) -> None:
    if document.issuer:
        left, right = _columns(word, (66, 99))
        for line in document.issuer:
            _write(left, line.text, bold=line.bold, align=CENTRE)
        if document.number:
            _write(left, document.number, align=CENTRE)
        _write(right, document.national[0], bold=True, align=CENTRE)
        _write(right, document.national[1], bold=True, align=CENTRE, line=True)
        _write(right, document.place_date, italic=True, align=CENTRE)
    else:
        _write(word, document.national[0], bold=True, align=CENTRE)
        _write(word, document.national[1], bold=True, align=CENTRE, line=True)
    _write(word, "")
    _write(word, document.kind, bold=True, align=CENTRE, size=14)
    if document.about:
        _write(word, document.about, bold=True, align=CENTRE, size=14)
    for mark in (*document.marks, document.practice):
        if mark:
            _write(word, mark, italic=True, align=CENTRE, size=11)


def _columns(word: Any, widths: Sequence[int]) -> list[Any]:
    table = word.add_table(rows=1, cols=len(widths))
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for cell, width in zip(table.rows[0].cells, widths, strict=True):
        cell.width = Mm(width)
        cell._element.remove(cell.paragraphs[0]._element)
    return list(table.rows[0].cells)


def _write(
    place: Any, text: str, *, bold: bool = False, italic: bool = False, align: Any = LEFT, size: int = 13,
    line: bool = False,
) -> Any:  # fmt: skip
    paragraph = place.add_paragraph()
    paragraph.alignment = align
    paragraph.paragraph_format.space_after = Pt(0)
    run = paragraph.add_run(text)
    run.bold, run.italic, run.underline, run.font.size = bold, italic, line, Pt(size)
    return paragraph


def _block(word: Any, block: Block) -> None:
    if block.kind == "table":
        _table(word, block)
        return
    if block.kind == "lines":
        for _ in range(block.count):
            _spans(word.add_paragraph(), (Span(dots=0),))
        return
    paragraph = word.add_paragraph()
    paragraph.alignment = CENTRE if block.kind == "centre" else LEFT if _pen(block.spans) else BOTH
    if block.kind == "item":
        paragraph.add_run("- ")
        paragraph.paragraph_format.left_indent = Mm(8)
    strong, slanted = block.kind in ("part", "subpart", "centre"), block.kind in ("subpart", "note")
    _spans(paragraph, block.spans, bold=strong, italic=slanted)
    paragraph.paragraph_format.keep_with_next = block.kind in ("part", "subpart")


def _pen(spans: Sequence[Span]) -> bool:
    return any(one.dots is not None for one in spans)


def _spans(paragraph: Any, spans: Sequence[Span], *, bold: bool = False, italic: bool = False) -> None:
    for one in spans:
        if one.box is not None:
            run = paragraph.add_run("\u2612 " if one.box else "\u2610 ")
        elif one.dots == 0:
            paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(WIDTH), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
            run = paragraph.add_run("\t")
        elif one.dots is not None:
            run = paragraph.add_run("." * round(one.dots / DOT))
        else:
            run = paragraph.add_run(one.text)
        run.bold, run.italic = bold or one.bold, italic


def _table(word: Any, block: Block) -> None:
    table = word.add_table(rows=1, cols=len(block.head))
    table.style = "Table Grid"
    table.autofit = False
    scale = WIDTH / sum(block.widths)
    for column, width in zip(table.columns, block.widths, strict=True):
        column.width = Mm(round(width * scale))
    for cell, title in zip(table.rows[0].cells, block.head, strict=True):
        cell.paragraphs[0].alignment = CENTRE
        _spans(cell.paragraphs[0], (Span(title),), bold=True)
    head = OxmlElement("w:tblHeader")
    head.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(head)
    for row in block.rows:
        for cell, spans in zip(table.add_row().cells, row, strict=True):
            _spans(cell.paragraphs[0], spans)
    for row in table.rows:
        for cell, width in zip(row.cells, block.widths, strict=True):
            cell.width = Mm(round(width * scale))
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.space_after = Pt(0)
                for run in paragraph.runs:
                    run.font.size = Pt(11.5)
    word.add_paragraph().paragraph_format.space_after = Pt(0)


def _ending(word: Any, document: Document) -> None:
    places = _columns(word, (66, 99)) if document.recipients else [None, word]
    if places[0] is not None:
        _write(places[0], document.words["recipients"], bold=True, italic=True, size=12)
        for one in document.recipients:
            _write(places[0], f"- {one}", size=11)
    if len(document.signers) > 1:
        holder = places[1].add_table(1, len(document.signers)) if places[0] is not None else None
        cells = list(holder.rows[0].cells) if holder is not None else _columns(word, _shares(len(document.signers)))
        for cell, signer in zip(cells, document.signers, strict=True):
            _signature(cell, signer)
        if holder is not None:
            places[1].add_paragraph()  # a cell must end with a paragraph
    else:
        for signer in document.signers:
            _signature(places[1], signer)
    if document.footer:
        foot = word.sections[0].footer.paragraphs[0]
        run = foot.add_run(document.footer)
        run.italic, run.font.size = True, Pt(9)


def _shares(count: int) -> list[int]:
    return [WIDTH // count] * count


def _signature(place: Any, signer: Signer) -> None:
    for line in signer.lines:
        _write(place, line, bold=True, align=CENTRE)
    if signer.note:
        _write(place, signer.note, italic=True, align=CENTRE, size=12)
    for _ in range(4):
        _write(place, "")
    _write(place, signer.name, bold=True, align=CENTRE)
