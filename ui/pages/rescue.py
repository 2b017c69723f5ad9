"""Mở lại sổ của xã: the receiver answers a commune's request; the province's keys are made, or given to others.

Rules. The six groups come by telephone, from a number known before, and are typed, never copied from the file. The keys
are opened on the desk's thread for the one thing they are opened for; all passwords are forgotten when the page closes.
Making keys never touches a file that is there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from cbdesk import carrier, desk, escrow
from cbdesk.desk.trusting import root_groups
from cbdesk.errors import Problem
from cbdesk.escrow import ProvinceKeys
from cbdesk.rights import OFFICERS
from cbdesk.words import say
from ui.frame.code_groups import CodeGroups
from ui.frame.shell import Shell
from ui.pages import FULL, NARROW, Action, Page, register
from ui.parts import Button, Card, Hint, Label, Labelled, Option, Remark, Scroller, SectionTitle, Segmented
from ui.people.page import tabs
from ui.people.reopen import first_stick
from ui.people.two import FileRow, KeyFile, NewPersons

MAKE, REWRAP = "make", "rewrap"


@register
class RescuePage(Page):
    """Opening a commune's register again."""

    name, icon, roles = "rescue", "key_reset", ("receiver",)

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._working = ""
        self.tabs = tabs(shell, self.name)
        scroll = Scroller(name="rescue_scroll")
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._sides.setSpacing(12)
        self._answer_side, self._keys_side = QWidget(), QWidget()
        for side, card in ((self._answer_side, self._build_answer()), (self._keys_side, self._build_keys())):
            column = QVBoxLayout(side)
            column.setContentsMargins(0, 0, 0, 0)
            column.addWidget(card)
            column.addStretch(1)
            self._sides.addWidget(side, 1)
        scroll.body.addLayout(self._sides)
        scroll.body.addStretch(1)
        self.body.addWidget(scroll, 1)

    def _build_answer(self) -> Card:
        card = Card(name="answer_card", spacing=10)
        card.body.addWidget(SectionTitle(say("access.rescue.answer")))
        card.body.addWidget(Label(say("access.rescue.answer_more"), "note", "ink2", wrap=True))
        self.request = FileRow(say("access.rescue.request"), "request_file")
        self.request.button.clicked.connect(self._choose_request)
        self.typed = CodeGroups(label=say("people.groups"))
        self.typed_field = Labelled(say("access.rescue.groups"), self.typed, required=True, name="request_groups")
        self.keys = KeyFile("keys")
        self.keys.file.button.clicked.connect(lambda: self._choose_keys(self.keys))
        self.keys.onward.connect(self._choose_answer)
        self.typed.edited.connect(self.typed_field.say)
        self.typed.complete.connect(self.keys.file.button.setFocus)
        for widget in (self.request, self.typed_field, self.keys):
            card.body.addWidget(widget)
        return card

    def _build_keys(self) -> Card:
        card = Card(name="province_keys_card", spacing=10)
        card.body.addWidget(SectionTitle(say("access.rescue.keys")))
        card.body.addWidget(Label(say("access.rescue.keys_more"), "note", "ink2", wrap=True))
        self.what = Segmented([Option(one, say(f"access.rescue.{one}")) for one in (MAKE, REWRAP)],
                              label=say("access.rescue.keys"), name="keys_what")  # fmt: skip
        self.what.set_value(MAKE)
        self.what.changed.connect(self._show_what)
        self.old = KeyFile("old_keys")
        self.old.file.button.clicked.connect(lambda: self._choose_keys(self.old))
        self.persons = NewPersons(lambda: self.shell.facts.practice)
        self.old.onward.connect(self.persons.names[0].setFocus)
        self.persons.onward.connect(self._choose_out)
        self.write = Button(say("access.rescue.write_keys"), icon="key", name="write_keys")
        self.write.clicked.connect(self._choose_out)
        self.made = Remark(name="keys_made")
        for widget in (self.what, self.old, self.persons, self.made):
            card.body.addWidget(widget)
        row = QHBoxLayout()
        row.addWidget(self.write)
        row.addStretch(1)
        card.body.addLayout(row)
        self.old.hide()
        return card

    # the page base

    def head_widget(self) -> QWidget | None:
        """Return the choice of the pages; none in a narrow window, where the palette leads there."""
        return None if self.shell.shape() == NARROW else self.tabs

    def primary(self) -> Action:
        """Answer the request."""
        return Action("officer_answer", say("access.rescue.write"), self._choose_answer, "usb_stick", "Ctrl Enter",
                      busy=self._working)  # fmt: skip

    def secondary(self) -> Sequence[Action]:
        """Go back."""
        return () if self.shell.shape() == NARROW else (Action("close", say("ui.close"), self.shell.back, key="Esc"),)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of this page."""
        return (Hint("Tab", say("shell.hint.next_field")), Hint("Ctrl V", say("peers.hint_paste")),
                Hint("Esc", say("shell.hint.back")))  # fmt: skip

    def handlers(self) -> Mapping[str, Any]:
        """Return the commands answered here."""
        return {}

    def opened(self, **details: Any) -> None:
        """The focus is where the request is chosen; without the right nothing can be done here."""
        for side in (self._answer_side, self._keys_side):
            side.setEnabled(self.shell.may(OFFICERS))
        self.request.button.setFocus(Qt.FocusReason.OtherFocusReason)

    def closed(self) -> None:
        """Forget everything that was typed."""
        for one in (self.keys, self.old, self.persons, self.typed):
            one.clear()
        self.made.show_remark("", "")

    def shaped(self, shape: str) -> None:
        """Side by side where there is room."""
        way = QBoxLayout.Direction.LeftToRight if shape == FULL else QBoxLayout.Direction.TopToBottom
        self._sides.setDirection(way)

    def _show_what(self, what: str) -> None:
        self.old.setVisible(what == REWRAP)
        self.made.show_remark("", "")

    # files

    def _choose_request(self) -> None:
        path = self.talk.open_file(say("access.rescue.requests"), folder=first_stick())
        if path is not None:
            self.take_request(path)

    def take_request(self, path: Path) -> None:
        """Take a request; the groups come next."""
        self.request.take(path)
        self.typed.fields[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose_keys(self, where: KeyFile) -> None:
        path = self.talk.open_file(say("access.rescue.key_files"), folder=first_stick())
        if path is not None:
            self.take_keys(where, path)

    def take_keys(self, where: KeyFile, path: Path) -> None:
        """Take the file of the province's keys and say whose passwords open it."""
        self.jobs.outside(lambda: escrow.persons_of(carrier.take(path, escrow.MAX_FILE)),
                          lambda names: where.show_file(path, names), owner=self)  # fmt: skip

    # answering

    def _choose_answer(self) -> None:
        if self._working or not self._asked():
            return
        folder = self.talk.folder(folder=self.request.path.parent if self.request.path else None)
        if folder is not None:
            self.answer(folder)

    def _asked(self) -> tuple[Path, str, Path, list[str]] | None:
        if self.request.path is None:
            self.request.missing()
            return None
        if not self.typed.is_complete():
            self._refuse_groups(say("peers.need_groups"))
            return None
        given = self.keys.given()
        return None if given is None else (self.request.path, self.typed.text(), *given)

    def answer(self, folder: Path) -> None:
        """Write the answer into a folder."""
        asked = self._asked()
        if asked is None:
            return
        request, groups, keys, given = asked
        self._work(say("ui.saving"))
        self.jobs.run(lambda made: made.reopen_answer(request, groups, keys, given, folder), self._answered,
                      self._not_answered, self)  # fmt: skip

    def _answered(self, path: Path) -> None:
        self._work("")
        self.keys.clear()
        self.typed.clear()
        self.request.take(None)
        self.talk.say(say("access.rescue.answered", name=path.name))
        self.request.button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _not_answered(self, problem: Problem) -> None:
        self._work("")
        if problem.name == "wrong_passwords":
            self.keys.refuse(problem.what)
        elif problem.name == "reopen_groups":
            self._refuse_groups(problem.what)
        else:
            self.talk.problem(problem)

    def _refuse_groups(self, words: str) -> None:
        self.typed.fields[0].setFocus(Qt.FocusReason.OtherFocusReason)
        self.typed_field.say("stop", words)  # after the focus, whose leaving a group tells that it was edited

    def _work(self, words: str) -> None:
        self._working = words
        self.shell.refresh()

    # the province's keys

    def _choose_out(self) -> None:
        if self.write.is_busy() or (self.what.value() == REWRAP and self.old.given() is None):
            return
        if self.persons.given() is None:
            return
        path = self.talk.save_file(f"province-keys{escrow.SUFFIX}", say("access.rescue.key_files"),
                                   folder=first_stick())  # fmt: skip
        if path is not None:
            self.write_keys(path if path.suffix == escrow.SUFFIX else Path(f"{path}{escrow.SUFFIX}"))

    def write_keys(self, out: Path) -> None:
        """Make the keys, or write the old ones for other persons, into a new file (about two seconds)."""
        persons, practice = self.persons.given(), self.shell.facts.practice
        old = self.old.given() if self.what.value() == REWRAP else None
        if persons is None or (self.what.value() == REWRAP and old is None):
            return

        def work() -> ProvinceKeys:
            if old is None:
                return desk.make_province_keys(out, persons, practice=practice)
            return desk.rewrap_province_keys(*old, out, persons)

        self.write.busy(say("ui.saving"))
        self.jobs.outside(work, lambda made: self._keys_made(out, made.root), self._keys_not_made, self)

    def _keys_made(self, out: Path, root: str) -> None:
        self.write.busy()
        rewrapped = self.what.value() == REWRAP
        self.persons.clear()
        self.old.clear()
        word = "rewrapped" if rewrapped else "keys_made"
        self.made.show_remark("note", say(f"access.rescue.{word}", name=out.name, groups=root_groups(root)))

    def _keys_not_made(self, problem: Problem) -> None:
        self.write.busy()
        if problem.name == "wrong_passwords":
            self.old.refuse(problem.what)
        else:
            self.talk.problem(problem)
