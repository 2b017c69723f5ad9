"""Kiểm tra trùng: decide, with reasons, whether two records are one child.

Rules. Nothing is joined unless a person says so; each decision can be taken back, at once or later. A search reads and
compares on the desk's thread and can be stopped; decisions then keep the queue up to date without searching again. What
changed meanwhile is read anew and said. At the receiver names are hidden until asked for, which is logged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from cbdesk.desk import Changed, Desk, Saved
from cbdesk.errors import Problem
from cbdesk.words import say
from ui import theme
from ui.compare.board import Board
from ui.compare.busy import BusyCard
from ui.compare.queue import PairQueue
from ui.compare.reading import (
    LIKELY,
    LOOK,
    Comparison,
    Stopped,
    Suspect,
    after_join,
    joined,
    read_pair,
    read_queue,
    read_suspects,
    taken,
)
from ui.compare.why import WhyCard, in_one_line
from ui.frame.shell import Shell
from ui.jobs import Latest
from ui.lists.filterbar import plain
from ui.pages import COMPACT, FULL, NARROW, Action, Page, register
from ui.parts import Button, Card, EmptyState, Hint, IconText, Label, Option, Rule, SectionTitle, Segmented
from ui.prefs import Prefs

FORMS = frozenset({"child", "carer", "village", "household", "not_same", "same_child"})
QUEUE, WHY = {FULL: 236, COMPACT: 232, NARROW: 224}, 224
PREF = "duplicates_likely"


@register
class Duplicates(Page):
    """Pairs that may be one child."""

    name, icon, order = "duplicates", "people_swap", 110

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._pairs: list[Suspect] | None = None
        self._shown: Comparison | None = None
        self._level, self._busy, self._searching, self._stop, self._stale = LIKELY, "", False, False, True
        self._wanted, self._own = "", 0
        self._veiled = shell.role == "receiver"
        self._reading = Latest(self.jobs, self)
        self._build()

    # the parts

    def _build(self) -> None:
        self._work = QWidget()
        row = QHBoxLayout(self._work)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._build_queue())
        row.addWidget(self._build_board(), 1)
        self.why = WhyCard()
        self.why.setFixedWidth(theme.px(WHY))
        self.why.distinct_wanted.connect(self.distinct)
        self.why.later_wanted.connect(self.later)
        row.addWidget(self.why)
        self.busy = BusyCard()
        self.busy.stop_wanted.connect(self._halt)
        self._none = self._empty(say("duplicates.none"), say("duplicates.none_help"), name="no_pairs")
        again = Button(say("duplicates.again"), icon="arrow_sync", key="F5", name="search_again")
        again.clicked.connect(self.load)
        self._halted = self._empty(say("duplicates.stopped"), say("duplicates.safe"), again, name="search_stopped")
        room = QWidget()
        self._layers = QStackedLayout(room)
        for layer in (self.busy, self._work, self._none, self._halted):
            self._layers.addWidget(layer)
        self.body.addWidget(room, 1)

    def _empty(self, words: str, more: str, action: Button | None = None, *, name: str) -> Card:
        card = Card(name=name)
        card.body.addWidget(EmptyState(words, more, action=action))
        return card

    def _build_queue(self) -> QWidget:
        self._left = Card(padding=0, spacing=0, name="queue_card")
        self._left.body.setContentsMargins(1, 1, 1, 5)
        top = QVBoxLayout()
        top.setContentsMargins(10, 10, 10, 10)
        top.setSpacing(8)
        self._title = SectionTitle(say("duplicates.queue_title"))
        self._title.setContentsMargins(5, 0, 5, 0)
        options = [Option(code, say(f"duplicates.{code}")) for code in (LIKELY, LOOK)]
        self.levels = Segmented(options, label=say("duplicates.level"), name="levels")
        self.levels.set_value(self._level)
        self.levels.changed.connect(self._show_level)
        top.addWidget(self._title)
        top.addWidget(self.levels)
        self._left.body.addLayout(top)
        self._left.body.addWidget(Rule())
        self.queue = PairQueue()
        self.queue.moved.connect(self._moved)
        self.queue.opened.connect(self._into_board)
        self._no_level = Label("", "note", "ink3", wrap=True, name="no_level")
        self._no_level.setIndent(14)
        self._no_level.setMinimumHeight(theme.px(48))
        self._left.body.addWidget(self._no_level)
        self._left.body.addWidget(self.queue, 1)
        return self._left

    def _build_board(self) -> QWidget:
        self.card = Card(padding=0, spacing=0, name="board_card")
        self.card.body.setContentsMargins(1, 1, 1, 1)
        self.notice = IconText("info", "", "nghe", "note", name="pair_notice")
        self.strip = IconText("people_swap", "", "ink2", "note", name="why_strip")
        for line in (self.notice, self.strip):
            line.setContentsMargins(15, 8, 15, 2)
            self.card.body.addWidget(line)
        self.board = Board()
        self.board.taken.connect(self.shell.refresh_hints)
        show = Button(say("duplicates.show_names"), icon="eye", name="show_names")
        show.clicked.connect(self._unveil)
        self._veil = EmptyState(say("duplicates.veiled"), say("duplicates.veiled_help"), action=show, name="veil")
        self.card.body.addWidget(self.board, 1)
        self.card.body.addWidget(self._veil, 1)
        self._foot = self._build_foot()
        self.card.body.addWidget(self._foot)
        return self.card

    def _build_foot(self) -> QWidget:
        """Under the comparison: that it can be taken apart, and the two other answers where they have no card."""
        foot = QWidget()
        column, row = QVBoxLayout(foot), QHBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        row.setContentsMargins(15, 5, 10, 6)
        row.setSpacing(8)
        self._can_split = IconText("arrow_undo", say("duplicates.can_split"), "ink3", "note", name="can_split")
        row.addWidget(self._can_split, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(0)
        self._answers = [Button(say("duplicates.distinct"), "link", icon="people", key="N", name="distinct_foot"),
                         Button(say("duplicates.later"), "link", icon="clock", key="S", name="later_foot")]  # fmt: skip
        self._answers[0].clicked.connect(self.distinct)
        self._answers[1].clicked.connect(self.later)
        for button in self._answers:
            row.addWidget(button)
        column.addWidget(Rule())
        column.addLayout(row)
        return foot

    # what the shell shows

    def facts(self) -> str:
        """Return how many pairs wait."""
        return say("duplicates.count", n=plain(len(self._pairs))) if self._pairs else ""

    def primary(self) -> Action | None:
        """Join the two."""
        if not self._pairs:
            return None
        if self._veiled:
            return Action("names", say("duplicates.show_names"), self._unveil, "eye", "Ctrl Enter")
        why = "" if self._shown is not None else say("duplicates.begin")
        busy = say("duplicates.merging") if self._busy else ""
        words = say("duplicates.same" if self._two_units() else "duplicates.merge")
        return Action("merge", words, self.merge, "people_swap", "Ctrl Enter", why, busy)

    def _two_units(self) -> bool:
        return self._shown is not None and self._shown.two_units

    def hints(self) -> Sequence[Hint]:
        """Return the keys of the part that has the focus."""
        if not self._pairs or self._veiled:
            return (Hint("F5", say("duplicates.hint.again")),) if self._pairs is not None and not self._pairs else ()
        hint = lambda name: say(f"duplicates.hint.{name}")  # noqa: E731
        if self._shown is None:
            return (Hint("F5", hint("again")),)
        answers = (Hint("N", hint("distinct")), Hint("S", hint("later")), Hint("Ctrl Enter", hint("merge")))
        if self.board.hasFocus():
            return (Hint("↑|↓", hint("row")), Hint("←|→", hint("take")), Hint("Space", hint("equal")), *answers)
        return (Hint("↑|↓", hint("pair")), Hint("→", hint("into")), Hint("Space", hint("equal")), *answers)

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        found: dict[str, Callable[[], None]] = {"reload": self.load}
        if self._pairs:
            found |= {"next_pane": self._other_pane, "previous_pane": self._other_pane,
                      "step_down": lambda: self.queue.step(1), "step_up": lambda: self.queue.step(-1),
                      "next_finding": lambda: self.queue.step(1),
                      "previous_finding": lambda: self.queue.step(-1)}  # fmt: skip
        return found

    @classmethod
    def badge(cls, desk: Desk) -> int:
        """Return how many pairs were very alike when somebody last looked; a search takes too long for a badge."""
        return int(Prefs(desk.folder).get(PREF, 0))

    def opened(self, **details: Any) -> None:
        """Search where something changed. ``a`` and ``b`` are two records to be compared first."""
        a, b = str(details.get("a") or ""), str(details.get("b") or "")
        self._wanted = f"{min(a, b)} {max(a, b)}" if a and b else ""
        if self._pairs is None:
            self._layers.setCurrentWidget(self.busy)
            self.busy.begin()
        elif self._wanted:
            self._bring(self._wanted)
        if self._stale or self._pairs is None:
            self.load()
        else:
            self._show_pairs(self._wanted)
        self._focus()

    def closed(self) -> None:
        """Names at the receiver are hidden again; a search still running is of no use."""
        self._veiled = self.shell.role == "receiver"
        self._stop = self._searching

    def changed(self, changed: Changed) -> None:
        """Other rows: what is shown is read anew; pairs are searched for when the page is next opened."""
        if not changed.forms & FORMS:
            return
        if self._own:
            self._own -= 1  # decided here: the queue knows
            return
        self._stale = True
        if self.isVisible() and self.queue.current() is not None:
            self._read(self.queue.current(), meanwhile=True)

    def shaped(self, shape: str) -> None:
        """The reasons have a card, or one line."""
        self._left.setFixedWidth(theme.px(QUEUE[shape]))
        self.why.setFixedWidth(theme.px(WHY))
        self.board.squeeze(shape == NARROW)
        self._title.setVisible(shape != NARROW)
        self._show_sides()

    def leave(self) -> bool:
        """Esc stops the search, or returns from the comparison to the queue."""
        if self._searching and self._layers.currentWidget() is self.busy:
            self._halt()
            return True
        if self.board.hasFocus():
            self.queue.setFocus()
            return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """N, S and Space answer wherever one is on the page."""
        keys = {Qt.Key.Key_N: self.distinct, Qt.Key.Key_S: self.later, Qt.Key.Key_Space: self.board.fold}
        run = keys.get(Qt.Key(event.key()))
        if run is not None and self._shown is not None and not event.modifiers():
            run()
        else:
            super().keyPressEvent(event)

    # focus

    def _focus(self) -> None:
        if self._layers.currentWidget() is self._work:
            self.queue.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self._layers.currentWidget() is self._halted:
            self._halted.findChild(Button).setFocus()  # type: ignore[union-attr]

    def _into_board(self) -> None:
        if self._shown is not None and not self._veiled:
            self.board.setFocus(Qt.FocusReason.OtherFocusReason)

    def _other_pane(self) -> None:
        self.queue.setFocus() if self.board.hasFocus() else self._into_board()

    # searching

    def load(self) -> None:
        """Search for pairs; what is shown stays until the answer is here."""
        if self._searching:
            return
        self._searching, self._stop, self._stale = True, False, False
        if self._pairs is None:
            self._layers.setCurrentWidget(self.busy)
            self.busy.begin()
        told = self.jobs.relay(self.busy.show_count, self)

        def work(desk: Desk) -> list[Suspect] | None:
            try:
                return read_queue(desk, told, lambda: self._stop)
            except Stopped:
                return None

        self.jobs.run(work, self._found, self._failed, self)

    def _halt(self) -> None:
        self._stop = True

    def _found(self, pairs: list[Suspect] | None) -> None:
        self._searching = False
        self.busy.end()
        if pairs is None:
            self._stale = True
            if self._pairs is None:
                self._layers.setCurrentWidget(self._halted)
                self._focus() if self.isVisible() else None
            self.shell.refresh()
            return
        first, current = self._pairs is None, self.queue.current()
        put_off = {one.key for one in self._pairs or () if one.later}
        self._pairs = sorted((replace(one, later=one.key in put_off) for one in pairs), key=lambda one: one.later)
        wanted, self._wanted = self._wanted or (current.key if current is not None else ""), ""
        self._show_pairs(wanted)
        if wanted:
            self._bring(wanted)
        if first and self.isVisible():
            self._focus()

    def _failed(self, problem: Problem) -> None:
        self._searching, self._stale = False, True
        self.busy.end()
        if self._pairs is None:
            self._layers.setCurrentWidget(self._halted)
        self.talk.problem(problem)

    # the queue

    def _bring(self, key: str) -> None:
        """Compare two records also where nobody found them alike."""
        pairs = self._pairs or []
        if any(one.key == key for one in pairs):
            self._show_pairs(key)
            return
        a, b = key.split()

        def show(found: list[Suspect]) -> None:
            if found and self._pairs is not None and not any(one.key == key for one in self._pairs):
                self._pairs.insert(0, found[0])
                self._show_pairs(key)

        self.jobs.run(lambda desk: read_suspects(desk, [(a, b)], asked=True), show, owner=self)

    def _of(self, level: str) -> list[Suspect]:
        return [one for one in self._pairs or () if (one.level == LIKELY) == (level == LIKELY)]

    def _show_pairs(self, wanted: str = "") -> None:
        """Show the pairs of the level chosen; a pair that is wanted brings its level."""
        found = next((one for one in self._pairs or () if one.key == wanted), None)
        if found is not None:
            self._level = LIKELY if found.level == LIKELY else LOOK
        elif not self._of(self._level) and self._pairs:
            self._level = LOOK if self._level == LIKELY else LIKELY
        self.levels.set_value(self._level)
        for code in (LIKELY, LOOK):
            words = say("duplicates.tab", words=say(f"duplicates.{code}"), n=plain(len(self._of(code))))
            self.levels.say(code, words)
        if not self._pairs:
            self._layers.setCurrentWidget(self._none)
            self._shown = None
        else:
            self._layers.setCurrentWidget(self._work)
        shown = self._of(self._level)
        self._no_level.say(say(f"duplicates.none_{self._level}"))
        self._no_level.setVisible(not shown)
        self.queue.veil(self._veiled)
        self.queue.show_items(shown, wanted)
        self._remember()
        self.shell.refresh()

    def _show_level(self, code: str) -> None:
        self._level = code
        shown = self._of(code)
        self._no_level.say(say(f"duplicates.none_{code}"))
        self._no_level.setVisible(not shown)
        self.queue.show_items(shown)

    def _remember(self) -> None:
        """Keep the count for the rail: a number, nobody's data."""
        prefs = getattr(self.window(), "prefs", None)
        count = len(self._of(LIKELY))
        if prefs is not None and prefs.get(PREF, 0) != count:
            prefs.put(PREF, count)
            self.shell.read_facts()

    def _moved(self, pair: Suspect | None) -> None:
        if pair is None:
            self._reading.forget()
            self._show(None)
        elif self._shown is None or self._shown.key != pair.key:
            self._read(pair)

    # one pair

    def _read(self, pair: Suspect | None, *, meanwhile: bool = False, words: str = "") -> None:
        """Read a pair; ``meanwhile`` says what changed, ``words`` is said above it."""
        if pair is None or self._veiled:
            self._show_sides()
            return
        before = self._shown if meanwhile and self._shown is not None and self._shown.key == pair.key else None

        def show(found: Comparison) -> None:
            chained = say("duplicates.chained") if pair.chained else ""
            said = words or chained or (say("duplicates.two_units") if found.two_units else "")
            if before is not None:
                if found.stand == before.stand:
                    return
                said = say("duplicates.changed_pair")
            self._show(found, said)
            if before is not None:
                self.board.choose_again(self._kept)

        self._kept = self.board.chosen() if before is not None else {}
        self._reading.run(lambda desk: read_pair(desk, pair.a, pair.b), show, lambda problem: self._lost(pair, problem))

    def _lost(self, pair: Suspect, _problem: Problem) -> None:
        """A pair that cannot be compared any more leaves the queue."""
        self._pairs = [one for one in self._pairs or () if one.key != pair.key]
        self._show(None)
        self._show_pairs()
        self.talk.say(say("duplicates.gone"))

    def _show(self, shown: Comparison | None, words: str = "") -> None:
        self._shown = shown
        self.board.show_comparison(shown)
        self.why.show_comparison(shown)
        self.notice.say(words)
        self.notice.setVisible(bool(words))
        self.strip.say(in_one_line(shown.score, shown.grounds) if shown is not None else "")
        self._show_sides()
        self.shell.refresh()

    def _show_sides(self) -> None:
        full, known = self.shell.shape() == FULL, self._shown is not None
        self.why.setVisible(full and not self._veiled)
        self.strip.setVisible(not full and known and not self._veiled)
        self.board.setVisible(not self._veiled)
        self._veil.setVisible(self._veiled)
        self.notice.setVisible(bool(self.notice.words()) and not self._veiled)
        self._foot.setVisible(known and not self._veiled and not (full and self._two_units()))
        self._can_split.setVisible(not self._two_units() and self.shell.shape() != NARROW)
        for button in self._answers:
            button.setVisible(not full)
        for button in (self.why.distinct, self.why.later):
            button.setEnabled(known)

    def _unveil(self) -> None:
        self._veiled = False
        count = str(len(self._pairs or ()))
        self.jobs.run(lambda desk: desk.look(what=count), owner=self)
        self.queue.veil(False)
        self._read(self.queue.current())
        self.shell.refresh()
        self.queue.setFocus()

    # the three answers

    def merge(self) -> None:
        """Make the two one child."""
        shown = self._shown
        if shown is None or self._busy:
            return
        if shown.two_units:
            self._same(shown)
            return
        take = taken(self.board.chosen())
        before = list(self._pairs or ())
        again = after_join(before, shown.a, shown.b)

        def work(desk: Desk) -> tuple[Saved, list[Suspect]]:
            saved = desk.merge(shown.a, shown.b, take=take, stand=shown.stand)
            return saved, read_suspects(desk, again)

        def done(answer: tuple[Saved, list[Suspect]]) -> None:
            saved, anew = answer
            self._pairs = joined(before, shown.a, shown.b, anew)
            self._decided(saved, say("duplicates.merged"), before, anew[0].key if anew else "")

        self._decide(work, done)

    def _same(self, shown: Comparison) -> None:
        """Remember that two communes hold one child: neither record changes, the child counts once."""
        before = list(self._pairs or ())

        def done(saved: Saved) -> None:
            self._pairs = [one for one in before if one.key != shown.key]
            self._decided(saved, say("duplicates.same_done"), before)

        self._decide(lambda desk: desk.same(shown.a, shown.b), done)

    def distinct(self) -> None:
        """Remember that they are two children."""
        shown = self._shown
        if shown is None or self._busy:
            return
        before = list(self._pairs or ())

        def done(saved: Saved) -> None:
            self._pairs = [one for one in before if one.key != shown.key]
            self._decided(saved, say("duplicates.distinct_done"), before)

        self._decide(lambda desk: desk.distinct(shown.a, shown.b), done)

    def later(self) -> None:
        """Put the pair off: it stands last until the book is locked."""
        shown = self._shown
        if shown is None or self._busy or self._pairs is None:
            return
        mine = [replace(one, later=True, chained=False) for one in self._pairs if one.key == shown.key]
        self._pairs = [one for one in self._pairs if one.key != shown.key] + mine
        self._show_pairs()
        self.queue.moved.emit(self.queue.current())

    def _decide(self, work: Callable[[Desk], Any], done: Callable[[Any], None]) -> None:
        self._busy = "busy"
        self._own += 1
        self.shell.refresh()

        def failed(problem: Problem) -> None:
            self._busy = ""
            self._own = max(0, self._own - 1)
            if problem.name == "changed_meanwhile":
                self._read(self.queue.current(), words=say("duplicates.changed_pair"))
            else:
                self.talk.problem(problem)
            self.shell.refresh()

        self.jobs.run(work, done, failed, self)

    def _decided(self, saved: Saved, words: str, before: list[Suspect], wanted: str = "") -> None:
        self._busy, key = "", self._shown.key if self._shown is not None else ""
        if saved.batch is None:
            self._own = max(0, self._own - 1)  # nothing was written, so nothing will be told
        held = self.board.hasFocus()
        self._shown = None
        self._show_pairs(wanted)
        (self.board if held and self._pairs else self.queue).setFocus()
        batch = saved.batch
        self.talk.say(words, (lambda: self._undo(batch, before, key)) if batch else None)

    def _undo(self, batch: str, before: list[Suspect], key: str) -> None:
        def done(_saved: Saved) -> None:
            self._pairs, self._shown = before, None
            self._show_pairs(key)
            self.queue.setFocus()
            self.talk.say(say("duplicates.undone"))

        self._own += 1
        self.jobs.run(lambda desk: desk.undo(batch), done, owner=self)
