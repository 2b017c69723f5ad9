"""The focus ring: two pixels, one pixel of air, outside of whatever has the focus, also after a click.

One ring follows the focus of the program. A widget takes part by its property ``ring``, the radius of its own corners;
text fields show the focus by their border and lists by the bar of the row, so they have none.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from ui.parts import paint

AIR, WIDTH = 1, 2


class _Ring(QWidget):
    """The ring about one widget; a child of the same parent, so that it scrolls and hides with it."""

    def __init__(self, about: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self.about = about
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setObjectName("focus_ring")
        self.follow()
        self.show()

    def follow(self) -> None:
        """Lie about the widget."""
        grow = AIR + WIDTH
        self.setGeometry(self.about.geometry().adjusted(-grow, -grow, grow, grow))
        self.setVisible(self.about.isVisible())
        self.raise_()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ring."""
        painter = paint.smooth(QPainter(self))
        radius = float(self.about.property("ring") or 0)
        ink = str(self.about.property("ring_ink") or "focus")
        paint.frame(painter, QRectF(self.rect()), radius + AIR + WIDTH, None, ink, float(WIDTH))
        painter.end()


class FocusRing(QObject):
    """Watches the focus of the program and draws the ring. Make one, keep it."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._ring: _Ring | None = None
        self._about: QWidget | None = None
        app.focusChanged.connect(self._moved)

    def _moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        self._drop()
        if new is None or new.property("ring") is None or new.parentWidget() is None:
            return
        self._about = new
        self._ring = _Ring(new, new.parentWidget())
        new.installEventFilter(self)

    def _drop(self) -> None:
        if self._about is not None and isValid(self._about):
            self._about.removeEventFilter(self)
        if self._ring is not None and isValid(self._ring):
            self._ring.hide()
            self._ring.deleteLater()
        self._ring = self._about = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the widget when it moves, grows or hides."""
        kind = event.type()
        if (
            kind in (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide)
            and watched is self._about
            and self._ring is not None
            and isValid(self._ring)
        ):
            self._ring.follow()
        return False
