"""A list an officer puts together: conditions, columns, order, and the file it becomes. Pure data, no I/O.

    design = Design("ao_am", "Trẻ cần áo ấm", where={"household_class": ("poor",)}, columns=…)
    report_of(design, catalogue, extras)  ->  a Report like any other
    written(design, …)  ->  its file (TOML), which another office can load;  read(report)  ->  the Design again

What there is to choose from is data (``designer.toml``: columns, words of the paper; ``columns.toml``: conditions). A
design says nothing a list's file could not say: everything else (who is told apart, what is checked, how it is printed)
is that of all lists. ``faults`` of a design are those of its report.

Rules: sensitive choices are offered neither as a condition nor as a column. Villages are records of one office, so an
exported file leaves a condition on villages out. A file brings along the office's columns it shows.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from cbdesk import cross, report, text
from cbdesk.catalogue import Catalogue, Report
from cbdesk.extras import PREFIX, SHEET, Extra, code_for
from cbdesk.paths import resources
from cbdesk.roll import CHILD, VILLAGE

AGE = "age"
OLDEST = 18
"""Before this age a list may go, in years; ``under_age`` follows the ages asked for."""
PORTRAIT, LANDSCAPE = "portrait", "landscape"
ACROSS = 165
"""Millimetres of columns that still fit a sheet standing upright."""
EMPTY = "empty"
_BAND = re.compile(r"(\d{1,2})-(\d{1,3})")
_NARROW, _WIDE = 5, 200


@dataclass(frozen=True, slots=True)
class Choice:
    """A column one may choose: its key, what it is called, how it is drawn."""

    key: str
    heading: str
    width: float
    align: str = "left"
    kind: str = "text"
    field: str = ""
    group: str = ""

    @property
    def label(self) -> str:
        """Return what the column is called in a list to choose from."""
        return f"{self.group}: {self.heading.lower()}" if self.group else self.heading


@dataclass(frozen=True, slots=True)
class Shown:
    """A column chosen; with a heading and width of one's own."""

    key: str
    heading: str
    width: float


@dataclass(frozen=True, slots=True)
class Design:
    """A list as it is put together. ``ages`` are years, from the first to the last one included; ``sort`` are keys."""

    name: str = ""
    title: str = ""
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ages: tuple[int, int] | None = None
    columns: tuple[Shown, ...] = ()
    sort: tuple[str, ...] = ()
    grouped: bool = False
    totals: bool = True
    note: str = ""


@cache
def data() -> Mapping[str, Any]:
    """Return what there is to choose from."""
    return tomllib.loads((resources() / "catalogue" / "designer.toml").read_text(encoding="utf-8"))


def choices(extras: Sequence[Extra] = ()) -> list[Choice]:
    """Return the columns one may choose, the office's own last."""
    own = [Choice(one.key, one.label, 24, one.align, SHEET.get(one.kind, "text")) for one in extras]
    return [*(Choice(**one) for one in data()["column"]), *own]


def conditions(known: Catalogue, villages: Mapping[str, str]) -> dict[str, tuple[str, list[tuple[str, str]]]]:
    """Return what children can be chosen by: dimension to its title and its values with their words; ages apart."""
    return {
        name: (title, [one for one in cross.choices(name, known, villages) if one[0] != cross.APART])
        for name, title in cross.dimensions(known).items() if name != AGE
    }  # fmt: skip


def begun(extras: Sequence[Extra] = (), where: Mapping[str, tuple[str, ...]] | None = None) -> Design:
    """Return the list one begins with: the usual columns."""
    known = {one.key: one for one in choices(extras)}
    shown = tuple(shown_of(known[key]) for key in data()["rules"]["first"])
    return Design(where=dict(where or {}), columns=shown)


def shown_of(one: Choice, taken: Sequence[str] = ()) -> Shown:
    """Return a column as it is when it is chosen; of boxes for the pen there may be several."""
    key, n = one.key, 1
    while one.key == EMPTY and key in taken:
        n += 1
        key = f"{EMPTY}{n}"
    return Shown(key, one.heading, one.width)


def sorts(shown: Sequence[str]) -> list[str]:
    """Return the columns lines can be sorted by: those shown, without numbers and boxes for the pen, and the usual."""
    own = [one for one in shown if one != "no" and not one.startswith(EMPTY)]
    return list(dict.fromkeys([*data()["rules"]["sort"], *own]))


def name_for(title: str, taken: Sequence[str]) -> str:
    """Return the name of a new list, made from its title."""
    return "ds_" + code_for(title, (one.removeprefix("ds_") for one in taken))


def report_of(design: Design, extras: Sequence[Extra] = ()) -> Report:
    """Return the list as a report; a column nobody knows any more is left out."""
    rules, layout = data()["rules"], data()["layout"]
    low, high = design.ages or (0, rules["under_age"] - 1)
    where: dict[str, list[str]] = {name: list(codes) for name, codes in design.where.items() if codes}
    if design.ages:
        where[AGE] = [f"{low}-{high + 1}"]
    apart = any(name in rules["apart"] for name in where)
    totals = rules["totals_apart" if apart else "totals"] if design.totals else ""
    title = text.tidy(design.title)
    return Report(design.name, {
        **layout,
        "name": design.name,
        "title": {"vi": title, "en": title},
        "explain": {"vi": design.note, "en": design.note},
        "orientation": PORTRAIT if sum(one.width for one in design.columns) <= ACROSS else LANDSCAPE,
        "about": _plain(rules["about"].format(title=title)),
        "totals": totals,
        "notes": [],
        **({"sort": list(design.sort)} if design.sort else {}),
        **({"group_by": VILLAGE} if design.grouped else {}),
        "select": {"form": CHILD, "under_age": min(max(rules["under_age"], high + 1), OLDEST), "where": where},
        "columns": _columns(design, extras),
    })  # fmt: skip


def _plain(words: str) -> str:
    """Return words that stand for themselves where a period may be put in."""
    return words.replace("{", "{{").replace("}", "}}")


def _columns(design: Design, extras: Sequence[Extra]) -> list[dict[str, Any]]:
    known, made = {one.key: one for one in choices(extras)}, []
    for one in design.columns:
        found = known.get(EMPTY if one.key.startswith(EMPTY) else one.key)
        if found is None and not one.key.startswith(PREFIX):
            continue
        found = found or Choice(one.key, one.heading, one.width)
        width = min(max(one.width, _NARROW), _WIDE)
        more = {name: said for name in ("field", "group") if (said := getattr(found, name))}
        made.append({"key": one.key, "heading": text.tidy(one.heading) or found.heading, "width": width,
                     "align": found.align, "kind": found.kind, **more})  # fmt: skip
    return made


def read(made: Report) -> Design | None:
    """Return the design of a list made here, ``None`` for a list that says more than a design can."""
    layout, select = made.data, made.data.get("select", {})
    wide = layout.keys() - data()["layout"].keys() - _SAID
    if wide or select.get("form") != CHILD or select.keys() - {"form", "under_age", "where"}:
        return None
    where = {str(name): tuple(map(str, codes)) for name, codes in select.get("where", {}).items()}
    band = _BAND.fullmatch(where[AGE][0]) if len(where.get(AGE, ())) == 1 else None
    if AGE in where and band is None:
        return None
    where.pop(AGE, None)
    columns = tuple(Shown(one["key"], one["heading"], float(one["width"])) for one in layout["columns"])
    return Design(
        made.name, made.title, where, (int(band[1]), int(band[2]) - 1) if band else None, columns,
        tuple(layout.get("sort", ())), bool(layout.get("group_by")), bool(layout.get("totals", "totals")),
        str(layout.get("explain", {}).get("vi", "")),
    )  # fmt: skip


_SAID = frozenset({"name", "title", "explain", "orientation", "about", "totals", "notes", "sort", "group_by", "select",
                   "columns", "extra"})  # fmt: skip


def faults(design: Design, known: Catalogue, extras: Sequence[Extra] = ()) -> list[str]:
    """Return what is wrong with a design, as ``report.faults`` says it."""
    return report.faults(report_of(design, extras), known)


# --- the file --------------------------------------------------------------------------------------------------------


def written(design: Design, extras: Sequence[Extra] = (), *, carried: bool = False) -> str:
    """Return the file of a list; ``carried`` to another office: without villages, with the columns it shows."""
    left_out = data()["rules"]["left_out"] if carried else ()
    where = {name: codes for name, codes in design.where.items() if name not in left_out}
    made = report_of(replace(design, where=where), extras)
    shown = {one.key for one in design.columns}
    told = [{"code": one.code, "label": one.label, "kind": one.kind, "choices": list(one.choices)}
            for one in extras if one.key in shown] if carried else []  # fmt: skip
    return toml({**made.data, **({"extra": told} if told else {})})


def toml(layout: Mapping[str, Any]) -> str:
    """Return a layout as TOML: plain values first, then tables."""
    lines = [f"{name} = {_value(value)}" for name, value in layout.items() if not _tables(value)]
    for name, value in layout.items():
        for one in value if _tables(value) else ():
            lines += ["", f"[[{name}]]", *(f"{key} = {_value(said)}" for key, said in one.items())]
    return "\n".join(lines) + "\n"


def _tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_value(key)} = {_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    return str(value).lower() if isinstance(value, bool) else str(value)
