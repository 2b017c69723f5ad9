"""Excel files of twenty years ago, put together record by record, because nothing that is installed writes them.

A bare BIFF8 stream is an .xls without its OLE container, and is read as one; a compound file is that container.
"""

from __future__ import annotations

import struct
from typing import Any


def biff(rows: list[list[Any]], font: str, *, locked: bool = False) -> bytes:
    """Return rows as a bare BIFF8 stream: one sheet, one font, texts and numbers ([MS-XLS] 2.1)."""
    start = lambda kind: _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 0x06))  # noqa: E731
    look = struct.pack("<HHHHHBBBB", 220, 0, 8, 400, 0, 0, 0, 0, 0) + _short(font)
    head = start(0x0005) + (_record(0x002F, bytes(6)) if locked else b"")
    head += _record(0x0042, struct.pack("<H", 1200)) + _record(0x0031, look) * 5
    head += _record(0x00E0, struct.pack("<HHHBBBBIIH", 0, 0, 0x0001, 0x20, 0, 0, 0, 0, 0, 0x20C0))
    name, end = _short("DS"), _record(0x000A, b"")
    where = len(head) + 4 + 6 + len(name) + len(end)
    book = head + _record(0x0085, struct.pack("<IH", where, 0) + name) + end
    cells = b"".join(
        _record(0x0203, struct.pack("<HHHd", at, col, 0, value)) if isinstance(value, (int, float))
        else _record(0x0204, struct.pack("<HHHHB", at, col, 0, len(value), 1) + value.encode("utf-16-le"))
        for at, row in enumerate(rows) for col, value in enumerate(row) if value is not None
    )  # fmt: skip
    return book + start(0x0010) + cells + end


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _short(text: str) -> bytes:
    return struct.pack("<BB", len(text), 1) + text.encode("utf-16-le")


def compound(streams: dict[str, bytes]) -> bytes:
    """Return an OLE compound file of large streams ([MS-CFB]): header, one FAT sector, directory, data."""
    free, last = 0xFFFFFFFF, 0xFFFFFFFE
    fat, data = [0xFFFFFFFD, last], b""
    entries = [_entry("Root Entry", 5, last, 0, child=1)]
    for at, (name, content) in enumerate(streams.items(), 1):
        first, sectors = len(fat), -(-len(content) // 512)
        fat += [*range(first + 1, first + sectors), last]
        data += content.ljust(sectors * 512, b"\0")
        entries.append(_entry(name, 2, first, len(content), right=at + 1 if at < len(streams) else free))
    entries += [bytes(128)] * (-len(entries) % 4)
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack(
        "<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, last, 0, last, 0, 0
    )  # fmt: skip
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(512, b"\xff")
    return header.ljust(512, b"\xff") + table + b"".join(entries) + data


def _entry(name: str, kind: int, first: int, size: int, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF) -> bytes:
    spelt = (name + "\0").encode("utf-16-le")
    links = struct.pack("<HBBIII", len(spelt), kind, 1, 0xFFFFFFFF, right, child)
    return spelt.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", first, size)
