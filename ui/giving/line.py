"""One line of a giving list, opened beside the list: what is written of it, and the office's own columns.

Rules. Ctrl S writes and goes on to the next line, Esc closes. A household without a child in the register has a name
and a village; a child's come from its record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from cbdesk.catalogue import catalogue
from cbdesk.desk.handouts import Candidate
from cbdesk.words import say
from ui import theme
from ui.designing.values import ExtraFields
from ui.form.form import FormView, Part
from ui.jobs import Jobs
from ui.parts import Button, Card, IconButton, Label, Scroller

LINE = "handout_line"
OWN = ("received_by", "what", "value", "note")
STRUCK = ("harm", "needs", *OWN)
HOME = ("heard_name", "place")
WIDE = 348


class LinePanel(Card):
    """The panel. ``saved`` carries the answer of the desk, ``shut`` says that it closed."""

    saved = Signal(object)
    shut = Signal()
    opened = Signal(str)

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=0, spacing=0, name="line_panel")
        self._jobs, self._line, self._child = jobs, "", ""
        self.body.setContentsMargins(1, 8, 1, 10)
        head = QHBoxLayout()
        head.setContentsMargins(15, 0, 8, 0)
        self.title = Label("", "strong", elide=True, name="line_title")
        head.addWidget(self.title, 1)
        close = IconButton("dismiss", say("ui.close"), name="line_close")
        close.clicked.connect(self.leave)
        head.addWidget(close)
        self.body.addLayout(head)
        self._scroll = Scroller(spacing=10, name="line_scroll")
        self._scroll.body.setContentsMargins(15, 6, 12, 8)
        self.body.addWidget(self._scroll, 1)
        self._views: dict[tuple[str, ...], FormView] = {}
        self.view: FormView | None = None
        self.extras = ExtraFields(jobs)
        self.extras.written.connect(self.saved)
        self._scroll.body.addWidget(self.extras)
        self._scroll.body.addStretch(1)
        foot = QHBoxLayout()
        foot.setContentsMargins(15, 6, 15, 0)
        self.save_button = Button(say("child.save_row"), icon="save", key="Ctrl S", name="line_save")
        self.save_button.clicked.connect(self.save)
        self.child_button = Button(say("handouts.open_child"), "link", icon="open", name="line_child")
        self.child_button.clicked.connect(lambda: self.opened.emit(self._child))
        foot.addWidget(self.save_button)
        foot.addStretch(1)
        foot.addWidget(self.child_button)
        self.body.addLayout(foot)
        self.setFixedWidth(theme.px(WIDE))
        self.hide()

    def refit(self, room: int) -> None:
        """Follow the text size, in the room there is."""
        self.setFixedWidth(min(theme.px(WIDE), max(WIDE, room // 2)))

    def _view(self, names: tuple[str, ...]) -> FormView:
        if names not in self._views:
            form = catalogue().forms[LINE]
            fields = tuple(form.field(name) for name in names)
            view = FormView(form, self._jobs, [Part("line", "", fields)], drafts=False, name=f"line_{len(names)}")
            view.in_one(True)
            view.saved.connect(self.saved)
            self._scroll.body.insertWidget(0, view)
            self._views[names] = view
        return self._views[names]

    def open(
        self, handout: str, row: Candidate | None, columns: Sequence[Any], villages: Mapping[str, str], *, event: bool
    ) -> None:
        """Open a line, or ``None`` for a household without a child in the register."""
        names = STRUCK if event else OWN
        names = names if row is not None and row.child else (*HOME, *names)
        view = self._view(names)
        for one in self._views.values():
            one.setVisible(one is view)
        self.view, self._line = view, str(row.line["id"]) if row else ""
        self._child = row.child if row else ""
        view.load(self._line or None, row.line if row else {}, villages=villages,
                  fixed={"handout": handout, **({} if row else {"how": "hand"})})  # fmt: skip
        self.title.say(row.name if row and row.name else say("handouts.new_home"))
        self.child_button.setVisible(bool(self._child))
        values = dict(row.values or {}) if row else {}
        self.extras.show_values(self._child, [(one, values.get(one.code)) for one in columns] if self._child else [])
        self.extras.setVisible(bool(self._child and columns))
        self.show()

    def line(self) -> str:
        """Return the line open, "" for a new one or none."""
        return self._line if not self.isHidden() else ""

    def focus_first(self) -> None:
        """Go to the first field."""
        if self.view is not None:
            self.view.focus_first()

    def save(self) -> None:
        """Write what differs."""
        if self.view is not None and not self.isHidden():
            focus = self.focusWidget()
            if focus is not None and self.extras.isAncestorOf(focus):
                self.setFocus(Qt.FocusReason.OtherFocusReason)  # leaving a field of the office writes it
            self.view.save()

    def leave(self) -> bool:
        """Close; ``False`` when it was closed already."""
        if self.isHidden():
            return False
        self.hide()
        self._line = ""
        self.shut.emit()
        return True
