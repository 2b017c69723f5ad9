"""The grid: a row a unit, a column a month, one painted view; the mark of each cell is its state, its tip its sentence.

Rules. Arrows move by cell, Home and End along the year, letters find a unit by its name. What is chosen has a border
of its own beside the bar of its row. The newest month owed stands out by the head of its column. Nothing is a widget
but the view: 56 units × 12 months are pictures.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QTableView,
    QWidget,
)

from cbdesk import text
from cbdesk.deliveries import Cell
from cbdesk.desk.inbox import UnitRow
from cbdesk.words import say
from ui import icons, theme
from ui.lists.filterbar import plain
from ui.parts import paint
from ui.receiver import marks

ROW, HEAD, PAD = 26, 32, 15
MONTH_LEAST, MONTH_MOST, HELD, NAME_LEAST, CODE = 38, 50, 82, 150, 48
TYPE_AGAIN = 1.0
"""Seconds after which typing begins a new name."""
LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
Index = QModelIndex | QPersistentModelIndex
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class _Months(QAbstractTableModel):
    """Units by months: a column for the name, one a month, one for how far its changes are held."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: list[UnitRow] = []
        self.months: tuple[str, ...] = ()
        self.month = ""

    def show_rows(self, rows: Sequence[UnitRow], months: tuple[str, ...], month: str) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.rows, self.months, self.month = list(rows), months, month
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many units there are."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self.months) + 2

    def cell(self, index: Index) -> Cell | None:
        """Return the month at a place, ``None`` beside them."""
        at = index.column() - 1
        known = index.isValid() and 0 <= at < len(self.months)
        return self.rows[index.row()].cells[at] if known else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what stands there in words: the unit, the sentence of a month, how far it is held."""
        if not index.isValid():
            return None
        row, cell = self.rows[index.row()], self.cell(index)
        tips = (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
        if role not in (*tips, Qt.ItemDataRole.DisplayRole):
            return None
        if cell is not None:
            return f"{row.name}. {cell.words}" if role == Qt.ItemDataRole.AccessibleTextRole else cell.words
        if index.column() == 0:
            return f"{row.code} {row.name}" if role != Qt.ItemDataRole.DisplayRole else row.name
        return say("inbox.held_tip", n=plain(row.held_to)) if role in tips else plain(row.held_to)

    def headerData(self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the heading of a column."""
        if role != Qt.ItemDataRole.DisplayRole or way != Qt.Orientation.Horizontal:
            return None
        if section == 0:
            return say("inbox.unit")
        if section > len(self.months):
            return say("inbox.held")
        return say("inbox.month", n=int(self.months[section - 1][5:]))


class _Heads(QHeaderView):
    """The headings; that of the newest month owed is strong."""

    def __init__(self, view: MonthGrid) -> None:
        super().__init__(Qt.Orientation.Horizontal, view)
        self._grid = view
        self.setSectionsClickable(False)
        self.setHighlightSections(False)

    def sizeHint(self) -> QSize:
        """Return the height of the head."""
        return QSize(super().sizeHint().width(), theme.px(HEAD))

    def paintSection(self, painter: QPainter, rect: Any, section: int) -> None:
        """Paint one heading."""
        painter.save()
        paint.smooth(painter)
        box, model = QRectF(rect), self._grid.months_
        words = str(model.headerData(section, Qt.Orientation.Horizontal))
        now = 0 < section <= len(model.months) and model.months[section - 1] == model.month
        align = Qt.AlignmentFlag.AlignHCenter
        if section == 0:
            box, align = box.adjusted(PAD, 0, 0, 0), Qt.AlignmentFlag.AlignLeft
        elif section > len(model.months):
            box, align = box.adjusted(0, 0, -PAD, 0), Qt.AlignmentFlag.AlignRight
        paint.text(painter, box, words, "labelStrong", "cham" if now else "ink2", align)
        paint.hairline(painter, rect.left(), rect.right() + 1, rect.bottom(), "line2")
        painter.restore()


class _Painter:
    """Paints the rows in sight in one go: asking a delegate for 672 cells would take longer than a frame."""

    def __init__(self, view: MonthGrid, painter: QPainter) -> None:
        self._grid, self._painter, self._model = view, painter, view.months_
        self._dpr = painter.device().devicePixelRatioF()
        self._pictures = {state: marks.picture(state, self._dpr) for state in marks.STATES}
        self._high = view.rowHeight(0)
        self._held = len(self._model.months) + 1
        self._columns = [(self._snap(view.columnViewportPosition(at + 1) + (view.columnWidth(at + 1) - marks.WIDE) / 2))
                         for at in range(len(self._model.months))]  # fmt: skip
        self._fonts = {role: theme.font(role) for role in ("body", "strong", "small", "note")}
        self._inks = {ink: theme.color(ink) for ink in ("ink", "ink2", "ink3", "nghe")}

    def _snap(self, at: float) -> float:
        return round(at * self._dpr) / self._dpr

    def rows(self, first: int, last: int) -> None:
        """Paint rows."""
        grid, here = self._grid, self._grid.currentIndex()
        self._ground(here.row())
        for at in range(first, last + 1):
            row, top = self._model.rows[at], grid.rowViewportPosition(at)
            y = self._snap(top + (self._high - marks.HIGH) / 2)
            for x, cell in zip(self._columns, row.cells, strict=True):
                self._painter.drawPixmap(QPointF(x, y), self._pictures[cell.state])
            self._name(row, top, mine=at == here.row())
            if not grid.isColumnHidden(self._held):
                self._number(row, top)
        if first <= here.row() <= last and 0 < here.column() <= len(self._columns):
            self._border(here)

    def _ground(self, row: int) -> None:
        """Tint the column of the newest month owed, then the row chosen."""
        grid, high = self._grid, float(self._grid.viewport().height())
        if self._model.month in self._model.months:
            column = self._model.months.index(self._model.month) + 1
            left, wide = grid.columnViewportPosition(column), grid.columnWidth(column)
            foot = grid.rowViewportPosition(len(self._model.rows) - 1) + self._high
            self._painter.fillRect(QRectF(left, 0, wide, min(high, foot)), theme.color("panel2"))
        if row >= 0:
            top = grid.rowViewportPosition(row)
            self._painter.fillRect(QRectF(0, top, grid.viewport().width(), self._high), theme.color("chamBg"))
            bar = "cham" if grid.hasFocus() else "chamLine"
            self._painter.fillRect(QRectF(0, top, 3, self._high), theme.color(bar))

    def _text(self, left: float, top: float, wide: float, words: str, role: str, ink: str, flags: int = LEFT) -> None:
        self._painter.setFont(self._fonts[role])
        self._painter.setPen(self._inks[ink])
        self._painter.drawText(QRectF(left, top, wide, self._high), flags, words)

    def _name(self, row: UnitRow, top: float, *, mine: bool) -> None:
        left, right = float(PAD), self._grid.columnWidth(0) - 6.0
        if self._grid.codes:
            self._text(left, top, CODE, row.code, "small", "ink3")
            left += theme.px(CODE)
        if row.conflicts or row.aside or row.forks:
            right -= 20
            at = QPointF(right + 2, round(top + self._high / 2 - 8))
            icons.paint(self._painter, "branch_compare" if row.conflicts else "warning", at, "nghe", 16)
        words = self._grid.short(row.name, right - left, "strong" if mine else "body")
        ink = "ink" if row.devices else "ink3"
        self._text(left, top, right - left + 4, words, "strong" if mine else "body", ink)

    def _number(self, row: UnitRow, top: float) -> None:
        if row.held_to:
            left, wide = self._grid.columnViewportPosition(self._held), self._grid.columnWidth(self._held)
            words, ink = plain(row.held_to), "nghe" if row.held else "ink2"
            self._text(left, top, wide - PAD, words, "note", ink, RIGHT)

    def _border(self, here: QModelIndex) -> None:
        x = self._columns[here.column() - 1]
        y = self._snap(self._grid.rowViewportPosition(here.row()) + (self._high - marks.HIGH) / 2)
        edge = QRectF(x - 2, y - 2, marks.WIDE + 4, marks.HIGH + 4)
        paint.frame(self._painter, edge, 6, None, "focus" if self._grid.hasFocus() else "chamLine", 2.0)


class MonthGrid(QTableView):
    """The grid. ``moved``: another unit or month is current; ``opened``: Enter or a double click on one."""

    moved = Signal()
    opened = Signal()
    up = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.months_ = _Months(self)
        self.codes = True
        self._typed, self._typed_at = "", 0.0
        self._short: dict[tuple[str, int, str], str] = {}
        self.setModel(self.months_)
        self.setHorizontalHeader(_Heads(self))
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(12)
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("QTableView, QHeaderView { background: transparent; border: 0; }")
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.selectionModel().currentChanged.connect(lambda _here, _before: self._moved())
        self.doubleClicked.connect(lambda _index: self.opened.emit())
        paint.name_it(self, "month_grid", say("inbox.grid"))

    # what is shown

    def show_rows(self, rows: Sequence[UnitRow], months: tuple[str, ...], month: str) -> None:
        """Show units by months; what was chosen stays chosen, else the newest month owed of the first unit."""
        unit, at = self.unit(), self.month()
        self.months_.show_rows(rows, months, month)
        self._measure()
        self.choose(unit.unit if unit else "", at or month)
        self.viewport().update()

    def choose(self, unit: str, month: str = "") -> None:
        """Choose a unit (its key, code or one of its devices) and a month; else the first."""
        rows, months = self.months_.rows, self.months_.months
        found = next((at for at, row in enumerate(rows) if unit and unit in
                      (row.unit, row.code, *(one.node for one in row.devices))), 0)  # fmt: skip
        column = months.index(month) + 1 if month in months else max(1, len(months))
        if rows:
            self.setCurrentIndex(self.months_.index(found, column))
            self.scrollTo(self.currentIndex())
        self.moved.emit()

    def unit(self) -> UnitRow | None:
        """Return the unit chosen."""
        at = self.currentIndex().row()
        return self.months_.rows[at] if 0 <= at < len(self.months_.rows) else None

    def month(self) -> str:
        """Return the month chosen."""
        at = self.currentIndex().column() - 1
        return self.months_.months[at] if 0 <= at < len(self.months_.months) else ""

    def cell(self) -> Cell | None:
        """Return the month of the unit chosen."""
        return self.months_.cell(self.currentIndex())

    def _moved(self) -> None:
        self.viewport().update()
        self.moved.emit()

    def short(self, words: str, wide: float, role: str) -> str:
        """Return a name as it fits; measured once."""
        key = words, int(wide), role
        if key not in self._short:
            metrics = QFontMetricsF(theme.font(role))
            self._short[key] = metrics.elidedText(words, Qt.TextElideMode.ElideRight, wide)
        return self._short[key]

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the rows in sight."""
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        if self.months_.rows and first >= 0:
            painter = paint.smooth(QPainter(self.viewport()))
            _Painter(self, painter).rows(first, last if last >= 0 else len(self.months_.rows) - 1)
            painter.end()

    # keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Home and End go along the year, letters find a unit; ↑ on the first row leaves the grid."""
        here, key = self.currentIndex(), event.key()
        plain_ = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key in ENTER and plain_:
            self.opened.emit()
        elif key == Qt.Key.Key_Up and plain_ and here.row() <= 0:
            self.up.emit()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End) and plain_ and here.isValid():
            months = len(self.months_.months)
            goal = {Qt.Key.Key_Left: here.column() - 1, Qt.Key.Key_Right: here.column() + 1, Qt.Key.Key_Home: 1,
                    Qt.Key.Key_End: months}[Qt.Key(key)]  # fmt: skip
            self.setCurrentIndex(self.months_.index(here.row(), min(max(goal, 1), months)))
        elif plain_ and (event.text().strip() or (event.text() == " " and self._typed)):
            self._type(event.text())
        else:
            super().keyPressEvent(event)

    def _type(self, letters: str) -> None:
        now = time.monotonic()
        self._typed = self._typed + letters if now - self._typed_at < TYPE_AGAIN else letters
        self._typed_at = now
        wanted = text.fold(self._typed)
        for at, row in enumerate(self.months_.rows):
            names = text.fold(row.name)
            if names.startswith(wanted) or f" {wanted}" in f" {names.split(' ', 1)[-1]}":
                self.setCurrentIndex(self.months_.index(at, max(1, self.currentIndex().column())))
                return

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the strong border."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show the quiet border."""
        super().focusOutEvent(event)
        self.viewport().update()

    # size

    def _measure(self) -> None:
        """Give months their width, the name what is left; codes and the number go first where there is no room."""
        months = len(self.months_.months)
        if not months:
            return
        room, held = self.viewport().width(), theme.px(HELD)
        self.codes = room - held - months * MONTH_LEAST >= theme.px(NAME_LEAST + CODE)
        shows = room - held - months * MONTH_LEAST >= theme.px(NAME_LEAST)
        held = held if shows else 0
        name = theme.px(NAME_LEAST + (CODE if self.codes else 0))
        wide = min(max((room - held - name) // months, MONTH_LEAST), MONTH_MOST)
        self.setColumnHidden(months + 1, not shows)
        for at in range(1, months + 1):
            self.setColumnWidth(at, wide)
        self.setColumnWidth(months + 1, held)
        self.setColumnWidth(0, max(room - held - wide * months, 100))
        self.verticalHeader().setDefaultSectionSize(theme.px(ROW))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width anew."""
        super().resizeEvent(event)
        self._measure()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "months_"):
            self._short.clear()
            self._measure()
