"""Verbs that prove: the chains at each opening, the whole register when asked, and what others' logs say.

A fault found at an opening locks nobody out: it is kept (``faults``), logged, and shown until somebody who manages the
officers has looked (``heed_faults``). ``verify`` names every fault and compares with all heads somebody knew: bundles
we wrote or took in, the last signed word of each peer, the witness outside, and a bundle handed to it. What it cannot
see are entries nobody has yet heard of (``spec/bundle.md`` 7, threat 5).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cbdesk import carrier, proof, seal
from cbdesk.catalogue import catalogue
from cbdesk.desk.carrying import Carrying
from cbdesk.proof import ACCESS, JOURNAL, Fault, Known
from cbdesk.rights import OFFICERS, needs
from cbdesk.store import Stream
from cbdesk.words import has, say

_FAULTS = "faults"
FORKED = "forked"


@dataclass(frozen=True, slots=True)
class LogFault:
    """What is wrong with another installation's logs: its device, unit and name, the fault, and when it was told."""

    device: str
    unit: str
    name: str
    fault: Fault
    at: str

    @property
    def text(self) -> str:
        """Return the sentence for the receiver's officer."""
        return say(f"proof.told.{self.fault.kind}", name=self.name, n=self.fault.n, last=self.fault.last)

    def as_dict(self) -> dict[str, Any]:
        """Return what ``--json`` tells."""
        return {"device": self.device, "unit": self.unit, "at": self.at, "text": self.text, **self.fault.as_dict()}


class Proving(Carrying):
    """Verbs that prove."""

    # --- at an opening -----------------------------------------------------------------------------------------------

    def prove_opening(self, outside: Mapping[str, list[Known]]) -> list[Fault]:
        """Prove what is new and an older piece; keep and log what was not known. Returns the new faults.

        ``outside`` is what the witness said before it was overruled (``Store.outside_heads``). An access log that is
        not what it was begins another life, as a stream does.
        """
        with self.store.atomic():
            found = self.store.prove_new(outside)
            if any(one.log == ACCESS and one.kind in ("cut", "rewritten") for one in found):
                self.store.new_log_life()
            return self._keep_faults(found)

    def _keep_faults(self, found: Iterable[Fault]) -> list[Fault]:
        kept = self._known_faults()
        known = {_same(one) for one, _ in kept}
        fresh = [one for one in found if _same(one) not in known]
        for one in fresh:
            detail = f"{one.log} {one.stream[:8]} {one.kind} {one.n}-{one.last}"
            self.ledger.log_access(self.officer, "fault", detail=detail)
        if fresh:
            self._remember_faults([*kept, *((one, False) for one in fresh)])
        return fresh

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Return the faults found at openings and by ``verify`` that nobody has heeded yet."""
        return tuple(one for one, heeded in self._known_faults() if not heeded)

    @needs(OFFICERS)
    def heed_faults(self, reason: str) -> int:
        """Say that the faults were looked into; they stay known and in the log. Returns how many."""
        with self.store.atomic():
            count = len(self.faults)
            self._remember_faults([(one, True) for one, _ in self._known_faults()])
            self.ledger.log_access(self.officer, "faults_heeded", detail=f"{count} {reason.strip()[:200]}".strip())
        return count

    def _known_faults(self) -> list[tuple[Fault, bool]]:
        return [(Fault(**one), bool(heeded)) for one, heeded in json.loads(self.store.meta(_FAULTS) or "[]")]

    def _remember_faults(self, faults: Iterable[tuple[Fault, bool]]) -> None:
        told = [[one.as_dict(), heeded] for one, heeded in faults]
        self.store.set_meta(_FAULTS, json.dumps(told, ensure_ascii=False))

    # --- the whole ---------------------------------------------------------------------------------------------------

    def verify(self, against: Path | None = None) -> dict[str, Any]:
        """Prove the register: ``ok``, ``changes``, ``problems`` (sentences), ``faults``, and ``peers`` (others' logs).

        ``against`` is a bundle of a peer, fresh from a stick: it is verified, not taken in, and what it says it holds
        is compared. Faults are named, kept and logged; no sentence holds a record's value. Raises ``Problem`` for a
        file that is not a bundle of a peer to us.
        """
        given = self._unseal(carrier.take(against)).manifest if against is not None else None
        found = list(dict.fromkeys(self._whole(self._known_heads(given))))
        again = {_same(one) for one in found}
        found += [one for one in self.faults if _same(one) not in again]
        with self.store.atomic():
            self._keep_faults(found)
        told = self.log_faults()
        problems = [fault_text(one) for one in found]
        problems += [say("proof.head", s=s[:8]) for s in self._unsigned_heads()]
        problems += [say("proof.table", name=name) for name in self.store.rebuilt_differences()]
        problems += [say("proof.file", text=text) for text in self.store.integrity()]
        problems += [say("proof.attachment", digest=digest[:12]) for digest in self.store.broken_blobs()]
        count = int(self.store.db.execute("SELECT count(*) FROM op").fetchone()[0])
        faults = [one.as_dict() | {"text": fault_text(one)} for one in found]
        return {
            "ok": not problems,
            "changes": count,
            "problems": problems,
            "faults": faults,
            "peers": [one.as_dict() for one in told],
        }

    def _whole(self, known: Mapping[str, list[Known]]) -> Iterator[Fault]:
        """Walk every log from its beginning, and compare it with every head somebody knew."""
        for stream in self.store.streams():
            outer = self.store.compared(JOURNAL, stream.s, known.get(stream.s, []))
            yield from proof.together(self.store.chain_faults(stream), outer)
        yield from proof.together(self.store.access_faults(), self.store.compared(ACCESS, "", known.get("", [])))

    def _known_heads(self, given: dict[str, Any] | None) -> dict[str, list[Known]]:
        """Return the heads known of each stream, and of our access log under ``""``."""
        streams = {one.s: one for one in self.store.streams()}
        forks = self._forked_lines()
        found = self.store.outside_heads()

        def add(s: str, one: Known | None, *, own: bool = False) -> None:
            if one is None or (s and s not in streams):
                return
            aside = s in forks and one.n >= forks[s][0] and one.knew != proof.SENT
            ahead = s and one.n > streams[s].n and not (own or self._was_ours(streams[s]))
            if not aside and not ahead:
                found.setdefault(s, []).append(one)

        for bundle in self.ledger.bundles("code IN ('merged', 'written')"):
            sent = bundle.dir == "out"
            whole = sent or not bundle.result.get("quarantined")
            for s, n, h in self._signed_heads(bundle.manifest):
                add(s, Known(n, h, proof.SENT if sent else proof.TAKEN), own=whole)
            if sent:
                log = bundle.manifest.get("log")
                add("", self._log_known(log) if log else None)
            else:
                add("", self.ledger.told_back(bundle.manifest))
        for peer in self.peers():
            for s, (n, h) in self.ledger.peer(peer.node).have.items():
                add(s, Known(n, h, proof.PEER))
        if given is not None:
            for s, (n, h) in given.get("have", {}).items():
                add(s, Known(n, h, proof.GIVEN))
            add("", self.ledger.told_back(given, proof.GIVEN))
        return found

    def _log_known(self, log: Mapping[str, Any]) -> Known | None:
        return self.store.log_known(log.get("life", self.node), log["n"], log["h"], proof.SENT)

    def _was_ours(self, stream: Stream) -> bool:
        return stream.device == self.node

    def _signed_heads(self, manifest: Any) -> Iterator[tuple[str, int, str]]:
        """Return the heads in a manifest whose own signature still holds, and the links they begin at."""
        for one in manifest.get("segs", ()):
            writer = self.ledger.any_device(one["key"])
            if writer and seal.verify_head(writer.sign_public, one["s"], one["n"], one["h"], one["sig"]):
                yield one["s"], one["n"], one["h"]
                yield one["s"], one["base"], one["base_h"]

    def _unsigned_heads(self) -> list[str]:
        """Return streams of others whose head does not carry its writer's signature any more (I14)."""
        found = []
        for one in self.store.streams():
            writer = self.ledger.any_device(one.key or "") if one.sig else None
            if writer and not seal.verify_head(writer.sign_public, one.s, one.n, one.h.hex(), one.sig or ""):
                found.append(one.s)
        return found

    def _forked_lines(self) -> dict[str, tuple[int, int]]:
        """Return the first and last number of each stream of which somebody holds other lines (put aside)."""
        rows = self.store.db.execute("SELECT s, min(n), max(n) FROM quarantine WHERE reason = 'fork' GROUP BY s")
        return {s: (first, last) for s, first, last in rows}

    # --- others ------------------------------------------------------------------------------------------------------

    def log_faults(self) -> list[LogFault]:
        """Return what is wrong with others' logs as their bundles told of them: for the receiver's officer.

        An access log that went back, was rewritten or began anew; a journal of which two versions came (*forked*).
        """
        names = {one.node: one for one in self.peers()}
        found = [
            LogFault(fault.stream, names[fault.stream].unit, self.peer_name(names[fault.stream]), fault, at)
            for fault, at in self.ledger.log_faults()
            if fault.stream in names
        ]
        for s, (first, last) in self._forked_lines().items():
            stream = self.store.stream(s)
            peer = names.get(stream.device) if stream else None
            if peer is not None:
                fault = Fault(JOURNAL, s, FORKED, first, last, knew=proof.TAKEN)
                found.append(LogFault(peer.node, peer.unit, self.peer_name(peer), fault, ""))
        return found


def fault_text(fault: Fault) -> str:
    """Return the sentence that names a fault: which log, which numbers, who wrote the line and about which form."""
    log = say(f"proof.log.{fault.log}_all" if fault.log == JOURNAL and not fault.stream else f"proof.log.{fault.log}",
              s=fault.stream[:8])  # fmt: skip
    knew = ", ".join(say(f"proof.knew.{one}") for one in fault.knew.split())
    span = "span" if fault.last > fault.n else "one"
    numbers = say(f"proof.numbers.{span}", n=fault.n, last=fault.last)
    told = say(f"proof.{fault.kind}", log=log, numbers=numbers, other=fault.other, knew=knew)
    return f"{told} {_who(fault)}".rstrip()


def _who(fault: Fault) -> str:
    if not fault.by:
        return ""
    if fault.log == ACCESS:
        act = say(f"proof.act.{fault.form}") if has(f"proof.act.{fault.form}") else fault.form
        return say("proof.who_did", by=fault.by, at=_when(fault.at), act=act)
    form = catalogue().forms.get(fault.form)
    return say("proof.who", by=fault.by, at=_when(fault.at), form=form.title if form else fault.form)


def _when(stamp: str) -> str:
    """Return a stamp as people read it, or as it stands where somebody has written another thing there."""
    day, _, hour = stamp.partition("T")
    parts = day.split("-")
    return f"{hour[:5]} {'/'.join(reversed(parts))}" if len(parts) == 3 and hour else stamp


def _same(fault: Fault) -> tuple[Any, ...]:
    return fault.log, fault.stream, fault.kind, fault.n
