"""What the pages of the round trip with the police read and write, as functions that run on the desk's thread.

Rules. The desk knows the round trip; here its answers become lines of words. A list freezes the order of its lines:
paper, workbook and keying by hand all speak of the same line number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from cbdesk import cleaning
from cbdesk.catalogue import catalogue
from cbdesk.desk import Desk, Saved
from cbdesk.desk.answering import AnswerLine, CleaningAnswer
from cbdesk.quality import fault_kinds
from cbdesk.words import say
from ui.lists.childlist import village_short
from ui.quality.answers import CHANGE, LOOK, MISSING, SAME, AnswerRow
from ui.quality.answers import NO_ID as NO_NUMBER
from ui.quality.reading import IDENTITY
from ui.quality.ticklist import Tick


@dataclass(frozen=True, slots=True)
class Due:
    """One child that would go on the list, in the order of the paper: what the book knows, and what is asked."""

    id: str
    name: str
    born: str
    sex: str
    village: str
    number: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """What a new list can be made of, and who would stand on the whole one."""

    faults: tuple[Tick, ...]
    villages: tuple[Tick, ...]
    due: tuple[Due, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """One list that was made: its number, day, how many lines and how many of them are answered."""

    id: str
    number: str
    made_on: str
    lines: int
    answered: int
    closed_on: str = ""

    @property
    def open(self) -> int:
        """Return how many lines wait for an answer."""
        return 0 if self.closed_on else self.lines - self.answered


def titles_of() -> dict[str, str]:
    """Return the words of each fault of identity."""
    return {one.code: one.title for one in fault_kinds().values() if one.group == IDENTITY}


def read_choices(desk: Desk) -> Choices:
    """Return what a new list can be made of. Children who wait for an answer are not counted."""
    lines, names = desk.cleaning_rows(), desk.village_names()
    village_of = {row.id: row.village for row in desk.children()}
    codes = Counter(code for line in lines for code in line.faults)
    places = Counter(village_of[line.child] for line in lines)
    villages = [Tick(one, village_short(name), places[one]) for one, name in names.items()]
    if places[""]:
        villages.append(Tick("", say("quality_page.no_village"), places[""]))
    faults = tuple(Tick(code, title, codes[code]) for code, title in titles_of().items())
    return Choices(faults, tuple(villages), tuple(map(_due, lines)))


def read_due(desk: Desk, villages: Sequence[str] | None, faults: Sequence[str] | None) -> list[Due]:
    """Return who would go on a list of these villages and faults; ``None`` is all of them."""
    return [_due(line) for line in desk.cleaning_rows(villages, faults)]


def _due(line: cleaning.Line) -> Due:
    known, titles = line.known, titles_of()
    return Due(line.child, known.get("full_name", ""), known.get("born", ""), known.get("sex", ""),
               village_short(line.village), known.get("personal_id", ""),
               tuple(titles[one] for one in line.faults if one in titles))  # fmt: skip


def make_list(desk: Desk, villages: Sequence[str] | None, faults: Sequence[str] | None) -> tuple[Sent, str]:
    """Make a list; returns it and the batch for undo. Raises ``Problem(cleaning_empty)``."""
    saved = desk.cleaning_make(villages, faults)
    found = next(one for one in read_sent(desk) if one.id == saved.id)
    return found, str(saved.batch)


def read_sent(desk: Desk) -> list[Sent]:
    """Return the lists made here, the newest first."""
    return [
        Sent(one.id, one.number, one.made_on, one.rows, one.answered, one.closed_on) for one in desk.cleaning_lists()
    ]


# --- the answer ------------------------------------------------------------------------------------------------------

WAITING, ANSWERED, NO_ID, GONE = "waiting", "answered", "no_id", "gone"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: its number on the paper, who it is about, what is asked, and how it stands."""

    number: int
    child: str
    name: str
    village: str
    why: tuple[str, ...]
    state: str
    answered_on: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """A whole list for keying."""

    number: str
    lines: tuple[Line, ...]


def read_lines(desk: Desk, list_id: str) -> Lines:
    """Return the lines of a list in the order of its paper. Raises ``Problem(no_record)``."""
    titles = titles_of()
    found = []
    for one in desk.cleaning_lines(list_id):
        state = GONE if one.gone else WAITING if not one.answered_on else NO_ID if one.no_id else ANSWERED
        why = tuple(titles[code] for code in one.faults if code in titles)
        found.append(Line(one.number, one.child, one.known.get("full_name", ""), one.village, why, state,
                          one.answered_on))  # fmt: skip
    return Lines(desk.cleaning_list(list_id).number, tuple(found))


def read_now(desk: Desk, child: str) -> dict[str, Any]:
    """Return a child as the book knows it now, a guardian among the parents."""
    found = desk.get(child)
    guardian = next((one for one in desk.rows_of("carer", child) if one.get("relation") == "guardian"), None)
    return found | ({"guardian_name": guardian["full_name"]} if guardian else {})


def settle_line(desk: Desk, list_id: str, line: int, state: str, on: date) -> Saved:
    """Write that the book is right about a line, or that the police have no number for the child."""
    if state == NO_ID:
        none = catalogue().reading["unknown"][0]
        return desk.cleaning_key(list_id, line, {"personal_id": none, "note": say("quality_page.lost_note")}, on=on)
    return desk.cleaning_key(list_id, line, {"right": True}, on=on)


@dataclass(frozen=True)
class Answer:
    """An answer read from a file: as the desk has it, and as rows."""

    answer: CleaningAnswer
    rows: tuple[AnswerRow, ...]
    number: str
    file: str


def read_answer(desk: Desk, list_id: str, path: Path) -> Answer:
    """Understand an answered file; nothing is written. Raises ``Problem`` (see ``cleaning_read``)."""
    found = desk.cleaning_read(list_id, path)
    rows = [row for line in found.lines for row in _rows_of(line)]
    rows += [
        AnswerRow(f"odd|{odd.sheet}|{odd.row}", 0, say("quality_page.odd_row", row=odd.row, sheet=odd.sheet), LOOK,
                  level="stop", remark=say(f"quality_page.odd.{odd.reason}"))
        for odd in found.odd
    ]  # fmt: skip
    return Answer(found, tuple(rows), desk.cleaning_list(list_id).number, path.name)


def _rows_of(line: AnswerLine) -> list[AnswerRow]:
    """Return a row for each field a line changes, or one for the whole line."""
    note = say("quality_page.police_note", words=line.note) if line.note else ""
    found = []
    for one in line.fields:
        asks = [finding.text for finding in one.findings]
        level = "stop" if not one.readable else "ask" if asks else ""
        remark = " ".join([*asks, *([note] if note else [])])
        found.append(AnswerRow(f"{line.line}|{one.name}", line.line, line.name, LOOK if level else CHANGE, one.name,
                               one.title, one.old, one.new, level, remark))  # fmt: skip
    if not found:
        kind = NO_NUMBER if line.no_id else MISSING if line.state in ("empty", "gone") else SAME
        state = "no_id" if line.no_id else line.state
        words = " ".join(part for part in (say(f"quality_page.line_state.{state}"), note) if part)
        found.append(AnswerRow(f"{line.line}|", line.line, line.name, kind, remark=words,
                               news=line.state == "confirmed"))  # fmt: skip
    return found


def take_answer(desk: Desk, answer: Answer, taken: frozenset[str], on: date) -> Saved:
    """Write what was taken, signed on a day, as one batch. Raises ``Problem(changed_meanwhile)``."""
    answer.answer.left = {(row.number, row.field) for row in answer.rows if row.field and row.id not in taken}
    return desk.cleaning_take(answer.answer, on=on)
