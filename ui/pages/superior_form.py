"""Điền biểu cấp trên: an Excel form that was sent is filled as a new file next to it, its layout kept.

Left what each column is filled with, the first child as an example; right which children, and what must be looked at
before. One key fills and saves. The form itself is only read, and what was said of its columns is remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QBoxLayout, QStackedLayout, QWidget

from cbdesk.desk import Changed, Desk
from cbdesk.desk.superior import FormFilled
from cbdesk.errors import Problem
from cbdesk.formcells import Who
from cbdesk.importer import Column
from cbdesk.superior import SuperiorForm
from cbdesk.words import say
from ui import theme
from ui.frame.shell import Shell
from ui.jobs import Latest
from ui.lists.filterbar import plain
from ui.outside.columns import ColumnsCard
from ui.outside.form import FormSide
from ui.pages import Action, Page, register
from ui.parts import Banner, Button, Card, EmptyState, Hint, Skeleton

NOTHING, WAITING, BOARD = range(3)
Looked = tuple[SuperiorForm, list[tuple[str, str]], list[str], int, int]
"""A form, what its columns may become, its first row as filled, children on it, children kept apart."""


@register
class SuperiorFormPage(Page):
    """A form to be filled."""

    name, icon, under = "superior_form", "table", "reports"
    roles = ("commune",)

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._path: Path | None = None
        self._form: SuperiorForm | None = None
        self._busy, self._children = "", 0
        self._saved: Banner | None = None
        self._job = Latest(self.jobs, self)
        room = QWidget()
        self._layers = QStackedLayout(room)
        nothing = Card(name="form_nothing")
        self.choose_button = Button(say("superior.page.choose"), icon="folder_open", name="form_choose")
        self.choose_button.clicked.connect(self._choose)
        begin, more = say("superior.page.begin"), say("superior.page.begin_more")
        nothing.body.addWidget(EmptyState(begin, more, action=self.choose_button))
        waiting = Card(name="form_waiting")
        self._skeleton = Skeleton(rows=8)
        waiting.body.addWidget(self._skeleton)
        waiting.body.addStretch(1)
        board = QWidget()
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight, board)
        self._sides.setContentsMargins(0, 0, 0, 0)
        self._sides.setSpacing(12)
        self.columns = ColumnsCard(heads=("form_column", "first_child", "field"), out="superior.left_empty",
                                   name="form_columns")  # fmt: skip
        self.columns.chosen.connect(self._map)
        self.side = FormSide()
        self.side.changed.connect(self._look)
        self.side.agreed.connect(self.shell.refresh)
        self.side.sheet_chosen.connect(self._open)
        self._sides.addWidget(self.columns, 5)
        self._sides.addWidget(self.side, 3)
        for layer in (nothing, waiting, board):
            self._layers.addWidget(layer)
        self.body.addWidget(room, 1)

    # what the shell shows

    def facts(self) -> str:
        """Return file, sheet and head."""
        form = self._form
        if form is None:
            return ""
        first, last = form.head
        head = str(first) if first == last else f"{first}–{last}"
        return say("superior.page.where", file=form.name, sheet=form.sheet, head=head)

    def primary(self) -> Action:
        """Choose a form, or fill it."""
        form = self._form
        if form is None:
            busy = say("superior.page.reading") if self._busy else ""
            return Action("choose", say("superior.page.choose"), self._choose, "folder_open", "Ctrl Enter", busy=busy)
        why = ""
        if self.side.missing():
            why = say("superior.page.fill_why")
        elif not any(one.target for one in form.columns):
            why = say("superior.page.no_columns")
        elif not self._children:
            why = say("superior.page.nobody")
        busy = say("superior.page.working") if self._busy == "fill" else ""
        return Action("fill", say("superior.page.fill"), self._fill, "save", "Ctrl Enter", why, busy)

    def secondary(self) -> Sequence[Action]:
        """Choose another form."""
        if self._form is None:
            return ()
        return (Action("other", say("superior.page.other"), self._choose, "folder_open"),)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of this page."""
        if self._form is None:
            return (Hint("Ctrl Enter", say("superior.hint.choose")),)
        other = "who" if self.columns.holds_focus() else "columns"
        return (Hint("↓", say("reading.hint.fields")), Hint("F6", say(f"superior.hint.{other}")),
                Hint("Space", say("superior.hint.agree")), Hint("Ctrl Enter", say("superior.hint.fill")))  # fmt: skip

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        if self._form is None:
            return {}
        return {"reload": lambda: self._open(self._form.sheet if self._form else ""), "next_pane": self._other_pane,
                "previous_pane": self._other_pane}  # fmt: skip

    def opened(self, **_details: Any) -> None:
        """Offer the villages; a form that was opened is still there."""
        self.jobs.run(lambda desk: desk.village_names(), self.side.show_villages, owner=self)
        if self._form is None:
            self.choose_button.setFocus()
        else:
            self._look()
            self.side.focus_first()

    def changed(self, changed: Changed) -> None:
        """Count again."""
        if self._form is not None and changed.forms and self.isVisible():
            self._look()

    def shaped(self, shape: str) -> None:
        """In a narrow window the sides share the room otherwise."""
        narrow = shape == "narrow"
        self.side.setMinimumWidth(theme.px(264 if narrow else 320))
        self._sides.setStretch(0, 7 if narrow else 5)
        self._sides.setStretch(1, 1 if narrow else 3)

    # opening

    def _choose(self) -> None:
        path = self.talk.open_file(say("superior.page.files"))
        if path is not None:
            self.read(path)

    def read(self, path: Path) -> None:
        """Open a form."""
        self.talk.clear()
        self._forget_saved()
        self._path, self._form = path, None
        self._layers.setCurrentIndex(WAITING)
        self._skeleton.begin()
        self._open("")

    def _open(self, sheet: str) -> None:
        path, who = self._path, self.side.chosen()
        if path is None:
            return
        self._busy = "read"
        self.shell.refresh()

        def work(desk: Desk) -> Looked:
            return _looked(desk, desk.form_open(path, sheet_name=sheet or None), who)

        def done(found: Looked) -> None:
            self._busy = ""
            self._skeleton.end()
            self._show(found)
            self._layers.setCurrentIndex(BOARD)
            self.side.focus_first()
            self.shell.refresh()

        self._job.run(work, done, self._unread)

    def _unread(self, problem: Problem) -> None:
        self._busy, self._form, self._path = "", None, None
        self._skeleton.end()
        self._layers.setCurrentIndex(NOTHING)
        self.shell.refresh()
        other = Button(say("superior.page.other"), icon="folder_open", name="other_form")
        other.clicked.connect(self._choose)
        self.talk.problem(problem, action=other)
        other.setFocus()

    def _show(self, found: Looked) -> None:
        form, targets, first, self._children, apart = found
        self._form = form
        examples = first or [""] * len(form.columns)
        columns = [
            Column(form.sheet, form.head[0], one.col, one.letter, one.heading, one.target, one.label, one.sure,
                   (example,) if example else ())
            for one, example in zip(form.columns, examples, strict=True)
        ]  # fmt: skip
        self.columns.show_columns(columns, targets)
        self.side.show_form(form)
        self.side.show_count(form, self._children, apart)
        self.shell.refresh()

    def _look(self, mapping: Mapping[str, str] | None = None) -> None:
        """Say who is on the form now, and what its columns are filled with."""
        form, who = self._form, self.side.chosen()
        if form is None:
            return

        def work(desk: Desk) -> Looked:
            return _looked(desk, desk.form_map(form, mapping) if mapping else form, who)

        self._job.run(work, self._show)

    def _map(self, column: Column, target: str) -> None:
        self._look({column.letter: target})

    def _other_pane(self) -> None:
        if self.columns.holds_focus():
            self.side.focus_first()
        else:
            self.columns.focus_first()
        self.shell.refresh_hints()

    # filling

    def _fill(self) -> None:
        form, path = self._form, self._path
        if form is None or path is None or self._busy or self.side.missing() or not self._children:
            return
        who, accept = self.side.chosen(), self.side.accepted()
        self._busy = "fill"
        self._forget_saved()
        self.shell.refresh()

        def done(filled: FormFilled) -> None:
            self._busy = ""
            self.shell.refresh()
            self._tell(filled)

        self.jobs.run(
            lambda desk: desk.form_fill(form, who=who, accept=accept, source=path), done, self._not_filled, self
        )

    def _not_filled(self, problem: Problem) -> None:
        self._busy = ""
        self.shell.refresh()
        self.talk.problem(problem)

    def _tell(self, filled: FormFilled) -> None:
        """Say above the page what was made and what is left to do by hand."""
        told = [say("superior.page.empty", names="; ".join(filled.empty))] if filled.empty else []
        if filled.strangers:
            told.append(say("superior.strangers", names=", ".join(filled.strangers)))
        if filled.missing:
            names = ", ".join(one or say("superior.no_village") for one in filled.missing)
            told.append(say("superior.missing", names=names))
        folder = Button(say("superior.page.open_folder"), icon="folder_open", name="form_folder")
        folder.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(filled.path.parent))))
        words = say("superior.page.saved", file=filled.path.name, rows=plain(filled.rows))
        kind = "care" if filled.strangers or filled.missing else "done"
        self._saved = Banner(kind, words, more=" ".join(told), action=folder, name="form_saved")
        self.body.insertWidget(0, self._saved)
        folder.setFocus()

    def _forget_saved(self) -> None:
        if self._saved is not None:
            self.body.removeWidget(self._saved)
            self._saved.hide()
            self._saved.deleteLater()
            self._saved = None


def _looked(desk: Desk, form: SuperiorForm, who: Who) -> Looked:
    told, apart = desk.form_children(form, who)
    rows = desk.form_rows(form, told, 1) if form.kind == "list" else []
    return form, desk.form_targets(form), rows[0] if rows else [], len(told), apart
