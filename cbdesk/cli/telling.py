"""Commands that tell what the register holds: reports and frozen lists."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from cbdesk.cli.frame import Context, existing, passes, program
from cbdesk.words import say


@program.command()
@passes
def reports(context: Context) -> None:
    """List the reports."""
    with context.open() as opened:
        found = opened.reports()
        for one in found:
            context.tell(f"{one['name']}  {one['title']}  ({', '.join(one['periods'])})")
        context.answer({"reports": found})


@program.command()
@click.argument("name")
@click.option("--period", required=True)
@click.option("--out", default=".", callback=existing)
@click.option("--format", "formats", default="xlsx,pdf")
@passes
def report(context: Context, name: str, period: str, out: Path, formats: str) -> None:
    """Make a report."""
    chosen = [one.strip() for one in formats.split(",") if one.strip()]
    if not chosen or any(one not in ("xlsx", "pdf") for one in chosen):
        raise click.BadParameter(formats, param_hint="--format")
    with context.open() as opened:
        done = opened.report(name, period, out, chosen, overwrite=True)
        context.tell(
            say("cli.report", rows=done["rows"], total=done["totals"]["total"], files=", ".join(done["files"]))
        )
        context.answer(done)


@program.command()
@click.argument("name", metavar="LIST")
@click.option("--period", required=True)
@click.option("--number", default="")
@click.option("--date", "issued_on", default="")
@passes
def snapshot(context: Context, name: str, period: str, number: str, issued_on: str) -> None:
    """Freeze a list."""
    if issued_on:
        try:
            date.fromisoformat(issued_on)
        except ValueError:
            raise click.BadParameter(issued_on, param_hint="--date") from None
    with context.open() as opened:
        done = opened.snapshot(name, period, number=number, issued_on=issued_on)
        context.tell(say("cli.snapshot", rows=done.rows, came=done.came, left=done.left))
        context.answer(
            {
                "id": done.id,
                "number": done.number,
                "rows": done.rows,
                "in": done.came,
                "out": done.left,
                "amends": done.amends,
                "batch": done.batch,
            }
        )


@program.command()
@click.argument("record", required=False)
@passes
def papers(context: Context, record: str | None) -> None:
    """List the official forms, or those made of one record."""
    with context.open() as opened:
        found = opened.papers(str(opened.get(record)["form"]) if record else None)
        for one in found:
            context.tell(f"{one['name']:14} {one['form']:12} {one['title']}")
        context.answer({"papers": found})


@program.command()
@click.argument("name")
@click.argument("record", metavar="ID", required=False)
@click.option("--out", callback=existing)
@click.option("--blank", is_flag=True)
@click.option("--half", is_flag=True)
@click.option("--copy", type=click.Choice(["family"]), default=None)
@passes
def paper(
    context: Context, name: str, record: str | None, out: Path | None, blank: bool, half: bool, copy: str | None
) -> None:
    """Fill one official form; without a record it is blank, unless it needs none."""
    with context.open() as opened:
        fill = "blank" if blank else "half" if half else "full"
        written = opened.write_paper(name, record, out or Path(f"{name}.pdf"), fill, copy=copy or "")
        context.tell(say("cli.paper", file=written))
        context.answer({"file": written})
