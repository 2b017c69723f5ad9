"""Measure the program against bare tools: ``python tools/bench.py [NAME …]`` (``make bench``).

Every figure is a ratio with its baseline, both taken turn by turn in one run, so that a slow or busy machine falls on
both. Each measurement runs in a process of its own; figures are medians, and the spread is told. What was measured is
written to ``docs/measures/NAME.json``, and the table of ``docs/measures.md`` is made from those files alone
(``--page`` only makes the table). Nothing here can fail a build.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]
MEASURES = ROOT / "docs" / "measures"
PAGE = ROOT / "docs" / "measures.md"
BEGIN, END = "<!-- figures: made by tools/bench.py -->", "<!-- end of figures -->"
PACKAGES = ("PySide6-Essentials", "sqlcipher3", "pyrage", "backports.zstd", "openpyxl", "typst", "rapidfuzz")
WINDOWS = 5
LIMIT = 600


@dataclass(frozen=True)
class Figure:
    """What a measurement is called in the table. ``unit`` is ms or MB."""

    title: str
    product: str
    baseline: str
    unit: str = "ms"


EMPTY = "empty PySide6 window, process start to painted"
FIGURES = {
    "open": Figure("Open", "accepted password to a usable list of 12,000 children", EMPTY),
    "start": Figure("Start", "process start to that list, key derivation left out", EMPTY),
    "memory": Figure("Memory", "resident with that list on the screen", "empty PySide6 window", "MB"),
    "save_new": Figure("Save a new child", "child, parents, household: checked, looked up, durable",
                       "one durable row in plain SQLite"),
    "save_amend": Figure("Save one field", "one field amended: checked, looked up, durable",
                         "one durable row in plain SQLite"),
    "import_10000": Figure("Import an old list", "10,000 rows of TCVN3: read, understood, compared, checked, durable",
                           "openpyxl and one table of plain SQLite"),
    "search_12000": Figure("Search, 12,000", "one keystroke: ids of all children that match",
                           "same trigram index in plain SQLite"),
    "search_200000": Figure("Search, 200,000", "one keystroke: first 50 records and how many match",
                            "same trigram index in plain SQLite: first 50 ids"),
    "search_parent": Figure("Search by parent, 200,000", "a mother's name: first 50 children, how many, and why",
                            "the same words in the children's own plain index"),
    "search_village": Figure("Search by village, 200,000", "a village's name: first 50 children, how many, and why",
                             "the same words in the children's own plain index"),
    "duplicates_12000": Figure("Find duplicates, 12,000", "all pairs that may be one child: read, compared, explained",
                               "rapidfuzz token_sort_ratio of name and date within each birth year, in memory"),
    "pack_bytes": Figure("Pack and seal", "10,000 changes from the register to the sealed bytes",
                         "zstd and age of the same bytes, in memory"),
    "pack_rows": Figure("Pack and seal, reading told apart", "the same",
                        "reading the same encrypted lines row by row, then zstd and age"),
    "merge_rows": Figure("Merge", "10,000 changes: verified, chained, folded, durable",
                         "bare inserts of the same lines and finished rows, encrypted"),
    "merge_lines": Figure("Merge, lines only", "the same", "bare inserts of the same lines alone, encrypted"),
    "list_xlsx": Figure("List as Excel", "1,000 rows that print like the paper", "bare openpyxl, no looks"),
    "list_pdf": Figure("List as PDF", "1,000 rows as PDF/A", "bare Typst table of the same cells"),
    "lists_12000": Figure("At-risk list, 12,000", "from the register to PDF/A: chosen, worded, sorted, set",
                          "one SQL query in plain SQLite, then a bare Typst table"),
    "report_year": Figure("Year report", "2,200 children, 24 months of entries: counted, worded, openable, PDF/A",
                          "one SQL query a table in plain SQLite, then bare Typst tables of the same cells"),
    "keys_rate": Figure("Guessing a password", "a thousand tries at a register's cost, processor time",
                        "a thousand times SHA-256 of salt and password"),
    "courier": Figure("Bring to a server", "1 MiB to an office's WebDAV server: asked for, in pieces, each read back",
                      "one bare PUT of the same bytes, believed"),
    "verify_open": Figure("Prove the logs at an opening", "a working day's changes and a tenth of 60,000 others: read, "
                          "hashed, compared, remembered", "SHA-256 of the same lines, in memory"),
}  # fmt: skip
OF_WINDOW = ("open", "start", "memory")


def run(names: list[str]) -> None:
    """Measure and write one JSON file each."""
    MEASURES.mkdir(parents=True, exist_ok=True)
    if any(name in OF_WINDOW for name in names):
        windows = _windows()
        for name, key in zip(OF_WINDOW, ("opened", "start", "mb"), strict=True):
            if name in names:
                base = "start" if key == "opened" else key  # an empty window has no password
                pairs = [(ours[key], bare[base]) for ours, bare in windows]
                _write(name, pairs, {"children": 12_000, "rows_listed": windows[0][0]["rows"]})
    for name in names:
        if name not in OF_WINDOW:
            found = json.loads(_in_process("bench.py", "--measure", name))
            _write(name, found["pairs"], found["sizes"])


def _windows() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    folder = _in_process("bench.py", "--register")
    turns = []
    for turn in range(WINDOWS + 1):
        ours = json.loads(_in_process("bench_window.py", "register", folder, f"{time.time()}"))
        bare = json.loads(_in_process("bench_window.py", "empty", folder, f"{time.time()}"))
        if turn:  # the first only brings the files into memory
            turns.append((ours, bare))
    return turns


def _in_process(script: str, *given: str) -> str:
    """Run one of our scripts by itself and return the last line it prints."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / script), *given], stdout=subprocess.PIPE, text=True, encoding="utf-8",
        timeout=LIMIT, check=True, cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "XDG_STATE_HOME": str(ROOT / ".bench" / "state")},
    )  # fmt: skip
    return done.stdout.strip().splitlines()[-1]


def _quartiles(values: list[float]) -> list[float]:
    low, _, high = statistics.quantiles(values, n=4)
    return [round(low, 2), round(high, 2)]


def _write(name: str, pairs: list[tuple[float, float]], sizes: dict[str, Any]) -> None:
    figure, unit = FIGURES[name], FIGURES[name].unit.lower()
    ours, bare = [one for one, _ in pairs], [one for _, one in pairs]
    product, baseline = statistics.median(ours), statistics.median(bare)
    told = {
        "name": name,
        "title": figure.title,
        "product": figure.product,
        "baseline": figure.baseline,
        f"product_{unit}": round(product, 2),
        f"baseline_{unit}": round(baseline, 2),
        "ratio": round(product / baseline, 2),
        "repeats": len(pairs),
        "spread": {  # first and third quartile
            f"product_{unit}": _quartiles(ours),
            f"baseline_{unit}": _quartiles(bare),
            "ratio": _quartiles([one / other for one, other in pairs]),
        },
        "sizes": sizes,
        "date": datetime.now(UTC).date().isoformat(),
        "versions": {"python": platform.python_version(), **{one: importlib.metadata.version(one) for one in PACKAGES}},
        "machine": {"system": platform.system(), "processor": platform.machine(), "cores": os.cpu_count(),
                    "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None},
    }  # fmt: skip
    (MEASURES / f"{name}.json").write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    ratio = product / baseline
    print(f"{name:14} {product:9.1f} {unit}  baseline {baseline:9.1f} {unit}  ratio {ratio:6.2f}", flush=True)


# --- the page --------------------------------------------------------------------------------------------------------


def table() -> str:
    """Return the table of all figures there are."""
    paths = [MEASURES / f"{name}.json" for name in FIGURES]
    found = [json.loads(path.read_text(encoding="utf-8")) for path in paths if path.exists()]
    head = ["figure", "CBDesk", "", "baseline", "", "ratio", "middle half"]
    lines = [_line(head), _line(["---", "---", "---:", "---", "---:", "---:", "---:"]), *map(_row, found)]
    days = sorted({one["date"] for one in found})
    if found:
        machine, span = found[-1]["machine"], " to ".join(dict.fromkeys((days[0], days[-1])))
        lines += ["", f"Measured {span} on {machine['system']} {machine['processor']}, {machine['cores']} cores."]
    return "\n".join(lines)


def _row(one: dict[str, Any]) -> str:
    unit, shown = ("ms", "ms") if "product_ms" in one else ("mb", "MB")
    low, high = one["spread"]["ratio"]
    return _line([
        f"[{one['title']}](measures/{one['name']}.json)",
        one["product"], f"{_plain(one[f'product_{unit}'])} {shown}",
        one["baseline"], f"{_plain(one[f'baseline_{unit}'])} {shown}",
        f"**{_ratio(one['ratio'])}**", f"{_ratio(low)} – {_ratio(high)}",
    ])  # fmt: skip


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _ratio(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.2f}"


def _plain(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def write_page() -> None:
    """Put the table into the page; the words around it are written by hand."""
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}", encoding="utf-8")


def main() -> int:
    """Measure what is named (everything without a name), then make the page."""
    parser = argparse.ArgumentParser(description="measure against bare tools")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(FIGURES))
    parser.add_argument("--page", action="store_true", help="only make the table of docs/measures.md")
    parser.add_argument("--measure", choices=FIGURES, help=argparse.SUPPRESS)
    parser.add_argument("--register", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if unknown := set(chosen.names) - set(FIGURES):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    if chosen.measure:
        import bench_keys  # noqa: F401  (enters its measurements)
        import bench_measures
        import bench_network  # noqa: F401
        import bench_proof  # noqa: F401
        import bench_reports  # noqa: F401

        pairs = list(bench_measures.MEASURES[chosen.measure]())
        print(json.dumps({"pairs": pairs, "sizes": bench_measures.SIZES}))
        return 0
    if chosen.register:
        import bench_registers

        print(bench_registers.commune())
        return 0
    if not chosen.page:
        run(chosen.names or list(FIGURES))
    write_page()
    return 0


if __name__ == "__main__":
    sys.exit(main())
