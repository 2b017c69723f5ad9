"""What is to be done, derived from the register each time and never stored: the tasks of *Hôm nay*.

Rules. A task leaves when the thing is done. It says what, about whom, until when, and where to go. A child kept apart,
and every child of an incident, is not named here. Times run on the clock, dates by the day of Vietnam.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from cbdesk import clock, dates
from cbdesk.desk import ChildRow, Desk
from cbdesk.desk.lists import here
from cbdesk.words import say
from ui.lists.childlist import SOON_DAYS, village_short
from ui.lists.peek import age_sentence

LATE, TODAY, WEEK, LATER = "late", "today", "week", "later"
GROUPS = (LATE, TODAY, WEEK, LATER)
SILENT_DAYS = 31
"""Days without a confirmation after which we ask; the lists travel monthly."""


@dataclass(frozen=True)
class Task:
    """One thing to do. ``due`` is in words; ``until`` (a moment) makes it count down; ``go`` is (page, details)."""

    id: str
    group: str
    icon: str
    title: str
    who: str = ""
    who_more: str = ""
    due: str = ""
    due_more: str = ""
    until: datetime | None = None
    go: tuple[str, Mapping[str, Any]] = ("", MappingProxyType({}))
    order: str = ""
    hidden: bool = False


@dataclass(frozen=True)
class Today:
    """Everything the page shows."""

    day: date
    role: str
    receiver: str
    overview: Mapping[str, Any]
    status: Mapping[str, Any]
    tasks: tuple[Task, ...]
    waiting: Mapping[str, tuple[int, int]]
    bundles: tuple[Mapping[str, Any], ...]
    incidents: tuple[Mapping[str, Any], ...]
    enrolled: bool

    @property
    def empty(self) -> bool:
        """Return whether the book is still empty."""
        figures = self.overview["figures"]
        return not figures["children"] and not figures["incidents"] and not self.overview["drafts"]


def read_today(desk: Desk) -> Today:
    """Read the page; runs on the desk's thread."""
    day, rows = clock.today(), desk.children()
    overview, status = desk.overview(), desk.status()
    peers = [one for one in desk.peers() if one.role == "receiver"]
    bundles = tuple(one for one in desk.bundles() if one["state"] != "ack")
    waiting: Mapping[str, tuple[int, int]] = {}
    if desk.role == "commune" and peers and status["unsent"]:
        waiting = desk.preview()["counts"]
    tasks = [
        *_urgent(overview["urgent"], day),
        *_drafts(overview["drafts"], rows),
        *_birthdays(rows, day),
        *_cards(overview["gaps"]["card_ends"]),
        *_notes(desk),
        *_backup(desk, status),
    ]
    tasks += (
        _carrying(status, bundles, enrolled=bool(peers), day=day) if desk.role == "commune" else _units(status, day)
    )
    return Today(
        day=day,
        role=desk.role,
        receiver=desk.peer_name(peers[-1]) if peers else "",
        overview=overview,
        status=status,
        tasks=tuple(sorted(tasks, key=lambda one: (GROUPS.index(one.group), one.order, one.title))),
        waiting=waiting,
        bundles=bundles,
        incidents=tuple(overview["urgent"]),
        enrolled=bool(peers),
    )


def day_month(day: date) -> str:
    """Return a day as 12/10."""
    return day.strftime("%d/%m")


def weekday(day: date) -> str:
    """Return the name of a day of the week."""
    return say(f"today.weekday_{day.weekday()}")


def left_words(until: datetime, now: datetime) -> str:
    """Return the time left: "Còn 9 giờ 28 phút"."""
    minutes = int((until - now).total_seconds() // 60)
    if minutes < 0:
        return say("today.over")
    if minutes < 60:
        return say("today.minutes_left", m=minutes)
    return say("today.hours_left", h=minutes // 60, m=minutes % 60)


def _urgent(rows: list[dict[str, Any]], day: date) -> list[Task]:
    found = []
    for row in rows:
        until = clock.moment(str(row["until"]))
        if until is None:
            continue
        same = until.date() == day
        more = say(
            "today.before" if same else "today.before_day", time=until.strftime("%H:%M"), day=day_month(until.date())
        )
        found.append(
            Task(
                f"urgent-{row['id']}",
                TODAY,
                "shield_error",
                say("today.task.urgent"),
                say("today.hidden"),
                say("today.hidden_more"),
                left_words(until, clock.now()),
                more,
                until=until,
                go=("incident", {"id": row["id"]}),
                order=f"0{row['until']}",
                hidden=True,
            )
        )
    return found


def _drafts(drafts: list[tuple[str, str, str]], rows: list[ChildRow]) -> list[Task]:
    known = {row.id: row for row in rows}
    found = []
    for form, record, at in drafts:
        kind = form if form in ("child", "incident", "second") else "other"
        row = known.get(record) if form == "child" else None
        who, more, hidden = _who(row) if row else (say("today.task.new_record"), "", False)
        if form == "incident":
            who, more, hidden = (who, "", False) if record == "new" else (say("today.hidden"), "", True)
        if form == "second":
            who = say("today.task.papers")
        details: dict[str, Any] = {"new": True} if record == "new" else {"id": record}
        found.append(
            Task(
                f"draft-{form}-{record}",
                TODAY,
                "edit",
                say(f"today.task.draft_{kind}"),
                who,
                more,
                say("today.in_today"),
                say("today.kept", time=at[11:16]),
                go=(form, details),
                order=f"1{at}",
                hidden=hidden,
            )
        )
    return found


def _who(row: ChildRow) -> tuple[str, str, bool]:
    """Return (name, age and hamlet, hidden) of a child; who is kept apart is not named."""
    more = say("today.child_more", age=age_sentence(row), village=village_short(row.village_name))
    if row.sensitive:
        return say("today.hidden"), more, True
    return row.name or say("children.unnamed"), more.rstrip(" ·"), False


def _birthdays(rows: list[ChildRow], day: date) -> list[Task]:
    found = []
    for row in rows:
        turns = dates.reaches(row.born, 16) if row.born and here(row.status) else None
        if turns is None or turns - day > timedelta(days=SOON_DAYS):
            continue
        days = (turns - day).days
        group = LATE if days < 0 else TODAY if days == 0 else WEEK if days <= 7 else LATER
        due = (
            say("today.days_late", n=-days)
            if days < 0
            else say("today.in_today")
            if days == 0
            else say("today.in_days", n=days)
        )
        who, more, hidden = _who(row)
        written = turns.strftime("%d/%m/%Y")
        near = say("today.on_day", weekday=weekday(turns), day=day_month(turns))
        found.append(
            Task(
                f"turns-{row.id}",
                group,
                "calendar_ltr",
                say("today.task.turns_16"),
                who,
                more,
                due,
                say("today.since_day", day=written) if days < 0 else near,
                go=("child", {"id": row.id}),
                order=f"5{turns.isoformat()}",
                hidden=hidden,
            )
        )
    return found


def _cards(count: int) -> list[Task]:
    if not count:
        return []
    return [
        Task(
            "cards",
            LATER,
            "heart_pulse",
            say("today.task.cards"),
            say("today.task.cards_who", n=count),
            "",
            say("today.task.cards_due"),
            go=("children", {"filter": ("missing", "card_ends")}),
            order="6",
        )
    ]


def _notes(desk: Desk) -> list[Task]:
    return [
        Task(
            f"note-{row['id']}",
            TODAY,
            "comment",
            say("today.task.note"),
            due=say("today.in_today"),
            go=("child", {"id": row.get("record")}),
            order="2",
        )
        for row in desk.all_rows("note", {"state": "open"})
        if desk.role == "commune"
    ]


def _backup(desk: Desk, status: Mapping[str, Any]) -> list[Task]:
    if not desk.backup_due():
        return []
    last = str(status["last_backup"] or "")
    more = say("today.task.backup_last", day=dates.show_date(last[:10])) if last else say("today.task.backup_never")
    return [
        Task(
            "backup",
            TODAY,
            "database_checkmark",
            say("today.task.backup"),
            more,
            "",
            say("today.in_today"),
            go=("backup", {}),
            order="8",
        )
    ]


def _carrying(
    status: Mapping[str, Any], bundles: tuple[Mapping[str, Any], ...], *, enrolled: bool, day: date
) -> list[Task]:
    if not enrolled:
        return [
            Task(
                "enrol",
                TODAY,
                "key",
                say("today.task.enrol"),
                say("today.task.enrol_who"),
                "",
                say("today.in_today"),
                go=("units", {}),
                order="9",
            )
        ]
    found = []
    if bundles and bundles[0]["state"] == "waiting":
        at = str(bundles[0]["at"])
        written = date.fromisoformat(at[:10])
        group, due = (
            (TODAY, say("today.in_today"))
            if day == written
            else (LATE, say("today.days_late", n=(day - written).days))
            if (day - written).days > SILENT_DAYS
            else (TODAY, "")
        )
        found.append(
            Task(
                "deliver",
                group,
                "usb_stick",
                say("today.task.deliver", n=bundles[0]["no"]),
                say("today.task.changes", n=bundles[0].get("changes", 0)),
                "",
                due,
                say("today.task.deliver_due", day=day_month(written)),
                go=("transfer", {}),
                order="3",
            )
        )
        return found
    heard = str(status["acked_at"] or "")[:10]
    silent = status["unsent"] and (not heard or day - date.fromisoformat(heard) > timedelta(days=SILENT_DAYS))
    if silent and (heard or bundles):
        peer = next((str(one["name"]) for one in status["peers"] if one["role"] == "receiver"), "")
        due = say("today.days_late", n=(day - date.fromisoformat(heard)).days - SILENT_DAYS) if heard else ""
        more = say("today.task.silent_due", day=dates.show_date(heard)) if heard else say("today.task.silent_never")
        found.append(
            Task(
                "silent",
                LATE,
                "mail_inbox_arrow_down",
                say("today.task.silent", name=peer),
                say("today.task.changes", n=status["unsent"]),
                "",
                due,
                more,
                go=("transfer", {}),
                order="3",
            )
        )
    return found


def _units(status: Mapping[str, Any], day: date) -> list[Task]:
    """Return what the receiver has to see to: gaps, silent units, differing values."""
    found = []
    for one in status["peers"]:
        if one["role"] != "commune":
            continue
        heard = str(one["heard_at"] or "")[:10]
        if one["last_result"] == "gap":
            found.append(
                Task(
                    f"gap-{one['device']}",
                    TODAY,
                    "warning",
                    say("today.task.gap"),
                    str(one["name"]),
                    "",
                    "",
                    go=("inbox", {"unit": one["device"]}),
                    order=f"3{one['unit']}",
                )
            )
        elif not heard or day - date.fromisoformat(heard) > timedelta(days=SILENT_DAYS):
            more = say("today.task.silent_due", day=dates.show_date(heard)) if heard else say("today.task.silent_never")
            found.append(
                Task(
                    f"unheard-{one['device']}",
                    LATE if heard else TODAY,
                    "clock",
                    say("today.task.unheard"),
                    str(one["name"]),
                    "",
                    "",
                    more,
                    go=("inbox", {"unit": one["device"]}),
                    order=f"4{one['unit']}",
                )
            )
    if status["conflicts"]:
        found.append(
            Task(
                "conflicts",
                TODAY,
                "branch_compare",
                say("today.task.conflicts"),
                say("today.task.places", n=status["conflicts"]),
                go=("inbox", {}),
                order="7",
            )
        )
    return found
