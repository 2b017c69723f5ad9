"""The common shape of a kind of field: its five faces, with unknown dealt with once. The kinds are in ``kinds.py``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from cbdesk import text
from cbdesk.catalogue import catalogue
from cbdesk.errors import Finding, Level
from cbdesk.shapes import Field

Value = Any

SHORT = 500                     # letters of a one-line text
LONG = 20_000                   # the longest text a line of the journal may hold
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Read:
    """What was understood: the value to store and remarks about it."""

    value: Value = None
    notes: tuple[Finding, ...] = ()


def says(group: str, written: str) -> bool:
    """Return whether what was written is one of the words of ``reading.toml`` (``unknown``, ``yes`` …)."""
    return catalogue().says(group, written)


def finding(field: Field, level: Level, name: str, **details: Any) -> Finding:
    """Return a finding about a field."""
    return Finding(field.name, level, name, details)


class Kind:
    """The common shape: unknown is dealt with here, a subclass says what differs."""

    name: ClassVar[str]
    sql: ClassVar[str] = "TEXT"

    def read(self, given: object, field: Field, today: date) -> Read:
        """Understand typed text, a cell or a stored value."""
        if given is None or (isinstance(given, str) and not text.tidy(given)):
            return Read()
        return self._read(given, field, today)

    def check(self, value: Value, field: Field) -> list[Finding]:
        """Return findings about a stored value: its shape, its codes."""
        return [] if value is None else self._check(value, field)

    def show(self, value: Value, field: Field) -> str:
        """Return the text for people; "" for unknown. What is of no shape of ours (a stranger's) is shown as it is."""
        try:
            return "" if value is None else self._show(value, field)
        except (TypeError, ValueError):
            return str(value)

    def cell(self, value: Value, field: Field) -> object:
        """Return the value for a spreadsheet; "" for unknown."""
        try:
            return "" if value is None else self._cell(value, field)
        except (TypeError, ValueError):
            return str(value)

    def fold(self, value: Value, field: Field) -> str:
        """Return the search form."""
        return text.fold(self.show(value, field))

    def _read(self, given: object, field: Field, today: date) -> Read:
        raise NotImplementedError

    def _check(self, value: Value, field: Field) -> list[Finding]:
        return []

    def _show(self, value: Value, field: Field) -> str:
        return str(value)

    def _cell(self, value: Value, field: Field) -> object:
        return self._show(value, field)


class Line(Kind):
    """One line of text; a subclass adds what its text must look like."""

    limit: ClassVar[int] = SHORT

    def _read(self, given: object, field: Field, today: date) -> Read:
        value = self._tidy(plain(given))
        return Read(value or None, tuple(self.check(value, field)))

    def _tidy(self, written: str) -> str:
        return text.tidy(written)

    def _check(self, value: Value, field: Field) -> list[Finding]:
        if not isinstance(value, str):
            return [finding(field, "stop", "not_text")]
        return _clean(value, field, self.limit) or self._shape(value, field)

    def _shape(self, value: str, field: Field) -> list[Finding]:
        return []


def plain(given: object) -> str:
    """Return a cell as text; Excel's whole floats lose their point."""
    if isinstance(given, float) and given.is_integer():
        return str(int(given))
    if isinstance(given, (list, tuple)):
        return "; ".join(str(item) for item in given)
    return str(given)


def _clean(value: str, field: Field, limit: int) -> list[Finding]:
    if not value.isprintable() and (_CONTROL.search(value) or _SURROGATE.search(value)):
        return [finding(field, "stop", "control_characters")]
    if len(value) > limit or len(value.encode()) > 3 * limit:  # Vietnamese letters take three bytes
        return [finding(field, "stop", "too_long", limit=limit, n=len(value))]
    return []
