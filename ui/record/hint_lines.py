"""What a child may be entitled to, as a few quiet lines over its supports: hints, never decisions.

Rules. Nothing is shown where there is nothing to say. What is received already, and what a higher allowance leaves out,
is not repeated here. What must be looked at first says so in the same line.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from cbdesk.desk.benefits import ALLOWANCE, Hint
from cbdesk.words import say
from ui.duty import entitled
from ui.parts import IconText, Label, paint


def line_of(hint: Hint) -> tuple[str, str, str]:
    """Return words, icon and colour of a hint."""
    if hint.what != ALLOWANCE:
        return entitled.told(hint), "calendar_ltr", "ink2"
    words = " · ".join(part for part in (f"**{hint.category}**", entitled.facts(hint)) if part)
    if hint.unsure:
        return say("child.hints.unsure", words=words, why=entitled.reasons(hint)), "warning", "nghe"
    return words, "info", "ink2"


class HintLines(QWidget):
    """The lines, hidden while there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(1)
        self._title = Label(say("benefits.title"), "labelStrong", "ink2")
        self._lines = QVBoxLayout()
        self._lines.setSpacing(1)
        self._note = Label(say("benefits.hint"), "small", "ink3", wrap=True)
        column.addWidget(self._title)
        column.addLayout(self._lines)
        column.addWidget(self._note)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        paint.name_it(self, "hint_lines", say("benefits.title"))
        self.hide()

    def show_hints(self, hints: Sequence[Hint]) -> None:
        """Show hints in the order given."""
        while (item := self._lines.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        told = [line_of(hint) for hint in hints if not hint.received and not hint.lower]
        for number, (words, icon, ink) in enumerate(told):
            self._lines.addWidget(IconText(icon, words, ink, "note", name=f"hint_{number}"))
        self.setVisible(bool(told))

    def words(self) -> list[str]:
        """Return the lines shown."""
        shown = (self._lines.itemAt(at).widget() for at in range(self._lines.count()))
        return [one.words() for one in shown if isinstance(one, IconText)]
