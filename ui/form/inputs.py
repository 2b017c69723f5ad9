"""One widget for each kind of field, all with one interface, and the registry ``INPUTS``.

``set_value(stored)`` shows a stored value, ``typed()`` is what stands there now (a draft holds it, ``set_typed`` brings
it back), ``read(today)`` understands it, ``settle(read)`` tidies what is shown, ``words(value)`` says a value in words.

Rules. Nothing changes the text of a field that has the focus, because Vietnamese typing programs work by backspaces: no
mask, no validator, no inline completion, no live capitals. Reading, tidying and NFC happen on leaving, never when only
the window loses the focus. Enter goes on, Alt Enter keeps what is doubtful, Ctrl Z first undoes the typing, then the
last edit. To add a kind: one class here, in ``ui/form/picking.py`` or in ``ui/form/tokens.py`` with ``@for_kind``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from cbdesk import clock, dates, kinds, text
from cbdesk.catalogue import Field
from cbdesk.errors import Finding
from cbdesk.kinds import Read
from cbdesk.words import say
from ui import theme
from ui.parts import Checkbox, LineField, paint

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
#: a stamp and its clock button need this much, in pixels at 100 %
STAMP_WIDE = 172
AWAY = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason, Qt.FocusReason.MenuBarFocusReason)

Rows = Sequence[Mapping[str, Any]]


class Around:
    """What an input may ask of its surroundings. This one knows nothing; the form's own asks the desk."""

    def today(self) -> date:
        """Return today."""
        return clock.today()

    def villages(self) -> Mapping[str, str]:
        """Return village id to name, in order."""
        return {}

    def find(self, form: str, query: str, done: Callable[[Rows], None]) -> None:
        """Look for records; ``done`` gets rows with ``id``, ``words``, ``facts``. Late answers are dropped."""
        done(())

    def names(self, form: str, ids: Sequence[str], done: Callable[[Rows], None]) -> None:
        """Give records their words, as ``find`` does."""
        done(())


class Input(QWidget):
    """The interface of all inputs. A subclass puts its editor in with ``hold``."""

    changed = Signal()
    """Something was typed or chosen."""
    left = Signal()
    """The field was left, or an answer was chosen that needs no leaving."""
    onward = Signal()
    """Enter: to the next field."""
    keep_wanted = Signal()
    """Alt Enter: what is doubtful stays as it is."""
    undo_wanted = Signal()
    """Ctrl Z with nothing typed to undo."""

    says_itself = False
    """Whether the editor carries the label (a check box)."""
    bare = False
    """Whether no room is kept for a label above it."""

    def __init__(self, field: Field, around: Around, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field, self.around, self.kind = field, around, kinds.of(field)
        self._value: Any = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._editor: QWidget = self
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def hold(self, editor: QWidget) -> None:
        """Show an editor and give it the focus of this input."""
        self._editor = editor
        self._column.addWidget(editor)
        self.setFocusProxy(editor)
        paint.name_it(editor, self.field.name, self.field.label, self.field.hint)

    def editor(self) -> QWidget:
        """Return the widget that holds the focus."""
        return self._editor

    def set_value(self, value: Any) -> None:
        """Show a stored value."""
        raise NotImplementedError

    def typed(self) -> Any:
        """Return what stands there now, fit for a draft."""
        raise NotImplementedError

    def typed_words(self) -> str:
        """Return what stands there, for people."""
        return str(self.typed() or "")

    def set_typed(self, typed: Any) -> None:
        """Show again what was typed."""
        raise NotImplementedError

    def read(self, today: date) -> Read:
        """Understand what stands there."""
        return self.kind.read(self.typed(), self.field, today)

    def settle(self, read: Read) -> None:
        """Show what was understood in its usual form; called when the field has been left."""

    def words(self, value: Any) -> str:
        """Return a value in words."""
        return self.kind.show(value, self.field)

    def state(self, level: str) -> None:
        """Mark the editor as ``stop``, ``ask`` or plain."""
        mark = getattr(self._editor, "state", None)
        if callable(mark):
            mark("" if level in ("note", "hint") else level)

    def lock(self, locked: bool) -> None:
        """Make the input read-only, or editable again."""
        self._editor.setEnabled(not locked)

    def propose(self, words: str) -> None:
        """Let a line begin with words to type on; left as they are, they are no answer. Only lines of text do."""

    def insert_now(self) -> bool:
        """Write today or now; ``False`` where that makes no sense."""
        return False

    def open_help(self) -> bool:
        """Open the list or the calendar of this input (Alt ↓); ``False`` where there is none."""
        return False

    def busy(self) -> bool:
        """Return whether a list is open that takes Enter and Esc for itself."""
        return False

    def focus(self) -> None:
        """Take the focus, as if reached by Tab."""
        self._editor.setFocus(Qt.FocusReason.TabFocusReason)

    def common_key(self, event: QKeyEvent) -> bool:
        """Answer the keys all inputs share; ``True`` when taken."""
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() in ENTER and plain == Qt.KeyboardModifier.NoModifier:
            self.onward.emit()
        elif event.key() in ENTER and plain == Qt.KeyboardModifier.AltModifier:
            self.keep_wanted.emit()
        elif event.key() == Qt.Key.Key_Z and plain == Qt.KeyboardModifier.ControlModifier:
            self.undo_wanted.emit()
        else:
            return False
        return True


class Line(LineField):
    """A line of an input: knows Enter, Alt Enter, Ctrl Z and a real leaving."""

    def __init__(self, owner: Input, **looks: Any) -> None:
        super().__init__(owner, **looks)
        self._owner = owner
        self.textEdited.connect(lambda _text: owner.changed.emit())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let the input answer first; Ctrl Z undoes the typing as long as there is some."""
        undo = event.key() == Qt.Key.Key_Z and event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if (undo and self.isUndoAvailable()) or not self._owner.common_key(event):
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Say that the field was left; a menu or another window does not count."""
        super().focusOutEvent(event)
        if event.reason() not in AWAY:
            self._owner.left.emit()


class TextInput(Input):
    """One line: text, name, code, personal id, telephone, card, number, year."""

    def __init__(self, field: Field, around: Around, parent: QWidget | None = None) -> None:
        super().__init__(field, around, parent)
        self.line = Line(self, hint=field.hint, label=field.label)
        if field.hint:
            self.line.setToolTip(field.hint)
        self._shown, self._notes = "", tuple[Finding, ...]()
        self._proposed = ""
        self.hold(self.line)

    def set_value(self, value: Any) -> None:
        """Show a stored value from its beginning."""
        self._value, self._notes, self._proposed = value, (), ""
        self._shown = self.words(value)
        self._put(self._shown)

    def propose(self, words: str) -> None:
        """Show the beginning of an answer, ready to type on."""
        self._proposed = words
        self._put(f"{words} ")

    def _only_proposed(self) -> bool:
        return bool(self._proposed) and text.tidy(self.line.text()) == self._proposed

    def focus(self) -> None:
        """Take the focus; behind a proposal one types on."""
        super().focus()
        if self._only_proposed():
            self.line.end(False)

    def typed(self) -> str:
        """Return the text."""
        return self.line.text()

    def set_typed(self, typed: Any) -> None:
        """Show a text as typed; it is not yet understood."""
        self._shown = "\0"
        self._put(str(typed or ""))

    def read(self, today: date) -> Read:
        """Understand the text; a text nobody touched means what was stored."""
        if self._only_proposed():
            return Read()
        if self.line.text() == self._shown:
            return Read(self._value, self._notes)
        return self.kind.read(self.line.text(), self.field, today)

    def settle(self, read: Read) -> None:
        """Tidy what is shown, in its usual form where it was understood."""
        if self._only_proposed():
            return
        stopped = any(note.level == "stop" for note in read.notes)
        tidy = text.tidy(self.line.text())
        self._value, self._notes = read.value, read.notes
        self._shown = tidy if stopped or read.value is None else self.words(read.value)
        if self.line.text() != self._shown:
            self._put(self._shown)
        if stopped:
            self._shown = "\0"

    def _put(self, words: str) -> None:
        if self.line.text() != words:
            self.line.setText(words)
        if not self.line.hasFocus():
            self.line.setCursorPosition(0)

    def lock(self, locked: bool) -> None:
        """Read-only text can still be selected and copied."""
        self.line.setReadOnly(locked)
        self.line.style().unpolish(self.line)
        self.line.style().polish(self.line)


class DateInput(TextInput):
    """A partial date: a day, a month, a year, an age, *hôm nay*. The calendar is optional help (Alt ↓)."""

    def __init__(self, field: Field, around: Around, parent: QWidget | None = None) -> None:
        super().__init__(field, around, parent)
        self._button = self.line.add_button("calendar_ltr", say("record.calendar"))
        self._button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._button.clicked.connect(self.open_calendar)

    def open_help(self) -> bool:
        """Alt ↓ opens the calendar."""
        self.open_calendar()
        return True

    def open_calendar(self) -> None:
        """Open a month under the field, at the date that stands there."""
        from ui.form.calendar import CalendarLayer

        if self.line.isReadOnly():
            return
        read = self.read(self.around.today())
        layer = CalendarLayer(self.line, dates.earliest(read.value) or self.around.today())
        layer.chosen.connect(self._choose)
        layer.enter()

    def _choose(self, day: date) -> None:
        self.set_typed(dates.show_date(day.isoformat()))
        self.changed.emit()
        self.left.emit()
        self.focus()

    def insert_now(self) -> bool:
        """Write today."""
        self._write(dates.show_date(self.around.today().isoformat()))
        return True

    def _write(self, words: str) -> None:
        if not self.line.isReadOnly():
            self.line.selectAll()
            self.line.insert(words)
            self.changed.emit()

    def lock(self, locked: bool) -> None:
        """A locked date has no calendar."""
        super().lock(locked)
        self._button.setVisible(not locked)


class StampInput(DateInput):
    """A moment to the minute; a click on the clock, or Ctrl ;, writes now."""

    def __init__(self, field: Field, around: Around, parent: QWidget | None = None) -> None:
        TextInput.__init__(self, field, around, parent)
        self._button = self.line.add_button("clock", say("record.now"))
        self.line.spare_below(STAMP_WIDE)
        self._button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._button.clicked.connect(self._now)
        if not field.hint:
            self.line.setPlaceholderText(say("record.stamp_hint"))

    def open_calendar(self) -> None:
        """A moment is typed; there is no calendar."""

    def _now(self) -> None:
        self.insert_now()
        self.left.emit()

    def insert_now(self) -> bool:
        """Write this minute."""
        self._write(dates.show_stamp(clock.stamp()[:16]))
        return True


class _Lines(QPlainTextEdit):
    """Several lines: Enter is a new line, Tab leaves."""

    def __init__(self, owner: LongTextInput) -> None:
        super().__init__(owner)
        self._owner = owner
        self._taught = ""
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._fit()
        self.textChanged.connect(self._typed)

    def _typed(self) -> None:
        if not self.signalsBlocked():
            self._owner.changed.emit()

    def _fit(self) -> None:
        self.setFont(theme.font("body"))
        self.setFixedHeight(theme.line("body") * 2 + 26)

    def state(self, level: str) -> None:
        """Show the field as ``stop``, ``ask`` or plain."""
        self.setProperty("state", level)
        self.style().unpolish(self)
        self.style().polish(self)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        if event.type() == QEvent.Type.StyleChange and self.height() != theme.line("body") * 2 + 26:
            self._fit()
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt Enter keeps, Ctrl Z undoes; Enter stays a new line."""
        plain = event.key() in ENTER and not event.modifiers() & Qt.KeyboardModifier.AltModifier
        undo = event.key() == Qt.Key.Key_Z and self.document().isUndoAvailable()
        if plain or undo or not self._owner.common_key(event):
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Say that the field was left."""
        super().focusOutEvent(event)
        if event.reason() not in AWAY:
            self._owner.left.emit()


class LongTextInput(Input):
    """Several lines of text."""

    def __init__(self, field: Field, around: Around, parent: QWidget | None = None) -> None:
        super().__init__(field, around, parent)
        self.box = _Lines(self)
        self.box.setPlaceholderText(field.hint)
        self.hold(self.box)

    def set_value(self, value: Any) -> None:
        """Show a stored text."""
        self.set_typed(value or "")

    def typed(self) -> str:
        """Return the text."""
        return self.box.toPlainText()

    def set_typed(self, typed: Any) -> None:
        """Show a text; nothing is said about it."""
        if self.box.toPlainText() != str(typed or ""):
            self.box.blockSignals(True)
            self.box.setPlainText(str(typed or ""))
            self.box.blockSignals(False)

    def settle(self, read: Read) -> None:
        """Tidy every line."""
        if not any(note.level == "stop" for note in read.notes):
            self.set_typed(read.value or "")

    def lock(self, locked: bool) -> None:
        """Read-only text can still be selected."""
        self.box.setReadOnly(locked)


class _Box(Checkbox):
    """A check box of an input; Enter goes on."""

    def __init__(self, owner: Input, words: str, **looks: Any) -> None:
        super().__init__(words, owner, **looks)
        self._owner = owner

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter, Alt Enter and Ctrl Z belong to the input; Space toggles."""
        if not self._owner.common_key(event):
            super().keyPressEvent(event)


class FlagInput(Input):
    """Yes or no; unknown until it is touched."""

    says_itself = True

    def __init__(self, field: Field, around: Around, parent: QWidget | None = None, *, tone: str = "cham") -> None:
        super().__init__(field, around, parent)
        self.box = _Box(self, field.label, tone=tone, hint=field.hint)
        self.box.setMinimumHeight(theme.px(theme.FIELD))
        self.hold(self.box)
        self.box.clicked.connect(self._flip)

    def _flip(self) -> None:
        self._value = self.box.isChecked()
        self.changed.emit()
        self.left.emit()

    def set_value(self, value: Any) -> None:
        """Show a stored answer."""
        self._value = None if value is None else bool(value)
        self.box.setChecked(bool(value))

    def typed(self) -> bool | None:
        """Return the answer, ``None`` while nobody gave one."""
        return self._value

    def set_typed(self, typed: Any) -> None:
        """Show an answer again."""
        self.set_value(typed)


INPUTS: dict[str, Callable[[Field, Around], Input]] = {
    "text": TextInput, "name": TextInput, "code": TextInput, "personal_id": TextInput, "phone": TextInput,
    "card": TextInput, "integer": TextInput, "year": TextInput, "date": DateInput, "stamp": StampInput,
    "long_text": LongTextInput, "flag": FlagInput,
}  # fmt: skip


def make(field: Field, around: Around) -> Input:
    """Return a new input for a field. Raises ``KeyError`` for a kind without a widget."""
    from ui.form import picking, tokens  # noqa: F401  (enter the inputs that choose from lists)

    return INPUTS[field.kind](field, around)


def for_kind(*names: str) -> Callable[[Callable[[Field, Around], Input]], Callable[[Field, Around], Input]]:
    """Enter a class or function as the input of some kinds; use as a decorator."""

    def enter(made: Callable[[Field, Around], Input]) -> Callable[[Field, Around], Input]:
        for name in names:
            INPUTS[name] = made
        return made

    return enter
