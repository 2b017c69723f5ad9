"""Rà soát dữ liệu: what is missing, contradicting or doubtful, counted, and the children behind each count.

Everything is derived at the moment of asking. Enter on a count goes to its children, Enter on a child opens the record
at the field; F8 there goes on to the next child with the same fault, and coming back stands at the same place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from cbdesk.desk import Changed
from cbdesk.errors import Problem
from cbdesk.words import say
from ui import theme
from ui.frame.shell import Shell
from ui.jobs import Latest
from ui.lists.childlist import MINE
from ui.lists.filterbar import plain
from ui.pages import COMPACT, FULL, NARROW, Action, Page, register
from ui.parts import Button, Card, EmptyState, Hint, ListField, Rule
from ui.quality.faultlist import FaultList
from ui.quality.faulty import FaultyCard
from ui.quality.reading import Fault, Overview, read_overview
from ui.record.walk import Walk

FORMS = frozenset({"child", "village", "carer", "household", "cleaning_list", "cleaning_line"})
LEFT = {FULL: 430, COMPACT: 372}


@register
class Quality(Page):
    """Faults of the register, for the commune."""

    name, icon, order = "quality", "shield_checkmark", 115
    roles = ("commune",)

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._seen: Overview | None = None
        self._village, self._stale, self._in_list = "", True, False
        self._walk: Walk | None = None
        self._job = Latest(self.jobs, self)
        self._build()
        shell.mine.changed.connect(self._mine_changed)

    # the parts

    def _build(self) -> None:
        self.village = ListField(label=say("quality_page.village"), icon="home", name="quality_village")
        self.village.currentIndexChanged.connect(lambda _at: self._picked())
        self.list = FaultList()
        self.list.moved.connect(self._show_fault)
        self.list.opened.connect(lambda _fault: self._into_list())
        self._left = Card(padding=0, spacing=0, name="faults_card")
        self._left.body.setContentsMargins(1, 1, 1, 5)
        top = QVBoxLayout()
        top.setContentsMargins(11, 9, 11, 9)
        top.addWidget(self.village)
        self._left.body.addLayout(top)
        self._left.body.addWidget(Rule())
        self._left.body.addWidget(self.list, 1)
        self.card = FaultyCard()
        self.card.opened.connect(self._open)
        self._work = QWidget()
        row = QHBoxLayout(self._work)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._left)
        row.addWidget(self.card, 1)
        self._good = Card(name="all_good")
        self._good_words = EmptyState(say("quality_page.good"))
        self._good.body.addWidget(self._good_words)
        add = Button(say("children.add"), icon="person_add", key="F4", name="quality_add")
        add.clicked.connect(lambda: self.shell.run("new_child"))
        self._first = Card(name="no_children")
        self._first.body.addWidget(EmptyState(say("children.empty.first"), say("quality_page.first"), action=add))
        room = QWidget()
        self._layers = QStackedLayout(room)
        for layer in (self._work, self._good, self._first):
            self._layers.addWidget(layer)
        self.body.addWidget(room, 1)

    # what the shell shows

    def facts(self) -> str:
        """Return how many children are whole."""
        if self._seen is None or not self._seen.rows:
            return ""
        whole, every = self._seen.whole(self._villages()), self._seen.children(self._villages())
        return say("quality_page.facts", n=plain(whole), of=plain(every))

    def primary(self) -> Action:
        """To the list for the police."""
        return Action("police", say("quality_page.police"), self._to_police, "send", "Ctrl Enter")

    def hints(self) -> Sequence[Hint]:
        """Return the keys of the part that has the focus."""
        hint = lambda name: say(f"shell.hint.{name}")  # noqa: E731
        if self.card.table.hasFocus():
            return (Hint("↑|↓", hint("select")), Hint("Enter", say("quality_page.hint.open")),
                    Hint("F8", say("quality_page.hint.next")), Hint("Esc", say("quality_page.hint.back")))  # fmt: skip
        return (Hint("↑|↓", say("quality_page.hint.fault")), Hint("Enter", say("quality_page.hint.children")),
                Hint("F8", say("quality_page.hint.next")), Hint("F6", hint("side_pane")))  # fmt: skip

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        return {
            "reload": self.load, "next_finding": lambda: self._next(1), "previous_finding": lambda: self._next(-1),
            "next_pane": self._other_pane, "previous_pane": self._other_pane,
        }  # fmt: skip

    def opened(self, **details: Any) -> None:
        """Read what is stale; the focus is where one left off. ``fault`` is a fault to stand at."""
        wanted = str(details.get("fault") or "")
        if wanted:
            self._walk, self._in_list = None, False
            self.list.choose(wanted)
        if self._stale or self._seen is None:
            self.load()
        else:
            self._mine_changed()
            self._return()
        self._focus()

    def changed(self, changed: Changed) -> None:
        """Read again, now or when the page is next shown."""
        if changed.forms & FORMS:
            self._stale = True
            if self.isVisible():
                self.load()

    def shaped(self, shape: str) -> None:
        """Faults and children stand side by side, or one at a time."""
        if shape == NARROW:
            self._left.setMaximumWidth(16_777_215)
            self._left.setMinimumWidth(0)
        else:
            self._left.setFixedWidth(min(theme.px(LEFT[shape]), max(LEFT[shape], self.width() * 2 // 5)))
        self._show_sides()

    def _show_sides(self) -> None:
        narrow = self.shell.shape() == NARROW
        self._left.setVisible(not narrow or not self._in_list)
        self.card.setVisible(not narrow or self._in_list)

    def leave(self) -> bool:
        """Esc returns from the children to the faults."""
        if self._in_list:
            self._out_of_list()
            return True
        return False

    # focus

    def _focus(self) -> None:
        if self._layers.currentWidget() is not self._work:
            return
        (self.card.table if self._in_list else self.list).setFocus(Qt.FocusReason.OtherFocusReason)

    def _into_list(self) -> None:
        if self.card.table.rows():
            self._in_list = True
            self._show_sides()
            self._focus()

    def _out_of_list(self) -> None:
        self._in_list = False
        self._show_sides()
        self._focus()

    def _other_pane(self) -> None:
        if self.card.table.hasFocus():
            self._out_of_list()
        else:
            self._into_list()

    def _next(self, step: int) -> None:
        """Go to the next child with this fault, or to the first."""
        if not self._in_list:
            self._into_list()
            return
        at = self.card.table.currentIndex().row() + step
        rows = self.card.table.rows()
        if 0 <= at < len(rows):
            self.card.table.choose(rows[at].child.id)
        self._focus()

    # reading

    def load(self) -> None:
        """Read faults and children."""
        self._stale = False
        if self._seen is None:
            self.card.panel.load()
        self._job.run(read_overview, self._show, self._failed)

    def _failed(self, problem: Problem) -> None:
        again = Button(say("quality_page.again"), icon="arrow_sync", name="quality_again")
        again.clicked.connect(self.load)
        self._stale = True
        self.talk.problem(problem, action=again)

    def _show(self, seen: Overview) -> None:
        held = self.list.hasFocus() or self.card.table.hasFocus() or self._seen is None
        self._seen = seen
        self._fill_villages(seen)
        self._cut()
        self._return()
        if held and self.isVisible():
            self._focus()

    def _return(self) -> None:
        """Stand at the child one was at, or near where it stood."""
        walk, self._walk = self._walk, None
        if walk is not None and (near := walk.near(set(self.card.ids()))):
            self.card.table.choose(near)

    def _fill_villages(self, seen: Overview) -> None:
        villages = seen.villages()
        every = say("quality_page.all_villages", n=plain(len(villages)))
        options = [("", every)] + ([(MINE, say("children.mine"))] if self.shell.mine.villages else [])
        options += [(one, say("quality_page.in_village", village=name, n=plain(n))) for one, name, n in villages]
        self.village.fill(options)
        if self._village not in {one for one, _ in options}:
            self._village = ""
        if self.shell.mine.on != (self._village == MINE):
            self._village = MINE if self.shell.mine.on else ""
        self.village.blockSignals(True)
        self.village.set_value(self._village)
        self.village.blockSignals(False)

    def _picked(self) -> None:
        """Take the village chosen; the officer's own villages are chosen for all lists."""
        self._village = self.village.value() or ""
        self.shell.mine.turn(self._village == MINE)
        self._cut()

    def _mine_changed(self) -> None:
        """Follow the choice made on another page, or other villages of the officer's."""
        if self._seen is not None:
            self._fill_villages(self._seen)
            self._cut()

    def _villages(self) -> tuple[str, ...]:
        return self.shell.mine.villages if self._village == MINE else (self._village,) if self._village else ()

    def _cut(self) -> None:
        """Show the faults of the village chosen."""
        if self._seen is None:
            return
        faults = self._seen.faults(self._villages())
        if not self._seen.rows:
            self._layers.setCurrentWidget(self._first)
        elif not any(one.count for one in faults) and not self._village:
            self._good_words.say(say("quality_page.good"), say("quality_page.good_more", n=plain(len(self._seen.rows))))
            self._layers.setCurrentWidget(self._good)
        else:
            self._layers.setCurrentWidget(self._work)
            self.list.show_faults(faults)
        self.shell.refresh()

    def _show_fault(self, fault: Fault | None) -> None:
        if fault is None or self._seen is None:
            return
        self.card.show_fault(fault, self._seen.behind(fault))
        if not fault.count and self._in_list:
            self._out_of_list()

    # going on

    def _open(self, child: str) -> None:
        fault = self.list.current()
        if fault is not None:
            self._walk = Walk(fault.title, self.card.ids(), child, fault.field)
            self.shell.go("child", id=child, walk=self._walk)

    def _to_police(self) -> None:
        self.shell.go("cleaning")
