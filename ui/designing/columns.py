"""The columns of a list put together: in their order, each with its heading and width; moved and dropped by keys.

Rules. Alt ↑ ↓ move the column one stands on, Delete drops it, Enter goes to its heading. The list keeps the focus while
columns move.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from cbdesk.desk.designing import Shown
from cbdesk.words import say
from ui import theme
from ui.lists.quietlist import QuietDelegate, QuietList
from ui.parts import paint

HIGH = 30
Index = QModelIndex | QPersistentModelIndex


class _Model(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: list[Shown] = []

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a column in words."""
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        row = self.rows[index.row()]
        return say("designer.column_told", heading=row.heading, n=index.row() + 1, width=round(row.width))


class _Delegate(QuietDelegate):
    """Paints number, heading and width."""

    def __init__(self, view: ChosenColumns) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the height of a line."""
        return QSize(160, theme.px(HIGH))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a line."""
        painter.save()
        paint.smooth(painter)
        rect: Any = option.rect  # type: ignore[attr-defined]
        box, row = QRectF(rect), self._view.columns.rows[index.row()]
        here = self.ground(painter, box, index.row())
        right = Qt.AlignmentFlag.AlignRight
        number = QRectF(box.left() + 8, box.top(), theme.px(20), box.height())
        paint.text(painter, number, str(index.row() + 1), "note", "ink3", right)
        wide = say("designer.millimetres", n=round(row.width))
        room = paint.text_width(theme.font("note"), wide) + 4
        paint.text(painter, QRectF(box.right() - 12 - room, box.top(), room, box.height()), wide, "note", "ink3", right)
        left = number.right() + 10
        words = QRectF(left, box.top(), box.right() - 20 - room - left, box.height())
        paint.text(painter, words, self._view.words(row), "medium" if here else "body", "ink")
        painter.restore()


class ChosenColumns(QuietList):
    """The list. ``changed`` says that columns are others or elsewhere, ``stood`` where one stands."""

    changed = Signal()
    stood = Signal()
    entered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns = _Model(self)
        self.groups: Mapping[str, str] = {}
        """The heading above several columns, by key."""
        self.dress(self.columns, _Delegate(self))
        self.selectionModel().currentChanged.connect(lambda _new, _old: self.stood.emit())
        paint.name_it(self, "chosen_columns", say("designer.columns"))

    def show_columns(self, rows: Sequence[Shown], at: int | None = None) -> None:
        """Show columns; ``at`` is where one stands then."""
        place = self.currentIndex().row() if at is None else at
        self.columns.beginResetModel()
        self.columns.rows = list(rows)
        self.columns.endResetModel()
        if rows:
            self.setCurrentIndex(self.columns.index(min(max(0, place), len(rows) - 1), 0))
        self.stood.emit()

    def words(self, one: Shown) -> str:
        """Return the heading of a column, with the one above it."""
        return " · ".join(filter(None, (self.groups.get(one.key), one.heading))) or say("ui.empty")

    def shown(self) -> tuple[Shown, ...]:
        """Return the columns in their order."""
        return tuple(self.columns.rows)

    def current(self) -> Shown | None:
        """Return the column one stands on."""
        at = self.currentIndex().row()
        return self.columns.rows[at] if 0 <= at < len(self.columns.rows) else None

    def add(self, one: Shown) -> None:
        """Put a column after the one one stands on."""
        at = self.currentIndex().row() + 1 if self.columns.rows else 0
        rows = [*self.columns.rows[:at], one, *self.columns.rows[at:]]
        self.show_columns(rows, at)
        self.changed.emit()

    def amend(self, *, heading: str | None = None, width: float | None = None) -> None:
        """Give the column one stands on another heading or width."""
        at, one = self.currentIndex().row(), self.current()
        if one is None:
            return
        fresh = replace(one, heading=one.heading if heading is None else heading,
                        width=one.width if width is None else width)  # fmt: skip
        if fresh != one:
            self.columns.rows[at] = fresh
            self.viewport().update()
            self.changed.emit()

    def move(self, step: int) -> None:
        """Move the column one stands on."""
        at, rows = self.currentIndex().row(), list(self.columns.rows)
        goal = at + step
        if 0 <= at < len(rows) and 0 <= goal < len(rows):
            rows[at], rows[goal] = rows[goal], rows[at]
            self.show_columns(rows, goal)
            self.changed.emit()

    def drop(self) -> None:
        """Drop the column one stands on."""
        at, rows = self.currentIndex().row(), list(self.columns.rows)
        if 0 <= at < len(rows):
            del rows[at]
            self.show_columns(rows, at)
            self.changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes to the heading, Delete drops."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.drop()
        else:
            super().keyPressEvent(event)
