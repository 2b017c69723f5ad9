"""Fields: one line of text, password, search box, closed list, and the frame that gives each a label and a remark.

Rules. Nothing changes the text while it is typed: no mask, no validator, no inline completion, no live capitals. A
field carries a state, ``""``, ``stop``, ``ask`` or ``note``; stop and ask have a two-pixel border, and the sentence
stands under the field with its shape. Reading and tidying happen on leaving the field, by whoever owns it.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QContextMenuEvent,
    QFont,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QListView, QSizePolicy, QVBoxLayout, QWidget

from ui import icons, theme
from ui.parts import paint
from ui.parts.button import IconButton
from ui.parts.label import IconText, Label

#: level of a remark: icon, colour, filled
REMARKS = {
    "stop": ("error_circle", "gach", True),
    "ask": ("warning", "nghe", False),
    "note": ("checkmark_circle", "ngoc", False),
    "hint": ("info", "ink3", False),
}


class LineField(QLineEdit):
    """One line of text. ``icon`` stands before, ``key`` (a cap) or ``tail`` (words) after the text."""

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        hint: str = "",
        icon: str = "",
        key: str = "",
        tail: str = "",
        label: str = "",
        height: int = theme.FIELD,
        name: str = "",
    ) -> None:
        super().__init__(parent)
        self._icon, self._key, self._tail, self._high = icon, key, tail, height
        self._buttons: list[IconButton] = []
        self._spare = 0
        self.setPlaceholderText(hint)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        paint.name_it(self, name, label or hint)
        self.state("")
        self._restyle()

    def state(self, level: str) -> None:
        """Show the field as ``stop``, ``ask``, ``note`` or plain (empty)."""
        self.setProperty("state", level)
        self.update()

    def show_tail(self, words: str) -> None:
        """Change the quiet words at the end of the field."""
        self._tail = words
        self._restyle()
        self.update()

    def add_button(self, icon: str, tip: str, *, name: str = "") -> IconButton:
        """Put an icon button at the end of the field and return it."""
        button = IconButton(icon, tip, self, ink="ink3", side=28, name=name)
        button.setCursor(Qt.CursorShape.ArrowCursor)
        button.resize(28, 28)
        self._buttons.append(button)
        self._restyle()
        return button

    def spare_below(self, wide: int) -> None:
        """Do without the buttons while the field is narrower than this, in pixels at 100 %; they have a key."""
        self._spare = wide

    def _restyle(self) -> None:
        self.setFixedHeight(theme.px(self._high))
        right = 30 * sum(not button.isHidden() for button in self._buttons)
        if self._key:
            right += paint.cap_width(self._key) + 8
        if self._tail:
            right += paint.text_width(theme.font("small"), self._tail) + 8
        self.setTextMargins(26 if self._icon else 0, 0, right, 0)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        if event.type() == QEvent.Type.StyleChange:
            self._restyle()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the buttons at the end."""
        super().resizeEvent(event)
        narrow = self.width() < theme.px(self._spare) or self.isReadOnly()
        if self._spare and any(button.isHidden() != narrow for button in self._buttons):
            for button in self._buttons:
                button.setHidden(narrow)
            self._restyle()
        right = self.width() - 4
        for button in reversed(self._buttons):
            right -= 29
            button.move(right, (self.height() - 28) // 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint Qt's line, then icon, key cap and tail."""
        super().paintEvent(event)
        painter = paint.smooth(QPainter(self))
        border = {"stop": "gachMark", "ask": "ngheMark"}.get(self.property("state"))
        if border:  # painted here, because styling anew would lose the field's own font
            paint.frame(painter, QRectF(self.rect()), theme.RADIUS_FIELD, None, border, 2.0)
        middle, right = self.height() / 2, self.width() - 9.0 - 30 * len(self._buttons)
        if self._icon:
            icons.paint(painter, self._icon, QPointF(10, round(middle - 10)), "ink3", 20)
        if self._key:
            wide = paint.cap_width(self._key)
            paint.caps(painter, right - wide, middle, self._key)
            right -= wide + 8
        if self._tail:
            box = QRectF(0, 0, right, self.height())
            paint.text(painter, box, self._tail, "small", "ink3", Qt.AlignmentFlag.AlignRight)
        painter.end()


class PasswordField(LineField):
    """A password: hidden, shown while the eye is held; says when Caps Lock is on; no undo and no copy of the text."""

    caps_lock = Signal(bool)

    def __init__(self, parent: QWidget | None = None, *, label: str, eye: str, hint: str = "", name: str = "") -> None:
        super().__init__(parent, hint=hint, icon="key", label=label, height=40, name=name)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
            | Qt.InputMethodHint.ImhSensitiveData
        )
        self._eye = self.add_button("eye", eye, name=f"{name}_eye" if name else "")
        self._eye.pressed.connect(lambda: self._reveal(True))
        self._eye.released.connect(lambda: self._reveal(False))
        self._caps = False
        self.textChanged.connect(lambda _text: self._space())
        self._space()

    def _reveal(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        self.setEchoMode(mode)
        self._space()

    def _space(self) -> None:
        """Give the dots air; shown text and the hint stand as usual."""
        font = theme.font("body")
        if self.echoMode() == QLineEdit.EchoMode.Password and self.text():
            font.setPixelSize(theme.px(17))
            font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 2)
        self.setFont(font)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._space()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """A password has no menu."""
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Watch for Caps Lock: a capital without Shift, or a small letter with it."""
        letter = event.text()
        if event.key() == Qt.Key.Key_CapsLock:
            self._say_caps(not self._caps)
        elif len(letter) == 1 and letter.isalpha() and letter.lower() != letter.upper():
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._say_caps(letter.isupper() != shift)
        super().keyPressEvent(event)

    def _say_caps(self, on: bool) -> None:
        if on != self._caps:
            self._caps = on
            self.caps_lock.emit(on)


class SearchBox(LineField):
    """A search box with its key. ``wanted`` follows 80 ms after the last key; arrow down leaves for the list."""

    wanted = Signal(str)
    down = Signal()

    def __init__(
        self, hint: str, parent: QWidget | None = None, *, key: str = "F3", label: str = "", name: str = ""
    ) -> None:
        super().__init__(parent, hint=hint, icon="search", key=key, label=label or hint, name=name)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(80)
        self._timer.timeout.connect(lambda: self.wanted.emit(self.text()))
        self.textChanged.connect(lambda _text: self._timer.start())

    def event(self, event: QEvent) -> bool:
        """Keep Esc for oneself while there is something to empty."""
        override = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if override and event.key() == Qt.Key.Key_Escape and self.text():
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow down goes to the list; Esc empties the box before it goes further."""
        if event.key() == Qt.Key.Key_Down:
            self._now()
            self.down.emit()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._now()
            super().keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def _now(self) -> None:
        if self._timer.isActive():
            self._timer.stop()
            self.wanted.emit(self.text())


class ListField(QComboBox):
    """A closed list in our frame. ``fill`` takes (code, words) pairs; ``value`` and ``set_value`` speak in codes."""

    def __init__(
        self, parent: QWidget | None = None, *, label: str = "", icon: str = "", tail: str = "", name: str = ""
    ) -> None:
        super().__init__(parent)
        self._icon, self._tail, self._high = icon, tail, theme.FIELD
        view = QListView(self)
        view.setProperty("popup", True)
        self.setView(view)
        self.setMaxVisibleItems(12)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setProperty("state", "")
        paint.name_it(self, name, label)
        self._restyle()

    def high(self, height: int) -> None:
        """Set the height of the field at 100 %."""
        self._high = height
        self._restyle()

    def fill(self, options: Iterable[tuple[str, str]]) -> None:
        """Offer the (code, words) pairs; nothing is said while filling."""
        self.blockSignals(True)
        self.clear()
        for code, words in options:
            self.addItem(words, code)
        self.blockSignals(False)

    def value(self) -> str | None:
        """Return the code chosen."""
        return self.currentData()

    def set_value(self, code: str | None) -> None:
        """Choose a code; an unknown one leaves nothing chosen."""
        self.setCurrentIndex(self.findData(code))

    def show_tail(self, words: str) -> None:
        """Change the quiet words at the end of the field."""
        self._tail = words
        self.update()

    def state(self, level: str) -> None:
        """Show the field as ``stop``, ``ask`` or plain (empty)."""
        self.setProperty("state", level)
        self.update()

    def _restyle(self) -> None:
        self.setFixedHeight(theme.px(self._high))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        if event.type() == QEvent.Type.StyleChange:
            self._restyle()
        super().changeEvent(event)

    def minimumSizeHint(self) -> QSize:
        """Let the field be narrow; its words are elided."""
        return QSize(72, theme.px(self._high))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint frame, icon, words and chevron."""
        painter = paint.smooth(QPainter(self))
        paint_closed(painter, self, focus=self.hasFocus() or self.view().isVisible())
        box, left, right = QRectF(self.rect()), 10.0, self.width() - 30.0
        if self._icon:
            icons.paint(painter, self._icon, QPointF(10, round(box.height() / 2 - 10)), "ink3", 20)
            left += 26
        if self._tail:
            wide = paint.text_width(theme.font("small"), self._tail)
            tail = QRectF(right - wide - 2, 0, wide, box.height())
            paint.text(painter, tail, self._tail, "small", "ink3")
            right -= wide + 10
        ink = ("ink" if self.currentIndex() >= 0 else "ink3") if self.isEnabled() else "ink3"
        shown = self.currentText() if self.currentIndex() >= 0 else self.placeholderText()
        paint.text(painter, QRectF(left, 0, right - left, box.height()), shown, "body", ink)
        painter.end()


def paint_closed(painter: QPainter, field: QWidget, *, focus: bool) -> None:
    """Paint the frame and the chevron of a field with a list; for our own combo boxes."""
    level = field.property("state") or ""
    border = {"stop": "gachMark", "ask": "ngheMark"}.get(level, "focus" if focus else "field")
    face = "panel" if field.isEnabled() else "sunk"
    if not field.isEnabled():
        border = "line2"
    box = QRectF(field.rect())
    paint.frame(painter, box, theme.RADIUS_FIELD, face, border, 2.0 if focus or level else 1.0)
    at = QPointF(box.width() - 27, round(box.height() / 2 - 8))
    icons.paint(painter, "chevron_down", at, "ink2" if field.isEnabled() else "ink3", 16)


class Remark(IconText):
    """The sentence under a field: level ``stop``, ``ask``, ``note`` or ``hint``; announced when it appears."""

    def __init__(self, parent: QWidget | None = None, *, name: str = "") -> None:
        super().__init__("info", "", "ink3", "note", parent, name=name)
        self.level = ""
        self.hide()

    def show_remark(self, level: str, words: str) -> None:
        """Show a sentence of a level; an empty level hides it."""
        self.level = level
        if not level or not words:
            self.hide()
            return
        icon, ink, filled = REMARKS[level]
        self.say(words, icon, ink, filled=filled)
        self.show()
        if level in ("stop", "ask"):
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))


class Labelled(QWidget):
    """A label above a field and a remark below it. ``required`` puts a star; ``note`` is quiet words after it."""

    def __init__(
        self,
        label: str,
        field: QWidget,
        parent: QWidget | None = None,
        *,
        required: bool = False,
        note: str = "",
        name: str = "",
    ) -> None:
        super().__init__(parent)
        self.field = field
        self.remark = Remark(self, name=f"{name}_remark" if name else "")
        head = QGridLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(4)
        self.label = Label(label, "label", "ink2")
        self.label.setBuddy(field)
        head.addWidget(self.label, 0, 0)
        if required:
            head.addWidget(Label("*", "labelStrong", "gach"), 0, 1)
        if note:
            head.addWidget(Label(note, "note", "ink3"), 0, 2)
        head.setColumnStretch(3, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(field)
        column.addWidget(self.remark)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        if not field.accessibleName():
            field.setAccessibleName(label)

    def say(self, level: str = "", words: str = "") -> None:
        """Show a remark and the state of the field; nothing clears both."""
        self.remark.show_remark(level, words)
        state = getattr(self.field, "state", None)
        if callable(state):
            state("" if level == "hint" else level)
        self.field.setAccessibleDescription(words)
