"""What the inputs of a form may ask the desk: villages, children and other records by name, ages in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QObject

from cbdesk import clock, dates, kinds, text
from cbdesk.catalogue import catalogue
from cbdesk.desk import Desk
from cbdesk.errors import Problem
from cbdesk.words import say
from ui.form.inputs import Around, Rows
from ui.jobs import Jobs, Latest

FOUND_AT_MOST = 8
PEOPLE_AT_MOST = 40
DIRECTORY = "contact"


class DeskAround(Around):
    """Asks the desk through the jobs of a form; answers arrive on the window's thread."""

    def __init__(self, jobs: Jobs, owner: QObject) -> None:
        self._jobs, self._owner = jobs, owner
        self._search = Latest(jobs, owner)
        self._villages: dict[str, str] = {}

    def know(self, villages: Mapping[str, str]) -> None:
        """Take over the list of villages, id to name."""
        self._villages = dict(villages)

    def villages(self) -> Mapping[str, str]:
        """Return village id to name, in order."""
        return self._villages

    def find(self, form: str, query: str, done: Callable[[Rows], None]) -> None:
        """Look for records without accents."""
        self._search.run(lambda desk: _found(desk, form, query), lambda rows: done(rows or ()))

    def names(self, form: str, ids: Sequence[str], done: Callable[[Rows], None]) -> None:
        """Give records their words; ids nobody knows are left out."""
        wanted = list(ids)
        self._jobs.run(lambda desk: _named(desk, form, wanted), done, owner=self._owner)

    def understood_born(self, iso: str) -> str:
        """Return what was understood of a birth date known by its year, with the age it means."""
        return say("record.understood_year", year=iso[:4], age=age_words(iso, self.today()))


def age_words(iso: str | None, today: date) -> str:
    """Return an age in words: ``11 tuổi``, ``10 – 11 tuổi``, ``3 tháng tuổi``; "" when unknown."""
    span = dates.age_range(iso, today) if iso else None
    if span is None:
        return ""
    months = dates.months_old(iso, today)
    if span[1] == 0 and months is not None:
        return say("record.months", n=months)
    return say("record.years", n=span[0]) if span[0] == span[1] else say("record.years_span", a=span[0], b=span[1])


def child_facts(row: Mapping[str, Any], villages: Mapping[str, str], today: date) -> str:
    """Return the line beside a child's name: sex, age, village, book code."""
    sex = catalogue().lists["sex"].label(row["sex"]).lower() if row.get("sex") in ("male", "female") else ""
    parts = (sex, age_words(row.get("born"), today), villages.get(str(row.get("village")), ""), row.get("book_code"))
    return ", ".join(str(part) for part in parts if part)


def _people(desk: Desk, query: str) -> list[dict[str, Any]]:
    """Return people of the directory, marks aside: by name, role, office, village or telephone."""
    found, words = [], text.fold(query).split()
    for one in desk.contacts():
        office = one.organisation or one.position or one.label
        facts = " · ".join(dict.fromkeys(part for part in (office, one.village_name) if part))
        if all(word in text.fold(" ".join((one.name, one.label, facts, one.phone))) for word in words):
            found.append({"id": one.record, "words": one.name, "facts": facts, "phone": one.phone, "office": office})
    return found[:PEOPLE_AT_MOST]


def _found(desk: Desk, form: str, query: str) -> list[dict[str, Any]]:
    if form == DIRECTORY:
        return _people(desk, query)
    rows = desk.find(query, form, FOUND_AT_MOST)["rows"]
    return worded(desk, form, rows)


def _named(desk: Desk, form: str, ids: Sequence[str]) -> list[dict[str, Any]]:
    rows = []
    for one in ids:
        try:
            rows.append(desk.get(one))
        except Problem:
            continue
    return worded(desk, form, rows)


def worded(desk: Desk, form: str, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return ``id``, ``words``, ``facts`` (of children) and ``icon`` of records; runs on the desk's thread."""
    villages, today = desk.village_names(), clock.today()
    if form == "child":
        return [
            {"id": row["id"], "words": row.get("full_name") or row.get("usual_name") or say("record.no_name"),
             "facts": child_facts(row, villages, today), "icon": "people"}
            for row in rows
        ]  # fmt: skip
    return [{"id": row["id"], "words": _title(form, row, villages), "icon": "home_person"} for row in rows]


def _title(form: str, row: Mapping[str, Any], villages: Mapping[str, str]) -> str:
    """Return the words of a record: its key fields, else its village, else that it is one."""
    shape = catalogue().forms[form]
    fields = [shape.field(name) for name in shape.key if row.get(name)]
    parts = [villages.get(str(row[one.name]), "") if one.kind == "place" else kinds.of(one).show(row[one.name], one)
             for one in fields if one.kind not in ("ref", "refs")]  # fmt: skip
    parts += [villages[str(row["village"])]] if str(row.get("village")) in villages else []
    return " · ".join(dict.fromkeys(part for part in parts if part)) or shape.title
