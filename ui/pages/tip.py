"""Chuyển tin báo xuống xã: a tip that reached the receiver (111, a letter), recorded for the commune that has to act.

Rules. The form is the commune's own; what is asked besides is whose it is, and the paper it came by. The hours run from
when the receiver was told, so that stands where the commune would write when it was told. What is seen to, who did it
and the case are the commune's work and are not asked here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout

from cbdesk import carrier, clock
from cbdesk.catalogue import catalogue
from cbdesk.desk import Desk, Saved
from cbdesk.words import say
from ui.frame.shell import Shell
from ui.pages import NARROW, Action, register
from ui.pages.incident import IncidentPage
from ui.parts import Button, Card, Hint, Label, ListField, Remark


@register
class TipPage(IncidentPage):
    """A tip passed down."""

    name, icon, under = "tip", "clipboard_error", "board"
    roles = ("receiver",)

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._files: list[Path] = []
        card = Card(tone="cham", padding=10, spacing=6, name="tip_card")
        row = QHBoxLayout()
        row.setSpacing(10)
        self.unit = ListField(label=say("tip.unit"), icon="building_government", name="tip_unit")
        units = [(unit.key, f"{unit.name} ({unit.code})") for unit in catalogue().units.current(clock.today())]
        self.unit.fill([("", say("tip.unit")), *units])
        self.unit.currentIndexChanged.connect(lambda _at: self._unit_chosen())
        self.attach = Button(say("tip.attach"), icon="document", name="tip_attach")
        self.attach.clicked.connect(self._choose_file)
        self._papers = Label("", "note", "ink2", elide=True, name="tip_papers")
        row.addWidget(self.unit, 2)
        row.addWidget(self.attach)
        row.addWidget(self._papers, 3)
        card.body.addLayout(row)
        self.remark = Remark(name="tip_remark")
        card.body.addWidget(self.remark)
        layout = self._content.layout()
        assert isinstance(layout, QBoxLayout)
        layout.insertWidget(0, card)
        self._side.setVisible(False)

    # the page base

    def title(self) -> str:
        """Return the title."""
        return say("shell.page.tip")

    def facts(self) -> str:
        """Return the promise of the page."""
        return say("tip.facts")

    def crumbs(self) -> Sequence[tuple[str, str]]:
        """It belongs to the board."""
        return (("", "board"),)

    def primary(self) -> Action:
        """Record it for the commune."""
        busy = say("ui.saving") if self.form.busy() else ""
        return Action("record", say("tip.pass"), self._save, icon="send", key="Ctrl Enter", busy=busy)

    def secondary(self) -> Sequence[Action]:
        """Close."""
        return (Action("close", say("ui.close"), self.shell.back, key="Esc"),)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of the page."""
        hint = lambda name: say(f"shell.hint.{name}")  # noqa: E731
        return (Hint("1|…|0", hint("choose_kind")), Hint("Enter", hint("next_field")), Hint("Ctrl ;", hint("now")),
                Hint("F8", hint("next_finding")), Hint("Ctrl Enter", say("tip.pass").lower()))  # fmt: skip

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands of the page: those of the form."""
        found = dict(super().handlers())
        for name in ("new_row", "print", "section_5"):
            found.pop(name, None)
        return found

    def opened(self, **details: Any) -> None:
        """Begin; ``unit`` may be chosen before."""
        super().opened()
        self._files = []
        self._papers.say("")
        self.unit.set_value(str(details.get("unit") or ""))
        self.remark.show_remark("", "")

    def shaped(self, shape: str) -> None:
        """One column when narrow."""
        super().shaped(shape)
        self._side.setVisible(False)
        self._papers.setVisible(shape != NARROW)

    # what is asked besides

    def _show(self, *args: Any, **options: Any) -> None:
        super()._show(*args, **options)
        self.unit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _form_changed(self) -> None:
        super()._form_changed()
        self.checks.hide()

    def _unit_chosen(self) -> None:
        self.unit.state("")
        self.remark.show_remark("", "")

    def _choose_file(self) -> None:
        path = self.talk.open_file(say("tip.kinds"))
        if path is not None:
            self.add_paper(path)

    def add_paper(self, path: Path) -> None:
        """Take a paper along."""
        self._files = [*self._files, path]
        self._papers.say(", ".join(one.name for one in self._files))

    # saving

    def _save(self) -> None:
        """Record it for the commune chosen."""
        unit, files = self.unit.value() or "", tuple(self._files)
        if not unit:
            self.unit.state("stop")
            self.remark.show_remark("stop", say("tip.choose_unit"))
            self.unit.setFocus(Qt.FocusReason.OtherFocusReason)
            return

        def write(desk: Desk, given: Mapping[str, Any]) -> Saved:
            papers = [(one.stem, carrier.take(one)) for one in files]
            return desk.pass_down(unit, dict(given), papers)

        self.form.write_with(write)
        self.form.keep_draft()
        self.form.save()

    def _saved(self, answer: Saved) -> None:
        batch = answer.batch
        if answer.id is None or batch is None:
            return
        self.shell.go("board", unit=self.unit.value() or "")
        words = say("tip.done", unit=catalogue().units.label(self.unit.value() or ""))
        self.talk.say(words, lambda: self.jobs.run(lambda desk: desk.undo(batch), owner=self))
