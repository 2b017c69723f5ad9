"""The card of an answer read from a file: what each line changes, from → to, with what is remarked beside it.

Rules. Nothing is written here. What nobody has to look at is taken; what is asked about waits until a person says so;
what cannot be stored is told and never taken. Space takes the rows chosen or leaves them, F8 goes to the next that
waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal

from cbdesk.words import say
from ui.lists.cells import Cell, Chip, Mark
from ui.lists.table import Column
from ui.quality.signed import SignedOn
from ui.reading.tabbed import TabbedRows

CHANGE, LOOK, SAME, NO_ID, MISSING = "change", "look", "same", "no_id", "missing"
TABS = ((CHANGE, "checkmark_circle", "ngoc"), (LOOK, "warning", "nghe"), (SAME, "checkmark", "ink2"),
        (NO_ID, "person_question_mark", "ink2"), (MISSING, "clock", "ink2"))  # fmt: skip
SHORT = frozenset({SAME, NO_ID, MISSING})
"""Tabs of whole lines: nothing of them changes."""


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One field of one line as answered, or a whole line of which nothing changes.

    ``level`` is that of the gravest remark: ``ask`` waits for a person, ``stop`` cannot be taken. ``news`` is a whole
    line that is written although nothing of the child changes: the police confirmed it.
    """

    id: str
    number: int
    name: str
    kind: str
    field: str = ""
    title: str = ""
    old: str = ""
    new: str = ""
    level: str = ""
    remark: str = ""
    news: bool = False


class AnswerCard(TabbedRows):
    """Tabs over one table."""

    opened = Signal(int)
    """A line is to be keyed by hand."""

    def __init__(self) -> None:
        super().__init__(TABS, self._columns(), lambda row: str(row.number), words="quality_page",
                         label=say("quality_page.answer_title"), name="answer")  # fmt: skip
        self._taken: set[str] = set()
        self.table.opened.connect(lambda row: self.opened.emit(row.number))
        self.signed = SignedOn()
        self.foot.addSpacing(8)
        self.foot.addWidget(self.signed)

    def _columns_of(self, code: str) -> Sequence[str]:
        return ["remark"] if code in SHORT else []

    def _waits(self) -> tuple[str, list[str]]:
        """Rows that are asked about and not taken."""
        return LOOK, [row.id for row in self._rows[LOOK] if row.level == "ask" and row.id not in self._taken]

    def _columns(self) -> list[Column]:
        head = lambda name: say(f"quality_page.column.{name}")  # noqa: E731
        return [
            Column("no", head("line"), 34, lambda row: Cell(str(row.number), "ink3"), right=True, fixed=True),
            Column("name", say("children.column.name"), 172, lambda row: Cell(row.name or say("children.unnamed"),
                   "ink" if row.name else "ink3", "medium"), fixed=True),
            Column("field", head("field"), 156, lambda row: Cell(row.title, "ink2")),
            Column("old", head("old"), 138,
                   lambda row: Cell(row.old or say("ui.empty"), "ink2" if row.old else "ink3")),
            Column("new", head("new"), 138, self._new),
            Column("remark", head("remark"), 120, self._remark, stretch=True, fixed=True),
        ]  # fmt: skip

    def _new(self, row: AnswerRow) -> Cell:
        taken = row.id in self._taken
        return Cell(row.new, "ink" if taken else "ink3", "strong" if taken else "body")

    def _remark(self, row: AnswerRow) -> Cell:
        if row.kind in SHORT:
            return Cell(row.remark, "ink3")
        taken = row.id in self._taken
        if row.level == "stop":
            return Cell(row.remark, "gach", marks=(Mark("error_circle", "gach", say("quality_page.cannot")),))
        chips = () if taken else (Chip(say("quality_page.left"), "nghe" if row.level == "ask" else "neutral"),)
        marks = (Mark("checkmark_circle", "ngoc", say("quality_page.taken")),) if taken else (
            Mark("warning", "ngheMark", say("quality_page.waits")),) if row.level == "ask" else ()  # fmt: skip
        return Cell(row.remark, "ink3" if taken else "nghe", chips=chips, marks=marks)

    # rows

    def show_rows(self, rows: Sequence[AnswerRow]) -> None:
        """Show an answer; what need not be looked at is taken."""
        self._taken = {row.id for row in rows if row.kind == CHANGE}
        self._fill({code: [row for row in rows if row.kind == code] for code, *_ in TABS})
        first = next((code for code in (LOOK, CHANGE, SAME, NO_ID, MISSING) if self._rows[code]), CHANGE)
        self.show_tab(first)

    def taken(self) -> frozenset[str]:
        """Return the rows to be written."""
        return frozenset(self._taken)

    def lines(self) -> int:
        """Return how many lines would be written."""
        every = [row for rows in self._rows.values() for row in rows]
        return len({row.number for row in every if row.id in self._taken or row.news})

    # deciding

    def toggle(self) -> None:
        """Take the rows chosen, or leave them."""
        rows = [row for row in self.table.chosen() if row.kind in (CHANGE, LOOK) and row.level != "stop"]
        if not rows:
            return
        chosen = {row.id for row in rows}
        self._taken = self._taken - chosen if chosen <= self._taken else self._taken | chosen
        self._retaken()

    def _show_row(self, row: AnswerRow | None) -> None:
        can = row is not None and row.kind in (CHANGE, LOOK) and row.level != "stop"
        self.toggle_button.setVisible(can)
        if row is None:
            self.detail.say("")
        elif row.kind in SHORT:
            self.detail.say(say("quality_page.at_line", n=row.number, words=row.remark))
        else:
            self.toggle_button.say(say("quality_page.leave" if row.id in self._taken else "quality_page.take"))
            old = row.old or say("ui.empty")
            words = say("quality_page.from_to", title=row.title, old=old, new=row.new)
            self.detail.say(say("quality_page.at_line", n=row.number, words=words))
        self.more.say(row.remark if row is not None and row.kind not in SHORT else "")
