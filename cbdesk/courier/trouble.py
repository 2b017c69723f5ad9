"""What goes wrong on the way, as Problems: errors of the network, of TLS, and answers of the server.

No message of a library or a server is ever passed on: it may hold an address, a name, or a page of somebody's portal.
"""

from __future__ import annotations

import errno
import re
import socket
import ssl
from collections.abc import Iterator

import httpcore

from cbdesk.errors import Problem

PASSING = frozenset({"net_cut", "net_timeout", "post_server"})
"""What may be gone in a moment and is worth another try."""

_OFFLINE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, 10050, 10051, 10065}
_NOT_NOW = {9: "cert_early", 10: "cert_expired", 62: "cert_name", 63: "cert_name", 64: "cert_name"}
# numbers of OpenSSL (X509_V_ERR_*): not yet valid, expired, host, e-mail, address

_STATUS = {
    403: "post_forbidden", 404: "post_no_folder", 409: "post_no_folder", 405: "post_not_webdav",
    411: "post_not_webdav", 413: "post_too_big", 423: "post_locked", 501: "post_not_webdav", 507: "post_full",
}  # fmt: skip


def of_error(error: BaseException, host: str) -> Problem:
    """Return the Problem for an error of the connection to ``host``."""
    if isinstance(error, httpcore.ProxyError):
        return Problem("proxy_password" if str(error).startswith("407") else "proxy_refused")
    for one in _chain(error):
        if isinstance(one, ssl.SSLCertVerificationError):
            return Problem(_NOT_NOW.get(one.verify_code, "cert_untrusted"), host=host)
        if isinstance(one, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            return Problem("net_cut", host=host)
        if isinstance(one, ssl.SSLError) and not isinstance(one, TimeoutError):
            return Problem("net_no_tls", host=host)
        if isinstance(one, socket.gaierror):
            return Problem("net_offline" if one.errno == socket.EAI_AGAIN else "net_no_name", host=host)
        if isinstance(one, ConnectionRefusedError):
            return Problem("net_refused", host=host)
        if isinstance(one, OSError) and one.errno in _OFFLINE:
            return Problem("net_offline", host=host)
    if isinstance(error, httpcore.TimeoutException | TimeoutError):
        return Problem("net_timeout", host=host)
    if isinstance(error, httpcore.RemoteProtocolError) and not re.search("disconnected|closed", str(error)):
        return Problem("post_not_webdav", host=host)
    return Problem("net_cut", host=host)


def _chain(error: BaseException) -> Iterator[BaseException]:
    one: BaseException | None = error
    for _ in range(8):
        if one is None:
            return
        yield one
        one = one.__cause__ or one.__context__


def of_status(status: int, headers: dict[str, str], host: str) -> Problem:
    """Return the Problem for an answer that is not what was asked for."""
    if status == 401:
        kinds = headers.get("www-authenticate", "").lower()
        return Problem("post_password" if "basic" in kinds or not kinds else "post_login_kind", host=host)
    if 300 <= status < 400:
        return Problem("post_redirect", host=host, to=_where(headers.get("location", "")))
    if status in _STATUS:
        return Problem(_STATUS[status], host=host)
    if status >= 500:
        return Problem("post_server", host=host, status=status)
    return Problem("post_not_webdav", host=host)


def _where(location: str) -> str:
    """Return the host of a redirect as far as it is safe to show."""
    found = re.match(r"https?://([A-Za-z0-9.-]{1,80})(?:[:/?]|$)", location)
    return found[1] if found else "?"
