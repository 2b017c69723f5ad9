"""What stands in a cell of a form a superior sent: a target of its columns and a child give text, number or day.

Pure data, no I/O. People are the dicts of ``report.make``. Rules: sensitive groups and risks are never named and give
no cross; they count among the children of special circumstances (a total would be wrong without them) and nowhere by
name. Papers are Vietnamese whatever the window speaks. Children whose day of birth is not known are taken for the
youngest they can be, as on lists.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from cbdesk import dates, text
from cbdesk.catalogue import Catalogue, Choice
from cbdesk.matching import village_key
from cbdesk.paths import resources
from cbdesk.roll import ACTIVE, Person, why_outside

COUNT = "count"
"""A target that counts; conditions follow a colon: ``count:female+poor+0-5``."""
LISTS = ("all", "special", "at_risk")
_AGES = re.compile(r"(\d{1,2})-(\d{1,2})")
_GROUP = "group."
CONDITIONS = ("male", "female", "poor", "near_poor", "special", "at_risk", "minority")


@cache
def data() -> Mapping[str, Any]:
    """Return the wordings of forms."""
    return tomllib.loads((resources() / "catalogue" / "superior.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Who:
    """Which children a form is filled with.

    ``listed``: one of ``LISTS``; ``ages`` (from, to) in full years; ``villages`` are ids ("" for none); ``classes``
    codes of households; ``children`` ids chosen by hand. Empty means no restriction.
    """

    listed: str = "all"
    ages: tuple[int, int] | None = None
    villages: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    children: tuple[str, ...] = ()


class Told:
    """What forms ask of one child, worked out once."""

    def __init__(self, person: Person, catalogue: Catalogue, today: date) -> None:
        self.person, self.child = person, person["child"]
        self.today = today
        self.ages = dates.age_range(self.child.get("born"), today)
        home = person.get("household")
        self.home = str(home["class"]) if home else ""
        self.groups = _open(person, "circumstance", today)
        self.risks = _open(person, "risk", today)
        self.named_groups = _ordinary(catalogue, "group", self.groups)
        self.named_risks = _ordinary(catalogue, "risk", self.risks)
        counted = catalogue.lists["household_class"].get(self.home)  # poverty is a risk told by the household
        poverty = str(counted.extra.get("risk") or "") if counted else ""
        if poverty and poverty not in self.risks:
            self.named_risks = [*_ordinary(catalogue, "risk", (poverty,)), *self.named_risks]

    @property
    def age(self) -> int | None:
        """Return the age in full years, the lowest possible."""
        return self.ages[0] if self.ages else None

    def holds(self, condition: str, catalogue: Catalogue) -> bool:
        """Return whether a condition of a count holds."""
        if match := _AGES.fullmatch(condition):
            low, high = int(match[1]), int(match[2])
            every = low == 0 and high + 1 >= catalogue.threshold("child_age", self.today)  # a day unknown matters not
            return every or (self.age is not None and low <= self.age <= high)
        if condition.startswith(_GROUP):
            family = catalogue.lists["group"].family(condition.removeprefix(_GROUP))
            return any(code in family for code in self.groups)
        tests: Mapping[str, Callable[[], bool]] = {
            "male": lambda: self.child.get("sex") == "male",
            "female": lambda: self.child.get("sex") == "female",
            "poor": lambda: self.home == "poor",
            "near_poor": lambda: self.home == "near_poor",
            "special": lambda: bool(self.groups),
            "at_risk": lambda: bool(self.risks or self.named_risks),
            "minority": lambda: self.child.get("ethnicity") not in (None, "", data()["majority"]["ethnicity"]),
        }
        return bool(tests[condition]())


def _open(person: Person, form: str, today: date) -> tuple[str, ...]:
    """Return the codes of a child that hold today."""
    told = (one for one in person.get("episodes", ()) if one["form"] == form and one.get("code"))
    return tuple(dict.fromkeys(
        str(one["code"]) for one in told
        if ACTIVE["at_end"](str(one.get("from") or ""), str(one.get("to") or ""), today, today)
    ))  # fmt: skip


def _ordinary(catalogue: Catalogue, name: str, codes: Sequence[str]) -> list[Choice]:
    """Return the choices of codes that anybody may see, the particular ones instead of the general."""
    known = catalogue.lists[name]
    found = [one for one in map(known.get, codes) if one is not None and not one.sensitive]
    parents = {one.parent for one in found if one.parent}
    printed = (known.printable(one.code) or one for one in found if one.code not in parents)
    return list({one.code: one for one in sorted(printed, key=lambda one: one.order)}.values())


def chosen(people: Iterable[Person], who: Who, catalogue: Catalogue, today: date) -> tuple[list[Told], int]:
    """Return the children a form is filled with, by village and name, and how many are kept apart.

    Kept apart are children who are on the list asked for only by what is sensitive: they count, they are not named.
    """
    report = catalogue.reports["special"]
    found, apart = list[Told](), 0
    for person in people:
        if why_outside(report, person["child"], today, catalogue):
            continue
        one = Told(person, catalogue, today)
        if not _fits(one, who):
            continue
        on, named = (one.groups, one.named_groups) if who.listed == "special" else (one.risks, one.named_risks)
        if who.listed != "all" and not named:
            apart += bool(on)
            continue
        found.append(one)
    return sorted(found, key=_place), apart


def counted(people: Iterable[Person], who: Who, catalogue: Catalogue, today: date) -> list[Told]:
    """Return the children a form of figures counts, those kept apart on lists included."""
    report = catalogue.reports["special"]
    here = (one for one in people if not why_outside(report, one["child"], today, catalogue))
    told = (Told(one, catalogue, today) for one in here)
    on = None if who.listed == "all" else who.listed
    return [one for one in told if _fits(one, who) and (on is None or one.holds(on, catalogue))]


def _fits(one: Told, who: Who) -> bool:
    aged = who.ages is None or (one.age is not None and who.ages[0] <= one.age <= who.ages[1])
    return (
        aged
        and (not who.villages or str(one.child.get("village") or "") in who.villages)
        and (not who.classes or one.home in who.classes)
        and (not who.children or str(one.child["id"]) in who.children)
    )


def _place(one: Told) -> tuple[Any, ...]:
    """Sort by village (its own order, else its name; no village last), then by name."""
    village, name = str(one.person.get("village_name") or ""), str(one.child.get("full_name") or "")
    place = (not village, one.person.get("village_order") or 0, text.collate_key(village))
    return (*place, not name, text.name_key(name), str(one.child["id"]))


def number(told: Iterable[Told], target: str, catalogue: Catalogue) -> int:
    """Return how many children a target such as ``count:female+poor`` counts."""
    conditions = [one for one in target.partition(":")[2].split("+") if one]
    return sum(all(one.holds(condition, catalogue) for condition in conditions) for one in told)


def knows_count(target: str, catalogue: Catalogue) -> bool:
    """Return whether a counting target exists; sensitive groups cannot be counted by name."""
    if target.partition(":")[0] != COUNT:
        return False
    groups = catalogue.lists["group"]
    for one in target.partition(":")[2].split("+"):
        choice = groups.get(one.removeprefix(_GROUP)) if one.startswith(_GROUP) else None
        if not (one in ("", *CONDITIONS) or _AGES.fullmatch(one) or (choice and not choice.sensitive)):
            return False
    return True


# --- cells of a list ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filled:
    """What a cell says: its text, and where it is a whole known day that day, where a number that number."""

    text: str = ""
    day: date | None = None
    number: int | None = None


class Cells:
    """Makes the cells of children; ``commune`` is the name of the unit."""

    def __init__(self, catalogue: Catalogue, commune: str) -> None:
        self._catalogue, self._commune = catalogue, commune

    def cell(self, told: Told, target: str, place: int) -> Filled:
        """Return what a target says of a child; ``place`` is the number of the row."""
        name, _, code = target.partition("=")
        if code:
            return Filled(data()["tick"]["mark"]) if self._crossed(told, name, code) else Filled()
        if target == "number":
            return Filled(str(place), number=place)
        if target == "age":
            return self._age(told)
        if target.partition("@")[0] in ("born", "born_day", "born_month", "born_year"):
            return self._born(told, target)
        return Filled(_clean(self._text(told, target)))

    def _crossed(self, told: Told, name: str, code: str) -> bool:
        if name == "sex":
            return bool(told.child.get("sex") == code)
        if name == "household_class":
            return told.home == code
        known = self._catalogue.lists["group" if name == "groups" else "risk"]
        family = known.family(code)
        named = told.named_groups if name == "groups" else told.named_risks
        return any(one.code in family for one in named)

    def _age(self, told: Told) -> Filled:
        if told.ages is None:
            return Filled()
        low, high = told.ages
        return Filled(str(low), number=low) if low == high else Filled(f"{low}–{high}")

    def _born(self, told: Told, target: str) -> Filled:
        kind, _, sex = target.partition("@")
        born = str(told.child.get("born") or "")
        if not born or (sex and told.child.get("sex") != sex):
            return Filled()
        if kind == "born":
            return Filled(dates.show_date(born), dates.earliest(born) if len(born) == 10 else None)
        part = [*born.split("-"), "", ""][("born_year", "born_month", "born_day").index(kind)]
        return Filled(part, number=int(part) if part.isdigit() else None)

    def _text(self, told: Told, target: str) -> str:
        child = told.child
        if target in ("family_and_middle", "given_name"):
            before, _, last = str(child.get("full_name") or "").rpartition(" ")
            return before if target == "family_and_middle" else last
        if target in ("groups", "risks"):
            return "; ".join(map(_short, told.named_groups if target == "groups" else told.named_risks))
        makers: Mapping[str, Callable[[Told], str]] = {
            "full_name": lambda one: one.child.get("full_name") or one.child.get("usual_name") or "",
            "village": lambda one: str(one.person.get("village_name") or ""),
            "commune": lambda one: self._commune,
            "address": self._address,
            "address_old": self._address,
            "household_class": lambda one: self._label("household_class", one.home),
            "father_name": lambda one: _carer(one, "father"),
            "mother_name": lambda one: _carer(one, "mother"),
            "parents": _parents,
            "carer_name": _main_carer,
            "head": lambda one: str(one.person.get("head") or ""),
            "supports": self._supports,
        }
        if target in makers:
            return makers[target](told)
        form = self._catalogue.forms["child"]
        item = form.field(target) if form.has(target) else None
        if item is None or item.sensitive:
            return ""
        value = child.get(target)
        if item.kind == "choice":
            return self._label(str(item.choices), str(value or ""))
        return dates.show_date(value) if item.kind == "date" else str(value or "")

    def _address(self, told: Told) -> str:
        told_of = told.child.get("address") or told.child.get("address_old")
        return str(told_of or ", ".join(one for one in (told.person.get("village_name"), self._commune) if one))

    def _supports(self, told: Told) -> str:
        found = []
        for one in told.person.get("supports", ()):
            if ACTIVE["at_end"](str(one.get("from") or ""), str(one.get("to") or ""), told.today, told.today):
                found.append(self._label("support_kind", str(one.get("kind") or "")) or str(one.get("detail") or ""))
        return "; ".join(dict.fromkeys(one for one in found if one))

    def _label(self, name: str, code: str) -> str:
        choice = self._catalogue.lists[name].get(code)
        return "" if choice is None or code == "unknown" or choice.sensitive else _short(choice)


def _short(choice: Choice) -> str:
    return choice.shorts.get("vi") or choice.labels["vi"]


def _carer(told: Told, relation: str) -> str:
    return next((str(one.get("full_name") or "") for one in told.person.get("carers", ())
                 if one.get("relation") == relation), "")  # fmt: skip


def _parents(told: Told) -> str:
    words = data()["words"]
    named = ((words[kin], _carer(told, kin)) for kin in ("father", "mother"))
    return "; ".join(f"{kin}: {name}" for kin, name in named if name)


def _main_carer(told: Told) -> str:
    people = [one for one in told.person.get("carers", ()) if one.get("full_name")]
    main = [one for one in people if one.get("main_carer")] or people
    return str(main[0]["full_name"]) if main else ""


def _clean(value: object) -> str:
    return text.tidy("".join(one if one.isprintable() else " " for one in str(value or "")))


def same_village(one: str, other: str) -> bool:
    """Return whether two names mean one village."""
    return bool(one) and village_key(one) == village_key(other)
