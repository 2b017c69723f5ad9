"""Scenes of the gallery: each is a function that brings a stage into a state worth looking at.

To add one, write ``@scene("name")`` over a function of the stage. The stage has an application, and on demand a window
on an invented practice register (``stage.shell()``), which is made once in a temporary folder. All data is invented.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from cbdesk import desk, words
from cbdesk.errors import Problem
from ui import theme
from ui.parts import (
    DEGREES,
    Badge,
    Banner,
    Button,
    Card,
    Checkbox,
    EmptyState,
    FilterChip,
    FocusRing,
    KeyCap,
    Labelled,
    LineField,
    Option,
    ProblemCard,
    Radio,
    SearchBox,
    SectionTitle,
    Segmented,
    Skeleton,
    StatCard,
    Stepper,
    Toast,
)

Scene = Callable[["Stage"], QWidget]
SCENES: dict[str, Scene] = {}
PASSWORD = "tap huan"  # noqa: S105  (of an invented practice register)


def scene(name: str) -> Callable[[Scene], Scene]:
    """Enter a scene under a name."""

    def enter(function: Scene) -> Scene:
        SCENES[name] = function
        return function

    return enter


class Stage:
    """An application, a size, and what scenes need."""

    def __init__(self, size: tuple[int, int], look: str, percent: int, language: str = "vi") -> None:
        words.set_language(language)
        found = QApplication.instance()
        self.app = found if isinstance(found, QApplication) else QApplication(["cbdesk"])
        theme.apply(self.app, look, percent)
        self.size = size
        self._ring: FocusRing | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="cbdesk-gallery-")
        self._window: Any = None
        self._shown: list[QWidget] = []
        self._undo: list[Callable[[], None]] = []

    def keep(self, shown: QWidget) -> None:
        """Close a widget at the end."""
        self._shown.append(shown)

    def bare(self) -> QWidget:
        """Return an empty top-level widget of the stage's size."""
        if self._ring is None:
            self._ring = FocusRing(self.app)
        made = QWidget()
        made.resize(*self.size)
        self.keep(made)
        return made

    def wait(self, milliseconds: int) -> None:
        """Let the window work for a while."""
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def until(self, holds: Callable[[], bool], seconds: float = 20.0) -> None:
        """Let the window work until something holds. Raises ``TimeoutError``."""
        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end:
                raise TimeoutError
            self.wait(20)

    def grab(self, made: Scene) -> QPixmap:
        """Play a scene and return its picture."""
        shown = made(self)
        shown.resize(*self.size)
        shown.show()
        shown.activateWindow()
        self.wait(120)
        picture = shown.grab()
        while self._undo:
            self._undo.pop()()
        return picture

    def after(self, undo: Callable[[], None]) -> None:
        """Do something once the picture is taken, so that the next scene finds the window as it was."""
        self._undo.append(undo)

    def folder(self) -> Path:
        """Return the data folder of the invented register."""
        return Path(self._folder.name) / "book"

    def shell(self) -> Any:
        """Return the window, open on the invented practice register of one commune."""
        if self._window is None:
            from ui.window import Window

            self._window = Window(self.folder(), lambda _window: QWidget())
            self._window.resize(*self.size)
            jobs = self._window.jobs
            jobs.open(
                lambda: desk.setup(self.folder(), role="commune", unit="01321", password=PASSWORD, practice=True,
                                   officer=words.say("demo.officer_commune")),
                lambda done: done.desk,
                lambda done: self._window.enter(done.desk.role),
            )  # fmt: skip
            self.until(lambda: self._window.is_open() and not jobs.is_busy())
        return self._window

    def close(self) -> None:
        """Shut what was opened."""
        if self._window is not None:
            self._window.close()
        for shown in self._shown:
            shown.close()
        self._folder.cleanup()


def row(*widgets: QWidget, spacing: int = 10) -> QHBoxLayout:
    """Return widgets side by side."""
    made = QHBoxLayout()
    made.setSpacing(spacing)
    for widget in widgets:
        made.addWidget(widget)
    made.addStretch(1)
    return made


def _down(layout: QVBoxLayout, parts: Iterable[QWidget | QHBoxLayout]) -> None:
    for part in parts:
        layout.addLayout(part) if isinstance(part, QHBoxLayout) else layout.addWidget(part)


@scene("parts")
def parts(stage: Stage) -> QWidget:
    """All parts with their states; words are taken from the language files."""
    say = words.say
    top = stage.bare()
    columns = QGridLayout(top)
    columns.setContentsMargins(20, 16, 20, 16)
    columns.setSpacing(12)
    left, right = Card(spacing=12), Card(spacing=10)
    undo = say("ui.undo")
    kinds = [Button(undo, kind, icon="save", key="Ctrl S") for kind in ("primary", "secondary", "quiet", "link")]
    off = [Button(undo, kind) for kind in ("primary", "secondary", "quiet")]
    for button in off:
        button.explain(undo)
    busy = Button(undo, "primary")
    tones = [Badge(say("ui.unknown"), tone, icon=icon) for tone, icon in (
        ("cham", ""), ("neutral", ""), ("ngoc", "checkmark_circle"), ("nghe", "clock"), ("gach", "error_circle"),
        ("man", "lock_closed"))]  # fmt: skip
    chip, chosen, toggle = (
        FilterChip(say("shell.page.children")), FilterChip(say("shell.page.children")),
        FilterChip(say("shell.page.cases"), icon="flow", toggle=True),
    )  # fmt: skip
    chosen.set_value("0 – 15")
    degree = Segmented([Option("low", "1", DEGREES["low"], "ngoc"), Option("medium", "2", DEGREES["medium"], "nghe"),
                        Option("high", "3", DEGREES["high"], "gach")])  # fmt: skip
    degree.set_value("medium")
    ticked, empty = Checkbox(say("ui.open")), Checkbox(say("ui.close"))
    ticked.setChecked(True)
    one, two = Radio(say("ui.open")), Radio(say("ui.close"))
    one.setChecked(True)
    skeleton = Skeleton(rows=3)
    toast = Toast(say("ui.copied"), left, undo=lambda: None)
    toast.setMinimumHeight(44)
    caps = row(KeyCap("F2"), KeyCap("Ctrl S"), KeyCap("Alt|↑|↓"))
    stepper = Stepper([say("ui.open"), say("ui.next"), say("ui.save"), say("ui.close")], 2)
    stat = StatCard(say("shell.page.children"))
    stat.show_figure("1.842", "+6", (3, 4, 4, 5, 7, 6, 8, 9, 9, 11, 12, 14))
    bars = StatCard(say("shell.page.incidents"), bars=True)
    bars.show_figure("3", "+2", (2, 1, 4, 1, 5, 6, 3, 4, 1, 2, 1, 7))
    _down(left.body, [SectionTitle(say("ui.all")), row(*kinds), row(*off, busy), caps, row(*tones),
                      row(chip, chosen, toggle), row(degree), row(ticked, empty, one, two), stepper, stat, bars,
                      toast, skeleton])  # fmt: skip
    left.body.addStretch(1)
    fields = QGridLayout()
    fields.setSpacing(12)
    for at, level in enumerate(("", "note", "stop", "ask")):
        field = Labelled(say("ui.unknown"), LineField(hint=say("ui.empty")), required=at == 2)
        field.say(level, say("ui.no_accents") if level else "")
        fields.addWidget(field, at // 3, at % 3)
    read_only = LineField()
    read_only.setText("BL-A0417")
    read_only.setReadOnly(True)
    fields.addWidget(Labelled(say("ui.code", number=""), read_only), 1, 1)
    fields.addWidget(Labelled(say("shell.hint.search"), SearchBox(say("shell.palette.hint"))), 1, 2)
    right.body.addLayout(fields)
    again = Button(say("shell.command.reload"), icon="arrow_sync")
    right.body.addWidget(Banner("emergency", f"**{say('shell.page.incident')}** {say('ui.no_accents')}",
                                action=Button(say("ui.open"), icon="open", tone="gach")))  # fmt: skip
    right.body.addWidget(ProblemCard(Problem("stick_gone"), action=again))
    right.body.addWidget(EmptyState(say("shell.palette.none"), say("ui.no_accents"),
                                    action=Button(say("shell.command.new_child"), icon="add", key="F4")))  # fmt: skip
    right.body.addStretch(1)
    columns.addWidget(left, 0, 0)
    columns.addWidget(right, 0, 1)
    columns.setColumnStretch(0, 1)
    columns.setColumnStretch(1, 1)
    top.show()
    busy.busy(say("ui.saving"))
    skeleton.show()
    toast.show()
    off[0].setFocus()
    kinds[1].setFocus()
    return top


@scene("shell")
def shell(stage: Stage) -> QWidget:
    """The empty shell on the invented register."""
    return stage.shell()
