"""The heading and foot of official papers after Nghị định 30/2020/NĐ-CP: issuer, number, date, signers, totals.

All wording stands in ``resources/catalogue/papers.toml``; here are only the slots and the rules of writing numbers and
dates (counts and days under 10 and the months 1, 2 carry a 0).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from cbdesk.dates import Period
from cbdesk.paper import Line, Signer, Totals
from cbdesk.paths import resources
from cbdesk.text import fold, tidy


@dataclass(frozen=True, slots=True)
class Office:
    """Who makes the paper. ``unit`` is written as in a sentence ("xã Bảo Lạc"), ``place`` as in the date line.

    ``signer`` is a key of ``papers.toml`` (chair, vice_chair, head, …) and brings its issuer; ``number`` is the paper's
    own number ("12" or "12/DS-UBND"); ``attached`` = ``{document, number, date, issuer}`` makes the "attached to" line;
    ``check`` is the head of the journal's chain; ``scope`` names villages when not the whole unit is told.
    """

    unit: str
    place: str = ""
    officer: str = ""
    signer: str = "chair"
    signer_name: str = ""
    number: str = ""
    signed_on: date | None = None
    attached: Mapping[str, Any] | None = None
    scope: str = ""
    check: str = ""
    practice: bool = False


@dataclass(frozen=True, slots=True)
class Frozen:
    """A list that was frozen: when, and which issued or frozen one it amends (``amends_on`` None: it amends none).

    ``amendment`` is the how-manieth amendment it is; ``replaces`` says that it stands in the place of the other.
    """

    on: date
    amends_number: str = ""
    amends_on: date | None = None
    amendment: int = 0
    replaces: bool = False


@cache
def patterns() -> dict[str, Any]:
    """Return the words and patterns of papers (``resources/catalogue/papers.toml``)."""
    return tomllib.loads((resources() / "catalogue" / "papers.toml").read_text(encoding="utf-8"))


def say(pattern: str, /, **slots: object) -> str:
    """Return a pattern of papers, its slots filled."""
    return str(patterns()["patterns"][pattern]).format(**slots)


def long_date(day: date) -> str:
    """Return a date as documents write it: day under 10 and months 1, 2 carry a 0 (Nghị định 30/2020/NĐ-CP)."""
    return say("date", day=f"{day.day:02}", month=_month(day), year=day.year)


def period_kind(period: Period) -> str:
    """Return ``day``, ``month``, ``quarter``, ``half``, ``year``, or "" for a period of a report's own."""
    for kind, shape in (("day", r"\d{4}-\d\d-\d\d"), ("month", r"\d{4}-\d\d"), ("quarter", r"\d{4}-Q[1-4]"),
                        ("half", r"\d{4}-H[12]"), ("year", r"\d{4}")):
        if re.fullmatch(shape, period.text):
            return kind
    return ""


def period_words(period: Period) -> str:
    """Return a period in words of a title, such as the Vietnamese for "month 9, year 2026"."""
    words, kind, first = patterns()["period"], period_kind(period), period.first
    if kind == "half":
        kind = "half_1" if first.month == 1 else "half_2"
    roman = words["roman"][(first.month - 1) // 3]
    return str(words[kind].format(year=first.year, month=_month(first), day=f"{first.day:02}", roman=roman))


def _month(day: date) -> str:
    return f"{day.month:02}" if day.month <= 2 else str(day.month)


def issuer_of(office: Office) -> Mapping[str, Any]:
    """Return the issuer the signer signs for. Raises ``KeyError`` for a signer the patterns lack (our bug)."""
    return patterns()["issuer"][patterns()["signer"][office.signer]["issuer"]]  # type: ignore[no-any-return]


def issuer_lines(office: Office) -> tuple[Line, ...]:
    """Return the lines at the top left."""
    slots = {"unit": office.unit, "UNIT": office.unit.upper()}
    return tuple(Line(one["text"].format(**slots), one.get("bold", False)) for one in issuer_of(office)["lines"])


def national_lines() -> tuple[str, str]:
    """Return the name of the state and its motto."""
    return patterns()["national"]["title"], patterns()["national"]["motto"]


def place_date(office: Office, day: date) -> str:
    """Return the line of place and date. The place is the unit without its level: it begins at the first capital."""
    parts = office.unit.split()
    begin = next((n for n, word in enumerate(parts) if word[:1].isupper()), 0)
    return say("place_date", place=office.place or " ".join(parts[begin:]), date=long_date(day))


def number_line(office: Office, symbol: str) -> str:
    """Return the line of number and symbol, with room to write the number where it is not known yet.

    A letter has no kind in its symbol: "-VHXH" follows the issuer.
    """
    issuer = issuer_of(office)["symbol"]
    shown = f"{issuer}{symbol}" if symbol.startswith("-") else f"{symbol}-{issuer}"
    line = say("number", number=say("number_blank"), symbol=shown)
    return numbered(line, office.number) if office.number.strip() else line


def numbered(line: str, number: str) -> str:
    """Return a line of number with the number written where room was left; one with its own symbol stands alone."""
    number = number.strip()
    if "/" in number:
        head, _, rest = number.partition("/")
        return say("number_full", number=f"{int(head):02}/{rest}" if head.isdecimal() else number)
    return line.replace(say("number_blank") + "/", (f"{int(number):02}" if number.isdecimal() else number) + "/", 1)


def attached_line(office: Office) -> str:
    """Return the line saying to which document the paper is attached, or ""."""
    if not office.attached:
        return ""
    slots = {key: str(value or "") for key, value in office.attached.items()}
    if not (slots.get("number") and slots.get("date")):
        return say("attached_undated", **slots)
    return say("attached", **slots | {"date": long_date(date.fromisoformat(slots["date"]))})


def amends_line(frozen: Frozen | None) -> str:
    """Return the line saying which list this one amends or replaces, or ""."""
    if frozen is None or frozen.amends_on is None:
        return ""
    day = long_date(frozen.amends_on)
    verb, unnumbered = ("replaces", "replaces_unnumbered") if frozen.replaces else ("amends", "amends_unnumbered")
    nth = say("nth", n=f"{frozen.amendment:02}") if frozen.amendment and not frozen.replaces else ""
    if not frozen.amends_number:
        return say(unnumbered, date=day, nth=nth)
    return say(verb, number=frozen.amends_number, date=day, nth=nth)


def number_of(line: str) -> str:
    """Return the number and symbol of a paper from its line of number, "" where there is none yet."""
    number = line.removeprefix(say("number_full", number=""))
    return "" if number.startswith(" ") else number


def sheet_heading(office: Office, day: date) -> dict[str, Any]:
    """Return issuer, state and date line in the shape the sheets of ``page.py`` take."""
    return {"issuer": [{"text": one.text, "bold": one.bold} for one in issuer_lines(office)],
            "national": list(national_lines()), "place_date": place_date(office, day)}


def signer_key(position: str, authority: str = "", otherwise: str = "chair") -> str:
    """Return the key of the signer with this position and authority (fields of a ``signer`` record).

    A position the patterns do not know falls back to ``otherwise``: the chair, who always may sign for a commune; a
    receiver gives its ``director``.
    """
    matches = [key for key, one in patterns()["signer"].items() if fold(one["position"]) == fold(tidy(position))]
    exact = [key for key in matches if patterns()["signer"][key].get("authority", "") == authority.lower()]
    return str((exact or matches or [otherwise])[0])


def signers_of(office: Office) -> tuple[Signer, ...]:
    """Return who signs, from left to right: the one who made the paper, the one who signs for the issuer."""
    words = patterns()
    return (Signer(tuple(words["maker"]["lines"]), office.officer),
            Signer(tuple(words["signer"][office.signer]["lines"]), office.signer_name))


def totals_sentence(totals: Totals, pattern: str = "totals", **more: str) -> str:
    """Return the line below the table: all, by sex, named, kept apart; counts under 10 carry a 0 as in documents.

    ``pattern`` is the one of ``papers.toml`` a report asks for, ``more`` the slots it has besides.
    """
    sexes = [say("male", n=_plain(totals.male)), say("female", n=_plain(totals.female))]
    if totals.unknown:
        sexes.append(say("unknown", n=_plain(totals.unknown)))
    return say(pattern, total=counted(totals.total), sexes=", ".join(sexes), named=counted(totals.named),
               apart=counted(totals.apart), **more)


def counted(n: int) -> str:
    """Return a count as documents write it: 0, 03, 1.204."""
    return f"{n:02}" if 0 < n < 10 else _plain(n)


def _plain(n: int) -> str:
    return f"{n:,}".replace(",", ".")
