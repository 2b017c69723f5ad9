"""Steps of a list or report, as jobs of the desk, and how each is said when it is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from cbdesk.desk import Desk
from cbdesk.words import say
from ui.reporting.making import Made
from ui.reporting.statebar import AGAIN, AMEND, BEGIN, DROP, REOPEN, REPLACE, SIGN

Job = Callable[[Desk], Any]


def step(verb: str, made: Made) -> Job:
    """Return the job of a step; its answer has a ``batch`` to be taken back by."""
    wish, counts = made.wish, made.report is not None
    snapshot = str(made.snapshot.get("id") or "")
    if verb in (REOPEN, DROP):
        return lambda desk: desk.reopen(snapshot)
    if verb in (BEGIN, AGAIN) or (verb == REPLACE and counts):
        cut_off = date.fromisoformat(wish.cut_off) if wish.cut_off else None
        return lambda desk: desk.begin_report(wish.name, wish.period, cut_off=cut_off)
    if counts:
        return lambda desk: desk.snapshot(wish.name, wish.period)
    form = wish.form if verb == SIGN else ""
    return lambda desk: desk.snapshot(
        wish.name, wish.period, form=form, signer=wish.signer or None, replace=verb == REPLACE
    )


def said(verb: str, made: Made) -> str:
    """Return the sentence of a step that was done."""
    kind = "report" if made.report is not None else "list"
    return say(f"reports.done.{REPLACE if verb == REPLACE else verb}_{kind}" if verb in (SIGN, REPLACE) else
               f"reports.done.{verb}")  # fmt: skip


__all__ = ["AMEND", "Job", "said", "step"]
