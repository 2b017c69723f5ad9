"""Có bao nhiêu: children counted by one or two things, on any day, ten seconds from anywhere (Ctrl H).

Rules. What is asked is counted at once, away from the window's thread; only the last answer arrives. Figures can be
copied, printed and put in Excel without a name; the children behind one open beside it, but those listed apart. Opened
from the children's list it counts among those the list shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from cbdesk import clock, dates, page, workbook
from cbdesk.desk import Changed, ChildRow, Desk
from cbdesk.errors import Problem
from cbdesk.grid import Grid, GridSheet
from cbdesk.words import say
from ui.frame.mine import MineChip
from ui.frame.shell import Shell
from ui.jobs import Latest
from ui.lists.conditions import ConditionBar, Offered
from ui.lists.dues import about
from ui.lists.filterbar import plain
from ui.pages import NARROW, Action, Page, register
from ui.paper.output import PRINT, Output
from ui.paper.preview import has_printer
from ui.parts import Card, EmptyState, FilterChip, Hint, Label, Labelled, LineField, ListField
from ui.reporting.behind import Record
from ui.reporting.body import FiguresPane

FORMS = frozenset({"child", "circumstance", "risk", "support", "household", "household_class", "village", "officer"})
APART, VILLAGE, ROWS, COLUMNS = "apart", "village", "village", "sex"
COUNTED = 20
"""Dots an inch at which pages are only counted."""
Things = tuple[Offered, str]
"""What can be asked, and the unit's code."""


@register
class Count(Page):
    """How many children are there."""

    name, icon, under = "count", "number_symbol", "children"
    roles = ("commune",)

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._among: tuple[str, ...] | None = None
        self._unit, self._day = "", clock.today()
        self._made: Grid | None = None
        self._sheet: GridSheet | None = None
        self._job, self._behind_job, self._things_job = (Latest(self.jobs, self) for _ in range(3))
        self._output = Output(self, shell.refresh)
        self._build()

    def _build(self) -> None:
        self.rows, self.columns = ListField(name="count_rows"), ListField(name="count_columns")
        self.day = LineField(icon="calendar_ltr", name="count_day")
        self.day.setText(dates.show_date(self._day.isoformat()))
        self.day.editingFinished.connect(self._read_day)
        self._day_room = Labelled(say("count.day"), self.day, name="count_day_room")
        self._asked = Card(padding=14, spacing=10, name="count_asked")
        row = QHBoxLayout()
        row.setSpacing(12)
        for label, field, wide in (("rows", self.rows, 3), ("columns", self.columns, 3)):
            field.currentIndexChanged.connect(lambda _at: self._ask())
            row.addWidget(Labelled(say(f"count.{label}"), field, name=f"count_{label}_room"), wide)
        row.addWidget(self._day_room, 2)
        self._asked.body.addLayout(row)
        self.mine = MineChip(self.shell.mine, "count_mine")
        self.shell.mine.changed.connect(lambda: self._ask() if self.isVisible() else None)
        self.listed = FilterChip(say("count.listed"), icon="filter", name="count_listed")
        self.listed.cleared.connect(self._everyone)
        self.listed.hide()
        self.conditions = ConditionBar(name="count_where", key="Ctrl N", first=(self.listed, self.mine))
        self.conditions.changed.connect(self._ask)
        self._asked.body.addWidget(self.conditions)
        self.pane = FiguresPane()
        self.pane.which.hide()
        self.heading = Label("", "strong", elide=True, name="count_title")
        self.pane.tools.insertSpacing(0, 8)
        self.pane.tools.insertWidget(1, self.heading, 1)
        self.pane.opened.connect(lambda _grid, row_, column: self._look_behind(row_, column))
        self.pane.panel.opened.connect(lambda name, one: self.shell.go(name, id=one))
        self.none = EmptyState(say("count.none"), name="count_none")
        self.none.hide()
        self.body.addWidget(self._asked)
        self.body.addWidget(self.pane, 1)
        self.body.addWidget(self.none, 1)

    # what the shell shows

    def facts(self) -> str:
        """Return how many children were counted."""
        total = self._made.row("all") if self._made else None
        return say("count.facts", n=plain(int(total.cells["all"].value or 0))) if total else ""

    def primary(self) -> Action:
        """Print."""
        why = "" if self._made is None or has_printer() else say("reports.no_printer")
        busy = say("reports.printing") if self._output.busy == PRINT else ""
        return Action("print", say("count.print"), self._print, "print", "Ctrl P", why, busy)

    def secondary(self) -> Sequence[Action]:
        """Excel."""
        busy = say("reports.making") if self._output.busy == "xlsx" else ""
        return (Action("excel", say("count.excel"), self._excel, "table", "Ctrl E", busy=busy),)

    def hints(self) -> Sequence[Hint]:
        """Return the keys for the part that has the focus."""
        if self.pane.panel.list.hasFocus():
            return (Hint("Enter", say("shell.hint.open")), Hint("Esc", say("shell.hint.close")))
        if self.pane.table.hasFocus():
            return (Hint("Enter", say("count.hint_names")), Hint("Ctrl C", say("count.hint_copy")),
                    Hint("Ctrl N", say("count.hint_where")), Hint("Ctrl E", say("shell.hint.excel")),
                    Hint("F6", say("shell.hint.side_pane")))  # fmt: skip
        clear = (Hint("Delete", say("count.hint_clear")),) if self._chip_has_focus() else ()
        return (*clear, Hint("Ctrl N", say("count.hint_where")), Hint("F6", say("shell.hint.side_pane")),
                Hint("Ctrl P", say("shell.hint.print")), Hint("Ctrl E", say("shell.hint.excel")))  # fmt: skip

    def _chip_has_focus(self) -> bool:
        return any(one.hasFocus() for one in (self.listed, self.mine, *self.conditions.chips.values()))

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        return {"print": self._print, "excel": self._excel, "new_row": self.conditions.open_menu, "reload": self._read,
                "next_pane": lambda: self._pane(1), "previous_pane": lambda: self._pane(-1)}  # fmt: skip

    def opened(self, **details: Any) -> None:
        """Count; ``among`` are the children of a list to count in."""
        self._among = tuple(details["among"]) if "among" in details else None
        self._read()
        self.rows.setFocus(Qt.FocusReason.OtherFocusReason)

    def closed(self) -> None:
        """Forget the names behind a figure, and what was read to count."""
        self.pane.shut()
        self.jobs.run(lambda desk: desk.forget_count(), owner=self)

    def changed(self, changed: Changed) -> None:
        """Count again where somebody looks."""
        if changed.forms & FORMS and self.isVisible():
            self._read()

    def shaped(self, shape: str) -> None:
        """Make room where there is little."""
        self.pane.shaped(narrow=shape == NARROW)

    def leave(self) -> bool:
        """Esc closes the panel, then goes back."""
        return self.pane.leave()

    def _pane(self, step: int) -> None:
        stops: list[tuple[QWidget, QWidget]] = [(self._asked, self.rows), (self.pane.table, self.pane.table),
                                                (self.pane.panel, self.pane.panel.list)]  # fmt: skip
        shown = [(part, stop) for part, stop in stops if stop.isVisible()]
        focus = self.focusWidget()
        at = next((at for at, (part, stop) in enumerate(shown)
                   if focus is not None and (part is focus or stop is focus or part.isAncestorOf(focus))), 0)
        shown[(at + step) % len(shown)][1].setFocus(Qt.FocusReason.OtherFocusReason)

    # what is asked

    def _read(self) -> None:
        self._things_job.run(things, self._show_things)

    def _show_things(self, found: Things) -> None:
        offered, self._unit = found
        titles = [(name, title) for name, (title, _values) in offered.items()]
        for field, first, chosen in ((self.rows, [], ROWS), (self.columns, [("", say("count.no_columns"))], COLUMNS)):
            kept = field.value() if field.count() else chosen
            field.fill([*first, *titles])
            field.blockSignals(True)
            field.set_value(kept if kept is not None else chosen)
            field.blockSignals(False)
        self.conditions.offer(offered)
        self._ask()

    def _read_day(self) -> None:
        written = self.day.text().strip()
        found = dates.read_date(written, clock.today(), future=True).value if written else clock.today().isoformat()
        day = dates.latest(found) if found else None
        if day is not None:
            day = min(day, clock.today()) if found != day.isoformat() else day  # the end of this month is not yet
        wrong = say("count.day_wrong") if day is None else say("count.day_ahead") if day > clock.today() else ""
        self._day_room.say("stop" if wrong else "", wrong)
        if day is None or wrong:
            return
        self.day.setText(dates.show_date(day.isoformat()))
        if day != self._day:
            self._day = day
            self._ask()

    def _everyone(self) -> None:
        self._among = None
        self._ask()

    def _ask(self) -> None:
        """Count what is asked for."""
        self.listed.set_value(say("count.listed_value", n=plain(len(self._among))) if self._among is not None else "")
        self.listed.setVisible(self._among is not None)
        rows, columns = self.rows.value() or ROWS, self.columns.value() or ""
        columns = "" if columns == rows else columns
        where: dict[str, Sequence[str]] = dict(self.conditions.where())
        if self.shell.mine.on:
            chosen = where.get(VILLAGE)
            where[VILLAGE] = [one for one in self.shell.mine.villages if not chosen or one in chosen] or ["-"]
        day, among = self._day, self._among
        self.pane.shut()
        self.heading.say(say("count.counting"))

        def work(desk: Desk) -> tuple[Grid, GridSheet]:
            made = desk.how_many(rows, columns, where, day, among)
            return made, desk.count_sheet(made, day)

        self._job.run(work, self._show, self._failed)

    def _show(self, answer: tuple[Grid, GridSheet]) -> None:
        self._made, self._sheet = answer
        self.heading.say(self._made.title)
        total = self._made.row("all")
        some = bool(total and total.cells["all"].value)
        self.pane.show_grids((self._made,))
        self.pane.setVisible(some)
        self.none.setVisible(not some)
        self.shell.refresh()

    def _failed(self, problem: Problem) -> None:
        self.heading.say("")
        self.talk.problem(problem)

    # behind a figure

    def _look_behind(self, row: str, column: str) -> None:
        found = self.pane.table.current()
        if found is None or not found[2].value:
            return
        ids, title = frozenset(found[2].ids), self.pane.words_of(row, column)
        if not ids:
            self.talk.say(say("count.apart"))
            return
        self.pane.begin()
        self.pane.panel.wait(title)

        def read(desk: Desk) -> list[Record]:
            return [_record(one) for one in desk.children() if one.id in ids]

        def show(records: list[Record]) -> None:
            title_ = say("count.behind", title=title, n=plain(len(ids)))
            self.pane.panel.show_records(title_, records, 0)
            self.pane.panel.list.setFocus(Qt.FocusReason.OtherFocusReason)
            self.shell.refresh_hints()

        self._behind_job.run(read, show)

    # paper and Excel

    def _print(self) -> None:
        sheet = self._sheet
        if sheet is None or self._output.busy:
            return

        def ask(pages: Sequence[bytes]) -> None:
            self._output.print_pages(lambda ppi: page.grid_pngs(sheet, ppi), len(pages), "count",
                                     landscape=sheet.orientation == "landscape")  # fmt: skip

        self.jobs.apart(lambda: page.grid_pngs(sheet, COUNTED), ask, owner=self)

    def _excel(self) -> None:
        sheet = self._sheet
        if sheet is None or self._output.busy:
            return
        path = self.talk.save_file(f"count-{self._unit}-{self._day.isoformat()}.xlsx", say("count.files"))
        if path is None:
            return

        def write(desk: Desk) -> None:
            content = workbook.grids_xlsx(sheet, stamp=clock.now())
            desk.note_export("count")
            desk.put_out(path, content, overwrite=True)

        words = say("count.saved", name=path.name)
        self.talk.leaving(path, lambda how: self._output.save("xlsx", how(write), lambda _done: how.told(words)))


def _record(one: ChildRow) -> Record:
    return Record(one.id, one.name or say("children.unnamed"), about(one), ("child", one.id))


def things(desk: Desk) -> Things:
    """Return what can be asked; runs on the desk's thread."""
    offered = {name: (title, [one for one in desk.count_choices(name) if one[0] != APART])
               for name, title in desk.count_dimensions().items()}  # fmt: skip
    return offered, desk.unit.code
