"""What a child may be entitled to, as hints, never decisions. Pure: what is known of a child in, hints out.

* The monthly allowance: which categories (list ``benefit``) what is written speaks for, and whether one is received.
  The figures stand in ``allowance.toml``; ages count at exact birthdays; of the child's own categories only the highest
  counts. Where something must be looked at first (a birth known by year only, a village not yet said to be difficult,
  a class found by the poverty standard before), the hint says what is ``unsure``.
* An allowance received whose age is over or soon will be.
* An amount is told only where the office has confirmed the table (``Table``): another figure or another date in it, and
  it has to be confirmed again.
* The free insurance card under six: none, running out, run out, and until when it serves in the year of 72 months.
* A severe disability without the number of its certificate.

Source: Nghị định 20/2021/NĐ-CP Đ.5, Đ.6 as far as known (``verified`` in the table), Luật Bảo hiểm y tế.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from cbdesk import dates
from cbdesk.catalogue import LawRow, catalogue

ALLOWANCE, POVERTY = "allowance", "poverty_standard"
ENDS, CARD, PAPER = "ends", "card", "paper"
BASE = "base"
CHILD = "child"
DISABILITY = "04"
CERTIFIED = frozenset({"very_severe", "severe"})
OF_CODE = {"04.a": "very_severe", "04.b": "severe", "04.c": "mild"}
GROWN = "over_16"
NOTHING = Decimal(0)
END_WARNING, CARD_WARNING, SIX_WARNING = 30, 30, 90
"""Days before the end of an allowance and of a card in which it is told; of a free card, which another must follow."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Situation:
    """What hints look at: a child's row, its episodes, the class of its household (and the year of it), its village."""

    child: Row
    groups: Sequence[Row] = ()
    risks: Sequence[Row] = ()
    supports: Sequence[Row] = ()
    placements: Sequence[Row] = ()
    household_class: str = ""
    class_year: int = 0
    hard: bool | None = None


@dataclass(frozen=True, slots=True)
class Hint:
    """One thing a child may be entitled to or lacks.

    ``what`` is ``allowance``, ``ends``, ``card`` or ``paper``; ``code`` the category of the list ``benefit``, or what
    is to be seen to (words ``benefits.<code>``). ``received``: an allowance is paid already; ``lower``: another
    hint of this child counts more, and only the highest is paid. ``until`` is the first day it no longer holds, or the
    last day of a card; ``unsure`` names what to look at first (words ``benefits.unsure.<name>``).
    """

    what: str
    code: str
    row: str = ""
    coefficient: Decimal | None = None
    amount: int | None = None
    until: date | None = None
    received: bool = False
    lower: bool = False
    unsure: tuple[str, ...] = ()
    basis: str = ""
    note: str = ""

    @property
    def category(self) -> str:
        """Return the category in words, "" for all that is no allowance."""
        return catalogue().lists["benefit"].label(self.code) if self.what == ALLOWANCE else ""

    @property
    def own(self) -> bool:
        """Return whether the child receives it, not the person who looks after the child."""
        choice = catalogue().lists["benefit"].get(self.code)
        return choice is None or choice.extra.get("to") == CHILD

    def as_dict(self) -> dict[str, Any]:
        """Return the shape of the command line."""
        return {
            "what": self.what, "code": self.code, "category": self.category, "to": CHILD if self.own else "carer",
            "coefficient": str(self.coefficient) if self.coefficient is not None else None, "amount": self.amount,
            "until": self.until.isoformat() if self.until else None, "received": self.received, "lower": self.lower,
            "unsure": list(self.unsure), "basis": self.basis,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the law as it stands on a day: ``version`` is the last day a row of it came into force.

    ``digest`` changes with every figure, condition or date in force: what an office confirmed is exactly this.
    """

    name: str
    version: str
    digest: str
    rows: tuple[LawRow, ...]

    def confirmed(self, rows: Iterable[Row]) -> Row | None:
        """Return the latest confirmation of exactly this table among rows of ``table_confirmed``."""
        fits = [row for row in rows if row.get("table") == self.name and row.get("digest") == self.digest]
        return max(fits, key=lambda row: (str(row.get("confirmed_on") or ""), str(row.get("id"))), default=None)


def table(name: str, on: date) -> Table:
    """Return a table of the law (``allowance``, ``poverty_standard``) as it stands on a day. Raises ``KeyError``."""
    rows = tuple(row for row in catalogue().law[name] if row.valid(on))
    told = [[row.name, row.value, row.valid_from, row.valid_to, dict(row.extra)] for row in rows]
    digest = hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:12]
    return Table(name, max((row.valid_from or "" for row in rows), default=""), digest, rows)


def base(known: Table, confirmed: Row | None) -> int | None:
    """Return the base amounts are made of: the province's own where written, the table's; ``None`` unconfirmed."""
    if confirmed is None:
        return None
    common = next((int(row.value) for row in known.rows if row.name == BASE), None)
    own = confirmed.get(BASE)
    return max(own, common or 0) if isinstance(own, int) else common


def standard_changes(after: date, on: date) -> date | None:
    """Return the first day on which the poverty standard changed after one day, up to another; ``None``: it did not."""
    starts = {row.valid_from for row in catalogue().law[POVERTY] if row.valid_from}
    return min((day for day in map(date.fromisoformat, starts) if after < day <= on), default=None)


class Adviser:
    """Tells the hints of single children on one day; made once for a register.

    ``amount_base`` is what amounts are made of, ``None`` while the table is not confirmed. Without ``sensitive``,
    categories that must be kept in confidence are left out, and nothing tells that they were.
    """

    def __init__(self, on: date, amount_base: int | None = None, *, sensitive: bool = False) -> None:
        known = catalogue()
        self.on, self.amount_base = on, amount_base
        self.rows = [row for row in known.law[ALLOWANCE] if row.valid(on) and "category" in row.extra]
        shown = {one.code for one in known.lists["benefit"].choices if sensitive or not one.sensitive}
        self.offered = [row for row in self.rows if row.extra["category"] in shown]
        by_age = sorted(self.offered, key=lambda one: int(one.extra["under"]))
        self.last = {row.extra["category"]: row for row in by_age}
        self.own = {one.code for one in known.lists["benefit"].choices if one.extra.get("to") == CHILD}
        self.child_age = known.threshold("child_age", on)
        self.card_age = known.law_row("thresholds", "free_card_age", on)
        self.card_day = known.law_row("thresholds", "free_card_last_day", on)
        self.disability = frozenset(known.lists["group"].family(DISABILITY))
        statuses = known.lists["life_status"].choices
        self._gone = frozenset(one.code for one in statuses if not one.extra.get("here")) - {GROWN}

    def hints(self, life: Situation) -> tuple[Hint, ...]:
        """Return what a child may be entitled to or lacks, the allowance that counts first.

        None of a child who moved away, died, is not born yet or whose age nobody knows. Of one grown only what lasts
        through the school years.
        """
        ages = dates.age_range(life.child.get("born"), self.on)
        if ages is None or life.child.get("life_status") in self._gone:
            return ()
        found = (*_ranked(list(self._allowances(life, ages))), *self._ends(life))
        if ages[0] >= self.child_age:
            return found
        return (*found, *self._cards(life, ages), *self._papers(life))

    # --- the allowance -----------------------------------------------------------------------------------------------

    def _allowances(self, life: Situation, ages: tuple[int, int]) -> Iterable[Hint]:
        paid = self._received(life)
        best: dict[str, Hint] = {}
        for row in self.offered:
            unsure = self._speaks_for(row.extra, life, ages)
            if unsure is None:
                continue
            code, coefficient = str(row.extra["category"]), Decimal(str(row.value))
            amount = int(self.amount_base * coefficient) if self.amount_base is not None else None
            until = dates.reaches(life.child.get("born"), int(row.extra["under"]))
            received = None in paid or code in paid or (code in self.own and coefficient <= self._paid(paid, ages))
            hint = Hint(ALLOWANCE, code, row.label, coefficient, amount, until, received, unsure=unsure,
                        basis=row.source, note=row.note)  # fmt: skip
            if code not in best or _weight(hint) > _weight(best[code]):
                best[code] = hint
        return best.values()

    def _ends(self, life: Situation) -> Iterator[Hint]:
        """Tell of allowances received whose age is over, or will be soon."""
        for code in sorted(self._received(life) & self.last.keys()):
            row = self.last[code]
            day = dates.reaches(life.child.get("born"), int(row.extra["under"]))
            if day is not None and day <= self.on + timedelta(days=END_WARNING):
                said = "allowance_over" if day <= self.on else "allowance_ending"
                yield Hint(ENDS, said, row.label, until=day, basis=row.source)

    def _received(self, life: Situation) -> set[Any]:
        """Return the categories of the allowances received; ``None`` stands for one written without category."""
        return {row.get("category") for row in life.supports if row.get("kind") == ALLOWANCE and _open(row, self.on)}

    def _paid(self, paid: set[Any], ages: tuple[int, int]) -> Decimal:
        """Return the highest coefficient of the child's own categories that are received."""
        return max((Decimal(str(row.value)) for row in self.rows
                    if row.extra["category"] in paid & self.own and _fits(row.extra, ages)),
                   default=NOTHING)  # fmt: skip

    def _speaks_for(self, asked: Row, life: Situation, ages: tuple[int, int]) -> tuple[str, ...] | None:
        """Return what is not sure of a row that holds for a child, ``()`` nothing; ``None`` where it does not hold."""
        if not _fits(asked, ages):
            return None
        unsure = [] if int(asked["from"]) <= ages[0] and ages[1] < int(asked["under"]) else ["born"]
        day = self._day_of_groups(asked, life)
        for name, ask in ASKED.items():
            if name in asked:
                answer = ask(asked, life, day)
                if answer is None:
                    return None
                unsure += [name] if answer else []
        return tuple(unsure)

    def _day_of_groups(self, asked: Row, life: Situation) -> date:
        """Return the day on which episodes are looked at: of one no longer a child, the last day of childhood."""
        if int(asked["from"]) < self.child_age:
            return self.on
        grown = dates.reaches(life.child.get("born"), self.child_age)
        return grown - timedelta(days=1) if grown and grown <= self.on else self.on

    # --- cards and papers --------------------------------------------------------------------------------------------

    def last_card_day(self, born: str | None) -> date | None:
        """Return until when the free card of a child serves: a day of the year in which it is 72 months old.

        One who gets there after that day has it to the end of the month. ``None`` for a birth known in part.
        """
        reached = dates.reaches(born, int(self.card_age.value))
        if reached is None or dates.earliest(born) != dates.latest(born):
            return None
        day = date.fromisoformat(f"{reached.year}-{self.card_day.value}")
        return day if reached <= day else dates.months_after(reached.replace(day=1), 1) - timedelta(days=1)

    def _cards(self, life: Situation, ages: tuple[int, int]) -> Iterator[Hint]:
        """Tell what is wrong with the free card of a child surely under six, and when it will serve no longer."""
        held, ends = life.child.get("health_card"), dates.latest(life.child.get("card_until"))
        young, basis = ages[1] < int(self.card_age.value), self.card_age.source
        serves = self.last_card_day(life.child.get("born")) if held else None
        if young and not held:
            yield Hint(CARD, "card_none", basis=basis)
        elif young and ends is not None and ends < self.on:
            yield Hint(CARD, "card_expired", until=ends, basis=basis)
        elif serves is not None and self.on <= serves <= self.on + timedelta(days=SIX_WARNING):
            yield Hint(CARD, "card_six", until=serves, basis=self.card_day.source, note=self.card_day.note)
        elif young and ends is not None and ends <= self.on + timedelta(days=CARD_WARNING):
            yield Hint(CARD, "card_ending", until=ends, basis=basis)

    def _papers(self, life: Situation) -> Iterator[Hint]:
        """Tell what a disability lacks in writing: its level, or the number of the certificate of a severe one."""
        held = [one for one in life.groups if one.get("code") in self.disability and _open(one, self.on)]
        levels = {str(one.get("disability_level") or OF_CODE.get(str(one.get("code")), "")) for one in held}
        if held and not levels - {""}:
            yield Hint(PAPER, "disability_level")
        if levels & CERTIFIED and not any(one.get("disability_paper") for one in held):
            yield Hint(PAPER, "disability_paper")


def _fits(asked: Row, ages: tuple[int, int]) -> bool:
    return ages[1] >= int(asked["from"]) and ages[0] < int(asked["under"])


def _weight(hint: Hint) -> tuple[bool, Decimal]:
    """Of two rows of one category the sure one; of two that perhaps hold, the lower: no more than sure is promised."""
    own = hint.coefficient or NOTHING
    return not hint.unsure, -own if hint.unsure else own


def _ranked(found: Sequence[Hint]) -> Iterator[Hint]:
    """Mark what is not paid beside the highest sure one of the child's own categories, which comes first."""
    sure = max((one.coefficient or NOTHING for one in found if one.own and not one.unsure), default=None)
    order = sorted(found, key=lambda one: (not one.own, bool(one.unsure), -(one.coefficient or NOTHING)))
    for place, one in enumerate(order):
        below = sure is not None and (one.coefficient or NOTHING) <= sure
        yield replace(one, lower=one.own and place > 0 and below)


# Each answers: None it does not hold, False it holds, True it perhaps holds and must be looked at.


def _in_groups(asked: Row, life: Situation, on: date) -> bool | None:
    if "placed" in asked and any(_open(one, on) for one in life.placements):
        return False
    held = {str(one.get("code")) for one in life.groups if _open(one, on)}
    if "disability" in asked and asked["disability"] in _levels(life, on):
        return False
    if held & set(asked["groups"]):
        return False
    return True if held & set(asked.get("groups_unsure", ())) else None


def _levels(life: Situation, on: date) -> set[str]:
    return {str(one.get("disability_level")) for one in life.groups if _open(one, on)}


def _in_classes(asked: Row, life: Situation, on: date) -> bool | None:
    if life.household_class not in asked["classes"]:
        return None
    return standard_changes(date(life.class_year, 12, 31), on) is not None if life.class_year else True


def _in_hard_place(asked: Row, life: Situation, on: date) -> bool | None:
    return None if life.hard is False else life.hard is None


def _of_parents(asked: Row, life: Situation, on: date) -> bool | None:
    if life.child.get("parents_state") in asked["parents"]:
        return False
    said = any(one.get("code") in asked.get("risks", ()) and _open(one, on) for one in life.risks)
    return True if said and not life.child.get("parents_state") else None


def _at_school(asked: Row, life: Situation, on: date) -> bool | None:
    return None if life.child.get("schooling") not in asked["schooling"] else False


ASKED = {
    "groups": _in_groups, "classes": _in_classes, "hard": _in_hard_place, "parents": _of_parents,
    "schooling": _at_school,
}  # fmt: skip


def _open(row: Row, on: date) -> bool:
    """Return whether an episode holds on a day: it began, and its end lies ahead."""
    began, ended = dates.earliest(row.get("from")), dates.latest(row.get("to"))
    return (began is None or began <= on) and (ended is None or ended > on)
