"""Verbs that freeze: paper, report, snapshot, issue.

A *snapshot* freezes one list of one period as finished paper, in parts small enough for the journal, and travels upward
like everything else. Its number and date are typed when the clerk gives them (*issued*); reopening is free before that.
After that a change makes an amendment, numbered by itself; what was issued is never altered.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from cbdesk import carrier, clock, dates, letterhead, page, report, workbook
from cbdesk.change import VOID, new_id, new_stream_id
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
        """Return the frozen lists of a report, oldest first (amendments after what they amend)."""
        where, values = ('"list" = ?', (name,)) if period is None else ('"list" = ? AND period = ?', (name, period))
        return self.store.rows("snapshot", where, values, order="taken_at, id")

    def frozen_paper(self, snapshot: str) -> Paper:
        """Return a frozen paper as it was, with its number and date where they came later."""
        parts = self.store.rows("snapshot_part", '"snapshot" = ?', (snapshot,), order="part")
        if not parts:
            raise Problem("no_record")
        return Paper.from_json("".join(str(part["content"]) for part in parts))

    def snapshot(self, name: str, period: str, *, number: str = "", issued_on: str = "") -> Frozen:
        """Freeze the list of a period; with number and date it is issued, and after that a change makes an amendment.

        Raises ``Problem(snapshot_issued)`` where it was issued and nothing has changed since.
        """
        last = next(reversed(self.snapshots(self.report_named(name).name, period)), None)
        issued = last if last is not None and last.get("number") else None
        before = self.frozen_paper(str(issued["id"])) if issued else self._previous(name, period)
        paper, chosen = self.draft_paper(
            name,
            period,
            previous=before.rows if before else None,
            frozen=self._as_frozen(issued),
            office=self.office(number=number, signed_on=date.fromisoformat(issued_on) if issued_on else None),
        )
        if issued and before is not None and same_content(before, paper):
            raise Problem("snapshot_issued")
        moves = report.movements(
            before.rows if before else (), paper.rows, why=chosen.why, period=dates.read_period(period)
        )
        replaces = None if issued else last
        fields = {"number": number or None, "issued_on": issued_on or None, "amends": issued and str(issued["id"])}
        return self._freeze(paper, moves, replaces, fields)

    def _as_frozen(self, issued: Mapping[str, Any] | None) -> letterhead.Frozen:
        if issued is None:
            return letterhead.Frozen(clock.today())
        on = str(issued.get("issued_on") or "")
        return letterhead.Frozen(clock.today(), str(issued.get("number") or ""), date.fromisoformat(on) if on else None)

    def _freeze(
        self, paper: Paper, moves: Movements, replaces: Mapping[str, Any] | None, fields: Mapping[str, Any]
    ) -> Frozen:
        """Write the snapshot and its parts as one batch; reopening one not yet issued writes over it."""
        content = paper.as_json()
        chunks = [content[at : at + PART] for at in range(0, len(content), PART)]
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
            "digest": hashlib.sha256(content.encode()).hexdigest(),
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
        known = {row["part"]: str(row["id"]) for row in self.store.rows("snapshot_part", '"snapshot" = ?', (snapshot,))}
        drafts = []
        for n, chunk in enumerate(chunks, start=1):
            new: dict[str, Any] = {} if n in known else {"snapshot": snapshot, "part": n}
            record = known.pop(n) if n in known else new_id()
            drafts.append(Draft("snapshot_part", record, new | {"content": chunk}))
        return [*drafts, *(Draft("snapshot_part", one, {VOID: "reopened"}) for one in known.values())]

    def _previous(self, name: str, period: str) -> Paper | None:
        """Return the frozen list of the newest earlier period of the same kind, whose rows movements start from."""
        earlier = [
            row
            for row in self.snapshots(name)
            if str(row["period"]) < period and len(str(row["period"])) == len(period)
        ]
        newest = max(earlier, key=lambda row: (str(row["period"]), str(row["taken_at"])), default=None)
        return self.frozen_paper(str(newest["id"])) if newest else None

    def edited_since(self, name: str, period: str) -> bool:
        """Return whether the register now tells something else than the frozen list of a period."""
        frozen = self.snapshots(name, period)
        if not frozen:
            return False
        before = self._previous(name, period)
        fresh, _ = self.draft_paper(name, period, previous=before.rows if before else None)
        return not same_content(self.frozen_paper(str(frozen[-1]["id"])), fresh)

    def issue(self, snapshot: str, number: str, issued_on: str) -> Saved:
        """Give a frozen list the number and date the clerk gave it."""
        row = self.store.row("snapshot", snapshot)
        if row is None:
            raise Problem("no_record")
        frozen = self.snapshot(str(row["list"]), str(row["period"]), number=number, issued_on=issued_on)
        return Saved(frozen.id, (), frozen.batch)


def same_content(one: Paper, other: Paper) -> bool:
    """Return whether two papers tell the same: rows and totals, not their numbers and dates."""
    return one.rows == other.rows and one.totals == other.totals
