"""What is remarked about one record: ``check(form, data, today)``.

The vocabulary is closed: a form names a rule, its fields and its figures; what a rule means stands here, one small
function each. *stop* blocks saving, *ask* wants a reason or one key, *note* informs. Rules about several rows of one
parent (one main carer) are run by ``check_rows``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, cast

from cbdesk import dates, kinds
from cbdesk.catalogue import Field, Form, Rule, catalogue
from cbdesk.errors import Finding, Level

Data = Mapping[str, Any]
RecordRule = Callable[[Rule, Form, Data, date], list[Finding]]
RowsRule = Callable[[Rule, Form, Sequence[Data]], list[tuple[int, Finding]]]

SEX_OF_DIGIT = ("male", "female")
CENTURY_OF_FIRST = 1900          # digit 4 of the personal number: 0/1 for 19xx, 2/3 for 20xx …


def check(form: Form, data: Data, today: date, *, by_hand: bool = False) -> list[Finding]:
    """Return the findings about one record, in the order of the form.

    ``data`` maps field names and shorthands to stored values; ``id`` and names with a leading ``_`` pass. ``by_hand``
    is the window's way: what a file may lack (*ask*) is needed there (*stop*).
    """
    found: list[Finding] = []
    for name, value in data.items():
        item = _field(form, name)
        if item is not None:
            found += kinds.of(item).check(value, item)
        elif name != "id" and not name.startswith("_"):
            found.append(Finding(name, "stop", "unknown_field", {"field": name}))
    broken = {finding.field for finding in found if finding.level == "stop"}
    usable = {name: value for name, value in data.items() if name not in broken}
    for item in form.fields:
        if item.required and item.name not in broken and _empty(data.get(item.name)) and form.active(item.name, data):
            found.append(Finding(item.name, _level(item.required, by_hand), "missing", {"label": item.label}))
    for rule in form.rules:
        if rule.kind in RULES:
            found += RULES[rule.kind](_raised(rule, by_hand), form, _asked(form, rule, usable), today)
    order = {item.name: place for place, item in enumerate(form.fields)}
    return sorted(found, key=lambda finding: order.get(finding.field, len(order)))


def check_rows(form: Form, rows: Sequence[Data]) -> list[tuple[int, Finding]]:
    """Return ``(index, finding)`` for rules about several rows of one parent, such as exactly one main carer."""
    found: list[tuple[int, Finding]] = []
    for rule in form.rules:
        if rule.kind in ROW_RULES:
            found += ROW_RULES[rule.kind](rule, form, rows)
    return found


def _field(form: Form, name: str) -> Field | None:
    if form.has(name):
        return form.field(name)
    short = form.shorthand(name)
    return short.field if short else None


def _empty(value: object) -> bool:
    return value is None or value in ("", [], ())


def _level(level: str, by_hand: bool) -> Level:
    return "stop" if by_hand and level == "ask" else cast(Level, level)


def _raised(rule: Rule, by_hand: bool) -> Rule:
    if rule.kind not in NEEDS or not by_hand:
        return rule
    return Rule(rule.kind, rule.fields, _level(rule.level, by_hand), rule.given)


def _asked(form: Form, rule: Rule, data: Data) -> Data:
    """Return the data without fields that are not asked: their old answers wait and are not judged."""
    hidden = {name for name in rule.fields if form.has(name) and not form.active(name, data)}
    return {name: value for name, value in data.items() if name not in hidden} if hidden else data


def _say(rule: Rule, field: str, name: str, **details: Any) -> Finding:
    return Finding(field, cast(Level, rule.level), name, details)


# --- rules about one record -----------------------------------------------------------------------------------

def _not_after_today(rule: Rule, form: Form, data: Data, today: date) -> list[Finding]:
    """A day that lies ahead."""
    return [_say(rule, name, "in_future", today=dates.show_date(today.isoformat()))
            for name in rule.fields
            if (first := _first_day(data.get(name))) is not None and first > today]


def _not_past(rule: Rule, form: Form, data: Data, today: date) -> list[Finding]:
    """A validity that has run out."""
    return [_say(rule, name, "run_out", value=dates.show_date(data[name]))
            for name in rule.fields
            if (last := _last_day(data.get(name))) is not None and last < today]


def _order(rule: Rule, form: Form, data: Data, today: date) -> list[Finding]:
    """The second day before the first, whatever the precision."""
    early, late = (data.get(name) for name in rule.fields)
    first, last = _first_day(early), _last_day(late)
    if first is None or last is None or first <= last:
        return []
    return [_say(rule, rule.fields[1], "wrong_order", other=form.field(rule.fields[0]).label)]


def _not_older(rule: Rule, form: Form, data: Data, today: date) -> list[Finding]:
    """A paper older, on the day of the other field (today while that is open), than the deadline named allows."""
    name, other = rule.fields
    made, asked = _last_day(data.get(name)), _first_day(data.get(other)) or today
    months = int(catalogue().deadline(rule.given["deadline"], asked).value)
    if made is None or dates.months_after(made, months) >= asked:
        return []
    return [_say(rule, name, "too_old", months=months, day=dates.show_date(asked.isoformat()))]


def _one_of_required(rule: Rule, form: Form, data: Data, today: date) -> list[Finding]:
    """At least one of the fields, such as some name."""
    if any(not _empty(data.get(name)) for name in rule.fields):
        return []
    labels = ", ".join(form.field(name).label for name in rule.fields)
    return [_say(rule, rule.fields[0], "one_needed", labels=labels)]


def _between(rule: Rule, form: Form, data: Data, today: date) -> list[Finding]:
    """A number outside what is possible or likely; ``min`` and ``max`` are in the rule."""
    low, high = rule.given["min"], rule.given["max"]
    return [_say(rule, name, "out_of_range", min=low, max=high)
            for name in rule.fields
            if isinstance(data.get(name), int) and not low <= data[name] <= high]


def _not_above(rule: Rule, form: Form, data: Data, today: date) -> list[Finding]:
    """A part larger than its whole, such as more girls than children."""
    part, whole = (data.get(name) for name in rule.fields)
    if not isinstance(part, int) or not isinstance(whole, int) or part <= whole:
        return []
    return [_say(rule, rule.fields[0], "above", other=form.field(rule.fields[1]).label)]


def _with_time(rule: Rule, form: Form, data: Data, today: date) -> list[Finding]:
    """A moment that needs its hour and minute, because a deadline counts from it."""
    return [_say(rule, name, "time_needed")
            for name in rule.fields if isinstance(data.get(name), str) and "T" not in data[name]]


def _child_age(rule: Rule, form: Form, data: Data, today: date) -> list[Finding]:
    """A child over the age of the law informs; a birth longer ago than any open file asks."""
    name = rule.fields[0]
    span = dates.age_range(data[name], today) if isinstance(data.get(name), str) else None
    if span is None or span[1] < 0:
        return []
    limit = catalogue().threshold("child_age", today)
    if span[0] >= catalogue().threshold("allowance_study_age", today):
        return [_say(rule, name, "far_over_age", age=span[0])]
    return [Finding(name, "note", "over_age", {"age": limit})] if span[0] >= limit else []


def _id_matches(rule: Rule, form: Form, data: Data, today: date) -> list[Finding]:
    """Personal number against birth year and sex: either may be wrong, so it only asks."""
    name, born, sex = rule.fields
    number = data.get(name)
    if not isinstance(number, str) or kinds.malformed_id(number):
        return []
    said_sex, year = said_by_id(number)
    found = []
    if isinstance(data.get(born), str) and int(data[born][:4]) != year:
        found.append(_say(rule, name, "id_year", year=year))
    if data.get(sex) in SEX_OF_DIGIT and data[sex] != said_sex:
        found.append(_say(rule, name, "id_sex"))
    return found


def said_by_id(number: str) -> tuple[str, int]:
    """Return the sex and the birth year that a personal number of twelve digits tells."""
    digit = int(number[3])
    return SEX_OF_DIGIT[digit % 2], CENTURY_OF_FIRST + digit // 2 * 100 + int(number[4:6])


def _id_prefix(rule: Rule, form: Form, data: Data, today: date) -> list[Finding]:
    """Personal number given in another province: legal, yet worth a look."""
    return [_say(rule, name, "id_prefix", prefix=rule.given["value"])
            for name in rule.fields
            if isinstance(data.get(name), str) and not kinds.malformed_id(data[name])
            and not data[name].startswith(rule.given["value"])]


def _first_day(value: object) -> date | None:
    return dates.earliest(value[:10]) if isinstance(value, str) else None


def _last_day(value: object) -> date | None:
    return dates.latest(value[:10]) if isinstance(value, str) else None


# --- rules about several rows of one parent -------------------------------------------------------------------

def _one_main(rule: Rule, form: Form, rows: Sequence[Data]) -> list[tuple[int, Finding]]:
    """Two main carers at once; every one after the first is marked."""
    name = rule.fields[0]
    main = [index for index, row in enumerate(rows) if row.get(name) and not row.get("_del")]
    return [(index, _say(rule, name, "two_main")) for index in main[1:]]


def _open_once(rule: Rule, form: Form, rows: Sequence[Data]) -> list[tuple[int, Finding]]:
    """The same code open twice: ``fields`` are the code and, where rows end, the end."""
    code, end = (*rule.fields, "")[:2]
    seen: set[object] = set()
    found: list[tuple[int, Finding]] = []
    for index, row in enumerate(rows):
        if row.get("_del") or not _empty(row.get(end)) or _empty(row.get(code)):
            continue
        if row[code] in seen:
            found.append((index, _say(rule, code, "open_twice")))
        seen.add(row[code])
    return found


RULES: dict[str, RecordRule] = {
    "not_after_today": _not_after_today, "not_past": _not_past, "order": _order, "one_of_required": _one_of_required,
    "between": _between, "with_time": _with_time, "child_age": _child_age, "id_matches": _id_matches,
    "id_prefix": _id_prefix, "not_older": _not_older, "not_above": _not_above,
}
ROW_RULES: dict[str, RowsRule] = {"one_main": _one_main, "open_once": _open_once}
NEEDS = frozenset({"one_of_required"})


def levels(findings: Iterable[Finding], level: Level) -> list[Finding]:
    """Return the findings of one level."""
    return [finding for finding in findings if finding.level == level]
