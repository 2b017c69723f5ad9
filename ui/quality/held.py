"""Keys pressed while a line is being written: they belong to the next line, and none of them is lost.

Rules. From ``hold`` to ``give`` every key that would reach the window is kept in its order, with what was asked for by
shortcut (``later``). ``give`` hands them to whatever has the focus then, and stops where one of them begins to write
again. Keys are kept in memory only.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

Waiting = QEvent | Callable[[], None]


class HeldKeys(QObject):
    """Keeps what is typed into the window of a widget."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__(inside)
        self._inside, self._held = inside, deque[Waiting]()
        self.holding = False

    def hold(self) -> None:
        """Keep keys from now on."""
        app = QCoreApplication.instance()
        if not self.holding and app is not None:
            self.holding = True
            app.installEventFilter(self)

    def later(self, action: Callable[[], None]) -> bool:
        """Keep an action for later while keys are held; ``False`` when it can be done now."""
        if self.holding:
            self._held.append(action)
        return self.holding

    def let_go(self) -> None:
        """Let keys through again; those held stay until they are given or forgotten."""
        app = QCoreApplication.instance()
        if self.holding and app is not None:
            self.holding = False
            app.removeEventFilter(self)

    def give(self) -> None:
        """Hand on what was held, in its order, to the widget that has the focus now."""
        self.let_go()
        while self._held and not self.holding:
            one = self._held.popleft()
            focus = QApplication.focusWidget()
            if callable(one):
                one()
            elif focus is not None:
                QCoreApplication.sendEvent(focus, one)

    def forget(self) -> None:
        """Drop what is held."""
        self._held.clear()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep a key that would reach the window: while it works its button may have the focus."""
        if not isinstance(watched, QWidget) or watched.window() is not self._inside.window():
            return False
        if isinstance(event, QInputMethodEvent):
            kept = QInputMethodEvent()
            kept.setCommitString(event.commitString())
            self._held.append(kept)
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            self._held.append(QKeyEvent(event.type(), event.key(), event.modifiers(), event.text()))
            return True
        return event.type() == QEvent.Type.KeyRelease
