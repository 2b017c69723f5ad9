"""The part of the import page that asks: what a file means, what a column is, what becomes of each row.

Rules. The desk's thread reads and judges; only the last question is answered, and what was said of rows meanwhile goes
with it. A draft is replaced, never changed. How the steps are shown is the page's own affair (``ui/pages/imports.py``).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer

from cbdesk.desk import Desk
from cbdesk.errors import Problem
from cbdesk.importer import Column
from cbdesk.words import say
from ui.frame.shell import Shell
from ui.jobs import Latest
from ui.pages import Page
from ui.parts import Button
from ui.reading.board import Board
from ui.reading.draft import ALIKE, Asked, Behalf, Draft, Said, Stopped, choose, do, judged, read_draft, targets_of
from ui.reading.layouts import PREF, Layouts, choices_of, kept_with, read_layouts
from ui.reading.running import ChooseCard

FILE, COLUMNS, ROWS, RUN, DONE = range(5)
EVERY = 25
"""Progress is told after so many rows."""


class Asking(Page):
    """Asks about a file; the page that follows shows the answers."""

    choose: ChooseCard
    board: Board

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._step, self._busy = FILE, ""
        self._draft: Draft | None = None
        self._number, self._stale = 0, False
        self._open_answers: deque[Said] = deque()
        self._judging, self._wanted = False, -1
        self._of: Behalf | None = None
        self._reading = Latest(self.jobs, self)

    # what the page does with the answers

    def run_import(self) -> None:
        """Write the rows."""
        raise NotImplementedError

    def _go(self, step: int) -> None:
        raise NotImplementedError

    def _go_to(self, step: int) -> None:
        raise NotImplementedError

    def _go_on(self) -> None:
        raise NotImplementedError

    def _choose_file(self) -> None:
        raise NotImplementedError

    def _show_tab(self, code: str) -> None:
        raise NotImplementedError

    def _tell_all(self) -> None:
        raise NotImplementedError

    # reading

    def read(self, source: Path | str) -> None:
        """Read a file, or copied text."""
        self.talk.clear()
        self._forget()
        self._go(FILE)
        unit = self._of.unit if self._of is not None else ""
        self._ask(Asked(source, layouts=self._layouts(), unit=unit), say("reading.choose.working"))

    def _forget(self) -> None:
        self._draft, self._wanted = None, -1
        self._open_answers = deque()
        self.board.results.forget()

    def _ask(self, asked: Asked, busy: str) -> None:
        """Have a file understood; only the last question is answered."""
        step, said = self._watch(), self._open_answers
        self._stale = False
        self._set_busy(busy)

        def work(desk: Desk) -> Draft | None:
            if asked.before is not None:
                do(asked.before, _taken(said))
            try:
                return read_draft(desk, asked, step)
            except Stopped:
                return None

        self._reading.run(work, self._understood, self._not_understood)

    def _watch(self) -> Callable[[], None]:
        """Return what is called after each row that meets the register: it tells progress, and ends older work."""
        self._number += 1
        mine, count = self._number, 0
        told = self.jobs.relay(self._show_count, self)

        def step() -> None:
            nonlocal count
            if mine != self._number:
                raise Stopped
            count += 1
            if count % (10 * EVERY) == 0:
                told(mine, count)

        return step

    def _show_count(self, number: int, count: int) -> None:
        if number == self._number and self._busy and self._step == FILE:
            self.choose.count(count)

    def _set_busy(self, words: str) -> None:
        self._busy = words
        self.choose.busy(words if self._step == FILE else "")
        self.shell.refresh()

    def _drop_reading(self) -> None:
        self._number += 1
        self._reading.forget()
        self._judging = False
        self._set_busy("")

    def _understood(self, draft: Draft | None) -> None:
        if draft is None:
            return
        first = self._draft is None
        self._draft, self._busy, self._judging = draft, "", False
        self._tell_all()
        if draft.problem is not None and first:
            by_hand = Button(say("reading.map.by_hand"), icon="edit", name="by_hand")
            by_hand.clicked.connect(lambda: self._go_to(COLUMNS))
            self._go(FILE)
            self._set_busy("")
            self.talk.problem(draft.problem, action=by_hand)
            by_hand.setFocus()
        elif first:  # filling and showing are two events, so that neither holds the window up
            QTimer.singleShot(0, self, self._go_on)
        else:
            self.shell.refresh()

    def _not_understood(self, problem: Problem) -> None:
        if problem.name == "bug" or self._draft is None:
            self._draft = None
            self._go(FILE)
        self._set_busy("")
        other = Button(say("reading.choose.other"), icon="folder_open", name="choose_other")
        other.clicked.connect(self._choose_file)
        self.talk.problem(problem, action=other)
        other.setFocus()

    # columns and letters

    def _choose_target(self, column: Column, target: str) -> None:
        if self._draft is None or (target and target == column.target and column.sure == 2):
            return
        self._read_again(choices=choose(self._draft.choices, self._draft.plan.columns, column, target))

    def _choose_sheet(self, name: str) -> None:
        if self._draft is not None and name != (self._draft.asked.sheet or ""):
            self._read_again(sheet=name or None)

    def _choose_charset(self, place: str, charset: str) -> None:
        if self._draft is None:
            return
        forced = {one: code for one, code in self._draft.asked.charsets.items() if one != place}
        self._read_again(charsets=forced | ({place: charset} if charset else {}))

    def _choose_layout(self, name: str) -> None:
        draft = self._draft
        if draft is not None and name != draft.layout:
            choices = choices_of(draft.plan.columns, draft.asked.layouts, name) if name else {}
            self._read_again(choices=choices, layout=name)

    def _read_again(self, **changes: Any) -> None:
        draft = self._draft
        if draft is None or self._step == RUN:
            return
        kept = {"choices": draft.choices, "layout": draft.layout, "before": draft.plan}
        self._ask(replace(draft.asked, book=draft.book, **{**kept, **changes}), say("reading.again"))

    # what is kept of columns

    def _layouts(self) -> Layouts:
        prefs = getattr(self.window(), "prefs", None)
        return read_layouts(prefs.get(PREF, {})) if prefs is not None else {}

    def _keep_layout(self, name: str, choices: Mapping[str, str]) -> None:
        prefs, draft = getattr(self.window(), "prefs", None), self._draft
        if prefs is not None and draft is not None and choices:
            prefs.put(PREF, kept_with(draft.plan.columns, self._layouts(), name, choices))

    def _ask_name(self) -> None:
        if self._draft is None or self._draft.done is None:
            return
        if not self.board.mapping.isVisible():
            self._go_to(COLUMNS)
        self.board.mapping.ask_name()

    def _save_layout(self, name: str) -> None:
        draft = self._draft
        if draft is None:
            return
        self._keep_layout(name, targets_of(draft))
        self._draft = replace(draft, layout=name, choices=targets_of(draft),
                              asked=replace(draft.asked, layouts=self._layouts()))  # fmt: skip
        self.board.mapping.show_draft(self._draft)
        self.talk.say(say("reading.map.saved"))

    # answers to rows

    def _answered(self, said: list[Said]) -> None:
        """Do what was said, and let every row meet the register again."""
        draft, open_answers = self._draft, self._open_answers
        if draft is None:
            return
        open_answers.extend(said)
        self._judging = True
        step = self._watch()
        self.shell.refresh()

        def work(desk: Desk) -> Draft | None:
            do(draft.plan, _taken(open_answers))
            try:
                return judged(desk, draft, step)
            except Stopped:
                return None

        self._reading.run(work, self._judged)

    def _judged(self, draft: Draft | None) -> None:
        if draft is None:
            return
        self._draft, self._judging = draft, False
        self.board.results.show_draft(draft)
        self.shell.refresh()
        wanted, self._wanted = self._wanted, -1
        if wanted >= 0 and wanted == self.board.results.count(ALIKE):
            self.run_import()
        elif wanted >= 0:  # nobody has seen yet what would become of these
            self._show_tab(ALIKE)


def _taken(answers: deque[Said]) -> list[Said]:
    """Take all answers given so far; those given meanwhile come with the next work."""
    return [answers.popleft() for _ in range(len(answers))]
