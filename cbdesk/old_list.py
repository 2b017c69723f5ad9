"""An invented list as offices still keep it, for practising the import: what ``sample`` makes, in the dress of 2012.

Title rows, a heading of two merged levels, a row of column numbers, birth dates under the sex, some of them dates to
Excel and some only text, and TCVN3 letters that nothing but the font ``.VnTime`` shows right. Words and columns are
data (``[old_list]`` of ``sample.toml``). The workbook is written letter by letter, because the ordinary writer
(``workbook``) rightly knows no such fonts; the same rows give the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from cbdesk import charsets
from cbdesk.catalogue import catalogue
from cbdesk.dates import show_date

Row = Mapping[str, Any]
Cells = dict[str, object]

TOP = 6
"""Row of the upper heading; below it the lower one, the numbers, and the children."""

EPOCH = date(1899, 12, 30)
PLAIN, TITLE, HEAD, CELL, DAY = range(5)
"""The styles, as numbered in ``_styles``."""

_NAMESPACE = "http://schemas.openxmlformats.org"


def workbook(rows: Iterable[Row], words: Mapping[str, Any]) -> bytes:
    """Return the list as an xlsx file. ``rows`` are objects of ``put child``; ``words`` is ``[old_list]``."""
    columns = words["columns"]
    lines = list(cells(rows, words))
    sheet = _Sheet()
    sheet.title(1, words["office"][0], 3)
    sheet.title(2, words["office"][1], 3)
    sheet.title(4, words["title"], len(columns))
    _head(sheet, columns)
    for at, line in enumerate(lines, TOP + 3):
        for number, column in enumerate(columns, 1):
            sheet.put(at, number, line.get(column["key"], ""), CELL)
    sheet.put(TOP + 3 + len(lines), 2, words["total"].format(n=len(lines)), CELL)
    return _packed(sheet.xml([column["width"] for column in columns]), words)


def cells(rows: Iterable[Row], words: Mapping[str, Any]) -> Iterator[Cells]:
    """Return the cells of each child by column key, still in Unicode; every fourth full date is a date to Excel."""
    ethnicity = catalogue().lists["ethnicity"]
    for number, row in enumerate(rows, 1):
        born = row.get("born", "")
        typed = date.fromisoformat(born) if number % 4 == 0 and len(born) == 10 else show_date(born)
        wealth = row.get("household_class")
        yield {
            "no": number,
            "full_name": row["full_name"],
            "born_female" if row.get("sex") == "female" else "born_male": typed,
            "ethnicity": ethnicity.label(row["ethnicity"]),
            "village": row["village"],
            "father_name": row.get("father_name", ""),
            "mother_name": row.get("mother_name", ""),
            "poor": words["mark"] if wealth == "poor" else "",
            "near_poor": words["mark"] if wealth == "near_poor" else "",
        }


def tcvn3(text: str) -> str:
    """Return text as a TCVN3 file holds it; capitals the encoding lacks become small, as people typed them."""
    letters = _letters()
    return "".join(letters.get(c) or letters.get(c.lower(), c) for c in text)


@cache
def _letters() -> Mapping[str, str]:
    pairs = ((charsets.decode(seen, "tcvn3"), seen) for seen in map(chr, range(0xA1, 0x100)))
    return {letter: seen for letter, seen in pairs if letter != seen}


def _head(sheet: _Sheet, columns: Sequence[Mapping[str, Any]]) -> None:
    """Write the two levels of the heading and the numbers of the columns."""
    groups = [column.get("group") for column in columns]
    for at, column in enumerate(columns, 1):
        group = groups[at - 1]
        first = at == 1 or groups[at - 2] != group
        sheet.put(TOP, at, (group if first else "") if group else column["head"], HEAD)
        sheet.put(TOP + 1, at, column["head"] if group else "", HEAD)
        sheet.put(TOP + 2, at, at, HEAD)
        if not group:
            sheet.merge((TOP, at), (TOP + 1, at))
        elif first:
            sheet.merge((TOP, at), (TOP, at + groups.count(group) - 1))


class _Sheet:
    """The cells of a sheet in the making."""

    def __init__(self) -> None:
        self._rows: dict[int, dict[int, str]] = {}
        self._merged: list[str] = []

    def put(self, row: int, at: int, value: object, style: int) -> None:
        """Write a number, a date or text (encoded here) into a cell."""
        if isinstance(value, date):
            style, value = DAY, (value - EPOCH).days
        where = f'<c r="{_letter(at)}{row}" s="{style}"'
        if isinstance(value, int):
            cell = f"{where}><v>{value}</v></c>"
        elif value:
            cell = f'{where} t="inlineStr"><is><t xml:space="preserve">{escape(tcvn3(str(value)))}</t></is></c>'
        else:
            cell = f"{where}/>"
        self._rows.setdefault(row, {})[at] = cell

    def title(self, row: int, text: str, span: int) -> None:
        """Write a line of capitals over several columns."""
        self.put(row, 1, text, TITLE)
        self.merge((row, 1), (row, span))

    def merge(self, first: tuple[int, int], last: tuple[int, int]) -> None:
        """Join cells, given as (row, column)."""
        self._merged.append(f"{_letter(first[1])}{first[0]}:{_letter(last[1])}{last[0]}")

    def xml(self, widths: Sequence[float]) -> str:
        """Return the part of the workbook that is this sheet."""
        wide = "".join(f'<col min="{n}" max="{n}" width="{w}" customWidth="1"/>' for n, w in enumerate(widths, 1))
        rows = "".join(f'<row r="{n}">{"".join(row[at] for at in sorted(row))}</row>'
                       for n, row in sorted(self._rows.items()))  # fmt: skip
        merged = "".join(f'<mergeCell ref="{one}"/>' for one in self._merged)
        return (f'<worksheet xmlns="{_NAMESPACE}/spreadsheetml/2006/main"><cols>{wide}</cols>'
                f'<sheetData>{rows}</sheetData><mergeCells count="{len(self._merged)}">{merged}</mergeCells>'
                "</worksheet>")  # fmt: skip


def _letter(column: int) -> str:
    return chr(ord("A") + column - 1)


def _styles(words: Mapping[str, Any]) -> str:
    usual, capitals = (f'<name val="{words[name]}"/>' for name in ("font", "capitals_font"))
    line = "".join(f'<{side} style="thin"/>' for side in ("left", "right", "top", "bottom"))
    middle = ' applyAlignment="1"><alignment horizontal="center" vertical="center" wrapText="1"/></xf>'
    return (
        f'<styleSheet xmlns="{_NAMESPACE}/spreadsheetml/2006/main">'
        '<numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts>'
        f'<fonts count="3"><font><sz val="11"/>{usual}</font><font><b/><sz val="13"/>{capitals}</font>'
        f'<font><b/><sz val="11"/>{usual}</font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        f'<borders count="2"><border/><border>{line}</border></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="5"><xf fontId="0"/>'
        f'<xf fontId="1" applyFont="1"{middle}<xf fontId="2" borderId="1" applyFont="1"{middle}'
        '<xf fontId="0" borderId="1"/><xf fontId="0" borderId="1" numFmtId="164" applyNumberFormat="1"/></cellXfs>'
        "</styleSheet>"
    )


def _packed(sheet: str, words: Mapping[str, Any]) -> bytes:
    """Return the parts as one xlsx file, every time in it the same."""
    office, package = f"{_NAMESPACE}/officeDocument/2006/relationships", f"{_NAMESPACE}/package/2006"
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kinds}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kinds}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_NAMESPACE}/spreadsheetml/2006/main" xmlns:r="{office}"><sheets>'
        f'<sheet name="{escape(words["sheet"])}" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{office}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": _styles(words),
        "xl/worksheets/sheet1.xml": sheet,
    }
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            pack.writestr(entry, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{text}')
    return raw.getvalue()
