"""Commands of the loop about single records: notes, answers, tips passed down, rows put aside."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from cbdesk import carrier
from cbdesk.catalogue import catalogue
from cbdesk.cli.frame import Context, existing, passes, program
from cbdesk.errors import Problem
from cbdesk.words import say


@program.command()
@click.argument("record", metavar="RECORD")
@click.option("--text", required=True)
@click.option("--field", default="")
@passes
def note(context: Context, record: str, text: str, field: str) -> None:
    """Ask the unit of a record something about it."""
    with context.open() as opened:
        context.saved(opened.note(record, text, field), "cli.note_written")


@program.command()
@click.argument("note_id", metavar="NOTE")
@click.option("--text", required=True)
@passes
def answer(context: Context, note_id: str, text: str) -> None:
    """Answer a note of the receiver."""
    with context.open() as opened:
        context.saved(opened.answer(note_id, text), "cli.note_answered")


@program.command("note-again")
@click.argument("note_id", metavar="NOTE")
@click.option("--text", required=True)
@passes
def note_again(context: Context, note_id: str, text: str) -> None:
    """Ask once more."""
    with context.open() as opened:
        context.saved(opened.ask_again(note_id, text), "cli.note_written")


@program.command("note-close")
@click.argument("note_id", metavar="NOTE")
@passes
def note_close(context: Context, note_id: str) -> None:
    """Close a note."""
    with context.open() as opened:
        context.saved(opened.close_note(note_id), "cli.note_closed")


@program.command()
@click.option("--state", type=click.Choice(["open", "answered", "closed"]))
@click.option("--record", default="")
@passes
def notes(context: Context, state: str | None, record: str) -> None:
    """List notes with their states."""
    with context.open() as opened:
        found = opened.notes(state or "", record=record)
        states = catalogue().lists["note_state"]
        for one in found:
            shown = states.get(one.state)
            context.tell(f"{one.id}  {shown.label if shown else one.state}: {one.text}")
            if one.answer:
                context.tell(f"    {one.answer}")
        context.answer({"notes": [asdict(one) for one in found]})


@program.command("pass-down")
@click.argument("unit")
@click.option("--file", "source", default="-")
@click.option("--paper", "papers", multiple=True, callback=existing)
@passes
def pass_down(context: Context, unit: str, source: str, papers: tuple[Path, ...]) -> None:
    """Record an incident for a commune, from one JSON object, with its papers."""
    with context.open() as opened:
        files = [(path.stem, carrier.take(path)) for path in papers]
        saved = opened.pass_down(unit, _object(source), files)
        findings = [one.as_dict() for one in saved.findings]
        context.tell(say("cli.passed_down" if saved.id else "cli.nothing_changed"))
        for one in findings:
            context.tell(f"  {one['field']}: {one['text']}")
        context.answer({"id": saved.id, "findings": findings}, part=saved.id is None)


def _object(source: str) -> dict[str, Any]:
    """Return one JSON object from a file or standard input. Raises ``no_such_file``, ``bad_json``."""
    try:
        written = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
        found = json.loads(written.decode("utf-8-sig"))
    except OSError:
        raise Problem("no_such_file", name=Path(source).name) from None
    except (ValueError, RecursionError):
        raise Problem("bad_json", line=1) from None
    if not isinstance(found, dict):
        raise Problem("bad_json", line=1)
    return found


@program.command("set-aside")
@click.option("--out", callback=existing)
@passes
def set_aside(context: Context, out: Path | None) -> None:
    """List rows put aside with their reasons, or write them to a .json or .xlsx file."""
    with context.open() as opened:
        found = opened.set_aside()
        for one in found:
            context.tell(f"{one.record or '–'}  {one.title or one.form}: {one.why}")
        written = opened.write_set_aside(out) if out else None
        context.answer({"rows": [asdict(one) for one in found], "file": written})
