"""The directory (danh bạ): whom to call or name on a paper, and who looks after which villages.

Nobody is entered twice. A line is a ``contact``; signers, the standing team, the collaborators' network and heads
written at their village are shown from where they stand. A village head or collaborator is of one village; where that
village has none in force, the commune's own of that role answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cbdesk import clock, dates, text
from cbdesk.catalogue import catalogue
from cbdesk.desk.base import Saved
from cbdesk.desk.places import OFFICER, VILLAGE, looked_after, officer_row
from cbdesk.desk.records import Records
from cbdesk.rights import EDIT, needs
from cbdesk.store import Store

CONTACT, SIGNER, TEAM = "contact", "signer", "team_member"
HEAD, LEADER, COLLABORATOR = "village_head", "leader", "collaborator"
"""Roles; collaborators have a register of that name."""
ROLES = "contact_role"


@dataclass(frozen=True, slots=True)
class Contact:
    """One line of the directory; ``form`` and ``record`` are where it stands. ``label`` is the role in words.

    ``role`` is a code of ``contact_role``, "" for the standing team. ``village`` is an id; dates are partial ISO or "".
    """

    form: str
    record: str
    name: str
    role: str
    label: str
    phone: str = ""
    village: str = ""
    village_name: str = ""
    position: str = ""
    organisation: str = ""
    since: str = ""
    until: str = ""
    note: str = ""

    def holds(self, day: date) -> bool:
        """Return whether the time of office holds on a day; open ends hold."""
        first, last = dates.earliest(self.since), dates.latest(self.until)
        return (first is None or first <= day) and (last is None or day <= last)


class Directory(Records):
    """Verbs on the directory, and on who looks after which villages."""

    def contacts(self, *, past: bool = False) -> list[Contact]:
        """Return all lines of the directory by role, village and name; with ``past`` those whose time is over too."""
        return contacts_of(self.store, self.name_order(), past=past)

    def contact_for(self, role: str, village: str = "") -> Contact | None:
        """Return who holds a role today: of that village where there is one, else of the commune; the newest first."""
        return holder_of(self.contacts(), role, village)

    # --- who looks after which villages ------------------------------------------------------------------------------

    def my_villages(self) -> tuple[str, ...]:
        """Return the villages this officer looks after, as ids in village order; none means the whole commune."""
        return looked_after(self.store, self.officer)

    @needs(EDIT)
    def look_after(self, villages: Iterable[str]) -> Saved:
        """Say which villages this officer looks after; none means the whole commune. Undoable."""
        row, chosen = officer_row(self.store, self.officer), list(dict.fromkeys(villages))
        data = {"villages": chosen or None} | ({} if row else {"full_name": self.officer})
        return self.save(OFFICER, data, str(row["id"]) if row else None)


def contacts_of(store: Store, order: text.NameOrder, *, past: bool = False) -> list[Contact]:
    """Return all lines of the directory (see ``Directory.contacts``)."""
    names = {str(row["id"]): str(row.get("name") or "") for row in store.rows(VILLAGE)}
    places = {record: place for place, record in enumerate(names)}
    roles = {choice.code: place for place, choice in enumerate(catalogue().lists[ROLES].choices)}
    found = [one for one in _lines(store, names) if past or one.holds(clock.today())]
    return sorted(found, key=lambda one: (roles.get(one.role, len(roles)), places.get(one.village, len(places)),
                                          text.name_key(one.name, order), one.record))  # fmt: skip


def holder_of(contacts: Iterable[Contact], role: str, village: str = "") -> Contact | None:
    """Return who holds a role among these (see ``Directory.contact_for``)."""
    held = [one for one in contacts if one.role == role and one.village in (village, "")]
    held.sort(key=lambda one: (one.village != village, one.form != CONTACT))
    near = [one for one in held if (one.village, one.form) == (held[0].village, held[0].form)]
    return max(near, key=lambda one: (one.since, one.record), default=None)


def _lines(store: Store, villages: Mapping[str, str]) -> Iterator[Contact]:
    for row in store.rows(CONTACT):
        yield _line(CONTACT, row, str(row.get("role") or "other"), villages)
    headed = {row.get("village") for row in store.rows(CONTACT, "role = ?", (HEAD,))}
    for row in store.rows(VILLAGE, "head_name IS NOT NULL"):
        if row["id"] not in headed:
            given = {"name": row["head_name"], "phone": row.get("head_phone"), "village": row["id"],
                     "to": row.get("to")}  # fmt: skip
            yield _line(VILLAGE, {"id": row["id"], **given}, HEAD, villages)
    for row in store.rows(SIGNER):
        yield _line(SIGNER, {**row, "name": row.get("full_name")}, LEADER, villages)
    for row in store.rows(COLLABORATOR):
        yield _line(COLLABORATOR, row, COLLABORATOR, villages)
    for row in store.rows(TEAM):
        yield _line(TEAM, row, "", villages)


def _line(form: str, row: Mapping[str, Any], role: str, villages: Mapping[str, str]) -> Contact:
    def said(name: str) -> str:
        return str(row.get(name) or "")

    choice = catalogue().lists[ROLES].get(role)
    return Contact(
        form, str(row["id"]), said("name"), role, choice.short if choice else catalogue().forms[form].title,
        phone=said("phone"), village=said("village"), village_name=villages.get(said("village"), ""),
        position=said("position"), organisation=said("organisation"), since=said("from"), until=said("to"),
        note=said("note"),
    )  # fmt: skip
