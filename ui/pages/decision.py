"""Quyết định hộ nghèo: read the yearly list as people have it, see which household each line means, write the classes.

Rules. Nothing is written before *Ghi loại hộ*. What cannot be told is asked: a digit answers, and the next open line
follows. Households that stood as poor and are in no line keep their class until somebody says otherwise. A column that
was not understood is chosen under *Các cột*. The whole decision is taken back with one key, later among the imports.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from cbdesk import clock, dates
from cbdesk.catalogue import catalogue
from cbdesk.desk import Desk
from cbdesk.desk.homes import Decision, DecisionDone, DecisionPlan
from cbdesk.errors import Problem
from cbdesk.importer import ImportPlan, targets
from cbdesk.words import say
from ui import theme
from ui.frame.shell import Shell
from ui.homes.declines import (
    ASK,
    GONE,
    TABS,
    Row,
    answer,
    answered,
    answers,
    columns,
    row_words,
    tabs_of,
)
from ui.jobs import Latest
from ui.lists.filterbar import plain
from ui.lists.table import QuietTable, TablePanel
from ui.outside.columns import ColumnsCard
from ui.pages import NARROW, Action, Page, register
from ui.parts import (
    Button,
    Card,
    EmptyState,
    Hint,
    Label,
    Labelled,
    LineField,
    Option,
    Scroller,
    SectionTitle,
    Segmented,
)

FORM = "household"
SIDE = 316
NEXT_YEAR = 10
"""From this month on a decision is proposed for the year that follows."""
FEW = ("head", "becomes")


@register
class DecisionPage(Page):
    """The yearly decision on poor and near-poor households."""

    name, icon, under = "decision", "arrow_import", "children"
    roles = ("commune",)

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._file: Path | None = None
        self._read: ImportPlan | None = None
        self._plan: DecisionPlan | None = None
        self._columns: dict[str, str] = {}
        self._rows: dict[str, list[Row]] = {}
        self._tab, self._busy = ASK, ""
        self._job = Latest(self.jobs, self)
        self._build()

    # the parts

    def _build(self) -> None:
        choose = Button(say("reading.choose.file"), icon="folder_open", name="choose_decision")
        choose.clicked.connect(self._choose_file)
        self._nothing = EmptyState(say("homes.decision.start"), say("homes.decision.start_help"), action=choose,
                                   name="decision_start")  # fmt: skip
        self.tabs = Segmented([Option(tab, say(f"homes.decision.tab.{tab}")) for tab in TABS],
                              label=say("homes.decision.tabs"), name="decision_tabs")  # fmt: skip
        self.tabs.set_value(ASK)
        self.tabs.changed.connect(self._show_tab)
        self.table = QuietTable(columns(), lambda row: row.key, label=say("homes.decision.table"),
                                name="decision_table")  # fmt: skip
        self.table.moved.connect(lambda _row: self._moved())
        self.table.installEventFilter(self)
        self.panel = TablePanel(self.table)
        self._empty = EmptyState(say("homes.decision.tab_empty"), name="decision_empty")
        self.columns = ColumnsCard(heads=("column", "first", "field"), out="homes.decision.unused",
                                   name="decision_columns")  # fmt: skip
        self.columns.chosen.connect(self._map)
        work = QWidget()
        column = QVBoxLayout(work)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(9)
        top = QHBoxLayout()
        top.addWidget(self.tabs)
        top.addStretch(1)
        column.addLayout(top)
        column.addWidget(self.panel, 1)
        self._room = QWidget()
        self._layers = QStackedLayout(self._room)
        for layer in (self._nothing, work, self.columns):
            self._layers.addWidget(layer)
        self._work = work
        row = QHBoxLayout()
        row.setSpacing(12)
        self.side = self._build_side()
        row.addWidget(self._room, 1)
        row.addWidget(self.side)
        self.body.addLayout(row, 1)
        self.side.hide()

    def _build_side(self) -> Scroller:
        side = Scroller(name="decision_side")
        side.body.setContentsMargins(0, 0, 8, 0)
        facts = Card(padding=14, spacing=8, name="decision_facts")
        facts.body.addWidget(SectionTitle(say("homes.decision.title")))
        self.fields: dict[str, LineField] = {}
        self.rooms: dict[str, Labelled] = {}
        for name in ("year", "number", "on"):
            field = LineField(label=say(f"homes.decision.{name}"), icon="calendar_ltr" if name == "on" else "",
                              name=f"decision_{name}")  # fmt: skip
            field.editingFinished.connect(self._facts_left)
            self.fields[name] = field
            self.rooms[name] = Labelled(say(f"homes.decision.{name}"), field, required=name == "year", name=f"d_{name}")
            facts.body.addWidget(self.rooms[name])
        self.columns_link = Button("", "link", icon="column_triple", name="decision_columns_link")
        self.columns_link.clicked.connect(self._turn_columns)
        facts.body.addWidget(self.columns_link, 0, Qt.AlignmentFlag.AlignLeft)
        side.body.addWidget(facts)
        self.asking = Card(padding=14, spacing=6, name="decision_answers")
        self._answers = QVBoxLayout()
        self._answers.setSpacing(4)
        self.asking.body.addLayout(self._answers)
        side.body.addWidget(self.asking)
        side.body.addStretch(1)
        self._facts = facts
        return side

    # what the shell shows

    def crumbs(self) -> Sequence[tuple[str, str]]:
        """The way here leads over the households."""
        return (("", "homes"),)

    def facts(self) -> str:
        """Return the file and how many lines it has."""
        if self._plan is None or self._file is None:
            return ""
        return say("homes.decision.facts", file=self._file.name, n=plain(len(self._plan.matched.lines)))

    def primary(self) -> Action:
        """Choose the file, then write the classes."""
        if self._plan is None:
            return Action("choose", say("reading.choose.file"), self._choose_file, "folder_open", "Ctrl Enter",
                          busy=self._busy)  # fmt: skip
        n = self._written()
        why = "" if n else say("homes.decision.nothing")
        return Action("write", say("homes.decision.write", n=plain(n)), self.write, "save", "Ctrl S", why, self._busy)

    def secondary(self) -> Sequence[Action]:
        """Choose another file, or leave."""
        if self._plan is None:
            return (Action("close", say("ui.close"), self.shell.back, key="Esc"),)
        return (Action("other", say("reading.choose.other"), self._choose_file, "folder_open"),)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of the lines."""
        if self._plan is None:
            return (Hint("Ctrl Enter", say("reading.hint.choose")), Hint("Esc", say("ui.close").lower()))
        if self._layers.currentWidget() is self.columns:
            return (Hint("Esc", say("homes.decision.hint.lines")),)
        some = (Hint("1–9", say("homes.decision.hint.answer")),) if answers(self.table.current()) else ()
        return (Hint("↑|↓", say("shell.hint.select")), *some, Hint("F8", say("homes.decision.hint.next")),
                Hint("Alt|1–5", say("reading.hint.tab")), Hint("F6", say("homes.decision.hint.facts")),
                Hint("Ctrl S", say("homes.decision.hint.write")))  # fmt: skip

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        if self._plan is None:
            return {}
        own: dict[str, Callable[[], None]] = {
            "save": self.write, "next_finding": self._next, "previous_finding": lambda: self._next(-1),
            "next_pane": self._pane, "previous_pane": self._pane, "reload": self._match,
        }  # fmt: skip
        return own | {f"section_{n}": (lambda tab=tab: self._go_tab(tab)) for n, tab in enumerate(TABS, 1)}

    def opened(self, **details: Any) -> None:
        """Begin with choosing the file, or return to where one was; ``file`` is read at once."""
        if isinstance(details.get("file"), Path):
            self.read(details["file"])
        elif self._plan is None:
            button = self.shell.topbar.primary()
            if button is not None:
                button.setFocus()
        else:
            self._match()

    def shaped(self, shape: str) -> None:
        """Fewer columns, and a slim side, where there is little room."""
        self.side.setFixedWidth(theme.px(248 if shape == NARROW else SIDE))
        self.side.body.removeWidget(self._facts)
        self.side.body.insertWidget(1 if shape == NARROW else 0, self._facts)  # what is asked stays in sight
        self.table.show_columns(FEW if shape == NARROW else [])

    def leave(self) -> bool:
        """Esc goes from the columns to the lines, from the side to the lines."""
        if self._layers.currentWidget() is self.columns and self._plan is not None:
            self._turn_columns()
            return True
        if self._plan is not None and not self.table.hasFocus():
            self.table.setFocus()
            return True
        return False

    # reading

    def _choose_file(self) -> None:
        path = self.talk.open_file(say("reading.files"))
        if path is not None:
            self.read(path)

    def read(self, path: Path) -> None:
        """Read a file and meet it with the households."""
        self._file, self._columns, self._busy = path, {}, say("reading.choose.working")
        today = clock.today()
        self.fields["year"].setText(str(today.year + (today.month >= NEXT_YEAR)))
        for name in ("number", "on"):
            self.fields[name].clear()
        self.shell.refresh()
        self._match()

    def _match(self) -> None:
        path, chosen, told = self._file, dict(self._columns), self._told()
        if path is None or told is None:
            return
        said = {row.key: answered(row) for rows in self._rows.values() for row in rows if answered(row)}

        def work(desk: Desk) -> tuple[ImportPlan, DecisionPlan | Problem]:
            read = desk.import_plan(path, form=FORM, mapping=chosen or None)
            try:
                return read, desk.decision_plan(read, told)
            except Problem as problem:
                return read, problem

        self._job.run(work, lambda found: self._show(*found, said), self._failed)

    def _failed(self, problem: Problem) -> None:
        self._busy = ""
        self.shell.refresh()
        self.talk.problem(problem)

    def _show(self, read: ImportPlan, plan: DecisionPlan | Problem, said: Mapping[str, str]) -> None:
        self._read, self._busy = read, ""
        self.columns.show_columns(read.columns, targets(catalogue().forms[FORM], catalogue()))
        self.side.show()
        self.columns_link.say(say("homes.decision.columns", n=sum(bool(one.target) for one in read.columns),
                                  all=len(read.columns)))  # fmt: skip
        if isinstance(plan, Problem):
            self._plan = None
            self.talk.problem(plan)
            self._layers.setCurrentWidget(self.columns)
            self.columns.focus_first()
            self.shell.refresh()
            return
        first, self._plan = self._plan is None, plan
        self._told()
        self._rows = tabs_of(plan)
        for rows in self._rows.values():
            for row in rows:
                if said.get(row.key):
                    answer(row, said[row.key])
        if self._layers.currentWidget() is not self.columns or first:
            self._layers.setCurrentWidget(self._work)
        if first:
            self._tab = next((tab for tab in TABS if self._rows[tab]), ASK)
            self.tabs.set_value(self._tab)
        self._show_rows()
        if first:
            self._next(0)
            self.table.setFocus()

    def _show_rows(self) -> None:
        for tab in TABS:
            self.tabs.say(tab, say(f"homes.decision.tab.{tab}") + f" {plain(len(self._rows.get(tab, ())))}")
        rows = self._rows.get(self._tab, [])
        self.table.set_rows(rows)
        self.panel.show_rows() if rows else self.panel.show_empty(self._empty)
        self._moved()
        self.shell.refresh()

    def _show_tab(self, tab: str) -> None:
        self._tab = tab
        self._show_rows()

    def _go_tab(self, tab: str) -> None:
        self.tabs.set_value(tab)
        self._show_tab(tab)
        if self.table.rows():
            self.table.choose(self.table.rows()[0].key)
        self.table.setFocus()

    # what the decision is

    def _told(self) -> Decision | None:
        """Return year, number and day as typed; ``None`` where one cannot be understood."""
        year, day = self.fields["year"].text().strip(), self.fields["on"].text().strip()
        read = dates.read_date(day, clock.today(), future=True).value if day else ""
        good = year.isdigit() and 2000 <= int(year) <= 2100
        known = self._plan is not None and year == str(self._plan.decision.year)
        doubts = [("ask", one.text) for one in self._plan.doubts] if self._plan is not None and known else []
        self.rooms["year"].say(*([*doubts, ()][0] if good else ("stop", say("finding.not_a_year"))))
        self.rooms["on"].say(*(() if read is not None else ("stop", say("finding.not_a_date"))))
        if not good or read is None:
            return None
        return Decision(int(year), self.fields["number"].text().strip(), read)

    def _facts_left(self) -> None:
        told = self._told()
        if told is not None and self._plan is not None and told != self._plan.decision:
            if told.year == self._plan.decision.year:
                self._plan.decision = told
            else:
                self._match()

    # answers

    def _moved(self) -> None:
        while (item := self._answers.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        row = self.table.current() if self._plan is not None else None
        offered, said = answers(row), answered(row) if row is not None else ""
        self.asking.setVisible(bool(offered))
        if offered and row is not None:
            key = "gone_title" if row.missing else "ask_title"
            self._answers.addWidget(SectionTitle(say(f"homes.decision.{key}")))
            self._answers.addWidget(Label(row_words(row), "note", "ink2", wrap=True))
            if row.line and (why := " ".join(one.likeness.text for one in row.line.near[:1] if one.likeness)):
                self._answers.addWidget(Label(why, "small", "ink3", wrap=True))
        chosen_by_hand = row is not None and not (row.line and row.line.open)
        for number, (code, words) in enumerate(offered, 1):
            on = chosen_by_hand and code == said
            button = Button(words, "secondary" if on else "quiet", icon="checkmark" if on else "", key=str(number),
                            name=f"answer_{number}")  # fmt: skip
            button.clicked.connect(lambda _on=False, code=code: self._answer(code))
            self._answers.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self.shell.refresh_hints()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A digit answers about the line one stands on."""
        if watched is self.table and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            offered = answers(self.table.current())
            at = event.key() - Qt.Key.Key_1
            if 0 <= at < len(offered) and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
                self._answer(offered[at][0])
                return True
        return super().eventFilter(watched, event)

    def _answer(self, code: str) -> None:
        """Take an answer for the lines chosen, where all of them can be answered so, and go on."""
        row, plan = self.table.current(), self._plan
        if row is None or plan is None:
            return
        several = [one for one in self.table.chosen() if one.missing] if row.missing else [row]
        for one in several or [row]:
            answer(one, code)
        plan.matched.refresh()
        kept = {one.home.key: one for one in plan.matched.missing}
        self._rows[GONE] = [Row(key, missing=one) for key, one in kept.items()]
        self._show_rows()
        if not row.missing:
            self._next()

    def _next(self, step: int = 1) -> None:
        """Go to the next line that is open; 0 begins at the top."""
        rows = self.table.rows()
        row = self.table.current()
        here = rows.index(row) if row in rows and step else -1
        order = [*range(here + 1, len(rows)), *range(here + 1)] if step >= 0 else [*range(here - 1, -1, -1)]
        at = next((i for i in order if rows[i].line and rows[i].line.open), None)
        if at is None and step == 0 and rows:
            at = 0
        if at is not None:
            self.table.choose(rows[at].key)
        self._moved()

    def _pane(self) -> None:
        if self.table.hasFocus():
            self.fields["year"].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.table.setFocus(Qt.FocusReason.TabFocusReason)

    # columns

    def _turn_columns(self) -> None:
        """Show the columns, or the lines again."""
        lines = self._layers.currentWidget() is self.columns and self._plan is not None
        self._layers.setCurrentWidget(self._work if lines else self.columns)
        self.table.setFocus() if lines else self.columns.focus_first()
        self.shell.refresh()

    def _map(self, column: Any, target: str) -> None:
        if self._read is None:
            return
        known = {f"{one.sheet}!{one.letter}@{one.table}": one for one in self._read.columns}
        for key, one in known.items():
            self._columns.setdefault(key, one.target)
            if one is not column and target and self._columns[key] == target:
                self._columns[key] = ""
        self._columns[f"{column.sheet}!{column.letter}@{column.table}"] = target
        self._match()

    # writing

    def _written(self) -> int:
        if self._plan is None:
            return 0
        lines = self._plan.matched.lines
        return sum(bool(one.homes or one.new) and not one.skip for one in lines) + sum(
            bool(one.level) for one in self._plan.matched.missing)  # fmt: skip

    def write(self) -> None:
        """Write the classes; lines that are open are left for later."""
        told, plan = self._told(), self._plan
        if plan is None or told is None or self._busy or not self._written():
            return
        plan.decision, self._busy = told, say("ui.saving")
        self.shell.refresh()
        self.jobs.run(lambda desk: desk.decision_run(plan), self._done, self._failed, owner=self)

    def _done(self, done: DecisionDone) -> None:
        self._busy = ""
        written = done.classed + done.made + done.left
        if done.batch is None:
            self.talk.say(say("homes.nothing_changed"))
        else:
            batch, words = done.batch, say("homes.decision.done", n=plain(written))
            words += say("homes.decision.done_open", n=plain(done.waiting)) if done.waiting else ""
            self.talk.say(words, undo=lambda: self.jobs.run(lambda desk: desk.undo(batch), owner=self))
        if done.waiting:
            self._match()
            return
        self._plan, self._file, self._rows = None, None, {}
        self._layers.setCurrentWidget(self._nothing)
        self.side.hide()
        self.shell.go("homes", rows=True)
