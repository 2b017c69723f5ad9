"""Commands for care and practice: verify, settings, doctor, backup, restore, sample, demo."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import click
from tqdm import tqdm

from cbdesk import clock, demo, demo_province, desk, life, sample
from cbdesk.cli.frame import Context, existing, passes, program
from cbdesk.text import NAME_ORDERS, NameOrder
from cbdesk.words import say


@program.command()
@click.option("--against", metavar="BUNDLE", callback=existing)
@passes
def verify(context: Context, against: Path | None) -> None:
    """Prove chains, tables and file, and compare with what others know."""
    with context.open() as opened:
        found = opened.verify(against)
        context.tell(say("cli.verified" if found["ok"] else "cli.not_verified", n=found["changes"]))
        for one in found["problems"]:
            context.tell(f"- {one}")
        if found["peers"]:
            context.tell(say("proof.peers"))
        for told in found["peers"]:
            context.tell(f"- {told['text']}")
        context.answer(found)
        if not found["ok"]:
            context.code = 1


@program.command()
@click.option("--name-order", type=click.Choice(NAME_ORDERS))
@passes
def settings(context: Context, name_order: NameOrder | None) -> None:
    """Tell the settings of the register, or change one."""
    with context.open() as opened:
        if name_order is not None:
            bar = tqdm(file=sys.stderr, leave=False, disable=None, delay=1)
            opened.set_name_order(name_order, lambda done, whole: bar.update(done - bar.n))
            bar.close()
        found = {"name_order": opened.name_order()}
        context.tell(say("cli.settings", order=say(f"cli.name_order.{found['name_order']}")))
        context.answer(found)


@program.command()
@passes
def doctor(context: Context) -> None:
    """Tell a helper on the telephone how things are."""
    checks = desk.doctor(context.folder)
    for one in checks:
        context.tell(f"{'✓' if one['ok'] else '✗'} {say('cli.doctor.' + one['name'])} {one['value']}".rstrip())
    context.answer({"checks": checks})


@program.command()
@click.argument("dest", required=False, callback=existing)
@passes
def backup(context: Context, dest: Path | None) -> None:
    """Write a verified backup."""
    with context.open() as opened:
        path = opened.backup(dest)
        context.tell(say("cli.backup", file=path))
        context.answer({"file": path})


@program.command()
@click.argument("file", callback=existing)
@passes
def restore(context: Context, file: Path) -> None:
    """Bring back a backup into an empty folder."""
    opened = desk.restore(context.folder, file, context.officer, context.password())
    try:
        context.tell(say("cli.restored"))
        context.answer({"stream": opened.stream})
    finally:
        opened.close()


@program.command("sample")
@click.option("--children", type=click.IntRange(1, 200_000), required=True)
@click.option("--seed", type=int, required=True)
@click.option("--months", type=click.IntRange(0, 120), default=0)
@click.option("--fill", is_flag=True)
@click.option("--out", callback=existing)
@passes
def sample_(context: Context, children: int, seed: int, months: int, fill: bool, out: Path | None) -> None:
    """Make an invented register."""
    path = out or Path(f"sample-{children}-{seed}.jsonl")
    if fill:
        _fill(context, children, seed, months)
    elif months:
        rows = life.write(path, children=children, seed=seed, today=clock.today(), months=months)
        context.tell(say("cli.sample_life", n=rows["child"], months=months, file=path))
        context.answer({"file": path, "children": rows["child"], "rows": rows})
    else:
        made = sample.write(path, children=children, seed=seed, today=clock.today())
        context.tell(say("cli.sample", n=made, file=path))
        context.answer({"file": path, "children": made})


def _fill(context: Context, children: int, seed: int, months: int) -> None:
    """Live an invented life in the practice register that is open."""
    with context.open() as opened:
        bar = tqdm(file=sys.stderr, leave=False, disable=None, delay=1)
        lived = life.entries(children, seed, clock.today(), months)
        bar.total = len(lived)
        ids, _ = opened.practise(lived, bar.update)
        bar.close()
        rows = dict(Counter(key.rpartition(" ")[0] for key in ids))
        context.tell(say("cli.sample_fill", n=rows["child"], months=months, rows=len(lived)))
        context.answer({"file": None, "children": rows["child"], "rows": rows})


@program.command("demo")
@click.option("--out", default="demo-output", callback=existing)
@click.option("--province", is_flag=True)
@passes
def demo_(context: Context, out: Path, province: bool) -> None:
    """Run the main job end to end on invented communes, or a year of a province."""
    done = (demo_province if province else demo).run(out, tell=context.tell)
    context.answer(done)
