"""The queue of what waits for a decision as one painted list: whose record, which field, the values, since when.

Rules. Where names are hidden a child stands by initials and year, and values that would name somebody are not shown.
Digits and letters belong to the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

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
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from cbdesk import clock
from cbdesk.catalogue import catalogue
from cbdesk.desk.conflicts import Conflict
from cbdesk.words import say
from ui import icons, theme
from ui.lists.quietlist import QuietDelegate, QuietList
from ui.parts import paint

HIGH, PAD = 64, 15
NAMING = frozenset({"name", "personal_id", "phone", "ref", "refs"})
"""Kinds of fields whose values may tell who somebody is."""
Index = QModelIndex | QPersistentModelIndex


def tells_name(conflict: Conflict) -> bool:
    """Return whether the values of a conflict tell who somebody is."""
    form = catalogue().forms[conflict.form]
    return form.has(conflict.field) and form.field(conflict.field).kind in NAMING


def in_short(conflict: Conflict, *, veiled: bool) -> str:
    """Return the field and its values in one line, as far as they may be shown."""
    if conflict.kind == "gone":
        return say("conflicts.page.short_gone")
    if conflict.sealed or (veiled and tells_name(conflict)):
        return conflict.label
    values = " – ".join(one.text or say("ui.empty") for one in conflict.sides)
    return say("conflicts.page.short", label=conflict.label, values=values)


def since(conflict: Conflict, today: date) -> str:
    """Return how long it has waited."""
    days = (today - date.fromisoformat(conflict.at[:10])).days if conflict.at else 0
    return say("conflicts.page.days", n=days) if days > 0 else say("conflicts.page.today")


class _Model(QAbstractListModel):
    """Conflicts in order."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.items: list[Conflict] = []
        self.veiled = False

    def show_items(self, items: Sequence[Conflict]) -> None:
        """Show others."""
        self.beginResetModel()
        self.items = list(items)
        self.endResetModel()

    def title(self, one: Conflict) -> str:
        """Return whose record it is, as it may be shown."""
        return one.veiled if self.veiled else one.title

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many there are."""
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return one in words."""
        spoken = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole)
        if not index.isValid() or role not in spoken:
            return None
        one = self.items[index.row()]
        return f"{self.title(one)}; {in_short(one, veiled=self.veiled)}; {one.unit_name}"


class _Delegate(QuietDelegate):
    """Paints rows."""

    def __init__(self, view: DifferQueue) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the height of three lines."""
        return QSize(120, theme.px(HIGH))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row."""
        painter.save()
        paint.smooth(painter)
        rect: Any = option.rect  # type: ignore[attr-defined]
        box, row = QRectF(rect), index.row()
        self.ground(painter, box, row)
        if row + 1 < len(self._view.model_.items):
            paint.hairline(painter, box.left() + PAD, box.right() - PAD, box.bottom() - 1)
        self._row(painter, box.adjusted(PAD, 0, -PAD, 0), self._view.model_.items[row])
        painter.restore()

    def _row(self, painter: QPainter, box: QRectF, one: Conflict) -> None:
        line, small = theme.px(20), theme.px(16)
        top = box.top() + (box.height() - line - 2 * small) / 2 - 1
        age = since(one, clock.today())
        wide = paint.text_width(theme.font("small"), age)
        right = QRectF(box.right() - wide, top, wide, line)
        paint.text(painter, right, age, "small", "ink3", Qt.AlignmentFlag.AlignRight)
        left = box.left()
        if one.sealed:
            icons.paint(painter, "lock_closed", QPointF(left, round(top + line / 2 - 8)), "man", 16)
            left += 22
        name = QRectF(left, top, right.left() - left - 8, line)
        paint.text(painter, name, self._view.model_.title(one), "medium", "ink")
        short = in_short(one, veiled=self._view.model_.veiled)
        paint.text(painter, QRectF(box.left(), top + line, box.width(), small), short, "small", "ink2")
        paint.text(painter, QRectF(box.left(), top + line + small, box.width(), small), one.unit_name, "small", "ink3")


class DifferQueue(QuietList):
    """The queue. ``moved`` carries the one chosen (or ``None``), ``opened`` asks to go to its values."""

    moved = Signal(object)
    opened = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model_ = _Model(self)
        self.dress(self.model_, _Delegate(self))
        self.setUniformItemSizes(True)
        self.selectionModel().currentRowChanged.connect(lambda _now, _old: self.moved.emit(self.current()))
        self.doubleClicked.connect(lambda _index: self.opened.emit())
        paint.name_it(self, "differ_queue", say("conflicts.page.queue"))

    def show_items(self, items: Sequence[Conflict], wanted: tuple[str, str] = ("", "")) -> None:
        """Show what waits and choose one: the one wanted, else the one at the place where one was."""
        at = self.currentIndex().row()
        self.selectionModel().blockSignals(True)
        self.model_.show_items(items)
        self.selectionModel().blockSignals(False)
        found = next((at for at, one in enumerate(items) if (one.record, one.field) == wanted), -1)
        self._choose(found if found >= 0 else min(max(at, 0), len(items) - 1))

    def veil(self, veiled: bool) -> None:
        """Show initials and years instead of names, or names."""
        self.model_.veiled = veiled
        self.viewport().update()

    def current(self) -> Conflict | None:
        """Return the one chosen."""
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
        """→ goes to the values; Enter, digits and letters are left to the page."""
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() == Qt.Key.Key_Right and plain:
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
