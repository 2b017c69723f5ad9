"""A value on screen that may take several lines and in which letters are marked."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QTextCharFormat, QTextLayout, QTextOption

from ui import theme
from ui.compare.reading import Spans


class Wrapped:
    """A text broken to a width: at most some lines, the last one shortened. ``marks`` are the letters that differ."""

    def __init__(self, words: str, role: str, width: float, marks: Spans = (), *, most: int = 3) -> None:
        self._role = role
        self.lines = [line for part in words.split("\n") for line in _broken(part, role, width)]
        self._parts: list[QTextLayout] = []
        shown, whole = self.lines[:most], len(self.lines) <= most
        start = 0
        for at, line in enumerate(shown):
            text = line.rstrip()[:-2] + "…" if at == most - 1 and not whole else line
            self._parts.append(_laid(text, role, _inside(marks, start, len(line))))
            start += len(line)

    @property
    def height(self) -> int:
        """Return the height of the lines."""
        return len(self._parts) * theme.line(self._role)

    def draw(self, painter: QPainter, left: float, top: float, ink: str) -> None:
        """Paint the lines; ``top`` is the upper edge of the first."""
        painter.setPen(theme.color(ink))
        high = theme.line(self._role)
        for at, part in enumerate(self._parts):
            line = part.lineAt(0)
            part.draw(painter, QPointF(left, top + at * high + (high - line.height()) / 2))


    def draw_aligned(self, painter: QPainter, box: QRectF, ink: str) -> None:
        """Paint the lines at the right and the foot of a box: the heading of a column of figures."""
        top = box.bottom() - self.height
        painter.setPen(theme.color(ink))
        high = theme.line(self._role)
        for at, part in enumerate(self._parts):
            line = part.lineAt(0)
            left = box.right() - line.naturalTextWidth()
            part.draw(painter, QPointF(left, top + at * high + (high - line.height()) / 2))


def _broken(words: str, role: str, width: float) -> list[str]:
    layout = _layout(words, role)
    layout.beginLayout()
    found = []
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(width, 24.0))
        found.append(words[line.textStart() : line.textStart() + line.textLength()])
    layout.endLayout()
    return found


def _laid(words: str, role: str, marks: Iterable[tuple[int, int]]) -> QTextLayout:
    layout = _layout(words, role)
    look = QTextCharFormat()
    look.setBackground(theme.color("hi"))
    look.setForeground(theme.color("hiInk"))
    formats = []
    for start, end in marks:
        one = QTextLayout.FormatRange()
        one.start, one.length, one.format = start, end - start, look  # type: ignore[misc, assignment, method-assign]
        formats.append(one)
    layout.setFormats(formats)
    layout.beginLayout()
    layout.createLine().setLineWidth(1_000_000)
    layout.endLayout()
    return layout


def _layout(words: str, role: str) -> QTextLayout:
    layout = QTextLayout(words, theme.font(role))
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    return layout


def _inside(marks: Spans, start: int, length: int) -> list[tuple[int, int]]:
    """Return the marks of one line, counted from its beginning."""
    cut = [(max(a - start, 0), min(b - start, length)) for a, b in marks]
    return [(a, b) for a, b in cut if a < b]
