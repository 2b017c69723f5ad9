"""What the pages of keys and people share: the way between them, a paper in the place of the list, the recovery sheet.

Rules. A recovery code is shown once: neither Esc nor another click takes it away before it is put away. Where the
window is locked meanwhile, whoever manages the officers makes another sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from cbdesk.words import say
from ui import theme
from ui.cases.papers import PaperLayer, Wanted
from ui.duty.registers import paper_hints
from ui.frame.recovery_sheet import RecoverySheet
from ui.frame.shell import Shell
from ui.homes.side_page import SidePage
from ui.pages import NARROW, Action
from ui.parts import Card, Hint, Option, Scroller, Segmented

PAGES = {"commune": ("officers", "caseloads"), "receiver": ("officers", "rescue")}
SHEET_WIDE = 520


def tabs(shell: Shell, here: str) -> Segmented:
    """Return the choice of the pages of keys and people; choosing one goes there."""
    names = PAGES.get(shell.role, PAGES["commune"])
    made = Segmented([Option(name, say(f"access.tab.{name}")) for name in names], label=say("shell.page.officers"),
                     name="people_tabs")  # fmt: skip
    made.set_value(here)

    def go(name: str) -> None:
        made.set_value(here)
        if name != here:
            shell.go(name)

    made.changed.connect(go)
    return made


class PeoplePage(SidePage):
    """Base of the lists: a paper or a recovery sheet may stand in the place of the list."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.tabs = tabs(shell, self.name)
        self.layer: PaperLayer | None = None
        self.sheet: RecoverySheet | None = None
        self._sheet_room: QWidget | None = None
        self.front = QWidget()
        row = QHBoxLayout(self.front)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.body.removeItem(self._row)
        row.addWidget(self.panel, 1)
        row.addWidget(self.side)
        self.body.addWidget(self.front, 1)

    def head_widget(self) -> QWidget | None:
        """Return the choice of the pages; none in a narrow window, where the palette leads there."""
        return None if self.shell.shape() == NARROW else self.tabs

    def begin(self) -> Action | None:
        """Return the action of the list."""
        raise NotImplementedError

    def primary(self) -> Action | None:
        """Print the paper shown, do what is asked for, or begin something new."""
        if self.sheet is not None:
            return None
        if self.layer is not None:
            return Action("print", say("reports.print"), self.layer.print, "print", "Ctrl P", busy=self.layer.busy)
        if self.act is not None:
            return Action("act", self.act.verb.words(), self.act.submit, "save", "Ctrl S")
        return self.begin()

    def secondary(self) -> Sequence[Action]:
        """Save the paper shown."""
        layer = self.layer
        if layer is not None:
            return (Action("pdf", say("reports.pdf"), lambda: layer.save("pdf"), "document_pdf"),
                    Action("docx", say("duties.word"), lambda: layer.save("docx"), "document"))  # fmt: skip
        return () if self.sheet is not None else super().secondary()

    def hints(self) -> Sequence[Hint]:
        """Return the keys of the list, of the work beside it, of the paper or of the sheet."""
        if self.sheet is not None:
            return (Hint("Tab", say("shell.hint.next_field")), Hint("Space", say("homes.hint.tick")))
        return paper_hints() if self.layer is not None else super().hints()

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        if self.sheet is not None:
            return {"print": self.sheet.print_button.click}
        return {"print": self.layer.print} if self.layer is not None else super().handlers()

    def leave(self) -> bool:
        """Esc closes the paper, then the work beside the list; never the recovery sheet."""
        if self.sheet is not None:
            return True
        if self.layer is not None:
            self.layer.leave()
            return True
        return super().leave()

    def opened(self, **details: Any) -> None:
        """Read the list; a recovery sheet that was not put away yet is still there."""
        if self.sheet is None:
            super().opened(**details)

    def load(self) -> None:
        """Read the list; not behind a recovery sheet, whose end reads it."""
        if self.sheet is None:
            super().load()

    # papers

    def show_paper(self, wanted: Wanted) -> None:
        """Show a form or letter in the place of the list."""
        self.layer = PaperLayer(self.front, wanted, self.jobs, self.talk, family=False)
        self.body.addWidget(self.layer, 1)
        self.layer.changed.connect(self.shell.refresh)
        self.layer.closed.connect(self._layer_closed)
        self.shell.refresh()

    def _layer_closed(self) -> None:
        self.layer = None
        self.shell.refresh()

    def show_sheet(self, code: str, more: str) -> None:
        """Show a new recovery code until it is put away."""
        inner = RecoverySheet(code, self.jobs, more=more, done=say("access.sheet.done"))
        card = Card(padding=20, name="sheet_card")
        card.body.addWidget(inner)
        card.setFixedWidth(theme.px(SHEET_WIDE))
        scroll = Scroller(name="sheet_scroll")
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(card)
        row.addStretch(1)
        scroll.body.addLayout(row)
        scroll.body.addStretch(1)
        self.close_side()
        self.sheet, self._sheet_room = inner, scroll
        self.front.hide()
        self.body.addWidget(scroll, 1)
        scroll.show()
        inner.kept.connect(self._sheet_kept)
        inner.enter()
        self.shell.refresh()

    def _sheet_kept(self) -> None:
        room, self.sheet, self._sheet_room = self._sheet_room, None, None
        if room is not None:
            room.hide()
            room.deleteLater()
        self.front.show()
        self.load()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self.shell.refresh()
