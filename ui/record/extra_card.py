"""Mục thêm: what the office's own columns say of a child, at the right of its page; only where there are any."""

from __future__ import annotations

from PySide6.QtCore import Signal

from cbdesk.words import say
from ui.designing.values import ExtraFields
from ui.jobs import Jobs
from ui.record.record_read import ChildFile
from ui.record.record_side import SideCard


class ExtraCard(SideCard):
    """The card. ``written`` carries the answer of the desk."""

    written = Signal(object)

    def __init__(self, jobs: Jobs) -> None:
        super().__init__(say("extras.card"), "column_triple", name="extra_card")
        self.fields = ExtraFields(jobs)
        self.fields.written.connect(self.written)
        self.body.addWidget(self.fields)
        self.hide()

    def show_child(self, file: ChildFile) -> None:
        """Show the columns of a child; without any the card is hidden."""
        self.setVisible(bool(file.extras))
        if file.extras:
            self.fields.show_values(file.id, file.extras)
