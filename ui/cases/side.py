"""The cards at the right of a case: people, communes, history. Suspects are hidden until asked for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from cbdesk import dates
from cbdesk.catalogue import catalogue
from cbdesk.words import say
from ui.cases.papers import Wanted, handing_papers
from ui.cases.read import CaseFile, Row
from ui.parts import Badge, Button, IconText, Label, ListField
from ui.record.record_read import Event
from ui.record.record_side import SideCard, event_line

EVENTS_SHOWN = 5


class PeopleCard(SideCard):
    """The child, who cares for it, and who is said to have done it, each with what the authorities did."""

    child_wanted = Signal()
    show_wanted = Signal()

    def __init__(self) -> None:
        super().__init__(say("case_page.people.title"), name="people")
        self.show_button = Button(say("case_page.show_sensitive"), "link", icon="eye", name="show_people")
        self.show_button.clicked.connect(self.show_wanted)
        self.body.addWidget(self.show_button, 0, Qt.AlignmentFlag.AlignLeft)

    def show_people(self, file: CaseFile, *, revealed: bool) -> None:
        """Show the people of a case."""
        self.clear()
        child = Button(say("case_page.people.child"), "link", icon="people", name="open_child")
        child.clicked.connect(self.child_wanted)
        self.lines.addWidget(child, 0, Qt.AlignmentFlag.AlignLeft)
        self.lines.addWidget(Label(file.facts, "small", "ink3", wrap=True))
        for row in file.carers:
            if row.get("to") is None and row.get("state") != "dead":
                self._person(*_carer(row))
        for row in file.suspects:
            self._suspect(row, revealed=revealed)
        self.show_button.setVisible(bool(file.suspects) and not revealed)

    def _person(self, name: str, facts: str) -> None:
        self.lines.addWidget(Label(name, "medium", elide=True))
        self.lines.addWidget(Label(facts, "small", "ink3", elide=True))

    def _suspect(self, row: Row, *, revealed: bool) -> None:
        title = catalogue().forms["suspect"].title
        if not revealed:
            self.lines.addWidget(Label(title, "medium", elide=True))
            badge = Badge(say("record.sensitive"), "man", icon="lock_closed")
            self.lines.addWidget(badge, 0, Qt.AlignmentFlag.AlignLeft)
            return
        lists = catalogue().lists
        relation = lists["suspect_relation"].label(str(row["relation"])) if row.get("relation") else title
        outcome = lists["suspect_outcome"].label(str(row["outcome"])) if row.get("outcome") else say(
            "case_page.people.no_outcome")  # fmt: skip
        number = str(row.get("outcome_no") or "")
        day = dates.show_date(str(row["outcome_on"])) if row.get("outcome_on") else ""
        name = " · ".join(part for part in (str(row.get("name") or ""), relation) if part)
        self._person(name, " · ".join(part for part in (outcome, number, day) if part))


def _carer(row: Row) -> tuple[str, str]:
    relation = catalogue().lists["relation"].label(str(row["relation"])) if row.get("relation") else ""
    main = say("child.main_carer") if row.get("main_carer") else ""
    facts = " · ".join(part for part in (relation, main) if part)
    return str(row.get("full_name") or relation or say("record.no_name")), facts


class HandingCard(SideCard):
    """The two communes of a case, how far the hand-over is, and the hand-over itself."""

    give_wanted = Signal(str)
    paper_wanted = Signal(object)
    cards_wanted = Signal()

    def __init__(self) -> None:
        super().__init__(say("case_page.handing.title"), name="handing")
        self.to = ListField(label=say("case_page.handing.to"), icon="building_government", name="hand_to")
        self.give = Button(say("case_page.handing.give"), icon="arrow_upload", name="hand_over")
        self.give.clicked.connect(lambda: self.give_wanted.emit(self.to.value() or ""))
        self.cards = Button(say("case_page.handing.cards"), "link", icon="key", name="hand_cards")
        self.cards.clicked.connect(self.cards_wanted)
        self.body.addWidget(self.to)
        self.body.addWidget(self.give, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self.cards, 0, Qt.AlignmentFlag.AlignLeft)

    def show_case(self, file: CaseFile) -> None:
        """Show the communes and the state of the hand-over."""
        self.clear()
        for icon, words in handing_lines(file):
            self.lines.addWidget(IconText(icon, words, "ink2", "note", icon_ink="ink3"))
        can = not file.read_only and not file.values.get("handed_to")
        if can and not file.neighbours:
            self.lines.addWidget(Label(say("case_page.handing.no_neighbour"), "small", "ink3", wrap=True))
        chosen = self.to.value()
        self.to.fill(file.neighbours)
        wanted = chosen or str(file.values.get("residence_unit") or "")
        known = [key for key, _ in file.neighbours]
        self.to.set_value(wanted if wanted in known else known[0] if known else None)
        self.to.setVisible(can and bool(file.neighbours))
        self.give.setVisible(can and bool(file.neighbours))
        self.cards.setVisible(can and not file.neighbours)
        if file.values.get("handed_to") or can:
            for wanted_paper in handing_papers(file):
                self._paper(wanted_paper)

    def _paper(self, wanted: Wanted) -> None:
        link = Button(say(f"case_page.handing.paper_{wanted.name}"), "link", icon="print", name=f"paper_{wanted.name}")
        link.tip(wanted.title)
        link.clicked.connect(lambda _on=False: self.paper_wanted.emit(wanted))
        self.lines.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)


def handing_lines(file: CaseFile) -> list[tuple[str, str]]:
    """Return (icon, sentence) lines: the communes, where the case came from, to whom it went and how far that is."""
    values, units = file.values, catalogue().units
    incident, home = (str(values.get(name) or "") for name in ("incident_unit", "residence_unit"))
    found = []
    if incident and incident == home:
        found.append(("building_government", say("case_page.handing.both", unit=units.label(home))))
    else:
        for icon, key, unit in (("clipboard_error", "incident", incident), ("building_government", "home", home)):
            found += [(icon, say(f"case_page.handing.{key}", unit=units.label(unit)))] if unit else []
    if values.get("came_from"):
        found.append(("arrow_download", say("case_page.handing.came", unit=units.label(str(values["came_from"])))))
    if values.get("handed_to"):
        day, to = dates.show_date(str(values.get("handed_on") or "")), units.label(str(values["handed_to"]))
        found.append(("arrow_upload", say("case_page.handing.gone", unit=to, day=day)))
        taken = values.get("handed_taken_on")
        found.append(("checkmark_circle", say("case_page.handing.taken", day=dates.show_date(str(taken)))) if taken else
                     ("clock", say("case_page.handing.waiting")))  # fmt: skip
    return found


class HistoryCard(SideCard):
    """What was done, newest first; all of it on request."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(say("child.history.title"), name="case_history")
        self._events: Sequence[Event] = ()
        self._all = False
        self.all = Button("", "link", icon="history", name="case_history_all")
        self.all.clicked.connect(self._toggle)
        self.body.addWidget(self.all, 0, Qt.AlignmentFlag.AlignLeft)

    def show_events(self, events: Sequence[Event]) -> None:
        """Show the latest events."""
        self._events = events
        self._fill()

    def _toggle(self) -> None:
        self._all = not self._all
        self._fill()

    def _fill(self) -> None:
        self.clear()
        for event in self._events if self._all else self._events[:EVENTS_SHOWN]:
            self.lines.addWidget(event_line(event, full=False))
        more = len(self._events) > EVENTS_SHOWN
        self.all.setVisible(more)
        self.all.say(say("case_page.history.less") if self._all else say("child.history.all", n=len(self._events)))

