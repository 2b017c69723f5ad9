"""Whole nodes for tests of the merge: real encrypted stores, real sealed bundles, no password and no window.

A unit has two commune PCs and a receiver. ``World`` makes them from one template file, so that a history costs
milliseconds; ``Node`` does what the desk does (pack, unseal, merge, hold what comes too early, copy, restore).
"""

from __future__ import annotations

import json
import shutil
import tempfile
from functools import cache
from pathlib import Path

from cbdesk import bundle, change, merge, seal
from cbdesk.card import Device
from cbdesk.catalogue import catalogue
from cbdesk.seal import DeviceKeys
from cbdesk.store import Draft, Ledger, Store
from cbdesk.store.store import NAME

KEY = bytes(range(32))
UNIT, PROVINCE = "01321@2025-07-01", "04@"
RECORDS = [f"0199aaaa-0000-7000-8000-00000000000{i}" for i in range(3)]


class NodeStore(Store):
    """A store that remembers legal deletions in its own folder: nodes of all histories have the same ids."""

    def _memory(self) -> Path:
        return self.folder / "erased.json"


@cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="cbdesk-nodes-"))
    NodeStore.create(folder, KEY, {"node": "0" * 16, "unit": UNIT, "role": "commune", "practice": "0"}).close()
    return folder / NAME


@cache
def _keys(name: str) -> DeviceKeys:
    return DeviceKeys.new()


class Node:
    """One installation."""

    def __init__(self, folder: Path, name: str, unit: str, role: str) -> None:
        self.name, self.folder, self.keys = name, folder, _keys(name)
        self.device = Device(
            (name.encode().hex() + "0" * 16)[:16], unit, role, self.keys.sign_public, self.keys.age_recipient
        )
        self.peers: dict[str, Node] = {}
        self.held: list[bytes] = []
        folder.mkdir(parents=True)
        shutil.copy(_template(), folder / NAME)
        self.store = NodeStore.unlock(folder, KEY)
        with self.store.atomic():
            for fact, value in {"node": self.device.node, "unit": unit, "role": role, "key": self.keys.key}.items():
                self.store.set_meta(fact, value)

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.store)

    @property
    def unit(self) -> str:
        """The unit this node writes for; the receiver of these tests has one commune."""
        return UNIT if self.device.role == "receiver" else self.device.unit

    # --- writing ---------------------------------------------------------------------------------------------------

    def save(self, record: str, form: str = "child", kind: str = "set", **fields) -> list[change.Change]:
        fields = {("_del" if name == "void" else name): value for name, value in fields.items()}
        return self.store.write([Draft(form, record, fields, kind)], unit=self.unit, officer=self.name).changes

    def erase(self, record: str) -> None:
        self.save(record, kind="erase")

    def is_erased(self, record: str) -> bool:
        return bool(self.store.db.execute("SELECT 1 FROM erasure WHERE r = ?", (record,)).fetchone())

    # --- carrying --------------------------------------------------------------------------------------------------

    def pack(self, to: Node, *, always: bool = False) -> bytes | None:
        """Pack as the desk does: what was told is remembered once the file stands."""
        with self.store.atomic():
            packed = bundle.pack(self.store, self.keys, to.device, always=always)
            if packed is None:
                return None
            self.ledger.record(
                "out", self.device.node, "written", manifest=packed.manifest, file="x", file_sha256=packed.sha256
            )
            self.ledger.tell(to.device.node, packed.have)
        self.store.leave_witness()
        return packed.data

    def find_device(self, key: str) -> Device | None:
        return self.ledger.device(key)

    def trust(self, *others: Node) -> None:
        with self.store.atomic():
            for node in (self, *others):
                self.ledger.trust(node.device, node.name, b"")
        self.peers |= {other.name: other for other in others}

    def merge(self, data: bytes, heard=None) -> merge.Merged:
        opened = seal.unseal(data, self.keys.identity, self.device.node, self.find_device)
        return merge.merge(
            self.store,
            opened,
            file="x.cbd",
            file_sha256="0" * 64,
            find_device=self.find_device,
            heard={} if heard is None else heard,
            officer=self.name,
        )

    def receive(self, data: bytes) -> merge.Merged:
        """Merge as the desk does: hold what comes too early and try it again after each merge."""
        heard: dict = {}
        merged = self.merge(data, heard)
        if merged.code == "gap":
            if data not in self.held:
                self.held.append(data)
            return merged
        moved = True
        while moved:
            moved = False
            for waiting in list(self.held):
                if self.merge(waiting, heard).code != "gap":
                    self.held.remove(waiting)
                    moved = True
        return merged

    # --- copies ----------------------------------------------------------------------------------------------------

    def copy(self, path: Path) -> Path:
        """Keep the register as it is now; a real backup is proved elsewhere, its vacuum takes ten times as long."""
        self.store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        shutil.copy(self.folder / NAME, path)
        return path

    def restore(self, path: Path, *, by_hand: bool = False) -> None:
        """Put an older copy in place, through the program or (``by_hand``) behind its back."""
        self.store.close()
        shutil.copy(path, self.folder / NAME)
        self.store = NodeStore.unlock(self.folder, KEY)
        if by_hand:
            self.store.heed_witness()
        else:
            self.store.new_streams()
        self.held.clear()

    def close(self) -> None:
        self.store.close()

    # --- looking ---------------------------------------------------------------------------------------------------

    def ops(self) -> dict[tuple[str, int], str]:
        return {(s, n): h.hex() for s, n, h in self.store.db.execute("SELECT s, n, h FROM op")}

    def log(self) -> list[tuple]:
        return self.store.db.execute("SELECT s, n, r, line FROM op ORDER BY s, n").fetchall()

    def lines(self) -> list[tuple]:
        """Return the journal byte for byte. (A line that came already erased does not tell its record.)"""
        return [(s, n, line) for s, n, _, line in self.log()]

    def rows(self, form: str = "child") -> list[dict]:
        return self.store.rows(form, order="id", hidden=True)

    def row(self, record: str, form: str = "child") -> dict:
        return self.store.row(form, record) or {}

    def conflicts(self) -> list[tuple]:
        return self.store.db.execute("SELECT t, r, f, c, s, value FROM conflict ORDER BY 1, 2, 3, 4, 5").fetchall()

    def set_aside(self) -> list[tuple]:
        return self.store.db.execute("SELECT s, n, reason FROM quarantine ORDER BY 1, 2, 3").fetchall()

    def dump(self, *, without: tuple[str, ...] = ()) -> dict[str, list[tuple]]:
        """Return every table of the register, row by row."""
        names = [
            name
            for (name,) in self.store.db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if "_find" not in name and name not in without
        ]
        return {name: sorted(map(repr, self.store.db.execute(f'SELECT * FROM "{name}"').fetchall())) for name in names}

    def expected(self) -> tuple[dict[str, dict], list[tuple]]:
        """Return rows and conflicts of children as the definition says, straight from the lines (I1, I6, I7).

        A second telling on purpose: heads are the writes no other change of the record names as a parent.
        """
        writes: dict[tuple[str, str], dict] = {}
        replaced: set[tuple[str, str, int, str]] = set()
        seen: set[str] = set()
        for _, _, r, line in self.log():
            body = json.loads(line)
            if "erased" in body or body["t"] != "child" or body.get("k") == "erase":
                continue
            seen.add(r)
            for name, value in body["f"].items():
                writes.setdefault((r, name), {})[(body["c"], body["s"])] = value
            for name, parents in body["b"].items():
                replaced |= {(r, name, c, s) for c, s in parents}
        rows: dict[str, dict] = {r: {} for r in seen}
        conflicts = []
        for (r, name), found in writes.items():
            heads = {version: value for version, value in found.items() if (r, name, *version) not in replaced}
            winner = max(heads)
            rows[r][name] = heads.pop(winner)
            conflicts += [("child", r, name, c, s, json.dumps(value)) for (c, s), value in heads.items()]
        return rows, sorted(conflicts)

    def shown(self) -> dict[str, dict]:
        """Return the stored rows of children in the shape of ``expected``."""
        fields = [field.name for field in catalogue().forms["child"].fields]
        return {
            str(row["id"]): {name: row[name] for name in ("_del", *fields) if row.get(name) is not None}
            for row in self.rows()
        }


class World:
    """Two PCs of one commune and their receiver, who all know each other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.a = Node(folder / "a", "a", UNIT, "commune")
        self.b = Node(folder / "b", "b", UNIT, "commune")
        self.r = Node(folder / "r", "r", PROVINCE, "receiver")
        self.nodes = [self.a, self.b, self.r]
        for node in self.nodes:
            node.trust(*(other for other in self.nodes if other is not node))

    def exchange(self, rounds: int = 12) -> int:
        """Pass bundles between everybody until nobody has anything to say; returns the rounds it took.

        In the first round everybody speaks: what was told last may have been lost with its stick.
        """
        for round_no in range(rounds):
            moved = False
            for sender in self.nodes:
                for to in sender.peers.values():
                    data = sender.pack(to, always=round_no == 0)
                    if data is not None:
                        moved = True
                        to.receive(data)
            if not moved:
                return round_no
        raise AssertionError("never quiet: " + "; ".join(self._open_ends()))

    def _open_ends(self) -> list[str]:
        found = []
        for node in self.nodes:
            for peer in node.peers.values():
                waiting = node.ledger.waiting(peer.device.node, node.unit)
                asked = [f"{one.s[:4]} {base}-{one.n} {one.state}" for one, base in waiting]
                told = node.ledger.peer(peer.device.node).told != node.ledger.have(node.unit)
                found.append(f"{node.name}>{peer.name} {asked} {'ack' if told else ''} held {len(node.held)}")
        return found

    def close(self) -> None:
        for node in self.nodes:
            node.close()
