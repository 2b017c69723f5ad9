"""Verbs that hand a whole caseload to the commune that succeeds, when communes are joined or divided.

Both communes have taken each other's card as neighbours; the files go by stick like those of a single case, in parts.
The taker writes all of it as its own and answers each part; its last answer tells the sums of what it wrote. The
giver's children then stand as handed over: they leave its lists, its cases close, its register remains what it issued.
Both sides keep a record with both sums (``caseload.py``), which travels upward, so that the receiver sees the proof.

A neighbour's file may hold anything, and anybody can work out which old id becomes a given new one: what stands here
under such an id is neither written nor compared nor linked to, unless an earlier part of the same caseload brought it.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cbdesk import carrier, caseload, clock, dates, groups, handover, letterhead
from cbdesk.card import Device
from cbdesk.caseload import GOES, STAYS, Sums, successor_id
from cbdesk.catalogue import Field, Form, Unit, catalogue
from cbdesk.change import VOID, Value, new_id, new_stream_id
from cbdesk.compartment import LINKS
from cbdesk.desk.attachments import ATTACHMENT, media_of
from cbdesk.desk.carrying import Received
from cbdesk.desk.cases import CASE
from cbdesk.desk.handing import Handing
from cbdesk.desk.known import CHILD
from cbdesk.desk.sheets import Sheets
from cbdesk.errors import Problem
from cbdesk.handover import Handover, Record
from cbdesk.merge import Merged
from cbdesk.rights import EXPORT, OFFICERS, needs, wholly
from cbdesk.seal import Opened
from cbdesk.store import Draft
from cbdesk.store.projection import OWNER, showable
from cbdesk.strict import is_count

CASELOAD, VILLAGE = "caseload", "village"
LOT = 2_000
"""Records written together: the tables are folded once for all of them."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Succession:
    """One hand-over of a caseload as both sides keep it. ``differs`` are the titles of forms whose sums differ."""

    id: str
    way: str
    unit: str
    on: str
    taken_on: str
    children: int
    records: int
    parts: int
    parts_taken: int
    given: Sums
    taken: Sums
    differs: tuple[str, ...]
    code: str

    @property
    def proved(self) -> bool:
        """Return whether the other side wrote exactly what was given."""
        return bool(self.taken) and not self.differs


@dataclass(frozen=True, slots=True)
class _Coming:
    """What a part brings: old id to new of what is written of it, and the forms by new id, also of earlier parts."""

    ids: Mapping[str, str]
    forms: Mapping[str, str]
    before: Callable[[str], str | None]

    def form_of(self, record: str) -> str | None:
        """Return the form of a new id that this caseload brings or brought, ``None`` for anything else here."""
        return self.forms.get(record) or self.before(record)


class Successions(Handing, Sheets):
    """Verbs that hand a whole caseload over."""

    def successor(self) -> Unit | None:
        """Return the unit that succeeds this one by the table of units; ``None`` where it goes on."""
        return catalogue().units.successor(self.unit)

    def caseload_counts(self, villages: Sequence[str] = ()) -> dict[str, int]:
        """Return how many records of each form would go, by form; only those of ``villages`` (ids) where given."""
        return {form: one.count for form, one in caseload.sums(self._caseload_records(villages)).items()}

    def successions(self) -> list[Succession]:
        """Return the hand-overs of caseloads this register gave or took, oldest first."""
        return [_told(row) for row in self.store.rows(CASELOAD, order="id")]

    @needs(OFFICERS)
    @wholly
    def hand_caseload(
        self, to: str, folder: Path, villages: Sequence[str] = (), progress: Progress | None = None
    ) -> list[Path]:
        """Write the whole caseload, or that of some villages, for a neighbour into a folder; returns the files.

        The same commune may get it again where a file was lost. Raises ``Problem``: ``no_neighbour``, ``no_record`` (a
        village nobody knows, or nothing to give), ``handed_elsewhere``, and those of group U.
        """
        peer = self._neighbour(to)
        self._names_of_villages(villages)
        records = self._caseload_records(villages)
        if not any(one.form == CHILD for one in records):
            raise Problem("no_record")
        told = caseload.sums(records)
        parts = caseload.parts(records, self._file_sizes(records))
        record = self._begun(peer, villages)
        known = {"parts": len(parts), "children": told[CHILD].count, "records": sum(one.count for one in told.values())}
        self._write([Draft(CASELOAD, record, {**known, "sums": json.dumps(caseload.written(told))})])
        self._gave(self._handover_given(peer, record, records), once=True)
        written = []
        for number, part in enumerate(parts, start=1):
            written.append(self._write_part(peer, record, part, number, len(parts), told, folder))
            if progress:
                progress(number, len(parts))
        return written

    def _begun(self, peer: Device, villages: Sequence[str]) -> str:
        """Return the record of this hand-over: that of before, where the same was given to the same and not taken."""
        for row in self.store.rows(CASELOAD, "\"way\" = 'out' AND \"taken_on\" IS NULL", order="id"):
            if row.get("unit") == peer.unit and sorted(_ids(row.get("villages"))) == sorted(villages):
                return str(row["id"])
        record = new_id()
        fields: dict[str, Value] = {"way": "out", "unit": peer.unit, "on": self._today()}
        self._write([Draft(CASELOAD, record, fields | ({"villages": list(villages)} if villages else {}))])
        return record

    def _write_part(
        self, peer: Device, record: str, part: caseload.Part, number: int, of: int, told: Sums, folder: Path
    ) -> Path:
        blobs = {digest: content for digest in part.files if (content := self.store.blob(digest)) is not None}
        about = {"part": number, "parts": of, "sums": caseload.written(told)}
        data, name, manifest = handover.pack(
            self.keys, self._me(), peer, case=record, records=part.records, blobs=blobs, practice=self.practice,
            told=about,
        )  # fmt: skip
        path = carrier.put(folder, name, data)
        with self.store.atomic():
            self._note_document("out", peer, manifest, path.name, data, "written")
            self.ledger.log_access(self.officer, "send", record, f"caseload {number}/{of} {len(part.records)}")
        return path

    # --- which records go ---------------------------------------------------------------------------------------------

    def _caseload_records(self, villages: Sequence[str] = ()) -> list[Record]:
        """Return the records that go along, above before below: all that is not hidden, or what belongs to villages.

        What belongs to a record that stays, stays.
        """
        found: dict[str, Record] = {}
        for form in GOES:
            shape = catalogue().forms[form]
            for row in self.store.rows(form, f"{OWNER} = ?", (self.unit.key,), order="id"):
                if self._goes(shape, row, found, villages):
                    found[str(row["id"])] = Record(form, str(row["id"]), _values(shape, row))
        return list(found.values())

    def _goes(self, form: Form, row: Mapping[str, Value], found: Mapping[str, Record], villages: Sequence[str]) -> bool:
        if form.name == ATTACHMENT:
            return str(row.get("record")) in found
        if form.parent:
            return str(row.get(form.parent)) in found
        if form.name == "incident" and _ids(row.get(CHILD)):
            return any(one in found for one in _ids(row.get(CHILD)))
        if not villages:
            return True
        if form.name == VILLAGE:
            return str(row["id"]) in villages
        if form.name == "household":  # with the children who live in it
            return self._lives_in(str(row["id"]), villages)
        places = [str(row[item.name]) for item in form.fields if item.kind == "place" and row.get(item.name)]
        return any(place in villages for place in places)

    def _lives_in(self, household: str, villages: Sequence[str]) -> bool:
        marks = ", ".join("?" * len(villages))
        return self.store.count(CHILD, f'"household" = ? AND "village" IN ({marks})', (household, *villages)) > 0

    def _file_sizes(self, records: Iterable[Record]) -> dict[str, int]:
        digests = {str(one.values.get("sha256")): one.values.get("size") for one in records if one.form == ATTACHMENT}
        return {digest: int(str(size or 0)) for digest, size in digests.items() if self.store.has_blob(digest)}

    # --- taking -------------------------------------------------------------------------------------------------------

    def _take_document(self, opened: Opened, path: Path, answers: Path) -> Received:
        """Take a part of a caseload, or the answer to one; a single case is taken as before (``Handing``)."""
        told = handover.read(opened)
        if told.told is None:
            return super()._take_document(opened, path, answers)
        if told.what == handover.TAKEN:
            return self._hear_answer(opened, told, path)
        number, parts, given = _about(told)
        row = self._taken_row(told)
        done = int(str((row or {}).get("parts_taken") or 0))
        if number > done + 1:
            problem = Problem("caseload_part", part=number, missing=done + 1)
            return Received(str(path), told.sender.node, "gap", {}, problem)
        merged = Merged("already", already=len(told.records))
        if number == done + 1:
            with self.store.atomic():
                merged = Merged("merged", new=self._take_part(told, row, number, parts, given))
                self._note_document("in", opened.sender, opened.manifest_bytes, path.name, b"", merged.code)
        answer = self._answer_part(told, number, parts, answers)
        return Received(str(path), told.sender.node, merged.code, merged.counts(), None, answer)

    def _taken_row(self, told: Handover) -> dict[str, Value] | None:
        rows = self.store.rows(CASELOAD, "\"way\" = 'in' AND \"unit\" = ? AND \"came_as\" = ?",
                               (told.sender.unit, told.case), order="id")  # fmt: skip
        return rows[0] if rows else None

    def _take_part(self, told: Handover, row: Mapping[str, Value] | None, number: int, parts: int, given: Sums) -> int:
        """Write the records of a part as our own; returns how many."""
        batch, before = new_stream_id(), self._numbers_given()
        coming = self._coming_of(told, row)
        drafts = [draft for one in told.records if (draft := self._succeeding(one, coming, told))]
        for at in range(0, len(drafts), LOT):
            lot = [replace(one, fields={**before(one), **one.fields}) for one in drafts[at : at + LOT]]
            self._write(lot, batch)
        for draft in drafts:
            content = told.blobs.get(str(draft.fields.get("sha256"))) if draft.form == ATTACHMENT else None
            if content is not None:
                self.store.keep_blob(content)
        record = str(row["id"]) if row else new_id()
        fields: dict[str, Value] = {"parts_taken": number}
        if row is None:
            fields |= {"way": "in", "unit": told.sender.unit, "on": self._today(), "came_as": told.case,
                       "sums": json.dumps(caseload.written(given)), "parts": parts,
                       "children": given[CHILD].count if CHILD in given else 0,
                       "records": sum(one.count for one in given.values())}  # fmt: skip
        held = caseload.sums(self._held_of(told, coming.ids))
        taken = caseload.added(_sums((row or {}).get("sums_taken")), held)
        fields["sums_taken"] = json.dumps(caseload.written(taken))
        if number == parts:
            fields["taken_on"] = self._today()
        self._write([Draft(CASELOAD, record, fields)], batch)
        self.ledger.log_access(self.officer, "receive", record, f"caseload {number}/{parts} {len(drafts)}")
        return len(drafts)

    def _numbers_given(self) -> Callable[[Draft], dict[str, Value]]:
        """Return what gives a record a number of our own book."""
        numbers = self._work().numbers
        return lambda draft: dict(numbers.code(draft.form, draft.fields))

    def _coming_of(self, told: Handover, row: Mapping[str, Value] | None) -> _Coming:
        """Return what a part brings: the records under whose new id nothing was ever written here."""
        batches = {one.g for one in self.store.changes_of(str(row["id"]))} if row else set[str]()
        ids, forms = dict[str, str](), dict[str, str]()
        for one in told.records:
            new = successor_id(told.case, one.id)
            if one.form in GOES and new not in forms and not self.store.knows(new):
                ids[one.id], forms[new] = new, one.form

        def before(record: str) -> str | None:
            first = next(iter(self.store.changes_of(record)), None) if batches else None
            return first.t if first is not None and first.g in batches else None

        return _Coming(ids, forms, before)

    def _succeeding(self, one: Record, coming: _Coming, told: Handover) -> Draft | None:
        """Return a record of the old commune as a draft of ours, under the id that follows from its own."""
        if one.id not in coming.ids:
            return None
        shape = catalogue().forms[one.form]
        fields: dict[str, Value] = {}
        for name, value in one.values.items():
            if not shape.has(name) or name in STAYS:
                continue
            item = shape.field(name)
            kept = _followed(item, value, coming, told.case) if _names_records(one.form, item) else value
            if kept not in (None, []) and showable(item, kept):
                fields[name] = kept
        if shape.parent and shape.parent not in fields:
            return None
        if one.form == ATTACHMENT and not self._is_file(fields, told):
            return None
        if one.form == VILLAGE and not fields.get("old_unit"):
            fields["old_unit"] = told.sender.unit
        return Draft(one.form, coming.ids[one.id], fields or {VOID: None})

    def _is_file(self, fields: Mapping[str, Value], told: Handover) -> bool:
        """Return whether a record of a file belongs to something and is what the bytes that came say.

        One without bytes waits for them.
        """
        content = told.blobs.get(str(fields.get("sha256")))
        media = fields.get("media")
        whole = content is None or (media_of(content), len(content)) == (media, fields.get("size"))
        return whole and media is not None and "record" in fields

    def _held_of(self, told: Handover, ids: Mapping[str, str]) -> list[Record]:
        """Return what was written of a part, under the giver's ids, only the fields it told: read back, not copied.

        Of nothing else that stands here: even a sum would tell it.
        """
        found = []
        for one in told.records:
            row = self.store.row(one.form, ids[one.id]) if one.id in ids else None
            if row is None:
                continue
            shape = catalogue().forms[one.form]
            held = {
                name: _under_old_ids(row.get(name), value, told.case)
                if _names_records(one.form, shape.field(name)) else row.get(name)
                for name, value in one.values.items() if shape.has(name)
            }  # fmt: skip
            found.append(Record(one.form, one.id, held))
        return found

    # --- answering ----------------------------------------------------------------------------------------------------

    def _answer_part(self, told: Handover, number: int, parts: int, folder: Path) -> str | None:
        """Return the receipt of a part in this folder; each time anew where it was lost."""
        row = self._taken_row(told) or {}
        about = {"part": number, "parts": parts, "sums": caseload.written(_sums(row.get("sums_taken")))}
        return self._answer(told, folder, about)

    def _hear_answer(self, opened: Opened, told: Handover, path: Path) -> Received:
        """The successor has a part; with its last answer our children stand as handed over."""
        mine = self.ledger.receipt(manifest_sha256=told.of)
        given = mine.manifest if mine is not None and mine.dir == "out" else {}
        row = self.store.row(CASELOAD, told.case)
        if row is None or given.get("case") != told.case or told.sender.node not in given.get("to", ()):
            raise Problem("handover_unknown")
        if self.ledger.receipt(manifest_sha256=opened.manifest_sha256) is not None:
            return Received(str(path), told.sender.node, "already", Merged("already").counts())
        number, parts, taken = _about(told)
        about = given["caseload"]
        if (number, parts) != (about["part"], about["parts"]):
            raise Problem("bad_manifest", field="caseload")
        with self.store.atomic():
            fields: dict[str, Value] = {"parts_taken": max(number, int(str(row.get("parts_taken") or 0)))}
            if number == parts and row.get("taken_on") is None:
                fields |= {"taken_on": self._today(), "sums_taken": json.dumps(caseload.written(taken))}
            batch = new_stream_id()
            self._write([Draft(CASELOAD, told.case, fields)], batch)
            if "taken_on" in fields:
                self._handed(row, about["sums"], batch)
            self._note_document("in", opened.sender, opened.manifest_bytes, path.name, b"", "accepted")
        return Received(str(path), told.sender.node, "accepted", Merged("accepted").counts())

    def _handed(self, row: Mapping[str, Value], sums: Mapping[str, Any], batch: str) -> None:
        """Say of every child and open case that went, with these sums, that the other commune has it now."""
        today, on, name = self._today(), row.get("on"), catalogue().units.label(str(row.get("unit")))
        away: dict[str, Value] = {"life_status": "handed", "status_since": on or today, "moved_to": name}
        closed: dict[str, Value] = {"handed_to": row.get("unit"), "handed_on": row.get("on"), "handed_taken_on": today}
        drafts, last = [], self._given_after(str(row["id"]), sums)
        for one in self._caseload_records(_ids(row.get("villages"))):
            if self._place_of(one.id) > last:
                continue  # it was not here yet and did not go along
            if one.form == CHILD and self._is_here(one):
                drafts.append(Draft(CHILD, one.id, away))
            elif one.form == CASE and one.values.get("closed_on") is None:
                drafts.append(Draft(CASE, one.id, closed | {"closed_on": today, "end": "transferred"}))
        for at in range(0, len(drafts), LOT):
            self._write(drafts[at : at + LOT], batch)

    def _given_after(self, record: str, sums: Mapping[str, Any]) -> int:
        """Return the place in the journal up to which was given what has these sums."""
        for at, line in self.store.db.execute("SELECT rowid, line FROM op WHERE r = ? ORDER BY rowid DESC", (record,)):
            one = self.store.read_line(line.encode())
            if one is not None and "sums" in one.f and json.loads(str(one.f["sums"])) == sums:
                return int(at)
        return 0

    def _place_of(self, record: str) -> int:
        return int(self.store.db.execute("SELECT min(rowid) FROM op WHERE r = ?", (record,)).fetchone()[0])

    def _is_here(self, child: Record) -> bool:
        state = catalogue().lists["life_status"].get(str(child.values.get("life_status") or ""))
        return state is None or bool(state.extra.get("here"))

    # --- the proof on paper -------------------------------------------------------------------------------------------

    def caseload_data(self, record: str) -> dict[str, Any]:
        """Return what the minutes of a hand-over show: both units, the sums of each form, six groups to compare.

        Raises ``Problem(no_record)``.
        """
        found = next((one for one in self.successions() if one.id == record), None)
        if found is None:
            raise Problem("no_record")
        other, mine = catalogue().units.label(found.unit), self.unit.name
        rows = [
            {"title": catalogue().forms[form].plural, "given": one.count,
             "taken": found.taken[form].count if form in found.taken else "",
             "same": found.taken.get(form) == one if found.taken_on else None}
            for form, one in found.given.items()
        ]  # fmt: skip
        giver, taker = (mine, other) if found.way == "out" else (other, mine)
        return {
            **self._common(), "giver": giver, "taker": taker, "rows": rows, "groups": found.code.split(),
            "on": dates.show_date(found.on), "taken_on": dates.show_date(found.taken_on), "parts": found.parts,
            "proved": found.proved, "differs": ", ".join(found.differs),
            **letterhead.sheet_heading(self.office(), clock.today()),
        }  # fmt: skip

    @needs(EXPORT)
    def caseload_paper(self, record: str, path: Path, *, overwrite: bool = False) -> Path:
        """Write the minutes as PDF and tell the access log. Raises ``Problem`` as ``caseload_data``, and of group U."""
        written = carrier.write_atomic(path, self.sheet(CASELOAD, self.caseload_data(record)), overwrite=overwrite)
        self.log("export", record, CASELOAD)
        return written


def _told(row: Mapping[str, Value]) -> Succession:
    given, taken = _sums(row.get("sums")), _sums(row.get("sums_taken"))
    whole = row.get("taken_on") is not None
    differs = caseload.differing(given, taken) if whole else []

    def number(name: str) -> int:
        return int(str(row.get(name) or 0))

    return Succession(
        str(row["id"]), str(row.get("way") or ""), str(row.get("unit") or ""), str(row.get("on") or ""),
        str(row.get("taken_on") or ""), number("children"), number("records"), number("parts"), number("parts_taken"),
        given, taken if whole else {}, tuple(catalogue().forms[form].plural for form in differs),
        groups.groups_of(bytes.fromhex(caseload.whole_digest(given))),
    )  # fmt: skip


def _values(form: Form, row: Mapping[str, Value]) -> dict[str, Value]:
    """Return what is told of a record: not what names a record that stays, such as an entry of the old fund."""
    told = [one.name for one in form.fields if one.name not in STAYS and (one.form or GOES[0]) in GOES]
    return {name: row[name] for name in told if row.get(name) is not None}


def _names_records(form: str, item: Field) -> bool:
    """Return whether a field holds ids of records; a file names the record it hangs on by a plain code."""
    return item.kind in ("place", *LINKS) or (form == ATTACHMENT and item.name == "record")


def _followed(item: Field, value: Any, coming: _Coming, case: str) -> Any:
    """Return the ids of ours that follow from those of a link; what this caseload did not bring is left out."""
    def fits(form: str | None) -> bool:
        if item.kind in ("place", *LINKS):
            return form == (item.form or VILLAGE)
        return form not in (None, ATTACHMENT)

    links = [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str) and _is_id(one)]
    found = [new for one in links if fits(coming.form_of(new := successor_id(case, one)))]
    return found if isinstance(value, list) else (found[0] if found else None)


def _under_old_ids(held: Any, told: Any, case: str) -> Any:
    """Return the ids we hold as those the giver told; a link that was left out is missing, and so shows in the sums."""
    links = [one for one in (told if isinstance(told, list) else [told]) if isinstance(one, str)]
    back = {successor_id(case, one): one for one in links if _is_id(one)}
    return [back.get(one, one) for one in held] if isinstance(held, list) else back.get(held, held)


def _is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _about(told: Handover) -> tuple[int, int, Sums]:
    """Return part, parts and sums of a document. Raises ``Problem(bad_manifest)``."""
    about = told.told or {}
    number, parts, found = about.get("part"), about.get("parts"), caseload.read(about.get("sums"))
    if not (is_count(number, least=1) and is_count(parts, least=1)) or found is None:
        raise Problem("bad_manifest", field="caseload")
    number, parts = int(number or 0), int(parts or 0)
    if number > parts:
        raise Problem("bad_manifest", field="caseload")
    return number, parts, found


def _sums(stored: object) -> Sums:
    try:
        return caseload.read(json.loads(str(stored))) or {} if stored else {}
    except ValueError:
        return {}


def _ids(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []
