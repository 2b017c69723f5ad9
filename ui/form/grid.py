"""Two layouts of the record form: twelve columns, and chips that flow into lines.

Rules. Columns are exact, so fields of different rows stand under each other; a hidden widget takes no room. With
``single`` every field takes the whole width, at most ``SINGLE`` pixels. Both know their height for a width.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

COLUMNS = 12
SINGLE = 720


class _Laid(QLayout):
    """What both layouts share: a list of items, and height for width."""

    def __init__(self, parent: QWidget | None, gap: int, row_gap: int) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gap, self._row_gap = gap, row_gap
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """Take an item (Qt calls this)."""
        self._items.append(item)

    def count(self) -> int:
        """Return the number of items."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]
        """Return an item, or nothing beyond the end."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]
        """Remove and return an item."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """Grow sideways only."""
        return Qt.Orientation.Horizontal

    def hasHeightForWidth(self) -> bool:
        """The height follows the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height needed at a width."""
        margins = self.contentsMargins()
        return self._arrange(QRect(0, 0, width - margins.left() - margins.right(), 0), move=False) + (
            margins.top() + margins.bottom()
        )

    def setGeometry(self, rect: QRect) -> None:
        """Place the items."""
        super().setGeometry(rect)
        self._arrange(rect.marginsRemoved(self.contentsMargins()), move=True)

    def minimumSize(self) -> QSize:
        """Return the least size: one item wide."""
        shown = [item.minimumSize().width() for item in self._items if not item.isEmpty()]
        return QSize(min(max(shown, default=0), 160), 0)

    def sizeHint(self) -> QSize:
        """Return a usual size."""
        return QSize(480, self.heightForWidth(480))

    def _arrange(self, room: QRect, *, move: bool) -> int:
        raise NotImplementedError


def _tall(item: QLayoutItem, width: int) -> int:
    return item.heightForWidth(width) if item.hasHeightForWidth() else item.sizeHint().height()


class Columns(_Laid):
    """Twelve columns; ``put`` gives a widget its span."""

    def __init__(self, parent: QWidget | None = None, *, gap: int = 12, row_gap: int = 10) -> None:
        super().__init__(parent, gap, row_gap)
        self._spans: list[int] = []
        self.single = False

    def put(self, widget: QWidget, span: int) -> None:
        """Append a widget that spans 1 to 12 columns."""
        self._spans.append(max(1, min(COLUMNS, span)))
        self.addWidget(widget)

    def in_one(self, single: bool) -> None:
        """Show one field a row, or the twelve columns."""
        if self.single != single:
            self.single = single
            self.invalidate()

    def _rows(self) -> list[list[tuple[QLayoutItem, int, int]]]:
        """Return rows of (item, first column, span)."""
        rows: list[list[tuple[QLayoutItem, int, int]]] = []
        used = COLUMNS
        for item, span in zip(self._items, self._spans, strict=True):
            if item.isEmpty():
                continue
            wide = COLUMNS if self.single else span
            if used + wide > COLUMNS:
                rows.append([])
                used = 0
            rows[-1].append((item, used, wide))
            used += wide
        return rows

    def _arrange(self, room: QRect, *, move: bool) -> int:
        width = min(room.width(), SINGLE) if self.single else room.width()
        unit = (width - self._gap * (COLUMNS - 1)) / COLUMNS
        top = room.top()
        for index, row in enumerate(self._rows()):
            top += self._row_gap if index else 0
            places = []
            for item, first, span in row:
                left = round(first * (unit + self._gap))
                right = round((first + span) * (unit + self._gap) - self._gap)
                places.append((item, left, max(1, right - left)))
            high = max((_tall(item, wide) for item, _, wide in places), default=0)
            if move:
                for item, left, wide in places:
                    item.setGeometry(QRect(room.left() + left, top, wide, _tall(item, wide)))
            top += high
        return top - room.top()


class Flow(_Laid):
    """Widgets in lines, from left to right; ``last_grows`` lets the last one fill its line."""

    def __init__(
        self, parent: QWidget | None = None, *, gap: int = 6, row_gap: int = 6, last_grows: int = 0
    ) -> None:
        super().__init__(parent, gap, row_gap)
        self._last = last_grows

    def _arrange(self, room: QRect, *, move: bool) -> int:
        shown = [item for item in self._items if not item.isEmpty()]
        at, high = QPoint(0, 0), 0
        for item in shown:
            grows = self._last and item is shown[-1]
            size = item.sizeHint()
            wide = min(self._last if grows else size.width(), room.width())
            if at.x() and at.x() + wide > room.width():
                at, high = QPoint(0, at.y() + high + self._row_gap), 0
            if grows:
                wide = room.width() - at.x()
            high = max(high, size.height())
            if move:
                item.setGeometry(QRect(room.left() + at.x(), room.top() + at.y(), wide, size.height()))
            at.setX(at.x() + wide + self._gap)
        return at.y() + high
