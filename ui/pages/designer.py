"""Tự lập danh sách: put a list together and see the page it will be, live; keep it, print it, hand it on.

Left stands what is asked (title, children, columns, order), right the true page and how many children are on it. What
is kept stands among the lists and reports. A list not kept yet is a draft of this page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedLayout, QVBoxLayout, QWidget

from cbdesk import carrier, clock, dates
from cbdesk import page as papers
from cbdesk.desk import Changed, Desk
from cbdesk.desk.designing import Choice, Design, Offered, Shown, begun
from cbdesk.errors import Problem
from cbdesk.paper import Paper
from cbdesk.words import say
from ui import theme
from ui.designing.panel import DesignPanel
from ui.frame.shell import Shell
from ui.jobs import Latest
from ui.lists.filterbar import plain
from ui.pages import NARROW, Action, Page, register
from ui.paper.output import PRINT, Output
from ui.paper.preview import PagePreview, has_printer
from ui.parts import Button, EmptyState, Hint, IconText, Label, Labelled, LineField, ListField

WAIT = 250
FORMS = frozenset({"child", "circumstance", "risk", "support", "household", "household_class", "village", "carer",
                   "extra_field", "extra_value", "report_layout"})  # fmt: skip
LEFT, NARROW_LEFT = 368, 320
NEW = ""
Found = tuple[list[Design], list[Choice], Offered, str, Any]


@register
class Designer(Page):
    """Lists put together."""

    name, icon, under = "designer", "column_triple", "reports"
    roles = ("commune",)

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._designs: list[Design] = []
        self._name, self._unit, self._day = NEW, "", clock.today()
        self._paper: Paper | None = None
        self._kept: Design | None = None
        """The list as it was kept last, ``None`` for one that is new."""
        self._begun, self._asked = False, dict[str, Any]()
        self._columns: list[Choice] = []
        self._job, self._pages_job, self._things_job = (Latest(self.jobs, self) for _ in range(3))
        self._output = Output(self, shell.refresh)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(WAIT)
        self._wait.timeout.connect(self._make)
        self._build()

    def _build(self) -> None:
        self.which = ListField(label=say("designer.which"), icon="document_table", name="design_which")
        self.which.setMinimumWidth(theme.px(230))
        self.which.activated.connect(lambda _at: self._choose(self.which.value() or NEW))
        self.more = Button(say("designer.more"), "quiet", tail="chevron_down", name="design_more")
        self.more.clicked.connect(self._open_more)
        self.panel = DesignPanel()
        self.panel.changed.connect(self._edited)
        self.day = LineField(icon="calendar_ltr", label=say("count.day"), name="design_day")
        self.day.setText(dates.show_date(self._day.isoformat()))
        self.day.editingFinished.connect(self._read_day)
        self._day_room = Labelled(say("count.day"), self.day, name="design_day_room")
        self._day_room.setFixedWidth(theme.px(140))
        self.told = Label("", "strong", elide=True, name="design_told")
        self.apart = IconText("lock_closed", "", "ink2", "note", name="design_apart")
        self.apart.hide()
        self.preview = PagePreview(landscape=False)
        self.preview.wanted.connect(lambda _ppi: self._set_pages())
        self._none = EmptyState(say("designer.no_columns"), name="design_none")
        room = QWidget()
        self._layers = QStackedLayout(room)
        for layer in (self.preview, self._none):
            self._layers.addWidget(layer)
        above = QHBoxLayout()
        above.setSpacing(8)
        above.addWidget(Labelled(say("designer.which"), self.which), 1)
        above.addWidget(self.more, 0, Qt.AlignmentFlag.AlignBottom)
        self.told.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.told.setFixedHeight(theme.px(theme.FIELD))
        above.addWidget(Labelled("", self.told), 1)
        above.addSpacing(8)
        above.addWidget(self._day_room)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addLayout(above)
        right.addWidget(self.apart)
        right.addWidget(room, 1)
        whole = QHBoxLayout()
        whole.setSpacing(12)
        whole.addWidget(self.panel)
        whole.addLayout(right, 1)
        self.body.addLayout(whole, 1)

    # what the shell shows

    def crumbs(self) -> Sequence[tuple[str, str]]:
        """The way here leads over the lists and reports."""
        return (("", "reports"),)

    def primary(self) -> Action:
        """Keep the list."""
        return Action("save", say("designer.save"), self._save, "save", "Ctrl S")

    def secondary(self) -> Sequence[Action]:
        """Excel and print."""
        busy = {self._output.busy: say("reports.making")}
        why = "" if self._paper is not None else say("designer.no_columns")
        no_printer = "" if self._paper is None or has_printer() else say("reports.no_printer")
        return (Action("excel", say("reports.excel"), self._excel, "table", "Ctrl E", why, busy.get("xlsx", "")),
                Action("print", say("reports.print"), self._print, "print", "Ctrl P", why or no_printer,
                       say("reports.printing") if self._output.busy == PRINT else ""))  # fmt: skip

    def hints(self) -> Sequence[Hint]:
        """Return the keys of the columns, or of the page."""
        if self.panel.list.hasFocus():
            return (Hint("Alt|↑|↓", say("designer.hint.move")), Hint("Enter", say("designer.hint.heading")),
                    Hint("Delete", say("designer.hint.drop")), Hint("Ctrl N", say("designer.hint.add")),
                    Hint("F6", say("shell.hint.side_pane")))  # fmt: skip
        return (Hint("Ctrl N", say("designer.hint.add")), Hint("F6", say("designer.hint.columns")),
                Hint("PgUp|PgDn", say("shell.hint.turn_page")), Hint("Ctrl S", say("ui.save").lower()),
                Hint("Ctrl E", say("shell.hint.excel")), Hint("Ctrl P", say("shell.hint.print")))  # fmt: skip

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        return {
            "save": self._save, "excel": self._excel, "print": self._print, "new_row": self.panel.open_columns,
            "step_up": lambda: self.panel.list.move(-1), "step_down": lambda: self.panel.list.move(1),
            "next_pane": lambda: self._pane(1), "previous_pane": lambda: self._pane(-1), "reload": self._read,
        }  # fmt: skip

    def opened(self, **details: Any) -> None:
        """Read what there is; ``where`` and ``ages`` begin a new list, ``list`` opens one of the office."""
        self._asked = details
        self._read()

    def closed(self) -> None:
        """Keep what is put together and not kept yet."""
        design, name = self.panel.design(), self.name
        if self._begun and design != self._kept:
            draft = {**asdict(design), "kept": self._name}
            self.jobs.run(lambda desk: desk.keep_draft(name, None, draft), owner=self)

    def changed(self, changed: Changed) -> None:
        """Make the page anew where somebody looks."""
        if changed.forms & FORMS and self.isVisible():
            self._read()

    def shaped(self, shape: str) -> None:
        """Make room where there is little."""
        wide = NARROW_LEFT if shape == NARROW else LEFT
        self.panel.setFixedWidth(min(theme.px(wide), max(wide, self.width() * 2 // 5)))
        self.panel.refit()
        self.which.setMinimumWidth(theme.px(130 if shape == NARROW else 220))
        self._day_room.setFixedWidth(theme.px(140))

    def _pane(self, step: int) -> None:
        stops = (self.panel.title, self.panel.list, self.day, self.preview.canvas)
        focus = self.focusWidget()
        at = next((n for n, stop in enumerate(stops) if stop is focus), 0 if focus is not None else -1)
        stops[(at + step) % len(stops)].setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: Any) -> None:
        """PgUp and PgDn turn pages."""
        steps = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}
        if event.key() in steps:
            self.preview.turn(steps[event.key()])
        else:
            super().keyPressEvent(event)

    # reading

    def _read(self) -> None:
        name, page = self._name, self.name

        def things(desk: Desk) -> Found:
            found = desk.draft(page, None)
            return desk.designs(), desk.list_columns(name), desk.list_conditions(), desk.unit.code, found

        self._things_job.run(things, self._show_things)

    def _show_things(self, found: Found) -> None:
        self._designs, self._columns, conditions, self._unit, draft = found
        self.panel.offer(self._columns, conditions)
        asked, self._asked = self._asked, {}
        self.which.fill([(NEW, say("designer.new")), *((one.name, one.title) for one in self._designs)])
        if "where" in asked or "ages" in asked:
            self._show_design(begun(where=asked.get("where") or {}), NEW, ages=asked.get("ages"))
        elif asked.get("list"):
            self._choose(str(asked["list"]))
        elif not self._begun and draft is not None:
            self._restore(draft[0])
        elif not self._begun:
            self._show_design(begun(), NEW)
        else:
            self.which.set_value(self._name)
            self._make()
        if not self.panel.isAncestorOf(self.focusWidget() or self.preview):
            self.panel.title.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_design(self, design: Design, name: str, *, ages: tuple[int, int] | None = None) -> None:
        if ages is not None:
            design = replace(design, ages=ages)
        self._begun, self._name = True, name
        self._kept = next((one for one in self._designs if one.name == name), None) if name else None
        self.which.set_value(name)
        self.panel.show_design(design)
        self.panel.need_title("")
        self._make()
        self.shell.refresh()

    def _choose(self, name: str) -> None:
        found = next((one for one in self._designs if one.name == name), None)
        self._show_design(found or begun(), found.name if found else NEW)
        self.panel.title.setFocus(Qt.FocusReason.OtherFocusReason)

    def _restore(self, draft: Mapping[str, Any]) -> None:
        told = {name: draft[name] for name in Design.__slots__ if name in draft}
        told["where"] = {name: tuple(codes) for name, codes in told.get("where", {}).items()}
        told["columns"] = tuple(Shown(**one) for one in told.get("columns", ()))
        told |= {"sort": tuple(told.get("sort", ())), "ages": tuple(told["ages"]) if told.get("ages") else None}
        known = {one.name for one in self._designs}
        name = str(draft.get("kept") or NEW)
        self._show_design(Design(**told), name if name in known else NEW)

    def _read_day(self) -> None:
        found = dates.read_date(self.day.text().strip(), clock.today()).value
        day = dates.latest(found) if found else None
        if day is not None and found != day.isoformat():
            day = min(day, clock.today())
        wrong = say("count.day_wrong") if day is None else say("count.day_ahead") if day > clock.today() else ""
        self._day_room.say("stop" if wrong else "", wrong)
        if day is not None and not wrong:
            self.day.setText(dates.show_date(day.isoformat()))
            if day != self._day:
                self._day = day
                self._make()

    # the page

    def _edited(self) -> None:
        if self.panel.title.text().strip():
            self.panel.title_room.say()
        self._wait.start()

    def _make(self) -> None:
        self._wait.stop()
        design, day = self.panel.design(), self._day
        if not design.columns:
            self._paper = None
            self._layers.setCurrentWidget(self._none)
            self.told.say("")
            self.apart.hide()
            self.shell.refresh()
            return
        if self._paper is None:
            self.told.say(say("reports.counting"))
        self._job.run(lambda desk: desk.design_paper(design, day), self._show_paper, self._failed)

    def _show_paper(self, paper: Paper) -> None:
        self._paper = paper
        self._layers.setCurrentWidget(self.preview)
        told = "designer.told_short" if self.shell.shape() == NARROW else "designer.told"
        self.told.say(say(told if paper.rows else "designer.nobody", n=plain(paper.totals.named)))
        self.apart.setVisible(bool(paper.totals.apart))
        self.apart.say(say("designer.apart", n=plain(paper.totals.apart)))
        self.preview.landscape = paper.orientation == "landscape"
        self._set_pages()
        self.shell.refresh()

    def _set_pages(self) -> None:
        paper, ppi = self._paper, self.preview.ppi()
        if paper is None:
            return

        def begun_(first: list[bytes]) -> None:
            if first:
                self.preview.set_pages(first, ppi, whole=False)
            self._pages_job.apart(lambda: papers.pngs(paper, ppi), lambda whole: self.preview.set_pages(whole, ppi),
                                  self._failed)  # fmt: skip

        self._pages_job.apart(lambda: papers.first_pngs(paper, ppi), begun_, self._failed)

    def _failed(self, problem: Problem) -> None:
        self._paper = None
        self.told.say("")
        self.talk.problem(problem)
        self.shell.refresh()

    # keeping

    def _save(self) -> None:
        design, name = self.panel.design(), self._name
        if not design.title:
            self.panel.need_title(say("designer.need_title"))
            return
        design = replace(design, name=name)

        def keep(desk: Desk) -> tuple[Any, str]:
            saved = desk.keep_design(design)
            desk.drop_draft(self.name, None)
            return saved, str(desk.get(str(saved.id))["name"])

        def done(answer: tuple[Any, str]) -> None:
            saved, self._name = answer
            self._kept = design
            self._tell(say("designer.saved"), saved)
            self._read()

        self.jobs.run(keep, done, owner=self)

    def _tell(self, words: str, saved: Any) -> None:
        batch = saved.batch
        undo = (lambda: self.jobs.run(lambda desk: desk.undo(batch), owner=self)) if batch else None
        self.talk.say(words, undo=undo)

    def _open_more(self) -> None:
        menu = QMenu(self)
        kept = bool(self._name)
        for key, run, possible in (("shelf", self._to_shelf, kept), ("copy", self._copy, kept),
                                   ("out", self._write_out, kept), ("in", self._take_in, True),
                                   ("extras", lambda: self.shell.go("extras"), True),
                                   ("drop", self._drop, kept)):  # fmt: skip
            action = QAction(say(f"designer.more_{key}"), menu)
            action.setEnabled(possible)
            action.triggered.connect(lambda _on=False, run=run: run())
            menu.addAction(action)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setActiveAction(next(one for one in menu.actions() if one.isEnabled()))
        menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height() + 4)))

    def _to_shelf(self) -> None:
        self.shell.go("reports", list=self._name)

    def _copy(self) -> None:
        """Begin a new list like this one."""
        design = self.panel.design()
        self._show_design(replace(design, name=NEW, title=""), NEW)
        self.panel.title.setFocus(Qt.FocusReason.OtherFocusReason)

    def _write_out(self) -> None:
        name = self._name
        path = self.talk.save_file(f"{name}.toml", say("designer.files"))
        if path is None:
            return

        def write(desk: Desk) -> None:
            carrier.write_atomic(path, desk.carried_list(name).encode(), overwrite=True)

        self.jobs.run(write, lambda _done: self.talk.say(say("designer.written", name=path.name)), owner=self)

    def _take_in(self) -> None:
        path = self.talk.open_file(say("designer.files"))
        if path is None:
            return

        def take(desk: Desk) -> tuple[Any, str]:
            try:
                content = path.read_text(encoding="utf-8")
            except (OSError, ValueError):
                raise Problem("unreadable_file", name=path.name) from None
            saved = desk.add_layout(content)
            return saved, str(desk.get(str(saved.id))["name"])

        def done(answer: tuple[Any, str]) -> None:
            saved, name = answer
            self._tell(say("designer.taken"), saved)
            self._asked = {"list": name}
            self._read()

        self.jobs.run(take, done, owner=self)

    def _drop(self) -> None:
        name, reason = self._name, say("designer.drop_reason")

        def done(saved: Any) -> None:
            self._begun = False
            self._tell(say("designer.dropped"), saved)
            self._read()

        self.jobs.run(lambda desk: desk.drop_design(name, reason), done, owner=self)

    # paper and Excel

    def _logged(self) -> str:
        return f"{self._name or self.name} {self._day.isoformat()} {len(self._paper.rows) if self._paper else 0}"

    def _print(self) -> None:
        if self._paper is not None:
            self._output.print_paper(self._paper, self.preview.count(), self._logged())

    def _excel(self) -> None:
        if self._paper is not None:
            name = f"{self._name or 'danh-sach'}-{self._unit}-{self._day.isoformat()}"
            self._output.save_paper(self._paper, name, self._logged())
