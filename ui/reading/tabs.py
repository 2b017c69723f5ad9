"""Tabs with counts: what becomes of the rows of a file, one kind at a time.

Rules. One widget in the order of Tab; ← → move, Home and End go to the ends. Icon, words and count differ together, so
that colour is never alone; the present tab is underlined and strong.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import icons, theme
from ui.parts import paint

PAD, BETWEEN, ICON = 16, 26, 24


class Tab(NamedTuple):
    """One tab: code, words, icon, colour."""

    code: str
    words: str
    icon: str
    ink: str


class Tabs(QWidget):
    """The row of tabs. ``changed`` carries the code of the tab chosen by a person."""

    changed = Signal(str)

    def __init__(self, tabs: Sequence[Tab], parent: QWidget | None = None, *, name: str = "tabs") -> None:
        super().__init__(parent)
        self._tabs, self._now = list(tabs), 0
        self._counts = dict.fromkeys((tab.code for tab in tabs), "0")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        paint.name_it(self, name)
        self._describe()

    def show_counts(self, counts: dict[str, str]) -> None:
        """Show how many rows stand under each tab."""
        self._counts |= counts
        self._describe()

    def value(self) -> str:
        """Return the code of the present tab."""
        return self._tabs[self._now].code

    def set_value(self, code: str) -> None:
        """Go to a tab without saying so."""
        self._now = next((at for at, tab in enumerate(self._tabs) if tab.code == code), self._now)
        self._describe()

    def _describe(self) -> None:
        tab = self._tabs[self._now]
        self.setAccessibleName(f"{tab.words}: {self._counts[tab.code]}")
        self.updateGeometry()
        self.update()

    def _choose(self, at: int) -> None:
        if 0 <= at < len(self._tabs) and at != self._now:
            self._now = at
            self._describe()
            self.changed.emit(self.value())

    # size

    def _boxes(self) -> list[QRectF]:
        """Return the box of each tab; where the room is short the icons go, then the gaps shrink."""
        strong, plain, lead = theme.font("strong"), theme.font("medium"), self._lead()
        wide = [
            lead + max(paint.text_width(strong, tab.words), paint.text_width(plain, tab.words)) + 8
            + paint.text_width(strong, self._counts[tab.code])
            for tab in self._tabs
        ]  # fmt: skip
        room = self.width() - 2 * PAD - sum(wide)
        gap = max(8.0, min(float(BETWEEN), room / max(1, len(wide) - 1)))
        left, boxes = float(PAD), []
        for one in wide:
            boxes.append(QRectF(left, 0, one, self.height()))
            left += one + gap
        return boxes

    def _lead(self) -> int:
        """Return the room of an icon before its words; none where the tabs would not fit with icons."""
        strong = theme.font("strong")
        words = sum(paint.text_width(strong, tab.words) + 8 + paint.text_width(strong, self._counts[tab.code])
                    for tab in self._tabs)  # fmt: skip
        whole = words + ICON * len(self._tabs) + 2 * PAD + 8 * (len(self._tabs) - 1)
        return ICON if whole <= self.width() else 0

    def sizeHint(self) -> QSize:
        """Return the height of a row of tabs."""
        return QSize(420, theme.px(40))

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(300, theme.px(40))

    # keys and pointer

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by arrows."""
        goals = {Qt.Key.Key_Left: self._now - 1, Qt.Key.Key_Right: self._now + 1, Qt.Key.Key_Home: 0,
                 Qt.Key.Key_End: len(self._tabs) - 1}  # fmt: skip
        if event.key() in goals and not event.modifiers():
            self._choose(goals[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click chooses."""
        boxes = self._boxes()
        self._choose(next((at for at, box in enumerate(boxes) if box.contains(event.position())), self._now))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take it away."""
        super().focusOutEvent(event)
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        """Follow theme and text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the line under all tabs, then the tabs."""
        painter = paint.smooth(QPainter(self))
        paint.hairline(painter, 0, self.width(), self.height() - 1)
        lead = self._lead()
        for at, (tab, box) in enumerate(zip(self._tabs, self._boxes(), strict=True)):
            now = at == self._now
            middle, empty = self.height() / 2, self._counts[tab.code] == "0"
            ink = "ink3" if empty else tab.ink
            if lead:
                icons.paint(painter, tab.icon, QPointF(box.left(), round(middle - 8)), ink, 16,
                            filled=tab.icon == "error_circle" and not empty)  # fmt: skip
            role = "strong" if now else "medium"
            words = QRectF(box.left() + lead, 0, paint.text_width(theme.font(role), tab.words) + 1, box.height())
            paint.text(painter, words, tab.words, role, "ink" if now else "ink2")
            count = QRectF(words.right() + 8, 0, box.right() - words.right(), box.height())
            paint.text(painter, count, self._counts[tab.code], "strong", ink)
            if now:
                painter.fillRect(QRectF(box.left(), self.height() - 2, box.width(), 2), theme.color("cham"))
                if self.hasFocus():
                    paint.frame(painter, box.adjusted(-6, 5, 6, -5), 5, None, "focus", 2.0)
        painter.end()
