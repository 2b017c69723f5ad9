"""What a child's page says of a join: which records it took in, or which child it is now, and the way to take it apart.

A joined record is only looked at; it stays found by its old code and shows the child it is now. Taking apart is one
batch, so it can be taken back like everything else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import Qt, Signal

from cbdesk.words import say
from ui.parts import Banner, Button, Label
from ui.record.record_side import SideCard


class Other(NamedTuple):
    """Another record of the same child: id, name, code."""

    id: str
    name: str
    code: str

    @property
    def words(self) -> str:
        """Return name and code in one line."""
        return ", ".join(part for part in (self.name, self.code) if part)


def other_of(row: Mapping[str, Any]) -> Other:
    """Return how a record of the same child is called."""
    name = str(row.get("full_name") or row.get("usual_name") or say("record.no_name"))
    return Other(str(row["id"]), name, str(row.get("book_code") or ""))


def ribbon(into: Other, see: Callable[[], None], split: Callable[[], None]) -> Banner:
    """Return the line over a joined record: which child it is now."""
    open_it, apart = Button(say("child.joined.open"), name="open_joined"), Button(say("child.joined.split"),
                                                                                name="split_joined")  # fmt: skip
    open_it.clicked.connect(lambda _on=False: see())
    apart.clicked.connect(lambda _on=False: split())
    made = Banner("info", say("child.joined.into", who=into.words), action=open_it, name="joined")
    made.add(apart)
    return made


class JoinedCard(SideCard):
    """The records a child took in; each can be taken apart again."""

    split_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__(say("child.joined.title"), "people_swap", name="joined_card")
        self.hide()

    def show_others(self, others: Sequence[Other]) -> None:
        """Show records; none hides the card."""
        self.clear()
        for number, one in enumerate(others):
            self.lines.addWidget(Label(one.words, "note", wrap=True))
            link = Button(say("child.joined.split"), "link", icon="arrow_undo", name=f"split_{number}")
            link.clicked.connect(lambda _on=False, one=one: self.split_wanted.emit(one.id))
            self.lines.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        self.setVisible(bool(others))
