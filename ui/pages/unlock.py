"""Unlocking the book: officer and password; the recovery code; or the province, where nobody has either.

Rules. The focus starts in the password; deriving the key runs off the window's thread. A wrong password keeps the page,
selects the text and counts; the pause grows and is shown as a countdown, and nothing is ever locked for good. No
password reaches a log, an exception or the clipboard. Passwords are compared in one Unicode form by the keys.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from cbdesk import __version__, attempts, desk
from cbdesk.errors import Problem
from cbdesk.words import say
from ui import theme
from ui.frame.code_groups import CodeGroups
from ui.frame.gate import CODE_WIDE, FORM_WIDE, Gate, place_words
from ui.frame.recovery_sheet import RecoverySheet
from ui.jobs import Jobs
from ui.parts import Badge, Button, Card, Deck, IconText, Label, Labelled, ListField, PasswordField, Remark
from ui.people.new_password import NewPassword
from ui.people.reopen import Province


class UnlockForm(QWidget):
    """Officer, password, button, and the ways out."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.title = Label(say("unlock.title"), "headline")
        self.practice = Badge(say("shell.practice"), "nghe", name="practice")
        self.practice.hide()
        self.last = Label("", "note", "ink3", wrap=True, name="last_opened")
        self.officer = ListField(label=say("unlock.officer"), icon="person", name="officer")
        self.officer.high(40)
        self.password = PasswordField(label=say("unlock.password"), eye=say("unlock.eye"), name="password")
        self.labelled = Labelled(say("unlock.password"), self.password, name="password")
        self.caps = Remark(name="caps_lock")
        self.unikey = IconText("info", say("unlock.unikey"), name="unikey")
        self.button = Button(say("unlock.open"), "primary", icon="lock_open", key="Enter", tall=True, name="unlock")
        self.recover = Button(say("unlock.forgot"), "link", icon="key_reset", name="to_recovery")
        self.size = Button("", "quiet", icon="text_font_size", tail="chevron_down", name="text_size")
        self._lay()
        self.password.caps_lock.connect(
            lambda on: self.caps.show_remark("ask" if on else "", say("unlock.caps_lock"))
        )  # fmt: skip

    def _lay(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addSpacing(10)
        head.addWidget(self.practice)
        head.addStretch(1)
        column.addLayout(head)
        column.addWidget(self.last)
        column.addSpacing(16)
        column.addWidget(Labelled(say("unlock.officer"), self.officer))
        column.addSpacing(10)
        column.addWidget(self.labelled)
        column.addWidget(self.caps)
        column.addWidget(self.unikey)
        column.addSpacing(14)
        column.addWidget(self.button)
        column.addSpacing(16)
        foot = QHBoxLayout()
        foot.addWidget(self.recover)
        foot.addStretch(1)
        foot.addWidget(self.size)
        column.addLayout(foot)


class RecoverForm(QWidget):
    """The printed code and a new password, twice."""

    def __init__(self, parent: QWidget, whose: Callable[[], str]) -> None:
        super().__init__(parent)
        self.back = Button(say("ui.back"), "link", icon="arrow_left", key="Esc", name="back")
        self.code = CodeGroups(label=say("unlock.code"))
        self.code_field = Labelled(say("unlock.code"), self.code, name="code")
        self.password = NewPassword(whose=whose)
        self.first, self.second = self.password.first, self.password.second
        self.first_field, self.second_field = self.password.first_field, self.password.second_field
        self.button = Button(
            say("unlock.set_password"), "primary", icon="checkmark", key="Enter", tall=True, name="set_password"
        )
        self.province = Button(say("access.reopen.ask"), "link", icon="building_government", name="to_province")
        self._lay()

    def _lay(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.back, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(6)
        column.addWidget(Label(say("unlock.recover"), "headline"))
        column.addWidget(Label(say("unlock.recover_more"), "body", "ink2", wrap=True))
        column.addSpacing(12)
        column.addWidget(self.code_field)
        column.addSpacing(8)
        column.addWidget(self.password)
        column.addSpacing(12)
        column.addWidget(self.button)
        column.addSpacing(10)
        note = Card(padding=14)
        note.body.addWidget(IconText("info", say("unlock.no_sheet"), "ink2", "note"))
        note.body.addWidget(self.province, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(note)


class Unlock(Gate):
    """The page. ``opened`` says that the desk is open and with which role."""

    opened = Signal(str)

    def __init__(
        self,
        folder: Path,
        jobs: Jobs,
        parent: QWidget | None = None,
        *,
        officer: str = "",
        remember: Callable[[str], None] | None = None,
        set_text_size: Callable[[int], None] | None = None,
    ) -> None:
        super().__init__(parent)
        self._folder, self._jobs, self._officer = folder, jobs, officer
        self._remember, self._set_text_size = remember, set_text_size
        self._waits, self._practice = 0, False
        self.form = UnlockForm(self)
        self.recovery = RecoverForm(self, lambda: self.form.officer.value() or "")
        self.province = Province(folder, jobs, self)
        self._pages = Deck(self)
        for page in (self.form, self.recovery, self.province):
            self._pages.add(page)
        self.column.addWidget(self._pages)
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self._tick)
        self._connect()
        self._mind_recovery()
        self._say_size()
        self.setObjectName("unlock_page")
        jobs.outside(lambda: (desk.peek(folder), desk.officers(folder), tries(folder)), self._show, owner=self,
                     failed=self.show_problem)  # fmt: skip

    def _connect(self) -> None:
        form, recovery = self.form, self.recovery
        form.button.clicked.connect(self._open)
        form.password.returnPressed.connect(self._open)
        form.recover.clicked.connect(self.to_recovery)
        form.size.clicked.connect(self._offer_sizes)
        form.password.textEdited.connect(lambda _text: form.labelled.say())
        recovery.back.clicked.connect(self.to_form)
        recovery.code.edited.connect(self._mind_recovery)
        recovery.code.complete.connect(recovery.first.setFocus)
        recovery.password.edited.connect(self._mind_recovery)
        recovery.password.onward.connect(self._recover)
        recovery.button.clicked.connect(self._recover)
        recovery.province.clicked.connect(self.to_province)
        self.province.left.connect(self.to_form)
        self.province.began.connect(self.clear_problem)
        self.province.trouble.connect(self.show_problem)
        self.province.opened.connect(lambda made: self._show_sheet(*made, say("access.reopen.opened")))

    def focus_start(self) -> None:
        """Put the focus in the password."""
        if self._pages.present() is self.form:
            self.form.password.setFocus(Qt.FocusReason.OtherFocusReason)

    # what lies open

    def _show(self, answer: tuple[dict[str, Any], list[str], tuple[int, int]]) -> None:
        facts, officers, (failed, wait) = answer
        self.form.officer.fill((name, name) for name in officers)
        self.form.officer.set_value(self._officer if self._officer in officers else officers[0] if officers else None)
        self._practice = bool(facts["practice"])
        self.form.practice.setVisible(self._practice)
        self.form.last.say(say("unlock.last", at=long_time(facts["last_opened"])) if facts["last_opened"] else "")
        backup = say("unlock.backup", at=short_time(facts["last_backup"])) if facts["last_backup"] else ""
        foot = " · ".join(part for part in (say("unlock.version", v=__version__), backup) if part)
        self.cloth.tell(place_words(facts["unit_name"], facts["role"]), foot)
        self.form.password.setFocus(Qt.FocusReason.OtherFocusReason)
        if wait:
            self._pause(wait)
        elif failed:
            self._say_tries(failed)

    # unlocking

    def _open(self) -> None:
        form = self.form
        if form.button.is_busy() or self._waits:
            return
        officer, password = form.officer.value(), form.password.text()
        if not password:
            form.labelled.say("stop", say("unlock.no_password"))
            form.password.setFocus()
            return
        self.clear_problem()
        form.button.busy(say("ui.loading"))
        form.password.setReadOnly(True)
        folder = self._folder
        self._jobs.open(lambda: desk.unlock(folder, officer, password), lambda made: made, self._opened,
                        self._refused, self)  # fmt: skip

    def _opened(self, made: Any) -> None:
        self.form.password.clear()
        if self._remember is not None:
            self._remember(made.officer)
        self.opened.emit(made.role)

    def _refused(self, problem: Problem) -> None:
        form = self.form
        form.button.busy()
        form.password.setReadOnly(False)
        form.password.setFocus(Qt.FocusReason.OtherFocusReason)
        form.password.selectAll()
        if problem.name not in ("wrong_password", "wait_password"):
            self.show_problem(problem)
            return
        folder = self._folder
        self._jobs.outside(lambda: tries(folder), self._after_wrong, owner=self)

    def _after_wrong(self, counted: tuple[int, int]) -> None:
        failed, wait = counted
        if wait:
            self._pause(wait)
        else:
            self._say_tries(failed)

    def _say_tries(self, failed: int) -> None:
        left = attempts.FREE - failed
        words = say("unlock.wrong", n=left) if left > 0 else say("unlock.wrong_again")
        self.form.labelled.say("stop", words)

    def _pause(self, seconds: int) -> None:
        self._waits = seconds
        self._clock.start()
        self.form.password.setEnabled(False)
        self._say_pause()

    def _tick(self) -> None:
        self._waits -= 1
        if self._waits > 0:
            self._say_pause()
            return
        self._waits = 0
        self._clock.stop()
        self.form.password.setEnabled(True)
        self.form.labelled.say()
        self.form.button.explain("")
        self.form.password.setFocus(Qt.FocusReason.OtherFocusReason)
        self.form.password.selectAll()

    def _say_pause(self) -> None:
        minutes, seconds = divmod(self._waits, 60)
        left = f"{minutes}:{seconds:02}"
        self.form.labelled.say("stop", say("unlock.wait", left=left))
        self.form.button.explain(say("unlock.wait", left=left))

    # recovery

    def to_recovery(self) -> None:
        """Show the recovery form."""
        self.clear_problem()
        self.widen(CODE_WIDE)
        self._pages.show_card(self.recovery)
        self.recovery.code.fields[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def to_form(self) -> None:
        """Go back to the password."""
        self.clear_problem()
        self._forget()
        self.widen(FORM_WIDE)
        self._pages.show_card(self.form)
        self.form.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def _mind_recovery(self) -> None:
        recovery = self.recovery
        wrong = recovery.code.wrong()
        if wrong:
            recovery.code_field.say("stop", say("unlock.wrong_group", n=wrong[0] + 1))
        else:
            recovery.code_field.say("hint", say("unlock.code_hint"))
        if not recovery.code.is_complete():
            why = say("unlock.why_code")
        else:
            why = "" if recovery.password.is_typed() else say("unlock.why_password")
        recovery.button.explain(why)

    def _recover(self) -> None:
        recovery = self.recovery
        if recovery.button.is_busy() or not recovery.button.isEnabled():
            return
        if not recovery.password.agrees():
            return
        self.clear_problem()
        recovery.button.busy(say("ui.loading"))
        folder, code = self._folder, recovery.code.text()
        officer, password = self.form.officer.value() or "", recovery.first.text()
        self._jobs.open(lambda: desk.recover(folder, code, officer, password), lambda made: made[0],
                        self._recovered, self._not_recovered, self)  # fmt: skip

    def _not_recovered(self, problem: Problem) -> None:
        recovery = self.recovery
        recovery.button.busy()
        if problem.name == "weak_password":
            recovery.password.refuse(problem)
        else:
            self.show_problem(problem)

    def _recovered(self, made: tuple[Any, str]) -> None:
        self._show_sheet(*made)

    def _show_sheet(self, opened: Any, code: str, more: str = "") -> None:
        self._forget()
        sheet = RecoverySheet(code, self._jobs, self, renewed=True, more=more)
        sheet.kept.connect(lambda: self.opened.emit(opened.role))
        self._pages.add(sheet)
        self._pages.show_card(sheet)
        sheet.enter()

    # the province

    def to_province(self) -> None:
        """Show how the province opens the register again."""
        self.clear_problem()
        self.widen(CODE_WIDE)
        self._pages.show_card(self.province)
        self.province.enter(self.form.officer.value() or "", practice=self._practice)

    def _forget(self) -> None:
        self.recovery.code.clear()
        self.recovery.password.clear()
        self.province.forget()

    # text size, keys

    def _offer_sizes(self) -> None:
        menu = QMenu(self)
        for percent in theme.TEXT_SIZES:
            action = menu.addAction(say("unlock.text_size", n=percent))
            action.triggered.connect(lambda _on=False, percent=percent: self._take_size(percent))
        below = self.form.size.mapToGlobal(self.form.size.rect().bottomLeft())
        menu.popup(below)

    def _take_size(self, percent: int) -> None:
        if self._set_text_size is not None:
            self._set_text_size(percent)
        self._say_size()

    def _say_size(self) -> None:
        self.form.size.say(say("unlock.text_size", n=theme.text_size()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back from the recovery code and from the province's way."""
        if event.key() == Qt.Key.Key_Escape and self._pages.present() in (self.recovery, self.province):
            self.to_form()
        else:
            super().keyPressEvent(event)


def tries(folder: Path) -> tuple[int, int]:
    """Return how many wrong tries there were in a row and how many seconds are still to wait."""
    counted = attempts.Attempts(folder)
    return counted.failed, counted.wait()


def short_time(stamp: str) -> str:
    """Return ``09/10/2026 lúc 17:01`` for a local stamp."""
    at = datetime.fromisoformat(stamp)
    return say("unlock.at", date=at.strftime("%d/%m/%Y"), time=at.strftime("%H:%M"))


def long_time(stamp: str) -> str:
    """Return the same with the day of the week."""
    at = datetime.fromisoformat(stamp)
    return f"{say(f'unlock.weekday.{at.isoweekday()}')}, {short_time(stamp)}"
