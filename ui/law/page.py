"""What the pages of the law share: which of them one is on, beside the title; a paper in the place of the list.

Rules. One page of the rail stands for all; the choice beside its title leads to the others. A paper is shown as it will
be printed, and Esc gives the list back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QWidget

from cbdesk.words import say
from ui.cases.papers import PaperLayer, Wanted
from ui.duty.registers import paper_hints
from ui.frame.shell import Shell
from ui.homes.act import ActCard
from ui.homes.side_page import SidePage
from ui.law.document import DocumentLayer, Make
from ui.pages import NARROW, Action
from ui.parts import Hint, IconText, Option, Segmented

PAGES = ("requests", "given", "keeping", "losses")
RAIL = "requests"


def tabs(shell: Shell, here: str) -> Segmented:
    """Return the choice of the pages of the law; choosing one goes there."""
    made = Segmented([Option(name, say(f"law.tab.{name}")) for name in PAGES], label=say("shell.page.requests"),
                     name="law_tabs")  # fmt: skip
    made.set_value(here)

    def go(name: str) -> None:
        made.set_value(here)  # the page is kept: it comes back as it was
        if name != here:
            shell.go(name)

    made.changed.connect(go)
    return made


class LawPage(SidePage):
    """Base of the lists. A subclass gives what a ``SidePage`` asks for, and ``verbs``: its actions by command."""

    under = RAIL

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.tabs = tabs(shell, self.name)
        self.layer: DocumentLayer | PaperLayer | None = None
        self.front = QWidget()
        row = QHBoxLayout(self.front)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.body.removeItem(self._row)
        row.addWidget(self.panel, 1)
        row.addWidget(self.side)
        self.body.addWidget(self.front, 1)

    def title(self) -> str:
        """Return the title of this page."""
        return say(f"law.title.{self.name}")

    def head_widget(self) -> QWidget | None:
        """Return the choice of the pages; none in a narrow window, where the palette leads there."""
        return None if self.shell.shape() == NARROW else self.tabs

    def begin(self) -> Action:
        """Return the action that adds to the list."""
        raise NotImplementedError

    def primary(self) -> Action:
        """Print the paper shown, do what is asked for, or begin something new."""
        if self.layer is not None:
            return Action("print", say("reports.print"), self.print_layer, "print", "Ctrl P")
        if self.act is not None:
            return Action("act", self.act.verb.words(), self.act.submit, "save", "Ctrl S")
        if self.edit is not None:
            return Action("save", say("ui.save"), self.edit.view.save, "save", "Ctrl S")
        return self.begin()

    def secondary(self) -> Sequence[Action]:
        """Save the paper shown."""
        if self.layer is None:
            return ()
        save = self.save_layer
        return (Action("pdf", say("reports.pdf"), lambda: save("pdf"), "document_pdf"),
                Action("docx", say("duties.word"), lambda: save("docx"), "document"))  # fmt: skip

    def hints(self) -> Sequence[Hint]:
        """Return the keys of the list, of the work beside it, or of the paper."""
        return paper_hints() if self.layer is not None else super().hints()

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        return {"print": self.print_layer} if self.layer is not None else super().handlers()

    def leave(self) -> bool:
        """Esc closes the paper, then the work beside the list."""
        if self.layer is not None:
            self.layer.leave()
            return True
        return super().leave()

    # papers

    def show_document(self, title: str, make: Make, name: str, record: str = "") -> None:
        """Show a paper about the register in the place of the list."""
        self._put_layer(DocumentLayer(self.front, title, make, self.jobs, self.talk, name=name, record=record))

    def show_form(self, wanted: Wanted) -> None:
        """Show a form or letter in the place of the list."""
        self._put_layer(PaperLayer(self.front, wanted, self.jobs, self.talk, family=False))

    def _put_layer(self, layer: DocumentLayer | PaperLayer) -> None:
        self.layer = layer
        self.body.addWidget(layer, 1)
        layer.changed.connect(self.shell.refresh)
        layer.closed.connect(self._layer_closed)
        self.shell.refresh()

    def _layer_closed(self) -> None:
        self.layer = None
        self.shell.refresh()

    def print_layer(self) -> None:
        """Print the paper shown."""
        if self.layer is not None:
            (self.layer.view if isinstance(self.layer, DocumentLayer) else self.layer).print()

    def save_layer(self, ending: str) -> None:
        """Save the paper shown."""
        if self.layer is not None:
            (self.layer.view if isinstance(self.layer, DocumentLayer) else self.layer).save(ending)

    # actions

    def asking(self, card: ActCard, work: Callable[[dict[str, Any]], Callable[[Any], Any]], told: str,
               then: str = "") -> None:  # fmt: skip
        """Ask for an action beside the list; ``work`` makes of the answers what the desk does.

        ``then`` is where one stands afterwards, by default on what was written.
        """
        def done(saved: Any) -> None:
            self.wrote(told, saved, then or str(saved.id or ""))

        def run(given: dict[str, Any]) -> None:
            self.jobs.run(work(given), done, self.talk.problem, owner=self)

        self.do(card, run)


def fact(icon: str, words: str) -> IconText:
    """Return one line of a card."""
    return IconText(icon, words, "ink2", "note", icon_ink="ink3")
