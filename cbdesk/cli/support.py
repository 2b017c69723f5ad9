"""Commands on support and the work for many: hints, tables to confirm, the fund, the year's plan, typed figures."""

from __future__ import annotations

from datetime import datetime

import click

from cbdesk import dates
from cbdesk.benefits import ALLOWANCE, POVERTY, Hint
from cbdesk.cli.frame import Context, passes, program
from cbdesk.cli.quality import village_id
from cbdesk.desk import Desk
from cbdesk.words import say

DAY = click.DateTime(["%Y-%m-%d"])
TABLES = click.Choice([ALLOWANCE, POVERTY])


@program.command()
@click.argument("child", metavar="ID", required=False)
@click.option("--on", type=DAY)
@click.option("--village", metavar="V")
@click.option("--restricted", is_flag=True)
@passes
def benefits(context: Context, child: str | None, on: datetime | None, village: str | None, restricted: bool) -> None:
    """Tell what children may be entitled to."""
    day = on.date() if on else None
    with context.open() as opened:
        if child is not None:
            found = opened.benefits(child, day, sensitive=restricted)
            for one in found:
                context.tell(f"  {_told(one)}")
            context.answer({"child": child, "hints": [one.as_dict() for one in found]})
            return
        place = village_id(opened, village) if village is not None else None
        rows = opened.benefit_hints(day, place, restricted=restricted)
        for row in rows:
            context.tell(f"{row.child}  {_told(row.hint)}")
        ahead = opened.standard_ahead(day)
        if ahead:
            context.tell(say("benefits.standard", day=dates.show_date(ahead.isoformat())))
        changes = ahead.isoformat() if ahead else None
        context.answer({"hints": [row.as_dict() for row in rows], "standard_changes": changes})


def _told(hint: Hint) -> str:
    until = dates.show_date(hint.until.isoformat()) if hint.until else ""
    parts = [hint.category or say(f"benefits.{hint.code}", day=until)]
    if hint.coefficient is not None:
        parts.append(say("benefits.coefficient", n=f"{hint.coefficient}".replace(".", ",")))
        parts.append(_money(hint.amount) if hint.amount is not None else say("benefits.not_confirmed"))
        parts.append(say("benefits.until", day=until))
    parts += [say("benefits.received")] if hint.received else []
    parts += [say("benefits.lower")] if hint.lower else []
    parts += [say(f"benefits.unsure.{name}") for name in hint.unsure]
    return " · ".join(parts)


def _money(amount: int) -> str:
    return say("benefits.money", n=f"{amount:,}".replace(",", "."))


@program.command("confirm-table")
@click.argument("name", metavar="TABLE", type=TABLES)
@click.option("--basis", metavar="TEXT")
@click.option("--base", type=click.IntRange(0))
@click.option("--by", default="")
@passes
def confirm_table(context: Context, name: str, basis: str | None, base: int | None, by: str) -> None:
    """Show a table of the law; with --basis confirm that it was compared with the text."""
    with context.open() as opened:
        saved = opened.confirm_table(name, basis, by=by, base=base) if basis is not None else None
        state = opened.table_state(name)
        for row in state.table.rows:
            mark = "" if row.verified else say("benefits.unverified")
            context.tell(f"  {row.label}: {row.value} {mark}".rstrip())
        day = dates.show_date(state.table.version)
        context.tell(say("cli.table_confirmed" if state.confirmed else "cli.table_open", day=day))
        context.answer(state.as_dict() | {"batch": saved.batch if saved else None})


@program.command()
@click.argument("period")
@passes
def fund(context: Context, period: str) -> None:
    """Show the children's fund in a period."""
    with context.open() as opened:
        book = opened.fund_book(period)
        context.tell(say("cli.fund", before=_money(book.before), came=_money(book.came), went=_money(book.went),
                         after=_money(book.after)))  # fmt: skip
        context.answer({"before": book.before, "came": book.came, "went": book.went, "after": book.after,
                        "entries": [dict(row) | {"children": list(book.children[str(row["id"])])}
                                    for row in book.entries]})  # fmt: skip


@program.command("year-plan")
@click.argument("year", type=click.IntRange(1900, 2100))
@passes
def year_plan(context: Context, year: int) -> None:
    """Show how far the year's plan is, and its money."""
    with context.open() as opened:
        for line in opened.plan_lines(year):
            done = "–" if line.done is None else str(line.done)
            context.tell(say("cli.plan_line", what=line.row["what"], done=done, spent=_money(line.spent),
                             target=line.row.get("target") or "–", unit=line.row.get("unit") or ""))  # fmt: skip
        context.answer(_plan(opened, year))


def _plan(opened: Desk, year: int) -> dict[str, object]:
    lines = [{**line.row, "done": line.done, "spent": line.spent, "reached": line.reached,
              "activities": list(line.activities)} for line in opened.plan_lines(year)]  # fmt: skip
    budget = [{**line.row, "planned": line.planned, "spent": line.spent} for line in opened.budget_lines(year)]
    return {"year": year, "lines": lines, "budget": budget}
