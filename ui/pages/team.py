"""Nhóm thường trực bảo vệ trẻ em: its members with the decision, its meetings with their minutes.

Source: Công văn 4541/LĐTBXH-TE (24/10/2019). Ctrl P prints the decision, or the minutes of the meeting one stands on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from cbdesk.catalogue import catalogue
from cbdesk.desk import Desk
from cbdesk.words import say
from ui.cases.papers import Wanted
from ui.duty.registers import Found, ListSpec, RegisterPage
from ui.form.rows import Column
from ui.pages import register
from ui.parts import Hint

MEMBER, MEETING = "team_member", "team_meeting"
DECISION, MINUTES = "quyet_dinh_nhom", "bien_ban_nhom"


@register
class TeamPage(RegisterPage):
    """The standing team."""

    name, icon, under = "team", "people", "duties"
    roles = ("commune",)
    words = "duties.team"
    lists = (
        ListSpec(MEMBER, (Column("name", 26, strong=True), Column("role", 18), Column("position", 30, spare=True),
                          Column("decision_no", 14), Column("to", 12))),
        ListSpec(MEETING, (Column("on", 20, strong=True), Column("place", 26, spare=True), Column("chair", 24),
                           Column("conclusion", 40))),
    )  # fmt: skip

    @staticmethod
    def read(desk: Desk) -> Found:
        """Return members and meetings, the last meeting first."""
        rows = {form: desk.all_rows(form, {}) for form in (MEMBER, MEETING)}
        roles = [one.code for one in catalogue().lists["team_role"].choices]
        rows[MEMBER].sort(key=lambda row: roles.index(row["role"]) if row.get("role") in roles else len(roles))
        rows[MEETING].sort(key=lambda row: str(row.get("on") or ""), reverse=True)
        return Found(rows, {}, desk.village_names(), more={one["name"]: one["title"] for one in desk.papers()})

    def crumbs(self) -> Sequence[tuple[str, str]]:
        """The way here leads over the duties."""
        return (("", "duties"),)

    def facts(self) -> str:
        """Return how many members there are now."""
        rows = self._found.rows[MEMBER] if self._found is not None else ()
        return say("duties.team.facts", n=sum(not row.get("to") for row in rows)) if rows else ""

    def hints(self) -> Sequence[Hint]:
        """Return the keys, with printing in the place of the last."""
        quiet = self.layer is None and self.open_table() is None
        return [*super().hints(), *([Hint("Ctrl P", say("duties.hint.papers"))] if quiet else [])]

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        own = dict(super().handlers())
        return own if self.layer is not None else own | {"print": self._papers}

    def _papers(self) -> None:
        titles = self._found.more if self._found is not None else {}
        meeting = self.row(MEETING) if self.here().name == MEETING else None
        name, record = (MINUTES, meeting["id"]) if meeting else (DECISION, "")
        if not record and self._found is not None and self._found.rows[MEMBER]:
            record = self._found.rows[MEMBER][0]["id"]  # any record: the decision lists all members
        if name in titles:
            self.show_papers([Wanted(name, titles[name], str(record))])
