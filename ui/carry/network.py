"""Words for a walk to the server: how far it is, how much, and about how long it still takes."""

from __future__ import annotations

import time

from cbdesk.words import say
from ui.carry.places import size_words

WARM = 3.0
"""Seconds before anything is said about the time that is left."""


class Pace:
    """The speed of one walk, told in words."""

    def __init__(self) -> None:
        self._step, self._began, self._from = "", 0.0, 0

    def words(self, step: str, done: int, total: int) -> str:
        """Return what is happening: the step, and where bytes move how many of how many and for how long still."""
        if step not in ("fetch", "send"):
            return say(f"post.step.{step}") + "…"
        now = time.monotonic()
        if step != self._step or done < self._from:
            self._step, self._began, self._from = step, now, done
        told = say("post.step.bytes", step=say(f"post.step.{step}"), done=size_words(done), total=size_words(total))
        moved, took = done - self._from, now - self._began
        if took < WARM or moved <= 0 or done >= total:
            return told
        left = (total - done) * took / moved
        minutes = round(left / 60)
        return told + " " + (say("post.step.minutes", n=minutes) if minutes else say("post.step.soon"))
