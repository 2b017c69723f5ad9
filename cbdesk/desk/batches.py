"""Imports of the last weeks, and taking one of them back whole.

An import is one batch, so taking it back is the undo of that batch: what somebody has changed since is left alone. That
it happened, was taken back and brought back stands in the access log (counts and batch, nothing of the file), which is
of this computer; so is the list.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from cbdesk import clock
from cbdesk.desk.base import Saved
from cbdesk.desk.known import CHILD
from cbdesk.desk.reading import IMPORTED, Reading
from cbdesk.rights import EDIT, needs

DAYS = 30
"""How long an import is offered to be taken back whole."""
TAKEN_BACK, BROUGHT_BACK = "import_undone", "import_redone"


@dataclass(frozen=True, slots=True)
class Batch:
    """One import: when, by whom, how many records it added and amended; ``undone`` is when it was taken back.

    ``form`` is what was imported; of a decision on households those made anew are added, the others amended.
    """

    batch: str
    at: str
    by: str
    added: int
    updated: int
    undone: str = ""
    form: str = CHILD


class Batches(Reading):
    """Verbs about imports that are done."""

    def imports(self) -> list[Batch]:
        """Return the imports of the last ``DAYS`` days on this computer, the newest first."""
        found: dict[str, Batch] = {}
        for at, by, what, batch, detail in self._told():
            if what == IMPORTED:
                added, updated, *form = detail.split()
                found[batch] = Batch(batch, at, by, int(added), int(updated), form=(form or [CHILD])[0])
            elif batch in found:
                found[batch] = replace(found[batch], undone=at if what == TAKEN_BACK else "")
        return list(reversed(found.values()))

    @needs(EDIT)
    def undo(self, batch: str) -> Saved:
        """Take back one action; of an import, or of taking one back, the list of imports tells it.

        Raises ``Problem``: ``no_record``, ``cannot_undo``.
        """
        log = self._told()
        with self.store.atomic():
            saved = super().undo(batch)
            if any(what == IMPORTED and one == batch for _, _, what, one, _ in log):
                self.ledger.log_access(self.officer, TAKEN_BACK, batch, str(saved.batch))
            for _, _, what, one, answer in log:
                if what == TAKEN_BACK and answer == batch:
                    self.ledger.log_access(self.officer, BROUGHT_BACK, one)
        return saved

    def _told(self) -> list[tuple[str, str, str, str, str]]:
        """Return (at, by, what, batch, detail) of what the access log tells about imports, oldest first."""
        since = (clock.now() - timedelta(days=DAYS)).replace(tzinfo=None).isoformat(timespec="seconds")
        return [
            tuple(row)
            for row in self.store.db.execute(
                "SELECT at, by, what, record, detail FROM access WHERE what IN (?, ?, ?) AND at >= ? ORDER BY n",
                (IMPORTED, TAKEN_BACK, BROUGHT_BACK, since),
            )
        ]
