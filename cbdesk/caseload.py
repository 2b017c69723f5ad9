"""A whole caseload passed to the commune that succeeds: which records go, in which parts, and the proof of both sides.

When communes are joined or divided, the old commune's register is handed to its successor: every child with all that
belongs to it, villages, households, incidents and cases, as a sealed document like that of a single case
(``handover.py``), in parts where attached files do not fit one. The successor writes everything again as its own. Its
ids follow from the old ones, so that a part read twice, or after a restore, says nothing new.

The proof: both sides tell for each form how many records there are and the sum of the digests of their values (so parts
add up), the giver of what it holds, the taker of what it *wrote*, told under the old ids. Equal sums mean that nothing
was lost or changed on the way; a form whose sums differ is named. Who sent what is the signature's work. Pure.

Source: ``spec/bundle.md`` 3.7; Nghị quyết 1657/NQ-UBTVQH15.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cbdesk.handover import Record
from cbdesk.strict import canonical, is_count, is_hex

GOES = (
    "village", "household", "household_class", "child", "incident", "case",
    "carer", "circumstance", "risk", "tag", "support", "consent", "care_need", "absence",
    "suspect", "case_step", "assessment", "plan", "measure", "meeting", "referral", "visit", "decision",
    "carer_offer", "placement", "placement_review", "not_same", "contact", "collaborator", "swim_place", "attachment",
)  # fmt: skip
"""Forms that go along, what stands above before what belongs to it. What the old commune issued, planned and spent
stays with it: those are its papers."""
STAYS = frozenset({"book_code", "number", "handed_to", "handed_on", "handed_taken_on", "handed_paper", "came_as"})
"""Fields that stay behind: numbers of the old book and of others', and what this very hand-over writes."""
PART_RECORDS, PART_BYTES = 150_000, 36 * 1024 * 1024
"""What one part holds at the most: records, and bytes of attached files (the envelope has 40 MiB for them)."""


@dataclass(frozen=True, slots=True)
class Sum:
    """How many records of a form there are, and the sum of their digests modulo 2¹²⁸ (32 hex digits)."""

    count: int
    digest: str


Sums = dict[str, Sum]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a caseload: its number, and the digests of the files that go with its records."""

    records: tuple[Record, ...]
    files: tuple[str, ...] = ()


def sums(records: Iterable[Record]) -> Sums:
    """Return the sums of records by form, in the order of ``GOES``; the order of the records does not matter."""
    found: dict[str, list[int]] = {}
    for one in records:
        told = canonical({"r": one.id, "f": {name: value for name, value in one.values.items() if value is not None}})
        found.setdefault(one.form, []).append(int.from_bytes(hashlib.sha256(told).digest()[:16]))
    return {form: Sum(len(found[form]), _hex(sum(found[form]))) for form in GOES if form in found}


def added(first: Mapping[str, Sum], more: Mapping[str, Sum]) -> Sums:
    """Return the sums of two parts together."""
    found = {}
    for form in GOES:
        known = [one[form] for one in (first, more) if form in one]
        if known:
            found[form] = Sum(sum(one.count for one in known), _hex(sum(int(one.digest, 16) for one in known)))
    return found


def _hex(number: int) -> str:
    return f"{number % (1 << 128):032x}"


def whole_digest(told: Mapping[str, Sum]) -> str:
    """Return one digest over all sums, 30 hex digits: six groups on paper (``groups.groups_of``)."""
    text = {form: [one.count, one.digest] for form, one in told.items()}
    return hashlib.sha256(b"cbdesk/caseload/1\n" + canonical(text)).hexdigest()[:30]


def differing(given: Mapping[str, Sum], taken: Mapping[str, Sum]) -> list[str]:
    """Return the forms whose sums are not the same on both sides."""
    return [form for form in GOES if given.get(form) != taken.get(form)]


def written(told: Mapping[str, Sum]) -> dict[str, list[Any]]:
    """Return sums as a manifest carries them: form to ``[count, digest]``."""
    return {form: [one.count, one.digest] for form, one in told.items()}


def read(raw: object) -> Sums | None:
    """Return the sums a manifest carries, ``None`` for anything else. Bounded by the forms we know."""
    if not isinstance(raw, dict) or not set(raw) <= set(GOES):
        return None
    if not all(isinstance(one, list) and len(one) == 2 and is_count(one[0]) and is_hex(one[1], 32)
               for one in raw.values()):  # fmt: skip
        return None
    return {form: Sum(*raw[form]) for form in GOES if form in raw}


def successor_id(caseload: str, record: str) -> str:
    """Return the id of a record at the successor: the old one moved by a step that follows from the caseload's id.

    The moment stays and the 74 random bits of a UUIDv7 (``change.new_id``) all move alike, so rows keep their order.
    """
    old, most = uuid.UUID(record).int, (1 << 74) - 1
    random = (old >> 64 & 0xFFF) << 62 | old & (1 << 62) - 1
    step = int.from_bytes(hashlib.sha256(caseload.encode()).digest()[:10]) & most >> 1
    moved = random + step & most
    return str(uuid.UUID(int=old >> 80 << 80 | 0x7 << 76 | moved >> 62 << 64 | 0x2 << 62 | moved & (1 << 62) - 1))


def parts(records: Sequence[Record], sizes: Mapping[str, int]) -> list[Part]:
    """Divide records: first all but those of files, then files as many as fit; ``sizes`` are those that are here.

    Every part after the first names only records of the first. A record of a file that is not here goes without it.
    """
    plain = [one for one in records if one.form != "attachment"]
    filed = [one for one in records if one.form == "attachment"]
    found = [Part(tuple(plain[at : at + PART_RECORDS])) for at in range(0, len(plain), PART_RECORDS)] or [Part(())]
    current, files, room = list[Record](), dict[str, None](), PART_BYTES
    for one in filed:
        digest = str(one.values.get("sha256"))
        size = 0 if digest in files else sizes.get(digest, 0)
        if size > room:
            found.append(Part(tuple(current), tuple(files)))
            current, files, room, size = [], {}, PART_BYTES, sizes.get(digest, 0)
        current.append(one)
        room -= size
        if digest in sizes:
            files[digest] = None
    if current and len(found) == 1 and len(found[0].records) + len(current) <= PART_RECORDS:
        return [Part((*found[0].records, *current), tuple(files))]
    return [*found, Part(tuple(current), tuple(files))] if current else found
