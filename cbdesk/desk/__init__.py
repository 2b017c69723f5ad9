"""The roof: verbs of the officer's work. The window and the command line are two thin callers of what stands here."""

from cbdesk.desk.base import Changed, Saved, problem_of
from cbdesk.desk.batches import Batch
from cbdesk.desk.carrying import Received, Sent
from cbdesk.desk.desk import Desk
from cbdesk.desk.lists import ChildRow
from cbdesk.desk.opening import SetupDone, change_password, officers, peek, recover, restore, setup, unlock
from cbdesk.desk.reading import Fate, Imported
from cbdesk.desk.upkeep import doctor

__all__ = [
    "Batch",
    "Changed",
    "ChildRow",
    "Desk",
    "Fate",
    "Imported",
    "Received",
    "Saved",
    "Sent",
    "SetupDone",
    "change_password",
    "doctor",
    "officers",
    "peek",
    "problem_of",
    "recover",
    "restore",
    "setup",
    "unlock",
]
