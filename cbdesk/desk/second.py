"""Verbs of the second keying: a stack of papers is keyed again without seeing the first values, and compared.

The batch is the children somebody names, in the order of the papers. What was keyed is kept like a draft after every
child, on this machine alone, so nothing half-done is lost; it is forgotten when the differences are decided. What is
decided is one batch, and one undo takes it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cbdesk import kinds, text
from cbdesk.catalogue import Field, catalogue
from cbdesk.change import VOID
from cbdesk.desk.base import Saved
from cbdesk.desk.filling import Refused
from cbdesk.desk.known import CHILD
from cbdesk.desk.records import Records
from cbdesk.rights import EDIT, needs

DRAFT = "second"
FIELDS = ("full_name", "born", "sex", "personal_id", "ethnicity", "village", "father_name", "mother_name",
          "birth_cert", "health_card", "phone")  # fmt: skip
USUAL = FIELDS[:4]
FIRST, SECOND = "first", "second"
DAYS = 14


@dataclass(frozen=True, slots=True)
class Second:
    """A second keying: children in the order of the papers, fields, and what was keyed, child to stored values.

    ``chosen`` are decisions, ``<child>/<field>`` to ``first`` or ``second``; ``half`` is what was keyed so far of the
    child at hand.
    """

    ids: tuple[str, ...]
    fields: tuple[str, ...] = USUAL
    keyed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    chosen: Mapping[str, str] = field(default_factory=dict)
    half: Mapping[str, Any] = field(default_factory=dict)

    def at(self) -> int:
        """Return the place of the first child not keyed yet; their number when all are."""
        return next((place for place, one in enumerate(self.ids) if one not in self.keyed), len(self.ids))

    def with_keyed(self, child: str, values: Mapping[str, Any]) -> Second:
        """Return it with one more child keyed (or keyed anew)."""
        return replace(self, keyed={**self.keyed, child: dict(values)}, half={})

    def with_half(self, values: Mapping[str, Any]) -> Second:
        """Return it with what was keyed so far of the child at hand."""
        return replace(self, half=dict(values))

    def with_choice(self, difference: Difference, choice: str) -> Second:
        """Return it with one difference decided."""
        return replace(self, chosen={**self.chosen, difference.key: choice})


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a child keyed otherwise: place in the stack from 1, the stored value and the one keyed, in words."""

    id: str
    place: int
    code: str
    field: str
    title: str
    first: str
    second: str

    @property
    def key(self) -> str:
        """Return what a decision is kept under."""
        return f"{self.id}/{self.field}"


@dataclass(frozen=True, slots=True)
class Compared:
    """How two keyings compare: children and fields compared, and where they differ, in the order of the papers."""

    children: int
    fields: int
    differences: tuple[Difference, ...]


def keyable() -> tuple[Field, ...]:
    """Return the fields a second keying may ask for."""
    shape = catalogue().forms[CHILD]
    shorts = {short.name: short.field for short in shape.shorthands}
    return tuple(shape.field(name) if shape.has(name) else shorts[name] for name in FIELDS)


class SecondKeying(Records):
    """Verbs of the second keying."""

    def added(self, days: int = DAYS) -> list[tuple[str, tuple[str, ...]]]:
        """Return the last days on which children were added here, newest first, each with its children as added."""
        rows = self.store.db.execute(
            "SELECT r, json_extract(line, '$.at'), MIN(c) AS first FROM op "
            "WHERE bundle IS NULL AND json_extract(line, '$.t') = ? GROUP BY r ORDER BY first",
            (CHILD,),
        ).fetchall()
        here = {str(one) for (one,) in self.store.db.execute(f"SELECT id FROM child WHERE {VOID} IS NULL")}
        found: dict[str, list[str]] = {}
        for record, at, _ in rows:
            if at and record in here:
                found.setdefault(str(at)[:10], []).append(str(record))
        return [(day, tuple(found[day])) for day in sorted(found, reverse=True)[:days]]

    def book_codes(self) -> dict[str, str]:
        """Return the book code of every child, by id."""
        rows = self.store.db.execute(f"SELECT id, book_code FROM child WHERE {VOID} IS NULL").fetchall()
        return {str(record): str(code or "") for record, code in rows}

    def second(self) -> Second | None:
        """Return the second keying that was begun, without children that are gone; ``None`` when there is none."""
        kept = self.draft(DRAFT, None)
        if kept is None:
            return None
        data = kept[0]
        ids = tuple(one for one in data["ids"] if self.store.count(CHILD, "id = ?", (one,)))
        return Second(ids, tuple(data["fields"]), data["keyed"], data["chosen"], data["half"]) if ids else None

    @needs(EDIT)
    def second_keep(self, second: Second) -> str:
        """Keep a second keying as far as it is; returns when."""
        keyed = {one: dict(values) for one, values in second.keyed.items()}
        data = {"ids": list(second.ids), "fields": list(second.fields), "keyed": keyed, "chosen": dict(second.chosen),
                "half": dict(second.half)}  # fmt: skip
        return self.keep_draft(DRAFT, None, data)

    @needs(EDIT)
    def second_drop(self) -> None:
        """Forget the second keying; the children stay as they are."""
        self.drop_draft(DRAFT, None)

    def second_compare(self, second: Second) -> Compared:
        """Compare what was keyed with what stands in the register now. Raises ``Problem(no_record)``."""
        asked = [item for item in keyable() if item.name in second.fields]
        done = [(place, one) for place, one in enumerate(second.ids, 1) if one in second.keyed]
        found = [one for place, child in done for one in self._differences(child, place, second.keyed[child], asked)]
        return Compared(len(done), len(done) * len(asked), tuple(found))

    def _differences(
        self, child: str, place: int, keyed: Mapping[str, Any], asked: Sequence[Field]
    ) -> Iterable[Difference]:
        stored = self.get(child)
        for item in asked:
            first, second = stored.get(item.name), keyed.get(item.name)
            if not _same(first, second):
                code = str(stored.get("book_code") or "")
                yield Difference(child, place, code, item.name, item.label, self._words(item, first),
                                 self._words(item, second))  # fmt: skip

    def _words(self, item: Field, value: Any) -> str:
        if item.kind == "place" and value:
            return str((self.store.row("village", str(value)) or {}).get("name") or value)
        return kinds.of(item).show(value, item) if value not in (None, "") else ""

    @needs(EDIT)
    def second_take(self, second: Second) -> Saved:
        """Write the values decided for the second keying, as one batch, and forget the keying; all or none.

        What is not decided stays as it is in the register. A *stop* writes nothing and keeps the keying.
        """
        given: dict[str, dict[str, Any]] = {}
        for one in self.second_compare(second).differences:
            if second.chosen.get(one.key) == SECOND:
                given.setdefault(one.id, {})[one.field] = second.keyed[one.id].get(one.field)
        try:
            with self.store.atomic():
                work = self._work()
                for child, data in given.items():
                    saved = self._save(catalogue().form(CHILD), data, child, work)
                    if saved.id is None:
                        raise Refused(saved.findings)
                self.drop_draft(DRAFT, None)
        except Refused as refused:
            return Saved(None, refused.findings)
        return Saved(next(iter(given), None), (), work.batch if given else None)


def _same(one: Any, other: Any) -> bool:
    """Return whether two values say the same; all ways of saying nothing do."""
    if isinstance(one, str) and isinstance(other, str):
        return text.tidy(one) == text.tidy(other)
    return (one or None) == (other or None)
