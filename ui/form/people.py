"""A line of text that offers the people of the directory (danh bạ) while one types.

Rules. What is typed is an answer by itself: no row is lit until ↓ is pressed, so Enter never takes what was not meant.
Taking a row writes who it is with the telephone; where the form has a field for the telephone, it goes there, unless
something stands in it already. The list hangs below and completes nothing inline.
"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from cbdesk import text
from cbdesk.catalogue import Field
from cbdesk.kinds import Read
from ui.form.around import DIRECTORY
from ui.form.inputs import Around, Input, Rows
from ui.form.picker import Pick
from ui.form.picking import PickInput, PickLine

PAUSE_MS = 80


class Asks(NamedTuple):
    """How a field takes a person: the office before the name, the name alone, and where the telephone goes."""

    office: bool = True
    phone: str = ""


ASKED = {
    ("incident", "told_other"): Asks(),
    ("incident", "reporter_name"): Asks(office=False, phone="reporter_phone"),
    ("measure", "who"): Asks(),
    ("referral", "agency"): Asks(),
}
"""Fields that offer the directory, by form and name."""


class _Line(PickLine):
    """The line: a click places the cursor and opens nothing."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Place the cursor."""
        super(PickLine, self).mousePressEvent(event)


class PeopleInput(PickInput):
    """Such a line. ``also`` carries what a taken person says of another field, as (field, words)."""

    also = Signal(str, str)

    def __init__(self, field: Field, around: Around, asks: Asks, parent: QWidget | None = None) -> None:
        super().__init__(field, around, parent)
        self._asks, self._shown = asks, ""
        self._found: dict[str, tuple[Pick, str, str]] = {}
        self._everything = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._ask)
        self.hold(self.line)

    def _make_line(self) -> PickLine:
        return _Line(self, chevron=False, hint=self.field.hint, label=self.field.label)

    # the people

    def offer(self, *, everything: bool = False) -> None:
        """Ask for people 80 ms after the last key; the whole directory where it was asked for."""
        self._everything = everything
        if self.line.isReadOnly() or not (everything or text.tidy(self.line.text())):
            self._timer.stop()
            self.close_list()
        else:
            self._timer.start()

    def _ask(self) -> None:
        query = "" if self._everything else text.tidy(self.line.text())
        self.around.find(DIRECTORY, query, lambda rows: self._show_found(query, rows))

    def _show_found(self, query: str, rows: Rows) -> None:
        self._found = {str(row["id"]): (_pick(row), self._words(row), str(row["phone"])) for row in rows}
        typed = "" if self._everything else text.tidy(self.line.text())
        if self.line.hasFocus() and query == typed and rows:
            self.show_list(query, lit=self._everything)
        else:
            self.close_list()

    def _words(self, row: Any) -> str:
        """Return what is written for a person."""
        if not self._asks.office:
            return str(row["words"])
        phone = "" if self._asks.phone else row["phone"]
        return ", ".join(str(part) for part in (row["office"], row["words"], phone) if part)

    def rows(self, query: str) -> list[Pick]:
        """Return the people found."""
        return [pick for pick, *_ in self._found.values()]

    def take(self, row: Pick) -> None:
        """Write the person."""
        _, words, phone = self._found[row.key]
        self.line.setText(words)
        self.changed.emit()
        if self._asks.phone and phone:
            self.also.emit(self._asks.phone, phone)

    # the text

    def set_value(self, value: Any) -> None:
        """Show a stored text from its beginning."""
        self._value, self._shown = value, self.words(value)
        self.line.setText(self._shown)
        if not self.line.hasFocus():
            self.line.setCursorPosition(0)

    def typed(self) -> str:
        """Return the text."""
        return self.line.text()

    def set_typed(self, typed: Any) -> None:
        """Show a text as typed."""
        self._shown = "\0"
        self.line.setText(str(typed or ""))

    def read(self, today: date) -> Read:
        """Understand the text; one nobody touched means what was stored."""
        if self.line.text() == self._shown:
            return Read(self._value)
        return self.kind.read(self.line.text(), self.field, today)

    def settle(self, read: Read) -> None:
        """Tidy what is shown."""
        self._value = read.value
        self._shown = text.tidy(self.line.text()) if read.value is None else self.words(read.value)
        if self.line.text() != self._shown:
            self.line.setText(self._shown)


def _pick(row: Any) -> Pick:
    return Pick(str(row["id"]), str(row["words"]), str(row["facts"]), str(row["phone"]), icon="call")


def people_input(form: str, field: Field, around: Around) -> Input | None:
    """Return such an input where a field of a form takes people of the directory, else ``None``."""
    asks = ASKED.get((form, field.name))
    return PeopleInput(field, around, asks) if asks is not None else None
