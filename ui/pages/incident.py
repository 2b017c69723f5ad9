"""Ghi nhận vụ việc: Mẫu 01 in about a minute, on the telephone, perhaps at night.

Rules. Only four answers are needed: what happened, which child (*chưa rõ* is an answer), when the report came, where.
Changing what happened keeps the answers that still fit. The emergency counts from *Nhận tin lúc*, not from now. Who
reported and where the child shelters are asked in a part of their own and shown again only when asked for. No name in a
title or a toast.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from cbdesk import clock
from cbdesk.catalogue import Choice, Field, catalogue
from cbdesk.desk import Changed, Desk, Saved
from cbdesk.words import say
from ui import theme
from ui.form.form import FormView, Part
from ui.form.inputs import Around, FlagInput, Input
from ui.form.picking import SegmentInput
from ui.form.tokens import RefsInput
from ui.pages import FULL, NARROW, Action, Page, register
from ui.parts import Card, Hint, Icon, Label, Scroller, SectionTitle, State, paint
from ui.record.emergency import Emergency, EmergencyBanner, emergency_of
from ui.record.incident_inputs import WRITES, HeardInput, TilesInput, ToldInput, tile_of
from ui.record.side import SidePane

FORM = "incident"
SIDE = 318
TOLD = ("told_111_at", "told_police_at", "told_chairman_at", "told_health_at", "told_other_at")
#: width of fields on this page, where it differs from the catalogue
WIDTHS = {"child": 8, "heard_name": 4, "received_at": 3, "occurred_at": 3, "place": 3, "setting": 3, "source": 4,
          "damage": 5, "urgent": 3, "told_other": 12, "channel": 4, "place_detail": 8,
          "forms_of_abuse": 12}  # fmt: skip
#: fields that are asked further down, and fields the machine gives
LATER = ("forms_of_abuse", "place_detail", "channel")
UNASKED = frozenset({"number", "unit"})
CALLS = (("111", "incident.call_111"), ("113", "incident.call_113"))


def _asked(*names: str) -> tuple[Field, ...]:
    form = catalogue().forms[FORM]
    return tuple(replace(form.field(name), width=WIDTHS.get(name, form.field(name).width)) for name in names)


def plan() -> list[Part]:
    """Return the plan of the page: what is asked on the telephone first, the rest of Mẫu 01 below."""
    form = catalogue().forms[FORM]
    depends = tuple(f for f in form.in_section("what") if f.when is not None and f.name not in LATER)
    depends = tuple(sorted(depends, key=lambda f: f.name == "suspect_relation"))
    by_section = {section.name: [f.name for f in form.in_section(section.name)] for section in form.sections}
    more = [name for name in by_section["form01"] if name not in UNASKED]
    told = Label(say("incident.told"), "label", "ink2")
    return [
        Part("what", "", _asked("kind")),
        Part("depends", "", depends, tint=True),
        Part("who", "", _asked("child", "heard_name")),
        Part("when_where", "", _asked("received_at", "occurred_at", "place", "setting")),
        Part("report", "", _asked("source", "damage", "urgent")),
        Part("told", "", _asked(*TOLD), above=told, flow=True),
        Part("told_other", "", _asked("told_other")),
        Part("summary", "", _asked("summary")),
        Part("form01", say("incident.more"), _asked(*LATER, *more)),
        Part("sealed", say("incident.sealed"), _asked(*by_section["sealed"])),
    ]


class _UrgentInput(FlagInput):
    """The emergency sign, ticked in the colour of an emergency; its label stands above like those beside it."""

    def __init__(self, field: Field, around: Around) -> None:
        super().__init__(field, around, tone="gach")


class _Row(QWidget):
    """A line of a side card that paints itself: mark, words, second line."""

    def __init__(self, words: str, form: str, when: str, *, now: bool, last: bool) -> None:
        super().__init__()
        self._words, self._form, self._when, self._now, self._last = words, form, when, now, last
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(", ".join(part for part in (words, form, when) if part))
        self.setToolTip(words)

    def sizeHint(self) -> QSize:
        """Return two lines."""
        return QSize(200, theme.px(44))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the step."""
        painter = paint.smooth(QPainter(self))
        ink = "gachMark" if self._now else "field"
        if not self._last:
            painter.fillRect(QRectF(7, 20, 1.5, self.height() - 18), theme.color("line2"))
        pen = painter.pen()
        pen.setColor(theme.color(ink))
        pen.setWidthF(2.0 if self._now else 1.5)
        painter.setPen(pen)
        painter.setBrush(theme.color("panel"))
        painter.drawEllipse(QPointF(8, theme.px(12)), 6, 6)
        wide = self.width() - 28
        paint.text(painter, QRectF(26, theme.px(2), wide, theme.px(20)), self._words, "medium", "ink")
        below = QRectF(26, theme.px(21), wide, theme.px(16))
        paint.text(painter, below, self._form, "small", "ink3")
        left = theme.px(58) if self._form else 0
        ink = "gach" if self._now else "ink2"
        paint.text(painter, below.adjusted(left, 0, -left, 0), self._when, "smallStrong", ink)
        painter.end()


class StepsCard(Card):
    """What opens after recording: the first steps of the procedure, with the deadlines the catalogue knows."""

    def __init__(self) -> None:
        super().__init__(padding=14, spacing=6, name="steps")
        self.body.addWidget(SectionTitle(say("incident.steps.title")))
        self._lines = QVBoxLayout()
        self._lines.setSpacing(0)
        self.body.addLayout(self._lines)
        self._shown: list[tuple[str, str, str, bool]] = []

    def show_steps(self, what: Emergency | None) -> None:
        """Show the steps; an emergency has one more, with its hour."""
        today = clock.today()
        steps = [(say("incident.steps.assess"), "02", say("incident.steps.at_once"), True)]
        if what is not None:
            until = say("incident.steps.before", until=what.words()) if what.until else say(
                "incident.steps.hours", n=what.hours)  # fmt: skip
            steps.append((catalogue().deadline("emergency", today).label, "07", until, True))
        steps.append((say("incident.steps.collect"), "03", "", False))
        for name in ("plan", "approve"):
            row = catalogue().deadline(name, today)
            within = say("incident.steps.working_days", n=row.value)
            steps.append((row.label, str(row.extra.get("form") or ""), within, False))
        if steps == self._shown:
            return
        self._shown = steps
        while (item := self._lines.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for number, (words, form, when, now) in enumerate(steps):
            named = say("incident.steps.form", n=form) if form else ""
            self._lines.addWidget(_Row(words, named, when, now=now, last=number == len(steps) - 1))


def _call_card() -> Card:
    card = Card(padding=14, spacing=4, name="calls")
    card.body.addWidget(SectionTitle(say("incident.call")))
    for number, key in CALLS:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(8)
        row.addWidget(Icon("call", "cham", 20))
        row.addWidget(Label(say(key), "medium"), 1)
        row.addWidget(Label(number, "strong", "cham"))
        line.setAccessibleName(f"{say(key)}: {number}")
        card.body.addWidget(line)
    return card


def _secret_card() -> Card:
    card = Card(padding=14, spacing=4, tone="man", name="secret")
    head = QHBoxLayout()
    head.setSpacing(8)
    head.addWidget(Icon("shield_lock", "man", 20))
    head.addWidget(Label(say("incident.secret"), "section", "man"), 1)
    card.body.addLayout(head)
    card.body.addWidget(Label(say("incident.secret_words"), "note", "ink2", wrap=True))
    return card


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
        self._number = ""
        self._banner = EmergencyBanner(self)
        self.body.addWidget(self._banner)
        inputs: dict[str, Callable[..., Input]] = {"kind": TilesInput, "urgent": _UrgentInput, "heard_name": HeardInput,
                                                "damage": SegmentInput}
        inputs |= dict.fromkeys(TOLD, ToldInput)
        self.form = FormView(
            catalogue().forms[FORM], self.jobs, plan(), inputs=inputs, name="form_incident",
            shown_if={"told_other": lambda data: bool(data.get("told_other_at"))},
        )  # fmt: skip
        self._wire()
        scroller = Scroller(name="incident_scroll")
        scroller.body.setContentsMargins(3, 0, 12, 0)
        scroller.body.addWidget(self.form)
        self._scroller = scroller
        card = Card(padding=0, name="incident_card")
        card.body.setContentsMargins(15, 9, 5, 9)
        card.body.addWidget(scroller)
        self._steps = StepsCard()
        self._side = SidePane([self._steps, _call_card(), _secret_card()], self, icons=("flow", "call", "shield_lock"),
                              wide=SIDE)  # fmt: skip
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(card, 1)
        row.addWidget(self._side)
        self.body.addLayout(row, 1)

    def _wire(self) -> None:
        view = self.form
        view.changed.connect(self._form_changed)
        view.saved.connect(self._saved)
        view.failed.connect(self.talk.problem)
        view.busy_changed.connect(lambda _on: self.shell.refresh())
        view.draft_kept.connect(lambda _at: self.shell.refresh())
        view.show_wanted.connect(self._reveal)
        self.tiles = view.boxes["kind"].input
        assert isinstance(self.tiles, TilesInput)
        self.tiles.chosen.connect(self._tile_chosen)
        children = view.boxes["child"].input
        assert isinstance(children, RefsInput)
        children.offers_heard = True
        children.heard.connect(self._heard)

    # the page base

    def title(self) -> str:
        """Return the title: the page's, or the number of the incident."""
        return say("incident.known", number=self._number) if self._number else say("shell.page.incident")

    def facts(self) -> str:
        """Return the promise of the page."""
        return "" if self._record else say("incident.facts")

    def crumbs(self) -> Sequence[tuple[str, str]]:
        """A known incident comes from the list."""
        return (("", "incidents"),) if self._record else ()

    def primary(self) -> Action:
        """Return *Ghi nhận*, or *Lưu* for a known incident."""
        busy = say("ui.saving") if self.form.busy() else ""
        if self._record:
            return Action("save", say("ui.save"), self.form.save, icon="save", key="Ctrl S", busy=busy)
        return Action("record", say("incident.record"), self.form.save, icon="checkmark", key="Ctrl Enter", busy=busy)

    def secondary(self) -> Sequence[Action]:
        """Return *Đóng*."""
        return (Action("close", say("ui.close"), self.shell.back, key="Esc"),)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of the page."""
        return (Hint("1|…|9", say("shell.hint.choose_kind")), Hint("Enter", say("shell.hint.next_field")),
                Hint("Ctrl ;", say("shell.hint.now")), Hint("F8", say("shell.hint.next_finding")),
                Hint("Ctrl Enter", say("shell.hint.record")))  # fmt: skip

    def states(self) -> Sequence[State]:
        """Return when the draft was kept."""
        at = self.form.draft_at
        return (State("drafts", say("shell.state.draft", at=at[:5]), "nghe"),) if at else ()

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands of the page."""
        return {
            "save": self.form.save, "undo": self._undo, "repeat": self.form.repeat, "today_now": self.form.insert_now,
            "step_down": self.form.open_help,
            "next_finding": lambda: self._walk(1), "previous_finding": lambda: self._walk(-1),
            "next_pane": self._next_pane, "previous_pane": self._next_pane,
            "section_1": lambda: self.form.go_part("what"), "section_2": lambda: self.form.go_part("who"),
            "section_3": lambda: self.form.go_part("when_where"), "section_4": lambda: self.form.go_part("report"),
            "section_5": lambda: self.form.go_part("summary"), "section_6": lambda: self.form.go_part("form01"),
            "section_7": lambda: self.form.go_part("sealed"),
        }  # fmt: skip

    def opened(self, **details: Any) -> None:
        """Begin a new incident (``child=`` names a child concerned), or show a known one (``id=``)."""
        record = str(details["id"]) if details.get("id") else None
        self._record, self._number = record, ""
        child = details.get("child")

        def ask(desk: Desk) -> tuple[Mapping[str, Any], Mapping[str, str]]:
            return (desk.get(record) if record else {}), desk.village_names()

        def show(answer: tuple[Mapping[str, Any], Mapping[str, str]]) -> None:
            if record == self._record:
                self._show(answer[0], answer[1], [str(child)] if child else [])

        self.jobs.run(ask, show, owner=self)

    def _show(self, data: Mapping[str, Any], villages: Mapping[str, str], children: Sequence[str]) -> None:
        self._number = str(data.get("number") or "")
        start: dict[str, Any] = {}
        if self._record is None:
            start = {"received_at": clock.stamp()[:16]} | ({"child": list(children)} if children else {})
        self.form.load(self._record, data, villages=villages, start=start)
        if isinstance(self.tiles, TilesInput):
            self.tiles.show_tile(tile_of(data))
            self.form.accept("kind")
        self._scroller.verticalScrollBar().setValue(0)
        self.form.boxes["kind"].focus()
        self._form_changed()

    def closed(self) -> None:
        """Keep the draft."""
        self.form.keep_draft()

    def changed(self, changed: Changed) -> None:
        """Villages may be new."""
        if "village" in changed.forms:
            self.jobs.run(lambda desk: desk.village_names(), self.form.around.know, owner=self)

    def shaped(self, shape: str) -> None:
        """Side cards, or a bar; one column and one line of banner when narrow."""
        self._side.peek(shape != FULL)
        self._banner.flat(shape == NARROW)
        self.form.in_one(shape == NARROW)

    def leave(self) -> bool:
        """Esc closes the side layer; the draft stays."""
        return self._side.close_layer()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits choose what happened, while no text field has the focus."""
        focus = QApplication.focusWidget()
        digit = event.key() - Qt.Key.Key_0
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if 0 <= digit <= 9 and plain and not isinstance(focus, (QLineEdit, QPlainTextEdit)):
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

    def _form_changed(self) -> None:
        data = {name: self.form.value(name) for name in
                ("kind", "urgent", "damage", "suspect_relation", "received_at")}  # fmt: skip
        what = emergency_of(data)
        self._banner.show_emergency(what)
        self._steps.show_steps(what)
        self.shell.refresh()

    def _saved(self, answer: Saved) -> None:
        if answer.id is None or answer.batch is None:
            self.shell.go("incidents")
            return
        record, batch, new = answer.id, answer.batch, self._record is None
        self.jobs.run(lambda desk: str(desk.get(record).get("number") or ""),
                      lambda number: self._told(number, batch, new=new), owner=self)  # fmt: skip

    def _told(self, number: str, batch: str, *, new: bool) -> None:
        def undo() -> None:
            done = lambda _saved: self.talk.say(say("incident.undone"))  # noqa: E731
            self.jobs.run(lambda desk: desk.undo(batch), done, owner=self)

        at = clock.now().strftime("%H:%M")
        self._record, self._number = None, ""
        self.shell.go("incidents")
        self.talk.say(say("incident.recorded" if new else "incident.saved", number=number, at=at), undo)

    def _reveal(self) -> None:
        record = self._record
        if record is not None:
            self.jobs.run(lambda desk: desk.log("view", record), owner=self)
        self.form.reveal()

    def _undo(self) -> None:
        if not self.talk.undo():
            self.form.undo()

    def _walk(self, step: int) -> None:
        if not self.form.next_finding(step):
            self.talk.say(say("incident.nothing_to_fix"))

    def _next_pane(self) -> None:
        if self._side.opens():
            self._side.toggle_layer()

