"""The queue of pairs as one painted list: both names, where, how alike; what was put off stands last.

Rules. The two names stand under each other, so that what differs is seen before anything is opened. A single letter is
no search here: N, S and the other keys belong to the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from cbdesk.words import say
from ui import theme
from ui.compare.reading import LIKELY, Suspect
from ui.lists.quietlist import QuietDelegate, QuietList
from ui.parts import paint

HIGH, PAD = 64, 15
SPOKEN = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
Index = QModelIndex | QPersistentModelIndex


class _Pairs(QAbstractListModel):
    """Pairs in order."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.items: list[Suspect] = []
        self.veiled = False

    def show_pairs(self, pairs: Sequence[Suspect]) -> None:
        """Show other pairs."""
        self.beginResetModel()
        self.items = list(pairs)
        self.endResetModel()

    def names(self, one: Suspect) -> tuple[str, str]:
        """Return what is shown of the two names."""
        return one.short if self.veiled else one.names

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many pairs there are."""
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the pair in words."""
        if not index.isValid():
            return None
        one = self.items[index.row()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return one.where
        if role not in SPOKEN:
            return None
        first, second = self.names(one)
        words = say("duplicates.pair_words", a=first, b=second, where=one.where, n=one.score)
        return f"{words}, {say('duplicates.put_off')}" if one.later else words


class _Delegate(QuietDelegate):
    """Paints pairs."""

    def __init__(self, view: PairQueue) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the height of three lines."""
        return QSize(120, theme.px(HIGH))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one pair."""
        painter.save()
        paint.smooth(painter)
        rect: Any = option.rect  # type: ignore[attr-defined]
        box, row = QRectF(rect), index.row()
        self.ground(painter, box, row)
        if row + 1 < len(self._view.pairs.items):
            paint.hairline(painter, box.left() + PAD, box.right() - PAD, box.bottom() - 1)
        self._pair(painter, box.adjusted(PAD, 0, -PAD, 0), self._view.pairs.items[row])
        painter.restore()

    def _pair(self, painter: QPainter, box: QRectF, one: Suspect) -> None:
        first, second = self._view.pairs.names(one)
        score = say("duplicates.percent", n=one.score) if one.score else ""
        wide = paint.text_width(theme.font("labelStrong"), score)
        line, small = theme.px(19), theme.px(16)
        top = box.top() + (box.height() - 2 * line - small) / 2 - 1
        likely = one.level == LIKELY
        right = QRectF(box.right() - wide, top, wide, line)
        paint.text(painter, right, score, "labelStrong", "nghe" if likely else "ink3", Qt.AlignmentFlag.AlignRight)
        paint.text(painter, QRectF(box.left(), top, box.width() - wide - 8, line), first, "medium", "ink")
        paint.text(painter, QRectF(box.left(), top + line, box.width(), line), second, "body", "ink")
        where = f"{say('duplicates.put_off')} · {one.where}" if one.later else one.where
        paint.text(painter, QRectF(box.left(), top + 2 * line, box.width(), small), where, "small", "ink3")


class PairQueue(QuietList):
    """The queue. ``moved`` carries the pair chosen (or ``None``), ``opened`` asks to go into its comparison."""

    moved = Signal(object)
    opened = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pairs = _Pairs(self)
        self.dress(self.pairs, _Delegate(self))
        self.setUniformItemSizes(True)
        self.selectionModel().currentRowChanged.connect(lambda _now, _old: self.moved.emit(self.current()))
        self.doubleClicked.connect(lambda _index: self.opened.emit())
        paint.name_it(self, "pairs", say("duplicates.queue"))

    def show_pairs(self, pairs: Sequence[Suspect], wanted: str = "") -> None:
        """Show pairs and choose one: the one wanted, else the one at the place where one was."""
        at = self.currentIndex().row()
        self.selectionModel().blockSignals(True)
        self.pairs.show_pairs(pairs)
        self.selectionModel().blockSignals(False)
        found = next((at for at, one in enumerate(pairs) if one.key == wanted), -1)
        self._choose(found if found >= 0 else min(max(at, 0), len(pairs) - 1))

    def veil(self, veiled: bool) -> None:
        """Show initials and years instead of names, or names."""
        self.pairs.veiled = veiled
        self.viewport().update()

    def current(self) -> Suspect | None:
        """Return the pair chosen."""
        at = self.currentIndex().row()
        return self.pairs.items[at] if 0 <= at < len(self.pairs.items) else None

    def step(self, step: int) -> None:
        """Go to the next or previous pair."""
        at = self.currentIndex().row() + step
        if 0 <= at < len(self.pairs.items):
            self._choose(at)

    def _choose(self, at: int) -> None:
        self.selectionModel().blockSignals(True)
        self.setCurrentIndex(self.pairs.index(at, 0) if at >= 0 else QModelIndex())
        self.selectionModel().blockSignals(False)
        if at >= 0:
            self.scrollTo(self.pairs.index(at, 0))
        self.moved.emit(self.current())
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and → go into the comparison; letters are left to the page."""
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Right) and plain:
            self.opened.emit()
        elif event.text().strip() or event.key() == Qt.Key.Key_Space:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "pairs"):
            self.scheduleDelayedItemsLayout()
