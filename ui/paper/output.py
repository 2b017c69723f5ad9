"""A paper on its way out: through the system's printer or into a file. What every page with papers has in common.

Rules. Nothing leaves unlogged: the log is written first, and says which list and how many rows, never a person. Pages
are set on a thread of their own, so that neither window nor register waits for them. One thing at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from cbdesk import clock, page, workbook
from cbdesk.desk import Desk
from cbdesk.errors import Problem
from cbdesk.paper import Paper
from cbdesk.words import say
from ui.leaving import Leaving
from ui.pages import Page
from ui.paper.preview import PRINT_PPI, ask_printer, has_printer, pages_asked, print_pages

PRINT = "print"


class Output:
    """Prints and saves for one page of the window. ``busy`` is what goes on: ``print``, a name given, or ""."""

    def __init__(self, owner: Page, changed: Callable[[], None]) -> None:
        self.busy = ""
        self._page, self._changed = owner, changed

    def print_paper(self, paper: Paper, count: int, detail: str) -> None:
        """Ask for a printer and print the pages asked for, of ``count``; ``detail`` is what the log says."""
        self.print_pages(lambda ppi: page.pngs(paper, ppi), count, detail, landscape=paper.orientation == "landscape")

    def print_pages(
        self, pages_at: Callable[[float], Sequence[bytes]], count: int, detail: str, *, landscape: bool
    ) -> None:
        """Print pages made for a resolution, without the desk; otherwise as ``print_paper``."""
        if self.busy or not has_printer():
            return
        printer = ask_printer(self._page.window(), say("reports.job_name"), count, landscape=landscape)
        if printer is None:
            return
        wanted, jobs = pages_asked(printer, count), self._page.jobs

        def done(pages: Sequence[bytes]) -> None:
            printed = print_pages(printer, [pages[at] for at in wanted])
            self.work("")
            self._page.talk.say(say("reports.printed", n=printed))

        def make(_logged: None) -> None:
            jobs.apart(lambda: pages_at(PRINT_PPI), done, self.failed, self._page)

        self.work(PRINT)
        jobs.run(lambda desk: desk.note_print(detail), make, self.failed, self._page)

    def save_paper(self, paper: Paper, name: str, detail: str, record: str = "") -> None:
        """Ask where to and write a list as a workbook, or a PDF where its name says so; the log says ``detail``."""
        if self.busy:
            return
        kinds = f"{say('reports.xlsx_files')};;{say('reports.pdf_files')}"
        path = self._page.talk.save_file(f"{name}.xlsx", kinds)
        if path is None:
            return

        def write(desk: Desk) -> None:
            pdf = path.suffix.lower() == ".pdf"
            content = page.pdf(paper, stamp=clock.now()) if pdf else workbook.list_xlsx(paper)
            desk.note_export(detail, record)
            desk.put_out(path, content, overwrite=True)

        def go(how: Leaving) -> None:
            self.save("xlsx", how(write), lambda _done: how.told(say("reports.saved", name=path.name)))

        self._page.talk.leaving(path, go)

    def save(self, busy: str, write: Callable[[Desk], Any], told: Callable[[Any], str]) -> None:
        """Have the desk write files; ``told`` makes the words of its answer."""
        if self.busy:
            return

        def done(answer: Any) -> None:
            self.work("")
            self._page.talk.say(told(answer))

        self.work(busy)
        self._page.jobs.run(write, done, self.failed, self._page)

    def failed(self, problem: Problem) -> None:
        """Tell trouble; what was going on is over."""
        self.work("")
        self._page.talk.problem(problem)

    def work(self, what: str) -> None:
        """Say what goes on."""
        self.busy = what
        self._changed()
