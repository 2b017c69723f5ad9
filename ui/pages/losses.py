"""Mất thiết bị: a device with the register was lost; what was on it, and by when it must be told.

Rules. Ctrl N writes it down, and 72 hours run from the moment it was noticed; Ctrl P is the notice, Ctrl R writes that
it was told. At the receiver any unit's device can be chosen; its key is revoked on *Đơn vị, khóa*.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from cbdesk import clock, dates
from cbdesk.catalogue import catalogue
from cbdesk.desk import Desk
from cbdesk.desk.losing import LOST, Loss, LossFacts
from cbdesk.words import say
from ui.frame.shell import Shell
from ui.homes.act import CHOICE, ActCard, Ask
from ui.homes.side_page import key_button
from ui.law.page import LawPage, fact
from ui.lists.cells import Cell, Chip
from ui.lists.filterbar import plain
from ui.lists.table import Column
from ui.pages import NARROW, Action, register
from ui.parts import Card, EmptyState, Hint, SectionTitle

FEW = ("device", "state")
PAPER = "mat_thiet_bi"


@dataclass(frozen=True, slots=True)
class Lost:
    """One lost device with what was on it, and the unit's name."""

    loss: Loss
    facts: LossFacts
    unit: str


@dataclass(frozen=True, slots=True)
class Read:
    """What the page shows: the losses, the devices that may be lost (node, words), our unit's key and role."""

    rows: tuple[Lost, ...]
    devices: tuple[tuple[str, str], ...]
    units: Mapping[str, str]


@register
class LossesPage(LawPage):
    """Lost devices."""

    name, icon = "losses", "shield_error"
    form = LOST
    watches = frozenset({LOST})

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._none = EmptyState(say("law.losses.none"), say("law.losses.none_help"), name="losses_none")
        self._read = Read((), (), {})

    def columns(self) -> list[Column]:
        """Return the columns."""
        head = lambda name: say(f"law.losses.column.{name}")  # noqa: E731
        return [
            Column("detected", head("detected"), 136, lambda one: Cell(dates.show_stamp(one.loss.detected_at), "ink2"),
                   fixed=True),
            Column("device", head("device"), 90, lambda one: Cell(one.loss.device[:4].upper(), role="medium"),
                   fixed=True),
            Column("unit", head("unit"), 160, lambda one: Cell(one.unit, "ink2"), stretch=True),
            Column("children", head("children"), 70, lambda one: Cell(plain(one.facts.counts["child"]), "ink2"),
                   right=True),
            Column("state", head("state"), 220, _state, fixed=True),
        ]  # fmt: skip

    def ident(self, row: Lost) -> str:
        """Return the id of the report."""
        return row.loss.id

    def called(self, row: Lost) -> str:
        """Return the device's number."""
        return row.loss.device[:4].upper()

    def read(self, desk: Desk) -> Read:
        """Return the losses with what was on the devices."""
        label = catalogue().units.label
        rows = tuple(Lost(one, desk.loss_facts(one.id), label(one.unit)) for one in desk.losses())
        all_ = desk.role == "receiver"
        known = {desk.node: desk.unit.key}
        known |= {one.node: one.unit for one in desk.trust().devices if all_ or one.unit == desk.unit.key}
        devices = tuple((node, f"{label(unit)} · {node[:4].upper()}") for node, unit in known.items())
        return Read(rows, devices, known)

    def show_rows(self, found: Read) -> None:
        """Show the losses."""
        self._read = found
        self.table.set_rows(list(found.rows))
        self.panel.show_rows() if found.rows else self.panel.show_empty(self._none)

    # the page base

    def begin(self) -> Action:
        """Write a loss down."""
        return Action("add", say("law.losses.add"), self.add_row, "add", "Ctrl N")

    def list_hints(self) -> Sequence[Hint]:
        """Return the keys of the list."""
        return (Hint("↑|↓", say("shell.hint.select")), Hint("Enter", say("homes.hint.edit")),
                Hint("Ctrl P", say("law.losses.hint.paper")), Hint("Ctrl R", say("law.losses.hint.told")))  # fmt: skip

    def actions(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands of the list."""
        return {"print": self._paper, "law_first": self._told}

    def shaped(self, shape: str) -> None:
        """Fewer columns where there is little room."""
        super().shaped(shape)
        self.table.show_columns(FEW if shape == NARROW else [])

    def detail(self, row: Lost) -> QWidget:
        """Return the card of a lost device."""
        card = Card(padding=14, spacing=8, name="loss_card")
        card.body.addWidget(SectionTitle(row.unit, facts=row.loss.device[:4].upper()))
        for icon, words in _lines(row):
            card.body.addWidget(fact(icon, words))
        told = say("law.losses.why_told") if row.loss.told_at else ""
        for words, key, icon, run, why in (("paper", "Ctrl P", "document", self._paper, ""),
                                           ("told", "Ctrl R", "send", self._told, told)):  # fmt: skip
            button = key_button(say(f"law.losses.do.{words}"), key, icon, run, f"loss_{words}", why=why)
            card.body.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        card.body.addStretch(1)
        return card

    # what happens

    def add_row(self) -> None:
        """Ask which device was lost and when it was noticed."""
        found = self._read
        now = clock.now().strftime("%H:%M %d/%m/%Y")
        card = ActCard(say("law.losses.add"), say("law.losses.verb"), [
            Ask("device", say("law.losses.ask.device"), CHOICE, found.devices[0][0], options=found.devices),
            Ask("detected_at", say("law.losses.ask.detected"), value=now, note=say("law.losses.ask.detected_note")),
            Ask("place", say("law.losses.ask.place"), required=False),
            Ask("circumstances", say("law.losses.ask.circumstances"), required=False),
        ], note=say("law.losses.help"), name="loss")  # fmt: skip

        def work(given: dict[str, Any]) -> Callable[[Desk], Any]:
            detected = dates.read_stamp(given["detected_at"], clock.now()).value or given["detected_at"]
            data = {name: given[name] for name in ("place", "circumstances") if given[name]}
            data |= {"device": given["device"], "unit": found.units[given["device"]], "detected_at": detected}
            return lambda desk: desk.report_loss(data)

        self.asking(card, work, say("law.losses.done"))

    def _told(self) -> None:
        row = self.table.current()
        if row is None or row.loss.told_at:
            return
        record = row.loss.id
        card = ActCard(say("law.losses.told.title"), say("law.losses.told.verb"),
                       [Ask("to", say("law.losses.told.to")),
                        Ask("number", say("law.losses.told.number"), required=False)], name="told")  # fmt: skip

        def work(given: dict[str, Any]) -> Callable[[Desk], Any]:
            return lambda desk: desk.loss_told(record, given["to"], given["number"])

        self.asking(card, work, say("law.losses.told.done"), record)

    def _paper(self) -> None:
        row = self.table.current()
        if row is not None:
            record = row.loss.id
            self.show_document(say("law.losses.paper"), lambda desk: desk.loss_paper(record), PAPER, record)


def _state(one: Lost) -> Cell:
    if one.loss.told_at:
        return Cell(say("law.losses.state.told", at=dates.show_stamp(one.loss.told_at)), "ink3")
    until = one.loss.until.strftime("%H:%M %d/%m")
    late = one.loss.until < clock.now()
    words = say(f"law.losses.state.{'late' if late else 'until'}", at=until)
    return Cell(chips=(Chip(words, "gach", "warning" if late else "clock"),))


def _lines(row: Lost) -> list[tuple[str, str]]:
    """Return what was on a device and what is left, each with its icon."""
    facts, counts = row.facts, row.facts.counts
    found = [("people", say("law.losses.on_it", children=plain(counts["child"]), incidents=plain(counts["incident"]),
                            cases=plain(counts["case"])))]  # fmt: skip
    if facts.sensitive is not None:
        found.append(("eye_off", say("law.losses.sensitive", n=plain(facts.sensitive))))
    number, at = facts.arrived
    found.append(("mail_inbox_arrow_down", say("law.losses.arrived", n=plain(number), at=dates.show_stamp(at[:16]))
                  if at else say("law.losses.never")))  # fmt: skip
    if facts.last_backup:
        found.append(("save", say("law.losses.backup", at=dates.show_stamp(facts.last_backup[:16]))))
    if facts.costs:
        found.append(("lock_closed", say("law.losses.locked", costs="; ".join(facts.costs))))
    found.append(("key", say("law.lost.revoked" if facts.revoked else "law.losses.not_revoked")))
    return found
