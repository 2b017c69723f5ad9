"""Totals a commune sent on paper, typed: a line a figure under the heading of its table, Enter goes to the next.

Rules. What is typed is read when the field is left; what is no whole number says so under it and is not written. An
empty field is unknown, not nought.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from cbdesk.desk.on_behalf import TotalPlace
from cbdesk.words import say
from ui import theme
from ui.lists.filterbar import plain
from ui.parts import Label, LineField, Scroller

WIDE, MOST = 104, 10_000_000


class _Figure(LineField):
    """One figure; Enter and ↓ go to the next, ↑ to the one before."""

    step = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by Enter and arrows."""
        down = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down)
        if event.key() in (*down, Qt.Key.Key_Up) and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.step.emit(1 if event.key() in down else -1)
        else:
            super().keyPressEvent(event)


def number_of(typed: str) -> int | None:
    """Return a typed whole number, dots between thousands aside. Raises ``ValueError`` for anything else."""
    said = typed.strip().replace(".", "").replace(" ", "")
    if not said:
        return None
    if not (said.isascii() and said.isdigit()) or int(said) > MOST:
        raise ValueError(typed)
    return int(said)


class TotalList(Scroller):
    """The figures of one report of one commune. ``changed`` follows each keystroke."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, spacing=2, name="totals")
        self.fields: dict[str, LineField] = {}
        self._known: dict[str, int | None] = {}
        self._parts: list[QWidget] = []

    def show_places(self, places: Sequence[TotalPlace]) -> None:
        """Show the figures that may be typed."""
        for part in self._parts:
            self.body.removeWidget(part)
            part.hide()
            part.deleteLater()
        while self.body.count():
            self.body.takeAt(0)
        self.fields, self._parts, table = {}, [], None
        self._known = {one.place: one.value for one in places}
        for one in places:
            if one.table != table:
                table = one.table
                self._add(Label(table, "labelStrong", "ink2", wrap=True))
            self._add(self._row(one))
        self.body.addStretch(1)

    def _add(self, part: QWidget) -> None:
        self._parts.append(part)
        self.body.addWidget(part)

    def _row(self, one: TotalPlace) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 8, 0)
        row.setSpacing(8)
        words = f"{one.row} · {one.column}" if one.column else one.row
        row.addWidget(Label(words, "body", "ink", wrap=True), 1)
        field = _Figure(name=f"total_{one.place}")
        field.setAccessibleName(f"{one.table}: {words}")
        field.setFixedWidth(theme.px(WIDE))
        field.setAlignment(Qt.AlignmentFlag.AlignRight)
        field.setText(plain(one.value) if one.value is not None else "")
        field.textEdited.connect(lambda _text: self.changed.emit())
        field.editingFinished.connect(lambda place=one.place: self._read(place))
        field.step.connect(lambda step, place=one.place: self._step(place, step))
        self.fields[one.place] = field
        row.addWidget(field)
        return made

    def _read(self, place: str) -> None:
        field = self.fields.get(place)
        if field is None:
            return
        try:
            value = number_of(field.text())
        except ValueError:
            field.state("stop")
            field.setToolTip(say("behalf.no_number"))
            return
        field.state("")
        field.setToolTip("")
        field.setText(plain(value) if value is not None else "")

    def _step(self, place: str, step: int) -> None:
        names = list(self.fields)
        at = names.index(place) + step
        if 0 <= at < len(names):
            self.fields[names[at]].setFocus(Qt.FocusReason.TabFocusReason)
            self.fields[names[at]].selectAll()
            self.ensureWidgetVisible(self.fields[names[at]])

    def news(self) -> Mapping[str, int | None] | None:
        """Return the figures that differ from what is kept; ``None`` where one is no number."""
        found: dict[str, int | None] = {}
        for place, field in self.fields.items():
            try:
                value = number_of(field.text())
            except ValueError:
                field.state("stop")
                field.setFocus()
                return None
            if value != self._known[place]:
                found[place] = value
        return found

    def is_changed(self) -> bool:
        """Return whether anything was typed that is not kept."""
        try:
            return any(number_of(field.text()) != self._known[place] for place, field in self.fields.items())
        except ValueError:
            return True
