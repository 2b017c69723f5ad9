"""Another key for a register: a whole copy under the new key, proved, then one decision, then one rename.

The key file beside it is written between the copy and the rename, and it alone decides. Whatever is cut off, the key it
gives opens either the register or the copy beside it, which ``settle`` puts in its place at the next opening. The old
file stays until then. Source: ``spec/bundle.md`` 2.2 (export rather than rekey in place).
"""

from __future__ import annotations

from pathlib import Path

from cbdesk import volumes
from cbdesk.errors import Problem
from cbdesk.store.library import Database, connect, translated

ENDS = ("", "-wal", "-shm")


def copy_of(path: Path) -> Path:
    """Return where the copy of a register under its new key lies until it takes its place."""
    return path.with_name(path.name + ".new")


def export(db: Database, path: Path, key: bytes) -> None:
    """Write all of an open database to a new file under another key. Raises ``disk_full``, ``read_only``."""
    sweep(path)
    with translated():
        db.execute("ATTACH DATABASE ? AS fresh KEY ?", (str(path), f"x'{key.hex()}'"))
        try:
            db.execute("BEGIN")  # one commit, not one a table
            db.execute("SELECT sqlcipher_export('fresh')").fetchall()
            db.execute("COMMIT")
        finally:
            if db.conn.in_transaction:
                db.conn.rollback()
            db.execute("DETACH DATABASE fresh")


def sweep(path: Path) -> None:
    """Remove a database that is not needed, with what lies beside it."""
    for end in ENDS:
        path.with_name(path.name + end).unlink(missing_ok=True)


def adopt(path: Path) -> None:
    """Put the copy in the register's place; the old register is closed. Raises ``OSError`` as it comes."""
    for end in ENDS[1:]:  # a journal of the old file beside the new one would damage it
        path.with_name(path.name + end).unlink(missing_ok=True)
    volumes.move(copy_of(path), path, overwrite=True)


def settle(path: Path, key: bytes) -> None:
    """Finish or forget a change of key that was cut off, whichever the key in force says.

    Where it opens neither file both stay as they are.
    """
    fresh = copy_of(path)
    if not fresh.exists():
        return
    if _opens(path, key):
        sweep(fresh)
    elif _opens(fresh, key):
        try:
            adopt(path)
        except OSError:
            raise Problem("read_only") from None


def _opens(path: Path, key: bytes) -> bool:
    try:
        connect(path, key).conn.close()
    except Problem:
        return False
    return True
