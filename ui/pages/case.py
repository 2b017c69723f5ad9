"""Hồ sơ can thiệp: one case led through its steps in time, with the right papers.

Rules. Steps left, one step in the middle, people and files right. *Xong bước* records only the step shown and goes on
to the next; what is out of order asks for a reason beside the step and blocks nothing. Every action can be taken back.
A closed case is only shown; a new incident opens it again. No name stands in a title, a toast or an object name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from cbdesk import dates
from cbdesk.desk import Changed, Saved
from cbdesk.errors import Problem
from cbdesk.process import StepState
from cbdesk.words import say
from ui.cases import told
from ui.cases.body import StepBody, StepHead
from ui.cases.doing import CaseDoing
from ui.cases.files import FilesCard
from ui.cases.fresh import NewCase
from ui.cases.head import CaseHead, Ribbon, ribbon_of
from ui.cases.layer import PageLayer
from ui.cases.papers import PaperLayer, PaperList, Wanted
from ui.cases.read import CaseFile, case_of, read_case
from ui.cases.separation import SeparationBar
from ui.cases.side import HandingCard, HistoryCard, PeopleCard
from ui.cases.skip import SkipPanel
from ui.cases.steps import Key, StepList, key_of
from ui.form.grid import Flow
from ui.pages import FULL, NARROW, Action, register
from ui.parts import Button, Card, Deck, Hint, Scroller, State
from ui.record.emergency import Emergency, EmergencyBanner
from ui.record.side import SidePane

ROWS = frozenset({"case", "case_step", "assessment", "plan", "measure", "meeting", "referral", "visit", "decision",
                  "suspect", "incident", "child", "carer", "circumstance", "attachment"})  # fmt: skip
MINUTE = 60_000


@register
class CasePage(CaseDoing):
    """One case."""

    name = "case"
    icon = "flow"
    under = "cases"
    roles = ("commune",)

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        self._file: CaseFile | None = None
        self._id = self._child = ""
        self._chosen: Key | None = None
        self._revealed = self._onward = self._then_finish = False
        self._layer: PageLayer | None = None
        self._bodies: dict[str, StepBody] = {}
        self._minute = QTimer(self)
        self._minute.setInterval(MINUTE)
        self._minute.timeout.connect(self._reload)
        self._content = QWidget(self)
        column = QVBoxLayout(self._content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self._head, self._ribbon = CaseHead(self), Ribbon(self)
        self._ribbon.reopen_wanted.connect(self._record_incident)
        self._urgent, self._apart = EmergencyBanner(self), SeparationBar(self, name="separation_banner")
        for widget in (self._urgent, self._ribbon, self._apart, self._head):
            column.addWidget(widget)
        row = QHBoxLayout()
        row.setSpacing(12)
        self._steps = StepList(self)
        self._steps.chosen.connect(self._choose)
        row.addWidget(self._steps)
        row.addWidget(self._build_middle(), 1)
        row.addWidget(self._build_side())
        column.addLayout(row, 1)
        self._new = NewCase(self.jobs, self)
        self._new.opened.connect(self._case_opened)
        self._new.failed.connect(self.talk.problem)
        self.body.addWidget(self._content, 1)
        self.body.addWidget(self._new, 1)
        self._new.hide()

    # building

    def _build_middle(self) -> Card:
        card = Card(padding=0, spacing=0, name="step_card")
        card.body.setContentsMargins(15, 11, 4, 9)
        self._step_head = StepHead(self)
        self._step_head.count_from.connect(self._count_from)
        self._skip = SkipPanel(self)
        self._skip.given.connect(self._skipped)
        self._stack = Deck(self)
        self._scroller = Scroller(spacing=12, name="step_scroll")
        self._scroller.body.setContentsMargins(2, 0, 12, 4)
        for widget in (self._step_head, self._skip, self._stack):
            self._scroller.body.addWidget(widget)
        self._scroller.body.addStretch(1)
        card.body.addWidget(self._scroller, 1)
        holder = QWidget(card)
        foot = Flow(holder, gap=8, row_gap=6)
        foot.setContentsMargins(2, 8, 12, 0)
        self.print_button = Button("", icon="print", key="Ctrl P", name="print_paper")
        self.blank_button = Button(say("case_page.action.blank"), name="print_blank")
        self.save_button = Button(say("ui.save"), icon="save", key="Ctrl S", name="save_step")
        self.skip_button = Button(say("case_page.action.skip"), "quiet", name="skip_step")
        self.void_button = Button(say("case_page.action.void_step"), "quiet", icon="arrow_undo", name="void_step")
        self.print_button.clicked.connect(lambda: self._print("full"))
        self.blank_button.clicked.connect(lambda: self._print("blank"))
        self.save_button.clicked.connect(self._save)
        self.skip_button.clicked.connect(self._skip.enter)
        self.void_button.clicked.connect(self._void_step)
        for button in (self.print_button, self.blank_button, self.save_button, self.skip_button, self.void_button):
            foot.addWidget(button)
        card.body.addWidget(holder)
        return card

    def _build_side(self) -> SidePane:
        self._people, self._files, self._handing = PeopleCard(), FilesCard(), HandingCard()
        self._history = HistoryCard()
        self._people.child_wanted.connect(self._open_child)
        self._people.show_wanted.connect(self._reveal)
        self._files.add_wanted.connect(self._choose_file)
        self._files.dropped.connect(self._attach)
        self._files.opened.connect(self._open_file)
        self._handing.give_wanted.connect(self._hand_over)
        self._handing.paper_wanted.connect(self._show_paper)
        self._handing.cards_wanted.connect(lambda: self.shell.go("units"))
        cards = [self._people, self._files, self._handing, self._history]
        icons = ("people", "document", "building_government", "history")
        self._side = SidePane(cards, self, icons=icons, wide=242)
        return self._side

    def _made_body(self, code: str) -> StepBody:
        if code not in self._bodies:
            papers = PaperList()
            papers.wanted.connect(self._show_paper)
            body = StepBody(code, self.jobs, papers)
            body.changed.connect(self._typed)
            body.saved.connect(self._saved)
            body.failed.connect(self.talk.problem)
            body.show_wanted.connect(self._reveal)
            body.void_wanted.connect(self._void_row)
            body.open_wanted.connect(lambda page, one: self.shell.go(page, id=one))
            body.needs_wanted.connect(self._take_needs)
            body.in_one(self.shell.shape() == NARROW)
            self._bodies[code] = body
            self._stack.add(body)
        return self._bodies[code]

    # the page base

    def crumbs(self) -> Sequence[tuple[str, str]]:
        """The way here leads over the list."""
        return (("", "cases"),)

    def title(self) -> str:
        """Return the number of the case, never a name."""
        if not self._new.isHidden():
            return say("case_page.new.title")
        number = str(self._file.values.get("number") or "") if self._file else ""
        return say("case_page.known", number=number) if number else say("case_page.unnumbered")

    def facts(self) -> str:
        """Return when the case was opened."""
        if not self._new.isHidden():
            return say("case_page.new.facts")
        opened = str(self._file.values.get("opened_on") or "") if self._file else ""
        return say("case_page.opened", day=dates.show_date(opened)) if opened else ""

    def primary(self) -> Action | None:
        """Return the one action: open the case, print, close the case, or *Xong bước*."""
        if not self._new.isHidden():
            busy = say("ui.saving") if self._new.form.busy() else ""
            words = say("case_page.new.open")
            return Action("open_case", words, self._new.form.save, "checkmark", "Ctrl Enter", busy=busy)
        if isinstance(self._layer, PaperLayer):
            busy = say("case_page.papers.printing") if self._layer.busy else ""
            return Action("print", say("case_page.papers.print"), self._layer.print, "print", "Ctrl P", busy=busy)
        one = self._step()
        if one is None or self._file is None:
            return None
        return self._primary_of(self._file, one)

    def _primary_of(self, file: CaseFile, one: StepState) -> Action:
        words, key = say("case_page.action.finish", n=one.step.number), "Ctrl Enter"
        if file.read_only:
            return Action("finish", words, self._finish, "checkmark", key, why=say("case_page.action.closed_why"))
        body = self._body()
        busy = say("ui.saving") if body is not None and body.busy() else ""
        if file.view.state.present is None:
            return Action("close", say("case_page.action.close"), self._close_case, "checkmark", key, busy=busy)
        if one.state in ("done", "late"):
            why = "" if body is not None and body.dirty() else say("case_page.action.done_why")
            return Action("save", say("ui.save"), self._save, "save", "Ctrl S", why=why, busy=busy)
        return Action("finish", words, self._finish, "checkmark", key, busy=busy)

    def secondary(self) -> Sequence[Action]:
        """Return *Hồ sơ trẻ*, or the files a paper can be saved as."""
        layer = self._layer
        if isinstance(layer, PaperLayer):
            return (Action("pdf", say("case_page.papers.pdf"), lambda: layer.save("pdf"), "document_pdf"),
                    Action("docx", say("case_page.papers.docx"), lambda: layer.save("docx"), "document"))  # fmt: skip
        icon = "" if self.shell.shape() == NARROW else "people"
        return (Action("child", say("case_page.action.child"), self._open_child, icon),)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of the page."""
        if isinstance(self._layer, PaperLayer):
            return (Hint("PgUp|PgDn", say("shell.hint.turn_page")), Hint("Ctrl P", say("shell.hint.print")),
                    Hint("Esc", say("shell.hint.close")))  # fmt: skip
        if self._layer is not None or not self._new.isHidden():
            return (Hint("Enter", say("shell.hint.next_field")), Hint("Esc", say("shell.hint.close")))
        return (Hint("Alt|↑|↓", say("shell.hint.change_step")), Hint("Enter", say("shell.hint.next_field")),
                Hint("Ctrl N", say("case_page.hint.new_row")), Hint("Ctrl P", say("case_page.hint.print")),
                Hint("Ctrl Enter", say("case_page.hint.finish")),
                Hint("F8", say("shell.hint.next_finding")))  # fmt: skip

    def states(self) -> Sequence[State]:
        """Return when the draft was kept."""
        body = self._body()
        at = body.draft_at() if body is not None else ""
        return (State("drafts", say("shell.state.draft", at=at[:5]), "nghe"),) if at else ()

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands of the page."""
        if self._layer is not None:
            return {"print": self._layer.print} if isinstance(self._layer, PaperLayer) else {}
        if not self._new.isHidden():
            return {"save": self._new.form.save, "today_now": self._new.form.insert_now}
        own: dict[str, Callable[[], None]] = {}
        for name, button, run in (("skip_step", self.skip_button, self._skip.enter),
                                  ("attach_file", self._files.add, self._choose_file),
                                  ("hand_over", self._handing.give, self._handing.give.click)):  # fmt: skip
            if not button.isHidden():
                own[name] = run
        return own | {
            "save": self._save, "undo": self._undo, "print": lambda: self._print("full"), "new_row": self._new_row,
            "step_up": lambda: self._move(-1), "step_down": lambda: self._move(1), "reload": self._reload,
            "next_finding": lambda: self._walk(1), "previous_finding": lambda: self._walk(-1),
            "next_pane": lambda: self._pane(1), "previous_pane": lambda: self._pane(-1),
            "repeat": self._repeat, "today_now": self._now, "record_incident": self._record_incident,
        }  # fmt: skip

    def opened(self, **details: Any) -> None:
        """Show a case (``id=``, and if wanted ``step=`` and ``round=``), or that of a child (``child=``)."""
        self._close_layer()
        self._id, self._child = str(details.get("id") or ""), str(details.get("child") or "")
        self._chosen = (str(details["step"]), int(details.get("round") or 0)) if details.get("step") else None
        self._file, self._revealed, self._onward, self._then_finish = None, False, False, False
        self._minute.start()
        self._new.hide()
        if self._id:
            self._read(first=True)
        else:
            child = self._child
            self.jobs.run(lambda desk: case_of(desk, child), self._found, owner=self)

    def _found(self, file: CaseFile | None) -> None:
        if file is not None:
            self._id = file.id
            self._show(file, first=True)
            return
        self._content.hide()
        self._new.show()
        self._new.begin(self._child)
        self.shell.refresh()

    def _case_opened(self, answer: Saved) -> None:
        self._new.hide()
        self._content.show()
        self._id = str(answer.id or "")
        self._say("opened_done", answer.batch)
        self._read(first=True)

    def closed(self) -> None:
        """Keep what is typed; hide again what was shown."""
        self._minute.stop()
        body = self._body()
        if body is not None and self._file is not None and not self._file.read_only:
            body.keep_draft()
        if not self._new.isHidden():
            self._new.form.keep_draft()

    def changed(self, changed: Changed) -> None:
        """Read again when rows of a case differ; what is typed stays."""
        if self._file is not None and changed.forms & ROWS and self.isVisible():
            self._read(first=False)

    def shaped(self, shape: str) -> None:
        """Cards beside the step, or a bar; one line a step when narrow."""
        self._side.peek(shape != FULL)
        self._steps.slim(shape == NARROW)
        self._head.flat(shape != FULL)
        self._urgent.flat(shape == NARROW)
        self._apart.flat(shape == NARROW)
        for body in self._bodies.values():
            body.in_one(shape == NARROW)
        self.blank_button.setVisible(shape != NARROW)
        if self._file is not None:
            self._head.show_case(self._file, revealed=self._revealed)

    def leave(self) -> bool:
        """Esc: the layer, the side, the reason, an open row, then the page."""
        if self._close_layer() or self._side.close_layer() or self._skip.leave():
            return True
        body = self._body()
        return body is not None and body.close_panel()

    # reading

    def _read(self, *, first: bool) -> None:
        case = self._id
        if not case:
            return

        def show(file: CaseFile) -> None:
            if file.id == self._id:
                self._show(file, first=first)

        self.jobs.run(lambda desk: read_case(desk, case), show, self._gone, owner=self)

    def _gone(self, problem: Problem) -> None:
        """A case just opened may be for those only who may see what is sensitive: say so, and go back to the child."""
        if problem.name != "no_record" or not self._child:
            self.talk.problem(problem)
            return
        self.shell.go("child", id=self._child)
        self.talk.say(say("case_page.opened_apart"))

    def _reload(self) -> None:
        if self._file is not None:
            self._read(first=False)

    def _show(self, file: CaseFile, *, first: bool) -> None:
        before, onward = self._chosen, self._onward
        self._file, self._onward = file, False
        if self._layer is None:
            self._content.show()
        self._chosen = None if onward else self._chosen
        self._chosen = self._wanted(file)
        self._show_around(file)
        self._show_step(fresh=first or onward or before != self._chosen)
        self.shell.refresh()
        if first or onward:
            self._place_focus(onward=onward)

    def _wanted(self, file: CaseFile) -> Key | None:
        """Return the step to show: the one asked for, else the present one, else the last."""
        state = file.view.state
        keys = [key_of(one) for one in state.steps]
        if self._chosen is not None:
            code, round_ = self._chosen
            named = [key for key in keys if key[0] == code and (not round_ or key[1] == round_)]
            if named:
                return named[-1]
        return key_of(state.present) if state.present is not None else keys[-1] if keys else None

    def _show_banners(self, file: CaseFile) -> None:
        """Show the clock that runs: the hours of an emergency before the days of a separation."""
        state = file.view.state
        what = state.emergency if told.urgent_of(state) is not None else None
        self._urgent.show_emergency(Emergency(what.hours, what.received, what.until) if what is not None else None)
        apart = state.separation if what is None and not file.read_only else None
        elsewhere = self._chosen is None or self._chosen[0] != "emergency"  # that step shows it itself
        self._apart.show_separation(apart if apart is not None and apart.open and elsewhere else None)

    def _show_around(self, file: CaseFile) -> None:
        self._head.show_case(file, revealed=self._revealed)
        self._show_banners(file)
        self._ribbon.show_told(ribbon_of(file))
        self._steps.show_state(file.view.state, self._chosen)
        self._people.show_people(file, revealed=self._revealed)
        self._files.show_files(file.attachments, locked=file.read_only)
        self._side.count(1, len(file.attachments))
        self._handing.show_case(file)
        self._history.show_events(file.events)

    def _show_step(self, *, fresh: bool) -> None:
        one, file = self._step(), self._file
        if one is None or file is None:
            return
        body = self._made_body(one.step.code)
        self._stack.show_card(body)
        self._step_head.show_step(file, one)
        body.load(file, one, revealed=self._revealed, fresh=fresh)
        if fresh:
            self._skip.hide()
            QTimer.singleShot(0, self, lambda: self._scroller.verticalScrollBar().setValue(0))
        self._show_foot(file, one, body)

    def _show_foot(self, file: CaseFile, one: StepState, body: StepBody) -> None:
        paper = body.papers.first()
        form = say("case_page.form", n=one.step.form) if one.step.form else ""
        self.print_button.say(say("case_page.action.print", form=form) if form else say("case_page.action.print_plain"))
        self.print_button.setVisible(paper is not None)
        self.blank_button.setVisible(paper is not None and self.shell.shape() != NARROW)
        self.skip_button.setVisible(not file.read_only and one.state not in ("done", "late", "skipped")
                                    and one.step.code != "intake")  # fmt: skip
        self.void_button.setVisible(not file.read_only and one.row is not None)
        self.save_button.setVisible(not file.read_only)
        self.save_button.setEnabled(body.dirty())

    def _place_focus(self, *, onward: bool) -> None:
        body = self._body()
        if onward and body is not None and body.focus_first():
            return
        self._steps.focus_chosen()

    def _step(self) -> StepState | None:
        """Return the step shown."""
        steps = self._file.view.state.steps if self._file is not None else ()
        return next((one for one in steps if key_of(one) == self._chosen), None)

    def _body(self) -> StepBody | None:
        return self._bodies.get(self._chosen[0]) if self._chosen is not None else None

    # moving

    def _choose(self, code: str, round_: int) -> None:
        body = self._body()
        if (code, round_) == self._chosen:
            if body is not None:
                body.focus_first()
            return
        if body is not None and self._file is not None and not self._file.read_only:
            body.keep_draft()
        self._chosen, self._then_finish = (code, round_), False
        if self._file is not None:
            self._show_banners(self._file)
        self._show_step(fresh=True)
        self.shell.refresh()

    def _move(self, step: int) -> None:
        if self._file is None:
            return
        keys = [key_of(one) for one in self._file.view.state.steps]
        at = keys.index(self._chosen) + step if self._chosen in keys else 0
        if 0 <= at < len(keys):
            self._choose(*keys[at])
            self._steps.light(self._chosen)
            self._steps.focus_chosen()

    def _pane(self, step: int) -> None:
        """F6 goes round: steps, step, side."""
        focus, body = QApplication.focusWidget(), self._body()
        panes = [self._steps, self._stack, self._side]
        here = next((at for at, pane in enumerate(panes) if focus is not None and pane.isAncestorOf(focus)), -1)
        at = (here + step) % len(panes) if here >= 0 else 0
        if at == 0 or (at == 1 and (body is None or not body.focus_first())):
            self._steps.focus_chosen()
        elif at == 2 and self._side.opens():
            self._side.toggle_layer()
        elif at == 2:
            child = self._people.findChild(Button, "open_child")
            if child is not None:
                child.setFocus(Qt.FocusReason.TabFocusReason)

    def _walk(self, step: int) -> None:
        body = self._body()
        if body is None or not body.next_finding(step):
            self.talk.say(say("case_page.nothing_to_fix"))

    def _new_row(self) -> None:
        body = self._body()
        if body is not None:
            body.new_row()

    def _repeat(self) -> None:
        view = self._active()
        if view is not None:
            view.repeat()

    def _now(self) -> None:
        view = self._active()
        if view is not None:
            view.insert_now()

    def _active(self) -> Any:
        body = self._body()
        return body.active() if body is not None else None

    def _typed(self) -> None:
        body = self._body()
        if body is not None:
            self.save_button.setEnabled(body.dirty())
        if self.shell.page() is self:
            self.shell.refresh()

    def _reveal(self) -> None:
        case = self._id
        self._revealed = True
        self.jobs.run(lambda desk: desk.look(case), owner=self)
        if self._file is not None:
            self._show_around(self._file)
            self._show_step(fresh=False)

    # pages and layers

    def _open_child(self) -> None:
        child = self._file.view.child if self._file is not None else self._child
        if child:
            self.shell.go("child", id=child)

    def _record_incident(self) -> None:
        child = self._file.view.child if self._file is not None else self._child
        self.shell.go("incident", new=True, child=child)

    def _print(self, fill: str) -> None:
        body = self._body()
        wanted = body.papers.first(fill) if body is not None else None
        if wanted is not None:
            self._show_paper(wanted)

    def _show_paper(self, wanted: Wanted) -> None:
        self._side.close_layer()
        layer = PaperLayer(self._content, wanted, self.jobs, self.talk, family=True)
        layer.changed.connect(self.shell.refresh)
        self._open_layer(layer)

    def _open_layer(self, layer: PageLayer) -> None:
        self._layer = layer
        layer.closed.connect(self._layer_closed)
        self.body.addWidget(layer, 1)
        self.shell.refresh()

    def _layer_closed(self) -> None:
        self._layer = None
        self.shell.refresh()

    def _close_layer(self) -> bool:
        layer = self._layer
        if layer is not None:
            layer.leave()
        return layer is not None
