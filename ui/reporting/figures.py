"""A table of figures on screen: cells walked by arrows, the row's name always in sight, Enter shows what is behind.

Rules. Figures are written as on paper. A figure with records behind it is in the colour of links; a total is bold.
Headings of several columns stand above them. Ctrl C copies the whole table, figures as numbers and never a name.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from cbdesk.grid import Grid, GridCell, GridColumn, GridRow, kind_of, shown
from cbdesk.words import say
from ui import clipboard, theme
from ui.compare.wrapped import Wrapped
from ui.parts import paint

GAP, LEAST, MOST, AIR, LINES = 10, 48, 190, 24, 3
"""Gaps and widths of columns, the air they get where there is room, and the lines of a heading."""
LABEL, LABEL_LEAST = 0.38, 180
"""The names of rows: their share of the table, and the least width at 100 %."""
INDENT = 14
Index = QModelIndex | QPersistentModelIndex
PART, TOTAL = "part", "total"
SHEET = "QTableView, QHeaderView, QTableCornerButton::section { background: transparent; border: 0; }"
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class _Figures(QAbstractTableModel):
    """The cells of one table."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.grid: Grid | None = None

    def show_grid(self, grid: Grid | None) -> None:
        """Show another table."""
        self.beginResetModel()
        self.grid = grid
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many rows there are."""
        return len(self.grid.rows) if self.grid and not parent.isValid() else 0

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many columns there are."""
        return len(self.grid.columns) if self.grid and not parent.isValid() else 0

    def place(self, index: Index) -> tuple[GridRow, GridColumn, GridCell]:
        """Return row, column and cell at a place."""
        assert self.grid is not None
        row, column = self.grid.rows[index.row()], self.grid.columns[index.column()]
        return row, column, row.cell(column.key)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """A heading between rows has no figures."""
        if self.grid and index.isValid() and self.grid.rows[index.row()].kind == PART:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a figure as written; a screen reader hears row, column and figure."""
        if not index.isValid() or self.grid is None:
            return None
        row, column, _cell = self.place(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return shown(row, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.label}, {heading(column)}: {shown(row, column) or say('ui.unknown')}"
        return row.note or None if role == Qt.ItemDataRole.ToolTipRole else None

    def headerData(self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the words of a heading or the name of a row."""
        if role != Qt.ItemDataRole.DisplayRole or self.grid is None:
            return None
        sideways = way == Qt.Orientation.Horizontal
        return heading(self.grid.columns[section]) if sideways else self.grid.rows[section].label


def heading(column: GridColumn) -> str:
    """Return the whole heading of a column: those above it, then its own."""
    return " · ".join(one for one in (*(part.strip() for part in column.group.split(" / ")), column.heading) if one)


def _in_lines(words: str, wide: int, lines: int) -> int:
    """Return the width, from the one given on, at which a heading takes so many lines."""
    while wide < theme.px(MOST) and len(Wrapped(words, "label", wide - GAP, most=9).lines) > lines:
        wide += 6
    return wide


class _Heads(QHeaderView):
    """The headings of columns, wrapped, and above them what several of them share."""

    def __init__(self, view: FigureTable) -> None:
        super().__init__(Qt.Orientation.Horizontal, view)
        self._table = view
        self.setSectionsClickable(False)
        self.setHighlightSections(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumSectionSize(24)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def _columns(self) -> tuple[GridColumn, ...]:
        grid = self._table.figures.grid
        return grid.columns if grid else ()

    def _band(self) -> int:
        return theme.px(24) if any(one.group for one in self._columns()) else 0

    def sizeHint(self) -> QSize:
        """Return the height of the deepest heading."""
        wide = [self.sectionSize(at) - GAP for at in range(self.count())]
        deep = [Wrapped(one.heading, "label", w, most=3).height for one, w in zip(self._columns(), wide, strict=False)]
        return QSize(super().sizeHint().width(), round(self._band() + max([*deep, theme.px(20)]) + 12))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the headings and those above several of them."""
        painter = paint.smooth(QPainter(self.viewport()))
        band, high = self._band(), float(self.height())
        for at, column in enumerate(self._columns()):
            left, wide = float(self.sectionViewportPosition(at)), float(self.sectionSize(at))
            words = Wrapped(column.heading, "label", wide - GAP, most=3)
            top = (band if column.group else 0) + 6
            if column.kind == "text":
                words.draw(painter, left + GAP / 2, high - 6 - words.height, "ink2")
            else:
                words.draw_aligned(painter, QRectF(left, top, wide - GAP / 2, high - top - 6), "ink2")
        for (group, _), members in groupby(
            enumerate(self._columns()), key=lambda one: (one[1].group, one[1].group or one[0])
        ):
            places = [at for at, _ in members]
            if group:
                left = float(self.sectionViewportPosition(places[0]))
                wide = float(sum(map(self.sectionSize, places)))
                box = QRectF(left + 8, 2, wide - 12, band - 2)
                words_ = group.replace(" / ", " · ")
                paint.text(painter, box, words_, "smallStrong", "ink3", Qt.AlignmentFlag.AlignHCenter)
                paint.hairline(painter, left + 8, left + wide - 4, band)
        painter.end()


class _Names(QHeaderView):
    """The names of rows, always in sight: indented, wrapped, totals bold, headings across."""

    def __init__(self, view: FigureTable) -> None:
        super().__init__(Qt.Orientation.Vertical, view)
        self._table = view
        self.setSectionsClickable(False)
        self.setHighlightSections(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumSectionSize(20)

    def sizeHint(self) -> QSize:
        """Return the width the names may take."""
        return QSize(self._table.label_width(), super().sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the names and the line under the headings."""
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        paint.hairline(painter, 0, self.viewport().width(), 0, "line2")
        painter.end()

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Paint one name."""
        grid = self._table.figures.grid
        if grid is None:
            return
        painter.save()
        paint.smooth(painter)
        row, box = grid.rows[section], QRectF(rect)
        here = self._table.currentIndex().row() == section
        ground(painter, box, row, here=here)
        left = 14 + row.level * INDENT
        name = name_of(row, box.width() - left - 6)
        name.draw(painter, box.left() + left, box.top() + (box.height() - name.height) / 2, "ink")
        paint.hairline(painter, box.left(), box.right() + 1, box.bottom())
        painter.restore()


def name_of(row: GridRow, wide: float) -> Wrapped:
    """Return the name of a row, with its number, broken to a width."""
    role = "strong" if row.kind in (TOTAL, PART) else "body"
    return Wrapped(f"{row.number} {row.label}".strip(), role, wide, most=3)


def ground(painter: QPainter, box: QRectF, row: GridRow, *, here: bool) -> None:
    """Paint the ground of a row."""
    if row.kind in (TOTAL, PART):
        painter.fillRect(box, theme.color("panel2"))
    if here and row.kind != PART:
        painter.fillRect(box, theme.color("hover"))


class _Cells(QStyledItemDelegate):
    """Paints figures."""

    def __init__(self, view: FigureTable) -> None:
        super().__init__(view)
        self._table = view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one figure."""
        painter.save()
        paint.smooth(painter)
        rect: Any = option.rect  # type: ignore[attr-defined]
        box = QRectF(rect)
        row, column, cell = self._table.figures.place(index)
        current = self._table.currentIndex()
        ground(painter, box, row, here=current.row() == index.row())
        if current == index:
            painter.fillRect(box, theme.color("chamBg"))
            edge = "focus" if self._table.hasFocus() else "chamLine"
            paint.frame(painter, box.adjusted(0, 0, 0, -1), 3, None, edge, 2.0 if self._table.hasFocus() else 1.0)
        words = shown(row, column)
        ink = "cham" if cell.ids else "ink" if cell.value else "ink3"
        side = Qt.AlignmentFlag.AlignLeft if kind_of(row, column) == "text" else Qt.AlignmentFlag.AlignRight
        inner = box.adjusted(GAP / 2, 0, -GAP, -1)
        paint.text(painter, inner, words, "strong" if row.kind == TOTAL else "body", ink, side)
        paint.hairline(painter, box.left(), box.right() + 1, box.bottom())
        painter.restore()


class FigureTable(QTableView):
    """One table of figures. ``opened`` carries the keys of row and column; ``moved``: another cell is current."""

    opened = Signal(str, str)
    moved = Signal()
    turned = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.figures = _Figures(self)
        self.setModel(self.figures)
        self.setItemDelegate(_Cells(self))
        self.setHorizontalHeader(_Heads(self))
        self.setVerticalHeader(_Names(self))
        self.setCornerWidget(QWidget())
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setCornerButtonEnabled(False)
        self.setStyleSheet(SHEET)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.selectionModel().currentChanged.connect(lambda _here, _before: self._moved())
        self.doubleClicked.connect(lambda _index: self._open())
        paint.name_it(self, "figures", say("reports.figures.name"))

    def show_grid(self, grid: Grid | None) -> None:
        """Show a table; in the same table the cell chosen stays chosen."""
        known, here = self.figures.grid, self.currentIndex()
        kept = (-1, -1)
        if known and grid and known.name == grid.name and here.isValid():
            row, column, _ = self.figures.place(here)
            rows, columns = [one.key for one in grid.rows], [one.key for one in grid.columns]
            if row.key in rows and column.key in columns:
                kept = rows.index(row.key), columns.index(column.key)
        self.figures.show_grid(grid)
        self._measure()
        if kept[0] >= 0:
            self.setCurrentIndex(self.figures.index(*kept))
        self.viewport().update()

    def label_width(self) -> int:
        """Return how wide the names of rows are."""
        grid = self.figures.grid
        if grid is None:
            return theme.px(LABEL_LEAST)
        spare = self.width() - sum(self._widths()) - 14
        return max(self._label_needs(), min(spare, round(self.width() * 0.6)))

    def _least(self, column: GridColumn) -> int:
        """Return the least width of a column: its longest word, its widest figure, its heading in three lines."""
        grid = self.figures.grid
        assert grid is not None
        words = max((paint.text_width(theme.font("label"), one) for one in column.heading.split()), default=0)
        font = theme.font("strong")
        values = max((paint.text_width(font, shown(row, column)) for row in grid.rows), default=0)
        wide = min(max(theme.px(LEAST), words + GAP + 4, values + 2 * GAP), theme.px(MOST))
        return _in_lines(column.heading, wide, LINES)

    def _widths(self) -> list[int]:
        """Return the widths of the columns; where there is room, headings take two lines and figures more air."""
        grid = self.figures.grid
        assert grid is not None
        least = [self._least(one) for one in grid.columns]
        better = [_in_lines(one.heading, wide, 2) for one, wide in zip(grid.columns, least, strict=True)]
        free = self.width() - self._label_needs() - 14
        if sum(better) > free:
            return least
        more = min(theme.px(AIR), (free - sum(better)) // max(1, len(better)))
        return [wide + more for wide in better]

    def _label_needs(self) -> int:
        """Return the width at which no name of a row is broken, within what names may take."""
        grid = self.figures.grid
        assert grid is not None
        font = theme.font("strong")
        needs = [paint.text_width(font, f"{one.number} {one.label}") + one.level * INDENT + 26 for one in grid.rows]
        return min(max([*needs, theme.px(LABEL_LEAST)]), max(theme.px(LABEL_LEAST), round(self.width() * LABEL)))

    def _measure(self) -> None:
        grid = self.figures.grid
        if grid is None:
            return
        names = self.verticalHeader()
        wide = self.label_width()
        names.setFixedWidth(wide)
        for at, column in enumerate(self._widths()):
            self.setColumnWidth(at, column)
        for at, row in enumerate(grid.rows):
            high = name_of(row, wide - 20 - row.level * INDENT).height
            self.setRowHeight(at, max(theme.px(30), round(high + 10)))
        self.updateGeometries()

    def _moved(self) -> None:
        self.viewport().update()
        self.verticalHeader().viewport().update()
        self.moved.emit()

    def current(self) -> tuple[GridRow, GridColumn, GridCell] | None:
        """Return row, column and cell the person stands on."""
        here = self.currentIndex()
        return self.figures.place(here) if here.isValid() else None

    def _open(self) -> None:
        found = self.current()
        if found is not None and found[0].kind != PART:
            self.opened.emit(found[0].key, found[1].key)

    def _stand(self) -> None:
        """Stand on the first figure, unless on one."""
        grid = self.figures.grid
        if grid and not self.currentIndex().isValid():
            at = next((at for at, row in enumerate(grid.rows) if row.kind != PART), -1)
            if at >= 0:
                self.setCurrentIndex(self.figures.index(at, 0))

    def copy(self) -> None:
        """Put the whole table on the clipboard, columns parted by tabs."""
        if self.figures.grid:
            clipboard.put(as_text(self.figures.grid))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Ctrl C copies, PgUp and PgDn go to another table."""
        pages = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}
        if event.key() in ENTER and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self._open()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif Qt.Key(event.key()) in pages and not event.modifiers():
            self.turned.emit(pages[Qt.Key(event.key())])
        elif event.modifiers() & Qt.KeyboardModifier.AltModifier:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Figures are not named by letters."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the figures and the line under the headings."""
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        paint.hairline(painter, 0, self.viewport().width(), 0, "line2")
        painter.end()

    def focusInEvent(self, event: Any) -> None:
        """Taking the focus needs a figure to stand on."""
        super().focusInEvent(event)
        self._stand()
        self.viewport().update()

    def focusOutEvent(self, event: Any) -> None:
        """Leaving takes the strong frame away."""
        super().focusOutEvent(event)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the names of rows what is left."""
        super().resizeEvent(event)
        self._measure()

    def changeEvent(self, event: QEvent) -> None:
        """Follow theme and text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "figures"):
            self._measure()


def as_text(grid: Grid) -> str:
    """Return a table as lines with tabs, for a sheet: whole numbers bare, shares and texts as they are written."""

    def written(row: GridRow, column: GridColumn) -> str:
        value = row.cell(column.key).value
        return str(value) if isinstance(value, int) and kind_of(row, column) == "number" else shown(row, column)

    lines = [[grid.label_heading, *(heading(one) for one in grid.columns)]]
    lines += [[f"{row.number} {row.label}".strip(), *(written(row, one) for one in grid.columns)] for row in grid.rows]
    return "\n".join("\t".join(line) for line in [[grid.title], *lines])
