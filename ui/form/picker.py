"""The list under a field: rows that match what is typed, without accents, with the matched letters marked.

Rules. The list is a layer of the window and never takes the focus, so that typing programs are not disturbed; the field
moves in it (↑ ↓ PgUp PgDn), Enter takes, Esc closes. Matching folds accents, đ, y and i; what begins with the typed
letters stands first, frequent rows stand first while nothing is typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QVBoxLayout, QWidget

from cbdesk import text
from ui import icons, theme
from ui.parts import paint

MOST = 9
Index = QModelIndex | QPersistentModelIndex


class Pick(NamedTuple):
    """One row: key, words, quiet facts, note at the right end, depth, whether it makes something new."""

    key: str
    words: str
    facts: str = ""
    note: str = ""
    depth: int = 0
    new: bool = False
    first: bool = False
    icon: str = ""


def matching(rows: Iterable[Pick], query: str) -> list[Pick]:
    """Return the rows that fit: all words of the query begin words of the row, or the query stands inside it.

    Best first: rows that begin with it, then frequent ones, then groups before what stands inside other groups.
    """
    rows = list(rows)
    forms = [form for form in text.search_forms(query) if form]
    if not forms:
        return [row for row in rows if row.first] + [row for row in rows if not row.first]
    ranked = []
    for place, row in enumerate(rows):
        folded = text.fold(f"{row.words} {row.facts}")
        rank = min(_rank(folded, form) for form in forms)
        if rank < 9:
            ranked.append((rank, not row.first, row.depth, place, row))
    return [row for *_, row in sorted(ranked, key=lambda one: one[:4])]


def _rank(folded: str, form: str) -> int:
    if folded.startswith(form):
        return 0
    words = folded.split()
    if all(any(word.startswith(part) for word in words) for part in form.split()):
        return 1
    return 2 if len(form) > 1 and form in folded else 9


class _Model(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.rows: Sequence[Pick] = ()

    def show(self, rows: Sequence[Pick]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if index.isValid() and role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            row = self.rows[index.row()]
            return " ".join(part for part in (row.words, row.facts, row.note) if part)
        return None


class _Delegate(QStyledItemDelegate):
    """Paints a row: words with the matched letters marked, facts, note."""

    def __init__(self, parent: QObject, model: _Model) -> None:
        super().__init__(parent)
        self._model = model
        self.query = ""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(200, theme.px(theme.ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = self._model.rows[index.row()]
        box = QRectF(option.rect)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        paint.smooth(painter)
        if chosen:
            painter.fillRect(box, theme.color("chamBg"))
            painter.fillRect(QRectF(box.left(), box.top(), 3, box.height()), theme.color("cham"))
        left, right = box.left() + 12 + 16 * row.depth, box.right() - 12
        mark = "add" if row.new else row.icon
        if mark:
            icons.paint(painter, mark, QRectF(left - 2, box.center().y() - 7.5, 0, 0).topLeft(), "cham", 16)
            left += 22
        if row.note:
            wide = paint.text_width(theme.font("small"), row.note)
            paint.text(painter, QRectF(right - wide, box.top(), wide + 1, box.height()), row.note, "small", "ink3")
            right -= wide + 12
        role = "medium" if row.new or row.facts else "body"
        wide = min(paint.text_width(theme.font(role), row.words) + 1, right - left)
        self._mark(painter, QRectF(left, box.top(), wide, box.height()), row.words, role)
        ink = "cham" if row.new else "ink"
        paint.text(painter, QRectF(left, box.top(), wide, box.height()), row.words, role, ink)
        if row.facts and left + wide + 10 < right:
            paint.text(painter, QRectF(left + wide + 10, box.top(), right - left - wide - 10, box.height()), row.facts,
                       "note", "ink2")  # fmt: skip

    def _mark(self, painter: QPainter, box: QRectF, words: str, role: str) -> None:
        folded = text.fold(words)
        if not self.query or len(folded) != len(words):
            return
        font = theme.font(role)
        for part in self.query.split():
            at = folded.find(part)
            if at < 0:
                continue
            left = box.left() + paint.text_width(font, words[:at]) if at else box.left()
            wide = paint.text_width(font, words[at : at + len(part)])
            painter.fillRect(QRectF(left, box.center().y() - 9, wide, 19), theme.color("hi"))


class Picker(QFrame):
    """The list. ``anchor`` is the field it hangs under."""

    taken = Signal(object)

    def __init__(self, anchor: QWidget, *, name: str = "picker") -> None:
        super().__init__(anchor.window())
        self._anchor = anchor
        self._model = _Model(self)
        self._view = QListView(self)
        self._view.setModel(self._model)
        self._delegate = _Delegate(self, self._model)
        self._view.setItemDelegate(self._delegate)
        self._view.setUniformItemSizes(True)
        self._view.setMouseTracking(True)
        self._view.setProperty("popup", True)
        self._view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for widget in (self, self._view):
            widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._view)
        self._view.clicked.connect(lambda index: self.taken.emit(self._model.rows[index.row()]))
        self._view.entered.connect(self._view.setCurrentIndex)
        paint.name_it(self, name)
        self.hide()

    def offer(self, rows: Sequence[Pick], query: str = "", *, first: bool = True) -> None:
        """Show rows; ``first`` chooses the first one. Nothing to offer closes the list."""
        self._delegate.query = text.fold(query)
        self._model.show(rows)
        if not rows or not self._anchor.isVisible():
            self.hide()
            return
        self._choose(0 if first else -1)
        self._place(len(rows))
        self.show()
        self.raise_()

    def rows(self) -> Sequence[Pick]:
        """Return the rows offered."""
        return self._model.rows

    def current(self) -> Pick | None:
        """Return the chosen row."""
        index = self._view.currentIndex()
        return self._model.rows[index.row()] if index.isValid() and self.isVisible() else None

    def go(self, step: int) -> None:
        """Move the choice by some rows, stopping at the ends."""
        now = self._view.currentIndex()
        start = now.row() if now.isValid() else (-1 if step > 0 else len(self._model.rows))
        self._choose(max(0, min(len(self._model.rows) - 1, start + step)))

    def _choose(self, row: int) -> None:
        self._view.setCurrentIndex(self._model.index(row, 0) if row >= 0 else QModelIndex())

    def _place(self, count: int) -> None:
        window = self._anchor.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        tall = theme.px(theme.ROW)
        high = min(count, MOST) * tall + 12
        least = max(self._anchor.width(), theme.px(260))
        wide = min(max(least, self._natural()), window.width() - 12)
        at = self._anchor.mapTo(window, QPoint(0, self._anchor.height() + 2))
        below, above = window.height() - at.y() - 4, at.y() - self._anchor.height() - 8
        if high > below and above > below:
            high = min(high, above)
            top = at.y() - self._anchor.height() - high - 4
        else:
            high, top = min(high, max(below, tall * 2)), at.y()
        self.setGeometry(max(4, min(at.x(), window.width() - wide - 4)), top, wide, high)

    def _natural(self) -> int:
        font, small = theme.font("medium"), theme.font("note")
        return 56 + max(
            paint.text_width(font, row.words) + 16 * row.depth + 22 * bool(row.new or row.icon)
            + (paint.text_width(small, row.facts) + 12 if row.facts else 0)
            + (paint.text_width(small, row.note) + 12 if row.note else 0)
            for row in self._model.rows
        )  # fmt: skip

    def changeEvent(self, event: QEvent) -> None:
        """A change of theme closes the list."""
        if event.type() == QEvent.Type.StyleChange:
            self.update()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground; the view paints the rest."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("panel"))
        painter.end()
        super().paintEvent(event)
