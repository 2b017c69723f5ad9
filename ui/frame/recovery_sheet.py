"""The recovery sheet on screen: the code once, to be printed or saved as PDF and kept in the safe, before work begins.

Rules. The code is shown once and stored nowhere. One goes on only after ticking that the sheet is put away; a file
saved on this machine is not "put away", and the words say so.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from cbdesk import page
from cbdesk.desk import Desk
from cbdesk.errors import Problem
from cbdesk.words import say
from ui.jobs import Jobs
from ui.paper.preview import PRINT_PPI, ask_printer, has_printer, print_pages
from ui.parts import Button, Card, Checkbox, IconText, Label, Remark
from ui.talk import documents


class RecoverySheet(QWidget):
    """Shows a recovery code. ``kept`` says that the person has ticked and goes on."""

    kept = Signal()

    def __init__(
        self, code: str, jobs: Jobs, parent: QWidget | None = None, *, renewed: bool = False, more: str = "",
        done: str = "",
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._code, self._jobs = code, jobs
        self.groups = [Label(group, "code", "ink", name=f"code_{n}") for n, group in enumerate(code.split(), 1)]
        self.print_button = Button(say("access.sheet.print"), icon="print", key="Ctrl P", name="print_sheet")
        self.save = Button(say("setup.save_sheet"), "quiet", icon="document_pdf", name="save_sheet")
        self.saved = Remark(name="sheet_saved")
        self.put_away = Checkbox(say("setup.put_away"), name="put_away")
        self.go = Button(done or say("setup.begin"), "primary", icon="checkmark", key="Enter", tall=True, name="begin")
        self._lay(more or say("setup.sheet_renewed" if renewed else "setup.sheet_more"))
        self.print_button.clicked.connect(self._print)
        self.save.clicked.connect(self._save)
        self.put_away.toggled.connect(lambda _on: self._mind())
        self.put_away.onward.connect(self.go.click)
        self.go.clicked.connect(self._leave)
        self._mind()

    def _lay(self, more: str) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.addWidget(Label(say("setup.sheet"), "headline"))
        head.addStretch(1)
        column.addLayout(head)
        column.addWidget(Label(more, "body", "ink2", wrap=True))
        column.addSpacing(12)
        card = Card(tone="cham", padding=14)
        grid = QHBoxLayout()
        grid.setSpacing(8)
        for label in self.groups:
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(label)
        card.body.addLayout(grid)
        card.setAccessibleName(f"{say('unlock.code')}: {self._code}")
        column.addWidget(card)
        column.addSpacing(8)
        column.addWidget(IconText("shield_lock", say("setup.sheet_once"), "ink3", "note"))
        column.addSpacing(12)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.print_button)
        row.addWidget(self.save)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self.saved)
        column.addSpacing(10)
        column.addWidget(self.put_away)
        column.addSpacing(10)
        column.addWidget(self.go)

    def enter(self) -> None:
        """Put the focus where work starts."""
        first = self.print_button if has_printer() else self.save
        self.print_button.explain("" if has_printer() else say("reports.no_printer"))
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl P prints; in the shell its own key does."""
        if event.matches(QKeySequence.StandardKey.Print):
            self.print_button.click()
        else:
            super().keyPressEvent(event)

    def _mind(self) -> None:
        self.go.explain("" if self.put_away.isChecked() else say("setup.why_put_away"))

    def _leave(self) -> None:
        self._code = ""
        for label in self.groups:
            label.say("")
        self.kept.emit()

    def _print(self) -> None:
        """Print the sheet: nothing of it is written on this machine."""
        printer = ask_printer(self.window(), say("access.sheet.job"), 1, landscape=False) if has_printer() else None
        if printer is None:
            return
        code = self._code

        def done(pages: list[bytes]) -> None:
            print_pages(printer, pages)
            self.saved.show_remark("note", say("access.sheet.printed"))
            self.put_away.setFocus(Qt.FocusReason.OtherFocusReason)

        self._jobs.run(lambda desk: page.sheet_pngs("recovery", desk.recovery_data(code), PRINT_PPI), done,
                       self._not_written, self)  # fmt: skip

    def _save(self) -> None:
        start = str(documents() / say("setup.sheet_file"))
        chosen, _ = QFileDialog.getSaveFileName(self.window(), say("ui.save_file"), start, "PDF (*.pdf)")
        if chosen:
            self.save_to(Path(chosen))

    def save_to(self, path: Path) -> None:
        """Write the sheet to a file."""
        path, code = path.with_suffix(".pdf"), self._code

        def write(desk: Desk) -> Path:
            return desk.recovery_sheet(path, code)

        self.save.busy(say("ui.saving"))
        self._jobs.run(write, self._written, self._not_written, self)

    def _written(self, path: Any) -> None:
        self.save.busy()
        self.saved.show_remark("note", say("setup.sheet_saved", name=path.name))
        self.put_away.setFocus(Qt.FocusReason.OtherFocusReason)

    def _not_written(self, problem: Problem) -> None:
        self.save.busy()
        self.saved.show_remark("stop", f"{problem.what} {problem.next}")
