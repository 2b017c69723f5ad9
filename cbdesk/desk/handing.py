"""Verbs that hand a case from one commune to another: give, take, and hear that it was taken.

The commune of the incident receives and acts; the commune of residence owns the plan (Luật Trẻ em 2016, Điều 52 khoản
2). A neighbour's card is trusted for this alone: no bundle is ever sent to it or taken from it. The giver keeps its
records; its case closes when the receipt comes. The taker writes everything again as its own, under ids of its own,
with the village kept as words, and decides about a look-alike like after any other entry.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cbdesk import carrier, clock, handover, kinds
from cbdesk.card import Device
from cbdesk.catalogue import Form, catalogue
from cbdesk.change import VOID, Value, new_id, new_stream_id
from cbdesk.desk.attachments import ATTACHMENT, Attachments
from cbdesk.desk.carrying import Carrying, Received
from cbdesk.desk.cases import CASE, INCIDENT, ROWS, Cases
from cbdesk.desk.known import CHILD
from cbdesk.errors import Problem
from cbdesk.handover import Handover, Record
from cbdesk.seal import Opened
from cbdesk.store import Draft, Ledger
from cbdesk.store.ledger import Have
from cbdesk.store.projection import OWNER

OF_CHILD = ("carer", "circumstance", "risk", "support", "consent", "care_need")
OWN = ("id", OWNER, VOID, "book_code", "household", "handed_to", "handed_on", "handed_taken_on", "handed_paper")
"""Fields that stay behind: numbers and links of the giver's own book."""


class Handing(Cases, Attachments, Carrying):
    """Verbs that hand a case to another commune."""

    def neighbours(self) -> list[Device]:
        """Return the communes whose card is trusted for handing cases over."""
        return self.ledger.devices(Ledger.NEIGHBOUR)

    def hand_over(self, case: str, to: str, folder: Path) -> Path:
        """Write a case for a neighbour (its unit's code or node) into a folder; the case says so at once.

        Raises ``Problem``: ``no_record``, ``no_neighbour``, and those of group U.
        """
        peer = next((one for one in self.neighbours() if to in (one.node, one.unit, one.unit.split("@")[0])), None)
        if peer is None:
            raise Problem("no_neighbour", unit=to)
        records, blobs = self._papers_of(case)
        data, name, manifest = handover.pack(
            self.keys, self._me(), peer, case=case, records=records, blobs=blobs, practice=self.practice
        )
        path = carrier.put(folder, name, data)
        with self.store.atomic():
            self._note_document("out", peer, manifest, path.name, data, "written")
            self.save(CASE, {"handed_to": peer.unit, "handed_on": self._today()}, case)
            self.ledger.log_access(self.officer, "send", case, f"handover {len(records)}")
        return path

    def _papers_of(self, case: str) -> tuple[list[Record], dict[str, bytes]]:
        """Return all records that go along, and the files attached to them."""
        view = self.case(case)
        found = [Record(CHILD, view.child, self._worded(CHILD, self._row(CHILD, view.child)))]
        for form in OF_CHILD:
            found += [Record(form, str(row["id"]), self._worded(form, row)) for row in self.rows_of(form, view.child)]
        found += [Record(INCIDENT, str(row["id"]), self._worded(INCIDENT, row)) for row in view.incidents]
        found.append(Record(CASE, case, self._worded(CASE, view.values)))
        for form in ROWS:
            found += [Record(form, str(row["id"]), self._worded(form, row)) for row in view.rows[form]]
        for incident in view.incidents:
            rows = self.rows_of("suspect", str(incident["id"]))
            found += [Record("suspect", str(row["id"]), self._worded("suspect", row)) for row in rows]
        blobs: dict[str, bytes] = {}
        for one in list(found):
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
                 if name not in OWN and name != "here" and value is not None and name not in places}  # fmt: skip
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

    def _receive_one(self, path: Path, heard: dict[str, Have]) -> tuple[Received | None, Device | None]:
        """Take a bundle; where the file is a neighbour's hand-over instead, take that."""
        found, sender = super()._receive_one(path, heard)
        if found is None or found.problem is None or found.problem.name not in ("unknown_key", "wrong_type"):
            return found, sender
        try:
            opened = self._open_handover(carrier.take(path))
        except Problem as problem:
            return (found if problem.name == "unknown_key" else Received(str(path), None, "refused", {}, problem)), None
        try:
            return self._take_document(opened, path), None
        except Problem as problem:
            return Received(str(path), opened.sender.node, "refused", {}, problem), None

    def _open_handover(self, data: bytes) -> Opened:
        return self._unseal(data, kind=handover.KIND, find=self.ledger.neighbour)

    def _take_document(self, opened: Opened, path: Path) -> Received:
        known = self.ledger.receipt(manifest_sha256=opened.manifest_sha256)
        if known is not None:
            return Received(str(path), opened.sender.node, "already", {"already": len(opened.lines)})
        told = handover.read(opened)
        with self.store.atomic():
            if told.what == handover.TAKEN:
                self._hear_taken(told)
                result, counts = "accepted", {}
            else:
                counts = {"new": self._take(told)}
                result = "merged"
            self._note_document("in", opened.sender, opened.manifest_bytes, path.name, b"", result)
        answer = self._write_receipt(told, path.parent) if told.what == handover.GIVEN else None
        return Received(str(path), opened.sender.node, result, counts, None, answer)

    def _take(self, told: Handover) -> int:
        """Write the records of a hand-over as our own; returns how many."""
        known = [one for one in told.records if one.form in catalogue().forms]
        ids = {one.id: new_id() for one in known}
        drafts = list(self._drafts(handover.renamed(known, ids), told))
        self._write(drafts, new_stream_id())
        for data in told.blobs.values():
            self.store.keep_blob(data)
        self.store.sweep_blobs()
        self.ledger.log_access(self.officer, "receive", ids.get(told.case, ""), f"handover {len(drafts)}")
        return len(drafts)

    def _drafts(self, records: Sequence[Record], told: Handover) -> Iterator[Draft]:
        """Return the records as drafts, what stands above before what belongs to it; unknown fields stay behind."""
        numbers = self._work().numbers
        order = {form: place for place, form in enumerate((CHILD, INCIDENT, CASE))}
        for one in sorted(records, key=lambda one: order.get(one.form, len(order))):
            shape = catalogue().forms[one.form]
            fields = _proper(shape, one.values, {record.id for record in records}) | numbers.code(one.form)
            if one.form == CASE:
                fields |= {"came_from": told.sender.unit, "came_as": told.case, "residence_unit": self.unit.key}
            yield Draft(one.form, one.id, fields)

    def _write_receipt(self, told: Handover, folder: Path) -> str | None:
        data, name, manifest = handover.pack(
            self.keys, self._me(), told.sender, case=told.case, of=told.digest, practice=self.practice
        )
        try:
            path = carrier.put(folder, name, data)
        except Problem:
            return None  # the folder cannot be written: the hand-over is taken, the receipt can be written again
        with self.store.atomic():
            self._note_document("out", told.sender, manifest, path.name, data, "written")
        return str(path)

    def _hear_taken(self, told: Handover) -> None:
        """The neighbour has the case: ours closes, as handed over."""
        mine = self.ledger.receipt(manifest_sha256=told.of)
        if mine is None or mine.dir != "out" or mine.manifest.get("case") != told.case:
            raise Problem("handover_unknown")
        today = clock.today().isoformat()
        self.save(CASE, {"handed_taken_on": today, "closed_on": today, "end": "transferred"}, told.case)

    def _note_document(self, way: str, peer: Device, manifest: bytes, file: str, data: bytes, code: str) -> None:
        sha256 = hashlib.sha256(data).hexdigest() if data else ""
        self.ledger.record(way, peer.node if way == "in" else self.node, code, manifest=manifest, file=file,
                           file_sha256=sha256, result={"to": peer.node} if way == "out" else {})  # fmt: skip

    def _me(self) -> Device:
        return Device(self.node, self.unit.key, self.role, self.keys.sign_public, self.keys.age_recipient)


def _proper(shape: Form, values: Mapping[str, Any], ids: set[str]) -> dict[str, Value]:
    """Return the fields we know and can hold; a link is kept only to a record that came along."""
    found: dict[str, Value] = {}
    for name, given in values.items():
        if not shape.has(name):
            continue
        item = shape.field(name)
        value = [one for one in given if one in ids] if item.kind == "refs" and isinstance(given, list) else given
        if item.kind == "ref" and value not in ids:
            continue
        if not any(finding.level == "stop" for finding in kinds.of(item).check(value, item)):
            found[name] = value
    return found
