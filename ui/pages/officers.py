"""Người dùng sổ: who works with the register, what each may do and who approved it; one's own password.

Rules. Everybody sees the list and changes their own password (Ctrl R). Only who manages the officers adds one (Ctrl N),
changes what one may do (Enter), records a hand-over with its minutes (Ctrl T) and ends one (Ctrl D): then the register
gets another key in the background, and the new recovery sheet is printed before anything else is done here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from cbdesk import clock, dates
from cbdesk.desk import Desk, Saved
from cbdesk.desk.base import OFFICER
from cbdesk.desk.keyring import Rekeyed
from cbdesk.desk.people import Person
from cbdesk.errors import Problem
from cbdesk.rights import OFFICERS
from cbdesk.words import say
from ui.cases.papers import Wanted
from ui.frame.shell import Shell
from ui.homes.side_page import key_button
from ui.lists.cells import Cell, Chip
from ui.lists.table import Column
from ui.pages import NARROW, Action, register
from ui.parts import Card, EmptyState, Hint, IconText, SectionTitle
from ui.people.cards import PASSWORD, OwnPasswordCard, RoleCard, end_card, hand_card
from ui.people.page import PeoplePage

FEW = ("name", "role", "state")
HAND_OVER = "ban_giao_so"


@register
class OfficersPage(PeoplePage):
    """Who works with the register."""

    name, icon = "officers", "people"
    form = OFFICER
    watches = frozenset({OFFICER})

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._none = EmptyState(say("access.none"), say("access.none_help"), name="officers_none")
        self._own_wanted = False

    @property
    def manages(self) -> bool:
        """Return whether this officer manages the others."""
        return self.shell.may(OFFICERS)

    def columns(self) -> list[Column]:
        """Return the columns."""
        head = lambda name: say(f"access.column.{name}")  # noqa: E731
        return [
            Column("name", head("name"), 170, _name, stretch=True, fixed=True),
            Column("role", head("role"), 150, _role, fixed=True),
            Column("since", head("since"), 96, lambda one: Cell(dates.show_date(one.since), "ink2")),
            Column("until", head("until"), 96, lambda one: Cell(dates.show_date(one.until), "ink2")),
            Column("state", head("state"), 212, _state, fixed=True),
        ]  # fmt: skip

    def ident(self, row: Person) -> str:
        """Return the name, by which the desk knows them."""
        return row.name

    def called(self, row: Person) -> str:
        """Return the name."""
        return row.name

    def read(self, desk: Desk) -> list[Person]:
        """Return everybody with a right or a password here."""
        return desk.officers()

    def show_rows(self, found: list[Person]) -> None:
        """Show them."""
        self.table.set_rows(found)
        self.panel.show_rows() if found else self.panel.show_empty(self._none)
        if self._own_wanted:
            self._own_wanted = False
            self.own_password()

    # the page base

    def facts(self) -> str:
        """Return how many work with the register, and who may change that."""
        if not self._loaded:
            return ""
        told = say("access.told", n=sum(one.active for one in self.table.rows()))
        return told if self.manages else f"{told} · {say('access.only_looks')}"

    def primary(self) -> Action | None:
        """As on the other pages; everybody may change their own password, so it goes with a key everybody has."""
        if isinstance(self.act, OwnPasswordCard):
            return Action("own_password", self.act.verb.words(), self.act.submit, "key", "Ctrl Enter")
        return super().primary()

    def begin(self) -> Action:
        """Add somebody, or change one's own password where nothing else is allowed."""
        if self.manages:
            return Action("officer_add", say("access.add"), self.add_row, "person_add", "Ctrl N")
        return Action("own_password", say("access.own"), self.own_password, "key", "Ctrl R")

    def list_hints(self) -> Sequence[Hint]:
        """Return the keys of the list."""
        own = Hint("Ctrl R", say("access.hint.own"))
        if not self.manages:
            return (Hint("↑|↓", say("shell.hint.select")), own)
        return (Hint("↑|↓", say("shell.hint.select")), Hint("Enter", say("access.hint.change")),
                Hint("Ctrl N", say("homes.hint.add")), Hint("Ctrl T", say("access.hint.hand")),
                Hint("Ctrl D", say("access.hint.end")), own)  # fmt: skip

    def actions(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands of the list."""
        own = {"own_password": self.own_password}
        if not self.manages:
            return own
        return own | {"officer_hand": self._hand, "officer_end": self._end, "new_sheet": self._new_sheet}

    def opened(self, **details: Any) -> None:
        """Read the list; ``own`` asks for one's own password at once."""
        self._own_wanted = bool(details.get("own"))
        super().opened(**details)

    def shaped(self, shape: str) -> None:
        """Fewer columns where there is little room."""
        super().shaped(shape)
        self.table.show_columns(FEW if shape == NARROW else [])

    def detail(self, row: Person) -> QWidget:
        """Return the card of an officer."""
        card = Card(padding=14, spacing=8, name="officer_card")
        card.body.addWidget(SectionTitle(row.name, facts=row.position))
        for icon, words in _lines(row):
            card.body.addWidget(IconText(icon, words, "ink2", "note", icon_ink="ink3"))
        buttons: list[tuple[str, str, str, Callable[[], None], str]] = []
        if row.me:
            buttons.append(("own", "Ctrl R", "key", self.own_password, ""))
        if self.manages:
            ended = say("access.why_ended") if row.until and not row.has_key else ""
            oneself = say("access.why_oneself") if row.me else ended
            alone = "" if self._others(row) else say("access.why_alone")
            buttons += [("change", "Enter", "edit", self.open_row, ""),
                        ("hand", "Ctrl T", "document", self._hand, alone),
                        ("end", "Ctrl D", "person_prohibited", self._end, oneself)]  # fmt: skip
            if row.me:
                buttons.append(("sheet", "", "key_reset", self._new_sheet, ""))
        for name, key, icon, run, why in buttons:
            button = key_button(say(f"access.do.{name}"), key, icon, run, f"officer_{name}", why=why)
            card.body.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        card.body.addStretch(1)
        return card

    def _others(self, row: Person) -> list[Person]:
        return [one for one in self.table.rows() if one.name != row.name and one.active and one.record]

    # what happens

    def _practice(self) -> bool:
        return self.shell.facts.practice

    def add_row(self) -> None:
        """Ask for somebody new, who types the password here."""
        if not self.manages:
            return
        card = RoleCard(None, practice=self._practice)

        def run(given: dict[str, Any]) -> None:
            told = card.answers(given)
            if told is None:
                return
            password = told.pop(PASSWORD)
            name = told.pop("name")
            card.verb.busy(say("ui.saving"))
            self.jobs.run(lambda desk: desk.add_officer(name, password, **told),
                          lambda saved: self._wrote(card, say("access.done.added"), saved, name),
                          lambda problem: self._refused(card, problem), owner=self)  # fmt: skip

        self.do(card, run)

    def open_row(self) -> None:
        """Ask what somebody may do from now on."""
        row = self.table.current()
        if row is None or not self.manages:
            return
        card = RoleCard(row, practice=self._practice)

        def run(given: dict[str, Any]) -> None:
            told = card.answers(given) or {}
            told.pop(PASSWORD)
            self.jobs.run(lambda desk: desk.set_role(row.name, **told),
                          lambda saved: self._wrote(card, say("access.done.changed"), saved, row.name),
                          lambda problem: self._refused(card, problem), owner=self)  # fmt: skip

        self.do(card, run)

    def _wrote(self, card: RoleCard, words: str, saved: Saved, name: str) -> None:
        """A right is not offered to be taken back by one key: the paper that approved it stands."""
        card.verb.busy()
        stops = [one.text for one in saved.findings if one.level == "stop"]
        if stops:
            self.talk.say(" ".join(stops), care=True)
            return
        self._wanted = name
        self.close_side()
        self.talk.say(words if saved.batch else say("homes.nothing_changed"))
        self.load()
        self.shell.read_facts()

    def _refused(self, card: RoleCard, problem: Problem) -> None:
        card.verb.busy()
        if problem.name == "weak_password" and card.password is not None:
            card.password.refuse(problem)
        else:
            self.talk.problem(problem)

    def own_password(self) -> None:
        """Ask for one's own password, the present and the new one."""
        card = OwnPasswordCard(self.shell.facts.officer, practice=self._practice)

        def failed(problem: Problem) -> None:
            card.verb.busy()
            if problem.name == "wrong_password":
                card.refuse(problem.what)
            elif problem.name == "weak_password":
                card.password.refuse(problem)
            else:
                self.talk.problem(problem)

        def done(_none: None) -> None:
            self.close_side()
            self.talk.say(say("access.own_done"))

        def run(_given: dict[str, Any]) -> None:
            old, new = card.old.text(), card.password.text()
            card.verb.busy(say("ui.saving"))
            self.jobs.run(lambda desk: desk.change_password(old, new), done, failed, owner=self)

        self.do(card, run)

    def _hand(self) -> None:
        row = self.table.current()
        others = self._others(row) if row is not None and self.manages else []
        if row is None or not others:
            return
        leaving = row.name
        title = say("access.minutes")

        def run(given: dict[str, Any]) -> None:
            taking = given["taking"]

            def done(saved: Saved) -> None:
                self._wanted = leaving
                self.close_side()
                self.load()
                self.show_paper(Wanted(HAND_OVER, title, str(saved.id)))

            self.jobs.run(lambda desk: desk.hand_over_register(leaving, taking), done, owner=self)

        self.do(hand_card(others), run)

    def _end(self) -> None:
        row = self.table.current()
        if row is None or not self.manages or row.me or (row.until and not row.has_key):
            return
        name = row.name
        card = end_card(row, clock.today().isoformat())

        def failed(problem: Problem) -> None:
            card.verb.busy()
            self.talk.problem(problem)

        def run(given: dict[str, Any]) -> None:
            card.verb.busy(say("access.rekeying"))
            self.jobs.run(lambda desk: desk.end_officer(name, on=given["on"]),
                          lambda rekeyed: self._ended(name, rekeyed), failed, owner=self)  # fmt: skip

        self.do(card, run)

    def _ended(self, name: str, rekeyed: Rekeyed | None) -> None:
        self._wanted = name
        self.close_side()
        self.talk.say(say("access.done.ended"))
        if rekeyed is None:
            self.load()
            return
        told = [say("access.sheet.rekeyed")]
        told += [say("people.left_out", name=one) for one in rekeyed.left_out]
        if rekeyed.backups_kept:
            told.append(say("people.backups_kept", n=rekeyed.backups_kept))
        self.show_sheet(rekeyed.recovery_code, "\n".join(told))

    def _new_sheet(self) -> None:
        def make() -> None:
            self.jobs.run(lambda desk: desk.renew_recovery(),
                          lambda code: self.show_sheet(code, say("access.sheet.again")), owner=self)  # fmt: skip

        self.talk.ask(say("access.sheet.ask"), say("access.do.sheet"), make)


def _name(one: Person) -> Cell:
    chips = (Chip(say("access.me"), "cham"),) if one.me else ()
    return Cell(one.name, role="medium" if one.active or one.has_key else "body", chips=chips,
                ink="ink" if one.active or one.has_key else "ink3")  # fmt: skip


def _role(one: Person) -> Cell:
    return Cell(one.role_title or say("access.no_role"), "ink" if one.active else "ink3")


def _state(one: Person) -> Cell:
    chips = []
    if one.sensitive and one.active:
        chips.append(Chip(say("access.sensitive"), "man", "lock_closed"))
    if one.has_key:
        chips.append(Chip(say("access.key"), "neutral", "key"))
    if one.until and not one.active:
        chips.append(Chip(say("access.ended"), "neutral"))
    return Cell(chips=tuple(chips))


def _approval(one: Person) -> str:
    return " · ".join(part for part in (one.approved_by, one.approved_no, dates.show_date(one.approved_on)) if part)


def _lines(one: Person) -> list[tuple[str, str]]:
    """Return what is known of an officer, each with its icon."""
    found = [("person", one.role_title or say("people.no_role"))]
    found.append(("lock_closed", say(f"access.line.{'sensitive' if one.sensitive else 'not_sensitive'}")))
    if one.since:
        days = {"since": dates.show_date(one.since), "until": dates.show_date(one.until)}
        found.append(("calendar_ltr", say(f"access.line.{'until' if one.until else 'since'}", **days)))
    found.append(("document_checkmark", say("access.line.approved", by=_approval(one)) if _approval(one)
                  else say("access.line.not_approved")))  # fmt: skip
    found.append(("key", say(f"access.line.{'key' if one.has_key else 'no_key'}")))
    if one.handed_to:
        found.append(("people_swap", say("access.line.handed", name=one.handed_to)))
    return found
