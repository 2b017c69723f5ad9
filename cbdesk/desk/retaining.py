"""Verbs on how long files are kept: the terms of the office, what is over, and a file kept longer.

Terms are data (``retention.toml``) which an office completes with records of its own; where no years are known nothing
is over. Nothing is erased by itself: what is over is a list for people, who keep a file longer with a reason or erase
it by law (``erasing``). Source: Luật 91/2025/QH15 Điều 3 (no longer than needed).
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from cbdesk import clock, dates
from cbdesk.catalogue import catalogue
from cbdesk.change import new_id, new_stream_id
from cbdesk.desk.base import Saved
from cbdesk.desk.erasing import Erasing
from cbdesk.desk.known import CHILD
from cbdesk.errors import Problem
from cbdesk.paths import resources
from cbdesk.rights import ERASE, OFFICERS, needs
from cbdesk.store import Draft
from cbdesk.store.projection import OWNER
from cbdesk.text import tidy
from cbdesk.words import pick

TERM, KEPT = "retention_term", "retention_kept"
GONE = ("moved", "died", "handed")
"""Why a child left the register (``life_status``, ``extra.gone``) other than by growing up."""
Row = Mapping[str, Any]


@cache
def _told() -> Mapping[str, Any]:
    return tomllib.loads((resources() / "catalogue" / "retention.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class KeepTerm:
    """How long a kind of files is kept. ``years`` is ``None`` where nobody has said; ``own``: the office did."""

    kind: str
    form: str
    event: str
    title: str
    years: int | None
    basis: str
    own: bool
    verified: bool


@dataclass(frozen=True, slots=True)
class Over:
    """A file whose term is over: of which kind, whose, since when the years ran (``began``) and until when."""

    kind: str
    title: str
    form: str
    record: str
    child: str
    began: str
    until: str


class Retaining(Erasing):
    """Verbs on how long files are kept."""

    def retention_terms(self) -> list[KeepTerm]:
        """Return the terms by kind, the office's own before the shipped ones."""
        own = {str(row["kind"]): row for row in self.store.rows(TERM, order="id")}
        found = []
        for one in _told()["kind"]:
            mine = own.get(one["name"])
            given = mine.get("years") if mine else one["years"]
            years = given if isinstance(given, int) and not isinstance(given, bool) else None
            basis = str((mine or {}).get("basis") or "")
            found.append(KeepTerm(one["name"], one["form"], one["event"], pick(one["label"]), years, basis,
                                  mine is not None, mine is not None or bool(one["verified"])))  # fmt: skip
        return found

    @needs(OFFICERS)
    def set_retention(self, kind: str, years: int | None, basis: str) -> Saved:
        """Say how long a kind of files is kept (``None``: not known) and by which text.

        Raises ``Problem``: ``not_for_profile`` for a kind there is none of, ``no_reason`` without a text.
        """
        if kind not in {one["name"] for one in _told()["kind"]}:
            raise Problem("not_for_profile", detail=kind)
        if years is not None and not tidy(basis):
            raise Problem("no_reason")
        known = self.store.rows(TERM, '"kind" = ?', (kind,), order="id")
        record, batch = str(known[-1]["id"]) if known else new_id(), new_stream_id()
        self._write([Draft(TERM, record, {"kind": kind, "years": years, "basis": tidy(basis) or None,
                                          "on": self._today()})], batch)  # fmt: skip
        return Saved(record, (), batch)

    def retention_over(self, on: date | None = None) -> list[Over]:
        """Return the files whose term is over and that nobody decided to keep longer, the oldest first."""
        today = on or clock.today()
        kept = {str(row["record"]): str(row["until"]) for row in self.store.rows(KEPT, order='"until", id')}
        found = [one for term in self.retention_terms() if term.years is not None
                 for one in self._over(term, term.years, today)]  # fmt: skip
        late = [one for one in found if kept.get(one.record, "") < today.isoformat() and self._is_ours(one)]
        return sorted(late, key=lambda one: (one.until, one.record))

    def _is_ours(self, one: Over) -> bool:
        """Return whether we decide of a file: at a receiver not of a commune's."""
        return self.role != "receiver" or (self.store.row(one.form, one.record) or {}).get(OWNER) == self.unit.key

    @needs(ERASE)
    def keep_longer(self, record: str, until: date, reason: str) -> Saved:
        """Keep a file whose term is over until another day. Raises ``Problem``: ``no_record``, ``no_reason``."""
        self._record(record)
        if not tidy(reason):
            raise Problem("no_reason")
        batch, made = new_stream_id(), new_id()
        self._write([Draft(KEPT, made, {"record": record, "until": until.isoformat(), "on": self._today(),
                                        "reason": tidy(reason), "by": self.officer})], batch)  # fmt: skip
        return Saved(made, (), batch)

    def _over(self, term: KeepTerm, years: int, today: date) -> Iterator[Over]:
        events: Mapping[str, Callable[[], Iterator[tuple[Row, str, date | None]]]] = {
            "grown": self._grown, "left": self._gone_away, "closed": self._closed, "received": self._received,
            "answered": lambda: self._by_day("data_request", "answered_on"),
            "given": lambda: self._by_day("disclosure", "on"),
        }  # fmt: skip
        for row, child, began in events[term.event]():
            until = dates.reaches(began.isoformat(), years) if began else None
            if began is not None and until is not None and until <= today:
                days = began.isoformat(), until.isoformat()
                yield Over(term.kind, term.title, term.form, str(row["id"]), child, *days)

    # --- from when the years run -------------------------------------------------------------------------------------

    def _grown(self) -> Iterator[tuple[Row, str, date | None]]:
        age = catalogue().threshold("child_age", clock.today())
        busy = {str(row.get(CHILD)) for row in self.store.rows("case")}
        for row in self.store.rows(CHILD, '"born" IS NOT NULL'):
            if str(row["id"]) not in busy and not self._is_gone(row):
                yield row, str(row["id"]), dates.reaches(str(row["born"]), age)

    def _gone_away(self) -> Iterator[tuple[Row, str, date | None]]:
        for row in self.store.rows(CHILD, '"life_status" IS NOT NULL AND "status_since" IS NOT NULL'):
            if self._is_gone(row):
                yield row, str(row["id"]), dates.latest(str(row["status_since"]))

    @staticmethod
    def _is_gone(row: Row) -> bool:
        """Return whether a child moved away or died; one that grew up only is of another kind."""
        state = catalogue().lists["life_status"].get(str(row.get("life_status") or ""))
        return state is not None and state.extra.get("gone") in GONE

    def _closed(self) -> Iterator[tuple[Row, str, date | None]]:
        for row in self.store.rows("case", '"closed_on" IS NOT NULL'):
            child = self.store.row(CHILD, str(row.get(CHILD) or "")) or {}
            days = [dates.latest(str(row["closed_on"])), dates.reaches(str(child.get("born") or ""), _told()["of_age"])]
            yield row, str(row.get(CHILD) or ""), max((day for day in days if day), default=None)

    def _received(self) -> Iterator[tuple[Row, str, date | None]]:
        taken = {str(one) for row in self.store.rows("case") for one in _ids(row.get("incident"))}
        for row in self.store.rows("incident", '"received_at" IS NOT NULL'):
            if str(row["id"]) not in taken:
                named = _ids(row.get(CHILD))
                yield row, named[0] if len(named) == 1 else "", dates.latest(str(row["received_at"])[:10])

    def _by_day(self, form: str, field: str) -> Iterator[tuple[Row, str, date | None]]:
        for row in self.store.rows(form, f'"{field}" IS NOT NULL'):
            yield row, str(row.get(CHILD) or ""), dates.latest(str(row[field]))


def _ids(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []
