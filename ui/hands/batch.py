"""Which papers are keyed again, and which of their fields: the beginning of a second keying."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cbdesk import clock, dates
from cbdesk.desk.second import USUAL, keyable
from cbdesk.words import say
from ui.form.grid import Flow
from ui.lists.filterbar import plain
from ui.parts import Card, Checkbox, EmptyState, Label, Radio, Scroller, SectionTitle

Days = Sequence[tuple[str, tuple[str, ...]]]


class BatchCard(Card):
    """Offers the children chosen in the list, or those added on one day, and the fields to key."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__(name="second_batch")
        self._offered: list[tuple[Radio, tuple[str, ...]]] = []
        scroller = Scroller(name="second_batch_scroll")
        scroller.body.setContentsMargins(3, 0, 12, 0)
        scroller.body.setSpacing(8)
        scroller.body.addWidget(SectionTitle(say("hands.second.which")))
        self._help = Label(say("hands.second.which_help"), "note", "ink3", wrap=True)
        scroller.body.addWidget(self._help)
        self._radios = QVBoxLayout()
        self._radios.setSpacing(2)
        scroller.body.addLayout(self._radios)
        self._none = EmptyState(say("hands.second.none"), say("hands.second.none_help"), name="second_none")
        scroller.body.addWidget(self._none)
        scroller.body.addSpacing(12)
        scroller.body.addWidget(SectionTitle(say("hands.second.fields")))
        holder = QWidget()
        flow = Flow(holder, gap=18, row_gap=6)
        self._boxes: dict[str, Checkbox] = {}
        for item in keyable():
            box = Checkbox(item.label, name=f"key_{item.name}")
            box.setChecked(item.name in USUAL)
            box.toggled.connect(self.changed)
            flow.addWidget(box)
            self._boxes[item.name] = box
        scroller.body.addWidget(holder)
        scroller.body.addStretch(1)
        self.body.addWidget(scroller)

    def offer(self, days: Days, chosen: Sequence[str]) -> None:
        """Show what can be keyed again: the children chosen in the list first, then days."""
        for radio, _ in self._offered:
            self._radios.removeWidget(radio)
            radio.hide()
            radio.deleteLater()
        self._offered = []
        if chosen:
            self._add(say("hands.second.chosen", n=plain(len(chosen))), tuple(chosen))
        today = clock.today().isoformat()
        for day, ids in days:
            key = "hands.second.today" if day == today else "hands.second.day"
            self._add(say(key, day=dates.show_date(day), n=plain(len(ids))), ids)
        if self._offered:
            self._offered[0][0].setChecked(True)
        self._none.setVisible(not self._offered)
        self._help.setVisible(bool(self._offered))

    def _add(self, words: str, ids: tuple[str, ...]) -> None:
        radio = Radio(words, self, name="second_choice")
        radio.toggled.connect(self.changed)
        self._radios.addWidget(radio, 0, Qt.AlignmentFlag.AlignLeft)
        radio.show()
        self._offered.append((radio, ids))

    def ids(self) -> tuple[str, ...]:
        """Return the children of the batch chosen."""
        return next((ids for radio, ids in self._offered if radio.isChecked()), ())

    def fields(self) -> tuple[str, ...]:
        """Return the fields chosen, in the order of the form."""
        return tuple(name for name, box in self._boxes.items() if box.isChecked())

    def focus(self) -> None:
        """Focus the batch chosen, else the first field."""
        first = next((radio for radio, _ in self._offered if radio.isChecked()), next(iter(self._boxes.values())))
        first.setFocus(Qt.FocusReason.TabFocusReason)
