"""A paper about the register itself, shown as it will be printed; printing and saving are told to the access log."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cbdesk import page
from cbdesk.desk import Desk
from cbdesk.errors import Problem
from cbdesk.words import say
from ui.cases.layer import PageLayer
from ui.jobs import Jobs, Latest
from ui.leaving import Leaving
from ui.paper.preview import PRINT_PPI, PagePreview, ask_printer, has_printer, pages_asked, print_pages
from ui.talk import Talk

Make = Callable[[Desk], Any]
"""Has the desk make a paper (``Document``)."""


class DocumentView(QWidget):
    """The pages of one paper. ``kept`` says that it was printed or saved; ``changed`` that its actions changed."""

    changed, kept = Signal(), Signal()

    def __init__(self, jobs: Jobs, talk: Talk, *, name: str) -> None:
        super().__init__()
        self.jobs, self.talk, self._name = jobs, talk, name
        self.busy, self._pages, self._record = "", 0, ""
        self._make: Make | None = None
        self._ask = Latest(jobs, self)
        self.preview = PagePreview(self, landscape=False)
        self.preview.wanted.connect(lambda _ppi: self._render())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.preview, 1)

    def show_document(self, make: Make, record: str = "") -> None:
        """Make and show a paper."""
        self._make, self._record, self._pages = make, record, 0
        self.preview.waiting(landscape=False)
        self._render()
        self.changed.emit()

    def count(self) -> int:
        """Return how many pages are shown."""
        return self._pages

    def _render(self) -> None:
        make = self._make
        if make is None:
            return
        ppi = self.preview.ppi()

        def show(pages: list[bytes]) -> None:
            self._pages = len(pages)
            self.preview.set_pages(pages, ppi)
            self.changed.emit()

        self._ask.run(lambda desk: page.document_pngs(make(desk), ppi), show, self._failed)

    def _failed(self, problem: Problem) -> None:
        self._work("")
        self.talk.problem(problem)

    def print(self) -> None:
        """Print through the system's dialog."""
        make = self._make
        if make is None or not self._pages or self.busy:
            return
        if not has_printer():
            self.talk.say(say("case_page.papers.no_printer"), care=True)
            return
        printer = ask_printer(self.window(), say("case_page.papers.job"), self._pages, landscape=False)
        if printer is None:
            return
        wanted, record, name = pages_asked(printer, self._pages), self._record, self._name

        def pages(desk: Desk) -> list[bytes]:
            desk.note_print(f"paper {name}", record)
            return page.document_pngs(make(desk), PRINT_PPI)

        def done(found: list[bytes]) -> None:
            self._work("")
            count = print_pages(printer, [found[at] for at in wanted if at < len(found)])
            self.talk.say(say("case_page.papers.printed", n=count))
            self.kept.emit()

        self._work("print")
        self.jobs.run(pages, done, self._failed, self)

    def save(self, ending: str = "pdf") -> None:
        """Write the paper as ``pdf`` or ``docx`` where the officer says."""
        make = self._make
        if make is None or not self._pages or self.busy:
            return
        path = self.talk.save_file(f"{self._name}.{ending}", say(f"case_page.papers.{ending}_files"))
        if path is None:
            return
        target = path if path.suffix.lower() == f".{ending}" else Path(f"{path}.{ending}")
        record = self._record

        def go(how: Leaving) -> None:
            def done(written: Path) -> None:
                self._work("")
                self.talk.say(how.told(say("case_page.papers.saved", name=written.name)))
                self.kept.emit()

            write = lambda desk: desk.write_law_paper(make(desk), target, record, overwrite=True)  # noqa: E731
            self._work(ending)
            self.jobs.run(how(write), done, self._failed, self)

        self.talk.leaving(target, go)

    def _work(self, what: str) -> None:
        self.busy = what
        self.changed.emit()


class DocumentLayer(PageLayer):
    """Such a paper in the place of a page."""

    changed = Signal()

    def __init__(self, behind: QWidget, title: str, make: Make, jobs: Jobs, talk: Talk, *, name: str, record: str = "",
                 ) -> None:  # fmt: skip
        super().__init__(behind, "document_layer")
        self.title.say(title)
        self.view = DocumentView(jobs, talk, name=name)
        self.view.changed.connect(self.changed)
        self.column.addWidget(self.view, 1)
        self.ready()
        self.view.preview.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        self.view.show_document(make, record)
