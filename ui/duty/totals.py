"""Sums under a list: a few figures in a row, each with its words under it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cbdesk.words import say
from ui import theme
from ui.parts import paint

TOP, GAP = 10, 28


class Sum(NamedTuple):
    """One figure: its words, the figure as people read it, its colour."""

    words: str
    figure: str
    ink: str = "ink"


def plain(number: int) -> str:
    """Return a number with its thousands parted."""
    return f"{number:,}".replace(",", ".").replace("-", "\u2212")


def money(amount: int) -> str:
    """Return an amount of money."""
    return say("benefits.money", n=plain(amount))


class Totals(QWidget):
    """The figures; those that find no room in a line go to the next one."""

    def __init__(self, parent: QWidget | None = None, *, name: str = "totals") -> None:
        super().__init__(parent)
        self._sums: Sequence[Sum] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        paint.name_it(self, name)
        self.hide()

    def show_sums(self, sums: Sequence[Sum]) -> None:
        """Show figures; none hides the line."""
        self._sums = tuple(sums)
        self.setAccessibleName("; ".join(f"{one.words}: {one.figure}" for one in sums))
        self.setVisible(bool(sums))
        self.updateGeometry()
        self.update()

    def _places(self, width: int) -> list[tuple[Sum, float, float]]:
        """Return each figure with its left edge and its line."""
        found, left, line = [], 4.0, 0
        for one in self._sums:
            wide = max(paint.text_width(theme.font("section"), one.figure),
                       paint.text_width(theme.font("small"), one.words))  # fmt: skip
            if left > 4 and left + wide > width:
                left, line = 4.0, line + 1
            found.append((one, left, line))
            left += wide + GAP
        return found

    @staticmethod
    def _line() -> float:
        return theme.line("section") + theme.line("small") + 6

    def hasHeightForWidth(self) -> bool:
        """The narrower, the more lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of all lines."""
        places = self._places(width)
        return round((places[-1][2] + 1) * self._line() + TOP) if places else 0

    def sizeHint(self) -> QSize:
        """Return the height in the width there is."""
        return QSize(300, self.heightForWidth(max(300, self.width())))

    def minimumSizeHint(self) -> QSize:
        """One figure a line is the least."""
        return QSize(160, self.heightForWidth(max(160, self.width())))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()
        super().changeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint figures and words."""
        painter = paint.smooth(QPainter(self))
        for one, left, line in self._places(self.width()):
            top, high = TOP + line * self._line(), theme.line("section")
            paint.text(painter, QRectF(left, top, self.width() - left, high), one.figure, "section", one.ink)
            under = QRectF(left, top + high, self.width() - left, theme.line("small"))
            paint.text(painter, under, one.words, "small", "ink3")
        painter.end()
