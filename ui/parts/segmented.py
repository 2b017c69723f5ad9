"""The segmented choice: two to four answers side by side, one of them.

Rules. Arrows move round and round, digits choose, Tab enters at the chosen answer and leaves. A choice carries the same
states as a field (``stop``, ``ask``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from ui import icons, theme
from ui.parts import paint
from ui.parts.choice import TONES

_ARROWS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}


class Option(NamedTuple):
    """One answer of a segmented choice: code, words, icon, tone (a badge tone)."""

    code: str
    words: str
    icon: str = ""
    tone: str = "cham"


class _Segment(QAbstractButton):
    """One answer inside a segmented choice."""

    def __init__(self, option: Option, parent: QWidget) -> None:
        super().__init__(parent)
        self.option = option
        self.setCheckable(True)
        self.setProperty("ring", 4)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        paint.name_it(self, f"segment_{option.code}", option.words)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave the arrows to the choice."""
        if event.key() in _ARROWS:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """Return the room words and icon need, for the strong weight."""
        wide = paint.text_width(theme.font("strong"), self.option.words) + 22
        return QSize(wide + (22 if self.option.icon else 0), theme.px(28))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the answer."""
        painter = paint.smooth(QPainter(self))
        face, _border, ink = TONES[self.option.tone]
        box, chosen = QRectF(self.rect()), self.isChecked()
        if chosen:
            paint.frame(painter, box, 4, face, ink)
        elif self.underMouse() and self.isEnabled():
            paint.frame(painter, box, 4, "hover", None)
        shade = ink if chosen else "ink2" if self.isEnabled() else "ink3"
        role = "strong" if chosen else "body"
        wide = paint.text_width(theme.font(role), self.option.words) + (22 if self.option.icon else 0)
        left = (box.width() - wide) / 2
        if self.option.icon:
            icons.paint(painter, self.option.icon, QPointF(left, round(box.height() / 2 - 8)), shade, 16)
            left += 22
        paint.text(painter, QRectF(left, 0, box.width(), box.height()), self.option.words, role, shade)
        painter.end()


class Segmented(QWidget):
    """An exclusive choice of two to four answers side by side. ``changed`` carries the code; digits 1 – 4 choose."""

    changed = Signal(str)

    def __init__(
        self, options: Sequence[Option], parent: QWidget | None = None, *, label: str = "", name: str = ""
    ) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._segments = [_Segment(option, self) for option in options]
        row = QHBoxLayout(self)
        row.setContentsMargins(3, 3, 3, 3)
        row.setSpacing(2)
        for segment in self._segments:
            self._group.addButton(segment)
            row.addWidget(segment)
        self.setFixedHeight(theme.px(theme.FIELD))
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self._group.buttonToggled.connect(lambda _button, _on: self._rove())
        self._rove()
        self._group.buttonClicked.connect(lambda button: self.changed.emit(button.option.code))
        paint.name_it(self, name, label)
        self.setProperty("state", "")

    def value(self) -> str | None:
        """Return the code chosen, or ``None``."""
        return next((s.option.code for s in self._segments if s.isChecked()), None)

    def set_value(self, code: str | None) -> None:
        """Choose without saying so; ``None`` or an unknown code leaves nothing chosen."""
        self._group.setExclusive(False)
        for segment in self._segments:
            segment.setChecked(segment.option.code == code)
        self._group.setExclusive(True)

    def offer(self, codes: Sequence[str]) -> None:
        """Show only these answers; the others cannot be chosen."""
        for segment in self._segments:
            segment.setVisible(segment.option.code in codes)
        self.updateGeometry()

    def say(self, code: str, words: str) -> None:
        """Change the words of an answer."""
        for segment in self._segments:
            if segment.option.code == code and segment.option.words != words:
                segment.option = segment.option._replace(words=words)
                segment.setAccessibleName(words)
                segment.updateGeometry()
                segment.update()

    def _rove(self) -> None:
        """Tab, from either side, stops at the chosen answer only, or at the first while none is chosen."""
        stop = next((s for s in self._segments if s.isChecked()), self._segments[0])
        for segment in self._segments:
            policy = Qt.FocusPolicy.StrongFocus if segment is stop else Qt.FocusPolicy.ClickFocus
            segment.setFocusPolicy(policy)

    def state(self, level: str) -> None:
        """Mark the choice as ``stop`` or ``ask`` (border), or clear the mark with an empty level."""
        self.setProperty("state", level)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose by digit, or by arrow round and round."""
        at, shown = event.key() - Qt.Key.Key_1, [one for one in self._segments if not one.isHidden()]
        if event.key() in _ARROWS:
            here = next((i for i, s in enumerate(shown) if s.hasFocus()), 0)
            at = (here + _ARROWS[event.key()]) % len(shown)
        if 0 <= at < len(shown) and shown[at].isEnabled():
            shown[at].setFocus(Qt.FocusReason.TabFocusReason)
            shown[at].click()
            return
        super().keyPressEvent(event)

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:  # type: ignore[override]
        """Give the focus to the chosen answer, else to the first."""
        chosen = [s for s in self._segments if s.isChecked()] or self._segments
        chosen[0].setFocus(reason)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        if event.type() == QEvent.Type.StyleChange:
            self.setFixedHeight(theme.px(theme.FIELD))
        super().changeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the common frame."""
        painter = paint.smooth(QPainter(self))
        level = self.property("state")
        border = {"stop": "gachMark", "ask": "ngheMark"}.get(level, "field" if self.isEnabled() else "line2")
        face = "panel" if self.isEnabled() else "sunk"
        paint.frame(painter, QRectF(self.rect()), theme.RADIUS_FIELD, face, border, 2.0 if level else 1.0)
        painter.end()
