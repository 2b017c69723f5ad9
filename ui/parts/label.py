"""Words on screen: one label class for the whole type scale.

Rules. A label knows a step of the type scale and a colour name; both follow the theme without being told. A label has
room above its first line for stacked marks (Ẵ, Ỗ, Ể), so they are never clipped. Words with ``**…**`` are shown strong.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from ui import icons, theme
from ui.parts import paint


def first_line(role: str) -> int:
    """Return the height one line of a step needs, with room for stacked marks above and the same below."""
    return max(theme.line(role), QFontMetrics(theme.font(role)).height() + 2 * theme.rise(role))


class Label(QLabel):
    """Text in one step of the type scale. ``wrap`` lets it take several lines; ``elide`` shortens it to its width."""

    def __init__(
        self,
        words: str = "",
        role: str = "body",
        ink: str = "ink",
        parent: QWidget | None = None,
        *,
        wrap: bool = False,
        elide: bool = False,
        name: str = "",
    ) -> None:
        super().__init__(parent)
        self._role, self._ink, self._elide, self._words = role, ink, elide, ""
        self.setWordWrap(wrap)
        self.setTextFormat(Qt.TextFormat.PlainText)
        if elide:
            self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        paint.name_it(self, name)
        self._restyle()
        self.say(words)

    def say(self, words: str) -> None:
        """Show words; ``**…**`` is strong."""
        self._words = words
        strong = "**" in words
        self.setTextFormat(Qt.TextFormat.RichText if strong else Qt.TextFormat.PlainText)
        self.setText(paint.marked(words) if strong else words)
        self.setAccessibleName(words.replace("**", ""))
        if self._elide:
            self._mind_tip()

    def words(self) -> str:
        """Return what is shown, without marks."""
        return self._words.replace("**", "")

    def tone(self, ink: str) -> None:
        """Change the colour."""
        if ink != self._ink:
            self._ink = ink
            self._restyle()

    def _restyle(self) -> None:
        self.setFont(theme.font(self._role))
        rise = theme.rise(self._role)
        self.setContentsMargins(0, rise, 0, rise)
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, theme.color(self._ink))
        palette.setColor(QPalette.ColorRole.Text, theme.color(self._ink))
        self.setPalette(palette)
        self.setMinimumHeight(first_line(self._role))
        if "**" in self._words:
            self.setText(paint.marked(self._words))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        if event.type() == QEvent.Type.StyleChange:
            self._restyle()
        super().changeEvent(event)

    def minimumSizeHint(self) -> QSize:
        """Let an eliding label shrink."""
        return QSize(24, theme.line(self._role)) if self._elide else super().minimumSizeHint()

    def sizeHint(self) -> QSize:
        """Return the natural size; at least one line of the step."""
        if self._elide:
            return QSize(paint.text_width(self.font(), self.words()) + 2, theme.line(self._role))
        return super().sizeHint().expandedTo(QSize(0, first_line(self._role)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the whole text as a tip when it is shortened."""
        if self._elide:
            self._mind_tip()
        super().resizeEvent(event)

    def _mind_tip(self) -> None:
        too_long = paint.text_width(self.font(), self.words()) > self.width()
        self.setToolTip(self.words() if too_long else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint without Qt's clip at the line's ascent, which cuts stacked marks; shortened when asked to."""
        if "**" in self._words or self.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        if self._elide:
            align = self.alignment() & Qt.AlignmentFlag.AlignHorizontal_Mask
            paint.text(painter, QRectF(self.rect()), self._words, self._role, self._ink, align)
        else:
            wrap = Qt.TextFlag.TextWordWrap if self.wordWrap() else Qt.TextFlag.TextSingleLine
            painter.setFont(self.font())
            painter.setPen(theme.color(self._ink if self.isEnabled() else "ink3"))
            flags = self.alignment().value | wrap.value | Qt.TextFlag.TextDontClip.value
            room = QRectF(self.contentsRect()).adjusted(max(0, self.indent()), 0, 0, 0)
            painter.drawText(room, flags, self._words)
        painter.end()


class Icon(QWidget):
    """An icon in a colour of the theme. Alone it needs a tip: give ``tip`` and it is also its accessible name."""

    def __init__(
        self,
        icon: str,
        ink: str = "ink2",
        size: int = 20,
        parent: QWidget | None = None,
        *,
        filled: bool = False,
        tip: str = "",
    ) -> None:
        super().__init__(parent)
        self._icon, self._ink, self._size, self._filled = icon, ink, size, filled
        self.setFixedSize(size, size)
        if tip:
            self.setToolTip(tip)
            self.setAccessibleName(tip)

    def show_icon(self, icon: str, ink: str | None = None, *, filled: bool | None = None) -> None:
        """Change icon, colour or filling."""
        self._icon, self._ink = icon, ink or self._ink
        self._filled = self._filled if filled is None else filled
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the icon."""
        painter = QPainter(self)
        at = QPointF((self.width() - self._size) / 2, (self.height() - self._size) / 2)
        icons.paint(painter, self._icon, at, self._ink, self._size, filled=self._filled)
        painter.end()


class IconText(QWidget):
    """A small icon with a line of words beside it: a hint, a remark under a field, a fact."""

    def __init__(
        self,
        icon: str,
        words: str,
        ink: str = "ink3",
        role: str = "note",
        parent: QWidget | None = None,
        *,
        icon_ink: str = "",
        filled: bool = False,
        wrap: bool = True,
        name: str = "",
    ) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self._icon = Icon(icon, icon_ink or ink, 16, filled=filled)
        self._role = role
        self._icon.setFixedHeight(first_line(role))
        self._label = Label(words, role, ink, wrap=wrap)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._label, 1)
        paint.name_it(self, name, words.replace("**", ""))

    def say(self, words: str, icon: str = "", ink: str = "", *, filled: bool | None = None) -> None:
        """Change words, and icon and colour if given."""
        self._label.say(words)
        self.setAccessibleName(words.replace("**", ""))
        if ink:
            self._label.tone(ink)
        if icon or ink:
            self._icon.show_icon(icon or self._icon._icon, ink or None, filled=filled)

    def words(self) -> str:
        """Return the words shown."""
        return self._label.words()

    def changeEvent(self, event: QEvent) -> None:
        """Keep the icon beside the first line."""
        if event.type() == QEvent.Type.StyleChange:
            self._icon.setFixedHeight(first_line(self._role))
        super().changeEvent(event)


class KeyCap(QWidget):
    """The picture of one or several keys; ``|`` parts caps, as in ``"Alt|↑|↓"``."""

    def __init__(self, key: str, ground: str = "panel", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key, self._ground = key, ground
        self.setAccessibleName(key.replace("|", " "))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the size of the caps."""
        return QSize(paint.cap_width(self._key), 20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the caps."""
        painter = paint.smooth(QPainter(self))
        paint.caps(painter, 0, self.height() / 2, self._key, self._ground)
        painter.end()


class Rule(QWidget):
    """A hairline across."""

    def __init__(self, parent: QWidget | None = None, ink: str = "line") -> None:
        super().__init__(parent)
        self._ink = ink
        self.setFixedHeight(1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the line."""
        painter = QPainter(self)
        paint.hairline(painter, 0, self.width(), 0, self._ink)
        painter.end()
