"""Cleaning up on the server: only by the receiver, and only what is merged and answered, overtaken, or given up.

A commune's account needs no right to remove anything: what it leaves behind after a cut is found here by its age, in
the server's own clock.
"""

from __future__ import annotations

from collections.abc import Iterable

from cbdesk.courier.server import Server

STALE = 60 * 24 * 3600.0
"""Seconds after which something begun and never finished is given up."""


def tidy(server: Server, done: Iterable[str], folder: str, now: float) -> None:
    """Remove the files ``done`` (paths without ending), and in ``folder`` what was begun before ``now - STALE``.

    What this account may not remove stays; it does no harm there.
    """
    for stem in done:
        remove(server, stem)
    found = server.listing(folder)
    names = {one.name for one in found[1]} if found else set()
    for one in found[1] if found else []:
        old = 0 < one.changed < now - STALE
        if old and not one.folder and one.name.endswith(".tmp"):
            server.remove(f"{folder}/{one.name}")
        elif old and one.folder and len(one.name) >= 64 and f"{one.name}.parts" not in names:
            server.remove(f"{folder}/{one.name}", folder=True)


def remove(server: Server, stem: str) -> None:
    """Remove one file in whichever form it lies; its index goes first, so that nobody finds it without its pieces."""
    server.remove(f"{stem}.cbd")
    if server.remove(f"{stem}.parts"):
        server.remove(stem, folder=True)
