"""Small choices: badge, filter chip, check box, radio button.

Rules. Colour is never the only signal: a badge and a chip carry a word, and an icon where the state has a shape.
Delete on a focused chip clears it. A badge is never clickable.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QRadioButton,
    QSizePolicy,
    QWidget,
)

from ui import icons, theme
from ui.parts import paint

TONES = {
    "neutral": ("sunk", "line2", "ink2"),
    "cham": ("chamBg", "chamLine", "cham"),
    "ngoc": ("ngocBg", "ngocLine", "ngoc"),
    "nghe": ("ngheBg", "ngheLine", "nghe"),
    "gach": ("gachBg", "gachLine", "gach"),
    "man": ("manBg", "manLine", "man"),
}
#: the shape of each damage degree, empty, half and filled ring
DEGREES = {"low": "circle", "medium": "circle_half_fill", "high": "error_circle"}


def badge_width(words: str, *, icon: str = "") -> int:
    """Return the width a badge needs; for delegates that paint badges in cells."""
    return paint.text_width(theme.font("smallMedium"), words) + 14 + (20 if icon else 0)


def paint_badge(
    painter: QPainter, left: float, middle: float, words: str, tone: str = "neutral", *, icon: str = ""
) -> float:
    """Paint a badge and return its right edge; for the badge itself and for delegates."""
    face, border, ink = TONES[tone]
    height, width = theme.px(theme.BADGE), badge_width(words, icon=icon)
    box = QRectF(left, round(middle - height / 2), width, height)
    paint.frame(painter, box, 5, face, border)
    inner = left + 7
    if icon:
        icons.paint(painter, icon, QPointF(inner - 2, round(middle - 8)), ink, 16)
        inner += 18
    paint.text(painter, QRectF(inner, box.top(), width, height), words, "smallMedium", ink)
    return left + width


class Badge(QWidget):
    """A word on a tinted ground: neutral, cham, ngoc, nghe, gach or man."""

    def __init__(
        self, words: str, tone: str = "neutral", parent: QWidget | None = None, *, icon: str = "", name: str = ""
    ) -> None:
        super().__init__(parent)
        self._words, self._tone, self._icon = words, tone, icon
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        paint.name_it(self, name, words)

    def say(self, words: str, tone: str | None = None, icon: str | None = None) -> None:
        """Change words, tone or icon."""
        self._words, self._tone = words, tone or self._tone
        self._icon = self._icon if icon is None else icon
        self.setAccessibleName(words)
        self.updateGeometry()
        self.update()

    def words(self) -> str:
        """Return the words on the badge."""
        return self._words

    def sizeHint(self) -> QSize:
        """Return the room the words need."""
        return QSize(badge_width(self._words, icon=self._icon), theme.px(theme.BADGE))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()
        super().changeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the badge."""
        painter = paint.smooth(QPainter(self))
        paint_badge(painter, 0, self.height() / 2, self._words, self._tone, icon=self._icon)
        painter.end()


class FilterChip(QAbstractButton):
    """One filter. Off it shows its label and a chevron; with a value it is tinted and has a ×. ``toggle`` is on or off.

    ``clicked`` asks the page for a menu (or flips a toggle); ``cleared`` says that the value was taken away.
    """

    cleared = Signal()

    def __init__(
        self, label: str, parent: QWidget | None = None, *, icon: str = "", toggle: bool = False, name: str = ""
    ) -> None:
        super().__init__(parent)
        self._label, self._value, self._icon, self._toggle = label, "", icon, toggle
        self.setCheckable(toggle)
        self.setProperty("ring", theme.CHIP // 2)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        paint.name_it(self, name, label)

    def set_value(self, value: str) -> None:
        """Show the value in force; an empty one shows the chip as off."""
        self._value = value
        self.setAccessibleName(f"{self._label} {value}".strip())
        self.updateGeometry()
        self.update()

    def value(self) -> str:
        """Return the value shown."""
        return self._value

    def clear(self) -> None:
        """Take the value away and say so."""
        if self._toggle and self.isChecked():
            self.setChecked(False)
            self.cleared.emit()
        elif self._value:
            self.set_value("")
            self.cleared.emit()

    def _on(self) -> bool:
        return bool(self._value) or self.isChecked()

    def _cross(self) -> QRectF:
        return QRectF(self.width() - 30, 0, 30, self.height())

    def sizeHint(self) -> QSize:
        """Return the room label, value and mark need."""
        wide = paint.text_width(theme.font("note"), self._label) + 22
        if self._icon:
            wide += 22
        if self._value:
            wide += paint.text_width(theme.font("labelStrong"), self._value) + 6
        return QSize(wide + (0 if self._toggle else 20), theme.px(theme.CHIP))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete clears; Enter presses."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self._on():
            self.clear()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A press on the cross clears, elsewhere it asks."""
        if self._value and self._cross().contains(event.position()):
            self.setDown(False)
            self.clear()
            return
        super().mouseReleaseEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the chip."""
        painter = paint.smooth(QPainter(self))
        on, box = self._on(), QRectF(self.rect())
        face = "chamBg" if on else "hover" if self.underMouse() or self.isDown() else "panel"
        paint.frame(painter, box, box.height() / 2, face, "chamLine" if on else "line2")
        ink, left, middle = ("cham" if on else "ink2"), 11.0, box.height() / 2
        if self._icon:
            icons.paint(painter, self._icon, QPointF(left - 1, round(middle - 8)), ink, 16)
            left += 22
        wide = paint.text_width(theme.font("note"), self._label)
        paint.text(painter, QRectF(left, 0, wide, box.height()), self._label, "note", ink)
        left += wide + 6
        if self._value:
            paint.text(painter, QRectF(left, 0, box.width(), box.height()), self._value, "labelStrong", ink)
        if not self._toggle:
            mark = "dismiss" if self._value else "chevron_down"
            icons.paint(painter, mark, QPointF(box.width() - 25, round(middle - 8)), ink, 16)
        painter.end()


def paint_box(painter: QPainter, at: QPointF, *, on: bool, enabled: bool = True, tone: str = "cham") -> None:
    """Paint an 18-pixel check box with its upper left corner at ``at``; also for delegates."""
    box = QRectF(at.x(), at.y(), 18, 18)
    if not enabled:
        paint.frame(painter, box, 4, "sunk", "line2", 1.5)
    elif on:
        paint.frame(painter, box, 4, tone, None)
    else:
        paint.frame(painter, box, 4, "panel", "field", 1.5)
    if on:
        tick = QPainterPath(QPointF(at.x() + 4.2, at.y() + 9.4))
        tick.lineTo(at.x() + 7.6, at.y() + 12.8)
        tick.lineTo(at.x() + 13.8, at.y() + 5.8)
        pen = QPen(theme.color("onCham" if enabled else "ink3"), 1.8)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(tick)


class _Mark:
    """What check box and radio button share: size, click area and words."""

    _strong = True

    def _hint(self: QAbstractButton) -> QSize:  # type: ignore[misc]
        return QSize(26 + paint.text_width(theme.font("strong"), self.text()) + 4, theme.px(28))

    def _words(self: QAbstractButton, painter: QPainter, *, strong: bool) -> None:  # type: ignore[misc]
        ink = "ink" if self.isEnabled() else "ink3"
        box = QRectF(26, 0, self.width() - 26, self.height())
        paint.text(painter, box, self.text(), "medium" if strong else "body", ink)


class Checkbox(QCheckBox):
    """A check box. ``tone`` tints the tick (``gach`` for an emergency sign, ``ngoc`` for a thing done)."""

    onward = Signal()
    """Enter was pressed."""

    def __init__(
        self, words: str, parent: QWidget | None = None, *, tone: str = "cham", hint: str = "", name: str = ""
    ) -> None:
        super().__init__(words, parent)
        self._tone = tone
        self.setProperty("ring", 4)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        paint.name_it(self, name, words, hint)

    def sizeHint(self) -> QSize:
        """Return the room box and words need."""
        return _Mark._hint(self)

    def minimumSizeHint(self) -> QSize:
        """Never squeezed."""
        return self.sizeHint()

    def hitButton(self, at: QPoint) -> bool:
        """The whole row can be clicked."""
        return self.rect().contains(at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space toggles (Qt's own); Enter goes on and is left to the form."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
            self.onward.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint box and words."""
        painter = paint.smooth(QPainter(self))
        at = QPointF(1, round(self.height() / 2 - 9))
        paint_box(painter, at, on=self.isChecked(), enabled=self.isEnabled(), tone=self._tone)
        _Mark._words(self, painter, strong=self.isChecked())
        painter.end()


class Radio(QRadioButton):
    """A radio button."""

    def __init__(self, words: str, parent: QWidget | None = None, *, name: str = "") -> None:
        super().__init__(words, parent)
        self.setProperty("ring", 4)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        paint.name_it(self, name, words)

    def sizeHint(self) -> QSize:
        """Return the room circle and words need."""
        return _Mark._hint(self)

    def hitButton(self, at: QPoint) -> bool:
        """The whole row can be clicked."""
        return self.rect().contains(at)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint circle and words."""
        painter = paint.smooth(QPainter(self))
        middle = QPointF(10, round(self.height() / 2))
        pen = QPen(theme.color("cham" if self.isChecked() else "field"), 1.5)
        painter.setPen(pen if self.isEnabled() else QPen(theme.color("line2"), 1.5))
        painter.setBrush(theme.color("panel" if self.isEnabled() else "sunk"))
        painter.drawEllipse(middle, 8.25, 8.25)
        if self.isChecked():
            paint.dot(painter, middle, 4.5, "cham" if self.isEnabled() else "ink3")
        _Mark._words(self, painter, strong=self.isChecked())
        painter.end()
