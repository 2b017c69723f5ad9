"""The steps of a case, one under the other: number or state as a shape, title, form, until when, how it stands.

Rules. Arrows move, Enter shows a step; Alt ↑ ↓ change the step from anywhere on the page. Each of the eight states is
told by shape and word, colour only helps. A later round stands under its own heading; earlier rounds stay readable.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from cbdesk.process import CaseState, StepState
from cbdesk.words import say
from ui import icons, theme
from ui.cases.told import LOOKS, TONES, due_words, left_words, state_words
from ui.parts import Card, Label, Scroller, paint

Key = tuple[str, int]
"""A step: its code and its round."""
MARK, LEFT = 10, 40


def key_of(one: StepState) -> Key:
    """Return the key of a step."""
    return one.step.code, one.round


class StepButton(QAbstractButton):
    """One step in the list."""

    moved = Signal(int)

    def __init__(self, one: StepState, state: CaseState, parent: QWidget, *, last: bool, slim: bool) -> None:
        super().__init__(parent)
        self.one, self._last, self.slim = one, last, slim
        self.title = one.step.choice.short
        form = say("case_page.form", n=one.step.form) if one.step.form else ""
        left = left_words(one, state)
        self.second = " · ".join(part for part in (form, due_words(one, state)) if part)
        self.third = left or state_words(one, state)
        self.setCheckable(True)
        self.setProperty("ring", 6)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        said = (say("case_page.step", n=one.step.number), self.title, say(f"case.state.{one.state}"), form,
                due_words(one, state), left)  # fmt: skip
        paint.name_it(self, f"step_{one.step.code}_{one.round}", ", ".join(part for part in said if part))
        self.setToolTip(one.step.choice.label)

    def sizeHint(self) -> QSize:
        """Return three lines, two where there is little to say, one when slim."""
        lines = 20 + 16 * bool(self.second) + 16 * bool(self.third)
        return QSize(200, theme.px(30 if self.slim else lines + 10))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, Enter shows the step."""
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up) and not event.modifiers():
            self.moved.emit(1 if event.key() == Qt.Key.Key_Down else -1)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground, line to the next, mark, words."""
        painter = paint.smooth(QPainter(self))
        box, on = QRectF(self.rect()), self.isChecked()
        if on or self.underMouse():
            paint.frame(painter, box, 6, "chamBg" if on else "hover", None)
        if on:
            paint.frame(painter, QRectF(0, box.height() / 2 - 12, 3, 24), 1.5, "cham", None)
        middle = QPointF(20, round(box.height() / 2) if self.slim else theme.px(16))
        if not self._last:
            ink = "ngocLine" if self.one.ended else "line2"
            line = QRectF(middle.x() - 0.75, middle.y() + 12, 1.5, box.height() - middle.y() - 12)
            painter.fillRect(line, theme.color(ink))
        paint_mark(painter, middle, self.one)
        self._words(painter, box)
        painter.end()

    def _words(self, painter: QPainter, box: QRectF) -> None:
        wide = box.width() - LEFT - 8
        quiet = self.one.state in ("skipped", "none", "ahead")
        role = "strong" if self.isChecked() else "medium"
        ink = "ink2" if quiet else "ink"
        first = QRectF(LEFT, 0, wide, box.height()) if self.slim else QRectF(LEFT, theme.px(6), wide, theme.px(20))
        paint.text(painter, first, self.title, role, ink)
        if self.slim:
            return
        runs = self.one.counted == "hours" and not self.one.ended
        tone = "gach" if runs else TONES.get(self.one.state, "ink3")
        top = first.bottom()
        for words, shade, strong in ((self.second, "ink3", False), (self.third, tone, tone != "ink3")):
            if words:
                row = QRectF(LEFT, top, wide, theme.px(16))
                paint.text(painter, row, words, "smallMedium" if strong else "small", shade)
                top = row.bottom()


def paint_mark(painter: QPainter, middle: QPointF, one: StepState) -> None:
    """Paint the shape of a state about a point."""
    look = LOOKS[one.state]
    at = QPointF(middle.x() - MARK, middle.y() - MARK)
    if look.icon and look.icon not in ("bar", "dotted"):
        icons.paint(painter, look.icon, at, look.ink, 20, filled=look.filled)
        return
    box = QRectF(at.x(), at.y(), 2 * MARK, 2 * MARK)
    if one.state == "now":
        paint.dot(painter, middle, 9.5, "cham")
        number = str(one.step.number)
        paint.text(painter, box, number, "smallStrong", "onCham", Qt.AlignmentFlag.AlignHCenter)
        return
    pen = QPen(theme.color("field"), 1.4)
    if look.icon == "dotted":
        pen.setStyle(Qt.PenStyle.DotLine)
    painter.setPen(pen)
    painter.setBrush(theme.color("panel"))
    painter.drawEllipse(middle, 8.5, 8.5)
    if look.icon == "bar":
        painter.drawLine(QPointF(middle.x() - 4, middle.y()), QPointF(middle.x() + 4, middle.y()))
        return
    if look.icon != "dotted":
        number = str(one.step.number)
        paint.text(painter, box, number, "smallMedium", "ink3", Qt.AlignmentFlag.AlignHCenter)


class _Progress(QWidget):
    """One bar a step: ended, present, ahead."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._steps: Sequence[StepState] = ()
        self.setFixedHeight(6)

    def show_steps(self, steps: Sequence[StepState]) -> None:
        """Show the steps of the present round."""
        self._steps = steps
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the bars."""
        painter = paint.smooth(QPainter(self))
        wide = self.width() / max(1, len(self._steps))
        inks = {"done": "ngocMark", "late": "gachMark", "skipped": "field", "none": "field", "today": "ngheMark",
                "overdue": "gachMark", "now": "cham"}  # fmt: skip
        for at, one in enumerate(self._steps):
            box = QRectF(at * wide + 1, 1, wide - 4, 4)
            paint.frame(painter, box, 2, inks.get(one.state, "line"), None)
        painter.end()


class StepList(Card):
    """The card of the steps."""

    chosen = Signal(str, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=0, spacing=6, name="steps")
        self._buttons: list[StepButton] = []
        self.body.setContentsMargins(9, 11, 4, 8)
        head = QHBoxLayout()
        head.setContentsMargins(8, 0, 14, 0)
        self.title = Label(say("case_page.steps"), "section")
        self.count = Label("", "small", "ink3", name="steps_count")
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self.count)
        self.body.addLayout(head)
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 0, 14, 0)
        self._bar = _Progress(self)
        bar.addWidget(self._bar)
        self.body.addLayout(bar)
        self._scroll = Scroller(spacing=0, name="steps_scroll")
        self._scroll.body.setContentsMargins(3, 3, 8, 3)
        self._scroll.verticalScrollBar().rangeChanged.connect(lambda _low, _high: self._bring())
        self.body.addWidget(self._scroll, 1)
        self._slim = False
        self._state: CaseState | None = None
        self.setAccessibleName(say("case_page.steps"))
        self._fit()

    def _fit(self) -> None:
        self.setFixedWidth(theme.px(206 if self._slim else 264))

    def buttons(self) -> list[StepButton]:
        """Return the steps from top to bottom."""
        return list(self._buttons)

    def show_state(self, state: CaseState, chosen: Key | None) -> None:
        """Show the steps; the focus stays on the step that has it."""
        focus = next((key_of(one.one) for one in self._buttons if one.hasFocus()), None)
        self._state = state
        done, of = state.progress
        self.count.say(say("case_page.progress", n=done, of=of))
        self._bar.show_steps([one for one in state.steps if one.round == state.facts.rounds])
        while (item := self._scroll.body.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._buttons = []
        for at, one in enumerate(state.steps):
            if one.round > 1 and (at == 0 or state.steps[at - 1].round != one.round):
                head = Label(say("case_page.round", n=one.round), "smallStrong", "ink2")
                head.setContentsMargins(5, 8, 0, 2)
                self._scroll.body.addWidget(head)
            self._add(one, state, last=at + 1 == len(state.steps) or state.steps[at + 1].round != one.round)
        self._scroll.body.addStretch(1)
        self.light(chosen)
        again = next((one for one in self._buttons if key_of(one.one) == focus), None)
        if again is not None:
            again.setFocus(Qt.FocusReason.OtherFocusReason)

    def _add(self, one: StepState, state: CaseState, *, last: bool) -> None:
        inside = self._scroll.widget()
        button, at = StepButton(one, state, inside, last=last, slim=self._slim), len(self._buttons)
        key = key_of(one)
        button.clicked.connect(lambda: self._choose(key))
        button.moved.connect(lambda step: self._move(at + step))
        self._buttons.append(button)
        self._scroll.body.addWidget(button)

    def _choose(self, key: Key) -> None:
        self.light(key)
        self.chosen.emit(*key)

    def _move(self, at: int) -> None:
        if 0 <= at < len(self._buttons):
            self._buttons[at].setFocus(Qt.FocusReason.TabFocusReason)
            self._scroll.ensureWidgetVisible(self._buttons[at], 0, 12)

    def light(self, key: Key | None) -> None:
        """Show which step is shown."""
        for button in self._buttons:
            button.setChecked(key_of(button.one) == key)
        self._bring()

    def _bring(self) -> None:
        """Bring the step shown into sight, once everything has its place."""
        shown = next((one for one in self._buttons if one.isChecked()), None)
        if shown is not None:
            QTimer.singleShot(0, shown, lambda: self._scroll.ensureWidgetVisible(shown, 0, 12))

    def slim(self, slim: bool) -> None:
        """Show one line a step, for little room."""
        if slim != self._slim:
            self._slim = slim
            self._fit()
            for button in self._buttons:
                button.slim = slim
                button.updateGeometry()

    def focus_chosen(self) -> None:
        """Put the focus on the step shown."""
        found = next((one for one in self._buttons if one.isChecked()), None)
        if found is not None:
            found.setFocus(Qt.FocusReason.OtherFocusReason)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_slim"):
            self._fit()
            for button in self._buttons:
                button.updateGeometry()
        super().changeEvent(event)
