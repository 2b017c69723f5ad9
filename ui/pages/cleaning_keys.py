"""Gõ trả lời của Công an: the signed paper beside the keyboard, line after line in its order.

Only what is typed changes. *Đúng như sổ* and *Không tìm thấy* are one key each. A line can be keyed again; each line is
one action with its undo. The focus waits in the number, because that is what the police was asked for. What is typed
while a line is being written goes into the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout

from cbdesk import clock, dates
from cbdesk.catalogue import catalogue
from cbdesk.desk import Changed, Saved
from cbdesk.errors import Problem
from cbdesk.words import say
from ui.form.around import age_words
from ui.frame.shell import Shell
from ui.jobs import Latest
from ui.lists.cells import Cell, Mark
from ui.lists.childlist import inside
from ui.lists.filterbar import plain
from ui.lists.table import Column, QuietTable, TablePanel
from ui.pages import FULL, NARROW, Action, Page, register
from ui.parts import Button, Card, Hint, IconText, Label, Rule, Scroller
from ui.quality.held import HeldKeys
from ui.quality.keying import AnswerForm
from ui.quality.police import ANSWERED, GONE, NO_ID, WAITING, Line, Lines, read_lines, read_now, settle_line
from ui.quality.signed import SignedOn

LEFT = 320
#: state: icon, colour
STATES = {ANSWERED: ("checkmark_circle", "ngoc"), NO_ID: ("person_question_mark", "nghe"), WAITING: ("clock", "ink3"),
          GONE: ("dismiss", "ink3")}  # fmt: skip


def _columns() -> list[Column]:
    def name(line: Line) -> Cell:
        done = line.state != WAITING
        return Cell(line.name or say("children.unnamed"), "ink2" if done else "ink", "body" if done else "medium",
                    marks=(Mark(*STATES[line.state], say(f"quality_page.line.{line.state}")),))  # fmt: skip

    return [
        Column("no", say("quality_page.line_number"), 34, lambda line: Cell(str(line.number), "ink3"), right=True,
               fixed=True),
        Column("name", say("children.column.name"), 120, name, stretch=True, fixed=True),
    ]  # fmt: skip


@register
class CleaningKeys(Page):
    """Keying the answer of the police."""

    name, icon = "cleaning_keys", "edit"
    roles = ("commune",)
    under = "quality"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._list, self._start, self._written = "", 0, False
        self._lines: Lines | None = None
        self._line: Line | None = None
        self._job, self._now_job = Latest(self.jobs, self), Latest(self.jobs, self)
        self._build()

    # the parts

    def _build(self) -> None:
        self.table = QuietTable(_columns(), lambda line: str(line.number), type_by=lambda line: str(line.number),
                                label=say("quality_page.lines"), name="lines_table")  # fmt: skip
        self.table.moved.connect(self._show_line)
        self.table.opened.connect(lambda _line: self._to_form())
        self.panel = TablePanel(self.table)
        self._card = Card(padding=0, spacing=0, name="answer_card")
        head = QVBoxLayout()
        head.setContentsMargins(20, 12, 20, 12)
        head.setSpacing(2)
        first = QHBoxLayout()
        first.setSpacing(12)
        self.who, self.about = Label("", "name", name="line_name"), Label("", "body", "ink2", elide=True)
        first.addWidget(self.who)
        first.addWidget(self.about, 1)
        self.why = IconText("shield_error", "", "nghe", "note", name="line_why")
        head.addLayout(first)
        head.addWidget(self.why)
        self._card.body.addLayout(head)
        self._card.body.addWidget(Rule())
        self.form = AnswerForm(self.jobs)
        self.form.saved.connect(self._saved)
        self.form.failed.connect(self.talk.problem)
        self.form.finished.connect(self._write)
        self.form.changed.connect(self.shell.refresh)
        self.form.busy_changed.connect(self._form_busy)
        self._keys = HeldKeys(self)
        self._scroll = Scroller(name="answer_scroll")
        self._scroll.body.setContentsMargins(20, 12, 20, 8)
        self._scroll.body.addWidget(self.form)
        self._card.body.addWidget(self._scroll, 1)
        self._card.body.addWidget(Rule())
        foot = QHBoxLayout()
        foot.setContentsMargins(20, 10, 20, 12)
        foot.setSpacing(8)
        self.same_button = Button(say("quality_page.same"), icon="checkmark", key="Alt 1", name="line_same")
        self.lost_button = Button(say("quality_page.lost"), icon="person_question_mark", key="Alt 2", name="line_lost")
        self.same_button.clicked.connect(lambda: self._settle(ANSWERED))
        self.lost_button.clicked.connect(lambda: self._settle(NO_ID))
        self.signed = SignedOn()
        self.state = Label("", "note", "ink3", elide=True, name="line_state")
        foot.addWidget(self.same_button)
        foot.addWidget(self.lost_button)
        foot.addWidget(self.state, 1)
        foot.addWidget(self.signed)
        self._card.body.addLayout(foot)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.panel)
        row.addWidget(self._card, 1)
        self.body.addLayout(row, 1)

    # what the shell shows

    def crumbs(self) -> Sequence[tuple[str, str]]:
        """The way here leads over the lists."""
        return (("", "cleaning"),)

    def title(self) -> str:
        """Return the title."""
        return say("quality_page.key_title")

    def facts(self) -> str:
        """Return which list, and how many lines wait."""
        if self._lines is None:
            return ""
        waiting = sum(one.state == WAITING for one in self._lines.lines)
        return say("quality_page.key_facts", number=self._lines.number, n=plain(waiting),
                   of=plain(len(self._lines.lines)))  # fmt: skip

    def primary(self) -> Action:
        """Write the line and go on."""
        busy = say("ui.saving") if self.form.busy() else ""
        return Action("write", say("quality_page.write_line"), self._write, "save", "Ctrl Enter", busy=busy)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of this page."""
        return (Hint("Enter", say("quality_page.hint.field")), Hint("Ctrl Enter", say("quality_page.hint.write")),
                Hint("Alt 1", say("quality_page.hint.same")), Hint("Alt 2", say("quality_page.hint.lost")),
                Hint("F8", say("quality_page.hint.line")), Hint("F6", say("quality_page.hint.lines")))  # fmt: skip

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        return {
            "save": self._write, "undo": self._undo, "section_1": lambda: self._settle(ANSWERED),
            "section_2": lambda: self._settle(NO_ID), "next_finding": lambda: self._go_on(1),
            "previous_finding": lambda: self._go_on(-1), "next_pane": self._other_pane,
            "previous_pane": self._other_pane, "step_down": self.form.open_help, "today_now": self.form.insert_now,
            "reload": self.load,
        }  # fmt: skip

    def opened(self, **details: Any) -> None:
        """Show a list (``list=``) at its first waiting line, or at a line asked for (``line=``)."""
        self._list, self._start = str(details.get("list") or ""), int(details.get("line") or 0)
        self._lines, self._line = None, None
        self._keys.forget()
        self.signed.begin()
        self.panel.load()
        self.load()

    def changed(self, changed: Changed) -> None:
        """Read the lines again."""
        if changed.forms & {"child", "carer", "cleaning_line"} and self.isVisible():
            self.load()

    def shaped(self, shape: str) -> None:
        """The lines stand beside the form only where there is room."""
        self.panel.setVisible(shape != NARROW)
        self.panel.setFixedWidth(LEFT if shape == FULL else LEFT - 40)
        self.form.in_one(shape == NARROW)

    # reading

    def load(self) -> None:
        """Read the lines of the list."""
        list_id = self._list
        self._job.run(lambda desk: read_lines(desk, list_id), self._show)

    def _show(self, lines: Lines) -> None:
        first, self._lines = self._lines is None, lines
        at = self._line.number if self._line is not None else 0
        self.table.set_rows(lines.lines)
        self.panel.show_rows()
        if first:
            start = next((one.number for one in lines.lines if one.state == WAITING), 1)
            self.table.choose(str(self._start or start))
            self._to_form()
        elif at:
            self.table.choose(str(at))
        self.shell.refresh()

    def _show_line(self, line: Line | None) -> None:
        again = line is not None and self._line is not None and line.number == self._line.number
        if line is None or self.form.busy() or (again and (self.form.touched() or line == self._line)):
            return
        if not again and self._line is not None and self._typed_here():
            self.table.choose(str(self._line.number))
            return
        self._line = line
        self.who.say(say("quality_page.line_name", n=line.number, name=line.name or say("record.no_name")))
        words = "; ".join(inside(one) if at else one for at, one in enumerate(line.why))
        self.why.say(words, "shield_error", "nghe")
        self.why.setVisible(bool(words))
        day = dates.show_date(line.answered_on)
        self.state.say(say(f"quality_page.line_was.{line.state}", date=day) if line.state != WAITING else "")
        self.about.say(line.village)
        self.form.show_line(self._list, line.number, line.child)
        self._scroll.verticalScrollBar().setValue(0)
        self._now_job.run(lambda desk: read_now(desk, line.child), lambda data: self._show_now(line, data))
        self.shell.refresh()

    def _show_now(self, line: Line, data: Mapping[str, Any]) -> None:
        """Show the child as the book knows it now."""
        sex = catalogue().lists["sex"].label(str(data["sex"])) if data.get("sex") in ("male", "female") else ""
        parts = (sex, age_words(data.get("born"), clock.today()), line.village)
        self.about.say(" · ".join(part for part in parts if part))
        self.form.know(line.number, data)
        self.shell.refresh()

    # moving

    def _to_form(self) -> None:
        self.form.boxes[next(iter(self.form.boxes))].focus()

    def _other_pane(self) -> None:
        focus = QApplication.focusWidget()
        if self.panel.isVisible() and focus is not None and self._card.isAncestorOf(focus):
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._to_form()

    def _go_on(self, step: int) -> None:
        if not self._next(step):
            self.talk.say(say("quality_page.all_keyed"))

    def _next(self, step: int) -> bool:
        """Go to the next line that waits, round and round; ``False`` without any."""
        if self._lines is None or self._line is None or self.form.busy():
            return True
        here = self._line.number
        waiting = [one.number for one in self._lines.lines if one.state == WAITING and one.number != here]
        if not waiting:
            return False
        ahead = [one for one in waiting if (one > here) == (step > 0)] or waiting
        self.table.choose(str(ahead[0] if step > 0 else ahead[-1]))
        self._to_form()
        return True

    # writing

    def _form_busy(self, on: bool) -> None:
        if on:
            self._written = False
            self._keys.hold()
        else:
            QTimer.singleShot(0, self._keys, self._go_keys)
        self.shell.refresh()

    def _go_keys(self) -> None:
        """Hand on what was typed meanwhile, when the next line stands; a line that asks something keeps it waiting."""
        self._keys.give() if self._written else self._keys.let_go()

    def _write(self) -> None:
        if self._keys.later(self._write):
            return
        self.form.settle_all()
        if self.form.touched():
            self.form.signed_on = self._day()
            if self.form.signed_on is not None:
                self.form.save()
        else:
            self._go_on(1)

    def _day(self) -> date | None:
        """Return the day of the signature, or say what it needs."""
        day = self.signed.day()
        if day is None:
            self.talk.say(say("quality_page.signed_need"), care=True)
        return day

    def _saved(self, answer: Saved) -> None:
        self._told("quality_page.settled.written", answer)

    def _settle(self, state: str) -> None:
        if self._keys.later(lambda: self._settle(state)):
            return
        line, list_id = self._line, self._list
        day = None if line is None or self._typed_here() else self._day()
        if line is None or day is None:
            return

        def failed(problem: Problem) -> None:
            self._form_busy(False)
            self.talk.problem(problem)

        self._form_busy(True)
        self.jobs.run(
            lambda desk: settle_line(desk, list_id, line.number, state, day),
            lambda answer: (self._told(f"quality_page.settled.{state}", answer), self._form_busy(False)), failed, self,
        )  # fmt: skip

    def _typed_here(self) -> bool:
        """Return whether something typed into this line would be lost, and say what to do with it."""
        if not self.form.touched():
            return False
        self.talk.say(say("quality_page.typed_first"), care=True)
        return True

    def _told(self, key: str, answer: Saved) -> None:
        self._written = True
        line = self._line.number if self._line is not None else 0
        if self._line is not None:
            self.form.show_line(self._list, line, self._line.child)  # what was typed is written
        undo = None
        if answer.batch is not None:
            undo = lambda: self.jobs.run(lambda desk: desk.undo(str(answer.batch)), owner=self)  # noqa: E731
        words = say(key, n=line)
        if not self._next(1):
            words += " " + say("quality_page.all_keyed")
            self._line = None
            self._show_line(self.table.current())
        self.talk.say(words, undo=undo)

    def _undo(self) -> None:
        if not self.talk.undo():
            self.form.undo()
