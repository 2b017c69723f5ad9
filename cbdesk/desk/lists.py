"""Verbs that answer with many records: list, the children's list of the window, and *Hôm nay*.

Everything shown is derived at the moment of asking, never stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cbdesk import clock, dates, process
from cbdesk.catalogue import Field, catalogue
from cbdesk.desk import shorthand
from cbdesk.desk.searching import Searching
from cbdesk.errors import Problem

GAPS = ("personal_id", "born_year_only", "no_carer", "sex_unknown", "card_ends")


@dataclass(frozen=True, slots=True)
class ChildRow:
    """One line of the children's list. ``marks``: ``missing``, ``draft``; labels are in the language in force.

    ``circumstances`` and ``risks`` hold only what anybody may see; ``sensitive`` says that something is kept apart.
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
    missing: tuple[str, ...] = ()
    age: tuple[int, int] | None = None
    months: int | None = None


class Lists(Searching):
    """Verbs that answer with many records."""

    def all_rows(
        self, form: str, where: Mapping[str, str] | None = None, *, sort: str = "name"
    ) -> list[dict[str, Any]]:
        """Return all rows of a form in Vietnamese name order; ``where`` compares fields or shorthands with a value.

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
        return [row for row in rows if all(_holds(row.get(name), value) for name, value in later.items())]

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
        today = clock.today()
        villages = self.village_names()
        groups, risks = self._open_codes("circumstance"), self._open_codes("risk")
        classes = shorthand.classes(self.store, today.year)
        carers = {row[0] for row in self.store.db.execute("SELECT DISTINCT child FROM carer WHERE _del IS NULL")}
        rows = self.store.db.execute(
            "SELECT id, full_name, usual_name, born, sex, ethnicity, village, life_status, personal_id, household, "
            "card_until FROM child WHERE _del IS NULL ORDER BY name_key, id"
        )
        return [
            _child_row(row, villages, groups.get(row[0], ()), risks.get(row[0], ()), classes, row[0] in carers, today)
            for row in rows
        ]

    def _open_codes(self, form: str) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for child, code in self.store.db.execute(
            f'SELECT child, code FROM "{form}" WHERE "to" IS NULL AND _del IS NULL ORDER BY code'
        ):
            found[child] = (*found.get(child, ()), code)
        return found

    def village_names(self) -> dict[str, str]:
        """Return village id to name, in village order."""
        return {str(row["id"]): str(row.get("name") or "") for row in self.store.rows("village")}

    def overview(self) -> dict[str, Any]:
        """Return what *Hôm nay* shows.

        ``month`` (``2026-10``), ``figures`` (children, special, at_risk, incidents of the month), ``gaps`` (name to
        count: data to complete) and ``complete`` (percent), ``urgent`` (open urgent incidents younger than their
        deadline: id, received_at, until), ``carrying`` (see ``status``), ``drafts`` (form, record, at).
        """
        rows = [row for row in self.children() if here(row.status)]
        month = clock.today().isoformat()[:7]
        gaps = {gap: sum(gap in row.missing for row in rows) for gap in GAPS}
        whole = sum(not row.missing for row in rows)
        return {
            "month": month,
            "figures": {
                "children": len(rows),
                "special": sum(bool(row.circumstances) or row.sensitive for row in rows),
                "at_risk": sum(bool(row.risks) for row in rows),
                "incidents": self.store.count("incident", "received_at >= ?", (month,)),
            },
            "gaps": gaps,
            "complete": round(100 * whole / len(rows)) if rows else 100,
            "urgent": self.urgent(),
            "drafts": self.ledger.drafts(),
        }

    def urgent(self) -> list[dict[str, Any]]:
        """Return emergencies whose hours still run: ``id``, ``received_at``, ``until`` (see ``process``)."""
        found = []
        for row in self.store.rows("incident", order="received_at DESC"):
            emergency = process.emergency_of(row)
            if emergency is not None and emergency.until is not None and emergency.until > clock.now():
                until = emergency.until.strftime("%Y-%m-%dT%H:%M")
                found.append({"id": row["id"], "received_at": row["received_at"], "until": until})
        return found

    def incidents(self) -> list[dict[str, Any]]:
        """Return incidents, newest first, each with ``names`` of its children (hide them until asked)."""
        rows: list[dict[str, Any]] = self.store.rows("incident", order="received_at DESC, id DESC")
        names = dict(self.store.db.execute("SELECT id, full_name FROM child"))
        for row in rows:
            row["names"] = [names.get(one) or "" for one in row.get("child") or []]
        return rows


def _child_row(
    row: Sequence[Any],
    villages: Mapping[str, str],
    groups: Sequence[str],
    risks: Sequence[str],
    classes: Mapping[str, tuple[str, int]],
    has_carer: bool,
    today: Any,
) -> ChildRow:
    ident, name, usual, born, sex, ethnicity, village, status, number, household, card = row
    lists = catalogue().lists
    known = [choice for code in groups if (choice := lists["group"].get(code))]
    labels = [choice.short for code in risks if (choice := lists["risk"].get(code)) and not choice.sensitive]
    hidden_risk = any((choice := lists["risk"].get(code)) and choice.sensitive for code in risks)
    if household in classes and classes[household][0] in ("poor", "near_poor"):
        labels.insert(0, lists["household_class"].label(classes[household][0]))
    missing = tuple(
        gap
        for gap, lacks in (
            ("personal_id", not number),
            ("born_year_only", not born or len(born) == 4),
            ("no_carer", not has_carer),
            ("sex_unknown", sex not in ("male", "female")),
            ("card_ends", bool(card) and _ends_soon(card, today)),
        )
        if lacks
    )
    return ChildRow(
        id=ident,
        name=name or usual or "",
        born=born or "",
        sex=sex or "",
        ethnicity=ethnicity or "",
        village=village or "",
        village_name=villages.get(village, ""),
        status=status or "",
        circumstances=tuple(choice.short for choice in known if not choice.sensitive),
        risks=tuple(dict.fromkeys(labels)),
        sensitive=hidden_risk or any(choice.sensitive for choice in known),
        missing=missing,
        age=dates.age_range(born, today) if born else None,
        months=dates.months_old(born, today) if born else None,
    )


def _class_of(row: Mapping[str, Any], classes: Mapping[str, tuple[str, int]]) -> dict[str, str]:
    found = classes.get(str(row.get("household")))
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
