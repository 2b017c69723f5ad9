"""What a cell of a quiet table shows, and how it is painted: text, matched letters, badges, state icons.

Rules. A cell is data (``Cell``); the delegate paints it and owns no widget. Rows have no zebra and no grid: a hairline
starts at the text, a chosen row is tinted, the row with the focus has a bar of three pixels at its left. Colour is
never alone: a state icon has a shape and its words are the cell's tip and accessible text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QTableView

from cbdesk import text
from cbdesk.words import say
from ui import icons, theme
from ui.parts import paint
from ui.parts.choice import badge_width, paint_badge, paint_box

PAD = 16
"""Room before the first and after the last column; hairlines start and end there."""
GAP = 14
"""Room after a column."""
Index = QModelIndex | QPersistentModelIndex
CELL_ROLE = Qt.ItemDataRole.UserRole + 1


class Mark(NamedTuple):
    """A state icon in a cell: icon, colour, its words."""

    icon: str
    ink: str
    words: str


class Chip(NamedTuple):
    """A badge in a cell: words, tone, icon."""

    words: str
    tone: str = "cham"
    icon: str = ""


class Cell(NamedTuple):
    """One cell. Badges stand before the text, marks at the right end; ``find`` lets matched letters be marked."""

    text: str = ""
    ink: str = "ink"
    role: str = "body"
    chips: tuple[Chip, ...] = ()
    marks: tuple[Mark, ...] = ()
    find: bool = False
    second: str = ""
    box: bool | None = None
    """A box to tick at the left, on or off."""

    def words(self) -> str:
        """Return the whole cell as text: what is copied, read aloud, and shown as a tip."""
        said = [chip.words for chip in self.chips] + [self.text, self.second] + [mark.words for mark in self.marks]
        return "; ".join(one for one in said if one)

    def heard(self) -> str:
        """Return the whole cell as a screen reader says it: with the state of its box."""
        state = "" if self.box is None else say("quality_page.ticked" if self.box else "quality_page.not_ticked")
        return "; ".join(one for one in (self.words(), state) if one)


def spans(shown: str, wanted: Sequence[str]) -> list[tuple[int, int]]:
    """Return the (start, end) places in ``shown`` whose folded letters begin a word as one of ``wanted`` does.

    ``wanted`` are folded words; y and i are one, as in the search itself. Overlaps are joined.
    """
    letters, places = [], []
    for at, letter in enumerate(shown):
        for folded in text.fold(letter).replace("y", "i") or (" " if letter.isspace() else ""):
            letters.append(folded)
            places.append(at)
    plain = "".join(letters)
    found: list[tuple[int, int]] = []
    for word in {one.replace("y", "i") for one in wanted if one}:
        at = plain.find(word)
        while at >= 0:
            if at == 0 or not plain[at - 1].isalnum():
                found.append((places[at], places[at + len(word) - 1] + 1))
            at = plain.find(word, at + 1)
    joined: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def paint_found(
    painter: QPainter, box: QRectF, shown: str, role: str, ink: str, places: Sequence[tuple[int, int]]
) -> None:
    """Paint one line with its matched letters on the marker's ground."""
    font = theme.font(role)
    metrics = QFontMetricsF(font)
    if metrics.horizontalAdvance(shown) > box.width() + 0.5:
        whole, shown = shown, metrics.elidedText(shown, Qt.TextElideMode.ElideRight, box.width())
        keep = len(shown) - 1 if shown != whole else len(shown)
        places = [(start, min(end, keep)) for start, end in places if start < keep]
    high = metrics.height() + 1
    wide = metrics.horizontalAdvance
    parts = [(wide(shown[:start]), wide(shown[:end])) for start, end in places]
    for left, right in parts:
        spot = QRectF(box.left() + left - 1.5, box.center().y() - high / 2, right - left + 3, high)
        paint.frame(painter, spot, 3, "hi", None)
    paint.text(painter, box, shown, role, ink)
    for left, right in parts:
        painter.save()
        painter.setClipRect(QRectF(box.left() + left, box.top() - 8, right - left, box.height() + 16))
        paint.text(painter, box, shown, role, "hiInk")
        painter.restore()


class CellDelegate(QStyledItemDelegate):
    """Paints cells. ``words`` are the folded words whose letters are marked, ``hovered`` the row under the pointer."""

    def __init__(self, view: QTableView) -> None:
        super().__init__(view)
        self._view = view
        self.words: tuple[str, ...] = ()
        self.hovered = -1

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the height of a row."""
        return QSize(40, theme.px(theme.ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint ground, hairline and content of one cell."""
        painter.save()
        paint.smooth(painter)
        rect: Any = option.rect  # type: ignore[attr-defined]
        box = QRectF(rect)
        first, last = self._edges(index.column())
        self._ground(painter, box, index, first=first, last=last)
        cell = index.data(CELL_ROLE)
        if isinstance(cell, Cell):
            inner = box.adjusted(PAD if first else 0, 0, -(PAD if last else GAP), -1)
            self._content(painter, inner, cell, right=bool(index.data(Qt.ItemDataRole.TextAlignmentRole)))
        painter.restore()

    def _edges(self, column: int) -> tuple[bool, bool]:
        header = self._view.horizontalHeader()
        shown = [at for at in range(header.count()) if not header.isSectionHidden(at)]
        return bool(shown) and column == shown[0], bool(shown) and column == shown[-1]

    def _ground(
        self, painter: QPainter, box: QRectF, index: Index, *, first: bool, last: bool
    ) -> None:
        model = self._view.selectionModel()
        chosen = model.isSelected(index)  # type: ignore[arg-type]
        current = model.currentIndex().row() == index.row()
        if chosen:
            painter.fillRect(box, theme.color("chamBg"))
        elif index.row() == self.hovered:
            painter.fillRect(box, theme.color("hover"))
        left = box.left() + (PAD if first else 0)
        paint.hairline(painter, left, box.right() - (PAD if last else 0), box.bottom() - 1)
        if first and current and (chosen or self._view.hasFocus()):
            ink = "cham" if self._view.hasFocus() else "chamLine"
            painter.fillRect(QRectF(box.left(), box.top(), 3, box.height()), theme.color(ink))

    def _content(self, painter: QPainter, box: QRectF, cell: Cell, *, right: bool) -> None:
        middle = box.center().y() + 0.5
        if cell.box is not None:
            paint_box(painter, QPointF(box.left(), round(middle - 9)), on=cell.box)
            box.setLeft(box.left() + 28)
        for mark in reversed(cell.marks):
            icons.paint(painter, mark.icon, QPointF(box.right() - 16, round(middle - 8)), mark.ink, 16)
            box.setRight(box.right() - 22)
        for chip in cell.chips:
            words, room = chip.words, box.width()
            if badge_width(words, icon=chip.icon) > room:
                inner = room - badge_width("", icon=chip.icon)
                words = QFontMetricsF(theme.font("smallMedium")).elidedText(words, Qt.TextElideMode.ElideRight, inner)
                if len(words) < 4:
                    break
            box.setLeft(paint_badge(painter, box.left(), middle, words, chip.tone, icon=chip.icon) + 8)
        if not cell.text or box.width() < 8:
            return
        if cell.find and self.words and (places := spans(cell.text, self.words)):
            paint_found(painter, box, cell.text, cell.role, cell.ink, places)
            return
        align = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        paint.text(painter, box, cell.text, cell.role, cell.ink, align)
