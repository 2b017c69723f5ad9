"""Chính sách, hỗ trợ: who may be entitled to what and receives nothing, cards of the youngest, the children's fund.

Rules. Hints are never decisions: a support is written by the officer, from a hint with one key, filled in as far as the
register knows. Enter opens the child. Amounts are shown once the office compared the table with the text of the law.
What is kept in confidence is left out until it is asked for, and that is told to the access log.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cbdesk import clock
from cbdesk.catalogue import catalogue
from cbdesk.desk import Changed, Desk, Saved
from cbdesk.desk.benefits import ALLOWANCE, CARD, ENDS, PAPER
from cbdesk.rights import SENSITIVE
from cbdesk.words import say
from ui.duty import entitled
from ui.duty.entitled import ALL, BENEFIT, FUND, GROUPS, UNSURE, Line, SupportBook, read_support
from ui.duty.hints import ConfirmLayer, HintPane
from ui.duty.parts import Part, PartsPage
from ui.duty.registers import Found, ListSpec
from ui.duty.totals import Sum, plain
from ui.form.rows import Column
from ui.pages import NARROW, Action, register
from ui.paper import periods
from ui.parts import Button, Hint

KINDS = ("quarter", "year")
REPORTS = {ALL: "allowance_list", ENDS: "allowance_list", CARD: "insurance_none", PAPER: "disability_list",
           FUND: "support"}  # fmt: skip
"""The printed list nearest to each part, shown where the office has it."""
AROUND = frozenset({"child", "support", "circumstance", "risk", "placement", "household", "household_class", "village",
                    "table_confirmed", FUND})  # fmt: skip


@register
class SupportPage(PartsPage):
    """Entitlements and support."""

    name, icon, order = "support", "heart_pulse", 59
    roles = ("commune",)
    words = "support"
    period_label = "support.period"
    lists = (
        ListSpec(FUND, (
            Column("on", 15), Column("document_no", 13, spare=True, head="support.fund.document"),
            Column("party", 27, strong=True), Column("purpose", 22, spare=True),
            Column("party", 18, derived="whom", head="support.fund.whom", spare=True),
            Column("amount", 15, derived="came", head="support.fund.came", right=True),
            Column("amount", 15, derived="went", head="support.fund.went", right=True)), episodes=False),
    )  # fmt: skip

    def lay_out(self) -> None:
        """Put the pane of hints in the place of the lists."""
        super().lay_out()
        self.pane = HintPane(self.jobs, self)
        self.pane.opened.connect(self._open)
        self.pane.confirm_wanted.connect(self._confirm)
        self.pane.card.closed.connect(self._close_card)
        self.pane.card.view.saved.connect(self._support_saved)
        self.pane.card.view.failed.connect(self.talk.problem)
        self.pane.card.view.changed.connect(self.shell.refresh)
        self.pane.table.moved.connect(lambda _row: self.shell.refresh())
        self.right.insertWidget(0, self.pane, 1)
        self.confirm_layer: ConfirmLayer | None = None
        self._shows_sensitive = Button(say("support.show_sensitive"), "link", icon="eye", name="show_sensitive")
        self._shows_sensitive.clicked.connect(self.reveal)
        self.choice.foot.addWidget(self._shows_sensitive)
        self._mind_pane()

    # what is read

    def reader(self) -> Callable[[Desk], Found]:
        """Return what reads hints and the fund in its period."""
        period, restricted = self.period, self._revealed

        def read(desk: Desk) -> Found:
            book = read_support(desk, period, restricted=restricted)
            return Found({FUND: entitled.fund_rows(book)}, {}, book.villages, more=(book, desk.officer))

        return read

    def book(self) -> SupportBook | None:
        """Return what was read."""
        return self._found.more[0] if self._found is not None else None

    def first_period(self) -> str:
        """Return this year."""
        return str(clock.today().year)

    def periods(self, found: Found | None) -> Sequence[tuple[str, str]]:
        """Return the periods of the fund."""
        return [(one, periods.words(one)) for one in periods.offered(KINDS, clock.today())]

    def parts(self, found: Found | None) -> Sequence[Part]:
        """Return the groups of hints, the benefits found under the first, and the fund."""
        lines = found.more[0].lines if found is not None else ()
        count = lambda name: plain(len({one.child.id for one in entitled.of_group(name, lines)})) if found else ""  # noqa: E731
        made = [Part(name, self._say(f"part.{name}"), count(name), strong=name in (ALL, UNSURE)) for name in GROUPS]
        kinds = catalogue().lists["benefit"]
        inside = [Part(f"{BENEFIT}{code}", choice.short, count(f"{BENEFIT}{code}"), under=True)
                  for code in entitled.benefits_found(lines) if (choice := kinds.get(code)) is not None]  # fmt: skip
        entries = plain(len(found.rows[FUND])) if found is not None else ""
        return [made[0], *inside, *made[1:], Part(FUND, self._say("part.fund"), entries, (FUND,), strong=True)]

    def _keyed(self) -> Sequence[Part]:
        """The keys lead to the groups and the fund, whatever benefits are found."""
        return [one for one in self._parts.values() if not one.name.startswith(BENEFIT)]

    def sums(self, form: str, found: Found) -> Sequence[Sum]:
        """Return how the fund stands."""
        return entitled.fund_sums(found.more[0])

    def before_rows(self, found: Found) -> None:
        """Show the hints of the group."""
        super().before_rows(found)
        self._shows_sensitive.setVisible(not self._revealed and self.shell.may(SENSITIVE))
        self._mind_pane()

    def part_shown(self) -> None:
        """A support being written belongs to the group left."""
        self.pane.card.leave()
        self._mind_pane()

    def of_fund(self) -> bool:
        """Return whether the fund is shown."""
        return self.part == FUND

    def _mind_pane(self) -> None:
        of_fund, book = self.of_fund(), self.book()
        self.pane.setVisible(not of_fund)
        self._scroll.setVisible(of_fund)
        self.choice.period_field.setVisible(of_fund)
        if book is None:
            self.pane.panel.load()
        elif not of_fund:
            self.pane.show_group(self.part, self._heading(), book)

    def _heading(self) -> str:
        if not self.part.startswith(BENEFIT):
            return self._parts[self.part].words
        return catalogue().lists["benefit"].label(self.part.removeprefix(BENEFIT))

    # the page base

    def facts(self) -> str:
        """Return how many children may be entitled."""
        book = self.book()
        count = len({one.child.id for one in entitled.of_group(ALL, book.lines)}) if book is not None else 0
        return say("support.facts", n=plain(count)) if count else ""

    def primary(self) -> Action | None:
        """Save what is being written, write the support of a hint, open the child, or add to the fund."""
        if self.confirm_layer is not None:
            return Action("confirm", say("support.table.confirm"), self.confirm_layer.form.save, "checkmark_circle",
                          "Ctrl S")  # fmt: skip
        if self.of_fund():
            return super().primary()
        if self._writing():
            busy = say("ui.saving") if self.pane.card.view.busy() else ""
            return Action("save", say("child.save_row"), self.pane.card.view.save, "save", "Ctrl S", busy=busy)
        line = self.pane.table.current()
        if line is not None and line.hint.what != ALLOWANCE:
            return Action("open", say("support.open"), lambda: self._open(line), "people", "Enter")
        why = "" if line is not None else say("support.none")
        return Action("add", say("support.add"), self._add, "add", "Ctrl N", why)

    def secondary(self) -> Sequence[Action]:
        """Go to the printed list."""
        busy = self.confirm_layer is not None or self._writing() or self.open_table() is not None
        if busy or self.shell.shape() == NARROW or not self._report():
            return ()
        return (Action("list", say("support.print"), self._print, "print", "Ctrl P"),)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of what is shown."""
        if self.confirm_layer is not None or self._writing():
            return (Hint("Enter", say("shell.hint.next_field")), Hint("Ctrl S", say("ui.save")),
                    Hint("Esc", say("ui.close")))  # fmt: skip
        if self.of_fund():
            return super().hints()
        return (Hint("↑|↓", say("shell.hint.select")), Hint("Enter", say("support.hint.child")),
                Hint("Ctrl N", say("support.hint.add")), Hint(f"Alt|1–{len(self._keyed())}", say("support.hint.group")),
                Hint("F6", say("shell.hint.side_pane")))  # fmt: skip

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        if self.confirm_layer is not None:
            return {"save": self.confirm_layer.form.save}
        own = dict(super().handlers())
        if not self.of_fund():
            own = {name: run for name, run in own.items() if name not in ("step_back", "step_forward")}
        view = self.pane.card.view
        if self._writing():
            own |= {"save": view.save, "repeat": view.repeat, "today_now": view.insert_now,
                    "step_down": view.open_help, "undo": view.undo}  # fmt: skip
        if self._report():
            own["print"] = self._print
        return own

    def opened(self, **details: Any) -> None:
        """Show a part (``part=``), or where one was."""
        if details.get("part"):
            self.show_part(str(details["part"]))
        super().opened(**details)

    def closed(self) -> None:
        """Hide what is kept in confidence again."""
        super().closed()
        self.pane.card.leave()
        if self._found is not None:
            book = self._found.more[0]
            if any(_sensitive(one) for one in book.lines):
                self._found = None
                self.pane.table.set_rows(())

    def changed(self, changed: Changed) -> None:
        """Anything written about a child may change what it is entitled to."""
        if self.isVisible() and changed.forms & AROUND:
            self.load()

    def shaped(self, shape: str) -> None:
        """Fewer columns where there is little room."""
        super().shaped(shape)
        book = self.book()
        self.pane.narrow(shape == NARROW, amounts=book is not None and book.base is not None)

    def leave(self) -> bool:
        """Esc closes the table of the law, then what is being written."""
        if self.confirm_layer is not None:
            self.confirm_layer.leave()
            return True
        if self._writing():
            self._close_card()
            return True
        return super().leave()

    def go_in(self) -> None:
        """Put the focus on the children, or into the fund."""
        if self.of_fund():
            super().go_in()
        else:
            self.pane.focus_list()
            self.shell.refresh()

    def go_list(self, form: str) -> None:
        """Put the focus on the fund where it is meant, else on the children."""
        if form or self.of_fund():
            super().go_list(form)
        else:
            self.go_in()

    def reveal(self) -> None:
        """Show also what is kept in confidence; told to the access log."""
        self._revealed = True
        self.jobs.run(lambda desk: desk.look(what="benefits"), owner=self)
        self.load(focus=True)

    # what happens

    def _writing(self) -> bool:
        return not self.pane.card.isHidden()

    def _open(self, line: Line | None) -> None:
        if line is not None:
            self.shell.go("child", id=line.child.id, section=line.section)

    def _add(self) -> None:
        if self.of_fund():
            super()._add()
            return
        line, book = self.pane.table.current(), self.book()
        if line is None or book is None or line.hint.what != ALLOWANCE:
            self.talk.say(say("support.add_which"), care=True)
            return
        self.pane.card.begin(line, book.villages)
        self.shell.refresh()

    def _close_card(self) -> None:
        self.pane.card.leave()
        self.pane.focus_list()
        self.shell.refresh()

    def _support_saved(self, answer: Saved) -> None:
        self._close_card()
        if answer.batch:
            self.offer_undo(say("support.saved"), answer.batch)
        self.load(focus=True)

    def _confirm(self, table: str = ALLOWANCE) -> None:
        book = self.book()
        if book is None or self.confirm_layer is not None:
            return
        state = book.table if table == ALLOWANCE else book.standard
        layer = self.confirm_layer = ConfirmLayer(self.content, state, self._found.more[1], self.jobs)  # type: ignore[union-attr]
        layer.confirmed.connect(lambda answer: self._confirmed(answer, table))
        layer.other.connect(self._other_table)
        layer.form.failed.connect(self.talk.problem)
        layer.closed.connect(self._layer_gone)
        self.body.addWidget(layer, 1)
        self.shell.refresh()

    def _other_table(self, table: str) -> None:
        if self.confirm_layer is not None:
            self.confirm_layer.leave()
        self._confirm(table)

    def _confirmed(self, answer: Saved, table: str) -> None:
        if self.confirm_layer is not None:
            self.confirm_layer.leave()
        if answer.batch:
            done = "done" if table == ALLOWANCE else "done_standard"
            self.offer_undo(say(f"support.table.{done}"), answer.batch)
        self.load(focus=True)

    def _layer_gone(self) -> None:
        self.confirm_layer = None
        self.shell.refresh()

    # the printed list

    def _report(self) -> str:
        book = self.book()
        name = REPORTS.get(ALL if self.part.startswith(BENEFIT) else self.part, "")
        return name if book is not None and name in book.reports else ""

    def _print(self) -> None:
        period = self.period if self.of_fund() else clock.today().isoformat()[:7]
        self.shell.go("reports", list=self._report(), period=period)


def _sensitive(one: Line) -> bool:
    choice = catalogue().lists["benefit"].get(one.hint.code) if one.hint.what == ALLOWANCE else None
    return choice is not None and choice.sensitive
