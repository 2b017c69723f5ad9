"""What the program says back: banner, toast, problem card.

Rules. What is safe comes before what to do. A toast stays ten seconds, stops its clock while the pointer or the focus
is on it, and never carries a person's name. There is at most one banner, and an emergency banner cannot be dismissed.
No box ever blocks the window.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from cbdesk.errors import Problem
from cbdesk.words import say
from ui import icons, theme
from ui.parts import paint
from ui.parts.button import Button, IconButton
from ui.parts.label import Icon, KeyCap, Label

#: kind of banner: tone, icon
BANNERS = {"emergency": ("gach", "alert_urgent"), "info": ("cham", "info"), "done": ("ngoc", "checkmark_circle"),
           "care": ("nghe", "warning")}  # fmt: skip
TOAST_MS = 10_000


class Banner(QFrame):
    """One line across the page: emergency, info, care or done. ``action`` is a secondary button at its end."""

    def __init__(
        self,
        kind: str,
        words: str,
        parent: QWidget | None = None,
        *,
        more: str = "",
        action: Button | None = None,
        name: str = "banner",
    ) -> None:
        super().__init__(parent)
        self._kind = kind
        tone, icon = BANNERS[kind]
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 7, 6)
        row.setSpacing(12)
        self._icon = Icon(icon, tone, 24, filled=kind == "emergency")
        row.addWidget(self._icon)
        text = QVBoxLayout()
        text.setSpacing(0)
        self._words = Label(words, "body", tone, wrap=True)
        self._more = Label(more, "note", tone, wrap=True)
        text.addWidget(self._words)
        text.addWidget(self._more)
        row.addLayout(text, 1)
        self._more.setVisible(bool(more))  # only now: a label without a parent would open as a window
        self._row = row
        if action:
            row.addWidget(action)
        self.setMinimumHeight(theme.px(44))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        paint.name_it(self, name, f"{words} {more}".replace("**", "").strip())

    def say(self, words: str, more: str = "") -> None:
        """Change the words."""
        self._words.say(words)
        self._more.say(more)
        self._more.setVisible(bool(more))
        self.setAccessibleName(f"{words} {more}".replace("**", "").strip())

    def add(self, widget: QWidget) -> None:
        """Put a widget at the right end."""
        self._row.addWidget(widget)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the tinted ground."""
        tone = BANNERS[self._kind][0]
        painter = paint.smooth(QPainter(self))
        paint.frame(painter, QRectF(self.rect()), theme.RADIUS_CARD, f"{tone}Bg", f"{tone}Line")
        painter.end()


class Toast(QFrame):
    """A line over the bottom of the work area, with *Hoàn tác* when something can be undone."""

    gone = Signal()

    def __init__(
        self, words: str, parent: QWidget, *, undo: Callable[[], None] | None = None, care: bool = False
    ) -> None:
        super().__init__(parent)
        self._undo, self._care = undo, care
        row = QHBoxLayout(self)
        row.setContentsMargins(44, 7, 8, 7)
        row.setSpacing(8)
        row.addWidget(Label(words, "body", "toastInk", wrap=False), 1)
        row.addSpacing(16)
        if undo:
            self.undo_button = Button(say("ui.undo"), "toast", name="toast_undo")
            self.undo_button.clicked.connect(self.take_back)
            row.addWidget(self.undo_button)
            row.addWidget(KeyCap("Ctrl Z", "toast"))
        close = IconButton("dismiss", say("ui.close"), ink="railInk2", side=28, name="toast_close")
        close.clicked.connect(self.leave)
        row.addWidget(close)
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.timeout.connect(self.leave)
        self._left = TOAST_MS
        paint.name_it(self, "toast", words)

    def begin(self) -> None:
        """Show and start the clock."""
        self.adjustSize()
        self.show()
        self.raise_()
        self._clock.start(self._left)

    def hold(self) -> None:
        """Stop the clock."""
        if self._clock.isActive():
            self._left = max(1_000, self._clock.remainingTime())
            self._clock.stop()

    def go_on(self) -> None:
        """Let the clock run on."""
        if not self._clock.isActive() and not self.isHidden():
            self._clock.start(self._left)

    def running(self) -> bool:
        """Return whether the clock runs."""
        return self._clock.isActive()

    def take_back(self) -> None:
        """Undo once and leave."""
        undo, self._undo = self._undo, None
        self.leave()
        if undo:
            undo()

    def leave(self) -> None:
        """Go away."""
        self._clock.stop()
        self.gone.emit()
        self.hide()
        self.deleteLater()

    def can_undo(self) -> bool:
        """Return whether there is something to take back."""
        return self._undo is not None

    def enterEvent(self, event: QEnterEvent) -> None:
        """Stop the clock under the pointer."""
        self.hold()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Let the clock run on, unless the focus is here."""
        focus = self.window().focusWidget()
        if focus is None or not self.isAncestorOf(focus):
            self.go_on()
        super().leaveEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the dark ground and the mark."""
        painter = paint.smooth(QPainter(self))
        paint.frame(painter, QRectF(self.rect()), theme.RADIUS_CARD, "toast", None)
        mark = "warning" if self._care else "checkmark_circle"
        ink = "railMark" if self._care else "toastMark"
        icons.paint(painter, mark, QPointF(15, self.height() / 2 - 10), ink, 20)
        painter.end()


class ProblemCard(QFrame):
    """A problem in its place: what happened, what is safe, what to do next, and a number for the telephone."""

    closed = Signal()

    def __init__(
        self,
        problem: Problem,
        parent: QWidget | None = None,
        *,
        action: Button | None = None,
        closable: bool = True,
        name: str = "problem",
    ) -> None:
        super().__init__(parent)
        self.problem = problem
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 14, 12)
        row.setSpacing(14)
        row.addWidget(Icon("error_circle", "gach", 24, filled=True), 0, Qt.AlignmentFlag.AlignTop)
        text = QVBoxLayout()
        text.setSpacing(2)
        what = Label(problem.what, "strong", "ink", wrap=True, name=f"{name}_what")
        safe = Label(problem.safe, "body", "ink2", wrap=True, name=f"{name}_safe")
        then = Label(problem.next, "body", "ink2", wrap=True, name=f"{name}_next")
        for label in (what, safe, then):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            text.addWidget(label)
        if action:
            text.addSpacing(6)
            text.addWidget(action, 0, Qt.AlignmentFlag.AlignLeft)
        row.addLayout(text, 1)
        side = QVBoxLayout()
        side.setSpacing(0)
        if closable:
            close = IconButton("dismiss", say("ui.close"), name=f"{name}_close")
            close.clicked.connect(self._leave)
            side.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        side.addStretch(1)
        number = Label(say("ui.code", number=problem.number), "small", "ink3", name=f"{name}_number")
        number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        side.addWidget(number, 0, Qt.AlignmentFlag.AlignRight)
        row.addLayout(side)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        paint.name_it(self, name, f"{problem.what} {problem.safe} {problem.next} {problem.number}")

    def _leave(self) -> None:
        self.hide()
        self.closed.emit()
        self.deleteLater()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint a panel with the border of trouble."""
        painter = paint.smooth(QPainter(self))
        paint.frame(painter, QRectF(self.rect()), theme.RADIUS_CARD, "panel", "gachLine")
        painter.end()
