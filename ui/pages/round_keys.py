"""Gõ phiếu rà soát: the signed paper beside the keyboard; line number and letter, only what changed.

Rules. ``12c`` and Enter is an answer; what it still needs is asked at once, with the month of the sheet as the day. The
child of the line shows as soon as its number is typed, so that a wrong sheet is noticed. Answers wait in the list below
until the whole sheet is written (Ctrl Enter) as one action; they are kept when the page is left. F7 says that nothing
changed. What is typed while an answer is being kept goes into the next line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from cbdesk import clock, dates, rounds
from cbdesk.desk import Changed, Desk, Saved
from cbdesk.desk.returning import Keyed
from cbdesk.desk.rounds import Sheet
from cbdesk.errors import Problem
from cbdesk.rounds import NEW, Line
from cbdesk.words import say
from ui import theme
from ui.form.grid import Flow
from ui.frame.shell import Shell
from ui.jobs import Latest
from ui.lists.cells import Cell, Chip, Mark
from ui.lists.filterbar import plain
from ui.lists.table import Column, QuietTable, TablePanel
from ui.pages import FULL, NARROW, Action, Page, register
from ui.parts import Button, Card, Hint, IconText, KeyCap, Label, LineField, Rule, Scroller
from ui.quality.held import HeldKeys
from ui.round.answers import FollowForm, answer_words, letters

LEFT = 336
ENTRY = 104


class _Entry(LineField):
    """Line number and letter. Enter takes it, Ctrl Z with nothing typed takes the last answer back."""

    taken = Signal()
    back = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Answer Enter and an empty Ctrl Z."""
        undo = event.key() == Qt.Key.Key_Z and event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.taken.emit()
        elif undo and not self.text():
            self.back.emit()
        else:
            super().keyPressEvent(event)


class _Waiting(QuietTable):
    """The answers that wait; Delete drops one."""

    dropped = Signal(object)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete drops the answer chosen."""
        if event.key() == Qt.Key.Key_Delete and self.current() is not None:
            self.dropped.emit(self.current())
        else:
            super().keyPressEvent(event)


def _keyed_columns() -> list[Column]:
    def line(one: Keyed) -> Cell:
        return Cell(str(one.line) if one.line else "+", "ink2")

    return [
        Column("no", say("rounds.head.line"), 48, line, right=True, fixed=True),
        Column("name", say("rounds.head.child"), 170, lambda one: Cell(one.name or say("children.unnamed"),
               role="medium"), fixed=True),
        Column("answer", say("rounds.head.answer"), 124,
               lambda one: Cell(chips=(Chip(answer_words(one.answer), "cham"),)), fixed=True),
        Column("words", say("rounds.head.words"), 120, lambda one: Cell(one.words, "ink2", "note"), stretch=True,
               fixed=True),
    ]  # fmt: skip


@register
class RoundKeysPage(Page):
    """Keying one sheet."""

    name, icon = "round_keys", "edit"
    roles = ("commune",)
    under = "rounds"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._id, self._busy, self._kept = "", "", False
        self._sheet: Sheet | None = None
        self._lines: Sequence[Line] = ()
        self._waiting: Sequence[Keyed] = ()
        self._letters: dict[int, str] = {}
        self._form: FollowForm | None = None
        self._forms: dict[str, FollowForm] = {}
        self._read = Latest(self.jobs, self)
        self._keys = HeldKeys(self)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._build_lines())
        row.addWidget(self._build_card(), 1)
        self.body.addLayout(row, 1)

    def _build_lines(self) -> QWidget:
        def name(one: Line) -> Cell:
            letter = self._letters.get(one.number, "")
            marks = (Mark("checkmark", "ngoc", say("rounds.line_keyed")),) if letter else ()
            words = say("rounds.line_gone") if one.gone else one.name or say("children.unnamed")
            return Cell(words, "ink3" if one.gone else "ink", "medium" if letter else "body", marks=marks)

        columns = [
            Column("no", say("rounds.head.line"), 48, lambda one: Cell(str(one.number), "ink3"), right=True,
                   fixed=True),
            Column("name", say("rounds.head.child"), 120, name, stretch=True, fixed=True),
            Column("born", say("children.column.born"), 100, lambda one: Cell(one.known.get("born", ""), "ink2"),
                   fixed=True),
        ]  # fmt: skip
        self.table = QuietTable(columns, lambda one: str(one.number), type_by=lambda one: str(one.number),
                                label=say("rounds.lines"), name="round_lines")  # fmt: skip
        self.table.opened.connect(self._line_opened)
        self.panel = TablePanel(self.table)
        return self.panel

    def _build_card(self) -> QWidget:
        self._card = Card(padding=0, spacing=0, name="round_card")
        head = QVBoxLayout()
        head.setContentsMargins(20, 14, 20, 12)
        head.setSpacing(8)
        first = QHBoxLayout()
        first.setSpacing(12)
        self.entry = _Entry(hint=say("rounds.entry_hint"), label=say("rounds.entry"), name="round_entry")
        self.entry.setFixedWidth(theme.px(ENTRY))
        self.entry.taken.connect(self._take)
        self.entry.back.connect(self._drop_last)
        self.entry.textChanged.connect(self._typing)
        self.who, self.about = Label("", "name", name="line_name"), Label("", "body", "ink2", elide=True)
        caption = Label(say("rounds.entry"), "label", "ink2")
        first.addWidget(caption)
        first.addWidget(self.entry)
        first.addWidget(self.who)
        first.addWidget(self.about, 1)
        head.addLayout(first)
        legend = QWidget()
        flow = Flow(legend, gap=12, row_gap=4)
        for one in letters():
            pair = QWidget()
            line = QHBoxLayout(pair)
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(5)
            line.addWidget(KeyCap(one.letter))
            line.addWidget(Label(one.title, "note", "ink2"))
            flow.addWidget(pair)
        head.addWidget(legend)
        self.warn = IconText("info", "", "nghe", "note", name="round_warn")
        head.addWidget(self.warn)
        self._card.body.addLayout(head)
        self._card.body.addWidget(Rule())
        self._stack = QWidget()
        self._layers = QStackedLayout(self._stack)
        self._scroll = Scroller(name="follow_scroll")
        self._scroll.body.setContentsMargins(20, 12, 20, 8)
        self._layers.addWidget(self._scroll)
        self._stack.hide()
        self._card.body.addWidget(self._stack)
        self._rule = Rule()
        self._rule.hide()
        self._card.body.addWidget(self._rule)
        self.waiting = _Waiting(_keyed_columns(), lambda one: one.key, label=say("rounds.waiting"),
                                name="round_waiting")  # fmt: skip
        self.waiting.dropped.connect(self._drop)
        self._none = QWidget()
        empty = QVBoxLayout(self._none)
        empty.setContentsMargins(20, 14, 20, 14)
        empty.addWidget(Label(say("rounds.nothing_keyed"), "body", "ink3", wrap=True))
        empty.addStretch(1)
        self._lower = TablePanel(self.waiting, plain=True)
        self._lower.show_empty(self._none)
        self._card.body.addWidget(self._lower, 1)
        self._card.body.addWidget(Rule())
        foot = QHBoxLayout()
        foot.setContentsMargins(20, 10, 20, 12)
        foot.setSpacing(8)
        self.new_button = Button(say("rounds.new_child"), icon="person_add", key="Ctrl N", name="round_new")
        self.unchanged_button = Button(say("rounds.unchanged"), icon="checkmark", key="F7", name="round_unchanged")
        self.new_button.clicked.connect(self._new)
        self.unchanged_button.clicked.connect(self._unchanged)
        foot.addWidget(self.new_button)
        foot.addStretch(1)
        foot.addWidget(self.unchanged_button)
        self._card.body.addLayout(foot)
        return self._card

    # what the shell shows

    def crumbs(self) -> Sequence[tuple[str, str]]:
        """The way here leads over the board."""
        return (("", "rounds"),)

    def title(self) -> str:
        """Return the village and the month: what is printed on the sheet."""
        if self._sheet is None:
            return say("shell.page.round_keys")
        return say("rounds.key_title", village=self._sheet.village_name, month=dates.show_date(self._sheet.month))

    def facts(self) -> str:
        """Return the sheet's number and how many lines it has."""
        if self._sheet is None:
            return ""
        return say("rounds.key_facts", number=self._sheet.number, n=plain(self._sheet.lines))

    def primary(self) -> Action:
        """Write the sheet."""
        busy = say("ui.saving") if self._busy else ""
        why = "" if self._waiting else say("rounds.nothing_to_write")
        words = say("rounds.write", n=plain(len(self._waiting))) if self._waiting else say("rounds.write_none")
        return Action("write", words, self._write, "save", "Ctrl Enter", why, busy)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of the line, or of the fields after it."""
        if self._form is not None:
            return (Hint("Enter", say("rounds.hint.onward")), Hint("Esc", say("rounds.hint.leave")))
        return (Hint("Enter", say("rounds.hint.take")), Hint("Ctrl N", say("rounds.new_child")),
                Hint("F7", say("rounds.hint.unchanged")), Hint("F6", say("rounds.hint.waiting")),
                Hint("Delete", say("rounds.hint.drop")), Hint("Ctrl Enter", say("rounds.hint.write")))  # fmt: skip

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        form = self._form
        own: dict[str, Callable[[], None]] = {
            "new_row": self._new, "repeat": self._unchanged, "undo": self._undo, "next_pane": self._other_pane,
            "previous_pane": self._other_pane, "reload": self.load, "save": self._write,
        }  # fmt: skip
        if form is not None:
            own |= {"step_down": form.open_help, "today_now": form.insert_now, "save": self._keep}
        return own

    def opened(self, **details: Any) -> None:
        """Show a sheet (``sheet=``); what was keyed of it waits there."""
        self._id = str(details.get("sheet") or "")
        self._sheet, self._lines, self._waiting = None, (), ()
        self._keys.forget()
        self._close_form()
        self.entry.clear()
        self.panel.load()
        self.load()
        self.entry.setFocus(Qt.FocusReason.OtherFocusReason)

    def changed(self, changed: Changed) -> None:
        """Read the sheet again."""
        if changed.forms & {"child", "absence", "round_sheet", "round_return"} and self.isVisible() and not self._busy:
            self.load()

    def shaped(self, shape: str) -> None:
        """The lines stand beside only where there is room."""
        self.panel.setVisible(shape != NARROW)
        self.panel.setFixedWidth(theme.px(LEFT) if shape == FULL else LEFT)
        self._fit()

    def leave(self) -> bool:
        """Esc leaves the fields of an answer."""
        if self._form is None:
            return False
        self._close_form()
        self.entry.setFocus(Qt.FocusReason.OtherFocusReason)
        self.shell.refresh()
        return True

    # reading

    def load(self) -> None:
        """Read the sheet, its lines and what waits."""
        record = self._id

        def read(desk: Desk) -> tuple[Sheet, Sequence[Line], Sequence[Keyed]]:
            return desk.round_sheet(record), desk.round_lines(record), desk.round_keyed(record)

        self._read.run(read, lambda got: self._show(*got))

    def _show(self, sheet: Sheet, lines: Sequence[Line], waiting: Sequence[Keyed]) -> None:
        self._sheet, self._lines, self._waiting = sheet, lines, waiting
        said = [(line, code) for back in sheet.returns for line, code in back.said]
        self._letters = {line: code for line, code in [*said, *((one.line, one.answer) for one in waiting)] if line}
        self.table.set_rows(lines)
        self.panel.show_rows()
        self.table.choose_first()
        self.waiting.set_rows(waiting)
        if waiting:
            self._lower.show_rows()
        else:
            self._lower.show_empty(self._none)
        self.unchanged_button.setVisible(not waiting and not sheet.returns)
        self._warn_of(sheet)
        self._typing()
        self.shell.refresh()

    def _warn_of(self, sheet: Sheet) -> None:
        month = clock.today().isoformat()[:7]
        told = []
        if sheet.returns:
            back = sheet.returns[-1]
            told.append(say("rounds.returned_before", date=dates.show_date(back.on), n=plain(back.changes)))
        if sheet.month > month:
            told.append(say("rounds.not_begun"))
        elif sheet.month < month:
            told.append(say("rounds.late_sheet", month=dates.show_date(sheet.month)))
        self.warn.say(" ".join(told), "info", "nghe")
        self.warn.setVisible(bool(told))

    # keying

    def _typing(self) -> None:
        """Show whose line it is, so that the paper can be compared."""
        number, _ = rounds.read_keyed(self.entry.text())
        line = self._lines[number - 1] if 1 <= number <= len(self._lines) else None
        self.entry.state("")
        if line is None:
            wrong = bool(number) and bool(self._lines)
            self.who.say("")
            self.about.say(say("rounds.no_line", n=len(self._lines)) if wrong else say("rounds.entry_help"))
            return
        self.table.choose(str(number))
        self.who.say(say("rounds.line_gone") if line.gone else line.name or say("record.no_name"))
        known = line.known
        parts = (known.get("born"), known.get("carer"), (known.get("home") or "").replace("\n", ", "))
        self.about.say(" · ".join(part for part in parts if part))

    def _line_opened(self, line: Line | None) -> None:
        if line is not None:
            self.entry.setText(str(line.number))
            self.entry.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take(self) -> None:
        """Take what stands in the entry: ask what follows, or keep it."""
        if self._keys.later(self._take) or self._sheet is None:
            return
        number, letter = rounds.read_keyed(self.entry.text())
        known = 1 <= number <= len(self._lines) and not self._lines[number - 1].gone
        try:
            answer = rounds.answer(letter) if known and letter else None
        except Problem as problem:
            self.about.say(f"{problem.what} {problem.next}")
            answer = None
        if answer is None:
            self.entry.state("stop")
            if known and not letter:
                self.about.say(say("rounds.letter_needed"))
            return
        if answer.asked:
            self._open_form(answer.code, number)
        else:
            record = self._id
            self._work(lambda desk: desk.round_key(record, number, answer.code))

    def _new(self) -> None:
        if self._sheet is not None and not self._busy:
            self.entry.clear()
            self._open_form(NEW, 0)

    def _open_form(self, code: str, number: int) -> None:
        sheet = self._sheet
        if sheet is None:
            return
        form = self._forms.get(code)
        if form is None:
            form = self._forms[code] = FollowForm(rounds.answers()[code], self.jobs)
            form.finished.connect(self._keep)
            form.saved.connect(self._saved)
            form.failed.connect(self._refused)
            form.busy_changed.connect(self._form_busy)
            form.changed.connect(self.shell.refresh)
            self._scroll.body.addWidget(form)
        for other in self._forms.values():
            other.setVisible(other is form)
        self._form = form
        self._stack.show()
        born = self._lines[number - 1].born if number else ""
        form.begin(sheet.id, number, sheet.month, sheet.village, born)
        self._fit()
        self.shell.refresh()

    def _fit(self) -> None:
        """Give the fields the height they need; where there is little room, the list below waits meanwhile."""
        alone = self._form is not None and self.shell.shape() == NARROW
        self._lower.setVisible(not alone)
        self._rule.setVisible(self._form is not None and not alone)
        self._card.body.setStretch(self._card.body.indexOf(self._stack), int(alone))
        if self._form is not None and not alone:
            wanted = self._form.sizeHint().height() + 24
            self._stack.setFixedHeight(min(wanted, max(150, self._card.height() * 45 // 100)))
        else:
            self._stack.setMinimumHeight(0)
            self._stack.setMaximumHeight(16_777_215)

    def _close_form(self) -> None:
        self._form = None
        self._stack.hide()
        self._fit()

    def _keep(self) -> None:
        if self._form is not None and not self._keys.later(self._keep):
            self._form.save()

    def _form_busy(self, on: bool) -> None:
        if on:
            self._kept = False
            self._keys.hold()
        else:
            QTimer.singleShot(0, self._keys, self._go_keys)
        self.shell.refresh()

    def _go_keys(self) -> None:
        """Hand on what was typed meanwhile; an answer that asks something keeps it waiting."""
        self._keys.give() if self._kept else self._keys.let_go()

    def _saved(self, _answer: Saved) -> None:
        self._kept = True
        self._close_form()
        self._ready()

    def _refused(self, problem: Problem) -> None:
        """The answer does not fit the line: say so where it was typed."""
        self._kept = True
        self._keys.forget()
        self._close_form()
        self.entry.setFocus(Qt.FocusReason.OtherFocusReason)
        self.entry.state("stop")
        self.about.say(f"{problem.what} {problem.next}")
        self.shell.refresh()

    def _work(self, write: Callable[[Desk], Any]) -> None:
        """Run a short verb; keys wait for it."""

        def done(_answer: Any) -> None:
            self._ready()
            QTimer.singleShot(0, self._keys, self._keys.give)

        def failed(problem: Problem) -> None:
            self._keys.let_go()
            self._refused(problem)

        self._keys.hold()
        self.jobs.run(write, done, failed, self)

    def _ready(self) -> None:
        """The answer is kept: the next line."""
        self.entry.clear()
        self.entry.setFocus(Qt.FocusReason.OtherFocusReason)
        self.load()

    def form(self) -> FollowForm | None:
        """Return the fields that follow a letter, while they are open."""
        return self._form

    # what waits

    def _drop(self, one: Keyed | None) -> None:
        if one is not None:
            record = self._id
            self.jobs.run(lambda desk: desk.round_drop(record, one.key), lambda _done: self.load(), owner=self)

    def _drop_last(self) -> None:
        if not self.talk.undo() and self._waiting:
            record = self._id
            self.jobs.run(lambda desk: desk.round_drop_last(record), lambda _done: self.load(), owner=self)

    def _undo(self) -> None:
        if not self.talk.undo() and self._form is not None:
            self._form.undo()

    def _other_pane(self) -> None:
        focus = QApplication.focusWidget()
        if self._waiting and focus is not self.waiting:
            self.waiting.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self._form is not None:
            self._form.focus_first()
        else:
            self.entry.setFocus(Qt.FocusReason.OtherFocusReason)

    # writing

    def _write(self) -> None:
        if self._keys.later(self._write) or self._busy:
            return
        if self._form is not None:
            self._keep()
        elif self.entry.text().strip():
            self._take()
        elif self._waiting:
            self._return(lambda desk, again: desk.round_return(self._id, again=again))

    def _unchanged(self) -> None:
        if not self._keys.later(self._unchanged) and not self._busy:
            self._return(lambda desk, again: desk.round_unchanged(self._id, again=again))

    def _return(self, write: Callable[[Desk, bool], Saved], again: bool = False) -> None:
        sheet, waiting = self._sheet, self._waiting
        if sheet is None:
            return

        def done(saved: Saved) -> None:
            self._at_work("")
            key = "rounds.written" if waiting else "rounds.unchanged_said"
            words = say(key, village=sheet.village_name, n=plain(len(waiting)))
            batch = str(saved.batch)
            take_back = lambda desk: desk.round_take_back(sheet.id, batch, waiting)  # noqa: E731
            self.shell.go("rounds", month=sheet.month, village=sheet.village)
            self.talk.say(words, undo=lambda: self.jobs.run(take_back, owner=self.shell))

        def failed(problem: Problem) -> None:
            self._at_work("")
            more = Button(say("rounds.write_anyway"), name="write_anyway")
            more.clicked.connect(lambda: self._return(write, again=True))
            self.talk.problem(problem, action=more if problem.name in ("round_other", "round_changed") else None)

        self._at_work("write")
        self.jobs.run(lambda desk: write(desk, again), done, failed, self)

    def _at_work(self, what: str) -> None:
        self._busy = what
        self.shell.refresh()
