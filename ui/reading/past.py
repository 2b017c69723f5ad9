"""The imports of the last weeks, each of which can be taken back whole.

Rules. Taking back is done at once and can itself be undone from the toast. What was taken back stays in the list and
says so. Where nothing was imported the card is not there.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from cbdesk.desk import Batch
from cbdesk.desk.batches import DAYS
from cbdesk.words import say
from ui import theme
from ui.lists.cells import Cell
from ui.lists.filterbar import plain
from ui.lists.table import Column
from ui.parts import Card, Label, SectionTitle
from ui.reading.rowlist import ANSWERS, ROW_HIGH, RowTable
from ui.reading.told import Answer

MOST = 4
"""Imports shown at a time."""


class PastCard(Card):
    """Imports that are done. ``undo_wanted`` carries the batch."""

    undo_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=1, spacing=0, name="past_card")
        self.body.setContentsMargins(4, 14, 4, 10)
        title = SectionTitle(say("reading.past.title"))
        title.setContentsMargins(16, 0, 16, 6)
        self.body.addWidget(title)
        columns = [
            Column("at", "", 150, lambda one: Cell(_moment(one.at), "ink", "medium", second=one.by)),
            Column("what", "", 120, _what, stretch=True),
            Column(ANSWERS, "", 150, lambda _one: Cell(), right=True),
        ]
        self.table = RowTable(columns, lambda one: str(one.batch), _answers, lambda _one: "",
                              label=say("reading.past.title"), name="past_imports")  # fmt: skip
        self.table.answered.connect(lambda rows, _code: self.undo_wanted.emit(rows[0].batch))
        self.body.addWidget(self.table)
        note = Label(say("reading.past.note", days=DAYS), "small", "ink3", wrap=True)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 6, 16, 0)
        foot.addWidget(note)
        self.body.addLayout(foot)
        self.hide()

    def focus(self) -> None:
        """Focus the imports."""
        self.table.choose_first()  # Qt would make a row the current one without choosing it
        self.table.setFocus()

    def show_past(self, past: Sequence[Batch]) -> None:
        """Show imports, the newest first."""
        self.setVisible(bool(past))
        self.table.set_rows(past)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "table"):
            self._fit()

    def _fit(self) -> None:
        """Give the list the height of its rows, up to ``MOST``."""
        self.table.setFixedHeight(theme.px(ROW_HIGH) * max(1, min(MOST, len(self.table.rows()))))


def _answers(one: Batch) -> tuple[Answer, ...]:
    return () if one.undone else (Answer("undo", say("reading.past.undo")),)


def _moment(stamp: str) -> str:
    day, _, time = stamp.partition("T")
    year, month, date = day.split("-")
    return f"{date}/{month}/{year} {time[:5]}"


def _what(one: Batch) -> Cell:
    kind = "" if one.form == "child" else "homes_" if one.form == "household" else "rows_"
    parts = [say(f"reading.past.{kind}{key}", n=plain(count)) for key, count in (("added", one.added),
             ("updated", one.updated)) if count]  # fmt: skip
    words = say("reading.past.between").join(parts)
    words = words[:1].upper() + words[1:]
    if one.undone:
        return Cell(words, "ink3", "note", second=say("reading.past.undone", at=_moment(one.undone)))
    return Cell(words, "ink2", "note")
