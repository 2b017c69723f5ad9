"""Six fields for a printed code of six groups of five: typed, pasted, each group checked by itself.

Rules. The text is not changed while it is typed; capitals are only shown. A whole code pasted into any field spreads
over all six. A slip is marked in its group, before anything is tried (each group carries a check character).
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QWidget

from cbdesk.errors import Problem
from cbdesk.groups import GROUPS, SIZE, groups_of, read_groups
from cbdesk.words import say
from ui import theme
from ui.parts import LineField, paint

LETTERS = 5


def characters(text: str) -> str:
    """Return only the letters and figures of a typed code."""
    return "".join(character for character in text if character.isalnum())


def group_is_right(place: int, group: str) -> bool:
    """Return whether one group (``place`` from 0) agrees with its check character."""
    groups = groups_of(bytes(SIZE)).split()
    groups[place] = group.strip()
    try:
        read_groups(" ".join(groups))
    except Problem:
        return False
    return True


class _Group(LineField):
    """One field of the six."""

    pasted = Signal(str)
    back = Signal()

    def __init__(self, place: int, parent: QWidget) -> None:
        super().__init__(
            parent, label=say("unlock.group", n=place + 1, of=GROUPS), height=44, name=f"group_{place + 1}"
        )
        self.setProperty("code", True)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.setInputMethodHints(Qt.InputMethodHint.ImhLatinOnly | Qt.InputMethodHint.ImhNoPredictiveText)
        self._code_font()

    def _code_font(self) -> None:
        font = theme.font("code")
        font.setCapitalization(QFont.Capitalization.AllUppercase)
        self.setFont(font)
        self.setMinimumWidth(int(QFontMetricsF(font).horizontalAdvance("0KM0K")) + 8)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        if event.type() == QEvent.Type.StyleChange:
            self._code_font()
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A pasted code goes to all groups; Backspace in an empty field goes back."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.pasted.emit(QGuiApplication.clipboard().text())
        elif event.key() == Qt.Key.Key_Backspace and not self.text():
            self.back.emit()
        else:
            super().keyPressEvent(event)


class CodeGroups(QWidget):
    """The six fields. ``edited`` after every change; ``complete`` when all six are right."""

    edited = Signal()
    complete = Signal()

    def __init__(self, parent: QWidget | None = None, *, label: str = "") -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.fields = [_Group(place, self) for place in range(GROUPS)]
        for place, field in enumerate(self.fields):
            row.addWidget(field)
            field.textEdited.connect(lambda text, place=place: self._edited(place, text))
            field.editingFinished.connect(lambda place=place: self._judge(place))
            field.pasted.connect(lambda text, place=place: self._spread(place, text))
            field.back.connect(lambda place=place: self._step(place, -1))
        self.setFocusProxy(self.fields[0])
        paint.name_it(self, "code_groups", label)

    def text(self) -> str:
        """Return what was typed, groups parted by spaces."""
        return " ".join(field.text().strip() for field in self.fields)

    def wrong(self) -> list[int]:
        """Return the places (from 0) of groups that are full and not right."""
        return [
            place
            for place, field in enumerate(self.fields)
            if len(characters(field.text())) >= LETTERS and not group_is_right(place, field.text())
        ]

    def is_complete(self) -> bool:
        """Return whether all six groups are right."""
        return all(group_is_right(place, field.text()) for place, field in enumerate(self.fields))

    def spread(self, code: str) -> None:
        """Fill the fields with a code, or as much as there is of it."""
        self._spread(0, code)

    def clear(self) -> None:
        """Empty all fields."""
        for field in self.fields:
            field.clear()
            field.state("")
        self.edited.emit()

    def _edited(self, place: int, text: str) -> None:
        if len(characters(text)) > LETTERS:  # pasted with the mouse, or typed on
            self._spread(place, text)
            return
        full = len(characters(text)) == LETTERS
        self.fields[place].state("stop" if full and not group_is_right(place, text) else "")
        if full and group_is_right(place, text):
            self._step(place, 1)
        self._tell()

    def _judge(self, place: int) -> None:
        text = self.fields[place].text()
        self.fields[place].state("stop" if text and not group_is_right(place, text) else "")
        self.edited.emit()

    def _spread(self, place: int, text: str) -> None:
        letters = characters(text)
        start = 0 if len(letters) >= LETTERS * GROUPS else place
        for at in range(start, GROUPS):
            piece, letters = letters[:LETTERS], letters[LETTERS:]
            if not piece:
                break
            self.fields[at].setText(piece)
            right = len(piece) == LETTERS and group_is_right(at, piece)
            self.fields[at].state("" if right or len(piece) < LETTERS else "stop")
            self.fields[at].setFocus(Qt.FocusReason.OtherFocusReason)
        self._tell()

    def _step(self, place: int, step: int) -> None:
        if 0 <= place + step < GROUPS:
            self.fields[place + step].setFocus(Qt.FocusReason.OtherFocusReason)
            self.fields[place + step].end(False)

    def _tell(self) -> None:
        self.edited.emit()
        if self.is_complete():
            self.complete.emit()
