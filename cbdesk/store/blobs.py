"""Files kept inside the register: scans and photos of papers, each once, by its SHA-256.

A blob is there because a record of the form ``attachment`` names it; what nobody names is swept out. It travels beside
the change that names it, or in a later bundle where it did not fit; ``blob_held`` remembers which peers are known to
hold it: those it came from, and those who said they took a bundle with it. That memory may be wrong (a peer restored
from an older backup holds less), so every bundle also tells which files the sender lacks (``lacking``), and who reads
that forgets what it believed.

Source: ``spec/bundle.md`` 3.3 (members ``blob/<sha256>``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from cbdesk.store.core import Core
from cbdesk.store.projection import OWNER
from cbdesk.strict import is_hex


class Blobs(Core):
    """The files of an open register."""

    def keep_blob(self, data: bytes) -> str:
        """Keep a file and return its SHA-256 in hex. Keeping it again changes nothing."""
        digest = hashlib.sha256(data).hexdigest()
        self.db.execute("INSERT OR IGNORE INTO blob VALUES (?, ?, ?)", (digest, len(data), data))
        return digest

    def blob(self, digest: str) -> bytes | None:
        """Return a file, ``None`` where it has not arrived."""
        row = self.db.execute("SELECT data FROM blob WHERE sha256 = ?", (digest,)).fetchone()
        return bytes(row[0]) if row else None

    def has_blob(self, digest: str) -> bool:
        """Return whether a file is here."""
        return self.db.execute("SELECT 1 FROM blob WHERE sha256 = ?", (digest,)).fetchone() is not None

    def take_blobs(self, node: str, blobs: Mapping[str, bytes]) -> None:
        """Keep the files of a bundle that some record names; ``node``, who sent them, holds them."""
        named = {one for one in blobs
                 if self.db.execute("SELECT 1 FROM main.attachment WHERE sha256 = ?", (one,)).fetchone()}  # fmt: skip
        for digest in named:
            self.keep_blob(blobs[digest])
        self.held_by(node, named)

    def held_by(self, node: str, digests: Iterable[str]) -> None:
        """Remember that a peer holds these files."""
        for digest in digests:
            self.db.execute("INSERT OR IGNORE INTO blob_held VALUES (?, ?)", (node, digest))

    def not_held_by(self, node: str, digests: Iterable[str]) -> None:
        """Forget that a peer holds these files: it said itself that it lacks them."""
        self.db.conn.executemany(
            "DELETE FROM blob_held WHERE node = ? AND sha256 = ?", [(node, digest) for digest in digests]
        )

    def lacking(self, unit: str, most: int) -> list[str]:
        """Return the SHA-256 of files that records of a unit name and that are not here, the oldest first."""
        rows = self.db.execute(
            f'SELECT sha256 FROM main.attachment WHERE "{OWNER}" = ? AND _del IS NULL AND length(sha256) = 64 '
            "AND sha256 NOT IN (SELECT sha256 FROM blob) GROUP BY sha256 ORDER BY min(id) LIMIT ?",
            (unit, most),
        )
        return [str(digest) for (digest,) in rows if is_hex(digest, 64)]

    def owed(self, node: str, unit: str) -> list[tuple[str, int]]:
        """Return (SHA-256, bytes) of the files of a unit that a peer is not known to hold, the oldest first."""
        rows = self.db.execute(
            f"SELECT blob.sha256, blob.size FROM main.attachment JOIN blob ON blob.sha256 = attachment.sha256 "
            f'WHERE attachment."{OWNER}" = ? AND attachment._del IS NULL AND NOT EXISTS '
            "(SELECT 1 FROM blob_held WHERE node = ? AND blob_held.sha256 = blob.sha256) "
            "GROUP BY blob.sha256 ORDER BY min(attachment.id)",
            (unit, node),
        )
        return [(str(digest), int(size)) for digest, size in rows]

    def sweep_blobs(self) -> int:
        """Remove files no record names any more (a legal deletion), and return how many."""
        gone = "sha256 NOT IN (SELECT sha256 FROM main.attachment WHERE sha256 IS NOT NULL)"
        self.db.execute(f"DELETE FROM blob_held WHERE {gone}")
        return int(self.db.execute(f"DELETE FROM blob WHERE {gone}").rowcount)

    def broken_blobs(self) -> list[str]:
        """Return the digests whose bytes differ from their name."""
        rows = self.db.execute("SELECT sha256, data FROM blob")
        return [str(digest) for digest, data in rows if hashlib.sha256(bytes(data)).hexdigest() != digest]
