"""The shape of an official paper: pure data, ready to be typeset, written to a workbook, frozen and read back.

Rules: a ``Paper`` holds finished Vietnamese text (papers are Vietnamese whatever the window speaks), so that a frozen
one can be printed again for ever without asking the register or the catalogue. It knows nothing of Typst or Excel.
``from_json`` ignores keys it does not know and fills those that are missing: old papers stay readable.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from cbdesk.errors import Problem

VERSION = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a heading; ``bold`` for the name of the body that issues."""

    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    ``width`` is in millimetres (shared out to fill the page); ``kind`` is ``text``, ``number``, ``date``, ``code``
    (digits that stay text) or ``answer`` (to be filled in; a cell with a value is asked for); ``group`` is the
    heading above several columns; ``paper`` is false for columns of the workbook only.
    """

    key: str
    heading: str
    width: float
    align: str = "left"
    kind: str = "text"
    group: str = ""
    paper: bool = True


@dataclass(frozen=True, slots=True)
class Cell:
    """What is shown and, where it differs, what is meant: an ISO date (full or partial) or an integer."""

    text: str = ""
    value: str | int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One child of a list: its id (never printed), the first day of the reasons listed, and the cells by column key."""

    id: str
    since: str
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Totals:
    """Children counted once each. ``apart`` are counted but not named; the sexes count all."""

    total: int = 0
    named: int = 0
    apart: int = 0
    male: int = 0
    female: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Signer:
    """One signature: the lines above (TM., KT., position), a note such as "(Ký, ghi rõ họ tên)", and the name below."""

    lines: tuple[str, ...]
    name: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A list as it stands on paper. Dates are ISO text; ``check`` is the head of the journal's chain, if given.

    ``layout`` is one of ``page.LAYOUTS``.
    """

    report: str
    period: str
    as_of: str
    made_on: str
    kind: str
    about: str
    as_of_text: str
    issuer: tuple[Line, ...] = ()
    national: tuple[str, ...] = ()
    number: str = ""
    place_date: str = ""
    attached: str = ""
    amends: str = ""
    columns: tuple[Column, ...] = ()
    rows: tuple[Row, ...] = ()
    empty: str = ""
    totals: Totals = field(default_factory=Totals)
    totals_text: str = ""
    notes: tuple[str, ...] = ()
    signers: tuple[Signer, ...] = ()
    footer: str = ""
    page_of: str = ""
    draft: str = ""
    practice: str = ""
    check: str = ""
    provisional: bool = False
    orientation: str = "landscape"
    layout: str = "list"
    version: int = VERSION

    def as_json(self) -> str:
        """Return the paper as JSON text, the same bytes for the same paper."""
        return json.dumps(asdict(self) | {"rows": [_row_out(row) for row in self.rows]}, ensure_ascii=False,
                          sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes) -> Paper:
        """Read a paper written by ``as_json`` of this or an earlier version. Raises ``Problem(paper_failed)``."""
        try:
            data = json.loads(text)
            return cls(**_known(cls, data) | {
                "issuer": _all(Line, data.get("issuer")),
                "columns": _all(Column, data.get("columns")),
                "signers": tuple(Signer(**_known(Signer, one) | {"lines": tuple(one["lines"])})
                                 for one in data.get("signers", ())),
                "rows": tuple(map(_row_in, data.get("rows", ()))),
                "totals": Totals(**_known(Totals, data.get("totals", {}))),
                "national": tuple(data.get("national", ())),
                "notes": tuple(data.get("notes", ())),
            })
        except (ValueError, TypeError, KeyError, AttributeError):
            raise Problem("paper_failed") from None


def _row_out(row: Row) -> dict[str, Any]:
    cells = {key: cell.text if cell.value is None else [cell.text, cell.value] for key, cell in row.cells.items()}
    return {"id": row.id, "since": row.since, "cells": cells}


def _row_in(data: Mapping[str, Any]) -> Row:
    cells = {key: Cell(value) if isinstance(value, str) else Cell(*value) for key, value in data["cells"].items()}
    return Row(str(data["id"]), str(data.get("since", "")), cells)


def _known(shape: type[Any], data: Mapping[str, Any]) -> dict[str, Any]:
    names = {one.name for one in fields(shape)}
    return {key: value for key, value in data.items() if key in names}


def _all(shape: type[Any], items: Any) -> tuple[Any, ...]:
    return tuple(shape(**_known(shape, item)) for item in items or ())
