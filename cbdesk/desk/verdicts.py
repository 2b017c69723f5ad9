"""What was found when a bundle was taken in, in five sentences, for any bundle of the receipts or a file.

It opens and has the right form; who signed it; whether its numbers follow without a gap; whether its content fits the
catalogue; what was merged. Each is said also when all is well; of a bundle that was refused the sentence of the step it
failed at is its Problem, and what comes after was not looked at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cbdesk import SCHEMA, carrier, dates
from cbdesk.catalogue import catalogue
from cbdesk.desk.carrying import Carrying, Received
from cbdesk.desk.inbox import REFUSED, TAKEN, Inboxes, why_held
from cbdesk.errors import Problem
from cbdesk.rights import SEND, needs
from cbdesk.store.ledger import Bundle
from cbdesk.words import has, say

OPENED, SIGNED, CHAIN, CONTENT, MERGED = STEPS = ("opened", "signature", "chain", "content", "merged")
OK, CARE, BAD, UNSEEN = "ok", "care", "bad", "unseen"
FAILS_AT: Mapping[str, str] = {
    "unknown_key": SIGNED, "bad_signature_block": SIGNED, "bad_algorithm": SIGNED, "bad_signature": SIGNED,
    "sender_mismatch": SIGNED, "revoked": SIGNED, "not_for_me": SIGNED,
    "gap": CHAIN, "fork": CHAIN, "chain_broken": CHAIN,
    "bundle_too_new": CONTENT, "payload_damaged": CONTENT, "payload_too_big": CONTENT, "bad_change": CONTENT,
    "bad_manifest": CONTENT,
}  # fmt: skip
"""At which step a Problem of group B stops a bundle; every other one is about opening it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One of the five: its step, its state (``ok``, ``care``, ``bad``, ``unseen``), the sentence, and what it adds."""

    step: str
    state: str
    words: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class BundleTold:
    """A bundle in words: whose it is, when it came, and the five sentences. ``no`` is 0 for a file never taken in."""

    no: int
    file: str
    at: str
    unit: str
    name: str
    device: str
    code: str
    verdicts: tuple[Verdict, ...]
    problem: Problem | None = None

    @property
    def valid(self) -> bool:
        """Return whether nothing is wrong with it."""
        return all(one.state != BAD for one in self.verdicts)


class Verdicts(Carrying, Inboxes):
    """Verbs that say what was found in a bundle."""

    @needs(SEND)
    def receive(self, sources: Sequence[Path], ack: Path | None = None) -> list[Received]:
        """Take in files as ``Carrying.receive``; a receiver keeps a receipt also of what it refused, once a file."""
        found = super().receive(sources, ack)
        for one in found if self.role == "receiver" else ():
            if one.problem is not None and one.result == REFUSED and Path(one.file).is_file():
                self._note_refused(Path(one.file), one.problem)
        return found

    def _note_refused(self, path: Path, problem: Problem) -> None:
        """Keep that a file was refused, with what is known of its sender by then; nothing of the file itself."""
        try:
            digest = hashlib.sha256(carrier.take(path)).hexdigest()
        except Problem:
            return
        if self.ledger.receipt(file_sha256=digest) is not None:
            return
        kept = ("needed", "detail", "line", "member", "field", "found")
        told: dict[str, str] = {name: str(problem.details[name]) for name in kept if name in problem.details}
        sender = str(problem.details.get("sender") or "")
        unit = sender if catalogue().units.get(sender) else ""
        with self.store.atomic():
            self.ledger.record(
                "in", str(problem.details.get("device") or ""), REFUSED, manifest=None, file=path.name,
                file_sha256=digest, result={"problem": problem.name, "unit": unit, **told},
            )  # fmt: skip

    def bundle_told(self, which: int | Path) -> BundleTold:
        """Return a bundle of the receipts (its number) or a file in five sentences; nothing is merged.

        Raises ``Problem``: ``no_record`` for a number nobody has, and those of a file that cannot be read at all.
        """
        if isinstance(which, int):
            found = self.ledger.bundles("no = ? AND dir = 'in'", (which,))
            if not found:
                raise Problem("no_record")
            return self._receipt_told(found[0])
        return self._file_told(which)

    def bundles_of(self, unit: str) -> list[BundleTold]:
        """Return the bundles that came from a unit (its key), newest first."""
        nodes = [str(node) for (node,) in self.store.db.execute("SELECT node FROM device WHERE unit = ?", (unit,))]
        marks = ", ".join("?" * len(nodes))
        found = self.ledger.bundles(f"dir = 'in' AND sender IN ({marks})", nodes) if nodes else []
        return [self._receipt_told(one) for one in found]

    def _receipt_told(self, one: Bundle) -> BundleTold:
        taken = one.code in (*TAKEN, "gap")
        problem = None if taken else _problem(why_held(one.code, one.result), one.result)
        if not one.manifest:
            unit = self._unit_of_device(one.sender) or str(one.result.get("unit") or "")
            return self._refused(problem or Problem("not_a_bundle"), unit, one.sender, one)
        sender = one.manifest["from"]
        if problem is not None:
            return self._refused(problem, str(sender["unit"]), str(sender["device"]), one)
        verdicts = (*self._seen(one.manifest), *self._merged(one))
        return _told(one, str(sender["unit"]), str(sender["device"]), verdicts)

    def _file_told(self, path: Path) -> BundleTold:
        data = carrier.take(path)
        blank = Bundle(0, "in", None, None, "", "", {}, {}, path.name, "")
        try:
            opened = self._unseal(data)
        except Problem as problem:
            unit, device = str(problem.details.get("sender") or ""), str(problem.details.get("device") or "")
            return self._refused(problem, unit, device, blank)
        known = self.ledger.receipt(manifest_sha256=opened.manifest_sha256)
        if known is not None:
            return self._receipt_told(known)
        seen = self._seen(opened.manifest)
        content = Verdict(CONTENT, UNSEEN, say("province.told.unseen"))
        merged = Verdict(MERGED, UNSEEN, say("province.told.not_merged"))
        sender = opened.sender
        return _told(blank, sender.unit, sender.node, (*seen, content, merged))

    def _refused(self, problem: Problem, unit: str, device: str, one: Bundle) -> BundleTold:
        """Return a bundle that was not taken in: the step it failed at says why, later ones were not looked at."""
        at = STEPS.index(FAILS_AT.get(problem.name, OPENED))
        before = [Verdict(step, OK, say(f"province.told.{step}_short")) for step in STEPS[:at]]
        after = [Verdict(step, UNSEEN, say(f"province.told.{'none' if step == MERGED else 'unseen'}"))
                 for step in STEPS[at + 1 :]]  # fmt: skip
        made = [*before, Verdict(STEPS[at], BAD, problem.what, problem.next), *after]
        return _told(one, unit, device, made, problem)

    def _unit_of_device(self, node: str) -> str:
        row = self.store.db.execute("SELECT unit FROM device WHERE node = ?", (node,)).fetchone()
        return str(row[0]) if row else ""

    # --- the sentences ------------------------------------------------------------------------------------------------

    def _seen(self, manifest: Mapping[str, Any]) -> tuple[Verdict, ...]:
        """Return what opening, signature and chain of a verified bundle say."""
        sender, payload = manifest["from"], manifest["payload"]
        opened = Verdict(OPENED, OK, say("province.told.opened"),
                         say("province.told.opened_more", app=manifest["app"], n=payload["lines"]))  # fmt: skip
        signed = Verdict(SIGNED, OK, say("province.told.signature", name=catalogue().units.label(sender["unit"])),
                         say("province.told.signature_more", device=str(sender["device"])[:4],
                             at=dates.show_date(str(manifest["at"])[:10])))  # fmt: skip
        return (opened, signed, self._chain(manifest["segs"], str(sender["device"])))

    def _chain(self, segs: Sequence[Mapping[str, Any]], device: str) -> Verdict:
        """Return whether the numbers of a bundle follow those held: what is missing now is told from – to."""
        for one in segs:
            stream = self.store.stream(str(one["s"]))
            held = stream.n if stream else 0
            if one["base"] > held:
                words = say("province.told.gap", first=held + 1, last=one["base"])
                return Verdict(CHAIN, CARE, words, say("province.told.gap_more", first=one["base"] + 1, last=one["n"]))
        if not segs:
            return Verdict(CHAIN, OK, say("province.told.chain_empty"))
        own = next((one for one in segs if self._device_of(str(one["s"])) in (device, "")), segs[0])
        return Verdict(CHAIN, OK, say("province.told.chain"),
                       say("province.told.chain_more", first=own["base"] + 1, last=own["n"]))  # fmt: skip

    def _device_of(self, stream: str) -> str:
        known = self.store.stream(stream)
        return known.device if known else ""

    def _merged(self, one: Bundle) -> tuple[Verdict, Verdict]:
        """Return what the content was found to be, and what of it was merged."""
        if one.code == "gap":
            waits = Verdict(MERGED, CARE, say("province.told.held"), say("province.told.held_more"))
            return Verdict(CONTENT, UNSEEN, say("province.told.unseen")), waits
        rows = self.store.db.execute(
            "SELECT q.reason, count(DISTINCT q.s || q.n) FROM quarantine q LEFT JOIN op o ON o.s = q.s AND o.n = q.n "
            "WHERE coalesce(q.bundle, o.bundle) = ? GROUP BY 1", (one.no,),
        ).fetchall()  # fmt: skip
        aside = sum(int(n) for _, n in rows)
        newer = int(one.manifest.get("schema") or 0) > SCHEMA
        if aside:
            reasons = "; ".join(_reason(str(reason), int(n)) for reason, n in rows)
            content = Verdict(CONTENT, CARE, say("province.told.aside", n=aside), reasons)
        else:
            content = Verdict(CONTENT, OK, say("province.told.content"),
                              say("province.told.newer" if newer else "province.told.content_more"))  # fmt: skip
        told = {key: int(one.result.get(key, 0)) for key in ("new", "already", "conflicts", "forks")}
        more = [say(f"province.told.{key}", n=told[key]) for key in ("already", "conflicts", "forks") if told[key]]
        care = bool(told["conflicts"] or told["forks"])
        merged = Verdict(MERGED, CARE if care else OK, say("province.told.merged", n=told["new"]), "; ".join(more))
        return content, merged


def _told(
    one: Bundle, unit: str, device: str, verdicts: Sequence[Verdict], problem: Problem | None = None
) -> BundleTold:
    name = catalogue().units.label(unit) if unit else say("province.told.stranger")
    return BundleTold(one.no, one.file, one.at, unit, name, device, one.code, tuple(verdicts), problem)


def _reason(reason: str, n: int) -> str:
    key = f"province.told.reason.{reason}"
    return say(key if has(key) else "province.told.reason.other", n=n)


def _problem(name: str, details: Mapping[str, Any]) -> Problem:
    try:
        made = Problem(name, **{key: value for key, value in details.items() if key not in ("problem", "unit")})
        str(made.what + made.next)
    except KeyError:  # a Problem nobody here knows, or one that says more than the receipt keeps
        return Problem("not_a_bundle")
    return made
