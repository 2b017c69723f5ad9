"""The cards at the right of a record. With little room they become a bar of icons; F6 opens them as a layer."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from cbdesk.words import say
from ui import icons, theme
from ui.parts import Scroller, paint

WIDE, PEEK = 256, 44


class _PeekButton(QAbstractButton):
    """An icon of the bar, with a dot while there is something."""

    def __init__(self, icon: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon, self.number = icon, 0
        self.setProperty("ring", 6)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip(say("child.side_tip"))
        self.setFixedSize(PEEK - 8, PEEK - 8)
        paint.name_it(self, f"peek_{icon}", say("child.side_tip"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the icon and its number."""
        painter = paint.smooth(QPainter(self))
        box = QRectF(self.rect())
        if self.underMouse() or self.isDown():
            paint.frame(painter, box, 6, "hover", None)
        ink = "nghe" if self.number else "ink2"
        icons.paint(painter, self._icon, QPointF(round(box.width() / 2 - 10), round(box.height() / 2 - 10)), ink, 20)
        if self.number:
            pill = QRectF(box.width() - 18, 0, 18, 16)
            paint.frame(painter, pill, 8, "ngheBg", "ngheLine")
            paint.text(painter, pill, str(self.number), "key", "nghe", Qt.AlignmentFlag.AlignHCenter)
        painter.end()


class SidePane(QWidget):
    """Cards in a column; or a bar that opens them over the page."""

    def __init__(self, cards: Sequence[QWidget], parent: QWidget, *, icons: Sequence[str], wide: int = WIDE) -> None:
        super().__init__(parent)
        self._host, self._wide, self._peeking = parent, wide, False
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._scroll = Scroller(name="side")
        for card in cards:
            self._scroll.body.addWidget(card)
        self._scroll.body.addStretch(1)
        self._bar = QFrame(self)
        column = QVBoxLayout(self._bar)
        column.setContentsMargins(4, 4, 4, 4)
        column.setSpacing(4)
        self._buttons = [_PeekButton(icon, self._bar) for icon in icons]
        for button in self._buttons:
            button.clicked.connect(self.toggle_layer)
            column.addWidget(button)
        column.addStretch(1)
        self._layer: QFrame | None = None
        self._row.addWidget(self._scroll)
        self._row.addWidget(self._bar)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        parent.installEventFilter(self)
        self.peek(False)

    def sizeHint(self) -> QSize:
        """Return the width of the cards, or of the bar."""
        return QSize(PEEK if self._peeking else theme.px(self._wide), 200)

    def count(self, at: int, number: int) -> None:
        """Show a number on the bar."""
        self._buttons[at].number = number
        self._buttons[at].update()

    def peek(self, peeking: bool) -> None:
        """Show the bar instead of the cards."""
        self.close_layer()
        self._peeking = peeking
        self._scroll.setVisible(not peeking)
        self._bar.setVisible(peeking)
        self.setFixedWidth(self.sizeHint().width())

    def opens(self) -> bool:
        """Return whether the cards open as a layer."""
        return self._peeking

    def toggle_layer(self) -> None:
        """Open the cards over the page, or close them."""
        if self.close_layer() or not self._peeking:
            return
        layer = _Layer(self._host)
        layer.column.addWidget(self._scroll)
        self._scroll.show()
        self._layer = layer
        self._place()
        layer.show()
        layer.raise_()
        self._buttons[0].setFocus(Qt.FocusReason.TabFocusReason)

    def close_layer(self) -> bool:
        """Close the layer; ``False`` when it was not open."""
        layer, self._layer = self._layer, None
        if layer is None:
            return False
        self._row.insertWidget(0, self._scroll)
        self._scroll.setVisible(not self._peeking)
        layer.hide()
        layer.deleteLater()
        return True

    def _place(self) -> None:
        if self._layer is not None:
            right = self.mapTo(self._host, self.rect().topLeft()).x()
            wide = theme.px(self._wide) + 24
            self._layer.setGeometry(right - wide - 4, 0, wide, self._host.height() - 8)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the layer at its place."""
        if watched is self._host and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        if event.type() == QEvent.Type.StyleChange:
            self.setFixedWidth(self.sizeHint().width())
        super().changeEvent(event)


class _Layer(QFrame):
    """The ground of the open cards."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(12, 12, 12, 12)
        self.setObjectName("side_layer")

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground."""
        painter = paint.smooth(QPainter(self))
        paint.frame(painter, QRectF(self.rect()), theme.RADIUS_CARD, "bg", "line2")
        painter.end()
