"""A month at a glance: weeks from Monday, days off in red, a dot for what is to do, the day chosen and today marked."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cbdesk import clock
from cbdesk.desk.seasons import Month
from cbdesk.words import say
from ui import theme
from ui.parts import paint

WEEK, HEAD, CELL = 7, 26, 38
INKS = {"deadline": "gach", "duty": "cham", "own": "ngoc", "feast": "nghe"}


class MonthGrid(QWidget):
    """The month. It takes no focus: the list beside it is walked; ``clicked`` carries a day."""

    clicked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._month: Month | None = None
        self._chosen: date | None = None
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        paint.name_it(self, "month_grid", say("shell.page.calendar"))

    def show_month(self, month: Month) -> None:
        """Show a month."""
        self._month = month
        self.updateGeometry()
        self.update()

    def choose(self, day: date | None) -> None:
        """Mark a day."""
        self._chosen = day
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room of six weeks."""
        return QSize(theme.px(WEEK * CELL), theme.px(HEAD + 6 * CELL))

    def _place(self, day: date) -> QRectF:
        assert self._month is not None
        first = self._month.first
        at = (day - first).days + first.weekday()
        wide = self.width() / WEEK
        return QRectF(at % WEEK * wide, theme.px(HEAD) + at // WEEK * theme.px(CELL), wide, theme.px(CELL))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the day under the pointer."""
        month = self._month
        if month is not None:
            for n in range((month.last - month.first).days + 1):
                day = month.first + timedelta(days=n)
                if self._place(day).contains(event.position()):
                    self.clicked.emit(day)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the week's head and the days."""
        month = self._month
        if month is None:
            return
        painter = paint.smooth(QPainter(self))
        middle = Qt.AlignmentFlag.AlignHCenter
        for at in range(WEEK):
            box = QRectF(at * self.width() / WEEK, 0, self.width() / WEEK, theme.px(HEAD))
            paint.text(painter, box, say(f"seasons.calendar.short_{at}"), "smallStrong", "ink3", middle)
        marks: dict[date, list[str]] = {}
        for one in month.entries:
            if one.kind in INKS:
                marks.setdefault(one.day, []).append(one.kind)
        for n in range((month.last - month.first).days + 1):
            day = month.first + timedelta(days=n)
            self._paint_day(painter, day, day in month.off, marks.get(day, []))
        painter.end()

    def _paint_day(self, painter: QPainter, day: date, off: bool, marks: list[str]) -> None:
        box = self._place(day)
        inner = QRectF(box.center().x() - theme.px(17), box.top() + 1, theme.px(34), theme.px(CELL) - 2)
        if day == self._chosen:
            paint.frame(painter, inner, 6, "chamBg", "chamLine")
        if day == clock.today():
            paint.frame(painter, inner, 6, None, "cham", 1.6)
        number = QRectF(inner.left(), inner.top() + 3, inner.width(), theme.px(20))
        role, ink = ("strong" if day == clock.today() else "body"), ("gach" if off else "ink")
        paint.text(painter, number, str(day.day), role, ink, Qt.AlignmentFlag.AlignHCenter)
        kinds = sorted(set(marks), key=list(INKS).index)
        left = inner.center().x() - (len(kinds) * 8 - 3) / 2
        painter.setPen(Qt.PenStyle.NoPen)
        for kind in kinds:
            painter.setBrush(theme.color(INKS[kind]))
            painter.drawEllipse(QPointF(left + 2.5, inner.bottom() - 6), 2.5, 2.5)
            left += 8
