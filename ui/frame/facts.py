"""Facts about the open book that the shell shows on every page: unit, officer, what is not sent, the last backup."""

from __future__ import annotations

from dataclasses import dataclass

from cbdesk import clock
from cbdesk.desk import Desk
from cbdesk.rights import ALL
from cbdesk.words import say
from ui.parts import State


@dataclass(frozen=True, slots=True)
class BookFacts:
    """What the rail and the status line show. ``backup`` is a local stamp (``2026-10-12T07:55``) or ``None``."""

    unit: str = ""
    officer: str = ""
    office: str = ""
    role: str = "commune"
    practice: bool = False
    unsent: int = 0
    backup: str | None = None
    today: str = ""
    villages: tuple[str, ...] = ()
    """Those the officer looks after; none means all."""
    rights: frozenset[str] = ALL
    posted: str = ""
    """When the program last walked to the server by itself or was sent, where it may by itself; a local stamp."""
    post_failed: bool = False
    faults: int = 0
    """Places where the logs do not hold, not looked into yet."""


def read_facts(desk: Desk) -> BookFacts:
    """Read the facts; runs on the desk's thread."""
    post = desk.post_settings()
    return BookFacts(
        unit=desk.unit_name,
        officer=desk.officer,
        office=say(f"shell.office.{desk.role}"),
        role=desk.role,
        practice=desk.practice,
        unsent=desk.unsent(),
        backup=desk.last_backup(),
        today=clock.today().isoformat(),
        villages=desk.my_villages(),
        rights=desk.rights,
        posted=post.last_at if post.automatic else "",
        post_failed=bool(post.last_problem),
        faults=len(desk.faults),
    )


def states_of(facts: BookFacts, saved_at: str) -> list[State]:
    """Return the facts for the right of the status line."""
    found = []
    if facts.faults:
        found.append(State("warning", say("shell.state.faults", n=facts.faults), "gach"))
    if facts.backup:
        found.append(State("database_checkmark", say("shell.state.backup", at=_when(facts.backup, facts.today))))
    if saved_at:
        found.append(State("checkmark_circle", say("shell.state.saved", at=saved_at)))
    if facts.posted:
        key = "post.state.failed" if facts.post_failed else "post.state.done"
        words = say(key, at=_when(facts.posted, facts.today))
        found.append(State("cloud", words, "nghe" if facts.post_failed else "ink3"))
    if facts.unsent and facts.role == "commune":
        found.append(State("usb_stick", say("shell.state.unsent", n=f"{facts.unsent:,}".replace(",", ".")), "nghe"))
    return found


def _when(stamp: str, today: str) -> str:
    """Return the hour of a stamp of today, else its day and month."""
    return stamp[11:16] if stamp[:10] == today else f"{stamp[8:10]}/{stamp[5:7]}"
