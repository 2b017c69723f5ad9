"""The card of columns of a file of another office: each with its letter, heading, an example, and what it means here.

Rules. Every column is listed, also those left alone. A choice is made in place and looked at again at once; what was
chosen is remembered by the register, so nobody is asked for a name to keep it under.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from cbdesk.importer import Column
from cbdesk.words import say
from ui.form.picker import Pick
from ui.parts import Card, Scroller, SectionTitle
from ui.reading.mapping import EDGE, GUESSED, OUT, SURE, ColumnRow, Heads


class ColumnsCard(Card):
    """All columns. ``chosen`` carries a column and its new target ("" for none)."""

    chosen = Signal(object, str)

    def __init__(
        self, parent: QWidget | None = None, *, heads: Sequence[str], out: str, name: str = "outside_columns"
    ) -> None:
        super().__init__(parent, spacing=6, name=name)
        self._out = out
        self.title = SectionTitle(say("reading.map.title"))
        self.body.addWidget(self.title)
        self._scroll = Scroller(spacing=0, name=f"{name}_scroll")
        self._scroll.body.setContentsMargins(0, 2, EDGE, 2)
        self._scroll.body.addStretch(1)
        self.body.addWidget(Heads(lambda: self._scroll.viewport().width() - EDGE, words=heads))
        self.body.addWidget(self._scroll, 1)
        self.rows: list[ColumnRow] = []
        self._words: dict[str, str] = {}

    def show_columns(self, columns: Sequence[Column], targets: Sequence[tuple[str, str]]) -> None:
        """Show columns and what they may become; fields that are still there keep their focus."""
        self._words = dict(targets)
        if [_key(row.column) for row in self.rows] != [_key(one) for one in columns]:
            self._rebuild(columns, [Pick("", say(self._out)), *(Pick(code, words) for code, words in targets)])
        for row, column in zip(self.rows, columns, strict=True):
            state = OUT if not column.target else SURE if column.sure == 2 else GUESSED
            row.show_column(column, self._words.get(column.target) or column.label, state)
        found = sum(bool(one.target) for one in columns)
        self.title.facts.say(say("reading.map.count", n=found, all=len(columns)))

    def _rebuild(self, columns: Sequence[Column], picks: Sequence[Pick]) -> None:
        for row in self.rows:
            self._scroll.body.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = [ColumnRow(one, picks, out=self._out) for one in columns]
        for at, row in enumerate(self.rows):
            row.chosen.connect(self.chosen)
            self._scroll.body.insertWidget(at, row)

    def focus_first(self) -> None:
        """Focus the first column that means nothing yet, else the first."""
        rows = [row for row in self.rows if not row.column.target] or self.rows
        if rows:
            rows[0].field.setFocus(Qt.FocusReason.TabFocusReason)
            self._scroll.ensureWidgetVisible(rows[0])

    def holds_focus(self) -> bool:
        """Return whether one of its fields has the focus."""
        return any(row.field.hasFocus() for row in self.rows)


def _key(column: Column) -> tuple[str, int, int]:
    return column.heading, column.table, column.col
