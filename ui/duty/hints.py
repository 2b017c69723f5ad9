"""The pane of hints: what a group is about and how its table of amounts stands, the children, a support being written.

Rules. A hint is never a decision, and the pane says so. Writing the support of a hint opens it filled in as far as the
register knows; the officer adds the decision and saves. The table of amounts is confirmed in the place of the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cbdesk import clock, dates
from cbdesk.catalogue import LawRow, catalogue
from cbdesk.desk import Desk, Saved
from cbdesk.desk.benefits import ALLOWANCE, CONFIRMED, TableState
from cbdesk.words import say
from ui import theme
from ui.cases.layer import PageLayer
from ui.duty import entitled
from ui.duty.entitled import ALL, BENEFIT, COLUMNS, Line, SupportBook
from ui.duty.totals import plain
from ui.form.form import FormView, Part
from ui.jobs import Jobs
from ui.lists.cells import Cell, Mark
from ui.lists.table import Column, QuietTable, TablePanel
from ui.parts import Banner, Button, Card, EmptyState, IconText, Label, Option, Scroller, SectionTitle, Segmented

SUPPORT = "support"
ASKED = {"category": 6, "from": 3, "to": 3, "decision_no": 4, "amount": 4, "provider": 4, "detail": 12}
"""Fields of a support written from a hint, with their widths."""
ROOMY, ALONE = 1000, 560
"""Width from which the table of the law shows all columns; height under which a support is written alone."""
CONFIRMING = {"decision_no": 12, "base": 12, "by": 12, "note": 12}


class SupportCard(Card):
    """A support of the child of a hint, filled in as far as the register knows."""

    closed = Signal()
    turned = Signal()
    """It was shown or hidden."""

    def __init__(self, jobs: Jobs, parent: QWidget) -> None:
        super().__init__(parent, padding=14, spacing=10, name="support_card")
        self.tone("cham")
        shape = catalogue().forms[SUPPORT]
        fields = tuple(replace(shape.field(name), width=width) for name, width in ASKED.items())
        self.about = Label("", "strong", elide=True, name="support_about")
        self.view = FormView(shape, jobs, [Part("support", "", fields)], self, drafts=False, name="support_form")
        self.body.addWidget(self.about)
        self.body.addWidget(self.view)
        row = QHBoxLayout()
        row.setSpacing(8)
        self._save = Button(say("child.save_row"), icon="save", key="Ctrl S", name="save_support")
        self._close = Button(say("ui.close"), "quiet", key="Esc", name="close_support")
        self._save.clicked.connect(self.view.save)
        self._close.clicked.connect(self.closed)
        row.addWidget(self._save)
        row.addWidget(self._close)
        row.addStretch(1)
        self.body.addLayout(row)
        self.hide()

    def begin(self, one: Line, villages: Mapping[str, str]) -> None:
        """Begin the support a hint speaks of; the decision is still to be written."""
        self.about.say(" · ".join(part for part in (one.child.name, one.child.village_name) if part))
        start = {"category": one.hint.code, "from": clock.today().isoformat()}
        self.view.load(None, {}, villages=villages, start=start, fixed={"child": one.child.id, "kind": ALLOWANCE})
        self.show()
        self.turned.emit()
        self.view.boxes["decision_no"].focus()

    def leave(self) -> None:
        """Close without writing."""
        self.hide()
        self.turned.emit()


class HintPane(QWidget):
    """The hints of one group."""

    opened = Signal(object)
    confirm_wanted = Signal()

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self._ahead = Banner("info", "", name="standard_ahead")
        self._ahead.hide()
        column.addWidget(self._ahead)
        column.addWidget(self._build_head())
        self.card = SupportCard(jobs, self)
        self._room = Scroller(name="support_room")
        self._room.body.addWidget(self.card)
        self._room.body.addStretch(1)
        self._room.hide()
        self.card.turned.connect(self._mind_room)
        column.addWidget(self._room)
        self.table = QuietTable(entitled.columns(), lambda one: one.id, self, type_by=lambda one: one.child.name,
                                label=say("support.list"), name="hints")  # fmt: skip
        self.table.opened.connect(self.opened)
        self.panel = TablePanel(self.table, self)
        self._empty = EmptyState(say("support.none"), say("support.none_help"))
        column.addWidget(self.panel, 1)
        self._column = column
        self._narrow, self._ahead_wanted = False, False
        self._group = ALL

    def _build_head(self) -> QWidget:
        self._head = Card(padding=14, spacing=4, name="hint_head")
        self.title = SectionTitle("", name="hint_title")
        self.confirm = Button(say("support.table.compare"), "link", icon="checkmark_circle", name="confirm_table")
        self.confirm.clicked.connect(self.confirm_wanted)
        self.standing = IconText("info", "", "ink3", "note", name="table_standing")
        self.basis = Label("", "note", "ink3", wrap=True, name="hint_basis")
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(self.standing, 1)
        line.addWidget(self.confirm)
        self._head.body.addWidget(self.title)
        self._head.body.addWidget(self.basis)
        self._head.body.addLayout(line)
        return self._head

    def show_group(self, group: str, words: str, book: SupportBook) -> None:
        """Show the hints of a group."""
        self._group = group
        lines = entitled.of_group(group, book.lines)
        self.title.title.say(words)
        of_table = not lines or lines[0].hint.what == ALLOWANCE
        self.confirm.setVisible(of_table)
        self.standing.setVisible(of_table)
        said, tone, icon = entitled.standing(book)
        self.standing.say(said, icon, tone)
        notes = [say("benefits.hint")]
        if lines and group.startswith(BENEFIT):
            notes.append(say("support.basis", basis=lines[0].hint.basis))
        self.basis.say(" ".join(notes))
        if book.ahead is not None:
            self._ahead.say(say("benefits.standard", day=dates.show_date(book.ahead.isoformat())))
        self._ahead_wanted = book.ahead is not None and of_table
        self._mind_room()
        self.table.set_rows(lines)
        self._mind_columns(amounts=book.base is not None)
        self.panel.show_rows() if lines else self.panel.show_empty(self._empty)
        self.table.choose_first()

    def _mind_columns(self, *, amounts: bool) -> None:
        wanted = COLUMNS[BENEFIT if self._group.startswith(BENEFIT) else self._group]
        gone = {"amount"} if not amounts else set()
        if self._narrow:
            wanted, gone = entitled.NARROW.get(self._group, wanted), gone | {"age", "coefficient"}
        self.table.show_columns([name for name in wanted if name not in gone])

    def narrow(self, narrow: bool, *, amounts: bool) -> None:
        """Leave columns out where there is little room."""
        self._narrow = narrow
        self.card.view.in_one(narrow)
        self._mind_columns(amounts=amounts)

    def _mind_room(self) -> None:
        """Where there is little room, the support being written has it alone."""
        writing = not self.card.isHidden()
        alone = writing and self.height() < theme.px(ALONE)
        self._room.setVisible(writing)
        self._column.setStretchFactor(self._room, int(alone))
        self._ahead.setVisible(self._ahead_wanted and not alone)
        self._head.setVisible(not alone)
        self.panel.setVisible(not alone)

    def focus_list(self) -> None:
        """Put the focus on the children."""
        target: QWidget = self.table if self.table.rows() else self.confirm
        target.setFocus(Qt.FocusReason.OtherFocusReason)


class ConfirmLayer(PageLayer):
    """A table of the law beside the words that confirm it: which text it was compared with, which base is used.

    ``other`` says that another of the tables is wanted.
    """

    confirmed = Signal(object)
    other = Signal(str)

    def __init__(self, behind: QWidget, state: TableState, officer: str, jobs: Jobs) -> None:
        super().__init__(behind, "confirm_layer")
        tables = catalogue().lists["law_table"]
        self.title.say(say("support.table.which"))
        self.choice = Segmented([Option(one.code, one.short) for one in tables.choices], self,
                                label=say("support.table.which"), name="law_table")  # fmt: skip
        self.choice.set_value(state.table.name)
        self.choice.changed.connect(self.other)
        self.head.addWidget(self.choice)
        amounts = state.table.name == ALLOWANCE
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(self._rows(state), 1)
        side = Card(padding=14, spacing=10, name="confirm_side")
        side.setFixedWidth(theme.px(280))
        side.body.addWidget(Label(say("support.table.ask" if amounts else "support.table.ask_standard"), "note", "ink2",
                                  wrap=True))  # fmt: skip
        if (row := state.confirmed) is not None:
            day = dates.show_date(str(row.get("confirmed_on") or ""))
            told = say("support.table.compared", day=day, basis=str(row.get("decision_no") or ""))
            side.body.addWidget(IconText("checkmark_circle", told, "ngoc", "note"))
        if not all(row.verified for row in state.table.rows):
            side.body.addWidget(IconText("warning", say("support.table.unverified"), "nghe", "note"))
        shape = catalogue().forms[CONFIRMED]
        fields = tuple(replace(shape.field(name), width=width) for name, width in CONFIRMING.items()
                       if amounts or name != "base")
        fields = (replace(fields[0], required="stop"), *fields[1:])
        self.form = FormView(shape, jobs, [Part("confirm", "", fields)], side, drafts=False, name="confirm_form")
        scroll = Scroller(name="confirm_scroll")
        scroll.body.addWidget(self.form)
        scroll.body.addStretch(1)
        side.body.addWidget(scroll, 1)
        self.button = Button(say("support.table.confirm"), icon="checkmark_circle", key="Ctrl S", name="confirm")
        self.button.clicked.connect(self.form.save)
        side.body.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        line.addWidget(side)
        self.column.addLayout(line, 1)
        table = state.table
        self.form.load(None, {}, start={"by": officer}, write=_confirm, fixed={
            "table": table.name, "version": table.version, "digest": table.digest,
            "confirmed_on": clock.today().isoformat()})  # fmt: skip
        self.form.saved.connect(self.confirmed)
        self.ready()
        self.form.focus_first()

    def _rows(self, state: TableState) -> QWidget:
        head = lambda name: say(f"support.table.head.{name}")  # noqa: E731
        columns = [
            Column("label", head("label"), 200, lambda row: Cell(row.label, role="medium"), stretch=True,
                   fixed=True),
            Column("value", head("value"), 84, lambda row: Cell(_value(row)), right=True),
            Column("from", head("from"), 100, lambda row: Cell(dates.show_date(row.valid_from or ""), "ink2")),
            Column("source", head("source"), 216, _source),
        ]
        self.law = QuietTable(columns, lambda row: row.name, label=head("label"), name="law_rows")
        panel = TablePanel(self.law)
        self.law.set_rows(list(state.table.rows))
        return panel

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave columns out where there is little room."""
        super().resizeEvent(event)
        self.law.show_columns(("value", "from") if self.width() < theme.px(ROOMY) else ())


def _confirm(desk: Desk, given: Mapping[str, Any]) -> Saved:
    return desk.confirm_table(
        str(given["table"]), str(given.get("decision_no") or ""), by=str(given.get("by") or ""), base=given.get("base"),
        note=str(given.get("note") or ""),
    )  # fmt: skip


def _value(row: LawRow) -> str:
    words = str(row.value)
    return plain(int(words)) if words.isdecimal() else words.replace(".", ",")


def _source(row: LawRow) -> Cell:
    marks = () if row.verified else (Mark("warning", "nghe", say("support.table.unverified")),)
    return Cell(row.source.partition(" (")[0], "ink2", marks=marks)  # a remark in brackets is what the mark says
