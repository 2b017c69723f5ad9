"""Who belongs on a list, in which order, and who came or left since the list before. Pure data, no I/O.

What a report selects is data (``[select]`` of its file) with a closed vocabulary:

* ``form``: whose rows make the list. Of ``circumstance`` and ``risk`` every child has one line (``codes``: the list of
  choices they come from; ``household``: classes of households that count as one); ``child`` takes the children
  themselves, ``movement`` who came to the commune and who left it; of any other form every row has a line of its own.
* ``active``: a key of ``ACTIVE``. The days of a row are those reports count by (``facts.toml``), or ``on``: the first
  of these fields that is known is the day it happened.
* ``where``: fields of the row and the codes one of which must fit (with its sub-codes), of ``child`` instead with
  ``unless`` what ``measures`` knows of a child, as it stood on the day told of (``conditions``); ``missing``: fields
  that must be empty; ``until``: a date field that has passed or comes within ``days``; ``under_age``: years.
* ``by``: the field that says what a row is. ``secret``: ``apart`` (by default) or ``only``.
* ``group_by = "village"`` (of the report): every village is a part, under its own heading.
* ``[[parts]]``: ``key``, ``heading``; a line stands in the first part whose ``where`` fits, or all of its choices are
  marked ``only``; one without condition takes the rest.

Rules:

* Sensitive groups are never named. A child with only sensitive groups is counted ("kept apart"); one with an ordinary
  group beside is named with the ordinary ones only, and nothing on the paper tells the two apart. A list of its own
  (``secret = "only"``) names nothing else.
* Reasons for leaving a list are neutral: becoming a child of the sealed list reads like any other end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from cbdesk import dates, text
from cbdesk.catalogue import Catalogue, Choice, ChoiceList, Report
from cbdesk.conditions import HOLDS, NO, Conditions
from cbdesk.dates import Period
from cbdesk.errors import Problem
from cbdesk.facts import Span
from cbdesk.paper import CAME, LEFT, Row

Person = Mapping[str, Any]
CHILD, MOVEMENT = "child", "movement"
VILLAGE, NOWHERE = "village", "-"
"""What lines are grouped by, and the part of those without a village."""
EPISODES = ("circumstance", "risk")
"""Forms whose rows are told of one child in one line."""
APART, ONLY = "apart", "only"
KEPT = "_apart"
"""Set in a row of another form that is kept apart as a whole, or belongs to a record that is (``compartment``)."""
YEAR_ONLY = 4
"""Letters of a date known by its year alone."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One line: the ordinary choices shown, the first day of the oldest of them, the row it tells of, its part.

    ``reason`` is why a child came or left (a list of movements), ``""`` elsewhere.
    """

    person: Person
    choices: tuple[Choice, ...]
    since: str
    row: Mapping[str, Any] = field(default_factory=dict)
    part: str = ""
    reason: str = ""

    @property
    def id(self) -> str:
        """Return the child's id, ``""`` where only a name was heard."""
        return str(self.person["child"].get("id") or "")


@dataclass(frozen=True, slots=True)
class Selection:
    """Who is on the list: lines in order, children apart by sex, why all others are not (id to reason).

    ``how`` says of children who came to the commune in the period how (id to reason).
    """

    named: tuple[Listed, ...]
    apart: tuple[str, ...]
    why: Mapping[str, str]
    as_of: date
    how: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Movement:
    """One child (or line, ``of`` as in ``Row``) that came or left. ``reason`` is a key of ``report.movement``."""

    id: str
    name: str
    reason: str
    of: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """Return the key of its line (``Row.key``)."""
        return self.id, self.of


@dataclass(frozen=True, slots=True)
class Movements:
    """Who came and who left since the list before."""

    came: tuple[Movement, ...] = ()
    left: tuple[Movement, ...] = ()


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked of every person: the report, the list its codes come from, the days."""

    report: Report
    catalogue: Catalogue
    period: Period
    day: date
    rules: Mapping[str, Any]
    codes: ChoiceList | None
    fits: Mapping[str, frozenset[str]]
    conditions: Conditions | None = None
    today: date | None = None

    @property
    def days(self) -> Mapping[str, str]:
        """Return the fields that say from when to when a row holds."""
        return self.catalogue.facts.get(self.rules["form"]) or {"from": "from", "to": "to"}


def _at_end(start: str, end: str, first: date, as_of: date) -> bool:
    ended = dates.latest(end)
    return _begun(start, as_of) and (ended is None or ended > as_of)


def _during(start: str, end: str, first: date, as_of: date) -> bool:
    ended = dates.latest(end)
    return _begun(start, as_of) and (ended is None or ended >= first)


def _within(start: str, end: str, first: date, as_of: date) -> bool:
    began = dates.earliest(start)
    return began is not None and first <= began <= as_of


def _begun(start: str, as_of: date) -> bool:
    began = dates.earliest(start)
    return began is None or began <= as_of


ACTIVE: Mapping[str, Callable[[str, str, date, date], bool]] = {"at_end": _at_end, "during": _during, "within": _within}
"""On the last day told of; on any day of the period; begun, or happened, in the period."""


def as_of(period: Period, today: date) -> date:
    """Return the day a list tells of: the last of the period, or today in an unfinished one.

    Raises ``Problem(bad_period)`` for a period that has not begun.
    """
    if period.first > today:
        raise Problem("bad_period", period=period.text)
    return min(period.last, today)


def select(
    report: Report, people: Iterable[Person], period: Period, *,
    catalogue: Catalogue, today: date, order: text.NameOrder = text.NAME_ORDERS[0],
) -> Selection:
    """Return who belongs on the list, sorted by part, village and name. Shapes of ``people``: see ``report.make``.

    Raises ``Problem(bad_period)`` for a period that has not begun.
    """
    people, day = list(people), as_of(period, today)
    asked = question(report, catalogue, period, day)
    asked = replace(asked, conditions=_conditions(report, people, catalogue, day), today=today)
    lines = LINES.get(asked.rules["form"], _rows)
    named: list[Listed] = []
    apart: dict[str, str] = {}
    why: dict[str, str] = {}
    how: dict[str, str] = {}
    for person in people:
        child = person["child"]
        found = list(lines(asked, person))
        shown = [one for one in found if one is not None]
        named += shown
        if shown:
            if came := _arrival(child, period.first, asked.day):
                how[str(child["id"])] = came
            continue
        why[str(child["id"])] = why_outside(report, child, asked.day, catalogue, today) or "no_longer"
        if found:
            apart[str(child["id"]) or str(len(apart))] = str(child.get("sex") or "unknown")
    parts = {one["key"]: n for n, one in enumerate(report.data.get("parts", ()))}
    named.sort(key=lambda one: (parts.get(one.part, 0), _place(one, order)))
    return Selection(tuple(named), tuple(apart.values()), why, asked.day, how)


def question(report: Report, catalogue: Catalogue, period: Period, day: date) -> _Question:
    """Return what a report asks of every person, its codes with their families worked out."""
    rules = report.data["select"]
    form = catalogue.forms.get(rules["form"])
    where = {} if rules["form"] == CHILD else rules.get("where", {})
    fits = {name: _family(codes, catalogue.lists.get((form.field(name).choices if form else rules.get("codes")) or ""))
            for name, codes in where.items()}
    return _Question(report, catalogue, period, day, rules, codes_of(report, catalogue), fits)


def _conditions(report: Report, people: Sequence[Person], catalogue: Catalogue, day: date) -> Conditions | None:
    """Return the conditions of a list of children, ``None`` where it has none."""
    rules = report.data["select"]
    where, unless = rules.get("where", {}), rules.get("unless", {})
    if rules["form"] != CHILD or not (where or unless):
        return None
    return Conditions(where, unless, people, catalogue, Span(day, day), day)


def _family(codes: Iterable[str], known: ChoiceList | None) -> frozenset[str]:
    return frozenset(one for code in codes for one in (known.family(code) if known else (code,)))


def codes_of(report: Report, catalogue: Catalogue) -> ChoiceList | None:
    """Return the list of codes the report selects by, if it selects by one."""
    rules = report.data["select"]
    if "codes" in rules:
        return catalogue.lists[rules["codes"]]
    form = catalogue.forms.get(rules["form"])
    return catalogue.lists[form.field(rules["by"]).choices or ""] if form and "by" in rules else None


def why_outside(
    report: Report, child: Mapping[str, Any], day: date, catalogue: Catalogue, today: date | None = None
) -> str:
    """Return why the child is no child of this office on that day, or ``""``.

    ``turned_16``, ``moved``, ``died`` (``extra.gone`` of the residence); ``not_yet`` before birth or arrival. A child
    known by year only is a child until the later possible birthday; one without a birth date stays a child. Of one
    marked as grown without a day, a birthday that has passed by ``today`` (that day) tells it.
    """
    years = report.data["select"]["under_age"]
    grown = dates.reaches(child.get("born"), years)
    if grown is not None and grown <= day:
        return "turned_16"
    gone = _gone(child, catalogue)
    since = str(child.get("status_since") or "")
    by_birthday = gone == "turned_16" and not since and grown is not None and grown <= (today or day)
    if gone and not by_birthday and _begun(since, day):
        return gone
    arrived = child.get("came_on") if child.get("came_how") != BORN else None
    return "" if _begun(str(child.get("born") or ""), day) and _begun(str(arrived or ""), day) else "not_yet"


def _outside(asked: _Question, child: Mapping[str, Any]) -> str:
    return why_outside(asked.report, child, asked.day, asked.catalogue, asked.today)


def _gone(child: Mapping[str, Any], catalogue: Catalogue) -> str:
    """Return why the residence of a child says that it is here no more, or ``""``."""
    state = catalogue.lists["life_status"].get(str(child.get("life_status") or ""))
    return str(state.extra.get("gone", "")) if state else ""


ARRIVED, BORN = ("moved_in", "returned"), "born"


def _arrival(child: Mapping[str, Any], first: date, day: date) -> str:
    """Return how a child came to the commune between two days (``moved_in``, ``returned``), or ``""``."""
    how, on = str(child.get("came_how") or ""), dates.earliest(child.get("came_on"))
    return how if how in ARRIVED and on is not None and first <= on <= day else ""


# --- lines of one person: what is shown, and None for what is kept apart ----------------------------------------------


def _episodes(asked: _Question, person: Person) -> Iterator[Listed | None]:
    """One line a child: its codes active in the period."""
    if _outside(asked, person["child"]):
        return
    found, rows = _found(asked, person)
    known = asked.codes
    chosen = [one for code in found if known is not None and (one := known.get(code)) is not None]
    choices = sorted(chosen, key=lambda one: one.order)
    wanted = [one for one in choices if one.sensitive == (asked.rules.get("secret") == ONLY)]
    if wanted:
        since = min(found[one.code] for one in wanted)
        row = next((rows[one.code] for one in wanted if one.code in rows), {})
        yield Listed(person, tuple(_specific(wanted)), since, row, _part(asked, person, wanted, row))
    elif choices and asked.rules.get("secret") != ONLY:
        yield None


def _found(asked: _Question, person: Person) -> tuple[dict[str, str], dict[str, Mapping[str, Any]]]:
    """Return the codes of one child active in the period with the first day ("" unknown) of each, and their rows."""
    rules, active, fits = asked.rules, ACTIVE[asked.rules["active"]], asked.fits.get("code")
    found: dict[str, str] = {}
    rows: dict[str, Mapping[str, Any]] = {}
    for episode in person.get("episodes", ()):
        start, end, code = str(episode.get("from") or ""), str(episode.get("to") or ""), str(episode["code"])
        if episode["form"] == rules["form"] and active(start, end, asked.period.first, asked.day) and (
                fits is None or code in fits):
            found[code] = min(found.get(code, start), start)
            rows[code] = episode
    household = person.get("household")
    if household and household["class"] in rules.get("household", {}) and int(household["year"]) <= asked.day.year:
        found.setdefault(rules["household"][household["class"]], str(household["year"]))
    return found, rows


def _specific(choices: Sequence[Choice]) -> list[Choice]:
    """Leave out a group where one of its sub-groups is named too."""
    parents = {one.parent for one in choices if one.parent}
    return [one for one in choices if one.code not in parents]


def _children(asked: _Question, person: Person) -> Iterator[Listed | None]:
    """One line a child whose own fields, and what is known of it, fit."""
    child = person["child"]
    if _outside(asked, child) or not _fits(asked, child):
        return
    found = asked.conditions.holds(str(child["id"])) if asked.conditions else HOLDS
    if found == NO:
        return
    if found != HOLDS:
        yield None
        return
    yield Listed(person, (), str(child.get("born") or ""), child, _part(asked, person, (), child))


def _movements(asked: _Question, person: Person) -> Iterator[Listed | None]:
    """One line for each time the child came to the commune or left it in the period; a birth is known to the month."""
    child, first, day = person["child"], asked.period.first, asked.day
    born = str(child.get("born") or "")
    if came := _arrival(child, first, day):
        yield Listed(person, (), str(child["came_on"]), child, CAME, came)
    elif child.get("came_how") not in ARRIVED and len(born) > YEAR_ONLY and _within(born, "", first, day):
        yield Listed(person, (), born, child, CAME, "born")
    on, reason = _departure(asked, child)
    if reason and _within(on, "", first, day):
        yield Listed(person, (), on, child, LEFT, reason)


def _departure(asked: _Question, child: Mapping[str, Any]) -> tuple[str, str]:
    """Return when and why a child is no child of the office any more: the first of two reasons; "" without a day."""
    grown = dates.reaches(child.get("born"), asked.rules["under_age"])
    turned = grown.isoformat() if grown else ""
    gone, since = _gone(child, asked.catalogue), str(child.get("status_since") or "")
    if not gone or (gone == "turned_16" and turned):
        return turned, "turned_16" if turned else ""
    began = dates.earliest(since)
    return (turned, "turned_16") if grown and began and grown <= began else (since, gone)


def _rows(asked: _Question, person: Person) -> Iterator[Listed | None]:
    """One line a row of another form, whatever became of the child since."""
    for row in person.get("rows", {}).get(asked.rules["form"], ()):
        start, end = _span(asked, row)
        if not ACTIVE[asked.rules["active"]](start, end, asked.period.first, asked.day) or not _fits(asked, row):
            continue
        if asked.rules["active"] == "at_end" and _outside(asked, person["child"]):
            continue
        code = str(row.get(asked.rules.get("by", "")) or "")
        choice = asked.codes.get(code) if asked.codes else None
        secret = row.get(KEPT) or (choice is not None and choice.sensitive)
        if bool(secret) == (asked.rules.get("secret") == ONLY):
            yield Listed(person, (choice,) if choice else (), start[:10], row, _part(asked, person, (), row))
        elif asked.rules.get("secret") != ONLY:
            yield None


def _span(asked: _Question, row: Mapping[str, Any]) -> tuple[str, str]:
    """Return the first and last day of a row; an event is one day, the first of its fields ``on`` that is known."""
    if "on" in asked.rules:
        day = next((str(row[name])[:10] for name in asked.rules["on"] if row.get(name)), "")
        return day, day
    days = asked.days
    start = str(row.get(days.get("on") or days.get("from", "")) or "")[:10]
    return start, start if "on" in days else str(row.get(days.get("to", "")) or "")[:10]


LINES: Mapping[str, Callable[[_Question, Person], Iterator[Listed | None]]] = {
    **dict.fromkeys(EPISODES, _episodes), CHILD: _children, MOVEMENT: _movements}


def _fits(asked: _Question, row: Mapping[str, Any]) -> bool:
    until = asked.rules.get("until")
    if until:
        ends = dates.latest(row.get(until["field"]))
        if ends is None or ends > asked.day + timedelta(days=until["days"]):
            return False
    return not any(row.get(name) for name in asked.rules.get("missing", ())) and all(
        _holds(row.get(name), codes) for name, codes in asked.fits.items())


def _holds(value: object, codes: frozenset[str]) -> bool:
    values = value if isinstance(value, (list, tuple)) else [value]
    return any(str(one) in codes for one in values)


def _part(asked: _Question, person: Person, choices: Sequence[Choice], row: Mapping[str, Any]) -> str:
    """Return the part of the report a line fits into: the first whose condition it meets, else the one without."""
    if asked.report.data.get("group_by") == VILLAGE:
        return str(person["child"].get(VILLAGE) or NOWHERE)
    rest = ""
    for part in asked.report.data.get("parts", ()):
        if "only" not in part and "where" not in part:
            rest = rest or str(part["key"])
        elif "only" in part and not (choices and all(one.extra.get(part["only"]) for one in choices)):
            continue
        elif all(_holds(row.get(name), frozenset(codes)) for name, codes in part.get("where", {}).items()):
            return str(part["key"])
    return rest


def _place(listed: Listed, order: text.NameOrder) -> tuple[Any, ...]:
    """Sort by village (its own order, else its name; no village last), then by name; unnamed children last."""
    village = str(listed.person.get("village_name") or "")
    name = str(listed.person["child"].get("full_name") or "")
    place = (not village, listed.person.get("village_order") or 0, text.collate_key(village))
    return (*place, not name, text.name_key(name, order), listed.id, listed.since, str(listed.row.get("id") or ""))


# --- from one list to the next ----------------------------------------------------------------------------------------


def movements(
    previous: Iterable[Row], rows: Iterable[Row], *, why: Mapping[str, str] | None = None, period: Period | None = None,
    how: Mapping[str, str] | None = None,
) -> Movements:
    """Return who came onto the list and who left it since the list before.

    ``why`` and ``how`` are those of the present ``Selection``; a child ``why`` does not know is not in the register.
    One who came is ``new`` when the reason began in ``period``, else ``added`` (found or entered late).
    """
    before, now = {row.key: row for row in previous}, {row.key: row for row in rows}
    came = tuple(Movement(row.id, row.text("name"), _why_came(row, period, how or {}), row.of)
                 for row in now.values() if row.key not in before)
    known = why or {}
    left = tuple(Movement(row.id, row.text("name"), _why_left(known.get(row.id, "removed")), row.of)
                 for row in before.values() if row.key not in now)
    return Movements(came, left)


def _why_came(row: Row, period: Period | None, how: Mapping[str, str]) -> str:
    if row.id in how:
        return how[row.id]
    began = dates.earliest(row.since)
    return "new" if period and began and period.first <= began <= period.last else "added"


def _why_left(reason: str) -> str:
    return "no_longer" if reason == "not_yet" else reason
