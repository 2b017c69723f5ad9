"""Máy được tin: which machines and keys this register trusts, the province's signed list, what the receiver added.

Rules. Ending a machine asks for a reason and is said with what it means: *replaced* keeps what it wrote, *trusted no
more* keeps what comes from it sealed. The list is signed by two persons with the province's keys, never by this machine
alone. What the receiver added is shown once, with what changed and what was not taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cbdesk import carrier, dates, escrow, text
from cbdesk.catalogue import catalogue
from cbdesk.desk import Changed, Desk
from cbdesk.desk.adding import AdditionsState
from cbdesk.desk.rotating import Rotation
from cbdesk.desk.trusting import TrustDraft, TrustedDevice, TrustState
from cbdesk.errors import Problem
from cbdesk.words import say
from ui import theme
from ui.frame.shell import Shell
from ui.homes.act import ActCard, Ask
from ui.jobs import Latest
from ui.lists.cells import Cell, Chip
from ui.lists.table import Column, QuietTable, TablePanel
from ui.pages import COMPACT, FULL, NARROW, Action, Page, register
from ui.parts import Button, Card, EmptyState, Hint, IconText, Label, Scroller, SectionTitle
from ui.receiver.signing import SigningCard

SIDE = {FULL: 380, COMPACT: 330, NARROW: 300}
TONES = {"active": ("ngoc", "checkmark_circle"), "next": ("cham", "key"), "retired": ("neutral", "history"),
         "revoked": ("gach", "person_prohibited")}  # fmt: skip
REVOKE, RETIRE = "revoke", "retire"


@dataclass(frozen=True)
class Read:
    """What the page shows."""

    trust: TrustState
    rotation: Rotation | None
    additions: AdditionsState
    names: Mapping[str, str]


def read(desk: Desk) -> Read:
    """Read the page; runs on the desk's thread."""
    peers = {one.node: desk.peer_name(one) for one in desk.peers()}
    return Read(desk.trust(), desk.rotation(), desk.additions(), peers | {desk.node: desk.unit_name})


@register
class TrustPage(Page):
    """Whom this register trusts."""

    name, icon, order, under = "trust", "shield_checkmark", 0, "units"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._read: Read | None = None
        self._draft: TrustDraft | None = None
        self._act: ActCard | None = None
        self._reading = Latest(self.jobs, self)
        row = QHBoxLayout()
        row.setSpacing(12)
        self.table = QuietTable(self._columns(), lambda one: one.key, type_by=self._called,
                                label=say("trust.page.devices"), name="trust_table")  # fmt: skip
        self.table.moved.connect(lambda _row: self.shell.refresh())
        self.panel = TablePanel(self.table)
        self._none = EmptyState(say("peers.known_none"), say("trust.page.none_help"))
        row.addWidget(self.panel, 1)
        row.addWidget(self._build_side())
        self.body.addLayout(row, 1)

    # the parts

    def _called(self, one: TrustedDevice) -> str:
        known = self._read.names.get(one.node, "") if self._read else ""
        return known or one.name or catalogue().units.label(one.unit)

    def _columns(self) -> list[Column]:
        def state(one: TrustedDevice) -> Cell:
            tone, icon = TONES.get(one.status, ("neutral", "info"))
            return Cell(chips=(Chip(say(f"trust.status_{one.status}"), tone, icon),))

        def name(one: TrustedDevice) -> Cell:
            own = say("trust.page.own") if one.own else ""
            return Cell(self._called(one), role="medium", second=own)

        return [
            Column("name", say("peers.name"), 150, name, stretch=True, fixed=True,
                   sort=lambda one: text.collate_key(self._called(one))),
            Column("device", say("peers.device"), 76, lambda one: Cell(one.node[:4].upper(), "ink2", "note"),
                   fixed=True),
            Column("state", say("carry.inbox.state"), 132, state, fixed=True, sort=lambda one: one.status),
            Column("since", say("trust.page.since"), 96, lambda one: Cell(dates.show_date(one.since[:10]), "ink2"),
                   sort=lambda one: one.since),
            Column("reason", say("trust.page.reason"), 150, lambda one: Cell(_reason(one), "ink3", "note")),
        ]  # fmt: skip

    def _build_side(self) -> QWidget:
        self._side = QWidget()
        column = QVBoxLayout(self._side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self._state = Card(spacing=6, name="trust_card")
        self._state.body.addWidget(SectionTitle(say("trust.page.list")))
        self._scroll = Scroller(spacing=6, name="trust_scroll")
        self._state.body.addWidget(self._scroll, 1)
        self._parts: list[QWidget] = []
        column.addWidget(self._state, 1)
        self.signing = SigningCard()
        self.signing.file_wanted.connect(self._choose_keys)
        self.signing.signed.connect(self._sign)
        self.signing.closed.connect(self._close_side)
        self.signing.hide()
        column.addWidget(self.signing, 1)
        self._place = column
        return self._side

    # what the shell shows

    def crumbs(self) -> Sequence[tuple[str, str]]:
        """Return the way here."""
        return ((say("shell.page.units"), "units"),)

    def facts(self) -> str:
        """Return the version of the list in force."""
        version = self._read.trust.version if self._read else 0
        return say("trust.page.version", version=version) if version else ""

    def primary(self) -> Action | None:
        """Sign the list (the receiver), or change the keys of this machine."""
        if self._read is None:
            return None
        if self.shell.role == "receiver":
            return Action("trust", say("trust.page.sign"), self.begin_signing, "shield_checkmark", "Ctrl Enter")
        why = say("trust.page.rotating_now") if self._read.rotation is not None else ""
        return Action("rotate_keys", say("trust.page.rotate"), self.rotate, "key", "Ctrl Enter", why)

    def secondary(self) -> Sequence[Action]:
        """The receiver changes its own keys as well."""
        if self.shell.role != "receiver" or self._read is None:
            return ()
        why = say("trust.page.rotating_now") if self._read.rotation is not None else ""
        return (Action("rotate_keys", say("trust.page.rotate_own"), self.rotate, "key", why=why),)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of this page."""
        hint = lambda name: say(f"trust.hint.{name}")  # noqa: E731
        ends = (Hint("Ctrl R", hint("retire")), Hint("Ctrl D", hint("revoke"))) if self._endable() else ()
        return (Hint("↑|↓", hint("row")), *ends, Hint("F6", hint("pane")))

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        found: dict[str, Callable[[], None]] = {"reload": self.load, "next_pane": self._pane,
                                                "previous_pane": self._pane}  # fmt: skip
        if self._endable():
            found |= {"retire_device": lambda: self._ask_end(RETIRE), "revoke_device": lambda: self._ask_end(REVOKE)}
        if not self.signing.isHidden():
            found["save"] = self.signing.button.click
        elif self._act is not None:
            found["save"] = self._act.submit
        return found

    @classmethod
    def badge(cls, desk: Desk) -> int:
        """Nothing waits here by itself."""
        return 0

    def opened(self, **details: Any) -> None:
        """Read the page."""
        self.load()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def closed(self) -> None:
        """Forget what was typed; what the receiver added has been read."""
        self._close_side()
        if self._read is not None and self._read.additions.version and not self._read.additions.seen:
            self.jobs.run(lambda desk: desk.additions_seen(), owner=self)

    def changed(self, changed: Changed) -> None:
        """Nothing here depends on records."""

    def shaped(self, shape: str) -> None:
        """Give the side its width."""
        self._side.setFixedWidth(theme.px(SIDE[shape]))
        self.table.show_columns(["name", "device", "state"] + (["since", "reason"] if shape == FULL else []))

    def leave(self) -> bool:
        """Esc closes what is asked beside the table."""
        if self._act is not None or not self.signing.isHidden():
            self._close_side()
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return False

    def _pane(self) -> None:
        here = self.focusWidget()
        if here is not None and self._side.isAncestorOf(here):
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            field = next((one for one in self._side.findChildren(Button) if one.isVisibleTo(self)), None)
            (field or self.table).setFocus(Qt.FocusReason.OtherFocusReason)

    # reading

    def load(self) -> None:
        """Read the page."""
        self._reading.run(read, self._show)

    def _show(self, found: Read) -> None:
        self._read = found
        self.table.set_rows(found.trust.devices)
        self.panel.show_rows() if found.trust.devices else self.panel.show_empty(self._none)
        self.table.choose_first()
        self._show_state(found)
        self.shell.refresh()

    def _show_state(self, found: Read) -> None:
        body = self._scroll.body
        for part in self._parts:
            body.removeWidget(part)
            part.hide()
            part.deleteLater()
        while body.count():
            body.takeAt(0)
        self._parts = [*self._of_list(found.trust), *self._of_rotation(found), *self._of_additions(found.additions)]
        for part in self._parts:
            body.addWidget(part)
        body.addStretch(1)

    def _of_list(self, trust: TrustState) -> list[QWidget]:
        if not trust.version:
            return [Label(say("trust.page.no_list_" + self.shell.role), "note", "ink2", wrap=True)]
        words = say("trust.page.in_force", version=trust.version, at=dates.show_stamp(trust.at[:16]))
        found: list[QWidget] = [IconText("shield_checkmark", words, "ink", "label", icon_ink="ngoc"),
                                Label(say("trust.page.root"), "small", "ink3", wrap=True),
                                Label(_groups(trust.root), "code", wrap=True, name="root")]  # fmt: skip
        care = []
        if trust.outdated:
            care.append(say("trust.page.outdated", lowest=trust.lowest))
        if trust.own in ("retired", "revoked"):
            care.append(say(f"trust.own_{trust.own}"))
        if trust.unit_until:
            care.append(say("trust.unit_ended", date=dates.show_date(trust.unit_until)))
        return found + [IconText("warning", one, "ink", "note", icon_ink="nghe") for one in care]

    def _of_rotation(self, found: Read) -> list[QWidget]:
        rotation = found.rotation
        if rotation is None:
            return []
        names = [found.names.get(node, node[:4].upper()) for node in rotation.waiting]
        done, left = len(rotation.confirmed), len(rotation.waiting)
        words = say("trust.rotating", done=done, left=left)
        made: list[QWidget] = [SectionTitle(say("trust.page.rotation")), Label(words, "note", "ink2", wrap=True)]
        if names:
            made.append(Label(say("trust.page.still", names=", ".join(names[:6])), "small", "ink3", wrap=True))
        return made

    def _of_additions(self, state: AdditionsState) -> list[QWidget]:
        """What the receiver added: in full until it was read, then in a line."""
        if not state.version:
            return []
        title = SectionTitle(say("trust.page.additions"), facts=say("trust.page.version", version=state.version))
        if state.seen and not state.refused:
            return [title, Label(say("trust.page.additions_read"), "note", "ink3", wrap=True)]
        lines = [IconText("add", one, "ink", "note", icon_ink="ngoc") for one in state.changed]
        return [title, *lines, *(IconText("warning", one, "ink", "note", icon_ink="nghe") for one in state.refused)]

    # ending a machine

    def _row(self) -> TrustedDevice | None:
        found = self.table.current()
        return found if isinstance(found, TrustedDevice) else None

    def _endable(self) -> bool:
        row = self._row()
        return row is not None and not row.own and row.status in ("active", "next")

    def _ask_end(self, how: str) -> None:
        row = self._row()
        if row is None or not self._endable():
            return
        self._close_side()
        title = say(f"trust.page.{how}", name=f"{self._called(row)} · {row.node[:4].upper()}")
        reason = Ask("reason", say("trust.page.why"), note=say("trust.page.why_note"))
        verb, note = say(f"trust.page.{how}_do"), say(f"trust.page.{how}_note")
        self._act = ActCard(title, verb, [reason], note=note, name="end")
        self._act.done.connect(lambda answers: self._end(how, row, str(answers["reason"])))
        self._act.closed.connect(self._close_side)
        self._state.hide()
        self._place.addWidget(self._act, 1)
        self._act.focus()
        self.shell.refresh()

    def _end(self, how: str, row: TrustedDevice, reason: str) -> None:
        key = row.key if not row.current else row.node

        def work(desk: Desk) -> list[TrustedDevice]:
            return desk.revoke(key, reason) if how == REVOKE else desk.retire(key, reason)

        def done(_ended: list[TrustedDevice]) -> None:
            self._close_side()
            self.talk.say(say(f"trust.page.{how}_done"))
            self.load()
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

        self.jobs.run(work, done, self.talk.problem, self)

    def _close_side(self) -> None:
        if self._act is not None:
            self._place.removeWidget(self._act)
            self._act.hide()
            self._act.deleteLater()
            self._act = None
        self.signing.forget()
        self.signing.hide()
        self._state.show()
        self.shell.refresh()

    # signing

    def begin_signing(self) -> None:
        """Show what the list would say, and ask for the keys."""

        def show(draft: TrustDraft) -> None:
            self._close_side()
            self._draft = draft
            self._state.hide()
            self.signing.begin(draft.version, draft.news)
            self.signing.show()
            self.signing.choose.setFocus(Qt.FocusReason.OtherFocusReason)
            self.shell.refresh()

        self.jobs.run(lambda desk: desk.trust_draft(), show, self.talk.problem, self)

    def _choose_keys(self) -> None:
        path = self.talk.open_file(say("trust.page.keys_kinds"))
        if path is not None:
            self.take_keys(path)

    def take_keys(self, path: Path) -> None:
        """Take a file of the province's keys; whose passwords open it stands in it."""

        def names(_desk: Desk) -> tuple[str, str]:
            return escrow.persons_of(carrier.take(path, escrow.MAX_FILE))

        self.jobs.run(names, lambda persons: self.signing.show_file(path, persons), self.talk.problem, self)

    def _sign(self) -> None:
        path, given = self.signing.file, [one.text() for one in self.signing.passwords]
        lowest = self.signing.lowest.text().strip()
        if path is None:
            return

        def work(desk: Desk) -> int:
            keys = escrow.ProvinceKeys.open(carrier.take(path, escrow.MAX_FILE), given)
            return desk.publish_trust(keys, lowest=lowest)

        def done(version: int) -> None:
            self._close_side()
            self.talk.say(say("trust.published", version=version))
            self.load()
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

        self.jobs.run(work, done, self._not_signed, self)

    def _not_signed(self, problem: Problem) -> None:
        self.signing.button.busy()
        if problem.name == "wrong_passwords":
            self.signing.refuse(problem.what)
        else:
            self.talk.problem(problem)

    # keys of this machine

    def rotate(self) -> None:
        """Make new keys; peers learn them from the next bundles."""

        def run() -> None:
            done = lambda _found: (self.talk.say(say("trust.page.rotated")), self.load())  # noqa: E731
            self.jobs.run(lambda desk: desk.rotate_keys(), done, self.talk.problem, self)

        self.talk.ask(say("trust.page.rotate_ask"), say("trust.page.rotate"), run)


def _groups(root: str) -> str:
    """Return the groups in lines of three, as on paper."""
    parts = root.split()
    return "\n".join(" ".join(parts[at : at + 3]) for at in range(0, len(parts), 3))


def _reason(one: TrustedDevice) -> str:
    if one.status in ("active", "next"):
        return ""
    words = say("trust.page.by_list") if one.reason == "list" else one.reason
    return ", ".join(part for part in (dates.show_date(one.ended_at[:10]), words) if part)
