"""The filters over the list of children: chips, the menus behind them, the button that stands for them when narrow.

Rules. A chip says its value and clears with Delete or its cross. Where the chips do not fit, those that are off fold
into *Lọc*; what is on stays in sight. A menu of several values stays open while values are ticked (Space or a click);
Enter takes one and closes.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QWidget

from cbdesk.desk import ChildRow
from cbdesk.words import say
from ui import theme
from ui.lists.childlist import FILTERS, Filters, options, value_words
from ui.parts import Button, FilterChip, Label, paint

SEVERAL = frozenset({"village", "group", "risk", "missing"})
ICONS = {"missing": "warning"}


class TickMenu(QMenu):
    """A menu whose ticks can be set one after the other."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space ticks and stays."""
        action = self.activeAction()
        if event.key() == Qt.Key.Key_Space and action is not None and action.isCheckable():
            action.toggle()
            action.triggered.emit(action.isChecked())
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on a tick of a menu of several ticks stays."""
        action = self.actionAt(event.position().toPoint())
        if action is not None and action.isCheckable() and self.property("several"):
            action.toggle()
            action.triggered.emit(action.isChecked())
        else:
            super().mouseReleaseEvent(event)


class FilterBar(QWidget):
    """The row of chips. ``changed`` says that ``filters`` differ now."""

    changed = Signal()

    def __init__(self, filters: Filters, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.filters = filters
        self._rows: Sequence[ChildRow] = ()
        self._narrow = False
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.fold = Button(say("children.filter"), icon="filter", tail="chevron_down", name="filter_fold")
        self.fold.clicked.connect(self._open_fold)
        row.addWidget(self.fold)
        self.chips: dict[str, FilterChip] = {}
        for name in FILTERS:
            chip = FilterChip(say(f"children.chip.{name}"), icon=ICONS.get(name, ""), name=f"chip_{name}")
            chip.clicked.connect(lambda _on=False, name=name: self.open_menu(name))
            chip.cleared.connect(lambda name=name: self._put(name, ()))
            self.chips[name] = chip
            row.addWidget(chip)
        self.clear_link = Button(say("ui.clear_filters"), "link", name="clear_filters")
        self.clear_link.clicked.connect(self.clear)
        row.addWidget(self.clear_link)
        row.addStretch(1)
        self.count = Label("", "note", "ink2", name="list_count")
        row.addWidget(self.count)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        paint.name_it(self, "filters", say("children.filter"))
        self.refresh()

    def narrow(self, narrow: bool) -> None:
        """Stand in the search row of a narrow window, or in a row of one's own."""
        self._narrow = narrow
        self._fit()

    def show_count(self, shown: int, everyone: int) -> None:
        """Show how many rows are shown, of how many."""
        key = "children.count_short" if self._narrow else "children.count"
        self.count.say(say(key, shown=plain(shown), all=plain(everyone)))

    def show_rows(self, rows: Sequence[ChildRow]) -> None:
        """Take the children from whom the values to offer are read."""
        self._rows = rows
        self.refresh()

    def refresh(self) -> None:
        """Show the filters in force."""
        for name, chip in self.chips.items():
            chip.set_value(value_words(name, self.filters.get(name), self._rows))
        self.clear_link.setVisible(self.filters.any())
        self._fit()

    def clear(self) -> None:
        """Take all filters away."""
        held = self.clear_link.hasFocus()
        self.filters.clear()
        self.refresh()
        self.changed.emit()
        if held:
            self.chips["village"].setFocus()

    def _put(self, name: str, values: Sequence[str]) -> None:
        self.filters.put(name, values)
        self.refresh()
        self.changed.emit()

    # menus

    def open_menu(self, name: str) -> None:
        """Open the menu of one filter under its chip."""
        self._pop(self._menu(name), self.chips[name])

    def _open_fold(self) -> None:
        menu = QMenu(self)
        for name in FILTERS:
            inner = self._menu(name)
            inner.setTitle(say(f"children.chip.{name}"))
            inner.setParent(menu, inner.windowFlags())
            menu.addMenu(inner)
        self._pop(menu, self.fold)

    def _menu(self, name: str) -> QMenu:
        menu, chosen = TickMenu(self), self.filters.get(name)
        menu.setProperty("several", name in SEVERAL)
        menu.setToolTipsVisible(True)
        for value, words in options(name, self._rows):
            action = QAction(words.replace("&", "&&"), menu)
            action.setCheckable(True)
            action.setChecked(value in chosen)
            action.triggered.connect(lambda on, value=value: self._tick(name, value, on=on))
            menu.addAction(action)
        if menu.isEmpty():
            menu.addAction(say("ui.empty")).setEnabled(False)
        return menu

    def _tick(self, name: str, value: str, *, on: bool) -> None:
        if name not in SEVERAL:
            self._put(name, (value,) if on else ())
            return
        rest = [one for one in self.filters.get(name) if one != value]
        self._put(name, [*rest, value] if on else rest)

    def _pop(self, menu: QMenu, under: QWidget) -> None:
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        first = next((one for one in menu.actions() if one.isChecked()), next(iter(menu.actions()), None))
        if first is not None and first.isEnabled():
            menu.setActiveAction(first)
        menu.popup(under.mapToGlobal(QPoint(0, under.height() + 4)))

    # room

    def _fit(self) -> None:
        """Fold the chips that are off when they do not fit."""
        wide = sum(chip.sizeHint().width() + 8 for chip in self.chips.values())
        wide += self.clear_link.sizeHint().width() + self.count.sizeHint().width() + 24
        folded = self._narrow or wide > self.width()
        self.fold.setVisible(folded)
        room = self.width() - self.fold.sizeHint().width() - self.count.sizeHint().width() - 32
        for chip in self.chips.values():
            need = chip.sizeHint().width() + 8
            fits = not folded or (bool(chip.value()) and need <= room)
            room -= need if folded and fits else 0
            chip.setVisible(fits)
        self.clear_link.setVisible(self.filters.any() and not self._narrow)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold or unfold."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "chips"):
            self.setMinimumHeight(theme.px(theme.FIELD if self._narrow else theme.CHIP))
            self._fit()


def plain(number: int) -> str:
    """Return a number as officers write it: 1.842."""
    return f"{number:,}".replace(",", ".")
