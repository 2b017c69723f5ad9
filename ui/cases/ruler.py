"""Two rulers of time: working days with their off days and deadlines, and the hours of an emergency.

Rules. Days off are hatched and named (Tết) from the calendar; a run of them is one cell, so that Tết does not push the
deadline out of sight. Deadlines stand under their day. What the ruler shows is also said as a sentence. The hour ruler
moves once a minute and nothing else does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cbdesk import clock
from cbdesk.process import CaseState, Emergency
from cbdesk.words import say
from ui import theme
from ui.cases.told import day_month, span_words
from ui.parts import paint

DAY = timedelta(days=1)
RUN, LONG_RUN, MOST_CELL = 1.0, 1.7, 58
MANY_OFF = 3
"""So many days off in a row become one cell."""
TERMS = ("plan", "approval")
"""Steps whose deadline stands on the ruler; the detailed assessment has that of the plan."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the day ruler: a day (``start``, ``work``), or one or several days off (``off``)."""

    first: date
    last: date
    kind: str
    number: int = 0
    name: str = ""
    """What the day off is called."""


def cells(start: date, last: date, state: CaseState) -> list[Cell]:
    """Return the cells from the day of the event to the last day shown."""
    found: list[Cell] = []
    day, number = start, 0
    while day <= last:
        if day != start and not state.calendar.working(day):
            end = day
            while end + DAY <= last and not state.calendar.working(end + DAY):
                end += DAY
            found += _off(day, end, state)
            day = end
        else:
            number += day != start
            found.append(Cell(day, day, "start" if day == start else "work", number))
        day += DAY
    return found


def _off(first: date, last: date, state: CaseState) -> list[Cell]:
    """Return the cells of a run of days off: a weekend day by day, a long run as one, named."""
    days = [first + n * DAY for n in range((last - first).days + 1)]
    names = [name for day in days if (name := state.calendar.why_off(day))]
    if len(days) < MANY_OFF:
        return [Cell(day, day, "off", 0, state.calendar.why_off(day)) for day in days]
    return [Cell(first, last, "off", 0, names[0] if names else "")]


def deadlines(state: CaseState, round_: int = 1) -> dict[date, str]:
    """Return the days on which something of a round is due, with its words."""
    found: dict[date, str] = {}
    for one in state.steps:
        if one.round == round_ and one.step.code in TERMS and one.due is not None and one.counted == "working_days":
            day = one.due.date()
            words = say(f"case_page.ruler.{one.step.code}")
            found[day] = f"{found[day]}, {words}" if day in found else words
    return found


class DayRuler(QWidget):
    """Days from the event the term counts from to the last deadline."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cells: list[Cell] = []
        self._due: dict[date, str] = {}
        self._ended: frozenset[date] = frozenset()
        self._start = ""
        self._second = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        paint.name_it(self, "ruler")
        self.hide()

    def show_state(self, state: CaseState, round_: int, start: date | None, start_words: str) -> None:
        """Show the terms of a round; nothing while the event they count from has not happened."""
        self._due = deadlines(state, round_)
        self.setVisible(bool(start and self._due))
        if start is None or not self._due:
            return
        last = max(self._due)
        ended = (one for one in state.steps if one.ended and one.step.code in TERMS and one.round == round_)
        self._ended = frozenset(one.due.date() for one in ended if one.due)
        self.cells = cells(start, last, state)
        self._start = start_words
        today = clock.today()
        told = [say("case_page.ruler.said", what=words, day=day.strftime("%d/%m"), n=state.calendar.left(today, day))
                for day, words in sorted(self._due.items())]  # fmt: skip
        self.setAccessibleName(". ".join(told))
        self._measure()
        self.update()

    def sizeHint(self) -> QSize:
        """Return three lines: weekday, day, words."""
        return QSize(420, theme.px(15 + 28 + 16 * (1 + self._second)))

    def minimumSizeHint(self) -> QSize:
        """Return the least width at which days can be told apart."""
        return QSize(260, self.sizeHint().height())

    def _measure(self) -> None:
        """Take room for a second line only where something stands in it."""
        second = any(line for _, line, *_ in self._notes())
        if second != self._second:
            self._second = second
            self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Find out whether all fits on one line."""
        super().resizeEvent(event)
        self._measure()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()
        super().changeEvent(event)

    def _places(self) -> list[tuple[Cell, float, float]]:
        weights = [LONG_RUN if cell.first != cell.last else RUN for cell in self.cells]
        unit = min(float(theme.px(MOST_CELL)), self.width() / max(1.0, sum(weights)))
        found, left = [], 0.0
        for cell, weight in zip(self.cells, weights, strict=True):
            found.append((cell, left, unit * weight))
            left += unit * weight
        return found

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the days."""
        painter = paint.smooth(QPainter(self))
        today = clock.today()
        top, high = theme.px(16), theme.px(25)
        for cell, left, wide in self._places():
            box = QRectF(left + 1, top, wide - 3, high)
            self._head(painter, cell, QRectF(left, 0, wide - 1, theme.px(15)))
            self._cell(painter, cell, box, today)
        self._below(painter, top + high + 2)
        painter.end()

    def _head(self, painter: QPainter, cell: Cell, box: QRectF) -> None:
        words = say(f"case_page.ruler.weekday_{cell.first.weekday()}") if cell.first == cell.last else say(
            "case_page.ruler.days", n=(cell.last - cell.first).days + 1)  # fmt: skip
        paint.text(painter, box, words, "key", "ink3", Qt.AlignmentFlag.AlignHCenter)

    def _cell(self, painter: QPainter, cell: Cell, box: QRectF, today: date) -> None:
        now = cell.first <= today <= cell.last
        middle = Qt.AlignmentFlag.AlignHCenter
        words = f"{cell.first.day:02}" if cell.first == cell.last else f"{cell.first.day:02}–{cell.last.day:02}"
        if cell.kind == "off":
            paint.frame(painter, box, 4, "sunk", "cham" if now else None, 2.0 if now else 1.0)
            _hatch(painter, box)
            paint.frame(painter, _plate(box, words), 3, "sunk", None)
            paint.text(painter, box, words, "key", "ink3", middle)
            return
        gone = cell.last < today
        overdue = cell.first in self._due and gone and cell.first not in self._ended
        face, border, ink = ("cham", None, "onCham") if now else ("gachBg", "gachLine", "gach") if overdue else (
            ("chamBg", "chamLine", "ink") if gone else ("panel", "line2", "ink"))  # fmt: skip
        paint.frame(painter, box, 4, face, border)
        paint.text(painter, box, words, "smallStrong" if now or cell.first in self._due else "smallMedium", ink, middle)

    def _notes(self) -> list[tuple[float, int, str, str, str]]:
        """Return (left, line, words, role, ink) of what stands under the days: deadlines first, names on line two."""
        found: list[tuple[float, int, str, str, str]] = []
        ends = [0.0, 0.0]
        for cell, left, wide in self._places():
            words, role, ink = self._note(cell, wide)
            need = paint.text_width(theme.font(role), words)
            at = min(max(0.0, left + (wide - need) / 2), max(0.0, self.width() - need))
            line = 1 if cell.kind == "off" or at < ends[0] else 0
            if not words or ((role == "key" and (cell.kind == "work" and line)) or at < ends[line]):
                continue
            found.append((at, line, words, role, ink))
            ends[line] = at + need + 8
        return found

    def _below(self, painter: QPainter, top: float) -> None:
        high = theme.px(16)
        for left, line, words, role, ink in self._notes():
            need = paint.text_width(theme.font(role), words)
            paint.text(painter, QRectF(left, top + line * high, need + 1, high), words, role, ink)

    def _note(self, cell: Cell, wide: float) -> tuple[str, str, str]:
        if cell.first in self._due and cell.kind != "off":
            ended = cell.first in self._ended
            ink = "ink3" if ended else "gach" if cell.last < clock.today() else "nghe"
            return self._due[cell.first], "small" if ended else "smallStrong", ink
        if cell.kind == "start":
            return self._start, "smallStrong", "ink2"
        if cell.kind == "off":
            return (cell.name, "key", "ink3") if cell.name else ("", "key", "ink3")
        words = say("case_page.ruler.day", n=cell.number)
        room = paint.text_width(theme.font("key"), words) <= wide - 4
        return (words, "key", "ink3") if room else ("", "key", "ink3")


def _plate(box: QRectF, words: str) -> QRectF:
    """Return the ground behind the number of a hatched day, so that it can be read."""
    wide = paint.text_width(theme.font("key"), words) + 6
    return QRectF(box.center().x() - wide / 2, box.top() + 4, wide, box.height() - 8)


def _hatch(painter: QPainter, box: QRectF) -> None:
    painter.save()
    painter.setClipRect(box.adjusted(1, 1, -1, -1))
    painter.setPen(QPen(theme.color("line2"), 1.2))
    x = box.left() - box.height()
    while x < box.right():
        painter.drawLine(QPointF(x, box.bottom()), QPointF(x + box.height() * 0.6, box.top()))
        x += 7
    painter.restore()


class HourRuler(QWidget):
    """The hours of an emergency from the reception to the last one, with the hour that is now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._what: Emergency | None = None
        self._done: datetime | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._clock = QTimer(self)
        self._clock.setInterval(60_000)
        self._clock.timeout.connect(self.tick)
        paint.name_it(self, "hours")
        self.hide()

    def show_emergency(self, what: Emergency | None, done: datetime | None = None) -> None:
        """Show the hours of an emergency, until it was dealt with where it was."""
        self._what, self._done = what, done
        known = what is not None and what.until is not None
        self.setVisible(known)
        self._clock.start() if known and done is None else self._clock.stop()
        self.tick()

    def left(self) -> str:
        """Return how much is left, or by how much it is over."""
        if self._what is None or self._what.until is None:
            return ""
        minutes = int((self._what.until - (self._done or clock.now())).total_seconds() // 60)
        if self._done is not None:
            return say("case_page.ruler.done_in_time" if minutes >= 0 else "case_page.ruler.done_late")
        return say("case_page.left" if minutes >= 0 else "case_page.over", span=span_words(abs(minutes)))

    def tick(self) -> None:
        """Move to this minute."""
        if self._what is not None and self._what.until is not None:
            until = self._what.until.strftime("%H:%M %d/%m")
            self.setAccessibleName(f"{say('case_page.before', at=until)}. {self.left()}")
        self.update()

    def sizeHint(self) -> QSize:
        """Return three lines."""
        return QSize(420, theme.px(72))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the track, its hours and the present moment."""
        what = self._what
        if what is None or what.until is None or what.received is None:
            return
        painter = paint.smooth(QPainter(self))
        now = self._done or clock.now()
        share = (now - what.received) / (what.until - what.received)
        over = share > 1
        ink = "ngoc" if self._done and not over else "gach"
        paint.text(painter, QRectF(0, 0, self.width(), theme.px(22)), self.left(), "section", ink)
        track = QRectF(0, theme.px(27), self.width(), theme.px(12))
        paint.frame(painter, track, 4, "sunk", "line2")
        gone = QRectF(track.left(), track.top(), max(6.0, track.width() * min(1.0, max(0.0, share))), track.height())
        paint.frame(painter, gone, 4, "ngocMark" if ink == "ngoc" else "gachMark", None)
        self._hours(painter, track, what.received, what.hours)
        painter.end()

    def _hours(self, painter: QPainter, track: QRectF, received: datetime, hours: int) -> None:
        step = max(1, -(-hours // max(2, int(track.width() // theme.px(74)))))
        marks: Sequence[int] = [*range(0, hours - step + 1, step), hours]
        for n in marks:
            x = track.left() + track.width() * n / hours
            painter.fillRect(QRectF(min(x, track.right() - 1), track.bottom(), 1, 4), theme.color("field"))
            at = received + clock.hours(n)
            words = at.strftime("%H:%M") + (f" {day_month(at.date())}" if n in (0, hours) else "")
            role = "smallStrong" if n in (0, hours) else "key"
            wide = paint.text_width(theme.font(role), words)
            left = min(max(0.0, x - wide / 2), track.right() - wide)
            box = QRectF(left, track.bottom() + 5, wide + 1, theme.px(16))
            paint.text(painter, box, words, role, "gach" if n == hours else "ink3")
