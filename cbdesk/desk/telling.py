"""Verbs that tell: reports, report, snapshot.

A report is computed from the register; nothing is typed twice. A *snapshot* freezes one list of one period as finished
paper, in parts small enough for the journal, and travels upward like everything else. Its number and date are typed
when the clerk gives them (*issued*); reopening is free before that. After that a change makes an amendment, numbered by
itself; what was issued is never altered.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from cbdesk import carrier, clock, dates, letterhead, page, report, roll, workbook
from cbdesk.catalogue import Report, catalogue
from cbdesk.change import new_id, new_stream_id
from cbdesk.desk import shorthand
from cbdesk.desk.base import Base, Saved
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


class Telling(Base):
    """Verbs that tell."""

    def reports(self) -> list[dict[str, Any]]:
        """Return the reports there are: ``name``, ``title``, ``periods``."""
        found = sorted(catalogue().reports.values(), key=lambda one: one.data.get("order", 99))
        return [{"name": one.name, "title": one.title, "periods": list(one.data["periods"])} for one in found]

    def paper(self, name: str, period: str, *, signer: str | None = None) -> Paper:
        """Return a report of a period as finished paper: the frozen one where it is frozen, else a draft of now.

        Raises ``Problem``: ``unknown_report``, ``bad_period``.
        """
        frozen = self.snapshots(name, period)
        if frozen and not signer:
            return self.frozen_paper(str(frozen[-1]["id"]))
        return self._draft(name, period, signer=signer)

    def _draft(self, name: str, period: str, *, signer: str | None = None,
               frozen: letterhead.Frozen | None = None, number: str = "", signed_on: date | None = None) -> Paper:  # fmt: skip
        found = catalogue().reports.get(name)
        if found is None:
            raise Problem("unknown_report", name=name)
        span = dates.read_period(period)
        before = self._previous(found, period)
        return report.make(
            found, self.people(), self.office(signer, number=number, signed_on=signed_on), span,
            catalogue=catalogue(), today=clock.today(), frozen=frozen, previous=before.rows if before else None,
        )  # fmt: skip

    def office(self, signer: str | None = None, *, number: str = "", signed_on: date | None = None
               ) -> letterhead.Office:  # fmt: skip
        """Return who issues and signs: the unit, this officer, and the signer in force (an own record)."""
        today = self._today()
        known = self.store.rows("signer", '("from" IS NULL OR "from" <= ?) AND ("to" IS NULL OR "to" >= ?)',
                                (today, today), order="id")  # fmt: skip
        chosen = next((row for row in reversed(known) if signer in (None, _signature(row))), {})
        kind, _, place = self.unit.name.partition(" ")
        head = self.store.streams(self.unit.key)
        mine = next((one.h.hex()[:12] for one in head if one.state == "mine" and one.n), "")
        return letterhead.Office(
            unit=f"{kind.lower()} {place}", place=place, officer=self.officer,
            signer=str(signer or _signature(chosen)), signer_name=str(chosen.get("full_name") or ""),
            number=number, signed_on=signed_on, check=mine, practice=self.practice,
        )  # fmt: skip

    def people(self) -> list[roll.Person]:
        """Return every child with what a list may need, in the shape ``report.make`` takes."""
        year = clock.today().year
        villages = self.store.rows("village")
        names = {str(row["id"]): str(row.get("name") or "") for row in villages}
        classes = shorthand.classes(self.store, year)
        carers, supports = self._by_child("carer"), self._by_child("support")
        episodes: dict[str, list[dict[str, Any]]] = {}
        for form in ("circumstance", "risk"):
            for owner, rows in self._by_child(form).items():
                episodes.setdefault(owner, []).extend(
                    {"form": form, "code": row.get("code"), "from": row.get("from"), "to": row.get("to")} for row in rows
                )
        ethnic = catalogue().lists["ethnicity"]
        found: list[roll.Person] = []
        for child in self.store.rows("child"):
            ident = str(child["id"])
            newest = classes.get(str(child.get("household")))
            found.append({
                "child": child,
                "village_name": names.get(str(child.get("village")), ""),
                "ethnicity": ethnic.label(str(child["ethnicity"])) if child.get("ethnicity") else "",
                "carers": carers.get(ident, []), "supports": supports.get(ident, []),
                "episodes": episodes.get(ident, []),
                "household": {"class": newest[0], "year": newest[1]} if newest else None,
            })  # fmt: skip
        return found

    def _by_child(self, form: str) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        for row in self.store.rows(form, order="id"):
            found.setdefault(str(row.get("child")), []).append(row)
        return found

    def report(self, name: str, period: str, out: Path, formats: Sequence[str] = FORMATS, *,
               signer: str | None = None, overwrite: bool = False) -> dict[str, Any]:  # fmt: skip
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

    def log(self, what: str, record: str = "", detail: str = "") -> None:
        """Write that something was printed, exported or shown: codes and counts, no values."""
        with self.store.atomic():
            self.ledger.log_access(self.officer, what, record, detail)

    # --- snapshots ---------------------------------------------------------------------------------------------------

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
        """Freeze the list of a period; with number and date it is issued. Raises ``Problem(snapshot_issued)`` where
        it was issued and nothing has changed since.
        """  # noqa: D205
        known = self.snapshots(name, period)
        last = known[-1] if known else None
        issued = last is not None and bool(last.get("number"))
        signed_on = date.fromisoformat(issued_on) if issued_on else None
        amends = self._issued(last) if issued and last is not None else None
        fresh = self._draft(name, period, number=number, signed_on=signed_on,
                            frozen=letterhead.Frozen(clock.today(), **(amends or {})))  # fmt: skip
        previous = self.frozen_paper(str(last["id"])) if issued and last else self._previous(
            catalogue().reports[name], period
        )
        moves = report.movements(previous.rows if previous else (), fresh.rows)
        if issued and previous is not None and same_content(previous, fresh):
            raise Problem("snapshot_issued")
        return self._freeze(name, period, fresh, last if not issued else None, moves, number, issued_on,
                            str(last["id"]) if issued and last else None)  # fmt: skip

    def _issued(self, last: Mapping[str, Any]) -> dict[str, Any]:
        on = str(last.get("issued_on") or "")
        return {"amends_number": str(last.get("number") or ""), "amends_on": date.fromisoformat(on) if on else None}

    def _freeze(
        self, name: str, period: str, paper: Paper, replaces: Mapping[str, Any] | None, moves: Movements,
        number: str, issued_on: str, amends: str | None,
    ) -> Frozen:  # fmt: skip
        content = paper.as_json()
        chunks = [content[at : at + PART] for at in range(0, len(content), PART)]
        snapshot = str(replaces["id"]) if replaces else new_id()
        fields: dict[str, Any] = {
            "list": name, "period": period, "taken_at": clock.stamp()[:16], "rows": len(paper.rows), "unit": self.unit.key,
            "moved_in": len(moves.came), "moved_out": len(moves.left), "amends": amends, "parts": len(chunks),
            "digest": hashlib.sha256(content.encode()).hexdigest(),
            "number": number or None, "issued_on": issued_on or None,
        }  # fmt: skip
        old = self.store.row("snapshot", snapshot) or {}
        drafts = [Draft("snapshot", snapshot, {k: v for k, v in fields.items() if old.get(k) != v})]
        parts = {row["part"]: row for row in self.store.rows("snapshot_part", '"snapshot" = ?', (snapshot,))}
        for n, chunk in enumerate(chunks, start=1):
            if n in parts:
                drafts.append(Draft("snapshot_part", str(parts[n]["id"]), {"content": chunk}))
            else:
                drafts.append(Draft("snapshot_part", new_id(), {"snapshot": snapshot, "part": n, "content": chunk}))
        drafts += [
            Draft("snapshot_part", str(row["id"]), {"_del": "reopened"})
            for n, row in parts.items() if isinstance(n, int) and n > len(chunks)
        ]  # fmt: skip
        written = self._write(drafts, new_stream_id())
        batch = written.changes[0].g if written.changes else None
        return Frozen(snapshot, number, len(paper.rows), len(moves.came), len(moves.left), amends, batch)

    def _previous(self, found: Report, period: str) -> Paper | None:
        """Return the frozen list of the newest earlier period of the same kind, whose rows movements start from."""
        earlier = [
            row for row in self.snapshots(found.name)
            if str(row["period"]) < period and len(str(row["period"])) == len(period)
        ]  # fmt: skip
        newest = max(earlier, key=lambda row: (str(row["period"]), str(row["taken_at"])), default=None)
        return self.frozen_paper(str(newest["id"])) if newest else None

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


def totals_of(paper: Paper) -> dict[str, int]:
    """Return the totals as ``--json`` gives them."""
    found = paper.totals
    return {"total": found.total, "named": found.named, "apart": found.apart, "male": found.male,
            "female": found.female, "unknown": found.unknown}  # fmt: skip


def _signature(signer: Mapping[str, Any]) -> str:
    """Return which signature of ``papers.toml`` a signer's record stands for; nobody recorded: the chair."""
    return letterhead.signer_key(str(signer.get("position") or ""), str(signer.get("authority") or ""))
