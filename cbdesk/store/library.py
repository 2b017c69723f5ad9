"""The one door to SQLCipher and sqlite-utils.

Rules (``spec/bundle.md`` 1.2): one factory opens databases; the ``pysqlite3`` alias is set before sqlite-utils is
imported, so that its ``OperationalError`` is SQLCipher's (other modules take ``Database`` from here, never from there);
plug-ins never run; a SQLite inside the WAL-reset bug
(before 3.51.3) is refused; no clear-text file is ever made. Errors of the library leave this room as Problems.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlcipher3
import sqlcipher3.dbapi2 as dbapi

from cbdesk.errors import Problem

sys.modules["pysqlite3"] = sqlcipher3
sys.modules["pysqlite3.dbapi2"] = dbapi

from sqlite_utils import Database  # noqa: E402  (the alias must stand first)
from sqlite_utils.migrations import Migrations  # noqa: E402
from sqlite_utils.utils import OperationalError  # noqa: E402

__all__ = [
    "SAFE_SQLITE",
    "SQLITE_VERSION",
    "Database",
    "DatabaseError",
    "Migrations",
    "connect",
    "problem_of",
    "translated",
]

SAFE_SQLITE = (3, 51, 3)
SQLITE_VERSION: tuple[int, ...] = dbapi.sqlite_version_info
DatabaseError = dbapi.DatabaseError
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # NORMAL lost acknowledged commits in the power-cut runs
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 5000",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -16000",
)


def connect(path: Path, key: bytes, *, readonly: bool = False, create: bool = False) -> Database:
    """Open one encrypted database with a raw 32-byte key.

    Raises ``Problem``: ``wrong_library``, ``no_store``, ``store_damaged`` (also for a wrong key: whoever holds the key
    file's key cannot be wrong about it), ``disk_full``, ``read_only``.
    """
    if SQLITE_VERSION < SAFE_SQLITE or OperationalError is not dbapi.OperationalError:  # somebody came before the alias
        raise Problem("wrong_library")
    if not create and not path.is_file():
        raise Problem("no_store")
    with translated():
        mode = "ro" if readonly else "rwc" if create else "rw"
        connection = dbapi.connect(
            f"{path.resolve().as_uri()}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA cipher_log_level = NONE")
            connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
            if not connection.execute("PRAGMA cipher_version").fetchone():
                raise Problem("wrong_library")
            if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] and not create:
                raise Problem("store_damaged")  # an emptied file opens as a new one
            for pragma in _PRAGMAS if not readonly else _PRAGMAS[2:]:
                connection.execute(pragma)
        except BaseException:
            connection.close()
            raise
    return Database(connection, execute_plugins=False)


_BY_CODE = {
    "SQLITE_FULL": "disk_full",
    "SQLITE_READONLY": "read_only",
    "SQLITE_CANTOPEN": "read_only",
    "SQLITE_PERM": "read_only",
    "SQLITE_BUSY": "store_busy",
    "SQLITE_LOCKED": "store_busy",
    "SQLITE_CORRUPT": "store_damaged",
    "SQLITE_NOTADB": "store_damaged",
    "SQLITE_IOERR": "store_damaged",
}


def problem_of(error: BaseException) -> Problem | None:
    """Return the Problem behind an error of the library, or ``None`` for a mistake of ours.

    Reading rows happens everywhere; whoever catches what nobody expected asks here first.
    """
    code: Any = getattr(error, "sqlite_errorname", "") or "" if isinstance(error, dbapi.DatabaseError) else ""
    return next((Problem(name) for start, name in _BY_CODE.items() if code.startswith(start)), None)


@contextmanager
def translated() -> Iterator[None]:
    """Turn what the world did to the database into a Problem; a mistake of ours passes through as it is."""
    try:
        yield
    except dbapi.DatabaseError as error:
        problem = problem_of(error)
        if problem is None:
            raise
        raise problem from None
