"""Trying out a server step by step, for somebody on the telephone: which step holds, and at which it stops."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from cbdesk.courier.server import Server
from cbdesk.errors import Problem

STEPS = ("connect", "certificate", "login", "folder", "write", "read")
_AT = {
    "cert_": "certificate", "net_no_tls": "certificate", "post_password": "login", "post_login_kind": "login",
    "post_forbidden": "login", "net_": "connect", "proxy_": "connect",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One step: whether it holds (``None``: not reached), and the Problem where it does not."""

    name: str
    ok: bool | None
    problem: Problem | None = None


def try_out(server: Server, folder: str) -> list[Step]:
    """Try each step up to the first that does not hold; ``folder`` is where this installation writes.

    A small file of random letters is written, read back and removed. Never raises a ``Problem`` of the network.
    """
    stage = ""
    try:
        if server.listing("", depth=0) is None:
            raise Problem("post_no_folder", host=server.account.host)
        stage = "folder"
        found = server.listing(folder, depth=0)
        if found is None:
            raise Problem("post_no_folder", host=server.account.host)
        stage, name, data = "write", f"{folder}/try-{secrets.token_hex(6)}.tmp", secrets.token_bytes(64)
        server.put(name, data)
        stage = "read"
        if server.read(name, len(data)) != data:
            raise Problem("post_lies", host=server.account.host)
        server.remove(name)
    except Problem as problem:
        first = next((step for start, step in _AT.items() if problem.name.startswith(start)), "folder")
        return _steps(stage or first, problem)
    return [Step(name, ok=True) for name in STEPS]


def _steps(failed: str, problem: Problem) -> list[Step]:
    at = STEPS.index(failed)
    return [
        Step(name, ok=True if n < at else False if n == at else None, problem=problem if n == at else None)
        for n, name in enumerate(STEPS)
    ]
