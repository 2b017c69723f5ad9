"""Packing: what a bundle says, when there is nothing to say, and how a long story goes in pieces."""

from __future__ import annotations

import json

import pytest
from nodes import RECORDS, UNIT, World

from cbdesk import bundle, clock, seal
from cbdesk.store import Draft

X, Y, Z = RECORDS


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    yield made
    made.close()


def pack(node, to, **more):
    return bundle.pack(node.store, node.keys, to.device, **more)


def test_a_bundle_says_who_what_and_to_whom(world):
    clock.set_fixed("2026-10-12T08:15:00")
    world.a.save(X, full_name="Lý Mùi Mẩy")
    packed = pack(world.a, world.r)
    manifest = json.loads(packed.manifest)
    stream = world.a.store.mine(UNIT)
    assert manifest["from"] == {"unit": UNIT, "device": world.a.device.node, "key": world.a.keys.key}
    assert manifest["to"] == [world.r.device.node]
    assert manifest["at"] == "2026-10-12T08:15:00"
    assert manifest["have"] == {stream.s: [1, stream.h.hex()]}
    (segment,) = manifest["segs"]
    assert (segment["s"], segment["base"], segment["n"], segment["h"]) == (stream.s, 0, 1, stream.h.hex())
    assert seal.verify_head(world.a.keys.sign_public, stream.s, 1, segment["h"], segment["sig"])
    assert packed.name == f"01321-{world.a.device.node[:4]}-1-1-{manifest['id'][:8]}.cbd"
    assert (packed.from_seq, packed.to_seq, packed.changes) == (1, 1, 1)


def test_lines_travel_byte_for_byte_as_they_were_written(world):
    world.a.save(X, full_name="Lý Mùi Mẩy", notes='"\\\n\u2028')
    world.r.receive(world.a.pack(world.r))
    assert world.r.lines() == world.a.lines()


def test_nothing_to_say_is_nothing_and_always_is_a_word(world):
    assert pack(world.a, world.r) is None
    assert pack(world.a, world.r, always=True).changes == 0
    world.a.save(X, full_name="Lý Mùi Mẩy")
    world.exchange()
    for node in world.nodes:
        assert all(pack(node, peer) is None for peer in node.peers.values())


def test_packing_alone_remembers_nothing(world):
    world.a.save(X, full_name="Lý Mùi Mẩy")
    before = world.a.dump()
    one, other = pack(world.a, world.r), pack(world.a, world.r)
    assert world.a.dump() == before
    assert one.data != other.data
    assert one.name != other.name


def test_the_last_results_are_told_to_their_sender(world):
    world.a.save(X, full_name="Lý Mùi Mẩy")
    sealed = world.a.pack(world.r)
    world.r.receive(sealed)
    (result,) = json.loads(pack(world.r, world.a, always=True).manifest)["results"]
    assert (result["code"], result["applied"], result["known"]) == ("merged", 1, 0)


def test_of_another_units_streams_nothing_is_told(world):
    other = "01290@2025-07-01"
    for record, unit, said in ((Y, other, "Cho xã khác"), (X, UNIT, "Cho Bảo Lạc")):
        world.r.store.write([Draft("note", record, {"record": Z, "text": said})], unit=unit, officer="x")
    manifest = json.loads(pack(world.r, world.a).manifest)
    mine = world.r.store.mine(UNIT).s
    assert set(manifest["have"]) == {mine}
    assert [segment["s"] for segment in manifest["segs"]] == [mine]
    world.a.receive(world.r.pack(world.a))
    assert [row["text"] for row in world.a.rows("note")] == ["Cho Bảo Lạc"]


def test_a_long_story_goes_in_pieces_each_after_the_last_was_confirmed(world, monkeypatch):
    monkeypatch.setattr(bundle, "MAX_LINES", 5)
    for n in range(13):
        world.a.save(X, born=str(2000 + n))
    sizes = []
    while (packed := pack(world.a, world.r)) is not None:
        sizes.append((packed.from_seq, packed.to_seq))
        world.r.receive(world.a.pack(world.r))
        world.a.receive(world.r.pack(world.a))
    assert sizes == [(1, 5), (6, 10), (11, 13)]
    assert world.r.row(X)["born"] == "2012"
    assert world.r.lines() == world.a.lines()


def test_a_piece_that_was_lost_comes_again(world, monkeypatch):
    monkeypatch.setattr(bundle, "MAX_LINES", 5)
    for n in range(8):
        world.a.save(X, born=str(2000 + n))
    world.a.pack(world.r)  # lost
    assert pack(world.a, world.r).from_seq == 1
    world.exchange()
    assert world.r.row(X)["born"] == "2007"
