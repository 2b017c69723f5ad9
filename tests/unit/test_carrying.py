"""Verbs that carry: cards, sending, receiving, and what people are told. The merge itself is proved elsewhere."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cbdesk import carrier, clock, desk
from cbdesk.errors import Problem

PASSWORD = "mật khẩu"
ROWS = [{"full_name": "Lý Mùi Mẩy", "born": "2015"}, {"full_name": "Nông Văn Tý", "groups": ["03"]}]


@pytest.fixture
def sister(tmp_path, pair):
    """A second PC of the same commune, known to both others."""
    commune, receiver = pair
    done = desk.setup(
        tmp_path / "sister", role="commune", unit="01321", officer="Hoàng A Sình", password=PASSWORD, practice=True
    )
    for one, other in ((receiver, done.desk), (commune, done.desk), (done.desk, receiver), (done.desk, commune)):
        one.enrol(other.card_bytes(), other.fingerprint)
    yield done.desk
    done.desk.close()


def exchange(commune, receiver, stick):
    """One round trip of a stick."""
    commune.send(stick)
    receiver.receive([stick])
    commune.receive([stick])


# --- cards -----------------------------------------------------------------------------------------------------------


def test_a_card_is_trusted_only_with_the_groups_from_its_paper(commune, receiver, stick):
    card = receiver.write_card(stick)
    data = commune.read_file(card)
    groups = receiver.fingerprint.split()
    for typed in ("", "nix", " ".join(groups[:-1]), " ".join([groups[1], groups[0], *groups[2:]]), commune.fingerprint):
        with pytest.raises(Problem, match="fingerprint_mismatch"):
            commune.enrol(data, typed)
    assert commune.peers() == []
    peer = commune.enrol(data, receiver.fingerprint.lower().replace(" ", ""))
    assert (peer.role, peer.node) == ("receiver", receiver.node)
    assert commune.enrol(data, receiver.fingerprint) == peer  # once more does no harm
    assert len(commune.peers()) == 1


def test_cards_that_are_none(commune, receiver, tmp_path):
    card = receiver.card_bytes()
    for bad in (b"", b"{}", card[:-3], card.replace(b"receiver", b"commune_"), card.replace(b"04@", b"05@")):
        with pytest.raises(Problem, match="bad_card"):
            commune.enrol(bad, receiver.fingerprint)
    with pytest.raises(Problem, match="own_card"):
        commune.enrol(commune.card_bytes(), commune.fingerprint)
    real = desk.setup(
        tmp_path / "real", role="receiver", unit="04", officer="Lê Minh Đức", password="một câu dài khó đoán 7319"
    )
    with pytest.raises(Problem, match="practice_mismatch"):
        commune.enrol(real.desk.card_bytes(), real.fingerprint)
    real.desk.close()


# --- sending ---------------------------------------------------------------------------------------------------------


def test_without_a_receiver_nothing_is_sent(commune, stick):
    commune.put("child", ROWS)
    with pytest.raises(Problem, match="no_receiver"):
        commune.send(stick)
    assert list(stick.iterdir()) == []


def test_a_file_is_named_neutrally_and_told_exactly(pair, stick):
    commune, receiver = pair
    commune.put("child", ROWS)
    told = commune.preview()
    (sent,) = commune.send(stick)
    assert sent.file.parent == stick
    assert sent.file.name.startswith(f"01321-{commune.node[:4]}-1-{sent.to_seq}-")
    assert (sent.from_seq, sent.to_seq, sent.changes) == (1, told["to_seq"], told["changes"])
    assert told["counts"]["child"] == (2, 0)
    assert sent.bytes == sent.file.stat().st_size
    assert sent.to == receiver.node


def test_an_empty_month_looks_like_a_month_with_one_case(pair, stick):
    commune, receiver = pair
    commune.put("child", ROWS)
    exchange(commune, receiver, stick)
    sizes = set()
    for rows in ([], ROWS[:1]):
        commune.put("incident", [{"kind": "other", "received_at": "2026-10-12T05:40", "summary": "x"} for _ in rows])
        commune.store.db.execute("UPDATE peer SET told = '{}'")
        (sent,) = commune.send(stick)
        sizes.add(sent.bytes // 4096)  # age itself adds some random bytes
    assert len(sizes) == 1


def test_nothing_new_writes_nothing_and_an_acknowledgement_due_travels(pair, stick):
    commune, receiver = pair
    assert commune.send(stick) == []
    assert receiver.send(stick) == []
    (saved, _) = commune.put("child", ROWS)
    exchange(commune, receiver, stick)
    assert commune.send(stick) == []
    receiver.save("child", {"born": "2014"}, saved.id)
    receiver.send(stick)
    commune.receive([stick])
    (answer,) = commune.send(stick)  # the commune confirms what it has heard
    assert (answer.changes, answer.from_seq, answer.to_seq) == (0, 0, 0)
    assert commune.send(stick) == []


def test_a_lost_stick_costs_nothing(pair, stick, tmp_path):
    commune, receiver = pair
    commune.put("child", ROWS[:1])
    (lost,) = commune.send(stick)
    lost.file.unlink()
    commune.put("child", ROWS[1:])
    (sent,) = commune.send(stick)
    assert sent.from_seq == 1
    receiver.receive([stick])
    assert len(receiver.all_rows("child")) == 2


def test_progress_is_told_in_steps_and_ends(pair, stick):
    commune, _ = pair
    commune.put("child", ROWS)
    steps = []
    commune.send(stick, progress=lambda step, done, total: steps.append((step, done, total)))
    assert steps[0] == ("pack", 0, 1)
    assert steps[-1][0] == "write"
    assert steps[-1][1] == steps[-1][2]


def test_what_cannot_be_written_is_not_remembered_as_written(pair, stick, monkeypatch):
    commune, _ = pair
    commune.put("child", ROWS)
    before = commune.status()

    def broken(*_, **__):
        raise Problem("stick_gone")

    with monkeypatch.context() as patch:
        patch.setattr(carrier, "put", broken)
        with pytest.raises(Problem, match="stick_gone"):
            commune.send(stick)
    assert commune.bundles() == []
    assert commune.status()["unsent"] == before["unsent"]
    with pytest.raises(Problem, match="no_folder"):
        commune.send(stick / "nowhere")


def test_a_peer_may_be_named_by_unit_or_device(pair, sister, stick):
    commune, receiver = pair
    commune.put("child", ROWS)
    assert [one.to for one in commune.send(stick, to="04")] == [receiver.node]
    assert [one.to for one in commune.send(stick, to=sister.node)] == [sister.node]
    with pytest.raises(Problem, match="no_receiver"):
        commune.send(stick, to="01290")


# --- receiving -------------------------------------------------------------------------------------------------------


def test_a_round_trip_empties_the_outbox_and_keeps_the_account(pair, stick):
    commune, receiver = pair
    commune.put("child", ROWS)
    commune.send(stick)
    assert [one["state"] for one in commune.bundles()] == ["waiting"]
    (received,) = receiver.receive([stick])
    assert (received.result, received.sender) == ("merged", commune.node)
    assert received.counts["new"] == commune.status()["written_to"]
    assert received.ack
    assert commune.status()["unsent"] > 0
    (accepted,) = commune.receive([stick])  # its own file on the stick is passed over
    assert accepted.result == "accepted"
    status = commune.status()
    assert (status["unsent"], status["acked_to"]) == (0, status["written_to"])
    assert status["acked_at"]
    assert [one["state"] for one in commune.bundles()] == ["confirmed"]
    assert [row["full_name"] for row in receiver.all_rows("child")] == ["Lý Mùi Mẩy", "Nông Văn Tý"]
    assert receiver.verify()["ok"]


def test_the_same_stick_again_is_a_normal_answer(pair, stick):
    commune, receiver = pair
    commune.put("child", ROWS)
    commune.send(stick)
    receiver.receive([stick])
    again = receiver.receive([stick])
    assert [one.result for one in again] == ["already"]
    assert again[0].ack  # and it is confirmed once more
    assert {one.result for one in commune.receive([stick])} == {"accepted"}


def test_a_source_that_cannot_be_written_gets_its_answer_elsewhere(pair, stick, tmp_path):
    commune, receiver = pair
    commune.put("child", ROWS)
    commune.send(stick)
    answers = tmp_path / "answers"
    answers.mkdir()
    (received,) = receiver.receive([stick], ack=answers)
    assert received.ack.startswith(str(answers))
    assert len(list(stick.iterdir())) == 1
    assert commune.receive([answers])[0].result == "accepted"


def test_a_refused_file_stops_no_other(pair, stick):
    commune, receiver = pair
    commune.put("child", ROWS)
    (sent,) = commune.send(stick)
    data = sent.file.read_bytes()
    (stick / "a.cbd").write_bytes(data[:-1])
    (stick / "b.cbd").write_bytes(b"x" * 90)
    (stick / "c.cbd").write_bytes(b"")
    (stick / "d.txt").write_bytes(data)
    answers = receiver.receive([stick])
    found = {Path(one.file).name: (one.result, one.problem and one.problem.name) for one in answers}
    assert found == {
        sent.file.name: ("merged", None),
        "a.cbd": ("refused", "wrong_recipient_or_damaged"),
        "b.cbd": ("refused", "not_a_bundle"),
        "c.cbd": ("refused", "not_a_bundle"),
    }
    assert all((stick / name).exists() for name in ("a.cbd", "b.cbd", "c.cbd"))


def test_places_without_bundles(receiver, stick):
    with pytest.raises(Problem, match="nothing_to_receive"):
        receiver.receive([stick])
    with pytest.raises(Problem, match="no_folder"):
        receiver.receive([stick / "nowhere"])


def test_a_stranger_is_refused_until_its_card_is_taken(commune, receiver, stick):
    commune.enrol(receiver.card_bytes(), receiver.fingerprint)
    commune.put("child", ROWS)
    commune.send(stick)
    (refused,) = receiver.receive([stick])
    assert (refused.result, refused.problem.name) == ("refused", "unknown_key")
    assert receiver.all_rows("child") == []
    receiver.enrol(commune.card_bytes(), commune.fingerprint)
    assert receiver.receive([stick])[0].result == "merged"


def test_a_bundle_that_comes_too_early_is_held_over_a_restart_and_taken_later(pair, stick, tmp_path):
    commune, receiver = pair
    image = tmp_path / "image.cbb"
    shutil.copy(receiver.backup(), image)
    commune.put("child", ROWS[:1])
    exchange(commune, receiver, stick)
    commune.put("child", ROWS[1:])
    shutil.rmtree(stick)
    stick.mkdir()
    commune.send(stick)
    old = desk.restore(tmp_path / "old", image, None, PASSWORD)  # the receiver as it was before it knew anything
    (gap,) = old.receive([stick])
    assert (gap.result, gap.problem.name) == ("gap", "gap")
    assert gap.ack
    assert old.status()["held"] == 1
    old.close()
    old = desk.unlock(tmp_path / "old", None, PASSWORD)
    commune.receive([stick])
    commune.send(stick)
    assert "merged" in {one.result for one in old.receive([stick])}
    assert old.status()["held"] == 0
    assert len(old.all_rows("child")) == 2
    old.close()


def test_two_computers_of_a_commune_through_a_stick_and_through_the_receiver(pair, sister, stick, tmp_path):
    commune, receiver = pair
    commune.put("child", ROWS[:1])
    sister.put("child", ROWS[1:])
    commune.send(stick, to=sister.node)
    assert sister.receive([stick])[0].result == "merged"
    assert len(sister.all_rows("child")) == 2
    second = tmp_path / "second"
    second.mkdir()
    sister.send(second)
    receiver.receive([second])
    assert len(receiver.all_rows("child")) == 2  # the sister carried the other's changes too
    third = tmp_path / "third"
    third.mkdir()
    receiver.send(third)
    commune.receive([third])
    assert len(commune.all_rows("child")) == 2
    assert commune.status()["unsent"] == 0


def test_a_correction_of_the_receiver_travels_home(pair, stick):
    commune, receiver = pair
    (saved, _) = commune.put("child", ROWS)
    exchange(commune, receiver, stick)
    receiver.save("child", {"born": "2014"}, saved.id)
    receiver.send(stick)
    commune.receive([stick])
    assert commune.get(saved.id)["born"] == "2014"
    assert commune.history(saved.id)[-1]["by"] == "Lê Minh Đức"


def test_an_erasure_reaches_the_receiver_with_its_backups(pair, stick):
    commune, receiver = pair
    (saved, _) = commune.put("child", ROWS)
    exchange(commune, receiver, stick)
    old = receiver.backup()
    commune.erase(saved.id, "theo yêu cầu")
    commune.send(stick)
    receiver.receive([stick])
    assert [row["full_name"] for row in receiver.all_rows("child")] == ["Nông Văn Tý"]
    assert not old.exists()
    assert receiver.verify()["ok"]


def test_a_conflict_is_counted_where_it_came_to_light(pair, stick):
    commune, receiver = pair
    (saved, _) = commune.put("child", ROWS)
    exchange(commune, receiver, stick)
    receiver.save("child", {"born": "2014"}, saved.id)
    commune.save("child", {"born": "2013"}, saved.id)
    commune.send(stick)
    assert receiver.receive([stick])[-1].counts["conflicts"] == 1
    assert receiver.status()["conflicts"] == 1


def test_the_same_answer_on_both_sides_is_no_conflict_in_the_account(pair, stick):
    commune, receiver = pair
    (saved, _) = commune.put("child", ROWS)
    exchange(commune, receiver, stick)
    receiver.save("child", {"born": "2014"}, saved.id)
    commune.save("child", {"born": "2014"}, saved.id)
    commune.send(stick)
    assert receiver.receive([stick])[-1].counts["conflicts"] == 0
    assert receiver.status()["conflicts"] == 0


# --- looking ---------------------------------------------------------------------------------------------------------


def test_a_bundle_can_be_looked_at_without_taking_it_in(pair, stick):
    commune, receiver = pair
    commune.put("child", ROWS)
    (sent,) = commune.send(stick)
    found = receiver.inspect(sent.file)
    assert found["valid"]
    assert found["sender"]["device"] == commune.node
    assert found["recipient"] == [receiver.node]
    assert found["range"] == [{"stream": commune.status()["stream"], "from": 1, "to": sent.to_seq}]
    assert receiver.all_rows("child") == []
    sent.file.write_bytes(sent.file.read_bytes()[:-1])
    found = receiver.inspect(sent.file)
    assert (found["valid"], found["problem"]["name"]) == (False, "wrong_recipient_or_damaged")
    with pytest.raises(Problem, match="no_such_file"):
        receiver.inspect(stick / "nowhere.cbd")


def test_the_account_of_peers(pair, stick):
    commune, receiver = pair
    clock.set_fixed("2026-10-12T08:00:00")
    commune.put("child", ROWS)
    exchange(commune, receiver, stick)
    (peer,) = receiver.status()["peers"]
    assert (peer["unit"], peer["role"], peer["last_result"]) == ("01321@2025-07-01", "commune", "merged")
    assert peer["heard_at"] == "2026-10-12T08:00:00"
    assert peer["holds"] == {commune.status()["stream"]: commune.status()["written_to"]}
    assert commune.status()["peers"][0]["holds"] == peer["holds"]


def test_all_that_was_done_stands_in_the_access_log(pair, stick):
    commune, receiver = pair
    commune.put("child", ROWS)
    exchange(commune, receiver, stick)
    commune.log("print", detail="special 2026-10 2")
    acts = [row[3] for row in commune.ledger.accesses()]
    assert acts == ["setup", "enrol", "send", "print"]
    assert commune.verify()["ok"]
    commune.store.db.execute("DROP TRIGGER access_fixed")
    commune.store.db.execute("UPDATE access SET what = 'nothing' WHERE n = 2")
    (fault,) = commune.verify()["faults"]
    assert (fault["log"], fault["kind"], fault["n"]) == ("access", "changed", 2)
