"""Files that hang on a record of a page without steps: chosen, dropped, looked at, written out, taken away.

Rules. As on the page of a case (``ui/cases/files.py``): a file stays inside the register, the layer stands in the place
of the page, taking a file away is offered back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from cbdesk.desk import Desk, Saved
from cbdesk.words import say
from ui.cases.files import KINDS, FileLayer, FilesCard
from ui.leaving import Leaving
from ui.pages import Page

Rows = Sequence[Mapping[str, Any]]


class Filing:
    """The files of one record at a time; ``show`` puts the layer of one on the page, ``changed`` reads it again."""

    def __init__(self, page: Page, show: Callable[[FileLayer], None], behind: QWidget, kind: str) -> None:
        self._page, self._show, self._behind, self._kind = page, show, behind, kind
        self._layer: FileLayer | None = None

    def card(self, record: str, rows: Rows, *, locked: bool) -> FilesCard:
        """Return the card of a record's files."""
        card = FilesCard()
        card.show_files(rows, locked=locked)
        card.add_wanted.connect(lambda: self.choose(record))
        card.dropped.connect(lambda paths: self.attach(record, paths))
        card.opened.connect(lambda one: self.open(next(row for row in rows if str(row["id"]) == one), locked=locked))
        return card

    def choose(self, record: str) -> None:
        """Ask for a file and keep it with a record."""
        path = self._page.talk.open_file(f"{say('case_page.files.chosen')} ({KINDS})")
        if path is not None:
            self.attach(record, [path])

    def attach(self, record: str, paths: Sequence[Path]) -> None:
        """Keep files with a record; the originals stay where they are, which is told."""
        data = {"kind": self._kind}

        def work(desk: Desk) -> Saved:
            return [desk.attach(record, path, data) for path in paths][-1]

        self._page.jobs.run(work, lambda answer: self._tell("files.added", answer), owner=self._page)

    def open(self, row: Mapping[str, Any], *, locked: bool) -> None:
        """Show a file; told to the access log."""
        one = str(row["id"])

        def show(got: tuple[bytes, str]) -> None:
            layer = self._layer = FileLayer(self._behind, row, got[0], self._page.jobs, locked=locked)
            layer.write.clicked.connect(lambda: self._write(one))
            layer.drop.clicked.connect(lambda: self._drop(one))
            layer.form.saved.connect(self._saved)
            layer.closed.connect(self._gone)
            self._show(layer)

        self._page.jobs.run(lambda desk: desk.open_attachment(one), show, owner=self._page)

    def _saved(self, answer: Saved) -> None:
        self._close()
        if answer.batch:
            self._tell("saved", answer)

    def _write(self, one: str) -> None:
        path = self._page.talk.save_file(say("case_page.files.file_name"), f"{say('case_page.files.chosen')} ({KINDS})")
        if path is not None:
            self._page.jobs.run(
                lambda desk: desk.write_attachment(one, path, overwrite=True),
                lambda written: self._page.talk.say(Leaving().told(say("case_page.files.written", name=written.name))),
                owner=self._page,
            )

    def _drop(self, one: str) -> None:
        self._close()
        reason = say("case_page.files.drop_reason")
        self._page.jobs.run(
            lambda desk: desk.void(one, reason), lambda answer: self._tell("files.dropped", answer), owner=self._page
        )

    def _close(self) -> None:
        if self._layer is not None:
            self._layer.leave()

    def _gone(self) -> None:
        self._layer = None

    def _tell(self, key: str, answer: Saved) -> None:
        page, batch = self._page, answer.batch
        back = (lambda: page.jobs.run(lambda desk: desk.undo(str(batch)), owner=page)) if batch else None
        page.talk.say(say(f"case_page.{key}"), back)
