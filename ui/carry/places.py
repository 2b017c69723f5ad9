"""Where a bundle goes or comes from: sticks that are plugged in, the server, another folder, a file for official mail.

Rules. Sticks are asked for every two seconds while the picker is in sight, on the background thread, because a faulty
drive may take its time. The choice is kept by path. Arrows move among the rows; Enter takes the row and goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QFileDialog,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from cbdesk import carrier, dates
from cbdesk.desk import Desk
from cbdesk.errors import Problem
from cbdesk.words import say
from ui import icons, theme
from ui.jobs import Jobs
from ui.parts import IconText, paint
from ui.parts.choice import badge_width, paint_badge
from ui.talk import Talk, documents

ASK_MS = 2_000
STICK, FOLDER, MAIL, FILES, NETWORK = "stick", "folder", "mail", "files", "network"
ICONS = {NETWORK: "cloud", STICK: "usb_stick", FOLDER: "folder", MAIL: "save", FILES: "document"}


@dataclass(frozen=True)
class Place:
    """A place: kind, paths (one folder, or files), words, facts, a badge, whether it is locked, or a server is set."""

    kind: str
    paths: tuple[Path, ...] = ()
    words: str = ""
    facts: str = ""
    badge: str = ""
    locked: bool = False
    server: bool = False

    @property
    def ready(self) -> bool:
        """Return whether it may be used: something was chosen, and it is not locked."""
        return bool(self.paths or self.server) and not self.locked

    @property
    def key(self) -> str:
        """Return what the choice is kept by."""
        return f"{self.kind} {self.paths[0]}" if self.kind == STICK and self.paths else self.kind


def size_words(count: int) -> str:
    """Return a size as people say it: 86 KB, 7,2 GB."""
    for unit, step in (("gb", 1024**3), ("mb", 1024**2), ("kb", 1024)):
        if count >= step:
            exact = count / step
            shown = f"{exact:.1f}".replace(".", ",") if exact < 10 and unit != "kb" else str(round(exact))
            return say(f"carry.size.{unit}", n=shown)
    return say("carry.size.byte", n=count)


def read_sticks(*, reading: bool) -> list[Place]:
    """Return the sticks as places; runs on the background thread. ``reading`` counts the bundles on them."""
    found = []
    for stick in carrier.sticks():
        words = say("carry.place.stick", label=stick.label) if stick.label else say(
            "carry.place.stick_plain", path=stick.path)  # fmt: skip
        count = _bundles(stick.path)
        facts = say("carry.place.facts", free=size_words(stick.free), format=stick.format)
        if stick.read_only and not reading:
            facts = say("carry.place.locked")
        badge = ""
        if count:
            badge = say("carry.place.bundles", n=count) if reading else say("carry.place.used")
        found.append(Place(STICK, (stick.path,), words, facts, badge, stick.read_only and not reading))
    return found


def read_network(desk: Desk) -> Place:
    """Return the server that is set as a place, or the place that asks for one; runs on the desk's thread."""
    found = desk.post_settings()
    if not found.url:
        return Place(NETWORK, (), say("carry.place.network"), say("carry.place.network_unset"))
    host = found.url.removeprefix("https://").partition("/")[0]
    facts = say("carry.place.network_facts", host=host, when=_when(found.last_at)) if found.last_at else host
    return Place(NETWORK, (), say("carry.place.network"), facts, server=True)


def _when(stamp: str) -> str:
    return f"{stamp[11:16]} {dates.show_date(stamp[:10])}"


def _bundles(path: Path) -> int:
    try:
        return len(carrier.bundles_in(path))
    except Problem:
        return 0


class PlaceRow(QAbstractButton):
    """One place as a row with a round mark."""

    taken = Signal()

    def __init__(self, place: Place, parent: QWidget) -> None:
        super().__init__(parent)
        self.place = place
        self.setCheckable(True)
        self.setEnabled(not place.locked)
        self.setProperty("ring", theme.RADIUS_BUTTON)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        paint.name_it(self, f"place_{place.kind}", place.words, place.facts)

    def show_place(self, place: Place) -> None:
        """Show other facts of the same place."""
        self.place = place
        self.setEnabled(not place.locked)
        paint.name_it(self, "", place.words, place.facts)
        self.update()

    def sizeHint(self) -> QSize:
        """Return the height of the row."""
        return QSize(300, theme.px(48))

    def minimumSizeHint(self) -> QSize:
        """A row is never squeezed; its words are elided."""
        return QSize(120, theme.px(48))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes the row and goes on."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            if not (self.isChecked() and self.place.ready):
                self.click()
            self.taken.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the row."""
        painter = paint.smooth(QPainter(self))
        box, on = QRectF(self.rect()), self.isChecked()
        face = "chamBg" if on else "hover" if self.underMouse() and self.isEnabled() else "panel"
        paint.frame(painter, box, theme.RADIUS_BUTTON, face, "chamLine" if on else "line")
        middle, ink = box.center().y(), "ink" if self.isEnabled() else "ink3"
        painter.setPen(QPen(theme.color("cham" if on else "field"), 1.5))
        painter.setBrush(theme.color("panel"))
        painter.drawEllipse(QPointF(22, middle), 8.25, 8.25)
        if on:
            paint.dot(painter, QPointF(22, middle), 4.5, "cham")
        icons.paint(painter, ICONS[self.place.kind], QPointF(44, round(middle - 10)), "ink2", 20)
        right = box.right() - 14
        if self.place.badge:
            right -= badge_width(self.place.badge)
            paint_badge(painter, right, middle, self.place.badge, "ngoc")
        half = theme.px(18)
        room = right - 76 - 12
        paint.text(painter, QRectF(76, middle - half, room, half), self.place.words, "medium", ink)
        paint.text(painter, QRectF(76, middle, room, half), self.place.facts, "small", "ink3")
        painter.end()


class PlacePicker(QWidget):
    """The rows. ``chosen_changed`` follows each choice, ``taken`` is Enter on a row that is ready."""

    chosen_changed = Signal()
    taken = Signal()
    server_wanted = Signal()
    """The network was chosen and no server is set."""

    def __init__(
        self, jobs: Jobs, talk: Talk, parent: QWidget | None = None, *, reading: bool = False, network: bool = False
    ) -> None:
        super().__init__(parent)
        self._jobs, self._talk, self._reading = jobs, talk, reading
        self._asking = False
        others = (*((NETWORK,) if network else ()), *((FILES, FOLDER) if reading else (FOLDER, MAIL)))
        self._others = [self._plain(kind) for kind in others]
        self._sticks: list[Place] = []
        self._rows: dict[str, PlaceRow] = {}
        self._group = QButtonGroup(self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._none = IconText("usb_stick", say("carry.place.none"), "ink3", "note", name="no_stick")
        self._column.addWidget(self._none)
        self._timer = QTimer(self)
        self._timer.setInterval(ASK_MS)
        self._timer.timeout.connect(self.ask)
        paint.name_it(self, "places")
        self._lay()

    def _plain(self, kind: str) -> Place:
        return Place(kind, (), say(f"carry.place.{kind}"), say(f"carry.place.{kind}_facts"))

    # choice

    def chosen(self) -> Place | None:
        """Return the place chosen, if it can be used."""
        row = next((row for row in self._rows.values() if row.isChecked()), None)
        return row.place if row is not None and row.place.ready else None

    def sticks(self) -> Sequence[Place]:
        """Return the sticks seen last."""
        return self._sticks

    def focus_first(self) -> None:
        """Give the focus to the row chosen, else to the first."""
        rows = list(self._rows.values())
        row = next((row for row in rows if row.isChecked()), next((row for row in rows if row.isEnabled()), None))
        if row is not None:
            row.setFocus(Qt.FocusReason.OtherFocusReason)

    def forget(self) -> None:
        """Drop what was chosen by dialog."""
        self._others = [one if one.kind == NETWORK else self._plain(one.kind) for one in self._others]
        self._clear_choice()
        self._lay()
        self.pick_first_stick()

    def _clear_choice(self) -> None:
        self._group.setExclusive(False)
        for row in self._rows.values():
            row.setChecked(False)
        self._group.setExclusive(True)

    def pick_first_stick(self) -> bool:
        """Choose the first stick that can be used, unless something is chosen."""
        if self.chosen() is not None:
            return True
        for row in self._rows.values():
            if row.place.kind == STICK and row.isEnabled():
                row.setChecked(True)
                self.chosen_changed.emit()
                return True
        return False

    def show_network(self, place: Place) -> None:
        """Show the server that is set."""
        self._others = [place if one.kind == NETWORK else one for one in self._others]
        self._lay()
        self.chosen_changed.emit()

    # sticks

    def showEvent(self, event: QShowEvent) -> None:
        """Look for sticks while in sight."""
        super().showEvent(event)
        self._timer.start()
        self.ask()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop looking."""
        super().hideEvent(event)
        self._timer.stop()

    def ask(self) -> None:
        """Ask which sticks there are."""
        if self._asking or self._jobs.is_busy():
            return
        self._asking = True
        reading = self._reading
        self._jobs.outside(lambda: read_sticks(reading=reading), self._show_sticks, self._not_read, self)

    def _not_read(self, _problem: Problem) -> None:
        self._asking = False

    def _show_sticks(self, sticks: list[Place]) -> None:
        self._asking = False
        if sticks != self._sticks:
            self._sticks = sticks
            self._lay()
            self.pick_first_stick()
            self.chosen_changed.emit()

    # rows

    def _lay(self) -> None:
        """Bring the rows in line with the places, keeping those that stay."""
        places = [*self._sticks, *self._others]
        keys = [place.key for place in places]
        focus = next((key for key, row in self._rows.items() if row.hasFocus()), "")
        for key in [key for key in self._rows if key not in keys]:
            row = self._rows.pop(key)
            self._group.removeButton(row)
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        for at, place in enumerate(places):
            row = self._rows.get(place.key) or self._new_row(place)
            row.show_place(place)
            self._column.removeWidget(row)
            self._column.insertWidget(at + 1, row)
        self._rows = {key: self._rows[key] for key in keys}
        self._none.setVisible(not self._sticks)
        if focus and focus not in self._rows:
            self.focus_first()

    def _new_row(self, place: Place) -> PlaceRow:
        row = PlaceRow(place, self)
        row.clicked.connect(lambda _on=False, row=row: self._clicked(row))
        row.taken.connect(self._taken)
        self._group.addButton(row)
        self._rows[place.key] = row
        row.show()
        return row

    def _clicked(self, row: PlaceRow) -> None:
        if row.place.kind == NETWORK and not row.place.ready:
            self._clear_choice()
            self.server_wanted.emit()
        elif row.place.kind not in (STICK, NETWORK):
            self._choose_by_dialog(row)
        self.chosen_changed.emit()

    def _taken(self) -> None:
        if self.chosen() is not None:
            self.taken.emit()

    def _choose_by_dialog(self, row: PlaceRow) -> None:
        kind = row.place.kind
        if kind == FILES:
            names, _ = QFileDialog.getOpenFileNames(
                self.window(), say("ui.choose_file"), str(documents()), say("carry.place.kinds")
            )
            paths = tuple(Path(name) for name in names)
        else:
            folder = self._talk.folder()
            paths = (folder,) if folder is not None else ()
        if paths:
            self.choose(kind, paths)
        elif not row.place.paths:
            self._clear_choice()

    def choose(self, kind: str, paths: Sequence[Path]) -> None:
        """Choose a folder or files as if by dialog."""
        words = say("carry.place.chosen_files", n=len(paths)) if kind == FILES else say(
            "carry.place.chosen_folder", name=paths[0].name or str(paths[0]))  # fmt: skip
        facts = paths[0].name if kind == FILES else str(paths[0])
        place = Place(kind, tuple(paths), words, facts)
        self._others = [place if one.kind == kind else one for one in self._others]
        self._lay()
        self._rows[kind].setChecked(True)
        if any(row.hasFocus() for row in self._rows.values()):
            self._rows[kind].setFocus(Qt.FocusReason.OtherFocusReason)
        self.chosen_changed.emit()
