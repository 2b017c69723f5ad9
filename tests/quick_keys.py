"""A key from a password without its tenth of a second (a practice register) or its second (a real one).

``conftest`` puts it in force for all tests in this process. The real derivation is proved in ``test_keys``, which works
under ``real``, and by the tests that start the program in a process of its own.
"""

from __future__ import annotations

import hashlib
import unicodedata
from contextlib import contextmanager

from cbdesk import wrapping

_REAL = wrapping.password_key


def quick(password, salt, cost):
    """Return another key for every password, salt and cost, as the real one does."""
    cost.check()
    text = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    return hashlib.sha256(f"{cost.m} {cost.t} {cost.p} ".encode() + salt + text).digest()


def install():
    wrapping.password_key = quick


@contextmanager
def real():
    """Derive keys as the program does."""
    wrapping.password_key = _REAL
    try:
        yield
    finally:
        install()
