"""Another office's list held against the register: which kinds of lists there are, what differs, what is asked.

Pure data, no I/O. Three heaps: rows only *there*, children only *here* (of those the list should hold), and children
in both whose fields *differ*. A row that may be a child but need not be (``maybe``) waits for a person. What the list
says less exactly, or not at all, is no difference; nothing is ever emptied; what is sensitive is left out.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, Literal

from cbdesk import dates, kinds, letterhead, matching, words
from cbdesk.catalogue import Field, catalogue
from cbdesk.errors import Finding
from cbdesk.importer import ImportPlan, ImportRow
from cbdesk.letterhead import Office
from cbdesk.paper import Cell, Column, Paper, Row
from cbdesk.paths import resources

Child = Mapping[str, Any]
State = Literal["same", "different", "maybe", "there", "twice", "refused"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of list: what is compared, and which ages it should hold (None: all)."""

    name: str
    titles: Mapping[str, str]
    office: str
    fields: tuple[str, ...]
    ages: tuple[int, int] | None
    recipient: str = "office"

    @property
    def title(self) -> str:
        """Return the name of such a list in the language in force."""
        return words.pick(self.titles)


@cache
def data() -> Mapping[str, Any]:
    """Return the table of kinds and the words of the paper."""
    return tomllib.loads((resources() / "catalogue" / "crosscheck.toml").read_text(encoding="utf-8"))


@cache
def kinds_of_lists() -> Mapping[str, Kind]:
    """Return the kinds of lists by name, in the order people see."""
    return {
        one["name"]: Kind(one["name"], one["title"], one["office"], tuple(one["fields"]),
                          (one["ages"][0], one["ages"][1]) if one["ages"] else None, one["recipient"])
        for one in data()["kinds"]
    }  # fmt: skip


@dataclass(slots=True)
class Difference:
    """One field of a child that the list says otherwise or more: as shown (``old``, ``new``) and as stored.

    ``take``: it is taken over. What only fills a gap is, unless somebody says no.
    """

    name: str
    title: str
    old: str
    new: str
    value: object
    was: object
    take: bool
    findings: tuple[Finding, ...] = ()


@dataclass(slots=True)
class CheckRow:
    """One row of the list. ``child`` is the record it was matched with; ``others`` whom it looks like, likest first.

    ``scores`` are their likeness (0 to 100); 0 where only the name and the year or the village agree.

    ``state``: ``same`` · ``different`` · ``maybe`` (a person decides) · ``there`` (nobody here) · ``twice`` (a second
    row of one child) · ``refused`` (not a child, with its reason). ``add`` says that it becomes a new child.
    """

    row: ImportRow
    state: State
    child: Child | None = None
    others: tuple[Child, ...] = ()
    scores: tuple[int, ...] = ()
    differences: list[Difference] = field(default_factory=list)
    add: bool = False

    @property
    def name(self) -> str:
        """Return the name as the list has it."""
        return str(self.row.data.get("full_name") or "")

    @property
    def taken(self) -> list[Difference]:
        """Return what will be written of this row."""
        return [one for one in self.differences if one.take]


@dataclass(slots=True)
class CrossCheck:
    """A list held against the register; nothing is written. ``here`` are children the list lacks, in order."""

    kind: Kind
    plan: ImportPlan
    rows: list[CheckRow]
    here: list[Child]
    school: str = ""
    ages: tuple[int, int] | None = None
    villages: tuple[str, ...] = ()

    def of(self, *states: State) -> list[CheckRow]:
        """Return the rows of some states, in the order of the list."""
        return [one for one in self.rows if one.state in states]

    def count(self, *states: State) -> int:
        """Return how many rows are in one of some states."""
        return sum(one.state in states for one in self.rows)

    def follow(self, before: CrossCheck) -> None:
        """Repeat what somebody chose in an earlier look at the same list, row by row."""
        chosen = {one.row.place: one for one in before.rows}
        for one in self.rows:
            earlier = chosen.get(one.row.place)
            if earlier is None:
                continue
            one.add = earlier.add and one.state in ("there", "maybe")
            said = {(item.name, item.new): item.take for item in earlier.differences}
            for item in one.differences:
                item.take = said.get((item.name, item.new), item.take)

    def to_write(self) -> tuple[int, int]:
        """Return how many children would be added and how many amended."""
        return sum(one.add for one in self.rows), sum(bool(one.taken) for one in self.of("different"))


def field_of(name: str) -> Field:
    """Return the field of something that is compared."""
    form = catalogue().forms["child"]
    short = form.shorthand(name)
    return short.field if short else form.field(name)


def said_of(row: ImportRow, kind: Kind) -> dict[str, object]:
    """Return what a row says of the fields compared; codes of what is sensitive are left out."""
    found: dict[str, object] = {}
    for name in kind.fields:
        value, item = row.data.get(name), field_of(name)
        if item.sensitive or value in (None, "", []):
            continue
        if isinstance(value, list) and item.choices:
            known = catalogue().lists[item.choices]
            value = [code for code in value if (one := known.get(str(code))) is not None and not one.sensitive]
        if value:
            found[name] = value
    return found


def differences(kind: Kind, child: Child, row: ImportRow) -> list[Difference]:
    """Return what a row says of a child more than the register, or otherwise."""
    said = said_of(row, kind)
    found = []
    for name, value in matching.news(child, said).items():
        item, old = field_of(name), child.get(name)
        show = str if item.kind == "place" else _shower(item)
        finer = isinstance(old, str) and isinstance(value, str) and value.startswith(old + "-")
        fills = finer or old in (None, "", [])
        shown = show(_plain(old, item) or ""), show(_plain(value, item))
        found.append(Difference(name, item.label, *shown, value, old, fills))
    return sorted(found, key=lambda one: kind.fields.index(one.name))


def _shower(item: Field) -> Any:
    return lambda value: kinds.of(item).show(value or None, item)


def _plain(value: object, item: Field) -> object:
    """Return a value of the register as it may be shown: without what is sensitive."""
    if isinstance(value, list) and item.choices:
        known = catalogue().lists[item.choices]
        return [code for code in value if (one := known.get(str(code))) is not None and not one.sensitive]
    return value


# --- the questions on paper ------------------------------------------------------------------------------------------


def paper(check: CrossCheck, office: Office, today: date) -> Paper:
    """Return the list of questions for the other office: children it lacks, and what it says otherwise."""
    told = data()["paper"]
    never = data()["ask"]["never"]
    asked = [
        (one.child, item)
        for one in check.of("different")
        for item in one.differences
        if one.child is not None and item.name not in never and item.was not in (None, "", [])
    ]
    rows = [*(_row(n, child, None) for n, child in enumerate(check.here, 1)),
            *(_row(n, child, item) for n, (child, item) in enumerate(asked, len(check.here) + 1))]  # fmt: skip
    children = len({str(child["id"]) for child, _ in asked})
    totals = told["totals"].format(missing=len(check.here), different=len(asked), children=children)
    return Paper(
        report="crosscheck", period=today.isoformat()[:7], as_of=today.isoformat(), made_on=today.isoformat(),
        kind=told["kind"], about=told["about"].format(office=check.kind.office),
        as_of_text=letterhead.say("as_of", date=letterhead.long_date(today)),
        issuer=letterhead.issuer_lines(office), national=letterhead.national_lines(),
        number=letterhead.number_line(office, told["symbol"]), place_date=letterhead.place_date(office, today),
        columns=tuple(Column(**one) for one in told["columns"]), rows=tuple(rows), empty=told["empty"],
        totals_text=totals, notes=tuple(told["notes"]), signers=letterhead.signers_of(office),
        footer=told["footer"], page_of=letterhead.patterns()["patterns"]["page_of"],
        practice=letterhead.patterns()["words"]["practice"] if office.practice else "",
    )  # fmt: skip


def _row(number: int, child: Child, item: Difference | None) -> Row:
    sex = catalogue().lists["sex"].get(str(child.get("sex") or ""))
    born = str(child.get("born") or "")
    cells = {
        "no": Cell(str(number), number), "full_name": Cell(str(child.get("full_name") or "")),
        "born": Cell(dates.show_date(born), born) if born else Cell(),
        "sex": Cell(sex.labels["vi"] if sex and sex.code != "unknown" else ""),
        "village": Cell(str(child.get("village") or "")),
        "question": Cell(field_of(item.name).labels["vi"] if item else data()["paper"]["missing"]),
        "here": Cell(item.old if item else ""), "there": Cell(item.new if item else ""), "answer": Cell("", 1),
    }  # fmt: skip
    return Row(str(child["id"]), "", cells)


