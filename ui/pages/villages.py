"""Xóm, tổ: the villages of the commune; merged, parted and renamed with everybody in them, each as one action.

Rules. Enter edits the row, Ctrl R renames, Ctrl M makes one village of several, Ctrl T parts one off, Space says that I
look after it. Who has no child here can be taken away. What a village was called before stays findable.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from cbdesk import clock, dates, text
from cbdesk.desk import Desk, Saved
from cbdesk.desk.villages import Place
from cbdesk.words import say
from ui.frame.shell import Shell
from ui.homes.act import DATE, TICKS, ActCard, Ask
from ui.homes.side_page import SidePage, key_button
from ui.lists.cells import Cell, Chip, Mark
from ui.lists.filterbar import plain
from ui.lists.table import Column
from ui.pages import NARROW, Action, register
from ui.parts import Card, EmptyState, Hint, IconText, SectionTitle
from ui.quality.ticklist import Tick

FEW = ("name", "children", "head")


@register
class VillagesPage(SidePage):
    """The villages."""

    name, icon, under = "villages", "home", "children"
    roles = ("commune",)
    form = "village"
    watches = frozenset({"village", "child", "contact", "officer"})

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._places: Sequence[Place] = ()
        self.table.looked.connect(lambda _row: self._look_after())
        self._none = EmptyState(say("villages.none"), say("villages.none_help"), name="villages_none")

    def columns(self) -> list[Column]:
        """Return the columns."""
        head = lambda name: say(f"villages.column.{name}")  # noqa: E731
        return [
            Column("name", head("name"), 210, _name, stretch=True, fixed=True),
            Column("old", head("old"), 150, lambda one: Cell(one.old_name, "ink2")),
            Column("unit", head("unit"), 130, lambda one: Cell(one.old_unit, "ink2")),
            Column("children", head("children"), 48, lambda one: Cell(plain(one.children), "ink2"), right=True),
            Column("head", head("head"), 150, _head),
        ]  # fmt: skip

    def ident(self, row: Place) -> str:
        """Return the village's id."""
        return row.id

    def called(self, row: Place) -> str:
        """Return its name."""
        return row.name

    def read(self, desk: Desk) -> list[Place]:
        """Return the villages."""
        return desk.places()

    def show_rows(self, found: list[Place]) -> None:
        """Show the villages."""
        self._places = found
        self.table.set_rows(found)
        self.panel.show_rows() if found else self.panel.show_empty(self._none)

    # the page base

    def crumbs(self) -> Sequence[tuple[str, str]]:
        """The way here leads over the children."""
        return (("", "children"),)

    def facts(self) -> str:
        """Return how many villages there are, and how many of them are mine."""
        here = [one for one in self._places if not one.until]
        mine = sum(one.mine for one in here)
        words = say("villages.facts", n=len(here)) if here else ""
        return f"{words} · {say('villages.facts_mine', n=mine)}" if mine else words

    def primary(self) -> Action:
        """Add a village, or write what is open."""
        if self.act is not None:
            return Action("act", self.act.verb.words(), self.act.submit, "save", "Ctrl S")
        if self.edit is not None:
            return Action("save", say("ui.save"), self.edit.view.save, "save", "Ctrl S")
        return Action("add", say("villages.add"), self.add_row, "add", "Ctrl N")

    def list_hints(self) -> Sequence[Hint]:
        """Return the keys of the list."""
        return (Hint("Enter", say("homes.hint.edit")), Hint("Ctrl R", say("villages.hint.rename")),
                Hint("Ctrl M", say("villages.hint.merge")), Hint("Ctrl T", say("villages.hint.split")),
                Hint("Space", say("villages.hint.mine")))  # fmt: skip

    def actions(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands of the list."""
        return {"rename_village": self._rename, "merge_villages": self._merge, "split_village": self._split,
                "look_after": self._look_after}  # fmt: skip

    def shaped(self, shape: str) -> None:
        """Fewer columns where there is little room."""
        super().shaped(shape)
        self.table.show_columns(FEW if shape == NARROW else [])

    def detail(self, row: Place) -> QWidget:
        """Return the card of a village."""
        card = Card(padding=14, spacing=8, name="village_card")
        card.body.addWidget(SectionTitle(row.name))
        for icon, words in _lines(row, {one.id: one.name for one in self._places}):
            card.body.addWidget(IconText(icon, words, "ink2", "note", icon_ink="ink3"))
        ended = say("villages.why_ended") if row.until else ""
        several = "" if sum(not one.until for one in self._places) > 1 else say("villages.why_one")
        for words, key, icon, run, name, why in (
            ("rename", "Ctrl R", "edit", self._rename, "village_rename", ended),
            ("merge", "Ctrl M", "people_swap", self._merge, "village_merge", ended or several),
            ("split", "Ctrl T", "branch_compare", self._split, "village_split",
             ended or ("" if row.children else say("villages.why_empty"))),
            ("not_mine" if row.mine else "mine", "Space", "checkmark_circle", self._look_after, "village_mine", ended),
        ):  # fmt: skip
            button = key_button(say(f"villages.do.{words}"), key, icon, run, name, why=why)
            card.body.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        if not row.children and not row.until:
            drop = key_button(say("villages.do.drop"), "", "delete", lambda: self._drop(row), "village_drop")
            card.body.addWidget(drop, 0, Qt.AlignmentFlag.AlignLeft)
        card.body.addStretch(1)
        return card

    # what happens

    def _here(self) -> Place | None:
        """Return the village one stands on while it is in force."""
        row = self.table.current()
        if row is None or row.until:
            self.talk.say(say("villages.why_ended" if row is not None else "villages.none"))
            return None
        return row  # type: ignore[no-any-return]

    def _rename(self) -> None:
        if (row := self._here()) is None:
            return
        card = ActCard(say("villages.rename.title", name=row.name), say("villages.rename.verb"),
                       [Ask("name", say("villages.new_name"), value=row.name)], note=say("villages.rename.help"),
                       name="rename")  # fmt: skip

        def run(given: dict[str, Any]) -> None:
            self.jobs.run(lambda desk: desk.rename_village(row.id, given["name"]),
                          lambda saved: self.wrote(say("villages.rename.done"), saved, row.id), owner=self)  # fmt: skip

        self.do(card, run)

    def _merge(self) -> None:
        if (row := self._here()) is None:
            return
        chosen = {one.id for one in self.table.chosen() if not one.until} | {row.id}
        here = [one for one in self._places if not one.until]
        largest = max((one for one in here if one.id in chosen), key=lambda one: one.children)
        card = ActCard(
            say("villages.merge.title"), say("villages.merge.verb"),
            [Ask("name", say("villages.new_name"), value=largest.name),
             Ask("on", say("villages.from"), DATE, clock.today().isoformat())],
            note=say("villages.merge.help"), least=2, on=chosen, name="merge",
            ticks=(say("villages.merge.which"), [Tick(one.id, one.shown, one.children) for one in here]),
        )  # fmt: skip

        def run(given: dict[str, Any]) -> None:
            work = lambda desk: desk.merge_villages(given[TICKS], given["name"], given["on"])  # noqa: E731
            self.jobs.run(work, lambda saved: self.wrote(say("villages.merge.done"), saved, str(saved.id)), owner=self)

        self.do(card, run)

    def _split(self) -> None:
        row = self._here()
        if row is None or not row.children:
            return
        village = row.id
        self.jobs.run(lambda desk: [one for one in desk.children() if one.village == village and one.here],
                      lambda children: self._ask_split(row, children), owner=self)  # fmt: skip

    def _ask_split(self, row: Place, children: Sequence[Any]) -> None:
        named = ((one.id, one.name or say("children.unnamed"), one.born[:4]) for one in children)
        ticks = [Tick(child, ", ".join(part for part in (name, born) if part)) for child, name, born in named]
        card = ActCard(
            say("villages.split.title", name=row.name), say("villages.split.verb"),
            [Ask("name", say("villages.new_name")), Ask("on", say("villages.from"), DATE, clock.today().isoformat())],
            note=say("villages.split.help"), least=1, ticks=(say("villages.split.which"), ticks), name="split",
        )  # fmt: skip

        def run(given: dict[str, Any]) -> None:
            work = lambda desk: desk.split_village(row.id, given["name"], given[TICKS], given["on"])  # noqa: E731
            self.jobs.run(work, lambda saved: self.wrote(say("villages.split.done"), saved, str(saved.id)), owner=self)

        self.do(card, run)

    def _look_after(self) -> None:
        """Say that I look after the chosen villages, or no longer."""
        chosen = [one for one in self.table.chosen() or [self.table.current()] if one is not None and not one.until]
        if not chosen:
            return
        mine, ids = {one.id for one in self._places if one.mine}, {one.id for one in chosen}
        now = mine - ids if ids <= mine else mine | ids

        def done(saved: Saved) -> None:
            if saved.batch:
                self.offer_undo(say("villages.mine_done"), saved.batch)
            self.load()

        self.jobs.run(lambda desk: desk.look_after(one.id for one in self._places if one.id in now), done, owner=self)

    def _drop(self, row: Place) -> None:
        self.jobs.run(lambda desk: desk.void(row.id, say("villages.drop_reason")),
                      lambda saved: self.wrote(say("villages.dropped"), saved), owner=self)  # fmt: skip


def _name(one: Place) -> Cell:
    marks = (Mark("checkmark_circle", "ngoc", say("villages.is_mine")),) if one.mine else ()
    if one.until:
        return Cell(one.name, "ink3", chips=(Chip(say("villages.ended", day=dates.show_date(one.until)), "neutral"),))
    return Cell(one.shown, role="medium", marks=marks)


def _head(one: Place) -> Cell:
    return Cell(one.head.name, "ink2", second="") if one.head else Cell()


def _lines(row: Place, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what is told about a village, each with its icon."""
    found = [("people", say("villages.children", n=plain(row.children)))]
    if row.head is not None:
        phone = f" · {row.head.phone}" if row.head.phone else ""
        found.append(("person", say("villages.head", name=row.head.name) + phone))
    if row.old_name:
        found.append(("history", say("villages.was", name=text.tidy(row.old_name))))
    if row.old_unit:
        found.append(("building_government", say("villages.of_unit", unit=row.old_unit)))
    if row.since or row.until:
        days = (dates.show_date(row.since) or "…", dates.show_date(row.until) or "…")
        found.append(("calendar_ltr", " – ".join(days)))
    if row.became:
        found.append(("arrow_right", say("villages.became", name=names.get(row.became, ""))))
    return found


