"""The network from the command line: the errand of ``send https://…`` and ``receive https://…``, and its server.

The server's password comes from ``CBDESK_POST_PASSWORD``, a file, or a prompt without echo; never from an argument.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from tqdm import tqdm

from cbdesk.cli.frame import Context, passes, program
from cbdesk.desk import Desk, Posted, PostSettings
from cbdesk.errand import Tell
from cbdesk.errors import Problem
from cbdesk.words import say

if TYPE_CHECKING:
    from cbdesk.courier import Step


def is_url(place: str) -> bool:
    """Return whether a place is on the network; ``http://`` too, so that it is refused in words."""
    return place.lower().startswith(("http://", "https://"))


def post_over(opened: Desk, url: str, to: str | None = None, *, send: bool = True) -> Posted:
    """Do one errand to the server that is set, if ``url`` is its address; progress goes to standard error."""
    account = opened.post_to(url)
    with _bar() as tell:
        return opened.post(account, to, tell, send=send)


@contextmanager
def _bar() -> Iterator[Tell]:
    """Give a function that shows a bar of bytes, only on a terminal and only for what takes over a second."""
    bars: list[tqdm[Any]] = []
    told = ""

    def tell(step: str, done: int, total: int) -> None:
        nonlocal told
        if step != told and step in ("fetch", "send"):
            bars.append(tqdm(total=total, desc=say(f"post.step.{step}"), unit="B", unit_scale=True, file=sys.stderr,
                             leave=False, disable=None, delay=1))  # fmt: skip
            told = step
        if bars and step == told:
            bars[-1].total = total
            bars[-1].update(max(0, done - bars[-1].n))

    try:
        yield tell
    finally:
        for bar in bars:
            bar.close()


@program.command("post-settings")
@click.argument("url", required=False)
@click.option("--user", metavar="NAME")
@click.option("--post-password-file", metavar="FILE")
@click.option("--pin", metavar="GROUPS")
@click.option("--proxy", metavar="HOST:PORT")
@click.option("--automatic/--by-hand", default=None)
@click.option("--clear", is_flag=True)
@click.option("--test", is_flag=True)
@passes
def post_settings(
    context: Context,
    url: str | None,
    user: str | None,
    post_password_file: str | None,
    pin: str | None,
    proxy: str | None,
    automatic: bool | None,
    clear: bool,
    test: bool,
) -> None:
    """Tell the server that is set, set it, forget it, or try it out step by step."""
    with context.open() as opened:
        found = opened.post_settings()
        if clear:
            found = opened.set_post("")
        elif any(one is not None for one in (url, user, post_password_file, pin, proxy, automatic)):
            password = _password(post_password_file, ask=url is not None and user != "")
            found = opened.set_post(
                url or found.url, found.user if user is None else user, password,
                found.pin if pin is None and url is None else pin or "", proxy,
                automatic=found.automatic if automatic is None else automatic,
            )  # fmt: skip
        _tell(context, found)
        steps = opened.post_test() if test else []
        for one in steps:
            mark = {True: "✓", False: "✗", None: "·"}[one.ok]
            context.tell(f"{mark} {say(f'post.try.{one.name}')}")
            if one.problem:
                context.tell(f"  {one.problem.number} · {one.problem.what} {one.problem.next}")
        context.answer({**asdict(found), **({"steps": [_step(one) for one in steps]} if test else {})})
        if any(one.ok is False for one in steps):
            context.code = 1


def _tell(context: Context, found: PostSettings) -> None:
    if not found.url:
        context.tell(say("post.none"))
        return
    context.tell(say("post.is_set", url=found.url, user=found.user or "–"))
    context.tell(say("post.pinned" if found.pin else "post.system_trust"))
    context.tell(say("post.automatic_on" if found.automatic else "post.automatic_off"))


def _step(one: Step) -> dict[str, Any]:
    return {"name": one.name, "ok": one.ok, "problem": one.problem.as_dict() if one.problem else None}


def _password(file: str | None, *, ask: bool) -> str | None:
    """Return the server's password, ``None`` to keep the one that is set."""
    if "CBDESK_POST_PASSWORD" in os.environ:
        return os.environ["CBDESK_POST_PASSWORD"]
    if file:
        try:
            return Path(file).read_text(encoding="utf-8-sig").rstrip("\r\n")
        except (OSError, UnicodeDecodeError):
            raise Problem("unreadable_file", name=Path(file).name) from None
    if not ask or not sys.stdin.isatty():
        return None
    return str(click.prompt(say("post.password"), hide_input=True, err=True))
