"""A table whose rows have a box: Space ticks the rows chosen, a click on the box the row under it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.lists.table import Column, QuietTable


class BoxTable(QuietTable):
    """The table; the first column has the box. ``ticked`` carries the rows whose box is to change."""

    ticked = Signal(list)

    def __init__(
        self, columns: Sequence[Column], ident: Callable[[Any], str], parent: QWidget | None = None, *,
        type_by: Callable[[Any], str], label: str, name: str,
    ) -> None:  # fmt: skip
        super().__init__(columns, ident, parent, type_by=type_by, label=label, name=name)
        self.looked.connect(lambda row: self.ticked.emit(self.chosen() or [row]))
        self.clicked.connect(self._clicked)

    def _clicked(self, index: Any) -> None:
        row = self.quiet.row(index.row())
        if index.column() == 0 and row is not None:
            self.ticked.emit([row])
