"""What children may be entitled to, as lines of the page *Chính sách, hỗ trợ*: hints in groups, in words.

Rules. Nothing here decides. What must be looked at first stands in a group of its own and says why. A hint of a
category kept in confidence is here only when it was asked for. Amounts are told only of a table the office confirmed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cbdesk import clock, dates
from cbdesk.catalogue import catalogue
from cbdesk.desk import ChildRow, Desk
from cbdesk.desk.benefits import ALLOWANCE, CARD, ENDS, PAPER, POVERTY, Hint, TableState
from cbdesk.desk.works import FUND, OUT, FundBook
from cbdesk.words import say
from ui.duty.totals import Sum, money, plain
from ui.form.around import age_words
from ui.lists.cells import Cell, Chip
from ui.lists.childlist import village_short
from ui.lists.table import Column

ALL, UNSURE, BENEFIT = "allowance", "unsure", "benefit:"
GROUPS = (ALL, UNSURE, ENDS, CARD, PAPER)
COLUMNS = {ALL: ("name", "age", "village", "what", "coefficient", "amount"),
           BENEFIT: ("name", "age", "village", "until", "coefficient", "amount"),
           UNSURE: ("name", "village", "what", "why"), ENDS: ("name", "age", "village", "told"),
           CARD: ("name", "age", "village", "told"), PAPER: ("name", "age", "village", "told")}  # fmt: skip
NARROW = {UNSURE: ("name", "why"), ENDS: ("name", "told"), CARD: ("name", "told"), PAPER: ("name", "told")}
"""Columns of a group where there is little room."""
SECTION = {CARD: "general", PAPER: "circumstance"}
"""Where on the child's page a group leads; all others to its support."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One hint with the child it is about."""

    child: ChildRow
    hint: Hint

    @property
    def id(self) -> str:
        """Return what tells the line apart."""
        return f"{self.child.id}/{self.hint.what}/{self.hint.code}"

    @property
    def section(self) -> str:
        """Return where on the child's page the hint is about."""
        return SECTION.get(self.hint.what, "support")


@dataclass(frozen=True, slots=True)
class SupportBook:
    """All the page shows: hints, the tables of amounts and of the poverty standard as they stand, the fund."""

    lines: tuple[Line, ...]
    table: TableState
    standard: TableState
    base: int | None
    ahead: date | None
    fund: FundBook
    names: Mapping[str, str]
    villages: Mapping[str, str]
    reports: frozenset[str]


def read_support(desk: Desk, period: str, *, restricted: bool) -> SupportBook:
    """Read the page; ``restricted`` also what is kept in confidence, which is told to the access log."""
    people = {row.id: row for row in desk.children()}
    hints = desk.benefit_hints(restricted=restricted)
    state = desk.table_state(ALLOWANCE)
    return SupportBook(
        tuple(Line(people[one.child], one.hint) for one in hints if one.child in people),
        state, desk.table_state(POVERTY), state.base, desk.standard_ahead(), desk.fund_book(period),
        {row.id: row.name or say("record.no_name") for row in people.values()}, desk.village_names(),
        frozenset(one.name for one in desk.report_kinds()),
    )  # fmt: skip


def of_group(group: str, lines: Sequence[Line]) -> list[Line]:
    """Return the lines of a group."""
    return [one for one in lines if _in(group, one.hint)]


def _in(group: str, hint: Hint) -> bool:
    if hint.what != ALLOWANCE:
        return group == hint.what
    if hint.unsure:
        return group == UNSURE
    return group in (ALL, f"{BENEFIT}{hint.code}")


def benefits_found(lines: Sequence[Line]) -> list[str]:
    """Return the categories of the sure hints, in the order of their list."""
    held = {one.hint.code for one in lines if one.hint.what == ALLOWANCE and not one.hint.unsure}
    return [one.code for one in catalogue().lists["benefit"].choices if one.code in held]


def columns() -> list[Column]:
    """Return the columns of the table of hints."""
    today = clock.today()
    head = lambda name: say(f"support.head.{name}")  # noqa: E731
    return [
        Column("name", head("name"), 190, _name, stretch=True, fixed=True),
        Column("age", head("age"), 104, lambda one: Cell(age_words(one.child.born, today), "ink2")),
        Column("village", head("village"), 108, lambda one: Cell(village_short(one.child.village_name), "ink2")),
        Column("what", head("what"), 196, lambda one: Cell(_category(one.hint))),
        Column("told", head("told"), 404, lambda one: Cell(told(one.hint))),
        Column("why", head("why"), 310, lambda one: Cell(why(one.hint), "nghe")),
        Column("until", head("until"), 124, lambda one: Cell(_until(one.hint), "ink2")),
        Column("coefficient", head("coefficient"), 66, lambda one: Cell(_coefficient(one.hint)), right=True),
        Column("amount", head("amount"), 124, lambda one: Cell(_amount(one.hint), role="medium"), right=True),
    ]  # fmt: skip


def _name(one: Line) -> Cell:
    choice = catalogue().lists["benefit"].get(one.hint.code) if one.hint.what == ALLOWANCE else None
    chips = (Chip(say("record.sensitive"), "man", "lock_closed"),) if choice and choice.sensitive else ()
    return Cell(one.child.name or say("record.no_name"), role="medium", chips=chips)


def _category(hint: Hint) -> str:
    choice = catalogue().lists["benefit"].get(hint.code)
    return choice.short if choice else hint.code


def told(hint: Hint) -> str:
    """Return a hint in words; of an allowance its category."""
    if hint.what == ALLOWANCE:
        return _category(hint)
    return say(f"benefits.{hint.code}", day=dates.show_date(hint.until.isoformat()) if hint.until else "")


def reasons(hint: Hint) -> str:
    """Return what must be looked at first, as the end of a sentence."""
    return "; ".join(say(f"benefits.unsure.{name}") for name in hint.unsure)


def why(hint: Hint) -> str:
    """Return what must be looked at first, as a sentence."""
    words = reasons(hint)
    return words[:1].upper() + words[1:]


def _until(hint: Hint) -> str:
    return dates.show_date(hint.until.isoformat()) if hint.until else ""


def _coefficient(hint: Hint) -> str:
    return f"{hint.coefficient}".replace(".", ",") if hint.coefficient is not None else ""


def _amount(hint: Hint) -> str:
    return plain(hint.amount) if hint.amount is not None else ""


def facts(hint: Hint) -> str:
    """Return coefficient and amount of an allowance in words, "" for all else."""
    if hint.coefficient is None:
        return ""
    parts = [say("benefits.coefficient", n=_coefficient(hint))]
    parts += [say("benefits.monthly", n=plain(hint.amount))] if hint.amount is not None else []
    return " · ".join(parts)


def standing(book: SupportBook) -> tuple[str, str, str]:
    """Return words, colour and icon of how the table of amounts stands."""
    row = book.table.confirmed
    if row is None:
        return say("support.table.open"), "nghe", "warning"
    day = dates.show_date(str(row.get("confirmed_on") or ""))
    words = say("support.table.confirmed", day=day, basis=str(row.get("decision_no") or ""), base=money(book.base or 0))
    return words, "ngoc", "checkmark_circle"


# the children's fund


def fund_rows(book: SupportBook) -> list[Row]:
    """Return the entries of the period with the children each was for, and in and out apart."""
    return [
        {**row, "whom": _whom(book.fund.children.get(str(row["id"]), ()), book.names),
         "went" if row.get("direction") == OUT else "came": row.get("amount")}
        for row in book.fund.entries
    ]  # fmt: skip


def _whom(children: Sequence[str], names: Mapping[str, str]) -> str:
    if len(children) == 1:
        return names.get(children[0], "")
    return say("support.fund.n", n=len(children)) if children else ""


def fund_sums(book: SupportBook) -> Sequence[Sum]:
    """Return what stood before, came, went and stands."""
    fund = book.fund
    if not fund.entries and not fund.before:
        return ()
    amounts = {"before": fund.before, "in": fund.came, "out": fund.went, "after": fund.after}
    return [Sum(say(f"support.fund.{name}"), money(amount), "gach" if amount < 0 else "ink")
            for name, amount in amounts.items()]  # fmt: skip


__all__ = ["FUND", "GROUPS", "Line", "SupportBook", "read_support"]
