"""Verbs that pass a tip down: the hotline 111 or a letter told the receiver, the commune has to act.

The receiver records the incident for the commune, in its stream for it, with the paper. It is the commune's own
incident from then on, edited there like any other. The clock runs from the moment the receiver heard of it
(NĐ 56/2017/NĐ-CP Điều 26), not from the day the stick arrives; the commune sees that it came from above.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cbdesk import clock
from cbdesk.catalogue import catalogue
from cbdesk.change import Value
from cbdesk.desk.attachments import Attachments
from cbdesk.desk.base import Saved
from cbdesk.desk.carrying import Carrying
from cbdesk.desk.numbering import Numbers
from cbdesk.errors import Finding, Problem
from cbdesk.rights import EDIT, needs
from cbdesk.store import Store
from cbdesk.store.projection import OWNER

INCIDENT = "incident"
LETTER = "T"
"""Stands in numbers where devices have A to P: an incident numbered above never meets one numbered below."""


@dataclass(frozen=True, slots=True)
class FromAbove:
    """Who passed an incident down, by the name of its unit's time, and when it was recorded there."""

    by: str
    at: str


class Passing(Attachments, Carrying):
    """Verbs that pass a tip down."""

    @needs(EDIT)
    def pass_down(self, unit: str, data: Mapping[str, Value], files: Sequence[tuple[str, bytes]] = ()) -> Saved:
        """Record an incident for a commune (code or key) with its papers (title, bytes); it goes with the next bundle.

        ``data`` are fields of ``incident``; ``received_at`` is when the receiver was told. A *stop* writes nothing.
        Raises ``Problem``: ``only_receiver``, ``wrong_unit``, ``attachment_type``, ``attachment_big``.
        """
        if self.role != "receiver":
            raise Problem("only_receiver")
        whose = catalogue().units.resolve(unit, clock.today() if "@" not in unit else None)
        children = [self.store.row("child", one) or {} for one in _named(data.get("child"))]
        if any(one.get(OWNER) != whose.key for one in children):
            return Saved(None, (Finding("child", "stop", "no_such_record"),))
        before, self.stands_for = self.stands_for, whose.key
        try:
            with self.store.atomic():
                number = Numbers(self.store, whose, self.node, letter=LETTER).code(INCIDENT, dict(data))
                saved = self.save(INCIDENT, {**number, **data})
                for title, content in files if saved.id else ():
                    self.attach_bytes(str(saved.id), content, {"title": title, "kind": "paper"})
        finally:
            self.stands_for = before
        return saved

    def passed_down(self, incident: str) -> FromAbove | None:
        """Return who passed an incident down, ``None`` for one that was recorded in the commune."""
        return from_above(self.store, incident)


def from_above(store: Store, record: str) -> FromAbove | None:
    """Return who passed a record down: the writer of its first change, where that is a receiver."""
    first = next(iter(store.changes_of(record)), None)
    stream = store.stream(first.s) if first is not None else None
    if first is None or stream is None or stream.role != "receiver":
        return None
    return FromAbove(catalogue().receiver(clock.today()).label, first.at)


def _named(value: object) -> list[str]:
    return [value] if isinstance(value, str) else [str(one) for one in value] if isinstance(value, list) else []
