"""The card of the letters: from which old encoding a file was converted, before and after side by side.

Rules. What could not be converted is named, sign by sign. Another encoding is chosen by eye. The original file is never
touched, and the card says so.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cbdesk.words import say
from ui import icons, theme
from ui.lists.filterbar import plain
from ui.parts import Badge, Button, Card, IconText, SectionTitle, paint
from ui.reading.draft import SAMPLES, Draft
from ui.reading.readings import Readings, foreign
from ui.reading.told import charset_words


class _Samples(QWidget):
    """Pairs of cells: as in the file, and as converted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pairs: tuple[tuple[str, str], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_pairs(self, pairs: tuple[tuple[str, str], ...]) -> None:
        """Show pairs."""
        self._pairs = pairs
        self.setAccessibleName("; ".join(f"{before} → {after}" for before, after in pairs))
        self.updateGeometry()
        self.update()

    def has_pairs(self) -> bool:
        """Return whether there is anything to show."""
        return bool(self._pairs)

    def sizeHint(self) -> QSize:
        """Return the height of head and pairs."""
        return QSize(240, theme.px(20) + theme.px(28) * min(len(self._pairs), SAMPLES))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint heads, boxes and arrows."""
        painter = paint.smooth(QPainter(self))
        side = (self.width() - 30) / 2
        head, step = theme.px(20), theme.px(28)
        for left, key in ((0.0, "before"), (self.width() - side, "after")):
            paint.text(painter, QRectF(left, 0, side, head - 2), say(f"reading.letters.{key}"), "small", "ink2")
        for at, (before, after) in enumerate(self._pairs):
            top = head + at * step
            left, right = QRectF(0, top, side, step - 4), QRectF(self.width() - side, top, side, step - 4)
            paint.frame(painter, left, 4, "panel2", "line2")
            paint.text(painter, left.adjusted(9, 0, -8, 0), before, "body", "ink2")
            icons.paint(painter, "arrow_right", QPointF(side + 7, top + (step - 4) / 2 - 8), "ink3", 16)
            paint.frame(painter, right, 4, "ngocBg", "ngocLine")
            paint.text(painter, right.adjusted(9, 0, -8, 0), after, "medium", "ngoc")
        painter.end()


class LettersCard(Card):
    """Old letters and what became of them. ``chosen`` carries a place and an encoding."""

    chosen = Signal(str, str)
    change_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, spacing=6, name="letters")
        self._any = self._wide = self._low = False
        self._title = SectionTitle(say("reading.letters.title"))
        self.badge = Badge("", "nghe", icon="text_font")
        self._title.add(self.badge)
        self._samples = _Samples()
        self.signs = IconText("warning", "", "nghe", "note", name="signs")
        self.note = IconText("info", "", "ink3", "note", name="letters_note")
        self.change_button = Button(say("reading.letters.change"), "link", icon="text_font", name="change_charset")
        self.change_button.clicked.connect(self.change_wanted)
        self.readings = Readings()
        self.readings.chosen.connect(self.chosen)
        for part in (self._title, self._samples, self.signs, self.note):
            self.body.addWidget(part)
        self.body.addWidget(self.change_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self.readings, 1)
        self._rest = QWidget()
        self._rest.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.body.addWidget(self._rest)

    def open(self, *, wide: bool, low: bool) -> None:
        """Show the choice of encodings, or only the way to it; where it is low, nothing beside it."""
        self._wide, self._low = wide, low
        choosing = wide and self._any
        self.readings.setVisible(choosing)
        self._rest.setVisible(not choosing)
        self.change_button.setVisible(not wide and self._any)
        for part in (self._samples, self.note):
            part.setVisible(not (choosing and low))
        self._samples.setVisible(self._samples.has_pairs() and not (choosing and low))

    def focus(self) -> None:
        """Focus the choice of encodings, or the way to it."""
        (self.readings if self.readings.isVisible() else self.change_button).setFocus()

    def show_draft(self, draft: Draft) -> None:
        """Show what was converted in a draft."""
        fonts, read = draft.fonts, draft.plan.read
        self._any = next(foreign(draft, ""), None) is not None
        told = draft.encodings()
        self.badge.setVisible(bool(told))
        self.badge.say("; ".join(
            say("reading.letters.converted", charset=charset_words(code), n=plain(count), all=plain(read))
            for code, count in told[:2]
        ))  # fmt: skip
        self._samples.show_pairs(fonts.samples)
        self.signs.setVisible(bool(fonts.signs))
        self.signs.say(say("reading.letters.signs", signs=" ".join(fonts.signs[:12])))
        rest = read - fonts.rows
        key = "none" if not fonts.rows else "rest" if rest else "all"
        self.note.say(say(f"reading.letters.{key}", n=plain(rest)))
        self.readings.show_draft(draft)
        self.open(wide=self._wide, low=self._low)
