"""What the receiver adds for its communes: deadlines, days off, targets, layouts of reports, extra columns. Pure.

A sealed document of its own (``cbdesk/additions/1``), signed by the receiver, written beside an acknowledgement; each
holds everything in force, under a version that only grows. It is data, never code, and only what is listed here:

* ``deadline``: a report by a day of the year (``MM-DD``). The law's terms in hours and days cannot be changed.
* ``holidays``: the days off and Saturdays worked of one year, as in ``holidays.toml``.
* ``target``: the figure a row of a report aims at, where the row has one.
* ``layout``: a list or report in the closed vocabulary of ``catalogue/reports``, checked as an office's own.
* ``column``: an extra column (``extras.py``).

A part that is not right is refused by itself and named; the others count. Source: ``spec/bundle.md`` 3.7.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from cbdesk import envelope, extras, report, reported, seal, text
from cbdesk.card import Device
from cbdesk.catalogue import Catalogue, LawRow, Report, verify
from cbdesk.errors import Problem
from cbdesk.layouts import only_slot
from cbdesk.manifest import MAX_LINE
from cbdesk.seal import DeviceKeys, Opened
from cbdesk.strict import StrictJsonError, is_count, strict_json
from cbdesk.words import LANGUAGES

KIND = "additions"
DEADLINE, HOLIDAYS, TARGET, LAYOUT, COLUMN = "deadline", "holidays", "target", "layout", "column"
MAX_PARTS, MAX_BYTES = 300, 4 * 1024 * 1024
Part = Mapping[str, Any]
Refusal = tuple[str, str]
"""What was refused (``name_of``) and why, a short English word or sentence for the log of an expert."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_FIGURE = re.compile(r"\d{1,9}(\.\d{1,4})?")


@dataclass(frozen=True, slots=True)
class Additions:
    """A document opened: its version and the parts as they came, not yet judged."""

    version: int
    at: str
    sender: Device
    parts: tuple[Part, ...]


# --- the document ----------------------------------------------------------------------------------------------------


def pack(
    keys: DeviceKeys, me: Device, peer: Device, recipients: Sequence[str], *, version: int, parts: Iterable[Part],
    practice: bool = False,
) -> tuple[bytes, str, bytes]:  # fmt: skip
    """Return (sealed bytes, file name, manifest) of the additions for one device."""
    raw = b"".join(text.nfc(seal.canonical(one).decode()).encode() + b"\n" for one in parts)
    told = {"what": KIND, "version": version, "blobs": {}}
    return envelope.pack(KIND, keys, me, peer, raw, told, practice=practice, recipients=recipients)


def read(opened: Opened) -> Additions:
    """Return the content of an opened document. Raises ``bad_manifest``, ``payload_too_big``, ``payload_damaged``."""
    told = opened.manifest
    if told.get("what") != KIND or not is_count(told.get("version"), least=1):
        raise Problem("bad_manifest", field="version")
    if len(opened.lines) > MAX_PARTS or sum(map(len, opened.lines)) > MAX_BYTES or opened.blobs:
        raise Problem("payload_too_big")
    return Additions(told["version"], told["at"], opened.sender, tuple(map(part_of, opened.lines)))


def part_of(line: bytes) -> Part:
    """Return one part from its line. Raises ``payload_damaged``."""
    try:
        found = strict_json(line, max_depth=4) if len(line) <= MAX_LINE else None
    except StrictJsonError:
        found = None
    if not isinstance(found, dict):
        raise Problem("payload_damaged", detail="line")
    return found


def name_of(part: Part) -> str:
    """Return what a part is about, ``kind name``, in plain letters: the same name replaces what stood before."""
    named = {DEADLINE: "name", HOLIDAYS: "year", TARGET: "row", LAYOUT: "name", COLUMN: "code"}
    kind = str(part.get("part", "?"))[:20]
    report_of = f"{part.get('report')}." if kind == TARGET else ""
    told = f"{report_of}{part.get(named.get(kind, ''), '?')}"
    return f"{kind} {text.tidy(told)[:60]}"


# --- judging ---------------------------------------------------------------------------------------------------------


def judged(parts: Iterable[Part], known: Catalogue) -> tuple[list[Part], list[Refusal]]:
    """Return the parts that can be put in force over a catalogue, in order, and those that cannot with the reason."""
    good: dict[str, Part] = {}
    refused: list[Refusal] = []
    over = known
    for part in sorted(parts, key=lambda one: one.get("part") != LAYOUT):  # a deadline may ask for a new report
        why = fault(part, over)
        if why or name_of(part) in good:
            refused.append((name_of(part), why or "twice"))
        else:
            good[name_of(part)], over = part, laid(over, [part])
    before = set(verify(known))
    if set(verify(over)) <= before:
        return list(good.values()), refused
    sound: list[Part] = []  # something fits by itself and not with the rest: each is tried
    over = known
    for part in good.values():
        tried = laid(over, [part])
        worse = sorted(set(verify(tried)) - before)
        if worse:
            refused.append((name_of(part), worse[0]))
        else:
            sound.append(part)
            over = tried
    return sound, refused


def fault(part: Part, known: Catalogue) -> str:
    """Return why a part cannot be put in force, "" where it can."""
    check = _CHECKS.get(str(part.get("part")))
    if check is None:
        return "kind"
    try:
        return next(check(part, known), "")
    except (TypeError, ValueError, KeyError, AttributeError):  # a value of a kind nobody foresaw
        return "shape"


def _deadline(part: Part, known: Catalogue) -> Iterator[str]:
    yield from _only(part, "part name label value valid_from report period basis")
    rows = [row for row in known.law["deadlines"] if row.name == part["name"]]
    if not _NAME.fullmatch(part["name"]) or any(row.extra.get("unit") != "date" for row in rows):
        yield "name"
    if not re.fullmatch(r"\d\d-\d\d", part["value"]) or not _day(f"2023-{part['value']}"):
        yield "value"
    if not _day(part["valid_from"]):
        yield "valid_from"
    if part["report"] not in known.reports:
        yield "report"
    if not only_slot(part["period"], "year") or not 0 < len(part["period"]) <= 30:
        yield "period"
    if not 0 < len(part["label"]) <= 200 or len(part["basis"]) > 200:
        yield "label"


def _holidays(part: Part, known: Catalogue) -> Iterator[str]:
    yield from _only(part, "part year off worked")
    if not is_count(part["year"], 2199, 2017):
        yield "year"
    if not isinstance(part["off"], list) or not isinstance(part["worked"], list):
        yield "off"
    if len(part["off"]) > 40 or len(part["worked"]) > 20:
        yield "off"
    for one in part["off"]:
        first, last = _day(one["from"]), _day(one["to"])
        if not first or not last or not 0 <= (last - first).days <= 31 or first.year != part["year"]:
            yield "off"
        if set(one) != {"from", "to", "name"} or not 0 < len(one["name"]) <= 80:
            yield "off"
    for one in part["worked"]:
        if set(one) != {"on", "instead_of"} or not _day(one["on"]) or not _day(one["instead_of"]):
            yield "worked"


def _target(part: Part, known: Catalogue) -> Iterator[str]:
    yield from _only(part, "part report row target")
    if not _FIGURE.fullmatch(part["target"]):
        yield "target"
    if part["report"] not in known.reports or not any(True for _ in _rows(known.reports[part["report"]], part["row"])):
        yield "row"


def _layout(part: Part, known: Catalogue) -> Iterator[str]:
    yield from _only(part, "part name text")
    made = reported.layout(part["text"], known) if len(part["text"]) <= 60_000 else None
    if made is None or made.name != part["name"]:
        yield "toml"
        return
    yield from layout_faults(made, known)


def layout_faults(made: Report, known: Catalogue) -> list[str]:
    """Return what is wrong with a layout, a list or a report that counts; empty when sound."""
    try:
        counts = made.data.get("shape", reported.LIST) != reported.LIST
        return list(reported.check(made, known)) if counts else report.faults(made, known)
    except (TypeError, ValueError, AttributeError, KeyError):  # parts of a kind nobody foresaw: the file is not ours
        return ["shape"]


def _column(part: Part, known: Catalogue) -> Iterator[str]:
    yield from _only(part, "part code label kind choices list order from to")
    if not _NAME.fullmatch(part["code"]):
        yield "code"
    if not 0 < len(part["label"]) <= 80:
        yield "label"
    if part["kind"] not in extras.KINDS:
        yield "kind"
    choices = part["choices"]
    if not isinstance(choices, list) or len(choices) > 60 or not all(0 < len(one) <= 80 for one in choices):
        yield "choices"
    if part["list"] and part["list"] not in known.reports:
        yield "list"
    if not is_count(part["order"], 999):
        yield "order"
    if any(part[name] and not _day(part[name]) for name in ("from", "to")):
        yield "from"


_CHECKS: Mapping[str, Callable[[Part, Catalogue], Iterator[str]]] = {
    DEADLINE: _deadline, HOLIDAYS: _holidays, TARGET: _target, LAYOUT: _layout, COLUMN: _column,
}  # fmt: skip


def _only(part: Part, names: str) -> Iterator[str]:
    if set(part) != set(names.split()):
        yield "properties"


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if re.fullmatch(r"\d{4}-\d\d-\d\d", written) else None
    except ValueError:
        return None


def _rows(layout: Report, row: str) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of a report with that key which aim at a figure."""
    for grid in layout.data.get("grid", ()):
        yield from (one for one in grid.get("row", ()) if one.get("key") == row and "target" in one)


# --- in force --------------------------------------------------------------------------------------------------------


def laid(known: Catalogue, parts: Iterable[Part]) -> Catalogue:
    """Return a catalogue with parts that were found right laid over it; extra columns are records, not catalogue."""
    parts = list(parts)
    if not parts:
        return known
    reports = dict(known.reports)
    for part in parts:
        if part["part"] == LAYOUT and (made := reported.layout(part["text"], known)) is not None:
            reports[made.name] = made
    for part in parts:
        if part["part"] == TARGET and part["report"] in reports:
            reports[part["report"]] = _aimed(reports[part["report"]], part)
    deadlines = known.law["deadlines"]
    for part in parts:
        if part["part"] == DEADLINE:
            deadlines = (*(_ended(row, part) for row in deadlines if _stands(row, part)), _row(part))
    holidays = known.holidays
    for part in parts:
        if part["part"] == HOLIDAYS:
            holidays = _with_year(holidays, part)
    return replace(known, reports=reports, law={**known.law, "deadlines": deadlines}, holidays=holidays)


def _aimed(layout: Report, part: Part) -> Report:
    def row(one: Mapping[str, Any]) -> Mapping[str, Any]:
        aims = one.get("key") == part["row"] and "target" in one
        return {**one, "target": float(part["target"])} if aims else one

    grids = [{**grid, "row": [row(one) for one in grid.get("row", ())]} if "row" in grid else grid
             for grid in layout.data.get("grid", ())]  # fmt: skip
    return Report(layout.name, {**layout.data, "grid": grids})


def _stands(row: LawRow, part: Part) -> bool:
    """Return whether a row of before stays beside a new one: those that begin later give way."""
    return bool(row.name != part["name"] or (row.valid_from or "") < part["valid_from"])


def _ended(row: LawRow, part: Part) -> LawRow:
    eve = (date.fromisoformat(part["valid_from"]) - timedelta(days=1)).isoformat()
    over = row.name == part["name"] and (row.valid_to or "9999") > eve
    return replace(row, valid_to=eve) if over else row


def _row(part: Part) -> LawRow:
    extra = {"unit": "date", "report": part["report"], "period": part["period"], "basis": part["basis"]}
    source = part["basis"] or part["label"]
    labels = dict.fromkeys(LANGUAGES, str(part["label"]))
    return LawRow(part["name"], labels, part["value"], part["valid_from"], None, source, True, "", extra)


def _with_year(holidays: Mapping[str, Any], part: Part) -> Mapping[str, Any]:
    year = part["year"]
    off = [one for one in holidays.get("off", ()) if not one["from"].startswith(f"{year}-")]
    worked = [one for one in holidays.get("worked", ()) if not one["on"].startswith(f"{year}-")]
    new = [{**one, "name": dict.fromkeys(LANGUAGES, one["name"])} for one in part["off"]]
    years = sorted({*holidays.get("years", ()), year})
    return {**holidays, "years": years, "off": [*off, *new], "worked": [*worked, *part["worked"]]}


def compared(before: Iterable[Part], after: Iterable[Part]) -> list[tuple[str, Part]]:
    """Return what changed from one set of parts to the next: (``new``, ``changed`` or ``gone``, the part)."""
    old, new = ({name_of(one): one for one in parts} for parts in (before, after))
    found = [("new" if name not in old else "changed", one) for name, one in new.items() if old.get(name) != one]
    return [*found, *(("gone", one) for name, one in old.items() if name not in new)]
