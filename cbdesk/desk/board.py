"""The receiver's board: open emergencies, overdue steps and separated children, by commune; and its own things to do.

What a commune must do is derived as the commune derives it (``due``); here it stands on the board, while *due* at the
receiver holds only the receiver's own: its reports, communes that are late or silent, its requests, answers to notes.
Children stand on it by initials and year; names are given on asking, with a reason that is told to the access log.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from cbdesk import clock, dates
from cbdesk.catalogue import catalogue
from cbdesk.deliveries import NONE
from cbdesk.deliveries import OVERDUE as LACKING
from cbdesk.desk.due import OVERDUE, WEEK, Due, Dues, day_due, end_of
from cbdesk.desk.known import CHILD
from cbdesk.desk.verdicts import Verdicts
from cbdesk.errors import Problem
from cbdesk.text import tidy
from cbdesk.words import has, say

EMERGENCY, LATE_STEP, SEPARATED = KINDS = ("emergency", "overdue", "separated")


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One thing of one commune: its kind, what must be done by when, and whom it is about, by initials and year.

    ``record`` and ``form`` open it; ``initials`` is "" where several children or none are named.
    """

    kind: str
    unit: str
    what: str
    words: str
    due: datetime
    state: str
    hours: bool
    record: str
    form: str
    child: str
    initials: str


@dataclass(frozen=True, slots=True)
class BoardUnit:
    """One commune on the board: how many of each kind, and the lines, the most urgent first."""

    unit: str
    name: str
    counts: dict[str, int]
    lines: tuple[BoardLine, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """The communes that have something on the board, those with emergencies first; ``counts`` are of all of them."""

    units: tuple[BoardUnit, ...]
    counts: dict[str, int]


class Boards(Dues, Verdicts):
    """Verbs of the board, and what the receiver itself must do."""

    def board(self, units: Collection[str] = (), on: date | None = None) -> Board:
        """Return the board of all communes, or of some (keys). Raises ``Problem(only_receiver)``."""
        self._only_receiver()
        now = clock.now() if on is None else datetime.combine(on, time(0), clock.VIETNAM)
        cases = [line for line in self._case_lines() if not line.state.facts.closed]
        found = [one for one in (*self._of_cases(cases, now), *self._of_incidents(now)) if _kind(one)]
        owners, people = self._owners({one.form for one in found}), self._initials(one.child for one in found)
        by_unit: dict[str, list[BoardLine]] = {}
        for one in sorted(found, key=lambda one: (KINDS.index(_kind(one)), one.due, one.record)):
            unit = owners.get(one.record, "")
            if unit and (not units or unit in units):
                by_unit.setdefault(unit, []).append(_line(one, unit, people.get(one.child, "")))
        made = [BoardUnit(unit, catalogue().units.label(unit), _counts(lines), tuple(lines))
                for unit, lines in by_unit.items()]  # fmt: skip
        made.sort(key=lambda one: (*(-one.counts[kind] for kind in KINDS), one.unit))
        return Board(tuple(made), _counts(line for one in made for line in one.lines))

    def show_names(self, reason: str, children: Sequence[str]) -> dict[str, str]:
        """Return the names of children shown by initials; who asked, why and for how many is logged first.

        Children this officer may not see are left out. Raises ``Problem(no_reason)``.
        """
        if not tidy(reason):
            raise Problem("no_reason")
        asked = list(dict.fromkeys(one for one in children if one))
        with self.store.atomic():
            self.ledger.log_access(self.officer, "names", detail=f"{len(asked)} {tidy(reason)}")
        rows = ((one, self.store.row(CHILD, one)) for one in asked)
        return {one: str(row.get("full_name") or row.get("usual_name") or "") for one, row in rows if row}

    def initials(self, children: Iterable[str]) -> dict[str, str]:
        """Return children as they stand while their names are hidden: initials and the year of birth."""
        return self._initials(children)

    def _initials(self, children: Iterable[str]) -> dict[str, str]:
        rows = ((one, self.store.row(CHILD, one)) for one in dict.fromkeys(children) if one)
        return {one: hidden(str(row.get("full_name") or row.get("usual_name") or ""), str(row.get("born") or ""))
                for one, row in rows if row}  # fmt: skip

    def _owners(self, forms: Collection[str]) -> dict[str, str]:
        """Return which unit each record of these forms belongs to."""
        found: dict[str, str] = {}
        for form in sorted(forms):
            found |= dict(self.store.db.execute(f'SELECT id, _unit FROM "{form}" WHERE _del IS NULL'))
        return found

    # --- what the receiver itself must do -----------------------------------------------------------------------------

    def due(self, on: date | None = None, within: int = WEEK, villages: Collection[str] = ()) -> list[Due]:
        """Return what must be done; at a receiver its own things only: those of communes stand on the board."""
        if self.role != "receiver":
            return super().due(on, within, villages)
        now = clock.now() if on is None else datetime.combine(on, time(0), clock.VIETNAM)
        last = end_of(now.date() + timedelta(days=within))
        found = [*self._of_papers(now), *self._of_answers(now), *self._of_senders(now), *self._own_law(now),
                 *self._of_conflicts(now)]  # fmt: skip
        return sorted((one for one in found if one.due <= last), key=lambda one: (one.due, one.what, one.record))

    def _of_senders(self, now: datetime) -> Iterator[Due]:
        """Months past their day that communes lack, one item a month; and those of whom nothing was heard."""
        inbox = self.inbox()
        missing: dict[str, int] = {}
        for row in inbox.rows:
            for cell in row.cells:
                if cell.state in (NONE, LACKING):
                    missing[cell.month] = missing.get(cell.month, 0) + 1
        for month, n in sorted(missing.items()):
            day = self.month_due(month)
            detail = {"month": dates.show_date(month), "n": str(n)}
            yield day_due("delivery", day, now, month, "inbox", detail=detail)
        silent = [row for row in inbox.rows if row.silent]
        if silent:
            yield day_due("silent", now.date(), now, "", "inbox", detail={"n": str(len(silent))})

    def _of_answers(self, now: datetime) -> Iterator[Due]:
        """Notes of ours that a commune has answered, until they are closed."""
        for row in self.store.rows("note", "\"state\" = 'answered'"):
            yield day_due("answer", now.date(), now, str(row["id"]), "note")

    def _own_law(self, now: datetime) -> Iterator[Due]:
        """Requests about data made to the receiver itself; those made to communes are theirs."""
        own = self._owners({"data_request"}) if "data_request" in catalogue().forms else {}
        yield from (one for one in self._of_law(now) if own.get(one.record) == self.unit.key)


def hidden(name: str, born: str) -> str:
    """Return a child's initials and year of birth, as children stand while their names are hidden."""
    letters = "".join(f"{word[0].upper()}." for word in name.split() if word[0].isalpha())
    year = born[:4] if born[:4].isdigit() else ""
    return ", ".join(one for one in (letters, year) if one)


def _kind(one: Due) -> str:
    if one.what == "separation":
        return SEPARATED
    return EMERGENCY if one.hours else LATE_STEP if one.state == OVERDUE else ""


def _line(one: Due, unit: str, initials: str) -> BoardLine:
    words = say(f"due.{one.what}", **(one.detail or {})) if has(f"due.{one.what}") else ""
    return BoardLine(_kind(one), unit, one.what, words, one.due, one.state, one.hours, one.record, one.form, one.child,
                     initials)  # fmt: skip


def _counts(lines: Iterable[BoardLine]) -> dict[str, int]:
    found = dict.fromkeys(KINDS, 0)
    for one in lines:
        found[one.kind] += 1
    return found
