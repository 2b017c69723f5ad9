"""An invented commune over months: what its office would have written, day by day, for demo, bench and tests.

``sample`` makes a register as it stands on a day; this makes what happens in it: births, moves, deaths, circumstances
and risks that begin and end, yearly classes of households, incidents and their cases, support, activities, meetings.

Rules: nobody in it exists; rates, words and days are data (``resources/catalogue/life.toml``); the same seed, day and
months give the same life on every machine. An entry is a row as ``put`` takes it, with the moment it was written:
nothing lies ahead of that moment. Each new row carries a key, and ``@key`` stands for the id it gets
(``desk.practise`` writes them through the ordinary journal).
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from cbdesk import carrier
from cbdesk.life import needs, office, people, routines, support, troubles
from cbdesk.life.world import Entry, World

__all__ = ["Entry", "entries", "write"]


def entries(children: int, seed: int, today: date, months: int, *, rate: float = 1) -> list[Entry]:
    """Return what an office of ``children`` children wrote in the last whole months and this one, in order of time.

    ``rate`` makes incidents that many times as frequent: tests of figures want more of them than a small commune has.
    """
    world = World(children, seed, today, months, rate)
    people.begin(world)
    routines.begin(world)
    office.begin(world)
    support.begin(world)
    for first, last in world.months():
        for subject in (people, troubles, needs, routines, support, office):
            subject.month(world, first, last)
    return world.told()


def write(path: Path, *, children: int, seed: int, today: date, months: int) -> dict[str, int]:
    """Write a life as JSON Lines ``{at, form, key, row}``; return how many rows of each form.

    Raises the Problems of ``carrier.write_atomic`` (no folder, disk full, write-protected).
    """
    found: dict[str, int] = {}
    lines = []
    for one in entries(children, seed, today, months):
        found[one.form] = found.get(one.form, 0) + (not one.amends)
        lines.append(json.dumps(one.as_dict(), ensure_ascii=False))
    carrier.write_atomic(path, ("\n".join(lines) + "\n").encode("utf-8"), overwrite=True)
    return found

