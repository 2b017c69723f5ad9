"""Nhận gói từ xã, the receiver's role: take bundles in, see which unit is where, settle what does not fit.

Taking in decrypts, checks the signature, the chain and the catalogue, merges, and writes an acknowledgement beside each
bundle; each file is told as a sentence, also when all is well. Units come from the dated table, by code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cbdesk import clock, dates, text
from cbdesk.catalogue import catalogue
from cbdesk.desk import Changed, Desk
from cbdesk.errors import Problem
from cbdesk.words import say
from ui.carry.carried import Results, Told, read_results
from ui.carry.places import STICK, PlacePicker
from ui.frame.shell import Shell
from ui.lists.cells import Cell, Chip
from ui.lists.filterbar import plain
from ui.lists.table import Column, QuietTable, TablePanel
from ui.lists.tasks import SILENT_DAYS
from ui.pages import NARROW, Action, Page, register
from ui.parts import Card, FilterChip, Hint, Label, SearchBox, SectionTitle

SIDE = 380
#: state: tone, icon, whether it must be looked at
STATES = {
    "ok": ("ngoc", "checkmark_circle", False), "gap": ("nghe", "warning", True), "silent": ("nghe", "clock", True),
    "refused": ("gach", "error_circle", True), "never": ("neutral", "circle", True),
    "no_card": ("neutral", "key", False),
}  # fmt: skip


@dataclass(frozen=True)
class UnitRow:
    """One unit (or one of its devices): how far it is held without a gap, when it was last heard, its state."""

    id: str
    code: str
    name: str
    held: int
    heard: str
    state: str


def read_units(desk: Desk) -> list[UnitRow]:
    """Return a row for each unit of today and each enrolled device; runs on the desk's thread."""
    today = clock.today()
    peers: dict[str, list[Mapping[str, Any]]] = {}
    for one in desk.status()["peers"]:
        if one["role"] == "commune":
            peers.setdefault(str(one["unit"]).split("@")[0], []).append(one)
    found = []
    for unit in catalogue().units.current(today):
        known = peers.pop(unit.code, [])
        found += [_row(unit.code, unit.name, one, today) for one in known] or [
            UnitRow(unit.code, unit.code, unit.name, 0, "", "no_card")]  # fmt: skip
    for code, devices in peers.items():
        found += [_row(code, str(one["name"]), one, today) for one in devices]
    return found


def _row(code: str, name: str, one: Mapping[str, Any], today: date) -> UnitRow:
    heard = str(one["heard_at"] or "")
    state = "ok"
    if one["last_result"] in ("gap", "refused"):
        state = str(one["last_result"])
    elif not heard:
        state = "never"
    elif today - date.fromisoformat(heard[:10]) > timedelta(days=SILENT_DAYS):
        state = "silent"
    return UnitRow(str(one["device"]), code, name, sum(one["holds"].values()), heard, state)


def _columns() -> list[Column]:
    def state(row: UnitRow) -> Cell:
        tone, icon, _ = STATES[row.state]
        return Cell(chips=(Chip(say(f"carry.inbox.{row.state}"), tone, icon),))

    def held(row: UnitRow) -> Cell:
        return Cell(plain(row.held) if row.held else "", "nghe" if row.state == "gap" else "ink2")

    return [
        Column("code", say("carry.inbox.code"), 64, lambda row: Cell(row.code, "ink3", "note"), fixed=True,
               sort=lambda row: row.code),
        Column("unit", say("carry.inbox.unit"), 190, lambda row: Cell(row.name, role="medium", find=True), stretch=True,
               fixed=True, sort=lambda row: text.collate_key(row.name)),
        Column("state", say("carry.inbox.state"), 160, state,
               sort=lambda row: list(STATES).index(row.state)),
        Column("heard", say("carry.inbox.heard"), 96, lambda row: Cell(dates.show_date(row.heard[:10]), "ink2"),
               sort=lambda row: row.heard),
        Column("held", say("carry.inbox.held"), 88, held, right=True, sort=lambda row: row.held),
    ]  # fmt: skip


@register
class Inbox(Page):
    """Taking in, for the receiver."""

    name, icon, order = "inbox", "mail_inbox_arrow_down", 20
    roles = ("receiver",)

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._rows: list[UnitRow] = []
        self._working, self._query, self._wanted = "", "", ""
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addLayout(self._build_units(), 1)
        row.addWidget(self._build_side())
        self.body.addLayout(row, 1)

    @classmethod
    def badge(cls, desk: Desk) -> int:
        """Return how many units have to be looked at."""
        return sum(STATES[row.state][2] and row.state != "never" for row in read_units(desk))

    def _build_units(self) -> QVBoxLayout:
        column, tools = QVBoxLayout(), QHBoxLayout()
        column.setSpacing(9)
        tools.setSpacing(8)
        self.search = SearchBox(say("carry.inbox.search"), key="Ctrl F", name="unit_search")
        self.search.setMaximumWidth(280)
        self.search.wanted.connect(self._find)
        self.search.down.connect(self._to_table)
        self.only = FilterChip(say("carry.inbox.only_problems"), icon="warning", toggle=True, name="only_problems")
        self.only.toggled.connect(lambda _on: self._apply())
        self._count = Label("", "note", "ink2")
        tools.addWidget(self.search, 1)
        tools.addWidget(self.only)
        tools.addStretch(1)
        tools.addWidget(self._count)
        self.table = QuietTable(
            _columns(), lambda row: row.id, natural="code", type_by=lambda row: row.name,
            label=say("carry.inbox.units"), name="units_table",
        )  # fmt: skip
        self.table.up.connect(self.search.setFocus)
        self.panel = TablePanel(self.table)
        column.addLayout(tools)
        column.addWidget(self.panel, 1)
        return column

    def _build_side(self) -> QWidget:
        self._side = QWidget()
        self._side.setFixedWidth(SIDE)
        column = QVBoxLayout(self._side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        card = Card(name="source_card")
        card.body.addWidget(SectionTitle(say("carry.place.title_inbox")))
        self.source = PlacePicker(self.jobs, self.talk, reading=True)
        self.source.chosen_changed.connect(self.shell.refresh)
        self.source.taken.connect(self.take_in)
        card.body.addWidget(self.source)
        self.results = Results(more=say("carry.inbox.note"))
        column.addWidget(card)
        column.addWidget(self.results, 1)
        return self._side

    # what the shell shows

    def title(self) -> str:
        """Return the title."""
        return say("carry.receive.inbox")

    def facts(self) -> str:
        """Return how many units have been heard."""
        units = {row.code for row in self._rows}
        heard = {row.code for row in self._rows if row.heard}
        return say("carry.inbox.facts", heard=len(heard), all=len(units)) if units else ""

    def primary(self) -> Action:
        """Take bundles in."""
        busy = say("carry.receive.working") if self._working == "in" else ""
        return Action("take_in", say("carry.receive.inbox"), self.take_in, "arrow_download", "F2", busy=busy)

    def secondary(self) -> Sequence[Action]:
        """Write acknowledgements."""
        busy = say("carry.making") if self._working == "out" else ""
        return (Action("acks", say("carry.inbox.write_acks"), self._write_acks, "arrow_upload", busy=busy),)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of this page."""
        hint = lambda name: say(f"shell.hint.{name}")  # noqa: E731
        return (Hint("↑|↓", hint("select")), Hint("F2", say("carry.receive.inbox").lower()),
                Hint("Ctrl F", hint("search")), Hint("F6", hint("side_pane")), Hint("F1", hint("help")))  # fmt: skip

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        return {
            "take_in": self.take_in, "reload": self.load, "find": self.search.setFocus,
            "next_pane": self._other_pane, "previous_pane": self._other_pane,
        }  # fmt: skip

    def opened(self, **details: Any) -> None:
        """Read the units; the focus is in the list, on a unit asked for."""
        self._wanted = str(details.get("unit") or "")
        self.load()
        self.table.setFocus()

    def changed(self, changed: Changed) -> None:
        """Read the units again."""
        if changed and self.isVisible():
            self.load()

    def shaped(self, shape: str) -> None:
        """Give the side less room where there is little."""
        self._side.setFixedWidth(300 if shape == NARROW else SIDE)
        self.table.show_columns(["state"] if shape == NARROW else [])

    def leave(self) -> bool:
        """Esc empties the search."""
        if self.search.text():
            self.search.clear()
            return True
        return False

    def _to_table(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _other_pane(self) -> None:
        if self._side.isAncestorOf(self.focusWidget() or self):
            self.table.setFocus()
        else:
            self.source.focus_first()

    # units

    def load(self) -> None:
        """Read the units."""
        self.panel.load()
        self.jobs.run(read_units, self._show, owner=self)

    def _show(self, rows: list[UnitRow]) -> None:
        self._rows = rows
        self._apply()
        if self._wanted:
            self.table.choose(self._wanted)
            self._wanted = ""
        self.table.choose_first()
        self.shell.refresh()

    def _find(self, query: str) -> None:
        self._query = query
        self.table.show_words(query)
        self._apply()

    def _apply(self) -> None:
        words = text.fold(self._query).split()
        shown = [row for row in self._rows if all(word in text.fold(f"{row.name} {row.code}") for word in words)]
        if self.only.isChecked():
            shown = [row for row in shown if STATES[row.state][2]]
        self.table.set_rows(shown)
        self._count.say(say("children.count_short", shown=len(shown), all=len(self._rows)))
        self.panel.show_rows()

    # taking in and answering

    def take_in(self) -> None:
        """Take in what is chosen; with nothing chosen the only stick, else ask for files."""
        if self._working:
            return
        place = self.source.chosen()
        if place is None:
            sticks = [one for one in self.source.sticks() if one.kind == STICK]
            if len(sticks) == 1:
                self.receive(list(sticks[0].paths))
            else:
                self.source.focus_first()
            return
        self.receive(list(place.paths))

    def receive(self, paths: list[Path]) -> None:
        """Take files or folders in and tell the results."""
        self._work("in")
        self.jobs.run(lambda desk: read_results(desk, desk.receive(paths)), self._received, self._failed, self)

    def _received(self, results: list[Told]) -> None:
        self._work("")
        self.results.show_results(results)
        self.load()
        self.shell.read_facts()
        if not results:
            self.talk.say(say("carry.receive.empty"), care=True)

    def _write_acks(self) -> None:
        place = self.source.chosen()
        folder = place.paths[0] if place is not None and place.kind == STICK else self.talk.folder()
        if folder is None or self._working:
            return
        self._work("out")
        self.jobs.run(lambda desk: len(desk.send(folder)), self._acks_written, self._failed, self)

    def _acks_written(self, count: int) -> None:
        self._work("")
        self.talk.say(say("carry.inbox.acks_done", n=count) if count else say("carry.inbox.acks_none"))

    def _failed(self, problem: Problem) -> None:
        self._work("")
        self.talk.problem(problem)

    def _work(self, what: str) -> None:
        self._working = what
        self.shell.refresh()
        if not what:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
