"""The day on which the police signed their answer: today until another day is typed."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from cbdesk import clock, dates
from cbdesk.words import say
from ui import theme
from ui.parts import Label, LineField

WIDE = 108


class SignedOn(QWidget):
    """A day to type; it is read when it is asked for, never while it is typed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.field = LineField(label=say("quality_page.signed_on"), name="signed_on")
        self.field.setFixedWidth(theme.px(WIDE))
        self.field.editingFinished.connect(self._left)
        row.addWidget(Label(say("quality_page.signed_on"), "label", "ink2"))
        row.addWidget(self.field)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def begin(self) -> None:
        """Start with today."""
        self.field.setText(dates.show_date(clock.today().isoformat()))
        self.field.state("")

    def day(self) -> date | None:
        """Return the day typed, or ``None`` (and the focus is in the field) where it is no whole day up to today."""
        read = dates.read_date(self.field.text().strip(), clock.today())
        whole = read.value is not None and len(read.value) == 10
        found = date.fromisoformat(read.value) if whole and read.value is not None else None
        if found is None or found > clock.today():
            self.field.state("stop")
            self.field.setToolTip(say("quality_page.signed_need"))
            self.field.setFocus()
            return None
        self.field.state("")
        self.field.setToolTip("")
        return found

    def _left(self) -> None:
        """Show what was understood once the field is left."""
        read = dates.read_date(self.field.text().strip(), clock.today())
        if read.value is not None and len(read.value) == 10:
            self.field.setText(dates.show_date(read.value))
            self.field.state("")
