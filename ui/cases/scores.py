"""The two scored tables of an assessment: one line a question, answered by the keys 1, 2, 3.

Rules. The digit is the score (1 low, 2 medium, 3 high) and goes on to the next line. In one table high is bad, in the
other high is good: colour and shape follow the danger, not the word, and nothing is ever added up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from cbdesk.catalogue import Field, catalogue
from cbdesk.kinds import list_of
from ui.form.inputs import Around, Input
from ui.form.picker import Pick
from ui.form.picking import TONES, ChoiceInput, SegmentInput
from ui.parts import DEGREES, Label, Option

GOOD = "protection"
"""The section of the form in which high is good."""
DEGREE = "degree"
_MIRROR = {"low": "high", "medium": "medium", "high": "low"}


def is_score(field: Field) -> bool:
    """Return whether a field is a line of a scored table."""
    return field.kind == "choice" and field.choices == DEGREE


class ScoreInput(SegmentInput):
    """One line of a scored table: its question at the left, the three degrees at the right."""

    bare = says_itself = True

    def __init__(self, field: Field, around: Around, parent: QWidget | None = None) -> None:
        super().__init__(field, around, parent)
        self._column.removeWidget(self.row)
        line = QHBoxLayout()
        line.setSpacing(12)
        question = Label(field.label, "body", wrap=True)
        question.setBuddy(self.row)
        line.addWidget(question, 1)
        line.addWidget(self.row, 0, Qt.AlignmentFlag.AlignVCenter)
        self._column.addLayout(line)

    def options(self) -> list[Option]:
        """Return the degrees in the order of their scores, each with its digit."""
        good, found = self.field.section == GOOD, []
        for choice in sorted(list_of(self.field).choices, key=lambda one: int(one.extra["score"])):
            danger = _MIRROR[choice.code] if good else choice.code
            words = f"{choice.extra['score']} · {choice.short}"
            found.append(Option(choice.code, words, DEGREES[danger], TONES[danger]))
        return found

    def eventFilter(self, watched: Any, event: QEvent) -> bool:
        """A digit answers and goes on; everything else as in any choice."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and not event.modifiers() & ~(
            Qt.KeyboardModifier.KeypadModifier
        ):
            scores = {int(one.extra["score"]): one.code for one in list_of(self.field).choices}
            code = scores.get(event.key() - Qt.Key.Key_0)
            if code is not None:
                self.row.set_value(code)
                self._choose(code)
                self.onward.emit()
                return True
        return super().eventFilter(watched, event)


class ConclusionInput(ChoiceInput):
    """The conclusion of an assessment: only what can be concluded from one of its kind."""

    kind_of_assessment = ""

    def rows(self, query: str) -> list[Pick]:
        """Return the conclusions that fit the kind of assessment."""
        known = catalogue().lists["conclusion"]
        fits = {one.code for one in known.choices if self.kind_of_assessment in one.extra.get("of", ())}
        return [pick for pick in super().rows(query) if pick.key in fits]


def inputs_of(names: Mapping[str, Field], kind: str) -> dict[str, Callable[[Field, Around], Input]]:
    """Return the inputs of an assessment of a kind, by field."""

    def conclusion(field: Field, around: Around) -> Input:
        made = ConclusionInput(field, around)
        made.kind_of_assessment = kind
        return made

    found: dict[str, Callable[[Field, Around], Input]] = {
        name: ScoreInput for name, field in names.items() if is_score(field)
    }
    return found | ({"conclusion": conclusion} if "conclusion" in names else {})
