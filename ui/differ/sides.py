"""The values two people wrote, beside one another: each in a box with its digit, who wrote it, where and when.

Rules. The value before stands first, quieter; letters that differ are marked. What is chosen differs by its mark, its
border and its ground, not by colour alone. Nothing is chosen until a person chooses.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from cbdesk import dates
from cbdesk.desk.conflicts import BASE, Conflict, Side, Writer
from cbdesk.words import say
from ui import icons, theme
from ui.compare.reading import Spans, differing
from ui.compare.wrapped import Wrapped
from ui.parts import paint

PAD, GAP, LINES, DETAILS = 12, 10, 3, 5


class Shown(NamedTuple):
    """One box: its code, digit, heading, value, what was done, by whom, and whether the record shows it now."""

    code: str
    digit: str
    head: str
    value: str
    details: tuple[str, ...]
    by: tuple[str, ...]
    now: bool
    sealed: bool
    marks: Spans = ()


def boxes(conflict: Conflict, *, sealed: bool) -> list[Shown]:
    """Return the boxes of a conflict, the value before first; ``sealed`` keeps values unseen."""
    found = []
    one, other = conflict.sides[0], conflict.sides[1]
    marks: tuple[Spans, Spans] = ((), ())
    if len(conflict.sides) == 2 and conflict.kind == "field" and not sealed:
        marks = differing(one.text, other.text)
    if conflict.base_by is not None:
        head, by = say("conflicts.page.base"), _who(conflict.base_by)
        found.append(Shown(BASE, "0", head, conflict.base_text, (), by, now=False, sealed=sealed))
    for at, side in enumerate(conflict.sides):
        said = marks[at] if at < 2 else ()
        found.append(_box(side, str(at + 1), sealed=sealed, marks=said))
    return found


def _box(side: Side, digit: str, *, sealed: bool, marks: Spans) -> Shown:
    own = any(one.own for one in side.writers)
    units = dict.fromkeys(one.unit for one in side.writers)
    head = say("conflicts.page.own") if own else ", ".join(units)
    details = () if sealed else side.details
    return Shown(side.code, digit, head, side.text, details, tuple(line for one in side.writers for line in _who(one)),
                 now=side.shown, sealed=sealed, marks=marks)  # fmt: skip


def _who(writer: Writer) -> tuple[str, str]:
    where = say("conflicts.page.machine", device=writer.device.upper()) if writer.device and not writer.own else ""
    return " · ".join(one for one in (writer.by, where) if one), dates.show_stamp(writer.at[:16])


class SideBox(QAbstractButton):
    """One value; chosen by its digit, the arrows, Space or a click."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shown = Shown("", "", "", "", (), (), now=False, sealed=False)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setProperty("ring", theme.RADIUS_CARD)
        self.setMinimumWidth(150)

    def show_side(self, shown: Shown) -> None:
        """Show a value."""
        self.shown = shown
        words = say("record.sensitive") if shown.sealed else shown.value or say("ui.empty")
        now = say("conflicts.page.now") if shown.now else ""
        told = ", ".join(one for one in (shown.head, words, *shown.details, *shown.by, now) if one)
        paint.name_it(self, f"side_{shown.code}", f"{shown.digit}: {told}")
        self.updateGeometry()
        self.update()

    def _parts(self, width: int) -> tuple[Wrapped, Wrapped, list[Wrapped], list[Wrapped]]:
        inner = width - 2 * PAD
        head = Wrapped(self.shown.head, "labelStrong", inner - 52, most=2)
        text = say("record.sensitive") if self.shown.sealed else self.shown.value or say("ui.empty")
        value = Wrapped(text, "medium", inner, self.shown.marks, most=LINES)
        details = [Wrapped(one, "note", inner, most=2) for one in self.shown.details[:DETAILS]]
        if (more := len(self.shown.details) - DETAILS) > 0:
            details.append(Wrapped(say("conflicts.page.more", n=more), "note", inner, most=1))
        return head, value, details, [Wrapped(one, "small", inner, most=2) for one in self.shown.by[:4]]

    def height_for(self, width: int) -> int:
        """Return the height its words need in a width."""
        head, value, details, by = self._parts(width)
        tail = theme.px(20) if self.shown.now else 0
        inside = max(head.height, theme.px(20)) + 8 + value.height + sum(one.height for one in details) + 8
        return int(inside + sum(one.height for one in by) + tail + 2 * PAD)

    def sizeHint(self) -> QSize:
        """Return the least room."""
        return QSize(170, self.height_for(max(self.width(), 170)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the box."""
        painter = paint.smooth(QPainter(self))
        on, box = self.isChecked(), QRectF(self.rect())
        before = self.shown.code == BASE
        ground = "chamBg" if on else "panel2" if before else "panel"
        paint.frame(painter, box, theme.RADIUS_CARD, ground, "cham" if on else "line2", 2.0 if on else 1.0)
        head, value, details, by = self._parts(self.width())
        left, top = float(PAD), float(PAD)
        self._mark(painter, on)
        head.draw(painter, left + 26, top + max(0.0, (theme.px(20) - head.height) / 2), "ink2")
        paint.caps(painter, box.right() - PAD - 18, top + theme.px(20) / 2, self.shown.digit)
        top += max(head.height, theme.px(20)) + 8
        if self.shown.sealed:
            icons.paint(painter, "lock_closed", QPointF(left, round(top + theme.line("medium") / 2 - 8)), "man", 16)
            value.draw(painter, left + 22, top, "man")
        else:
            value.draw(painter, left, top, "ink" if self.shown.value else "ink3")
        top += value.height
        for one in details:
            one.draw(painter, left, top, "ink2")
            top += one.height
        top += 8
        for one in by:
            one.draw(painter, left, top, "ink3")
            top += one.height
        if self.shown.now:
            words = QRectF(left, top, box.width() - 2 * PAD, theme.px(20))
            paint.text(painter, words, say("conflicts.page.now"), "small", "nghe")
        painter.end()

    def _mark(self, painter: QPainter, on: bool) -> None:
        middle = QPointF(PAD + 8, PAD + round(theme.px(20) / 2))
        painter.setPen(QPen(theme.color("cham" if on else "field"), 1.5))
        painter.setBrush(theme.color("panel"))
        painter.drawEllipse(middle, 6.75, 6.75)
        if on:
            paint.dot(painter, middle, 3.6, "cham")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space chooses; Enter is left to the page, which decides."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
        else:
            super().keyPressEvent(event)


class SideRow(QWidget):
    """The boxes of one conflict. ``chosen`` carries the code of a side (or ``base``)."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(GAP)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._group.buttonClicked.connect(lambda one: self.chosen.emit(one.shown.code))
        self.boxes: list[SideBox] = []

    def show_boxes(self, shown: Sequence[Shown]) -> None:
        """Show other values; nothing is chosen."""
        while len(self.boxes) > len(shown):
            gone = self.boxes.pop()
            self._group.removeButton(gone)
            gone.hide()
            gone.deleteLater()
        while len(self.boxes) < len(shown):
            made = SideBox(self)
            self._group.addButton(made)
            self._row.addWidget(made, 1)
            self.boxes.append(made)
        self.choose("")
        for box, one in zip(self.boxes, shown, strict=True):
            box.show_side(one)
        self._fit()

    def choose(self, code: str) -> None:
        """Show one as chosen, or none."""
        self._group.setExclusive(False)
        for box in self.boxes:
            box.setChecked(bool(code) and box.shown.code == code)
        self._group.setExclusive(True)

    def code_of(self, digit: str) -> str:
        """Return the code that a digit stands for, "" for none."""
        return next((one.shown.code for one in self.boxes if one.shown.digit == digit), "")

    def step(self, step: int) -> None:
        """Choose the next or previous one."""
        at = next((at for at, one in enumerate(self.boxes) if one.isChecked()), -1 if step > 0 else len(self.boxes))
        at = min(max(at + step, 0), len(self.boxes) - 1)
        if self.boxes:
            self.boxes[at].setFocus()
            self.chosen.emit(self.boxes[at].shown.code)

    def _fit(self) -> None:
        many = max(len(self.boxes), 1)
        wide = (self.width() - GAP * (many - 1)) // many
        self.setFixedHeight(max((one.height_for(wide) for one in self.boxes), default=0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """All boxes are as high as the highest needs."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "boxes"):
            self._fit()
