"""Verbs of giving lists: choose by conditions and by hand, quotas of villages, tick, print, record with the children.

Everything chosen, ticked or recorded at once is one batch and can be taken back. Recording writes a support for every
line that was received and has a child, and the line keeps it: done again it finds nothing left to do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from cbdesk import clock, conditions, dates, handouts, page, report, text, workbook
from cbdesk.catalogue import Report, catalogue
from cbdesk.change import VOID, Value, new_id, new_stream_id
from cbdesk.conditions import HOLDS, Conditions
from cbdesk.dates import Period
from cbdesk.desk.base import Saved
from cbdesk.desk.extras import Extras
from cbdesk.desk.places import village_names
from cbdesk.errors import Problem
from cbdesk.extras import Extra
from cbdesk.facts import Span
from cbdesk.handouts import CRITERIA, HAND, HANDOUT, LINE, QUOTA, Already
from cbdesk.paper import Paper
from cbdesk.rights import EDIT, EXPORT, needs
from cbdesk.roll import Person, why_outside
from cbdesk.store import Draft

__all__ = ["Already", "Candidate", "Handouts", "Listing"]

DROPPED = "dropped"
AGE = "age"
Where = Mapping[str, Sequence[str]]
Places = tuple[dict[str, str], dict[str, int]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One child (``child``) or household of a list, as it stands now.

    ``line`` is the record of its line, ``{}`` where it is not on the list; ``already`` what it got of the same occasion
    this year; ``values`` what the office's columns say, stored text by code; ``here`` is false for one that left since.
    """

    child: str
    name: str
    born: str
    sex: str
    village: str
    village_name: str
    place: int
    level: str
    groups: tuple[str, ...]
    line: Mapping[str, Any]
    already: tuple[Already, ...] = ()
    values: Mapping[str, str] | None = None
    here: bool = True

    @property
    def key(self) -> str:
        """Return what tells lines apart: the child, else the line's record."""
        return self.child or str(self.line.get("id") or "")


@dataclass(frozen=True, slots=True)
class Listing:
    """A giving list with all that is shown of it. ``quotas`` are by village, ``columns`` those of the office."""

    row: Mapping[str, Any]
    lines: tuple[Candidate, ...]
    quotas: Mapping[str, int]
    columns: tuple[Extra, ...]

    @property
    def received(self) -> int:
        """Return how many lines were received."""
        return sum(bool(one.line.get("received")) for one in self.lines)

    @property
    def open(self) -> int:
        """Return how many lines were received and not yet recorded with their child."""
        return sum(_open(one.line) for one in self.lines)

    def by_village(self) -> dict[str, tuple[int, int]]:
        """Return by village how many are on the list and how many it gets (0: no quota)."""
        chosen = Counter(one.village for one in self.lines)
        return {one: (chosen[one], self.quotas.get(one, 0)) for one in dict.fromkeys([*chosen, *self.quotas])}


class Handouts(Extras):
    """Verbs of giving lists."""

    def handouts(self) -> list[dict[str, Any]]:
        """Return the giving lists, the newest first, each with ``lines``, ``received`` and ``recorded``."""
        lines: dict[str, list[Mapping[str, Any]]] = {}
        for row in self.store.rows(LINE, order="id"):
            lines.setdefault(str(row[HANDOUT]), []).append(row)
        found = list[dict[str, Any]]()
        for row in self.store.rows(HANDOUT, order="id"):
            own = lines.get(str(row["id"]), [])
            counted = {"lines": len(own), "received": sum(bool(one.get("received")) for one in own),
                       "recorded": sum(bool(one.get("support")) for one in own)}  # fmt: skip
            found.append({**row, **counted})
        return sorted(found, key=lambda row: (str(row.get("on") or "9999"), str(row["id"])), reverse=True)

    def handout(self, record: str) -> Listing:
        """Return a list with its lines in the order of the paper. Raises ``Problem(no_record)``."""
        row = self._handout(record)
        people = {str(one["child"]["id"]): one for one in self.people(clock.today().year)}
        lines, values = self._lines(record), self._values()
        columns = self._columns_of(row)
        known = handouts.already(row, self.store.rows("support"), self._others(), clock.today())
        names, places = self.village_places()
        found = []
        for line in lines:
            child = str(line.get("child") or "")
            person = people.get(child)
            if child and person is None:
                continue
            found.append(self._candidate(person, line, known, columns, values, (names, places)))
        return Listing(row, tuple(sorted(found, key=self._order())), self._quotas(record), tuple(columns))

    def handout_rows(self, record: str) -> tuple[list[dict[str, Any]], dict[str, int]]:
        """Return only the lines and quotas of a list: quick, for one who knows the children. Raises ``Problem``."""
        self._handout(record)
        return self._lines(record), self._quotas(record)

    def handout_choices(
        self, record: str, where: Where, ages: tuple[int, int] | None = None, on: date | None = None
    ) -> list[Candidate]:
        """Return the children who fit conditions on a day (today), in the order of the paper, on the list or not.

        Conditions are those of lists put together (``list_conditions``); who fits through what must be kept apart alone
        is not among them. Raises ``Problem``: ``no_record``, ``report_wrong`` for a condition nobody knows.
        """
        row, day = self._handout(record), on or clock.today()
        asked = _conditions(where, ages)
        people = self.people(day.year)
        fits = Conditions(asked, {}, people, catalogue(), Span(day, day), clock.today())
        lines = {str(line["child"]): line for line in self._lines(record) if line.get("child")}
        known = handouts.already(row, self.store.rows("support"), self._others(), clock.today())
        columns, values, places = self._columns_of(row), self._values(), self.village_places()
        found = [
            self._candidate(one, lines.get(str(one["child"]["id"]), {}), known, columns, values, places)
            for one in people
            if _here(one, day) and fits.holds(str(one["child"]["id"])) == HOLDS
        ]
        return sorted(found, key=self._order())

    def kept_conditions(self, row: Mapping[str, Any]) -> tuple[dict[str, tuple[str, ...]], tuple[int, int] | None]:
        """Return the conditions a list was last chosen by, as far as they can still be asked."""
        where, ages = handouts.criteria(row)
        sound = {name for name in where if not [*conditions.faults({name: where[name]}, {}, catalogue())]}
        return {name: codes for name, codes in where.items() if name in sound}, ages

    def village_places(self) -> Places:
        """Return the names of villages and the order they stand in, by id."""
        names = village_names(self.store)
        return names, {one: n for n, one in enumerate(names)}

    def _order(self) -> Any:
        order = self.name_order()
        return lambda one: (one.place, not one.name, text.name_key(one.name, order), one.key)

    def _candidate(
        self, person: Person | None, line: Mapping[str, Any], known: Mapping[str, tuple[Already, ...]],
        columns: Sequence[Extra], values: Mapping[str, Mapping[str, str]], places: Places,
    ) -> Candidate:  # fmt: skip
        names, order = places
        if person is None:
            village = str(line.get("place") or "")
            return Candidate("", str(line.get("heard_name") or ""), "", "", village, names.get(village, ""),
                             order.get(village, len(order)), "", (), line)  # fmt: skip
        child = person["child"]
        ident, village = str(child["id"]), str(child.get("village") or "")
        said = values.get(ident, {})
        return Candidate(
            ident, str(child.get("full_name") or ""), str(child.get("born") or ""), str(child.get("sex") or ""),
            village, names.get(village, ""), order.get(village, len(order)),
            str((person.get("household") or {}).get("class") or ""), _groups(person), line, known.get(ident, ()),
            {one.code: said[one.id] for one in columns if said.get(one.id)}, _here(person, clock.today()),
        )  # fmt: skip

    def _handout(self, record: str) -> dict[str, Any]:
        found = self.store.rows(HANDOUT, "id = ?", (record,))
        if not found:
            raise Problem("no_record")
        return dict(found[0])

    def _lines(self, record: str) -> list[dict[str, Any]]:
        return self.store.rows(LINE, f'"{HANDOUT}" = ?', (record,), order="id")

    def _others(self) -> list[tuple[Mapping[str, Any], list[Mapping[str, Any]]]]:
        lines: dict[str, list[Mapping[str, Any]]] = {}
        for line in self.store.rows(LINE, order="id"):
            lines.setdefault(str(line[HANDOUT]), []).append(line)
        return [(row, lines.get(str(row["id"]), [])) for row in self.store.rows(HANDOUT, order="id")]

    def _quotas(self, record: str) -> dict[str, int]:
        rows = self.store.rows(QUOTA, f'"{HANDOUT}" = ?', (record,), order="id")
        return {str(row["village"]): n for row in rows if isinstance(n := row.get("number"), int)}

    def _columns_of(self, row: Mapping[str, Any]) -> list[Extra]:
        """Return the columns of a list: its own, and those of all children it was told to show."""
        wanted = set(row.get("columns") or ())
        return [one for one in self.extra_columns([str(row["id"])]) if one.scope or one.id in wanted]

    # --- choosing ----------------------------------------------------------------------------------------------------

    @needs(EDIT)
    def choose(
        self, record: str, children: Iterable[str], *, how: str = HAND, where: Where | None = None,
        ages: tuple[int, int] | None = None,
    ) -> Saved:  # fmt: skip
        """Put children on a list, those on it already left as they are; ``where`` and ``ages`` are kept with the list.

        Raises ``Problem(no_record)`` for a list or child that is not there.
        """
        row, batch = self._handout(record), new_stream_id()
        known = {str(line.get("child")) for line in self._lines(record)}
        new = [one for one in dict.fromkeys(children) if one not in known]
        if any(self.store.count("child", "id = ?", (one,)) == 0 for one in new):
            raise Problem("no_record")
        drafts = [Draft(LINE, new_id(), {HANDOUT: record, "child": one, "how": how}) for one in new]
        if how == CRITERIA:
            told = handouts.criteria_text(where or {}, ages)
            drafts += [Draft(HANDOUT, record, {"criteria": told})] if row.get("criteria") != told else []
        self._write(drafts, batch)
        return Saved(record, (), batch if drafts else None)

    @needs(EDIT)
    def unchoose(self, record: str, lines: Sequence[str]) -> Saved:
        """Take lines off a list. Raises ``Problem(handout_recorded)`` where one is recorded with its child."""
        rows = self._of_list(record, lines)
        recorded = sum(bool(row.get("support")) for row in rows)
        if recorded:
            raise Problem("handout_recorded", n=recorded)
        batch = new_stream_id()
        self._write([Draft(LINE, str(row["id"]), {VOID: DROPPED}) for row in rows], batch)
        return Saved(record, (), batch if rows else None)

    @needs(EDIT)
    def set_quotas(self, record: str, quotas: Mapping[str, int | None]) -> Saved:
        """Say how many each village gets (``None``: no quota). Raises ``Problem(no_record)``."""
        self._handout(record)
        rows = {str(row["village"]): row for row in self.store.rows(QUOTA, f'"{HANDOUT}" = ?', (record,), order="id")}
        drafts, batch = list[Draft](), new_stream_id()
        for village, number in quotas.items():
            row = rows.get(village)
            if row is None and number is not None:
                if self.store.count("village", "id = ?", (village,)) == 0:
                    raise Problem("no_record")
                drafts.append(Draft(QUOTA, new_id(), {HANDOUT: record, "village": village, "number": number}))
            elif row is not None and row.get("number") != number:
                drafts.append(Draft(QUOTA, str(row["id"]), {"number": number}))
        self._write(drafts, batch)
        return Saved(record, (), batch if drafts else None)

    # --- ticking and recording ---------------------------------------------------------------------------------------

    @needs(EDIT)
    def tick(self, record: str, lines: Sequence[str], *, received: bool = True, on: str = "") -> Saved:
        """Say of lines whether they were received, and on which day where that is another than the list's.

        What is recorded with its child stays received. Raises ``Problem(no_record)``.
        """
        drafts, batch = list[Draft](), new_stream_id()
        for row in self._of_list(record, lines):
            day = on if received and on else None
            wanted: dict[str, Value] = {"received": True if received else None, "received_on": day}
            changed = {} if row.get("support") else self._difference(row, wanted)
            drafts += [Draft(LINE, str(row["id"]), changed)] if changed else []
        self._write(drafts, batch)
        return Saved(record, (), batch if drafts else None)

    def _of_list(self, record: str, lines: Sequence[str]) -> list[dict[str, Any]]:
        self._handout(record)
        known = {str(row["id"]): row for row in self._lines(record)}
        if any(one not in known for one in lines):
            raise Problem("no_record")
        return [known[one] for one in dict.fromkeys(lines)]

    @needs(EDIT)
    def record_handout(self, record: str) -> tuple[int, Saved]:
        """Record a gift with every child whose line was received, one batch; returns how many.

        A line is recorded once, whatever becomes of the record; one without child is not recorded anywhere. Raises
        ``Problem(no_record)``.
        """
        row, today, batch = self._handout(record), clock.today(), new_stream_id()
        drafts = list[Draft]()
        with self.store.atomic():
            for line in self._lines(record):
                if not _open(line) or self.store.count("child", "id = ?", (str(line["child"]),)) == 0:
                    continue
                support = new_id()
                drafts += [Draft("support", support, handouts.support_of(row, line, today)),
                           Draft(LINE, str(line["id"]), {"support": support})]  # fmt: skip
            self._write(drafts, batch)
        return len(drafts) // 2, Saved(record, (), batch if drafts else None)

    # --- paper -------------------------------------------------------------------------------------------------------

    def handout_paper(self, record: str) -> Paper:
        """Return the paper of a list: to be signed, or of a disaster. Raises ``Problem(no_record)``."""
        row = self._handout(record)
        made = handouts.report_of(row, self._columns_of(row))
        day = dates.latest(str(row.get("on") or "")) or clock.today()
        day = min(day, clock.today())
        people, lines = self.people(day.year, made), self._lines(record)
        paper = report.make(made, people, self.office(), Period(day.isoformat(), day, day), catalogue=catalogue(),
                            today=clock.today(), order=self.name_order())  # fmt: skip
        return handouts.told_on(paper, row, lines, catalogue())

    @needs(EXPORT)
    def handout_files(
        self, record: str, out: Path, formats: Sequence[str] = ("pdf", "xlsx"), *, overwrite: bool = False
    ) -> list[str]:
        """Write the paper of a list into a folder; no person stands in a file's name. It is logged."""
        paper, files = self.handout_paper(record), []
        for kind in formats:
            target = out / f"{HANDOUT}-{self.unit.code}-{paper.period}-{record[-6:]}.{kind}"
            content = page.pdf(paper, stamp=clock.now()) if kind == "pdf" else workbook.list_xlsx(paper)
            self.put_out(target, content, overwrite=overwrite)
            files.append(str(target))
        self.log("export", record, f"{HANDOUT} {len(paper.rows)}")
        return files


def _conditions(where: Where, ages: tuple[int, int] | None) -> dict[str, list[str]]:
    asked = {name: list(codes) for name, codes in where.items() if codes}
    if ages:
        asked[AGE] = [f"{ages[0]}-{ages[1] + 1}"]
    wrong = next(conditions.faults(asked, {}, catalogue()), "")
    if wrong:
        raise Problem("report_wrong", place=wrong)
    return asked


def _open(line: Mapping[str, Any]) -> bool:
    return bool(line.get("received") and line.get("child") and not line.get("support"))


def _here(person: Person, day: date) -> bool:
    rules = Report(HANDOUT, {"select": {"under_age": catalogue().threshold("child_age", day)}})
    return not why_outside(rules, person["child"], day, catalogue())


def _groups(person: Person) -> tuple[str, ...]:
    """Return the words of the groups of a child that may be told and are in force."""
    known, found, today = catalogue().lists["group"], [], clock.today().isoformat()
    for one in person.get("episodes", ()):
        choice = known.get(str(one.get("code"))) if one["form"] == "circumstance" else None
        if choice is not None and not choice.sensitive and not (one.get("to") and str(one["to"]) <= today):
            found.append(choice.short)
    return tuple(dict.fromkeys(found))
