"""What a receiver cannot take as it is, and what only a signature may change (``spec/cases.md`` 18, 24, 25).

Scope, newer programs, replays, forged acknowledgements, forks, erasure.
"""

from __future__ import annotations

import json
import shutil

import pytest
from nodes import RECORDS, Node, NodeStore, World

from cbdesk import catalogue, change
from cbdesk.errors import Problem
from cbdesk.paths import resources
from cbdesk.store import Draft, Store

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


# --- what the receiver cannot take ---------------------------------------------------------------------------------


@pytest.fixture
def foreign(shared, tmp_path):
    """A commune of another unit, known to the receiver."""
    node = Node(tmp_path / "f", "f", "01290@2025-07-01", "commune")
    shared.r.trust(node)
    node.trust(shared.r)
    yield node
    node.close()


def test_case_18_a_foreign_unit_writes_into_a_record_and_the_rest_is_taken(shared, foreign):
    foreign.save(X, full_name="Tên Khác", born="2001")
    foreign.save(Y, full_name="Trẻ Của Họ")
    result = shared.r.receive(foreign.pack(shared.r))
    assert (result.code, result.new, result.quarantined) == ("merged", 2, 1)
    assert shared.r.row(X)["full_name"] == "Lý Mùi Mẩy"
    assert shared.r.row(Y)["_unit"] == foreign.unit
    assert [reason for _, _, reason in shared.r.set_aside()] == ["scope"]
    assert shared.r.store.rebuilt_differences() == []
    assert len(shared.r.set_aside()) == 1


def test_case_18_a_foreign_unit_cannot_erase_a_record(shared, foreign):
    foreign.save(X, full_name="Tên Khác")
    foreign.erase(X)
    shared.r.receive(foreign.pack(shared.r))
    assert shared.r.row(X)["full_name"] == "Lý Mùi Mẩy"
    assert all(one.f for one in shared.r.store.changes_of(X) if one.k == "set")
    assert shared.r.store.rebuilt_differences() == []


def test_case_18_a_foreign_change_naming_ours_as_parent_hides_nothing(shared, foreign):
    shared.a.save(X, sex="male")
    late = shared.a.pack(shared.r)
    mine = shared.a.store.mine(shared.a.unit)
    stolen = change.Change("0" * 16, 9, 1, "child", X, b={"sex": [(shared.a.store.changes_of(X)[-1].c, mine.s)]})
    foreign.store.write([Draft("child", X, {"sex": "female"}, again=stolen)], unit=foreign.unit, officer="f")
    shared.r.receive(foreign.pack(shared.r))
    shared.b.save(X, sex="unknown")
    shared.r.receive(shared.b.pack(shared.r))
    shared.r.receive(late)
    assert {json.loads(value) for *_, value in shared.r.conflicts()} | {shared.r.row(X)["sex"]} == {"male", "unknown"}
    assert shared.r.store.rebuilt_differences() == []


def _newer_catalogue(tmp_path):
    """An update of the catalogue: one more field, one more code, one more form."""
    layer = tmp_path / "update"
    for part in ("forms", "choices"):
        (layer / part).mkdir(parents=True)
    source = resources() / "catalogue"
    child = (source / "forms/child.toml").read_text(encoding="utf-8")
    field = '[[section.field]]\nname = "blood_group"\nkind = "text"\nlabel = { vi = "Nhóm máu" }\n\n  '
    (layer / "forms/child.toml").write_text(child.replace("[[section.field]]", field + "[[section.field]]", 1), "utf-8")
    shutil.copy(source / "forms/tag.toml", layer / "forms/visit.toml")
    status = (source / "choices/life_status.toml").read_text(encoding="utf-8")
    abroad = 'choice = [\n  { code = "abroad", label = { vi = "Ở nước ngoài" } },'
    (layer / "choices/life_status.toml").write_text(status.replace("choice = [", abroad), "utf-8")
    (layer / "catalogue.toml").write_text(f"version = {catalogue.catalogue().version + 1}\n", "utf-8")
    return layer


@pytest.fixture
def update(tmp_path):
    layer = _newer_catalogue(tmp_path)
    yield layer
    catalogue.use_layers()


def _reopen(node):
    node.store.close()
    node.store = NodeStore.unlock(node.folder, bytes(range(32)))


def test_case_18_fields_codes_and_forms_of_a_newer_program_wait_and_show_after_the_update(shared, update):
    catalogue.use_layers(update)
    _reopen(shared.b)
    shared.b.save(X, blood_group="O", life_status="abroad", phone="0912345678")
    shared.b.save(Y, "visit", child=X, code="T01")
    sealed = shared.b.pack(shared.r)
    catalogue.use_layers()
    result = shared.r.receive(sealed)
    assert (result.code, result.new) == ("merged", 2)
    old = shared.r.store.db.execute("SELECT phone, life_status, extra FROM child WHERE id = ?", (X,)).fetchone()
    assert (old[0], old[1]) == ("0912345678", None)  # the code is hidden, not the record
    assert json.loads(old[2]) == {"blood_group": "O", "life_status": "abroad"}
    assert shared.r.store.rebuilt_differences() == []
    shared.r.save(X, born="2013")  # an older program may write on without losing what it does not know
    shared.a.receive(shared.r.pack(shared.a))
    assert len(shared.a.ops()) == 4  # and it passes on what it does not know
    catalogue.use_layers(update)
    for node in (shared.r, shared.a):
        _reopen(node)
        row = node.row(X)
        assert (row["blood_group"], row["life_status"], row["born"]) == ("O", "abroad", "2013")
        assert node.store.db.execute("SELECT extra FROM child WHERE id = ?", (X,)).fetchone() == (None,)
        assert [visit["child"] for visit in node.rows("visit")] == [X]
        assert node.store.rebuilt_differences() == []


def test_i13_an_old_reader_updated_later_equals_one_that_was_new_from_the_start(world, update):
    catalogue.use_layers(update)
    for node in (world.a, world.b):
        _reopen(node)
    world.a.save(X, blood_group="O", full_name="Một")
    world.a.save(X, blood_group="AB", life_status="abroad")
    world.b.save(X, blood_group="B")
    for_b, for_r = world.a.pack(world.b), world.a.pack(world.r)
    from_b = world.b.pack(world.r)
    world.b.receive(for_b)
    catalogue.use_layers()
    world.r.receive(for_r)
    world.r.receive(from_b)
    catalogue.use_layers(update)
    _reopen(world.r)
    assert world.r.row(X) == world.b.row(X)
    assert world.r.conflicts() == world.b.conflicts()


def test_case_18_a_newer_line_version_is_stored_and_shown(shared, monkeypatch):
    line = change.Change.line
    monkeypatch.setattr(change.Change, "line", lambda self: line(self).replace('"v":1', '"v":2,"x_why":"later"'))
    shared.a.save(X, born="2013")
    monkeypatch.undo()
    assert shared.r.receive(shared.a.pack(shared.r)).code == "merged"
    assert shared.r.row(X)["born"] == "2013"
    assert any('"x_why":"later"' in line for *_, line in shared.r.log())


def test_a_counter_that_runs_far_ahead_is_refused_whole(shared):
    """One such change would leave nobody a number to go on with."""
    shared.a.save(X, born="2013")
    shared.a.store.set_meta("lamport", str(change.MAX_COUNTER - 5))
    shared.a.save(X, born="2012")
    before = shared.r.dump()
    with pytest.raises(Problem) as caught:
        shared.r.receive(shared.a.pack(shared.r))
    assert caught.value.name == "bad_change"
    assert shared.r.dump() == before
    shared.r.save(X, born="2011")
    assert shared.r.row(X)["born"] == "2011"


# --- carrying ---------------------------------------------------------------------------------------------------------


def test_case_24_an_old_bundle_replayed_changes_nothing_and_takes_no_acknowledgement_back(shared):
    shared.a.save(X, born="2013")
    old_answer = shared.r.pack(shared.a, always=True)
    shared.a.receive(old_answer)
    shared.r.receive(shared.a.pack(shared.r))
    shared.a.receive(shared.r.pack(shared.a))
    assert shared.a.ledger.unsent(shared.r.device.node, shared.a.unit) == 0
    before = shared.a.dump()
    assert shared.a.receive(old_answer).code == "already"
    assert shared.a.dump() == before


def test_case_24_a_bundle_for_another_receiver(shared, foreign):
    shared.a.save(X, born="2013")
    sealed = shared.a.pack(shared.r)
    with pytest.raises(Problem) as caught:
        foreign.merge(sealed)
    assert caught.value.name == "wrong_recipient_or_damaged"


def test_case_25_the_outbox_empties_only_by_a_signed_acknowledgement(shared):
    a, r = shared.a, shared.r
    a.save(X, born="2013")
    a.save(Y, full_name="Nông Văn Tý")

    def waiting():
        return a.ledger.unsent(r.device.node, a.unit)

    first = a.pack(r)
    assert waiting() == 2  # written is not delivered
    r.receive(first)
    assert waiting() == 2  # delivered is not confirmed: the acknowledgement is lost
    r.pack(a)
    a.save(Z, full_name="Hoàng Văn Ba")
    half = r.pack(a, always=True)
    a.receive(half)
    assert waiting() == 1  # confirmed up to what the receiver had then
    assert a.receive(half).code == "already"
    assert waiting() == 1
    r.receive(a.pack(r))
    a.receive(r.pack(a))
    assert waiting() == 0


def test_case_25_a_forged_acknowledgement_is_refused(shared, foreign):
    a = shared.a
    a.save(X, born="2013")
    stranger = Node(shared.folder / "s", "s", "04@", "receiver")
    stranger.trust(a)
    for line in a.store.streams():
        stranger.store.db.execute("INSERT OR IGNORE INTO stream VALUES (?, ?, ?, ?, ?, ?, NULL, NULL, 'active')",
                                  (line.s, line.device, line.unit, line.role, line.n, line.h))  # fmt: skip
    forged = stranger.pack(a, always=True)
    with pytest.raises(Problem) as caught:
        a.merge(forged)
    assert caught.value.name == "unknown_key"
    assert a.ledger.unsent(shared.r.device.node, a.unit) == 1
    stranger.close()


# --- forks: one stream, two histories ------------------------------------------------------------------------------


def _lines_aside(node):
    return [json.loads(line) for (line,) in node.store.db.execute("SELECT line FROM quarantine WHERE reason = 'fork'")]


def _split(shared, tmp_path):
    """A copy of the whole machine, witness and all, is put back: the same stream goes on twice from number 1."""
    a = shared.a
    image = a.copy(tmp_path / "image")
    stream = a.store.mine(a.unit).s
    a.save(X, born="2013")
    a.save(Y, full_name="Ghi Ở Bản Cũ")
    shared.r.receive(a.pack(shared.r))
    a.store.close()
    shutil.copy(image, a.folder / "register.db")
    a.store = NodeStore.unlock(a.folder, bytes(range(32)))  # nobody asks the witness
    a.save(X, born="2012")
    a.save(Z, full_name="Ghi Ở Bản Mới")
    a.save(Z, full_name="Ghi Ở Bản Mới Nữa")
    return stream


def test_a_fork_begins_a_new_stream_says_its_changes_again_and_shows_both(shared, tmp_path):
    a, r = shared.a, shared.r
    stream = _split(shared, tmp_path)
    result = r.receive(a.pack(r))
    assert (result.forks, result.new) == (3, 0)
    assert r.row(X)["born"] == "2013"  # same numbers with other bytes are never applied
    assert next(one["f"] for one in _lines_aside(r)) == {"born": "2012"}
    shared.exchange()
    assert a.store.stream(stream).state == "forked"
    assert a.store.mine(a.unit).s != stream
    assert {"born": "2013"} in [one["f"] for one in _lines_aside(a)]  # and here the other telling is shown
    for node in (r, shared.b):
        assert node.row(Z)["full_name"] == "Ghi Ở Bản Mới Nữa"  # nothing of ours is lost …
        other = [node.row(Y).get("full_name"), *(one["f"].get("full_name") for one in _lines_aside(node))]
        assert "Ghi Ở Bản Cũ" in other  # … nor of the other history: applied, or put aside to be shown
    decided = [json.loads(value) for _, _, name, *_, value in r.conflicts() if name == "born"]
    assert {r.row(X)["born"], *decided} == {"2012", "2013"}  # a person decides
    for node in shared.nodes:
        assert node.store.rebuilt_differences() == []
        assert node.store.broken_chains() == []


def test_a_fork_of_any_length_comes_to_rest(shared, tmp_path):
    _split(shared, tmp_path)
    shared.exchange()
    shared.a.save(X, sex="female")
    shared.exchange()
    assert all(node.row(X)["sex"] == "female" for node in shared.nodes)
    assert not any(
        node.ledger.unsent(peer.device.node, node.unit) for node in shared.nodes for peer in node.peers.values()
    )


def test_an_older_copy_of_a_register_is_told_so_by_the_receiver(shared, tmp_path):
    """The rolled-back register has written nothing yet: it takes its own changes back and goes on in a new stream."""
    a, r = shared.a, shared.r
    image = a.copy(tmp_path / "image")
    a.save(X, born="2013")
    r.receive(a.pack(r))
    stream = a.store.mine(a.unit).s
    a.store.close()
    shutil.copy(image, a.folder / "register.db")
    a.store = NodeStore.unlock(a.folder, bytes(range(32)))
    r.receive(a.pack(r, always=True))
    a.receive(r.pack(a))
    assert a.row(X)["born"] == "2013"
    a.save(X, born="2012")
    assert a.store.mine(a.unit).s != stream
    shared.exchange()
    assert all(node.row(X)["born"] == "2012" and not node.set_aside() for node in shared.nodes)


# --- erasure ----------------------------------------------------------------------------------------------------------


def test_an_erasure_leaves_digests_and_the_chains_verify(shared):
    shared.a.save(X, born="2013")
    shared.exchange()
    shared.r.erase(X)
    shared.exchange()
    for node in shared.nodes:
        assert node.row(X) == {}
        assert not any("Lý Mùi Mẩy" in line for *_, line in node.log())
        assert sum('{"erased":"' in line for *_, line in node.log()) == 2
        assert node.store.broken_chains() == []
        assert node.store.rebuilt_differences() == []


def test_what_comes_after_an_erasure_is_erased_on_arrival(shared):
    shared.b.save(X, phone="0912345678")
    late = shared.b.pack(shared.r)
    shared.r.erase(X)
    assert shared.r.receive(late).erased == 1
    assert shared.r.row(X) == {}
    assert not any("0912345678" in line for *_, line in shared.r.log())
    shared.exchange()
    assert all(node.lines() == shared.r.lines() for node in shared.nodes)


def test_an_erasure_is_applied_again_after_a_restore(shared, tmp_path, monkeypatch):
    copy = shared.a.copy(tmp_path / "old")
    shared.a.erase(X)
    shared.exchange()
    shared.a.restore(copy)
    assert shared.a.row(X) == {}  # this machine remembers what was erased since
    monkeypatch.setattr(Store, "_remembered", lambda self: set())
    shared.a.restore(copy)  # another machine does not, and hears it from the receiver
    assert shared.a.row(X)
    shared.exchange()
    assert shared.a.row(X) == {}
    assert not any("Lý Mùi Mẩy" in line for *_, line in shared.a.log())


def test_a_newcomer_takes_the_erased_lines_and_can_verify_them(shared, tmp_path):
    shared.a.erase(X)
    shared.exchange()
    fresh = Node(tmp_path / "n", "n", shared.a.unit, "commune")
    fresh.trust(*shared.nodes)
    shared.r.trust(fresh)
    fresh.receive(shared.r.pack(fresh))
    assert fresh.lines() == shared.r.lines()
    assert fresh.store.broken_chains() == []
    fresh.close()


def test_lines_put_aside_are_erased_too(shared, tmp_path):
    _split(shared, tmp_path)
    shared.exchange()
    shared.r.erase(Z)
    shared.r.erase(X)
    shared.r.erase(Y)
    shared.exchange()
    for node in shared.nodes:
        everything = json.dumps(node.dump(), ensure_ascii=False)
        assert "Ghi Ở Bản" not in everything
        assert node.store.broken_chains() == []
