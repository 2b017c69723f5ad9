"""The filters of the children's list as conditions of a list put together, and which of them cannot be taken along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from cbdesk.catalogue import catalogue
from cbdesk.desk import ChildRow
from ui.lists.childlist import AGES, ANY, AWAY, HERE, MINE, Filters

YEARS = {words: (low, high) for words, low, high in AGES}
LISTS = {"group": ("groups", "special"), "risk": ("risks", "at_risk")}
OLDEST = 17


@dataclass(frozen=True)
class Taken:
    """Conditions, ages, and the filters that are none."""

    where: dict[str, tuple[str, ...]]
    ages: tuple[int, int] | None
    left: tuple[str, ...]


def taken(filters: Filters, rows: Sequence[ChildRow]) -> Taken:
    """Return the filters in force as conditions."""
    where: dict[str, tuple[str, ...]] = {}
    left, ages = [], None
    for name, values in filters.chosen.items():
        if not values:
            continue
        if name == "village":
            mine = {row.village for row in rows if row.mine and row.village} if MINE in values else set()
            where["village"] = tuple(sorted({*(one for one in values if one != MINE), *mine}))
        elif name in LISTS:
            left += [name] if not _coded(name, values, where) else []
        elif name == "age":
            ages = _years(values)
            left += [name] if ages is None else []
        elif name == "status":
            codes = [one for one in values if one not in (HERE, AWAY)]
            left += [name] if AWAY in values or (codes and HERE in values) else []
            if codes and HERE not in values:
                where["residence"] = tuple(codes)
        else:
            left.append(name)
    return Taken(where, ages, tuple(left))


def _coded(name: str, values: Sequence[str], where: dict[str, tuple[str, ...]]) -> bool:
    """Put the codes of words into the conditions; ``False`` where one is no word of the list."""
    dimension, any_of = LISTS[name]
    if ANY in values:
        where[any_of] = ("yes",)
        return True
    known = {one.short: one.code for one in reversed(catalogue().lists[name].choices) if not one.sensitive}
    codes = tuple(known[one] for one in values if one in known)
    if codes:
        where[dimension] = codes
    return len(codes) == len(values)


def _years(values: Sequence[str]) -> tuple[int, int] | None:
    """Return ages as one range, ``None`` where they are several or none of years."""
    bands = sorted(YEARS[one] for one in values if one in YEARS)
    gaps = any(later[0] > before[1] + 1 for before, later in pairwise(bands))
    if gaps or len(bands) != len(values):
        return None
    return bands[0][0], min(OLDEST, max(high for _, high in bands))
