"""The form engine: one record of any form of the catalogue, typed, understood, remarked, drafted, undone and saved.

Rules. The plan (parts, fields, widths) comes from the catalogue; a page may add widgets and give a field another input.
Nothing interrupts typing: remarks stand under their field. Leaving a field reads it, and each reading that changed an
answer is one edit that Ctrl Z takes back. A draft is kept three seconds after the last key and on leaving a field; it is
offered on return and never lost by typing on. A field whose condition does not hold is hidden and keeps its answer.
Saving: *stop* moves to the field and does nothing else; *ask* waits for one key beside the field; what was doubtful
already in the stored record holds nobody up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QScrollArea, QVBoxLayout, QWidget
from shiboken6 import isValid

from cbdesk import clock, dates, rules
from cbdesk.catalogue import Field, Form, catalogue
from cbdesk.desk import Desk, Saved
from cbdesk.errors import Finding, Problem
from cbdesk.kinds import Read
from cbdesk.words import say
from ui.around import DeskAround
from ui.fieldbox import FieldBox, Said
from ui.grid import Columns, Flow
from ui.inputs import Input, make
from ui.jobs import Jobs
from ui.parts import Banner, Button, Card, Rule, SectionTitle, paint
from ui.picking import PlaceInput, RefsInput

DRAFT_MS, ASK_DESK_MS = 3_000, 300
#: fields whose answers the desk compares with other records
COMPARED = frozenset({"full_name", "usual_name", "born", "sex", "village", "personal_id"})
REMOTE = frozenset({"look_alike", "id_used"})
Make = Callable[[Field, DeskAround], Input]


@dataclass(frozen=True)
class Part:
    """One section on the form: its fields, and a widget above or under them.

    ``tint`` puts the fields on a tinted ground; ``flow`` sets them one after the other at their natural width.
    """

    name: str
    title: str = ""
    fields: tuple[Field, ...] = ()
    widget: QWidget | None = field(default=None, compare=False)
    above: QWidget | None = field(default=None, compare=False)
    tint: bool = False
    flow: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """One answer that differs from the stored record, in words."""

    field: str
    label: str
    old: str
    new: str
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The desk would not save: its findings."""

    findings: tuple[Finding, ...]


def plan_of(form: Form, *, rows: Mapping[str, QWidget] | None = None) -> list[Part]:
    """Return the plan of the catalogue: each section with its fields, and the widgets given for it."""
    given = rows or {}
    return [
        Part(section.name, section.title, form.in_section(section.name), given.get(section.name))
        for section in form.sections
    ]


def starred(form: Form) -> frozenset[str]:
    """Return the fields that carry a star: those needed, and the first of those of which one is needed."""
    needed = {item.name for item in form.fields if item.required}
    return frozenset(needed | {rule.fields[0] for rule in form.rules if rule.kind == "one_of_required"})


class FormView(QWidget):
    """One record on screen. Call ``load`` for each record; the widgets are kept."""

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
    """Rows of children that look like this one."""
    show_wanted = Signal()
    """A sensitive answer is asked for; the page logs it and calls ``reveal``."""

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
        name: str = "",
    ) -> None:
        super().__init__(parent)
        self.form, self.jobs, self.plan = form, jobs, list(plan)
        self.around = DeskAround(jobs, self)
        self._row_check, self._drafts = row_check, drafts
        self._shown_if = dict(shown_if or {})
        self.boxes: dict[str, FieldBox] = {}
        self._grids: dict[str, Columns] = {}
        self._titles: dict[str, QWidget] = {}
        self._clear_state()
        self._previous: dict[str, Any] = {}
        self._build(inputs or {})
        self._draft_timer = self._timer(DRAFT_MS, self.keep_draft)
        self._desk_timer = self._timer(ASK_DESK_MS, self._ask_desk)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_moved)
        paint.name_it(self, name or f"form_{form.name}")

    def _timer(self, ms: int, then: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(ms)
        timer.timeout.connect(then)
        return timer

    def _clear_state(self) -> None:
        self.record: str | None = None
        self.draft_at = ""
        self.extra: Callable[[], Mapping[str, Any]] = dict
        self._fixed: dict[str, Any] = {}
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
        self._tried = self._pending = self._busy = self._locked = False
        self._offered: dict[str, Any] | None = None
        self._has_draft = False
        self._number = getattr(self, "_number", 0) + 1

    # building

    def _build(self, inputs: Mapping[str, Make]) -> None:
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(10)
        stars = starred(self.form)
        for number, part in enumerate(self.plan):
            if number and part.title:
                self._column.addSpacing(6)
                self._column.addWidget(Rule())
            if part.title:
                title = SectionTitle(part.title, name=f"section_{part.name}")
                self._titles[part.name] = title
                self._column.addWidget(title)
            if part.above is not None:
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
            editor = inputs[item.name](item, self.around) if item.name in inputs else make(item, self.around)
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
        self._column.addWidget(holder)

    def _wire(self, name: str, box: FieldBox) -> None:
        editor = box.input
        editor.changed.connect(lambda: self._typed(name))
        editor.left.connect(lambda: self._left(name))
        editor.onward.connect(lambda: self._onward(name))
        editor.undo_wanted.connect(self.undo)
        box.kept.connect(lambda: self._keep(name))
        box.show_wanted.connect(self.show_wanted)

    def section_title(self, part: str) -> SectionTitle | None:
        """Return the heading of a part, to put widgets at its end."""
        found = self._titles.get(part)
        return found if isinstance(found, SectionTitle) else None

    def in_one(self, single: bool) -> None:
        """Show the fields in one column, or in twelve."""
        for grid in self._grids.values():
            grid.in_one(single)
        self.updateGeometry()

    # loading

    def load(
        self,
        record: str | None,
        data: Mapping[str, Any],
        *,
        villages: Mapping[str, str] | None = None,
        start: Mapping[str, Any] | None = None,
        fixed: Mapping[str, Any] | None = None,
        offer_draft: bool = True,
    ) -> None:
        """Show a record (``None`` and no data for a new one). ``start`` are first answers of a new record, ``fixed``
        values that belong to it without a field."""
        if not self._previous and self._stored:
            self._previous = {name: box.input.typed() for name, box in self.boxes.items()}
        self._clear_state()
        self.record = record
        if villages is not None:
            self.around.know(villages)
        self._fixed = dict(fixed or {})
        self._stored = {name: data.get(name) for name in self.boxes}
        self._show_stored()
        for name, value in (start or {}).items():
            self.boxes[name].input.set_value(value)
            self._values[name] = value
            self._settled[name] = self.boxes[name].input.typed()
        self._started = tuple(start or ())
        self._take_baseline()
        self._old_asks = {_key(one, self._data()) for one in self._rule_findings() if one.level == "ask"}
        self._seal(record is not None)
        self._refresh()
        self._drop_offer()
        if self._drafts and offer_draft:
            number = self._number
            form = self.form.name
            self.jobs.run(lambda desk: desk.draft(form, record), lambda found: self._offer(number, found), owner=self)
        self.changed.emit()

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
        focus = next((box for box in self.boxes.values() if box.sealed() and box.isAncestorOf(_focus())), None)
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

    # typing

    def _typed(self, name: str) -> None:
        self._pending = False
        self._kept = {key for key in self._kept if key[0] != name}
        if self._drafts:
            self._draft_timer.start()

    def _left(self, name: str) -> None:
        if self._locked:
            return
        editor = self.boxes[name].input
        before = self._settled.get(name)
        if editor.typed() == before and name not in self._reads:
            return
        read = editor.read(self.around.today())
        editor.settle(read)
        typed = editor.typed()
        if typed != before:
            self._undo.append((name, before))
            self._settled[name] = typed
        self._reads[name] = read
        self._values[name] = read.value
        if name in COMPARED:
            self._remote = []
            self._desk_timer.start()
        self._refresh()
        if typed != before:
            self.keep_draft()
        self.changed.emit()

    def settle_all(self) -> None:
        """Read every field as it stands, also the one with the focus."""
        QGuiApplication.inputMethod().commit()
        for name in self.boxes:
            self._left(name)

    def _onward(self, name: str) -> None:
        shown = self._shown()
        at = shown.index(name) if name in shown else -1
        if at + 1 < len(shown):
            self.boxes[shown[at + 1]].focus()
        else:
            self.boxes[name].input.editor().nextInFocusChain().setFocus(Qt.FocusReason.TabFocusReason)

    def _shown(self) -> list[str]:
        return [name for name, box in self.boxes.items() if not box.isHidden()]

    def focused(self) -> str:
        """Return the field that has the focus, or nothing."""
        focus = _focus()
        found = (name for name, box in self.boxes.items() if focus is not None and box.isAncestorOf(focus))
        return next(found, "")

    def focus_first(self) -> None:
        """Put the focus where work starts: the first empty needed field, else the first field."""
        stars = starred(self.form)
        shown = self._shown()
        empty = [name for name in shown if name in stars and self._values.get(name) in (None, "", [])]
        for name in [*empty, *shown][:1]:
            self.boxes[name].focus()

    def set_typed(self, name: str, typed: Any) -> None:
        """Write an answer as if it had been typed and left."""
        self.boxes[name].input.set_typed(typed)
        self._left(name)

    def accept(self, name: str) -> None:
        """Take what an input shows as its stored answer (no edit), or as settled for a new record."""
        editor = self.boxes[name].input
        if self._values.get(name) == editor.read(self.around.today()).value:
            self._settled[name] = self._baseline[name] = editor.typed()

    def value(self, name: str) -> Any:
        """Return an answer as understood so far."""
        return self._values.get(name)

    def repeat(self) -> None:
        """Write the answer of the previous record into the field with the focus (F7)."""
        name = self.focused()
        if name and not self._locked and self._previous.get(name):
            self.boxes[name].input.set_typed(self._previous[name])
            self.boxes[name].input.changed.emit()
            self._left(name)

    def insert_now(self) -> None:
        """Write today or now into the field with the focus (Ctrl ;)."""
        name = self.focused()
        if name and not self._locked:
            self.boxes[name].input.insert_now()

    # what differs

    def _given(self) -> dict[str, Any]:
        """Return the answers that differ from the stored record and are asked."""
        return {
            name: value
            for name, value in self._values.items()
            if not _same(value, self._stored.get(name)) and self._active(name)
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
        """Return whether anything is not saved."""
        return bool(self.edits())

    def undo(self) -> bool:
        """Take back the last edit; ``False`` when there is none."""
        if not self._undo or self._locked:
            return False
        name, before = self._undo.pop()
        box = self.boxes[name]
        box.input.set_typed(before)
        read = box.input.read(self.around.today())
        box.input.settle(read)
        self._settled[name] = box.input.typed()
        self._values[name], self._reads[name] = read.value, read
        self._kept = {key for key in self._kept if key[0] != name}
        self._refresh()
        box.focus()
        self.keep_draft()
        self.changed.emit()
        return True

    def can_undo(self) -> bool:
        """Return whether there is an edit to take back."""
        return bool(self._undo)

    # remarks

    def _rule_findings(self) -> list[Finding]:
        data = self._data()
        known = {name: value for name, value in data.items() if self._active(name)}
        found = rules.check(self.form, known, self.around.today(), by_hand=True)
        found = [one for one in found if one.name not in ("missing", "one_needed") or self._tried]
        new_places = {name for name in self.boxes if self.new_place(name)}
        found = [one for one in found if one.field not in new_places or one.name not in ("not_an_id", "no_such_record")]
        return found + (self._row_check(data) if self._row_check is not None else [])

    def new_place(self, name: str) -> bool:
        """Return whether the answer names a village that is not in the list."""
        editor = self.boxes[name].input
        return isinstance(editor, PlaceInput) and editor.is_new(self._values.get(name))

    def findings(self) -> list[Finding]:
        """Return what is to be remarked now, each once."""
        from_reads = [note for name, read in self._reads.items() if self._active(name) for note in read.notes]
        found: dict[tuple[str, str], Finding] = {}
        for one in [*from_reads, *self._understood(), *self._rule_findings(), *self._remote]:
            if not (one.name == "missing" and self._broken(one.field)):
                found.setdefault((one.field, one.name), one)
        return list(found.values())

    def _said(self) -> list[Said]:
        data = self._data()
        said = [
            Said(one.field, one.level, one.name, self._sentence(one), one.level == "ask" and self._is_kept(one, data))
            for one in self.findings()
        ]
        for name in self.boxes:
            if self.new_place(name):
                asked = Finding(name, "ask", "new_village")
                first = not self.around.villages()
                words = say("record.new_village", name=self._values[name])
                said.append(Said(name, "note" if first else "ask", "new_village", words, self._is_kept(asked, data)))
        return said

    def _understood(self) -> list[Finding]:
        """Return notes for dates typed in this session that are a year or a month only."""
        found = []
        for name, read in self._reads.items():
            known = isinstance(read.value, str) and self.boxes[name].field.kind == "date" and not read.notes
            if known and len(read.value) < 10 and not _same(read.value, self._stored.get(name)):
                which = "date_year_only" if len(read.value) == 4 else "date_month_only"
                found.append(Finding(name, "note", which, {"value": dates.show_date(read.value)}))
        return found

    def _sentence(self, one: Finding) -> str:
        if one.name == "date_year_only" and one.field == "born" and self._values.get("born"):
            return self.around.understood_born(str(self._values["born"]))
        return one.text

    def _is_kept(self, one: Finding, data: Mapping[str, Any]) -> bool:
        key = _key(one, data)
        return key in self._kept or (key in self._old_asks and one.field not in self._given())

    def _refresh(self) -> None:
        by_field: dict[str, list[Said]] = {}
        for one in self._said():
            target = one.field if one.field in self.boxes else next(iter(self.boxes), "")
            by_field.setdefault(target, []).append(one)
        for name, box in self.boxes.items():
            box.setVisible(self._active(name))
            box.show_said(by_field.get(name, ()))
        for part in self.plan:
            if part.tint:
                holder = self.findChild(QWidget, f"block_{part.name}")
                if holder is not None:
                    holder.setVisible(any(self._active(item.name) for item in part.fields))

    def trouble(self, part: str | None = None) -> list[str]:
        """Return the fields that need attention (*stop*, or *ask* not kept), in order; of one part if named."""
        inside = {item.name for one in self.plan if one.name == part for item in one.fields}
        return [
            name for name in self._shown() if self.boxes[name].needs() and (part is None or name in inside)
        ]

    def next_finding(self, step: int = 1) -> bool:
        """Go to the next (or previous) field that needs attention; ``False`` when there is none."""
        names = self.trouble()
        if not names:
            return False
        order = list(self.boxes)
        at = order.index(self.focused()) if self.focused() else (-1 if step > 0 else len(order))
        ahead = [name for name in names if (order.index(name) - at) * step > 0]
        self.boxes[(ahead if step > 0 else ahead[::-1] or names[::-1])[0] if ahead else names[0 if step > 0 else -1]].focus()
        return True

    def _keep(self, name: str) -> None:
        data = self._data()
        for one in self.findings():
            if one.field == name and one.level == "ask":
                self._kept.add(_key(one, data))
        if self.new_place(name):
            self._kept.add(_key(Finding(name, "ask", "new_village"), data))
        pending = self._pending
        self._refresh()
        self.changed.emit()
        if pending:
            self.save()

    def _ask_desk(self) -> None:
        """Compare with other records, in the background."""
        if self.form.name != "child":
            return
        data, record, number = self._data(), self.record, self._number
        given = {name: data.get(name) for name in COMPARED}

        def ask(desk: Desk) -> tuple[list[Finding], list[dict[str, Any]]]:
            found = desk.check("child", given, record)
            return [one for one in found if one.name in REMOTE], desk.look_alikes(given, record)

        def show(answer: tuple[list[Finding], list[dict[str, Any]]]) -> None:
            if number == self._number and given == {name: self._data().get(name) for name in COMPARED}:
                self._remote = answer[0]
                self._refresh()
                self.alike.emit(answer[1])
                self.changed.emit()

        self.jobs.run(ask, show, owner=self)

    # drafts

    def keep_draft(self) -> None:
        """Keep what is typed now; nothing typed drops the draft."""
        self._draft_timer.stop()
        if not self._drafts or self._locked:
            return
        typed = self._typed_now()
        if typed:
            typed |= {name: self.boxes[name].input.typed() for name in self._started}
        extra = dict(self.extra())
        data = {**(self._offered or {}), **typed, **extra}
        form, record, number = self.form.name, self.record, self._number
        if not data:
            if self._has_draft:
                self._has_draft = False
                self.draft_at = ""
                self.jobs.run(lambda desk: desk.drop_draft(form, record), owner=self)
            return
        self._has_draft = True
        self.jobs.run(lambda desk: desk.keep_draft(form, record, data), lambda at: self._was_kept(number, at), owner=self)

    def _typed_now(self) -> dict[str, Any]:
        """Return what a person typed or chose since the record was shown."""
        return {name: now for name, box in self.boxes.items() if (now := box.input.typed()) != self._baseline.get(name)}

    def _was_kept(self, number: int, at: str) -> None:
        if number == self._number and self._has_draft:
            self.draft_at = at[11:19]
            self.draft_kept.emit(self.draft_at)
            self.changed.emit()

    def _offer(self, number: int, found: tuple[dict[str, Any], str] | None) -> None:
        if number != self._number or not found or not found[0]:
            return
        self._offered, at = dict(found[0]), found[1]
        self._has_draft = True
        use = Button(say("record.use_draft"), name="use_draft")
        drop = Button(say("record.drop_draft"), "quiet", name="drop_draft")
        use.clicked.connect(self.use_draft)
        drop.clicked.connect(self.drop_draft)
        day = "" if at[:10] == clock.today().isoformat() else f" {at[8:10]}/{at[5:7]}"
        self._banner: Banner | None = Banner("info", say("record.draft_found", at=at[11:16] + day), name="draft_offer")
        self._banner.add(use)
        self._banner.add(drop)
        self._column.insertWidget(0, self._banner)
        focus = _focus()
        if focus is None or not self.isAncestorOf(focus) or not self._typed_now():
            use.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()

    def offering_draft(self) -> bool:
        """Return whether a kept draft waits for an answer."""
        return self._offered is not None

    def _drop_offer(self) -> None:
        banner = getattr(self, "_banner", None)
        self._banner = None
        if banner is not None:
            self._column.removeWidget(banner)
            banner.hide()
            banner.deleteLater()

    def use_draft(self) -> None:
        """Bring the draft back into the fields, each answer as it was typed."""
        draft, self._offered = self._offered or {}, None
        self._drop_offer()
        for name, typed in draft.items():
            if name in self.boxes:
                self.boxes[name].seal(False)
                self.boxes[name].input.set_typed(typed)
        for name in self.boxes:
            self._left(name)
        self.restored.emit({name: value for name, value in draft.items() if name not in self.boxes})
        self.focus_first()
        self.changed.emit()

    restored = Signal(object)
    """What the draft held besides the fields."""

    def drop_draft(self) -> None:
        """Forget the draft for good and show the stored record."""
        self._drop_offer()
        self._draft_timer.stop()
        self._offered, self._has_draft, self.draft_at = None, False, ""
        form, record = self.form.name, self.record
        self.jobs.run(lambda desk: desk.drop_draft(form, record), owner=self)
        self.focus_first()
        self.changed.emit()

    # saving

    def busy(self) -> bool:
        """Return whether the desk is saving."""
        return self._busy

    def save(self) -> None:
        """Save what differs: a *stop* moves there, an *ask* waits for its key."""
        if self._busy or self._locked:
            return
        self.settle_all()
        self._tried = True
        self._refresh()
        self.changed.emit()
        if self._goes_to_trouble():
            return
        if self.record is not None and not self._given():
            self.saved.emit(Saved(self.record))
            return
        self._busy = True
        self.busy_changed.emit(True)
        self.jobs.run(self._work(), self._answered, self._refused, owner=self)

    def _goes_to_trouble(self) -> bool:
        names = self.trouble()
        stops = [name for name in names if self.boxes[name].needs() == "stop"]
        for name in [*stops, *names][:1]:
            self._pending = not stops
            self.boxes[name].focus()
        return bool(names)

    def _work(self) -> Callable[[Desk], Saved | Refused]:
        form, record = self.form.name, self.record
        given = {**self._fixed, **self._given()} if record is None else self._given()
        places = {name: str(given[name]) for name in given if name in self.boxes and self.new_place(name)}
        kept, old, sent = set(self._kept), set(self._old_asks), self._data()

        def work(desk: Desk) -> Saved | Refused:
            found = [one for one in desk.check(form, given, record, by_hand=True)
                     if not (one.field in places and one.name in ("not_an_id", "no_such_record"))]  # fmt: skip
            waits = [one for one in found if one.level == "stop" or (
                one.level == "ask" and _key(one, sent) not in kept | old)]  # fmt: skip
            if waits:
                return Refused(tuple(found))
            for name, village in places.items():
                if form != "child":  # the desk makes a child's village itself
                    given[name] = desk.save("village", {"name": village}).id
            return desk.save(form, given, record, by_hand=True)

        return work

    def _answered(self, answer: Saved | Refused) -> None:
        self._busy = False
        self.busy_changed.emit(False)
        findings = answer.findings
        if isinstance(answer, Refused) or answer.id is None:
            local = {(one.field, one.name) for one in self.findings()}
            self._remote = [one for one in findings if (one.field, one.name) not in local and one.level != "note"]
            self._refresh()
            self.changed.emit()
            self._goes_to_trouble()
            return
        self._previous = {name: box.input.typed() for name, box in self.boxes.items()}
        self._stored = dict(self._values)
        self.record = answer.id
        self._take_baseline()
        self._old_asks |= self._kept
        self._undo, self._offered, self._has_draft, self.draft_at = [], None, False, ""
        self._tried = self._pending = False
        self._reads = {name: Read(read.value) for name, read in self._reads.items()}
        self._drop_offer()
        self._draft_timer.stop()
        self._refresh()
        self.changed.emit()
        self.saved.emit(answer)

    def _refused(self, problem: Problem) -> None:
        self._busy = False
        self.busy_changed.emit(False)
        self.failed.emit(problem)

    # moving

    def go_part(self, name: str) -> None:
        """Bring a part to the top of what is seen and put the focus into it."""
        part = next((one for one in self.plan if one.name == name), None)
        if part is None:
            return
        title = self._titles.get(name)
        area = _scroll_area(self)
        if title is not None and area is not None and area.widget() is not None:
            area.verticalScrollBar().setValue(title.mapTo(area.widget(), title.rect().topLeft()).y())
        first = next((item.name for item in part.fields if item.name in self._shown()), "")
        self._scroll_kept = True
        if first:
            self.boxes[first].focus()
        elif part.widget is not None:
            part.widget.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._scroll_kept = False

    _scroll_kept = False

    def _focus_moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is None or self._scroll_kept or not self.isAncestorOf(new):
            return
        area = _scroll_area(self)
        if area is not None:
            box = next((one for one in self.boxes.values() if one.isAncestorOf(new)), new)
            QTimer.singleShot(0, self, lambda: bring(area, box))


def bring(area: QScrollArea, box: QWidget) -> None:
    """Scroll so that a widget can be seen, with a little room about it."""
    if isValid(area) and isValid(box) and area.widget() is not None and area.widget().isAncestorOf(box):
        area.ensureWidgetVisible(box, 0, 16)


def _scroll_area(widget: QWidget) -> QScrollArea | None:
    at: QWidget | None = widget.parentWidget()
    while at is not None and not isinstance(at, QScrollArea):
        at = at.parentWidget()
    return at


def _focus() -> QWidget | None:
    return QApplication.focusWidget()


def _same(one: Any, other: Any) -> bool:
    empty = (None, "", [], ())
    return one == other or (one in empty and other in empty)


def _key(one: Finding, data: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return what an *ask* is about: field, name, and the answer it was about. Another answer is asked again."""
    return one.field, one.name, repr(data.get(one.field))


def inputs_of(view: FormView, kinds_: Iterable[type[Input]] = (RefsInput,)) -> list[Input]:
    """Return the inputs of some classes on a form."""
    return [box.input for box in view.boxes.values() if isinstance(box.input, tuple(kinds_))]
