"""Verbs on notes of the receiver: asked about a record, carried home, answered there, closed or asked again above.

A note is a record of the form ``note`` in the receiver's stream for the unit, so it travels like a correction and shows
at the commune as a thing to do until it is answered; the answer travels up the same way. What was asked and answered
before stays in the history of the note. A note about a record kept apart is kept apart with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cbdesk import text
from cbdesk.catalogue import catalogue
from cbdesk.change import Value
from cbdesk.desk.base import Saved
from cbdesk.desk.known import CHILD
from cbdesk.desk.records import Records
from cbdesk.errors import Problem
from cbdesk.rights import EDIT, needs
from cbdesk.store import Draft
from cbdesk.store.projection import OWNER

NOTE = "note"
OPEN, ANSWERED, CLOSED = "open", "answered", "closed"


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing said about a note: ``what`` is ``text`` or ``answer``."""

    what: str
    said: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Note:
    """A note: ``about`` (id) and ``form`` name the record, ``field`` one of its fields or "", ``child`` whom, or ""."""

    id: str
    state: str
    text: str
    answer: str
    about: str
    form: str
    field: str
    child: str
    unit: str
    turns: tuple[Turn, ...]


class Noting(Records):
    """Verbs on notes of the receiver."""

    @needs(EDIT)
    def note(self, record: str, text: str, field: str = "") -> Saved:
        """Ask or tell the unit of a record something about it, or about one field.

        Raises ``Problem``: ``only_receiver``, ``no_record``, ``unknown_field``, ``no_reason`` (nothing is said).
        """
        form, _ = self._record(record)
        if self.role != "receiver":
            raise Problem("only_receiver")
        if field and not catalogue().forms[form].has(field):
            raise Problem("unknown_field", field=field, form=form)
        return self.save(NOTE, {"record": record, "field": field or None, "text": _said(text), "state": OPEN})

    @needs(EDIT)
    def answer(self, note: str, text: str) -> Saved:
        """Answer a note; it is no thing to do any more. Raises ``only_commune``, ``no_record``, ``no_reason``."""
        if self.role == "receiver":
            raise Problem("only_commune")
        return self._amend_note(note, answer=_said(text), state=ANSWERED)

    @needs(EDIT)
    def ask_again(self, note: str, text: str) -> Saved:
        """Ask once more; the answer of before stays in the history. Raises ``Problem`` as ``note``."""
        if self.role != "receiver":
            raise Problem("only_receiver")
        return self._amend_note(note, text=_said(text), answer=None, state=OPEN)

    @needs(EDIT)
    def close_note(self, note: str) -> Saved:
        """Close a note: nothing more is asked. Raises ``Problem``: ``only_receiver``, ``no_record``."""
        if self.role != "receiver":
            raise Problem("only_receiver")
        return self._amend_note(note, state=CLOSED)

    def _amend_note(self, note: str, **said: str | None) -> Saved:
        form, _ = self._record(note)
        if form != NOTE:
            raise Problem("no_record")
        return self.save(NOTE, dict(said), note)

    def notes(self, state: str = "", unit: str = "", record: str = "") -> list[Note]:
        """Return notes, what waits for this side first, then the newest; of one state, unit or record where given."""
        waiting = ANSWERED if self.role == "receiver" else OPEN
        rows = self.store.rows(NOTE, "1", order="id DESC")
        found = [self._note(row) for row in rows]
        kept = [one for one in found
                if state in ("", one.state) and unit in ("", one.unit) and record in ("", one.about)]  # fmt: skip
        return sorted(kept, key=lambda one: one.state != waiting)

    def _note(self, row: Mapping[str, Value]) -> Note:
        about = str(row.get("record") or "")
        form = self.store.form_of(about) or ""
        values = self.store.row(form, about) if form in catalogue().forms else None
        child = about if form == CHILD else values.get(CHILD) if values else ""
        return Note(
            str(row["id"]), str(row.get("state") or OPEN), str(row.get("text") or ""), str(row.get("answer") or ""),
            about, form, str(row.get("field") or ""), child if isinstance(child, str) else "", str(row[OWNER]),
            tuple(self._turns(str(row["id"]))),
        )  # fmt: skip

    def _turns(self, note: str) -> Iterator[Turn]:
        for one in self.store.changes_of(note):
            for name in ("text", "answer"):
                if isinstance(said := one.f.get(name), str):
                    yield Turn(name, said, one.by, one.at)

    def _belonging(self, form: str, record: str) -> list[tuple[str, str]]:
        """Add the notes about a record to what is erased with it."""
        about = self.store.rows(NOTE, "record = ?", (record,), hidden=True)
        return [*super()._belonging(form, record), *((NOTE, str(row["id"])) for row in about)]

    def _unit_of(self, draft: Draft) -> str:
        """Give a note to the unit of the record it is about."""
        about = draft.fields.get("record")
        if draft.form == NOTE and isinstance(about, str) and self.store.row(NOTE, draft.record) is None:
            return str(self._record(about)[1][OWNER])
        return super()._unit_of(draft)


def _said(written: str) -> str:
    """Return what was written. Raises ``Problem(no_reason)`` where that is nothing."""
    said = text.nfc(written).strip()
    if not said:
        raise Problem("no_reason")
    return said
