"""The palette (Ctrl K): one box for commands, pages and children, found without accents.

Rules. At most eight results, grouped; Enter runs; the key of each command is shown so that people learn it. A child is
shown as name, birth year and village, and why it was found where that was not by name. Nothing typed here is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from cbdesk.desk import Desk
from cbdesk.text import fold
from cbdesk.words import say
from ui import icons, theme
from ui.jobs import Jobs, Latest
from ui.parts import LineField, paint

MOST, RECENT = 8, 4
WIDE = 660


class Entry(NamedTuple):
    """One result: group, icon, words, quiet words, key, what it does."""

    group: str
    icon: str
    words: str
    note: str
    key: str
    run: Callable[[], None]


def matching(entries: Sequence[Entry], query: str) -> list[Entry]:
    """Return the entries whose words hold every word of the query, accents ignored; starts of words only."""
    wanted = fold(query).split()
    found = []
    for entry in entries:
        words = f"{fold(entry.words)} {fold(entry.note)}".split()
        if all(any(word.startswith(want) for word in words) for want in wanted):
            found.append(entry)
    return found


class _Results(QWidget):
    """The rows under the box."""

    ran = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._entries: list[Entry] = []
        self.now = 0
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        paint.name_it(self, "palette_results")

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show results; the first is chosen."""
        self._entries, self.now = list(entries)[:MOST], 0
        self._describe()
        self.update()

    def entries(self) -> list[Entry]:
        """Return the results shown."""
        return self._entries

    def move_by(self, step: int) -> None:
        """Choose the next or previous result."""
        if self._entries:
            self.now = (self.now + step) % len(self._entries)
            self._describe()
            self.update()

    def _describe(self) -> None:
        entry = self._entries[self.now] if self._entries else None
        self.setAccessibleName(f"{entry.words} {entry.note}".strip() if entry else say("shell.palette.none"))

    def rows(self) -> list[tuple[QRectF, Entry | str]]:
        """Return where each heading and each result stands."""
        found: list[tuple[QRectF, Entry | str]] = []
        top, group = 6.0, ""
        for entry in self._entries:
            if entry.group != group:
                group = entry.group
                found.append((QRectF(18, top, self.width() - 36, theme.px(24)), group))
                top += theme.px(24)
            found.append((QRectF(8, top, self.width() - 16, theme.px(38)), entry))
            top += theme.px(38)
        return found

    def need(self) -> int:
        """Return the height of all rows."""
        rows = self.rows()
        return int(rows[-1][0].bottom()) + 8 if rows else theme.px(56)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Choose under the pointer."""
        for box, entry in self.rows():
            if isinstance(entry, Entry) and box.contains(event.position()):
                self.now = self._entries.index(entry)
                self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Run under the pointer."""
        if any(isinstance(entry, Entry) and box.contains(event.position()) for box, entry in self.rows()):
            self.ran.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint headings and results."""
        painter = paint.smooth(QPainter(self))
        if not self._entries:
            box = QRectF(18, 0, self.width() - 36, self.height())
            paint.text(painter, box, say("shell.palette.none"), "note", "ink3")
        for box, entry in self.rows():
            if isinstance(entry, Entry):
                self._paint_entry(painter, box, entry, chosen=self._entries[self.now] is entry)
            else:
                paint.text(painter, box, entry, "smallMedium", "ink2")
        painter.end()

    def _paint_entry(self, painter: QPainter, box: QRectF, entry: Entry, *, chosen: bool) -> None:
        if chosen:
            paint.frame(painter, box, 6, "chamBg", None)
            paint.frame(painter, QRectF(box.left(), box.top() + 8, 3, box.height() - 16), 1.5, "cham", None)
        middle, right = box.center().y(), box.right() - 16
        icons.paint(painter, entry.icon, QPointF(box.left() + 14, round(middle - 10)), "cham", 20)
        key = "Enter" if chosen and not entry.key else entry.key
        if key:
            wide = paint.cap_width(key)
            paint.caps(painter, right - wide, middle, key)
            right -= wide + 12
        left = box.left() + 46
        wide = paint.text_width(theme.font("strong"), entry.words)
        paint.text(painter, QRectF(left, box.top(), right - left, box.height()), entry.words, "strong", "ink")
        left += wide + 10
        if left < right:
            paint.text(painter, QRectF(left, box.top(), right - left, box.height()), entry.note, "note", "ink3")


class Palette(QWidget):
    """The layer over the window. ``offer`` gives it what can be found; ``leave`` returns the focus."""

    def __init__(self, over: QWidget, jobs: Jobs, offer: Callable[[], Sequence[Entry]],
                 open_child: Callable[[str], None] | None,
                 open_contact: Callable[[str], None] | None = None) -> None:  # fmt: skip
        super().__init__(over)
        self._offer, self._open_child, self._open_contact = offer, open_child, open_contact
        self._back_to: QWidget | None = None
        self._offered: list[Entry] = []
        self._recent: list[str] = []
        self._latest = Latest(jobs, self)
        self.box = LineField(self, hint=say("shell.palette.hint"), icon="search", name="palette_text")
        self.box.setProperty("frameless", True)
        self.box.textChanged.connect(self._look)
        self.box.installEventFilter(self)
        self.results = _Results(self)
        self.results.ran.connect(self.run)
        over.installEventFilter(self)
        self.hide()
        paint.name_it(self, "palette", say("shell.command.palette"))

    def enter(self) -> None:
        """Open, empty, with the focus in the box."""
        if self.isVisible():
            return
        self._back_to = self.window().focusWidget()
        self._offered = list(self._offer())
        self.setGeometry(self.parentWidget().rect())
        self.box.clear()
        self._look("")
        self.show()
        self.raise_()
        self.box.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def leave(self) -> None:
        """Close; the focus goes back to where it was."""
        self._latest.forget()
        self.box.clear()
        self.hide()
        if self._back_to is not None:
            self._back_to.setFocus(Qt.FocusReason.OtherFocusReason)
        self._back_to = None

    def run(self) -> None:
        """Run the chosen result."""
        entries = self.results.entries()
        if entries:
            entry = entries[self.results.now]
            if entry in self._offered:  # a child is not remembered, not even until the book is locked
                self._recent = [entry.words, *(words for words in self._recent if words != entry.words)][:RECENT]
            self.leave()
            entry.run()

    def _usual(self) -> list[Entry]:
        """Return what to show before anything is typed: what was run lately, then the first of each group."""
        lately = [entry for entry in self._offered if entry.words in self._recent]
        lately.sort(key=lambda entry: self._recent.index(entry.words))
        first: list[Entry] = []
        for entry in self._offered:
            if entry not in lately and sum(other.group == entry.group for other in first) < MOST // 2:
                first.append(entry)
        chosen = [*lately, *first][:MOST]
        groups = list(dict.fromkeys(entry.group for entry in self._offered))
        return sorted(chosen, key=lambda entry: groups.index(entry.group))

    def _room(self) -> int:
        """Return how many results fit: at most eight, fewer in a low window."""
        rows = (self.height() - 24 - theme.px(56 + 36 + 48)) // theme.px(38)
        return max(3, min(MOST, rows))

    def _look(self, query: str) -> None:
        found = matching(self._offered, query) if query.strip() else self._usual()
        self.results.show_entries(found[: self._room()])
        self._arrange()
        if query.strip() and self._open_child is not None:
            self._latest.run(lambda desk: (_children(desk, query), _contacts(desk, query)),
                             lambda rows: self._add_people(*rows, found) if rows else None)  # fmt: skip

    def _add_people(self, rows: list[dict[str, Any]], contacts: list[dict[str, str]], found: list[Entry]) -> None:
        open_child, open_contact = self._open_child, self._open_contact
        if open_child is None or not (rows or contacts):
            return
        group = say("shell.palette.children")
        children = [
            Entry(group, "people", row["name"], row["note"], "", lambda one=row["id"]: open_child(one))
            for row in rows
        ]  # fmt: skip
        people = [
            Entry(say("shell.page.directory"), "call", row["name"], row["note"], "",
                  lambda one=row["id"]: open_contact(one))
            for row in contacts if open_contact is not None
        ]  # fmt: skip
        self.results.show_entries([*children[: 5 if not people else 3], *people[:3], *found][: self._room()])
        self._arrange()

    # layout and painting

    def _panel(self) -> QRectF:
        wide = min(WIDE, self.width() - 40)
        high = theme.px(56) + self.results.need() + theme.px(36)
        top = max(12, min(70, self.height() - high - 12))
        return QRectF((self.width() - wide) // 2, top, wide, min(high, self.height() - 24))

    def _arrange(self) -> None:
        panel, head, foot = self._panel().toRect(), theme.px(56), theme.px(36)
        self.box.setGeometry(panel.left() + 8, panel.top() + 11, panel.width() - 16, theme.px(34))
        self.results.setGeometry(panel.left(), panel.top() + head, panel.width(), panel.height() - head - foot)
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows, Enter and Esc of the box; the size of the window."""
        if watched is self.box and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}
            key = Qt.Key(event.key())
            if key in steps:
                self.results.move_by(steps[key])
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.run()
                return True
            if key == Qt.Key.Key_Escape:
                self.leave()
                return True
        if watched is self.parentWidget() and event.type() == QEvent.Type.Resize and not self.isHidden():
            self.setGeometry(self.parentWidget().rect())
            self._look(self.box.text())
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press beside the panel closes it."""
        if not self._panel().contains(event.position()):
            self.leave()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint scrim, flat shadow, panel, head and foot."""
        painter = paint.smooth(QPainter(self))
        painter.fillRect(self.rect(), theme.color("scrim"))
        panel = self._panel()
        paint.frame(painter, panel.translated(0, 3), theme.RADIUS_PALETTE, "shadow", None)
        paint.frame(painter, panel, theme.RADIUS_PALETTE, "panel", "line2")
        head, foot = panel.top() + theme.px(56), panel.bottom() - theme.px(36)
        paint.hairline(painter, panel.left() + 1, panel.right() - 1, head - 1)
        paint.hairline(painter, panel.left() + 1, panel.right() - 1, foot)
        if not self.box.text():
            box = QRectF(panel.right() - 320, panel.top(), 302, theme.px(56))
            paint.text(painter, box, say("shell.palette.finds"), "note", "ink3", Qt.AlignmentFlag.AlignRight)
        middle, left = (foot + panel.bottom()) / 2, panel.left() + 18
        for key, words in (("↑|↓", say("shell.hint.select")), ("Enter", say("shell.hint.run")),
                           ("Esc", say("shell.hint.close"))):  # fmt: skip
            left = paint.caps(painter, left, middle, key) + 7
            wide = paint.text_width(theme.font("small"), words)
            paint.text(painter, QRectF(left, middle - 10, wide + 1, 20), words, "small", "ink2")
            left += wide + 14
        box = QRectF(panel.right() - 218, middle - 10, 200, 20)
        paint.text(painter, box, say("ui.no_accents"), "small", "ink3", Qt.AlignmentFlag.AlignRight)
        painter.end()


TELLING = 3
"""Letters from which the directory is asked too."""


def _children(desk: Desk, query: str) -> list[dict[str, Any]]:
    """Return at most five children: id, name; birth year, village and why it was found as the quiet words."""
    answer, villages = desk.find(query, limit=5), desk.village_names()
    found = []
    for row in answer["rows"]:
        village = villages.get(str(row.get("village") or ""), "")
        why = answer["why"].get(str(row["id"]), "")
        facts = (str(row.get("born") or "")[:4], village, why if why != village else "")
        found.append({"id": row["id"], "name": row.get("full_name") or row.get("usual_name") or say("ui.unknown"),
                      "note": " · ".join(fact for fact in facts if fact)})  # fmt: skip
    return found


def _contacts(desk: Desk, query: str) -> list[dict[str, str]]:
    """Return at most three lines of the directory whose name, role or village holds the words: name, note, id."""
    words, found = fold(query).split(), []
    for one in desk.contacts() if words and len(query.strip()) >= TELLING else ():
        said = fold(" ".join((one.name, one.label, one.organisation, one.village_name)))
        if all(word in said for word in words):
            facts = (one.label, one.village_name or one.organisation, one.phone)
            found.append({"id": one.record, "name": one.name, "note": " · ".join(fact for fact in facts if fact)})
    return found[:3]
