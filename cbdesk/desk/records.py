"""Verbs on single records: check, save, put, get, history, void, erase, undo, drafts.

Each is one unit of work. Only *stop* refuses; *ask* is listed and closed with one key in the window. An undo writes
new changes that restore what the batch replaced: the visible rows are as before, the journal only grows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cbdesk import change, clock, compartment, rules, text
from cbdesk.catalogue import Form, catalogue
from cbdesk.change import VOID, Value, new_id, new_stream_id
from cbdesk.desk import shorthand
from cbdesk.desk.base import Saved
from cbdesk.desk.known import CHILD, Known
from cbdesk.desk.numbering import Numbers
from cbdesk.desk.undoing import undoing
from cbdesk.desk.upkeep import Upkeep
from cbdesk.errors import Finding, Problem
from cbdesk.likeness import Likeness
from cbdesk.persons import person
from cbdesk.rights import EDIT, ERASE, SENSITIVE, needs, wholly
from cbdesk.store import Draft
from cbdesk.store.projection import OWNER

MAX_REASON = 2_000
_ONE_LINE = ("name", "text", "code", "personal_id", "phone", "place")


@dataclass(frozen=True, slots=True)
class Work:
    """What the records saved by one action share: ``known`` only where there are many.

    ``waiting`` collects the drafts of an import, which looks for doubles itself and writes them in lots.
    """

    batch: str
    villages: shorthand.Villages
    numbers: Numbers
    known: Known | None = None
    waiting: list[Draft] | None = None


class Records(Upkeep):
    """Verbs on single records."""

    def check(
        self,
        form: str,
        data: Mapping[str, Value],
        record: str | None = None,
        *,
        by_hand: bool = True,
        known: Known | None = None,
        doubles: bool = True,
    ) -> list[Finding]:
        """Return the findings about a record as it would be after this save; nothing is written.

        ``known`` are the children to compare with, where an action of many rows has read them already; without
        ``doubles`` nobody is compared.
        """
        shape = catalogue().form(form)
        old = self.store.row(form, record) if record else None
        whole = {name: value for name, value in (old or {}).items() if name != OWNER} | dict(data)
        found = rules.check(shape, whole, clock.today(), by_hand=by_hand)
        if old is not None and not by_hand:
            found = [one for one in found if one.field in data or _asked_by(shape, one, data)]
        found += self._references(shape, data)
        return found + (self._doubles(whole, record, known) if form == CHILD and doubles else [])

    def _doubles(self, data: Mapping[str, Value], record: str | None, known: Known | None) -> list[Finding]:
        """Look-alikes and a personal number already used: *ask*, never a refusal."""
        given = self.readable(data) | {"id": record}
        near = known or Known.near(self.store, given)
        found = [Finding("personal_id", "ask", "id_used")] if near.number_used(given) else []
        return found + ([Finding("full_name", "ask", "look_alike")] if near.alike(given) else [])

    @needs(EDIT)
    def save(
        self,
        form: str,
        data: Mapping[str, Value],
        record: str | None = None,
        *,
        batch: str | None = None,
        by_hand: bool = False,
    ) -> Saved:
        """Add a record, or amend ``record`` (only the fields given). A *stop* writes nothing.

        ``data`` holds stored values and shorthands. Raises ``Problem``: ``unknown_form``, ``no_record``.
        """
        with self.store.atomic():
            saved = self._save(
                catalogue().form(form),
                dict(data),
                record,
                self._work(batch),
                by_hand=by_hand,
            )
            if saved.id is not None:
                self.ledger.drop_draft(form, record or "new", self.officer)
        return saved

    def _save(
        self,
        form: Form,
        data: dict[str, Value],
        record: str | None,
        work: Work,
        *,
        by_hand: bool = False,
    ) -> Saved:
        old = self.store.row(form.name, record) if record else None
        if record is not None and old is None:
            raise Problem("no_record")
        drafts: list[Draft] = []
        doubtful = work.villages.doubtful(str(data.get("village") or ""), _hint(data))
        _tidy(form, data, work.villages, drafts)
        findings = self.check(
            form.name, data, record, by_hand=by_hand, known=work.known, doubles=work.waiting is None
        )
        findings += [Finding("village", "ask", "village_doubtful")] if doubtful else []
        if any(finding.level == "stop" for finding in findings):
            work.villages.forget(drafts)
            return Saved(None, tuple(findings))
        fields, given = shorthand.split(form, data)
        name = record or new_id()
        fields = {key: value for key, value in fields.items() if key != "id"}
        changed = self._difference(old or {}, fields)
        if old is None:
            changed = {key: value for key, value in changed.items() if value is not None}
            changed = {**work.numbers.code(form.name, fields), **changed}
        if changed or old is None:
            drafts.append(Draft(form.name, name, changed or {VOID: None}))
        drafts += shorthand.expand(self.store, form, name, given, {**(old or {}), **fields}, new=old is None)
        drafts = _joined(drafts)
        if work.waiting is None:
            self._write(drafts, work.batch)
        else:
            work.waiting.extend(drafts)
        if work.known is not None and form.name == CHILD:
            work.known.add(self.readable(data | {"id": name}))
        return Saved(name, tuple(findings), work.batch if drafts else None)

    def _work(self, batch: str | None = None, *, many: bool = False) -> Work:
        whose = self.stands_for
        unit = catalogue().units.resolve(whose) if whose else self.unit
        known = Known.everyone(self.store, whose) if many else None
        villages, numbers = shorthand.Villages(self.store, whose), Numbers(self.store, unit, self.node)
        return Work(batch or new_stream_id(), villages, numbers, known)

    @needs(EDIT)
    def put(
        self, form: str, rows: Iterable[Mapping[str, Value] | Problem], progress: Callable[[], None] | None = None
    ) -> list[Saved]:
        """Save many records as one batch, one durable unit of work; each row stands alone, answers are in order.

        A row with ``id`` amends that record. A row that is a ``Problem`` (an unreadable line) is refused as it is.
        ``progress`` is called after each row; what it raises (a cancel) takes the whole batch back.
        """
        shape = catalogue().form(form)
        answers = list[Saved]()
        with self.store.atomic():
            work = self._work(many=True)
            for row in rows:
                answers.append(self._put_one(shape, row, work))
                if progress:
                    progress()
        return answers

    def _put_one(self, form: Form, row: Mapping[str, Value] | Problem, work: Work) -> Saved:
        if isinstance(row, Problem):
            return Saved(None, (Finding("", "stop", "bad_line", {"text": row.what}),))
        odd = _odd(row)
        if odd:
            return Saved(None, tuple(odd))
        data = dict(row)
        record = data.pop("id", None)
        try:
            return self._save(form, data, str(record) if record is not None else None, work)
        except Problem as problem:
            if problem.name != "no_record":
                raise
            return Saved(None, (Finding("id", "stop", "no_such_record"),))

    def _references(self, form: Form, data: Mapping[str, Value]) -> list[Finding]:
        found = []
        for field in form.fields:
            value = data.get(field.name)
            if not value or field.kind not in ("ref", "refs", "place"):
                continue
            target = field.form or "village"
            ids = value if isinstance(value, list) else [value]
            if field.kind == "place" and form.name == CHILD:
                continue  # a village written by name is made when it is new
            if any(not isinstance(one, str) or self.store.count(target, "id = ?", (one,)) == 0 for one in ids):
                found.append(Finding(field.name, "stop", "no_such_record"))
        return found

    def look_alikes(self, data: Mapping[str, Any], record: str | None = None) -> list[dict[str, Any]]:
        """Return children a person should compare with this one: same name (accents aside), birth dates that agree."""
        return [row for _, row in self.compared(data, record)]

    def compared(
        self, data: Mapping[str, Any], record: str | None = None
    ) -> list[tuple[Likeness, dict[str, Any]]]:
        """Return those children with how alike each is, the most alike first; ``data`` amends ``record``."""
        known = self.get(record) if record else {}
        given = self.readable(known | dict(data)) | {"id": record}
        found = Known.near(self.store, given).matches(person(given))
        return [(likeness, row) for likeness, one in found if (row := self.store.row(CHILD, str(one["id"])))]

    def readable(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Return a record as scripts and people read it: the village by its name, its id as ``village_id``."""
        found = dict(record)
        if isinstance(found.get("village"), str):
            found["village_id"] = found["village"]
            row = self.store.row("village", found["village"])
            found["village"] = row.get("name") if row else found["village"]
        return found

    def get(self, record: str) -> dict[str, Any]:
        """Return one record: ``id``, ``form``, ``_unit``, its fields and its shorthands; ``village`` stays an id.

        A look at something sensitive is told to the access log. Raises ``Problem(no_record)``.
        """
        form, values = self._record(record)
        found: dict[str, Any] = {**values, "form": form}
        shape = catalogue().forms[form]
        if shape.shorthands:
            found |= shorthand.collect(self.store, shape, [record])[record]
            home = record if form == "household" else values.get("household")
            if isinstance(home, str):
                newest = shorthand.classes(self.store, clock.today().year).get(home)
                if newest:
                    found["household_class"] = newest[0]
        self._tell_read(form, record, found)
        return found

    def rows_of(self, form: str, parent: str) -> list[dict[str, Value]]:
        """Return the rows of a child form (carers, groups, risks, supports …) of one record, oldest first."""
        shape = catalogue().form(form)
        return self.store.rows(form, f'"{shape.parent}" = ?', (parent,), order="id")

    def history(self, record: str) -> list[dict[str, Any]]:
        """Return a record's changes, oldest first: ``at``, ``by``, ``field``, ``label``, ``from``, ``to``, ``batch``.

        Every change makes exactly one entry a field, also clearing it. What came from a device that is revoked since is
        ``marked``. Raises ``Problem(no_record)``.
        """
        form, _ = self._record(record)
        revoked = {one.s for one in self.store.streams() if one.state == "revoked"}
        found: list[dict[str, Any]] = []
        values: dict[tuple[change.Version, str], Value] = {}
        for one in self.store.changes_of(record):
            for name, value in one.f.items():
                before = [values[version, name] for version in one.b.get(name, ()) if (version, name) in values]
                values[(one.version, name)] = value
                found.append(
                    {
                        "at": one.at,
                        "by": one.by,
                        "field": name,
                        "label": _label(form, name),
                        "from": before[0] if before else None,
                        "to": value,
                        "batch": one.g,
                        **({"marked": True} if one.s in revoked else {}),
                    }
                )
        self._tell_read(form, record, *({entry["field"]: entry["to"]} for entry in found))
        return compartment.told(form, found) if self.store.veiled else found

    @needs(EDIT)
    def void(self, record: str, reason: str) -> Saved:
        """Hide a record with a reason; undoable. Raises ``Problem``: ``no_record``, ``no_reason``."""
        if not text.tidy(reason):
            raise Problem("no_reason")
        form, _ = self._record(record)
        batch = new_stream_id()
        self._write([Draft(form, record, {VOID: text.tidy(reason)})], batch)
        return Saved(record, (), batch)

    @needs(ERASE)
    @needs(SENSITIVE)  # what is kept apart goes too: who deletes must be able to see it
    def erase(self, record: str, reason: str) -> Saved:
        """Delete for good by law: every node blanks the record's lines; ids, digests and chains stay.

        Older backups of this machine still hold it: they are replaced by one fresh backup. Copies elsewhere (sticks,
        the receiver until it has heard) belong into the minutes. The reason stands on paper, not here, because it may
        tell what was erased. Raises ``Problem``: ``no_record``, ``no_reason``.
        """
        if not text.tidy(reason):
            raise Problem("no_reason")
        form, _ = self._record(record)
        batch = new_stream_id()
        with self.store.atomic():
            drafts = [Draft(name, one, {}, "erase") for name, one in [*self._belonging(form, record), (form, record)]]
            self._write(drafts, batch)
            self.store.sweep_blobs()
            self.ledger.log_access(self.officer, "erase", record)
        self.store.vacuum()
        self.forget_backups()
        return Saved(record, (), batch)

    def _belonging(self, form: str, record: str) -> list[tuple[str, str]]:
        """Return (form, id) of all rows that belong to a record, and of those that belong to them, innermost first."""
        found: list[tuple[str, str]] = []
        for child in catalogue().children(form):
            for row in self.store.rows(child.name, f'"{form}" = ?', (record,), hidden=True):
                found += [*self._belonging(child.name, str(row["id"])), (child.name, str(row["id"]))]
        kept = self.store.rows("attachment", "record = ?", (record,), hidden=True)
        found += [("attachment", str(row["id"])) for row in kept]
        if form == CHILD:
            lines = self.store.rows("handout_line", '"child" = ?', (record,), hidden=True)
            found += [("handout_line", str(row["id"])) for row in lines]
        return found

    @needs(EDIT)
    @wholly
    def undo(self, batch: str) -> Saved:
        """Take back one action by new changes. What somebody has worked with since is left alone (``undoing``).

        Raises ``Problem``: ``no_record`` for an unknown batch, ``cannot_undo`` for a legal deletion,
        ``undo_overtaken`` where nothing is left to take back.
        """
        undone = self.store.changes_in(batch)
        if not undone:
            raise Problem("no_record")
        if any(one.k == "erase" for one in undone):
            raise Problem("cannot_undo")
        drafts = undoing(self.store, undone, batch)
        if not drafts:
            raise Problem("undo_overtaken")
        answer = new_stream_id()
        self._write(drafts, answer)
        return Saved(None, (), answer)

    # --- drafts ------------------------------------------------------------------------------------------------------

    @needs(EDIT)
    def keep_draft(self, form: str, record: str | None, data: Mapping[str, Any]) -> str:
        """Keep what this officer is typing; returns when. ``record`` is ``None`` for a new one."""
        with self.store.atomic():
            self.ledger.keep_draft(form, record or "new", data, self.officer)
        return clock.stamp()

    def drafts(self) -> list[tuple[str, str, str]]:
        """Return (form, record, kept at) of what this officer was typing, the newest first."""
        return self.ledger.drafts(self.officer)

    def draft(self, form: str, record: str | None) -> tuple[dict[str, Any], str] | None:
        """Return what this officer had typed and when it was kept, or ``None``."""
        return self.ledger.draft(form, record or "new", self.officer)

    def drop_draft(self, form: str, record: str | None) -> None:
        """Forget a draft for good."""
        with self.store.atomic():
            self.ledger.drop_draft(form, record or "new", self.officer)


def _asked_by(form: Form, finding: Finding, data: Mapping[str, Value]) -> bool:
    """Return whether an amendment itself makes a field necessary, such as a reason for an answer."""
    when = form.field(finding.field).when if form.has(finding.field) else None
    return finding.level == "stop" and when is not None and when.field in data


def _label(form: str, name: str) -> str:
    shape = catalogue().forms[form]
    return shape.field(name).label if shape.has(name) else name


def _odd(row: Mapping[str, Value]) -> list[Finding]:
    """Return what no record may hold whatever its form: half characters, technical fields but the one that hides."""
    found = []
    for name, value in row.items():
        plain = name.encode("utf-8", "replace").decode()
        if plain != name or not _encodable(value):
            found.append(Finding(plain, "stop", "control_characters"))
        elif name.startswith("_") and name != VOID:
            found.append(Finding(name, "stop", "unknown_field", {"field": name}))
        elif name == VOID and not (value is None or (isinstance(value, str) and len(value) <= MAX_REASON)):
            found.append(Finding(name, "stop", "not_text"))
    return found


def _encodable(value: object) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _joined(drafts: Iterable[Draft]) -> list[Draft]:
    """Return one draft a record: what a save says of it in several places is one line of the journal."""
    found: dict[str, Draft] = {}
    for one in drafts:
        before = found.get(one.record)
        found[one.record] = replace(before, fields={**before.fields, **one.fields}) if before else one
    return list(found.values())


def _hint(data: Mapping[str, Value]) -> str:
    """Return what a record says of the commune of before: the unit's name, and the address as it was written."""
    unit = catalogue().units.label(str(data["unit_old"])) if data.get("unit_old") else ""
    return f"{unit} {data.get('address_old') or ''}".strip()


def _tidy(form: Form, data: dict[str, Value], villages: shorthand.Villages, drafts: list[Draft]) -> None:
    """Bring what a script may write into stored form: NFC, one id as a list, a village by its name."""
    for name, value in data.items():
        if not isinstance(value, str):
            continue
        kind = form.field(name).kind if form.has(name) else ""
        plain = text.tidy(value) or None if kind in _ONE_LINE else text.nfc(value)
        if kind in ("refs", "choices") and plain:
            data[name] = [plain]
        elif kind == "place" and plain:
            data[name] = villages.resolve(plain, drafts, _hint(data))
        else:
            data[name] = plain
