"""The inside of a sealed file: a ustar archive that has exactly one spelling.

Anyone who knows a public key can reach this reader before a signature is checked, so it is tiny, never writes to
disk and refuses rather than guesses: a header must equal, byte for byte, the one we would write for its name and
size; padding is zero; the end is the least that reaches 4 KiB; names come from a fixed list, each in its place. Thus
no two archives hold the same members (``spec/bundle.md`` 3.2, 3.3), ``tar`` reads them, and a month without cases is
as large as one with a case.
"""

from __future__ import annotations

import re

from cbdesk.errors import Problem

BLOCK = 512
STEP = 4096

MANIFEST, SIGNATURE, TOKEN_SIGNATURE = "manifest.json", "manifest.sig", "manifest.p7s"
TRUST, TRUST_SIGNATURE = "trust.json", "trust.sig"
PAYLOAD = "payload.jsonl.zst"

LIMITS = {
    MANIFEST: 256 * 1024, SIGNATURE: 1024, TOKEN_SIGNATURE: 32 * 1024,
    TRUST: 1024 * 1024, TRUST_SIGNATURE: 1024, PAYLOAD: 48 * 1024 * 1024,
}  # fmt: skip
"""The members in their order, with the most bytes each may have; attachments follow."""

MAX_BLOB = 5 * 1024 * 1024

_ORDER = tuple(LIMITS)
_REQUIRED = (MANIFEST, SIGNATURE, PAYLOAD)
_BLOB = re.compile(r"blob/[0-9a-f]{64}")

Member = tuple[str, bytes]


class ArchiveError(ValueError):
    """The archive breaks a rule; ``member`` names the place in plain ASCII."""

    def __init__(self, member: str) -> None:
        super().__init__(member)
        self.member = member


def open_archive(archive: bytes) -> dict[str, bytes]:
    """Return the members by name, all of them in order (``check_members``). Raises ``malformed_container``."""
    try:
        members = read(archive)
        check_members(members)
    except ArchiveError as error:
        raise Problem("malformed_container", member=error.member) from None
    return dict(members)


def check_members(members: list[Member]) -> None:
    """Raise ``ArchiveError`` unless each member is known, within its limit, there once and in its place."""
    last = (-1, "")
    for name, content in members:
        blob = _BLOB.fullmatch(name) is not None
        if (not blob and name not in LIMITS) or len(content) > (MAX_BLOB if blob else LIMITS[name]):
            raise ArchiveError(name)
        place = (len(_ORDER), name) if blob else (_ORDER.index(name), "")
        if place <= last:
            raise ArchiveError(name)
        last = place
    names = {name for name, _ in members}
    for name in _REQUIRED:
        if name not in names:
            raise ArchiveError(name)
    if (TRUST in names) != (TRUST_SIGNATURE in names):
        raise ArchiveError(TRUST_SIGNATURE)


def write(members: list[Member]) -> bytes:
    """Return the archive of ``members`` in the order given, padded with zeros to the next 4 KiB."""
    parts: list[bytes] = []
    for name, data in members:
        parts += [_header(name, len(data)), data, bytes(-len(data) % BLOCK)]
    body = b"".join(parts)
    return body + bytes(_end(len(body)) - len(body))


def read(archive: bytes) -> list[Member]:
    """Return the members in order. Raises ``ArchiveError``. Names are printable ASCII, not yet looked up."""
    members: list[Member] = []
    at = 0
    while archive[at : at + 1] not in (b"", b"\x00"):
        name, size = _head(archive[at : at + BLOCK])
        start, stop = at + BLOCK, at + BLOCK + size
        at = stop + -size % BLOCK
        if at > len(archive) or any(archive[stop:at]):
            raise ArchiveError(name)
        members.append((name, archive[start:stop]))
    if len(archive) != _end(at) or any(archive[at:]):
        raise ArchiveError("end")
    return members


def _end(length: int) -> int:
    """Return the size of an archive whose members take ``length`` bytes: two zero blocks, then the next 4 KiB."""
    return -(-(length + 2 * BLOCK) // STEP) * STEP


def _head(block: bytes) -> tuple[str, int]:
    """Return name and size of one header block, which must be the one we would write."""
    name = block[:100].rstrip(b"\x00").decode("ascii", "replace")
    if not name.isascii() or not name.isprintable() or not name:
        raise ArchiveError("name")
    digits = block[124:135]
    if len(digits) != 11 or not all(48 <= digit <= 55 for digit in digits):
        raise ArchiveError(name)
    size = int(digits, 8)
    if block != _header(name, size):
        raise ArchiveError(name)
    return name, size


def _header(name: str, size: int) -> bytes:
    """Return the one header we know: a plain file, mode 0644, owner 0, time 0, no owner's name."""
    fields = (
        name.encode("ascii").ljust(100, b"\x00"), b"0000644\x00", b"0000000\x00", b"0000000\x00",
        b"%011o\x00" % size, b"00000000000\x00", b" " * 8, b"0", bytes(100),
        b"ustar\x0000", bytes(64), b"0000000\x00", b"0000000\x00", bytes(167),
    )  # fmt: skip
    block = b"".join(fields)
    return block[:148] + b"%06o\x00 " % sum(block) + block[156:]
