"""What every room of the desk stands on: the open store, the officer, and one shape for "something changed"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from cbdesk import carrier, clock, locking, log, store
from cbdesk.catalogue import Unit, catalogue
from cbdesk.change import VOID, Value, new_stream_id
from cbdesk.errors import Finding, Problem
from cbdesk.rights import ALL, EDIT, EXPORT, OFFICERS, SENSITIVE, VIEW, needs, refusal
from cbdesk.seal import DeviceKeys
from cbdesk.store import Draft, FolderLock, Ledger, Store, Written, projection
from cbdesk.store.projection import LISTS, OWNER
from cbdesk.text import NameOrder, match_key

OFFICER = "officer"
OWN_FIELDS = frozenset({"villages"})
"""What everybody who records may write into an officer's record; all else there is for who manages the officers."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What a verb changed: the names of the forms whose rows differ now. Pages look at it and reload."""

    forms: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.forms)


@dataclass(frozen=True, slots=True)
class Saved:
    """Answer of ``save``: the record's id (``None`` where a *stop* refused it), findings, and the batch for undo."""

    id: str | None
    findings: tuple[Finding, ...] = ()
    batch: str | None = None


def problem_of(error: BaseException) -> Problem:
    """Return the Problem to show for anything that was caught at the roof.

    What the world did to the database has a name of its own; the rest is a bug of ours, logged without its text.
    """
    if isinstance(error, Problem):
        return error
    return store.problem_of(error) or Problem("bug", code=log.bug(error))


class Base:
    """An open desk of one officer. Made by ``cbdesk.desk.setup`` and ``unlock``; close it when done."""

    stands_for = ""
    """Key of the commune a receiver writes for just now (``standing_in``): new records belong to it. "" for our own."""

    def __init__(self, store: Store, keys: DeviceKeys, lock: FolderLock, officer: str, dek: bytes) -> None:
        self.store = store
        self.ledger = Ledger(store)
        self.keys = keys
        self.officer = officer
        self.dek = dek
        self._lock = lock
        self._changed: set[str] = set()
        self._rights: frozenset[str] | None = None
        self._file_password = ""
        self._draw_veil()

    @property
    def folder(self) -> Path:
        """Return the data folder."""
        return self.store.folder

    @property
    def practice(self) -> bool:
        """Return whether this is a practice register."""
        return self.store.meta("practice") == "1"

    @property
    def role(self) -> str:
        """Return ``commune`` or ``receiver``."""
        return self.store.meta("role") or "commune"

    @property
    def node(self) -> str:
        """Return the device id of this installation, 16 hex digits."""
        return self.store.meta("node") or ""

    @property
    def unit(self) -> Unit:
        """Return the unit this installation works for."""
        return catalogue().units.resolve(self.store.meta("unit") or "")

    @property
    def stream(self) -> str:
        """Return the id of the stream our changes go into, begun where there is none yet."""
        with self.store.atomic():
            return self.store.mine(self.unit.key).s

    @property
    def rights(self) -> frozenset[str]:
        """Return the rights of this officer, as this unit's people with roles were recorded.

        A register in which nobody was ever given a role belongs to its one officer, who may do everything.
        """
        if self._rights is None:
            self._rights = self._rights_now()
        return self._rights

    def _rights_now(self) -> frozenset[str]:
        rows = self.store.rows(OFFICER, f'{OWNER} = ? AND "role" IS NOT NULL', (self.unit.key,), hidden=True)
        if not rows:
            return ALL
        today, me = self._today(), match_key(self.officer)
        mine = [row for row in rows if match_key(str(row.get("full_name") or "")) == me and row.get(VOID) is None]
        found = {VIEW}
        for row in mine:
            if str(row.get("from") or "") <= today <= str(row.get("to") or "9999"):
                role = catalogue().lists["officer_role"].get(str(row["role"]))
                found |= set(role.extra.get("rights", ())) if role else set()
                found |= {SENSITIVE} if row.get("sensitive") else set()
        return frozenset(found) & ALL

    def require(self, right: str) -> None:
        """Raise ``Problem(no_right)`` where this officer has not the right."""
        if right not in self.rights:
            raise refusal(right)

    @property
    def sees_sensitive(self) -> bool:
        """Return whether this officer may see what is sensitive (each look is logged)."""
        return SENSITIVE in self.rights

    def _draw_veil(self) -> None:
        """Let whoever may not see what is sensitive read a register in which it is not there (``store/veil.py``)."""
        self.store.veil(SENSITIVE not in self._rights_now())

    def name_order(self) -> NameOrder:
        """Return the order of names in lists and papers: given name first, then the family's or the middle names."""
        return projection.name_order(self.store.db)

    def close(self) -> None:
        """Close the register and let the folder go. Safe to call twice."""
        try:
            self.store.close()
        finally:
            self._lock.release()

    def take_changed(self) -> Changed:
        """Return, once, which forms changed since the last call; the window's jobs ask after each verb."""
        found, self._changed = Changed(frozenset(self._changed)), set()
        return found

    @contextmanager
    def locking(self, password: str | None) -> Iterator[None]:
        """Put a password on every file written out inside; ``None`` puts none. Raises ``Problem(blank_lock)``."""
        before, self._file_password = self._file_password, locking.judge(password) if password is not None else ""
        try:
            yield
        finally:
            self._file_password = before

    @needs(EXPORT)
    def put_out(self, path: Path, data: bytes, *, overwrite: bool = False) -> Path:
        """Write a file that leaves the register, behind a password where one was asked for (``locking``).

        Raises ``Problem``: ``cannot_lock`` and those of group U.
        """
        if self._file_password:
            data = locking.locked(data, path.suffix, self._file_password)
        return carrier.write_atomic(path, data, overwrite=overwrite)

    def _write(self, drafts: Iterable[Draft], batch: str | None = None, *, own: bool = False) -> Written:
        """Write our own changes; what belongs to another unit goes through our stream for that unit.

        A receiver's corrections are such (``spec/bundle.md`` 4.4); a commune has only records of its own. ``own`` keeps
        in our own stream what names records of several units.
        """
        batch = batch or new_stream_id()
        whole, drafts = Written(), list(drafts)
        self.require(EDIT)
        if any(one.form == OFFICER and not self._is_own(one) for one in drafts):
            self.require(OFFICERS)
        if self.store.veiled:
            drafts = [self._with_hidden(one) for one in drafts]
        with self.store.whole(), self.store.atomic():
            for unit, part in self._by_unit(drafts, own=own):
                written = self.store.write(part, unit=unit, officer=self.officer, batch=batch)
                whole.changes += written.changes
                whole.forms |= written.forms
        self._has_changed(whole.forms)
        return whole

    def _with_hidden(self, draft: Draft) -> Draft:
        """Return a draft of somebody who does not see all: what is hidden in a list stays in it."""
        shape, seen = catalogue().forms[draft.form], self.store.row(draft.form, draft.record)
        lists = [name for name in draft.fields if shape.has(name) and shape.field(name).kind in LISTS]
        if draft.kind != "set" or seen is None or not lists:
            return draft
        with self.store.whole():
            stored = self.store.row(draft.form, draft.record) or {}
        fields = dict(draft.fields)
        for name in lists:
            given = [*listed(fields[name])]
            hidden = [one for one in listed(stored.get(name)) if one not in (*listed(seen.get(name)), *given)]
            fields[name] = [*given, *hidden] if hidden else fields[name]
        return replace(draft, fields=fields)

    def _is_own(self, draft: Draft) -> bool:
        """Return whether a draft gives nobody a right: villages, or the first record of this officer."""
        new = self.store.row(OFFICER, draft.record) is None
        named = new and match_key(str(draft.fields.get("full_name") or "")) == match_key(self.officer)
        return draft.kind == "set" and OWN_FIELDS.issuperset(set(draft.fields) - ({"full_name"} if named else set()))

    def _has_changed(self, forms: Iterable[str]) -> None:
        """Remember which forms changed; rights are read anew where people did."""
        self._changed |= set(forms)
        if OFFICER in self._changed:
            self._rights = None
            self._draw_veil()

    def _by_unit(self, drafts: Iterable[Draft], *, own: bool) -> Iterable[tuple[str, Iterable[Draft]]]:
        if own or self.role == "commune":
            return [(self.store.meta("unit") or "", drafts)]
        return groupby(drafts, self._unit_of)

    def _unit_of(self, draft: Draft) -> str:
        own = self.stands_for or self.store.meta("unit") or ""
        parent = catalogue().forms[draft.form].parent
        holder = draft.fields.get(parent) if parent else None
        for form, record in ((draft.form, draft.record), (parent, holder)):
            row = self.store.row(form, record) if form and isinstance(record, str) else None
            if row is not None:
                return str(row[OWNER])
        return own

    def _record(self, record: str) -> tuple[str, dict[str, Value]]:
        """Return (form, values) of a record, void or not. Raises ``Problem(no_record)``."""
        form = self.store.form_of(record)
        values = self.store.row(form, record) if form and form in catalogue().forms else None
        if form is None or values is None:
            raise Problem("no_record")
        return form, values

    def _difference(self, old: Mapping[str, Any], new: Mapping[str, Value]) -> dict[str, Value]:
        """Return only the fields whose value really changes."""
        return {name: value for name, value in new.items() if old.get(name) != value}

    def _today(self) -> str:
        return clock.today().isoformat()


def listed(value: object) -> list[str]:
    """Return the ids or codes of a field that holds several, none where it is empty."""
    return [str(one) for one in value] if isinstance(value, list) else []
