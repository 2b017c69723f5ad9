"""Opened again by the province: the request that goes by stick, the groups read aloud, and the answer that came back.

Rules. The new password is chosen with the request and opens only with the answer to it. The groups are read over the
telephone and compared there, so that nobody else's request is answered. An answer is good once.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from cbdesk import carrier, desk
from cbdesk.errors import Problem
from cbdesk.reopening import FILE
from cbdesk.words import say
from ui.jobs import Jobs
from ui.parts import Button, Card, Deck, IconText, Label, Labelled, LineField, PasswordField
from ui.people.new_password import NewPassword
from ui.talk import documents


def first_stick() -> Path:
    """Return where a file that travels is looked for first: a stick, else the documents."""
    sticks = carrier.sticks()
    return sticks[0].path if sticks else documents()


class _Form(QWidget):
    """A way back, the title, what it means, and the column of a form."""

    def __init__(self, parent: QWidget, title: str, more: str) -> None:
        super().__init__(parent)
        self.back = Button(say("ui.back"), "link", icon="arrow_left", key="Esc", name="back")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(8)
        self.column.addWidget(self.back, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addWidget(Label(title, "headline"))
        self.column.addWidget(Label(more, "body", "ink2", wrap=True))
        self.column.addSpacing(4)


class RequestForm(_Form):
    """Who will open the register, the new password, and where the request goes."""

    def __init__(self, parent: QWidget, practice: Callable[[], bool]) -> None:
        super().__init__(parent, say("access.reopen.title"), say("access.reopen.more"))
        self.officer = LineField(label=say("unlock.officer"), icon="person", height=40, name="reopen_officer")
        self.officer_field = Labelled(say("unlock.officer"), self.officer, required=True, name="reopen_officer")
        self.password = NewPassword(name="reopen_password", whose=self.officer.text, practice=practice)
        self.button = Button(say("access.reopen.write"), "primary", icon="usb_stick", key="Enter", tall=True,
                             name="write_request")  # fmt: skip
        self.have = Button(say("access.reopen.have"), "link", icon="mail_inbox_arrow_down", name="have_answer")
        for widget in (self.officer_field, self.password, self.button):
            self.column.addWidget(widget)
        self.column.addWidget(self.have, 0, Qt.AlignmentFlag.AlignLeft)
        self.officer.returnPressed.connect(self.password.first.setFocus)
        self.password.onward.connect(self.button.click)

    def is_right(self) -> bool:
        """Say what is missing under its field."""
        self.officer_field.say()
        if self.officer.text().strip():
            return self.password.is_right()
        self.officer_field.say("stop", say("setup.why_name"))
        self.officer.setFocus(Qt.FocusReason.OtherFocusReason)
        return False


class AskedForm(_Form):
    """The request is written: its file, and the groups to read aloud."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, say("access.reopen.asked"), say("access.reopen.asked_more"))
        self.file = IconText("usb_stick", "", "ink2", "body", name="request_file")
        self.column.addWidget(self.file)
        card = Card(tone="cham", padding=14, name="request_groups")
        row = QHBoxLayout()
        row.setSpacing(8)
        self.groups = [Label("", "code", name=f"request_group_{at + 1}") for at in range(6)]
        for label in self.groups:
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            row.addWidget(label)
        card.body.addLayout(row)
        self._card = card
        self.column.addWidget(card)
        self.column.addWidget(IconText("call", say("access.reopen.read_aloud"), "ink3", "note"))
        self.column.addSpacing(4)
        self.have = Button(say("access.reopen.have"), "primary", icon="mail_inbox_arrow_down", key="Enter", tall=True,
                           name="have_answer")  # fmt: skip
        self.column.addWidget(self.have)

    def show_asked(self, file: str, groups: str) -> None:
        """Show the file and the groups."""
        self.file.say(file)
        for label, group in zip(self.groups, groups.split(), strict=True):
            label.say(group)
        self._card.setAccessibleName(f"{say('people.groups')}: {groups}")


class AnswerForm(_Form):
    """The answer's file and the password chosen with the request."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, say("access.reopen.answer"), say("access.reopen.answer_more"))
        self.again = Button(say("access.reopen.again"), "link", icon="usb_stick", name="ask_again")
        self.choose = Button(say("access.reopen.choose"), icon="folder_open", name="choose_answer")
        self.file = Label(say("access.reopen.no_file"), "note", "ink3", elide=True, name="answer_file")
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.choose)
        row.addWidget(self.file, 1)
        self.column.addLayout(row)
        self.password = PasswordField(label=say("access.reopen.chosen"), eye=say("unlock.eye"), name="answer_password")
        self.password_field = Labelled(say("access.reopen.chosen"), self.password, required=True,
                                       name="answer_password")  # fmt: skip
        self.column.addWidget(self.password_field)
        self.button = Button(say("unlock.open"), "primary", icon="lock_open", key="Enter", tall=True, name="accept")
        self.column.addWidget(self.button)
        self.column.addWidget(self.again, 0, Qt.AlignmentFlag.AlignLeft)
        note = Card(padding=14)
        note.body.addWidget(IconText("info", say("access.reopen.after"), "ink2", "note"))
        self.column.addWidget(note)
        self.password.textEdited.connect(lambda _text: self.password_field.say())


class Province(QWidget):
    """The whole way. ``opened`` carries the desk and the new recovery code, ``left`` says that one goes back."""

    left, began = Signal(), Signal()
    opened = Signal(object)
    trouble = Signal(object)
    """A ``Problem`` to show above the form."""

    def __init__(self, folder: Path, jobs: Jobs, parent: QWidget) -> None:
        super().__init__(parent)
        self._folder, self._jobs, self._practice = folder, jobs, False
        self._answer_file: Path | None = None
        self.request, self.asked, self.answer = RequestForm(self, self._is_practice), AskedForm(self), AnswerForm(self)
        self.deck = Deck(self)
        for form in (self.request, self.asked, self.answer):
            self.deck.add(form)
            form.back.clicked.connect(self.left)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.deck)
        self.request.button.clicked.connect(self._write_request)
        self.answer.choose.clicked.connect(self._choose_answer)
        self.answer.password.returnPressed.connect(self._accept)
        self.answer.button.clicked.connect(self._accept)
        self.answer.again.clicked.connect(self.to_request)
        for page in (self.request, self.asked):
            page.have.clicked.connect(self.to_answer)

    def _is_practice(self) -> bool:
        return self._practice

    def enter(self, officer: str, *, practice: bool) -> None:
        """Show the request; where one waits already, where its answer is read."""
        self._practice = practice
        self.request.officer.setText(officer)
        if (self._folder / FILE).exists():
            self.to_answer()
            return
        self.to_request()

    def to_request(self) -> None:
        """Show the request."""
        self.began.emit()
        self.deck.show_card(self.request)
        target = self.request.password.first if self.request.officer.text() else self.request.officer
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def to_answer(self) -> None:
        """Show where the answer is read."""
        self.began.emit()
        self.deck.show_card(self.answer)
        self.answer.choose.setFocus(Qt.FocusReason.OtherFocusReason)

    def forget(self) -> None:
        """Drop what was typed and chosen."""
        self.request.password.clear()
        self.answer.password.clear()
        self._answer_file = None
        self.answer.file.say(say("access.reopen.no_file"))
        self.answer.file.tone("ink3")

    def _write_request(self) -> None:
        if not self.request.button.is_busy() and self.request.is_right():
            chosen = QFileDialog.getExistingDirectory(self.window(), say("ui.choose_folder"), str(first_stick()))
            if chosen:
                self.write_request(Path(chosen))

    def write_request(self, out: Path) -> None:
        """Write the request into a folder; deriving the key takes a second."""
        request, folder = self.request, self._folder
        officer, password = request.officer.text(), request.password.text()
        self.began.emit()
        request.button.busy(say("ui.saving"))
        self._jobs.outside(lambda: desk.reopen_request(folder, officer, password, out), self._requested,
                           self._not_requested, self)  # fmt: skip

    def _not_requested(self, problem: Problem) -> None:
        self.request.button.busy()
        if problem.name == "weak_password":
            self.request.password.refuse(problem)
        else:
            self.trouble.emit(problem)

    def _requested(self, asked: desk.Asked) -> None:
        self.request.button.busy()
        self.request.password.clear()
        self.asked.show_asked(asked.file.name, asked.groups)
        self.deck.show_card(self.asked)
        self.asked.have.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose_answer(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self.window(), say("ui.choose_file"), str(first_stick()),
                                                say("access.reopen.files"))  # fmt: skip
        if chosen:
            self.take_answer(Path(chosen))

    def take_answer(self, path: Path) -> None:
        """Take the answer's file; the password comes next."""
        self._answer_file = path
        self.answer.file.say(path.name)
        self.answer.file.tone("ink")
        self.answer.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def _accept(self) -> None:
        answer, folder, file = self.answer, self._folder, self._answer_file
        if answer.button.is_busy():
            return
        if file is None:
            answer.file.say(say("access.reopen.no_file"))
            answer.file.tone("gach")
            answer.choose.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        if not answer.password.text():
            answer.password_field.say("stop", say("unlock.no_password"))
            answer.password.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.began.emit()
        password = answer.password.text()
        answer.button.busy(say("ui.loading"))
        self._jobs.open(lambda: desk.reopen_accept(folder, file, password), lambda made: made[0], self._accepted,
                        self._not_accepted, self)  # fmt: skip

    def _not_accepted(self, problem: Problem) -> None:
        self.answer.button.busy()
        if problem.name == "wrong_password":
            self.answer.password_field.say("stop", problem.what)
            self.answer.password.setFocus(Qt.FocusReason.OtherFocusReason)
            self.answer.password.selectAll()
        else:
            self.trouble.emit(problem)

    def _accepted(self, made: tuple[Any, str]) -> None:
        self.forget()
        self.opened.emit(made)
