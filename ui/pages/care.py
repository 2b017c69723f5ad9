"""Chăm sóc thay thế: children who need it, people registered to give it, placements and their evaluations.

Rules. What is open stands on the row: an evaluation that is due, a registered person to be looked at this quarter.
Ctrl R writes the quarterly check of the whole list at once, Ctrl D evaluates the placement one stands on. Who has the
child is sensitive and hidden until asked for. A placement ends by its last day, written in the row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cbdesk import clock, dates
from cbdesk.catalogue import Field
from cbdesk.desk import Desk, Saved
from cbdesk.desk.care import NEED, OFFER, PLACEMENT, REVIEW
from cbdesk.words import say
from ui.cases.papers import Wanted
from ui.duty.registers import Found, ListSpec, RegisterPage
from ui.form.rows import Column
from ui.pages import Action, register
from ui.parts import Hint

MARK = 180
"""Room for what is open about a row, in pixels at 100 %."""


@register
class CarePage(RegisterPage):
    """Alternative care."""

    name, icon, order = "care", "home_heart", 57
    roles = ("commune",)
    words = "care"
    lists = (
        ListSpec(NEED, (
            Column("child", 24, strong=True), Column("why", 28), Column("wanted", 20, spare=True), Column("from", 15),
            Column("to", 15))),
        ListSpec(OFFER, (
            Column("full_name", 26, strong=True), Column("village", 18), Column("phone", 16, spare=True),
            Column("listed_on", 16, spare=True, head="care.head.listed"),
            Column("checked_on", 16, head="care.head.checked")), mark_room=MARK),
        ListSpec(PLACEMENT, (
            Column("child", 24, strong=True), Column("form", 20), Column("carer", 20, head="care.head.carer"),
            Column("from", 15, head="care.head.from"), Column("to", 15, head="care.head.to")), mark_room=MARK),
        ListSpec(REVIEW, (
            Column("placement", 26, strong=True, head="care.head.child"), Column("on", 14),
            Column("by", 26, spare=True), Column("finding", 30)), adds=False, unasked=frozenset({PLACEMENT})),
    )  # fmt: skip

    @staticmethod
    def read(desk: Desk) -> Found:
        """Return the lists; a placement is called by its child."""
        book, villages = desk.care_book(), desk.village_names()
        children = {one: name or code for one, (code, name) in book.people.items()}
        placed = {str(row["id"]): children.get(str(row.get("child")), "") for row in book.placements}
        names = {**villages, **children, **book.carers, **placed}
        rows = {NEED: book.needs, OFFER: _gone_last(book.offers), PLACEMENT: book.placements,
                REVIEW: tuple(reversed(book.reviews))}  # fmt: skip
        return Found(rows, names, villages, more=(book.due, desk.papers(), desk.officer))

    # the page base

    def facts(self) -> str:
        """Return how many children are in alternative care, and how many people are registered."""
        if self._found is None:
            return ""
        placed = sum(not row.get("to") for row in self._found.rows[PLACEMENT])
        offered = sum(not row.get("left_on") for row in self._found.rows[OFFER])
        return say("care.facts", placed=placed, offered=offered) if placed or offered else ""

    def secondary(self) -> Sequence[Action]:
        """Check the list of registered people, or evaluate the placement one stands on."""
        if self.layer is not None or self.open_table() is not None:
            return super().secondary()
        if self.here().name in (PLACEMENT, REVIEW):
            return (Action("evaluate", say("care.evaluate"), self._evaluate, "home_person", "Ctrl D"),)
        if self._found is None or all(row.get("left_on") for row in self._found.rows[OFFER]):
            return ()
        waiting = self._waiting()
        why = "" if waiting else say("care.checked_already")
        words = say("care.check_n", n=waiting) if waiting else say("care.check")
        return (Action("check", words, self._check, "checkmark_circle", "Ctrl R", why),)

    def hints(self) -> Sequence[Hint]:
        """Return the keys, with printing in the place of the last."""
        quiet = self.layer is None and self.open_table() is None
        return [*super().hints(), *([Hint("Ctrl P", say("duties.hint.papers"))] if quiet else [])]

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        own = dict(super().handlers())
        if self.layer is not None:
            return own
        return own | {"care_check": self._check, "care_evaluate": self._evaluate, "print": self._papers}

    def mark_of(self, form: str, row: Mapping[str, Any]) -> tuple[str, str, str] | None:
        """Return what is due about a row: overdue in red, soon in amber, later as a plain day."""
        due = self._found.more[0].get(str(row["id"])) if self._found is not None else None
        if due is None:
            return None
        today, day = clock.today(), dates.show_date(due.isoformat())
        if due < today:
            return say("care.mark.overdue", day=day), "gach", "clock"
        if due <= dates.quarter_end(today) and form == OFFER:
            return say("care.mark.quarter"), "nghe", "clock"
        soon = form == PLACEMENT and (due - today).days <= SOON
        return say("care.mark.until", day=day), "nghe" if soon else "neutral", "calendar_ltr"

    def tell(self, item: Field, row: Mapping[str, Any]) -> tuple[str, bool] | None:
        """Return whom a row is about; a carer who is not registered by the name written, hidden like the others."""
        if item.name == "carer" and not row.get("carer") and row.get("carer_name"):
            return (say("record.sensitive"), True) if self._hides_carer(row) else (str(row["carer_name"]), False)
        return super().tell(item, row)

    def has_sealed(self, form: str) -> bool:
        """Return whether a list hides something, also a carer's name that stands in no column of its own."""
        return super().has_sealed(form) or (form == PLACEMENT and any(map(self._hides_carer, self.tables[form].rows)))

    def _hides_carer(self, row: Mapping[str, Any]) -> bool:
        return self.tables[PLACEMENT].sealed and bool(row.get("carer_name"))

    # what happens

    def _waiting(self) -> int:
        if self._found is None:
            return 0
        due, ends = self._found.more[0], dates.quarter_end(clock.today())
        return sum(str(row["id"]) in due and due[str(row["id"])] <= ends for row in self._found.rows[OFFER])

    def _check(self) -> None:
        def done(answer: tuple[int, Saved]) -> None:
            count, saved = answer
            if saved.batch:
                self.offer_undo(say("care.check_done", n=count), saved.batch)
            else:
                self.talk.say(say("care.checked_already"))

        self.jobs.run(lambda desk: desk.check_carers(), done, self.failed, owner=self)

    def _evaluate(self) -> None:
        row = self.row(PLACEMENT)
        if row is None or self._found is None:
            self.talk.say(say("care.evaluate_which"), care=True)
            self.go_list(PLACEMENT)
            return
        table = self.tables[REVIEW]
        table.fixed = {PLACEMENT: str(row["id"])}
        table.start = {"on": clock.today().isoformat(), "by": self._found.more[2]}
        table.close_panel()
        table.add()
        self.heads[REVIEW].facts.say(say("care.evaluating", name=self._found.names.get(str(row["id"]), "")))
        self.shell.refresh()

    def leave(self) -> bool:
        """Esc closes what is open; the heading no longer says who is evaluated."""
        closed = super().leave()
        self._mind_head()
        return closed

    def before_rows(self, found: Found) -> None:
        """Nobody is being evaluated any more once that was written."""
        self._mind_head()

    def _mind_head(self) -> None:
        if self.tables[REVIEW].view is None:
            self.heads[REVIEW].facts.say("")

    def _papers(self) -> None:
        """Show the papers of the row one stands on: of the child, of the person, of the placement."""
        here = self.here().name
        row = self.row(here)
        if row is None or self._found is None:
            self.talk.say(say("care.paper_which"), care=True)
            return
        form = PLACEMENT if here == REVIEW else here
        record = str(row[PLACEMENT] if here == REVIEW else row["child"] if here == NEED else row["id"])
        chosen = [one for one in self._found.more[1] if one["for"] == form or one["name"] == LISTS.get(here)]
        self.show_papers([Wanted(one["name"], f"{one['form']} · {one['title']}", record) for one in chosen])



LISTS = {NEED: "14", OFFER: "09"}
"""Papers that list all rows: they need no record."""
SOON = 30
"""Days before an evaluation from which its row is marked."""


def _gone_last(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the registered people with those who left the list at the end."""
    return sorted(rows, key=lambda row: bool(row.get("left_on")))
