"""Trả lời của Công an từ tệp Excel: what each line would change, decided by a person, written as one batch.

The file is only read. What contradicts sex or year of birth waits until somebody takes it; lines that are left stay as
they were, and the same file again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from cbdesk.desk import Changed, Saved
from cbdesk.errors import Problem
from cbdesk.words import say
from ui.frame.shell import Shell
from ui.jobs import Latest
from ui.lists.filterbar import plain
from ui.pages import Action, Page, register
from ui.parts import Button, Card, Hint, Skeleton, State
from ui.quality.answers import TABS, AnswerCard
from ui.quality.police import Answer, read_answer, take_answer


@register
class CleaningAnswerPage(Page):
    """An answered file, before it is written."""

    name, icon = "cleaning_answer", "arrow_import"
    roles = ("commune",)
    under = "quality"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._list, self._busy = "", ""
        self._path: Path | None = None
        self._answer: Answer | None = None
        self._job = Latest(self.jobs, self)
        self.card = AnswerCard()
        self.card.changed.connect(self.shell.refresh)
        self.card.moved.connect(self.shell.refresh_hints)
        self.card.opened.connect(self._key)
        waiting = Card(name="reading_answer")
        self._skeleton = Skeleton(rows=8)
        waiting.body.addWidget(self._skeleton)
        waiting.body.addStretch(1)
        room = QWidget()
        self._layers = QStackedLayout(room)
        self._layers.addWidget(waiting)
        self._layers.addWidget(self.card)
        column = QVBoxLayout()
        column.addWidget(room)
        self.body.addLayout(column, 1)

    # what the shell shows

    def crumbs(self) -> Sequence[tuple[str, str]]:
        """The way here leads over the lists."""
        return (("", "cleaning"),)

    def title(self) -> str:
        """Return the title."""
        return say("quality_page.answer_title")

    def facts(self) -> str:
        """Return list and file."""
        if self._answer is None:
            return ""
        return say("quality_page.answer_facts", number=self._answer.number, file=self._answer.file)

    def primary(self) -> Action:
        """Write what is taken."""
        count = self.card.lines() if self._answer is not None else 0
        why = "" if count else say("quality_page.reading" if self._answer is None else "quality_page.nothing_new")
        words = say("quality_page.take_lines", n=plain(count))
        busy = say("ui.saving") if self._busy else ""
        return Action("take", words, self._take, "checkmark", "Ctrl Enter", why, busy)

    def secondary(self) -> Sequence[Action]:
        """Leave it."""
        return (Action("leave", say("ui.cancel"), self.shell.back, key="Esc"),)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of this page."""
        return (Hint("F8", say("quality_page.hint.waiting")), Hint("Space", say("quality_page.hint.take")),
                Hint("Ctrl A", say("quality_page.hint.tick_all")), Hint("Enter", say("quality_page.hint.key")),
                Hint("Alt|1–5", say("quality_page.hint.tab")),
                Hint("Ctrl Enter", say("quality_page.hint.write_all")))  # fmt: skip

    def states(self) -> Sequence[State]:
        """Say how many places wait for a person."""
        waiting = self.card.waiting() if self._answer is not None else 0
        return (State("warning", say("quality_page.to_decide", n=plain(waiting)), "nghe"),) if waiting else ()

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        found: dict[str, Callable[[], None]] = {
            "reload": self.load, "next_finding": lambda: self._next(1), "previous_finding": lambda: self._next(-1),
        }  # fmt: skip
        for number, (code, *_) in enumerate(TABS, 1):
            found[f"section_{number}"] = lambda code=code: self._show_tab(code)  # type: ignore[misc]
        return found

    def opened(self, **details: Any) -> None:
        """Read a file (``path=``) as the answer to a list (``list=``); coming back shows what was read."""
        self.card.signed.begin()
        wanted = (str(details.get("list") or ""), details.get("path"))
        if wanted != (self._list, self._path) or self._answer is None:
            self._list, self._path = wanted
            self._answer = None
            self.load()
        else:
            self.load()  # a line may have been keyed meanwhile

    def closed(self) -> None:
        """Nothing is kept of the file but where it lies."""
        self._job.forget()

    def changed(self, changed: Changed) -> None:
        """What changes meanwhile is seen when it is written."""

    # reading

    def load(self) -> None:
        """Read the file."""
        list_id, path = self._list, self._path
        if path is None:
            return
        if self._answer is None:
            self._layers.setCurrentIndex(0)
            self._skeleton.begin()
        self._job.run(lambda desk: read_answer(desk, list_id, path), self._show, self._unread)

    def _show(self, answer: Answer) -> None:
        self._skeleton.end()
        self._answer = answer
        self._layers.setCurrentIndex(1)
        self.card.show_rows(answer.rows)
        self.card.focus_rows()
        self.shell.refresh()

    def _unread(self, problem: Problem) -> None:
        self._skeleton.end()
        self._answer = None
        other = Button(say("reading.choose.other"), icon="folder_open", name="other_answer")
        other.clicked.connect(self._choose)
        self.shell.refresh()
        self.talk.problem(problem, action=other)
        other.setFocus()

    def _choose(self) -> None:
        path = self.talk.open_file(say("quality_page.files"))
        if path is not None:
            self._path, self._answer = path, None
            self.load()

    # deciding and writing

    def _show_tab(self, code: str) -> None:
        self.card.show_tab(code)
        self.card.focus_rows()

    def _next(self, step: int) -> None:
        if not self.card.next_waiting(step):
            self.talk.say(say("quality_page.nothing_waits"))

    def _key(self, line: int) -> None:
        if line:
            self.shell.go("cleaning_keys", list=self._list, line=line)

    def _take(self) -> None:
        answer, taken = self._answer, self.card.taken()
        day = self.card.signed.day() if answer is not None and not self._busy else None
        if answer is None or self._busy:
            return
        if day is None:
            self.talk.say(say("quality_page.signed_need"), care=True)
            return
        self._busy = "take"
        self.shell.refresh()
        count = self.card.lines()

        def done(saved: Saved) -> None:
            self._busy = ""
            self._answer = None
            self.shell.go("cleaning", list=self._list)
            batch = saved.batch
            undo = None if batch is None else lambda: self.jobs.run(lambda desk: desk.undo(batch), owner=self)
            self.talk.say(say("quality_page.taken_lines", n=plain(count)), undo=undo)

        self.jobs.run(lambda desk: take_answer(desk, answer, taken, day), done, self._not_taken, self)

    def _not_taken(self, problem: Problem) -> None:
        self._busy = ""
        self.shell.refresh()
        again = Button(say("quality_page.again"), icon="arrow_sync", name="answer_again")
        again.clicked.connect(self.load)
        self.talk.problem(problem, action=again)
