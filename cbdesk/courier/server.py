"""The few things WebDAV is needed for: list, put, get, move, make a folder, remove; each tried again where that helps.

A passing trouble (a cut line, silence, a server's 5xx) is tried again after pauses that grow, as long as something
arrives between; after ``TRIES`` in a row without a byte more it is told. Everything else is told at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import quote, urlsplit

from cbdesk.courier.account import Account
from cbdesk.courier.listing import LIMIT, QUESTION, Entry, NotAListing, moment, read_listing
from cbdesk.courier.trouble import PASSING, of_status
from cbdesk.courier.wire import SLICE, Answer, Opened, Tell, Wire
from cbdesk.errors import Problem

T = TypeVar("T")

TRIES, FIRST_TRIES = 5, 2
"""Tries in a row; the second where the server has never answered at all, and each try costs ten seconds."""

PAUSES = (1.0, 2.0, 4.0, 8.0)
_GONE = frozenset({404, 410})
_NO_MOVE = frozenset({400, 405, 501, 502})
"""Answers to MOVE of servers without it, and of those behind another one that does not know their outer address."""


class Server:
    """One server for one errand. Paths are relative to the address, such as ``inbox/….cbd``; ``with`` closes it."""

    def __init__(self, account: Account, tell: Tell | None = None) -> None:
        self.wire = Wire(account)
        self.account = account
        self._tell = tell or (lambda step, done, total: None)
        self._told = ("connect", 0, 1)
        self._failed = 0

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.wire.__exit__()

    # --- going on ----------------------------------------------------------------------------------------------------

    def tell(self, step: str, done: int, total: int) -> None:
        """Say how far the errand is. May raise ``Stopped``."""
        self._told = (step, done, total)
        self._tell(*self._told)

    def alive(self, _done: int = 0) -> None:
        """Say the same again, so that the person can stop while nothing moves. May raise ``Stopped``."""
        self._tell(*self._told)

    def arrived(self) -> None:
        """Something arrived for good: troubles are counted anew."""
        self._failed = 0

    def again(self, problem: Problem) -> None:
        """Wait before another try, or raise the Problem when it will not pass or has not passed often enough."""
        self._failed += 1
        most = TRIES if self.wire.fingerprint or problem.name != "net_timeout" else FIRST_TRIES
        if problem.name not in PASSING or self._failed >= most:
            self._failed = 0
            raise problem
        left = PAUSES[self._failed - 1]
        while left > 0:
            self.alive()
            time.sleep(min(SLICE, left))
            left -= SLICE

    def _persist(self, act: Callable[[], T]) -> T:
        while True:
            try:
                found = act()
            except Problem as problem:
                self.again(problem)
            else:
                self.arrived()
                return found

    # --- asking ------------------------------------------------------------------------------------------------------

    def path(self, name: str, *, folder: bool = False) -> str:
        """Return the path of a thing below the address, percent-encoded."""
        return f"{self.account.path}/{quote(name)}".rstrip("/") + ("/" if folder else "")

    def now(self) -> float:
        """Return the server's own time in seconds as it said last, 0 where it never did (then nothing is old)."""
        return moment(self.wire.date)

    def _refuse(self, answer: Answer) -> Problem:
        return of_status(answer.status, answer.headers, self.account.host)

    def listing(self, name: str, *, depth: int = 1, folder: bool = True) -> tuple[Entry | None, list[Entry]] | None:
        """Return (the thing, what lies in it), or ``None`` where there is no such thing. Raises ``Problem``."""
        path = self.path(name, folder=folder)
        headers = {"Depth": str(depth), "Content-Type": "application/xml"}

        def ask() -> tuple[Entry | None, list[Entry]] | None:
            answer = self.wire.ask("PROPFIND", path, headers=headers, body=QUESTION, most=LIMIT, going=self.alive)
            if answer.status in _GONE:
                return None
            if answer.status != 207:
                raise self._refuse(answer)
            try:
                return read_listing(answer.body, path)
            except NotAListing:
                raise Problem("post_not_webdav", host=self.account.host) from None

        return self._persist(ask)

    def size(self, name: str) -> int | None:
        """Return the size of a file on the server, ``None`` where there is none."""
        found = self.listing(name, depth=0, folder=False)
        own = found[0] if found else None
        return own.size if own and not own.folder else None

    def put(self, name: str, data: bytes | memoryview, going: Callable[[int], None] | None = None) -> None:
        """Write a file, once: what to do after a passing trouble is the caller's. Raises ``Problem``."""
        headers = {"Content-Type": "application/octet-stream"}
        answer = self.wire.ask("PUT", self.path(name), headers=headers, body=data, going=going or self.alive)
        self._want(answer, {201, 204})

    def get(self, name: str, size: int, sink: Callable[[bytes], None], at: int = 0) -> None:
        """Give the bytes from ``at`` of a file of ``size`` bytes to ``sink``; after a cut only the rest is asked for.

        Raises ``Problem``, ``post_lies`` where the server gives more, less or others than asked for.
        """
        got = at

        def take(chunk: bytes) -> None:
            nonlocal got
            if got + len(chunk) > size:
                raise Problem("post_lies", host=self.account.host)
            got += len(chunk)
            sink(chunk)
            self.arrived()

        def ask() -> None:
            if got == size and size:
                return
            headers = {"Range": f"bytes={got}-"} if got else {}
            answer = self.wire.ask(
                "GET", self.path(name), headers=headers, most=size, opened=self._taking(got, size, take),
                going=self.alive,
            )  # fmt: skip
            self._want(answer, {200, 206})
            if got != size:
                raise Problem("post_lies", host=self.account.host)

        self._persist(ask)

    def _taking(self, at: int, size: int, take: Callable[[bytes], None]) -> Opened:
        """Return what takes a body that should begin at ``at``; of a whole file the known part is passed over."""

        def opened(status: int, headers: dict[str, str]) -> Callable[[bytes], None]:
            if status == 206 and headers.get("content-range", "").strip() != f"bytes {at}-{size - 1}/{size}":
                raise Problem("post_lies", host=self.account.host)
            known = at if status == 200 else 0

            def sink(chunk: bytes) -> None:
                nonlocal known
                passed = min(known, len(chunk))
                known -= passed
                if passed < len(chunk):
                    take(chunk[passed:])

            return sink

        return opened

    def read(self, name: str, size: int) -> bytes:
        """Return a small file of ``size`` bytes. Raises as ``get`` does."""
        found = bytearray()
        self.get(name, size, found.extend)
        return bytes(found)

    def move(self, name: str, to: str, size: int) -> bool:
        """Give a file of ``size`` bytes its last name; nothing there is replaced. ``False`` where there is no MOVE.

        A MOVE whose answer was lost is not done twice: the file stands under its new name already.
        """
        netloc = urlsplit(self.account.url).netloc
        headers = {"Destination": f"https://{netloc}{self.path(to)}", "Overwrite": "F"}

        def ask() -> bool:
            answer = self.wire.ask("MOVE", self.path(name), headers=headers, going=self.alive)
            if answer.status in (404, 412) and self.size(to) == size:
                return True
            if answer.status in _NO_MOVE:
                return False
            self._want(answer, {201, 204})
            return True

        return self._persist(ask)

    def make_folder(self, name: str) -> None:
        """Make a folder unless it is there. Raises ``Problem``."""

        def ask() -> None:
            answer = self.wire.ask("MKCOL", self.path(name, folder=True), going=self.alive)
            self._want(answer, {201, 405})  # 405: there is one

        self._persist(ask)

    def remove(self, name: str, *, folder: bool = False) -> bool:
        """Remove a file or folder; ``False`` where this account may not, or nothing was there."""

        def ask() -> bool:
            answer = self.wire.ask("DELETE", self.path(name, folder=folder), going=self.alive)
            if answer.status >= 500:
                raise self._refuse(answer)
            return answer.status in (200, 204)

        return self._persist(ask)

    def _want(self, answer: Answer, good: set[int]) -> None:
        if answer.status not in good:
            raise self._refuse(answer)
