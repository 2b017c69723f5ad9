"""Measure how well duplicates are found: ``python tools/measure_duplicates.py [FOLDER …] [--write]``.

Two kinds of labelled registers. A FOLDER holds ``children.csv`` (the truth) and ``dirty.csv`` (rows as old lists bring
them), both with the label ``child_id``; without folders, invented registers of the program (``cbdesk.sample``) are
made dirty here, in ways chosen apart from the weights. All rows of both files stand in *one* register and every pair
of them may be wrong: counted are pairs of level ``likely`` against the labels. ``--write`` writes
``docs/measures/duplicates.json``.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import sys
import time
import unicodedata
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from cbdesk import sample  # noqa: E402
from cbdesk.catalogue import catalogue  # noqa: E402
from cbdesk.duplicates import pairs  # noqa: E402
from cbdesk.likeness import LIKELY  # noqa: E402
from cbdesk.text import fold  # noqa: E402

OUT = ROOT / "docs" / "measures" / "duplicates.json"
TODAY = date(2026, 6, 30)
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


def invented(children: int, seed: int) -> tuple[Rows, dict[str, str]]:
    """Return an invented register in which three children in ten stand a second time, and id to label."""
    chance = random.Random(seed)
    rows = [{**row, "id": f"child {n}"} for n, row in enumerate(sample.rows(children, seed, TODAY))]
    labels = {row["id"]: row["id"] for row in rows}
    for row in chance.sample(rows, children * 3 // 10):
        again = f"again {row['id']}"
        rows.append({**_dirty(dict(row), chance), "id": again})
        labels[again] = row["id"]
    return rows, labels


def _dirty(row: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """Return a row as somebody else typed it from memory or from another paper."""
    for name, often in (
        ("personal_id", 0.8),
        ("phone", 0.6),
        ("mother_name", 0.3),
        ("father_name", 0.4),
        ("health_card", 0.9),
        ("ethnicity", 0.2),
        ("village", 0.04),
        ("sex", 0.05),
    ):
        if chance.random() < often:
            row.pop(name, None)
    row["full_name"] = _mistype(row.get("full_name") or "", chance)
    if row.get("mother_name"):
        row["mother_name"] = _mistype(row["mother_name"], chance)
    born = row.get("born") or ""
    if len(born) == 10:
        day = date.fromisoformat(born)
        dice = chance.random()
        if dice < 0.08:
            row["born"] = born[:4]
        elif dice < 0.12:
            row["born"] = born[:7]
        elif dice < 0.15:
            row["born"] = f"{day.year}-01-01"
        elif dice < 0.18:
            row["born"] = (day + timedelta(days=chance.choice((-1, 1, 10, -10)))).isoformat()
        elif dice < 0.19:
            row.pop("born")
    return row


def _mistype(name: str, chance: random.Random) -> str:
    dice = chance.random()
    words = name.split()
    at = chance.randrange(len(words)) if words else 0
    if dice < 0.08:
        return fold(name).upper()
    if dice < 0.16:
        return unicodedata.normalize("NFD", name.upper())
    if dice < 0.19 and len(words) > 2:
        return " ".join(words[:1] + words[2:])
    if dice < 0.22 and words:  # one tone left out
        marks = unicodedata.normalize("NFD", words[at])
        words[at] = "".join(c for c in marks if c not in "\u0300\u0301\u0303\u0309\u0323")
    elif dice < 0.25 and words:  # a key pressed twice
        words[at] = words[at][:1] + words[at][:1].lower() + words[at][1:]
    return unicodedata.normalize("NFC", " ".join(words))


def measure(title: str, rows: Rows, labels: dict[str, str]) -> dict[str, Any]:
    """Return the figures of one register."""
    started = time.perf_counter()
    found = pairs(rows)
    seconds = time.perf_counter() - started
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
        "seconds": round(seconds, 2),
    }


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    catalogue()
    registers = [(f"labelled {folder.name}", *from_folder(folder)) for folder in given.folders]
    for children, seed in ((1500, 101), (1500, 102), (9200, 103)):
        registers.append((f"invented {children} seed {seed}", *invented(children, seed)))
    figures = []
    for register in registers:
        figures.append(measure(*register))
        print(json.dumps(figures[-1]))
    if given.write:
        OUT.write_text(json.dumps({"name": "duplicates", "registers": figures}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
