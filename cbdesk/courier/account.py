"""Where the server is and how to get in: address, user, password, pinned certificate, proxy; each read from typing.

A pin is the SHA-256 of the server's certificate, typed from the paper the receiver gave: as 64 hex digits, the way
every server tool prints it, or as the six groups this program prints (the first 120 bits).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from cbdesk import groups
from cbdesk.errors import Problem

NO_PROXY = "-"
"""Spelling of "never use a proxy"; an empty text means the proxy of the system."""

_HEX = re.compile(r"[0-9a-f]{64}")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_MOST = 500


@dataclass(frozen=True, slots=True)
class Account:
    """Everything needed to reach the server. ``url`` has no slash at its end; ``pin`` "" means the system's trust."""

    url: str
    user: str = ""
    password: str = field(default="", repr=False)
    pin: str = ""
    proxy: str = field(default="", repr=False)

    @property
    def host(self) -> str:
        """Return the name of the server, to be shown."""
        return urlsplit(self.url).hostname or ""

    @property
    def path(self) -> str:
        """Return the path of the address, percent-encoded, without a slash at its end."""
        return urlsplit(self.url).path


def read_url(typed: str) -> str:
    """Return an address as it is kept. Raises ``post_not_https``, ``post_bad_url``.

    A password inside the address is refused: addresses are shown and printed.
    """
    text = typed.strip()
    if text.lower().startswith("http://"):
        raise Problem("post_not_https")
    try:
        parts = urlsplit(text)
        host, port = _host(parts.hostname or ""), parts.port
    except (ValueError, UnicodeError):
        raise Problem("post_bad_url") from None
    if parts.scheme.lower() != "https" or not host or "@" in parts.netloc or parts.query or parts.fragment:
        raise Problem("post_bad_url")
    if len(text) > _MOST or any(ord(sign) < 32 or ord(sign) == 127 for sign in text):
        raise Problem("post_bad_url")
    place = f"{host}:{port}" if port and port != 443 else host
    return urlunsplit(("https", place, quote(unquote(parts.path)).rstrip("/"), "", ""))


def _host(host: str) -> str:
    """Return a name of a server in letters the network knows. Raises ``ValueError``, ``UnicodeError``."""
    plain = host.encode("idna").decode("ascii")
    if not _HOST.fullmatch(plain):
        raise ValueError("host")
    return plain


def read_pin(typed: str) -> str:
    """Return a fingerprint as it is kept, "" for none. Raises ``post_bad_pin``."""
    text = typed.strip()
    if not text:
        return ""
    digits = re.sub(r"[\s:.-]", "", text).lower()
    if _HEX.fullmatch(digits):
        return digits
    try:
        return groups.groups_of(groups.read_groups(text))
    except Problem:
        raise Problem("post_bad_pin") from None


def pin_of(certificate: bytes) -> str:
    """Return the groups of a certificate (DER), the form this program prints."""
    return groups.groups_of(hashlib.sha256(certificate).digest()[: groups.SIZE])


def fits(pin: str, certificate: bytes) -> bool:
    """Return whether a certificate (DER) is the pinned one."""
    return pin in (hashlib.sha256(certificate).hexdigest(), pin_of(certificate))


def read_proxy(typed: str) -> str:
    """Return a proxy as it is kept: "" (the system's), ``-`` (none), or ``http://[user:password@]host:port``.

    Raises ``post_bad_proxy``.
    """
    text = typed.strip()
    if text in ("", NO_PROXY):
        return text
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        host, port = _host(parts.hostname or ""), parts.port
    except (ValueError, UnicodeError):
        raise Problem("post_bad_proxy") from None
    if parts.scheme != "http" or port is None or parts.path not in ("", "/") or parts.query or len(text) > _MOST:
        raise Problem("post_bad_proxy")
    login = f"{parts.username}:{parts.password or ''}@" if parts.username else ""
    return f"http://{login}{host}:{port}"


def without_login(proxy: str) -> str:
    """Return a proxy to be shown, without its user and password."""
    head, at, tail = proxy.rpartition("@")
    return f"http://{tail}" if at and head else proxy
