"""Chỗ ghi khác nhau: what two people wrote without knowing of each other, decided by a person, one after the other.

Rules. Nothing is chosen until a person chooses; the record is shown as it would be before anything is written; each
decision can be taken back. What is sensitive is sealed until asked for; at the receiver names are hidden until asked
for and again when the page closes; both looks are logged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from cbdesk.catalogue import catalogue
from cbdesk.desk import Changed, Desk, Saved
from cbdesk.desk.conflicts import Conflict, Line, Preview
from cbdesk.errors import Problem
from cbdesk.words import say
from ui import theme
from ui.differ.afterwards import Afterwards
from ui.differ.queue import NAMING, DifferQueue, tells_name
from ui.differ.sides import SideRow, boxes
from ui.frame.shell import Shell
from ui.jobs import Latest
from ui.pages import COMPACT, FULL, NARROW, Action, Page, register
from ui.parts import (
    Button,
    Card,
    EmptyState,
    Hint,
    IconText,
    Label,
    Labelled,
    LineField,
    Rule,
    Scroller,
    SectionTitle,
    Skeleton,
)

QUEUE = {FULL: 272, COMPACT: 248, NARROW: 228}
OTHER = "value"
NO_VALUE = frozenset({"refs", "choices", "ref", "flag"})
"""Kinds of fields whose value is not typed here: one of the values there are is taken."""


@register
class Conflicts(Page):
    """What waits for a decision."""

    name, icon, order = "conflicts", "branch_compare", 30
    rails = ("receiver",)

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._items: list[Conflict] | None = None
        self._shown: Conflict | None = None
        self._take, self._busy, self._own = "", False, 0
        self._later: set[tuple[str, str]] = set()
        self._wanted = ("", "")
        self._veiled = shell.role == "receiver"
        self._preview = Latest(self.jobs, self)
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
        self._none = Card(name="no_conflicts")
        self._none.body.addWidget(EmptyState(say("conflicts.page.none"), say("conflicts.page.none_help")))
        self._waits = Card(name="conflicts_waits")
        self._skeleton = Skeleton()
        self._waits.body.addWidget(self._skeleton)
        room = QWidget()
        self._layers = QStackedLayout(room)
        for layer in (self._waits, self._work, self._none):
            self._layers.addWidget(layer)
        self.body.addWidget(room, 1)

    def _build_queue(self) -> QWidget:
        self._left = Card(padding=0, spacing=0, name="differ_card")
        self._left.body.setContentsMargins(1, 1, 1, 5)
        self._head = SectionTitle(say("conflicts.page.queue"))
        self._head.setContentsMargins(15, 11, 15, 10)
        self._left.body.addWidget(self._head)
        self._left.body.addWidget(Rule())
        self.queue = DifferQueue()
        self.queue.moved.connect(self._moved)
        self.queue.opened.connect(lambda: self.sides.step(1))
        self._left.body.addWidget(self.queue, 1)
        self._hidden = QWidget()
        column, line = QVBoxLayout(self._hidden), QHBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        line.setContentsMargins(15, 4, 6, 0)
        words = IconText("eye_off", say("conflicts.page.veiled"), "ink3", "note")
        line.addWidget(words, 1, Qt.AlignmentFlag.AlignVCenter)
        names = Button(say("conflicts.page.show_names"), "link", icon="eye", name="show_names")
        names.clicked.connect(self.show_names)
        line.addWidget(names)
        column.addWidget(Rule())
        column.addLayout(line)
        self._left.body.addWidget(self._hidden)
        return self._left

    def _build_board(self) -> QWidget:
        self.card = Card(padding=0, spacing=0, name="sides_card")
        self.card.body.setContentsMargins(1, 1, 1, 1)
        head = self._build_title()
        head.setContentsMargins(16, 12, 16, 8)
        self.card.body.addLayout(head)
        self.scroller = Scroller(spacing=10, name="sides_scroll")
        inside = self.scroller.body
        inside.setContentsMargins(16, 2, 16, 10)
        self.sides = SideRow()
        self.sides.chosen.connect(self.take)
        inside.addWidget(self.sides)
        self._sealed = Button(say("conflicts.page.reveal"), icon="eye", name="reveal")
        self._sealed.clicked.connect(self.reveal)
        inside.addWidget(self._sealed, 0, Qt.AlignmentFlag.AlignLeft)
        self.other = LineField(name="other_value")
        self.other.textChanged.connect(lambda _text: self._typed())
        self._other = Labelled(say("conflicts.page.other"), self.other, name="other")
        self._other.hide()
        inside.addWidget(self._other)
        self._after_title = SectionTitle(say("conflicts.page.after"))
        inside.addWidget(self._after_title)
        self.after = Afterwards()
        inside.addWidget(self.after)
        inside.addStretch(1)
        self.card.body.addWidget(self.scroller, 1)
        self.card.body.addWidget(self._build_foot())
        return self.card

    def _build_title(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        column = QVBoxLayout()
        column.setSpacing(0)
        self._label = Label("", "section", elide=True, name="field_label")
        self._whose = Label("", "note", "ink2", elide=True, name="whose")
        column.addWidget(self._label)
        column.addWidget(self._whose)
        row.addLayout(column, 1)
        self.open_button = Button(say("conflicts.page.open"), "link", icon="open", key="O", name="open_record")
        self.open_button.clicked.connect(self.open_record)
        row.addWidget(self.open_button)
        return row

    def _build_foot(self) -> QWidget:
        foot = QWidget()
        column, row = QVBoxLayout(foot), QHBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        row.setContentsMargins(15, 5, 10, 6)
        row.setSpacing(8)
        self._kept = IconText("arrow_undo", say("conflicts.page.can_undo"), "ink3", "note")
        row.addWidget(self._kept, 100, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        self.other_button = Button(say("conflicts.page.other_value"), "link", icon="edit", key="K", name="other_button")
        self.other_button.clicked.connect(self.type_other)
        self.later_button = Button(say("conflicts.page.later"), "link", icon="clock", key="S", name="later")
        self.later_button.clicked.connect(self.later)
        row.addWidget(self.other_button)
        row.addWidget(self.later_button)
        column.addWidget(Rule())
        column.addLayout(row)
        return foot

    # what the shell shows

    def title(self) -> str:
        """Return the title; the rail has less room."""
        return say("conflicts.page.title")

    def facts(self) -> str:
        """Return how many wait."""
        return say("conflicts.page.count", n=len(self._items)) if self._items else ""

    def primary(self) -> Action | None:
        """Write the decision."""
        if not self._items:
            return None
        why = "" if self._take else say("conflicts.page.choose_first")
        busy = say("conflicts.page.writing") if self._busy else ""
        return Action("decide", say("conflicts.page.decide"), self.decide, "checkmark", "Ctrl Enter", why, busy)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of this page."""
        if not self._items:
            return ()
        hint = lambda name: say(f"conflicts.hint.{name}")  # noqa: E731
        digits = "|".join(one.shown.digit for one in self.sides.boxes)
        other = (Hint("K", hint("other")),) if self.other_button.isVisibleTo(self) else ()
        return (Hint("↑|↓", hint("row")), Hint(digits, hint("take")), Hint("Enter", hint("decide")), *other,
                Hint("S", hint("later")), Hint("O", hint("open")))  # fmt: skip

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        found: dict[str, Callable[[], None]] = {"reload": self.load}
        if self._items:
            step = self.queue.step
            found |= {"next_pane": self._other_pane, "previous_pane": self._other_pane,
                      "step_down": lambda: step(1), "step_up": lambda: step(-1),
                      "next_finding": lambda: step(1), "previous_finding": lambda: step(-1)}  # fmt: skip
        return found

    @classmethod
    def badge(cls, desk: Desk) -> int:
        """Return how many wait."""
        return int(desk.status()["conflicts"])

    def opened(self, **details: Any) -> None:
        """Read what waits; ``id`` and ``field`` name one to stand at."""
        self._wanted = (str(details.get("id") or ""), str(details.get("field") or ""))
        self.load()

    def closed(self) -> None:
        """Names at the receiver are hidden again, and what was sealed is sealed."""
        self._veiled, self._items, self._shown = self.shell.role == "receiver", None, None
        self._preview.forget()

    def changed(self, changed: Changed) -> None:
        """Read again what waits, unless it was decided here."""
        if self._own:
            self._own -= 1
        elif changed and self.isVisible():
            self.load()

    def shaped(self, shape: str) -> None:
        """Give the queue its width."""
        self._left.setFixedWidth(theme.px(QUEUE[shape]))
        self._kept.setVisible(shape == FULL)

    def leave(self) -> bool:
        """Esc closes the field for another value, or returns to the queue."""
        if self._other.isVisible():
            self._close_other()
            return True
        if self._take:
            self.take("")
            self.queue.setFocus()
            return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits take a value, Enter decides, letters do the rest; never while a field is typed in."""
        typing = self.other.hasFocus()
        keys = {Qt.Key.Key_K: self.type_other, Qt.Key.Key_S: self.later, Qt.Key.Key_O: self.open_record}
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if not plain or self._shown is None:
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.decide()
        elif not typing and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.sides.step(-1 if event.key() == Qt.Key.Key_Left else 1)
        elif not typing and (code := self.sides.code_of(event.text())):
            self.take(code)
        elif not typing and (run := keys.get(Qt.Key(event.key()))) is not None:
            run()
        else:
            super().keyPressEvent(event)

    def _other_pane(self) -> None:
        if self.queue.hasFocus():
            (self.sides.boxes[0] if self.sides.boxes else self.queue).setFocus()
        else:
            self.queue.setFocus()

    # reading

    def load(self) -> None:
        """Read what waits."""
        if self._items is None:
            self._layers.setCurrentWidget(self._waits)
            self._skeleton.begin()
        self._reading.run(lambda desk: desk.conflicts(), self._show_items)

    def _show_items(self, items: list[Conflict]) -> None:
        first = self._items is None
        self._skeleton.end()
        wanted, self._wanted = self._wanted, ("", "")
        if wanted == ("", "") and self._shown is not None:
            wanted = (self._shown.record, self._shown.field)
        self._items = sorted(items, key=lambda one: (one.record, one.field) in self._later)
        self._place(wanted)
        if (first or not items) and self.isVisible():
            (self.queue if items else self).setFocus(Qt.FocusReason.OtherFocusReason)

    def _place(self, wanted: tuple[str, str]) -> None:
        items = self._items or []
        self._layers.setCurrentWidget(self._work if items else self._none)
        self._head.facts.say(str(len(items)) if items else "")
        self._hidden.setVisible(self._veiled)
        self.queue.veil(self._veiled)
        if not items:
            self._shown = None
        self.queue.show_items(items, wanted)
        self.shell.refresh()

    def _moved(self, conflict: Conflict | None) -> None:
        same = self._shown is not None and conflict is not None and self._shown.stand == conflict.stand
        if conflict is None or (same and self._shown == conflict):
            return
        self._show(conflict)

    def _show(self, conflict: Conflict) -> None:
        self._shown, self._take = conflict, ""
        self._close_other(focus=False)
        hidden = conflict.sealed or (self._veiled and tells_name(conflict))
        whose = conflict.veiled if self._veiled else conflict.title
        self._label.say(conflict.label)
        self._whose.say(" · ".join(one for one in (whose, conflict.unit_name) if one))
        self.sides.show_boxes(boxes(conflict, sealed=hidden))
        self.scroller.verticalScrollBar().setValue(0)
        self._sealed.setVisible(hidden)
        self._sealed.say(say("conflicts.page.reveal" if conflict.sealed else "conflicts.page.show_names"))
        self.other_button.setVisible(not hidden and _typable(conflict))
        self.open_button.setVisible(_page_of(conflict) != "")
        self._read_after()
        self.shell.refresh()

    def reveal(self) -> None:
        """Open what is sealed: the look is logged."""
        conflict = self._shown
        if conflict is None:
            return
        if not conflict.sealed:
            self.show_names()
            return

        def show(found: Conflict) -> None:
            if self._shown is not None and self._shown.stand == found.stand:
                self._items = [found if one.stand == found.stand else one for one in self._items or ()]
                self._place((found.record, found.field))

        self.jobs.run(lambda desk: desk.conflict(conflict.record, conflict.field, reveal=True), show, owner=self)

    def show_names(self) -> None:
        """Show names until the page closes; who asked is logged."""
        if not self._veiled:
            return
        children = [one.child for one in self._items or () if one.child]
        reason = say("conflicts.page.reason")

        def done(_names: dict[str, str]) -> None:
            self._veiled = False
            shown, self._shown = self._shown, None
            self._place((shown.record, shown.field) if shown else ("", ""))
            self.queue.setFocus()

        self.jobs.run(lambda desk: desk.show_names(reason, children), done, owner=self)

    # choosing

    def take(self, code: str) -> None:
        """Choose a value, or none, and show the record as it would be."""
        if self._shown is None or (code and self._sealed.isVisible()):
            if code:
                self._sealed.setFocus()
                self.sides.choose("")
            return
        self._close_other(focus=False)
        self._take = code
        self.sides.choose(code)
        self._read_after()
        self.shell.refresh()

    def type_other(self) -> None:
        """Ask for another value."""
        if self._shown is None or not self.other_button.isVisibleTo(self):
            return
        self._take = ""
        self.sides.choose("")
        self._other.say()
        self._other.show()
        self.other.clear()
        self.other.setFocus()
        self.scroller.ensureWidgetVisible(self._other)
        self.shell.refresh()

    def _close_other(self, *, focus: bool = True) -> None:
        if self._other.isVisible():
            self._other.hide()
            self._take = "" if self._take == OTHER else self._take
            if focus:
                self.queue.setFocus()
                self._read_after()
                self.shell.refresh()

    def _typed(self) -> None:
        if self._other.isVisible():
            self._take = OTHER if self.other.text().strip() else ""
            self._other.say()
            self._read_after()
            self.shell.refresh()

    def _read_after(self) -> None:
        """Show the record as it would be; while nothing is chosen, as it is."""
        conflict, take = self._shown, self._take
        if conflict is None:
            return
        now = next((one.code for one in conflict.sides if one.shown), "")
        code, value = ("", self.other.text()) if take == OTHER else (take or now, None)
        read = lambda desk: desk.conflict_preview(conflict.record, conflict.field, code, value)  # noqa: E731
        self._preview.run(read, lambda preview: self._show_after(preview, take), self._lost)

    def _show_after(self, preview: Preview, take: str) -> None:
        conflict = self._shown
        if conflict is None or take != self._take:
            return
        hidden = self._sealed.isVisibleTo(self)
        lines = [_masked(one, conflict.form) if self._veiled else one for one in preview.lines
                 if not (hidden and one.changed)]  # fmt: skip
        self._after_title.title.say(say("conflicts.page.after" if take else "conflicts.page.before"))
        words = say("conflicts.page.hidden") if preview.hidden and take else ""
        self._after_title.facts.say(words if take else say("conflicts.page.choose_first"))
        self.after.show_lines([one if take else replace(one, changed=False) for one in lines])
        remark = next((one for one in preview.findings if one.level == "stop"), next(iter(preview.findings), None))
        if take == OTHER and remark is not None:
            self._other.say(remark.level, remark.text)

    def _lost(self, problem: Problem) -> None:
        """Somebody decided meanwhile."""
        if problem.name in ("no_conflict", "no_record"):
            self.talk.say(say("conflicts.page.gone_meanwhile"))
            self.load()
        else:
            self.talk.problem(problem)

    # deciding

    def decide(self) -> None:
        """Write the decision and go to the next."""
        conflict, take = self._shown, self._take
        if conflict is None or not take or self._busy:
            return
        code, value = ("", self.other.text()) if take == OTHER else (take, None)
        self._busy = True
        self._own += 1
        self.shell.refresh()
        stand = conflict.stand

        def work(desk: Desk) -> Saved:
            return desk.resolve(conflict.record, conflict.field, code, value=value, stand=stand)

        self.jobs.run(work, lambda saved: self._decided(conflict, saved), self._failed, self)

    def _decided(self, conflict: Conflict, saved: Saved) -> None:
        self._busy = False
        if saved.id is None:
            self._own = max(0, self._own - 1)
            stop = next(one for one in saved.findings if one.level == "stop")
            self._other.say("stop", stop.text)
            self.other.setFocus()
            self.shell.refresh()
            return
        before = list(self._items or ())
        self._items = [one for one in before if one is not conflict]
        self._shown, self._take = None, ""
        self._place(("", ""))
        (self.queue if self._items else self).setFocus()
        self.shell.read_facts()
        batch = saved.batch
        if batch:
            self.talk.say(say("conflicts.page.decided"), lambda: self._undo(batch, conflict))

    def _failed(self, problem: Problem) -> None:
        self._busy = False
        self._own = max(0, self._own - 1)
        if problem.name in ("changed_meanwhile", "no_conflict"):
            self.talk.say(say("conflicts.page.gone_meanwhile"))
            self._shown = None
            self.load()
        else:
            self.talk.problem(problem)
        self.shell.refresh()

    def _undo(self, batch: str, conflict: Conflict) -> None:
        def done(_saved: Saved) -> None:
            self._wanted, self._shown = (conflict.record, conflict.field), None
            self.talk.say(say("conflicts.page.undone"))
            self.load()
            self.queue.setFocus()

        self._own += 1
        self.jobs.run(lambda desk: desk.undo(batch), done, owner=self)

    def later(self) -> None:
        """Put it off: it stands last until the book is locked."""
        if self._shown is None or self._items is None:
            return
        self._later.add((self._shown.record, self._shown.field))
        self._items = sorted(self._items, key=lambda one: (one.record, one.field) in self._later)
        self._shown = None
        self._place(("", ""))
        self.queue.setFocus()

    def open_record(self) -> None:
        """Open the record the field is of."""
        if self._shown is not None and (page := _page_of(self._shown)):
            record = self._shown.child if page == "child" else self._shown.record
            self.shell.go(page, id=record)


def _page_of(conflict: Conflict) -> str:
    if conflict.form in ("incident", "case"):
        return conflict.form
    return "child" if conflict.child else ""


def _typable(conflict: Conflict) -> bool:
    form = catalogue().forms[conflict.form]
    known = conflict.kind == "field" and form.has(conflict.field)
    return known and form.field(conflict.field).kind not in NO_VALUE


def _masked(line: Line, form: str) -> Line:
    """Return a line without what tells who somebody is."""
    shape = catalogue().forms[form]
    tells = shape.has(line.name) and shape.field(line.name).kind in NAMING
    return replace(line, text=say("conflicts.page.masked")) if tells and line.text else line
