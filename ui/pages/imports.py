"""Nhập từ Excel: bring an old list in without bringing its faults in.

Steps: choose a file (or paste, or drop), say what each column is, look at what becomes of each row, import. Nothing is
written before the last step, the file itself is only read, and one undo takes the whole import back. A file that was
recognised whole goes straight to its rows; going back loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QStackedLayout, QWidget

from cbdesk.catalogue import catalogue
from cbdesk.desk import Changed, Desk, Imported
from cbdesk.errors import Problem
from cbdesk.importer import Column, targets
from cbdesk.words import say
from ui import pages
from ui.frame.shell import Shell
from ui.jobs import Latest
from ui.lists.filterbar import plain
from ui.pages import FULL, Action, Page, register
from ui.parts import Button, Hint, Label, State, Stepper
from ui.reading.draft import (
    CHILD,
    Asked,
    Draft,
    Stopped,
    choose,
    layout_of,
    open_columns,
    place_of,
    read_draft,
    to_remember,
)
from ui.reading.letters import LettersCard
from ui.reading.mapping import MappingCard
from ui.reading.results import ALIKE, FIX, GOOD, TABS, ResultsCard
from ui.reading.running import ChooseCard, DoneCard, ProgressCard

FILE, COLUMNS, ROWS, RUN, DONE = range(5)
PREF, LAYOUTS_KEPT = "import_layouts", 40
LEFT_WIDE = 448
EVERY = 25
"""Progress is told after so many rows."""


@register
class Imports(Page):
    """Import, for the commune."""

    name, icon, order = "import", "arrow_import", 100
    roles = ("commune",)

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._step, self._busy, self._stop = FILE, "", False
        self._draft: Draft | None = None
        self._done: Imported | None = None
        self._number, self._stale = 0, False
        self._reading = Latest(self.jobs, self)
        self.setAcceptDrops(True)
        top = QHBoxLayout()
        top.setSpacing(16)
        steps = [say(f"reading.step.{name}") for name in ("file", "columns", "rows", "run")]
        self.stepper = Stepper(steps, name="import_steps")
        self.about = Label("", "note", "ink2", elide=True, name="file_facts")
        self.about.setAlignment(Qt.AlignmentFlag.AlignRight)
        top.addWidget(self.stepper, 5)
        top.addWidget(self.about, 3)
        self.body.addLayout(top)
        self._room = QWidget()
        self._layers = QStackedLayout(self._room)
        self._build()
        self.body.addWidget(self._room, 1)
        self._go(FILE)

    def _build(self) -> None:
        self.choose = ChooseCard()
        self.choose.choose_wanted.connect(self._choose_file)
        self.choose.paste_wanted.connect(self.paste)
        self.mapping = MappingCard(dict(targets(catalogue().form(CHILD), catalogue())))
        self.mapping.chosen.connect(self._choose_target)
        self.mapping.sheet_chosen.connect(self._choose_sheet)
        self.letters = LettersCard()
        self.results = ResultsCard()
        self.results.opened.connect(lambda child: self.shell.go("child", id=child))
        self.results.left_out.connect(self.shell.refresh)
        self.results.export_wanted.connect(self.export)
        self.results.moved.connect(self.shell.refresh_hints)
        self.progress = ProgressCard()
        self.progress.stop_wanted.connect(self._halt)
        self.finished = DoneCard(compare="duplicates" in pages.load())
        self.finished.export_wanted.connect(self.export)
        self.finished.undo_wanted.connect(self._undo)
        self.finished.compare_wanted.connect(lambda: self.shell.go("duplicates"))
        self._work = QWidget()
        row = QHBoxLayout(self._work)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self._left = QWidget()
        self._sides = QBoxLayout(QBoxLayout.Direction.TopToBottom, self._left)
        self._sides.setContentsMargins(0, 0, 0, 0)
        self._sides.setSpacing(12)
        self._sides.addWidget(self.mapping, 1)
        self._sides.addWidget(self.letters)
        row.addWidget(self._left)
        row.addWidget(self.results, 1)
        for layer in (self.choose, self._work, self.progress, self.finished):
            self._layers.addWidget(layer)

    # what the shell shows

    def primary(self) -> Action:
        """The next step."""
        if self._step == FILE:
            if self._draft is not None and not self._busy:
                return Action("go_on", say("ui.next"), self._go_on, "arrow_right", "Ctrl Enter")
            words, busy = say("reading.choose.file"), self._busy
            return Action("choose", words, self._choose_file, "folder_open", "Ctrl Enter", busy=busy)
        if self._step == COLUMNS:
            why = "" if self._draft is not None and self._draft.done is not None else say("reading.map.no_name")
            return Action("go_on", say("reading.to_rows"), self._go_on, "arrow_right", "Ctrl Enter", why, self._busy)
        if self._step == DONE:
            return Action("list", say("reading.done.list"), self._open_list, "people", "Ctrl Enter")
        count = self._to_import()
        why = "" if count else say("reading.nothing")
        busy = self._busy or (say("reading.run.busy") if self._step == RUN else "")
        words = say("reading.import", n=plain(count))
        return Action("import", words, self.run_import, "checkmark", "Ctrl Enter", why, busy)

    def secondary(self) -> Sequence[Action]:
        """Give the import up, or choose another file."""
        if self._step in (COLUMNS, ROWS):
            return (Action("cancel", say("reading.cancel"), self._start_over),)
        if self._step == DONE:
            return (Action("another", say("reading.done.again"), self._start_over),)
        if self._step == FILE and self._draft is not None and not self._busy:
            return (Action("choose", say("reading.choose.other"), self._choose_file, "folder_open"),)
        return ()

    def hints(self) -> Sequence[Hint]:
        """Return the keys of the present step."""
        hint = lambda name: say(f"reading.hint.{name}")  # noqa: E731
        help_hint = Hint("F1", say("shell.hint.help"))
        back = Hint("Alt|←", say("shell.hint.previous_step"))
        if self._step == FILE:
            return (Hint("Ctrl Enter", hint("choose")), Hint("Ctrl V", hint("paste")), help_hint)
        if self._step == RUN:
            return (Hint("Esc", hint("stop")),)
        if self._step == DONE:
            return (Hint("Ctrl Enter", hint("list")), Hint("Ctrl Z", hint("undo")))
        if self._step == COLUMNS:
            return (Hint("F8", hint("column")), Hint("Alt|↓", hint("fields")), Hint("Ctrl Enter", hint("rows")), back)
        found = [Hint("F8", hint("row"))]
        if self.results.tabs.value() in (GOOD, ALIKE):
            found.append(Hint("Space", hint("leave_out")))
        if self.results.tabs.value() == ALIKE:
            found.append(Hint("Enter", hint("open")))
        return (*found, Hint("Alt|1–4", hint("tab")), Hint("Ctrl Enter", hint("import")), back)

    def states(self) -> Sequence[State]:
        """Say that an import can be taken back."""
        return (State("arrow_undo", say("reading.can_undo")),) if self._step in (ROWS, DONE) else ()

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        found: dict[str, Callable[[], None]] = {"paste": self.paste, "step_back": self._back}
        if self._step in (COLUMNS, ROWS):
            found |= {"next_finding": self._next_finding, "previous_finding": lambda: self._next_finding(-1),
                      "next_pane": self._other_pane, "previous_pane": self._other_pane,
                      "reload": self._read_again}  # fmt: skip
        if self._step == ROWS:
            for number, (code, *_) in enumerate(TABS, 1):
                found[f"section_{number}"] = lambda code=code: self._show_tab(code)  # type: ignore[misc]
        if self._refused():
            found["excel"] = self.export
        if self._step == DONE and self._done is not None and self._done.batch and not self.talk.can_undo():
            found["undo"] = self._undo
        return found

    def opened(self, **_details: Any) -> None:
        """Return to where one was."""
        if self._draft is not None and self._step in (COLUMNS, ROWS) and not self._busy:
            self._read_again() if self._stale else self._tell_all()
        self._focus()

    def changed(self, changed: Changed) -> None:
        """Another child may be here now: look again who is known."""
        if CHILD in changed.forms and self._draft is not None and self._step in (COLUMNS, ROWS):
            if self.isVisible():
                self._read_again()
            else:
                self._stale = True

    def shaped(self, shape: str) -> None:
        """Columns and rows stand side by side only where there is room."""
        full = shape == FULL
        way = QBoxLayout.Direction.TopToBottom if full else QBoxLayout.Direction.LeftToRight
        self._sides.setDirection(way)
        self._sides.setStretch(1, 0 if full else 2)
        self._sides.setStretch(0, 1 if full else 3)
        self._left.setMaximumWidth(LEFT_WIDE if full else 16_777_215)
        self._left.setMinimumWidth(LEFT_WIDE if full else 0)
        self._show_sides()

    def _show_sides(self) -> None:
        full = self.shell.shape() == FULL
        self._left.setVisible(full or self._step == COLUMNS)
        self.results.setVisible(full or self._step != COLUMNS)

    def leave(self) -> bool:
        """Esc stops the work, or goes one step back."""
        if self._step == RUN:
            self._halt()
            return True
        if self._busy and self._step == FILE:
            self._drop_reading()
            return True
        if self._step in (COLUMNS, ROWS):
            self._back()
            return True
        return False

    def _focus(self) -> None:
        if self._step == FILE:
            self.choose.choose_button.setFocus()
        elif self._step == COLUMNS:
            self.mapping.focus_first()
        elif self._step == ROWS:
            self.results.focus_rows()
        elif self._step == RUN:
            self.progress.stop_button.setFocus()
        else:
            # never the button that takes everything back
            button = self.finished.export_button if self._refused() else self.shell.topbar.primary()
            if button is not None:
                button.setFocus()

    def _other_pane(self) -> None:
        here = self.focusWidget()
        if here is not None and self._left.isAncestorOf(here) and self.results.isVisible():
            self.results.focus_rows()
        elif self._left.isVisible():
            self.mapping.focus_first()

    def _next_finding(self, step: int = 1) -> None:
        if self._step == COLUMNS and self.mapping.focus_next():
            return
        if self.results.isVisible():
            self.results.next_to_look(step)

    def _show_tab(self, code: str) -> None:
        self.results.show_tab(code)
        self.results.focus_rows()

    # choosing a file

    def _choose_file(self) -> None:
        path = self.talk.open_file(say("reading.files"))
        if path is not None:
            self.read(path)

    def paste(self) -> None:
        """Take the rows that were copied from a table."""
        text = QGuiApplication.clipboard().text()
        if self._step in (RUN,) or self._busy:
            return
        if "\t" not in text:
            self.talk.say(say("reading.choose.no_rows"), care=True)
            return
        self.read(text)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take one file."""
        if self._step in (FILE, DONE) and len(event.mimeData().urls()) == 1:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Read the file dropped."""
        path = event.mimeData().urls()[0].toLocalFile()
        if path:
            event.acceptProposedAction()
            self.read(Path(path))

    def read(self, source: Path | str) -> None:
        """Read a file, or copied text."""
        self.talk.clear()
        self._draft, self._done = None, None
        self.results.forget()
        self._go(FILE)
        self._ask(Asked(source, layouts=self._layouts()), say("reading.choose.working"))

    def _ask(self, asked: Asked, busy: str) -> None:
        """Have a file understood; only the last question is answered."""
        self._number += 1
        mine, self._stale = self._number, False
        self._set_busy(busy)

        def step() -> None:
            if mine != self._number:
                raise Stopped

        def work(desk: Desk) -> Draft | None:
            try:
                return read_draft(desk, asked, step)
            except Stopped:
                return None

        self._reading.run(work, self._understood, self._not_understood)

    def _set_busy(self, words: str) -> None:
        self._busy = words
        self.choose.busy(words if self._step == FILE else "")
        self.shell.refresh()

    def _drop_reading(self) -> None:
        self._number += 1
        self._reading.forget()
        self._set_busy("")

    def _understood(self, draft: Draft | None) -> None:
        if draft is None:
            return
        first = self._draft is None
        self._draft, self._busy = draft, ""
        self._tell_all()
        if draft.problem is not None and first:
            by_hand = Button(say("reading.map.by_hand"), icon="edit", name="by_hand")
            by_hand.clicked.connect(lambda: self._go_to(COLUMNS))
            self._go(FILE)
            self.talk.problem(draft.problem, action=by_hand)
            by_hand.setFocus()
        elif first:
            self._go_to(COLUMNS if open_columns(draft) else ROWS)
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

    def _tell_all(self) -> None:
        draft = self._draft
        if draft is None:
            return
        self.mapping.show_draft(draft)
        self.letters.setVisible(draft.done is not None)
        self.letters.show_draft(draft)
        self.results.show_fates(draft.fates)
        sheets = {row.sheet for row in draft.plan.rows}
        key = "about_sheet" if len(sheets) == 1 and len(draft.sheets()) > 1 else "about"
        sheet = next(iter(sheets), "")
        self.about.say(say(f"reading.{key}", file=draft.asked.name, n=plain(draft.plan.read), sheet=sheet))
        self.about.setVisible(self._step in (COLUMNS, ROWS))

    def _layouts(self) -> dict[str, dict[str, str]]:
        prefs = getattr(self.window(), "prefs", None)
        found = prefs.get(PREF, {}) if prefs is not None else {}
        return {key: dict(value) for key, value in found.items() if isinstance(value, dict)}

    def _remember(self, draft: Draft) -> None:
        """Keep what was said of these headings: places and targets, nothing that stood in the file."""
        prefs, said = getattr(self.window(), "prefs", None), to_remember(draft)
        if prefs is None or not said:
            return
        layouts = {key: value for key, value in self._layouts().items() if key != layout_of(draft.plan)}
        kept = dict(list(layouts.items())[1 - LAYOUTS_KEPT :])
        prefs.put(PREF, kept | {layout_of(draft.plan): said})

    # columns

    def _choose_target(self, column: Column, target: str) -> None:
        if self._draft is None or (target and target == column.target and column.sure == 2):
            return
        choices = choose(self._draft.choices, self._draft.plan.columns, column, target)
        self._read_again(choices=choices)

    def _choose_sheet(self, name: str) -> None:
        if self._draft is not None and name != (self._draft.asked.sheet or ""):
            self._read_again(sheet=name or None)

    def _read_again(self, **changes: Any) -> None:
        draft = self._draft
        if draft is None or self._step == RUN:
            return
        asked = replace(draft.asked, book=draft.book, **{"choices": draft.choices, **changes})
        self._ask(asked, say("reading.again"))

    # steps

    def _go(self, step: int) -> None:
        self._step = step
        self.stepper.go(min(step, RUN) if step != DONE else RUN + 1)
        layers = {FILE: self.choose, RUN: self.progress, DONE: self.finished}
        self._layers.setCurrentWidget(layers.get(step, self._work))
        self.about.setVisible(step in (COLUMNS, ROWS))
        self._show_sides()
        self.shell.refresh()

    def _go_to(self, step: int) -> None:
        self._go(step)
        self._focus()

    def _go_on(self) -> None:
        if self._draft is None:
            return
        if self._step == FILE:
            waiting = self._draft.done is None or open_columns(self._draft)
            self._go_to(COLUMNS if waiting else ROWS)
        elif self._draft.done is not None:
            self._go_to(ROWS)

    def _back(self) -> None:
        if self._step == ROWS:
            self._go_to(COLUMNS)
        elif self._step == COLUMNS:
            self._go_to(FILE)

    def _start_over(self) -> None:
        self._drop_reading()
        self._draft, self._done = None, None
        self.results.forget()
        self.talk.clear()
        self._go_to(FILE)

    # importing

    def _to_import(self) -> int:
        if self._draft is None or self._draft.done is None:
            return 0
        fates = self._draft.fates
        return sum(fate.kind in (GOOD, ALIKE) and not self.results.is_out(fate) for fate in fates)

    def run_import(self) -> None:
        """Write the rows as one batch."""
        draft = self._draft
        if draft is None or draft.done is None or self._busy or self._step != ROWS:
            return
        out = self.results.out()
        plan = replace(draft.plan, rows=[row for row in draft.plan.rows if place_of(row) not in out])
        self._stop = False
        self.progress.begin(len(plan.rows))
        self._go_to(RUN)
        told = self.jobs.relay(self.progress.show_count, self)
        count = 0

        def step() -> None:
            nonlocal count
            if self._stop:
                raise Stopped
            count += 1
            if count % EVERY == 0:
                told(count)

        def work(desk: Desk) -> Imported | None:
            try:
                return desk.import_run(plan, progress=step)
            except Stopped:
                return None

        self.jobs.run(work, self._imported, self._not_imported, self)

    def _halt(self) -> None:
        self._stop = True
        self.progress.stop_button.busy(say("reading.run.stopping"))

    def _imported(self, done: Imported | None) -> None:
        if done is None:
            self._go_to(ROWS)
            self.talk.say(say("reading.run.stopped"), care=True)
            return
        assert self._draft is not None
        self._done = done
        self._remember(self._draft)
        self.finished.show_done(done, len(self.results.out()))
        self._go_to(DONE)
        if done.batch:
            self.talk.say(say("reading.done.toast", n=plain(done.added)), undo=self._undo)

    def _not_imported(self, problem: Problem) -> None:
        self._go_to(ROWS)
        again = Button(say("reading.run.again"), icon="arrow_sync", name="import_retry")
        again.clicked.connect(self.run_import)
        self.talk.problem(problem, action=again)

    def _undo(self) -> None:
        batch = self._done.batch if self._done is not None else None
        if batch is None:
            return
        self.talk.hush()
        self.finished.undo_button.busy(say("reading.done.undoing"))
        self.jobs.run(lambda desk: desk.undo(batch), self._undone, self._not_undone, self)

    def _undone(self, _saved: object) -> None:
        self.finished.undo_button.busy("")
        self._done = None
        self._go_to(ROWS)
        self._read_again()
        self.talk.say(say("reading.done.undone"))

    def _not_undone(self, problem: Problem) -> None:
        self.finished.undo_button.busy("")
        self.talk.problem(problem)

    def _open_list(self) -> None:
        self.shell.go("children")

    # the refused rows

    def _refused(self) -> Imported | None:
        """Return the answer that holds refused rows, or ``None``."""
        done = self._done if self._step == DONE else self._draft.done if self._draft is not None else None
        return done if done is not None and done.refused and self._step in (ROWS, DONE) else None

    def export(self) -> None:
        """Put the refused rows, each with its reason, into a workbook that can be corrected and read in again."""
        done, draft = self._refused(), self._draft
        if done is None or draft is None:
            return
        path = self.talk.save_file(say("reading.refused_file"), say("reading.xlsx_files"))
        if path is None:
            return
        plan, count = draft.plan, len(done.refused)
        self.jobs.run(
            lambda desk: desk.write_refused(plan, done, path),
            lambda _path: self.talk.say(say("reading.exported", n=plain(count))),
            owner=self,
        )


__all__ = ["ALIKE", "COLUMNS", "DONE", "FILE", "FIX", "GOOD", "ROWS", "RUN", "Imports"]
