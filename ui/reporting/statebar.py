"""Where a list or report stands: draft, waiting for its signature, issued; and the one thing to do next.

Rules. The next step is one button, what else may be done a quiet one beside it. A view beside the paper that is signed
(one village, the version for everybody, an earlier version) offers no step. Number and date are asked for in place.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from cbdesk import clock, dates
from cbdesk.words import say
from ui import theme
from ui.form.grid import Flow
from ui.pages import NARROW
from ui.parts import Button, Card, IconText, Labelled, LineField, Stepper
from ui.reporting.making import DRAFT, ISSUED, NONE, SIGNING, Made

STEPS = (DRAFT, SIGNING, ISSUED)
BEGIN, AGAIN, SIGN, NUMBER, REOPEN, AMEND, REPLACE, DROP = (
    "begin", "again", "sign", "number", "reopen", "amend", "replace", "drop")  # fmt: skip
ICONS = {BEGIN: "edit", AGAIN: "arrow_sync", SIGN: "lock_closed", NUMBER: "number_symbol", AMEND: "add",
         REPLACE: "edit"}  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """What the bar says: steps done, the sentence with its shape, the next step and what else may be done."""

    step: int
    words: str
    icon: str = "info"
    ink: str = "ink3"
    following: str = ""
    other: str = ""


def standing(made: Made, edits: int) -> Standing:
    """Return where a list or report stands; ``edits`` lines or figures differ from the register by now."""
    shown = made.snapshot
    counts = made.report is not None
    step = len(STEPS) if made.state == ISSUED else STEPS.index(made.state) if made.state else 0
    if made.wish.apart:
        return Standing(step, say("reports.beside"), "eye")
    if made.state == NONE:
        return _begun(made, counts=counts)
    number, day = str(shown.get("number") or ""), dates.show_date(str(shown.get("issued_on") or "")[:10])
    taken = dates.show_date(str(shown.get("taken_at") or "")[:10])
    until = dates.show_date(str(shown.get("cut_off") or ""))
    key = f"reports.state.{made.state}{'_counts' if counts and made.state == DRAFT else ''}"
    words = say(key, number=number, date=day, taken=taken, until=until)
    if made.state == DRAFT:
        words += _lacks(made)
    if shown.get("amendment") and made.state != DRAFT:
        words = f"{say('reports.state.amendment', n=shown['amendment'])} {words}"
    if edits:
        words = f"{words} {say('reports.edits', n=edits)}"
    icon, ink = ("warning", "nghe") if edits else ("checkmark_circle", "ngoc")
    if made.state == DRAFT:
        icon, ink = (icon, ink) if edits else ("edit", "ink3")
        return Standing(step, words, icon, ink, SIGN, AGAIN if edits or made.wish.cut_off else DROP)
    if made.state == SIGNING:
        return Standing(step, words, icon, ink, NUMBER, REOPEN)
    if not edits:
        return Standing(step, words, icon, ink)
    return Standing(step, words, icon, ink, REPLACE if counts else AMEND, "" if counts else REPLACE)


def _begun(made: Made, *, counts: bool) -> Standing:
    """Return what is said of a report not begun, or of a list of which nothing is frozen."""
    over = not made.paper.provisional if made.paper else (made.report is not None and _over(made))
    words = say("reports.not_begun" if counts else "reports.not_frozen") if over else say("reports.provisional")
    if made.empty:
        words = f"{say('reports.nothing')} {words}"
    return Standing(0, words + _lacks(made), following=BEGIN if counts else SIGN)


def _lacks(made: Made) -> str:
    """Return what is said of figures only people know that are missing, with a space before it."""
    missing = sum(not one.row for one in made.typed)
    return f" {say('reports.lacks', n=missing)}" if missing else ""


def _over(made: Made) -> bool:
    report = made.report
    return report is None or (report.cut_off == report.last and report.last < clock.today().isoformat())


class StateBar(Card):
    """The bar. ``wanted`` carries a step; ``numbered`` number and date (ISO)."""

    wanted = Signal(str)
    numbered = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=10, spacing=4, name="state_bar")
        self.body.setContentsMargins(14, 8, 10, 8)
        self._standing: Standing | None = None
        self.stepper = Stepper([say(f"reports.step.{one}") for one in STEPS], 0, name="report_state")
        self.words = IconText("info", "", "ink3", "note", name="standing")
        self.other = Button("", "quiet", name="state_other")
        self.next = Button("", name="state_next")
        self.other.clicked.connect(lambda: self._standing and self.wanted.emit(self._standing.other))
        self.next.clicked.connect(lambda: self._standing and self.wanted.emit(self._standing.following))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.stepper, 1)
        self._row = row
        for button in (self.other, self.next):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.stepper.setMinimumHeight(theme.px(theme.FIELD))
        self.body.addLayout(row)
        self.body.addWidget(self.words)
        self._build_number()

    def _build_number(self) -> None:
        self.number = LineField(hint=say("reports.number_hint"), name="issue_number")
        self.issued_on = LineField(hint=say("reports.issued_on_hint"), name="issue_date")
        self.put_button = Button(say("reports.put_number"), icon="checkmark", name="put_number")
        self.number_field = Labelled(say("reports.number"), self.number)
        self.date_field = Labelled(say("reports.issued_on"), self.issued_on)
        self.issued_on.editingFinished.connect(self._read_date)
        self.number.returnPressed.connect(self.issued_on.setFocus)
        self.issued_on.returnPressed.connect(self._put)
        self.put_button.clicked.connect(self._put)
        self._asking = QWidget()
        flow = Flow(self._asking, gap=10, row_gap=4)
        for field in (self.number, self.issued_on):
            field.setFixedWidth(theme.px(168))
        for widget in (self.number_field, self.date_field, Labelled(" ", self.put_button)):
            flow.addWidget(widget)
        self._asking.hide()
        self.body.addWidget(self._asking)

    def show_standing(self, told: Standing | None) -> None:
        """Show where it stands; ``None`` while that is being read."""
        held = next((one for one in (self.next, self.other) if one.hasFocus()), None)
        self._standing = told
        self.stepper.go(told.step if told else 0)
        self.words.say(told.words if told else say("reports.counting"), told.icon if told else "clock",
                       told.ink if told else "ink3")  # fmt: skip
        for button, verb in ((self.next, told.following if told else ""), (self.other, told.other if told else "")):
            button.busy()
            if verb:
                button.say(say(f"reports.verb.{verb}"), ICONS.get(verb, ""))
            button.setVisible(bool(verb) and not (verb == NUMBER and self.asks()))
        if told is None or told.following != NUMBER:
            self._asking.hide()
        if held is not None and not held.isVisible():  # never on to the toast, where Enter takes all back
            stop = next((one for one in (self.next, self.other) if one.isVisible()), None)
            (stop or self.nextInFocusChain()).setFocus(Qt.FocusReason.OtherFocusReason)

    def verbs(self) -> tuple[str, str]:
        """Return the next step and what else may be done."""
        return (self._standing.following, self._standing.other) if self._standing else ("", "")

    def shaped(self, shape: str) -> None:
        """In a narrow window the sentence alone says where it stands."""
        narrow = shape == NARROW
        if narrow == (self._row.indexOf(self.words) >= 0):
            return
        (self._row if not narrow else self.body).removeWidget(self.words)
        if narrow:
            self._row.insertWidget(0, self.words, 1, Qt.AlignmentFlag.AlignVCenter)
        else:
            self.body.insertWidget(1, self.words)
        self.stepper.setVisible(not narrow)

    # number and date

    def asks(self) -> bool:
        """Return whether number and date are being asked for."""
        return not self._asking.isHidden()

    def ask_number(self) -> None:
        """Ask for number and date."""
        self._asking.show()
        self.next.hide()
        self.number.setFocus(Qt.FocusReason.OtherFocusReason)

    def leave_number(self) -> bool:
        """Stop asking; ``False`` where nothing was asked."""
        if self._asking.isHidden():
            return False
        self._asking.hide()
        self.number.clear()
        self.issued_on.clear()
        self.number_field.say()
        self.date_field.say()
        self.show_standing(self._standing)
        if self.next.isVisible():
            self.next.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _read_date(self) -> str:
        """Read the date typed; say what was understood, or what is needed."""
        typed = self.issued_on.text().strip()
        read = dates.read_date(typed, clock.today()) if typed else None
        value = read.value if read is not None else None
        if value is not None and len(value) == 10:
            self.date_field.say("note", say("reports.understood", date=dates.show_date(value)))
            return value
        self.date_field.say("stop", say("reports.need_date")) if typed else self.date_field.say()
        return ""

    def _put(self) -> None:
        number, day = self.number.text().strip(), self._read_date()
        self.number_field.say("" if number else "stop", "" if number else say("reports.need_number"))
        if not number:
            self.number.setFocus()
        elif not day:
            self.date_field.say("stop", say("reports.need_date"))
            self.issued_on.setFocus()
        else:
            self.numbered.emit(number, day)
