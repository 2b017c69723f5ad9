"""Households: the yearly decision on poor and near-poor ones, and people who move, part, come together or are away.

Nothing of a decision is written before somebody says so, and each verb is one batch that one undo takes back. Until a
year's decision is in, the class of the year before stands (``shorthand.classes``); ``classes_standing`` says so. A
household that no line of the decision names keeps its class until a person gives it another.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cbdesk import clock
from cbdesk.catalogue import catalogue
from cbdesk.change import Value, new_id, new_stream_id
from cbdesk.desk import shorthand
from cbdesk.desk.batches import Batches
from cbdesk.desk.lists import here
from cbdesk.desk.places import village_names
from cbdesk.desk.reading import IMPORTED
from cbdesk.errors import Finding, Problem
from cbdesk.households import ABSENT, MATCHED, NEAR, POOR, TWICE, Home, Line, Matched, Missing, Near, match
from cbdesk.importer import ImportPlan
from cbdesk.rights import EDIT, needs
from cbdesk.rows import ImportRow
from cbdesk.store import Draft
from cbdesk.text import match_key

__all__ = ["ABSENT", "MATCHED", "NEAR", "POOR", "TWICE", "Decision", "DecisionDone", "DecisionPlan", "Home", "Homes",
           "Line", "Matched", "Missing", "Near", "Standing"]  # fmt: skip

CHILD, CARER, VILLAGE, HOUSEHOLD, CLASS = "child", "carer", "village", "household", "household_class"
FILLED = ("head_name", "head_personal_id", "book_no", "ethnicity", "phone", "address")
"""What a line may add to a household that does not say it yet; nothing is overwritten."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a decision says of all its lines: the year it holds for, its number, its day (partial ISO) and basis."""

    year: int
    number: str = ""
    on: str = ""
    source: str = ""


@dataclass(slots=True)
class DecisionPlan:
    """A decision read and met with the register: ``matched`` lines and missing homes, ``refused`` rows of the file."""

    decision: Decision
    matched: Matched
    refused: list[ImportRow] = field(default_factory=list)
    doubts: tuple[Finding, ...] = ()
    """What is odd about the year; nothing of it keeps the decision from being written."""

    @property
    def open(self) -> list[Line]:
        """Return the lines that wait for somebody."""
        return [line for line in self.matched.lines if line.open]


@dataclass(frozen=True, slots=True)
class DecisionDone:
    """What was written: homes that got a class (``classed``), made anew (``made``), said already (``same``).

    ``skipped`` lines were left out, ``absent`` have nobody here, ``waiting`` are open; ``left`` homes left poverty by
    a person's word. ``batch`` takes it back, ``None`` where nothing was written.
    """

    classed: int = 0
    made: int = 0
    same: int = 0
    skipped: int = 0
    absent: int = 0
    waiting: int = 0
    left: int = 0
    batch: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """From which years the classes come that hold in ``year``: year to how many poor or near-poor households."""

    year: int
    by_year: Mapping[int, int]

    @property
    def current(self) -> bool:
        """Return whether no class of an earlier year is still in use."""
        return all(year == self.year for year in self.by_year)


class Homes(Batches):
    """Verbs on households."""

    # --- the yearly decision -----------------------------------------------------------------------------------------

    def classes_standing(self, year: int) -> Standing:
        """Return from which years the classes come that hold in a year: older ones stand until the new decision."""
        return Standing(year, shorthand.standing(self.store, year))

    def decision_plan(self, plan: ImportPlan, decision: Decision) -> DecisionPlan:
        """Meet a decision (``import_plan(file, form="household")``) with the households; nothing is written.

        Raises ``Problem(no_class)``: no line says which class its household has.
        """
        for row in plan.rows:  # both columns ticked: nobody knows which is meant
            if any((note.field, note.code) == ("household_class", "two_codes") for note in row.notes):
                row.refused = row.refused or "two_classes"
        good = [row for row in plan.rows if row.refused is None and row.data.get("household_class")]
        if not good:
            raise Problem("no_class")
        lines = [Line((row.sheet, row.row_number), dict(row.data)) for row in good]
        refused = [row for row in plan.rows if not any(row is one for one in good)]
        for row in refused:
            row.refused = row.refused or "no_class"
        doubts = _year_doubts(decision.year, plan.titles)
        return DecisionPlan(decision, match(lines, self.homes(decision.year)), refused, doubts)

    def homes(self, year: int) -> list[Home]:
        """Return all households, and the children who have none by the people who look after them."""
        people = _names_by_child(self.store.rows(CARER, order="id"))
        classes, villages = shorthand.classes(self.store, year), village_names(self.store)
        given = {str(row[HOUSEHOLD]): row for row in self.store.rows(CLASS, "year = ?", (year,), order="id")}
        children = [row for row in self.store.rows(CHILD, order="id") if here(str(row.get("life_status") or ""))]
        housed: dict[str, list[Mapping[str, Any]]] = {}
        loose: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
        for row in children:
            names = people.get(str(row["id"]), ())
            if row.get(HOUSEHOLD):
                housed.setdefault(str(row[HOUSEHOLD]), []).append(row)
            elif names:
                loose.setdefault((str(row.get(VILLAGE) or ""), *sorted(map(match_key, names))), []).append(row)
        found = [
            _home(row, housed.get(str(row["id"]), []), people, villages, classes.get(str(row["id"])),
                  given.get(str(row["id"])))
            for row in self.store.rows(HOUSEHOLD, order="id")
        ]  # fmt: skip
        for (place, *_), rows in loose.items():
            found.append(Home("", _ids(rows), "", people[str(rows[0]["id"])], villages.get(place, ""), place=place,
                              kids=_kids(rows)))  # fmt: skip
        return found

    @needs(EDIT)
    def decision_run(self, plan: DecisionPlan) -> DecisionDone:
        """Write the classes of all lines that are decided, as one batch. A line that is open is left for later."""
        batch, run = new_stream_id(), _Run(self, plan)
        for line in plan.matched.lines:
            run.line(line)
        for one in plan.matched.missing:
            if one.level:
                run.leave(one.home, one.level)
        with self.store.atomic():
            if run.drafts:
                self._write(run.drafts, batch)
                written = f"{run.count['made']} {run.count['classed'] + run.count['left']} {HOUSEHOLD}"
                self.ledger.log_access(self.officer, IMPORTED, batch, written)
        return run.done(batch if run.drafts else None)


class _Run:
    """One decision on its way into the register; what it writes is collected in ``drafts``."""

    def __init__(self, desk: Homes, plan: DecisionPlan) -> None:
        self.decision, self.homes = plan.decision, plan.matched.homes
        self.drafts: list[Draft] = []
        self.count: Counter[str] = Counter()
        self._villages = shorthand.Villages(desk.store)
        self._known = {str(row["id"]): row for row in desk.store.rows(HOUSEHOLD)}
        rows = desk.store.rows(CLASS, "year = ?", (self.decision.year,), order="id")
        self._given = {str(row[HOUSEHOLD]): row for row in rows}

    def line(self, line: Line) -> None:
        """Take in one line."""
        if line.open:
            self.count["waiting"] += 1
        elif line.skip:
            self.count["skipped"] += 1
        elif line.new:
            self._class(self._made(line.data, ()), line.level, "made")
        elif not line.homes:
            self.count["absent"] += 1
        for key in () if line.skip or line.new else line.homes:
            home = self.homes[key]
            record = home.id or self._made(line.data, home.children)
            self._fill(record, line.data)
            self._class(record, line.level, "classed" if home.id else "made")

    def leave(self, home: Home, level: str) -> None:
        """Give a home that no line names the class somebody said."""
        self._class(home.id, level, "left")

    def done(self, batch: str | None) -> DecisionDone:
        """Return what was counted."""
        count = self.count
        return DecisionDone(count["classed"], count["made"], count["same"], count["skipped"], count["absent"],
                            count["waiting"], count["left"], batch)  # fmt: skip

    def _made(self, data: Mapping[str, Any], children: Iterable[str]) -> str:
        record, village = new_id(), str(data.get(VILLAGE) or "")
        fields: dict[str, Value] = {name: data[name] for name in FILLED if data.get(name)}
        if village:
            fields[VILLAGE] = self._villages.resolve(village, self.drafts)
        self.drafts.append(Draft(HOUSEHOLD, record, fields))
        self.drafts += [Draft(CHILD, child, {HOUSEHOLD: record}) for child in children]
        return record

    def _fill(self, record: str, data: Mapping[str, Any]) -> None:
        known = self._known.get(record)
        added = {name: data[name] for name in FILLED if known and data.get(name) and not known.get(name)}
        if added:
            self.drafts.append(Draft(HOUSEHOLD, record, added))

    def _class(self, record: str, level: str, what: str) -> None:
        told = {"class": level, "decision_no": self.decision.number or None, "decision_date": self.decision.on or None,
                "source": self.decision.source or None}  # fmt: skip
        before = self._given.get(record)
        if before is None:
            said = {name: value for name, value in told.items() if value is not None}
            self.drafts.append(Draft(CLASS, new_id(), {HOUSEHOLD: record, "year": self.decision.year, **said}))
        else:
            said = {name: value for name, value in told.items() if value is not None and before.get(name) != value}
            if not said:
                self.count["same"] += 1
                return
            self.drafts.append(Draft(CLASS, str(before["id"]), said))
        self.count[what] += 1


def _home(
    row: Mapping[str, Any], children: list[Mapping[str, Any]], people: Mapping[str, tuple[str, ...]],
    villages: Mapping[str, str], stands: tuple[str, int] | None, given: Mapping[str, Any] | None,
) -> Home:  # fmt: skip
    head = str(row.get("head_name") or "")
    names = (*((head,) if head else ()), *(name for one in children for name in people.get(str(one["id"]), ())))
    place = str(row.get(VILLAGE) or next((one[VILLAGE] for one in children if one.get(VILLAGE)), ""))
    level, year = stands or ("", 0)
    return Home(
        str(row["id"]), _ids(children), head, tuple(dict.fromkeys(names)), villages.get(place, ""),
        str(row.get("head_personal_id") or ""), str(row.get("book_no") or ""), level, year,
        str((given or {}).get("class") or ""), str((given or {}).get("decision_no") or ""),
        place, _kids(children),
    )  # fmt: skip


def _kids(rows: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(name for row in rows if (name := str(row.get("full_name") or row.get("usual_name") or "")))


def _year_doubts(year: int, titles: Iterable[str]) -> tuple[Finding, ...]:
    """Return the doubt where the titles of the file name other years, or the year is neither this nor the next."""
    named = sorted({int(one) for title in titles for one in re.findall(r"\b20\d\d\b", title)})
    now = clock.today().year
    if named and year not in named:
        return (Finding("year", "ask", "decision_other_year", {"years": ", ".join(map(str, named)), "year": year}),)
    return () if year in (now, now + 1) else (Finding("year", "ask", "decision_far_year", {"year": year, "now": now}),)


def _ids(rows: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(str(row["id"]) for row in rows)


def _names_by_child(carers: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """Return the people a child's household may be named after, the main carer first."""
    found: dict[str, list[tuple[bool, int, str]]] = {}
    order = {choice.code: choice.order for choice in catalogue().lists["relation"].choices}
    for row in carers:
        if row.get("full_name"):
            rank = (not row.get("main_carer"), order.get(str(row.get("relation")), 999), str(row["full_name"]))
            found.setdefault(str(row.get(CHILD)), []).append(rank)
    return {child: tuple(dict.fromkeys(name for *_, name in sorted(rows))) for child, rows in found.items()}
