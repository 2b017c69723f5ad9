"""One line of a list keyed in by hand: empty fields, under each what the book says, and only what is typed changes.

Rules. It is the record's own form with its remarks: the answer is judged together with what the book knows of the
child, so that a number that contradicts sex or year of birth is asked about. Enter in the last field writes the line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from PySide6.QtCore import Signal

from cbdesk.catalogue import Field, Form, catalogue
from cbdesk.desk import Desk, Saved
from cbdesk.errors import Finding
from cbdesk.words import say
from ui.form.fieldbox import Said
from ui.form.form import FormView
from ui.form.form_plan import Part, Refused, key_of
from ui.jobs import Jobs

CHILD, GUARDIAN = "child", "guardian_name"
#: what the police can answer, in the order of the sheet, and its width on the form
FIELDS = {"personal_id": 4, "full_name": 5, "born": 3, "sex": 4, "ethnicity": 3, "father_name": 5, "mother_name": 6,
          GUARDIAN: 6}  # fmt: skip
#: what a personal number contradicts, and the field typed instead of the number
TOLD_BY_ID = {"id_year": "born", "id_sex": "sex"}


def field_of(name: str) -> Field:
    """Return one field of an answer."""
    form = catalogue().forms[CHILD]
    if name == GUARDIAN:
        item, relation = catalogue().forms["carer"].field("full_name"), catalogue().lists["relation"].get("guardian")
        labels = relation.labels if relation is not None else item.labels
        return replace(item, name=name, labels=labels, hints={}, width=FIELDS[name])
    short = form.shorthand(name)
    item = short.field if short is not None else form.field(name)
    hints = item.hints if name in ("personal_id", "born") else {}
    return replace(item, hints=hints, width=FIELDS[name])


def _form() -> Form:
    """Return the child's form without what a record needs: an answer may say one thing only."""
    form = catalogue().forms[CHILD]
    return replace(form, rules=tuple(rule for rule in form.rules if rule.kind != "one_of_required"))


class AnswerForm(FormView):
    """The fields of one line."""

    finished = Signal()
    """Enter was pressed in the last field."""

    def __init__(self, jobs: Jobs) -> None:
        self._list, self._line = "", 0
        self._known: dict[str, Any] = {}
        self.signed_on: date | None = None
        """The day the police signed; ``None`` is today."""
        parts = [Part("answer", fields=tuple(field_of(name) for name in FIELDS))]
        super().__init__(_form(), jobs, parts, drafts=False, name="form_answer")

    def show_line(self, list_id: str, line: int, child: str) -> None:
        """Show the empty fields of a line at once; what the book knows follows (``know``)."""
        self._list, self._line, self._known = list_id, line, {}
        self.load(child, {}, offer_draft=False)

    def know(self, line: int, data: Mapping[str, Any]) -> None:
        """Take the child of a line as the book knows it now; what is typed already stays."""
        if line == self._line:
            self._known, self._fixed = dict(data), dict(data)
            self._refresh()
            self.changed.emit()

    def given(self) -> dict[str, Any]:
        """Return what was typed and understood."""
        return self._given()

    def touched(self) -> bool:
        """Return whether anything stands in the fields, understood or not."""
        return any(box.input.typed() not in (None, "", []) for box in self.boxes.values())

    # remarks

    def findings(self) -> list[Finding]:
        """Return what is to be remarked about what was typed."""
        typed = self._given()
        return [one for one in super().findings() if one.field in typed or one.level == "stop"]

    def _rule_findings(self) -> list[Finding]:
        """Return only what concerns what was typed; a date or sex against the number is told where it was typed."""
        typed = self._given()
        return [one for one in map(self._at_home, super()._rule_findings()) if one.field in typed]

    def _at_home(self, one: Finding) -> Finding:
        typed, other = self._given(), TOLD_BY_ID.get(one.name, "")
        return replace(one, field=other) if one.field not in typed and other in typed else one

    def _said(self) -> list[Said]:
        """Under every field stands what the book knows."""
        said = super()._said()
        for name, box in self.boxes.items():
            known = box.input.words(self._known.get(name))
            if known:
                said.append(Said(name, "hint", "in_book", say("quality_page.in_book", value=known)))
        return said

    # typing and writing

    def _after_last(self, _name: str) -> None:
        self.finished.emit()

    def _work(self) -> Callable[[Desk], Saved | Refused]:
        list_id, line, child, given = self._list, self._line, self.record, self._given()
        kept, sent, home, on = set(self._kept), self._data(), self._at_home, self.signed_on

        def work(desk: Desk) -> Saved | Refused:
            told = [home(one) for one in desk.cleaning_understand(list_id, line, given).findings]
            waits = [one for one in told if one.level == "stop" or key_of(one, sent) not in kept]
            return Refused(tuple(waits)) if waits else replace(desk.cleaning_key(list_id, line, given, on=on), id=child)

        return work
