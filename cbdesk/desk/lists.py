"""Verbs that answer with many records: list, the children's list of the window, and *Hôm nay*.

Everything shown is derived at the moment of asking, never stored.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any

from cbdesk import clock, dates, process
from cbdesk.catalogue import ChoiceList, Field, catalogue
from cbdesk.desk import shorthand
from cbdesk.desk.base import listed
from cbdesk.desk.places import VillageNames, looked_after, village_names
from cbdesk.desk.searching import Searching
from cbdesk.errors import Problem

LONGEST_HOURS = 96
"""Emergencies received longer ago than this are not looked at: no row of the catalogue allows so many hours."""
GAPS = ("personal_id", "born_year_only", "no_carer", "sex_unknown", "card_ends")


@dataclass(frozen=True, slots=True)
class ChildRow:
    """One line of the children's list. ``marks``: ``missing``, ``draft``; labels are in the language in force.

    ``circumstances`` and ``risks`` hold only what anybody may see; ``sensitive`` says that something is kept apart.
    ``special`` and ``at_risk`` tell whether there is any, kept apart or not.
    """

    id: str
    name: str
    born: str
    sex: str
    ethnicity: str
    village: str
    village_name: str
    status: str
    circumstances: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()
    sensitive: bool = False
    special: bool = False
    at_risk: bool = False
    missing: tuple[str, ...] = ()
    age: tuple[int, int] | None = None
    months: int | None = None
    here: bool = True
    """Whether the child lives here, as far as is known."""
    away: bool = False
    """Whether the child is away for a time."""
    mine: bool = True
    """Whether this officer looks after the village; everybody does where nobody said so."""


class Lists(Searching):
    """Verbs that answer with many records."""

    def all_rows(
        self, form: str, where: Mapping[str, str] | None = None, *, sort: str = "name"
    ) -> list[dict[str, Any]]:
        """Return all rows of a form in Vietnamese name order; ``where`` compares fields or shorthands with a value.

        Something sensitive among them is told to the access log.
        Raises ``Problem``: ``unknown_form``, ``unknown_field``.
        """
        shape = catalogue().form(form)
        clauses, values, later = ["1"], list[Any](), dict[str, str]()
        for name, value in (where or {}).items():
            if shape.has(name):
                clause, given = self._condition(shape.field(name), value)
                clauses.append(clause)
                values.append(given)
            elif shape.shorthand(name):
                later[name] = value
            else:
                raise Problem("unknown_field", field=name, form=form)
        if sort not in ("name", *(field.name for field in shape.fields)):
            raise Problem("unknown_field", field=sort, form=form)
        order = "name_key, id" if sort == "name" else f'"{sort}", name_key, id'
        rows: list[dict[str, Any]] = self.store.rows(form, " AND ".join(clauses), values, order=order)
        if shape.shorthands:
            given = shorthand.collect(self.store, shape, [str(row["id"]) for row in rows])
            classes = shorthand.classes(self.store, clock.today().year)
            rows = [row | given[str(row["id"])] | _class_of(row, classes) for row in rows]
        found = [row for row in rows if all(_holds(row.get(name), value) for name, value in later.items())]
        self._tell_list(form, found)
        return found

    def _condition(self, field: Field, value: str) -> tuple[str, Any]:
        """Return the condition "this field is (or holds) that value" as people and scripts write values."""
        if field.kind in ("refs", "choices"):
            return f'EXISTS (SELECT 1 FROM json_each("{field.name}") WHERE value = ?)', value
        if field.kind == "flag":
            return f'"{field.name}" = ?', {"true": 1, "false": 0}.get(value.casefold(), value)
        if field.kind == "place":  # a village may be named
            return f'"{field.name}" = ?', shorthand.Villages(self.store).resolve(value, [])
        return f'"{field.name}" = ?', value

    # --- the window's lists ------------------------------------------------------------------------------------------

    def children(self) -> list[ChildRow]:
        """Return the whole children's list in name order; the window filters and searches in memory."""
        carers = {row[0] for row in self.store.db.execute("SELECT DISTINCT child FROM carer WHERE _del IS NULL")}
        codes = self._open_codes("circumstance"), self._open_codes("risk")
        classes = shorthand.classes(self.store, clock.today().year)
        absent = self.store.db.execute('SELECT child FROM absence WHERE "to" IS NULL AND _del IS NULL')
        away = {child for (child,) in absent}
        mine = frozenset(looked_after(self.store, self.officer))
        make = _ChildRows(self.village_names(), *codes, classes, carers, away, mine).row
        rows = self.store.db.execute(
            "SELECT name_key, id, full_name, usual_name, born, sex, ethnicity, village, life_status, personal_id, "
            "household, card_until FROM child WHERE _del IS NULL"
        ).fetchall()
        rows.sort(key=lambda row: (row[0] or "", row[1]))  # quicker than thousands of rows fetched by the index
        return [make(row) for row in rows]

    def _open_codes(self, form: str) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for child, code in self.store.db.execute(
            f'SELECT child, code FROM "{form}" WHERE "to" IS NULL AND _del IS NULL ORDER BY code'
        ):
            found[child] = (*found.get(child, ()), code)
        return found

    def village_names(self) -> VillageNames:
        """Return village id to the name people read (``places``), in village order."""
        return village_names(self.store)

    def overview(self, children: Sequence[ChildRow] | None = None) -> dict[str, Any]:
        """Return what *Hôm nay* shows; ``children`` are the rows of ``children()`` where they were read already.

        ``month`` (``2026-10``), ``figures`` (children, special, at_risk, incidents of the month), ``gaps`` (name to
        count: data to complete) and ``complete`` (percent), ``urgent`` (open urgent incidents younger than their
        deadline: id, received_at, until), ``carrying`` (see ``status``), ``drafts`` (form, record, at) of this officer.
        """
        rows = [row for row in (self.children() if children is None else children) if row.here]
        month = clock.today().isoformat()[:7]
        gaps = {gap: sum(gap in row.missing for row in rows) for gap in GAPS}
        whole = sum(not row.missing for row in rows)
        return {
            "month": month,
            "figures": {
                "children": len(rows),
                "special": sum(row.special for row in rows),
                "at_risk": sum(row.at_risk for row in rows),
                "incidents": self.store.count("incident", "received_at >= ?", (month,)),
            },
            "gaps": gaps,
            "complete": round(100 * whole / len(rows)) if rows else 100,
            "urgent": self.urgent(),
            "drafts": self.ledger.drafts(self.officer),
        }

    def urgent(self) -> list[dict[str, Any]]:
        """Return emergencies whose hours still run: ``id``, ``received_at``, ``until`` (see ``process``).

        One that was seen to in the case of each of its children runs no longer.
        """
        found = []
        now = clock.now()
        since = (now - clock.hours(LONGEST_HOURS)).date().isoformat()
        ended = self.seen_emergencies()
        for row in self.store.rows("incident", "received_at >= ?", (since,), order="received_at DESC"):
            emergency = process.emergency_of(row)
            runs = emergency is not None and emergency.until is not None and emergency.until > now
            if runs and row["id"] not in ended and emergency is not None and emergency.until is not None:
                until = emergency.until.strftime("%Y-%m-%dT%H:%M")
                found.append({"id": row["id"], "received_at": row["received_at"], "until": until})
        return found

    def seen_emergencies(self) -> set[str]:
        """Return the incidents whose emergency step ended in every case that holds them.

        A report that opened a case again has an intake of its own round; what ended before says nothing of it.
        """
        begun, ended = dict[str, int](), dict[str, int]()
        for row in self.store.rows("case_step", "step IN ('intake', 'emergency')"):
            last, number = begun if row["step"] == "intake" else ended, row.get("round")
            case = str(row["case"])
            last[case] = max(last.get(case, 1), number if isinstance(number, int) else 1)
        done = {case for case, number in ended.items() if number >= begun.get(case, 1)}
        seen, open_ = set[str](), set[str]()
        for row in self.store.rows("case"):
            (seen if str(row["id"]) in done else open_).update(listed(row.get("incident")))
        return seen - open_

    def incidents(self) -> list[dict[str, Any]]:
        """Return incidents, newest first, each with ``names`` of its children (hide them until asked)."""
        rows: list[dict[str, Any]] = self.store.rows("incident", order="received_at DESC, id DESC")
        names = dict(self.store.db.execute("SELECT id, full_name FROM child"))
        for row in rows:
            row["names"] = [names.get(one) or "" for one in row.get("child") or []]
        self._tell_list("incident", rows)
        return rows


class _ChildRows:
    """Makes the lines of the children's list; what many of them share is worked out once."""

    def __init__(
        self,
        villages: Mapping[str, str],
        groups: Mapping[str, tuple[str, ...]],
        risks: Mapping[str, tuple[str, ...]],
        classes: Mapping[str, tuple[str, int]],
        carers: Container[str],
        away: Container[str],
        mine: frozenset[str],
    ) -> None:
        self._away, self._mine = away, mine
        self._villages, self._groups, self._risks, self._carers = villages, groups, risks, carers
        known = catalogue().lists
        self._group_list, self._risk_list = known["group"], known["risk"]
        wanting = known["household_class"]
        self._poor = {home: wanting.label(one) for home, (one, _) in classes.items() if one in ("poor", "near_poor")}
        self._today = clock.today()
        self._ages: dict[str, tuple[tuple[int, int] | None, int | None]] = {}
        self._here: dict[str, bool] = {}

    def row(self, found: Sequence[Any]) -> ChildRow:
        """Return one line from its columns (see ``Lists.children``)."""
        _, ident, name, usual, born, sex, ethnicity, village, status, number, household, card = found
        groups, risks = self._groups.get(ident, ()), self._risks.get(ident, ())
        ordinary, secret = _told(self._group_list, groups) if groups else ((), False)
        labels, hidden = _told(self._risk_list, risks) if risks else ((), False)
        if household in self._poor:
            labels = (self._poor[household], *labels)
        age, months = self._age(born) if born else (None, None)
        return ChildRow(
            id=ident,
            name=name or usual or "",
            born=born or "",
            sex=sex or "",
            ethnicity=ethnicity or "",
            village=village or "",
            village_name=self._villages.get(village, ""),
            status=status or "",
            circumstances=ordinary,
            risks=tuple(dict.fromkeys(labels)) if labels else (),
            sensitive=secret or hidden,
            special=bool(groups),
            at_risk=bool(risks) or household in self._poor,
            missing=self._missing(ident, born, sex, number, card),
            age=age,
            months=months,
            here=self._lives_here(status or ""),
            away=ident in self._away,
            mine=not self._mine or village in self._mine,
        )

    def _missing(self, ident: str, born: str, sex: str, number: str, card: str) -> tuple[str, ...]:
        lacks = (
            not number,
            not born or len(born) == 4,
            ident not in self._carers,
            sex not in ("male", "female"),
            bool(card) and _ends_soon(card, self._today),
        )
        return tuple(compress(GAPS, lacks)) if any(lacks) else ()

    def _age(self, born: str) -> tuple[tuple[int, int] | None, int | None]:
        if born not in self._ages:
            self._ages[born] = dates.age_range(born, self._today), dates.months_old(born, self._today)
        return self._ages[born]

    def _lives_here(self, status: str) -> bool:
        if status not in self._here:
            self._here[status] = here(status)
        return self._here[status]


def _told(choices: ChoiceList, codes: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """Return the short words of the codes anybody may see, and whether there are others."""
    known = [choice for code in codes if (choice := choices.get(code))]
    return tuple(one.short for one in known if not one.sensitive), any(one.sensitive for one in known)


def _class_of(row: Mapping[str, Any], classes: Mapping[str, tuple[str, int]]) -> dict[str, str]:
    """Return the class that stands for a household, or for the one a child belongs to."""
    found = classes.get(str(row.get("household") or row["id"]))
    return {"household_class": found[0]} if found else {}


def _ends_soon(card: str, today: Any) -> bool:
    last = dates.latest(card)
    return last is not None and 0 <= (last - today).days <= 30


def _holds(value: Any, wanted: str) -> bool:
    return wanted in value if isinstance(value, list) else str(value) == wanted


def here(status: str) -> bool:
    """Return whether a life status means that the child lives here; unknown counts as here."""
    choice = catalogue().lists["life_status"].get(status)
    return choice is None or bool(choice.extra.get("here"))
