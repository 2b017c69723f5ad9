"""Which class follows a class when a school year begins. Pure, no I/O.

Rules. What is written is read, never guessed: a class by number goes up by one and keeps how it is written ("5A1" to
"6A1", "lớp 4" to "lớp 5"); where a level ends the new class is the bare number, for who sits together changes. A class
whose text is not understood stays as it is and is shown. After the last class of lower and upper secondary school
nothing follows by itself: a person says what does. A school stays, but one that names only the level left.
Vocabulary and levels are data (``school.toml``).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from cbdesk.paths import resources
from cbdesk.text import fold, nfc

UP, ENTER, RISE, ASK, UNCLEAR = "up", "enter", "rise", "ask", "unclear"
"""One class up, into class 1, into the next level, a person says what follows, the class is not understood."""
ORDER = (ASK, UNCLEAR, ENTER, RISE, UP)


@dataclass(frozen=True, slots=True)
class Next:
    """What follows for one child: ``what`` is a constant of this module, then class, level (``schooling``), school."""

    what: str
    to_class: str = ""
    level: str = ""
    school: str = ""


@cache
def rules() -> dict[str, Any]:
    """Return the data of ``school.toml``."""
    return tomllib.loads((resources() / "catalogue" / "school.toml").read_text(encoding="utf-8"))


def year_of(day: date) -> int:
    """Return the year in which the school year begins that a day asks about."""
    return day.year if day.isoformat()[5:] >= rules()["begins"] else day.year - 1


def grade(written: str) -> int:
    """Return the class by number, 1 to 12; 0 for a kindergarten class or one not understood."""
    found = _number(written)
    return int(found[0]) if found and not _is_age(written, found) and 1 <= int(found[0]) <= _last() else 0


def follows(written: str, level: str, school: str, born: str, year: int) -> Next | None:
    """Return what follows for a child in the school year beginning in ``year``; ``None`` where nothing changes.

    ``level`` is a code of ``schooling`` or "", ``born`` a date as stored or "".
    """
    known, text = rules(), nfc(written)
    first, now = _kindergarten(text), grade(text)
    if level in known["out"]:
        return None
    if level in known["small"] or (not level and (first is not None or not now)):
        age = year - int(born[:4]) if born else 0
        if age == known["enter_age"] or first == "":
            code = _level(1)["code"]
            return Next(ENTER, known["enter_class"], code, _school(school, _level(0), _level(1)))
        return Next(UP, first, level, school) if first and age < known["enter_age"] else None
    if now:
        return _after(text, now, level, school)
    return None if level in known["keeps"] else Next(UNCLEAR, written, level, school)


def choices(written: str) -> tuple[str, ...]:
    """Return the levels a person may choose after the last class of one."""
    now = grade(nfc(written))
    return tuple(_level(now).get("asks", ())) if now else ()


def _after(written: str, now: int, level: str, school: str) -> Next:
    here = _level(now)
    if now == here["to"] and (level not in rules()["keeps"] or now == _last()):
        if "asks" in here:
            return Next(ASK, written, level, school)
        there = _level(now + 1)
        return Next(RISE, str(now + 1), there["code"], _school(school, here, there))
    up = written.replace(str(now), str(now + 1), 1)
    return Next(UP, up, level if level in rules()["keeps"] else here["code"], school)


def _level(number: int) -> Mapping[str, Any]:
    """Return the level of a class; 0 is the kindergarten."""
    return next(one for one in rules()["level"] if one["from"] <= number <= one["to"])


def _last() -> int:
    return int(rules()["level"][-1]["to"])


def _number(written: str) -> re.Match[str] | None:
    return re.search(r"\d+", written)


def _is_age(written: str, number: re.Match[str]) -> bool:
    return fold(written[number.end():]).startswith(fold(rules()["age"]))


def _kindergarten(written: str) -> str | None:
    """Return the kindergarten class after one, "" after the last, ``None`` for a class not understood."""
    number = _number(written)
    if number and _is_age(written, number):
        after = int(number[0]) + 1
        up = f"{written[: number.start()]}{after}{written[number.end():]}"
        return up if after < rules()["enter_age"] else ""
    for row in rules()["names"]:
        for at, name in enumerate(row):
            found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", written, re.IGNORECASE)
            if found:
                last = at + 1 == len(row)
                return "" if last else f"{written[: found.start()]}{row[at + 1]}{written[found.end():]}"
    return None


def _school(school: str, left: Mapping[str, Any], entered: Mapping[str, Any]) -> str:
    """Return the school in the next level: "" where it names the level left and not the one entered."""
    return "" if _names(school, left) and not _names(school, entered) else school


def _names(school: str, level: Mapping[str, Any]) -> bool:
    words = " ".join(re.findall(r"\w+", fold(school)))
    return any(re.search(rf"\b{fold(one)}\b", words) for one in level["words"])
