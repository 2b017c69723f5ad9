"""Villages: merged, split and renamed with everybody in them, each as one action that is taken back whole.

Rules. What lives in a village goes along (``MOVES``); what happened there (an incident, an activity, a sheet of a
round) keeps the village of that day. A merged village ends the day before and says what it became, so that its name
still leads to the right place (``places.Named``); issued papers are frozen and never change. A renamed village keeps
its old names, found like the present one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cbdesk import dates, text
from cbdesk.catalogue import catalogue
from cbdesk.change import Value, new_id, new_stream_id
from cbdesk.desk.base import Saved, listed
from cbdesk.desk.directory import HEAD, Contact, Directory
from cbdesk.desk.known import CHILD
from cbdesk.desk.lists import here
from cbdesk.desk.places import OFFICER, VILLAGE, Named, names_of
from cbdesk.errors import Finding, Problem
from cbdesk.rights import EDIT, needs
from cbdesk.store import Draft

MOVES = (CHILD, "household", "contact", "collaborator", "carer_offer", "model", "swim_place")
"""Forms whose records live in a village and go with it."""
HOUSEHOLD = "household"
BETWEEN = "; "
"""Stands between several old names of a village."""


@dataclass(frozen=True, slots=True)
class Place:
    """One village: ``name`` as it is, ``shown`` as people read it among others, its old names and commune, its time.

    ``became`` is the village it went into. ``children`` live there now; ``mine`` says that this officer looks after it.
    """

    id: str
    name: str
    shown: str
    old_name: str
    old_unit: str
    since: str
    until: str
    became: str
    children: int
    head: Contact | None
    mine: bool


class Villages(Directory):
    """Verbs on villages."""

    def places(self, *, ended: bool = True) -> list[Place]:
        """Return the villages in their order, those that have ended last."""
        rows, units = self.store.rows(VILLAGE), catalogue().units
        shown, mine = names_of(rows), set(self.my_villages())
        heads: dict[str, Contact] = {}
        for one in self.contacts():
            if one.role == HEAD and one.village:
                heads.setdefault(one.village, one)
        living = self.store.db.execute("SELECT village, life_status FROM child WHERE _del IS NULL AND village > ''")
        count = Counter(str(village) for village, status in living if here(str(status or "")))
        found = [
            Place(str(row["id"]), str(row.get("name") or ""), shown[str(row["id"])], str(row.get("old_name") or ""),
                  units.label(str(row["old_unit"])) if row.get("old_unit") else "", str(row.get("from") or ""),
                  str(row.get("to") or ""), str(row.get("became") or ""), count[str(row["id"])],
                  heads.get(str(row["id"])), str(row["id"]) in mine)
            for row in rows if ended or not row.get("to")
        ]  # fmt: skip
        return sorted(found, key=lambda one: bool(one.until))

    def village_named(self, written: str) -> str:
        """Return the id of a village given by id or by a name it has or had. Raises ``Problem(no_record)``."""
        named = Named(self.store.rows(VILLAGE))
        found = [written] if named.has(written) else named.of(written)
        if not found:
            raise Problem("no_record")
        return found[0]

    @needs(EDIT)
    def rename_village(self, village: str, name: str) -> Saved:
        """Give a village another name; the one it has stays findable. Raises ``Problem(no_record)``."""
        row, new = self._village(village), text.tidy(name)
        if not new:
            return Saved(None, (Finding("name", "stop", "missing", {"label": _label("name")}),))
        known = (*_olds(row), str(row.get("name") or ""))
        old = [one for one in known if one and text.match_key(one) != text.match_key(new)]
        return self.save(VILLAGE, {"name": new, "old_name": BETWEEN.join(dict.fromkeys(old)) or None}, village)

    @needs(EDIT)
    def merge_villages(self, villages: Sequence[str], name: str, on: str) -> Saved:
        """Make one village of several from a day (ISO) on, with everybody in them; ``id`` is the new one.

        A *stop* about name or day writes nothing. Raises ``Problem``: ``no_record``; ``nobody_chosen`` for fewer than
        two; ``village_ended``.
        """
        rows = [self._village(one) for one in dict.fromkeys(villages)]
        if len(rows) < 2:
            raise Problem("nobody_chosen")
        if ended := next((row for row in rows if row.get("to")), None):
            raise Problem("village_ended", name=ended.get("name") or "", date=dates.show_date(str(ended["to"])))
        if stops := _lacking(name, on):
            return Saved(None, stops)
        units = {row.get("old_unit") for row in rows}
        olds = dict.fromkeys(one for row in rows for one in (str(row.get("name") or ""), *_olds(row)) if one)
        data = {"name": text.tidy(name), "old_name": BETWEEN.join(olds), "from": on,
                "old_unit": units.pop() if len(units) == 1 else None, "order": min(_orders(rows), default=None),
                "hard": True if all(row.get("hard") for row in rows) else None}  # fmt: skip
        record, ends = new_id(), self._day_before(on)
        ids = [str(row["id"]) for row in rows]
        drafts = [Draft(VILLAGE, record, {key: value for key, value in data.items() if value is not None})]
        drafts += [Draft(VILLAGE, one, {"to": ends, "became": record}) for one in ids]
        drafts += [Draft(form, one, {VILLAGE: record}) for form in MOVES for one in self._records_in(form, ids)]
        drafts += self._looked_after(dict.fromkeys(ids, (record,)))
        return self._act(drafts, record)

    @needs(EDIT)
    def split_village(self, village: str, name: str, children: Sequence[str], on: str) -> Saved:
        """Part a new village off an old one from a day (ISO) on, with these children; ``id`` is the new one.

        A household goes along where all its children do. Who looks after the old village looks after both. A *stop*
        about name or day writes nothing. Raises ``Problem``: ``no_record``, also for a child that lives elsewhere;
        ``nobody_chosen``.
        """
        row, chosen = self._village(village), dict.fromkeys(children)
        if not chosen:
            raise Problem("nobody_chosen")
        if any((self.store.row(CHILD, one) or {}).get(VILLAGE) != village for one in chosen):
            raise Problem("no_record")
        if stops := _lacking(name, on):
            return Saved(None, stops)
        data: dict[str, Value] = {"name": text.tidy(name), "old_name": row.get("name"), "from": on,
                                  "old_unit": row.get("old_unit"), "order": row.get("order"),
                                  "hard": row.get("hard")}  # fmt: skip
        record = new_id()
        drafts = [Draft(VILLAGE, record, {key: value for key, value in data.items() if value is not None})]
        drafts += [Draft(CHILD, child, {VILLAGE: record}) for child in chosen]
        drafts += [Draft(HOUSEHOLD, home, {VILLAGE: record}) for home in self._whole_homes(chosen)]
        drafts += self._looked_after({village: (village, record)})
        return self._act(drafts, record)

    def _act(self, drafts: Iterable[Draft], record: str) -> Saved:
        batch = new_stream_id()
        self._write(drafts, batch)
        return Saved(record, (), batch)

    def _village(self, record: str) -> dict[str, Value]:
        form, row = self._record(record)
        if form != VILLAGE:
            raise Problem("no_record")
        return {**row, "id": record}

    def _day_before(self, on: str) -> str:
        day = dates.earliest(on)
        return (day - timedelta(days=1)).isoformat() if day and len(on) == 10 else on

    def _records_in(self, form: str, villages: Sequence[str]) -> list[str]:
        if form not in catalogue().forms:
            return []
        marks = ", ".join("?" * len(villages))
        rows = self.store.db.execute(
            f'SELECT id FROM "{form}" WHERE "{VILLAGE}" IN ({marks}) AND _del IS NULL ORDER BY id', tuple(villages)
        )
        return [str(record) for (record,) in rows]

    def _whole_homes(self, children: Iterable[str]) -> list[str]:
        """Return the households of which every child is among these."""
        chosen = set(children)
        homes: dict[str, bool] = {}
        rows = self.store.db.execute("SELECT id, household FROM child WHERE household IS NOT NULL AND _del IS NULL")
        for child, home in rows:
            homes[str(home)] = homes.get(str(home), True) and str(child) in chosen
        return [home for home, whole in homes.items() if whole]

    def _looked_after(self, into: Mapping[str, tuple[str, ...]]) -> Iterator[Draft]:
        """Say of each officer who looks after one of these villages what that is now."""
        for row in self.store.rows(OFFICER, order="id"):
            mine = listed(row.get("villages"))
            now = list(dict.fromkeys(new for one in mine for new in into.get(one, (one,))))
            if now and now != mine:
                yield Draft(OFFICER, str(row["id"]), {"villages": now})


def _olds(row: Mapping[str, Any]) -> list[str]:
    return [one for part in str(row.get("old_name") or "").split(";") if (one := text.tidy(part))]


def _orders(rows: Iterable[Mapping[str, Any]]) -> list[int]:
    return [int(row["order"]) for row in rows if isinstance(row.get("order"), int)]


def _lacking(name: str, on: str) -> tuple[Finding, ...]:
    """Return what keeps a new village from being made: no name, no whole day it begins on."""
    found = [] if text.tidy(name) else [Finding("name", "stop", "missing", {"label": _label("name")})]
    whole = len(on) == 10 and dates.earliest(on) is not None
    return (*found, *(() if whole else (Finding("from", "stop", "not_a_date"),)))


def _label(name: str) -> str:
    return catalogue().forms[VILLAGE].field(name).label
