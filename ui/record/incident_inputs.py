"""Inputs only the intake page has: tiles for what happened, where, told-to boxes with their time, a name as heard.

Rules. A tile writes the kind and, where its row in the catalogue says so, a form of abuse or a cause. Ticking *Đã báo
cho* writes the time of ticking; the time can be changed. A child nobody knows is an answer: *chưa rõ* is kept as a name
that says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QHBoxLayout, QSizePolicy, QWidget

from cbdesk import clock, dates, text
from cbdesk.catalogue import Choice, Field, catalogue
from cbdesk.kinds import Read, says
from cbdesk.words import say
from ui import icons, theme
from ui.form.inputs import Around, Input, Line, TextInput, _Box
from ui.form.picker import Pick, matching
from ui.form.picking import PlaceInput
from ui.parts import paint

#: icon names of the catalogue (its own words) to files of ``resources/icons``
ICONS = {"hand": "hand_left", "shield-lock": "shield_lock", "briefcase": "briefcase", "people-arrow": "person_swap",
         "person-question": "person_question_mark", "heart-pulse": "heart_pulse", "waves": "water",
         "people-ban": "person_prohibited", "tools": "person_clock", "dots": "more_horizontal"}  # fmt: skip
PER_ROW = 5
COMMUNES = 5
"""Communes offered at most under the villages."""
#: what a tile may write besides the kind
WRITES = ("forms_of_abuse", "cause")


def tiles() -> tuple[Choice, ...]:
    """Return the tiles in the order of their digits."""
    return catalogue().lists["incident_tile"].choices


def tile_of(data: Mapping[str, Any]) -> str | None:
    """Return the tile that says best what a record holds, or ``None``."""
    best: tuple[int, str] | None = None
    for tile in tiles():
        extra = tile.extra
        if extra.get("kind") != data.get("kind"):
            continue
        score = 1
        for name in WRITES:
            wanted, given = extra.get(name), data.get(name)
            if wanted is None:
                continue
            fits = set(wanted) & set(given or ()) if isinstance(wanted, list) else wanted == given
            score = score + 1 if fits else -9
        if score > 0 and (best is None or score > best[0]):
            best = (score, tile.code)
    return best[1] if best else None


class Tile(QAbstractButton):
    """One tile: icon, words on up to two lines, digit."""

    def __init__(self, choice: Choice, digit: str, owner: TilesInput) -> None:
        super().__init__(owner)
        self.choice, self._digit, self._owner = choice, digit, owner
        self.setCheckable(True)
        self.setAutoExclusive(False)
        self.setProperty("ring", 6)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        paint.name_it(self, f"tile_{choice.code}", choice.label, digit)

    def sizeHint(self) -> QSize:
        """Return the size of a tile."""
        return QSize(theme.px(104), theme.px(44))

    def minimumSizeHint(self) -> QSize:
        """Let tiles be narrow."""
        return QSize(theme.px(84), theme.px(44))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, Space chooses, Enter goes on."""
        steps = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Down: PER_ROW, Qt.Key.Key_Up: -PER_ROW}
        step = steps.get(Qt.Key(event.key()))
        if step is not None:
            self._owner.move_from(self, step)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self._owner.typed():
            self.click()
        elif not self._owner.common_key(event):
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the tile; chosen it has a stronger border, a filled icon and a tint."""
        painter = paint.smooth(QPainter(self))
        box, on = QRectF(self.rect()), self.isChecked()
        face = "chamBg" if on else "hover" if self.underMouse() and self.isEnabled() else "panel"
        face = face if self.isEnabled() else "sunk"
        paint.frame(painter, box, 6, face, "cham" if on else "line2", 2.0 if on else 1.0)
        ink = "cham" if on else "ink" if self.isEnabled() else "ink3"
        icon = ICONS.get(str(self.choice.extra.get("icon")), "more_horizontal")
        at = QPointF(9, round(box.height() / 2 - 10))
        icons.paint(painter, icon, at, "cham" if on else "ink2", 20, filled=on)
        paint.text(painter, QRectF(box.width() - 16, 4, 12, 12), self._digit, "key", "cham" if on else "ink3")
        self._words(painter, QRectF(36, 0, box.width() - 50, box.height()), ink)
        painter.end()

    def _words(self, painter: QPainter, room: QRectF, ink: str) -> None:
        """Paint the words on one or two lines, in the middle."""
        high = theme.px(16)
        lines = two_lines(self.choice.label, room.width())
        top = room.center().y() - high * len(lines) / 2
        for number, words in enumerate(lines):
            paint.text(painter, QRectF(room.left(), top + number * high, room.width(), high), words, "label", ink)


def two_lines(words: str, room: float) -> list[str]:
    """Return words on one line, or parted at the space that makes the longer line shortest."""
    font = theme.font("label")
    if paint.text_width(font, words) <= room or " " not in words:
        return [words]
    spaces = [at for at, letter in enumerate(words) if letter == " "]
    best = min(spaces, key=lambda at: max(paint.text_width(font, words[:at]), paint.text_width(font, words[at + 1 :])))
    return [words[:best], words[best + 1 :]]


class TilesInput(Input):
    """What happened. ``chosen`` carries the tile's row of the catalogue."""

    chosen = Signal(object)

    def __init__(self, field: Field, around: Around, parent: QWidget | None = None) -> None:
        super().__init__(field, around, parent)
        holder = QWidget(self)
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        self.tiles = []
        for number, choice in enumerate(tiles()):
            tile = Tile(choice, str((number + 1) % 10), self)
            tile.clicked.connect(lambda _on=False, code=choice.code: self.choose(code))
            grid.addWidget(tile, number // PER_ROW, number % PER_ROW)
            grid.setColumnStretch(number % PER_ROW, 1)
            self.tiles.append(tile)
        self._tile: str | None = None
        self._stored: Any = None
        self.hold(holder)
        holder.setFocusProxy(self.tiles[0])

    def choose(self, code: str) -> None:
        """Choose a tile and say so."""
        self._light(code)
        self.changed.emit()
        self.chosen.emit(next(tile for tile in tiles() if tile.code == code))
        self.left.emit()

    def choose_digit(self, digit: int) -> None:
        """Choose by digit, 0 for the tenth."""
        at = (digit - 1) % 10
        if at < len(self.tiles) and self.tiles[at].isEnabled():
            self.tiles[at].setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.choose(self.tiles[at].choice.code)

    def _light(self, code: str | None) -> None:
        self._tile = code
        for tile in self.tiles:
            tile.setChecked(tile.choice.code == code)

    def show_tile(self, code: str | None) -> None:
        """Light the tile of a stored record."""
        self._light(code)

    def move_from(self, tile: Tile, step: int) -> None:
        """Move the focus among the tiles."""
        at = self.tiles.index(tile) + step
        if 0 <= at < len(self.tiles):
            self.tiles[at].setFocus(Qt.FocusReason.TabFocusReason)

    def set_value(self, value: Any) -> None:
        """Show a stored kind; the page lights the exact tile."""
        self._stored = value
        self._light(tile_of({"kind": value}))

    def typed(self) -> str | None:
        """Return the tile chosen."""
        return self._tile

    def set_typed(self, typed: Any) -> None:
        """Light a tile again."""
        self._light(typed or None)

    def read(self, today: date) -> Read:
        """Return the kind the tile stands for; a stored kind without a tile stays."""
        tile = next((one for one in tiles() if one.code == self._tile), None)
        return Read(str(tile.extra["kind"]) if tile else self._stored)

    def focus(self) -> None:
        """Focus the chosen tile, else the first."""
        tile = next((one for one in self.tiles if one.isChecked()), self.tiles[0])
        tile.setFocus(Qt.FocusReason.TabFocusReason)

    def lock(self, locked: bool) -> None:
        """Tiles of a read-only record cannot be pressed."""
        for tile in self.tiles:
            tile.setEnabled(not locked)


class _TimeLine(Line):
    """The time inside a told-to box."""

    def sizeHint(self) -> QSize:
        """Return room for what stands there."""
        wide = paint.text_width(theme.font("smallStrong"), self.text() or "00:00") + 18
        return QSize(wide, theme.px(26))

    def minimumSizeHint(self) -> QSize:
        """Never cut the time."""
        return self.sizeHint()

    def _restyle(self) -> None:
        super()._restyle()
        self.setFont(theme.font("smallStrong"))


class ToldInput(Input):
    """*Đã báo cho*: a check box that writes the time of ticking; the time can be changed."""

    says_itself = True
    bare = True
    frame_type: type[ToldFrame]

    def __init__(self, field: Field, around: Around, parent: QWidget | None = None) -> None:
        super().__init__(field, around, parent)
        self._frame = self.frame_type(self)
        row = QHBoxLayout(self._frame)
        row.setContentsMargins(5, 2, 3, 2)
        row.setSpacing(0)
        self.box = _Box(self, field.label, tone="ngoc")
        self.time = _TimeLine(self, label=say("incident.told_time", whom=field.label), height=26)
        self.time.setProperty("frameless", True)
        self.time.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.time.textChanged.connect(lambda _text: (self.time.updateGeometry(), self.updateGeometry()))
        row.addWidget(self.box)
        row.addWidget(self.time)
        self.hold(self.box)
        self._column.removeWidget(self.box)
        row.insertWidget(0, self.box)
        self._column.addWidget(self._frame)
        paint.name_it(self.time, f"{field.name}_time")
        self.box.clicked.connect(self._ticked)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._show()

    def _ticked(self) -> None:
        self.time.setText(self._short(clock.stamp()[:16]) if self.box.isChecked() else "")
        self.time.setCursorPosition(0)
        self._show()
        self.changed.emit()
        self.left.emit()

    def _short(self, stamp: str | None) -> str:
        if not stamp:
            return ""
        today = stamp[:10] == self.around.today().isoformat() and "T" in stamp
        return stamp[11:16] if today else dates.show_stamp(stamp)

    def _show(self) -> None:
        self.time.setVisible(self.box.isChecked())
        self._frame.setProperty("on", self.box.isChecked())
        self._frame.update()
        self.updateGeometry()

    def set_value(self, value: Any) -> None:
        """Show a stored moment."""
        self.box.setChecked(bool(value))
        self.time.setText(self._short(value))
        self.time.setCursorPosition(0)
        self._show()

    def typed(self) -> str:
        """Return the time as it stands there; empty while not ticked."""
        return self.time.text() if self.box.isChecked() else ""

    def set_typed(self, typed: Any) -> None:
        """Show a time again."""
        self.box.setChecked(bool(typed))
        self.time.setText(str(typed or ""))
        self._show()

    def settle(self, read: Read) -> None:
        """Show the moment that was understood; an emptied time unticks."""
        if not any(note.level == "stop" for note in read.notes):
            self.set_value(read.value)

    def state(self, level: str) -> None:
        """Mark the frame."""
        self._frame.setProperty("state", "" if level in ("note", "hint") else level)
        self._frame.update()

    def lock(self, locked: bool) -> None:
        """Neither tick nor change."""
        self.box.setEnabled(not locked)
        self.time.setReadOnly(locked)


class ToldFrame(QWidget):
    """The ground of a told-to box: green when told."""

    def changeEvent(self, event: QEvent) -> None:
        """Repaint with the theme."""
        if event.type() == QEvent.Type.StyleChange:
            self.update()
        super().changeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground."""
        painter = paint.smooth(QPainter(self))
        self.face(painter, on=bool(self.property("on")), level=str(self.property("state") or ""))
        painter.end()

    def face(self, painter: QPainter, *, on: bool, level: str) -> None:
        """Paint the ground of one state."""
        border = {"stop": "gachMark", "ask": "ngheMark"}.get(level, "ngocLine" if on else "line2")
        paint.frame(painter, QRectF(self.rect()), 5, "ngocBg" if on else "panel", border, 2.0 if level else 1.0)


ToldInput.frame_type = ToldFrame


class HeardInput(TextInput):
    """A name as heard; *chưa rõ* is kept, as a name that says nothing, because it is an answer."""

    def read(self, today: date) -> Read:
        """Understand the name."""
        if self.line.text().strip() and says("unknown", self.line.text()):
            return self.kind.read(say("incident.unknown_child"), self.field, today)
        return super().read(today)


class WhereInput(PlaceInput):
    """Where it happened: a village of the book, or another commune of the province, found by the same letters."""

    elsewhere = Signal(str)
    """Another commune was taken."""

    def __init__(self, field: Field, around: Around, parent: QWidget | None = None) -> None:
        super().__init__(field, around, parent)
        self.own_unit = ""

    def rows(self, query: str) -> list[Pick]:
        """Return villages that fit, then communes of the province, then the offer of a new village."""
        rows, written = super().rows(query), text.tidy(query)
        if len(written) < 2 or written == self._label:
            return rows
        today, own = self.around.today(), catalogue().units.get(self.own_unit)
        units = [one for one in catalogue().units.all if one.level == "xa" and one.valid(today)
                 and one.key != self.own_unit and (own is None or one.parent == own.parent)]  # fmt: skip
        other = say("incident.other_commune")
        found = matching((Pick(one.key, one.name, note=other) for one in units), written)[:COMMUNES]
        at = next((at for at, row in enumerate(rows) if row.new), len(rows))
        return [*rows[:at], *found, *rows[at:]]

    def take(self, row: Pick) -> None:
        """Take a village; another commune goes to its own field."""
        if catalogue().units.get(row.key) is None:
            super().take(row)
            return
        self.set_value(None)
        self.changed.emit()
        self.elsewhere.emit(row.key)
