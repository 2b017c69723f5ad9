"""Sheets of paper the desk makes beside the lists: recovery sheet, enrolment sheet, delivery slip.

Shapes are those of ``page.sheet_pdf``. The recovery code passes through and is stored nowhere.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cbdesk import carrier, clock, dates, letterhead, page
from cbdesk.desk.carrying import Carrying, Sent
from cbdesk.desk.snapshots import Snapshots
from cbdesk.rights import OFFICERS, needs


class Sheets(Carrying, Snapshots):
    """Verbs that put a sheet on paper."""

    def recovery_data(self, code: str) -> dict[str, Any]:
        """Return what the recovery sheet shows: the six groups of the code and whose register it opens."""
        return {**self._common(), "device": self.node[:4].upper(), "groups": code.split()}

    @needs(OFFICERS)
    def recovery_sheet(self, path: Path, code: str) -> Path:
        """Write the recovery sheet as PDF, or as plain text where the name ends in ``.txt``."""
        data = self.recovery_data(code)
        if path.suffix.lower() == ".txt":
            content = f"{data['unit']} · {data['officer']} · {data['made_on']}\n{code}\n".encode()
        else:
            content = page.sheet_pdf("recovery", data, stamp=clock.now())
        return carrier.write_atomic(path, content)

    def card_data(self) -> dict[str, Any]:
        """Return what the enrolment sheet shows: unit, device, fingerprint groups and the same as QR."""
        return {
            **self._common(),
            "role": self.role,
            "device": self.node,
            "groups": self.fingerprint.split(),
            "qr": self.fingerprint,
        }

    def slip_data(self, sent: Sent) -> dict[str, Any]:
        """Return what the delivery slip shows of one file written."""
        receiver = next((self.peer_name(one) for one in self.peers() if one.node == sent.to), "")
        return {
            **self._common(),
            "receiver": receiver,
            "file": sent.file.name,
            "changes": _number(sent.changes),
            "from_seq": _number(sent.from_seq),
            "to_seq": _number(sent.to_seq),
            "bytes": f"{_number(sent.bytes)} byte",
            "made_on": dates.show_stamp(clock.stamp()[:16]),
            "sha256": sent.sha256,
            **letterhead.sheet_heading(self.office(), clock.today()),
        }

    def sheet(self, name: str, data: dict[str, Any]) -> bytes:
        """Return one sheet as PDF (a name of ``page.SHEETS``)."""
        return page.sheet_pdf(name, data, stamp=clock.now())

    def _common(self) -> dict[str, Any]:
        mark = letterhead.patterns()["words"]["practice"] if self.practice else ""
        return {
            "unit": self.unit_name,
            "officer": self.officer,
            "practice": mark,
            "made_on": dates.show_date(clock.today().isoformat()),
        }


def _number(n: int) -> str:
    """Write a whole number as Vietnamese papers do: 1.060."""
    return f"{n:,}".replace(",", ".")
