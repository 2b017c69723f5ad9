"""A walk through children that share something to be put right: who is next, where one is, which field is meant.

The page that starts a walk keeps it and asks it, when one comes back, near which child to stand.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from cbdesk.words import say
from ui.lists.filterbar import plain


class Walk:
    """Children in order. ``title`` says what they share, ``field`` is the field (or part) of the form to go to."""

    def __init__(self, title: str, ids: Sequence[str], at: str, field: str = "") -> None:
        self.title, self.field = title, field
        self._ids = tuple(ids)
        self._at = self._ids.index(at) if at in self._ids else 0

    def child(self) -> str:
        """Return the child one is at."""
        return self._ids[self._at]

    def step(self, step: int) -> str:
        """Go to the next or previous child and return it; nothing at the end."""
        goal = self._at + step
        if not 0 <= goal < len(self._ids):
            return ""
        self._at = goal
        return self._ids[goal]

    def words(self) -> str:
        """Return what the walk is about and how far one is."""
        return say("quality_page.walk", title=self.title, n=plain(self._at + 1), of=plain(len(self._ids)))

    def near(self, left: Collection[str]) -> str:
        """Return the child one is at, or the nearest that is still there: those after come before those before."""
        order = (*self._ids[self._at :], *reversed(self._ids[: self._at]))
        return next((one for one in order if one in left), "")
