"""Commands for communes joined or divided: hand a whole caseload over, see the proof, print the minutes."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from cbdesk import dates
from cbdesk.catalogue import catalogue
from cbdesk.cli.frame import Context, existing, passes, program
from cbdesk.desk.succession import Succession
from cbdesk.words import say


@program.command("hand-caseload")
@click.argument("unit")
@click.argument("dest", callback=existing)
@click.option("--village", "villages", multiple=True)
@passes
def hand_caseload(context: Context, unit: str, dest: Path, villages: tuple[str, ...]) -> None:
    """Write the whole caseload, or that of some villages, for the commune that succeeds."""
    with context.open() as opened:
        chosen = opened.villages_named(villages)
        written = opened.hand_caseload(unit, dest, chosen)
        for file in written:
            context.tell(say("cli.hand_over", file=file))
        context.answer({"files": [str(one) for one in written], "counts": opened.caseload_counts(chosen)})


@program.command()
@passes
def caseloads(context: Context) -> None:
    """List the caseloads given and taken, with the proof of both sides."""
    with context.open() as opened:
        found = opened.successions()
        for one in found:
            context.tell(_line(one))
        context.answer({"caseloads": [asdict(one) | {"proved": one.proved} for one in found]})


@program.command("caseload-paper")
@click.argument("record", metavar="ID")
@click.option("--out", type=click.Path(path_type=Path), default=Path("caseload.pdf"))
@passes
def caseload_paper(context: Context, record: str, out: Path) -> None:
    """Write the minutes of a caseload handed over as PDF."""
    with context.open() as opened:
        file = opened.caseload_paper(record, out)
        context.tell(say("cli.paper", file=file))
        context.answer({"file": str(file)})


def _line(one: Succession) -> str:
    state = "proved" if one.proved else "differs" if one.differs else "waiting"
    told = {"unit": catalogue().units.label(one.unit), "on": dates.show_date(one.on), "n": one.children,
            "differs": ", ".join(one.differs)}  # fmt: skip
    return f"{one.id}  {say(f'cli.caseload_{one.way}', **told)} {say(f'cli.caseload_{state}', **told)}"
