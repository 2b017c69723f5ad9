"""What people add to a report: words of its sections, figures expected of the whole period, figures only they know.

Rules. Words and figures are kept on leaving the field, while the report is a draft; a signed one shows them read-only.
A figure only people know is written with its source and date, once: every report that asks for it has it from then on.
Nothing is changed under the hands of who types: a field with the focus keeps what stands in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QGridLayout, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from cbdesk import clock, dates, text
from cbdesk.catalogue import catalogue
from cbdesk.desk.showing import Expected, Typed, WordPlace
from cbdesk.grid import figure
from cbdesk.words import has, say
from ui import theme
from ui.form import inputs
from ui.form.grid import Flow
from ui.form.inputs import AWAY, Around, Input
from ui.parts import Button, Card, IconText, Label, Labelled, Rule, Scroller, SectionTitle, paint
from ui.reporting.making import Made

LINES, MOST_LINES = 3, 12
COUNT_FIELDS = ("value", "of", "source", "dated_on")
WIDE = {"value": 104, "of": 118, "source": 230, "dated_on": 150}


class WordsField(QPlainTextEdit):
    """Words of a section: as high as they need, Enter is a new line, Tab leaves. ``left`` after a real leaving."""

    left = Signal()

    def __init__(self, place: str, label: str) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.document().documentLayout().documentSizeChanged.connect(lambda _size: self._fit())
        paint.name_it(self, place.replace(".", "_"), label)
        self._fit()

    def _fit(self) -> None:
        self.setFont(theme.font("body"))
        lines = min(max(LINES, round(self.document().size().height())), MOST_LINES)
        self.setFixedHeight(theme.line("body") * lines + 22)

    def show_text(self, words: str) -> None:
        """Show what is kept, unless somebody types here."""
        if not self.hasFocus() and self.toPlainText() != words:
            self.setPlainText(words)

    def lock(self, locked: bool) -> None:
        """Make the words read-only: they can still be read and copied."""
        if self.isReadOnly() != locked:
            self.setReadOnly(locked)
            self.style().unpolish(self)
            self.style().polish(self)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self.font().pixelSize() != theme.font("body").pixelSize():
            self._fit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Say that the field was left."""
        super().focusOutEvent(event)
        if event.reason() not in AWAY:
            self.left.emit()


class CountRow(QWidget):
    """One figure only people know: its fields, and a button that keeps it."""

    kept = Signal(str, object, str)
    """Indicator, data, and the record it stands in ("" for a new one)."""

    def __init__(self, typed: Typed) -> None:
        super().__init__()
        self.typed = typed
        form = catalogue().forms["count"]
        self.inputs: dict[str, Input] = {name: inputs.make(form.field(name), Around()) for name in COUNT_FIELDS}
        self.fields: dict[str, Labelled] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 10)
        column.setSpacing(4)
        self._told = Label("", "note", "ink3", wrap=True)
        column.addWidget(Label(typed.label, "medium", wrap=True))
        column.addWidget(self._told)
        holder = QWidget()
        flow = Flow(holder, gap=10, row_gap=6)
        for name, one in self.inputs.items():
            one.setFixedWidth(theme.px(WIDE[name]))
            paint.name_it(one.editor(), f"{typed.indicator}_{name}", f"{typed.label}, {form.field(name).label}")
            self.fields[name] = Labelled(form.field(name).label, one)
            one.onward.connect(lambda name=name: self._onward(name))
            one.left.connect(lambda name=name: self._settle(name))
            flow.addWidget(self.fields[name])
        self.button = Button(say("reports.count.keep"), icon="save", name=f"{typed.indicator}_keep")
        self.button.clicked.connect(self._keep)
        self._under = Labelled(" ", self.button)
        flow.addWidget(self._under)
        column.addWidget(holder)
        self.show_typed(typed)

    def show_typed(self, typed: Typed) -> None:
        """Show what is known, unless somebody types here."""
        self.typed = typed
        row = typed.row
        if row:
            day = dates.show_date(str(row.get("dated_on") or ""))
            self._told.say(say("reports.count.known", source=row.get("source") or say("ui.unknown"), date=day or "?"))
        self._told.setVisible(bool(row))
        if not any(one.editor().hasFocus() for one in self.inputs.values()):
            for name, one in self.inputs.items():
                one.set_value(row.get(name))

    def _onward(self, name: str) -> None:
        following = COUNT_FIELDS[COUNT_FIELDS.index(name) + 1 :]
        self.inputs[following[0]].focus() if following else self._keep()

    def _settle(self, name: str) -> bool:
        """Read a field that was left; ``False`` where it stops."""
        one = self.inputs[name]
        read = one.read(clock.today())
        one.settle(read)
        stops = [note for note in read.notes if note.level == "stop"]
        self.fields[name].say("stop" if stops else "", stops[0].text if stops else "")
        return not stops

    def _keep(self) -> None:
        settled = [self._settle(name) for name in COUNT_FIELDS]
        if not all(settled):
            return
        data = {name: one.read(clock.today()).value for name, one in self.inputs.items()}
        for name in ("value", "source", "dated_on"):
            if data[name] in (None, ""):
                self.fields[name].say("stop", say(f"reports.count.need_{name}"))
                self.inputs[name].focus()
                return
        self.kept.emit(self.typed.indicator, data, str(self.typed.row.get("id") or ""))


class Adding(Scroller):
    """All that is added to one report, on one card."""

    word_left = Signal(str, str)
    expected_left = Signal(str, object)
    count_kept = Signal(str, object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name="adding")
        self._shape: tuple[Any, ...] = ()
        self._words: dict[str, WordsField] = {}
        self._expected: dict[str, tuple[Input, Label, Label]] = {}
        self.counts: dict[str, CountRow] = {}
        self._kept: dict[str, Any] = {}
        self._card: Card | None = None

    def show_made(self, made: Made, *, locked: bool) -> None:
        """Show what is added to a report; ``locked`` while it waits for its signature and after."""
        shape = (made.wish.name, made.wish.period, tuple(one.place for one in made.words),
                 tuple(one.place for one in made.expected), frozenset(one.indicator for one in made.typed))  # fmt: skip
        if shape != self._shape:
            self._shape = shape
            self._build(made)
        for word in made.words:
            self._kept[word.place] = word.text
            self._words[word.place].show_text(word.text)
            self._words[word.place].lock(locked)
        for one in made.expected:
            field, found, proposed = self._expected[one.place]
            self._kept[one.place] = one.entered
            found.say(figure(one.found) or say("ui.unknown"))
            proposed.say(figure(one.proposed) or say("ui.unknown"))
            if not field.editor().hasFocus():
                field.set_value(one.entered)
            field.lock(locked)
        for typed in made.typed:
            self.counts[typed.indicator].show_typed(typed)
        self._locked.setVisible(locked and bool(made.words or made.expected))

    def _build(self, made: Made) -> None:
        if self._card is not None:
            self._card.hide()
            self._card.deleteLater()
        self._words, self._expected, self.counts, self._kept = {}, {}, {}, {}
        self._card = Card(name="adding_card", spacing=8)
        self._locked = IconText("lock_closed", say("reports.locked"), "ink3", "note")
        self._card.body.addWidget(self._locked)
        missing = [one for one in made.typed if not one.row]
        parts = (
            (made.words, say("reports.words"), "", self._add_words),
            (made.typed, say("reports.counts"), say("reports.missing", n=len(missing)) if missing else "",
             self._add_counts),
            (made.expected, say("reports.expected"), "", self._add_expected),
        )  # fmt: skip
        for content, title, facts, add in parts:
            if content:
                self._card.body.addWidget(SectionTitle(title, facts=facts))
                self._card.body.addWidget(Rule())
                add(content)
                self._card.body.addSpacing(8)
        self._card.body.addStretch(1)
        self.body.addWidget(self._card)

    def _add_words(self, places: Sequence[WordPlace]) -> None:
        assert self._card is not None
        for one in places:
            key = f"reports.place.{one.place.partition('.')[2]}"
            label = say(key) if has(key) else one.label
            field = WordsField(one.place, label)
            field.left.connect(lambda place=one.place, field=field: self._word_left(place, field))
            self._words[one.place] = field
            column = QVBoxLayout()
            column.setSpacing(4)
            column.addWidget(Label(label, "label", "ink2", wrap=True))
            column.addWidget(field)
            self._card.body.addLayout(column)

    def _word_left(self, place: str, field: WordsField) -> None:
        words = "\n".join(text.tidy(line) for line in field.toPlainText().strip().splitlines())
        if words != self._kept.get(place, "") and not field.isReadOnly():
            self._kept[place] = words
            self.word_left.emit(place, words)

    def _add_expected(self, rows: Sequence[Expected]) -> None:
        assert self._card is not None
        holder = QWidget()
        table = QGridLayout(holder)
        table.setContentsMargins(0, 0, 0, 0)
        table.setHorizontalSpacing(16)
        table.setVerticalSpacing(6)
        for at, name in enumerate(("row", "found", "proposed", "entered")):
            head = Label(say(f"reports.expected_{name}"), "labelStrong", "ink2", wrap=True)
            head.setAlignment(_side(right=at in (1, 2)))
            table.addWidget(head, 0, at)
        field_of = catalogue().forms["report_entry"].field("value")
        line, title = 0, ""
        for one in rows:
            if one.table != title:
                title, line = one.table, line + 1
                table.addWidget(Label(title, "labelStrong", "ink2", wrap=True), line, 0, 1, 4)
            line += 1
            found, proposed = Label("", "body", "ink"), Label("", "body", "ink2")
            field = inputs.make(field_of, Around())
            field.setFixedWidth(theme.px(110))
            name = f"{one.label}, {say('reports.expected_entered')}"
            paint.name_it(field.editor(), one.place.replace(".", "_"), name)
            field.left.connect(lambda place=one.place, field=field: self._expected_done(place, field))
            field.onward.connect(lambda place=one.place: self._next_expected(place))
            for at, widget in enumerate((Label(one.label, "body", wrap=True), found, proposed, field)):
                table.addWidget(widget, line, at)
                if at in (1, 2) and isinstance(widget, Label):
                    widget.setAlignment(_side(right=True))
            self._expected[one.place] = (field, found, proposed)
        table.setColumnStretch(0, 1)
        self._card.body.addWidget(holder)
        self._card.body.addWidget(Label(say("reports.expected_note"), "small", "ink3", wrap=True))

    def _next_expected(self, place: str) -> None:
        places = list(self._expected)
        at = places.index(place) + 1
        if at < len(places):
            self._expected[places[at]][0].focus()

    def _expected_done(self, place: str, field: Input) -> None:
        read = field.read(clock.today())
        field.settle(read)
        stopped = any(note.level == "stop" for note in read.notes)
        field.state("stop" if stopped else "")
        if not stopped and read.value != self._kept.get(place):
            self._kept[place] = read.value
            self.expected_left.emit(place, read.value)

    def _add_counts(self, typed: Sequence[Typed]) -> None:
        assert self._card is not None
        for one in typed:
            row = CountRow(one)
            row.kept.connect(self.count_kept)
            self.counts[one.indicator] = row
            self._card.body.addWidget(row)

    def first(self) -> QWidget | None:
        """Return the first field, the first missing figure before those that are known."""
        words = next(iter(self._words.values()), None)
        count = next((one.inputs["value"].editor() for one in self.counts.values() if not one.typed.row), None)
        expected = next((one[0].editor() for one in self._expected.values()), None)
        return words or count or expected

    def kept_now(self) -> None:
        """Keep what stands in a field that still has the focus: the page is left, or the report is signed."""
        for place, field in self._words.items():
            if field.hasFocus():
                self._word_left(place, field)
        for place, (one, _, _) in self._expected.items():
            if one.editor().hasFocus():
                self._expected_done(place, one)


def _side(*, right: bool) -> Qt.AlignmentFlag:
    return (Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter


def count_data(indicator: str, made: Made, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record of a figure typed for the days of a report."""
    report = made.report
    assert report is not None
    return {"indicator": indicator, "from": report.first, "to": report.last, **data}
