"""What is chosen in the grid, told: the month of a unit in a sentence, its bundle in five, what of the unit waits.

Rules. The five sentences are shown also when all is well. What is wrong says what comes next; no code has to be known.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cbdesk import dates
from cbdesk.desk.inbox import UnitRow
from cbdesk.desk.verdicts import BAD, CARE, OK, BundleTold, Verdict
from cbdesk.words import say
from ui.parts import Badge, Button, Card, IconText, Label, Scroller

ICONS = {OK: ("checkmark_circle", "ngoc"), CARE: ("warning", "nghe"), BAD: ("error_circle", "gach")}
UNSEEN = ("circle", "ink3")
OPENS = {"conflicts": "branch_compare", "aside": "warning", "notes": "comment", "enrol": "key", "behalf": "edit"}
TONES = {"on_time": "ngoc", "late": "ngoc", "behalf": "ngoc", "aside": "nghe", "partial": "nghe", "gap": "nghe",
         "held": "gach", "overdue": "gach"}  # fmt: skip
MARKS = {"on_time": "checkmark_circle", "late": "checkmark_circle", "behalf": "edit", "aside": "warning",
         "partial": "circle_half_fill", "gap": "warning", "held": "error_circle", "overdue": "clock"}  # fmt: skip


class ToldCard(Card):
    """The card. ``wanted`` carries what a button asks for: conflicts, aside, behalf, notes, enrol."""

    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, spacing=4, name="told_card")
        row = QHBoxLayout()
        row.setSpacing(8)
        self.title = Label("", "section", elide=True, name="told_title")
        self.badge = Badge("", "neutral", name="told_state")
        row.addWidget(self.title, 1)
        row.addWidget(self.badge)
        self.body.addLayout(row)
        self.facts = Label("", "note", "ink3", wrap=True, name="told_facts")
        self.body.addWidget(self.facts)
        self.scroller = Scroller(spacing=6, name="told_scroll")
        self.body.addWidget(self.scroller, 1)
        self._parts: list[QWidget] = []
        self.told: BundleTold | None = None

    def _clear(self) -> None:
        body = self.scroller.body
        for part in self._parts:
            body.removeWidget(part)
            part.hide()
            part.deleteLater()
        while body.count():
            body.takeAt(0)
        self._parts = []

    def _add(self, part: QWidget) -> None:
        self._parts.append(part)
        self.scroller.body.addWidget(part)

    def show_unit(self, row: UnitRow | None, month: str) -> None:
        """Show a month of a unit, until its bundle is read."""
        self._clear()
        self.told = None
        cell = row.cell(month) if row is not None else None
        self.title.say(row.name if row is not None else "")
        self.badge.setVisible(cell is not None)
        self.facts.setVisible(row is not None)
        if row is None or cell is None:
            return
        self.badge.say(say(f"inbox.state.{cell.state}"), TONES.get(cell.state, "neutral"), MARKS.get(cell.state, ""))
        self.facts.say(cell.words)
        self._waits(row, offers=cell.state in ("none", "overdue", "behalf"))
        self.scroller.body.addStretch(1)

    def show_bundle(self, row: UnitRow, month: str, told: BundleTold) -> None:
        """Show the bundle that brought a month, in five sentences."""
        self.show_unit(row, month)
        self._clear()
        self.told = told
        at = dates.show_stamp(told.at[:16])
        self.facts.say(say("inbox.bundle_facts", month=dates.show_date(month), at=at, file=told.file))
        for one in told.verdicts:
            self._add(_verdict(one))
        self._waits(row, offers=False)
        self.scroller.body.addStretch(1)

    def _waits(self, row: UnitRow, *, offers: bool) -> None:
        """Show what of a unit waits for a person, each with its button."""
        waits = [(name, count) for name, count in (("conflicts", row.conflicts), ("aside", row.aside + row.forks),
                                                   ("notes", row.notes)) if count]  # fmt: skip
        for name, count in waits:
            self._add(self._button(name, say(f"inbox.open.{name}", n=count)))
        if not row.devices:
            self._add(IconText("key", say("inbox.no_card"), "ink2", "note"))
            self._add(self._button("enrol", say("inbox.open.enrol")))
        elif row.silent:
            heard = dates.show_date(row.heard[:10]) if row.heard else say("inbox.never")
            self._add(IconText("clock", say("inbox.silent", heard=heard), "nghe", "note"))
        if offers:
            self._add(self._button("behalf", say("inbox.open.behalf")))

    def _button(self, name: str, words: str) -> Button:
        made = Button(words, "secondary", icon=OPENS[name], name=f"open_{name}")
        made.clicked.connect(lambda: self.wanted.emit(name))
        return made

    def sentences(self) -> Sequence[str]:
        """Return the five sentences shown."""
        return [one.words for one in self.told.verdicts] if self.told else []


def _verdict(one: Verdict) -> QWidget:
    icon, ink = ICONS.get(one.state, UNSEEN)
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(IconText(icon, one.words, "ink" if one.state in ICONS else "ink3", "labelStrong", icon_ink=ink))
    if one.more:
        row = QHBoxLayout()
        row.setContentsMargins(24, 0, 0, 0)
        row.addWidget(Label(one.more, "small", "ink3", wrap=True))
        column.addLayout(row)
    made.setAccessibleName(f"{one.words}. {one.more}" if one.more else one.words)
    return made
