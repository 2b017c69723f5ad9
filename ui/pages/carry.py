"""Gửi – Nhận: get changes to the receiver, step by step, and know that they arrived.

A bundle goes to a stick, over the network, or to any folder, also as a file for official mail. Steps: choose a place,
look at what goes, create (written, flushed, renamed), read back and compare. The bundle carries everything not yet
confirmed, so a lost one costs nothing. The second tab takes acknowledgements from a stick, the server, or files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QProgressBar, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from cbdesk import carrier, clock, page
from cbdesk.desk import Changed, Desk, Posted, Sent, SentOver
from cbdesk.errors import Problem
from cbdesk.words import say
from ui.carry.carried import History, Results, Told, read_results
from ui.carry.network import Pace
from ui.carry.outgoing import Counts, Fact, Outgoing, block, read_outgoing, slip_of
from ui.carry.places import ICONS, MAIL, NETWORK, STICK, Place, PlacePicker, read_network, size_words
from ui.frame.shell import Shell
from ui.lists.filterbar import plain
from ui.pages import FULL, NARROW, Action, Page, register
from ui.paper.preview import PRINT_PPI, ask_printer, has_printer, print_pages
from ui.parts import Button, Card, Hint, IconText, Label, Option, Rule, Scroller, SectionTitle, Segmented, Stepper

SEND, RECEIVE = "send", "receive"
PLACE, CONTENT, MAKE, CHECK = range(4)
HISTORY_WIDE = 360


class Stopped(Exception):
    """The person stopped the writing."""


@register
class Transfer(Page):
    """Send and receive, for the commune."""

    name, icon, order = "transfer", "usb_stick", 60
    roles = ("commune",)

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._step, self._tab, self._stop, self._working = PLACE, SEND, False, False
        self._out: Outgoing | None = None
        self._sent: Sent | None = None
        self._place: Place | None = None
        self._pace = Pace()
        self.tabs = Segmented(
            [Option(SEND, say("carry.tab_send")), Option(RECEIVE, say("carry.tab_receive"))],
            label=say("shell.page.transfer"), name="carry_tabs",
        )  # fmt: skip
        self.tabs.set_value(SEND)
        self.tabs.changed.connect(self._to_tab)
        row = QHBoxLayout()
        row.setSpacing(12)
        self._left = QWidget()
        self._layers = QStackedLayout(self._left)
        self._build_send()
        self._build_receive()
        self.history = History()
        self.history.setFixedWidth(HISTORY_WIDE)
        self.receive_button = Button(say("carry.history.receive"), icon="arrow_download", name="to_receive")
        self.receive_button.clicked.connect(lambda: self._to_tab(RECEIVE))
        self.receive_button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.history.body.addWidget(self.receive_button)
        row.addWidget(self._left, 1)
        row.addWidget(self.history)
        self.body.addLayout(row, 1)

    @classmethod
    def badge(cls, desk: Desk) -> int:
        """Return how many changes are not confirmed."""
        return desk.unsent()

    # the parts

    def _build_send(self) -> None:
        card = Card(padding=14, spacing=8, name="send_card")  # the rings of the rows need the other 3
        steps = [say(f"carry.step_{name}") for name in ("place", "content", "make", "check")]
        self.stepper = Stepper(steps, name="send_steps")
        above = QVBoxLayout()
        above.setContentsMargins(3, 3, 3, 0)
        above.addWidget(self.stepper)
        card.body.addLayout(above)
        self._scroll = Scroller(spacing=8)
        self._scroll.body.setContentsMargins(3, 3, 3, 3)
        card.body.addWidget(self._scroll, 1)
        body = self._scroll.body
        self.where, self.what, self.made = (Fact("usb_stick", name="where"), Fact("document_table", name="what"),
                                            Fact("box_checkmark", name="made"))  # fmt: skip
        self.picker = PlacePicker(self.jobs, self.talk, network=True)
        self.picker.server_wanted.connect(lambda: self.shell.go("post"))
        self.picker.chosen_changed.connect(self.shell.refresh)
        self.picker.taken.connect(self._next)
        self._choose = block(SectionTitle(say("carry.place.title")), self.picker)
        self.counts = Counts()
        self._content_note = IconText("info", say("carry.content.note"), "ink3", "note")
        self._progress = self._build_progress()
        self._result = self._build_result()
        self._rules = Rule(), Rule()
        for part in (self._choose, self.where, self._rules[0], self.what, self.counts, self._content_note,
                     self._rules[1], self._progress, self.made, self._result):  # fmt: skip
            body.addWidget(part)
        body.addStretch(1)
        self._layers.addWidget(card)

    def _build_progress(self) -> QWidget:
        self.phase = Label("", "strong", name="phase")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.stop_button = Button(say("carry.make.stop"), icon="dismiss", key="Esc", name="stop")
        self.stop_button.clicked.connect(self._halt)
        return block(self.phase, self.bar, Label(say("carry.make.safe"), "note", "ink3"), self.stop_button)

    def _build_result(self) -> QWidget:
        self._good = Card(tone="ngoc", spacing=8, name="read_back")
        self._good.body.addWidget(IconText("shield_checkmark", say("carry.result.title"), "ngoc", "section"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(0)
        self._facts: dict[str, Label] = {}
        for at, name in enumerate(("file", "receiver", "changes", "sha")):
            grid.addWidget(Label(say(f"carry.result.{name}"), "small", "ink2"), at // 2 * 2, at % 2)
            label = Label("", "medium", wrap=True, name=f"result_{name}")
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._facts[name] = label
            grid.addWidget(label, at // 2 * 2 + 1, at % 2)
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 2)
        self._good.body.addLayout(grid)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        self.print_button = Button(say("carry.result.print"), icon="print", key="Ctrl P", name="print_slip")
        self.print_button.clicked.connect(self._print_slip)
        self.save_button = Button(say("carry.result.save"), icon="document_pdf", name="save_slip")
        self.save_button.clicked.connect(self._save_slip)
        self.folder_button = Button(say("carry.result.open_folder"), "quiet", icon="folder_open", name="open_folder")
        self.folder_button.clicked.connect(self._open_folder)
        for button in (self.print_button, self.save_button, self.folder_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self._good.body.addLayout(buttons)
        self._nexts = [Label("", "body", wrap=True) for _ in range(3)]
        steps = QGridLayout()
        steps.setHorizontalSpacing(10)
        steps.setVerticalSpacing(4)
        steps.setColumnStretch(1, 1)
        for at, label in enumerate(self._nexts):
            steps.addWidget(Label(str(at + 1), "labelStrong", "cham"), at, 0, Qt.AlignmentFlag.AlignTop)
            steps.addWidget(label, at, 1)
        self._lost = IconText("info", "", "ink3", "note")
        made = block(self._good, Label(say("carry.result.next"), "section"))
        made.layout().addLayout(steps)  # type: ignore[union-attr]
        made.layout().addWidget(self._lost)  # type: ignore[union-attr]
        return made

    def _build_receive(self) -> None:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        card = Card(name="receive_card")
        self.source = PlacePicker(self.jobs, self.talk, reading=True, network=True)
        self.source.server_wanted.connect(lambda: self.shell.go("post"))
        self.source.chosen_changed.connect(self.shell.refresh)
        self.source.taken.connect(self._receive)
        card.body.addWidget(SectionTitle(say("carry.place.title_receive")))
        card.body.addWidget(self.source)
        self.results = Results()
        self.results.decide_wanted.connect(lambda: self.shell.go("conflicts"))
        column.addWidget(card)
        column.addWidget(self.results, 1)
        self._layers.addWidget(made)

    # what the shell shows

    def head_widget(self) -> QWidget:
        """Send or receive."""
        return self.tabs

    def primary(self) -> Action:
        """The next step."""
        if self._tab == RECEIVE:
            why = "" if self.source.chosen() else say("carry.no_place")
            busy = say("carry.receive.working") if self._working else ""
            words = say("carry.receive.button")
            return Action("receive", words, self._receive, "arrow_download", "Ctrl Enter", why, busy)
        why = "" if self._step != PLACE or self.picker.chosen() else say("carry.no_place")
        if self._step == CONTENT and self._out is not None and not self._out:
            why = say("carry.content.nothing")
        words = {PLACE: "next", CONTENT: "create", MAKE: "create", CHECK: "done"}[self._step]
        icon = {PLACE: "arrow_right", CONTENT: "box_checkmark", MAKE: "box_checkmark", CHECK: "checkmark"}[self._step]
        busy = say("carry.making") if self._working else ""
        if self._over_network() and words == "create":
            busy = say("post.sending") if self._working else ""
            return Action("next", say("post.send"), self._next, "arrow_upload", "Ctrl Enter", why, busy)
        return Action("next", say(f"carry.{words}"), self._next, icon, "Ctrl Enter", why, busy)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of the present step."""
        hint = lambda name: say(f"shell.hint.{name}")  # noqa: E731
        if self._working:
            return (Hint("Esc", hint("stop_safely")),)
        if self._tab == RECEIVE or self._step == PLACE:
            return (Hint("↑|↓", say("carry.hint.place")), Hint("Enter", say("carry.hint.next")),
                    Hint("F1", hint("help")))  # fmt: skip
        if self._step == CHECK:
            slip = () if self._over_network() else (Hint("Ctrl P", hint("print_slip")),)
            return (*slip, Hint("Ctrl Enter", say("carry.done").lower()))
        return (Hint("Ctrl Enter", say("carry.hint.next")), Hint("Alt|←", hint("previous_step")))

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        found: dict[str, Callable[[], None]] = {
            "reload": self.load, "step_back": self._back,
            "next_pane": self._other_pane, "previous_pane": self._other_pane,
        }  # fmt: skip
        if self._sent is not None and not self._over_network():
            found["print"] = self._print_slip
        return found

    def opened(self, **details: Any) -> None:
        """Begin at the first step, unless a result is still shown."""
        if self._step != CHECK and not self._working:
            self._go(PLACE)
        if details.get("receive"):
            self._to_tab(RECEIVE)
        self.load()
        self._focus()

    def changed(self, changed: Changed) -> None:
        """Read the counts again."""
        if changed and self.isVisible():
            self.load()

    def shaped(self, shape: str) -> None:
        """The history stands beside the steps only where there is room."""
        self.history.setVisible(shape != NARROW)
        self.history.setFixedWidth(HISTORY_WIDE if shape == FULL else 344)
        self._tell()

    def leave(self) -> bool:
        """Esc stops the writing, or goes one step back."""
        if self._working:
            self._halt()
            return True
        if self._tab == RECEIVE:
            self._to_tab(SEND)
            return True
        if self._step == CONTENT:
            self._back()
            return True
        return False

    def _focus(self) -> None:
        if self._tab == RECEIVE:
            self.source.focus_first()
        elif self._step == PLACE:
            self.picker.focus_first()
        elif self._step == CHECK and self._over_network():
            self.setFocus()
        elif self._step == CHECK:
            (self.print_button if self.print_button.isEnabled() else self.save_button).setFocus()

    def _other_pane(self) -> None:
        if self.history.isAncestorOf(self.focusWidget() or self):
            self._focus()
        else:
            self.history.table.setFocus()

    def _to_tab(self, tab: str) -> None:
        self._tab = tab
        self.tabs.set_value(tab)
        self._layers.setCurrentIndex(0 if tab == SEND else 1)
        self.shell.refresh()
        self._focus()

    # reading

    def load(self) -> None:
        """Read what would go, and the history."""
        self.jobs.run(read_outgoing, self._show, owner=self)
        self.jobs.run(read_network, self._show_network, owner=self)

    def _show(self, out: Outgoing) -> None:
        self._out = out
        self.history.show_bundles(out.bundles, out.status)
        self._tell()
        self.shell.refresh()

    def _show_network(self, place: Place) -> None:
        self.picker.show_network(place)
        self.source.show_network(place)

    def _over_network(self) -> bool:
        return self._place is not None and self._place.kind == NETWORK

    def _tell(self) -> None:
        """Show the facts of the steps and which parts are open."""
        step, out = self._step, self._out
        if self._place is not None:
            self.where.tell(self._place.words, self._place.facts, ICONS[self._place.kind])
        if out is not None and step <= CONTENT:
            preview, changes = out.preview, int(out.preview["changes"])
            if changes:
                key = "span" if preview["to_seq"] else "title"
                first, last = plain(preview["from_seq"]), plain(preview["to_seq"])
                words = say(f"carry.content.{key}", n=plain(changes), a=first, b=last)
                self.what.tell(words, say("carry.content.to", name=out.receiver))
            elif out:
                words = say("carry.content.files", n=plain(int(preview["files"])))
                self.what.tell(words, say("carry.content.to", name=out.receiver))
            else:
                self.what.tell(say("carry.content.nothing"), say("carry.content.nothing_more", name=out.receiver))
            self.counts.show_counts(preview["counts"])
        folded = step == CHECK and self.shell.shape() != FULL  # what is done makes room for the result
        self._choose.setVisible(step == PLACE)
        self.where.setVisible(step > PLACE and not folded)
        self.what.setVisible(step > PLACE and not folded)
        self.counts.setVisible(step == CONTENT)
        self._content_note.setVisible(step == CONTENT and bool(out))
        self._progress.setVisible(step == MAKE)
        self.made.setVisible(step == CHECK)
        self._result.setVisible(step == CHECK)
        self._rules[0].setVisible(step > PLACE and not folded)
        self._rules[1].setVisible(step > CONTENT and not folded)

    def _go(self, step: int) -> None:
        self._step = step
        self.stepper.go(step if step != CHECK or self._sent is None else CHECK + 1)
        self._tell()
        self.shell.refresh()

    # steps

    def _next(self) -> None:
        if self._working:
            return
        if self._step == PLACE and (place := self.picker.chosen()) is not None:
            self._place = place
            self.load()
            self._go(CONTENT)
            self.setFocus()
        elif self._step == CONTENT and self._out:
            (self._bring if self._over_network() else self._create)()
        elif self._step == CHECK:
            self._sent = None
            self.picker.forget()
            self._go(PLACE)
            self._focus()

    def _back(self) -> None:
        if self._step == CONTENT and not self._working:
            self._go(PLACE)
            self._focus()

    def _create(self) -> None:
        assert self._place is not None
        folder = self._place.paths[0]
        self._working, self._stop = True, False
        self.phase.say(say("carry.make.pack"))
        self.bar.setValue(0)
        self._go(MAKE)
        self.stop_button.setFocus()
        told = self.jobs.relay(self._progressed, self)

        def step(name: str, done: int, total: int) -> None:
            if self._stop:
                raise Stopped
            told(name, done, total)

        def work(desk: Desk) -> list[Sent] | None:
            try:
                return desk.send(folder, progress=step)
            except Stopped:
                return None

        self.jobs.run(work, self._created, self._not_created, self)

    def _bring(self) -> None:
        """Walk to the server: fetch first what lies there for us, then bring."""
        self._working = True
        self._pace = Pace()
        self._walked("connect", 0, 1)
        self._go(MAKE)
        self.stop_button.setFocus()
        self.shell.poster.go(send=True, done=self._brought, failed=self._not_created, told=self._walked,
                             stopped=lambda: self._created(None))  # fmt: skip

    def _walked(self, step: str, done: int, total: int) -> None:
        self.phase.say(self._pace.words(step, done, total))
        self.bar.setValue(round(1000 * done / max(1, total)) if step in ("fetch", "send") else 0)

    def _brought(self, posted: Posted) -> None:
        self._tell_received(posted)
        self._created(list(posted.sent))
        if not posted.sent:
            self.talk.say(say("post.nothing_more"))

    def _tell_received(self, posted: Posted) -> None:
        self.jobs.run(lambda desk: read_results(desk, posted.received), self.results.show_results, owner=self)

    def _progressed(self, name: str, done: int, total: int) -> None:
        if name != "write":
            return
        self.phase.say(say("carry.make.write" if done * 2 <= total else "carry.make.check"))
        self.bar.setValue(round(1000 * done / max(1, total)))

    def _halt(self) -> None:
        self._stop = True
        if self._over_network() or self._tab == RECEIVE:
            self.shell.poster.stop()

    def _created(self, sent: Sequence[Sent] | None) -> None:
        self._working = False
        if not sent:
            self._go(CONTENT)
            if sent is None:
                words = "post.stopped" if self._over_network() else "carry.make.stopped"
                self.talk.say(say(words), care=True)
            return
        self._sent = sent[0]
        self._tell_result(sent[0])
        self._go(CHECK)
        self.load()
        self.shell.read_facts()
        self._focus()

    def _not_created(self, problem: Problem) -> None:
        self._working = False
        self._go(CONTENT)
        words = "post.again" if self._over_network() else "carry.again"
        again = Button(say(words), icon="arrow_sync", name="create_again")
        again.clicked.connect(self._bring if self._over_network() else self._create)
        self.talk.problem(problem, action=again)

    def _tell_result(self, sent: Sent) -> None:
        assert self._place is not None
        name = self._out.receiver if self._out is not None else ""
        slots = {"n": plain(sent.changes), "a": plain(sent.from_seq), "b": plain(sent.to_seq)}
        key = "span" if sent.to_seq else "title"
        self.what.tell(say(f"carry.content.{key}", **slots), say("carry.content.to", name=name))
        over = isinstance(sent, SentOver)
        key = "carry.result.more" if not over else "post.result.already" if sent.already else "post.result.more"
        self.made.tell(say(key, time=clock.now().strftime("%H:%M:%S")),
                       say("carry.result.sealed", size=size_words(sent.bytes), name=name))  # fmt: skip
        self._facts["file"].say(sent.file.name)
        self._facts["receiver"].say(name)
        self._facts["changes"].say(say("carry.result.span", **slots) if sent.to_seq else slots["n"])
        self._facts["sha"].say(" ".join(sent.sha256[at : at + 4] for at in range(0, 16, 4)) + " …")
        self._facts["sha"].setToolTip(sent.sha256)
        way = self._place.kind if self._place.kind in (MAIL, NETWORK) else "stick"
        for at, label in enumerate(self._nexts, 1):
            label.say(say(f"carry.result.{way}_{at}", name=name))
        self._lost.say(say("carry.result.lost", name=name))
        self.folder_button.setVisible(self._place.kind not in (STICK, NETWORK))
        for button in (self.print_button, self.save_button):
            button.setVisible(not over)  # nobody hands anything over
        self._lost.setVisible(not over)
        self.print_button.explain("" if has_printer() else say("reports.no_printer"))

    # the slip

    def _slip(self, make: Callable[[Mapping[str, Any]], Any], done: Callable[[Any], None]) -> None:
        sent, name = self._sent, self._out.receiver if self._out is not None else ""
        if sent is not None:
            self.jobs.run(lambda desk: make(slip_of(desk, sent, name)), done, owner=self)

    def _print_slip(self) -> None:
        if self._sent is None or not has_printer():
            return
        printer = ask_printer(self.window(), say("reports.job_name"), 1, landscape=False)
        if printer is None:
            return

        def done(pages: list[bytes]) -> None:
            print_pages(printer, pages)
            self.talk.say(say("carry.result.slip_printed"))

        self._slip(lambda data: page.sheet_pngs("slip", data, PRINT_PPI), done)

    def _save_slip(self) -> None:
        if self._sent is None:
            return
        path = self.talk.save_file(f"slip-{self._sent.file.stem}.pdf", say("carry.result.slip_files"))
        if path is None:
            return

        def make(data: Mapping[str, Any]) -> Path:
            return carrier.write_atomic(path, page.sheet_pdf("slip", data), overwrite=True)

        self._slip(make, lambda _path: self.talk.say(say("carry.result.slip_saved")))

    def _open_folder(self) -> None:
        if self._sent is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._sent.file.parent)))

    # receiving

    def _receive(self) -> None:
        place = self.source.chosen()
        if place is None or self._working:
            return
        self._working = True
        self.shell.refresh()
        if place.kind == NETWORK:
            self._fetch()
            return
        take_in(self, list(place.paths), self._received, self._not_received)

    def _fetch(self) -> None:
        def done(posted: Posted) -> None:
            self.jobs.run(lambda desk: read_results(desk, posted.received), self._received, owner=self)

        self.shell.poster.go(send=False, done=done, failed=self._not_received, stopped=lambda: self._received([]))

    def _received(self, results: list[Told]) -> None:
        self._working = False
        self.results.show_results(results)
        self.load()
        self.shell.read_facts()
        if not results:
            self.talk.say(say("carry.receive.empty"), care=True)

    def _not_received(self, problem: Problem) -> None:
        self._working = False
        self.shell.refresh()
        self.talk.problem(problem)


def take_in(
    owner: Page, paths: list[Path], done: Callable[[list[Told]], None], failed: Callable[[Problem], None]
) -> None:
    """Take files or folders in and hand over the results as sentences."""
    owner.jobs.run(lambda desk: read_results(desk, desk.receive(paths)), done, failed, owner)
