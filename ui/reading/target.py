"""The field of one column: what it becomes. A line with a list under it, filtered without accents.

Rules. Typing filters and never rewrites what is typed; Enter or Tab takes the row that is lit, Esc closes, leaving
without taking shows again what was chosen. Enter with the list closed goes on to the next column.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui import icons
from ui.form.picker import Pick, Picker, matching
from ui.parts import LineField, paint
from ui.parts.field import paint_closed

_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class TargetField(LineField):
    """What a column becomes. ``chosen`` carries the target, "" for *not imported*."""

    chosen = Signal(str)

    def __init__(
        self, picks: Sequence[Pick], parent: QWidget | None = None, *, label: str = "", hint: str = "", name: str = ""
    ) -> None:
        super().__init__(parent, hint=hint, label=label, height=28, name=name)
        self._picks, self._words, self._target = picks, "", ""
        self._list: Picker | None = None
        self.setTextMargins(0, 0, 22, 0)
        self.textEdited.connect(self._offer)

    def show_target(self, target: str, words: str) -> None:
        """Show what is chosen; while something is being typed only remember it."""
        self._target, self._words = target, words
        if self.hasFocus() and self.isModified():
            return
        if self.text() != words:
            self.setText(words)
        self.setCursorPosition(0)
        if self.hasFocus():
            self.selectAll()

    def target(self) -> str:
        """Return the target chosen."""
        return self._target

    def is_open(self) -> bool:
        """Return whether the list is open."""
        return self._list is not None and self._list.isVisible()

    def offered(self) -> Sequence[Pick]:
        """Return the rows of the open list."""
        return self._list.rows() if self._list is not None and self.is_open() else ()

    def _offer(self, query: str) -> None:
        if self._list is None:
            self._list = Picker(self, name="target_list")
            self._list.taken.connect(self._take)
        self._list.offer(matching(self._picks, query), query, first=bool(query))

    def _close(self) -> None:
        if self._list is not None:
            self._list.hide()

    def _take(self, pick: Pick) -> None:
        self._close()
        self.setModified(False)
        self.show_target(pick.key, pick.words)
        self.chosen.emit(pick.key)

    def _take_lit(self) -> bool:
        pick = self._list.current() if self._list is not None else None
        if pick is not None:
            self._take(pick)
        return pick is not None

    # keys and pointer

    def event(self, event: QEvent) -> bool:
        """While the list is open Esc belongs to it, and Tab takes the row that is lit."""
        if isinstance(event, QKeyEvent) and self.is_open():
            if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Tab:
                self._take_lit()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move in the list, take, close, go on; everything else is typing."""
        key, plain = Qt.Key(event.key()), not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key in _STEPS and (plain or event.modifiers() == Qt.KeyboardModifier.AltModifier):
            if self.is_open() and self._list is not None:
                self._list.go(_STEPS[key])
            elif key == Qt.Key.Key_Down:
                self._offer("")
        elif key in _ENTER and plain:
            if not self.is_open() or not self._take_lit():
                self._close()
                self.focusNextChild()
        elif key == Qt.Key.Key_Escape and self.is_open():
            self._close()
            self.setModified(False)
            self.show_target(self._target, self._words)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click opens the list."""
        super().mousePressEvent(event)
        self._close() if self.is_open() else self._offer("")

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Typing replaces what stands there."""
        super().focusInEvent(event)
        if event.reason() != Qt.FocusReason.MouseFocusReason:
            self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leaving closes the list and shows what is chosen."""
        super().focusOutEvent(event)
        self._close()
        self.show_target(self._target, self._words)
        self.deselect()

    def _restyle(self) -> None:
        super()._restyle()
        self.setTextMargins(0, 0, 22, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line and the chevron; without the focus the words are elided, as in a closed list."""
        if not self.hasFocus():
            painter = paint.smooth(QPainter(self))
            paint_closed(painter, self, focus=False)
            box = QRectF(11, 0, self.width() - 41, self.height())
            paint.text(painter, box, self.text() or self.placeholderText(), "body", "ink" if self._target else "ink3")
            painter.end()
            return
        super().paintEvent(event)
        painter = paint.smooth(QPainter(self))
        icons.paint(painter, "chevron_down", QPointF(self.width() - 27, round(self.height() / 2 - 8)), "ink2", 16)
        painter.end()
