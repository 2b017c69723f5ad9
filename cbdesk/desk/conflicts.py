"""Verbs on what two people wrote without knowing of each other: told in words, decided by a person, taken back.

Until somebody decides, the later value is shown and the others are kept; a decision is an ordinary change that names
all of them as seen, in the stream of whoever decides, so it travels like any other and is undone by its batch. A value
that was contested is never overwritten silently; the same value written twice is no conflict. *Ours* is what this
installation wrote; where it wrote none of them (a receiver between two machines of one commune), what is shown now.

What is sensitive is told as such only, until somebody who may see it asks; that is logged.
Source: ``spec/bundle.md`` 4.4; ``spec/cases.md`` 3–5.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cbdesk import clock, kinds
from cbdesk.catalogue import Field, catalogue
from cbdesk.change import VOID, Change, Value, joined_to, new_stream_id
from cbdesk.desk import contested
from cbdesk.desk.base import Saved
from cbdesk.desk.board import hidden
from cbdesk.desk.contested import Contest, Place
from cbdesk.desk.joining import Joining
from cbdesk.desk.known import CHILD
from cbdesk.desk.places import names_of, village_names
from cbdesk.errors import Finding, Problem
from cbdesk.kind import Read
from cbdesk.rights import EDIT, SENSITIVE, needs
from cbdesk.store import Draft
from cbdesk.store.projection import OWNER
from cbdesk.words import has, say

OURS, THEIRS, BASE = "ours", "theirs", "base"
FIELD, GONE = "field", "gone"
NAME, BORN, NUMBERS = "full_name", "born", ("number", "code", "book_code")


@dataclass(frozen=True, slots=True)
class Writer:
    """Who wrote a value, and when: the officer, the unit as people know it, the machine (``own``: this one)."""

    at: str
    by: str
    unit: str
    device: str
    own: bool


@dataclass(frozen=True, slots=True)
class Side:
    """One of the values two people wrote: its code (``ours``, ``theirs``, ``theirs2`` …), itself, in words, by whom.

    ``shown`` tells that the record shows it now. ``details`` say what was done where a record is gone.
    """

    code: str
    value: Value
    text: str
    shown: bool
    versions: tuple[tuple[int, str], ...]
    writers: tuple[Writer, ...]
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """One thing to decide: a ``field`` of a record, or a record that is ``gone`` with work in it.

    ``title`` names the record, ``veiled`` does so without a name (initials and year), ``label`` the field; ``child`` is
    whom it is about. ``base`` is the value all of them replaced, ``base_by`` who wrote it (``None``: there was none).
    ``sealed``: the values are sensitive and were not asked for; ``sides`` then have none.
    """

    kind: str
    form: str
    record: str
    field: str
    title: str
    veiled: str
    label: str
    child: str
    unit: str
    unit_name: str
    base: Value
    base_text: str
    base_by: Writer | None
    sides: tuple[Side, ...]
    sensitive: bool = False
    sealed: bool = False

    @property
    def at(self) -> str:
        """Return when the last of them was written."""
        return max((one.at for side in self.sides for one in side.writers), default="")

    @property
    def stand(self) -> str:
        """Return a mark of how the field stands: another one once anybody wrote it."""
        return "|".join(f"{c}.{s}" for side in self.sides for c, s in sorted(side.versions))

    def side(self, code: str) -> Side | None:
        """Return one side by its code."""
        return next((one for one in self.sides if one.code == code), None)

    def as_dict(self) -> dict[str, Any]:
        """Return the shape promised by the command line."""
        sides = [_side_dict(one) for one in self.sides]
        base = None if self.base_by is None else {"value": self.base, "text": self.base_text, **_who(self.base_by)}
        return {
            "kind": self.kind, "form": self.form, "record": self.record, "field": self.field, "title": self.title,
            "label": self.label, "unit": self.unit, "sensitive": self.sensitive, "sealed": self.sealed,
            "base": base, "ours": sides[0], "theirs": sides[1], "more": sides[2:],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a record in words, as it would be; ``changed`` where it is another than now."""

    name: str
    label: str
    text: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """A record as it would be after a decision, what is sensitive left out; ``hidden`` where it would be hidden."""

    lines: tuple[Line, ...]
    findings: tuple[Finding, ...]
    hidden: bool


class Conflicts(Joining):
    """Verbs on what two people wrote."""

    def called(self, record: str) -> tuple[str, str]:
        """Return what a record is called, and what while names are hidden (initials and year of birth).

        Raises ``Problem(no_record)``.
        """
        form, values = self._record(record)
        title, veiled, _ = self._called(form, values)
        return title, veiled

    def conflicts(self) -> list[Conflict]:
        """Return what waits for a decision, the oldest first; values of what is sensitive are sealed."""
        found = [self._conflict(place) for place in contested.places(self.store)]
        return sorted(found, key=lambda one: (one.at, one.record, one.field))

    def conflict(self, record: str, field: str, *, reveal: bool = False) -> Conflict:
        """Return one of them; ``reveal`` opens what is sensitive, which is logged.

        Raises ``Problem``: ``no_record``, ``no_conflict``, ``no_right``.
        """
        place = self._place(record, field)
        sealed = self._conflict(place)
        if not reveal or not sealed.sensitive:
            return sealed
        self.require(SENSITIVE)
        with self.store.atomic():
            self.ledger.log_access(self.officer, "view", record)
        return self._conflict(place, reveal=True)

    def conflict_preview(self, record: str, field: str, take: str = "", value: Value = None) -> Preview:
        """Return the record as it would be if ``take`` (the code of a side, or ``base``) or ``value`` were decided.

        Nothing is written. Raises ``Problem`` as ``resolve``.
        """
        place, conflict = self._still_asked(record, field)
        read = self._decision(conflict, take, value)
        form, row = catalogue().forms[place.form], self.store.row(place.form, record) or {}
        after = {**row, field: read.value}
        lines = [
            Line(item.name, item.label, self._in_words(item, after.get(item.name)), item.name == field)
            for item in form.fields
            if item.name == field or (after.get(item.name) not in (None, "", []) and self._tells(item, after))
        ]
        return Preview(tuple(lines), read.notes, after.get(VOID) is not None)

    @needs(EDIT)
    def resolve(
        self, record: str, field: str, take: str = "", *, value: Value = None, stand: str = "", batch: str | None = None
    ) -> Saved:
        """Decide: the value of a side (``take`` its code, or ``base``), or ``value`` as written by a person.

        A *stop* about such a value writes nothing.

        Where a record is gone, the side that hid it or the one that worked in it; a joined record is taken apart again.
        ``stand`` is the mark of what was shown; ``batch`` makes several decisions one action. Raises ``Problem``:
        ``no_record``, ``no_conflict``, ``take_unclear``, ``changed_meanwhile``, ``no_right``.
        """
        place, conflict = self._still_asked(record, field)
        if stand and stand != conflict.stand:
            raise Problem("changed_meanwhile")
        read, batch = self._decision(conflict, take, value), batch or new_stream_id()
        if not take and any(one.level == "stop" for one in read.notes):
            return Saved(None, read.notes)
        link = self._links().get(record) if field == VOID and read.value is None else None
        self._write(self._taken_back(link) if link else [Draft(place.form, record, {field: read.value})], batch)
        return Saved(record, read.notes, batch)

    @needs(EDIT)
    def resolve_all(self, decisions: Iterable[tuple[str, str, str]]) -> Saved:
        """Decide several, each (record, field, take), as one action. Raises ``Problem`` as ``resolve``."""
        batch = new_stream_id()
        with self.store.atomic():
            for record, field, take in decisions:
                self.resolve(record, field, take, batch=batch)
        return Saved(None, (), batch)

    # --- what stands behind it ---------------------------------------------------------------------------------------

    def _place(self, record: str, field: str) -> Place:
        form, _ = self._record(record)
        place = Place(form, record, field)
        if place not in contested.places(self.store):
            raise Problem("no_conflict")
        return place

    def _still_asked(self, record: str, field: str) -> tuple[Place, Conflict]:
        """Return what is to be decided, for somebody who may see it."""
        place = self._place(record, field)
        conflict = self._conflict(place, reveal=True)
        if conflict.sensitive:
            self.require(SENSITIVE)
        return place, conflict

    def _value_typed(self, conflict: Conflict, value: Value) -> Read:
        """Return a value as it is stored, and what is remarked, from what a person or a script wrote."""
        form = catalogue().forms[conflict.form]
        if not isinstance(value, str) or not form.has(conflict.field):
            return Read(value)
        item = form.field(conflict.field)
        if item.kind == "place":
            return Read(village_names(self.store).meant(value) or value)
        return kinds.of(item).read(value, item, clock.today())

    def _decision(self, conflict: Conflict, take: str, value: Value) -> Read:
        """Return what would be decided, with what is remarked of it."""
        read = Read(self._taken_side(conflict, take)) if take else self._value_typed(conflict, value)
        form, field = catalogue().forms[conflict.form], conflict.field
        if not form.has(field):
            return read
        found = self.check(form.name, {field: read.value}, conflict.record, by_hand=False, doubles=False)
        more = (one for one in found if one.field == field and one not in read.notes)
        return Read(read.value, (*read.notes, *more))

    def _taken_side(self, conflict: Conflict, take: str) -> Value:
        if take == BASE and conflict.kind == FIELD:
            return conflict.base
        side = conflict.side(take)
        if side is None or (take == THEIRS and len(conflict.sides) > 2):
            raise Problem("take_unclear", names=", ".join(one.code for one in conflict.sides))
        return side.value

    def _conflict(self, place: Place, *, reveal: bool = False) -> Conflict:
        row = self.store.row(place.form, place.record) or {}
        log = self.store.changes_of(place.record)
        contest = contested.contest(log, place.field)
        work = contested.unseen(self.store, place.form, place.record) if place.field == VOID else []
        sides = _coded([*self._sides(place, contest), *([self._worked(work)] if work else [])])
        values = [one.value for one in sides]
        sensitive = contested.is_sensitive(place, [*values, contest.base_value(place.field)])
        sealed = sensitive and not reveal
        title, veiled, child = self._called(place.form, row)
        base = contest.base if not work else None
        return Conflict(
            GONE if work else FIELD, place.form, place.record, place.field, title, veiled, self._label_of(place), child,
            str(row.get(OWNER) or ""), catalogue().units.label(str(row.get(OWNER) or "")),
            None if sealed or base is None else contest.base_value(place.field),
            "" if sealed or base is None else self._value_words(place, contest.base_value(place.field)),
            self._writer(base) if base else None,
            tuple(_sealed(one) for one in sides) if sealed else sides, sensitive, sealed,
        )  # fmt: skip

    def _sides(self, place: Place, contest: Contest) -> list[Side]:
        """Return the differing values, the shown one first, then by age from the newest."""
        grouped: dict[str, list[contested.Head]] = {}
        for one in reversed(contest.heads):
            grouped.setdefault(repr(one.value), []).append(one)
        return [
            Side("", heads[0].value, self._value_words(place, heads[0].value), at == 0,
                 tuple(one.version for one in heads), tuple(self._writer(one.origin) for one in heads))
            for at, heads in enumerate(grouped.values())
        ]  # fmt: skip

    def _worked(self, work: Sequence[Change]) -> Side:
        """Return what others did in a record that somebody else hid meanwhile."""
        writers = tuple(dict.fromkeys(self._writer(one) for one in work))
        versions = tuple(one.version for one in work)
        return Side("", None, say("conflicts.worked"), False, versions, writers, tuple(self._work_words(work)))

    def _work_words(self, work: Sequence[Change]) -> Iterable[str]:
        """Say what was done in a record that is gone, field by field; of what is sensitive only that it was."""
        for one in work:
            form = catalogue().forms[one.t]
            for name, value in one.f.items():
                item = form.field(name) if form.has(name) else None
                if item is None or value in (None, "", []) or name == form.parent:
                    continue
                words = self._in_words(item, value)
                words = say("record.sensitive") if catalogue().sensitive(item, value) else words
                yield say("conflicts.work", title=item.label, value=words)

    # --- words -------------------------------------------------------------------------------------------------------

    def _writer(self, one: Change) -> Writer:
        stream = self.store.stream(one.s)
        if stream is None:
            return Writer(one.at, one.by, "", "", own=False)
        above = stream.role == "receiver"
        unit = catalogue().receiver(clock.today()).label if above else catalogue().units.label(stream.unit)
        return Writer(one.at, one.by, unit, stream.device[:4], stream.device == self.node)

    def _label_of(self, place: Place) -> str:
        form = catalogue().forms[place.form]
        if place.field == VOID:
            return say("conflicts.gone")
        return form.field(place.field).label if form.has(place.field) else place.field

    def _value_words(self, place: Place, value: Value) -> str:
        form = catalogue().forms[place.form]
        if place.field == VOID:
            return self._reason_words(value)
        return self._in_words(form.field(place.field), value) if form.has(place.field) else str(value or "")

    def _reason_words(self, reason: Value) -> str:
        if reason is None:
            return say("conflicts.stays")
        if joined_to(reason):
            return say("conflicts.joined")
        words = f"conflicts.reason.{reason}"
        return say("conflicts.hidden", reason=say(words) if has(words) else reason)

    def _in_words(self, item: Field, value: Value) -> str:
        """Return one value as people read it; "" where there is none."""
        if value in (None, "", []):
            return ""
        if item.kind == "place":
            row = self.store.row("village", str(value))
            return names_of([row])[str(value)] if row else ""
        if item.kind in ("ref", "refs"):
            named = value if isinstance(value, list) else [value]
            return ", ".join(self._named_record(item, str(one)) for one in named)
        return kinds.of(item).show(value, item)

    def _tells(self, item: Field, row: Mapping[str, Any]) -> bool:
        """Return whether a field tells anybody something: not what is sensitive, nor a link to what has no name."""
        if catalogue().sensitive(item, row.get(item.name)):
            return False
        return item.form is None or self._in_words(item, row.get(item.name)) != catalogue().forms[item.form].title

    def _called(self, form: str, row: Mapping[str, Any]) -> tuple[str, str, str]:
        """Return what a record is called, what without a name, and the child it is about ("" for none or several)."""
        shape = catalogue().forms[form]
        holder = str(row.get(shape.parent) or "") if shape.parent else ""
        if shape.parent and holder:
            title, veiled, child = self._called(shape.parent, self.store.row(shape.parent, holder) or {})
            return f"{title} · {shape.title}", f"{veiled} · {shape.title}", child
        named = str(row.get(NAME) or "")
        code = next((str(row[one]) for one in NUMBERS if row.get(one)), "")
        if form == CHILD:
            return named or code or shape.title, hidden(named, str(row.get(BORN) or "")) or code, str(row.get("id"))
        about = row.get(CHILD)
        about = about[0] if isinstance(about, list) and len(about) == 1 else about
        child = str(about) if isinstance(about, str) else ""
        kid = self.store.row(CHILD, child) if child else None
        if kid:
            title, veiled, _ = self._called(CHILD, kid)
            return f"{title} · {code or shape.title}", f"{veiled} · {code or shape.title}", child
        shown = named or str(row.get("name") or "") or code or shape.title
        return shown, code or shape.title, ""


def _coded(sides: Sequence[Side]) -> tuple[Side, ...]:
    """Return the sides with their codes, what this installation wrote first."""
    ordered = sorted(sides, key=lambda side: not any(one.own for one in side.writers))
    return tuple(replace(one, code=OURS if at == 0 else THEIRS if at == 1 else f"{THEIRS}{at}")
                 for at, one in enumerate(ordered))  # fmt: skip


def _sealed(side: Side) -> Side:
    return replace(side, value=None, text=say("record.sensitive"))


def _side_dict(side: Side) -> dict[str, Any]:
    found = {"code": side.code, "value": side.value, "text": side.text, "shown": side.shown,
             "versions": [list(one) for one in side.versions], "by": [_who(one) for one in side.writers]}  # fmt: skip
    return found | ({"details": list(side.details)} if side.details else {})


def _who(writer: Writer) -> dict[str, Any]:
    return {"at": writer.at, "by": writer.by, "unit": writer.unit, "device": writer.device, "own": writer.own}
