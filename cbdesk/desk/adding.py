"""Verbs on what the receiver adds for its communes (``additions.py``): publish, carry, put in force, tell once.

The receiver holds one set under one version and writes it beside an acknowledgement to each commune that has not said
it holds that version. A commune judges each part, keeps what is right inside its register, tells the officer in words
what changed, and has it in force while the register is open. Extra columns become records of the commune, with an id
that all its machines find alike. A receiver that replaces another begins to count anew.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from cbdesk import __version__, additions, carrier, clock, dates, store
from cbdesk.additions import COLUMN, DEADLINE, HOLIDAYS, LAYOUT, TARGET, Part, Refusal
from cbdesk.card import Device
from cbdesk.catalogue import Catalogue, catalogue, lay, shipped
from cbdesk.change import Value
from cbdesk.desk.carrying import Carrying, Received, Sent
from cbdesk.errors import Problem
from cbdesk.rights import OFFICERS, needs
from cbdesk.seal import DeviceKeys, Opened
from cbdesk.store import Draft, FolderLock
from cbdesk.store.ledger import Have
from cbdesk.words import say

HELD, BEFORE, VERSION, SENDER, AT, REFUSED, SEEN, JUDGED = (
    "additions", "additions_before", "additions_version", "additions_from", "additions_at", "additions_refused",
    "additions_seen", "additions_judged")  # fmt: skip
"""Facts of an installation: the parts in force and those of the version before, as JSON; the version and from whom."""
FIELD, OWN_LAYOUT = "extra_field", "report_layout"


@dataclass(frozen=True, slots=True)
class AdditionsState:
    """What the receiver added; ``changed`` and ``refused`` are sentences about the newest version. 0: nothing yet."""

    version: int
    at: str
    sender: str
    parts: tuple[Part, ...]
    changed: tuple[str, ...]
    refused: tuple[str, ...]
    seen: bool


class Adding(Carrying):
    """Verbs on what the receiver adds."""

    def __init__(self, opened: store.Store, keys: DeviceKeys, lock: FolderLock, officer: str, dek: bytes) -> None:
        super().__init__(opened, keys, lock, officer, dek)
        self._lay_additions()

    def close(self) -> None:
        """Close the register; what it laid over the catalogue is lifted. Safe to call twice."""
        lay(self, None)
        super().close()

    def _lay_additions(self) -> None:
        """Put what is held in force; after an update of the program each part is judged again first."""
        parts = tuple(self._parts_held(HELD))
        if parts and self.store.meta(JUDGED) != _judge():
            parts = tuple(additions.judged(parts, shipped())[0])
        lay(self, partial(_over, parts) if parts else None)

    def _parts_held(self, name: str) -> list[Part]:
        found: list[Part] = json.loads(self.store.meta(name) or "[]")
        return found

    # --- looking ----------------------------------------------------------------------------------------------------

    def additions(self) -> AdditionsState:
        """Return what the receiver added, with what changed in the newest version in words."""
        parts, refused = self._parts_held(HELD), json.loads(self.store.meta(REFUSED) or "[]")
        changed = [told_of(how, one) for how, one in additions.compared(self._parts_held(BEFORE), parts)]
        version = int(self.store.meta(VERSION) or 0)
        return AdditionsState(
            version, self.store.meta(AT) or "", self.store.meta(SENDER) or "", tuple(parts), tuple(changed),
            tuple(say("additions.refused", name=name, why=why) for name, why in refused),
            self.store.meta(SEEN) == str(version) or not version,
        )  # fmt: skip

    def additions_seen(self) -> None:
        """Note that the officer has read what changed."""
        with self.store.atomic():
            self.store.set_meta(SEEN, self.store.meta(VERSION) or "0")

    # --- publishing -------------------------------------------------------------------------------------------------

    def additions_draft(self) -> list[Part]:
        """Return the set that would be published now: what is in force, with the layouts and columns of this office.

        Raises ``Problem(only_receiver)``.
        """
        if self.role != "receiver":
            raise Problem("only_receiver")
        own = self.unit.key
        layouts = self.store.rows(OWN_LAYOUT, '"_unit" = ?', (own,), order="id")
        columns = self.store.rows(FIELD, '"_unit" = ?', (own,), order="id")
        made = [{"part": LAYOUT, "name": str(row["name"]), "text": str(row.get("text") or "")} for row in layouts]
        found = {additions.name_of(one): one for one in self._parts_held(HELD)}
        found |= {additions.name_of(one): one for one in (*made, *map(_as_column, columns))}
        return list(found.values())

    @needs(OFFICERS)
    def publish_additions(self, parts: Sequence[Part]) -> AdditionsState:
        """Put a whole set in force here and for all communes, under the next version; the set before is replaced.

        Raises ``Problem``: ``only_receiver``, ``additions_wrong`` with the first part that is not right.
        """
        if self.role != "receiver":
            raise Problem("only_receiver")
        if len(parts) > additions.MAX_PARTS:
            raise Problem("additions_wrong", detail=f"> {additions.MAX_PARTS}")
        good, refused = additions.judged(parts, shipped())
        if refused:
            raise Problem("additions_wrong", detail=" · ".join(refused[0]))
        self._keep_additions(int(self.store.meta(VERSION) or 0) + 1, clock.stamp(), self.node, good, [])
        self.additions_seen()
        return self.additions()

    def _keep_additions(
        self, version: int, at: str, sender: str, good: Sequence[Part], refused: Sequence[Refusal]
    ) -> None:
        with self.store.atomic():
            facts = {
                BEFORE: self.store.meta(HELD) or "[]", HELD: json.dumps(list(good), ensure_ascii=False),
                VERSION: str(version), AT: at, SENDER: sender, JUDGED: _judge(),
                REFUSED: json.dumps(list(refused), ensure_ascii=False),
            }  # fmt: skip
            for name, value in facts.items():
                self.store.set_meta(name, value)
            self.ledger.log_access(self.officer, "additions", detail=str(version))
        self._lay_additions()

    # --- carrying ---------------------------------------------------------------------------------------------------

    def _send_beside(self, dest: Path, peer: Device) -> list[Sent]:
        """Write the additions beside a bundle to a commune that does not hold this version, once into a folder."""
        found = super()._send_beside(dest, peer)
        version = int(self.store.meta(VERSION) or 0)
        held = self.ledger.last_said(peer.node, "x_additions")  # None: never heard of, or a program before additions
        if self.role != "receiver" or peer.role != "commune" or not version or held in (None, version):
            return found
        where = "dir = 'out' AND json_extract(manifest, '$.what') = ? AND json_extract(result, '$.to') = ?"
        before = self.ledger.bundles(where, (additions.KIND, peer.node), limit=1)
        if before and before[0].manifest.get("version") == version and (dest / before[0].file).is_file():
            return found
        data, name, manifest = additions.pack(
            self._keys_for(peer), Device(self.node, self.unit.key, self.role, "", ""), peer,
            self.ledger.recipients(peer), version=version, parts=self._parts_held(HELD), practice=self.practice,
        )  # fmt: skip
        path = carrier.put(dest, name, data)
        digest = hashlib.sha256(data).hexdigest()
        with self.store.atomic():
            self.ledger.record("out", self.node, "written", manifest=manifest, file=path.name, file_sha256=digest,
                               result={"to": peer.node, "version": version})  # fmt: skip
        return [*found, Sent(path, peer.node, 0, 0, 0, len(data), digest)]

    def _receive_one(
        self, path: Path, heard: dict[str, Have], answers: Path | None = None
    ) -> tuple[Received | None, Device | None]:
        """Take a bundle; where the file holds the receiver's additions instead, take those."""
        found, sender = super()._receive_one(path, heard, answers)
        if found is None or found.problem is None or found.problem.name != "wrong_type":
            return found, sender
        try:
            opened = self._unseal(carrier.take(path), kind=additions.KIND)
            return self._take_additions(opened, path), None
        except Problem as problem:
            return found if problem.name == "wrong_type" else replace(found, problem=problem), None

    def _take_additions(self, opened: Opened, path: Path) -> Received:
        told = additions.read(opened)
        current = self.current_receiver()
        if self.role != "commune" or current is None or current.node != opened.sender.node:
            raise Problem("sender_mismatch")
        same = self.store.meta(SENDER) == told.sender.node
        known = self.ledger.receipt(manifest_sha256=opened.manifest_sha256) is not None
        if known or (same and told.version <= int(self.store.meta(VERSION) or 0)):
            return Received(str(path), told.sender.node, "already", {})
        good, refused = additions.judged(told.parts, shipped())
        with self.store.atomic():
            good, refused = self._columns_kept(good, refused)
            self.ledger.record("in", told.sender.node, "accepted", manifest=opened.manifest_bytes, file=path.name,
                               file_sha256="", result={"version": told.version})  # fmt: skip
            self._keep_additions(told.version, told.at, told.sender.node, good, refused)
        state = self.additions()
        notes = (say("additions.taken", version=told.version), *state.changed, *state.refused)
        return Received(str(path), told.sender.node, "accepted", {}, notes=notes)

    # --- extra columns ----------------------------------------------------------------------------------------------

    def _columns_kept(self, good: Sequence[Part], refused: Sequence[Refusal]) -> tuple[list[Part], list[Refusal]]:
        """Write the columns as records of this commune; one whose code means something else here is refused."""
        rows = {str(row.get("code")): row for row in self.store.rows(FIELD, order="id DESC")}
        drafts, kept, out = list[Draft](), list[Part](), [*refused]
        for part in good:
            row = rows.get(str(part.get("code"))) if part["part"] == COLUMN else None
            if row is not None and row.get("kind") != part["kind"]:
                out.append((additions.name_of(part), "kind"))
                continue
            kept.append(part)
            if part["part"] == COLUMN:
                data = _column_data(part)
                changed = self._difference(row or {}, data)
                fields = changed if row else {name: value for name, value in data.items() if value is not None}
                drafts.append(Draft(FIELD, str(row["id"]) if row else self._column_id(part), fields))
        for how, part in additions.compared(self._parts_held(HELD), kept):
            row = rows.get(str(part.get("code"))) if how == "gone" and part["part"] == COLUMN else None
            if row is not None and not row.get("to"):
                drafts.append(Draft(FIELD, str(row["id"]), {"to": (clock.today() - timedelta(days=1)).isoformat()}))
        if drafts:
            self._write(drafts)
        return kept, out

    def _column_id(self, part: Part) -> str:
        """Return the id of a column's record: alike on all machines of this commune, another in each commune."""
        named = f"cbdesk/additions\n{self.unit.key}\n{part['code']}"
        return str(uuid.UUID(bytes=hashlib.sha256(named.encode()).digest()[:16]))


def _judge() -> str:
    """Return who judges: the program and its catalogue."""
    return f"{__version__} {shipped().version}"


def _over(parts: Sequence[Part], known: Catalogue) -> Catalogue:
    return additions.laid(known, parts)


def _as_column(row: Mapping[str, Any]) -> Part:
    choices = [one.strip() for one in str(row.get("choices") or "").splitlines() if one.strip()]
    order = row.get("order")
    return {"part": COLUMN, "code": str(row.get("code") or ""), "label": str(row.get("label") or ""),
            "kind": str(row.get("kind") or ""), "choices": choices, "list": str(row.get("list") or ""),
            "order": order if isinstance(order, int) else 0, "from": str(row.get("from") or ""),
            "to": str(row.get("to") or "")}  # fmt: skip


def _column_data(part: Part) -> dict[str, Value]:
    return {"code": part["code"], "label": part["label"], "kind": part["kind"], "list": part["list"] or None,
            "choices": "\n".join(part["choices"]) or None, "order": part["order"] or None, "from": part["from"] or None,
            "to": part["to"] or None}  # fmt: skip


def _report_title(name: str) -> str:
    return catalogue().reports[name].title if name in catalogue().reports else name


_TOLD: Mapping[str, Callable[[Part], dict[str, Any]]] = {
    DEADLINE: lambda one: {"label": one["label"], "day": _day_words(one["value"])},
    HOLIDAYS: lambda one: {"year": one["year"]},
    TARGET: lambda one: {"report": _report_title(one["report"]), "row": one["row"], "target": one["target"]},
    LAYOUT: lambda one: {"title": _report_title(one["name"])},
    COLUMN: lambda one: {"label": one["label"]},
}


def _day_words(value: str) -> str:
    return dates.show_date(f"2024-{value}")[:5]


def told_of(how: str, part: Part) -> str:
    """Return one sentence about a part that is ``new``, ``changed`` or ``gone``."""
    return say(f"additions.{part['part']}_{how}", **_TOLD[part["part"]](part))
