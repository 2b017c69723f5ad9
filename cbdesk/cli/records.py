"""Commands on single records: put, get, history, hide, erase, take back, find, list."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import click

from cbdesk.catalogue import catalogue
from cbdesk.cli.frame import Context, passes, program
from cbdesk.errors import Problem
from cbdesk.words import say


@program.command()
@click.argument("form")
@click.option("--file", "source", default="-")
@passes
def put(context: Context, form: str, source: str) -> None:
    """Add or amend records, one JSON object a line."""
    with context.open() as opened:
        catalogue().form(form)
        lines = _lines(source)
        saved = opened.put(form, context.progress([_json_line(n, text) for n, text in lines]))
        findings = [
            {"line": n, **finding.as_dict()}
            for (n, _), one in zip(lines, saved, strict=True)
            for finding in one.findings
        ]
        refused = sum(one.id is None for one in saved)
        context.tell(say("cli.put", saved=len(saved) - refused, refused=refused))
        for finding in findings:
            context.tell(
                say(
                    "cli.finding",
                    line=finding["line"],
                    level=say(f"cli.level.{finding['level']}"),
                    field=finding["field"],
                    text=finding["text"],
                )
            )
        batch = next((one.batch for one in saved if one.batch), None)
        context.answer({"ids": [one.id for one in saved], "findings": findings, "batch": batch}, part=bool(refused))


def _lines(source: str) -> list[tuple[int, str]]:
    if source == "-":
        text = sys.stdin.buffer.read()
    else:
        try:
            text = Path(source).read_bytes()
        except OSError:
            raise Problem("no_such_file", name=Path(source).name) from None
    try:
        lines = text.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError:
        raise Problem("bad_json", line=1) from None
    return [(n, line) for n, line in enumerate(lines, start=1) if line.strip()]


def _json_line(n: int, line: str) -> dict[str, Any] | Problem:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return Problem("bad_json", line=n)
    return found if isinstance(found, dict) else Problem("bad_json", line=n)


@program.command()
@click.argument("record", metavar="ID")
@passes
def get(context: Context, record: str) -> None:
    """Show one record."""
    with context.open() as opened:
        found = opened.readable(opened.get(record))
        for name, value in found.items():
            context.tell(f"{name}: {value}")
        context.answer(found)


@program.command()
@click.argument("record", metavar="ID")
@passes
def history(context: Context, record: str) -> None:
    """Show the changes of a record."""
    with context.open() as opened:
        changes = opened.history(record)
        for one in changes:
            context.tell(f"{one['at']}  {one['by']}  {one['label']}: {one['from']} → {one['to']}")
        context.answer({"changes": changes})


@program.command()
@click.argument("record", metavar="ID")
@click.option("--reason", default="")
@passes
def void(context: Context, record: str, reason: str) -> None:
    """Hide a record with a reason."""
    with context.open() as opened:
        context.saved(opened.void(record, reason), "cli.void")


@program.command()
@click.argument("record", metavar="ID")
@click.option("--reason", default="")
@passes
def erase(context: Context, record: str, reason: str) -> None:
    """Delete a record for good, by law."""
    with context.open() as opened:
        context.saved(opened.erase(record, reason), "cli.erase")


@program.command()
@click.argument("batch")
@passes
def undo(context: Context, batch: str) -> None:
    """Take back one action."""
    with context.open() as opened:
        saved = opened.undo(batch)
        context.tell(say("cli.undo"))
        context.answer({"batch": saved.batch})


@program.command()
@click.argument("text")
@click.option("--form", default="child")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50)
@passes
def find(context: Context, text: str, form: str, limit: int) -> None:
    """Search without accents."""
    with context.open() as opened:
        found = opened.find(text, form, limit)
        found["rows"] = [opened.readable(row) for row in found["rows"]]
        _tell_rows(context, found["rows"], found["why"])
        context.tell(say("cli.found", n=len(found["rows"]), total=found["total"], ms=found["ms"]))
        context.answer(found)


@program.command("list")
@click.argument("form")
@click.option("--where", multiple=True, metavar="K=V")
@click.option("--sort", default="name")
@passes
def list_(context: Context, form: str, where: tuple[str, ...], sort: str) -> None:
    """List all rows of a form."""
    if any("=" not in one for one in where):
        raise click.BadParameter(" ".join(where), param_hint="--where")
    pairs = dict(one.partition("=")[::2] for one in where)
    with context.open() as opened:
        rows = [opened.readable(row) for row in opened.all_rows(form, pairs, sort=sort)]
        _tell_rows(context, rows)
        context.answer({"rows": rows})


def _tell_rows(context: Context, rows: list[dict[str, Any]], why: Mapping[str, str] = MappingProxyType({})) -> None:
    if context.as_json:
        return
    for row in rows:
        shown = (row.get(name) for name in ("full_name", "name", "kind", "received_at", "born", "sex", "village"))
        told = [str(value) for value in (*shown, why.get(str(row["id"]))) if value]
        context.tell(f"{row['id']}  " + " · ".join(told))
