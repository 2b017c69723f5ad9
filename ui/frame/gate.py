"""The gate: the cloth and our name at the left, a form at the right. Unlocking and first start stand in it.

Rules. Full colour of the woven band only here. In a narrow window the left side shrinks to the band; the form scrolls,
so that it can be used at every scaling. Nothing of the register is shown, only what lies open beside it.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap, QResizeEvent, QShowEvent, QTransform
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from cbdesk import clock
from cbdesk.catalogue import catalogue
from cbdesk.errors import Problem
from cbdesk.words import say
from ui import emblem, theme
from ui.parts import ProblemCard, paint

CLOTH_WIDE, CLOTH_SLIM = 560, 96
FORM_WIDE, CODE_WIDE = 424, 456
SLIM_BELOW = 1000


class Cloth(QWidget):
    """The left side: star, name, what the program is for, the band, the unit, what lies where."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._unit, self._foot, self._slim = "", "", False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.tell("", "")
        self.setObjectName("cloth")

    def tell(self, unit: str, foot: str) -> None:
        """Show the unit and the last line."""
        self._unit, self._foot = unit, foot
        words = (say("ui.product"), unit, say("unlock.purpose").replace("\n", " "), say("unlock.data_here"), foot)
        self.setAccessibleName(". ".join(word for word in words if word))
        self.update()

    def slim(self, slim: bool) -> None:
        """Show only star and band."""
        self._slim = slim
        self.setFixedWidth(CLOTH_SLIM if slim else CLOTH_WIDE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the cloth."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("rail"))
        (self._paint_slim if self._slim else self._paint_wide)(painter)
        painter.end()

    def _paint_slim(self, painter: QPainter) -> None:
        emblem.paint_star(painter, QPointF((CLOTH_SLIM - 39) / 2, 20), 3)
        tile = emblem.woven(emblem.lozenge(12), emblem.COLOUR, 3, painter.device().devicePixelRatioF())
        turned = QPixmap(tile.transformed(QTransform().rotate(90)))
        turned.setDevicePixelRatio(tile.devicePixelRatio())
        side = turned.deviceIndependentSize().width()
        left = round((CLOTH_SLIM - side) / 2)
        painter.fillRect(QRectF(0, 84, CLOTH_SLIM, self.height()), theme.color("cloth"))
        painter.drawTiledPixmap(QRectF(left, 92, side, self.height()), turned, QPointF(0, 0))
        painter.fillRect(QRectF(0, 82, CLOTH_SLIM, 2), theme.color("weaveRose"))
        painter.fillRect(QRectF(0, 86, CLOTH_SLIM, 1), theme.color("weaveGold"))

    def _paint_wide(self, painter: QPainter) -> None:
        tall, wide = self.height(), self.width()
        cell = 4 if tall >= 620 else 3
        faint = QRectF(wide - 128, 0, 128, tall)
        emblem.paint_tiled(painter, faint, emblem.cloth(16, stars=False), 4, emblem.CLOTH)
        top = round(tall * 0.63)
        self._paint_band(painter, QRectF(0, top, wide, 25 * cell + 20), cell)
        paint.smooth(painter)
        left, room = 56.0, wide - 90
        at = round(tall * 0.14)
        emblem.paint_star(painter, QPointF(left, at), cell)
        at += 13 * cell + 14
        paint.text(painter, QRectF(left - 2, at, room, theme.line("display")), say("ui.product"), "display", "railInk")
        at += theme.line("display") + (10 if tall >= 620 else 2)
        for row in say("unlock.purpose").split("\n"):
            paint.text(painter, QRectF(left, at, room, theme.line("lead")), row, "lead", "railInk2")
            at += theme.line("lead")
        at = top + 25 * cell + 20 + (24 if tall >= 620 else 10)
        for words, role, ink, gap in (
            (self._unit, "section", "railInk", 2),
            (say("unlock.data_here"), "note", "railInk2", 14 if tall >= 620 else 2),
            (self._foot, "small", "railInk2", 0),
        ):
            paint.text(painter, QRectF(left, at, room, theme.line(role)), words, role, ink)
            at += theme.line(role) + gap

    def _paint_band(self, painter: QPainter, area: QRectF, cell: int) -> None:
        wide = area.width()
        painter.fillRect(area, theme.color("cloth"))
        for y, high, ink in ((0, 2, "weaveRose"), (5, 1, "weaveGold"), (area.height() - 6, 1, "weaveGold"),
                             (area.height() - 2, 2, "weaveRose")):  # fmt: skip
            painter.fillRect(QRectF(0, area.top() + y, wide, high), theme.color(ink))
        threads = QRectF(0, area.top() + 10, wide, 25 * cell)
        emblem.paint_tiled(painter, threads, emblem.lozenge(12), cell, emblem.COLOUR)


def place_words(unit: str, role: str) -> str:
    """Return a unit as people say it: a commune with its province, a receiver as it is."""
    if not unit or role != "commune":
        return unit
    province = catalogue().units.province(clock.today()).name
    return say("unlock.in_province", unit=unit, province=province[:1].lower() + province[1:])


class Gate(QWidget):
    """Base of the pages before the book is open. ``column`` is the layout of the form."""

    def __init__(self, parent: QWidget | None = None, *, form_wide: int = FORM_WIDE) -> None:
        super().__init__(parent)
        self._form_wide = form_wide
        self.cloth = Cloth(self)
        self._form = QWidget()
        self.column = QVBoxLayout(self._form)
        self.column.setContentsMargins(4, 12, 4, 12)
        self.column.setSpacing(0)
        middle = QWidget()
        around = QVBoxLayout(middle)
        around.setContentsMargins(16, 8, 16, 8)
        around.addStretch(1)
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(self._form)
        across.addStretch(1)
        around.addLayout(across)
        around.addStretch(1)
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(middle)
        for widget in (middle, self._scroll.viewport()):
            widget.setAutoFillBackground(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.cloth)
        row.addWidget(self._scroll, 1)
        self._card: ProblemCard | None = None
        self._fit()

    def show_problem(self, problem: Problem) -> None:
        """Show a problem above the form, in the place of an earlier one."""
        self.clear_problem()
        self._card = ProblemCard(problem)
        self.column.insertWidget(0, self._card)

    def clear_problem(self) -> None:
        """Take the problem away."""
        card, self._card = self._card, None
        if card is not None:
            card.hide()
            card.deleteLater()

    def focus_start(self) -> None:
        """Put the focus where work starts; called when the page is first seen."""

    def showEvent(self, event: QShowEvent) -> None:
        """Put the focus where work starts."""
        super().showEvent(event)
        self.focus_start()

    def see(self, widget: QWidget) -> None:
        """Scroll a widget of the form into view."""
        self._scroll.ensureWidgetVisible(widget)

    def widen(self, form_wide: int) -> None:
        """Give the form another width, in pixels at 100 %."""
        self._form_wide = form_wide
        self._fit()

    def _fit(self) -> None:
        self._form.setFixedWidth(theme.px(self._form_wide) + 8)
        self.cloth.slim(self.width() * 100 // theme.text_size() < SLIM_BELOW)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the cloth give way."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        if event.type() == QEvent.Type.StyleChange:
            self._fit()
        super().changeEvent(event)
