"""Verbs on what children may be entitled to: hints, and the tables of the law an office has to confirm first.

Nothing here decides or writes a support; hints are derived each time (``cbdesk/benefits.py``). Lists name nobody and
nothing that must be kept in confidence, unless they are asked for as restricted, and then the access log says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from cbdesk import benefits, clock, dates
from cbdesk.benefits import ALLOWANCE, CARD, ENDS, PAPER, POVERTY, Adviser, Hint, Situation, Table
from cbdesk.desk import shorthand
from cbdesk.desk.base import Base, Saved
from cbdesk.desk.due import SOON, TODAY, WEEK, Due, Dues
from cbdesk.errors import Problem
from cbdesk.rights import EDIT, SENSITIVE, needs

CONFIRMED = "table_confirmed"
OF_CHILD = ("id", "born", "life_status", "schooling", "health_card", "card_until", "parents_state", "village",
            "household")  # fmt: skip
EPISODES = ("circumstance", "risk", "support", "placement")
MONTHLY = "benefits"
AHEAD = 90
"""Days before a change of the poverty standard in which it is announced."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChildHint:
    """A hint and the child it is about (an id: who shows it looks the name up)."""

    child: str
    hint: Hint

    def as_dict(self) -> dict[str, Any]:
        """Return the shape of the command line."""
        return {"child": self.child, **self.hint.as_dict()}


@dataclass(frozen=True, slots=True)
class TableState:
    """A table of the law as it stands on a day, and the record that confirmed exactly this, if there is one."""

    table: Table
    confirmed: Row | None

    @property
    def base(self) -> int | None:
        """Return what amounts are made of; ``None`` while the office has not confirmed the table."""
        return benefits.base(self.table, self.confirmed)

    def as_dict(self) -> dict[str, Any]:
        """Return the shape of the command line."""
        rows = [{"name": one.name, "label": one.label, "value": one.value, "verified": one.verified,
                 "source": one.source, "valid_from": one.valid_from, "valid_to": one.valid_to}
                for one in self.table.rows]  # fmt: skip
        return {"table": self.table.name, "version": self.table.version, "digest": self.table.digest, "rows": rows,
                "confirmed": str(self.confirmed["id"]) if self.confirmed else None}  # fmt: skip


class Benefits(Dues):
    """Verbs on what children may be entitled to."""

    _counted: tuple[tuple[date, str], int] | None = None
    """How many children may be entitled, with the day and the state of the register it was counted in."""

    def benefits(self, child: str, on: date | None = None, *, sensitive: bool = False) -> tuple[Hint, ...]:
        """Return what one child may be entitled to or lacks on a day (today), the allowance that counts first.

        ``sensitive`` tells also what must be kept in confidence; the look is logged. Raises ``Problem``: ``no_record``,
        ``no_right``.
        """
        day = on or clock.today()
        if self.store.form_of(child) != "child":
            raise Problem("no_record")
        if sensitive:
            self.require(SENSITIVE)
            self._log_look(child)
        found = self._situations(day, child)
        return self._adviser(day, sensitive=sensitive).hints(found[0]) if found else ()

    def benefit_hints(
        self, on: date | None = None, village: str | None = None, *, restricted: bool = False
    ) -> list[ChildHint]:
        """Return who may be entitled and receives nothing so far, and whose card or paper lacks, in name order.

        Of one child's allowances only the one that counts, and what comes to the carer. ``village`` is an id. Takes
        well under two seconds for 12,000 children.
        """
        day = on or clock.today()
        if restricted:
            self.require(SENSITIVE)
            self._log_look("")
        adviser = self._adviser(day, sensitive=restricted)
        return [
            ChildHint(str(life.child["id"]), hint)
            for life in self._situations(day)
            if village is None or life.child.get("village") == village
            for hint in adviser.hints(life)
            if not hint.received and not hint.lower
        ]

    def due(self, on: date | None = None, within: int = WEEK, villages: Collection[str] = ()) -> list[Due]:
        """Return what falls due; in the last week of a month also that children may be entitled and receive nothing."""
        found = super().due(on, within, villages)
        return sorted([*found, *self._look_through(on or clock.today(), within)],
                      key=lambda one: (one.due, one.what, one.record))  # fmt: skip

    def _look_through(self, day: date, within: int) -> Iterator[Due]:
        """Return one line a month, on its last days: how many children have a sure hint of an allowance.

        ``record`` is the month. It goes with the month, or when nobody is left who may be entitled.
        """
        last = dates.months_after(day.replace(day=1), 1) - timedelta(days=1)
        left = (last - day).days
        if left < WEEK and left <= within and (count := self._entitled(day)):
            moment = datetime.combine(last, time(23, 59, 59), clock.VIETNAM)
            month = day.isoformat()[:7]
            yield Due(MONTHLY, moment, SOON if left else TODAY, month, "support", detail={"n": str(count)})

    def _entitled(self, day: date) -> int:
        """Return how many children have a sure hint; counted anew once something was written."""
        now = (day, self.store.meta("lamport") or "")
        if self._counted is None or self._counted[0] != now:
            hints = self.benefit_hints(day)
            sure = {one.child for one in hints if one.hint.what == ALLOWANCE and not one.hint.unsure}
            self._counted = (now, len(sure))
        return self._counted[1]

    def table_state(self, name: str, on: date | None = None) -> TableState:
        """Return a table of the law and whether the office confirmed it. Raises ``Problem(no_law_table)``."""
        try:
            known = benefits.table(name, on or clock.today())
        except KeyError:
            raise Problem("no_law_table", name=name) from None
        return TableState(known, known.confirmed(self.store.rows(CONFIRMED, '"table" = ?', (name,))))

    @needs(EDIT)
    def confirm_table(self, name: str, basis: str, *, by: str = "", base: int | None = None, note: str = "") -> Saved:
        """Write that the office compared a table, as it stands today, with the text ``basis``; undoable.

        ``base`` is the province's own, where it is higher. Raises ``Problem``: ``no_law_table``, ``no_basis``.
        """
        if not basis.strip():
            raise Problem("no_basis")
        known = self.table_state(name).table
        return self.save(CONFIRMED, {
            "table": name, "version": known.version, "digest": known.digest, "confirmed_on": self._today(),
            "by": by.strip() or self.officer, "decision_no": basis, "base": base, "note": note or None,
        })  # fmt: skip

    def standard_ahead(self, on: date | None = None) -> date | None:
        """Return the day on which the poverty standard changes within the coming months, ``None`` where it does not."""
        day = on or clock.today()
        return benefits.standard_changes(day, day + timedelta(days=AHEAD))

    def _adviser(self, day: date, *, sensitive: bool) -> Adviser:
        state = self.table_state(ALLOWANCE, day)
        return Adviser(day, state.base, sensitive=sensitive)

    def _situations(self, day: date, child: str | None = None) -> list[Situation]:
        """Return what hints look at, of every child or of one, in name order."""
        one, values = ("", ()) if child is None else (" AND id = ?", (child,))
        columns = ", ".join(f'"{name}"' for name in OF_CHILD)
        sql = f"SELECT {columns} FROM child WHERE _del IS NULL{one} ORDER BY name_key, id"
        rows = [dict(zip(OF_CHILD, found, strict=True)) for found in self.store.db.execute(sql, values)]
        episodes = {form: _by_child(self, form, child) for form in EPISODES}
        classes = shorthand.classes(self.store, day.year)
        hard = {str(row["id"]): row.get("hard") for row in self.store.rows("village")}
        return [_situation(row, episodes, classes, hard) for row in rows]

    def _log_look(self, child: str) -> None:
        if self.seals:
            return
        with self.store.atomic():
            self.ledger.log_access(self.officer, "view", child, "benefits")


def _by_child(desk: Base, form: str, child: str | None) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    where, values = ("1", ()) if child is None else ('"child" = ?', (child,))
    for row in desk.store.rows(form, where, values, order="id"):
        found[str(row.get("child"))].append(row)
    return found


def _situation(
    row: Row, episodes: Mapping[str, Mapping[str, Sequence[Row]]], classes: Mapping[str, tuple[str, int]],
    hard: Mapping[str, Any],
) -> Situation:  # fmt: skip
    ident = str(row["id"])
    level, year = classes.get(str(row.get("household")), ("", 0))
    said = hard.get(str(row.get("village")))
    groups, risks, supports, placements = (episodes[form].get(ident, ()) for form in EPISODES)
    return Situation(row, groups, risks, supports, placements, level, year, None if said is None else bool(said))


__all__ = ["ALLOWANCE", "CARD", "CONFIRMED", "ENDS", "PAPER", "POVERTY", "Benefits", "ChildHint", "Hint", "TableState"]
