"""What the law asks of an officer and by when: derived from the records each time, never stored.

This room holds the emergency of an incident; the steps of the case come beside it. Hours run on the clock (nights,
Sundays, Tết) and count from the moment the report was received, whatever the time is now. Figures are rows of
``deadlines.toml`` with their dates of validity.

Source: Nghị định 56/2017/NĐ-CP, Điều 26 khoản 3, Điều 31, 32.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cbdesk import clock
from cbdesk.catalogue import catalogue


@dataclass(frozen=True, slots=True)
class Emergency:
    """Hours allowed, from when, until when; both ``None`` while the moment of reception is not known."""

    hours: int
    received: datetime | None
    until: datetime | None


def emergency_of(incident: Mapping[str, Any]) -> Emergency | None:
    """Return the emergency an incident is, or ``None``.

    It is one when the child is under threat, the damage is high, or the person who abuses is the one who cares for
    the child.
    """
    relation = catalogue().lists["suspect_relation"].get(str(incident.get("suspect_relation") or ""))
    by_carer = relation is not None and bool(relation.extra.get("carer")) and incident.get("kind") == "abuse"
    if not (incident.get("urgent") or incident.get("damage") == "high" or by_carer):
        return None
    received = clock.moment(str(incident.get("received_at") or ""))
    hours = int(catalogue().deadline("emergency", (received or clock.now()).date()).value)
    return Emergency(hours, received, received + clock.hours(hours) if received is not None else None)
