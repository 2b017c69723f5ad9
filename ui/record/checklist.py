"""Việc cần làm ngay: the checklists of the procedures an incident falls under, each line a box with its time.

Rules. One intake, several checklists: which stand here follows from the answers (``process.regimes``), at once. Ticking
writes the time of ticking, and the time can be changed, because a report told in the morning was acted on at night.
What *Đã báo cho* says already is the same tick, seen twice and asked once. Space ticks, ↑ ↓ and Enter move.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from cbdesk import clock, process
from cbdesk.catalogue import Choice, catalogue
from cbdesk.words import say
from ui import theme
from ui.form.inputs import Around
from ui.parts import Label, SectionTitle, paint
from ui.record.incident_inputs import ToldFrame, ToldInput

CHECK = "check"
WITH_BASIS = 640
"""Width from which the article stands beside the words."""


class _Frame(ToldFrame):
    """A line of the list: a hairline under it, a tint while done."""

    def face(self, painter: QPainter, *, on: bool, level: str) -> None:
        """Paint the ground."""
        box = QRectF(self.rect())
        if on:
            paint.frame(painter, box.adjusted(0, 1, 0, -1), 5, "ngocBg", None)
        ink = {"stop": "gachMark", "ask": "ngheMark"}.get(level, "line")
        paint.hairline(painter, 0, box.width(), box.height() - 1, ink)


class CheckInput(ToldInput):
    """One thing to see to: a box, the article it comes from, and when it was done."""

    ticked = Signal(str, object)
    """Its code, and the stamp or ``None``."""
    moved = Signal(int)
    frame_type = _Frame

    def __init__(self, item: Choice, around: Around) -> None:
        field = catalogue().forms[CHECK].field("done_at")
        super().__init__(replace(field, name=item.code.replace(".", "_"), labels=item.labels), around)
        self.item = item
        self._basis = Label(str(item.extra.get("basis") or ""), "small", "ink3", elide=True)
        row = self._frame.layout()
        assert isinstance(row, QHBoxLayout)
        row.insertWidget(1, self._basis, 1)
        self._basis.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.setContentsMargins(4, 1, 4, 2)
        row.setSpacing(10)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.box.installEventFilter(self)
        self.onward.connect(lambda: self.moved.emit(1))
        self.left.connect(self._read)
        self.time.editingFinished.connect(self._read)

    def _read(self) -> None:
        read = self.read(self.around.today())
        stop = any(note.level == "stop" for note in read.notes)
        self.state("stop" if stop else "")
        self.time.setToolTip(read.notes[0].text if stop else "")
        if not stop:
            self.settle(read)
            self.ticked.emit(self.item.code, read.value)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out the article where there is little room."""
        super().resizeEvent(event)
        self._basis.setVisible(self.width() >= theme.px(WITH_BASIS))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """↑ ↓ move among the lines."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                self.moved.emit(step)
                return True
        return super().eventFilter(watched, event)


class Checklists(QWidget):
    """The checklists. ``ticked`` says a line was seen to or not, ``told`` that a field of the incident says so."""

    ticked = Signal(str, object)
    told = Signal(str, object)

    def __init__(self, around: Around, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._around = around
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._title = SectionTitle(say("incident.checks.title"), name="checks_title")
        self._column.addWidget(self._title)
        self.lines: list[CheckInput] = []
        self._heads: list[tuple[Label, str]] = []
        self._shown: tuple[str, ...] = ()
        self._done: dict[str, str] = {}
        paint.name_it(self, "checklists", say("incident.checks.title"))
        self.hide()

    def regimes(self) -> tuple[str, ...]:
        """Return the codes of the procedures shown."""
        return self._shown

    def show_for(self, incident: Mapping[str, Any], done: Mapping[str, str]) -> None:
        """Show the checklists of an incident as it stands, with what was seen to (item to stamp)."""
        received = clock.moment(str(incident.get("received_at") or ""))
        day = received.date() if received else clock.today()
        found = process.regimes(incident, day)
        if tuple(one.code for one in found) != self._shown:
            self._build(found, day)
        self._done = dict(done)
        for line in self.lines:
            stamp = done.get(line.item.code)
            if (stamp or None) != line.read(self._around.today()).value:
                line.set_value(stamp)
        self._count()
        self.setVisible(bool(found))

    def _count(self) -> None:
        for label, regime in self._heads:
            mine = [line.item.code for line in self.lines if line.item.extra["regime"] == regime]
            label.say(say("incident.checks.count", n=sum(bool(self._done.get(one)) for one in mine), of=len(mine)))
        several = len(self._heads) > 1
        self._title.facts.say(say("incident.checks.several", n=len(self._heads)) if several else "")

    def _build(self, found: Sequence[Choice], day: date) -> None:
        while self._column.count() > 1:
            widget = self._column.takeAt(1).widget()  # type: ignore[union-attr]
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.lines, self._heads = [], []
        self._shown = tuple(one.code for one in found)
        for regime in found:
            self._column.addWidget(self._head(regime))
            for item in process.checklist_of(regime.code, day):
                self._column.addWidget(self._line(item))
        for before, after in zip(self.lines, self.lines[1:], strict=False):
            QWidget.setTabOrder(before.time, after.box)

    def _head(self, regime: Choice) -> QWidget:
        head = QWidget()
        row = QHBoxLayout(head)
        row.setContentsMargins(0, 8, 4, 4)
        count = Label("", "small", "ink3")
        row.addWidget(Label(regime.label, "labelStrong", "cham"), 1)
        row.addWidget(count)
        self._heads.append((count, regime.code))
        return head

    def _line(self, item: Choice) -> CheckInput:
        line = CheckInput(item, self._around)
        at = len(self.lines)
        line.ticked.connect(self._ticked)
        line.moved.connect(lambda step: self._move(at + step))
        self.lines.append(line)
        return line

    def _ticked(self, code: str, stamp: object) -> None:
        if (stamp or None) == (self._done.get(code) or None):
            return
        line = next(one for one in self.lines if one.item.code == code)
        if stamp:
            self._done[code] = str(stamp)
        else:
            self._done.pop(code, None)
        self._count()
        field = str(line.item.extra.get("told") or "")
        self.told.emit(field, stamp) if field else self.ticked.emit(code, stamp)

    def _move(self, at: int) -> None:
        if 0 <= at < len(self.lines):
            self.lines[at].focus()
        elif at >= len(self.lines) and self.lines:
            self.lines[-1].time.nextInFocusChain().setFocus(Qt.FocusReason.TabFocusReason)

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:  # type: ignore[override]
        """Focus the first line that is not seen to."""
        line = next((one for one in self.lines if not one.typed()), self.lines[0] if self.lines else None)
        if line is not None:
            line.focus()

    def lock(self, locked: bool) -> None:
        """Only show, or let tick."""
        for line in self.lines:
            line.lock(locked)
