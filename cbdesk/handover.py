"""The papers of a child handed to another commune: a sealed document of its own, never merged as changes.

A hand-over carries records as they stand (child, carers, episodes, the case with its steps, incidents, attachments).
The new commune writes them again as its own and answers with a receipt; until then they stay with the one who gave
them. Both documents have the type ``cbdesk/handover/1`` and the envelope of a bundle; nothing of them enters a journal
by itself, so a neighbour can never write into our streams.

Source: ``spec/bundle.md`` 3.7.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cbdesk import envelope, text
from cbdesk.card import Device
from cbdesk.errors import Problem
from cbdesk.manifest import MAX_LINE, MAX_LINES
from cbdesk.seal import DeviceKeys, Opened
from cbdesk.strict import StrictJsonError, is_hex, strict_json

KIND = "handover"
MAX_RECORDS = 5_000
GIVEN, TAKEN = "given", "taken"
CASELOAD = "caseload"
"""What a whole caseload is (``caseload.py``): its records are those of many children, in parts."""
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Record:
    """One record handed over: its form, its id at the giver, and its values."""

    form: str
    id: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Handover:
    """A hand-over or its receipt, opened. ``what`` is ``given``, ``taken`` or ``caseload``.

    ``of`` names the document answered; ``told`` is what its manifest says of parts and sums, ``None`` for a case.
    """

    what: str
    case: str
    of: str
    sender: Device
    digest: str
    records: tuple[Record, ...]
    blobs: Mapping[str, bytes]
    told: Mapping[str, Any] | None = None


def pack(
    keys: DeviceKeys, me: Device, peer: Device, *, case: str, records: Iterable[Record] = (),
    blobs: Mapping[str, bytes] | None = None, of: str = "", practice: bool = False,
    told: Mapping[str, Any] | None = None,
) -> tuple[bytes, str, bytes]:  # fmt: skip
    """Return (sealed bytes, file name, manifest) of a hand-over, or with ``of`` of its receipt.

    ``told`` makes it one of a caseload: its part and its sums.

    Raises ``Problem(payload_too_big)``: files of more than 40 MiB together, or one record of more than 64 KiB.
    """
    lines = [json.dumps({"t": one.form, "r": one.id, "f": dict(one.values)}, ensure_ascii=False, sort_keys=True)
             for one in records]  # fmt: skip
    raw = text.nfc("".join(line + "\n" for line in lines)).encode()
    if any(len(line) > MAX_LINE for line in raw.split(b"\n")):
        raise Problem("payload_too_big")  # the reader would refuse it
    part, parts = (str((told or {}).get(one, 0)) for one in ("part", "parts"))
    fields = {
        "what": TAKEN if of else GIVEN if told is None else CASELOAD,
        "case": case,
        "of": of,
        "blobs": {digest: len(data) for digest, data in (blobs or {}).items()},
        **({} if told is None else {"caseload": dict(told)}),
    }
    numbers = (part.zfill(len(parts)), parts)  # read in their order
    return envelope.pack(KIND, keys, me, peer, raw, fields, practice=practice, blobs=blobs, numbers=numbers)


def read(opened: Opened) -> Handover:
    """Return the content of an opened hand-over: one id, one record; a receipt has none.

    Raises ``Problem``: ``bad_manifest``, ``payload_damaged``, ``payload_too_big``.
    """
    told = opened.manifest
    what, case, of = (told.get(name) for name in ("what", "case", "of"))
    if what not in (GIVEN, TAKEN, CASELOAD):
        raise Problem("bad_manifest", field="what")
    if not isinstance(case, str) or not _ID.fullmatch(case):
        raise Problem("bad_manifest", field="case")
    if not (is_hex(of, 64) if what == TAKEN else of == ""):
        raise Problem("bad_manifest", field="of")
    if len(opened.lines) > {GIVEN: MAX_RECORDS, CASELOAD: MAX_LINES}.get(str(what), 0):
        raise Problem("payload_too_big")
    caseload = told.get("caseload")
    if not (isinstance(caseload, dict) if what == CASELOAD else caseload is None or what == TAKEN):
        raise Problem("bad_manifest", field="caseload")
    records = tuple(_record(line) for line in opened.lines)
    if len({one.id for one in records}) != len(records):
        raise Problem("payload_damaged", detail="id")
    return Handover(str(what), case, str(of), opened.sender, opened.manifest_sha256, records, opened.blobs,
                    caseload if isinstance(caseload, dict) else None)


def _record(line: bytes) -> Record:
    try:
        found = strict_json(line, max_depth=4)
    except StrictJsonError:
        raise Problem("payload_damaged", detail="line") from None
    if not isinstance(found, dict) or not isinstance(found.get("f"), dict):
        raise Problem("payload_damaged", detail="line")
    form, record = found.get("t"), found.get("r")
    if not isinstance(form, str) or not isinstance(record, str) or not _ID.fullmatch(record):
        raise Problem("payload_damaged", detail="line")
    return Record(form, record, found["f"])


def renamed(records: Sequence[Record], ids: Mapping[str, str]) -> list[Record]:
    """Return the records under new ids, wherever one of them names another."""
    made = []
    for one in records:
        values: dict[str, Any] = {}
        for name, value in one.values.items():
            if isinstance(value, list):
                values[name] = [ids.get(item, item) if isinstance(item, str) else item for item in value]
            else:
                values[name] = ids.get(value, value) if isinstance(value, str) else value
        made.append(Record(one.form, ids[one.id], values))
    return made
