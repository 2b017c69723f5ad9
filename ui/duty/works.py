"""What the page of activities reads of a year: lists with what was worked out for each row, and the sums under them.

Runs on the desk's thread. What lasts (a collaborator, a model, a place to swim) stands in each year it lasts in. A
figure a report asks for that nobody has typed yet has a row without a record, so that it can be typed there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cbdesk import clock, dates
from cbdesk.catalogue import catalogue
from cbdesk.desk import Desk
from cbdesk.desk.works import ACTIVITY, BUDGET, COUNT, ITEM, PLAN
from cbdesk.words import say
from ui.duty.totals import Sum, money, plain

COLLABORATOR, MODEL, SWIM = "collaborator", "model", "swim_place"
LASTING = (COLLABORATOR, MODEL, SWIM)
WHOLE = len("2026-01-01")
MISSING = "missing:"
"""Begins the id of a row that stands for a figure nobody has typed yet."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class YearOfWork:
    """The lists of a year by form, the villages, the years there is anything of, and what hangs on activities."""

    rows: Mapping[str, Sequence[Row]]
    villages: Mapping[str, str]
    years: tuple[int, ...]
    files: Mapping[str, Sequence[Row]]
    open_villages: frozenset[str]
    plans: tuple[str, ...]
    reports: frozenset[str]


def read_year(desk: Desk, year: int) -> YearOfWork:
    """Read a year."""
    rows = {form: desk.all_rows(form) for form in (ACTIVITY, *LASTING, COUNT)}
    plans, budgets = desk.all_rows(PLAN), desk.all_rows(BUDGET)
    villages = desk.village_names()
    years = {int(row["year"]) for row in (*plans, *budgets) if row.get("year")}
    years |= {one for row in (*rows[ACTIVITY], *rows[COUNT]) for one in _years(row)}
    shown: dict[str, Sequence[Row]] = {form: [row for row in rows[form] if _within(row, year)] for form in LASTING}
    shown[ACTIVITY] = [_activity(row, villages) for row in _latest(rows[ACTIVITY]) if year in _years(row)]
    shown[PLAN] = [row for row in plans if row.get("year") == year]
    shown[ITEM] = [_item(line) for line in desk.plan_lines(year)]
    shown[BUDGET] = [_budget(line) for line in desk.budget_lines(year)]
    shown[COUNT] = _counts(desk.indicators(), desk.indicators(named=True),
                           [row for row in rows[COUNT] if year in _years(row)])
    here = {str(row["id"]) for row in shown[ACTIVITY]}
    files: dict[str, list[Row]] = {}
    for row in desk.all_rows("attachment"):
        if row.get("record") in here:
            files.setdefault(str(row["record"]), []).append(row)
    return YearOfWork(
        shown, villages, tuple(sorted(years)), {one: desk.attachments(one) for one in files},
        frozenset(str(row["id"]) for row in desk.all_rows("village") if not row.get("to")),
        tuple(str(row["id"]) for row in shown[PLAN]), frozenset(one.name for one in desk.report_kinds()),
    )  # fmt: skip


def _years(row: Row) -> range:
    first = dates.earliest(str(row.get("from") or ""))
    last = dates.latest(str(row.get("to") or row.get("from") or "")) or first
    return range(first.year, last.year + 1) if first and last else range(0)


def year_of(form: str, row: Row, year: int) -> int:
    """Return the year that shows a row: the one given where it does, else its own nearest to it."""
    if isinstance(row.get("year"), int):
        return int(row["year"])
    if form in LASTING:
        first = dates.earliest(str(row.get("from") or ""))
        last = dates.latest(str(row.get("to") or ""))
        year = max(year, first.year) if first else year
        return min(year, last.year) if last else year
    years = _years(row)
    return min(years, key=lambda one: abs(one - year), default=year)


def _within(row: Row, year: int) -> bool:
    """Return whether what lasts does so in a year; without a first day it always did."""
    first, last = dates.earliest(str(row.get("from") or "")), dates.latest(str(row.get("to") or ""))
    return (first is None or first.year <= year) and (last is None or last.year >= year)


def _latest(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (str(row.get("from") or ""), str(row["id"])), reverse=True)


def _activity(row: Row, villages: Mapping[str, str]) -> Row:
    kind = catalogue().lists["activity_kind"].get(str(row.get("kind")))
    where = [villages.get(str(row.get("village")), ""), str(row.get("place") or "")]
    return {**row, "days": days(row), "called": row.get("title") or (kind.short if kind else ""),
            "where": ", ".join(part for part in where if part)}  # fmt: skip


def days(row: Row) -> str:
    """Return the days something took; the year, which stands over the list, only where there are two."""
    first, last = str(row.get("from") or ""), str(row.get("to") or row.get("from") or "")
    brief = first[:4] == last[:4]
    told = [dates.show_date(day)[: 5 if brief and len(day) == WHOLE else None] for day in dict.fromkeys((first, last))]
    return " – ".join(told)


def _item(line: Any) -> Row:
    target, unit = line.row.get("target"), str(line.row.get("unit") or "")
    goal = f"{plain(target)} {unit}".strip() if isinstance(target, int) else unit
    return {**line.row, "goal": goal, "so_far": line.done, "used": line.spent or None, "reached": line.reached}


def _budget(line: Any) -> Row:
    amount = line.row.get("amount")
    left = plain(amount - line.spent) if isinstance(amount, int) else ""
    return {**line.row, "planned": line.planned, "used": line.spent, "left": left}


def _counts(labels: Mapping[str, str], asked: Mapping[str, str], rows: Sequence[Row]) -> list[Row]:
    """Return the figures typed, each with what it is called, and those asked for that are missing, first."""
    typed = {str(row.get("indicator")) for row in rows}
    missing = [{"id": f"{MISSING}{code}", "indicator": code, "called": words}
               for code, words in asked.items() if code not in typed]  # fmt: skip
    order = {code: at for at, code in enumerate(labels)}
    known = sorted(rows, key=lambda row: (order.get(str(row.get("indicator")), len(order)), str(row.get("from") or "")))
    return [*missing, *({**row, "called": labels.get(str(row.get("indicator")), str(row.get("indicator"))),
                         "figure": _figure(row), "days": days(row)} for row in known)]  # fmt: skip


def _figure(row: Row) -> str:
    value, of = row.get("value"), row.get("of")
    shown = plain(value) if isinstance(value, int) else ""
    return f"{shown} / {plain(of)}" if isinstance(of, int) else shown


# the sums under the lists


def sums(form: str, found: YearOfWork) -> Sequence[Sum]:
    """Return the figures under a list; none under one that is empty."""
    rows = found.rows[form]
    make = SUMS.get(form)
    return make(rows, found) if make is not None and rows else ()


def _total(rows: Sequence[Row], name: str) -> int:
    return sum(value for row in rows if isinstance(value := row.get(name), int))


def _sum(key: str, figure: str, ink: str = "ink") -> Sum:
    return Sum(say(f"activities.sum.{key}"), figure, ink)


def _of_activities(rows: Sequence[Row], _found: YearOfWork) -> Sequence[Sum]:
    people = [_sum(name, plain(count)) for name in ("children", "girls", "carers", "staff", "collaborators")
              if (count := _total(rows, name))]  # fmt: skip
    cost = _total(rows, "cost")
    return [_sum("activities", plain(len(rows))), *people, *([_sum("cost", money(cost))] if cost else [])]


def _of_collaborators(rows: Sequence[Row], found: YearOfWork) -> Sequence[Sum]:
    now = [row for row in rows if not row.get("to")]
    without = len(found.open_villages - {str(row.get("village")) for row in now})
    trained = sum(bool(row.get("trained_on")) for row in now)
    return [_sum("collaborators", plain(len(now))), _sum("trained", plain(trained)),
            _sum("villages_without", plain(without), "nghe" if without else "ink")]  # fmt: skip


def _of_models(rows: Sequence[Row], _found: YearOfWork) -> Sequence[Sum]:
    counted = Counter[str]()
    for row in rows:
        if not row.get("to"):
            counted[str(row.get("kind"))] += row["number"] if isinstance(row.get("number"), int) else 1
    kinds = catalogue().lists["model_kind"]
    return [Sum(choice.short if (choice := kinds.get(kind)) else kind, plain(count)) for kind, count in counted.items()]


def _of_places(rows: Sequence[Row], _found: YearOfWork) -> Sequence[Sum]:
    teaching = [row for row in rows if row.get("use") == "teaching" and not row.get("to")]
    others = [row for row in rows if row.get("use") != "teaching" and not row.get("to")]
    certified = sum(row.get("instructor") == "yes" for row in teaching)
    signed = sum(row.get("signs") == "yes" for row in others)
    share = lambda part, whole: f"{plain(part)} / {plain(whole)}"  # noqa: E731
    return [*([_sum("certified", share(certified, len(teaching)))] if teaching else []),
            *([_sum("signs", share(signed, len(others)))] if others else [])]  # fmt: skip


def _of_items(rows: Sequence[Row], _found: YearOfWork) -> Sequence[Sum]:
    reached = sum(bool(row["reached"]) for row in rows)
    return [_sum("reached", f"{plain(reached)} / {plain(len(rows))}"), _sum("planned", money(_total(rows, "cost"))),
            _sum("used", money(_total(rows, "used")))]  # fmt: skip


def _of_budget(rows: Sequence[Row], _found: YearOfWork) -> Sequence[Sum]:
    amount, used = _total(rows, "amount"), _total(rows, "used")
    return [_sum("amount", money(amount)), _sum("planned", money(_total(rows, "planned"))), _sum("used", money(used)),
            _sum("left", money(amount - used), "gach" if used > amount else "ink")]  # fmt: skip


def missing(found: YearOfWork) -> int:
    """Return how many figures reports ask for nobody has typed yet."""
    return sum(str(row["id"]).startswith(MISSING) for row in found.rows[COUNT])


def overdue(row: Row) -> bool:
    """Return whether a line of the plan is past its day and not reached."""
    due = dates.latest(str(row.get("due") or ""))
    return due is not None and due < clock.today() and not row.get("reached")


SUMS = {
    ACTIVITY: _of_activities, COLLABORATOR: _of_collaborators, MODEL: _of_models, SWIM: _of_places, ITEM: _of_items,
    BUDGET: _of_budget,
}  # fmt: skip
