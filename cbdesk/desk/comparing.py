"""Two records of a register laid side by side, for a person to decide: field by field, list by list, with a proposal.

Texts are ready to show, in the language in force; of what is sensitive only that it is there. Nothing is changed here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from cbdesk import change, choosing, kinds
from cbdesk.catalogue import Field, Form, catalogue
from cbdesk.change import VOID, Value
from cbdesk.choosing import Told
from cbdesk.desk import folding
from cbdesk.desk.duplicates import INCIDENT, Duplicates
from cbdesk.desk.known import CHILD
from cbdesk.errors import Problem
from cbdesk.likeness import Likeness
from cbdesk.store.projection import OWNER
from cbdesk.words import say

OWN = ("book_code",)
"""Fields that stay with the record they were given to."""
GATHERED = "long_text"
"""Kind of fields of which a joined record keeps both texts."""
_OTHER_NAME = {"name_tone", "name_middle", "name_other", "name_typed", "name_ear"}
_OTHER_DAY = {"born_other_day", "born_other_year", "born_next_year"}
_PARENT = {"same_mother", "mother_like", "same_father", "father_like"}


@dataclass(frozen=True, slots=True)
class PairField:
    """One field of both records, as shown. ``take`` is whose value is proposed, ``why`` the code of the reason."""

    name: str
    title: str
    a: str
    b: str
    same: bool
    take: str
    why: str
    sensitive: bool = False

    @property
    def why_text(self) -> str:
        """Return the reason in the language in force."""
        return say(f"matching.take.{self.why}") if self.why else ""


@dataclass(frozen=True, slots=True)
class PairList:
    """Rows of one form of both records, as shown; ``joined`` is how many one child has then."""

    form: str
    title: str
    a: tuple[str, ...]
    b: tuple[str, ...]
    joined: int


@dataclass(frozen=True, slots=True)
class PairView:
    """Two records side by side. ``likeness`` is ``None`` where too little speaks for one child.

    ``kin`` is ``twins`` or ``siblings`` where the two may be that; ``two_units`` says that two communes hold them.
    ``stand`` changes when either record or a row of it does.
    """

    a: str
    b: str
    code_a: str
    code_b: str
    likeness: Likeness | None
    kin: str
    fields: tuple[PairField, ...]
    lists: tuple[PairList, ...]
    stand: str
    two_units: bool = False


class Comparing(Duplicates):
    """Verbs that lay two records side by side."""

    def pair(self, one: str, other: str) -> PairView:
        """Return two children side by side.

        Raises ``Problem``: ``no_record``, ``not_a_child``, ``same_record``, ``merged_already``.
        """
        a, b = self._two(one, other)
        likeness = self._likeness(one, other)
        proposed, villages = self.proposal(a, b), dict(self.store.db.execute("SELECT id, name FROM village"))
        show = [self._words_of(row, villages) for row in (a, b)]
        fields = tuple(
            PairField(
                item.name, item.label, show[0].get(item.name, ""), show[1].get(item.name, ""),
                choosing.same(item, a.get(item.name), b.get(item.name)), *proposed[item.name], item.sensitive,
            )
            for item in _offered()
            if (item.name in show[0] or item.name in show[1]) and item.name not in self._gathered(a, b)
        )  # fmt: skip
        return PairView(
            one, other, str(a.get("book_code") or ""), str(b.get("book_code") or ""), likeness, _kin(likeness), fields,
            tuple(self._lists(a, b)), self.stand(one, other), two_units=a[OWNER] != b[OWNER],
        )  # fmt: skip

    def _two(self, one: str, other: str) -> tuple[dict[str, Value], dict[str, Value]]:
        """Return two visible children. Raises ``Problem`` as ``pair``."""
        for record in (one, other):
            if (into := change.joined_to(self._record(record)[1].get(VOID))) is not None:
                raise Problem("merged_already", into=into)
        if self._child(one) == self._child(other):
            raise Problem("same_record")
        return self.store.row(CHILD, one) or {}, self.store.row(CHILD, other) or {}

    def stand(self, one: str, other: str) -> str:
        """Return a mark of how two records and their rows stand now."""
        found = hashlib.sha256()
        for form in (catalogue().forms[CHILD], *catalogue().children(CHILD)):
            column = "id" if form.name == CHILD else CHILD
            names = ", ".join(f'"{name}"' for name in ("id", VOID, *(item.name for item in form.fields)))
            sql = f'SELECT {names} FROM "{form.name}" WHERE "{column}" IN (?, ?) ORDER BY id'
            found.update(repr(self.store.db.execute(sql, (one, other)).fetchall()).encode())
        return found.hexdigest()

    # --- fields ------------------------------------------------------------------------------------------------------

    def proposal(self, a: Mapping[str, Value], b: Mapping[str, Value]) -> dict[str, tuple[str, str]]:
        """Return for each field whose value to keep (``a``, ``b``) and why; what hangs on a field goes with that."""
        told, found = [self._values_told(row) for row in (a, b)], dict[str, tuple[str, str]]()
        for item in _offered():
            lead = leads(item)
            sides = [one.get(item.name, Told(None)) for one in told]
            side, why = choosing.choose(item, *sides)
            if why and lead and found[lead][1]:
                side, why = found[lead][0], "goes_with"
            found[item.name] = side, why
        return found

    def _values_told(self, row: Mapping[str, Value]) -> dict[str, Told]:
        record = str(row["id"])
        asked = "SELECT record FROM access WHERE what = 'import'"
        listed = frozenset(batch for (batch,) in self.store.db.execute(asked))
        found = folding.told(self.store, CHILD, record, row, listed)
        number = found.get("personal_id", Told(None))
        if self.store.count("cleaning_line", "child = ? AND verified_id = ?", (record, number.value)):
            found["personal_id"] = Told(number.value, number.version, number.listed, verified=True)
        return found

    def _gathered(self, a: Mapping[str, Value], b: Mapping[str, Value]) -> dict[str, str]:
        """Return the long texts of which both are kept, by field: neither says all that the other says."""
        return {
            item.name: f"{a[item.name]}\n{b[item.name]}"
            for item in _offered()
            if item.kind == GATHERED and choosing.contradict(item, a.get(item.name), b.get(item.name))
        }

    def _words_of(self, row: Mapping[str, Value], villages: Mapping[str, str]) -> dict[str, str]:
        found = {}
        for item in _offered():
            value = row.get(item.name)
            if value in (None, "", []):
                continue
            if item.kind == "place":
                found[item.name] = villages.get(str(value)) or ""
            elif item.kind == "ref":
                found[item.name] = self._named_record(item, str(value))
            else:
                found[item.name] = kinds.of(item).show(value, item)
        return found

    def _named_record(self, item: Field, record: str) -> str:
        """Return what a record that a field names is called."""
        form = catalogue().forms[str(item.form)]
        row = self.store.row(form.name, record) or {}
        searched = [one for one in form.fields if one.search and row.get(one.name)]
        return ", ".join(kinds.of(one).show(row[one.name], one) for one in searched[:2]) or form.title

    # --- lists -------------------------------------------------------------------------------------------------------

    def _lists(self, a: Mapping[str, Value], b: Mapping[str, Value]) -> Iterable[PairList]:
        for name in catalogue().matching["lists"]:
            form = catalogue().forms[name]
            rows = [self._rows(form, str(row["id"])) for row in (a, b)]
            if rows[0] or rows[1]:
                texts = [tuple(_entry(form, row) for row in part) for part in rows]
                shared = {row["id"] for row in rows[0]} & {row["id"] for row in rows[1]}
                joined = len(folding.fold(form, rows[0], (row for row in rows[1] if row["id"] not in shared)))
                yield PairList(name, form.plural, texts[0], texts[1], joined)
        for name in self._gathered(a, b):
            item = catalogue().forms[CHILD].field(name)
            yield PairList(name, item.label, (str(a[name]),), (str(b[name]),), 2)

    def _rows(self, form: Form, child: str) -> Sequence[Mapping[str, Any]]:
        if form.name == INCIDENT:
            return self.store.rows(form.name, f'"{CHILD}" LIKE ?', (f'%"{child}"%',), order="id")
        return self.store.rows(form.name, f'"{CHILD}" = ?', (child,), order="id")


def as_document(view: PairView) -> dict[str, Any]:
    """Return the shape promised by the command line: a, b, score, level, kin, fields, lists, stand."""
    told = view.likeness
    return {
        "a": view.a,
        "b": view.b,
        "score": told.score if told else 0,
        "level": told.level if told else "",
        "reasons": [one.code for one in told.reasons] if told else [],
        "kin": view.kin,
        "two_units": view.two_units,
        "fields": [asdict(one) for one in view.fields],
        "lists": [asdict(one) for one in view.lists],
        "stand": view.stand,
    }


def leads(item: Field) -> str:
    """Return the field that another one hangs on: its value is taken from the same record."""
    follows = catalogue().matching["join"]["goes_with"]
    return str(follows.get(item.name) or (item.when.field if item.when else ""))


def _offered() -> list[Field]:
    return [item for item in catalogue().forms[CHILD].fields if item.name not in OWN and not item.retired]


def _entry(form: Form, row: Mapping[str, Any]) -> str:
    """Return one row in a few words; a sensitive one says only that it is."""
    parts = []
    for name in catalogue().matching["lists"][form.name]["shown"]:
        item = form.field(name)
        if row.get(name) is None:
            continue
        if catalogue().sensitive(item, row[name]):
            return say("record.sensitive")
        words = kinds.of(item).show(row[name], item)
        parts.append(say(f"matching.list.{name}", date=words) if name in (folding.FROM, folding.TO) else words)
    return ", ".join(parts) or form.title


def _kin(likeness: Likeness | None) -> str:
    """Return what two children may be to one another, seen from what speaks for and against them."""
    said = {one.code for one in likeness.reasons} if likeness else set[str]()
    if "same_id" in said:
        return ""
    if "same_born" in said and said & _OTHER_NAME and (said & _PARENT or "same_village" in said):
        return "twins"
    return "siblings" if said & _OTHER_DAY and said & _OTHER_NAME and said & _PARENT else ""
