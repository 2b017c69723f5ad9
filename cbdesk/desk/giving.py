"""What every verb stands on that gives data of children to somebody outside: the log of disclosures.

A disclosure is a record like any other (form ``disclosure``), so it travels to the receiver and is undone by nobody
quietly. Its children stand in rows of their own, ids only. What holds something sensitive is marked ``covered`` and
told only to those who may see that. Source: Luật 91/2025/QH15 Điều 17, NĐ 356/2025/NĐ-CP Điều 7.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from cbdesk import lawful
from cbdesk.change import Value, new_id, new_stream_id
from cbdesk.desk.base import Base
from cbdesk.store import Draft

DISCLOSURE, PART = "disclosure", "disclosure_part"
ROOM = 500
"""Children of one part: their ids fill half a line of the journal."""


@dataclass(frozen=True, slots=True)
class Given:
    """What is written of one disclosure. ``kind``, ``purpose``, ``way`` are codes; ``source`` the record it came of.

    ``what`` are the words for what was given, ``profile`` the paper or kind of extract.
    """

    kind: str
    recipient: str
    purpose: str
    way: str
    what: Sequence[str]
    children: Sequence[str] = ()
    count: int | None = None
    basis: str = ""
    paper_no: str = ""
    profile: str = ""
    source: str = ""
    expires: str = ""
    override: str = ""
    covered: bool = False


class Giving(Base):
    """The log of what was given to whom."""

    def _gave(self, given: Given, *, once: bool = False) -> str:
        """Write a disclosure and return its id; with ``once`` the same one of the same day is not written twice."""
        if once and (known := self._given_today(given)):
            return known
        record, children = new_id(), list(dict.fromkeys(one for one in given.children if one))
        fields: dict[str, Value] = {
            "on": self._today(), "recipient_kind": given.kind, "recipient": given.recipient, "purpose": given.purpose,
            "way": given.way, "basis": given.basis or str(lawful.purpose(given.purpose).extra["basis"]),
            "fields": ", ".join(dict.fromkeys(given.what)),
            "count": len(children) if given.count is None else given.count, "paper_no": given.paper_no,
            "profile": given.profile, "source": given.source, "expires": given.expires, "by": self.officer,
            "override": given.override, "covered": given.covered or None,
        }  # fmt: skip
        drafts = [Draft(DISCLOSURE, record, {name: value for name, value in fields.items() if value not in ("", None)})]
        for at in range(0, len(children), ROOM):
            part: list[str] = children[at : at + ROOM]
            drafts.append(Draft(PART, new_id(), {DISCLOSURE: record, "children": part}))
        with self.store.atomic():
            self._write(drafts, new_stream_id())
            if given.override:
                self.ledger.log_access(self.officer, "override", record, given.purpose)
        return record

    def _given_today(self, given: Given) -> str:
        where = '"on" = ? AND "source" IS ? AND "profile" IS ? AND "recipient_kind" = ? AND "recipient" IS ?'
        values = (self._today(), given.source or None, given.profile or None, given.kind, given.recipient or None)
        return next((str(row["id"]) for row in self.store.rows(DISCLOSURE, where, values)), "")

    def _given_of(self, children: Collection[str]) -> Iterable[str]:
        """Return the ids of the disclosures any of these children was in."""
        for child in children:
            rows = self.store.rows(PART, 'EXISTS (SELECT 1 FROM json_each("children") WHERE value = ?)', (child,))
            yield from (str(row[DISCLOSURE]) for row in rows)
