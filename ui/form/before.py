"""The records shown or saved before this one, as they were typed, so that F7 can repeat an answer.

Lives in memory only, for as long as the page does; what is sealed on screen never comes in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Before:
    """The last two records of one form. Views of the same form may share one."""

    def __init__(self) -> None:
        self._last: list[tuple[str, dict[str, Any]]] = []

    def touch(self, record: str, typed: Mapping[str, Any]) -> None:
        """Remember a record that was shown or saved; empty answers are not remembered."""
        given = {name: value for name, value in typed.items() if value not in (None, "", [])}
        if self._last and self._last[0][0] == record:
            self._last[0][1].update(given)
        else:
            self._last = [(record, given), *self._last][:2]

    def answer(self, record: str | None, name: str) -> Any:
        """Return what stood in a field of the record before this one, or ``None``."""
        return next((typed.get(name) for known, typed in self._last if known != record), None)
