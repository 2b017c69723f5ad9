"""The list of rows a person answers: two lines a row, and the answers painted at its right end.

Rules. One answer is a button, several are a choice side by side with the one in force marked. Enter gives the first
answer, digits give each, a click gives the one under the pointer; what is chosen together is answered
together. What does not fit on one line takes two, and rows of two lines explain themselves without heads; a ``dense``
table has heads and one line a row, and its answers stand under it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from ui import icons, theme
from ui.lists.cells import PAD, Cell, CellDelegate, Index
from ui.lists.table import Column, QuietTable
from ui.parts import paint
from ui.reading.told import Answer

ROW_HIGH, BUTTON_HIGH, SIDE = 44, 30, 11
ANSWERS = "answers"
"""Name of the column of the answers."""
SPLIT = "\t"
"""In the second line of a cell: what follows stands out, as written in the file."""
_DIGITS = {getattr(Qt.Key, f"Key_{n}"): n for n in range(1, 4)}
Answers = Callable[[Any], Sequence[Answer]]


class RowTable(QuietTable):
    """Rows with answers. ``answered`` carries the rows and the code; ``now`` tells the code in force."""

    answered = Signal(list, str)

    def __init__(
        self, columns: Sequence[Column], ident: Callable[[Any], str], answers: Answers, now: Callable[[Any], str], *,
        label: str = "", name: str = "table", type_by: Callable[[Any], str] | None = None, dense: bool = False,
    ) -> None:  # fmt: skip
        self._dense = dense
        super().__init__(columns, ident, type_by=type_by, label=label, name=name)
        self.answers, self.now = answers, now
        if not dense:
            self._delegate = RowDelegate(self)
            self.setItemDelegate(self._delegate)
            self.horizontalHeader().hide()

    def _restyle(self) -> None:
        super()._restyle()
        if not self._dense:
            self.verticalHeader().setDefaultSectionSize(theme.px(ROW_HIGH))

    def boxes(self, cell: QRectF, row: Any) -> list[tuple[Answer, QRectF]]:
        """Return the answers painted in a cell with their boxes: all of a choice, else the first."""
        told = list(self.answers(row))
        if not self.now(row):
            told = told[:1]
        wide = [paint.text_width(theme.font("strong"), one.words) + 2 * SIDE for one in told]
        wide = [min(wide[0], int(cell.width()))] if len(wide) == 1 else wide
        high = float(theme.px(BUTTON_HIGH))
        left, top = cell.right() - sum(wide), round(cell.center().y() - high / 2)
        found = []
        for one, width in zip(told, wide, strict=True):
            found.append((one, QRectF(left, top, width, high)))
            left += width
        return found

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Answer by digit or Enter; the rest is the table's."""
        row, plain = self.current(), not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        told = self.answers(row) if row is not None else ()
        digit = _DIGITS.get(Qt.Key(event.key()), 0)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and told and not self.now(row):
            digit = told[0].digit
        code = next((one.code for one in told if one.digit == digit), "")
        if plain and code:
            self.answer(code)
        else:
            super().keyPressEvent(event)

    def answer(self, code: str) -> None:
        """Give an answer for the chosen rows that can be answered so."""
        chosen = self.chosen() or [row for row in (self.current(),) if row is not None]
        rows = [row for row in chosen if any(one.code == code for one in self.answers(row))]
        if rows:
            self.answered.emit(rows, code)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on an answer gives it."""
        super().mousePressEvent(event)
        index = self.indexAt(event.position().toPoint())
        if not index.isValid() or self.quiet.columns[index.column()].name != ANSWERS:
            return
        row = self.quiet.row(index.row())
        box = QRectF(self.visualRect(index)).adjusted(0, 0, -PAD, -1)
        code = next((one.code for one, inside in self.boxes(box, row) if inside.contains(event.position())), "")
        if code:
            self.answered.emit([row], code)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.viewport().update()


class RowDelegate(CellDelegate):
    """Paints two lines, and answers."""

    def __init__(self, view: RowTable) -> None:
        super().__init__(view)
        self._rows = view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        super().paint(painter, option, index)
        if self._rows.quiet.columns[index.column()].name != ANSWERS:
            return
        painter.save()
        paint.smooth(painter)
        rect: Any = option.rect  # type: ignore[attr-defined]
        row = self._rows.quiet.row(index.row())
        boxes = self._rows.boxes(QRectF(rect).adjusted(0, 0, -PAD, -1), row)
        now = self._rows.now(row)
        if now:
            self._choice(painter, boxes, now)
        for answer, box in boxes if not now else ():
            paint.frame(painter, box, theme.RADIUS_BUTTON, "panel", "line2")
            paint.text(painter, box.adjusted(6, 0, -6, 0), answer.words, "strong", "cham",
                       Qt.AlignmentFlag.AlignHCenter)  # fmt: skip
        painter.restore()

    def _choice(self, painter: QPainter, boxes: Sequence[tuple[Answer, QRectF]], now: str) -> None:
        whole = boxes[0][1].united(boxes[-1][1])
        paint.frame(painter, whole, theme.RADIUS_FIELD, "panel", "field")
        for answer, box in boxes:
            chosen = answer.code == now
            if chosen:
                paint.frame(painter, box.adjusted(3, 3, -3, -3), 4, "chamBg", "cham")
            paint.text(painter, box, answer.words, "strong" if chosen else "body", "cham" if chosen else "ink2",
                       Qt.AlignmentFlag.AlignHCenter)  # fmt: skip

    def _content(self, painter: QPainter, box: QRectF, cell: Cell, *, right: bool) -> None:
        for mark in cell.marks:
            icons.paint(painter, mark.icon, QPointF(box.left(), round(box.center().y() - 7.5)), mark.ink, 16,
                        filled=mark.icon == "error_circle")  # fmt: skip
            box = box.adjusted(22, 0, 0, 0)
        first, second = (cell.text, cell.second) if cell.second else _halves(cell.text, cell.role, box.width())
        if not second:
            super()._content(painter, box, cell._replace(marks=(), text=first), right=right)
            return
        line = theme.line(cell.role)
        top = box.center().y() - (line + theme.line("small")) / 2 + 1
        upper = QRectF(box.left(), top, box.width(), line)
        super()._content(painter, upper, cell._replace(marks=(), text=first), right=right)
        lower = QRectF(box.left(), upper.bottom() - 1, box.width(), theme.line("small"))
        self._second(painter, lower, second, cell, right=right)

    def _second(self, painter: QPainter, box: QRectF, words: str, cell: Cell, *, right: bool) -> None:
        label, stands_out, written = words.partition(SPLIT)
        if not cell.second:
            paint.text(painter, box, words, cell.role, cell.ink)
            return
        align = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        paint.text(painter, box, label, "small", "ink3", align)
        if stands_out:
            left = paint.text_width(theme.font("small"), label) + 8
            paint.text(painter, box.adjusted(left, 0, 0, 0), written, "smallStrong", "gach")


def _halves(words: str, role: str, wide: float) -> tuple[str, str]:
    """Part words into the line that fits and the rest."""
    font = theme.font(role)
    if paint.text_width(font, words) <= wide:
        return words, ""
    first = ""
    for word in words.split(" "):
        if paint.text_width(font, f"{first} {word}".strip()) > wide:
            break
        first = f"{first} {word}".strip()
    return (first, words[len(first) :].strip()) if first else (words, "")
