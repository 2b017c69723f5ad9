"""Columns, letters and results together: which of them stands where at a step and in a width.

Rules. At the step of the columns they have the whole width, so that several cells of each can be read; at the step of
the rows they stand at the left where there is room, and are a step back where there is none.
"""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget

from ui.pages import FULL
from ui.reading.draft import Draft
from ui.reading.letters import LettersCard
from ui.reading.mapping import MappingCard
from ui.reading.results import ResultsCard

LEFT_WIDE, ANY = 448, 16_777_215
LOW = 420
"""Below this height an update is listed in fewer lines."""


class Board(QWidget):
    """The room of the steps *columns* and *rows*."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mapping = MappingCard()
        self.letters = LettersCard()
        self.results = ResultsCard()
        self._columns = False
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self._left = QWidget()
        self._sides = QBoxLayout(QBoxLayout.Direction.TopToBottom, self._left)
        self._sides.setContentsMargins(0, 0, 0, 0)
        self._sides.setSpacing(12)
        self._sides.addWidget(self.mapping)
        self._sides.addWidget(self.letters)
        row.addWidget(self._left)
        row.addWidget(self.results, 1)

    def show_draft(self, draft: Draft) -> None:
        """Show a draft."""
        self.mapping.offer(draft.targets)
        self.mapping.show_draft(draft)
        self.letters.setVisible(draft.done is not None)
        self.letters.show_draft(draft)
        self.results.show_draft(draft)

    def arrange(self, shape: str, *, columns: bool) -> None:
        """Put everything in its place for a shape of the window, at the step of the columns or of the rows."""
        beside = shape == FULL and not columns
        way = QBoxLayout.Direction.TopToBottom if beside else QBoxLayout.Direction.LeftToRight
        self._sides.setDirection(way)
        self._sides.setStretch(0, 1 if beside else 3)
        self._sides.setStretch(1, 0 if beside else 2)
        self._left.setMaximumWidth(LEFT_WIDE if beside else ANY)
        self._left.setMinimumWidth(LEFT_WIDE if beside else 0)
        self._left.setVisible(beside or columns)
        self.results.setVisible(not columns)
        self._columns = columns
        self._mind_height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Mind the height."""
        super().resizeEvent(event)
        self._mind_height()

    def _mind_height(self) -> None:
        low = self.height() < LOW
        self.letters.open(wide=self._columns, low=low)
        self.results.low(low)

    def other_pane(self) -> None:
        """Move the focus between the columns, the letters and the rows, as far as they are shown."""
        here = self.focusWidget()
        panes = [pane for pane in (self.mapping, self.letters, self.results) if pane.isVisible()]
        at = next((n for n, pane in enumerate(panes) if here is not None and pane.isAncestorOf(here)), -1)
        pane = panes[(at + 1) % len(panes)]
        if pane is self.results:
            self.results.focus_rows()
        elif pane is self.letters:
            self.letters.focus()
        else:
            self.mapping.focus_first()
