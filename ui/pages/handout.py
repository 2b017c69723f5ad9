"""Danh sách phát: one giving list, from choosing children to the paper that is signed and what is recorded after.

Four tabs: who is chosen (by conditions or by hand, against the quotas of villages), the list itself (who received; what
each got, and after a disaster the harm and the needs), the page to print, and what the list is. Space ticks. Recording
with the children is one action that can be taken back, and never happens twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from cbdesk import page as papers
from cbdesk.catalogue import catalogue
from cbdesk.desk import Changed, Desk
from cbdesk.desk.handouts import Candidate, Listing
from cbdesk.errors import Problem
from cbdesk.paper import Paper
from cbdesk.words import say
from ui import theme
from ui.form.form import FormView, Part
from ui.frame.shell import Shell
from ui.giving import tables
from ui.giving.line import LinePanel
from ui.giving.quotas import Quotas
from ui.jobs import Latest
from ui.lists.conditions import ConditionBar
from ui.lists.filterbar import TickMenu, plain
from ui.lists.table import QuietTable, TablePanel
from ui.pages import FULL, NARROW, Action, Page, register
from ui.paper.output import PRINT, Output
from ui.paper.preview import PagePreview, has_printer
from ui.parts import Button, Card, EmptyState, Hint, Label, Scroller
from ui.reading.tabs import Tab, Tabs

CHOOSE, LINES, PAPER, FACTS = "choose", "lines", "paper", "facts"
TABS = ((CHOOSE, "people", "cham"), (LINES, "checkmark_circle", "ngoc"), (PAPER, "document_checkmark", "ink2"),
        (FACTS, "edit", "ink2"))  # fmt: skip
HANDOUT, EVENT = "handout", "event"
FORMS = frozenset({HANDOUT, "handout_line", "handout_quota", "child", "support", "extra_field", "extra_value",
                   "village", "circumstance", "household_class", "household"})  # fmt: skip
LIGHT = frozenset({"handout_line", "handout_quota"})
"""Forms whose rows are read alone: the children are known."""
UNASKED = ("columns", "criteria")
QUOTAS = 236
Found = tuple[Listing, list[Candidate], dict[str, str], Any, str, list[Any]]


@register
class HandoutPage(Page):
    """One giving list."""

    name, icon, under = "handout", "gift", "reports"
    roles = ("commune",)

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._record, self._unit, self._tab = "", "", CHOOSE
        self._listing: Listing | None = None
        self._fits: list[Candidate] = []
        self._villages: dict[str, str] = {}
        self._all_columns: list[Any] = []
        self._paper: Paper | None = None
        self._fresh, self._stale = True, False
        self._job, self._paper_job, self._pages_job = (Latest(self.jobs, self) for _ in range(3))
        self._output = Output(self, shell.refresh)
        self._build()

    # the parts

    def _build(self) -> None:
        self.tabs = Tabs([Tab(code, say(f"handouts.tab.{code}"), icon, ink) for code, icon, ink in TABS],
                         name="handout_tabs")  # fmt: skip
        self.tabs.changed.connect(self._to_tab)
        self.conditions = ConditionBar(name="handout_where")
        self.conditions.changed.connect(self._read)
        self.asked = Card(padding=12, spacing=6, name="handout_asked")
        self.asked.body.addWidget(self.conditions)
        self.table = self._table(tables.choosing(), "handout_choices", self._toggle)
        self.list = self._table(tables.lines(event=False), "handout_lines", self._tick)
        self.struck = self._table(tables.lines(event=True), "handout_struck", self._tick)
        for table in (self.list, self.struck):
            table.opened.connect(self._open_line)
        self.table.opened.connect(lambda row: self.shell.go("child", id=row.child))
        self.choice_panel, self.line_panel = TablePanel(self.table), QWidget()
        self._no_fits = EmptyState(say("handouts.none_fits"), name="handout_no_fits")
        self.line_layers = QStackedLayout(self.line_panel)
        self._panels = {table: TablePanel(table) for table in (self.list, self.struck)}
        for panel in self._panels.values():
            self.line_layers.addWidget(panel)
        self._no_lines = EmptyState(say("handouts.no_lines"), say("handouts.no_lines_help"), name="handout_no_lines")
        self.quotas = Quotas()
        self.quotas.wanted.connect(self._set_quota)
        self.panel = LinePanel(self.jobs)
        self.panel.saved.connect(self._line_saved)
        self.panel.shut.connect(self._panel_shut)
        self.panel.opened.connect(lambda child: self.shell.go("child", id=child))
        self.told = Label("", "note", "ink2", elide=True, name="handout_told")
        self.home_button = Button(say("handouts.add_home"), "quiet", icon="home_person", name="add_home")
        self.home_button.clicked.connect(self._add_home)
        self.column_button = Button(say("handouts.columns"), "quiet", icon="column_triple", name="handout_columns")
        self.column_button.clicked.connect(self._open_columns)
        self.preview = PagePreview(landscape=False)
        self.preview.wanted.connect(lambda _ppi: self._set_pages())
        form = catalogue().forms[HANDOUT]
        fields = tuple(item for section in form.sections for item in form.in_section(section.name)
                       if item.name not in UNASKED)  # fmt: skip
        self.facts_view = FormView(form, self.jobs, [Part("facts", "", fields)], drafts=False, name="handout_facts")
        self.facts_view.saved.connect(lambda saved: self._tell(say("duties.saved"), saved))
        self.facts_view.changed.connect(self.shell.refresh)
        self._lay()

    def _table(self, columns: Any, name: str, looked: Callable[[], None]) -> QuietTable:
        table = QuietTable(columns, lambda row: row.key, type_by=lambda row: row.name,
                           label=say("shell.page.handout"), name=name)  # fmt: skip
        table.looked.connect(lambda _row: looked())
        table.clicked.connect(lambda index: looked() if index.column() == 0 else None)
        table.moved.connect(lambda _row: self.shell.refresh_hints())
        return table

    def _lay(self) -> None:
        choose = QWidget()
        column = QVBoxLayout(choose)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.asked)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.choice_panel, 1)
        row.addWidget(self.quotas)
        column.addLayout(row, 1)
        given = QWidget()
        below = QVBoxLayout(given)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(8)
        tools = QHBoxLayout()
        tools.setSpacing(8)
        tools.addWidget(self.told, 1)
        tools.addWidget(self.column_button)
        tools.addWidget(self.home_button)
        below.addLayout(tools)
        beside = QHBoxLayout()
        beside.setSpacing(12)
        beside.addWidget(self.line_panel, 1)
        beside.addWidget(self.panel)
        below.addLayout(beside, 1)
        facts = Card(padding=0, name="handout_facts_card")
        facts.body.setContentsMargins(17, 12, 5, 12)
        scroll = Scroller(name="handout_facts_scroll")
        scroll.body.setContentsMargins(0, 0, 12, 0)
        scroll.body.addWidget(self.facts_view)
        scroll.body.addStretch(1)
        facts.body.addWidget(scroll)
        room = QWidget()
        self._layers = QStackedLayout(room)
        self._layer = {CHOOSE: choose, LINES: given, PAPER: self.preview, FACTS: facts}
        for layer in self._layer.values():
            self._layers.addWidget(layer)
        self.body.addWidget(self.tabs)
        self.body.addWidget(room, 1)

    # what the shell shows

    def crumbs(self) -> Sequence[tuple[str, str]]:
        """The way here leads over the giving lists."""
        return (("", "handouts"),)

    def facts(self) -> str:
        """Return what the list is called."""
        return str(self._listing.row.get("title") or "") if self._listing else ""

    def primary(self) -> Action | None:
        """Choose all who fit; record what was received; print; keep what the list is."""
        made = self._listing
        if self._tab == CHOOSE:
            new = sum(not one.line for one in self._fits)
            why = "" if new else say("handouts.all_chosen")
            return Action("choose", say("handouts.choose_all", n=plain(new)), self._choose_all, "checkmark",
                          "Ctrl Enter", why)  # fmt: skip
        if self._tab == LINES:
            n = made.open if made else 0
            return Action("record", say("handouts.record", n=plain(n)), self._record_all, "checkmark", "Ctrl Enter",
                          "" if n else say("handouts.nothing_open"))  # fmt: skip
        if self._tab == PAPER:
            why = "" if self._paper is None or has_printer() else say("reports.no_printer")
            busy = say("reports.printing") if self._output.busy == PRINT else ""
            return Action("print", say("reports.print"), self._print, "print", "Ctrl P", why, busy)
        return Action("save", say("ui.save"), self.facts_view.save, "save", "Ctrl S")

    def secondary(self) -> Sequence[Action]:
        """Excel or PDF of the page."""
        if self._tab == PAPER:
            busy = {self._output.busy: say("reports.making")}
            return (Action("excel", say("reports.excel"), self._excel, "table", "Ctrl E", busy=busy.get("xlsx", "")),)
        return ()

    def hints(self) -> Sequence[Hint]:
        """Return the keys of the tab."""
        tab = Hint("Alt|1–4", say("crosscheck.hint.tab"))
        if self._tab == CHOOSE and self.quotas.table.hasFocus():
            return (Hint("0–9", say("handouts.hint.quota")), Hint("Delete", say("handouts.hint.no_quota")),
                    Hint("F6", say("shell.hint.side_pane")), tab)  # fmt: skip
        if self._tab == CHOOSE:
            return (Hint("Space", say("handouts.hint.choose")), Hint("Shift|↑|↓", say("children.hint.several")),
                    Hint("Ctrl N", say("count.hint_where")), Hint("F6", say("handouts.hint.quotas")), tab)  # fmt: skip
        if self._tab == LINES and self.panel.isVisible() and self.panel.isAncestorOf(self.focusWidget() or self.tabs):
            return (Hint("Enter", say("shell.hint.next_field")), Hint("Ctrl S", say("handouts.hint.next_line")),
                    Hint("Esc", say("ui.close")))  # fmt: skip
        if self._tab == LINES:
            return (Hint("Space", say("handouts.hint.received")), Hint("Enter", say("handouts.hint.line")),
                    Hint("Delete", say("handouts.hint.drop")), Hint("Ctrl N", say("handouts.hint.home")),
                    tab)  # fmt: skip
        if self._tab == PAPER:
            return (Hint("PgUp|PgDn", say("shell.hint.turn_page")), Hint("Ctrl P", say("shell.hint.print")),
                    Hint("Ctrl E", say("shell.hint.excel")), tab)  # fmt: skip
        return (Hint("Enter", say("shell.hint.next_field")), Hint("Ctrl S", say("ui.save").lower()), tab)

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        found: dict[str, Callable[[], None]] = {
            "reload": self._read, "next_pane": lambda: self._pane(1), "previous_pane": lambda: self._pane(-1),
            "print": self._print, "excel": self._excel,
            "new_row": self.conditions.open_menu if self._tab == CHOOSE else self._add_home,
        }  # fmt: skip
        if self._tab == FACTS:
            found |= {"save": self.facts_view.save, "repeat": self.facts_view.repeat}  # fmt: skip
        elif self._tab == LINES and self.panel.view is not None and self.panel.isVisible():
            found |= {"save": self.panel.save}
        return found | {f"section_{n}": (lambda code=code: self._to_tab(code)) for n, (code, *_) in enumerate(TABS, 1)}

    def opened(self, **details: Any) -> None:
        """Show a list (``id``)."""
        record = str(details.get("id") or self._record)
        self._fresh = record != self._record
        if self._fresh:
            self._record, self._listing, self._paper = record, None, None
            self.panel.leave()
        self._read()

    def changed(self, changed: Changed) -> None:
        """Read again where somebody looks."""
        if not changed.forms & FORMS or not self.isVisible():
            return
        self._paper = None
        if self._listing is not None and not changed.forms & (FORMS - LIGHT):
            self._read_lines()
        else:
            self._read()

    def shaped(self, shape: str) -> None:
        """Make room where there is little."""
        self.quotas.setFixedWidth(theme.px(QUOTAS) if shape == FULL else min(theme.px(QUOTAS), self.width() * 3 // 10))
        self.panel.refit(self.width())
        self.table.show_columns([] if shape == FULL else ["village"] if shape == NARROW else ["born", "village"])
        self.facts_view.in_one(shape == NARROW)
        self._fit_lines()

    def _fit_lines(self) -> None:
        """Leave columns of the list out where the open line takes their room."""
        shape, beside = self.shell.shape(), not self.panel.isHidden()
        shown = [] if shape == FULL else ["village"] if beside else ["village", "harm", "already"]
        for table in (self.list, self.struck):
            table.show_columns(shown)

    def leave(self) -> bool:
        """Esc closes the line."""
        return self.panel.leave()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """PgUp and PgDn turn pages; Delete drops lines."""
        steps = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}
        key = Qt.Key(event.key())
        if self._tab == PAPER and key in steps:
            self.preview.turn(steps[key])
        elif self._tab == LINES and key == Qt.Key.Key_Delete and self._lines().hasFocus():
            self._drop()
        else:
            super().keyPressEvent(event)

    def _pane(self, step: int) -> None:
        stops: tuple[QWidget, ...] = (self.tabs, self.table, self.quotas.table)
        if self._tab == LINES:
            stops = (self.tabs, self._lines(), *([self.panel] if self.panel.isVisible() else []))
        elif self._tab != CHOOSE:
            stops = (self.tabs, self.preview.canvas if self._tab == PAPER else self.facts_view)
        focus = self.focusWidget()
        at = next((n for n, one in enumerate(stops)
                   if focus is not None and (one is focus or one.isAncestorOf(focus))), 0)  # fmt: skip
        goal = stops[(at + step) % len(stops)]
        if goal is self.panel:
            self.panel.focus_first()
        elif goal is self.facts_view:
            self.facts_view.focus_first()
        else:
            goal.setFocus(Qt.FocusReason.OtherFocusReason)
        self.shell.refresh_hints()

    # reading

    def _read(self) -> None:
        record, where, ages = self._record, self.conditions.where(), self.conditions.ages.ages()
        fresh = self._fresh
        if not record:
            return
        if self._listing is None:
            self.choice_panel.load()

        def read(desk: Desk) -> Found:
            made = desk.handout(record)
            asked, years = desk.kept_conditions(made.row) if fresh else (where, ages)
            fits = desk.handout_choices(record, asked, years)
            return (made, fits, desk.village_names(), (desk.list_conditions(), asked, years), desk.unit.code,
                    desk.extra_columns())  # fmt: skip

        self._job.run(read, self._show, self._failed)

    def _read_lines(self) -> None:
        """Read lines and quotas again; a tick in a list of thousands waits for nothing else."""
        record = self._record
        self._job.run(lambda desk: desk.handout_rows(record), self._show_lines, self._failed)

    def _show_lines(self, found: tuple[list[dict[str, Any]], dict[str, int]]) -> None:
        rows, quotas = found
        made, lines = self._listing, {str(row.get("child") or row["id"]): row for row in rows}
        if made is None:
            return
        known = {one.key: one for one in (*self._fits, *made.lines)}
        if lines.keys() - known.keys():
            self._read()
            return
        order = {one.key: n for n, one in enumerate(self._fits)}
        listed = [replace(known[key], line=row) for key, row in lines.items()]
        places = {one: n for n, one in enumerate(self._villages)}
        listed.sort(key=lambda one: (places.get(one.village, len(places)), order.get(one.key, len(order)), one.name))
        if {one.key for one in made.lines} == lines.keys():
            at = {one.key: n for n, one in enumerate(made.lines)}
            listed.sort(key=lambda one: at[one.key])
        self._listing = replace(made, lines=tuple(listed), quotas=quotas)
        self._fits = [replace(one, line=lines.get(one.key, {})) for one in self._fits]
        self._show_rows()
        self.shell.refresh()

    def _failed(self, problem: Problem) -> None:
        self.talk.problem(problem)
        if problem.name == "no_record":
            self.shell.go("handouts")

    def _show(self, found: Found) -> None:
        self._listing, self._fits, self._villages, asked, self._unit, self._all_columns = found
        made, fresh = self._listing, self._fresh
        self.conditions.offer(asked[0])
        if fresh:
            self.conditions.set_where(asked[1], asked[2])
            self.facts_view.load(self._record, made.row, villages=self._villages)
            self._fresh = False
        elif not self.facts_view.dirty():
            self.facts_view.load(self._record, made.row, villages=self._villages)
        self._show_rows()
        if fresh:
            begins = LINES if made.lines else CHOOSE
            self._to_tab(begins)
        elif self._tab == PAPER:
            self._make_paper()
        self.shell.refresh()

    def _show_rows(self) -> None:
        made = self._listing
        if made is None:
            return
        self.table.set_rows(self._fits)
        if self._fits:
            self.choice_panel.show_rows()
        else:
            self.choice_panel.show_empty(self._no_fits)
        self.quotas.show_listing(made, self._villages)
        lines = self._lines()
        lines.set_rows(made.lines)
        self.line_layers.setCurrentWidget(self._panels[lines])
        if made.lines:
            self._panels[lines].show_rows()
        else:
            self._panels[lines].show_empty(self._no_lines)
        self.home_button.setVisible(self._event())
        self.tabs.show_counts({CHOOSE: plain(len(self._fits)), LINES: plain(len(made.lines)), PAPER: "", FACTS: ""})
        self._tell_counts()

    def _event(self) -> bool:
        return bool(self._listing and self._listing.row.get("kind") == EVENT)

    def _lines(self) -> QuietTable:
        return self.struck if self._event() else self.list

    def _tell_counts(self) -> None:
        made = self._listing
        if made is None:
            return
        recorded = sum(bool(one.line.get("support")) for one in made.lines)
        self.told.say(say("handouts.counts", n=plain(len(made.lines)), received=plain(made.received),
                          recorded=plain(recorded)))  # fmt: skip

    def _to_tab(self, code: str) -> None:
        self._tab = code
        self.tabs.set_value(code)
        self._layers.setCurrentWidget(self._layer[code])
        target: QWidget = self.table if code == CHOOSE else self._lines() if code == LINES else self.preview.canvas
        if code == FACTS:
            self.facts_view.focus_first()
        elif isinstance(target, QuietTable) and not target.rows():
            (self.conditions.add if code == CHOOSE else self.tabs).setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            target.setFocus(Qt.FocusReason.OtherFocusReason)
        if code == PAPER:
            self._make_paper()
        self.shell.refresh()

    # choosing

    def _toggle(self) -> None:
        """Put the children chosen on the list, or take them off when all are on it."""
        rows = _rows(self.table)
        new = [one.child for one in rows if not one.line]
        lines = [str(one.line["id"]) for one in rows if one.line]
        record = self._record
        if new:
            self._do(lambda desk: desk.choose(record, new), say("handouts.chosen", n=plain(len(new))))
        elif lines:
            self._do(lambda desk: desk.unchoose(record, lines), say("handouts.dropped", n=plain(len(lines))))

    def _choose_all(self) -> None:
        record, children = self._record, [one.child for one in self._fits]
        where, ages = self.conditions.where(), self.conditions.ages.ages()
        n = sum(not one.line for one in self._fits)
        self._do(lambda desk: desk.choose(record, children, how="criteria", where=where, ages=ages),
                 say("handouts.chosen", n=plain(n)))  # fmt: skip

    def _set_quota(self, village: str, number: int | None) -> None:
        record = self._record
        self._do(lambda desk: desk.set_quotas(record, {village: number}), "")

    def _do(self, verb: Callable[[Desk], Any], words: str) -> None:
        self.jobs.run(verb, lambda saved: self._tell(words, saved), owner=self)

    def _tell(self, words: str, saved: Any) -> None:
        batch = saved.batch
        if words and batch:
            self.talk.say(words, undo=lambda: self.jobs.run(lambda desk: desk.undo(batch), owner=self))

    # the lines

    def _tick(self) -> None:
        rows = _rows(self._lines())
        on = not all(one.line.get("received") for one in rows)
        lines, record = [str(one.line["id"]) for one in rows], self._record
        if lines:
            self._do(lambda desk: desk.tick(record, lines, received=on), "")

    def _drop(self) -> None:
        lines, record = [str(one.line["id"]) for one in _rows(self._lines())], self._record
        if lines:
            self._do(lambda desk: desk.unchoose(record, lines), say("handouts.dropped", n=plain(len(lines))))

    def _open_line(self, row: Candidate) -> None:
        columns = self._listing.columns if self._listing else ()
        self.panel.open(self._record, row, columns, self._villages, event=self._event())
        self._fit_lines()
        self.panel.focus_first()
        self.shell.refresh()

    def _add_home(self) -> None:
        if self._tab == LINES and self._event():
            self.panel.open(self._record, None, (), self._villages, event=True)
            self.panel.focus_first()
            self.shell.refresh()

    def _line_saved(self, saved: Any) -> None:
        """Go on to the next line; the last one closes the panel."""
        self._tell(say("duties.saved"), saved)
        if saved.id is None or not self.panel.isVisible() or (self.panel.line() and saved.id != self.panel.line()):
            return
        table = self._lines()
        place = next((n for n, one in enumerate(table.rows()) if one.line.get("id") == self.panel.line()), -1)
        following = table.rows()[place + 1] if 0 <= place < len(table.rows()) - 1 else None
        if following is None:
            self.panel.leave()
        else:
            table.choose(following.key)
            self._open_line(following)

    def _panel_shut(self) -> None:
        self._fit_lines()
        self._lines().setFocus(Qt.FocusReason.OtherFocusReason)
        self.shell.refresh()

    def _record_all(self) -> None:
        record = self._record

        def done(answer: tuple[int, Any]) -> None:
            n, saved = answer
            self._tell(say("handouts.recorded_all", n=plain(n)), saved)

        self.jobs.run(lambda desk: desk.record_handout(record), done, owner=self)

    def _open_columns(self) -> None:
        """Choose which columns of the office the list shows, or add one of its own."""
        menu, shown = TickMenu(self), set(self._listing.row.get("columns") or ()) if self._listing else set()
        menu.setProperty("several", True)
        for one in self._all_columns:
            action = QAction(one.label.replace("&", "&&"), menu)
            action.setCheckable(True)
            action.setChecked(one.id in shown)
            action.triggered.connect(lambda on, one=one: self._show_column(one.id, on=on))
            menu.addAction(action)
        menu.addSeparator()
        for key, details in (("own_columns", {"scope": self._record, "of": self.facts()}), ("all_columns", {})):
            action = QAction(say(f"handouts.{key}"), menu)
            action.triggered.connect(lambda _on=False, details=details: self.shell.go("extras", **details))
            menu.addAction(action)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setActiveAction(menu.actions()[0])
        menu.popup(self.column_button.mapToGlobal(QPoint(0, self.column_button.height() + 4)))

    def _show_column(self, column: str, *, on: bool) -> None:
        if self._listing is None:
            return
        before = [one for one in self._listing.row.get("columns") or () if one != column]
        record, columns = self._record, [*before, column] if on else before
        self._do(lambda desk: desk.save(HANDOUT, {"columns": columns or None}, record), "")

    # the page

    def _make_paper(self) -> None:
        record = self._record
        if self._paper is None:
            self._paper_job.run(lambda desk: desk.handout_paper(record), self._show_paper, self._failed)
        else:
            self._set_pages()

    def _show_paper(self, paper: Paper) -> None:
        self._paper = paper
        self.preview.landscape = paper.orientation == "landscape"
        self._set_pages()
        self.shell.refresh()

    def _set_pages(self) -> None:
        paper, ppi = self._paper, self.preview.ppi()
        if paper is not None and self._tab == PAPER:
            self._pages_job.apart(lambda: papers.pngs(paper, ppi), lambda pages: self.preview.set_pages(pages, ppi),
                                  self._failed)  # fmt: skip

    def _print(self) -> None:
        if self._tab != PAPER:
            self._to_tab(PAPER)
        elif self._paper is not None:
            self._output.print_paper(self._paper, self.preview.count(), f"{HANDOUT} {len(self._paper.rows)}")

    def _excel(self) -> None:
        paper = self._paper
        if self._tab != PAPER or paper is None:
            self._to_tab(PAPER)
        else:
            name, logged = f"danh-sach-{self._unit}-{paper.period}", f"{HANDOUT} {len(paper.rows)}"
            self._output.save_paper(paper, name, logged, self._record)


def _rows(table: QuietTable) -> Sequence[Candidate]:
    """Return the rows chosen, at least the one stood on."""
    current = table.current()
    return table.chosen() or ([current] if current is not None else [])
