"""How a table of figures and a chart stand on paper: headings, widths, parts of a wide table, sums, scales. Pure.

The same for the typesetter, for Word and for the workbook, so that the three agree. Rules:

* A table takes the width it has: columns give way down to their longest word, then the letters down to ``SMALLEST``,
  then the columns are divided over tables that repeat the labels, where a group of columns ends if it can.
* Columns of labels are lettered A, B, those of figures numbered (1), (2) …, also across the parts.
* A sum or a share is *live* only where it yields the very figure that stands on the paper: children counted once in a
  total although two rows count them are no sum of the rows.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from cbdesk.grid import NONE, Chart, Grid, GridColumn, GridRow, Number, figure, shown
from cbdesk.letterhead import patterns

LARGEST, SMALLEST, DIVIDED = 11.0, 9.0, 10.0
"""Points of the letters in a table; of one that had to be divided."""
EDGE = 2.3
"""Millimetres left and right of the words of a cell, together."""
LABEL = 38.0
"""Millimetres a column of labels keeps, if it asked for so many."""
POINT = 0.3528


@dataclass(frozen=True, slots=True)
class Head:
    """One heading: its place among the headings of a part, and how many rows and columns it spans."""

    text: str
    row: int
    column: int
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Part:
    """As much of a table as stands side by side: its columns of figures, letters in points, widths in millimetres.

    ``widths`` are of all columns: number (if there is one), label, figures, note (if it stands in this part).
    """

    columns: tuple[GridColumn, ...]
    first: int
    size: float
    widths: tuple[float, ...]
    number: bool
    note: bool

    @property
    def lead(self) -> int:
        """Return how many columns stand before the figures."""
        return 1 + self.number


@dataclass(frozen=True, slots=True)
class Live:
    """How a figure is made of others: ``sum`` or ``share`` of the cells named by row and column key."""

    kind: str
    terms: tuple[tuple[str, str], ...]


@cache
def words() -> dict[str, str]:
    """Return the words of tables (``papers.toml``)."""
    return dict(patterns()["grid"])


# --- widths and parts ------------------------------------------------------------------------------------------------


def parts(grid: Grid, room: float) -> tuple[Part, ...]:
    """Return the parts a table is set in where there are ``room`` millimetres."""
    lead, figures, tail = _asked(grid)
    number, note = len(lead) > 1, bool(tail)
    size = next((size for size in _sizes() if sum(need for _, need in (*lead, *figures, *tail)) * size / LARGEST
                 <= room), DIVIDED)  # fmt: skip
    scale = size / LARGEST
    if sum(need for _, need in (*lead, *figures, *tail)) * scale <= room:
        chunks = [list(range(len(figures)))]
    else:
        free = room / scale - sum(need for _, need in (*lead, *tail))
        chunks = _divided(grid, [need for _, need in figures], max(free, 1.0))
    made = []
    for n, chunk in enumerate(chunks):
        last = n == len(chunks) - 1
        asked = [*lead, *(figures[at] for at in chunk), *(tail if last else [])]
        made.append(Part(tuple(grid.columns[at] for at in chunk), chunk[0] if chunk else 0, size,
                         _widths(asked, scale, room), number, note and last))  # fmt: skip
    return tuple(made)


def whole(grid: Grid) -> Part:
    """Return a table undivided, as wide as it would like to be: for the workbook."""
    lead, figures, tail = _asked(grid)
    wishes = tuple(wish for wish, _ in (*lead, *figures, *tail))
    return Part(grid.columns, 0, LARGEST, wishes, len(lead) > 1, bool(tail))


Asked = list[tuple[float, float]]
"""What columns would like and what they need, in millimetres at the largest letters."""


def _asked(grid: Grid) -> tuple[Asked, Asked, Asked]:
    """Return what the columns before the figures ask for, those of figures, and the one of notes."""
    figures = [(max(one.width, need), need) for one, need in zip(grid.columns, _needs(grid), strict=True)]
    lead = _lead(grid, number=any(one.number for one in grid.rows))
    return lead, figures, [_note(grid)] if any(one.note for one in grid.rows) else []


def _sizes() -> Iterable[float]:
    return (LARGEST - n / 2 for n in range(round((LARGEST - SMALLEST) * 2) + 1))


def _lead(grid: Grid, *, number: bool) -> Asked:
    """Return what the columns of numbers and labels would like, and what they need."""
    longest = max((_word(one.label) + one.level * 4 for one in grid.rows if one.kind != "part"), default=0.0)
    need = max(min(grid.label_width, LABEL), longest + EDGE)
    label = (max(grid.label_width, need), need)
    if not number:
        return [label]
    digits = max(_wide(one.number) for one in grid.rows if one.kind != "part" or len(one.number) < 5)
    return [(max(9.0, digits * 1.1 + EDGE),) * 2, label]


def _note(grid: Grid) -> tuple[float, float]:
    need = max(max(_word(one.note) for one in grid.rows) + EDGE, 16.0)
    return max(30.0, need), need


def _needs(grid: Grid) -> list[float]:
    """Return the millimetres each column of figures cannot do without at the largest letters."""
    needs = []
    for column in grid.columns:
        figures = max((_wide(shown(row, column)) if column.kind != "text" else _word(shown(row, column))
                       for row in grid.rows), default=0.0)  # fmt: skip
        above = [(_word(name), sum(1 for one in grid.columns if one.group == column.group))
                 for name in _path(column)]  # fmt: skip
        heads = max([_word(column.heading), *(wide / span for wide, span in above)])
        needs.append(max(figures, heads, 5.5) * 1.08 + EDGE)  # totals and headings are bold
    return needs


def _divided(grid: Grid, needs: Sequence[float], free: float) -> list[list[int]]:
    """Return the columns divided over as few parts as can be, of like width."""
    made = _chunks(grid, needs, free)
    limit = max(sum(needs) / max(len(made), 1), max(needs, default=0))
    while limit < free and len(even := _chunks(grid, needs, limit)) > len(made):
        limit += 2
    return even if limit < free else made


def _chunks(grid: Grid, needs: Sequence[float], free: float) -> list[list[int]]:
    """Return the columns put one after another into parts of ``free`` millimetres, a group that fits kept whole."""
    chunks: list[list[int]] = [[]]
    for block in _blocks(grid):
        wide = sum(needs[at] for at in block)
        if chunks[-1] and sum(needs[at] for at in chunks[-1]) + wide > free and wide <= free:
            chunks.append([])
        for at in block:
            if chunks[-1] and sum(needs[one] for one in (*chunks[-1], at)) > free:
                chunks.append([])
            chunks[-1].append(at)
    return chunks


def _blocks(grid: Grid) -> list[list[int]]:
    """Return the places of the columns, those under one uppermost heading together."""
    blocks: list[list[int]] = []
    for at, one in enumerate(grid.columns):
        top = _path(one)[:1]
        if at and top and _path(grid.columns[at - 1])[:1] == top:
            blocks[-1].append(at)
        else:
            blocks.append([at])
    return blocks


def _widths(asked: Sequence[tuple[float, float]], scale: float, room: float) -> tuple[float, ...]:
    """Return widths that fill the room: what is needed, and of the rest to each by what it would like."""
    needs = [need * scale for _, need in asked]
    wishes = [max(wish - need, 0) for wish, need in asked]
    rest, wished = room - sum(needs), sum(wishes)
    if rest <= wished:
        return tuple(round(need + wish * max(rest, 0) / (wished or 1), 2)
                     for need, wish in zip(needs, wishes, strict=True))  # fmt: skip
    full = [need + wish for need, wish in zip(needs, wishes, strict=True)]
    return tuple(round(one * room / (sum(full) or 1), 2) for one in full)


def _word(text: str) -> float:
    """Return the width of the longest word at the largest letters."""
    return max(map(_wide, text.split()), default=0.0)


def _wide(text: str) -> float:
    """Return about how many millimetres a text takes at the largest letters of Times."""
    return sum(map(_letter, text)) * LARGEST * POINT


def _letter(one: str) -> float:
    """Return the width of a letter against the size of the type; marks above and below take no room."""
    base = unicodedata.normalize("NFD", one)[0]
    if base in "mwMW%":
        return 0.85
    if base.isupper():
        return 0.7
    return 0.29 if base in "iljtfrI.,:;()/-' " else 0.5


# --- headings --------------------------------------------------------------------------------------------------------


def _path(column: GridColumn) -> list[str]:
    return [one.strip() for one in column.group.split(" / ") if one.strip()]


def heads(grid: Grid, part: Part) -> tuple[Head, ...]:
    """Return the headings of a part, groups above their columns; their rows are ``depth`` deep."""
    deep, told = depth(part.columns), words()
    lead = [*([told["number"]] if part.number else []), grid.label_heading or told["label"]]
    found = [Head(text, 0, at, rows=deep) for at, text in enumerate(lead)]
    before: list[str] = []
    for at, column in enumerate(part.columns, len(lead)):
        path = _path(column)
        for level, name in enumerate(path):
            if before[: level + 1] != path[: level + 1]:
                found.append(Head(name, level, at, columns=_span(part.columns[at - len(lead) :], path[: level + 1])))
        found.append(Head(column.heading, len(path), at, rows=deep - len(path)))
        before = path
    if part.note:
        found.append(Head(told["note"], 0, len(lead) + len(part.columns), rows=deep))
    return tuple(found)


def depth(columns: Sequence[GridColumn]) -> int:
    """Return how many rows of headings there are."""
    return 1 + max((len(_path(one)) for one in columns), default=0)


def _span(columns: Sequence[GridColumn], path: Sequence[str]) -> int:
    """Return how many of the columns from the first stand under one heading."""
    return next((n for n, one in enumerate(columns) if _path(one)[: len(path)] != list(path)), len(columns))


def numbers(part: Part) -> tuple[str, ...]:
    """Return the row of letters and numbers below the headings."""
    figures = range(part.first + 1, part.first + len(part.columns) + 1 + part.note)
    return (*"AB"[: part.lead], *(f"({n})" for n in figures))


def line(row: GridRow, part: Part) -> tuple[str, ...]:
    """Return what stands in a row of a part, from its number to its note."""
    return (*((row.number,) if part.number else ()), row.label, *(shown(row, one) for one in part.columns),
            *((row.note,) if part.note else ()))  # fmt: skip


def title(grid: Grid, n: int) -> str:
    """Return the title above a part; the parts after the first say that they go on."""
    return " ".join(one for one in (grid.title, words()["continued"] if n else "") if one)


# --- what figures are made of ----------------------------------------------------------------------------------------


def claims(grid: Grid, row: GridRow, column: GridColumn) -> tuple[Live, ...]:
    """Return how a figure is said to be made of others, down its column and along its row."""
    cell, found = row.cell(column.key), []
    if cell.formula and all(grid.row(key) for key in cell.formula):
        kind = "share" if row.kind == "share" else "sum"
        if kind == "sum" or len(cell.formula) == 2:
            found.append(Live(kind, tuple((key, column.key) for key in cell.formula)))
    across = "share" if column.share else "sum"
    for keys in (column.share if column.share else column.sum, *column.parts):
        if keys and row.kind in ("plain", "total") and all(grid.column(key) for key in keys):
            found.append(Live(across, tuple((row.key, key) for key in keys)))
    return tuple(found)


def live(grid: Grid, row: GridRow, column: GridColumn) -> Live | None:
    """Return how a figure can be computed again from others, or ``None`` where that would not yield it."""
    value = row.cell(column.key).value
    for one in claims(grid, row, column):
        made = computed(grid, one)
        if made is None and value is None and one.kind == "share" and shown(row, column) == NONE:
            return one
        if made is not None and value is not None and math.isclose(made, value, rel_tol=1e-9, abs_tol=1e-9):
            return one
    return None


def computed(grid: Grid, one: Live) -> Number | None:
    """Return the figure a sum or share yields; ``None`` for a share of nothing or of what is unknown."""
    values = [row.cell(column).value if (row := grid.row(key)) else None for key, column in one.terms]
    if one.kind == "sum":
        return sum(value for value in values if value is not None)
    part, whole = values
    return None if part is None or not whole else part / whole


# --- for the typesetter ----------------------------------------------------------------------------------------------


def printable(grid: Grid, room: float) -> dict[str, Any]:
    """Return a table as finished text for the typesetter: no ids, no values."""
    return {"unit": grid.unit_text, "notes": list(grid.notes), "parts": [
        {"title": title(grid, n), "size": part.size, "widths": list(part.widths), "depth": depth(part.columns),
         "heads": [{"text": one.text, "x": one.column, "y": one.row, "colspan": one.columns, "rowspan": one.rows}
                   for one in heads(grid, part)],
         "numbers": list(numbers(part)) if grid.numbered else [], "lead": part.lead,
         "sides": list(sides(part)),
         "rows": [{"kind": row.kind, "level": row.level, "cells": list(line(row, part))} for row in grid.rows]}
        for n, part in enumerate(parts(grid, room))]}  # fmt: skip


def sides(part: Part) -> tuple[str, ...]:
    """Return on which side the words of each column stand."""
    return (*(("center",) if part.number else ()), "left", *(one.align for one in part.columns),
            *(("left",) if part.note else ()))  # fmt: skip


def chart_data(chart: Chart) -> dict[str, Any]:
    """Return a chart for the typesetter: finished text, and where each value lies between 0 and 1 of the scale."""
    kind = "percent" if chart.unit == "%" else "number"
    known = [one for _, values in chart.series for one in values if one is not None]
    ticks = _ticks(known, whole=kind == "number") if chart.kind == "line" else [0.0, max([*known, 0])]
    low, wide = ticks[0], (ticks[-1] - ticks[0]) or 1

    def point(value: Number | None) -> dict[str, Any]:
        return {"text": figure(value, kind), "at": None if value is None else max(value - low, 0) / wide}

    count = len(chart.labels)
    return {
        "title": chart.title, "kind": chart.kind, "unit": "" if kind == "percent" else chart.unit,
        "labels": list(chart.labels), "alt": alt(chart),
        "series": [{"name": name, "values": [point(one) for one in (*values, *[None] * count)[:count]]}
                   for name, values in chart.series],
        "ticks": [{"text": figure(one, kind) if one else "0", "at": (one - low) / wide} for one in ticks],
    }  # fmt: skip


def alt(chart: Chart) -> str:
    """Return a chart in words, for who cannot see it."""
    kind = "percent" if chart.unit == "%" else "number"
    told = [". ".join(filter(None, (name if len(chart.series) > 1 else "", "; ".join(
        f"{label}: {figure(value, kind)}" for label, value in zip(chart.labels, values, strict=False)
        if value is not None)))) for name, values in chart.series]  # fmt: skip
    return ". ".join(one for one in (chart.title, *told) if one)


def _ticks(values: Sequence[Number], *, whole: bool) -> list[float]:
    """Return the round numbers of a scale of its own: at most five steps of 1, 2 or 5 around the values."""
    low, high = (min(values), max(values)) if values else (0, 1)
    rough = max((high - low) / 4, 1e-9)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(n * power for n in (1, 2, 5, 10) if n * power >= rough * 0.999)
    step = max(step, 1.0) if whole else max(step, 0.001)
    first = math.floor(low / step + 1e-9)
    last = max(math.ceil(high / step - 1e-9), first + 1)
    return [round(n * step, 9) for n in range(first, last + 1)]
