"""The shell: rail, top bar, the open page, status line; keys, palette, and the way between pages.

Rules. Pages are made once and kept; ``go`` brings one to the front and ``back`` returns. A key is looked up in the one
table of ``ui.commands``: the page's handler first, then the shell's. After every change the counts of the rail and the
facts of the status line are asked again, in one job.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from cbdesk import clock
from cbdesk.desk import Changed, Desk
from cbdesk.errors import Problem
from cbdesk.words import say
from ui import commands, may, pages, theme
from ui.frame.facts import BookFacts, read_facts, states_of
from ui.frame.mine import Mine
from ui.frame.palette import Entry, Palette
from ui.frame.poster import Poster
from ui.frame.rail import Rail
from ui.frame.topbar import TopBar
from ui.jobs import Jobs
from ui.pages import COMPACT, FULL, NARROW, Action, Page
from ui.parts import StatusLine, paint
from ui.talk import Talk

FULL_FROM, COMPACT_FROM = 1240, 1000


def shape_of(width: int) -> str:
    """Return ``full``, ``compact`` or ``narrow`` for a width of the window; larger text needs more of it."""
    wide = width * 100 // theme.text_size()
    return FULL if wide >= FULL_FROM else COMPACT if wide >= COMPACT_FROM else NARROW


class Shell(QWidget):
    """What stands in the window while the book is open."""

    hide_wanted = Signal()
    lock_wanted = Signal()
    theme_wanted = Signal()
    text_size_wanted = Signal()
    looks_wanted = Signal(str, int)
    """A theme and a text size were chosen."""
    lock_exports_wanted = Signal(bool)
    """Whether files written out get a password."""
    idle_wanted = Signal(int)
    """Minutes without work after which the book locks."""
    capture_wanted = Signal(bool)
    """Whether the window is to stay out of screenshots."""

    def __init__(self, jobs: Jobs, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.jobs, self.role = jobs, role
        self.facts = BookFacts()
        self.mine = Mine(self)
        self._pages: dict[str, Page] = {}
        self._trail: list[tuple[str, dict[str, Any]]] = []
        self._guarded: list[tuple[QWidget, str]] = []
        self._shape = FULL
        self._saved_at = ""
        self._build()
        self.talk = Talk(self._area, self._slot)
        opens_child = "child" in pages.load()
        self.palette_layer = Palette(self, jobs, self.offer, self._open_child if opens_child else None,
                                     lambda one: self.go("directory", id=one))  # fmt: skip
        self._bind_keys()
        self.poster = Poster(jobs, self)
        self.poster.walked.connect(self.read_facts)
        jobs.changed.connect(self._changed)
        jobs.trouble.connect(self._trouble)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_moved)
        self.read_facts()

    def _build(self) -> None:
        self.rail = Rail(pages.rail(self.role), self)
        self.rail.chosen.connect(self.go)
        self.rail.hide_wanted.connect(self.hide_wanted)
        self.rail.lock_wanted.connect(self.lock_wanted)
        self.topbar = TopBar(self)
        self.topbar.palette_wanted.connect(self._open_palette)
        self.topbar.went.connect(self.go)
        self.status = StatusLine(self)
        self._stack = QStackedWidget(self)
        self._slot = QVBoxLayout()
        self._slot.setContentsMargins(20, 0, 16, 0)
        self._area = QWidget(self)
        inner = QVBoxLayout(self._area)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(12)
        inner.addLayout(self._slot)
        inner.addWidget(self._stack, 1)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.topbar)
        right.addWidget(self._area, 1)
        right.addWidget(self.status)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addLayout(right, 1)
        paint.name_it(self, "shell")

    # pages

    def go(self, name: str, /, **details: Any) -> None:
        """Bring a page to the front; ``details`` reach its ``opened``. An unknown name does nothing."""
        if name not in pages.load():
            return
        present = self.page()
        if present is not None:
            present.closed()
        self.talk.clear()
        if not self._trail or self._trail[-1][0] != name:
            self._trail.append((name, details))
            del self._trail[:-20]
        else:
            self._trail[-1] = (name, details)
        page = self._made(name)
        self._stack.setCurrentWidget(page)
        self.rail.light(page.under or name)
        page.shaped(self._shape)
        page.opened(**details)
        self._focus_into(page)
        self.refresh()

    def _focus_into(self, page: Page) -> None:
        """Put the focus on the first part of a page that did not place it itself; it is never left behind."""
        focus = QApplication.focusWidget()
        if focus is not None and page.isAncestorOf(focus):
            return
        widget = page.nextInFocusChain()
        while widget is not page and page.isAncestorOf(widget):
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisibleTo(page) and widget.isEnabled():
                widget.setFocus(Qt.FocusReason.OtherFocusReason)
                return
            widget = widget.nextInFocusChain()

    def back(self) -> None:
        """Return to the page before, or to the first of the rail."""
        if len(self._trail) > 1:
            self._trail.pop()
            name, details = self._trail.pop()
            self.go(name, **{key: value for key, value in details.items() if key != "search"})
        elif self.rail.names():
            self.go(self.rail.names()[0])

    def page(self) -> Page | None:
        """Return the page at the front."""
        shown = self._stack.currentWidget()
        return shown if isinstance(shown, Page) else None

    def place(self) -> tuple[str, dict[str, Any]] | None:
        """Return where one is, to return there after unlocking."""
        return self._trail[-1] if self._trail else None

    def _made(self, name: str) -> Page:
        if name not in self._pages:
            page = pages.load()[name](self)
            self._pages[name] = page
            self._stack.addWidget(page)
        return self._pages[name]

    def shut(self) -> None:
        """The book is about to be locked: let the page keep its draft."""
        present = self.page()
        if present is not None:
            present.closed()
        self.talk.hush()
        self.poster.shut()

    # what is shown about the page

    def refresh(self) -> None:
        """Read title, facts, actions and hints of the page again; pages call this when they change."""
        page = self.page()
        if page is not None:
            self.topbar.show_page(page)
            self.refresh_hints()
            self._show_states()

    def refresh_hints(self) -> None:
        """Read the key hints of the page again."""
        page = self.page()
        if page is not None:
            self.status.show_hints([one for one in page.hints() if self._answers(one.key)])

    def _answers(self, key: str) -> bool:
        """Return whether a key is not one only of commands this officer is not offered."""
        named = [one for one in commands.COMMANDS if one.cap == key.replace("|", " ")]
        return not named or any(self.may(may.needed(one.name)) for one in named)

    def _focus_moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        page = self.page()
        if page is not None and new is not None and page.isAncestorOf(new):
            self.refresh_hints()

    # facts about the book

    def read_facts(self) -> None:
        """Ask the desk for the counts of the rail and the facts of the status line."""
        shown = pages.rail(self.role)

        def ask(desk: Desk) -> tuple[BookFacts, dict[str, int]]:
            return read_facts(desk), {page.name: page.badge(desk) for page in shown}

        self.jobs.run(ask, self._show_facts, owner=self)

    def _show_facts(self, answer: tuple[BookFacts, dict[str, int]]) -> None:
        before, (self.facts, counts) = self.facts.rights, answer
        if before != self.facts.rights:
            for button, right in self._guarded:
                button.setVisible(self.may(right))
            self.rail.offer([page.name for page in pages.rail(self.role) if self.may(may.to_open(page.name))])
            self.refresh()
        self.mine.know(self.facts.villages)
        self.rail.show_unit(self.facts.unit, self.facts.officer, self.facts.office)
        self.rail.show_counts(counts)
        self.topbar.practice.setVisible(self.facts.practice)
        self._show_states()

    def _show_states(self) -> None:
        page = self.page()
        own = list(page.states()) if page is not None else []
        self.status.show_states([*own, *states_of(self.facts, self._saved_at)])

    def _changed(self, changed: Changed, _owner: object) -> None:
        self._saved_at = clock.now().strftime("%H:%M")
        for page in self._pages.values():
            page.changed(changed)
        self.read_facts()

    def _trouble(self, problem: Problem, _owner: object) -> None:
        self.talk.problem(problem)

    # keys

    def _bind_keys(self) -> None:
        self._shortcuts: list[QShortcut] = []
        by_key: dict[str, list[commands.Command]] = {}
        for command in commands.COMMANDS:
            for keys in command.keys:
                by_key.setdefault(keys, []).append(command)
        for keys, several in by_key.items():
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.activated.connect(lambda several=several: self._key(several))
            self._shortcuts.append(shortcut)

    def _key(self, several: list[commands.Command]) -> None:
        for command in several:
            if self.can(command):
                self.run(command.name)
                return

    def may(self, right: str) -> bool:
        """Return whether this officer has a right; what needs one he lacks is not offered (``ui.may``)."""
        return right in self.facts.rights

    def guard(self, button: QWidget, right: str) -> None:
        """Show a button of a page only to who has a right.

        One that has no place yet is only hidden: shown, it would be a window of its own and take the focus.
        """
        self._guarded.append((button, right))
        if not self.may(right):
            button.hide()

    def allowed(self, actions: Sequence[Action]) -> list[Action]:
        """Return those of the buttons that are offered."""
        return [one for one in actions if self.may(may.needed(one.name))]

    def can(self, command: commands.Command) -> bool:
        """Return whether a command can be answered now, by the page or by the shell."""
        if not self.may(may.needed(command.name)) or not self.may(may.to_open(command.page)):
            return False
        page = self.page()
        if page is not None and command.name in page.handlers():
            return True
        if command.page:
            known = pages.load().get(command.page)
            return known is not None and self.role in known.roles
        if command.name == "help":
            return "help" in pages.load()
        if command.name == "undo":
            return self.talk.can_undo()
        return command.where == "shell"

    def run(self, name: str) -> None:
        """Run a command by name."""
        if self.parent_covered() and name not in ("hide_screen", "lock"):
            return
        if not self.may(may.needed(name)):
            return
        if not self.palette_layer.isHidden() and name not in ("hide_screen", "lock"):
            if name in ("back", "palette"):
                self.palette_layer.leave()
            return
        command, page = commands.command(name), self.page()
        handler = page.handlers().get(name) if page is not None else None
        if handler is not None:
            handler()
            return
        own = self._own().get(name)
        if own is not None:
            own()
        elif command.page:
            self.go(command.page)

    def parent_covered(self) -> bool:
        """Return whether the screen is hidden (the window knows)."""
        return bool(self.window().property("covered"))

    def _own(self) -> dict[str, Callable[[], None]]:
        own: dict[str, Callable[[], None]] = {
            "palette": self.palette_layer.enter,
            "hide_screen": self.hide_wanted.emit,
            "lock": self.lock_wanted.emit,
            "full_screen": self._full_screen,
            "primary": self._primary,
            "back": self._escape,
            "undo": self._undo,
            "theme": self.theme_wanted.emit,
            "text_size": self.text_size_wanted.emit,
            "new_child": lambda: self.go("child", new=True),
            "search_children": lambda: self.go("children", search=True),
            "take_acks": lambda: self.go("transfer", receive=True),
            "help": self._help,
        }
        for number, name in enumerate(self.rail.names()[:8], 1):
            own[f"page_{number}"] = lambda name=name: self.go(name)
        return own

    def _primary(self) -> None:
        button = self.topbar.primary()
        if button is not None and button.isEnabled() and not button.is_busy():
            button.setFocus(Qt.FocusReason.ShortcutFocusReason)  # leaving the field lets it read what was typed
            button.click()

    def _escape(self) -> None:
        if self.talk.clear():
            return
        page = self.page()
        if page is not None and not page.leave() and not page.order:
            self.back()

    def _undo(self) -> None:
        self.talk.undo()

    def _help(self) -> None:
        page = self.page()
        self.go("help", about=page.name if page is not None else "")

    def _full_screen(self) -> None:
        window = self.window()
        window.showNormal() if window.isFullScreen() else window.showFullScreen()

    def offer(self) -> list[Entry]:
        """Return what the palette can find: commands that can be answered now, and pages."""
        found = []
        for command in commands.COMMANDS:
            if command.name not in commands.SILENT and self.can(command):
                run = lambda name=command.name: self.run(name)  # noqa: E731
                group = say("shell.palette.commands")
                found.append(Entry(group, command.icon, command.words, "", command.cap, run))
        found += self._offer_actions({entry.words for entry in found})
        group = say("shell.palette.pages")
        for number, name in enumerate(self.rail.names(), 1):
            key, icon = f"Ctrl {number}" if number < 9 else "", pages.load()[name].icon
            go = lambda name=name: self.go(name)  # noqa: E731
            found.append(Entry(group, icon, pages.title_of(name), "", key, go))
        return found

    def _offer_actions(self, known: set[str]) -> list[Entry]:
        """Return the buttons of the page that are no command of the table, so that each can be found by its words."""
        page = self.page()
        if page is None:
            return []
        group, primary = say("shell.palette.commands"), page.primary()
        actions = self.allowed([*([primary] if primary else []), *page.secondary()])
        keys = {one.cap for one in commands.COMMANDS if one.name not in commands.SILENT and self.can(one)} | {"Esc"}
        return [
            Entry(group, one.icon, one.words, "", one.key, one.run)
            for one in actions
            if not one.why and not one.busy and one.words not in known and (not one.key or one.key not in keys)
        ]

    def _open_palette(self) -> None:
        self.palette_layer.enter()

    def _open_child(self, child: str) -> None:
        self.go("child", id=child)

    # shape

    def shape(self) -> str:
        """Return the present shape: full, compact or narrow."""
        return self._shape

    def reshape(self) -> None:
        """Follow the width of the window and the text size."""
        self._shape = shape_of(self.width())
        self.rail.slim(self._shape != FULL)
        self.topbar.shape(self._shape)
        page = self.page()
        if page is not None:
            page.shaped(self._shape)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the width of the window."""
        super().resizeEvent(event)
        self.reshape()
