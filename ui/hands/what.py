"""What can be filled into many children at once: fields of a child, and rows that begin on a day; chosen by typing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cbdesk import text
from cbdesk.catalogue import Field, catalogue
from cbdesk.desk.filling import EPISODES, fillable
from cbdesk.errors import Finding
from cbdesk.kinds import Read
from cbdesk.words import LANGUAGES, say
from ui.form.inputs import Around
from ui.form.picker import Pick, matching
from ui.form.picking import ChoiceInput

CHILD = "child"


@dataclass(frozen=True, slots=True)
class What:
    """One thing that can be filled in: form, title, and the fields to ask for; the first is the one compared."""

    form: str
    title: str
    fields: tuple[Field, ...]


def offers() -> dict[str, What]:
    """Return what can be filled in, by name: fields of a child with what depends on them, then rows."""
    shape = catalogue().forms[CHILD]
    items = fillable()
    found = dict[str, What]()
    for item in items:
        if item.when is None:
            more = (one for one in items if one.when is not None and one.when.field == item.name)
            found[item.name] = What(CHILD, item.label, (item, *more))
    for form in (one for section in shape.sections for one in section.rows if one in EPISODES):
        rows = catalogue().forms[form]
        found[form] = What(form, rows.title, tuple(item for item in rows.fields if item.name != rows.parent))
    return found


class WhatInput(ChoiceInput):
    """Chooses what to fill in: typing filters without accents, Enter goes on to the value."""

    def __init__(self, found: Mapping[str, What]) -> None:
        self._offers = found
        label, hint = (dict.fromkeys(LANGUAGES, say(f"hands.fill.{name}")) for name in ("what", "what_hint"))
        super().__init__(Field("what", "choice", label, "", hint), Around())

    def rows(self, query: str) -> list[Pick]:
        """Return what fits."""
        whole = query == self._label and self._code is not None
        note = {CHILD: ""}
        offered = (Pick(name, what.title, note=note.get(what.form, say("hands.fill.row")))
                   for name, what in self._offers.items())  # fmt: skip
        return matching(offered, "" if whole else query)

    def words(self, value: object) -> str:
        """Return the title of what was chosen."""
        found = self._offers.get(str(value))
        return found.title if found else ""

    def _known(self, written: str) -> bool:
        return written in self._offers

    def read(self, today: date) -> Read:
        """Understand what stands there: a name chosen, or its words."""
        typed = text.tidy(self.typed())
        if not typed or self._known(typed):
            return Read(typed or None)
        fits = [name for name, what in self._offers.items() if text.fold(what.title) == text.fold(typed)]
        if len(fits) == 1:
            return Read(fits[0])
        return Read(None, (Finding("what", "stop", "unknown_choice", {"list": self.field.label}),))
