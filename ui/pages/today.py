"""Hôm nay: the morning view. What is late, what is due, the figures of the month, gaps in the data, what is not sent.

Everything is derived when the page is read; a task leaves when the thing is done. The time left is counted anew each
minute from the stored stamps, without moving anything; at midnight the page is read again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from cbdesk import clock, dates
from cbdesk.catalogue import catalogue
from cbdesk.desk import Changed
from cbdesk.desk.lists import GAPS
from cbdesk.desk.showing import monthly
from cbdesk.words import say
from ui import pages, theme
from ui.carry.outgoing import INNER
from ui.frame.mine import MineChip
from ui.frame.shell import Shell
from ui.jobs import Latest
from ui.lists.childlist import ANY
from ui.lists.dues import basis_hours
from ui.lists.filterbar import plain
from ui.lists.task import LATE, Task, day_month, left_words, weekday
from ui.lists.tasks import Today, read_today
from ui.lists.worklist import Chain, Link, LinkRow, WorkList
from ui.pages import FULL, NARROW, Action, Page, register
from ui.parts import (
    Banner,
    Button,
    Card,
    EmptyState,
    Hairlines,
    Hint,
    Icon,
    Label,
    Rule,
    Scroller,
    SectionTitle,
    Skeleton,
    StatCard,
)

FIGURES = ("children", "special", "at_risk", "incidents")
LOSSES = "losses"
"""The page of lost devices, whose hours are no emergency of a child."""
GAP_ICONS = {"personal_id": "number_symbol", "born_year_only": "calendar_ltr", "no_carer": "person_question_mark",
             "sex_unknown": "people", "card_ends": "heart_pulse"}  # fmt: skip
SIDE, NARROW_SIDE, MOST = 372, 320, 16_777_215
CHAIN = 3
MINUS = "\u2212"


@register
class TodayPage(Page):
    """The first page of the day."""

    name, icon, order = "today", "home", 10

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._today: Today | None = None
        self._banner: Banner | None = None
        self._clock_banner: Banner | None = None
        self._arriving, self._stale = True, True
        self._instead: QWidget | None = None  # has the focus while there is no work
        self._job, self._months_job = Latest(self.jobs, self), Latest(self.jobs, self)
        self._months: Mapping[str, tuple[int, ...]] = {}
        self._months_of: date | None = None
        """The day the months were counted for; ``None`` once something changed."""
        self._build()
        self._minute = QTimer(self)
        self._minute.setInterval(60_000)
        self._minute.timeout.connect(self._tick)

    # the parts

    def _build(self) -> None:
        self._top = QVBoxLayout()
        self._top.setSpacing(12)
        self.body.addLayout(self._top)
        self._area = Scroller(spacing=12, name="today_scroll")
        self._middle = self._area.body
        self._card = Card(padding=0, spacing=0, name="work_card")
        self._card.body.setContentsMargins(1, 1, 1, 6)
        head = SectionTitle(say("today.work"), name="work_title")
        head.setContentsMargins(15, 9, 15, 9)
        self._work_title = head
        self.mine = MineChip(self.shell.mine, "today_mine")
        head.add(self.mine)
        self.shell.mine.changed.connect(lambda: self.load() if self.isVisible() else None)
        self.list = WorkList()
        self.list.opened.connect(self._open)
        self._skeleton = Skeleton(rows=6)
        self._done = EmptyState(say("today.none"), say("today.none_more"), name="all_done")
        self._done.hide()
        self._card.body.addWidget(head)
        self._card.body.addWidget(Rule())
        for widget in (self.list, self._skeleton, self._done):
            self._card.body.addWidget(widget, 1)
        self._middle.addWidget(self._card, 1)
        self._build_side()
        self._middle.addWidget(self._side)
        self._build_first()
        self.body.addWidget(self._area, 1)
        self._build_strip()
        self.body.addWidget(self._strip)

    def _build_side(self) -> None:
        self._side = Scroller(spacing=12, name="today_side")
        self._figure_card = Card(spacing=2, name="figures")
        self._month = SectionTitle("", facts=" ")
        self._figure_card.body.addWidget(self._month)
        self._figure_card.body.addWidget(Rule())
        self.figures: dict[str, StatCard] = {}
        for name in FIGURES:
            bars, last = name == "incidents", name == FIGURES[-1]
            stat = StatCard(say(f"today.figures.{name}"), bars=bars, rule=not last, name=f"figure_{name}")
            stat.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            stat.clicked.connect(lambda name=name: self._open_figure(name))
            self.figures[name] = stat
            self._figure_card.body.addWidget(stat)
        self._gap_card = Card(spacing=2, name="gaps")
        self._complete = Label("", "labelStrong", "ngoc")
        title = SectionTitle(say("today.gaps.title"))
        title.add(self._complete)
        rows = Hairlines()
        self.gaps: dict[str, LinkRow] = {}
        for name in GAPS:
            row = LinkRow(GAP_ICONS.get(name, "info"), say(f"today.gaps.{name}"), name=f"gap_{name}")
            row.clicked.connect(lambda _on=False, name=name: self.shell.go("children", filter=("missing", name)))
            self.gaps[name] = row
            rows.add(row)
        self._gap_card.body.addWidget(title)
        self._gap_card.body.addWidget(Rule())
        self._gap_card.body.addWidget(rows)
        self._gap_card.body.addStretch(1)
        for card in (self._figure_card, self._gap_card):
            self._side.body.addWidget(card)
        self._side.body.addStretch(1)

    def _build_first(self) -> None:
        self._first = Card(name="first_steps")
        self._first.body.addWidget(SectionTitle(say("today.first.title")))
        self._first.body.addWidget(Rule())
        rows = Hairlines()
        steps: list[tuple[str, str, Callable[[], None]]] = [
            ("add", "person_add", lambda: self.shell.run("new_child")),
            ("import", "arrow_import", lambda: self.shell.go("import")),
            ("incident", "clipboard_error", lambda: self.shell.run("record_incident")),
            ("enrol", "key", lambda: self.shell.go("units")),
        ]
        self.first: dict[str, LinkRow] = {}
        for name, icon, run in steps:
            if name == "import" and "import" not in pages.load():
                continue
            row = LinkRow(icon, say(f"today.first.{name}"), more=say(f"today.first.{name}_more"), name=f"first_{name}")
            row.clicked.connect(lambda _on=False, run=run: run())
            self.first[name] = row
            rows.add(row)
        self._first.body.addWidget(rows)
        self._first.body.addStretch(1)
        self._first.hide()
        self._middle.insertWidget(0, self._first, 1)

    def _build_strip(self) -> None:
        self._strip = Card(padding=10, name="bundle_strip")
        row = QHBoxLayout()
        row.setContentsMargins(6, 0, 0, 0)
        row.setSpacing(14)
        self._stick = Icon("usb_stick", "nghe", 24)
        row.addWidget(self._stick)
        self._unsent, self._counts = Label("", "strong", name="unsent"), Label("", "note", "ink3", elide=True)
        row.addLayout(_pair(self._unsent, self._counts), 2)
        self.chain = Chain()
        row.addWidget(self.chain)
        self._bar = QFrame()
        self._bar.setFixedWidth(1)
        self._bar.setAutoFillBackground(True)
        row.addWidget(self._bar)
        self._told, self._holds = Label("", "labelStrong", elide=True), Label("", "note", "ink3", elide=True)
        row.addLayout(_pair(self._told, self._holds), 3)
        self.send_button = Button(say("today.strip.send"), icon="arrow_upload", key="Ctrl G", name="send")
        self.send_button.clicked.connect(self._send)
        row.addWidget(self.send_button)
        self._strip.body.setContentsMargins(10, 8, 14, 8)
        self._strip.body.addLayout(row)
        self._strip.hide()

    # what the shell shows

    def facts(self) -> str:
        """Return the day."""
        day = clock.today()
        return say("today.date", weekday=weekday(day), date=day.strftime("%d/%m/%Y"))

    def primary(self) -> Action:
        """Record an incident; the receiver takes bundles in."""
        if self.shell.role == "receiver":
            return Action("take_in", say("today.take_in"), lambda: self.shell.run("take_in"), "arrow_download", "F2")
        return Action("record", say("today.record"), lambda: self.shell.run("record_incident"), "add", "F2")

    def secondary(self) -> Sequence[Action]:
        """Go to the calendar of duties, where there is room."""
        if self.shell.role == "receiver" or self.shell.shape() == NARROW:
            return ()
        go = lambda: self.shell.go("calendar")  # noqa: E731
        return (Action("calendar", say("shell.page.calendar"), go, "calendar_ltr"),)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of this page."""
        hint = lambda name: say(f"shell.hint.{name}")  # noqa: E731
        if self.shell.role == "receiver":
            return (Hint("↑|↓", hint("select_task")), Hint("Enter", hint("open")),
                    Hint("F2", say("today.take_in").lower()), Hint("F1", hint("help")))  # fmt: skip
        return (Hint("↑|↓", hint("select_task")), Hint("Enter", hint("open")), Hint("F2", hint("record_incident")),
                Hint("F3", hint("find_child")), Hint("Ctrl G", say("shell.command.send").lower()),
                Hint("F1", hint("help")))  # fmt: skip

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        return {"reload": self.load, "next_pane": lambda: self._pane(1), "previous_pane": lambda: self._pane(-1)}

    def opened(self, **details: Any) -> None:
        """Read the page; the focus is on the first task."""
        self._arriving = True
        self._minute.start()
        self.load()

    def closed(self) -> None:
        """Stop counting."""
        self._minute.stop()

    def changed(self, changed: Changed) -> None:
        """Read again, now or when next shown."""
        if changed:
            self._months_of = None
        if changed and self.isVisible():
            self.load()

    def _pane(self, step: int) -> None:
        stops = [self.list, self.figures["children"], self.gaps[GAPS[0]], self.send_button]
        shown = [one for one in stops if one.isVisible() and one.isEnabled()]
        if not shown:
            return
        here = self.focusWidget()
        parts = {self._figure_card: 1, self._gap_card: 2, self._strip: 3}
        at = next((at for card, at in parts.items() if here is not None and card.isAncestorOf(here)), 0)
        stop = stops[at]
        at = shown.index(stop) if stop in shown else 0
        shown[(at + step) % len(shown)].setFocus(Qt.FocusReason.OtherFocusReason)

    # reading and showing

    def load(self) -> None:
        """Read the page."""
        if self._today is None:
            self.list.hide()
            self._skeleton.begin()
        mine = self.shell.mine.villages if self.shell.mine.on else ()
        self._job.run(lambda desk: read_today(desk, mine), self._show)

    def _show(self, today: Today) -> None:
        held = self._instead is not None and self._instead.hasFocus()
        self._today = today
        self._skeleton.end()
        empty = today.empty and today.role == "commune"
        self._first.setVisible(empty)
        self._card.setVisible(not empty)
        if "enrol" in self.first:
            self.first["enrol"].setVisible(not today.enrolled)
        self.list.setVisible(bool(today.tasks))
        self._done.setVisible(not today.tasks)
        self.list.show_tasks(today.tasks)
        self._work_title.facts.say(say("today.all", n=len(today.tasks)) if today.tasks else "")
        self._show_banner()
        self._show_clock(today.clock_behind)
        then = today.then
        more = say("today.next_due", weekday=weekday(then), day=day_month(then)) if then else say("today.none_more")
        self._done.say(say("today.none"), more)
        self._show_figures(today)
        self._show_strip(today)
        self._fit()
        if (self._arriving or held) and self.isVisible():
            self._arriving = False
            self._place_focus(today, empty)
        self.shell.refresh()

    def _place_focus(self, today: Today, empty: bool) -> None:
        """Stand in the work; where there is none, on the first step or the figures, until work comes."""
        if today.tasks and not empty:
            self._instead = None
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._instead = next(iter(self.first.values())) if empty else self.figures["children"]
            self._instead.setFocus(Qt.FocusReason.OtherFocusReason)

    def _running(self) -> list[Task]:
        """Return the emergencies of children whose hours run, the first to end first."""
        now = clock.now()
        found = (one for one in self.list.tasks() if one.until and one.until > now and one.go[0] != LOSSES)
        return sorted(found, key=lambda one: one.order)

    def _show_banner(self) -> None:
        running = self._running()
        if not running:
            if self._banner is not None:
                self._banner.hide()
            return
        first = running[0]
        assert first.until is not None
        same = first.until.date() == clock.today()
        until = say("today.banner.until_today" if same else "today.banner.until_day",
                    time=first.until.strftime("%H:%M"), day=day_month(first.until.date()))  # fmt: skip
        left = left_words(first.until, clock.now())
        left = left[:1].lower() + left[1:]
        reports = {one.until for one in running}  # the children of one report share its hour
        if len(reports) == 1:
            received = basis_hours(first.until)
            key = "today.banner.short" if self.shell.shape() == NARROW else "today.banner.one"
            at = dates.show_stamp(received.strftime("%Y-%m-%dT%H:%M"))
            at = at.split(" ")[0] if received.date() == clock.today() else at
            words = say(key, received=at, until=until, left=left)
        else:
            words = say("today.banner.many", n=len(reports), until=until, left=left)
        if self._banner is None:
            self._banner_button = Button("", icon="open", tone="gach", name="banner_open")
            self._banner_button.clicked.connect(self._open_urgent)
            self._banner = Banner("emergency", words, action=self._banner_button)
            self._top.insertWidget(0, self._banner)
        self._banner_button.say(say("today.banner.open_case" if first.go[0] == "case" else "today.banner.open"))
        self._banner.say(words)
        self._banner.show()

    def _show_clock(self, behind: bool) -> None:
        """Tell that the clock of the machine is behind what is written in the book."""
        if behind and self._clock_banner is None:
            self._clock_banner = Banner("info", say("today.clock_behind"), more=say("today.clock_behind_more"),
                                        name="clock_behind")  # fmt: skip
            self._top.addWidget(self._clock_banner)
        if self._clock_banner is not None:
            self._clock_banner.setVisible(behind)

    def _show_figures(self, today: Today) -> None:
        year, month = str(today.overview["month"]).split("-")
        self._month.title.say(say("today.figures.month", n=int(month), year=year))
        self._month.facts.say(say("today.figures.note", n=int(month) - 1 or 12))
        self._show_months(today)
        if self._months_of != today.day and not today.empty:
            self._read_months(today.day)
        gaps = today.overview["gaps"]
        for name, row in self.gaps.items():
            row.show_count(plain(int(gaps[name])))
            row.setVisible(bool(gaps[name]) or name in ("personal_id", "born_year_only", "no_carer", "card_ends"))
        complete = int(today.overview["complete"])
        self._complete.say(say("today.gaps.complete", n=complete))
        self._complete.tone("ngoc" if complete >= 90 else "nghe")
        self._gap_card.setVisible(today.role == "commune" and bool(today.overview["figures"]["children"]))

    def _read_months(self, day: date) -> None:
        """Count the last months once the page stands: rows are read by the desk, counted beside it."""

        def show(months: Mapping[str, tuple[int, ...]]) -> None:
            self._months, self._months_of = months, day
            if self._today is not None:
                self._show_months(self._today)

        def count(book: Any) -> None:
            self._months_job.apart(lambda: monthly(book, day), show)

        self._months_job.run(lambda desk: desk.monthly_book(), count)

    def _show_months(self, today: Today) -> None:
        for name, stat in self.figures.items():
            series = self._months.get(name, ())
            step = series[-1] - series[-2] if series else 0
            words = f"{'+' if step > 0 else MINUS}{plain(abs(step))}" if step else ""
            stat.show_figure(plain(int(today.overview["figures"][name])), words, series)
            told = say("today.figures.series", values=", ".join(map(plain, series))) if series else ""
            stat.setAccessibleDescription(told)
            stat.setToolTip(told)

    def _show_strip(self, today: Today) -> None:
        unsent, status = int(today.status["unsent"]), today.status
        self._strip.setVisible(today.role == "commune" and not today.empty)
        self._unsent.say(say("today.strip.unsent", n=plain(unsent)) if unsent else say("today.strip.all_sent"))
        counts = [(form, new + edited) for form, (new, edited) in today.waiting.items() if form not in INNER]
        forms = catalogue().forms
        self._counts.say(" · ".join(
            say("today.strip.counts", n=plain(count), form=forms[form].title.lower())
            for form, count in sorted(counts, key=lambda one: -one[1])[:3] if form in forms
        ) if unsent else say("today.strip.all_sent_more"))  # fmt: skip
        self._stick.show_icon("usb_stick" if unsent else "checkmark_circle", "nghe" if unsent else "ngoc")
        links = [Link(str(one["no"]), str(one["state"])) for one in reversed(today.bundles[:CHAIN])]
        if unsent and links and links[-1].state != "waiting":
            links.append(Link(say("today.strip.next_bundle"), "next"))
        self.chain.show_links(links)
        self._show_told(today, status)
        if today.enrolled:
            self.send_button.say(say("today.strip.send"), "arrow_upload", "Ctrl G")
        else:
            self.send_button.say(say("today.strip.enrol"), "key", "")
        self.send_button.setVisible(bool(unsent) or not today.enrolled)

    def _show_told(self, today: Today, status: Mapping[str, Any]) -> None:
        last = next((one for one in today.bundles if one["state"] == "confirmed"), None)
        if not today.enrolled:
            first, second = say("today.strip.no_peer"), say("today.strip.no_peer_more")
        elif last is None:
            first, second = say("today.strip.never"), say("today.strip.never_more")
        else:
            day = dates.show_date(str(status["acked_at"] or "")[:10])
            first = say("today.strip.confirmed", n=last["no"], name=today.receiver, day=day)
            held = int(status["acked_to"] or last.get("to_seq") or 0)
            second = say("today.strip.holds", name=today.receiver, n=plain(held)) if held else ""
        self._told.say(first)
        self._holds.say(second)

    def _tick(self) -> None:
        if self._today is not None and self._today.day != clock.today():
            self.load()
            self.shell.refresh()
        elif any(one.until and one.until < clock.now() and one.group != LATE for one in self.list.tasks()):
            self.load()
        else:
            self.list.tick()
            self._show_banner()

    # going

    def _open(self, task: Task) -> None:
        page, details = task.go
        if page == "backup":
            self.jobs.run(lambda desk: desk.backup(), lambda _path: self._backed_up(), owner=self)
        elif page:
            self.shell.go(page, **dict(details))

    def _backed_up(self) -> None:
        self.talk.say(say("today.backed_up"))
        self.shell.read_facts()
        self.load()

    def _open_urgent(self) -> None:
        for task in self._running()[:1]:
            self._open(task)

    def _open_figure(self, name: str) -> None:
        if name == "incidents":
            self.shell.go("incidents")
        elif name == "children":
            self.shell.go("children", filter=("status", "here"))
        else:
            self.shell.go("children", filter=("group" if name == "special" else "risk", ANY))

    def _send(self) -> None:
        if self._today is not None and not self._today.enrolled:
            self.shell.go("units")
        else:
            self.shell.run("send")

    # shape

    def shaped(self, shape: str) -> None:
        """Put the figures beside the list, or under it where the room is small."""
        self._fit()
        self._show_banner()

    def _fit(self) -> None:
        shape = self.shell.shape()
        narrow, way = shape == NARROW, QBoxLayout.Direction
        self._middle.setDirection(way.TopToBottom if narrow else way.LeftToRight)
        self._side.body.setDirection(way.LeftToRight if narrow else way.TopToBottom)
        for at in range(3):
            self._side.body.setStretch(at, int(narrow == (at < 2)))
        inside = self._side.widget().sizeHint().height()
        self._side.setMinimumWidth(0 if narrow else SIDE if shape == FULL else NARROW_SIDE)
        self._side.setMaximumWidth(MOST if narrow else SIDE if shape == FULL else NARROW_SIDE)
        self._side.setMinimumHeight(inside if narrow else 0)
        self._side.setMaximumHeight(inside if narrow else MOST)
        self._card.setMinimumHeight(theme.px(196) if narrow else 0)
        for widget in (self._counts, self._holds):
            widget.setVisible(not narrow and bool(widget.words()))
        self.chain.setVisible(not narrow and self.chain.sizeHint().width() > 0)
        self._bar.setVisible(shape == FULL)
        palette = self._bar.palette()
        palette.setColor(self._bar.backgroundRole(), theme.color("line"))
        self._bar.setPalette(palette)


def _pair(first: QWidget, second: QWidget) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(0)
    column.addWidget(first)
    column.addWidget(second)
    return column
