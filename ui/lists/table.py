"""The quiet table: thousands of records, read and walked by keyboard, painted without a widget per row.

Rules. Columns are data (``Column``): a head, a width at 100 % and a function of the row. Rows are whatever the page
has; ``ident`` tells their record ids, by which the selection survives a reload. Tab leaves the table. Typing letters
goes to the next name that begins so, without accents. The order given is the order shown until a head is pressed.
The panel around the table shows rows, an empty state, or (after 400 ms) a skeleton.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QStackedLayout, QTableView, QVBoxLayout, QWidget

from cbdesk import text
from ui import clipboard, icons, theme
from ui.lists.cells import CELL_ROLE, GAP, PAD, Cell, CellDelegate, Index
from ui.parts import Skeleton, paint

TYPING_MS = 900


@dataclass(frozen=True)
class Column:
    """One column. ``sort`` makes a head one can press; ``note`` is said quietly beside the head while it sorts."""

    name: str
    head: str
    width: int
    cell: Callable[[Any], Cell]
    right: bool = False
    stretch: bool = False
    sort: Callable[[Any], Any] | None = None
    note: str = ""
    fixed: bool = False
    """A fixed column cannot be hidden by the person."""


class QuietModel(QAbstractTableModel):
    """Rows and columns of a quiet table; cells are made when they are painted."""

    def __init__(self, columns: Sequence[Column], ident: Callable[[Any], str], parent: QWidget) -> None:
        super().__init__(parent)
        self.columns = list(columns)
        self.ident = ident
        self.natural = -1
        self._given: list[Any] = []
        self._rows: list[Any] = []
        self.order: tuple[int, bool] | None = None

    def set_rows(self, rows: Sequence[Any]) -> None:
        """Show these rows; the order given stays unless a head was pressed."""
        self.beginResetModel()
        self._given = list(rows)
        self._sort()
        self.endResetModel()

    def rows(self) -> list[Any]:
        """Return the rows in the order shown."""
        return self._rows

    def row(self, at: int) -> Any | None:
        """Return the row at a place, or ``None``."""
        return self._rows[at] if 0 <= at < len(self._rows) else None

    def place(self, ident: str) -> int:
        """Return the place of a record, or -1."""
        return next((at for at, row in enumerate(self._rows) if self.ident(row) == ident), -1)

    def sort_by(self, column: int | None, *, down: bool = False) -> None:
        """Sort by a column, or return to the order given with ``None``."""
        self.beginResetModel()
        self.order = None if column is None else (column, down)
        self._sort()
        self.endResetModel()

    def _sort(self) -> None:
        self._rows = self._given
        if self.order is None:
            return
        column, down = self.order
        if column == self.natural:
            self._rows = self._given[::-1] if down else self._given
        elif (key := self.columns[column].sort) is not None:
            self._rows = sorted(self._given, key=key, reverse=down)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many rows there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the cell, its words, or its alignment."""
        if not index.isValid():
            return None
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignRight) if column.right else None
        if role == CELL_ROLE:
            return column.cell(self._rows[index.row()])
        if role == Qt.ItemDataRole.DisplayRole:
            return column.cell(self._rows[index.row()]).words()
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return column.cell(self._rows[index.row()]).heard()
        if role == Qt.ItemDataRole.ToolTipRole:
            cell = column.cell(self._rows[index.row()])
            return cell.words() if cell.marks or cell.chips else None
        return None

    def headerData(self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the words of a head."""
        if way == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].head
        return None


class _Head(QHeaderView):
    """The heads: painted by us, with the arrow and the note of the order in force."""

    def __init__(self, view: QuietTable) -> None:
        super().__init__(Qt.Orientation.Horizontal, view)
        self._table = view
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumSectionSize(24)

    def sizeHint(self) -> QSize:
        """Return the height of the heads."""
        return QSize(super().sizeHint().width(), theme.px(theme.HEAD))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line under all heads, then the heads."""
        painter = QPainter(self.viewport())
        paint.hairline(painter, 0, self.viewport().width(), self.viewport().height() - 1, "line2")
        painter.end()
        super().paintEvent(event)

    def paintSection(self, painter: QPainter, rect: Any, section: int) -> None:
        """Paint one head."""
        painter.save()
        paint.smooth(painter)
        box = QRectF(rect)
        paint.hairline(painter, box.left(), box.right(), box.bottom() - 1, "line2")
        column = self._table.quiet.columns[section]
        first, last = self._table.edges()
        inner = box.adjusted(PAD if section == first else 0, 0, -(PAD if section == last else GAP), -1)
        sorted_here, down = self._table.sorted_by(section)
        align = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
        paint.text(painter, inner, column.head, "labelStrong", "ink" if sorted_here else "ink2", align)
        if sorted_here:
            left = inner.left() + paint.text_width(theme.font("labelStrong"), column.head) + 5
            if column.right:
                left = inner.right() - paint.text_width(theme.font("labelStrong"), column.head) - 19
            arrow = "arrow_down" if down else "arrow_up"
            icons.paint(painter, arrow, QPointF(left, round(inner.center().y() - 8)), "cham", 16)
            room = QRectF(left + 19, inner.top(), inner.right() - left - 19, inner.height())
            if column.note and paint.text_width(theme.font("small"), column.note) <= room.width():
                paint.text(painter, room, column.note, "small", "ink3")
        painter.restore()


class QuietTable(QTableView):
    """The table itself. ``natural`` is the column the order given stands for (the name)."""

    opened = Signal(object)
    """A row was opened (Enter, double click)."""
    looked = Signal(object)
    """Space was pressed on a row: quick look."""
    moved = Signal(object)
    """Another row is the current one (or ``None``)."""
    up = Signal()
    """Arrow up on the first row: leave for what stands above."""

    def __init__(
        self, columns: Sequence[Column], ident: Callable[[Any], str], parent: QWidget | None = None, *,
        natural: str = "", type_by: Callable[[Any], str] | None = None, label: str = "", name: str = "table",
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.quiet = QuietModel(columns, ident, self)
        self.quiet.natural = next((at for at, one in enumerate(columns) if one.name == natural), -1)
        self._type_by, self._typed = type_by, ""
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self._end_typing)
        self._delegate = CellDelegate(self)
        self._current = ""
        self.setModel(self.quiet)
        self.setItemDelegate(self._delegate)
        self._set_up()
        self.selectionModel().currentRowChanged.connect(self._moved)
        self.doubleClicked.connect(lambda index: self.opened.emit(self.quiet.row(index.row())))
        paint.name_it(self, name, label)
        self._restyle()

    def _set_up(self) -> None:
        self._head = _Head(self)
        self.setHorizontalHeader(self._head)
        self._head.sectionClicked.connect(self._pressed)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setShowGrid(False)
        self.setStyleSheet("QTableView, QHeaderView { background: transparent; }")  # the panel behind has round corners
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setMouseTracking(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for at, column in enumerate(self.quiet.columns):
            way = QHeaderView.ResizeMode.Stretch if column.stretch else QHeaderView.ResizeMode.Fixed
            self._head.setSectionResizeMode(at, way)

    # rows

    def set_rows(self, rows: Sequence[Any]) -> None:
        """Show rows; the record chosen stays chosen, or one near it, and the focus stays where it is."""
        kept, place, top = self._current, self.currentIndex().row(), self.rowAt(0)
        several = [self.quiet.ident(row) for row in self.chosen()]
        self.selectionModel().blockSignals(True)
        self.quiet.set_rows(rows)
        self.selectionModel().blockSignals(False)
        at = self.quiet.place(kept) if kept else -1
        if at < 0 and place >= 0:
            at = min(place, len(rows) - 1)
        if 0 <= top < len(rows):
            self.scrollTo(self.quiet.index(top, 0), QAbstractItemView.ScrollHint.PositionAtTop)
        self._choose(at)
        if at >= 0 and len(several) > 1:
            self._choose_also(several)

    def _choose_also(self, idents: Sequence[str]) -> None:
        """Choose more rows beside the current one."""
        chosen = QItemSelection()
        for at in (self.quiet.place(one) for one in idents):
            if at >= 0:
                chosen.select(self.quiet.index(at, 0), self.quiet.index(at, 0))
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().select(chosen, flags)

    def rows(self) -> list[Any]:
        """Return the rows in the order shown."""
        return self.quiet.rows()

    def current(self) -> Any | None:
        """Return the current row, or ``None``."""
        return self.quiet.row(self.currentIndex().row())

    def chosen(self) -> list[Any]:
        """Return the chosen rows, from top to bottom."""
        places = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [row for at in places if (row := self.quiet.row(at)) is not None]

    def choose(self, ident: str) -> bool:
        """Make a record the current one; ``False`` when it is not shown."""
        at = self.quiet.place(ident)
        self._choose(at)
        return at >= 0

    def choose_first(self) -> None:
        """Make the first row the current one, unless one is."""
        if not self.currentIndex().isValid() and self.quiet.rowCount():
            self._choose(0)

    def _choose(self, at: int) -> None:
        if 0 <= at < self.quiet.rowCount():
            self._current = self.quiet.ident(self.quiet.row(at))
            index = self.quiet.index(at, max(0, self.edges()[0]))
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.selectionModel().setCurrentIndex(index, flags)
            self.scrollTo(index)
            self.moved.emit(self.quiet.row(at))
        else:
            self._current = ""
            self.selectionModel().clear()
            self.moved.emit(None)
        self.viewport().update()

    def _moved(self, current: QModelIndex, _old: QModelIndex) -> None:
        row = self.quiet.row(current.row())
        ident = self.quiet.ident(row) if row is not None else ""
        if ident != self._current:
            self._current = ident
            self.moved.emit(row)

    # columns and order

    def show_words(self, query: str) -> None:
        """Mark the letters that match a query."""
        self._delegate.words = tuple(text.fold(query).split())
        self.viewport().update()

    def edges(self) -> tuple[int, int]:
        """Return the first and the last column shown (-1 when none is)."""
        shown = [at for at in range(len(self.quiet.columns)) if not self.isColumnHidden(at)]
        return (shown[0], shown[-1]) if shown else (-1, -1)

    def show_columns(self, names: Sequence[str]) -> None:
        """Show only these columns and the fixed ones; an empty list shows all."""
        for at, column in enumerate(self.quiet.columns):
            self.setColumnHidden(at, bool(names) and not column.fixed and column.name not in names)
        self._restyle()

    def shown_columns(self) -> list[str]:
        """Return the names of the columns shown."""
        return [one.name for at, one in enumerate(self.quiet.columns) if not self.isColumnHidden(at)]

    def sorted_by(self, section: int) -> tuple[bool, bool]:
        """Return whether this column gives the order, and whether it runs down."""
        if self.quiet.order is None:
            return section == self.quiet.natural, False
        return self.quiet.order[0] == section, self.quiet.order[1]

    def sort_by(self, name: str, *, down: bool = False) -> None:
        """Sort by a column by name; the natural one returns to the order given."""
        at = next((at for at, one in enumerate(self.quiet.columns) if one.name == name), -1)
        kept = self._current
        self.selectionModel().blockSignals(True)
        self.quiet.sort_by(None if at in (-1, self.quiet.natural) and not down else at, down=down)
        self.selectionModel().blockSignals(False)
        self._choose(self.quiet.place(kept) if kept else -1)
        self._head.viewport().update()

    def _pressed(self, section: int) -> None:
        column = self.quiet.columns[section]
        if column.sort is not None:
            here, down = self.sorted_by(section)
            self.sort_by(column.name, down=here and not down)

    def _restyle(self) -> None:
        self.verticalHeader().setDefaultSectionSize(theme.px(theme.ROW))
        self._head.setFixedHeight(theme.px(theme.HEAD))
        first, last = self.edges()
        for at, column in enumerate(self.quiet.columns):
            if not column.stretch:
                more = (PAD if at == first else 0) + (PAD - GAP if at == last else 0)
                self._head.resizeSection(at, theme.px(column.width) + more)

    # keys and pointer

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Space looks, Home and End go to the ends, letters go to a name, Ctrl C copies."""
        key, plain = event.key(), not event.modifiers() & ~(
            Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)  # fmt: skip
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            if (row := self.current()) is not None:
                self.opened.emit(row)
        elif key == Qt.Key.Key_Space and not self._typed and plain:
            if (row := self.current()) is not None:
                self.looked.emit(row)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._to_end(last=key == Qt.Key.Key_End, grow=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif key == Qt.Key.Key_Up and self.currentIndex().row() <= 0 and not event.modifiers():
            self.up.emit()
        elif plain and event.text().isprintable() and event.text() and self._type_by is not None:
            self._type(event.text())
        else:
            super().keyPressEvent(event)

    def _to_end(self, *, last: bool, grow: bool) -> None:
        count = self.quiet.rowCount()
        if not count:
            return
        goal = count - 1 if last else 0
        if not grow:
            self._choose(goal)
            return
        here = max(0, self.currentIndex().row())
        low, high = sorted((here, goal))
        chosen = QItemSelection(self.quiet.index(low, 0), self.quiet.index(high, 0))
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().select(chosen, flags)
        self.selectionModel().setCurrentIndex(
            self.quiet.index(goal, 0), QItemSelectionModel.SelectionFlag.NoUpdate
        )

    def keyboardSearch(self, search: str) -> None:
        """Letters are ours (``keyPressEvent``): Qt's own search knows no accents."""

    def _type(self, letters: str) -> None:
        self._typed += letters
        self._typing.start()
        wanted = text.fold(self._typed).replace("y", "i")
        count, here = self.quiet.rowCount(), max(0, self.currentIndex().row())
        start = here if len(self._typed) > 1 else here + 1
        for step in range(count):
            at = (start + step) % count
            if self._begins(at, wanted):
                self._choose(at)
                return

    def _begins(self, at: int, wanted: str) -> bool:
        assert self._type_by is not None
        name = text.fold(self._type_by(self.quiet.row(at))).replace("y", "i")
        return name.startswith(wanted) or name.rpartition(" ")[2].startswith(wanted)

    def _end_typing(self) -> None:
        self._typed = ""

    def copy(self) -> None:
        """Put the chosen rows on the clipboard, columns parted by tabs."""
        shown = [at for at in range(len(self.quiet.columns)) if not self.isColumnHidden(at)]
        lines = ["\t".join(self.quiet.columns[at].cell(row).words() for at in shown) for row in self.chosen()]
        if lines:
            clipboard.put("\n".join(lines))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tint the row under the pointer."""
        self._hover(self.rowAt(int(event.position().y())))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """No row is under the pointer."""
        self._hover(-1)
        super().leaveEvent(event)

    def _hover(self, row: int) -> None:
        if row != self._delegate.hovered:
            self._delegate.hovered = row
            self.viewport().update()

    def focusInEvent(self, event: Any) -> None:
        """Taking the focus needs a row to stand on."""
        super().focusInEvent(event)
        self.choose_first()
        self.viewport().update()

    def focusOutEvent(self, event: Any) -> None:
        """Leaving takes the strong bar away."""
        super().focusOutEvent(event)
        self.viewport().update()

    def changeEvent(self, event: QEvent) -> None:
        """Follow theme and text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_head"):
            self._restyle()


class TablePanel(QWidget):
    """A card around a table: rows, an empty state, or a skeleton while rows are on their way."""

    def __init__(self, table: QuietTable, parent: QWidget | None = None, *, plain: bool = False) -> None:
        super().__init__(parent)
        self.table, self._plain = table, plain
        room = QVBoxLayout(self)
        room.setContentsMargins(*((0, 0, 0, 0) if plain else (1, 1, 1, 5)))
        self._layers = QStackedLayout()
        room.addLayout(self._layers)
        self._layers.addWidget(table)
        waiting = QWidget()
        column = QVBoxLayout(waiting)
        column.setContentsMargins(PAD, theme.px(theme.HEAD) + 4, PAD, 8)
        self._skeleton = Skeleton(rows=8)
        column.addWidget(self._skeleton)
        column.addStretch(1)
        self._layers.addWidget(waiting)
        self._waiting = waiting

    def load(self) -> None:
        """Rows are on their way: after 400 ms show that."""
        if not self.table.rows():
            self._layers.setCurrentWidget(self._waiting)
            self._skeleton.begin()

    def show_rows(self) -> None:
        """Show the rows."""
        self._skeleton.end()
        self._layers.setCurrentWidget(self.table)

    def show_empty(self, empty: QWidget) -> None:
        """Show an empty state in the place of the rows."""
        self._skeleton.end()
        if self._layers.indexOf(empty) < 0:
            self._layers.addWidget(empty)
        self._layers.setCurrentWidget(empty)

    def shows(self) -> QWidget:
        """Return what is shown: the table, the empty state, or the waiting layer."""
        return self._layers.currentWidget()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the corners clean."""
        super().resizeEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the panel, unless the table stands on a card of its own."""
        if self._plain:
            return
        painter = paint.smooth(QPainter(self))
        paint.frame(painter, QRectF(self.rect()), theme.RADIUS_CARD, "panel", "line")
        painter.end()
