"""Commands on records that may be one child: the pairs, join, take apart, remember that they differ."""

from __future__ import annotations

import sys

import click
from tqdm import tqdm

from cbdesk.cli.frame import Context, passes, program
from cbdesk.desk.comparing import as_document
from cbdesk.desk.joining import KEEP, OTHER
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
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@passes
def same(context: Context, one: str, other: str) -> None:
    """Remember that two communes hold records of one child."""
    with context.open() as opened:
        context.saved(opened.same(one, other), "cli.same")


@program.command()
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@passes
def compare(context: Context, one: str, other: str) -> None:
    """Lay two records side by side."""
    with context.open() as opened:
        view = opened.pair(one, other)
        for item in view.fields:
            if not item.same:
                first, second = (say("record.sensitive") if item.sensitive else text for text in (item.a, item.b))
                context.tell(f"{item.title}: {first} | {second}  {'<' if item.take == 'a' else '>'} {item.why_text}")
        for part in view.lists:
            context.tell(f"{part.title}: {len(part.a)} | {len(part.b)}  = {part.joined}")
        context.answer(as_document(view))


def _chosen(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """Read ``field=keep`` and ``field=other``."""
    found = {}
    for name, sign, whose in (value.partition("=") for value in values):
        if not sign or whose not in (KEEP, OTHER):
            raise click.BadParameter(f"{name}{sign}{whose}")
        found[name] = whose
    return found


@program.command()
@click.argument("keep")
@click.argument("other")
@click.option("--take", multiple=True, metavar="FIELD=keep|other", callback=_chosen)
@passes
def merge(context: Context, keep: str, other: str, take: dict[str, str]) -> None:
    """Join two records of one child."""
    with context.open() as opened:
        context.saved(opened.merge(keep, other, take), "cli.merge")


@program.command()
@click.argument("record", metavar="ID")
@passes
def split(context: Context, record: str) -> None:
    """Take a join back."""
    with context.open() as opened:
        context.saved(opened.split(record), "cli.split")
