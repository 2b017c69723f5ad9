"""Cột thêm: the columns an office adds, for all children or for one list, edited in place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from cbdesk.desk import Desk
from cbdesk.words import say
from ui.duty.registers import Found, ListSpec, RegisterPage
from ui.form.rows import Column
from ui.pages import register
from ui.parts import Hint

FIELD = "extra_field"


@register
class ExtrasPage(RegisterPage):
    """The columns of the office; ``scope`` shows those of one list."""

    name, icon, under = "extras", "column_triple", "reports"
    roles = ("commune",)
    words = "extras"
    lists = (ListSpec(FIELD, (Column("label", 34, strong=True), Column("kind", 22), Column("choices", 30, spare=True),
                              Column("to", 14, spare=True)),
                      unasked=frozenset({"code", "list"})),)  # fmt: skip

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        self._scope, self._of = "", ""

    def reader(self) -> Callable[[Desk], Found]:
        """Return what reads the columns of the scope shown."""
        scope = self._scope

        def read(desk: Desk) -> Found:
            rows = [row for row in desk.all_rows(FIELD, {}) if str(row.get("list") or "") == scope]
            rows.sort(key=lambda row: (row.get("order") is None, row.get("order") or 0, str(row.get("label"))))
            return Found({FIELD: rows}, {}, {})

        return read

    def facts(self) -> str:
        """Say which children the columns are for."""
        return say("extras.of_list", title=self._of) if self._scope else say("extras.of_all")

    def crumbs(self) -> Sequence[tuple[str, str]]:
        """The way here leads over the lists."""
        return (("", "handouts" if self._scope else "reports"),)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of the list."""
        found = list(super().hints())
        return found if self.open_table() is not None else found[:-1]

    def opened(self, **details: Any) -> None:
        """Show the columns for all children, or those of the list ``scope``, which is called ``of``."""
        self._scope, self._of = str(details.get("scope") or ""), str(details.get("of") or "")
        self.tables[FIELD].fixed = {"list": self._scope} if self._scope else {}
        super().opened(**details)
