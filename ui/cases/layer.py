"""What stands in the place of a page for a while: a paper, a file. Esc gives the page back, and the focus."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from cbdesk.words import say
from ui.parts import IconButton, Label, paint


class PageLayer(QFrame):
    """A head with its title and a way to close, over ``column``; what it stands for is hidden meanwhile."""

    closed = Signal()

    def __init__(self, behind: QWidget, name: str) -> None:
        super().__init__(behind.parentWidget())
        self._behind, self._before = behind, QApplication.focusWidget()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(10)
        self.head = QHBoxLayout()
        self.head.setSpacing(10)
        self.title = Label("", "section", elide=True, name=f"{name}_title")
        self.head.addWidget(self.title, 1)
        self.column.addLayout(self.head)
        self.close_button = IconButton("dismiss", say("ui.close"), self, name=f"{name}_close")
        self.close_button.clicked.connect(self.leave)
        paint.name_it(self, name)

    def ready(self) -> None:
        """Show the layer; call it once the head is complete."""
        self.head.addWidget(self.close_button)
        self._behind.hide()
        self.show()

    def leave(self) -> None:
        """Close; the focus returns to where it was."""
        self.hide()
        self._behind.show()
        before = self._before
        if before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.closed.emit()
        self.deleteLater()
