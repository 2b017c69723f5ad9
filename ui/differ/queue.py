"""The queue of what waits for a decision as one painted list: whose record, which field, the values, since when.

Rules. Where names are hidden a child stands by initials and year, and values that would name somebody are not shown.
Digits and letters belong to the page.
"""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from cbdesk import clock
from cbdesk.catalogue import catalogue
from cbdesk.desk.conflicts import Conflict
from cbdesk.words import say
from ui import icons, theme
from ui.lists.queue import Queue, QueueDelegate, QueueModel
from ui.parts import paint

NAMING = frozenset({"name", "personal_id", "phone", "ref", "refs"})
"""Kinds of fields whose values may tell who somebody is."""


def tells_name(conflict: Conflict) -> bool:
    """Return whether the values of a conflict tell who somebody is."""
    form = catalogue().forms[conflict.form]
    return form.has(conflict.field) and form.field(conflict.field).kind in NAMING


def in_short(conflict: Conflict, *, veiled: bool) -> str:
    """Return the field and its values in one line, as far as they may be shown."""
    if conflict.kind == "gone":
        return say("conflicts.page.short_gone")
    if conflict.sealed or (veiled and tells_name(conflict)):
        return conflict.label
    values = " – ".join(one.text or say("ui.empty") for one in conflict.sides)
    return say("conflicts.page.short", label=conflict.label, values=values)


def since(conflict: Conflict, today: date) -> str:
    """Return how long it has waited."""
    days = (today - date.fromisoformat(conflict.at[:10])).days if conflict.at else 0
    return say("conflicts.page.days", n=days) if days > 0 else say("conflicts.page.today")


class _Model(QueueModel):
    def title(self, one: Conflict) -> str:
        """Return whose record it is, as it may be shown."""
        return one.veiled if self.veiled else one.title

    def words(self, one: Conflict) -> str:
        """Return one in words."""
        return f"{self.title(one)}; {in_short(one, veiled=self.veiled)}; {one.unit_name}"


class _Delegate(QueueDelegate):
    def row(self, painter: QPainter, box: QRectF, one: Conflict) -> None:
        """Paint whose record, how long, the field and its values, the unit."""
        line, small, model = theme.px(20), theme.px(16), self.view.model_
        top = box.top() + (box.height() - line - 2 * small) / 2 - 1
        age = since(one, clock.today())
        wide = paint.text_width(theme.font("small"), age)
        right = QRectF(box.right() - wide, top, wide, line)
        paint.text(painter, right, age, "small", "ink3", Qt.AlignmentFlag.AlignRight)
        left = box.left()
        if one.sealed:
            icons.paint(painter, "lock_closed", QPointF(left, round(top + line / 2 - 8)), "man", 16)
            left += 22
        name = QRectF(left, top, right.left() - left - 8, line)
        paint.text(painter, name, model.title(one), "medium", "ink")
        short = in_short(one, veiled=model.veiled)
        paint.text(painter, QRectF(box.left(), top + line, box.width(), small), short, "small", "ink2")
        paint.text(painter, QRectF(box.left(), top + line + small, box.width(), small), one.unit_name, "small", "ink3")


class DifferQueue(Queue):
    """The queue of what differs; an item is known by its record and field."""

    made_of = (_Model, _Delegate)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("differ_queue", say("conflicts.page.queue"), lambda one: (one.record, one.field), parent)
