"""What a figure of a report counts: a closed vocabulary, read from data and applied to facts. Pure, no I/O.

A measure says ``of`` (a source of ``facts``), ``where`` and ``unless`` (dimension to codes; a dimension with several
values fits where one of them does; codes include their sub-codes), ``when`` (``at_end``, ``at_start``, ``during``,
``began``, ``ended``; ``until`` and ``before``: all that ever began by the end, before the beginning), ``on`` (another
date of the row than its own) and ``count`` (``children``, ``rows``, ``sum:dimension``, ``distinct:dimension`` of the
records one names).

Codes with a meaning of their own: ``*`` any value that is known, ``unknown`` none that is; of ages ``6-16`` from 6 to
before 16 years. A dimension nobody knows is a fault of the report, found by ``check``, never a zero.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, cached_property
from typing import Any

from cbdesk import dates
from cbdesk.catalogue import Catalogue, Form
from cbdesk.errors import Problem
from cbdesk.facts import CHILD, DERIVED, UNKNOWN, Book, Fact, Span

PROPERTIES = ("of", "where", "unless", "when", "on", "count")
WHENS = ("at_end", "at_start", "during", "began", "ended", "until", "before")
STATES = ("at_end", "at_start", "until", "before")
"""What stands on a day, and does not grow with the days counted."""
CHILDREN, ROWS, SUM, DISTINCT = "children", "rows", "sum:", "distinct:"
HELPED = "helped"
"""Whether the child of a fact got any support in the span counted: the one dimension that asks for a span."""
ANY = "*"
Codes = Mapping[str, Sequence[str]]
_BAND = re.compile(r"(\d{1,2})-(\d{1,3})")
OF_CHILD = frozenset(
    {
        "child",
        "owner",
        "village",
        "sex",
        "age",
        "months",
        "ethnicity",
        "people",
        "groups",
        "risks",
        "special",
        "at_risk",
        "poverty_only",
        "household_class",
        "schooling",
        "residence",
        "parents_state",
        "card",
        "card_days",
        "personal_number",
        "birth_cert",
        "disability_level",
        "disability_forms",
        "supports",
        HELPED,
    }
)
OWN: Mapping[str, frozenset[str]] = {
    "arrival": frozenset({"how"}),
    "departure": frozenset({"how"}),
    "household": frozenset({"household_class"}),
    "incident": frozenset({"case", "plan", "supported", "suspect_outcome", "occurred"}),
    "suspect": frozenset({"relation", "suspect_sex", "suspect_outcome", "case", "plan", "supported", "occurred"}),
    "case": frozenset({"plan"}),
    "fund_entry": frozenset({"signed"}),
    "plan_item": frozenset({"plan_item", "done", "spent"}),
    "budget": frozenset({"budget", "planned", "spent"}),
}
"""Dimensions of a source besides the fields of its form and those of its child."""


@dataclass(frozen=True)
class Measure:
    """One measure as its report says it."""

    of: str
    when: str = "at_end"
    count: str = CHILDREN
    on: str = ""
    where: tuple[Mapping[str, frozenset[str]], ...] = ()
    unless: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @cached_property
    def asked(self) -> tuple[tuple[str, frozenset[str], bool], ...]:
        """Return the conditions as (dimension, codes, wanted)."""
        return (
            *((name, codes, True) for part in self.where for name, codes in part.items()),
            *((name, codes, False) for name, codes in self.unless.items()),
        )


def read(raw: Mapping[str, Any], known: Catalogue, *more: Codes) -> Measure:
    """Return a measure from its data; ``more`` are further conditions, all of which must hold.

    Raises ``Problem(report_wrong)`` with the place that is wrong.
    """
    source = str(raw.get("of") or CHILD)
    for problem in check(raw, known):
        raise Problem("report_wrong", place=problem)
    events = source not in (CHILD, "household") and "to" not in known.facts[source]
    return Measure(
        of=source,
        when=str(raw.get("when") or ("during" if events else "at_end")),
        count=str(raw.get("count") or CHILDREN),
        on=str(raw.get("on") or ""),
        where=tuple(_codes(source, one, known) for one in (raw.get("where", {}), *more) if one),
        unless=_codes(source, raw.get("unless", {}), known),
    )


def column(raw: Mapping[str, Any], source: str, known: Catalogue) -> Measure:
    """Return the conditions of a column for a source: one that its facts cannot know is met by none of them."""
    where, unless = (_codes(source, raw.get(side, {}), known) for side in ("where", "unless"))
    return Measure(source, where=(where,), unless=unless)


def check(raw: Mapping[str, Any], known: Catalogue) -> Iterator[str]:
    """Return what is wrong with a measure, one short English sentence each."""
    source = str(raw.get("of") or CHILD)
    if source not in known.facts or source == "dimensions":
        yield f"of = {source!r}"
        return
    if raw.get("when", "at_end") not in WHENS:
        yield f"when = {raw['when']!r}"
    count = str(raw.get("count", CHILDREN))
    counting, _, name = count.partition(":")
    if count not in (CHILDREN, ROWS) and not (f"{counting}:" in (SUM, DISTINCT) and name in dimensions(source, known)):
        yield f"count = {count!r}"
    if raw.get("on") and raw["on"] not in dimensions(source, known):
        yield f"on = {raw['on']!r}"
    for side in ("where", "unless"):
        for name, codes in raw.get(side, {}).items():
            if name not in dimensions(source, known):
                yield f"{side}.{name}"
            yield from (f"{side}.{name}: {code}" for code in codes if not _known(source, name, str(code), known))


def dimensions(source: str, known: Catalogue) -> frozenset[str]:
    """Return the dimensions there are for a source."""
    fields = {one.name for form in _forms(source, known) for one in form.fields}
    return OF_CHILD | fields | OWN.get(source, frozenset())


def list_of(source: str, name: str, known: Catalogue) -> str:
    """Return the list of choices a dimension's codes come from, "" where it has none."""
    for form in _forms(source, known):
        if form.has(name):
            return form.field(name).choices or ""
    lists = known.facts["dimensions"]
    return str(lists.get(f"{source}.{name}") or lists.get(name, ""))


def _forms(source: str, known: Catalogue) -> tuple[Form, ...]:
    """Return the forms whose fields a fact of a source holds; those of a child are told by ``OF_CHILD``."""
    names = {"suspect": ("suspect", "incident"), CHILD: ()}.get(source, (source,))
    return tuple(known.forms[one] for one in names if one in known.forms)


def _known(source: str, name: str, code: str, known: Catalogue) -> bool:
    if code in (ANY, UNKNOWN) or name in ("child", "owner", "village"):
        return True
    if name in ("age", "months", "hours_week", "card_days"):
        return _BAND.fullmatch(code) is not None
    list_ = known.lists.get(list_of(source, name, known))
    return list_ is None or list_.get(code) is not None


def _codes(source: str, raw: Codes, known: Catalogue) -> dict[str, frozenset[str]]:
    """Return each dimension with its codes, sub-codes included."""
    found: dict[str, frozenset[str]] = {}
    for name, codes in raw.items():
        list_ = known.lists.get(list_of(source, name, known))
        families = (list_.family(str(code)) if list_ and list_.get(str(code)) else (str(code),) for code in codes)
        found[name] = frozenset(one for family in families for one in family)
    return found


# --- facts -----------------------------------------------------------------------------------------------------------


def counted(book: Book, measure: Measure, span: Span) -> Iterator[tuple[Fact, date]]:
    """Return the facts of a measure's source that fall into a span, each with the day its child is looked at.

    States (at the end or the beginning, during) count only who is a child of the office then.
    """
    day = span.first - timedelta(days=1) if measure.when in ("at_start", "before") else span.last
    for fact in book.facts(measure.of):
        first, last = fact.first, fact.last
        if measure.on:
            first = last = _day(fact.values.get(measure.on)) or first
        if measure.when in ("until", "before"):
            if first is not None and first <= day:
                yield fact, first
        elif measure.when in ("began", "ended") or (measure.when == "during" and first is not None and first == last):
            at = last if measure.when == "ended" else first
            if at is not None and span.first <= at <= span.last:
                yield fact, at
        elif ((measure.when == "during" and _touches(first, last, span)) or _stands(first, last, day)) and (
            fact.person is None or fact.person.here(day)
        ):
            yield fact, day


def _stands(first: date | None, last: date | None, day: date) -> bool:
    return (first is None or first <= day) and (last is None or last > day)


def _touches(first: date | None, last: date | None, span: Span) -> bool:
    return (first is None or first <= span.last) and (last is None or last >= span.first)


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else dates.earliest(str(value or "")[:10])


def value_of(fact: Fact, name: str, day: date, span: Span) -> Any:
    """Return a dimension of a fact: of its own row, else of its child on that day; ``None`` where it is not known."""
    if name in fact.values:
        return fact.values[name]
    if name == "owner" and fact.person is None:
        return fact.values.get("_unit")
    if fact.person is None or name not in OF_CHILD:
        return None
    return fact.person.helped(span) if name == HELPED else fact.person.at(day).get(name)


def fits(measure: Measure, fact: Fact, day: date, span: Span) -> bool:
    """Return whether a fact meets every condition of a measure."""
    return all(holds(value_of(fact, name, day, span), codes) == wanted for name, codes, wanted in measure.asked)


class Sorter:
    """Tells which of several measures a fact meets: asked once for all facts alike in what the measures ask."""

    def __init__(self, measures: Mapping[str, Measure], span: Span) -> None:
        self._measures, self._span = measures, span
        self._asked = sorted({name for one in measures.values() for name, _, _ in one.asked})
        self._known: dict[tuple[Any, ...], tuple[str, ...]] = {}

    def of(self, fact: Fact, day: date) -> tuple[str, ...]:
        """Return the names of the measures a fact meets."""
        alike = tuple(_plain(value_of(fact, name, day, self._span)) for name in self._asked)
        if alike not in self._known:
            met = (name for name, one in self._measures.items() if fits(one, fact, day, self._span))
            self._known[alike] = tuple(met)
        return self._known[alike]


def _plain(value: Any) -> Any:
    """Return a value that can be looked up; a list of codes as they are, in order."""
    return tuple(value) if isinstance(value, list) else (type(value), value) if isinstance(value, bool) else value


def holds(value: Any, codes: frozenset[str]) -> bool:
    """Return whether a value, or one of several, is among codes."""
    if value is None or value in ("", (), [], UNKNOWN):
        return UNKNOWN in codes
    if ANY in codes:
        return True
    if isinstance(value, (tuple, list)):
        return any(str(one) in codes for one in value)
    if isinstance(value, bool):
        return ("yes" if value else "no") in codes
    if isinstance(value, int):
        return any(low <= value < high for low, high in _bands(codes)) or str(value) in codes
    return str(value) in codes


@cache
def _bands(codes: frozenset[str]) -> tuple[tuple[int, int], ...]:
    return tuple((int(match[1]), int(match[2])) for code in sorted(codes) if (match := _BAND.fullmatch(code)))


class Sum:
    """Adds up one figure: distinct children, distinct records, or a number of each record, with what is behind it.

    A record whose number is nought or not known is not behind a sum.
    """

    __slots__ = ("_count", "_found", "_name", "form")

    def __init__(self, count: str, form: str = CHILD) -> None:
        counting, _, self._name = count.partition(":")
        self._count = f"{counting}:" if self._name else count
        self.form = CHILD if count == CHILDREN else self._name if self._count == DISTINCT else form
        self._found: dict[tuple[str, str], float] = {}

    def add(self, fact: Fact) -> None:
        """Count a fact; one whose child is not known counts as a child of its own."""
        if self._count == CHILDREN:
            self._found[fact.person.id if fact.person else f"?{fact.record}", ""] = 1
        elif self._count == ROWS:
            self._found[fact.record, ""] = 1
        elif value := fact.values.get(self._name):
            if self._count == DISTINCT:
                self._found[str(value), ""] = 1
            elif isinstance(value, (int, float)):
                self._found[fact.record, fact.part] = float(value)

    @property
    def value(self) -> int:
        """Return the figure."""
        return round(sum(self._found.values()))

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the records behind the figure, children where children are counted; those not known left out."""
        return tuple(dict.fromkeys(one for one, _ in self._found if not one.startswith("?")))


def amount(book: Book, measure: Measure, span: Span) -> Sum:
    """Return one measure of one span by itself."""
    found = Sum(measure.count, measure.of)
    for fact, day in counted(book, measure, span):
        if fits(measure, fact, day, span):
            found.add(fact)
    return found


def sources(measures: Iterable[Measure], known: Catalogue) -> frozenset[str]:
    """Return the forms whose rows the measures need read."""
    asked = {one.of for one in measures}
    forms = asked - DERIVED
    wide = {CHILD, "circumstance", "risk", "support", "household", "household_class"}
    if asked & {"incident", "suspect", "case"}:
        wide |= {"incident", "suspect", "case", "case_step", "assessment", "plan", "decision", "measure"}
    if asked & {"plan_item", "budget"}:
        wide |= {"yearly_plan", "plan_item", "budget", "activity"}
    wide |= asked & {"fund_entry"}
    for form in forms & set(known.forms):
        parent = known.forms[form].parent
        while parent:
            wide.add(parent)
            parent = known.forms[parent].parent
    return frozenset((forms | wide) & set(known.forms))
