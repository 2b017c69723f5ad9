"""Verbs about who works with the register: their rights, their way in, and the hand-over when one leaves.

Who may do what are ordinary records (form ``officer``) and travel; the way in is a slot of this device and does not.
So the same person may have rights and no password here, or a password and no rights, who then only looks. Rules:

* Each is approved on paper first; who approved, number and day are recorded.
* Whoever is here already gets a record before the first right is given to somebody else: nobody is locked out.
* Somebody who manages the officers can always open this register: no verb, also not an undo, ends the last one.
* Who leaves loses the slot, and the register its key (``keyring``).

Source: ``spec/bundle.md`` 2.2; Luật 91/2025/QH15 Điều 19.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from cbdesk import backup, keys
from cbdesk.catalogue import catalogue
from cbdesk.change import VOID, Value
from cbdesk.desk.base import OFFICER, Saved, listed
from cbdesk.desk.carrying import Carrying
from cbdesk.desk.keyring import Keyring, Rekeyed
from cbdesk.desk.papers import Papers
from cbdesk.desk.upkeep import BACKUPS
from cbdesk.errors import Problem
from cbdesk.process import Facts
from cbdesk.rights import OFFICERS, SENSITIVE, VIEW, needs
from cbdesk.store import Draft, Written
from cbdesk.store.projection import OWNER
from cbdesk.text import match_key, name_key, tidy

MANAGER = "approver"
_RIGHTS = frozenset({"role", "from", "to", "full_name", "sensitive", VOID})
"""What of an officer's record decides about rights."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works with the register. ``record`` is "" for a password nobody gave a right to.

    ``active``: the role holds today; ``has_key``: opens the register on this device; ``me``: has it open now.
    Days and texts are "" where unknown; ``role`` is a code of ``officer_role``.
    """

    name: str
    record: str
    role: str
    role_title: str
    sensitive: bool
    since: str
    until: str
    position: str
    approved_by: str
    approved_no: str
    approved_on: str
    handed_to: str
    active: bool
    has_key: bool
    me: bool

    def as_dict(self) -> dict[str, Any]:
        """Return what ``--json`` tells."""
        return asdict(self)


class People(Keyring, Papers, Carrying):
    """Verbs about who works with the register."""

    def officers(self) -> list[Person]:
        """Return everybody with a right or a password here, those who left last, each by name."""
        names = keys.load(self.folder).officers
        rows = self._officer_rows()
        people = [self._person(row, names) for row in rows]
        nobody = [name for name in names if not any(keys.same(name, one.name) for one in people)]
        people += [self._person({"full_name": name}, names) for name in nobody]
        order = self.name_order()
        return sorted(people, key=lambda one: (bool(one.until) and not one.active, name_key(one.name, order)))

    @needs(OFFICERS)
    def add_officer(
        self,
        name: str,
        password: str,
        *,
        role: str,
        sensitive: bool = False,
        approved_by: str = "",
        approved_no: str = "",
        approved_on: str = "",
        position: str = "",
    ) -> Saved:
        """Give somebody a role and a password here, typed by that person. A *stop* writes nothing.

        Raises ``Problem``: ``officer_exists``, ``weak_password``, ``no_memory``, ``disk_full``, ``read_only``.
        """
        name, keyfile = tidy(name), keys.load(self.folder)
        if any(match_key(name) == match_key(one) for one in keyfile.officers):  # rights go by the name
            raise Problem("officer_exists")
        data: dict[str, Value] = {
            "full_name": name or None, "role": role, "sensitive": sensitive or None, "approved_by": approved_by or None,
            "approved_no": approved_no or None, "approved_on": approved_on or None, "position": position or None,
            "from": self._today(), "to": None, "handed_to": None,
        }  # fmt: skip
        known = self._officer_named(name)
        record = str(known["id"]) if known else None
        findings = self.check(OFFICER, data, record)
        if any(one.level == "stop" for one in findings):
            return Saved(None, tuple(findings))
        made = keys.add_password_slot(keyfile, self.dek, name, password, practice=self.practice, cost=self.key_cost)
        with self.store.atomic():
            self._give_records()
            saved = self.save(OFFICER, data, record)
            self._keep_keys(made, name)
            keys.forget_previous(self.folder)
            self.ledger.log_access(self.officer, "officer_added", saved.id or "", _codes(role, sensitive))
        return saved

    @needs(OFFICERS)
    def set_role(
        self,
        name: str,
        *,
        role: str | None = None,
        sensitive: bool | None = None,
        approved_by: str = "",
        approved_no: str = "",
        approved_on: str = "",
    ) -> Saved:
        """Change what somebody may do, with the paper that approved it.

        Raises ``Problem``: ``unknown_officer``, ``last_manager``.
        """
        with self.store.atomic():
            self._give_records()
            row = self._wanted(name)
            now_role = role or str(row.get("role") or "")
            now_sensitive = bool(row.get("sensitive")) if sensitive is None else sensitive
            data: dict[str, Value] = {
                "full_name": str(row["full_name"]), "role": now_role or None, "sensitive": now_sensitive or None,
                "approved_by": approved_by or None, "approved_no": approved_no or None,
                "approved_on": approved_on or None, "to": None,
            }  # fmt: skip
            saved = self.save(OFFICER, data, str(row["id"]) if row.get("id") else None)
            if saved.batch:
                self.ledger.log_access(self.officer, "officer_changed", saved.id or "", _codes(now_role, now_sensitive))
        return saved

    @needs(OFFICERS)
    def hand_over_register(self, leaving: str, taking: str) -> Saved:
        """Record that one officer hands the register over to another; the paper is ``ban_giao_so`` of the record.

        Villages looked after go over too. Raises ``Problem(unknown_officer)``.
        """
        with self.store.atomic():
            self._give_records()
            one, other = self._wanted(leaving), self._wanted(taking)
            mine, theirs = listed(one.get("villages")), listed(other.get("villages"))
            work = self._work()
            if mine and theirs:
                both: list[str] = list(dict.fromkeys([*theirs, *mine]))
                self.save(OFFICER, {"villages": both}, str(other["id"]), batch=work.batch)
            saved = self.save(OFFICER, {"handed_to": str(other["id"])}, str(one["id"]), batch=work.batch)
            self.ledger.log_access(self.officer, "officer_handed", str(one["id"]))
        return saved

    @needs(OFFICERS)
    def end_officer(self, name: str, *, on: str = "") -> Rekeyed | None:
        """End somebody's role (``on``: its last day, today by default) and way in; the register gets another key.

        Returns the new recovery code to print, ``None`` where there was no password here. May be called again when the
        key could not be changed. Raises ``Problem``: ``unknown_officer``, ``not_oneself``, ``last_manager``,
        ``keys_not_ready``, ``disk_full``, ``read_only``.
        """
        if keys.same(name, self.officer):
            raise Problem("not_oneself")
        with self.store.atomic():
            self._give_records()
            row = self._wanted(name)
            if row.get("role") and not row.get("to"):
                self.save(OFFICER, {"to": on or self._today()}, str(row["id"]))
            self.ledger.log_access(self.officer, "officer_ended", str(row.get("id") or ""))
        if not any(keys.same(name, one) for one in keys.load(self.folder).officers):
            return None
        return self._rotate(without=name)

    @needs(VIEW)
    def change_password(self, old: str, new: str) -> None:
        """Give oneself another password; the register itself is untouched.

        Raises ``Problem``: ``wrong_password``, ``wait_password``, ``weak_password``, ``no_memory``.
        """
        attempts = keys.Attempts(self.folder)
        attempts.check()
        try:
            made = keys.change_password(keys.load(self.folder), self.officer, old, new, practice=self.practice)
        except Problem as problem:
            if problem.name == "wrong_password":
                attempts.wrong()
            raise
        self._keep_keys(made, self.officer)
        keys.forget_previous(self.folder)
        attempts.right()
        self.log("password")

    # --- inside ------------------------------------------------------------------------------------------------------

    def _officer_rows(self) -> list[dict[str, Any]]:
        return self.store.rows(OFFICER, f'{OWNER} = ? AND "role" IS NOT NULL', (self.unit.key,))

    def _officer_named(self, name: str) -> dict[str, Any] | None:
        rows = self.store.rows(OFFICER, f"{OWNER} = ?", (self.unit.key,), order="id")
        return next((row for row in reversed(rows) if match_key(str(row.get("full_name"))) == match_key(name)), None)

    def _wanted(self, name: str) -> dict[str, Any]:
        """Return somebody's record, or only the name of one who has a password and no record."""
        names = keys.load(self.folder).officers
        label = next((one for one in names if keys.same(one, name)), None)
        row = self._officer_named(name) or ({"full_name": label} if label else None)
        if row is None:
            raise Problem("unknown_officer", names=", ".join(one.name for one in self.officers()))
        return row

    def _person(self, row: Mapping[str, Any], names: Iterable[str]) -> Person:
        def text(key: str) -> str:
            return str(row.get(key) or "")

        name, role = text("full_name"), catalogue().lists["officer_role"].get(text("role"))
        successor = self.store.row(OFFICER, text("handed_to")) or {}
        return Person(
            name, text("id"), text("role"), role.label if role else "", bool(row.get("sensitive")), text("from"),
            text("to"), text("position"), text("approved_by"), text("approved_no"), text("approved_on"),
            str(successor.get("full_name") or ""), role is not None and self._holds(row),
            any(keys.same(name, one) for one in names), keys.same(name, self.officer),
        )  # fmt: skip

    def _holds(self, row: Mapping[str, Any]) -> bool:
        return str(row.get("from") or "") <= self._today() <= str(row.get("to") or "9999")

    def _give_records(self) -> None:
        """Write down, before the first right is given, that those who are here may do what they could do so far."""
        if self._officer_rows():
            return
        for name in keys.load(self.folder).officers:
            known = self._officer_named(name)
            data: dict[str, Value] = {
                "full_name": name, "role": MANAGER, "sensitive": True, "from": self.ledger.begun() or self._today()
            }  # fmt: skip
            self._write_unguarded(known, data)

    def _write_unguarded(self, known: Mapping[str, Any] | None, data: dict[str, Value]) -> None:
        saved = self.save(OFFICER, data, str(known["id"]) if known else None)
        assert saved.id is not None

    def _take_charge(self, approved_by: str, approved_no: str) -> None:
        """Let whoever opened the register by the sheet or the province manage it, if nobody else's word says so.

        Who holds the sheet or the province's answer holds the whole register; without this a register whose people
        are gone could be read and never given to anybody again. Sensitive parts stay apart. Written and logged.
        """
        if OFFICERS in self.rights:
            return
        row = self._officer_named(self.officer)
        data: dict[str, Value] = {
            "full_name": self.officer, "role": MANAGER, "from": self._today(), "to": None,
            "approved_by": approved_by, "approved_no": approved_no or None, "approved_on": self._today(),
        }  # fmt: skip
        self._rights = self.rights | {"edit", OFFICERS}
        self._write_unguarded(row, data)

    def _write(self, drafts: Iterable[Draft], batch: str | None = None, *, own: bool = False) -> Written:
        """Write as always; refuse what would leave nobody who manages the officers and can open this register."""
        drafts = list(drafts)
        if not any(one.form == OFFICER and _RIGHTS & set(one.fields) for one in drafts):
            return super()._write(drafts, batch, own=own)
        with self.store.atomic():
            before = self._managers()
            written = super()._write(drafts, batch, own=own)
            if before and not self._managers():
                raise Problem("last_manager")
        return written

    def _managers(self) -> list[str]:
        """Return who manages the officers and can open this register; before there are roles everybody does."""
        names, rows = keys.load(self.folder).officers, self._officer_rows()
        if not rows:
            return names
        roles = catalogue().lists["officer_role"]
        managing = [row for row in rows if (role := roles.get(str(row["role"]))) and OFFICERS in role.extra["rights"]]
        return [name for name in names for row in managing
                if match_key(name) == match_key(str(row["full_name"])) and self._stays(row)]  # fmt: skip

    def _stays(self, row: Mapping[str, Any]) -> bool:
        """Return whether a role holds today and no end of it is written."""
        return self._holds(row) and not row.get("to")

    # --- the paper of a hand-over ------------------------------------------------------------------------------------

    def _scope(self, record: str, wanted: str) -> dict[str, Any]:
        scope = super()._scope(record, wanted)
        if wanted == OFFICER:
            leaver = scope[OFFICER]
            scope |= {"leaver": leaver, "taker": self.store.row(OFFICER, str(leaver.get("handed_to") or "")),
                      "register": self._register(), "streams": self._streams()}  # fmt: skip
        return scope

    def _register(self) -> dict[str, str]:
        """Return what a hand-over says of the register: numbers and keys, nothing of a single child."""
        told = self.status()
        with self.store.whole():
            cases = self.store.rows("case", order="id")
            taken = {one for case in cases for one in listed(case.get("incident"))}
            loose = [
                one for one in self.store.rows("incident", '"handling" IS NULL', order="id") if one["id"] not in taken
            ]
            counts = {"children": self.store.count("child"), "incidents": len(loose),
                      "cases": sum(not Facts(case).closed for case in cases),
                      "lists": self.store.count("snapshot", "\"state\" = 'issued'")}  # fmt: skip
        n, h = self.ledger.access_head()
        files = sorted((self.folder / BACKUPS).glob("*" + backup.SUFFIX))
        return {name: str(value) for name, value in counts.items()} | {
            "device": self.node, "fingerprint": self.fingerprint, "unsent": str(told["unsent"]),
            "acked_to": str(told["acked_to"]), "written_to": str(told["written_to"]), "log": str(n),
            "log_head": h.hex()[:20], "backups": str(len(files)), "backup": files[-1].name if files else "",
            "officers": str(len(keys.load(self.folder).officers)),
        }  # fmt: skip

    def _streams(self) -> list[dict[str, str]]:
        return [{"stream": one.s, "count": str(one.n), "head": one.h.hex()[:20]}
                for one in self.store.streams(self.unit.key) if one.n]  # fmt: skip


def _codes(role: str, sensitive: bool) -> str:
    return f"{role} {SENSITIVE}" if sensitive else role
