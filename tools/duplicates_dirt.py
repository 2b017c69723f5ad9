"""Dirt for measuring the search for duplicates: what people do to a child's row, one kind a function, and who is none.

Chosen apart from the weights, from how lists come about: typed from memory, from another paper, by ear, on a keyboard
without Vietnamese, out of a file in an old encoding. ``OTHERS`` make children who look like a child and are another.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from cbdesk.old_list import tcvn3
from cbdesk.text import fold

Row = dict[str, Any]
TONES = "\u0300\u0301\u0303\u0309\u0323"
CUSTOM = {"male": ("Văn", "A", "Seo", "Mí", ""), "female": ("Thị", "Mùi", "")}
EAR = (("x", "s"), ("s", "x"), ("tr", "ch"), ("ch", "tr"), ("gi", "d"), ("d", "gi"), ("l", "n"), ("ph", "p"))
LOOK_ALIKE = (("m", "rn"), ("l", "i"), ("h", "b"), ("ê", "ẽ"), ("ă", "ä"), ("g", "q"), ("n", "u"))
PET = ("Tí", "Bin", "Cún", "Mèo", "Út")


# --- the name --------------------------------------------------------------------------------------------------------


def _words(row: Row) -> list[str]:
    return str(row.get("full_name") or "").split()


def _one_word(row: Row, by: random.Random, change: Callable[[str], str]) -> None:
    """Change one word of the name, the family name rarely."""
    words = _words(row)
    at = by.randrange(1, len(words)) if len(words) > 1 and by.random() < 0.8 else 0
    words[at] = unicodedata.normalize("NFC", change(words[at]))
    row["full_name"] = " ".join(words)


def no_marks(row: Row, by: random.Random) -> None:
    """Typed without Vietnamese."""
    row["full_name"] = by.choice((str.upper, str.title))(fold(" ".join(_words(row))))


def capitals(row: Row, by: random.Random) -> None:
    """Capitals, and letters taken apart."""
    row["full_name"] = unicodedata.normalize(by.choice(("NFC", "NFD")), " ".join(_words(row)).upper())


def tone_lost(row: Row, by: random.Random) -> None:
    """One tone left out."""
    _one_word(row, by, lambda w: "".join(c for c in unicodedata.normalize("NFD", w) if c not in TONES))


def tone_wrong(row: Row, by: random.Random) -> None:
    """One tone taken for another."""

    def other(word: str) -> str:
        marks = unicodedata.normalize("NFD", word)
        return "".join(by.choice(TONES.replace(c, "")) if c in TONES else c for c in marks)

    _one_word(row, by, other)


def by_ear(row: Row, by: random.Random) -> None:
    """The given name begun with a letter that sounds the same."""
    words = _words(row)
    for wrote, heard in by.sample(EAR, len(EAR)):
        if words[-1].lower().startswith(wrote) and not words[-1].lower().startswith(wrote + "h"):
            words[-1] = (heard + words[-1][len(wrote) :]).capitalize()
            break
    row["full_name"] = " ".join(words)


def key_slip(row: Row, by: random.Random) -> None:
    """A key lost, pressed twice or swapped with its neighbour."""

    def slip(word: str) -> str:
        at = by.randrange(max(1, len(word) - 1))
        return by.choice((word[:at] + word[at + 1 :], word[: at + 1] + word[at:],
                          word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]))  # fmt: skip

    _one_word(row, by, slip)


def look_alike(row: Row, by: random.Random) -> None:
    """A letter read wrong from a scan."""
    seen, read = by.choice([one for one in LOOK_ALIKE if one[0] in " ".join(_words(row)).lower()] or [("", "")])
    if seen:
        row["full_name"] = " ".join(_words(row)).replace(seen, read, 1)


def old_encoding(row: Row, by: random.Random) -> None:
    """One word left in TCVN3."""
    _one_word(row, by, tcvn3)


def glued(row: Row, by: random.Random) -> None:
    """A space lost or put a letter too far."""
    words = _words(row)
    at = by.randrange(1, len(words)) if len(words) > 1 else 0
    whole = " ".join(words[:at]), " ".join(words[at:])
    if at:
        row["full_name"] = by.choice((f"{whole[0]}{whole[1]}", f"{whole[0][:-1]} {whole[0][-1]}{whole[1]}"))


def pet_name(row: Row, by: random.Random) -> None:
    """What the child is called at home, in brackets."""
    row["full_name"] = f"{' '.join(_words(row))} ({by.choice(PET)})"


def custom(row: Row, by: random.Random) -> None:
    """The customary middle name dropped or another one."""
    words, known = _words(row), CUSTOM.get(row.get("sex") or "", ("",))
    if len(words) > 1:
        rest = [word for word in words[1:-1] if word not in known]
        row["full_name"] = " ".join(filter(None, [words[0], by.choice(known), *rest, words[-1]]))


def middle_lost(row: Row, by: random.Random) -> None:
    """A middle name left out."""
    words = _words(row)
    if len(words) > 2:
        row["full_name"] = " ".join(words[:1] + words[2:])


def wrong_columns(row: Row, by: random.Random) -> None:
    """Family and middle name in each other's column."""
    words = _words(row)
    if len(words) > 2:
        row["full_name"] = " ".join([words[1], words[0], *words[2:]])


def mothers_family(row: Row, by: random.Random) -> None:
    """The mother's family name."""
    mother = str(row.get("mother_name") or "").split()
    if mother:
        row["full_name"] = " ".join([mother[0], *_words(row)[1:]])


# --- the birth date --------------------------------------------------------------------------------------------------


def _day(row: Row) -> date | None:
    born = str(row.get("born") or "")
    return date.fromisoformat(born) if len(born) == 10 else None


def year_only(row: Row, by: random.Random) -> None:
    """Only the year, perhaps as the first of January."""
    row["born"] = str(row.get("born") or "")[:4] + by.choice(("", "-01-01"))


def month_only(row: Row, by: random.Random) -> None:
    """Only month and year."""
    row["born"] = str(row.get("born") or "")[:7]


def no_date(row: Row, by: random.Random) -> None:
    """No birth date."""
    row.pop("born", None)


def swapped(row: Row, by: random.Random) -> None:
    """Day and month in each other's place."""
    day = _day(row)
    if day and day.day <= 12:
        row["born"] = date(day.year, day.day, day.month).isoformat()


def day_slip(row: Row, by: random.Random) -> None:
    """A day or ten days off."""
    if day := _day(row):
        row["born"] = (day + timedelta(days=by.choice((-1, 1, 10, -10)))).isoformat()


def year_slip(row: Row, by: random.Random) -> None:
    """The year before or after."""
    born = str(row.get("born") or "")
    if len(born) >= 4 and not born.endswith("02-29"):
        row["born"] = f"{int(born[:4]) + by.choice((-1, 1))}{born[4:]}"


# --- the rest --------------------------------------------------------------------------------------------------------


def village_moved(row: Row, by: random.Random) -> None:
    """Lives in another village now."""
    row["village"] = row.pop("_next_village", row.get("village"))


def mother_mistyped(row: Row, by: random.Random) -> None:
    """The mother's name without marks, or without its customary part."""
    mother = str(row.get("mother_name") or "")
    row["mother_name"] = by.choice((fold(mother).title(), mother.replace(" Thị ", " ").replace(" Mùi ", " ")))


def no_mother(row: Row, by: random.Random) -> None:
    """No mother's name."""
    row.pop("mother_name", None)


def no_parents(row: Row, by: random.Random) -> None:
    """No parents' names."""
    row.pop("mother_name", None)
    row.pop("father_name", None)


def no_sex(row: Row, by: random.Random) -> None:
    """No sex."""
    row.pop("sex", None)


def plain(row: Row, by: random.Random) -> None:
    """Nothing but what every old list leaves out."""


NAMES = (no_marks, capitals, tone_lost, tone_wrong, by_ear, key_slip, look_alike, old_encoding, glued, pet_name, custom,
         middle_lost, wrong_columns, mothers_family)  # fmt: skip
DATES = (year_only, month_only, no_date, swapped, day_slip, year_slip)
PLACES = (village_moved, mother_mistyped, no_mother, no_parents, no_sex)
KINDS = (plain, *NAMES, *DATES, *PLACES)


def leave_out(row: Row, by: random.Random) -> None:
    """Leave out what most old lists do not have."""
    for name, often in (("personal_id", 0.8), ("phone", 0.6), ("health_card", 0.9), ("ethnicity", 0.2),
                        ("mother_name", 0.2), ("father_name", 0.35)):  # fmt: skip
        if by.random() < often:
            row.pop(name, None)


def soil(row: Row, by: random.Random) -> list[str]:
    """Make a row dirty as lists do; returns the kinds of dirt. Most rows get one or two, names the most."""
    leave_out(row, by)
    chosen = [by.choice(NAMES)] if by.random() < 0.6 else []
    chosen += [by.choice(DATES)] if by.random() < 0.3 else []
    chosen += [by.choice(PLACES)] if by.random() < 0.25 else []
    for kind in chosen:
        kind(row, by)
    return [kind.__name__ for kind in chosen] or [plain.__name__]


# --- children who look like a child and are another ------------------------------------------------------------------


def twin(row: Row, by: random.Random, names: list[str]) -> Row:
    """Born on the same day of the same mother; another given name, or another word before it."""
    words = _words(row)
    if len(words) > 2 and words[1] not in ("Văn", "Thị", "A", "Mùi", "Seo", "Mí") and by.random() < 0.4:
        words[1] = by.choice([name for name in ("Minh", "Hà", "Gia", "Ngọc", "Bảo", "Thu") if name != words[1]])
    else:
        words[-1] = by.choice([name for name in names if fold(name) != fold(words[-1])])
    return {**_new(row), "full_name": " ".join(words)}


def sibling(row: Row, by: random.Random, names: list[str]) -> Row:
    """Of the same house, years apart."""
    words = [*_words(row)[:-1], by.choice([name for name in names if fold(name) != fold(_words(row)[-1])])]
    return {**_new(row), "full_name": " ".join(words), "born": _years_off(row, by)}


def namesake(row: Row, by: random.Random, names: list[str]) -> Row:
    """Same name, another house and year, in the same village or the next."""
    found = {**_new(row), "born": _years_off(row, by), "village": row.get("_next_village", row.get("village"))}
    found["mother_name"] = " ".join([by.choice(("Lý", "Hoàng", "Nông", "Bàn")), "Thị", by.choice(names)])
    found["father_name"] = " ".join([_words(row)[0], "Văn", by.choice(names)])
    return found


def same_year(row: Row, by: random.Random, names: list[str]) -> Row:
    """Same name and year in the next village, another house: what an officer asks about first."""
    found = namesake(row, by, names)
    born = str(row.get("born") or "2015-06-15")
    found["born"] = f"{born[:4]}-{by.randint(1, 12):02d}-{by.randint(1, 28):02d}"
    return found


OTHERS = (twin, sibling, namesake, same_year)


def _new(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in ("personal_id", "health_card", "id")}


def _years_off(row: Row, by: random.Random) -> str:
    year = int(str(row.get("born") or "2015")[:4]) + by.choice((-4, -3, -2, 2, 3, 4))
    return f"{year}-{by.randint(1, 12):02d}-{by.randint(1, 28):02d}"
