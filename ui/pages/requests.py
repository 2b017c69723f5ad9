"""Yêu cầu về dữ liệu: what a child or its representative asks about its data, by when it is due, and the answer.

Rules. What waits stands first, its term in the colour of its state. Ctrl N takes a request down, Ctrl R writes the
first answer, Ctrl T answers it; a view given is told to the log of disclosures. Whoever the file is kept from is
marked, for those who may see that. A deletion leads to its minutes. Ctrl P is the letter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from cbdesk import clock, dates
from cbdesk.catalogue import catalogue
from cbdesk.desk import Desk
from cbdesk.desk.requesting import DELETE, DONE, REQUEST, Request
from cbdesk.words import say
from ui.cases.papers import Wanted
from ui.frame.shell import Shell
from ui.homes.act import CHOICE, ActCard, Ask
from ui.homes.side_page import key_button
from ui.law.page import LawPage, fact
from ui.lists.cells import Cell, Chip
from ui.lists.table import Column
from ui.pages import NARROW, Action, register
from ui.parts import Banner, Card, EmptyState, Hint, SectionTitle

LETTER = "tra_loi_yeu_cau"
SOON = 3
"""Days before a term from which it is marked."""
FEW = ("kind", "child", "due")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request with the name of its child, and whether the file is kept from who asks."""

    request: Request
    child: str
    kept: bool


@register
class RequestsPage(LawPage):
    """Requests about data."""

    name, icon, order, under = "requests", "shield_lock", 117, ""
    form = REQUEST
    watches = frozenset({REQUEST, "child", "carer"})
    unasked = frozenset({"number", "first_on", "answered_on", "answer", "ground", "answer_no", "answer_text"})

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._none = EmptyState(say("law.requests.none"), say("law.requests.none_help"), name="requests_none")
        self._rows: Sequence[Asked] = ()

    def columns(self) -> list[Column]:
        """Return the columns."""
        head = lambda name: say(f"law.requests.column.{name}")  # noqa: E731
        return [
            Column("number", head("number"), 108, lambda one: Cell(one.request.number, "ink2", "note"), fixed=True),
            Column("kind", head("kind"), 130, lambda one: Cell(one.request.title, role="medium"), fixed=True),
            Column("child", head("child"), 150, lambda one: Cell(one.child, "ink2"), stretch=True),
            Column("received", head("received"), 92,
                   lambda one: Cell(dates.show_date(one.request.received_on), "ink2")),
            Column("due", head("due"), 168, _due, fixed=True),
        ]  # fmt: skip

    def ident(self, row: Asked) -> str:
        """Return the request's id."""
        return row.request.id

    def called(self, row: Asked) -> str:
        """Return its number."""
        return row.request.number

    def read(self, desk: Desk) -> list[Asked]:
        """Return the requests."""
        found = []
        for one in desk.requests():
            row = desk.get(one.child) if one.child else {}
            kept = any(finding.name == "restricted_asker" for finding in desk.check(REQUEST, {}, one.id))
            found.append(Asked(one, str(row.get("full_name") or row.get("book_code") or ""), kept))
        return found

    def show_rows(self, found: list[Asked]) -> None:
        """Show the requests."""
        self._rows = found
        self.table.set_rows(found)
        self.panel.show_rows() if found else self.panel.show_empty(self._none)

    # the page base

    def facts(self) -> str:
        """Return how many wait."""
        waiting = sum(not one.request.answered_on for one in self._rows)
        return say("law.requests.facts", n=waiting) if waiting else ""

    @classmethod
    def badge(cls, desk: Desk) -> int:
        """Return how many requests wait."""
        return len(desk.requests(waiting=True))

    def begin(self) -> Action:
        """Take a request down."""
        return Action("add", say("law.requests.add"), self.add_row, "add", "Ctrl N")

    def new_title(self) -> str:
        """Return the heading over a new request."""
        return say("law.requests.add")

    def list_hints(self) -> Sequence[Hint]:
        """Return the keys of the list."""
        return (Hint("↑|↓", say("shell.hint.select")), Hint("Enter", say("homes.hint.edit")),
                Hint("Ctrl R", say("law.requests.hint.first")), Hint("Ctrl T", say("law.requests.hint.answer")),
                Hint("Ctrl P", say("law.requests.hint.letter")))  # fmt: skip

    def actions(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands of the list."""
        return {"law_first": self._first, "law_answer": self._answer, "law_erase": self._erase, "print": self._letter}

    def shaped(self, shape: str) -> None:
        """Fewer columns where there is little room."""
        super().shaped(shape)
        self.table.show_columns(FEW if shape == NARROW else [])

    def detail(self, row: Asked) -> QWidget:
        """Return the card of a request."""
        one, card = row.request, Card(padding=14, spacing=8, name="request_card")
        card.body.addWidget(SectionTitle(one.title, facts=one.number))
        if row.kept:
            card.body.addWidget(Banner("care", say("finding.restricted_asker"), name="restricted"))
        who = say("law.requests.by_child") if one.by_child else one.asker
        card.body.addWidget(fact("person", who))
        if row.child:
            card.body.addWidget(fact("people", row.child))
        card.body.addWidget(fact("calendar_ltr", say("law.requests.received",
                                                      day=dates.show_date(one.received_on))))  # fmt: skip
        for term in one.terms:
            words = say(f"law.requests.term.{'first' if term.name == 'request_first' else 'whole'}",
                        day=dates.show_date(term.last.isoformat()))  # fmt: skip
            card.body.addWidget(fact("clock", words))
        if one.answered_on:
            label = catalogue().lists["request_answer"].label(one.answer)
            told = say("law.requests.answered", day=dates.show_date(one.answered_on), answer=label)
            card.body.addWidget(fact("checkmark_circle", told))
        done = say("law.requests.why_answered") if one.answered_on else ""
        first = done or (say("law.requests.why_first") if one.first_on else "")
        verbs = [("first", "Ctrl R", "comment", self._first, first),
                 ("answer", "Ctrl T", "checkmark_circle", self._answer, done),
                 ("letter", "Ctrl P", "document", self._letter, "")]  # fmt: skip
        if one.kind == DELETE and one.child:
            verbs.insert(1, ("erase", "Ctrl D", "delete", self._erase, done))
        for words, key, icon, run, why in verbs:
            button = key_button(say(f"law.requests.do.{words}"), key, icon, run, f"request_{words}", why=why)
            card.body.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        card.body.addStretch(1)
        return card

    # what happens

    def _first(self) -> None:
        row = self.table.current()
        if row is None or row.request.first_on or row.request.answered_on:
            return
        record = row.request.id
        self.jobs.run(lambda desk: desk.first_answer(record),
                      lambda saved: self.wrote(say("law.requests.first_done"), saved, record), self.talk.problem,
                      owner=self)  # fmt: skip

    def _answer(self) -> None:
        row = self.table.current()
        if row is None or row.request.answered_on:
            return
        one, lists, delete = row.request, catalogue().lists, row.request.kind == DELETE
        grounds = [("", "–"), *((choice.code, choice.label) for choice in lists["refusal_ground"].choices)]
        card = ActCard(say("law.requests.answer.title", kind=one.title), say("law.requests.answer.verb"), [
            Ask("answer", say("law.requests.answer.result"), CHOICE, "refused" if row.kept or delete else "done",
                options=[(choice.code, choice.label) for choice in lists["request_answer"].choices
                         if not delete or choice.code not in DONE]),
            Ask("ground", say("law.requests.answer.ground"), CHOICE, required=False, options=grounds),
            Ask("text", say("law.requests.answer.text"), required=False),
            Ask("number", say("law.requests.answer.number"), required=False),
        ], note=say(f"law.requests.answer.{'delete_help' if delete else 'help'}"), name="answer")  # fmt: skip

        def work(given: dict[str, Any]) -> Callable[[Desk], Any]:
            return lambda desk: desk.answer_request(one.id, given["answer"], ground=given["ground"] or "",
                                                    text=given["text"], number=given["number"])  # fmt: skip

        self.asking(card, work, say("law.requests.answer.done"), one.id)

    def _erase(self) -> None:
        """A deletion asked for is answered by its minutes."""
        row = self.table.current()
        if row is not None and row.request.kind == DELETE and row.request.child and not row.request.answered_on:
            self.shell.go("erasure", id=row.request.child, request=row.request.id)

    def _letter(self) -> None:
        row = self.table.current()
        if row is not None:
            self.show_form(Wanted(LETTER, say("law.requests.letter"), row.request.id))


def _due(one: Asked) -> Cell:
    request = one.request
    if request.answered_on:
        return Cell(say("law.requests.state.answered"), "ink3")
    term = request.due
    if term is None:
        return Cell(say("law.requests.state.no_term"), "ink3")
    day, today = dates.show_date(term.last.isoformat()), clock.today()
    if term.last < today:
        return Cell(chips=(Chip(say("law.requests.state.late", day=day), "gach", "warning"),))
    soon = (term.last - today).days <= SOON
    return Cell(chips=(Chip(say("law.requests.state.until", day=day), "nghe" if soon else "neutral", "clock"),))
