"""The one background door: a single thread owns the desk, and everything that touches the register runs there.

A page hands over a function of the desk and two functions for the answer::

    self.jobs.run(lambda desk: desk.children(), self._show, owner=self)

Rules. The function must touch no widget. The answer arrives on the window's thread, and is dropped when its owner is
gone. Jobs run one after the other in the order given. After every job the desk is asked which forms changed, and
``changed`` tells all open pages, also the one that caused it. A ``Problem`` goes to ``failed``, else to ``trouble``.
Anything else is a bug of ours: type, file and line go to the log, never the text, because texts carry values; people
see the problem "bug" with a code. Deriving a key from a password takes a second and therefore runs here too.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QThread, Signal, Slot
from shiboken6 import isValid

from cbdesk.desk import Changed, Desk, problem_of
from cbdesk.errors import Problem

Done = Callable[[Any], None]
Failed = Callable[[Problem], None]
_NOBODY: Callable[[], QObject | None] = lambda: None  # noqa: E731


@dataclass(slots=True)
class _Job:
    """One piece of work and, after it ran, its answer."""

    work: Callable[[], Any]
    done: Done | None
    failed: Failed | None
    owned: bool
    owner: Callable[[], QObject | None]
    counted: bool = True
    answer: Any = None
    problem: Problem | None = None
    changed: Changed | None = None


def bug(error: BaseException) -> Problem:
    """Return the problem to show: a damaged or full disk by its name, a bug by its code. Never the error's text."""
    return problem_of(error)


class _Worker(QThread):
    """The thread. It runs jobs until it is handed ``None``."""

    finished_job = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.queue: SimpleQueue[_Job | None] = SimpleQueue()
        self.desk: Desk | None = None

    def run(self) -> None:
        """Take jobs one after the other."""
        while (job := self.queue.get()) is not None:
            try:
                job.answer = job.work()
            except Problem as problem:
                job.problem = problem
            except Exception as error:  # noqa: BLE001  (a bug must not end the thread)
                job.problem = bug(error)
            if self.desk is not None:
                job.changed = self.desk.take_changed()
            self.finished_job.emit(job)
        self.shut()

    def shut(self) -> None:
        """Close the desk, if one is open."""
        desk, self.desk = self.desk, None
        if desk is not None:
            desk.close()


class Jobs(QObject):
    """The door. One for the whole program; pages know it as ``self.jobs``."""

    changed = Signal(object, object)
    """``Changed`` and the owner of the job that caused it (or ``None``)."""
    trouble = Signal(object, object)
    """``Problem`` and the owner, for jobs without a ``failed`` of their own."""
    busy_changed = Signal(bool)
    _relayed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker, self._apart, self._online = _Worker(self), _Worker(self), _Worker(self)
        self.leaving = threading.Event()
        """Set when the program ends: who walks the network asks, and stops."""
        for worker in (self._worker, self._apart, self._online):
            worker.finished_job.connect(self._deliver)
        self._relayed.connect(self._hand_over)
        self._waiting = 0
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.close)

    # handing over work

    def run(
        self,
        op: Callable[[Desk], Any],
        done: Done | None = None,
        failed: Failed | None = None,
        owner: QObject | None = None,
    ) -> None:
        """Run ``op(desk)`` on the desk's thread and hand its answer to ``done`` on the window's thread."""

        def work() -> Any:
            if self._worker.desk is None:
                raise Problem("no_store")
            return op(self._worker.desk)

        self._put(work, done, failed, owner)

    def outside(
        self,
        op: Callable[[], Any],
        done: Done | None = None,
        failed: Failed | None = None,
        owner: QObject | None = None,
    ) -> None:
        """Run ``op()`` on the same thread without a desk: what may be asked before unlocking."""
        self._put(op, done, failed, owner)

    def apart(
        self,
        op: Callable[[], Any],
        done: Done | None = None,
        failed: Failed | None = None,
        owner: QObject | None = None,
    ) -> None:
        """Run ``op()`` on a thread of its own: long work that needs no desk, such as setting hundreds of pages."""
        self._put(op, done, failed, owner, self._apart)

    def online(
        self,
        op: Callable[[], Any],
        done: Done | None = None,
        failed: Failed | None = None,
        owner: QObject | None = None,
    ) -> None:
        """Run ``op()``, which waits for the network, on a thread of its own; nobody counts it as being busy."""
        self._put(op, done, failed, owner, self._online, counted=False)

    def open(
        self,
        op: Callable[[], Any],
        desk_of: Callable[[Any], Desk],
        done: Done | None = None,
        failed: Failed | None = None,
        owner: QObject | None = None,
    ) -> None:
        """Run ``op()`` (unlock, recover, set up) and keep the desk that ``desk_of(answer)`` finds in its answer."""

        def work() -> Any:
            answer = op()
            self._worker.shut()
            self._worker.desk = desk_of(answer)
            self._worker.desk.seals = True  # pages show what is sensitive only after asking, and tell of it then
            return answer

        self._put(work, done, failed, owner)

    def lock(self, done: Done | None = None) -> None:
        """Close the desk after all work handed over so far."""
        self._put(self._worker.shut, done, None, None)

    def relay(self, slot: Callable[..., None], owner: QObject | None = None) -> Callable[..., None]:
        """Return a function that may be called on the desk's thread (progress) and calls ``slot`` on the window's."""
        reference = weakref.ref(owner) if owner is not None else _NOBODY
        owned = owner is not None

        def call(*values: Any) -> None:
            self._relayed.emit((slot, values, owned, reference))

        return call

    def is_busy(self) -> bool:
        """Return whether work is waiting or running."""
        return self._waiting > 0

    def close(self) -> None:
        """Finish what was handed over, close the desk, stop the thread and wait for it. Safe to call twice."""
        self.leaving.set()
        for worker in (self._worker, self._apart, self._online):
            if worker.isRunning():
                worker.queue.put(None)
                worker.wait()

    # the way back

    def _put(
        self,
        work: Callable[[], Any],
        done: Done | None,
        failed: Failed | None,
        owner: QObject | None,
        worker: _Worker | None = None,
        *,
        counted: bool = True,
    ) -> None:
        worker = worker or self._worker
        reference = weakref.ref(owner) if owner is not None else _NOBODY
        self._waiting += counted
        if counted and self._waiting == 1:
            self.busy_changed.emit(True)
        if not worker.isRunning() and not worker.isFinished():
            worker.start()
        worker.queue.put(_Job(work, done, failed, owner is not None, reference, counted))

    @Slot(object)
    def _deliver(self, job: _Job) -> None:
        self._waiting -= job.counted
        owner = job.owner()
        alive = not job.owned or (owner is not None and isValid(owner))
        try:
            if alive and job.problem is not None:
                if job.failed is not None:
                    job.failed(job.problem)
                else:
                    self.trouble.emit(job.problem, owner)
            elif alive and job.done is not None:
                job.done(job.answer)
        except Exception as error:  # noqa: BLE001  (a page that stumbles over an answer must not stop the window)
            self.trouble.emit(bug(error), owner if alive else None)
        if job.changed:
            self.changed.emit(job.changed, owner if alive else None)
        if job.counted and self._waiting == 0:
            self.busy_changed.emit(False)

    @Slot(object)
    def _hand_over(self, message: tuple[Callable[..., None], tuple[Any, ...], bool, Callable[[], Any]]) -> None:
        slot, values, owned, reference = message
        owner = reference()
        if not owned or (owner is not None and isValid(owner)):
            slot(*values)


class Latest:
    """Asks again and again and keeps only the last answer: for search while typing.

    A question that was overtaken before it ran is not asked at all; an answer that was overtaken is dropped.
    """

    def __init__(self, jobs: Jobs, owner: QObject) -> None:
        self._jobs, self._owner, self._number = jobs, owner, 0

    def run(self, op: Callable[[Desk], Any], done: Done, failed: Failed | None = None) -> None:
        """Ask; ``done`` is called only if nothing was asked since."""
        self._number += 1
        mine = self._number

        def work(desk: Desk) -> Any:
            return op(desk) if mine == self._number else None

        def answer(found: Any) -> None:
            if mine == self._number:
                done(found)

        self._jobs.run(work, answer, self._of_now(mine, failed), self._owner)

    def apart(self, op: Callable[[], Any], done: Done, failed: Failed | None = None) -> None:
        """Ask what needs no desk (``Jobs.apart``); it takes the place of whatever was asked before."""
        self._number += 1
        mine = self._number
        self._jobs.apart(
            lambda: op() if mine == self._number else None,
            lambda found: done(found) if mine == self._number else None,
            self._of_now(mine, failed), self._owner,
        )  # fmt: skip

    def _of_now(self, mine: int, failed: Failed | None) -> Failed | None:
        """Return a function for trouble that is silent once something newer was asked."""
        if failed is None:
            return None
        return lambda problem: failed(problem) if mine == self._number else None

    def forget(self) -> None:
        """Drop whatever is still to come."""
        self._number += 1
