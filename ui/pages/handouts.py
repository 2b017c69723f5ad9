"""Phát quà, hỗ trợ: the giving lists of the office, gifts and disasters; Enter opens one, Ctrl N begins one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cbdesk.desk import Changed, Desk
from cbdesk.words import say
from ui.duty.registers import Found, ListSpec, RegisterPage
from ui.form.rows import Column
from ui.lists.filterbar import plain
from ui.pages import register
from ui.parts import Hint

HANDOUT = "handout"


@register
class HandoutsPage(RegisterPage):
    """The giving lists."""

    name, icon, under = "handouts", "gift", "reports"
    roles = ("commune",)
    words = "handouts"
    lists = (ListSpec(HANDOUT, (Column("title", 34, strong=True), Column("kind", 17, spare=True),
                                Column("on", 12, head="handouts.column.on"), Column("giver", 20, spare=True)),
                      unasked=frozenset({"columns", "criteria"}), mark_room=176, episodes=False),)  # fmt: skip

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        self.tables[HANDOUT].opens = self._go

    @staticmethod
    def read(desk: Desk) -> Found:
        """Return the lists, the newest first."""
        return Found({HANDOUT: desk.handouts()}, {}, desk.village_names())

    def mark_of(self, form: str, row: Mapping[str, Any]) -> tuple[str, str, str] | None:
        """Say how many are on a list and how many received."""
        if not row.get("lines"):
            return None
        done = row["received"] and row["received"] == row["lines"]
        words = say("handouts.mark", n=plain(row["received"]), of=plain(row["lines"]))
        return words, "ngoc" if done else "cham", "checkmark_circle" if done else "people"

    def _go(self, row: Mapping[str, Any]) -> bool:
        self.shell.go("handout", id=str(row["id"]))
        return True

    def crumbs(self) -> Sequence[tuple[str, str]]:
        """The way here leads over the lists and reports."""
        return (("", "reports"),)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of the list."""
        found = list(super().hints())
        return found if self.open_table() is not None else found[:-1]

    def changed(self, changed: Changed) -> None:
        """Read again when a list or one of its lines differs."""
        if self.isVisible() and changed.forms & {HANDOUT, "handout_line"}:
            self.load()

    def _row_saved(self, answer: Any) -> None:
        """Go on to the list that was begun."""
        super()._row_saved(answer)
        if answer.id:
            self.shell.go("handout", id=str(answer.id))
