"""Choosing an encoding by eye: the same cells read in each, for the whole file or for one column.

Rules. Nobody must know what an encoding is called: one reads right, the others do not. Encodings that read the cells
alike stand once. Arrows choose, and the file is understood anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QWidget

from cbdesk.charsets import CHARSETS, decode_as
from cbdesk.text import tidy
from cbdesk.words import say
from ui import theme
from ui.parts import Label, ListField, Radio, Scroller, paint
from ui.reading.draft import Draft
from ui.reading.told import charset_words

AUTO, MOST, LOOKED = "", 2, 400
_NAMES = ("full_name", "family_and_middle", "given_name")


class Reading(Radio):
    """One encoding: its name, and under it what the cells read like."""

    def __init__(self, words: str, code: str, parent: QWidget | None = None) -> None:
        super().__init__(words, parent, name=f"charset_{code or 'auto'}")
        self.code, self._read = code, ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_read(self, read: str) -> None:
        """Show what the cells read like."""
        self._read = read
        self.setAccessibleName(f"{self.text()}: {read}")
        self.update()

    def read(self) -> str:
        """Return what the cells read like."""
        return self._read

    def sizeHint(self) -> QSize:
        """Return the room of a line."""
        return QSize(super().sizeHint().width() + 120, theme.px(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the name, then the reading in the other half."""
        super().paintEvent(event)
        painter = paint.smooth(QPainter(self))
        left = max(self.width() * 0.42, super().sizeHint().width() + 8.0)
        box = self.rect().toRectF().adjusted(left, 0, 0, 0)
        chosen = self.isChecked()
        paint.text(painter, box, self._read, "medium" if chosen else "body", "ngoc" if chosen else "ink2")
        painter.end()


class Readings(Scroller):
    """``chosen`` carries the place (a sheet, ``Sheet!B``, or "" for all) and the encoding, "" to find it again."""

    chosen = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, spacing=4, name="readings")
        column = self.body
        column.setContentsMargins(0, 4, 4, 0)
        column.addWidget(Label(say("reading.letters.choose"), "label", "ink2", wrap=True))
        self.places = ListField(label=say("reading.letters.place"), name="charset_place")
        self.places.high(theme.COMPACT)
        self.places.activated.connect(lambda _at: self._show_place())
        column.addWidget(self.places)
        self._group = QButtonGroup(self)
        self.readings = [Reading(say("reading.letters.auto"), AUTO), *(Reading(charset_words(c), c) for c in CHARSETS)]
        for one in self.readings:
            self._group.addButton(one)
            one.toggled.connect(lambda on, one=one: self.ensureWidgetVisible(one) if on else None)
            column.addWidget(one)
        column.addStretch(1)
        self._group.buttonClicked.connect(lambda one: self.chosen.emit(self.places.value() or "", one.code))
        self._draft: Draft | None = None

    def show_draft(self, draft: Draft) -> None:
        """Offer the places of a draft; the place chosen stays chosen."""
        kept = self.places.value() if self._draft is not None and self._draft.book is draft.book else ""
        self._draft = draft
        self.places.fill(_places(draft))
        self.places.set_value(kept or "")
        self._show_place()

    def _show_place(self) -> None:
        draft, place = self._draft, self.places.value() or ""
        if draft is None:
            return
        cells = list(islice(foreign(draft, place), MOST))
        forced = draft.asked.charsets.get(place, AUTO)
        shown: set[str] = set()
        for one in self.readings:
            read = say("reading.letters.found") if one.code == AUTO else _read(cells, one.code)
            one.show_read(read)
            one.setVisible(one.code in (AUTO, forced) or read not in shown)
            one.setChecked(one.code == forced)
            shown.add(read)

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:  # type: ignore[override]
        """Focus the encoding in force."""
        next(one for one in self.readings if one.isChecked()).setFocus(reason)


def _places(draft: Draft) -> list[tuple[str, str]]:
    """Return what an encoding can be chosen for: everything, a sheet of several, a column with old letters."""
    found = [("", say("reading.letters.everywhere"))]
    names = list(draft.plan.charsets)
    if len(names) > 1:
        found += [(one, say("reading.letters.sheet", sheet=one)) for one in names]
    for column in draft.plan.columns:
        place = f"{column.sheet}!{column.letter}"
        if all(place != one for one, _ in found) and next(foreign(draft, place), None) is not None:
            title = column.heading or say("import.column", letter=column.letter)
            found.append((place, say("reading.letters.column", letter=column.letter, heading=title)))
    return found


def foreign(draft: Draft, place: str) -> Iterator[Any]:
    """Yield cells of a place that hold more than plain letters; those of names, and of rows in old letters, first."""
    sheet, _, letter = place.rpartition("!") if "!" in place else (place, "", "")
    columns = [one for one in draft.plan.columns if sheet in ("", one.sheet) and letter in ("", one.letter)]
    columns.sort(key=lambda one: one.target not in _NAMES)
    for old in (True, False):
        for column in columns:
            inside = draft.book.sheet(column.sheet)
            for row in range(column.table + 1, min(len(inside.rows), column.table + LOOKED) + 1):
                cell = inside.cell(row, column.col)
                plain = not isinstance(cell.value, str) or cell.value.isascii()
                if not plain and old == ((column.sheet, row) in draft.fonts.letters):
                    yield cell


def _read(cells: Sequence[Any], charset: str) -> str:
    return "  ·  ".join(tidy(decode_as(cell.value, cell.font, charset)) for cell in cells)
