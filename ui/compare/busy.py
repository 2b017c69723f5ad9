"""How far the search for pairs is, and the way to stop it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from cbdesk.words import say
from ui.lists.filterbar import plain
from ui.parts import Button, Card, Label

WAIT_MS = 400


class BusyCard(Card):
    """Shown while nothing is known yet; its contents appear only where the search takes long."""

    stop_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=20, spacing=10, name="busy_card")
        self.phase = Label("", "strong", name="phase")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 0)
        self._note = Label(say("duplicates.safe"), "note", "ink3", wrap=True)
        self.stop_button = Button(say("duplicates.stop"), icon="dismiss", key="Esc", name="stop")
        self.stop_button.clicked.connect(self.stop_wanted)
        self._parts: tuple[QWidget, ...] = (self.phase, self.bar, self._note, self.stop_button)
        for part in self._parts[:3]:
            self.body.addWidget(part)
        self.body.addWidget(self.stop_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addStretch(1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(lambda: self._show(True))

    def begin(self) -> None:
        """Start."""
        self.show_count(0)
        self._show(False)
        self._timer.start()

    def end(self) -> None:
        """The search is over."""
        self._timer.stop()

    def show_count(self, count: int) -> None:
        """Show how many pairs have been compared."""
        self.phase.say(say("duplicates.phase", n=plain(count)) if count else say("duplicates.begin"))

    def _show(self, on: bool) -> None:
        for part in self._parts:
            part.setVisible(on)
