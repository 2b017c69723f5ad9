"""What is missing, contradicting or doubtful about the children of a register. Pure: rows in, faults out.

* A fault is a code with words, group and the field where it is put right (``resources/catalogue/quality.toml``); what
  a code means is one small function here, named by ``check``.
* Judged are the children who live here. Of one who has turned 16 only that is told, until the residence says so too.
* A contradiction is asked about, never refused: a number may be right and the sex wrong. Malformed numbers stay as
  they were written.
* A date known in part is doubtful only where it certainly matters: "under 6" is the oldest the child can be.

Source: Công văn 2513/LĐTBXH-TTTT (no number, malformed number, missing or wrong basic data).
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from cbdesk import dates, kinds, rules, text, words
from cbdesk.catalogue import catalogue
from cbdesk.paths import resources

GROUPS = ("identity", "papers", "school", "age", "doubt")
IDENTITY = "identity"

Row = Mapping[str, Any]
"""A child: fields of the form ``child`` that are judged (``FIELDS``), and ``carers``: rows of relation, full_name,
born."""

FIELDS = ("id", "full_name", "born", "sex", "ethnicity", "personal_id", "village", "life_status", "birth_cert",
          "school", "class", "schooling", "health_card", "card_until", "household")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fault. ``ask`` is what the police are asked for: fields, or ``parents``."""

    code: str
    group: str
    field: str
    check: str
    titles: Mapping[str, str]
    ask: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Return the words in the language in force."""
        return words.pick(self.titles)


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault and the children who have it, in the order they were given."""

    code: str
    title: str
    group: str
    field: str
    ids: tuple[str, ...]

    @property
    def count(self) -> int:
        """Return how many children have it."""
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Quality:
    """What was found: children judged, every kind of fault (also those nobody has), counts by village and code.

    ``whole`` counts the children without any fault. In ``by_village`` the key "" stands for no village.
    """

    children: int
    whole: int
    faults: tuple[Fault, ...]
    by_village: Mapping[str, Mapping[str, int]]

    def as_dict(self) -> dict[str, Any]:
        """Return the shape of the command line."""
        return {
            "children": self.children,
            "whole": self.whole,
            "faults": [
                {"code": one.code, "group": one.group, "title": one.title, "field": one.field, "count": one.count,
                 "ids": list(one.ids)}
                for one in self.faults
            ],
            "by_village": {village: dict(counts) for village, counts in self.by_village.items()},
        }  # fmt: skip


@cache
def data() -> Mapping[str, Any]:
    """Return the table of faults and its figures."""
    return tomllib.loads((resources() / "catalogue" / "quality.toml").read_text(encoding="utf-8"))


@cache
def fault_kinds() -> Mapping[str, Kind]:
    """Return code to kind, in the order in which people see them."""
    rows = data()["fault"]
    return {
        row["code"]: Kind(
            row["code"], row["group"], row["field"], row["check"], row["title"], tuple(row.get("ask", ()))
        )
        for row in rows
    }


class Judge:
    """Tells the faults of single children; made once for a register, because some faults concern two of them."""

    def __init__(self, rows: Iterable[Row], today: date) -> None:
        numbers = Counter[str]()
        self.households = False
        for row in rows:
            if row.get("personal_id"):
                numbers[row["personal_id"]] += 1
            self.households = self.households or bool(row.get("household"))
        self.today = today
        statuses = catalogue().lists["life_status"].choices
        self._gone = frozenset(one.code for one in statuses if not one.extra.get("here"))
        self.twice = frozenset(number for number, count in numbers.items() if count > 1)
        self.child_age = catalogue().threshold("child_age", today)
        self.card_age = catalogue().threshold("free_card_age", today)
        school = data()["school"]
        began = today.year if today.month >= school["year_begins"] else today.year - 1
        self.school_born = str(began - school["from_age"])
        self._checks = [(one.code, CHECKS[one.check]) for one in fault_kinds().values() if one.check != GROWN]

    def here(self, row: Row) -> bool:
        """Return whether the child lives here; unknown counts as here."""
        return row.get("life_status") not in self._gone

    def faults(self, row: Row) -> tuple[str, ...]:
        """Return the codes of one child, in the order in which people see them; none of one who does not live here."""
        if not self.here(row):
            return ()
        if _grown(row, self):
            return tuple(one.code for one in fault_kinds().values() if one.check == GROWN)
        return tuple(code for code, check in self._checks if check(row, self))


def look(rows: Sequence[Row], today: date, village: str | None = None) -> Quality:
    """Return the faults of all children, or of one village; a number used twice is sought in the whole register."""
    judge = Judge(rows, today)
    found: dict[str, list[str]] = {code: [] for code in fault_kinds()}
    by_village: dict[str, Counter[str]] = {}
    children = whole = 0
    for row in rows:
        place = str(row.get("village") or "")
        if (village is not None and place != village) or not judge.here(row):
            continue
        codes = judge.faults(row)
        children, whole = children + 1, whole + (not codes)
        for code in codes:
            found[code].append(str(row["id"]))
        by_village.setdefault(place, Counter()).update(codes)
    faults = (Fault(one.code, one.title, one.group, one.field, tuple(found[one.code]))
              for one in fault_kinds().values())  # fmt: skip
    return Quality(children, whole, tuple(faults), by_village)


# --- the checks ------------------------------------------------------------------------------------------------------


def _id_missing(row: Row, judge: Judge) -> bool:
    return not row.get("personal_id")


def _id_malformed(row: Row, judge: Judge) -> bool:
    return kinds.malformed_id(row.get("personal_id"))


def _id_twice(row: Row, judge: Judge) -> bool:
    return row.get("personal_id") in judge.twice


def _id_sex(row: Row, judge: Judge) -> bool:
    said = _said_by_id(row)
    return said is not None and row.get("sex") in rules.SEX_OF_DIGIT and row["sex"] != said[0]


def _id_year(row: Row, judge: Judge) -> bool:
    said = _said_by_id(row)
    return said is not None and bool(row.get("born")) and row["born"][:4] != str(said[1])


def _said_by_id(row: Row) -> tuple[str, int] | None:
    number = row.get("personal_id")
    return rules.said_by_id(number) if number and not kinds.malformed_id(number) else None


def _name_missing(row: Row, judge: Judge) -> bool:
    return not row.get("full_name") or kinds.placeholder(row["full_name"])


def _name_doubtful(row: Row, judge: Judge) -> bool:
    name = row.get("full_name") or ""
    if not name or kinds.placeholder(name):
        return False
    return " " not in name.strip() or (not name.replace(" ", "").isalpha() and any(map(str.isdigit, name)))


def _born_missing(row: Row, judge: Judge) -> bool:
    return not row.get("born")


def _born_partial(row: Row, judge: Judge) -> bool:
    return 0 < len(row.get("born") or "") < len("2014-03-05")


def _born_future(row: Row, judge: Judge) -> bool:
    first = dates.earliest(row.get("born"))
    return first is not None and first > judge.today


def _born_estimate(row: Row, judge: Judge) -> bool:
    born = row.get("born") or ""
    return len(born) == 10 and born.endswith("-01-01")


def _sex_missing(row: Row, judge: Judge) -> bool:
    return row.get("sex") not in rules.SEX_OF_DIGIT


def _ethnicity_missing(row: Row, judge: Judge) -> bool:
    return not row.get("ethnicity") or row["ethnicity"] in data()["family"]["unknown_ethnicity"]


def _people(row: Row) -> list[Row]:
    named = (one for one in row.get("carers", ()) if one.get("full_name"))
    return [one for one in named if not kinds.says("unknown", one["full_name"])]


def _parent_missing(row: Row, judge: Judge) -> bool:
    return not _people(row)


def _parent_doubtful(row: Row, judge: Judge) -> bool:
    """Two of one parent, a parent with the child's own name, or one too young to be."""
    parents = [one for one in _people(row) if one.get("relation") in data()["family"]["born_to"]]
    if not parents:
        return False
    if len({one["relation"] for one in parents}) < len(parents):
        return True
    own = text.match_key(row.get("full_name") or "")
    return any(text.match_key(one["full_name"]) == own or _too_young(one, row) for one in parents)


def _too_young(parent: Row, child: Row) -> bool:
    if not parent.get("born") or not child.get("born"):
        return False
    return bool(int(child["born"][:4]) - int(parent["born"][:4]) < data()["family"]["youngest_parent"])


def _birth_cert_missing(row: Row, judge: Judge) -> bool:
    written = str(row.get("birth_cert") or "")
    return bool(written) and (kinds.says("unknown", written) or kinds.says("no", written))


def _birth_cert_unknown(row: Row, judge: Judge) -> bool:
    return not row.get("birth_cert")


def _health_card_missing(row: Row, judge: Judge) -> bool:
    ages = dates.age_range(row.get("born"), judge.today)
    return not row.get("health_card") and ages is not None and ages[1] < judge.card_age


def _card_expired(row: Row, judge: Judge) -> bool:
    last = dates.latest(row.get("card_until"))
    return last is not None and last < judge.today


def _school_age(row: Row, judge: Judge) -> bool:
    return bool(row.get("born")) and row["born"][:4] <= judge.school_born


def _school_out(row: Row, judge: Judge) -> bool:
    return row.get("schooling") in data()["school"]["out"] and _school_age(row, judge)


def _school_unknown(row: Row, judge: Judge) -> bool:
    said = row.get("schooling") or row.get("school") or row.get("class")
    return not said and _school_age(row, judge)


def _grown(row: Row, judge: Judge) -> bool:
    day = dates.reaches(row.get("born"), judge.child_age)
    return day is not None and day <= judge.today


def _village_missing(row: Row, judge: Judge) -> bool:
    return not row.get("village")


def _household_missing(row: Row, judge: Judge) -> bool:
    """No household, in a register that keeps households."""
    return judge.households and not row.get("household")


GROWN = "grown"
CHECKS: Mapping[str, Callable[[Row, Judge], bool]] = {
    "id_missing": _id_missing, "id_malformed": _id_malformed, "id_twice": _id_twice, "id_sex": _id_sex,
    "id_year": _id_year, "name_missing": _name_missing, "name_doubtful": _name_doubtful,
    "born_missing": _born_missing, "born_partial": _born_partial, "born_future": _born_future,
    "born_estimate": _born_estimate, "sex_missing": _sex_missing, "ethnicity_missing": _ethnicity_missing,
    "parent_missing": _parent_missing, "parent_doubtful": _parent_doubtful,
    "birth_cert_missing": _birth_cert_missing, "birth_cert_unknown": _birth_cert_unknown,
    "health_card_missing": _health_card_missing, "card_expired": _card_expired, "school_out": _school_out,
    "school_unknown": _school_unknown, GROWN: _grown, "village_missing": _village_missing,
    "household_missing": _household_missing,
}  # fmt: skip
