"""What every painted list shares: how it is set up, the row under the pointer, and the ground and bar of a row.

Rules. A row shows that it is chosen by its ground and by the bar at its left, strong while the list has the focus. What
stands in a row is the list's own.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QEvent, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStyledItemDelegate

from ui import theme


class QuietDelegate(QStyledItemDelegate):
    """Paints the ground of a row; ``hovered`` is the row under the pointer, or -1."""

    def __init__(self, view: QuietList) -> None:
        super().__init__(view)
        self._list = view
        self.hovered = -1

    def ground(self, painter: QPainter, box: QRectF, row: int) -> bool:
        """Paint ground and bar of a row, and return whether it is the one chosen."""
        here = self._list.currentIndex().row() == row
        if here:
            painter.fillRect(box, theme.color("chamBg"))
            bar = "cham" if self._list.hasFocus() else "chamLine"
            painter.fillRect(QRectF(box.left(), box.top(), 3, box.height()), theme.color(bar))
        elif row == self.hovered:
            painter.fillRect(box, theme.color("hover"))
        return here


class QuietList(QListView):
    """A painted list without frame and editing; call ``dress`` with its model and delegate."""

    def dress(self, model: QAbstractListModel, delegate: QuietDelegate) -> None:
        """Set the list up."""
        self._delegate = delegate
        self.setModel(model)
        self.setItemDelegate(delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("QListView { background: transparent; }")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)

    def _hover(self, row: int) -> None:
        if row != self._delegate.hovered:
            self._delegate.hovered = row
            self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tint the row under the pointer."""
        self._hover(self.indexAt(event.position().toPoint()).row())
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """No row is under the pointer."""
        self._hover(-1)
        super().leaveEvent(event)

    def focusInEvent(self, event: Any) -> None:
        """Show the strong bar."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: Any) -> None:
        """Show the quiet bar."""
        super().focusOutEvent(event)
        self.viewport().update()
