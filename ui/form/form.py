"""The form engine: one record of any form of the catalogue, typed, understood, remarked, drafted, undone and saved.

Rules. Nothing interrupts typing: remarks stand under their field. Leaving a field reads it, and each reading that
changed an answer is one edit that Ctrl Z takes back. Saving: *stop* moves to the field and does nothing else; *ask*
waits for one key beside the field. The engine stands in four rooms, each building on the one before: ``form_state``
(widgets and answers), ``form_remarks``, ``form_drafts``, and this one (typing, undoing, saving, moving).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from cbdesk.desk import Desk, Saved
from cbdesk.errors import Problem
from cbdesk.kinds import Read
from ui.form.fieldbox import FieldBox
from ui.form.form_drafts import DRAFT_MS, Drafts
from ui.form.form_plan import Edit, Part, Refused, bring, key_of, plan_of, scroll_area, starred
from ui.form.form_remarks import ALIKE, ASK_DESK_MS, COMPARED
from ui.form.form_state import Write
from ui.form.people import PeopleInput

__all__ = ["Edit", "FormView", "Part", "plan_of", "starred"]


class FormView(Drafts):
    """One record on screen. Call ``load`` for each record; the widgets are kept."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._draft_timer = self._timer(DRAFT_MS, self.keep_draft)
        self._desk_timer = self._timer(ASK_DESK_MS, self._ask_desk)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_moved)

    def _timer(self, ms: int, then: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(ms)
        timer.timeout.connect(then)
        return timer

    def _wire(self, name: str, box: FieldBox) -> None:
        editor = box.input
        editor.changed.connect(lambda: self._typed(name))
        editor.left.connect(lambda: self._left(name))
        editor.onward.connect(lambda: self._onward(name))
        editor.undo_wanted.connect(self.undo)
        if isinstance(editor, PeopleInput):
            editor.also.connect(self._also)
        box.kept.connect(lambda: self._keep(name))
        box.show_wanted.connect(self.show_wanted)
        box.other_wanted.connect(self.other_wanted)

    # loading

    def load(
        self,
        record: str | None,
        data: Mapping[str, Any],
        *,
        villages: Mapping[str, str] | None = None,
        start: Mapping[str, Any] | None = None,
        fixed: Mapping[str, Any] | None = None,
        proposed: Mapping[str, str] | None = None,
        write: Write | None = None,
        offer_draft: bool = True,
    ) -> None:
        """Show a record, ``None`` without data for a new one.

        ``start`` are first answers of a new record, ``fixed`` values that belong to it without a field, ``proposed``
        the beginnings of lines to type on. ``write`` writes a new record where ``desk.save`` is not the verb.
        """
        self._clear_state()
        self.record, self._write = record, write
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
        for name, words in (proposed or {}).items():
            self.boxes[name].input.propose(words)
            self._settled[name] = self.boxes[name].input.typed()
        self._take_baseline()
        self._old_asks = {key_of(one, self._data()) for one in self._rule_findings() if one.level == "ask"}
        self._seal(record is not None)
        if record is not None:
            self._touch(record)
        self._refresh()
        self._drop_offer()
        if self._drafts and offer_draft:
            number = self._number
            form = self.form.name
            self.jobs.run(lambda desk: desk.draft(form, record), lambda found: self._offer(number, found), owner=self)
        self.changed.emit()

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
            self._remote = [one for one in self._remote if one.field != name]  # it was about another answer
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
            self._after_last(name)

    def _after_last(self, name: str) -> None:
        """Go on from the last field."""
        self.boxes[name].input.editor().nextInFocusChain().setFocus(Qt.FocusReason.TabFocusReason)

    def set_typed(self, name: str, typed: Any) -> None:
        """Write an answer as if it had been typed and left."""
        self.boxes[name].input.set_typed(typed)
        self._left(name)

    def _also(self, name: str, words: str) -> None:
        """Take what an answer says of another field, where nothing stands in it."""
        if name in self.boxes and not self.boxes[name].input.typed():
            self.set_typed(name, words)

    def repeat(self) -> None:
        """Write the answer of the previous record into the field with the focus (F7)."""
        name = self.focused()
        answer = self.before.answer(self.record, name)
        if name and not self._locked and answer is not None:
            self.boxes[name].input.set_typed(answer)
            self.boxes[name].input.changed.emit()
            self._left(name)

    def open_help(self) -> None:
        """Open the list or the calendar of the field with the focus (Alt ↓)."""
        name = self.focused()
        if name and not self._locked:
            self.boxes[name].input.open_help()

    def insert_now(self) -> None:
        """Write today or now into the field with the focus (Ctrl ;)."""
        name = self.focused()
        if name and not self._locked:
            self.boxes[name].input.insert_now()

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
        form, record, write = self.form.name, self.record, self._write
        given = {**self._fixed, **self._given()} if record is None else self._given()
        places = {name: str(given[name]) for name in given if name in self.boxes and self.new_place(name)}
        kept, old, sent = set(self._kept), set(self._old_asks), self._data()
        others = self._other_children if key_of(ALIKE, sent) in kept else frozenset()

        def work(desk: Desk) -> Saved | Refused:
            found = [one for one in desk.check(form, given, record, by_hand=True)
                     if not (one.field in places and one.name in ("not_an_id", "no_such_record"))]  # fmt: skip
            waits = [one for one in found if one.level == "stop" or (
                one.level == "ask" and key_of(one, sent) not in kept | old)]  # fmt: skip
            if others and not {str(row["id"]) for row in desk.look_alikes(sent, record)} <= others:
                waits.append(ALIKE)  # somebody else than those who were shown
            if waits:
                return Refused(tuple(found))
            for name, village in places.items():
                if form != "child":  # the desk makes a child's village itself
                    given[name] = desk.save("village", {"name": village}).id
            if record is None and write is not None:
                saved = write(desk, given)
            else:
                saved = desk.save(form, given, record, by_hand=True)
            return self._told_apart(desk, saved, others)

        return work

    @staticmethod
    def _told_apart(desk: Desk, saved: Saved, others: frozenset[str]) -> Saved:
        """Remember, in the same batch, whom somebody said this child is not."""
        for other in sorted(others) if saved.id is not None and saved.batch is not None else ():
            desk.distinct(saved.id, other, batch=saved.batch)
        return saved

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
            self._ask_desk()
            return
        self._touch(answer.id)
        self._keep_undecided()
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

    def _keep_undecided(self) -> None:
        """Saving drops the draft of the record; one that was offered and not answered is somebody's work and stays."""
        offered, form, record = self._offered, self.form.name, self.record
        if offered:
            self.jobs.run(lambda desk: desk.keep_draft(form, record, offered), owner=self)

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
        area = scroll_area(self)
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
        self.entered.emit(self._part_of(new))
        area = scroll_area(self)
        if area is not None:
            box = next((one for one in self.boxes.values() if one.isAncestorOf(new)), new)
            QTimer.singleShot(0, self, lambda: bring(area, box))

    def _part_of(self, widget: QWidget) -> str:
        """Return the part a widget stands in, or nothing."""
        for part in self.plan:
            own = [self.boxes[item.name] for item in part.fields] + [part.widget, part.above]
            if any(one is not None and (one is widget or one.isAncestorOf(widget)) for one in own):
                return part.name
        return ""
