"""Danh sách & báo cáo: the lists as the paper the chairman signs, frozen when told to, printed, PDF, Excel.

The page at the right is the print itself: same typesetter, same breaks. A frozen list stays as it was; later edits are
counted and make a supplementary list. Every print and every file is logged: which list, which period, how many rows.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from cbdesk import carrier, clock, dates, letterhead, page, workbook
from cbdesk.desk import Changed, Desk
from cbdesk.errors import Problem
from cbdesk.paper import Paper
from cbdesk.words import has, say
from ui import theme
from ui.frame.shell import Shell
from ui.jobs import Latest
from ui.pages import NARROW, Action, Page, register
from ui.paper import periods
from ui.paper.output import PRINT, Output
from ui.paper.preview import PagePreview, has_printer
from ui.parts import (
    Button,
    Card,
    Checkbox,
    Hint,
    IconButton,
    IconText,
    Label,
    Labelled,
    LineField,
    ListField,
    ProblemCard,
    Radio,
    Rule,
    Scroller,
    State,
)

LEFT = 300
KEPT = 6


@dataclass(frozen=True)
class Kind:
    """One kind of list: name, title, periods, and its totals in the period chosen (named, apart)."""

    name: str
    title: str
    periods: tuple[str, ...]
    named: int = 0
    apart: int = 0


@dataclass(frozen=True)
class Made:
    """A paper with its pages, and how it stands: the last snapshot, and how many rows differ from it now."""

    paper: Paper
    pages: tuple[bytes, ...]
    ppi: float
    snapshot: Mapping[str, Any] | None = None
    edits: int = 0


def make(desk: Desk, name: str, period: str, signer: str | None, ppi: float) -> Made:
    """Make a paper and its pages; runs on the desk's thread."""
    known = desk.snapshots(name, period)
    paper = desk.paper(name, period, signer=signer if not known else None)
    edits = _edits(paper, desk.paper(name, period, signer=signer or "chair")) if known else 0
    return Made(paper, tuple(page.pngs(paper, ppi)), ppi, known[-1] if known else None, edits)


def _edits(frozen: Paper, fresh: Paper) -> int:
    """Return how many rows came, left or read otherwise since the list was frozen."""
    old = {row.id: {key: cell.text for key, cell in row.cells.items() if key != "no"} for row in frozen.rows}
    new = {row.id: {key: cell.text for key, cell in row.cells.items() if key != "no"} for row in fresh.rows}
    return sum(old.get(one) != new.get(one) for one in old.keys() | new.keys())


def kinds_of(desk: Desk, period: str) -> list[Kind]:
    """Return the kinds of lists with their totals; runs on the desk's thread."""
    found = []
    for one in desk.reports():
        if one["shape"] != "list" or not one["freezes"]:
            continue
        name, spans = str(one["name"]), tuple(one["periods"])
        named = apart = 0
        if periods.kind_of(period) in spans:
            totals = desk.paper(name, period).totals
            named, apart = totals.named, totals.apart
        found.append(Kind(name, str(one["title"]), spans, named, apart))
    return found


@register
class Reports(Page):
    """Lists and reports."""

    name, icon, order = "reports", "document_table", 50
    roles = ("commune",)

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        today = clock.today()
        first = periods.offered(("month",), today)
        self._period = first[1] if today.day <= 20 else first[0]
        self._kinds: list[Kind] = []
        self._name, self._signer, self._unit = "", "", ""
        self._made: Made | None = None
        self._stale, self._arriving = True, False
        self._output = Output(self, shell.refresh)
        self._cache: OrderedDict[tuple[str, str, str, float], Made] = OrderedDict()
        self._paper_job, self._kinds_job = Latest(self.jobs, self), Latest(self.jobs, self)
        self._radios: dict[str, Radio] = {}
        self._notes: dict[str, Label] = {}
        self._build()

    # the parts

    def _build(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(12)
        self._left = Card(padding=0, name="report_choice")
        self._left.setFixedWidth(LEFT)
        self._scroll = Scroller(spacing=6)
        self._scroll.body.setContentsMargins(16, 12, 14, 14)
        self._left.body.setContentsMargins(1, 2, 2, 2)
        self._left.body.addWidget(self._scroll)
        self._scroll.installEventFilter(self)
        body = self._scroll.body
        body.addWidget(Label(say("reports.kinds"), "section"))
        self._kind_list = QVBoxLayout()
        self._kind_list.setSpacing(0)
        body.addLayout(self._kind_list)
        body.addSpacing(4)
        body.addWidget(Rule())
        body.addSpacing(4)
        self._build_period(body)
        self._build_freeze(body)
        self.signer = ListField(label=say("reports.signer"), name="signer")
        self.signer.currentIndexChanged.connect(lambda _at: self._choose_signer())
        body.addWidget(Labelled(say("reports.signer"), self.signer))
        apart = Checkbox(say("reports.apart"), name="apart")
        apart.setChecked(True)
        apart.setEnabled(False)
        body.addWidget(apart)
        note = Label(say("reports.apart_note"), "small", "ink3")
        note.setIndent(26)  # under the words, not under the box
        body.addWidget(note)
        body.addStretch(1)
        self._right = QWidget()
        self._layers = QStackedLayout(self._right)
        self.preview = PagePreview()
        self.preview.wanted.connect(lambda _ppi: self._ask())
        self._layers.addWidget(self.preview)
        self._trouble: QWidget | None = None
        row.addWidget(self._left)
        row.addWidget(self._right, 1)
        self.body.addLayout(row, 1)

    def _build_period(self, body: QVBoxLayout) -> None:
        self.earlier = IconButton("chevron_left", say("reports.earlier"), side=34, name="earlier")
        self.later = IconButton("chevron_right", say("reports.later"), side=34, name="later")
        self.earlier.clicked.connect(lambda: self._step_period(-1))
        self.later.clicked.connect(lambda: self._step_period(1))
        self.period = ListField(label=say("reports.period"), name="period")
        self.period.currentIndexChanged.connect(lambda _at: self._choose_period())
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for widget in (self.earlier, self.period, self.later):
            row.addWidget(widget)
        self.earlier.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.later.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        body.addWidget(Labelled(say("reports.period"), line))

    def _build_freeze(self, body: QVBoxLayout) -> None:
        self.standing = IconText("info", "", "ink3", "note", name="standing")
        body.addWidget(self.standing)
        self.freeze_button = Button(say("reports.freeze"), icon="lock_closed", name="freeze")
        self.freeze_button.clicked.connect(self._freeze)
        self.issue_button = Button(say("reports.give_number"), "link", name="give_number")
        self.issue_button.clicked.connect(self._open_issue)
        body.addWidget(self.freeze_button)
        body.addWidget(self.issue_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._issue = QWidget()
        column = QVBoxLayout(self._issue)
        column.setContentsMargins(0, 0, 0, 6)
        column.setSpacing(6)
        self.number = LineField(hint=say("reports.number_hint"), name="issue_number")
        self.issued_on = LineField(hint=say("reports.issued_on_hint"), name="issue_date")
        self.issued_on.editingFinished.connect(self._read_issue_date)
        self._number_field = Labelled(say("reports.number"), self.number)
        self._date_field = Labelled(say("reports.issued_on"), self.issued_on)
        self.put_button = Button(say("reports.put_number"), icon="checkmark", name="put_number")
        self.put_button.clicked.connect(self._put_number)
        for field in (self.number, self.issued_on):
            field.returnPressed.connect(self._next_issue_field)
        for widget in (self._number_field, self._date_field, self.put_button):
            column.addWidget(widget)
        self._issue.hide()
        body.addWidget(self._issue)

    # what the shell shows

    def primary(self) -> Action:
        """Print."""
        why = "" if self._made is None or has_printer() else say("reports.no_printer")
        busy = say("reports.printing") if self._output.busy == PRINT else ""
        return Action("print", say("reports.print"), self._print, "print", "Ctrl P", why, busy)

    def secondary(self) -> Sequence[Action]:
        """Excel and PDF."""
        busy = {self._output.busy: say("reports.making")}
        return (
            Action("excel", say("reports.excel"), self._excel, "table", "Ctrl E", busy=busy.get("xlsx", "")),
            Action("pdf", say("reports.pdf"), self._pdf, "document_pdf", busy=busy.get("pdf", "")),
        )

    def hints(self) -> Sequence[Hint]:
        """Return the keys of this page."""
        hint = lambda name: say(f"shell.hint.{name}")  # noqa: E731
        return (Hint("↑|↓", hint("choose_list")), Hint("Alt|←|→", hint("change_period")),
                Hint("PgUp|PgDn", hint("turn_page")), Hint("Ctrl P", hint("print")), Hint("Ctrl E", hint("excel")),
                Hint("F6", hint("side_pane")))  # fmt: skip

    def states(self) -> Sequence[State]:
        """Say that prints are logged."""
        return (State("shield_checkmark", say("reports.logged")),)

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        return {
            "print": self._print, "excel": self._excel, "reload": self._reload,
            "step_back": lambda: self._step_period(-1), "step_forward": lambda: self._step_period(1),
            "next_pane": self._other_pane, "previous_pane": self._other_pane,
        }  # fmt: skip

    def opened(self, **details: Any) -> None:
        """Read the kinds and show the list chosen; ``list`` and ``period`` choose another."""
        if details.get("period"):
            self._period = str(details["period"])
        if details.get("list"):
            self._name = str(details["list"])
        self._arriving = not self._radios
        if self._stale or details:
            self._reload()
        if radio := self._radios.get(self._name):
            radio.setFocus(Qt.FocusReason.OtherFocusReason)

    def changed(self, changed: Changed) -> None:
        """Anything may stand on a list: make it again, now or when next shown."""
        if changed:
            self._stale = True
            self._cache.clear()
            if self.isVisible():
                self._reload()

    def shaped(self, shape: str) -> None:
        """Make the choice narrower where the room is small."""
        wide = 264 if shape == NARROW else LEFT
        self._left.setFixedWidth(min(theme.px(wide), max(wide, self.width() * 3 // 10)))

    def leave(self) -> bool:
        """Esc closes the fields of the number."""
        if self._issue.isVisible():
            self._issue.hide()
            self.issue_button.setFocus()
            return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """PgUp and PgDn turn the pages from anywhere."""
        steps = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}
        key = Qt.Key(event.key())
        if key in steps:
            self.preview.turn(steps[key])
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """PgUp and PgDn turn pages; they do not scroll the choice at the left."""
        turning = (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in turning:
            self.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)

    def _other_pane(self) -> None:
        if self.preview.isAncestorOf(self.focusWidget() or self):
            radio = self._radios.get(self._name)
            (radio or self.period).setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.preview.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    # choosing

    def _reload(self) -> None:
        self._stale = False
        self._cache.clear()
        period = self._period
        self._kinds_job.run(lambda desk: (kinds_of(desk, period), desk.unit.code), self._show_kinds)

    def _show_kinds(self, answer: tuple[list[Kind], str]) -> None:
        self._kinds, self._unit = answer
        if [kind.name for kind in self._kinds] != list(self._radios):
            self._make_radios()
        if self._name not in self._radios and self._kinds:
            self._name = self._kinds[0].name
        for kind in self._kinds:
            self._notes[kind.name].say(_count_words(kind))
        self._radios[self._name].setChecked(True)
        if self._arriving and self.isVisible():
            self._arriving = False
            self._radios[self._name].setFocus(Qt.FocusReason.OtherFocusReason)
        self._fill_fields()
        self._ask()

    def _make_radios(self) -> None:
        self._radios, self._notes = {}, {}
        self._group = QButtonGroup(self)
        for kind in self._kinds:
            short = f"reports.short.{kind.name}"
            radio = Radio(say(short) if has(short) else kind.title, name=f"kind_{kind.name}")
            radio.setToolTip(kind.title)
            radio.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            note = Label("", "small", "ink3")
            note.setIndent(26)
            radio.toggled.connect(lambda on, name=kind.name: on and self._choose(name))
            self._radios[kind.name], self._notes[kind.name] = radio, note
            self._group.addButton(radio)
            self._kind_list.addWidget(radio)
            self._kind_list.addWidget(note)
            self._kind_list.addSpacing(4)
        stops = [*self._radios.values(), self.earlier, self.period, self.later, self.freeze_button, self.issue_button,
                 self.signer]  # fmt: skip
        before = self.nextInFocusChain()
        for here, following in zip([before, *stops], stops, strict=False):
            if here is not following:
                self.setTabOrder(here, following)

    def _kind(self) -> Kind | None:
        return next((kind for kind in self._kinds if kind.name == self._name), None)

    def _fill_fields(self) -> None:
        kind = self._kind()
        offered = periods.offered(kind.periods if kind else ("month",), clock.today())
        if self._period not in offered and offered:
            self._period = offered[0]
        self.period.fill([(one, periods.words(one)) for one in offered])
        self.period.blockSignals(True)
        self.period.set_value(self._period)
        self.period.blockSignals(False)
        self.earlier.setEnabled(periods.neighbour(self._period, offered, -1) != self._period)
        self.later.setEnabled(periods.neighbour(self._period, offered, 1) != self._period)
        signers = letterhead.patterns()["signer"]
        self.signer.fill([("", say("reports.whose")), *((key, str(one["title"])) for key, one in signers.items())])
        self.signer.blockSignals(True)
        self.signer.set_value(self._signer)
        self.signer.blockSignals(False)

    def _choose(self, name: str) -> None:
        if name != self._name:
            self._name = name
            self._fill_fields()
            self._ask()

    def _choose_period(self) -> None:
        self._to_period(self.period.value() or self._period)

    def _step_period(self, step: int) -> None:
        offered = [str(self.period.itemData(at)) for at in range(self.period.count())]
        self._to_period(periods.neighbour(self._period, offered, step))

    def _to_period(self, period: str) -> None:
        if period != self._period:
            self._period = period
            self._issue.hide()
            self._fill_fields()
            self._ask()
            self._kinds_job.run(lambda desk: (kinds_of(desk, period), desk.unit.code), self._show_counts)

    def _show_counts(self, answer: tuple[list[Kind], str]) -> None:
        self._kinds = answer[0]
        for kind in self._kinds:
            self._notes[kind.name].say(_count_words(kind))

    def _choose_signer(self) -> None:
        self._signer = self.signer.value() or ""
        self._ask()

    # the paper

    def _key(self) -> tuple[str, str, str, float]:
        return self._name, self._period, self._signer, self.preview.ppi()

    def _ask(self) -> None:
        """Make the paper chosen, or take it from those made before."""
        key = self._key()
        if not key[0]:
            return
        if key in self._cache:
            self._show(self._cache[key])
            return
        if self._made is None or (self._made.paper.report, self._made.paper.period) != key[:2]:
            self._made = None
            self.preview.waiting(landscape=True)
            self._layers.setCurrentWidget(self.preview)
            self._show_standing()
            self.shell.refresh()
        name, period, signer, ppi = key
        self._paper_job.run(
            lambda desk: make(desk, name, period, signer or None, ppi), lambda made: self._keep(key, made),
            self._show_trouble,
        )  # fmt: skip

    def _keep(self, key: tuple[str, str, str, float], made: Made) -> None:
        self._cache[key] = made
        while len(self._cache) > KEPT:
            self._cache.popitem(last=False)
        self._show(made)

    def _show(self, made: Made) -> None:
        self._made = made
        self._layers.setCurrentWidget(self.preview)
        if made.pages:
            self.preview.landscape = made.paper.orientation == "landscape"
        self.preview.set_pages(made.pages, made.ppi)
        self._show_standing()
        self.shell.refresh()

    def _show_trouble(self, problem: Problem) -> None:
        if self._trouble is not None:
            self._layers.removeWidget(self._trouble)
            self._trouble.deleteLater()
        again = Button(say("reports.preview.again"), icon="arrow_sync", name="again")
        again.clicked.connect(self._reload)
        self._trouble = QWidget()
        column = QVBoxLayout(self._trouble)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(ProblemCard(problem, action=again, closable=False))
        column.addStretch(1)
        self._layers.addWidget(self._trouble)
        self._layers.setCurrentWidget(self._trouble)

    # frozen, issued

    def _show_standing(self) -> None:
        made = self._made
        icon, ink, words, verb = "info", "ink3", "", "freeze"
        issued = False
        if made is not None and made.snapshot is None:
            words = say("reports.provisional" if made.paper.provisional else "reports.not_frozen")
        elif made is not None and made.snapshot is not None:
            number, edits = str(made.snapshot.get("number") or ""), made.edits
            issued = bool(number)
            day = str(made.snapshot.get("issued_on") if issued else made.snapshot.get("taken_at"))[:10]
            key = ("issued" if issued else "frozen") + ("_changed" if edits else "")
            words = say(f"reports.{key}", number=number, date=dates.show_date(day), n=edits)
            icon, ink = ("warning", "nghe") if edits else ("checkmark_circle", "ngoc")
            verb = "amend" if issued else "freeze_again"
        self.standing.say(words, icon, ink)
        self.standing.setVisible(bool(words))
        frozen = made is not None and made.snapshot is not None
        held = self.freeze_button.hasFocus()
        self.freeze_button.say(say(f"reports.{verb}"))
        self.freeze_button.setVisible(made is not None and (not frozen or bool(made.edits)))
        self.issue_button.setVisible(frozen and not issued and not self._issue.isVisible())
        if held and not self.freeze_button.isVisible():  # never on to the toast, where Enter takes all back
            next_stop = self.issue_button if self.issue_button.isVisible() else self.later
            next_stop.setFocus(Qt.FocusReason.OtherFocusReason)
        self.signer.setEnabled(not frozen)

    def _freeze(self) -> None:
        name, period = self._name, self._period
        self.freeze_button.busy(say("reports.freezing"))

        def done(frozen: Any) -> None:
            self.freeze_button.busy()
            undo = None
            if frozen.batch:
                undo = lambda: self.jobs.run(lambda desk: desk.undo(frozen.batch), owner=self)  # noqa: E731
            words = say("reports.frozen_done", period=periods.words(period).lower(), n=frozen.rows)
            self.talk.say(words, undo=undo)
            self._cache.clear()
            self._ask()

        self.jobs.run(lambda desk: desk.snapshot(name, period), done, self._freeze_failed, self)

    def _freeze_failed(self, problem: Problem) -> None:
        self.freeze_button.busy()
        self.talk.problem(problem)

    def _open_issue(self) -> None:
        self._issue.show()
        self.issue_button.hide()
        self.number.setFocus()

    def _read_issue_date(self) -> str:
        """Read the date typed; say what was understood, or what is needed."""
        typed = self.issued_on.text().strip()
        read = dates.read_date(typed, clock.today()) if typed else None
        whole = read is not None and read.value is not None and len(read.value) == 10
        if whole and read is not None and read.value is not None:
            self._date_field.say("note", say("reports.understood", date=dates.show_date(read.value)))
            return read.value
        self._date_field.say("stop", say("reports.need_date")) if typed else self._date_field.say()
        return ""

    def _next_issue_field(self) -> None:
        if self.number.hasFocus():
            self.issued_on.setFocus()
        else:
            self._put_number()

    def _put_number(self) -> None:
        number, day = self.number.text().strip(), self._read_issue_date()
        self._number_field.say("" if number else "stop", "" if number else say("reports.need_number"))
        if not number:
            self.number.setFocus()
            return
        if not day:
            self._date_field.say("stop", say("reports.need_date"))
            self.issued_on.setFocus()
            return
        snapshot = str(self._made.snapshot["id"]) if self._made and self._made.snapshot else ""
        self.jobs.run(lambda desk: desk.issue(snapshot, number, day), lambda _saved: self._issued(), owner=self)

    def _issued(self) -> None:
        self._issue.hide()
        self.number.clear()
        self.issued_on.clear()
        self.talk.say(say("reports.issued_done"))
        self._cache.clear()
        self._ask()

    # print and files

    def _print(self) -> None:
        if self._made is not None:
            self._output.print_paper(self._made.paper, len(self._made.pages), _logged(self._made.paper))

    def _pdf(self) -> None:
        self._save("pdf", lambda paper: page.pdf(paper, stamp=clock.now()))

    def _excel(self) -> None:
        self._save("xlsx", workbook.list_xlsx)

    def _save(self, ending: str, make_it: Callable[[Paper], bytes]) -> None:
        made = self._made
        if made is None or self._output.busy:
            return
        paper = made.paper
        name = f"{paper.report}-{self._unit}-{paper.period}.{ending}"
        path = self.talk.save_file(name, say(f"reports.{ending}_files"))
        if path is None:
            return

        def write(desk: Desk) -> None:
            carrier.write_atomic(path, make_it(paper), overwrite=True)
            desk.log("export", detail=_logged(paper))

        self._output.save(ending, write, lambda _nothing: say("reports.saved", name=path.name))


def _logged(paper: Paper) -> str:
    """Return what the log says of a paper that went out."""
    return f"{paper.report} {paper.period} {len(paper.rows)}"


def _count_words(kind: Kind) -> str:
    if not kind.named + kind.apart:
        return say("reports.nobody")
    key = "named_apart" if kind.apart else "named"
    return say(f"reports.{key}", named=kind.named, apart=kind.apart)
