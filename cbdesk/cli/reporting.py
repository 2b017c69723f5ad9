"""Commands of reports that count: begun, added to, their figures opened, their layouts taken."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from cbdesk import dates
from cbdesk.cli.frame import Context, existing, lockable, passes, program
from cbdesk.cli.telling import day_of, period_of
from cbdesk.errors import Problem
from cbdesk.words import say


@program.command("report-begin")
@click.argument("name")
@click.option("--period", required=True, callback=period_of)
@click.option("--cut-off", default="", callback=day_of)
@passes
def report_begin(context: Context, name: str, period: str, cut_off: str) -> None:
    """Begin a report."""
    with context.open() as opened:
        done = opened.begin_report(name, period, cut_off=date.fromisoformat(cut_off) if cut_off else None)
        made = opened.kept(done.id)
        context.tell(say("cli.report_begun", cut_off=dates.show_date(made.cut_off)))
        context.answer({"id": done.id, "cut_off": made.cut_off, "batch": done.batch})


@program.command("report-entry")
@click.argument("name")
@click.argument("place")
@click.argument("text", required=False)
@click.option("--period", required=True, callback=period_of)
@click.option("--value", type=int, default=None)
@passes
def report_entry(context: Context, name: str, place: str, text: str | None, period: str, value: int | None) -> None:
    """Add words or an expected figure to a report."""
    with context.open() as opened:
        done = opened.set_entry(name, period, place, value=value, text=text)
        context.answer({"id": done.id, "batch": done.batch})


@program.command()
@click.argument("name")
@click.argument("place", metavar="TABLE.ROW.COLUMN")
@click.option("--period", required=True, callback=period_of)
@passes
def figure(context: Context, name: str, place: str, period: str) -> None:
    """Show the records behind a figure."""
    table, _, rest = place.partition(".")
    row, _, column = rest.rpartition(".")
    with context.open() as opened:
        found = opened.figure(name, period, table, row, column)
        context.tell(say("cli.figure", value=found.value, n=len(found.ids)))
        context.answer({"value": found.value, "form": found.form, "ids": list(found.ids), "sensitive": found.sensitive})


@program.command()
@click.argument("record", metavar="ID")
@click.option("--out", default=".", callback=existing)
@click.option("--format", "formats", default="")
@lockable
@passes
def reprint(context: Context, record: str, out: Path, formats: str) -> None:
    """Write a frozen list or report again as it was."""
    chosen = [one.strip() for one in formats.split(",") if one.strip()]
    if any(one not in ("xlsx", "pdf", "docx") for one in chosen):
        raise click.BadParameter(formats, param_hint="--format")
    with context.open() as opened:
        files = opened.reprint(record, out, chosen, overwrite=True)
        context.tell(say("cli.paper", file=", ".join(files)))
        context.answer({"files": files})


@program.command("count")
@click.option("--by", "dimensions", multiple=True, required=True)
@click.option("--where", "conditions", multiple=True, metavar="NAME=CODE,…")
@click.option("--on", default="", callback=day_of)
@passes
def count(context: Context, dimensions: tuple[str, ...], conditions: tuple[str, ...], on: str) -> None:
    """Count children by one or two things."""
    where = {}
    for one in conditions:
        name, equals, codes = one.partition("=")
        if not equals:
            raise click.BadParameter(one, param_hint="--where")
        where[name] = codes.split(",")
    if len(dimensions) > 2:
        raise click.BadParameter(" ".join(dimensions), param_hint="--by")
    rows, columns = (*dimensions, "")[:2]
    with context.open() as opened:
        made = opened.how_many(rows, columns, where, date.fromisoformat(on) if on else None)
        context.tell("\t".join(["", *(one.heading for one in made.columns)]))
        for row in made.rows:
            context.tell("\t".join([row.label, *(str(row.cells[one.key].value) for one in made.columns)]))
        keys = {one.key: one.heading for one in made.columns}
        told = {row.key: {key: row.cells[key].value for key in keys} for row in made.rows}
        context.answer({"columns": keys, "rows": {row.key: row.label for row in made.rows}, "counts": told})


@program.command("report-layout")
@click.argument("file", type=click.Path(path_type=Path), callback=existing)
@passes
def report_layout(context: Context, file: Path) -> None:
    """Take a layout of a report."""
    try:
        content = file.read_text(encoding="utf-8")
    except (OSError, ValueError):
        raise Problem("unreadable_file", name=file.name) from None
    with context.open() as opened:
        done = opened.add_layout(content)
        name = str(opened.get(str(done.id))["name"])
        context.tell(say("cli.layout_kept", name=name))
        context.answer({"id": done.id, "name": name})
