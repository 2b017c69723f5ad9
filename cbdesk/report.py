"""The lists an office makes: what stands in each cell, and the whole paper. Pure data, no I/O.

Rules:

* Which columns a report shows is data (``resources/catalogue/reports``), in a closed vocabulary: keys of ``FILLS``, or
  any key with ``field = "form.name"``, a field of the row listed or of its child, or ``extra.<code>``, a column of the
  office (``extras``). ``sort`` names columns, the first one first. ``faults`` names what is no list.
* What is sensitive stands on no list but a list of its own (``restricted = true``), which is marked on every page; a
  list of some villages does not even count who is kept apart.
* Who belongs on it: ``roll.py``. Heading and foot: ``letterhead.py``. Words: ``resources/catalogue/papers.toml``.
* Codes of ours are never printed; a sub-group shows as its group where its wording is not verified or where the
  report does not tell sub-groups of that group.
* Papers are Vietnamese whatever the window speaks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any

from cbdesk import conditions, dates, layouts, text
from cbdesk.catalogue import Catalogue, Choice, Field, Report
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
    codes_of,
    movements,
    select,
)

__all__ = ["Frozen", "Movement", "Movements", "Office", "Paper", "Row", "Selection", "faults", "make", "movements",
           "select", "totals_sentence", "without"]

WITH, OWN_PART, WITHOUT = "with", "apart", "without"
EMPTY = "empty"
MOVES = ("moved", "moved_in", "returned")
"""Reasons that have another place."""
POVERTY = (WITH, OWN_PART, WITHOUT)
"""What becomes of lines of an optional part (children at risk through poverty alone): among the others, in a part of
their own, or left out and counted."""


@dataclass(frozen=True, slots=True)
class _Context:
    report: Report
    catalogue: Catalogue
    first: date
    as_of: date
    new: frozenset[str]

    @property
    def restricted(self) -> bool:
        """Return whether the list may show what is sensitive."""
        return bool(self.report.data.get("restricted"))


def _born(sex: str) -> Callable[[_Context, Listed], Cell]:
    def fill(context: _Context, listed: Listed) -> Cell:
        child = listed.person["child"]
        if child.get("sex") != sex:
            return Cell()
        born = child.get("born")
        return Cell(dates.show_date(born), born) if born else Cell(patterns()["words"]["no_birth"])
    return fill


def _name(context: _Context, listed: Listed) -> Cell:
    return Cell(_clean(listed.person["child"].get("full_name")) or patterns()["words"]["no_name"])


def _village(context: _Context, listed: Listed) -> Cell:
    name = _clean(listed.person.get("village_name"))
    for word, shorter in context.report.data["show"]["village_words"].items():
        if name.startswith(word):
            return Cell(shorter + name.removeprefix(word))
    return Cell(name)


def _carer(context: _Context, listed: Listed) -> Cell:
    """Show the main carer; without one the parents, else the first known."""
    people = [one for one in listed.person.get("carers", ()) if one.get("full_name")]
    chosen = [one for one in people if one.get("main_carer")][:1]
    if not chosen:
        parents = [one for one in people if one.get("relation") in context.report.data["show"]["parents"]]
        chosen = parents[:2] or people[:1]
    known, shorter = _labels(context, "relations"), context.report.data["show"].get("relation_words", {})
    shown = [say("carer", relation=shorter.get(one.get("relation")) or _lower(known(one.get("relation"))),
                 name=_clean(one["full_name"])).strip() for one in chosen]
    return Cell(_sentence(shown))


def _groups(context: _Context, listed: Listed) -> Cell:
    known, deep = codes_of(context.report, context.catalogue), context.report.data["show"].get("sub_groups_of", ())
    shown: list[str] = []
    if known is None:
        return _standing("circumstance", "group")(context, listed)
    for choice in listed.choices:
        printed: Choice | None = known.printable(choice.code)
        while printed is not None and printed.parent and printed.parent not in deep:
            printed = known.get(printed.parent)
        label = _short(printed or choice)
        if label not in shown:
            shown.append(label)
    return Cell(_sentence(shown))


def _standing(form: str, choices: str) -> Callable[[_Context, Listed], Cell]:
    """Return what shows the groups or risks of a child that may be told, as they stand on the day told of."""

    def fill(context: _Context, listed: Listed) -> Cell:
        known, shown = context.catalogue.lists[choices], list[Choice]()
        for told in listed.person.get("episodes", ()):
            choice = known.printable(str(told["code"])) if told["form"] == form else None
            days = str(told.get("from") or ""), str(told.get("to") or "")
            lasts = ACTIVE["at_end"](*days, context.first, context.as_of)
            if choice is not None and lasts and (context.restricted or not _secret(known.get(str(told["code"])))):
                shown.append(choice)
        return Cell(_sentence(list(dict.fromkeys(map(_short, sorted(shown, key=lambda one: one.order))))))
    return fill


def _secret(choice: Choice | None) -> bool:
    return choice is not None and choice.sensitive


def _household_class(context: _Context, listed: Listed) -> Cell:
    found = listed.person.get("household") or {}
    choice = context.catalogue.lists["household_class"].get(str(found.get("class") or ""))
    return Cell(_short(choice)) if choice is not None else Cell()


def _relative(relation: str) -> Callable[[_Context, Listed], Cell]:
    def fill(context: _Context, listed: Listed) -> Cell:
        people = (one for one in listed.person.get("carers", ()) if one.get("relation") == relation)
        return Cell(_clean(next((one.get("full_name") for one in people), "")))
    return fill


def _telephone(context: _Context, listed: Listed) -> Cell:
    """Show a telephone to call about the child: its own, else one of its people, the main carer's first."""
    people = sorted(listed.person.get("carers", ()), key=lambda one: not one.get("main_carer"))
    said = [listed.person["child"].get("phone"), *(one.get("phone") for one in people)]
    return Cell(_clean(next(filter(None, said), "")))


def _extra(key: str) -> Callable[[_Context, Listed], Cell]:
    return lambda context, listed: Cell(*listed.person.get("extras", {}).get(key, ()))


def _supports(context: _Context, listed: Listed) -> Cell:
    """Show what the child receives on the day told of, and what was given once in the period."""
    kind, kinds = _labels(context, "supports"), context.catalogue.lists[context.report.data["show"]["supports"]]
    shown: list[str] = []
    for support in listed.person.get("supports", ()):
        start, end = str(support.get("from") or ""), str(support.get("to") or "")
        choice = kinds.get(str(support.get("kind") or ""))
        active = ACTIVE["within" if choice and choice.extra.get("once") else "at_end"]
        label = kind(support.get("kind")) or _clean(support.get("detail"))
        if label and label not in shown and active(start, end, context.first, context.as_of):
            shown.append(label)
    return Cell(_sentence(shown))


def _remarks(context: _Context, listed: Listed) -> Cell:
    child, rules = listed.person["child"], context.report.data.get("remarks", {})
    said: list[str] = []
    if "new" in rules and str(child["id"]) in context.new:
        said.append(rules["new"])
    if "turning" in rules:
        turns = dates.reaches(child.get("born"), rules["turning"]["age"])
        if turns is not None and turns <= context.as_of + timedelta(days=rules["turning"]["days"]):
            said.append(rules["turning"]["text"])
    if "sex_unknown" in rules and child.get("sex") not in ("male", "female"):
        said.append(rules["sex_unknown"])
        if child.get("born"):
            said.append(rules["born"].format(born=dates.show_date(child["born"])))
    return Cell(_sentence(said))


def _age(context: _Context, listed: Listed) -> Cell:
    """Show the age in years on the day of the event, or on the day told of."""
    event = dates.earliest(listed.since) if listed.row is not listed.person["child"] and listed.since else None
    found = dates.age_range(listed.person["child"].get("born"), event or context.as_of)
    if found is None or found[0] < 0:
        return Cell()
    return Cell(str(found[0]), found[0]) if found[0] == found[1] else Cell(f"{found[0]}–{found[1]}")


def _sex(context: _Context, listed: Listed) -> Cell:
    sexes = context.catalogue.lists["sex"]
    choice = sexes.get(str(listed.person["child"].get("sex") or ""))
    return Cell(choice.labels["vi"] if choice else "")


def _since(context: _Context, listed: Listed) -> Cell:
    return Cell(dates.show_date(listed.since), listed.since) if listed.since else Cell()


def _reason(context: _Context, listed: Listed) -> Cell:
    return Cell(_sentence([patterns()["movement"][listed.reason]])) if listed.reason else Cell()


def _where_other(context: _Context, listed: Listed) -> Cell:
    """Show from where a child came, or to where it went."""
    child = listed.person["child"]
    known = child.get("came_from" if listed.part == CAME else "moved_to") if listed.reason in MOVES else ""
    return Cell(_sentence([_clean(known)]))


def _scene(context: _Context, listed: Listed) -> Cell:
    """Show where it happened: the exact place, and the village where it is another than the child's."""
    row = listed.row
    village = _clean(row.get("place_name"))
    elsewhere = village != _clean(listed.person.get("village_name"))
    parts = [_clean(row.get("place_detail")), _lower(village) if elsewhere else ""]
    return Cell(_sentence([", ".join(one for one in parts if one)]))


def _field(name: str) -> Callable[[_Context, Listed], Cell]:
    """Return what shows a field of the row listed or of its child; what is sensitive is blank on an ordinary list."""
    form_name, _, field_name = name.partition(".")

    def fill(context: _Context, listed: Listed) -> Cell:
        item = context.catalogue.forms[form_name].field(field_name)
        value = (listed.person["child"] if form_name == CHILD else listed.row).get(field_name)
        if value in (None, "", []) or (item.sensitive and not context.restricted):
            return Cell()
        return _said(context, item, value)
    return fill


def _said(context: _Context, item: Field, value: Any) -> Cell:
    """Return a value in Vietnamese words, whatever language the window speaks."""
    if item.choices:
        known = context.catalogue.lists[item.choices]
        codes = [known.printable(str(one)) for one in (value if isinstance(value, (list, tuple)) else [value])]
        shown = [_short(one) for one in codes if one is not None and (context.restricted or not one.sensitive)]
        return Cell(_sentence(list(dict.fromkeys(shown))))
    if item.kind in ("date", "stamp"):
        day = str(value)[:10]
        return Cell(dates.show_date(day), day)
    if item.kind == "flag":
        return Cell(patterns()["words"]["yes" if value else "no"])
    if item.kind in ("integer", "year"):
        plain = f"{int(value):,}".replace(",", ".") if item.kind == "integer" else str(value)
        return Cell(plain, int(value))
    return Cell(_clean(value))


FILLS: Mapping[str, Callable[[_Context, Listed], Cell]] = {
    "name": _name,
    "born_male": _born("male"),
    "born_female": _born("female"),
    "born": lambda context, listed: _born(str(listed.person["child"].get("sex")))(context, listed),
    "sex": _sex,
    "age": _age,
    "ethnicity": lambda context, listed: Cell(_clean(listed.person.get("ethnicity"))),
    "village": _village,
    "carer": _carer,
    "groups": _groups,
    "risks": _standing("risk", "risk"),
    "household_class": _household_class,
    "father": _relative("father"),
    "mother": _relative("mother"),
    "telephone": _telephone,
    "supports": _supports,
    "remarks": _remarks,
    "personal_id": lambda context, listed: Cell(_clean(listed.person["child"].get("personal_id"))),
    "since": _since,
    "reason": _reason,
    "other_place": _where_other,
    "scene": _scene,
    EMPTY: lambda context, listed: Cell(),
}
"""Columns of lists by key; ``no`` is the number of the line, ``empty`` (``empty2`` …) a box for the pen."""


def _labels(context: _Context, name: str) -> Callable[[Any], str]:
    """Return a function that names the codes of one list; an unknown code is no word and shows nothing."""
    known = context.catalogue.lists[context.report.data["show"][name]]

    def label(code: Any) -> str:
        choice = known.get(str(code)) if code else None
        return _short(choice) if choice is not None else ""
    return label


def _short(choice: Choice) -> str:
    """Return the short Vietnamese words of a choice, whatever language the window speaks."""
    return choice.shorts.get("vi") or choice.labels["vi"]


def _clean(value: Any) -> str:
    """Return text fit for paper: NFC, one line, no control characters."""
    return text.tidy("".join(one if one.isprintable() else " " for one in str(value or "")))


def _sentence(parts: Sequence[str]) -> str:
    """Join as one sentence: capital at the beginning, the other parts small."""
    joined = "; ".join(_lower(one) if n else one for n, one in enumerate(parts))
    return joined[:1].upper() + joined[1:]


def _lower(words: str) -> str:
    """Lower the first letter inside a sentence, but leave abbreviations (BHYT) as they are."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


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
    context = _Context(report, catalogue, period.first, chosen.as_of, _new(chosen, previous))
    columns = tuple(map(_column, data["columns"]))
    fills = [(one["key"], _fill(one)) for one in data["columns"]]
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


def _fill(column: Mapping[str, Any]) -> Callable[[_Context, Listed], Cell] | None:
    key = str(column["key"])
    if "field" in column:
        return _field(column["field"])
    return _extra(key) if key.startswith(PREFIX) else FILLS.get(_plain(key))


def _plain(key: str) -> str:
    """Return a column's key without the number of one there are several of."""
    return key.rstrip("0123456789") if key.startswith(EMPTY) else key


def _sorted(chosen: Selection, context: _Context, keys: Sequence[str], order: text.NameOrder) -> Selection:
    """Return the selection with its lines sorted by columns; the villages stay together where lines are grouped."""
    if not keys:
        return chosen
    fills = {one["key"]: _fill(one) for one in context.report.data["columns"]}
    named = list(chosen.named)
    for key in reversed([VILLAGE, *keys] if context.report.data.get("group_by") == VILLAGE else keys):
        fill = fills.get(key) or FILLS.get(key)
        if fill is not None:
            named.sort(key=lambda one, key=key, fill=fill: _rank(context, one, key, fill, order))  # type: ignore[misc]
    return replace(chosen, named=tuple(named))


def _rank(
    context: _Context, listed: Listed, key: str, fill: Callable[[_Context, Listed], Cell], order: text.NameOrder
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


def _row(context: _Context, fills: Sequence[tuple[str, Any]], number: int, listed: Listed) -> Row:
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
        names = {one.part: _clean(one.person.get("village_name")) for one in chosen.named}
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
            if _plain(one["key"]) not in ("no", *FILLS) and not one["key"].startswith(PREFIX):
                yield f"{name}: no column {one['key']!r}"
        elif owner not in (CHILD, form) or not catalogue.forms[owner].has(field):
            yield f"{name}: column of no field {one['field']!r}"
        elif catalogue.forms[owner].field(field).sensitive and not report.data.get("restricted"):
            yield f"{name}: {one['field']} is sensitive"
    changes = report.data.get("changes", {})
    yield from (f"{name}: changes show no column {key!r}" for key in changes.get("columns", ()) if key not in keys)
