"""Commands about the data itself: what is missing, contradicting or doubtful, and the round trip with the police."""

from __future__ import annotations

import click

from cbdesk.cli.frame import Context, passes, program
from cbdesk.desk import Desk
from cbdesk.errors import Problem
from cbdesk.matching import village_key
from cbdesk.words import say


@program.command()
@click.option("--village", metavar="V")
@passes
def quality(context: Context, village: str | None) -> None:
    """Count what is missing, contradicting or doubtful."""
    with context.open() as opened:
        found = opened.quality(_village(opened, village) if village is not None else None)
        for fault in found.faults:
            if fault.count:
                context.tell(say("cli.fault", n=fault.count, title=fault.title))
        context.tell(say("cli.quality", whole=found.whole, children=found.children))
        context.answer(found.as_dict())


def _village(opened: Desk, written: str) -> str:
    """Return the id of a village given by id or name. Raises ``Problem(no_record)``."""
    known = opened.village_names()
    key = village_key(written)
    for record, name in known.items():
        if written == record or village_key(name) == key:
            return record
    raise Problem("no_record")
