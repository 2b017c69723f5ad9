"""Rows that belong to a record, inside its section: carers, groups, risks, support. Add, edit in place, take away.

Rules. No dialog: a row is edited in a panel at its place, by the same form engine; a new episode begins today unless
another day is typed, because one without a beginning counts for every month that has passed. Arrows move among the
rows, Enter opens, Delete takes away at once and offers to take that back. What is sensitive is shown as *Nhạy cảm*
until asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from cbdesk import clock, kinds, rules
from cbdesk.catalogue import Field, Form, catalogue
from cbdesk.errors import Finding
from cbdesk.words import say
from ui import icons, theme
from ui.form.before import Before
from ui.form.form import FormView, Part
from ui.jobs import Jobs
from ui.parts import Button, Card, Label, paint
from ui.parts.choice import badge_width, paint_badge

NARROW, FROM, GAP = 540, "from", 18


@dataclass(frozen=True, slots=True)
class Column:
    """A column: field, share of the width, whether it may be left out when there is little room."""

    field: str
    share: int
    spare: bool = False
    strong: bool = False
    head: str = ""
    """Key of the words of its head, where the label of the field does not serve."""
    right: bool = False
    """Figures stand at the right."""
    derived: str = ""
    """Under this name a row carries what the page worked out for it; it is read as ``field`` is, and never stored."""

    def of(self, form: Form) -> Field:
        """Return what stands in the column as a field."""
        item = form.field(self.field)
        return replace(item, name=self.derived) if self.derived else item


COLUMNS: dict[str, tuple[Column, ...]] = {
    "carer": (Column("relation", 16), Column("full_name", 29, strong=True), Column("born", 13), Column("state", 16),
              Column("since", 17, spare=True)),
    "circumstance": (Column("code", 46, strong=True), Column("from", 14), Column("to", 14),
                     Column("evidence", 18, spare=True), Column("decided_by", 18, spare=True)),
    "tag": (Column("code", 46, strong=True), Column("from", 14), Column("to", 14), Column("evidence", 36, spare=True)),
    "absence": (Column("place", 34, strong=True), Column("from", 15),
                Column("expected_back", 17, head="child.head.back"), Column("to", 15),
                Column("with_whom", 19, spare=True)),
    "risk": (Column("code", 46, strong=True), Column("from", 14), Column("to", 14), Column("detail", 36, spare=True)),
    "support": (Column("kind", 40, strong=True), Column("from", 14), Column("to", 14),
                Column("provider", 28, spare=True)),
    "incident": (Column("kind", 40, strong=True), Column("received_at", 24), Column("place_detail", 30, spare=True)),
}  # fmt: skip


def cell(form: str, item: Field, row: Mapping[str, Any], *, sealed: bool) -> tuple[str, bool]:
    """Return the words of a cell and whether they are hidden as sensitive."""
    value = row.get(item.name)
    if value is not None and sealed and catalogue().sensitive(item, value):
        return say("record.sensitive"), True
    if item.kind == "choice" and value is not None:
        choice = catalogue().lists[item.choices or ""].get(str(value))
        words = choice.short if choice else str(value)
        return words[:1].upper() + words[1:], False
    return kinds.of(item).show(value, item), False


def _side(column: Column) -> Qt.AlignmentFlag:
    return Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft


class RowButton(QAbstractButton):
    """One row; it paints its cells under the heads of the table."""

    removed = Signal()
    moved = Signal(int)

    def __init__(self, table: RowTable, row: Mapping[str, Any]) -> None:
        super().__init__(table)
        self._table, self.row = table, row
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        words = [table.told(item, row)[0] for item, _ in table.fields]
        paint.name_it(self, f"{table.name}_row", ", ".join(word for word in words if word))

    def sizeHint(self) -> QSize:
        """Return the height of a row."""
        return QSize(300, theme.px(31))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, Enter opens, Delete takes away."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() == Qt.Key.Key_Delete:
            self.removed.emit()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.moved.emit(1 if event.key() == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The bar at the left shows the focus."""
        super().focusInEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint bar, cells, mark of the main carer, pencil."""
        painter = paint.smooth(QPainter(self))
        box, lit = QRectF(self.rect()), self.hasFocus()
        if lit or self.underMouse():
            painter.fillRect(box.adjusted(0, 0, 0, -1), theme.color("chamBg" if lit else "hover"))
        if lit:
            painter.fillRect(QRectF(0, 0, 3, box.height() - 1), theme.color("cham"))
        ended = self._table.episodes and bool(self.row.get("to"))
        for item, column, left, wide in self._table.places(self.width()):
            room = QRectF(left, 0, wide - (GAP if column.right else 8), box.height() - 1)
            words, hidden = self._table.told(item, self.row)
            if hidden:
                paint_badge(painter, left, room.center().y(), words, "man", icon="lock_closed")
                continue
            role = "medium" if column.strong else "body"
            ink = "ink3" if ended else "ink" if column.strong else "ink2"
            paint.text(painter, room, words, role, ink, _side(column))
            if item.name == "full_name" and self.row.get("main_carer"):
                at = left + paint.text_width(theme.font(role), words) + 10
                if at + 24 < left + wide:
                    self._main(painter, at, left + wide, room.center().y())
        self._mark(painter, box)
        pencil = "edit" if self._table.editable() else "open"
        icons.paint(painter, pencil, QPointF(box.width() - 20, round(box.height() / 2 - 8)), "ink3", 16)
        paint.hairline(painter, 0, box.width(), box.height() - 1)
        painter.end()

    def _mark(self, painter: QPainter, box: QRectF) -> None:
        """Paint what is open about this row before the pencil."""
        mark = self._table.mark(self.row)
        if mark is not None:
            words, tone, icon = mark
            left = box.width() - 30 - badge_width(words, icon=icon)
            paint_badge(painter, left, box.center().y(), words, tone, icon=icon)

    @staticmethod
    def _main(painter: QPainter, left: float, right: float, middle: float) -> None:
        words = say("child.main_carer")
        if left + badge_width(words, icon="home_heart") <= right - 8:
            paint_badge(painter, left, middle, words, "ngoc", icon="home_heart")
        else:
            icons.paint(painter, "home_heart", QPointF(left, round(middle - 8)), "ngoc", 16)


class _Heads(QWidget):
    """The heads of the columns."""

    def __init__(self, table: RowTable) -> None:
        super().__init__(table)
        self._table = table
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the height of the heads."""
        return QSize(300, theme.px(28))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the heads."""
        painter = paint.smooth(QPainter(self))
        for item, column, left, wide in self._table.places(self.width()):
            words = say(column.head) if column.head else item.label
            room = QRectF(left, 0, wide - (GAP if column.right else 8), self.height())
            paint.text(painter, room, words, "labelStrong", "ink2", _side(column))
        paint.hairline(painter, 0, self.width(), self.height() - 1, "line2")
        painter.end()


class RowTable(QWidget):
    """The rows of one form that belong to one record, and the panel in which one of them is edited."""

    saved = Signal(object)
    """``Saved`` of a row."""
    void_wanted = Signal(str)
    show_wanted = Signal()
    open_wanted = Signal(str)
    """A row that has a page of its own was opened."""
    edited = Signal()

    def __init__(
        self, form: str, jobs: Jobs, parent: QWidget | None = None, *, editable: bool = True,
        columns: Sequence[Column] = (), empty: str = "", unasked: frozenset[str] = frozenset(),
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.name, self.form, self.jobs = form, catalogue().forms[form], jobs
        self.fields = [(column.of(self.form), column) for column in columns or COLUMNS[form]]
        self._unasked = unasked
        self.fixed: dict[str, Any] = {}
        """What a new row holds besides its parent, in fields that are not asked."""
        self.start: dict[str, Any] = {}
        """First answers of a new row."""
        self.tell: Callable[[Field, Mapping[str, Any]], tuple[str, bool] | None] = lambda _item, _row: None
        """What the page says in a cell, and whether it is hidden; ``None`` leaves it to the field."""
        self.mark: Callable[[Mapping[str, Any]], tuple[str, str, str] | None] = lambda _row: None
        """Words, tone and icon of what is open about a row; ``mark_room`` is kept free for it."""
        self.mark_room = 0
        self.roomy = NARROW
        """Width from which spare columns are shown, in pixels at 100 %."""
        self.episodes = True
        """Rows that have ended stand last, and lighter."""
        self.below: Callable[[str], QWidget | None] = lambda _record: None
        """What the page shows under the fields of a row that is open."""
        self.opens: Callable[[Mapping[str, Any]], bool] = lambda _row: False
        """What the page does in the place of opening a row; ``False`` leaves it to the list."""
        self.sealed, self.rows = True, list[Mapping[str, Any]]()
        self._editable, self._locked, self._single = editable, False, False
        self.parent_record = ""
        self._villages: Mapping[str, str] = {}
        self._buttons: list[RowButton] = []
        self.home: QWidget | None = None
        """Where the focus goes when there is no row to go back to: the link that adds one."""
        self._came_from = ""
        self._panel: Card | None = None
        self.view: FormView | None = None
        self._before = Before()
        self._rest: dict[str, Any] | None = None
        self._below: QWidget | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._heads = _Heads(self)
        self._empty = Label(empty or say(f"child.none.{form}"), "note", "ink3", wrap=True)
        self._column.addWidget(self._heads)
        self._column.addWidget(self._empty)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        paint.name_it(self, f"rows_{form}", self.form.plural)

    def places(self, width: int) -> list[tuple[Field, Column, float, float]]:
        """Return the columns with left edge and width; spare ones only where there is room."""
        wide = width >= theme.px(self.roomy)
        shown = [(item, column) for item, column in self.fields if wide or not column.spare]
        room, total = width - 30 - theme.px(self.mark_room), sum(column.share for _, column in shown)
        found, left = [], 4.0
        for item, column in shown:
            share = room * column.share / total
            found.append((item, column, left, share))
            left += share
        return found

    def told(self, item: Field, row: Mapping[str, Any]) -> tuple[str, bool]:
        """Return the words of a cell and whether they are hidden."""
        words, hidden = cell(self.name, item, row, sealed=self.sealed)
        return (words, hidden) if hidden else self.tell(item, row) or (words, hidden)

    def buttons(self) -> Sequence[RowButton]:
        """Return the rows as they are shown."""
        return self._buttons

    # rows

    def load(
        self, record: str, rows: Sequence[Mapping[str, Any]], villages: Mapping[str, str], *, sealed: bool
    ) -> None:
        """Show rows; an open panel stays when its row is still there."""
        at = next((i for i, button in enumerate(self._buttons) if button.hasFocus()), None)
        focus = self._came_from if at is None else str(self._buttons[at].row["id"])
        if record != self.parent_record:
            self._drop_panel()
            self._rest = None
        self.parent_record, self.sealed, self._villages = record, sealed, villages
        self.rows = list(rows)
        if self.episodes:
            self.rows.sort(key=lambda row: (bool(row.get("to")), not row.get("main_carer")))
        for button in self._buttons:
            self._column.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = []
        for number, row in enumerate(self.rows):
            button = RowButton(self, row)
            button.clicked.connect(lambda _on=False, row=row: self._open(row))
            button.removed.connect(lambda row=row: self._remove(row))
            button.moved.connect(lambda step, at=number: self._move(at + step))
            self._column.insertWidget(1 + number, button)
            button.show()
            self._buttons.append(button)
        self._go_back(focus, at)
        self._heads.setVisible(bool(self.rows))
        self._empty.setVisible(not self.rows and self._panel is None)

    def _go_back(self, row: str, at: int | None) -> None:
        """Put the focus on a row again; one that was taken away leaves it to the next, then to ``home``."""
        waiting = at is not None or (row and self.home is not None and self.home.hasFocus())
        self._came_from = ""
        if not waiting:
            return
        found = next((button for button in self._buttons if button.row["id"] == row), None)
        if found is None and self._buttons and at is not None:
            found = self._buttons[min(at, len(self._buttons) - 1)]
        target = found or self.home
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def has_sealed(self) -> bool:
        """Return whether a row hides something."""
        return self.sealed and any(self._hides(row) for row in self.rows)

    def _hides(self, row: Mapping[str, Any]) -> bool:
        return any(cell(self.name, item, row, sealed=True)[1] for item, _ in self.fields)

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:  # type: ignore[override]
        """Focus the panel if it is open, else the first row."""
        if self.view is not None:
            self.view.focus_first()
        elif self._buttons:
            self._buttons[0].setFocus(reason)

    def _move(self, at: int) -> None:
        if 0 <= at < len(self._buttons):
            self._buttons[at].setFocus(Qt.FocusReason.TabFocusReason)

    def in_one(self, single: bool) -> None:
        """Show the fields of the panel in one column, or in twelve."""
        self._single = single
        if self.view is not None:
            self.view.in_one(single)

    def editable(self) -> bool:
        """Return whether rows are edited here, and not on a page of their own."""
        return self._editable

    def lock(self, locked: bool) -> None:
        """Rows of a read-only record are only shown."""
        self._locked = locked

    def _open(self, row: Mapping[str, Any]) -> None:
        hidden = self.sealed and self._hides(row)
        if self.opens(row):
            return
        if not self._editable:
            self.open_wanted.emit(str(row["id"]))
        elif hidden:
            self.show_wanted.emit()
        else:
            self.edit(row)

    def _remove(self, row: Mapping[str, Any]) -> None:
        if self._editable and not self._locked:
            self.void_wanted.emit(str(row["id"]))

    # the panel

    def add(self) -> None:
        """Open the panel for a new row."""
        if self._editable and not self._locked:
            self.edit(None)

    def edit(self, row: Mapping[str, Any] | None, typed: Mapping[str, Any] | None = None) -> None:
        """Open the panel for a row, or for a new one; ``typed`` brings back a draft."""
        if self.view is not None and self.view.record == (row["id"] if row else None):
            self.view.focus_first()
            return
        self._drop_panel()
        panel = Card(padding=14, spacing=10, name=f"panel_{self.name}")
        panel.tone("cham")
        fields = tuple(item for item in self._asked() if item.name not in self._unasked)
        view = FormView(self.form, self.jobs, [Part("row", "", fields)], panel, drafts=False,
                        row_check=self._check_rows, before=self._before, name=f"row_{self.name}")  # fmt: skip
        panel.body.addWidget(view)
        self._below = self.below(str(row["id"])) if row else None
        if self._below is not None:
            panel.body.addWidget(self._below)
        panel.body.addLayout(self._panel_buttons(view, new=row is None))
        at = next((i for i, one in enumerate(self.rows) if row and one["id"] == row["id"]), len(self.rows) - 1)
        self._column.insertSpacing(2 + at, 8)
        self._column.insertWidget(3 + at, panel)
        self._panel, self.view = panel, view
        self._empty.hide()
        panel.show()
        record = str(row["id"]) if row else None
        begins = self._begins(view) if row is None else {}
        view.load(record, row or {}, villages=self._villages, start=begins,
                  fixed={**self._given(row), **self._of_parent()})  # fmt: skip
        view.reveal()
        view.lock(self._locked)
        view.in_one(self._single)
        if self._rest is not None and self._rest["record"] == record:
            typed = typed or self._rest["typed"]
        self._rest = None
        for name, value in (typed or {}).items():
            if name in view.boxes:
                view.set_typed(name, value)
        view.saved.connect(self._row_saved)
        view.changed.connect(self.edited)
        view.focus_first()

    def renew_below(self) -> None:
        """Ask the page again for what it shows under the fields of the open row."""
        if self._panel is None or self._below is None or self.view is None or self.view.record is None:
            return
        fresh = self.below(self.view.record)
        if fresh is not None:
            self._panel.body.replaceWidget(self._below, fresh)
            self._below.hide()
            self._below.deleteLater()
            self._below = fresh

    def _given(self, row: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return what a row holds in fields that are not asked."""
        return dict(self.fixed) if row is None else {name: row[name] for name in self._unasked if row.get(name)}

    def _asked(self) -> Sequence[Field]:
        """Return the fields of the form, first the record it belongs to where the page shows those of many."""
        asked = [item for section in self.form.sections for item in self.form.in_section(section.name)]
        parent = self.form.parent if not self.parent_record else None
        return [self.form.field(parent), *asked] if parent else asked

    def _of_parent(self) -> dict[str, Any]:
        return {self.form.parent: self.parent_record} if self.form.parent and self.parent_record else {}

    def _begins(self, view: FormView) -> dict[str, Any]:
        """Return the first answers of a new row: what the page gives, and that an episode begins today."""
        episode = FROM in view.boxes and view.boxes[FROM].field.kind == "date"
        return {**({FROM: clock.today().isoformat()} if episode else {}), **self.start}

    def _panel_buttons(self, view: FormView, *, new: bool) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        save = Button(say("child.save_row"), icon="save", key="Ctrl S", name=f"save_{self.name}")
        close = Button(say("ui.close"), "quiet", key="Esc", name=f"close_{self.name}")
        save.clicked.connect(view.save)
        close.clicked.connect(self.close_panel)
        row.addWidget(save)
        row.addWidget(close)
        row.addStretch(1)
        if not new:
            drop = Button(say("child.void_row"), "quiet", icon="delete", name=f"void_{self.name}")
            drop.clicked.connect(lambda: self.void_wanted.emit(view.record or ""))
            row.addWidget(drop)
        return row

    def _check_rows(self, data: Mapping[str, Any]) -> list[Finding]:
        record = self.view.record if self.view is not None else None
        others = [row for row in self.rows if row["id"] != record]
        found = rules.check_rows(self.form, [*others, data])
        return [one for at, one in found if at == len(others)]

    def _row_saved(self, answer: Any) -> None:
        self._drop_panel()
        self._came_from = str(answer.id or "")
        self.saved.emit(answer)

    def panel_has(self, widget: QWidget | None) -> bool:
        """Return whether a widget stands in the open panel."""
        return self._panel is not None and widget is not None and self._panel.isAncestorOf(widget)

    def close_panel(self) -> bool:
        """Close the panel; what was typed in it stays in the draft of the record. ``False`` when none is open."""
        if self._panel is None:
            return False
        record = self.view.record if self.view is not None else None
        self._rest = self.draft()
        self._drop_panel()
        back = next((button for button in self._buttons if button.row["id"] == record), None)
        if back is not None:
            back.setFocus(Qt.FocusReason.TabFocusReason)
        self.edited.emit()
        return True

    def _drop_panel(self) -> None:
        if self._panel is None:
            return
        at = self._column.indexOf(self._panel)
        if self.home is not None and self.panel_has(QApplication.focusWidget()):
            self.home.setFocus(Qt.FocusReason.OtherFocusReason)
        self._panel.hide()
        self._column.takeAt(at - 1)
        self._column.removeWidget(self._panel)
        self._panel.deleteLater()
        self._panel, self.view = None, None
        self._empty.setVisible(not self.rows)

    def draft(self) -> dict[str, Any] | None:
        """Return what is typed in the panel, open or closed by Esc: ``record`` and ``typed``."""
        if self.view is None:
            return self._rest
        if not self.view.dirty():
            return None
        typed = {edit.field: self.view.boxes[edit.field].input.typed() for edit in self.view.edits()}
        return {"record": self.view.record, "typed": typed}

    def restore(self, draft: Mapping[str, Any]) -> None:
        """Open the panel again with what was typed."""
        row = next((one for one in self.rows if one["id"] == draft.get("record")), None)
        if row is not None or draft.get("record") is None:
            self.edit(row, draft.get("typed") or {})

    def changeEvent(self, event: QEvent) -> None:
        """Follow theme and text size."""
        if event.type() == QEvent.Type.StyleChange:
            self._heads.updateGeometry()
            for button in self._buttons:
                button.updateGeometry()
        super().changeEvent(event)


class RowTables(QWidget):
    """Tables under each other; the focus goes to the first."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)
        self._tables: list[RowTable] = []

    def above(self, widget: QWidget) -> None:
        """Put something quiet over the tables."""
        self._column.insertWidget(0, widget)

    def add(self, table: RowTable) -> None:
        """Append a table."""
        self._tables.append(table)
        self._column.addWidget(table)

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:  # type: ignore[override]
        """Focus the first row."""
        if self._tables:
            self._tables[0].setFocus(reason)
