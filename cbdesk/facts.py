"""Facts: what a report counts, each with its days, the children behind it, and what is known of it. Pure data, no I/O.

A *source* is a form whose rows are counted, with the fields that say from when to when (``facts.toml``); its dimensions
are the row's own fields. Some sources know more: ``child`` (a child of the office, with age, groups, risks and class of
household as they stood on the day asked for), ``incident`` (once for each of its children, with what became of the
report), ``case`` (was the plan approved in time), ``household``, ``fund_entry`` (what it adds or takes), ``plan_item``
and ``budget`` (also what the activities of the plan's lines did and cost, each on its day). What is asked of a fact
that its row does not hold is asked of its child, on the day of the event or on the last day counted.

Rules: unknown is a value of its own (``UNKNOWN``) and never guessed; a child known by year only is a child until the
later possible birthday; who is a child of the office on a day is decided as for the lists (``roll.why_outside``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from cbdesk import dates, process
from cbdesk.catalogue import Catalogue
from cbdesk.dates import latest

Row = Mapping[str, Any]
UNKNOWN = "unknown"
YES, NO = "yes", "no"
CHILD, INCIDENT, CASE, HOUSEHOLD, SUSPECT = "child", "incident", "case", "household", "suspect"
ARRIVAL, DEPARTURE = "arrival", "departure"
FUND, ITEM, BUDGET, ACTIVITY = "fund_entry", "plan_item", "budget", "activity"
YEAR_ONLY = 4
"""Letters of a date known by its year alone."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days counted, both ends included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing to count: the record it opens, its child (None: not known), from when to when, and its dimensions.

    ``first`` None: since always; ``last`` None: it lasts. An event has both days the same. ``part`` names what of its
    record is told, where a record has several.
    """

    form: str
    record: str
    person: Person | None
    first: date | None
    last: date | None
    values: Mapping[str, Any]
    part: str = ""

    @property
    def event(self) -> bool:
        """Return whether it happened on one day."""
        return self.first is not None and self.first == self.last


@dataclass(eq=False)
class Person:
    """One child with what changes over time; ``at`` tells how it stood on a day."""

    row: Row
    book: Book
    episodes: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    _stood: dict[date, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Return the child's id; of two records of one child the one counted."""
        return self.book.counted.get(str(self.row["id"]), str(self.row["id"]))

    @cached_property
    def came(self) -> date | None:
        """Return the first day the child was here, ``None``: since always."""
        return dates.earliest(self.row.get("came_on")) if self.row.get("came_how") != "born" else None

    @cached_property
    def gone(self) -> date | None:
        """Return the first day the child is no child of the office any more, ``None`` while that is not known."""
        grown, state = dates.reaches(self.row.get("born"), self.book.child_age), str(self.row.get("life_status"))
        since = dates.earliest(self.row.get("status_since"))
        by_birthday = state in self.book.grown and not since and grown is not None and grown <= self.book.today
        away = (since or date.min) if state in self.book.away and not by_birthday else None
        return min((one for one in (grown, away) if one), default=None)

    def here(self, day: date) -> bool:
        """Return whether it is a child of the office on that day."""
        born = dates.earliest(self.row.get("born"))
        came = self.came is None or self.came <= day
        return came and (born is None or born <= day) and (self.gone is None or self.gone > day)

    def in_book(self, day: date) -> bool:
        """Return whether it stands among the children of the register on that day, also one who is grown by then."""
        born, away = dates.earliest(self.row.get("born")), str(self.row.get("life_status")) in self.book.away
        left = (dates.earliest(self.row.get("status_since")) or date.min) if away else None
        came = self.came is None or self.came <= day
        return came and (born is None or born <= day) and (left is None or left > day)

    def marked(self, form: str, day: date) -> bool:
        """Return whether a circumstance or a risk (``form``) is there on a day; a poor household is a risk."""
        if any(_lasts(one, day) for one in self.episodes[form]):
            return True
        level, _ = self.book.class_of(str(self.row.get(HOUSEHOLD) or ""), day.year)
        return form == "risk" and level in self.book.poverty

    def at(self, day: date) -> Mapping[str, Any]:
        """Return the dimensions of the child as they stood on a day."""
        if day not in self._stood:
            self._stood[day] = self._stand(day)
        return self._stood[day]

    def _stand(self, day: date) -> Mapping[str, Any]:
        row, book = self.row, self.book
        months = dates.months_old(row.get("born"), day)
        groups, risks = self._codes("circumstance", day), self._codes("risk", day)
        level, year = book.class_of(str(row.get(HOUSEHOLD) or ""), day.year)
        poverty = book.poverty.get(level)
        if poverty and poverty not in risks:
            risks = (*risks, poverty)
        disabled = [one for one in self.episodes["circumstance"] if one.get("disability_level") and _lasts(one, day)]
        ethnic = str(row.get("ethnicity") or "")
        return {
            "child": self.id,
            "owner": row.get("_unit"),
            "village": row.get("village") or UNKNOWN,
            "sex": row["sex"] if row.get("sex") in ("male", "female") else UNKNOWN,
            "age": months // 12 if months is not None else None,
            "months": months,
            "ethnicity": ethnic or UNKNOWN,
            "people": _people(ethnic),
            "groups": groups,
            "risks": risks,
            "special": YES if groups else NO,
            "at_risk": YES if risks else NO,
            "poverty_only": YES if risks and not groups and set(risks) <= book.poverty_codes else NO,
            "household_class": level or UNKNOWN,
            "class_year": year,
            "schooling": row.get("schooling") or UNKNOWN,
            "residence": row.get("life_status") or UNKNOWN,
            "parents_state": row.get("parents_state") or UNKNOWN,
            "card": _card(row, day),
            "card_days": _days_left(row, day),
            "personal_number": YES if row.get("personal_id") else NO,
            "birth_cert": YES if row.get("birth_cert") else NO,
            "disability_level": disabled[-1]["disability_level"] if disabled else None,
            "disability_forms": tuple(disabled[-1].get("disability_forms") or ()) if disabled else (),
            "supports": tuple(
                dict.fromkeys(str(one.get("kind")) for one in self.episodes["support"] if _lasts(one, day))
            ),
        }

    def _codes(self, form: str, day: date) -> tuple[str, ...]:
        return tuple(
            dict.fromkeys(str(one["code"]) for one in self.episodes[form] if one.get("code") and _lasts(one, day))
        )

    def helped(self, span: Span) -> str:
        """Return whether the child got any support in a span."""
        return YES if any(_overlaps(one, span) for one in self.episodes["support"]) else NO


class Book:
    """The rows of a register as facts. ``rows`` are those of each form as the store gives them.

    ``same`` maps records of one child to the one that is counted (a receiver's children of two communes).
    """

    def __init__(
        self, rows: Mapping[str, Sequence[Row]], known: Catalogue, *, same: Mapping[str, str] | None = None, today: date
    ) -> None:
        self.rows, self.known, self.counted, self.today = rows, known, same or {}, today
        self.sources: Mapping[str, Mapping[str, str]] = known.facts
        self.child_age = known.threshold("child_age", today)
        states = known.lists["life_status"].choices
        self.away = {one.code for one in states if not one.extra.get("here")}
        self.grown = {one.code for one in states if one.extra.get("gone") == "turned_16"}
        self.once = {one.code for one in known.lists["support_kind"].choices if one.extra.get("once")}
        risk = known.lists["risk"].choices
        self.poverty = {str(one.extra["household_class"]): one.code for one in risk if one.extra.get("household_class")}
        self.poverty_codes = frozenset(one.code for one in risk if one.extra.get("poverty"))
        self._made: dict[str, tuple[Fact, ...]] = {}

    def facts(self, source: str) -> tuple[Fact, ...]:
        """Return the facts of a source. Raises ``KeyError`` for one that ``facts.toml`` lacks."""
        if source not in self._made:
            make = _MAKERS.get(source)
            self._made[source] = tuple(make(self) if make else self._plain(source, self.sources[source]))
        return self._made[source]

    @cached_property
    def people(self) -> dict[str, Person]:
        """Return the children by id of their record."""
        found = {str(row["id"]): Person(row, self) for row in self.rows.get(CHILD, ())}
        for form in ("circumstance", "risk", "support"):
            for row in self.rows.get(form, ()):
                if (one := found.get(str(row.get(CHILD)))) is not None:
                    one.episodes[form].append(row)
        return found

    @cached_property
    def _classes(self) -> dict[str, list[tuple[int, str]]]:
        found: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for row in self.rows.get("household_class", ()):
            if row.get("class") and isinstance(row.get("year"), int):
                found[str(row.get(HOUSEHOLD))].append((row["year"], str(row["class"])))
        for one in found.values():
            one.sort(key=lambda pair: pair[0])  # of two in one year the later written stands
        return found

    def class_of(self, household: str, year: int) -> tuple[str, int | None]:
        """Return the newest class of a household not after a year, and of which year it is."""
        known = [one for one in self._classes.get(household, ()) if one[0] <= year]
        return (known[-1][1], known[-1][0]) if known else ("", None)

    def _plain(self, source: str, places: Mapping[str, str]) -> Iterator[Fact]:
        """Return the rows of a form as facts, each with its child, itself or that of the record it belongs to."""
        for row in self.rows.get(source, ()):
            first, last = _days(row, places)
            if first is None and "on" in places:
                continue  # an event nobody knows the day of belongs to no period
            yield Fact(source, str(row["id"]), self._child_of(source, row), first, last, row)

    def _child_of(self, form: str, row: Row) -> Person | None:
        named = row.get(CHILD)
        if isinstance(named, str):
            return self.people.get(named)
        parent = self.known.forms[form].parent
        above = self._by_id(parent).get(str(row.get(parent))) if parent and parent != CHILD else None
        return self._child_of(parent, above) if parent and above else None

    def _by_id(self, form: str) -> Mapping[str, Row]:
        if form not in self._ids:
            self._ids[form] = {str(row["id"]): row for row in self.rows.get(form, ())}
        return self._ids[form]

    @cached_property
    def _ids(self) -> dict[str, Mapping[str, Row]]:
        return {}

    def under(self, form: str, parent: str) -> Mapping[str, list[Row]]:
        """Return the rows of a form by the record they belong to."""
        key = f"{form}.{parent}"
        if key not in self._under:
            found: dict[str, list[Row]] = defaultdict(list)
            for row in self.rows.get(form, ()):
                found[str(row.get(parent))].append(row)
            self._under[key] = found
        return self._under[key]

    @cached_property
    def _under(self) -> dict[str, Mapping[str, list[Row]]]:
        return {}

    # --- the sources that know more ---------------------------------------------------------------------------------

    def _children(self) -> Iterator[Fact]:
        for person in self.people.values():
            if person.id != str(person.row["id"]):
                continue  # of two records of one child one is counted, as in the lists
            born = dates.earliest(person.row.get("born"))
            first = max((one for one in (born, person.came) if one), default=None)
            yield Fact(CHILD, person.id, person, first, person.gone, {})

    def _arrivals(self) -> Iterator[Fact]:
        """Children who came: moved in or back, and those born (a birth date known to the month)."""
        for person in self.people.values():
            how, day = person.row.get("came_how"), person.came
            if how in ("moved_in", "returned") and day:
                yield Fact(CHILD, person.id, person, day, day, {"how": how})
            born = str(person.row.get("born") or "")
            if how in (None, "born") and len(born) > YEAR_ONLY and (day := dates.earliest(born)):
                yield Fact(CHILD, person.id, person, day, day, {"how": "born"})

    def _departures(self) -> Iterator[Fact]:
        """Children who left, died or reached the age at which a child is none any more."""
        for person in self.people.values():
            day = person.gone
            if day and day != date.min:
                grown = dates.reaches(person.row.get("born"), self.child_age) == day
                how = "over_16" if grown else str(person.row.get("life_status"))
                yield Fact(CHILD, person.id, person, day, day, {"how": how})

    def _incidents(self) -> Iterator[Fact]:
        places = self.sources[INCIDENT]
        for row in self.rows.get(INCIDENT, ()):
            received, _ = _days(row, places)
            if received is None:
                continue
            suspects = self.under(SUSPECT, INCIDENT)[str(row["id"])]
            told = dict(row) | _of_suspects(row, suspects) | {"occurred": _day(row.get("occurred_at")) or received}
            named: list[Person | None] = [self.people[one] for one in row.get(CHILD) or () if one in self.people]
            for person in named or [None]:
                became = self._became(person, str(row["id"]), received)
                yield Fact(INCIDENT, str(row["id"]), person, received, received, told | became)

    def _became(self, person: Person | None, incident: str, received: date) -> dict[str, str]:
        """Return what became of a report for one child: has it a case, was its plan in time, did it get help.

        What is given once (a gift at a festival, a scholarship) is no help after a report.
        """
        ids = [str(person.row["id"])] if person else []
        cases = [
            one for child in ids for one in self.under(CASE, CHILD)[child] if incident in (one.get(INCIDENT) or ())
        ]
        plans = [self.plan_of(str(one["id"])) for one in cases]
        done = [row for one in cases for row in self.under("measure", CASE)[str(one["id"])] if row.get("done_on")]
        after, helped = Span(received, date.max), person.episodes["support"] if person else ()
        given = any(_begins(one, after) and one.get("kind") not in self.once for one in helped)
        return {
            "case": YES if cases else NO,
            "plan": plans[-1] if plans else "none",
            "supported": YES if done or given else NO,
        }

    def plan_of(self, case: str) -> str:
        """Return how the first plan of a case was approved, as ``process`` derives it.

        ``in_time``, ``late``, ``waiting``, ``overdue``, or ``not_needed`` where an assessment says so.
        """
        if case not in self._plans:
            self._plans[case] = self._approval(case)
        return self._plans[case]

    @cached_property
    def _plans(self) -> dict[str, str]:
        return {}

    def _approval(self, case: str) -> str:
        row = self._by_id(CASE)[case]
        rows = {form: self.under(form, CASE)[case] for form in ("case_step", "assessment", "plan", "decision")}
        told = [self._by_id(INCIDENT)[one] for one in row.get(INCIDENT) or () if one in self._by_id(INCIDENT)]
        facts = process.Facts(row, told, rows["case_step"], rows["assessment"], rows["plan"], rows["decision"])
        state = process.state_of(facts).of("approval").state
        return _APPROVALS.get(state, "waiting")

    def _cases(self) -> Iterator[Fact]:
        for row in self.rows.get(CASE, ()):
            first, last = _days(row, self.sources[CASE])
            reopened = str(row.get("reopened_on") or "")
            last = None if last and reopened >= str(row.get("closed_on") or "9") else last
            yield Fact(
                CASE,
                str(row["id"]),
                self._child_of(CASE, row),
                first,
                last,
                dict(row) | {"plan": self.plan_of(str(row["id"]))},
            )

    def _households(self) -> Iterator[Fact]:
        """Households, once for each year they have a class of: from that year to the next that has one."""
        for row in self.rows.get(HOUSEHOLD, ()):
            known = self._classes.get(str(row["id"]), [])
            for (year, level), after in zip(known, [*known[1:], None], strict=False):
                last = date(after[0], 1, 1) if after else None
                if last is None or last > date(year, 1, 1):
                    yield Fact(
                        HOUSEHOLD,
                        str(row["id"]),
                        None,
                        date(year, 1, 1),
                        last,
                        dict(row) | {"household_class": level, "village": row.get("village") or UNKNOWN},
                    )

    def _fund_entries(self) -> Iterator[Fact]:
        for fact in self._plain(FUND, self.sources[FUND]):
            amount = _whole(fact.values.get("amount"))
            signed = -amount if fact.values.get("direction") == "out" else amount
            yield replace(fact, values={**fact.values, "signed": signed})

    def _plan_items(self) -> Iterator[Fact]:
        """Lines of the unit's plans: what each sets itself in its year, and what its activities did and cost by day."""
        for row in self.rows.get(ITEM, ()):
            item, measure = str(row["id"]), self.known.lists["plan_measure"].get(str(row.get("measure") or ""))
            typed = measure is None or measure.extra.get("typed")
            told = dict(row) | {ITEM: item, "done": row.get("done") if typed else None}
            year = self._year(self._by_id("yearly_plan").get(str(row.get("yearly_plan"))))
            if year is not None:
                yield Fact(ITEM, item, None, year.first, year.last, told)
            for one in self.under(ACTIVITY, ITEM)[item]:
                if (day := _day(one.get("from"))) is not None:
                    name = measure.extra.get("field") if measure else None
                    done = None if typed else _whole(one.get(name)) if name else 1
                    values = {ITEM: item, BUDGET: row.get(BUDGET), "done": done, "spent": one.get("cost")}
                    yield Fact(ITEM, item, None, day, day, values, str(one["id"]))

    def _budgets(self) -> Iterator[Fact]:
        """Budget lines: the money given for the year, what the plan foresees of it, what was spent, by day."""
        for row in self.rows.get(BUDGET, ()):
            year = self._year(row)
            if year is not None:
                yield Fact(BUDGET, str(row["id"]), None, year.first, year.last, dict(row) | {BUDGET: row["id"]})
        known = self._by_id(BUDGET)
        for fact in self.facts(ITEM):
            line = str(fact.values.get(BUDGET) or "")
            if line in known:
                told = {BUDGET: line, "money": known[line].get("money"), "spent": fact.values.get("spent")}
                told["planned"] = None if fact.event else fact.values.get("cost")
                yield replace(fact, form=BUDGET, record=line, values=told, part=f"{fact.record} {fact.part}")

    def _year(self, row: Row | None) -> Span | None:
        year = row.get("year") if row else None
        return Span(date(year, 1, 1), date(year, 12, 31)) if isinstance(year, int) else None

    def _suspects(self) -> Iterator[Fact]:
        by_id = defaultdict(list)
        for fact in self.facts(INCIDENT):
            by_id[fact.record].append(fact)
        for row in self.rows.get(SUSPECT, ()):
            for fact in by_id[str(row.get(INCIDENT))][:1]:
                told = {
                    "relation": row.get("relation"),
                    "suspect_sex": row.get("sex"),
                    "suspect_outcome": row.get("outcome"),
                }
                yield replace(fact, form=SUSPECT, record=str(row["id"]), values={**fact.values, **told})


_MAKERS: Mapping[str, Callable[[Book], Iterable[Fact]]] = {
    CHILD: Book._children,
    ARRIVAL: Book._arrivals,
    DEPARTURE: Book._departures,
    INCIDENT: Book._incidents,
    SUSPECT: Book._suspects,
    CASE: Book._cases,
    HOUSEHOLD: Book._households,
    FUND: Book._fund_entries,
    ITEM: Book._plan_items,
    BUDGET: Book._budgets,
}
DERIVED = frozenset(_MAKERS)
"""Sources made here; the others are the forms of ``facts.toml``."""
_APPROVALS = {
    process.DONE: "in_time",
    process.LATE: "late",
    process.OVERDUE: "overdue",
    process.NONE: "not_needed",
    process.SKIPPED: "not_needed",
}


def _of_suspects(incident: Row, suspects: Sequence[Row]) -> dict[str, Any]:
    """Return what is known of those said to have done it: of the incident itself and of its suspects."""
    relations = [incident.get("suspect_relation"), *(one.get("relation") for one in suspects)]
    outcomes = [one.get("outcome") for one in suspects]
    return {
        "suspect_relation": tuple(dict.fromkeys(str(one) for one in relations if one)),
        "suspect_outcome": tuple(dict.fromkeys(str(one) for one in outcomes if one)) or ("none_known",),
    }


def _days(row: Row, places: Mapping[str, str]) -> tuple[date | None, date | None]:
    """Return from when to when a row holds: one day, or from the first until the first it holds no more."""
    if "on" in places:
        day = _day(row.get(places["on"]))
        return day, day
    return dates.earliest(_iso(row.get(places["from"]))), latest(_iso(row.get(places.get("to", ""))))


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _iso(value: object) -> str:
    return str(value or "")[:10]


def _day(value: object) -> date | None:
    return dates.earliest(_iso(value))


def _lasts(episode: Row, day: date) -> bool:
    first, last = dates.earliest(episode.get("from")), latest(episode.get("to"))
    return (first is None or first <= day) and (last is None or last > day)


def _overlaps(episode: Row, span: Span) -> bool:
    first, last = dates.earliest(episode.get("from")), latest(episode.get("to"))
    return (first is None or first <= span.last) and (last is None or last >= span.first)


def _begins(episode: Row, span: Span) -> bool:
    first = dates.earliest(episode.get("from"))
    return first is not None and span.first <= first <= span.last


def _people(ethnicity: str) -> str:
    """Return ``kinh``, ``minority`` or unknown: the two sides most reports tell apart (01 is Kinh)."""
    return UNKNOWN if not ethnicity else "kinh" if ethnicity == "01" else "minority"


def _days_left(child: Row, day: date) -> int | None:
    """Return for how many days more the health card is valid, ``None`` where it is not or nobody knows."""
    until = latest(child.get("card_until")) if child.get("health_card") else None
    return (until - day).days if until and until >= day else None


def _card(child: Row, day: date) -> str:
    """Return how the health card stood: ``none``, ``valid``, ``expired``."""
    if not child.get("health_card"):
        return "none"
    until = latest(child.get("card_until"))
    return "expired" if until and until < day else "valid"
