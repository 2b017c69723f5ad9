"""Commands on cases: what is due, all cases and one, opening, steps, closing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from cbdesk import clock, dates
from cbdesk.catalogue import catalogue
from cbdesk.cli.frame import Context, existing, lockable, passes, program
from cbdesk.desk import Saved
from cbdesk.desk.cases import CaseLine
from cbdesk.desk.duties import PAPER
from cbdesk.process import CaseState, StepState
from cbdesk.words import say


@program.command()
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--within", type=click.IntRange(0, 3_660), default=7)
@click.option("--village", "villages", multiple=True)
@passes
def due(context: Context, on: datetime | None, within: int, villages: tuple[str, ...]) -> None:
    """Tell what must be done; of some villages, by name or id, where they are given."""
    with context.open() as opened:
        places = opened.villages_named(villages)
        items = [one.as_dict() for one in opened.due(on.date() if on else None, within, places)]
        for one in items:
            details = {key: one.get(key, "") for key in ("title", "measure", "label", "age", "n")}
            told = say(f"due.{one['what']}", **details)
            context.tell(
                say("cli.due", due=one["due"], state=say(f"due.state.{one['state']}"), what=told, id=one["record"])
            )
        context.answer({"items": items})


@program.command()
@click.argument("child", required=False)
@passes
def cases(context: Context, child: str | None) -> None:
    """List the cases."""
    with context.open() as opened:
        found = opened.cases(child)
        for one in found:
            context.tell(f"{one.id}  {one.name}  {_present(one.state)}")
        context.answer({"rows": [_line(one) for one in found]})


@program.command()
@click.argument("case_id", metavar="ID")
@passes
def case(context: Context, case_id: str) -> None:
    """Tell how a case stands."""
    with context.open() as opened:
        view = opened.case(case_id)
        steps = [
            {
                "step": one.step.code,
                "round": one.round,
                "state": one.state,
                "done_at": _done(one),
                "due": one.due.isoformat(timespec="minutes")[:16] if one.due else None,
                "counted": one.counted,
                "from": one.start,
                "waits_for": one.waits_for,
                "form": one.step.form,
                "basis": one.step.basis,
            }
            for one in view.state.steps
        ]
        for told in view.state.steps:
            state = say(f"case.state.{told.state}")
            context.tell(f"{told.step.number}. {told.step.choice.short}: {state}{_when(told)}")
        notes = opened.standing(view)
        for note in notes:
            context.tell(f"  {note.text}")
        context.answer({"id": case_id, "child": view.child, "closed": view.state.facts.closed, "values": view.values,
                        "incidents": [one["id"] for one in view.incidents], "steps": steps, "rows": view.rows,
                        "calendar_known": view.state.calendar_known, "separation": _separation(view.state),
                        "notes": [{"name": one.name, "text": one.text} for one in notes]})  # fmt: skip


@program.command("open-case")
@click.argument("child")
@click.option("--kind", type=click.Choice(["abused", "in_danger", "special"]), required=True)
@click.option("--incident")
@click.option("--received", metavar="TIME")
@click.option("--number")
@click.option("--residence", metavar="UNIT")
@passes
def open_case(
    context: Context,
    child: str,
    kind: str,
    incident: str | None,
    received: str | None,
    number: str | None,
    residence: str | None,
) -> None:
    """Open a case of a child."""
    with context.open() as opened:
        home = catalogue().units.resolve(residence, clock.today()).key if residence else None
        told = {"received_at": received, "number": number, "residence_unit": home}
        data: dict[str, Any] = {"kind": kind} | {key: value for key, value in told.items() if value is not None}
        _tell(context, opened.open_case(child, data, incident=incident), "cli.open_case")


@program.command()
@click.argument("case_id", metavar="CASE")
@click.argument("step_name", metavar="STEP")
@click.option("--at", metavar="TIME")
@click.option("--not-applicable", is_flag=True)
@click.option("--reason")
@click.option("--paper", metavar="NUMBER")
@click.option("--paper-date", metavar="DATE")
@click.option("--round", "round_", type=click.IntRange(1, 99))
@passes
def step(
    context: Context,
    case_id: str,
    step_name: str,
    at: str | None,
    not_applicable: bool,
    reason: str | None,
    paper: str | None,
    paper_date: str | None,
    round_: int | None,
) -> None:
    """Record a step of a case."""
    with context.open() as opened:
        data = {
            "state": "not_applicable" if not_applicable else "done",
            "done_at": at,
            "reason": reason,
            "paper_no": paper,
            "paper_date": paper_date,
        }
        given = {key: value for key, value in data.items() if value is not None}
        _tell(context, opened.finish_step(case_id, step_name, given, round_=round_), "cli.step")


@program.command("close-case")
@click.argument("case_id", metavar="CASE")
@click.option("--end", type=click.Choice(["safe", "unfounded", "transferred", "died", "other"]), required=True)
@click.option("--date", "closed_on", metavar="DATE")
@click.option("--number")
@click.option("--note")
@passes
def close_case(
    context: Context, case_id: str, end: str, closed_on: str | None, number: str | None, note: str | None
) -> None:
    """Close a case."""
    with context.open() as opened:
        data = {"end": end, "closed_on": closed_on, "closing_no": number, "end_note": note}
        given = {key: value for key, value in data.items() if value is not None}
        _tell(context, opened.close_case(case_id, given), "cli.close_case")


@program.command("hand-over")
@click.argument("record", metavar="CASE|CHILD")
@click.argument("unit")
@click.argument("dest", callback=existing)
@passes
def hand_over(context: Context, record: str, unit: str, dest: Path) -> None:
    """Write a case, or a child without one, for another commune."""
    with context.open() as opened:
        hand = opened.hand_child if opened.get(record)["form"] == "child" else opened.hand_over
        written = hand(record, unit, dest)
        context.tell(say("cli.hand_over", file=written))
        context.answer({"file": written})


@program.command()
@click.argument("record", metavar="ID")
@click.argument("file", callback=existing)
@click.option("--title", required=True)
@click.option("--kind", type=click.Choice(["signed", "paper", "photo"]), default="signed")
@passes
def attach(context: Context, record: str, file: Path, title: str, kind: str) -> None:
    """Keep a scan or photo with a record."""
    with context.open() as opened:
        context.saved(opened.attach(record, file, {"title": title, "kind": kind}), "cli.attach")


@program.command()
@click.argument("record", metavar="ID")
@click.option("--out", callback=existing)
@passes
def attachments(context: Context, record: str, out: Path | None) -> None:
    """List the attachments of a record, or write one out."""
    with context.open() as opened:
        if out is not None:
            written = opened.write_attachment(record, out)
            context.tell(say("cli.paper", file=written))
            context.answer({"file": written})
            return
        rows = opened.attachments(record)
        for row in rows:
            context.tell(f"{row['id']}  {row['title']}  {row['size']}")
        context.answer({"rows": rows})


@program.command()
@click.option("--period", required=True)
@click.option("--child")
@click.option("--out", callback=existing)
@lockable
@passes
def duties(context: Context, period: str, child: str | None, out: Path | None) -> None:
    """Tell what was done under Article 53, or write the proof of work."""
    with context.open() as opened:
        if out is not None:
            written = opened.write_paper(PAPER, period, out)
            context.tell(say("cli.paper", file=written))
            context.answer({"file": written})
            return
        found = opened.duties(period, child)
        counts = opened.duty_counts(period)
        for code, n in counts.items():
            context.tell(f"{n:4d}  {catalogue().lists['duty'].label(code)}")
        rows = [{"on": one.on, "duty": one.duty, "form": one.form, "record": one.record, "children": one.children,
                 "text": one.text, "people": one.people} for one in found]  # fmt: skip
        context.answer({"rows": rows, "counts": counts})


def _tell(context: Context, saved: Saved, key: str) -> None:
    """Tell what was written and what is remarked about it; a *stop* has written nothing."""
    for one in saved.findings:
        context.tell(f"  {one.text}")
    refused = saved.id is None
    if not refused:
        context.tell(say(key))
    findings = [{"field": one.field, "level": one.level, "name": one.name, "text": one.text} for one in saved.findings]
    context.answer({"id": saved.id, "batch": saved.batch, "findings": findings}, part=refused)


def _line(one: CaseLine) -> Mapping[str, Any]:
    present = one.state.present
    return {
        "id": one.id,
        "child": one.child,
        "name": one.name,
        "kind": one.values.get("kind"),
        "number": one.values.get("number"),
        "opened_on": one.values.get("opened_on"),
        "closed": one.state.facts.closed,
        "step": present.step.code if present else None,
        "due": present.due.date().isoformat() if present and present.due else None,
        "state": present.state if present else None,
    }


def _done(one: StepState) -> str | None:
    """Return when a step was done, as exactly as it was recorded."""
    stamp = one.done_at.isoformat(timespec="minutes")[:16] if one.done_at else None
    told = (one.row or {}).get("done_at") or (one.row or {}).get("paper_date") or stamp
    return str(told)[:16] if told else None


def _when(one: StepState) -> str:
    """Return when a step was done, or until when it must be."""
    if one.ended:
        done = _done(one)
        return " " + (dates.show_stamp(done) if "T" in done else dates.show_date(done)) if done else ""
    form = "%H:%M %d/%m/%Y" if one.counted == "hours" else "%d/%m/%Y"
    return say("case.until", at=one.due.strftime(form)) if one.due else ""


def _separation(state: CaseState) -> Mapping[str, Any] | None:
    found = state.separation
    if found is None:
        return None
    since, ended = (one.isoformat(timespec="minutes")[:16] if one else None for one in (found.since, found.ended))
    days = {"until": found.until.date().isoformat(), "limit": found.limit.date().isoformat()}
    return {"since": since, **days, "ended": ended}


def _present(state: CaseState) -> str:
    if state.facts.closed:
        return say("case.closed")
    present = state.present
    return present.step.choice.short if present else ""
