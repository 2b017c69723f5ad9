"""The desk: the one roof under which the window and the command line find the same verbs, each one unit of work."""

from __future__ import annotations

from cbdesk.desk.across import Crossing
from cbdesk.desk.adding import Adding
from cbdesk.desk.answering import Answering
from cbdesk.desk.aside import SettingAside
from cbdesk.desk.benefits import Benefits
from cbdesk.desk.board import Boards
from cbdesk.desk.conflicts import Conflicts
from cbdesk.desk.counting import Counting
from cbdesk.desk.crosschecking import CrossChecking
from cbdesk.desk.designing import Designing
from cbdesk.desk.duties import Duties
from cbdesk.desk.extracting import Extracting
from cbdesk.desk.filling import Filling
from cbdesk.desk.handouts import Handouts
from cbdesk.desk.moving import Moving
from cbdesk.desk.noting import Noting
from cbdesk.desk.on_behalf import OnBehalf, Totals
from cbdesk.desk.passing import Passing
from cbdesk.desk.people import People
from cbdesk.desk.posting import Posting
from cbdesk.desk.practising import Practising
from cbdesk.desk.proving import Proving
from cbdesk.desk.reminding import Reminding
from cbdesk.desk.reopening import Reopening
from cbdesk.desk.retaining import Retaining
from cbdesk.desk.returning import Returning
from cbdesk.desk.rotating import Rotating
from cbdesk.desk.seasons import Seasons
from cbdesk.desk.second import SecondKeying
from cbdesk.desk.showing import Showing
from cbdesk.desk.succession import Successions
from cbdesk.desk.trusting import Trusting
from cbdesk.desk.villages import Villages
from cbdesk.desk.works import Works


class Desk(
    People,
    Reopening,
    Trusting,
    Posting,
    Rotating,
    Adding,
    Crossing,
    Noting,
    Passing,
    SettingAside,
    Successions,
    Extracting,
    Retaining,
    Conflicts,
    OnBehalf,
    Moving,
    Seasons,
    Filling,
    Answering,
    SecondKeying,
    Handouts,
    Designing,
    Totals,
    Showing,
    Counting,
    Duties,
    Reminding,
    Boards,
    Returning,
    Villages,
    Benefits,
    Works,
    Practising,
    CrossChecking,
    Proving,
):
    """An open register and everything an officer does with it. Not for use from two threads at once."""
