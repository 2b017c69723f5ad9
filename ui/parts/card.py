"""Cards and what stands on them: card, section title, figure, empty state, skeleton.

Rules. A card is a panel with a one-pixel line and no shadow. An empty state is one sentence and one action. A skeleton
appears only after 400 ms and does not shimmer.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ui import theme
from ui.emblem import PALE, Emblem
from ui.parts import paint
from ui.parts.button import Button
from ui.parts.label import Label


class Card(QFrame):
    """A panel. ``tone`` (cham, ngoc, nghe, gach, man) tints it; ``body`` is its vertical layout, padded by 16."""

    def __init__(
        self, parent: QWidget | None = None, *, tone: str = "", padding: int = 16, spacing: int = 8, name: str = ""
    ) -> None:
        super().__init__(parent)
        self._tone = tone
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(padding, padding - 2, padding, padding)
        self.body.setSpacing(spacing)
        paint.name_it(self, name)

    def tone(self, tone: str) -> None:
        """Tint the card, or take the tint away with an empty tone."""
        self._tone = tone
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the panel."""
        painter = paint.smooth(QPainter(self))
        face, border = (f"{self._tone}Bg", f"{self._tone}Line") if self._tone else ("panel", "line")
        paint.frame(painter, QRectF(self.rect()), theme.RADIUS_CARD, face, border)
        painter.end()


class SectionTitle(QWidget):
    """The heading of a card: title left, quiet words or widgets right (``add``).

    What finds no room beside the title goes to further lines, so that a heading never makes its card wider.
    """

    def __init__(
        self, title: str, parent: QWidget | None = None, *, facts: str = "", role: str = "section", name: str = ""
    ) -> None:
        super().__init__(parent)
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(2)
        self._row = self._line()
        self._added: list[QWidget] = []
        self._broken: list[list[QWidget]] = []
        self.title = Label(title, role)
        self.facts = Label(facts, "small", "ink3")
        self._row.addWidget(self.title)
        self._row.addStretch(1)
        self._row.addWidget(self.facts)
        paint.name_it(self, name, title)

    def add(self, widget: QWidget) -> None:
        """Put a widget at the right end."""
        self._added.append(widget)
        self._row.addWidget(widget)

    def _line(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self._lines.addLayout(row)
        return row

    def minimumSizeHint(self) -> QSize:
        """Return the room of the widest part; the rest can go to further lines."""
        parts = [self.title, *(one for one in self._added if not one.isHidden())]
        return QSize(max(one.minimumSizeHint().width() for one in parts), super().minimumSizeHint().height())

    def event(self, event: QEvent) -> bool:
        """Break the lines anew when a part is shown, hidden or has other words."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._break()
        return done

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the lines anew."""
        super().resizeEvent(event)
        self._break()

    def _break(self) -> None:
        """Put what was added beside the title, as much as fits, and the rest under it."""
        used = sum(one.sizeHint().width() + 8 for one in (self.title, self.facts) if one.sizeHint().width())
        lines: list[list[QWidget]] = [[]]
        for widget in self._added:
            wide = 0 if widget.isHidden() else widget.sizeHint().width() + 8
            if wide and used + wide - 8 > self.width() and (lines[-1] or len(lines) == 1):
                lines.append([])
                used = 0
            lines[-1].append(widget)
            used += wide
        if lines[1:] == self._broken:
            return
        self._broken = lines[1:]
        for number, inside in enumerate(lines):
            row = self._row if number == 0 else self._lines.itemAt(number)
            row = row if isinstance(row, QHBoxLayout) else self._line()
            if number and not row.count():
                row.addStretch(1)
            for widget in inside:
                row.removeWidget(widget)
                row.addWidget(widget)


class Scroller(QScrollArea):
    """A page part that scrolls down; ``body`` is the vertical layout inside."""

    def __init__(self, parent: QWidget | None = None, *, spacing: int = 12, name: str = "") -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        sideways = self.horizontalScrollBar()
        sideways.valueChanged.connect(lambda at: sideways.setValue(0) if at else None)  # down only
        inside = QWidget()
        inside.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        self.body = QVBoxLayout(inside)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(spacing)
        self.setWidget(inside)
        inside.setAutoFillBackground(False)
        paint.name_it(self, name)


class StatCard(QWidget):
    """A figure with its words, its movement and twelve months as a line (or bars); it opens the list behind it."""

    clicked = Signal()

    def __init__(
        self, words: str, parent: QWidget | None = None, *, bars: bool = False, rule: bool = True, name: str = ""
    ) -> None:
        super().__init__(parent)
        self._words, self._bars, self._rule = words, bars, rule
        self._figure, self._step, self._series = "", "", tuple[float, ...]()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setProperty("ring", 5)
        paint.name_it(self, name, words)

    def show_figure(self, figure: str, step: str = "", series: tuple[float, ...] = ()) -> None:
        """Show a figure, its movement ("+6") and the series of months, oldest first."""
        self._figure, self._step, self._series = figure, step, series
        self.setAccessibleName(f"{self._words}: {figure} {step}".strip())
        self.update()

    def sizeHint(self) -> QSize:
        """Return the natural size."""
        return QSize(300, theme.px(40))

    def minimumSizeHint(self) -> QSize:
        """Return the least size: the figure stays readable."""
        return QSize(200, theme.px(36))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space open the list."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click opens the list."""
        if self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint words, figure, movement and months."""
        painter = paint.smooth(QPainter(self))
        box = QRectF(self.rect())
        chart = min(108.0, box.width() * 0.32) if self._series else 0.0
        step_right = box.width() - chart - (14 if chart else 0)
        figure_right = step_right - theme.px(34)
        ink = "cham" if self.underMouse() else "ink2"
        right = Qt.AlignmentFlag.AlignRight
        room = figure_right - paint.text_width(theme.font("figure"), self._figure) - 8
        paint.text(painter, QRectF(0, 0, room, box.height()), self._words, "label", ink)
        paint.text(painter, QRectF(0, 0, figure_right, box.height()), self._figure, "figure", "ink", right)
        paint.text(
            painter, QRectF(figure_right + 6, 2, 40, box.height()), self._step, "smallMedium", "ink3",
        )  # fmt: skip
        if chart:
            area = QRectF(box.width() - chart, 8, chart, box.height() - 17)
            (self._paint_bars if self._bars else self._paint_line)(painter, area)
        if self._rule:
            paint.hairline(painter, 0, box.width(), box.height() - 1)
        painter.end()

    def _paint_line(self, painter: QPainter, area: QRectF) -> None:
        low, high = min(self._series), max(self._series)
        span = (high - low) or 1.0
        wide = area.width() - 5
        points = [
            QPointF(
                area.left() + i * wide / max(1, len(self._series) - 1),
                area.bottom() - 3 - (v - low) / span * (area.height() - 6),
            )
            for i, v in enumerate(self._series)
        ]
        path = QPainterPath(points[0])
        for point in points[1:]:
            path.lineTo(point)
        under = QPainterPath(path)
        under.lineTo(points[-1].x(), area.bottom())
        under.lineTo(points[0].x(), area.bottom())
        painter.fillPath(under, theme.color("chamBg"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("cham"), 1.5))
        painter.drawPath(path)
        paint.dot(painter, points[-1], 3, "cham")

    def _paint_bars(self, painter: QPainter, area: QRectF) -> None:
        high = max(self._series) or 1.0
        step = area.width() / len(self._series)
        for i, value in enumerate(self._series):
            tall = max(1.0, value / high * area.height())
            last = i == len(self._series) - 1
            bar = QRectF(round(area.left() + i * step), area.bottom() - tall, max(3, round(step) - 3), tall)
            painter.fillRect(bar, theme.color("cham" if last else "chamLine"))


class EmptyState(QWidget):
    """Nothing here yet: the emblem, pale, one sentence, one line of help and one action."""

    def __init__(
        self,
        sentence: str,
        help_words: str = "",
        parent: QWidget | None = None,
        *,
        action: Button | None = None,
        name: str = "empty",
    ) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(6)
        column.addStretch(1)
        centre = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(Emblem(4, PALE), 0, centre)
        column.addSpacing(8)
        self.sentence = Label(sentence, "section", wrap=True)
        self.help = Label(help_words, "note", "ink3", wrap=True)
        for label in (self.sentence, self.help):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(label)
        self.help.setVisible(bool(help_words))
        self.action = action
        if action:
            column.addSpacing(4)
            column.addWidget(action, 0, centre)
        column.addStretch(2)
        paint.name_it(self, name, sentence)

    def say(self, sentence: str, help_words: str = "") -> None:
        """Change the words."""
        self.sentence.say(sentence)
        self.help.say(help_words)
        self.help.setVisible(bool(help_words))
        self.setAccessibleName(sentence)


class Skeleton(QWidget):
    """Grey bars in the place of rows that are still loading; painted only 400 ms after ``begin``."""

    def __init__(self, parent: QWidget | None = None, *, rows: int = 6, accessible: str = "") -> None:
        super().__init__(parent)
        self._rows = rows
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(400)
        self._timer.timeout.connect(self.show)
        self.hide()
        paint.name_it(self, "skeleton", accessible)

    def begin(self) -> None:
        """Wait 400 ms, then show."""
        self._timer.start()

    def end(self) -> None:
        """The rows are here: show nothing."""
        self._timer.stop()
        self.hide()

    def sizeHint(self) -> QSize:
        """Return the natural size."""
        return QSize(300, self._rows * theme.px(theme.ROW))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the bars."""
        painter = paint.smooth(QPainter(self))
        step, wide = theme.px(theme.ROW), self.width()
        lengths = ((0.34, 0.16, 0.30), (0.28, 0.16, 0.22), (0.40, 0.16, 0.34))
        for row in range(self._rows):
            left = 0.0
            for column, share in enumerate(lengths[row % 3]):
                box = QRectF(left, row * step + step / 2 - 5, share * wide, 10)
                paint.frame(painter, box, 4, "sunk", None)
                left = (0.46, 0.66, 1.0)[column] * wide
        painter.end()


class Hairlines(QFrame):
    """A list of rows with hairlines between, on a card; ``add`` appends a row."""

    def __init__(self, parent: QWidget | None = None, *, name: str = "") -> None:
        super().__init__(parent)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        paint.name_it(self, name)

    def add(self, row: QWidget) -> None:
        """Append a row."""
        self.body.addWidget(row)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint a line above every row but the first."""
        painter = QPainter(self)
        for index in range(1, self.body.count()):
            item = self.body.itemAt(index).widget()
            if item is not None and item.isVisible():
                paint.hairline(painter, 0, self.width(), item.y())
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        """Repaint with the theme."""
        if event.type() == QEvent.Type.StyleChange:
            self.update()
        super().changeEvent(event)
