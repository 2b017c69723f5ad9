"""The foot of the results: all of the row one is at, and the answers as buttons with their keys.

Rules. What an update would change is listed whole, before and after; the list can be walked by keys. Nothing here
decides: the buttons give the answer the keys give.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cbdesk.desk import Fate
from cbdesk.words import say
from ui import theme
from ui.lists.cells import PAD, Cell
from ui.lists.filterbar import plain
from ui.lists.table import Column, QuietTable
from ui.parts import Button, Label
from ui.reading import told
from ui.reading.draft import ALIKE, FIX, Draft, tab_of

CELLS, CHANGE_HIGH = 12, 26
Change = tuple[str, str, str]


class Changes(QuietTable):
    """What an update would change: field, what the register says, what it would say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        columns = [
            Column("field", "", 132, lambda one: Cell(one[0], "ink3", "note")),
            Column("from", "", 100, lambda one: Cell(one[1] or f"({say('ui.empty')})", "ink2", "note"), stretch=True),
            Column("to", "", 100, lambda one: Cell(f"→ {one[2]}", "ngoc", "label"), stretch=True),
        ]
        super().__init__(columns, lambda one: str(one[0]), parent, label=say("reading.changes"), name="changes")
        self.horizontalHeader().hide()
        self._most = 4

    def show_changes(self, changes: Sequence[Change], most: int) -> None:
        """Show changes, at most so many lines at a time."""
        self._most = most
        self.set_rows(changes)
        self.setVisible(bool(changes))
        self._restyle()

    def _restyle(self) -> None:
        super()._restyle()
        high = theme.px(CHANGE_HIGH)
        self.verticalHeader().setDefaultSectionSize(high)
        self.setFixedHeight(high * max(1, min(getattr(self, "_most", 1), len(self.rows()))))


class RowDetail(QWidget):
    """The foot. ``answered`` carries a code, ``toggled`` leaves out or takes in, ``export_wanted`` is for Excel."""

    answered = Signal(str)
    toggled = Signal()
    export_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 7, 0, 6)
        outer.setSpacing(1)
        column = QVBoxLayout()
        column.setContentsMargins(PAD, 0, PAD, 0)
        column.setSpacing(1)
        self.first = Label("", "note", "ink2", elide=True, name="row_detail")
        self.second = Label("", "small", "ink3", elide=True, name="row_more")
        self.changes = Changes()
        for part in (self.first, self.second):
            column.addWidget(part)
        outer.addLayout(column)
        outer.addWidget(self.changes)
        outer.addLayout(self._buttons())

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(PAD, 0, PAD, 0)
        row.setSpacing(16)
        self.answer_buttons = [Button("", "link", key=str(n), name=f"answer_{n}") for n in (1, 2, 3)]
        for button in self.answer_buttons:
            button.clicked.connect(lambda _on=False, button=button: self.answered.emit(button.property("code")))
            row.addWidget(button)
        self.leave_button = Button("", "link", key="Space", name="leave_out")
        self.leave_button.clicked.connect(self.toggled)
        self.export_button = Button("", "link", icon="table", key="Ctrl E", name="export_refused")
        self.export_button.clicked.connect(self.export_wanted)
        row.addWidget(self.leave_button)
        row.addStretch(1)
        row.addWidget(self.export_button)
        return row

    def show_row(self, draft: Draft | None, fate: Fate | None, *, refused: int, most: int) -> None:
        """Show one row (or none) of a draft; ``refused`` rows of the tab can go to Excel."""
        first, second = _words(draft, fate) if draft is not None and fate is not None else ("", "")
        self.first.say(first)
        self.second.say(second)
        self.second.setVisible(bool(second))
        alike = fate is not None and tab_of(fate) == ALIKE
        self.changes.show_changes(fate.changes if fate is not None and alike else (), most)
        self.export_button.setVisible(refused > 0)
        self.export_button.say(say("reading.export", n=plain(refused)))
        self._show_answers(fate)

    def _show_answers(self, fate: Fate | None) -> None:
        given = told.answers(fate) if fate is not None else ()
        shown = given if fate is not None and tab_of(fate) != ALIKE else ()  # those of a look-alike stand in its row
        for at, button in enumerate(self.answer_buttons):
            button.setVisible(at < len(shown))
            if at < len(shown):
                button.say(shown[at].words, key="Enter" if at == 0 else str(shown[at].digit))
                button.setProperty("code", shown[at].code)
        leave = fate is not None and not given and told.can_leave_out(fate)
        self.leave_button.setVisible(leave)
        if fate is not None and leave:
            self.leave_button.say(say("reading.take_in" if fate.decision == "skip" else "reading.leave_out"))


def _words(draft: Draft, fate: Fate) -> tuple[str, str]:
    """Return the two lines of a row."""
    several = len(draft.plan.charsets) > 1
    where = say("reading.at_sheet_row" if several else "reading.at_row", sheet=fate.row.sheet, row=fate.row.row_number)
    letters = told.letters(draft, fate)
    if tab_of(fate) == ALIKE:
        other, _ = told.other_of(fate)
        parts = (told.other_name(other), told.facts(other))
        return f"{where} {_likeness(fate)}", f"{', '.join(one for one in parts if one)}. {_update(fate)}"
    notes = told.notes_of(fate)
    if tab_of(fate) == FIX:
        cells = [f"{head}: {text}" for head, text in fate.row.cells if text][:CELLS]
        return f"{where} {told.sentence(fate)}", "; ".join([*cells, letters] if letters else cells)
    first = told.sentence(fate) or (notes[0] if notes else say("reading.plain"))
    return f"{where} {first}", " ".join(one for one in (*notes, letters) if one and one != first)


def _likeness(fate: Fate) -> str:
    other, score = told.other_of(fate)
    reasons = next((like.text for one, like in zip(fate.others, fate.likeness, strict=True) if one is other), "")
    more = say("reading.more_alike", n=len(fate.others) - 1) if len(fate.others) > 1 else ""
    return say("reading.alike_why", n=score, reasons=reasons) + more


def _update(fate: Fate) -> str:
    if not fate.changes:
        return say("reading.no_change")
    return say("reading.will_change" if fate.decision == "update" else "reading.would_change", n=len(fate.changes))
