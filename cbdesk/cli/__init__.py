"""The command line: a thin caller of the desk's verbs, fixed by ``spec/cli.md`` so that people can script it.

With ``--json`` standard output holds exactly one JSON document; everything for people goes to standard error. Exit
codes: 0 done, 1 a Problem, 2 wrong usage, 3 done in part. A traceback is never shown: a bug becomes Problem X-01 whose
code is the type, file and line, never the text, because texts carry values.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import click

from cbdesk import desk, words
from cbdesk.cli import (  # noqa: F401  (each adds its commands)
    carrying,
    cases,
    conflicts,
    duplicates,
    handouts,
    homes,
    law,
    noting,
    opening,
    outside,
    people,
    province,
    quality,
    reading,
    records,
    reporting,
    rounds,
    seasons,
    succession,
    support,
    telling,
    trusting,
    upkeep,
)
from cbdesk.cli.frame import program
from cbdesk.errors import Problem
from cbdesk.words import say

__all__ = ["program", "run"]


def run(arguments: list[str], window: Callable[[str | None], int]) -> int:
    """Run one command and return its exit code; ``window`` opens the window when there is no command."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")  # Windows would use its code page
    words.set_language("en" if _english(arguments) else "vi")
    holder: dict[str, Any] = {"window": window}
    try:
        program.main(arguments, prog_name="cbdesk", standalone_mode=False, obj=holder)
        context = holder.get("context")  # none where only help was asked for, or the window
        return int(holder.get("code", 0) if context is None else context.finish())
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as wrong:
        wrong.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo(say("cli.stopped"), err=True)
        return 1
    except Exception as error:  # noqa: BLE001  (the last net: a bug of ours must not show a traceback)
        return _show(desk.problem_of(error), "--json" in arguments)


def _english(arguments: list[str]) -> bool:
    return any(
        one == "--lang=en" or (one == "--lang" and arguments[i + 1 : i + 2] == ["en"])
        for i, one in enumerate(arguments)
    )


def _show(problem: Problem, as_json: bool) -> int:
    click.echo(f"{problem.number} · {problem.what}", err=True)
    click.echo(problem.safe, err=True)
    click.echo(problem.next, err=True)
    if as_json:
        click.echo(json.dumps({"problem": problem.as_dict()}, ensure_ascii=False))
    return 1
