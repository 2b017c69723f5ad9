"""The horizontal stepper: where one is in a task of a few steps.

Rules. Painted, not clickable; done, now and next differ by shape as well as by colour. Alt ← goes back (the page binds
it) and nothing entered is lost.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from cbdesk.words import say
from ui import icons, theme
from ui.parts import paint


class Stepper(QWidget):
    """Steps in a row. ``now`` counts from 0; all before are done."""

    def __init__(
        self, steps: Sequence[str], now: int = 0, parent: QWidget | None = None, *, name: str = "stepper"
    ) -> None:
        super().__init__(parent)
        self._steps, self._now = tuple(steps), now
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        paint.name_it(self, name)
        self.go(now)

    def go(self, now: int) -> None:
        """Stand at a step; ``len(steps)`` means all are done."""
        self._now = now
        shown = min(now, len(self._steps) - 1)
        self.setAccessibleName(say("ui.step_of", n=shown + 1, of=len(self._steps), step=self._steps[shown]))
        self.update()

    def now(self) -> int:
        """Return the present step."""
        return self._now

    def _widths(self) -> list[int]:
        return [26 + paint.text_width(theme.font("labelStrong"), step) for step in self._steps]

    def sizeHint(self) -> QSize:
        """Return room for all steps with short links."""
        return QSize(sum(self._widths()) + 44 * (len(self._steps) - 1), theme.px(32))

    def minimumSizeHint(self) -> QSize:
        """Return the least size; the words of steps not present may be left out."""
        return QSize(160, theme.px(32))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint marks, words and links."""
        painter = paint.smooth(QPainter(self))
        widths = self._widths()
        narrow = sum(widths) + 30 * (len(widths) - 1) > self.width()
        if narrow:
            widths = [w if i == self._now else 20 for i, w in enumerate(widths)]
        links = max(1, len(widths) - 1)
        link = min(80.0, (self.width() - sum(widths)) / links - 20)
        left, middle = 0.0, self.height() / 2
        for i, step in enumerate(self._steps):
            self._mark(painter, QPointF(left + 10, round(middle)), i)
            ink = "ngoc" if i < self._now else "ink" if i == self._now else "ink3"
            if not narrow or i == self._now:
                role = "labelStrong" if i <= self._now else "label"
                paint.text(painter, QRectF(left + 26, 0, widths[i], self.height()), step, role, ink)
            left += widths[i] + 10
            if i < len(self._steps) - 1:
                painter.setPen(QPen(theme.color("ngocLine" if i < self._now else "line2"), 2))
                painter.drawLine(QPointF(left, round(middle)), QPointF(left + link, round(middle)))
            left += link + 10
        painter.end()

    def _mark(self, painter: QPainter, middle: QPointF, i: int) -> None:
        if i < self._now:
            at = QPointF(middle.x() - 10, middle.y() - 10)
            icons.paint(painter, "checkmark_circle", at, "ngoc", 20, filled=True)
            return
        now = i == self._now
        if now:
            paint.dot(painter, middle, 10, "cham")
        else:
            painter.setPen(QPen(theme.color("field"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(middle, 9, 9)
        box = QRectF(middle.x() - 10, middle.y() - 10, 20, 20)
        paint.text(painter, box, str(i + 1), "smallStrong", "onCham" if now else "ink3", Qt.AlignmentFlag.AlignHCenter)
