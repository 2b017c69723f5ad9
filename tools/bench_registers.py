"""Registers the bench measures on: invented, made once through the program itself, kept in ``.bench/``.

Rules: a register is made anew when the store, the catalogue or the invented names change (its folder carries their
digest), so that no figure is of an older shape; what a measurement changes, it changes in a copy. Nothing is written
outside ``.bench/``, not even the witness of a stream.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cbdesk import desk, kinds, life, sample
from cbdesk.catalogue import catalogue
from cbdesk.change import Change, new_id
from cbdesk.desk import Desk
from cbdesk.store.projection import Projector

ROOT = Path(__file__).resolve().parent.parent
BENCH = ROOT / ".bench"
os.environ["XDG_STATE_HOME"] = str(BENCH / "state")
PASSWORD = "tap huan"
OFFICER = "Nông Thị Hạnh"
TODAY = date(2026, 11, 24)
CHILDREN, USUAL, PROVINCE, CHANGES = 12_000, 2_200, 200_000, 10_000
SHAPE = (*sorted(str(one) for one in (ROOT / "cbdesk" / "store").glob("*.py")),
         *sorted(str(one) for one in (ROOT / "cbdesk" / "life").glob("*.py")), "cbdesk/change.py", "cbdesk/text.py",
         "cbdesk/desk/shorthand.py", "cbdesk/sample.py", "tools/bench_registers.py")  # fmt: skip


def _digest() -> str:
    found = hashlib.sha256()
    for path in [*(ROOT / one for one in SHAPE), *sorted((ROOT / "resources" / "catalogue").rglob("*.toml"))]:
        found.update(path.read_bytes())
    return found.hexdigest()[:12]


def _made(name: str, make: Callable[[Path], None]) -> Path:
    """Return the folder of a register, made now if it is not there."""
    home = BENCH / _digest()
    if not home.exists():
        shutil.rmtree(BENCH, ignore_errors=True)
    folder, done = home / name, home / f"{name}.made"
    if not done.exists():
        print(f"  making the register {name} …", file=sys.stderr, flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)  # in its place: a register that was moved would begin a new stream
        make(folder)
        done.touch()
    return folder


def commune() -> Path:
    """Return the register of one commune with 12,000 children, put in through ``desk.put``."""

    def make(folder: Path) -> None:
        book = _setup(folder, "commune", "01321")
        book.put("child", sample.rows(CHILDREN, 1, TODAY))
        book.close()

    return _made(f"commune-{CHILDREN}", make)


def lived() -> Path:
    """Return the register of a commune of usual size in which 24 months passed (``cbdesk.life``)."""

    def make(folder: Path) -> None:
        book = _setup(folder, "commune", "01321")
        if book.practise(life.entries(USUAL, 1, TODAY, 24))[1]:
            raise AssertionError("a row of the life was refused")
        book.close()

    return _made(f"lived-{USUAL}", make)


def exchange() -> Path:
    """Return a folder of two registers that trust each other.

    ``commune`` has exactly 10,000 changes to send: new children, and then amendments of them. ``receiver`` has none.
    """

    def make(folder: Path) -> None:
        one, other = _setup(folder / "commune", "commune", "01321"), _setup(folder / "receiver", "receiver", "04")
        cards = one.card_bytes(), other.card_bytes()
        one.enrol(cards[1], other.fingerprint)
        other.enrol(cards[0], one.fingerprint)
        saved = one.put("child", sample.rows(CHANGES * 3 // 20, 1, TODAY))
        left = CHANGES - one.unsent()
        one.put("child", ({"id": row.id, "phone": f"0912{at:06d}"} for at, row in enumerate(saved[:left])))
        if one.unsent() != CHANGES:
            raise AssertionError("the exchange has another number of changes")
        one.close()
        other.close()

    return _made(f"exchange-{CHANGES}", make)


def province() -> Path:
    """Return a receiver's register whose table of children has 200,000 rows, with their parents and villages.

    They are folded by the program's own projector into its own encrypted tables and trigram index; the journal is
    left out, because no search ever reads it.
    """

    def make(folder: Path) -> None:
        book = _setup(folder, "receiver", "04")
        fields = {field.name for field in catalogue().forms["child"].fields} - {"village", "household"}
        villages: dict[str, str] = {}
        rows = sample.rows(PROVINCE, 2, TODAY)
        projector = Projector(book.store.db, lambda stream: "01321@2025-07-01")
        count = 0
        while part := list(islice(rows, 5_000)):
            changes = []

            def add(form: str, values: dict[str, Any], changes: list[Change] = changes) -> str:
                nonlocal count
                count += 1
                changes.append(Change(s="0" * 16, n=count, c=count, t=form, r=new_id(), f=values))
                return changes[-1].r

            for at, row in enumerate(part):
                place = f"{row['village']} {(count + at) % 40}"  # some 1,500 villages, as in a province
                if place not in villages:
                    villages[place] = add("village", {"name": place})
                values = {name: value for name, value in row.items() if name in fields}
                child = add("child", {**values, "village": villages[place]})
                for relation in ("father", "mother"):
                    if row.get(f"{relation}_name"):
                        add("carer", {"child": child, "relation": relation, "full_name": row[f"{relation}_name"]})
            with book.store.atomic():
                projector.project(changes)
        book.close()

    return _made(f"province-{PROVINCE}", make)


def _setup(folder: Path, role: str, unit: str) -> Desk:
    return desk.setup(folder, role=role, unit=unit, officer=OFFICER, password=PASSWORD, practice=True).desk


@contextmanager
def empty() -> Iterator[tuple[Path, Desk]]:
    """Give a folder and in it the empty register of a commune, open; both are gone afterwards."""
    BENCH.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=BENCH) as folder:
        book = _setup(Path(folder) / "commune", "commune", "01321")
        yield Path(folder), book
        book.close()


def opened(folder: Path) -> Desk:
    """Open a register of the bench."""
    return desk.unlock(folder, None, PASSWORD)


@contextmanager
def copy(folder: Path, name: str = "copy") -> Iterator[Path]:
    """Give a copy that may be changed; it is on the same disk and gone afterwards."""
    place = BENCH / f"{name}-{os.getpid()}"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(folder, place)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def typed(row: dict[str, object], village: str) -> dict[str, object]:
    """Return an invented row as the window saves it: the village by its id, values as the kinds store them."""
    found = dict(row) | {"village": village}
    shape = catalogue().forms["child"]
    for name, value in row.items():
        if shape.has(name) and name != "village":
            field = shape.field(name)
            found[name] = kinds.KINDS[field.kind].read(value, field, TODAY).value
    return found
