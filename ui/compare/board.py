"""Two records side by side, and what becomes of them: a row a field, the differing ones open, the equal ones folded.

Rules. ← takes the value of A, → that of B, Space opens and folds what is equal. Each value taken says why it is the one
proposed, or that a person chose it. An empty value cannot be taken, and lists are joined, so nothing is ever lost here.
What is taken differs from what is not by its mark, its weight and its ground, not by colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPoint,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from cbdesk.words import say
from ui import icons, theme
from ui.compare.reading import Comparison, Line, Side, Spans, differing
from ui.compare.rows import PAD, A, B, Fold, Index, Places, Rows, places
from ui.compare.wrapped import Wrapped
from ui.parts import paint

HEAD, FOLD, INNER, BAR = 54, 38, 30, 8
LINES, LIST_LINES = 3, 7


class _Delegate(QStyledItemDelegate):
    """Paints rows."""

    def __init__(self, view: Board) -> None:
        super().__init__(view)
        self._view = view

    def _air(self) -> int:
        return 4 if self._view.dense else 7

    def _values(self, line: Line, at: Places) -> tuple[Wrapped, Wrapped, Wrapped, Wrapped]:
        marks: tuple[Spans, Spans] = ((), ()) if line.joined or line.same else differing(line.a, line.b)
        result, _ = self._view.rows.result(line)
        side = self._view.rows.side(line)
        inner, most = at.a[1] - INNER - 8, LIST_LINES if line.joined else LINES
        role = {one: "medium" if line.joined or side == one else "body" for one in (A, B)}
        return (
            Wrapped(line.title, "note", at.label[1]),
            Wrapped(line.a, role[A], inner, marks[0], most=most),
            Wrapped(line.b, role[B], inner, marks[1], most=most),
            Wrapped(result, "medium", at.result[1] - 22),
        )

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height the longest value needs."""
        item = self._view.rows.items[index.row()]
        if isinstance(item, Fold):
            return QSize(300, theme.px(FOLD))
        at = self._view.places()
        title, a, b, result = self._values(item, at)
        if item.same:
            return QSize(300, max(theme.px(30), title.height + 8, Wrapped(item.a, "body", _wide(at)).height + 8))
        _, why = self._view.rows.result(item)
        after = result.height + (theme.px(16) if why else 0) + 6 if self._view.rows.choosing else 0
        cell = max(theme.px(34), a.height + 12, b.height + 12)
        return QSize(300, max(cell, after, title.height) + 2 * self._air())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row."""
        painter.save()
        paint.smooth(painter)
        rect: Any = option.rect  # type: ignore[attr-defined]
        box, row = QRectF(rect), index.row()
        item, at = self._view.rows.items[row], self._view.places()
        here = self._view.currentIndex().row() == row
        if here:
            left = QRectF(box.left(), box.top(), at.result[0] - 6, box.height() - 1)
            painter.fillRect(left, theme.color("panel2"))
            bar = "cham" if self._view.hasFocus() else "chamLine"
            painter.fillRect(QRectF(box.left(), box.top(), 3, box.height() - 1), theme.color(bar))
        last = row + 1 == len(self._view.rows.items)
        if not last:
            paint.hairline(painter, box.left() + PAD, at.result[0] - 8, box.bottom() - 1)
        if isinstance(item, Fold):
            self._fold(painter, box, item)
        elif item.same:
            self._equal(painter, box, item, at)
        else:
            self._line(painter, box, item, at, strong=here and self._view.hasFocus())
        painter.restore()

    def _fold(self, painter: QPainter, box: QRectF, fold: Fold) -> None:
        icon = "chevron_down" if fold.open else "chevron_right"
        icons.paint(painter, icon, QPointF(PAD, round(box.center().y() - 8)), "ink2", 16)
        words = QRectF(PAD + 24, box.top(), 360, box.height() - 1)
        paint.text(painter, words, say("duplicates.equal", n=fold.count), "label", "ink2")

    def _equal(self, painter: QPainter, box: QRectF, line: Line, at: Places) -> None:
        title = Wrapped(line.title, "note", at.label[1])
        title.draw(painter, at.label[0], box.center().y() - title.height / 2, "ink3")
        value = Wrapped(line.a, "body", _wide(at))
        value.draw(painter, at.a[0] + INNER, box.center().y() - value.height / 2, "ink3")

    def _line(self, painter: QPainter, box: QRectF, line: Line, at: Places, *, strong: bool) -> None:
        title, a, b, result = self._values(line, at)
        middle = (box.top() + box.bottom() - 1) / 2
        title.draw(painter, at.label[0], middle - title.height / 2, "ink2")
        side = self._view.rows.side(line)
        high = box.height() - 1 - 2 * self._air()
        for name, value, place, text in ((A, a, at.a, line.a), (B, b, at.b, line.b)):
            cell = QRectF(place[0], box.top() + self._air(), place[1], high)
            on = bool(text) and self._view.rows.choosing and (bool(line.joined) or side == name)
            if not text:
                words = QRectF(cell.left() + INNER, cell.top(), cell.width() - INNER, cell.height())
                paint.text(painter, words, say("ui.empty"), "note", "ink3")
                continue
            mark = "" if not self._view.rows.choosing else "plus" if line.joined else "radio"
            _cell(painter, cell, value, on=on, mark=mark, strong=strong and on and not line.joined)
        if self._view.rows.choosing:
            self._result(painter, middle, at, result, self._view.rows.result(line)[1])

    def _result(self, painter: QPainter, middle: float, at: Places, result: Wrapped, why: str) -> None:
        small = theme.px(16) if why else 0
        top, left = middle - (result.height + small) / 2, at.result[0] + 12
        result.draw(painter, left, top, "ink")
        if why:
            paint.text(painter, QRectF(left, top + result.height, at.result[1] - 20, small), why, "small", "ngoc")


def _wide(at: Places) -> float:
    return at.b[0] + at.b[1] - at.a[0] - INNER


def _cell(painter: QPainter, cell: QRectF, value: Wrapped, *, on: bool, mark: str, strong: bool) -> None:
    """Paint one value with its mark: a radio button, a plus where lists are joined, none where nothing is chosen."""
    border, width = ("cham", 2.0) if strong else ("chamLine" if on else "line", 1.0)
    paint.frame(painter, cell, theme.RADIUS_FIELD, "chamBg" if on else "panel", border, width)
    middle = QPointF(cell.left() + 16, round(cell.center().y()))
    if mark == "plus":
        icons.paint(painter, "add", QPointF(middle.x() - 8, middle.y() - 8), "cham", 16)
    elif mark:
        painter.setPen(QPen(theme.color("cham" if on else "field"), 1.5))
        painter.setBrush(theme.color("panel"))
        painter.drawEllipse(middle, 6.75, 6.75)
        if on:
            paint.dot(painter, middle, 3.6, "cham")
    left = cell.left() + (INNER if mark else 12)
    value.draw(painter, left, cell.center().y() - value.height / 2, "ink" if on or not mark else "ink2")


class _Head(QWidget):
    """Whose records stand in the columns, over the board."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._sides: tuple[Side, ...] = ()
        self._result = True

    def show_sides(self, sides: tuple[Side, ...], *, result: bool) -> None:
        """Show whose records they are."""
        self._sides, self._result = sides, result
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the heads of the columns."""
        painter = paint.smooth(QPainter(self))
        at, high = places(self.width(), result=self._result), float(self.height())
        if self._result:
            tint = QRectF(at.result[0], 8, at.result[1], high)
            paint.frame(painter, tint, 6, "ngocBg", None)
            painter.fillRect(QRectF(at.result[0], high - 8, at.result[1], 8), theme.color("ngocBg"))
        for name, place, side in zip(("record_a", "record_b"), (at.a, at.b), self._sides, strict=False):
            words = say(f"duplicates.{name}")
            self._block(painter, place, f"{words}, {side.code}" if side.code else words, side.unit or side.made, "ink")
        if self._sides and self._result:
            kept = self._sides[0].code
            low = say("duplicates.keeps", code=kept) if kept else ""
            self._block(painter, (at.result[0] + 12, at.result[1] - 20), say("duplicates.result"), low, "ngoc")
        paint.hairline(painter, PAD, self.width() - (8 if self._result else PAD), high - 1, "line2")
        painter.end()

    def _block(self, painter: QPainter, place: tuple[float, float], first: str, second: str, ink: str) -> None:
        line, small = theme.px(20), theme.px(16)
        top = (self.height() - line - small) / 2
        low = "ink3" if ink == "ink" else ink
        paint.text(painter, QRectF(place[0], top, place[1], line), first, "labelStrong", ink)
        paint.text(painter, QRectF(place[0], top + line, place[1], small), second, "small", low)


class Board(QListView):
    """The comparison. ``taken`` says that a person chose a value."""

    taken = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = Rows(self)
        self.dense = False
        self._head = _Head(self)
        self.setModel(self.rows)
        self.setItemDelegate(_Delegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("QListView { background: transparent; }")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.clicked.connect(self._clicked)
        self._pressed = QPoint()
        self._room()
        paint.name_it(self, "board", say("duplicates.board"))

    def show_comparison(self, shown: Comparison | None) -> None:
        """Show a pair, or nothing."""
        self.rows.choosing = shown is None or not shown.two_units
        self._head.setVisible(shown is not None)
        self._head.show_sides(shown.sides if shown is not None else (), result=self.rows.choosing)
        self.rows.open = shown is not None and all(one.same for one in shown.lines)  # nothing else to see
        self.rows.show_lines(shown.lines if shown is not None else ())
        self._stand(0)
        self.scrollToTop()

    def chosen(self) -> Mapping[str, str]:
        """Return what a person chose otherwise than proposed: name of the field to ``a`` or ``b``."""
        return dict(self.rows.chosen)

    def choose_again(self, chosen: Mapping[str, str]) -> None:
        """Choose again what had been chosen, where it still can be."""
        for line in self.rows.lines:
            if chosen.get(line.name) in (A, B):
                self._choose(line, chosen[line.name])

    def fold(self) -> None:
        """Open or fold what is equal; one stays at its row."""
        at = self.currentIndex().row()
        self.rows.fold()
        self._stand(min(at, len(self.rows.items) - 1))
        if self.rows.open:
            fold = next((n for n, one in enumerate(self.rows.items) if isinstance(one, Fold)), -1)
            if fold >= 0:
                self.scrollTo(self.rows.index(min(fold + 3, len(self.rows.items) - 1), 0))

    def _stand(self, at: int) -> None:
        if 0 <= at < len(self.rows.items):
            self.setCurrentIndex(self.rows.index(at, 0))

    def _item(self, at: int) -> Line | Fold | None:
        return self.rows.items[at] if 0 <= at < len(self.rows.items) else None

    # choosing

    def take(self, side: str) -> None:
        """Take the value of A or of B in the row one is at."""
        item = self._item(self.currentIndex().row())
        if isinstance(item, Line):
            self._choose(item, side)
        elif isinstance(item, Fold) and item.open != (side == B):
            self.fold()

    def _choose(self, line: Line, side: str) -> None:
        value = line.a if side == A else line.b
        if line.joined or line.same or not value or not self.rows.choosing:
            return
        self.rows.chosen.pop(line.name, None)
        if side != line.take:
            self.rows.chosen[line.name] = side
        self.scheduleDelayedItemsLayout()
        self.viewport().update()
        self.taken.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """← → take a value, Space folds; letters are left to the page."""
        key, plain = event.key(), not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and plain:
            self.take(A if key == Qt.Key.Key_Left else B)
        elif key == Qt.Key.Key_Space and plain:
            self.fold()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            if isinstance(self._item(self.currentIndex().row()), Fold):
                self.fold()
            else:
                self._stand(self.currentIndex().row() + 1)
        elif event.text().strip() and plain:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where the press was: which column."""
        self._pressed = event.position().toPoint()
        super().mousePressEvent(event)

    def _clicked(self, index: QModelIndex) -> None:
        item, at = self._item(index.row()), self.places()
        if isinstance(item, Fold):
            self.fold()
        elif isinstance(item, Line):
            for side, place in ((A, at.a), (B, at.b)):
                if place[0] <= self._pressed.x() < place[0] + place[1]:
                    self._choose(item, side)

    # room

    def _room(self) -> None:
        self.setViewportMargins(0, theme.px(HEAD), 0, 0)
        self._place_head()

    def places(self) -> Places:
        """Return where the columns stand: the same with and without a scroll bar."""
        return places(self.width() - BAR, result=self.rows.choosing)

    def _place_head(self) -> None:
        self._head.setGeometry(0, 0, self.width() - BAR, theme.px(HEAD))

    def squeeze(self, dense: bool) -> None:
        """Stand closer where there is little height."""
        self.dense = dense
        self.scheduleDelayedItemsLayout()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the values anew."""
        super().resizeEvent(event)
        self._place_head()
        self.scheduleDelayedItemsLayout()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_head"):
            self._room()
            self.scheduleDelayedItemsLayout()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground of the result, then the rows."""
        painter = paint.smooth(QPainter(self.viewport()))
        at = self.places()
        if self.rows.choosing and self.rows.lines:
            painter.fillRect(QRectF(at.result[0], 0, at.result[1], self.viewport().height()), theme.color("ngocBg"))
        painter.end()
        super().paintEvent(event)

    def focusInEvent(self, event: Any) -> None:
        """Show the strong bar."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: Any) -> None:
        """Show the quiet bar."""
        super().focusOutEvent(event)
        self.viewport().update()
