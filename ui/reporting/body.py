"""The right side of the page: figures, the page as it will be printed, what is added; and the states in between.

Rules. One of them at a time. What takes long shows bars after 400 ms and can be stopped by Esc; trouble stands where
the figures would. A list apart says first why it is made. The table's panel forgets its names as soon as it is left.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from cbdesk.errors import Problem
from cbdesk.grid import Grid
from cbdesk.words import say
from ui import theme
from ui.paper.preview import PagePreview
from ui.parts import (
    Button,
    Card,
    EmptyState,
    IconButton,
    IconText,
    Label,
    Labelled,
    LineField,
    ListField,
    ProblemCard,
    Rule,
    Skeleton,
)
from ui.reporting.adding import Adding
from ui.reporting.behind import WIDE, BehindPanel
from ui.reporting.figures import FigureTable, heading

FIGURES, PAPER, ADDING = "figures", "paper", "adding"


class FiguresPane(QWidget):
    """The tables of a report, one at a time, and what is behind a figure. ``opened``: grid, row, column."""

    opened = Signal(str, str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grids: Sequence[Grid] = ()
        self.title, self._form = "", ""
        card = Card(padding=0, spacing=0, name="figures_card")
        self.back = IconButton("chevron_left", say("reports.figures.previous"), name="table_back")
        self.ahead = IconButton("chevron_right", say("reports.figures.next"), name="table_next")
        self.which = ListField(label=say("reports.figures.which"), name="which_table")
        self.which.high(theme.COMPACT)
        self.copy_button = Button(say("reports.figures.copy"), "quiet", icon="copy", key="Ctrl C", name="copy_table")
        self.notes = Label("", "small", "ink3", wrap=True, name="table_notes")
        self.table = FigureTable()
        tools = QHBoxLayout()
        tools.setContentsMargins(8, 6, 8, 6)
        tools.setSpacing(4)
        for widget in (self.back, self.ahead, self.which):
            tools.addWidget(widget, 1 if widget is self.which else 0)
        tools.addWidget(self.copy_button)
        self.tools = tools
        card.body.setContentsMargins(1, 1, 1, 4)
        card.body.addLayout(tools)
        card.body.addWidget(Rule())
        card.body.addWidget(self.table, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(14, 4, 14, 4)
        foot.addWidget(self.notes)
        card.body.addLayout(foot)
        self.panel = BehindPanel()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(card, 1)
        row.addWidget(self.panel)
        self._card = card
        self._narrow = False
        self.back.clicked.connect(lambda: self.turn(-1))
        self.ahead.clicked.connect(lambda: self.turn(1))
        self.which.currentIndexChanged.connect(lambda _at: self._show())
        self.copy_button.clicked.connect(self.table.copy)
        self.table.turned.connect(self.turn)
        self.table.opened.connect(lambda row, column: self.opened.emit(self.grid_name(), row, column))
        self.table.moved.connect(self.shut)
        self.panel.closed.connect(self.leave)

    def show_grids(self, grids: Sequence[Grid]) -> None:
        """Show the tables of a report; the one in sight stays where it is among them."""
        kept = self.which.value()
        self._grids = grids
        self.which.fill([(one.name, one.title) for one in grids])
        self.which.blockSignals(True)
        self.which.set_value(kept if any(one.name == kept for one in grids) else grids[0].name if grids else None)
        self.which.blockSignals(False)
        several = len(grids) > 1
        for widget in (self.back, self.ahead):
            widget.setVisible(several)
        self._show()

    def _show(self) -> None:
        at = self.which.currentIndex()
        grid = self._grids[at] if 0 <= at < len(self._grids) else None
        self.shut()
        self.table.show_grid(grid)
        notes = " ".join(grid.notes) if grid else ""
        self.notes.say(notes)
        self.notes.setVisible(bool(notes) and not self._narrow)
        self.back.setEnabled(at > 0)
        self.ahead.setEnabled(0 <= at < len(self._grids) - 1)

    def grid_name(self) -> str:
        """Return the table in sight."""
        return self.which.value() or ""

    def turn(self, step: int) -> None:
        """Go to another table."""
        goal = self.which.currentIndex() + step
        if 0 <= goal < len(self._grids):
            self.which.setCurrentIndex(goal)

    def words_of(self, row: str, column: str) -> str:
        """Return a figure in words: its row, its column, its value."""
        found = self.table.current()
        if found is None or (found[0].key, found[1].key) != (row, column):
            return ""
        return say("reports.behind.title", row=found[0].label, column=heading(found[1]))

    def begin(self) -> None:
        """Make room for the panel."""
        self.panel.setFixedWidth(self.width() if self._narrow else min(theme.px(WIDE), self.width() // 2))
        self._card.setVisible(not self._narrow)

    def shut(self) -> None:
        """Forget what the panel shows."""
        if not self.panel.isHidden():
            self.panel.empty()
        self._card.show()

    def leave(self) -> bool:
        """Close the panel and stand in the table again; ``False`` where it was closed."""
        if self.panel.isHidden():
            return False
        self.shut()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def shaped(self, *, narrow: bool) -> None:
        """In a narrow window the panel takes the place of the table."""
        self._narrow = narrow
        self.notes.setVisible(bool(self.notes.words()) and not narrow)
        if not self.panel.isHidden():
            self.begin()


class PurposeCard(Card):
    """Asks why a list apart is made. ``given`` carries the words."""

    given = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name="purpose_card", tone="man", spacing=10)
        self.field = LineField(hint=say("reports.purpose_hint"), name="purpose")
        self.field.setMaximumWidth(theme.px(460))
        self.labelled = Labelled(say("reports.purpose"), self.field, required=True)
        button = Button(say("reports.purpose_make"), icon="lock_closed", name="make_restricted")
        self.body.addWidget(IconText("lock_closed", say("reports.restricted"), "man", "medium", wrap=True))
        self.body.addWidget(Label(say("reports.restricted_more"), "note", "ink2", wrap=True))
        self.body.addWidget(self.labelled)
        self.body.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        button.clicked.connect(self._give)
        self.field.returnPressed.connect(self._give)

    def _give(self) -> None:
        words = " ".join(self.field.text().split())
        self.labelled.say("" if words else "stop", "" if words else say("reports.need_purpose"))
        if words:
            self.given.emit(words)
        else:
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)


class Body(QWidget):
    """The layers. ``again`` asks for what was stopped or went wrong once more."""

    again = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.layers = QStackedLayout(self)
        self.preview = PagePreview()
        self.figures = FiguresPane()
        self.adding = Adding()
        self.purpose = PurposeCard()
        self._skeleton = Skeleton(rows=8)
        once_more = Button(say("reports.preview.again"), icon="arrow_sync", name="stopped_again")
        once_more.clicked.connect(self.again)
        self._stopped = EmptyState(say("reports.stopped"), action=once_more, name="stopped")
        self._trouble: QWidget | None = None
        self._waiting = Card(name="waiting_card")
        self._waiting.body.addWidget(self._skeleton)
        self._waiting.body.addStretch(1)
        self._holder = _top(self.purpose)
        for widget in (self.preview, self.figures, self.adding, self._holder, self._waiting, self._stopped):
            self.layers.addWidget(widget)

    def show_view(self, view: str) -> None:
        """Show figures, paper or what is added."""
        self._skeleton.end()
        self.layers.setCurrentWidget({FIGURES: self.figures, ADDING: self.adding}.get(view, self.preview))

    def ask_purpose(self) -> None:
        """Ask why a list apart is made."""
        self._skeleton.end()
        self.purpose.labelled.say()
        self.layers.setCurrentWidget(self._holder)

    def wait(self, view: str, *, landscape: bool) -> None:
        """What was asked for is on its way."""
        if view == PAPER:
            self.preview.waiting(landscape=landscape)
            self.layers.setCurrentWidget(self.preview)
        else:
            self.layers.setCurrentWidget(self._waiting)
            self._skeleton.begin()

    def stop(self) -> None:
        """Say that it was stopped."""
        self._skeleton.end()
        self.layers.setCurrentWidget(self._stopped)

    def show_trouble(self, problem: Problem) -> None:
        """Show trouble in the place of the figures."""
        self._skeleton.end()
        if self._trouble is not None:
            self.layers.removeWidget(self._trouble)
            self._trouble.deleteLater()
        button = Button(say("reports.preview.again"), icon="arrow_sync", name="again")
        button.clicked.connect(self.again)
        self._trouble = _top(ProblemCard(problem, action=button, closable=False))
        self.layers.addWidget(self._trouble)
        self.layers.setCurrentWidget(self._trouble)

    def stop_of_focus(self) -> QWidget:
        """Return where the focus goes in what is shown."""
        shown = self.layers.currentWidget()
        if shown is self.figures:
            return self.figures.table
        if shown is self.adding:
            return self.adding.first() or self.adding
        if shown is self._holder:
            return self.purpose.field
        return self.preview.canvas if shown is self.preview else shown or self


def _top(card: QWidget) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(card)
    column.addStretch(1)
    return holder


