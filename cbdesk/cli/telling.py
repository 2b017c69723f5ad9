"""Commands that tell what the register holds: reports and frozen lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from cbdesk import dates, spans
from cbdesk.cli.frame import Context, existing, lockable, passes, program
from cbdesk.desk import Desk
from cbdesk.desk.snapshots import state_of
from cbdesk.report import POVERTY
from cbdesk.words import say


def day_of(context: click.Context, option: click.Parameter, value: str) -> str:
    """Return a day as written, ``""`` for none."""
    if value:
        try:
            date.fromisoformat(value)
        except ValueError:
            raise click.BadParameter(value, param_hint="--date") from None
    return value


def period_of(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """Return a period by its one name, however it was typed (``2026-q4``). Raises ``Problem(bad_period)``."""
    return value if value is None or spans.own(value.strip()) else dates.read_period(value).text


@program.command()
@passes
def reports(context: Context) -> None:
    """List the reports."""
    with context.open() as opened:
        found = opened.reports()
        for one in found:
            context.tell(f"{one['name']:20} {one['title']}  ({', '.join(one['periods'])})")
        context.answer({"reports": found})


@program.command()
@click.argument("name")
@click.option("--period", required=True, callback=period_of)
@click.option("--out", default=".", callback=existing)
@click.option("--format", "formats", default="")
@click.option("--full", "form", flag_value="full")
@click.option("--changes", "form", flag_value="changes")
@click.option("--village", "villages", multiple=True)
@click.option("--units", multiple=True, metavar="UNIT[,UNIT…]")
@click.option("--by-unit", is_flag=True)
@click.option("--table", default="")
@click.option("--poverty", type=click.Choice(POVERTY), default=None)
@click.option("--restricted", is_flag=True)
@click.option("--purpose", default=None)
@click.option("--public", is_flag=True)
@click.option("--cut-off", default="", callback=day_of)
@lockable
@passes
def report(context: Context, /, name: str, period: str, out: Path, formats: str, **given: Any) -> None:
    """Make a report."""
    chosen = [one.strip() for one in formats.split(",") if one.strip()]
    if any(one not in ("xlsx", "pdf", "docx") for one in chosen) or (formats and not chosen):
        raise click.BadParameter(formats, param_hint="--format")
    name = f"{name}_restricted" if given.pop("restricted") else name
    given["units"] = [one.strip() for several in given["units"] for one in several.split(",") if one.strip()]
    by_unit, table = given.pop("by_unit"), given.pop("table")
    with context.open() as opened:
        if by_unit:
            _by_unit(context, opened, name, period, table, given["units"], out, chosen)
            return
        options = {key: value for key, value in given.items() if value}
        if "villages" in options:
            options["villages"] = opened.villages_named(options["villages"])
        if "cut_off" in options:
            options["cut_off"] = date.fromisoformat(options["cut_off"])
        done = opened.report(name, period, out, chosen, overwrite=True, **options)
        said = "cli.report" if "total" in done["totals"] else "cli.report_tables"
        context.tell(say(said, rows=done["rows"], total=done["totals"].get("total"), files=", ".join(done["files"])))
        for note in done.get("coverage", {}).get("notes", ()):
            context.tell(note)
        context.answer(done)


def _by_unit(
    context: Context, opened: Desk, name: str, period: str, table: str, units: Sequence[str], out: Path,
    formats: Sequence[str],
) -> None:  # fmt: skip
    """Write one table of a report commune by commune."""
    done = opened.write_by_unit(name, period, out, formats, table=table, units=units, overwrite=True)
    context.tell(say("cli.report_tables", rows=done["rows"], files=", ".join(done["files"])))
    context.answer(done)


@program.command()
@click.argument("name", metavar="LIST")
@click.option("--period", required=True, callback=period_of)
@click.option("--number", default="")
@click.option("--date", "issued_on", default="", callback=day_of)
@click.option("--full", "form", flag_value="full")
@click.option("--changes", "form", flag_value="changes")
@click.option("--replace", is_flag=True)
@passes
def snapshot(
    context: Context, name: str, period: str, number: str, issued_on: str, form: str | None, replace: bool
) -> None:
    """Freeze a list."""
    if bool(number.strip()) != bool(issued_on):
        raise click.BadParameter(number or issued_on, param_hint="--number, --date")
    with context.open() as opened:
        done = opened.snapshot(name, period, number=number, issued_on=issued_on, form=form or "", replace=replace)
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
@click.argument("name", metavar="LIST")
@click.option("--period", default=None, callback=period_of)
@passes
def snapshots(context: Context, name: str, period: str | None) -> None:
    """Tell which lists were frozen."""
    with context.open() as opened:
        keys = ("id", "period", "form", "number", "issued_on", "amends", "amendment", "rows")
        known = opened.snapshots(name, period)
        found = [{key: row.get(key) for key in keys} | {"state": state_of(row)} for row in known]
        for one in found:
            number, rows = one["number"] or "", one["rows"] or ""
            context.tell(f"{one['period']:8} {one['state']:8} {number:12} {rows:6} {one['id']}")
        context.answer({"snapshots": found})


@program.command()
@click.argument("record", metavar="ID")
@click.option("--number", required=True)
@click.option("--date", "issued_on", required=True, callback=day_of)
@passes
def issue(context: Context, record: str, number: str, issued_on: str) -> None:
    """Give a frozen list its number and date."""
    with context.open() as opened:
        done = opened.issue(record, number, issued_on)
        context.tell(say("cli.issued", number=number))
        context.answer({"id": done.id, "batch": done.batch})


@program.command()
@click.argument("record", metavar="ID")
@passes
def reopen(context: Context, record: str) -> None:
    """Make a frozen list without a number a draft again."""
    with context.open() as opened:
        done = opened.reopen(record)
        context.tell(say("cli.reopened"))
        context.answer({"id": done.id, "batch": done.batch})


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
@lockable
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
