"""Which children are meant: ages, a village, and what else a page adds. Small fields side by side.

Rules. An age is whole years; what is no number is said at the field and means no restriction until it is one.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget

from cbdesk.words import say
from ui import theme
from ui.parts import Label, Labelled, LineField, ListField

OLDEST = 17


class Ages(QWidget):
    """From and to. ``changed`` says that they differ now."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.low = LineField(label=say("superior.page.age_from"), hint="0", name="age_from")
        self.high = LineField(label=say("superior.page.age_to"), hint="15", name="age_to")
        for field in (self.low, self.high):
            field.setFixedWidth(theme.px(56))
            field.editingFinished.connect(self._edited)
        row.addWidget(self.low)
        row.addWidget(Label("–", "body", "ink3"))
        row.addWidget(self.high)
        row.addStretch(1)
        self._told: tuple[int, int] | None = None

    def set_ages(self, ages: tuple[int, int] | None) -> None:
        """Show ages, or none."""
        self._told = ages
        for field, number in zip((self.low, self.high), ages or ("", ""), strict=True):
            field.setText(str(number))
            field.state("")

    def ages(self) -> tuple[int, int] | None:
        """Return the ages meant; ``None`` where nothing is typed or what is typed is no age."""
        low, high = self.low.text().strip(), self.high.text().strip()
        if not (low or high) or not (low or "0").isdigit() or not (high or "0").isdigit():
            return None
        first, last = int(low or 0), int(high or OLDEST)
        return (first, last) if first <= last else None

    def _edited(self) -> None:
        typed = self.low.text().strip() or self.high.text().strip()
        wrong = bool(typed) and self.ages() is None
        for field in (self.low, self.high):
            field.state("ask" if wrong and field.text().strip() else "")
        if self.ages() != self._told:
            self._told = self.ages()
            self.changed.emit()


class WhoFields(QWidget):
    """Ages, a village and further fields in a row that becomes a column. ``changed`` says that they differ now."""

    changed = Signal()

    def __init__(self, further: Mapping[str, QWidget], parent: QWidget | None = None, *, upright: bool = False) -> None:
        super().__init__(parent)
        self._row = QBoxLayout(
            QBoxLayout.Direction.TopToBottom if upright else QBoxLayout.Direction.LeftToRight, self
        )
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8 if upright else 16)
        self.ages = Ages()
        self.ages.changed.connect(self.changed)
        self.village = ListField(label=say("superior.page.village"), name="who_village")
        self.village.activated.connect(lambda _at: self.changed.emit())
        self._parts: list[QWidget] = []
        for key, widget in {"ages": self.ages, "village": self.village, **further}.items():
            part = Labelled(say(f"superior.page.{key}"), widget)
            self._parts.append(part)
            self._row.addWidget(part, 0 if key == "ages" else 1)

    def add_first(self, words: str, widget: QWidget) -> None:
        """Put a field before all others."""
        self._parts.insert(0, Labelled(words, widget))
        self._row.insertWidget(0, self._parts[0], 2)

    def fold(self, narrow: bool) -> None:
        """In a narrow window gaps and fields are small."""
        self._row.setSpacing(8 if narrow else 16)
        for field in (self.ages.low, self.ages.high):
            field.setFixedWidth(theme.px(44 if narrow else 56))

    def show_villages(self, names: Mapping[str, str]) -> None:
        """Offer the villages; what was chosen stays."""
        before = self.village.value() or ""
        options = [("", say("superior.page.all_villages")), *names.items()]
        self.village.fill(options)
        self.village.set_value(before if before in dict(options) else "")

    def villages(self) -> tuple[str, ...]:
        """Return the ids of the villages meant, none for all."""
        return (self.village.value(),) if self.village.value() else ()  # type: ignore[return-value]
