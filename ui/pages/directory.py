"""Danh bạ: village heads, collaborators, police, border post, schools, who signs; each register edited where it stands.

Rules. Typing in the box filters all lists at once, marks aside, also by telephone number. Nobody is entered twice: the
lists are the registers themselves, so a signer changed here is the signer of papers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout

from cbdesk import kinds, text
from cbdesk.catalogue import catalogue
from cbdesk.desk import Desk
from cbdesk.words import say
from ui.duty.registers import Found, ListSpec, RegisterPage
from ui.form.rows import Column
from ui.frame.mine import MineChip
from ui.pages import register
from ui.parts import Hint, Label, SearchBox

CONTACT, COLLABORATOR, SIGNER, TEAM = "contact", "collaborator", "signer", "team_member"


@register
class DirectoryPage(RegisterPage):
    """The directory."""

    name, icon, under = "directory", "call", "children"
    roles = ("commune",)
    words = "directory"
    lists = (
        ListSpec(CONTACT, (Column("name", 24, strong=True), Column("role", 22), Column("phone", 16),
                           Column("village", 18, spare=True), Column("organisation", 20, spare=True))),
        ListSpec(COLLABORATOR, (Column("name", 26, strong=True), Column("village", 24), Column("phone", 18),
                                Column("position", 32, spare=True))),
        ListSpec(SIGNER, (Column("full_name", 26, strong=True), Column("position", 30), Column("from", 16, spare=True),
                          Column("to", 16))),
        ListSpec(TEAM, (Column("name", 26, strong=True), Column("role", 20), Column("phone", 18),
                        Column("position", 36, spare=True))),
    )  # fmt: skip

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        self.search = SearchBox(say("directory.search"), name="directory_search")
        self.search.setMaximumWidth(420)
        self.search.wanted.connect(lambda _words: self._filter())
        self.search.down.connect(self._into)
        self.told = Label("", "note", "ink2", name="directory_told")
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.search, 2)
        top.addWidget(MineChip(self.shell.mine, "directory_mine"))
        top.addWidget(self.told, 1)
        self.shell.mine.changed.connect(self._filter)
        self.body.insertLayout(0, top)

    @staticmethod
    def read(desk: Desk) -> Found:
        """Return the registers: contacts by role, village and name; who has left stands last."""
        villages = desk.village_names()
        rows = {form: desk.all_rows(form, {}) for form in (CONTACT, COLLABORATOR, SIGNER, TEAM)}
        roles = [one.code for one in catalogue().lists["contact_role"].choices]
        places = list(villages)
        rows[CONTACT].sort(key=lambda row: (_place(roles, row.get("role")), _place(places, row.get("village"))))
        rows[COLLABORATOR].sort(key=lambda row: _place(places, row.get("village")))
        return Found(rows, villages, villages)

    def crumbs(self) -> Sequence[tuple[str, str]]:
        """The way here leads over the children."""
        return (("", "children"),)

    def facts(self) -> str:
        """Return how many people are listed."""
        rows = self._found.rows.values() if self._found is not None else ()
        n = sum(not row.get("to") for each in rows for row in each)
        return say("directory.facts", n=n) if n else ""

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        return {**super().handlers(), "find": self._to_search, "search_children": self._to_search}

    def hints(self) -> Sequence[Hint]:
        """Return the keys, with the box in the place of the last."""
        found = list(super().hints())
        return found if self.open_table() is not None else [*found[:4], Hint("F3", say("shell.hint.search")), found[4]]

    def opened(self, **details: Any) -> None:
        """Read the lists; ``search`` is what to look for."""
        self.search.setText(str(details.get("search") or ""))
        super().opened(**details)

    def leave(self) -> bool:
        """Esc closes what is open, then empties the box."""
        if super().leave():
            return True
        if self.search.text():
            self.search.clear()
            self._filter()
            return True
        return False

    def _to_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _into(self) -> None:
        shown = next((form for form, table in self.tables.items() if table.rows), CONTACT)
        self.go_list(shown)

    def _filter(self) -> None:
        """Show what holds all words typed."""
        found = self._found
        if found is None:
            return
        words, counted, mine = text.fold(self.search.text()).split(), 0, self.shell.mine
        for form, table in self.tables.items():
            rows = [row for row in found.rows[form] if not row.get("village") or mine.holds(str(row["village"]))]
            rows = [row for row in rows if all(word in _known(form, row, found.villages) for word in words)]
            counted += len(rows)
            table.load("", rows, found.villages, sealed=True)
            holder = table.parentWidget()
            if holder is not None:
                holder.setVisible(bool(rows) or not words)
        self.told.say(say("directory.told", n=counted) if words else "")

    def _show(self, found: Found, draft: Any, *, focus: bool, form: str) -> None:
        super()._show(found, draft, focus=focus, form=form)
        if self.search.text() or self.shell.mine.on:
            self._filter()


def _place(order: Sequence[str], value: object) -> int:
    return order.index(str(value)) if value in order else len(order)


def _known(form: str, row: Mapping[str, Any], villages: Mapping[str, str]) -> str:
    """Return all that a line says, without marks; numbers also without spaces."""
    shape, said = catalogue().forms[form], []
    for item in shape.fields:
        value = row.get(item.name)
        if value is None:
            continue
        said.append(villages.get(str(value), "") if item.kind == "place" else kinds.of(item).show(value, item))
        said += [str(value)] if item.kind == "phone" else []
    return text.fold(" ".join(said))
