"""A case that is not opened yet: its kind, and when it was heard of. Poverty alone opens no case; the desk says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from cbdesk import clock
from cbdesk.catalogue import catalogue
from cbdesk.desk import Desk, Saved
from cbdesk.words import say
from ui.cases.pieces import CaseForm, fields
from ui.form.form import Part
from ui.jobs import Jobs
from ui.parts import Card, IconText


class NewCase(Card):
    """The form that opens a case of a child."""

    opened = Signal(object)
    failed = Signal(object)

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent, spacing=14, name="new_case")
        asked = fields("case", "kind", "received_at", "opened_on", "number", kind=12, number=4)
        self.form = CaseForm(catalogue().forms["case"], jobs, [Part("new", "", asked)], name="form_new_case")
        self.form.saved.connect(self.opened)
        self.form.failed.connect(self.failed)
        self.setMaximumWidth(720)
        self.body.addWidget(IconText("info", say("case_page.new.help"), "ink2", "note", self, icon_ink="cham"))
        self.body.addWidget(self.form)
        self.body.addStretch(1)

    def begin(self, child: str) -> None:
        """Begin for a child."""

        def write(desk: Desk, given: Mapping[str, Any]) -> Saved:
            return desk.open_case(child, {name: value for name, value in given.items() if name != "child"})

        today = clock.today().isoformat()
        self.form.open(f"{child}/new", None, {}, fixed={"child": child}, start={"opened_on": today}, write=write)
        self.form.focus_first()
