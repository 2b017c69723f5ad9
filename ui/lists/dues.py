"""What falls due (``desk.due``) as lines of *Hôm nay*: each opens its place, says until when, and names nobody.

Rules. A child of a case or an incident is never named here, only its age and hamlet; a child that reaches an age or
whose card runs out is, unless it is kept apart. Where hours count, the line ticks. Children who turn 16 in one month
are one line, many cards of one group are one line: it opens their list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from cbdesk import clock
from cbdesk.catalogue import catalogue
from cbdesk.desk import ChildRow
from cbdesk.desk.due import LATER as DUE_LATER
from cbdesk.desk.due import OVERDUE, Due
from cbdesk.desk.due import SOON as DUE_SOON
from cbdesk.desk.due import TODAY as DUE_TODAY
from cbdesk.words import say
from ui.lists.childlist import MONTH, village_short
from ui.lists.peek import age_sentence
from ui.lists.task import LATE, LATER, TODAY, WEEK, Task, day_month, left_words, weekday

GROUP_OF = {OVERDUE: LATE, DUE_TODAY: TODAY, DUE_SOON: WEEK, DUE_LATER: LATER}
NAMED = ("sixteen", "sixteen_allowance", "card")
LAW = {"data_request": "requests", "lost_device": "losses"}
"""Forms whose rows stand on the pages of the law."""
CARE = ("placement", "carer_offer")
"""Forms whose rows stand on the page of alternative care."""
FEW = 3
"""Children of one kind in one group that stand one by one; more become one line."""
ICONS = {"incident": "clipboard_error", "separation": "home_heart", "measure": "checkmark_circle",
         "visit": "home_person", **dict.fromkeys(("sixteen", "sixteen_case", "sixteen_plan", "sixteen_allowance"),
         "calendar_ltr"), "card": "heart_pulse", "paper": "document_table",
         "note": "comment", "round": "home_person", "request": "shield_lock", "request_first": "shield_lock",
         "consent": "shield_checkmark", "breach": "shield_error",
         "benefits": "heart_pulse", "conflicts": "branch_compare", "delivery": "mail_inbox_arrow_down",
         "silent": "clock", "answer": "comment"}  # fmt: skip
STEP_ICONS = {"initial": "shield_checkmark", "emergency": "shield_error", "detailed": "people", "plan": "edit",
              "approval": "building_government", "review": "arrow_sync"}  # fmt: skip


def due_tasks(dues: Sequence[Due], rows: Sequence[ChildRow], notes: Mapping[str, str], cards: int) -> list[Task]:
    """Return the lines of what falls due. ``notes`` maps a note to its record, ``cards`` counts those that end soon."""
    known, today = {row.id: row for row in rows}, clock.today()
    many = {group for group in GROUP_OF.values()
            if sum(one.what == "card" and GROUP_OF[one.state] == group for one in dues) > FEW}  # fmt: skip
    found = [_task(one, at, known.get(one.child), notes, today) for at, one in enumerate(dues)
             if one.what != "card" or (GROUP_OF[one.state] not in many and one.state != DUE_LATER)]  # fmt: skip
    if LATE in many:
        found.append(_line("cards-late", LATE, "card", say("today.task.cards_late"),
                           go=("quality", {"fault": "card_expired"})))  # fmt: skip
    if cards:
        found.append(_line("cards", LATER, "card", say("today.task.cards"), say("today.task.children", n=cards),
                           say("today.task.cards_due"), ("children", {"filter": ("missing", "card_ends")})))
    return found


def _line(
    name: str, group: str, what: str, title: str, who: str = "", due: str = "", go: tuple[str, Any] = ("", {})
) -> Task:  # fmt: skip
    return Task(name, group, ICONS[what], title, who, "", due, go=go, order=f"5{what}")


def _task(one: Due, at: int, row: ChildRow | None, notes: Mapping[str, str], today: date) -> Task:
    detail = one.detail or {}
    who, more, hidden = _who(one, row)
    ticks = one.due if one.hours else None
    group = TODAY if ticks and ticks > clock.now() else GROUP_OF[one.state]
    due, due_more = (left_words(ticks, clock.now()), before(ticks, today)) if ticks else _days(one, today)
    title = _title(one, detail)
    icon = STEP_ICONS.get(detail.get("step", ""), "flow") if one.what == "step" else ICONS.get(one.what, "home_heart")
    icon = "shield_error" if one.what == "incident" and one.hours else icon
    paper = say("today.form", n=detail["paper"]) if detail.get("paper") else ""
    step = detail.get("step", detail.get("measure", ""))
    return Task(f"{one.what}-{one.record}-{step}", group, icon, title, who, more, due, due_more, ticks,
                _go(one, detail, notes), f"{0 if ticks else 1}{at:05}", hidden, paper)  # fmt: skip


def _title(one: Due, detail: Mapping[str, str]) -> str:
    if one.what == "incident":
        return say("today.task.urgent" if one.hours else "due.incident")
    if one.what == "sixteen":
        return say("today.task.turns_16") if one.child else say("today.task.month_16", m=one.due.month, n=detail["n"])
    return say(f"due.{one.what}", **detail)


def _go(one: Due, detail: Mapping[str, str], notes: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """Return where a line leads: the step of the case, the incident, the child, the list, the record of a note."""
    if one.form == "case":
        at = {"step": detail["step"]} if detail.get("step") else {"part": one.what}
        return "case", {"id": one.record, **at}
    if one.form == "report":
        return "reports", {"list": detail["report"], "period": detail["period"]} if detail.get("report") else {}
    if one.what == "sixteen" and not one.child:
        return "children", {"filter": ("age", f"{MONTH}{one.record}")}
    if one.what == "round":
        return "rounds", {"month": one.record}
    if one.what in ("delivery", "silent"):
        return "inbox", {"month": one.record} if one.record else {"filter": "look"}
    if one.form == "conflict":
        return "conflicts", {}
    if one.form == "note":
        return "notes", {"id": one.record}
    if one.what in ("placement_review", "carers_check"):
        return "care", {"form": one.form, "id": one.record}
    if one.form in LAW:
        return LAW[one.form], {"id": one.record}
    if one.form in CARE:
        return "care", {"form": one.form, "id": one.record}
    return one.form, {"id": one.record}


def _who(one: Due, row: ChildRow | None) -> tuple[str, str, bool]:
    if one.what in NAMED:
        return who_of(row) if row else ("", "", False)
    if not one.child and one.form != "incident":
        return "", "", False
    return say("today.hidden"), about(row) if row else say("today.hidden_more"), True


def who_of(row: ChildRow) -> tuple[str, str, bool]:
    """Return (name, age and hamlet, hidden) of a child; who is kept apart is not named."""
    if row.sensitive:
        return say("today.hidden"), about(row), True
    return row.name or say("children.unnamed"), about(row), False


def about(row: ChildRow) -> str:
    """Return age and hamlet of a child."""
    return say("today.child_more", age=age_sentence(row), village=village_short(row.village_name)).rstrip(" ·")


def before(until: datetime, today: date) -> str:
    """Return the hour of a deadline, with its day where that is not today."""
    at, day = until.strftime("%H:%M"), until.date()
    return say("today.before", time=at) if day == today else say("today.before_day", time=at, day=day_month(day))


def _days(one: Due, today: date) -> tuple[str, str]:
    """Return what is left or over in days, and the day."""
    day = one.due.date()
    days = (day - today).days
    if days < 0:
        words = say("today.days_late", n=-days)
        return words, say("today.since_day" if one.what in NAMED else "today.term", day=day_month(day))
    if days == 0:
        return say("today.in_today"), ""
    return say("today.in_days", n=days), say("today.on_day", weekday=weekday(day), day=day_month(day))


def basis_hours(until: datetime) -> datetime:
    """Return when the report of an emergency was received, from its deadline."""
    return until - clock.hours(int(catalogue().deadline("emergency", until.date()).value))
