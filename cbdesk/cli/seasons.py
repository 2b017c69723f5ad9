"""Commands of the seasons: the new school year, health cards to renew, the calendar of duties."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import click

from cbdesk import almanac, clock, dates
from cbdesk.cli.frame import Context, passes, program
from cbdesk.cli.telling import day_of
from cbdesk.words import say


@program.command("school-year")
@click.option("--year", type=click.IntRange(2000, 2100), default=None)
@click.option("--stay", multiple=True, metavar="ID")
@click.option("--apply", "write", is_flag=True)
@passes
def school_year(context: Context, year: int | None, stay: tuple[str, ...], write: bool) -> None:
    """Move everybody up one class."""
    with context.open() as opened:
        plan = opened.school_year(year)
        moves = [replace(one, on=one.on and one.child not in stay) for one in plan.moves]
        counts = dict(Counter(one.what for one in moves))
        on = sum(one.on for one in moves)
        context.tell(say("cli.school_year", year=plan.year, next=plan.year + 1, n=on, moved=plan.moved))
        answer = {"year": plan.year, "counts": counts, "proposed": on, "moved": plan.moved, "out": plan.out}
        told = [{"child": one.child, "what": one.what, "class": one.now_class, "to_class": one.to_class,
                 "to_level": one.to_level, "on": one.on} for one in moves]  # fmt: skip
        if write:
            done = opened.start_school_year(plan.year, moves)
            answer |= {"id": done.id, "batch": done.batch}
        context.answer({**answer, "moves": told})


@program.command("cards")
@click.option("--until", default="", callback=day_of)
@click.option("--renew", "renewed", default="", callback=day_of, metavar="DATE")
@click.option("--except", "left", multiple=True, metavar="ID")
@passes
def cards(context: Context, until: str, renewed: str, left: tuple[str, ...]) -> None:
    """List health cards that end, or give them a new last day."""
    with context.open() as opened:
        found = [one for one in opened.cards(date.fromisoformat(until) if until else None) if one.child not in left]
        rows = [{"child": one.child, "until": one.until, "state": one.state} for one in found]
        answer: dict[str, object] = {"cards": rows}
        if renewed:
            chosen = [one.child for one in found if one.until]
            done = opened.renew_cards(chosen, renewed)
            answer |= {"batch": done.batch, "findings": [one.text for one in done.findings]}
        context.tell(say("cli.cards", n=len(rows)))
        context.answer(answer)


@program.command("calendar")
@click.option("--month", default="", metavar="MONTH")
@passes
def calendar(context: Context, month: str) -> None:
    """Tell the duties of a month."""
    with context.open() as opened:
        first, last = almanac.month_of(month or clock.today().isoformat()[:7])
        found = opened.calendar(first, last)
        for one in found:
            context.tell(f"{dates.show_date(one.day.isoformat())}  {one.title}")
        context.answer({"entries": [
            {"day": one.day.isoformat(), "kind": one.kind, "key": one.key, "title": one.title, "record": one.record,
             "basis": one.basis, "verified": one.verified} for one in found]})  # fmt: skip
