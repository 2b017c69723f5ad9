"""A queue of what waits for somebody, as one painted list of three lines each: one is chosen, and the page beside it.

Rules. What was chosen stays chosen when the queue is read again, else the one at its place is. Names give way to
initials where they are hidden. Digits and letters belong to the page. What stands in a row, and what is said of it, is
the queue's own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from ui import theme
from ui.lists.quietlist import QuietDelegate, QuietList
from ui.parts import paint

HIGH, PAD = 64, 15
SPOKEN = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
Index = QModelIndex | QPersistentModelIndex


class QueueModel(QAbstractListModel):
    """Items in order; ``veiled`` where names are hidden."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.items: list[Any] = []
        self.veiled = False

    def words(self, one: Any) -> str:
        """Return one in words."""
        raise NotImplementedError

    def tip(self, one: Any) -> str:
        """Return what is told of one under the pointer: its words."""
        return self.words(one)

    def show_items(self, items: Sequence[Any]) -> None:
        """Show others."""
        self.beginResetModel()
        self.items = list(items)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many there are."""
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return one in words."""
        if not index.isValid():
            return None
        one = self.items[index.row()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.tip(one)
        return self.words(one) if role in SPOKEN else None


class QueueDelegate(QuietDelegate):
    """Paints rows of three lines."""

    def __init__(self, view: Queue) -> None:
        super().__init__(view)
        self.view = view

    def row(self, painter: QPainter, box: QRectF, one: Any) -> None:
        """Paint what stands in a row."""
        raise NotImplementedError

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the height of three lines."""
        return QSize(120, theme.px(HIGH))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row."""
        painter.save()
        paint.smooth(painter)
        rect: Any = option.rect  # type: ignore[attr-defined]
        box, row, items = QRectF(rect), index.row(), self.view.model_.items
        self.ground(painter, box, row)
        if row + 1 < len(items):
            paint.hairline(painter, box.left() + PAD, box.right() - PAD, box.bottom() - 1)
        self.row(painter, box.adjusted(PAD, 0, -PAD, 0), items[row])
        painter.restore()


class Queue(QuietList):
    """The queue. ``moved`` carries the one chosen (or ``None``), ``opened`` asks to go into it.

    ``made_of`` are its model and delegate, ``keys`` those that open; ``key`` tells one item from another.
    """

    moved = Signal(object)
    opened = Signal()
    made_of: tuple[type[QueueModel], type[QueueDelegate]] = (QueueModel, QueueDelegate)
    keys: tuple[Qt.Key, ...] = (Qt.Key.Key_Right,)

    def __init__(self, name: str, label: str, key: Callable[[Any], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = key
        model, delegate = self.made_of
        self.model_: Any = model(self)
        self.dress(self.model_, delegate(self))
        self.setUniformItemSizes(True)
        self.selectionModel().currentRowChanged.connect(lambda _now, _old: self.moved.emit(self.current()))
        self.doubleClicked.connect(lambda _index: self.opened.emit())
        paint.name_it(self, name, label)

    def show_items(self, items: Sequence[Any], wanted: object = None) -> None:
        """Show what waits and choose one: the one wanted, else the one at the place where one was."""
        at = self.currentIndex().row()
        self.selectionModel().blockSignals(True)
        self.model_.show_items(items)
        self.selectionModel().blockSignals(False)
        found = next((at for at, one in enumerate(items) if self._key(one) == wanted), -1)
        self._choose(found if found >= 0 else min(max(at, 0), len(items) - 1))

    def veil(self, veiled: bool) -> None:
        """Show initials and years instead of names, or names."""
        self.model_.veiled = veiled
        self.viewport().update()

    def current(self) -> Any:
        """Return the one chosen, or ``None``."""
        at = self.currentIndex().row()
        return self.model_.items[at] if 0 <= at < len(self.model_.items) else None

    def step(self, step: int) -> None:
        """Go to the next or previous one."""
        at = self.currentIndex().row() + step
        if 0 <= at < len(self.model_.items):
            self._choose(at)

    def _choose(self, at: int) -> None:
        self.selectionModel().blockSignals(True)
        self.setCurrentIndex(self.model_.index(at, 0) if at >= 0 else QModelIndex())
        self.selectionModel().blockSignals(False)
        if at >= 0:
            self.scrollTo(self.model_.index(at, 0))
        self.moved.emit(self.current())
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open by the keys of this queue; Enter, digits and letters else are left to the page."""
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() in self.keys and plain:
            self.opened.emit()
        elif event.text().strip() or event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "model_"):
            self.scheduleDelayedItemsLayout()
