"""How many are there: children by one or two things, on any day, as a table of figures. Pure, no I/O.

What can be asked is data (``[dimensions]`` of ``columns.toml``), what a thing means is ``measures``; a receiver asks
also by commune (``owners``: key to name and the keys its records carry). What must be kept apart (sensitive groups,
risks) is one line together, which names nobody. A child with two values (two groups) stands in both rows and once in
the total, which therefore is no sum of theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from cbdesk import conditions, measures, tally
from cbdesk.catalogue import Catalogue
from cbdesk.errors import Problem
from cbdesk.facts import CHILD, UNKNOWN, Book, Span
from cbdesk.grid import Grid, GridCell, GridRow
from cbdesk.words import pick

Where = Mapping[str, Sequence[str]]
Owners = Mapping[str, tuple[str, tuple[str, ...]]]
OWNER = tally.OWNER
ALL, APART, COLUMNS = "all", "apart", 20
"""The key of the total, and of what is kept apart; the most columns of a table."""


def dimensions(known: Catalogue, *, owners: bool = False) -> dict[str, str]:
    """Return what children can be counted by, name to title, in order; by commune only with ``owners``."""
    return {name: pick(one["title"]) for name, one in known.columns["dimensions"].items() if owners or name != OWNER}


def choices(
    name: str, known: Catalogue, villages: Mapping[str, str], owners: Owners | None = None
) -> list[tuple[str, str]]:
    """Return the values of a dimension with their words, "not known" last. Raises ``Problem(report_wrong)``."""
    if name not in known.columns["dimensions"]:
        raise Problem("report_wrong", place=name)
    if name == OWNER:
        return [(key, label) for key, (label, _) in (owners or {}).items()]
    words = known.columns["words"]
    none = known.columns["dimensions"][name].get("none", words["unknown"])
    apart = [(APART, str(words["apart"]))] if _codes(name, APART, known) else []
    return [*_choices(name, known, villages), *apart, (UNKNOWN, str(none))]


def _choices(name: str, known: Catalogue, villages: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    told = known.columns["dimensions"][name].get("codes")
    if name == tally.VILLAGE:
        yield from villages.items()
    elif told:
        yield from ((str(one["code"]), str(one["label"])) for one in told)
    else:
        for one in known.lists[measures.list_of(CHILD, name, known)].choices:
            if one.parent is None and one.code != UNKNOWN and not one.sensitive:
                yield one.code, one.shorts.get("vi") or one.labels["vi"]


def _codes(name: str, code: str, known: Catalogue, owners: Owners | None = None) -> list[str]:
    """Return the codes a value stands for: itself, all that must be kept apart, or the keys of a unit's records."""
    if name == OWNER:
        return list((owners or {}).get(code, ("", (code,)))[1])
    if code != APART:
        return [code]
    list_ = known.lists.get(measures.list_of(CHILD, name, known))
    return [one.code for one in list_.choices if one.sensitive and one.parent is None] if list_ else []


def count(
    book: Book, rows: str, columns: str, where: Where, day: date, villages: Mapping[str, str],
    among: Collection[str] | None = None, owners: Owners | None = None,
) -> Grid:  # fmt: skip
    """Return children of a day counted by ``rows`` and ``columns`` ("": one column), of those ``where`` holds for.

    ``among`` counts only these children. Every cell names the children behind it but those kept apart, by whom nothing
    can be asked; lines and columns of nobody are left out. Raises ``Problem(report_wrong)``.
    """
    known = book.known
    for problem in conditions.faults(where, {}, known):
        raise Problem("report_wrong", place=problem)
    words = known.columns["words"]
    lines: list[dict[str, Any]] = [{"key": ALL, "label": words["total"], "kind": "total"}]
    for code, label in choices(rows, known, villages, owners):
        lines.append({"key": f"{ALL}.{code}", "label": label, "where": {rows: _codes(rows, code, known, owners)}})
    heads: list[dict[str, Any]] = [{"key": ALL, "label": words["total"]}]
    for code, label in choices(columns, known, villages, owners) if columns else ():
        heads.append({"key": code, "label": label, "where": {columns: _codes(columns, code, known, owners)}})
    asked = {name: [key for one in codes for key in _meant(name, one, known, owners)] for name, codes in where.items()}
    data = {"name": "count", "where": asked, "row": lines, "column": heads}
    made = tally.grid(data, book, tally.Given({"period": Span(day, day)}, villages))
    return _without_nobody(made if among is None else _among(made, frozenset(among)))


def _meant(name: str, code: str, known: Catalogue, owners: Owners | None) -> list[str]:
    return _codes(name, code, known, owners) if name == OWNER else [code]


def _among(made: Grid, children: frozenset[str]) -> Grid:
    """Return a table that counts these children alone."""

    def only(cell: GridCell) -> GridCell:
        ids = tuple(one for one in cell.ids if one in children)
        return replace(cell, value=len(ids), ids=ids, text="")

    rows = (replace(row, cells={key: only(cell) for key, cell in row.cells.items()}) for row in made.rows)
    return replace(made, rows=tuple(rows))


def _without_nobody(made: Grid) -> Grid:
    rows = tuple(_unnamed(one) for one in made.rows if one.key == ALL or one.cells[ALL].value)
    columns = tuple(one for one in made.columns if one.key == ALL or any(row.cells[one.key].value for row in rows))
    return Grid(made.name, made.title, columns[: COLUMNS + 1], rows, made.notes, numbered=False)


def _unnamed(row: GridRow) -> GridRow:
    """Return a line without the children kept apart."""
    whole = row.key == f"{ALL}.{APART}"
    cells = {key: replace(cell, ids=()) if whole or key == APART else cell for key, cell in row.cells.items()}
    return replace(row, cells=cells)
