"""The twelve hours: when an incident is an emergency, until when, and the banner that says how much is left.

Rules. The hours come from the catalogue and count on the clock from *Nhận tin lúc*, nights and holidays too. Causes:
the child is under threat, the damage is high, or the person who harms is the one who cares for the child. The banner
cannot be dismissed; its countdown moves once a minute and nothing else does. A deadline that has gone by is told
calmly: what counts then is that the true times are written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cbdesk import clock, process
from cbdesk.words import say
from ui import icons, theme
from ui.parts import paint

DAY_MINUTES = 24 * 60


def moment_words(moment: datetime) -> str:
    """Return a moment as people say it: ``17:40 hôm nay``, ``03:10 ngày 13/10``."""
    at = moment.strftime("%H:%M")
    days = (moment.date() - clock.today()).days
    near = {0: "incident.at_today", 1: "incident.at_tomorrow", -1: "incident.at_yesterday"}.get(days)
    return say(near, at=at) if near else say("incident.at_day", at=at, day=moment.strftime("%d/%m"))


@dataclass(frozen=True, slots=True)
class Emergency(process.Emergency):
    """The emergency of ``cbdesk.process`` with its words."""

    def words(self) -> str:
        """Return the moment of the deadline: ``17:40 hôm nay``, ``03:10 ngày 13/10``."""
        return moment_words(self.until) if self.until is not None else ""

    @property
    def late(self) -> bool:
        """Return whether the time has gone by."""
        return self.until is not None and self.until < clock.now()

    def left(self) -> str:
        """Return what is left of the time, or by how much it is over."""
        if self.until is None:
            return ""
        seconds = (self.until - clock.now()).total_seconds()
        over, minutes = seconds < 0, int(abs(seconds) // 60)
        key = "incident.over" if over else "incident.left"
        if minutes < 60:
            return say(f"{key}_minutes", m=minutes)
        if over and minutes >= 2 * DAY_MINUTES:
            return say("incident.over_days", n=minutes // DAY_MINUTES)
        return say(key, n=minutes // 60, m=minutes % 60)

    def share(self) -> float:
        """Return how much of the time has gone, 0 to 1."""
        if self.until is None or self.received is None:
            return 0.0
        whole = (self.until - self.received).total_seconds()
        return min(1.0, max(0.0, (clock.now() - self.received).total_seconds() / whole))


def emergency_of(data: Mapping[str, Any]) -> Emergency | None:
    """Return the emergency an incident is, or ``None``."""
    found = process.emergency_of(data)
    return Emergency(found.hours, found.received, found.until) if found is not None else None


class EmergencyBanner(QWidget):
    """The banner: what must be done, until when, how much is left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._what: Emergency | None = None
        self._flat = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._clock = QTimer(self)
        self._clock.setInterval(60_000)
        self._clock.timeout.connect(self._tick)
        paint.name_it(self, "emergency")
        self.hide()

    def show_emergency(self, what: Emergency | None) -> None:
        """Show an emergency, or nothing."""
        self._what = what
        self.setVisible(what is not None)
        self._clock.start() if what is not None else self._clock.stop()
        self._tick()

    def _tick(self) -> None:
        if self._what is not None:
            self.setAccessibleName(f"{self._title()}. {self._second()} {self._what.left()}")
        self.update()

    def _title(self) -> str:
        if self._what is None:
            return ""
        return say("incident.emergency_late" if self._what.late else "incident.emergency", n=self._what.hours)

    def flat(self, flat: bool) -> None:
        """Show one line, for little height."""
        self._flat = flat
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return one or two lines."""
        return QSize(600, theme.px(36 if self._flat else 58))

    def _second(self) -> str:
        if self._what is None or self._what.until is None:
            return say("incident.emergency_no_time")
        return say("incident.emergency_was" if self._what.late else "incident.emergency_until",
                   until=self._what.words())  # fmt: skip

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground, words, countdown, bar."""
        if self._what is None:
            return
        painter = paint.smooth(QPainter(self))
        box = QRectF(self.rect())
        late = self._what.late
        tone = "nghe" if late else "gach"
        paint.frame(painter, box, theme.RADIUS_CARD, f"{tone}Bg", f"{tone}Line")
        middle = box.height() / 2
        at = QRectF(16, round(middle - (10 if late else 12)), 0, 0).topLeft()
        icons.paint(painter, "clock" if late else "alert_urgent", at, tone, 20 if late else 24, filled=not late)
        right = box.width() - 18
        chart = min(210.0, box.width() * 0.26)
        room = right - chart - 70
        title = self._title()
        if self._flat:
            paint.text(painter, QRectF(52, 0, room, box.height()), title, "strong", tone)
            paint.text(painter, QRectF(right - chart, 0, chart, box.height()), self._what.left(), "strong", tone,
                       Qt.AlignmentFlag.AlignRight)  # fmt: skip
            painter.end()
            return
        high = theme.px(22)
        paint.text(painter, QRectF(52, middle - high, room, high), title, "strong", tone)
        paint.text(painter, QRectF(52, middle, room, high), self._second(), "note", tone)
        left = self._what.left()
        top = middle - (high / 2 if late else high)
        paint.text(painter, QRectF(right - chart - 60, top, chart + 60, high), left, "section", tone,
                   Qt.AlignmentFlag.AlignRight)  # fmt: skip
        if self._what.until is not None and not late:
            track = QRectF(right - chart, middle + 10, chart, 5)
            paint.frame(painter, track, 2.5, "panel", f"{tone}Line")
            paint.frame(painter, QRectF(track.left(), track.top(), max(5.0, chart * self._what.share()), 5), 2.5,
                        f"{tone}Mark", None)  # fmt: skip
        painter.end()
