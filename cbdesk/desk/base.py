"""What every room of the desk stands on: the open store, the officer, and one shape for "something changed"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cbdesk import clock
from cbdesk.catalogue import Unit, catalogue
from cbdesk.change import VOID, Value
from cbdesk.errors import Finding, Problem
from cbdesk.seal import DeviceKeys
from cbdesk.store import Draft, FolderLock, Ledger, Store, Written

DESK = "desk"
"""Access-log word for the desk's own acts."""


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
    changed: Changed = field(default_factory=Changed)


class Base:
    """An open desk of one officer. Made by ``cbdesk.desk.setup`` and ``unlock``; close it when done."""

    def __init__(self, store: Store, keys: DeviceKeys, lock: FolderLock, officer: str, dek: bytes) -> None:
        self.store = store
        self.ledger = Ledger(store)
        self.keys = keys
        self.officer = officer
        self.dek = dek
        self._lock = lock
        self._changed: set[str] = set()

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

    def close(self) -> None:
        """Close the register and let the folder go. Safe to call twice."""
        self.store.close()
        self._lock.release()

    def take_changed(self) -> Changed:
        """Return, once, which forms changed since the last call; the window's jobs ask after each verb."""
        found, self._changed = Changed(frozenset(self._changed)), set()
        return found

    def _write(self, drafts: Iterable[Draft], batch: str | None = None, unit: str | None = None) -> Written:
        written = self.store.write(
            drafts, unit=unit or self.store.meta("unit") or "", officer=self.officer, batch=batch
        )
        self._changed |= written.forms
        return written

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


def is_void(row: Mapping[str, Any]) -> bool:
    """Return whether a record is hidden."""
    return row.get(VOID) is not None
