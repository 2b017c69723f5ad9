"""The command that reads an old list."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from tqdm import tqdm

from cbdesk.cli.frame import Context, existing, passes, program
from cbdesk.words import say


@program.command("import")
@click.argument("file", callback=existing)
@click.option("--form", default="child")
@click.option("--sheet")
@click.option("--map", "mapping", callback=existing)
@click.option("--charset", "charsets", multiple=True, metavar="[SHEET[!COLUMN]=]NAME")
@click.option("--dry-run", is_flag=True)
@click.option("--report", "refused_file", callback=existing)
@passes
def import_(
    context: Context,
    file: Path,
    form: str,
    sheet: str | None,
    mapping: Path | None,
    charsets: tuple[str, ...],
    dry_run: bool,
    refused_file: Path | None,
) -> None:
    """Read an old list."""
    with context.open() as opened:
        forced = {place: name for place, _, name in (one.rpartition("=") for one in charsets)}
        plan = opened.import_plan(file, form=form, name=sheet, mapping=mapping, charsets=forced)
        bar = tqdm(total=len(plan.rows), file=sys.stderr, leave=False, disable=None, delay=1)
        done = opened.import_run(plan, dry_run=dry_run, progress=bar.update)
        bar.close()
        if refused_file is not None and done.refused:
            opened.write_refused(plan, done, refused_file)
        context.tell(
            say(
                "cli.import",
                read=done.read,
                added=done.added,
                same=done.same,
                duplicates=done.duplicates,
                refused=len(done.refused),
                charset=done.charset,
            )
        )
        for one in done.refused:
            context.tell(say("cli.refused", row=one["row"], reason=one["text"]))
        context.answer(done.as_dict(), part=bool(done.refused))
