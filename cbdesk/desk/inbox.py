"""Verbs of the receiver's inbox: which unit has delivered which month, who is late, who is silent.

Nothing is kept twice: a month's state is derived (``deliveries.py``) from the receipts of bundles, the frozen lists
that came in them and what was taken in on a commune's behalf. Units come from the dated table, by code and date, never
by name; a device of a unit that was joined to another speaks for the one it is now.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from cbdesk import clock, dates, deliveries
from cbdesk.catalogue import Unit, catalogue
from cbdesk.deliveries import BEHALF, BUNDLE, CARE, LISTS, NONE, OVERDUE, Cell, Proof
from cbdesk.desk import contested
from cbdesk.desk.base import Base
from cbdesk.errors import Problem
from cbdesk.words import say

SNAPSHOT, STAND_IN, TOTAL = "snapshot", "on_behalf", "unit_total"
TAKEN = frozenset({"merged", "accepted", "already"})
"""Codes of receipts of bundles that were taken in."""
ALL, MISSING, LOOK, WHOLE, STOOD_IN, NO_CARD = "all", "missing", "look", "whole", "behalf", "no_card"
REFUSED, SEALED = "refused", "sealed"
"""Codes of receipts of files that were not taken in: refused with a Problem; kept sealed, their key has ended."""
FILTERS = (ALL, MISSING, LOOK, WHOLE, STOOD_IN, NO_CARD)
"""All units; those that lack the newest month owed; those to look at; those held without a gap; those taken in on
their behalf that month; those without an enrolled device."""


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One enrolled device of a unit: ``heard`` is when its last bundle came ("" never), ``unsent`` what waits for it.

    ``held_to`` is how far its own changes are here without a gap, ``held`` how many of its bundles wait sealed.
    """

    node: str
    status: str
    enrolled: str
    heard: str
    unsent: int
    held_to: int
    held: int


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit: its months, its devices, and what of it waits here.

    ``aside`` are rows put aside, ``forks`` numbers that came with two contents, ``notes`` those not answered yet;
    ``silent`` says that nothing was heard for the days of ``silence``.
    """

    unit: str
    code: str
    name: str
    cells: tuple[Cell, ...]
    devices: tuple[DeviceLine, ...] = ()
    heard: str = ""
    held_to: int = 0
    held: int = 0
    unsent: int = 0
    conflicts: int = 0
    aside: int = 0
    forks: int = 0
    notes: int = 0
    silent: bool = False

    def cell(self, month: str) -> Cell | None:
        """Return one month."""
        return next((one for one in self.cells if one.month == month), None)


@dataclass(frozen=True, slots=True)
class Inbox:
    """Units by months. ``month`` is the newest month owed ("" where none is), ``due`` its last day on time (ISO).

    ``strangers`` are bundles of nobody we know, kept sealed: (number of the receipt, file, name of the problem).
    """

    months: tuple[str, ...]
    month: str
    due: str
    rows: tuple[UnitRow, ...]
    strangers: tuple[tuple[int, str, str], ...] = ()
    due_verified: bool = True

    @property
    def delivered(self) -> int:
        """Return how many units have delivered the newest month owed."""
        return sum(bool((cell := row.cell(self.month)) and cell.delivered) for row in self.rows)

    def filtered(self, name: str) -> tuple[UnitRow, ...]:
        """Return the rows of one of ``FILTERS``."""
        return tuple(row for row in self.rows if self._meets(row, name))

    @property
    def counts(self) -> dict[str, int]:
        """Return how many rows each filter has."""
        return {name: len(self.filtered(name)) for name in FILTERS}

    def _meets(self, row: UnitRow, name: str) -> bool:
        cell = row.cell(self.month)
        state = cell.state if cell else ""
        return {
            ALL: True,
            MISSING: state in (NONE, OVERDUE),
            LOOK: state in CARE or row.silent or bool(row.aside or row.forks or row.conflicts or row.held),
            WHOLE: bool(row.devices) and row.held == 0 and row.held_to > 0,
            STOOD_IN: state == BEHALF,
            NO_CARD: not row.devices,
        }[name]


@dataclass(frozen=True, slots=True)
class Sender:
    """A unit that is late or silent: the months it lacks (past their day), when it was last heard ("" never)."""

    unit: str
    name: str
    months: tuple[str, ...]
    heard: str
    silent: bool


class Inboxes(Base):
    """Verbs of the receiver's inbox."""

    def inbox(self, months: int | Sequence[str] = 12) -> Inbox:
        """Return units by months: of a year (such as 2026), of so many last months, or of months named.

        Raises ``Problem``: ``only_receiver``, ``bad_period``.
        """
        self._only_receiver()
        asked, today = _months(months, clock.today()), clock.today()
        known = _Evidence(self)
        rows = tuple(self._unit_row(unit, asked, known, today) for unit in _units(asked, today))
        owed = [one for one in asked if deliveries.last_day(one) < today and one >= known.rules.since]
        month = owed[-1] if owed else ""
        due = known.rules.due(month).isoformat() if month else ""
        verified = catalogue().deadline(deliveries.DEADLINE, today).verified
        return Inbox(asked, month, due, rows, known.strangers, verified)

    def overdue_senders(self) -> list[Sender]:
        """Return the units whose month is past its day, or of whom nothing was heard for the days of ``silence``.

        Raises ``Problem(only_receiver)``.
        """
        found = []
        for row in self.inbox().rows:
            lacks = tuple(one.month for one in row.cells if one.state == OVERDUE)
            if lacks or row.silent:
                found.append(Sender(row.unit, row.name, lacks, row.heard, row.silent))
        return found

    def _only_receiver(self) -> None:
        """Raise ``Problem(only_receiver)`` in a commune's register."""
        if self.role != "receiver":
            raise Problem("only_receiver")

    def month_due(self, month: str) -> date:
        """Return the last day on which a month is on time."""
        return deliveries.rules(self.ledger.begun(), catalogue()).due(month)

    def delivered_by(self, month: str) -> dict[str, Cell]:
        """Return how each unit in force in a month has delivered it, by its key."""
        known, today = _Evidence(self), clock.today()
        return {unit.key: self._cell(unit, month, known, today) for unit in _units((month,), today)}

    def _unit_row(self, unit: Unit, months: Sequence[str], known: _Evidence, today: date) -> UnitRow:
        devices = tuple(known.devices.get(unit.key, ()))
        heard = max((one.heard for one in devices), default="")
        enrolled = min((one.enrolled for one in devices), default="")
        days = int(catalogue().deadline(deliveries.SILENCE, today).value)
        return UnitRow(
            unit.key, unit.code, unit.name, tuple(self._cell(unit, month, known, today) for month in months), devices,
            heard=heard, held_to=sum(one.held_to for one in devices), held=sum(one.held for one in devices),
            unsent=sum(one.unsent for one in devices), conflicts=known.conflicts[unit.key],
            aside=known.aside[unit.key], forks=known.forks[unit.key], notes=known.notes[unit.key],
            silent=bool(devices) and deliveries.silent(heard, enrolled, days, clock.now()),
        )  # fmt: skip

    def _cell(self, unit: Unit, month: str, known: _Evidence, today: date) -> Cell:
        """Return one month of a unit; of one made of others since, of those there were then."""
        then = deliveries.made_of(unit, deliveries.last_day(month), catalogue()) or (unit,)
        cells = [deliveries.cell(month, [*known.proofs[one.key], *_of_all(known.proofs[unit.key], one, unit)],
                                 known.rules, today) for one in then]  # fmt: skip
        found = deliveries.joined(month, cells)
        return replace(found, words=_words(found, known.rules, today))


class _Evidence:
    """What came, read once: by the unit of today's table it speaks for."""

    def __init__(self, desk: Inboxes) -> None:
        self.desk, self.db, self._today = desk, desk.store.db, clock.today()
        self.rules = deliveries.rules(desk.ledger.begun(), catalogue())
        self.proofs: dict[str, list[Proof]] = defaultdict(list)
        self.devices: dict[str, list[DeviceLine]] = defaultdict(list)
        self.strangers: tuple[tuple[int, str, str], ...] = ()
        self._unit_of = {str(node): str(unit) for node, unit in self.db.execute("SELECT node, unit FROM device")}
        self._bundles()
        self._lists()
        self._stood_in()
        self._waiting()

    def _bundles(self) -> None:
        sql = ("SELECT o.bundle, count(DISTINCT q.s || q.n) FROM quarantine q JOIN op o ON o.s = q.s AND o.n = q.n "
               "WHERE o.bundle IS NOT NULL GROUP BY o.bundle")  # fmt: skip
        aside = dict(self.db.execute(sql))
        heard, held, strangers = dict[str, str](), defaultdict[str, int](int), []
        rows = self.db.execute(
            "SELECT no, sender, code, result, at, file, json_extract(manifest, '$.at') FROM bundle b WHERE dir = 'in' "
            "AND NOT (code = ? AND EXISTS (SELECT 1 FROM bundle t WHERE t.file_sha256 = b.file_sha256 "
            "AND t.no > b.no)) ORDER BY no", (REFUSED,),
        )  # fmt: skip
        for no, sender, code, result, at, file, written in rows:
            told = _loaded(result)
            unit = self._unit_of.get(sender) or str(told.get("unit") or "")
            why = "merged" if code in TAKEN else "gap" if code == "gap" else why_held(code, told)
            if not unit:
                strangers.append((no, file, why))
                continue
            if sender in self._unit_of and code in {*TAKEN, "gap"}:
                heard[sender] = max(heard.get(sender, ""), at)
            held[sender] += why != "merged"
            day = min(str(written or at)[:10], at[:10])
            self.proofs[unit].append(Proof(BUNDLE, at, sender[:4], written=day, code=why, bundle=no,
                                           changes=int(told.get("new", 0)), aside=int(aside.get(no, 0))))  # fmt: skip
        self.strangers = tuple(strangers)
        self._devices(heard, held)

    def _devices(self, heard: Mapping[str, str], held: Mapping[str, int]) -> None:
        ledger = self.desk.ledger
        enrolled = dict(self.db.execute("SELECT node, at FROM device"))
        here = dict(self.db.execute("SELECT device, sum(n) FROM stream WHERE state != 'forked' GROUP BY device"))
        for one in ledger.devices("commune"):
            key = _now(one.unit, self._today)
            line = DeviceLine(one.node, one.status, str(enrolled.get(one.node) or ""), heard.get(one.node, ""),
                              ledger.unsent(one.node, one.unit), int(here.get(one.node) or 0),
                              held.get(one.node, 0))  # fmt: skip
            self.devices[key].append(line)

    def _lists(self) -> None:
        """Issued monthly lists of communes, each from the bundle that first brought its number."""
        marks = ", ".join("?" * len(self.rules.lists))
        rows = self.db.execute(
            f'SELECT s."list", s.period, s._unit, min(b.at), b.no, b.sender FROM "{SNAPSHOT}" s '
            "JOIN op o ON o.r = s.id JOIN bundle b ON b.no = o.bundle WHERE s._del IS NULL AND s.number IS NOT NULL "
            f"AND json_extract(o.line, '$.f.number') IS NOT NULL AND s.\"list\" IN ({marks}) "
            "GROUP BY s.id ORDER BY 4",
            self.rules.lists,
        )
        found: dict[tuple[str, str], dict[str, tuple[str, int, str]]] = defaultdict(dict)
        for name, period, unit, at, no, sender in rows:
            found[str(unit), str(period)].setdefault(str(name), (str(at), int(no), str(sender)))
        for (unit, period), lists in found.items():
            at, no, sender = max(lists.values())
            self.proofs[unit].append(Proof(LISTS, at, sender[:4], period, bundle=no, lists=tuple(sorted(lists))))

    def _stood_in(self) -> None:
        """Months taken in on a commune's behalf, each month of the period that was named."""
        for form in (STAND_IN, TOTAL):
            stamps = "SELECT r, json_extract(line, '$.at'), json_extract(line, '$.by') FROM op WHERE r = ? LIMIT 1"
            seen = set[tuple[str, str]]()
            for row in self.desk.store.rows(form, order="id"):
                unit, period = str(row.get("unit") or ""), str(row.get("period") or "")
                if (unit, period) in seen or not unit:
                    continue
                seen.add((unit, period))
                _, at, by = self.db.execute(stamps, (row["id"],)).fetchone()
                for month in deliveries.within(period):
                    self.proofs[unit].append(Proof(BEHALF, str(at or ""), str(by or ""), month))

    def _waiting(self) -> None:
        """What of each unit waits for a person: fields two people wrote, rows put aside, forks, open notes."""
        self.conflicts, self.aside = defaultdict[str, int](int), defaultdict[str, int](int)
        self.forks, self.notes = defaultdict[str, int](int), defaultdict[str, int](int)
        for form, record, _ in contested.places(self.desk.store):
            owner = self.db.execute(f'SELECT _unit FROM "{form}" WHERE id = ?', (record,)).fetchone()
            self.conflicts[_now(str(owner[0]) if owner else "", self._today)] += 1
        sql = ("SELECT s.unit, q.reason = 'fork', count(*) FROM quarantine q JOIN stream s ON s.s = q.s "
               "GROUP BY 1, 2")  # fmt: skip
        for unit, fork, n in self.db.execute(sql):
            (self.forks if fork else self.aside)[_now(str(unit), self._today)] += int(n)
        for row in self.desk.store.rows("note", "\"state\" IS NULL OR \"state\" = 'open'"):
            self.notes[_now(str(row["_unit"]), self._today)] += 1


def _of_all(proofs: Iterable[Proof], old: Unit, unit: Unit) -> list[Proof]:
    """Return what the unit of today sent, which speaks for each of those it was made of."""
    return list(proofs) if old != unit else []


def why_held(code: str, result: Mapping[str, Any]) -> str:
    """Return the name of the Problem for which a file was not taken in."""
    return str(result.get("problem") or ("revoked" if code == SEALED else code))


def _loaded(result: str) -> Mapping[str, Any]:
    found = json.loads(result)
    return found if isinstance(found, dict) else {}


def _now(key: str, today: date) -> str:
    """Return the key of the unit in force today that one went into; an unknown one as it is."""
    unit = catalogue().units.get(key)
    return deliveries.successor(unit, today, catalogue()).key if unit else key


def _months(months: int | Sequence[str], today: date) -> tuple[str, ...]:
    if not isinstance(months, int):
        return tuple(sorted(dates.read_period(one).text for one in months))
    if months > 1900:
        return deliveries.months_of(date(months, 1, 1), date(months, 12, 31))
    first = today.replace(day=1)
    for _ in range(max(months, 1) - 1):
        first = (first - timedelta(days=1)).replace(day=1)
    return deliveries.months_of(first, today)


def _units(months: Sequence[str], today: date) -> list[Unit]:
    """Return the units in force at the end of the months shown, at the latest today."""
    return catalogue().units.current(min(today, deliveries.last_day(months[-1])))


def _words(cell: Cell, rules: deliveries.Rules, today: date) -> str:
    """Return what the tooltip of a cell says."""
    due = rules.due(cell.month)
    late = (date.fromisoformat(cell.at[:10]) - due).days if cell.at else (today - due).days
    told = say(
        f"province.cell.{cell.state}", month=dates.show_date(cell.month), due=dates.show_date(due.isoformat()),
        days=max(late, 0), at=dates.show_date(cell.at[:10]), by=cell.by, no=cell.bundle, n=cell.aside,
        changes=cell.changes, why=_why(cell.code),
    )  # fmt: skip
    more = [say("province.cell.lists")] if cell.lists else []
    more += [say("province.cell.joined", came=cell.came, of=cell.of)] if cell.of > 1 else []
    return " ".join([told, *more])


def _why(code: str) -> str:
    """Return why a bundle is held, in the words of its Problem."""
    try:
        return Problem(code).what
    except KeyError:  # no Problem, or one that says more than the receipt keeps
        return say("province.cell.why")
