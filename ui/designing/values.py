"""What the office's own columns say of one child: a field for each, written when it is left.

Rules. What is no value of its column stays as typed, is said at the field and is not written; a choice that is none of
those offered is written and remarked. Every writing can be taken back from its toast.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cbdesk.desk import Desk, Saved
from cbdesk.words import say
from ui.jobs import Jobs
from ui.parts import Labelled, LineField, ListField

YES_NO, CHOICE = "yes_no", "choice"


class ExtraFields(QWidget):
    """The fields. ``written`` carries the answer of the desk."""

    written = Signal(object)

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._child, self._told = "", dict[str, str]()
        self.fields: dict[str, Labelled] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(10)
        self.setObjectName("extra_fields")

    def show_values(self, child: str, values: Sequence[tuple[Any, str | None]]) -> None:
        """Show columns with what they say of a child; a field one stands in stays as it is typed."""
        same = child == self._child and list(self.fields) == [one.code for one, _ in values]
        if not same:
            self._make(child, values)
        for one, stored in values:
            field, shown = self.fields[one.code].field, self._words(one, stored)
            self._told[one.code] = shown
            if isinstance(field, ListField):
                field.fill(_options(one, shown))
                field.blockSignals(True)
                field.set_value(shown)
                field.blockSignals(False)
            elif isinstance(field, LineField) and not (same and field.hasFocus()):
                field.setText(shown)

    def _make(self, child: str, values: Sequence[tuple[Any, str | None]]) -> None:
        for room in self.fields.values():
            self._column.removeWidget(room)
            room.hide()
            room.deleteLater()
        self._child, self.fields = child, {}
        for one, _stored in values:
            self.fields[one.code] = self._field(one)
            self._column.addWidget(self.fields[one.code])
            self.fields[one.code].show()

    def _field(self, one: Any) -> Labelled:
        name = f"extra_{one.code}"
        if one.kind in (YES_NO, CHOICE):
            chosen = ListField(label=one.label, name=name)
            chosen.activated.connect(lambda _at: self._write(one.code, chosen.value() or ""))
            return Labelled(one.label, chosen, name=f"{name}_room")
        line = LineField(label=one.label, name=name)
        line.editingFinished.connect(lambda: self._write(one.code, line.text().strip()))
        return Labelled(one.label, line, name=f"{name}_room")

    @staticmethod
    def _words(one: Any, stored: str | None) -> str:
        return one.show(stored) if stored else ""

    def _write(self, code: str, typed: str) -> None:
        if typed == self._told.get(code, ""):
            self.fields[code].say()
            return
        child, before = self._child, self._told.get(code, "")
        self._told[code] = typed

        def write(desk: Desk) -> Saved:
            return desk.set_extra(child, code, typed)

        def done(saved: Saved) -> None:
            room = self.fields.get(code)
            told = next((one for one in saved.findings if one.field.endswith(code)), None)
            if room is not None and child == self._child:
                room.say(told.level if told else "", told.text if told else "")
            if saved.id is None:
                self._told[code] = before
            else:
                self.written.emit(saved)

        self._jobs.run(write, done, owner=self)


def _options(one: Any, shown: str) -> list[tuple[str, str]]:
    offered = [say("catalogue.yes"), say("catalogue.no")] if one.kind == YES_NO else list(one.choices)
    further = [shown] if shown and shown not in offered else []
    return [("", say("ui.empty")), *((words, words) for words in (*offered, *further))]
