"""What lies in a folder of the server: the answer to PROPFIND, read with distrust.

No DTD and no entities; a count is bounded by the size of the answer (``LIMIT``) and by ``MOST``. Only the last part of
each address is used, and only when it is plain ASCII in our own alphabet: a server cannot name a path.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

LIMIT = 8 * 1024 * 1024
MOST = 5_000
QUESTION = (
    b'<?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:"><prop>'
    b"<resourcetype/><getcontentlength/><getlastmodified/></prop></propfind>"
)

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,149}")
_DAV = "{DAV:}"


class NotAListing(ValueError):
    """The bytes are no answer to PROPFIND."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file or folder: name, size in bytes (0 for a folder), when it was changed (seconds, the server's clock)."""

    name: str
    size: int
    folder: bool
    changed: float


def read_listing(data: bytes, path: str) -> tuple[Entry | None, list[Entry]]:
    """Return (the thing asked about, what lies in it) of a multistatus; ``path`` is the one asked for.

    What is not named in our alphabet is left out. Raises ``NotAListing``.
    """
    own: Entry | None = None
    found: list[Entry] = []
    wanted = unquote(path).strip("/")
    try:
        for response in _responses(data):
            entry, at = _entry(response)
            if at == wanted:
                own = entry
            elif at.rpartition("/")[0] == wanted and _NAME.fullmatch(entry.name) and len(found) < MOST:
                found.append(entry)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise NotAListing from None
    return own, sorted(found, key=lambda one: one.name)


def _responses(data: bytes) -> Iterator[Any]:
    """Give each ``response`` element and forget it, so that a long answer costs its bytes and no tree."""
    depth = 0
    for event, element in iterparse(io.BytesIO(data), ("start", "end"), forbid_dtd=True):
        depth += 1 if event == "start" else -1
        if depth > 12:
            raise NotAListing
        if event == "start" and depth == 1 and element.tag != _DAV + "multistatus":
            raise NotAListing
        if event == "end" and element.tag == _DAV + "response":
            yield element
            element.clear()


def _entry(response: Any) -> tuple[Entry, str]:
    """Return one entry and its path without slashes at the ends. Raises ``ValueError``."""
    at = unquote(urlsplit((response.findtext(_DAV + "href") or "").strip()).path).strip("/")
    folder, size, changed = False, 0, 0.0
    for prop in response.iterfind(f"{_DAV}propstat/{_DAV}prop"):
        folder = folder or prop.find(f"{_DAV}resourcetype/{_DAV}collection") is not None
        digits = (prop.findtext(_DAV + "getcontentlength") or "").strip()
        size = int(digits) if re.fullmatch("[0-9]{1,15}", digits) else size
        changed = moment(prop.findtext(_DAV + "getlastmodified")) or changed
    return Entry(at.rpartition("/")[2], 0 if folder else size, folder, changed), at


def moment(text: str | None) -> float:
    """Return the seconds of a date as servers write it, 0 where it is none."""
    try:
        return parsedate_to_datetime(text or "").timestamp()
    except (ValueError, TypeError, OverflowError):
        return 0.0
