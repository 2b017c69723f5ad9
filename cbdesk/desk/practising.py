"""A verb of practice registers: an invented life is lived through, as if an office had written it day by day.

Every row goes through the same checks and the same journal as one that is typed; only the clock is moved to the moment
the row was written, which a real register never allows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from cbdesk import clock, remarks
from cbdesk.catalogue import catalogue
from cbdesk.change import new_stream_id
from cbdesk.desk.records import Records, Work
from cbdesk.errors import Finding, Problem
from cbdesk.rights import EDIT, needs
from cbdesk.store import Draft

VILLAGE = "village"
SEEN_WITH_OTHERS = frozenset({*remarks.FORMS, "case_step"})
"""Forms whose rows are checked against others that must stand in the tables by then."""

LOT = 400
"""Rows written together."""

Entry = tuple[datetime, str, str, Mapping[str, Any]]
"""When it was written, the form, the key others name the row by, and the row as ``put`` takes it (``@key`` names)."""


class Practising(Records):
    """The verb of practice registers."""

    @needs(EDIT)
    def practise(
        self, entries: Iterable[Entry], progress: Callable[[], object] | None = None
    ) -> tuple[dict[str, str], list[Finding]]:
        """Write an invented life, in order of time; returns key to id, and what was refused (nothing, if it is one).

        ``progress`` is called after each row; what it raises takes everything back. Raises ``Problem(practice_only)``
        on a real register.
        """
        if not self.practice:
            raise Problem("practice_only")
        with clock.kept(), self.store.atomic():
            life = _Life(self)
            for entry in entries:
                life.row(*entry)
                if progress is not None:
                    progress()
            life.flush()
        return life.ids, life.refused


class _Life:
    """A life being written: the rows of one day are one action, written in lots."""

    def __init__(self, desk: Practising) -> None:
        self.desk = desk
        self.ids: dict[str, str] = {}
        self.refused: list[Finding] = []
        self._day: date | None = None
        self._batch = ""
        self._drafts: list[Draft] = []
        self._unwritten: set[str] = set()
        self._work: Work | None = None

    def row(self, at: datetime, form: str, key: str, row: Mapping[str, Any]) -> None:
        """Take in one row."""
        if at.date() != self._day:
            self.flush()
            self._day, self._batch = at.date(), new_stream_id()
        names = any(one in self._unwritten for one in _names(row))
        if names or len(self._unwritten) >= LOT or form in SEEN_WITH_OTHERS:
            self.flush()
        clock.set_fixed(at)
        if self._work is None:
            self._work = replace(self.desk._work(self._batch), waiting=self._drafts)
        data = {name: self._resolved(value) for name, value in row.items()}
        saved = self.desk._put_one(catalogue().form(form), data, self._work)
        if saved.id is None:
            self.refused += [one for one in saved.findings if one.level == "stop"]
        elif key:
            self.ids[key] = saved.id
        self._unwritten.add(key or str(row["id"])[1:])

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._resolved(one) for one in value]
        return self.ids.get(value[1:], value) if isinstance(value, str) and value.startswith("@") else value

    def flush(self) -> None:
        """Write what has been collected, as of the last row's moment."""
        if self._drafts:
            self.desk._write(self._drafts, self._batch)
        if self._work is not None and any(one.form == VILLAGE for one in self._drafts):
            self._work = None  # the villages known are read anew
        self._drafts.clear()
        self._unwritten.clear()


def _names(row: Mapping[str, Any]) -> Iterator[str]:
    for value in row.values():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str) and one.startswith("@"):
                yield one[1:]
