"""The one who walks to the server: at an officer's word, or by itself where that was switched on.

Rules. One errand at a time. What needs the register runs on the desk's thread, what waits for the network on another,
so the officer works on meanwhile. By itself it is quiet: no card, no question, only a mark in the status line. Locking
the book, ending the program or Esc stop it; what arrived stays arrived.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from cbdesk.desk import Desk, Errand, Posted, Received
from cbdesk.errors import Problem
from ui.jobs import Jobs

ASK_MS = 60_000
"""How often the desk is asked whether it is time to go by itself; the desk keeps the pauses."""


class Stopped(Exception):
    """The errand is not to go on."""


@dataclass
class Walk:
    """One errand: what it does, and whom it tells. Without ``failed`` it is quiet."""

    send: bool
    done: Callable[[Posted], None]
    failed: Callable[[Problem], None]
    stopped: Callable[[], None]
    told: Callable[[str, int, int], None]
    flag: threading.Event = field(default_factory=threading.Event)
    received: list[Received] = field(default_factory=list)


class Poster(QObject):
    """Errands to the server, one at a time. ``walked`` follows each that ended, however it ended."""

    walked = Signal()

    def __init__(self, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._now: Walk | None = None
        self._next: Walk | None = None
        self._timer = QTimer(self, interval=ASK_MS)
        self._timer.timeout.connect(self.ask)
        self._timer.start()

    def ask(self) -> None:
        """Go by itself if it is time."""
        if self._now is None:
            self._jobs.run(lambda desk: desk.post_due(), self._go_quietly, _ignore, self)

    def _go_quietly(self, due: bool) -> None:
        if due and self._now is None:
            self.go(send=True)

    def go(
        self,
        *,
        send: bool,
        done: Callable[[Posted], None] = lambda posted: None,
        failed: Callable[[Problem], None] = lambda problem: None,
        stopped: Callable[[], None] = lambda: None,
        told: Callable[[str, int, int], None] = lambda step, done, total: None,
    ) -> None:
        """Walk to the server: fetch, and with ``send`` bring what waits. One that walks by itself gives way."""
        walk = Walk(send, done, failed, stopped, self._jobs.relay(told, self))
        if self._now is not None:
            self._next = walk
            self.stop()
        else:
            self._begin(walk)

    def stop(self) -> None:
        """Stop the errand under way, within a moment."""
        if self._now is not None:
            self._now.flag.set()

    def shut(self) -> None:
        """The book is about to be locked: stop, and go no more."""
        self._timer.stop()
        self._next = None
        self.stop()

    # --- the five parts of an errand ---------------------------------------------------------------------------------

    def _begin(self, walk: Walk) -> None:
        self._now = walk
        self._jobs.run(lambda desk: desk.begin_post(), lambda errand: self._fetch(walk, errand), self._lost(walk), self)

    def _fetch(self, walk: Walk, errand: Errand) -> None:
        self._online(walk, errand, errand.fetch, self._take)

    def _take(self, walk: Walk, errand: Errand) -> None:
        def taken(received: list[Received]) -> None:
            walk.received = received
            self._online(walk, errand, errand.deliver, self._end)

        self._jobs.run(lambda desk: desk.take_post(errand, send=walk.send), taken, self._failing(walk, errand), self)

    def _online(
        self, walk: Walk, errand: Errand, act: Callable[[Any], None], then: Callable[[Walk, Errand], None]
    ) -> None:
        """Do a part on the network's thread and go on, or end where it was stopped."""

        def tell(step: str, done: int, total: int) -> None:
            if walk.flag.is_set() or self._jobs.leaving.is_set():
                raise Stopped
            walk.told(step, done, total)

        def work() -> bool:
            try:
                act(tell)
            except Stopped:
                return False
            return True

        def on(went: bool) -> None:
            if went:
                then(walk, errand)
            else:
                self._over(walk.stopped)

        self._jobs.online(work, on, self._failing(walk, errand), self)

    def _end(self, walk: Walk, errand: Errand, problem: Problem | None = None) -> None:
        def close(desk: Desk) -> Posted:
            return desk.end_post(errand, walk.received, problem)

        over = (lambda: walk.failed(problem)) if problem is not None else None
        self._jobs.run(close, lambda posted: self._over(over or (lambda: walk.done(posted))), self._lost(walk), self)

    def _failing(self, walk: Walk, errand: Errand) -> Callable[[Problem], None]:
        """Return what is done where a part failed: it is written down, then told."""
        return lambda problem: self._end(walk, errand, problem)

    def _lost(self, walk: Walk) -> Callable[[Problem], None]:
        return lambda problem: self._over(lambda: walk.failed(problem))

    def _over(self, tell: Callable[[], None]) -> None:
        self._now = None
        self.walked.emit()
        tell()
        if self._next is not None:
            walk, self._next = self._next, None
            self._begin(walk)


def _ignore(_problem: Problem) -> None:
    """Asking whether it is time is no reason to say anything."""
