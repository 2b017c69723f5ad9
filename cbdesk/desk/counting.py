"""How many children are there: counted by one or two things, of those some conditions hold for, on any day."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date

from cbdesk import clock, cross, dates, letterhead
from cbdesk.catalogue import catalogue
from cbdesk.cross import Where
from cbdesk.desk.consolidating import own_part
from cbdesk.desk.reporting import Reporting
from cbdesk.errors import Problem
from cbdesk.facts import Book
from cbdesk.grid import Grid, GridSheet, without_ids
from cbdesk.rights import EXPORT, needs
from cbdesk.words import say

FORMS = ("child", "circumstance", "risk", "support", "household", "household_class")


class Counting(Reporting):
    """Verbs that count. What was read is kept for the next question until something is written, or ``forget_count``."""

    _read_for: tuple[int, date] | None = None
    _facts_read: Book | None = None

    def count_dimensions(self) -> dict[str, str]:
        """Return what children can be counted by, name to title, in order."""
        return cross.dimensions(catalogue(), owners=self.role == "receiver")

    def count_choices(self, dimension: str) -> list[tuple[str, str]]:
        """Return the values of a dimension with their words. Raises ``Problem(report_wrong)``."""
        return cross.choices(dimension, catalogue(), self.villages_at(clock.today()), self._owners_counted())

    def how_many(
        self, rows: str, columns: str = "", where: Where | None = None, on: date | None = None,
        among: Collection[str] | None = None,
    ) -> Grid:  # fmt: skip
        """Return children of a day (today) counted by ``rows`` and ``columns``, of those ``where`` holds for.

        ``among`` counts only these children. Every cell names the children behind it (``ids``); title and notes say
        what was asked. Raises ``Problem``: ``report_wrong``, ``bad_period`` for a day not yet come.
        """
        day = on or clock.today()
        if day > clock.today():
            raise Problem("bad_period", period=day.isoformat())
        with self.store.atomic():
            villages, owners = self.villages_at(day), self._owners_counted()
            made = cross.count(self._counted_facts(), rows, columns, where or {}, day, villages, among, owners)
        titles = self.count_dimensions()
        by = [titles[one].lower() for one in (rows, columns) if one]
        title = say("count.title_two" if columns else "count.title", rows=by[0], columns=by[-1])
        notes = tuple(self._conditions(where or {}, among))
        return replace(made, title=title, notes=notes, label_heading=titles[rows])

    def _owners_counted(self) -> cross.Owners:
        """Return the communes a receiver counts by; none in a commune's register."""
        return {unit.key: own_part(unit) for unit in self.area().units} if self.role == "receiver" else {}

    def _counted_facts(self) -> Book:
        now = (int(self.store.db.conn.total_changes), clock.today())
        if self._facts_read is None or self._read_for != now:
            self._facts_read, self._read_for = self.book(FORMS), now
        return self._facts_read

    def forget_count(self) -> None:
        """Let go of what was read for counting."""
        self._facts_read = self._read_for = None

    def _conditions(self, where: Where, among: Collection[str] | None) -> Iterator[str]:
        titles = self.count_dimensions()
        told = []
        for name, codes in where.items():
            words = dict(self.count_choices(name))
            told.append(f"{titles[name]}: {', '.join(words.get(one, one) for one in codes)}")
        if told:
            yield say("count.only", what="; ".join(told))
        if among is not None:
            yield say("count.among", n=len(among))

    @needs(EXPORT)
    def count_sheet(self, made: Grid, on: date) -> GridSheet:
        """Return a table of figures as a working paper of the office, without a name."""
        office, words = self.office(), letterhead.patterns()
        day = dates.show_date(on.isoformat())
        bare = replace(without_ids(made), title="")  # a paper names nobody
        return GridSheet(
            report="count",
            period=on.isoformat(),
            kind=say("count.kind"),
            about=made.title,
            grids=(replace(bare, notes=()),),
            as_of=on.isoformat(),
            made_on=clock.today().isoformat(),
            issuer=letterhead.issuer_lines(office),
            national=letterhead.national_lines(),
            place_date=letterhead.place_date(office, clock.today()),
            as_of_text=say("count.as_of", day=day),
            notes=made.notes,
            signers=letterhead.signers_of(office),
            page_of=words["patterns"]["page_of"],
            practice=words["words"]["practice"] if office.practice else "",
            orientation="portrait" if len(made.columns) <= NARROW else "landscape",
        )


NARROW = 7
"""Columns that still stand upright on a page."""
