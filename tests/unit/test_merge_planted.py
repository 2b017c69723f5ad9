"""A test of the test: each classic mistake of a merge, planted, must be caught by the histories of ``test_merge``."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from test_merge import live

from cbdesk import change, clock, merge
from cbdesk.errors import Problem
from cbdesk.store import Ledger, Store
from cbdesk.store.library import DatabaseError
from cbdesk.store.projection import Projector
from cbdesk.store.streams import Streams

LIMIT = 200
"""Histories in which a bug must show. The slowest was seen to need about a third of them."""


def no_lamport_update(patch):
    append = Store.append

    def forgetful(self, stream, changes, lines, bundle):
        seen = self.meta("lamport")
        head = append(self, stream, changes, lines, bundle)
        if bundle is not None:
            self.set_meta("lamport", seen)
        return head

    patch.setattr(Store, "append", forgetful)


def wall_clock_order(patch):
    meta = Store.meta

    def by_the_clock(self, name):
        return str(int(clock.now().timestamp())) if name == "lamport" else meta(self, name)

    patch.setattr(Store, "meta", by_the_clock)


def last_arrival_wins(patch):
    def apply(state, one, _):
        for name, value in one.f.items():
            state[name] = {one.version: value}

    patch.setattr(change, "apply", apply)


def no_superseded_check(patch):
    patch.setattr(Projector, "_superseded", lambda *_: False)


def gap_ignored(patch):
    segments, head_at = merge._segments, Streams.head_at

    def eager(store, *rest):
        found = []
        for one in segments(store, *rest):
            if one.base > one.stream.n:
                store.db.execute(
                    "UPDATE stream SET n = ?, h = ? WHERE s = ?", (one.base, bytes.fromhex(one.base_h), one.stream.s)
                )
                one = replace(one, stream=store.stream(one.stream.s))
            found.append(one)
        return found

    def told(self, s, n):
        stream = self.stream(s)
        return stream.h if stream and stream.n == n else head_at(self, s, n)

    patch.setattr(merge, "_segments", eager)
    patch.setattr(Streams, "head_at", told)


def no_duplicate_check(patch):
    append = merge._append

    def again(store, segment, *rest):
        if segment.base < segment.stream.n:
            store.db.execute("UPDATE stream SET n = n + 1 WHERE s = ?", (segment.stream.s,))
        return append(store, segment, *rest)

    patch.setattr(merge, "_append", again)


def same_stream_after_restore(patch):
    patch.setattr(Streams, "new_streams", lambda self, only=None: None)


def witness_not_heeded(patch):
    patch.setattr(Streams, "heed_witness", lambda self: False)


def maximum_have(patch):
    hear = Ledger.hear

    def highest(self, node, have, bundle):
        known = self.peer(node).have
        hear(self, node, {s: max(have.get(s, (0, "")), known.get(s, (0, ""))) for s in {*have, *known}}, bundle)

    patch.setattr(Ledger, "hear", highest)


def sent_counts_as_delivered(patch):
    tell = Ledger.tell

    def hopeful(self, node, told):
        tell(self, node, told)
        if "" not in told:
            self._put_peer(node, told, 1, told)

    patch.setattr(Ledger, "tell", hopeful)


def own_streams_never_come_back(patch):
    waiting = Ledger.waiting
    patch.setattr(
        Ledger, "waiting", lambda self, node, unit: [one for one in waiting(self, node, unit) if one[0].device != node]
    )


def losers_forgotten(patch):
    patch.setattr(Projector, "_write_conflicts", lambda self, row: None)


def late_lines_of_the_erased_stay(patch):
    patch.setattr(Store, "_erasures", lambda self: set())


def merge_not_in_one_piece(patch):
    project = Store.project

    def committed_early(self, changes):
        found = project(self, changes)
        if any(one.s != self.meta("node") for one in changes) and self.db.conn.in_transaction:
            self.db.execute("COMMIT")
            self.db.execute("BEGIN IMMEDIATE")
        return found

    patch.setattr(Store, "project", committed_early)


def parents_not_named(patch):
    line = change.Change.line
    patch.setattr(change.Change, "line", lambda self: line(replace(self, b={})))


def shown_row_differs(patch):
    """The row of the table drops a field now and then, the journal is right."""
    values = Projector._values

    def careless(self, row, names):
        found = values(self, row, names)
        if len(row.state) > 2 and "born" in names:
            found[names.index("born")] = None
        return found

    patch.setattr(Projector, "_values", careless)


BUGS = [
    no_lamport_update, wall_clock_order, last_arrival_wins, no_superseded_check, gap_ignored, no_duplicate_check,
    same_stream_after_restore, witness_not_heeded, maximum_have, sent_counts_as_delivered, own_streams_never_come_back,
    losers_forgotten, late_lines_of_the_erased_stay, merge_not_in_one_piece, parents_not_named, shown_row_differs,
]  # fmt: skip


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_a_planted_bug_is_caught(bug, monkeypatch):
    bug(monkeypatch)
    with pytest.raises((AssertionError, Problem, DatabaseError)):
        live(LIMIT)


def test_the_lines_are_what_the_planter_thinks():
    """The planted bugs rest on these names; a renamed one must not make them harmless."""
    assert json.loads(change.Change("0" * 16, 1, 1, "child", "r").line())["b"] == {}
    for owner, name in ((merge, "_append"), (merge, "_segments"), (Projector, "_superseded"), (Store, "_erasures")):
        assert callable(getattr(owner, name))
