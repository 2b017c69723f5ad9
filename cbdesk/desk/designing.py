"""Verbs of lists an officer puts together: what there is to choose from, the page as it will be, kept, carried.

A list kept is a layout of the office (``report_layout``), so it is printed, frozen, logged and counted like any other.
Another office loads its file (``carried_list``) with ``add_layout``; the office's columns it shows come along and are
made where they are missing. Villages do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from cbdesk import clock, design, extras, report, reported
from cbdesk.catalogue import catalogue
from cbdesk.change import new_id, new_stream_id
from cbdesk.dates import Period
from cbdesk.design import Choice, Design, Shown, begun, shown_of, sorts
from cbdesk.desk.base import Saved
from cbdesk.desk.counting import Counting
from cbdesk.desk.extras import FIELD, Extras
from cbdesk.desk.reporting import LAYOUT, LISTS, shape_of, wrong_with
from cbdesk.errors import Problem
from cbdesk.paper import Paper
from cbdesk.rights import EDIT, EXPORT, needs
from cbdesk.store import Draft

__all__ = ["Choice", "Design", "Designing", "Offered", "Shown", "begun", "shown_of", "sorts"]

Offered = Mapping[str, tuple[str, list[tuple[str, str]]]]


class Designing(Counting, Extras):
    """Verbs of lists an officer puts together."""

    def list_columns(self, name: str = "") -> list[Choice]:
        """Return the columns a list may show, the office's own last; of those for one list that of ``name``."""
        return design.choices(self.extra_columns([name] if name else ()))

    def list_conditions(self) -> Offered:
        """Return what children can be chosen by: dimension to its title and its values with their words."""
        return design.conditions(catalogue(), self.villages_at(clock.today()))

    def designs(self) -> list[Design]:
        """Return the lists of the office that were put together here, by title."""
        found = [design.read(one) for one in self._report_layouts().values() if shape_of(one) == LISTS]
        own = {str(row["name"]) for row in self.store.rows(LAYOUT)}
        return sorted((one for one in found if one is not None and one.name in own), key=lambda one: one.title)

    def design_named(self, name: str) -> Design:
        """Return a list as it was put together. Raises ``Problem``: ``unknown_report``, ``report_wrong``."""
        found = design.read(self.list_named(name))
        if found is None:
            raise Problem("report_wrong", place=name)
        return found

    def design_paper(self, wanted: Design, on: date | None = None) -> Paper:
        """Return the list as it would be printed for a day (today). Raises ``Problem``: ``report_wrong``."""
        made = design.report_of(wanted, self.extra_columns([wanted.name] if wanted.name else ()))
        if wrong := wrong_with(made):
            raise Problem("report_wrong", place=wrong[0])
        day = on or clock.today()
        people, order = self.people(day.year, made), self.name_order()
        return report.make(made, people, self.office(), Period(day.isoformat(), day, day), catalogue=catalogue(),
                           today=clock.today(), order=order)  # fmt: skip

    @needs(EDIT)
    def keep_design(self, wanted: Design) -> Saved:
        """Keep a list under its name, or under a new one made from its title; the answer is the layout's record.

        Raises ``Problem``: ``no_title``, ``report_wrong``.
        """
        if not wanted.title.strip():
            raise Problem("no_title")
        name = wanted.name or design.name_for(wanted.title, [*self._report_layouts()])
        columns = self.extra_columns([name])
        return super().add_layout(design.written(replace(wanted, name=name), columns))

    @needs(EDIT)
    def drop_design(self, name: str, reason: str) -> Saved:
        """Take a list of the office away; what was frozen of it stays.

        Raises ``Problem``: ``no_record``, ``no_reason``.
        """
        known = self.store.rows(LAYOUT, "name = ?", (name,), order="id")
        if not known:
            raise Problem("no_record")
        return self.void(str(known[-1]["id"]), reason)

    @needs(EXPORT)
    def carried_list(self, name: str) -> str:
        """Return a list of the office as the file another office can load. Raises ``Problem``: see ``design_named``."""
        self.log("export", detail=f"layout {name}")
        return design.written(self.design_named(name), self.extra_columns([name]), carried=True)

    @needs(EDIT)
    def add_layout(self, content: str, note: str = "") -> Saved:
        """Keep a layout (see ``Reporting``); columns of the office it brings along are made where missing."""
        made = reported.layout(content)
        brought = made.data.get("extra", ()) if made else ()
        with self.store.atomic():
            saved = super().add_layout(content, note)
            self._bring(brought, saved)
        return saved

    def _bring(self, brought: Any, saved: Saved) -> None:
        """Make the columns a layout brings along; one that is no column is left out."""
        known = {one.code for one in self._all_columns()}
        for one in brought if isinstance(brought, list) else ():
            row = extra_row(one) if isinstance(one, dict) else {}
            if row and row["code"] not in known and not self._stopped(row):
                self._write([Draft(FIELD, new_id(), row)], saved.batch or new_stream_id())
                known.add(str(row["code"]))

    def _stopped(self, row: Mapping[str, Any]) -> bool:
        return any(one.level == "stop" for one in self.check(FIELD, row, by_hand=False))


def extra_row(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record of a column as a layout tells it, ``{}`` where it is none."""
    code, label, choices = told.get("code"), told.get("label"), told.get("choices") or []
    if not (isinstance(code, str) and isinstance(label, str) and isinstance(choices, list)):
        return {}
    if extras.code_for(code, ()) != code or told.get("kind") not in extras.KINDS:
        return {}
    row = {"code": code, "label": label, "kind": told["kind"], "choices": "\n".join(map(str, choices)) or None}
    return {name: value for name, value in row.items() if value is not None}
