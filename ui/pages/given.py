"""Đã cung cấp cho ai: every time data of children left the chain that receives the reports, to whom, why, what.

Rules. What a verb gives away it writes by itself; what was shown or told is written here (Ctrl N). Ctrl T seals an
extract to an enrolled recipient, Ctrl R opens one that came. Where consent is missing the page says which and asks for
a reason. An entry is not changed, it can only be taken back at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from cbdesk import dates
from cbdesk.catalogue import catalogue
from cbdesk.desk import Desk
from cbdesk.desk.disclosing import Disclosed
from cbdesk.desk.giving import DISCLOSURE
from cbdesk.errors import Problem
from cbdesk.words import say
from ui.frame.shell import Shell
from ui.homes.act import CHOICE, ActCard, Ask
from ui.homes.side_page import key_button
from ui.law.page import LawPage, fact
from ui.lists.cells import Cell, Chip
from ui.lists.filterbar import plain
from ui.lists.table import Column
from ui.pages import NARROW, Action, register
from ui.parts import Card, EmptyState, Hint, SectionTitle

FEW = ("on", "who", "purpose")


@register
class GivenPage(LawPage):
    """The log of disclosures."""

    name, icon = "given", "people_swap"
    form = DISCLOSURE
    watches = frozenset({DISCLOSURE})
    _child = ""
    """The child the page was asked about, "" for all."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._none = EmptyState(say("law.given.none"), say("law.given.none_help"), name="given_none")
        self._rows: Sequence[Disclosed] = ()

    def columns(self) -> list[Column]:
        """Return the columns."""
        head = lambda name: say(f"law.given.column.{name}")  # noqa: E731
        return [
            Column("on", head("on"), 92, lambda one: Cell(dates.show_date(one.on), "ink2"), fixed=True),
            Column("who", head("who"), 180, lambda one: Cell(one.who, role="medium"), stretch=True, fixed=True),
            Column("purpose", head("purpose"), 210, lambda one: Cell(one.label("purpose", "purpose"), "ink2")),
            Column("count", head("count"), 60, lambda one: Cell(plain(one.count), "ink2"), right=True),
            Column("state", head("state"), 150, _state),
        ]  # fmt: skip

    def ident(self, row: Disclosed) -> str:
        """Return the entry's id."""
        return row.id

    def called(self, row: Disclosed) -> str:
        """Return to whom it was given."""
        return row.who

    def read(self, desk: Desk) -> list[Disclosed]:
        """Return the entries, of one child where the page was asked about one."""
        return desk.disclosures(self._child or None)

    def show_rows(self, found: list[Disclosed]) -> None:
        """Show the entries."""
        self._rows = found
        self.table.set_rows(found)
        self.panel.show_rows() if found else self.panel.show_empty(self._none)

    # the page base

    def opened(self, **details: Any) -> None:
        """Read the log; ``child`` keeps what was given of one child."""
        self._child = str(details.get("child") or "")
        super().opened(**details)

    def crumbs(self) -> Sequence[tuple[str, str]]:
        """Of one child the way leads over the children."""
        return (("", "children"),) if self._child else ()

    def title(self) -> str:
        """Return the title: of all, or of one child."""
        return say("law.title.given_child") if self._child else super().title()

    def facts(self) -> str:
        """Return how many entries there are."""
        return say("law.given.facts", n=plain(len(self._rows))) if self._rows else ""

    def begin(self) -> Action:
        """Write that something was given."""
        return Action("add", say("law.given.add"), self.add_row, "add", "Ctrl N")

    def secondary(self) -> Sequence[Action]:
        """Go where extracts are made."""
        if self.layer is not None or self.act is not None:
            return super().secondary()
        return (Action("seal", say("law.given.seal"), self._seal, "box_checkmark", "Ctrl T"),)

    def list_hints(self) -> Sequence[Hint]:
        """Return the keys of the list."""
        found = [Hint("↑|↓", say("shell.hint.select")), Hint("Ctrl N", say("law.given.hint.add")),
                 Hint("Ctrl T", say("law.given.hint.seal")), Hint("Ctrl R", say("law.given.hint.open"))]  # fmt: skip
        return [*found, Hint("Ctrl P", say("law.given.hint.paper"))] if self._child else found

    def actions(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands of the list."""
        own: dict[str, Callable[[], None]] = {"law_answer": self._seal, "law_first": self._open_extract}
        return own | ({"print": self._paper} if self._child else {})

    def shaped(self, shape: str) -> None:
        """Fewer columns where there is little room."""
        super().shaped(shape)
        self.table.show_columns(FEW if shape == NARROW else [])

    def open_row(self) -> None:
        """Nothing is changed of what was given."""

    def detail(self, row: Disclosed) -> QWidget:
        """Return the card of one entry."""
        card = Card(padding=14, spacing=8, name="given_card")
        card.body.addWidget(SectionTitle(row.who, facts=dates.show_date(row.on)))
        for icon, words in _lines(row):
            card.body.addWidget(fact(icon, words))
        if self._child:
            paper = key_button(say("law.given.do.paper"), "Ctrl P", "document", self._paper, "given_paper")
            card.body.addWidget(paper, 0, Qt.AlignmentFlag.AlignLeft)
        card.body.addStretch(1)
        return card

    # what happens

    def add_row(self) -> None:
        """Ask what was given, to whom."""
        self._ask_given({})

    def _ask_given(self, before: Mapping[str, Any], missing: str = "") -> None:
        lists, child = catalogue().lists, self._child
        options = lambda name: [(one.code, one.label) for one in lists[name].choices]  # noqa: E731
        asks = [
            *([] if child else [Ask("child", say("law.given.ask.child"), value=str(before.get("child", "")),
                                    note=say("law.given.ask.child_note"))]),
            Ask("kind", say("law.given.ask.kind"), CHOICE, str(before.get("kind", "office")),
                options=options("recipient")),
            Ask("recipient", say("law.given.ask.recipient"), value=str(before.get("recipient", ""))),
            Ask("purpose", say("law.given.ask.purpose"), CHOICE, str(before.get("purpose", "protect")),
                options=options("purpose")),
            Ask("way", say("law.given.ask.way"), CHOICE, str(before.get("way", "paper")),
                options=options("disclosure_way")),
            Ask("what", say("law.given.ask.what"), value=str(before.get("what", ""))),
            Ask("paper_no", say("law.given.ask.paper_no"), value=str(before.get("paper_no", "")), required=False),
            *([Ask("override", say("law.given.ask.override"), note=missing)] if missing else []),
        ]  # fmt: skip
        card = ActCard(say("law.given.add"), say("law.given.verb"), asks, name="give")

        def run(given: dict[str, Any]) -> None:
            def work(desk: Desk) -> str:
                who = child or _child_of(desk, given["child"])
                told = {name: value for name, value in given.items() if name != "child"}
                return desk.disclose([who], **told)

            def failed(problem: Problem) -> None:
                if problem.name == "no_consent" and not missing:
                    self._ask_given(given, problem.what)
                else:
                    self.talk.problem(problem)

            self.jobs.run(work, self._was_given, failed, owner=self)

        self.do(card, run)

    def _was_given(self, record: str) -> None:
        self._wanted = record
        self.close_side()
        self.talk.say(say("law.given.done"))
        self.load()

    def _seal(self) -> None:
        self.shell.go("extracts", child=self._child)

    def _open_extract(self) -> None:
        self.shell.go("extracts", read=True)

    def _paper(self) -> None:
        child = self._child
        if child:
            self.show_document(say("law.given.paper"), lambda desk: desk.disclosure_paper(child), "da_cung_cap", child)


def _child_of(desk: Desk, written: str) -> str:
    """Return the child meant by a book code or a name. Raises ``Problem(no_record)`` where it is not one alone."""
    found = desk.search(written, limit=2).ids
    if len(found) != 1:
        raise Problem("no_record")
    return str(found[0])


def _state(one: Disclosed) -> Cell:
    if one.over:
        return Cell(chips=(Chip(say("law.given.over"), "nghe", "clock"),))
    if one.override:
        return Cell(chips=(Chip(say("law.given.without"), "gach", "warning"),))
    return Cell(dates.show_date(one.expires) and say("law.given.until", day=dates.show_date(one.expires)), "ink3")


def _lines(row: Disclosed) -> list[tuple[str, str]]:
    """Return what is told about an entry, each with its icon."""
    found = [("info", f"{row.label('purpose', 'purpose')}. {row.basis}"), ("document_table", row.what)]
    found.append(("people", say("law.given.children", n=plain(row.count))))
    found.append(("send", row.label("way", "disclosure_way") + (f" · {row.paper_no}" if row.paper_no else "")))
    if row.expires:
        found.append(("clock", say("law.given.until", day=dates.show_date(row.expires))))
    if row.override:
        found.append(("warning", say("law.given.reason", reason=row.override)))
    found.append(("person", say("law.given.by", name=row.by)))
    return found
