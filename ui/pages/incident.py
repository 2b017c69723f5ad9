"""Ghi nhận vụ việc: Mẫu 01 in about a minute, on the telephone, perhaps at night.

Rules. Only four answers are needed: what happened, which child (*chưa rõ* is an answer), when the report came, where.
Changing what happened keeps the answers that still fit. The emergency counts from *Nhận tin lúc*, not from now. Nothing
waits for the disk: the draft is kept before the book is written. Recorded, the page stays: number, hour, first step,
one key for the cases of all its children, one for its papers. Who reported and where the child shelters are asked in a
part of their own and shown again only when asked for. No name in a title or a toast.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from cbdesk import clock, process
from cbdesk.catalogue import Choice, catalogue
from cbdesk.desk import Changed, Saved
from cbdesk.errors import Problem
from cbdesk.rights import EDIT
from cbdesk.words import say
from ui.cases.papers import PaperLayer, Wanted
from ui.form.form import FormView
from ui.form.inputs import Around, Input
from ui.form.picking import SegmentInput
from ui.form.tokens import RefsInput
from ui.pages import FULL, NARROW, Action, Page, register
from ui.parts import Banner, Button, Card, Hint, Option, Scroller, Segmented, State
from ui.record.checklist import CHECK, Checklists
from ui.record.emergency import Emergency, EmergencyBanner, emergency_of
from ui.record.incident_file import IncidentFile, case_kind, read_incident, writer
from ui.record.incident_inputs import WRITES, HeardInput, TilesInput, ToldInput, WhereInput, tile_of
from ui.record.incident_plan import FORM, TOLD, WEIGHED, UrgentInput, plan
from ui.record.incident_side import CallCard, StepsCard, secret_card, steps_of
from ui.record.side import SidePane
from ui.record.suspects import SUSPECT, Suspects

SIDE = 318
PAPERS = ("01", "bao_cao_nhanh", "01_bo_tui")
VIOLENCE_PAPER = "blgd"
"""The checklist of the law on domestic violence, where that procedure applies."""


@register
class IncidentPage(Page):
    """The intake page, and the record of an incident."""

    name = "incident"
    icon = "clipboard_error"
    under = "incidents"
    roles = ("commune",)

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        self._record: str | None = None
        self._file = IncidentFile({}, {}, "")
        self._ticks: dict[str, str] = {}
        self._rows: dict[str, str] = {}
        self._revealed = False
        self._banner = EmergencyBanner(self)
        self._elsewhere = Banner("info", "", name="elsewhere")
        self._elsewhere.hide()
        self._done = self._done_banner()
        self._layer: PaperLayer | None = None
        self._content = QWidget(self)
        column = QVBoxLayout(self._content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for banner in (self._done, self._banner, self._elsewhere):
            column.addWidget(banner)
        self._build()
        scroller = Scroller(name="incident_scroll")
        scroller.body.setContentsMargins(3, 0, 12, 0)
        scroller.body.addWidget(self.form)
        self._scroller = scroller
        card = Card(padding=0, name="incident_card")
        card.body.setContentsMargins(15, 9, 5, 9)
        card.body.addWidget(scroller)
        self._steps, self._calls = StepsCard(), CallCard()
        cards = [self._steps, self._calls, secret_card()]
        self._side = SidePane(cards, self._content, icons=("flow", "call", "shield_lock"), wide=SIDE)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(card, 1)
        row.addWidget(self._side)
        column.addLayout(row, 1)
        self.body.addWidget(self._content, 1)

    def _build(self) -> None:
        inputs: dict[str, Callable[..., Input]] = {"kind": TilesInput, "urgent": UrgentInput, "heard_name": HeardInput,
                                                "damage": SegmentInput, "place": WhereInput}
        inputs |= dict.fromkeys(TOLD, ToldInput)
        self.checks, self.suspects = Checklists(Around()), Suspects(self.jobs)
        self.form = FormView(
            catalogue().forms[FORM], self.jobs, plan(self.checks, self.suspects), inputs=inputs, name="form_incident",
            shown_if={"told_other": lambda data: bool(data.get("told_other_at")), "place": lambda data: not
                      self._foreign(data), "unit": self._foreign},
        )  # fmt: skip
        self._wire()

    def _done_banner(self) -> Banner:
        """Return the line that says it is recorded, with its papers."""
        banner = Banner("done", "", name="recorded")
        self.papers: list[Button] = []
        for number, name in enumerate(PAPERS):
            button = Button(say(f"incident.paper.{name}"), icon="print", key="" if number else "Ctrl P",
                            name=f"paper_{name}")  # fmt: skip
            button.clicked.connect(lambda _on=False, name=name: self._paper(name))
            banner.add(button)
            self.papers.append(button)
        banner.hide()
        return banner

    def _wire(self) -> None:
        view = self.form
        view.changed.connect(self._form_changed)
        view.saved.connect(self._saved)
        view.failed.connect(self.talk.problem)
        view.busy_changed.connect(lambda _on: self.shell.refresh())
        view.draft_kept.connect(lambda _at: self.shell.refresh())
        view.show_wanted.connect(self._reveal)
        view.restored.connect(self._restore)
        self.tiles = view.boxes["kind"].input
        assert isinstance(self.tiles, TilesInput)
        self.tiles.chosen.connect(self._tile_chosen)
        children = view.boxes["child"].input
        assert isinstance(children, RefsInput)
        children.offers_heard = True
        children.heard.connect(self._heard)
        where = view.boxes["place"].input
        assert isinstance(where, WhereInput)
        self._where = where
        where.elsewhere.connect(self._happened_elsewhere)
        self.checks.ticked.connect(self._ticked)
        self.checks.told.connect(lambda field, stamp: self.form.set_typed(field, stamp or ""))
        table = self.suspects.table
        table.saved.connect(lambda _saved: self._reread())
        table.void_wanted.connect(self._void_suspect)
        table.show_wanted.connect(self._reveal)
        table.edited.connect(self.form.changed)

    # the page base

    def title(self) -> str:
        """Return the title: the page's, or the number of the incident."""
        number = str(self._file.data.get("number") or "")
        return say("incident.known", number=number) if number else say("shell.page.incident")

    def facts(self) -> str:
        """Return the promise of the page."""
        return "" if self._record else say("incident.facts")

    def crumbs(self) -> Sequence[tuple[str, str]]:
        """A known incident comes from the list."""
        return (("", "incidents"),) if self._record else ()

    def primary(self) -> Action:
        """Return *Ghi nhận*; of a known incident its cases, or *Lưu* while something is not saved; of a paper *In*."""
        if self._layer is not None:
            printing = say("case_page.papers.printing") if self._layer.busy else ""
            return Action("print", say("case_page.papers.print"), self._layer.print, "print", "Ctrl P", busy=printing)
        busy = say("ui.saving") if self.form.busy() else ""
        if self._record is None:
            return Action("record", say("incident.record"), self._save, icon="checkmark", key="Ctrl Enter", busy=busy)
        if not self.form.dirty() and self._asks_case():
            words = say("incident.open_cases", n=len(self._children())) if len(self._children()) > 1 else say(
                "incident.open_case")  # fmt: skip
            return Action("take_up", words, self._take_up, icon="flow", key="Ctrl Enter")
        if not self.form.dirty() and self._file.cases:
            return Action("case", say("incident.see_case"), self._see_case, icon="flow", key="Ctrl Enter")
        return Action("save", say("ui.save"), self._save, icon="save", key="Ctrl S", busy=busy)

    def secondary(self) -> Sequence[Action]:
        """Return *Đóng*; of a known incident *In giấy*; of a paper the files it can be saved as."""
        layer = self._layer
        if layer is not None:
            return tuple(Action(ending, say(f"case_page.papers.{ending}"), lambda e=ending: layer.save(e), icon)
                         for ending, icon in (("pdf", "document_pdf"), ("docx", "document")))  # fmt: skip
        if self._record is None:
            return (Action("close", say("ui.close"), self.shell.back, key="Esc"),)
        if self.shell.shape() == NARROW:  # the line that says it is recorded, and Ctrl P, do it too
            return ()
        return (Action("print", say("incident.print"), lambda: self._paper(""), icon="print", key="Ctrl P"),)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of the page."""
        hint = lambda name: say(f"shell.hint.{name}")  # noqa: E731
        if self._layer is not None:
            return (Hint("PgUp|PgDn", hint("turn_page")), Hint("Ctrl P", hint("print")), Hint("Esc", hint("close")))
        if self._record is not None:
            return (Hint("Ctrl Enter", self.primary().words.lower()), Hint("Ctrl P", say("incident.print").lower()),
                    Hint("Ctrl N", say("incident.suspects.add").lower()), Hint("Alt 5", say("incident.checks.hint")),
                    Hint("Ctrl S", say("ui.save").lower()), Hint("Esc", hint("back")))  # fmt: skip
        return (Hint("1|…|0", hint("choose_kind")), Hint("Enter", hint("next_field")), Hint("Ctrl ;", hint("now")),
                Hint("Space", say("incident.told").lower()), Hint("F8", hint("next_finding")),
                Hint("Ctrl Enter", hint("record")))  # fmt: skip

    def states(self) -> Sequence[State]:
        """Return when the draft was kept."""
        at = self.form.draft_at
        return (State("drafts", say("shell.state.draft", at=at[:5]), "nghe"),) if at else ()

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands of the page."""
        if self._layer is not None:
            return {"print": self._layer.print}
        return {
            "save": self._save, "new_row": self._add_suspect, "print": lambda: self._paper(""),
            "undo": self._undo, "repeat": self.form.repeat, "today_now": self.form.insert_now,
            "step_down": self.form.open_help,
            "next_finding": lambda: self._walk(1), "previous_finding": lambda: self._walk(-1),
            "next_pane": self._next_pane, "previous_pane": self._next_pane,
            "section_1": lambda: self.form.go_part("what"), "section_2": lambda: self.form.go_part("who"),
            "section_3": lambda: self.form.go_part("when_where"), "section_4": lambda: self.form.go_part("report"),
            "section_5": lambda: self.checks.setFocus(Qt.FocusReason.ShortcutFocusReason),
            "section_6": lambda: self.form.go_part("form01"), "section_7": lambda: self.form.go_part("sealed"),
        }  # fmt: skip

    def opened(self, **details: Any) -> None:
        """Begin a new incident (``child=`` names a child concerned), or show a known one (``id=``)."""
        if self._layer is not None:
            self._layer.leave()
        self._record = str(details["id"]) if details.get("id") else None
        self._file = replace(self._file, data={}, checks=(), suspects=(), cases=None, seen_to=False)
        self._done.hide()
        child = details.get("child")
        self._open(children=[str(child)] if child else [])

    def _open(self, *, children: Sequence[str] = (), recorded: bool = False) -> None:
        record = self._record

        def show(file: IncidentFile) -> None:
            if record == self._record:
                self._show(file, children, recorded=recorded)

        self.jobs.run(lambda desk: read_incident(desk, record), show, self._gone if recorded else None, owner=self)

    def _gone(self, problem: Problem) -> None:
        """What was just written is for those only who may see what is sensitive: say so, and go back to the list."""
        if problem.name != "no_record":
            self.talk.problem(problem)
            return
        self._record = None
        self.shell.go("incidents")
        self._offer_undo(say("incident.recorded_apart"), self._batch, back=("incidents", {}))

    def _show(self, file: IncidentFile, children: Sequence[str], *, recorded: bool) -> None:
        self._file, self._revealed, self._ticks = file, False, {}
        self._where.own_unit = file.unit
        start: dict[str, Any] = {}
        if self._record is None:
            start = {"received_at": clock.stamp()[:16]} | ({"child": list(children)} if children else {})
        self.form.extra = dict
        self.form.load(self._record, file.data, villages=file.villages, start=start)
        self.form.extra = self._extra
        self.form.lock(not self.shell.may(EDIT))
        if isinstance(self.tiles, TilesInput):
            self.tiles.show_tile(tile_of(file.data))
            self.form.accept("kind")
        self._show_rows(file)
        self._calls.show_team(file.team, file.contacts)
        self._form_changed()
        if recorded:
            self._say_recorded()
            return
        self._scroller.verticalScrollBar().setValue(0)
        self.form.boxes["kind"].focus()

    def _show_rows(self, file: IncidentFile) -> None:
        self._rows = {str(row["item"]): str(row["id"]) for row in file.checks}
        self.suspects.load(self._record, file.suspects, file.villages, sealed=not self._revealed)

    def _reread(self, failed: Callable[[Problem], None] | None = None) -> None:
        """Read what belongs to the incident again; the fields stay as they are."""
        record = self._record

        def show(file: IncidentFile) -> None:
            if record == self._record:
                self._file = file
                self._show_rows(file)
                self._form_changed()

        if record is not None:
            self.jobs.run(lambda desk: read_incident(desk, record), show, failed, owner=self)

    def closed(self) -> None:
        """Keep the draft."""
        self.form.keep_draft()

    def changed(self, changed: Changed) -> None:
        """Villages may be new; cases may have been opened or led on elsewhere."""
        if "village" in changed.forms:
            self.jobs.run(lambda desk: desk.village_names(), self.form.around.know, owner=self)
        if changed.forms & {"case", "case_step", CHECK, SUSPECT} and self.isVisible():
            self._reread()

    def shaped(self, shape: str) -> None:
        """Side cards, or a bar; one column and one line of banner when narrow."""
        self._side.peek(shape != FULL)
        self._banner.flat(shape == NARROW)
        for button in self.papers[1:]:
            button.setVisible(shape == FULL)
        self.form.in_one(shape == NARROW)

    def leave(self) -> bool:
        """Esc closes the paper, the side layer, the panel of a suspect; the draft stays."""
        if self._layer is not None:
            self._layer.leave()
            return True
        return self._side.close_layer() or self.suspects.table.close_panel()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits choose what happened, while no text field has the focus."""
        focus = QApplication.focusWidget()
        digit = event.key() - Qt.Key.Key_0
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        typing = isinstance(focus, (QLineEdit, QPlainTextEdit)) or self._layer is not None
        if 0 <= digit <= 9 and plain and not typing:
            if isinstance(self.tiles, TilesInput):
                self.tiles.choose_digit(digit)
            return
        super().keyPressEvent(event)

    # what happens

    def _tile_chosen(self, tile: Choice) -> None:
        """Write what the tile stands for; a form of abuse or a cause that another tile wrote goes with it."""
        written = {name: value for one in catalogue().lists["incident_tile"].choices for name in WRITES
                   if (value := one.extra.get(name))}  # fmt: skip
        self.form.accept("kind")
        for name in WRITES:
            wanted = tile.extra.get(name)
            if wanted is not None:
                self.form.set_typed(name, list(wanted) if isinstance(wanted, list) else wanted)
            elif name in written and name == "cause" and self.form.value(name) == written[name]:
                self.form.set_typed(name, "")

    def _heard(self, name: str) -> None:
        self.form.set_typed("heard_name", name)
        self.form.boxes["received_at"].focus()

    def _foreign(self, data: Mapping[str, Any]) -> bool:
        """Return whether it happened in another commune."""
        return bool(data.get("unit")) and data.get("unit") != self._where.own_unit

    def _happened_elsewhere(self, unit: str) -> None:
        self.form.set_typed("unit", unit)
        self.form.boxes["setting"].focus()

    def _children(self) -> list[str]:
        return [str(one) for one in self.form.value("child") or ()]

    def _asks_case(self) -> bool:
        """Return whether a child of this incident has no case yet although its procedure asks for one."""
        without = set(self._children()) - set(self._file.cases or {})
        ended = self.form.value("handling") not in (None, "", "open")
        return bool(without) and not ended and bool(steps_of(self._weighed()))

    def _weighed(self) -> dict[str, Any]:
        return {name: self.form.value(name) for name in WEIGHED}

    def _form_changed(self) -> None:
        data = self._weighed()
        what: Emergency | None = None if self._file.seen_to else emergency_of(data)
        self._banner.show_emergency(what)
        self._steps.show_steps(steps_of(data))
        received = clock.moment(str(data.get("received_at") or ""))
        rows = [*self._file.checks, *({"item": item, "done_at": at} for item, at in self._ticks.items())]
        day = received.date() if received else clock.today()
        self.checks.show_for(data, process.seen_to(data, rows, day))
        unit = catalogue().units.get(str(self.form.value("unit") or "")) if self._foreign(
            {"unit": self.form.value("unit")}) else None  # fmt: skip
        if unit is not None:
            self._elsewhere.say(say("incident.elsewhere", unit=unit.name), say("incident.elsewhere_more"))
        self._elsewhere.setVisible(unit is not None)
        self.shell.refresh()

    # what was seen to

    def _ticked(self, item: str, stamp: object) -> None:
        """Keep a tick of a new incident until it is recorded; write one of a known incident at once."""
        if self._record is None:
            others = {one: at for one, at in self._ticks.items() if one != item}
            self._ticks = others | ({item: str(stamp)} if stamp else {})
            self.form.keep_draft()
            return
        record, row = self._record, self._rows.get(item)
        if stamp:
            given = {"item": item, "done_at": str(stamp)} | ({} if row else {"incident": record})
            self.jobs.run(lambda desk: desk.save(CHECK, given, row), owner=self)
        elif row:
            self.jobs.run(lambda desk: desk.void(row, say("incident.checks.not_done")), owner=self)

    def _extra(self) -> dict[str, Any]:
        """Return what a draft holds besides the fields."""
        suspect = self.suspects.table.draft()
        found = {"_checks": dict(self._ticks)} if self._ticks else {}
        return found | ({"_suspect": suspect} if suspect else {})

    def _restore(self, rest: Mapping[str, Any]) -> None:
        self._ticks = {str(item): str(at) for item, at in dict(rest.get("_checks") or {}).items()}
        if rest.get("_suspect") and self._record is not None:
            self.suspects.table.restore(rest["_suspect"])
        self._form_changed()

    # who did it

    def _add_suspect(self) -> None:
        if self._record is not None:
            self.suspects.table.add()

    def _void_suspect(self, row: str) -> None:
        def done(answer: Saved) -> None:
            self._reread()
            if answer.batch:
                self._offer_undo(say("incident.suspects.voided"), answer.batch)

        self.jobs.run(lambda desk: desk.void(row, say("child.row_void_reason")), done, owner=self)

    # saving

    def _save(self) -> None:
        """Keep the draft, then write: nothing typed hangs on the disk."""
        table = self.suspects.table
        if table.view is not None and table.panel_has(QApplication.focusWidget()):
            table.view.save()
            return
        if self._record is None:
            self.form.write_with(writer(dict(self._ticks)))
        self.form.keep_draft()
        self.form.save()

    def _saved(self, answer: Saved) -> None:
        new = self._record is None
        if answer.id is None or answer.batch is None:
            self.talk.say(say("incident.nothing_new"))
            return
        self._record = answer.id
        self._batch = answer.batch
        if new:
            self._open(recorded=True)
            return
        self._offer_undo(say("incident.saved", number=self._file.data.get("number") or "", at=_now()), answer.batch)
        self._reread(self._gone)

    def _say_recorded(self) -> None:
        """Say number, hour and first step; what one may want next is one key away.

        What was just typed stays readable; who reported and where the child shelters is sealed at once.
        """
        for field in catalogue().forms[FORM].in_section("what"):
            self.form.boxes[field.name].seal(False)
        number, batch = str(self._file.data.get("number") or ""), self._batch
        first = next(iter(self._steps.steps or ()), None)
        if not self._children():
            more = say("incident.then_name")
        elif first is None:
            more = say("incident.steps.none")
        else:
            more = say("incident.then_first", step=first.words, form=first.form, when=first.when)
        self._done.say(say("incident.recorded_line", number=number, at=_now()), more)
        self._done.show()
        self._scroller.verticalScrollBar().setValue(0)
        self.papers[0].setFocus(Qt.FocusReason.OtherFocusReason)
        self.shell.refresh()
        self._offer_undo(say("incident.recorded", number=number, at=_now()), batch, back=("incidents", {}))

    def _offer_undo(self, words: str, batch: str, *, back: tuple[str, dict[str, Any]] | None = None) -> None:
        """Say what was done and offer to take it back; ``back`` is where one stands then."""

        def undo() -> None:
            if back is not None:  # first away from what will be gone
                self.shell.go(back[0], **back[1])
            self.jobs.run(lambda desk: desk.undo(batch), done, owner=self)

        def done(_saved: Saved) -> None:
            if back is None and self._record is not None:
                self._open()
            self.talk.say(say("incident.undone"))

        self.talk.say(words, undo)

    def _take_up(self) -> None:
        """Open the cases of all its children, as one batch."""
        record, kind = self._record, case_kind(self._weighed())
        if record is None:
            return

        def done(answer: Saved) -> None:
            self._done.hide()
            self._to_case(answer.id or "")
            if answer.batch:
                words = say("incident.cases_opened", n=len(self._children()))
                self._offer_undo(words, answer.batch, back=("incident", {"id": record}))

        self.jobs.run(lambda desk: desk.take_up(record, kind), done, owner=self)

    def _see_case(self) -> None:
        self._to_case(next(iter((self._file.cases or {}).values()), ""))

    def _to_case(self, case: str) -> None:
        """Lead to the case; to the list of cases where the incident has several children."""
        if len(self._children()) > 1:
            self.shell.go("cases", incident=self._record)
        else:
            self.shell.go("case", id=case)

    # papers

    def _paper(self, name: str) -> None:
        """Show a paper of the incident as it will be printed; another one is a digit away."""
        record = self._record
        if record is None or self._layer is not None:
            return
        self._side.close_layer()
        names = (*PAPERS, *((VIOLENCE_PAPER,) if "domestic_violence" in self.checks.regimes() else ()))
        wanted = {one: Wanted(one, say(f"incident.paper.{one}"), record) for one in names}
        chosen = name or PAPERS[0]
        layer = PaperLayer(self._content, wanted[chosen], self.jobs, self.talk, family=False)
        which = Segmented([Option(one, paper.title) for one, paper in wanted.items()], layer,
                          label=say("incident.paper.which"), name="paper_which")  # fmt: skip
        which.set_value(chosen)

        def show(code: str) -> None:
            layer.wanted = wanted[code]
            layer.show_pages()

        which.changed.connect(show)
        layer.title.hide()
        layer.head.insertWidget(0, which)
        layer.head.insertStretch(1, 1)
        layer.changed.connect(self.shell.refresh)
        layer.closed.connect(self._paper_closed)
        self._layer = layer
        self.body.addWidget(layer, 1)
        self.shell.refresh()

    def _paper_closed(self) -> None:
        self._layer = None
        self.shell.refresh()

    def _reveal(self) -> None:
        record = self._record
        if record is not None:
            self.jobs.run(lambda desk: desk.look(record), owner=self)
        self._revealed = True
        self.form.reveal()
        self._show_rows(self._file)

    def _undo(self) -> None:
        if not self.talk.undo():
            self.form.undo()

    def _walk(self, step: int) -> None:
        if not self.form.next_finding(step):
            self.talk.say(say("incident.nothing_to_fix"))

    def _next_pane(self) -> None:
        if self._side.opens():
            self._side.toggle_layer()


def _now() -> str:
    return clock.now().strftime("%H:%M")
