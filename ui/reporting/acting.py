"""What a person does with the list or report in sight: looks behind a figure, adds, takes a step, prints, saves.

The page of reports (``ui.pages.reports``) chooses what is shown; this base of it acts on that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt

from cbdesk.desk import Desk
from cbdesk.desk.reporting import Opened
from cbdesk.desk.showing import pages
from cbdesk.errors import Problem
from cbdesk.words import say
from ui.frame.shell import Shell
from ui.jobs import Latest
from ui.pages import Page
from ui.paper.output import Output
from ui.paper.preview import PagePreview
from ui.parts import Option, Segmented
from ui.reporting import adding, behind, doing, files, making
from ui.reporting.body import ADDING, FIGURES, PAPER, Body
from ui.reporting.making import Made
from ui.reporting.options import Options
from ui.reporting.statebar import NUMBER, StateBar

PREF = "reports"


class Acting(Page):
    """The base of the page; ``_made`` is what is in sight."""

    preview: PagePreview

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._made: Made | None = None
        self._unit = ""
        self._place: tuple[str, str, str] = ("", "", "")
        self._whole, self._print_next = False, False
        self._output = Output(self, shell.refresh)
        self._behind_job = Latest(self.jobs, self)
        self.views = Segmented(
            [Option(FIGURES, say("reports.view.figures")), Option(PAPER, say("reports.view.paper")),
             Option(ADDING, say("reports.view.adding"))],
            label=say("reports.view.name"), name="view",
        )  # fmt: skip
        self.options, self.bar, self.layers = Options(), StateBar(), Body()
        self._act()

    def _act(self) -> None:
        """Listen to the parts."""
        figures, added = self.layers.figures, self.layers.adding
        self.bar.wanted.connect(self._step)
        self.bar.numbered.connect(self._number)
        figures.opened.connect(self._look_behind)
        figures.panel.asked.connect(self._read_behind)
        figures.panel.opened.connect(lambda name, one: self.shell.go(name, id=one))
        added.word_left.connect(lambda place, words: self._enter(place, text=words))
        added.expected_left.connect(lambda place, value: self._enter(place, value=value))
        added.count_kept.connect(self._keep_count)

    # what the page knows

    def _view(self) -> str:
        raise NotImplementedError

    def _to_view(self, view: str) -> None:
        raise NotImplementedError

    def _show_standing(self) -> None:
        raise NotImplementedError

    # behind a figure

    def _look_behind(self, grid: str, row: str, column: str) -> None:
        made, figures = self._made, self.layers.figures
        if made is None or made.report is None or made.wish.public:
            return
        found = figures.table.current()
        if found is None or not found[2].value or found[1].share or found[0].kind == "share":
            return
        self._place, figures.title = (grid, row, column), figures.words_of(row, column)
        name = made.wish.name
        self._behind_job.run(lambda desk: desk.guarded(name, grid, row), self._ask_behind)

    def _ask_behind(self, guarded: bool) -> None:
        figures = self.layers.figures
        figures.begin()
        if guarded:
            figures.panel.ask(figures.title)
        else:
            self._read_behind()

    def _read_behind(self) -> None:
        made, place, figures = self._made, self._place, self.layers.figures
        if made is None:
            return
        figures.panel.wait(figures.title)

        def read(desk: Desk) -> tuple[Opened, list[behind.Record]]:
            opened, rows = making.behind(desk, made, place)
            return opened, behind.records(desk, opened.form, rows)

        def show(answer: tuple[Opened, list[behind.Record]]) -> None:
            opened, records = answer
            title = say("reports.behind.count", title=figures.title, n=int(opened.value or 0))
            figures.panel.show_records(title, records, len(opened.ids) - len(records))
            (figures.panel.list if records else figures.table).setFocus(Qt.FocusReason.OtherFocusReason)
            self.shell.refresh_hints()

        self._behind_job.run(read, show)

    # what is added

    def _enter(self, place: str, **added: Any) -> None:
        made = self._made
        if made is not None:
            name, period = made.wish.name, made.wish.period
            self.jobs.run(lambda desk: desk.set_entry(name, period, place, **added), owner=self)

    def _keep_count(self, indicator: str, data: Mapping[str, Any], record: str) -> None:
        made = self._made
        if made is None:
            return
        row = dict(data) if record else adding.count_data(indicator, made, data)
        self.jobs.run(lambda desk: desk.save("count", row, record or None), self._counted, owner=self)

    def _counted(self, saved: Any) -> None:
        stops = [one for one in saved.findings if one.level == "stop"]
        if stops:
            self.talk.say(stops[0].text, care=True)
        else:
            batch = saved.batch
            self.talk.say(say("reports.count.kept"), undo=self._undo(batch) if batch else None)

    # steps

    def _step(self, verb: str) -> None:
        made = self._made
        if made is None or not verb:
            return
        if verb == NUMBER:
            self.bar.ask_number()
            return
        self.layers.adding.kept_now()
        button = self.bar.next if self.bar.verbs()[0] == verb else self.bar.other
        button.busy(say("reports.doing"))

        def done(answer: Any) -> None:
            self.options.forget_cut_off()
            self.talk.say(doing.said(verb, made), undo=self._undo(answer.batch) if answer.batch else None)

        self.jobs.run(doing.step(verb, made), done, self._step_failed, self)

    def _step_failed(self, problem: Problem) -> None:
        self._show_standing()
        self.talk.problem(problem)

    def _number(self, number: str, day: str) -> None:
        snapshot = str(self._made.snapshot.get("id") or "") if self._made else ""

        def done(saved: Any) -> None:
            self.bar.leave_number()
            self.talk.say(say("reports.done.number"), undo=self._undo(saved.batch) if saved.batch else None)

        self.jobs.run(lambda desk: desk.issue(snapshot, number, day), done, self._step_failed, self)

    def _undo(self, batch: str) -> Callable[[], None]:
        return lambda: self.jobs.run(lambda desk: desk.undo(batch), owner=self)

    # print and files

    def _print(self) -> None:
        made = self._made
        if made is None or self._output.busy:
            return
        if self._view() != PAPER or not self._whole:
            if self._view() != PAPER:
                self.views.set_value(PAPER)
                self._to_view(PAPER)
            self._print_next = True
            if not self._whole:
                return
        self._print_next = False
        content = made.content
        self._output.print_pages(
            lambda ppi: pages(content, ppi), self.preview.count(), made.logged, landscape=made.landscape
        )

    def _excel(self) -> None:
        self._save("xlsx")

    def _save(self, ending: str) -> None:
        made = self._made
        if made is None or self._output.busy:
            return
        path = self.talk.save_file(files.name_of(made, self._unit, ending), say(f"reports.{ending}_files"))
        if path is None:
            return
        words = say("reports.saved", name=path.name)
        write = files.writing(made, path, ending)
        self.talk.leaving(path, lambda how: self._output.save(ending, how(write), lambda _: how.told(words)))

    # what this machine remembers

    def _remembered(self) -> dict[str, Any]:
        prefs = getattr(self.window(), "prefs", None)
        found: dict[str, Any] = prefs.get(PREF, {}) if prefs is not None else {}
        return found

    def _remember(self, **choice: str) -> None:
        prefs = getattr(self.window(), "prefs", None)
        if prefs is not None:
            prefs.put(PREF, self._remembered() | choice)
