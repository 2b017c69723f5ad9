"""Đồng ý sử dụng thông tin: what a child and its representative were asked, and what they answered.

Rules. The last answer about a purpose rules; one withdrawn stops at once. What is missing for a purpose stands on its
row. Enter edits, Ctrl N adds. Source: Luật 91/2025/QH15 Điều 24.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from cbdesk import clock, dates
from cbdesk.catalogue import catalogue
from cbdesk.desk import Desk
from cbdesk.desk.disclosing import Consent
from cbdesk.words import say
from ui.frame.shell import Shell
from ui.homes.side_page import EditCard, SidePage
from ui.law.page import fact
from ui.lists.cells import Cell, Chip
from ui.lists.table import Column
from ui.pages import NARROW, Action, register
from ui.parts import Card, EmptyState, Hint, SectionTitle

CONSENT = "consent"
FEW = ("purpose", "state")


@register
class ConsentsPage(SidePage):
    """The consents of one child."""

    name, icon, under = "consents", "checkmark_circle", "children"
    form = CONSENT
    watches = frozenset({CONSENT, "child"})
    unasked = frozenset({"child"})

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._child = ""
        self._none = EmptyState(say("law.consents.none"), say("law.consents.none_help"), name="consents_none")

    def columns(self) -> list[Column]:
        """Return the columns."""
        head = lambda name: say(f"law.consents.column.{name}")  # noqa: E731
        lists = catalogue().lists
        return [
            Column("on", head("on"), 92, lambda one: Cell(dates.show_date(str(one.row.get("on") or "")), "ink2"),
                   fixed=True),
            Column("purpose", head("purpose"), 220, lambda one: Cell(one.purpose, role="medium"), stretch=True,
                   fixed=True),
            Column("given", head("given"), 190,
                   lambda one: Cell(lists["consent"].label(str(one.row.get("given"))), "ink2")),
            Column("by", head("by"), 150, lambda one: Cell(str(one.row.get("by") or ""), "ink2")),
            Column("state", head("state"), 130, _state, fixed=True),
        ]  # fmt: skip

    def ident(self, row: Consent) -> str:
        """Return the answer's id."""
        return str(row.row["id"])

    def called(self, row: Consent) -> str:
        """Return its purpose."""
        return row.purpose

    def read(self, desk: Desk) -> list[Consent]:
        """Return the answers, the newest first."""
        return desk.consents(self._child)

    def show_rows(self, found: list[Consent]) -> None:
        """Show the answers."""
        self.table.set_rows(found)
        self.panel.show_rows() if found else self.panel.show_empty(self._none)

    # the page base

    def title(self) -> str:
        """Return the title."""
        return say("law.title.consents")

    def crumbs(self) -> Sequence[tuple[str, str]]:
        """The way here leads over the children."""
        return (("", "children"),)

    def opened(self, **details: Any) -> None:
        """Read the answers of one child."""
        self._child = str(details.get("child") or self._child)
        super().opened(**details)

    def primary(self) -> Action:
        """Add an answer, or write the open one."""
        if self.edit is not None:
            return Action("save", say("ui.save"), self.edit.view.save, "save", "Ctrl S")
        return Action("add", say("law.consents.add"), self.add_row, "add", "Ctrl N")

    def list_hints(self) -> Sequence[Hint]:
        """Return the keys of the list."""
        return (Hint("↑|↓", say("shell.hint.select")), Hint("Enter", say("homes.hint.edit")),
                Hint("Ctrl N", say("homes.hint.add")), Hint("F6", say("shell.hint.side_pane")))  # fmt: skip

    def new_title(self) -> str:
        """Return the heading over a new answer."""
        return say("law.consents.add")

    def shaped(self, shape: str) -> None:
        """Fewer columns where there is little room."""
        super().shaped(shape)
        self.table.show_columns(FEW if shape == NARROW else [])

    def detail(self, row: Consent) -> QWidget:
        """Return the card of one answer."""
        told, card = row.row, Card(padding=14, spacing=8, name="consent_card")
        card.body.addWidget(SectionTitle(row.purpose))
        for icon, words in (
            ("checkmark_circle", catalogue().lists["consent"].label(str(told.get("given")))),
            ("person", str(told.get("by") or "")), ("info", str(told.get("purpose") or "")),
            ("calendar_ltr", dates.show_date(str(told.get("on") or ""))),
            ("people", "" if row.age is None else say("law.consents.age", age=row.age)),
            ("document", str(told.get("paper") or "")),
            ("warning", " ".join(row.why) if row.last else ""),
        ):  # fmt: skip
            if words:
                card.body.addWidget(fact(icon, words))
        card.body.addStretch(1)
        return card

    def _edit(self, record: str, data: Mapping[str, Any], villages: Mapping[str, str]) -> None:
        self.act = None
        self.edit = EditCard(catalogue().forms[CONSENT].title if record else self.new_title(), CONSENT, self)
        start = {} if record else {"on": clock.today().isoformat()}
        self.edit.view.load(record or None, data, villages=villages, start=start, fixed={"child": self._child},
                            offer_draft=False)  # fmt: skip
        self._put(self.edit)
        self.edit.view.focus_first()
        self.shell.refresh()


def _state(one: Consent) -> Cell:
    if not one.last:
        return Cell(say("law.consents.older"), "ink3")
    if not one.stands:
        return Cell(chips=(Chip(say("law.consents.lacks"), "nghe", "warning"),))
    return Cell(chips=(Chip(say("law.consents.stands"), "ngoc", "checkmark_circle"),))
