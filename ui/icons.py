"""Icons: the SVG files of ``resources/icons`` painted in a colour of the theme, at the pixel size of the screen.

Rules. Sizes are 16 (in lines), 20 (in controls) and 24 (once per banner) and are never scaled into each other. Regular
at rest, filled when chosen or alarming. A missing file is our bug and raises ``FileNotFoundError``.
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from cbdesk.paths import resources
from ui import theme


@lru_cache(maxsize=512)
def _renderer(name: str, size: int, filled: bool) -> QSvgRenderer:
    style = "filled" if filled else "regular"
    path = resources() / "icons" / f"{name}_{size}_{style}.svg"
    if not path.exists() and size != 20:
        path = resources() / "icons" / f"{name}_20_{style}.svg"
    return QSvgRenderer(QByteArray(path.read_bytes()))


@lru_cache(maxsize=2048)
def _tinted(name: str, size: int, filled: bool, rgba: int, dpr: float) -> QPixmap:
    renderer = _renderer(name, size, filled)
    side = round(size * dpr)
    made = QPixmap(side, side)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(made.rect(), QColor.fromRgba(rgba))
    painter.end()
    made.setDevicePixelRatio(dpr)
    return made


def pixmap(name: str, color: QColor | str, size: int = 20, *, filled: bool = False, dpr: float = 1.0) -> QPixmap:
    """Return the icon as a pixmap in a colour (or token) for a screen of ``dpr`` device pixels per pixel."""
    tint = theme.color(color) if isinstance(color, str) else color
    return _tinted(name, size, filled, tint.rgba(), dpr)


def paint(
    painter: QPainter, name: str, at: QPointF, color: QColor | str, size: int = 20, *, filled: bool = False
) -> None:
    """Paint the icon with its upper left corner at ``at``, on the pixel grid of the device."""
    dpr = painter.device().devicePixelRatioF()
    snapped = QPointF(round(at.x() * dpr) / dpr, round(at.y() * dpr) / dpr)
    painter.drawPixmap(snapped, pixmap(name, color, size, filled=filled, dpr=dpr))


def icon(name: str, color: str = "ink2", size: int = 20, *, filled: bool = False) -> QIcon:
    """Return a ``QIcon`` for Qt's own widgets (menus, item views). Make it anew after a change of theme."""
    app = QApplication.instance()
    dpr = app.devicePixelRatio() if isinstance(app, QApplication) else 1.0
    made = QIcon(pixmap(name, color, size, filled=filled, dpr=dpr))
    made.addPixmap(pixmap(name, "ink3", size, filled=filled, dpr=dpr), QIcon.Mode.Disabled)
    return made
