"""What was actually done under Article 53, per child and per month: read from the records, plus the quick notes.

Nothing is typed twice: an assessment, a plan, a visit shows its duty by itself (``choices/duty.toml``, ``shown_by``);
what no record shows, such as a talk in a village, is a ``duty``. The list is a proof of work, so every line opens the
record it comes from. Source: Luật Trẻ em 2016, Điều 53.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cbdesk import clock, dates, letterhead, official
from cbdesk.catalogue import catalogue
from cbdesk.dates import Period
from cbdesk.desk import slots
from cbdesk.desk.known import CHILD
from cbdesk.desk.papers import Papers
from cbdesk.document import Document
from cbdesk.words import has, say

NOTE, CASE, PAPER = "duty", "case", "nhiem_vu"


@dataclass(frozen=True, slots=True)
class Done:
    """One thing done: the day (ISO), the code of the duty, the record that shows it, the children it was done for."""

    on: str
    duty: str
    form: str
    record: str
    children: tuple[str, ...]
    text: str
    people: int = 0
    parent: str = ""
    """The record it belongs to (a case, a child, a placement), whose page shows it."""


class Duties(Papers):
    """Verbs on the duties of Article 53."""

    def duties(self, period: str | Period, child: str | None = None) -> list[Done]:
        """Return what was done in a period, the earliest first, for everybody or for one child.

        Raises ``Problem(bad_period)``.
        """
        span = dates.read_period(period) if isinstance(period, str) else period
        cases = dict(self.store.db.execute(f'SELECT id, "{CHILD}" FROM "{CASE}"'))
        placed = dict(self.store.db.execute(f'SELECT id, "{CHILD}" FROM placement'))
        found = [
            one
            for duty in catalogue().lists["duty"].choices
            for place in duty.extra.get("shown_by", ())
            for one in self._shown_by(duty.code, place, {**cases, **placed})
        ]
        found += list(self._noted(cases))
        first, last = span.first.isoformat(), span.last.isoformat()
        chosen = (one for one in found if first <= one.on[:10] <= last and (child is None or child in one.children))
        return sorted(chosen, key=lambda one: (one.on, one.duty, one.record))

    def _shown_by(self, duty: str, place: str, holders: Mapping[str, str]) -> Iterator[Done]:
        form, _, field = place.partition(".")
        shape = catalogue().forms[form]
        key = next((name for name in shape.key if name != field and shape.has(name)), "")
        for row in self.store.rows(form, f'"{field}" IS NOT NULL', order="id"):
            holder = row.get(CHILD) or holders.get(str(row.get(shape.parent or "")))
            children = tuple(map(str, holder)) if isinstance(holder, list) else (str(holder),) if holder else ()
            yield Done(str(row[field]), duty, form, str(row["id"]), children, _told(form, key, row),
                       parent=str(row.get(shape.parent or "") or ""))  # fmt: skip

    def _noted(self, cases: Mapping[str, str]) -> Iterator[Done]:
        for row in self.store.rows(NOTE, order="id"):
            who = row.get(CHILD) or cases.get(str(row.get(CASE)))
            people = row.get("people")
            yield Done(str(row.get("on")), str(row.get("duty")), NOTE, str(row["id"]), (str(who),) if who else (),
                       str(row.get("text") or ""), people if isinstance(people, int) else 0)  # fmt: skip

    def duty_counts(self, period: str | Period) -> dict[str, int]:
        """Return how often each duty was done in a period, in the order of the article; 0 where it was not."""
        counted = Counter(one.duty for one in self.duties(period))
        return {one.code: counted[one.code] for one in catalogue().lists["duty"].choices}

    def form_paper(self, name: str, record: str | None = None, fill: str = "full", *, copy: str = "") -> Document:
        """Return one form as ``Papers.form_paper``; that of the proof of work is made of a period (this month)."""
        if name != PAPER:
            return super().form_paper(name, record, fill, copy=copy)
        return self.duty_paper(record or clock.today().isoformat()[:7], blank=fill == "blank")

    def duty_paper(self, period: str, *, blank: bool = False) -> Document:
        """Return the proof of work of a period: what was done, duty by duty, counted.

        Children stand on it by their book code, not by name, because it is read by many. Raises ``Problem``:
        ``bad_period``, ``template_wrong``.
        """
        span, own = dates.read_period(period), self._own_templates()
        office, data = self.office(), dict[str, Any](slots.of_office(self.office()))
        found = [] if blank else self.duties(span)
        people = self.people_of({child for one in found for child in one.children})
        nothing = [] if blank else [{"n": "", "text": letterhead.patterns()["form"]["nothing"]}]
        for duty, rows in slots.duty_rows().items():
            done = [_line(one, people) for one in found if one.duty == duty]
            data |= {rows: done or nothing, f"{rows}.count": "" if blank else str(len(done))}
        if not blank:
            data |= {"period": period_words(span), "duties.count": str(len(found))}
        day = None if blank else clock.today()
        return official.make(PAPER, data, office, day, slots=slots.known(), own=own)


def period_words(span: Period) -> str:
    """Return a period as papers say it: a month by its number, anything else by its first and last day."""
    words = letterhead.patterns()["form"]
    if (span.first.year, span.first.month) == (span.last.year, span.last.month):
        return str(words["month"].format(month=span.first.month, year=span.first.year))
    first, last = (dates.show_date(day.isoformat()) for day in (span.first, span.last))
    return str(words["span"].format(first=first, last=last))


def _line(one: Done, people: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    codes = ", ".join(people[child][0] for child in one.children if child in people)
    return {"on": dates.show_date(one.on[:10]), "text": one.text, "child": codes,
            "people": str(one.people) if one.people else ""}  # fmt: skip


def _told(form: str, key: str, row: Mapping[str, Any]) -> str:
    """Return what was done in words that tell nothing sensitive: the form, and its kind where it has one."""
    shape, own = catalogue().forms[form], f"duties.told.{form}"
    title = say(own) if has(own) else shape.title
    item = shape.field(key) if key else None
    if item is None or not item.choices or catalogue().sensitive(item, row.get(key)) or not row.get(key):
        return title
    return f"{title}: {_short(item.choices, str(row[key]))}"


def _short(choices: str, code: str) -> str:
    choice = catalogue().lists[choices].get(code)
    return choice.short if choice else code
