"""Danh sách & báo cáo: every list and report, its figures, the paper it will be, and the steps until it is issued.

The shelf at the left says what each tells and how it counts. At the right stand what is asked of it, where it stands
with the one next step, and one of its views: figures with the children behind them, the page (which is the print), what
people add. What was frozen stays as it was; how many places the register tells otherwise by now is counted beside it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cbdesk import page as papers
from cbdesk.desk import Changed, Desk
from cbdesk.desk.reporting import LISTS, TEXT
from cbdesk.desk.showing import ReportKind, pages
from cbdesk.errors import Problem
from cbdesk.rights import ISSUE
from cbdesk.words import say
from ui import theme
from ui.frame.shell import Shell
from ui.jobs import Latest
from ui.pages import NARROW, Action, register
from ui.paper.output import PRINT
from ui.paper.preview import has_printer
from ui.parts import Button, Card, EmptyState, Hint, Rule, SearchBox, State
from ui.reporting import files, making
from ui.reporting.acting import Acting
from ui.reporting.body import ADDING, FIGURES, PAPER
from ui.reporting.making import Made, Wish
from ui.reporting.options import Asked
from ui.reporting.shelf import Shelf, matching
from ui.reporting.statebar import standing

LEFT, NARROW_LEFT = 296, 232
KEPT = 8
QUIET = frozenset({"report_entry", "snapshot", "snapshot_part"})
"""Forms that change no figure."""


@register
class Reports(Acting):
    """Lists and reports."""

    name, icon, order = "reports", "document_table", 50

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._kinds: list[ReportKind] = []
        self._asked: Mapping[str, Asked] = {}
        self._kind: ReportKind | None = None
        self._name, self._period, self._purpose = "", "", ""
        self._edits: tuple[str, int] = ("", 0)
        """Which frozen one was compared with the register, and in how many places they differ."""
        self._cache: OrderedDict[Wish, Made] = OrderedDict()
        self._set: tuple[Wish, float] | None = None
        self._stale, self._arriving, self._narrow = True, False, False
        self._kinds_job, self._made_job, self._pages_job, self._edits_job = (
            Latest(self.jobs, self) for _ in range(4)
        )
        self._build()

    # the parts

    def _build(self) -> None:
        self.search = SearchBox(say("reports.find"), key="Ctrl F", name="find_report")
        self.search.wanted.connect(self._filter)
        self.search.down.connect(self._into_shelf)
        self.search.returnPressed.connect(self._into_shelf)
        self.shelf = Shelf()
        self.shelf.chosen.connect(self._choose)
        self.shelf.typed.connect(self._type)
        self.shelf.up.connect(self.search.setFocus)
        self._none = EmptyState(say("reports.no_match"), name="no_report")
        self._none.hide()
        self._left = Card(padding=0, spacing=6, name="report_choice")
        self._left.body.setContentsMargins(1, 10, 1, 4)
        finder = QWidget()
        inside = QVBoxLayout(finder)
        inside.setContentsMargins(12, 0, 12, 0)
        inside.addWidget(self.search)
        for widget in (finder, self.shelf, self._none):
            self._left.body.addWidget(widget, 0 if widget is finder else 1)
        self._left.body.addWidget(Rule())
        pages = (("designer", "column_triple"), ("handouts", "gift")) if self.shell.role == "commune" else ()
        for name, icon in pages:
            link = Button(say(f"shell.page.{name}"), "link", icon=icon, name=f"to_{name}")
            link.clicked.connect(lambda _on=False, name=name: self.shell.go(name))
            room = QHBoxLayout()
            room.setContentsMargins(12, 0, 12, 2)
            room.addWidget(link)
            room.addStretch(1)
            self._left.body.addLayout(room)
        self.views.changed.connect(self._to_view)
        self.views.hide()
        self.options.changed.connect(self._ask)
        self.layers.again.connect(self._reload)
        self.preview = self.layers.preview
        self.preview.wanted.connect(lambda _ppi: self._set_pages())
        self.layers.purpose.given.connect(self._give_purpose)
        right = QVBoxLayout()
        right.setSpacing(8)
        for part in (self.options, self.bar, self.layers):
            right.addWidget(part, 1 if part is self.layers else 0)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._left)
        row.addLayout(right, 1)
        self.body.addLayout(row, 1)

    # what the shell shows

    def head_widget(self) -> QWidget | None:
        """Which view of a report is shown; in a narrow window it stands beside the period."""
        return None if self._narrow else self.views

    def primary(self) -> Action:
        """Print."""
        why = "" if self._made is None or has_printer() else say("reports.no_printer")
        if self._wanted() is None and self._kind is not None:
            why = say("reports.need_purpose")
        busy = say("reports.printing") if self._output.busy == PRINT else ""
        return Action("print", say("reports.print"), self._print, "print", "Ctrl P", why, busy)

    def secondary(self) -> Sequence[Action]:
        """Excel and PDF; of a report in words the words first."""
        busy = {self._output.busy: say("reports.making")}
        excel = Action("excel", say("reports.excel"), self._excel, "table", "Ctrl E", busy=busy.get("xlsx", ""))
        word = Action("word", say("reports.word"), lambda: self._save("docx"), "document", busy=busy.get("docx", ""))
        pdf = Action("pdf", say("reports.pdf"), lambda: self._save("pdf"), "document_pdf", busy=busy.get("pdf", ""))
        made = self._made
        return (word if made is not None and files.is_text(made) else excel, pdf)

    def hints(self) -> Sequence[Hint]:
        """Return the keys for the part that has the focus."""
        hint = lambda name: say(f"shell.hint.{name}")  # noqa: E731
        period = Hint("Alt|←|→", hint("change_period"))
        if self.layers.figures.table.hasFocus():
            return (Hint("Enter", say("reports.hint.behind")), Hint("PgUp|PgDn", say("reports.hint.table")),
                    Hint("Ctrl C", say("reports.hint.copy")), period, Hint("F6", hint("side_pane")))  # fmt: skip
        if self.layers.figures.panel.list.hasFocus():
            return (Hint("Enter", hint("open")), Hint("Esc", hint("close")), Hint("F6", hint("side_pane")))
        return (Hint("↑|↓", hint("choose_list")), period, Hint("PgUp|PgDn", hint("turn_page")),
                Hint("Ctrl P", hint("print")), Hint("Ctrl E", hint("excel")),
                Hint("F6", hint("side_pane")))  # fmt: skip

    def states(self) -> Sequence[State]:
        """Say that prints are logged."""
        return (State("shield_checkmark", say("reports.logged")),)

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        return {
            "print": self._print, "excel": self._excel, "reload": self._reload, "find": self.search.setFocus,
            "step_back": lambda: self.options.step(-1), "step_forward": lambda: self.options.step(1),
            "next_pane": lambda: self._pane(1), "previous_pane": lambda: self._pane(-1),
        }  # fmt: skip

    def opened(self, **details: Any) -> None:
        """Read the reports and show the one chosen last; ``list`` and ``period`` choose another."""
        self._name = str(details.get("list") or self._name or self._remembered().get("name", ""))
        self._period = str(details.get("period") or "")
        self._arriving = True
        if self._stale or details or self._made is None:
            self._reload()
        self.shelf.setFocus(Qt.FocusReason.OtherFocusReason)

    def closed(self) -> None:
        """Keep what is being typed; forget names behind a figure and a list made for a purpose."""
        self.layers.adding.kept_now()
        self.layers.figures.shut()
        if self._purpose:
            self._purpose, self._made, self._set = "", None, None
            self._cache.clear()
            self.preview.waiting(landscape=True)

    def changed(self, changed: Changed) -> None:
        """Anything may stand in a report: make it again, now or when next shown."""
        if not changed:
            return
        self._stale = True
        self._cache.clear()
        if changed.forms - QUIET:
            self._edits = ("", 0)
        if self.isVisible():
            self._reload()

    def shaped(self, shape: str) -> None:
        """Make room where there is little."""
        narrow = shape == NARROW
        if narrow != self._narrow:
            self._narrow = narrow
            self.shell.topbar.show_page(self)  # gives the views back before they move
            self.options.flow.addWidget(self.views) if narrow else self.options.flow.removeWidget(self.views)
            self.shell.topbar.show_page(self)
            self._offer_views()
            self.preview.zoom_to(1.0 if narrow else 0.0)  # a whole sheet could not be read
        wide = NARROW_LEFT if narrow else LEFT
        self._left.setFixedWidth(min(theme.px(wide), max(wide, self.width() * 3 // 10)))
        self.options.shaped(narrow=narrow)
        self.bar.shaped(shape)
        self.layers.figures.shaped(narrow=narrow)

    def leave(self) -> bool:
        """Esc: close number and date, the panel, a long wait."""
        if self.bar.leave_number() or self.layers.figures.leave():
            return True
        if self._waits():
            self._made_job.forget()
            self._pages_job.forget()
            self.layers.stop()
            self.bar.setVisible(False)
            return True
        return False

    def _waits(self) -> bool:
        return self._made is None and self._kind is not None and bool(self._wanted()) and self.jobs.is_busy()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """PgUp and PgDn turn pages, or tables, from anywhere."""
        steps = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}
        key = Qt.Key(event.key())
        if key not in steps:
            super().keyPressEvent(event)
        elif self._view() == FIGURES:
            self.layers.figures.turn(steps[key])
        else:
            self.preview.turn(steps[key])

    def _pane(self, step: int) -> None:
        """Go round: shelf, what is asked, the next step, the view, the panel."""
        panel = self.layers.figures.panel
        parts: list[tuple[QWidget, QWidget]] = [
            (self._left, self.shelf), (self.options, self.options.period), (self.bar, self.bar.next),
            (self.layers, self.layers.stop_of_focus()), (panel, panel.list),
        ]  # fmt: skip
        shown = [(part, stop) for part, stop in parts if stop.isVisible() and stop.isEnabled()]
        focus = self.focusWidget()
        inside = [at for at, (part, _) in enumerate(shown) if focus is not None and part.isAncestorOf(focus)]
        at = inside[-1] if inside else -1 if step > 0 else 0
        shown[(at + step) % len(shown)][1].setFocus(Qt.FocusReason.OtherFocusReason)

    # which report

    def _reload(self) -> None:
        self._stale = False
        self._cache.clear()
        self._kinds_job.run(read_shelf, self._show_shelf)

    def _show_shelf(self, answer: tuple[Mapping[str, Asked], str]) -> None:
        self._asked, self._unit = answer
        self._kinds = [one.kind for one in self._asked.values()]
        self._filter(self.search.text(), stay=True)
        if self._name not in self._asked and self._kinds:
            self._name = self._kinds[0].name
        self.shelf.choose(self._name)
        if self._arriving and self.isVisible():
            self._arriving = False
            self.shelf.setFocus(Qt.FocusReason.OtherFocusReason)
        asked = self._asked.get(self._name)
        if asked is not None:
            self._take(asked)

    def _filter(self, query: str, *, stay: bool = False) -> None:
        found = matching(self._kinds, query)
        self.shelf.show_kinds(found)
        self.shelf.setVisible(bool(found))
        self._none.setVisible(not found and bool(self._kinds))
        if found and not stay and self.shelf.current() is None:
            self.shelf.choose_first()

    def _type(self, letters: str) -> None:
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)
        self.search.insert(letters)

    def _into_shelf(self) -> None:
        if self.shelf.isVisible():
            if self.shelf.current() is None:
                self.shelf.choose_first()
            self.shelf.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose(self, kind: ReportKind) -> None:
        self.layers.adding.kept_now()
        self._name, self._purpose = kind.name, ""
        self._remember(name=kind.name)
        self._take(self._asked[kind.name])

    def _take(self, asked: Asked) -> None:
        self._kind = asked.kind
        self.options.show_asked(asked, self._period)
        self._period = ""
        self._offer_views()
        self._ask()

    # what is asked, what was made

    def _wanted(self) -> Wish | None:
        """Return what is asked for, ``None`` while a purpose is missing."""
        if self._kind is None or (self._kind.restricted and not self._purpose):
            return None
        return self.options.wish(self._purpose)

    def _ask(self) -> None:
        """Make what is asked for, or take it from what was made before."""
        kind, wish = self._kind, self._wanted()
        self._print_next = False
        if kind is None:
            return
        if wish is None:
            self._made, self._set = None, None
            self._made_job.forget()
            self.bar.setVisible(False)
            self.layers.ask_purpose()
            self.shell.refresh()
            return
        if wish in self._cache:
            self._made_job.forget()  # what was asked for meanwhile must not come late
            self._show(self._cache[wish])
            return
        same = self._made is not None and (self._made.wish.name, self._made.wish.period) == (wish.name, wish.period)
        if not same:
            self._made = None
            self.bar.setVisible(kind.freezes)
            self.bar.show_standing(None)
            self.layers.figures.shut()
            self.layers.wait(self._view(), landscape=kind.shape != TEXT)
            self.shell.refresh()
        self._made_job.run(lambda desk: making.make(desk, kind, wish), self._keep, self._show_trouble)

    def _keep(self, made: Made) -> None:
        self._cache[made.wish] = made
        while len(self._cache) > KEPT:
            self._cache.popitem(last=False)
        self._show(made)

    def _show(self, made: Made) -> None:
        self._made = made
        self.options.show_made(made)
        self._offer_views()
        self._show_standing()
        if made.report is not None:
            self.layers.figures.show_grids(made.report.grids)
            self.layers.adding.show_made(made, locked=made.state in (making.SIGNING, making.ISSUED))
        self._show_view()
        self.shell.refresh()
        if made.versions and not made.wish.apart and self._edits[0] != self._frozen():
            frozen = self._frozen()
            self._edits_job.run(
                lambda desk: making.edits(desk, made), lambda n: self._show_edits(frozen, n), lambda _problem: None
            )

    def _frozen(self) -> str:
        shown = self._made.snapshot if self._made else {}
        return f"{shown.get('id')} {shown.get('state')} {shown.get('digest')}"

    def _show_edits(self, frozen: str, edits: int) -> None:
        self._edits = (frozen, edits)
        self._show_standing()

    def _show_standing(self) -> None:
        made = self._made
        self.bar.setVisible(made is not None and made.kind.freezes)
        if made is not None:
            told = standing(made, self._edits[1] if self._edits[0] == self._frozen() else 0)
            self.bar.show_standing(told if self.shell.may(ISSUE) else replace(told, following="", other=""))

    def _show_trouble(self, problem: Problem) -> None:
        self._made, self._set = None, None
        self.bar.setVisible(False)
        if problem.name == "no_reason":
            self._purpose = ""
        self.layers.show_trouble(problem)
        self.shell.refresh()

    def _give_purpose(self, words: str) -> None:
        self._purpose = words
        self.layers.purpose.field.clear()
        self._ask()
        self.preview.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    # views

    def _offer_views(self) -> None:
        kind, made = self._kind, self._made
        counts = kind is not None and kind.shape != LISTS
        adds = made is not None and kind is not None and made.kind.name == kind.name and bool(
            made.words or made.expected or made.typed)  # fmt: skip
        self.views.offer((FIGURES, PAPER, ADDING) if adds else (FIGURES, PAPER))
        self.views.setVisible(counts)
        chosen = str(self._remembered().get("view", FIGURES))
        self.views.set_value(chosen if chosen != ADDING or adds else FIGURES)

    def _view(self) -> str:
        if self._kind is None or self._kind.shape == LISTS:
            return PAPER
        return self.views.value() or FIGURES

    def _to_view(self, view: str) -> None:
        self.layers.adding.kept_now()
        self._remember(view=view)
        self._show_view()
        self.shell.refresh_hints()

    def _show_view(self) -> None:
        if self._made is None:
            return
        self.layers.show_view(self._view())
        if self._view() == PAPER:
            self._set_pages()

    def _set_pages(self) -> None:
        """Set the pages for the size in sight; of a long list the first ones at once."""
        made = self._made
        if made is None or self._view() != PAPER:
            return
        self.preview.landscape = made.landscape
        key, ppi = (made.wish, self.preview.ppi()), self.preview.ppi()
        if self._set is not None and self._set == key and self._cache.get(made.wish) is made and self._whole:
            return
        if self._set is None or self._set[0] != made.wish:
            self.preview.waiting(landscape=made.landscape)
        self._set, self._whole = key, False
        content = made.content

        def begun(first: list[bytes]) -> None:
            if first:
                self.preview.set_pages(first, ppi, whole=False)
            self._pages_job.apart(lambda: pages(content, ppi), done, self._show_trouble)

        def done(whole: list[bytes]) -> None:
            self._whole = True
            self.preview.set_pages(whole, ppi)
            self.shell.refresh()
            if self._print_next:
                self._print()

        paper = made.paper
        if paper is not None:
            self._pages_job.apart(lambda: papers.first_pngs(paper, ppi), begun, self._show_trouble)
        else:
            begun([])


def read_shelf(desk: Desk) -> tuple[dict[str, Asked], str]:
    """Return every report with what can be asked of it, and the unit's code; runs on the desk's thread."""
    villages = {one: name for one, name in desk.village_names().items() if name}
    kinds, mine, above = desk.report_kinds(), desk.my_villages(), desk.role == "receiver"
    asked = {one.name: Asked(one, desk.report_periods(one.name), villages, mine, above) for one in kinds}
    return asked, desk.unit.code


