"""Beside the grid: what differs, what came just now, what was put aside; one list at a time under its tab.

Rules. Children stand by initials and year until names are asked for. What came just now grows with every stick and
stays until the book is locked. A row put aside says why in words, and which fields, never their values.
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
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QHBoxLayout, QListView, QStackedWidget, QStyleOptionViewItem, QVBoxLayout, QWidget

from cbdesk import clock
from cbdesk.desk.aside import Aside
from cbdesk.desk.conflicts import Conflict
from cbdesk.words import say
from ui import icons, theme
from ui.carry.carried import Told
from ui.compare.wrapped import Wrapped
from ui.differ.queue import in_short, since
from ui.lists.quietlist import QuietDelegate, QuietList
from ui.parts import Button, Card, IconText, Label, Rule, paint
from ui.reading.tabs import Tab, Tabs

DIFFER, CAME, ASIDE = "differ", "came", "aside"
PAD, KEPT = 15, 200
Index = QModelIndex | QPersistentModelIndex


class Line(NamedTuple):
    """One line: icon and its ink ("" for none), the words, what stands under them, what stands right, what it opens."""

    icon: str
    ink: str
    words: str
    more: str
    right: str
    goes: tuple[str, str, str] = ("", "", "")


class _Lines(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.items: list[Line] = []

    def show_items(self, items: Sequence[Line]) -> None:
        """Show others."""
        self.beginResetModel()
        self.items = list(items)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many there are."""
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return one in words."""
        spoken = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole)
        if not index.isValid() or role not in spoken:
            return None
        one = self.items[index.row()]
        return "; ".join(part for part in (one.words, one.more, one.right) if part)


class _Delegate(QuietDelegate):
    def __init__(self, view: LineList) -> None:
        super().__init__(view)
        self._view = view

    def _parts(self, one: Line) -> tuple[Wrapped, Wrapped, int]:
        """Return the words, what stands under them, and the room taken at the right."""
        right = paint.text_width(theme.font("small"), one.right) + 8 if one.right else 0
        room = self._view.viewport().width() - 2 * PAD - (24 if one.icon else 0)
        return Wrapped(one.words, "medium", room - right, most=2), Wrapped(one.more, "small", room, most=2), right

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height its lines need."""
        words, more, _ = self._parts(self._view.lines.items[index.row()])
        return QSize(100, words.height + more.height + 12)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one line."""
        painter.save()
        paint.smooth(painter)
        rect: Any = option.rect  # type: ignore[attr-defined]
        box, row = QRectF(rect), index.row()
        self.ground(painter, box, row)
        if row + 1 < len(self._view.lines.items):
            paint.hairline(painter, box.left() + PAD, box.right() - PAD, box.bottom() - 1)
        self._line(painter, box.adjusted(PAD, 0, -PAD, 0), self._view.lines.items[row])
        painter.restore()

    def _line(self, painter: QPainter, box: QRectF, one: Line) -> None:
        words, more, wide = self._parts(one)
        left, top, line = box.left(), box.top() + 6, theme.line("medium")
        if one.icon:
            icons.paint(painter, one.icon, QPointF(left, round(top + line / 2 - 8)), one.ink, 16)
            left += 24
        right = QRectF(box.right() - wide, top, wide, line)
        paint.text(painter, right, one.right, "small", "ink3", Qt.AlignmentFlag.AlignRight)
        words.draw(painter, left, top, "ink")
        more.draw(painter, left, top + words.height, "ink3")


class LineList(QuietList):
    """A list of lines. ``opened`` carries what the line opens."""

    opened = Signal(tuple)

    def __init__(self, name: str, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines = _Lines(self)
        self.dress(self.lines, _Delegate(self))
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.clicked.connect(lambda _index: self._open())
        paint.name_it(self, name, label)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show lines; one stays at its place."""
        at = self.currentIndex().row()
        self.lines.show_items(lines)
        if lines:
            self.setCurrentIndex(self.lines.index(min(max(at, 0), len(lines) - 1), 0))

    def _open(self) -> None:
        at = self.currentIndex().row()
        if 0 <= at < len(self.lines.items) and self.lines.items[at].goes[0]:
            self.opened.emit(self.lines.items[at].goes)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the line."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "lines"):
            self.scheduleDelayedItemsLayout()


def padded(widget: QWidget) -> QWidget:
    """Return a widget with the room around it that words in a list have."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(PAD, 10, PAD, 4)
    column.addWidget(widget)
    return made


class WaitingCard(Card):
    """The three lists. ``opened`` carries what a line opens; ``names_wanted`` asks for the names of children."""

    opened = Signal(tuple)
    names_wanted = Signal()
    write_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=0, spacing=0, name="waiting_card")
        self.body.setContentsMargins(1, 1, 1, 5)
        icons_ = {DIFFER: "branch_compare", CAME: "mail_inbox_arrow_down", ASIDE: "warning"}
        self.tabs = Tabs([Tab(one, say(f"inbox.tab.{one}"), icon, "nghe" if one != CAME else "ink2")
                          for one, icon in icons_.items()], name="waiting_tabs")  # fmt: skip
        self.tabs.changed.connect(self._turn)
        self.body.addWidget(self.tabs)
        self._stack = QStackedWidget()
        self.lists: dict[str, LineList] = {}
        self._empty: dict[str, QWidget] = {}
        for one in icons_:
            self.lists[one] = LineList(f"{one}_list", say(f"inbox.tab.{one}"))
            self.lists[one].opened.connect(self.opened)
            self._stack.addWidget(self._page(one))
        self.body.addWidget(self._stack, 1)
        self.body.addWidget(self._foot())
        self.came: list[Told] = []
        self._veiled = True
        self._turn(DIFFER)

    def _page(self, name: str) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        self._empty[name] = padded(Label(say(f"inbox.empty.{name}"), "note", "ink3", wrap=True))
        column.addWidget(self._empty[name])
        column.addWidget(self.lists[name], 1)
        column.addStretch(0)
        return made

    def _foot(self) -> QWidget:
        self._names = QWidget()
        column, row = QVBoxLayout(self._names), QHBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        row.setContentsMargins(PAD, 4, 6, 0)
        self._veil = IconText("eye_off", say("conflicts.page.veiled"), "ink3", "note")
        self._show = Button(say("conflicts.page.show_names"), "link", icon="eye", name="show_names")
        self._show.clicked.connect(self.names_wanted)
        self._write = Button(say("inbox.write_aside"), "link", icon="table", name="write_aside")
        self._write.clicked.connect(self.write_wanted)
        row.addWidget(self._veil, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(0)
        row.addWidget(self._show)
        row.addWidget(self._write)
        column.addWidget(Rule())
        column.addLayout(row)
        return self._names

    def _turn(self, name: str) -> None:
        self._stack.setCurrentIndex(list(self.lists).index(name))
        has = bool(self.lists[name].lines.items)
        self._veil.setVisible(name == DIFFER and self._veiled)
        self._show.setVisible(name == DIFFER and self._veiled)
        self._write.setVisible(name == ASIDE)
        self._names.setVisible(has and ((name == DIFFER and self._veiled) or name == ASIDE))

    def turn_to(self, name: str) -> None:
        """Go to one of the lists."""
        self.tabs.set_value(name)
        self._turn(name)

    def focus_in(self) -> None:
        """Give the focus to the list in front, or to its tab where it is empty."""
        now = self.lists[self.tabs.value()]
        (now if now.lines.items else self.tabs).setFocus(Qt.FocusReason.OtherFocusReason)

    def _filled(self, name: str, lines: Sequence[Line], count: int) -> None:
        self.lists[name].show_lines(lines)
        self.lists[name].setVisible(bool(lines))
        self._empty[name].setVisible(not lines)
        self.tabs.show_counts({name: str(count)})
        self._turn(self.tabs.value())

    def show_conflicts(self, conflicts: Sequence[Conflict], *, veiled: bool) -> None:
        """Show what differs."""
        self._veiled = veiled
        today = clock.today()
        lines = [Line("", "", one.veiled if veiled else one.title, in_short(one, veiled=veiled), since(one, today),
                      ("conflicts", one.record, one.field)) for one in conflicts]  # fmt: skip
        self._filled(DIFFER, lines, len(lines))

    def add_results(self, results: Sequence[Told]) -> None:
        """Put what came just now on top of what came before."""
        self.came = [*results, *self.came][:KEPT]
        lines = [Line(one.icon, one.ink, one.words, one.next or one.file, "", ("conflicts", "", "") if one.conflicts
                      else ("", "", "")) for one in self.came]  # fmt: skip
        self._filled(CAME, lines, len(self.came))

    def show_aside(self, rows: Sequence[Aside], names: dict[str, str]) -> None:
        """Show rows put aside, by the unit that sent them."""
        lines = [Line("warning", "gach" if one.reason == "fork" else "nghe", one.why,
                      " · ".join(part for part in (names.get(one.unit, one.unit), one.title, ", ".join(one.fields),
                                                   say("inbox.number", n=one.number) if one.number else "") if part),
                      "") for one in rows]  # fmt: skip
        self._filled(ASIDE, lines, len(lines))
