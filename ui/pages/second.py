"""Nhập lần hai: a stack of papers keyed again without seeing the first values, then compared field by field.

Rules. The batch is a day's children or those chosen in the list, in the order they came. After each paper, and on
leaving, what was keyed is kept, so that one goes on where one stopped. Differences are decided by one key each; what is
decided is one action, taken back with one key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cbdesk.desk import Desk, Saved
from cbdesk.desk.second import Compared, Difference, Second
from cbdesk.errors import Problem
from cbdesk.words import say
from ui.frame.shell import Shell
from ui.hands.batch import BatchCard, Days
from ui.hands.compare import CompareCard
from ui.hands.keying import KeyingCard
from ui.lists.filterbar import plain
from ui.pages import NARROW, Action, Page, register
from ui.parts import Deck, Hint

CHOOSE, KEY, COMPARE = "choose", "key", "compare"


@register
class SecondPage(Page):
    """The second keying."""

    name, icon, under = "second", "document_table", "children"
    roles = ("commune",)

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._second: Second | None = None
        self._compared: Compared | None = None
        self._villages: Mapping[str, str] = {}
        self._codes: Mapping[str, str] = {}
        self._stage, self._at, self._busy = CHOOSE, 0, False
        self.batch, self.keying, self.compare = BatchCard(), KeyingCard(self.jobs), CompareCard()
        self.batch.changed.connect(self.shell.refresh)
        self.keying.done.connect(self._next)
        self.compare.decided.connect(self._decide)
        self.compare.drop.clicked.connect(self._drop)
        self._deck = Deck(self)
        for card in (self.batch, self.keying, self.compare):
            self._deck.add(card)
        self.body.addWidget(self._deck, 1)

    # the page base

    def crumbs(self) -> Sequence[tuple[str, str]]:
        """The way here leads over the list."""
        return (("", "children"),)

    def facts(self) -> str:
        """Return how far one is."""
        if self._second is None:
            return say("hands.second.facts")
        return say("hands.second.progress", n=plain(len(self._second.keyed)), of=plain(len(self._second.ids)))

    def primary(self) -> Action:
        """Return the next step: begin, next paper, write."""
        busy = say("ui.saving") if self._busy else ""
        if self._stage == CHOOSE:
            n = len(self.batch.ids())
            why = "" if n and self.batch.fields() else say("hands.second.choose_why")
            return Action("begin", say("hands.second.begin", n=plain(n)), self._begin, "edit", "Ctrl S", why, busy)
        if self._stage == KEY:
            return Action("next", say("hands.second.next"), self._next, "arrow_right", "Ctrl S", "", busy)
        changes, left = self._changes()
        words = say("hands.second.write", n=plain(changes)) if changes else say("hands.second.finish")
        why = say("hands.second.left", n=plain(left)) if left else ""
        return Action("write", words, self._write, "save", "Ctrl S", why, busy)

    def secondary(self) -> Sequence[Action]:
        """Return what else can be done in this step."""
        close = Action("close", say("ui.close"), self.shell.back, key="Esc")
        if self._stage == KEY and self._second is not None and self._second.keyed:
            return (Action("compare", say("hands.second.compare"), self._to_compare, "branch_compare", "Alt →"), close)
        return (close,)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of this step."""
        if self._stage == CHOOSE:
            return (Hint("↑|↓", say("hands.second.hint.batch")), Hint("Tab", say("hands.second.hint.fields")),
                    Hint("Space", say("hands.second.hint.tick")))  # fmt: skip
        if self._stage == KEY:
            return (Hint("Enter", say("shell.hint.next_field")), Hint("Ctrl S", say("hands.second.hint.next")),
                    Hint("Alt|←", say("hands.second.hint.before")), Hint("Alt|→", say("hands.second.hint.compare")),
                    Hint("F7", say("shell.hint.repeat")))  # fmt: skip
        return (Hint("↑|↓", say("shell.hint.select")), Hint("←", say("hands.second.hint.first")),
                Hint("→", say("hands.second.hint.second")), Hint("Alt|←", say("hands.second.hint.key_on")),
                Hint("Ctrl S", say("hands.second.hint.write")))  # fmt: skip

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        primary = self.primary()
        own: dict[str, Callable[[], None]] = {"save": (lambda: None) if primary.why else primary.run}
        if self._stage == COMPARE:
            return own | {"step_back": self._key_on}
        view = self.keying.view
        if self._stage == KEY and view is not None:
            own |= {"step_back": self._before, "step_forward": self._to_compare, "repeat": view.repeat,
                    "today_now": view.insert_now, "step_down": view.open_help, "undo": view.undo}  # fmt: skip
        return own

    def opened(self, **details: Any) -> None:
        """Go on with what was begun, or choose a batch; ``ids`` are the children chosen in the list."""
        chosen = tuple(str(one) for one in details.get("ids", ()))

        def ask(desk: Desk) -> tuple[Second | None, Days, Mapping[str, str], Mapping[str, str]]:
            return desk.second(), desk.added(), desk.village_names(), desk.book_codes()

        self.jobs.run(ask, lambda answer: self._show(chosen, *answer), owner=self)

    def closed(self) -> None:
        """Keep what was keyed, also of the paper at hand."""
        self._keep_half()

    def shaped(self, shape: str) -> None:
        """Fewer columns where there is little room."""
        self.compare.table.show_columns(["field"] if shape == NARROW else [])

    # the steps

    def _show(self, chosen: Sequence[str], second: Second | None, days: Days, villages: Mapping[str, str],
              codes: Mapping[str, str]) -> None:  # fmt: skip
        self._villages, self._codes = villages, codes
        self.batch.offer(days, chosen)
        if second is None:
            self._to(CHOOSE)
            self.batch.focus()
        else:
            self._second = second
            self._key_on() if second.at() < len(second.ids) else self._to_compare()

    def _to(self, stage: str) -> None:
        self._stage = stage
        if stage == CHOOSE:
            self._second = None
        self._deck.show_card({CHOOSE: self.batch, KEY: self.keying, COMPARE: self.compare}[stage])
        self.shell.refresh()

    def _begin(self) -> None:
        self._second = Second(self.batch.ids(), self.batch.fields())
        self._keep()
        self._paper(0)

    def _paper(self, at: int) -> None:
        if self._second is None:
            return
        self._at = at
        self._to(KEY)
        code = self._codes.get(self._second.ids[at], "")
        self.keying.show_paper(self._second, at, code, self._villages)

    def _key_on(self) -> None:
        if self._second is not None:
            self._paper(min(self._second.at(), len(self._second.ids) - 1))

    def _next(self) -> None:
        """Take the paper at hand and go to the next."""
        if self._second is None or self._stage != KEY:
            return
        values = self.keying.values()
        if self.keying.stopped():
            return
        self._second = self._second.with_keyed(self._second.ids[self._at], values)
        self._keep()
        if self._at + 1 < len(self._second.ids):
            self._paper(self._at + 1)
        else:
            self._to_compare()

    def _before(self) -> None:
        self._keep_half()
        if self._at:
            self._paper(self._at - 1)

    def _keep_half(self) -> None:
        """Keep what was keyed of the paper at hand: of a finished one as it is now, else as far as it is."""
        second = self._second
        if second is None or self._stage != KEY:
            return
        values, child = self.keying.values(), second.ids[self._at]
        self._second = second.with_keyed(child, values) if child in second.keyed else second.with_half(values)
        self._keep()

    def _keep(self) -> None:
        second = self._second
        if second is not None:
            self.jobs.run(lambda desk: desk.second_keep(second), owner=self)

    # comparing

    def _to_compare(self) -> None:
        self._keep_half()
        second = self._second
        if second is not None:
            self.jobs.run(lambda desk: desk.second_compare(second), self._show_compared, owner=self)

    def _show_compared(self, compared: Compared) -> None:
        if self._second is None:
            return
        self._compared = compared
        self.compare.show_compared(compared, self._second)
        self._to(COMPARE)
        self.compare.table.setFocus()

    def _decide(self, one: Difference, side: str) -> None:
        if self._second is not None:
            self._second = self._second.with_choice(one, side)
            self.compare.show_choice(self._second)
            self._keep()
            self.shell.refresh()

    def _changes(self) -> tuple[int, int]:
        """Return how many fields will change, and how many differences have no decision."""
        found = self._compared.differences if self._compared is not None else ()
        chosen = self._second.chosen if self._second is not None else {}
        return sum(chosen.get(one.key) == "second" for one in found), sum(one.key not in chosen for one in found)

    def _write(self) -> None:
        second, (changes, left) = self._second, self._changes()
        if second is None or left or self._busy:
            return
        self._busy = True
        self.shell.refresh()
        self.jobs.run(lambda desk: desk.second_take(second), lambda saved: self._written(saved, changes), self._failed,
                      owner=self)  # fmt: skip

    def _failed(self, problem: Problem) -> None:
        self._busy = False
        self.shell.refresh()
        self.talk.problem(problem)

    def _written(self, saved: Saved, changes: int) -> None:
        self._busy = False
        if saved.findings:
            self.shell.refresh()
            self.talk.say(" ".join(one.text for one in saved.findings if one.level == "stop"), care=True)
            return
        self._second, batch = None, saved.batch
        self._stage = CHOOSE
        self.shell.back()
        undo = (lambda: self.jobs.run(lambda desk: desk.undo(str(batch)), owner=self)) if batch else None
        self.talk.say(say("hands.second.written", n=plain(changes)) if batch else say("hands.second.done"), undo)

    def _drop(self) -> None:
        def drop() -> None:
            self._second = None
            self.jobs.run(lambda desk: desk.second_drop(), lambda _none: self.opened(), owner=self)

        self.talk.ask(say("hands.second.drop_ask"), say("hands.second.drop"), drop)
