"""A list of things to tick: name, number, box. One stop of Tab; Space ticks, Ctrl A ticks all or none.

Rules. A line without children stays in its place and is quiet. The heading says how many of how many are ticked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from cbdesk.words import say
from ui import theme
from ui.lists.filterbar import plain
from ui.lists.quietlist import QuietDelegate, QuietList
from ui.parts import paint
from ui.parts.choice import paint_box

HIGH = 30
Index = QModelIndex | QPersistentModelIndex


class Tick(NamedTuple):
    """One line: code, words, how many children; -1 where there is nothing to count."""

    code: str
    words: str
    number: int = -1


class _Ticks(QAbstractListModel):
    """The lines and which of them are ticked."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.lines: list[Tick] = []
        self.on: set[str] = set()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many lines there are."""
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a line in words, and whether it is ticked, for screen readers."""
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            state = say("quality_page.ticked" if line.code in self.on else "quality_page.not_ticked")
            count = f": {plain(line.number)}" if line.number >= 0 else ""
            return f"{line.words}{count}, {state}"
        return None


class _Delegate(QuietDelegate):
    """Paints the lines."""

    def __init__(self, view: TickList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the height of a line."""
        return QSize(160, theme.px(HIGH))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint box, words and number."""
        painter.save()
        paint.smooth(painter)
        rect: Any = option.rect  # type: ignore[attr-defined]
        box, line = QRectF(rect), self._view.ticks.lines[index.row()]
        on = line.code in self._view.ticks.on
        if self._view.hasFocus() and index.row() == self._view.currentIndex().row():
            painter.fillRect(box, theme.color("chamBg"))
            painter.fillRect(QRectF(box.left(), box.top(), 3, box.height()), theme.color("cham"))
        paint_box(painter, QPointF(box.left() + 16, round(box.center().y() - 9)), on=on)
        ink = "ink" if line.number else "ink3"
        number = plain(line.number) if line.number >= 0 else ""
        wide = paint.text_width(theme.font("body"), number) + 4
        count = QRectF(box.right() - 16 - wide, box.top(), wide, box.height())
        paint.text(painter, count, number, "body", "ink2" if line.number else "ink3",
                   Qt.AlignmentFlag.AlignRight)  # fmt: skip
        words = QRectF(box.left() + 44, box.top(), count.left() - box.left() - 52, box.height())
        paint.text(painter, words, line.words, "body", ink)
        painter.restore()


class TickList(QuietList):
    """The list. ``changed`` says that other lines are ticked now."""

    changed = Signal()

    def __init__(self, label: str, parent: QWidget | None = None, *, name: str) -> None:
        super().__init__(parent)
        self.ticks = _Ticks(self)
        self.dress(self.ticks, _Delegate(self))
        paint.name_it(self, name, label)

    def show_ticks(self, lines: Sequence[Tick], on: Iterable[str]) -> None:
        """Show lines; ``on`` are ticked."""
        at = max(0, self.currentIndex().row())
        self.ticks.beginResetModel()
        self.ticks.lines, self.ticks.on = list(lines), set(on)
        self.ticks.endResetModel()
        if lines:
            self.setCurrentIndex(self.ticks.index(min(at, len(lines) - 1), 0))
        self.updateGeometry()

    def chosen(self) -> list[str]:
        """Return the codes ticked, in order."""
        return [line.code for line in self.ticks.lines if line.code in self.ticks.on]

    def all_on(self) -> bool:
        """Return whether every line is ticked."""
        return len(self.chosen()) == len(self.ticks.lines)

    def toggle(self, row: int) -> None:
        """Tick a line, or take its tick away."""
        if 0 <= row < len(self.ticks.lines):
            self.ticks.on ^= {self.ticks.lines[row].code}
            self._tell()

    def toggle_all(self) -> None:
        """Tick all lines, or none when all are ticked."""
        self.ticks.on = set() if self.all_on() else {line.code for line in self.ticks.lines}
        self._tell()

    def _tell(self) -> None:
        self.viewport().update()
        self.changed.emit()

    def high(self) -> int:
        """Return the height at which nothing scrolls."""
        return theme.px(HIGH) * max(1, len(self.ticks.lines)) + 2

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space ticks, Ctrl A ticks all or none."""
        if event.matches(QKeySequence.StandardKey.SelectAll):
            self.toggle_all()
        elif event.key() == Qt.Key.Key_Space and not event.modifiers():
            self.toggle(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters do nothing here."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click ticks."""
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self.toggle(self.indexAt(event.position().toPoint()).row())

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.scheduleDelayedItemsLayout()
