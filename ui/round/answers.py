"""What follows a letter on a village sheet: where to, since when, which risk; and a child that is on no line.

Rules. A form of the fields the answer asks for, nothing else; the day stands there already, as the month of the sheet.
Enter in the last field keeps the answer; what is doubtful is asked about beside the field. A new child is compared with
the register as everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal

from cbdesk import rounds
from cbdesk.catalogue import catalogue
from cbdesk.desk import Desk, Saved
from cbdesk.errors import Finding
from cbdesk.rounds import CHILD, NEW, Answer
from ui.form.form import FormView
from ui.form.form_plan import Part, Refused, key_of
from ui.form.form_remarks import ALIKE
from ui.jobs import Jobs

VILLAGE = "village"
WIDTHS = {"full_name": 5, "born": 3, "sex": 4, "ethnicity": 3, "mother_name": 5, "father_name": 4, "came_how": 5,
          "came_from": 4, "came_on": 3, "place": 6, "with_whom": 3, "expected_back": 3, "from": 3, "to": 3,
          "moved_to": 8, "status_since": 4, "schooling": 6, "class": 3, "dropped_out_reason": 8, "dropped_out": 4,
          "card_until": 4, "health_card": 5, "code": 6, "detail": 6}  # fmt: skip


def answer_words(code: str) -> str:
    """Return the short words of an answer."""
    found = rounds.answers().get(code)
    return found.title if found is not None else code


def letters() -> list[Answer]:
    """Return the answers that have a letter, in the order of the sheet."""
    return [one for one in rounds.answers().values() if one.letter]


class FollowForm(FormView):
    """The fields of one kind of answer."""

    finished = Signal()
    """Enter was pressed in the last field."""

    def __init__(self, answer: Answer, jobs: Jobs) -> None:
        self.answer, self._sheet, self._line = answer, "", 0
        fields = tuple(replace(answer.field(name), width=WIDTHS.get(name, 4)) for name in answer.asked)
        form = answer.judged_by(catalogue().forms[answer.form])
        super().__init__(form, jobs, [Part("answer", fields=fields)], drafts=False, name=f"form_{answer.code}")
        self.partial = answer.form == CHILD and answer.code != NEW

    def begin(self, sheet: str, line: int, month: str, village: str, born: str) -> None:
        """Show empty fields for a line; the day stands there."""
        self._sheet, self._line = sheet, line
        start = {name: value for name, value in self.answer.start(month, born).items() if name in self.boxes}
        fixed: dict[str, Any] = dict(self.answer.fill)
        if self.answer.code == NEW:
            fixed[VILLAGE] = village
        self.load(None, {}, start=start, fixed=fixed, offer_draft=False)
        self.boxes[next(iter(self.boxes))].focus()

    def typed(self) -> bool:
        """Return whether anything was typed."""
        return bool(self._typed_now())

    def findings(self) -> list[Finding]:
        """Return the remarks about what the answer asks."""
        return [one for one in super().findings() if one.field in self.boxes]

    def _after_last(self, _name: str) -> None:
        self.finished.emit()

    def _work(self) -> Callable[[Desk], Saved | Refused]:
        sheet, line, code, given = self._sheet, self._line, self.answer.code, self._given()
        kept, sent = set(self._kept), self._data()
        others = self._other_children if key_of(ALIKE, sent) in kept else frozenset()

        def work(desk: Desk) -> Saved | Refused:
            found = desk.round_check(sheet, line, code, given)
            if code == NEW:
                found += [one for one in desk.check(CHILD, sent, by_hand=True) if one not in found]
            waits = [one for one in found
                     if one.level == "stop" or (one.level == "ask" and key_of(one, sent) not in kept)]  # fmt: skip
            if others and not {str(row["id"]) for row in desk.look_alikes(sent, None)} <= others:
                waits.append(ALIKE)  # somebody else than those who were shown
            return Refused(tuple(waits)) if waits else desk.round_key(sheet, line, code, given, others=sorted(others))

        return work

