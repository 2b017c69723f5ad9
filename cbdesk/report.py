"""The lists an office makes: what stands in each cell, and the whole paper. Pure data, no I/O.

Rules:

* Which columns a report shows is data (``resources/catalogue/reports``), in a closed vocabulary: keys of ``FILLS``.
* Who belongs on it: ``roll.py``. Heading and foot: ``letterhead.py``. Words: ``resources/catalogue/papers.toml``.
* Codes of ours are never printed; a sub-group shows as its group where its wording is not verified or where the
  report does not tell sub-groups of that group.
* Papers are Vietnamese whatever the window speaks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from cbdesk import dates, text
from cbdesk.catalogue import Catalogue, Choice, Report
from cbdesk.dates import Period
from cbdesk.errors import Problem
from cbdesk.letterhead import (
    Frozen,
    Office,
    amends_line,
    attached_line,
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
from cbdesk.paper import Cell, Column, Paper, Row, Totals
from cbdesk.roll import ACTIVE, Listed, Movement, Movements, Person, Selection, codes_of, movements, select

__all__ = ["Frozen", "Movement", "Movements", "Office", "Paper", "Row", "Selection", "make", "movements", "select",
           "totals_sentence"]


@dataclass(frozen=True, slots=True)
class _Context:
    report: Report
    catalogue: Catalogue
    as_of: date
    new: frozenset[str]


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
    for choice in listed.choices:
        printed: Choice | None = known.printable(choice.code)
        while printed is not None and printed.parent and printed.parent not in deep:
            printed = known.get(printed.parent)
        label = _short(printed or choice)
        if label not in shown:
            shown.append(label)
    return Cell(_sentence(shown))


def _supports(context: _Context, listed: Listed) -> Cell:
    kind = _labels(context, "supports")
    shown: list[str] = []
    for support in listed.person.get("supports", ()):
        start, end = str(support.get("from") or ""), str(support.get("to") or "")
        label = kind(support.get("kind")) or _clean(support.get("detail"))
        if label and label not in shown and ACTIVE["at_end"](start, end, context.as_of, context.as_of):
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


FILLS: Mapping[str, Callable[[_Context, Listed], Cell]] = {
    "name": _name,
    "born_male": _born("male"),
    "born_female": _born("female"),
    "ethnicity": lambda context, listed: Cell(_clean(listed.person.get("ethnicity"))),
    "village": _village,
    "carer": _carer,
    "groups": _groups,
    "supports": _supports,
    "remarks": _remarks,
    "personal_id": lambda context, listed: Cell(_clean(listed.person["child"].get("personal_id"))),
}


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
    order: text.NameOrder = text.NAME_ORDERS[0],
) -> Paper:
    """Return the list as a paper.

    ``people`` are dicts: ``{"child": {id, full_name, born, sex, …}, "village_name", "village_order" (optional int),
    "ethnicity" (its name), "carers": [{relation, full_name, main_carer}], "episodes": [{form, code, from, to}],
    "household": {"class", "year"} or None, "supports": [{kind, from, to, detail}]}``. ``previous`` are the rows of the
    list before (children not on it are marked new). Without ``frozen`` the paper says that it is a draft. ``order`` is
    the order of names.

    Raises ``Problem(bad_period)`` for a kind of period the report does not know or one that has not begun.
    """
    if period_kind(period) not in report.data["periods"]:
        raise Problem("bad_period", period=period.text)
    chosen, data = select(report, people, period, catalogue=catalogue, today=today, order=order), report.data
    context = _Context(report, catalogue, chosen.as_of, _new(chosen, previous))
    columns = tuple(Column(**one) for one in data["columns"])
    totals, whole = _totals(chosen), chosen.as_of == period.last
    signed_on = office.signed_on or (frozen.on if frozen else today)
    return Paper(
        report=report.name, period=period.text, as_of=chosen.as_of.isoformat(), made_on=today.isoformat(),
        provisional=not whole, orientation=data["orientation"],
        issuer=issuer_lines(office), national=national_lines(), number=number_line(office, data["symbol"]),
        place_date=place_date(office, signed_on), kind=data["kind"],
        about=data["about"].format(period=period_words(period)), attached=attached_line(office),
        amends=amends_line(frozen),
        as_of_text=say("as_of" if whole else "provisional", date=long_date(chosen.as_of)),
        columns=columns, rows=tuple(_row(context, columns, n, one) for n, one in enumerate(chosen.named, 1)),
        empty=data["empty"], totals=totals, totals_text=totals_sentence(totals),
        notes=(*data.get("notes", ()), *([say("scope", scope=office.scope)] if office.scope else ())),
        signers=signers_of(office), footer=data["footer"], page_of=patterns()["patterns"]["page_of"],
        draft="" if frozen else patterns()["words"]["draft"],
        practice=patterns()["words"]["practice"] if office.practice else "",
        check=say("check", check=office.check) if office.check else "",
    )


def _new(chosen: Selection, previous: Sequence[Row] | None) -> frozenset[str]:
    """Return who was not on the list before; nobody where there was none."""
    if previous is None:
        return frozenset()
    return frozenset(str(one.person["child"]["id"]) for one in chosen.named) - {row.id for row in previous}


def _row(context: _Context, columns: Sequence[Column], number: int, listed: Listed) -> Row:
    cells = {one.key: Cell(str(number), number) if one.key == "no" else FILLS[one.key](context, listed)
             for one in columns}
    return Row(str(listed.person["child"]["id"]), listed.since, cells)


def _totals(chosen: Selection) -> Totals:
    sexes = [str(one.person["child"].get("sex") or "unknown") for one in chosen.named] + list(chosen.apart)
    male, female = sexes.count("male"), sexes.count("female")
    return Totals(len(sexes), len(chosen.named), len(chosen.apart), male, female, len(sexes) - male - female)
