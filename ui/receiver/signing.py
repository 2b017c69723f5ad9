"""Signing the list of trusted machines: what is new in it, the file of the province's keys, the two persons' passwords.

Rules. The file is opened on the desk's thread and forgotten at once; passwords are never kept, and are cleared when the
card closes. What changes is read before anything is signed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cbdesk.words import say
from ui.parts import (
    Button,
    Card,
    IconButton,
    IconText,
    Label,
    Labelled,
    LineField,
    PasswordField,
    Scroller,
    SectionTitle,
)


class SigningCard(Card):
    """The card. ``file_wanted`` asks for the file; ``signed`` for the signature; ``closed`` when it is given up."""

    file_wanted = Signal()
    signed = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=14, spacing=8, name="signing_card")
        head = SectionTitle(say("trust.page.sign"))
        close = IconButton("dismiss", say("ui.close"), name="close_signing")
        close.clicked.connect(self.closed)
        head.add(close)
        self.body.addWidget(head)
        self._scroll = Scroller(spacing=8, name="signing_scroll")
        inside = self._scroll.body
        self._news = QWidget()
        self._lines = QVBoxLayout(self._news)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(2)
        inside.addWidget(self._news)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.choose = Button(say("trust.page.keys_file"), icon="folder_open", name="keys_file")
        self.choose.clicked.connect(self.file_wanted)
        self._file = Label("", "note", "ink3", elide=True, name="keys_file_name")
        row.addWidget(self.choose)
        row.addWidget(self._file, 1)
        inside.addLayout(row)
        eye = say("unlock.eye")
        self.passwords = [PasswordField(label=say("trust.page.password", n=at), eye=eye, name=f"keys_password_{at}")
                          for at in (1, 2)]  # fmt: skip
        self._rooms = [Labelled(say("trust.page.password", n=at + 1), one, name=f"keys_person_{at + 1}")
                       for at, one in enumerate(self.passwords)]  # fmt: skip
        self.lowest = LineField(name="lowest_version")
        for room in (*self._rooms, Labelled(say("trust.page.lowest"), self.lowest, note=say("trust.page.optional"))):
            inside.addWidget(room)
        for at, one in enumerate(self.passwords):
            following = self.passwords[1] if at == 0 else None
            one.returnPressed.connect(lambda after=following: self._onward(after))
        self.button = Button(say("trust.page.sign_now"), icon="shield_checkmark", key="Ctrl S", name="sign_now")
        self.button.clicked.connect(self._sign)
        inside.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        inside.addStretch(1)
        self.body.addWidget(self._scroll, 1)
        self.file: Path | None = None

    def begin(self, version: int, news: Sequence[str]) -> None:
        """Show what the list would say that the one before did not."""
        while (item := self._lines.takeAt(0)) is not None:
            if (part := item.widget()) is not None:
                part.hide()
                part.deleteLater()
        self._lines.addWidget(Label(say("trust.page.would", version=version), "labelStrong", wrap=True))
        for one in news or (say("trust.page.no_news"),):
            self._lines.addWidget(IconText("add" if news else "checkmark_circle", one, "ink2", "note"))
        self.forget()

    def forget(self) -> None:
        """Forget the file and the passwords."""
        self.file = None
        self._file.say(say("trust.page.no_file"))
        for at, (field, room) in enumerate(zip(self.passwords, self._rooms, strict=True)):
            field.clear()
            room.say()
            room.label.say(say("trust.page.password", n=at + 1))
        self.button.busy()

    def show_file(self, path: Path, persons: Sequence[str]) -> None:
        """Show the file chosen and whose passwords open it."""
        self.file = path
        self._file.say(path.name)
        for room, name in zip(self._rooms, persons, strict=True):
            room.label.say(say("trust.password_of", name=name))
        self.passwords[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def refuse(self, words: str) -> None:
        """Say that the passwords did not open the file; which of the two is not known."""
        self.button.busy()
        self._rooms[1].say("stop", words)
        self.passwords[0].setFocus(Qt.FocusReason.OtherFocusReason)
        self.passwords[0].selectAll()

    def _onward(self, after: PasswordField | None) -> None:
        if after is not None:
            after.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self._sign()

    def _sign(self) -> None:
        if self.file is None:
            self.choose.setFocus()
        elif any(not one.text() for one in self.passwords):
            next(one for one in self.passwords if not one.text()).setFocus()
        else:
            self._rooms[1].say()
            self.button.busy(say("trust.page.signing"))
            self.signed.emit()
