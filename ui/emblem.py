"""Our own drawing: the eight-armed star and the woven lozenge band, on the square grid of the loom.

Rules. Painted as whole device pixels, never smoothed; no copy of a photographed textile. Full colour only on the
unlock screen; tone on tone in the rail and on the privacy cover; pale in empty states; nowhere else. A pattern is a
tuple of strings: ``#`` thread, ``+`` gold, ``o`` rose, anything else is ground.
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from ui import theme

Pattern = tuple[str, ...]
Inks = tuple[tuple[str, str], ...]

COLOUR: Inks = (("#", "weave"), ("+", "weaveGold"), ("o", "weaveRose"))
ON_RAIL: Inks = (("#", "railInk"), ("+", "weaveGold"), ("o", "weaveRose"))
TONE: Inks = (("#", "railLine"), ("+", "railLine"), ("o", "railLine"))
CLOTH: Inks = (("#", "cloth2"), ("+", "rail2"), ("o", "rail2"))
PALE: Inks = (("#", "chamLine"), ("+", "cham"), ("o", "chamLine"))


def _mirror(quarter: tuple[str, ...]) -> Pattern:
    """Unfold a quarter whose last row and last column are the axes."""
    top = tuple(row + row[-2::-1] for row in quarter)
    return top + top[-2::-1]


#: the emblem: eight petals about a woven heart
STAR: Pattern = _mirror(
    (
        "......#",
        ".....##",
        "..##.##",
        "..###.#",
        "...###.",
        ".##.#o.",
        "####..+",
    )
)


@lru_cache(maxsize=8)
def lozenge(radius: int) -> Pattern:
    """Return one repeat of the band, ``2 * radius`` wide and ``2 * radius + 1`` high: a lozenge with a star inside."""
    quarter = []
    for y in range(radius + 1):
        row = ["."] * (radius + 1)
        for x in range(radius + 1):
            row[x] = _lozenge_cell(radius - x, radius - y, radius)
        quarter.append("".join(row))
    return tuple(row[:-1] for row in _mirror(tuple(quarter)))


def _lozenge_cell(dx: int, dy: int, radius: int) -> str:
    """Return the thread at a distance from the middle of a lozenge."""
    far, arm = dx + dy, (radius - 1) // 2
    if far == radius:
        return "#"
    if far == radius - 2 and dx % 2 == 0 and min(dx, dy) > 0:
        return "#"
    if max(dx, dy) <= 1:
        return "o" if far == 1 else "+"
    if min(dx, dy) == 0 and max(dx, dy) <= arm:
        return "#"
    if min(dx, dy) == 1 and max(dx, dy) == arm - 1:
        return "#"
    if dx == dy and dx <= max(2, arm // 2):
        return "+"
    corner = (radius - dx) + (radius - dy)
    if corner <= radius // 3 and radius > 6:
        return "o" if corner == 0 else ("#" if corner % 2 == 0 else ".")
    return "."


@lru_cache(maxsize=8)
def cloth(radius: int, *, stars: bool = True) -> Pattern:
    """Return a square repeat for the privacy cover: lozenges set in a lattice, small stars between."""
    side = 2 * radius
    small = {(0, 0): "+", (1, 1): "#", (0, 2): "#", (2, 0): "#", (0, 1): ".", (1, 2): "#", (2, 1): "#", (3, 0): "#",
             (0, 3): "#"}  # fmt: skip
    rows = []
    for y in range(side):
        row = ""
        for x in range(side):
            dx, dy = abs(x - radius), abs(y - radius)
            mark = _lozenge_cell(dx, dy, radius) if dx + dy <= radius else "."
            edge = (min(x, side - x), min(y, side - y))
            row += small.get(edge, "." if dx + dy > radius else mark) if stars and max(edge) <= 3 else mark
        rows.append(row)
    return tuple(rows)


@lru_cache(maxsize=64)
def _woven(pattern: Pattern, inks: tuple[tuple[str, int], ...], cell: int) -> QPixmap:
    """Return a pattern as a pixmap, ``cell`` device pixels a thread."""
    made = QPixmap(len(pattern[0]) * cell, len(pattern) * cell)
    made.fill(Qt.GlobalColor.transparent)
    colours = {mark: QColor.fromRgba(rgba) for mark, rgba in inks}
    painter = QPainter(made)
    for y, row in enumerate(pattern):
        for x, mark in enumerate(row):
            if mark in colours:
                painter.fillRect(x * cell, y * cell, cell, cell, colours[mark])
    painter.end()
    return made


def woven(pattern: Pattern, inks: Inks, cell: int, dpr: float = 1.0) -> QPixmap:
    """Return a pattern as a pixmap of whole device pixels; ``cell`` is one thread in pixels at 100 %."""
    rgba = tuple((mark, theme.color(token).rgba()) for mark, token in inks)
    made = _woven(pattern, rgba, max(1, round(cell * dpr)))
    made.setDevicePixelRatio(dpr)
    return made


def paint_star(painter: QPainter, at: QPointF, cell: int, inks: Inks = ON_RAIL) -> None:
    """Paint the emblem (13 cells wide) with its upper left corner at ``at``."""
    painter.drawPixmap(at, woven(STAR, inks, cell, painter.device().devicePixelRatioF()))


def paint_tiled(painter: QPainter, area: QRectF, pattern: Pattern, cell: int, inks: Inks) -> None:
    """Fill an area with repeats of a pattern; one repeat stands in the middle of the area's width."""
    tile = woven(pattern, inks, cell, painter.device().devicePixelRatioF())
    step = tile.deviceIndependentSize()
    shift = (step.width() - area.width()) / 2 % step.width()
    painter.drawTiledPixmap(area, tile, QPointF(round(shift), 0))


def app_icon() -> QIcon:
    """Return the icon of the program, made from the emblem at the usual sizes."""
    made = QIcon()
    for side, cell in ((16, 1), (32, 2), (48, 3), (64, 4), (128, 9), (256, 18)):
        canvas = QPixmap(side, side)
        canvas.fill(theme.color("rail"))
        painter = QPainter(canvas)
        inset = (side - 13 * cell) // 2
        painter.drawPixmap(inset, inset, woven(STAR, ON_RAIL, cell))
        painter.end()
        made.addPixmap(canvas)
    return made


class Emblem(QWidget):
    """The star as a widget; decoration only, so it has no accessible name and takes no focus."""

    def __init__(self, cell: int = 4, inks: Inks = PALE, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cell, self._inks = cell, inks
        self.setFixedSize(QSize(len(STAR[0]) * cell, len(STAR) * cell))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the star."""
        painter = QPainter(self)
        paint_star(painter, QPointF(0, 0), self._cell, self._inks)
        painter.end()
