"""Two records of one child made one: join, take apart again, and keep what arrives later in its place.

A join is ordinary changes of one batch, so the journal, the bundles and undo know nothing new: the other record is
hidden with a mark that names the kept one (``change.SAME_AS``), its rows (carers, episodes, supports …) and incidents
are hung on the kept child, rows that are one are folded (``folding``), and the chosen values are taken over. Nothing is
deleted; both ids, both names and both histories stay found. Taking apart restores what the batch replaced and leaves
alone what somebody changed since.

``settle`` runs after bundles came in: rows that another place still hung on a joined record follow it; two places that
joined the same two the other way round get the older record back as the one child; and where the kept record (or row)
had been hidden before the join, the joined one shows again. Every place decides the same from the same journal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cbdesk import change
from cbdesk.catalogue import catalogue
from cbdesk.change import SAME_AS, VOID, Value, new_stream_id
from cbdesk.desk import folding
from cbdesk.desk.attachments import ATTACHMENT
from cbdesk.desk.base import Saved
from cbdesk.desk.carrying import Received
from cbdesk.desk.comparing import Comparing, leads
from cbdesk.desk.duplicates import DECIDED
from cbdesk.desk.known import CHILD
from cbdesk.desk.known import links as links_of
from cbdesk.desk.known import root as root_of
from cbdesk.desk.lists import Lists
from cbdesk.desk.searching import ALL, Found, Why
from cbdesk.desk.sheets import Sheets
from cbdesk.errors import Problem
from cbdesk.rights import EDIT, ERASE, SEND, SENSITIVE, needs, wholly
from cbdesk.store import Draft
from cbdesk.store.projection import OWNER, folded, holds, ways_of

KEEP, OTHER = "keep", "other"


@dataclass(frozen=True, slots=True)
class Joined:
    """A record that was joined to another: ``into`` the kept id, the version and batch of the join."""

    record: str
    into: str
    version: change.Version
    batch: str


class Joining(Comparing, Lists, Sheets):
    """Verbs that make two records of one child one, and two again."""

    @needs(EDIT)
    def merge(self, keep: str, other: str, take: Mapping[str, str] | None = None, stand: str | None = None) -> Saved:
        """Join ``other`` to ``keep``; the batch takes it back (``undo``), and so does ``split``.

        ``take`` says whose value of a field stands, ``keep`` or ``other``; for the rest it is what ``pair`` proposes.
        ``stand`` is the mark of the two as they were shown (``PairView.stand``).

        Raises ``Problem``: ``no_record``, ``not_a_child``, ``same_record``, ``merged_already``, ``two_units``,
        ``unknown_field``, ``changed_meanwhile``.
        """
        kept, given = self._two(keep, other)
        if kept[OWNER] != given[OWNER]:
            raise Problem("two_units")
        if stand is not None and stand not in (self.stand(keep, other), self.stand(other, keep)):
            raise Problem("changed_meanwhile")
        batch = new_stream_id()
        with self.store.whole():  # what this officer may not see is joined too
            taken = self._taken(*self._two(keep, other), take or {})
            drafts = [Draft(CHILD, other, {VOID: SAME_AS + keep})]
            drafts += [Draft(CHILD, keep, taken)] if taken else []
            self._write([*drafts, *self._follow(other, keep)], batch)
        return Saved(keep, (), batch)

    def _taken(
        self, kept: Mapping[str, Value], given: Mapping[str, Value], take: Mapping[str, str]
    ) -> dict[str, Value]:
        """Return the values that the kept record gets: those chosen, those proposed, and long texts of both."""
        proposed = self.proposal(kept, given)
        for name, whose in take.items():
            if name not in proposed or whose not in (KEEP, OTHER):
                raise Problem("unknown_field", field=name, form=CHILD)
        chosen, shape = dict(take), catalogue().forms[CHILD]
        for name, (side, why) in proposed.items():
            if name not in chosen:
                goes_with = why == "goes_with"
                chosen[name] = chosen[leads(shape.field(name))] if goes_with else KEEP if side == "a" else OTHER
        found = {name: given.get(name) for name, whose in chosen.items() if whose == OTHER}
        found |= {name: both for name, both in self._gathered(kept, given).items() if name not in take}
        return {name: value for name, value in found.items() if kept.get(name) != value}

    @needs(EDIT)
    @wholly
    def split(self, record: str) -> Saved:
        """Take a join back: of this record, or of the one joined last to it. Later edits stay where they were made.

        Raises ``Problem``: ``no_record``, ``not_merged``; ``merged_already`` where the kept record was itself joined.
        """
        self._record(record)
        links = self._links()
        mine = sorted((one for one in links.values() if one.into == record), key=lambda one: one.version)
        link = links.get(record) or (mine[-1] if mine else None)
        if link is None:
            raise Problem("not_merged")
        if link.into in links:
            raise Problem("merged_already", into=links[link.into].into)
        batch = new_stream_id()
        self._write(self._taken_back(link), batch)
        return Saved(link.record, (), batch)

    def _taken_back(self, link: Joined) -> list[Draft]:
        """Return the drafts that restore what a join replaced, wherever what it set still stands."""
        drafts = [Draft(CHILD, link.record, {VOID: None})]
        rows = self.store.db.execute("SELECT DISTINCT r FROM op WHERE g = ? ORDER BY r", (link.batch,)).fetchall()
        for record in (one for (one,) in rows if one != link.record):
            form = self.store.form_of(record)
            row = self.store.row(form, record) if form else None
            if form and row:
                drafts.append(Draft(form, record, self._replaced(form, record, row, link)))
        return [draft for draft in drafts if draft.fields]

    def _replaced(self, form: str, record: str, row: Mapping[str, Value], link: Joined) -> dict[str, Value]:
        """Return the values that a join replaced in one record, of the fields that still have what it set."""
        log = self.store.changes_of(record)
        by_version = {one.version: one for one in log}
        back: dict[str, Value] = {}
        ours = [one for one in log if one.g == link.batch]
        for name in dict.fromkeys(name for one in ours for name in one.f):
            mine = [one for one in ours if name in one.f]
            before = [by_version[one].f.get(name) for one in mine[0].b.get(name, ()) if one in by_version]
            if isinstance(row.get(name), list):
                back[name] = _with(row.get(name), link, before[-1] if before else None)
            elif row.get(name) == mine[-1].f[name]:
                back[name] = before[-1] if before else None
        return {name: value for name, value in back.items() if row.get(name) != value}

    @needs(EDIT)
    @wholly
    def settle(self) -> None:
        """Put what arrived in its place (see the module). Writes only where something is out of place."""
        if not (links := self._links()):
            return
        with self.store.atomic():
            for record, link in links.items():
                kept = _root(record, links)
                if kept is None and record == min(_circle(record, links)):
                    self._write(self._taken_back(link))  # a circle: its oldest record is the child
                elif kept is not None and self._hidden_before(CHILD, kept, link.version):
                    self._write(self._taken_back(link))
            self._write(self._shown_again())
            links = self._links()
            for record, link in links.items():
                kept = _root(record, links)
                if kept is not None and self.store.count(CHILD, "id = ?", (kept,)):
                    self._write(self._follow(record, kept), link.batch)

    @needs(ERASE)
    @needs(SENSITIVE)
    def erase(self, record: str, reason: str) -> Saved:
        """Delete a record for good by law (``Records.erase``), with the records that were joined to it."""
        links = self._links()
        for one in sorted(links):
            if _root(one, links) == record:
                super().erase(one, reason)
        return super().erase(record, reason)

    @needs(SEND)
    @wholly
    def receive(self, sources: Sequence[Path], ack: Path | None = None) -> list[Received]:
        """Take in files or folders (``Carrying.receive``), then put rows of joined records in their place."""
        found = super().receive(sources, ack)
        self.settle()
        return found

    # --- reading -----------------------------------------------------------------------------------------------------

    def get(self, record: str) -> dict[str, Any]:
        """Return one record; a joined one names the child it is now (``merged_into``), a kept one whom it took in."""
        found = super().get(record)
        if found["form"] == CHILD:
            links = self._links()
            if record in links:
                found["merged_into"] = _root(record, links)
            elif taken := sorted(one for one in links if _root(one, links) == record):
                found["merged"] = taken
        return found

    def history(self, record: str) -> list[dict[str, Any]]:
        """Return a record's changes, oldest first; of a kept child also those of the records joined to it."""
        found = super().history(record)
        links = self._links()
        for one in links:
            if _root(one, links) == record:
                found += [{**entry, "record": one} for entry in super().history(one)]
        return sorted(found, key=lambda entry: str(entry["at"])) if links else found

    def search(self, query: str, form: str = CHILD, limit: int = ALL) -> Found:
        """Search (``Searching.search``); the words of a joined record find the kept child, last."""
        found = super().search(query, form, limit)
        ways, shape, more = ways_of(query), catalogue().forms[CHILD], dict[str, Why]()
        links = self._links() if ways and form == CHILD else {}
        for record in sorted(links):
            root = _root(record, links)
            kept, given = (self.store.row(CHILD, one) or {} for one in (root or record, record))
            if root is None or root in found.ids or VOID in kept or holds(folded(shape, kept), *ways):
                continue
            if holds(folded(shape, {**given, VOID: None}), *ways):
                more[root] = Why("joined", str(given.get("full_name") or given.get("usual_name") or ""))
        return Found([*found.ids, *more][:limit], found.total + len(more), {**more, **found.why})

    # --- what stands behind it ---------------------------------------------------------------------------------------

    def _links(self) -> dict[str, Joined]:
        """Return every record joined to another, by id."""
        found: dict[str, Joined] = {}
        for record, into in links_of(self.store).items():
            made = [one for one in self.store.changes_of(record) if one.f.get(VOID) == SAME_AS + into]
            if made:
                found[record] = Joined(record, into, made[-1].version, made[-1].g)
        return found

    def _follow(self, record: str, kept: str) -> list[Draft]:
        """Return the drafts that hang the rows of a child on another, and put that one where records name it."""
        drafts: list[Draft] = []
        for form in catalogue().forms.values():
            if form.name in DECIDED:
                continue  # what was decided of a record stays with it
            if form.parent == CHILD:
                given, own = (self.rows_of(form.name, one) for one in (record, kept))
                found = folding.fold(form, own, given)
                drafts += folding.drafts(self.store, found, kept)
                for stays, goes in found.one:
                    drafts += self._files_of(str(goes["id"]), str(stays["id"]))
            else:
                for item in (one for one in form.fields if one.form == CHILD):
                    drafts += self._renamed(form.name, item.name, record, kept)
        return drafts + self._files_of(record, kept)

    def _files_of(self, record: str, kept: str) -> list[Draft]:
        """Return the drafts that hang the files attached to a record on another."""
        rows = self.store.rows(ATTACHMENT, "record = ?", (record,), order="id", hidden=True)
        return [Draft(ATTACHMENT, str(row["id"]), {"record": kept}) for row in rows]

    def _renamed(self, form: str, name: str, record: str, kept: str) -> list[Draft]:
        """Return the drafts that put a child in another's place where a field names it."""
        found = []
        for row in self.store.rows(form, f'"{name}" LIKE ?', (f"%{record}%",), order="id"):
            given = row[name]
            if isinstance(given, list):
                named = dict.fromkeys(kept if one == record else one for one in given)
                found.append(Draft(form, str(row["id"]), {name: list(named)}))
            elif given == record:
                found.append(Draft(form, str(row["id"]), {name: kept}))
        return found

    def _shown_again(self) -> list[Draft]:
        """Return the drafts that show folded rows whose kept row had been hidden before, so that nobody is lost."""
        drafts = []
        for form in (one for one in catalogue().children(CHILD) if one.name in catalogue().matching["lists"]):
            for row in self.store.rows(form.name, f"{VOID} IS NOT NULL", order="id", hidden=True):
                into, record = change.joined_to(row.get(VOID)), str(row["id"])
                made = [one for one in self.store.changes_of(record) if one.f.get(VOID) == row[VOID]] if into else []
                if into is not None and made and self._hidden_before(form.name, into, made[-1].version):
                    drafts.append(Draft(form.name, record, {VOID: None}))
        return drafts

    def _hidden_before(self, form: str, kept: str, version: change.Version) -> bool:
        """Return whether the kept record was hidden by somebody who may not have known of the join."""
        row = self.store.row(form, kept)
        if row is None or row.get(VOID) is None:
            return False
        heads = change.fold(self.store.changes_of(kept)).get(VOID, {})
        return bool(heads) and max(heads) < version


def _root(record: str, links: Mapping[str, Joined]) -> str | None:
    """Return the record that stands for this one now; ``None`` where links go in a circle."""
    return root_of(record, {one: link.into for one, link in links.items()})


def _circle(record: str, links: dict[str, Joined]) -> list[str]:
    """Return the records of the circle that a record leads into."""
    passed: list[str] = []
    while record not in passed:
        passed.append(record)
        record = links[record].into
    return passed[passed.index(record) :]


def _with(now: Value, link: Joined, before: Value) -> list[str]:
    """Return the children of an incident with the joined record among them again; others who were added stay."""
    named = [str(one) for one in now] if isinstance(now, list) else []
    if not isinstance(before, list) or link.record not in before or link.into not in named:
        return named
    if link.into in before:
        return [*named, link.record]
    return [link.record if one == link.into else one for one in named]
