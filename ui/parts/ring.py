"""The focus ring: two pixels, one pixel of air, outside of whatever has the focus, also after a click.

One ring follows the focus of the program. A widget takes part by its property ``ring``, the radius of its own corners
(and ``ring_ink`` for another colour); text fields show the focus by their border and lists by the bar of the row.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from ui.parts import paint

AIR, WIDTH = 1, 2
GROW = AIR + WIDTH
_MOVES = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide)


def place_of(about: QWidget, host: QWidget) -> QRect:
    """Return where the ring of a widget lies in ``host``."""
    return QRect(about.mapTo(host, QPoint(0, 0)), about.size()).adjusted(-GROW, -GROW, GROW, GROW)


def host_of(about: QWidget) -> QWidget | None:
    """Return the nearest ancestor with room for the ring that still scrolls with the widget."""
    host = about.parentWidget()
    while host is not None and not host.rect().contains(place_of(about, host)):
        outer = host.parentWidget()
        if outer is None or host.isWindow() or outer.objectName() == "qt_scrollarea_viewport":
            break
        host = outer
    return host


class _Ring(QWidget):
    """The ring about one widget; a child of an ancestor of it, so that it scrolls and hides with it."""

    def __init__(self, about: QWidget, host: QWidget) -> None:
        super().__init__(host)
        self.about = about
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setObjectName("focus_ring")
        self.follow()

    def follow(self) -> None:
        """Lie about the widget."""
        self.setGeometry(place_of(self.about, self.parentWidget()))
        self.setVisible(self.about.isVisible())
        self.raise_()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ring."""
        painter = paint.smooth(QPainter(self))
        radius = float(self.about.property("ring") or 0)
        ink = str(self.about.property("ring_ink") or "focus")
        paint.frame(painter, QRectF(self.rect()), radius + GROW, None, ink, float(WIDTH))
        painter.end()


class FocusRing(QObject):
    """Watches the focus of the program and draws the ring. Make one, keep it."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._ring: _Ring | None = None
        self._watched: list[QWidget] = []
        app.focusChanged.connect(self._moved)

    def _moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        self._drop()
        if new is None or new.property("ring") is None or new.parentWidget() is None:
            return
        host = host_of(new)
        if host is None:
            return
        self._ring = _Ring(new, host)
        widget: QWidget | None = new
        while widget is not None and widget is not host:
            widget.installEventFilter(self)
            self._watched.append(widget)
            widget = widget.parentWidget()

    def _drop(self) -> None:
        for widget in self._watched:
            if isValid(widget):
                widget.removeEventFilter(self)
        self._watched = []
        if self._ring is not None and isValid(self._ring):
            self._ring.hide()
            self._ring.deleteLater()
        self._ring = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the widget when it or one about it moves, grows or hides."""
        ring = self._ring
        if event.type() in _MOVES and ring is not None and watched in self._watched:
            if isValid(ring) and isValid(ring.about):
                ring.follow()
            else:
                self._drop()
        return False
