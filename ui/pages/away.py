"""Trẻ tạm vắng: who is away for a time, since when, where, and who should have been back; all back in one action.

Rules. Those expected before today stand first and are marked. Shift and arrows choose several, Ctrl A all; Ctrl R tells
the day they came back, after Tết for many at once. Enter opens the child, where the absence itself is corrected. Going
away is written at the child, or for several children by *Ghi chung* in the list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from cbdesk import clock, dates
from cbdesk.catalogue import catalogue
from cbdesk.desk import Desk
from cbdesk.desk.moving import Away
from cbdesk.words import say
from ui.frame.shell import Shell
from ui.homes.act import DATE, TICKS, ActCard, Ask
from ui.homes.side_page import SidePage, key_button
from ui.lists.cells import Cell, Chip
from ui.lists.childlist import village_short
from ui.lists.filterbar import plain
from ui.lists.table import Column
from ui.pages import NARROW, Action, register
from ui.parts import Card, EmptyState, Hint, IconText, SectionTitle
from ui.quality.ticklist import Tick

FEW = ("name", "back")


@register
class AwayPage(SidePage):
    """The children who are away."""

    name, icon, under = "away", "arrow_right", "children"
    roles = ("commune",)
    form = "absence"
    watches = frozenset({"absence", "child", "village"})

    def __init__(self, shell: Shell) -> None:
        self._villages: Mapping[str, str] = {}
        self._rows: Sequence[Away] = ()
        super().__init__(shell)
        self._none = EmptyState(say("homes.away.none"), say("homes.away.none_help"), name="away_none")

    def columns(self) -> list[Column]:
        """Return the columns."""
        head = lambda name: say(f"homes.away.{name}")  # noqa: E731
        return [
            Column("name", head("name"), 190, lambda one: Cell(one.name or say("children.unnamed"), role="medium"),
                   stretch=True, fixed=True),
            Column("born", head("born"), 100, lambda one: Cell(dates.show_date(one.born), "ink2")),
            Column("village", head("village"), 104, lambda one: Cell(
                village_short(self._villages.get(one.village, "")), "ink2")),
            Column("from", head("from"), 84, lambda one: Cell(dates.show_date(_said(one, "from")), "ink2")),
            Column("place", head("place"), 130, lambda one: Cell(_said(one, "place"), "ink2")),
            Column("back", head("back"), 150, _back, fixed=True),
        ]  # fmt: skip

    def ident(self, row: Away) -> str:
        """Return the child's id."""
        return row.child

    def called(self, row: Away) -> str:
        """Return the child's name."""
        return row.name

    def read(self, desk: Desk) -> Any:
        """Return who is away, and the villages."""
        return desk.absent(), desk.village_names()

    def show_rows(self, found: Any) -> None:
        """Show who is away."""
        self._rows, self._villages = found
        self.table.set_rows(self._rows)
        self.panel.show_rows() if self._rows else self.panel.show_empty(self._none)

    # the page base

    def crumbs(self) -> Sequence[tuple[str, str]]:
        """The way here leads over the children."""
        return (("", "children"),)

    def facts(self) -> str:
        """Return how many are away, and how many should be back."""
        late = sum(one.overdue for one in self._rows)
        words = say("homes.away.facts", n=plain(len(self._rows))) if self._rows else ""
        return words + (say("homes.between") + say("homes.away.facts_late", n=plain(late)) if late else "")

    def primary(self) -> Action:
        """Write that the chosen are back."""
        if self.act is not None:
            return Action("act", self.act.verb.words(), self.act.submit, "save", "Ctrl S")
        why = "" if self._rows else say("homes.away.none")
        return Action("back", say("homes.away.do"), self._back, "home", "Ctrl R", why)

    def list_hints(self) -> Sequence[Hint]:
        """Return the keys of the list."""
        return (Hint("Shift|↑|↓", say("children.hint.several")), Hint("Ctrl A", say("homes.hint.all")),
                Hint("Ctrl R", say("homes.hint.back")), Hint("Enter", say("shell.hint.open")))  # fmt: skip

    def actions(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands of the list."""
        return {"come_back": self._back}

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here; nothing is added in this list."""
        return {name: run for name, run in super().handlers().items() if name != "new_row"}

    def open_row(self) -> None:
        """Open the child."""
        if (row := self.table.current()) is not None:
            self.shell.go("child", id=row.child)

    def shaped(self, shape: str) -> None:
        """Fewer columns where there is little room."""
        super().shaped(shape)
        self.table.show_columns(FEW if shape == NARROW else [])

    def detail(self, row: Away) -> QWidget:
        """Return the card of one who is away."""
        card = Card(padding=14, spacing=8, name="away_card")
        card.body.addWidget(SectionTitle(row.name or say("children.unnamed")))
        for icon, words in self._lines(row):
            card.body.addWidget(IconText(icon, words, "ink2", "note", icon_ink="ink3"))
        button = key_button(say("homes.away.do"), "Ctrl R", "home", self._back, "away_back")
        card.body.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        card.body.addStretch(1)
        return card

    def _lines(self, row: Away) -> list[tuple[str, str]]:
        lists, found = catalogue().lists, []
        if place := _said(row, "place"):
            found.append(("arrow_right", place))
        told = [lists[name].label(_said(row, field)) for field, name in
                (("with_whom", "absence_company"), ("reason", "absence_reason")) if _said(row, field)]  # fmt: skip
        if told:
            found.append(("people", say("homes.between").join(told)))
        if _said(row, "from"):
            found.append(("calendar_ltr", say("homes.away.since", day=dates.show_date(_said(row, "from")))))
        if _said(row, "phone"):
            found.append(("call", _said(row, "phone")))
        if village := self._villages.get(row.village):
            found.append(("home", village))
        return found

    # what happens

    def _back(self) -> None:
        if not self._rows:
            return
        chosen = {one.child for one in self.table.chosen()}
        ticks = [Tick(one.child, ", ".join(part for part in (
            one.name or say("children.unnamed"), village_short(self._villages.get(one.village, ""))) if part))
            for one in self._rows]  # fmt: skip
        card = ActCard(say("homes.away.title"), say("homes.away.verb"),
                       [Ask("on", say("homes.away.on"), DATE, clock.today().isoformat())], note=say("homes.away.note"),
                       ticks=(say("homes.away.which"), ticks), on=chosen, least=1, name="come_back")  # fmt: skip

        def run(given: dict[str, Any]) -> None:
            work = lambda desk: desk.come_back(given[TICKS], given["on"])  # noqa: E731
            done = say("homes.away.done", n=plain(len(given[TICKS])))
            self.jobs.run(work, lambda saved: self.wrote(done, saved), owner=self)

        self.do(card, run)


def _said(one: Away, name: str) -> str:
    return str(one.absence.get(name) or "")


def _back(one: Away) -> Cell:
    day = dates.show_date(_said(one, "expected_back"))
    return Cell(chips=(Chip(say("homes.away.late", day=day), "nghe", "clock"),)) if one.overdue else Cell(day, "ink2")
