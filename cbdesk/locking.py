"""A password on a file that leaves: workbooks and letters (ECMA-376 agile encryption), PDF (AES-256).

An exported file is no longer under the register's key; who exports may put a password on it, which any Excel, Word or
PDF reader asks for. The password is judged only for being one: it has to be told to whoever opens the file. An
encrypted PDF is no PDF/A any more (ISO 19005 forbids it), so it does not say it is. One room knows the libraries.

Source: MS-OFFCRYPTO 2.3.4.10 (agile), ISO 32000-2 7.6 (AES-256, revision 6).
"""

from __future__ import annotations

import io
import unicodedata

from cbdesk.errors import Problem

OFFICE, PDF = frozenset({".xlsx", ".docx"}), ".pdf"
MOST = 127
"""Bytes of a password that a PDF takes; more would silently be cut off."""


def judge(password: str) -> str:
    """Return the password as it goes into a file. Raises ``Problem(blank_lock)`` for none, blanks, or too long."""
    password = unicodedata.normalize("NFC", password)
    if not password.strip() or len(password.encode()) > MOST:
        raise Problem("blank_lock")
    return password


def locked(data: bytes, suffix: str, password: str) -> bytes:
    """Return a file's bytes behind a password. Raises ``Problem``: ``blank_lock``, ``cannot_lock`` (other kinds)."""
    password, suffix = judge(password), suffix.lower()
    if suffix in OFFICE:
        return _office(data, password)
    if suffix == PDF:
        return _pdf(data, password)
    raise Problem("cannot_lock", kind=suffix or "?")


def _office(data: bytes, password: str) -> bytes:
    from msoffcrypto.format.ooxml import OOXMLFile  # loaded when a file is locked, not at the start

    out = io.BytesIO()
    OOXMLFile(io.BytesIO(data)).encrypt(password, out)
    return out.getvalue()


def _pdf(data: bytes, password: str) -> bytes:
    import pypdf

    writer = pypdf.PdfWriter(clone_from=io.BytesIO(data))
    writer.root_object.pop("/Metadata", None)  # it says PDF/A
    writer.encrypt(password, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
