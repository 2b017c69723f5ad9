"""The shelf: all lists and reports in groups, found by typing; the one chosen unfolds what it tells and how it counts.

Rules. Headings are no stops. What is due soon says so with its day, what is late in red; a report with a name no one
translated stands in the last group. Letters typed on the list go to the search box.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from cbdesk import clock, dates, text
from cbdesk.desk.showing import ReportKind
from cbdesk.words import has, say
from ui import icons, theme
from ui.compare.wrapped import Wrapped
from ui.lists.quietlist import QuietDelegate, QuietList
from ui.parts import paint

HEADING, ROW, PAD, RIGHT = 28, 32, 40, 14
SOON = 30
"""Days before a deadline from which it is told."""
ICONS = {"list": "document_table", "table": "table", "text": "document"}
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Group:
    """The head of a group."""

    words: str


def group_words(group: str) -> str:
    """Return the name of a group of reports."""
    key = f"reports.group.{group}"
    return say(key if has(key) else "reports.group.other")


def due_words(kind: ReportKind, today: date) -> tuple[str, str]:
    """Return the deadline a report is near to, in words, and its colour; nothing while it is far."""
    if not kind.due:
        return "", ""
    day = date.fromisoformat(kind.due)
    left = (day - today).days
    if left > SOON:
        return "", ""
    key = "late" if left < 0 else "today" if left == 0 else "soon"
    words = say(f"reports.due.{key}", date=dates.show_date(kind.due), n=abs(left))
    return words, "gach" if left < 0 else "nghe"


class _Shelf(QAbstractListModel):
    """Headings and reports in one list."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.items: list[Group | ReportKind] = []

    def show_kinds(self, kinds: Sequence[ReportKind]) -> None:
        """Group the reports; a group stands where its first report does."""
        groups: dict[str, list[ReportKind]] = {}
        for one in kinds:
            groups.setdefault(group_words(one.group), []).append(one)
        self.beginResetModel()
        self.items = [item for words, inside in groups.items() for item in (Group(words), *inside)]
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many lines there are."""
        return 0 if parent.isValid() else len(self.items)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """A heading takes no focus."""
        if index.isValid() and isinstance(self.items[index.row()], Group):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a line in words; a screen reader also hears what the report tells."""
        if not index.isValid():
            return None
        item = self.items[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return item.words if isinstance(item, Group) else item.title
        if role == Qt.ItemDataRole.AccessibleTextRole and isinstance(item, ReportKind):
            return ". ".join(one for one in (item.title, due_words(item, clock.today())[0], item.explain) if one)
        return item.title if role == Qt.ItemDataRole.ToolTipRole and isinstance(item, ReportKind) else None


class _Delegate(QuietDelegate):
    """Paints headings and reports."""

    def __init__(self, view: Shelf) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height of a line; the one chosen has its explanation under it."""
        item = self._view.shelf.items[index.row()]
        if isinstance(item, Group):
            return QSize(100, theme.px(HEADING))
        return QSize(100, round(self._parts(item, chosen=index.row() == self._view.currentIndex().row())[2]))

    def _parts(self, item: ReportKind, *, chosen: bool) -> tuple[Wrapped, Wrapped | None, float]:
        """Return title, explanation and the height of both."""
        wide = self._view.viewport().width() - PAD - RIGHT
        title = Wrapped(item.title, "strong" if chosen else "body", wide, most=2)
        more = Wrapped(item.explain, "small", wide, most=9) if chosen and item.explain else None
        due = theme.line("small") if due_words(item, clock.today())[0] else 0
        high = max(theme.px(ROW), title.height + 12.0) + due + (more.height + 6 if more else 0)
        return title, more, high

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one line."""
        painter.save()
        paint.smooth(painter)
        rect: Any = option.rect  # type: ignore[attr-defined]
        box, item = QRectF(rect), self._view.shelf.items[index.row()]
        if isinstance(item, Group):
            line = QRectF(box.left() + 16, box.top() + 3, box.width() - 30, box.height() - 3)
            paint.text(painter, line, item.words, "smallStrong", "ink3")
        else:
            self._report(painter, box, item, chosen=self.ground(painter, box, index.row()))
        painter.restore()

    def _report(self, painter: QPainter, box: QRectF, item: ReportKind, *, chosen: bool) -> None:
        title, more, _ = self._parts(item, chosen=chosen)
        row = max(float(theme.px(ROW)), title.height + 12.0)
        icon = "lock_closed" if item.restricted else ICONS.get(item.shape, "document_table")
        ink = "man" if item.restricted else "cham" if chosen else "ink3"
        icons.paint(painter, icon, QPointF(box.left() + 14, round(box.top() + theme.px(ROW) / 2 - 8)), ink, 16)
        left, top = box.left() + PAD, box.top() + (row - title.height) / 2
        title.draw(painter, left, top, "ink")
        top += title.height + (row - title.height) / 2 - 3
        words, shade = due_words(item, clock.today())
        if words:
            high = theme.line("small")
            paint.text(painter, QRectF(left, top, box.right() - left - RIGHT, high), words, "smallMedium", shade)
            top += high
        if more is not None:
            more.draw(painter, left, top, "ink2")


class Shelf(QuietList):
    """The list of reports. ``chosen`` carries the report the person stands on."""

    chosen = Signal(object)
    typed = Signal(str)
    up = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shelf = _Shelf(self)
        self._kinds: Sequence[ReportKind] = ()
        self._name = ""
        self.dress(self.shelf, _Delegate(self))
        self.selectionModel().currentRowChanged.connect(self._moved)
        paint.name_it(self, "shelf", say("reports.kinds"))

    def show_kinds(self, kinds: Sequence[ReportKind]) -> None:
        """Show these reports; the one chosen stays chosen where it is among them."""
        self._kinds = kinds
        self.selectionModel().blockSignals(True)
        self.shelf.show_kinds(kinds)
        self.selectionModel().blockSignals(False)
        self.choose(self._name)

    def choose(self, name: str) -> bool:
        """Stand on a report by name without saying so; ``False`` where it is not shown."""
        places = (at for at, one in enumerate(self.shelf.items) if isinstance(one, ReportKind) and one.name == name)
        at = next(places, -1)
        self._name = name
        self.selectionModel().blockSignals(True)
        if at >= 0:
            self.setCurrentIndex(self.shelf.index(at, 0))
        else:
            self.selectionModel().clear()
        self.selectionModel().blockSignals(False)
        self._unfold()
        return at >= 0

    def current(self) -> ReportKind | None:
        """Return the report the person stands on."""
        at = self.currentIndex().row()
        item = self.shelf.items[at] if 0 <= at < len(self.shelf.items) else None
        return item if isinstance(item, ReportKind) else None

    def choose_first(self) -> None:
        """Stand on the first report and say so."""
        self._go(next((at for at, one in enumerate(self.shelf.items) if isinstance(one, ReportKind)), -1))

    def _moved(self, _here: QModelIndex, _before: QModelIndex) -> None:
        self._unfold()
        item = self.current()
        if item is not None and item.name != self._name:
            self._name = item.name
            self.chosen.emit(item)

    def _unfold(self) -> None:
        """Lay the lines out anew: another one shows its explanation."""
        self.scheduleDelayedItemsLayout()
        self.executeDelayedItemsLayout()
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())
        self.viewport().update()

    def _go(self, at: int) -> None:
        if at >= 0:
            self.setCurrentIndex(self.shelf.index(at, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from report to report; Home and End to the ends; letters to the search box."""
        places = [at for at, one in enumerate(self.shelf.items) if isinstance(one, ReportKind)]
        here, key = self.currentIndex().row(), event.key()
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        moves: dict[int, Callable[[], int]] = {
            Qt.Key.Key_Down: lambda: next((at for at in places if at > here), here),
            Qt.Key.Key_Up: lambda: next((at for at in reversed(places) if at < here), -1),
            Qt.Key.Key_Home: lambda: places[0], Qt.Key.Key_End: lambda: places[-1],
        }  # fmt: skip
        if key in moves and plain and places:
            goal = moves[key]()
            self.up.emit() if goal < 0 else self._go(goal)
        elif plain and event.text().strip() and event.text().isprintable():
            self.typed.emit(event.text())
        else:
            event.ignore()

    def keyboardSearch(self, search: str) -> None:
        """Letters go to the search box."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap to the new width."""
        super().resizeEvent(event)
        self._unfold()


def matching(kinds: Sequence[ReportKind], query: str) -> list[ReportKind]:
    """Return the reports whose title, group or explanation holds every word typed, accents left aside."""
    words = text.fold(query).split()

    def holds(one: ReportKind) -> bool:
        told = text.fold(f"{one.title} {group_words(one.group)} {one.explain}")
        return all(word in told for word in words)

    return [one for one in kinds if holds(one)]
