"""What stands beside carrying: the history of bundles, and the results of taking files in, in sentences.

Rules. Every result is a sentence, also when all is well; a refusal says what happened, what is safe, what next, and its
number. File names carry no person, so they may be shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cbdesk import dates
from cbdesk.desk import Desk, Received
from cbdesk.words import say
from ui.lists.cells import Cell, Chip
from ui.lists.filterbar import plain
from ui.lists.table import Column, QuietTable, TablePanel
from ui.parts import Button, Card, EmptyState, IconText, Label, Scroller, SectionTitle

STATES = {
    "confirmed": ("ngoc", "checkmark_circle"), "waiting": ("nghe", "clock"), "posted": ("nghe", "cloud"),
    "superseded": ("neutral", "arrow_right"),
}  # fmt: skip
RESULTS = {
    "accepted": ("checkmark_circle", "ngoc"), "merged": ("checkmark_circle", "ngoc"), "already": ("info", "ink2"),
    "gap": ("warning", "nghe"), "refused": ("error_circle", "gach"),
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """One result: icon, colour, file, sentence, what next, where the acknowledgement went, what differs now."""

    icon: str
    ink: str
    file: str
    words: str
    next: str = ""
    ack: str = ""
    conflicts: int = 0


def read_results(desk: Desk, found: Sequence[Received]) -> list[Told]:
    """Put results into sentences; runs on the desk's thread."""
    neighbours = {one.node for one in desk.neighbours()}
    names = {one.node: desk.peer_name(one) for one in (*desk.peers(), *desk.neighbours())}
    held, unknown = int(desk.status()["acked_to"]), say("carry.receive.unknown")
    return [_told(one, names.get(one.sender or "", unknown), 0 if one.sender in neighbours else held) for one in found]


def _told(one: Received, name: str, held: int) -> Told:
    icon, ink = RESULTS.get(one.result, RESULTS["refused"])
    ack = say("carry.receive.ack", name=Path(one.ack).name) if one.ack else ""
    file = Path(one.file).name
    if one.problem is not None and one.result == "refused":
        problem = one.problem
        more = say("carry.receive.refused_next", safe=problem.safe, next=problem.next, number=problem.number)
        return Told(icon, ink, file, say("carry.receive.refused", what=problem.what), more, ack)
    if one.result == "accepted":
        key = "accepted" if held else "accepted_plain"
        return Told(icon, ink, file, say(f"carry.receive.{key}", name=name, n=plain(held)), "", ack)
    if one.result != "merged":
        return Told(icon, ink, file, say(f"carry.receive.{one.result}", name=name), "", ack)
    care = [say(f"carry.receive.{key}", n=one.counts[key]) for key in ("conflicts", "quarantined", "forks")
            if one.counts.get(key)]  # fmt: skip
    new = plain(one.counts.get("new", 0))
    if not care:
        return Told(icon, ink, file, say("carry.receive.merged", n=new, name=name), "", ack)
    words = say("carry.receive.merged_care", n=new, name=name, care="; ".join(care).capitalize() + ".")
    return Told("warning", "nghe", file, words, "", ack, int(one.counts.get("conflicts", 0)))


class Results(Card):
    """The list of results. ``decide_wanted`` asks for what two people wrote, where a result brought such."""

    decide_wanted = Signal()

    def __init__(self, parent: QWidget | None = None, *, more: str = "") -> None:
        super().__init__(parent, name="results")
        self._title = SectionTitle(say("carry.receive.results"))
        self.body.addWidget(self._title)
        self._empty = QWidget()
        column = QVBoxLayout(self._empty)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(Label(say("carry.receive.none_yet"), "medium", "ink2", wrap=True))
        column.addWidget(Label(more or say("carry.receive.none_yet_more"), "note", "ink3", wrap=True))
        column.addStretch(1)
        self._scroll = Scroller(spacing=10)
        self._scroll.hide()
        self.body.addWidget(self._empty, 1)
        self.body.addWidget(self._scroll, 1)
        self._shown: list[Told] = []

    def show_results(self, results: Sequence[Told]) -> None:
        """Put new results on top of those shown."""
        self._shown = [*results, *self._shown][:200]
        body = self._scroll.body
        for told in reversed(results):
            body.insertWidget(0, self._line(told))
        if body.count() == len(results):
            body.addStretch(1)
        self._title.facts.say(say("carry.receive.done", n=len(self._shown)))
        self._empty.setVisible(not self._shown)
        self._scroll.setVisible(bool(self._shown))
        self._scroll.verticalScrollBar().setValue(0)

    def _line(self, told: Told) -> QWidget:
        made = _line(told)
        if told.conflicts:
            decide = Button(say("carry.receive.decide"), "link", icon="branch_compare", name="decide_conflicts")
            decide.clicked.connect(self.decide_wanted)
            column = made.layout()
            assert isinstance(column, QVBoxLayout)
            column.addLayout(_indented(decide))
        return made

    def shown(self) -> list[Told]:
        """Return the results shown, newest first."""
        return self._shown


def _line(told: Told) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(1)
    filled = told.ink in ("gach",)
    column.addWidget(IconText(told.icon, told.words, "ink", "labelStrong", icon_ink=told.ink, filled=filled))
    for words in (told.next, told.file, told.ack):
        if words:
            main = words == told.next
            label = Label(words, "note" if main else "small", "ink2" if main else "ink3", wrap=True)
            column.addLayout(_indented(label))
    made.setAccessibleName(" ".join(one for one in (told.words, told.next, told.file, told.ack) if one))
    return made


def _indented(widget: QWidget) -> QHBoxLayout:
    """Return a row in which a widget stands under the words of the icon line above it."""
    row = QHBoxLayout()
    row.setContentsMargins(22, 0, 0, 0)
    row.addWidget(widget)
    return row


def _state(row: Mapping[str, Any]) -> Cell:
    state = str(row["state"])
    tone, icon = STATES.get(state, ("neutral", "info"))
    return Cell(chips=(Chip(say(f"carry.history.{state}"), tone, icon),))


class History(Card):
    """The bundles written, newest first, and how far the receiver holds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, spacing=10, name="history")
        self.body.addWidget(SectionTitle(say("carry.history.title")))
        self._standing = Card(tone="ngoc", padding=12, spacing=0)
        self._holds = IconText("checkmark_circle", "", "ngoc", "labelStrong", filled=True, name="holds")
        self._more = Label("", "small", "ink2", wrap=True)
        self._standing.body.addWidget(self._holds)
        self._standing.body.addLayout(_indented(self._more))
        self.body.addWidget(self._standing)
        span = lambda row: say("carry.history.span", a=plain(row.get("from_seq", 0)), b=plain(row.get("to_seq", 0)))  # noqa: E731
        self.table = QuietTable(
            [
                Column("no", say("carry.history.no"), 42, lambda row: Cell(str(row["no"]), role="strong")),
                Column("day", say("carry.history.day"), 60, lambda row: Cell(_day(row), "ink2")),
                Column("count", say("carry.history.count"), 66, lambda row: Cell(
                    plain(row.get("changes", 0)), "ink2", second=span(row)), right=True),
                Column("state", say("carry.history.state"), 120, _state, stretch=True),
            ],
            lambda row: str(row["no"]), label=say("carry.history.title"), name="history_table",
        )  # fmt: skip
        self.panel = TablePanel(self.table, plain=True)
        self.body.addWidget(self.panel, 1)
        self._none = EmptyState(say("carry.history.empty"))

    def show_bundles(self, bundles: Sequence[Mapping[str, Any]], status: Mapping[str, Any]) -> None:
        """Show bundles and the standing of the chain."""
        shown = [one for one in bundles if one["state"] != "ack"]
        last = next((one for one in shown if one["state"] == "confirmed"), None)
        held = int(status["acked_to"] or (last or {}).get("to_seq") or 0)
        if held:
            self._holds.say(say("carry.history.holds", n=plain(held)))
            self._more.say(say("carry.history.holds_more", day=dates.show_date(str(status["acked_at"] or "")[:10])))
        else:
            self._holds.say(say("carry.history.never"), "clock", "nghe", filled=False)
            self._more.say(say("carry.history.never_more"))
        self._standing.tone("ngoc" if held else "nghe")
        if held:
            self._holds.say(say("carry.history.holds", n=plain(held)), "checkmark_circle", "ngoc", filled=True)
        self.table.set_rows(shown)
        if shown:
            self.panel.show_rows()
        else:
            self.panel.show_empty(self._none)


def _day(row: Mapping[str, Any]) -> str:
    at = str(row["at"])
    return f"{at[8:10]}/{at[5:7]}"
