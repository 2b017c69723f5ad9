"""Two persons at once: the file of the province's keys with both passwords, and two who will hold it from now on.

Rules. Each types alone; nothing of it is kept, and both fields are emptied once the file was opened and when the page
closes. It cannot be told which of the two passwords was wrong, and the words do not pretend to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cbdesk.escrow import Person
from cbdesk.text import tidy
from cbdesk.words import say
from ui.parts import Button, Label, Labelled, LineField, PasswordField
from ui.people.new_password import NewPassword


class FileRow(QWidget):
    """A button that asks for a file, and the name of the one chosen."""

    changed = Signal()

    def __init__(self, words: str, name: str) -> None:
        super().__init__()
        self.path: Path | None = None
        self.button = Button(words, icon="folder_open", name=name)
        self.label = Label(say("access.reopen.no_file"), "note", "ink3", elide=True, name=f"{name}_name")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.button)
        row.addWidget(self.label, 1)
        self.setFocusProxy(self.button)

    def take(self, path: Path | None) -> None:
        """Show a file, or none."""
        self.path = path
        self.label.say(path.name if path is not None else say("access.reopen.no_file"))
        self.label.tone("ink" if path is not None else "ink3")
        self.changed.emit()

    def missing(self) -> None:
        """Say that a file must be chosen first."""
        self.label.tone("gach")
        self.button.setFocus(Qt.FocusReason.OtherFocusReason)


class KeyFile(QWidget):
    """The file of the province's keys and the passwords of the two who open it. ``onward`` after the second."""

    onward = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.file = FileRow(say("access.rescue.keys_file"), f"{name}_file")
        eye, words = say("unlock.eye"), [say("trust.page.password", n=at) for at in (1, 2)]
        self.fields = [PasswordField(label=one, eye=eye, name=f"{name}_password_{at}")
                       for at, one in enumerate(words, 1)]  # fmt: skip
        self.rooms = [Labelled(one, field, required=True, name=f"{name}_password_{at}")
                      for at, (one, field) in enumerate(zip(words, self.fields, strict=True), 1)]  # fmt: skip
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self.file, *self.rooms):
            column.addWidget(widget)
        self.fields[0].returnPressed.connect(self.fields[1].setFocus)
        self.fields[1].returnPressed.connect(self.onward)
        for field, room in zip(self.fields, self.rooms, strict=True):
            field.textEdited.connect(lambda _text, room=room: room.say())

    def show_file(self, path: Path, persons: Sequence[str]) -> None:
        """Show the file chosen and whose passwords open it."""
        self.file.take(path)
        for room, name in zip(self.rooms, persons, strict=True):
            room.label.say(say("trust.password_of", name=name))
        self.fields[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def given(self) -> tuple[Path, list[str]] | None:
        """Return the file and both passwords; ``None`` where one is missing, said and focused."""
        if self.file.path is None:
            self.file.missing()
            return None
        for field, room in zip(self.fields, self.rooms, strict=True):
            if not field.text():
                room.say("stop", say("access.rescue.no_password"))
                field.setFocus(Qt.FocusReason.OtherFocusReason)
                return None
        return self.file.path, [field.text() for field in self.fields]

    def refuse(self, words: str) -> None:
        """Say that the two passwords did not open the file."""
        self.rooms[1].say("stop", words)
        self.fields[0].setFocus(Qt.FocusReason.OtherFocusReason)
        self.fields[0].selectAll()

    def clear(self) -> None:
        """Forget the passwords."""
        for field, room in zip(self.fields, self.rooms, strict=True):
            field.clear()
            room.say()


class NewPersons(QWidget):
    """Two persons who will hold the keys: name or office, and a password each types twice."""

    onward = Signal()

    def __init__(self, practice: Callable[[], bool]) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.names, self.passwords, self._rooms = [], [], []
        for at in (1, 2):
            label = say("access.rescue.person", n=at)
            name = LineField(label=label, icon="person", name=f"person_{at}")
            room = Labelled(label, name, required=True, name=f"person_{at}")
            password = NewPassword(label=say("access.rescue.password_of", n=at), again=say("setup.again"),
                                   name=f"person_password_{at}", whose=name.text, practice=practice)  # fmt: skip
            name.returnPressed.connect(password.first.setFocus)
            name.textEdited.connect(lambda _text, room=room: room.say())
            self.names.append(name)
            self._rooms.append(room)
            self.passwords.append(password)
            column.addWidget(room)
            column.addWidget(password)
        self.passwords[0].onward.connect(self.names[1].setFocus)
        self.passwords[1].onward.connect(self.onward)

    def given(self) -> list[Person] | None:
        """Return both with their passwords; ``None`` where something is missing, said and focused."""
        for name, room, password in zip(self.names, self._rooms, self.passwords, strict=True):
            if not tidy(name.text()):
                room.say("stop", say("access.rescue.no_person"))
                name.setFocus(Qt.FocusReason.OtherFocusReason)
                return None
            if not password.is_right():
                return None
        return [(tidy(name.text()), password.text()) for name, password in zip(self.names, self.passwords, strict=True)]

    def clear(self) -> None:
        """Forget what was typed."""
        for name, password in zip(self.names, self.passwords, strict=True):
            name.clear()
            password.clear()
