"""Verbs of the legal erasure: what would go, the minutes before it, the erasure, and who has confirmed it.

The minutes are on paper, printed or saved before anything is erased; what stays here (``erasure_minutes``) says kinds,
numbers and the mark of the lines, no name and no reason. An incident that is about this child alone goes with it; one
of several children stays and lets go of this one. Lists that were issued stay as they are (records of the office under
Luật Lưu trữ 33/2024/QH15): the minutes name where the child still stands, as they name every copy elsewhere. The
receiver blanks its own when the change arrives, and its acknowledgement of that change is the confirmation.

Source: Luật 91/2025/QH15 Điều 14; ``spec/bundle.md`` 4.8.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cbdesk import carrier, clock, dates, page
from cbdesk.catalogue import catalogue
from cbdesk.change import VOID, Value, new_id, new_stream_id
from cbdesk.desk.base import Saved
from cbdesk.desk.giving import DISCLOSURE, PART
from cbdesk.desk.joining import Joining
from cbdesk.desk.known import CHILD
from cbdesk.desk.numbering import Numbers
from cbdesk.desk.requesting import REQUEST, Requesting
from cbdesk.document import Document
from cbdesk.errors import Problem
from cbdesk.rights import ERASE, EXPORT, SENSITIVE, needs
from cbdesk.store import Draft
from cbdesk.store.projection import OWNER
from cbdesk.text import tidy
from cbdesk.words import say

MINUTES, INCIDENT = "erasure_minutes", "incident"
_ONE = 'json_array_length("child") = 1 AND EXISTS (SELECT 1 FROM json_each("child") WHERE value = ?)'
_MANY = 'json_array_length("child") > 1 AND EXISTS (SELECT 1 FROM json_each("child") WHERE value = ?)'


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a child still stands after its erasure. ``kind``: ``issued`` (a list that stays), ``incident`` (of several
    children, to be looked through), ``text`` (its name in a text). ``number`` says which, ``label`` the list or field.
    """  # noqa: D205

    kind: str
    form: str
    record: str
    number: str
    label: str

    @property
    def words(self) -> str:
        """Return the line of the minutes."""
        return say(f"law.mention.{self.kind}", number=self.number, label=self.label)


@dataclass(frozen=True, slots=True)
class ErasurePlan:
    """What an erasure would do: ``records`` (form, id) innermost first, ``counts`` by form, lines and their mark.

    ``copies`` are sentences about copies elsewhere, ``mentions`` where the child still stands.
    """

    record: str
    form: str
    code: str
    records: tuple[tuple[str, str], ...]
    counts: Mapping[str, int]
    lines: int
    digest: str
    copies: tuple[str, ...] = ()
    mentions: tuple[Mention, ...] = ()
    shared: tuple[str, ...] = field(default=())
    """Incidents of several children that let go of this one."""

    @property
    def kinds(self) -> str:
        """Return kinds and numbers in words."""
        return "; ".join(f"{catalogue().forms[form].title} {n}" for form, n in self.counts.items())


@dataclass(frozen=True, slots=True)
class Erased:
    """One erasure of the past; ``unit`` whose record it was, ``done`` whether nothing can be read here any more.

    ``agrees``: the mark of our lines is the one of the minutes (``None``: we never held them all). ``confirmed`` maps a
    peer's name to when its acknowledgement said that it erased too, "" while it has not.
    """

    id: str
    number: str
    on: str
    ground: str
    record: str
    code: str
    unit: str
    counts: str
    lines: int
    digest: str
    by: str
    done: bool
    agrees: bool | None
    confirmed: Mapping[str, str]


class Erasing(Requesting, Joining):
    """Verbs of the legal erasure."""

    def erasure_plan(self, record: str) -> ErasurePlan:
        """Return what erasing a record would do; nothing is written. Raises ``Problem``: ``no_record``, ``no_right``.

        Who erases must be able to see all that goes, of every child alike.
        """
        self.require(SENSITIVE)
        form, row = self._record(record)
        found = [one for each in self._each(record) for one in (*self._belonging(form, each), (form, each))]
        ids = [one for _, one in found]
        lines, digest = self.store.mark_of(ids)
        counts = Counter(name for name, _ in found)
        ordered = {name: counts[name] for name in (form, *sorted(counts)) if name in counts}
        shared = self.store.rows(INCIDENT, _MANY, (record,)) if form == CHILD else []
        return ErasurePlan(
            record, form, str(row.get("book_code") or row.get("number") or record[:8]), tuple(found), ordered, lines,
            digest, tuple(self._copies(record, ids)), tuple(self._mentions(record, row, set(ids))),
            tuple(str(one["id"]) for one in shared),
        )  # fmt: skip

    def _each(self, record: str) -> list[str]:
        """Return the records joined to this one, and the one itself."""
        return [*self.get(record).get("merged", ()), record]

    def _belonging(self, form: str, record: str) -> list[tuple[str, str]]:
        """Return what belongs to a record; to a child also what is about it alone: incidents, requests, disclosures."""
        found = super()._belonging(form, record)
        if form != CHILD:
            return found
        for row in self.store.rows(INCIDENT, _ONE, (record,), hidden=True):
            one = str(row["id"])
            found += [*self._belonging(INCIDENT, one), (INCIDENT, one)]
        found += [(REQUEST, str(row["id"])) for row in self.store.rows(REQUEST, '"child" = ?', (record,), hidden=True)]
        for given in set(self._given_of([record])):
            entry = self.store.row(DISCLOSURE, given)
            if entry is not None and entry.get("count") == 1:
                parts = self.store.rows(PART, f'"{DISCLOSURE}" = ?', (given,), hidden=True)
                found += [*((PART, str(one["id"])) for one in parts), (DISCLOSURE, given)]
        return list(dict.fromkeys(found))

    # --- copies and mentions -----------------------------------------------------------------------------------------

    def _copies(self, record: str, ids: Sequence[str]) -> Iterator[str]:
        """Return sentences on where copies are: peers, files written, papers and disclosures, backups."""
        for peer in self.peers():
            name, held = self.peer_name(peer), self.ledger.peer(peer.node).have
            known = any(held.get(s, (0, ""))[0] >= n for s, n in self._places(ids))
            yield say("law.copy.peer" if known else "law.copy.peer_not", name=name)
        files = self._files_with(ids)
        if files:
            first, last = (dates.show_date(one[:10]) for one in (files[0], files[-1]))
            yield say("law.copy.files", n=len(files), first=first, last=last)
        given = self.disclosures(record) if self.store.form_of(record) == CHILD else []
        for entry in given:
            yield say("law.copy.given", kind=entry.label("kind", "recipient"), date=dates.show_date(entry.on),
                      paper=f" ({entry.paper_no})" if entry.paper_no else "")  # fmt: skip
        made = sum(one[3] in ("print", "export") and one[4] in ids for one in self.ledger.accesses())
        if made:
            yield say("law.copy.printed", n=made)
        yield say("law.copy.backups")

    def _places(self, ids: Sequence[str]) -> list[tuple[str, int]]:
        marks = ", ".join("?" * len(ids))
        sql = f"SELECT s, min(n) FROM op WHERE r IN ({marks}) GROUP BY s"
        return [(str(s), int(n)) for s, n in self.store.db.execute(sql, list(ids))]

    def _files_with(self, ids: Sequence[str]) -> list[str]:
        """Return when files were written that carry lines of these records, oldest first."""
        places = dict(self._places(ids))
        found = [one.at for one in self.ledger.bundles("dir = 'out'")
                 if any(seg["s"] in places and seg["n"] >= places[seg["s"]] for seg in one.manifest.get("segs", ()))]
        return sorted(found)  # fmt: skip

    def _mentions(self, record: str, row: Mapping[str, Any], gone: set[str]) -> Iterator[Mention]:
        if self.store.form_of(record) != CHILD:
            return
        name = str(row.get("full_name") or "")
        yield from self._frozen_with(record, name)
        for one in self.store.rows(INCIDENT, _MANY, (record,)):
            yield Mention("incident", INCIDENT, str(one["id"]), str(one.get("number") or ""), "")
        if len(name.split()) > 1:
            yield from self._texts_with(name, gone)

    def _frozen_with(self, record: str, name: str) -> Iterator[Mention]:
        whole = 'SELECT "snapshot", "content" FROM snapshot_part WHERE _del IS NULL ORDER BY "snapshot", "part"'
        whole = f'SELECT "snapshot" AS s, group_concat("content", \'\') AS c FROM ({whole}) GROUP BY "snapshot"'
        sql = f"SELECT s FROM ({whole}) WHERE instr(c, ?) OR instr(c, ?)"
        for (snapshot,) in self.store.db.execute(sql, (record, name or record)).fetchall():
            one = self.store.row("snapshot", str(snapshot)) or {}
            title = catalogue().reports.get(str(one.get("list")))
            number = str(one.get("number") or one.get("period") or "")
            yield Mention("issued", "snapshot", str(snapshot), number, title.title if title else "")

    def _texts_with(self, name: str, gone: set[str]) -> Iterator[Mention]:
        for form in catalogue().forms.values():
            for item in form.fields:
                if item.kind not in ("text", "long_text") or form.name == "snapshot_part":
                    continue
                rows = self.store.rows(form.name, f'instr("{item.name}", ?)', (name,))
                for row in (one for one in rows if str(one["id"]) not in gone):
                    shown = str(row.get("number") or row.get("book_code") or form.title)
                    yield Mention("text", form.name, str(row["id"]), shown, item.label)

    # --- minutes and erasure -----------------------------------------------------------------------------------------

    def erasure_minutes(self, plan: ErasurePlan, ground: str, reason: str, request: str = "") -> Document:
        """Return the minutes as they are signed before the erasure. ``request`` is a data request it answers.

        Raises ``Problem``: ``no_reason``, ``not_for_profile`` for a ground there is none of.
        """
        return self._law_paper("bien_ban_xoa", {
            **self._ground(ground, reason), "number": self._next_minutes(), "code": plan.code, "record": plan.record,
            "request": self._request_no(request), "digest": plan.digest[:16], "lines": str(plan.lines),
            "kinds": [{"kind": catalogue().forms[form].title, "count": str(n)} for form, n in plan.counts.items()],
            "copies": [{"copy": one} for one in plan.copies],
            "mentions": [{"where": one.words} for one in plan.mentions],
            "none": "" if plan.mentions else say("law.mention.none"),
        })  # fmt: skip

    def _ground(self, ground: str, reason: str) -> dict[str, str]:
        known = catalogue().lists["erasure_ground"].get(ground)
        if known is None:
            raise Problem("not_for_profile", detail=ground)
        if not tidy(reason):
            raise Problem("no_reason")
        return {"ground": known.label, "reason": tidy(reason)}

    def _next_minutes(self) -> str:
        return Numbers(self.store, self.unit, self.node).code(MINUTES)["number"]

    def _request_no(self, request: str) -> str:
        return str((self.store.row(REQUEST, request) or {}).get("number") or "") if request else ""

    @needs(ERASE)
    def erase_by_law(
        self, record: str, ground: str, reason: str, *, file: Path | None = None, printed: bool = False,
        request: str = "", overwrite: bool = False,
    ) -> Saved:  # fmt: skip
        """Erase a record by law: its minutes first, into ``file`` (PDF) or ``printed`` before, then the record itself.

        Needs the right to see what is sensitive. Returns the id of the minutes.

        Raises ``Problem``: ``no_record``, ``no_reason``, ``minutes_first``, groups P, U.
        """
        plan = self.erasure_plan(record)
        made = self.erasure_minutes(plan, ground, reason, request)
        if file is not None:
            carrier.write_atomic(file, page.document_pdf(made, stamp=clock.now()), overwrite=overwrite)
        elif not printed:
            raise Problem("minutes_first")
        minutes, batch = new_id(), new_stream_id()
        told: dict[str, Value] = {
            "number": self._next_minutes(), "on": self._today(), "ground": ground, "record": record,
            "book_code": plan.code, "request_no": self._request_no(request) or None, "by": self.officer,
            "counts": plan.kinds, "lines": plan.lines, "digest": plan.digest,
            "records": " ".join(one for _, one in plan.records), "copies": " ".join(plan.copies),
        }  # fmt: skip
        with self.store.atomic():
            self._write([Draft(MINUTES, minutes, told), *self._let_go(record, plan.shared)], batch)
        self.erase(record, reason)
        return Saved(minutes, (), batch)

    def _let_go(self, record: str, shared: Sequence[str]) -> Iterator[Draft]:
        for incident in shared:
            named = (self.store.row(INCIDENT, incident) or {}).get(CHILD)
            kept = [one for one in named if one != record] if isinstance(named, list) else []
            yield Draft(INCIDENT, incident, {CHILD: kept})

    # --- afterwards --------------------------------------------------------------------------------------------------

    def erasures(self) -> list[Erased]:
        """Return the erasures by law with who has confirmed them, the newest first."""
        return [self._erased(row) for row in self.store.rows(MINUTES, order='"on" DESC, id DESC')]

    def _erased(self, row: Mapping[str, Any]) -> Erased:
        def text(name: str) -> str:
            return str(row.get(name) or "")

        record, ids = text("record"), text("records").split()
        lines, digest = self.store.mark_of(ids)
        whole = lines == row.get("lines")
        return Erased(
            str(row["id"]), text("number"), text("on"), text("ground"), record, text("book_code"), text(OWNER),
            text("counts"), int(row.get("lines") or 0), text("digest"), text("by"),
            self.store.is_blank(ids or [record]), digest == text("digest") if whole else None, self._confirmed(record),
        )  # fmt: skip

    def _confirmed(self, record: str) -> dict[str, str]:
        """Return for each peer of the record's unit when it acknowledged the erasing change, "" while it has not."""
        at = self.store.head_of_erasure(record)
        if at is None:
            return {}
        s, n = at
        unit, found = self.store.unit_of(s), dict[str, str]()
        for peer in self.peers():
            if self.role == "receiver" and peer.unit != unit:
                continue
            held = self.ledger.peer(peer.node).have.get(s, (0, ""))[0] >= n
            told = self.ledger.bundles("dir = 'in' AND sender = ?", (peer.node,)) if held else []
            stamps = [one.at for one in told if one.manifest.get("have", {}).get(s, [0])[0] >= n]
            found[self.peer_name(peer)] = min(stamps, default="") if held else ""
        return found

    def erasure_paper(self, minutes: str) -> Document:
        """Return the paper of an erasure that was done: at the receiver its own minutes, at the commune the state.

        Raises ``Problem(no_record)``.
        """
        row = self.store.row(MINUTES, minutes)
        if row is None or row.get(VOID) is not None:
            raise Problem("no_record")
        one = self._erased(row)
        agrees = {True: "law.erased.agrees", False: "law.erased.differs", None: "law.erased.not_compared"}[one.agrees]
        return self._law_paper("xac_nhan_xoa", {
            "number": one.number, "on": dates.show_date(one.on), "record": one.record, "code": one.code,
            "ground": catalogue().lists["erasure_ground"].label(one.ground), "by": one.by,
            "from": catalogue().units.label(one.unit), "lines": str(one.lines), "digest": one.digest[:16],
            "done": say("law.erased.done" if one.done else "law.erased.not_done"), "agrees": say(agrees),
            "counts": one.counts, "peers": [{"peer": name, "at": dates.show_stamp(at[:16]) or say("law.erased.waiting")}
                                            for name, at in one.confirmed.items()],
        })  # fmt: skip

    @needs(EXPORT)
    def write_erasure_paper(self, minutes: str, path: Path, *, overwrite: bool = False) -> Path:
        """Write the paper of an erasure that was done. Raises ``Problem``: ``no_record``, groups P, U."""
        return self.write_law_paper(self.erasure_paper(minutes), path, minutes, overwrite=overwrite)
