"""Commands about lists and forms of other offices: a superior's Excel form filled, another list held against ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cbdesk.catalogue import catalogue
from cbdesk.cli.frame import Context, existing, passes, program
from cbdesk.cli.quality import village_id
from cbdesk.crosscheck import CheckRow, CrossCheck, kinds_of_lists
from cbdesk.desk import Desk
from cbdesk.desk.reading import mapping_of
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
        names = ", ".join(one or say("superior.no_village") for one in done.missing)
        context.tell(say("superior.missing", names=names))
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
    found = mapping_of(path)
    if not all(isinstance(one, str) for one in found.values()):
        raise Problem("bad_map")
    return {str(key).upper(): value for key, value in found.items()}


# --- another list ----------------------------------------------------------------------------------------------------

ALL, CHANGES, NEW = "all", "changes", "new"


@program.command()
@click.argument("file", callback=existing)
@click.option("--kind", type=click.Choice(list(kinds_of_lists())), default="school")
@click.option("--sheet")
@click.option("--map", "mapping", callback=existing)
@click.option("--age", metavar="A-B")
@click.option("--village", "villages", metavar="V", multiple=True)
@click.option("--school", default="")
@click.option("--take", "takes", metavar="all|changes|new|[SHEET!]ROW[:FIELD]", multiple=True)
@click.option("--questions", callback=existing)
@passes
def crosscheck(
    context: Context,
    file: Path,
    kind: str,
    sheet: str | None,
    mapping: Path | None,
    age: str | None,
    villages: tuple[str, ...],
    school: str,
    takes: tuple[str, ...],
    questions: Path | None,
) -> None:
    """Hold another office's list against the register; only --take writes."""
    with context.open() as opened:
        places = [village_id(opened, one) for one in villages]
        check = opened.crosscheck(file, kind, sheet_name=sheet, mapping=_mapping(mapping) if mapping else None,
                                  ages=ages_of(age), villages=places, school=school)  # fmt: skip
        files = opened.crosscheck_questions(check, questions, overwrite=True) if questions else []
        done = None
        if takes:
            _choose(check, takes)
            done = opened.crosscheck_take(check)
        _tell(context, check)
        if done is not None:
            context.tell(say("crosscheck.done", added=done.added, amended=done.amended))
        context.answer({
            "kind": kind, "map": check.plan.mapping, "here": [str(one["id"]) for one in check.here],
            "rows": list(map(_row_of, check.rows)), "files": files, "batch": done.batch if done else None,
            "added": done.added if done else 0, "amended": done.amended if done else 0,
        }, part=bool(check.count("maybe", "refused", "twice")))  # fmt: skip


def _choose(check: CrossCheck, takes: tuple[str, ...]) -> None:
    """Tick what was asked for. Raises ``click.BadParameter`` for a row or field that is not there."""
    for one in check.rows:
        one.add = one.state == "there" and bool({ALL, NEW} & set(takes))
        for item in one.differences:
            item.take = bool({ALL, CHANGES} & set(takes))
    for take in takes:
        if take in (ALL, CHANGES, NEW):
            continue
        place, _, name = take.partition(":")
        sheet, _, number = place.rpartition("!")
        rows = [one for one in check.rows if str(one.row.row_number) == number and sheet in ("", one.row.sheet)]
        items = [item for one in rows for item in one.differences if name in ("", item.name)]
        fresh = [one for one in rows if one.state in ("there", "maybe") and not name]
        if not items and not fresh:
            raise click.BadParameter(take, param_hint="--take")
        for item in items:
            item.take = True
        for one in fresh:
            one.add = True


def _tell(context: Context, check: CrossCheck) -> None:
    """Say what was found: numbers first, then each difference; names stand in the list itself, rows are enough."""
    for one in check.of("different"):
        for item in one.differences:
            context.tell(f"  {one.row.row_number} · {item.title}: {item.old or '–'} → {item.new}")
    for one in check.of("refused"):
        context.tell(say("cli.refused", row=one.row.row_number, reason=one.row.reason))
    counts = {state: check.count(state) for state in ("there", "same", "different", "maybe", "twice")}
    context.tell(say("crosscheck.found", here=len(check.here), **counts))


def _row_of(one: CheckRow) -> dict[str, Any]:
    return {
        "sheet": one.row.sheet, "row": one.row.row_number, "state": one.state,
        "child": str(one.child["id"]) if one.child else None,
        "others": [{"id": str(other["id"]), "likeness": score}
                   for other, score in zip(one.others, one.scores, strict=True)],
        "fields": [{"field": item.name, "from": item.was, "to": item.value, "take": item.take}
                   for item in one.differences],
    }  # fmt: skip
