"""Verbs that hand a case, or a child without one, to another commune: give, take, and hear that it was taken.

The commune of the incident receives and acts; the commune of residence owns the plan (Luật Trẻ em 2016, Điều 52 khoản
2). A neighbour's card is trusted for this alone: no bundle is ever sent to it or taken from it. The giver keeps its
records; its case closes when the receipt comes. The taker writes everything again as its own, under ids of its own,
with the village kept as words, and decides about a look-alike like after any other entry. A child without a case
goes in the same document without rows of a case, with the class of its household, its year and decision (of the
household itself nothing but the head's name); when the receipt comes it is written as moved away (``transfer``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from cbdesk import carrier, clock, compartment, dates, handover
from cbdesk.card import Device
from cbdesk.catalogue import Field, Form, catalogue
from cbdesk.change import VOID, Value, new_id, new_stream_id
from cbdesk.desk.attachments import ATTACHMENT, Attachments, media_of
from cbdesk.desk.base import Saved
from cbdesk.desk.carrying import Carrying, Received
from cbdesk.desk.cases import CASE, INCIDENT, ROWS, Cases
from cbdesk.desk.giving import Given, Giving
from cbdesk.desk.known import CHILD
from cbdesk.errors import Problem
from cbdesk.handover import Handover, Record
from cbdesk.merge import Merged
from cbdesk.rights import EDIT, SEND, needs
from cbdesk.seal import Opened
from cbdesk.store import Draft, Ledger
from cbdesk.store.ledger import Have
from cbdesk.store.projection import OWNER, showable

OF_CHILD = ("carer", "circumstance", "risk", "tag", "support", "consent", "care_need")
SUSPECT, TRANSFER = "suspect", "transfer"
HOUSEHOLD, CLASS = "household", "household_class"
CARRIED = (HOUSEHOLD, CLASS, CHILD, INCIDENT, CASE, *OF_CHILD, SUSPECT, *ROWS, ATTACHMENT)
"""Forms of the records that go along, what stands above before what belongs to it. Nothing else is taken."""
OWN = ("id", OWNER, VOID, "book_code", "handed_to", "handed_on", "handed_taken_on", "handed_paper")
"""Fields that stay behind: numbers and links of the giver's own book."""


class Handing(Cases, Attachments, Carrying, Giving):
    """Verbs that hand a case to another commune."""

    def neighbours(self) -> list[Device]:
        """Return the communes whose card is trusted for handing cases over."""
        return self.ledger.devices(Ledger.NEIGHBOUR)

    @needs(SEND)
    def hand_over(self, case: str, to: str, folder: Path) -> Path:
        """Write a case for a neighbour (its unit's code or node) into a folder; the case says so at once.

        Raises ``Problem``: ``no_record``, ``no_neighbour``, ``handed_elsewhere``, and those of group U.
        """
        peer, values = self._neighbour(to), self._case_view(case).values
        _not_elsewhere(peer, values.get("handed_to"), values.get("handed_on"))
        told = {"handed_to": peer.unit, "handed_on": self._today()}
        with self.store.whole():  # the neighbour gets all there is, whoever hands it over
            papers = self._papers_of(case)
        return self._hand(peer, case, papers, folder, lambda: self.save(CASE, told, case))

    @needs(SEND)
    def hand_child(self, child: str, to: str, folder: Path) -> Path:
        """Write a child without a case for a neighbour into a folder; it is moved away once the receipt comes.

        The same commune may get it again where the file was lost. Raises ``Problem``: ``no_record``, ``no_neighbour``,
        ``child_has_case`` (one that this officer sees), ``handed_elsewhere``, and those of group U.
        """
        row = self._row(CHILD, child)
        if any(not self._case_view(one.id).state.facts.closed for one in self._case_lines(child)):
            raise Problem("child_has_case")
        peer = self._neighbour(to)
        for last in [one for one in self.transfers(child)[-1:] if one.get("way") == "out"]:
            _not_elsewhere(peer, last.get("unit"), last.get("on"))
        told: dict[str, Value] = {CHILD: child, "way": "out", "unit": peer.unit, "on": self._today()}
        with self.store.whole():
            values, home = self._worded(CHILD, self._row(CHILD, child)), self._household_of(row)
            values |= {HOUSEHOLD: home[0].id} if home else {}
            papers = self._with_files([*home, Record(CHILD, child, values), *self._papers_of_child(child)])
        return self._hand(peer, child, papers, folder, lambda: self.save(TRANSFER, told))

    @needs(EDIT)
    def hand_back(self, child: str) -> Saved:
        """Take back the last hand-over of a child for which no receipt came. Raises ``Problem(no_record)``: none waits.

        The file given stays what it is: whoever holds it must be told not to take it.
        """
        waiting = [one for one in self.transfers(child) if one.get("way") == "out" and not one.get("taken_on")]
        if not waiting:
            raise Problem("no_record")
        return self.undo(self.store.changes_of(str(waiting[-1]["id"]))[0].g)

    def transfers(self, child: str) -> list[dict[str, Value]]:
        """Return when a child was handed to or taken from another commune, oldest first."""
        return self.rows_of(TRANSFER, child)

    def _neighbour(self, to: str) -> Device:
        peer = next((one for one in self.neighbours() if to in (one.node, one.unit, one.unit.split("@")[0])), None)
        if peer is None:
            raise Problem("no_neighbour", unit=to)
        return peer

    def _hand(
        self, peer: Device, subject: str, papers: tuple[list[Record], dict[str, bytes]], folder: Path,
        tell: Callable[[], object],
    ) -> Path:  # fmt: skip
        """Write a document about a case or child; ``tell`` writes in the register that it was given."""
        records, blobs = papers
        data, name, manifest = handover.pack(
            self.keys, self._me(), peer, case=subject, records=records, blobs=blobs, practice=self.practice
        )
        path = carrier.put(folder, name, data)
        with self.store.atomic():
            self._note_document("out", peer, manifest, path.name, data, "written")
            tell()
            self._gave(self._handover_given(peer, subject, records))
            self.ledger.log_access(self.officer, "send", subject, f"handover {len(records)}")
        return path

    def _handover_given(self, peer: Device, subject: str, records: Sequence[Record]) -> Given:
        children = [one.id for one in records if one.form == CHILD]
        told = [one.form for one in records if one.form != CHILD and not compartment.apart(one.form, one.values)]
        what = [catalogue().forms[form].title for form in told]
        return Given("commune", self.peer_name(peer), "handover", "sealed", what or [catalogue().forms[CHILD].title],
                     children, profile="handover", source=subject, covered=subject not in children)  # fmt: skip

    def _papers_of(self, case: str) -> tuple[list[Record], dict[str, bytes]]:
        """Return all records that go along, and the files attached to them."""
        view = self._case_view(case)
        found = [Record(CHILD, view.child, self._worded(CHILD, self._row(CHILD, view.child)))]
        found += self._papers_of_child(view.child)
        found += [Record(INCIDENT, str(row["id"]), self._worded(INCIDENT, row)) for row in view.incidents]
        found.append(Record(CASE, case, self._worded(CASE, view.values)))
        for form in ROWS:
            found += [Record(form, str(row["id"]), self._worded(form, row)) for row in view.rows[form]]
        for incident in view.incidents:
            rows = self.rows_of(SUSPECT, str(incident["id"]))
            found += [Record(SUSPECT, str(row["id"]), self._worded(SUSPECT, row)) for row in rows]
        return self._with_files(found)

    def _papers_of_child(self, child: str) -> list[Record]:
        return [Record(form, str(row["id"]), self._worded(form, row)) for form in OF_CHILD
                for row in self.rows_of(form, child)]  # fmt: skip

    def _household_of(self, child: Mapping[str, Any]) -> list[Record]:
        """Return the household of a child with the class that stands and those for later; none where unknown."""
        row = self.store.row(HOUSEHOLD, str(child.get(HOUSEHOLD) or ""))
        if row is None or row.get(VOID) is not None:
            return []
        record, year = str(row["id"]), clock.today().year
        classes = self.store.rows(CLASS, "household = ? AND year IS NOT NULL", (record,), order="year, id")
        begins = max((at for at, one in enumerate(classes) if int(str(one["year"])) <= year), default=0)
        told = [Record(CLASS, str(one["id"]), {**self._worded(CLASS, one), HOUSEHOLD: record})
                for one in classes[begins:]]  # fmt: skip
        head = row.get("head_name")
        return [Record(HOUSEHOLD, record, {"head_name": head} if head else {}), *told] if told else []

    def _with_files(self, records: list[Record]) -> tuple[list[Record], dict[str, bytes]]:
        """Return records with those of the files attached to them, and the files."""
        found, blobs = list(records), dict[str, bytes]()
        for one in records:
            for row in self.attachments(one.id):
                content = self.store.blob(str(row["sha256"]))
                if content is not None:
                    blobs[str(row["sha256"])] = content
                    found.append(Record(ATTACHMENT, str(row["id"]), self._worded(ATTACHMENT, row)))
        return found, blobs

    def _worded(self, form: str, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return what goes along of one record; a village is told in words, because it is the giver's own record."""
        shape = catalogue().forms[form]
        places = {field.name for field in shape.fields if field.kind == "place"}
        given = {name: value for name, value in row.items()
                 if name not in (*OWN, HOUSEHOLD, "here") and value is not None and name not in places}  # fmt: skip
        if form == INCIDENT:
            given.pop("number", None)  # a number of the giver's book
        for name in places:
            village = self.store.row("village", str(row.get(name) or ""))
            if village:
                words = f"{village.get('name')}, {self.unit.name}"
                target = {CHILD: "address_old", INCIDENT: "place_detail"}.get(form)
                if target and not given.get(target):
                    given[target] = words
        return given

    # --- taking -----------------------------------------------------------------------------------------------------

    def _receive_one(
        self, path: Path, heard: dict[str, Have], answers: Path | None = None
    ) -> tuple[Received | None, Device | None]:
        """Take a bundle; where the file is a neighbour's hand-over instead, take that."""
        found, sender = super()._receive_one(path, heard, answers)
        if found is None or found.problem is None or found.problem.name not in ("unknown_key", "wrong_type"):
            return found, sender
        try:
            opened = self._open_handover(carrier.take(path))
        except Problem as problem:
            return (found if problem.name == "unknown_key" else Received(str(path), None, "refused", {}, problem)), None
        try:
            return self._take_document(opened, path, answers or path.parent), None
        except Problem as problem:
            return Received(str(path), opened.sender.node, "refused", {}, problem), None

    def _open_handover(self, data: bytes) -> Opened:
        return self._unseal(data, kind=handover.KIND, find=self.ledger.neighbour)

    def _take_document(self, opened: Opened, path: Path, answers: Path) -> Received:
        """Take a hand-over or a receipt, once; a hand-over is answered each time, because a receipt may be lost."""
        told = handover.read(opened)
        merged = Merged("already", already=len(told.records))
        if self.ledger.receipt(manifest_sha256=opened.manifest_sha256) is None:
            with self.store.atomic():
                if told.what == handover.TAKEN:
                    self._hear_taken(told)
                    merged = Merged("accepted")
                elif not self._has_taken(told):
                    merged = Merged("merged", new=self._take(told))
                self._note_document("in", opened.sender, opened.manifest_bytes, path.name, b"", merged.code)
        answer = self._answer(told, answers) if told.what == handover.GIVEN else None
        return Received(str(path), opened.sender.node, merged.code, merged.counts(), None, answer)

    def _has_taken(self, told: Handover) -> bool:
        """Return whether this case or child was taken already, from another file (the first was thought lost)."""
        given = (told.sender.unit, told.case)
        return any(self.store.count(form, f'"{unit}" = ? AND "came_as" = ?', given)
                   for form, unit in ((CASE, "came_from"), (TRANSFER, "unit")))  # fmt: skip

    def _take(self, told: Handover) -> int:
        """Write the records of a hand-over as our own; returns how many. Raises ``Problem(payload_damaged)``.

        A neighbour's file may hold anything: only forms of a case are read, every link must lead to a record that came
        along, and a file attached is what its bytes say.
        """
        known = [one for one in told.records if one.form in CARRIED]
        heads = {form: [one.id for one in known if one.form == form] for form in (CHILD, CASE)}
        if len(heads[CHILD]) != 1 or told.case not in (heads[CASE] or heads[CHILD]) or len(heads[CASE]) > 1:
            raise Problem("payload_damaged", detail=CASE)
        home = next(one.values.get(HOUSEHOLD) for one in known if one.form == CHILD)
        known = [one for one in known if one.form != HOUSEHOLD or (one.id == home and not heads[CASE])]
        if not heads[CASE]:
            known = [one for one in known if one.form in (HOUSEHOLD, CLASS, CHILD, *OF_CHILD, ATTACHMENT)]
        ids = {one.id: new_id() for one in known}
        forms = {ids[one.id]: one.form for one in known}
        numbers = self._work().numbers
        found = [draft for one in handover.renamed(known, ids) if (draft := self._draft(one, forms, told))]
        drafts = [replace(one, fields={**one.fields, **numbers.code(one.form, one.fields)})
                  for one in sorted(found, key=lambda one: CARRIED.index(one.form))]  # fmt: skip
        if not heads[CASE]:
            taken = {CHILD: ids[told.case], "way": "in", "unit": told.sender.unit, "on": self._today()}
            drafts.append(Draft(TRANSFER, new_id(), {**taken, "came_as": told.case}))
        self._write(drafts, new_stream_id())
        for draft in drafts:
            if draft.form == ATTACHMENT:
                self.store.keep_blob(told.blobs[str(draft.fields["sha256"])])
        self.ledger.log_access(self.officer, "receive", ids[told.case], f"handover {len(drafts)}")
        return len(drafts)

    def _draft(self, one: Record, forms: Mapping[str, str], told: Handover) -> Draft | None:
        """Return a record as a draft of ours; ``None`` where it belongs to nothing that came along."""
        shape = catalogue().forms[one.form]
        fields = _proper(shape, one.values, forms)
        if one.form == ATTACHMENT:
            content = told.blobs.get(str(fields.get("sha256")), b"")
            media = media_of(content)
            if media is None or forms.get(str(fields.get("record")), ATTACHMENT) == ATTACHMENT:
                return None
            fields |= {"media": media, "size": len(content)}
        if shape.parent and shape.parent not in fields:
            return None
        if one.form == CASE:
            fields |= {"came_from": told.sender.unit, "came_as": told.case, "residence_unit": self.unit.key}
        if one.form == CHILD and CASE not in forms.values():
            fields |= {"came_how": "moved_in", "came_on": self._today(), "came_from": _unit_name(told.sender.unit)}
        return Draft(one.form, one.id, fields)

    def _answer(self, told: Handover, folder: Path, about: Mapping[str, Any] | None = None) -> str | None:
        """Return the receipt of a hand-over in this folder, written where it is not there yet.

        ``about`` is what the receipt of a part of a caseload tells of it.
        """
        before = self.ledger.bundles("dir = 'out' AND json_extract(manifest, '$.of') = ?", (told.digest,))
        standing = next((folder / one.file for one in before if (folder / one.file).is_file()), None)
        if standing is not None:
            return str(standing)
        data, name, manifest = handover.pack(
            self.keys, self._me(), told.sender, case=told.case, of=told.digest, practice=self.practice, told=about
        )
        try:
            path = carrier.put(folder, name, data)
        except Problem:
            return None  # the folder cannot be written: the case is taken, the file read again gives the receipt
        with self.store.atomic():
            self._note_document("out", told.sender, manifest, path.name, data, "written")
        return str(path)

    def _hear_taken(self, told: Handover) -> None:
        """The neighbour has the case: ours closes, as handed over. Only who was given it can answer."""
        mine = self.ledger.receipt(manifest_sha256=told.of)
        given = mine.manifest if mine is not None and mine.dir == "out" else {}
        if (given.get("what"), given.get("case")) != (handover.GIVEN, told.case):
            raise Problem("handover_unknown")
        if told.sender.node not in given["to"]:
            raise Problem("handover_unknown")
        if self.store.form_of(told.case) == CHILD:
            self._moved_away(told)
            return
        today = clock.today().isoformat()
        data: dict[str, Value] = {"handed_taken_on": today}
        if not self._case_view(told.case).state.facts.closed:
            data |= {"closed_on": today, "end": "transferred"}
        if self.save(CASE, data, told.case).id is None:
            raise Problem("handover_unknown")

    def _moved_away(self, told: Handover) -> None:
        """The neighbour has the child: here it has moved away since the day it was handed over."""
        rows = self.store.rows(TRANSFER, '"child" = ? AND "way" = \'out\' AND "unit" = ?',
                               (told.case, told.sender.unit), order="id")  # fmt: skip
        if not rows:
            raise Problem("handover_unknown")
        on, batch = rows[-1].get("on") or self._today(), new_stream_id()
        away: dict[str, Value] = {"life_status": "left", "status_since": on, "moved_to": _unit_name(told.sender.unit)}
        self._write([Draft(TRANSFER, str(rows[-1]["id"]), {"taken_on": self._today()}),
                     Draft(CHILD, told.case, away)], batch)  # fmt: skip

    # --- looking ----------------------------------------------------------------------------------------------------

    def inspect(self, path: Path) -> dict[str, Any]:
        """Describe a bundle (``Carrying.inspect``), or a neighbour's hand-over: then ``what`` is given or taken."""
        described = super().inspect(path)
        if not described["problem"] or described["problem"]["name"] not in ("unknown_key", "wrong_type"):
            return described
        try:
            opened = self._open_handover(carrier.take(path))
            told = handover.read(opened)
        except Problem:
            return described
        manifest = opened.manifest
        return described | {
            "sender": manifest["from"], "recipient": manifest["to"], "at": manifest["at"], "id": manifest["id"],
            "valid": True, "problem": None, "changes": len(told.records), "have": {}, "what": told.what,
        }  # fmt: skip

    def _note_document(self, way: str, peer: Device, manifest: bytes, file: str, data: bytes, code: str) -> None:
        sha256 = hashlib.sha256(data).hexdigest() if data else ""
        self.ledger.record(way, peer.node if way == "in" else self.node, code, manifest=manifest, file=file,
                           file_sha256=sha256, result={"to": peer.node} if way == "out" else {})  # fmt: skip

    def _me(self) -> Device:
        return Device(self.node, self.unit.key, self.role, self.keys.sign_public, self.keys.age_recipient)


def _not_elsewhere(peer: Device, unit: Value, on: Value) -> None:
    """Raise ``handed_elsewhere`` where another commune was given the same before: two must not both take it."""
    if unit and unit != peer.unit:
        raise Problem("handed_elsewhere", unit=catalogue().units.label(str(unit)), date=dates.show_date(str(on or "")))


def _unit_name(unit: str) -> str:
    return catalogue().units.label(unit)


def _proper(shape: Form, values: Mapping[str, Any], forms: Mapping[str, str]) -> dict[str, Value]:
    """Return the fields we know and can hold; a link is kept only to a record of its form that came along."""
    found: dict[str, Value] = {}
    for name, given in values.items():
        if name in OWN or not shape.has(name):
            continue
        item = shape.field(name)
        value = _linked(item, given, forms)
        if value is not None and showable(item, value):
            found[name] = value
    return found


def _linked(item: Field, given: Any, forms: Mapping[str, str]) -> Any:
    """Return a value whose links stay within ``forms`` (id to form), a list each value once; ``None`` for a place."""
    if item.kind == "place":
        return None
    if item.kind == "ref":
        return given if isinstance(given, str) and forms.get(given) == item.form else None
    if isinstance(given, list):
        once = list(dict.fromkeys(one for one in given if isinstance(one, str)))
        return [one for one in once if item.kind != "refs" or forms.get(one) == item.form] or None
    return given
