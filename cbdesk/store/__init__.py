"""Keeping: the encrypted register, its journal and its disposable tables. SQLite and sqlite-utils live only here."""

from cbdesk.store.ledger import Bundle, Ledger, Peer
from cbdesk.store.lock import FolderLock
from cbdesk.store.store import Draft, Store, Stream, Written

__all__ = ["Bundle", "Draft", "FolderLock", "Ledger", "Peer", "Store", "Stream", "Written"]
