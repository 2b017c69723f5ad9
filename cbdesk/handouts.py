"""Giving lists: gifts of an occasion, or who was struck by a disaster and what each needs and received. Pure, no I/O.

A list (``handout``) has lines (``handout_line``), each of a child or of a household that has no child in the register
(``heard_name``, ``place``). Nothing is recorded with a child before somebody says so: ``support_of`` is what is
recorded then, once for every line, because the line keeps the record it made.

Rules: who already got something of that occasion in that year is shown, never forbidden. What is printed names
no group and no risk: why a child was chosen stands on no signing list.
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from cbdesk import dates, letterhead
from cbdesk.catalogue import Catalogue, Report
from cbdesk.extras import SHEET, Extra
from cbdesk.letterhead import counted
from cbdesk.paper import Paper
from cbdesk.paths import resources

GIFT, EVENT = "gift", "event"
HANDOUT, LINE, QUOTA = "handout", "handout_line", "handout_quota"
CRITERIA, HAND = "criteria", "hand"
DISASTER = "disaster"
"""The occasion of what is given after a disaster."""
EXTRAS = "extras"
Row = Mapping[str, Any]


@cache
def data() -> Mapping[str, Any]:
    """Return the words and columns of the papers."""
    return tomllib.loads((resources() / "catalogue" / "handout.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Already:
    """What a child got, or will get by another list, of the same occasion in the same year."""

    giver: str
    what: str
    on: str
    listed: str = ""
    """The title of the other list, where nothing was recorded yet."""


def year_of(handout: Row, today: date) -> int:
    """Return the year a list belongs to: that of its day, else the present one."""
    day = dates.earliest(str(handout.get("on") or ""))
    return day.year if day else today.year


def occasion_of(handout: Row) -> str:
    """Return the occasion of a list; what is given after a disaster has its own."""
    return DISASTER if handout.get("kind") == EVENT else str(handout.get("occasion") or "")


def already(
    handout: Row, supports: Iterable[Row], others: Iterable[tuple[Row, Iterable[Row]]], today: date
) -> dict[str, tuple[Already, ...]]:
    """Return who got something of a list's occasion in its year: child to what. ``others`` are lists and their lines.

    What this list itself recorded is not told; a list without occasion is compared with nothing.
    """
    occasion, year = occasion_of(handout), year_of(handout, today)
    found: dict[str, list[Already]] = {}
    if not occasion:
        return {}
    told = [(one, list(lines)) for one, lines in others]
    mine = next((lines for one, lines in told if one["id"] == handout["id"]), [])
    own = {line["support"] for line in mine if line.get("support")}
    for row in supports:
        day = dates.earliest(str(row.get("from") or ""))
        same = row.get("kind") == GIFT and row.get("occasion") == occasion and row["id"] not in own
        if same and day and day.year == year:
            one = Already(str(row.get("provider") or ""), str(row.get("detail") or ""), str(row.get("from")))
            found.setdefault(str(row["child"]), []).append(one)
    for other, lines in told:
        if other["id"] == handout["id"] or occasion_of(other) != occasion or year_of(other, today) != year:
            continue
        for line in lines:
            if line.get("child") and not line.get("support"):
                one = Already(str(other.get("giver") or ""), str(other.get("what") or ""), str(other.get("on") or ""),
                              str(other.get("title") or ""))  # fmt: skip
                found.setdefault(str(line["child"]), []).append(one)
    return {child: tuple(them) for child, them in found.items()}


def support_of(handout: Row, line: Row, today: date) -> dict[str, Any]:
    """Return the support recorded with the child of a line: what, of which occasion, from whom, on which day."""
    day = str(line.get("received_on") or handout.get("on") or "")
    if not day or (dates.earliest(day) or today) > today:
        day = today.isoformat()
    value = line["value"] if isinstance(line.get("value"), int) else handout.get("value")
    told: dict[str, Any] = {
        "child": line["child"], "kind": GIFT, "from": day, "to": day, "occasion": occasion_of(handout) or None,
        "provider": handout.get("giver"), "amount": value, "received_by": line.get("received_by"),
        "detail": line.get("what") or handout.get("what") or handout.get("title"),
    }  # fmt: skip
    return {name: said for name, said in told.items() if said is not None}


def criteria_text(where: Mapping[str, Sequence[str]], ages: tuple[int, int] | None) -> str:
    """Return conditions as a list keeps them."""
    told = {name: list(codes) for name, codes in where.items() if codes}
    return json.dumps({"where": told, "ages": list(ages) if ages else None}, ensure_ascii=False, sort_keys=True)


def criteria(handout: Row) -> tuple[dict[str, tuple[str, ...]], tuple[int, int] | None]:
    """Return the conditions a list was last chosen by; none where it keeps none that can be read."""
    try:
        told = json.loads(str(handout.get("criteria") or "{}"))
        where = {str(name): tuple(map(str, codes)) for name, codes in told.get("where", {}).items()}
        ages = told.get("ages")
        return where, (int(ages[0]), int(ages[1])) if ages else None
    except (ValueError, TypeError, AttributeError, IndexError, KeyError):
        return {}, None


# --- paper -----------------------------------------------------------------------------------------------------------


def report_of(handout: Row, columns: Sequence[Extra]) -> Report:
    """Return the paper of a list as a report of its lines, with these columns of the office."""
    told = data()[EVENT if handout.get("kind") == EVENT else GIFT]
    shown: list[Mapping[str, Any]] = []
    for one in told["columns"]:
        extra = [{"key": found.key, "heading": found.label, "width": data()["extra_width"], "align": found.align,
                  "kind": SHEET.get(found.kind, "text")} for found in columns]  # fmt: skip
        shown += extra if one["key"] == EXTRAS else [one]
    upright = sum(one["width"] for one in shown) <= data()["upright"]
    about = str(handout.get("title") or "").replace("{", "{{").replace("}", "}}")
    return Report(HANDOUT, {
        **told, "show": data()["show"], "columns": shown, "about": about,
        "orientation": "portrait" if upright else "landscape",
        "title": {"vi": about, "en": about}, "select": {**told["select"], "where": {HANDOUT: [str(handout["id"])]}},
    })  # fmt: skip


def told_on(paper: Paper, handout: Row, lines: Sequence[Row], known: Catalogue) -> Paper:
    """Return the paper with who gives and when, what one gift is, and, after a disaster, the sums. It is no draft."""
    return replace(paper, as_of_text=_given(handout), notes=tuple(_notes(handout, lines, known)), draft="")


def _given(handout: Row) -> str:
    words, day = data(), dates.show_date(str(handout.get("on") or ""))
    if handout.get("kind") == EVENT:
        return str(words["happened_on"].format(date=day)) if day else ""
    if handout.get("giver") and day:
        return str(words["given"].format(giver=handout["giver"], date=day))
    return str(words["given_on"].format(date=day)) if day else ""


def _notes(handout: Row, lines: Sequence[Row], known: Catalogue) -> Iterable[str]:
    words, what, value = data(), handout.get("what"), handout.get("value")
    if what or value:
        key = "gift_both" if what and value else "gift_each" if what else "gift_value"
        yield str(words[key].format(what=what, value=letterhead.counted(value) if isinstance(value, int) else ""))
    if handout.get("kind") != EVENT:
        return
    children = sum(bool(one.get("child")) for one in lines)
    yield str(words["told"].format(children=counted(children), homes=counted(len(lines) - children)))
    for name, choices in (("harm", "event_harm"), ("needs", "event_need")):
        told = counts(lines, name, known, choices)
        if told:
            joined = "; ".join(words["count"].format(label=label, n=counted(n)) for label, n in told)
            yield str(words["counts"].format(heading=words[name], counts=joined))
    received = sum(bool(one.get("received")) for one in lines)
    yield str(words["received"].format(n=counted(received), all=counted(len(lines))))


def counts(lines: Sequence[Row], name: str, known: Catalogue, choices: str) -> list[tuple[str, int]]:
    """Return how often each choice of a field stands in the lines, in the order of its list, with its words."""
    found = Counter(str(code) for line in lines for code in line.get(name) or ())
    return [(one.labels["vi"], found[one.code]) for one in known.lists[choices].choices if found[one.code]]
