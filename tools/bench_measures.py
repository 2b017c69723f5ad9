"""What is measured, each against a named baseline, turn by turn in one run.

A measurement is a generator of (product, baseline) pairs in milliseconds: product, baseline, product, baseline …, so
that whatever else the machine does falls on both. Each runs in a process of its own; making and copying registers is
never in the time. ``SIZES`` says how much was worked on.
"""

from __future__ import annotations

import json
import multiprocessing
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

import bench_registers as registers
import openpyxl
import pyrage
import typst
from backports import zstd
from rapidfuzz import fuzz, process

from cbdesk import bundle, change, page, sample, workbook
from cbdesk.desk import Desk
from cbdesk.merge import merge
from cbdesk.paper import Paper
from cbdesk.paths import resources
from cbdesk.seal import Opened
from cbdesk.store import projection

Pairs = Iterator[tuple[float, float]]
MEASURES: dict[str, Callable[[], Pairs]] = {}
SIZES: dict[str, Any] = {}
NAMES = ("Nông Thị Mai", "ly van hung", "Triệu Mùi", "hoàng", "Sùng A Páo", "đàm thu")
LIST_ROWS, LISTED = 1_000, 10_000
_FORMS = ("village", "household", "household_class", "child", "carer", "circumstance", "risk")


def measure(function: Callable[[], Pairs]) -> Callable[[], Pairs]:
    """Enter a measurement under the name of its function."""
    MEASURES[function.__name__] = function
    return function


def took(work: Callable[..., Any], *given: Any) -> float:
    """Return how long something takes, in milliseconds."""
    started = time.perf_counter()
    work(*given)
    return (time.perf_counter() - started) * 1000


def plain(path: Path) -> sqlite3.Connection:
    """Return an ordinary database with the same durability: WAL, every commit synced."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    return db


# --- saving ----------------------------------------------------------------------------------------------------------


def _save(book: Desk, data: dict[str, Any], record: str | None) -> None:
    if book.save("child", data, record, by_hand=True).id is None:
        raise AssertionError("refused")


def _put_plain(db: sqlite3.Connection, data: dict[str, Any]) -> None:
    db.execute("BEGIN IMMEDIATE")
    db.execute("INSERT INTO row VALUES (?, ?)", (change.new_id(), json.dumps(data, ensure_ascii=False)))
    db.execute("COMMIT")


def _saves(work: Callable[[Desk, int], dict[str, Any]], turns: int) -> Pairs:
    """Save in a register of 12,000 and put the same data as one JSON row into a plain database beside it."""
    with registers.copy(registers.commune()) as folder:
        book, db = registers.opened(folder), plain(folder / "plain.db")
        db.execute("CREATE TABLE row(id TEXT PRIMARY KEY, data TEXT NOT NULL)")
        for turn in range(turns):
            data = work(book, turn)
            record = data.pop("id", None)
            yield took(_save, book, data, record), took(_put_plain, db, data)
        db.close()
        book.close()


@measure
def save_new() -> Pairs:
    """A new child with parents and household, as the window saves it."""
    rows = sample.rows(60, 77, registers.TODAY)
    SIZES.update(children=registers.CHILDREN, changes_a_save=5)
    return _saves(lambda book, turn: registers.typed(next(rows), next(iter(book.village_names()))), 40)


@measure
def save_amend() -> Pairs:
    """One field of a child who is there."""
    SIZES.update(children=registers.CHILDREN, changes_a_save=1)
    ids: list[str] = []

    def work(book: Desk, turn: int) -> dict[str, Any]:
        ids.extend([] if ids else book.search_children("ly") or [])
        return {"id": ids[turn], "phone": f"0987{turn:06d}"}

    return _saves(work, 40)


# --- importing -------------------------------------------------------------------------------------------------------


def _import(book: Desk, path: Path, rows: int) -> None:
    done = book.import_run(book.import_plan(path))
    if done.read != rows or done.refused or done.added + done.same != rows:
        raise AssertionError("not all taken in")


def _bare_import(db: sqlite3.Connection, path: Path) -> None:
    """Put the same cells as they stand into one table, in one durable transaction."""
    sheet = openpyxl.load_workbook(path, read_only=True, data_only=True).worksheets[0]
    lines = [tuple(None if cell is None else str(cell) for cell in row) for row in sheet.iter_rows(values_only=True)]
    width = max(map(len, lines))
    db.execute(f"CREATE TABLE cell({', '.join(f'c{at} TEXT' for at in range(width))})")
    db.execute("BEGIN IMMEDIATE")
    db.executemany(f"INSERT INTO cell VALUES ({', '.join('?' * width)})", (line + (None,) * (width - len(line))
                                                                           for line in lines))  # fmt: skip
    db.execute("COMMIT")


@measure
def import_10000() -> Pairs:
    """An old list in TCVN3 letters with two levels of headings, from the file to durable rows of an empty register."""
    for _ in range(5):
        with registers.empty() as (folder, book):
            path = folder / "list.xlsx"
            rows = sample.old_list(path, sample.rows(LISTED, 5, registers.TODAY))
            db = plain(folder / "plain.db")
            yield took(_import, book, path, rows), took(_bare_import, db, path)
            db.close()
        SIZES.update(rows=rows)


# --- searching -------------------------------------------------------------------------------------------------------


def _keystrokes() -> list[str]:
    """Return what stands in the search box after each key while the names are typed."""
    return [name[:end] for name in NAMES for end in range(1, len(name) + 1) if name[end - 1] != " "]


def _bare_index(book: Desk, path: Path) -> sqlite3.Connection:
    """Return the same search text under the same index in a plain, unencrypted database."""
    db = plain(path)
    db.execute("CREATE TABLE child(id TEXT PRIMARY KEY, name_key TEXT, folded TEXT)")
    db.execute("CREATE INDEX child_name ON child(name_key)")
    db.execute("CREATE VIRTUAL TABLE find USING fts5(folded, content='child', content_rowid='rowid',"
               " tokenize='trigram')")  # fmt: skip
    db.execute("BEGIN")
    rows = book.store.db.execute("SELECT id, name_key, folded FROM child")
    db.executemany("INSERT INTO child VALUES (?, ?, ?)", rows)
    db.execute("INSERT INTO find(find) VALUES ('rebuild')")
    db.execute("COMMIT")
    return db


def _bare_search(db: sqlite3.Connection, query: str, limit: int) -> list[Any]:
    """Ask as a plain program would: all that match by the index, in order, no more than asked for."""
    match = projection.match_of(*projection.ways_of(query))
    found = "rowid IN (SELECT rowid FROM find WHERE find MATCH ?)"
    return db.execute(f"SELECT id FROM child WHERE {found} ORDER BY name_key, id LIMIT ?", (match, limit)).fetchall()


def _searches(folder: Path, rows: int, ask: Callable[[Desk, str], Any], limit: int) -> Pairs:
    typed, slowest = _keystrokes(), 0.0
    bare = folder.parent / f"{folder.name}-bare.db"
    bare.unlink(missing_ok=True)
    book = registers.opened(folder)
    db = _bare_index(book, bare)
    for turn in range(4):
        for query in typed:
            pair = took(ask, book, query), took(_bare_search, db, query, limit)
            if turn:  # the first turn only warms both
                slowest = max(slowest, pair[0])
                yield pair
    SIZES.update(children=rows, keystrokes=len(typed), slowest_ms=round(slowest, 1))
    db.close()
    book.close()


@measure
def search_12000() -> Pairs:
    """The list's search box: ids of all that match."""
    return _searches(registers.commune(), registers.CHILDREN, lambda book, query: book.search_children(query), 100_000)


@measure
def search_200000() -> Pairs:
    """The receiver's search: the first 50 records and how many there are."""
    return _searches(registers.province(), registers.PROVINCE, lambda book, query: book.find(query), 50)


def _further_out(book: Desk) -> tuple[list[str], list[str]]:
    """Return names of mothers and of villages of a register, as somebody types them."""
    mothers = [row[0] for row in book.store.db.execute(
        "SELECT full_name FROM carer WHERE relation = 'mother' ORDER BY id LIMIT 40")]  # fmt: skip
    villages = [row[0] for row in book.store.db.execute("SELECT name FROM village ORDER BY id LIMIT 40")]
    return mothers, villages


def _searches_around(which: int) -> Pairs:
    """Ask for children by what stands in another table; bare: the same words in the children's own index."""
    folder, slowest = registers.province(), 0.0
    bare = folder.parent / f"{folder.name}-bare.db"
    bare.unlink(missing_ok=True)
    book = registers.opened(folder)
    typed, db = _further_out(book)[which], _bare_index(book, bare)
    for turn in range(3):
        for query in typed:
            pair = took(book.find, query), took(_bare_search, db, query, 50)
            if turn:
                slowest = max(slowest, pair[0])
                yield pair
    SIZES.update(children=registers.PROVINCE, questions=len(typed), slowest_ms=round(slowest, 1))
    db.close()
    book.close()


@measure
def search_parent() -> Pairs:
    """A mother's whole name among the parents of 200,000 children."""
    return _searches_around(0)


@measure
def search_village() -> Pairs:
    """A village's whole name in a province."""
    return _searches_around(1)


# --- duplicates ------------------------------------------------------------------------------------------------------


def _alike_names(children: list[tuple[str, str]]) -> int:
    """Return how many pairs of one birth year have names and dates that are nearly the same letters."""
    years: dict[str, list[str]] = {}
    for name, born in children:
        years.setdefault(born[:4], []).append(f"{name} {born}")
    return sum(
        len(process.extract(one, names[at + 1 :], scorer=fuzz.token_sort_ratio, score_cutoff=90, limit=None))
        for names in years.values()
        for at, one in enumerate(names)
    )


@measure
def duplicates_12000() -> Pairs:
    """All pairs of a register that may be one child: read, blocked, compared, explained."""
    with registers.copy(registers.commune()) as folder:
        book = registers.opened(folder)
        sql = "SELECT full_name, born FROM child WHERE full_name IS NOT NULL AND born IS NOT NULL"
        children = book.store.db.execute(sql).fetchall()
        SIZES.update(children=registers.CHILDREN, pairs=len(book.duplicates(all_levels=True)))
        for _ in range(7):
            yield took(lambda: book.duplicates(all_levels=True)), took(_alike_names, children)
        book.close()


# --- carrying --------------------------------------------------------------------------------------------------------


def _pack(book: Desk) -> bundle.Packed:
    packed = bundle.pack(book.store, book.keys, book.peers()[0])
    if packed is None or packed.changes != registers.CHANGES:
        raise AssertionError("not all packed")
    return packed


def _bare_seal(raw: bytes, people: list[Any]) -> bytes:
    sealed: bytes = pyrage.encrypt(zstd.compress(raw, 1), people)
    return sealed


def _packs(bare: Callable[[Desk], float], turns: int = 12) -> Pairs:
    """Pack in a register just opened, none of it in memory yet."""
    folder = registers.exchange() / "commune"
    for _ in range(turns):
        book = registers.opened(folder)
        product = took(_pack, book)
        book.close()
        book = registers.opened(folder)
        yield product, bare(book)
        SIZES.update(changes=registers.CHANGES, raw_bytes=len(_lines(book)))
        book.close()


def _lines(book: Desk) -> bytes:
    rows = book.store.db.execute("SELECT line FROM op ORDER BY n")
    return b"".join(line.encode() + b"\n" for (line,) in rows)


def _people(book: Desk) -> list[Any]:
    return [pyrage.x25519.Recipient.from_str(book.peers()[0].age_recipient)]


@measure
def pack_bytes() -> Pairs:
    """From the register to the sealed bytes, against zstd and age of bytes that lie ready in memory."""
    return _packs(lambda book: took(_bare_seal, _lines(book), _people(book)))


@measure
def pack_rows() -> Pairs:
    """The same against reading the lines from the same encrypted table, then zstd and age."""
    return _packs(lambda book: took(lambda: _bare_seal(_lines(book), _people(book))))


def _incoming() -> bytes:
    book = registers.opened(registers.exchange() / "commune")
    data = _pack(book).data
    book.close()
    return data


def _merge_into(book: Desk, opened: Opened) -> None:
    done = merge(book.store, opened, file="", file_sha256="", find_device=book.ledger.device, heard={})
    if done.new != registers.CHANGES or done.quarantined:
        raise AssertionError("not all merged")


def _merges(bare: Callable[[Desk, Desk], float], turns: int = 7) -> Pairs:
    """Merge into an empty receiver; ``bare(done, empty)`` puts the same into another, in one durable transaction."""
    data, empty = _incoming(), registers.exchange() / "receiver"
    for _ in range(turns):
        with registers.copy(empty) as folder:
            book = registers.opened(folder)
            opened = book._unseal(data)
            product = took(_merge_into, book, opened)
            with registers.copy(empty, "other") as other:
                target = registers.opened(other)
                yield product, bare(book, target)
                target.close()
            book.close()
    SIZES.update(changes=registers.CHANGES, sealed_bytes=len(data))


def _put(target: Desk, tables: dict[str, list[tuple[Any, ...]]]) -> float:
    def work() -> None:
        with target.store.atomic():
            for name, rows in tables.items():
                marks = ", ".join("?" * len(rows[0]))
                target.store.db.conn.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)

    return took(work)


def _rows(book: Desk, name: str) -> list[tuple[Any, ...]]:
    return book.store.db.execute(f'SELECT * FROM "{name}"').fetchall()


@measure
def merge_rows() -> Pairs:
    """Against the same lines and the same finished rows."""

    def bare(done: Desk, empty: Desk) -> float:
        return _put(empty, {name: rows for name in ("op", *_FORMS) if (rows := _rows(done, name))})

    return _merges(bare)


@measure
def merge_lines() -> Pairs:
    """Against the same lines alone, with nothing verified and no row made."""
    return _merges(lambda done, empty: _put(empty, {"op": _rows(done, "op")}))


# --- telling ---------------------------------------------------------------------------------------------------------


def _paper() -> Paper:
    """Return a list of exactly 1,000 children of the commune."""
    with registers.copy(registers.commune()) as folder:
        book = registers.opened(folder)
        paper, _ = book.draft_paper("at_risk", "2026-11")
        book.close()
    if len(paper.rows) < LIST_ROWS:
        raise AssertionError("too few rows")
    rows = tuple(islice(paper.rows, LIST_ROWS))
    SIZES.update(rows=len(rows), columns=len(paper.columns))
    return replace(paper, rows=rows)


def _cells(paper: Paper) -> list[list[str]]:
    return [[row.cells[one.key].text for one in paper.columns] for row in paper.rows]


@measure
def list_xlsx() -> Pairs:
    """The workbook that prints like the paper."""
    paper = _paper()
    cells = _cells(paper)

    def baseline() -> None:
        book = openpyxl.Workbook()
        sheet = book.worksheets[0]
        sheet.append([one.heading for one in paper.columns])
        for row in cells:
            sheet.append(row)
        book.save(BytesIO())

    for _ in range(9):
        yield took(lambda: workbook.list_xlsx(paper)), took(baseline)


_BARE_LIST = """#set page(paper: "a4", flipped: true)
#set text(font: "Tinos", size: 11pt, lang: "vi")
#let data = json(bytes(sys.inputs.data))
#table(columns: data.widths.map(one => one * 1fr), ..data.cells)
"""


def _pdf(paper: Paper) -> float:
    return took(lambda: page.pdf(paper, stamp=f"{date.isoformat(registers.TODAY)}T08:00"))


def bare_pdf(data: str) -> float:
    """Return how long a bare table of these cells takes."""
    def work() -> None:
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False,
                            font_paths=[str(resources() / "fonts" / "tinos")])  # fmt: skip
        typst.compile(_BARE_LIST.encode(), font_paths=fonts, ignore_system_fonts=True, format="pdf",
                      sys_inputs={"data": data})  # fmt: skip

    return took(work)


@measure
def list_pdf() -> Pairs:
    """The paper as PDF/A. Each time in a fresh process, because Typst remembers what it has laid out."""
    paper = _paper()
    cells = [one.heading for one in paper.columns] + [cell for row in _cells(paper) for cell in row]
    data = json.dumps({"widths": [one.width for one in paper.columns], "cells": cells}, ensure_ascii=False)
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=fresh, max_tasks_per_child=1) as pool:
        for _ in range(7):
            yield pool.submit(_pdf, paper).result(), pool.submit(bare_pdf, data).result()
