"""The lists made for the police: number, day, how many children, how many of them are answered, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cbdesk import dates
from cbdesk.words import say
from ui.lists.cells import Cell, Chip
from ui.lists.filterbar import plain
from ui.lists.table import Column, QuietTable, TablePanel
from ui.parts import Button, Card, IconText, Rule, SectionTitle
from ui.quality.police import Sent


def _answered(row: Sent) -> Cell:
    if row.answered == row.lines:
        return Cell(chips=(Chip(say("quality_page.all_answered"), "ngoc", "checkmark_circle"),))
    words = say("quality_page.answered", n=plain(row.answered), of=plain(row.lines))
    return Cell(words, "ink2" if row.answered else "ink3")


def columns() -> list[Column]:
    """Return the columns of the lists."""
    return [
        Column("number", say("quality_page.list_number"), 108, lambda row: Cell(row.number, role="medium"), fixed=True),
        Column("made", say("quality_page.made_on"), 94, lambda row: Cell(dates.show_date(row.made_on), "ink2"),
               fixed=True),
        Column("answered", say("quality_page.answers"), 70, _answered, stretch=True, fixed=True),
    ]  # fmt: skip


class SentCard(Card):
    """The lists, and under them the buttons of the one chosen."""

    moved = Signal(object)
    new_wanted = Signal()
    read_wanted = Signal()
    key_wanted = Signal()
    close_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=0, spacing=0, name="sent_card")
        self.body.setContentsMargins(1, 1, 1, 1)
        head = SectionTitle(say("quality_page.sent"), name="sent_title")
        head.setContentsMargins(16, 8, 12, 8)
        self.new_button = Button(say("quality_page.new"), "link", icon="add", key="Ctrl N", name="new_list")
        self.new_button.clicked.connect(self.new_wanted)
        head.add(self.new_button)
        self.table = QuietTable(columns(), lambda one: one.id, type_by=lambda one: one.number,
                                label=say("quality_page.sent"), name="sent_table")  # fmt: skip
        self.table.moved.connect(self._moved)
        self.table.opened.connect(lambda _row: self.key_wanted.emit())
        self.panel = TablePanel(self.table, plain=True)
        self.body.addWidget(head)
        self.body.addWidget(Rule())
        self.body.addWidget(self.panel, 1)
        self.body.addWidget(Rule())
        foot = QVBoxLayout()
        foot.setContentsMargins(15, 11, 15, 14)
        foot.setSpacing(8)
        self.state = IconText("clock", "", "ink2", "note", name="sent_state")
        self.key_button = Button(say("quality_page.key_answer"), icon="edit", key="Enter", name="key_answer")
        self.key_button.clicked.connect(self.key_wanted)
        self.read_button = Button(say("quality_page.read_answer"), icon="arrow_import", name="read_answer")
        self.read_button.clicked.connect(self.read_wanted)
        self.close_button = Button(say("quality_page.close"), "quiet", icon="dismiss", name="close_list")
        self.close_button.clicked.connect(self.close_wanted)
        foot.addWidget(self.state)
        for button in (self.key_button, self.read_button):
            button.setSizePolicy(button.sizePolicy().Policy.Expanding, button.sizePolicy().Policy.Fixed)
            foot.addWidget(button)
        foot.addWidget(self.close_button)
        self.body.addLayout(foot)

    def show_sent(self, lists: Sequence[Sent], choose: str = "") -> None:
        """Show the lists, newest first; ``choose`` is one to stand at."""
        self.table.set_rows(lists)
        if lists:
            self.panel.show_rows()
        if not (choose and self.table.choose(choose)):
            self.table.choose_first()

    def current(self) -> Sent | None:
        """Return the list chosen."""
        return self.table.current()

    def _moved(self, row: Sent | None) -> None:
        if row is not None:
            day = dates.show_date(row.closed_on or row.made_on)
            if row.closed_on:
                self.state.say(say("quality_page.closed_on", date=day), "checkmark_circle", "ink2")
            elif row.open:
                self.state.say(say("quality_page.waiting", n=plain(row.open), date=day), "clock", "nghe")
            else:
                self.state.say(say("quality_page.done_all", n=plain(row.lines)), "checkmark_circle", "ngoc")
            self.close_button.setVisible(bool(row.open))
        self.moved.emit(row)
