"""What each column of a table becomes: by its headings, then by what stands in it, or as a person said."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cbdesk.book import letter_of
from cbdesk.catalogue import Catalogue
from cbdesk.dates import read_date
from cbdesk.headings import SEXES, Headings, is_no_tick, is_tick
from cbdesk.tables import Table
from cbdesk.text import personal_id, phone
from cbdesk.wording import Wording

_MANY = ("detail", "notes", "groups", "risks", "household_class")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``target`` is "" where it is not imported; ``sure`` tells a very wording (2) from a guess (1, 0)."""

    sheet: str
    table: int
    col: int
    letter: str
    heading: str
    target: str
    label: str
    sure: int
    samples: tuple[str, ...]


def choose_columns(
    table: Table, headings: Headings, catalogue: Catalogue, today: date, wanted: Mapping[int, str | None]
) -> list[Column]:
    """Return the columns of a table. ``wanted`` holds what a person said of each ("" do not import, None nothing)."""
    texts = {col: _texts(table, col) for col in wanted}
    guesses = {col: _guess(table, col, texts[col], headings, catalogue, today) for col in wanted}
    taken = {target for target in wanted.values() if target}
    chosen: dict[int, tuple[str, int]] = {col: (target, 2) for col, target in wanted.items() if target is not None}
    for sure in (2, 1, 0):
        for col, (target, how) in guesses.items():
            if col in chosen or how != sure or not target:
                continue
            if target in taken and not target.startswith(_MANY):
                continue
            chosen[col] = (target, sure)
            taken.add(target)
    _join_names(table, chosen, texts, wanted)
    return [
        Column(
            table.page.sheet.name, table.first, col, letter_of(col), " – ".join(table.paths.get(col, ())),
            target, headings.label(target) if target else "", sure, tuple(dict.fromkeys(texts[col]))[:3],
        )
        for col in sorted(wanted)
        for target, sure in [chosen.get(col, ("", 0))]
        if texts[col] or table.paths.get(col)
    ]  # fmt: skip


def _texts(table: Table, col: int) -> list[str]:
    """Return the texts of a column's first rows, empty ones left out."""
    texts = (table.page.text(line.row, col) for line in table.lines[:200])
    return [text for text in texts if text]


def _guess(
    table: Table, col: int, texts: Sequence[str], headings: Headings, catalogue: Catalogue, today: date
) -> tuple[str, int]:
    """Return (target or "", how sure) of one column."""
    path = table.paths.get(col, ())
    found = headings.of_path(path)
    if found and found.target in SEXES:
        dated = texts and sum(read_date(t, today, serial=True).value is not None for t in texts) * 2 > len(texts)
        return (f"born@{found.target}" if dated else f"sex={found.target}"), found.sure
    if found and found.sure == 2:
        return found.target, 2
    if texts and path and all(is_tick(t) or is_no_tick(t) for t in texts):
        crossed = Wording(catalogue).leading(path[-1])
        if crossed and headings.knows(f"{crossed[0]}={crossed[1]}", catalogue):
            return f"{crossed[0]}={crossed[1]}", 1
    if found:
        return found.target, found.sure
    return _by_content(texts, catalogue, today) if headings.form.has("full_name") else "", 0


def _by_content(texts: Sequence[str], catalogue: Catalogue, today: date) -> str:
    """Return what nearly all cells of a column without a known heading can be, or ""."""
    tests = (
        ("personal_id", lambda t: re.fullmatch(r"0\d{11}", personal_id(t)) is not None),
        ("phone", lambda t: phone(t)[1]),
        ("sex", lambda t: catalogue.lists["sex"].find(t) is not None),
        ("ethnicity", lambda t: not t.isdigit() and catalogue.lists["ethnicity"].find(t) is not None),
        ("born", lambda t: len(read_date(t, today).value or "") == 10),
    )
    for target, test in tests:
        if len(texts) >= 2 and sum(map(test, texts)) >= 0.8 * len(texts):
            return target
    return ""


def _join_names(
    table: Table,
    chosen: dict[int, tuple[str, int]],
    texts: Mapping[int, Sequence[str]],
    wanted: Mapping[int, str | None],
) -> None:
    """Make parts of a name from one heading over two columns, and a whole name of a lone "Tên"."""
    for col in sorted(table.spread):
        before = chosen.get(col - 1, ("", 0))
        if before[0] == "full_name" and wanted.get(col) is None and len(texts.get(col, ())) * 2 > len(table.lines):
            chosen[col - 1] = ("family_and_middle", before[1])
            chosen[col] = ("given_name", before[1])
    targets = {target: col for col, (target, _) in chosen.items()}
    if "given_name" in targets and "family_and_middle" not in targets and "full_name" not in targets:
        chosen[targets["given_name"]] = ("full_name", 1)
    if "family_and_middle" in targets and "given_name" not in targets and "full_name" not in targets:
        chosen[targets["family_and_middle"]] = ("full_name", 1)
