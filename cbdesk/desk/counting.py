"""How many children are there: counted by one or two things, of those some conditions hold for, on any day."""

from __future__ import annotations

from datetime import date

from cbdesk import clock, cross
from cbdesk.catalogue import catalogue
from cbdesk.cross import Where
from cbdesk.desk.reporting import Reporting
from cbdesk.errors import Problem
from cbdesk.grid import Grid

FORMS = ("child", "circumstance", "risk", "support", "household", "household_class")


class Counting(Reporting):
    """Verbs that count."""

    def count_dimensions(self) -> dict[str, str]:
        """Return what children can be counted by, name to title, in order."""
        return cross.dimensions(catalogue())

    def count_choices(self, dimension: str) -> list[tuple[str, str]]:
        """Return the values of a dimension with their words. Raises ``Problem(report_wrong)``."""
        return cross.choices(dimension, catalogue(), self.villages_at(clock.today()))

    def how_many(self, rows: str, columns: str = "", where: Where | None = None, on: date | None = None) -> Grid:
        """Return children of a day (today) counted by ``rows`` and ``columns``, of those ``where`` holds for.

        Every cell names the children behind it (``ids``). Raises ``Problem``: ``report_wrong``, ``bad_period`` for a
        day not yet come.
        """
        day = on or clock.today()
        if day > clock.today():
            raise Problem("bad_period", period=day.isoformat())
        with self.store.atomic():
            return cross.count(self.book(FORMS), rows, columns, where or {}, day, self.villages_at(day))
