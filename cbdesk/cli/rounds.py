"""Commands of the monthly round: make and print village sheets, key them back, see which villages have returned."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cbdesk import clock, kinds, rounds
from cbdesk.change import Value
from cbdesk.cli.frame import Context, Verbs, existing, lockable, passes, program
from cbdesk.cli.quality import village_id
from cbdesk.desk.rounds import Sheet
from cbdesk.rounds import NEW
from cbdesk.words import say


@program.group("round", cls=Verbs)
def round_() -> None:
    """Hold the verbs of the monthly round."""


@round_.command()
@click.argument("month")
@click.option("--village", "villages", metavar="V", multiple=True)
@click.option("--again", is_flag=True)
@passes
def make(context: Context, month: str, villages: tuple[str, ...], again: bool) -> None:
    """Make the sheets of a month, of all villages without one or of some."""
    with context.open() as opened:
        places = [village_id(opened, one) for one in villages] or None
        made, batch = opened.round_make(month, places, again=again)
        context.tell(say("cli.round_made", n=len(made), children=sum(one.lines for one in made)))
        context.answer({"sheets": [_sheet(one) for one in made], "batch": batch})


@round_.command()
@click.argument("month", required=False)
@passes
def sheets(context: Context, month: str | None) -> None:
    """List the sheets of a month, or all."""
    with context.open() as opened:
        found = opened.round_sheets(month)
        for one in found:
            context.tell(say("cli.round_sheet", number=one.number, village=one.village_name, month=one.month,
                             lines=one.lines, returned=one.returned_on or "–"))  # fmt: skip
        context.answer({"sheets": [_sheet(one) for one in found]})


@round_.command()
@click.argument("month")
@passes
def board(context: Context, month: str) -> None:
    """Show which villages have returned in a month."""
    with context.open() as opened:
        places = opened.round_board(month)
        for one in places:
            changes = sum(back.changes for sheet in one.sheets for back in sheet.returns)
            context.tell(say("cli.round_place", village=one.name, state=say(f"rounds.state.{one.state}"), n=changes))
        context.answer({"villages": [
            {"village": one.village, "name": one.name, "children": one.children, "state": one.state,
             "sheets": [_sheet(sheet) for sheet in one.sheets], "past": dict(one.past)}
            for one in places
        ]})  # fmt: skip


@round_.command()
@click.argument("numbers", metavar="[SHEET ...]", nargs=-1)
@click.option("--month", metavar="MONTH")
@click.option("--out", default=".", callback=existing)
@lockable
@passes
def file(context: Context, numbers: tuple[str, ...], month: str | None, out: Path) -> None:
    """Write sheets, or all of a month, as one PDF; without either an empty sheet to write on."""
    with context.open() as opened:
        wanted = [opened.round_find(one).id for one in numbers]
        wanted += [one.id for one in opened.round_sheets(month)] if month else []
        paper = opened.round_paper(wanted) if wanted else opened.round_blank()
        made = opened.round_file(paper, out, overwrite=True)
        context.tell(str(made))
        context.answer({"files": [made]})


@round_.command()
@click.argument("number", metavar="SHEET")
@click.argument("line", type=int)
@click.argument("letter")
@click.argument("data", metavar="FIELD=VALUE ...", nargs=-1)
@passes
def key(context: Context, number: str, line: int, letter: str, data: tuple[str, ...]) -> None:
    """Key the answer to one line of a sheet; line 0 and "new" is a child that is on no line."""
    kind = rounds.answer(letter)
    given: dict[str, Value] = {}
    for one in data:
        name, sign, typed = one.partition("=")
        if not sign:
            raise click.BadParameter(one, param_hint="FIELD=VALUE")
        item = kind.field(name)
        read = kinds.of(item).read(typed, item, clock.today())
        given[name] = typed if read.value is None else read.value
    with context.open() as opened:
        saved = opened.round_key(opened.round_find(number).id, line, kind.code, given)
        for finding in saved.findings:
            context.tell(f"  {say(f'cli.level.{finding.level}')}: {finding.text}")
        context.answer({"key": saved.id, "findings": [one.as_dict() for one in saved.findings]}, part=saved.id is None)


@round_.command()
@click.argument("number", metavar="SHEET")
@passes
def keyed(context: Context, number: str) -> None:
    """Show what was keyed of a sheet and is not written yet."""
    with context.open() as opened:
        found = opened.round_keyed(opened.round_find(number).id)
        for one in found:
            title = rounds.answers()[one.answer].title
            context.tell(f"  {one.line or NEW} · {title}" + (f" · {one.words}" if one.words else ""))
        context.answer({"answers": [
            {"key": one.key, "line": one.line, "answer": one.answer, "data": dict(one.data)} for one in found
        ]})  # fmt: skip


@round_.command()
@click.argument("number", metavar="SHEET")
@click.argument("name", metavar="KEY")
@passes
def drop(context: Context, number: str, name: str) -> None:
    """Forget one answer that was keyed and is not written yet."""
    with context.open() as opened:
        sheet = opened.round_find(number).id
        opened.round_drop(sheet, name)
        context.answer({"waiting": len(opened.round_keyed(sheet))})


@round_.command("return")
@click.argument("number", metavar="SHEET")
@click.option("--unchanged", is_flag=True)
@click.option("--again", is_flag=True)
@passes
def return_(context: Context, number: str, unchanged: bool, again: bool) -> None:
    """Write what was keyed of a sheet, or that nothing changed in the village; one undo takes it back."""
    with context.open() as opened:
        sheet = opened.round_find(number).id
        write = opened.round_unchanged if unchanged else opened.round_return
        saved = write(sheet, again=again)
        changes = opened.round_sheet(sheet).returns[-1].changes
        context.tell(say("cli.round_returned", n=changes))
        context.answer({"id": saved.id, "batch": saved.batch, "changes": changes})


def _sheet(one: Sheet) -> dict[str, Any]:
    return {
        "id": one.id, "number": one.number, "month": one.month, "village": one.village_name, "made_on": one.made_on,
        "lines": one.lines,
        "returns": [
            {"on": back.on, "by": back.by, "changes": back.changes, "batch": back.batch} for back in one.returns
        ],
    }  # fmt: skip
