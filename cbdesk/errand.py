"""One errand to the server: what the network does between two looks into the register.

An errand knows no register: it is told what lies ready and what to look for, and remembers what it found and did. So
it may run on any thread while the officer works on, and be stopped or fail at any point: files half fetched and
half brought are kept and gone on with next time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cbdesk.errors import Problem

if TYPE_CHECKING:
    from cbdesk.courier import Account, Delivered, Lying, Server, Step

INBOX, OUTBOX = "inbox", "outbox"
Tell = Callable[[str, int, int], None]
"""Called with the step, how much is done, and how much there is; whatever it raises stops the errand."""


@dataclass(slots=True)
class Delivery:
    """One sealed file that is to lie on the server as ``stem`` (folder and name without ending).

    ``proved``: it was brought and read back before, so that it is enough to see it there.
    """

    path: Path
    node: str
    stem: str
    size: int
    proved: bool = False
    delivered: Delivered | None = None
    problem: Problem | None = None

    @property
    def folder(self) -> str:
        """Return the folder on the server."""
        return self.stem.rpartition("/")[0]


@dataclass(slots=True)
class Errand:
    """One errand. ``looks_in``: the folder of the server to fetch from; ``receiver``: it keeps the server in order."""

    account: Account
    node: str
    looks_in: str
    arrived: Path
    receiver: bool
    known: frozenset[str] = frozenset()
    fetched: dict[Path, str] = field(default_factory=dict)
    refused: dict[str, Problem] = field(default_factory=dict)
    deliveries: list[Delivery] = field(default_factory=list)
    overtaken: dict[str, frozenset[str]] = field(default_factory=dict)
    done: Mapping[str, str] = field(default_factory=dict)
    fingerprint: str = ""

    # --- the three things the network does ---------------------------------------------------------------------------

    def try_out(self, tell: Tell | None = None) -> list[Step]:
        """Try the server step by step. Never raises a ``Problem`` of the network."""
        from cbdesk import courier

        with courier.Server(self.account, tell) as server:
            if self.receiver:
                self._make_folders(server)
            found = courier.try_out(server, INBOX)
            self.fingerprint = server.wire.fingerprint
        return found

    @staticmethod
    def _make_folders(server: Server) -> None:
        try:
            for name in (INBOX, OUTBOX):
                server.make_folder(name)
        except Problem:  # the trying out says what is wrong
            return

    def fetch(self, tell: Tell | None = None) -> None:
        """Bring what lies for us into ``arrived``. Raises ``Problem`` of group N; what arrived is in ``fetched``."""
        from cbdesk import courier

        self.arrived.mkdir(exist_ok=True)
        with courier.Server(self.account, tell) as server:
            server.tell("ask", 0, 1)
            if self.receiver:
                for name in (INBOX, OUTBOX):
                    server.make_folder(name)
            lying = courier.waiting(server, self.looks_in, self.node)
            self._sweep({one.name for one in lying})
            for one in lying:
                if one.sha256 not in self.known:
                    self._fetch_one(server, one)

    def _fetch_one(self, server: Server, one: Lying) -> None:
        from cbdesk import courier

        try:
            path = courier.fetch(server, one, self.arrived)
        except Problem as problem:
            if problem.name not in ("post_lies", "post_flood"):
                raise
            self.refused[one.name] = problem  # one file that is not what it says stops no other
            return
        if path is not None:
            self.fetched[path] = one.stem

    def _sweep(self, names: set[str]) -> None:
        """Remove what was kept here of files that the server has no more."""
        for path in self.arrived.iterdir():
            if path.name.removesuffix(".part") not in names and path.is_file():
                path.unlink(missing_ok=True)

    def deliver(self, tell: Tell | None = None) -> None:
        """Bring each file of ``deliveries``, then put the server in order.

        Raises ``Problem`` where nothing more can be brought; one that concerns a single folder stays with its file.
        """
        from cbdesk import courier

        with courier.Server(self.account, tell) as server:
            for one in self.deliveries:
                try:
                    self._ready(server, one.folder)
                    one.delivered = courier.deliver(server, one.stem, one.path.read_bytes(), proved=one.proved)
                except Problem as problem:
                    if not self.receiver or not problem.name.startswith("post_"):
                        raise
                    one.problem = problem
            if self.receiver:
                self._put_in_order(server)

    def _ready(self, server: Server, folder: str) -> None:
        """A receiver makes the folders of its units; a commune finds what the receiver made."""
        if self.receiver and server.listing(folder, depth=0) is None:
            server.make_folder(folder)

    def _put_in_order(self, server: Server) -> None:
        """Remove what is merged and answered, answers that were overtaken, and what was given up."""
        from cbdesk import courier

        answered = {one.node for one in self.deliveries if one.delivered is not None}
        failed = {one.node for one in self.deliveries if one.problem is not None}
        done = [stem for stem, sender in self.done.items() if sender in answered - failed]
        for folder in {one.folder for one in self.deliveries if one.delivered is not None}:
            found = server.listing(folder)
            names = {one.name.rpartition(".")[0] for one in found[1]} if found else set()
            done += [f"{folder}/{name}" for name in sorted(names & self.overtaken.get(folder, frozenset()))]
        courier.tidy(server, done, INBOX, server.now())

