"""Which children a list is about: conditions in the vocabulary of ``measures``, as each child stood on a day. Pure.

    asked = Conditions({"groups": ["02"], "age": ["6-16"]}, {}, people, catalogue, span, today)
    asked.holds(child_id)  ->  HOLDS, APART or NO

Rules: what must be kept apart never decides who is named. A child that fits through a sensitive group or risk alone is
``APART`` (counted, never named); one that fits by what may be told is named, and nothing tells the two apart. Codes
that are sensitive are no conditions: ``faults`` names them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from cbdesk import measures
from cbdesk.catalogue import Catalogue
from cbdesk.facts import CHILD, Book, Fact, Span

HOLDS, APART, NO = "holds", "apart", ""
EPISODES = ("circumstance", "risk")
LISTS: Mapping[str, str] = {"circumstance": "group", "risk": "risk"}
Codes = Mapping[str, Sequence[str]]


class Conditions:
    """Conditions of a list put to its children (in the shape of ``report.make``)."""

    def __init__(
        self, where: Codes, unless: Codes, people: Iterable[Mapping[str, Any]], known: Catalogue, span: Span,
        today: date,
    ) -> None:
        self._measure = measures.read({"of": CHILD, "where": dict(where), "unless": dict(unless)}, known)
        self._span, everyone = span, list(people)
        self._open = _book(everyone, known, today, sealed=False)
        told_apart = [one for one in everyone if any(_sealed(told, known) for told in one.get("episodes", ()))]
        self._whole = _book(told_apart, known, today, sealed=True)

    def holds(self, child: str) -> str:
        """Return whether a child is named, only counted, or neither."""
        if self._fits(self._open, child):
            return HOLDS
        return APART if self._fits(self._whole, child) else NO

    def _fits(self, book: Book, child: str) -> bool:
        person = book.people.get(child)
        if person is None:
            return False
        return measures.fits(self._measure, Fact(CHILD, child, person, None, None, {}), self._span.last, self._span)


def _book(people: Sequence[Mapping[str, Any]], known: Catalogue, today: date, *, sealed: bool) -> Book:
    rows: dict[str, list[dict[str, Any]]] = {form: [] for form in (CHILD, *EPISODES, "support", "household_class")}
    for one in people:
        child = one["child"]
        rows[CHILD].append(child)
        for told in one.get("episodes", ()):
            if sealed or not _sealed(told, known):
                rows[told["form"]].append({**told, "child": child["id"]})
        rows["support"] += [{**told, "child": child["id"]} for told in one.get("supports", ())]
        if one.get("household") and child.get("household"):
            rows["household_class"].append({"household": child["household"], **one["household"]})
    return Book(rows, known, today=today)


def _sealed(told: Mapping[str, Any], known: Catalogue) -> bool:
    choice = known.lists[LISTS[told["form"]]].get(str(told.get("code")))
    return choice is not None and choice.sensitive


def faults(where: Codes, unless: Codes, known: Catalogue) -> Iterator[str]:
    """Return what is wrong with conditions on children, one short English sentence each."""
    plain = all(isinstance(one, Mapping) and all(isinstance(codes, (list, tuple)) for codes in one.values())
                for one in (where, unless))  # fmt: skip
    if not plain:
        yield "where is no table of lists"
        return
    yield from measures.check({"of": CHILD, "where": where, "unless": unless}, known)
    for name, codes in [*where.items(), *unless.items()]:
        list_ = known.lists.get(measures.list_of(CHILD, name, known))
        secret = [str(code) for code in codes if list_ and (one := list_.get(str(code))) and one.sensitive]
        yield from (f"{name}: {code} is sensitive" for code in secret)
