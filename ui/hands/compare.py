"""Where two keyings differ, side by side, decided by one key each: ← the first, → the second."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cbdesk.desk.second import FIRST, SECOND, Compared, Difference, Second
from cbdesk.words import say
from ui.lists.cells import Cell, Chip
from ui.lists.filterbar import plain
from ui.lists.table import Column, QuietTable, TablePanel
from ui.parts import Button, EmptyState, Label

KEYS = {Qt.Key.Key_Left: FIRST, Qt.Key.Key_1: FIRST, Qt.Key.Key_Right: SECOND, Qt.Key.Key_2: SECOND}


class Differences(QuietTable):
    """The table; it knows what was decided."""

    decided = Signal(object, str)

    def __init__(self) -> None:
        self.chosen_of: dict[str, str] = {}
        head = lambda name: say(f"hands.second.{name}")  # noqa: E731
        super().__init__(
            [Column("place", head("place"), 52, lambda one: Cell(plain(one.place), "ink2"), right=True, fixed=True),
             Column("code", say("child.book_code"), 92, lambda one: Cell(one.code, "ink2")),
             Column("field", head("field"), 150, lambda one: Cell(one.title, "ink2"), fixed=True),
             Column("first", head("head_first"), 170, lambda one: self._value(one, FIRST), fixed=True),
             Column("second", head("head_second"), 170, lambda one: self._value(one, SECOND), stretch=True, fixed=True),
             Column("keeps", head("keeps"), 128, self._keeps, fixed=True)],
            lambda one: one.key, label=head("table"), name="second_table",
        )  # fmt: skip

    def _value(self, one: Difference, side: str) -> Cell:
        words = one.first if side == FIRST else one.second
        chosen = self.chosen_of.get(one.key)
        ink = "ink" if words and chosen in (None, side) else "ink3"
        return Cell(words or say("hands.second.empty"), ink, "medium" if chosen == side else "body")

    def _keeps(self, one: Difference) -> Cell:
        chosen = self.chosen_of.get(one.key)
        if chosen is None:
            return Cell(chips=(Chip(say("hands.second.open"), "nghe", "warning"),))
        return Cell(chips=(Chip(say(f"hands.second.{chosen}"), "ngoc", "checkmark_circle"),))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """← and 1 keep the first, → and 2 take the second."""
        side = KEYS.get(Qt.Key(event.key()))
        one = self.current()
        if side and one is not None and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.decided.emit(one, side)
        else:
            super().keyPressEvent(event)


class CompareCard(QWidget):
    """Figures, the table, and what says that there is nothing to decide."""

    decided = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self.figures = Label("", "body", "ink2", wrap=True, name="second_figures")
        self.first, self.second = (Button(say(f"hands.second.take_{side}"), key=key, name=f"take_{side}")
                                   for side, key in ((FIRST, "←"), (SECOND, "→")))  # fmt: skip
        self.first.clicked.connect(lambda: self._take(FIRST))
        self.second.clicked.connect(lambda: self._take(SECOND))
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(self.figures, 1)
        self.drop = Button(say("hands.second.drop"), "quiet", icon="delete", name="second_drop")
        top.addWidget(self.drop)
        top.addWidget(self.first)
        top.addWidget(self.second)
        self.table = Differences()
        self.table.decided.connect(self.decided)
        self.panel = TablePanel(self.table)
        self._same = EmptyState(say("hands.second.same"), say("hands.second.same_help"), name="second_same")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(9)
        column.addLayout(top)
        column.addWidget(self.panel, 1)

    def show_compared(self, compared: Compared, second: Second) -> None:
        """Show the differences and the figures."""
        found, self.table.chosen_of = compared.differences, dict(second.chosen)
        self.table.set_rows(found)
        self.table.choose_first()
        self.panel.show_rows() if found else self.panel.show_empty(self._same)
        share = f"{100 * len(found) / compared.fields:.1f}".replace(".", ",") if compared.fields else "0"
        self.figures.say(say("hands.second.figures", papers=plain(compared.children), fields=plain(compared.fields),
                             differ=plain(len(found)), share=share))  # fmt: skip
        for button in (self.first, self.second):
            button.setVisible(bool(found))

    def show_choice(self, second: Second) -> None:
        """Show a decision and go to the next row that has none."""
        self.table.chosen_of = dict(second.chosen)
        rows = self.table.rows()
        here = max(0, self.table.currentIndex().row())
        order = [*rows[here + 1 :], *rows[: here + 1]]
        after = next((one for one in order if one.key not in second.chosen), None)
        self.table.set_rows(rows)
        if after is not None:
            self.table.choose(after.key)

    def _take(self, side: str) -> None:
        if (one := self.table.current()) is not None:
            self.decided.emit(one, side)
