"""Nhập thay: take a commune's month in on its behalf, its Excel list or the totals it sent on paper.

Rules. The unit and the period stand first; everything taken in says by which paper it came and who typed it. A list
becomes records of the commune itself, typed totals stand in only until records of it are here. Nothing is written
before its button is pressed, and all of it can be taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cbdesk import clock, dates
from cbdesk.catalogue import catalogue
from cbdesk.desk import Changed, Desk, Saved
from cbdesk.desk.on_behalf import Paper, TotalPlace
from cbdesk.errors import Problem
from cbdesk.words import say
from ui import theme
from ui.frame.shell import Shell
from ui.jobs import Latest
from ui.pages import COMPACT, FULL, NARROW, Action, Page, register
from ui.parts import Button, Card, Hint, Label, Labelled, LineField, ListField, Rule, Scroller, SectionTitle
from ui.reading.draft import Behalf
from ui.receiver.totals import TotalList
from ui.receiver.waiting import Line, LineList, padded

MONTHS = 24
SIDE = {FULL: 340, COMPACT: 300, NARROW: 268}


@dataclass(frozen=True)
class Read:
    """What a report asks of a commune, what of it was taken in before, and which reports and periods there are."""

    places: tuple[TotalPlace, ...]
    before: tuple[Mapping[str, Any], ...]


@register
class BehalfPage(Page):
    """Taking in on a commune's behalf."""

    name, icon, order, under = "behalf", "edit", 0, "inbox"
    roles = ("receiver",)

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._reports: dict[str, list[tuple[str, str]]] = {}
        self._wanted, self._busy = ("", ""), False
        self._reading = Latest(self.jobs, self)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._build_left())
        row.addWidget(self._build_right(), 1)
        self.body.addLayout(row, 1)

    # the parts

    def _build_left(self) -> QWidget:
        self._left = Card(spacing=8, name="behalf_card")
        units = [(unit.key, f"{unit.name} ({unit.code})") for unit in catalogue().units.current(clock.today())]
        self.unit = ListField(label=say("inbox.unit"), icon="building_government", name="behalf_unit")
        self.unit.fill([("", say("behalf.choose_unit")), *units])
        self.unit.currentIndexChanged.connect(lambda _at: self._read())
        self.month = ListField(label=say("behalf.month"), name="behalf_month")
        self.number, self.day, self.note = (LineField(name=f"behalf_{one}") for one in ("number", "date", "note"))
        self._day = Labelled(say("behalf.date"), self.day)
        self.day.editingFinished.connect(self._check_day)
        scroll = Scroller(spacing=8, name="behalf_fields")
        for part in (Labelled(say("inbox.unit"), self.unit, required=True),
                     Labelled(say("behalf.month"), self.month), Labelled(say("behalf.number"), self.number), self._day,
                     Labelled(say("behalf.note"), self.note)):  # fmt: skip
            scroll.body.addWidget(part)
        scroll.body.addWidget(Rule())
        scroll.body.addWidget(SectionTitle(say("behalf.list")))
        scroll.body.addWidget(Label(say("behalf.list_help"), "note", "ink2", wrap=True))
        self.file = Button(say("behalf.choose_file"), icon="arrow_import", name="behalf_file")
        self.file.clicked.connect(self.import_list)
        scroll.body.addWidget(self.file, 0, Qt.AlignmentFlag.AlignLeft)
        scroll.body.addStretch(1)
        self._left.body.addWidget(scroll, 1)
        return self._left

    def _build_right(self) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        card = Card(spacing=8, name="totals_card")
        card.body.addWidget(SectionTitle(say("behalf.totals")))
        row = QHBoxLayout()
        row.setSpacing(8)
        self.report = ListField(label=say("behalf.report"), name="behalf_report")
        self.period = ListField(label=say("behalf.period"), name="behalf_period")
        self.report.currentIndexChanged.connect(lambda _at: self._show_periods())
        self.period.currentIndexChanged.connect(lambda _at: self._read())
        row.addWidget(self.report, 3)
        row.addWidget(self.period, 2)
        card.body.addLayout(row)
        self._why = Label("", "note", "ink3", wrap=True, name="totals_why")
        card.body.addWidget(self._why)
        self.totals = TotalList()
        self.totals.changed.connect(self.shell.refresh)
        card.body.addWidget(self.totals, 1)
        column.addWidget(card, 3)
        before = Card(padding=0, spacing=0, name="before_card")
        before.body.setContentsMargins(1, 1, 1, 5)
        title = SectionTitle(say("behalf.before"))
        title.setContentsMargins(15, 10, 15, 8)
        before.body.addWidget(title)
        before.body.addWidget(Rule())
        self.before = LineList("behalf_before", say("behalf.before"))
        self._nothing = padded(Label(say("behalf.nothing"), "note", "ink3", wrap=True))
        before.body.addWidget(self._nothing)
        before.body.addWidget(self.before, 1)
        before.setMaximumHeight(theme.px(168))
        self._before_card = before
        column.addWidget(before, 1)
        return made

    # what the shell shows

    def crumbs(self) -> Sequence[tuple[str, str]]:
        """Return the way here."""
        return ((say("carry.receive.inbox"), "inbox"),)

    def primary(self) -> Action:
        """Keep the totals typed."""
        why = "" if self.totals.is_changed() else say("behalf.nothing_typed")
        busy = say("behalf.writing") if self._busy else ""
        return Action("write", say("behalf.write"), self.write, "save", "Ctrl Enter", why, busy)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of this page."""
        hint = lambda name: say(f"behalf.hint.{name}")  # noqa: E731
        return (Hint("Enter", hint("next")), Hint("Ctrl Enter", hint("write")), Hint("Ctrl E", hint("file")),
                Hint("Esc", hint("back")))  # fmt: skip

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        return {"reload": self._read, "save": self.write, "excel": self.import_list}

    def opened(self, **details: Any) -> None:
        """Read which reports there are; ``unit`` and ``month`` may be chosen before."""
        self._wanted = (str(details.get("unit") or ""), str(details.get("month") or ""))
        if self._wanted[0]:
            self.unit.set_value(self._wanted[0])
        self.month.fill([(one, say("behalf.month_of", month=dates.show_date(one))) for one in _months()])
        self.month.set_value(self._wanted[1] or _months()[1])
        self.jobs.run(read_reports, self._show_reports, owner=self)
        self.unit.setFocus(Qt.FocusReason.OtherFocusReason)

    def changed(self, changed: Changed) -> None:
        """Read again what was taken in before."""
        if changed.forms & {"on_behalf", "unit_total"} and self.isVisible() and not self.totals.is_changed():
            self._read()

    def shaped(self, shape: str) -> None:
        """Give the left card its width."""
        self._left.setFixedWidth(theme.px(SIDE[shape]))
        self._before_card.setVisible(shape == FULL)

    # reading

    def _show_reports(self, found: Mapping[str, tuple[str, list[tuple[str, str]]]]) -> None:
        kept = self.report.value()
        self._reports = {name: periods for name, (_, periods) in found.items()}
        self.report.fill([(name, title) for name, (title, _) in found.items()])
        self.report.set_value(kept if kept in self._reports else next(iter(self._reports), None))
        self._show_periods()

    def _show_periods(self) -> None:
        periods = self._reports.get(self.report.value() or "", [])
        self.period.fill(periods)
        wanted = next((code for code, _ in periods if code == self._wanted[1]), None)
        self.period.set_value(wanted or (periods[0][0] if periods else None))
        self._read()

    def _read(self) -> None:
        unit, report, period = self.unit.value() or "", self.report.value() or "", self.period.value() or ""
        self.file.setEnabled(bool(unit))
        self.file.explain("" if unit else say("behalf.choose_unit"))
        if not (unit and report and period):
            self.totals.show_places(())
            self._why.say(say("behalf.choose_unit_first"))
            self.before.show_lines(())
            self._nothing.show()
            self.shell.refresh()
            return

        def work(desk: Desk) -> Read:
            return Read(tuple(desk.totals_asked(unit, report, period)), tuple(desk.stood_in(unit)))

        self._reading.run(work, self._show)

    def _show(self, found: Read) -> None:
        self._why.say(say("behalf.totals_help") if found.places else say("behalf.no_places"))
        self.totals.show_places(found.places)
        lines = [_line(row) for row in reversed(found.before)]
        self.before.show_lines(lines)
        self._nothing.setVisible(not lines)
        self.shell.refresh()

    # what is typed

    def _day_typed(self) -> str:
        read = dates.read_date(self.day.text(), clock.today())
        return str(read.value or "")

    def _check_day(self) -> None:
        known = not self.day.text().strip() or bool(self._day_typed())
        self._day.say("" if known else "ask", "" if known else say("behalf.no_date"))

    def paper(self) -> Paper:
        """Return the paper as typed."""
        return Paper(self.number.text().strip(), self._day_typed() if self.day.text().strip() else "",
                     note=self.note.text().strip())  # fmt: skip

    # doing

    def import_list(self) -> None:
        """Go to the import with the unit, the period and the paper."""
        unit, period = self.unit.value() or "", self.month.value() or ""
        if not unit or not period:
            self.unit.setFocus()
            return
        name = catalogue().units.label(unit)
        self.shell.go("import", of=Behalf(unit, name, period, self.paper()))

    def write(self) -> None:
        """Keep the totals typed."""
        news = self.totals.news()
        if not news or self._busy:
            return
        unit, report, period = self.unit.value() or "", self.report.value() or "", self.period.value() or ""
        paper = self.paper()
        self._busy = True
        self.shell.refresh()

        def work(desk: Desk) -> Saved:
            return desk.set_totals(unit, report, period, news, number=paper.number, date=paper.date, note=paper.note)

        self.jobs.run(work, self._written, self._failed, self)

    def _written(self, saved: Saved) -> None:
        self._busy = False
        batch = saved.batch
        self._read()
        if batch:
            self.talk.say(say("behalf.written"), lambda: self._undo(batch))

    def _undo(self, batch: str) -> None:
        self.jobs.run(lambda desk: desk.undo(batch), lambda _saved: self._read(), owner=self)

    def _failed(self, problem: Problem) -> None:
        self._busy = False
        self.talk.problem(problem)
        self.shell.refresh()


def read_reports(desk: Desk) -> dict[str, tuple[str, list[tuple[str, str]]]]:
    """Return the reports of figures with their title and periods; runs on the desk's thread."""
    found = {}
    for one in desk.reports():
        if desk.report_named(one["name"]).data.get("grid") and not one["restricted"]:
            periods = [(span.text, span.words) for span in desk.report_periods(one["name"])]
            found[str(one["name"])] = (str(one["title"]), periods)
    return found


def _months() -> list[str]:
    """Return the months a list may stand for, the newest first."""
    year, month = clock.today().year, clock.today().month
    whole = [(year * 12 + month - 1) - back for back in range(MONTHS)]
    return [f"{at // 12}-{at % 12 + 1:02}" for at in whole]


def _line(row: Mapping[str, Any]) -> Line:
    words = say("behalf.taken", period=dates.show_date(str(row.get("period") or "")), n=row.get("children") or 0)
    return Line("edit", "cham", words, _paper(row), dates.show_date(str(row.get("received_on") or "")))


def _paper(row: Mapping[str, Any]) -> str:
    number, day = str(row.get("paper_no") or ""), dates.show_date(str(row.get("paper_date") or ""))
    parts = [say("behalf.paper", number=number) if number else "", day, str(row.get("note") or "")]
    return " · ".join(one for one in parts if one)
