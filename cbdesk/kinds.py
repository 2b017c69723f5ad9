"""One class per kind of field, each with five faces.

* ``read``   typed text or a file cell -> stored value, with notes; a stored value read again stays itself
* ``check``  a stored value, as in ``put`` -> findings
* ``show``   stored value -> text for people, in the language in force
* ``cell``   stored value -> what a spreadsheet cell holds: str, int or date
* ``fold``   stored value -> search form

Stored values are ``str | int | bool | list[str] | None``; ``None`` is unknown and always allowed. Nothing typed is
lost: a number that the law keeps track of (personal id, card, telephone) is kept as written and marked, anything else
that is not understood gives no value and a *stop* beside the field. Words people write stand in
``resources/catalogue/reading.toml``. To add a kind: one class here, one widget in ``ui/form/inputs.py``.
"""

from __future__ import annotations

import re
from datetime import date, datetime

from cbdesk import clock, dates, text, words
from cbdesk.catalogue import catalogue
from cbdesk.errors import Finding, Level, Problem
from cbdesk.kind import LONG, Kind, Line, Read, Value, finding, plain, says
from cbdesk.shapes import ChoiceList, Field

__all__ = ["KINDS", "Kind", "Read", "list_of", "malformed_id", "of", "placeholder", "says"]

_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,63}")
_WHOLE = re.compile(r"\d+|\d{1,3}(?:[. ]\d{3})+")
_DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


class Text(Line):
    """One line of free text."""

    name = "text"


class Code(Line):
    """A short mark without word order: a book code, a number of a paper."""

    name = "code"


class LongText(Line):
    """Several lines."""

    name = "long_text"
    limit = LONG

    def _tidy(self, written: str) -> str:
        return text.tidy_lines(written)


class Name(Line):
    """A person's name, as written: never rewritten, only tidied. A placeholder such as "not named yet" is a name."""

    name = "name"

    def _read(self, given: object, field: Field, today: date) -> Read:
        if says("unknown", plain(given)):
            return Read()
        return super()._read(given, field, today)

    def _shape(self, value: str, field: Field) -> list[Finding]:
        if placeholder(value):
            return [finding(field, "note", "placeholder_name")]
        if any(map(str.isdigit, value)):
            return [finding(field, "ask", "digits_in_name")]
        return []


def placeholder(name: str | None) -> bool:
    """Return whether a name stands for a child not named yet; such names say nothing about who is who."""
    return bool(name) and says("placeholder_names", name or "")


class Date(Kind):
    """A day, a month or a year, stored as ISO text of that precision."""

    name = "date"

    def _read(self, given: object, field: Field, today: date) -> Read:
        if isinstance(given, str):
            if _real_day(given):
                return Read(given)
            if says("unknown", given):
                return Read()
        found = dates.read_date(given, today)
        notes = tuple(finding(field, _date_level(found.value, note), f"date_{note}",
                               value=dates.show_date(found.value)) for note in found.notes)
        if found.value is None and not notes:
            notes = (finding(field, "stop", "not_a_date"),)
        return Read(found.value, notes)

    def _check(self, value: Value, field: Field) -> list[Finding]:
        if isinstance(value, str) and _real_day(value):
            return []
        return [finding(field, "stop", "not_a_date")]

    def _show(self, value: Value, field: Field) -> str:
        return dates.show_date(value)

    def _cell(self, value: Value, field: Field) -> object:
        if len(value) == 10 and _real_day(value):
            return date.fromisoformat(value)
        return self.show(value, field)


def _date_level(value: str | None, note: str) -> Level:
    if value is None:
        return "stop"
    return "ask" if note == "us_order" else "note"


def _real_day(value: str) -> bool:
    if not _DAY.fullmatch(value) or not value.isascii() or value < "1800":
        return False
    try:
        date.fromisoformat(value + "-01-01"[len(value) - 4:])
    except ValueError:
        return False
    return True


class Stamp(Kind):
    """A moment to the minute, ``2026-10-12T05:40``; a bare day, month or year where the hour is unknown."""

    name = "stamp"

    def _read(self, given: object, field: Field, today: date) -> Read:
        if isinstance(given, str):
            if _real_moment(given) or _real_day(given):
                return Read(given)
            if says("unknown", given):
                return Read()
        if isinstance(given, datetime):
            return Read(given.isoformat(timespec="minutes")[:16])
        found = dates.read_stamp(plain(given), datetime.combine(today, clock.now().timetz()))
        if found.value is None:
            found = dates.read_date(given, today)
        if found.value is None:
            return Read(None, (finding(field, "stop", "not_a_moment"),))
        return Read(found.value, tuple(finding(field, "note", f"date_{note}", value=self.show(found.value, field))
                                       for note in found.notes))

    def _check(self, value: Value, field: Field) -> list[Finding]:
        if isinstance(value, str) and (_real_moment(value) or _real_day(value)):
            return []
        return [finding(field, "stop", "not_a_moment")]

    def _show(self, value: Value, field: Field) -> str:
        return dates.show_stamp(value) if "T" in value else dates.show_date(value)


def _real_moment(value: str) -> bool:
    try:
        return bool(_MOMENT.fullmatch(value[:16])) and bool(datetime.fromisoformat(value)) and len(value) in (16, 19)
    except ValueError:
        return False


class Integer(Kind):
    """A whole number, never negative. Points and spaces may part the thousands."""

    name = "integer"
    sql = "INTEGER"

    def _read(self, given: object, field: Field, today: date) -> Read:
        if isinstance(given, int) and not isinstance(given, bool):
            return Read(given, tuple(self.check(given, field)))
        written = text.tidy(plain(given))
        if says("unknown", written):
            return Read()
        if not _WHOLE.fullmatch(written) or not written.isascii() or len(written) > 20:
            return Read(None, (finding(field, "stop", "not_a_number"),))
        value = int(re.sub(r"[. ]", "", written))
        wrong = self.check(value, field)
        return Read(None if wrong else value, tuple(wrong))

    def _check(self, value: Value, field: Field) -> list[Finding]:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
            return [finding(field, "stop", "not_a_number")]
        return []

    def _show(self, value: Value, field: Field) -> str:
        return f"{value:,}".replace(",", ".")

    def _cell(self, value: Value, field: Field) -> object:
        return value


class Year(Integer):
    """A calendar year."""

    name = "year"

    def _check(self, value: Value, field: Field) -> list[Finding]:
        found = super()._check(value, field)
        if not found and not 1900 <= value <= 2100:
            found = [finding(field, "stop", "not_a_year")]
        return found

    def _show(self, value: Value, field: Field) -> str:
        return str(value)


class Flag(Kind):
    """Yes or no; ``true``/``false`` in JSON, 1/0 in the table. Unknown is neither."""

    name = "flag"
    sql = "INTEGER"

    def _read(self, given: object, field: Field, today: date) -> Read:
        if isinstance(given, bool) or given in (0, 1):
            return Read(bool(given))
        written = text.tidy(plain(given))
        for group, value in (("yes", True), ("no", False), ("unknown", None)):
            if says(group, written):
                return Read(value)
        return Read(None, (finding(field, "stop", "not_yes_or_no"),))

    def _check(self, value: Value, field: Field) -> list[Finding]:
        return [] if value in (0, 1) else [finding(field, "stop", "not_yes_or_no")]

    def _show(self, value: Value, field: Field) -> str:
        return words.say("catalogue.yes" if value else "catalogue.no")


def list_of(field: Field) -> ChoiceList:
    """Return the list of choices of a field."""
    return catalogue().lists[field.choices or ""]


class ChoiceKind(Line):
    """One code of a list."""

    name = "choice"

    def _read(self, given: object, field: Field, today: date) -> Read:
        written = text.tidy(plain(given))
        chosen = list_of(field).find(written)
        if chosen:
            return Read(chosen.code)
        if says("unknown", written):
            return Read()
        return Read(None, (finding(field, "stop", "unknown_choice", list=list_of(field).title),))

    def _shape(self, value: str, field: Field) -> list[Finding]:
        if list_of(field).get(value):
            return []
        return [finding(field, "stop", "unknown_choice", list=list_of(field).title)]

    def _show(self, value: Value, field: Field) -> str:
        return list_of(field).label(str(value))


class Choices(Kind):
    """Several codes of a list, stored as a JSON list; the order of the list, each once."""

    name = "choices"

    def _read(self, given: object, field: Field, today: date) -> Read:
        parts = list(given) if isinstance(given, (list, tuple)) else re.split(r"[;\n]", plain(given))
        codes: list[str] = []
        missed = False
        for part in parts:
            found, missed_here = self._one(text.tidy(str(part)), field)
            codes += found
            missed = missed or missed_here
        kept = [choice.code for choice in list_of(field).choices if choice.code in codes]
        notes = (finding(field, "stop", "unknown_choice", list=list_of(field).title),) if missed else ()
        return Read(kept or None, notes)

    @staticmethod
    def _one(written: str, field: Field) -> tuple[list[str], bool]:
        """Return the codes in one part: whole, else parted at commas; and whether something was not understood."""
        if not written or says("unknown", written):
            return [], False
        whole = list_of(field).find(written)
        if whole:
            return [whole.code], False
        found = [list_of(field).find(word) for word in map(text.tidy, written.split(",")) if word]
        return [choice.code for choice in found if choice], None in found

    def _check(self, value: Value, field: Field) -> list[Finding]:
        if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
            return [finding(field, "stop", "not_a_list")]
        if any(list_of(field).get(item) is None for item in value):
            return [finding(field, "stop", "unknown_choice", list=list_of(field).title)]
        return []

    def _show(self, value: Value, field: Field) -> str:
        return "; ".join(list_of(field).label(code) for code in value or ())


class PersonalId(Line):
    """The personal number, kept as written when it is malformed: such numbers are the ones to be put right."""

    name = "personal_id"

    def _read(self, given: object, field: Field, today: date) -> Read:
        if isinstance(given, str) and says("unknown", given):
            return Read()
        value = text.personal_id(given) or None
        return Read(value, tuple(self.check(value, field)))

    def _shape(self, value: str, field: Field) -> list[Finding]:
        if not malformed_id(value):
            return []
        return [finding(field, "ask", "personal_id_format", n=sum(letter.isdigit() for letter in value))]


def malformed_id(value: str | None) -> bool:
    """Return whether a personal number is written but not twelve digits: the state "malformed"."""
    return bool(value) and not re.fullmatch(r"[0-9]{12}", value or "")


class Phone(Line):
    """A telephone number; what does not look like one is kept and marked."""

    name = "phone"

    def _read(self, given: object, field: Field, today: date) -> Read:
        if isinstance(given, str) and says("unknown", given):
            return Read()
        value, good = text.phone(given)
        if not value:
            return Read(None, (finding(field, "stop", "not_a_phone"),))
        return Read(value, () if good else (finding(field, "ask", "phone_format"),))

    def _shape(self, value: str, field: Field) -> list[Finding]:
        return [] if text.phone(value)[1] else [finding(field, "ask", "phone_format")]


class Card(Line):
    """A health insurance number: 10 digits, 12 digits, or the 15 characters of the older card."""

    name = "card"

    def _read(self, given: object, field: Field, today: date) -> Read:
        if isinstance(given, str) and says("unknown", given):
            return Read()
        value = re.sub(r"[\s.-]", "", text.tidy(plain(given))).upper() or None
        return Read(value, tuple(self.check(value, field)))

    def _shape(self, value: str, field: Field) -> list[Finding]:
        if re.fullmatch(r"[0-9]{10}|[0-9]{12}|[A-Z]{2}[0-9]{13}", value):
            return []
        return [finding(field, "ask", "card_format")]

    def _show(self, value: Value, field: Field) -> str:
        if re.fullmatch(r"[A-Z]{2}[0-9]{13}", value):
            return f"{value[:3]} {value[3:5]} {value[5:9]} {value[9:13]} {value[13:]}"
        return str(value)

    def _cell(self, value: Value, field: Field) -> object:
        return str(value)


class UnitKind(Line):
    """An administrative unit, stored as ``01321@2025-07-01``; typed as code or name."""

    name = "unit"

    def _read(self, given: object, field: Field, today: date) -> Read:
        written = text.tidy(plain(given))
        units = catalogue().units
        if says("unknown", written):
            return Read()
        if units.get(written):
            return Read(written)
        found = units.find(written, today)
        if len(found) == 1:
            return Read(found[0].key)
        try:
            return Read(units.resolve(written, today).key)
        except Problem:
            return Read(None, (finding(field, "stop", "unknown_unit"),))

    def _shape(self, value: str, field: Field) -> list[Finding]:
        try:
            catalogue().units.resolve(value)
        except Problem as trouble:
            if trouble.name == "wrong_unit":
                return [finding(field, "stop", "unknown_unit")]
        return []

    def _show(self, value: Value, field: Field) -> str:
        return catalogue().units.label(str(value))


class Ref(Line):
    """The id of another record. Whether it exists, and its name for people, only the store knows."""

    name = "ref"

    def _shape(self, value: str, field: Field) -> list[Finding]:
        return [] if _ID.fullmatch(value) else [finding(field, "stop", "not_an_id")]


class Place(Ref):
    """The id of a village record."""

    name = "place"


class Refs(Kind):
    """Ids of several records; one bare id is taken as a list of one."""

    name = "refs"

    def _read(self, given: object, field: Field, today: date) -> Read:
        parts = list(given) if isinstance(given, (list, tuple)) else re.split(r"[;,\s]+", plain(given))
        value = list(dict.fromkeys(tidied for part in parts if (tidied := text.tidy(str(part)))))
        return Read(value or None, tuple(self.check(value, field)))

    def _check(self, value: Value, field: Field) -> list[Finding]:
        items = [value] if isinstance(value, str) else value
        if isinstance(items, (list, tuple)) and all(isinstance(i, str) and _ID.fullmatch(i) for i in items):
            return []
        return [finding(field, "stop", "not_an_id")]

    def _show(self, value: Value, field: Field) -> str:
        return value if isinstance(value, str) else "; ".join(value or ())


KINDS: dict[str, Kind] = {kind.name: kind for kind in (
    Text(), LongText(), Name(), Date(), Stamp(), Integer(), Flag(), ChoiceKind(), Choices(), PersonalId(), Phone(),
    Place(), UnitKind(), Ref(), Refs(), Year(), Card(), Code())}


def of(field: Field) -> Kind:
    """Return the kind of a field."""
    return KINDS[field.kind]
