"""Verbs of the monthly round: make and print the sheets of the villages, and see which have returned.

Rules. A sheet freezes who stands on it and in which order; what is printed beside the names is true on the day of
printing. Which villages are missing is derived, never stored. Keying a sheet back: ``returning``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from cbdesk import clock, dates, page, rounds
from cbdesk.catalogue import catalogue
from cbdesk.change import Value, new_stream_id
from cbdesk.desk import shorthand
from cbdesk.desk.directory import HEAD, Directory
from cbdesk.desk.known import CHILD, links, root
from cbdesk.desk.places import names_of
from cbdesk.desk.telling import Telling
from cbdesk.errors import Problem
from cbdesk.paper import Paper
from cbdesk.rights import EDIT, EXPORT, needs, wholly
from cbdesk.rounds import ABSENCE, Line, Printed

SHEET, RETURN, VILLAGE = "round_sheet", "round_return", "village"
COLLABORATOR = "collaborator"
LOT = 500
GONE = ("dead", "missing")
"""States of a person who is named on no sheet."""
PAST = 3
"""How many months before are shown beside a month."""


@dataclass(frozen=True, slots=True)
class Returned:
    """One time a sheet was keyed: the day, by whom, how many changes, the batch; ``said`` are (line, answer)."""

    id: str
    on: str
    by: str
    changes: int
    batch: str
    said: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its number, month (``2026-10``), village (id and name), day it was made, lines, and its returns."""

    id: str
    number: str
    month: str
    village: str
    village_name: str
    made_on: str
    lines: int
    returns: tuple[Returned, ...] = ()

    @property
    def returned_on(self) -> str:
        """Return the day it was last keyed, "" while it is out."""
        return self.returns[-1].on if self.returns else ""


@dataclass(frozen=True, slots=True)
class Place:
    """One village of a month: its sheets (newest last), children now, and how it stood in the months before.

    ``past`` are (month, state) with the states of ``state``, the nearest last.
    """

    village: str
    name: str
    children: int
    sheets: tuple[Sheet, ...]
    late: bool
    past: tuple[tuple[str, str], ...] = ()

    @property
    def sheet(self) -> Sheet | None:
        """Return the sheet that returned, else the newest."""
        back = [one for one in self.sheets if one.returns] or self.sheets
        return back[-1] if back else None

    @property
    def state(self) -> str:
        """Return ``returned``, ``late`` (its month is over), ``out`` or ``none`` (no sheet was made)."""
        return _state(self.sheets, late=self.late)


class Rounds(Directory, Telling):
    """Verbs of the monthly round."""

    # --- making ------------------------------------------------------------------------------------------------------

    @needs(EDIT)
    def round_make(
        self, month: str, villages: Sequence[str] | None = None, *, again: bool = False
    ) -> tuple[list[Sheet], str]:
        """Make a sheet for each village (ids; without: all that have children) that has none in this month.

        ``again`` makes a second one. Returns the sheets and their one batch. Raises ``Problem``: ``bad_period``,
        ``round_ahead`` for a month after the next, ``round_made`` where nothing is left to make, ``no_record`` for an
        unknown village.
        """
        span = dates.read_period(_month(month))
        if span.first > dates.months_after(clock.today().replace(day=1), 1):
            raise Problem("round_ahead", month=dates.show_date(month))
        has = {one.village for one in self.round_sheets(month)}
        names, on = self._village_words(), self._round_children(span.first)
        wanted = [one for one in names if on.get(one)] if villages is None else list(dict.fromkeys(villages))
        if any(one not in names for one in wanted):
            raise Problem("no_record")
        wanted = [one for one in wanted if again or one not in has]
        if not wanted:
            raise Problem("round_made", month=dates.show_date(month))
        made, batch = list[str](), new_stream_id()
        with self.store.atomic():
            work = self._work(batch)
            for village in wanted:
                children = on.get(village, [])
                data: dict[str, Value] = {"month": month, "village": village, "made_on": self._today(),
                                          "lines": len(children), "children": "\n".join(children) or None}  # fmt: skip
                made.append(str(self._save(catalogue().forms[SHEET], data, None, work).id))
        return [one for one in self.round_sheets(month) if one.id in made], batch

    def _round_children(self, first: date) -> dict[str, list[str]]:
        """Return the children living in each village who were under age on a day, in name order."""
        age = catalogue().threshold("child_age", first)
        here = {one.code for one in catalogue().lists["life_status"].choices if one.extra.get("here")}
        found: dict[str, list[str]] = {}
        sql = f"SELECT id, village, born, life_status FROM {CHILD} WHERE _del IS NULL AND village IS NOT NULL"
        for child, village, born, status in self.store.db.execute(f"{sql} ORDER BY name_key, id"):
            grown = dates.reaches(born, age) if born else None
            if (not status or status in here) and (grown is None or grown > first):
                found.setdefault(str(village), []).append(str(child))
        return found

    def _village_words(self, *, hidden: bool = False) -> dict[str, str]:
        """Return the names of villages by id, in the order of lists; ``hidden`` those that are no more too.

        Two of one name carry their old commune: a sheet must not come to the wrong collaborator.
        """
        rows = self.store.rows(VILLAGE, hidden=hidden)
        rows.sort(key=lambda row: row["order"] if isinstance(row.get("order"), int) else 9_999)  # type: ignore[arg-type,return-value]
        shown = names_of(rows)
        return {record: str(row.get("name") or "") if row.get("to") else shown[record]
                for row in rows for record in (str(row["id"]),)}  # fmt: skip

    # --- looking -----------------------------------------------------------------------------------------------------

    def round_sheets(self, month: str | None = None) -> list[Sheet]:
        """Return the sheets in the order they were made, of one month or all. Raises ``Problem(bad_period)``."""
        where, values = ("1", ()) if month is None else ('"month" = ?', (_month(month),))
        names, back = self._village_words(hidden=True), dict[str, list[Returned]]()
        rows = self.store.rows(SHEET, where, values, order="id")
        wanted = {str(row["id"]) for row in rows}
        for row in self.store.rows(RETURN, order="id"):
            if str(row[SHEET]) in wanted:
                back.setdefault(str(row[SHEET]), []).append(self._returned(row))
        return [
            Sheet(str(row["id"]), str(row.get("number") or ""), str(row.get("month") or ""),
                  str(row.get(VILLAGE) or ""), names.get(str(row.get(VILLAGE)), ""), str(row.get("made_on") or ""),
                  len(_ids(row)), tuple(back.get(str(row["id"]), ())))
            for row in rows
        ]  # fmt: skip

    def _returned(self, row: Mapping[str, Value]) -> Returned:
        first = self.store.changes_of(str(row["id"]))[0]
        said = [one.partition(" ") for one in str(row.get("answers") or "").splitlines()]
        pairs = tuple((int(line), code) for line, _, code in said if line.isdigit())
        changes = row.get("changes")
        return Returned(str(row["id"]), str(row.get("on") or ""), first.by, changes if isinstance(changes, int) else 0,
                        first.g, pairs)  # fmt: skip

    def round_sheet(self, record: str) -> Sheet:
        """Return one sheet. Raises ``Problem(no_record)``."""
        found = next((one for one in self.round_sheets() if one.id == record), None)
        if found is None:
            raise Problem("no_record")
        return found

    def round_find(self, number: str) -> Sheet:
        """Return the sheet with the number printed on it, such as ``RS-A0012``, ``a12`` or ``12``.

        Raises ``Problem(round_unknown)``, also where the digits alone fit the sheets of two machines.
        """
        found = [one for one in self.round_sheets() if rounds.same_number(number, one.number)]
        if len(found) != 1:
            raise Problem("round_unknown", number=number.strip())
        return found[0]

    def round_lines(self, record: str) -> tuple[Line, ...]:
        """Return the lines of a sheet in their order, as the register knows the children now. Raises ``no_record``."""
        row = self._sheet_row(record)
        joined = links(self.store)
        ids = [root(one, joined) or one for one in _ids(row)]
        facts = self._facts(ids)
        return tuple(replace(facts[child], number=n) if child in facts else Line(n, child, {}, gone=True)
                     for n, child in enumerate(ids, 1))  # fmt: skip

    def _sheet_row(self, record: str) -> dict[str, Value]:
        row = self.store.row(SHEET, record)
        if row is None or row.get("_del") is not None:
            raise Problem("no_record")
        return row

    @wholly
    def _facts(self, children: Sequence[str]) -> dict[str, Line]:
        """Return what a sheet shows of children, by id; who is hidden is left out.

        A carer whose access is restricted stands on no sheet, whoever makes it.
        """
        classes, found = shorthand.classes(self.store, clock.today().year), dict[str, Line]()
        for start in range(0, len(children), LOT):
            some = children[start : start + LOT]
            marks = ", ".join("?" * len(some))
            carers, away = dict[str, list[Mapping[str, Any]]](), dict[str, Mapping[str, Any]]()
            for row in self.store.rows("carer", f"{CHILD} IN ({marks})", some, order="id"):
                carers.setdefault(str(row[CHILD]), []).append(row)
            for row in self.store.rows(ABSENCE, f'{CHILD} IN ({marks}) AND "to" IS NULL', some, order="id"):
                away[str(row[CHILD])] = row
            for row in self.store.rows(CHILD, f"id IN ({marks})", some):
                child = str(row["id"])
                household = classes.get(str(row.get("household")), ("", 0))[0]
                found[child] = _line(row, carers.get(child, ()), away.get(child), household)
        return found

    # --- paper -------------------------------------------------------------------------------------------------------

    def round_paper(self, sheets: Sequence[str]) -> Paper:
        """Return sheets as one paper, each on pages of its own. Raises ``Problem(no_record)``."""
        return rounds.paper([self._printed(self.round_sheet(one)) for one in sheets], self.office(), clock.today())

    def round_blank(self, villages: Sequence[str] = ()) -> Paper:
        """Return sheets without children to write on by hand, for villages (ids) or for none in particular."""
        names = self._village_words()
        empty = [self._signed(Printed("", names.get(one, "")), one) for one in villages] or [Printed("", "")]
        return rounds.paper(empty, self.office(), clock.today())

    def _printed(self, sheet: Sheet) -> Printed:
        made = Printed(sheet.number, sheet.village_name, sheet.month, self.round_lines(sheet.id))
        return self._signed(made, sheet.village)

    def _signed(self, made: Printed, village: str) -> Printed:
        """Return a sheet with the names of the village's collaborator and head."""
        collaborator, head = (self.contact_for(role, village) for role in (COLLABORATOR, HEAD))
        return replace(made, collaborator=collaborator.name if collaborator else "", head=head.name if head else "")

    @needs(EXPORT)
    def round_file(self, paper: Paper, folder: Path, *, overwrite: bool = False) -> Path:
        """Write sheets (``round_paper``, ``round_blank``) as PDF into a folder; logged.

        The file's name carries unit and month, never a person. Raises ``Problem`` of groups P, U.
        """
        target = folder / f"ra-soat-{self.unit.code}-{paper.period or clock.today().isoformat()}.pdf"
        self.put_out(target, page.pdf(paper, stamp=clock.now()), overwrite=overwrite)
        self.log("export", "", f"{SHEET} {len(paper.rows)}")
        return target

    # --- which villages have returned --------------------------------------------------------------------------------

    def round_board(self, month: str) -> list[Place]:
        """Return the villages of a month in their order, and how they stood in the months before.

        A village without children and without a sheet is left out. Raises ``Problem(bad_period)``.
        """
        span = dates.read_period(_month(month))
        sheets, now = self.round_sheets(), self._round_children(span.first)
        months = [_before(span.first, back) for back in range(PAST, 0, -1)]
        found = []
        for village, name in self._village_words(hidden=True).items():
            mine = [one for one in sheets if one.village == village]
            own = tuple(one for one in mine if one.month == month)
            if not own and village not in now:
                continue
            past = [(one, tuple(sheet for sheet in mine if sheet.month == one)) for one in months]
            found.append(Place(village, name, len(now.get(village, ())), own, span.last < clock.today(),
                               tuple((one, _state(made, late=True)) for one, made in past)))  # fmt: skip
        return found

    def round_unplaced(self) -> int:
        """Return how many children living here have no village and so stand on no sheet."""
        here = [one.code for one in catalogue().lists["life_status"].choices if one.extra.get("here")]
        marks = ", ".join("?" * len(here))
        return self.store.count(CHILD, f"village IS NULL AND (life_status IS NULL OR life_status IN ({marks}))", here)

    def rounds_missing(self, on: date) -> list[tuple[str, date, tuple[str, ...]]]:
        """Return (month, its last day, villages) of the last months whose sheets are not all back, the oldest first."""
        found = []
        for back in range(PAST, -1, -1):
            month = _before(on.replace(day=1), back)
            out = self._still_out(month)
            if out:
                found.append((month, dates.read_period(month).last, out))
        return found

    def _still_out(self, month: str) -> tuple[str, ...]:
        """Return the villages that have a sheet of a month and none that returned."""
        rows = self.store.rows(SHEET, '"month" = ?', (month,), order="id")
        back = {str(row[SHEET]) for row in self.store.rows(RETURN)} if rows else set()
        done = {str(row.get(VILLAGE)) for row in rows if row["id"] in back}
        return tuple(dict.fromkeys(str(row.get(VILLAGE)) for row in rows if str(row.get(VILLAGE)) not in done))


def _month(month: str) -> str:
    """Return a month as it is. Raises ``Problem(bad_period)`` for another period, and before the law we know."""
    if not re.fullmatch(r"\d{4}-\d\d", month):
        raise Problem("bad_period", period=month)
    period = dates.read_period(month)
    try:
        catalogue().threshold("child_age", period.first)
    except KeyError:
        raise Problem("bad_period", period=month) from None
    return period.text


def _before(first: date, back: int) -> str:
    """Return the month so many months before one."""
    day = first
    for _ in range(back):
        day = (day - timedelta(days=1)).replace(day=1)
    return day.isoformat()[:7]


def _state(sheets: Sequence[Sheet], *, late: bool) -> str:
    if any(one.returns for one in sheets):
        return "returned"
    return ("late" if late else "out") if sheets else "none"


def _ids(row: Mapping[str, Value]) -> list[str]:
    return str(row.get("children") or "").split()


def _line(
    row: Mapping[str, Any], carers: Sequence[Mapping[str, Any]], away: Mapping[str, Any] | None, household: str
) -> Line:
    """Return what a sheet shows of one child, its number open."""
    status = str(row.get("life_status") or "")
    sex = str(row.get("sex") or "")
    home = [catalogue().forms[ABSENCE].titles["vi"]] if away else [_word("life_status", status)] if status else []
    home += [_word("household_class", household)] if household else []
    known = {
        "full_name": str(row.get("full_name") or row.get("usual_name") or ""),
        "born": dates.show_date(row.get("born")),
        "sex": _word("sex", sex) if sex in ("male", "female") else "",
        "carer": _carer(carers), "class": str(row.get("class") or ""),
        "card_until": dates.show_date(row.get("card_until")), "home": "\n".join(home),
    }  # fmt: skip
    return Line(0, str(row["id"]), known, str(row.get("born") or ""), str(row.get("status_since") or ""),
                *((str(away["id"]), str(away.get("from") or "")) if away else ()))  # fmt: skip


def _carer(carers: Sequence[Mapping[str, Any]]) -> str:
    """Return the main carer, else mother, father, anybody: relation and name; nobody whose access is restricted."""
    order = {"mother": 1, "father": 2}
    named = [one for one in carers
             if one.get("full_name") and one.get("state") not in GONE and not one.get("restricted")]  # fmt: skip
    ranked = sorted(named, key=lambda one: (not one.get("main_carer"), order.get(str(one.get("relation")), 3)))
    if not ranked:
        return ""
    relation = _word("relation", str(ranked[0].get("relation") or ""))
    return " ".join(part for part in (relation, str(ranked[0]["full_name"])) if part)


def _word(name: str, code: str) -> str:
    """Return the short Vietnamese words of a code."""
    choice = catalogue().lists[name].get(code)
    return (choice.shorts.get("vi") or choice.labels["vi"]) if choice else ""
