"""The shape of an official paper: pure data, ready to be typeset, written to a workbook, frozen and read back.

Rules: a ``Paper`` holds finished Vietnamese text (papers are Vietnamese whatever the window speaks), so that a frozen
one can be printed again for ever without asking the register or the catalogue. It knows nothing of Typst or Excel.
``from_json`` ignores keys it does not know and fills those that are missing: old papers stay readable, and read and
written anew they are the same bytes, because ``as_json`` leaves out the parts a paper does not have.

``rows`` are always the whole list. What the paper shows of it is its ``layout``: ``list`` all of it, ``changes`` who
came and left with totals by village, ``amendment`` only what differs from the list amended (parts in ``sections``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from cbdesk.errors import Problem

VERSION = 1
LIST, CHANGES, AMENDMENT = "list", "changes", "amendment"
CAME, LEFT, READ, PLACES = "came", "left", "read", "places"
"""Keys of sections: who came, who left, who reads otherwise than before, totals by village."""


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
    """One line of a list: a child's id (never printed), the first day of the reasons listed, cells by column key.

    ``id`` is ``""`` where only a name was heard. ``of`` is the record the line tells of (an incident, a support) or how
    the child came or left, ``""`` where it tells of the child; ``place`` the id of the village; ``part`` a key of
    ``Paper.parts``.
    """

    id: str
    since: str
    cells: Mapping[str, Cell]
    of: str = ""
    place: str = ""
    part: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """Return what makes two lines of two papers the same line."""
        return self.id, self.of

    @property
    def village(self) -> str:
        """Return the words of the village, ``""`` where the list has none."""
        return self.text("village")

    def text(self, key: str) -> str:
        """Return what is shown in a column, ``""`` where the line has none."""
        return self.cells[key].text if key in self.cells else ""


@dataclass(frozen=True, slots=True)
class Section:
    """A table of its own below the heading: title, columns, rows, what it says when empty, a last bold row."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    empty: str = ""
    total: Row | None = None


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

    ``layout`` is one of ``page.LAYOUTS``. ``parts`` are the headings standing between the rows, by ``Row.part``;
    ``changes_about`` is the title of the changes, ``base`` the line saying what they are counted from, ``scope`` the
    line of villages where the list is not of the whole unit, ``mark`` a line at the top of every page.
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
    layout: str = LIST
    version: int = VERSION
    sections: tuple[Section, ...] = ()
    parts: Mapping[str, str] = field(default_factory=dict)
    changes_about: str = ""
    base: str = ""
    scope: str = ""
    mark: str = ""

    @property
    def came(self) -> tuple[Row, ...]:
        """Return who came since the list before; the cell ``reason`` says why."""
        return self._section(CAME)

    @property
    def left(self) -> tuple[Row, ...]:
        """Return who left since the list before, as they stood there; the cell ``reason`` says why."""
        return self._section(LEFT)

    @property
    def places(self) -> tuple[Row, ...]:
        """Return the totals by village: cells ``village``, ``before``, ``came``, ``left``, ``after``, ``male``."""
        return self._section(PLACES)

    def _section(self, key: str) -> tuple[Row, ...]:
        return next((one.rows for one in self.sections if one.key == key), ())

    @property
    def changes(self) -> Paper:
        """Return the paper of who came and left. An amendment, or a list without one before it, stays as it is."""
        known = self.layout == LIST and bool(self.changes_about and self.sections)
        return replace(self, layout=CHANGES) if known else self

    @property
    def full(self) -> Paper:
        """Return the paper of the whole list."""
        return replace(self, layout=LIST) if self.layout in (CHANGES, AMENDMENT) else self

    @property
    def title(self) -> str:
        """Return what the paper is about, as its heading says it."""
        return self.changes_about if self.layout == CHANGES else self.about

    def as_json(self) -> str:
        """Return the paper as JSON text, the same bytes for the same paper."""
        plain = asdict(replace(self, rows=(), sections=())) | {"rows": [_row_out(row) for row in self.rows]}
        for name in _LATER:
            if not plain[name]:
                del plain[name]
        if self.sections:
            plain["sections"] = [_section_out(one) for one in self.sections]
        return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes) -> Paper:
        """Read a paper written by ``as_json`` of this or an earlier version. Raises ``Problem(paper_failed)``."""
        try:
            data = json.loads(text)
            return cls(**known(cls, data) | heading_in(data) | {
                "columns": _all(Column, data.get("columns")),
                "rows": tuple(map(_row_in, data.get("rows", ()))),
                "sections": tuple(map(_section_in, data.get("sections", ()))),
                "totals": Totals(**known(Totals, data.get("totals", {}))),
                "notes": tuple(data.get("notes", ())),
            })
        except (ValueError, TypeError, KeyError, AttributeError):
            raise Problem("paper_failed") from None


_LATER = ("sections", "parts", "changes_about", "base", "scope", "mark")
"""Parts no paper had at first: where one has none, its text is as it was then."""


def _row_out(row: Row) -> dict[str, Any]:
    cells = {key: cell.text if cell.value is None else [cell.text, cell.value] for key, cell in row.cells.items()}
    more = {key: said for key, said in (("of", row.of), ("place", row.place), ("part", row.part)) if said}
    return {"id": row.id, "since": row.since, "cells": cells} | more


def _row_in(data: Mapping[str, Any]) -> Row:
    cells = {key: Cell(value) if isinstance(value, str) else Cell(*value) for key, value in data["cells"].items()}
    more = {key: str(data[key]) for key in ("of", "place", "part") if key in data}
    return Row(str(data["id"]), str(data.get("since", "")), cells, **more)


def _section_out(section: Section) -> dict[str, Any]:
    columns = [asdict(one) for one in section.columns]
    return {"key": section.key, "title": section.title, "columns": columns, "rows": [*map(_row_out, section.rows)],
            "empty": section.empty, "total": _row_out(section.total) if section.total else None}


def _section_in(data: Mapping[str, Any]) -> Section:
    total = data.get("total")
    return Section(str(data["key"]), str(data["title"]), _all(Column, data["columns"]),
                   tuple(map(_row_in, data["rows"])), str(data.get("empty", "")), _row_in(total) if total else None)


def known(shape: type[Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of ``data`` a shape has: what a later version added is left out."""
    names = {one.name for one in fields(shape)}
    return {key: value for key, value in data.items() if key in names}


def heading_in(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return who issues and who signs, and the lines of the State, as a paper of any shape keeps them."""
    return {
        "issuer": _all(Line, data.get("issuer")),
        "national": tuple(data.get("national", ())),
        "signers": tuple(Signer(**known(Signer, one) | {"lines": tuple(one["lines"])})
                         for one in data.get("signers", ())),
    }  # fmt: skip


def _all(shape: type[Any], items: Any) -> tuple[Any, ...]:
    return tuple(shape(**known(shape, item)) for item in items or ())
