"""The right side of a form to be filled: which children go on it, and what must be looked at before.

Rules. A point that asks has a box that must be ticked; a point that only tells has none. The number of children is
always told before anything is written.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from cbdesk.catalogue import catalogue
from cbdesk.formcells import LISTS, Who
from cbdesk.formheads import FIGURES
from cbdesk.superior import SuperiorForm
from cbdesk.words import say
from ui import theme
from ui.lists.filterbar import plain
from ui.outside.who import WhoFields
from ui.parts import (
    Card,
    Checkbox,
    IconText,
    Label,
    Labelled,
    ListField,
    Option,
    Rule,
    Scroller,
    SectionTitle,
    Segmented,
)

POOR = ("poor", "near_poor")


class _Point(QWidget):
    """One thing to agree to: a box and its sentence, which may take several lines."""

    def __init__(self, name: str, words: str) -> None:
        super().__init__()
        self.name = name
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.box = Checkbox("", name=f"agree_{name}", hint=words)
        self.box.setAccessibleName(words)
        row.addWidget(self.box, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(Label(words, "body", wrap=True), 1)


class FormSide(Card):
    """``changed`` says that other children are meant; ``agreed`` that a box was ticked; ``sheet_chosen`` the sheet."""

    changed = Signal()
    agreed = Signal()
    sheet_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=0, spacing=0, name="form_side")
        self.body.setContentsMargins(1, 1, 1, 1)
        scroll = Scroller(spacing=10, name="form_side_scroll")
        scroll.body.setContentsMargins(15, 12, 15, 12)
        self.body.addWidget(scroll, 1)
        self._column = scroll.body
        self.sheets = ListField(label=say("superior.page.sheet"), name="form_sheet")
        self.sheets.activated.connect(lambda _at: self.sheet_chosen.emit(self.sheets.value() or ""))
        self._sheet = Labelled(say("superior.page.sheet"), self.sheets)
        self.listed = Segmented([Option(one, say(f"superior.list.{one}")) for one in LISTS],
                                label=say("superior.page.listed"), name="form_listed")  # fmt: skip
        self.listed.set_value("all")
        self.listed.changed.connect(lambda _code: self.changed.emit())
        self.classes = ListField(label=say("superior.page.class"), name="form_class")
        known = catalogue().lists["household_class"]
        self.classes.fill([("", say("superior.page.all_classes")), *((one, known.label(one)) for one in POOR),
                           ("+".join(POOR), ", ".join(known.label(one) for one in POOR))])  # fmt: skip
        self.classes.set_value("")
        self.classes.activated.connect(lambda _at: self.changed.emit())
        self.who = WhoFields({"class": self.classes}, upright=True)
        self.who.changed.connect(self.changed)
        self.count = Label("", "strong", name="form_count")
        self.apart = IconText("lock_closed", "", "ink2", "note", name="form_apart")
        self.asks = SectionTitle(say("superior.page.asks"))
        self.points: list[_Point] = []
        self._told: list[QWidget] = []
        self._rule = Rule()
        for widget in (SectionTitle(say("superior.page.listed")), self._sheet, self.listed, self.who, self.count,
                       self.apart, self._rule, self.asks):  # fmt: skip
            self._column.addWidget(widget)
        self._column.addStretch(1)
        self.setMinimumWidth(theme.px(320))

    def show_form(self, form: SuperiorForm) -> None:
        """Show a form: its sheets, and what must be looked at; what was agreed to stays agreed."""
        agreed = self.accepted()
        self._sheet.setVisible(len(form.sheets) > 1)
        self.sheets.fill([(one, one) for one in form.sheets])
        self.sheets.set_value(form.sheet)
        for widget in (*self.points, *self._told):
            self._column.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self.points = [_Point(one.name, one.text) for one in form.open]
        self._told = [IconText("info", one.text, "ink2", "note") for one in form.asks if one.told]
        for at, widget in enumerate((*self.points, *self._told)):
            self._column.insertWidget(self._column.count() - 1, widget)
            if at < len(self.points):
                self.points[at].box.setChecked(self.points[at].name in agreed)
                self.points[at].box.toggled.connect(lambda _on: self.agreed.emit())
        for widget in (self._rule, self.asks):
            widget.setVisible(bool(form.asks))

    def show_villages(self, names: Mapping[str, str]) -> None:
        """Offer the villages."""
        self.who.show_villages(names)

    def show_count(self, form: SuperiorForm, children: int, apart: int) -> None:
        """Say how many children go on the form, and how many are kept apart."""
        key = "superior.page.figures" if form.kind == FIGURES else "superior.page.children"
        self.count.say(say(key if children else "superior.page.nobody", n=plain(children)))
        self.count.tone("ink" if children else "nghe")
        self.apart.setVisible(bool(apart))
        self.apart.say(say("superior.page.apart", n=plain(apart)))

    def chosen(self) -> Who:
        """Return which children are meant."""
        classes = tuple(one for one in (self.classes.value() or "").split("+") if one)
        return Who(str(self.listed.value() or "all"), self.who.ages.ages(), self.who.villages(), classes)

    def accepted(self) -> set[str]:
        """Return what was agreed to."""
        return {one.name for one in self.points if one.box.isChecked()}

    def missing(self) -> bool:
        """Return whether something must still be agreed to."""
        return any(not one.box.isChecked() for one in self.points)

    def focus_first(self) -> None:
        """Focus the first point that must be agreed to, else the choice of children."""
        waiting = next((one.box for one in self.points if not one.box.isChecked()), None)
        if waiting is not None:
            waiting.setFocus()
        else:
            self.listed.setFocus()
