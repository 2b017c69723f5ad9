"""Gia hạn thẻ BHYT: the health cards that end, a new last day for many at once, exceptions unticked.

Rules. Cards that end are ticked, children without a card are not. Village, household class and state narrow the list;
what a filter hides is not written. Nothing is written before *Gia hạn*, and one key takes it back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QWidget

from cbdesk import clock, dates
from cbdesk.catalogue import catalogue
from cbdesk.desk import Changed, Desk, Saved
from cbdesk.desk.seasons import NO_CARD, CardRow
from cbdesk.errors import Problem
from cbdesk.text import collate_key
from cbdesk.words import say
from ui.form.grid import Flow
from ui.frame.shell import Shell
from ui.jobs import Latest
from ui.lists.cells import Cell, Chip
from ui.lists.childlist import village_short
from ui.lists.filterbar import TickMenu, plain
from ui.lists.table import Column, TablePanel
from ui.pages import NARROW, Action, Page, register
from ui.parts import Card, EmptyState, FilterChip, Hint, Labelled, LineField
from ui.seasons.boxes import BoxTable

TONES = {"expired": "gach", "ends": "nghe", NO_CARD: "neutral"}
WORDS = {"expired": "expired", "ends": "soon", NO_CARD: "no_card"}
FILTERS = ("village", "class", "group", "state")
LISTS = {"class": "household_class", "group": "group"}
Answer = tuple[list[CardRow], Mapping[str, str]]


@register
class Cards(Page):
    """Health cards to renew."""

    name, icon, under = "cards", "heart_pulse", "children"
    roles = ("commune",)

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._rows: list[CardRow] = []
        self._villages: Mapping[str, str] = {}
        self._off: set[str] = set()
        self._chosen: dict[str, tuple[str, ...]] = {}
        self._within = dates.months_after(clock.today(), 2)
        self._busy, self._loaded = False, False
        self._job = Latest(self.jobs, self)
        self._build()

    def _build(self) -> None:
        self.within = LineField(icon="calendar_ltr", name="cards_within")
        self.within.setText(dates.show_date(self._within.isoformat()))
        self.until = LineField(icon="calendar_ltr", hint="31/12/2027", name="cards_until")
        self._within_room = Labelled(say("seasons.cards.within"), self.within, name="cards_within_room")
        self._until_room = Labelled(say("seasons.cards.until"), self.until, required=True, name="cards_until_room")
        self.within.editingFinished.connect(self._read_within)
        self.until.editingFinished.connect(self._read_until)
        self.until.textEdited.connect(lambda _text: self.shell.refresh())
        row = QHBoxLayout()
        row.setSpacing(12)
        for room in (self._within_room, self._until_room):
            room.setMaximumWidth(260)
            row.addWidget(room, 2, Qt.AlignmentFlag.AlignBottom)
        holder = QWidget()
        flow = Flow(holder, gap=8, row_gap=6)
        self.chips: dict[str, FilterChip] = {}
        for name in FILTERS:
            chip = FilterChip(say(f"seasons.cards.chip_{name}"), name=f"cards_{name}")
            chip.clicked.connect(lambda _on=False, name=name: self._open_menu(name))
            chip.cleared.connect(lambda name=name: self._put(name, ()))
            self.chips[name] = chip
            flow.addWidget(chip)
        row.addWidget(holder, 3, Qt.AlignmentFlag.AlignBottom)
        head = Card(padding=14, name="cards_head")
        head.body.addLayout(row)
        self.table = BoxTable(self._columns(), lambda one: one.child, type_by=lambda one: one.name,
                              label=say("shell.page.cards"), name="cards_table")  # fmt: skip
        self.table.ticked.connect(self._tick)
        self.table.opened.connect(lambda one: self.shell.go("child", id=one.child))
        self.table.up.connect(self.until.setFocus)
        self.panel = TablePanel(self.table)
        self._none = EmptyState(say("seasons.cards.none"), say("seasons.cards.none_help"), name="cards_none")
        self.body.addWidget(head)
        self.body.addWidget(self.panel, 1)

    def _columns(self) -> list[Column]:
        head = lambda name: say(f"seasons.cards.{name}")  # noqa: E731
        return [
            Column("name", head("name"), 220, lambda one: Cell(one.name or say("children.unnamed"), role="medium",
                   box=one.child not in self._off), stretch=True, fixed=True),
            Column("born", head("born"), 96, lambda one: Cell(dates.show_date(one.born), "ink2")),
            Column("village", head("village"), 130, lambda one: Cell(
                village_short(self._villages.get(one.village, "")), "ink2")),
            Column("card", head("card"), 164, lambda one: Cell(one.card, "ink2")),
            Column("ends", head("ends"), 110, lambda one: Cell(dates.show_date(one.until))),
            Column("state", head("state"), 210, _state, fixed=True),
        ]  # fmt: skip

    # what the shell shows

    def facts(self) -> str:
        """Return how many cards are shown and how many are chosen."""
        shown = self.table.rows()
        return say("seasons.cards.facts", n=plain(len(shown)), on=plain(len(self._on()))) if self._loaded else ""

    def crumbs(self) -> Sequence[tuple[str, str]]:
        """The way here leads over the children."""
        return (("", "children"),)

    def primary(self) -> Action:
        """Write the new day."""
        on = len(self._on())
        why = "" if on else say("seasons.cards.nobody")
        busy = say("ui.saving") if self._busy else ""
        return Action("renew", say("seasons.cards.verb", n=plain(on)), self.write, "save", "Ctrl S", why, busy)

    def hints(self) -> Sequence[Hint]:
        """Return the keys for the part that has the focus."""
        write, pane = Hint("Ctrl S", say("seasons.cards.hint_write")), Hint("F6", say("shell.hint.side_pane"))
        if self.table.hasFocus():
            return (Hint("Space", say("seasons.cards.hint_tick")), Hint("Ctrl A", say("seasons.cards.hint_all")),
                    Hint("Enter", say("shell.hint.open")), pane, write)  # fmt: skip
        return (Hint("Tab", say("shell.hint.next_field")), pane, write)

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        return {"save": self.write, "reload": self.load, "next_pane": self._pane, "previous_pane": self._pane}

    def opened(self, **details: Any) -> None:
        """Read the cards."""
        self.load()
        self.until.setFocus(Qt.FocusReason.OtherFocusReason)

    def changed(self, changed: Changed) -> None:
        """Read again where somebody looks."""
        if changed.forms & {"child", "household_class", "village"} and self.isVisible():
            self.load()

    def shaped(self, shape: str) -> None:
        """Fewer columns where there is little room."""
        self.table.show_columns(["ends"] if shape == NARROW else [])

    def _pane(self) -> None:
        (self.until if self.table.hasFocus() else self.table).setFocus(Qt.FocusReason.TabFocusReason)

    # reading and showing

    def load(self) -> None:
        """Read the cards that end."""
        if not self._loaded:
            self.panel.load()
        last = self._within
        self._job.run(lambda desk: _read(desk, last), self._show)

    def _show(self, answer: Answer) -> None:
        known = {one.child for one in self._rows}
        self._rows, self._villages = answer
        self._off |= {one.child for one in self._rows if one.state == NO_CARD and one.child not in known}
        self._loaded = True
        self._apply()

    def _apply(self) -> None:
        """Show the rows that pass the filters."""
        rows = [one for one in self._rows if all(
            not values or _values(one, name) & set(values) for name, values in self._chosen.items())]  # fmt: skip
        for name, chip in self.chips.items():
            words = [words for value, words in self._options(name) if value in self._chosen.get(name, ())]
            several = say("children.chip.several", first=words[0], n=len(words) - 1) if len(words) > 1 else ""
            chip.set_value(several or "".join(words))
        self.table.set_rows(rows)
        self._none.say(say("seasons.cards.none" if not self._rows else "seasons.cards.filtered"),
                       "" if self._rows else say("seasons.cards.none_help"))  # fmt: skip
        self.panel.show_rows() if rows else self.panel.show_empty(self._none)
        self.shell.refresh()

    def _on(self) -> list[str]:
        return [one.child for one in self.table.rows() if one.child not in self._off]

    def _tick(self, rows: Sequence[CardRow]) -> None:
        ids = {one.child for one in rows}
        self._off = self._off - ids if ids & self._off else self._off | ids
        self.table.viewport().update()
        self.shell.refresh()

    # filters

    def _options(self, name: str) -> list[tuple[str, str]]:
        values = {value for one in self._rows for value in _values(one, name)} - {""}
        if name == "village":
            found = [(one, village_short(self._villages.get(one, ""))) for one in values]
            return sorted(found, key=lambda pair: collate_key(pair[1]))
        if name in LISTS:
            return [(one.code, one.short) for one in catalogue().lists[LISTS[name]].choices if one.code in values]
        return [(one, say(f"seasons.cards.{words}")) for one, words in WORDS.items() if one in values]

    def _open_menu(self, name: str) -> None:
        menu, chip = TickMenu(self), self.chips[name]
        menu.setProperty("several", True)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for value, words in self._options(name):
            action = QAction(words.replace("&", "&&"), menu)
            action.setCheckable(True)
            action.setChecked(value in self._chosen.get(name, ()))
            action.triggered.connect(lambda on, value=value: self._filter(name, value, on=on))
            menu.addAction(action)
        if menu.isEmpty():
            menu.addAction(say("ui.empty")).setEnabled(False)
        menu.setActiveAction(menu.actions()[0])
        menu.popup(chip.mapToGlobal(QPoint(0, chip.height() + 4)))

    def _filter(self, name: str, value: str, *, on: bool) -> None:
        rest = tuple(one for one in self._chosen.get(name, ()) if one != value)
        self._put(name, (*rest, value) if on else rest)

    def _put(self, name: str, values: tuple[str, ...]) -> None:
        self._chosen[name] = values
        self._apply()

    # days and writing

    def _read_within(self) -> None:
        day = _day(self.within.text())
        self._within_room.say("" if day else "stop", "" if day else say("seasons.cards.until_wrong"))
        if day is not None:
            self.within.setText(dates.show_date(day.isoformat()))
            if day != self._within:
                self._within = day
                self.load()

    def _read_until(self) -> str:
        """Return the new last day as stored, "" where it is missing or wrong, which is said."""
        text, day = self.until.text().strip(), _day(self.until.text())
        wrong = (say("finding.missing", label=say("seasons.cards.until")) if not text
                 else say("seasons.cards.until_wrong") if day is None
                 else say("seasons.cards.until_past") if day < clock.today() else "")  # fmt: skip
        self._until_room.say("stop" if wrong and text else "", wrong if text else "")
        if day is not None and not wrong:
            self.until.setText(dates.show_date(day.isoformat()))
            return day.isoformat()
        return ""

    def write(self) -> None:
        """Write the new day into the cards ticked."""
        ids, until = self._on(), self._read_until()
        if self._busy or not ids:
            return
        if not until:
            if not self.until.text().strip():
                self._until_room.say("stop", say("finding.missing", label=say("seasons.cards.until")))
            self.until.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._busy = True
        self.shell.refresh()
        n = len(ids)
        self.jobs.run(lambda desk: desk.renew_cards(ids, until), lambda saved: self._done(saved, n), self._failed, self)

    def _failed(self, problem: Problem) -> None:
        self._busy = False
        self.shell.refresh()
        self.talk.problem(problem)

    def _done(self, saved: Saved, n: int) -> None:
        self._busy, batch = False, saved.batch
        stops = [one.text for one in saved.findings if one.level == "stop"]
        if stops:
            self.talk.say(" ".join(stops), care=True)
        else:
            self.talk.say(say("seasons.cards.done", n=plain(n)), undo=lambda: self.jobs.run(
                lambda desk: desk.undo(str(batch)), lambda _saved: self.talk.say(say("seasons.cards.undone")),
                owner=self))  # fmt: skip
        self.load()


def _read(desk: Desk, last: date) -> Answer:
    return desk.cards(last), desk.village_names()


def _values(one: CardRow, name: str) -> set[str]:
    found = {"village": (one.village,), "class": (one.household,), "group": one.groups, "state": (one.state,)}
    return set(found[name])


def _day(written: str) -> date | None:
    found = dates.read_date(written, clock.today(), future=True) if written.strip() else None
    return dates.latest(found.value) if found is not None and found.value else None


def _state(one: CardRow) -> Cell:
    words = "no_end" if one.state == NO_CARD and one.card else WORDS[one.state]
    free = say("seasons.cards.free") if one.free else ""
    return Cell(free, "ink3", "note", chips=(Chip(say(f"seasons.cards.{words}"), TONES[one.state]),))
