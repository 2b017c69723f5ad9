"""What a form remarks: findings of reading, of the rules and of the desk, each under its field, and how they close.

Rules. Missing answers are remarked only after somebody tried to save. A doubtful answer is asked about once: another
answer in the same field is asked about again, and what was doubtful already in the stored record is shown but holds
nobody up. The desk compares with other records 300 ms after the field was left.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QWidget

from cbdesk import dates, rules
from cbdesk.desk import Desk
from cbdesk.errors import Finding
from cbdesk.words import say
from ui.form.around import child_facts
from ui.form.fieldbox import Said
from ui.form.form_plan import key_of, same
from ui.form.form_state import FormState
from ui.form.picking import PlaceInput

ASK_DESK_MS = 300
#: fields whose answers the desk compares with other records
COMPARED = frozenset({"full_name", "usual_name", "born", "sex", "village", "personal_id", "ethnicity", "health_card",
                      "mother_name", "father_name", "carer_name"})  # fmt: skip
ALIKE = Finding("full_name", "ask", "look_alike")
REMOTE = frozenset({"look_alike", "id_used"})


class Remarks(FormState):
    """Remarks beside fields."""

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
            Said(one.field, one.level, one.name, self._sentence(one), one.level == "ask" and self._is_kept(one, data),
                 str(self._alike[0][1]["id"]) if one.name == ALIKE.name and self._alike else "")
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
            if known and len(read.value) < 10 and not same(read.value, self._stored.get(name)):
                which = "date_year_only" if len(read.value) == 4 else "date_month_only"
                found.append(Finding(name, "note", which, {"value": dates.show_date(read.value)}))
        return found

    def _sentence(self, one: Finding) -> str:
        if one.name == "date_year_only" and one.field == "born" and self._values.get("born"):
            return self.around.understood_born(str(self._values["born"]))
        return self._alike_words() if one.name == ALIKE.name and self._alike else one.text

    def _alike_words(self) -> str:
        """Return who is in the book already, how alike, and why."""
        likeness, row = self._alike[0]
        name = row.get("full_name") or row.get("usual_name") or say("record.no_name")
        facts = child_facts(row, self.around.villages(), self.around.today())
        more = say("record.alike_more", n=len(self._alike) - 1) if len(self._alike) > 1 else ""
        return say("record.alike", name=name, facts=facts, n=likeness.score, reasons=likeness.text) + more

    def alike_ids(self) -> frozenset[str]:
        """Return the records of the book this one looks like, as they are shown."""
        return frozenset(str(row["id"]) for _, row in self._alike)

    def _is_kept(self, one: Finding, data: Mapping[str, Any]) -> bool:
        key = key_of(one, data)
        if one.name == ALIKE.name and key in self._kept:
            return self.alike_ids() <= self._other_children
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
        here = order.index(self.focused()) if self.focused() else -1
        places = [order.index(name) for name in names]
        ahead = [at for at in places if at > here] if step > 0 else [at for at in reversed(places) if at < here]
        wrapped = places[0] if step > 0 else places[-1]
        self.boxes[order[ahead[0] if ahead else wrapped]].focus()
        return True

    def _keep(self, name: str) -> None:
        data = self._data()
        for one in self.findings():
            if one.field == name and one.level == "ask":
                self._kept.add(key_of(one, data))
                self._other_children |= self.alike_ids() if one.name == ALIKE.name else frozenset()
        if self.new_place(name):
            self._kept.add(key_of(Finding(name, "ask", "new_village"), data))
        pending = self._pending
        self._refresh()
        self.changed.emit()
        if pending:
            self.save()

    def _ask_desk(self) -> None:
        """Compare with other records, in the background."""
        if self.form.name != "child" or self.partial:
            return
        data, record, number = self._data(), self.record, self._number
        given = {name: data[name] for name in COMPARED if name in data}

        def ask(desk: Desk) -> tuple[list[Finding], list[tuple[Any, dict[str, Any]]]]:
            found = desk.check("child", given, record)
            return [one for one in found if one.name in REMOTE], desk.compared(given, record)

        def show(answer: tuple[list[Finding], list[tuple[Any, dict[str, Any]]]]) -> None:
            now = self._data()
            if number == self._number and given == {name: now[name] for name in COMPARED if name in now}:
                self._remote, self._alike = answer
                self._refresh()
                self.alike.emit(answer[1])
                self.changed.emit()

        self.jobs.run(ask, show, owner=self)
