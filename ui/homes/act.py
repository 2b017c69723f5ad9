"""One action on households, villages or absences, asked for in a card beside the list: a few answers, a list to tick.

Rules. Nothing is written before the verb's button (Ctrl S) is pressed, and every action can be taken back. A missing
answer is said under its field and gets the focus. Enter goes on, Esc closes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from cbdesk import clock, dates
from cbdesk.words import say
from ui import theme
from ui.parts import Button, Card, Label, Labelled, LineField, ListField, SectionTitle
from ui.quality.ticklist import Tick, TickList

TEXT, DATE, CHOICE = "text", "date", "choice"
TICKS = "ticks"
MOST = 8
"""Lines of a list to tick that are shown without scrolling."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One answer of an action; ``value`` is what stands there at first, a day as ISO, a choice as its code."""

    name: str
    label: str
    kind: str = TEXT
    value: str = ""
    required: bool = True
    options: Sequence[tuple[str, str]] = ()
    note: str = ""


class _Line(LineField):
    """A line whose Enter goes on."""

    onward = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on; everything else is typing."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.onward.emit()
        else:
            super().keyPressEvent(event)


class ActCard(Card):
    """The card. ``done`` carries the answers by name, dates as ISO, and ``ticks``: the codes ticked."""

    done = Signal(dict)
    closed = Signal()

    def __init__(
        self, title: str, verb: str, asks: Sequence[Ask], *, note: str = "",
        ticks: tuple[str, Sequence[Tick]] | None = None, on: Iterable[str] = (), least: int = 0, name: str,
        key: str = "Ctrl S",
    ) -> None:  # fmt: skip
        super().__init__(padding=14, spacing=10, name=name)
        self._asks, self._least = tuple(asks), least
        self.fields: dict[str, LineField | ListField] = {}
        self.rooms: dict[str, Labelled] = {}
        self.body.addWidget(SectionTitle(title))
        if note:
            self.body.addWidget(Label(note, "note", "ink2", wrap=True))
        for ask in asks:
            self._add(ask)
        self.ticks: TickList | None = None
        self.count = Label("", "small", "ink3", wrap=True, name=f"{name}_count")
        if ticks is not None:
            self._add_ticks(*ticks, on)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.verb = Button(verb, "secondary", icon="save", key=key, name=f"{name}_do")
        self.verb.clicked.connect(self.submit)
        self.stop = Button(say("ui.close"), "quiet", key="Esc", name=f"{name}_close")
        self.stop.clicked.connect(self.closed)
        row.addWidget(self.verb)
        row.addWidget(self.stop)
        row.addStretch(1)
        self._buttons = row
        self.body.addLayout(row)
        if ticks is None:
            self.body.addStretch(1)

    def _add(self, ask: Ask) -> None:
        field: LineField | ListField
        if ask.kind == CHOICE:
            field = ListField(label=ask.label, name=f"act_{ask.name}")
            field.fill(ask.options)
            field.set_value(ask.value or None)
        else:
            field = _Line(label=ask.label, icon="calendar_ltr" if ask.kind == DATE else "", name=f"act_{ask.name}")
            field.setText(dates.show_date(ask.value) if ask.kind == DATE else ask.value)
            field.onward.connect(lambda name=ask.name: self._onward(name))
            field.textEdited.connect(lambda _text, name=ask.name: self.rooms[name].say())
        room = Labelled(ask.label, field, required=ask.required, note=ask.note, name=f"act_{ask.name}")
        self.fields[ask.name], self.rooms[ask.name] = field, room
        self.body.addWidget(room)

    def put(self, widget: QWidget, last: QWidget | None = None) -> None:
        """Put a part of one's own above the buttons; ``last`` of it is where Tab leaves it."""
        at = next(at for at in range(self.body.count()) if self.body.itemAt(at).layout() is self._buttons)
        self.body.insertWidget(at, widget)
        QWidget.setTabOrder(last or widget, self.verb)
        QWidget.setTabOrder(self.verb, self.stop)

    def _add_ticks(self, label: str, lines: Sequence[Tick], on: Iterable[str]) -> None:
        self.ticks = TickList(label, name="act_ticks")
        self.ticks.show_ticks(lines, on)
        self.ticks.changed.connect(self._tell_count)
        self.ticks.setMinimumHeight(theme.px(30) * min(MOST, max(2, len(lines))))
        self.body.addWidget(Label(label, "label", "ink2"))
        self.body.addWidget(self.ticks, 1)
        self.body.addWidget(self.count)
        self._tell_count()

    def _tell_count(self) -> None:
        if self.ticks is not None:
            self.count.say(say("homes.ticked", n=len(self.ticks.chosen()), all=len(self.ticks.ticks.lines)))
            self.count.tone("ink3")

    def focus(self) -> None:
        """Focus the first answer that is empty, else the first."""
        empty = [one for one in self._asks if not self._written(one)]
        chosen = (empty or self._asks)[0] if self._asks else None
        target: QWidget | None = self.fields[chosen.name] if chosen else self.ticks
        if target is not None:
            target.setFocus(Qt.FocusReason.TabFocusReason)

    def _onward(self, name: str) -> None:
        names = [one.name for one in self._asks]
        after = names[names.index(name) + 1 :]
        target: QWidget | None = self.fields[after[0]] if after else self.ticks or self.verb
        if target is not None:
            target.setFocus(Qt.FocusReason.TabFocusReason)

    def _written(self, ask: Ask) -> str:
        field = self.fields[ask.name]
        return (field.value() or "") if isinstance(field, ListField) else field.text().strip()

    def submit(self) -> None:
        """Say what is missing, or give the answers."""
        answers: dict[str, Any] = {}
        for ask in self._asks:
            value, wrong = self._read(ask)
            if wrong:
                self.rooms[ask.name].say("stop", wrong)
                self.fields[ask.name].setFocus(Qt.FocusReason.OtherFocusReason)
                return
            answers[ask.name] = value
        if self.ticks is not None:
            answers[TICKS] = self.ticks.chosen()
            if len(answers[TICKS]) < self._least:
                self.count.say(say("homes.tick_more", n=self._least))
                self.count.tone("gach")
                self.ticks.setFocus(Qt.FocusReason.OtherFocusReason)
                return
        self.done.emit(answers)

    def _read(self, ask: Ask) -> tuple[str, str]:
        """Return an answer as it is stored, and what is wrong with it."""
        written = self._written(ask)
        if not written:
            return "", say("finding.missing", label=ask.label) if ask.required else ""
        if ask.kind != DATE:
            return written, ""
        found = dates.read_date(written, clock.today(), future=True)
        return (found.value, "") if found.value else ("", say("finding.not_a_date"))


