"""First start: which office, who, a password, and the recovery sheet that must be put away before work begins.

Rules. Three short steps; Alt ← and Esc go back and lose nothing. The unit is found without accents among the units of
today. The register is made in one go at the end of step two, off the window's thread; the sheet follows.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QVBoxLayout, QWidget

from cbdesk import clock, desk
from cbdesk.catalogue import catalogue
from cbdesk.errors import Problem
from cbdesk.text import fold, tidy
from cbdesk.words import say
from ui import theme
from ui.frame.gate import CODE_WIDE, Gate, place_words
from ui.frame.recovery_sheet import RecoverySheet
from ui.jobs import Jobs
from ui.parts import (
    Button,
    Checkbox,
    Deck,
    IconText,
    Label,
    Labelled,
    LineField,
    Option,
    Segmented,
    Stepper,
    paint,
)
from ui.people.new_password import NewPassword


class UnitPicker(QWidget):
    """A box and a list of the communes of today; typing filters without accents, arrows choose, Enter takes."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._units = [(unit.code, unit.name) for unit in catalogue().units.current(clock.today())]
        self._shown = list(self._units)
        self.box = LineField(hint=say("setup.unit_hint"), icon="search", label=say("setup.unit"), name="unit_text")
        self.model = QStringListModel(self)
        self.list = QListView(self)
        self.list.setModel(self.model)
        self.list.setProperty("popup", True)
        self.list.setFixedHeight(theme.px(theme.ROW) * 5 + 10)
        self.list.setUniformItemSizes(True)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setTabKeyNavigation(False)
        paint.name_it(self.list, "unit_list", say("setup.unit"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.box)
        column.addWidget(self.list)
        self.box.textChanged.connect(self._filter)
        self.box.installEventFilter(self)
        self.list.clicked.connect(lambda _index: self.chosen.emit(self.value() or ""))
        self._filter("")

    def value(self) -> str | None:
        """Return the code of the chosen unit."""
        row = self.list.currentIndex().row()
        return self._shown[row][0] if 0 <= row < len(self._shown) else None

    def words(self) -> str:
        """Return the name of the chosen unit."""
        row = self.list.currentIndex().row()
        return self._shown[row][1] if 0 <= row < len(self._shown) else ""

    def _filter(self, typed: str) -> None:
        kept, wanted = self.value(), fold(typed).split()
        self._shown = [
            (code, name)
            for code, name in self._units
            if all(any(part.startswith(want) for part in (*fold(name).split(), code)) for want in wanted)
        ]
        self.model.setStringList([f"{name}   {code}" for code, name in self._shown])
        codes = [code for code, _ in self._shown]
        row = codes.index(kept) if kept in codes else 0 if wanted and self._shown else -1
        self.list.setCurrentIndex(self.model.index(row) if row >= 0 else QModelIndex())
        self.chosen.emit(self.value() or "")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows in the box move in the list."""
        if watched is self.box and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
            step = steps.get(Qt.Key(event.key()))
            if step is not None and self._shown:
                row = max(0, min(len(self._shown) - 1, self.list.currentIndex().row() + step))
                self.list.setCurrentIndex(self.model.index(row))
                self.chosen.emit(self.value() or "")
                return True
        return False


class OfficeStep(QWidget):
    """Step one: role and unit."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.role = Segmented(
            [Option("commune", say("setup.role.commune"), "home"),
             Option("receiver", say("setup.role.receiver"), "building_government")],
            label=say("setup.role.label"), name="role",
        )  # fmt: skip
        self.role.set_value("commune")
        self.picker = UnitPicker(self)
        self.unit = Labelled(say("setup.unit"), self.picker, required=True, note=say("setup.unit_note"))
        self.receiver = IconText("building_government", "", "ink2", "body", name="receiver_unit")
        self.button = Button(say("ui.next"), "primary", icon="arrow_right", key="Enter", tall=True, name="step_one")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(Labelled(say("setup.role.label"), self.role))
        column.addWidget(self.unit)
        column.addWidget(self.receiver)
        column.addSpacing(4)
        column.addWidget(self.button)
        column.addStretch(1)
        self.role.changed.connect(lambda _code: self.mind())
        self.picker.chosen.connect(lambda _code: self.mind())
        self.mind()

    def code(self) -> str | None:
        """Return the code of the unit."""
        if self.role.value() == "receiver":
            return catalogue().units.province(clock.today()).code
        return self.picker.value()

    def mind(self) -> None:
        """Show what fits the role, and whether one may go on."""
        receiver = self.role.value() == "receiver"
        self.unit.setVisible(not receiver)
        self.receiver.setVisible(receiver)
        if receiver:
            self.receiver.say(catalogue().receiver(clock.today()).label)
        self.button.explain("" if self.code() else say("setup.why_unit"))


class OfficerStep(QWidget):
    """Step two: name, password twice, practice or real."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.name = LineField(
            hint=say("setup.name_hint"), icon="person", label=say("setup.name"), height=40, name="officer_name"
        )
        self.name_field = Labelled(say("setup.name"), self.name, required=True, name="officer_name")
        self.practice = Checkbox(say("setup.practice"), name="practice_switch")
        self.password = NewPassword(label=say("unlock.password"), again=say("setup.again"), name="password",
                                    whose=self.name.text, practice=self.practice.isChecked)  # fmt: skip
        self.first, self.second = self.password.first, self.password.second
        self.first_field, self.second_field = self.password.first_field, self.password.second_field
        self.practice_note = IconText("info", say("setup.practice_note"))
        self.button = Button(say("setup.make"), "primary", icon="checkmark", key="Enter", tall=True, name="make")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self.name_field, self.password, self.practice, self.practice_note):
            column.addWidget(part)
        column.addSpacing(4)
        column.addWidget(self.button)
        column.addStretch(1)
        self.name.editingFinished.connect(self._tidy)

    def _tidy(self) -> None:
        clean = tidy(self.name.text())
        if clean != self.name.text():
            self.name.setText(clean)

    def clear_remarks(self) -> None:
        """Take all remarks away."""
        self.name_field.say()
        self.password.clear_remarks()

    def is_right(self) -> bool:
        """Check what was typed; show what is missing under its field and put the focus there."""
        self.clear_remarks()
        if tidy(self.name.text()):
            return self.password.is_right()
        self.name_field.say("stop", say("setup.why_name"))
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)
        return False


class Setup(Gate):
    """The wizard. ``opened`` says that the register is made, the sheet put away, and with which role."""

    opened = Signal(str)

    def __init__(self, folder: Path, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent, form_wide=CODE_WIDE)
        self._folder, self._jobs, self._role = folder, jobs, "commune"
        self.back = Button(say("ui.back"), "link", icon="arrow_left", key="Esc", name="back")
        self.steps = Stepper([say("setup.step.office"), say("setup.step.officer"), say("setup.step.sheet")])
        self.title = Label("", "headline")
        self.more = Label("", "body", "ink2", wrap=True)
        self.office, self.officer = OfficeStep(self), OfficerStep(self)
        self._pages = Deck(self)
        self._pages.add(self.office)
        self._pages.add(self.officer)
        self._head = [self.title, self.more]
        self.column.addWidget(self.steps)
        self.column.addSpacing(6)
        self.column.addWidget(self.back, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addWidget(self.title)
        self.column.addWidget(self.more)
        self.column.addSpacing(10)
        self.column.addWidget(self._pages)
        self._connect()
        self.cloth.tell("", "")
        self.setObjectName("setup_page")
        self.go(0)

    def _connect(self) -> None:
        office = self.office
        for here, following in pairwise([office.role, office.picker.box, office.picker.list, office.button]):
            self.setTabOrder(here, following)
        self.back.clicked.connect(lambda: self.go(0))
        self.office.button.clicked.connect(lambda: self.go(1))
        self.office.picker.box.returnPressed.connect(self._leave_office)
        self.office.picker.list.activated.connect(lambda _index: self._leave_office())
        self.officer.name.returnPressed.connect(self.officer.first.setFocus)
        self.officer.password.onward.connect(self.make)
        self.officer.practice.onward.connect(self.make)
        self.officer.button.clicked.connect(self.make)

    def _leave_office(self) -> None:
        if self.office.code():
            self.go(1)

    def go(self, step: int) -> None:
        """Stand at step 0 or 1."""
        self.clear_problem()
        self.steps.go(step)
        self.back.setVisible(step == 1)
        self._pages.show_card((self.office, self.officer)[step])
        key = ("office", "officer")[step]
        self.title.say(say(f"setup.{key}_title"))
        self.more.say(say(f"setup.{key}_more"))
        self.cloth.tell(self._unit_words() if step == 1 else "", "")
        self.focus_start()

    def focus_start(self) -> None:
        """Put the focus where the step starts."""
        first = self.office.picker.box if self._pages.present() is self.office else self.officer.name
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _unit_words(self) -> str:
        if self.office.role.value() == "receiver":
            return catalogue().receiver(clock.today()).label
        return place_words(self.office.picker.words(), "commune")

    def make(self) -> None:
        """Make the register."""
        step = self.officer
        if step.button.is_busy() or not step.is_right():
            return
        self.clear_problem()
        step.button.busy(say("setup.making"))
        folder, role, unit = self._folder, self.office.role.value() or "commune", self.office.code() or ""
        name, password, practice = tidy(step.name.text()), step.first.text(), step.practice.isChecked()
        self._jobs.open(
            lambda: desk.setup(folder, role=role, unit=unit, officer=name, password=password, practice=practice),
            lambda done: done.desk, self._made, self._not_made, self,
        )  # fmt: skip

    def _not_made(self, problem: Problem) -> None:
        self.officer.button.busy()
        if problem.name == "weak_password":
            self.officer.password.refuse(problem)
        else:
            self.show_problem(problem)

    def _made(self, done: Any) -> None:
        self.officer.password.clear()
        self._role = done.desk.role
        sheet = RecoverySheet(done.recovery_code, self._jobs, self)
        sheet.kept.connect(lambda: self.opened.emit(self._role))
        self._pages.add(sheet)
        self._pages.show_card(sheet)
        self.steps.go(2)
        for part in (self.back, *self._head):
            part.hide()
        sheet.enter()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc and Alt ← go back to step one."""
        back = event.key() == Qt.Key.Key_Escape or (
            event.key() == Qt.Key.Key_Left and event.modifiers() == Qt.KeyboardModifier.AltModifier
        )
        if back and self._pages.present() is self.officer:
            self.go(0)
        else:
            super().keyPressEvent(event)
