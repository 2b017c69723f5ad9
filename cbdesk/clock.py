"""The one door to the clock. All times are Vietnam time, fixed +07:00, whatever the machine says.

Nothing is ordered by this clock (``spec`` order is the Lamport counter); it only says ``at`` and "today". A practice
store may set it through ``CBDESK_NOW``; on a real store that variable is a Problem.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta, timezone

from cbdesk.errors import Problem

VIETNAM = timezone(timedelta(hours=7))
_fixed: list[datetime] = []


def now() -> datetime:
    """Return the present moment in Vietnam, to the second."""
    return _fixed[-1] if _fixed else datetime.now(VIETNAM).replace(microsecond=0)


def today() -> date:
    """Return today's date in Vietnam."""
    return now().date()


def stamp() -> str:
    """Return the present moment as stored in ``at``: ``2026-10-12T08:12:40``."""
    return now().replace(tzinfo=None).isoformat(timespec="seconds")


def set_fixed(moment: datetime | str | None) -> None:
    """Stop the clock at a moment (practice stores and tests), or let it run again with ``None``."""
    _fixed.clear()
    if moment is not None:
        parsed = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        if parsed.tzinfo is None:
            parsed = parsed.replace(tzinfo=VIETNAM)
        _fixed.append(parsed.astimezone(VIETNAM).replace(microsecond=0))


@contextmanager
def kept() -> Iterator[None]:
    """Give the clock back as it was, whatever moves it meanwhile."""
    before = _fixed[-1] if _fixed else None
    try:
        yield
    finally:
        set_fixed(before)


def obey_environment(*, practice: bool) -> None:
    """Take ``CBDESK_NOW`` on a practice store. Raises ``Problem(clock_set)`` on a real one or for a bad value."""
    wanted = os.environ.get("CBDESK_NOW")
    if not wanted:
        return
    if not practice:
        raise Problem("clock_set")
    try:
        set_fixed(wanted)
    except ValueError:
        raise Problem("clock_set") from None


def local_stamp(seconds: float) -> str:
    """Return a file's time (seconds since 1970) as a local stamp; for people only."""
    return datetime.fromtimestamp(seconds, VIETNAM).replace(tzinfo=None).isoformat(timespec="seconds")


def hours(n: int) -> timedelta:
    """Return a span of hours on the clock: nights, Sundays and Tết count."""
    return timedelta(hours=n)


def moment(stamp: str) -> datetime | None:
    """Return a stored stamp (``2026-10-12T05:40``) as a moment in Vietnam, or ``None`` where it is not one."""
    try:
        return datetime.fromisoformat(stamp).replace(tzinfo=VIETNAM) if "T" in stamp else None
    except ValueError:
        return None
