"""The only door to the typesetter (Typst): papers and sheets to PDF, and to pictures for the preview.

Rules: only the shipped fonts; data only through ``sys_inputs`` as JSON, so that no text of a person is ever run as a
template; the time of making is given, so the same input gives the same bytes; a warning is an error; everything stays
in memory, no file is written. Templates are text files in ``resources/paper``.
"""

from __future__ import annotations

import io
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, cast

from cbdesk import clock, gridpaper
from cbdesk.clock import VIETNAM
from cbdesk.document import Document
from cbdesk.errors import Problem
from cbdesk.grid import Chart, GridSheet
from cbdesk.paper import Paper
from cbdesk.paths import resources

if TYPE_CHECKING:  # read when the first page is set, not when the program starts
    import typst

LAYOUTS = ("list", "changes", "amendment", "cleaning", "round")
FIRST_ROWS = 60
"""Rows from which the first pages of a long paper are set."""
ROOMS = {"landscape": 252.0, "portrait": 165.0}
"""Millimetres between the margins of A4: 30 on the left, 15 on the right."""
SHEETS = ("recovery", "card", "slip", "caseload")
ARCHIVE: Literal["a-2a"] = "a-2a"
"""PDF/A: fonts inside, tagged, text that can be searched, fit to be kept."""


def pdf(paper: Paper, *, stamp: str | datetime) -> bytes:
    """Return the paper as PDF/A made at ``stamp`` (Vietnam time, ISO text). Raises ``Problem(paper_failed)``."""
    return _one(_compile(_layout(paper), paper.as_json(), "pdf", stamp))


def pngs(paper: Paper, ppi: float = 96) -> list[bytes]:
    """Return one PNG for each page, the same pages as the PDF. Raises ``Problem(paper_failed)``."""
    made = _compile(_layout(paper), paper.as_json(), "png", None, ppi)
    return made if isinstance(made, list) else [made]


def first_pngs(paper: Paper, ppi: float = 96) -> list[bytes]:
    """Return the first pages of a long paper at once, its number of pages left open; none of a short one.

    They are set from the first rows alone; the last two of those pages would end otherwise and are left out. Raises
    ``Problem(paper_failed)``.
    """
    if len(paper.rows) <= 2 * FIRST_ROWS:
        return []
    first = replace(paper, rows=paper.rows[:FIRST_ROWS], page_of=paper.page_of.replace("{pages}", "…"))
    return pngs(first, ppi)[:-2]


def grid_pdf(sheet: GridSheet, *, stamp: str | datetime) -> bytes:
    """Return tables and charts as PDF/A made at ``stamp``. Raises ``Problem(paper_failed)``."""
    return _one(_compile("grid", _grid_data(sheet), "pdf", stamp))


def grid_pngs(sheet: GridSheet, ppi: float = 96) -> list[bytes]:
    """Return one PNG for each page, the same pages as the PDF. Raises ``Problem(paper_failed)``."""
    made = _compile("grid", _grid_data(sheet), "png", None, ppi)
    return made if isinstance(made, list) else [made]


def chart_png(chart: Chart, ppi: float = 220) -> bytes:
    """Return a chart as a picture, as wide as the words of a letter. Raises ``Problem(paper_failed)``."""
    return _one(_compile("chart", _written(gridpaper.chart_data(chart)), "png", None, ppi))


def _grid_data(sheet: GridSheet) -> str:
    """Return what is set: finished text, no ids."""
    room = ROOMS.get(sheet.orientation)
    if room is None:  # a sheet may have come from elsewhere
        raise Problem("paper_failed")
    data = asdict(replace(sheet, grids=(), charts=()))
    return _written(data | {"grids": [gridpaper.printable(one, room) for one in sheet.grids],
                            "charts": [gridpaper.chart_data(one) for one in sheet.charts]})


def _written(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, sort_keys=True)


def _layout(paper: Paper) -> str:
    if paper.layout not in LAYOUTS:  # a paper may have come from elsewhere
        raise Problem("paper_failed")
    return "changes" if paper.layout == "amendment" else paper.layout


def sheet_pdf(template: str, data: Mapping[str, Any], *, stamp: str | datetime | None = None) -> bytes:
    """Return a sheet (a name of ``SHEETS``) as PDF/A made at ``stamp`` (default: now).

    * ``recovery`` takes ``unit``, ``officer``, ``device``, ``groups`` (six texts), ``made_on``.
    * ``card`` takes ``unit``, ``role``, ``device``, ``officer``, ``phone``, ``groups``, ``qr`` (the text to encode),
      ``made_on``.
    * ``slip`` takes ``unit``, ``officer``, ``receiver``, ``received_by``, ``file``, ``changes``, ``from_seq``,
      ``to_seq``, ``bytes``, ``sha256``, ``made_on``, and ``letterhead.sheet_heading``.
    * ``caseload`` takes ``giver``, ``taker``, ``rows`` (``title``, ``given``, ``taken``, ``same``), ``groups``, ``on``,
      ``taken_on``, ``parts``, ``proved``, ``differs``, and ``letterhead.sheet_heading``.

    All take ``practice`` (the mark, or ""). Numbers and dates are finished text; an absent key leaves dots for the
    pen. Raises ``Problem(paper_failed)``.
    """
    return _one(_compile(template, _sheet_data(data), "pdf", stamp if stamp is not None else clock.now()))


def sheet_pngs(template: str, data: Mapping[str, Any], ppi: float = 96) -> list[bytes]:
    """Return the pages of a sheet as PNG, for the screen. Shapes and errors as ``sheet_pdf``."""
    made = _compile(template, _sheet_data(data), "png", None, ppi)
    return made if isinstance(made, list) else [made]


def document_pdf(document: Document, *, stamp: str | datetime) -> bytes:
    """Return a form or letter as PDF/A made at ``stamp``. Raises ``Problem(paper_failed)``."""
    return _one(_compile("document", _document_data(document), "pdf", stamp))


def document_pngs(document: Document, ppi: float = 96) -> list[bytes]:
    """Return one PNG for each page of a form or letter. Raises ``Problem(paper_failed)``."""
    made = _compile("document", _document_data(document), "png", None, ppi)
    return made if isinstance(made, list) else [made]


def _document_data(document: Document) -> str:
    room = ROOMS["portrait"]
    blocks = [
        asdict(replace(one, grid=None, chart=None))
        | {"grid": gridpaper.printable(one.grid, room) if one.grid else None,
           "chart": gridpaper.chart_data(one.chart) if one.chart else None}
        for one in document.blocks
    ]  # fmt: skip
    return _written(asdict(replace(document, blocks=())) | {"blocks": blocks})


def _sheet_data(data: Mapping[str, Any]) -> str:
    given = dict(data) | ({"qr": _qr(str(data["qr"]))} if data.get("qr") else {})
    return _written(given)


@cache
def _fonts() -> typst.Fonts:
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False,
                       font_paths=[str(resources() / "fonts" / "tinos")])


def _compile(template: str, data: str, form: Literal["pdf", "png"], stamp: str | datetime | None,
             ppi: float | None = None) -> bytes | list[bytes]:
    import typst

    root = resources() / "paper"
    try:
        made, warnings = typst.compile_with_warnings(
            str(root / f"{template}.typ"), root=str(root), font_paths=_fonts(), ignore_system_fonts=True,
            format=form, ppi=ppi, sys_inputs={"data": _printable(data)},
            timestamp=_moment(stamp) if stamp is not None else None,
            pdf_standards=[ARCHIVE] if form == "pdf" else [])
    except (RuntimeError, OSError, ValueError):  # the message may hold a person's data: it goes nowhere
        raise Problem("paper_failed") from None
    if warnings:
        raise Problem("paper_failed")
    return cast("bytes | list[bytes]", made)


def _one(made: bytes | list[bytes]) -> bytes:
    return made if isinstance(made, bytes) else made[0]


def _moment(stamp: str | datetime) -> datetime:
    moment = datetime.fromisoformat(stamp) if isinstance(stamp, str) else stamp
    return moment.replace(tzinfo=VIETNAM) if moment.tzinfo is None else moment


def _qr(content: str) -> str:
    """Return a QR code as SVG text."""
    import segno

    out = io.BytesIO()
    segno.make(content, error="m", micro=False).save(out, kind="svg", border=0, xmldecl=False, svgns=True)
    return out.getvalue().decode("utf-8")


def _printable(data: str) -> str:
    """Return JSON text in NFC in which a letter the paper's font lacks is an empty box, as any printer shows it."""
    return "".join(one if _covered(ord(one)) else "\u25a1" for one in unicodedata.normalize("NFC", data))


def _covered(code: int) -> bool:
    """Return whether Tinos draws the character: Latin with all marks, Greek, Cyrillic, punctuation, some signs."""
    return (code < 0x0530 or 0x1E00 <= code < 0x1F00 or 0x2010 <= code < 0x2028 or 0x2030 <= code < 0x205F
            or code in (0x20AB, 0x2116, 0x2264, 0x2265, 0x25A1))
