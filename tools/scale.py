"""A province's years, invented and taken in: ``python tools/scale.py [--communes 56 --children 2200 --years 10]``.

Each commune writes its register and then a bundle a month, with the changes a real one makes (about four a child and
year: amended fields, closed and opened circumstances, new children, incidents, support). The sealed files are taken in
by the real receiver through ``desk.receive``, answers written. Told for the first load, for a month's round, and after
the last: time, changes, size, memory, search, a consolidated report. The baseline in the same run: bare inserts of the
same lines and bare upserts of the same finished rows, month by month, into an encrypted store.

Communes write their lines directly, chained and signed as ``store.write`` does: theirs is not the time measured.
Written to ``docs/measures/scale_<communes>x<children>.json``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import resource
import secrets
import shutil
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

import bench_registers as registers  # noqa: E402

from cbdesk import BUNDLE, SCHEMA, __version__, change, clock, sample, seal  # noqa: E402
from cbdesk.card import Device  # noqa: E402
from cbdesk.catalogue import catalogue  # noqa: E402
from cbdesk.change import Change, new_id, new_stream_id  # noqa: E402
from cbdesk.desk import Desk  # noqa: E402
from cbdesk.manifest import type_of  # noqa: E402
from cbdesk.seal import DeviceKeys  # noqa: E402

PLACE = registers.BENCH / "scale"
FIRST_YEAR = 2026
CODES = ("03", "10.a", "14", "01", "08")
RISKS = ("R01", "R02", "R05", "R10")


class Commune:
    """One commune's PC: its keys, its stream, and what it knows of its own records."""

    def __init__(self, unit: str, children: int, seed: int) -> None:
        self.unit, self.node, self.s = unit, new_stream_id(), new_stream_id()
        self.keys, self.draw = DeviceKeys.new(), random.Random(seed)
        self.n = self.c = 0
        self.h = change.GENESIS
        self.at = ""
        self.children: list[str] = []
        self.villages: dict[str, str] = {}
        self.heads: dict[tuple[str, str], change.Version] = {}
        self.open: list[str] = []
        self.fresh = sample.rows(children * 3, seed, date(FIRST_YEAR, 1, 1))
        self.size = children

    @property
    def device(self) -> Device:
        return Device(self.node, self.unit, "commune", self.keys.sign_public, self.keys.age_recipient)

    def say(self, form: str, record: str, **fields: Any) -> bytes:
        """Return the line of one change."""
        self.n, self.c = self.n + 1, self.c + 1
        parents = {name: [self.heads[record, name]] for name in fields if (record, name) in self.heads}
        one = Change(s=self.s, n=self.n, c=self.c, t=form, r=record, f=fields, b=parents, g=new_stream_id(),
                     by=registers.OFFICER, at=self.at, x=change.salt(), v=SCHEMA)  # fmt: skip
        if form in ("child", "circumstance"):
            self.heads.update({(record, name): one.version for name in fields})
        return one.line().encode()

    def child(self) -> Iterator[bytes]:
        """A child as ``put`` stores it: itself, its parents, what it is in."""
        row = next(self.fresh)
        place = str(row["village"])
        if place not in self.villages:
            self.villages[place] = new_id()
            yield self.say("village", self.villages[place], name=place)
        known = {field.name for field in catalogue().forms["child"].fields} - {"village", "household"}
        record = new_id()
        self.children.append(record)
        values = {name: value for name, value in row.items() if name in known}
        yield self.say("child", record, **values, village=self.villages[place])
        for relation in ("father", "mother"):
            if row.get(f"{relation}_name"):
                name = row[f"{relation}_name"]
                yield self.say("carer", new_id(), child=record, relation=relation, full_name=name)
        for form, codes in (("circumstance", row.get("groups", ())), ("risk", row.get("risks", ()))):
            for code in codes:
                yield self.say(form, new_id(), child=record, code=code, **{"from": self.at[:10]})

    def first(self) -> list[bytes]:
        """The register as it is when the program is brought in."""
        self.at = f"{FIRST_YEAR}-01-05T08:00:00"
        return [line for _ in range(self.size) for line in self.child()]

    def month(self, year: int, month: int) -> list[bytes]:
        """What a month changes."""
        draw, lines = self.draw, list[bytes]()
        for _ in range(self.size * 4 // 12):
            self.at = f"{year}-{month:02d}-{draw.randrange(1, 29):02d}T{draw.randrange(8, 17):02d}:15:00"
            record, kind = draw.choice(self.children), draw.random()
            if kind < 0.55:
                lines.append(self.say("child", record, phone=f"09{draw.randrange(10**8):08d}"))
            elif kind < 0.70:
                lines.append(self.say("risk", new_id(), child=record, code=draw.choice(RISKS),
                                      **{"from": self.at[:10]}))  # fmt: skip
            elif kind < 0.80:
                self.open.append(new_id())
                lines.append(self.say("circumstance", self.open[-1], child=record, code=draw.choice(CODES),
                                      **{"from": self.at[:10]}))  # fmt: skip
            elif kind < 0.85 and self.open:
                lines.append(self.say("circumstance", self.open.pop(0), to=self.at[:10]))
            elif kind < 0.95:
                lines.append(self.say("support", new_id(), child=record, kind="gift", on=self.at[:10]))
            elif kind < 0.955:
                lines.append(self.say("incident", new_id(), child=[record], kind="injury", received_at=self.at[:16]))
            else:
                lines += self.child()
        return lines

    def sealed(self, lines: list[bytes], to: Device) -> bytes:
        """Return the bundle of lines just said."""
        base, base_h = self.n - len(lines), self.h
        self.h = change.links(self.h, lines)[-1]
        payload, entry = seal.pack_lines(lines)
        segment = {"s": self.s, "base": base, "base_h": base_h.hex(), "n": self.n, "h": self.h.hex(),
                   "key": self.keys.key, "sig": seal.sign_head(self.keys, self.s, self.n, self.h.hex())}  # fmt: skip
        manifest = {
            "type": type_of("bundle", practice=True, version=BUNDLE), "id": secrets.token_hex(16), "app": __version__,
            "schema": SCHEMA, "min_reader": BUNDLE, "to": [to.node], "at": f"{self.at}+07:00", "clock": "ok",
            "from": {"unit": self.unit, "device": self.node, "key": self.keys.key}, "segs": [segment],
            "have": {self.s: [self.n, self.h.hex()]},
            "results": [], "trust": 0, "blobs": {}, "log": {"n": 0, "h": change.GENESIS.hex()}, "payload": entry,
        }  # fmt: skip
        return seal.seal(manifest, payload, self.keys, [to.age_recipient])


def units(count: int) -> list[str]:
    """Return unit keys: the communes of today, or the old ones where more are asked for."""
    every = [one for one in catalogue().units.all if one.level == "xa"]
    today = [one.key for one in every if one.valid(date(2026, 11, 24))]
    old = [one.key for one in every if (one.valid_to or "9") < "2025-07-02"]
    return (today if count <= len(today) else old)[:count]


def receiver(communes: list[Commune]) -> Desk:
    """Return the register of a new receiver that trusts them all."""
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir(parents=True)
    book = registers._setup(PLACE / "receiver", "receiver", "04")
    with book.store.atomic():
        for one in communes:
            card = seal.make_card(one.keys, one.node, one.unit, "commune", "xã", practice=True)
            book.ledger.trust(one.device, "xã", card)
    return book


def round_of(book: Desk, files: list[bytes]) -> float:
    """Take in one file of each commune from a folder, answers written; returns the seconds."""
    folder = PLACE / "stick"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for at, data in enumerate(files):
        (folder / f"{at:03d}.cbd").write_bytes(data)
    begun = time.perf_counter()
    found = book.receive([folder], ack=folder / "..")
    took = time.perf_counter() - begun
    if any(one.result != "merged" or one.counts["quarantined"] for one in found) or len(found) != len(files):
        raise AssertionError(f"not all merged: { {one.result for one in found} }")
    for path in PLACE.glob("*.cbd"):
        path.unlink()
    return took


class Bare:
    """The baseline: the same lines and finished rows put into an encrypted store, with nothing verified or folded."""

    def __init__(self) -> None:
        self.book, self.mark = registers._setup(PLACE / "bare", "receiver", "04"), 0

    def catch_up(self, book: Desk) -> float:
        """Put in what the receiver has gained since, or has otherwise now; returns the seconds of that alone."""
        source, new = book.store.db, "SELECT r FROM op WHERE rowid > ?"
        took = self._put("op", source.execute("SELECT * FROM op WHERE rowid > ?", (self.mark,)).fetchall())
        for name in catalogue().forms:
            rows = source.execute(f'SELECT * FROM "{name}" WHERE id IN ({new})', (self.mark,)).fetchall()
            took += self._put(name, rows)
        self.mark = int(source.execute("SELECT max(rowid) FROM op").fetchone()[0])
        return took

    def _put(self, name: str, rows: list[tuple[Any, ...]]) -> float:
        if not rows:
            return 0.0
        columns = [row[1] for row in self.book.store.db.execute(f'PRAGMA table_info("{name}")').fetchall()]
        told = ", ".join(f'"{one}" = excluded."{one}"' for one in columns if one != "id")
        again = f"ON CONFLICT(id) DO UPDATE SET {told}" if name != "op" else ""
        begun = time.perf_counter()
        with self.book.store.atomic():
            self.book.store.db.conn.executemany(
                f'INSERT INTO "{name}" VALUES ({", ".join("?" * len(columns))}) {again}', rows
            )
        return time.perf_counter() - begun


def after(book: Desk) -> dict[str, Any]:
    """Return what using the register costs now: search, a consolidated report, size, memory."""
    searches = []
    for word in ("ly mui", "hoang", "nong thi", "mong", "trieu van dau"):
        begun = time.perf_counter()
        book.search(word, limit=50)
        searches.append((time.perf_counter() - begun) * 1000)
    begun = time.perf_counter()
    book.report_now("year", str(FIRST_YEAR))
    told = time.perf_counter() - begun
    return {
        "search_ms": round(statistics.median(searches), 1), "report_s": round(told, 2),
        "size_mb": round((book.folder / "register.db").stat().st_size / 2**20),
        "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--communes", type=int, default=56)
    parser.add_argument("--children", type=int, default=2_200)
    parser.add_argument("--years", type=int, default=10)
    asked = parser.parse_args()
    clock.set_fixed(f"{FIRST_YEAR + asked.years}-01-02T08:00")
    communes = [Commune(unit, asked.children, seed) for seed, unit in enumerate(units(asked.communes))]
    book, rounds, bares = receiver(communes), list[float](), list[float]()
    to = Device(book.node, book.unit.key, "receiver", book.keys.sign_public, book.keys.age_recipient)
    first = [one.sealed(one.first(), to) for one in communes]
    load, bare = round_of(book, first), Bare()
    bare_load = bare.catch_up(book)
    begun = sum(one.n for one in communes)
    print(f"first load: {begun:,} changes in {load:.1f} s, bare {bare_load:.1f} s", file=sys.stderr, flush=True)
    del first
    for year in range(FIRST_YEAR, FIRST_YEAR + asked.years):
        for month in range(1, 13):
            rounds.append(round_of(book, [one.sealed(one.month(year, month), to) for one in communes]))
            bares.append(bare.catch_up(book))
        print(f"{year}: a round {statistics.median(rounds[-12:]):.1f} s", file=sys.stderr, flush=True)
    changes = sum(one.n for one in communes)
    written = {
        "communes": asked.communes, "children_each": asked.children, "years": asked.years, "changes": changes,
        "first_load": {"changes": begun, "seconds": round(load, 1), "bare_seconds": round(bare_load, 1),
                       "ratio": round(load / bare_load, 2)},
        "round": {"changes": round((changes - begun) / len(rounds)), "seconds": round(statistics.median(rounds), 2),
                  "first_year": round(statistics.median(rounds[:12]), 2),
                  "last_year": round(statistics.median(rounds[-12:]), 2),
                  "bare_seconds": round(statistics.median(bares), 2),
                  "ratio": round(statistics.median(rounds) / statistics.median(bares), 2)},
        **after(book), "on": time.strftime("%Y-%m-%d"), "cpus": os.cpu_count(),
        "proof": hashlib.sha256("".join(sorted(one.h.hex() for one in communes)).encode()).hexdigest()[:16],
    }  # fmt: skip
    book.close()
    bare.book.close()
    out = ROOT / "docs" / "measures" / f"scale_{asked.communes}x{asked.children}.json"
    out.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(written, indent=1))
    shutil.rmtree(PLACE, ignore_errors=True)


if __name__ == "__main__":
    main()
