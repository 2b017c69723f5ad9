"""What goes out: read for the steps of sending, counted, told in lines, and written on the delivery slip.

Rules. Numbers by kind of record, never a name. The slip carries file name, receiver and number of changes; the
signature inside the bundle proves the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from cbdesk import clock, letterhead
from cbdesk.catalogue import catalogue
from cbdesk.desk import Desk, Sent
from cbdesk.words import say
from ui.carry.places import size_words
from ui.lists.filterbar import plain
from ui.parts import Button, Card, Icon, Label

INNER = frozenset({"snapshot_part"})
"""Forms that only hold the pieces of another one and are not counted for people."""


@dataclass(frozen=True)
class Outgoing:
    """What the next bundle carries, and how the book stands."""

    preview: Mapping[str, Any]
    status: Mapping[str, Any]
    bundles: tuple[Mapping[str, Any], ...]
    receiver: str

    def __bool__(self) -> bool:
        """Return whether anything would go: changes, or files that did not fit before."""
        return bool(self.preview["changes"] or self.preview["files"])


def read_outgoing(desk: Desk) -> Outgoing:
    """Read what would go; runs on the desk's thread. Without a receiver the preview is empty."""
    peers = [one for one in desk.peers() if one.role == "receiver"]
    preview = desk.preview() if peers else {"changes": 0, "from_seq": 0, "to_seq": 0, "counts": {}, "files": 0}
    return Outgoing(preview, desk.status(), tuple(desk.bundles()), desk.peer_name(peers[-1]) if peers else "")


def slip_of(desk: Desk, sent: Sent, receiver: str) -> dict[str, Any]:
    """Return the data of a delivery slip; runs on the desk's thread."""
    office = desk.office()
    return {
        **letterhead.sheet_heading(office, clock.today()),
        "unit": desk.unit_name, "officer": desk.officer, "receiver": receiver, "received_by": "",
        "file": sent.file.name, "changes": plain(sent.changes), "from_seq": plain(sent.from_seq),
        "to_seq": plain(sent.to_seq), "bytes": size_words(sent.bytes), "sha256": sent.sha256,
        "made_on": clock.now().strftime("%H:%M %d/%m/%Y"),
        "practice": letterhead.patterns()["words"]["practice"] if desk.practice else "",
    }  # fmt: skip


class Fact(QWidget):
    """A finished step: icon, a strong line, a quiet one."""

    def __init__(self, icon: str, parent: QWidget | None = None, *, name: str = "") -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(12)
        self._icon = Icon(icon, "ngoc", 20)
        self.first, self.second = Label("", "strong", wrap=True, name=name), Label("", "note", "ink3", wrap=True)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.first)
        column.addWidget(self.second)
        row.addWidget(self._icon)
        row.addLayout(column, 1)

    def tell(self, first: str, second: str, icon: str = "") -> None:
        """Show two lines, and another icon if given."""
        if icon:
            self._icon.show_icon(icon)
        self.first.say(first)
        self.second.say(second)


class Counts(QWidget):
    """How many records of each kind go: boxes side by side."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(8)

    def show_counts(self, counts: Mapping[str, tuple[int, int]]) -> None:
        """Show the counts, most first."""
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        forms = catalogue().forms
        told = {form: both for form, both in counts.items() if form in forms and form not in INNER}
        shown = sorted(((sum(both), form, both) for form, both in told.items()), reverse=True)
        for at, (count, form, (new, edited)) in enumerate(shown):
            key = "new_edited" if new and edited else "new" if new else "edited"
            box = Card(padding=10, spacing=0, name=f"count_{form}")
            line = QHBoxLayout()
            line.setSpacing(6)
            line.addWidget(Label(plain(count), "section"))
            words = say(f"carry.content.{key}", n=plain(new), m=plain(edited))
            line.addWidget(Label(words, "small", "ink3", elide=True), 1)
            box.body.addLayout(line)
            box.body.addWidget(Label(forms[form].title, "label", "ink2", elide=True))
            self._grid.addWidget(box, at // 4, at % 4)
        for column in range(4):
            self._grid.setColumnStretch(column, 1)


def block(*parts: QWidget) -> QWidget:
    """Return parts under one another; buttons keep their width."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(8)
    for part in parts:
        column.addWidget(part, 0, Qt.AlignmentFlag.AlignLeft if isinstance(part, Button) else Qt.AlignmentFlag(0))
    return made
