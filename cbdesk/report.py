"""The lists an office makes: the whole paper, its lines in order, and what is wrong with the file of a list. Pure data.

Rules:

* Which columns a report shows is data (``resources/catalogue/reports``), in the closed vocabulary of ``listcells``.
  ``sort`` names columns, the first one first. ``faults`` names what is no list.
* What is sensitive stands on no list but a list of its own (``restricted = true``), which is marked on every page; a
  list of some villages does not even count who is kept apart.
* Who belongs on it: ``roll.py``. Heading and foot: ``letterhead.py``. Words: ``resources/catalogue/papers.toml``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Any

from cbdesk import conditions, layouts, text
from cbdesk.catalogue import Catalogue, Report
from cbdesk.dates import Period
from cbdesk.errors import Problem
from cbdesk.extras import PREFIX
from cbdesk.letterhead import (
    Frozen,
    Office,
    amends_line,
    attached_line,
    counted,
    issuer_lines,
    long_date,
    national_lines,
    number_line,
    patterns,
    period_kind,
    period_words,
    place_date,
    say,
    signers_of,
    totals_sentence,
)
from cbdesk.listcells import FILLS, Context, clean, fill_of, plain_key
from cbdesk.paper import CAME, Cell, Column, Paper, Row, Totals
from cbdesk.roll import (
    ACTIVE,
    APART,
    CHILD,
    EPISODES,
    LINES,
    MOVEMENT,
    NOWHERE,
    ONLY,
    VILLAGE,
    Listed,
    Movement,
    Movements,
    Person,
    Selection,
    movements,
    select,
)

__all__ = ["Frozen", "Movement", "Movements", "Office", "Paper", "Row", "Selection", "faults", "make", "movements",
           "select", "totals_sentence", "without"]

WITH, OWN_PART, WITHOUT = "with", "apart", "without"
POVERTY = (WITH, OWN_PART, WITHOUT)
"""What becomes of lines of an optional part (children at risk through poverty alone): among the others, in a part of
their own, or left out and counted."""


def make(
    report: Report, people: Iterable[Person], office: Office, period: Period, *,
    catalogue: Catalogue, today: date, frozen: Frozen | None = None, previous: Sequence[Row] | None = None,
    order: text.NameOrder = text.NAME_ORDERS[0], poverty: str = "", chosen: Selection | None = None,
) -> Paper:
    """Return the list as a paper.

    ``people`` are dicts: ``{"child": {id, full_name, born, sex, …}, "village_name", "village_order" (optional int),
    "ethnicity" (its name), "carers": [{relation, full_name, main_carer}], "episodes": [{form, code, from, to}],
    "household": {"class", "year"} or None, "supports": [{kind, from, to, detail}], "rows": {form: [rows]}}``.
    ``previous`` are the rows of the list before (children not on it are marked new). Without ``frozen`` the paper says
    that it is a draft. ``order`` is the order of names. ``poverty`` is one of ``POVERTY`` (default: as the report
    says). ``chosen`` is the selection, where it was made already.

    Raises ``Problem(bad_period)`` for a kind of period the report does not know or one that has not begun.
    """
    report = asked(report, poverty)
    data = report.data
    if period_kind(period) not in data["periods"]:
        raise Problem("bad_period", period=period.text)
    chosen = chosen or select(report, people, period, catalogue=catalogue, today=today, order=order)
    context = Context(report, catalogue, period.first, chosen.as_of, _new(chosen, previous))
    columns = tuple(map(_column, data["columns"]))
    fills = [(one["key"], fill_of(one)) for one in data["columns"]]
    chosen = _sorted(chosen, context, data.get("sort", ()), order)
    rows = tuple(_row(context, fills, n, one) for n, one in enumerate(chosen.named, 1))
    part = bool(office.scope) or VILLAGE in data["select"].get("where", {})
    if part:  # of a village one child kept apart would be known by its number alone
        chosen = replace(chosen, apart=())
    totals, whole = _totals(chosen), chosen.as_of == period.last
    signed_on = office.signed_on or (frozen.on if frozen else today)
    about = data["about"].format(period=period_words(period))
    paper = Paper(
        report=report.name, period=period.text, as_of=chosen.as_of.isoformat(), made_on=today.isoformat(),
        provisional=not whole, orientation=data["orientation"],
        issuer=issuer_lines(office), national=national_lines(), number=number_line(office, data["symbol"]),
        place_date=place_date(office, signed_on), kind=data["kind"], about=about, attached=attached_line(office),
        amends=amends_line(frozen),
        as_of_text=say("as_of" if whole else "provisional", date=long_date(chosen.as_of)),
        columns=columns, rows=rows, empty=data["empty"], totals=totals,
        totals_text=_totals_text(report, totals, rows, part=part), notes=tuple(data.get("notes", ())),
        signers=signers_of(office), footer=data["footer"], page_of=patterns()["patterns"]["page_of"],
        draft="" if frozen else patterns()["words"]["draft"],
        practice=patterns()["words"]["practice"] if office.practice else "",
        check=say("check", check=office.check) if office.check else "",
        parts=_parts(report, rows, chosen), scope=say("scope", scope=office.scope) if office.scope else "",
        mark=patterns()["words"]["restricted"] if context.restricted else "",
    )
    return without(paper, report) if (poverty or data.get("poverty")) == WITHOUT else paper


def asked(report: Report, poverty: str) -> Report:
    """Return the report with its lines of an optional part among the others, where ``poverty`` is ``with``."""
    mixed = (poverty or report.data.get("poverty")) == WITH
    return replace(report, data={**report.data, "parts": []}) if mixed else report


def without(paper: Paper, report: Report) -> Paper:
    """Return the paper without the lines of its optional part; a note tells how many there are."""
    part = next((one for one in report.data.get("parts", ()) if one.get("optional")), None)
    kept = tuple(row for row in paper.rows if part is None or row.part != part["key"])
    out = len(paper.rows) - len(kept)
    if part is None or not out:
        return paper
    totals = replace(paper.totals, named=paper.totals.named - out)
    said = _totals_text(report, totals, kept, part=bool(paper.scope))
    return replace(paper, rows=kept, parts={}, totals=totals, totals_text=said,
                   notes=(*paper.notes, part["left_out"].format(n=counted(out))))


def _sorted(chosen: Selection, context: Context, keys: Sequence[str], order: text.NameOrder) -> Selection:
    """Return the selection with its lines sorted by columns; the villages stay together where lines are grouped."""
    if not keys:
        return chosen
    fills = {one["key"]: fill_of(one) for one in context.report.data["columns"]}
    named = list(chosen.named)
    for key in reversed([VILLAGE, *keys] if context.report.data.get("group_by") == VILLAGE else keys):
        fill = fills.get(key) or FILLS.get(key)
        if fill is not None:
            named.sort(key=lambda one, key=key, fill=fill: _rank(context, one, key, fill, order))  # type: ignore[misc]
    return replace(chosen, named=tuple(named))


def _rank(
    context: Context, listed: Listed, key: str, fill: Callable[[Context, Listed], Cell], order: text.NameOrder
) -> tuple[Any, ...]:
    """Return what a line is sorted by: names as people sort them, villages in their order, blanks last."""
    if key == "name":
        name = str(listed.person["child"].get("full_name") or "")
        return not name, text.name_key(name, order)
    if key == VILLAGE:
        name = str(listed.person.get("village_name") or "")
        return not name, listed.person.get("village_order") or 0, text.collate_key(name)
    cell = fill(context, listed)
    number = isinstance(cell.value, int)
    return not cell.text, not number, cell.value if number else str(cell.value or text.collate_key(cell.text))


def _column(data: Mapping[str, Any]) -> Column:
    return Column(**{key: value for key, value in data.items() if key != "field"})


def _new(chosen: Selection, previous: Sequence[Row] | None) -> frozenset[str]:
    """Return who was not on the list before; nobody where there was none."""
    if previous is None:
        return frozenset()
    return frozenset(one.id for one in chosen.named) - {row.id for row in previous}


def _row(context: Context, fills: Sequence[tuple[str, Any]], number: int, listed: Listed) -> Row:
    cells = {key: Cell(str(number), number) if key == "no" else fill(context, listed) for key, fill in fills}
    child, row = listed.person["child"], listed.row
    of = listed.reason or (str(row.get("id") or "") if context.report.data["select"]["form"] not in EPISODES else "")
    return Row(listed.id, listed.since, cells, of="" if of == listed.id else of, place=str(child.get("village") or ""),
               part=listed.part)


def _parts(report: Report, rows: Sequence[Row], chosen: Selection) -> dict[str, str]:
    """Return the headings of the parts that have rows, each with its number of lines."""
    found = {}
    if report.data.get("group_by") == VILLAGE:
        lines = Counter(row.part for row in rows)
        names = {one.part: clean(one.person.get("village_name")) for one in chosen.named}
        heading, nowhere = patterns()["patterns"]["of_village"], patterns()["words"]["no_village"]
        return {part: heading.format(village=(part != NOWHERE and names[part]) or nowhere, n=counted(n))
                for part, n in lines.items()}
    for part in report.data.get("parts", ()):
        n = sum(row.part == part["key"] for row in rows)
        if n:
            found[part["key"]] = part["heading"].format(n=counted(n))
    return found


def _totals(chosen: Selection) -> Totals:
    """Count each child once, whatever the number of its lines."""
    children = {one.id or f"{n}": str(one.person["child"].get("sex") or "unknown")
                for n, one in enumerate(chosen.named)}
    sexes = [*children.values(), *chosen.apart]
    male, female = sexes.count("male"), sexes.count("female")
    return Totals(len(sexes), len(children), len(chosen.apart), male, female, len(sexes) - male - female)


OF_PART: Mapping[str, str] = {"totals": "totals_plain", "totals_rows": "totals_lines"}
"""The sentence of totals for a list of some villages: nobody kept apart is counted in it."""


def _totals_text(report: Report, totals: Totals, rows: Sequence[Row], *, part: bool = False) -> str:
    pattern = str(report.data.get("totals", "totals"))
    if not pattern:
        return ""
    came = sum(row.part == CAME for row in rows)
    return totals_sentence(totals, OF_PART.get(pattern, pattern) if part else pattern, rows=counted(len(rows)),
                           came=counted(came), left=counted(len(rows) - came))


PERIODS = ("day", "month", "quarter", "half", "year")
NEEDED = ("title", "periods", "symbol", "orientation", "kind", "about", "empty", "footer", "select", "show", "columns")
"""What the file of a list must say."""


def faults(report: Report, catalogue: Catalogue) -> list[str]:
    """Return what is wrong with the file of a list, one sentence each (for those who edit it); empty when sound."""
    data, name = report.data, report.name
    missing = [key for key in NEEDED if key not in data]
    if missing:
        return [f"{name}: no {key}" for key in missing]
    wrong = [*layouts.listing(data), *_shape_faults(data)]
    if wrong:
        return [f"{name}: {one}" for one in wrong]
    rules = data["select"]
    form = catalogue.forms.get(rules.get("form", ""))
    if form is None and rules.get("form") not in LINES:
        return [f"{name}: no form {rules.get('form')!r}"]
    return [*_select_faults(report, catalogue), *_column_faults(report, catalogue), *_drawing_faults(report)]


SHAPES: Mapping[str, type] = {
    "title": dict, "periods": list, "symbol": str, "orientation": str, "kind": str, "about": str, "empty": str,
    "footer": str, "select": dict, "show": dict, "columns": list, "sort": list, "totals": str, "group_by": str,
    "notes": list, "explain": dict, "group": str, "order": int, "freezes": bool, "restricted": bool, "parts": list,
}  # fmt: skip
"""What the parts of a list's file must be."""
COLUMN: Mapping[str, tuple[object, ...]] = {"align": ("left", "center", "right"),
                                            "kind": ("text", "number", "date", "code", "answer")}
WIDEST = 200


def _shape_faults(data: Mapping[str, Any]) -> Iterable[str]:
    """Return parts that are not what they must be: nothing else can be said of such a file."""
    yield from (f"{key} is no {kind}" for key, kind in SHAPES.items() if not isinstance(data.get(key, kind()), kind))
    show, columns = data["show"], data["columns"] if isinstance(data["columns"], list) else ()
    if isinstance(show, dict) and not all(isinstance(show.get(one), kind) for one, kind in SHOWN.items()):
        yield f"show lacks {', '.join(SHOWN)}"
    texts = ("key", "heading", "group", "field")
    if not columns or not all(isinstance(one, dict) and one.get("key") for one in columns):
        yield "columns without key"
    elif not all(isinstance(one.get(name, ""), str) for one in columns for name in texts):
        yield "columns: key, heading, group and field are text"


def _drawing_faults(report: Report) -> Iterable[str]:
    """Return what cannot be drawn: columns without heading or width, an order by no column, slots nobody fills."""
    data, name = report.data, report.name
    if data["orientation"] not in ("portrait", "landscape") or data.get("group_by", VILLAGE) != VILLAGE:
        yield f"{name}: orientation or group_by"
    try:
        str(data["about"]).format(period="")
    except (KeyError, IndexError, ValueError):
        yield f"{name}: about"
    yield from (f"{name}: column {one['key']} cannot be drawn" for one in data["columns"] if not _drawn(one))
    known = {*FILLS, *(one["key"] for one in data["columns"])}
    yield from (f"{name}: sort by no column {one!r}" for one in data.get("sort", ()) if one not in known)


def _drawn(one: Mapping[str, Any]) -> bool:
    chosen = all(one.get(name, allowed[0]) in allowed for name, allowed in COLUMN.items())
    width = one.get("width")
    return chosen and not one.keys() - _OF_COLUMN and "heading" in one and (
        isinstance(width, (int, float)) and not isinstance(width, bool) and 1 <= width <= WIDEST)


SHOWN: Mapping[str, type] = {"relations": str, "supports": str, "parents": list, "village_words": dict}
_OF_COLUMN = frozenset(one.name for one in fields(Column)) | {"field"}


def _select_faults(report: Report, catalogue: Catalogue) -> Iterable[str]:
    rules, name = report.data["select"], report.name
    form = catalogue.forms.get(rules["form"])
    if report.data.get("totals", "") not in ("", *(one for one in patterns()["patterns"] if one.startswith("totals"))):
        yield f"{name}: totals"
    yield from (f"{name}: no period {one}" for one in report.data["periods"] if one not in PERIODS)
    by = str(rules.get("by", ""))
    if form and form.has(by) and form.field(by).choices not in catalogue.lists:
        yield f"{name}: no choices of {by}"
    if rules["form"] not in (CHILD, MOVEMENT) and rules.get("active") not in ACTIVE:
        yield f"{name}: active is {rules.get('active')!r}"
    if not isinstance(rules.get("under_age"), int):
        yield f"{name}: no age"
    own = bool(report.data.get("restricted"))
    if rules.get("secret", APART) not in (APART, ONLY) or (rules.get("secret") == ONLY) != own:
        yield f"{name}: only a restricted list names what is sensitive"
    if own and report.data.get("freezes"):
        yield f"{name}: a restricted list is kept nowhere"
    if rules.get("codes", "group") not in catalogue.lists:
        yield f"{name}: no list {rules['codes']!r}"
    if rules["form"] == CHILD:
        wrong = conditions.faults(rules.get("where", {}), rules.get("unless", {}), catalogue)
        yield from (f"{name}: {one}" for one in wrong)
    until = [rules["until"]["field"]] if "until" in rules else []
    where = {} if rules["form"] == CHILD else rules.get("where", {})
    asked_of = [*where, *rules.get("missing", ()), *rules.get("on", ()), *until]
    asked_of += [rules["by"]] if "by" in rules else []
    asked_of += [field for part in report.data.get("parts", ()) for field in part.get("where", {})]
    yield from (f"{name}: no field {rules['form']}.{field}" for field in asked_of
                if form is None or not form.has(field))
    tests = [*where.items(),
             *(pair for part in report.data.get("parts", ()) for pair in part.get("where", {}).items())]
    for field, codes in tests:
        known = catalogue.lists.get((form.field(field).choices if form and form.has(field) else "") or "")
        yield from (f"{name}: no code {field}:{code}" for code in codes if known is None or known.get(code) is None)


def _column_faults(report: Report, catalogue: Catalogue) -> Iterable[str]:
    name, form = report.name, report.data["select"]["form"]
    keys = [one["key"] for one in report.data["columns"]]
    yield from (f"{name}: column {key} twice" for key in sorted({key for key in keys if keys.count(key) > 1}))
    for one in report.data["columns"]:
        owner, _, field = one.get("field", "").partition(".")
        if "field" not in one:
            if plain_key(one["key"]) not in ("no", *FILLS) and not one["key"].startswith(PREFIX):
                yield f"{name}: no column {one['key']!r}"
        elif owner not in (CHILD, form) or not catalogue.forms[owner].has(field):
            yield f"{name}: column of no field {one['field']!r}"
        elif catalogue.forms[owner].field(field).sensitive and not report.data.get("restricted"):
            yield f"{name}: {one['field']} is sensitive"
    changes = report.data.get("changes", {})
    yield from (f"{name}: changes show no column {key!r}" for key in changes.get("columns", ()) if key not in keys)
