"""Commands about lists and forms of other offices: a superior's Excel form filled, another list held against ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from cbdesk.catalogue import catalogue
from cbdesk.cli.frame import Context, existing, passes, program
from cbdesk.cli.quality import village_id
from cbdesk.desk import Desk
from cbdesk.errors import Problem
from cbdesk.formcells import LISTS, Who
from cbdesk.superior import SuperiorForm
from cbdesk.words import say


def ages_of(written: str | None) -> tuple[int, int] | None:
    """Return ages written as ``6-15`` or ``6``. Raises ``click.BadParameter``."""
    if not written:
        return None
    low, dash, high = written.partition("-")
    if not low.isdigit() or (dash and not high.isdigit()) or int(high or low) < int(low):
        raise click.BadParameter(written, param_hint="--age")
    return int(low), int(high or low)


@program.command("fill-form")
@click.argument("file", callback=existing)
@click.option("--out", callback=existing)
@click.option("--sheet")
@click.option("--map", "mapping", callback=existing)
@click.option("--list", "listed", type=click.Choice(LISTS), default="all")
@click.option("--age", metavar="A-B")
@click.option("--village", "villages", metavar="V", multiple=True)
@click.option("--class", "classes", metavar="CODE", multiple=True)
@click.option("--accept", metavar="NAME", multiple=True)
@click.option("--dry-run", is_flag=True)
@passes
def fill_form(
    context: Context,
    file: Path,
    out: Path | None,
    sheet: str | None,
    mapping: Path | None,
    listed: str,
    age: str | None,
    villages: tuple[str, ...],
    classes: tuple[str, ...],
    accept: tuple[str, ...],
    dry_run: bool,
) -> None:
    """Fill an Excel form somebody sent; with --dry-run only say how it is understood."""
    homes = [one.code for one in catalogue().lists["household_class"].choices]
    if wrong := [one for one in classes if one not in homes]:
        raise click.BadParameter(f"{wrong[0]} ({', '.join(homes)})", param_hint="--class")
    with context.open() as opened:
        form = opened.form_open(file, sheet_name=sheet, mapping=_mapping(mapping) if mapping else None)
        who = Who(listed, ages_of(age), tuple(village_id(opened, one) for one in villages), classes)
        for one in form.columns:
            context.tell(f"  {one.letter:3} {one.heading} → {one.label or say('superior.left_empty')}")
        for ask in form.asks:
            context.tell(f"  {ask.name}: {ask.text}")
        if dry_run:
            context.answer(_understood(form) | {"children": len(opened.form_children(form, who)[0])})
            return
        _fill(context, opened, form, file, out, who, accept)


def _fill(
    context: Context, opened: Desk, form: SuperiorForm, file: Path, out: Path | None, who: Who, accept: tuple[str, ...]
) -> None:
    done = opened.form_fill(form, out, who=who, accept=accept, source=file, overwrite=out is not None)
    context.tell(say("superior.done", rows=done.rows, children=done.children, file=done.path.name))
    if done.apart:
        context.tell(say("superior.apart", n=done.apart))
    if done.strangers:
        context.tell(say("superior.strangers", names=", ".join(done.strangers)))
    if done.missing:
        context.tell(say("superior.missing", names=", ".join(one or say("superior.no_village") for one in done.missing)))
    context.answer(_understood(form) | {
        "file": done.path, "rows": done.rows, "inserted": done.inserted, "children": done.children,
        "apart": done.apart, "strangers": list(done.strangers), "missing": list(done.missing),
        "empty": list(done.empty),
    }, part=bool(done.strangers or done.missing))  # fmt: skip


def _understood(form: SuperiorForm) -> dict[str, Any]:
    return {
        "sheet": form.sheet, "kind": form.kind, "map": form.mapping,
        "asks": [{"name": one.name, "told": one.told, "text": one.text} for one in form.asks],
    }  # fmt: skip


def _mapping(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise Problem("no_such_file", name=path.name) from None
    except ValueError:
        raise Problem("bad_map") from None
    if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
        raise Problem("bad_map")
    return {str(key).upper(): value for key, value in found.items()}
