"""A page of a list with its work beside it: what is chosen, one record being edited, or one action being asked for.

Rules. Enter edits the row, Ctrl N adds one, Delete takes one away; actions stand as buttons with their keys in the card
of the chosen row. With little room the work takes the place of the list. Everything can be taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from cbdesk.catalogue import catalogue
from cbdesk.desk import Desk, Saved
from cbdesk.words import say
from ui import theme
from ui.form.form import FormView, Part, plan_of
from ui.frame.shell import Shell
from ui.homes.act import ActCard
from ui.jobs import Latest
from ui.lists.table import Column, QuietTable, TablePanel
from ui.pages import FULL, NARROW, Action, Page
from ui.parts import Button, Card, Hint, Scroller, SectionTitle

SIDE = {FULL: 356, "compact": 340, NARROW: 0}


class EditCard(Card):
    """One record of a form, edited beside the list."""

    def __init__(self, title: str, form: str, page: SidePage) -> None:
        super().__init__(padding=14, spacing=10, name=f"edit_{form}")
        self.body.addWidget(SectionTitle(title))
        shape = catalogue().forms[form]
        parts = [replace(one, fields=asked) for one in plan_of(shape)
                 if (asked := tuple(item for item in one.fields if item.name not in page.unasked))]  # fmt: skip
        parts = [Part(parts[0].name, "", parts[0].fields)] if len(parts) == 1 else parts  # the card has the heading
        self.view = FormView(shape, page.jobs, parts, drafts=False, name=f"form_{form}")
        self.view.in_one(True)
        self.body.addWidget(self.view)
        row = QHBoxLayout()
        row.setSpacing(8)
        save = Button(say("ui.save"), icon="save", key="Ctrl S", name=f"save_{form}")
        save.clicked.connect(self.view.save)
        close = Button(say("ui.close"), "quiet", key="Esc", name=f"close_{form}")
        close.clicked.connect(page.close_side)
        row.addWidget(save)
        row.addWidget(close)
        row.addStretch(1)
        self.body.addLayout(row)
        self.view.saved.connect(page.record_saved)
        self.view.failed.connect(page.talk.problem)


class SidePage(Page):
    """Base of such a page. A subclass gives ``columns``, ``ident``, ``read``, ``show_rows`` and ``detail``."""

    form = ""
    """The form of the rows."""
    watches: frozenset[str] = frozenset()
    unasked: frozenset[str] = frozenset()
    """Fields of the form that are not typed here."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._wanted, self._stale, self._loaded = "", True, False
        self._job = Latest(self.jobs, self)
        self.act: ActCard | None = None
        self.edit: EditCard | None = None
        self.table = QuietTable(self.columns(), self.ident, type_by=self.called, label=self.title(),
                                name=f"{self.name}_table")  # fmt: skip
        self.table.opened.connect(lambda _row: self.open_row())
        self.table.moved.connect(lambda _row: self._moved())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self.chosen_changed())
        self.panel = TablePanel(self.table)
        self.side = Scroller(name=f"{self.name}_side")
        self.side.body.setContentsMargins(0, 0, 8, 0)
        self._slot: QWidget | None = None
        self._row = QHBoxLayout()
        self._row.setSpacing(12)
        self._row.addWidget(self.panel, 1)
        self._row.addWidget(self.side)
        self.body.addLayout(self._row, 1)

    # what a subclass gives

    def columns(self) -> list[Column]:
        """Return the columns of the list."""
        raise NotImplementedError

    def ident(self, row: Any) -> str:
        """Return what tells a row."""
        raise NotImplementedError

    def called(self, row: Any) -> str:
        """Return the name by which typing finds a row."""
        raise NotImplementedError

    def read(self, desk: Desk) -> Any:
        """Return what the page shows; runs on the desk's thread."""
        raise NotImplementedError

    def show_rows(self, found: Any) -> None:
        """Show what was read."""
        raise NotImplementedError

    def detail(self, row: Any) -> QWidget | None:
        """Return the card of the chosen row."""
        raise NotImplementedError

    # the page base

    def hints(self) -> Sequence[Hint]:
        """Return the keys of the list, or of the work beside it."""
        if self.act is not None:
            return (Hint("Enter", say("shell.hint.next_field")), Hint("Space", say("homes.hint.tick")),
                    Hint("Ctrl S", self.act.verb.words().lower()), Hint("Esc", say("ui.close").lower()))  # fmt: skip
        if self.edit is not None:
            return (Hint("Enter", say("shell.hint.next_field")), Hint("Ctrl S", say("ui.save").lower()),
                    Hint("Esc", say("ui.close").lower()))  # fmt: skip
        return self.list_hints()

    def list_hints(self) -> Sequence[Hint]:
        """Return the keys of the list."""
        return (Hint("↑|↓", say("shell.hint.select")), Hint("Enter", say("homes.hint.edit")),
                Hint("Ctrl N", say("homes.hint.add")), Hint("F6", say("shell.hint.side_pane")))  # fmt: skip

    def secondary(self) -> Sequence[Action]:
        """Return *Đóng*, where there is room."""
        return () if self.shell.shape() == NARROW else (Action("close", say("ui.close"), self.shell.back, key="Esc"),)

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        own: dict[str, Callable[[], None]] = {"reload": self.load, "next_pane": self._pane, "previous_pane": self._pane}
        if self.act is not None:
            return own | {"save": self.act.submit}
        if self.edit is not None:
            view = self.edit.view
            return own | {"save": view.save, "repeat": view.repeat, "today_now": view.insert_now,
                          "step_down": view.open_help}  # fmt: skip
        return own | {"new_row": self.add_row, **self.actions()}

    def actions(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands of the list itself."""
        return {}

    def opened(self, **details: Any) -> None:
        """Read the list; ``id`` is the row the focus goes to."""
        self._wanted = str(details.get("id") or "")
        self.close_side()
        self.load()

    def changed(self, changed: Any) -> None:
        """Read again when what is shown differs."""
        if changed.forms & self.watches and self.isVisible():
            self.load()

    def shaped(self, shape: str) -> None:
        """Beside the list, or in its place."""
        wide = SIDE[shape]
        self.side.setMinimumWidth(theme.px(wide) if wide else 0)
        self.side.setMaximumWidth(theme.px(wide) if wide else 16_777_215)
        self._arrange()
        if self.shell.page() is self:
            self.shell.refresh()  # a narrow window has room for fewer buttons

    def leave(self) -> bool:
        """Esc closes the work beside the list, then goes back to the list."""
        if self.act is not None or self.edit is not None:
            self.close_side()
            return True
        if not self.table.hasFocus() and self.table.rows():
            self.table.setFocus()
            return True
        return False

    # reading

    def load(self) -> None:
        """Read the list."""
        if not self._loaded:
            self.panel.load()
        self._job.run(self.read, self._show)

    def _show(self, found: Any) -> None:
        first, self._loaded = not self._loaded, True
        self.show_rows(found)
        wanted, self._wanted = self._wanted, ""
        if wanted:
            self.table.choose(wanted)
        if (first or wanted) and self.act is None and self.edit is None:
            if self.table.current() is None and self.table.rows():
                self.table.choose(self.ident(self.table.rows()[0]))
            if wanted and self.table.rows():
                self.table.setFocus()
            else:
                self.first_focus()
        self._moved()
        self.shell.refresh()

    def first_focus(self) -> None:
        """Put the focus where work starts."""
        self.table.setFocus()

    # the side

    def _moved(self) -> None:
        if self.act is None and self.edit is None:
            row = self.table.current()
            self._put(self.detail(row) if row is not None else None)
        self.shell.refresh_hints()

    def chosen_changed(self) -> None:
        """More or fewer rows are chosen."""
        self._moved()

    def _put(self, widget: QWidget | None) -> None:
        if self._slot is not None:
            self.side.body.removeWidget(self._slot)
            self._slot.hide()
            self._slot.deleteLater()
        self._slot = widget
        if widget is not None:
            self.side.body.insertWidget(0, widget, 1)
            widget.show()
        self._arrange()

    def _arrange(self) -> None:
        working = self.act is not None or self.edit is not None
        narrow = self.shell.shape() == NARROW
        self.panel.setVisible(not (narrow and working))
        self.side.setVisible(working or not narrow)

    def do(self, card: ActCard, run: Callable[[dict[str, Any]], None]) -> None:
        """Ask for an action beside the list; ``run`` gets the answers."""
        self.edit, self.act = None, card
        card.done.connect(run)
        card.closed.connect(self.close_side)
        self._put(card)
        card.focus()
        self.shell.refresh()

    def close_side(self) -> None:
        """Show the chosen row again."""
        if self.act is None and self.edit is None:
            return
        self.act = self.edit = None
        self._put(None)
        self._moved()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self.shell.refresh()

    def _pane(self) -> None:
        if self.table.hasFocus() and self._slot is not None:
            inside = (one for one in self._slot.findChildren(QWidget) if one.isVisible() and one.isEnabled())
            taking = next((one for one in inside if one.focusPolicy() & Qt.FocusPolicy.TabFocus), None)
            if taking is not None:
                taking.setFocus(Qt.FocusReason.TabFocusReason)
                return
        self.table.setFocus(Qt.FocusReason.TabFocusReason)

    # records

    def open_row(self) -> None:
        """Edit the row one stands on."""
        if (row := self.table.current()) is not None:
            self.edit_record(self.ident(row))

    def add_row(self) -> None:
        """Add a record."""
        self.edit_record("")

    def edit_record(self, record: str) -> None:
        """Edit a record, or a new one, beside the list."""
        read = lambda desk: (desk.get(record) if record else {}, desk.village_names())  # noqa: E731
        self.jobs.run(read, lambda answer: self._edit(record, *answer), owner=self)

    def _edit(self, record: str, data: Mapping[str, Any], villages: Mapping[str, str]) -> None:
        self.act = None
        title = catalogue().forms[self.form].title if record else self.new_title()
        self.edit = EditCard(title, self.form, self)
        self.edit.view.load(record or None, data, villages=villages, offer_draft=False)
        self._put(self.edit)
        self.edit.view.focus_first()
        self.shell.refresh()

    def new_title(self) -> str:
        """Return the heading over a new record."""
        return say(f"{self.name}.new")

    def record_saved(self, saved: Saved) -> None:
        """A record was written: back to the list, on it."""
        self._wanted = str(saved.id or "")
        self.close_side()
        if saved.batch:
            self.offer_undo(say("duties.saved"), saved.batch)
        self.load()

    def wrote(self, words: str, saved: Saved, then: str = "") -> None:
        """Say what an action did, offer to take it back, and stand on ``then``."""
        stops = [one.text for one in saved.findings if one.level == "stop"]
        if stops:
            self.talk.say(" ".join(stops), care=True)
            return
        self._wanted = then
        self.close_side()
        if saved.batch:
            self.offer_undo(words, saved.batch)
        else:
            self.talk.say(say("homes.nothing_changed"))
        self.load()

    def offer_undo(self, words: str, batch: str) -> None:
        """Say what was done, and offer to take it back."""
        self.talk.say(words, undo=lambda: self.jobs.run(lambda desk: desk.undo(batch), owner=self))


def key_button(words: str, key: str, icon: str, run: Callable[[], None], name: str, *, why: str = "") -> Button:
    """Return a button of an action in the card of a row."""
    made = Button(words, "quiet", icon=icon, key=key, name=name)
    made.clicked.connect(run)
    if why:
        made.explain(why)
    return made
