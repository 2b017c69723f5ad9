"""Verbs that freeze: paper, report, snapshot, issue.

A *snapshot* freezes one list of one period as finished paper, in parts small enough for the journal, and travels upward
like everything else. Its number and date are typed when the clerk gives them (*issued*); reopening is free before that.
After that a change makes an amendment, numbered by itself; what was issued is never altered.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from cbdesk import carrier, clock, dates, letterhead, page, report, workbook
from cbdesk.change import VOID, Value, new_id, new_stream_id
from cbdesk.desk.base import Saved
from cbdesk.desk.telling import Telling, totals_of
from cbdesk.errors import Problem
from cbdesk.paper import Paper
from cbdesk.roll import Movements
from cbdesk.store import Draft

PART = 15_000
"""Characters of one part of a frozen paper; a text of the journal holds 20,000."""

FORMATS = ("xlsx", "pdf")


@dataclass(frozen=True, slots=True)
class Frozen:
    """Answer of ``snapshot``: the snapshot's id, its number (``""`` before issue), rows and movements."""

    id: str
    number: str
    rows: int
    came: int
    left: int
    amends: str | None
    batch: str | None


class Snapshots(Telling):
    """Verbs that freeze."""

    def paper(self, name: str, period: str, *, signer: str | None = None) -> Paper:
        """Return a report of a period as finished paper: the frozen one where it is frozen, else a draft of now.

        With ``signer`` (a key of ``papers.toml``) it is always a draft. Raises ``Problem``: ``unknown_report``,
        ``bad_period``.
        """
        frozen = self.snapshots(self.report_named(name).name, period)
        if frozen and not signer:
            return self.frozen_paper(str(frozen[-1]["id"]))
        before = self._previous(name, period)
        return self.draft_paper(name, period, office=self.office(signer), previous=before.rows if before else None)[0]

    def report(
        self,
        name: str,
        period: str,
        out: Path,
        formats: Sequence[str] = FORMATS,
        *,
        signer: str | None = None,
        overwrite: bool = False,
    ) -> dict[str, Any]:
        """Write a report as files into a folder; returns ``files``, ``rows`` and ``totals``. It is logged.

        The file name carries report, unit and period, never a person. Raises ``Problem`` of groups D, P, U.
        """
        paper = self.paper(name, period, signer=signer)
        files = []
        for form in formats:
            data = page.pdf(paper, stamp=clock.now()) if form == "pdf" else workbook.list_xlsx(paper)
            target = out / f"{name}-{self.unit.code}-{period}.{form}"
            carrier.write_atomic(target, data, overwrite=overwrite)
            files.append(str(target))
        self.log("export", detail=f"{name} {period} {len(paper.rows)}")
        return {"files": files, "rows": len(paper.rows), "totals": totals_of(paper)}

    def snapshots(self, name: str, period: str | None = None) -> list[dict[str, Any]]:
        """Return this unit's frozen lists of a report, oldest first (an amendment after what it amends)."""
        where, values = '"list" = ? AND "_unit" = ?', [name, self.unit.key]
        if period is not None:
            where, values = where + " AND period = ?", [*values, period]
        return self.store.rows("snapshot", where, values, order="id")

    def frozen_paper(self, snapshot: str) -> Paper:
        """Return a frozen paper as it was frozen and numbered. Raises ``Problem(no_record)``."""
        parts = self.store.rows("snapshot_part", '"snapshot" = ?', (snapshot,), order="part")
        if not parts:
            raise Problem("no_record")
        return Paper.from_json("".join(str(part["content"]) for part in parts))

    def snapshot(self, name: str, period: str, *, number: str = "", issued_on: str = "") -> Frozen:
        """Freeze the list of a period; with number and date it is issued, and after that a change makes an amendment.

        Raises ``Problem(snapshot_issued)`` where it was issued and nothing has changed since.
        """
        known = self.snapshots(self.report_named(name).name, period)
        issued = next((row for row in reversed(known) if row.get("number")), None)
        reopened = known[-1] if known and not known[-1].get("number") else None
        earlier = self._previous(name, period)  # what is new on the list is new since then, also in an amendment
        before = self.frozen_paper(str(issued["id"])) if issued else earlier
        signed_on = date.fromisoformat(issued_on) if issued_on else None
        paper, chosen = self.draft_paper(
            name,
            period,
            previous=earlier.rows if earlier else None,
            frozen=self._as_frozen(issued),
            office=self.office(number=number, signed_on=signed_on),
        )
        if issued and before is not None and same_content(before, paper):
            raise Problem("snapshot_issued")
        moves = report.movements(
            before.rows if before else (), paper.rows, why=chosen.why, period=dates.read_period(period)
        )
        fields = {"number": number or None, "issued_on": issued_on or None, "amends": issued and str(issued["id"])}
        return self._freeze(paper, moves, reopened, fields)

    def _as_frozen(self, issued: Mapping[str, Any] | None) -> letterhead.Frozen:
        if issued is None:
            return letterhead.Frozen(clock.today())
        on = str(issued.get("issued_on") or "")
        return letterhead.Frozen(clock.today(), str(issued.get("number") or ""), date.fromisoformat(on) if on else None)

    def _freeze(
        self, paper: Paper, moves: Movements, replaces: Mapping[str, Any] | None, fields: Mapping[str, Any]
    ) -> Frozen:
        """Write the snapshot and its parts as one batch; reopening one not yet issued writes over it."""
        chunks = _chunks(paper.as_json())
        snapshot = str(replaces["id"]) if replaces else new_id()
        whole = dict(fields) | {
            "list": paper.report,
            "period": paper.period,
            "taken_at": clock.stamp()[:16],
            "rows": len(paper.rows),
            "unit": self.unit.key,
            "moved_in": len(moves.came),
            "moved_out": len(moves.left),
            "parts": len(chunks),
            "digest": _digest(paper),
        }
        changed = self._difference(replaces or {}, whole)
        drafts = [Draft("snapshot", snapshot, changed), *self._parts(snapshot, chunks)]
        batch = new_stream_id()
        self._write(drafts, batch)
        return Frozen(
            snapshot,
            str(fields["number"] or ""),
            len(paper.rows),
            len(moves.came),
            len(moves.left),
            fields["amends"],
            batch,
        )

    def _parts(self, snapshot: str, chunks: Sequence[str]) -> list[Draft]:
        known = {row["part"]: row for row in self.store.rows("snapshot_part", '"snapshot" = ?', (snapshot,))}
        drafts = []
        for n, chunk in enumerate(chunks, start=1):
            row = known.pop(n, None)
            if row is None:
                drafts.append(Draft("snapshot_part", new_id(), {"snapshot": snapshot, "part": n, "content": chunk}))
            elif row.get("content") != chunk:
                drafts.append(Draft("snapshot_part", str(row["id"]), {"content": chunk}))
        return [*drafts, *(Draft("snapshot_part", str(row["id"]), {VOID: "reopened"}) for row in known.values())]

    def _previous(self, name: str, period: str) -> Paper | None:
        """Return the frozen list of the newest earlier period of the same kind, whose rows movements start from."""
        span = dates.read_period(period)
        kind = letterhead.period_kind(span)
        earlier = []
        for row in self.snapshots(name):
            other = dates.read_period(str(row["period"]))
            if letterhead.period_kind(other) == kind and other.first < span.first:
                earlier.append((other.first, str(row["id"])))
        return self.frozen_paper(max(earlier)[1]) if earlier else None

    def edited_since(self, name: str, period: str) -> bool:
        """Return whether the register now tells something else than the frozen list of a period."""
        frozen = self.snapshots(name, period)
        if not frozen:
            return False
        before = self._previous(name, period)
        fresh, _ = self.draft_paper(name, period, previous=before.rows if before else None)
        return not same_content(self.frozen_paper(str(frozen[-1]["id"])), fresh)

    def issue(self, snapshot: str, number: str, issued_on: str) -> Saved:
        """Give a frozen list the number and date the clerk gave it; what it tells stays as it was frozen.

        Raises ``Problem``: ``no_record``, ``snapshot_issued`` for one that has its number already.
        """
        row = self.store.row("snapshot", snapshot)
        if row is None or row["_unit"] != self.unit.key:
            raise Problem("no_record")
        if row.get("number"):
            raise Problem("snapshot_issued")
        paper = self.frozen_paper(snapshot)
        office = self.office(number=number, signed_on=date.fromisoformat(issued_on))
        symbol = str(self.report_named(paper.report).data["symbol"])
        numbered = replace(
            paper,
            number=letterhead.number_line(office, symbol),
            place_date=letterhead.place_date(office, date.fromisoformat(issued_on)),
        )
        chunks = _chunks(numbered.as_json())
        fields: dict[str, Value] = {
            "number": number,
            "issued_on": issued_on,
            "digest": _digest(numbered),
            "parts": len(chunks),
        }
        batch = new_stream_id()
        self._write([Draft("snapshot", snapshot, fields), *self._parts(snapshot, chunks)], batch)
        return Saved(snapshot, (), batch)


def _chunks(content: str) -> list[str]:
    return [content[at : at + PART] for at in range(0, len(content), PART)]


def _digest(paper: Paper) -> str:
    return hashlib.sha256(paper.as_json().encode()).hexdigest()


def same_content(one: Paper, other: Paper) -> bool:
    """Return whether two papers tell the same: rows and totals, not their numbers, dates and order."""
    return _told(one) == _told(other) and one.totals == other.totals


def _told(paper: Paper) -> dict[str, Any]:
    return {row.id: (row.since, {key: cell for key, cell in row.cells.items() if key != "no"}) for row in paper.rows}
