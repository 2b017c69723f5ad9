"""The board of a month: each village, its sheet, when it returned, how many changes, by whom, and the months before."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cbdesk import dates
from cbdesk.desk.rounds import Place, Sheet
from cbdesk.words import say
from ui.lists.cells import Cell, Chip, Mark
from ui.lists.childlist import village_short
from ui.lists.filterbar import plain
from ui.lists.table import Column
from ui.parts import Button, Card, Label, Rule

TONES = {"returned": ("ngoc", "checkmark_circle"), "late": ("nghe", "clock"), "out": ("neutral", ""),
         "none": ("", "")}  # fmt: skip
PAST = 3


def short_number(number: str) -> str:
    """Return a sheet's number as one types it: ``A12`` of ``RS-A0012``."""
    code = number.rpartition("-")[2]
    return code[:1] + code[1:].lstrip("0") if code[:1].isalpha() else code.lstrip("0")


def changes_of(place: Place) -> int:
    """Return how many changes the sheets of a village told in all."""
    return sum(back.changes for sheet in place.sheets for back in sheet.returns)


def _state(place: Place) -> Cell:
    words, sheet = say(f"rounds.state.{place.state}"), place.sheet
    if place.state == "returned" and sheet is not None:
        words = say("rounds.returned_on", date=dates.show_date(sheet.returned_on))
    tone, icon = TONES[place.state]
    return Cell(chips=(Chip(words, tone, icon),)) if tone else Cell(words, "ink3")


def _changes(place: Place) -> Cell:
    if place.state != "returned":
        return Cell("")
    count = changes_of(place)
    return Cell(plain(count), "ink" if count else "ink3", "medium" if count else "body")


def _by(place: Place) -> Cell:
    sheet = place.sheet
    return Cell(sheet.returns[-1].by if sheet is not None and sheet.returns else "", "ink2")


def _past(back: int) -> Column:
    def cell(place: Place) -> Cell:
        month, state = place.past[back] if back < len(place.past) else ("", "none")
        said = say("rounds.past", month=dates.show_date(month), state=say(f"rounds.state.{state}")) if month else ""
        if state == "none":
            return Cell("–", "ink3")
        tone, icon = TONES[state]
        return Cell(marks=(Mark(icon, tone, said),))

    return Column(f"past{back}", "", 44, cell)


def columns() -> list[Column]:
    """Return the columns of the board; the heads of the last months are set with ``name_months``."""
    return [
        Column("village", say("rounds.head.village"), 150,
               lambda one: Cell(village_short(one.name) or say("quality_page.no_village"), role="medium"), stretch=True,
               fixed=True),
        Column("children", say("rounds.head.children"), 52, lambda one: Cell(plain(one.children), "ink2"), right=True),
        Column("number", say("rounds.head.number"), 92,
               lambda one: Cell(one.sheet.number if one.sheet is not None else "", "ink2"), fixed=True),
        Column("state", say("rounds.head.state"), 158, _state, fixed=True),
        Column("changes", say("rounds.head.changes"), 74, _changes, right=True, fixed=True),
        Column("by", say("rounds.head.by"), 132, _by),
        *(_past(back) for back in range(PAST)),
    ]  # fmt: skip


class PlaceCard(Card):
    """One village beside the board: its sheets, each return, and what can be done next."""

    key_wanted = Signal()
    unchanged_wanted = Signal()
    second_wanted = Signal()
    paper_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=0, spacing=0, name="place_card")
        self.body.setContentsMargins(1, 1, 1, 1)
        self.head = Label("", "section", elide=True, name="place_title")
        top = QVBoxLayout()
        top.setContentsMargins(16, 9, 16, 9)
        top.addWidget(self.head)
        self.body.addLayout(top)
        self.body.addWidget(Rule())
        inside = QVBoxLayout()
        inside.setContentsMargins(16, 12, 16, 12)
        inside.setSpacing(6)
        self.lines = [Label("", "body", "ink2", wrap=True) for _ in range(6)]
        for line in self.lines:
            inside.addWidget(line)
        inside.addStretch(1)
        self.key_button = Button(say("rounds.key"), icon="edit", key="Enter", name="key_sheet")
        self.unchanged_button = Button(say("rounds.unchanged"), icon="checkmark", key="F7", name="sheet_unchanged")
        self.paper_button = Button(say("rounds.this_paper"), "link", icon="print", name="this_paper")
        self.second_button = Button(say("rounds.second"), "link", icon="add", name="second_sheet")
        for button, signal in ((self.key_button, self.key_wanted), (self.unchanged_button, self.unchanged_wanted)):
            button.setSizePolicy(button.sizePolicy().Policy.Expanding, button.sizePolicy().Policy.Fixed)
            button.clicked.connect(signal)
            inside.addWidget(button)
        for link, signal in ((self.paper_button, self.paper_wanted), (self.second_button, self.second_wanted)):
            link.clicked.connect(signal)
            inside.addWidget(link)
        self.body.addLayout(inside, 1)

    def show_place(self, place: Place | None) -> None:
        """Show a village, or nothing."""
        sheet = place.sheet if place is not None else None
        self.head.say(place.name if place is not None else "")
        told = _told(place.sheets) if place is not None else []
        if place is not None and not told:
            told = [say("rounds.no_sheet")]
        for at, line in enumerate(self.lines):
            line.say(told[at] if at < len(told) else "")
            line.setVisible(at < len(told))
        for button in (self.key_button, self.paper_button, self.second_button):
            button.setVisible(sheet is not None)
        self.unchanged_button.setVisible(sheet is not None and not sheet.returns)


def _told(sheets: Sequence[Sheet]) -> list[str]:
    """Return the sheets of a village and their returns, a line each; the oldest returns give way."""
    found = []
    for one in sheets:
        found.append(say("rounds.sheet_line", number=one.number, n=plain(one.lines), date=dates.show_date(one.made_on)))
        for back in one.returns[-2:]:
            key = "rounds.return_line" if back.changes else "rounds.return_none"
            found.append(say(key, date=dates.show_date(back.on), n=plain(back.changes), by=back.by))
    return found[-6:]
