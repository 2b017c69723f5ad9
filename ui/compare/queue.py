"""The queue of pairs as one painted list: both names, where, how alike; what was put off stands last.

Rules. The two names stand under each other, so that what differs is seen before anything is opened. A single letter is
no search here: N, S and the other keys belong to the page.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from cbdesk.words import say
from ui import theme
from ui.compare.reading import LIKELY, Suspect
from ui.lists.queue import Queue, QueueDelegate, QueueModel
from ui.parts import paint


class _Pairs(QueueModel):
    def names(self, one: Suspect) -> tuple[str, str]:
        """Return what is shown of the two names."""
        return one.short if self.veiled else one.names

    def words(self, one: Suspect) -> str:
        """Return the pair in words."""
        first, second = self.names(one)
        words = say("duplicates.pair_words", a=first, b=second, where=one.where, n=one.score)
        return f"{words}, {say('duplicates.put_off')}" if one.later else words

    def tip(self, one: Suspect) -> str:
        """Return where the two are."""
        return one.where


class _Delegate(QueueDelegate):
    def row(self, painter: QPainter, box: QRectF, one: Suspect) -> None:
        """Paint both names, how alike, and where."""
        first, second = self.view.model_.names(one)
        score = say("duplicates.percent", n=one.score) if one.score else ""
        wide = paint.text_width(theme.font("labelStrong"), score)
        line, small = theme.px(19), theme.px(16)
        top = box.top() + (box.height() - 2 * line - small) / 2 - 1
        likely = one.level == LIKELY
        right = QRectF(box.right() - wide, top, wide, line)
        paint.text(painter, right, score, "labelStrong", "nghe" if likely else "ink3", Qt.AlignmentFlag.AlignRight)
        paint.text(painter, QRectF(box.left(), top, box.width() - wide - 8, line), first, "medium", "ink")
        paint.text(painter, QRectF(box.left(), top + line, box.width(), line), second, "body", "ink")
        where = f"{say('duplicates.put_off')} · {one.where}" if one.later else one.where
        paint.text(painter, QRectF(box.left(), top + 2 * line, box.width(), small), where, "small", "ink3")


class PairQueue(Queue):
    """The queue of pairs; Enter goes into the comparison as well."""

    made_of = (_Pairs, _Delegate)
    keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Right)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("pairs", say("duplicates.queue"), lambda one: one.key, parent)
