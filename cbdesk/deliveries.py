"""Which months a commune has delivered: what came as proof, and the state of each month of each unit. Pure, no I/O.

A month is delivered when one of these reached the receiver (``[delivery]`` of ``province.toml`` says which count):

* ``lists``   both monthly lists of it, issued with their numbers
* ``bundle``  a bundle written after its last day and merged: it holds all that was recorded in the month
* ``behalf``  the month was taken in on the commune's behalf: its Excel list, or its typed totals

It is on time when the proof came by the day ``month_delivery`` of ``deadlines.toml`` names; before the receiver's
register was begun nothing is owed. A unit that was made of others has a month when all of those it was made of have it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from cbdesk import clock, dates
from cbdesk.catalogue import Catalogue, Unit
from cbdesk.errors import Problem
from cbdesk.paths import resources

DEADLINE, SILENCE = "month_delivery", "silence"
LISTS, BUNDLE, BEHALF = "lists", "bundle", "behalf"
NOT_DUE, NONE, OVERDUE = "not_due", "none", "overdue"
ON_TIME, LATE, ASIDE, ON_BEHALF = "on_time", "late", "aside", "behalf"
PARTIAL, GAP, HELD = "partial", "gap", "held"
STATES = (NOT_DUE, NONE, OVERDUE, ON_TIME, LATE, ASIDE, ON_BEHALF, PARTIAL, GAP, HELD)
"""States of a month: not owed yet; owed, nothing came; the day passed, nothing came; whole and on time; whole, late;
whole, some rows put aside; taken in on its behalf; the newest part came and waits for what is missing; what is missing;
a bundle came that cannot be taken in (unknown key, revoked, newer program …)."""
DONE = frozenset({ON_TIME, LATE, ASIDE, ON_BEHALF})
"""States of a month that is delivered."""
CARE = frozenset({OVERDUE, ASIDE, PARTIAL, GAP, HELD})
"""States somebody has to look at."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One thing that came. ``covers`` is its month (lists, behalf), "" for a bundle, which covers all that were over
    when it was ``written`` (ISO day). ``at`` is when it reached us, ``by`` who carried or typed it.

    ``code`` is that of the receipt: ``merged``; ``gap`` (held until the missing part comes); else why it is held.
    """  # noqa: D205

    kind: str
    at: str
    by: str = ""
    covers: str = ""
    written: str = ""
    code: str = "merged"
    bundle: int = 0
    changes: int = 0
    aside: int = 0
    lists: tuple[str, ...] = ()

    def of(self, month: str) -> bool:
        """Return whether this proves a month, or would if it could be taken in."""
        return self.covers == month if self.covers else self.written > last_day(month).isoformat()


@dataclass(frozen=True, slots=True)
class Cell:
    """One month of one unit. ``state`` is one of ``STATES``; ``words`` says it in a sentence.

    ``at`` is when it was delivered, ``by`` by whom; ``bundle`` the receipt's number (0: none); ``lists`` the monthly
    lists that are here with their numbers; ``of`` how many units it is made of and ``came`` how many of them delivered.
    """

    month: str
    state: str
    words: str = ""
    at: str = ""
    by: str = ""
    bundle: int = 0
    changes: int = 0
    aside: int = 0
    lists: tuple[str, ...] = ()
    code: str = ""
    late: bool = False
    of: int = 1
    came: int = 0

    @property
    def delivered(self) -> bool:
        """Return whether the month is here."""
        return self.state in DONE


@dataclass(frozen=True, slots=True)
class Rules:
    """What is owed: since which month, by which day of the next, and which proofs count."""

    since: str
    day_of: Callable[[date], int]
    proofs: frozenset[str] = frozenset({LISTS, BUNDLE, BEHALF})
    lists: tuple[str, ...] = ()

    def due(self, month: str) -> date:
        """Return the last day on which a month is on time."""
        following = last_day(month) + timedelta(days=1)
        return following + timedelta(days=self.day_of(following) - 1)


@cache
def settings() -> Mapping[str, Any]:
    """Return the data of ``province.toml``."""
    return tomllib.loads((resources() / "catalogue" / "province.toml").read_text(encoding="utf-8"))


def rules(begun: str, known: Catalogue) -> Rules:
    """Return what is owed to a receiver whose register was begun on a day (ISO)."""
    told = settings()["delivery"]
    return Rules(begun[:7], lambda day: int(known.deadline(DEADLINE, day).value), frozenset(told["proofs"]),
                 tuple(told["lists"]))  # fmt: skip


def last_day(month: str) -> date:
    """Return the last day of a month (``2026-09``)."""
    return dates.read_period(month).last


def cell(month: str, proofs: Sequence[Proof], rules: Rules, today: date) -> Cell:
    """Return the state of one month of one unit from what came of it."""
    counted = [one for one in proofs if one.kind in rules.proofs and one.of(month)]
    whole = sorted((one for one in counted if one.code == "merged" and _all(one, rules)), key=lambda one: one.at)
    owed = rules.since <= month and last_day(month) < today
    if whole and (owed or whole[0].covers):
        return _delivered(month, whole, rules)
    if not owed:
        return Cell(month, NOT_DUE)
    waiting = [one for one in counted if one.code != "merged"]
    state, told = _waiting(month, waiting)
    if told is None:
        return Cell(month, OVERDUE if rules.due(month) < today else NONE)
    return Cell(month, state, at=told.at, by=told.by, bundle=told.bundle, changes=told.changes, code=told.code)


def _all(proof: Proof, rules: Rules) -> bool:
    return proof.kind != LISTS or set(rules.lists) <= set(proof.lists)


def _delivered(month: str, whole: Sequence[Proof], rules: Rules) -> Cell:
    """Return a month that is here: its first proof tells when; the unit's own before one on its behalf."""
    own = [one for one in whole if one.kind != BEHALF]
    first = (own or whole)[0]
    late = first.at[:10] > rules.due(month).isoformat()
    aside = max((one.aside for one in own if one.bundle == first.bundle), default=0)
    state = ON_BEHALF if not own else ASIDE if aside else LATE if late else ON_TIME
    lists = next((one.lists for one in whole if one.kind == LISTS), ())
    return Cell(month, state, at=first.at, by=first.by, bundle=first.bundle, changes=first.changes, aside=aside,
                lists=lists, late=late, came=1)  # fmt: skip


def _waiting(month: str, waiting: Sequence[Proof]) -> tuple[str, Proof | None]:
    """Return how a month stands of which only held bundles tell: the newest held month is partly here, older lack."""
    if not waiting:
        return NONE, None
    last = max(waiting, key=lambda one: one.at)
    if last.code != "gap":
        return HELD, last
    newest = max(one.written for one in waiting)
    following = last_day(month) + timedelta(days=1)
    return (PARTIAL if newest <= last_day(following.isoformat()[:7]).isoformat() else GAP), last


def joined(month: str, cells: Sequence[Cell]) -> Cell:
    """Return a month of a unit as those units had it that it was made of since."""
    if len(cells) == 1:
        return cells[0]
    came = [one for one in cells if one.delivered]
    order = (HELD, GAP, PARTIAL, OVERDUE, NONE, NOT_DUE, ASIDE, LATE, ON_BEHALF, ON_TIME)
    worst = min(cells, key=lambda one: order.index(one.state))
    if came and not worst.delivered and worst.state in (OVERDUE, NONE):
        worst = replace(worst, state=PARTIAL)
    latest = max((one.at for one in cells), default="")
    return replace(worst, at=latest, changes=sum(one.changes for one in cells), aside=sum(one.aside for one in cells),
                   of=len(cells), came=len(came))  # fmt: skip


def months_of(first: date, last: date) -> tuple[str, ...]:
    """Return the months from one day to another, both included, the oldest first."""
    found, day = [], first.replace(day=1)
    while day <= last:
        found.append(day.isoformat()[:7])
        day = (day + timedelta(days=32)).replace(day=1)
    return tuple(found)


def within(period: str) -> tuple[str, ...]:
    """Return the months of a period, none for what is no period."""
    try:
        span = dates.read_period(period)
    except Problem:
        return ()
    return months_of(span.first, span.last)


def made_of(unit: Unit, on: date, known: Catalogue) -> tuple[Unit, ...]:
    """Return the units in force on a day that went into a unit since; itself where it was in force then."""
    if unit.valid(on):
        return (unit,)
    found = [old for before in known.units.predecessors(unit) for old in made_of(before, on, known)]
    return tuple(found)


def successor(unit: Unit, on: date, known: Catalogue) -> Unit:
    """Return the unit in force on a day that a unit went into; the last one known where none is."""
    while not unit.valid(on):
        after = known.units.successor(unit)
        if after is None:
            return unit
        unit = after
    return unit


def silent(heard: str, begun: str, days: int, now: datetime) -> bool:
    """Return whether nothing was heard for so many days: since the last bundle, or since there was a card."""
    last = clock.moment(heard or begun)
    return last is not None and now - last >= timedelta(days=days)


def end_of(day: date) -> datetime:
    """Return the last moment of a day."""
    return datetime.combine(day, time(23, 59, 59), clock.VIETNAM)


def numbers(cells: Iterable[Cell]) -> dict[str, int]:
    """Return how many cells are in each state."""
    found = dict.fromkeys(STATES, 0)
    for one in cells:
        found[one.state] += 1
    return found
