"""Trẻ em: find one child among thousands, look without opening, cut a list.

The whole list is read once and filtered here; only the search goes to the desk, 80 ms after the last key, and an answer
that was overtaken is dropped. The preview follows the chosen row; in a narrow window it is a bar, and Space or F6 opens
it over the list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout

from cbdesk import clock, workbook
from cbdesk.desk import Changed, ChildRow, Desk
from cbdesk.rights import EDIT
from cbdesk.words import say
from ui.designing.taking import taken
from ui.frame.shell import Shell
from ui.jobs import Latest
from ui.leaving import Leaving
from ui.lists.childlist import FILTERS, HERE, MINE, Filters, Shown, columns, sheet_row
from ui.lists.filterbar import FilterBar, plain
from ui.lists.peek import WIDE, ChildPreview, Glance, PeekBar, read_glance
from ui.lists.table import QuietTable, TablePanel
from ui.pages import NARROW, Action, Page, register
from ui.parts import Button, EmptyState, Hint, Label, SearchBox

FORMS = frozenset({"child", "village", "carer", "circumstance", "risk", "support", "household_class", "household",
                   "absence", "officer"})
PREVIEW_MS = 120
MAIN_AT_LEAST = 640
PREF = "children_columns"
BOOKS = ("homes", "away", "villages", "directory")
"""Pages around the children, by their digit."""


@register
class Children(Page):
    """The list of children."""

    name, icon, order = "children", "people", 20
    roles = ("commune",)

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._rows: list[ChildRow] = []
        self._drafts: frozenset[str] = frozenset()
        self._found: Mapping[str, str] | None = None
        """What was found, in order, each with the reason where it was not by name; all children without a search."""
        self._query, self._unit, self._villages = "", ("", ""), 0
        self._loaded, self._exporting, self._stale, self._left_by_row = False, False, True, False
        self._search_job, self._glance_job = Latest(self.jobs, self), Latest(self.jobs, self)
        self._build()
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(PREVIEW_MS)
        self._wait.timeout.connect(self._read_glance)

    # the parts

    def _build(self) -> None:
        self.search = SearchBox(say("children.search"), name="children_search")
        self.search.setMaximumWidth(330)
        self.search.wanted.connect(self._ask)
        self.search.down.connect(self._into_list)
        self.columns_button = Button(say("children.columns"), "quiet", icon="column_triple", name="columns")
        self.columns_button.clicked.connect(self._open_columns)
        self.fill_button = Button(say("hands.fill.button"), "quiet", icon="edit", key="Ctrl D", name="fill_down")
        self.fill_button.clicked.connect(self._fill_down)
        self.fill_button.hide()
        self.excel_button = Button(say("children.excel"), "quiet", icon="table", name="excel")
        self.excel_button.clicked.connect(self.export)
        self.filters = FilterBar(Filters())
        self.filters.changed.connect(self._filtered)
        self.shell.mine.changed.connect(self._follow_mine)
        self._tools = QHBoxLayout()
        self._tools.setSpacing(10)
        self._tools.addWidget(self.search, 1)
        self._no_accents = Label(say("children.no_accents"), "note", "ink3")
        self._tools.addWidget(self._no_accents)
        self._tools.addStretch(1)
        self.list_button = Button(say("designer.from_children"), "quiet", icon="document_table", name="make_list")
        self.list_button.clicked.connect(self._make_list)
        for button in (self.fill_button, self.columns_button, self.list_button, self.excel_button):
            self._tools.addWidget(button)
        head = QVBoxLayout()
        head.setSpacing(9)
        head.addLayout(self._tools)
        head.addWidget(self.filters)
        self._head = head
        self.body.addLayout(head)
        self._build_list()

    def _build_list(self) -> None:
        self.table = QuietTable(
            columns(), lambda row: row.child.id, natural="name", type_by=lambda row: row.child.name,
            label=say("children.table"), name="children_table",
        )  # fmt: skip
        self.table.opened.connect(lambda row: self._open(row.child.id))
        self.table.looked.connect(lambda _row: self._look())
        self.table.moved.connect(self._row_moved)
        self.table.up.connect(self.search.setFocus)
        self.table.selectionModel().selectionChanged.connect(self._choice_changed)
        self.panel = TablePanel(self.table)
        self.preview = ChildPreview(self)
        self.preview.opened.connect(self._open)
        self.preview.incident.connect(self._incident)
        self.peek = PeekBar()
        self.peek.looked.connect(self._look)
        self.peek.opened.connect(lambda: self._open(self._current()))
        self._row = QHBoxLayout()
        self._row.setSpacing(12)
        self._row.addWidget(self.panel, 1)
        self._row.addWidget(self.preview)
        self.body.addLayout(self._row, 1)
        self.body.addWidget(self.peek)
        self.peek.hide()
        add = Button(say("children.add"), icon="person_add", key="F4", name="empty_add")
        add.clicked.connect(lambda: self.shell.run("new_child"))
        self._first = EmptyState(say("children.empty.first"), say("children.empty.first_help"), action=add)
        self.shell.guard(add, EDIT)  # only now: without a parent it would open as a window
        self._none_action = Button("", icon="person_add", name="none_action")
        self._none_action.clicked.connect(self._none_pressed)
        self._none = EmptyState(say("children.empty.none"), action=self._none_action, name="no_match")

    # what the shell shows

    def facts(self) -> str:
        """Return the unit and how many hamlets it has."""
        return say("children.facts", unit=self._unit[0], n=self._villages) if self._loaded else ""

    def primary(self) -> Action:
        """Add a child."""
        return Action("add", say("children.add"), lambda: self.shell.run("new_child"), "person_add", "F4")

    def secondary(self) -> Sequence[Action]:
        """Offer the books around the children."""
        return (Action("books", say("children.books"), self._open_books, "home_person", "Alt 1"),)

    def hints(self) -> Sequence[Hint]:
        """Return the keys for the part that has the focus."""
        hint = lambda name: say(f"shell.hint.{name}")  # noqa: E731
        if self.search.hasFocus():
            return (Hint("↓", say("children.hint.down")), Hint("F4", say("children.add").lower()),
                    Hint("F6", hint("side_pane")), Hint("Ctrl E", hint("excel")), Hint("F1", hint("help")))  # fmt: skip
        if any(chip.hasFocus() for chip in self.filters.chips.values()):
            return (Hint("Enter", say("children.hint.pick")), Hint("Delete", say("children.hint.clear")),
                    Hint("F3", hint("search")))  # fmt: skip
        if (count := len(self.table.chosen())) > 1:
            two = (Hint("Ctrl M", say("duplicates.hint.two")),) if count == 2 else ()
            return (Hint("Shift|↑|↓", say("children.hint.more")), Hint("Ctrl Space", say("children.hint.one_more")),
                    Hint("Ctrl D", say("children.hint.fill")), *two,
                    Hint("Ctrl C", say("children.hint.copy")))  # fmt: skip
        return (Hint("↑|↓", hint("select")), Hint("Shift|↑|↓", say("children.hint.several")),
                Hint("Enter", hint("open")), Hint("Space", hint("quick_look")),
                Hint("F3", hint("search")), Hint("Ctrl E", hint("excel")))  # fmt: skip

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        return {
            "reload": self.load, "find": self._to_search, "search_children": self._to_search, "excel": self.export,
            "next_pane": lambda: self._pane(1), "previous_pane": lambda: self._pane(-1),
            "record_incident": lambda: self._incident(self._current()), "fill_down": self._fill_down,
            "second_keying": self._second_keying, "compare_two": self._compare_two,
            "count": self._count, "designer": self._make_list,
            "section_1": self._open_books,
        }  # fmt: skip

    def opened(self, **details: Any) -> None:
        """Read what is stale; the focus is in the search box, or on the row one comes back from.

        ``filter`` is (name, value) to show, alone; ``search`` asks for the search box.
        """
        wanted = details.get("filter")
        if isinstance(wanted, (tuple, list)) and len(wanted) == 2 and wanted[0] in FILTERS:
            self.filters.filters.chosen = {"status": (HERE,), str(wanted[0]): (str(wanted[1]),)}
            self.search.clear()
            self.filters.refresh()
            if MINE in self.filters.filters.get("village"):
                self.shell.mine.turn(True)
        self._follow_mine()
        if self._stale or not self._loaded:
            self.load()
        else:
            self._apply()
            self._read_drafts()
        came_back, self._left_by_row = self._left_by_row, False
        if came_back and not wanted and not details.get("search") and self.table.current() is not None:
            self.table.setFocus()
        else:
            self._to_search()

    def closed(self) -> None:
        """Close the layer."""
        if self.shell.shape() == NARROW:
            self.preview.hide()

    def changed(self, changed: Changed) -> None:
        """Read the list again, now or when it is next shown."""
        if changed.forms & FORMS:
            self._stale = True
            if self.isVisible():
                self.load()

    def leave(self) -> bool:
        """Esc closes the layer, then empties the search, then returns to the list."""
        if self._layered() and self.preview.isVisible():
            self.preview.hide()
            self.table.setFocus()
            return True
        if self.search.hasFocus() and self.search.text():
            self.search.clear()
            return True
        if self.preview.isAncestorOf(self.focusWidget() or self.search):
            self.table.setFocus()
            return True
        return False

    # reading

    def load(self) -> None:
        """Read the whole list."""
        if not self._loaded:
            self.panel.load()
        self._stale = False

        def ask(desk: Desk) -> tuple[list[ChildRow], frozenset[str], tuple[str, str], int]:
            return desk.children(), _drafts(desk), (desk.unit_name, desk.unit.code), len(desk.village_names())

        self.jobs.run(ask, self._show, owner=self)

    def _read_drafts(self) -> None:
        """Drafts are no change of the register, so nobody tells about them: look again."""
        self.jobs.run(_drafts, self._show_drafts, owner=self)

    def _show_drafts(self, drafts: frozenset[str]) -> None:
        if drafts != self._drafts:
            self._drafts = drafts
            self._apply()
            self._wait.start()

    def _show(self, answer: tuple[list[ChildRow], frozenset[str], tuple[str, str], int]) -> None:
        self._rows, self._drafts, self._unit, self._villages = answer
        first, self._loaded = not self._loaded, True
        if first:
            self.table.show_columns(self._prefs_get())
        self.filters.show_rows(self._rows)
        if self._query:
            self._search_job.run(lambda desk, query=self._query: _find(desk, query), self._answer)
        else:
            self._apply()
        self.shell.refresh()

    def _ask(self, query: str) -> None:
        self._query = query
        self.table.show_words(query)
        if not query.strip():
            self._search_job.forget()
            self._answer(None)
        else:
            self._search_job.run(lambda desk: _find(desk, query), self._answer)

    def _answer(self, found: Mapping[str, str] | None) -> None:
        self._found = found
        self._apply()

    def _filtered(self) -> None:
        """Show what the filters let through; the officer's own villages are chosen for all lists."""
        self.shell.mine.turn(MINE in self.filters.filters.get("village"))
        self._apply()

    def _follow_mine(self) -> None:
        """Follow the choice of the officer's own villages made on another page."""
        chosen, on = self.filters.filters.get("village"), self.shell.mine.on
        if on != (MINE in chosen):
            rest = [one for one in chosen if one != MINE]
            self.filters.filters.put("village", [*rest, MINE] if on else rest)
            self.filters.refresh()
            self._apply()

    def _apply(self) -> None:
        """Show the rows that match the search and pass the filters."""
        if not self._loaded:
            return
        today, filters = clock.today(), self.filters.filters
        matched, why = self._matched(), self._found or {}
        shown = [Shown(row, row.id in self._drafts, why.get(row.id, "")) for row in matched if filters.hold(row, today)]
        self.table.set_rows(shown)
        self.filters.show_count(len(shown), len(self._rows))
        if shown:
            self.panel.show_rows()
        elif not self._rows:
            self.panel.show_empty(self._first)
        else:
            self._show_none(len(matched))
        self.excel_button.explain("" if shown else say("children.empty.none"))

    def _matched(self) -> list[ChildRow]:
        """Return the rows a search found, the nearest first; all of them in name order without one."""
        if self._found is None:
            return self._rows
        place = {one: at for at, one in enumerate(self._found)}
        return sorted((row for row in self._rows if row.id in place), key=lambda row: place[row.id])

    def _show_none(self, matched: int) -> None:
        """Say that nothing matches and offer what helps: take the filters away, or add the child typed."""
        words = self._query.strip()
        if matched:
            more = say("children.empty.near", n=plain(matched)) if words else say("children.empty.filtered")
            self._none.say(say("children.empty.none"), more)
            self._none_action.say(say("ui.clear_filters"), "filter", "")
        else:
            self._none.say(say("children.empty.none"))
            self._none_action.say(say("children.empty.add", words=words), "person_add", "F4")
        self._none_action.setProperty("near", bool(matched))
        self.panel.show_empty(self._none)

    def _none_pressed(self) -> None:
        if self._none_action.property("near"):
            self.filters.clear()
            self.search.setFocus()
        else:
            self.shell.go("child", new=True, full_name=self._query.strip())

    # several at once

    def _choice_changed(self) -> None:
        many = len(self.table.selectionModel().selectedRows()) > 1
        self.fill_button.setVisible(many and not self.property("narrow"))
        self._wait.start()
        self.shell.refresh_hints()

    def _chosen(self) -> list[str]:
        return [row.child.id for row in self.table.chosen()]

    def _fill_down(self) -> None:
        """Write one value into the chosen children."""
        ids = self._chosen()
        if not ids:
            self.talk.say(say("hands.fill.choose_first"))
            return
        self._left_by_row = True
        self.shell.go("fill", ids=ids)

    def _compare_two(self) -> None:
        """Lay the two chosen records side by side."""
        ids = self._chosen()
        if len(ids) == 2:
            self._left_by_row = True
            self.shell.go("duplicates", a=ids[0], b=ids[1])
        else:
            self.talk.say(say("duplicates.choose_two"))

    def _count(self) -> None:
        """Count among the children shown, where the list is narrowed."""
        narrowed = self.filters.filters.chosen != {"status": (HERE,)} or self._found is not None
        among = {"among": [row.child.id for row in self.table.rows()]} if narrowed else {}
        self._left_by_row = True
        self.shell.go("count", **among)

    def _make_list(self) -> None:
        """Put a list together of the children the filters show."""
        found = taken(self.filters.filters, self._rows)
        if found.left or self._found is not None:
            names = [say(f"children.chip.{one}").lower() for one in found.left]
            names += [say("children.search").lower()] if self._found is not None else []
            self.talk.say(say("designer.not_taken", names=", ".join(names)), care=True)
        self._left_by_row = True
        self.shell.go("designer", where=found.where, ages=found.ages)

    def _open_books(self) -> None:
        """Offer the books around the children; a digit opens one."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for number, name in enumerate(BOOKS, 1):
            action = QAction(f"&{number}  {say(f'shell.page.{name}')}", menu)
            action.triggered.connect(lambda _on=False, name=name: self.shell.go(name))
            menu.addAction(action)
        menu.setActiveAction(menu.actions()[0])
        under = self.shell.topbar.button("books") or self.search
        menu.popup(under.mapToGlobal(QPoint(0, under.height() + 4)))

    def _second_keying(self) -> None:
        """Key the chosen children again, or a day's."""
        ids = self._chosen()
        self.shell.go("second", ids=ids if len(ids) > 1 else ())

    # the preview

    def _current(self) -> str:
        row = self.table.current()
        return row.child.id if row is not None else ""

    def _row_moved(self, row: Shown | None) -> None:
        self.preview.drop_focus()
        self.peek.show_row(row.child if row else None)
        self._wait.start()

    def _read_glance(self) -> None:
        many, row = len(self.table.chosen()), self.table.current()
        if row is None or many > 1:
            self._glance_job.forget()
            words = say("children.chosen_many", n=plain(many)) if many > 1 else ""
            self.preview.show_nobody(words, say("children.chosen_many_help") if many > 1 else "")
            return
        self._glance_job.run(lambda desk: read_glance(desk, row.child, draft=row.draft), self._show_glance)

    def _show_glance(self, glance: Glance) -> None:
        if glance.id == self._current():
            self.preview.show_glance(glance)

    def _look(self) -> None:
        """Quick look: the preview beside the list takes the focus; over the list it opens and closes."""
        if self._layered() and self.preview.isVisible():
            self.preview.hide()
            self.table.setFocus()
            return
        if self._layered():
            self._place_layer()
            self.preview.show()
            self.preview.raise_()
        self.preview.take_focus()

    def _open(self, child: str) -> None:
        if child:
            self._left_by_row = True
            self.shell.go("child", id=child)

    def _incident(self, child: str) -> None:
        if child:
            self.shell.go("incident", new=True, child=child)
        else:
            self.shell.go("incident", new=True)

    # focus

    def _to_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _into_list(self) -> None:
        if self.table.rows():
            self.table.choose_first()
            self.table.setFocus()

    def _pane(self, step: int) -> None:
        """Move the focus between search, list and preview."""
        if step > 0 and self.table.hasFocus():
            self._look()
            return
        here = 1 if self.table.hasFocus() else 2 if self.preview.isAncestorOf(self.focusWidget() or self) else 0
        goal = (here + step) % 3
        if goal == 2:
            self._look()
        elif goal == 1:
            if self._layered():
                self.preview.hide()
            self._into_list()
        else:
            self._to_search()

    # shape

    def _layered(self) -> bool:
        return bool(self.property("layered"))

    def shaped(self, shape: str) -> None:
        """Put the preview beside the list, or make it a layer with a bar."""
        narrow = shape == NARROW
        beside = not narrow and self.width() - 36 - WIDE - 12 >= MAIN_AT_LEAST
        if self.property("layered") == (not beside) and self.property("narrow") == narrow:
            return
        self.setProperty("layered", not beside)
        self.setProperty("narrow", narrow)
        self._row.removeWidget(self.preview)
        if beside:
            self._row.addWidget(self.preview)
        self.preview.setVisible(beside)
        self.peek.setVisible(not beside)
        home = self._tools if narrow else self._head
        for layout in (self._tools, self._head):
            layout.removeWidget(self.filters)
        home.insertWidget(1, self.filters) if narrow else home.addWidget(self.filters)
        home.setStretchFactor(self.filters, 3 if narrow else 0)
        for widget in (self._no_accents, self.columns_button, self.list_button, self.excel_button):
            widget.setVisible(not narrow)
        self.fill_button.setVisible(not narrow and len(self.table.chosen()) > 1)
        self.search.setMaximumWidth(250 if narrow else 330)
        self._tools.setStretch(self._tools.indexOf(self._no_accents) + 1, 0 if narrow else 1)
        self.filters.narrow(narrow)
        self.filters.show_count(len(self.table.rows()), len(self._rows))

    def _place_layer(self) -> None:
        area = self.panel.geometry()
        high = area.height() + self.peek.height() + self.body.spacing()
        self.preview.setGeometry(QRect(area.right() - WIDE + 1, area.top(), WIDE, high))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the room."""
        super().resizeEvent(event)
        self.shaped(self.shell.shape())
        if self._layered():
            self._place_layer()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "filters"):
            self.filters.show_count(len(self.table.rows()), len(self._rows))

    # columns and Excel

    def _prefs_get(self) -> list[str]:
        prefs = getattr(self.window(), "prefs", None)
        found = prefs.get(PREF, {}) if prefs is not None else {}
        names = found.get(self.shell.facts.officer) if isinstance(found, dict) else None
        return [str(one) for one in names] if isinstance(names, list) else []

    def _prefs_put(self, names: list[str]) -> None:
        prefs = getattr(self.window(), "prefs", None)
        if prefs is not None:
            prefs.put(PREF, dict(prefs.get(PREF, {})) | {self.shell.facts.officer: names})

    def _open_columns(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        shown = self.table.shown_columns()
        for column in self.table.quiet.columns:
            if column.fixed:
                continue
            action = QAction(column.head, menu)
            action.setCheckable(True)
            action.setChecked(column.name in shown)
            action.triggered.connect(lambda on, name=column.name: self._toggle_column(name, on=on))
            menu.addAction(action)
        button = self.columns_button
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _toggle_column(self, name: str, *, on: bool) -> None:
        shown = {one for one in self.table.shown_columns() if one != name} | ({name} if on else set())
        names = [one.name for one in self.table.quiet.columns if one.name in shown]
        self.table.show_columns(names)
        self._prefs_put(names)

    def export(self) -> None:
        """Write what is seen to an Excel file; the place is asked for, the act is logged."""
        rows: list[Shown] = list(self.table.rows())
        if not rows or self._exporting:
            return
        today = clock.today()
        path = self.talk.save_file(f"children-{self._unit[1]}-{today.isoformat()}.xlsx", say("children.files"))
        if path is None:
            return
        names = self.table.shown_columns()
        heads = [say(f"children.column.{name}") for name in names]
        title = say("children.sheet_title", unit=self._unit[0], date=today.strftime("%d/%m/%Y"))

        def write(desk: Desk) -> int:
            data = workbook.table_xlsx(heads, [sheet_row(row, names) for row in rows], title,
                                       notes=[say("children.sheet_note")], stamp=clock.now())  # fmt: skip
            desk.note_export(f"children {len(rows)}")
            desk.put_out(path, data, overwrite=True)
            return len(rows)

        def go(how: Leaving) -> None:
            def done(count: int) -> None:
                self._exported()
                self.talk.say(how.told(say("children.exported", n=plain(count))))

            self._exporting = True
            self.excel_button.busy(say("children.exporting"))
            self.jobs.run(how(write), done, lambda problem: (self._exported(), self.talk.problem(problem)), self)

        self.talk.leaving(path, go)

    def _exported(self) -> None:
        self._exporting = False
        self.excel_button.busy()


def _find(desk: Desk, query: str) -> dict[str, str] | None:
    """Return what a search finds, id to reason ("" by name or village, which the row shows); ``None`` for no search."""
    found = desk.search(query)
    told = {one: why.words for one, why in found.why.items() if why.by != "village"}
    return {one: told.get(one, "") for one in found.ids} if query.strip() else None


def _drafts(desk: Desk) -> frozenset[str]:
    """Return the children a draft waits for."""
    return frozenset(str(one[1]) for one in desk.drafts() if one[0] == "child")
