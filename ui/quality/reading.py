"""What the page Rà soát dữ liệu reads in one job, and the faults as it shows them: by village, in name order.

Rules. Faults, their titles and their groups come from the desk. A village cuts in memory, so that choosing one never
waits. The share is of the children in sight. Nothing here is kept longer than the page shows it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from cbdesk.desk import ChildRow, Desk
from cbdesk.desk.lists import here
from cbdesk.words import say
from ui.lists.childlist import village_short

IDENTITY = "identity"
GROUPS = (IDENTITY, "papers", "school", "age", "doubt")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault as the page shows it: how many children in sight have it, and who, in name order."""

    code: str
    title: str
    group: str
    field: str
    ids: tuple[str, ...]
    of: int

    @property
    def count(self) -> int:
        """Return how many children have it."""
        return len(self.ids)

    def share(self) -> str:
        """Return the share in words: ``12 %``, ``< 1 %``; nothing where nobody has it."""
        if not self.ids or not self.of:
            return ""
        whole = round(100 * len(self.ids) / self.of)
        return say("quality_page.share", n=whole) if whole else say("quality_page.share_small")


@dataclass(frozen=True, slots=True)
class Faulty:
    """One child in the list behind a fault: the child, whether a draft waits, and what else it lacks, in words."""

    child: ChildRow
    draft: bool
    others: tuple[str, ...]
    asked_on: str = ""
    """Since when the police are asked about it."""


class Overview:
    """Everything the page shows, read at once by ``read_overview``."""

    def __init__(
        self, rows: Sequence[ChildRow], faults: Sequence[Fault], drafts: frozenset[str], asked: Mapping[str, str]
    ) -> None:
        self.rows = {row.id: row for row in rows}
        self._faults, self._drafts, self._asked = tuple(faults), drafts, asked
        self._titles = {fault.code: fault.title for fault in faults}
        self._of_child: dict[str, list[str]] = {}
        for fault in faults:
            for one in fault.ids:
                self._of_child.setdefault(one, []).append(fault.code)

    def faults(self, villages: Collection[str] = ()) -> list[Fault]:
        """Return all faults, those nobody has as well, for some villages or for all."""
        if not villages:
            return list(self._faults)
        of = self.children(villages)
        inside = [
            (fault, tuple(one for one in fault.ids if self.rows[one].village in villages)) for fault in self._faults
        ]
        return [Fault(one.code, one.title, one.group, one.field, ids, of) for one, ids in inside]

    def children(self, villages: Collection[str] = ()) -> int:
        """Return how many children are in sight."""
        return sum(not villages or row.village in villages for row in self.rows.values())

    def whole(self, villages: Collection[str] = ()) -> int:
        """Return how many of them have no fault."""
        return sum(
            one not in self._of_child and (not villages or row.village in villages) for one, row in self.rows.items()
        )

    def behind(self, fault: Fault) -> list[Faulty]:
        """Return the children behind a fault."""
        return [
            Faulty(self.rows[one], one in self._drafts, tuple(
                self._titles[code] for code in self._of_child[one] if code != fault.code),
                self._asked.get(one, "") if fault.group == IDENTITY else "")
            for one in fault.ids
        ]  # fmt: skip

    def villages(self) -> list[tuple[str, str, int]]:
        """Return the villages with children of any fault as (id, short name, children with faults)."""
        names: dict[str, str] = {}
        counts: dict[str, int] = {}
        for row in self.rows.values():
            if row.village:
                names[row.village] = row.village_name
                counts[row.village] = counts.get(row.village, 0) + (row.id in self._of_child)
        return [(one, village_short(name), counts[one]) for one, name in names.items()]


def read_overview(desk: Desk) -> Overview:
    """Read the faults and the children; runs on the desk's thread."""
    found = desk.quality()
    rows = [row for row in desk.children() if here(row.status)]
    drafts = frozenset(str(one[1]) for one in desk.drafts() if one[0] == "child")
    faults = [
        Fault(one.code, one.title, one.group, one.field, one.ids, found.children) for one in found.faults
    ]
    asked = {one: state.since for one, state in desk.id_states().items() if state.name == "waiting"}
    return Overview(rows, faults, drafts, asked)
