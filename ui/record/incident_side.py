"""The right side of the intake: what opens after recording and by when, whom to call, what is kept secret.

Rules. The steps and their days come from ``process`` for the answers as they stand: hours on the clock, working days by
the calendar, and the form each is done on. An accident nobody caused opens no case, and that is said. Numbers are those
of the Hotline, the police, and the standing team of the commune where its members have one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from cbdesk import clock, process
from cbdesk.catalogue import catalogue
from cbdesk.desk.directory import Contact
from cbdesk.process import DONE, LATE, NONE, StepState
from cbdesk.words import say
from ui import theme
from ui.parts import Card, Icon, Label, SectionTitle, paint
from ui.record.emergency import moment_words

CALLS = (("111", "incident.call_111"), ("113", "incident.call_113"))
CONTACTS_AT_MOST, TEAM_AT_MOST = 3, 4


class Step(NamedTuple):
    """One line: what, on which form, by when; ``now`` is to be done at once, ``late`` has gone by."""

    words: str
    form: str
    when: str
    now: bool = False
    late: bool = False


def steps_of(incident: Mapping[str, Any]) -> list[Step]:
    """Return what follows from an incident as it stands: the steps up to the approval; none where no case opens."""
    received = clock.moment(str(incident.get("received_at") or ""))
    day = received.date() if received else clock.today()
    if incident.get("kind") and not process.regimes(incident, day) and process.emergency_of(incident) is None:
        return []
    state = process.state_of(process.Facts({}, [incident]))
    found = []
    for one in state.steps:
        if one.step.code == "intake" or one.state == NONE:
            continue
        if not one.step.form:  # carrying out and what follows has no term yet
            break
        found.append(_step(one))
    return found


def _step(one: StepState) -> Step:
    form = say("incident.steps.form", n=one.step.form)
    words = one.step.choice.label if one.counted == "hours" or not one.due else one.step.choice.short
    term = one.step.term(clock.today())
    count = say("incident.steps.working_days", n=term.value) if term and one.counted == "working_days" else ""
    if one.due is None:
        late = one.counted == "hours"
        hours = say("incident.steps.hours", n=term.value) if term and late else ""
        when = hours or (say("incident.steps.within", count=count) if count else say("incident.steps.at_once"))
        return Step(words, form, when, now=not count)
    late = one.due < clock.now() and one.state not in (DONE, LATE)
    if one.counted == "hours":
        until = moment_words(one.due)
        return Step(words, form, say("incident.steps.was" if late else "incident.steps.before", until=until),
                    now=not late, late=late)  # fmt: skip
    day = one.due.strftime("%d/%m")
    when = say("incident.steps.was" if late else "incident.steps.day", until=day, count=count)
    return Step(words, form, when, late=late)


class _Row(QWidget):
    """A line of the steps that paints itself: mark, words, second line."""

    def __init__(self, step: Step, *, last: bool) -> None:
        super().__init__()
        self._step, self._last = step, last
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(", ".join(part for part in step[:3] if part))
        self.setToolTip(step.words)

    def sizeHint(self) -> QSize:
        """Return two lines."""
        return QSize(200, theme.px(44))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the step."""
        painter = paint.smooth(QPainter(self))
        step = self._step
        if not self._last:
            painter.fillRect(QRectF(7, 20, 1.5, self.height() - 18), theme.color("line2"))
        pen = painter.pen()
        pen.setColor(theme.color("gachMark" if step.now else "ngheMark" if step.late else "field"))
        pen.setWidthF(2.0 if step.now or step.late else 1.5)
        painter.setPen(pen)
        painter.setBrush(theme.color("panel"))
        painter.drawEllipse(QPointF(8, theme.px(12)), 6, 6)
        wide = self.width() - 28
        paint.text(painter, QRectF(26, theme.px(2), wide, theme.px(20)), step.words, "medium", "ink")
        below = QRectF(26, theme.px(21), wide, theme.px(16))
        paint.text(painter, below, step.form, "small", "ink3")
        left = theme.px(58)
        ink = "gach" if step.now else "nghe" if step.late else "ink2"
        paint.text(painter, below.adjusted(left, 0, 0, 0), step.when, "smallStrong", ink)
        painter.end()


class StepsCard(Card):
    """What opens after recording."""

    def __init__(self) -> None:
        super().__init__(padding=14, spacing=6, name="steps")
        self.body.addWidget(SectionTitle(say("incident.steps.title")))
        self._lines = QVBoxLayout()
        self._lines.setSpacing(0)
        self.body.addLayout(self._lines)
        self._none = Label(say("incident.steps.none"), "note", "ink2", wrap=True)
        self.body.addWidget(self._none)
        self.steps: list[Step] | None = None

    def show_steps(self, steps: Sequence[Step]) -> None:
        """Show the steps, or that no case opens."""
        if list(steps) == self.steps:
            return
        self.steps = list(steps)
        while (item := self._lines.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for number, step in enumerate(steps):
            self._lines.addWidget(_Row(step, last=number == len(steps) - 1))
        self._none.setVisible(not steps)


class CallCard(Card):
    """Whom to call: two numbers of the country, and the standing team of the commune."""

    def __init__(self) -> None:
        super().__init__(padding=14, spacing=4, name="calls")
        self.body.addWidget(SectionTitle(say("incident.call")))
        for number, key in CALLS:
            self._line("call", say(key), number)
        self._team: list[QWidget] = []

    def _line(self, icon: str, words: str, number: str) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(8)
        row.addWidget(Icon(icon, "cham", 20))
        row.addWidget(Label(words, "medium", elide=True), 1)
        row.addWidget(Label(number, "strong", "cham"))
        line.setAccessibleName(f"{words}: {number}")
        self.body.addWidget(line)
        return line

    def show_team(self, members: Sequence[Mapping[str, Any]], contacts: Sequence[Contact] = ()) -> None:
        """Show who is called of the directory, then members of the standing team, those with a leading part first."""
        order = [one.code for one in catalogue().lists["team_role"].choices]
        with_phone = [one for one in members if one.get("phone") and not one.get("to")]
        with_phone.sort(key=lambda one: order.index(one["role"]) if one.get("role") in order else len(order))
        for line in self._team:
            line.hide()
            line.deleteLater()
        self._team = [
            self._line("call", " · ".join((one.label, one.name)), one.phone) for one in contacts[:CONTACTS_AT_MOST]
        ]
        self._team += [
            self._line("person", str(one.get("position") or one.get("name") or ""), str(one["phone"]))
            for one in with_phone[:TEAM_AT_MOST]
        ]


def secret_card() -> Card:
    """Return the card that says what is kept secret."""
    card = Card(padding=14, spacing=4, tone="man", name="secret")
    head = QHBoxLayout()
    head.setSpacing(8)
    head.addWidget(Icon("shield_lock", "man", 20))
    head.addWidget(Label(say("incident.secret"), "section", "man"), 1)
    card.body.addLayout(head)
    card.body.addWidget(Label(say("incident.secret_words"), "note", "ink2", wrap=True))
    return card
