"""The record as it would be after a decision: a line a field, the one that is decided marked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from cbdesk.desk.conflicts import Line
from cbdesk.words import say
from ui import theme
from ui.compare.wrapped import Wrapped
from ui.parts import paint

LABEL, GAP, AIR, PAD = 190, 12, 4, 10


class Afterwards(QWidget):
    """The lines, painted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: tuple[Line, ...] = ()
        paint.name_it(self, "afterwards", say("conflicts.page.after"))

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show other lines, the decided one first."""
        self.lines = tuple(sorted(lines, key=lambda one: not one.changed))
        told = "; ".join(f"{one.label}: {one.text or say('ui.empty')}" for one in self.lines)
        self.setAccessibleDescription(told)
        self._fit()
        self.update()

    def _parts(self) -> list[tuple[Line, Wrapped, Wrapped]]:
        label = min(LABEL, self.width() // 3)
        wide = self.width() - label - GAP - 2 * PAD
        return [(one, Wrapped(one.label, "note", label, most=2),
                 Wrapped(one.text or say("ui.empty"), "medium" if one.changed else "body", wide, most=4))
                for one in self.lines]  # fmt: skip

    def _high(self, label: Wrapped, text: Wrapped) -> int:
        return max(label.height, text.height) + 2 * AIR

    def _fit(self) -> None:
        self.setMinimumHeight(sum(self._high(label, text) for _, label, text in self._parts()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the lines."""
        painter = paint.smooth(QPainter(self))
        top, left = 0.0, PAD + min(LABEL, self.width() // 3) + GAP
        for one, label, text in self._parts():
            high = self._high(label, text)
            if one.changed:
                paint.frame(painter, QRectF(0, top, self.width(), high), theme.RADIUS_FIELD, "ngocBg", None)
            label.draw(painter, PAD, top + AIR, "ngoc" if one.changed else "ink3")
            text.draw(painter, left, top + AIR, "ink" if one.text else "ink3")
            top += high
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the lines anew."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "lines"):
            self._fit()
