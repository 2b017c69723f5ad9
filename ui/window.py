"""The window: at the gate (first start, unlock) or open (the shell); it hides, locks, and remembers its looks.

Rules. Its title is exactly the product's name, whatever is open, so that nothing personal stands in the task bar.
Locking keeps drafts, drops all pages and closes the register; unlocking returns to the same page. Closing waits for
work that was handed over. Minimum 900 × 430.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QApplication, QStackedLayout, QWidget

from cbdesk.desk import Desk
from cbdesk.errors import Problem
from cbdesk.words import say
from ui import commands, emblem, pages, theme
from ui.clipboard import Keeper
from ui.frame.cover import IDLE, Watch
from ui.frame.shell import Shell
from ui.guard import SessionWatch, keep_out_of_captures, wipe_spool
from ui.jobs import Jobs
from ui.leaving import PREF
from ui.parts import Button, FocusRing, ProblemCard, paint
from ui.prefs import Prefs

SMALLEST = (900, 430)
BACKUP_AFTER_MS = 20_000
AHEAD_MS = 30
"""Between two pages read ahead while the password is typed."""


class Window(QWidget):
    """The one window of the program. ``gate`` makes the widget shown before the book is open."""

    def __init__(self, folder: Path, gate: Callable[[Window], QWidget]) -> None:
        super().__init__()
        self.folder, self._make_gate = folder, gate
        wipe_spool(folder)
        self.prefs = Prefs(folder)
        self.jobs = Jobs(self)
        self.shell: Shell | None = None
        self._gate: QWidget | None = None
        self._place: tuple[str, dict[str, Any]] | None = None
        self._field = ""
        self._stack = QStackedLayout(self)
        self._ahead = QTimer(self, interval=AHEAD_MS)
        self._ahead.timeout.connect(lambda: None if pages.load_one() and self.shell is None else self._ahead.stop())
        self.watch = Watch(self)
        self.watch.lock_wanted.connect(self.lock)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self._ring = FocusRing(app)
        self.watch.set_idle(self.prefs.get("idle_minutes", IDLE))
        self._session = SessionWatch(self.lock)
        self.copies = Keeper(self)
        self.copies.told.connect(self._tell_of_copy)
        app.installEventFilter(self)
        self.setWindowTitle(say("ui.product"))
        self.setWindowIcon(emblem.app_icon())
        self.setMinimumSize(*SMALLEST)
        self.setProperty("covered", False)
        paint.name_it(self, "window", say("ui.product"))
        self.to_gate()

    # gate and shell

    def to_gate(self) -> None:
        """Show the gate: first start or unlock."""
        self._put(self._make_gate(self))
        self._gate = self._stack.currentWidget()
        self._ahead.start()

    def enter(self, role: str) -> None:
        """The desk is open: show the shell, at the page that was open before a lock."""
        self.shell = Shell(self.jobs, role, self)
        self.shell.hide_wanted.connect(self.toggle_cover)
        self.shell.lock_wanted.connect(self.lock)
        self.shell.theme_wanted.connect(self.toggle_theme)
        self.shell.text_size_wanted.connect(self.next_text_size)
        self.shell.looks_wanted.connect(self.set_looks)
        self.shell.capture_wanted.connect(self.set_capture)
        self.shell.idle_wanted.connect(self.set_idle)
        self.shell.lock_exports_wanted.connect(lambda wanted: self.prefs.put(PREF, wanted))
        self._put(self.shell)
        self._gate = None
        self.watch.begin()
        first = next(iter(self.shell.rail.names()), "")
        name, details = self._place or (first, {})
        self.shell.go(name, **details)
        self._return_to_field()
        QTimer.singleShot(BACKUP_AFTER_MS, self, self._back_up)
        self.jobs.run(lambda desk: len(desk.faults), self._tell_of_faults, lambda _problem: None, self.shell)
        self.jobs.run(_tries, self._tell_of_tries, lambda _problem: None, self.shell)
        keep_out_of_captures(self, wanted=self.prefs.get("no_capture", True))

    def _back_up(self) -> None:
        """Make the backup of the day, if it was not made yet; a failure shows as the age in the status line."""
        shell = self.shell
        if shell is not None:
            self.jobs.run(
                lambda desk: desk.backup_quietly() if desk.backup_due() else None,
                lambda _none: shell.read_facts(),
                lambda _problem: None,
                shell,
            )

    def _tell_of_faults(self, count: int) -> None:
        """Logs that do not hold lock nobody out: it is told, and what to do."""
        shell = self.shell
        if shell is not None and count:
            look = Button(say("proof.page.look"), name="look_at_faults")
            look.clicked.connect(lambda: shell.go("proof"))
            shell.talk.problem(Problem("log_fault", n=count), action=look)

    def lock(self) -> None:
        """Keep drafts, close the register, drop the pages, ask for the password."""
        if self.shell is None:
            return
        shell, self.shell = self.shell, None
        self._place, self._field = shell.place(), self._field_of(shell)
        self.copies.clear()
        shell.shut()
        self.watch.end()
        self.setProperty("covered", False)
        self.jobs.lock()
        self.to_gate()

    def _field_of(self, shell: Shell) -> str:
        """Return the name of the field of the page the focus is in, also under the cover."""
        focus, page = self.watch.focus_below(), shell.page()
        within = focus is not None and page is not None and page.isAncestorOf(focus)
        return focus.objectName() if focus is not None and within else ""

    def _return_to_field(self) -> None:
        """Once the page has read its record, take up what was being typed, in the field it was in before the lock."""
        name, self._field = self._field, ""
        shell = self.shell
        if not name or shell is None:
            return

        def place(busy: bool) -> None:
            if busy or shell is not self.shell:
                return
            self.jobs.busy_changed.disconnect(place)
            from ui.form.form_drafts import Drafts  # the forms are loaded by then

            page = shell.page()
            for form in page.findChildren(Drafts) if page is not None else ():
                if form.offering_draft():
                    form.use_draft()
            field = page.findChild(QWidget, name) if page is not None else None
            if isinstance(field, QWidget) and field.isVisible() and field.isEnabled():
                field.setFocus(Qt.FocusReason.OtherFocusReason)

        self.jobs.busy_changed.connect(place)

    def gate(self) -> QWidget | None:
        """Return the page at the gate, while the book is locked."""
        return self._gate

    def is_open(self) -> bool:
        """Return whether the book is open."""
        return self.shell is not None

    def _put(self, widget: QWidget) -> None:
        old = self._stack.currentWidget()
        self._stack.addWidget(widget)
        self._stack.setCurrentWidget(widget)
        if old is not None:
            self._stack.removeWidget(old)
            old.hide()
            old.deleteLater()

    # hiding

    def toggle_cover(self) -> None:
        """Hide the screen, or show it again."""
        if self.watch.covered():
            self.watch.uncover()
        elif self.shell is not None:
            self.watch.cover()
        self.setProperty("covered", self.watch.covered())

    # looks

    def toggle_theme(self) -> None:
        """Change between light and dark, at once."""
        self.set_looks(theme.DARK if theme.name() == theme.LIGHT else theme.LIGHT, theme.text_size())

    def next_text_size(self) -> None:
        """Go to the next text size."""
        sizes = theme.TEXT_SIZES
        self.set_looks(theme.name(), sizes[(sizes.index(theme.text_size()) + 1) % len(sizes)])

    def set_looks(self, look: str, percent: int) -> None:
        """Put theme and text size in force and remember them."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.apply(app, look, percent)
        self.prefs.put("theme", look)
        self.prefs.put("text_size", percent)
        if self.shell is not None:
            self.shell.reshape()

    def set_capture(self, wanted: bool) -> None:
        """Keep the window out of screenshots, or let it be taken, and remember it."""
        self.prefs.put("no_capture", wanted)
        keep_out_of_captures(self, wanted=wanted)

    def set_idle(self, minutes: int) -> None:
        """Choose after how many minutes without work the book locks, and remember it."""
        self.prefs.put("idle_minutes", minutes)
        self.watch.set_idle(minutes)

    def _tell_of_copy(self) -> None:
        if self.shell is not None:
            self.shell.talk.say(say("shell.copied"))

    def _tell_of_tries(self, tries: int) -> None:
        """Tell who got in, once, that somebody typed wrong passwords before."""
        if self.shell is not None and tries:
            self.shell.talk.say(say("access.tries", n=tries), care=True)

    # trouble

    def show_trouble(self, problem: Problem) -> None:
        """Show a problem wherever one is: above the page, or at the gate."""
        if self.shell is not None:
            self.shell.talk.problem(problem)
        elif self._gate is not None:
            show = getattr(self._gate, "show_problem", None)
            if callable(show):
                show(problem)
            else:
                self._put(ProblemCard(problem, closable=False))

    # events

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the keys of our table win over keys a text field would take (Ctrl K, Ctrl E), except its own undo."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self.shell is not None:
            keys = QKeySequence(event.keyCombination()).toString(QKeySequence.SequenceFormat.PortableText)
            if keys in _OURS:
                event.ignore()
                return True
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        """Ask the system to tell when its session is locked."""
        super().showEvent(event)
        self._session.begin(self)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep drafts, finish work, close the register."""
        if self.shell is not None:
            self.shell.shut()
        self.watch.end()
        self.copies.clear()
        wipe_spool(self.folder)
        self.jobs.close()
        super().closeEvent(event)


def _tries(desk: Desk) -> int:
    tries, desk.failed_tries = desk.failed_tries, 0
    return tries


_OURS = frozenset(
    keys for command in commands.COMMANDS for keys in command.keys if "Ctrl+" in keys and keys not in commands.OF_FIELDS
)
