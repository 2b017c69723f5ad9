"""What stands above the steps of a case: the child, the communes, and at most one line about the case as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cbdesk import dates
from cbdesk.catalogue import catalogue
from cbdesk.words import say
from ui.cases.read import CaseFile
from ui.cases.side import handing_lines
from ui.parts import Badge, Banner, Button, Card, Label

BADGES = 3


class Told(NamedTuple):
    """One line about the case as a whole: kind of banner, words, more words, verb of its button (``reopen`` or "")."""

    kind: str
    words: str
    more: str = ""
    verb: str = ""


def ribbon_of(file: CaseFile) -> Told | None:
    """Return what must be known about the case as a whole, the gravest only."""
    values, units, own = file.values, catalogue().units, file.unit
    if file.clock_wrong:
        return Told("care", say("case_page.ribbon.clock"))
    if file.facts_of.closed:
        end = catalogue().lists["case_end"].label(str(values["end"])) if values.get("end") else ""
        end = f": {end[:1].lower()}{end[1:]}" if end else ""
        day = dates.show_date(str(values.get("closed_on") or ""))
        words, more = say("case_page.ribbon.closed", day=day, end=end), say("case_page.ribbon.closed_more")
        return Told("info", words, more, "reopen")
    if values.get("handed_to"):
        day = dates.show_date(str(values.get("handed_on") or ""))
        return Told("info", say("case_page.ribbon.gone", unit=units.label(str(values["handed_to"])), day=day))
    home = str(values.get("residence_unit") or own)
    if home != own:
        return Told("info", say("case_page.ribbon.away", unit=units.label(home)))
    if file.view.state.present is None:
        return Told("done", say("case_page.ribbon.all_done"))
    aged = next((one for one in file.standing if one.name == "case_past_age"), None)
    if aged is not None:
        return Told("info", aged.text)
    if values.get("came_from"):
        return Told("info", say("case_page.ribbon.came", unit=units.label(str(values["came_from"]))))
    return None


def badges_of(file: CaseFile, *, revealed: bool) -> list[tuple[str, str, str]]:
    """Return badges (words, tone, icon): kind of the case, open groups of the child; what is sensitive as one."""
    lists = catalogue().lists
    kind = lists["case_kind"].get(str(file.values.get("kind") or ""))
    found: list[tuple[str, str, str]] = []
    hidden = False
    if kind is not None:
        hidden = kind.sensitive and not revealed
        found += [] if hidden else [(kind.short, "cham", "")]
    for row in file.circumstances:
        choice = lists["group"].get(str(row.get("code")))
        if choice is None or row.get("to"):
            continue
        if choice.sensitive and not revealed:
            hidden = True
        else:
            words = choice.short[:1].upper() + choice.short[1:]
            found.append((words, "man" if choice.sensitive else "neutral", "lock_closed" if choice.sensitive else ""))
    return [*found[:BADGES], *([(say("record.sensitive"), "man", "lock_closed")] if hidden else [])]


class CaseHead(Card):
    """One line: name, facts, badges; at the right the commune or communes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=0, name="case_head")
        self.body.setContentsMargins(16, 7, 16, 7)
        row = QHBoxLayout()
        row.setSpacing(12)
        self.name = Label("", "title", name="case_name")
        self.facts = Label("", "body", "ink2", elide=True, name="case_facts")
        self.place = Label("", "small", "ink3", elide=True, name="case_place")
        row.addWidget(self.name)
        self._badges = QHBoxLayout()
        self._badges.setSpacing(6)
        row.addWidget(self.facts, 2)
        row.addLayout(self._badges)
        row.addWidget(self.place, 1)
        self.body.addLayout(row)
        self._flat = False

    def show_case(self, file: CaseFile, *, revealed: bool) -> None:
        """Show the child and the place."""
        child = file.child
        self.name.say(str(child.get("full_name") or child.get("usual_name") or say("record.no_name")))
        self.facts.say(file.facts)
        self._show_badges(badges_of(file, revealed=revealed))
        lines = handing_lines(file)
        self.place.say(lines[0][1] if lines else "")
        self.place.setVisible(bool(lines) and not self._flat)

    def _show_badges(self, badges: Sequence[tuple[str, str, str]]) -> None:
        while (item := self._badges.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for words, tone, icon in badges[: 1 if self._flat else None]:
            badge = Badge(words, tone, self, icon=icon)
            self._badges.addWidget(badge)
            badge.show()

    def flat(self, flat: bool) -> None:
        """Leave out what there is no room for."""
        self._flat = flat
        self.place.setVisible(not flat)


class Ribbon(QWidget):
    """The one line about the case as a whole."""

    reopen_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._banner: Banner | None = None
        self._told: Told | None = None
        self.hide()

    def show_told(self, told: Told | None) -> None:
        """Show a line, or nothing."""
        if told == self._told:
            return
        self._told = told
        if self._banner is not None:
            self._column.removeWidget(self._banner)
            self._banner.hide()
            self._banner.deleteLater()
            self._banner = None
        self.setVisible(told is not None)
        if told is None:
            return
        button = None
        if told.verb:
            button = Button(say(f"case_page.ribbon.{told.verb}"), icon="add", key="F2", name="reopen_case")
            button.clicked.connect(self.reopen_wanted)
        self._banner = Banner(told.kind, told.words, self, more=told.more, action=button, name="case_ribbon")
        self._column.addWidget(self._banner)
        self._banner.show()

    def told(self) -> Told | None:
        """Return the line shown."""
        return self._told
