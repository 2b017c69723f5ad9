"""The card of the letters: from which old encoding a file was converted, before and after side by side.

Rules. What could not be converted is named, sign by sign. The original file is never touched, and the card says so.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cbdesk.words import say
from ui import icons, theme
from ui.lists.filterbar import plain
from ui.parts import Badge, Card, IconText, SectionTitle, paint
from ui.reading.draft import SAMPLES, Draft


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
        self.setVisible(bool(pairs))
        self.updateGeometry()
        self.update()

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
    """Old letters and what became of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, spacing=6, name="letters")
        self._title = SectionTitle(say("reading.letters.title"))
        self.badge = Badge("", "nghe", icon="text_font")
        self._title.add(self.badge)
        self._samples = _Samples()
        self.signs = IconText("warning", "", "nghe", "note", name="signs")
        self.note = IconText("info", "", "ink3", "note", name="letters_note")
        for part in (self._title, self._samples, self.signs, self.note):
            self.body.addWidget(part)
        self.body.addStretch(1)

    def show_draft(self, draft: Draft) -> None:
        """Show what was converted in a draft."""
        fonts, read = draft.fonts, draft.plan.read
        old = draft.plan.charset if draft.plan.charset != "unicode" else "several"  # rows pasted from older lists
        charset = say(f"reading.charset.{old}")
        self.badge.setVisible(fonts.rows > 0)
        self.badge.say(say("reading.letters.converted", charset=charset, n=plain(fonts.rows), all=plain(read)))
        self._samples.show_pairs(fonts.samples)
        self.signs.setVisible(bool(fonts.signs))
        self.signs.say(say("reading.letters.signs", signs=" ".join(fonts.signs[:12])))
        rest = read - fonts.rows
        key = "none" if not fonts.rows else "rest" if rest else "all"
        self.note.say(say(f"reading.letters.{key}", n=plain(rest)))
