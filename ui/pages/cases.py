"""Can thiệp: the cases of the commune, open ones first, what is due first; closed ones folded away.

Rules. Names are hidden until *Hiện tên* is pressed; that is logged and falls back when the page closes. Finding by name
works while names are hidden. How a case stands is said by word and shape. The count in the rail is of cases with
something due today or late, so that doing the work clears it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout

from cbdesk import clock, dates, text
from cbdesk.catalogue import catalogue
from cbdesk.desk import Changed, Desk
from cbdesk.desk.cases import CaseLine
from cbdesk.process import StepState
from cbdesk.words import say
from ui.cases import told
from ui.cases.read import CaseRows, read_cases
from ui.cases.told import LOOKS, TONES
from ui.lists.cells import Cell, Chip
from ui.lists.table import Column, QuietTable, TablePanel
from ui.pages import COMPACT, FULL, NARROW, Action, Page, register
from ui.parts import Button, EmptyState, FilterChip, Hint, Label, SearchBox
from ui.record.emergency import Emergency

WEEK = timedelta(days=7)
FORMS = frozenset({"case", "case_step", "assessment", "plan", "decision", "incident", "child"})
COLUMNS = {
    FULL: ("case", "child", "kind", "step", "due", "state", "progress"),
    COMPACT: ("case", "child", "step", "due", "state"),
    NARROW: ("case", "child", "step", "state"),
}
"""Columns for each shape of the window."""
FILTERS = (("late", "error_circle"), ("soon", "clock"), ("urgent", "alert_urgent"))


def due_of(line: CaseLine) -> StepState | None:
    """Return the step of an open case that is due first, else the present one."""
    return None if line.state.facts.closed else told.next_due(line.state)


def is_late(line: CaseLine) -> bool:
    """Return whether a step, or a separation, is overdue."""
    apart, one = line.state.separation, due_of(line)
    over = apart is not None and apart.open and told.separation_words(apart)[2] and not line.state.facts.closed
    return bool(over) or (one is not None and one.state == "overdue")


def is_soon(line: CaseLine) -> bool:
    """Return whether something is due within seven days and not late."""
    one = due_of(line)
    return one is not None and one.due is not None and not is_late(line) and one.due.date() <= clock.today() + WEEK


def is_urgent(line: CaseLine) -> bool:
    """Return whether the hours of an emergency run, or a child is kept apart."""
    apart = line.state.separation
    kept = apart is not None and apart.open and not line.state.facts.closed
    return kept or told.urgent_of(line.state) is not None


TESTS: dict[str, Callable[[CaseLine], bool]] = {"late": is_late, "soon": is_soon, "urgent": is_urgent}


@register
class CasesPage(Page):
    """The list of cases."""

    name = "cases"
    icon = "flow"
    order = 40
    roles = ("commune",)

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        self._shown = False
        self._rows = CaseRows()
        self._wanted = ""
        self._search = ""
        self._minute = QTimer(self)
        self._minute.setInterval(60_000)
        self._minute.timeout.connect(self._load)
        self.body.addLayout(self._build_tools())
        columns = [
            Column("case", say("case_page.list.head_case"), 128, self._number, fixed=True),
            Column("child", say("case_page.list.head_child"), 220, self._child, stretch=True),
            Column("kind", say("case_page.list.head_kind"), 160, self._kind),
            Column("step", say("case_page.list.head_step"), 196, self._step),
            Column("due", say("case_page.list.head_due"), 140, self._due),
            Column("state", say("case_page.list.head_state"), 222, self._state),
            Column("progress", say("case_page.list.head_progress"), 84, self._progress, right=True),
        ]
        self.table = QuietTable(columns, lambda line: line.id, self, label=say("case_page.list.label"),
                                name="cases_table")  # fmt: skip
        self.table.opened.connect(self._open)
        self.table.moved.connect(lambda _row: self.shell.refresh() if self.shell.page() is self else None)
        self.table.up.connect(self.search.setFocus)
        self._panel = TablePanel(self.table, self)
        to_incidents = Button(say("case_page.list.to_incidents"), icon="clipboard_error", name="empty_incidents")
        to_incidents.clicked.connect(lambda: self.shell.go("incidents"))
        self._empty = EmptyState(say("case_page.list.empty"), say("case_page.list.empty_help"), action=to_incidents)
        self._none = EmptyState(say("case_page.list.no_match"), say("case_page.list.no_match_help"), name="no_match")
        self.body.addWidget(self._panel, 1)

    def _build_tools(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.search = SearchBox(say("case_page.list.search"), key="Ctrl F", name="cases_search")
        self.search.setMaximumWidth(320)
        self.search.wanted.connect(self._find)
        self.search.down.connect(self._into_table)
        row.addWidget(self.search, 1)
        self.chips: dict[str, FilterChip] = {}
        for name, icon in FILTERS:
            self._chip(row, name, icon)
        row.addStretch(1)
        self.folded = Label("", "small", "ink3", elide=True, name="cases_folded")
        self.folded.setAlignment(Qt.AlignmentFlag.AlignRight)
        row.addWidget(self.folded, 2)
        self._chip(row, "closed", "history", words="show_closed")
        return row

    def _chip(self, row: QHBoxLayout, name: str, icon: str, *, words: str = "") -> None:
        chip = FilterChip(say(f"case_page.list.{words or name}"), icon=icon, toggle=True, name=f"chip_{name}")
        chip.toggled.connect(lambda _on: self._fill())
        row.addWidget(chip)
        self.chips[name] = chip

    # cells

    def _number(self, line: CaseLine) -> Cell:
        number = str(line.values.get("number") or "")
        ink = "ink3" if line.state.facts.closed or not number else "ink"
        return Cell(number or say("case_page.list.unnumbered"), ink, "medium" if number else "body")

    def _child(self, line: CaseLine) -> Cell:
        facts = self._rows.facts.get(line.child, "")
        if not self._shown:
            return Cell(facts or say("case_page.list.hidden"), "ink2")
        return Cell(", ".join(part for part in (line.name or say("record.no_name"), facts) if part), role="medium")

    def _kind(self, line: CaseLine) -> Cell:
        kind = catalogue().lists["case_kind"].get(str(line.values.get("kind") or ""))
        if kind is not None and kind.sensitive and not self._shown:
            return Cell(chips=(Chip(say("record.sensitive"), "man", "lock_closed"),))
        return Cell(kind.short if kind is not None else "", "ink2")

    def _step(self, line: CaseLine) -> Cell:
        if line.state.facts.closed:
            day = dates.show_date(str(line.values.get("closed_on") or ""))
            return Cell(say("case_page.list.closed", day=day), "ink3")
        one = line.state.present
        if one is None:
            return Cell(say("case_page.action.close"), "ngoc", "medium")
        return Cell(f"{one.step.number}. {one.step.choice.short}", role="medium")

    def _due(self, line: CaseLine) -> Cell:
        one = due_of(line)
        if one is None:
            return Cell("")
        return Cell(told.due_words(one, line.state), "ink2")

    def _state(self, line: CaseLine) -> Cell:
        if line.state.facts.closed:
            return Cell("")
        urgent = told.urgent_of(line.state)
        if urgent is not None and line.state.emergency is not None:
            what = line.state.emergency
            left = Emergency(what.hours, what.received, what.until).left()
            return Cell(chips=(Chip(say("case_page.list.urgent_left", left=left), "gach", "alert_urgent"),))
        chips = []
        if line.values.get("handed_to") and not line.values.get("handed_taken_on"):
            chips.append(Chip(say("case_page.list.waiting"), "neutral", "arrow_upload"))
        apart = line.state.separation
        if apart is not None and apart.open:
            over = told.separation_words(apart)[2]
            chips.append(Chip(say("case_page.list.separated"), "gach" if over else "nghe", "clock"))
        one = due_of(line)
        left = told.left_words(one, line.state) if one is not None else ""
        if one is not None and left and one.state in ("overdue", "today"):
            chips.insert(0, Chip(left, TONES[one.state], LOOKS[one.state].icon))
            left = ""
        if not left and not chips and one is not None:
            left = told.state_words(one, line.state)
        return Cell(left, "ink2", chips=tuple(chips))

    def _progress(self, line: CaseLine) -> Cell:
        done, of = line.state.progress
        return Cell(f"{done} / {of}", "ink3" if line.state.facts.closed else "ink2")

    # the page base

    def facts(self) -> str:
        """Return how many are open, and how many have something due."""
        open_ = [line for line in self._rows.lines if not line.state.facts.closed]
        if not self._rows.lines:
            return ""
        due = sum(is_late(line) or is_soon(line) for line in open_)
        return say("case_page.list.facts_due" if due else "case_page.list.facts", n=len(open_), m=due)

    def primary(self) -> Action:
        """Return *Mở hồ sơ* for the case chosen; without any, the way to incidents."""
        if not self._rows.lines:
            return Action("incident", say("shell.page.incident"), self._record, "add", "F2")
        why = "" if self.table.current() is not None else say("case_page.list.no_match")
        return Action("open", say("case_page.action.open"), lambda: self._open(self.table.current()), "open",
                      "Ctrl Enter", why=why)  # fmt: skip

    def secondary(self) -> Sequence[Action]:
        """Return *Hiện tên*."""
        if not self._rows.lines:
            return ()
        words = say("case_page.list.hide_names") if self._shown else say("case_page.list.show_names")
        return (Action("names", words, self._toggle, icon="eye_off" if self._shown else "eye"),)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of the list."""
        return (Hint("↑|↓", say("shell.hint.select")), Hint("Enter", say("shell.hint.open")),
                Hint("Ctrl F", say("shell.hint.search")), Hint("F2", say("shell.hint.record_incident")))  # fmt: skip

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands of the list."""
        return {"reload": self._load, "find": self.search.setFocus}

    @classmethod
    def badge(cls, desk: Desk) -> int:
        """Return how many cases have something due today, or late."""
        lines = [line for line in desk.cases() if not line.state.facts.closed]
        return sum(is_late(line) or any(one.state == "today" for one in line.state.steps) for line in lines)

    def opened(self, **details: Any) -> None:
        """Read the list; ``incident`` stands at the first case that holds it."""
        self._wanted = str(details.get("incident") or "")
        if details.get("filter") in TESTS:
            self.chips[str(details["filter"])].setChecked(True)
        self._minute.start()
        self._panel.load()
        self._load(focus=True)

    def shaped(self, shape: str) -> None:
        """Show the columns there is room for."""
        self.table.show_columns(COLUMNS[shape])
        self.folded.setVisible(shape == FULL)

    def closed(self) -> None:
        """Names are hidden again."""
        self._minute.stop()
        self._shown = False

    def changed(self, changed: Changed) -> None:
        """Read again when cases or children differ."""
        if changed.forms & FORMS and self.isVisible():
            self._load()

    def leave(self) -> bool:
        """Esc takes the filters away first."""
        on = [chip for name, chip in self.chips.items() if chip.isChecked() and name != "closed"]
        for chip in on:
            chip.setChecked(False)
        return bool(on)

    # what happens

    def _load(self, *, focus: bool = False) -> None:
        self.jobs.run(read_cases, lambda found: self._show(found, focus=focus), owner=self)

    def _show(self, found: CaseRows, *, focus: bool) -> None:
        self._rows = found
        self._fill()
        if not focus:
            return
        if self._panel_shows_rows():
            holding = [one.id for one in found.lines
                       if any(row["id"] == self._wanted for row in one.state.facts.incidents)]  # fmt: skip
            if not any(self.table.choose(one) for one in holding):
                self.table.choose_first()
            self.table.setFocus()
        elif not found.lines and self._empty.action is not None:
            self._empty.action.setFocus()
        else:
            self.search.setFocus()

    def _panel_shows_rows(self) -> bool:
        return bool(self.table.rows())

    def _fill(self) -> None:
        rows = [line for line in self._rows.lines if self._fits(line)]
        self.table.set_rows(rows)
        closed = sum(line.state.facts.closed for line in self._rows.lines)
        folded = 0 if self.chips["closed"].isChecked() else closed
        self.folded.say(say("case_page.list.closed_count", n=folded) if folded else "")
        if rows:
            self._panel.show_rows()
        elif self._rows.lines:
            narrowed = self._search or any(chip.isChecked() for name, chip in self.chips.items() if name != "closed")
            self._none.say(say("case_page.list.no_match" if narrowed else "case_page.list.all_closed"),
                           say("case_page.list.no_match_help") if narrowed else "")  # fmt: skip
            self._panel.show_empty(self._none)
        else:
            self._panel.show_empty(self._empty)
        if self.shell.page() is self:
            self.shell.refresh()

    def _fits(self, line: CaseLine) -> bool:
        if line.state.facts.closed and not self.chips["closed"].isChecked():
            return False
        if any(chip.isChecked() and not TESTS[name](line) for name, chip in self.chips.items() if name in TESTS):
            return False
        where = f"{line.name} {line.values.get('number') or ''} {self._rows.facts.get(line.child, '')}"
        folded = text.fold(where)
        return all(word in folded for word in text.fold(self._search).split())

    def _find(self, wanted: str) -> None:
        self._search = wanted
        self._fill()

    def _into_table(self) -> None:
        if self.table.rows():
            self.table.choose_first()
            self.table.setFocus()

    def _toggle(self) -> None:
        self._shown = not self._shown
        if self._shown:
            count = str(len(self._rows.lines))
            self.jobs.run(lambda desk: desk.look(what=count), owner=self)
        self._fill()

    def _open(self, line: CaseLine | None) -> None:
        if line is not None:
            self.shell.go("case", id=line.id)

    def _record(self) -> None:
        self.shell.go("incident", new=True)
