"""Verbs on a device that was lost: what was on it, by when it must be told, and the paper that tells it.

Written where the register still is: at the commune on its other machine or after a restore, or at the receiver for a
unit's device. Figures are those of the register as it stands here; what the lost device wrote after the last number
that arrived is lost, and the paper says from which number on. The form of the decree (Mẫu 08) was not found: the paper
is built from the article and marked as a draft.

Source: Luật 91/2025/QH15 Điều 23; NĐ 356/2025/NĐ-CP Điều 28 (72 hours from detection).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cbdesk import clock, dates, keys, lawful
from cbdesk.catalogue import catalogue
from cbdesk.change import Value
from cbdesk.desk.base import Saved
from cbdesk.desk.carrying import Carrying
from cbdesk.desk.lawpapers import LawPapers
from cbdesk.desk.records import Records
from cbdesk.document import Document
from cbdesk.errors import Problem
from cbdesk.rights import OFFICERS, needs
from cbdesk.store.projection import OWNER
from cbdesk.words import say

LOST = "lost_device"
COUNTED = ("child", "carer", "household", "circumstance", "risk", "support", "incident", "case", "attachment")
"""Kinds of records told by number."""
KEY = {True: "revoked", False: "not_revoked", None: "revoked_there"}
"""Words of the state of a lost device's key."""


@dataclass(frozen=True, slots=True)
class Loss:
    """One lost device; ``until`` is when it must be told, ``told_at`` when it was ("" while it was not)."""

    id: str
    device: str
    unit: str
    detected_at: str
    until: datetime
    told_at: str


@dataclass(frozen=True, slots=True)
class LossFacts:
    """What was on a lost device, as far as is known here.

    ``counts`` by form; ``sensitive``: children with something sensitive, ``None`` for who may not see that.
    ``arrived`` is (number, stamp) of the last change of the device that stands at the receiver, ``missing`` how many of
    ours never arrived there. ``costs`` are the Argon2id costs of the passwords in words, ``sheets`` how many recovery
    sheets open it, ``revoked`` whether its key is trusted no more (``None``: our own, the receiver decides).
    """

    counts: Mapping[str, int]
    sensitive: int | None
    last_backup: str
    arrived: tuple[int, str]
    missing: int
    costs: tuple[str, ...]
    sheets: int
    revoked: bool | None


class Losing(Records, Carrying, LawPapers):
    """Verbs on lost devices."""

    @needs(OFFICERS)
    def report_loss(self, data: Mapping[str, Value]) -> Saved:
        """Write that a device was lost: ``detected_at`` (stamp) and what is known; the clock of 72 hours runs.

        Without ``device`` it is this installation's own of before, without ``unit`` our unit. Raises nothing for what
        is missing: findings tell it.
        """
        whole = {"unit": self.unit.key, "device": self.node, **data}
        saved = self.save(LOST, whole)
        if saved.id is not None:
            self.log("lost_device", saved.id)
        return saved

    @needs(OFFICERS)
    def loss_told(self, loss: str, to: str, number: str = "", at: str = "") -> Saved:
        """Write that the loss was told to the competent body. Raises ``Problem(no_record)``."""
        self._loss(loss)
        return self.save(LOST, {"told_at": at or clock.stamp()[:16], "told_to": to, "paper_no": number or None}, loss)

    def losses(self, *, waiting: bool = False) -> list[Loss]:
        """Return the lost devices we have to tell of, the newest first; ``waiting``: only those not told yet."""
        found = []
        where, values = (f"{OWNER} = ?", (self.unit.key,)) if self.role == "receiver" else ("1", ())
        for row in self.store.rows(LOST, where, values, order='"detected_at" DESC, id'):
            detected = clock.moment(str(row.get("detected_at") or ""))
            if detected is not None and not (waiting and row.get("told_at")):
                found.append(Loss(str(row["id"]), str(row.get("device") or ""), str(row.get("unit") or ""),
                                  str(row["detected_at"]), lawful.notice_until(detected),
                                  str(row.get("told_at") or "")))  # fmt: skip
        return found

    def loss_facts(self, loss: str) -> LossFacts:
        """Return what was on a lost device. Raises ``Problem(no_record)``."""
        row = self._loss(loss)
        unit, device = str(row.get("unit") or self.unit.key), str(row.get("device") or "")
        counts = {form: self.store.count(form, f"{OWNER} = ?", (unit,)) for form in COUNTED}
        own = unit == self.unit.key
        keyfile = keys.load(self.folder) if own else None
        slots = keyfile.of_kind("password") if keyfile else []
        costs = {say("law.lost.cost", m=int(one.header["m"]) // 1024, t=one.header["t"], p=one.header["p"])
                 for one in slots}  # fmt: skip
        known = [one.device for one in self.ledger.known_keys() if one.device.node == device]
        theirs = device != self.node and bool(known)
        return LossFacts(
            counts, self._sensitive_children(unit) if self.sees_sensitive else None,
            (self.last_backup() or "") if own else "", self._arrived_of(device), self.unsent() if own else 0,
            tuple(sorted(costs)), len(keyfile.of_kind("recovery")) if keyfile else 0,
            all(one.status == "revoked" for one in known) if theirs else None,
        )  # fmt: skip

    def _sensitive_children(self, unit: str) -> int:
        """Return how many children of a unit have a sensitive group or risk, or were abused."""
        lists = {"circumstance": "group", "risk": "risk"}
        found: set[str] = set()
        for form, name in lists.items():
            codes = {one.code for one in catalogue().lists[name].choices if one.sensitive}
            found |= {str(row["child"]) for row in self.store.rows(form, f"{OWNER} = ?", (unit,))
                      if str(row.get("code")) in codes}  # fmt: skip
        kinds = {one.code for one in catalogue().lists["incident_kind"].choices if one.sensitive}
        for row in self.store.rows("incident", f"{OWNER} = ?", (unit,)):
            named = row.get("child")
            found |= {str(one) for one in named} if isinstance(named, list) and row.get("kind") in kinds else set()
        return len(found)

    def _arrived_of(self, device: str) -> tuple[int, str]:
        """Return the last number of the device's streams that stands above the device, and when it arrived."""
        streams = [one for one in self.store.streams() if one.device == device]
        if self.role == "receiver":
            told = self.ledger.bundles("dir = 'in' AND sender = ?", (device,), limit=1)
            return sum(one.n for one in streams), told[0].at if told else ""
        receivers = self.ledger.devices("receiver")
        held = self.ledger.peer(receivers[-1].node).have if receivers else {}
        heard = self.ledger.bundles("dir = 'in' AND sender = ?", (receivers[-1].node,), limit=1) if receivers else []
        return sum(min(held.get(one.s, (0, ""))[0], one.n) for one in streams), heard[0].at if heard else ""

    def loss_paper(self, loss: str) -> Document:
        """Return the notice of a lost device, a draft built from the article. Raises ``Problem(no_record)``."""
        row, facts = self._loss(loss), self.loss_facts(loss)
        detected = clock.moment(str(row["detected_at"]))
        until = lawful.notice_until(detected) if detected else None
        number, at = facts.arrived

        def stamp(name: str) -> str:
            return dates.show_stamp(str(row.get(name) or "")[:16])

        return self._law_paper("mat_thiet_bi", {
            "detected": stamp("detected_at"), "lost": stamp("lost_at"), "place": str(row.get("place") or ""),
            "device": str(row.get("device") or "")[:4].upper(), "circumstances": str(row.get("circumstances") or ""),
            "of": catalogue().units.label(str(row.get("unit") or "")), "done": str(row.get("done") or ""),
            "until": until.strftime("%H:%M %d/%m/%Y") if until else "", "to": str(row.get("told_to") or ""),
            "kinds": [{"kind": catalogue().forms[form].title, "count": _plain(n)} for form, n in facts.counts.items()],
            "children": _plain(facts.counts["child"]),
            "sensitive": "" if facts.sensitive is None else _plain(facts.sensitive),
            "backup": dates.show_stamp(facts.last_backup[:16]), "arrived": _plain(number),
            "arrived_at": dates.show_stamp(at[:16]), "missing": _plain(facts.missing),
            "costs": "; ".join(facts.costs), "sheets": str(facts.sheets) if facts.sheets else "",
            "revoked": say(f"law.lost.{KEY[facts.revoked]}"),
        })  # fmt: skip

    def _loss(self, loss: str) -> dict[str, Any]:
        form, row = self._record(loss)
        if form != LOST:
            raise Problem("no_record")
        return row


def _plain(n: int) -> str:
    return f"{n:,}".replace(",", ".")
