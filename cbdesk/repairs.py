"""What is proposed for a row that has something wrong: at most one repair a field, the plainest one.

Rules. A proposal is made of what stands in the file (a month that exists, day and month turned round, the sex inside
the personal number, a name in the next column) or in the register (a village of nearly the same name); nothing is
guessed beyond that. Vietnamese dates are day first, so an impossible month may be a day. Where nothing can be
proposed, nothing is: the words of the cell stay in the notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from rapidfuzz import fuzz, process

from cbdesk.catalogue import catalogue
from cbdesk.dates import Understood, age_range, earliest, is_partial, read_date, show_date
from cbdesk.kinds import malformed_id
from cbdesk.matching import village_key
from cbdesk.rows import ImportRow, Note, Repair
from cbdesk.rules import CENTURY_OF_FIRST, SEX_OF_DIGIT
from cbdesk.text import fold, name_case, tidy

NEAR = 80
"""Likeness (0 to 100) of two villages' names, marks aside, from which one is proposed for the other."""

_PARTS = re.compile(r"(\d{1,2})\D+(\d{1,2})\D+(\d{4}|\d{2})")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_AS_DIGITS = str.maketrans("OoIl", "0011", " .-'")
_NAME = re.compile(r"(?:[^\W\d_]+['’]?[^\W\d_]*\s?){2,6}")


def offer(row: ImportRow, *repairs: Repair | None) -> None:
    """Add proposals to a row; of one field the first stands."""
    for one in repairs:
        if one is not None and all(other.field != one.field for other in row.repairs):
            row.repairs = (*row.repairs, one)


# --- dates -------------------------------------------------------------------------------------------------------


def of_date(field: str, found: Understood, written: str, today: date) -> Repair | None:
    """Return what is proposed for a date that cannot be, or whose day and month may be swapped."""
    notes = found.notes
    if "no_such_day" in notes and found.value:
        return _date("date_shorter", field, found.value, written, safe=True)
    if "us_order" in notes:
        turned = _turned(written, found.value, today)
        return _date("date_turned", field, turned, written, waits=found.value is None) if turned else None
    if "no_such_month" in notes and (year := _YEAR.search(written)):
        return _date("date_shorter", field, year[0], written)
    return None


def _date(code: str, field: str, value: str, written: str, *, waits: bool = True, safe: bool = False) -> Repair:
    details = {"value": show_date(value), "written": written}
    return Repair(code, field, {field: value}, written, waits, safe, details=details)


def _turned(written: str, value: str | None, today: date) -> str | None:
    """Return the date with day and month turned round, where that is a day."""
    if value is not None:
        year, month, day = (*value.split("-"), "", "")[:3]
        turned = f"{year}-{day}-{month}"
        return turned if turned != value and is_partial(turned) else None
    match = _PARTS.search(written)
    found = read_date(f"{match[2]}/{match[1]}/{match[3]}", today).value if match else None
    return found if found and len(found) == 10 else None


def judge_age(row: ImportRow, today: date, adult: int) -> None:
    """Mark a child who is no longer one; a birth that lies ahead, or an age that may be above, is told."""
    born = row.data.get("born")
    if not isinstance(born, str):
        return
    first, ages = earliest(born), age_range(born, today)
    if first and first > today:
        row.notes.append(Note("born", "future"))
    elif ages and ages[0] >= adult:
        row.data.setdefault("life_status", "over_16")
        row.notes.append(Note("born", "over_16"))
        details = {"value": show_date(born), "age": ages[0]}
        offer(row, Repair("over_16", "born", {}, show_date(born), False, leave_out=True, details=details))
    elif ages and ages[1] >= adult:
        row.notes.append(Note("born", "maybe_over_16"))


# --- names and numbers -------------------------------------------------------------------------------------------


def of_name(row: ImportRow, beside: Sequence[str]) -> Repair | None:
    """Return what is proposed for a row that is refused for its name; ``beside`` are cells nobody has a use for."""
    if row.refused == "doubtful":
        name = str(row.data["full_name"])
        return Repair("take_name", "full_name", {"full_name": name}, name, details={"value": name})
    if row.refused != "no_name":
        return None
    for text in beside:
        if _NAME.fullmatch(text) and text[:1].isupper():
            name = name_case(tidy(text))
            return Repair("name_beside", "full_name", {"full_name": name}, text, details={"value": name})
    if any(name in row.data for name in ("born", "father_name", "mother_name", "carer_name")):
        words = str(catalogue().reading["placeholder_names"][0])
        name = words[:1].upper() + words[1:]
        return Repair("name_later", "full_name", {"full_name": name}, details={"value": name})
    return None


def of_number(row: ImportRow) -> tuple[Repair, ...]:
    """Return what a proper personal number says of sex and birth year that the row leaves out or contradicts."""
    number = row.data.get("personal_id")
    if not isinstance(number, str) or not number:
        return ()
    if malformed_id(number):
        meant = number.translate(_AS_DIGITS)
        meant = meant.zfill(12) if len(meant) in (10, 11) else meant
        details = {"value": meant, "written": number}
        return () if malformed_id(meant) else (
            Repair("id_digits", "personal_id", {"personal_id": meant}, number, False, details=details),
        )  # fmt: skip
    digit = int(number[3])
    sex, year = SEX_OF_DIGIT[digit % 2], str(CENTURY_OF_FIRST + digit // 2 * 100 + int(number[4:6]))
    found = []
    if row.data.get("sex") != sex:
        said = _sex(row.data.get("sex"))
        if said:
            row.notes.append(Note("sex", "id_sex"))
        found.append(Repair("sex_by_id", "sex", {"sex": sex}, said, False, details={"value": _sex(sex)}))
    if not row.data.get("born"):
        found.append(Repair("born_by_id", "born", {"born": year}, "", False, details={"value": year}))
    elif str(row.data["born"])[:4] != year:
        row.notes.append(Note("personal_id", "id_year", {"year": year}))
    return tuple(found)


def _sex(code: object) -> str:
    return catalogue().lists["sex"].label(str(code)) if code else ""


# --- villages ----------------------------------------------------------------------------------------------------


def of_villages(rows: Iterable[ImportRow], known: Iterable[str]) -> None:
    """Propose for each village the register does not have the one of nearly the same name; numbers must agree."""
    names = {village_key(name): name for name in known if name}
    bare = {key: _bare(name) for key, name in names.items()}
    nearest: dict[str, str | None] = {}
    for row in rows:
        written = row.data.get("village")
        if not isinstance(written, str) or not written or village_key(written) in names:
            continue
        if written not in nearest:
            nearest[written] = _nearest(_bare(written), bare)
        if key := nearest[written]:
            name = names[key]
            details = {"value": name, "written": written}
            offer(row, Repair("village_near", "village", {"village": name}, written, details=details))


def _bare(village: str) -> str:
    """Return a village's name without marks and the word for its kind."""
    name = fold(village)
    kinds = (fold(kind) + " " for kind in catalogue().reading["village_types"])
    return next((name.removeprefix(kind) for kind in kinds if name.startswith(kind)), name)


def _nearest(written: str, known: Mapping[str, str]) -> str | None:
    digits = re.findall(r"\d+", written)
    fitting = {key: name for key, name in known.items() if re.findall(r"\d+", name) == digits}
    found = process.extractOne(written, fitting, scorer=fuzz.ratio, score_cutoff=NEAR)
    return str(found[2]) if found else None

