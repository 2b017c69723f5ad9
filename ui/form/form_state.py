"""The state of a form: its widgets made from the plan, the stored record, and the answers as understood so far.

Rules. The plan comes from the catalogue; a page may give a field another input and hide one by a condition of its own.
An answer that is not asked (its condition does not hold) is kept and not sent. Sensitive answers of a stored record are
sealed until the page reveals them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cbdesk.catalogue import Field, Form, catalogue
from cbdesk.desk import Desk, Saved
from cbdesk.errors import Finding
from cbdesk.kinds import Read
from ui.form.around import DeskAround
from ui.form.before import Before
from ui.form.fieldbox import FieldBox
from ui.form.form_plan import Edit, Part, focus_widget, same, starred
from ui.form.grid import Columns, Flow
from ui.form.inputs import Input, make
from ui.form.people import people_input
from ui.jobs import Jobs
from ui.parts import Card, Rule, SectionTitle, paint

Make = Callable[[Field, DeskAround], Input]
Write = Callable[[Desk, Mapping[str, Any]], Saved]


class FormState(QWidget):
    """Base of the form engine."""

    changed = Signal()
    """Answers, remarks or draft state differ: pages refresh what they show about the form."""
    saved = Signal(object)
    """``Saved`` after the desk wrote; the form shows the stored record from now on."""
    draft_kept = Signal(str)
    """A draft was kept, at this local time."""
    busy_changed = Signal(bool)
    failed = Signal(object)
    """``Problem`` while saving."""
    alike = Signal(object)
    other_wanted = Signal(str)
    """The record of the book that this one looks like is asked for."""
    """Rows of children that look like this one."""
    show_wanted = Signal()
    """A sensitive answer is asked for; the page logs it and calls ``reveal``."""
    restored = Signal(object)
    """What a draft that came back held besides the fields."""
    entered = Signal(str)
    """The focus came into this part."""

    def __init__(
        self,
        form: Form,
        jobs: Jobs,
        plan: Sequence[Part],
        parent: QWidget | None = None,
        *,
        inputs: Mapping[str, Make] | None = None,
        row_check: Callable[[Mapping[str, Any]], list[Finding]] | None = None,
        shown_if: Mapping[str, Callable[[Mapping[str, Any]], bool]] | None = None,
        drafts: bool = True,
        before: Before | None = None,
        name: str = "",
    ) -> None:
        super().__init__(parent)
        self.form, self.jobs, self.plan = form, jobs, list(plan)
        self.around = DeskAround(jobs, self)
        self._row_check, self._drafts = row_check, drafts
        self.partial = form.name == "child" and not drafts
        """Some fields of a child, not a child: nothing is needed, and nobody is compared."""
        self._shown_if = dict(shown_if or {})
        self.boxes: dict[str, FieldBox] = {}
        self._grids: dict[str, Columns] = {}
        self._titles: dict[str, QWidget] = {}
        self._locked = False
        self._clear_state()
        self.before = before if before is not None else Before()
        self._build(inputs or {})
        paint.name_it(self, name or f"form_{form.name}")

    def _clear_state(self) -> None:
        self.record: str | None = None
        self.draft_at = ""
        self.extra: Callable[[], Mapping[str, Any]] = dict
        self._fixed: dict[str, Any] = {}
        self._write: Write | None = None
        self._stored: dict[str, Any] = {}
        self._values: dict[str, Any] = {}
        self._reads: dict[str, Read] = {}
        self._settled: dict[str, Any] = {}
        self._baseline: dict[str, Any] = {}
        self._started: tuple[str, ...] = ()
        self._undo: list[tuple[str, Any]] = []
        self._kept: set[tuple[str, str, str]] = set()
        self._old_asks: set[tuple[str, str, str]] = set()
        self._remote: list[Finding] = []
        self._alike: list[tuple[Any, dict[str, Any]]] = []
        self._other_children = frozenset[str]()
        self._tried = self._pending = self._busy = False
        self._offered: dict[str, Any] | None = None
        self._has_draft = False
        self._number = getattr(self, "_number", 0) + 1

    # building

    def _build(self, inputs: Mapping[str, Make]) -> None:
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(10)
        stars = frozenset() if self.partial else starred(self.form)
        for number, part in enumerate(self.plan):
            if number and part.title:
                self._column.addSpacing(6)
                self._column.addWidget(Rule())
            if part.title:
                title = SectionTitle(part.title, name=f"section_{part.name}")
                self._titles[part.name] = title
                self._column.addWidget(title)
            if part.above is not None and not part.fields:
                self._column.addWidget(part.above)
            if part.fields:
                self._build_fields(part, inputs, stars)
            if part.widget is not None:
                self._column.addWidget(part.widget)
        self._column.addStretch(1)

    def _build_fields(self, part: Part, inputs: Mapping[str, Make], stars: frozenset[str]) -> None:
        holder: QWidget = Card(tone="cham", padding=12, name=f"block_{part.name}") if part.tint else QWidget()
        grid, flow = Columns(), Flow(gap=5, row_gap=6)
        for item in part.fields:
            editor = inputs[item.name](item, self.around) if item.name in inputs else None
            editor = editor or people_input(self.form.name, item, self.around) or make(item, self.around)
            box = FieldBox(item, editor, star=item.name in stars)
            self._wire(item.name, box)
            flow.addWidget(box) if part.flow else grid.put(box, item.width)
            self.boxes[item.name] = box
        inside = flow if part.flow else grid
        if isinstance(holder, Card):
            holder.body.addLayout(inside)
        else:
            holder.setLayout(inside)
        self._grids[part.name] = grid
        if part.above is None:
            self._column.addWidget(holder)
            return
        together = QWidget()
        column = QVBoxLayout(together)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(part.above)
        column.addWidget(holder)
        self._column.addWidget(together)

    def _wire(self, name: str, box: FieldBox) -> None:
        """Connect a new box; the rooms above do."""
        raise NotImplementedError

    def section_title(self, part: str) -> SectionTitle | None:
        """Return the heading of a part, to put widgets at its end."""
        found = self._titles.get(part)
        return found if isinstance(found, SectionTitle) else None

    def in_one(self, single: bool) -> None:
        """Show the fields in one column, or in twelve."""
        for grid in self._grids.values():
            grid.in_one(single)
        self.updateGeometry()

    # the stored record

    def _take_baseline(self) -> None:
        """Remember what stands in the fields while nothing is typed; only what differs from it is a draft."""
        self._baseline = {name: box.input.typed() for name, box in self.boxes.items()}

    def _show_stored(self) -> None:
        for name, box in self.boxes.items():
            box.input.set_value(self._stored.get(name))
            self._values[name] = self._stored.get(name)
            self._settled[name] = box.input.typed()
            box.show_said(())
        self._reads = {}

    def _seal(self, known: bool) -> None:
        for name, box in self.boxes.items():
            value = self._stored.get(name)
            box.seal(known and value not in (None, "", []) and catalogue().sensitive(box.field, value))

    def sealed(self) -> bool:
        """Return whether any answer is hidden."""
        return any(box.sealed() for box in self.boxes.values())

    def reveal(self) -> None:
        """Show the sensitive answers; the page has logged it."""
        focus = next((box for box in self.boxes.values() if box.sealed() and box.isAncestorOf(focus_widget())), None)
        for box in self.boxes.values():
            box.seal(False)
        if focus is not None:
            focus.focus()
        self.changed.emit()

    def lock(self, locked: bool) -> None:
        """Make the whole form read-only, or editable again."""
        self._locked = locked
        for box in self.boxes.values():
            box.input.lock(locked)

    def locked(self) -> bool:
        """Return whether the form is read-only."""
        return self._locked

    def _shown(self) -> list[str]:
        return [name for name, box in self.boxes.items() if not box.isHidden()]

    def focused(self) -> str:
        """Return the field that has the focus, or nothing."""
        focus = focus_widget()
        found = (name for name, box in self.boxes.items() if focus is not None and box.isAncestorOf(focus))
        return next(found, "")

    def focus_first(self) -> None:
        """Put the focus where work starts: the first empty needed field, else the first field."""
        stars = starred(self.form)
        shown = self._shown()
        empty = [name for name in shown if name in stars and self._values.get(name) in (None, "", [])]
        for name in [*empty, *shown][:1]:
            self.boxes[name].focus()

    def accept(self, name: str) -> None:
        """Take what an input shows as its stored answer (no edit), or as settled for a new record."""
        editor = self.boxes[name].input
        if self._values.get(name) == editor.read(self.around.today()).value:
            self._settled[name] = self._baseline[name] = editor.typed()

    def value(self, name: str) -> Any:
        """Return an answer as understood so far."""
        return self._values.get(name)

    # what differs

    def answers(self) -> dict[str, Any]:
        """Return the answers that differ from the stored record, as they would be sent."""
        return self._given()

    def write_with(self, write: Write) -> None:
        """Write the new record by another verb."""
        self._write = write

    def unfix(self, name: str) -> None:
        """Take back a value that belonged to the record without a field."""
        self._fixed.pop(name, None)

    def _given(self) -> dict[str, Any]:
        """Return the answers that differ from the stored record and are asked."""
        return {
            name: value
            for name, value in self._values.items()
            if not same(value, self._stored.get(name)) and self._active(name)
        }

    def _data(self) -> dict[str, Any]:
        return {**self._fixed, **{name: value for name, value in self._values.items() if value not in (None, "", [])}}

    def _active(self, name: str) -> bool:
        data = self._data()
        if name in self._shown_if and not self._shown_if[name](data):
            return False
        return not self.form.has(name) or self.form.active(name, data)

    def edits(self) -> list[Edit]:
        """Return what is not saved, in the order of the form; also what could not be understood."""
        found = []
        given = self._given()
        for name, box in self.boxes.items():
            broken = self._broken(name) and box.input.typed() != self._settled_of_stored(name)
            if name not in given and not broken:
                continue
            words = box.input.words
            new = box.input.typed_words() if broken else words(given[name])
            sensitive = box.sealed() or catalogue().sensitive(box.field, self._values.get(name))
            found.append(Edit(name, box.field.label, words(self._stored.get(name)), new, sensitive))
        return found

    def _broken(self, name: str) -> bool:
        read = self._reads.get(name)
        return read is not None and any(note.level == "stop" for note in read.notes) and self._active(name)

    def _settled_of_stored(self, name: str) -> Any:
        return self.boxes[name].input.words(self._stored.get(name))

    def dirty(self) -> bool:
        """Return whether anything somebody typed or chose is not saved; what a new record begins with is no edit."""
        return bool(self.edits()) and bool(self._typed_now())

    def _touch(self, record: str) -> None:
        """Let the next record repeat what stands here; what is sealed is not repeated."""
        self.before.touch(record, {name: box.input.typed() for name, box in self.boxes.items() if not box.sealed()})

    def _typed_now(self) -> dict[str, Any]:
        """Return what a person typed or chose since the record was shown."""
        return {name: now for name, box in self.boxes.items() if (now := box.input.typed()) != self._baseline.get(name)}
