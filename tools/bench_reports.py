"""Measurements of reports: the year of a commune that lived for 24 months, and a list of 12,000 children.

Both are taken from rows in the encrypted register to finished PDF/A, each time in a fresh process. Their baseline is
what the least program would do: plain SQL in an unencrypted database (nothing explained, no children behind a figure,
no heading), and a bare Typst table of the same cells.
"""

from __future__ import annotations

import json
import multiprocessing
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import bench_registers as registers
from bench_measures import SIZES, Pairs, bare_pdf, measure, plain

from cbdesk import clock, page
from cbdesk.grid import shown

YEAR = "2026"
REPORT = "year"
MONTH = f"{YEAR}-11"
STAMP = f"{registers.TODAY}T08:00"
TURNS = 7
COPIED = ("child", "circumstance", "risk", "household_class", "incident", "support", "village", "carer")

PEOPLE = """count(DISTINCT c.id), count(DISTINCT iif(c.sex = 'male', c.id, NULL)),
 count(DISTINCT iif(c.sex = 'female', c.id, NULL)), count(DISTINCT iif(c.born > date(?1, '-6 years'), c.id, NULL)),
 count(DISTINCT iif(c.born BETWEEN date(?1, '-11 years') AND date(?1, '-6 years'), c.id, NULL)),
 count(DISTINCT iif(c.born BETWEEN date(?1, '-16 years') AND date(?1, '-11 years'), c.id, NULL)),
 count(DISTINCT iif(c.ethnicity = '01', c.id, NULL)), count(DISTINCT iif(c.ethnicity <> '01', c.id, NULL))"""
HERE = """(c.born IS NULL OR c.born > date(?1, '-16 years'))
 AND (c.life_status NOT IN ('left', 'dead', 'over_16') OR c.status_since > ?1)"""
LASTS = "(e.\"from\" IS NULL OR e.\"from\" <= ?1) AND (e.\"to\" IS NULL OR e.\"to\" > ?1)"
NEWEST = """SELECT household, class FROM household_class h WHERE year = (SELECT max(year) FROM household_class
 WHERE household = h.household AND year <= substr(?1, 1, 4))"""
INCIDENT = """FROM incident i JOIN json_each(i.child) j JOIN child c ON c.id = j.value
 WHERE i.kind = '{kind}' AND substr(i.received_at, 1, 10) BETWEEN date(?1, 'start of year') AND ?1 GROUP BY {by}"""


# --- the year's report -----------------------------------------------------------------------------------------------


def _report(folder: str) -> float:
    """Count the report and set it; opening the register is not in the time."""
    clock.set_fixed(STAMP)
    book = registers.opened(Path(folder))
    started = time.perf_counter()
    book.report_bytes(book.report_now(REPORT, YEAR), "pdf")
    passed = (time.perf_counter() - started) * 1000
    book.close()
    return passed


def _questions() -> list[str]:
    """Return one query a table of such a report, each with all its rows and columns."""
    found = [f"SELECT c.village, {PEOPLE} FROM child c WHERE {HERE} GROUP BY 1"]
    for form in ("circumstance", "risk"):
        found.append(f"SELECT e.code, {PEOPLE} FROM {form} e JOIN child c ON c.id = e.child "
                     f"WHERE {LASTS} AND {HERE} GROUP BY 1")  # fmt: skip
    found.append(f"SELECT n.class, {PEOPLE} FROM ({NEWEST}) n JOIN child c ON c.household = n.household "
                 f"WHERE {HERE} GROUP BY 1")  # fmt: skip
    for kind, fields in (("injury", ("cause", "outcome", "water_place", "injury_place", "treatment", "cause")),
                         ("abuse", ("forms_of_abuse", "setting", "suspect_relation", "handling", "source")),
                         ("child_labour", ("labour_state", "hazards", "labour_schooling"))):  # fmt: skip
        found += [f"SELECT i.{by}, {PEOPLE} " + INCIDENT.format(kind=kind, by=f"i.{by}") for by in fields]
    return found


def _bare_report(path: str, cells: str) -> float:
    db = sqlite3.connect(path)
    started = time.perf_counter()
    for query in _questions():
        db.execute(query, (registers.TODAY.isoformat(),)).fetchall()
    passed = (time.perf_counter() - started) * 1000
    db.close()
    return passed + sum(bare_pdf(one) for one in json.loads(cells))


@measure
def report_year() -> Pairs:
    """The report of a year in words, tables and charts, of 2,200 children with 24 months of entries."""
    folder = registers.lived()
    clock.set_fixed(STAMP)
    book = registers.opened(folder)
    tables = book.counted_report(REPORT, YEAR).grids
    SIZES.update(children=book.store.count("child"), tables=len(tables),
                 cells=sum(len(row.cells) for one in tables for row in one.rows))  # fmt: skip
    cells = json.dumps([_cells(one) for one in tables], ensure_ascii=False)
    path = _copied(book, folder.parent / "lived-plain.db")
    book.close()
    return _turns(lambda: (_report, (str(folder),)), lambda: (_bare_report, (str(path), cells)))


def _cells(table: Any) -> str:
    """Return the cells of a table as the bare layout takes them."""
    rows = [[row.label, *(shown(row, one) for one in table.columns)] for row in table.rows]
    heads = ["", *(one.heading for one in table.columns)]
    return json.dumps({"widths": [60, *(one.width for one in table.columns)],
                       "cells": heads + [cell for row in rows for cell in row]}, ensure_ascii=False)  # fmt: skip


# --- a long list -----------------------------------------------------------------------------------------------------


def _list(folder: str) -> float:
    clock.set_fixed(STAMP)
    book = registers.opened(Path(folder))
    started = time.perf_counter()
    page.pdf(book.draft_paper("at_risk", MONTH)[0], stamp=STAMP)
    passed = (time.perf_counter() - started) * 1000
    book.close()
    return passed


def _bare_list(path: str, widths: list[float]) -> float:
    """Ask for the same children with their parents, risks and support in one query, and set them."""
    db = sqlite3.connect(path)
    started = time.perf_counter()
    found = db.execute(
        f"""SELECT v.name, c.full_name, c.born, c.sex, c.ethnicity, c.personal_id,
        (SELECT group_concat(full_name, '; ') FROM carer WHERE child = c.id), ifnull(n.class, ''),
        (SELECT group_concat(e.code, '; ') FROM risk e WHERE e.child = c.id AND {LASTS}),
        (SELECT group_concat(e.kind, '; ') FROM support e WHERE e.child = c.id AND {LASTS})
        FROM child c LEFT JOIN village v ON v.id = c.village LEFT JOIN ({NEWEST}) n ON n.household = c.household
        WHERE {HERE} AND (n.class IN ('poor', 'near_poor')
         OR EXISTS (SELECT 1 FROM risk e WHERE e.child = c.id AND {LASTS}))
        ORDER BY v.name, c.name_key""",
        (registers.TODAY.isoformat(),),
    ).fetchall()
    cells = [str(cell or "") for row in found for cell in (*row, *[""] * len(widths))[: len(widths)]]
    passed = (time.perf_counter() - started) * 1000
    db.close()
    return passed + bare_pdf(json.dumps({"widths": widths, "cells": cells}, ensure_ascii=False))


@measure
def lists_12000() -> Pairs:
    """The list of children at risk of a commune of 12,000, computed and as PDF/A."""
    folder = registers.commune()
    clock.set_fixed(STAMP)
    book = registers.opened(folder)
    paper, _ = book.draft_paper("at_risk", MONTH)
    SIZES.update(children=registers.CHILDREN, rows=len(paper.rows), columns=len(paper.columns))
    widths = [one.width for one in paper.columns]
    path = _copied(book, folder.parent / "commune-plain.db")
    book.close()
    return _turns(lambda: (_list, (str(folder),)), lambda: (_bare_list, (str(path), widths)))


# --- both ------------------------------------------------------------------------------------------------------------

Call = Callable[[], tuple[Callable[..., float], tuple[Any, ...]]]


def _turns(product: Call, baseline: Call) -> Pairs:
    """Measure turn by turn, each in a process of its own: Typst remembers what it has laid out."""
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=fresh, max_tasks_per_child=1) as pool:
        for _ in range(TURNS):
            (ours, given), (bare, told) = product(), baseline()
            yield pool.submit(ours, *given).result(), pool.submit(bare, *told).result()


def _copied(book: Any, path: Path) -> Path:
    """Write the tables asked for into a plain database with the indexes the queries need."""
    path.unlink(missing_ok=True)
    db = plain(path)
    for form in COPIED:
        names = [row[1] for row in book.store.db.execute(f'PRAGMA table_info("{form}")')]
        columns = ", ".join(f'"{one}"' for one in names)
        db.execute(f'CREATE TABLE "{form}"({columns})')
        rows = book.store.db.execute(f'SELECT {columns} FROM "{form}"').fetchall()
        db.execute("BEGIN")
        db.executemany(f'INSERT INTO "{form}" VALUES ({", ".join("?" * len(names))})', rows)
        db.execute("COMMIT")
        for key in {"id", "child", "household"} & set(names):
            db.execute(f'CREATE INDEX "{form}_{key}" ON "{form}"("{key}")')
    db.close()
    return path
