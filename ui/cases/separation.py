"""A child kept apart from its carers: a clock of days, until the decision says and at most what the law allows."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cbdesk import clock
from cbdesk.process import Separation
from cbdesk.words import say
from ui import icons, theme
from ui.cases.told import separation_words
from ui.parts import paint


class SeparationBar(QWidget):
    """One line across: until when, how much is left, and a track from the first day to the last allowed one."""

    def __init__(self, parent: QWidget | None = None, *, name: str = "separation") -> None:
        super().__init__(parent)
        self._what: Separation | None = None
        self._flat = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        paint.name_it(self, name)
        self.hide()

    def show_separation(self, what: Separation | None) -> None:
        """Show a separation, or nothing; an ended one says when it ended."""
        self._what = what
        self.setVisible(what is not None)
        if what is not None:
            title, words, left = self._said(what)
            self.setAccessibleName(f"{title}. {words} {left}")
        self.update()

    def flat(self, flat: bool) -> None:
        """Show one line, for little height."""
        self._flat = flat
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return one or two lines."""
        return QSize(420, theme.px(36 if self._flat else 56))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()
        super().changeEvent(event)

    @staticmethod
    def _said(what: Separation) -> tuple[str, str, str]:
        words, left, _ = separation_words(what)
        if what.ended is not None:
            ended = say("case_page.separation.ended", day=what.ended.strftime("%d/%m/%Y"))
            return say("case_page.separation.title"), ended, ""
        return say("case_page.separation.title"), words, left

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground, words, what is left, track."""
        what = self._what
        if what is None:
            return
        painter = paint.smooth(QPainter(self))
        title, words, left = self._said(what)
        over = separation_words(what)[2] and what.open
        tone = "gach" if over else "nghe" if what.open else "ngoc"
        box = QRectF(self.rect())
        paint.frame(painter, box, theme.RADIUS_CARD, f"{tone}Bg", f"{tone}Line")
        middle = box.height() / 2
        icon = "error_circle" if over else "clock" if what.open else "checkmark_circle"
        icons.paint(painter, icon, QPointF(15, round(middle - 10)), tone, 20, filled=over)
        wide = max(float(theme.px(96)), paint.text_width(theme.font("strong"), left) + 2.0)
        right = QRectF(box.width() - wide - 16, 0, wide, box.height())
        room = right.left() - 58
        if self._flat:
            paint.text(painter, QRectF(46, 0, room, box.height()), f"{title}. {words}", "body", tone)
            paint.text(painter, right, left, "strong", tone, Qt.AlignmentFlag.AlignRight)
            painter.end()
            return
        high = theme.px(21)
        paint.text(painter, QRectF(46, middle - high, room, high), title, "strong", tone)
        paint.text(painter, QRectF(46, middle, room, high), words, "note", tone)
        if what.open:
            paint.text(painter, QRectF(right.left(), middle - high, wide, high), left, "strong", tone,
                       Qt.AlignmentFlag.AlignRight)  # fmt: skip
            track = QRectF(right.left(), middle + 7, wide, 5)
            paint.frame(painter, track, 2.5, "panel", f"{tone}Line")
            share = _share(what, clock.now())
            paint.frame(painter, QRectF(track.left(), track.top(), max(5.0, wide * share), 5), 2.5, f"{tone}Mark", None)
        painter.end()


def _share(what: Separation, now: datetime) -> float:
    whole = (what.limit - what.since).total_seconds() or 1.0
    return min(1.0, max(0.0, (now - what.since).total_seconds() / whole))
