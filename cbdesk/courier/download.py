"""Fetching what lies on the server, resumed byte by byte, into a folder of ours; nothing is opened here.

What is fetched is sealed and stays sealed. A file whose name holds its SHA-256 must have it. What of a file arrived is
kept in ``<name>.part``, and only the rest is asked for next time.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from cbdesk import carrier
from cbdesk.courier.server import Server
from cbdesk.courier.upload import INDEX_LIMIT, find_index
from cbdesk.errors import Problem

_NAMED = re.compile(r"(?:(?P<node>[0-9a-f]{16})-)?(?P<sha>[0-9a-f]{64})")
_FREE = re.compile(r"(?!(?i:con|prn|aux|nul|com\d|lpt\d)(?:\.|$))[A-Za-z0-9][A-Za-z0-9._-]{0,120}")
"""Names we keep a file under; Windows takes some for devices."""


@dataclass(frozen=True, slots=True)
class Lying:
    """One file on the server: its path without ending, its size as told, its SHA-256 and addressee if named so."""

    stem: str
    size: int
    sha256: str
    node: str
    pieces: bool

    @property
    def name(self) -> str:
        """Return the name under which it is kept here."""
        return self.stem.rpartition("/")[2] + ".cbd"


def waiting(server: Server, folder: str, node: str = "") -> list[Lying]:
    """Return the files in a folder that are bundles by their names and not for another device than ``node``.

    A folder that is not there holds nothing.
    """
    found = server.listing(folder)
    lying: dict[str, Lying] = {}
    for one in found[1] if found else []:
        stem, dot, ending = one.name.rpartition(".")
        if one.folder or not dot or ending not in ("cbd", "parts") or not _FREE.fullmatch(stem):
            continue
        pieces, size = ending == "parts", one.size
        if size == 0 or size > (INDEX_LIMIT if pieces else carrier.LIMIT) or (pieces and stem in lying):
            continue
        named = _NAMED.fullmatch(stem)
        to, sha256 = (named["node"] or "", named["sha"]) if named else ("", "")
        if pieces and not sha256:
            continue
        if not to or to == node:
            lying[stem] = Lying(f"{folder}/{stem}", size, sha256, to, pieces)
    return list(lying.values())


def fetch(server: Server, one: Lying, into: Path) -> Path | None:
    """Return the file fetched into the folder ``into``; ``None`` if it is gone or not finished meanwhile.

    Raises ``post_lies`` when the bytes are not what the name says, ``disk_full``, ``read_only``, and those of group N.
    """
    target = into / one.name
    if target.exists() and (not one.sha256 or _digest(target) == one.sha256):
        return target
    files = [(f"{one.stem}.cbd", one.size)]
    if one.pieces:
        index = find_index(server, one.stem, carrier.LIMIT)
        if index is None or index.sha256 != one.sha256:
            return None
        files = index.names(one.stem)
    part = into / (one.name + ".part")
    try:
        return _fetch(server, one, files, part, target)
    except OSError as error:
        raise Problem("disk_full" if carrier.is_full(error) else "read_only") from None


def _fetch(server: Server, one: Lying, files: list[tuple[str, int]], part: Path, target: Path) -> Path | None:
    whole = sum(size for _, size in files)
    have = part.stat().st_size if part.exists() else 0
    if have > whole or not one.sha256:
        have = 0
    with part.open("r+b" if have else "wb") as out:
        out.seek(have)
        begins = 0
        for name, size in files:
            at = min(max(0, have - begins), size)
            begins += size
            server.tell("fetch", begins - size + at, whole)
            try:
                server.get(name, size, lambda chunk: _keep(server, out, chunk, whole), at)
            except Problem as problem:
                if problem.name == "post_no_folder":  # somebody took it away
                    return None
                raise
    if one.sha256 and _digest(part) != one.sha256:
        part.unlink(missing_ok=True)
        raise Problem("post_lies", host=server.account.host)
    part.replace(target)
    return target


def _keep(server: Server, out: object, chunk: bytes, whole: int) -> None:
    out.write(chunk)  # type: ignore[attr-defined]
    server.tell("fetch", out.tell(), whole)  # type: ignore[attr-defined]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
