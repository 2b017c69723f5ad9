"""The tables of a giving list: who may be chosen, and who is on it; Space ticks, Ctrl A takes all.

Rules. Who already got something of the occasion this year says so in every row, with the giver. Groups that must be
kept apart never stand here. A line recorded with its child keeps its tick.
"""

from __future__ import annotations

from collections.abc import Sequence

from cbdesk import dates
from cbdesk.catalogue import catalogue
from cbdesk.desk.handouts import Already, Candidate
from cbdesk.words import say
from ui.lists.cells import Cell, Mark
from ui.lists.childlist import village_short
from ui.lists.table import Column

BOX = 38


def already_words(told: Sequence[Already]) -> str:
    """Return what a child already got this year, in words."""
    said = []
    for one in told:
        who = one.giver or say("handouts.someone")
        key = "handouts.listed" if one.listed else "handouts.got"
        said.append(say(key, who=who, day=dates.show_date(one.on), title=one.listed))
    return "; ".join(said)


def _name(row: Candidate) -> Cell:
    return Cell(row.name or say("children.unnamed"), "ink" if row.name else "ink3", "medium")


def _already(row: Candidate) -> Cell:
    words = already_words(row.already)
    marks = (Mark("warning", "ngheMark", say("handouts.already")),) if words else ()
    return Cell(words, "nghe", "note", marks=marks)


def _what(row: Candidate) -> Cell:
    known = catalogue().lists["household_class"].get(row.level) if row.level else None
    return Cell("; ".join([*([known.short] if known else []), *row.groups]), "ink2", "note")


def _state(row: Candidate) -> Cell:
    said = str(row.line.get("received_by") or "")
    if row.line.get("support"):
        mark = Mark("checkmark_circle", "ngoc", say("handouts.recorded"))
        return Cell(said, "ink2", "note", marks=(mark,))
    if not row.here:
        return Cell(say("handouts.gone"), "nghe", "note")
    return Cell(said or str(row.line.get("note") or ""), "ink2", "note")


def _codes(row: Candidate, name: str, choices: str) -> Cell:
    known = catalogue().lists[choices]
    found = (known.get(str(code)) for code in row.line.get(name) or ())
    return Cell("; ".join(one.short for one in found if one is not None), "ink2", "note")


def _common() -> list[Column]:
    return [
        Column("name", say("children.column.name"), 172, _name, fixed=True),
        Column("born", say("children.column.born"), 94, lambda row: Cell(dates.show_date(row.born), "ink2")),
        Column("village", say("children.column.village"), 104,
               lambda row: Cell(village_short(row.village_name), "ink2")),
    ]  # fmt: skip


def choosing() -> list[Column]:
    """Return the columns of who may be chosen: the box says that a child is on the list."""
    return [
        Column("box", "", BOX, lambda row: Cell(box=bool(row.line)), fixed=True),
        *_common(),
        Column("what", say("handouts.column.what"), 150, _what),
        Column("already", say("handouts.column.already"), 130, _already, stretch=True, fixed=True),
    ]


def lines(*, event: bool) -> list[Column]:
    """Return the columns of who is on the list: the box says that it was received."""
    further = [
        Column("harm", say("handouts.column.harm"), 180, lambda row: _codes(row, "harm", "event_harm")),
        Column("needs", say("handouts.column.needs"), 150, lambda row: _codes(row, "needs", "event_need")),
    ] if event else [Column("already", say("handouts.column.already"), 170, _already)]  # fmt: skip
    return [
        Column("box", "", BOX, lambda row: Cell(box=bool(row.line.get("received"))), fixed=True),
        *_common(),
        *further,
        Column("state", say("handouts.column.state"), 110, _state, stretch=True, fixed=True),
    ]
