"""Bản trích: what of the register goes sealed to another office, looked at before it goes; and one that came.

Rules. At the left which kind, for what, of which period or child, and to whom; at the right the rows as they would
travel. Ctrl S shows them, Ctrl Enter seals them into a folder or onto a stick; another answer makes them stale. Whose
consent is missing is left out and counted. Ctrl R opens an extract that came: it is shown, never merged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cbdesk import clock, dates
from cbdesk.catalogue import catalogue
from cbdesk.desk import Desk
from cbdesk.desk.extracting import Prepared
from cbdesk.errors import Problem
from cbdesk.words import say
from ui import theme
from ui.frame.shell import Shell
from ui.law.page import RAIL
from ui.lists.cells import PAD, Cell
from ui.lists.filterbar import plain
from ui.lists.table import Column, QuietTable, TablePanel
from ui.pages import FULL, NARROW, Action, Page, register
from ui.parts import Button, Card, EmptyState, Hint, Label, Labelled, LineField, ListField, Scroller, SectionTitle

SIDE = {FULL: 300, "compact": 280}
LIST, RECORD, POLICE = "list", "record", "police"
SHORT = {"born": 96, "sex": 74, "ethnicity": 76, "figure": 56, "code": 90}
"""Columns of short words, and their width."""
SHARES = {"name": 3.0, "full_name": 3.0, "carer": 3.4, "groups": 3.2, "risks": 3.4, "value": 5.0, "table": 3.5}
"""How the rest of the width is shared out among the others; two for those not named."""
LEAST = 60


@dataclass(frozen=True, slots=True)
class Offers:
    """What can be chosen: profiles, recipients as (node, name), lists for the police as (id, words)."""

    profiles: Sequence[Any]
    recipients: tuple[tuple[str, str], ...]
    lists: tuple[tuple[str, str], ...]
    child: tuple[str, str]


@register
class ExtractsPage(Page):
    """Sealed extracts."""

    name, icon, under = "extracts", "box_checkmark", RAIL

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._offers = Offers((), (), (), ("", ""))
        self._prepared: Prepared | None = None
        self._child, self._working, self._reading = ("", ""), False, False
        self.profile = ListField(label=say("law.extracts.profile"), name="extract_profile")
        self.purpose = ListField(label=say("law.extracts.purpose"), name="extract_purpose")
        self.period = LineField(label=say("law.extracts.period"), icon="calendar_ltr", name="extract_period")
        self.child = LineField(label=say("law.extracts.child"), name="extract_child")
        self.police = ListField(label=say("law.extracts.police"), name="extract_police")
        self.to = ListField(label=say("law.extracts.to"), name="extract_to")
        self.override = LineField(label=say("law.extracts.override"), name="extract_override")
        self.explain = Label("", "note", "ink2", wrap=True)
        self.rooms = {name: Labelled(say(f"law.extracts.{name}"), getattr(self, name), required=name != "override")
                      for name in ("profile", "purpose", "period", "child", "police", "to", "override")}  # fmt: skip
        self.look = Button(say("law.extracts.look"), icon="eye", key="Ctrl S", name="extract_look")
        self.look.clicked.connect(self._look)
        self.side = Scroller(name="extract_side")
        self.side.body.setContentsMargins(0, 0, 8, 0)
        card = Card(padding=14, spacing=10, name="extract_card")
        card.body.addWidget(SectionTitle(say("law.extracts.head")))
        for name, room in self.rooms.items():
            card.body.addWidget(room)
            if name == "profile":
                card.body.addWidget(self.explain)
        card.body.addWidget(self.look, 0, Qt.AlignmentFlag.AlignLeft)
        self.side.body.addWidget(card)
        self.side.body.addStretch(1)
        self.right = Card(padding=0, spacing=0, name="extract_rows")
        head = QWidget()
        column = QVBoxLayout(head)
        column.setContentsMargins(16, 12, 16, 8)
        column.setSpacing(2)
        self.heading, self.told = Label("", "section", elide=True), Label("", "note", "ink2", wrap=True)
        column.addWidget(self.heading)
        column.addWidget(self.told)
        self.right.body.addWidget(head)
        self._slot: QWidget = EmptyState(say("law.extracts.empty"), say("law.extracts.empty_help"), name="extract_none")
        self.right.body.addWidget(self._slot, 1)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.side)
        row.addWidget(self.right, 1)
        self.body.addLayout(row, 1)
        self.profile.currentIndexChanged.connect(lambda _at: self._chosen())
        for field in (self.purpose, self.police):
            field.currentIndexChanged.connect(lambda _at: self._stale())
        for line in (self.period, self.child, self.override):
            line.textEdited.connect(lambda _text: self._stale())
        self.to.currentIndexChanged.connect(lambda _at: self.shell.refresh())

    # the page base

    def title(self) -> str:
        """Return the title."""
        return say("law.title.extracts")

    def crumbs(self) -> Sequence[tuple[str, str]]:
        """The way here leads over what was given."""
        return (("", "given"),)

    def primary(self) -> Action:
        """Seal what is shown."""
        made = self._prepared
        why = "" if made is not None and made.made.rows else say("law.extracts.why_look")
        if not why and not self.to.value():
            why = say("law.extracts.why_to")
        busy = say("law.extracts.working") if self._working else ""
        return Action("seal", say("law.extracts.seal"), self._seal, "box_checkmark", "Ctrl Enter", why, busy)

    def secondary(self) -> Sequence[Action]:
        """Open an extract that came."""
        return (Action("open", say("law.given.open"), self._open, "folder_open", "Ctrl R"),)

    def hints(self) -> Sequence[Hint]:
        """Return the keys."""
        return (Hint("Tab", say("shell.hint.next_field")), Hint("Ctrl S", say("law.extracts.look").lower()),
                Hint("Ctrl Enter", say("law.extracts.hint.seal")), Hint("Ctrl R", say("law.given.hint.open")),
                Hint("F6", say("shell.hint.side_pane")))  # fmt: skip

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        return {"save": self._look, "law_first": self._open, "next_pane": self._pane, "previous_pane": self._pane}

    def opened(self, **details: Any) -> None:
        """Offer what can be chosen; ``child`` proposes one child, ``read`` opens one that came."""
        child = str(details.get("child") or "")
        self.jobs.run(lambda desk: _offers(desk, child), self._offer, owner=self)
        if details.get("read"):
            self._open()

    def closed(self) -> None:
        """Let go of the rows shown."""
        self._stale()

    def shaped(self, shape: str) -> None:
        """Beside each other; in a narrow window the rows take the place of the answers."""
        wide = SIDE.get(shape, 0)
        self.side.setMinimumWidth(theme.px(wide) if wide else 0)
        self.side.setMaximumWidth(theme.px(wide) if wide else 16_777_215)
        self._arrange()

    def _arrange(self) -> None:
        narrow, shown = self.shell.shape() == NARROW, bool(self.heading.words())
        self.side.setVisible(not (narrow and shown))
        self.right.setVisible(not narrow or shown)

    def _room(self) -> int:
        """Return the width the rows have, in pixels at 100 %."""
        wide = SIDE.get(self.shell.shape(), 0)
        return int((self.width() - 48) * 100 / theme.px(100)) - (wide + 12 if wide else 0)

    def leave(self) -> bool:
        """Esc gives the answers back where the rows stand in their place."""
        if self.shell.shape() != NARROW or not self.heading.words():
            return False
        self._stale()
        self.profile.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _pane(self) -> None:
        (self.profile if self._slot.hasFocus() else self._slot).setFocus(Qt.FocusReason.TabFocusReason)

    # choosing

    def _offer(self, found: Offers) -> None:
        self._offers, before = found, self.profile.value()
        self.profile.fill([(one.name, one.title) for one in found.profiles])
        self.to.fill(found.recipients)
        self.police.fill(found.lists)
        first = "single" if found.child[0] else found.profiles[0].name if found.profiles else None
        known = before if before in [one.name for one in found.profiles] and not found.child[0] else first
        self.profile.set_value(known)
        self._child = found.child
        if found.child[0]:
            self.child.setText(found.child[1])
        if not self.period.text():
            self.period.setText(clock.today().strftime("%m/%Y"))
        if len(found.recipients) == 1:
            self.to.set_value(found.recipients[0][0])
        self._chosen()
        self.profile.setFocus(Qt.FocusReason.OtherFocusReason)

    def _profile(self) -> Any:
        return next((one for one in self._offers.profiles if one.name == self.profile.value()), None)

    def _chosen(self) -> None:
        one = self._profile()
        if one is None:
            return
        self.explain.say(one.explain)
        purposes = catalogue().lists["purpose"]
        self.purpose.fill([(code, purposes.label(code)) for code in one.purposes])
        self.purpose.set_value(one.purposes[0])
        for name, shape in (("period", LIST), ("child", RECORD), ("police", POLICE)):
            self.rooms[name].setVisible(one.shape == shape)
        self._stale()

    def _stale(self) -> None:
        """What is shown is not what would go any more."""
        self._prepared = None
        if not self.override.text():
            self.rooms["override"].hide()
        self._show("", "", (), ())
        self.shell.refresh()

    # what would travel

    def _look(self) -> None:
        one = self._profile()
        if one is None or self._working:
            return
        asked = {"purpose": self.purpose.value() or "", "override": self.override.text().strip()}
        period, written, chosen = self.period.text().strip(), self.child.text().strip(), self._child
        police = self.police.value() or ""

        def work(desk: Desk) -> Prepared:
            given = dict(asked)
            if one.shape == LIST:
                given["period"] = _period(period)
            elif one.shape == RECORD:
                given["subject"] = chosen[0] if written == chosen[1] and chosen[0] else _child_of(desk, written)
            elif one.shape == POLICE:
                given["subject"] = police
            return desk.extract_preview(one.name, **given)

        self.jobs.run(work, self._looked, self._refused, owner=self)

    def _looked(self, found: Prepared) -> None:
        self._prepared, made = found, found.made
        told = [say("law.extracts.told", n=plain(len(made.rows)), until=dates.show_date(made.expires)), made.basis]
        if found.left_out:
            told.insert(1, say("law.extracts.left_out", n=found.left_out))
            self.rooms["override"].show()
        self._show(made.title, ". ".join(told) + ".", made.columns, made.rows)
        self.shell.refresh()

    def _refused(self, problem: Problem) -> None:
        if problem.name == "no_consent":
            self.rooms["override"].show()
            self.rooms["override"].say("stop", problem.what)
            self.override.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.talk.problem(problem)

    def _show(
        self, title: str, told: str, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]]
    ) -> None:
        """Show rows under their headings, or the place where they will stand."""
        self.heading.say(title)
        self.told.say(told)
        self.right.body.removeWidget(self._slot)
        self._slot.hide()
        self._slot.deleteLater()
        if columns:
            last, parts = len(columns) - 1, [SHARES.get(key, 2.0) for key, _ in columns if key not in SHORT]
            room = self._room() - 2 * PAD - sum(SHORT.get(key, 0) for key, _ in columns)
            one = room / max(1.0, sum(parts))
            heads = [Column(key, heading, SHORT.get(key) or max(LEAST, int(one * SHARES.get(key, 2.0))),
                            lambda row, at=at: Cell(row[1][at], "ink" if at == 0 else "ink2", "note"),
                            stretch=at == last, fixed=at == 0)
                     for at, (key, heading) in enumerate(columns)]  # fmt: skip
            table = QuietTable(heads, lambda row: str(row[0]), type_by=lambda row: row[1][0], label=title,
                               name="extract_table")  # fmt: skip
            table.set_rows(list(enumerate(rows)))
            panel = TablePanel(table, plain=True)
            panel.setFocusProxy(table)
            panel.show_rows() if rows else panel.show_empty(EmptyState(say("law.extracts.no_rows"), ""))
            self._slot = panel
        else:
            self._slot = EmptyState(say("law.extracts.empty"), say("law.extracts.empty_help"), name="extract_none")
        self.right.body.addWidget(self._slot, 1)
        self._arrange()

    # sealing and reading

    def _seal(self) -> None:
        made, to = self._prepared, self.to.value()
        if made is None or not made.made.rows or not to or self._working:
            return
        folder = self.talk.folder()
        if folder is None:
            return
        self._working = True
        self.shell.refresh()

        def done(path: Path) -> None:
            self._working = False
            self._stale()
            self.talk.say(say("law.extracts.sealed", name=path.name))

        def failed(problem: Problem) -> None:
            self._working = False
            self.shell.refresh()
            self.talk.problem(problem)

        self.jobs.run(lambda desk: desk.extract_send(made, to, folder), done, failed, owner=self)

    def _open(self) -> None:
        path = self.talk.open_file(say("law.extracts.files"))
        if path is not None:
            self.read(path)

    def read(self, path: Path) -> None:
        """Show an extract that came."""
        def show(found: tuple[Any, str]) -> None:
            made, sender = found
            self._prepared = None
            told = say("law.extracts.came", name=sender, at=dates.show_stamp(made.at[:16]),
                       until=dates.show_date(made.expires))  # fmt: skip
            self._show(made.title, f"{told} {made.basis}.", made.columns, made.rows)
            self.shell.refresh()

        def work(desk: Desk) -> tuple[Any, str]:
            made = desk.read_extract(path)
            return made, desk.peer_name(made.sender) if made.sender else ""

        self.jobs.run(work, show, self.talk.problem, owner=self)


def _offers(desk: Desk, child: str) -> Offers:
    row = desk.get(child) if child else {}
    police = tuple((one.id, f"{one.number} · {dates.show_date(one.made_on)} · {one.rows}")
                   for one in desk.cleaning_lists()) if desk.role == "commune" else ()  # fmt: skip
    recipients = tuple((one.node, desk.peer_name(one)) for one in desk.recipients())
    return Offers(desk.profiles(), recipients, police, (child, str(row.get("book_code") or row.get("full_name") or "")))


def _period(written: str) -> str:
    """Return a period as it is stored: ``10/2026`` is a month."""
    month, _, year = written.partition("/")
    return f"{year}-{month:0>2}" if year else written


def _child_of(desk: Desk, written: str) -> str:
    """Return the child meant by a book code or a name. Raises ``Problem(no_record)`` where it is not one alone."""
    found = desk.search(written, limit=2).ids
    if len(found) != 1:
        raise Problem("no_record")
    return str(found[0])
