"""Measure how well duplicates are found: ``python tools/measure_duplicates.py [FOLDER …] [--write]``.

Two kinds of labelled registers. A FOLDER holds ``children.csv`` (the truth) and ``dirty.csv`` (rows as old lists bring
them), both with the label ``child_id``; besides, invented registers of the program (``cbdesk.sample``) are made dirty
here (``duplicates_dirt``). All rows stand in *one* register and every pair of them may be wrong: counted are pairs of
level ``likely`` against the labels. The last table tells each kind of dirt by itself. ``--write`` writes
``docs/measures/duplicates.json``; figures of labelled folders that are not given stay in it.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import sys
import time
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

import duplicates_dirt as dirt  # noqa: E402

from cbdesk import sample  # noqa: E402
from cbdesk.catalogue import catalogue  # noqa: E402
from cbdesk.duplicates import pairs  # noqa: E402
from cbdesk.likeness import LIKELY  # noqa: E402

OUT = ROOT / "docs" / "measures" / "duplicates.json"
TODAY = date(2026, 6, 30)
INVENTED = ((1500, 101), (1500, 102), (1500, 103), (8600, 104), (8600, 105))
"""Children and seed; with those who stand twice and the others the last two have 12,000 rows."""
SEXES = {"Nam": "male", "Nữ": "female"}
COLUMNS = {
    "full_name": "full_name",
    "dob": "born",
    "ethnicity": "ethnicity",
    "village": "village",
    "mother": "mother_name",
    "father": "father_name",
    "phone": "phone",
    "pid": "personal_id",
}
Rows = list[dict[str, Any]]


def from_folder(folder: Path) -> tuple[Rows, dict[str, str]]:
    """Return all rows of a labelled folder and id to label."""
    rows: Rows = []
    labels: dict[str, str] = {}
    for name in ("children", "dirty"):
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            for n, raw in enumerate(csv.DictReader(file)):
                row = {ours: raw[theirs] for theirs, ours in COLUMNS.items()}
                rows.append({**row, "sex": SEXES.get(raw["sex"], ""), "id": f"{name} {n}"})
                labels[f"{name} {n}"] = raw["child_id"]
    return rows, labels


def invented(children: int, seed: int) -> tuple[Rows, dict[str, str], dict[str, str]]:
    """Return an invented register, id to label, and id to the kinds of dirt or of likeness.

    Three children in ten stand a second time, dirty; one in ten has a twin, sister, brother or namesake beside it.
    """
    by = random.Random(seed)
    rows: Rows = [{**row, "id": f"child {n}"} for n, row in enumerate(sample.rows(children, seed, TODAY))]
    villages = sorted({row["village"] for row in rows})
    names = sorted({str(row["full_name"]).split()[-1] for row in rows if row.get("full_name")})
    labels, kinds = {row["id"]: row["id"] for row in rows}, dict[str, str]()
    named = [row for row in rows if len(str(row.get("full_name") or "").split()) > 1]
    for row in by.sample(named, children * 3 // 10):
        dirty = {**row, "id": f"again {row['id']}", "_next_village": by.choice(villages)}
        kinds[dirty["id"]] = " ".join(dirt.soil(dirty, by))
        labels[dirty["id"]] = row["id"]
        rows.append(dirty)
    for n, row in enumerate(by.sample(named, children // 10)):
        kind = by.choice(dirt.OTHERS)
        other = {**kind({**row, "_next_village": by.choice(villages)}, by, names), "id": f"other {n}"}
        labels[other["id"]] = other["id"]
        kinds[other["id"]] = kind.__name__
        rows.append(other)
    return rows, labels, kinds


def by_kind(registers: list[tuple[Rows, dict[str, str], dict[str, str]]]) -> list[dict[str, Any]]:
    """Return for each kind of dirt how many were found, alone or with others, and for each kind of other how many."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(("rows", "likely", "look"), 0))
    for rows, labels, kinds in registers:
        levels = {frozenset((one.a, one.b)): one.likeness.level for one in pairs(rows)}
        best: dict[str, str] = {}
        for pair, level in levels.items():
            for one in pair:
                same = len({labels[other] for other in pair}) == 1
                if same == one.startswith("again") and one in kinds and best.get(one) != LIKELY:
                    best[one] = level
        for one, said in kinds.items():
            for kind in said.split():
                found[kind]["rows"] += 1
                if one in best:
                    found[kind][best[one]] += 1
    return [{"kind": kind, **counts} for kind, counts in found.items()]


def measure(title: str, rows: Rows, labels: dict[str, str]) -> dict[str, Any]:
    """Return the figures of one register."""
    started = time.process_time()
    found = pairs(rows)
    seconds = time.process_time() - started  # of this process alone: others may be at work
    groups: dict[str, list[str]] = defaultdict(list)
    for one, label in labels.items():
        groups[label].append(one)
    truth = {frozenset(members) for members in groups.values() if len(members) == 2}
    level = {frozenset((one.a, one.b)): one.likeness.level for one in found}
    likely = {pair for pair, said in level.items() if said == LIKELY}
    return {
        "register": title,
        "rows": len(rows),
        "duplicates": len(truth),
        "likely": len(likely),
        "look": len(level) - len(likely),
        "precision": round(len(likely & truth) / max(1, len(likely)), 4),
        "recall": round(len(likely & truth) / max(1, len(truth)), 4),
        "recall_with_look": round(len(level.keys() & truth) / max(1, len(truth)), 4),
        "cpu_seconds": round(seconds, 2),
    }


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    catalogue()
    figures = [measure(f"labelled {folder.name}", *from_folder(folder)) for folder in given.folders]
    made = []
    for children, seed in INVENTED:
        made.append(invented(children, seed))
        figures.append(measure(f"invented {children} seed {seed}", *made[-1][:2]))
    kinds = by_kind(made)
    for line in (*figures, *kinds):
        print(json.dumps(line))
    if given.write:
        again = {one["register"] for one in figures}
        before = json.loads(OUT.read_text(encoding="utf-8"))["registers"]
        kept = [one for one in before if one["register"] not in again and one["register"].startswith("labelled")]
        told = {"name": "duplicates", "registers": kept + figures, "kinds": kinds}
        OUT.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
