"""A month under a date field: help for those who look for a weekday. Typing stays the way to enter a date."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QDate, QEvent, QLocale, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPalette, QTextCharFormat
from PySide6.QtWidgets import QApplication, QCalendarWidget, QFrame, QTableView, QVBoxLayout, QWidget

from cbdesk import words
from ui import theme


class CalendarLayer(QFrame):
    """Shows a month over the window; arrows move, Enter takes, Esc closes."""

    chosen = Signal(object)

    def __init__(self, anchor: QWidget, day: date) -> None:
        super().__init__(anchor.window())
        self._anchor = anchor
        self.setObjectName("calendar")
        self.setAutoFillBackground(True)
        self.setFrameShape(QFrame.Shape.Box)
        month = QCalendarWidget(self)
        month.setLocale(QLocale("vi_VN" if words.language() == "vi" else "en_GB"))
        month.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        month.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        month.setHorizontalHeaderFormat(QCalendarWidget.HorizontalHeaderFormat.ShortDayNames)
        month.setSelectedDate(QDate(day.year, day.month, day.day))
        month.setFont(theme.font("body"))
        plain = QTextCharFormat()
        plain.setForeground(theme.color("ink"))
        for weekend in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            month.setWeekdayTextFormat(weekend, plain)
        palette = month.palette()
        palette.setColor(QPalette.ColorRole.Highlight, theme.color("cham"))
        palette.setColor(QPalette.ColorRole.HighlightedText, theme.color("onCham"))
        month.setPalette(palette)
        view = month.findChild(QTableView)
        if view is not None:
            view.setTabKeyNavigation(False)
        self._month = month
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.addWidget(month)
        month.activated.connect(self._take)
        month.clicked.connect(self._take)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_moved)

    def enter(self) -> None:
        """Show under the field and take the focus."""
        self.adjustSize()
        window = self._anchor.window()
        at = self._anchor.mapTo(window, QPoint(0, self._anchor.height() + 2))
        top = at.y() if at.y() + self.height() < window.height() else at.y() - self.height() - self._anchor.height() - 4
        self.move(min(at.x(), window.width() - self.width() - 4), max(4, top))
        self.show()
        self.raise_()
        self._month.setFocus()
        for inside in (self._month, *self._month.findChildren(QWidget)):
            inside.installEventFilter(self)

    def _take(self, day: QDate) -> None:
        self.leave()
        self.chosen.emit(date(day.year(), day.month(), day.day()))

    def leave(self) -> None:
        """Go away."""
        self.hide()
        self.deleteLater()

    def _focus_moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        if self.isVisible() and (new is None or not self.isAncestorOf(new)):
            self.leave()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc closes and gives the focus back; the shell does not hear of it."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.leave()
                self._anchor.setFocus()
                return True
        return False
