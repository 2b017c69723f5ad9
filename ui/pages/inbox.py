"""Nhận gói từ xã, the receiver's role: which unit has delivered which month, what came, what does not fit.

Rules. Problems are loud, good months quiet. Taking in keeps the page: every stick adds rows to what came just now. A
bundle is told in five sentences, also when all is well. Names are hidden until asked for, which is logged, and again
when the page closes. Units come from the dated table, by code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from cbdesk import clock, text
from cbdesk.desk import Changed, Desk, Posted
from cbdesk.desk.aside import Aside
from cbdesk.desk.conflicts import Conflict
from cbdesk.desk.inbox import FILTERS, LOOK, Inbox, UnitRow
from cbdesk.desk.verdicts import BundleTold
from cbdesk.errors import Problem
from cbdesk.words import say
from ui import theme
from ui.carry.carried import Told, read_results
from ui.carry.places import NETWORK, STICK, PlacePicker, read_network
from ui.frame.shell import Shell
from ui.jobs import Latest
from ui.pages import COMPACT, FULL, NARROW, Action, Page, register
from ui.parts import Button, Card, FilterChip, Hint, IconButton, Label, Rule, SearchBox, SectionTitle, Skeleton
from ui.reading.tabs import Tab, Tabs
from ui.receiver.grid import MonthGrid
from ui.receiver.marks import Legend
from ui.receiver.told import ToldCard
from ui.receiver.waiting import ASIDE, CAME, WaitingCard

SIDE = {FULL: 360, COMPACT: 300}
ICONS = {"all": "building_government", "missing": "circle", "look": "warning", "whole": "checkmark_circle",
         "behalf": "edit", "no_card": "key"}  # fmt: skip


@dataclass(frozen=True)
class Read:
    """What the page shows, read at one time."""

    inbox: Inbox
    conflicts: tuple[Conflict, ...]
    aside: tuple[Aside, ...]


def read(desk: Desk, year: int) -> Read:
    """Read the page; runs on the desk's thread."""
    return Read(desk.inbox(year), tuple(desk.conflicts()), tuple(desk.set_aside()))


@register
class InboxPage(Page):
    """Taking in, for the receiver."""

    name, icon, order = "inbox", "mail_inbox_arrow_down", 20
    roles = ("receiver",)

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._read: Read | None = None
        self._year = clock.today().year
        self._working, self._query, self._wanted = "", "", ("", "")
        self._veiled = True
        self._reading, self._telling = Latest(self.jobs, self), Latest(self.jobs, self)
        self._build()

    # the parts

    def _build(self) -> None:
        self._row = QHBoxLayout()
        self._row.setSpacing(12)
        self._row.addWidget(self._build_units(), 1)
        self._row.addWidget(self._build_side())
        self.body.addLayout(self._row, 1)

    def _build_units(self) -> QWidget:
        self.card = Card(padding=0, spacing=0, name="units_card")
        self.card.body.setContentsMargins(1, 1, 1, 1)
        self.tabs = Tabs([Tab(one, say(f"inbox.filter.{one}"), ICONS[one], "gach" if one == LOOK else "ink2")
                          for one in FILTERS], name="unit_filters")  # fmt: skip
        self.tabs.changed.connect(lambda _code: self._apply())
        self.card.body.addWidget(self.tabs)
        self.card.body.addWidget(self._build_tools())
        room = QWidget()
        self._layers = QStackedLayout(room)
        self._skeleton = Skeleton(rows=10)
        self.grid = MonthGrid()
        self.grid.moved.connect(self._moved)
        self.grid.opened.connect(self._into_side)
        self.grid.up.connect(self.search.setFocus)
        self._nothing = Label(say("inbox.nothing"), "body", "ink3", wrap=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._nothing.setContentsMargins(16, 14, 16, 0)
        for layer in (self._skeleton, self.grid, self._nothing):
            self._layers.addWidget(layer)
        self.card.body.addWidget(room, 1)
        self.card.body.addWidget(Rule())
        self._legend = Legend()
        line = QHBoxLayout()
        line.setContentsMargins(15, 6, 15, 6)
        line.addWidget(self._legend)
        self.card.body.addLayout(line)
        return self.card

    def _build_tools(self) -> QWidget:
        tools = QWidget()
        row = QHBoxLayout(tools)
        row.setContentsMargins(15, 8, 12, 6)
        row.setSpacing(8)
        self.search = SearchBox(say("carry.inbox.search"), key="Ctrl F", name="unit_search")
        self.search.setMaximumWidth(250)
        self.search.wanted.connect(self._find)
        self.search.down.connect(self.grid_focus)
        self.first = FilterChip(say("inbox.problems_first"), icon="warning", toggle=True, name="problems_first")
        self.first.toggled.connect(lambda _on: self._apply())
        self._count = Label("", "note", "ink3")
        self._before = IconButton("chevron_left", say("inbox.year_before"), name="year_before")
        self._before.clicked.connect(lambda: self._turn(-1))
        self._after = IconButton("chevron_right", say("inbox.year_after"), name="year_after")
        self._after.clicked.connect(lambda: self._turn(1))
        self._year_label = Label("", "labelStrong", "ink2", name="year")
        row.addWidget(self.search, 1)
        row.addWidget(self.first)
        row.addStretch(1)
        row.addWidget(self._count)
        for widget in (self._before, self._year_label, self._after):
            row.addWidget(widget)
        return tools

    def _build_side(self) -> QWidget:
        self._side = QWidget()
        column = QVBoxLayout(self._side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.told = ToldCard()
        self.told.wanted.connect(self._ask)
        column.addWidget(self.told, 5)
        self._source = Card(name="source_card")
        head = SectionTitle(say("carry.place.title_inbox"))
        close = IconButton("dismiss", say("ui.close"), name="close_source")
        close.clicked.connect(self._close_source)
        head.add(close)
        self._source.body.addWidget(head)
        self.source = PlacePicker(self.jobs, self.talk, reading=True, network=True)
        self.source.server_wanted.connect(lambda: self.shell.go("post"))
        self.source.chosen_changed.connect(self.shell.refresh)
        self.source.taken.connect(self.take_in)
        self._source.body.addWidget(self.source)
        take = Button(say("carry.receive.inbox"), icon="arrow_download", key="F2", name="take_chosen")
        take.clicked.connect(self.take_in)
        self._source.body.addWidget(take, 0, Qt.AlignmentFlag.AlignLeft)
        self._source.body.addStretch(1)
        self._source.hide()
        column.addWidget(self._source, 5)
        self.waiting = WaitingCard()
        self.waiting.opened.connect(self._go)
        self.waiting.names_wanted.connect(self.show_names)
        self.waiting.write_wanted.connect(self.write_aside)
        column.addWidget(self.waiting, 4)
        return self._side

    # what the shell shows

    def title(self) -> str:
        """Return the title."""
        return say("carry.receive.inbox")

    def facts(self) -> str:
        """Return how many units have delivered the newest month owed."""
        inbox = self._read.inbox if self._read else None
        if inbox is None or not inbox.month:
            return ""
        done, whole = inbox.delivered, len(inbox.rows)
        key = "inbox.whole" if done == whole else "inbox.delivered"
        return say(key, year=inbox.month[:4], month=int(inbox.month[5:]), done=done, all=whole)

    def primary(self) -> Action:
        """Take bundles in."""
        busy = {"in": say("carry.receive.working"), "network": say("post.walking")}.get(self._working, "")
        return Action("take_in", say("carry.receive.inbox"), self.take_in, "arrow_download", "F2", busy=busy)

    def secondary(self) -> Sequence[Action]:
        """Write acknowledgements."""
        busy = say("carry.making") if self._working == "out" else ""
        return (Action("acks", say("carry.inbox.write_acks"), self._write_acks, "arrow_upload", busy=busy),)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of this page."""
        hint = lambda name: say(f"inbox.hint.{name}")  # noqa: E731
        return (Hint("↑|↓|←|→", hint("move")), Hint("Enter", hint("open")), Hint("F2", hint("take")),
                Hint("F6", hint("pane")), Hint("Alt|←|→", hint("year")), Hint("Ctrl F", hint("find")))  # fmt: skip

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        return {
            "take_in": self.take_in, "reload": self.load, "find": self.search.setFocus,
            "next_pane": lambda: self._pane(1), "previous_pane": lambda: self._pane(-1),
            "step_back": lambda: self._turn(-1), "step_forward": lambda: self._turn(1),
        }  # fmt: skip

    @classmethod
    def badge(cls, desk: Desk) -> int:
        """Return how many units have to be looked at."""
        return len(desk.inbox(3).filtered(LOOK))

    def opened(self, **details: Any) -> None:
        """Read the units; a unit, a month or a filter may be asked for."""
        self._wanted = (str(details.get("unit") or ""), str(details.get("month") or ""))
        if details.get("filter") in FILTERS:
            self.tabs.set_value(str(details["filter"]))
        if self._wanted[1]:
            self._year = int(self._wanted[1][:4])
        self.load()
        self.grid_focus()

    def closed(self) -> None:
        """Names are hidden again."""
        self._veiled = True
        if self._read is not None:
            self.waiting.show_conflicts(self._read.conflicts, veiled=True)
        self._close_source()

    def changed(self, changed: Changed) -> None:
        """Read the units again."""
        if changed and self.isVisible():
            self.load()

    def shaped(self, shape: str) -> None:
        """Where there is little room, the side is a layer that F6 and Enter open."""
        self._side.setVisible(shape != NARROW)
        self.card.show()
        if shape != NARROW:
            self._side.setMinimumWidth(theme.px(SIDE[shape]))
            self._side.setMaximumWidth(theme.px(SIDE[shape]))
        else:
            self._side.setMinimumWidth(0)
            self._side.setMaximumWidth(16_777_215)
        self._legend.setVisible(shape != NARROW)
        self._count.setVisible(shape == FULL)
        self.waiting.setMaximumHeight(theme.px(176) if shape == COMPACT else 16_777_215)

    def leave(self) -> bool:
        """Esc stops a walk to the server, closes the side, the choice of a place, or the search."""
        if self._working == "network":
            self.shell.poster.stop()
        elif self._source.isVisible():
            self._close_source()
        elif self.shell.shape() == NARROW and self._side.isVisible():
            self._narrow(side=False)
        elif self.search.text():
            self.search.clear()
        elif self._side.isAncestorOf(self.focusWidget() or self):
            self.grid_focus()
        else:
            return False
        return True

    # focus

    def grid_focus(self) -> None:
        """Stand in the grid."""
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def _narrow(self, *, side: bool) -> None:
        self._side.setVisible(side)
        self.card.setVisible(not side)
        if not side:
            self.grid_focus()

    def _into_side(self) -> None:
        if self.shell.shape() == NARROW:
            self._narrow(side=True)
        buttons = [one for one in self.told.findChildren(Button) if one.isVisibleTo(self)]
        if buttons:
            buttons[0].setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.waiting.focus_in()

    def _pane(self, step: int) -> None:
        """Go round: the grid, the bundle, what waits."""
        here = self.focusWidget()
        if here is None or not self._side.isAncestorOf(here):
            self._into_side() if step > 0 else self._into_waiting()
        elif self.told.isAncestorOf(here) and step > 0:
            self._into_waiting()
        elif self.shell.shape() == NARROW:
            self._narrow(side=False)
        else:
            self.grid_focus()

    def _into_waiting(self) -> None:
        if self.shell.shape() == NARROW:
            self._narrow(side=True)
        self.waiting.focus_in()

    # reading

    def load(self) -> None:
        """Read the page."""
        if self._read is None:
            self._layers.setCurrentWidget(self._skeleton)
            self._skeleton.begin()
        year = self._year
        self._reading.run(lambda desk: read(desk, year), self._show)

    def _turn(self, step: int) -> None:
        if self._year + step <= clock.today().year:
            self._year += step
            self.load()

    def _show(self, found: Read) -> None:
        self._skeleton.end()
        first, self._read = self._read is None, found
        self._year_label.say(str(self._year))
        self._after.setEnabled(self._year < clock.today().year)
        counts = found.inbox.counts
        self.tabs.show_counts({one: str(counts[one]) for one in FILTERS})
        self._apply()
        if self._wanted != ("", ""):
            self.grid.choose(*self._wanted)
            self._wanted = ("", "")
        self.waiting.show_conflicts(found.conflicts, veiled=self._veiled)
        self.waiting.show_aside(found.aside, {row.unit: row.name for row in found.inbox.rows})
        if first and self.isVisible():
            self.grid_focus()
        self.shell.refresh()

    def _find(self, query: str) -> None:
        self._query = query
        self._apply()

    def _apply(self) -> None:
        if self._read is None:
            return
        inbox, words = self._read.inbox, text.fold(self._query).split()
        rows = [row for row in inbox.filtered(self.tabs.value())
                if all(word in text.fold(f"{row.name} {row.code}") for word in words)]  # fmt: skip
        if self.first.isChecked():
            look = {row.unit for row in inbox.filtered(LOOK)}
            rows.sort(key=lambda row: row.unit not in look)
        self.grid.show_rows(rows, inbox.months, inbox.month)
        self._count.say(say("inbox.order_problems" if self.first.isChecked() else "inbox.order_code"))
        self._layers.setCurrentWidget(self.grid if rows else self._nothing)

    def shown_rows(self) -> Sequence[UnitRow]:
        """Return the units shown."""
        return self.grid.months_.rows

    # the bundle

    def _moved(self) -> None:
        row, month, cell = self.grid.unit(), self.grid.month(), self.grid.cell()
        self.told.show_unit(row, month)
        if row is None or cell is None or not cell.bundle:
            self._telling.forget()
            return
        number = cell.bundle

        def show(told: BundleTold) -> None:
            if self.grid.unit() is row and self.grid.month() == month:
                self.told.show_bundle(row, month, told)

        self._telling.run(lambda desk: desk.bundle_told(number), show)

    def _ask(self, what: str) -> None:
        row = self.grid.unit()
        if what == "conflicts":
            self.shell.go("conflicts")
        elif what == "aside":
            self.waiting.turn_to(ASIDE)
            self.waiting.focus_in()
        elif what == "enrol":
            self.shell.go("units")
        elif row is not None:
            self.shell.go("notes" if what == "notes" else "behalf", unit=row.unit, month=self.grid.month())

    def _go(self, goes: tuple[str, str, str]) -> None:
        page, record, field = goes
        self.shell.go(page, id=record, field=field)

    def show_names(self) -> None:
        """Show names until the page closes; who asked is logged."""
        if self._read is None or not self._veiled:
            return
        children = [one.child for one in self._read.conflicts if one.child]

        def done(_names: dict[str, str]) -> None:
            self._veiled = False
            if self._read is not None:
                self.waiting.show_conflicts(self._read.conflicts, veiled=False)

        self.jobs.run(lambda desk: desk.show_names(say("inbox.reason"), children), done, owner=self)

    # taking in and answering

    def take_in(self) -> None:
        """Take in what is chosen, or the only stick; else ask where from."""
        if self._working:
            return
        place = self.source.chosen() if self._source.isVisible() else None
        if place is not None and place.kind == NETWORK:
            self.walk()
            return
        if place is not None:
            self.receive(list(place.paths))
            return
        sticks = [one for one in self.source.sticks() if one.kind == STICK]
        if len(sticks) == 1 and not self._source.isVisible():
            self.receive(list(sticks[0].paths))
        else:
            self._ask_source()

    def _ask_source(self) -> None:
        if self.shell.shape() == NARROW:
            self._narrow(side=True)
        self.told.hide()
        self._source.show()
        self.jobs.run(read_network, self.source.show_network, owner=self)
        self.source.focus_first()

    def _close_source(self) -> None:
        if not self._source.isHidden():
            self._source.hide()
            self.told.show()
            self.grid_focus()

    def receive(self, paths: list[Path]) -> None:
        """Take files or folders in; what came stands on top of what came before."""
        self._work("in")
        self.jobs.run(lambda desk: read_results(desk, desk.receive(paths)), self._received, self._failed, self)

    def walk(self) -> None:
        """Walk to the server: take in what the units brought, and bring each its answer."""

        def done(posted: Posted) -> None:
            self.jobs.run(lambda desk: read_results(desk, posted.received), self._received, self._failed, self)

        self._work("network")
        self.shell.poster.go(send=True, done=done, failed=self._failed, stopped=lambda: self._work(""))

    def _received(self, results: list[Told]) -> None:
        self._work("")
        self._close_source()
        self.waiting.add_results(results)
        if results:
            self.waiting.turn_to(CAME)
            if self.shell.shape() == NARROW:
                self._narrow(side=True)
        self.load()
        self.shell.read_facts()
        if not results:
            self.talk.say(say("carry.receive.empty"), care=True)

    def _write_acks(self) -> None:
        sticks = [one for one in self.source.sticks() if one.kind == STICK and not one.locked]
        folder = sticks[0].paths[0] if len(sticks) == 1 else self.talk.folder()
        if folder is None or self._working:
            return
        self._work("out")
        self.jobs.run(lambda desk: len(desk.send(folder)), self._acks_written, self._failed, self)

    def _acks_written(self, count: int) -> None:
        self._work("")
        self.talk.say(say("carry.inbox.acks_done", n=count) if count else say("carry.inbox.acks_none"))

    def write_aside(self) -> None:
        """Write the rows put aside to a workbook."""
        path = self.talk.save_file(say("inbox.aside_file"), say("inbox.aside_kinds"))
        if path is not None:
            done = lambda _path: self.talk.say(say("inbox.aside_written"))  # noqa: E731
            self.jobs.run(lambda desk: desk.write_set_aside(path, overwrite=True), done, self._failed, self)

    def _failed(self, problem: Problem) -> None:
        self._work("")
        self.talk.problem(problem)

    def _work(self, what: str) -> None:
        self._working = what
        self.shell.refresh()
