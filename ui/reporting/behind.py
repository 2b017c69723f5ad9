"""What is behind a figure: the records as a list beside the table; names of a sensitive figure only after asking.

Rules. Opening a sensitive figure is told to the access log, and the panel says so before. Enter opens the record's
page. Nothing is kept: another figure, another report or Esc empties the panel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QHBoxLayout, QStyleOptionViewItem, QWidget

from cbdesk.desk import Desk
from cbdesk.words import say
from ui import icons, theme
from ui.form.around import worded
from ui.lists.quietlist import QuietDelegate, QuietList
from ui.parts import Button, Card, IconButton, IconText, Label, Rule, paint
from ui.reporting.making import FEW

WIDE = 320
PAGES = {"child": "child", "incident": "incident", "case": "case"}
"""Forms whose records have a page of their own."""
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Record:
    """One record behind a figure: its id, how it is called, a quieter line, and the page Enter opens (name, id)."""

    id: str
    words: str
    facts: str = ""
    page: tuple[str, str] = ("", "")


class _Records(QAbstractListModel):
    """The records."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.records: Sequence[Record] = ()

    def show_records(self, records: Sequence[Record]) -> None:
        """Show these."""
        self.beginResetModel()
        self.records = records
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many there are."""
        return 0 if parent.isValid() else len(self.records)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a record in words."""
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        one = self.records[index.row()]
        return ", ".join(part for part in (one.words, one.facts) if part)


class _Delegate(QuietDelegate):
    """Paints records."""

    def __init__(self, view: _List) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the height of a record."""
        return QSize(100, theme.px(42))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one record."""
        painter.save()
        paint.smooth(painter)
        rect: Any = option.rect  # type: ignore[attr-defined]
        box, one = QRectF(rect), self._view.records.records[index.row()]
        self.ground(painter, box, index.row())
        right = box.right() - 14
        if one.page[0]:
            icons.paint(painter, "chevron_right", QPointF(right - 16, round(box.center().y() - 8)), "ink3", 16)
            right -= 20
        half, middle = theme.px(18), box.center().y()
        wide = right - box.left() - 16
        if one.facts:
            paint.text(painter, QRectF(box.left() + 16, middle - half, wide, half), one.words, "medium", "ink")
            paint.text(painter, QRectF(box.left() + 16, middle, wide, half), one.facts, "small", "ink3")
        else:
            paint.text(painter, QRectF(box.left() + 16, box.top(), wide, box.height()), one.words, "medium", "ink")
        paint.hairline(painter, box.left() + 16, box.right() - 14, box.bottom())
        painter.restore()


class _List(QuietList):
    """The records; ``opened`` carries the one Enter was pressed on."""

    opened = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.records = _Records(self)
        self.dress(self.records, _Delegate(self))
        self.setUniformItemSizes(True)
        self.doubleClicked.connect(lambda _index: self._open())
        paint.name_it(self, "behind_list", say("reports.behind.list"))

    def _open(self) -> None:
        at = self.currentIndex().row()
        if 0 <= at < len(self.records.records):
            self.opened.emit(self.records.records[at])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
        elif event.modifiers() & Qt.KeyboardModifier.AltModifier:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: Any) -> None:
        """Stand on a record."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.records.records:
            self.setCurrentIndex(self.records.index(0, 0))


class BehindPanel(Card):
    """The panel beside the table. ``asked``: names of a sensitive figure are wanted; ``opened``: page and id."""

    asked = Signal()
    opened = Signal(str, str)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=0, spacing=0, name="behind")
        head = QWidget()
        row = QHBoxLayout(head)
        row.setContentsMargins(16, 8, 6, 6)
        self._title = Label("", "strong", wrap=True, name="behind_title")
        self._close = IconButton("dismiss", say("ui.close"), name="behind_close")
        self._close.clicked.connect(self.closed)
        row.addWidget(self._title, 1)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self._note = IconText("info", "", "ink3", "note", name="behind_note")
        self._note.setContentsMargins(16, 8, 16, 4)
        self.ask_button = Button(say("reports.behind.look"), icon="eye", name="behind_look")
        self.ask_button.clicked.connect(self.asked)
        asking = QWidget()
        inner = QHBoxLayout(asking)
        inner.setContentsMargins(16, 4, 16, 10)
        inner.addWidget(self.ask_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._asking = asking
        self.list = _List()
        self.list.opened.connect(self._open)
        self.body.setContentsMargins(1, 1, 1, 4)
        for widget in (head, Rule(), self._note, self._asking, self.list):
            self.body.addWidget(widget, 1 if widget is self.list else 0)
        self.body.addStretch(0)
        self.hide()

    def ask(self, title: str) -> None:
        """Say that the figure is sensitive, and wait."""
        self._show(title, say("reports.behind.sensitive"), "lock_closed", "man", asking=True)
        self.ask_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def wait(self, title: str) -> None:
        """Say that records are being read."""
        self._show(title, say("reports.behind.reading"))

    def _open(self, one: Record) -> None:
        if one.page[0]:
            self.opened.emit(*one.page)

    def show_records(self, title: str, records: Sequence[Record], unknown: int) -> None:
        """Show records; ``unknown`` children are counted of whom only a name was heard, or none."""
        note = say("reports.behind.unknown", n=unknown) if unknown else ""
        self._show(title, note if records or unknown else say("reports.behind.none"))
        self.list.records.show_records(records)
        self.list.setVisible(bool(records))

    def _show(self, title: str, note: str, icon: str = "info", ink: str = "ink3", *, asking: bool = False) -> None:
        self._title.say(title)
        self._note.say(note, icon, ink)
        self._note.setVisible(bool(note))
        self._asking.setVisible(asking)
        self.list.records.show_records(())
        self.list.hide()
        self.show()

    def empty(self) -> None:
        """Forget what was shown and hide."""
        self.list.records.show_records(())
        self._title.say("")
        self.hide()


def records(desk: Desk, form: str, rows: Sequence[Mapping[str, Any]]) -> list[Record]:
    """Return records in words; one that is about children names them and opens the child. On the desk's thread."""
    many = {one.id: one.name for one in desk.children()} if form != "child" and len(rows) > FEW else {}
    name_of = lambda one: many.get(one) or str(desk.get(one).get("full_name") or say("record.no_name"))  # noqa: E731
    found = []
    for row, told in zip(rows, worded(desk, form, rows), strict=True):
        ident, named = str(row["id"]), row.get("child") if form != "child" else None
        children = [str(one) for one in named] if isinstance(named, list) else [str(named)] if named else []
        names = ", ".join(map(name_of, children))
        page = (PAGES[form], ident) if form in PAGES else ("child", children[0]) if len(children) == 1 else ("", "")
        found.append(Record(ident, str(told["words"]), names or str(told.get("facts") or ""), page))
    return found
