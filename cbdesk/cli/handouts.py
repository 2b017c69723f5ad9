"""Commands of lists put together in the window, and of giving lists: chosen, ticked, printed, recorded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from cbdesk import carrier
from cbdesk.cli.frame import Context, existing, lockable, passes, program
from cbdesk.desk.handouts import Candidate
from cbdesk.words import say


@program.command("layout-out")
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path), callback=existing)
@click.option("--overwrite", is_flag=True)
@passes
def layout_out(context: Context, name: str, file: Path, overwrite: bool) -> None:
    """Write a list of the office as a file another office can load."""
    with context.open() as opened:
        content = opened.carried_list(name)
        carrier.write_atomic(file, content.encode(), overwrite=overwrite)
        context.tell(say("cli.layout_written", name=file.name))
        context.answer({"name": name, "file": str(file)})


def conditions(context: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> dict[str, list[str]]:
    """Read conditions: ``name=code,code``."""
    if any("=" not in one for one in value):
        raise click.BadParameter(" ".join(value))
    return {name: codes.split(",") for name, _, codes in (one.partition("=") for one in value)}


def ages(context: click.Context, parameter: click.Parameter, value: str | None) -> tuple[int, int] | None:
    """Read years from and to: ``6-11``."""
    first, dash, last = (value or "").partition("-")
    if value is None:
        return None
    if not (dash and first.isdigit() and last.isdigit() and int(first) <= int(last)):
        raise click.BadParameter(value)
    return int(first), int(last)


@program.command()
@passes
def handouts(context: Context) -> None:
    """List the giving lists."""
    with context.open() as opened:
        rows = opened.handouts()
        for row in rows:
            counted = say("cli.handout_counts", n=row["lines"], received=row["received"], recorded=row["recorded"])
            context.tell(f"{row['id']}  {row.get('on') or ''}  {row.get('title') or ''} · {counted}")
        context.answer({"handouts": rows})


@program.command()
@click.argument("record", metavar="ID")
@passes
def handout(context: Context, record: str) -> None:
    """Show a giving list."""
    with context.open() as opened:
        made = opened.handout(record)
        for one in made.lines:
            context.tell(f"{one.line['id']}  {one.name} · {one.village_name}")
        villages = [{"village": one, "chosen": chosen, "quota": quota or None}
                    for one, (chosen, quota) in made.by_village().items()]  # fmt: skip
        context.answer({**made.row, "lines": [_told(one) for one in made.lines], "villages": villages,
                        "received": made.received, "open": made.open})  # fmt: skip


def _told(one: Candidate) -> dict[str, Any]:
    already = [{"giver": got.giver, "what": got.what, "on": got.on, "listed": got.listed} for got in one.already]
    return {"line": one.line.get("id"), "child": one.child or None, "full_name": one.name, "village": one.village_name,
            "received": bool(one.line.get("received")), "support": one.line.get("support"), "already": already,
            "extras": dict(one.values or {})}  # fmt: skip


def _asked(command: Callable[..., None]) -> Callable[..., None]:
    for option in (click.option("--ages", "years", metavar="A-B", callback=ages),
                   click.option("--where", multiple=True, metavar="NAME=CODE,…", callback=conditions)):  # fmt: skip
        command = option(command)
    return command


@program.command("handout-choose")
@click.argument("record", metavar="ID")
@_asked
@click.option("--child", "children", multiple=True, metavar="ID")
@click.option("--dry-run", is_flag=True)
@passes
def handout_choose(
    context: Context, record: str, where: dict[str, list[str]], years: tuple[int, int] | None,
    children: tuple[str, ...], dry_run: bool,
) -> None:  # fmt: skip
    """Put children on a giving list, by conditions or one by one."""
    with context.open() as opened:
        found: list[Candidate] = []
        if where or years:
            found = opened.handout_choices(record, where, years)
        batch = None
        if not dry_run and (where or years):
            batch = opened.choose(record, [one.child for one in found], how="criteria", where=where, ages=years).batch
        if not dry_run and children:
            batch = opened.choose(record, children).batch or batch
        new = len([one for one in found if not one.line])
        context.tell(say("cli.handout_chosen", n=len(found) + len(children), new=new))
        context.answer({"fits": [_told(one) for one in found], "batch": batch})


@program.command("handout-tick")
@click.argument("record", metavar="ID")
@click.argument("lines", nargs=-1, metavar="LINE…")
@click.option("--all", "everything", is_flag=True)
@click.option("--not", "taken_back", is_flag=True)
@passes
def handout_tick(
    context: Context, record: str, lines: tuple[str, ...], everything: bool, taken_back: bool
) -> None:
    """Say which lines were received."""
    with context.open() as opened:
        if everything:
            lines = tuple(str(one.line["id"]) for one in opened.handout(record).lines)
        batch = opened.tick(record, lines, received=not taken_back).batch
        context.tell(say("cli.handout_ticked", n=len(lines)))
        context.answer({"lines": list(lines), "batch": batch})


@program.command("handout-record")
@click.argument("record", metavar="ID")
@passes
def handout_record(context: Context, record: str) -> None:
    """Record what was received with every child."""
    with context.open() as opened:
        n, saved = opened.record_handout(record)
        context.tell(say("cli.handout_recorded", n=n))
        context.answer({"recorded": n, "batch": saved.batch})


@program.command("handout-paper")
@click.argument("record", metavar="ID")
@click.option("--out", type=click.Path(path_type=Path), required=True, callback=existing)
@click.option("--format", "formats", type=click.Choice(["pdf", "xlsx"]), multiple=True)
@click.option("--overwrite", is_flag=True)
@lockable
@passes
def handout_paper(context: Context, record: str, out: Path, formats: tuple[str, ...], overwrite: bool) -> None:
    """Write the paper of a giving list."""
    with context.open() as opened:
        files = opened.handout_files(record, out, formats or ("pdf", "xlsx"), overwrite=overwrite)
        for one in files:
            context.tell(one)
        context.answer({"files": files})
