"""Đối chiếu danh sách: another office's list held against the register, taken over only as a person chose.

First which list it is and which children it should hold, then the file; the heaps stand in one card. Columns can be
put right at any time and are remembered. Nothing is written before the one button says so, and one undo takes it back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QWidget

from cbdesk.book import Book
from cbdesk.catalogue import catalogue
from cbdesk.crosscheck import CheckRow, CrossCheck, kinds_of_lists
from cbdesk.desk import Changed, Desk
from cbdesk.desk.crosschecking import CheckTaken
from cbdesk.errors import Problem
from cbdesk.importer import Column, targets
from cbdesk.words import say
from ui.frame.shell import Shell
from ui.jobs import Latest
from ui.leaving import Leaving
from ui.lists.filterbar import plain
from ui.outside.columns import ColumnsCard
from ui.outside.heaps import TABS, HeapsCard
from ui.outside.who import WhoFields
from ui.pages import Action, Page, register
from ui.parts import Button, Card, EmptyState, Hint, Label, LineField, ListField, Skeleton, State

NOTHING, WAITING, HEAPS, COLUMNS = range(4)


@register
class CrossCheckPage(Page):
    """Another list against ours."""

    name, icon, order = "crosscheck", "box_checkmark", 105
    roles = ("commune",)

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._path: Path | None = None
        self._book: Book | None = None
        self._check: CrossCheck | None = None
        self._busy, self._stale = "", False
        self._villages: dict[str, str] = {}
        self._job = Latest(self.jobs, self)
        self._top = top = Card(padding=14, spacing=6, name="crosscheck_what")
        self.kind = ListField(label=say("crosscheck.kind"), name="crosscheck_kind")
        self.kind.fill([(one.name, one.title) for one in kinds_of_lists().values()])
        self.kind.activated.connect(lambda _at: self._choose_kind())
        self.school = LineField(label=say("superior.page.school"), hint=say("crosscheck.school_hint"),
                                name="crosscheck_school")  # fmt: skip
        self.school.editingFinished.connect(self._narrow)
        self.who = WhoFields({"school": self.school})
        self.who.changed.connect(self._narrow)
        self.who.add_first(say("crosscheck.kind"), self.kind)
        top.body.addWidget(self.who)
        self._file = QWidget()
        line = QHBoxLayout(self._file)
        line.setContentsMargins(0, 0, 0, 0)
        self.about = Label("", "note", "ink2", elide=True, name="crosscheck_file")
        other = Button(say("reading.choose.other"), "link", icon="folder_open", name="crosscheck_other")
        other.clicked.connect(self._choose)
        line.addWidget(self.about, 1)
        line.addWidget(other)
        self._file.hide()
        top.body.addWidget(self._file)
        self.body.addWidget(top)
        room = QWidget()
        self._layers = QStackedLayout(room)
        self._build()
        self.body.addWidget(room, 1)
        self._choose_kind()

    def _build(self) -> None:
        nothing = Card(name="crosscheck_nothing")
        self.choose_button = Button(say("reading.choose.file"), icon="folder_open", name="crosscheck_choose")
        self.choose_button.clicked.connect(self._choose)
        begin, more = say("crosscheck.begin"), say("crosscheck.begin_more")
        nothing.body.addWidget(EmptyState(begin, more, action=self.choose_button))
        waiting = Card(name="crosscheck_waiting")
        self._skeleton = Skeleton(rows=8)
        waiting.body.addWidget(self._skeleton)
        waiting.body.addStretch(1)
        self.heaps = HeapsCard()
        self.heaps.changed.connect(self.shell.refresh)
        self.heaps.moved.connect(self.shell.refresh_hints)
        self.heaps.decided.connect(self._decide)
        self.columns = ColumnsCard(heads=("column", "first", "field"), out="crosscheck.not_compared")
        self.columns.chosen.connect(self._map)
        for layer in (nothing, waiting, self.heaps, self.columns):
            self._layers.addWidget(layer)

    # what the shell shows

    def primary(self) -> Action:
        """Choose a file, or write what is taken."""
        if self._check is None:
            busy = say("reading.choose.working") if self._busy else ""
            return Action("choose", say("reading.choose.file"), self._choose, "folder_open", "Ctrl Enter", busy=busy)
        if self._layers.currentIndex() == COLUMNS:
            return Action("heaps", say("crosscheck.to_heaps"), self._to_heaps, "arrow_right", "Ctrl Enter")
        added, amended = self._check.to_write()
        why = "" if added + amended else say("crosscheck.nothing_taken")
        words = say("crosscheck.write", n=plain(added + amended))
        busy = say("ui.saving") if self._busy else ""
        return Action("take", words, self._take, "checkmark", "Ctrl Enter", why, busy)

    def secondary(self) -> Sequence[Action]:
        """Write the questions."""
        if self._check is None:
            return ()
        return (Action("questions", say("crosscheck.questions"), self._ask, "document_pdf", "Ctrl E"),)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of this page."""
        if self._check is None:
            return (Hint("Ctrl Enter", say("reading.hint.choose")),)
        if self._layers.currentIndex() == COLUMNS:
            return (Hint("↓", say("reading.hint.fields")), Hint("Ctrl Enter", say("crosscheck.hint.heaps")))
        row = self.heaps.table.current() if self.heaps.table.rows() else None
        doubtful = row is not None and row.row is not None and row.row.state == "maybe"
        digits = (Hint("1–3", say("crosscheck.hint.is_child")),) if doubtful else ()
        return (Hint("Space", say("crosscheck.hint.take")), *digits, Hint("F8", say("crosscheck.hint.waiting")),
                Hint("Alt|1–4", say("crosscheck.hint.tab")), Hint("F6", say("crosscheck.hint.columns")),
                Hint("Ctrl Enter", say("crosscheck.hint.write")))[:6]  # fmt: skip

    def states(self) -> Sequence[State]:
        """Say how many rows wait for a person."""
        waiting = self.heaps.waiting() if self._check is not None else 0
        return (State("warning", say("crosscheck.waiting", n=plain(waiting)), "nghe"),) if waiting else ()

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        if self._check is None:
            return {}
        found: dict[str, Callable[[], None]] = {
            "reload": self._read, "excel": self._ask, "next_pane": self._other_pane, "previous_pane": self._other_pane,
            "next_finding": lambda: self._next(1), "previous_finding": lambda: self._next(-1),
        }  # fmt: skip
        for number, (code, *_) in enumerate(TABS, 1):
            found[f"section_{number}"] = lambda code=code: self._show_tab(code)  # type: ignore[misc]
        return found

    def opened(self, **_details: Any) -> None:
        """Offer the villages; what was read is still there."""
        self.jobs.run(lambda desk: desk.village_names(), self._show_villages, owner=self)
        if self._check is None:
            self.choose_button.setFocus()
        elif self._stale:
            self._read()
        else:
            self.heaps.focus_rows()

    def changed(self, changed: Changed) -> None:
        """A child may read otherwise now: look again when the page is next shown."""
        if self._check is not None and "child" in changed.forms and not self._busy:
            self._stale = True
            if self.isVisible():
                self._read()

    def shaped(self, shape: str) -> None:
        """In a narrow window the choices stand in two lines."""
        narrow = shape == "narrow"
        self.who.fold(narrow)
        self._top.body.setContentsMargins(14, 6 if narrow else 12, 14, 6 if narrow else 14)
        self._top.body.setSpacing(2 if narrow else 6)

    def leave(self) -> bool:
        """Esc goes from the columns back to the heaps."""
        if self._check is not None and self._layers.currentIndex() == COLUMNS:
            self._to_heaps()
            return True
        return False

    # reading

    def _choose(self) -> None:
        path = self.talk.open_file(say("reading.files"))
        if path is not None:
            self.read(path)

    def read(self, path: Path) -> None:
        """Read a list."""
        self._path, self._book, self._check = path, None, None
        self._layers.setCurrentIndex(WAITING)
        self._skeleton.begin()
        self._read(fresh=True)

    def _read(self, mapping: Mapping[str, str] | None = None, *, fresh: bool = False) -> None:
        """Match the list anew; what was ticked by hand is ticked again by the row."""
        path, book, kind = self._path, self._book, str(self.kind.value())
        ages, villages, school = self.who.ages.ages(), self.who.villages(), self.school.text().strip()
        before = self._check
        if path is None:
            return
        self._busy, self._stale = "read", False
        self.shell.refresh()

        def work(desk: Desk) -> tuple[Book, CrossCheck]:
            found = book if book is not None else desk.import_book(path)
            check = desk.crosscheck(found, kind, mapping=mapping, ages=ages, villages=villages, school=school)
            if before is not None:
                check.follow(before)
            return found, check

        def done(answer: tuple[Book, CrossCheck]) -> None:
            self._book, self._check = answer
            self._busy = ""
            self._skeleton.end()
            self._show(fresh=fresh)

        self._job.run(work, done, self._unread)

    def _unread(self, problem: Problem) -> None:
        self._busy = ""
        self._skeleton.end()
        if self._check is None:
            self._path = None
            self._layers.setCurrentIndex(NOTHING)
        self.shell.refresh()
        other = Button(say("reading.choose.other"), icon="folder_open", name="other_list")
        other.clicked.connect(self._choose)
        self.talk.problem(problem, action=other)
        other.setFocus()

    def _show(self, *, fresh: bool) -> None:
        if self._check is None:
            return
        check = self._check
        self._file.setVisible(self._path is not None)
        self.about.say(say("crosscheck.facts", file=self._path.name if self._path else "", n=plain(len(check.rows)),
                           same=plain(check.count("same"))))  # fmt: skip
        self.heaps.show_check(self._check, lambda name: name, fresh=fresh)
        fields = dict(targets(catalogue().form("child"), catalogue()))
        self.columns.show_columns(self._check.plan.columns, list(fields.items()))
        if self._layers.currentIndex() != COLUMNS:
            self._layers.setCurrentIndex(HEAPS)
            if fresh:
                self.heaps.focus_rows()
        self.shell.refresh()

    def _choose_kind(self) -> None:
        self.who.ages.set_ages(kinds_of_lists()[str(self.kind.value())].ages)
        self.school.setEnabled("school" in kinds_of_lists()[str(self.kind.value())].fields)
        if self._path is not None:
            self._read(fresh=True)

    def _narrow(self) -> None:
        """Say anew which children the list should hold."""
        check = self._check
        if check is None or self._busy:
            return
        ages, villages, school = self.who.ages.ages(), self.who.villages(), self.school.text().strip()
        if (ages, villages, school) == (check.ages, check.villages, check.school):
            return
        self._job.run(
            lambda desk: desk.crosscheck_again(check, ages=ages, villages=villages, school=school),
            lambda _none: self._show(fresh=False),
        )

    def _show_villages(self, names: Mapping[str, str]) -> None:
        self.who.show_villages(names)

    # columns

    def _map(self, column: Column, target: str) -> None:
        check = self._check
        if check is None:
            return
        chosen = {f"{one.sheet}!{one.letter}@{one.table}": one.target for one in check.plan.columns}
        self._read(chosen | {f"{column.sheet}!{column.letter}@{column.table}": target})

    def _other_pane(self) -> None:
        if self._layers.currentIndex() == COLUMNS:
            self._to_heaps()
        elif self._check is not None:
            self._layers.setCurrentIndex(COLUMNS)
            self.columns.focus_first()
            self.shell.refresh()

    def _to_heaps(self) -> None:
        self._layers.setCurrentIndex(HEAPS)
        self.heaps.focus_rows()
        self.shell.refresh()

    # deciding and writing

    def _show_tab(self, code: str) -> None:
        if self._layers.currentIndex() == HEAPS:
            self.heaps.show_tab(code)
            self.heaps.focus_rows()

    def _next(self, step: int) -> None:
        if self._layers.currentIndex() == HEAPS and not self.heaps.next_waiting(step):
            self.talk.say(say("crosscheck.nothing_waits"))

    def _decide(self, row: CheckRow, child: str) -> None:
        check = self._check
        if check is None:
            return
        self._job.run(
            lambda desk: desk.crosscheck_decide(check, row, child), lambda _none: self._show(fresh=False)
        )

    def _take(self) -> None:
        check = self._check
        if check is None or self._busy or not any(check.to_write()):
            return
        self._busy = "take"
        self.shell.refresh()

        def done(taken: CheckTaken) -> None:
            self._busy = ""
            batch = taken.batch
            undo = None if batch is None else lambda: self.jobs.run(lambda desk: desk.undo(batch), owner=self)
            self.talk.say(say("crosscheck.done", added=plain(taken.added), amended=plain(taken.amended)), undo=undo)
            self._read()

        self.jobs.run(lambda desk: desk.crosscheck_take(check), done, self._not_taken, self)

    def _not_taken(self, problem: Problem) -> None:
        self._busy = ""
        self.shell.refresh()
        again = Button(say("crosscheck.again"), icon="arrow_sync", name="check_again")
        again.clicked.connect(lambda _on: self._read())
        self.talk.problem(problem, action=again)

    def _ask(self) -> None:
        """Write the questions for the other office."""
        check = self._check
        if check is None or self._busy:
            return
        path = self.talk.save_file(say("crosscheck.file"), say("reading.xlsx_files"))
        if path is None:
            return
        def go(how: Leaving) -> None:
            words = lambda files: say("crosscheck.asked", files=", ".join(one.name for one in files))  # noqa: E731
            self.jobs.run(
                how(lambda desk: desk.crosscheck_questions(check, path, overwrite=True)),
                lambda files: self.talk.say(how.told(words(files))),
                owner=self,
            )

        self.talk.leaving(path, go)
