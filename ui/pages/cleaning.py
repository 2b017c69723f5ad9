"""Gửi Công an xã: make a list of children whose identity must be verified, see it as paper, print it, save it.

The list freezes its order; the answer comes back as a workbook or is keyed in line by line. The page at the right is
the print itself. Making a list is one action that one undo takes back; every print and every file is logged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QWidget

from cbdesk import page
from cbdesk.desk import Changed, Saved
from cbdesk.errors import Problem
from cbdesk.paper import Paper
from cbdesk.words import say
from ui import theme
from ui.frame.shell import Shell
from ui.jobs import Latest
from ui.lists.filterbar import plain
from ui.pages import COMPACT, FULL, NARROW, Action, Page, register
from ui.paper.output import PRINT, Output
from ui.paper.preview import PagePreview, has_printer
from ui.parts import Button, Hint, State
from ui.quality.choosing import Choosing
from ui.quality.police import Choices, Due, Sent, make_list, read_choices, read_due, read_sent
from ui.quality.sent import SentCard

FORMS = frozenset({"child", "village", "carer", "cleaning_list", "cleaning_line"})
LISTS, NEW = "lists", "new"
LEFT = {FULL: 340, COMPACT: 320, NARROW: 312}


@register
class Cleaning(Page):
    """Lists for the police, and their papers."""

    name, icon = "cleaning", "send"
    roles = ("commune",)
    under = "quality"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._mode, self._stale, self._wanted = LISTS, True, ""
        self._lists: list[Sent] | None = None
        self._shown: tuple[str, Paper] | None = None
        """The list in the preview, by its id, once all of its pages are there."""
        self._output = Output(self, shell.refresh)
        self._lists_job, self._due_job, self._paper_job = (Latest(self.jobs, self) for _ in range(3))
        self._build()

    # the parts

    def _build(self) -> None:
        self.choosing = Choosing()
        self.choosing.changed.connect(self._ask_due)
        self.sent = SentCard()
        self.sent.moved.connect(self._chosen)
        self.sent.new_wanted.connect(lambda: self._to(NEW))
        self.sent.key_wanted.connect(self._key)
        self.sent.read_wanted.connect(self._read_file)
        self.sent.close_wanted.connect(self._close)
        self.preview = PagePreview()
        self.preview.wanted.connect(lambda _ppi: self._ask_paper())
        self._work = QWidget()
        row = QHBoxLayout(self._work)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.sent)
        row.addWidget(self.preview, 1)
        room = QWidget()
        self._layers = QStackedLayout(room)
        self._layers.addWidget(self._work)
        self._layers.addWidget(self.choosing)
        self.body.addWidget(room, 1)

    # what the shell shows

    def crumbs(self) -> Sequence[tuple[str, str]]:
        """The way here leads over the faults."""
        return (("", "quality"),)

    def title(self) -> str:
        """Return the title."""
        return say("quality_page.new_title" if self._mode == NEW else "shell.page.cleaning")

    def primary(self) -> Action:
        """Make the list, or print it."""
        if self._mode == NEW:
            count = self.choosing.count()
            why = "" if count else say("quality_page.due_none")
            words = say("quality_page.make", n=plain(count))
            busy = say("quality_page.making") if self._output.busy == "make" else ""
            return Action("make", words, self._make, "checkmark", "Ctrl Enter", why, busy)
        why = "" if self._shown is not None else say("reports.preview.making")
        why = why or ("" if has_printer() else say("reports.no_printer"))
        busy = say("reports.printing") if self._output.busy == PRINT else ""
        return Action("print", say("reports.print"), self._print, "print", "Ctrl P", why, busy)

    def secondary(self) -> Sequence[Action]:
        """Leave the making, or save the list as files."""
        if self._mode == NEW:
            return (Action("leave", say("ui.cancel"), self._leave_new, key="Esc"),)
        busy = say("ui.saving") if self._output.busy == "save" else ""
        return (Action("save", say("quality_page.save"), self._save, "table", "Ctrl E", busy=busy),)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of the present part."""
        hint = lambda name: say(f"shell.hint.{name}")  # noqa: E731
        if self._mode == NEW:
            return (Hint("Space", say("quality_page.hint.tick")), Hint("Ctrl A", say("quality_page.hint.tick_all")),
                    Hint("F6", hint("side_pane")), Hint("Ctrl Enter", say("quality_page.hint.make")),
                    Hint("Esc", hint("back")))  # fmt: skip
        return (Hint("↑|↓", hint("choose_list")), Hint("Enter", say("quality_page.hint.key")),
                Hint("Ctrl N", say("quality_page.hint.new")), Hint("PgUp|PgDn", hint("turn_page")),
                Hint("Ctrl P", hint("print")), Hint("Ctrl E", hint("excel")))  # fmt: skip

    def states(self) -> Sequence[State]:
        """Say that printing is logged."""
        return (State("shield_checkmark", say("reports.logged")),)

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        if self._mode == NEW:
            return {"reload": self._ask_due, "next_pane": self._other_pane, "previous_pane": self._other_pane}
        return {
            "reload": self.load, "new_row": lambda: self._to(NEW), "print": self._print, "excel": self._save,
            "next_pane": self._other_pane, "previous_pane": self._other_pane,
        }  # fmt: skip

    def opened(self, **details: Any) -> None:
        """Read the lists; without any, the making of the first one is shown. ``new`` asks for it, ``list`` for one."""
        self._wanted = str(details.get("list") or "")
        if details.get("new"):
            self._to(NEW)
        elif self._mode == NEW and (self._lists or self._wanted):
            self._to(LISTS)
        if self._stale or self._wanted:
            self.load()
        self._focus()

    def changed(self, changed: Changed) -> None:
        """Read again, now or when the page is next shown."""
        if changed.forms & FORMS:
            self._stale = True
            if self.isVisible():
                self.load()
                if self._mode == NEW and not self._output.busy:
                    self._read_choices()

    def shaped(self, shape: str) -> None:
        """The paper has what the lists leave."""
        self.choosing.narrow(shape == NARROW)
        self.choosing.table.show_columns([] if shape == FULL else ["number"])
        self.sent.setFixedWidth(min(theme.px(LEFT[shape]), max(LEFT[shape], self.width() * 2 // 5)))

    def leave(self) -> bool:
        """Esc leaves the making of a list."""
        if self._mode == NEW and self._lists:
            self._leave_new()
            return True
        return False

    def _focus(self) -> None:
        if self._mode == NEW:
            self.choosing.focus_first()
        else:
            self.sent.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _other_pane(self) -> None:
        if self._mode == NEW:
            self.choosing.other_pane()
        elif self.sent.table.hasFocus() and self.preview.isVisible():
            self.preview.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._focus()

    def _to(self, mode: str) -> None:
        self._mode = mode
        self._layers.setCurrentWidget(self.choosing if mode == NEW else self._work)
        if mode == NEW:
            self._read_choices()
        self._focus()
        self.shell.refresh()

    def _leave_new(self) -> None:
        if self._lists:
            self._to(LISTS)
        else:
            self.shell.back()

    # the lists

    def load(self) -> None:
        """Read the lists."""
        self._stale = False
        if self._lists is None:
            self.sent.panel.load()
        self._lists_job.run(read_sent, self._show, self._failed)

    def _show(self, lists: list[Sent]) -> None:
        first, self._lists = self._lists is None, lists
        wanted, self._wanted = self._wanted, ""
        self.sent.show_sent(lists, wanted)
        if not lists and self._mode == LISTS:
            self._to(NEW)
        elif first:
            self._focus()
        self.shell.refresh()

    def _chosen(self, row: Sent | None) -> None:
        if row is not None and (self._shown is None or self._shown[0] != row.id):
            self._shown = None
            self.preview.waiting(landscape=True)
        self._ask_paper()
        self.shell.refresh()

    def _ask_paper(self) -> None:
        row = self.sent.current()
        if row is not None:
            list_id = row.id
            self._paper_job.run(lambda desk: desk.cleaning_paper(list_id), lambda paper: self._set(list_id, paper),
                                self._failed)  # fmt: skip

    def _set(self, list_id: str, paper: Paper) -> None:
        """Set the first pages of a long list, then all."""
        ppi = self.preview.ppi()
        self.preview.landscape = paper.orientation == "landscape"

        def begun(pages: list[bytes]) -> None:
            if pages and self._shown is None:
                self.preview.set_pages(pages, ppi, whole=False)
            self._paper_job.apart(lambda: page.pngs(paper, ppi), done, self._failed)

        def done(pages: list[bytes]) -> None:
            self._shown = (list_id, paper)
            self.preview.set_pages(pages, ppi)
            self.shell.refresh()

        self._paper_job.apart(lambda: page.first_pngs(paper, ppi), begun, self._failed)

    def _failed(self, problem: Problem) -> None:
        self._output.work("")
        self._stale = True
        again = Button(say("quality_page.again"), icon="arrow_sync", name="cleaning_again")
        again.clicked.connect(self.load)
        self.talk.problem(problem, action=again)

    # a new list

    def _read_choices(self) -> None:
        self.choosing.panel.load()
        self._due_job.run(read_choices, self._show_choices, self._failed)

    def _show_choices(self, found: Choices) -> None:
        self.choosing.show_choices(found.faults, found.villages)
        self._show_due(found.due)

    def _ask_due(self) -> None:
        villages, faults = self.choosing.wanted()
        self._due_job.run(lambda desk: read_due(desk, villages, faults), self._show_due, self._failed)

    def _show_due(self, rows: list[Due]) -> None:
        self.choosing.show_due(rows)
        self.shell.refresh()

    def _make(self) -> None:
        if self._output.busy or not self.choosing.count():
            return
        villages, faults = self.choosing.wanted()
        self._output.work("make")

        def done(answer: tuple[Sent, str]) -> None:
            made, batch = answer
            self._output.work("")
            self._wanted = made.id
            self._to(LISTS)
            self.load()
            undo = lambda: self.jobs.run(lambda desk: desk.undo(batch), owner=self)  # noqa: E731
            self.talk.say(say("quality_page.made", number=made.number, n=plain(made.lines)), undo=undo)

        self.jobs.run(lambda desk: make_list(desk, villages, faults), done, self._failed, self)

    # the answer

    def _key(self) -> None:
        row = self.sent.current()
        if row is not None:
            self.shell.go("cleaning_keys", list=row.id)

    def _read_file(self) -> None:
        row = self.sent.current()
        path = self.talk.open_file(say("quality_page.files")) if row is not None else None
        if path is not None and row is not None:
            self.shell.go("cleaning_answer", list=row.id, path=path)

    def _close(self) -> None:
        """Await no more answers to this list."""
        row = self.sent.current()
        if row is None or not row.open:
            return
        list_id = row.id

        def done(saved: Saved) -> None:
            undo = lambda: self.jobs.run(lambda desk: desk.undo(str(saved.batch)), owner=self)  # noqa: E731
            self.talk.say(say("quality_page.closed"), undo=undo)

        self.jobs.run(lambda desk: desk.cleaning_close(list_id), done, self._failed, self)

    # print and files

    def _print(self) -> None:
        if self._shown is not None:
            paper = self._shown[1]
            self._output.print_paper(paper, self.preview.count(), f"cleaning_list {len(paper.rows)}")

    def _save(self) -> None:
        row = self.sent.current()
        folder = self.talk.folder() if row is not None and not self._output.busy else None
        if row is not None and folder is not None:
            list_id = row.id
            self._output.save(
                "save", lambda desk: desk.cleaning_files(list_id, folder),
                lambda paths: say("quality_page.saved", names=", ".join(one.name for one in paths)),
            )  # fmt: skip
