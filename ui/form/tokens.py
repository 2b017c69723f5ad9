"""Inputs that hold several things: chips that are on or off, tokens of a long list, and other records found by name.

Rules. Space toggles a chip, arrows move among chips. In a token field one types and presses Enter, again and again;
Backspace in the empty line takes out the last, Delete on a token takes out that one. Records are asked for 80 ms after
the last key and late answers are dropped.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from cbdesk import text
from cbdesk.catalogue import Field
from cbdesk.errors import Finding
from cbdesk.kinds import Read, list_of
from cbdesk.words import say
from ui import icons, theme
from ui.form.grid import Flow
from ui.form.inputs import Around, Input, Line, Rows, for_kind
from ui.form.picker import Pick, matching
from ui.form.picking import PickInput, PickLine, picks
from ui.parts import paint

CHIPS_AT_MOST, LINES_AT_MOST = 8, 2


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
    """Return chips for a short list of short words, tokens for any other."""
    shown = list_of(field).valid(around.today())
    wide = sum(paint.text_width(theme.font("labelStrong"), choice.short) + 32 for choice in shown)
    few = len(shown) <= CHIPS_AT_MOST and wide <= LINES_AT_MOST * theme.px(52 * field.width)
    return (ChipsInput if few else TokensInput)(field, around)


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
