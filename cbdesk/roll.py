"""Who belongs on a list, in which order, and who came or left since the list before. Pure data, no I/O.

Rules:

* What a report selects is data (``[select]`` of its file) with a closed vocabulary: ``ACTIVE`` and the keys read here.
* Sensitive groups are never named. A child with only sensitive groups is counted ("kept apart"); one with an ordinary
  group beside is named with the ordinary ones only, and nothing on the paper tells the two apart.
* Reasons for leaving a list are neutral: becoming a child of the sealed list reads like any other end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cbdesk import dates, text
from cbdesk.catalogue import Catalogue, Choice, ChoiceList, Report
from cbdesk.dates import Period
from cbdesk.errors import Problem
from cbdesk.paper import Row

Person = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Listed:
    """One child who is named: the ordinary choices shown, and the first day of the oldest of them."""

    person: Person
    choices: tuple[Choice, ...]
    since: str


@dataclass(frozen=True, slots=True)
class Selection:
    """Who is on the list: named in order, apart by sex, and for all others the reason why not (id to reason)."""

    named: tuple[Listed, ...]
    apart: tuple[str, ...]
    why: Mapping[str, str]
    as_of: date


@dataclass(frozen=True, slots=True)
class Movement:
    """One child who came onto or left a list. ``reason`` is a key of ``report.movement``."""

    id: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Movements:
    """Who came and who left since the list before."""

    came: tuple[Movement, ...] = ()
    left: tuple[Movement, ...] = ()


def _at_end(start: str, end: str, first: date, as_of: date) -> bool:
    ended = dates.latest(end)
    return _begun(start, as_of) and (ended is None or ended > as_of)


def _during(start: str, end: str, first: date, as_of: date) -> bool:
    ended = dates.latest(end)
    return _begun(start, as_of) and (ended is None or ended >= first)


def _begun(start: str, as_of: date) -> bool:
    began = dates.earliest(start)
    return began is None or began <= as_of


ACTIVE: Mapping[str, Callable[[str, str, date, date], bool]] = {"at_end": _at_end, "during": _during}


def as_of(period: Period, today: date) -> date:
    """Return the day a list tells of: the last of the period, or today in an unfinished one.

    Raises ``Problem(bad_period)`` for a period that has not begun.
    """
    if period.first > today:
        raise Problem("bad_period", period=period.text)
    return min(period.last, today)


def select(
    report: Report, people: Iterable[Person], period: Period, *,
    catalogue: Catalogue, today: date, order: text.NameOrder = text.NAME_ORDERS[0],
) -> Selection:
    """Return who belongs on the list, sorted by village and name. Shapes of ``people``: see ``report.make``.

    Raises ``Problem(bad_period)`` for a period that has not begun.
    """
    day, known = as_of(period, today), codes_of(report, catalogue)
    named: list[Listed] = []
    apart: list[str] = []
    why: dict[str, str] = {}
    for person in people:
        child, outside = person["child"], why_outside(report, person["child"], day)
        found = {} if outside else _found(report, person, period, day)
        choices = sorted((one for one in map(known.get, found) if one is not None), key=lambda one: one.order)
        ordinary = [one for one in choices if not one.sensitive]
        if ordinary:
            since = min(found[one.code] for one in ordinary)
            named.append(Listed(person, tuple(_specific(ordinary)), since))
            continue
        why[str(child["id"])] = outside or "no_longer"
        if choices:
            apart.append(str(child.get("sex") or "unknown"))
    return Selection(tuple(sorted(named, key=lambda one: _place(one, order))), tuple(apart), why, day)


def codes_of(report: Report, catalogue: Catalogue) -> ChoiceList:
    """Return the list of codes the report selects by."""
    return catalogue.lists[report.data["select"]["codes"]]


def why_outside(report: Report, child: Mapping[str, Any], day: date) -> str:
    """Return why the child is no child of this office on that day (``turned_16``, ``moved``, ``died``), or ``""``.

    A child known by year only is a child until the later possible birthday; one without a birth date stays a child.
    """
    rules = report.data["select"]
    grown = dates.reaches(child.get("born"), rules["under_age"])
    if grown is not None and grown <= day:
        return f"turned_{rules['under_age']}"
    for gone in rules.get("gone", ()):
        if str(child.get(gone["field"]) or "") in gone["any_of"] and _begun(str(child.get(gone["since"]) or ""), day):
            return str(gone["reason"])
    return ""


def _found(report: Report, person: Person, period: Period, day: date) -> dict[str, str]:
    """Return the codes of one child active in the period, each with the first day ("" unknown) it holds from."""
    rules = report.data["select"]
    active = ACTIVE[rules["active"]]
    found: dict[str, str] = {}
    for episode in person.get("episodes", ()):
        start, end = str(episode.get("from") or ""), str(episode.get("to") or "")
        if episode["form"] == rules["form"] and active(start, end, period.first, day):
            found[str(episode["code"])] = min(found.get(str(episode["code"]), start), start)
    household = person.get("household")
    if household and household["class"] in rules.get("household", {}) and int(household["year"]) <= day.year:
        found.setdefault(rules["household"][household["class"]], str(household["year"]))
    return found


def _specific(choices: Sequence[Choice]) -> list[Choice]:
    """Leave out a group where one of its sub-groups is named too."""
    parents = {one.parent for one in choices if one.parent}
    return [one for one in choices if one.code not in parents]


def _place(listed: Listed, order: text.NameOrder) -> tuple[Any, ...]:
    """Sort by village (its own order, else its name; no village last), then by name; unnamed children last."""
    village = str(listed.person.get("village_name") or "")
    name = str(listed.person["child"].get("full_name") or "")
    place = (not village, listed.person.get("village_order") or 0, text.collate_key(village))
    return (*place, not name, text.name_key(name, order), str(listed.person["child"]["id"]))


def movements(
    previous: Iterable[Row], rows: Iterable[Row], *, why: Mapping[str, str] | None = None, period: Period | None = None,
) -> Movements:
    """Return who came onto the list and who left it since the list before.

    ``why`` is ``Selection.why`` of the present list; a child it does not know left for a neutral reason. One who came
    is ``new`` when the reason began in ``period``, else ``added`` (found or entered late).
    """
    before, now = {row.id: row for row in previous}, {row.id: row for row in rows}
    came = tuple(Movement(row.id, _row_name(row), _why_came(row, period))
                 for row in now.values() if row.id not in before)
    left = tuple(Movement(row.id, _row_name(row), (why or {}).get(row.id, "no_longer"))
                 for row in before.values() if row.id not in now)
    return Movements(came, left)


def _why_came(row: Row, period: Period | None) -> str:
    began = dates.earliest(row.since)
    return "new" if period and began and period.first <= began <= period.last else "added"


def _row_name(row: Row) -> str:
    return row.cells["name"].text if "name" in row.cells else ""
