"""The merge as one stateful test: whatever is saved, sent, lost, doubled, restored or cut short, all nodes agree.

Invariants I1–I8, I10–I12, I14 and I16 of ``spec/bundle.md`` 4.6, on real stores. Two records and two fields make
collisions likely. ``CBDESK_HISTORIES`` sets how many histories are tried.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from nodes import RECORDS, World

from cbdesk import change, clock
from cbdesk.store import Ledger, Store

HISTORIES = int(os.environ.get("CBDESK_HISTORIES", "40"))
STEPS, PART = 30, 40
who = st.integers(0, 2)
records = st.sampled_from(RECORDS[:2])
values = st.fixed_dictionaries(
    {}, optional={"full_name": st.sampled_from(["An", "Bế", "Cầu"]), "born": st.sampled_from(["2014", "2015"])}
).filter(bool)
any_of_them = st.integers(0, 20)
moments = st.sampled_from(["1999-01-01T00:00", "2026-11-24T08:00", "2099-12-31T23:59"])


CUTS = ["project", "hear", "set_result"]
"""Steps of a merge before which the power goes."""


class Cut(Exception):
    """The power goes."""


class Histories(RuleBasedStateMachine):
    """Three nodes of one unit living through anything."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="cbdesk-history-", dir=_fast_folder()))
        self.world = World(self.folder)
        self.nodes = self.world.nodes
        self.flying: list[tuple[int, bytes]] = []
        self.copies: list[tuple[int, Path]] = []
        self.before = [self._facts(node) for node in self.nodes]
        self.excused: set[int] = set()
        self.ever: dict[tuple[str, int], str] = {}
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(change, "new_stream_id", _dice(random.Random(7)))

    def _facts(self, node):
        outbox = {peer.name: node.ledger.unsent(peer.device.node, node.unit) for peer in node.peers.values()}
        return node.ops(), outbox

    # --- what may happen -------------------------------------------------------------------------------------------

    @rule(i=who, record=records, fields=values, at=moments)
    def save(self, i, record, fields, at):
        clock.set_fixed(at)
        if not self.nodes[i].is_erased(record):
            self.nodes[i].save(record, **fields)

    @rule(i=who, record=records, fields=values)
    def save_and_hand_over(self, i, record, fields):
        node = self.nodes[i]
        if not node.is_erased(record):
            node.save(record, **fields)
        for to in node.peers.values():
            self._deliver(to, node.pack(to, always=True))

    @rule(i=who, record=records, fields=values)
    def save_and_hear_back(self, i, record, fields):
        self.save_and_hand_over(i, record, fields)
        for to in self.nodes[i].peers.values():
            self._deliver(self.nodes[i], to.pack(self.nodes[i], always=True))

    @rule(i=who, record=records, one=values, other=values, by_hand=st.booleans())
    def go_back_in_time(self, i, record, one, other, by_hand):
        """Something is saved and delivered, then forgotten through an older copy, then something else is saved."""
        self.copy(i)
        self.save_and_hear_back(i, record, one)
        self.pack(i, 0)
        self.restore(len(self.copies) - 1, by_hand)
        self.save(i, record, other, "2026-11-24T08:00")

    @rule(i=who, record=records, reason=st.sampled_from(["chuyển đi", None]))
    def void_or_bring_back(self, i, record, reason):
        if record in self.nodes[i].shown():
            self.nodes[i].save(record, void=reason)

    @rule(i=who, sure=st.integers(0, 2))
    def erase(self, i, sure):
        node = self.nodes[i]
        if sure == 0 and RECORDS[1] in node.shown():
            node.erase(RECORDS[1])

    @rule(i=who, j=st.integers(0, 1))
    def pack(self, i, j):
        node = self.nodes[i]
        to = list(node.peers.values())[j]
        self._nothing_twice(node, to)
        self.flying.append((self.nodes.index(to), node.pack(to, always=True)))

    @precondition(lambda self: self.flying)
    @rule(which=any_of_them, keep=st.booleans())
    def deliver(self, which, keep):
        at = which % len(self.flying)
        i, sealed = self.flying[at] if keep else self.flying.pop(at)
        self._deliver(self.nodes[i], sealed)

    @precondition(lambda self: self.flying)
    @rule(which=any_of_them)
    def deliver_twice(self, which):
        i, sealed = self.flying[which % len(self.flying)]
        self._deliver(self.nodes[i], sealed)
        before = self.nodes[i].dump(without=("bundle",))
        self.nodes[i].merge(sealed)
        assert self.nodes[i].dump(without=("bundle",)) == before  # I4

    @rule(i=who, j=st.integers(0, 1), record=records, fields=values, where=st.sampled_from(CUTS))
    def cut_short(self, i, j, record, fields, where):
        self.save(i, record, fields, "2026-11-24T08:00")
        self.pack(i, j)
        to, sealed = self.flying[-1]
        node = self.nodes[to]
        before = node.dump()
        with pytest.MonkeyPatch.context() as patch, contextlib.suppress(Cut):
            patch.setattr(Store if where == "project" else Ledger, where, _then_cut)
            assert node.merge(sealed).code == "gap"
            before = node.dump()
            self.excused.add(to)  # what waits for its gap is heard all the same
        assert node.dump() == before  # I8

    @rule(i=who)
    def copy(self, i):
        path = self.folder / f"copy-{len(self.copies)}"
        self.copies.append((i, self.nodes[i].copy(path)))

    @precondition(lambda self: self.copies)
    @rule(which=any_of_them, by_hand=st.booleans())
    def restore(self, which, by_hand):
        i, path = self.copies[which % len(self.copies)]
        self.nodes[i].restore(path, by_hand=by_hand)
        self.excused.add(i)

    # --- what must hold --------------------------------------------------------------------------------------------

    def _deliver(self, node, sealed):
        node.receive(sealed)
        self.excused.add(self.nodes.index(node))

    def _nothing_twice(self, node, to):
        have = node.ledger.peer(to.device.node).have
        for stream, base in node.ledger.waiting(to.device.node, node.unit):
            n, h = have.get(stream.s, (0, ""))
            assert stream.n > base
            assert n < stream.n or node.store.head_at(stream.s, n).hex() != h  # I12

    @invariant()
    def tables_are_what_the_lines_say(self):
        for node in self.nodes:
            rows, conflicts = node.expected()
            shown = {r: {k: v for k, v in row.items() if v is not None} for r, row in rows.items()}
            assert node.shown() == shown  # I1, I6
            assert [(t, r, f, c, s) for t, r, f, c, s, _ in node.conflicts()] == [one[:5] for one in conflicts]  # I7

    @invariant()
    def nothing_disappears(self):
        for i, node in enumerate(self.nodes):
            ops, outbox = self._facts(node)
            old_ops, old_outbox = self.before[i]
            if i not in self.excused:
                assert all(outbox[name] >= old_outbox[name] for name in outbox)  # I16
            if i not in self.excused or not self.copies:
                assert old_ops.items() <= ops.items()  # I10, I11
            assert all(self.ever.setdefault(op, h) == h for op, h in ops.items())  # I11
            self.before[i] = (ops, outbox)
        self.excused.clear()

    def teardown(self):
        try:
            self._settle()
        finally:
            self.world.close()
            shutil.rmtree(self.folder, ignore_errors=True)
            self.patch.undo()
            clock.set_fixed(None)

    def _settle(self):
        living = {op for node in self.nodes for op in node.ops().items()}
        self.world.exchange()
        first = self.nodes[0]
        for node in self.nodes:
            assert living <= set(node.ops().items())  # I10 (what was held may bring back more)
            assert node.ops() == first.ops()  # I3
            assert node.lines() == first.lines()
            assert node.shown() == first.shown()
            assert node.conflicts() == first.conflicts()
            assert not node.set_aside()  # I11: no fork in an honest history
            assert not node.held
            assert node.store.broken_chains() == []  # I2, I14
            assert not any(node.ledger.unsent(peer.device.node, node.unit) for peer in node.peers.values())
        assert first.store.rebuilt_differences() == []  # I1
        self.tables_are_what_the_lines_say()


def _fast_folder() -> str | None:
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def _dice(rng: random.Random):
    """Return stream ids that are the same in each telling of a history: ties are broken by them."""
    return lambda: f"{rng.getrandbits(64):016x}"


def _then_cut(*_, **__):
    raise Cut


def live(histories: int, steps: int = STEPS) -> None:
    machine = settings(
        max_examples=histories,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        print_blob=False,
        phases=(Phase.generate, Phase.shrink) if "CBDESK_SHRINK" in os.environ else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Histories, settings=machine)


@pytest.mark.parametrize("part", range(max(1, HISTORIES // PART)))
def test_all_nodes_agree_after_any_history(part):
    live(min(HISTORIES, PART))
