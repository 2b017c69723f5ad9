"""How the window answers a person: toast, problem card, question in place, and the system's file dialogs.

Rules. Nothing here blocks the window except choosing a file. A question is asked only for what cannot be undone. No
sentence carries a person's name; file names proposed by the program carry none either.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QStandardPaths, Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QVBoxLayout, QWidget
from shiboken6 import isValid

from cbdesk.errors import Problem
from cbdesk.words import say
from ui.leaving import LOCKABLE, PREF, AskPassword, Leaving
from ui.parts import Banner, Button, ProblemCard, Toast


class Talk(QObject):
    """Speaks in one work area. ``slot`` is the column above the page where cards stand."""

    def __init__(self, area: QWidget, slot: QVBoxLayout) -> None:
        super().__init__(area)
        self._area, self._slot = area, slot
        self._toast: Toast | None = None
        self._card: QWidget | None = None
        self._before: QWidget | None = None
        area.installEventFilter(self)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_moved)

    # toasts

    def say(self, words: str, undo: Callable[[], None] | None = None, *, care: bool = False) -> None:
        """Say that something was done; with ``undo`` it can be taken back for ten seconds (Ctrl Z)."""
        self.hush()
        self._toast = Toast(words, self._area, undo=undo, care=care)
        self._before = QApplication.focusWidget()
        self._toast.gone.connect(self._give_back)
        self._toast.begin()
        self._place()

    def hush(self) -> None:
        """Take the toast away."""
        if self._toast is not None and isValid(self._toast):
            self._toast.leave()
        self._toast = None

    def can_undo(self) -> bool:
        """Return whether the toast offers to take something back."""
        toast = self._toast
        return toast is not None and isValid(toast) and not toast.isHidden() and toast.can_undo()

    def undo(self) -> bool:
        """Take back what the toast offers; ``False`` when there is nothing."""
        toast = self._toast
        if toast is None or not self.can_undo():
            return False
        toast.take_back()
        return True

    def _place(self) -> None:
        if self._toast is None or not isValid(self._toast):
            return
        area = self._area.rect()
        wide = min(max(self._toast.sizeHint().width(), 360), area.width() - 36)
        high = self._toast.sizeHint().height()
        self._toast.setGeometry((area.width() - wide) // 2, area.height() - high - 16, wide, high)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the toast at the bottom of the area."""
        if watched is self._area and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _give_back(self) -> None:
        """A toast that goes with the focus in it gives it back to where it was."""
        before, focus = self._before, QApplication.focusWidget()
        inside = self._toast is not None and focus is not None and self._toast.isAncestorOf(focus)
        if inside and before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    def _focus_moved(self, old: QWidget | None, new: QWidget | None) -> None:
        if self._toast is None or not isValid(self._toast):
            return
        if new is not None and self._toast.isAncestorOf(new):
            if old is not None and isValid(old) and not self._toast.isAncestorOf(old):
                self._before = old
            self._toast.hold()
        elif not self._toast.underMouse():
            self._toast.go_on()

    # cards

    def problem(self, problem: Problem, action: Button | None = None) -> None:
        """Show a problem above the page, in the place of whatever stood there."""
        self.clear()
        card = ProblemCard(problem, action=action)
        if action is not None:
            action.clicked.connect(self.clear)
        self._show(card)

    def ask(self, words: str, yes: str, run: Callable[[], None], *, more: str = "") -> None:
        """Ask in place before what cannot be undone; ``yes`` is the verb on the button."""
        self.clear()
        go, stay = Button(yes, tone="gach", name="ask_yes"), Button(say("ui.cancel"), key="Esc", name="ask_no")
        banner = Banner("care", words, more=more, action=go, name="question")
        banner.add(stay)
        go.clicked.connect(lambda: (self.clear(), run()))
        stay.clicked.connect(self.clear)
        self._show(banner)
        stay.setFocus()

    def clear(self) -> bool:
        """Take the card away; ``False`` when none stood there."""
        card, self._card = self._card, None
        if card is None or not isValid(card):
            return False
        self._slot.removeWidget(card)
        card.hide()
        card.deleteLater()
        return True

    def card(self) -> QWidget | None:
        """Return the card that stands above the page."""
        return self._card if self._card is not None and isValid(self._card) else None

    def _show(self, card: QWidget) -> None:
        self._card = card
        self._slot.addWidget(card)
        card.show()

    # files

    def save_file(self, name: str, kinds: str, *, folder: Path | None = None) -> Path | None:
        """Ask for a place for a new file; ``kinds`` is Qt's filter text. Returns ``None`` when cancelled."""
        start = str((folder or documents()) / name)
        chosen, _ = QFileDialog.getSaveFileName(self._area.window(), say("ui.save_file"), start, kinds)
        return Path(chosen) if chosen else None

    def leaving(self, path: Path, go: Callable[[Leaving], Any]) -> None:
        """Write a file out: at once in the clear, or after asking its password where that is set (``ui.leaving``)."""
        prefs = getattr(self._area.window(), "prefs", None)
        if path.suffix.lower() not in LOCKABLE or prefs is None or not prefs.get(PREF, False):
            go(Leaving())
            return
        self.clear()
        asked = AskPassword(path, go, self.clear)
        self._show(asked)
        asked.field.setFocus()

    def open_file(self, kinds: str, *, folder: Path | None = None) -> Path | None:
        """Ask for a file to read. Returns ``None`` when cancelled."""
        start = str(folder or documents())
        chosen, _ = QFileDialog.getOpenFileName(self._area.window(), say("ui.choose_file"), start, kinds)
        return Path(chosen) if chosen else None

    def folder(self, *, folder: Path | None = None) -> Path | None:
        """Ask for a folder. Returns ``None`` when cancelled."""
        start = str(folder or documents())
        chosen = QFileDialog.getExistingDirectory(self._area.window(), say("ui.choose_folder"), start)
        return Path(chosen) if chosen else None


def documents() -> Path:
    """Return the person's Documents folder, else the home folder."""
    found = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(found) if found else Path.home()
