"""Dates as people know them: perhaps only a year, perhaps a guess, always day first.

A partial date is ISO text of known precision: ``2014``, ``2014-03``, ``2014-03-05``; such texts sort by themselves.
What was typed is never forced: an impossible day keeps the month, month 00 keeps the year, a lunar date keeps the
year and says so. ``notes`` tell what was assumed; their sentences are ``dates.note.<code>`` and the words understood
stand in ``resources/catalogue/dates.toml``. Where an age depends on an unknown day, the later birth date counts.
Moments are Vietnam time to the minute: ``2026-10-12T05:40``.
"""

from __future__ import annotations

import calendar
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache

from cbdesk.errors import Problem
from cbdesk.paths import resources
from cbdesk.text import fold, tidy

NOTES = (
    "year_only", "month_only", "no_such_day", "no_such_month", "no_such_year", "no_year", "two_digit_year", "lunar",
    "us_order", "age_guess", "about", "first_of_january", "unknown", "unreadable", "no_time", "no_such_time",
    "previous_day",
)  # fmt: skip

_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_SERIAL_ZERO = date(1899, 12, 30)  # day 0 of the 1900 date system after its false 29/02/1900
_YEARS = range(1900, 2101)


@dataclass(frozen=True)
class Understood:
    """What was made of a text: the ISO value or None, codes of what was assumed, and whether it is a guess."""

    value: str | None
    notes: tuple[str, ...] = ()
    estimated: bool = False


@dataclass(frozen=True)
class Period:
    """A period: its name as typed (``2026-10``, ``2026-Q4``, ``2026-H1``, ``2026``, ``2026-10-12``), both end days."""

    text: str
    first: date
    last: date


# --- words -------------------------------------------------------------------------------------------------------


@cache
def _words(table: str, name: str) -> tuple[str, ...]:
    data = tomllib.loads((resources() / "catalogue" / "dates.toml").read_text(encoding="utf-8"))
    return tuple(sorted((fold(w) for w in data[table][name]), key=len, reverse=True))


@cache
def _pattern(table: str, *names: str) -> re.Pattern[str]:
    words = sorted((w for name in names for w in _words(table, name)), key=len, reverse=True)
    return re.compile(r"(?<![a-z])(?:" + "|".join(map(re.escape, words)) + r")(?![a-z])")


@cache
def _age_pattern() -> re.Pattern[str]:
    months, years = ("|".join(map(re.escape, _words("dates", name))) for name in ("months_of_age", "years_of_age"))
    return re.compile(rf"(\d{{1,2}})\s*(?:(?P<months>{months})|(?P<years>{years}))")


# --- reading a date ----------------------------------------------------------------------------------------------


def read_date(v: object, today: date, *, serial: bool = False, future: bool = False) -> Understood:
    """Return the partial date meant by a typed text or a cell (str, int, float, date, None). Never raises.

    ``serial``: the cell stands in a column of dates, so 20000–60000 is an Excel day number. ``future``: two-digit
    years may lie up to twenty years ahead (validity of a card) instead of at most in this year.
    """
    if v is None or v == "":
        return Understood(None)
    if isinstance(v, datetime):
        return _full(v.date())
    if isinstance(v, date):
        return _full(v)
    if isinstance(v, (int, float)) and not isinstance(v, bool):
        return _from_number(v, today, serial=serial, future=future)
    return _from_text(fold(tidy(str(v))), today, serial=serial, future=future)


def _full(day: date) -> Understood:
    return _build(day.year, day.month, day.day, ())


def _from_number(number: float, today: date, *, serial: bool, future: bool) -> Understood:
    whole = int(number) if abs(number) < 1e9 else -1  # not-a-number is never less
    if serial and 20000 <= number <= 60000:
        return _full(_SERIAL_ZERO + timedelta(days=whole))
    if whole != number or whole < 0:
        return Understood(None, ("unreadable",))
    text = str(whole)
    return _from_digits(text.zfill(8) if len(text) == 7 else text, today, future=future)


def _from_text(text: str, today: date, *, serial: bool, future: bool) -> Understood:
    if not text:
        return Understood(None)
    if text in _words("dates", "unknown") or not re.search(r"[a-z0-9]", text):
        return Understood(None, ("unknown",))
    for name, back in (("today", 0), ("yesterday", 1), ("day_before_yesterday", 2)):
        if text in _words("dates", name):
            return Understood((today - timedelta(days=back)).isoformat())
    if _pattern("dates", "lunar").search(text):
        return _lunar(text, today, future=future)
    bare = _pattern("dates", "about").sub(" ", text.replace("~", " ").replace("≈", " ")).strip()
    guessed = bare != text
    if age := _age_pattern().fullmatch(bare):
        return _from_age(int(age[1]), today, months=bool(age["months"]))
    found = _numbers(bare, today, serial=serial, future=future)
    if not guessed or found.value is None:
        return found
    return Understood(found.value, (*found.notes, "about"), estimated=True)


def _lunar(text: str, today: date, *, future: bool) -> Understood:
    bare = re.sub(r"[()\[\]]", " ", _pattern("dates", "lunar").sub(" ", text))
    found = _numbers(bare, today, serial=False, future=future)
    year = found.value or next((m[0] for m in re.finditer(r"(?<!\d)\d{4}(?!\d)", bare) if int(m[0]) in _YEARS), None)
    if year is None:
        return Understood(None, ("lunar", "unreadable"))
    return Understood(year[:4], ("lunar", "year_only"), estimated=True)


def read_age(years: int, today: date) -> Understood:
    """Return the birth year guessed from an age in years, as in a column of ages."""
    return _from_age(years, today, months=False)


def _from_age(age: int, today: date, *, months: bool) -> Understood:
    if months:
        index = today.year * 12 + today.month - 1 - age
        return Understood(f"{index // 12:04d}-{index % 12 + 1:02d}", ("age_guess",), estimated=True)
    return Understood(f"{today.year - age:04d}", ("age_guess",), estimated=True)


@cache
def _months() -> dict[str, int]:
    """Return month names to numbers."""
    data = tomllib.loads((resources() / "catalogue" / "dates.toml").read_text(encoding="utf-8"))
    return {fold(word): int(number) for number, words in data["months"].items() for word in words}


@cache
def _month_pattern() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, _months()), key=len, reverse=True))
    return re.compile(rf"(?<![a-z])({names})(?![a-z])\.?")


def _named_months(text: str) -> str:
    """Return a text with its month by number ("tháng sáu năm 2016", "3-Jun-17"); "Jun 3, 2017" is turned round."""
    bare = _month_pattern().sub(lambda match: f" {_months()[match[1]]} ", text, count=1)
    first = re.fullmatch(r"(\d{1,2}) +(\d{1,2})[ ,]+(\d{4})", bare.strip()) if _month_pattern().match(text) else None
    return f"{first[2]} {first[1]} {first[3]}" if first else bare


def _numbers(text: str, today: date, *, serial: bool, future: bool) -> Understood:
    bare = re.sub(r"[t ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$", "", text)
    bare = _named_months(bare)
    bare = _pattern("dates", "noise", "day_word", "month_word", "year_word").sub(" ", bare)
    parts = [p for p in re.split(r"[\s/.,\-–()\\]+", bare) if p]
    if not parts or not all(p.isascii() and p.isdigit() for p in parts):
        return Understood(None, ("unreadable",))
    if len(parts) == 1:
        if serial and len(parts[0]) == 5:
            return _from_number(float(parts[0]), today, serial=True, future=future)
        return _from_digits(parts[0], today, future=future)
    if len(parts) > 3 or any(len(p) not in (1, 2, 4) for p in parts):
        return Understood(None, ("unreadable",))
    if len(parts[0]) == 4:
        parts.reverse()
    if any(len(p) == 4 for p in parts[:-1]):
        return Understood(None, ("unreadable",))
    return _from_parts(parts, today, future=future)


def _from_parts(parts: list[str], today: date, *, future: bool) -> Understood:
    """Read [day,] month, year; a pair without a year of four digits is a day and a month unless it cannot be."""
    if len(parts) == 2 and len(parts[1]) != 4 and int(parts[1]) <= 12:
        return Understood(None, ("no_year",))
    year, notes = _year(parts[-1], today, future=future)
    day = int(parts[0]) if len(parts) == 3 else 0
    return _build(year, int(parts[-2]), day, notes)


def _from_digits(digits: str, today: date, *, future: bool) -> Understood:
    """Read 2014, 05032014, 20140305, 032014 or 050314."""
    if len(digits) == 4:
        return _build(int(digits), 0, 0, ())
    if len(digits) == 8:
        found = _build(int(digits[4:]), int(digits[2:4]), int(digits[:2]), ())
        turned = _build(int(digits[:4]), int(digits[4:6]), int(digits[6:]), ())
        return turned if found.value is None and turned.value else found
    if len(digits) == 6 and int(digits[2:]) in _YEARS:
        return _build(int(digits[2:]), int(digits[:2]), 0, ())
    if len(digits) == 6:
        year, notes = _year(digits[4:], today, future=future)
        return _build(year, int(digits[2:4]), int(digits[:2]), notes)
    return Understood(None, ("unreadable",))


def _year(text: str, today: date, *, future: bool) -> tuple[int, tuple[str, ...]]:
    if len(text) == 4:
        return int(text), ()
    year = today.year - today.year % 100 + int(text)
    limit = today.year + (20 if future else 0)
    return (year if year <= limit else year - 100), ("two_digit_year",)


def _build(year: int, month: int, day: int, notes: tuple[str, ...]) -> Understood:
    """Return the most precise true date in these numbers; 0 stands for unknown."""
    if year not in _YEARS:
        return Understood(None, (*notes, "no_such_year"))
    if month > 12:
        return Understood(None, (*notes, "us_order" if 1 <= day <= 12 and month <= 31 else "no_such_month"))
    if month == 0:
        return Understood(f"{year:04d}", (*notes, "year_only"))
    if day == 0:
        return Understood(f"{year:04d}-{month:02d}", (*notes, "month_only"))
    if day > calendar.monthrange(year, month)[1]:
        return Understood(f"{year:04d}-{month:02d}", (*notes, "no_such_day"))
    extra = ("first_of_january",) if month == day == 1 else ()
    return Understood(f"{year:04d}-{month:02d}-{day:02d}", (*notes, *extra))


# --- partial dates -----------------------------------------------------------------------------------------------


@lru_cache(maxsize=16_384)
def _parts(iso: str | None) -> tuple[int, int, int] | None:
    """Return (year, month or 0, day or 0) of a proper partial date, else None."""
    match = _ISO.fullmatch(iso or "")
    if not match:
        return None
    year, month, day = (int(g or 0) for g in match.groups())
    if year == 0 or month > 12 or (match[2] and not month) or (match[3] and not day):
        return None
    return (year, month, day) if not day or day <= calendar.monthrange(year, month)[1] else None


def is_partial(iso: object) -> bool:
    """Return whether a value is a proper partial date."""
    return isinstance(iso, str) and _parts(iso) is not None


@lru_cache(maxsize=16_384)
def earliest(iso: str | None) -> date | None:
    """Return the first day a partial date can mean, or None."""
    parts = _parts(iso)
    return date(parts[0], parts[1] or 1, parts[2] or 1) if parts else None


@lru_cache(maxsize=16_384)
def latest(iso: str | None) -> date | None:
    """Return the last day a partial date can mean, or None."""
    parts = _parts(iso)
    if not parts:
        return None
    year, month, day = parts[0], parts[1] or 12, parts[2]
    return date(year, month, day or calendar.monthrange(year, month)[1])


def show_date(iso: str | None) -> str:
    """Return a partial date for people: 05/03/2014, 03/2014, 2014 or ""; what is no date comes back as it is."""
    parts = _parts(iso)
    if not parts:
        return iso or ""
    year, month, day = parts
    return (f"{day:02d}/" if day else "") + (f"{month:02d}/" if month else "") + f"{year:04d}"


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def age_range(iso: str | None, on: date) -> tuple[int, int] | None:
    """Return the (lowest, highest) age in full years on a day, or None when unknown or not yet born."""
    first, last = earliest(iso), latest(iso)
    if first is None or last is None or first > on:
        return None
    return max(0, _age(last, on)), _age(first, on)


def months_old(iso: str | None, on: date) -> int | None:
    """Return the age in full months on a day, counted from the later possible birth date, or None."""
    first, last = earliest(iso), latest(iso)
    if first is None or last is None or first > on:
        return None
    return max(0, (on.year - last.year) * 12 + on.month - last.month - (on.day < last.day))


def reaches(iso: str | None, years: int) -> date | None:
    """Return the day this age is reached at the latest, or None. Born on 29/02: on 01/03 in a common year."""
    last = latest(iso)
    if last is None:
        return None
    try:
        return last.replace(year=last.year + years)
    except ValueError:
        return date(last.year + years, 3, 1)


def months_after(day: date, months: int) -> date:
    """Return the day so many months later, the last of its month where that month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def quarter_end(day: date) -> date:
    """Return the last day of the quarter a day lies in."""
    return read_period(f"{day.year:04d}-Q{(day.month + 2) // 3}").last


# --- moments -----------------------------------------------------------------------------------------------------


@cache
def _time_pattern() -> re.Pattern[str]:
    hours, minutes = ("|".join(map(re.escape, _words("times", n))) for n in ("hour", "minute"))
    return re.compile(
        rf"(?<!\d)(\d{{1,2}})\s*(?:(?:{hours})(?![a-z])\s*(?:(\d{{1,2}})(?![\d/.\-])\s*(?:(?:{minutes})(?![a-z]))?)?"
        r"|:(\d{2})(?::\d{2}(?:\.\d+)?)?(?!\d))"
    )


def _hour_of_day(hour: int, text: str) -> tuple[int, str]:
    """Return the hour in 24 and the text without the part of the day ("5h chiều" is 17)."""
    for part in ("morning", "noon", "afternoon", "evening", "night"):
        bare, found = _pattern("times", part).subn(" ", text)
        if not found:
            continue
        if part in ("afternoon", "evening") or (part == "noon" and hour < 6) or (part == "night" and hour >= 6):
            hour += 12 if hour < 12 else 0
        if part == "night" and hour == 12 and not re.search(r"(?<!\d)0", text):
            hour = 0
        return hour, bare
    return hour, text


def read_stamp(text: object, now: datetime) -> Understood:
    """Return the moment meant: ``5h40``, ``5:40``, ``0540``, ``05:40 12/10/2026``, ``hôm qua 5h``, ISO. Never raises.

    A time alone is today, or yesterday (note ``previous_day``) when that time has not come yet. A date alone comes
    back as a date with the note ``no_time``.
    """
    if isinstance(text, datetime):
        return Understood(text.replace(tzinfo=None).isoformat(timespec="minutes"))
    if isinstance(text, date):
        return Understood(text.isoformat(), ("no_time",))
    folded = fold(tidy(str(text if text is not None else "")))
    folded = re.sub(r"(?<=\d)t(?=\d{1,2}:)", " ", folded)
    folded = re.sub(r"(?:z|[+-]\d{2}:?\d{2})$", "", folded) if re.match(r"\d{4}-\d{2}-\d{2} ", folded) else folded
    if not folded:
        return Understood(None)
    if folded in _words("times", "now"):
        return Understood(now.replace(tzinfo=None).isoformat(timespec="minutes"))
    if re.fullmatch(r"\d{3,4}", folded):
        folded = f"{folded[:-2]}:{folded[-2:]}"
    match = _time_pattern().search(folded)
    if not match:
        found = read_date(folded, now.date())
        return Understood(found.value, (*found.notes, "no_time"), found.estimated) if found.value else found
    rest = folded[: match.start()] + " " + folded[match.end() :]
    hour, rest = _hour_of_day(int(match[1]), rest)
    minute = int(match[2] or match[3] or 0)
    if hour > 23 or minute > 59:
        return Understood(None, ("no_such_time",))
    return _moment(hour, minute, _pattern("times", "noise").sub(" ", rest).strip(" ,.-;"), now)


def _moment(hour: int, minute: int, day_text: str, now: datetime) -> Understood:
    if not day_text:
        late = (hour, minute) > (now.hour, now.minute)
        day = now.date() - timedelta(days=int(late))
        notes: Iterable[str] = ("previous_day",) if late else ()
        return Understood(f"{day.isoformat()}T{hour:02d}:{minute:02d}", tuple(notes))
    found = read_date(day_text, now.date())
    if found.value is None or len(found.value) < 10:
        return Understood(None, found.notes or ("unreadable",))
    kept = tuple(n for n in found.notes if n != "first_of_january")
    return Understood(f"{found.value}T{hour:02d}:{minute:02d}", kept, found.estimated)


def show_stamp(iso: str | None) -> str:
    """Return a moment for people: ``05:40 12/10/2026``; a date alone as ``show_date``; "" for nothing."""
    day, at, clock = (iso or "").partition("T")
    return f"{clock[:5]} {show_date(day)}" if at else show_date(day)


# --- periods -----------------------------------------------------------------------------------------------------

_PERIOD = re.compile(r"([0-9]{4})(?:-(?:Q([1-4])|H([12])|(0[1-9]|1[0-2])(?:-(0[1-9]|[12][0-9]|3[01]))?))?")


def read_period(text: str) -> Period:
    """Return the period named ``2026-10``, ``2026-Q4``, ``2026-H1``, ``2026`` or one day, ``2026-10-12``.

    Raises ``Problem(bad_period)``.
    """
    match = _PERIOD.fullmatch(text.strip().upper())
    if not match or int(match[1]) not in _YEARS:
        raise Problem("bad_period", period=text)
    year, quarter, half, month = int(match[1]), int(match[2] or 0), int(match[3] or 0), int(match[4] or 0)
    if match[5]:
        day = latest(match[0])
        if day is None:
            raise Problem("bad_period", period=text)
        return Period(match[0], day, day)
    first = month or (quarter * 3 - 2 if quarter else half * 6 - 5 if half else 1)
    last = month or quarter * 3 or half * 6 or 12
    return Period(match[0], date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]))
