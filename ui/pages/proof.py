"""Kiểm tra sổ: what the logs say of themselves and of others, in words; the whole proof when asked.

Rules. A fault found when the book was opened stands here until somebody who manages the officers says, with a reason,
that it was looked into; it stays in the log. Nothing of a record is told: a log, a number, who wrote the line, when,
and about which form. At the receiver the faults of communes' logs stand below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt

from cbdesk.desk import Changed, Desk, fault_text
from cbdesk.rights import OFFICERS
from cbdesk.words import say
from ui import theme
from ui.lists.filterbar import plain
from ui.pages import Action, Page, register
from ui.parts import Button, Card, Hint, Label, LineField, Scroller, SectionTitle

WIDE = 860


@dataclass(frozen=True, slots=True)
class Told:
    """What the page shows: kept faults, those of others (name, sentence), and whether this officer may heed them."""

    kept: tuple[str, ...]
    others: tuple[str, ...]
    manages: bool


def read(desk: Desk) -> Told:
    """Read what is known without proving anew; runs on the desk's thread."""
    kept = tuple(fault_text(one) for one in desk.faults)
    return Told(kept, tuple(one.text for one in desk.log_faults()), OFFICERS in desk.rights)


@register
class ProofPage(Page):
    """The proof of the register."""

    name, icon, under = "proof", "shield_checkmark", "settings"

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        self._busy = False
        self._told = Told((), (), False)
        self._scroll = scroll = Scroller(name="proof_scroll")
        scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        scroll.setAccessibleName(say("shell.page.proof"))
        self.body.addWidget(scroll, 1)
        scroll.widget().setMaximumWidth(theme.px(WIDE))
        self.own = Lines("proof_own", say("proof.page.own"))
        self.heed = Heed(self._heed)
        self.own.body.addWidget(self.heed)
        self.others = Lines("proof_others", say("proof.page.others"))
        for card in (self.own, self.others):
            scroll.body.addWidget(card)
        scroll.body.addStretch(1)

    # the page base

    def facts(self) -> str:
        """Say what is proved."""
        return say("proof.page.facts")

    def crumbs(self) -> Sequence[tuple[str, str]]:
        """Come from the settings."""
        return ((say("shell.page.settings"), "settings"),)

    def primary(self) -> Action:
        """Prove the whole register."""
        busy = say("proof.page.busy") if self._busy else ""
        return Action("prove", say("proof.page.prove"), self._prove, icon="shield_checkmark", key="F5", busy=busy)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of the page."""
        return (Hint("F5", say("proof.page.hint")), Hint("Esc", say("shell.hint.back")))

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        return {"reload": self._prove}

    def opened(self, **details: Any) -> None:
        """Show what is known."""
        self.own.say_nothing(say("proof.page.not_yet"))
        self._load()
        self._scroll.setFocus(Qt.FocusReason.OtherFocusReason)

    def changed(self, changed: Changed) -> None:
        """Rows of officers decide who may heed."""
        if "officer" in changed.forms:
            self._load()

    # what happens

    def _load(self) -> None:
        self.jobs.run(read, self._show, owner=self)

    def _show(self, told: Told) -> None:
        self._told = told
        if told.kept:
            self.own.show_lines(told.kept)
        self.heed.setVisible(bool(told.kept) and told.manages)
        self.others.setVisible(self.shell.role == "receiver")
        self.others.show_lines(told.others)
        if not told.others:
            self.others.say_nothing(say("proof.page.others_right"))
        self.shell.refresh()

    def _prove(self) -> None:
        if self._busy:
            return
        self._busy = True
        self.shell.refresh()
        self.jobs.run(lambda desk: (desk.verify(), read(desk)), self._proved, self._failed, self)

    def _proved(self, answer: tuple[Mapping[str, Any], Told]) -> None:
        self._busy = False
        found, told = answer
        self._show(told)
        if found["ok"]:
            self.own.say_nothing(say("cli.verified", n=plain(found["changes"])), right=True)
        else:
            self.own.show_lines(found["problems"])

    def _failed(self, problem: Any) -> None:
        self._busy = False
        self.shell.refresh()
        self.talk.problem(problem)

    def _heed(self, reason: str) -> None:
        def done(_count: int) -> None:
            self.own.show_lines(())
            self.own.say_nothing(say("proof.page.heeded"))
            self._load()

        self.jobs.run(lambda desk: desk.heed_faults(reason), done, owner=self)


class Lines(Card):
    """A heading and one sentence a fault, or one sentence that nothing is wrong."""

    def __init__(self, name: str, title: str) -> None:
        super().__init__(name=name, spacing=10)
        self.body.addWidget(SectionTitle(title))
        self._quiet = Label("", "body", "ink2", wrap=True)
        self._right = Label("", "strong", "ngoc", wrap=True)
        self.body.addWidget(self._quiet)
        self.body.addWidget(self._right)
        self._rows: list[Label] = []
        self.lines: tuple[str, ...] = ()

    def say_nothing(self, words: str, *, right: bool = False) -> None:
        """Show one sentence in the place of faults."""
        self.show_lines(())
        self._quiet.say("" if right else words)
        self._right.say(words if right else "")
        self._quiet.setVisible(not right)
        self._right.setVisible(right)
        self.setAccessibleDescription(words)

    def show_lines(self, lines: Sequence[str]) -> None:
        """Show one sentence a fault."""
        for row in self._rows:
            row.hide()
            row.deleteLater()
        self._rows, self.lines = [], tuple(lines)
        self._quiet.hide()
        self._right.hide()
        for at, words in enumerate(lines):
            row = Label(words, "body", "gach", wrap=True)
            self.body.insertWidget(3 + at, row)
            self._rows.append(row)
        self.setAccessibleDescription("\n".join(lines))


class Heed(Card):
    """Says with a reason that the faults were looked into."""

    def __init__(self, heed: Callable[[str], None]) -> None:
        super().__init__(tone="nghe", padding=12, name="proof_heed")
        self._heed = heed
        self.body.addWidget(Label(say("proof.page.heed"), "note", "ink2", wrap=True))
        self.reason = LineField(hint=say("proof.page.reason"), label=say("proof.page.reason"), name="heed_reason")
        self.reason.returnPressed.connect(self._done)
        self.body.addWidget(self.reason)
        self.button = Button(say("proof.page.heed_button"), name="heed_button")
        self.button.clicked.connect(self._done)
        self.body.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    def _done(self, _on: bool = False) -> None:
        reason = self.reason.text().strip()
        if not reason:
            self.reason.state("stop")
            self.reason.setFocus()
            return
        self.reason.clear()
        self.reason.state("")
        self._heed(reason)
