"""Verbs that tell: reports, paper, report. A report is computed from the register; nothing is typed twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from cbdesk import clock, dates, letterhead, report, roll
from cbdesk.catalogue import Report, catalogue
from cbdesk.desk import shorthand
from cbdesk.desk.base import Base
from cbdesk.errors import Problem
from cbdesk.paper import Paper, Row


class Telling(Base):
    """Verbs that tell."""

    def reports(self) -> list[dict[str, Any]]:
        """Return the reports there are: ``name``, ``title``, ``periods``."""
        found = sorted(catalogue().reports.values(), key=lambda one: one.data.get("order", 99))
        return [{"name": one.name, "title": one.title, "periods": list(one.data["periods"])} for one in found]

    def draft_paper(
        self,
        name: str,
        period: str,
        *,
        office: letterhead.Office | None = None,
        frozen: letterhead.Frozen | None = None,
        previous: Sequence[Row] | None = None,
    ) -> tuple[Paper, roll.Selection]:
        """Return a report of a period as finished paper, computed now, and who was selected for it.

        ``previous`` are the rows of the list before. Raises ``Problem``: ``unknown_report``, ``bad_period``.
        """
        found, span = self.report_named(name), dates.read_period(period)
        people, order = self.people(span.last.year), self.name_order()
        paper = report.make(
            found,
            people,
            office or self.office(),
            span,
            catalogue=catalogue(),
            today=clock.today(),
            frozen=frozen,
            previous=previous,
            order=order,
        )
        return paper, roll.select(found, people, span, catalogue=catalogue(), today=clock.today(), order=order)

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

    def people(self, year: int) -> list[roll.Person]:
        """Return every child with what a list may need, in the shape ``report.make`` takes.

        The household class is the newest not after ``year``: 1 January empties no list.
        """
        villages = self.store.rows("village")
        names = {str(row["id"]): str(row.get("name") or "") for row in villages}
        order = {str(row["id"]): row.get("order") for row in villages}
        classes = shorthand.classes(self.store, year)
        carers, supports = self._by_child("carer"), self._by_child("support")
        for people in carers.values():
            people.sort(key=_by_relation)
        episodes: dict[str, list[dict[str, Any]]] = {}
        for form in ("circumstance", "risk"):
            for owner, rows in self._by_child(form).items():
                episodes.setdefault(owner, []).extend(
                    {"form": form, "code": row.get("code"), "from": row.get("from"), "to": row.get("to")}
                    for row in rows
                )
        ethnic = catalogue().lists["ethnicity"]
        found: list[roll.Person] = []
        for child in self.store.rows("child"):
            ident = str(child["id"])
            newest = classes.get(str(child.get("household")))
            found.append(
                {
                    "child": child,
                    "village_name": names.get(str(child.get("village")), ""),
                    "village_order": order.get(str(child.get("village"))),
                    "ethnicity": ethnic.label(str(child["ethnicity"])) if child.get("ethnicity") else "",
                    "carers": carers.get(ident, []),
                    "supports": supports.get(ident, []),
                    "episodes": episodes.get(ident, []),
                    "household": {"class": newest[0], "year": newest[1]} if newest else None,
                }
            )
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


def _signature(signer: Mapping[str, Any], role: str) -> str:
    """Return which signature of ``papers.toml`` a signer's record stands for; nobody recorded: the chair."""
    otherwise = "director" if role == "receiver" else "chair"
    return letterhead.signer_key(str(signer.get("position") or ""), str(signer.get("authority") or ""), otherwise)


def _by_relation(carer: Mapping[str, Any]) -> int:
    """Order a child's people as the list of relations does: father, mother, then the others."""
    relation = catalogue().lists["relation"].get(str(carer.get("relation") or ""))
    return relation.order if relation else 999
