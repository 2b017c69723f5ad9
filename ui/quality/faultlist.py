"""The faults of the register as one painted list: groups, and under each its faults with number and share.

Rules. Headings are no stops: arrows skip them. What nobody lacks is quiet and has a check mark, and stays in its place,
so that the list reads the same every day. The bar is the share again, for the eye; the words carry it too.
"""

from __future__ import annotations

from collections.abc import Sequence
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
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from cbdesk.words import say
from ui import icons, theme
from ui.lists.filterbar import plain
from ui.lists.quietlist import QuietDelegate, QuietList
from ui.parts import paint
from ui.quality.reading import GROUPS, Fault

HEADING_HIGH, FAULT_HIGH = 30, 32
#: group: icon
ICONS = {"identity": "shield_error", "papers": "document", "school": "hat_graduation", "age": "calendar_ltr",
         "doubt": "question_circle"}  # fmt: skip
TRACK, SHARE_WIDE = 44, 40
SPOKEN = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole)
Index = QModelIndex | QPersistentModelIndex


class Heading(NamedTuple):
    """The head of a group."""

    group: str


class _Faults(QAbstractListModel):
    """Headings and faults in one list."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.items: list[Heading | Fault] = []

    def show_faults(self, faults: Sequence[Fault]) -> None:
        """Group the faults."""
        self.beginResetModel()
        self.items = []
        for group in GROUPS:
            inside = [fault for fault in faults if fault.group == group]
            if inside:
                self.items += [Heading(group), *inside]
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many lines there are."""
        return 0 if parent.isValid() else len(self.items)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """A heading takes no focus."""
        if index.isValid() and isinstance(self.items[index.row()], Heading):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the line in words."""
        if not index.isValid() or role not in SPOKEN:
            return None
        item = self.items[index.row()]
        if isinstance(item, Heading):
            return say(f"quality_page.group.{item.group}")
        return say("quality_page.fault_words", title=item.title, n=plain(item.count), share=item.share() or "0 %")


class _Delegate(QuietDelegate):
    """Paints headings and faults."""

    def __init__(self, view: FaultList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height of a line."""
        heading = isinstance(self._view.faults.items[index.row()], Heading)
        return QSize(200, theme.px(HEADING_HIGH if heading else FAULT_HIGH))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one line."""
        painter.save()
        paint.smooth(painter)
        rect: Any = option.rect  # type: ignore[attr-defined]
        box, item = QRectF(rect), self._view.faults.items[index.row()]
        if isinstance(item, Heading):
            self._heading(painter, box, item)
        else:
            self._fault(painter, box, item, index.row())
        painter.restore()

    def _heading(self, painter: QPainter, box: QRectF, item: Heading) -> None:
        painter.fillRect(box, theme.color("panel2"))
        icons.paint(painter, ICONS[item.group], QPointF(box.left() + 16, round(box.center().y() - 8)), "ink2", 16)
        words = QRectF(box.left() + 40, box.top(), box.width() - 56, box.height())
        paint.text(painter, words, say(f"quality_page.group.{item.group}"), "labelStrong", "ink2")

    def _fault(self, painter: QPainter, box: QRectF, fault: Fault, row: int) -> None:
        here = self.ground(painter, box, row)
        items = self._view.faults.items
        if row + 1 < len(items) and isinstance(items[row + 1], Fault):
            paint.hairline(painter, box.left() + 40, box.right() - 16, box.bottom() - 1)
        if not fault.count:
            icons.paint(painter, "checkmark", QPointF(box.left() + 16, round(box.center().y() - 8)), "ngoc", 16)
        left = self._figures(painter, box, fault)
        title = QRectF(box.left() + 40, box.top(), left - box.left() - 52, box.height() - 1)
        role = ("medium" if here else "body") if fault.count else "body"
        paint.text(painter, title, fault.title, role, "ink" if fault.count else "ink3")

    def _figures(self, painter: QPainter, box: QRectF, fault: Fault) -> float:
        """Paint number, share and bar; return where they begin."""
        right, middle = box.right() - 16, box.center().y() - 0.5
        align = Qt.AlignmentFlag.AlignRight
        count = QRectF(right - self._view.count_wide(), box.top(), self._view.count_wide(), box.height() - 1)
        paint.text(painter, count, plain(fault.count), "strong" if fault.count else "body",
                   "ink" if fault.count else "ink3", align)  # fmt: skip
        if not fault.count:
            return count.left()
        share_wide = theme.px(SHARE_WIDE)
        share = QRectF(count.left() - share_wide - 10, box.top(), share_wide, box.height() - 1)
        paint.text(painter, share, fault.share(), "small", "ink3", align)
        if box.width() < theme.px(400):
            return share.left()
        track = QRectF(share.left() - TRACK, middle - 2.5, TRACK, 5)
        paint.frame(painter, track, 2.5, "line", None)
        filled = QRectF(track)
        filled.setWidth(max(5.0, TRACK * fault.count / max(1, fault.of)))
        paint.frame(painter, filled, 2.5, "cham", None)
        return track.left()


class FaultList(QuietList):
    """The list. ``moved`` carries the fault chosen, ``opened`` asks for the children behind it."""

    moved = Signal(object)
    opened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.faults = _Faults(self)
        self._code, self._count_wide = "", 0
        self.dress(self.faults, _Delegate(self))
        self.selectionModel().currentRowChanged.connect(lambda now, _old: self._moved(now.row()))
        self.doubleClicked.connect(lambda index: self._open(index.row()))
        paint.name_it(self, "faults", say("quality_page.faults"))

    def show_faults(self, faults: Sequence[Fault]) -> None:
        """Show faults; the one chosen stays chosen, first of all one that somebody has."""
        kept = self._code
        self.selectionModel().blockSignals(True)
        self.faults.show_faults(faults)
        self.selectionModel().blockSignals(False)
        self._measure()
        if not self.choose(kept):
            first = next((one.code for one in self.shown() if one.count), "")
            self.choose(first or next((one.code for one in self.shown()), ""))

    def shown(self) -> list[Fault]:
        """Return the faults in the order shown."""
        return [one for one in self.faults.items if isinstance(one, Fault)]

    def current(self) -> Fault | None:
        """Return the fault chosen."""
        at = self.currentIndex().row()
        item = self.faults.items[at] if 0 <= at < len(self.faults.items) else None
        return item if isinstance(item, Fault) else None

    def choose(self, code: str) -> bool:
        """Choose a fault; ``False`` when it is not shown."""
        at = next((at for at, one in enumerate(self.faults.items) if isinstance(one, Fault) and one.code == code), -1)
        if at < 0:
            return False
        self._code = code
        self.selectionModel().blockSignals(True)
        self.setCurrentIndex(self.faults.index(at, 0))
        self.selectionModel().blockSignals(False)
        if at <= 1:
            self.scrollToTop()
        self.moved.emit(self.current())
        self.viewport().update()
        return True

    def count_wide(self) -> int:
        """Return the width of the column of numbers."""
        return self._count_wide

    def _measure(self) -> None:
        font = theme.font("strong")
        self._count_wide = max((paint.text_width(font, plain(one.count)) for one in self.shown()), default=0) + 2

    def _moved(self, row: int) -> None:
        fault = self.current()
        if fault is not None and fault.code != self._code:
            self._code = fault.code
            self.moved.emit(fault)
        if row <= 1:
            self.scrollToTop()

    def _open(self, row: int) -> None:
        item = self.faults.items[row] if 0 <= row < len(self.faults.items) else None
        if isinstance(item, Fault):
            self.opened.emit(item)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and → open; Home and End go to the first and last fault."""
        key, plain_key = event.key(), not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Right) and plain_key:
            self._open(self.currentIndex().row())
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End) and self.shown():
            self.choose(self.shown()[0 if key == Qt.Key.Key_Home else -1].code)
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Faults are not named by letters."""


    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "faults"):
            self._measure()
            self.scheduleDelayedItemsLayout()
