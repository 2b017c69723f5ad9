"""Verbs on the work for many: the yearly plan with its money, the children's fund, and figures typed once.

Nothing is typed twice: how far a line of the plan is and what it cost comes from the activities that name it, what
children got from the fund from the supports that name its entry. A typed figure (``count``) serves every report, so a
second one for the same days is asked about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cbdesk import dates
from cbdesk.catalogue import catalogue
from cbdesk.change import Value
from cbdesk.dates import Period
from cbdesk.desk.known import CHILD, Known
from cbdesk.desk.records import Records
from cbdesk.errors import Finding

ACTIVITY, ITEM, PLAN, BUDGET, FUND, COUNT = "activity", "plan_item", "yearly_plan", "budget", "fund_entry", "count"
OUT = "out"

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A line of a plan, how far it is (``None`` where nothing tells), what was spent, and the activities behind it."""

    row: Row
    done: int | None
    spent: int
    activities: tuple[str, ...]

    @property
    def reached(self) -> bool:
        """Return whether it is finished: said so, or the target is met."""
        target = self.row.get("target")
        met = isinstance(target, int) and self.done is not None and self.done >= target
        return bool(self.row.get("finished_on")) or met


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """A line of the year's money, what the plan's lines foresee of it and what was spent."""

    row: Row
    planned: int
    spent: int


@dataclass(frozen=True, slots=True)
class FundBook:
    """The children's fund in a period: what stood before, came in, went out, stands after; the entries, oldest first.

    ``children`` tells for each entry which children it was for: named in it, or by supports that name it.
    """

    before: int
    came: int
    went: int
    entries: tuple[Row, ...]
    children: Mapping[str, tuple[str, ...]]

    @property
    def after(self) -> int:
        """Return what stands at the end."""
        return self.before + self.came - self.went


class Works(Records):
    """Verbs on the work for many."""

    def plan_lines(self, year: int) -> list[PlanLine]:
        """Return the lines of a year's plans in their order, each with what was done and spent."""
        plans = {str(row["id"]) for row in self.store.rows(PLAN, "year = ?", (year,))}
        items = [row for row in self.store.rows(ITEM, order='"order", id') if row.get(PLAN) in plans]
        named = self._activities_by_item()
        return [_plan_line(row, named.get(str(row["id"]), [])) for row in items]

    def _activities_by_item(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.store.rows(ACTIVITY, f'"{ITEM}" IS NOT NULL', order='"from", id'):
            found[str(row[ITEM])].append(row)
        return found

    def budget_lines(self, year: int) -> list[BudgetLine]:
        """Return the year's budget lines with what the plan foresees of each and what was spent."""
        planned, spent = defaultdict[str, int](int), defaultdict[str, int](int)
        named = self._activities_by_item()
        for row in self.store.rows(ITEM, f'"{BUDGET}" IS NOT NULL'):
            line = _plan_line(row, named.get(str(row["id"]), []))
            planned[str(row[BUDGET])] += _whole(row.get("cost"))
            spent[str(row[BUDGET])] += line.spent
        return [BudgetLine(row, planned[str(row["id"])], spent[str(row["id"])])
                for row in self.store.rows(BUDGET, "year = ?", (year,), order="id")]  # fmt: skip

    def fund_book(self, period: str | Period) -> FundBook:
        """Return the children's fund in a period. Raises ``Problem(bad_period)``."""
        span = dates.read_period(period) if isinstance(period, str) else period
        dated = [(day, row) for row in self.store.rows(FUND, order='"on", id') if (day := _last_day(row.get("on")))]
        before = sum(_signed(row) for day, row in dated if day < span.first)
        entries = [row for day, row in dated if span.first <= day <= span.last]
        gone = sum(_whole(row.get("amount")) for row in entries if row.get("direction") == OUT)
        came = sum(_signed(row) for row in entries) + gone
        return FundBook(before, came, gone, tuple(entries), self._paid_for(entries))

    def _paid_for(self, entries: Iterable[Row]) -> dict[str, tuple[str, ...]]:
        children: dict[str, dict[str, None]] = {str(row["id"]): {} for row in entries}
        for row in entries:
            if row.get(CHILD):
                children[str(row["id"])][str(row[CHILD])] = None
        for row in self.store.rows("support", f'"{FUND}" IS NOT NULL', order="id"):
            if str(row[FUND]) in children:
                children[str(row[FUND])][str(row[CHILD])] = None
        return {entry: tuple(found) for entry, found in children.items()}

    def check(
        self,
        form: str,
        data: Mapping[str, Value],
        record: str | None = None,
        *,
        by_hand: bool = True,
        known: Known | None = None,
        doubles: bool = True,
    ) -> list[Finding]:
        """Return the findings about a record; a figure already typed for the same days is asked about."""
        found = super().check(form, data, record, by_hand=by_hand, known=known, doubles=doubles)
        if form != COUNT:
            return found
        row = {**((self.store.row(form, record) or {}) if record else {}), **data}
        same = ("indicator", "from", "to")
        if all(isinstance(row.get(name), str) for name in same) and self.store.count(
            COUNT, '"indicator" = ? AND "from" = ? AND "to" = ? AND id <> ?',
            (*(str(row[name]) for name in same), record or ""),
        ):  # fmt: skip
            found.append(Finding("indicator", "ask", "counted_twice"))
        return found


def _plan_line(row: Row, activities: list[Row]) -> PlanLine:
    spent = _whole(row.get("spent")) + sum(_whole(one.get("cost")) for one in activities)
    return PlanLine(row, _done(row, activities), spent, tuple(str(one["id"]) for one in activities))


def _done(row: Row, activities: list[Row]) -> int | None:
    """Return how far a line is by its measure; without one, what was typed."""
    measure = catalogue().lists["plan_measure"].get(str(row.get("measure") or ""))
    if measure is None or measure.extra.get("typed"):
        return row["done"] if isinstance(row.get("done"), int) else None
    field = measure.extra.get("field")
    return sum(_whole(one.get(field)) for one in activities) if field else len(activities)


def _whole(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _signed(row: Row) -> int:
    amount = _whole(row.get("amount"))
    return -amount if row.get("direction") == OUT else amount


def _last_day(value: Any) -> date | None:
    return dates.latest(value) if isinstance(value, str) else None
