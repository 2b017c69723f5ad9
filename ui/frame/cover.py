"""Hiding: the privacy cover (F9) and the watch that locks the book when nobody works.

Rules. The cover is one plain painted widget over everything, in one paint, with no text of the page; no blur, because
blurred names can be read. Drafts stay and running jobs go on. After two minutes under the cover, or ten
(a setting, 3 to 30) without a key or a move of the mouse, the book locks.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from cbdesk.words import say
from ui import emblem, icons, theme
from ui.parts import paint

COVER_SECONDS = 120
IDLE_MINUTES = (3, 5, 10, 15, 30)
IDLE = 10


class Cover(QWidget):
    """Lies over one window. The one on the main window (``with_words``) says what the keys do."""

    key_pressed = Signal(str)

    def __init__(self, over: QWidget, *, with_words: bool = True) -> None:
        super().__init__(over)
        self._words, self.left = with_words, COVER_SECONDS
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAutoFillBackground(True)
        self.setGeometry(over.rect())
        over.installEventFilter(self)
        paint.name_it(self, "cover", say("shell.cover.title"), say("shell.cover.words"))
        self.show()
        self.raise_()

    def count(self, left: int) -> None:
        """Show how many seconds are left."""
        self.left = left
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover the window whatever its size."""
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return False

    def focusNextPrevChild(self, _forward: bool) -> bool:
        """The focus does not leave the cover."""
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Swallow every key; the keys of the cover are commands of the shell."""
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the cloth and the card."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("rail"))
        emblem.paint_tiled(painter, QRectF(self.rect()), emblem.cloth(16), 4, emblem.CLOTH)
        if self._words:
            self._paint_card(paint.smooth(painter))
        painter.end()

    def _paint_card(self, painter: QPainter) -> None:
        wide, high = min(460, self.width() - 40), theme.px(214)
        left, top = round((self.width() - wide) / 2), round((self.height() - high) / 2)
        paint.frame(painter, QRectF(left, top, wide, high), 10, "panel", None)
        icons.paint(painter, "eye_off", QPointF(left + 28, top + theme.px(40) - 12), "cham", 24)
        inner = wide - 56
        title = QRectF(left + 64, top + theme.px(24), inner - 36, theme.px(32))
        paint.text(painter, title, say("shell.cover.title"), "title", "ink")
        for row, words in enumerate(say("shell.cover.words").split("\n")):
            box = QRectF(left + 28, top + theme.px(66 + 24 * row), inner, theme.px(24))
            paint.text(painter, box, words, "body", "ink2")
        paint.hairline(painter, left + 28, left + wide - 28, top + theme.px(132))
        middle, at = top + theme.px(168), left + 28.0
        for key, words in (("F9", say("shell.cover.show")), ("Ctrl L", say("shell.cover.lock"))):
            at = paint.caps(painter, at, middle, key, height=22) + 8
            room = paint.text_width(theme.font("body"), words)
            paint.text(painter, QRectF(at, middle - 12, room + 1, 24), words, "body", "ink2")
            at += room + 24
        clock = say("shell.cover.left", m=self.left // 60, ss=f"{self.left % 60:02}")
        box = QRectF(left + 28, middle - 12, inner, 24)
        paint.text(painter, box, clock, "strong", "ink2", Qt.AlignmentFlag.AlignRight)


class Watch(QObject):
    """Counts the time without work and under the cover; ``lock_wanted`` when it is up."""

    lock_wanted = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._covers: list[Cover] = []
        self._back_to: QWidget | None = None
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self.set_idle(IDLE)
        self._idle.timeout.connect(self._time_is_up)
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self.tick)
        self._left = COVER_SECONDS
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.installEventFilter(self)
            app.applicationStateChanged.connect(self._state_changed)

    # idle

    def set_idle(self, minutes: int) -> None:
        """Choose after how many minutes without work the book locks; what is not offered counts as the usual."""
        self._idle.setInterval((minutes if minutes in IDLE_MINUTES else IDLE) * 60_000)

    def begin(self) -> None:
        """The book is open: count."""
        self._idle.start()

    def end(self) -> None:
        """The book is locked: stop counting and uncover."""
        self._idle.stop()
        self.uncover()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Every key and move of the mouse starts the time again, unless the screen is covered."""
        if self._idle.isActive() and event.type() in (
            QEvent.Type.KeyPress, QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel,
        ):  # fmt: skip
            self._idle.start()
        return False

    def _state_changed(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationSuspended:
            self._time_is_up()

    def _time_is_up(self) -> None:
        self.end()
        self.lock_wanted.emit()

    # the cover

    def focus_below(self) -> QWidget | None:
        """Return where the focus is, or was before the cover."""
        return self._back_to if self._covers else QApplication.focusWidget()

    def covered(self) -> bool:
        """Return whether the screen is hidden."""
        return bool(self._covers)

    def cover(self) -> None:
        """Hide the screen: every window of ours, and popups are closed."""
        if self._covers:
            return
        self._back_to = QApplication.focusWidget()
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        for window in QApplication.topLevelWidgets():
            if window.isVisible() and window.windowHandle() is not None:
                self._covers.append(Cover(window, with_words=window is self._window))
        if not self._covers:
            self._covers.append(Cover(self._window))
        self._left = COVER_SECONDS
        for cover in self._covers:
            if cover.parentWidget() is self._window:
                cover.setFocus(Qt.FocusReason.OtherFocusReason)
        QGuiApplication.inputMethod().hide()
        self._second.start()

    def uncover(self) -> None:
        """Show the screen again; the focus returns to where it was."""
        self._second.stop()
        covers, self._covers = self._covers, []
        for cover in covers:
            if isValid(cover):
                cover.hide()
                cover.deleteLater()
        if covers and self._back_to is not None and isValid(self._back_to):
            self._back_to.setFocus(Qt.FocusReason.OtherFocusReason)
        self._back_to = None

    def tick(self) -> None:
        """One second under the cover has passed."""
        self._left -= 1
        for cover in self._covers:
            cover.count(self._left)
        if self._left <= 0:
            self._time_is_up()
