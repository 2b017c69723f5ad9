"""Verbs that take the answer of the commune police: read a workbook or keyed lines, show "from → to", write it.

Nothing is written before somebody has seen what would change. What contradicts is asked about, never refused; what
was not understood is told and left alone. One answer is one batch; partial answers are welcome, and the same answer
again changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from cbdesk import answers, cleaning, clock, kinds, sheet, text
from cbdesk.answers import Odd, Said
from cbdesk.catalogue import catalogue
from cbdesk.change import Value, new_id, new_stream_id
from cbdesk.cleaning import FIELDS, PARENTS, Line
from cbdesk.desk.base import Saved
from cbdesk.desk.cleaning import LINE, LIST, Cleaning
from cbdesk.desk.known import CHILD, Known
from cbdesk.errors import Finding, Problem
from cbdesk.rights import EDIT, needs
from cbdesk.store import Draft

CARER, GUARDIAN, NUMBER = "carer", "guardian_name", "personal_id"
MANY = 20
"""Lines of an answer from which all children are read once, instead of the few who could match each line."""
LOT = 500
"""Children read together."""
_TOLD_BY_ID = {"born": "id_year", "sex": "id_sex"}
"""What a personal number contradicts, by the field the police may have corrected instead of the number."""

LineState = Literal["new", "confirmed", "same", "empty", "gone"]


@dataclass(frozen=True, slots=True)
class AnswerField:
    """One answered field: its name and title, ``old`` and ``new`` as shown, the value to store and what it replaces.

    ``readable`` is false where the cell was not understood; then nothing is taken and a finding says why.
    """

    name: str
    title: str
    old: str
    new: str
    value: Value
    was: Value
    findings: tuple[Finding, ...] = ()
    readable: bool = True


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """What an answer says of one line.

    ``state``: ``new`` something changes · ``confirmed`` the number is verified and nothing else changes · ``same``
    known already · ``empty`` not answered · ``gone`` the child is no longer here.
    """

    line: int
    child: str
    name: str
    village: str
    state: LineState
    fields: tuple[AnswerField, ...] = ()
    verified_id: str = ""
    no_id: bool = False
    note: str = ""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return the remarks about all fields."""
        return tuple(one for item in self.fields for one in item.findings)


@dataclass(slots=True)
class CleaningAnswer:
    """A whole answer, nothing written: its lines in the order of the list, and the rows that belong to no line.

    ``left`` are (line, field) pairs somebody does not want to take.
    """

    list_id: str
    lines: tuple[AnswerLine, ...]
    odd: tuple[Odd, ...] = ()
    left: set[tuple[int, str]] = field(default_factory=set)

    def count(self, state: LineState) -> int:
        """Return how many lines are in a state."""
        return sum(one.state == state for one in self.lines)

    def taken(self, line: AnswerLine) -> list[AnswerField]:
        """Return the fields of a line that will be written."""
        return [one for one in line.fields if one.readable and (line.line, one.name) not in self.left]


class Answering(Cleaning):
    """Verbs that take an answer."""

    def cleaning_read(self, record: str, path: Path) -> CleaningAnswer:
        """Understand an answered workbook (xlsx, xls, csv, html), however people changed it; nothing is written.

        Raises ``Problem``: ``no_record``, ``cleaning_other_list``, ``cleaning_no_lines``, and those of group I.
        """
        self.cleaning_list(record)
        lines = self.cleaning_lines(record)
        codes = {
            cleaning.control_code(one.id, line): one.number
            for one in self.cleaning_lists()
            for line in range(1, one.rows + 1)
        }
        said, odd = answers.read(sheet.read_book(path), lines, codes, clock.today())
        return self._answer_of(record, lines, said, odd)

    def cleaning_find(self, path: Path) -> str:
        """Return the list an answered workbook belongs to, the newest first where several fit.

        Raises ``Problem``: ``cleaning_no_lines``, and those of group I.
        """
        book = sheet.read_book(path)
        for one in self.cleaning_lists():
            try:
                answers.read(book, self.cleaning_lines(one.id), {}, clock.today())
            except Problem as problem:
                if problem.name != "cleaning_no_lines":
                    raise
            else:
                return one.id
        raise Problem("cleaning_no_lines")

    def cleaning_understand(self, record: str, line: int, data: Mapping[str, object]) -> AnswerLine:
        """Understand what is keyed for one line of the paper; nothing is written.

        ``data`` maps ``cleaning.FIELDS`` to typed text; ``right`` is true where the police ticked that the register is
        right, ``note`` their words. Raises ``Problem``: ``no_record`` for an unknown list or line, ``unknown_field``.
        """
        return self._keyed(record, line, data).lines[0]

    def _keyed(self, record: str, line: int, data: Mapping[str, object]) -> CleaningAnswer:
        self.cleaning_list(record)
        lines = tuple(one for one in self.cleaning_lines(record) if one.number == line)
        if not lines:
            raise Problem("no_record")
        for name in data:
            if name not in (*FIELDS, answers.RIGHT, answers.NOTE):
                raise Problem("unknown_field", field=name, form=LIST)
        cells = {name: value for name, value in data.items() if name in FIELDS and value not in (None, "")}
        said = Said(line, "", 0, cells, bool(data.get(answers.RIGHT)), str(data.get(answers.NOTE) or ""))
        return self._answer_of(record, lines, [said], [])

    def _answer_of(
        self, record: str, lines: Sequence[Line], said: Sequence[Said], odd: Sequence[Odd]
    ) -> CleaningAnswer:
        by_number = {one.number: one for one in said}
        given = Counter(
            text.personal_id(one.cells["personal_id"]) for one in said if one.cells.get("personal_id") is not None
        )
        known = self._work(many=True).known if len(said) > MANY else None
        names, now = self._village_names(), self._now([one.child for one in lines])
        found = []
        for line in lines:
            row = now[line.child]
            one = by_number.get(line.number)
            shown = str(row.get("full_name") or row.get("usual_name") or ""), names.get(str(row.get("village")), "")
            if line.gone or one is None:
                found.append(AnswerLine(line.number, line.child, *shown, "gone" if line.gone else "empty"))
                continue
            fields = self._fields(line, row, one)
            fields = self._remarked(line, row, fields, given, known)
            found.append(_judged(line, row, one, fields, shown))
        return CleaningAnswer(record, tuple(found), tuple(odd))

    def _now(self, children: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return by child what the register says of the questions to the police, parents by names of ``PARENTS``."""
        found: dict[str, dict[str, Any]] = {one: {} for one in children}
        names = {relation: name for name, relation in PARENTS.items()}
        for start in range(0, len(children), LOT):
            some = children[start : start + LOT]
            marks = ", ".join("?" * len(some))
            for row in self.store.rows(CHILD, f"id IN ({marks})", some, hidden=True):
                found[str(row["id"])].update(row)
            for row in self.store.rows(CARER, f'"child" IN ({marks})', some, order="id"):
                if (name := names.get(str(row.get("relation")))) is not None:
                    found[str(row["child"])].setdefault(name, row.get("full_name"))
        return found

    def _carer(self, child: str, relation: str) -> dict[str, Value] | None:
        rows = self.store.rows(CARER, '"child" = ? AND relation = ?', (child, relation), order="id")
        return rows[0] if rows else None

    def _fields(self, line: Line, row: Mapping[str, Any], said: Said) -> list[AnswerField]:
        """Return what a row would change, and what it says that is not understood."""
        found = []
        for name, cell in said.cells.items():
            item = answers.field_of(name)
            read = answers.understand(name, cell, clock.today())
            stops = tuple(one for one in read.notes if one.level == "stop")
            title = item.label if name != GUARDIAN else catalogue().lists["relation"].label(PARENTS[name])
            old = kinds.of(item).show(row.get(name), item)
            if read.value is None:
                if stops:
                    found.append(AnswerField(name, title, old, str(cell), None, row.get(name), stops, readable=False))
            elif not answers.same(name, read.value, row.get(name)):
                notes = tuple(one for one in read.notes if one.level == "ask")
                new = kinds.of(item).show(read.value, item)
                found.append(AnswerField(name, title, old, new, read.value, row.get(name), notes))
        return found

    def _remarked(
        self, line: Line, row: Mapping[str, Any], fields: Sequence[AnswerField], given: Mapping[str, int],
        known: Known | None,
    ) -> list[AnswerField]:
        """Return the fields with what the register asks about them: contradictions, a number used twice."""
        data = {one.name: one.value for one in fields if one.readable and one.name != GUARDIAN}
        told = {finding.name: finding for finding in self._asked(line, row, data, known)}
        if given.get(str(data.get(NUMBER)), 0) > 1:
            told.setdefault("id_used", Finding(NUMBER, "ask", "id_used"))
        found = []
        for one in fields:
            mine = [item for item in told.values() if item.field == one.name]
            if NUMBER not in data and _TOLD_BY_ID.get(one.name) in told:
                mine.append(told[_TOLD_BY_ID[one.name]])
            found.append(replace(one, findings=tuple({item.name: item for item in (*one.findings, *mine)}.values())))
        return found

    def _asked(
        self, line: Line, row: Mapping[str, Any], data: dict[str, Value], known: Known | None
    ) -> list[Finding]:
        """Return what the register would ask; a corrected birth date or sex is held against the number as it stands."""
        if not data:
            return []
        whole = data if NUMBER in data or not row.get(NUMBER) else data | {NUMBER: row[NUMBER]}
        return [one for one in self.check(CHILD, whole, line.child, known=known) if one.level == "ask"]

    # --- taking it ---------------------------------------------------------------------------------------------------

    @needs(EDIT)
    def cleaning_take(self, answer: CleaningAnswer, *, on: date | None = None) -> Saved:
        """Write an answer as one batch; ``on`` is the day the police signed (default: today).

        Returns the id of the list; without batch where there was nothing to write. Raises
        ``Problem(changed_meanwhile)`` where a child was changed since the answer was read.
        """
        batch, day = new_stream_id(), (on or clock.today()).isoformat()
        told = [one for one in answer.lines if one.state in ("new", "confirmed", "same")]
        drafts = list[Draft]()  # written together: each child stands on one line
        with self.store.atomic():
            work = replace(self._work(batch), waiting=drafts)  # who looks like whom was asked when it was read
            now = self._now([one.child for one in told])
            lines = {line.number: line for line in self.cleaning_lines(answer.list_id)}
            for one in told:
                fields = answer.taken(one)
                if any(item.was != now[one.child].get(item.name) for item in fields):
                    raise Problem("changed_meanwhile")
                data = {item.name: item.value for item in fields}
                drafts += self._guardian(one.child, data.pop(GUARDIAN, None))
                if data:
                    self._save(catalogue().forms[CHILD], data, one.child, work)
                drafts += _marked(lines[one.line], one, fields, day)
            self._write(drafts, batch)
        return Saved(answer.list_id, (), batch if drafts else None)

    def _guardian(self, child: str, name: Value) -> list[Draft]:
        if name is None:
            return []
        known = self._carer(child, PARENTS[GUARDIAN])
        if known is not None:
            return [Draft(CARER, str(known["id"]), {"full_name": name})]
        fields: dict[str, Value] = {"child": child, "relation": PARENTS[GUARDIAN], "full_name": name}
        return [Draft(CARER, new_id(), fields)]

    @needs(EDIT)
    def cleaning_key(
        self, record: str, line: int, data: Mapping[str, object], *, on: date | None = None
    ) -> Saved:
        """Take what is keyed for one line (``cleaning_understand``), one batch. Findings are those to be asked about.

        Raises ``Problem``: ``no_record``, ``unknown_field``.
        """
        answer = self._keyed(record, line, data)
        saved = self.cleaning_take(answer, on=on)
        return Saved(saved.id, answer.lines[0].findings, saved.batch)


def _judged(
    line: Line, row: Mapping[str, Any], said: Said, fields: Sequence[AnswerField], shown: tuple[str, str]
) -> AnswerLine:
    """Return a line with its state: which number it verifies, whether it says that there is none."""
    cell = said.cells.get("personal_id")
    read = answers.understand("personal_id", cell, clock.today()).value if cell is not None else None
    no_id = cell is not None and read is None
    number = read if read is not None else line.known.get("personal_id") if said.right else None
    verified = "" if number is None or kinds.malformed_id(str(number)) else str(number)
    nothing = not (said.cells or said.right or said.note)
    news = verified not in ("", line.verified_id) or (no_id and not line.no_id) or (said.right and not line.answered_on)
    state: LineState = "new" if fields else "empty" if nothing else "confirmed" if news else "same"
    return AnswerLine(line.number, line.child, *shown, state, tuple(fields), verified, no_id, said.note)


def _marked(line: Line, one: AnswerLine, fields: Sequence[AnswerField], day: str) -> list[Draft]:
    """Return the draft that notes an answer at its line: the day, the number verified, that there is none, remarks."""
    refused = any(item.name == "personal_id" for item in one.fields) and not any(
        item.name == "personal_id" for item in fields
    )
    new: dict[str, Value] = {}
    if one.verified_id and not refused and one.verified_id != line.verified_id:
        new |= {"verified_id": one.verified_id, "no_id": None} if line.no_id else {"verified_id": one.verified_id}
    if one.no_id and not line.no_id:
        new["no_id"] = True
    if one.note and not line.answered_on:
        new["answer_note"] = one.note
    if fields or new or not line.answered_on:
        new["answered_on"] = day
    return [Draft(LINE, line.id, new)] if new else []
