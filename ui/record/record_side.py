"""What stands around a record: the head card, the list of sections, and the cards at its right.

Rules. The head shows the stored record and changes only after saving. The list of sections says how many rows there are
and what needs attention, each with its key. The right side says what would be saved, and what was done before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from cbdesk.words import say
from ui import icons, theme
from ui.form.form import Edit
from ui.form.grid import Flow
from ui.parts import Badge, Button, Card, Icon, IconButton, IconText, Label, SectionTitle, paint
from ui.record.record_read import Event

EDITS_SHOWN, EVENTS_SHOWN = 6, 4


class Mark(NamedTuple):
    """What the list of sections says about one section: state line, icon, colour."""

    words: str = ""
    icon: str = ""
    ink: str = "ink3"
    filled: bool = False


class _SectionButton(QAbstractButton):
    """One line of the list of sections."""

    moved = Signal(int)

    def __init__(self, name: str, title: str, key: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.name, self._title, self._key, self._mark, self.slim = name, title, key, Mark(), False
        self.setCheckable(True)
        self.setProperty("ring", 6)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        paint.name_it(self, f"section_button_{name}", title)

    def mark(self, mark: Mark) -> None:
        """Show a state."""
        if mark != self._mark:
            self._mark = mark
            self.setAccessibleName(f"{self._title}, {mark.words}" if mark.words else self._title)
            self.update()

    def sizeHint(self) -> QSize:
        """Return two lines, or one when slim."""
        return QSize(190, theme.px(34 if self.slim else 46))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, Enter goes to the section."""
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.moved.emit(1 if event.key() == Qt.Key.Key_Down else -1)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground, bar, title, state, icon and key."""
        painter = paint.smooth(QPainter(self))
        box, on = QRectF(self.rect()), self.isChecked()
        if on or self.underMouse():
            paint.frame(painter, box, 6, "panel" if on else "sunk", "line" if on else None)
        if on:
            paint.frame(painter, QRectF(0, box.height() / 2 - 11, 3, 22), 1.5, "cham", None)
        first = QRectF(14, 0 if self.slim else 4, box.width() - 44, box.height() if self.slim else theme.px(20))
        paint.text(painter, first, self._title, "strong" if on else "medium", "cham" if on else "ink")
        right = box.width() - 10
        if self._mark.icon:
            at = QPointF(right - 18, round(first.center().y() - 8))
            icons.paint(painter, self._mark.icon, at, self._mark.ink, 16, filled=self._mark.filled)
        if not self.slim:
            second = QRectF(14, first.bottom(), box.width() - 72, theme.px(16))
            paint.text(painter, second, self._mark.words, "small", self._mark.ink if self._mark.filled else "ink3")
            paint.text(painter, QRectF(box.width() - 60, second.top(), 50, second.height()), self._key, "key", "ink3",
                       Qt.AlignmentFlag.AlignRight)  # fmt: skip
        painter.end()


class SectionList(QWidget):
    """The sections of a record."""

    went = Signal(str)

    def __init__(self, sections: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self._buttons = [_SectionButton(name, title, f"Alt {n}", self) for n, (name, title) in enumerate(sections, 1)]
        for at, button in enumerate(self._buttons):
            button.clicked.connect(lambda _on=False, name=button.name: self._go(name))
            button.moved.connect(lambda step, at=at: self._move(at + step))
            column.addWidget(button)
        column.addStretch(1)
        self.light(sections[0][0] if sections else "")
        paint.name_it(self, "sections", say("child.sections"))

    def _go(self, name: str) -> None:
        self.light(name)
        self.went.emit(name)

    def _move(self, at: int) -> None:
        shown = [button for button in self._buttons if not button.isHidden()]
        if 0 <= at < len(shown):
            shown[at].setFocus(Qt.FocusReason.TabFocusReason)

    def light(self, name: str) -> None:
        """Show where one is."""
        for button in self._buttons:
            button.setChecked(button.name == name)

    def lit(self) -> str:
        """Return the section one is in."""
        return next((button.name for button in self._buttons if button.isChecked()), "")

    def mark(self, name: str, mark: Mark) -> None:
        """Show the state of a section."""
        for button in self._buttons:
            if button.name == name:
                button.mark(mark)

    def only(self, names: Sequence[str]) -> None:
        """Show these sections only."""
        for button in self._buttons:
            button.setVisible(button.name in names)

    def slim(self, slim: bool) -> None:
        """Show one line a section, for little height."""
        for button in self._buttons:
            button.slim = slim
            button.updateGeometry()
        self.setFixedWidth(theme.px(168 if slim else 190))


class Head(Card):
    """The head of a record: name, one line of facts, badges, codes at the right."""

    more_wanted = Signal()
    copy_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=12, spacing=4, name="record_head")
        self.body.setContentsMargins(16, 8, 10, 10)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self.name = Label("", "name", name="record_name")
        self.facts = Label("", "body", "ink2", elide=True, name="record_facts")
        first = QHBoxLayout()
        first.setSpacing(12)
        first.addWidget(self.name)
        first.addWidget(self.facts, 1)
        self._grid.addLayout(first, 0, 0)
        holder = QWidget()
        holder.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._badges = Flow(holder)
        self._holder = holder
        self._grid.addWidget(holder, 1, 0)
        self._build_codes()
        self._grid.setColumnStretch(0, 1)
        self.body.addLayout(self._grid)

    def _build_codes(self) -> None:
        top, low = QHBoxLayout(), QHBoxLayout()
        for row in (top, low):
            row.setSpacing(6)
            row.addStretch(1)
        self._code_label = Label(say("child.book_code"), "small", "ink3")
        self.code = Label("", "medium", name="record_code")
        self.copy = IconButton("copy", say("child.copy_code"), side=28, name="copy_code")
        self.copy.clicked.connect(self.copy_wanted)
        self.more = IconButton("more_horizontal", say("child.void_record"), side=28, name="record_more")
        self.more.clicked.connect(lambda _on=False: self.more_wanted.emit())
        for widget in (self._code_label, self.code, self.copy, self.more):
            top.addWidget(widget)
        self._id_label = Label(say("child.personal_id"), "small", "ink3")
        self.number = Label("", "medium", name="record_number")
        low.addWidget(self._id_label)
        low.addWidget(self.number)
        low.addSpacing(6)
        self._grid.addLayout(top, 0, 1)
        self._grid.addLayout(low, 1, 1)
        self._low = (self._id_label, self.number)

    def show_head(self, name: str, facts: str, badges: Sequence[tuple[str, str, str]], code: str) -> None:
        """Show name, facts, badges (words, tone, icon) and the book code."""
        self.name.say(name)
        self.facts.say(facts)
        while (item := self._badges.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for words, tone, icon in badges:
            badge = Badge(words, tone, self._holder, icon=icon)
            self._badges.addWidget(badge)
            badge.show()
        self._holder.setVisible(bool(badges))
        self.code.say(code)
        for widget in (self._code_label, self.code, self.copy):
            widget.setVisible(bool(code))
        self._holder.updateGeometry()

    def show_number(self, words: str, ink: str) -> None:
        """Show the personal number, or its state."""
        self.number.say(words)
        self.number.tone(ink)

    def flat(self, flat: bool) -> None:
        """Show one line only, for little height."""
        self._holder.setVisible(not flat and self._badges.count() > 0)
        for widget in self._low:
            widget.setVisible(not flat)


class SideCard(Card):
    """A card at the right: title with an icon, lines, a link."""

    def __init__(self, title: str, icon: str = "", ink: str = "ink", *, name: str) -> None:
        super().__init__(padding=13, spacing=4, name=name)
        head = QHBoxLayout()
        head.setSpacing(8)
        self.icon = Icon(icon, ink) if icon else None
        if self.icon is not None:
            head.addWidget(self.icon)
        self.title = Label(title, "section", ink)
        head.addWidget(self.title)
        head.addStretch(1)
        self.body.addLayout(head)
        self.lines = QVBoxLayout()
        self.lines.setSpacing(5)
        self.body.addLayout(self.lines)

    def clear(self) -> None:
        """Take all lines away."""
        while (item := self.lines.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()


class _EditLine(QFrame):
    """One edit: label, old struck through, arrow, new."""

    def __init__(self, edit: Edit) -> None:
        super().__init__()
        self._edit = edit
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        old = edit.old or say("ui.empty")
        secret = say("record.sensitive")
        self._old, self._new = (secret, secret) if edit.sensitive else (old, edit.new or say("ui.empty"))
        self.setAccessibleName(say("child.edit_sentence", label=edit.label, old=self._old, new=self._new))
        self.setToolTip("" if edit.sensitive else f"{self._old} → {self._new}")

    def sizeHint(self) -> QSize:
        """Return two lines."""
        return QSize(200, theme.line("small") + theme.line("body"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the edit."""
        painter = paint.smooth(QPainter(self))
        high, wide = theme.line("small"), float(self.width())
        paint.text(painter, QRectF(0, 0, wide, high), self._edit.label, "small", "ink2")
        low = QRectF(0, high, wide, theme.line("body"))
        old = min(paint.text_width(theme.font("note"), self._old), int(wide * 0.42))
        paint.text(painter, QRectF(0, low.top(), old + 1, low.height()), self._old, "note", "ink3")
        if self._edit.old and not self._edit.sensitive:
            paint.hairline(painter, 0, old, round(low.center().y()) + 1, "ink3")
        icons.paint(painter, "arrow_right", QPointF(old + 6, round(low.center().y() - 7)), "ink3", 16)
        rest = QRectF(old + 28, low.top(), wide - old - 28, low.height())
        paint.text(painter, rest, self._new, "medium", "ink" if self._edit.new else "ink3")
        painter.end()


class UnsavedCard(SideCard):
    """What would be saved, so that people see it; and the way one edit back."""

    undo_wanted = Signal()

    def __init__(self) -> None:
        super().__init__(say("child.saved_all"), "save", "ink2", name="unsaved")
        self._at = Label("", "small", "ink3")
        self.body.insertWidget(1, self._at)
        self.undo = Button(say("child.undo_last"), "link", icon="arrow_undo", key="Ctrl Z", name="undo_last")
        self.undo.clicked.connect(self.undo_wanted)
        self.body.addWidget(self.undo, 0, Qt.AlignmentFlag.AlignLeft)

    def show_edits(self, edits: Sequence[Edit], draft_at: str, can_undo: bool) -> None:
        """Show the edits that are not saved."""
        self.clear()
        count = len(edits)
        ink = "nghe" if count else "ink2"
        self.title.say(say("child.unsaved", n=count) if count else say("child.saved_all"))
        self.title.tone(ink)
        if self.icon is not None:
            self.icon.show_icon("drafts" if count else "checkmark_circle", ink)
        self._at.say(say("child.draft_at", at=draft_at))
        self._at.setVisible(bool(draft_at and count))
        for edit in edits[:EDITS_SHOWN]:
            self.lines.addWidget(_EditLine(edit))
        if count > EDITS_SHOWN:
            self.lines.addWidget(Label(say("child.more_edits", n=count - EDITS_SHOWN), "small", "ink3"))
        self.undo.setVisible(can_undo)


class LinesCard(SideCard):
    """A card of sentences with icons: reminders."""

    def show_lines(self, lines: Sequence[tuple[str, str, str]]) -> None:
        """Show (icon, colour, sentence) lines; none hides the card."""
        self.clear()
        for icon, ink, words in lines:
            self.lines.addWidget(IconText(icon, words, "ink", "note", icon_ink=ink))
        self.setVisible(bool(lines))


class AlikeCard(SideCard):
    """Children that look like the one being entered, with the reasons; each can be opened or compared."""

    open_wanted = Signal(str)
    compare_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__(say("child.alike"), "people_swap", "nghe", name="alike")
        self.hide()

    def show_alike(self, rows: Sequence[tuple[str, str, str, str]], *, compare: bool = False) -> None:
        """Show (id, name, facts, reasons) rows; none hides the card. ``compare`` offers to lay both side by side."""
        self.clear()
        for number, (one, name, facts, why) in enumerate(rows[:4]):
            link = Button(name, "link", name=f"alike_{number}")
            link.clicked.connect(lambda _on=False, one=one: self.open_wanted.emit(one))
            self.lines.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
            self.lines.addWidget(Label(facts, "small", "ink3", wrap=True))
            self.lines.addWidget(Label(why, "small", "nghe", wrap=True))
            if compare:
                side = Button(say("record.compare_other"), "link", icon="people_swap", name=f"compare_{number}")
                side.clicked.connect(lambda _on=False, one=one: self.compare_wanted.emit(one))
                self.lines.addWidget(side, 0, Qt.AlignmentFlag.AlignLeft)
        self.setVisible(bool(rows))


class HistoryCard(SideCard):
    """The latest actions, newest first, and the way to all of them."""

    all_wanted = Signal()

    def __init__(self) -> None:
        super().__init__(say("child.history.title"), name="history_card")
        self.all = Button("", "link", icon="history", key="Alt 7", name="history_all")
        self.all.clicked.connect(self.all_wanted)
        self.body.addWidget(self.all, 0, Qt.AlignmentFlag.AlignLeft)

    def show_events(self, events: Sequence[Event]) -> None:
        """Show the latest events."""
        self.clear()
        for event in events[:EVENTS_SHOWN]:
            self.lines.addWidget(event_line(event, full=False))
        self.all.say(say("child.history.all", n=len(events)))
        self.setVisible(bool(events))


def event_line(event: Event, *, full: bool) -> QWidget:
    """Return one action as a line: day, words, who; ``full`` adds the hour and what changed from what to what."""
    line = QWidget()
    grid = QGridLayout(line)
    grid.setContentsMargins(0, 0, 0, 2)
    grid.setHorizontalSpacing(10)
    grid.setVerticalSpacing(0)
    grid.setColumnStretch(1, 1)
    day = f"{event.at[8:10]}/{event.at[5:7]}" + (f"/{event.at[:4]} {event.at[11:16]}" if full else "")
    when = Label(day, "small", "ink3")
    when.setFixedWidth(theme.px(112 if full else 38))
    grid.addWidget(when, 0, 0, Qt.AlignmentFlag.AlignTop)
    grid.addWidget(Label(event.words, "note" if not full else "body", wrap=True), 0, 1)
    row = 1
    for step in event.steps if full else ():
        old, new = step.old or say("ui.empty"), step.new or say("ui.empty")
        shown = say("child.history.step", label=step.label, old=old, new=new)
        hidden = say("child.history.step_hidden", label=step.label)
        grid.addWidget(Label(shown if step.old or step.new else hidden, "note", "ink2", wrap=True), row, 1)
        row += 1
    grid.addWidget(Label(event.by, "small", "ink3", elide=True), row, 1)
    return line


class History(QWidget):
    """The whole history, as the last section of the record. Arrows scroll it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 0, 0, 0)
        self._column.setSpacing(6)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        paint.name_it(self, "history", say("child.history.section"))

    def show_events(self, events: Sequence[Event]) -> None:
        """Show all events, newest first."""
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for event in events:
            self._column.addWidget(event_line(event, full=True))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll by lines and pages."""
        steps = {Qt.Key.Key_Down: 40, Qt.Key.Key_Up: -40, Qt.Key.Key_PageDown: 320, Qt.Key.Key_PageUp: -320}
        area = _area_of(self)
        if Qt.Key(event.key()) in steps and area is not None:
            bar = area.verticalScrollBar()
            bar.setValue(bar.value() + steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the bar."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the bar away."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the bar of the focus."""
        if self.hasFocus():
            painter = QPainter(self)
            painter.fillRect(QRectF(0, 0, 3, self.height()), theme.color("cham"))
            painter.end()


def _area_of(widget: QWidget) -> QScrollArea | None:
    at = widget.parentWidget()
    while at is not None and not isinstance(at, QScrollArea):
        at = at.parentWidget()
    return at


def heading_link(title: SectionTitle, words: str, *, icon: str, key: str = "", name: str) -> Button:
    """Put a link at the end of a section's heading and return it."""
    link = Button(words, "link", icon=icon, key=key, name=name)
    title.add(link)
    return link
