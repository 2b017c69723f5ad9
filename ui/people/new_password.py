"""A new password, typed twice by the person who will use it: how hard to guess it is, and a proposal.

Rules. Nothing is demanded of the characters; what counts is how many guesses it takes (``cbdesk.passwords``, offline).
A proposal of four pairs of words is only shown: it is learnt by typing it twice, and never goes to the clipboard.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from cbdesk import passwords
from cbdesk.errors import Problem
from cbdesk.text import tidy
from cbdesk.words import say
from ui import theme
from ui.parts import Button, Label, Labelled, PasswordField, Remark, paint

STEPS = 4
JUDGE_MS = 150
"""After the last key; a judgement takes some hundredths of a second."""


class Meter(QWidget):
    """How hard the password is to guess, as four bars."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.score = 0
        self.setFixedHeight(4)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        paint.name_it(self, "meter", say("access.password.meter"))

    def show_score(self, score: int) -> None:
        """Show a score from 0 to 4."""
        self.score = score
        self.setAccessibleDescription(f"{score} / {STEPS}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the bars."""
        painter = paint.smooth(QPainter(self))
        wide = (self.width() - 4 * (STEPS - 1)) / STEPS
        lit = "ngoc" if self.score == STEPS else "nghe" if self.score > 1 else "gach"
        painter.setPen(Qt.PenStyle.NoPen)
        for at in range(STEPS):
            painter.setBrush(theme.color(lit if at < max(self.score, 1) else "line"))
            painter.drawRoundedRect(QRectF(at * (wide + 4), 0, wide, self.height()), 2, 2)
        painter.end()


class NewPassword(QWidget):
    """The two fields. ``edited`` after every change, ``onward`` on Enter in the second."""

    edited, onward = Signal(), Signal()

    def __init__(
        self, *, label: str = "", again: str = "", name: str = "new_password",
        whose: Callable[[], str] | None = None, practice: Callable[[], bool] | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self._whose, self._practice = whose or (lambda: ""), practice or (lambda: False)
        label, again, eye = label or say("unlock.new_password"), again or say("unlock.again"), say("unlock.eye")
        self.first = PasswordField(label=label, eye=eye, hint=say("unlock.new_password_hint"), name=name)
        self.first_field = Labelled(label, self.first, required=True, name=name)
        self.second = PasswordField(label=again, eye=eye, name=f"{name}_again")
        self.second_field = Labelled(again, self.second, required=True, name=f"{name}_again")
        self.meter = Meter()
        self.caps = Remark(name=f"{name}_caps_lock")
        self.propose = Button(say("access.password.propose"), "link", icon="key", name=f"{name}_propose")
        self.proposal = Label("", "strong", wrap=True, name=f"{name}_proposal")
        self.proposal.hide()
        self._soon = QTimer(self, singleShot=True, interval=JUDGE_MS)
        self._soon.timeout.connect(self._advise)
        self._lay()
        self._connect()

    def _lay(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.first_field.layout().insertWidget(2, self.meter)  # type: ignore[attr-defined]
        self.meter.hide()
        column.addWidget(self.first_field)
        row = QHBoxLayout()
        row.addWidget(self.propose)
        row.addStretch(1)
        column.addWidget(self.second_field)
        column.addWidget(self.caps)
        column.addLayout(row)
        column.addWidget(self.proposal)

    def _connect(self) -> None:
        self.first.textChanged.connect(lambda _text: self._changed())
        self.second.textChanged.connect(lambda _text: self._typed_again())
        self.second.editingFinished.connect(self._mind_match)
        self.first.returnPressed.connect(self.second.setFocus)
        self.second.returnPressed.connect(self.onward)
        self.propose.clicked.connect(self._propose)
        for field in (self.first, self.second):
            field.caps_lock.connect(lambda on: self.caps.show_remark("ask" if on else "", say("unlock.caps_lock")))

    # what it holds

    def text(self) -> str:
        """Return the password."""
        return self.first.text()

    def is_typed(self) -> bool:
        """Return whether both fields hold something."""
        return bool(self.first.text() and self.second.text())

    def clear(self) -> None:
        """Forget what was typed and what was proposed."""
        for field in (self.first, self.second):
            field.clear()
        self.proposal.say("")
        self.proposal.hide()
        self.clear_remarks()

    def clear_remarks(self) -> None:
        """Take all remarks away."""
        self.first_field.say()
        self.second_field.say()
        self.meter.setVisible(bool(self.first.text()))

    def agrees(self) -> bool:
        """Say under the second field where the two differ; how good it is the register judges itself."""
        if self._mind_match():
            return True
        self.second.setFocus(Qt.FocusReason.OtherFocusReason)
        return False

    def is_right(self) -> bool:
        """Say what is wrong under its field and put the focus there."""
        self._soon.stop()
        self.clear_remarks()
        try:
            passwords.judge(self.first.text(), tidy(self._whose()), practice=self._practice())
        except Problem as problem:
            return self.refuse(problem)
        return self.agrees()

    def refuse(self, problem: Problem) -> bool:
        """Say under the first field why the password is not taken."""
        self.first_field.say("stop", f"{problem.what} {problem.next}")
        self.first.setFocus(Qt.FocusReason.OtherFocusReason)
        self.first.selectAll()
        return False

    # while it is typed

    def _changed(self) -> None:
        self.first_field.say()
        self.meter.setVisible(bool(self.first.text()))
        if self.first.text():
            self._soon.start()
        else:
            self._soon.stop()
        self._typed_again()

    def _typed_again(self) -> None:
        if self.second.text() == self.first.text():
            self.second_field.say()
        self.edited.emit()

    def _mind_match(self) -> bool:
        same = self.first.text() == self.second.text()
        if not same and (self.second.text() or not self.second.hasFocus()):
            self.second_field.say("stop", say("unlock.mismatch"))
        return same

    def _advise(self) -> None:
        score, words = passwords.advice(self.first.text(), tidy(self._whose()))
        self.meter.show_score(score)
        self.first_field.say("note" if score == STEPS else "hint", words)

    def _propose(self) -> None:
        self.proposal.say(passwords.proposal())
        self.proposal.show()
        self.first.setFocus(Qt.FocusReason.OtherFocusReason)
