"""Bringing a file to the server over any line, once.

First it is asked for: a file that lies there is not sent again, only read back where that was not done before. Else it
goes in one piece, or, where it is large or the line was cut, in pieces that are halved at each cut, down to ``LEAST``.
Each piece is read back and compared before it counts, as on a stick. "There" is not "acknowledged": that only the
receiver's signed answer says.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from cbdesk.courier.server import Server
from cbdesk.errors import Problem
from cbdesk.strict import StrictJsonError, canonical, is_count, strict_json

PIECE, LEAST = 256 * 1024, 16 * 1024
INDEX_LIMIT = 64 * 1024
MOST_PIECES = 8_000


@dataclass(frozen=True, slots=True)
class Delivered:
    """Where a file lies now; ``already``: it lay there before, and nothing was sent."""

    name: str
    already: bool


@dataclass(frozen=True, slots=True)
class Index:
    """The small file that closes a file in pieces: lengths of the pieces in order, their sum, SHA-256 of the whole."""

    size: int
    sha256: str
    pieces: tuple[int, ...]

    def names(self, stem: str) -> list[tuple[str, int]]:
        """Return (path, length) of each piece."""
        found, at = [], 0
        for length in self.pieces:
            found.append((piece_name(stem, at, length), length))
            at += length
        return found

    def write(self) -> bytes:
        """Return the file's bytes."""
        return canonical({"pieces": list(self.pieces), "sha256": self.sha256, "size": self.size})


def read_index(data: bytes, most: int) -> Index | None:
    """Return the index in these bytes, ``None`` if they are none (or more than ``most`` bytes are promised)."""
    try:
        found: Any = strict_json(data, 2, sorted_keys=True)
    except StrictJsonError:
        return None
    if not isinstance(found, dict) or set(found) != {"pieces", "sha256", "size"}:
        return None
    pieces, size, digest = found["pieces"], found["size"], found["sha256"]
    if not isinstance(pieces, list) or not 0 < len(pieces) <= MOST_PIECES or not isinstance(digest, str):
        return None
    if not all(is_count(one, most, 1) for one in pieces) or not is_count(size, most, 1) or sum(pieces) != size:
        return None
    return Index(size, digest, tuple(pieces))


def piece_name(stem: str, at: int, length: int) -> str:
    """Return the path of one piece."""
    return f"{stem}/{at}-{length}"


def is_there(server: Server, stem: str, size: int) -> str | None:
    """Return the path under which a file of this size lies whole on the server, or ``None``."""
    if server.size(f"{stem}.cbd") == size:
        return f"{stem}.cbd"
    index = find_index(server, stem, size)
    if index is None or index.size != size:
        return None
    found = server.listing(stem)
    lying = {one.name: one.size for one in found[1]} if found else {}
    whole = all(lying.get(name.rpartition("/")[2]) == length for name, length in index.names(stem))
    return f"{stem}.parts" if whole else None


def find_index(server: Server, stem: str, most: int) -> Index | None:
    """Return the index of a file in pieces if it lies there and is one."""
    size = server.size(f"{stem}.parts")
    return read_index(server.read(f"{stem}.parts", size), most) if size and size <= INDEX_LIMIT else None


def deliver(server: Server, stem: str, data: bytes, *, proved: bool = False) -> Delivered:
    """Bring ``data`` to ``<stem>.cbd`` (or in pieces beside ``<stem>.parts``), whatever of it lies there already.

    ``stem`` is folder and name without ending; ``proved``: it was read back once, so its sizes are enough now. Can be
    called again after any Problem and goes on where it stood. Raises ``post_lies`` besides what passes through.
    """
    server.tell("ask", 0, len(data))
    name = is_there(server, stem, len(data))
    if name is not None and proved:
        return Delivered(name, already=True)
    if name == f"{stem}.cbd":
        if not _same(server, name, data):
            raise Problem("post_lies", host=server.account.host)
        return Delivered(name, already=True)
    piece = LEAST if name else PIECE  # what lies there in pieces is looked at piece by piece
    while len(data) <= piece:
        try:
            return Delivered(_whole(server, stem, data), already=False)
        except Problem as problem:
            server.again(problem)
            piece = max(LEAST, min(piece, len(data)) // 2)
    return Delivered(_in_pieces(server, stem, data, piece), already=False)


def _whole(server: Server, stem: str, data: bytes) -> str:
    part, name = f"{stem}.tmp", f"{stem}.cbd"
    _put_and_compare(server, part, data, 0, len(data))
    if not server.move(part, name, len(data)):
        _put_and_compare(server, name, data, 0, len(data))
        server.remove(part)
    if server.size(name) != len(data):
        raise Problem("post_lies", host=server.account.host)
    return name


def _in_pieces(server: Server, stem: str, data: bytes, piece: int) -> str:
    server.make_folder(stem)
    found = server.listing(stem)
    lying = {one.name: one.size for one in found[1]} if found else {}
    view, at, lengths = memoryview(data), 0, list[int]()
    while at < len(data):
        length = _lying(lying, at, len(data) - at) or min(piece, len(data) - at)
        name = piece_name(stem, at, length)
        try:
            if name.rpartition("/")[2] not in lying or not _same(server, name, view[at : at + length]):
                _put_and_compare(server, name, view[at : at + length], at, len(data))
        except Problem as problem:
            server.again(problem)
            lying.pop(name.rpartition("/")[2], None)
            piece = max(LEAST, piece // 2)
            continue
        server.arrived()
        lengths.append(length)
        at += length
        server.tell("send", at, len(data))
    index = Index(len(data), hashlib.sha256(data).hexdigest(), tuple(lengths))
    return _close(server, stem, index)


def _lying(lying: dict[str, int], at: int, most: int) -> int:
    """Return the length of a piece that begins at ``at`` and lies there in the length it names, 0 for none."""
    return next((size for name, size in lying.items() if 0 < size <= most and name == f"{at}-{size}"), 0)


def _close(server: Server, stem: str, index: Index) -> str:
    """Write the index, last of all: from now on the file is there."""
    name, data = f"{stem}.parts", index.write()
    while True:
        try:
            _put_and_compare(server, name, data, 0, 0)
        except Problem as problem:
            server.again(problem)
        else:
            return name


def _put_and_compare(server: Server, name: str, data: bytes | memoryview, before: int, whole: int) -> None:
    """Write one file and read it back; ``before`` and ``whole`` only tell how far the errand is."""

    def going(done: int) -> None:
        if whole and done > 0:
            server.tell("send", before + done if len(data) < whole else done, whole)
        else:
            server.alive()

    server.put(name, data, going)
    if not _same(server, name, data):
        raise Problem("post_lies", host=server.account.host)


def _same(server: Server, name: str, data: bytes | memoryview) -> bool:
    """Return whether a file on the server has exactly these bytes."""
    digest = hashlib.sha256()
    try:
        server.get(name, len(data), digest.update)
    except Problem as problem:
        if problem.name not in ("post_lies", "post_no_folder", "post_flood"):
            raise
        return False
    return digest.digest() == hashlib.sha256(data).digest()
