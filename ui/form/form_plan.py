"""What a form is made of: parts, edits in words, and small helpers of the form engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtWidgets import QApplication, QScrollArea, QWidget
from shiboken6 import isValid

from cbdesk.catalogue import Field, Form
from cbdesk.errors import Finding


@dataclass(frozen=True)
class Part:
    """One section on the form: its fields, and a widget above or under them.

    ``tint`` puts the fields on a tinted ground; ``flow`` sets them one after the other at their natural width.
    """

    name: str
    title: str = ""
    fields: tuple[Field, ...] = ()
    widget: QWidget | None = field(default=None, compare=False)
    above: QWidget | None = field(default=None, compare=False)
    tint: bool = False
    flow: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """One answer that differs from the stored record, in words."""

    field: str
    label: str
    old: str
    new: str
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The desk would not save: its findings."""

    findings: tuple[Finding, ...]


def plan_of(form: Form, *, rows: Mapping[str, QWidget] | None = None) -> list[Part]:
    """Return the plan of the catalogue: each section with its fields, and the widgets given for it."""
    given = rows or {}
    return [
        Part(section.name, section.title, form.in_section(section.name), given.get(section.name))
        for section in form.sections
    ]


def starred(form: Form) -> frozenset[str]:
    """Return the fields that carry a star: those needed, and the first of those of which one is needed."""
    needed = {item.name for item in form.fields if item.required}
    return frozenset(needed | {rule.fields[0] for rule in form.rules if rule.kind == "one_of_required"})


def bring(area: QScrollArea, box: QWidget) -> None:
    """Scroll so that a widget can be seen, with a little room about it."""
    if isValid(area) and isValid(box) and area.widget() is not None and area.widget().isAncestorOf(box):
        area.ensureWidgetVisible(box, 0, 16)


def scroll_area(widget: QWidget) -> QScrollArea | None:
    """Return the area a widget scrolls in."""
    at: QWidget | None = widget.parentWidget()
    while at is not None and not isinstance(at, QScrollArea):
        at = at.parentWidget()
    return at


def focus_widget() -> QWidget | None:
    """Return the widget with the focus."""
    return QApplication.focusWidget()


def same(one: Any, other: Any) -> bool:
    """Return whether two answers are the same; all ways of being empty are."""
    empty = (None, "", [], ())
    return one == other or (one in empty and other in empty)


def key_of(one: Finding, data: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return what an *ask* is about: field, name, and the answer it was about. Another answer is asked again."""
    return one.field, one.name, repr(data.get(one.field))
