"""From one list to the next: who came, who left, who reads otherwise, and totals by village. Pure data, no I/O.

Two papers are made of it, both holding the whole list besides (``paper.py``):

* the *changes* since the list before: Tăng, Giảm with reasons, and for each village how many there were and are;
* an *amendment* of a list that was issued: only the lines that differ, each saying what.

Rules: lines are the same by child (and the row told of); who left stands as on the paper before, because the register
may not know it any more. For every village and for all: before + came - left (+ from another village - to another
village) = after. Words: ``[changes]`` and ``[movement]`` of ``papers.toml``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from cbdesk import dates, text
from cbdesk.catalogue import Report
from cbdesk.letterhead import counted, long_date, number_of, patterns, period_words, say
from cbdesk.paper import AMENDMENT, CAME, LEFT, PLACES, READ, Cell, Column, Paper, Row, Section
from cbdesk.roll import Movements, Selection

REASON = "reason"
_UNLIKE = ("no",)
"""Cells that differ without anybody having changed anything."""


def with_changes(paper: Paper, before: Paper, moves: Movements, chosen: Selection, report: Report) -> Paper:
    """Return the paper with who came and left since ``before`` and the totals by village; its layout stays.

    A report without ``[changes]`` has no such paper.
    """
    rules = report.data.get("changes")
    if rules is None:
        return paper
    about = str(rules["about"]).format(period=period_words(dates.read_period(paper.period)))
    number, day = number_of(before.number), long_date(date.fromisoformat(before.as_of))
    base = say("base", number=number, date=day) if number else say("base_unnumbered", date=day)
    sections = (_moved(paper, paper.rows, CAME, moves, report), _moved(paper, before.rows, LEFT, moves, report),
                _places(paper, before, moves, chosen))
    return replace(paper, sections=_numbered(sections), changes_about=about, base=base)


def amendment(paper: Paper, before: Paper, moves: Movements, report: Report) -> Paper:
    """Return the paper of what differs from ``before``: added, taken out, read otherwise."""
    sections = (_moved(paper, paper.rows, CAME, moves, report, "amend_"),
                _moved(paper, before.rows, LEFT, moves, report, "amend_"), _read(paper, before, report))
    return replace(paper, layout=AMENDMENT, sections=_numbered(one for one in sections if one.rows))


def differences(before: Paper, now: Paper) -> int:
    """Return how many lines came, left or read otherwise."""
    old, new = ({row.key: row for row in paper.rows} for paper in (before, now))
    return sum(key not in old or key not in new or bool(_unlike(old[key], new[key], ()))
               for key in old.keys() | new.keys())


def same_content(one: Paper, other: Paper) -> bool:
    """Return whether two papers tell the same: lines and totals, not their numbers, dates and order."""
    return one.totals == other.totals and not differences(one, other)


def _words(key: str, **slots: object) -> str:
    return str(patterns()["changes"][key]).format(**slots)


def _numbered(sections: Iterable[Section]) -> tuple[Section, ...]:
    roman = patterns()["changes"]["roman"]
    return tuple(replace(one, title=f"{roman[n]}. {one.title}") for n, one in enumerate(sections))


def _columns(paper: Paper, report: Report, reason: str) -> tuple[Column, ...]:
    """Return the columns of who came and left: those the report names, and the reason last."""
    keys = report.data.get("changes", {}).get("columns")
    kept = [one for one in paper.columns if (one.key in keys if keys else one.paper)]
    return (*(one for one in kept if one.key != REASON), Column(REASON, _words(reason), 75 if reason == "what" else 40))


def _lines(columns: Sequence[Column], rows: Iterable[tuple[Row, str]]) -> tuple[Row, ...]:
    """Return rows with the cells of these columns, numbered anew, and why each stands there."""
    made = []
    for n, (row, why) in enumerate(rows, 1):
        cells = {one.key: row.cells.get(one.key, Cell()) for one in columns}
        made.append(replace(row, cells=cells | {"no": Cell(str(n), n), REASON: Cell(why)}, part=""))
    return tuple(made)


def _moved(paper: Paper, rows: Sequence[Row], key: str, moves: Movements, report: Report, kind: str = "") -> Section:
    wanted = moves.came if key == CAME else moves.left
    said = patterns()["movement"] | report.data.get("changes", {}).get("reasons", {})
    reasons = {one.key: said[one.reason] for one in wanted}
    columns = _columns(paper, report, "why" if kind else f"why_{key}")
    lines = _lines(columns, ((row, _sentence(reasons[row.key])) for row in rows if row.key in reasons))
    title, empty = _words(f"{kind}{key}", n=counted(len(lines))), "" if kind else _words(f"no_{key}")
    return Section(key, title, columns, lines, empty)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


# --- what reads otherwise ---------------------------------------------------------------------------------------------


def _read(paper: Paper, before: Paper, report: Report) -> Section:
    old = {row.key: row for row in before.rows}
    columns = _columns(paper, report, "what")
    changed = ((row, _unlike(old[row.key], row, paper.columns)) for row in paper.rows if row.key in old)
    lines = _lines(columns, ((row, what) for row, what in changed if what))
    return Section(READ, _words("amend_read", n=counted(len(lines))), columns, lines)


def _unlike(was: Row, now: Row, columns: Sequence[Column]) -> str:
    """Return in words what of a line differs, ``""`` where nothing does; columns only one paper has say nothing."""
    keys = [key for key in now.cells if key in was.cells and key not in _UNLIKE and was.cells[key] != now.cells[key]]
    shown = {one.key: one for one in columns}
    said = [_what(shown[key], was.text(key), now.text(key)) for key in keys if key in shown]
    return "; ".join(said) or "; ".join(keys)


def _what(column: Column, was: str, now: str) -> str:
    heading = _words("heading", group=column.group, heading=column.heading) if column.group else column.heading
    if not column.paper:
        return _words("touched", heading=heading)
    return _words("was_now" if was and now else "now_only" if now else "was_only", heading=heading, was=was, now=now)


# --- totals by village ------------------------------------------------------------------------------------------------

_SEXES = ("male", "female", "unknown")


def _places(paper: Paper, before: Paper, moves: Movements, chosen: Selection) -> Section:
    """Return how many children of each village there were, came, left and are; only those who are named."""
    known = {row.village: row.place for row in paper.rows if row.place}

    def place(row: Row) -> str:
        return row.place or known.get(row.village, row.village)

    names = {place(row): row.village for row in (*before.rows, *paper.rows)}
    old, new = ({row.key: place(row) for row in rows} for rows in (before.rows, paper.rows))
    counts = {
        "before": Counter(old.values()), "after": Counter(new.values()),
        "came": Counter(new[one.key] for one in moves.came), "left": Counter(old[one.key] for one in moves.left),
        "arrived": Counter(at for key, at in new.items() if key in old and old[key] != at),
        "departed": Counter(at for key, at in old.items() if key in new and new[key] != at),
    }
    children = {one.id: one.person["child"] for one in chosen.named}
    for sex in _SEXES:
        counts[sex] = Counter(at for key, at in new.items() if _sex_of(children.get(key[0], {})) == sex)
    places = {str(one.person["child"].get("village") or ""): one.person.get("village_order") or 0
              for one in chosen.named}
    order = sorted(names, key=lambda one: (not names[one], places.get(one, 0), text.collate_key(names[one])))
    keys = [key for key in counts if key in ("before", "came", "left", "after", "male", "female") or counts[key]]
    rows = tuple(_place_row(n, one, names[one], {key: counts[key][one] for key in keys})
                 for n, one in enumerate(order, 1))
    total = _place_row(0, "", _words("total"), {key: sum(counts[key].values()) for key in keys})
    return Section(PLACES, _words("places"), _place_columns(keys), rows, total=total)


def _sex_of(child: Mapping[str, Any]) -> str:
    return str(child["sex"]) if child.get("sex") in ("male", "female") else "unknown"


def _place_row(n: int, place: str, name: str, counts: Mapping[str, int]) -> Row:
    cells = {"no": Cell(str(n), n) if n else Cell(), "village": Cell(name or _words("no_village"))}
    return Row("", "", cells | {key: Cell(str(count), count) for key, count in counts.items()}, place=place)


def _place_columns(keys: Iterable[str]) -> tuple[Column, ...]:
    words = patterns()["changes"]["places_columns"]
    groups = dict.fromkeys(_SEXES, words["of_which"]) | dict.fromkeys(("arrived", "departed"), words["within"])
    order = ("before", "came", "left", "arrived", "departed", "after", *_SEXES)
    shown = [one for one in order if one in set(keys)]
    return (Column("no", "TT", 9, "center", "number"), Column("village", words["village"], 60),
            *(Column(one, words[one], 20, "center", "number", groups.get(one, "")) for one in shown))
