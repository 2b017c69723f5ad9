"""How a new child begins: empty, of the household of the one before, or as a sibling; and how it is written.

The desk says what a next child or a sibling shares (``Filling``). What has a field is shown in it, what has none is
kept beside the form and told in a ribbon; the family name alone is proposed and is no answer until somebody types on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cbdesk.catalogue import catalogue
from cbdesk.desk import Desk, Saved
from cbdesk.words import say
from ui.form.form import FormView
from ui.parts import Banner, Button
from ui.record import child_view

NAME = "full_name"


@dataclass(frozen=True, slots=True)
class Start:
    """What a new child begins with: of whom, whether as a sibling, and how many persons of the family are copied."""

    villages: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    like: str = ""
    sibling: bool = False
    name: str = ""
    family: int = 0

    def apart(self) -> Start:
        """Return it for a child of another household."""
        return replace(self, like="", sibling=False)


def read_start(desk: Desk, answers: Mapping[str, Any], like: str, *, sibling: bool) -> Start:
    """Return how a new child begins; ``like`` is the child it follows. Raises ``Problem(no_record)``."""
    villages = desk.village_names()
    if not like:
        return Start(villages, answers)
    row = desk.get(like)
    name = str(row.get(NAME) or row.get("usual_name") or say("record.no_name"))
    if not sibling:
        return Start(villages, desk.next_like(like), like, name=name)
    return Start(villages, desk.sibling_of(like), like, True, name, len(desk.rows_of("carer", like)))


def begin(view: FormView, start: Start) -> None:
    """Show the form of a new child."""
    shown = {name: value for name, value in start.answers.items() if name in view.boxes}
    proposed = {NAME: str(shown.pop(NAME))} if start.sibling and NAME in shown else {}
    fixed = {name: value for name, value in start.answers.items() if name not in view.boxes}
    today = view.around.today().isoformat()
    view.load(None, {}, villages=start.villages, start={**shown, **dict.fromkeys(child_view.SINCE, today)}, fixed=fixed,
              proposed=proposed, write=writer(start))  # fmt: skip


def writer(start: Start) -> Callable[[Desk, Mapping[str, Any]], Saved]:
    """Return what writes a new child."""

    def write(desk: Desk, given: Mapping[str, Any]) -> Saved:
        data, since = child_view.begins(given)
        return desk.add_child(data, like=start.like or None, sibling=start.sibling, since=since)

    return write


def part(view: FormView, start: Start) -> None:
    """Take back what the household shares, where it still stands as it was filled in; the village stays."""
    for name, value in start.answers.items():
        if name not in view.boxes:
            view.unfix(name)
        elif name not in ("village", NAME) and view.value(name) == value:
            view.set_typed(name, "")
    view.write_with(writer(start.apart()))


def ribbon(start: Start, other: Callable[[], None]) -> Banner:
    """Return the line that tells what was filled in, with the way out."""
    shape = catalogue().forms[child_view.FORM]
    labels = {item.name: item.label for item in (*shape.fields, *(short.field for short in shape.shorthands))}
    filled = [labels[name] for name in labels if name in start.answers and name != NAME]
    words = say("hands.sibling" if start.sibling else "hands.next", name=start.name)
    more = say("hands.filled", fields=", ".join(filled))
    if start.family:
        more += " " + say("hands.family", n=start.family)
    action = Button(say("hands.apart"), name="apart")
    action.clicked.connect(other)
    return Banner("info", words, more=more, action=action, name="same_household")
