"""Verbs of the list for the commune police: who is on it, make it, hand it out, and the state of personal numbers.

A list freezes who is on it and in which order; its lines are rows of their children. Answers: ``answering``.

The state of a personal number is derived, never stored: *verified* while the number stands as the police gave or
confirmed it, *waiting* while it is asked for on a list that is not closed, else *given* or *none*.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from cbdesk import cleaning, clock, page, quality, workbook
from cbdesk.catalogue import catalogue
from cbdesk.change import Value, new_id, new_stream_id
from cbdesk.cleaning import FIELDS, PARENTS, Line
from cbdesk.desk.base import Saved
from cbdesk.desk.giving import Given
from cbdesk.desk.known import CHILD
from cbdesk.desk.numbering import Numbers
from cbdesk.desk.quality import Judging
from cbdesk.desk.records import Records
from cbdesk.desk.telling import Telling
from cbdesk.errors import Problem
from cbdesk.paper import Paper
from cbdesk.rights import EDIT, EXPORT, needs
from cbdesk.store import Draft

LIST, LINE = "cleaning_list", "cleaning_line"
FORMATS = ("xlsx", "pdf")

IdStateName = Literal["none", "given", "waiting", "verified"]


@dataclass(frozen=True, slots=True)
class IdState:
    """The state of a child's personal number and since when (ISO day, "" where no day is known).

    ``none`` no number · ``given`` a number nobody verified · ``waiting`` asked for · ``verified`` by the police.
    """

    name: IdStateName
    since: str = ""


@dataclass(frozen=True, slots=True)
class ListSummary:
    """A list for the police: how many lines, how many are answered, and in which villages (names) the children live."""

    id: str
    number: str
    made_on: str
    rows: int
    answered: int
    villages: tuple[str, ...]
    closed_on: str = ""

    @property
    def open(self) -> bool:
        """Return whether answers are still awaited."""
        return not self.closed_on and self.answered < self.rows


class Cleaning(Judging, Records, Telling):
    """Verbs of the round trip with the commune police."""

    # --- making ------------------------------------------------------------------------------------------------------

    def cleaning_rows(
        self, villages: Sequence[str] | None = None, faults: Sequence[str] | None = None, *, again: bool = False
    ) -> tuple[Line, ...]:
        """Return the lines a list would have: children with faults of identity, by village, then by name.

        ``villages`` are ids ("" for none), ``faults`` codes the police can answer; without, all. Children who wait for
        the answer to a list that is not closed are left out unless ``again``.
        """
        wanted = {one.code for one in quality.fault_kinds().values() if one.ask and one.group == quality.IDENTITY}
        wanted = {one for one in faults if quality.fault_kinds()[one].ask} if faults is not None else wanted
        waiting = set() if again else {line.child for line in self._open_lines()}
        rows = self.judged_rows()
        judge = quality.Judge(rows, clock.today())
        found: list[Line] = []
        for row in rows:
            codes = tuple(code for code in judge.faults(row) if code in wanted)
            if codes and row["id"] not in waiting and (villages is None or (row["village"] or "") in villages):
                found.append(Line("", 0, row["id"], row["village"] or "", codes, *_known(row)))
        return self._in_order(found)

    def _in_order(self, lines: Iterable[Line]) -> tuple[Line, ...]:
        """Return lines with the names of their villages, in the order of the villages, numbered from one."""
        villages = self.store.rows("village")
        place = {str(row["id"]): (int(row.get("order") or 9_999), at) for at, row in enumerate(villages)}  # type: ignore[arg-type]
        names = {str(row["id"]): str(row.get("name") or "") for row in villages}
        ordered = sorted(lines, key=lambda line: place.get(line.village, (10_000, 0)))
        return tuple(
            Line("", n, one.child, names.get(one.village, ""), one.faults, one.known, one.others)
            for n, one in enumerate(ordered, 1)
        )

    @needs(EDIT)
    def cleaning_make(
        self, villages: Sequence[str] | None = None, faults: Sequence[str] | None = None, *, again: bool = False
    ) -> Saved:
        """Make a list: who is on it (``cleaning_rows``), in which order and with which known values is frozen.

        Returns the id of the list. Raises ``Problem(cleaning_empty)`` where nobody would be on it.
        """
        lines = self.cleaning_rows(villages, faults, again=again)
        if not lines:
            raise Problem("cleaning_empty")
        record, batch = new_id(), new_stream_id()
        children = {line.child: self.store.row(CHILD, line.child) or {} for line in lines}
        places = list(dict.fromkeys(str(row["village"]) for row in children.values() if row.get("village")))
        made: dict[str, Value] = {"made_on": self._today(), "rows": len(lines), "villages": places}
        number = Numbers(self.store, self.unit, self.node).code(LIST)
        drafts = [Draft(LIST, record, {**number, **made})]
        for line in lines:
            drafts.append(Draft(LINE, new_id(), {
                "child": line.child, "list": record, "line": line.number, "faults": " ".join(line.faults),
                "known": line.as_known(),
            }))  # fmt: skip
        with self.store.atomic():
            self._write(drafts, batch)
        return Saved(record, (), batch)

    # --- handing out -------------------------------------------------------------------------------------------------

    def cleaning_lists(self) -> list[ListSummary]:
        """Return the lists made here, the newest first."""
        answered = Counter[str]()
        for row in self.store.rows(LINE, "answered_on IS NOT NULL"):
            answered[str(row["list"])] += 1
        names = self._village_names()
        return [
            ListSummary(
                str(row["id"]), str(row.get("number") or ""), str(row.get("made_on") or ""),
                int(row.get("rows") or 0), answered[str(row["id"])],  # type: ignore[arg-type]
                tuple(names.get(one, "") for one in _texts(row.get("villages"))), str(row.get("closed_on") or ""),
            )
            for row in self.store.rows(LIST, '"_unit" = ?', (self.unit.key,), order="id DESC")
        ]  # fmt: skip

    def cleaning_list(self, record: str) -> ListSummary:
        """Return one list. Raises ``Problem(no_record)``."""
        found = next((one for one in self.cleaning_lists() if one.id == record), None)
        if found is None:
            raise Problem("no_record")
        return found

    def cleaning_lines(self, record: str) -> tuple[Line, ...]:
        """Return the lines of a list in their order, as they were made, with what was answered."""
        rows = self.store.rows(LINE, '"list" = ?', (record,), order="line, id")
        gone = {row[0] for row in self.store.db.execute("SELECT id FROM child WHERE _del IS NOT NULL")}
        return tuple(cleaning.line_of(row, gone=str(row.get("child")) in gone) for row in rows)

    def cleaning_paper(self, record: str) -> Paper:
        """Return a list as paper, printed with what was known when it was made. Raises ``Problem(no_record)``."""
        one = self.cleaning_list(record)
        made_on = date.fromisoformat(one.made_on) if one.made_on else clock.today()
        return cleaning.paper(one.number, made_on, self.cleaning_lines(record), self.office(), clock.today())

    @needs(EXPORT)
    def cleaning_files(
        self, record: str, folder: Path, formats: Sequence[str] = FORMATS, *, overwrite: bool = False
    ) -> list[Path]:
        """Write a list into a folder as workbook to be filled in and as paper to be signed; logged.

        File names carry unit and number of the list, never a person. Raises ``Problem``: ``no_record``, of groups P, U.
        """
        made = self.cleaning_paper(record)
        files = []
        for form in formats:
            content = page.pdf(made, stamp=clock.now()) if form == "pdf" else workbook.list_xlsx(made)
            target = folder / f"cong-an-{self.unit.code}-{made.period}.{form}"
            files.append(self.put_out(target, content, overwrite=overwrite))
        self.log("export", record, f"{LIST} {len(made.rows)}")
        labels = [_label_of(name) for name in FIELDS]
        children = [line.child for line in self.cleaning_lines(record)]
        self._gave(Given("police", "", "identity", "file", labels, children, paper_no=self.cleaning_list(record).number,
                         profile="police", source=record), once=True)  # fmt: skip
        return files

    @needs(EDIT)
    def cleaning_close(self, record: str) -> Saved:
        """Await no more answers to a list; undoable, and a late answer is still read. Raises ``Problem(no_record)``."""
        if self.cleaning_list(record).closed_on:
            return Saved(record)
        batch = new_stream_id()
        self._write([Draft(LIST, record, {"closed_on": self._today()})], batch)
        return Saved(record, (), batch)

    # --- the state of a number ---------------------------------------------------------------------------------------

    def id_state(self, child: str) -> IdState:
        """Return the state of one child's personal number. Raises ``Problem(no_record)``."""
        _, row = self._record(child)
        return self._state(str(row.get("personal_id") or ""), self._lines_of(child))

    def id_states(self) -> dict[str, IdState]:
        """Return the states of all children, by id."""
        lines = self._lines_of(None)
        by_child: dict[str, list[tuple[Line, str, bool]]] = {}
        for one in lines:
            by_child.setdefault(one[0].child, []).append(one)
        rows = self.store.db.execute("SELECT id, personal_id FROM child WHERE _del IS NULL").fetchall()
        return {child: self._state(str(number or ""), by_child.get(child, [])) for child, number in rows}

    def _state(self, number: str, lines: Sequence[tuple[Line, str, bool]]) -> IdState:
        """Derive the state; ``lines`` are (line, day its list was made, whether that is open), the oldest first."""
        for line, _, _ in reversed(lines):
            if number and line.verified_id == number:
                return IdState("verified", line.answered_on)
        for line, made_on, is_open in reversed(lines):
            if is_open and line.asks_id and not line.no_id and not line.verified_id:
                return IdState("waiting", made_on)
        return IdState("given" if number else "none")

    def _lines_of(self, child: str | None) -> list[tuple[Line, str, bool]]:
        lists = {str(row["id"]): row for row in self.store.rows(LIST)}
        where, values = ('"child" = ?', (child,)) if child else ("1", ())
        found = []
        for row in self.store.rows(LINE, where, values, order="id"):
            one = lists.get(str(row.get("list")))
            if one is not None:
                found.append((cleaning.line_of(row), str(one.get("made_on") or ""), not one.get("closed_on")))
        return sorted(found, key=lambda item: item[1])

    def _open_lines(self) -> list[Line]:
        """Return the lines that wait for an answer."""
        return [line for line, _, is_open in self._lines_of(None) if is_open and not line.answered_on]

    def _village_names(self) -> dict[str, str]:
        return {str(row["id"]): str(row.get("name") or "") for row in self.store.rows("village")}


def _label_of(name: str) -> str:
    """Return the words for what the police are asked: a field of the child, or one of its people."""
    if name in PARENTS:
        return catalogue().lists["relation"].label(PARENTS[name])
    return catalogue().forms[CHILD].field(name).label


def _known(row: Mapping[str, Any]) -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
    """Return what is known of a child: values by ``FIELDS``, and other people as (relation code, name)."""
    known = {name: str(row[name]) for name in FIELDS if row.get(name)}
    relations = {relation: name for name, relation in PARENTS.items()}
    others = []
    for one in row["carers"]:
        name = relations.get(str(one["relation"] or ""))
        if not one["full_name"]:
            continue
        if name and name not in known:
            known[name] = str(one["full_name"])
        else:
            others.append((str(one["relation"] or "other"), str(one["full_name"])))
    return known, tuple(others)


def _texts(value: Value) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []
