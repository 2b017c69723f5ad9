"""Alternative care: children who need it, people registered to give it, placements with their evaluations.

The three lists are read whole: a commune has few of each. What falls due is derived, never stored: an evaluation so
many months after the placement began or was last evaluated, the list of registered people once a quarter
(``deadlines.toml``: ``placement_review``, ``carers_check``). Source: Luật Trẻ em 2016 Điều 61, 62; NĐ 56/2017/NĐ-CP.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cbdesk import clock, dates
from cbdesk.catalogue import catalogue
from cbdesk.desk.base import Saved
from cbdesk.desk.known import CHILD
from cbdesk.desk.records import Records
from cbdesk.rights import EDIT, needs

NEED, OFFER, PLACEMENT, REVIEW = "care_need", "carer_offer", "placement", "placement_review"
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CareBook:
    """All there is on alternative care, in the order it was written; ``due`` is by record what is open there.

    ``people`` are the children by id: book code and name. ``carers`` are the names of the registered, by id.
    """

    needs: tuple[Row, ...]
    offers: tuple[Row, ...]
    placements: tuple[Row, ...]
    reviews: tuple[Row, ...]
    due: Mapping[str, date]
    people: Mapping[str, tuple[str, str]]
    carers: Mapping[str, str]


class Care(Records):
    """Verbs on alternative care."""

    def care_book(self) -> CareBook:
        """Return the lists of alternative care, with the day by which each placement and each person is due."""
        needs, offers, placements, reviews = (
            tuple(self.store.rows(form, order="id")) for form in (NEED, OFFER, PLACEMENT, REVIEW)
        )
        due = dict(self.placements_due()) | {str(row["id"]): day for row in offers if (day := check_due(row))}
        children = {str(row[CHILD]) for row in (*needs, *placements) if row.get(CHILD)}
        carers = {str(row["id"]): str(row.get("full_name") or "") for row in offers}
        return CareBook(needs, offers, placements, reviews, due, self.people_of(children), carers)

    def people_of(self, children: Iterable[str]) -> dict[str, tuple[str, str]]:
        """Return book code and name of children by id; who is nobody's is left out."""
        found = {one: self.store.row(CHILD, one) for one in children}
        return {
            one: (str(row.get("book_code") or ""), str(row.get("full_name") or row.get("usual_name") or ""))
            for one, row in found.items() if row
        }  # fmt: skip

    def placements_due(self) -> Iterable[tuple[str, date]]:
        """Return each placement that has not ended, with the last day of its next evaluation."""
        seen: dict[str, date] = {}
        for row in self.store.rows(REVIEW, '"on" IS NOT NULL', order="id"):
            day, holder = dates.earliest(str(row["on"])), str(row.get(PLACEMENT))
            if day:
                seen[holder] = max(day, seen.get(holder, day))
        for row in self.store.rows(PLACEMENT, '"to" IS NULL AND "from" IS NOT NULL', order="id"):
            begun, record = dates.earliest(str(row["from"])), str(row["id"])
            start = seen.get(record, begun)
            if start:
                yield record, dates.months_after(start, _months("placement_review", start))

    def carers_due(self) -> tuple[date | None, int]:
        """Return the day by which the list of registered people is to be looked through, and how many wait for it.

        That is the earliest day of one of them, and all whose day is not after the quarter it stands in.
        """
        days = sorted(day for row in self.store.rows(OFFER, '"left_on" IS NULL', order="id") if (day := check_due(row)))
        limit = max(days[0], dates.quarter_end(clock.today())) if days else None
        return (days[0] if days else None), sum(limit is not None and day <= limit for day in days)

    @needs(EDIT)
    def check_carers(self) -> tuple[int, Saved]:
        """Write today as the quarterly check of everybody on the list who was not looked at in this quarter.

        One action, taken back as one; returns how many. Nobody waiting: 0 and no batch.
        """
        today, ends = self._today(), dates.quarter_end(clock.today())
        waiting = [row for row in self.store.rows(OFFER, '"left_on" IS NULL', order="id")
                   if (day := check_due(row)) and day <= ends]  # fmt: skip
        saved = self.put(OFFER, [{"id": str(row["id"]), "checked_on": today} for row in waiting])
        return len(saved), saved[-1] if saved else Saved(None)


def check_due(offer: Row) -> date | None:
    """Return the day by which a person on the list is to be looked at; nothing for who has left it.

    The end of the quarter after the one of the last look (or of entering the list); without either, of this quarter.
    """
    if offer.get("left_on"):
        return None
    looks = [day for name in ("checked_on", "listed_on") if (day := dates.latest(str(offer.get(name) or "")))]
    if not looks:
        return dates.quarter_end(clock.today())
    last = dates.quarter_end(max(looks))
    return dates.quarter_end(dates.months_after(last, _months("carers_check", last)))


def _months(name: str, on: date) -> int:
    return int(catalogue().deadline(name, on).value)
