"""Why two records may be one child: how alike, each reason in words, and the two other answers.

Rules. A reason that speaks against has another shape than one that speaks for. Twins, brothers and sisters are named as
such before any percentage is believed.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from cbdesk.words import say
from ui import theme
from ui.compare.reading import LIKELY, Comparison, Ground
from ui.parts import Button, Card, IconText, Label, Rule, Scroller, SectionTitle, paint

LIKELY_FROM = 80
"""Per cent from which a pair is very alike; where the meter has its mark."""


class Meter(QWidget):
    """How alike, as a bar with a mark where *rất giống* begins. The words beside it say the same."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._score = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_score(self, score: int) -> None:
        """Show a score of 0 to 100."""
        self._score = score
        self.update()

    def sizeHint(self) -> QSize:
        """Return the height of the bar and its mark."""
        return QSize(120, 14)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint track, bar and mark."""
        painter = paint.smooth(QPainter(self))
        track = QRectF(0, 4, self.width(), 6)
        paint.frame(painter, track, 3, "line", None)
        filled = QRectF(track)
        filled.setWidth(max(6.0, track.width() * self._score / 100))
        paint.frame(painter, filled, 3, "ngheMark" if self._score >= LIKELY_FROM else "field", None)
        painter.fillRect(QRectF(round(track.width() * LIKELY_FROM / 100), 1, 2, 12), theme.color("ink2"))
        painter.end()


class WhyCard(Card):
    """The reasons and the two other answers."""

    distinct_wanted = Signal()
    later_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, spacing=6, name="why_card")
        self.body.addWidget(SectionTitle(say("duplicates.why_title")))
        row = QHBoxLayout()
        row.setSpacing(8)
        self.score = Label("", "figure", name="score")
        self.level = Label("", "labelStrong", name="level")
        row.addWidget(self.score)
        row.addWidget(self.level)
        row.addStretch(1)
        self.body.addLayout(row)
        self.meter = Meter()
        self.body.addWidget(self.meter)
        self._scroll = Scroller(spacing=7, name="grounds")
        self._lines: list[IconText] = []
        self._grounds = QVBoxLayout()
        self._grounds.setSpacing(7)
        self._grounds.setContentsMargins(0, 6, 0, 0)
        self._scroll.body.addLayout(self._grounds)
        self._scroll.body.addStretch(1)
        self.body.addWidget(self._scroll, 1)
        self.body.addWidget(Rule())
        self.distinct = Button(say("duplicates.distinct"), icon="people", key="N", name="distinct")
        self.distinct.clicked.connect(self.distinct_wanted)
        self.later = Button(say("duplicates.later"), icon="clock", key="S", name="later")
        self.later.clicked.connect(self.later_wanted)
        for button in (self.distinct, self.later):
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.body.addSpacing(4)
        self.body.addWidget(self.distinct)
        self.body.addWidget(Label(say("duplicates.remembered"), "small", "ink3", wrap=True))
        self.body.addWidget(self.later)

    def show_comparison(self, shown: Comparison | None) -> None:
        """Show the reasons of a pair."""
        for line in self._lines:
            self._grounds.removeWidget(line)
            line.hide()
            line.deleteLater()
        self._lines = []
        self.score.say(say("duplicates.percent", n=shown.score) if shown is not None and shown.score else "")
        likely = shown is not None and shown.level == LIKELY
        self.level.say(level_words(shown) if shown is not None else "")
        self.level.tone("nghe" if likely else "ink2")
        self.meter.setVisible(shown is not None and shown.score > 0)
        if shown is None:
            return
        self.meter.show_score(shown.score)
        if shown.kin:
            self._add(IconText("people", say(f"duplicates.kin.{shown.kin}"), "nghe", "label", filled=True))
        for ground in shown.grounds:
            self._add(ground_line(ground))

    def _add(self, line: IconText) -> None:
        self._lines.append(line)
        self._grounds.addWidget(line)


def ground_line(ground: Ground) -> IconText:
    """Return one reason as a line."""
    icon, ink = ("checkmark_circle", "ngoc") if ground.speaks_for else ("warning", "nghe")
    return IconText(icon, _raised(ground.words), "ink", "note", icon_ink=ink)


def level_words(shown: Comparison) -> str:
    """Return how alike in words."""
    if not shown.score:
        return say("duplicates.little_words")
    return say("duplicates.likely_words" if shown.level == LIKELY else "duplicates.look_words")


def in_one_line(score: int, grounds: Sequence[Ground]) -> str:
    """Return likeness and reasons in one sentence."""
    reasons = ", ".join(one.words for one in grounds)
    return say("duplicates.alike_why", n=score, reasons=reasons) if reasons else ""


def _raised(words: str) -> str:
    return words[:1].upper() + words[1:]
