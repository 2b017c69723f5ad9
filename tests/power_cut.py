"""A machine that stops at a chosen step of writing, for tests of what is left on the disk then."""

import itertools
from pathlib import Path

import pytest

from cbdesk import carrier


class PowerCut(BaseException):
    """The machine stops: nothing after it runs, not even a clean-up."""


def dies_at_step(patch: pytest.MonkeyPatch, cut: int, work) -> bool:
    """Run ``work`` and stop at the ``cut``-th call that changes a disk; return whether it came to that."""
    count = itertools.count()
    dead = []

    def mortal(call):
        def wrapped(*args, **kwargs):
            if dead or next(count) == cut:
                dead.append(True)
                raise PowerCut
            return call(*args, **kwargs)

        return wrapped

    for module, name in ((carrier.os, "write"), (carrier.os, "fsync"), (Path, "replace"), (Path, "unlink")):
        patch.setattr(module, name, mortal(getattr(module, name)))
    try:
        work()
    except PowerCut:
        return True
    return False
