"""What was said of the columns of a list, for the next list headed like it: silently, and under names people give.

Rules. A layout is a digest of headings and places. Kept are places and targets, and the name a person typed: nothing
that stood in the file. What was said last is offered first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from cbdesk.importer import Column

PREF, KEPT = "import_layouts", 40
Said = dict[str, str]
"""Number of the column to its target."""
Layouts = Mapping[str, Mapping[str, Said]]
"""Digest to what was said by name; under "" what was chosen without saving it."""


def key_of(column: Column) -> str:
    """Return the key that names this column and no other."""
    return f"{column.sheet}!{column.letter}@{column.table}"


def layout_of(columns: Sequence[Column]) -> str:
    """Return a digest of the headings and their places; the same list next year has the same one."""
    told = "\n".join(f"{one.letter}:{one.heading.casefold()}" for one in columns)
    return sha256(told.encode("utf-8")).hexdigest()[:20]


def read_layouts(kept: Mapping[str, Any]) -> Layouts:
    """Return what was kept, as far as it has the shape kept today."""
    return {
        digest: {name: dict(said) for name, said in names.items() if isinstance(said, dict)}
        for digest, names in kept.items()
        if isinstance(names, dict)
    }


def names_for(columns: Sequence[Column], layouts: Layouts) -> list[str]:
    """Return the names saved for lists headed like this one, the latest first."""
    return [name for name in reversed(layouts.get(layout_of(columns), {})) if name]


def latest(columns: Sequence[Column], layouts: Layouts) -> str | None:
    """Return the name under which something was said last of such a list ("" without a name), or ``None``."""
    return next(reversed(layouts.get(layout_of(columns), {})), None)


def choices_of(columns: Sequence[Column], layouts: Layouts, name: str) -> dict[str, str]:
    """Return what was said under a name as choices for these columns."""
    said = layouts.get(layout_of(columns), {}).get(name, {})
    return {key_of(one): said[str(at)] for at, one in enumerate(columns) if str(at) in said}


def kept_with(columns: Sequence[Column], layouts: Layouts, name: str, choices: Mapping[str, str]) -> Layouts:
    """Return the layouts after keeping what was said of these columns; beyond ``KEPT`` the oldest go."""
    said = {str(at): choices[key_of(one)] for at, one in enumerate(columns) if key_of(one) in choices}
    digest = layout_of(columns)
    names = {other: old for other, old in layouts.get(digest, {}).items() if other != name}
    others = {other: old for other, old in layouts.items() if other != digest}
    return dict(list(others.items())[1 - KEPT :]) | {digest: {**names, name: said}}
