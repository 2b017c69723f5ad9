"""The shape of a report's layout: which properties it may have, of what kind, and how large it may be. Pure data.

Layouts come from files of other offices. ``faults`` is asked before anything reads one, so that whatever reads it after
(``spans``, ``tally``, ``measures``) finds texts where it expects texts. What the properties mean is told there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Faults = Iterator[str]
Kind = Callable[[Any, str], Faults]
Shape = Mapping[str, Kind]
LONGEST, MOST, MONTHS = 1000, 400, 36
"""Letters of one text, entries of one list, months of one chart."""


def faults(data: Mapping[str, Any]) -> Faults:
    """Return what is wrong with the shape of a layout: places, as ``grid.2.row.1: colour`` or ``grid.2.title``."""
    yield from _inside(data, REPORT, "")


def listing(data: Mapping[str, Any]) -> Faults:
    """Return what is wrong with the shape of the file of a list; properties nobody knows are left aside."""
    yield from (one for one in _inside(data, LIST, "") if not one.startswith("report: "))


def _inside(value: Any, shape: Shape, place: str) -> Faults:
    if not isinstance(value, Mapping):
        yield place
        return
    yield from (f"{place or 'report'}: {name}" for name in sorted(value.keys() - shape.keys()))
    for name, kind in shape.items():
        if name in value:
            yield from kind(value[name], f"{place}.{name}" if place else name)


def _plain(fits: Callable[[Any], bool]) -> Kind:
    def check(value: Any, place: str) -> Faults:
        if not fits(value):
            yield place
    return check


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= MOST and all(map(_is_text, value))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _whole(low: int, high: int) -> Kind:
    return _plain(lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high)


def _one_of(*allowed: str) -> Kind:
    return _plain(lambda value: isinstance(value, str) and value in allowed)


def _saying(slot: str) -> Kind:
    return _plain(lambda value: _is_text(value) and only_slot(value, slot))


def only_slot(words: str, slot: str) -> bool:
    """Return whether a text can be filled in with this slot alone: no other, no format that runs away."""
    return not {"{", "}"} & set(words.replace(f"{{{slot}}}", ""))


def _tables(shape: Callable[[], Shape], needed: tuple[str, ...] = (), most: int = MOST) -> Kind:
    def check(value: Any, place: str) -> Faults:
        if not isinstance(value, list) or len(value) > most:
            yield place
            return
        for n, one in enumerate(value, 1):
            yield from _inside(one, shape(), f"{place}.{n}")
            if isinstance(one, Mapping):
                yield from (f"{place}.{n}: no {name}" for name in needed if name not in one)
    return check


def _of(shape: Callable[[], Shape], needed: tuple[str, ...] = ()) -> Kind:
    def check(value: Any, place: str) -> Faults:
        yield from _inside(value, shape(), place)
        if isinstance(value, Mapping):
            yield from (f"{place}: no {name}" for name in needed if name not in value)
    return check


def _named(kind: Kind) -> Kind:
    """Return a kind for tables whose keys are names of the layout's own."""
    def check(value: Any, place: str) -> Faults:
        if not isinstance(value, Mapping) or len(value) > MOST:
            yield place
            return
        for name, one in value.items():
            yield from kind(one, f"{place}.{name}")
    return check


text, texts, flag, number = (_plain(_is_text), _plain(_is_texts), _plain(lambda value: isinstance(value, bool)),
                             _plain(_is_number))  # fmt: skip
pair = _plain(lambda value: _is_texts(value) and len(value) == 2)
codes = _named(texts)


def words(value: Any, place: str) -> Faults:
    """Texts by language; the Vietnamese one is never missing."""
    yield from _named(text)(value, place)
    if isinstance(value, Mapping) and "vi" not in value:
        yield place


def _out_of(value: Any, place: str) -> Faults:
    yield from text(value, place) if isinstance(value, str) else _inside(value, MEASURE, place)


MEASURE: Shape = {"of": text, "where": codes, "unless": codes, "when": text, "on": text, "count": text}
BAND: Shape = {"code": text, "label": text}
LINE: Shape = {**MEASURE, "label": text}
COLUMN: Shape = {
    **MEASURE, "key": text, "label": text, "group": text, "width": _whole(4, 200), "time": text, "share": pair,
    "side": _one_of("whole"), "reached": pair, "kind": _one_of("number", "percent", "money", "text"),
    "parts": _plain(lambda value: isinstance(value, list) and all(map(_is_texts, value))),
}  # fmt: skip
ROW: Shape = {
    **MEASURE, "key": text, "label": text, "level": _whole(0, 9), "number": text, "by": text, "map": text, "list": text,
    "total": text, "sum": texts, "share": pair, "typed": text, "whole": flag, "percent": flag, "out_of": _out_of,
    "called": texts, "deep": flag, "only": texts, "target": number, "part": text, "blank": flag, "hide_empty": flag,
    "note": text, "verified": flag, "unnamed": flag, "source": text, "kind": _one_of("plain", "total", "part", "share"),
    "bands": _tables(lambda: BAND, ("code", "label")),
}  # fmt: skip
GRID: Shape = {
    **MEASURE, "name": text, "title": text, "columns": text, "note": texts, "numbered": flag, "unit": text,
    "public": flag,
    "row": _tables(lambda: ROW), "column": _tables(lambda: COLUMN, ("key",), 60),
}  # fmt: skip
CHART: Shape = {
    "name": text, "title": text, "kind": _one_of("bars", "line"), "grid": text, "by": text, "rows": texts,
    "columns": texts, "across": flag, "unit": text, "months": _whole(1, MONTHS),
    "line": _tables(lambda: LINE, ("label",), 6),
}  # fmt: skip
SPAN: Shape = {"from": text, "to": text, "cut_off": text, "year_from": text, "due": text, "words": _saying("year")}
REPORT: Shape = {
    "shape": text, "name": text, "title": words, "explain": words, "group": text, "order": _whole(0, 999),
    "periods": texts, "symbol": text, "orientation": _one_of("landscape", "portrait"), "kind": text,
    "about": _saying("period"), "footer": text, "sensitive": flag, "public": flag,
    "valid_from": text, "valid_to": text, "source": text, "notes": texts, "appendix": text,
    "grid": _tables(lambda: GRID, ("name",), 40), "chart": _tables(lambda: CHART, ("name", "title"), 20),
    "span": _named(lambda value, place: _inside(value, SPAN, place)),
}  # fmt: skip
PART: Shape = {"key": text, "heading": text, "only": text, "optional": flag, "left_out": text, "where": codes}
SELECT: Shape = {
    "form": text, "active": text, "on": texts, "under_age": _whole(0, 120), "by": text, "where": codes, "unless": codes,
    "secret": text, "codes": text, "household": _named(text), "missing": texts,
    "until": _of(lambda: {"field": text, "days": _whole(-36600, 36600)}, ("field", "days")),
}  # fmt: skip
LIST: Shape = {
    **{name: REPORT[name] for name in ("title", "explain", "group", "order", "periods", "symbol", "orientation", "kind",
                                       "footer", "notes")},
    "empty": text, "totals": text, "poverty": text, "freezes": flag, "restricted": flag, "sort": texts,
    "parts": _tables(lambda: PART, ("key", "heading")), "select": _of(lambda: SELECT, ("form",)),
    "show": _of(lambda: {"relations": text, "supports": text, "parents": texts, "village_words": _named(text),
                         "relation_words": _named(text), "sub_groups_of": texts}),
    "changes": _of(lambda: {"default": texts, "about": _saying("period"), "columns": texts, "reasons": _named(text)},
                   ("default", "about")),
    "remarks": _of(lambda: {"new": text, "sex_unknown": text, "born": _saying("born"), "turning": _of(
        lambda: {"age": _whole(0, 120), "days": _whole(0, 3660), "text": text}, ("age", "days", "text"))}),
}  # fmt: skip
