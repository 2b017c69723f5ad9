"""Painting shared by the parts: frames on the pixel grid, key caps, marked text.

Rules. Every colour comes from the theme by name. A one-pixel border lies on the pixel grid (rectangles are inset by
half a pixel), so it is crisp at 100 % and clean at 125 % and 150 %.
"""

from __future__ import annotations

import re
from html import escape

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QWidget

from ui import theme

#: ground of a key cap: (face, border, ink)
CAPS = {
    "panel": ("panel2", "line2", "ink2"),
    "primary": ("chamCap", "chamCap", "onCham"),
    "rail": ("", "", "railInk2"),
    "toast": ("rail2", "rail2", "toastInk"),
    "off": ("sunk", "line2", "ink3"),
}


def text_width(font: QFont, text: str) -> int:
    """Return the width of a text in whole pixels, rounded up."""
    return int(QFontMetricsF(font).horizontalAdvance(text) + 0.999)


def smooth(painter: QPainter) -> QPainter:
    """Switch smoothing on and return the painter."""
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    return painter


def frame(
    painter: QPainter,
    rect: QRectF,
    radius: float,
    fill: QColor | str | None,
    border: QColor | str | None = None,
    width: float = 1.0,
) -> None:
    """Paint a rounded rectangle; ``rect`` is the outer edge, the border lies inside it."""
    edge = theme.color(border) if isinstance(border, str) else border
    face = theme.color(fill) if isinstance(fill, str) else fill
    inset = width / 2 if edge else 0.0
    painter.setPen(QPen(edge, width) if edge else Qt.PenStyle.NoPen)
    painter.setBrush(face if face else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius - inset, radius - inset)


def text(
    painter: QPainter,
    rect: QRectF,
    words: str,
    role: str,
    ink: QColor | str,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    """Paint one line of text, in the middle of the height of ``rect``; it is elided when it does not fit."""
    font = theme.font(role)
    painter.setFont(font)
    painter.setPen(theme.color(ink) if isinstance(ink, str) else ink)
    metrics = QFontMetricsF(font)
    fits = metrics.horizontalAdvance(words) <= rect.width() + 0.5
    shown = words if fits else metrics.elidedText(words, Qt.TextElideMode.ElideRight, rect.width())
    tall = rect.adjusted(0, -8, 0, 8)  # stacked marks may rise above the line; they are never clipped
    flags = align | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip | Qt.TextFlag.TextSingleLine
    painter.drawText(tall, int(flags), shown)


def hairline(painter: QPainter, left: float, right: float, y: float, ink: str = "line") -> None:
    """Paint a one-pixel line; ``y`` is its upper edge."""
    painter.fillRect(QRectF(left, y, right - left, 1), theme.color(ink))


def caps_of(key: str) -> list[str]:
    """Split a key text into the caps to draw: words joined by a space are one cap, ``|`` parts caps."""
    return [cap for cap in key.split("|") if cap]


def cap_width(key: str, height: int = 18) -> int:
    """Return the width of the key caps of ``key``."""
    font = theme.font("key")
    return sum(max(height, text_width(font, cap) + 10) for cap in caps_of(key)) + 4 * (len(caps_of(key)) - 1)


def caps(painter: QPainter, left: float, middle: float, key: str, ground: str = "panel", height: int = 18) -> float:
    """Paint key caps from ``left`` about the height ``middle``; return the right edge."""
    face, border, ink = CAPS[ground]
    font = theme.font("key")
    for cap in caps_of(key):
        width = max(height, text_width(font, cap) + 10)
        box = QRectF(left, round(middle - height / 2), width, height)
        if face:
            frame(painter, box, 4, face, border)
        text(painter, box, cap, "key", ink, Qt.AlignmentFlag.AlignHCenter)
        left += width + 4
    return left - 4


def dot(painter: QPainter, middle: QPointF, radius: float, fill: str) -> None:
    """Paint a filled circle."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color(fill))
    painter.drawEllipse(middle, radius, radius)


def marked(words: str, *, ink: str = "") -> str:
    """Return rich text of plain words in which ``**…**`` is strong; everything else is escaped."""
    style = "font-weight:600" + (f";color:{theme.color(ink).name()}" if ink else "")
    return re.sub(r"\*\*(.+?)\*\*", rf'<span style="{style}">\1</span>', escape(words)).replace("\n", "<br>")


def name_it(widget: QWidget, name: str, accessible: str = "", description: str = "") -> None:
    """Give a widget its object name (for tests) and its accessible name and description."""
    if name:
        widget.setObjectName(name)
    if accessible:
        widget.setAccessibleName(accessible)
    if description:
        widget.setAccessibleDescription(description)
