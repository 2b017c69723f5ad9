"""Đầu năm học: everybody up one class, with those who stay, leave or go elsewhere; one action, taken back with one key.

Rules. At the left the classes as they are written, what follows beside them; at the right the children of the class.
A tick moves. What is not known is not ticked: the last class of a level waits until somebody says what follows, a class
that is not understood stays as it is. Nothing is written before *Chuyển lớp*.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from cbdesk import dates
from cbdesk.catalogue import catalogue
from cbdesk.desk import Changed, Saved
from cbdesk.desk.seasons import DROPPED, Move, SchoolYear, follow_up
from cbdesk.errors import Problem
from cbdesk.words import say
from ui import theme
from ui.frame.shell import Shell
from ui.jobs import Latest
from ui.lists.cells import Cell, Chip
from ui.lists.filterbar import plain
from ui.lists.table import Column, TablePanel
from ui.pages import NARROW, Action, Page, register
from ui.parts import Card, EmptyState, Hint, Label, Labelled, LineField
from ui.seasons.boxes import BoxTable

LEFT, LEFT_NARROW = 470, 336
OPEN_ENDED = ("ask", "unclear")
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Group:
    """One class: the children who sit together and move alike."""

    key: Key
    moves: tuple[Move, ...]

    @property
    def on(self) -> int:
        """Return how many of them move."""
        return sum(one.on for one in self.moves)


@register
class SchoolYearPage(Page):
    """The start of a school year."""

    name, icon, under = "school_year", "hat_graduation", "children"
    roles = ("commune",)

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._plan: SchoolYear | None = None
        self._moves: dict[str, Move] = {}
        self._busy, self._stale = False, True
        self._job = Latest(self.jobs, self)
        self._build()

    def _build(self) -> None:
        self.groups = BoxTable(_group_columns(), lambda one: "|".join(one.key), type_by=lambda one: one.key[1],
                               label=say("seasons.school.groups"), name="school_groups")  # fmt: skip
        self.groups.moved.connect(lambda _one: self._show_children())
        self.groups.ticked.connect(lambda rows: self._tick([move for one in rows for move in one.moves]))
        self.groups.opened.connect(lambda _one: self.children_.setFocus())
        self._left = TablePanel(self.groups)
        self._left.setFixedWidth(theme.px(LEFT))
        self.children_ = BoxTable(_child_columns(), lambda one: one.child, type_by=lambda one: one.name,
                                  label=say("seasons.school.children"), name="school_children")  # fmt: skip
        self.children_.ticked.connect(self._tick)
        self.children_.opened.connect(lambda _one: self._choose())
        self.children_.up.connect(self.groups.setFocus)
        panel = TablePanel(self.children_, plain=True)
        self._right = Card(padding=0, spacing=0, name="school_class")
        self._right.body.setContentsMargins(1, 1, 1, 5)
        self._right.body.addLayout(self._head())
        self._right.body.addWidget(panel, 1)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._left)
        row.addWidget(self._right, 1)
        self._holder = QWidget()
        self._holder.setLayout(row)
        row.setContentsMargins(0, 0, 0, 0)
        self._none = EmptyState(say("seasons.school.none"), say("seasons.school.none_help"), name="school_none")
        self._none.hide()
        self.body.addWidget(self._holder, 1)
        self.body.addWidget(self._none, 1)

    def _head(self) -> QVBoxLayout:
        """Return what can be said of a whole class: how it is called now, and where."""
        self.title_ = Label("", "strong", elide=True, name="class_title")
        self.to_class, self.to_school = LineField(name="to_class"), LineField(name="to_school")
        for field, name in ((self.to_class, "to_class"), (self.to_school, "to_school")):
            field.editingFinished.connect(lambda field=field, name=name: self._rename(name, field.text().strip()))
        fields = QHBoxLayout()
        fields.setSpacing(12)
        fields.addWidget(Labelled(say("seasons.school.to_class"), self.to_class, name="to_class_room"), 1)
        fields.addWidget(Labelled(say("seasons.school.to_school"), self.to_school, name="to_school_room"), 2)
        head = QVBoxLayout()
        head.setContentsMargins(16, 10, 16, 10)
        head.setSpacing(8)
        head.addWidget(self.title_)
        head.addLayout(fields)
        return head

    # what the shell shows

    def facts(self) -> str:
        """Return the school year, who moves, and who does not."""
        plan = self._plan
        if plan is None:
            return ""
        on = sum(one.on for one in self._moves.values())
        words = [say("seasons.school.facts", year=plan.year, next=plan.year + 1, n=plain(on),
                     stay=plain(len(self._moves) - on))]  # fmt: skip
        words += [say("seasons.school.moved", n=plain(plan.moved))] if plan.moved else []
        return " · ".join(words)

    def crumbs(self) -> Sequence[tuple[str, str]]:
        """The way here leads over the children."""
        return (("", "children"),)

    def primary(self) -> Action:
        """Write what is ticked."""
        on = sum(one.on for one in self._moves.values())
        why = "" if on else say("seasons.school.nobody")
        busy = say("ui.saving") if self._busy else ""
        words = say("seasons.school.verb", n=plain(on))
        return Action("move", words, self.write, "hat_graduation", "Ctrl S", why, busy)

    def hints(self) -> Sequence[Hint]:
        """Return the keys for the part that has the focus."""
        tick, write = Hint("Space", say("seasons.school.hint_tick")), Hint("Ctrl S", say("seasons.school.hint_write"))
        pane = Hint("F6", say("shell.hint.side_pane"))
        if self.children_.hasFocus():
            return (tick, Hint("Enter", say("seasons.school.hint_choose")),
                    Hint("Shift|↑|↓", say("children.hint.several")), pane, write)  # fmt: skip
        if self.groups.hasFocus():
            return (Hint("↑|↓", say("shell.hint.select")), tick, Hint("Enter", say("seasons.school.hint_group")), pane,
                    write)  # fmt: skip
        return (Hint("Tab", say("shell.hint.next_field")), pane, write)

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        return {"save": self.write, "reload": self.load, "next_pane": lambda: self._pane(1),
                "previous_pane": lambda: self._pane(-1)}  # fmt: skip

    def opened(self, **details: Any) -> None:
        """Read the classes; what was chosen before leaving stays."""
        if self._stale or not self._moves:
            self.load()
        self.groups.setFocus(Qt.FocusReason.OtherFocusReason)

    def changed(self, changed: Changed) -> None:
        """The children's records changed: what is proposed is read again, what was chosen stays."""
        if changed.forms & {"child", "school_year"}:
            self._stale = True
            if self.isVisible():
                self.load()

    def shaped(self, shape: str) -> None:
        """Fewer columns where there is little room."""
        narrow = shape == NARROW
        self._left.setFixedWidth(min(theme.px(LEFT_NARROW if narrow else LEFT), max(300, self.width() * 2 // 5)))
        self.groups.show_columns(["count"] if narrow else [])
        self.children_.show_columns(["becomes"] if narrow else [])

    def leave(self) -> bool:
        """Esc goes from the children to the classes, then away."""
        if not self.groups.hasFocus() and self._moves:
            self.groups.setFocus()
            return True
        return False

    def _pane(self, step: int) -> None:
        stops: list[QWidget] = [self.groups, self.to_class, self.children_]
        at = next((at for at, one in enumerate(stops) if one.hasFocus()), 0)
        stops[(at + step) % len(stops)].setFocus(Qt.FocusReason.TabFocusReason)

    # reading and showing

    def load(self) -> None:
        """Read what is proposed."""
        self._stale = False
        if self._plan is None:
            self._left.load()
        self._job.run(lambda desk: desk.school_year(), self._show)

    def _show(self, plan: SchoolYear) -> None:
        kept, self._plan = self._moves, plan
        self._moves = {one.child: _kept(one, kept.get(one.child)) for one in plan.moves}
        self._holder.setVisible(bool(plan.moves))
        self._none.setVisible(not plan.moves)
        self._none.say(say("seasons.school.none_moved", n=plain(plan.moved)) if plan.moved
                       else say("seasons.school.none"), say("seasons.school.none_help"))  # fmt: skip
        self._show_groups()

    def _show_groups(self) -> None:
        found: dict[Key, list[Move]] = {}
        for one in self._moves.values():
            found.setdefault(one.group, []).append(one)
        self.groups.set_rows([Group(key, tuple(moves)) for key, moves in found.items()])
        if self.groups.current() is None and found:
            self.groups.choose("|".join(next(iter(found))))
        self._left.show_rows()
        self._show_children()
        self.shell.refresh()

    def _show_children(self) -> None:
        group = self.groups.current()
        moves = group.moves if group is not None else ()
        self.children_.set_rows(moves)
        if group is None:
            return
        named = (group.key[1] or say("seasons.school.no_class"), group.key[0])
        self.title_.say(" · ".join(part for part in named if part))
        for field, name in ((self.to_class, "to_class"), (self.to_school, "to_school")):
            going = [one for one in moves if one.on]
            usual = Counter(str(getattr(one, name)) for one in going).most_common(1)
            field.setEnabled(bool(going))
            if not field.hasFocus():
                field.setText(usual[0][0] if usual else "")

    # what is chosen

    def _put(self, moves: Iterable[Move]) -> None:
        self._moves |= {one.child: one for one in moves}
        self._show_groups()

    def _tick(self, moves: Sequence[Move]) -> None:
        """Move the children, or let them stay; one of whom nothing is known waits for a choice."""
        known = [one for one in moves if follow_up(one)]
        if not known:
            if moves:
                self._choose()
            return
        on = not all(one.on for one in known)
        self._put(replace(one, on=on) for one in known)

    def _rename(self, name: str, text: str) -> None:
        """Say how the new class or school of a whole class is called."""
        group = self.groups.current()
        going = [one for one in group.moves if one.on and one.to_level != DROPPED] if group is not None else []
        if any(str(getattr(one, name)) != text for one in going):
            self._put([replace(one, **{name: text}) for one in going])

    def _choose(self) -> None:
        """Offer what else may become of the children chosen."""
        moves = self.children_.chosen() or list(self.children_.rows())
        if not moves:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        first = moves[0]

        def offer(words: str, made: Callable[[Move], Move]) -> None:
            menu.addAction(words.replace("&", "&&")).triggered.connect(lambda: self._put([made(one) for one in moves]))

        proposed = {one.child: one for one in self._plan.moves} if self._plan is not None else {}
        if follow_up(proposed[first.child]):
            words = say("seasons.school.keep_ticked", to=proposed[first.child].to_class)
            offer(words, lambda one: replace(proposed[one.child], on=follow_up(proposed[one.child])))
        for level in first.levels():
            called = catalogue().lists["schooling"].label(level)
            grade = first.then(level).to_class
            offer(say("seasons.school.level", grade=grade, level=called), lambda one, level=level: one.then(level))
        offer(say("seasons.school.repeat", now=first.now_class or say("seasons.school.no_class")), Move.stay)
        offer(say("seasons.school.drop"), lambda one: one.then(DROPPED))
        if len(moves) == 1:
            menu.addSeparator()
            menu.addAction(say("seasons.school.open")).triggered.connect(
                lambda: self.shell.go("child", id=first.child))  # fmt: skip
        menu.setActiveAction(menu.actions()[0])
        index = self.children_.currentIndex()
        box = self.children_.visualRect(index)
        menu.popup(self.children_.viewport().mapToGlobal(QPoint(box.left() + 40, box.bottom() + 2)))

    # writing

    def write(self) -> None:
        """Write what is ticked."""
        if self._busy or self._plan is None or not any(one.on for one in self._moves.values()):
            return
        focus = self.focusWidget()
        if isinstance(focus, LineField):
            self.groups.setFocus()  # what is typed is taken first
        year, moves = self._plan.year, list(self._moves.values())
        n = sum(one.on for one in moves)
        self._busy = True
        self.shell.refresh()
        self.jobs.run(lambda desk: desk.start_school_year(year, moves), lambda saved: self._done(saved, n),
                      self._failed, self)  # fmt: skip

    def _failed(self, problem: Problem) -> None:
        self._busy = False
        self.shell.refresh()
        self.talk.problem(problem)

    def _done(self, saved: Saved, n: int) -> None:
        self._busy, self._moves, batch = False, {}, saved.batch
        self.talk.say(say("seasons.school.done", n=plain(n)), undo=lambda: self.jobs.run(
            lambda desk: desk.undo(str(batch)), lambda _saved: self.talk.say(say("seasons.school.undone")), owner=self))
        self.load()


def _kept(new: Move, old: Move | None) -> Move:
    """Return a move as read now, with what was chosen before where the record still says the same."""
    same = old is not None and (old.now_class, old.now_level, old.what) == (new.now_class, new.now_level, new.what)
    return old if same and old is not None else new


def _group_columns() -> list[Column]:
    head = lambda name: say(f"seasons.school.{name}")  # noqa: E731
    return [
        Column("class", head("group"), 116, lambda one: Cell(
            one.key[1] or head("no_class"), "ink" if one.key[1] else "ink3", "medium", box=bool(one.on)), fixed=True),
        Column("then", head("then"), 108, _then, fixed=True),
        Column("school", head("school"), 100, lambda one: Cell(one.key[0], "ink2"), stretch=True),
        Column("count", head("on"), 62, lambda one: Cell(f"{one.on}/{len(one.moves)}", "ink2"), right=True),
    ]  # fmt: skip


def _then(one: Group) -> Cell:
    made = {(move.to_class, move.to_level) for move in one.moves if move.on}
    if len(made) == 1:
        (to_class, level), = made
        return Cell(chips=(Chip(say("seasons.school.leaves"), "gach"),)) if level == DROPPED else Cell(to_class, "ink")
    if made:
        return Cell(", ".join(sorted(to for to, _ in made)), "ink2")
    if one.key[2] in OPEN_ENDED:
        return Cell(chips=(Chip(say(f"seasons.school.{one.key[2]}"), "nghe"),))
    return Cell(say("seasons.school.stays"), "ink3")


def _child_columns() -> list[Column]:
    head = lambda name: say(f"seasons.school.{name}")  # noqa: E731
    return [
        Column("name", head("name"), 220, lambda one: Cell(one.name or say("children.unnamed"), role="medium",
               box=one.on), stretch=True, fixed=True),
        Column("born", head("born"), 100, lambda one: Cell(dates.show_date(one.born), "ink2")),
        Column("becomes", head("becomes"), 210, _becomes, fixed=True),
    ]  # fmt: skip


def _becomes(one: Move) -> Cell:
    if not one.on:
        tone = "nghe" if one.what in OPEN_ENDED else "neutral"
        return Cell(chips=(Chip(say(f"seasons.school.{one.what if one.what in OPEN_ENDED else 'stays'}"), tone),))
    if one.to_level == DROPPED:
        return Cell(chips=(Chip(say("seasons.school.leaves"), "gach"),))
    level = catalogue().lists["schooling"].get(one.to_level) if one.to_level else None
    return Cell(", ".join(part for part in (one.to_class, level.short if level else "") if part))
