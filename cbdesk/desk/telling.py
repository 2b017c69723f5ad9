"""Verbs that tell: reports, paper, report. A report is computed from the register; nothing is typed twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

from cbdesk import clock, compartment, dates, letterhead, report, roll
from cbdesk.catalogue import Report, catalogue
from cbdesk.desk import shorthand
from cbdesk.desk.areas import Area
from cbdesk.desk.consolidating import Consolidating
from cbdesk.desk.giving import Giving
from cbdesk.desk.places import Named, names_of
from cbdesk.errors import Problem
from cbdesk.paper import Paper, Row


class Telling(Giving, Consolidating):
    """Verbs that tell."""

    def reports(self) -> list[dict[str, Any]]:
        """Return the reports there are: ``name``, ``title``, ``periods``, ``shape``, ``restricted``, ``freezes``.

        ``restricted`` ones name what is sensitive: they are made only for a purpose, never looked at beside others.
        """
        found = sorted(catalogue().reports.values(), key=lambda one: (one.data.get("order", 99), one.name))
        return [
            {
                "name": one.name,
                "title": one.title,
                "periods": list(one.data["periods"]),
                "shape": one.data.get("shape", "list"),
                "restricted": bool(one.data.get("restricted")),
                "freezes": bool(one.data.get("freezes")),
            }
            for one in found
        ]

    def draft_paper(
        self,
        name: str,
        period: str,
        *,
        office: letterhead.Office | None = None,
        frozen: letterhead.Frozen | None = None,
        previous: Sequence[Row] | None = None,
        villages: Sequence[str] = (),
        units: Sequence[str] = (),
        poverty: str = "",
    ) -> tuple[Paper, roll.Selection]:
        """Return a list of a period as finished paper, computed now, and who was selected for it.

        ``previous`` are the rows of the list before; ``villages`` (ids) or ``units`` (``area``) limit it, and its
        heading says so; ``poverty`` is one of ``report.POVERTY``. A receiver's list says how its communes came. Raises
        ``Problem``: ``unknown_report``, ``bad_period``, ``no_record`` (a village), ``wrong_unit``.
        """
        found, span = report.asked(self.list_named(name), poverty), dates.read_period(period)
        scope = self._reach(units, min(span.last, clock.today()), name, period)
        people = self.people(span.last.year, found, scope.area if scope else None)
        order, office = self.name_order(), office or self.office()
        if villages:
            people = [one for one in people if one["child"].get("village") in villages]
            office = replace(office, scope=", ".join(self._names_of_villages(villages)))
        chosen = roll.select(found, people, span, catalogue=catalogue(), today=clock.today(), order=order)
        paper = report.make(
            found,
            people,
            office,
            span,
            catalogue=catalogue(),
            today=clock.today(),
            frozen=frozen,
            previous=previous,
            order=order,
            poverty=poverty,
            chosen=chosen,
        )
        if scope and scope.coverage:
            paper = replace(paper, notes=(*paper.notes, *scope.coverage.notes()))
        if scope and scope.area.label:  # of whole communes those kept apart are counted: it is no list of some villages
            paper = replace(paper, scope=letterhead.say("scope", scope=scope.area.label))
        if _by_class(found):
            paper = replace(paper, notes=(*paper.notes, *self.class_notes(span.last.year)))
        return paper, chosen

    def class_notes(self, year: int) -> tuple[str, ...]:
        """Return what a paper that tells poor households says while classes of an earlier year stand: a line or none.

        They stand until the new decision is read; the first of January empties no list.
        """
        standing, words = shorthand.standing(self.store, year), letterhead.patterns()["words"]
        newest, older = max(standing, default=year), sum(n for of, n in standing.items() if of < year)
        if newest < year:
            return (words["classes_before"].format(before=newest, year=year),)
        return (words["classes_some"].format(n=older, year=year),) if older else ()

    def villages_named(self, names: Sequence[str]) -> list[str]:
        """Return the ids of villages written by name or id. Raises ``Problem(no_record)`` for one nobody knows."""
        known = Named(self.store.rows("village", order="id"))
        found = [[one] if known.has(one) else known.of(one) for one in names]
        if not all(found):
            raise Problem("no_record")
        return [one for several in found for one in several]

    def _names_of_villages(self, villages: Sequence[str]) -> list[str]:
        """Return the names of villages as stored. Raises ``Problem(no_record)``."""
        names = names_of(self.store.rows("village"))
        if not all(one in names for one in villages):
            raise Problem("no_record")
        return [names[one] for one in villages]

    @contextmanager
    def _official(self, name: str, villages: Sequence[str]) -> Iterator[None]:
        """Count everybody on a shipped list or report of the whole unit, whoever makes it: its receiver is lawful.

        Working copies of some villages and the office's own lists, also one in the place of a shipped one, tell an
        officer what he may see.
        """
        with ExitStack() as stack:
            if self.report_named(name) is catalogue().reports.get(name) and not villages:
                stack.enter_context(self.store.whole())
            yield

    def list_named(self, name: str) -> Report:
        """Return a report that is a list. Raises ``Problem(unknown_report)``."""
        found = self.report_named(name)
        if found.data.get("shape", "list") != "list":
            raise Problem("unknown_report", name=name)
        return found

    def report_named(self, name: str) -> Report:
        """Return a report of the catalogue. Raises ``Problem(unknown_report)``."""
        if name not in catalogue().reports:
            raise Problem("unknown_report", name=name)
        return catalogue().reports[name]

    def office(
        self, signer: str | None = None, *, number: str = "", signed_on: date | None = None
    ) -> letterhead.Office:
        """Return who issues and signs: the unit, this officer, and the signer in force (an own record)."""
        today = self._today()
        known = self.store.rows(
            "signer",
            '"_unit" = ? AND ("from" IS NULL OR "from" <= ?) AND ("to" IS NULL OR "to" >= ?)',
            (self.unit.key, today, today),
            order="id",
        )
        chosen = next((row for row in reversed(known) if signer in (None, _signature(row, self.role))), {})
        kind, _, place = self.unit.name.partition(" ")
        head = self.store.streams(self.unit.key)
        mine = next((one.h.hex()[:12] for one in head if one.state == "mine" and one.n), "")
        return letterhead.Office(
            unit=f"{kind.lower()} {place}",
            place=place,
            officer=self.officer,
            signer=str(signer or _signature(chosen, self.role)),
            signer_name=str(chosen.get("full_name") or ""),
            number=number,
            signed_on=signed_on,
            check=mine,
            practice=self.practice,
        )

    def people(self, year: int, wanted: Report | None = None, area: Area | None = None) -> list[roll.Person]:
        """Return every child with what a list may need, in the shape ``report.make`` takes.

        ``wanted`` is the list: rows of the form it tells come with each child, and once more for a name only heard.
        The household class is the newest not after ``year``: 1 January empties no list. Of two records of one child
        (``same_children``) one is left out. ``area`` limits them. A receiver names villages with their commune.
        """
        villages = self._villages_named(self.store.rows("village"))
        classes = shorthand.classes(self.store, year)
        carers, supports = self._by_child("carer"), self._by_child("support")
        for people in carers.values():
            people.sort(key=_by_relation)
        episodes: dict[str, list[dict[str, Any]]] = {}
        for kind in roll.EPISODES:
            for owner, told_of in self._by_child(kind).items():
                episodes.setdefault(owner, []).extend(row | {"form": kind} for row in told_of)
        form = str(wanted.data["select"]["form"]) if wanted else ""
        own = form in catalogue().forms and form not in (roll.CHILD, *roll.EPISODES)
        told = self._rows_told(form, villages) if own else {}
        ethnic, once = catalogue().lists["ethnicity"], self.counted_once(area)
        found: list[roll.Person] = []
        for child in self.store.rows("child"):
            ident = str(child["id"])
            if once.get(ident, ident) != ident or (area and not area.has_child(child)):
                continue
            newest = classes.get(str(child.get("household")))
            village = villages.get(str(child.get("village")), {})
            found.append(
                {
                    "child": child,
                    "village_name": str(village.get("name") or ""),
                    "village_order": village.get("order"),
                    "ethnicity": ethnic.label(str(child["ethnicity"])) if child.get("ethnicity") else "",
                    "carers": carers.get(ident, []),
                    "supports": supports.get(ident, []),
                    "episodes": episodes.get(ident, []),
                    "household": {"class": newest[0], "year": newest[1]} if newest else None,
                    "rows": {form: told.get(ident, [])},
                }
            )
        return [*found, *(_heard(form, row) for row in told.get("", ()))]

    def _villages_named(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
        """Return villages by id with the name people read; a receiver's with their commune, commune by commune."""
        names, labels = names_of(rows), catalogue().units
        if self.role != "receiver":
            return {str(row["id"]): {**row, "name": names[str(row["id"])]} for row in rows}
        ordered = sorted(rows, key=lambda row: (str(row["_unit"]), row.get("order") is None, row.get("order") or 0))
        found: dict[str, Mapping[str, Any]] = {}
        for at, row in enumerate(ordered, 1):
            unit = labels.label(str(row["_unit"]))
            name = f"{names[str(row['id'])]}, {unit[:1].lower()}{unit[1:]}"
            found[str(row["id"])] = {**row, "order": at, "name": name}
        return found

    def _rows_told(self, form: str, villages: Mapping[str, Mapping[str, Any]]) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of a form by child (one row may be of several, ``""``: of none known), its place named."""
        found: dict[str, list[dict[str, Any]]] = {}
        above = {name: {str(row["id"]): row for row in self.store.rows(name)} for name in _above(form)}
        for row in self.store.rows(form, order="id"):
            holder: Mapping[str, Any] = row
            kept = compartment.apart(form, row)
            for name, known in above.items():
                holder = known.get(str(holder.get(name)), {})
                kept = kept or compartment.apart(name, holder)
            owners = holder.get(roll.CHILD) or [""]
            place = villages.get(str(row.get("place")), {})
            for owner in owners if isinstance(owners, list) else [str(owners)]:
                told = row | {"place_name": place.get("name"), "place_order": place.get("order"), roll.KEPT: kept}
                found.setdefault(str(owner), []).append(told)
        return found

    def _by_child(self, form: str) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        for row in self.store.rows(form, order="id"):
            found.setdefault(str(row.get("child")), []).append(row)
        return found

    def log(self, what: str, record: str = "", detail: str = "") -> None:
        """Write that something was printed, exported or shown: codes and counts, no values."""
        with self.store.atomic():
            self.ledger.log_access(self.officer, what, record, detail)


def totals_of(paper: Paper) -> dict[str, int]:
    """Return the totals as ``--json`` gives them."""
    found = paper.totals
    return {
        "total": found.total,
        "named": found.named,
        "apart": found.apart,
        "male": found.male,
        "female": found.female,
        "unknown": found.unknown,
    }


def _by_class(made: Report) -> bool:
    """Return whether a list tells the class of households: as a risk, or in a column."""
    columns = {str(one.get("key")) for one in made.data.get("columns", ())}
    return bool(made.data.get("select", {}).get("household")) or "household_class" in columns


def _signature(signer: Mapping[str, Any], role: str) -> str:
    """Return which signature of ``papers.toml`` a signer's record stands for; nobody recorded: the chair."""
    otherwise = "director" if role == "receiver" else "chair"
    return letterhead.signer_key(str(signer.get("position") or ""), str(signer.get("authority") or ""), otherwise)


def _by_relation(carer: Mapping[str, Any]) -> int:
    """Order a child's people as the list of relations does: father, mother, then the others."""
    relation = catalogue().lists["relation"].get(str(carer.get("relation") or ""))
    return relation.order if relation else 999


def _above(form: str) -> list[str]:
    """Return the forms to climb from a row to the record that names its child: none where the row does."""
    climb: list[str] = []
    shape = catalogue().forms[form]
    while not shape.has(roll.CHILD) and shape.parent:
        climb.append(shape.parent)
        shape = catalogue().forms[shape.parent]
    return climb


def _heard(form: str, row: Mapping[str, Any]) -> roll.Person:
    """Return the person of whom only a name was heard."""
    return {"child": {"id": "", "full_name": row.get("heard_name"), "village": row.get("place")}, "rows": {form: [row]},
            "village_name": str(row.get("place_name") or ""), "village_order": row.get("place_order")}
