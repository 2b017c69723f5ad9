"""Pages of short registers: a few lists on one page, each edited in place by the form engine.

Rules. Ctrl N adds to the list one stands in, Enter opens a row, Ctrl S writes, Esc closes, Delete takes away and offers
to take that back, Alt 1 … goes to a list. What is typed in an open row is kept when the page is left. What is sensitive
is hidden until asked for, which is logged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from cbdesk.catalogue import Field
from cbdesk.desk import Changed, Desk, Saved
from cbdesk.errors import Problem
from cbdesk.words import say
from ui.cases.papers import PaperLayer, Wanted
from ui.form.rows import Column, RowButton, RowTable
from ui.pages import NARROW, Action, Page
from ui.parts import Button, Card, Hint, ListField, Scroller, SectionTitle

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class ListSpec:
    """One list: its form and columns; words ``<page>.<form>.title``, ``.add``, ``.none``.

    ``adds`` is ``False`` where a row is only begun from another list; ``unasked`` are fields the page fills itself;
    ``mark_room`` is the width kept for what is open about a row; ``episodes`` is ``False`` where rows do not end.
    """

    form: str
    columns: tuple[Column, ...]
    adds: bool = True
    unasked: frozenset[str] = frozenset()
    mark_room: int = 0
    episodes: bool = True
    roomy: int = 540
    """Width from which spare columns are shown, in pixels at 100 %."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a page shows: rows by form, words of records pointed to, villages, and a draft of the page."""

    rows: Mapping[str, Rows]
    names: Mapping[str, str]
    villages: Mapping[str, str]
    draft: tuple[dict[str, Any], str] | None = None
    more: Any = None


class RegisterPage(Page):
    """Base of a page of lists. A subclass gives ``lists``, ``words`` and ``read``."""

    lists: tuple[ListSpec, ...] = ()
    words = ""
    """First part of the keys of its words."""

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        self._revealed, self._wanted = False, ""
        self._found: Found | None = None
        self._here, self._rows = self.lists[0].form, dict[str, str]()
        self.tables: dict[str, RowTable] = {}
        self.heads: dict[str, SectionTitle] = {}
        self._shows: dict[str, Button] = {}
        self.layer: ChoosingLayer | None = None
        self._scroll = Scroller(name=f"{self.name}_scroll")
        self._scroll.body.setContentsMargins(0, 0, 10, 0)
        for number, spec in enumerate(self.lists, 1):
            self._scroll.body.addWidget(self._card(spec, number))
        self._scroll.body.addStretch(1)
        self.lay_out()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_moved)

    def lay_out(self) -> None:
        """Put the lists on the page."""
        self.body.addWidget(self._scroll, 1)

    def reader(self) -> Callable[[Desk], Found]:
        """Return what reads the page as it is asked for now."""
        return self.read

    @staticmethod
    def read(desk: Desk) -> Found:
        """Return what the page shows; runs on the desk's thread."""
        raise NotImplementedError

    def _say(self, key: str, **details: Any) -> str:
        return say(f"{self.words}.{key}", **details)

    def _card(self, spec: ListSpec, number: int) -> Card:
        card = Card(spacing=4, name=f"{spec.form}_card")
        head = SectionTitle(self._say(f"{spec.form}.title"), name=f"head_{spec.form}")
        table = RowTable(spec.form, self.jobs, columns=spec.columns, empty=self._say(f"{spec.form}.none"),
                         unasked=spec.unasked)  # fmt: skip
        table.mark, table.mark_room = partial(self.mark_of, spec.form), spec.mark_room
        table.episodes, table.roomy = spec.episodes, spec.roomy
        table.tell = self.tell
        show = Button(say("child.show_sensitive"), "link", icon="eye", name=f"show_{spec.form}")
        show.clicked.connect(self.reveal)
        show.hide()
        head.add(show)
        self._shows[spec.form] = show
        if spec.adds:
            link = Button(self._say(f"{spec.form}.add"), "link", icon="add", key="" if number > 1 else "Ctrl N",
                          name=f"add_{spec.form}")  # fmt: skip
            link.clicked.connect(table.add)
            head.add(link)
            table.home = link
        table.saved.connect(self._row_saved)
        table.void_wanted.connect(self._void)
        table.show_wanted.connect(self.reveal)
        table.edited.connect(self.shell.refresh)
        self.tables[spec.form], self.heads[spec.form] = table, head
        card.body.addWidget(head)
        card.body.addWidget(table)
        return card

    def mark_of(self, form: str, row: Mapping[str, Any]) -> tuple[str, str, str] | None:
        """Return words, tone and icon of what is open about a row."""
        return None

    def tell(self, item: Field, row: Mapping[str, Any]) -> tuple[str, bool] | None:
        """Return the words of a cell that points to a record, by ``Found.names``."""
        name = self._found.names.get(str(row.get(item.name))) if self._found is not None else None
        return None if name is None else (name, False)

    # where one stands

    def _focus_moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        """Remember the list and the row one stands on: a button of the top bar takes the focus away."""
        if new is None or not self.isAncestorOf(new):
            return
        for form, table in self.tables.items():
            if not _around(table).isAncestorOf(new):
                continue
            if isinstance(new, RowButton):
                self._rows[form] = str(new.row["id"])
            if form != self._here:
                self._here = form
                self.shell.refresh()

    def here(self) -> RowTable:
        """Return the list one stands in."""
        return self.tables[self._here]

    def row(self, form: str) -> Mapping[str, Any] | None:
        """Return the row of a list one stands on, or stood on last."""
        return next((row for row in self.tables[form].rows if row["id"] == self._rows.get(form)), None)

    def open_table(self) -> RowTable | None:
        """Return the list whose panel is open."""
        at = self.here()
        return at if at.view is not None else next((one for one in self.tables.values() if one.view is not None), None)

    # the page base

    def hints(self) -> Sequence[Hint]:
        """Return the keys of the lists, or those of an open row."""
        if self.layer is not None:
            return paper_hints()
        if self.open_table() is not None:
            return (Hint("Enter", say("shell.hint.next_field")), Hint("Ctrl S", say("ui.save")),
                    Hint("Esc", say("ui.close")))  # fmt: skip
        return (Hint("↑|↓", say("shell.hint.select")), Hint("Enter", say("shell.hint.open")),
                Hint("Ctrl N", say("duties.hint.add")), Hint("Delete", say("duties.hint.drop")),
                Hint(f"Alt|1–{len(self.lists)}", say("duties.hint.list")))  # fmt: skip

    def primary(self) -> Action | None:
        """Print the paper shown, write the open row, or add to the list one stands in."""
        if self.layer is not None:
            return Action("print", say("reports.print"), self.layer.print, "print", "Ctrl P")
        if (table := self.open_table()) is not None and table.view is not None:
            return Action("save", say("child.save_row"), table.view.save, "save", "Ctrl S")
        return Action("add", self._say(f"{self._adding()}.add"), self._add, "add", "Ctrl N")

    def secondary(self) -> Sequence[Action]:
        """Save the paper shown."""
        if self.layer is not None:
            layer = self.layer
            return (Action("pdf", say("reports.pdf"), lambda: layer.save("pdf"), "document_pdf"),
                    Action("docx", say("duties.word"), lambda: layer.save("docx"), "document"))  # fmt: skip
        return ()

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        own: dict[str, Callable[[], None]] = {"new_row": self._add, "reload": self.load}
        own |= {f"section_{n}": (lambda form=spec.form: self.go_list(form)) for n, spec in enumerate(self.lists, 1)}
        if self.layer is not None:
            return {"print": self.layer.print}
        table = self.open_table()
        if table is not None and (view := table.view) is not None:
            own |= {"save": view.save, "repeat": view.repeat, "today_now": view.insert_now,
                    "step_down": view.open_help, "undo": view.undo}  # fmt: skip
        return own

    def opened(self, **details: Any) -> None:
        """Read the lists; ``form`` and ``id`` are where the focus goes, ``new`` brings back what was typed."""
        self._wanted = str(details.get("id") or "")
        self.load(focus=True, form=str(details.get("form") or ""))

    def changed(self, changed: Changed) -> None:
        """Read again when rows of a list or children differ."""
        if self.isVisible() and changed.forms & {*self.tables, "child", "village"}:
            self.load()

    def closed(self) -> None:
        """Hide what is sensitive again, and keep what is typed."""
        self._revealed = False
        self.keep_typed()

    def shaped(self, shape: str) -> None:
        """One column of fields where there is little room."""
        for table in self.tables.values():
            table.in_one(shape == NARROW)

    def leave(self) -> bool:
        """Esc closes the paper, then the open row."""
        if self.layer is not None:
            self.layer.leave()
            return True
        table = self.open_table()
        closed = table.close_panel() if table is not None else False
        self.shell.refresh()
        return closed

    # reading and showing

    def load(self, *, focus: bool = False, form: str = "") -> None:
        """Read the lists; with ``focus`` put it on the list ``form``, on the row wanted, or on the first list."""
        read, name = self.reader(), self.name
        self.jobs.run(lambda desk: (read(desk), desk.draft(name, None)),
                      lambda answer: self._show(*answer, focus=focus, form=form), owner=self)  # fmt: skip

    def _show(self, found: Found, draft: Any, *, focus: bool, form: str) -> None:
        self._found = found
        self.before_rows(found)
        for name, table in self.tables.items():
            table.load("", found.rows[name], found.villages, sealed=not self._revealed)
            self._shows[name].setVisible(self.has_sealed(name))
        if focus and draft is not None and self.open_table() is None:
            self._restore(draft[0])
        if focus and self.open_table() is None:
            self.go_list(form or self._form_of(self._wanted))
        self.shell.refresh()

    def has_sealed(self, form: str) -> bool:
        """Return whether a list hides something."""
        return self.tables[form].has_sealed()

    def before_rows(self, found: Found) -> None:
        """Take over what ``read`` found besides the rows."""

    def _form_of(self, record: str) -> str:
        rows = self._found.rows if self._found is not None else {}
        return next((form for form, of in rows.items() if any(row["id"] == record for row in of)), "")

    def go_list(self, form: str) -> None:
        """Put the focus on a list: on the row wanted, its first row, or the link that adds one."""
        table = self.tables.get(form) or next(iter(self.tables.values()))
        button = next((one for one in table.buttons() if one.row["id"] == self._wanted), None)
        target: QWidget | None = button or (table if table.rows or table.view else table.home)
        if target is not None:
            target.setFocus(Qt.FocusReason.TabFocusReason)
            self._scroll.ensureWidgetVisible(QApplication.focusWidget() or target, 0, 60)
        self.shell.refresh()

    # what happens

    def _adding(self) -> str:
        spec = {one.form: one for one in self.lists}
        here = self.here().name
        return here if spec[here].adds else self.lists[0].form

    def _add(self) -> None:
        self.tables[self._adding()].add()
        self.shell.refresh()

    def reveal(self) -> None:
        """Show what is sensitive; told to the access log."""
        self._revealed = True
        name = self.name
        self.jobs.run(lambda desk: desk.look(what=name), owner=self)
        self.load()

    def _row_saved(self, answer: Saved) -> None:
        self._wanted = str(answer.id or "")
        name = self.name
        self.jobs.run(lambda desk: desk.drop_draft(name, None), owner=self)
        if answer.batch:
            self.offer_undo(say("duties.saved"), answer.batch)
        self.load(focus=True)

    def _void(self, record: str) -> None:
        def done(answer: Saved) -> None:
            for table in self.tables.values():
                if table.view is not None and table.view.record == record:
                    table.close_panel()
            if answer.batch:
                self.offer_undo(say("child.row_voided"), answer.batch)
            self.load()

        self.jobs.run(lambda desk: desk.void(record, say("child.row_void_reason")), done, owner=self)

    def offer_undo(self, words: str, batch: str) -> None:
        """Say what was done, and offer to take it back."""
        self.talk.say(words, undo=lambda: self.jobs.run(lambda desk: desk.undo(batch), owner=self))

    def failed(self, problem: Problem) -> None:
        """Tell a problem above the page."""
        self.talk.problem(problem)

    def keep_typed(self) -> None:
        """Keep what is typed in open rows as a draft of the page."""
        typed, name = {form: draft for form, table in self.tables.items() if (draft := table.draft())}, self.name
        if typed:
            self.jobs.run(lambda desk: desk.keep_draft(name, None, typed), owner=self)

    def _restore(self, typed: Mapping[str, Any]) -> None:
        for form, draft in typed.items():
            if form in self.tables:
                self.tables[form].restore(draft)

    # papers

    def show_papers(self, wanted: Sequence[Wanted]) -> None:
        """Show papers as they will be printed, the first one first."""
        if wanted and self.layer is None:
            self.layer = ChoosingLayer(self._scroll, wanted, self.jobs, self.talk)
            self.body.addWidget(self.layer, 1)
            self.layer.changed.connect(self.shell.refresh)
            self.layer.closed.connect(self._layer_closed)
            self.shell.refresh()

    def _layer_closed(self) -> None:
        self.layer = None
        self.shell.refresh()


class ChoosingLayer(PaperLayer):
    """The layer of one paper, with a list to choose another of the same record."""

    def __init__(self, host: QWidget, wanted: Sequence[Wanted], jobs: Any, talk: Any) -> None:
        super().__init__(host, wanted[0], jobs, talk, family=False)
        self._all = {one.name: one for one in wanted}
        self.which = ListField(label=say("duties.paper"), name="which_paper")
        self.which.fill([(one.name, one.title) for one in wanted])
        self.which.currentIndexChanged.connect(lambda _at: self._choose())
        self.head.insertWidget(0, self.which, 1)
        self.which.setVisible(len(wanted) > 1)
        self.title.setVisible(len(wanted) == 1)
        if len(wanted) > 1:
            self.which.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose(self) -> None:
        found = self._all.get(self.which.value() or "")
        if found is not None and found is not self.wanted:
            self.wanted = found
            self.title.say(found.title)
            self.show_pages()


def paper_hints() -> Sequence[Hint]:
    """Return the keys while a paper is shown."""
    return (Hint("PgUp|PgDn", say("shell.hint.turn_page")), Hint("Ctrl P", say("shell.hint.print")),
            Hint("Esc", say("ui.close")))  # fmt: skip


def _around(table: RowTable) -> QWidget:
    """Return the card of a list: its heading belongs to it."""
    return table.parentWidget() or table
