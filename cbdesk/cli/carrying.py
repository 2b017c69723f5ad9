"""Commands that carry changes: send, receive, inspect, status."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from cbdesk.cli import posting
from cbdesk.cli.frame import Context, existing, passes, program
from cbdesk.desk import Received, Sent
from cbdesk.words import say


@program.command()
@click.argument("dest")
@click.option("--to", metavar="UNIT")
@passes
def send(context: Context, dest: str, to: str | None) -> None:
    """Pack and write what is not acknowledged."""
    with context.open() as opened:
        posted = posting.post_over(opened, dest, to) if posting.is_url(dest) else None
        sent = list(posted.sent) if posted else opened.send(Path(dest), to)
        first = sent[0] if sent else None
        document: dict[str, Any] = {
            "file": _place(first) if first else None,
            "files": [_place(one) for one in sent],
            "from_seq": first.from_seq if first else None,
            "to_seq": first.to_seq if first else None,
            "changes": sum(one.changes for one in sent),
            "bytes": sum(one.bytes for one in sent),
            "sha256": first.sha256 if first else None,
        }
        for one in sent:
            key = "post.lies_there" if getattr(one, "already", False) else "cli.sent"
            context.tell(say(key, changes=one.changes, file=_place(one), bytes=one.bytes))
        if not sent:
            context.tell(say("cli.nothing_new"))
        if posted:
            document["received"] = [_told(context, one) for one in posted.received]
        context.answer(document)


def _place(one: Sent) -> str | Path:
    """Return where a file lies: its path, or its address on the network."""
    return getattr(one, "url", "") or one.file


@program.command()
@click.argument("sources", metavar="SOURCE", nargs=-1, required=True)
@click.option("--ack", callback=existing)
@passes
def receive(context: Context, sources: tuple[str, ...], ack: Path | None) -> None:
    """Take in bundles and acknowledgements."""
    with context.open() as opened:
        paths = [Path(one) for one in sources if not posting.is_url(one)]
        found = opened.receive(paths, ack) if paths else []
        for url in filter(posting.is_url, sources):
            found += posting.post_over(opened, url, send=False).received
        bad = [one for one in found if one.result in ("refused", "gap")]
        context.answer({"files": [_told(context, one) for one in found]}, part=bool(bad))
        if found and all(one.result == "refused" for one in found):
            context.code = 1


def _told(context: Context, one: Received) -> dict[str, Any]:
    """Tell a person what became of one file, and return it for the JSON document."""
    context.tell(
        say(
            "cli.received",
            file=Path(one.file).name,
            result=say(f"cli.result.{one.result}"),
            new=one.counts.get("new", 0),
            already=one.counts.get("already", 0),
        )
    )
    for text in one.notes:
        context.tell(f"  {text}")
    if one.problem:
        context.tell(f"  {one.problem.number} · {one.problem.what} {one.problem.next}")
    return {
        "file": one.file,
        "sender": one.sender,
        "result": one.result,
        **{key: one.counts.get(key, 0) for key in ("new", "already", "forks", "conflicts", "quarantined")},
        "problem": one.problem.as_dict() if one.problem else None,
        "ack": one.ack,
        "notes": list(one.notes),
    }


@program.command()
@click.argument("file", callback=existing)
@passes
def inspect(context: Context, file: Path) -> None:
    """Verify and describe a bundle without taking it in."""
    with context.open() as opened:
        found = opened.inspect(file)
        for name, value in found.items():
            context.tell(f"{name}: {json.dumps(value, ensure_ascii=False)}")
        context.answer(found)
        context.code = 0 if found["valid"] else 1


@program.command()
@passes
def status(context: Context) -> None:
    """Tell what waits to be sent and what is acknowledged."""
    with context.open() as opened:
        found = opened.status()
        context.tell(say("cli.status", unsent=found["unsent"], acked=found["acked_to"], written=found["written_to"]))
        for peer in found["peers"]:
            context.tell(say("cli.peer", name=peer["name"], unsent=peer["unsent"], heard=peer["heard_at"] or "–"))
        context.answer(found)
