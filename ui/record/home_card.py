"""The household of a child at the right of its page, and the child's way to another commune.

The card says who is in the household and which class stands, of which year; *Mở hộ* goes to the page of households. A
child without an open case can be handed to a commune whose card is trusted; how far that is stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal

from cbdesk import dates
from cbdesk.catalogue import catalogue
from cbdesk.words import say
from ui.parts import Button, IconText, Label, ListField
from ui.record.record_read import ChildFile
from ui.record.record_side import SideCard

POOR = ("poor", "near_poor")
MOST = 5
"""Children named in the card."""


class HomeCard(SideCard):
    """The household: head, class and year, the other children."""

    child_wanted = Signal(str)
    home_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__(say("child.home.title"), "home_person", name="home_card")
        self.open = Button(say("child.home.open"), "link", icon="open", name="open_home")
        self.open.clicked.connect(lambda: self.home_wanted.emit(self._home))
        self.body.addWidget(self.open, 0, Qt.AlignmentFlag.AlignLeft)
        self._home = ""
        self.hide()

    def show_child(self, file: ChildFile) -> None:
        """Show the household of a child; without one the card is hidden."""
        self.clear()
        home = file.home
        self.setVisible(home is not None)
        if home is None:
            return
        self._home = home.id
        self.lines.addWidget(Label(home.head or say("child.home.no_head"), "medium" if home.head else "note",
                                   "ink" if home.head else "ink3", wrap=True))  # fmt: skip
        if home.level:
            level = catalogue().lists["household_class"].label(home.level)
            words = say("child.home.level", level=level, year=home.year)
            self.lines.addWidget(Label(words, "note", "nghe" if home.level in POOR else "ink2", wrap=True))
        others = [one for one in home.children if one[0] != file.id]
        for number, (child, name, born) in enumerate(others[:MOST]):
            words = ", ".join(part for part in (name or say("record.no_name"), born[:4]) if part)
            link = Button(words, "link", name=f"home_child_{number}")
            link.clicked.connect(lambda _on=False, child=child: self.child_wanted.emit(child))
            self.lines.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        if len(others) > MOST:
            self.lines.addWidget(Label(say("child.home.more", n=len(others) - MOST), "small", "ink3"))


class MovingCard(SideCard):
    """Handing the child to another commune, and how far a hand-over is."""

    give_wanted = Signal(str)
    back_wanted = Signal()

    def __init__(self) -> None:
        super().__init__(say("child.transfer.title"), "arrow_upload", name="moving_card")
        self.to = ListField(label=say("case_page.handing.to"), icon="building_government", name="child_hand_to")
        self.give = Button(say("child.transfer.give"), icon="arrow_upload", name="child_hand_over")
        self.give.clicked.connect(lambda: self.give_wanted.emit(self.to.value() or ""))
        self.back = Button(say("child.transfer.back"), "link", icon="arrow_undo", name="child_hand_back")
        self.back.clicked.connect(self.back_wanted)
        self.body.addWidget(self.back, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self.to)
        self.body.addWidget(self.give, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    def show_child(self, file: ChildFile) -> None:
        """Show transfers, and the communes the child can go to; neither: the card is hidden."""
        self.clear()
        for row in file.transfers:
            icon, words = _told(row)
            self.lines.addWidget(IconText(icon, words, "ink2", "note", icon_ink="ink3"))
        waits = any(row.get("way") == "out" and not row.get("taken_on") for row in file.transfers)
        can = bool(file.neighbours) and not waits and file.data.get("life_status") not in ("left", "dead")
        self.to.fill(file.neighbours)
        self.to.set_value(file.neighbours[0][0] if file.neighbours else None)
        self.to.setVisible(can)
        self.give.setVisible(can)
        self.back.setVisible(waits)
        self.setVisible(can or bool(file.transfers))


def _told(row: Mapping[str, Any]) -> tuple[str, str]:
    """Return icon and sentence of one transfer."""
    unit, day = catalogue().units.label(str(row.get("unit"))), dates.show_date(str(row.get("on") or ""))
    if row.get("way") == "in":
        return "arrow_download", say("child.transfer.came", unit=unit, day=day)
    if row.get("taken_on"):
        return "checkmark_circle", say("child.transfer.taken", unit=unit, day=dates.show_date(str(row["taken_on"])))
    return "clock", say("child.transfer.waiting", unit=unit, day=day)
