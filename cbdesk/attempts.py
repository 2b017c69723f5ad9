"""Slowing down a person who tries passwords at the keyboard. Nothing is ever wiped or locked for good.

A thief who has the file is slowed by Argon2id, not by this. The counter lies beside the key file, so that it outlives
a restart, and holds a number and a time, no name. A clock moved back only starts the present wait again; moving it
forward needs rights that open other doors as well. A counter that cannot be written still counts in this process.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from cbdesk import carrier, clock
from cbdesk.errors import Problem
from cbdesk.strict import StrictJsonError, canonical, is_count, strict_json

FILE = "attempts.json"
FREE = 3
WAITS = (5, 15, 60, 300, 900)
"""Seconds to wait after the third, fourth … wrong try in a row; the last one is the cap."""


class Attempts:
    """The wrong tries since the last right one, for one data folder."""

    def __init__(self, folder: Path, now: Callable[[], datetime] = clock.now) -> None:
        self._path = folder / FILE
        self._now = now
        self._tick: float | None = None  # steady seconds of the last wrong try, if it was in this process
        self.failed, self._at = self._read()

    def check(self) -> None:
        """Raise ``wait_password`` with the ``seconds`` still to wait, if it is too early for another try."""
        seconds = self.wait()
        if seconds:
            raise Problem("wait_password", seconds=seconds)

    def wait(self) -> int:
        """Return how many seconds are still to wait before another try."""
        if self.failed < FREE or self._at is None:
            return 0
        now = self._now()
        if now < self._at:  # the clock went back: measure this wait anew
            self._at = now
            self._write()
        passed = (now - self._at).total_seconds()
        if self._tick is not None:
            passed = max(passed, time.monotonic() - self._tick)
        delay = WAITS[min(self.failed - FREE, len(WAITS) - 1)]
        return max(0, math.ceil(delay - passed))

    def wrong(self) -> None:
        """Count a wrong try."""
        self.failed += 1
        self._at, self._tick = self._now(), time.monotonic()
        self._write()

    def right(self) -> int:
        """Forget the wrong tries; return how many there were, to be shown to the officer who got in."""
        count, self.failed, self._at, self._tick = self.failed, 0, None, None
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)
        return count

    def _read(self) -> tuple[int, datetime | None]:
        try:
            body = strict_json(carrier.read(self._path, 1024), max_depth=1)
            at = datetime.fromisoformat(body["at"])
            if is_count(body["failed"]) and at.tzinfo is not None:
                return body["failed"], at
        except (OSError, Problem, StrictJsonError, KeyError, TypeError, ValueError):
            pass
        return 0, None

    def _write(self) -> None:
        body = {"failed": self.failed, "at": self._at.isoformat() if self._at else ""}
        with contextlib.suppress(OSError):
            carrier.place(self._path, canonical(body), overwrite=True, private=True)
