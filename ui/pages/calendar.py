"""Lịch công việc: what comes back each month, quarter and year, the office's own dates, days off and reporting days.

Rules. Enter opens the page an entry is about; an own entry is edited. Alt and the arrows change the month. What custom
says and no text was compared with is told so. Built-in entries are data of the catalogue and cannot be removed here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from cbdesk import clock, dates
from cbdesk.desk import Desk
from cbdesk.desk.seasons import Month
from cbdesk.words import say
from ui import pages, theme
from ui.frame.shell import Shell
from ui.homes.side_page import SidePage, key_button
from ui.lists.cells import Cell, Chip
from ui.lists.filterbar import plain
from ui.lists.table import Column
from ui.pages import FULL, Action, register
from ui.parts import Card, EmptyState, Hint, IconButton, IconText, Label, SectionTitle
from ui.seasons.month import MonthGrid

DEADLINE, OWN, OFF, FEAST = "deadline", "own", "off", "feast"
CHIPS = {DEADLINE: ("report", "gach"), OWN: ("own", "ngoc"), OFF: ("off", "neutral"), FEAST: ("feast", "nghe")}
GRID = 292


@register
class CalendarPage(SidePage):
    """The calendar of duties."""

    name, icon, under = "calendar", "calendar_ltr", "today"
    roles = ("commune",)
    form = "calendar_entry"
    watches = frozenset({"calendar_entry"})

    def __init__(self, shell: Shell) -> None:
        self._month = clock.today().replace(day=1)
        self._found: Month | None = None
        super().__init__(shell)
        self._none = EmptyState(say("seasons.calendar.none"), name="calendar_none")
        self._build_grid()

    def _build_grid(self) -> None:
        self.grid = MonthGrid()
        self.grid.clicked.connect(self._choose_day)
        self.month_title = Label("", "strong", name="month_title")
        self.before = IconButton("chevron_left", say("seasons.calendar.previous"), name="month_before")
        self.after = IconButton("chevron_right", say("seasons.calendar.next"), name="month_after")
        self.before.clicked.connect(lambda: self._go_month(-1))
        self.after.clicked.connect(lambda: self._go_month(1))
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.month_title, 1)
        head.addWidget(self.before)
        head.addWidget(self.after)
        self._grid_card = Card(padding=12, spacing=6, name="month_card")
        self._grid_card.body.addLayout(head)
        self._grid_card.body.addWidget(self.grid)
        self.lacks = IconText("info", "", "ink3", "note", name="calendar_lacks")
        self._grid_card.body.addWidget(self.lacks)
        self._grid_card.body.addStretch(1)
        self._row.insertWidget(0, self._grid_card)

    # what the base asks

    def columns(self) -> list[Column]:
        """Return the columns."""
        head = lambda name: say(f"seasons.calendar.{name}")  # noqa: E731
        return [
            Column("day", head("day"), 92, _day, fixed=True),
            Column("what", head("what"), 260, _what, stretch=True, fixed=True),
        ]  # fmt: skip

    def ident(self, row: Any) -> str:
        """Return what tells an entry."""
        return f"{row.day}|{row.key}|{row.record}|{row.title}"

    def called(self, row: Any) -> str:
        """Return what an entry is about."""
        return str(row.title)

    def read(self, desk: Desk) -> Any:
        """Return the month."""
        return desk.calendar_month(self._month.isoformat()[:7])

    def show_rows(self, found: Month) -> None:
        """Show the month; stand on the next thing to do."""
        turned = self._found is None or self._found.first != found.first
        self._found = found
        self.table.set_rows(found.entries)
        self.panel.show_rows() if found.entries else self.panel.show_empty(self._none)
        self.grid.show_month(found)
        self.month_title.say(say("seasons.calendar.month", m=found.first.month, year=found.first.year))
        lacks = [say("seasons.calendar.no_moon", year=found.first.year)] if found.no_moon else []
        lacks += [say("seasons.calendar.no_off", year=found.first.year)] if found.no_off else []
        self.lacks.say(" ".join(lacks))
        self.lacks.setVisible(bool(lacks))
        ahead = [one for one in found.entries if one.day >= clock.today() and one.kind != OFF]
        if turned and found.entries and not self._wanted:
            self.table.choose(self.ident((ahead or found.entries)[0]))

    def detail(self, row: Any) -> QWidget:
        """Return the card of an entry."""
        card = Card(padding=14, spacing=8, name="entry_card")
        card.body.addWidget(SectionTitle(row.title or say("seasons.calendar.worked")))
        day = dates.show_date(row.day.isoformat())
        card.body.addWidget(IconText("calendar_ltr", f"{say(f'today.weekday_{row.day.weekday()}')}, {day}", "ink2",
                                     "note", icon_ink="ink3"))  # fmt: skip
        if row.again:
            card.body.addWidget(IconText("arrow_sync", say(f"seasons.calendar.{row.again}"), "ink2", "note",
                                         icon_ink="ink3"))  # fmt: skip
        if row.basis:
            card.body.addWidget(IconText("document_table", row.basis, "ink2", "note", icon_ink="ink3"))
        if not row.verified:
            card.body.addWidget(Label(say("seasons.calendar.custom"), "small", "ink3", wrap=True))
        page = _page_of(row)
        if page:
            go = say("seasons.calendar.go", page=pages.title_of(page))
            button = key_button(go, "Enter", "open", self.open_row, "entry_go")
            card.body.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        if row.record:
            for words, key, icon, run, name in (("edit", "Enter", "edit", self.open_row, "entry_edit"),
                                                ("remove", "", "delete", self._remove, "entry_remove")):  # fmt: skip
                button = key_button(say(f"seasons.calendar.{words}"), key, icon, run, name)
                card.body.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        card.body.addStretch(1)
        return card

    def new_title(self) -> str:
        """Return the heading over a new entry."""
        return say("seasons.calendar.new")

    # the page base

    def title(self) -> str:
        """Return the title with the month shown."""
        return say("seasons.calendar.title", m=self._month.month, year=self._month.year)

    def facts(self) -> str:
        """Return how much the month holds."""
        if self._found is None:
            return ""
        return say("seasons.calendar.facts", n=plain(sum(one.kind not in (OFF, FEAST) for one in self._found.entries)))

    def primary(self) -> Action:
        """Add an own entry."""
        return Action("new", say("seasons.calendar.new"), self.add_row, "add", "Ctrl N")

    def list_hints(self) -> Sequence[Hint]:
        """Return the keys of the list."""
        return (Hint("↑|↓", say("shell.hint.select")), Hint("Enter", say("seasons.calendar.hint_go")),
                Hint("Alt|←|→", say("seasons.calendar.hint_month")), Hint("Ctrl N", say("seasons.calendar.hint_add")),
                Hint("Ctrl ;", say("seasons.calendar.today")))  # fmt: skip

    def actions(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands of the list."""
        return {"step_back": lambda: self._go_month(-1), "step_forward": lambda: self._go_month(1),
                "today_now": self._to_today}  # fmt: skip

    def opened(self, **details: Any) -> None:
        """Show a month, this one at first."""
        if details.get("month"):
            self._month = date.fromisoformat(f"{details['month']}-01")
        super().opened(**details)

    def shaped(self, shape: str) -> None:
        """The month at a glance where there is room for it."""
        super().shaped(shape)
        self._grid_card.setVisible(shape == FULL)
        self._grid_card.setFixedWidth(theme.px(GRID))

    def open_row(self) -> None:
        """Go where the entry leads, or edit an own one."""
        row = self.table.current()
        if row is None:
            return
        page = _page_of(row)
        if page:
            self.shell.go(page, **row.details)
        elif row.record:
            self.edit_record(row.record)

    def _moved(self) -> None:
        super()._moved()
        row = self.table.current()
        if hasattr(self, "grid"):
            self.grid.choose(row.day if row is not None else None)

    # months

    def _go_month(self, step: int) -> None:
        self._month = dates.months_after(self._month, step)
        self.load()

    def _to_today(self) -> None:
        self._month, self._found = clock.today().replace(day=1), None
        self.load()

    def _choose_day(self, day: date) -> None:
        row = next((one for one in self.table.rows() if one.day == day), None)
        self.table.setFocus(Qt.FocusReason.MouseFocusReason)
        if row is not None:
            self.table.choose(self.ident(row))

    def _remove(self) -> None:
        row = self.table.current()
        if row is None or not row.record:
            return
        record = row.record
        self.jobs.run(lambda desk: desk.void(record, say("seasons.calendar.remove")),
                      lambda saved: self.wrote(say("seasons.calendar.removed"), saved), owner=self)  # fmt: skip


def _page_of(row: Any) -> str:
    """Return the page an entry is about, "" for none."""
    return next((one for one in row.opens if one in pages.load()), "")


def _day(row: Any) -> Cell:
    ink = "gach" if row.kind == OFF and row.key == "off" else "ink2"
    return Cell(f"{say(f'seasons.calendar.short_{row.day.weekday()}')} {row.day.strftime('%d/%m')}", ink)


def _what(row: Any) -> Cell:
    words, tone = CHIPS.get(row.kind, ("", ""))
    if row.key == "worked":
        return Cell(chips=(Chip(say("seasons.calendar.worked"), "neutral"),))
    chips = (Chip(say(f"seasons.calendar.{words}"), tone),) if words else ()
    return Cell(row.title, "ink3" if row.kind == OFF else "ink", chips=chips)
