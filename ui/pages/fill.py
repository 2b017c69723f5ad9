"""Ghi chung: one value, or one row, into the children chosen in the list.

Rules. What would happen to each child is shown before anything is written. Who has another value keeps it unless that
child, or all of them, are said to be overwritten. Everything is one action, taken back with one key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from cbdesk import clock, dates
from cbdesk.catalogue import catalogue
from cbdesk.desk import Saved
from cbdesk.desk.filling import NEW, OTHER, SAME, Standing
from cbdesk.errors import Problem
from cbdesk.words import say
from ui import theme
from ui.form.fieldbox import FieldBox
from ui.form.form import FormView, Part
from ui.frame.shell import Shell
from ui.hands.what import CHILD, What, WhatInput, offers
from ui.jobs import Latest
from ui.lists.cells import Cell, Chip
from ui.lists.filterbar import plain
from ui.lists.table import Column, QuietTable, TablePanel
from ui.pages import NARROW, Action, Page, register
from ui.parts import Button, Card, EmptyState, Hint, Label, Scroller

WIDE, SLIM, PLAN_MS, FROM = 400, 312, 120, "from"


@dataclass(frozen=True, slots=True)
class Line:
    """One child in the list of what will happen; ``over`` says that another value is given up."""

    standing: Standing
    over: bool = False

    def written(self) -> bool:
        """Return whether this child is written."""
        return self.standing.what == NEW or (self.standing.what == OTHER and self.over)


def columns() -> list[Column]:
    """Return the columns of that list."""
    head = lambda name: say(f"hands.fill.{name}")  # noqa: E731
    return [
        Column("name", say("children.column.name"), 190, lambda line: Cell(
            line.standing.name or say("children.unnamed"), role="medium"), fixed=True),
        Column("born", say("children.column.born"), 94, lambda line: Cell(dates.show_date(line.standing.born), "ink2")),
        Column("now", head("now"), 130, lambda line: Cell(line.standing.now, "ink2"), stretch=True, fixed=True),
        Column("becomes", head("becomes"), 150, becomes, fixed=True),
    ]  # fmt: skip


def becomes(line: Line) -> Cell:
    """Return what happens to a child, as a word in a badge."""
    what = line.standing.what
    if what == SAME:
        return Cell(chips=(Chip(say("hands.fill.same"), "neutral"),))
    if what == OTHER and not line.over:
        return Cell(chips=(Chip(say("hands.fill.kept"), "nghe", "warning"),))
    words, tone = ("hands.fill.new", "ngoc") if what == NEW else ("hands.fill.over", "gach")
    return Cell(chips=(Chip(say(words), tone, "checkmark_circle" if what == NEW else "edit"),))


@register
class Fill(Page):
    """One value for many children."""

    name, icon, under = "fill", "table", "children"
    roles = ("commune",)

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._ids: tuple[str, ...] = ()
        self._villages: Mapping[str, str] = {}
        self._plan: tuple[Standing, ...] = ()
        self._planned: dict[str, Any] = {}
        self._over: set[str] = set()
        self._what: What | None = None
        self._offers = offers()
        self._plan_job, self._busy = Latest(self.jobs, self), False
        self.view: FormView | None = None
        self._build()
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(PLAN_MS)
        self._wait.timeout.connect(self._ask_plan)

    # the parts

    def _build(self) -> None:
        self.what = WhatInput(self._offers)
        self._what_box = FieldBox(self.what.field, self.what)
        self.what.left.connect(self._chosen)
        self.what.onward.connect(self._onward)
        self._card = Card(name="fill_card")
        scroller = Scroller(name="fill_scroll")
        scroller.body.setContentsMargins(3, 0, 8, 0)
        scroller.body.addWidget(self._what_box)
        self._values = QVBoxLayout()
        scroller.body.addLayout(self._values)
        scroller.body.addStretch(1)
        self._card.body.addWidget(scroller)
        self.table = QuietTable(columns(), lambda line: line.standing.id, label=say("hands.fill.table"),
                                type_by=lambda line: line.standing.name, name="fill_table")  # fmt: skip
        self.table.looked.connect(lambda line: self._turn([line]))
        self.table.up.connect(self._pane)
        self.panel = TablePanel(self.table)
        self._none = EmptyState(say("hands.fill.nothing"), say("hands.fill.nothing_help"), name="fill_none")
        self.count = Label("", "body", "ink2", wrap=True, name="fill_count")
        self.all_button = Button("", "secondary", name="fill_all")
        self.all_button.clicked.connect(self._turn_all)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.count, 1)
        top.addWidget(self.all_button)
        right = QVBoxLayout()
        right.setSpacing(9)
        right.addLayout(top)
        right.addWidget(self.panel, 1)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._card)
        row.addLayout(right, 1)
        self.body.addLayout(row, 1)

    # the page base

    def crumbs(self) -> Sequence[tuple[str, str]]:
        """The way here leads over the list."""
        return (("", "children"),)

    def facts(self) -> str:
        """Return how many children are meant."""
        return say("hands.fill.facts", n=plain(len(self._ids)))

    def primary(self) -> Action:
        """Write."""
        n = len(self._written())
        words = say("hands.fill.write", n=plain(n)) if n else say("hands.fill.write_none")
        why = "" if n else say("hands.fill.nothing")
        return Action("fill", words, self.write, "save", "Ctrl S", why, say("ui.saving") if self._busy else "")

    def secondary(self) -> Sequence[Action]:
        """Return *Đóng*."""
        return (Action("close", say("ui.close"), self.shell.back, key="Esc"),)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of the list, or of the fields."""
        if self.table.hasFocus():
            return (Hint("↑|↓", say("shell.hint.select")), Hint("Ctrl A", say("hands.fill.hint.all")),
                    Hint("Space", say("hands.fill.hint.turn")),
                    Hint("F6", say("hands.fill.hint.fields")),
                    Hint("Ctrl S", say("hands.fill.hint.write")))  # fmt: skip
        return (Hint("Enter", say("shell.hint.next_field")), Hint("↓", say("hands.fill.hint.open")),
                Hint("Ctrl ;", say("shell.hint.today")), Hint("F6", say("hands.fill.hint.list")),
                Hint("Ctrl S", say("hands.fill.hint.write")))  # fmt: skip

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        own: dict[str, Callable[[], None]] = {
            "save": self.write, "next_pane": self._pane, "previous_pane": self._pane, "reload": self._ask_plan,
        }  # fmt: skip
        view = self.view
        if view is not None:
            own |= {"today_now": view.insert_now, "step_down": view.open_help, "undo": self._undo}
        return own

    def opened(self, **details: Any) -> None:
        """Show the children named by ``ids``; the focus is on what to fill in."""
        self._ids = tuple(dict.fromkeys(str(one) for one in details.get("ids", self._ids)))
        self._plan, self._over = (), set()
        self.jobs.run(lambda desk: desk.village_names(), self._know, owner=self)
        self.what.set_value(None)
        self._show_value(None)
        self.what.focus()

    def shaped(self, shape: str) -> None:
        """A slim card where there is little room."""
        self._card.setFixedWidth(theme.px(SLIM if shape == NARROW else WIDE))
        self.table.show_columns(["name"] if shape == NARROW else [])

    def _know(self, villages: Mapping[str, str]) -> None:
        self._villages = villages
        if self.view is not None:
            self.view.around.know(villages)

    def _pane(self) -> None:
        if self.table.hasFocus() or not self.table.rows():
            self.view.focus_first() if self.view is not None else self.what.focus()
        else:
            self.table.setFocus()

    def _undo(self) -> None:
        if not self.talk.undo() and self.view is not None:
            self.view.undo()

    # what, and the value

    def _chosen(self) -> None:
        read = self.what.read(clock.today())
        self.what.settle(read)
        what = self._offers.get(str(read.value))
        if what is not self._what:
            self._show_value(what)

    def _onward(self) -> None:
        self._chosen()
        if self.view is not None:
            self.view.focus_first()

    def _show_value(self, what: What | None) -> None:
        """Make the form of the value."""
        self._what, self._plan, self._over = what, (), set()
        if self.view is not None:
            self._values.removeWidget(self.view)
            self.view.hide()
            self.view.deleteLater()
            self.view = None
        if what is not None:
            view = FormView(catalogue().forms[what.form], self.jobs, [Part("value", "", what.fields)], drafts=False,
                            name="fill_value")  # fmt: skip
            begins = {FROM: clock.today().isoformat()} if FROM in view.boxes else {}
            view.load(None, {}, villages=self._villages, start=begins)
            view.changed.connect(self._wait.start)
            view.in_one(True)
            self._values.addWidget(view)
            self.view = view
        self._show_plan(())

    def given(self) -> dict[str, Any]:
        """Return the values to write, the compared one first; nothing while that one is missing."""
        if self.view is None or self._what is None:
            return {}
        answers, main = self.view.answers(), self._what.fields[0].name
        return {main: answers[main], **answers} if main in answers else {}

    # what would happen

    def _ask_plan(self) -> None:
        given, ids = self.given(), self._ids
        if not given or self._what is None:
            self._plan_job.forget()
            self._show_plan(())
            return
        form = self._what.form
        self._plan_job.run(lambda desk: desk.fill_plan(ids, given, form), lambda plan: self._show_plan(plan, given))

    def _show_plan(self, plan: tuple[Standing, ...] | None, given: Mapping[str, Any] | None = None) -> None:
        self._plan, self._planned = plan or (), dict(given or {})
        self._over &= {one.id for one in self._plan if one.what == OTHER}
        self._show_lines()

    def _show_lines(self) -> None:
        order = {OTHER: 0, NEW: 1, SAME: 2}
        lines = [Line(one, one.id in self._over) for one in sorted(self._plan, key=lambda one: order[one.what])]
        self.table.set_rows(lines)
        self.panel.show_rows() if lines else self.panel.show_empty(self._none)
        counts = {what: sum(one.what == what for one in self._plan) for what in (NEW, OTHER, SAME)}
        told = [say(f"hands.fill.count_{what}", n=plain(n)) for what, n in counts.items() if n]
        self.count.say(", ".join(told))
        every = bool(counts[OTHER]) and len(self._over) == counts[OTHER]
        self.all_button.say(say("hands.fill.keep_all" if every else "hands.fill.over_all", n=plain(counts[OTHER])))
        self.all_button.setVisible(bool(counts[OTHER]))
        self.shell.refresh()

    def _turn(self, lines: Sequence[Line]) -> None:
        """Give up another value, or keep it after all."""
        chosen = [line for line in (self.table.chosen() or lines) if line.standing.what == OTHER]
        ids = {line.standing.id for line in chosen}
        self._over = self._over - ids if ids <= self._over else self._over | ids
        self._show_lines()

    def _turn_all(self) -> None:
        others = {one.id for one in self._plan if one.what == OTHER}
        self._over = set() if others == self._over else others
        self._show_lines()

    def _written(self) -> list[str]:
        return [one.id for one in self._plan if Line(one, one.id in self._over).written()]

    # writing

    def write(self) -> None:
        """Write what is shown; a remark that waits in the form goes first, a value not yet compared is compared."""
        if self.view is None or self._busy:
            return
        self.view.settle_all()
        trouble, given = self.view.trouble(), self.given()
        if trouble:
            self.view.boxes[trouble[0]].focus()
            return
        ids, form = self._written(), self._what.form if self._what else CHILD
        if not ids or given != self._planned:
            self._ask_plan()
            return
        self._busy = True
        self.shell.refresh()
        self.jobs.run(lambda desk: desk.fill(ids, given, form), lambda saved: self._done(saved, len(ids)), self._failed,
                      owner=self)  # fmt: skip

    def _failed(self, problem: Problem) -> None:
        self._busy = False
        self.shell.refresh()
        self.talk.problem(problem)

    def _done(self, saved: Saved, n: int) -> None:
        self._busy = False
        self.shell.refresh()
        if saved.id is None:
            self.talk.say(" ".join(one.text for one in saved.findings if one.level == "stop"), care=True)
            return
        batch = saved.batch
        self.shell.back()
        self.talk.say(say("hands.fill.done", n=plain(n)), lambda: self._take_back(str(batch)))

    def _take_back(self, batch: str) -> None:
        self.jobs.run(lambda desk: desk.undo(batch), lambda _saved: self.talk.say(say("child.undone")), owner=self)

    def leave(self) -> bool:
        """Esc from the list goes to the fields, then away."""
        if self.table.hasFocus():
            self._pane()
            return True
        return False

