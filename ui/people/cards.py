"""The cards beside the list of officers: a new one with a password, another role, an end, one's own password."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt

from cbdesk.catalogue import catalogue
from cbdesk.desk.people import Person
from cbdesk.words import say
from ui.homes.act import CHOICE, DATE, ActCard, Ask
from ui.parts import Checkbox, Labelled, PasswordField
from ui.people.new_password import NewPassword

SENSITIVE, PASSWORD = "sensitive", "password"


def _roles() -> Sequence[tuple[str, str]]:
    return [(one.code, one.label) for one in catalogue().lists["officer_role"].choices]


def _approved() -> list[Ask]:
    return [Ask("approved_by", say("access.ask.approved_by")),
            Ask("approved_no", say("access.ask.approved_no"), required=False),
            Ask("approved_on", say("access.ask.approved_on"), DATE, required=False)]  # fmt: skip


class RoleCard(ActCard):
    """Role and sensitive part of somebody, with the paper that approved it; a new one types a password as well."""

    def __init__(self, person: Person | None, *, practice: Callable[[], bool]) -> None:
        new = person is None
        asks = [Ask("name", say("access.ask.name")), Ask("position", say("access.ask.position"), required=False)]
        role = Ask("role", say("access.ask.role"), CHOICE, person.role if person else "recorder", options=_roles())
        words = ("access.add", "access.verb.add", "access.add_note") if new else (
            "access.change", "access.verb.change", "access.change_note")  # fmt: skip
        super().__init__(say(words[0]), say(words[1]), [*(asks if new else ()), role, *_approved()],
                         note=say(words[2]), name="officer_role_card")  # fmt: skip
        self.sensitive = Checkbox(say("access.ask.sensitive"), name="act_sensitive")
        self.sensitive.setChecked(person is not None and person.sensitive)
        self.put(self.sensitive)
        self.password: NewPassword | None = None
        if new:
            self.password = NewPassword(label=say("access.ask.password"), again=say("setup.again"),
                                        whose=self.fields["name"].text, practice=practice)  # fmt: skip
            self.put(self.password, self.password.propose)
            self.password.onward.connect(self.submit)
        self.sensitive.onward.connect(self._after_sensitive)

    def _onward(self, name: str) -> None:
        if name == self._asks[-1].name:
            self.sensitive.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            super()._onward(name)

    def _after_sensitive(self) -> None:
        target = self.password.first if self.password is not None else self.verb
        target.setFocus(Qt.FocusReason.TabFocusReason)

    def answers(self, given: dict[str, Any]) -> dict[str, Any] | None:
        """Return the answers with what is ticked and typed here; ``None`` where the password is not right."""
        if self.password is not None and not self.password.is_right():
            return None
        return given | {SENSITIVE: self.sensitive.isChecked(), PASSWORD: self.password.text() if self.password else ""}


class OwnPasswordCard(ActCard):
    """One's own password: the present one, and the new one twice."""

    def __init__(self, officer: str, *, practice: Callable[[], bool]) -> None:
        super().__init__(say("access.own"), say("access.verb.own"), [], note=say("access.own_note"),
                         name="own_password", key="Ctrl Enter")  # fmt: skip
        self.old = PasswordField(label=say("access.ask.old"), eye=say("unlock.eye"), name="old_password")
        self.old_field = Labelled(say("access.ask.old"), self.old, required=True, name="old_password")
        self.password = NewPassword(whose=lambda: officer, practice=practice)
        self.put(self.old_field, self.old)
        self.put(self.password, self.password.propose)
        self.old.textEdited.connect(lambda _text: self.old_field.say())
        self.old.returnPressed.connect(self.password.first.setFocus)
        self.password.onward.connect(self.submit)

    def focus(self) -> None:
        """Focus the present password."""
        self.old.setFocus(Qt.FocusReason.TabFocusReason)

    def submit(self) -> None:
        """Say what is missing, or go on."""
        if not self.old.text():
            self.refuse(say("access.no_old"))
        elif self.password.is_right():
            self.done.emit({})

    def refuse(self, words: str) -> None:
        """Say why the present password is not taken."""
        self.old_field.say("stop", words)
        self.old.setFocus(Qt.FocusReason.OtherFocusReason)
        self.old.selectAll()


def end_card(person: Person, today: str) -> ActCard:
    """Return the card that ends somebody's role and way in."""
    note = say("access.end_note") if person.has_key else say("access.end_note_no_key")
    if not person.handed_to:
        note = f"{note} {say('access.end_no_minutes')}"
    return ActCard(say("access.end"), say("access.verb.end"),
                   [Ask("on", say("access.ask.on"), DATE, today)], note=note, name="officer_end_card")  # fmt: skip


def hand_card(others: Sequence[Person]) -> ActCard:
    """Return the card that asks who takes the register over."""
    options = [(one.name, one.name) for one in others]
    return ActCard(say("access.hand"), say("access.verb.hand"),
                   [Ask("taking", say("access.ask.taking"), CHOICE, options[0][0], options=options)],
                   note=say("access.hand_note"), name="officer_hand_card")  # fmt: skip
