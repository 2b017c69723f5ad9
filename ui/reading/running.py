"""The cards before and after: where a file is chosen, how far the import is, what it did."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from cbdesk.desk import Imported
from cbdesk.desk.batches import DAYS
from cbdesk.words import say
from ui.lists.filterbar import plain
from ui.parts import Button, Card, Hairlines, IconText, Label, Rule, SectionTitle

GAP = 4


class _Facts(QWidget):
    """What is good to know before a file is chosen; left out where it has no room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        self._lines: list[QWidget] = [Rule()]
        for icon, key in (("table", "formats"), ("text_font", "letters"), ("document_table", "shapes"),
                          ("arrow_undo", "undo"), ("lock_closed", "untouched")):  # fmt: skip
            self._lines.append(IconText(icon, say(f"reading.choose.{key}"), "ink2", "note", icon_ink="ink3"))
        for line in self._lines:
            column.addWidget(line)
        column.addStretch(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show all or nothing."""
        super().resizeEvent(event)
        fits = self.height() >= sum(line.sizeHint().height() + GAP for line in self._lines)
        for line in self._lines:
            line.setVisible(fits)


class ChooseCard(Card):
    """Choose a file, paste, or drop one here; what can be read, and what happens to the file."""

    choose_wanted = Signal()
    paste_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=20, spacing=10, name="choose_card")
        self.body.addWidget(SectionTitle(say("reading.choose.title")))
        self.body.addWidget(Label(say("reading.choose.help"), "body", "ink2", wrap=True))
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        self.choose_button = Button(say("reading.choose.file"), icon="folder_open", name="choose_file")
        self.choose_button.clicked.connect(self.choose_wanted)
        self.paste_button = Button(say("reading.choose.paste"), icon="copy", key="Ctrl V", name="paste")
        self.paste_button.clicked.connect(self.paste_wanted)
        for button in (self.choose_button, self.paste_button):
            buttons.addWidget(button)
        buttons.addWidget(Label(say("reading.choose.drop"), "note", "ink3"))
        buttons.addStretch(1)
        self.body.addLayout(buttons)
        self.working = IconText("clock", "", "ink2", "note", name="reading_file")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 0)
        self.body.addWidget(self.working)
        self.body.addWidget(self.bar)
        self.body.addSpacing(4)
        self.body.addWidget(_Facts(), 1)
        self.busy("")

    def count(self, count: int) -> None:
        """Say how many rows have been looked at."""
        self.working.say(say("reading.choose.looked", n=plain(count)))

    def busy(self, words: str) -> None:
        """Say that a file is being read, or that none is."""
        self.working.say(words)
        self.working.setVisible(bool(words))
        self.bar.setVisible(bool(words))


class ProgressCard(Card):
    """How far an import is, and the way to stop it."""

    stop_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=20, spacing=10, name="progress_card")
        self.phase = Label("", "strong", name="phase")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.stop_button = Button(say("reading.run.stop"), icon="dismiss", key="Esc", name="stop")
        self.stop_button.clicked.connect(self.stop_wanted)
        self.body.addWidget(self.phase)
        self.body.addWidget(self.bar)
        self.body.addWidget(Label(say("reading.run.safe"), "note", "ink3", wrap=True))
        self.body.addWidget(self.stop_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addStretch(1)

    def begin(self, total: int) -> None:
        """Start counting."""
        self.bar.setRange(0, max(1, total))
        self.stop_button.busy("")
        self.show_count(0)

    def show_count(self, count: int) -> None:
        """Show how many rows are done."""
        self.bar.setValue(count)
        self.phase.say(say("reading.run.phase", n=plain(count), all=plain(self.bar.maximum())))


class DoneCard(Card):
    """What an import did, and what can be done next."""

    export_wanted = Signal()
    undo_wanted = Signal()
    compare_wanted = Signal()

    def __init__(self, parent: QWidget | None = None, *, compare: bool = False) -> None:
        super().__init__(parent, padding=20, spacing=12, name="done_card")
        self._compare = compare
        good = Card(tone="ngoc", spacing=2, name="done_good")
        self.title = IconText("checkmark_circle", "", "ngoc", "section", filled=True, name="done_title")
        self.undo_note = Label(say("reading.done.undo_note", days=DAYS), "note", "ink2", wrap=True)
        self.undo_button = Button(say("reading.done.undo"), icon="arrow_undo", name="undo_import")
        self.undo_button.clicked.connect(self.undo_wanted)
        told = QVBoxLayout()
        told.setSpacing(2)
        told.addWidget(self.title)
        told.addWidget(self.undo_note)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addLayout(told, 1)
        row.addWidget(self.undo_button)
        good.body.addLayout(row)
        self.body.addWidget(good)
        self._lines = Hairlines()
        self.refused = self._line("error_circle", "gach", Button("", icon="table", key="Ctrl E", name="done_export"))
        self.alike = self._line("people_swap", "nghe", Button(say("reading.done.compare"), name="done_compare"))
        self.same = self._line("database_checkmark", "ink2", None)
        self.out = self._line("circle", "ink2", None)
        self.body.addWidget(self._lines)
        self.export_button, self.compare_button = self.refused[2], self.alike[2]
        assert self.export_button is not None and self.compare_button is not None  # noqa: PT018
        self.export_button.clicked.connect(self.export_wanted)
        self.compare_button.clicked.connect(self.compare_wanted)
        self.body.addStretch(1)

    def _line(self, icon: str, ink: str, button: Button | None) -> tuple[QWidget, IconText, Button | None]:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 6, 0, 6)
        row.setSpacing(12)
        words = IconText(icon, "", "ink", "body", icon_ink=ink, filled=icon == "error_circle")
        row.addWidget(words, 1, Qt.AlignmentFlag.AlignVCenter)
        if button is not None:
            row.addWidget(button)
        self._lines.add(made)
        return made, words, button

    def show_done(self, done: Imported) -> None:
        """Show the counts of an import."""
        wrote = [say(f"reading.done.{key}", n=plain(n)) for key, n in (("added", done.added), ("updated", done.updated))
                 if n]  # fmt: skip
        self.title.say(" ".join(wrote) or say("reading.done.nothing"))
        self.undo_note.setVisible(bool(wrote))
        self.undo_button.setVisible(bool(wrote))
        counts = ((self.refused, "refused", len(done.refused)), (self.alike, "alike", done.duplicates),
                  (self.same, "same", done.same), (self.out, "out", done.skipped))  # fmt: skip
        for (line, words, _), key, count in counts:
            line.setVisible(count > 0)
            words.say(say(f"reading.done.{key}", n=plain(count)))
        self._lines.setVisible(any(count for *_, count in counts))
        assert self.export_button is not None and self.compare_button is not None  # noqa: PT018
        self.export_button.say(say("reading.export", n=plain(len(done.refused))))
        self.compare_button.setVisible(self._compare and done.duplicates > 0)
