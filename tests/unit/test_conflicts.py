"""What two people wrote without knowing of each other: seen, decided, taken back, at a commune and at its receiver."""

from __future__ import annotations

import json
from contextlib import contextmanager

import pytest
from nodes import RECORDS, UNIT, World

from cbdesk import cli
from cbdesk.catalogue import catalogue
from cbdesk.change import VOID
from cbdesk.cli.frame import Context
from cbdesk.desk import contested
from cbdesk.desk.undoing import undoing
from cbdesk.errors import Problem
from cbdesk.words import say

X, Y, _ = RECORDS
NAME = "Lý Mùi Mẩy"
SENSITIVE_GROUP = next(one.code for one in catalogue().lists["group"].choices if one.sensitive)


# --- two PCs and their receiver, journal only -------------------------------------------------------------------------


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    made.a.save(X, full_name=NAME, born="2015")
    made.exchange()
    yield made
    made.close()


def waiting(world):
    """Return what waits, the same at all three."""
    found = [[(one.record, one.field) for one in contested.places(node.store)] for node in world.nodes]
    assert found[0] == found[1] == found[2]
    return found[0]


def told(node, field="born"):
    contest = contested.contest(node.store.changes_of(X), field)
    return contest.base_value(field), [(one.value, one.origin.by) for one in contest.heads]


def undo(node, changes):
    batch = changes[0].g
    node.store.write(undoing(node.store, node.store.changes_in(batch), batch), unit=UNIT, officer=node.name)


def test_a_decision_taken_back_leaves_both_values_open_again_with_who_wrote_them(world):
    world.a.save(X, born="2014")
    world.b.save(X, born="2016")
    world.exchange()
    before, shown = told(world.a), world.a.row(X)["born"]
    assert (before[0], sorted(before[1])) == ("2015", [("2014", "a"), ("2016", "b")])
    decided = world.b.save(X, born="2013")
    world.exchange()
    assert waiting(world) == []
    undo(world.b, decided)
    world.exchange()
    assert waiting(world) == [(X, "born")]
    for node in world.nodes:
        assert node.row(X)["born"] == shown
        assert (told(node)[0], sorted(told(node)[1])) == ("2015", [("2014", "a"), ("2016", "b")])


@pytest.mark.parametrize("hider", ["a", "b"])
def test_case_5_a_deletion_that_did_not_know_of_an_edit_waits_for_a_person_everywhere(world, hider):
    """Whichever PC hid it: the counters of the two do not decide."""
    node, other = (world.a, world.b) if hider == "a" else (world.b, world.a)
    other.save(Y, full_name="Nông Thị Thử")  # one PC's counter runs ahead of the other's
    node.save(X, void="nhập nhầm")
    other.save(X, sex="female")
    world.exchange()
    assert waiting(world) == [(X, VOID)]
    assert [one.f for one in contested.unseen(world.r.store, "child", X)] == [{"sex": "female"}]
    node.save(X, void="nhập nhầm")  # decided: hidden, this time knowing
    world.exchange()
    assert waiting(world) == []


def test_case_5_a_row_added_meanwhile_counts_as_work(world):
    world.a.save(X, void="nhập nhầm")
    world.b.save(Y, "circumstance", child=X, code="01.3")
    world.exchange()
    assert waiting(world) == [(X, VOID)]


def test_a_deletion_that_knew_of_everything_is_no_question(world):
    world.b.save(X, sex="female")
    world.exchange()
    world.a.save(X, void="nhập nhầm")
    world.exchange()
    assert waiting(world) == []


def test_case_5_decisions_about_a_deletion_are_taken_back_whole(world):
    world.a.save(X, void="nhập nhầm")
    world.b.save(X, sex="female")
    world.exchange()
    for decision in (None, "nhập nhầm"):
        decided = world.b.save(X, void=decision)
        world.exchange()
        assert waiting(world) == []
        undo(world.b, decided)
        world.exchange()
        assert waiting(world) == [(X, VOID)]
        assert all(node.row(X)["_del"] == "nhập nhầm" for node in world.nodes)


# --- desks ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def child(pair, stick):
    """A child whom both the commune and the receiver have written, without knowing of each other."""
    commune, receiver = pair
    record = commune.save("child", {"full_name": NAME, "born": "2015", "sex": "female", "village": "Nà Mèn"}).id
    commune.send(stick)
    receiver.receive([stick])
    commune.receive([stick])
    receiver.save("child", {"born": "2014"}, record)
    commune.save("child", {"born": "2016-03"}, record)
    commune.send(stick)
    receiver.receive([stick])
    commune.receive([stick])
    return record


def test_both_see_base_and_both_values_in_words_with_who_and_when(pair, child):
    commune, receiver = pair
    ours, theirs = commune.conflicts(), receiver.conflicts()
    assert len(ours) == len(theirs) == 1
    one = ours[0]
    assert (one.title, one.label, one.base_text) == (NAME, "Ngày sinh", "2015")
    assert one.veiled.startswith("L.M.M., 201")
    assert [(side.code, side.text, side.writers[0].by) for side in one.sides] == [
        ("ours", "03/2016", "Nông Thị Hạnh"), ("theirs", "2014", "Lê Minh Đức")]  # fmt: skip
    assert [(side.code, side.text) for side in theirs[0].sides] == [("ours", "2014"), ("theirs", "03/2016")]
    assert one.sides[0].writers[0].unit == "Xã Bảo Lạc"
    assert one.sides[1].writers[0].unit.startswith("Sở")
    document = one.as_dict()
    assert (document["base"]["value"], document["ours"]["value"], document["theirs"]["value"]) == (
        "2015", "2016-03", "2014")  # fmt: skip
    assert commune.status()["conflicts"] == 1
    assert [(due.what, due.detail) for due in receiver.due() if due.what == "conflicts"] == [("conflicts", {"n": "1"})]


def test_the_receivers_decision_goes_down_through_its_stream_for_that_unit(pair, child, stick):
    commune, receiver = pair
    saved = receiver.resolve(child, "born", "theirs")
    assert receiver.conflicts() == []
    own = receiver.store.mine(commune.unit.key)
    assert receiver.store.changes_in(saved.batch)[0].s == own.s
    receiver.send(stick)
    commune.receive([stick])
    assert commune.conflicts() == []
    assert commune.get(child)["born"] == "2016-03"
    assert {one["to"] for one in commune.history(child) if one["field"] == "born"} == {"2015", "2014", "2016-03"}


def test_a_preview_writes_nothing_and_a_decision_is_undone_by_its_batch(commune, pair, child):
    shown = commune.get(child)["born"]
    before = commune.store.stream(commune.stream).n
    lines = {one.name: one for one in commune.conflict_preview(child, "born", "theirs").lines}
    assert (lines["born"].text, lines["born"].changed, lines["full_name"].changed) == ("2014", True, False)
    assert lines["village"].text == "Nà Mèn"
    assert commune.store.stream(commune.stream).n == before
    saved = commune.resolve(child, "born", value="12/3/2015")
    assert commune.get(child)["born"] == "2015-03-12"
    commune.undo(saved.batch)
    assert commune.get(child)["born"] == shown
    assert [side.text for side in commune.conflicts()[0].sides] == ["03/2016", "2014"]


def test_what_is_not_open_or_not_clear_is_refused_in_words(commune, pair, child):
    stand = commune.conflicts()[0].stand
    with pytest.raises(Problem, match="no_conflict"):
        commune.resolve(child, "sex", "ours")
    with pytest.raises(Problem, match="take_unclear"):
        commune.resolve(child, "born", "theirs2")
    refused = commune.resolve(child, "born", value="31/02/2016x")
    assert refused.id is None
    assert any(one.level == "stop" for one in refused.findings)
    assert len(commune.conflicts()) == 1
    batch = commune.resolve(child, "born", "ours").batch
    with pytest.raises(Problem, match="no_conflict"):
        commune.resolve(child, "born", "ours", stand=stand)
    commune.undo(batch)
    with pytest.raises(Problem, match="changed_meanwhile"):
        commune.resolve(child, "born", "ours", stand=stand)
    commune.resolve_all([(child, "born", "theirs")])
    assert commune.conflicts() == []


def test_a_record_hidden_here_and_worked_in_there_is_told_and_decided(pair, child, stick):
    commune, receiver = pair
    commune.resolve(child, "born", "ours")
    commune.void(child, "nhập nhầm")
    receiver.save("circumstance", {"child": child, "code": "01.3"})
    receiver.save("child", {"sex": "male"}, child)
    commune.send(stick)
    receiver.receive([stick])
    commune.receive([stick])
    gone = [one for one in commune.conflicts() if one.kind == "gone"]
    assert [(one.record, [side.code for side in one.sides]) for one in gone] == [(child, ["ours", "theirs"])]
    assert "nhập nhầm" in gone[0].sides[0].text
    assert any("Nam" in line for line in gone[0].sides[1].details)
    saved = commune.resolve(child, "_del", "theirs")
    assert [row.id for row in commune.children()] == [child]
    commune.undo(saved.batch)
    assert commune.children() == []
    assert [one.kind for one in commune.conflicts()] == ["gone"]


def test_what_is_sensitive_is_sealed_until_asked_and_the_look_is_logged(pair, child, stick):
    commune, receiver = pair
    commune.resolve(child, "born", "ours")
    group = commune.save("circumstance", {"child": child, "code": "01.3", "from": "2024"}).id
    commune.send(stick)
    receiver.receive([stick])
    receiver.save("circumstance", {"code": SENSITIVE_GROUP}, group)
    commune.save("circumstance", {"code": "01.2"}, group)
    receiver.send(stick)
    commune.receive([stick])
    (one,) = commune.conflicts()
    assert (one.sensitive, one.sealed) == (True, True)
    assert all(side.value is None for side in one.sides)
    assert {side.text for side in one.sides} == {one.base_text or say("record.sensitive")}
    assert (one.base, one.as_dict()["ours"]["value"]) == (None, None)
    looks = len(commune.store.db.execute("SELECT 1 FROM access WHERE what = 'view'").fetchall())
    assert SENSITIVE_GROUP in [side.value for side in commune.conflict(group, "code", reveal=True).sides]
    assert len(commune.store.db.execute("SELECT 1 FROM access WHERE what = 'view'").fetchall()) == looks + 1
    commune.save("officer", {"full_name": "Nông Thị Hạnh", "role": "approver", "sensitive": False})
    assert commune.conflicts() == []
    with pytest.raises(Problem, match="no_"):
        commune.resolve(group, "code", "ours")


def test_the_command_line_lists_and_decides(pair, child, monkeypatch, capsys):
    commune, _ = pair
    monkeypatch.setattr(Context, "open", contextmanager(lambda _self: iter([commune])))

    def ran(*words):
        code = cli.run(["--json", *words], lambda _page: 0)
        return code, json.loads(capsys.readouterr().out or "{}")

    code, document = ran("conflicts")
    assert code == 0
    assert [(one["field"], one["ours"]["text"], one["theirs"]["text"]) for one in document["conflicts"]] == [
        ("born", "03/2016", "2014")]  # fmt: skip
    assert ran("resolve", child, "--field", "born", "--take", "value")[0] == 2
    code, document = ran("resolve", child, "--field", "born", "--take", "value", "12/3/2015")
    assert (code, document["id"], commune.get(child)["born"]) == (0, child, "2015-03-12")
    assert ran("conflicts")[1] == {"conflicts": []}
    assert ran("resolve", child, "--field", "born", "--take", "ours")[0] == 1
