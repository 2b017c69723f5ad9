"""A page of registers in parts: the choice of a part at the left, its lists at the right, a year or period in between.

Rules. One part is shown at a time; Alt 1 … goes to one, F6 between the choice and the lists, Alt ← → to another period.
A row that is open when another part is chosen closes, and what was typed in it waits there. Sums stand under a list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from cbdesk.words import say
from ui import theme
from ui.duty.registers import Found, ListSpec, RegisterPage
from ui.duty.totals import Sum, Totals
from ui.lists.cells import Cell
from ui.lists.table import Column, QuietTable
from ui.paper import periods
from ui.parts import Card, Hint, IconButton, Labelled, ListField

INDENT = "\u2002"
LEFT = 280
"""Room for the names of benefits."""


@dataclass(frozen=True, slots=True)
class Part:
    """A line of the choice: its name, words, how many there are ("" says nothing), and the forms of its lists."""

    name: str
    words: str
    count: str = ""
    forms: tuple[str, ...] = ()
    strong: bool = False
    under: bool = False
    """It is a part of the one above it."""


class PeriodStep(QWidget):
    """A period to choose, with a button to the one before and the one after; ``went`` carries its code."""

    went = Signal(str)

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.earlier = IconButton("chevron_left", say("reports.earlier"), side=34, name="earlier")
        self.later = IconButton("chevron_right", say("reports.later"), side=34, name="later")
        self.choice = ListField(label=label, name="period")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for widget in (self.earlier, self.choice, self.later):
            row.addWidget(widget)
        for button, step in ((self.earlier, -1), (self.later, 1)):
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            button.clicked.connect(partial(self.step, step))
        self._codes: list[str] = []
        self.choice.currentIndexChanged.connect(lambda _at: self._chosen())

    def offer(self, periods: Sequence[tuple[str, str]], chosen: str) -> None:
        """Offer periods, the latest first, without saying that one was chosen."""
        self._codes = [code for code, _ in periods]
        self.choice.blockSignals(True)
        self.choice.fill(list(periods))
        self.choice.set_value(chosen)
        self.choice.blockSignals(False)
        self._mind_buttons()

    def value(self) -> str:
        """Return the period shown."""
        return self.choice.value() or ""

    def step(self, step: int) -> None:
        """Go to a later period of the same kind with 1, to an earlier one with -1."""
        if self.value():
            self.choice.set_value(periods.neighbour(self.value(), self._codes, step))

    def _chosen(self) -> None:
        self._mind_buttons()
        self.went.emit(self.value())

    def _mind_buttons(self) -> None:
        here = self.value()
        self.later.setEnabled(periods.neighbour(here, self._codes, 1) != here)
        self.earlier.setEnabled(periods.neighbour(here, self._codes, -1) != here)


class PartChoice(Card):
    """The card at the left: the period, the parts, and what a page adds under them (``foot``)."""

    def __init__(self, head: str, period: str, name: str) -> None:
        super().__init__(padding=0, spacing=8, name=name)
        self.body.setContentsMargins(1, 12, 1, 12)
        self.period = PeriodStep(period)
        self.period_field = inset(Labelled(period, self.period))
        self.body.addWidget(self.period_field)
        columns = [
            Column("words", head, 120, lambda one: Cell(f"{INDENT}{one.words}" if one.under else one.words,
                                                     "ink2" if one.under else "ink",
                                                     "medium" if one.strong else "body"), stretch=True),
            Column("count", "", 44, lambda one: Cell(one.count, "ink" if one.count != "0" else "ink3",
                                                     "medium" if one.strong else "body"), right=True),
        ]  # fmt: skip
        self.parts = QuietTable(columns, lambda one: one.name, self, label=head, name="parts")
        self.body.addWidget(self.parts, 1)
        self.foot = QVBoxLayout()
        self.foot.setSpacing(4)
        self.foot.setContentsMargins(15, 0, 15, 0)
        self.body.addLayout(self.foot)

    def fit(self, room: int) -> None:
        """Take the width the page can spare."""
        self.setFixedWidth(min(theme.px(LEFT), max(LEFT, room * 3 // 10)))


class PartsPage(RegisterPage):
    """Base of such a page. A subclass gives also ``parts`` and ``period_label``, and may give ``sums``."""

    period_label = ""
    """Key of the words over the period."""

    def parts(self, found: Found | None) -> Sequence[Part]:
        """Return the parts, with what was read once there is something; the first is shown at the beginning."""
        raise NotImplementedError

    def periods(self, found: Found | None) -> Sequence[tuple[str, str]]:
        """Return the periods to choose from, the latest first, as (code, words)."""
        raise NotImplementedError

    def first_period(self) -> str:
        """Return the period shown at the beginning."""
        raise NotImplementedError

    def sums(self, form: str, found: Found) -> Sequence[Sum]:
        """Return the figures under a list."""
        return ()

    # building

    def lay_out(self) -> None:
        """Put the choice beside the lists."""
        self.period = self.first_period()
        self._parts = {one.name: one for one in self.parts(None)}
        self.part = next(iter(self._parts))
        self.choice = PartChoice(self._say("parts"), say(self.period_label), f"{self.name}_choice")
        self.choice.period.offer(self.periods(None), self.period)
        self.choice.period.went.connect(self._to)
        self.choice.parts.set_rows(list(self._parts.values()))
        self.choice.parts.choose(self.part)
        self.choice.parts.moved.connect(lambda one: self.show_part(one.name) if one is not None else None)
        self.choice.parts.opened.connect(lambda _one: self.go_in())
        self.content = QWidget()
        row = QHBoxLayout(self.content)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.choice)
        self.right = QVBoxLayout()
        self.right.setSpacing(12)
        self.right.addWidget(self._scroll, 1)
        row.addLayout(self.right, 1)
        self.body.addWidget(self.content, 1)
        self._mind_cards()

    def _card(self, spec: ListSpec, number: int) -> Card:
        first = {one.forms[0] for one in self.parts(None) if one.forms}
        card = super()._card(spec, 1 if spec.form in first else 2)
        totals = Totals(name=f"sums_{spec.form}")
        card.body.addWidget(totals)
        self.cards = {**getattr(self, "cards", {}), spec.form: card}
        self.totals = {**getattr(self, "totals", {}), spec.form: totals}
        return card

    # the parts

    def forms(self) -> tuple[str, ...]:
        """Return the forms of the part shown."""
        return self._parts[self.part].forms if self.part in self._parts else ()

    def show_part(self, name: str) -> None:
        """Show a part; a row open in another one closes, its draft stays."""
        if name == self.part or name not in self._parts:
            return
        self.part = name
        for form, table in self.tables.items():
            if form not in self.forms():
                table.close_panel()
        self._mind_cards()
        self.choice.parts.choose(name)
        self.part_shown()
        self.shell.refresh()

    def part_shown(self) -> None:
        """Another part is shown."""

    def _mind_cards(self) -> None:
        forms = self.forms()
        for form, card in self.cards.items():
            card.setVisible(form in forms)
        if forms and self._here not in forms:
            self._here = forms[0]

    def go_in(self) -> None:
        """Put the focus into the lists of the part."""
        self.go_list(self._here)

    def go_list(self, form: str) -> None:
        """Show the part a list stands in, and put the focus there."""
        part = next((one.name for one in self._parts.values() if form in one.forms), self.part)
        self.show_part(part)
        super().go_list(form if form in self.forms() else next(iter(self.forms()), ""))

    def _other_pane(self) -> None:
        if self.choice.parts.hasFocus():
            self.go_in()
        else:
            self.choice.parts.setFocus(Qt.FocusReason.OtherFocusReason)

    # the period

    def _to(self, period: str) -> None:
        if period and period != self.period:
            self.period = period
            self.load()

    # the page base

    def hints(self) -> Sequence[Hint]:
        """Return the keys of the lists, with those of the parts."""
        if self.layer is not None or self.open_table() is not None:
            return super().hints()
        found = list(super().hints())
        return [*found[:4], Hint(f"Alt|1–{len(self._keyed())}", say("duties.hint.list")),
                Hint("Alt|←|→", say("shell.hint.change_period"))]  # fmt: skip

    def _keyed(self) -> Sequence[Part]:
        return list(self._parts.values())[:7]

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        own = {name: run for name, run in super().handlers().items() if not name.startswith("section_")}
        if self.layer is not None:
            return own
        own |= {f"section_{n}": partial(self.go_part, one.name) for n, one in enumerate(self._keyed(), 1)}
        return own | {
            "next_pane": self._other_pane, "previous_pane": self._other_pane,
            "step_back": partial(self.choice.period.step, -1), "step_forward": partial(self.choice.period.step, 1),
        }  # fmt: skip

    def go_part(self, name: str) -> None:
        """Show a part and put the focus into it."""
        self.show_part(name)
        self.go_in()

    def shaped(self, shape: str) -> None:
        """One column of fields where there is little room."""
        super().shaped(shape)
        self.choice.fit(self.width())

    def before_rows(self, found: Found) -> None:
        """Tell the parts how many rows they have, and the lists their sums."""
        self._parts = {one.name: one for one in self.parts(found)}
        self.choice.period.offer(self.periods(found), self.period)
        self.choice.parts.blockSignals(True)
        self.choice.parts.set_rows(list(self._parts.values()))
        self.choice.parts.blockSignals(False)
        if self.part not in self._parts:
            self.show_part(next(iter(self._parts)))
        self.choice.parts.choose(self.part)
        for form, totals in self.totals.items():
            totals.show_sums(self.sums(form, found))


def inset(widget: QWidget) -> QWidget:
    """Return a widget with the card's margin at both sides; the table between goes to the edge."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(15, 0, 15, 0)
    column.addWidget(widget)
    return holder
