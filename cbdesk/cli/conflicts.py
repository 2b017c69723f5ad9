"""Commands on what two people wrote without knowing of each other: conflicts, resolve."""

from __future__ import annotations

import click

from cbdesk.cli.frame import Context, passes, program
from cbdesk.desk.conflicts import Conflict, Side
from cbdesk.words import say

VALUE = "value"


@program.command()
@passes
def conflicts(context: Context) -> None:
    """List what two people wrote without knowing of each other."""
    with context.open() as opened:
        found = opened.conflicts()
        for one in found:
            context.tell(f"{one.record}  {one.field}  {one.label}")
            if one.base_by is not None:
                context.tell(say("cli.conflict_base", text=one.base_text or say("cli.conflict_empty")))
            for side in one.sides:
                context.tell(_told(one, side))
        context.tell(say("cli.conflicts", n=len(found)))
        context.answer({"conflicts": [one.as_dict() for one in found]})


def _told(conflict: Conflict, side: Side) -> str:
    who = "; ".join(f"{one.by}, {one.unit} {one.device}, {one.at}" for one in side.writers)
    mark = "*" if side.shown else " "
    text = side.text or say("cli.conflict_empty")
    more = "".join(f"\n      {line}" for line in side.details) if conflict.kind == "gone" else ""
    return f"  {mark} {side.code}: {text} ({who}){more}"


@program.command()
@click.argument("record", metavar="ID")
@click.argument("value", metavar="V", required=False)
@click.option("--field", required=True, metavar="F")
@click.option("--take", required=True, metavar="ours|theirs|base|value V")
@passes
def resolve(context: Context, record: str, value: str | None, field: str, take: str) -> None:
    """Decide what stands in a field two people wrote."""
    if (take == VALUE) != (value is not None):
        raise click.UsageError("--take value V")
    with context.open() as opened:
        saved = opened.resolve(record, field, "" if take == VALUE else take, value=value or None)
        for one in saved.findings:
            context.tell(f"  {say(f'cli.level.{one.level}')}: {one.text}")
        if saved.id is not None:
            context.tell(say("cli.resolved"))
        context.answer({"id": saved.id, "batch": saved.batch, "findings": [one.as_dict() for one in saved.findings]})
        context.code = 0 if saved.id is not None else 1
