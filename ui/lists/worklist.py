"""Lists that are painted: the work list in groups, rows that lead somewhere, and the chain of bundles.

Rules. Headings are no stops: arrows skip them. A row shows its focus by the bar at its left and its ground. Every state
has a shape and a word; the time left is updated in place, nothing moves while one reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QSizePolicy,
    QStyleOptionViewItem,
    QWidget,
)

from cbdesk import clock
from cbdesk.words import say
from ui import icons, theme
from ui.lists.quietlist import QuietDelegate, QuietList
from ui.lists.task import GROUPS, LATE, TODAY, WEEK, Task, left_words
from ui.parts import paint
from ui.parts.choice import badge_width, paint_badge

HEADING_HIGH, TASK_HIGH = 27, 38
#: group: icon, colour, filled
LOOKS = {LATE: ("error_circle", "gach", True), TODAY: ("clock", "nghe", False), WEEK: ("calendar_ltr", "cham", False)}
Index = QModelIndex | QPersistentModelIndex


class Heading(NamedTuple):
    """The head of a group: its name and how many tasks stand under it."""

    group: str
    count: int


class _Work(QAbstractListModel):
    """Headings and tasks in one list."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.items: list[Heading | Task] = []

    def show_tasks(self, tasks: Sequence[Task]) -> None:
        """Group the tasks."""
        self.beginResetModel()
        self.items = []
        for group in GROUPS:
            inside = [task for task in tasks if task.group == group]
            if inside:
                self.items += [Heading(group, len(inside)), *inside]
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many lines there are."""
        return 0 if parent.isValid() else len(self.items)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """A heading takes no focus."""
        if index.isValid() and isinstance(self.items[index.row()], Heading):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the line in words."""
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        item = self.items[index.row()]
        if isinstance(item, Heading):
            return f"{say(f'today.{item.group}')} {item.count}"
        parts = (item.title, item.paper, item.who, item.who_more, _due(item), item.due_more)
        return " · ".join(part for part in parts if part)


def _due(task: Task) -> str:
    return left_words(task.until, clock.now()) if task.until is not None else task.due


class _Delegate(QuietDelegate):
    """Paints headings and tasks."""

    def __init__(self, view: WorkList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height of a line."""
        heading = isinstance(self._view.work.items[index.row()], Heading)
        return QSize(200, theme.px(HEADING_HIGH if heading else TASK_HIGH))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one line."""
        painter.save()
        paint.smooth(painter)
        rect: Any = option.rect  # type: ignore[attr-defined]
        box, item = QRectF(rect), self._view.work.items[index.row()]
        if isinstance(item, Heading):
            self._heading(painter, box, item)
        else:
            self._task(painter, box, item, index.row())
        painter.restore()

    def _heading(self, painter: QPainter, box: QRectF, item: Heading) -> None:
        painter.fillRect(box, theme.color("panel2"))
        icon, ink, filled = LOOKS.get(item.group, ("calendar_ltr", "ink2", False))
        icons.paint(painter, icon, QPointF(box.left() + 16, round(box.center().y() - 8)), ink, 16, filled=filled)
        words = say(f"today.{item.group}")
        left = box.left() + 37
        wide = paint.text_width(theme.font("labelStrong"), words)
        paint.text(painter, QRectF(left, box.top(), wide, box.height()), words, "labelStrong", ink)
        paint.text(painter, QRectF(left + wide + 9, box.top(), 60, box.height()), str(item.count), "note", "ink3")

    def _task(self, painter: QPainter, box: QRectF, task: Task, row: int) -> None:
        self.ground(painter, box, row)
        items = self._view.work.items
        if row + 1 < len(items) and isinstance(items[row + 1], Task):
            paint.hairline(painter, box.left() + 45, box.right() - 16, box.bottom() - 1)
        icons.paint(painter, task.icon, QPointF(box.left() + 16, round(box.center().y() - 10)), "ink2", 20)
        who_wide, due_wide = self._view.columns(box.width())
        right = box.right() - 16
        self._pair(painter, QRectF(right - due_wide, box.top(), due_wide, box.height()), _due(task), task.due_more,
                   self._due_ink(task), "labelStrong", right=True)  # fmt: skip
        who = QRectF(right - due_wide - 12 - who_wide, box.top(), who_wide, box.height())
        if task.hidden:
            icons.paint(painter, "lock_closed", QPointF(who.left(), round(box.center().y() - 15)), "man", 16)
            who.setLeft(who.left() + 20)
        self._pair(painter, who, task.who, task.who_more, "man" if task.hidden else "ink", "note")
        room = who.left() - box.left() - 45 - (32 if task.hidden else 12)
        title = QRectF(box.left() + 45, box.top(), room, box.height())
        wide = badge_width(task.paper) + 9 if task.paper else 0
        paint.text(painter, title.adjusted(0, 0, -wide, 0), task.title, "medium", "ink")
        if task.paper:
            end = min(paint.text_width(theme.font("medium"), task.title), title.width() - wide)
            paint_badge(painter, title.left() + end + 9, box.center().y(), task.paper)

    def _due_ink(self, task: Task) -> str:
        return {LATE: "gach", TODAY: "nghe"}.get(task.group, "ink2")

    def _pair(
        self, painter: QPainter, box: QRectF, first: str, second: str, ink: str, role: str, *, right: bool = False
    ) -> None:
        """Paint a line with a smaller one under it."""
        align = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        if not first or not second:
            paint.text(painter, box, first or second, role if first else "small", ink if first else "ink3", align)
            return
        half = theme.px(16)
        middle = box.center().y()
        paint.text(painter, QRectF(box.left(), middle - half - 0.5, box.width(), half), first, role, ink, align)
        paint.text(painter, QRectF(box.left(), middle, box.width(), half), second, "small", "ink3", align)


class WorkList(QuietList):
    """The work list. ``opened`` carries the task."""

    opened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.work = _Work(self)
        self._columns: tuple[int, int] | None = None
        self.dress(self.work, _Delegate(self))
        self.setUniformItemSizes(False)
        self.doubleClicked.connect(lambda index: self._open(index.row()))
        paint.name_it(self, "worklist", say("today.work"))

    def show_tasks(self, tasks: Sequence[Task]) -> None:
        """Show tasks; the one chosen stays chosen, or one near it."""
        self._columns = None
        kept, place = self.current(), self.currentIndex().row()
        self.work.show_tasks(tasks)
        items = self.work.items
        at = next((at for at, one in enumerate(items) if isinstance(one, Task) and kept and one.id == kept.id), -1)
        if at < 0:
            near = range(len(items)) if place < 0 else sorted(range(len(items)), key=lambda one: abs(one - place))
            at = next((one for one in near if isinstance(items[one], Task)), -1)
        if at >= 0:
            self.setCurrentIndex(self.work.index(at, 0))

    def columns(self, wide: float) -> tuple[float, float]:
        """Return the widths of *who* and *due*: what the tasks need, so that the titles get the rest."""
        if self._columns is None:
            main, small = theme.font("labelStrong"), theme.font("small")
            needs = [
                (max(paint.text_width(main, one.who), paint.text_width(small, one.who_more)) + 20 * one.hidden,
                 max(paint.text_width(main, _due(one)), paint.text_width(small, one.due_more)))
                for one in self.tasks()
            ]  # fmt: skip
            self._columns = (max((who for who, _ in needs), default=0) + 8,
                             max((due for _, due in needs), default=0) + 8)  # fmt: skip
        who, due = self._columns
        return min(theme.px(190), wide * 0.26, who), min(theme.px(150), wide * 0.26, due)

    def changeEvent(self, event: QEvent) -> None:
        """Measure anew when the text size differs."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._columns = None

    def tasks(self) -> list[Task]:
        """Return the tasks shown, in order."""
        return [one for one in self.work.items if isinstance(one, Task)]

    def current(self) -> Task | None:
        """Return the task chosen."""
        at = self.currentIndex().row()
        item = self.work.items[at] if 0 <= at < len(self.work.items) else None
        return item if isinstance(item, Task) else None

    def tick(self) -> None:
        """Paint the time left anew; nothing moves."""
        self.viewport().update()

    def height_of_all(self) -> int:
        """Return the height at which nothing scrolls."""
        high = sum(HEADING_HIGH if isinstance(one, Heading) else TASK_HIGH for one in self.work.items)
        return theme.px(high) + 4

    def _open(self, row: int) -> None:
        item = self.work.items[row] if 0 <= row < len(self.work.items) else None
        if isinstance(item, Task):
            self.opened.emit(item)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens; Home and End go to the first and last task."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self._open(self.currentIndex().row())
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            places = [at for at, one in enumerate(self.work.items) if isinstance(one, Task)]
            if places:
                self.setCurrentIndex(self.work.index(places[0 if key == Qt.Key.Key_Home else -1], 0))
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Tasks are not named by letters."""



class LinkRow(QAbstractButton):
    """A row that leads to a list: icon, words, count, chevron."""

    def __init__(self, icon: str, words: str, parent: QWidget | None = None, *, more: str = "", name: str = "") -> None:
        super().__init__(parent)
        self._icon, self._words, self._more, self._count = icon, words, more, ""
        self.setProperty("ring", 5)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        paint.name_it(self, name, words, more)

    def show_count(self, count: str) -> None:
        """Show how many."""
        self._count = count
        self.setAccessibleName(f"{self._words} {count}")
        self.update()

    def count(self) -> str:
        """Return the count shown."""
        return self._count

    def sizeHint(self) -> QSize:
        """Return the height of the row."""
        return QSize(240, theme.px(44 if self._more else 34))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the row."""
        painter = paint.smooth(QPainter(self))
        box, warm = QRectF(self.rect()), self.underMouse() or self.isDown()
        if warm:
            paint.frame(painter, box.adjusted(-0, 1, 0, -1), 5, "hover", None)
        middle = box.center().y()
        icons.paint(painter, self._icon, QPointF(0, round(middle - 10)), "ink2", 20)
        right = box.right() - 18
        icons.paint(painter, "chevron_right", QPointF(right, round(middle - 8)), "ink3", 16)
        if self._count:
            wide = paint.text_width(theme.font("strong"), self._count) + 2
            paint.text(painter, QRectF(right - 6 - wide, 0, wide, box.height()), self._count, "strong", "ink",
                       Qt.AlignmentFlag.AlignRight)  # fmt: skip
            right -= wide + 14
        room = QRectF(30, 0, right - 34, box.height())
        if self._more:
            half = theme.px(18)
            paint.text(painter, QRectF(30, middle - half, room.width(), half), self._words, "medium", "ink")
            paint.text(painter, QRectF(30, middle, room.width(), half), self._more, "small", "ink3")
        else:
            paint.text(painter, room, self._words, "note", "cham" if warm else "ink")
        painter.end()


class Link(NamedTuple):
    """One bundle of the chain: its number and state (confirmed, waiting, superseded, next)."""

    words: str
    state: str


#: state: icon, badge face, border, ink
LINKS = {
    "confirmed": ("checkmark", "ngocBg", "ngocLine", "ngoc"), "waiting": ("clock", "ngheBg", "ngheLine", "nghe"),
    "superseded": ("arrow_right", "panel2", "line2", "ink2"), "next": ("edit", "panel", "field", "ink2"),
}  # fmt: skip


class Chain(QWidget):
    """The last bundles as a chain: solid where confirmed, dashed where the next confirmation is awaited."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._links: tuple[Link, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        paint.name_it(self, "chain", say("today.strip.chain"))

    def show_links(self, links: Sequence[Link]) -> None:
        """Show the chain, oldest first."""
        self._links = tuple(links)
        words = [f"{one.words}: {say(f'today.state.{one.state}')}" for one in links]
        self.setAccessibleName(", ".join([say("today.strip.chain"), *words]))
        self.setToolTip("\n".join(words))
        self.setVisible(bool(links))
        self.updateGeometry()
        self.update()

    def _wide(self, link: Link) -> int:
        return paint.text_width(theme.font("smallStrong"), link.words) + 33

    def sizeHint(self) -> QSize:
        """Return the room all links need."""
        return QSize(sum(self._wide(one) for one in self._links) + 16 * max(0, len(self._links) - 1), theme.px(24))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the links."""
        painter = paint.smooth(QPainter(self))
        left, middle = 0.0, self.height() / 2
        for at, link in enumerate(self._links):
            icon, face, border, ink = LINKS[link.state]
            box = QRectF(left, middle - theme.px(11), self._wide(link), theme.px(22))
            paint.frame(painter, box, 5, face, border)
            icons.paint(painter, icon, QPointF(left + 6, round(middle - 8)), ink, 16)
            paint.text(painter, QRectF(left + 26, 0, 200, self.height()), link.words, "smallStrong", ink)
            left = box.right()
            if at + 1 < len(self._links):
                sure = link.state == "confirmed" and self._links[at + 1].state == "confirmed"
                pen = QPen(theme.color("ngocMark" if sure else "field"), 2 if sure else 1.5)
                pen.setStyle(Qt.PenStyle.SolidLine if sure else Qt.PenStyle.DotLine)
                painter.setPen(pen)
                painter.drawLine(QPointF(left + 2, middle), QPointF(left + 14, middle))
                left += 16
        painter.end()
