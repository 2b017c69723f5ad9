"""What is to be done, derived from the register each time and never stored: the tasks of *Hôm nay*.

Rules. A task leaves when the thing is done. It says what, about whom, until when, and where to go. A child kept apart,
and every child of an incident, is not named here. Times run on the clock, dates by the day of Vietnam.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from cbdesk import clock, dates
from cbdesk.desk import ChildRow, Desk
from cbdesk.words import say
from ui.lists.childlist import SOON_DAYS
from ui.lists.dues import due_tasks, who_of
from ui.lists.task import GROUPS, LATE, TODAY, Task, day_month

SILENT_DAYS = 31
"""Days without a confirmation after which we ask; the lists travel monthly."""
NEXT_YEAR = 400


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
    enrolled: bool
    clock_behind: bool = False
    """Whether stored stamps lie ahead of the clock."""
    then: date | None = None
    """The next date on which something falls due, where nothing does within the days shown."""

    @property
    def empty(self) -> bool:
        """Return whether the book is still empty."""
        figures = self.overview["figures"]
        return not figures["children"] and not figures["incidents"] and not self.overview["drafts"]


def read_today(desk: Desk, mine: Sequence[str] = ()) -> Today:
    """Read the page, its work for some villages alone; runs on the desk's thread."""
    day, rows = clock.today(), desk.children()
    overview, status = desk.overview(rows), desk.status()
    peers = [one for one in desk.peers() if one.role == "receiver"]
    bundles = tuple(one for one in desk.bundles() if one["state"] != "ack")
    waiting: Mapping[str, tuple[int, int]] = {}
    if desk.role == "commune" and peers and status["unsent"]:
        waiting = desk.preview()["counts"]
    tasks = [*_drafts(overview["drafts"], rows), *_backup(desk, status)]
    then = None
    if desk.role == "commune":
        notes = {str(row["id"]): str(row.get("record") or "") for row in desk.all_rows("note")}
        cards = sum("card_ends" in row.missing for row in rows if row.here and (not mine or row.village in mine))
        due = due_tasks(desk.due(within=SOON_DAYS, villages=mine), rows, notes, cards)
        then = None if due else next((one.due.date() for one in desk.due(within=NEXT_YEAR, villages=mine)), None)
        tasks += [*due, *_carrying(status, bundles, enrolled=bool(peers), day=day)]
    else:
        tasks += [*due_tasks(desk.due(within=SOON_DAYS), rows, {}, 0), *_units(status)]
    return Today(
        day=day,
        role=desk.role,
        receiver=desk.peer_name(peers[-1]) if peers else "",
        overview=overview,
        status=status,
        tasks=tuple(sorted(tasks, key=lambda one: (GROUPS.index(one.group), one.order, one.title))),
        waiting=waiting,
        bundles=bundles,
        enrolled=bool(peers),
        clock_behind=desk.clock_behind(),
        then=then,
    )


def _drafts(drafts: list[tuple[str, str, str]], rows: list[ChildRow]) -> list[Task]:
    known = {row.id: row for row in rows}
    found = []
    for form, record, at in drafts:
        kind = form if form in ("child", "incident", "second") else "other"
        row = known.get(record) if form == "child" else None
        who, more, hidden = who_of(row) if row else (say("today.task.new_record"), "", False)
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


def _units(status: Mapping[str, Any]) -> list[Task]:
    """Return the units of whom a bundle waits for an earlier one."""
    found = []
    for one in status["peers"]:
        if one["role"] != "commune":
            continue
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
    return found
