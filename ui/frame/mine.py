"""Địa bàn tôi phụ trách: one switch for all lists of the window, kept until the book is locked.

Rules. An officer who said which villages are theirs can look at those alone; pages then leave out the rest and show the
chip as on. Nothing is offered where nobody said so. What leaves the office (reports, papers) never follows this switch.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from cbdesk.words import say
from ui.parts import FilterChip


class Mine(QObject):
    """The switch and the villages it stands for; ``changed`` says that other rows are to be shown."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.villages: tuple[str, ...] = ()
        self._on = False

    @property
    def on(self) -> bool:
        """Return whether only the officer's own villages are to be shown."""
        return self._on and bool(self.villages)

    def turn(self, on: bool) -> None:
        """Show the officer's own villages alone, or all."""
        self._put(self.villages, on)

    def know(self, villages: Sequence[str]) -> None:
        """Take the villages the officer looks after, as they are now."""
        self._put(tuple(villages), self._on)

    def holds(self, village: str | None) -> bool:
        """Return whether what belongs to a village is to be shown."""
        return not self.on or village in self.villages

    def _put(self, villages: tuple[str, ...], on: bool) -> None:
        before = (self.villages, self.on)
        self.villages, self._on = villages, on
        if before != (self.villages, self.on):
            self.changed.emit()


class MineChip(FilterChip):
    """The chip of the switch: gone where the officer looks after all villages."""

    def __init__(self, mine: Mine, name: str, parent: QWidget | None = None) -> None:
        super().__init__(say("children.mine"), parent, toggle=True, name=name)
        self._mine = mine
        self.toggled.connect(mine.turn)
        mine.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        self.setHidden(not self._mine.villages)
        self.setChecked(self._mine.on)
