"""Lưu giữ, xóa: files whose term is over, how long each kind is kept, and what was erased by law.

Rules. Nothing goes by itself. A file whose term is over is kept longer with a reason (Ctrl R) or erased with minutes
(Ctrl D). A kind without years says so, and the office writes them with the text they come from (Ctrl T). Of what was
erased the page shows who has confirmed it; Ctrl P is its paper.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from cbdesk import clock, dates
from cbdesk.catalogue import catalogue
from cbdesk.desk import Desk
from cbdesk.desk.erasing import MINUTES, Erased
from cbdesk.desk.retaining import KEPT, TERM, KeepTerm, Over
from cbdesk.words import say
from ui.frame.shell import Shell
from ui.homes.act import CHOICE, DATE, ActCard, Ask
from ui.homes.side_page import key_button
from ui.law.page import LawPage, fact
from ui.lists.cells import Cell, Chip
from ui.lists.table import Column
from ui.pages import NARROW, Action, register
from ui.parts import Card, EmptyState, Hint, SectionTitle

OVER, TERMS, ERASED = "over", "terms", "erased"
ICONS = {OVER: "clock", TERMS: "document_table", ERASED: "delete"}
FEW = ("what", "state")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the page: a file that is over, a kind and its years, an erasure; ``name`` is its child's."""

    part: str
    id: str
    over: Over | None = None
    term: KeepTerm | None = None
    erased: Erased | None = None
    name: str = field(default="")


@register
class KeepingPage(LawPage):
    """Keeping and erasing."""

    name, icon = "keeping", "history"
    form = KEPT
    watches = frozenset({KEPT, TERM, MINUTES, "child", "case"})

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._none = EmptyState(say("law.keeping.none"), say("law.keeping.none_help"), name="keeping_none")
        self._rows: Sequence[Line] = ()

    def columns(self) -> list[Column]:
        """Return the columns."""
        head = lambda name: say(f"law.keeping.column.{name}")  # noqa: E731
        return [
            Column("part", head("part"), 120, lambda one: Cell(say(f"law.keeping.part.{one.part}"), "ink2", "note"),
                   fixed=True),
            Column("what", head("what"), 240, _what, stretch=True, fixed=True),
            Column("who", head("who"), 170, lambda one: Cell(one.name, "ink2")),
            Column("state", head("state"), 200, _state, fixed=True),
        ]  # fmt: skip

    def ident(self, row: Line) -> str:
        """Return what tells a line."""
        return row.id

    def called(self, row: Line) -> str:
        """Return what a line is called."""
        return row.name or row.id

    def read(self, desk: Desk) -> list[Line]:
        """Return what is over, then the erasures, then the terms."""
        found = [Line(OVER, f"over-{one.record}", over=one, name=_name(desk, one.child))
                 for one in desk.retention_over()]  # fmt: skip
        found += [Line(ERASED, f"erased-{one.id}", erased=one, name=one.code) for one in desk.erasures()]
        return found + [Line(TERMS, f"term-{one.kind}", term=one) for one in desk.retention_terms()]

    def show_rows(self, found: list[Line]) -> None:
        """Show the lines."""
        self._rows = found
        self.table.set_rows(found)
        self.panel.show_rows() if found else self.panel.show_empty(self._none)

    # the page base

    def facts(self) -> str:
        """Return how many files are over, and how many kinds have no term."""
        over = sum(one.part == OVER for one in self._rows)
        open_ = sum(one.term is not None and one.term.years is None for one in self._rows)
        told = [say("law.keeping.facts_over", n=over)] if over else []
        return " · ".join([*told, *([say("law.keeping.facts_open", n=open_)] if open_ else [])])

    def begin(self) -> Action:
        """Say how long a kind is kept."""
        return Action("term", say("law.keeping.set"), self._term, "edit", "Ctrl T")

    def list_hints(self) -> Sequence[Hint]:
        """Return the keys of the list."""
        return (Hint("↑|↓", say("shell.hint.select")), Hint("Ctrl R", say("law.keeping.hint.keep")),
                Hint("Ctrl D", say("law.keeping.hint.erase")), Hint("Ctrl T", say("law.keeping.hint.term")),
                Hint("Ctrl P", say("law.keeping.hint.paper")))  # fmt: skip

    def actions(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands of the list."""
        return {"law_first": self._keep, "law_erase": self._erase, "law_answer": self._term, "print": self._paper}

    def shaped(self, shape: str) -> None:
        """Fewer columns where there is little room."""
        super().shaped(shape)
        self.table.show_columns(FEW if shape == NARROW else [])

    def open_row(self) -> None:
        """Enter opens the child, or edits the term of a kind."""
        row = self.table.current()
        if row is not None and row.over is not None and row.over.child:
            self.shell.go("child", id=row.over.child)
        elif row is not None and row.term is not None:
            self._term()

    def add_row(self) -> None:
        """Ctrl N says how long a kind is kept."""
        self._term()

    def detail(self, row: Line) -> QWidget:
        """Return the card of a line."""
        card = Card(padding=14, spacing=8, name="keeping_card")
        if row.over is not None:
            self._of_over(card, row.over)
        elif row.erased is not None:
            self._of_erased(card, row.erased)
        elif row.term is not None:
            self._of_term(card, row.term)
        card.body.addStretch(1)
        return card

    def _of_over(self, card: Card, one: Over) -> None:
        card.body.addWidget(SectionTitle(one.title))
        card.body.addWidget(fact("calendar_ltr", say("law.keeping.began", day=dates.show_date(one.began))))
        card.body.addWidget(fact("clock", say("law.keeping.until", day=dates.show_date(one.until))))
        self._button(card, "keep", "Ctrl R", "history", self._keep)
        self._button(card, "erase", "Ctrl D", "delete", self._erase)

    def _of_erased(self, card: Card, one: Erased) -> None:
        card.body.addWidget(SectionTitle(say("law.keeping.erased"), facts=one.number))
        card.body.addWidget(fact("info", catalogue().lists["erasure_ground"].label(one.ground)))
        card.body.addWidget(fact("document_table", one.counts))
        card.body.addWidget(fact("person", one.by))
        agrees = {True: "agrees", False: "differs", None: "not_compared"}[one.agrees]
        card.body.addWidget(fact("shield_checkmark" if one.done else "warning", " ".join(
            (say("law.erased.done" if one.done else "law.erased.not_done"), say(f"law.erased.{agrees}")))))  # fmt: skip
        for name, at in one.confirmed.items():
            told = say("law.keeping.confirmed", name=name, at=dates.show_stamp(at[:16])) if at else (
                say("law.keeping.unconfirmed", name=name))  # fmt: skip
            card.body.addWidget(fact("checkmark_circle" if at else "clock", told))
        self._button(card, "paper", "Ctrl P", "document", self._paper)

    def _of_term(self, card: Card, one: KeepTerm) -> None:
        card.body.addWidget(SectionTitle(one.title))
        years = say("law.keeping.years", n=one.years) if one.years is not None else say("law.keeping.no_years")
        card.body.addWidget(fact("clock", years))
        card.body.addWidget(fact("calendar_ltr", say(f"law.keeping.event.{one.event}")))
        if one.basis:
            card.body.addWidget(fact("info", one.basis))
        if not one.verified:
            card.body.addWidget(fact("question_circle", say("law.keeping.unverified")))
        self._button(card, "term", "Ctrl T", "edit", self._term)

    def _button(self, card: Card, words: str, key: str, icon: str, run: Callable[[], None]) -> None:
        button = key_button(say(f"law.keeping.do.{words}"), key, icon, run, f"keeping_{words}")
        card.body.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)

    # what happens

    def _over(self) -> Over | None:
        row = self.table.current()
        if row is None or row.over is None:
            self.talk.say(say("law.keeping.choose_over"))
            return None
        return row.over  # type: ignore[no-any-return]

    def _keep(self) -> None:
        one = self._over()
        if one is None:
            return
        start = date(clock.today().year + 1, 12, 31)
        card = ActCard(say("law.keeping.keep.title"), say("law.keeping.keep.verb"),
                       [Ask("until", say("law.keeping.keep.until"), DATE, start.isoformat()),
                        Ask("reason", say("law.keeping.keep.reason"))], name="keep")  # fmt: skip

        def work(given: dict[str, Any]) -> Callable[[Desk], Any]:
            return lambda desk: desk.keep_longer(one.record, dates.latest(given["until"]) or start, given["reason"])

        self.asking(card, work, say("law.keeping.keep.done"))

    def _erase(self) -> None:
        one = self._over()
        if one is not None:
            self.shell.go("erasure", id=one.record, ground="term")

    def _term(self) -> None:
        row = self.table.current()
        known = {one.term.kind: one.term for one in self._rows if one.term is not None}
        here = row.term if row is not None and row.term is not None else next(iter(known.values()))
        card = ActCard(say("law.keeping.term.title"), say("law.keeping.term.verb"), [
            Ask("kind", say("law.keeping.term.kind"), CHOICE, here.kind,
                options=[(one.kind, one.title) for one in known.values()]),
            Ask("years", say("law.keeping.term.years"), value="" if here.years is None else str(here.years)),
            Ask("basis", say("law.keeping.term.basis"), value=here.basis),
        ], note=say("law.keeping.term.help"), name="term")  # fmt: skip

        def work(given: dict[str, Any]) -> Callable[[Desk], Any]:
            years = int(given["years"]) if given["years"].isdecimal() else None
            return lambda desk: desk.set_retention(given["kind"], years, given["basis"])

        self.asking(card, work, say("law.keeping.term.done"), f"term-{here.kind}")

    def _paper(self) -> None:
        row = self.table.current()
        if row is None or row.erased is None:
            self.talk.say(say("law.keeping.choose_erased"))
            return
        record = row.erased.id
        self.show_document(say("law.keeping.paper"), lambda desk: desk.erasure_paper(record), "xac_nhan_xoa", record)


def _name(desk: Desk, child: str) -> str:
    row = desk.get(child) if child else {}
    return str(row.get("full_name") or row.get("book_code") or "")


def _what(one: Line) -> Cell:
    if one.over is not None:
        return Cell(one.over.title, role="medium")
    if one.erased is not None:
        return Cell(say("law.keeping.minutes", number=one.erased.number, day=dates.show_date(one.erased.on)),
                    role="medium")  # fmt: skip
    return Cell(one.term.title if one.term else "")


def _state(one: Line) -> Cell:
    if one.over is not None:
        words = say("law.keeping.state.over", day=dates.show_date(one.over.until))
        return Cell(chips=(Chip(words, "nghe", "clock"),))
    if one.erased is not None:
        waiting = [name for name, at in one.erased.confirmed.items() if not at]
        if not one.erased.done or one.erased.agrees is False:
            return Cell(chips=(Chip(say("law.keeping.state.wrong"), "gach", "warning"),))
        if waiting:
            return Cell(chips=(Chip(say("law.keeping.state.waiting"), "neutral", "clock"),))
        told = say("law.keeping.state.confirmed" if one.erased.confirmed else "law.keeping.state.here")
        return Cell(chips=(Chip(told, "ngoc", "checkmark_circle"),))
    years = one.term.years if one.term else None
    return Cell(say("law.keeping.years", n=years) if years is not None else say("law.keeping.state.open"),
                "ink2" if years is not None else "ink3")  # fmt: skip
