"""Verbs about giving data away: purposes, consents, whether a child's data may be given, and to whom it was given.

Nothing here publishes. Where consent is asked for and missing, a reason overrides, and the reason stands in the log
(``spec/cases.md`` 39). What holds something sensitive is told to those who may see it; for all others it is not there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cbdesk import clock, dates, lawful
from cbdesk.catalogue import Choice, catalogue
from cbdesk.desk.giving import DISCLOSURE, PART, Given
from cbdesk.desk.known import CHILD
from cbdesk.desk.lawpapers import LawPapers
from cbdesk.desk.records import Records
from cbdesk.document import Document
from cbdesk.errors import Problem
from cbdesk.lawful import Verdict
from cbdesk.rights import EXPORT, needs
from cbdesk.store.projection import OWNER
from cbdesk.text import tidy

CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class Disclosed:
    """One entry of the log; ``kind``, ``purpose``, ``way`` are codes, ``on`` and ``expires`` ISO days."""

    id: str
    on: str
    kind: str
    recipient: str
    purpose: str
    way: str
    what: str
    count: int
    basis: str
    paper_no: str
    profile: str
    source: str
    expires: str
    by: str
    override: str
    covered: bool

    def label(self, name: str, choices: str) -> str:
        """Return the words of one of the codes."""
        return catalogue().lists[choices].label(str(getattr(self, name)))

    @property
    def who(self) -> str:
        """Return the recipient by its name, or by its kind."""
        return self.recipient or self.label("kind", "recipient")

    @property
    def over(self) -> bool:
        """Return whether it was given for use until a day that has passed: the recipient has to delete it."""
        return bool(self.expires) and self.expires < clock.today().isoformat()


@dataclass(frozen=True, slots=True)
class Consent:
    """One answer of a child and its representative. ``last``: it is the one that rules for its purpose today.

    ``stands``: data may be given for that purpose; else ``why`` are sentences on what is missing. ``age`` is how old
    the child was then in full years, ``None`` where that is not known.
    """

    row: Mapping[str, Any]
    last: bool
    stands: bool
    why: tuple[str, ...]
    age: int | None

    @property
    def purpose(self) -> str:
        """Return the purpose in words."""
        code = str(self.row.get("purpose_code") or "")
        return catalogue().lists["purpose"].label(code) if code else str(self.row.get("purpose") or "")


class Disclosing(Records, LawPapers):
    """Verbs about giving data away."""

    def purposes(self, on: date | None = None) -> tuple[Choice, ...]:
        """Return the purposes in force: ``extra["basis"]``, ``extra["consent"]``, ``source``, ``verified``."""
        return catalogue().lists["purpose"].valid(on or clock.today())

    def may_disclose(self, child: str, purpose: str, on: date | None = None) -> Verdict:
        """Return whether data of a child may be given for a purpose, with all that stands in the way.

        Raises ``Problem``: ``no_record``, ``unknown_purpose``.
        """
        _, row = self._record(child)
        return lawful.verdict(purpose, row, self.rows_of(CONSENT, child), on or clock.today())

    def consents(self, child: str) -> list[Consent]:
        """Return what was asked about a child's data, the newest answer first. Raises ``Problem(no_record)``."""
        _, told = self._record(child)
        rows, found = self.rows_of(CONSENT, child), list[Consent]()
        for row in sorted(rows, key=lambda one: (str(one.get("on") or ""), str(one["id"])), reverse=True):
            code = str(row.get("purpose_code") or "")
            judged = lawful.verdict(code, told, [row], clock.today()) if code else None
            stands = judged is not None and judged.allowed
            last, on = bool(code) and lawful.last_answer(code, rows) == row, dates.latest(str(row.get("on") or ""))
            ages = dates.age_range(str(told.get("born") or ""), on) if on else None
            found.append(Consent(row, last, stands, judged.texts if judged is not None and not stands else (),
                                 ages[0] if ages else None))  # fmt: skip
        return found

    def without_consent(self, children: Collection[str], purpose: str) -> dict[str, Verdict]:
        """Return the children whose data may not be given for a purpose, with why. Raises ``unknown_purpose``."""
        if lawful.purpose(purpose).extra["consent"] == lawful.NONE:
            return {}
        found = {child: self.may_disclose(child, purpose) for child in children}
        return {child: told for child, told in found.items() if not told.allowed}

    def consents_growing(self) -> list[tuple[str, date]]:
        """Return (child, seventh birthday) where a consent stands that the child must join by that day."""
        rows: dict[str, list[Mapping[str, Any]]] = {}
        own, unit = self._ours()
        for row in self.store.rows(CONSENT, f'"given" = \'given\' AND "withdrawn_on" IS NULL AND {own}', unit):
            rows.setdefault(str(row[CHILD]), []).append(row)
        found = []
        for child in rows:
            told = self.store.rows(CHILD, "id = ?", (child,))
            day = lawful.grows_up(told[0], self.rows_of(CONSENT, child), clock.today()) if told else None
            found += [(child, day)] if day else []
        return found

    @needs(EXPORT)
    def disclose(
        self, children: Sequence[str], *, kind: str, recipient: str, purpose: str, way: str, what: str,
        paper_no: str = "", basis: str = "", override: str = "", covered: bool = False,
    ) -> str:  # fmt: skip
        """Write by hand that data of children was shown, told or sent outside; returns the id of the entry.

        Raises ``Problem``: ``no_record``, ``unknown_purpose``, ``no_consent`` (a reason in ``override`` goes on, and is
        logged), ``not_for_profile`` for a code there is none of.
        """
        for code, choices in ((kind, "recipient"), (way, "disclosure_way")):
            if catalogue().lists[choices].get(code) is None:
                raise Problem("not_for_profile", detail=code)
        for child in children:
            self._record(child)
        self._agreed(children, purpose, override)
        return self._gave(Given(kind, tidy(recipient), purpose, way, (tidy(what),), children, paper_no=paper_no,
                                basis=basis, override=tidy(override), covered=covered))  # fmt: skip

    def _agreed(self, children: Collection[str], purpose: str, override: str) -> None:
        """Raise ``no_consent`` where somebody's data may not be given and no reason is told."""
        missing = self.without_consent(children, purpose)
        if missing and not tidy(override):
            texts = dict.fromkeys(text for one in missing.values() for text in one.texts)
            raise Problem("no_consent", reasons=" ".join(texts))

    # --- to whom -----------------------------------------------------------------------------------------------------

    def disclosures(self, child: str | None = None, since: str = "") -> list[Disclosed]:
        """Return what was given to whom, the newest first; of one child where one is named, else what we gave."""
        ids = set(self._given_of([child])) if child else None
        own, unit = ("1", ()) if child else self._ours()
        rows = self.store.rows(DISCLOSURE, f'"on" >= ? AND {own}', (since, *unit), order='"on" DESC, id DESC')
        found = [_disclosed(row) for row in rows if ids is None or str(row["id"]) in ids]
        return [one for one in found if self.sees_sensitive or not one.covered]

    def _ours(self) -> tuple[str, tuple[str, ...]]:
        """Return the condition that a row is ours: at a receiver not a commune's, whose duty it stays."""
        return (f"{OWNER} = ?", (self.unit.key,)) if self.role == "receiver" else ("1", ())

    def disclosed_children(self, record: str) -> list[str]:
        """Return the ids of the children of one disclosure. Raises ``Problem(no_record)``."""
        _, row = self._record(record)
        if row.get("covered") and not self.sees_sensitive:
            raise Problem("no_record")
        parts = self.store.rows(PART, f'"{DISCLOSURE}" = ?', (record,), order="id")
        return [str(one) for part in parts for one in _ids(part.get("children"))]

    def disclosure_paper(self, child: str) -> Document:
        """Return the paper that tells to whom a child's data was given. Raises ``Problem(no_record)``."""
        _, row = self._record(child)
        return self._law_paper("da_cung_cap", {
            "child.name": str(row.get("full_name") or row.get("usual_name") or ""),
            "child.born": dates.show_date(str(row.get("born") or "")), "child.code": str(row.get("book_code") or ""),
            "given": list(_told(reversed(self.disclosures(child)))),
        })  # fmt: skip

    def restricted_people(self, child: str) -> list[str]:
        """Return the names of the people from whom a child's file is kept; none for who may not see that."""
        if not self.sees_sensitive:
            return []
        kept = [one for one in self.rows_of("carer", child) if one.get("restricted")]
        relation = catalogue().lists["relation"]
        return [str(one.get("full_name") or relation.label(str(one.get("relation") or "other"))) for one in kept]


def _disclosed(row: Mapping[str, Any]) -> Disclosed:
    def text(name: str) -> str:
        return str(row.get(name) or "")

    return Disclosed(
        str(row["id"]), text("on"), text("recipient_kind"), text("recipient"), text("purpose"), text("way"),
        text("fields"), int(row.get("count") or 0), text("basis"), text("paper_no"), text("profile"), text("source"),
        text("expires"), text("by"), text("override"), bool(row.get("covered")),
    )  # fmt: skip


def _told(entries: Iterator[Disclosed]) -> Iterator[dict[str, str]]:
    for one in entries:
        yield {"on": dates.show_date(one.on), "who": one.who, "purpose": one.label("purpose", "purpose"),
               "what": one.what, "way": one.label("way", "disclosure_way"), "paper_no": one.paper_no}  # fmt: skip


def _ids(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []
