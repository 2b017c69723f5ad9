"""A file on its way out of the register: told to be in the clear, or behind a password.

Rules. A file that was written out is no longer under the register's key, and the officer is told so each time. With
*Đặt mật khẩu cho tệp xuất ra* in the settings, the password is asked in place before anything is written; a blank one
is refused there. It is never kept.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from cbdesk.desk import Desk
from cbdesk.words import say
from ui.parts import Banner, Button, PasswordField

PREF = "lock_exports"
LOCKABLE = frozenset({".xlsx", ".docx", ".pdf"})
T = TypeVar("T")


class Leaving:
    """How one file leaves. ``password`` is ``None`` for one in the clear."""

    def __init__(self, password: str | None = None) -> None:
        self._password = password

    def __call__(self, write: Callable[[Desk], T]) -> Callable[[Desk], T]:
        """Return a job of the desk whose files carry the password."""

        def job(desk: Desk) -> T:
            with desk.locking(self._password):
                return write(desk)

        return job

    def told(self, words: str) -> str:
        """Return what was done, with what it means for the file."""
        return f"{words.rstrip('.')}. {say('ui.file_open' if self._password is None else 'ui.file_locked')}"


class AskPassword(Banner):
    """Asks for the password of one file, in place. ``go`` is called with how it leaves."""

    def __init__(self, path: Path, go: Callable[[Leaving], Any], closed: Callable[[], Any]) -> None:
        self._name, self._go, self._closed = path.name, go, closed
        super().__init__("info", say("ui.file_password", name=path.name), more=say("ui.file_password_more"),
                         name="file_password_banner")  # fmt: skip
        self.field = PasswordField(label=say("ui.file_password_label"), eye=say("unlock.eye"), name="file_password")
        self.field.setFixedWidth(240)
        self.field.returnPressed.connect(self._write)
        write = Button(say("ui.file_write"), "primary", key="Enter", name="file_write")
        write.clicked.connect(self._write)
        stay = Button(say("ui.cancel"), key="Esc", name="file_cancel")
        stay.clicked.connect(lambda _on: self._closed())
        for widget in (self.field, write, stay):
            self.add(widget)

    def _write(self, _on: bool = False) -> None:
        password = self.field.text()
        if not password.strip():
            self.field.state("stop")
            self.say(say("ui.file_password_blank"), say("ui.file_password_more"))
            self.field.setFocus()
            return
        self._closed()
        self._go(Leaving(password))
