"""Commands on households, absences, villages and the directory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from cbdesk import clock, dates
from cbdesk.cli.frame import Context, Verbs, existing, passes, program
from cbdesk.cli.quality import village_id
from cbdesk.desk import Desk
from cbdesk.desk.homes import Decision, DecisionPlan
from cbdesk.errors import Problem
from cbdesk.households import Line, Near
from cbdesk.words import say


@program.group("home", cls=Verbs)
def home() -> None:
    """Hold the verbs on households."""


@home.command()
@click.argument("file", callback=existing)
@click.option("--year", type=click.IntRange(2000, 2100), required=True)
@click.option("--number", default="")
@click.option("--date", "on", default="", metavar="DATE")
@click.option("--sheet")
@click.option("--map", "mapping", callback=existing)
@click.option("--answers", "answers", callback=existing)
@click.option("--dry-run", is_flag=True)
@passes
def decision(
    context: Context, file: Path, year: int, number: str, on: str, sheet: str | None, mapping: Path | None,
    answers: Path | None, dry_run: bool,
) -> None:  # fmt: skip
    """Read a decision on poor households."""
    with context.open() as opened:
        read = opened.import_plan(file, form="household", name=sheet, mapping=mapping)
        plan = opened.decision_plan(read, Decision(year, number, _day(on)))
        _answered(plan, answers)
        for doubt in plan.doubts:
            context.tell(doubt.text)
        for line in plan.matched.lines:
            context.tell(say("homes.cli.line", row=line.place[1], head=line.data.get("head_name", ""),
                             village=line.data.get("village", ""), kind=say(f"homes.kind.{line.kind}")))  # fmt: skip
        for one in plan.matched.missing:
            context.tell(say("homes.cli.missing", head=one.home.shown, village=one.home.village))
        done = None if dry_run else opened.decision_run(plan)
        document = {"lines": [_line(one) for one in plan.matched.lines], "missing": [
            {"home": one.home.key, "head": one.home.shown, "village": one.home.village, "class": one.home.level,
             "year": one.home.year, "answer": one.level} for one in plan.matched.missing],
            "refused": [{"sheet": row.sheet, "row": row.row_number, "text": row.reason} for row in plan.refused],
            "doubts": [one.name for one in plan.doubts],
            "waiting": len(plan.open), "batch": None}  # fmt: skip
        if done is not None:
            names = ("classed", "made", "same", "skipped", "absent", "waiting", "left", "batch")
            document |= {name: getattr(done, name) for name in names}
            context.tell(say("homes.cli.decision", **{name: document[name] for name in names}))
        context.answer(document, part=bool(plan.open or plan.refused))


def _day(written: str) -> str:
    """Return a day as it is stored. Raises ``click.BadParameter``."""
    if not written:
        return ""
    found = dates.read_date(written, clock.today(), future=True).value
    if found is None:
        raise click.BadParameter(written)
    return found


def _answered(plan: DecisionPlan, file: Path | None) -> None:
    """Take what somebody answered: ``{"lines": {"7": "new"}, "missing": {"<home>": "escaped"}}``.

    A line is answered by the key of its home (or several), ``new`` or ``skip``; lines of a second sheet are
    ``Sheet!7``. Raises ``Problem(bad_map)``.
    """
    if file is None:
        return
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        lines, missing = found.get("lines", {}), found.get("missing", {})
        for line in plan.matched.lines:
            said = lines.get(f"{line.place[0]}!{line.place[1]}", lines.get(str(line.place[1])))
            homes = [said] if isinstance(said, str) else said
            if said in ("new", "skip"):
                line.decide(new=said == "new", skip=said == "skip")
            elif homes and all(one in plan.matched.homes for one in homes):
                line.decide(*homes)
            elif homes:
                raise ValueError
        plan.matched.refresh()
        for one in plan.matched.missing:
            one.level = str(missing.get(one.home.key, ""))
    except OSError:
        raise Problem("no_such_file", name=file.name) from None
    except (ValueError, AttributeError, TypeError):
        raise Problem("bad_map") from None


def _line(line: Line) -> dict[str, Any]:
    return {"sheet": line.place[0], "row": line.place[1], "kind": line.kind, "class": line.level,
            "homes": list(line.homes), "near": [_near(one) for one in line.near], "twin": line.twin,
            "open": line.open}  # fmt: skip


def _near(near: Near) -> dict[str, Any]:
    score = near.likeness.score if near.likeness else None
    return {"home": near.home.key, "head": near.home.shown, "village": near.home.village,
            "children": list(near.home.children), "score": score}  # fmt: skip


@home.command()
@click.argument("year", type=click.IntRange(2000, 2100), required=False)
@passes
def classes(context: Context, year: int | None) -> None:
    """Tell from which years the classes come."""
    with context.open() as opened:
        found = opened.classes_standing(year or clock.today().year)
        for of, count in found.by_year.items():
            context.tell(say("homes.cli.classes", year=of, n=count))
        context.answer({"year": found.year, "by_year": {str(of): n for of, n in found.by_year.items()},
                        "current": found.current})  # fmt: skip


@home.command()
@click.argument("household")
@click.argument("children", nargs=-1, required=True, metavar="CHILD...")
@passes
def move(context: Context, household: str, children: tuple[str, ...]) -> None:
    """Put children into a household."""
    with context.open() as opened:
        context.saved(opened.move_children(children, household), "homes.cli.done")


@home.command()
@click.argument("children", nargs=-1, required=True, metavar="CHILD...")
@click.option("--head")
@click.option("--village", metavar="V")
@passes
def split(context: Context, children: tuple[str, ...], head: str | None, village: str | None) -> None:
    """Make a household of its own of some children."""
    with context.open() as opened:
        data: dict[str, Any] = {"head_name": head} if head else {}
        data |= {"village": village_id(opened, village)} if village else {}
        context.saved(opened.split_household(children, data), "homes.cli.done")


@home.command()
@click.argument("keep")
@click.argument("other")
@passes
def join(context: Context, keep: str, other: str) -> None:
    """Join two households."""
    with context.open() as opened:
        context.saved(opened.join_households(keep, other), "homes.cli.done")


@home.command()
@click.argument("household")
@click.argument("village")
@passes
def place(context: Context, household: str, village: str) -> None:
    """Move a household to another village."""
    with context.open() as opened:
        context.saved(opened.move_household(household, village_id(opened, village)), "homes.cli.done")


# --- away for a time -------------------------------------------------------------------------------------------------


@program.group("away", cls=Verbs)
def away() -> None:
    """Hold the verbs on children who are away."""


@away.command()
@click.argument("children", nargs=-1, required=True, metavar="CHILD...")
@click.option("--from", "since", default="", metavar="DATE")
@click.option("--place")
@click.option("--with", "company", metavar="CODE")
@click.option("--reason", metavar="CODE")
@click.option("--expected", default="", metavar="DATE")
@passes
def go(
    context: Context, children: tuple[str, ...], since: str, place: str | None, company: str | None,
    reason: str | None, expected: str,
) -> None:  # fmt: skip
    """Write that children are away."""
    with context.open() as opened:
        data = {"from": _day(since), "place": place, "with_whom": company, "reason": reason,
                "expected_back": _day(expected)}  # fmt: skip
        _told(context, opened.go_away(children, {name: value for name, value in data.items() if value}))


@away.command()
@click.argument("children", nargs=-1, required=True, metavar="CHILD...")
@click.option("--on", default="", metavar="DATE")
@passes
def back(context: Context, children: tuple[str, ...], on: str) -> None:
    """Write that children are back."""
    with context.open() as opened:
        _told(context, opened.come_back(children, _day(on)))


def _told(context: Context, saved: Any) -> None:
    """Answer a verb that a *stop* may refuse."""
    stops = [one for one in saved.findings if one.level == "stop"]
    if stops:
        for one in stops:
            context.tell(one.text)
        context.answer({"id": None, "batch": None, "findings": [one.name for one in stops]}, part=True)
        return
    context.saved(saved, "homes.cli.done")


@away.command("list")
@passes
def list_(context: Context) -> None:
    """List the children who are away."""
    with context.open() as opened:
        found, names = opened.absent(), opened.village_names()
        for one in found:
            context.tell(f"  {one.child}  {one.name}  {names.get(one.village, '')}")
        context.answer({"rows": [{"child": one.child, "name": one.name, "village": one.village,
                                  "overdue": one.overdue, **_of_absence(one.absence)} for one in found]})  # fmt: skip


def _of_absence(row: Any) -> dict[str, Any]:
    return {name: row.get(name) for name in ("from", "expected_back", "place", "with_whom", "reason")}


# --- villages --------------------------------------------------------------------------------------------------------


@program.group("village", cls=Verbs)
def village() -> None:
    """Hold the verbs on villages."""


@village.command("list")
@passes
def villages(context: Context) -> None:
    """List the villages."""
    with context.open() as opened:
        found = opened.places()
        for one in found:
            context.tell(say("homes.cli.village", id=one.id, name=one.shown, n=one.children))
        context.answer({"rows": [
            {"id": one.id, "name": one.name, "shown": one.shown, "old_name": one.old_name, "old_unit": one.old_unit,
             "from": one.since, "to": one.until, "became": one.became, "children": one.children, "mine": one.mine}
            for one in found]})  # fmt: skip


@village.command()
@click.argument("place", metavar="VILLAGE")
@click.argument("name")
@passes
def rename(context: Context, place: str, name: str) -> None:
    """Give a village another name."""
    with context.open() as opened:
        _told(context, opened.rename_village(_place(opened, place), name))


@village.command("merge")
@click.argument("name")
@click.argument("places", nargs=-1, required=True, metavar="VILLAGE...")
@click.option("--on", required=True, metavar="DATE")
@passes
def merge_(context: Context, name: str, places: tuple[str, ...], on: str) -> None:
    """Make one village of several."""
    with context.open() as opened:
        _told(context, opened.merge_villages([_place(opened, one) for one in places], name, _day(on)))


@village.command("split")
@click.argument("place", metavar="VILLAGE")
@click.argument("name")
@click.argument("children", nargs=-1, required=True, metavar="CHILD...")
@click.option("--on", required=True, metavar="DATE")
@passes
def split_(context: Context, place: str, name: str, children: tuple[str, ...], on: str) -> None:
    """Part a village off another."""
    with context.open() as opened:
        _told(context, opened.split_village(_place(opened, place), name, children, _day(on)))


@village.command()
@click.argument("places", nargs=-1, metavar="[VILLAGE...]")
@passes
def mine(context: Context, places: tuple[str, ...]) -> None:
    """Say which villages this officer looks after; none means all."""
    with context.open() as opened:
        context.saved(opened.look_after(_place(opened, one) for one in places), "homes.cli.done")


def _place(opened: Desk, written: str) -> str:
    return village_id(opened, written)


# --- the directory ---------------------------------------------------------------------------------------------------


@program.command()
@click.option("--role", metavar="CODE")
@click.option("--village", "place", metavar="V")
@click.option("--past", is_flag=True)
@passes
def contacts(context: Context, role: str | None, place: str | None, past: bool) -> None:
    """List the directory."""
    with context.open() as opened:
        wanted = village_id(opened, place) if place else None
        found = [one for one in opened.contacts(past=past)
                 if role in (None, one.role) and wanted in (None, one.village)]  # fmt: skip
        for one in found:
            context.tell("  ".join(part for part in (one.label, one.name, one.village_name, one.phone) if part))
        context.answer({"rows": [
            {"form": one.form, "id": one.record, "name": one.name, "role": one.role, "label": one.label,
             "phone": one.phone, "village": one.village, "position": one.position, "organisation": one.organisation,
             "from": one.since, "to": one.until} for one in found]})  # fmt: skip
