"""The desk: the one roof under which the window and the command line find the same verbs, each one unit of work."""

from __future__ import annotations

from cbdesk.desk.joining import Joining
from cbdesk.desk.reading import Reading


class Desk(Joining, Reading):
    """An open register and everything an officer does with it. Not for use from two threads at once."""
