"""The roof: verbs of the officer's work. The window and the command line are two thin callers of what stands here."""

from cbdesk.desk.base import Changed, Saved, problem_of
from cbdesk.desk.batches import Batch
from cbdesk.desk.carrying import Received, Sent
from cbdesk.desk.desk import Desk
from cbdesk.desk.lists import ChildRow
from cbdesk.desk.locked_out import Asked, reopen_accept, reopen_request
from cbdesk.desk.opening import SetupDone, change_password, officers, peek, recover, restore, setup, unlock
from cbdesk.desk.people import Person
from cbdesk.desk.posting import Posted, PostSettings, SentOver
from cbdesk.desk.proving import LogFault, fault_text
from cbdesk.desk.reading import Fate, Imported
from cbdesk.desk.reopening import make_province_keys, rewrap_province_keys
from cbdesk.desk.upkeep import doctor
from cbdesk.errand import Errand

__all__ = [
    "Asked",
    "Batch",
    "Changed",
    "ChildRow",
    "Desk",
    "Errand",
    "Fate",
    "Imported",
    "LogFault",
    "Person",
    "PostSettings",
    "Posted",
    "Received",
    "Saved",
    "Sent",
    "SentOver",
    "SetupDone",
    "change_password",
    "doctor",
    "fault_text",
    "make_province_keys",
    "officers",
    "peek",
    "problem_of",
    "recover",
    "reopen_accept",
    "reopen_request",
    "restore",
    "rewrap_province_keys",
    "setup",
    "unlock",
]
