"""The mark of each state of a month: colour, shape and word together, painted once and kept as a picture.

Rules. A good month is quiet, a problem loud; the shape alone tells the state, so that it does on a grey screen and for
who does not see red. The legend shows every mark with its word and is always in sight.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cbdesk.words import say
from ui import theme
from ui.parts import paint

WIDE, HIGH = 36, 20
LATE_MARK = "m"
STATES = ("on_time", "late", "behalf", "aside", "partial", "gap", "held", "overdue", "none", "not_due")
"""States in the order of the legend."""


class Look(NamedTuple):
    """How a state looks: ground, border, ink (tokens; "" for none) and what draws its shape about a middle."""

    ground: str
    border: str
    ink: str
    draw: Callable[[QPainter, QPointF, str], None]


def _pen(painter: QPainter, ink: str, width: float = 1.8) -> None:
    pen = QPen(theme.color(ink), width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _check(painter: QPainter, at: QPointF, ink: str) -> None:
    _pen(painter, ink)
    path = QPainterPath(QPointF(at.x() - 4, at.y() + 0.4))
    path.lineTo(at.x() - 1.2, at.y() + 3)
    path.lineTo(at.x() + 4.2, at.y() - 3)
    painter.drawPath(path)


def _late(painter: QPainter, at: QPointF, ink: str) -> None:
    _check(painter, QPointF(at.x() - 5, at.y()), ink)
    _letter(painter, QPointF(at.x() + 6, at.y()), LATE_MARK, ink)


def _letter(painter: QPainter, at: QPointF, letter: str, ink: str) -> None:
    box = QRectF(at.x() - 8, at.y() - 9, 16, 18)
    paint.text(painter, box, letter, "small", ink, Qt.AlignmentFlag.AlignHCenter)


def _behalf(painter: QPainter, at: QPointF, ink: str) -> None:
    _check(painter, QPointF(at.x() - 6, at.y()), ink)
    _pen(painter, ink, 1.4)
    left = at.x() + 2  # a hand-written line
    path = QPainterPath(QPointF(left, at.y() + 3))
    path.cubicTo(left + 2, at.y() - 5, left + 4, at.y() + 7, left + 8, at.y() - 2)
    painter.drawPath(path)


def _aside(painter: QPainter, at: QPointF, ink: str) -> None:
    _check(painter, QPointF(at.x() - 5, at.y()), ink)
    _letter(painter, QPointF(at.x() + 6, at.y()), "!", ink)


def _half(painter: QPainter, at: QPointF, ink: str) -> None:
    _pen(painter, ink, 1.4)
    disc = QRectF(at.x() - 5, at.y() - 5, 10, 10)
    painter.drawEllipse(disc)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color(ink))
    painter.drawPie(disc, 90 * 16, 180 * 16)


def _broken(painter: QPainter, at: QPointF, ink: str) -> None:
    _pen(painter, ink)
    painter.drawLine(QPointF(at.x() - 8, at.y()), QPointF(at.x() - 3.5, at.y()))
    painter.drawLine(QPointF(at.x() + 3.5, at.y()), QPointF(at.x() + 8, at.y()))
    painter.drawLine(QPointF(at.x() - 1.6, at.y() + 3.6), QPointF(at.x() + 1.6, at.y() - 3.6))


def _cross(painter: QPainter, at: QPointF, ink: str) -> None:
    _pen(painter, ink)
    painter.drawLine(QPointF(at.x() - 3.6, at.y() - 3.6), QPointF(at.x() + 3.6, at.y() + 3.6))
    painter.drawLine(QPointF(at.x() - 3.6, at.y() + 3.6), QPointF(at.x() + 3.6, at.y() - 3.6))


def _clock(painter: QPainter, at: QPointF, ink: str) -> None:
    _pen(painter, ink, 1.4)
    painter.drawEllipse(at, 5.2, 5.2)
    painter.drawLine(at, QPointF(at.x(), at.y() - 3.2))
    painter.drawLine(at, QPointF(at.x() + 2.6, at.y() + 1))


def _ring(painter: QPainter, at: QPointF, ink: str) -> None:
    _pen(painter, ink, 1.4)
    painter.drawEllipse(at, 3.6, 3.6)


def _dot(painter: QPainter, at: QPointF, ink: str) -> None:
    paint.dot(painter, at, 1.8, ink)


LOOKS = {
    "on_time": Look("ngocBg", "", "ngoc", _check),
    "late": Look("ngocBg", "", "ngoc", _late),
    "behalf": Look("ngocBg", "ngocLine", "ngoc", _behalf),
    "aside": Look("ngheBg", "ngheLine", "nghe", _aside),
    "partial": Look("ngheBg", "ngheLine", "nghe", _half),
    "gap": Look("ngheBg", "ngheLine", "nghe", _broken),
    "held": Look("gachBg", "gachLine", "gach", _cross),
    "overdue": Look("panel", "gachLine", "gach", _clock),
    "none": Look("panel", "field", "ink3", _ring),
    "not_due": Look("", "", "line2", _dot),
}


@lru_cache(maxsize=256)
def _picture(state: str, looks: str, percent: int, dpr: float) -> QPixmap:
    """Return the picture of a state, for a theme, a text size and a screen."""
    del looks, percent  # only what it is kept by
    made = QPixmap(round(WIDE * dpr), round(HIGH * dpr))
    made.setDevicePixelRatio(dpr)
    made.fill(Qt.GlobalColor.transparent)
    painter = paint.smooth(QPainter(made))
    look = LOOKS[state]
    if look.ground:
        paint.frame(painter, QRectF(0, 0, WIDE, HIGH), 4, look.ground, look.border or None)
    look.draw(painter, QPointF(WIDE / 2, HIGH / 2), look.ink)
    painter.end()
    return made


def picture(state: str, dpr: float) -> QPixmap:
    """Return the picture of a state in the theme in force, for a screen."""
    return _picture(state, theme.name(), theme.text_size(), dpr)


def draw(painter: QPainter, middle: QPointF, state: str) -> None:
    """Paint the mark of a state about a middle, on the pixel grid."""
    dpr = painter.device().devicePixelRatioF()
    left, top = middle.x() - WIDE / 2, middle.y() - HIGH / 2
    painter.drawPixmap(QPointF(round(left * dpr) / dpr, round(top * dpr) / dpr), picture(state, dpr))


class Legend(QWidget):
    """Every mark with its word, in as many lines as the width asks for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        words = ", ".join(say(f"inbox.state.{state}") for state in STATES)
        paint.name_it(self, "legend", say("inbox.legend", words=words))

    def _places(self) -> list[tuple[str, QRectF]]:
        font, high = theme.font("small"), theme.px(26)
        left = top = 0.0
        found = []
        for state in STATES:
            wide = WIDE + 6 + paint.text_width(font, say(f"inbox.state.{state}"))
            if left and left + wide > self.width():
                left, top = 0.0, top + high
            found.append((state, QRectF(left, top, wide, high)))
            left += wide + 14
        return found

    def _fit(self) -> None:
        self.setFixedHeight(int(max(box.bottom() for _, box in self._places())))

    def sizeHint(self) -> QSize:
        """Return the height its lines need."""
        return QSize(300, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the lines anew."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._fit()
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the marks and words."""
        painter = paint.smooth(QPainter(self))
        for state, box in self._places():
            draw(painter, QPointF(box.left() + WIDE / 2, box.center().y()), state)
            words = QRectF(box.left() + WIDE + 6, box.top(), box.width() - WIDE - 6, box.height())
            paint.text(painter, words, say(f"inbox.state.{state}"), "small", "ink2")
        painter.end()
