"""Buttons: primary, secondary, quiet and link, with the key that does the same.

Rules. One primary a screen. A button that is off says why in its tip (``explain``). A busy button keeps its width and
says the verb. Enter presses the focused button. The focus ring is drawn outside by ``ui.parts.ring``.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from ui import icons, theme
from ui.parts import paint

#: kind: rest, hover, pressed as (face, border, ink)
LOOKS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "primary": (("cham", "", "onCham"), ("chamH", "", "onCham"), ("chamP", "", "onCham")),
    "secondary": (("panel", "line2", "ink"), ("hover", "line2", "ink"), ("press", "line2", "ink")),
    "quiet": (("", "", "ink"), ("sunk", "", "ink"), ("press", "", "ink")),
    "link": (("", "", "cham"), ("", "", "chamH"), ("", "", "chamP")),
    "toast": (("", "railInk2", "toastInk"), ("rail2", "railInk", "toastInk"), ("railLine", "railInk", "toastInk")),
}
OFF = ("sunk", "line2", "ink3")


class Button(QPushButton):
    """A button of the four kinds. ``key`` is shown as a cap inside; it only teaches, the command binds the key."""

    def __init__(
        self,
        words: str,
        kind: str = "secondary",
        parent: QWidget | None = None,
        *,
        icon: str = "",
        key: str = "",
        tall: bool = False,
        filled: bool = False,
        tail: str = "",
        tone: str = "",
        name: str = "",
    ) -> None:
        super().__init__(parent)
        self._kind, self._icon, self._key, self._tall, self._filled = kind, icon, key, tall, filled
        self._tail, self._tone, self._busy, self._why = tail, tone, "", ""
        self._words, self._tip = words, ""
        self.setProperty("kind", kind)
        self.setProperty("ring", theme.RADIUS_BUTTON)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor if kind == "link" else Qt.CursorShape.ArrowCursor)
        self.setSizePolicy(
            QSizePolicy.Policy.Preferred if tall else QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed
        )
        paint.name_it(self, name, words)

    # what it says

    def say(self, words: str, icon: str | None = None, key: str | None = None) -> None:
        """Change words, icon or key cap."""
        self._words = words
        self._icon = self._icon if icon is None else icon
        self._key = self._key if key is None else key
        self.setAccessibleName(words)
        self.updateGeometry()
        self.update()

    def words(self) -> str:
        """Return the words on the button."""
        return self._busy or self._words

    @property
    def kind(self) -> str:
        """Return the kind: primary, secondary, quiet, link or toast."""
        return self._kind

    def busy(self, verb: str = "") -> None:
        """Say a verb ("Đang ghi…") at the same width and take no press; an empty verb ends it."""
        if verb and not self._busy:
            self.setMinimumWidth(self.width())
        elif not verb and self._busy:
            self.setMinimumWidth(0)
        self._busy = verb
        self.setAccessibleName(verb or self._words)
        self.update()

    def is_busy(self) -> bool:
        """Return whether the button is busy."""
        return bool(self._busy)

    def explain(self, why: str) -> None:
        """Switch the button off and say why, or on again with an empty reason."""
        self._why = why
        self.setEnabled(not why)
        self.setToolTip(why or self._tip)
        self.setAccessibleDescription(why)

    def tip(self, words: str) -> None:
        """Set the tip shown while the button is on."""
        self._tip = words
        if not self._why:
            self.setToolTip(words)

    # size

    def _role(self) -> str:
        if self._kind == "primary":
            return "strong"
        return "label" if self._kind == "link" else "medium"

    def _inner(self) -> int:
        wide = paint.text_width(theme.font(self._role()), self._words) if self._words else 0
        if self._icon:
            wide += 20 + (8 if self._words else 0)
        if self._key:
            wide += 10 + paint.cap_width(self._key)
        return wide + (24 if self._tail else 0)

    def sizeHint(self) -> QSize:
        """Return the room the words, icon and key need."""
        side = {"link": 0, "quiet": 10}.get(self._kind, 14)
        if not self._words:
            return QSize(theme.px(theme.FIELD), theme.px(theme.FIELD))
        height = theme.px(42 if self._tall else 28 if self._kind == "link" else theme.FIELD)
        slack = 4 if self._key and self._kind != "link" else 0
        return QSize(self._inner() + 2 * side - slack, height)

    def minimumSizeHint(self) -> QSize:
        """A button is never squeezed."""
        return self.sizeHint()

    # behaviour

    def nextCheckState(self) -> None:
        """Take no press while busy."""
        if not self._busy:
            super().nextCheckState()

    def hitButton(self, at: object) -> bool:
        """Take no press while busy."""
        return not self._busy and super().hitButton(at)  # type: ignore[arg-type]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter press the button, as officers expect."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & ~(
            Qt.KeyboardModifier.KeypadModifier
        ):
            if not self._busy:
                self.click()
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme and the text size."""
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.EnabledChange):
            self.updateGeometry()
            self.update()
        super().changeEvent(event)

    # painting

    def _look(self) -> tuple[str, str, str]:
        if not self.isEnabled():
            return OFF if self._kind in ("primary", "secondary") else ("", "", "ink3")
        looks = LOOKS[self._kind]
        look = looks[2] if self.isDown() or self.isChecked() else looks[1] if self.underMouse() else looks[0]
        if self._busy:
            look = looks[0]
        return (look[0], f"{self._tone}Line" if look[1] else "", self._tone) if self._tone else look

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint face, icon, words and key cap, together in the middle."""
        face, border, ink = self._look()
        painter = paint.smooth(QPainter(self))
        box = QRectF(self.rect())
        if face or border:
            paint.frame(painter, box, theme.RADIUS_BUTTON, face or None, border or None)
        left = (box.width() - min(self._inner(), box.width())) / 2
        middle = box.height() / 2
        if self._busy:
            paint.text(painter, box, self._busy, self._role(), ink, Qt.AlignmentFlag.AlignHCenter)
            painter.end()
            return
        if self._icon:
            icons.paint(painter, self._icon, QPointF(round(left), round(middle - 10)), ink, 20, filled=self._filled)
            left += 28 if self._words else 20
        if self._words:
            wide = paint.text_width(theme.font(self._role()), self._words)
            paint.text(painter, QRectF(left, 0, wide, box.height()), self._words, self._role(), ink)
            if self._kind == "link" and self.underMouse() and self.isEnabled():
                paint.hairline(painter, left, left + wide, middle + theme.px(9), ink)
            left += wide + 10
        if self._key:
            ground = (
                "off" if not self.isEnabled() else {"primary": "primary", "toast": "toast"}.get(self._kind, "panel")
            )
            paint.caps(painter, left, middle, self._key, ground)
            left += paint.cap_width(self._key) + 8
        if self._tail:
            icons.paint(painter, self._tail, QPointF(round(left), round(middle - 8)), ink, 16)
        painter.end()


class IconButton(Button):
    """A button that is only an icon; its tip is also its accessible name."""

    def __init__(
        self, icon: str, tip: str, parent: QWidget | None = None, *, ink: str = "ink2", side: int = 30, name: str = ""
    ) -> None:
        super().__init__("", "quiet", parent, icon=icon, name=name)
        self._side, self._plain = side, ink
        self.setAccessibleName(tip)
        self.tip(tip)

    def _look(self) -> tuple[str, str, str]:
        face, border, ink = super()._look()
        return face, border, self._plain if self.isEnabled() else ink

    def sizeHint(self) -> QSize:
        """Return a square of at least 28 pixels."""
        return QSize(self._side, self._side)
