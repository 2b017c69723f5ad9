"""The desk: the one roof under which the window and the command line find the same verbs, each one unit of work."""

from __future__ import annotations

from cbdesk.desk.answering import Answering
from cbdesk.desk.batches import Batches
from cbdesk.desk.directory import Directory
from cbdesk.desk.duties import Duties
from cbdesk.desk.filling import Filling
from cbdesk.desk.handing import Handing
from cbdesk.desk.joining import Joining
from cbdesk.desk.second import SecondKeying


class Desk(Handing, Joining, Batches, Filling, Answering, SecondKeying, Duties, Directory):
    """An open register and everything an officer does with it. Not for use from two threads at once."""
