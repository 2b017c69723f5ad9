"""The quick note: one thing done that no other record shows, in one line: day, duty, child, what, how many people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from cbdesk import clock
from cbdesk.catalogue import catalogue
from cbdesk.desk.duties import NOTE
from cbdesk.words import say
from ui.form.form import FormView, Part
from ui.jobs import Jobs
from ui.parts import Button, Card

WIDTHS = {"on": 3, "duty": 9, "child": 4, "text": 6, "people": 2}
"""Fields of the line in order, in twelfths of its width: when and which duty, then for whom and what."""


class QuickNote(Card):
    """The card of a note, new or opened again."""

    closed = Signal()
    """It is to be closed."""
    turned = Signal()
    """It was shown or hidden."""
    void_wanted = Signal(str)

    def __init__(self, jobs: Jobs, parent: QWidget) -> None:
        super().__init__(parent, padding=14, spacing=10, name="quick_note")
        self.tone("cham")
        shape = catalogue().forms[NOTE]
        fields = tuple(replace(shape.field(name), width=width) for name, width in WIDTHS.items())
        self.view = FormView(shape, jobs, [Part("note", "", fields)], self, drafts=False, name="note_form")
        self.body.addWidget(self.view)
        row = QHBoxLayout()
        row.setSpacing(8)
        self._save = Button(say("duties.save"), icon="save", key="Ctrl S", name="save_note")
        self._close = Button(say("ui.close"), "quiet", key="Esc", name="close_note")
        self._drop = Button(say("child.void_row"), "quiet", icon="delete", name="drop_note")
        self._save.clicked.connect(self.view.save)
        self._close.clicked.connect(self.closed)
        self._drop.clicked.connect(lambda: self.void_wanted.emit(self.view.record or ""))
        for button in (self._save, self._close):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self._drop)
        self.body.addLayout(row)

    def begin(self, officer: str, duty: str = "", typed: Mapping[str, Any] | None = None) -> None:
        """Show a new note of today; ``duty`` is the one looked at, ``typed`` brings back what was written."""
        start = {"on": clock.today().isoformat(), **({"duty": duty} if duty else {})}
        self.view.load(None, {}, start=start, fixed={"done_by": officer})
        for name, value in (typed or {}).items():
            self.view.set_typed(name, value)
        self._open()
        box = self.view.boxes["text" if duty else "duty"]
        box.focus()

    def edit(self, row: Mapping[str, Any]) -> None:
        """Show a note that was written before."""
        self.view.load(str(row["id"]), row)
        self._open()
        self.view.focus_first()

    def _open(self) -> None:
        self._drop.setVisible(self.view.record is not None)
        self.show()

    def showEvent(self, event: QShowEvent) -> None:
        """Tell that it is here."""
        super().showEvent(event)
        self.turned.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Tell that it is gone."""
        super().hideEvent(event)
        self.turned.emit()

    def typed(self) -> dict[str, Any]:
        """Return what is written and not saved."""
        if self.isHidden() or not self.view.dirty():
            return {}
        return {edit.field: self.view.boxes[edit.field].input.typed() for edit in self.view.edits()}
