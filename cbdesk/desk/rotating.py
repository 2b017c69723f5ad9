"""Verbs that change the keys of this installation, without paper.

New keys are announced in every bundle by a card that the present key endorses; what comes is opened with old, present
and new ones from then on. Towards each peer the new key signs as soon as that peer has confirmed a bundle which
announced it; when all who are spoken with have, the new keys are the keys. Old age keys stay, to open old files; who
lost a key goes back to paper (``enrol``, *again*).

Source: ``spec/bundle.md`` 3.5.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from cbdesk import seal
from cbdesk.card import Device
from cbdesk.desk.carrying import Carrying
from cbdesk.merge import Merged
from cbdesk.rights import OFFICERS, needs
from cbdesk.seal import DeviceKeys, Opened

PRESENT, COMING, FORMER, HEARD = "device_keys", "next_keys", "former_keys", "next_heard"
"""Facts of an installation: its keys, those announced, those it had, and who confirmed that it was told."""
KEPT = 12
"""Old age keys kept; one is made where people think it necessary, not by the calendar."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """New keys under way: the id of the new signing key, who confirmed it, and who is still to (nodes)."""

    key: str
    confirmed: tuple[str, ...]
    waiting: tuple[str, ...]


class Rotating(Carrying):
    """Verbs that change the keys of this installation."""

    @needs(OFFICERS)
    def rotate_keys(self) -> Rotation:
        """Make new keys and announce them from the next bundle on; where some are under way, say how far it is."""
        if self._coming() is None:
            with self.store.atomic():
                self._announce(DeviceKeys.new())
                self.ledger.log_access(self.officer, "rotate")
            self._finish()  # where there is nobody to tell, it is done
        return self.rotation() or Rotation(self.keys.key, (), ())

    def rotation(self) -> Rotation | None:
        """Return the change of keys under way, ``None`` where there is none."""
        coming = self._coming()
        if coming is None:
            return None
        heard, spoken = self._told_nodes(), [one.node for one in self._spoken_with()]
        return Rotation(coming.key, tuple(one for one in spoken if one in heard),
                        tuple(one for one in spoken if one not in heard))  # fmt: skip

    def _announce(self, new: DeviceKeys) -> None:
        card = seal.make_card(new, self.node, self.unit.key, self.role, self.unit.name, practice=self.practice)
        device = Device(self.node, self.unit.key, self.role, new.sign_public, new.age_recipient)
        self.ledger.announce(device, self.unit.name, card, self.keys.key, seal.endorse(self.keys, card))
        self.store.set_meta(COMING, json.dumps(new.to_dict()))
        self.store.set_meta(HEARD, "[]")

    def _coming(self) -> DeviceKeys | None:
        told = self.store.meta(COMING)
        return DeviceKeys.from_dict(json.loads(told)) if told else None

    def _told_nodes(self) -> set[str]:
        return set(json.loads(self.store.meta(HEARD) or "[]"))

    def _spoken_with(self) -> list[Device]:
        """Return the peers that sent something once; others need the new card anyway."""
        return [one for one in self.peers() if self.ledger.peer(one.node).heard is not None]

    def _keys_for(self, peer: Device) -> DeviceKeys:
        """Return the new keys for a peer that confirmed them."""
        coming = self._coming()
        return coming if coming is not None and peer.node in self._told_nodes() else super()._keys_for(peer)

    def _identities(self) -> list[str]:
        coming, former = self._coming(), json.loads(self.store.meta(FORMER) or "[]")
        return [*super()._identities(), *([coming.identity] if coming else []), *former]

    def _heard_out(self, opened: Opened, merged: Merged) -> None:
        """Note, where new keys are under way, that this peer has taken a bundle which announced them."""
        super()._heard_out(opened, merged)
        coming = self._coming()
        if coming is None or opened.sender.node in self._told_nodes():
            return
        if any(self._announced_in(one, coming) for one in opened.manifest.get("results", ())):
            with self.store.atomic():
                self.store.set_meta(HEARD, json.dumps(sorted({*self._told_nodes(), opened.sender.node})))
            self._finish()

    def _announced_in(self, told: dict[str, object], coming: DeviceKeys) -> bool:
        """Return whether a bundle that a peer says it took was ours and carried the card of the new keys."""
        mine = self.ledger.receipt(manifest_sha256=str(told["manifest_sha256"]))
        if mine is None or mine.dir != "out" or told["code"] not in ("merged", "already"):
            return False
        return any(f'"{coming.sign_public}"' in one["card"] for one in mine.manifest.get("x_next", ()))

    def _finish(self) -> None:
        """Make the new keys the keys, once everybody who is spoken with confirmed them."""
        coming, state = self._coming(), self.rotation()
        if coming is None or state is None or state.waiting:
            return
        former = [self.keys.identity, *json.loads(self.store.meta(FORMER) or "[]")][:KEPT]
        with self.store.atomic():
            self.ledger.promote(coming.key)
            facts = {PRESENT: json.dumps(coming.to_dict()), "key": coming.key, COMING: "", HEARD: "[]",
                     FORMER: json.dumps(former)}  # fmt: skip
            for name, value in facts.items():
                self.store.set_meta(name, value)
            self.ledger.log_access(self.officer, "rotated")
        self.keys = coming
