"""The rail: who we are, the pages with their counts, hide the screen, officer and lock. 200 wide, or 56 when compact.

Rules. The chosen page has the amber marker, a filled icon and white words: three signals. In the compact rail a dot
stands for the count and the name is the tip. Arrow keys move between pages, Ctrl 1 … 8 go straight there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from cbdesk.words import say
from ui import emblem, icons, theme
from ui.pages import Page, title_of
from ui.parts import paint

WIDE, SLIM = 200, 56
BAND = 32
HIGHS = (36, 32, 28)
"""Heights of a line, the roomiest first: where the rail is short, lines move together before anything is cut."""


class RailButton(QAbstractButton):
    """One line of the rail: icon, words, count or key."""

    def __init__(self, icon: str, words: str, parent: QWidget, *, key: str = "", name: str = "") -> None:
        super().__init__(parent)
        self._icon, self._words, self._key, self._count, self._slim = icon, words, key, 0, False
        self._high = HIGHS[0]
        self.setProperty("ring", 6)
        self.setProperty("ring_ink", "railMark")
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        paint.name_it(self, name, words)

    def count(self, number: int) -> None:
        """Show how many things wait there; 0 shows nothing."""
        self._count = number
        self.setAccessibleName(f"{self._words} {number}" if number else self._words)
        self._mind_tip()
        self.update()

    def shown_count(self) -> int:
        """Return the count shown."""
        return self._count

    def slim(self, slim: bool) -> None:
        """Show only the icon."""
        self._slim = slim
        self._mind_tip()
        self.updateGeometry()

    def _mind_tip(self) -> None:
        self.setToolTip(self.accessibleName() if self._slim else "")

    def sizeHint(self) -> QSize:
        """Return the height of a line."""
        return QSize(SLIM - 12 if self._slim else WIDE - 16, theme.px(self._high))

    def high(self, high: int) -> None:
        """Set the height of the line at 100 %."""
        if high != self._high:
            self._high = high
            self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground, marker, icon, words, count."""
        painter = paint.smooth(QPainter(self))
        box, chosen, warm = QRectF(self.rect()), self.isChecked(), self.underMouse() or self.isDown()
        if chosen or warm:
            painter.setOpacity(1.0 if chosen else 0.55)
            paint.frame(painter, box, 6, "rail2", None)
            painter.setOpacity(1.0)
        if chosen:
            paint.frame(painter, QRectF(0, box.height() / 2 - 10, 3, 20), 1.5, "railMark", None)
        ink = "railInk" if chosen or warm else "railInk2"
        middle = box.height() / 2
        left = (box.width() - 20) / 2 if self._slim else 12.0
        icons.paint(painter, self._icon, QPointF(round(left), round(middle - 10)), ink, 20, filled=chosen)
        if self._slim:
            if self._count:
                paint.dot(painter, QPointF(left + 21, max(4.0, middle - 9)), 4, "railMark")  # whole where lines are low
            painter.end()
            return
        right = box.width() - 8
        if self._count:
            words = f"{self._count:,}".replace(",", ".")
            wide = max(22, paint.text_width(theme.font("smallStrong"), words) + 12)
            pill = QRectF(right - wide, round(middle - 10), wide, 20)
            paint.frame(painter, pill, 10, "rail" if chosen else "railLine", None)
            paint.text(painter, pill, words, "smallStrong", "railInk", Qt.AlignmentFlag.AlignHCenter)
            right -= wide + 6
        if self._key:
            wide = paint.text_width(theme.font("key"), self._key)
            paint.text(painter, QRectF(right - wide, 0, wide + 1, box.height()), self._key, "key", "railInk2")
            right -= wide + 6
        role = "strong" if chosen else "body"
        paint.text(painter, QRectF(42, 0, right - 42, box.height()), self._words, role, ink)
        painter.end()


class _Head(QWidget):
    """Emblem, product and unit at the top of the rail."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.unit, self.practice, self.slim = "", False, False
        paint.name_it(self, "rail_head")

    def sizeHint(self) -> QSize:
        """Return the height of the head."""
        return QSize(SLIM, theme.px(60))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the star and the names."""
        painter = paint.smooth(QPainter(self))
        side = 13 * 2
        if self.slim:
            emblem.paint_star(painter, QPointF((self.width() - side) / 2, self.height() / 2 - side / 2), 2)
        else:
            emblem.paint_star(painter, QPointF(16, round(self.height() / 2 - side / 2)), 2)
            line, middle = theme.line("section"), self.height() / 2
            wide = self.width() - 54 - 8
            paint.text(painter, QRectF(54, middle - line + 2, wide, line), say("ui.product"), "section", "railInk")
            unit = QRectF(54, middle + 2, wide, theme.line("small"))
            paint.text(painter, unit, self.unit, "small", "railInk2")
        painter.end()


class _Band(QWidget):
    """The woven band, tone on tone; it gives way when the rail is short."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedHeight(BAND + 2)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint whole repeats of the lozenge."""
        painter = QPainter(self)
        emblem.paint_tiled(painter, QRectF(0, 0, self.width(), 2 * 17), emblem.lozenge(8), 2, emblem.TONE)
        painter.end()


class _Officer(QWidget):
    """The officer: initial of the given name, name, office."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.name, self.office = "", ""
        paint.name_it(self, "rail_officer")

    def sizeHint(self) -> QSize:
        """Return the height of two lines."""
        return QSize(120, theme.px(44))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint initial, name and office."""
        painter = paint.smooth(QPainter(self))
        middle = self.height() / 2
        paint.dot(painter, QPointF(28, middle), 14, "rail2")
        initial = self.name.split()[-1][:1].upper() if self.name.split() else ""
        disc = QRectF(14, middle - 14, 28, 28)
        paint.text(painter, disc, initial, "labelStrong", "railInk", Qt.AlignmentFlag.AlignHCenter)
        wide = self.width() - 50
        if self.office:
            upper = QRectF(50, middle - theme.line("label") + 1, wide, theme.line("label"))
            paint.text(painter, upper, self.name, "labelStrong", "railInk")
            paint.text(painter, QRectF(50, middle + 1, wide, theme.line("small")), self.office, "small", "railInk2")
        else:
            paint.text(painter, QRectF(50, 0, wide, self.height()), self.name, "labelStrong", "railInk")
        painter.end()


class Rail(QWidget):
    """The navigation. ``chosen`` carries the name of a page, ``hide_wanted`` and ``lock_wanted`` the two buttons."""

    chosen = Signal(str)
    hide_wanted = Signal()
    lock_wanted = Signal()

    def __init__(self, pages: Sequence[type[Page]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._slim = False
        self._buttons: dict[str, RailButton] = {}
        self._group = QButtonGroup(self)
        self._head, self._band, self._officer = _Head(self), _Band(self), _Officer(self)
        self._below_rule: list[QWidget] = []
        self._lines: list[QHBoxLayout] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 4)
        self._column.setSpacing(2)
        self._column.addWidget(self._head)
        self._column.addSpacing(4)
        self._add_pages(pages)
        self._column.addStretch(1)
        self._column.addWidget(self._band)
        self._add_foot()
        paint.name_it(self, "rail")

    def _add_pages(self, pages: Sequence[type[Page]]) -> None:
        last = 0
        for page in pages:
            if last and last < 100 <= page.order:
                self._column.addSpacing(15)
            button = RailButton(page.icon, title_of(page.name), self, name=f"rail_{page.name}")
            button.setCheckable(True)
            button.clicked.connect(lambda _on, name=page.name: self.chosen.emit(name))
            if page.order >= 100:
                self._below_rule.append(button)
            self._group.addButton(button)
            self._buttons[page.name] = button
            self._add_line(button)
            last = page.order

    def _add_line(self, button: QWidget) -> None:
        self._lines.append(_inset(button))
        self._column.addLayout(self._lines[-1])

    def _add_foot(self) -> None:
        self._hide = RailButton("eye_off", say("shell.command.hide_screen"), self, key="F9", name="rail_hide")
        self._hide.clicked.connect(self.hide_wanted)
        self._lock = RailButton("lock_closed", say("shell.command.lock"), self, name="rail_lock")
        self._lock.slim(True)
        self._lock.setToolTip(f"{say('shell.command.lock')} (Ctrl L)")
        self._lock.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._lock.clicked.connect(self.lock_wanted)
        self._add_line(self._hide)
        self._foot = QHBoxLayout()
        self._foot.setContentsMargins(0, 3, 6, 0)
        self._foot.setSpacing(0)
        self._foot.addWidget(self._officer, 1)
        self._foot.addWidget(self._lock, 0, Qt.AlignmentFlag.AlignVCenter)
        self._column.addLayout(self._foot)

    # what it shows

    def show_unit(self, unit: str, officer: str, office: str = "") -> None:
        """Show the unit and the officer."""
        self._head.unit, self._officer.name, self._officer.office = unit, officer, office
        self._head.setAccessibleName(f"{say('ui.product')}, {unit}")
        self._officer.setAccessibleName(f"{officer} {office}".strip())
        self.update()

    def light(self, name: str) -> None:
        """Mark a page as the present one."""
        button = self._buttons.get(name)
        if button is not None:
            button.setChecked(True)
        else:
            self._group.setExclusive(False)
            for other in self._buttons.values():
                other.setChecked(False)
            self._group.setExclusive(True)

    def lit(self) -> str:
        """Return the name of the page marked."""
        return next((name for name, button in self._buttons.items() if button.isChecked()), "")

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """Show the counts beside the pages."""
        for name, button in self._buttons.items():
            button.count(counts.get(name, 0))

    def button(self, name: str) -> RailButton | None:
        """Return the button of a page."""
        return self._buttons.get(name)

    def names(self) -> list[str]:
        """Return the pages offered, in order."""
        return [name for name, button in self._buttons.items() if not button.isHidden()]

    def offer(self, names: Collection[str]) -> None:
        """Show only these pages; the others are not for this officer."""
        for name, button in self._buttons.items():
            button.setVisible(name in names)
        self._mind_room()

    def slim(self, slim: bool) -> None:
        """Show the compact rail, icons only."""
        self._slim = self._head.slim = slim
        self.setFixedWidth(SLIM if slim else WIDE)
        for button in (*self._buttons.values(), self._hide):
            button.slim(slim)
        self._officer.setVisible(not slim)
        self._foot.setAlignment(self._lock, Qt.AlignmentFlag.AlignHCenter if slim else Qt.AlignmentFlag.AlignVCenter)
        self._foot.setContentsMargins(6, 0, 6, 0) if slim else self._foot.setContentsMargins(0, 3, 6, 0)
        self._lock.setFixedWidth(SLIM - 12 if slim else 34)
        self._mind_room()

    def _mind_room(self) -> None:
        """Show the band only where there is room; lines move together where there is not enough."""
        self._band.hide()
        need = 0
        for high in HIGHS:
            for button, line in zip((*self._buttons.values(), self._hide), self._lines, strict=True):
                button.high(high)
                line.invalidate()  # a layout inside another keeps what it was told before
            need = self._column.sizeHint().height()
            if need <= self.height():
                break
        self._band.setVisible(self.height() - need > BAND + 24 and not self._slim)

    def resizeEvent(self, event: QEvent) -> None:  # type: ignore[override]
        """Drop the band when there is no room."""
        self._mind_room()
        super().resizeEvent(event)  # type: ignore[arg-type]

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground and rules."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("rail"))
        for button in [one for one in self._below_rule if not one.isHidden()][:1]:
            paint.hairline(painter, 16, self.width() - 16, button.y() - 9, "railLine")
        if not self._slim:
            paint.hairline(painter, 16, self.width() - 16, self._hide.geometry().bottom() + 3, "railLine")
        painter.end()


def _inset(button: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(8, 0, 8, 0)
    row.addWidget(button)
    return row
