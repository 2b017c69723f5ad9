"""The store's own tables, each step a registered migration applied in one transaction with the row that records it.

``change`` lines live in ``op``, which only grows: triggers refuse UPDATE and DELETE, except the one update that blanks
a line for a legal deletion and leaves its digest. Everything else here is either a ledger (streams, peers, bundles,
trusted devices) or disposable. A newer ``STORE`` version is refused with words (S-02).

Source: ``spec/bundle.md`` 4.2, 4.7.
"""

from __future__ import annotations

from cbdesk.store.library import Database, Migrations

migrations = Migrations("store")

_FIRST = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE stream(
  s TEXT PRIMARY KEY, device TEXT NOT NULL, unit TEXT NOT NULL, role TEXT NOT NULL,
  n INTEGER NOT NULL, h BLOB NOT NULL, key TEXT, sig TEXT, state TEXT NOT NULL) STRICT;
CREATE TABLE op(
  s TEXT NOT NULL, n INTEGER NOT NULL, c INTEGER NOT NULL, r TEXT NOT NULL, g TEXT NOT NULL,
  line TEXT NOT NULL, h BLOB NOT NULL, bundle INTEGER, PRIMARY KEY(s, n)) STRICT;
CREATE INDEX op_record ON op(r);
CREATE INDEX op_batch ON op(g) WHERE bundle IS NULL;
CREATE TRIGGER op_keep BEFORE DELETE ON op BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
CREATE TRIGGER op_fixed BEFORE UPDATE ON op
  WHEN NOT (NEW.line LIKE '{"erased":"%' AND NEW.s = OLD.s AND NEW.n = OLD.n AND NEW.c = OLD.c
            AND NEW.r = OLD.r AND NEW.h = OLD.h)
  BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
CREATE TABLE conflict(
  t TEXT NOT NULL, r TEXT NOT NULL, f TEXT NOT NULL, c INTEGER NOT NULL, s TEXT NOT NULL, value TEXT,
  PRIMARY KEY(t, r, f, c, s)) STRICT;
CREATE TABLE erasure(r TEXT NOT NULL, unit TEXT NOT NULL, PRIMARY KEY(r, unit)) STRICT;
CREATE TABLE quarantine(
  s TEXT NOT NULL, n INTEGER NOT NULL, bundle INTEGER, reason TEXT NOT NULL, line TEXT, PRIMARY KEY(s, n, reason))
  STRICT;
CREATE TABLE peer(node TEXT PRIMARY KEY, have TEXT NOT NULL, heard INTEGER, told TEXT NOT NULL) STRICT;
CREATE TABLE bundle(
  no INTEGER PRIMARY KEY, dir TEXT NOT NULL, manifest_sha256 TEXT UNIQUE, file_sha256 TEXT, sender TEXT NOT NULL,
  code TEXT NOT NULL, result TEXT NOT NULL, manifest TEXT, file TEXT, at TEXT NOT NULL) STRICT;
CREATE INDEX bundle_file ON bundle(file_sha256);
CREATE TABLE device(
  key TEXT PRIMARY KEY, node TEXT NOT NULL, unit TEXT NOT NULL, role TEXT NOT NULL, name TEXT NOT NULL,
  sign TEXT NOT NULL, age TEXT NOT NULL, status TEXT NOT NULL, card BLOB NOT NULL, at TEXT NOT NULL) STRICT;
CREATE TABLE draft(
  form TEXT NOT NULL, record TEXT NOT NULL, data TEXT NOT NULL, officer TEXT NOT NULL, at TEXT NOT NULL,
  PRIMARY KEY(form, record)) STRICT;
CREATE TABLE access(
  n INTEGER PRIMARY KEY, at TEXT NOT NULL, by TEXT NOT NULL, what TEXT NOT NULL, record TEXT NOT NULL,
  detail TEXT NOT NULL, h BLOB NOT NULL) STRICT;
"""

_BLOBS = """
CREATE TABLE blob(sha256 TEXT PRIMARY KEY, size INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
CREATE TABLE blob_held(node TEXT NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY(node, sha256)) STRICT;
UPDATE meta SET value = '2' WHERE key = 'store';
"""

_TRUST = """
CREATE TABLE trust(version INTEGER PRIMARY KEY, body BLOB NOT NULL, sig BLOB NOT NULL, at TEXT NOT NULL) STRICT;
CREATE TABLE log_head(
  node TEXT NOT NULL, life TEXT NOT NULL, n INTEGER NOT NULL, h TEXT NOT NULL, c INTEGER NOT NULL,
  began INTEGER NOT NULL, at TEXT NOT NULL, PRIMARY KEY(node, life, n, h)) STRICT;
CREATE TABLE ended(key TEXT PRIMARY KEY, at TEXT NOT NULL, reason TEXT NOT NULL, heads TEXT NOT NULL) STRICT;
CREATE TABLE endorsed(key TEXT PRIMARY KEY, card TEXT NOT NULL, by TEXT NOT NULL, sig TEXT NOT NULL) STRICT;
CREATE TRIGGER access_keep BEFORE DELETE ON access BEGIN SELECT RAISE(ABORT, 'the access log only grows'); END;
CREATE TRIGGER access_fixed BEFORE UPDATE ON access BEGIN SELECT RAISE(ABORT, 'the access log only grows'); END;
CREATE TABLE typed(
  form TEXT NOT NULL, record TEXT NOT NULL, data TEXT NOT NULL, officer TEXT NOT NULL, at TEXT NOT NULL,
  PRIMARY KEY(form, record, officer)) STRICT;
INSERT INTO typed SELECT form, record, data, officer, at FROM draft;
DROP TABLE draft;
ALTER TABLE typed RENAME TO draft;
UPDATE meta SET value = '3' WHERE key = 'store';
"""


def guards() -> dict[str, str]:
    """Return the triggers by which the two logs only grow: name to statement."""
    statements = [*_statements(_FIRST), *_statements(_TRUST)]
    return {one.split()[2]: one.strip() for one in statements if one.startswith("CREATE TRIGGER ")}


@migrations()
def first(db: Database) -> None:
    """Make the tables of store version 1."""
    for statement in _statements(_FIRST):
        db.execute(statement)


@migrations()
def blobs(db: Database) -> None:
    """Make the tables of store version 2: files inside the register, and which peers hold them."""
    for statement in _statements(_BLOBS):
        db.execute(statement)


@migrations()
def trust(db: Database) -> None:
    """Make the tables of store version 3: signed trust lists, and the heads peers told of their access logs."""
    for statement in _statements(_TRUST):
        db.execute(statement)


def _statements(script: str) -> list[str]:
    """Split a script at statement ends; the bodies of our triggers are single statements closed by ``END;``."""
    found, current = [], ""
    for line in script.strip().splitlines():
        current += line + "\n"
        closed = current.rstrip().endswith(";")
        if closed and ("TRIGGER" not in current or current.rstrip().endswith("END;")):
            found.append(current)
            current = ""
    return found
