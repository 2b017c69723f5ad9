"""Verbs that freeze: paper, report, list_standing, snapshot, reopen, issue.

A list is a draft until it is frozen. A *snapshot* freezes one list of one period as finished paper, in parts small
enough for the journal, and travels upward like everything else. Frozen it waits to be signed; reopening it is free. Its
number and date are typed when the clerk gives them (*issued*); what was issued is never altered. After that a change
makes an amendment, numbered by itself: by default only what differs, else a whole list that replaces the one issued.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as altered
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from cbdesk import balance, clock, dates, letterhead, page, report, roll, workbook
from cbdesk.balance import same_content
from cbdesk.change import VOID, Value, new_id, new_stream_id
from cbdesk.dates import Period
from cbdesk.desk.base import Saved
from cbdesk.desk.telling import Telling, totals_of
from cbdesk.errors import Problem
from cbdesk.paper import CHANGES, Paper
from cbdesk.rights import EXPORT, ISSUE, SENSITIVE, needs, wholly
from cbdesk.roll import Movements
from cbdesk.store import Draft

PART = 15_000
"""Characters of one part of a frozen paper; a text of the journal holds 20,000."""

FORMATS = ("xlsx", "pdf")
DRAFT, SIGNING, ISSUED = "draft", "signing", "issued"
"""States of a list; a draft has no record."""
FULL, SHORT = "full", "changes"
"""Papers of a list: all of it, or who came and left."""
AMENDMENT, REPLACEMENT = "amendment", "replacement"
REOPENED = "reopened"


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


@dataclass(frozen=True, slots=True)
class Standing:
    """How the list of a period stands: its state, its last snapshot, and how many lines differ from that one now.

    ``versions`` are all snapshots of the period, oldest first: the first one and its amendments. ``form`` is the paper
    ``paper`` gives now: ``full``, ``changes``, ``amendment`` or ``replacement``.
    """

    state: str
    form: str
    snapshot: Mapping[str, Any] | None = None
    edits: int = 0
    versions: tuple[Mapping[str, Any], ...] = ()


class Snapshots(Telling):
    """Verbs that freeze."""

    def paper(
        self,
        name: str,
        period: str,
        *,
        signer: str | None = None,
        form: str = "",
        villages: Sequence[str] = (),
        units: Sequence[str] = (),
        poverty: str = "",
        purpose: str = "",
    ) -> Paper:
        """Return a list of a period as finished paper: the frozen one where it is frozen, else a draft of now.

        With ``signer`` (a key of ``papers.toml``), ``villages`` or ``units`` it is always a draft. ``form`` is
        ``full`` or ``changes``; by default what was frozen, or what the report says of such a period. ``poverty`` as in
        ``report.POVERTY``. A restricted list needs a ``purpose``, and looking at it is logged with it.

        Raises ``Problem``: ``unknown_report``, ``bad_period``, ``no_reason``, ``no_right`` (a restricted list).
        """
        found = self.list_named(name)
        if found.data.get("restricted"):
            if not purpose.strip():
                raise Problem("no_reason")
            self.require(SENSITIVE)
            self.log("view", detail=f"{name} {period} {purpose.strip()}")
        frozen = self.snapshots(name, period) if not (signer or villages or units) else []
        if frozen:
            paper = self.frozen_paper(str(frozen[-1]["id"]))
        else:
            office = self.office(signer)
            paper = self._fresh(name, period, office=office, villages=villages, units=units, poverty=poverty)[0]
        if poverty == report.WITHOUT:
            paper = report.without(paper, found)
        return paper.full if form == FULL else paper.changes if form == SHORT else paper

    def _fresh(
        self,
        name: str,
        period: str,
        *,
        office: letterhead.Office | None = None,
        frozen: letterhead.Frozen | None = None,
        villages: Sequence[str] = (),
        units: Sequence[str] = (),
        poverty: str = "",
    ) -> tuple[Paper, roll.Selection, Movements]:
        """Return the list as it would be frozen now, with what changed since the list before and its default layout."""
        before = None if villages or units else self._previous(name, period)
        with self._official(name, villages):
            paper, chosen = self.draft_paper(
                name,
                period,
                previous=before.rows if before else None,
                office=office,
                frozen=frozen,
                villages=villages,
                units=units,
                poverty=poverty,
            )
        moves = self._moves(before, paper, chosen)
        found = self.list_named(name)
        if before is None or "changes" not in found.data:
            return paper, chosen, moves
        paper = balance.with_changes(paper, before, moves, chosen, found)
        kind = letterhead.period_kind(dates.read_period(period))
        return (paper.changes if kind in found.data["changes"]["default"] else paper), chosen, moves

    def _moves(self, before: Paper | None, paper: Paper, chosen: roll.Selection) -> Movements:
        """Return who came and left since the list before; what began after its last day is new."""
        span = dates.read_period(paper.period)
        first = date.fromisoformat(before.as_of) + timedelta(days=1) if before else span.first
        since = Period(span.text, min(first, span.first), span.last)
        return report.movements(
            before.rows if before else (), paper.rows, why=chosen.why, period=since, how=chosen.how
        )

    @needs(EXPORT)
    def report(
        self,
        name: str,
        period: str,
        out: Path,
        formats: Sequence[str] = FORMATS,
        *,
        signer: str | None = None,
        overwrite: bool = False,
        form: str = "",
        villages: Sequence[str] = (),
        units: Sequence[str] = (),
        poverty: str = "",
        purpose: str = "",
    ) -> dict[str, Any]:
        """Write a list as files into a folder; returns ``files``, ``rows`` and ``totals``. It is logged.

        ``rows`` and ``totals`` are those of the whole list, whatever paper is printed. The file name carries report,
        unit and period, never a person. A restricted list needs a ``purpose``, which is logged. A receiver's answer
        tells its ``coverage``.

        Raises ``Problem``: ``no_reason``, and those of groups D, P, U.
        """
        paper = self.paper(
            name, period, signer=signer, form=form, villages=villages, units=units, poverty=poverty, purpose=purpose
        )
        files = []
        for kind in formats or FORMATS:
            data = page.pdf(paper, stamp=clock.now()) if kind == "pdf" else workbook.list_xlsx(paper)
            target = out / f"{name}-{self.area_code(units)}-{period}.{kind}"
            self.put_out(target, data, overwrite=overwrite)
            files.append(str(target))
        self.log("export", detail=" ".join([name, period, str(len(paper.rows)), purpose.strip()]).strip())
        told = {"files": files, "rows": len(paper.rows), "totals": totals_of(paper)}
        return told | self._coverage_told(units, min(dates.read_period(period).last, clock.today()), name, period)

    def snapshots(self, name: str, period: str | None = None) -> list[dict[str, Any]]:
        """Return this unit's frozen lists of a report, oldest first (an amendment after what it amends)."""
        where, values = '"list" = ? AND "_unit" = ?', [name, self.unit.key]
        if period is not None:
            where, values = where + " AND period = ?", [*values, period]
        return self.store.rows("snapshot", where, values, order="id")

    def list_standing(self, name: str, period: str) -> Standing:
        """Return how the list of a period stands. Raises ``Problem``: ``unknown_report``, ``bad_period``."""
        fresh = self._fresh(name, period)[0]
        versions = tuple(self.snapshots(name, period))
        if not versions:
            return Standing(DRAFT, SHORT if fresh.layout == CHANGES else FULL)
        last = versions[-1]
        edits = balance.differences(self.frozen_paper(str(last["id"])), fresh)
        return Standing(state_of(last), str(last.get("form") or FULL), last, edits, versions)

    def frozen_paper(self, snapshot: str) -> Paper:
        """Return a frozen paper as it was frozen and numbered. Raises ``Problem(no_record)``."""
        return Paper.from_json(self._frozen_text(snapshot))

    @wholly
    def _frozen_text(self, snapshot: str) -> str:
        """Return what was frozen, put together from its parts. Raises ``Problem(no_record)``."""
        parts = self.store.rows("snapshot_part", '"snapshot" = ?', (snapshot,), order="part")
        if not parts:
            raise Problem("no_record")
        return "".join(str(part["content"]) for part in parts)

    @needs(ISSUE)
    def snapshot(
        self,
        name: str,
        period: str,
        *,
        number: str = "",
        issued_on: str = "",
        form: str = "",
        replace: bool = False,
        signer: str | None = None,
    ) -> Frozen:
        """Freeze the list of a period; with number and date it is issued, and after that a change makes an amendment.

        ``form`` (``full``, ``changes``) is the paper that will be signed, by default what the report says of such a
        period. An amendment shows what differs; with ``replace`` it is a whole list in the place of the one issued.
        ``signer`` (a key of ``papers.toml``) signs instead of the one in force.

        Raises ``Problem``: ``snapshot_issued`` where it was issued and nothing has changed since, ``not_frozen`` for a
        list that is made anew each time.
        """
        if not self.list_named(name).data.get("freezes"):
            raise Problem("not_frozen")
        known = self.snapshots(name, period)
        issued = [row for row in known if state_of(row) == ISSUED]
        waiting = known[-1] if known and state_of(known[-1]) != ISSUED else None
        signed_on = date.fromisoformat(issued_on) if issued_on else None
        office = self.office(signer, number=number, signed_on=signed_on)
        frozen = self._as_frozen(issued, replace=replace)
        paper, chosen, moves = self._fresh(name, period, office=office, frozen=frozen)
        fields: dict[str, Value] = {"number": number or None, "issued_on": issued_on or None, "amends": None}
        if issued:
            before = self.frozen_paper(str(issued[-1]["id"]))
            if same_content(before, paper):
                raise Problem("snapshot_issued")
            moves = self._moves_within(before, paper, chosen)
            amended = balance.amendment(paper, before, moves, self.list_named(name))
            paper = paper.full if replace else amended
            fields |= {"amends": str(issued[-1]["id"]), "amendment": len(issued)}
            form = REPLACEMENT if replace else AMENDMENT
        elif form:
            paper = paper.changes if form == SHORT else paper.full
        form = form if issued else SHORT if paper.layout == CHANGES else FULL
        fields |= {"form": form, "state": ISSUED if number else SIGNING}
        return self._freeze(paper, moves, waiting, fields)

    def _moves_within(self, before: Paper, paper: Paper, chosen: roll.Selection) -> Movements:
        span = dates.read_period(paper.period)
        return report.movements(before.rows, paper.rows, why=chosen.why, period=span, how=chosen.how)

    def _as_frozen(self, issued: Sequence[Mapping[str, Any]], *, replace: bool) -> letterhead.Frozen:
        """Return what is being frozen: a first list, or an amendment of the last whole list that was issued."""
        if not issued:
            return letterhead.Frozen(clock.today())
        at = max(n for n, row in enumerate(issued) if row.get("form") != AMENDMENT)
        whole = issued[at]
        on = str(whole.get("issued_on") or "")
        number = letterhead.number_of(self.frozen_paper(str(whole["id"])).number) or str(whole.get("number") or "")
        day = date.fromisoformat(on) if on else None
        return letterhead.Frozen(clock.today(), number, day, len(issued) - at, replace)

    @needs(ISSUE)
    @wholly
    def reopen(self, snapshot: str) -> Saved:
        """Take a frozen list back that was not issued yet: it is a draft again.

        Raises ``Problem``: ``no_record``, ``snapshot_issued_before`` for one that has its number.
        """
        row = self._own_snapshot(snapshot)
        if state_of(row) == ISSUED:
            raise Problem("snapshot_issued_before")
        parts = self.store.rows("snapshot_part", '"snapshot" = ?', (snapshot,))
        drafts = [Draft("snapshot_part", str(part["id"]), {VOID: REOPENED}) for part in parts]
        batch = new_stream_id()
        self._write([Draft("snapshot", snapshot, {VOID: REOPENED}), *drafts], batch)
        return Saved(snapshot, (), batch)

    def _own_snapshot(self, snapshot: str) -> Mapping[str, Any]:
        row = self.store.row("snapshot", snapshot)
        if row is None or row["_unit"] != self.unit.key:
            raise Problem("no_record")
        return row

    def _freeze(
        self, paper: Paper, moves: Movements, replaces: Mapping[str, Any] | None, fields: Mapping[str, Any]
    ) -> Frozen:
        """Write the snapshot and its parts as one batch; freezing one not yet issued anew writes over it."""
        chunks = chunks_of(paper.as_json())
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

    @wholly
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
        return not same_content(self.frozen_paper(str(frozen[-1]["id"])), self._fresh(name, period)[0])

    @needs(ISSUE)
    @wholly
    def issue(self, snapshot: str, number: str, issued_on: str) -> Saved:
        """Give a frozen list the number and date the clerk gave it; what it tells stays as it was frozen.

        Raises ``Problem``: ``no_record``, ``snapshot_issued`` for one that has its number already.
        """
        if state_of(self._own_snapshot(snapshot)) == ISSUED:
            raise Problem("snapshot_issued")
        paper = self.frozen_paper(snapshot)
        numbered = altered(
            paper,
            number=letterhead.numbered(paper.number, number),
            place_date=letterhead.place_date(self.office(), date.fromisoformat(issued_on)),
        )
        chunks = chunks_of(numbered.as_json())
        fields: dict[str, Value] = {
            "number": number,
            "issued_on": issued_on,
            "state": ISSUED,
            "digest": _digest(numbered),
            "parts": len(chunks),
        }
        batch = new_stream_id()
        self._write([Draft("snapshot", snapshot, fields), *self._parts(snapshot, chunks)], batch)
        return Saved(snapshot, (), batch)


def chunks_of(content: str) -> list[str]:
    """Return a frozen paper in parts small enough for the journal."""
    return [content[at : at + PART] for at in range(0, len(content), PART)]


def _digest(paper: Paper) -> str:
    return hashlib.sha256(paper.as_json().encode()).hexdigest()


def state_of(snapshot: Mapping[str, Any]) -> str:
    """Return the state of a frozen list; one from before states were kept is issued when it has a number."""
    return str(snapshot.get("state") or (ISSUED if snapshot.get("number") else SIGNING))
