"""*Không áp dụng*: a step that does not apply is recorded with its reason, asked in place."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from cbdesk import text
from cbdesk.words import say
from ui.parts import Button, Card, Labelled, LineField


class SkipPanel(Card):
    """The reason why a step does not apply, and the two answers."""

    given = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, tone="nghe", padding=12, spacing=8, name="skip_panel")
        self.reason = LineField(hint=say("case_page.skip.hint"), name="skip_reason")
        self.field = Labelled(say("case_page.skip.label"), self.reason, required=True, name="skip")
        self.body.addWidget(self.field)
        row = QHBoxLayout()
        row.setSpacing(8)
        yes = Button(say("case_page.skip.yes"), name="skip_yes")
        no = Button(say("ui.cancel"), "quiet", key="Esc", name="skip_no")
        yes.clicked.connect(self._give)
        no.clicked.connect(self.leave)
        row.addWidget(yes)
        row.addWidget(no)
        row.addStretch(1)
        self.body.addLayout(row)
        self._before: QWidget | None = None
        self.hide()

    def enter(self) -> None:
        """Ask for the reason."""
        self._before = self.window().focusWidget()
        self.reason.clear()
        self.field.say()
        self.show()
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> bool:
        """Close; ``False`` when it was not open."""
        if self.isHidden():
            return False
        self.hide()
        if self._before is not None and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in the field gives the reason."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.reason.hasFocus():
            self._give()
        else:
            super().keyPressEvent(event)

    def _give(self) -> None:
        reason = text.tidy(self.reason.text())
        if not reason:
            self.field.say("stop", say("case_page.skip.needs_reason"))
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.hide()
        self.given.emit(reason)
