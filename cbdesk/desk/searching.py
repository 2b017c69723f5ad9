"""Searching: people type what they know of a child, and the child is found. Nothing asked is kept.

Rules.

* Words are found by their beginnings, accents, capitals and y/i aside; a number as people write it, with spaces, dots
  or +84. Any text may be asked for.
* First come the records that hold all words themselves, those whose accents agree before the others. Further out, for
  children only: a name with the whole name of a village, the people around a child (one of them must hold all words),
  the household, the number of an incident, everybody of a village.
* Further out is asked only while the children found by their own words leave room, and with words that tell something:
  three letters at least, no more than ``AROUND`` people and ``FEW`` children of a village.
* Whoever was not found by name comes with the reason (``Why``), the sensitive never among them.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

from cbdesk import kinds, text
from cbdesk.catalogue import Form, catalogue
from cbdesk.desk.looking import Looking
from cbdesk.store.projection import holds, like_of, search_key, ways_of
from cbdesk.store.reader import FEW
from cbdesk.words import has, say

CHILD, CARER, HOUSEHOLD, INCIDENT, VILLAGE = "child", "carer", "household", "incident", "village"
ALL = 100_000
TELLING = 3
"""Letters from which a question tells something of other people than the one looked for."""
AROUND = 500
"""People around, homes and incidents up to which words tell something."""
REASONED = 300
"""Answers that get reasons: more are not read one by one."""
Ways = Sequence[Sequence[str]]


class Why(NamedTuple):
    """Why a child was found other than by its name: ``by`` a field of it, a relation, a form; and what was found."""

    by: str
    text: str

    @property
    def words(self) -> str:
        """Return the reason for people, such as ``mother: …``; a village's name says by itself what it is."""
        return self.text if self.by == VILLAGE else f"{self.label}: {self.text}"

    @property
    def label(self) -> str:
        """Return what was found, in a word or two."""
        if has(f"search.by.{self.by}"):
            return say(f"search.by.{self.by}")
        label = catalogue().lists["relation"].label(self.by)
        return label[:1].lower() + label[1:]


@dataclass(frozen=True, slots=True)
class Found:
    """Answers in the order to show them, how many there are in all, and the reasons by id."""

    ids: list[str] = field(default_factory=list)
    total: int = 0
    why: Mapping[str, Why] = field(default_factory=dict)


class Searching(Looking):
    """Verbs that search."""

    def find(self, query: str, form: str = CHILD, limit: int = 50) -> dict[str, Any]:
        """Search a form; returns ``rows`` (records), ``total``, ``ms``, and ``why`` (id to words) where not by name.

        Raises ``Problem(unknown_form)``.
        """
        started, shape = time.perf_counter(), catalogue().form(form)
        found = self.search(query, form, limit)
        rows = self._by_ids(shape, found.ids)
        self._tell_list(form, rows)
        why = {str(row["id"]): found.why[str(row["id"])].words for row in rows if row["id"] in found.why}
        return {"rows": rows, "total": found.total, "ms": round((time.perf_counter() - started) * 1000, 2), "why": why}

    def search_children(self, query: str) -> list[str] | None:
        """Return ids of the children that match, in the order to show them; ``None`` for an empty query (all)."""
        return self.search(query).ids if search_key(query) else None

    def search(self, query: str, form: str = CHILD, limit: int = ALL) -> Found:
        """Return the first ``limit`` records that match (see the module). Raises ``Problem(unknown_form)``."""
        shape, ways = catalogue().form(form), ways_of(query)
        if not ways or not any(one.search for one in shape.fields):
            return Found()
        accents = Accents(query)
        ids, total = self._own(shape, ways, accents, limit)
        if form != CHILD:
            return Found(ids[:limit], total)
        why = self._around(ways, accents, frozenset(ids)) if total < limit else {}
        own = self._by_field(shape, ids[: min(limit, REASONED)], ways)
        shown = [*ids, *why][:limit]
        return Found(shown, total + len(why), own | {one: why[one] for one in shown if one in why})

    def _by_ids(self, shape: Form, ids: Sequence[str]) -> list[dict[str, Any]]:
        rows = {row["id"]: row for row in self.store.rows(shape.name, _AMONG, [json.dumps(ids)])}
        return [rows[one] for one in ids if one in rows]

    # --- a record's own words ----------------------------------------------------------------------------------------

    def _own(self, shape: Form, ways: Ways, accents: Accents, limit: int) -> tuple[list[str], int]:
        """Return the records that hold all words themselves; of very many, the accents of the first ones decide."""
        if not accents:
            return self.store.search(shape.name, ways, limit)
        ids, total = self.store.search(shape.name, ways, min(ALL, 4 * limit), whole=FEW)
        if len(ids) <= max(FEW, 4 * min(limit, FEW)):
            titles = [one.name for one in shape.fields if one.search and one.kind in ("name", "text")][:2]
            named = {one: " ".join(filter(None, given)) for one, *given in self._columns(shape, titles, ids)}
            ids = sorted(ids, key=lambda one: accents.off(named.get(one, "")))
        return ids, total

    def _columns(self, shape: Form, names: Sequence[str], ids: Sequence[str]) -> list[tuple[Any, ...]]:
        columns = ", ".join(f'"{name}"' for name in ("id", *names))
        sql = f'SELECT {columns} FROM "{shape.name}" WHERE {_AMONG}'
        return self.store.db.execute(sql, (json.dumps(ids),)).fetchall()

    def _by_field(self, shape: Form, ids: Sequence[str], ways: Ways) -> dict[str, Why]:
        """Return the reason of those whose name alone is no answer: the first field that holds what the name lacks."""
        called = {str(record): _text(search_key(name or usual or ""))
                  for record, name, usual in self._columns(shape, ("full_name", "usual_name"), ids)}  # fmt: skip
        unnamed = [record for record in ids if not holds(called.get(record), *ways)]
        fields = [one for one in shape.fields if one.search and not one.sensitive]
        found: dict[str, Why] = {}
        for record, *values in self._columns(shape, [one.name for one in fields], unnamed) if unnamed else ():
            name = called[str(record)]
            lacking = [word for way in ways for word in way if f" {word}" not in name]
            for one, value in zip(fields, values, strict=True):
                words = _text(kinds.KINDS[one.kind].fold(value, one)) if value else name
                if words != name and any(f" {word}" in words for word in lacking):
                    found[str(record)] = Why(one.name, kinds.KINDS[one.kind].show(value, one))
                    break
        return found

    # --- further out -------------------------------------------------------------------------------------------------

    def _around(self, ways: Ways, accents: Accents, own: frozenset[str]) -> dict[str, Why]:
        """Return the children found further out, who do not answer themselves (``own``), in the order to show them."""
        found: dict[str, Why] = {}
        if sum(map(len, ways[0])) >= TELLING:
            people = (self._by_carer(ways), self._by_household(ways), self._by_incident(ways))
            near = chain(self._in_village(ways), *(self._nearest(one, accents) for one in people))
            for child, why in chain(near, self._living_in(self._villages(ways[0]))):
                if child not in own:
                    found.setdefault(child, why)
        return found

    def _nearest(self, found: Mapping[str, Why], accents: Accents) -> Iterator[tuple[str, Why]]:
        """Give those of the children who are not hidden: whose reason has the accents typed first, in name order."""
        sql = f"SELECT id FROM child WHERE {_AMONG} AND _del IS NULL ORDER BY name_key, id"
        rows = self.store.db.execute(sql, (json.dumps(list(found)),)).fetchall() if found else []
        for child in sorted((str(row[0]) for row in rows), key=lambda one: accents.off(found[one].text)):
            yield child, found[child]

    def _in_village(self, ways: Ways) -> Iterator[tuple[str, Why]]:
        """Give children whose own words are one part of the question and whose village is the whole other part."""
        words = ways[0]
        for at in range(1, len(words)):
            for own, place in ((words[:at], words[at:]), (words[at:], words[:at])):
                core = " ".join(_core(place))
                named = self._villages(place) if len(core) > 1 or core.isdecimal() else {}
                whole = {one: name for one, name in named.items() if _core(search_key(name).split()) == core.split()}
                asked, values = like_of(own)
                yield from self._living_in(whole, f" AND {asked}", values)

    def _villages(self, words: Sequence[str]) -> dict[str, str]:
        """Return the villages named so, id to name; a village may be written without the word for its kind."""
        core = _core(words)
        rows = self.store.found(VILLAGE, ("id", "name"), [core], AROUND) if core else None
        return {str(record): str(name or "") for record, name in rows or ()}

    def _living_in(
        self, villages: Mapping[str, str], also: str = "", values: Sequence[str] = ()
    ) -> Iterator[tuple[str, Why]]:
        sql = (
            "SELECT id, village FROM child WHERE village IN (SELECT value FROM json_each(?)) AND _del IS NULL"
            f"{also} ORDER BY name_key, id LIMIT {FEW + 1}"
        )
        rows = self.store.db.execute(sql, (json.dumps(list(villages)), *values)).fetchall() if villages else []
        if len(rows) <= FEW:
            yield from ((str(child), Why(VILLAGE, villages[village])) for child, village in rows)

    def _by_carer(self, ways: Ways) -> dict[str, Why]:
        columns, found = ("child", "relation", "full_name", "phone", "personal_id"), dict[str, Why]()
        for child, relation, name, *numbers in self.store.found(CARER, columns, ways, AROUND) or ():
            said = [name] if holds(_text(search_key(name or "")), *ways) else [name, *numbers]
            found[str(child)] = Why(str(relation or CARER), ", ".join(str(one) for one in said if one))
        return found

    def _by_household(self, ways: Ways) -> dict[str, Why]:
        rows = self.store.found(HOUSEHOLD, ("id", "head_name", "book_no"), ways, AROUND) or ()
        homes = {str(record): ", ".join(str(one) for one in said if one) for record, *said in rows}
        sql = "SELECT id, household FROM child WHERE household IN (SELECT value FROM json_each(?))"
        living = self.store.db.execute(sql, (json.dumps(list(homes)),)).fetchall() if homes else ()
        return {str(child): Why(HOUSEHOLD, homes[home]) for child, home in living}

    def _by_incident(self, ways: Ways) -> dict[str, Why]:
        """Return the children of incidents with this number; what an incident says is not searched from here."""
        return {
            str(child): Why(INCIDENT, str(number))
            for named, number in self.store.found(INCIDENT, ("child", "number"), ways, AROUND) or ()
            if number and holds(_text(search_key(number)), *ways)
            for child in json.loads(named or "[]")
        }


_AMONG = "id IN (SELECT value FROM json_each(?))"


def _text(key: str) -> str:
    """Return a search key as search text has it: a space before each word."""
    return "".join(f" {word}" for word in key.replace("y", "i").split())


@cache
def _kinds() -> tuple[list[str], ...]:
    return tuple(search_key(one).split() for one in catalogue().reading.get("village_types", ()))


def _core(words: Sequence[str]) -> list[str]:
    """Return the words of a village's name without those for its kind ("xom", "to dan pho")."""
    return next((list(words[len(kind) :]) for kind in _kinds() if list(words[: len(kind)]) == kind), list(words))


class Accents:
    """The accents of a question. False where there are none: then they decide nothing."""

    def __init__(self, query: str) -> None:
        self._words = text.tidy(query).casefold().split()
        self._same = [text.match_key(word) for word in self._words]
        self._any = text.fold(query) != " ".join(self._words)

    def __bool__(self) -> bool:
        return self._any

    def off(self, shown: str) -> int:
        """Return how far a text is from them: 0 where it agrees letter by letter, or nothing is to be decided.

        A word written otherwise (hoà for hòa, lí for lý) is off by one, another word by two.
        """
        if not self._any:
            return 0
        written, off = text.tidy(shown).casefold().split(), 0
        for word, same in zip(self._words, self._same, strict=True):
            if not any(one.startswith(word) for one in written):
                off += 1 if any(text.match_key(one) == same for one in written) else 2
        return off
