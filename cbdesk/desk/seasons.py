"""Verbs of the seasons: one class up when a school year begins, health cards renewed for many, the calendar.

Rules. What follows for each child is proposed (``school``) and shown first; only what a person left ticked is written,
as one batch with a record of whom it moved, so that nobody moves twice in a school year and one undo takes all back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from cbdesk import almanac, clock, dates, school, workdays
from cbdesk.catalogue import catalogue
from cbdesk.change import Value, new_id, new_stream_id
from cbdesk.desk import shorthand
from cbdesk.desk.base import Saved
from cbdesk.desk.filling import Filling
from cbdesk.desk.known import CHILD
from cbdesk.desk.lists import here
from cbdesk.errors import Finding, Problem
from cbdesk.rights import EDIT, needs
from cbdesk.store import Draft
from cbdesk.text import collate_key

YEAR, SCHOOLING, DROPPED, ENTRY = "school_year", "schooling", "dropped_out", "calendar_entry"
CARD, NO_CARD, FREE_AGE = "card_until", "none", "free_card_age"


@dataclass(frozen=True, slots=True)
class Move:
    """What a new school year means for one child: class, level and school now and after; ``what`` as in ``school``.

    ``on`` says whether it is proposed: what a person must say first is not.
    """

    child: str
    name: str
    born: str
    village: str
    now_class: str
    now_level: str
    now_school: str
    what: str
    to_class: str
    to_level: str
    to_school: str
    on: bool = True

    @property
    def group(self) -> tuple[str, str, str]:
        """Return what children share who sit together: school, class, what follows."""
        return self.now_school, self.now_class, self.what

    def levels(self) -> tuple[str, ...]:
        """Return the levels somebody may choose after the last class of one."""
        return school.choices(self.now_class) if self.what == school.ASK else ()

    def stay(self) -> Move:
        """Return the move of a child who stays in its class."""
        return replace(self, on=False)

    def then(self, level: str) -> Move:
        """Return the move a person chose: a level after the last class, or out of school."""
        if level == DROPPED:
            return replace(self, to_class=self.now_class, to_level=DROPPED, to_school=self.now_school, on=True)
        grade = school.grade(self.now_class)
        return replace(self, to_class=str(grade + 1), to_level=level, to_school="", on=True)


@dataclass(frozen=True, slots=True)
class SchoolYear:
    """The start of a school year: who moves, who moved already, and how many are out of school."""

    year: int
    moves: tuple[Move, ...]
    moved: int
    out: int


@dataclass(frozen=True, slots=True)
class CardRow:
    """One child and its health card; ``until`` is a date as stored or "", ``state`` expired, ends, valid, none."""

    child: str
    name: str
    born: str
    village: str
    card: str
    until: str
    state: str
    household: str = ""
    free: bool = False
    """Whether the child is under the age of the free card."""
    groups: tuple[str, ...] = ()
    """Codes of the groups that need not be kept apart."""


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the calendar: its entries, its days off, and what of its year is not known yet."""

    first: date
    last: date
    entries: tuple[almanac.Entry, ...]
    off: frozenset[date]
    no_moon: bool
    no_off: bool


class Seasons(Filling):
    """Verbs that come back every year."""

    # --- the school year ---------------------------------------------------------------------------------------------

    def school_year(self, year: int | None = None) -> SchoolYear:
        """Return what the school year beginning in ``year`` (the one that begins now) means for each child living here.

        In the order of classes, then schools, then names. Children who moved in this year already are left out.
        """
        year = year if year is not None else school.year_of(clock.today())
        done, out, moves, again = self._moved_in(year), 0, list[Move](), 0
        for row in self.store.rows(CHILD, order="name_key, id"):
            text = {name: str(row.get(name) or "") for name in ("class", SCHOOLING, "school", "born", "village")}
            if not here(str(row.get("life_status") or "")):
                continue
            out += text[SCHOOLING] in school.rules()["out"]
            found = school.follows(text["class"], text[SCHOOLING], text["school"], text["born"], year)
            if found is None:
                continue
            if str(row["id"]) in done:
                again += 1
                continue
            name = str(row.get("full_name") or row.get("usual_name") or "")
            moves.append(Move(str(row["id"]), name, text["born"], text["village"], text["class"], text[SCHOOLING],
                              text["school"], found.what, found.to_class, found.level, found.school,
                              found.what not in (school.ASK, school.UNCLEAR)))  # fmt: skip
        moves.sort(key=_order)
        return SchoolYear(year, tuple(moves), again, out)

    @needs(EDIT)
    def start_school_year(self, year: int, moves: Iterable[Move]) -> Saved:
        """Write the moves that are on, as one batch. Raises ``Problem``: ``nobody_chosen``, ``no_record``."""
        chosen = [one for one in moves if one.on and _changes(one)]
        done = self._moved_in(year)
        chosen = [one for one in chosen if one.child not in done]
        if not chosen:
            raise Problem("nobody_chosen")
        batch, today = new_stream_id(), clock.today().isoformat()
        drafts = list[Draft]()
        with self.store.atomic():
            for one in chosen:
                row = self.store.row(CHILD, one.child)
                if row is None or row.get("_del") is not None:
                    raise Problem("no_record")
                drafts.append(Draft(CHILD, one.child, _changes(one, today)))
            record = new_id()
            drafts.append(Draft(YEAR, record, {"year": year, "moved_on": today, "moved": len(chosen)}))
            self._write(drafts, batch)
        return Saved(record, (), batch)

    def _moved_in(self, year: int) -> set[str]:
        """Return whom the school year moved already: the children of the batches that say so."""
        found = self.store.rows(YEAR, '"year" = ?', (year,))
        batches = {one.g for row in found for one in self.store.changes_of(str(row["id"]))[:1]}
        sql = f"SELECT DISTINCT r FROM op WHERE g IN ({', '.join('?' * len(batches))})"
        return {child for (child,) in self.store.db.execute(sql, [*batches])}

    # --- health cards ------------------------------------------------------------------------------------------------

    def cards(self, until: date | None = None) -> list[CardRow]:
        """Return the health cards of the children living here that end by a day (in 60 days), the first to end first.

        Children without a card stand last.
        """
        last, today = until or dates.months_after(clock.today(), 2), clock.today()
        free = catalogue().threshold(FREE_AGE, today)
        classes, groups, found = shorthand.classes(self.store, today.year), self._open_groups(), list[CardRow]()
        for row in self.store.rows(CHILD, order="name_key, id"):
            ends = dates.latest(str(row.get(CARD) or "")) if row.get(CARD) else None
            if not here(str(row.get("life_status") or "")) or (ends and ends > last):
                continue
            card, born = str(row.get("health_card") or ""), str(row.get("born") or "")
            if card and ends is None:
                continue  # a card without an end runs on
            state = NO_CARD if ends is None else "expired" if ends < today else "ends"
            grown = dates.reaches(born, free) if born else None
            found.append(CardRow(str(row["id"]), str(row.get("full_name") or row.get("usual_name") or ""), born,
                                 str(row.get("village") or ""), card, str(row.get(CARD) or ""), state,
                                 classes.get(str(row.get("household")), ("", 0))[0],
                                 grown is not None and grown > today, groups.get(str(row["id"]), ())))  # fmt: skip
        return sorted(found, key=lambda one: (one.state == NO_CARD, one.until))

    def _open_groups(self) -> dict[str, tuple[str, ...]]:
        known, found = catalogue().lists["group"], dict[str, tuple[str, ...]]()
        for row in self.store.rows("circumstance", '"to" IS NULL', order="id"):
            one = known.get(str(row.get("code") or ""))
            if one is not None and not one.sensitive:
                child, top = str(row[CHILD]), one.parent or one.code
                found[child] = tuple(dict.fromkeys((*found.get(child, ()), top)))
        return found

    @needs(EDIT)
    def renew_cards(self, ids: Iterable[str], until: str) -> Saved:
        """Write a new last day into the cards of many children, one batch. ``until`` as stored.

        A day before today is a *stop*. Raises ``Problem``: ``nobody_chosen``, ``no_record``.
        """
        chosen, day = list(dict.fromkeys(ids)), dates.latest(until)
        if not chosen:
            raise Problem("nobody_chosen")
        if day is None or day < clock.today():
            return Saved(None, (Finding(CARD, "stop", "run_out", {"value": dates.show_date(until)}),))
        return self.fill(chosen, {CARD: until})

    # --- the calendar ------------------------------------------------------------------------------------------------

    def calendar(self, first: date, last: date) -> list[almanac.Entry]:
        """Return the duties, own entries, feasts and days off from ``first`` to ``last``, by day."""
        own = self.store.rows(ENTRY, '"_unit" = ?', (self.unit.key,))
        return almanac.entries(first, last, catalogue(), own, self.role)

    def calendar_month(self, month: str) -> Month:
        """Return a month (``2026-10``) of the calendar. Raises ``Problem(bad_period)``."""
        first, last = almanac.month_of(month)
        work = workdays.calendar()
        days = (first + n * workdays.DAY for n in range((last - first).days + 1))
        off = frozenset(day for day in days if not work.working(day))
        return Month(first, last, tuple(self.calendar(first, last)), off, *almanac.lacks(first.year, catalogue()))


def follow_up(one: Move) -> bool:
    """Return whether it is known what follows: something was proposed or chosen that differs from now."""
    return bool(_changes(one))


def _order(one: Move) -> tuple[object, ...]:
    grade = school.grade(one.now_class)
    return (school.ORDER.index(one.what) if one.what in (school.ASK, school.UNCLEAR) else 2, grade or 0,
            collate_key(one.now_class), collate_key(one.now_school))  # fmt: skip


def _changes(one: Move, today: str = "") -> dict[str, Value]:
    """Return what a move writes; out of school since today."""
    pairs = (("class", one.now_class, one.to_class), (SCHOOLING, one.now_level, one.to_level),
             ("school", one.now_school, one.to_school))  # fmt: skip
    found: dict[str, Value] = {name: after or None for name, now, after in pairs if now != after}
    return found | ({DROPPED: today} if one.to_level == DROPPED and one.now_level != DROPPED else {})
