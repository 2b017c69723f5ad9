"""The pipe: one TLS connection at a time, watched at every byte.

httpcore speaks HTTP/1.1; all bytes pass our ``_Stream``, where three things hold that no library does for us: a request
has a last moment whatever drips in, the person is asked between waits whether to go on, and a pinned certificate is
compared before the first byte of a request, and so of a password, leaves the machine.
"""

from __future__ import annotations

import base64
import select
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore

from cbdesk import __version__
from cbdesk.courier.account import NO_PROXY, Account, fits, pin_of
from cbdesk.courier.trouble import of_error
from cbdesk.errors import Problem

Tell = Callable[[str, int, int], None]
"""Called with the step, how much is done, and how much there is, also while waiting; may raise ``Stopped``."""

Opened = Callable[[int, dict[str, str]], Callable[[bytes], None]]
"""Called with status and headers of an answer before its body; returns what takes the body."""

CONNECT, IDLE, SLICE = 10.0, 30.0, 0.25
"""Seconds for making a connection, without a byte, and between two questions whether to go on."""

FIRST = 60.0
"""Seconds any request may take, however little it moves."""

SLOWEST = 1024
"""Bytes a second below which a request is given up, beyond ``FIRST``."""

CHUNK = 16 * 1024
_SMALL = 64 * 1024  # of an answer that is an error this much is read, so that the connection can be used again


class Stopped(Exception):
    """The person does not want to go on. Raised by a ``Tell``, passes through everything here."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said: status, headers by lower-case name, and the body if it was asked for."""

    status: int
    headers: dict[str, str]
    body: bytes


class _Watch:
    """The last moment of the present request, and whom to ask whether to go on."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.ask: Callable[[], None] = lambda: None
        self.end = 0.0
        self.certificate = b""

    def begin(self, size: int, ask: Callable[[], None]) -> None:
        """Set the last moment of a request that moves ``size`` bytes."""
        self.ask, self.end = ask, time.monotonic() + FIRST + size / SLOWEST

    def left(self, most: float) -> float:
        """Return how long may be waited now. Raises ``httpcore.ReadTimeout`` after the last moment."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the request took too long")
        return min(most, left)

    def greet(self, stream: httpcore.NetworkStream) -> None:
        """Look at the certificate of a connection just made. Raises ``cert_changed``."""
        self.certificate = stream.get_extra_info("ssl_object").getpeercert(True)
        if self.account.pin and not fits(self.account.pin, self.certificate):
            stream.close()
            raise Problem("cert_changed", host=self.account.host)


def _patient(watch: _Watch) -> type[ssl.SSLSocket]:
    """Return a kind of TLS socket whose handshake waits in slices, asking between them whether to go on."""

    class Patient(ssl.SSLSocket):
        def do_handshake(self, block: bool = False) -> None:
            """Greet each other, for ``CONNECT`` seconds at most; whoever stops it leaves nothing open."""
            end = time.monotonic() + CONNECT
            try:
                while not self._greeted(block, end):
                    watch.ask()
            except BaseException:
                self.close()
                raise

        def _greeted(self, block: bool, end: float) -> bool:
            self.settimeout(watch.left(SLICE))
            try:
                super().do_handshake(block)
            except TimeoutError:
                if time.monotonic() > end:
                    raise
                return False
            return True

    return Patient


class _Stream(httpcore.NetworkStream):
    """A connection whose every wait is short and counted."""

    def __init__(self, inner: httpcore.NetworkStream, watch: _Watch) -> None:
        self._inner, self._watch = inner, watch

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Wait in slices, asking between them."""
        quiet_until = time.monotonic() + IDLE
        while True:
            self._watch.ask()
            wait = self._watch.left(SLICE)
            try:
                return self._inner.read(max_bytes, wait)
            except httpcore.ReadTimeout:
                if time.monotonic() > quiet_until:
                    raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Wait until there is room, in slices; then write one small piece after the other."""
        socket = self._inner.get_extra_info("socket")
        view = memoryview(buffer)
        for at in range(0, len(view), CHUNK):
            quiet_until = time.monotonic() + IDLE
            while not select.select([], [socket], [], self._watch.left(SLICE))[1]:
                self._watch.ask()
                if time.monotonic() > quiet_until:
                    raise httpcore.WriteTimeout("nothing goes out")
            self._inner.write(bytes(view[at : at + CHUNK]), self._watch.left(IDLE))

    def close(self) -> None:
        """Close."""
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Begin TLS and look at the certificate before anything is said."""
        made = self._inner.start_tls(ssl_context, server_hostname, self._watch.left(CONNECT))
        self._watch.greet(made)
        return _Stream(made, self._watch)

    def get_extra_info(self, info: str) -> Any:
        """Return what the connection itself says."""
        return self._inner.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Makes connections of the kind above."""

    def __init__(self, watch: _Watch) -> None:
        self._inner, self._watch = httpcore.SyncBackend(), watch

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect."""
        made = self._inner.connect_tcp(host, port, self._watch.left(CONNECT), local_address, socket_options)
        return _Stream(made, self._watch)


class Wire:
    """Requests to one server. Use it in ``with``; from one thread."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.date = ""
        self._watch = _Watch(account)
        self._headers = {"User-Agent": f"cbdesk/{__version__}", "Accept-Encoding": "identity"}
        if account.user:
            login = f"{account.user}:{account.password}".encode()
            self._headers["Authorization"] = "Basic " + base64.b64encode(login).decode("ascii")
        self._pool = httpcore.ConnectionPool(
            ssl_context=_context(account, self._watch),
            proxy=_proxy(account),
            max_connections=1,
            network_backend=_Backend(self._watch),
        )

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.close()

    @property
    def fingerprint(self) -> str:
        """Return the groups of the certificate seen last, "" before the first connection."""
        return pin_of(self._watch.certificate) if self._watch.certificate else ""

    def ask(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        body: bytes | memoryview = b"",
        most: int = _SMALL,
        opened: Opened | None = None,
        going: Callable[[int], None] = lambda done: None,
    ) -> Answer:
        """Send one request and return its answer, whatever its status.

        ``path`` is percent-encoded. Of the body at most ``most`` bytes are read (``post_flood`` beyond) and kept, or
        given as they come to what ``opened`` returns for a status of 200 or 206. ``going`` hears the bytes moved and
        may raise. Raises the Problems of ``trouble.of_error``.
        """
        self._watch.begin(max(len(body), most), lambda: going(-1))
        sent = {**self._headers, **(headers or {}), "Host": urlsplit(self.account.url).netloc}
        if body or method == "PUT":
            sent["Content-Length"] = str(len(body))
        parts = urlsplit(self.account.url)
        url = f"https://{parts.netloc}{path}"
        try:
            content = _chunks(body, going) if body else None
            with self._pool.stream(method, url, headers=list(sent.items()), content=content) as response:
                found = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
                self.date = found.get("date", "")
                kept = self._read(response, found, most, opened, going)
                return Answer(response.status, found, kept)
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, httpcore.ProxyError) as error:
            raise of_error(error, self.account.host) from None
        except OSError as error:  # a look-up of names, a broken handshake
            raise of_error(error, self.account.host) from None

    def _read(
        self,
        response: httpcore.Response,
        headers: dict[str, str],
        most: int,
        opened: Opened | None,
        going: Callable[[int], None],
    ) -> bytes:
        wanted = response.status in (200, 206, 207)
        if wanted and headers.get("content-encoding", "identity").lower() != "identity":
            raise Problem("post_not_webdav", host=self.account.host)  # we asked for the bytes as they are
        sink = opened(response.status, headers) if opened is not None and wanted else None
        kept, got = bytearray(), 0
        with closing(response.iter_stream()) as chunks:  # type: ignore[type-var]
            for chunk in chunks:
                got += len(chunk)
                if not wanted and got > _SMALL:
                    break
                if got > most:
                    raise Problem("post_flood", host=self.account.host)
                if sink is not None:
                    sink(chunk)
                elif wanted:
                    kept += chunk
                going(got)
        return bytes(kept)


def _chunks(body: bytes | memoryview, going: Callable[[int], None]) -> Iterator[bytes]:
    view = memoryview(body)
    for at in range(0, len(view), CHUNK):
        yield bytes(view[at : at + CHUNK])
        going(min(at + CHUNK, len(view)))


def _context(account: Account, watch: _Watch) -> ssl.SSLContext:
    """Return the rules of TLS: the system's trust, or the pinned certificate and nothing else."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = _patient(watch)
    if account.pin:  # the very certificate is compared right after the handshake: name, dates, issuer add nothing
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _proxy(account: Account) -> httpcore.Proxy | None:
    wanted = account.proxy
    if not wanted and not proxy_bypass(account.host):
        wanted = getproxies().get("https", "")
    if not wanted or wanted == NO_PROXY:
        return None
    parts = urlsplit(wanted if "://" in wanted else f"http://{wanted}")
    login = (unquote(parts.username).encode(), unquote(parts.password or "").encode()) if parts.username else None
    return httpcore.Proxy(f"http://{parts.hostname}:{parts.port or 8080}", auth=login)
