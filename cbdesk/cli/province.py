"""Commands of the receiver: months delivered, the board, letters to late communes, taking in on behalf."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from cbdesk.cli.frame import Context, existing, lockable, passes, program
from cbdesk.cli.telling import day_of, period_of
from cbdesk.desk.board import BoardLine
from cbdesk.desk.inbox import FILTERS, UnitRow
from cbdesk.desk.on_behalf import Paper
from cbdesk.words import say


@program.command()
@click.option("--year", type=click.IntRange(2000, 2100))
@click.option("--months", type=click.IntRange(1, 120), default=12)
@click.option("--filter", "only", type=click.Choice(FILTERS), default=FILTERS[0])
@passes
def inbox(context: Context, year: int | None, months: int, only: str) -> None:
    """Tell which commune has delivered which month."""
    with context.open() as opened:
        found = opened.inbox(year or months)
        rows = found.filtered(only)
        for row in rows:
            cells = " ".join(f"{cell.month}:{cell.state}" for cell in row.cells)
            context.tell(f"{row.code}  {row.name}  {cells}")
        context.tell(say("cli.inbox", month=found.month or "–", delivered=found.delivered, all=len(found.rows)))
        context.answer({"months": list(found.months), "month": found.month, "due": found.due, "units": len(found.rows),
                        "delivered": found.delivered, "counts": found.counts, "rows": [_row(row) for row in rows],
                        "strangers": [{"no": no, "file": file, "problem": why} for no, file, why in found.strangers],
                        })  # fmt: skip


def _row(row: UnitRow) -> dict[str, Any]:
    told = {name: value for name, value in asdict(row).items() if name != "cells"}
    cells = {cell.month: {"state": cell.state, "at": cell.at, "by": cell.by, "words": cell.words,
                          "bundle": cell.bundle or None, "aside": cell.aside} for cell in row.cells}  # fmt: skip
    return told | {"cells": cells}


@program.command("bundle-told")
@click.argument("which", metavar="NUMBER|FILE")
@passes
def bundle_told(context: Context, which: str) -> None:
    """Tell what was found in a bundle, in five sentences."""
    with context.open() as opened:
        found = opened.bundle_told(int(which) if which.isdecimal() else Path(which))
        context.tell(f"{found.name}  {found.file}")
        for one in found.verdicts:
            context.tell(f"  {one.state:7} {one.words}{f' ({one.more})' if one.more else ''}")
        context.answer({"no": found.no or None, "file": found.file, "unit": found.unit, "name": found.name,
                        "code": found.code, "valid": found.valid, "problem": found.problem,
                        "verdicts": [asdict(one) for one in found.verdicts]})  # fmt: skip


@program.command()
@click.option("--unit", "units", multiple=True)
@click.option("--names", "reason", metavar="REASON")
@passes
def board(context: Context, units: tuple[str, ...], reason: str | None) -> None:
    """Show emergencies, overdue steps and separations by commune; names only for a reason, which is logged."""
    with context.open() as opened:
        found = opened.board([one.key for one in opened.area(units).units] if units else ())
        lines = [line for unit in found.units for line in unit.lines]
        names = opened.show_names(reason, [line.child for line in lines]) if reason is not None else {}
        for unit in found.units:
            context.tell(f"{unit.name}: {unit.counts}")
            for line in unit.lines:
                due = line.due.strftime("%H:%M %d/%m/%Y" if line.hours else "%d/%m/%Y")
                context.tell(f"  {due}  {line.words}  {names.get(line.child) or line.initials}")
        context.answer({"counts": found.counts, "units": [
            {"unit": unit.unit, "name": unit.name, "counts": unit.counts,
             "lines": [_line(line, names) for line in unit.lines]} for unit in found.units]})  # fmt: skip


def _line(line: BoardLine, names: dict[str, str]) -> dict[str, Any]:
    stamp = line.due.strftime("%Y-%m-%dT%H:%M") if line.hours else line.due.date().isoformat()
    return {**asdict(line), "due": stamp, "name": names.get(line.child)}


@program.command()
@click.argument("out", callback=existing)
@click.option("--unit", "units", multiple=True)
@click.option("--each", is_flag=True)
@lockable
@passes
def reminder(context: Context, out: Path, units: tuple[str, ...], each: bool) -> None:
    """Write the letter to late communes (a file), or one for each of them (a folder)."""
    with context.open() as opened:
        keys = [one.key for one in opened.area(units).units] if units else []
        files = opened.reminders(out, keys, overwrite=True) if each else [opened.reminder(out, keys, overwrite=True)]
        context.tell(say("cli.paper", file=", ".join(map(str, files))))
        context.answer({"files": files})


@program.command("on-behalf")
@click.argument("unit")
@click.argument("file", callback=existing)
@click.option("--period", required=True, callback=period_of)
@click.option("--paper-no", default="")
@click.option("--paper-date", default="", callback=day_of)
@click.option("--sheet")
@click.option("--map", "mapping", callback=existing)
@click.option("--dry-run", is_flag=True)
@passes
def on_behalf(context: Context, unit: str, file: Path, period: str, paper_no: str, paper_date: str,
              sheet: str | None, mapping: Path | None, dry_run: bool) -> None:  # fmt: skip
    """Take in a commune's list on its behalf."""
    with context.open() as opened:
        plan = opened.plan_on_behalf(unit, file, name=sheet, mapping=mapping)
        paper = Paper(paper_no, paper_date)
        done = opened.import_run(plan, dry_run=True) if dry_run else opened.import_on_behalf(plan, period, paper)
        context.tell(say("cli.import", read=done.read, added=done.added, same=done.same, duplicates=done.duplicates,
                         refused=len(done.refused), charset=done.charset))  # fmt: skip
        for one in done.refused:
            context.tell(say("cli.refused", row=one["row"], reason=one["text"]))
        context.answer({"unit": plan.unit, "period": period, **done.as_dict()}, part=bool(done.refused))


@program.command("on-behalf-totals")
@click.argument("unit")
@click.argument("report")
@click.argument("values", nargs=-1, metavar="[TABLE.ROW.COLUMN=N]…")
@click.option("--period", required=True, callback=period_of)
@click.option("--paper-no", default="")
@click.option("--paper-date", default="", callback=day_of)
@passes
def on_behalf_totals(context: Context, unit: str, report: str, values: tuple[str, ...], period: str, paper_no: str,
                     paper_date: str) -> None:  # fmt: skip
    """Type totals a commune sent on paper; without any show what is asked and typed."""
    given = dict(map(_figure, values))
    with context.open() as opened:
        key = opened.area([unit]).units[0].key
        if given:
            opened.set_totals(key, report, period, given, number=paper_no, date=paper_date)
        asked = opened.totals_asked(key, report, period)
        for one in asked:
            if one.value is not None or not given:
                context.tell(f"{one.place}  {one.row} / {one.column}: {'–' if one.value is None else one.value}")
        context.answer({"unit": key, "report": report, "period": period,
                        "places": [asdict(one) for one in asked]})  # fmt: skip


def _figure(written: str) -> tuple[str, int | None]:
    place, equals, value = written.partition("=")
    if not equals or (value and not value.isdecimal()):
        raise click.BadParameter(written)
    return place, int(value) if value else None


@program.command()
@click.argument("left", metavar="LEFT")
@click.argument("lives", metavar="LIVES")
@click.option("--on", default="", callback=day_of)
@passes
def moved(context: Context, left: str, lives: str, on: str) -> None:
    """Remember that a child moved from one commune to another; both are told."""
    with context.open() as opened:
        context.saved(opened.moved(left, lives, on), "cli.moved")


@program.command("duplicates-across")
@click.option("--all", "all_levels", is_flag=True)
@passes
def duplicates_across(context: Context, all_levels: bool) -> None:
    """List records of two communes that may be one child."""
    with context.open() as opened:
        found = opened.duplicates_across(all_levels=all_levels)
        for one in found:
            context.tell(f"{one.a}  {one.b}  {one.score}  {' / '.join(one.names)}  {one.reasons}")
        context.tell(say("cli.duplicates", n=len(found)))
        context.answer({"pairs": [asdict(one) for one in found]})
