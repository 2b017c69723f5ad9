"""Verbs on whom this register trusts: the signed list of a province, and devices that retire or are revoked.

The receiver makes the list of what it trusts on paper; the province's root, opened by two persons, signs it; it goes
down with every bundle. A commune believes the first list that comes from a receiver it enrolled on paper and from then
on only that root, or one that the old root named. A commune without a list goes on with paper alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from cbdesk import __version__, clock, groups, trust
from cbdesk.card import Device
from cbdesk.catalogue import catalogue
from cbdesk.desk.accounts import CURRENT
from cbdesk.desk.carrying import Carrying
from cbdesk.desk.keyring import Keyring
from cbdesk.errors import Problem
from cbdesk.rights import OFFICERS, needs
from cbdesk.seal import Opened
from cbdesk.store.streams import Stream
from cbdesk.store.trusted import ACTIVE, NEXT, RETIRED, REVOKED, KnownKey
from cbdesk.strict import strict_json
from cbdesk.trust import Entry, Root, TrustList
from cbdesk.words import say

ROOT, ROOTS = "trust_root", "trust_roots"
"""Facts of an installation: the root it believes, and the successions from one root to the next."""
LISTED = "list"
"""Reason of what ended because the trust list says so."""


@dataclass(frozen=True, slots=True)
class TrustedDevice:
    """One key of one device. ``changes`` is how many of the device are here, ``marked`` where it is revoked."""

    node: str
    key: str
    name: str
    unit: str
    role: str
    status: str
    since: str
    ended_at: str
    reason: str
    changes: int
    marked: bool
    own: bool
    current: bool


@dataclass(frozen=True, slots=True)
class TrustState:
    """What is trusted here. ``version`` 0: no list yet. ``root``: groups to compare with paper, "" before the first.

    ``own``: state of this installation's key in the list (``active``, ``retired``, ``revoked``, "" where it is not
    there); ``unit_until``: last day of this unit by the list; ``outdated``: this program is older than ``lowest``.
    """

    version: int
    at: str
    root: str
    escrow: bool
    lowest: str
    outdated: bool
    own: str
    unit_until: str
    devices: tuple[TrustedDevice, ...]


@dataclass(frozen=True, slots=True)
class TrustDraft:
    """The list that would be signed now: its version and entries, and what it says that the one before did not."""

    version: int
    entries: tuple[Entry, ...]
    news: tuple[str, ...]


class Trusting(Keyring, Carrying):
    """Verbs on whom this register trusts."""

    def trust(self) -> TrustState:
        """Return the list in force and every device known, those in use first."""
        version, body, _ = self.ledger.trust_list()
        told = strict_json(body, max_depth=4) if version else {}
        mine = {one["sign"]: str(one["status"]) for one in told.get("devices", ()) if one["node"] == self.node}
        root, lowest = self.store.meta(ROOT) or "", str(told.get("lowest", ""))
        receiver, streams = self.current_receiver(), self.store.streams()
        known = (self._known_device(one, streams, receiver) for one in self.ledger.known_keys())
        devices = sorted(known, key=lambda one: one.status not in (ACTIVE, NEXT))
        return TrustState(
            version, str(told.get("at", "")), root_groups(root) if root else "", bool(told.get("escrow")), lowest,
            trust.too_old(__version__, lowest), mine.get(self.keys.sign_public, ""),
            str(told.get("units", {}).get(self.unit.key, "")), tuple(devices),
        )  # fmt: skip

    def _known_device(self, one: KnownKey, streams: Sequence[Stream], receiver: Device | None) -> TrustedDevice:
        device, ended = one.device, one.ended
        mine = [stream for stream in streams if stream.device == device.node]
        count, marked = sum(stream.n for stream in mine), any(stream.state == "revoked" for stream in mine)
        return TrustedDevice(
            device.node, device.key, one.name, device.unit, device.role, device.status, one.at,
            ended.at if ended else "", ended.reason if ended else "", count, marked, device.node == self.node,
            receiver is not None and receiver.node == device.node and device.status == ACTIVE,
        )  # fmt: skip

    # --- what ends -------------------------------------------------------------------------------------------------

    @needs(OFFICERS)
    def revoke(self, device: str, reason: str) -> list[TrustedDevice]:
        """Trust a device (its node), or one key of it, no more: what comes from it from now on is kept sealed.

        What was taken before stays and is marked. Raises ``Problem``: ``unknown_device``, ``no_reason``.
        """
        return self._end_device(device, REVOKED, reason)

    @needs(OFFICERS)
    def retire(self, device: str, reason: str) -> list[TrustedDevice]:
        """Take no more from a device that is replaced; what it wrote so far counts. Raises as ``revoke``."""
        return self._end_device(device, RETIRED, reason)

    def _end_device(self, wanted: str, status: str, reason: str) -> list[TrustedDevice]:
        if not reason.strip():
            raise Problem("no_reason")
        known = [one for one in self.ledger.known_keys() if wanted in (one.device.node, one.device.key)]
        if not known or any(one.device.node == self.node for one in known):
            raise Problem("unknown_device", device=wanted)
        with self.store.atomic():
            for one in known:
                self.ledger.end(one.device.key, status, self._heads(one.device.node), reason.strip()[:200])
            self.ledger.log_access(self.officer, status, detail=known[0].device.node)
        return [one for one in self.trust().devices if wanted in (one.node, one.key)]

    # --- the list, at the receiver ---------------------------------------------------------------------------------

    def trust_draft(self) -> TrustDraft:
        """Return the list that would be signed now. Raises ``Problem(only_receiver)``."""
        if self.role != "receiver":
            raise Problem("only_receiver")
        version, body, _ = self.ledger.trust_list()
        before = {one["sign"]: one for one in strict_json(body, max_depth=4)["devices"]} if version else {}
        entries = tuple(self._list_entry(one) for one in self.ledger.known_keys())
        news = tuple(
            say(f"trust.news_{one.device.status}", name=self._device_label(one)) for one in entries
            if before.get(one.device.sign_public, {}).get("status") != one.device.status
        )  # fmt: skip
        return TrustDraft(version + 1, entries, news)

    def _list_entry(self, one: KnownKey) -> Entry:
        name = catalogue().units.label(one.device.unit)[:80]
        return Entry(one.device, name, dict(one.ended.heads) if one.ended else None)

    def _device_label(self, one: Entry) -> str:
        return f"{catalogue().units.label(one.device.unit)} · {one.device.node[:4]}"

    @needs(OFFICERS)
    def publish_trust(self, signer: Root, *, lowest: str = "", succession: bytes = b"") -> int:
        """Sign the list with the province's opened keys and keep it; it goes down with every bundle from now on.

        ``succession`` names the new root where ``signer`` follows the root of before. Returns the version. Raises
        ``Problem``: ``only_receiver``, ``practice_mismatch``, ``trust_wrong``.
        """
        draft = self.trust_draft()
        if signer.practice != self.practice:
            raise Problem("practice_mismatch")
        roots = [*json.loads(self.store.meta(ROOTS) or "[]"), *([succession.decode()] if succession else [])]
        known = catalogue().units
        units = {one.device.unit: (unit.valid_to or "") if (unit := known.get(one.device.unit)) else ""
                 for one in draft.entries}  # fmt: skip
        body, block = trust.make(
            signer, version=draft.version, at=clock.stamp(), receiver=self.node, units=units, entries=draft.entries,
            lowest=lowest, roots=roots[-trust.MAX_ROOTS :], practice=self.practice,
        )  # fmt: skip
        trust.open_list(body, block, self.store.meta(ROOT), practice=self.practice)
        with self.store.atomic():
            self.ledger.keep_trust_list(draft.version, body, block)
            self.store.set_meta(ROOT, signer.root)
            self.store.set_meta(ROOTS, json.dumps(roots[-trust.MAX_ROOTS :]))
            self.ledger.log_access(self.officer, "trust", detail=str(draft.version))
        self._set_escrow(signer.escrow)
        return draft.version

    # --- the list, at a commune ------------------------------------------------------------------------------------

    def _heed(self, opened: Opened) -> list[str]:
        """Take the trust list of a bundle of the receiver, before what the bundle carries is judged by it."""
        found = super()._heed(opened)
        new = self.ledger.receipt(manifest_sha256=opened.manifest_sha256) is None
        if self.role != "commune" or opened.trust is None or opened.sender.role != "receiver" or not new:
            return found
        body, block = opened.trust
        version, known, _ = self.ledger.trust_list()
        if body == known:
            return found
        try:
            told = self._open_trust(body, block, opened.sender)
        except Problem as problem:
            self._note_refusal(str(problem.details.get("detail", "")))
            return [*found, problem.what]
        if told.version <= version:
            self._note_refusal(f"{told.version}<={version}")
            return [*found, say("trust.older" if told.version < version else "trust.twice", version=told.version)]
        with self.store.atomic():
            self._put_in_force(told, block)
        if told.escrow:
            self._set_escrow(told.escrow)
        return [*found, *self._told_of(told)]

    def _note_refusal(self, detail: str) -> None:
        with self.store.atomic():
            self.ledger.log_access(self.officer, "trust_refused", detail=detail)

    def _open_trust(self, body: bytes, block: bytes, sender: Device) -> TrustList:
        pinned = self.store.meta(ROOT)
        told = trust.open_list(body, block, pinned, practice=self.practice)
        bearer = any(one.device.key == sender.key and one.device.status in (ACTIVE, NEXT) for one in told.entries)
        if pinned is None and not bearer:
            raise Problem("trust_wrong", detail="receiver")  # the first list must know who brings it
        return told

    def _put_in_force(self, told: TrustList, block: bytes) -> None:
        listed = {one.device.key for one in told.entries}
        for one in told.entries:
            if one.device.node != self.node and (device := self._as_here(one.device)) is not None:
                self._put_entry(replace(one, device=device), listed)
        self._end_followers(told.entries, listed)
        self.ledger.keep_trust_list(told.version, told.data, block)
        for name, value in ((ROOT, told.root), (CURRENT, told.receiver)):
            self.store.set_meta(name, value)
        self.ledger.log_access(self.officer, "trust", detail=str(told.version))

    def _as_here(self, device: Device) -> Device | None:
        """Return a listed device in the role it has here: a receiver, a sister PC, or a neighbour for hand-overs."""
        if device.role == "receiver":
            return device
        if device.role != "commune":
            return None
        return device if device.unit == self.unit.key else replace(device, role=self.ledger.NEIGHBOUR)

    def _put_entry(self, one: Entry, listed: Iterable[str]) -> None:
        """Put one entry in force. A key we saw replaced by one the list does not know yet stays replaced."""
        device, known = one.device, self.ledger.any_device(one.device.key)
        others = [key.device for key in self.ledger.known_keys()
                  if key.device.node == device.node and key.device.status == ACTIVE and key.device.key != device.key]
        if device.status == ACTIVE and known is not None and known.status == RETIRED and any(
            other.key not in listed for other in others
        ):  # fmt: skip
            return
        if device.status == ACTIVE:
            for other in others:
                self.ledger.listed(replace(other, status=RETIRED), "")
        if known != device or one.heads is not None:
            self.ledger.listed(device, one.name)
        if one.heads is not None:
            self.ledger.end(device.key, device.status, one.heads, LISTED)

    def _end_followers(self, entries: Iterable[Entry], listed: Iterable[str]) -> None:
        """End the keys that followed, unseen by the receiver, those of a device of which the list leaves none."""
        entries = list(entries)
        used = {one.device.node for one in entries if one.device.status in (ACTIVE, NEXT)}
        ended = {one.device.node: one for one in sorted(entries, key=lambda one: one.device.status == REVOKED)
                 if one.heads is not None and one.device.node not in used}  # fmt: skip
        for key in (known.device for known in self.ledger.known_keys()):
            last = ended.get(key.node) if key.node != self.node and key.key not in listed else None
            if last is not None and key.status in (ACTIVE, NEXT):
                self.ledger.end(key.key, last.device.status, last.heads or {}, LISTED)

    def _told_of(self, told: TrustList) -> Sequence[str]:
        """Return what the officer has to know of a new list."""
        state = self.trust()
        found = [say("trust.taken", version=told.version)]
        found += [say("trust.outdated", lowest=state.lowest, app=__version__)] if state.outdated else []
        found += [say(f"trust.own_{state.own}")] if state.own in (RETIRED, REVOKED) else []
        found += [say("trust.unit_ended", date=state.unit_until)] if state.unit_until else []
        return found


def root_groups(root: str) -> str:
    """Return a public root key (64 hex digits) as the groups printed on the province's paper."""
    return groups.groups_of(hashlib.sha256(bytes.fromhex(root)).digest()[: groups.SIZE])
