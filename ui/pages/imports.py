"""Nhập từ Excel: bring an old list in without bringing its faults in.

Steps: choose a file (or paste, or drop), say what each column is, look at what becomes of each row, import. Nothing is
written before the last step, the file itself is only read, and one undo takes the whole import back, at once or later.
A file that was recognised whole goes straight to its rows; going back loses nothing. What is asked of the desk on the
way stands in ``ui/reading/asking.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QWidget

from cbdesk.desk import Changed, Desk, Imported, Saved
from cbdesk.desk.batches import DAYS
from cbdesk.errors import Problem
from cbdesk.words import say
from ui import pages
from ui.frame.shell import Shell
from ui.lists.filterbar import plain
from ui.pages import Action, register
from ui.parts import Button, Hint, Label, Scroller, State, Stepper
from ui.reading.asking import COLUMNS, DONE, EVERY, FILE, ROWS, RUN, Asking
from ui.reading.board import Board
from ui.reading.draft import ALIKE, CHILD, FIX, GOOD, OUT, Behalf, Stopped, open_columns
from ui.reading.past import PastCard
from ui.reading.results import TABS
from ui.reading.running import ChooseCard, DoneCard, ProgressCard
from ui.reading.told import answers


@register
class Imports(Asking):
    """Import, for the commune."""

    name, icon, order = "import", "arrow_import", 100
    rails = ("commune",)

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._stop = False
        self._done: Imported | None = None
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
        self.choose, self.past = ChooseCard(), PastCard()
        self.choose.choose_wanted.connect(self._choose_file)
        self.choose.paste_wanted.connect(self.paste)
        self.past.undo_wanted.connect(self._undo_past)
        self._first = Scroller(name="import_first")
        self._first.body.addWidget(self.choose, 1)
        self._first.body.addWidget(self.past)
        self.board = Board()
        self.mapping, self.letters, self.results = self.board.mapping, self.board.letters, self.board.results
        self._connect_board()
        self.progress = ProgressCard()
        self.progress.stop_wanted.connect(self._halt)
        self.finished = DoneCard(compare="duplicates" in pages.load())
        self.finished.export_wanted.connect(self.export)
        self.finished.undo_wanted.connect(self._undo)
        self.finished.compare_wanted.connect(self._compare)
        for layer in (self._first, self.board, self.progress, self.finished):
            self._layers.addWidget(layer)

    def _connect_board(self) -> None:
        self.mapping.chosen.connect(self._choose_target)
        self.mapping.sheet_chosen.connect(self._choose_sheet)
        self.mapping.layout_chosen.connect(self._choose_layout)
        self.mapping.save_wanted.connect(self._save_layout)
        self.letters.chosen.connect(self._choose_charset)
        self.letters.change_wanted.connect(self._show_letters)
        self.results.said.connect(self._answered)
        self.results.opened.connect(lambda child: self.shell.go("child", id=child))
        self.results.export_wanted.connect(self.export)
        self.results.moved.connect(self.shell.refresh_hints)

    # what the shell shows

    def title(self) -> str:
        """Return the title; at the receiver it says whose list is taken in."""
        return say("behalf.import_title", name=self._of.name) if self._of is not None else super().title()

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
        count = self.results.to_import()
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
        back = Hint("Alt|←", say("shell.hint.previous_step"))
        if self._step == FILE:
            if self.past.table.hasFocus():
                return (Hint("Enter", hint("undo_past")), Hint("Ctrl Enter", hint("choose")))
            more = (Hint("F6", hint("past")),) if self.past.isVisible() else ()
            return (Hint("Ctrl Enter", hint("choose")), Hint("Ctrl V", hint("paste")), *more)
        if self._step == RUN:
            return (Hint("Esc", hint("stop")),)
        if self._step == DONE:
            return (Hint("Ctrl Enter", hint("list")), Hint("Ctrl Z", hint("undo")))
        if self._step == COLUMNS:
            return (Hint("F8", hint("column")), Hint("Alt|↓", hint("fields")), Hint("F6", hint("charset")),
                    Hint("Ctrl S", hint("save")), Hint("Ctrl Enter", hint("rows")), back)  # fmt: skip
        return (*self._row_hints(hint), Hint("F8", hint("row")), Hint("Alt|1–4", hint("tab")),
                Hint("Ctrl Enter", hint("import")), back)  # fmt: skip

    def _row_hints(self, hint: Callable[[str], str]) -> Sequence[Hint]:
        fate = self.results.table().current()
        if fate is None:
            return ()
        if self.results.tabs.value() == ALIKE:
            return (Hint("1|2|3", hint("decide")), Hint("Enter", hint("open")))
        if answers(fate):
            return (Hint("Enter", hint("take")), Hint("2|3", hint("decide")))
        return (Hint("Space", hint("leave_out")),)

    def states(self) -> Sequence[State]:
        """Say that an import can be taken back."""
        return (State("arrow_undo", say("reading.can_undo", days=DAYS)),) if self._step in (ROWS, DONE) else ()

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        found: dict[str, Callable[[], None]] = {"paste": self.paste, "step_back": self._back}
        found |= {"next_pane": self._other_pane, "previous_pane": self._other_pane}
        if self._step in (COLUMNS, ROWS):
            found |= {"next_finding": self._next_finding, "previous_finding": lambda: self._next_finding(-1),
                      "reload": self._read_again, "save": self._ask_name}  # fmt: skip
        if self._step == ROWS:
            for number, (code, *_) in enumerate(TABS, 1):
                found[f"section_{number}"] = lambda code=code: self._show_tab(code)  # type: ignore[misc]
        if self._refused():
            found["excel"] = self.export
        if self._step == DONE and self._done is not None and self._done.batch and not self.talk.can_undo():
            found["undo"] = self._undo
        return found

    def opened(self, **details: Any) -> None:
        """Return to where one was. ``of`` (``Behalf``) takes a commune's list in on its behalf, for a receiver."""
        if isinstance(of := details.get("of"), Behalf) and of != self._of:
            self._of = of
            self._start_over()
        if self._of is None and self.shell.role == "receiver":
            QTimer.singleShot(0, lambda: self.shell.go("behalf"))  # whose list it is must be known first
        if self._draft is not None and self._step in (COLUMNS, ROWS) and not self._busy:
            self._read_again() if self._stale else self._tell_all()
        self._load_past()
        self._focus()

    def changed(self, changed: Changed) -> None:
        """Another child may be here now: look again who is known."""
        if CHILD not in changed.forms:
            return
        if self._step == FILE and self.isVisible():
            self._load_past()
        if self._draft is not None and self._step in (COLUMNS, ROWS):
            if self.isVisible():
                self._read_again()
            else:
                self._stale = True

    def shaped(self, shape: str) -> None:
        """Columns and rows stand side by side only where there is room."""
        self.board.arrange(shape, columns=self._step == COLUMNS)

    def leave(self) -> bool:
        """Esc stops the work, or goes one step back."""
        if self.mapping.naming.leave():
            return True
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
        if self._step in (COLUMNS, ROWS):
            self.board.other_pane()
        elif self._step == FILE and self.past.isVisible() and not self.past.table.hasFocus():
            self.past.focus()
            self._first.ensureWidgetVisible(self.past)
        else:
            self._focus()
        self.shell.refresh_hints()

    def _next_finding(self, step: int = 1) -> None:
        if self._step == COLUMNS:
            self.mapping.focus_next()
        else:
            self.results.next_to_look(step)

    def _show_tab(self, code: str) -> None:
        self.results.show_tab(code)
        self.results.focus_rows()

    def _show_letters(self) -> None:
        self._go_to(COLUMNS)
        self.letters.focus()

    def _compare(self) -> None:
        a, b = self._done.pairs[0] if self._done is not None and self._done.pairs else ("", "")
        self.shell.go("duplicates", a=a, b=b)

    # choosing a file

    def _choose_file(self) -> None:
        path = self.talk.open_file(say("reading.files"))
        if path is not None:
            self.read(path)

    def paste(self) -> None:
        """Take the rows that were copied from a table."""
        text = QGuiApplication.clipboard().text()
        if self._step == RUN or self._busy:
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

    def _tell_all(self) -> None:
        draft = self._draft
        if draft is None:
            return
        self.board.show_draft(draft)
        sheets = list(draft.plan.charsets)
        key = "about_sheet" if len(sheets) == 1 and len(draft.sheets()) > 1 else "about"
        sheet = sheets[0] if sheets else ""
        self.about.say(say(f"reading.{key}", file=draft.asked.name, n=plain(draft.plan.read), sheet=sheet))
        self.about.setVisible(self._step in (COLUMNS, ROWS))

    # steps

    def _go(self, step: int) -> None:
        self._step = step
        self.stepper.go(min(step, RUN) if step != DONE else RUN + 1)
        layers = {FILE: self._first, RUN: self.progress, DONE: self.finished}
        self._layers.setCurrentWidget(layers.get(step, self.board))
        self.about.setVisible(step in (COLUMNS, ROWS))
        self.board.arrange(self.shell.shape(), columns=step == COLUMNS)
        self.shell.refresh()

    def _go_to(self, step: int) -> None:
        self._go(step)
        self._focus()

    def _forget(self) -> None:
        super()._forget()
        self._done = None

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
        self._forget()
        self.talk.clear()
        self._go_to(FILE)
        self._load_past()

    # importing

    def run_import(self) -> None:
        """Write the rows as one batch; not before it is known what becomes of each."""
        draft = self._draft
        if draft is None or draft.done is None or self._busy or self._step != ROWS:
            return
        if self._judging:
            self._wanted = self.results.count(ALIKE)
            return
        self._stop = False
        self.progress.begin(draft.plan.read)
        self._go_to(RUN)
        told, of = self.jobs.relay(self.progress.show_count, self), self._of
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
                if of is not None:
                    return desk.import_on_behalf(draft.plan, of.period, of.paper, progress=step)
                return desk.import_run(draft.plan, progress=step)
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
        self._keep_layout(self._draft.layout, self._draft.choices)
        self.finished.show_done(done)
        self._go_to(DONE)
        if done.batch:
            self.talk.say(say("reading.done.toast", n=plain(done.added + done.updated)), undo=self._undo)

    def _not_imported(self, problem: Problem) -> None:
        self._go_to(ROWS)
        again = Button(say("reading.run.again"), icon="arrow_sync", name="import_retry")
        again.clicked.connect(self.run_import)
        self.talk.problem(problem, action=again)

    # taking back

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

    def _load_past(self) -> None:
        self.jobs.run(lambda desk: desk.imports(), self._show_past, owner=self)

    def _show_past(self, past: Sequence[Any]) -> None:
        self.past.show_past(past)
        self.shell.refresh_hints()

    def _undo_past(self, batch: str, words: str = "reading.done.undone") -> None:
        def told(saved: Saved) -> None:
            again = saved.batch or ""
            self.talk.say(say(words), undo=lambda: self._undo_past(again, "reading.done.redone"))
            self._load_past()

        self.jobs.run(lambda desk: desk.undo(batch), told, owner=self)

    def _open_list(self) -> None:
        if self._of is not None:
            self.shell.go("inbox", unit=self._of.unit)
        else:
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
        self.talk.leaving(
            path,
            lambda how: self.jobs.run(
                how(lambda desk: desk.write_refused(plan, done, path)),
                lambda _path: self.talk.say(how.told(say("reading.exported", n=plain(count)))),
                owner=self,
            ),
        )


__all__ = ["ALIKE", "COLUMNS", "DONE", "FILE", "FIX", "GOOD", "OUT", "ROWS", "RUN", "Imports"]
