"""The children's list without its widgets: columns, cells, filters, what goes to Excel.

Rules. Filters combine with *and*; several values of one filter with *or*. What must be kept secret is never told in a
cell but as one word with a padlock, and is left out of what goes to Excel. Partial dates and estimated ages are
lighter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from cbdesk import clock, dates, text
from cbdesk.catalogue import catalogue
from cbdesk.desk import ChildRow
from cbdesk.desk.lists import GAPS
from cbdesk.words import say
from ui.lists.cells import Cell, Chip, Mark
from ui.lists.table import Column

FILTERS = ("village", "group", "risk", "age", "status", "missing")
AGES: tuple[tuple[str, int, int], ...] = (("0 – 5", 0, 5), ("6 – 10", 6, 10), ("11 – 15", 11, 15), ("0 – 15", 0, 15),
                                          ("16 +", 16, 200))  # fmt: skip
SOON, PAST, PAST_DAYS = "soon_16", "past_16", 90
SOON_DAYS = 31
MONTH = "16:"
"""Before a month (``16:2026-10``): who turns 16 in it."""
HERE, AWAY, ANY, MINE = "here", "away", "any", "mine"


@dataclass(frozen=True)
class Shown:
    """One row of the list: the child, whether a draft waits, and cells made once."""

    child: ChildRow
    draft: bool = False
    why: str = ""
    """Why a search found the child, where it was not by name."""


@dataclass
class Filters:
    """The values in force, by filter; an empty tuple is off."""

    chosen: dict[str, tuple[str, ...]] = field(default_factory=lambda: {"status": (HERE,)})

    def get(self, name: str) -> tuple[str, ...]:
        """Return the values of one filter."""
        return self.chosen.get(name, ())

    def put(self, name: str, values: Iterable[str]) -> None:
        """Set the values of one filter."""
        self.chosen[name] = tuple(values)

    def clear(self) -> None:
        """Take all values away, also the one set at the beginning."""
        self.chosen = {}

    def any(self) -> bool:
        """Return whether any filter is on."""
        return any(self.chosen.values())

    def hold(self, row: ChildRow, today: date) -> bool:
        """Return whether a child passes all filters."""
        return all(TESTS[name](row, values, today) for name, values in self.chosen.items() if values)


def _age_test(row: ChildRow, values: Sequence[str], today: date) -> bool:
    for value in values:
        if (value == SOON and turns_16_soon(row, today)) or (value == PAST and turned_16(row, today)):
            return True
        if value.startswith(MONTH) and str(dates.reaches(row.born, 16)).startswith(value.removeprefix(MONTH)):
            return True
        low, high = next(((low, high) for words, low, high in AGES if words == value), (-1, -1))
        if row.age is not None and row.age[0] <= high and row.age[1] >= low:
            return True
    return False


TESTS: Mapping[str, Callable[[ChildRow, Sequence[str], date], bool]] = {
    "village": lambda row, values, _today: row.village in values or (MINE in values and row.mine),
    "group": lambda row, values, _today: any(one in values for one in row.circumstances) or (
        ANY in values and row.special),
    "risk": lambda row, values, _today: any(one in values for one in row.risks) or (ANY in values and row.at_risk),
    "age": _age_test,
    "status": lambda row, values, _today: any(
        row.here if one == HERE else row.here and row.away if one == AWAY else row.status == one for one in values),
    "missing": lambda row, values, _today: any(bool(row.missing) if one == ANY else one in row.missing
                                               for one in values),
}  # fmt: skip


def turns_16_soon(row: ChildRow, today: date) -> date | None:
    """Return the day a child reaches 16 if that is within 31 days, else ``None``."""
    day = dates.reaches(row.born, 16) if row.born else None
    return day if day is not None and timedelta() <= day - today <= timedelta(days=SOON_DAYS) else None


def turned_16(row: ChildRow, today: date) -> date | None:
    """Return the day a child reached 16 if that was less than 90 days ago, else ``None``."""
    day = dates.reaches(row.born, 16) if row.born else None
    return day if day is not None and timedelta() < today - day < timedelta(days=PAST_DAYS) else None


def village_short(name: str) -> str:
    """Return a hamlet's name without the word for hamlet, which the head says."""
    return name.removeprefix(say("children.village_drops"))


def age_words(row: ChildRow) -> str:
    """Return the age as the table shows it: ``11``, ``~11``, ``3 th`` under one year, or nothing."""
    if row.age is None:
        return ""
    low, high = row.age
    if row.months is not None and row.months < 12 and low == high == 0:
        return say("children.months", n=row.months)
    return say("children.years", n=low) if low == high else say("children.about_years", n=high)


def sentence(words: str) -> str:
    """Return words with a capital at the beginning."""
    return words[:1].upper() + words[1:]


def inside(words: str) -> str:
    """Return words with a small letter at the beginning, as inside a sentence; abbreviations stay (BHYT)."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def label(choices: str, code: str) -> str:
    """Return the short words of a code, or nothing for none."""
    found = catalogue().lists[choices].get(code) if code else None
    return found.short if found is not None else ""


def _name(row: Shown) -> Cell:
    if not row.child.name:
        return Cell(say("children.unnamed"), "ink3")
    return Cell(row.child.name, role="medium", find=True)


def _born(row: Shown) -> Cell:
    born = row.child.born
    return Cell(dates.show_date(born), "ink" if len(born) == 10 else "ink3")


def _age(row: Shown) -> Cell:
    exact = row.child.age is not None and row.child.age[0] == row.child.age[1]
    return Cell(age_words(row.child), "ink" if exact else "ink3")


def _marks(row: Shown) -> tuple[Mark, ...]:
    found = []
    if row.draft:
        found.append(Mark("edit", "nghe", say("children.draft")))
    if row.child.away:
        found.append(Mark("arrow_right", "ink3", say("children.away")))
    if row.child.missing:
        words = "; ".join(say(f"children.missing.{one}") for one in row.child.missing)
        found.append(Mark("warning", "ngheMark", words))
    return tuple(found)


def _circumstances(row: Shown) -> Cell:
    child = row.child
    chips = [Chip(sentence(one)) for one in child.circumstances]
    if child.sensitive:
        chips.append(Chip(say("children.sensitive"), "man", "lock_closed"))
    words = "; ".join([*filter(None, [row.why]), *(inside(one) for one in child.risks)])
    return Cell(words, "ink2", "note", tuple(chips), _marks(row), find=bool(row.why))


def _born_order(row: Shown) -> tuple[bool, str]:
    return not row.child.born, row.child.born


def _village_order(row: Shown) -> tuple[bool, str]:
    return not row.child.village_name, text.collate_key(row.child.village_name)


def columns() -> list[Column]:
    """Return the columns of the list."""
    head = lambda name: say(f"children.column.{name}")  # noqa: E731
    return [
        Column("name", head("name"), 180, _name, sort=lambda row: "", note=say("children.order_note"), fixed=True),
        Column("born", head("born"), 80 + 14, _born, sort=_born_order),
        Column("age", head("age"), 32 + 14, _age, right=True, sort=_born_order),
        Column("sex", head("sex"), 58, lambda row: Cell(label("sex", row.child.sex), "ink2"),
               sort=lambda row: row.child.sex),
        Column("ethnicity", head("ethnicity"), 66, lambda row: Cell(label("ethnicity", row.child.ethnicity), "ink2"),
               sort=lambda row: text.collate_key(label("ethnicity", row.child.ethnicity))),
        Column("village", head("village"), 92, lambda row: Cell(village_short(row.child.village_name), "ink2"),
               sort=_village_order),
        Column("circumstances", head("circumstances"), 160, _circumstances, stretch=True, fixed=True),
    ]  # fmt: skip


def options(name: str, rows: Sequence[ChildRow]) -> list[tuple[str, str]]:
    """Return what a filter can be set to, as (value, words), from the children there are."""
    if name == "village":
        known = {row.village: row.village_name for row in rows if row.village}
        mine = [(MINE, say("children.mine"))] if any(not row.mine for row in rows) else []
        return [*mine, *sorted(((one, village_short(words)) for one, words in known.items()),
                               key=lambda pair: text.collate_key(pair[1]))]  # fmt: skip
    if name in ("group", "risk"):
        found = {one for row in rows for one in (row.circumstances if name == "group" else row.risks)}
        return [(one, one) for one in sorted(found, key=text.collate_key)]
    if name == "age":
        return [*((words, words) for words, _, _ in AGES), (SOON, say("children.soon_16")),
                (PAST, say("children.past_16"))]  # fmt: skip
    if name == "status":
        states = catalogue().lists["life_status"].valid(clock.today())
        return [(HERE, say("children.here")), (AWAY, say("children.away")), *((one.code, one.short) for one in states)]
    return [(ANY, say("children.any_missing")), *((one, say(f"children.missing.{one}")) for one in GAPS)]


def value_words(name: str, values: Sequence[str], rows: Sequence[ChildRow]) -> str:
    """Return the values in force as the chip shows them."""
    known = dict(options(name, rows)) | {ANY: say("children.any_missing")}
    months = {one: say("children.month_16", month=dates.show_date(one.removeprefix(MONTH))) for one in values
              if one.startswith(MONTH)}  # fmt: skip
    words = [(known | months).get(value, value) for value in values]
    if len(words) < 2:
        return words[0] if words else ""
    return say("children.chip.several", first=words[0], n=len(words) - 1)


def sheet_row(row: Shown, names: Sequence[str]) -> list[object]:
    """Return one row for Excel; full dates as dates, nothing that must be kept secret."""
    child = row.child
    whole = len(child.born) == 10
    cells: dict[str, Any] = {
        "name": child.name,
        "born": date.fromisoformat(child.born) if whole else dates.show_date(child.born),
        "age": child.age[0] if child.age and child.age[0] == child.age[1] else age_words(child),
        "sex": label("sex", child.sex),
        "ethnicity": label("ethnicity", child.ethnicity),
        "village": child.village_name,
        "circumstances": "; ".join([*child.circumstances, *child.risks]),
    }
    return [cells[name] for name in names]
