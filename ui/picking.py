"""Inputs that choose: one or several codes of a list, a village, a unit, other records.

Rules. Typing filters without accents and never completes inline; Enter or Tab takes the row that is lit, Enter goes on.
What has no source is marked *chưa kiểm chứng*. Two to four short answers stand side by side. A village that is not in
the list can be written; it is made on saving.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from cbdesk import text
from cbdesk.catalogue import Choice, Field, catalogue
from cbdesk.errors import Finding
from cbdesk.kinds import Read, list_of
from cbdesk.matching import village_key
from cbdesk.words import say
from ui import icons, theme
from ui.grid import Flow
from ui.inputs import ENTER, Around, Input, Line, Rows, for_kind
from ui.parts import DEGREES, Option, Segmented, paint
from ui.picker import Pick, Picker, matching

SIDE_BY_SIDE, CHIPS_AT_MOST = 4, 8
#: tones of answers that say how bad it is
TONES = {"low": "ngoc", "medium": "nghe", "high": "gach"}


def picks(field: Field, today: date, *, depth: bool = True) -> list[Pick]:
    """Return the choices offered today, in the order of the list."""
    chosen = list_of(field)
    return [
        Pick(choice.code, choice.label, note="" if choice.verified else say("record.unverified"),
             depth=1 if depth and choice.parent else 0, first=choice.frequent)
        for choice in chosen.valid(today)
    ]  # fmt: skip


class PickLine(Line):
    """A line with a list under it. The input says what to offer (``offer``) and what taking means (``take``)."""

    def __init__(self, owner: PickInput, *, chevron: bool = True, **looks: Any) -> None:
        self._chevron = chevron
        super().__init__(owner, **looks)
        self._picks = owner
        self.textEdited.connect(lambda _text: owner.offer())
        if chevron:
            self.setTextMargins(0, 0, 22, 0)

    def _restyle(self) -> None:
        super()._restyle()
        if self._chevron:
            self.setTextMargins(0, 0, 22, 0)

    def event(self, event: QEvent) -> bool:
        """While the list is open, Esc belongs to it, and Tab takes the row that is lit."""
        if isinstance(event, QKeyEvent) and self._picks.busy():
            if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Tab:
                self._picks.take_lit()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move in the list, take, close; everything else is typing."""
        if not self._picks.list_key(event):
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click opens the list."""
        super().mousePressEvent(event)
        if not self.isReadOnly():
            self._picks.offer(everything=not self._picks.busy())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leaving closes the list."""
        self._picks.close_list()
        super().focusOutEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line and the chevron."""
        super().paintEvent(event)
        if self._chevron and not self.isReadOnly():
            painter = QPainter(self)
            at = QPointF(self.width() - 27, round(self.height() / 2 - 8))
            icons.paint(painter, "chevron_down", at, "ink2", 16)
            painter.end()


class PickInput(Input):
    """Base of inputs with a list. A subclass gives ``rows`` and ``take``."""

    def __init__(self, field: Field, around: Around, parent: QWidget | None = None) -> None:
        super().__init__(field, around, parent)
        self.line = self._make_line()
        self._list: Picker | None = None

    def _make_line(self) -> PickLine:
        return PickLine(self, hint=self.field.hint, label=self.field.label)

    def rows(self, query: str) -> list[Pick]:
        """Return what fits a query, best first."""
        raise NotImplementedError

    def take(self, row: Pick) -> None:
        """A row was taken."""
        raise NotImplementedError

    def list_under(self) -> QWidget:
        """Return the widget the list hangs under."""
        return self.line

    def _query(self) -> str:
        return self.line.text()

    def offer(self, *, everything: bool = False) -> None:
        """Show the list for what is typed."""
        if self.line.isReadOnly():
            return
        query = "" if everything else self._query()
        rows = self.rows(query)
        if self._list is None:
            self._list = Picker(self.list_under(), name=f"{self.field.name}_list")
            self._list.taken.connect(self._clicked)
        self._list.offer(rows, query, first=bool(query))

    def busy(self) -> bool:
        """Return whether the list is open."""
        return self._list is not None and self._list.isVisible()

    def close_list(self) -> None:
        """Close the list."""
        if self._list is not None:
            self._list.hide()

    def offered(self) -> Sequence[Pick]:
        """Return the rows of the open list."""
        return self._list.rows() if self._list is not None and self.busy() else ()

    def take_lit(self) -> bool:
        """Take the row that is lit; ``False`` when none is."""
        row = self._list.current() if self._list is not None else None
        if row is None:
            return False
        self.close_list()
        self.take(row)
        return True

    def _clicked(self, row: Pick) -> None:
        self.close_list()
        self.take(row)
        self.left.emit()

    def list_key(self, event: QKeyEvent) -> bool:
        """Answer a key of the list; ``True`` when taken."""
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
        key = Qt.Key(event.key())
        if key in steps and not self.busy():
            if key == Qt.Key.Key_Down:
                self.offer(everything=True)
                return True
            return False
        if not self.busy() or self._list is None:
            return False
        if key in steps:
            self._list.go(steps[key])
        elif key == Qt.Key.Key_Escape:
            self.close_list()
        elif key in ENTER and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            if self.take_lit():
                self.after_enter()
            else:
                self.close_list()
                self.onward.emit()
        else:
            return False
        return True

    def after_enter(self) -> None:
        """A row was taken by Enter: go on."""
        self.onward.emit()

    def lock(self, locked: bool) -> None:
        """Read-only, or editable again."""
        self.line.setReadOnly(locked)
        self.line.style().unpolish(self.line)
        self.line.style().polish(self.line)
        self.line.update()


class ChoiceInput(PickInput):
    """One code of a list."""

    def __init__(self, field: Field, around: Around, parent: QWidget | None = None) -> None:
        super().__init__(field, around, parent)
        self.hold(self.line)
        self._code: str | None = None
        self._label = ""

    def rows(self, query: str) -> list[Pick]:
        """Return the choices that fit; a list opened on a chosen code shows all of it."""
        whole = query == self._label and self._code is not None
        return matching(picks(self.field, self.around.today()), "" if whole else query)

    def set_value(self, value: Any) -> None:
        """Show a stored code."""
        self._code = None if value is None else str(value)
        self._label = self.words(value)
        self.line.setText(self._label)
        if not self.line.hasFocus():
            self.line.setCursorPosition(0)

    def typed(self) -> str:
        """Return the code while its words stand there, else the text."""
        shown = self.line.text()
        return self._code if self._code is not None and shown == self._label else shown

    def set_typed(self, typed: Any) -> None:
        """Show a code or a text again."""
        written = str(typed or "")
        if self._known(written):
            self.set_value(written)
        else:
            self._code, self._label = None, ""
            self.line.setText(written)

    def _known(self, written: str) -> bool:
        return list_of(self.field).get(written) is not None

    def read(self, today: date) -> Read:
        """Understand a code or words; a stored code no longer offered stays."""
        typed = self.typed()
        return Read(typed) if self._code is not None and typed == self._code else self.kind.read(typed, self.field, today)

    def settle(self, read: Read) -> None:
        """Show the words of what was understood."""
        if read.value is not None:
            self.set_value(read.value)
        else:
            self._code, self._label = None, ""
            if not any(note.level == "stop" for note in read.notes):
                self.line.setText("")

    def take(self, row: Pick) -> None:
        """Show the row taken."""
        self.set_value(row.key)
        self.changed.emit()



class SegmentInput(Input):
    """Two to four short answers side by side; digits choose, Delete takes the answer away."""

    def __init__(self, field: Field, around: Around, parent: QWidget | None = None) -> None:
        super().__init__(field, around, parent)
        self._code: str | None = None
        scale = set(DEGREES) == {choice.code for choice in list_of(field).choices}
        options = [
            Option(choice.code, choice.short, *((DEGREES[choice.code], TONES[choice.code]) if scale else ()))
            for choice in list_of(field).valid(around.today())
        ]
        self.row = Segmented(options, self, label=field.label, name=field.name)
        self.hold(self.row)
        self.row.changed.connect(self._choose)
        for segment in self.row.findChildren(QAbstractButton):
            segment.installEventFilter(self)

    def _choose(self, code: str) -> None:
        self._code = code
        self.changed.emit()
        self.left.emit()

    def eventFilter(self, watched: Any, event: QEvent) -> bool:
        """Enter, Alt Enter and Ctrl Z as everywhere; Delete and Backspace clear."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
                self.set_value(None)
                self._choose_none()
                return True
            return self.common_key(event)
        return False

    def _choose_none(self) -> None:
        self.changed.emit()
        self.left.emit()

    def set_value(self, value: Any) -> None:
        """Show a stored code."""
        self._code = None if value is None else str(value)
        self.row.set_value(self._code)

    def typed(self) -> str | None:
        """Return the code chosen."""
        return self._code

    def set_typed(self, typed: Any) -> None:
        """Choose again."""
        self.set_value(typed or None)

    def read(self, today: date) -> Read:
        """Return the code chosen."""
        return Read(self._code)

    def focus(self) -> None:
        """Focus the chosen answer, else the first."""
        self.row.setFocus(Qt.FocusReason.TabFocusReason)


def fits_side_by_side(field: Field, today: date) -> bool:
    """Return whether the answers are few and short enough to stand side by side in the field's width."""
    shown: Sequence[Choice] = list_of(field).valid(today)
    if not 2 <= len(shown) <= SIDE_BY_SIDE:
        return False
    scale = 22 * (set(DEGREES) == {choice.code for choice in shown})
    wide = 8 + sum(paint.text_width(theme.font("strong"), choice.short) + 24 + scale for choice in shown)
    return wide <= theme.px(52 * field.width + 12)


@for_kind("choice")
def choice_input(field: Field, around: Around) -> Input:
    """Return segments for few short answers, else a list that filters."""
    return (SegmentInput if fits_side_by_side(field, around.today()) else ChoiceInput)(field, around)


class Chip(QAbstractButton):
    """One of several answers that can be on together."""

    def __init__(self, pick: Pick, owner: Input) -> None:
        super().__init__(owner)
        self.pick, self._owner = pick, owner
        self.setCheckable(True)
        self.setProperty("ring", theme.CHIP // 2)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip(pick.note)
        paint.name_it(self, f"chip_{pick.key}", pick.words, pick.note)

    def sizeHint(self) -> QSize:
        """Return room for the strong words and the check."""
        wide = paint.text_width(theme.font("labelStrong"), self.pick.words) + 26
        return QSize(wide + (20 if self.isChecked() else 0), theme.px(theme.CHIP))

    def checkStateSet(self) -> None:
        """A chip that is on has room for its check."""
        super().checkStateSet()
        self.updateGeometry()

    def nextCheckState(self) -> None:
        """A chip that is on has room for its check."""
        super().nextCheckState()
        self.updateGeometry()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move among the chips, Space toggles, Enter goes on."""
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}.get(
            Qt.Key(event.key())
        )
        if step is not None:
            chips = [chip for chip in self._owner.findChildren(Chip) if chip.isVisible()]
            chips[(chips.index(self) + step) % len(chips)].setFocus(Qt.FocusReason.TabFocusReason)
        elif not self._owner.common_key(event):
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the chip; chosen it has a check, a stronger border and strong words."""
        painter = paint.smooth(QPainter(self))
        on, box = self.isChecked(), QRectF(self.rect())
        face = "panel" if on or not self.underMouse() else "hover"
        paint.frame(painter, box, box.height() / 2, face if self.isEnabled() else "sunk", "cham" if on else "field",
                    2.0 if on else 1.0)  # fmt: skip
        ink = "cham" if on else "ink2" if self.isEnabled() else "ink3"
        role = "labelStrong" if on else "note"
        wide = paint.text_width(theme.font(role), self.pick.words) + (20 if on else 0)
        left = (box.width() - wide) / 2
        if on:
            icons.paint(painter, "checkmark", QPointF(round(left - 2), round(box.height() / 2 - 8)), ink, 16)
            left += 20
        paint.text(painter, QRectF(left, 0, box.width(), box.height()), self.pick.words, role, ink)
        painter.end()


class ChipsInput(Input):
    """Up to eight answers, any number of them on."""

    def __init__(self, field: Field, around: Around, parent: QWidget | None = None) -> None:
        super().__init__(field, around, parent)
        holder = QWidget(self)
        self._flow = Flow(holder)
        self._chips = []
        for choice in list_of(field).valid(around.today()):
            note = "" if choice.verified else say("record.unverified")
            chip = Chip(Pick(choice.code, choice.short, note=note), self)
            chip.clicked.connect(self._toggled)
            self._flow.addWidget(chip)
            self._chips.append(chip)
        self.hold(holder)
        if self._chips:
            holder.setFocusProxy(self._chips[0])
        self._hidden: list[str] = []

    def _toggled(self) -> None:
        self.changed.emit()
        self.left.emit()

    def set_value(self, value: Any) -> None:
        """Show stored codes; those no longer offered are kept unseen."""
        codes = [str(code) for code in value or ()]
        for chip in self._chips:
            chip.setChecked(chip.pick.key in codes)
        self._hidden = [code for code in codes if code not in {chip.pick.key for chip in self._chips}]

    def typed(self) -> list[str]:
        """Return the codes that are on."""
        return [chip.pick.key for chip in self._chips if chip.isChecked()] + self._hidden

    def set_typed(self, typed: Any) -> None:
        """Choose again."""
        self.set_value(typed)

    def focus(self) -> None:
        """Focus the first chip that is on, else the first."""
        on = [chip for chip in self._chips if chip.isChecked()] or self._chips
        if on:
            on[0].setFocus(Qt.FocusReason.TabFocusReason)


class Token(QAbstractButton):
    """Something chosen, inside a field; × or Delete takes it out."""

    gone = Signal(str)

    def __init__(self, pick: Pick, owner: Input) -> None:
        super().__init__(owner)
        self.pick, self._owner = pick, owner
        self.setProperty("ring", 6)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        paint.name_it(self, f"token_{owner.field.name}", f"{pick.words} {pick.facts}".strip(), say("record.token_help"))

    def sizeHint(self) -> QSize:
        """Return room for icon, words, facts and the cross."""
        wide = paint.text_width(theme.font("labelStrong"), self.pick.words) + 42
        wide += paint.text_width(theme.font("note"), self.pick.facts) + 8 if self.pick.facts else 0
        return QSize(wide + (22 if self.pick.icon else 0), theme.px(26))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete and Backspace take it out."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.gone.emit(self.pick.key)
        elif not self._owner.common_key(event):
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on the cross takes it out."""
        if event.position().x() > self.width() - 28:
            self.gone.emit(self.pick.key)
        super().mouseReleaseEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the token."""
        painter = paint.smooth(QPainter(self))
        box = QRectF(self.rect())
        paint.frame(painter, box, 5, "chamBg", "chamLine")
        left, right, middle = 8.0, box.width() - 28, box.height() / 2
        if self.pick.icon:
            icons.paint(painter, self.pick.icon, QPointF(left - 1, round(middle - 8)), "cham", 16)
            left += 22
        wide = min(paint.text_width(theme.font("labelStrong"), self.pick.words) + 1, right - left)
        paint.text(painter, QRectF(left, 0, wide, box.height()), self.pick.words, "labelStrong", "cham")
        if self.pick.facts and right - left - wide > 20:
            facts = QRectF(left + wide + 8, 0, right - left - wide - 8, box.height())
            paint.text(painter, facts, self.pick.facts, "note", "ink2")
        icons.paint(painter, "dismiss", QPointF(box.width() - 24, round(middle - 8)), "cham", 16)
        painter.end()


class _TokenFrame(QWidget):
    """A field that holds tokens and a line."""

    def __init__(self, owner: Input, line: Line) -> None:
        super().__init__(owner)
        self._line = line
        self.flow = Flow(self, gap=4, row_gap=4, last_grows=112)
        self.flow.setContentsMargins(5, 4, 5, 4)
        self.setProperty("state", "")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        line.installEventFilter(self)

    def state(self, level: str) -> None:
        """Show the field as ``stop``, ``ask`` or plain."""
        self.setProperty("state", level)
        self.update()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """The border shows the focus of the line."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return False

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        """A click anywhere goes to the line."""
        self._line.setFocus(Qt.FocusReason.MouseFocusReason)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the frame of a field."""
        painter = paint.smooth(QPainter(self))
        level, focus = self.property("state"), self._line.hasFocus()
        border = {"stop": "gachMark", "ask": "ngheMark"}.get(level, "focus" if focus else "field")
        face = "panel2" if self._line.isReadOnly() else "panel"
        paint.frame(painter, QRectF(self.rect()), theme.RADIUS_FIELD, face, border, 2.0 if level or focus else 1.0)
        painter.end()


class TokensInput(PickInput):
    """Several codes of a long list: type, Enter, type, Enter; Backspace in the empty line takes out the last."""

    icon = ""

    def __init__(self, field: Field, around: Around, parent: QWidget | None = None) -> None:
        super().__init__(field, around, parent)
        self.frame = _TokenFrame(self, self.line)
        self.frame.flow.addWidget(self.line)
        self.hold(self.line)
        self._column.removeWidget(self.line)
        self.frame.flow.addWidget(self.line)
        self._column.addWidget(self.frame)
        self.tokens: list[Token] = []
        self._keys: list[str] = []

    def _make_line(self) -> PickLine:
        line = PickLine(self, chevron=False, hint=self._invitation(), label=self.field.label, height=26)
        line.setProperty("frameless", True)
        line.setMinimumWidth(100)
        return line

    def _invitation(self) -> str:
        return say("record.add_more")

    def list_under(self) -> QWidget:
        """The list hangs under the whole field."""
        return self.frame

    def state(self, level: str) -> None:
        """Mark the frame."""
        self.frame.state("" if level in ("note", "hint") else level)

    def rows(self, query: str) -> list[Pick]:
        """Return choices that fit and are not yet taken."""
        return [p for p in matching(picks(self.field, self.around.today()), query) if p.key not in self._keys]

    def token(self, key: str) -> Pick:
        """Return what a token shows."""
        choice = list_of(self.field).get(key)
        return Pick(key, choice.short if choice else key)

    def set_value(self, value: Any) -> None:
        """Show stored codes."""
        self._keys = [str(key) for key in value or ()]
        self._show()

    def typed(self) -> list[str]:
        """Return the codes; text not taken is the last entry, after an empty one."""
        rest = text.tidy(self.line.text())
        return [*self._keys, "", rest] if rest else list(self._keys)

    def typed_words(self) -> str:
        """Return the words of the tokens and what is left in the line."""
        return "; ".join(filter(None, [*(self.token(key).words for key in self._keys), text.tidy(self.line.text())]))

    def set_typed(self, typed: Any) -> None:
        """Show codes and text again."""
        keys = [str(key) for key in typed or ()]
        cut = keys.index("") if "" in keys else len(keys)
        self.line.setText(keys[cut + 1] if cut + 1 < len(keys) else "")
        self.set_value(keys[:cut])

    def read(self, today: date) -> Read:
        """Return the codes taken; words left in the line that are one choice are taken as well."""
        rest = text.tidy(self.line.text())
        if not rest:
            return Read(list(self._keys) or None)
        return self._read_rest(rest)

    def _read_rest(self, rest: str) -> Read:
        found = list_of(self.field).find(rest)
        if found is not None:
            return Read([*dict.fromkeys([*self._keys, found.code])])
        note = Finding(self.field.name, "stop", "unknown_choice", {"list": list_of(self.field).title})
        return Read(list(self._keys) or None, (note,))

    def settle(self, read: Read) -> None:
        """Show what was understood."""
        if not any(note.level == "stop" for note in read.notes):
            self.line.setText("")
            if list(read.value or ()) != self._keys:
                self.set_value(read.value)

    def take(self, row: Pick) -> None:
        """Put a token in and stay for the next."""
        self._keys.append(row.key)
        self.line.clear()
        self._show()
        self.changed.emit()

    def after_enter(self) -> None:
        """Stay: there may be more."""

    def list_key(self, event: QKeyEvent) -> bool:
        """Backspace in an empty line takes out the last token."""
        if event.key() == Qt.Key.Key_Backspace and not self.line.text() and self._keys and not self.line.isReadOnly():
            self._drop(self._keys[-1])
            return True
        return super().list_key(event)

    def _drop(self, key: str) -> None:
        if self.line.isReadOnly():
            return
        self._keys = [one for one in self._keys if one != key]
        self._show()
        self.changed.emit()
        self.focus()

    def _show(self) -> None:
        for token in self.tokens:
            self.frame.flow.removeWidget(token)
            token.hide()
            token.deleteLater()
        self.frame.flow.removeWidget(self.line)
        self.tokens = []
        for key in self._keys:
            token = Token(self.token(key), self)
            token.gone.connect(self._drop)
            self.frame.flow.addWidget(token)
            token.show()
            self.tokens.append(token)
        self.frame.flow.addWidget(self.line)
        before = self.tokens[0] if self.tokens else None
        for after in [*self.tokens[1:], self.line]:
            if before is not None:
                QWidget.setTabOrder(before, after)
            before = after
        self.frame.flow.invalidate()
        self.frame.updateGeometry()
        self.updateGeometry()

    def lock(self, locked: bool) -> None:
        """Read-only: no line, tokens stay."""
        super().lock(locked)
        self.line.setPlaceholderText("" if locked else self._invitation())
        self.frame.update()


@for_kind("choices")
def choices_input(field: Field, around: Around) -> Input:
    """Return chips for a short list, tokens for a long one."""
    few = len(list_of(field).valid(around.today())) <= CHIPS_AT_MOST
    return (ChipsInput if few else TokensInput)(field, around)


@for_kind("place")
class PlaceInput(ChoiceInput):
    """A village by name; a name not in the list becomes a new village on saving."""

    def rows(self, query: str) -> list[Pick]:
        """Return villages that fit, and the offer to add what is typed."""
        written = text.tidy(query)
        whole = query == self._label and self._code is not None
        rows = matching((Pick(key, name) for key, name in self.around.villages().items()), "" if whole else query)
        if written and not whole and self._id_of(written) is None:
            rows.append(Pick(written, say("record.add_village", name=written), new=True))
        return rows

    def _id_of(self, written: str) -> str | None:
        wanted = village_key(written)
        villages = self.around.villages().items()
        found = [key for key, name in villages if village_key(name) == wanted]
        unaccented = text.fold(written) == text.tidy(written).casefold()
        plain = [key for key, name in villages if unaccented and _bare(name) == _bare(written)]
        return found[0] if found else plain[0] if len(plain) == 1 else None

    def _known(self, written: str) -> bool:
        return written in self.around.villages()

    def words(self, value: Any) -> str:
        """Return the village's name; a new one is its own name."""
        return "" if value is None else self.around.villages().get(str(value), str(value))

    def read(self, today: date) -> Read:
        """Return the id, or the new name with a question."""
        typed = text.tidy(self.typed())
        if not typed:
            return Read()
        if self._known(typed):
            return Read(typed)
        return Read(self._id_of(typed) or typed)

    def is_new(self, value: Any) -> bool:
        """Return whether a value names a village that is not in the list."""
        return isinstance(value, str) and not self._known(value)


def _bare(name: str) -> str:
    """Return a village's name folded, without the word for its kind."""
    folded = text.fold(name)
    kinds = (text.fold(word) for word in catalogue().reading["village_types"])
    return next((folded[len(kind) + 1 :] for kind in kinds if folded.startswith(f"{kind} ")), folded)


@for_kind("unit")
class UnitInput(ChoiceInput):
    """An administrative unit, also one of before a merger."""

    def rows(self, query: str) -> list[Pick]:
        """Return units that fit; those of today stand first, in an *old* field those of before."""
        today, old = self.around.today(), "old" in self.field.name
        whole = query == self._label and self._code is not None
        units = [unit for unit in catalogue().units.all if unit.level == "xa"]
        rows = [
            Pick(unit.key, unit.name, note="" if unit.valid(today) else say("record.unit_until", day=_year(unit.valid_to)),
                 first=unit.valid(today) != old)
            for unit in units
        ]  # fmt: skip
        return matching(rows, "" if whole else query)

    def _known(self, written: str) -> bool:
        return catalogue().units.get(written) is not None


def _year(day: str | None) -> str:
    return (day or "")[:4]


@for_kind("refs")
class RefsInput(TokensInput):
    """Other records, found inside the field. ``heard`` tells the name written when none of them is meant."""

    heard = Signal(str)
    icon = "people"

    def __init__(self, field: Field, around: Around, parent: QWidget | None = None) -> None:
        self._found: list[Pick] = []
        self._known: dict[str, Pick] = {}
        super().__init__(field, around, parent)
        self.offers_heard = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(80)
        self._timer.timeout.connect(self._ask)

    def _invitation(self) -> str:
        return say("record.find_children") if self.field.form == "child" else say("record.find_record")

    def offer(self, *, everything: bool = False) -> None:
        """Ask 80 ms after the last key."""
        if not self.line.isReadOnly() and text.tidy(self.line.text()):
            self._timer.start()
        else:
            self._timer.stop()
            self.close_list()

    def _ask(self) -> None:
        query = text.tidy(self.line.text())
        self.around.find(self.field.form or "", query, lambda rows: self._show_found(query, rows))

    def _show_found(self, query: str, rows: Rows) -> None:
        self._found = [_pick(row) for row in rows]
        for pick in self._found:
            self._known[pick.key] = pick
        if self.line.hasFocus() and query == text.tidy(self.line.text()):
            super().offer()

    def rows(self, query: str) -> list[Pick]:
        """Return what the desk found, and the offer to write the name as heard."""
        rows = [row for row in self._found if row.key not in self._keys]
        if self.offers_heard and text.tidy(query):
            rows.append(Pick("", say("record.as_heard", name=text.tidy(query)), new=True))
        return rows

    def take(self, row: Pick) -> None:
        """Put the record in, or pass the name on."""
        if row.new:
            written = text.tidy(self.line.text())
            self.line.clear()
            self.heard.emit(written)
            return
        super().take(row)

    def take_lit(self) -> bool:
        """Take the lit row; ask first if the answer is not yet here."""
        return super().take_lit()

    def token(self, key: str) -> Pick:
        """Return what a token shows; unknown ids show as such until their words arrive."""
        return self._known.get(key, Pick(key, say("record.one_record"), icon=self.icon))

    def set_value(self, value: Any) -> None:
        """Show records; words not yet known are asked for."""
        ids = [value] if isinstance(value, str) else list(value or ())
        missing = [one for one in ids if one not in self._known]
        if missing:
            self.around.names(self.field.form or "", missing, self._learn)
        super().set_value(ids)

    def _learn(self, rows: Rows) -> None:
        for row in rows:
            pick = _pick(row)
            self._known[pick.key] = pick
        self._show()

    def words(self, value: Any) -> str:
        """Return the names of the records."""
        ids = [value] if isinstance(value, str) else list(value or ())
        return "; ".join(self.token(one).words for one in ids)

    def _read_rest(self, rest: str) -> Read:
        note = Finding(self.field.name, "stop", "no_such_record")
        return Read(list(self._keys) or None, (note,))


def _pick(row: Any) -> Pick:
    return Pick(str(row["id"]), str(row["words"]), str(row.get("facts") or ""), icon=str(row.get("icon") or "people"))


@for_kind("ref")
class RefInput(RefsInput):
    """One other record."""

    def _invitation(self) -> str:
        return "" if getattr(self, "_keys", None) else super()._invitation()

    def take(self, row: Pick) -> None:
        """The new one takes the place of the old."""
        if not row.new:
            self._keys = []
        super().take(row)

    def after_enter(self) -> None:
        """One is enough: go on."""
        self.onward.emit()

    def read(self, today: date) -> Read:
        """Return the id."""
        read = super().read(today)
        return Read(read.value[0] if read.value else None, read.notes)

    def set_value(self, value: Any) -> None:
        """Show one record."""
        super().set_value([value] if isinstance(value, str) else value)

    def settle(self, read: Read) -> None:
        """Show what was understood."""
        super().settle(Read([read.value] if isinstance(read.value, str) else read.value, read.notes))
