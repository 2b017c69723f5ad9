"""Inputs that choose one thing: a code of a list, a village, a unit. ``ui/form/tokens.py`` has those that hold several.

Rules. Typing filters without accents and never completes inline; Enter or Tab takes the row that is lit, Enter goes on.
What has no source is marked *chưa kiểm chứng*. Two to four short answers stand side by side. A village that is not in
the list can be written; it is made on saving.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from cbdesk import text
from cbdesk.catalogue import Choice, Field, catalogue
from cbdesk.desk.places import VillageNames
from cbdesk.kinds import Read, list_of
from cbdesk.matching import village_key
from cbdesk.words import say
from ui import icons, theme
from ui.form.inputs import ENTER, Around, Input, Line, for_kind
from ui.form.picker import Pick, Picker, matching
from ui.parts import DEGREES, Option, Segmented, paint

SIDE_BY_SIDE = 4
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
        self.show_list(query, lit=bool(query))

    def show_list(self, query: str, *, lit: bool) -> None:
        """Show the rows for a query, the first one lit or none."""
        rows = self.rows(query)
        if self._list is None:
            self._list = Picker(self.list_under(), name=f"{self.field.name}_list")
            self._list.taken.connect(self._clicked)
        self._list.offer(rows, query, first=lit)

    def open_help(self) -> bool:
        """Alt ↓ opens the whole list."""
        self.offer(everything=True)
        return True

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
        known = self._code is not None and typed == self._code
        return Read(typed) if known else self.kind.read(typed, self.field, today)

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
        self.row = Segmented(self.options(), self, label=field.label, name=field.name)
        self.hold(self.row)
        self.row.changed.connect(self._choose)
        for segment in self.row.findChildren(QAbstractButton):
            segment.installEventFilter(self)

    def options(self) -> list[Option]:
        """Return the answers as they stand side by side."""
        scale = set(DEGREES) == {choice.code for choice in list_of(self.field).choices}
        return [
            Option(choice.code, choice.short, *((DEGREES[choice.code], TONES[choice.code]) if scale else ()))
            for choice in list_of(self.field).valid(self.around.today())
        ]

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


@for_kind("place")
class PlaceInput(ChoiceInput):
    """A village by name; a name not in the list becomes a new village on saving."""

    def rows(self, query: str) -> list[Pick]:
        """Return villages that fit, and the offer to add what is typed."""
        written = text.tidy(query)
        whole = query == self._label and self._code is not None
        known = self.around.villages()
        ended = known.ended if isinstance(known, VillageNames) else frozenset()
        rows = matching((Pick(key, name) for key, name in known.items() if key not in ended), "" if whole else query)
        if written and not whole and self._id_of(written) is None:
            rows.append(Pick(written, say("record.add_village", name=written), new=True))
        return rows

    def _id_of(self, written: str) -> str | None:
        wanted = village_key(written)
        villages = self.around.villages().items()
        found = [key for key, name in villages if village_key(name) == wanted]
        unaccented = text.fold(written) == text.tidy(written).casefold()
        plain = [key for key, name in villages if unaccented and _bare(name) == _bare(written)]
        if found or len(plain) == 1:
            return (found or plain)[0]
        known = self.around.villages()
        return known.meant(written) if isinstance(known, VillageNames) else None

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
            Pick(unit.key, unit.name, first=unit.valid(today) != old,
                 note="" if unit.valid(today) else say("record.unit_until", day=(unit.valid_to or "")[:4]))
            for unit in units
        ]  # fmt: skip
        return matching(rows, "" if whole else query)

    def _known(self, written: str) -> bool:
        return catalogue().units.get(written) is not None
