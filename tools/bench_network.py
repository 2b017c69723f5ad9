"""What bringing a bundle to a server costs beside a bare PUT of the same bytes: over a real Apache (``bench.py``).

Apache, its certificate and the line are those of the tests, on loopback, so nothing but processors is in the time.
"""

from __future__ import annotations

import hashlib
import os
import ssl
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpcore
from bench_measures import SIZES, Pairs, measure, took

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tests"))

import webdav_kit as kit  # noqa: E402  (needs the path above)

from cbdesk.courier import NO_PROXY, Account, Server, deliver  # noqa: E402

BYTES, TURNS = 1024 * 1024, 15


@measure
def courier() -> Pairs:
    """Bring 1 MiB: asked for, in pieces, each read back, closed; and one PUT of the same bytes, believed."""
    folder = Path(tempfile.mkdtemp(prefix="cbdesk-bench-"))
    folder.chmod(0o755)
    authority = kit.Authority(folder)
    os.environ["SSL_CERT_FILE"] = str(authority.file)
    apache = kit.Apache({"good": authority.issue("good")})
    try:
        yield from _turns(apache)
    finally:
        apache.close()


def _turns(apache: kit.Apache) -> Iterator[tuple[float, float]]:
    account = Account(apache.url(), kit.USER, kit.PASSWORD, proxy=NO_PROXY)
    with Server(account) as server:
        server.make_folder("inbox")
    SIZES.update(bytes=BYTES)
    for turn in range(TURNS + 1):
        data = os.urandom(BYTES)
        pair = took(_brought, account, data), took(_put, apache, data)
        apache.clear()
        (apache.store / "inbox").mkdir(mode=0o777)
        (apache.store / "inbox").chmod(0o777)
        if turn:  # the first loads what is loaded when somebody sends
            yield pair


def _brought(account: Account, data: bytes) -> None:
    with Server(account) as server:
        deliver(server, f"inbox/{hashlib.sha256(data).hexdigest()}", data)


def _put(apache: kit.Apache, data: bytes) -> None:
    login = kit.basic(kit.USER, kit.PASSWORD)
    with httpcore.ConnectionPool(ssl_context=ssl.create_default_context()) as pool:
        answer = pool.request("PUT", f"{apache.url()}/inbox/bare", headers={"Authorization": login}, content=data)
    assert answer.status == 201, answer.status
