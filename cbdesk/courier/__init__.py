"""The one door to the network: sealed bundles to and from a WebDAV server over https that an office already has.

The server needs no program of ours: Apache with ``mod_dav``, nginx with its two DAV modules, Nextcloud. TLS is only a
pipe; trust comes from the signatures inside the bundles (``spec/bundle.md`` 3.5). Layout below the address typed:

* ``inbox/<sha256 of the file>.cbd`` from a commune, ``outbox/<unit>/<device>-<sha256>.cbd`` for one of its devices.
* A file is written as ``….tmp``, read back, and only then moved to its name.
* A file larger than one piece, or one that the line would not carry in one go, lies as pieces
  ``<name>/<offset>-<length>`` closed by ``<name>.parts``, a small index written last. So each piece that arrived stays
  arrived, on any server; the reader puts them together. (``Content-Range`` on PUT is refused by nginx and Nextcloud,
  and Apache forgets all of a request that was cut.)

Rules. Nothing here is imported before somebody sends. Redirects are not followed, answers are not decompressed, every
answer has a limit of bytes and of time, and the function told of progress may raise at any moment to stop. What is
said to be there was read back. Passwords and addresses are in no message, log, or ``repr``. Functions raise ``Problem``
of group N.
"""

from __future__ import annotations

from cbdesk.courier.account import NO_PROXY, Account, read_pin, read_proxy, read_url
from cbdesk.courier.download import Lying, fetch, waiting
from cbdesk.courier.server import Server
from cbdesk.courier.tidy import tidy
from cbdesk.courier.trying import STEPS, Step, try_out
from cbdesk.courier.upload import Delivered, deliver, is_there
from cbdesk.courier.wire import Stopped, Tell

__all__ = [
    "NO_PROXY", "STEPS", "Account", "Delivered", "Lying", "Server", "Step", "Stopped", "Tell", "deliver", "fetch",
    "is_there", "read_pin", "read_proxy", "read_url", "tidy", "try_out", "waiting",
]  # fmt: skip
