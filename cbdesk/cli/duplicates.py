"""Commands on records that may be one child: the pairs, join, take apart, remember that they differ."""

from __future__ import annotations

import sys

import click
from tqdm import tqdm

from cbdesk.cli.frame import Context, passes, program
from cbdesk.duplicates import as_dict
from cbdesk.words import say


@program.command()
@click.option("--form", type=click.Choice(["child"]), default="child")
@click.option("--all", "all_levels", is_flag=True)
@passes
def duplicates(context: Context, form: str, all_levels: bool) -> None:
    """List pairs of records that may be one child."""
    with context.open() as opened:
        bar = tqdm(file=sys.stderr, leave=False, disable=None, delay=1)
        found = opened.duplicates(all_levels=all_levels, progress=bar.update)
        bar.close()
        for pair in found:
            context.tell(f"{pair.a}  {pair.b}  {pair.likeness.score}  {pair.likeness.text}")
        context.tell(say("cli.duplicates", n=len(found)))
        context.answer({"pairs": [as_dict(pair) for pair in found]})


@program.command()
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@passes
def distinct(context: Context, one: str, other: str) -> None:
    """Remember that two records are two children."""
    with context.open() as opened:
        context.saved(opened.distinct(one, other), "cli.distinct")


@program.command()
@click.argument("keep")
@click.argument("other")
@passes
def merge(context: Context, keep: str, other: str) -> None:
    """Join two records of one child."""
    with context.open() as opened:
        context.saved(opened.merge(keep, other), "cli.merge")


@program.command()
@click.argument("record", metavar="ID")
@passes
def split(context: Context, record: str) -> None:
    """Take a join back."""
    with context.open() as opened:
        context.saved(opened.split(record), "cli.split")
