"""The order in which an incident is asked: on the telephone first, then what to see to, then the rest of Mẫu 01.

Rules. Fields come from the catalogue; only their order and width stand here. What a kind asks besides stands on a
tinted ground right under the tiles.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from cbdesk.catalogue import Field, catalogue
from cbdesk.words import say
from ui.form.form import Part
from ui.form.inputs import Around, FlagInput
from ui.parts import Label

FORM = "incident"
TOLD = ("told_111_at", "told_police_at", "told_chairman_at", "told_health_at", "told_other_at")
#: width of fields on this page, where it differs from the catalogue
WIDTHS = {"child": 8, "heard_name": 4, "received_at": 3, "occurred_at": 3, "place": 3, "unit": 3, "setting": 3,
          "source": 4, "damage": 5, "urgent": 3, "told_other": 12, "channel": 4, "place_detail": 8,
          "forms_of_abuse": 12}  # fmt: skip
#: fields that are asked further down, and fields the machine gives
LATER = ("forms_of_abuse", "place_detail", "channel")
UNASKED = frozenset({"number"})
#: answers on which the emergency, the procedures and the steps depend
WEIGHED = ("kind", "urgent", "damage", "suspect_relation", "received_at", "forms_of_abuse", "setting", "cause",
           "marriage_state", "pregnant", *TOLD)  # fmt: skip


def _asked(*names: str) -> tuple[Field, ...]:
    form = catalogue().forms[FORM]
    return tuple(replace(form.field(name), width=WIDTHS.get(name, form.field(name).width)) for name in names)


def plan(checks: QWidget | None = None, suspects: QWidget | None = None) -> list[Part]:
    """Return the plan of the page: what is asked on the telephone first, what to see to, the rest of Mẫu 01 below."""
    form = catalogue().forms[FORM]
    depends = tuple(f for f in form.in_section("what") if f.when is not None and f.name not in LATER)
    depends = tuple(sorted(depends, key=lambda f: f.name == "suspect_relation"))
    by_section = {section.name: [f.name for f in form.in_section(section.name)] for section in form.sections}
    more = [name for name in by_section["form01"] if name not in UNASKED]
    told = Label(say("incident.told"), "label", "ink2")
    return [
        Part("what", "", _asked("kind")),
        Part("depends", "", depends, tint=True),
        Part("who", "", _asked("child", "heard_name")),
        Part("when_where", "", _asked("received_at", "occurred_at", "place", "unit", "setting")),
        Part("report", "", _asked("source", "damage", "urgent")),
        Part("told", "", _asked(*TOLD), above=told, flow=True),
        Part("summary", "", _asked("told_other", "summary")),
        Part("checks", widget=checks),
        Part("suspects", widget=suspects),
        Part("form01", say("incident.more"), _asked(*LATER, *more)),
        Part("sealed", say("incident.sealed"), _asked(*by_section["sealed"])),
    ]


class UrgentInput(FlagInput):
    """The emergency sign, ticked in the colour of an emergency; its label stands above like those beside it."""

    def __init__(self, field: Field, around: Around) -> None:
        super().__init__(field, around, tone="gach")
