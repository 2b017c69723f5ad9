"""Bàn giao toàn bộ hồ sơ: the caseload of this commune, or of some villages, goes to the commune that succeeds.

Rules. What would go is counted before anything is written (Ctrl N), and again with every village ticked; none ticked
means all. Each hand-over shows how far it is proved on both sides, form by form; Ctrl P prints its minutes, Ctrl E
saves them. Cards are exchanged first, on *Đơn vị, khóa*; what comes is taken in like every bundle.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from cbdesk import dates, page
from cbdesk.catalogue import catalogue
from cbdesk.desk import Desk
from cbdesk.desk.succession import CASELOAD, Succession
from cbdesk.errors import Problem
from cbdesk.rights import OFFICERS
from cbdesk.words import say
from ui.frame.shell import Shell
from ui.homes.act import CHOICE, TICKS, ActCard, Ask
from ui.homes.side_page import key_button
from ui.jobs import Latest
from ui.leaving import Leaving
from ui.lists.cells import Cell, Chip
from ui.lists.filterbar import plain
from ui.lists.table import Column
from ui.pages import NARROW, Action, register
from ui.paper.preview import PRINT_PPI, ask_printer, has_printer, print_pages
from ui.parts import Card, EmptyState, Hint, IconText, Label, SectionTitle
from ui.people.page import PeoplePage
from ui.people.reopen import first_stick
from ui.quality.ticklist import Tick

FEW = ("on", "unit", "state")
COUNTED = ("child", "carer", "incident", "case", "household", "attachment")
"""Forms whose numbers are said before a hand-over; the rest is one number."""


@dataclass(frozen=True, slots=True)
class Read:
    """What the page shows: hand-overs, neighbours (code, name), the successor's code, villages (id, name)."""

    rows: tuple[Succession, ...]
    neighbours: tuple[tuple[str, str], ...]
    successor: str
    villages: tuple[tuple[str, str], ...]


class GiveCard(ActCard):
    """To whom, which villages, and what would go."""

    def __init__(self, found: Read) -> None:
        codes = [code for code, _ in found.neighbours]
        first = found.successor if found.successor in codes else codes[0]
        super().__init__(
            say("access.caseload.give"), say("access.caseload.verb"),
            [Ask("unit", say("access.caseload.to"), CHOICE, first, options=found.neighbours)],
            note=say("access.caseload.note"), name="caseload_card",
            ticks=(say("access.caseload.villages"), [Tick(code, name) for code, name in found.villages]),
        )  # fmt: skip
        self.told = IconText("info", say("ui.loading"), "ink2", "note", name="caseload_counts")
        self.body.insertWidget(self.body.indexOf(self.rooms["unit"]) + 1, self.told)

    def villages(self) -> list[str]:
        """Return the villages ticked; none means all."""
        return list(self.ticks.chosen()) if self.ticks is not None else []

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """Say what would go; nothing without a child."""
        forms = catalogue().forms
        parts = [f"{forms[name].plural}: {plain(counts[name])}" for name in COUNTED if counts.get(name)]
        rest = sum(count for name, count in counts.items() if name not in COUNTED)
        parts += [say("access.caseload.rest", n=plain(rest))] if rest else []
        children = counts.get("child", 0)
        self.told.say("\n".join(parts) if children else say("access.caseload.nothing"),
                      "people" if children else "warning", "ink2" if children else "nghe")  # fmt: skip
        self.verb.explain("" if children else say("access.caseload.nothing"))


@register
class CaseloadsPage(PeoplePage):
    """Caseloads given and taken."""

    name, icon = "caseloads", "people_swap"
    roles = ("commune",)
    form = CASELOAD
    watches = frozenset({CASELOAD})

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._none = EmptyState(say("access.caseload.none"), say("access.caseload.none_help"), name="caseloads_none")
        self._read = Read((), (), "", ())
        self._busy = ""
        self._counting = Latest(self.jobs, self)

    def columns(self) -> list[Column]:
        """Return the columns."""
        head = lambda name: say(f"access.caseload.column.{name}")  # noqa: E731
        return [
            Column("on", head("on"), 96, lambda one: Cell(dates.show_date(one.on), "ink2"), fixed=True),
            Column("unit", head("unit"), 170, _unit, stretch=True, fixed=True),
            Column("children", head("children"), 70, lambda one: Cell(plain(one.children), "ink2"), right=True),
            Column("records", head("records"), 80, lambda one: Cell(plain(one.records), "ink2"), right=True),
            Column("state", head("state"), 210, _state, fixed=True),
        ]  # fmt: skip

    def ident(self, row: Succession) -> str:
        """Return the id of the hand-over."""
        return row.id

    def called(self, row: Succession) -> str:
        """Return the name of the other commune."""
        return catalogue().units.label(row.unit)

    def read(self, desk: Desk) -> Read:
        """Return the hand-overs and whom one may be given to."""
        label = catalogue().units.label
        units = dict.fromkeys(one.unit for one in desk.neighbours() if one.status == "active")
        successor = desk.successor()
        return Read(tuple(reversed(desk.successions())), tuple((unit, label(unit)) for unit in units),
                    successor.key if successor else "", tuple(desk.village_names().items()))  # fmt: skip

    def show_rows(self, found: Read) -> None:
        """Show the hand-overs."""
        self._read = found
        self.table.set_rows(list(found.rows))
        self.panel.show_rows() if found.rows else self.panel.show_empty(self._none)

    # the page base

    def begin(self) -> Action:
        """Give a caseload."""
        why = "" if self._read.neighbours else say("access.caseload.no_neighbour")
        return Action("officer_hand", say("access.caseload.give"), self.add_row, "people_swap", "Ctrl N", why,
                      self._busy)  # fmt: skip

    def list_hints(self) -> Sequence[Hint]:
        """Return the keys of the list."""
        return (Hint("↑|↓", say("shell.hint.select")), Hint("Ctrl N", say("access.caseload.hint")),
                Hint("Ctrl P", say("access.caseload.print_hint")))  # fmt: skip

    def actions(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands of the list."""
        return {"print": self.print_minutes, "excel": self._save_minutes}

    def open_row(self) -> None:
        """A hand-over is not edited; Enter prints its minutes."""
        self.print_minutes()

    def shaped(self, shape: str) -> None:
        """Fewer columns where there is little room."""
        super().shaped(shape)
        self.table.show_columns(FEW if shape == NARROW else [])

    def detail(self, row: Succession) -> QWidget:
        """Return the card of a hand-over: sums of each form, the groups to compare."""
        card = Card(padding=14, spacing=8, name="caseload_detail")
        facts = say(f"access.caseload.way.{row.way}", unit=catalogue().units.label(row.unit))
        card.body.addWidget(SectionTitle(facts))
        words, icon, ink = _words(row)
        card.body.addWidget(IconText(icon, words, ink, "note"))
        card.body.addLayout(_sums(row))
        card.body.addWidget(Label(say("access.caseload.groups"), "note", "ink3", wrap=True))
        line = QHBoxLayout()
        for group in row.code.split():
            line.addWidget(Label(group, "strong"))
        line.addStretch(1)
        card.body.addLayout(line)
        for name, key, icon, run in (("print", "Ctrl P", "print", self.print_minutes),
                                     ("save", "", "document_pdf", self._save_minutes)):  # fmt: skip
            button = key_button(say(f"access.caseload.do.{name}"), key, icon, run, f"caseload_{name}")
            card.body.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        card.body.addStretch(1)
        return card

    # giving

    def add_row(self) -> None:
        """Ask to whom and which villages; what would go is counted meanwhile."""
        if not self.shell.may(OFFICERS) or not self._read.neighbours or self._busy:
            return
        card = GiveCard(self._read)

        def count() -> None:
            villages = card.villages()
            self._counting.run(lambda desk: desk.caseload_counts(villages), card.show_counts)

        if card.ticks is not None:
            card.ticks.changed.connect(count)
        self.do(card, self._choose_folder)
        count()

    def _choose_folder(self, given: dict[str, Any]) -> None:
        folder = self.talk.folder(folder=first_stick())
        if folder is not None:
            self.give(given["unit"], given[TICKS], folder)

    def give(self, unit: str, villages: Sequence[str], folder: Path) -> None:
        """Write the files; the bar says how many parts are done."""
        progress = self.jobs.relay(self._show_progress, self)
        self.close_side()
        self._show_progress(0, 0)
        self.jobs.run(lambda desk: desk.hand_caseload(unit, folder, villages, progress), self._given, self._not_given,
                      owner=self)  # fmt: skip

    def _show_progress(self, done: int, whole: int) -> None:
        self._busy = say("access.caseload.busy", n=done, of=whole) if whole else say("access.caseload.begin")
        self.shell.refresh()

    def _given(self, files: list[Path]) -> None:
        self._busy = ""
        self.talk.say(say("access.caseload.done", n=len(files), folder=files[0].parent.name))
        self.load()

    def _not_given(self, problem: Problem) -> None:
        self._busy = ""
        self.shell.refresh()
        self.talk.problem(problem)

    # minutes

    def print_minutes(self) -> None:
        """Print the minutes of the hand-over one stands on."""
        row = self.table.current()
        if row is None:
            return
        if not has_printer():
            self.talk.say(say("case_page.papers.no_printer"), care=True)
            return
        printer = ask_printer(self.window(), say("reports.job_name"), 1, landscape=False)
        if printer is None:
            return
        record = row.id

        def pages(desk: Desk) -> list[bytes]:
            desk.note_print(f"paper {CASELOAD}", record)
            return page.sheet_pngs(CASELOAD, desk.caseload_data(record), PRINT_PPI)

        self.jobs.run(pages, lambda found: self.talk.say(
            say("case_page.papers.printed", n=print_pages(printer, found))), owner=self)  # fmt: skip

    def _save_minutes(self) -> None:
        row = self.table.current()
        path = self.talk.save_file(f"{CASELOAD}.pdf", say("case_page.papers.pdf_files")) if row is not None else None
        if row is not None and path is not None:
            self.save_minutes(row.id, path if path.suffix.lower() == ".pdf" else Path(f"{path}.pdf"))

    def save_minutes(self, record: str, path: Path) -> None:
        """Write the minutes as PDF."""

        def go(how: Leaving) -> None:
            self.jobs.run(how(lambda desk: desk.caseload_paper(record, path, overwrite=True)),
                          lambda written: self.talk.say(how.told(say("case_page.papers.saved", name=written.name))),
                          owner=self)  # fmt: skip

        self.talk.leaving(path, go)


def _unit(one: Succession) -> Cell:
    return Cell(catalogue().units.label(one.unit), role="medium",
                chips=(Chip(say(f"access.caseload.chip.{one.way}"), "neutral"),))  # fmt: skip


def _words(one: Succession) -> tuple[str, str, str]:
    """Return how far a hand-over is proved, with icon and ink."""
    if one.proved:
        return say("access.caseload.state.proved", on=dates.show_date(one.taken_on)), "checkmark_circle", "ngoc"
    if one.differs:
        return say("access.caseload.state.differs", forms=", ".join(one.differs)), "warning", "gach"
    return say("access.caseload.state.waiting", n=one.parts_taken, of=one.parts), "clock", "nghe"


def _state(one: Succession) -> Cell:
    key, tone, icon = (("proved", "ngoc", "checkmark_circle") if one.proved else
                       ("differs", "gach", "warning") if one.differs else ("waiting", "nghe", "clock"))  # fmt: skip
    return Cell(chips=(Chip(say(f"access.caseload.short.{key}", n=one.parts_taken, of=one.parts), tone, icon),))


def _sums(one: Succession) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(2)
    grid.setColumnStretch(0, 1)
    for at, name in enumerate(("given", "taken"), 1):
        grid.addWidget(Label(say(f"access.caseload.{name}"), "small", "ink3"), 0, at, Qt.AlignmentFlag.AlignRight)
    for line, (form, told) in enumerate(one.given.items(), 1):
        taken = one.taken.get(form)
        same = taken == told
        grid.addWidget(Label(catalogue().forms[form].plural, "note", "ink2", elide=True), line, 0)
        grid.addWidget(Label(plain(told.count), "note"), line, 1, Qt.AlignmentFlag.AlignRight)
        shown = Label(plain(taken.count) if taken else "–", "note", "ink" if same else "gach" if taken else "ink3")
        grid.addWidget(shown, line, 2, Qt.AlignmentFlag.AlignRight)
    return grid
