"""All that is asked of a list put together: title, which children, columns, order, villages, totals.

Rules. Every change is told at once (``changed``); what is no width or no age stays as typed, is said at the field, and
changes nothing. The panel knows no desk: the page reads and writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from cbdesk.desk.designing import Choice, Design, shown_of, sorts
from cbdesk.words import say
from ui import theme
from ui.designing.columns import ChosenColumns
from ui.form.grid import Flow
from ui.lists.conditions import ConditionBar, Offered
from ui.parts import Button, Card, Checkbox, Labelled, LineField, ListField, Scroller, SectionTitle

LEAST, MOST = 5, 200
ROWS = 6
"""Columns in sight at once."""


class DesignPanel(Card):
    """The left side of the page."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=0, spacing=0, name="design_panel")
        self.body.setContentsMargins(1, 1, 1, 1)
        self._scroll = Scroller(spacing=10, name="design_scroll")
        self._scroll.body.setContentsMargins(15, 12, 12, 12)
        self.body.addWidget(self._scroll, 1)
        self._design, self._known = Design(), dict[str, Choice]()
        self.title = LineField(hint=say("designer.title_hint"), name="design_title")
        self.title.textChanged.connect(lambda _words: self.changed.emit())
        self.title_room = Labelled(say("designer.title"), self.title, required=True, name="design_title_room")
        self.conditions = ConditionBar(name="design_where")
        self.conditions.changed.connect(self.changed)
        self._columns()
        self._rest()
        for widget in (self.title_room, SectionTitle(say("designer.who")), self.conditions, self._column_head,
                       self.list, self._of_column, self._lines):  # fmt: skip
            self._scroll.body.addWidget(widget)
        self._scroll.body.addStretch(1)

    def _columns(self) -> None:
        self._column_head = SectionTitle(say("designer.columns"))
        self.add = Button(say("designer.add"), "link", icon="add", name="add_column")
        self.add.clicked.connect(self.open_columns)
        self._column_head.add(self.add)
        self.list = ChosenColumns()
        self.list.changed.connect(self._columns_changed)
        self.list.stood.connect(self._show_column)
        self.list.entered.connect(self._to_heading)
        self._size_list()
        self.heading = LineField(name="column_heading")
        self.heading.editingFinished.connect(lambda: self.list.amend(heading=self.heading.text().strip()))
        self.heading.returnPressed.connect(self._to_list)
        self.width_field = LineField(name="column_width")
        self.width_field.setFixedWidth(theme.px(72))
        self.width_field.editingFinished.connect(self._read_width)
        self.width_field.returnPressed.connect(self._to_list)
        self._of_column = QWidget()
        row = QHBoxLayout(self._of_column)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(Labelled(say("designer.heading"), self.heading), 1)
        self.width_room = Labelled(say("designer.width"), self.width_field)
        row.addWidget(self.width_room)

    def _rest(self) -> None:
        self.sort = ListField(label=say("designer.sort"), name="design_sort")
        self.sort.currentIndexChanged.connect(lambda _at: self.changed.emit())
        self.grouped = Checkbox(say("designer.grouped"), name="design_grouped")
        self.totals = Checkbox(say("designer.totals"), name="design_totals")
        for box in (self.grouped, self.totals):
            box.toggled.connect(lambda _on: self.changed.emit())
        self._lines = QWidget()
        column = QVBoxLayout(self._lines)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(Labelled(say("designer.sort"), self.sort))
        boxes = Flow(gap=16, row_gap=2)
        boxes.addWidget(self.grouped)
        boxes.addWidget(self.totals)
        column.addLayout(boxes)

    def _size_list(self) -> None:
        self.list.setFixedHeight(theme.px(30) * ROWS + 2)

    def refit(self) -> None:
        """Follow the text size."""
        self._size_list()
        self.width_field.setFixedWidth(theme.px(72))

    # the list as it is put together

    def offer(self, columns: Sequence[Choice], conditions: Offered) -> None:
        """Take what there is to choose from."""
        self._known = {one.key: one for one in columns}
        self.list.groups = {one.key: one.group for one in columns if one.group}
        self.conditions.offer(conditions)

    def show_design(self, design: Design) -> None:
        """Show a list; nothing is said."""
        self._design = design
        self.blockSignals(True)
        self.title.setText(design.title)
        self.conditions.set_where(design.where, design.ages)
        self.list.show_columns(design.columns, 0)
        self._fill_sorts(design.sort)
        self.grouped.setChecked(design.grouped)
        self.totals.setChecked(design.totals)
        self.blockSignals(False)
        self._show_column()

    def design(self) -> Design:
        """Return the list as it stands."""
        sort = self.sort.value() or ""
        return replace(
            self._design, title=self.title.text().strip(), where=self.conditions.where(),
            ages=self.conditions.ages.ages(), columns=self.list.shown(), sort=(sort,) if sort else (),
            grouped=self.grouped.isChecked(), totals=self.totals.isChecked(),
        )  # fmt: skip

    def _fill_sorts(self, chosen: Sequence[str]) -> None:
        """Offer the orders: by village and name, or by a column that is there or always can."""
        known = self._known
        keys = sorts([one.key for one in self.list.shown()])
        words = {one.key: one.heading for one in self.list.shown()}
        offered = [("", say("designer.sort_village"))]
        offered += [(key, words.get(key) or (known[key].label if key in known else key)) for key in keys]
        kept = chosen[0] if chosen else ""
        self.sort.fill(offered)
        self.sort.blockSignals(True)
        self.sort.set_value(kept if kept in dict(offered) else "")
        self.sort.blockSignals(False)

    # columns

    def open_columns(self) -> None:
        """Open the menu of columns that are not shown yet."""
        menu, shown = QMenu(self), {one.key for one in self.list.shown()}
        for key, one in self._known.items():
            if key in shown and shown_of(one, [*shown]).key == key:
                continue
            action = QAction(one.label.replace("&", "&&"), menu)
            action.triggered.connect(lambda _on=False, one=one: self._put_column(one))
            menu.addAction(action)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if menu.actions():
            menu.setActiveAction(menu.actions()[0])
        menu.popup(self.add.mapToGlobal(QPoint(0, self.add.height() + 4)))

    def _put_column(self, one: Choice) -> None:
        self.list.add(shown_of(one, [each.key for each in self.list.shown()]))
        self._to_list()

    def _columns_changed(self) -> None:
        self._fill_sorts([self.sort.value() or ""])
        self._show_column()
        self.changed.emit()

    def _show_column(self) -> None:
        one = self.list.current()
        self._of_column.setEnabled(one is not None)
        self.heading.setText(one.heading if one else "")
        self.width_field.setText(f"{one.width:g}" if one else "")
        self.width_room.say()

    def _read_width(self) -> None:
        typed = self.width_field.text().strip().replace(",", ".")
        number = float(typed) if typed.replace(".", "", 1).isdigit() else 0.0
        wrong = self.list.current() is not None and not LEAST <= number <= MOST
        self.width_room.say("ask" if wrong else "", say("designer.width_wrong", low=LEAST, high=MOST) if wrong else "")
        if not wrong:
            self.list.amend(width=number)

    def _to_heading(self) -> None:
        self.heading.setFocus(Qt.FocusReason.OtherFocusReason)
        self.heading.selectAll()

    def _to_list(self) -> None:
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def need_title(self, words: str) -> None:
        """Say that the title is missing, and go there; nothing takes that away."""
        self.title_room.say("stop" if words else "", words)
        if words:
            self.title.setFocus(Qt.FocusReason.OtherFocusReason)
