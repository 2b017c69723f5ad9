"""Cases others paid for (``spec/cases.md`` 1–16): two people and one record, and what sticks do to order.

The number of the case stands in the name of its test.
"""

from __future__ import annotations

import contextlib
import json

import pytest
from nodes import RECORDS, Node, World

from cbdesk import bundle, change, clock, seal
from cbdesk.errors import Problem
from cbdesk.store import Ledger

X, Y, Z = RECORDS


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    yield made
    made.close()


@pytest.fixture
def shared(world):
    """Everybody knows one child."""
    world.a.save(X, full_name="Lý Mùi Mẩy", born="2015")
    world.exchange()
    return world


def differing(node):
    """The conflicts a person has to decide: those whose values differ from what is shown."""
    losers = [(r, f, json.loads(value)) for _, r, f, _, _, value in node.conflicts()]
    return [(r, f, value) for r, f, value in losers if value != node.row(r).get(f)]


# --- merge -----------------------------------------------------------------------------------------------------------


def test_case_1_into_empty_then_the_same_again(world):
    world.a.save(X, full_name="Lý Mùi Mẩy")
    sealed = world.a.pack(world.r)
    first = world.r.merge(sealed)
    before = world.r.dump()
    again = world.r.merge(sealed)
    assert (first.code, first.new, first.already) == ("merged", 1, 0)
    assert (again.code, again.new, again.already) == ("already", 0, 1)
    assert world.r.dump() == before


def test_case_1_known_changes_in_a_new_bundle_report_zero_new(world):
    world.a.save(X, full_name="Lý Mùi Mẩy")
    world.r.merge(world.a.pack(world.r))
    again = world.r.merge(world.a.pack(world.r, always=True))
    assert (again.new, again.already, again.conflicts) == (0, 1, 0)


def test_case_2_different_fields_of_one_child(shared):
    shared.a.save(X, born="2014")
    shared.b.save(X, sex="female")
    shared.exchange()
    for node in shared.nodes:
        assert (node.row(X)["born"], node.row(X)["sex"]) == ("2014", "female")
        assert node.conflicts() == []


def test_case_3_same_field_different_values_wait_for_a_person(shared):
    shared.a.save(X, born="2014")
    shared.b.save(X, born="2016")
    shared.exchange()
    shown = {node.row(X)["born"] for node in shared.nodes}
    assert len(shown) == 1
    winner = shown.pop()
    loser = {"2014": "2016", "2016": "2014"}[winner]
    for node in shared.nodes:
        assert differing(node) == [(X, "born", loser)]
        assert {one.f.get("born") for one in node.store.changes_of(X)} == {"2015", "2014", "2016"}
    shared.a.save(X, born=loser)  # the answer replaces both
    shared.exchange()
    for node in shared.nodes:
        assert node.row(X)["born"] == loser
        assert node.conflicts() == []


def test_case_3_the_merge_counts_the_conflict_it_brought_and_only_once(shared):
    shared.a.save(X, born="2014")
    shared.b.save(X, born="2016")
    counts = [shared.r.receive(node.pack(shared.r)).conflicts for node in (shared.a, shared.b)]
    assert counts == [0, 1]
    shared.a.save(X, sex="male")
    assert shared.r.receive(shared.a.pack(shared.r)).conflicts == 0


def test_case_4_same_new_value_on_both_sides_is_no_conflict(shared):
    shared.a.save(X, born="2014")
    shared.b.save(X, born="2014")
    counts = [shared.r.receive(node.pack(shared.r)).conflicts for node in (shared.a, shared.b)]
    shared.exchange()
    assert counts == [0, 0]
    for node in shared.nodes:
        assert differing(node) == []


@pytest.mark.parametrize("first", ["void", "edit"])
def test_case_5_update_against_delete_in_both_orders(shared, first):
    shared.a.save(X, void="chuyển đi nơi khác")
    shared.b.save(X, born="2014")
    order = (shared.a, shared.b) if first == "void" else (shared.b, shared.a)
    for node in order:
        shared.r.receive(node.pack(shared.r))
    row = shared.r.row(X)
    assert (row["_del"], row["born"]) == ("chuyển đi nơi khác", "2014")  # hidden, and the edit is kept beside it
    assert len(shared.r.store.changes_of(X)) == 3
    shared.exchange()
    shared.b.save(X, void=None)
    shared.exchange()
    assert all("_del" not in node.row(X) and node.row(X)["born"] == "2014" for node in shared.nodes)


def test_case_6_delete_send_bring_back_send(shared):
    for reason in ("nhập nhầm", None, "nhập nhầm", None):
        shared.a.save(X, void=reason)
        shared.exchange()
        assert all(node.row(X).get("_del") == reason for node in shared.nodes)
    assert [row["full_name"] for row in shared.r.store.rows("child")] == ["Lý Mùi Mẩy"]


def test_case_7_rows_added_on_both_sides_are_joined_by_id(shared):
    shared.a.save(Y, "circumstance", child=X, code="01.3")
    shared.exchange()
    shared.a.save(Z, "risk", child=X, code="R05")
    shared.b.save(change.new_id(), "risk", child=X, code="R01")
    shared.b.save(Y, "circumstance", to="2026-11-01")
    shared.exchange()
    for node in shared.nodes:
        assert sorted(row["code"] for row in node.rows("risk")) == ["R01", "R05"]
        assert [(row["code"], row["to"]) for row in node.rows("circumstance")] == [("01.3", "2026-11-01")]


def test_case_8_moved_on_one_side_edited_on_the_other(shared):
    shared.a.save(Y, "village", name="Lũng Mít")
    shared.a.save(X, village=Y, life_status="left", moved_to="Bắc Ninh")
    shared.b.save(X, phone="0912345678")
    shared.exchange()
    row = shared.r.row(X)
    assert (row["village"], row["moved_to"], row["phone"]) == (Y, "Bắc Ninh", "0912345678")
    assert shared.r.conflicts() == []


def test_case_9_counters_with_devices_whose_ids_look_like_numbers(world, monkeypatch):
    monkeypatch.setattr(change, "new_stream_id", lambda: "0000000000000010")
    world.a.save(X, full_name="Một")
    monkeypatch.setattr(change, "new_stream_id", lambda: "0000000000000009")
    world.b.save(X, full_name="Chín")
    world.exchange()
    assert {node.row(X)["full_name"] for node in world.nodes} == {"Một"}  # …10 is after …09 as text, on every node
    assert [one[4] for one in world.r.conflicts()] == ["0000000000000009"]
    assert all(node.store.rebuilt_differences() == [] for node in world.nodes)


def test_case_10_bundles_three_one_two_with_one_doubled(world):
    sealed = []
    for born in ("2013", "2014", "2015"):
        world.a.save(X, born=born)
        packed = world.a.pack(world.r)
        sealed.append(packed)
        _pretend_heard(world.a, world.r)
    one, two, three = sealed
    codes = [world.r.receive(data).code for data in (three, one, one, two)]
    assert codes == ["gap", "merged", "already", "merged"]
    assert world.r.held == []
    assert world.r.row(X)["born"] == "2015"
    assert len(world.r.ops()) == 3


def _pretend_heard(node: Node, peer: Node) -> None:
    """The peer's acknowledgement of all that ``node`` has came and was true once (the peer was restored since)."""
    with node.store.atomic():
        node.ledger.hear(peer.device.node, node.ledger.have(node.unit), 0)


def test_case_10_a_missing_middle_is_asked_for_by_itself(world):
    world.a.save(X, born="2013")
    world.a.pack(world.r)  # lost
    _pretend_heard(world.a, world.r)
    world.a.save(X, born="2014")
    result = world.r.receive(world.a.pack(world.r))
    assert result.code == "gap"
    assert (result.problem.name, result.problem.details["base"], result.problem.details["have"]) == ("gap", 1, 0)
    world.a.receive(world.r.pack(world.a))
    assert world.r.receive(world.a.pack(world.r)).code == "merged"
    assert world.r.held == []
    assert world.r.row(X)["born"] == "2014"


def test_case_11_an_update_that_comes_before_its_record(world):
    world.a.save(X, full_name="Lý Mùi Mẩy", born="2015")
    world.b.receive(world.a.pack(world.b))
    world.b.save(X, born="2014")
    stream = world.a.store.mine(world.a.unit)
    with world.b.store.atomic():  # b believes that the receiver has a's stream
        world.b.ledger.hear(world.r.device.node, {stream.s: (stream.n, stream.h.hex())}, 0)
    world.r.receive(world.b.pack(world.r))
    assert world.r.row(X) == {"id": X, "_unit": world.a.unit, "born": "2014"}
    world.r.receive(world.a.pack(world.r))
    assert (world.r.row(X)["full_name"], world.r.row(X)["born"]) == ("Lý Mùi Mẩy", "2014")
    assert world.r.conflicts() == []


def test_case_12_a_sender_restored_from_an_old_copy_gets_everything_back(shared, tmp_path):
    copy = shared.a.copy(tmp_path / "old")
    shared.a.save(X, born="2014")
    shared.a.save(Y, full_name="Nông Văn Tý")
    old_stream = shared.a.store.mine(shared.a.unit).s
    shared.r.receive(shared.a.pack(shared.r))
    shared.a.restore(copy)
    assert shared.a.row(Y) == {}
    shared.a.save(Z, full_name="Hoàng Thị Mới")
    assert shared.a.store.mine(shared.a.unit).s != old_stream
    shared.exchange()
    assert shared.a.row(Y)["full_name"] == "Nông Văn Tý"
    assert shared.a.row(X)["born"] == "2014"
    assert all(node.row(Z)["full_name"] == "Hoàng Thị Mới" for node in shared.nodes)
    assert all(node.set_aside() == [] for node in shared.nodes)


def test_case_12_a_receiver_restored_from_an_old_copy_gets_everything_back(shared, tmp_path):
    copy = shared.r.copy(tmp_path / "old")
    shared.a.save(X, born="2014")
    shared.exchange()
    shared.r.restore(copy)
    shared.exchange()
    assert shared.r.row(X)["born"] == "2014"
    assert shared.a.ledger.unsent(shared.r.device.node, shared.a.unit) == 0


def test_case_13_nothing_goes_back_where_it_came_from(shared):
    shared.a.save(X, born="2014")
    shared.r.receive(shared.a.pack(shared.r))
    answer = bundle.pack(shared.r.store, shared.r.keys, shared.a.device)
    assert answer.changes == 0
    assert json.loads(answer.manifest)["segs"] == []


def test_case_13_only_what_is_new_travels(shared):
    shared.a.save(X, born="2014")
    packed = bundle.pack(shared.a.store, shared.a.keys, shared.r.device)
    assert (packed.changes, packed.from_seq, packed.to_seq) == (1, 2, 2)


def test_case_14_a_merge_cut_short_begins_again(shared, monkeypatch):
    shared.a.save(X, born="2014")
    sealed = shared.a.pack(shared.r)
    before = shared.r.dump()
    with monkeypatch.context() as patch, contextlib.suppress(RuntimeError):
        patch.setattr(Ledger, "set_result", _cut)
        shared.r.receive(sealed)
    assert shared.r.dump() == before
    assert shared.r.receive(sealed).code == "merged"
    assert shared.r.row(X)["born"] == "2014"


def _cut(*_):
    raise RuntimeError


@pytest.mark.parametrize("wrong", ["h", "base_h", "sig"])
def test_case_15_what_does_not_add_up_is_taken_back_whole(shared, monkeypatch, wrong):
    shared.a.save(X, born="2014")
    segment = bundle._segment

    def bent(store, keys, stream, *rest):
        found = segment(store, keys, stream, *rest)
        found[wrong] = ("f" * 64) if wrong != "sig" else "f" * 128
        if wrong != "sig":
            found["sig"] = seal.sign_head(keys, found["s"], found["n"], found["h"])
        return found

    monkeypatch.setattr(bundle, "_segment", bent)
    sealed = shared.a.pack(shared.r)
    before = shared.r.dump()
    with pytest.raises(Problem) as caught:
        shared.r.receive(sealed)
    assert caught.value.name in ("chain_broken", "bad_signature")
    assert shared.r.dump() == before


def test_case_16_a_clock_two_years_off_orders_nothing(shared):
    clock.set_fixed("2028-11-24T08:00")
    shared.a.save(X, born="2014")
    shared.exchange()
    clock.set_fixed("2026-11-24T08:00")
    shared.b.save(X, born="2013")  # later, though its clock says earlier
    shared.exchange()
    assert all(node.row(X)["born"] == "2013" and node.conflicts() == [] for node in shared.nodes)
