"""The desk: the one roof under which the window and the command line find the same verbs, each one unit of work."""

from __future__ import annotations

from cbdesk.desk.duplicates import Duplicates
from cbdesk.desk.lists import Lists
from cbdesk.desk.reading import Reading
from cbdesk.desk.sheets import Sheets


class Desk(Lists, Duplicates, Reading, Sheets):
    """An open register and everything an officer does with it. Not for use from two threads at once."""
