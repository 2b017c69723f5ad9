"""What stands in the cells of a list: the closed vocabulary of columns and how each one is filled. Pure data, no I/O.

Rules. A column is a key of ``FILLS``, or any key with ``field = "form.name"``, a field of the row listed or of its
child, or ``extra.<code>``, a column of the office (``extras``). Codes of ours are never printed; a sub-group shows as
its group where its wording is not verified or where the report does not tell sub-groups of that group. Papers are
Vietnamese whatever the window speaks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from cbdesk import dates, text
from cbdesk.catalogue import Catalogue, Choice, Field, Report
from cbdesk.extras import PREFIX
from cbdesk.letterhead import patterns, say
from cbdesk.paper import CAME, Cell
from cbdesk.roll import ACTIVE, CHILD, Listed, codes_of

EMPTY = "empty"
MOVES = ("moved", "moved_in", "returned")
"""Reasons that have another place."""


@dataclass(frozen=True, slots=True)
class Context:
    """What cells are filled from besides their line."""

    report: Report
    catalogue: Catalogue
    first: date
    as_of: date
    new: frozenset[str]

    @property
    def restricted(self) -> bool:
        """Return whether the list may show what is sensitive."""
        return bool(self.report.data.get("restricted"))


def _born(sex: str) -> Callable[[Context, Listed], Cell]:
    def fill(context: Context, listed: Listed) -> Cell:
        child = listed.person["child"]
        if child.get("sex") != sex:
            return Cell()
        born = child.get("born")
        return Cell(dates.show_date(born), born) if born else Cell(patterns()["words"]["no_birth"])
    return fill


def _name(context: Context, listed: Listed) -> Cell:
    return Cell(clean(listed.person["child"].get("full_name")) or patterns()["words"]["no_name"])


def _village(context: Context, listed: Listed) -> Cell:
    name = clean(listed.person.get("village_name"))
    for word, shorter in context.report.data["show"]["village_words"].items():
        if name.startswith(word):
            return Cell(shorter + name.removeprefix(word))
    return Cell(name)


def _carer(context: Context, listed: Listed) -> Cell:
    """Show the main carer; without one the parents, else the first known."""
    people = [one for one in listed.person.get("carers", ()) if one.get("full_name")]
    chosen = [one for one in people if one.get("main_carer")][:1]
    if not chosen:
        parents = [one for one in people if one.get("relation") in context.report.data["show"]["parents"]]
        chosen = parents[:2] or people[:1]
    known, shorter = _labels(context, "relations"), context.report.data["show"].get("relation_words", {})
    shown = [say("carer", relation=shorter.get(one.get("relation")) or _lower(known(one.get("relation"))),
                 name=clean(one["full_name"])).strip() for one in chosen]
    return Cell(_sentence(shown))


def _groups(context: Context, listed: Listed) -> Cell:
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


def _standing(form: str, choices: str) -> Callable[[Context, Listed], Cell]:
    """Return what shows the groups or risks of a child that may be told, as they stand on the day told of."""

    def fill(context: Context, listed: Listed) -> Cell:
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


def _household_class(context: Context, listed: Listed) -> Cell:
    found = listed.person.get("household") or {}
    choice = context.catalogue.lists["household_class"].get(str(found.get("class") or ""))
    return Cell(_short(choice)) if choice is not None else Cell()


def _relative(relation: str) -> Callable[[Context, Listed], Cell]:
    def fill(context: Context, listed: Listed) -> Cell:
        people = (one for one in listed.person.get("carers", ()) if one.get("relation") == relation)
        return Cell(clean(next((one.get("full_name") for one in people), "")))
    return fill


def _telephone(context: Context, listed: Listed) -> Cell:
    """Show a telephone to call about the child: its own, else one of its people, the main carer's first."""
    people = sorted(listed.person.get("carers", ()), key=lambda one: not one.get("main_carer"))
    said = [listed.person["child"].get("phone"), *(one.get("phone") for one in people)]
    return Cell(clean(next(filter(None, said), "")))


def _extra(key: str) -> Callable[[Context, Listed], Cell]:
    return lambda context, listed: Cell(*listed.person.get("extras", {}).get(key, ()))


def _supports(context: Context, listed: Listed) -> Cell:
    """Show what the child receives on the day told of, and what was given once in the period."""
    kind, kinds = _labels(context, "supports"), context.catalogue.lists[context.report.data["show"]["supports"]]
    shown: list[str] = []
    for support in listed.person.get("supports", ()):
        start, end = str(support.get("from") or ""), str(support.get("to") or "")
        choice = kinds.get(str(support.get("kind") or ""))
        active = ACTIVE["within" if choice and choice.extra.get("once") else "at_end"]
        label = kind(support.get("kind")) or clean(support.get("detail"))
        if label and label not in shown and active(start, end, context.first, context.as_of):
            shown.append(label)
    return Cell(_sentence(shown))


def _remarks(context: Context, listed: Listed) -> Cell:
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


def _age(context: Context, listed: Listed) -> Cell:
    """Show the age in years on the day of the event, or on the day told of."""
    event = dates.earliest(listed.since) if listed.row is not listed.person["child"] and listed.since else None
    found = dates.age_range(listed.person["child"].get("born"), event or context.as_of)
    if found is None or found[0] < 0:
        return Cell()
    return Cell(str(found[0]), found[0]) if found[0] == found[1] else Cell(f"{found[0]}–{found[1]}")


def _sex(context: Context, listed: Listed) -> Cell:
    sexes = context.catalogue.lists["sex"]
    choice = sexes.get(str(listed.person["child"].get("sex") or ""))
    return Cell(choice.labels["vi"] if choice else "")


def _since(context: Context, listed: Listed) -> Cell:
    return Cell(dates.show_date(listed.since), listed.since) if listed.since else Cell()


def _reason(context: Context, listed: Listed) -> Cell:
    return Cell(_sentence([patterns()["movement"][listed.reason]])) if listed.reason else Cell()


def _where_other(context: Context, listed: Listed) -> Cell:
    """Show from where a child came, or to where it went."""
    child = listed.person["child"]
    known = child.get("came_from" if listed.part == CAME else "moved_to") if listed.reason in MOVES else ""
    return Cell(_sentence([clean(known)]))


def _scene(context: Context, listed: Listed) -> Cell:
    """Show where it happened: the exact place, and the village where it is another than the child's."""
    row = listed.row
    village = clean(row.get("place_name"))
    elsewhere = village != clean(listed.person.get("village_name"))
    parts = [clean(row.get("place_detail")), _lower(village) if elsewhere else ""]
    return Cell(_sentence([", ".join(one for one in parts if one)]))


def _field(name: str) -> Callable[[Context, Listed], Cell]:
    """Return what shows a field of the row listed or of its child; what is sensitive is blank on an ordinary list."""
    form_name, _, field_name = name.partition(".")

    def fill(context: Context, listed: Listed) -> Cell:
        item = context.catalogue.forms[form_name].field(field_name)
        value = (listed.person["child"] if form_name == CHILD else listed.row).get(field_name)
        if value in (None, "", []) or (item.sensitive and not context.restricted):
            return Cell()
        return _said(context, item, value)
    return fill


def _said(context: Context, item: Field, value: Any) -> Cell:
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
    return Cell(clean(value))


FILLS: Mapping[str, Callable[[Context, Listed], Cell]] = {
    "name": _name,
    "born_male": _born("male"),
    "born_female": _born("female"),
    "born": lambda context, listed: _born(str(listed.person["child"].get("sex")))(context, listed),
    "sex": _sex,
    "age": _age,
    "ethnicity": lambda context, listed: Cell(clean(listed.person.get("ethnicity"))),
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
    "personal_id": lambda context, listed: Cell(clean(listed.person["child"].get("personal_id"))),
    "since": _since,
    "reason": _reason,
    "other_place": _where_other,
    "scene": _scene,
    EMPTY: lambda context, listed: Cell(),
}
"""Columns of lists by key; ``no`` is the number of the line, ``empty`` (``empty2`` …) a box for the pen."""


def _labels(context: Context, name: str) -> Callable[[Any], str]:
    """Return a function that names the codes of one list; an unknown code is no word and shows nothing."""
    known = context.catalogue.lists[context.report.data["show"][name]]

    def label(code: Any) -> str:
        choice = known.get(str(code)) if code else None
        return _short(choice) if choice is not None else ""
    return label


def _short(choice: Choice) -> str:
    """Return the short Vietnamese words of a choice, whatever language the window speaks."""
    return choice.shorts.get("vi") or choice.labels["vi"]


def clean(value: Any) -> str:
    """Return text fit for paper: NFC, one line, no control characters."""
    return text.tidy("".join(one if one.isprintable() else " " for one in str(value or "")))


def _sentence(parts: Sequence[str]) -> str:
    """Join as one sentence: capital at the beginning, the other parts small."""
    joined = "; ".join(_lower(one) if n else one for n, one in enumerate(parts))
    return joined[:1].upper() + joined[1:]


def _lower(words: str) -> str:
    """Lower the first letter inside a sentence, but leave abbreviations (BHYT) as they are."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def fill_of(column: Mapping[str, Any]) -> Callable[[Context, Listed], Cell] | None:
    """Return what fills a column; nothing for the number of the line and for what is no column."""
    key = str(column["key"])
    if "field" in column:
        return _field(column["field"])
    return _extra(key) if key.startswith(PREFIX) else FILLS.get(plain_key(key))


def plain_key(key: str) -> str:
    """Return a column's key without the number of one there are several of."""
    return key.rstrip("0123456789") if key.startswith(EMPTY) else key
