"""Verbs about the key of the register: its cost, the province's escrow, another key when somebody leaves.

The key file is written by this room and by ``opening`` only. What the register itself remembers of it (inside, where
nobody changes it unnoticed): the cost passwords are wrapped at, the province's escrow keys, and the public halves of
the letterboxes that may get a letter. Source: ``spec/bundle.md`` 2.2.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from cbdesk import backup, keys, wrapping
from cbdesk.desk.telling import Telling
from cbdesk.desk.upkeep import BACKUPS, Upkeep
from cbdesk.errors import Problem
from cbdesk.keys import Cost, KeyFile, Opened
from cbdesk.rights import OFFICERS, needs
from cbdesk.store import Ledger

COST, ESCROW, LETTERBOXES = "key_cost", "escrow", "letterboxes"
"""Facts of a register, see above."""


@dataclass(frozen=True, slots=True)
class Rekeyed:
    """Answer of a change of key: the new recovery code to print, who lost their way in, backups that gave way.

    ``backups_kept`` are older backups of this machine that could not be replaced; they open with the keys of before.
    """

    recovery_code: str
    left_out: tuple[str, ...] = ()
    backups_gone: int = 0
    backups_kept: int = 0


class Keyring(Upkeep, Telling):
    """Verbs about the key of the register."""

    failed_tries: int = 0
    """Wrong passwords typed since the opening before, to be shown to whoever got in."""

    @property
    def key_cost(self) -> Cost:
        """Return what passwords are wrapped at: the setting of the register, else the dearest slot there is."""
        if (setting := self._fact_list(COST)) is not None:
            return Cost(*(int(part) for part in setting))
        costs = [Cost.of(slot.header) for slot in keys.load(self.folder).of_kind("password", "letterbox")]
        return max(costs, key=lambda one: one.work, default=keys.PRACTICE if self.practice else keys.DEFAULT)

    @needs(OFFICERS)
    def set_key_cost(self, cost: Cost) -> None:
        """Set the cost of passwords; each is wrapped anew, silently, when its officer next opens the register.

        Raises ``Problem(bad_key_parameters)`` out of bounds.
        """
        cost.check()
        self._set_fact(COST, [cost.m, cost.t, cost.p])
        self.log("key_cost", detail=f"{cost.m} {cost.t} {cost.p}")

    def _set_escrow(self, *recipients: str) -> None:
        """Let the province's keys (``age1…``, as its signed trust list says) and no others open this register.

        Asks for no right: the list is the province's word, whoever carries it in. Raises ``ValueError`` for no key.
        """
        if not all(wrapping.is_recipient(one) for one in recipients):
            raise ValueError("not an age recipient")
        wanted = sorted(set(recipients))
        if wanted == (self._fact_list(ESCROW) or []):
            return
        self._set_fact(ESCROW, wanted)
        self.log("escrow", detail=str(len(wanted)))
        with suppress(Problem):  # a full disk: the next opening writes the slots
            self._keep_keys(keys.load(self.folder))

    @needs(OFFICERS)
    def renew_recovery(self) -> str:
        """Return a new recovery code to print; the sheet printed before is void."""
        made, code = keys.replace_recovery(keys.load(self.folder), self.dek)
        self._keep_keys(made)
        keys.forget_previous(self.folder)
        self.log("recovery_sheet")
        return code

    @needs(OFFICERS)
    def renew_key(self) -> Rekeyed:
        """Give the register another key: no older copy of the key file opens it any more. Passwords stay.

        Raises ``Problem``: ``keys_not_ready``, ``disk_full``, ``read_only``.
        """
        return self._rotate()

    # --- inside ------------------------------------------------------------------------------------------------------

    def _rotate(
        self, *, without: str | None = None, also: Callable[[KeyFile, bytes], KeyFile] | None = None
    ) -> Rekeyed:
        """Change the key; ``without`` names an officer who has no way in any more, ``also`` adds to the new key file.

        Older backups of this machine give way to a fresh one: they open with the passwords of before.
        """
        dek, before = keys.new_key(), keys.load(self.folder)
        kept = keys.remove_officer(before, without) if without else before
        made, code, left_out = keys.rotated(kept, dek, self._fact_list(LETTERBOXES) or ())
        made = also(made, dek) if also else made
        if not made.officers:
            raise Problem("keys_not_ready")
        made = keys.escrowed(made, dek, self.node, self._fact_list(ESCROW) or ())
        self.store.rekey(dek, lambda: self._put_keys(made))
        self.dek, self.ledger = dek, Ledger(self.store)
        keys.forget_previous(self.folder)
        self._trust_letterboxes(made)
        self.log("rotate")
        gone, stay = self._give_way()
        return Rekeyed(code, tuple(one for one in left_out if one not in made.officers), gone, stay)

    def _put_keys(self, made: KeyFile) -> None:
        """Write the key file; whatever is said of it, the one that lies there counts."""
        try:
            keys.save(self.folder, made)
        except Problem:
            if keys.load(self.folder) != made:
                raise

    def _give_way(self) -> tuple[int, int]:
        """Replace older backups by one under the new key; return how many went and how many had to stay."""
        old = list((self.folder / BACKUPS).glob("*" + backup.SUFFIX))
        with suppress(Problem, OSError):
            self.forget_backups()
        stay = sum(path.exists() for path in old)
        return len(old) - stay, stay

    def _tend_keys(self, opened: Opened, password: str) -> None:
        """Put the key file in order after an officer got in; what cannot be written today waits for the next time."""
        with suppress(Problem):
            before = keys.load(self.folder)
            wanted = self.key_cost if self._fact_list(COST) is not None else None
            self._keep_keys(keys.tended(before, opened, password, wanted), opened.slot.label)

    def _keep_keys(self, keyfile: KeyFile, officer: str | None = None) -> None:
        """Save the key file with its escrow slots; the letterbox of ``officer`` (just proved) may get letters."""
        made = keys.escrowed(keyfile, self.dek, self.node, self._fact_list(ESCROW) or ())
        if made != keys.load(self.folder):
            keys.save(self.folder, made)
        if officer is not None:
            self._trust_letterboxes(made, officer)

    def _trust_letterboxes(self, keyfile: KeyFile, officer: str = "") -> None:
        """Remember that a letterbox is its officer's own; forget those that are gone."""
        known, there = self._fact_list(LETTERBOXES) or [], keyfile.letterboxes
        own = {pub for name, pub in there.items() if keys.same(name, officer)}
        trusted = sorted(own | (set(known) & set(there.values())))
        if trusted != known:
            self._set_fact(LETTERBOXES, trusted)

    def _fact_list(self, name: str) -> list[str] | None:
        text = self.store.meta(name)
        return [str(one) for one in json.loads(text)] if text else None

    def _set_fact(self, name: str, value: list[str] | list[int]) -> None:
        with self.store.atomic():
            self.store.set_meta(name, json.dumps(value))
