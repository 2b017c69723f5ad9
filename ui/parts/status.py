"""The status line: key hints left (at most six, they change with the focus), the state of the book right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import icons, theme
from ui.parts import paint


class Hint(NamedTuple):
    """One key hint: ``key`` in caps (``|`` parts caps) and what it does."""

    key: str
    words: str


class State(NamedTuple):
    """One fact about the book: icon, words, colour."""

    icon: str
    words: str
    ink: str = "ink3"


class StatusLine(QWidget):
    """The line along the bottom of the window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hints: tuple[Hint, ...] = ()
        self._states: tuple[State, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        paint.name_it(self, "status")

    def show_hints(self, hints: Sequence[Hint]) -> None:
        """Show the hints of the page or of the part that has the focus."""
        if tuple(hints) != self._hints:
            self._hints = tuple(hints)[:6]
            self._describe()

    def show_states(self, states: Sequence[State]) -> None:
        """Show the facts about the book."""
        if tuple(states) != self._states:
            self._states = tuple(states)
            self._describe()

    def hints(self) -> tuple[Hint, ...]:
        """Return the hints shown."""
        return self._hints

    def states(self) -> tuple[State, ...]:
        """Return the facts shown."""
        return self._states

    def _describe(self) -> None:
        self.setAccessibleName(" · ".join(state.words for state in self._states))
        self.setAccessibleDescription(" · ".join(f"{h.key.replace('|', ' ')}: {h.words}" for h in self._hints))
        self.update()

    def sizeHint(self) -> QSize:
        """Return the height of the line."""
        return QSize(600, theme.px(theme.STATUS))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()
        super().changeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground, hints that fit, facts."""
        painter = paint.smooth(QPainter(self))
        painter.fillRect(self.rect(), theme.color("panel"))
        paint.hairline(painter, 0, self.width(), 0)
        middle, limit = self.height() / 2 + 0.5, self._paint_states(painter)
        left, role = 16.0, "small"
        for key, words in self._hints:
            caps, wide = paint.cap_width(key), paint.text_width(theme.font(role), words)
            if left + caps + 7 + wide > limit - 16:
                break
            left = paint.caps(painter, left, middle, key) + 7
            paint.text(painter, QRectF(left, 1, wide + 1, self.height()), words, role, "ink2")
            left += wide + 14
        painter.end()

    def _paint_states(self, painter: QPainter) -> float:
        right = self.width() - 16.0
        for icon, words, ink in reversed(self._states):
            wide = paint.text_width(theme.font("smallMedium"), words)
            box = QRectF(right - wide, 1, wide + 1, self.height())
            paint.text(painter, box, words, "smallMedium" if ink != "ink3" else "small", ink)
            icons.paint(painter, icon, QPointF(right - wide - 21, round(self.height() / 2 - 7)), ink, 16)
            right -= wide + 38
        return right
