"""Write every list and report of an invented commune as paper, to be looked at: ``python tools/papers.py [FOLDER]``.

The commune has 2,200 children and lived for 24 months (``cbdesk.life``). Each report is made for the newest period of
each kind it knows; the two monthly lists are issued for three months, with what was found late as an amendment.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cbdesk import carrier, clock, desk, life, page
from cbdesk.desk import Desk
from cbdesk.errors import Problem

TODAY = date(2026, 11, 24)
MONTHLY = ("special", "at_risk")
PURPOSE = "practice"


def newest(kind: str) -> str:
    """Return the newest period of a kind that is over, or the present one of a year."""
    month = TODAY.year * 12 + TODAY.month - 2  # the month before
    year, number = divmod(month, 12)
    if kind == "month":
        return f"{year}-{number + 1:02d}"
    if kind in ("quarter", "half"):
        length = 3 if kind == "quarter" else 6
        year, part = divmod((month + 1) // length - 1, 12 // length)
        return f"{year}-{'Q' if kind == 'quarter' else 'H'}{part + 1}"
    return str(TODAY.year) if kind == "year" else f"{TODAY.year}-{kind}"


def write(out: Path, children: int, seed: int) -> None:
    """Make the commune and write its papers into a folder of their own kinds."""
    with tempfile.TemporaryDirectory() as room:
        made = desk.setup(Path(room) / "commune", role="commune", unit="01321", officer="Nông Thị Hạnh",
                          password="tap huan", practice=True)  # fmt: skip
        book = made.desk
        started = time.perf_counter()
        _, refused = book.practise(life.entries(children, seed, TODAY, 24))
        print(f"{children} children, 24 months: {time.perf_counter() - started:.1f} s, {len(refused)} rows refused")
        clock.set_fixed(datetime.combine(TODAY, datetime.min.time()) + timedelta(hours=9))
        for name, period, told in _reports(book, out):
            print(f"{name:22} {period:10} {told}", flush=True)
        for path in _issued(book, out / "issued"):
            print(path.name)
        book.close()


def _reports(book: Desk, out: Path) -> Iterator[tuple[str, str, str]]:
    for one in book.reports():
        more: dict[str, Any] = {"purpose": PURPOSE} if one.get("restricted") else {}
        folder = out / one["shape"]
        folder.mkdir(parents=True, exist_ok=True)
        for kind in one["periods"]:
            period, started = newest(kind), time.perf_counter()
            try:
                done = book.report(one["name"], period, folder, overwrite=True, **more)
            except Problem as problem:
                yield one["name"], period, str(problem)
                continue
            yield one["name"], period, f"{done['rows']:5} rows  {time.perf_counter() - started:.1f} s"


def _issued(book: Desk, folder: Path) -> Iterator[Path]:
    """Issue the monthly lists of three months, find a child late, and amend the last."""
    folder.mkdir(parents=True, exist_ok=True)
    months = [f"{TODAY.year}-{TODAY.month - back:02d}" for back in (3, 2, 1)]
    numbers = (f"{number:02d}/DS-UBND" for number in count(41))
    for name in MONTHLY:
        for month in months:
            yield _freeze(book, name, month, next(numbers), folder)
        form, code = ("circumstance", "04") if name == "special" else ("risk", "R10")
        child = book.store.rows("child", "born > ? AND life_status = ?", ("2013", "permanent"), order="id")[0]
        book.save(form, {"child": child["id"], "code": code, "from": f"{months[-1]}-05"})
        yield _freeze(book, name, months[-1], next(numbers), folder, "-amended")


def _freeze(book: Desk, name: str, month: str, number: str, folder: Path, mark: str = "") -> Path:
    done = book.snapshot(name, month, number=number, issued_on=TODAY.isoformat())
    target = folder / f"{name}-{month}{mark}.pdf"
    carrier.write_atomic(target, page.pdf(book.frozen_paper(done.id), stamp=clock.stamp()), overwrite=True)
    return target


def main() -> None:
    """Read the options and write."""
    parser = argparse.ArgumentParser(description="write the papers of an invented commune")
    parser.add_argument("folder", nargs="?", type=Path, default=Path("demo-output/papers"))
    parser.add_argument("--children", type=int, default=2200)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    write(chosen.folder, chosen.children, chosen.seed)


if __name__ == "__main__":
    main()
