"""Commands about the data itself: what is missing, contradicting or doubtful, and the round trip with the police."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import click

from cbdesk.cli.frame import Context, Verbs, existing, lockable, passes, program
from cbdesk.desk import Desk
from cbdesk.desk.answering import AnswerLine, CleaningAnswer
from cbdesk.errors import Problem
from cbdesk.quality import fault_kinds
from cbdesk.words import say


@program.command()
@click.option("--village", metavar="V")
@passes
def quality(context: Context, village: str | None) -> None:
    """Count what is missing, contradicting or doubtful."""
    with context.open() as opened:
        found = opened.quality(village_id(opened, village) if village is not None else None)
        for fault in found.faults:
            if fault.count:
                context.tell(say("cli.fault", n=fault.count, title=fault.title))
        context.tell(say("cli.quality", whole=found.whole, children=found.children))
        context.answer(found.as_dict())


def village_id(opened: Desk, written: str) -> str:
    """Return the id of a village given by id or name. Raises ``Problem(no_record)``."""
    return opened.village_named(written)


# --- the round trip with the police ----------------------------------------------------------------------------------


@program.group(cls=Verbs)
def cleaning() -> None:
    """Hold the verbs of the round trip with the commune police."""


@cleaning.command()
@click.option("--village", "villages", metavar="V", multiple=True)
@click.option("--fault", "faults", metavar="CODE", multiple=True)
@click.option("--again", is_flag=True)
@passes
def make(context: Context, villages: tuple[str, ...], faults: tuple[str, ...], again: bool) -> None:
    """Make a list for the police."""
    known = [code for code, kind in fault_kinds().items() if kind.ask]
    for one in faults:
        if one not in known:
            raise click.BadParameter(f"{one} ({', '.join(known)})", param_hint="--fault")
    with context.open() as opened:
        places = [village_id(opened, one) for one in villages] or None
        saved = opened.cleaning_make(places, list(faults) or None, again=again)
        made = opened.cleaning_list(str(saved.id))
        context.tell(say("cli.cleaning_made", number=made.number, rows=made.rows))
        context.answer({"id": made.id, "number": made.number, "rows": made.rows, "batch": saved.batch})


@cleaning.command("list")
@passes
def lists(context: Context) -> None:
    """List what was sent to the police."""
    with context.open() as opened:
        found = opened.cleaning_lists()
        for one in found:
            context.tell(say("cli.cleaning_list", number=one.number, made=one.made_on, rows=one.rows, n=one.answered))
        context.answer({"lists": [
            {"id": one.id, "number": one.number, "made_on": one.made_on, "rows": one.rows, "answered": one.answered,
             "open": one.open, "villages": list(one.villages)}
            for one in found
        ]})  # fmt: skip


@cleaning.command()
@click.argument("name", metavar="LIST")
@click.option("--out", default=".", callback=existing)
@click.option("--format", "formats", default="xlsx,pdf")
@lockable
@passes
def files(context: Context, name: str, out: Path, formats: str) -> None:
    """Write a list as workbook and paper."""
    chosen = [one.strip() for one in formats.split(",") if one.strip()]
    if not chosen or any(one not in ("xlsx", "pdf") for one in chosen):
        raise click.BadParameter(formats, param_hint="--format")
    with context.open() as opened:
        made = opened.cleaning_files(_list(opened, name), out, chosen, overwrite=True)
        context.tell(", ".join(map(str, made)))
        context.answer({"files": made})


@cleaning.command()
@click.argument("file", callback=existing)
@click.option("--list", "name", metavar="LIST")
@click.option("--take", is_flag=True)
@click.option("--on", "signed", metavar="DATE")
@passes
def read(context: Context, file: Path, name: str | None, take: bool, signed: str | None) -> None:
    """Show what an answered workbook would change; with --take write it."""
    with context.open() as opened:
        answer = opened.cleaning_read(_list(opened, name) if name else opened.cleaning_find(file), file)
        saved = opened.cleaning_take(answer, on=_day(signed)) if take else None
        counts = Counter(one.state for one in answer.lines)
        for line in answer.lines:
            for item in line.fields:
                context.tell(f"  {line.line} · {item.title}: {item.old or '–'} → {item.new}")
                for finding in item.findings:
                    context.tell(f"      {say(f'cli.level.{finding.level}')}: {finding.text}")
        context.tell(say("cli.cleaning_read", new=counts["new"], confirmed=counts["confirmed"], same=counts["same"],
                         empty=counts["empty"], odd=len(answer.odd)))  # fmt: skip
        partly = bool(answer.odd) or any(not item.readable for line in answer.lines for item in line.fields)
        context.answer(_answer(answer, counts) | {"batch": saved.batch if saved else None}, part=partly)


@cleaning.command()
@click.argument("name", metavar="LIST")
@click.argument("line", type=int)
@click.argument("data", metavar="FIELD=VALUE ...", nargs=-1)
@click.option("--on", "signed", metavar="DATE")
@passes
def key(context: Context, name: str, line: int, data: tuple[str, ...], signed: str | None) -> None:
    """Key the answer to one line of the paper."""
    given: dict[str, object] = {}
    for one in data:
        field, sign, value = one.partition("=")
        if not sign and field != "right":
            raise click.BadParameter(one, param_hint="FIELD=VALUE")
        given[field] = value if sign else True
    with context.open() as opened:
        saved = opened.cleaning_key(_list(opened, name), line, given, on=_day(signed))
        for finding in saved.findings:
            context.tell(f"  {say(f'cli.level.{finding.level}')}: {finding.text}")
        context.answer({"id": saved.id, "batch": saved.batch, "findings": [one.as_dict() for one in saved.findings]})


@cleaning.command()
@click.argument("name", metavar="LIST")
@passes
def close(context: Context, name: str) -> None:
    """Await no more answers to a list."""
    with context.open() as opened:
        context.saved(opened.cleaning_close(_list(opened, name)), "cli.cleaning_closed")


def _list(opened: Desk, written: str) -> str:
    """Return the id of a list given by id or number. Raises ``Problem(no_record)``."""
    for one in opened.cleaning_lists():
        if written.casefold() in (one.id, one.number.casefold()):
            return one.id
    raise Problem("no_record")


def _day(written: str | None) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise click.BadParameter(str(written), param_hint="--on") from None


def _answer(answer: CleaningAnswer, counts: Counter[Any]) -> dict[str, Any]:
    return {
        "list": answer.list_id,
        "counts": dict(counts),
        "lines": [_line(one) for one in answer.lines if one.state != "empty"],
        "odd": [{"sheet": one.sheet, "row": one.row, "reason": one.reason} for one in answer.odd],
    }


def _line(one: AnswerLine) -> dict[str, Any]:
    return {
        "line": one.line, "child": one.child, "state": one.state, "verified_id": one.verified_id or None,
        "no_id": one.no_id, "note": one.note,
        "fields": [
            {"field": item.name, "from": item.was, "to": item.value, "readable": item.readable,
             "findings": [finding.as_dict() for finding in item.findings]}
            for item in one.fields
        ],
    }  # fmt: skip
