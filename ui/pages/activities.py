"""Hoạt động: the work for many of a year, the network and the places it happens in, the plan with its money.

Rules. How far a line of the plan is and what it cost comes from the activities that name it. A photo is added to an
open activity, or to the one stood on (*Thêm tệp kèm*). A figure a report asks for stands in its list until it is typed.
Ctrl P goes to the printed list where there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from cbdesk import clock
from cbdesk.desk import Desk, Saved
from cbdesk.desk.works import ACTIVITY, BUDGET, COUNT, ITEM, PLAN
from cbdesk.words import say
from ui.cases.files import FileLayer
from ui.cases.filing import Filing
from ui.duty import works
from ui.duty.parts import Part, PartsPage
from ui.duty.registers import Found, ListSpec
from ui.duty.totals import Sum, plain
from ui.duty.works import COLLABORATOR, MISSING, MODEL, SWIM, YearOfWork, read_year
from ui.form.rows import Column
from ui.pages import NARROW, Action, register
from ui.parts import Hint

FILES, REACHED, ROOMY = 72, 92, 700
"""Room for the number of files of an activity, for what is open about a line of the plan; width for all columns."""
PARTS = {"activity": (ACTIVITY,), "collaborator": (COLLABORATOR,), "model": (MODEL,), "swim_place": (SWIM,),
         "plan": (ITEM, BUDGET, PLAN), "count": (COUNT,)}  # fmt: skip
REPORT = "activities"
"""What is printed of all parts."""


@register
class ActivitiesPage(PartsPage):
    """The work for many."""

    name, icon, order = "activities", "hat_graduation", 58
    roles = ("commune",)
    words = "activities"
    period_label = "activities.year"
    lists = (
        ListSpec(ACTIVITY, (
            Column("place", 18, derived="days", head="activities.head.days"),
            Column("title", 30, strong=True, derived="called"), Column("kind", 19, spare=True),
            Column("place", 18, derived="where", spare=True), Column("children", 12, right=True),
            Column("cost", 16, right=True, head="activities.head.cost")), mark_room=FILES, episodes=False, roomy=ROOMY),
        ListSpec(COLLABORATOR, (
            Column("name", 26, strong=True), Column("village", 18), Column("phone", 14),
            Column("position", 22, spare=True), Column("trained_on", 15, head="activities.head.trained"),
            Column("from", 12, spare=True))),
        ListSpec(MODEL, (
            Column("kind", 30, strong=True), Column("name", 24, spare=True), Column("village", 16),
            Column("number", 12, right=True), Column("state", 17), Column("from", 12, spare=True))),
        ListSpec(SWIM, (
            Column("name", 24, strong=True), Column("use", 26), Column("village", 16),
            Column("instructor", 12, spare=True, head="activities.head.instructor"),
            Column("signs", 12, head="activities.head.signs"),
            Column("checked_on", 14, spare=True, head="activities.head.checked"))),
        ListSpec(ITEM, (
            Column("what", 33, strong=True),
            Column("unit", 12, derived="goal", head="activities.head.goal", right=True),
            Column("done", 11, derived="so_far", right=True),
            Column("cost", 16, right=True, head="activities.head.planned", spare=True),
            Column("spent", 16, derived="used", right=True, head="activities.head.used"),
            Column("due", 13, spare=True)), mark_room=REACHED, episodes=False, roomy=ROOMY),
        ListSpec(BUDGET, (
            Column("name", 27, strong=True), Column("money", 22, spare=True),
            Column("amount", 16, right=True, head="activities.head.amount"),
            Column("amount", 16, derived="planned", right=True, head="activities.head.planned", spare=True),
            Column("amount", 16, derived="used", right=True, head="activities.head.used"),
            Column("name", 16, derived="left", right=True, head="activities.head.left")), episodes=False, roomy=ROOMY),
        ListSpec(PLAN, (
            Column("number", 18, strong=True), Column("title", 46), Column("issued_on", 16)), episodes=False),
        ListSpec(COUNT, (
            Column("source", 58, strong=True, derived="called", head="activities.head.figure_of"),
            Column("source", 15, derived="figure", right=True, head="activities.head.figure"),
            Column("source", 16, derived="days", head="activities.head.span", spare=True),
            Column("source", 20, spare=True)),
            adds=False, unasked=frozenset({"indicator"}), mark_room=REACHED, episodes=False, roomy=ROOMY),
    )  # fmt: skip

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        self._filing = Filing(self, self._show_file, self.content, "photo")
        self.file_layer: FileLayer | None = None
        self.tables[ACTIVITY].below = self._files_of
        self.tables[COUNT].opens = self._begin_count

    # what is read

    def reader(self) -> Callable[[Desk], Found]:
        """Return what reads the year shown."""
        year = int(self.period)

        def read(desk: Desk) -> Found:
            found = read_year(desk, year)
            return Found(found.rows, found.villages, found.villages, more=found)

        return read

    def _year(self) -> YearOfWork | None:
        return self._found.more if self._found is not None else None

    def first_period(self) -> str:
        """Return this year."""
        return str(clock.today().year)

    def periods(self, found: Found | None) -> Sequence[tuple[str, str]]:
        """Return the years there is anything of, at least last year to the next."""
        today = clock.today().year
        known = found.more.years if found is not None else ()
        first, last = min((*known, today - 1, int(self.period))), max((*known, today + 1, int(self.period)))
        return [(str(year), say("reports.year", year=year)) for year in range(last, first - 1, -1)]

    def parts(self, found: Found | None) -> Sequence[Part]:
        """Return the parts with how many rows each has."""
        def count(name: str, forms: Sequence[str]) -> str:
            return plain(len(found.rows[forms[0]])) if found is not None else ""

        return [Part(name, self._say(f"part.{name}"), count(name, forms), forms) for name, forms in PARTS.items()]

    def sums(self, form: str, found: Found) -> Sequence[Sum]:
        """Return the figures under a list."""
        return works.sums(form, found.more)

    def before_rows(self, found: Found) -> None:
        """A new line of the plan belongs to the plan of the year."""
        super().before_rows(found)
        plans = found.more.plans
        self.tables[ITEM].fixed = {PLAN: plans[0]} if plans else {}
        for form in (PLAN, BUDGET):
            self.tables[form].start = {"year": int(self.period)}
        self._mind_heads()

    def mark_of(self, form: str, row: Mapping[str, Any]) -> tuple[str, str, str] | None:
        """Return how many files an activity has, how a line of the plan stands, which figure is missing."""
        year = self._year()
        if year is None:
            return None
        if form == ACTIVITY and (files := year.files.get(str(row["id"]))):
            return say("activities.files", n=len(files)), "neutral", "document"
        if form == ITEM and row.get("reached"):
            return say("activities.reached"), "ngoc", "checkmark_circle"
        if form == ITEM and works.overdue(row):
            return say("activities.overdue"), "gach", "clock"
        if form == COUNT and str(row["id"]).startswith(MISSING):
            return say("activities.missing"), "neutral", ""
        return None

    # the page base

    def facts(self) -> str:
        """Return what is missing."""
        year = self._year()
        missing = works.missing(year) if year is not None and self.part == "count" else 0
        return say("activities.facts_missing", n=missing) if missing else ""

    def primary(self) -> Action | None:
        """Save the facts of the file shown, else as on every page of registers; a typed figure begins at its row."""
        if self.file_layer is not None:
            return Action("save", say("ui.save"), self.file_layer.form.save, "save", "Ctrl S")
        if self.part == "count" and self.open_table() is None:
            return Action("open", say("activities.type_figure"), self._open_count, "edit", "Enter")
        return super().primary()

    def secondary(self) -> Sequence[Action]:
        """Go to the printed list."""
        busy = self.file_layer is not None or self.open_table() is not None
        if busy or self.shell.shape() == NARROW or not self._report():
            return ()
        return (Action("list", say("activities.print"), self._print, "print", "Ctrl P"),)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of what is shown."""
        if self.file_layer is not None:
            return (Hint("Ctrl S", say("ui.save")), Hint("Esc", say("ui.close")))
        adds = self.part != "count"
        return [one for one in super().hints() if adds or one.key != "Ctrl N"]

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        if self.file_layer is not None:
            return {"save": self.file_layer.form.save}
        own = dict(super().handlers())
        if self.part == "activity" and self.row(ACTIVITY) is not None:
            own["attach_file"] = self._attach
        if self._report():
            own["print"] = self._print
        if self.part == "count":
            own.pop("new_row", None)
        return own

    def opened(self, **details: Any) -> None:
        """Show a part (``part=``) of a year (``year=``), a row (``id=``), or where one was."""
        if details.get("year"):
            self.period = str(details["year"])
        if details.get("part"):
            self.show_part(str(details["part"]))
        super().opened(**details)

    def leave(self) -> bool:
        """Esc closes the file, then the open row."""
        if self.file_layer is not None:
            self.file_layer.leave()
            return True
        closed = super().leave()
        self._mind_heads()
        return closed

    def changed(self, changed: Any) -> None:
        """Files of activities count as well."""
        if self.isVisible() and "attachment" in changed.forms:
            self.load()
        else:
            super().changed(changed)

    # files

    def _files_of(self, record: str) -> QWidget:
        year = self._year()
        rows = year.files.get(record, ()) if year is not None else ()
        card = self._filing.card(record, rows, locked=False)
        card.none.say(say("activities.files_none"))
        return card

    def _attach(self) -> None:
        row = self.row(ACTIVITY)
        if row is not None:
            self._filing.choose(str(row["id"]))

    def _show_file(self, layer: FileLayer) -> None:
        self.file_layer = layer
        self.body.addWidget(layer, 1)
        layer.closed.connect(self._file_closed)
        self.shell.refresh()

    def _file_closed(self) -> None:
        self.file_layer = None
        self.shell.refresh()

    def _show(self, found: Found, draft: Any, *, focus: bool, form: str) -> None:
        super()._show(found, draft, focus=focus, form=form)
        table = self.tables[ACTIVITY]
        if table.view is not None and table.view.record:
            table.renew_below()

    # the plan, typed figures

    def _add(self) -> None:
        if self._adding() == ITEM and not self.tables[ITEM].fixed:
            self.talk.say(say("activities.plan_first"), care=True)
            self.tables[PLAN].add()
            self.shell.refresh()
            return
        super()._add()

    def _begin_count(self, row: Mapping[str, Any]) -> bool:
        """Open the panel of a figure nobody has typed yet; ``False`` for one that stands there."""
        table = self.tables[COUNT]
        self.heads[COUNT].facts.say(str(row.get("called") or ""))
        if not str(row["id"]).startswith(MISSING):
            return False
        table.fixed = {"indicator": str(row["indicator"])}
        table.start = {"from": f"{self.period}-01-01", "to": f"{self.period}-12-31"}
        table.close_panel()
        table.add()
        return True

    def _open_count(self) -> None:
        rows = self.tables[COUNT].buttons()
        chosen = next((one for one in rows if str(one.row["id"]) == self._rows.get(COUNT)), next(iter(rows), None))
        if chosen is not None:
            chosen.click()

    def _mind_heads(self) -> None:
        if self.tables[COUNT].view is None:
            self.heads[COUNT].facts.say("")

    def _row_saved(self, answer: Saved) -> None:
        """Show the year of what was written."""
        record, form, year = str(answer.id), self.here().name, int(self.period)

        def show(found: int) -> None:
            self.period = str(found)
            super(ActivitiesPage, self)._row_saved(answer)

        self.jobs.run(lambda desk: works.year_of(form, desk.get(record), year), show, owner=self)

    def _void(self, record: str) -> None:
        if not record.startswith(MISSING):
            super()._void(record)

    # the printed list

    def _report(self) -> str:
        year = self._year()
        return REPORT if year is not None and REPORT in year.reports else ""

    def _print(self) -> None:
        self.shell.go("reports", list=self._report(), period=self.period)
