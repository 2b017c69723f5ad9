"""Rà soát xóm: the sheets of a month made, printed and keyed back; which villages have returned, which are late.

Rules. The board is the page: Enter keys the sheet of a village, F7 says that nothing changed there, typing a name or
the number printed on a sheet goes to it, and Ctrl F finds a sheet of any month. Ctrl P shows the sheets as they are
printed. Making, returning and "nothing changed" can each be taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from cbdesk import clock, dates, page
from cbdesk.desk import Changed, Desk, Saved
from cbdesk.desk.rounds import Place, Sheet
from cbdesk.errors import Problem
from cbdesk.paper import Paper
from cbdesk.words import say
from ui import theme
from ui.frame.mine import MineChip
from ui.frame.shell import Shell
from ui.jobs import Latest
from ui.lists.filterbar import plain
from ui.lists.table import QuietTable, TablePanel
from ui.pages import COMPACT, FULL, NARROW, Action, Page, register
from ui.paper import periods
from ui.paper.output import PRINT, Output
from ui.paper.preview import PagePreview, has_printer
from ui.parts import Button, EmptyState, Hint, IconButton, Label, LineField, ListField, State
from ui.round.board import PAST, PlaceCard, columns, short_number

MONTHS = ("month",)
FORMS = frozenset({"child", "village", "round_sheet", "round_return"})
SIDE = 300
COLUMNS = {COMPACT: ("children", "by", "past2"), NARROW: ("children",)}


class _Number(LineField):
    """The number printed on a sheet: Enter opens it."""

    def __init__(self, opened: Callable[[], None]) -> None:
        super().__init__(hint=say("rounds.number_hint"), icon="number_symbol", key="Ctrl F",
                         label=say("rounds.number"), name="sheet_number")  # fmt: skip
        self._opened = opened

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the sheet."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.text().strip():
            self._opened()
        else:
            super().keyPressEvent(event)


@register
class RoundsPage(Page):
    """The round of a month."""

    name, icon, order = "rounds", "home_person", 25
    roles = ("commune",)

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._month, self._wanted, self._unplaced = clock.today().isoformat()[:7], "", 0
        self._places: Sequence[Place] | None = None
        self._all: Sequence[Place] = ()
        """All villages; ``_places`` are those in sight."""
        self._paper: Paper | None = None
        self._whole = False
        self._output = Output(self, shell.refresh)
        self._read, self._paper_job = Latest(self.jobs, self), Latest(self.jobs, self)
        room = QWidget()
        self._layers = QStackedLayout(room)
        self._board = self._build_board()
        self.preview = PagePreview(landscape=True, about=say("rounds.paper_about"))
        self.preview.wanted.connect(lambda _ppi: self._set() if self._paper is not None else None)
        for layer in (self._board, self.preview):
            self._layers.addWidget(layer)
        self.body.addWidget(room, 1)

    def _build_board(self) -> QWidget:
        board = QWidget()
        column = QVBoxLayout(board)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        top = QHBoxLayout()
        top.setSpacing(6)
        self.earlier = IconButton("chevron_left", say("reports.earlier"), side=34, name="earlier")
        self.later = IconButton("chevron_right", say("reports.later"), side=34, name="later")
        self.earlier.clicked.connect(lambda: self._step(-1))
        self.later.clicked.connect(lambda: self._step(1))
        self.period = ListField(label=say("rounds.month"), name="month")
        self.period.setFixedWidth(theme.px(150))
        self.period.currentIndexChanged.connect(lambda _at: self._to(self.period.value() or self._month))
        self.number = _Number(self._open_number)
        self.number.setFixedWidth(theme.px(290))
        self.told = Label("", "body", "ink2", elide=True, name="round_facts")
        for widget in (self.earlier, self.period, self.later):
            top.addWidget(widget)
        for button in (self.earlier, self.later):
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.mine = MineChip(self.shell.mine, "rounds_mine")
        self.shell.mine.changed.connect(self._apply)
        top.addSpacing(4)
        top.addWidget(self.mine)
        top.addSpacing(4)
        top.addWidget(self.told, 1)
        top.addWidget(self.number)
        column.addLayout(top)
        self.table = _Board(self)
        self.table.moved.connect(self._moved)
        self.table.opened.connect(lambda _row: self._key())
        self.panel = TablePanel(self.table)
        self._none = EmptyState(say("rounds.nobody"), say("rounds.nobody_help"), name="round_nobody")
        self.card = PlaceCard()
        self.card.key_wanted.connect(self._key)
        self.card.unchanged_wanted.connect(self._unchanged)
        self.card.paper_wanted.connect(self._this_paper)
        self.card.second_wanted.connect(self._second)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.panel, 1)
        row.addWidget(self.card)
        column.addLayout(row, 1)
        return board

    # what the shell shows

    def showing_paper(self) -> bool:
        """Return whether the sheets are shown as they will be printed."""
        return self._paper is not None

    def primary(self) -> Action:
        """Print the sheets shown; make those that are missing; else show all as they are printed."""
        if self._paper is not None:
            why = "" if self._whole else say("reports.preview.making")
            why = why or ("" if has_printer() else say("reports.no_printer"))
            busy = say("reports.printing") if self._output.busy == PRINT else ""
            return Action("print", say("reports.print"), self._print, "print", "Ctrl P", why, busy)
        missing = self._missing()
        if missing:
            busy = say("rounds.making") if self._output.busy == "make" else ""
            return Action("make", say("rounds.make", n=plain(missing)), self._make, "add", "Ctrl Enter", busy=busy)
        why = "" if self._sheets() else say("rounds.nothing_made")
        return Action("paper", say("rounds.print"), self._all_papers, "print", "Ctrl P", why)

    def secondary(self) -> Sequence[Action]:
        """Save the sheets shown; else show them, or an empty one."""
        if self._paper is not None:
            busy = say("ui.saving") if self._output.busy == "save" else ""
            return (Action("leave", say("ui.close"), self._leave_paper, key="Esc"),
                    Action("save", say("reports.pdf"), self._save, "document_pdf", "Ctrl E", busy=busy))  # fmt: skip
        blank = Action("blank", say("rounds.blank"), self._blank, "document")
        if self._missing() and self._sheets():
            return (blank, Action("paper", say("rounds.print"), self._all_papers, "print", "Ctrl P"))
        return (blank,)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of the board, or of the pages."""
        if self._paper is not None:
            return (Hint("PgUp|PgDn", say("shell.hint.turn_page")), Hint("Ctrl P", say("shell.hint.print")),
                    Hint("Ctrl E", say("reports.pdf")), Hint("Esc", say("ui.close")))  # fmt: skip
        return (Hint("↑|↓", say("rounds.hint.village")), Hint("Enter", say("rounds.hint.key")),
                Hint("F7", say("rounds.hint.unchanged")), Hint("Ctrl F", say("rounds.hint.number")),
                Hint("Alt|←|→", say("shell.hint.change_period")), Hint("Ctrl P", say("shell.hint.print")))  # fmt: skip

    def states(self) -> Sequence[State]:
        """Say that printing is logged."""
        return (State("shield_checkmark", say("reports.logged")),) if self._paper is not None else ()

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        if self._paper is not None:
            return {"print": self._print, "excel": self._save}
        return {
            "reload": self.load, "print": self._all_papers, "repeat": self._unchanged, "find": self._to_number,
            "step_back": lambda: self._step(-1), "step_forward": lambda: self._step(1),
            "next_pane": self._other_pane, "previous_pane": self._other_pane,
        }  # fmt: skip

    def opened(self, **details: Any) -> None:
        """Show a month (``month=``) at a village (``village=``), else where one was."""
        self._month = str(details.get("month") or self._month)
        self._wanted = str(details.get("village") or "")
        self._fill_months()
        if self._places is None:
            self.panel.load()
        self.load()
        self._focus()

    def changed(self, changed: Changed) -> None:
        """Read again."""
        if changed.forms & FORMS and self.isVisible():
            self.load()

    def shaped(self, shape: str) -> None:
        """The village's own card needs room; without it the keys are the same."""
        self.card.setVisible(shape == FULL)
        self.card.setFixedWidth(theme.px(SIDE))
        self.table.show_columns(COLUMNS.get(shape, ()))

    def leave(self) -> bool:
        """Esc leaves the pages."""
        if self._paper is None:
            return False
        self._leave_paper()
        return True

    def _focus(self) -> None:
        (self.preview.canvas if self._paper is not None else self.table).setFocus(Qt.FocusReason.OtherFocusReason)

    def _to_number(self) -> None:
        self.number.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.number.selectAll()

    def _other_pane(self) -> None:
        self._to_number() if self.table.hasFocus() else self._focus()

    # the month

    def _fill_months(self) -> None:
        offered = self._offered()
        self.period.blockSignals(True)
        self.period.fill([(one, periods.words(one)) for one in offered])
        self.period.set_value(self._month)
        self.period.blockSignals(False)
        self.earlier.setEnabled(periods.neighbour(self._month, offered, -1) != self._month)
        self.later.setEnabled(periods.neighbour(self._month, offered, 1) != self._month)

    def _offered(self) -> list[str]:
        """Return the months to choose: sheets can be made one month ahead."""
        return periods.offered(MONTHS, dates.months_after(clock.today().replace(day=1), 1))

    def _step(self, step: int) -> None:
        self._to(periods.neighbour(self._month, self._offered(), step))

    def _to(self, month: str) -> None:
        if month != self._month:
            self._month = month
            self._fill_months()
            self.load()

    def load(self) -> None:
        """Read the board of the month."""
        month = self._month
        self._read.run(lambda desk: (desk.round_board(month), desk.round_unplaced()), lambda got: self._show(*got))

    def _show(self, places: Sequence[Place], unplaced: int) -> None:
        first, self._all, self._unplaced = self._places is None, places, unplaced
        self._apply()
        if first:
            self._focus()

    def _apply(self) -> None:
        """Show the villages in sight."""
        places = self._places = [one for one in self._all if self.shell.mine.holds(one.village)]
        months = [month for month, _ in places[0].past] if places else []
        self.table.name_months([say("rounds.month_head", n=int(one[5:])) for one in months])
        self.table.set_rows(places)
        if places:
            self.panel.show_rows()
        else:
            self.panel.show_empty(self._none)
        wanted, self._wanted = self._wanted, ""
        current = self.table.current() or next(iter(places), None)
        if not (wanted and self.table.choose(wanted)) and current is not None and not self.table.chosen():
            self.table.choose(current.village)
        self._tell()
        self._moved(self.table.current())
        self.shell.refresh()

    def _tell(self) -> None:
        places = self._places or ()
        back = sum(one.state == "returned" for one in places)
        made = sum(bool(one.sheets) for one in places)
        parts = [say("rounds.facts", n=plain(back), of=plain(made))] if made else []
        late = sum(one.state == "late" for one in places)
        parts += [say("rounds.facts_late", n=plain(late))] if late else []
        parts += [say("rounds.facts_unplaced", n=plain(self._unplaced))] if self._unplaced else []
        self.told.say(" · ".join(parts))

    def _missing(self) -> int:
        return sum(not one.sheets and bool(one.children) for one in self._places or ())

    def _sheets(self) -> list[Sheet]:
        return [one for place in self._places or () for one in place.sheets]

    def _moved(self, place: Place | None) -> None:
        self.card.show_place(place)

    # making

    def _make(self) -> None:
        self._make_of(None)

    def _second(self) -> None:
        place = self.table.current()
        if place is not None:
            words = say("rounds.second_ask", village=place.name)
            self.talk.ask(words, say("rounds.second_yes"), lambda: self._make_of(place.village))

    def _make_of(self, village: str | None) -> None:
        if self._output.busy:
            return
        month, again = self._month, village is not None
        villages = [village] if village else None
        if village is None and self.shell.mine.on:
            villages = [one.village for one in self._places or () if one.children]
        self._output.work("make")

        def work(desk: Desk) -> tuple[list[Sheet], str]:
            return desk.round_make(month, villages, again=again)

        def done(answer: tuple[list[Sheet], str]) -> None:
            made, batch = answer
            self._output.work("")
            self.load()
            words = say("rounds.made", n=plain(len(made)), children=plain(sum(one.lines for one in made)))
            self._say_undo(words, lambda desk: desk.undo(batch))

        self.jobs.run(work, done, self._failed, self)

    def _say_undo(self, words: str, undo: Callable[[Desk], Saved]) -> None:
        self.talk.say(words, undo=lambda: self.jobs.run(undo, owner=self))

    def _failed(self, problem: Problem) -> None:
        self._output.work("")
        self.talk.problem(problem)

    # coming back

    def _key(self) -> None:
        place = self.table.current()
        sheet = place.sheet if place is not None else None
        if sheet is not None:
            self.shell.go("round_keys", sheet=sheet.id)
        elif place is not None:
            self.talk.say(say("rounds.no_sheet"), care=True)

    def _open_number(self) -> None:
        typed = self.number.text()

        def found(sheet: Sheet) -> None:
            self.number.clear()
            self.shell.go("round_keys", sheet=sheet.id)

        self.jobs.run(lambda desk: desk.round_find(typed), found, self.talk.problem, self)

    def _unchanged(self, again: bool = False) -> None:
        """Say that nothing changed in the village chosen, and go on to the next that is out."""
        place = self.table.current()
        sheet = place.sheet if place is not None else None
        if place is None or sheet is None:
            if place is not None:
                self.talk.say(say("rounds.no_sheet"), care=True)
            return
        record = sheet.id

        def done(saved: Saved) -> None:
            self._go_on(place)
            self.load()
            self._say_undo(say("rounds.unchanged_said", village=place.name), lambda desk: desk.undo(str(saved.batch)))

        def failed(problem: Problem) -> None:
            more = Button(say("rounds.write_anyway"), name="write_anyway")
            more.clicked.connect(lambda: self._unchanged(again=True))
            self.talk.problem(problem, action=more if problem.name in ("round_other",) else None)

        self.jobs.run(lambda desk: desk.round_unchanged(record, again=again), done, failed, self)

    def _go_on(self, place: Place) -> None:
        rows = self.table.rows()
        at = rows.index(place) if place in rows else 0
        ahead = [one for one in [*rows[at + 1 :], *rows[:at]] if one.sheet is not None and one.state != "returned"]
        if ahead:
            self._wanted = ahead[0].village

    # the sheets as they are printed

    def _all_papers(self) -> None:
        """Show the sheets of the rows chosen, of all villages where one row is."""
        chosen = self.table.chosen()
        places = chosen if len(chosen) > 1 else self._places or ()
        self._show_paper([one.id for place in places for one in place.sheets])

    def _this_paper(self) -> None:
        place = self.table.current()
        self._show_paper([one.id for one in place.sheets[-1:]] if place is not None else [])

    def _show_paper(self, sheets: Sequence[str]) -> None:
        if sheets:
            self._paper_job.run(lambda desk: desk.round_paper(sheets), self._begin_paper, self._failed)

    def _blank(self) -> None:
        self._paper_job.run(lambda desk: desk.round_blank(), self._begin_paper, self._failed)

    def _begin_paper(self, paper: Paper) -> None:
        self._paper, self._whole = paper, False
        self._layers.setCurrentWidget(self.preview)
        self.preview.waiting(landscape=True)
        self._set()
        self._focus()
        self.shell.refresh()

    def _set(self) -> None:
        """Set the first pages of many sheets, then all."""
        paper, ppi = self._paper, self.preview.ppi()
        if paper is None:
            return

        def begun(pages: list[bytes]) -> None:
            if pages and not self._whole:
                self.preview.set_pages(pages, ppi, whole=False)
            self._paper_job.apart(lambda: page.pngs(paper, ppi), done, self._failed)

        def done(pages: list[bytes]) -> None:
            self._whole = True
            self.preview.set_pages(pages, ppi)
            self.shell.refresh()

        self._paper_job.apart(lambda: page.first_pngs(paper, ppi), begun, self._failed)

    def _leave_paper(self) -> None:
        self._paper = None
        self._layers.setCurrentWidget(self._board)
        self._focus()
        self.shell.refresh()

    def _print(self) -> None:
        if self._paper is not None and self._whole:
            self._output.print_paper(self._paper, self.preview.count(), f"round_sheet {len(self._paper.rows)}")

    def _save(self) -> None:
        paper = self._paper
        folder = self.talk.folder() if paper is not None and not self._output.busy else None
        if paper is not None and folder is not None:
            self._output.save("save", lambda desk: desk.round_file(paper, folder),
                              lambda path: say("rounds.saved", name=path.name))  # fmt: skip


class _Board(QuietTable):
    """The table of villages; letters and digits go to a name, or to the number of a sheet."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(columns(), lambda one: one.village, parent, type_by=_typed_by,
                         label=say("rounds.villages"), name="round_board")  # fmt: skip

    def name_months(self, heads: Sequence[str]) -> None:
        """Say which months stand at the right."""
        for at, head in enumerate(heads):
            place = len(self.quiet.columns) - PAST + at
            self.quiet.columns[place] = replace(self.quiet.columns[place], head=head)
        self.horizontalHeader().viewport().update()


def _typed_by(place: Place) -> str:
    number = short_number(place.sheet.number) if place.sheet is not None else ""
    return f"{place.name} {number}".strip()


