"""The bar that asks, in place, why a record is taken out of the book. Nothing happens without a reason."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from cbdesk.words import say
from ui.parts import Button, Card, LineField


class VoidBar(Card):
    """Reason, *Bỏ khỏi sổ*, *Hủy*."""

    wanted = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, tone="nghe", padding=10, name="void_bar")
        self.reason = LineField(hint=say("child.void_hint"), label=say("child.void_reason"), name="void_reason")
        self._go = Button(say("child.void_record_yes"), icon="delete", name="void_yes")
        stay = Button(say("ui.cancel"), "quiet", key="Esc", name="void_no")
        self._weigh("")
        self.reason.textChanged.connect(self._weigh)
        self.reason.returnPressed.connect(self._go.click)
        self._go.clicked.connect(lambda: self.wanted.emit(self.reason.text()))
        stay.clicked.connect(self.left)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.reason, 1)
        row.addWidget(self._go)
        row.addWidget(stay)
        self.body.addLayout(row)

    def _weigh(self, words: str) -> None:
        self._go.explain("" if words.strip() else say("child.void_needs_reason"))
