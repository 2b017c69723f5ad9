"""The lines of a decision without their widgets: tabs, columns, what may be answered, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from cbdesk.catalogue import catalogue
from cbdesk.desk.homes import ABSENT, MATCHED, NEAR, TWICE, DecisionPlan, Home, Line, Missing
from cbdesk.words import say
from ui.lists.cells import Cell, Chip
from ui.lists.childlist import village_short
from ui.lists.table import Column

ASK, FOUND, NOBODY, GONE, UNREAD = "ask", "found", "nobody", "gone", "unread"
TABS = (ASK, FOUND, NOBODY, GONE, UNREAD)
LEAVES = ("escaped", "average", "other")
"""Classes offered to a household that the decision no longer names."""


@dataclass(frozen=True)
class Row:
    """One row of a tab: a line of the decision, a household it no longer names, or a row that could not be read."""

    key: str
    line: Line | None = None
    missing: Missing | None = None
    unread: tuple[int, str, str] = (0, "", "")
    """Row of the file, what stands there, why it could not be read."""


def tabs_of(plan: DecisionPlan) -> dict[str, list[Row]]:
    """Return the rows of each tab; a line that was answered stays where it was asked."""
    lines = [Row(f"{line.place[0]}!{line.place[1]}", line) for line in plan.matched.lines]
    kinds = {ASK: (NEAR, TWICE), FOUND: (MATCHED,), NOBODY: (ABSENT,)}
    found = {tab: [row for row in lines if row.line and row.line.kind in kind] for tab, kind in kinds.items()}
    found[GONE] = [Row(one.home.key, missing=one) for one in plan.matched.missing]
    found[UNREAD] = [Row(f"{row.sheet}!{row.row_number}", unread=(row.row_number, str(row.data.get("head_name") or ""),
                                                                  row.reason)) for row in plan.refused]  # fmt: skip
    return found


def columns() -> list[Column]:
    """Return the columns of all tabs."""
    head = lambda name: say(f"homes.decision.{name}")  # noqa: E731
    return [
        Column("row", head("row"), 52, lambda row: Cell(_number(row), "ink3"), right=True),
        Column("head", head("head"), 170, lambda row: Cell(_head(row), role="medium"), fixed=True),
        Column("village", head("village"), 100, lambda row: Cell(_village(row), "ink2")),
        Column("level", head("level"), 150, _level),
        Column("becomes", head("becomes"), 180, becomes, stretch=True, fixed=True),
    ]  # fmt: skip


def row_words(row: Row) -> str:
    """Return a row in one line: head, village, class."""
    return say("homes.between").join(part for part in (_head(row), _village(row), _level(row).text) if part)


def _number(row: Row) -> str:
    return str(row.line.place[1]) if row.line else str(row.unread[0] or "")


def _head(row: Row) -> str:
    if row.line:
        return str(row.line.data.get("head_name") or "")
    return row.missing.home.shown or say("child.home.no_head") if row.missing else row.unread[1]


def _village(row: Row) -> str:
    if row.missing:
        return village_short(row.missing.home.village)
    return village_short(str(row.line.data.get("village") or "")) if row.line else ""


def _level(row: Row) -> Cell:
    level = row.line.level if row.line else row.missing.home.level if row.missing else ""
    words = _class(level)
    return Cell(f"{words} {row.missing.home.year}" if row.missing else words, "ink2")


def _class(level: str) -> str:
    found = catalogue().lists["household_class"].get(level)
    return found.short if found else ""


def becomes(row: Row) -> Cell:
    """Return what becomes of a row, as a badge and the household meant."""
    if row.missing:
        if not row.missing.level:
            return Cell(chips=(Chip(say("homes.decision.keeps"), "neutral"),))
        return Cell(chips=(Chip(_class(row.missing.level), "ngoc", "checkmark_circle"),))
    if row.line is None:
        return Cell(row.unread[2], "ink2", "note")
    line = row.line
    if line.open:
        key = "twice" if line.kind == TWICE else "which"
        return Cell(chips=(Chip(say(f"homes.decision.{key}", row=line.twin or ""), "nghe", "warning"),))
    if line.skip:
        return Cell(chips=(Chip(say("homes.decision.skipped"), "neutral"),))
    if line.new:
        return Cell(chips=(Chip(say("homes.decision.added"), "cham", "add"),))
    if not line.homes:
        return Cell(say("homes.decision.nobody"), "ink3", "note")
    near = [one.home for one in line.near if one.home.key in line.homes]
    words = home_words(near[0], sum(len(home.children) for home in near)) if near else ""
    return Cell(words, "ink2", "note", (Chip(say("homes.decision.taken"), "ngoc", "checkmark_circle"),))


def home_words(home: Home, children: int | None = None) -> str:
    """Return a household among others: head, village, how many children."""
    who = home.shown or say("child.home.no_head")
    count = say("homes.decision.children", n=len(home.children) if children is None else children)
    return ", ".join(part for part in (who, village_short(home.village), count) if part)


def _apart(home: Home) -> str:
    """Return a household that reads like another: head and first child."""
    who = home.shown or say("child.home.no_head")
    return say("homes.decision.with_child", who=who, child=home.kids[0]) if home.kids else home_words(home)


def answers(row: Row | None) -> Sequence[tuple[str, str]]:
    """Return what can be answered about a row, as (code, words), in the order of the digits."""
    if row is None or (row.line is None and row.missing is None):
        return ()
    if row.missing:
        return (*((code, _class(code)) for code in LEAVES), ("", say("homes.decision.keep")))
    line = row.line
    assert line is not None
    alike = Counter(home_words(one.home) for one in line.near)
    homes = [(one.home.key, _apart(one.home) if alike[home_words(one.home)] > 1 else home_words(one.home))
             for one in line.near]  # fmt: skip
    all_same = [one.home.key for one in line.near if one.likeness is None]
    both = [("all", say("homes.decision.all", n=len(all_same)))] if len(all_same) > 1 else []
    return (*homes, *both, ("new", say("homes.decision.add")), ("skip", say("homes.decision.skip")))


def answer(row: Row, code: str) -> None:
    """Take an answer."""
    if row.missing:
        row.missing.level = code
    elif row.line and code in ("new", "skip"):
        row.line.decide(new=code == "new", skip=code == "skip")
    elif row.line and code == "all":
        row.line.decide(*(one.home.key for one in row.line.near if one.likeness is None))
    elif row.line:
        row.line.decide(code)


def answered(row: Row) -> str:
    """Return the code that was answered."""
    if row.missing:
        return row.missing.level
    line = row.line
    if line is None:
        return ""
    return "new" if line.new else "skip" if line.skip else "all" if len(line.homes) > 1 else "".join(line.homes)
