"""Verbs that send and receive over the network: the same sealed bundles, an office's WebDAV server between.

A bundle is written as ever, into ``outgoing/<device>/`` of the data folder, and an ``Errand`` brings it to the server;
what lies there for us it brings into ``arrived/``, and the ordinary ``receive`` takes it in. Between its two walks the
errand needs no register, so the window stays free: ``begin_post`` → ``errand.fetch`` → ``take_post`` →
``errand.deliver`` → ``end_post``; ``post`` does all five.

Rules. First is fetched, because an acknowledgement makes the next bundle smaller. What lies on the server unchanged is
not sent again; a large bundle that was begun is finished before a new one is packed. "Delivered" is read back, and
still not acknowledged. Address, user, password, pin and proxy are one fact of the encrypted store; the password goes
only to the address it was given for, and never out of here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cbdesk import clock
from cbdesk.bundle import MAX_LINES, unit_for
from cbdesk.card import Device
from cbdesk.desk.carrying import Carrying, Received, Sent
from cbdesk.errand import INBOX, OUTBOX, Delivery, Errand, Tell
from cbdesk.errors import Problem
from cbdesk.rights import OFFICERS, SEND, needs, wholly
from cbdesk.store.ledger import Bundle

if TYPE_CHECKING:
    from cbdesk.courier import Account, Step

OUTGOING, ARRIVED = "outgoing", "arrived"
FACT, LAST = "post", "post_last"
LARGE = 256 * 1024
"""Bytes above which a bundle begun is finished before another is packed."""

PAUSE_MINUTES, LISTEN_HOURS = 15, 4
"""The least time between two tries by itself, and how long a commune with nothing to send waits to look."""

TAKEN = frozenset({"merged", "already", "accepted"})


@dataclass(frozen=True, slots=True)
class PostSettings:
    """What may be shown: everything but the password. ``last_problem`` names a Problem, "" when all was well."""

    url: str = ""
    user: str = ""
    has_password: bool = False
    pin: str = ""
    proxy: str = ""
    automatic: bool = False
    last_at: str = ""
    last_problem: str = ""


@dataclass(frozen=True, slots=True)
class SentOver(Sent):
    """A file that lies on the server; ``already``: it lay there before and nothing was sent."""

    url: str = ""
    already: bool = False


@dataclass(frozen=True, slots=True)
class Posted:
    """What an errand did: files brought to the server (or found there), and what came from it."""

    sent: tuple[SentOver, ...] = ()
    received: tuple[Received, ...] = ()


class Posting(Carrying):
    """Verbs that send and receive over the network."""

    # --- settings ----------------------------------------------------------------------------------------------------

    def post_settings(self) -> PostSettings:
        """Return the server that is set, without its password."""
        kept, last = self._post_kept(), json.loads(self.store.meta(LAST) or "{}")
        if not kept:
            return PostSettings()
        from cbdesk.courier.account import without_login

        return PostSettings(
            kept["url"], kept["user"], bool(kept["password"]), kept["pin"], without_login(kept["proxy"]),
            bool(kept["automatic"]), str(last.get("at", "")), str(last.get("problem", "")),
        )  # fmt: skip

    def _post_kept(self) -> dict[str, Any]:
        return dict(json.loads(self.store.meta(FACT) or "{}"))

    @needs(OFFICERS)
    def set_post(
        self, url: str, user: str = "", password: str | None = None, pin: str = "", proxy: str | None = None,
        *, automatic: bool = False,
    ) -> PostSettings:  # fmt: skip
        """Set the server, or with an empty ``url`` forget it. ``None`` keeps password or proxy as they were.

        The password is kept only for the same address and user. Raises ``post_not_https``, ``post_bad_url``,
        ``post_bad_pin``, ``post_bad_proxy``.
        """
        with self.store.atomic():
            self.store.set_meta(FACT, self._post_fact(url, user, password, pin, proxy, automatic) if url else "{}")
            self.store.set_meta(LAST, "{}")
            self.ledger.log_access(self.officer, "post_settings")
        return self.post_settings()

    def _post_fact(
        self, url: str, user: str, password: str | None, pin: str, proxy: str | None, automatic: bool
    ) -> str:
        account = self.post_account(url, user, password, pin, proxy)
        return json.dumps({**asdict(account), "automatic": automatic}, ensure_ascii=False)

    @needs(OFFICERS)
    def post_account(
        self, url: str, user: str = "", password: str | None = None, pin: str = "", proxy: str | None = None
    ) -> Account:
        """Return typed values as an account, to be tried out or set. Raises as ``set_post`` does."""
        from cbdesk.courier import Account, read_pin, read_proxy, read_url

        kept, address = self._post_kept(), read_url(url)
        same = kept.get("url") == address and kept.get("user") == user.strip()
        if password is None:
            password = str(kept["password"]) if same else ""
        way = str(kept.get("proxy", "")) if proxy is None else read_proxy(proxy)
        return Account(address, user.strip(), password, read_pin(pin), way)

    def _account(self) -> Account:
        from cbdesk.courier import Account

        kept = self._post_kept()
        if not kept:
            raise Problem("post_unset")
        return Account(**{name: kept[name] for name in ("url", "user", "password", "pin", "proxy")})

    @needs(SEND)
    def post_to(self, url: str) -> Account:
        """Return the account that is set if ``url`` is its address. Raises ``post_unset``, ``post_other``."""
        from cbdesk.courier import read_url

        address, account = read_url(url), self._account()
        if account.url != address:
            raise Problem("post_other")
        return account

    # --- the errand --------------------------------------------------------------------------------------------------

    @needs(SEND)
    def post_test(self, account: Account | None = None, progress: Tell | None = None) -> list[Step]:
        """Try the server step by step; each ``Step`` has ``name``, ``ok``, ``problem``. Raises ``post_unset``."""
        return self.begin_post(account).try_out(progress)

    @needs(SEND)
    def begin_post(self, account: Account | None = None) -> Errand:
        """Return an errand to the server that is set, or to ``account``. Raises ``post_unset``."""
        receiver = self.role == "receiver"
        looks_in = INBOX if receiver else f"{OUTBOX}/{self.unit.code}"
        known = frozenset[str]() if receiver else self._taken_before()
        return Errand(account or self._account(), self.node, looks_in, self.folder / ARRIVED, receiver, known)

    def _taken_before(self) -> frozenset[str]:
        """Return the SHA-256 of files that need not be fetched again. A receiver fetches all: it answers again."""
        codes = ", ".join(f"'{one}'" for one in sorted(TAKEN))
        rows = self.store.db.execute(f"SELECT file_sha256 FROM bundle WHERE dir = 'in' AND code IN ({codes})")
        return frozenset(str(digest) for (digest,) in rows if digest)

    @needs(SEND)
    @wholly
    def take_post(self, errand: Errand, *, to: str | None = None, send: bool = True) -> list[Received]:
        """Take in what an errand fetched and lay ready what it is to bring; returns what became of each file.

        Without ``send`` only answers to what came are laid ready. Raises ``no_receiver``.
        """
        outgoing = self.folder / OUTGOING
        outgoing.mkdir(exist_ok=True)
        found = self.receive(list(errand.fetched), outgoing) if errand.fetched else []
        found += [Received(name, None, "refused", {}, problem) for name, problem in errand.refused.items()]
        errand.done = self._done(errand, found)
        self._sort_answers(outgoing)
        for peer in self._addressees(to) if send else []:
            self._lay_ready(outgoing, peer)
        for peer in self.peers():
            self._hand_to(errand, outgoing / peer.node, peer)
        return found

    def _done(self, errand: Errand, found: Sequence[Received]) -> dict[str, str]:
        """Return which files of the server are taken in, each with its sender; here they are not needed any more."""
        done = {}
        for one in found:
            stem = errand.fetched.get(Path(one.file))
            if stem and one.result in TAKEN:
                Path(one.file).unlink(missing_ok=True)
                done[stem] = one.sender or ""
        return done

    def _sort_answers(self, outgoing: Path) -> None:
        """Put what ``receive`` wrote into the folder of the one it is for."""
        for path in outgoing.glob("*.cbd"):
            receipt = self._receipt_of(path)
            to = str(receipt.result.get("to", "")) if receipt else ""
            if not to:
                path.unlink()
                continue
            (outgoing / to).mkdir(exist_ok=True)
            path.replace(outgoing / to / path.name)

    def _receipt_of(self, path: Path) -> Bundle | None:
        return next(iter(self.ledger.bundles("dir = 'out' AND file = ?", (path.name,), limit=1)), None)

    def _lay_ready(self, outgoing: Path, peer: Device) -> None:
        """Write the next bundle to a peer, unless the one that lies ready says all there is to say."""
        folder = outgoing / peer.node
        folder.mkdir(exist_ok=True)
        kept = self._kept_files(folder)
        mine = next((one for one in kept.values() if "segs" in one.manifest), None)
        if mine is not None and (self._says_all(mine, peer) or self._is_begun(mine, peer)):
            self._send_beside(folder, peer)
            return
        self.send(folder, peer.node)
        for path, one in kept.items():
            if "segs" in one.manifest:
                path.unlink(missing_ok=True)

    def _kept_files(self, folder: Path) -> dict[Path, Bundle]:
        """Return what lies ready, newest first; of each kind (bundle, additions) only the newest stays."""
        found = [(path, self._receipt_of(path)) for path in folder.glob("*.cbd")]
        kept: dict[Path, Bundle] = {}
        kinds = set[str]()
        for path, one in sorted(found, key=lambda item: -item[1].no if item[1] else 0):
            kind = str(one.manifest.get("what", "bundle")) if one else ""
            if one is None or kind in kinds:  # also what a restored register does not know of
                path.unlink(missing_ok=True)
            else:
                kinds.add(kind)
                kept[path] = one
        return kept

    def _says_all(self, mine: Bundle, peer: Device) -> bool:
        """Return whether a bundle written earlier carries exactly what would be packed now."""
        unit, said = unit_for(self.store, peer), mine.manifest
        waiting = {(one.s, base, one.n) for one, base in self.ledger.waiting(peer.node, unit)}
        segments = {(seg["s"], seg["base"], seg["n"]) for seg in said["segs"]}
        owed = {digest for digest, _ in self.store.owed(peer.node, unit)}
        whole = waiting == segments or said["payload"]["lines"] >= MAX_LINES
        have = {s: list(held) for s, held in self.ledger.have(unit).items()} == said["have"]
        trust = self.role != "receiver" or said.get("trust") == self.ledger.trust_list()[0]
        return whole and have and trust and set(said["blobs"]) <= owed and bool(said["blobs"]) == bool(owed)

    def _is_begun(self, mine: Bundle, peer: Device) -> bool:
        """Return whether a large bundle is on its way and the peer still lacks something of it."""
        held = self.ledger.peer(peer.node).have
        lacks = any(held.get(seg["s"], (0, ""))[0] < seg["n"] for seg in mine.manifest["segs"])
        return mine.code == "written" and lacks and int(mine.result.get("bytes", 0)) > LARGE

    def _hand_to(self, errand: Errand, folder: Path, peer: Device) -> None:
        """Give an errand what lies ready for a peer; an answer that was brought and carries nothing else is done."""
        where = INBOX if peer.role == "receiver" else f"{OUTBOX}/{peer.unit.split('@')[0]}"
        before = "" if peer.role == "receiver" else f"{peer.node}-"
        for path, one in self._kept_files(folder).items() if folder.is_dir() else ():
            bundle = "segs" in one.manifest
            if bundle and one.code == "posted" and not one.manifest["segs"] and not one.manifest["blobs"]:
                path.unlink(missing_ok=True)
                continue
            stem = f"{where}/{before}{one.file_sha256}"
            errand.deliveries.append(Delivery(path, peer.node, stem, path.stat().st_size, one.code == "posted"))
            if bundle and errand.receiver:
                older = self.ledger.bundles(
                    "dir = 'out' AND no < ? AND json_extract(result, '$.to') = ? "
                    "AND json_extract(manifest, '$.what') IS NULL", (one.no, peer.node), limit=200,
                )  # fmt: skip
                names = {f"{before}{old.file_sha256}" for old in older}
                errand.overtaken[where] = errand.overtaken.get(where, frozenset()) | names

    @needs(SEND)
    def end_post(self, errand: Errand, received: Sequence[Received] = (), problem: Problem | None = None) -> Posted:
        """Write down what an errand brought; ``problem`` is what stopped it. Returns what was sent and received."""
        with self.store.atomic():
            sent = [self._sent_over(errand, one) for one in errand.deliveries if one.delivered is not None]
            said = {"at": clock.stamp(), "problem": problem.name if problem else ""}
            self.store.set_meta(LAST, json.dumps(said))
            self.ledger.log_access(self.officer, "post", detail=f"{len(sent)} {len(received)}")
        urls = {one.to: one.url for one in sent}
        found = [replace(one, ack=urls.get(one.sender or "")) if one.ack else one for one in received]
        found += [Received(one.stem, one.node, "refused", {}, one.problem) for one in errand.deliveries if one.problem]
        return Posted(tuple(sent), tuple(found))

    def _sent_over(self, errand: Errand, one: Delivery) -> SentOver:
        receipt = self._receipt_of(one.path)
        assert receipt is not None
        assert one.delivered is not None
        if receipt.code == "written":
            self.ledger.set_result(receipt.no, "posted", dict(receipt.result))
        counts = {name: int(receipt.result.get(name, 0)) for name in ("from_seq", "to_seq", "changes")}
        return SentOver(
            one.path, one.node, **counts, bytes=one.size, sha256=receipt.file_sha256 or "",
            url=f"{errand.account.url}/{one.delivered.name}", already=one.delivered.already,
        )  # fmt: skip

    # --- all at once -------------------------------------------------------------------------------------------------

    @needs(SEND)
    def post(
        self, account: Account | None = None, to: str | None = None, progress: Tell | None = None, *,
        send: bool = True,
    ) -> Posted:  # fmt: skip
        """Fetch, take in, lay ready, bring, write down. Without ``send`` only answers to what came are brought.

        ``progress`` hears the steps ``ask``, ``fetch``, ``send`` with bytes done and in all, and may raise to stop:
        what was brought stays brought. Raises ``post_unset``, ``no_receiver``, and those of group N.
        """
        errand = self.begin_post(account)
        received: list[Received] = []
        try:
            errand.fetch(progress)
            received = self.take_post(errand, to=to, send=send)
            errand.deliver(progress)
        except Problem as problem:
            self.end_post(errand, received, problem)
            raise
        return self.end_post(errand, received)

    @needs(SEND)
    def fetch(self, account: Account | None = None, progress: Tell | None = None) -> list[Received]:
        """Fetch and take in what lies on the server, and bring the answers to it. Raises as ``post`` does."""
        return list(self.post(account, progress=progress, send=False).received)

    def forget_backups(self) -> None:
        """After a legal deletion: what was laid ready before and is not delivered does not go either."""
        super().forget_backups()
        for path in (self.folder / OUTGOING).glob("*/*.cbd"):
            path.unlink(missing_ok=True)

    def post_due(self) -> bool:
        """Return whether it is time to try by itself: switched on, allowed, and long enough since the last try."""
        kept = self._post_kept()
        if not kept.get("automatic") or SEND not in self.rights:
            return False
        last = str(json.loads(self.store.meta(LAST) or "{}").get("at", ""))
        if not last:
            return True
        minutes = (datetime.fromisoformat(clock.stamp()) - datetime.fromisoformat(last)).total_seconds() / 60
        waits = self.role == "receiver" or self.unsent() > 0
        return minutes < 0 or minutes >= (PAUSE_MINUTES if waits else LISTEN_HOURS * 60)
