"""Which children are meant: ages and chips of conditions, each with the menu of its values.

Rules. What must be kept apart is never offered. A chip says its value and clears with Delete or its cross; a menu stays
open while values are ticked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from cbdesk.words import say
from ui.form.grid import Flow
from ui.lists.filterbar import TickMenu
from ui.outside.who import Ages
from ui.parts import Button, FilterChip, Label

Offered = Mapping[str, tuple[str, Sequence[tuple[str, str]]]]
Where = dict[str, tuple[str, ...]]


class ConditionBar(QWidget):
    """Ages, chips and the button for another condition. ``changed`` says that others are asked for.

    ``first`` are chips of the page's own, which it shows and hides; they stand where the ages would. ``key`` is the
    page's for ``open_menu``.
    """

    changed = Signal()

    def __init__(
        self, parent: QWidget | None = None, *, name: str = "conditions", key: str = "",
        first: Sequence[FilterChip] = (),
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._offered: Offered = {}
        self._where: Where = {}
        self.ages = Ages()
        self.ages.changed.connect(self.changed)
        self._years = QWidget(self)
        row = QHBoxLayout(self._years)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(Label(say("conditions.ages"), "label", "ink2"))
        row.addWidget(self.ages)
        self._years.setHidden(bool(first))
        self._first: Sequence[QWidget] = first or (self._years,)
        self._stops: Sequence[QWidget] = first or (self.ages.low, self.ages.high)
        self.add = Button(say("conditions.add"), "quiet", icon="add", key=key, name=f"{name}_add")
        self.add.clicked.connect(self.open_menu)
        self._flow = Flow(self, gap=8, row_gap=6)
        self.chips: dict[str, FilterChip] = {}
        self.setObjectName(name)
        self._show()

    def offer(self, offered: Offered) -> None:
        """Take what can be asked; conditions that are offered no more fall away."""
        self._offered = offered
        kept = {name: tuple(one for one in codes if one in dict(offered[name][1]))
                for name, codes in self._where.items() if name in offered}  # fmt: skip
        self._where = {name: codes for name, codes in kept.items() if codes}
        self._show()

    def where(self) -> Where:
        """Return the conditions in force."""
        return dict(self._where)

    def asked(self) -> bool:
        """Return whether anything is asked at all."""
        return bool(self._where or self.ages.ages())

    def set_where(self, where: Mapping[str, Sequence[str]], ages: tuple[int, int] | None) -> None:
        """Show conditions; nothing is said."""
        self._where = {name: tuple(codes) for name, codes in where.items() if codes}
        self.ages.set_ages(ages)
        self._show()

    def words(self) -> str:
        """Return the conditions as one line of words."""
        said = [f"{self._title(name)}: {self._value(name, codes)}" for name, codes in self._where.items()]
        ages = self.ages.ages()
        return " · ".join([*([say("conditions.years", low=ages[0], high=ages[1])] if ages else []), *said])

    def _title(self, name: str) -> str:
        return self._offered[name][0] if name in self._offered else name

    def _value(self, name: str, codes: Sequence[str]) -> str:
        known = dict(self._offered[name][1]) if name in self._offered else {}
        words = [known.get(one, one) for one in codes]
        return words[0] if len(words) == 1 else say("children.chip.several", first=words[0], n=len(words) - 1)

    def _show(self) -> None:
        """Show the chips; the focus stays in the row."""
        held = next((name for name, one in self.chips.items() if one.hasFocus()), "")
        while (item := self._flow.takeAt(0)) is not None:
            if item.widget() in self.chips.values():
                item.widget().hide()
                item.widget().deleteLater()
        self.chips = {name: self._chip(name, codes) for name, codes in self._where.items()}
        for chip in self.chips.values():
            chip.show()
        for widget in (*self._first, *self.chips.values(), self.add):
            self._flow.addWidget(widget)
        self._flow.invalidate()
        self._flow.activate()
        for before, after in pairwise((*self._stops, *self.chips.values(), self.add)):
            QWidget.setTabOrder(before, after)
        if held:
            self.chips.get(held, self.add).setFocus(Qt.FocusReason.OtherFocusReason)
        self.updateGeometry()

    def _chip(self, name: str, codes: Sequence[str]) -> FilterChip:
        chip = FilterChip(self._title(name), self, name=f"where_{name}")
        chip.set_value(self._value(name, codes))
        chip.clicked.connect(lambda: self._pop(self._menu(name), self.chips[name]))
        chip.cleared.connect(lambda: self._put(name, ()))
        return chip

    def open_menu(self) -> None:
        """Open the menu of conditions."""
        menu = QMenu(self)
        for name, (title, _values) in self._offered.items():
            inner = self._menu(name)
            inner.setTitle(title)
            inner.setParent(menu, inner.windowFlags())
            menu.addMenu(inner)
        self._pop(menu, self.add)

    def _menu(self, name: str) -> QMenu:
        menu, chosen = TickMenu(self), self._where.get(name, ())
        menu.setProperty("several", True)
        for code, words in self._offered[name][1] if name in self._offered else ():
            action = QAction(words.replace("&", "&&"), menu)
            action.setCheckable(True)
            action.setChecked(code in chosen)
            action.triggered.connect(lambda on, code=code: self._tick(name, code, on=on))
            menu.addAction(action)
        return menu

    def _pop(self, menu: QMenu, under: QWidget) -> None:
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if menu.actions():
            menu.setActiveAction(menu.actions()[0])
        menu.popup(under.mapToGlobal(QPoint(0, under.height() + 4)))

    def _tick(self, name: str, code: str, *, on: bool) -> None:
        rest = tuple(one for one in self._where.get(name, ()) if one != code)
        self._put(name, (*rest, code) if on else rest)

    def _put(self, name: str, codes: Sequence[str]) -> None:
        self._where.pop(name, None) if not codes else self._where.update({name: tuple(codes)})
        self._show()
        self.changed.emit()
