"""The card of the columns: each with its letter, heading, first cells, and the field it becomes.

Rules. Every column of the file is listed, also those that are not imported, so that nothing is left out unseen. A
column nobody has decided about is marked; the choice is made in place and the file is understood anew. What was said of
all columns can be kept under a name; it is offered where a list is headed the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSizePolicy, QWidget
from shiboken6 import isValid

from cbdesk.importer import Column
from cbdesk.text import tidy
from cbdesk.words import say
from ui import icons, theme
from ui.form.picker import Pick
from ui.parts import Button, Card, IconText, Label, LineField, ListField, Scroller, SectionTitle, paint
from ui.reading.draft import Draft, open_columns
from ui.reading.layouts import key_of, names_for
from ui.reading.target import TargetField

LETTER, GAP, STATE, EDGE = 24, 10, 26, 4
LONGEST = 60
"""Letters of a name."""
WIDE = 560
"""From this width a row has room for several cells of its column."""
LEVELS = " – "
"""Between the levels of a heading, from top to bottom."""
#: state of a column: icon, colour, word
SURE = ("checkmark_circle", "ngoc", "sure")
GUESSED = ("info", "ink3", "guessed")
OPEN = ("warning", "nghe", "open")
OUT = ("circle", "ink3", "out")


def _shares(width: int) -> tuple[float, float, float]:
    """Return where the sample, the arrow and the field begin in a row of a width."""
    field = min(max(width * 0.41, 132.0), 240.0)
    right = width - STATE - field
    sample = LETTER + GAP + (right - 26 - LETTER - GAP) * (0.5 if width < WIDE else 0.4)
    return sample, right - 24, right


class Heads(QWidget):
    """The heads over columns; ``room`` tells how wide the rows under them are, ``words`` are their keys."""

    def __init__(
        self, room: Callable[[], int], parent: QWidget | None = None, *,
        words: Sequence[str] = ("column", "first", "field"),
    ) -> None:
        super().__init__(parent)
        self._wide, self._words = room, words
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the height of the heads."""
        return QSize(300, theme.px(26))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the heads and the line under them."""
        painter = paint.smooth(QPainter(self))
        sample, arrow, field = _shares(self._wide())
        high = self.height()
        places = ((0, sample - GAP), (sample, arrow - 4), (field, self.width()))
        for (left, right), key in zip(places, self._words, strict=True):
            box = QRectF(left, 0, right - left, high - 2)
            paint.text(painter, box, say(f"reading.map.{key}"), "labelStrong", "ink2")
        paint.hairline(painter, 0, self.width(), high - 1, "line2")
        painter.end()


class ColumnRow(QWidget):
    """One column."""

    chosen = Signal(object, str)

    def __init__(
        self, column: Column, picks: Sequence[Pick], parent: QWidget | None = None, *, out: str = "import.not_imported"
    ) -> None:
        super().__init__(parent)
        self.column, self._state, self._out = column, SURE, say(out)
        title = column.heading or say("import.column", letter=column.letter)
        self.field = TargetField(picks, self, label=say("reading.map.becomes", heading=title),
                                 hint=self._out, name=f"column_{column.letter}")  # fmt: skip
        self.field.chosen.connect(lambda target: self.chosen.emit(self.column, target))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._title = title

    def show_column(self, column: Column, words: str, state: tuple[str, str, str]) -> None:
        """Show what the column becomes."""
        self.column, self._state = column, state
        shown = words if column.target else "" if state == OPEN else self._out
        self.field.setPlaceholderText(say("reading.map.choose") if state == OPEN else self._out)
        self.field.show_target(column.target, shown)
        self.field.state("ask" if state == OPEN else "")
        said = self._out if state == OUT else say(f"reading.map.{state[2]}")
        samples = "; ".join(column.samples)
        self.setToolTip(f"{self._title}\n{samples}\n{said}" if samples else f"{self._title}\n{said}")
        self.field.setAccessibleDescription(f"{said}. {samples}")
        self.update()

    def sizeHint(self) -> QSize:
        """Return the height of a row."""
        return QSize(300, theme.px(theme.COMPACT + 1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the field in its place."""
        super().resizeEvent(event)
        _, _, left = _shares(self.width())
        high = self.field.height()
        self.field.setGeometry(round(left), (self.height() - high) // 2, round(self.width() - STATE - left), high)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint letter, heading, first cell, arrow and state."""
        painter = paint.smooth(QPainter(self))
        sample, arrow, _ = _shares(self.width())
        middle, high = self.height() / 2, self.height()
        cap = QRectF(0, round(middle - 9), LETTER, 18)
        paint.frame(painter, cap, 4, "sunk", None)
        paint.text(painter, cap, self.column.letter, "smallStrong", "ink2", Qt.AlignmentFlag.AlignHCenter)
        heading = QRectF(LETTER + GAP, 0, sample - LETTER - 2 * GAP, high)
        title, last = self._title, self._title.rpartition(LEVELS)[2]
        if last != title and paint.text_width(theme.font("body"), title) > heading.width():
            title = f"… {last}"  # of a heading of several levels the lowest tells columns apart
        paint.text(painter, heading, title, "body", "ink" if self.column.heading else "ink3")
        first = " · ".join(self.column.samples[: 3 if self.width() >= WIDE else 1])
        paint.text(painter, QRectF(sample, 0, arrow - sample - 8, high), first, "note", "ink3")
        icon, ink, _ = self._state
        waiting = "nghe" if self._state == OPEN else "ink3"
        icons.paint(painter, "arrow_right", QPointF(arrow, round(middle - 8)), waiting, 16)
        icons.paint(painter, icon, QPointF(self.width() - 18, round(middle - 8)), ink, 16)
        painter.end()


class Naming(QWidget):
    """The line where a name is typed: Enter keeps, Esc gives it up. ``named`` carries the name."""

    named = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 2)
        row.setSpacing(8)
        self.field = LineField(label=say("reading.map.name"), hint=say("reading.map.name_hint"), name="layout_name")
        self.field.returnPressed.connect(self._keep)
        self._before: QWidget | None = None
        keep = Button(say("ui.save"), key="Enter", name="keep_layout")
        keep.clicked.connect(self._keep)
        row.addWidget(self.field, 1)
        row.addWidget(keep)
        self.hide()

    def ask(self, name: str) -> None:
        """Show the line with a name to begin with."""
        self._before = QApplication.focusWidget()
        self.field.setText(name)
        self.show()
        self.field.setFocus()
        self.field.selectAll()

    def leave(self) -> bool:
        """Take the line away; ``False`` when it was not there."""
        if self.isHidden():
            return False
        self.hide()
        if self._before is not None and isValid(self._before):
            self._before.setFocus()
        return True

    def _keep(self) -> None:
        name = tidy(self.field.text())[:LONGEST]
        if name:
            self.leave()
            self.named.emit(name)


class MappingCard(Card):
    """All columns. ``chosen`` carries a column and its new target, ``sheet_chosen`` the name of a sheet or "".

    ``layout_chosen`` and ``save_wanted`` carry the name under which all columns are, or are to be, kept.
    """

    chosen = Signal(object, str)
    sheet_chosen = Signal(str)
    layout_chosen = Signal(str)
    save_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, spacing=6, name="mapping")
        self._words: dict[str, str] = {}
        self._picks: list[Pick] = []
        self.title = SectionTitle(say("reading.map.title"))
        self.body.addWidget(self.title)
        self.sheets = ListField(label=say("reading.map.sheet"), name="sheets")
        self.sheets.activated.connect(lambda _at: self.sheet_chosen.emit(self.sheets.value() or ""))
        self.layouts = ListField(label=say("reading.map.layout"), name="layouts")
        self.layouts.activated.connect(lambda _at: self.layout_chosen.emit(self.layouts.value() or ""))
        self._lines = [self._line(label, field) for label, field in (("sheet", self.sheets), ("layout", self.layouts))]
        self.save_button = Button(say("reading.map.save"), "link", icon="save", key="Ctrl S", name="save_layout")
        self.save_button.clicked.connect(self.ask_name)
        self.title.add(self.save_button)
        self.naming = Naming()
        self.naming.named.connect(self.save_wanted)
        self.body.addWidget(self.naming)
        self._scroll = Scroller(spacing=0, name="columns")
        self._scroll.body.setContentsMargins(0, 2, EDGE, 2)
        self.body.addWidget(Heads(lambda: self._scroll.viewport().width() - EDGE))
        self._scroll.body.addStretch(1)
        self.body.addWidget(self._scroll, 1)
        self.unmatched = IconText("warning", "", "nghe", "note", name="unmatched")
        self.body.addWidget(self.unmatched)
        self.rows: list[ColumnRow] = []
        self._parts: list[QWidget] = []

    def offer(self, targets: Mapping[str, str]) -> None:
        """Take what a column may become."""
        if targets == self._words:
            return
        self._words = dict(targets)
        self._picks = [Pick("", say("import.not_imported")), *(Pick(one, words) for one, words in targets.items())]
        self._rebuild(())

    def show_draft(self, draft: Draft) -> None:
        """Show the columns of a draft; rows that are still there keep their focus."""
        columns = draft.plan.columns
        if [key_of(row.column) for row in self.rows] != [key_of(one) for one in columns]:
            self._rebuild(columns)
        undecided = {key_of(one) for one in open_columns(draft)}
        for row, column in zip(self.rows, columns, strict=True):
            words = self._words.get(column.target, column.label)
            row.show_column(column, words, _state(column, key_of(column) in undecided))
        self.unmatched.setVisible(bool(undecided))
        self.unmatched.say(say("reading.map.unmatched", n=len(undecided)))
        found = sum(bool(one.target) for one in columns)
        self.title.facts.say(say("reading.map.count", n=found, all=len(columns)))
        names = draft.sheets()
        self._lines[0].setVisible(len(names) > 1)
        self.sheets.fill([("", say("reading.map.all_sheets")), *((one, one) for one in names)])
        self.sheets.set_value(draft.asked.sheet or "")
        saved = names_for(columns, draft.asked.layouts)
        self._lines[1].setVisible(bool(saved))
        self.layouts.fill([("", say("reading.map.no_layout")), *((one, one) for one in saved)])
        self.layouts.set_value(draft.layout)
        self.save_button.setVisible(draft.done is not None)

    def _line(self, label: str, field: ListField) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 2)
        row.setSpacing(10)
        field.high(theme.COMPACT)
        row.addWidget(Label(say(f"reading.map.{label}"), "label", "ink2"))
        row.addWidget(field, 1)
        self.body.addWidget(made)
        return made

    def ask_name(self) -> None:
        """Ask under which name the columns are to be kept."""
        self.naming.ask(self.layouts.value() or "")

    def _rebuild(self, columns: Sequence[Column]) -> None:
        for part in self._parts:
            self._scroll.body.removeWidget(part)
            part.hide()
            part.deleteLater()
        self._parts, self.rows, place = [], [], None
        several = len({(one.sheet, one.table) for one in columns}) > 1
        for column in columns:
            if several and place != (column.sheet, column.table):
                place = (column.sheet, column.table)
                self._add(Label(say("reading.map.table", sheet=column.sheet, row=column.table), "labelStrong", "ink2"))
            row = ColumnRow(column, self._picks)
            row.chosen.connect(self.chosen)
            self.rows.append(row)
            self._add(row)

    def _add(self, part: QWidget) -> None:
        self._scroll.body.insertWidget(self._scroll.body.count() - 1, part)
        self._parts.append(part)

    def focus_first(self) -> None:
        """Focus the first column nobody has decided about, else the first."""
        rows = [row for row in self.rows if row._state == OPEN] or self.rows
        if rows:
            rows[0].field.setFocus(Qt.FocusReason.TabFocusReason)
            self._scroll.ensureWidgetVisible(rows[0])

    def focus_next(self) -> bool:
        """Focus the next column nobody has decided about; ``False`` when there is none."""
        held = next((at for at, row in enumerate(self.rows) if row.field.hasFocus()), -1)
        order = [*self.rows[held + 1 :], *self.rows[: held + 1]]
        row = next((one for one in order if one._state == OPEN), None)
        if row is not None:
            row.field.setFocus(Qt.FocusReason.TabFocusReason)
            self._scroll.ensureWidgetVisible(row)
        return row is not None


def _state(column: Column, undecided: bool) -> tuple[str, str, str]:
    if undecided:
        return OPEN
    if not column.target:
        return OUT
    return SURE if column.sure == 2 else GUESSED
