"""People said to have done it: their rows under an incident. Several may belong to one; they are sealed like all of it.

Rules. The first minute asks for the relation only; who they are is added once the incident is recorded, each in a panel
at its place. Nothing of them stands on a list of the window.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from cbdesk.words import say
from ui.form.rows import Column, RowTable
from ui.jobs import Jobs
from ui.parts import Rule, SectionTitle
from ui.record.record_side import heading_link

SUSPECT = "suspect"
COLUMNS = (Column("name", 30, strong=True), Column("relation", 26), Column("born", 19, spare=True),
           Column("outcome", 25))  # fmt: skip


class Suspects(QWidget):
    """The block on the page: heading with its link, and the table."""

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(10)
        column.addWidget(Rule())
        title = SectionTitle(say("incident.suspects.title"), name="suspects_title")
        self.table = RowTable(SUSPECT, jobs, columns=COLUMNS, empty=say("incident.suspects.none"),
                              unasked=frozenset({"incident"}))  # fmt: skip
        self._show = heading_link(title, say("child.show_sensitive"), icon="eye", name="show_suspects")
        self._show.clicked.connect(self.table.show_wanted)
        link = heading_link(title, say("incident.suspects.add"), icon="add", key="Ctrl N", name="add_suspect")
        link.clicked.connect(self.table.add)
        self.table.home = link
        column.addWidget(title)
        column.addWidget(self.table)
        self.hide()

    def load(
        self, record: str | None, rows: Sequence[Mapping[str, Any]], villages: Mapping[str, str], *, sealed: bool
    ) -> None:
        """Show the rows of a known incident; a new one has none yet."""
        self.setVisible(record is not None)
        if record is not None:
            self.table.load(record, rows, villages, sealed=sealed)
            self._show.setVisible(self.table.has_sealed())
