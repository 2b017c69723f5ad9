"""Đơn vị, khóa: the card of this computer, whom it exchanges bundles with, and how another card comes to be trusted.

A card is a file; its six groups come on paper or by telephone and are typed, never copied from the file: only so does
trust come from a person. Each group is checked by itself while typing, the whole is compared with the card.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout

from cbdesk import carrier, clock, dates, letterhead, page
from cbdesk.card import Device
from cbdesk.desk import Changed, Desk
from cbdesk.errors import Problem
from cbdesk.words import say
from ui import clipboard
from ui.frame.code_groups import CodeGroups
from ui.frame.shell import Shell
from ui.lists.cells import Cell
from ui.lists.table import Column, QuietTable, TablePanel
from ui.pages import NARROW, Action, Page, register
from ui.paper.preview import PRINT_PPI, ask_printer, has_printer, print_pages
from ui.parts import Button, Card, EmptyState, Hint, Label, Labelled, Remark, Scroller, SectionTitle

SIDE, MIDDLE, NARROW_SIDE = 420, 360, 320


@dataclass(frozen=True)
class Own:
    """Our installation: unit, role, device, its code, officer, and the six groups of its card."""

    unit: str
    role: str
    device: str
    code: str
    officer: str
    groups: tuple[str, ...]
    practice: bool


@dataclass(frozen=True)
class Known:
    """One trusted device: node, name, code, role, when it was last heard."""

    node: str
    name: str
    code: str
    role: str
    heard: str


def read_peers(desk: Desk) -> tuple[Own, list[Known]]:
    """Read our card and the trusted units; runs on the desk's thread."""
    own = Own(desk.unit_name, desk.role, desk.node, desk.unit.code, desk.officer, tuple(desk.fingerprint.split()),
              desk.practice)  # fmt: skip
    known = [
        Known(str(one["device"]), str(one["name"]), str(one["unit"]).split("@")[0], str(one["role"]),
              str(one["heard_at"] or ""))
        for one in desk.status()["peers"]
    ]  # fmt: skip
    return own, known


def card_data(own: Own) -> dict[str, Any]:
    """Return the data of the printed card."""
    words = letterhead.patterns()["words"]
    return {
        "unit": own.unit, "role": say(f"peers.role_{own.role}"), "device": own.device, "officer": own.officer,
        "groups": list(own.groups), "qr": " ".join(own.groups), "made_on": clock.now().strftime("%d/%m/%Y"),
        "practice": words["practice"] if own.practice else "",
    }  # fmt: skip


def _columns() -> list[Column]:
    return [
        Column("code", say("carry.inbox.code"), 56, lambda row: Cell(row.code, "ink3", "note"), fixed=True),
        Column("name", say("peers.name"), 120, lambda row: Cell(row.name, role="medium"), stretch=True, fixed=True),
        Column("heard", say("peers.heard"), 90, lambda row: Cell(dates.show_date(row.heard[:10]), "ink2"), fixed=True),
    ]


@register
class Units(Page):
    """Units and keys."""

    name, icon, order = "units", "building_government", 120

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._own: Own | None = None
        self._file: Path | None = None
        self._working, self._tried = False, ""
        row = QHBoxLayout()
        row.setSpacing(12)
        self._scroll = Scroller(spacing=12)
        self._scroll.body.addWidget(self._build_own())
        self._scroll.body.addWidget(self._build_enrol())
        self._scroll.body.addStretch(1)
        row.addWidget(self._scroll, 1)
        self._known = Card(name="known")
        self._known.setFixedWidth(SIDE)
        self._known.body.addWidget(SectionTitle(say("peers.known")))
        self.table = QuietTable(_columns(), lambda one: one.node, type_by=lambda one: one.name,
                                label=say("peers.known"), name="peers_table")  # fmt: skip
        self.panel = TablePanel(self.table, plain=True)
        more = "peers.known_none_receiver" if shell.role == "receiver" else "peers.known_none_more"
        self._none = EmptyState(say("peers.known_none"), say(more))
        self._known.body.addWidget(self.panel, 1)
        row.addWidget(self._known)
        self.body.addLayout(row, 1)

    def _build_own(self) -> Card:
        card = Card(name="own_card")
        card.body.addWidget(SectionTitle(say("peers.own")))
        card.body.addWidget(Label(say("peers.own_more"), "note", "ink3", wrap=True))
        facts = QGridLayout()
        facts.setHorizontalSpacing(24)
        facts.setVerticalSpacing(0)
        self._facts: dict[str, Label] = {}
        for at, name in enumerate(("unit", "role", "device")):
            facts.addWidget(Label(say(f"peers.{name}"), "small", "ink3"), 0, at)
            self._facts[name] = Label("", "medium", name=f"own_{name}")
            facts.addWidget(self._facts[name], 1, at)
        facts.setColumnStretch(3, 1)
        card.body.addLayout(facts)
        inner = Card(tone="cham", padding=12, name="own_groups")
        line = QHBoxLayout()
        line.setSpacing(6)
        self.groups = [Label("", "code", name=f"own_group_{at + 1}") for at in range(6)]
        for label in self.groups:
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            line.addWidget(label)
        inner.body.addLayout(line)
        self._inner = inner
        card.body.addWidget(inner)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        self.save_button = Button(say("peers.save"), icon="save", name="save_card")
        self.save_button.clicked.connect(self._save_card)
        self.print_button = Button(say("peers.print"), icon="print", key="Ctrl P", name="print_card")
        self.print_button.clicked.connect(self._print_card)
        self.copy_button = Button(say("peers.copy"), "quiet", icon="copy", name="copy_groups")
        self.copy_button.clicked.connect(self._copy)
        for button in (self.save_button, self.print_button, self.copy_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        card.body.addLayout(buttons)
        return card

    def _build_enrol(self) -> Card:
        card = Card(name="enrol_card")
        card.body.addWidget(SectionTitle(say("peers.enrol")))
        card.body.addWidget(Label(say("peers.enrol_more"), "note", "ink3", wrap=True))
        row = QHBoxLayout()
        row.setSpacing(10)
        self.choose_button = Button(say("peers.choose"), icon="folder_open", name="choose_card")
        self.choose_button.clicked.connect(self._choose)
        self._file_label = Label(say("peers.not_chosen"), "note", "ink3", elide=True, name="card_file")
        row.addWidget(self.choose_button)
        row.addWidget(self._file_label, 1)
        card.body.addLayout(row)
        self.typed = CodeGroups(label=say("peers.type"))
        self.typed.edited.connect(self._edited)
        self._typed_field = Labelled(say("peers.type"), self.typed)
        self.remark = Remark(name="enrol_remark")
        card.body.addWidget(self._typed_field)
        card.body.addWidget(self.remark)
        return card

    # what the shell shows

    def primary(self) -> Action:
        """Trust the card chosen."""
        why = "" if self._file is not None else say("peers.need_file")
        if not why and not self.typed.is_complete():
            why = say("peers.need_groups")
        busy = say("peers.trusting") if self._working else ""
        return Action("trust", say("peers.trust"), self._trust, "shield_checkmark", "Ctrl Enter", why, busy)

    def secondary(self) -> Sequence[Action]:
        """Go to all machines and the signed list."""
        return (Action("machines", say("shell.page.trust"), lambda: self.shell.go("trust"), "shield_checkmark"),)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of this page."""
        hint = lambda name: say(f"shell.hint.{name}")  # noqa: E731
        return (Hint("Tab", say("peers.hint_groups")), Hint("Ctrl V", say("peers.hint_paste")),
                Hint("F6", hint("side_pane")), Hint("Ctrl P", hint("print")), Hint("F1", hint("help")))  # fmt: skip

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        return {"reload": self.load, "print": self._print_card, "next_pane": self._other_pane,
                "previous_pane": self._other_pane}  # fmt: skip

    def opened(self, **details: Any) -> None:
        """Read the page; the focus is where a card is chosen."""
        self.load()
        self.print_button.explain("" if has_printer() else say("reports.no_printer"))
        self.choose_button.setFocus(Qt.FocusReason.OtherFocusReason)
        self._scroll.ensureWidgetVisible(self.typed)

    def closed(self) -> None:
        """Forget what was typed."""
        self._forget()

    def changed(self, changed: Changed) -> None:
        """Nothing here depends on records."""

    def shaped(self, shape: str) -> None:
        """The trusted units stand beside only where there is room."""
        self._known.setVisible(shape != NARROW)
        self._known.setFixedWidth(SIDE if self.width() > 1100 else MIDDLE if self.width() > 1000 else NARROW_SIDE)

    def leave(self) -> bool:
        """Esc drops the card chosen."""
        if self._file is not None or any(field.text() for field in self.typed.fields):
            self._forget()
            self.choose_button.setFocus()
            return True
        return False

    def _other_pane(self) -> None:
        if self._known.isAncestorOf(self.focusWidget() or self):
            self.choose_button.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    # reading

    def load(self) -> None:
        """Read our card and the trusted units."""
        self.jobs.run(read_peers, self._show, owner=self)

    def _show(self, answer: tuple[Own, list[Known]]) -> None:
        self._own, known = answer
        own = self._own
        self._facts["unit"].say(own.unit)
        self._facts["role"].say(say(f"peers.role_{own.role}"))
        self._facts["device"].say(own.device)
        for label, group in zip(self.groups, own.groups, strict=True):
            label.say(group)
        self._inner.setAccessibleName(f"{say('peers.fingerprint')}: {' '.join(own.groups)}")
        self.table.set_rows(known)
        if known:
            self.panel.show_rows()
        else:
            self.panel.show_empty(self._none)
        self.shell.refresh()

    # our card

    def _copy(self) -> None:
        if self._own is not None:
            clipboard.put(" ".join(self._own.groups))
            self.talk.say(say("ui.copied"))

    def _save_card(self) -> None:
        if self._own is None:
            return
        path = self.talk.save_file(f"{self._own.code}-{self._own.device[:4]}.card", say("peers.cards"))
        if path is not None:
            self.write_card(path)

    def write_card(self, path: Path) -> None:
        """Write our card to a file."""
        self.jobs.run(
            lambda desk: carrier.write_atomic(path, desk.card_bytes(), overwrite=True),
            lambda written: self.talk.say(say("peers.saved", name=written.name)),
            owner=self,
        )

    def _print_card(self) -> None:
        if self._own is None or not has_printer():
            return
        own = self._own
        printer = ask_printer(self.window(), say("reports.job_name"), 1, landscape=False)
        if printer is None:
            return

        def done(pages: list[bytes]) -> None:
            print_pages(printer, pages)
            self.talk.say(say("peers.printed"))

        self.jobs.outside(lambda: page.sheet_pngs("card", card_data(own), PRINT_PPI), done, owner=self)

    # another's card

    def _choose(self) -> None:
        path = self.talk.open_file(say("peers.cards"))
        if path is not None:
            self.choose(path)

    def choose(self, path: Path) -> None:
        """Take a card file; the groups come next."""
        self._file = path
        self._file_label.say(path.name)
        self._file_label.tone("ink")
        self.remark.show_remark("", "")
        self.typed.fields[0].setFocus(Qt.FocusReason.OtherFocusReason)
        self.shell.refresh()

    def _edited(self) -> None:
        if self.typed.text() != self._tried:
            self.remark.show_remark("", "")
        self.shell.refresh()

    def _forget(self) -> None:
        self._file = None
        self._file_label.say(say("peers.not_chosen"))
        self._file_label.tone("ink3")
        self.remark.show_remark("", "")
        self.typed.clear()

    def _trust(self) -> None:
        if self._file is None or self._working or not self.typed.is_complete():
            return
        path, typed = self._file, self.typed.text()
        self._working, self._tried = True, typed
        self.shell.refresh()

        def work(desk: Desk) -> str:
            device: Device = desk.enrol(carrier.take(path), typed)
            return desk.peer_name(device)

        self.jobs.run(work, self._trusted, self._not_trusted, self)

    def _trusted(self, name: str) -> None:
        self._working = False
        self._forget()
        self.talk.say(say("peers.trusted", name=name))
        self.load()
        self.shell.read_facts()
        self.choose_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _not_trusted(self, problem: Problem) -> None:
        """A group that differs is said under the groups; everything else is a card above the page."""
        self._working = False
        self.shell.refresh()
        if problem.name != "fingerprint_mismatch":
            self.talk.problem(problem)
            return
        group = int(problem.details.get("group") or 1)
        self.remark.show_remark("stop", say("peers.differs", n=group))
        field = self.typed.fields[min(max(group, 1), 6) - 1]
        field.state("stop")
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        field.selectAll()
