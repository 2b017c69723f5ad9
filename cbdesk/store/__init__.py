"""Keeping: the encrypted register, its journal and its disposable tables. SQLite and sqlite-utils live only here."""

from cbdesk.store.journal import Draft, Projected, Written
from cbdesk.store.ledger import Bundle, Ledger, Peer
from cbdesk.store.library import problem_of
from cbdesk.store.lock import FolderLock
from cbdesk.store.store import Store
from cbdesk.store.streams import Stream

__all__ = ["Bundle", "Draft", "FolderLock", "Ledger", "Peer", "Projected", "Store", "Stream", "Written", "problem_of"]
