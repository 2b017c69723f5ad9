"""The province's side of opening a commune's register again: its offline keys, and the answer two persons give.

The commune's side is ``locked_out``. Each answer leaves its mark at both ends: in the access logs, and in both journals
(form ``key_event``). Source: ``spec/bundle.md`` 2.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cbdesk import carrier, clock, escrow, keys
from cbdesk.change import new_id
from cbdesk.desk.carrying import Carrying
from cbdesk.errors import Problem
from cbdesk.escrow import Person, ProvinceKeys
from cbdesk.reopening import MAX_FILE, SUFFIX, Answer, Request
from cbdesk.rights import OFFICERS, needs
from cbdesk.store import Draft
from cbdesk.wrapping import Refused

EVENT = "key_event"


class Reopening(Carrying):
    """The receiver's side."""

    @needs(OFFICERS)
    def reopen_answer(self, request: Path, groups: str, province_keys: Path, given: Sequence[str], out: Path) -> Path:
        """Answer a commune's request: write the answer into a folder and return the file.

        ``given`` are the two persons' passwords in the order of their names in the key file. Raises ``Problem``:
        ``only_receiver``, ``bad_reopen``, ``reopen_groups``, ``practice_mismatch``, ``not_province_keys``,
        ``wrong_passwords``, ``escrow_closed`` (also for a slot of another register), ``unknown_device``, and group U.
        """
        if self.role != "receiver":
            raise Problem("only_receiver")
        asked = Request.read(carrier.take(request, MAX_FILE))
        asked.check_groups(groups)
        data = carrier.take(province_keys, escrow.MAX_FILE)
        opened = ProvinceKeys.open(data, given)
        if not asked.practice == opened.practice == self.practice:
            raise Problem("practice_mismatch")
        try:
            device, dek = keys.open_escrow(opened.open_escrow(asked.escrow.get(opened.escrow, b"")), asked.vault)
        except Refused:
            raise Problem("escrow_closed") from None
        if not any(one.node == device and one.unit == asked.unit for one in self.ledger.devices("commune")):
            raise Problem("unknown_device", device=device)
        written = carrier.put(out, file_name(asked, "answer"), Answer.make(asked, dek, self.keys))
        with self.store.atomic():
            self._tell_event("answered", asked.unit, device, asked.id, ", ".join(escrow.persons_of(data)))
            self.ledger.log_access(self.officer, "reopen_answer", detail=f"{device} {asked.id}")
        return written

    def _tell_event(self, what: str, unit: str, device: str, request: str, persons: str) -> None:
        fields = {"at": clock.stamp(), "what": what, "unit": unit, "device": device, "request": request,
                  "persons": persons}  # fmt: skip
        self._write([Draft(EVENT, new_id(), {name: value for name, value in fields.items() if value})], own=True)


def file_name(request: Request, kind: str) -> str:
    """Return the name of a request's or answer's file: neutral, ASCII, fit for FAT."""
    return f"{request.unit.partition('@')[0]}-reopen-{kind}-{request.id[:8]}{SUFFIX}"


def make_province_keys(out: Path, persons: Sequence[Person], *, practice: bool = False) -> ProvinceKeys:
    """Make the province's offline keys in a new file, for two persons. Raises as ``ProvinceKeys.wrap``, and group U."""
    carrier.check_new(out)
    made, data = ProvinceKeys.make(persons, practice=practice)
    carrier.write_atomic(out, data)
    return made


def rewrap_province_keys(file: Path, given: Sequence[str], out: Path, persons: Sequence[Person]) -> ProvinceKeys:
    """Write the same keys for other persons or passwords into a new file; the old file is to be destroyed.

    Raises as ``ProvinceKeys.open`` and ``wrap``, and group U.
    """
    carrier.check_new(out)
    opened = ProvinceKeys.open(carrier.take(file, escrow.MAX_FILE), given)
    carrier.write_atomic(out, opened.wrap(persons))
    return opened
