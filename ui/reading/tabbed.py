"""Tabs over one table of what a file says, and a foot that tells the row one stands on, with the button that takes it.

Rules. Nothing is written here. Space and the button take the rows chosen or leave them; a tab without rows says so. F8
goes round the rows that wait for a person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cbdesk.words import say
from ui import theme
from ui.lists.filterbar import plain
from ui.lists.table import Column, QuietTable, TablePanel
from ui.parts import Button, Card, EmptyState, Label, Rule
from ui.reading.tabs import Tab, Tabs


class TabbedRows(Card):
    """Tabs over one table; which rows, what waits and what the foot says is the child's own.

    ``tabs`` are code, icon and colour; ``words`` is the subject that names them. Rows have an ``id``.
    """

    changed = Signal()
    """Other rows than before are taken."""
    moved = Signal()

    def __init__(
        self, tabs: Sequence[tuple[str, str, str]], columns: Sequence[Column], type_by: Callable[[Any], str], *,
        words: str, label: str, name: str,
    ) -> None:  # fmt: skip
        super().__init__(padding=1, spacing=0, name=f"{name}_rows")
        self.body.setContentsMargins(1, 1, 1, 1)
        self._words = words
        self._rows: dict[str, list[Any]] = {code: [] for code, *_ in tabs}
        self.tabs = Tabs([Tab(code, say(f"{words}.tab.{code}"), icon, ink) for code, icon, ink in tabs],
                         name=f"{name}_tabs")  # fmt: skip
        self.tabs.changed.connect(self.show_tab)
        self.table = QuietTable(columns, lambda row: row.id, type_by=type_by, label=label, name=f"{name}_table")
        self.table.moved.connect(lambda _row: self._tell())
        self.table.looked.connect(lambda _row: self.toggle())
        self.panel = TablePanel(self.table, plain=True)
        self._empty = EmptyState("", name=f"{name}_none")
        for widget in (self.tabs, self.panel, Rule(), self._foot(name)):
            self.body.addWidget(widget, 1 if widget is self.panel else 0)

    def _foot(self, name: str) -> QWidget:
        foot = QWidget()
        self.foot = QHBoxLayout(foot)
        self.foot.setContentsMargins(15, 6, 15, 7)
        self.foot.setSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(0)
        self.detail = Label("", "note", "ink2", elide=True, name=f"{name}_detail")
        self.more = Label("", "small", "ink3", elide=True, name=f"{name}_more")
        words.addWidget(self.detail)
        words.addWidget(self.more)
        self.foot.addLayout(words, 1)
        self.toggle_button = Button("", "link", key="Space", name=f"{name}_toggle")
        self.toggle_button.clicked.connect(self.toggle)
        self.foot.addWidget(self.toggle_button)
        foot.setMinimumHeight(theme.px(46))
        return foot

    # what a child says

    def toggle(self) -> None:
        """Take the rows chosen, or leave them."""
        raise NotImplementedError

    def _columns_of(self, code: str) -> Sequence[str]:
        """Return the columns of a tab; none are all."""
        raise NotImplementedError

    def _waits(self) -> tuple[str, list[str]]:
        """Return the tab whose rows wait for a person, and the ids of those that do."""
        raise NotImplementedError

    def _show_row(self, row: Any) -> None:
        """Say in the foot what a row is, or nothing of none."""
        raise NotImplementedError

    # rows

    def _fill(self, rows: Mapping[str, list[Any]]) -> None:
        self._rows = dict(rows)
        self.tabs.show_counts({code: plain(len(found)) for code, found in rows.items()})

    def show_tab(self, code: str) -> None:
        """Show one tab."""
        self.tabs.set_value(code)
        self.table.show_columns(list(self._columns_of(code)))
        self.table.set_rows(self._rows[code])
        if self._rows[code]:
            self.panel.show_rows()
            self.table.choose_first()
        else:
            self._empty.say(say(f"{self._words}.none.{code}"))
            self.panel.show_empty(self._empty)
        self._tell()

    def focus_rows(self) -> None:
        """Focus the rows, or the tabs where there are none."""
        (self.table if self.table.rows() else self.tabs).setFocus()

    def count(self, code: str) -> int:
        """Return how many rows stand under a tab."""
        return len(self._rows[code])

    def waiting(self) -> int:
        """Return how many rows a person has to decide."""
        return len(self._waits()[1])

    def next_waiting(self, step: int = 1) -> bool:
        """Go to the next row that waits for a person; ``False`` when there is none."""
        tab, waiting = self._waits()
        if not waiting:
            return False
        ahead = waiting
        if self.tabs.value() != tab:
            self.show_tab(tab)
        else:
            order = [row.id for row in self.table.rows()]
            at = self.table.currentIndex().row()
            ahead = [one for one in waiting if (order.index(one) > at) == (step > 0) and order.index(one) != at]
        self.table.choose((ahead or waiting)[0 if step > 0 else -1])
        self.table.setFocus()
        return True

    def _retaken(self) -> None:
        """Show and say that other rows are taken."""
        self.table.viewport().update()
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        self._show_row(self.table.current() if self.table.rows() else None)
        self.more.setVisible(bool(self.more.words()))
        self.moved.emit()
