"""How the units of a consolidated paper came, and what is counted for each: records of its own, those taken in on its
behalf, or totals typed for it. No child and no figure is counted twice.

Rules. A unit is judged by the last month that was over when counting ended. Its own records count, with what was held
before where that month has not come. Totals typed for a unit and period stand in only while no records of it are here
for that period; once they are, the totals are put aside, and the paper says so. Where records were taken in on behalf
of a unit that sends its own by now, a record of ours that is likely one of theirs is counted with it, once.
"""  # noqa: D205

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from cbdesk import clock, deliveries, duplicates
from cbdesk.catalogue import Unit, catalogue
from cbdesk.deliveries import ASIDE, LATE, NOT_DUE, ON_TIME
from cbdesk.desk import areas
from cbdesk.desk.areas import Area, keys_of
from cbdesk.desk.duplicates import SAME_CHILD, same_children
from cbdesk.desk.inbox import STAND_IN, TOTAL, Inboxes
from cbdesk.desk.known import CHILD, Known, apart
from cbdesk.duplicates import Crowd
from cbdesk.letterhead import say
from cbdesk.likeness import LIKELY
from cbdesk.store.projection import OWNER

REGISTER, BEHALF, TYPED, OLDER, MISSING = "register", "behalf", "typed", "older", "missing"
OWN = frozenset({ON_TIME, LATE, ASIDE, NOT_DUE})
"""States of a month a unit delivered itself, or did not owe."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How each unit of a consolidated paper came. ``month`` is the one they are judged by.

    ``ways``: a unit's key to ``register`` (its own), ``behalf`` (its list taken in), ``typed`` (totals), ``older``
    (records of earlier months only), ``missing``. ``aside`` are units whose typed totals are put aside; ``once`` how
    many records are left out because the child is counted by another.
    """

    month: str
    ways: Mapping[str, str]
    aside: tuple[str, ...] = ()
    once: int = 0

    def of(self, *ways: str) -> tuple[str, ...]:
        """Return the units that came in these ways."""
        return tuple(unit for unit, way in self.ways.items() if way in ways)

    def notes(self) -> tuple[str, ...]:
        """Return what a paper says of it, in full sentences."""
        n = {way: len(self.of(way)) for way in (REGISTER, BEHALF, TYPED, OLDER, MISSING)}
        behalf = n[BEHALF] + n[TYPED]
        told = [say("consolidated", register=n[REGISTER], all=len(self.ways),
                    behalf=say("consolidated_behalf", n=behalf) if behalf else "",
                    older=say("consolidated_older", n=n[OLDER]) if n[OLDER] else "",
                    missing=say("consolidated_missing", n=n[MISSING]) if n[MISSING] else "")]  # fmt: skip
        told += [say("consolidated_names", names=_names(self.of(MISSING)))] if n[MISSING] else []
        told += [say("consolidated_older_names", names=_names(self.of(OLDER)))] if n[OLDER] else []
        told += [say("consolidated_aside", names=_names(self.aside))] if self.aside else []
        told += [say("consolidated_once", n=self.once)] if self.once else []
        return tuple(told)

    def as_dict(self) -> dict[str, Any]:
        """Return the shape the command line gives."""
        return {"month": self.month, "units": len(self.ways), **{way: list(self.of(way)) for way in
                (REGISTER, BEHALF, TYPED, OLDER, MISSING)}, "aside": list(self.aside), "once": self.once,
                "notes": list(self.notes())}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scope:
    """What is counted: the area, how its units came, and typed totals by place of a report (of all, of each unit)."""

    area: Area
    coverage: Coverage | None = None
    totals: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def places(self) -> dict[str, float]:
        """Return what typed totals add to the figures of a report: ``table.row.column``, and ``table.row.unit.column``
        in a table by unit.
        """  # noqa: D205
        found: dict[str, float] = defaultdict(int)
        for unit, values in self.totals.items():
            for place, value in values.items():
                row, _, column = place.rpartition(".")
                found[place] += value
                found[f"{row}.{unit}.{column}"] += value
        return dict(found)


class Consolidating(Inboxes):
    """Verbs on what consolidated papers are made of."""

    _paired: tuple[int, dict[str, str]] | None = None

    def area(self, units: Sequence[str] = (), on: date | None = None) -> Area:
        """Return the area of units named by code, key or name (of any time); all where none is named.

        Raises ``Problem``: ``wrong_unit``, ``ambiguous_unit``.
        """
        day = on or clock.today()
        return areas.area(self.store, units, day) if units else areas.everything(day)

    def coverage(self, units: Sequence[str] = (), *, until: date | None = None, report: str = "",
                 period: str = "") -> Coverage:  # fmt: skip
        """Return how the units of an area came, judged by the last month that was over on ``until`` (today)."""
        area = self.area(units)
        return self._coverage(area, until or clock.today(), report, period)

    def _reach(self, units: Sequence[str], until: date, report: str = "", period: str = "") -> Scope | None:
        """Return what a paper counts; ``None`` in a commune's register, which counts all it has."""
        if self.role != "receiver":
            return None
        area = self.area(units)
        coverage = self._coverage(area, until, report, period)
        typed = coverage.of(TYPED)
        out = frozenset(key for unit in area.units if unit.key in typed for key in keys_of(unit))
        owners = area.owners - out
        kept = Area(area.units, owners, area.villages, area.label, area.whole, out)
        totals = {unit: values for unit, values in self._totals(report, period).items() if unit in typed}
        return Scope(kept, coverage, totals)

    def area_code(self, units: Sequence[str] = ()) -> str:
        """Return what stands for an area in the name of a file: a unit's code, or of how many it is."""
        if not units:
            return self.unit.code
        found = self.area(units).units
        return found[0].code if len(found) == 1 and len(units) == 1 else f"{self.unit.code}-{len(found)}"

    def _coverage_told(self, units: Sequence[str], until: date, report: str, period: str) -> dict[str, Any]:
        """Return how the units came in the shape of an answer; nothing in a commune's register."""
        if self.role != "receiver":
            return {}
        return {"coverage": self._coverage(self.area(units), until, report, period).as_dict()}

    def _coverage(self, area: Area, until: date, report: str, period: str) -> Coverage:
        month = _judged(until)
        cells, children = self.delivered_by(month), self._children_by_unit()
        own = {str(unit) for (unit,) in self.store.db.execute("SELECT DISTINCT unit FROM stream WHERE n > 0 AND "
                                                              "device != ?", (self.node,))}  # fmt: skip
        stood = self._stood_in_for(month)
        typed = self._totals(report, period)
        ways, aside = dict[str, str](), []
        for unit in area.units:
            keys = keys_of(unit)
            cell = cells.get(unit.key)
            owed = cell.state if cell else NOT_DUE
            here = bool(keys & children)
            ways[unit.key] = way = _way(
                here=here, own=bool(keys & own), state=owed, stood=bool(keys & stood),
                typed=unit.key in typed,
            )  # fmt: skip
            if unit.key in typed and way != TYPED:
                aside.append(unit.key)
        return Coverage(month, ways, tuple(aside), self._left_out(area))

    def _left_out(self, area: Area) -> int:
        """Return how many records of an area are not counted because their child is, by another record."""
        rows = {one: row for one in self.counted_once() if (row := self.store.row(CHILD, one))}
        return sum(one != by and area.has_child(row) for one, by in self.counted_once(area).items()
                   if (row := rows.get(one)))  # fmt: skip

    def _children_by_unit(self) -> set[str]:
        rows = self.store.db.execute(f'SELECT DISTINCT {OWNER} FROM "{CHILD}" WHERE _del IS NULL')
        return {str(unit) for (unit,) in rows}

    def _stood_in_for(self, month: str) -> set[str]:
        """Return the units whose list of a month was taken in on their behalf."""
        rows = self.store.rows(STAND_IN, order="id")
        return {str(row["unit"]) for row in rows if month in deliveries.within(str(row.get("period") or ""))}

    def _totals(self, report: str, period: str) -> dict[str, dict[str, float]]:
        """Return the totals typed for a report and period: unit to place to figure; of two the newer stands."""
        found: dict[str, dict[str, float]] = defaultdict(dict)
        if report:
            for row in self.store.rows(TOTAL, "report = ? AND period = ?", (report, period), order="id"):
                value = row.get("value")
                if isinstance(value, int):
                    found[str(row["unit"])][str(row["place"])] = value
        return dict(found)

    # --- one child, one count -----------------------------------------------------------------------------------------

    def counted_once(self, area: Area | None = None) -> dict[str, str]:
        """Return of records that are one child the one that counts, by each of them; within an area, if given.

        The one that counts is where the child was said to live (``moved``), else one that is here, else the older. A
        record taken in on behalf counts with its commune's own.
        """
        if self.role != "receiver":
            return {}
        groups, named = [*map(set, same_children(self.store))], self._lives_at()
        for ours, theirs in self._stood_in_pairs().items():
            groups.append({ours, theirs})
        found: dict[str, str] = {}
        for group in _joined(groups):
            inside = [one for one in group if area is None or area.has_child(self.store.row(CHILD, one) or {})]
            if inside:
                first = min(inside, key=lambda one: (one not in named, *self._counts_first(one)))
                found |= dict.fromkeys(group, first)
        return found

    def _lives_at(self) -> set[str]:
        """Return the records at which a child of several communes was said to live."""
        rows = self.store.db.execute(f'SELECT "here" FROM {SAME_CHILD} WHERE _del IS NULL AND "here" IS NOT NULL')
        return {str(record) for (record,) in rows}

    def _counts_first(self, record: str) -> tuple[bool, str]:
        """Order the records of one child: one that is here before one that is gone, then the older."""
        status = str((self.store.row(CHILD, record) or {}).get("life_status") or "")
        state = catalogue().lists["life_status"].get(status)
        return state is not None and not state.extra.get("here"), record

    def _stood_in_pairs(self) -> dict[str, str]:
        """Return records we took in for a unit that are likely one of those it sent since, each with that one."""
        now = int(self.store.db.conn.total_changes)
        if self._paired is None or self._paired[0] != now:
            self._paired = now, {ours: theirs for unit in self._doubly_kept() for ours, theirs in self._pairs_in(unit)}
        return self._paired[1]

    def _doubly_kept(self) -> list[str]:
        """Return the units we wrote children for that write their own."""
        rows = self.store.db.execute(
            "SELECT unit FROM stream WHERE n > 0 AND unit != ? GROUP BY unit "
            "HAVING sum(device = ?) > 0 AND sum(device != ?) > 0", (self.unit.key, self.node, self.node),
        )  # fmt: skip
        return [str(unit) for (unit,) in rows]

    def _pairs_in(self, unit: str) -> Iterable[tuple[str, str]]:
        ours = {str(record) for (record,) in self.store.db.execute(
            f'SELECT c.id FROM "{CHILD}" c WHERE c._del IS NULL AND c.{OWNER} = ? AND NOT EXISTS (SELECT 1 FROM op o '
            "JOIN stream s ON s.s = o.s WHERE o.r = c.id AND s.device != ?)", (unit, self.node),
        )}  # fmt: skip
        if not ours:
            return
        people, decided = Known.people(self.store, unit), apart(self.store)
        for pair in duplicates.among(people, Crowd(people)):
            mixed = (pair.a in ours) != (pair.b in ours)
            if mixed and pair.likeness.level == LIKELY and frozenset((pair.a, pair.b)) not in decided:
                yield (pair.a, pair.b) if pair.a in ours else (pair.b, pair.a)


def _way(*, here: bool, own: bool, state: str, stood: bool, typed: bool) -> str:
    """Return how a unit came: its own records of the month before a list taken in, before totals, before older ones."""
    if here and own and state in OWN:
        return REGISTER
    if here and (stood or (not own and state == NOT_DUE)):
        return BEHALF
    if typed:
        return TYPED
    return OLDER if here else MISSING


def _judged(until: date) -> str:
    """Return the last month that was over on a day."""
    if (until + timedelta(days=1)).day == 1:
        return until.isoformat()[:7]
    return (until.replace(day=1) - timedelta(days=1)).isoformat()[:7]


def _joined(groups: Iterable[set[str]]) -> list[set[str]]:
    """Return groups that share nothing: those that share a record made one."""
    found: list[set[str]] = []
    for group in groups:
        apart_, touching = [], set(group)
        for one in found:
            if one & touching:
                touching |= one
            else:
                apart_.append(one)
        found = [*apart_, touching]
    return found


def _names(units: Iterable[str]) -> str:
    return ", ".join(catalogue().units.label(one) for one in units)


def own_part(unit: Unit) -> tuple[str, tuple[str, ...]]:
    """Return what a unit is called in a table of units, and the keys its records may carry."""
    return unit.name, tuple(sorted(keys_of(unit)))
