"""Scans of signed papers: kept inside the register, carried with it, swept out with what they belong to."""

from pathlib import Path

import pytest

from cbdesk import STORE, bundle, clock, desk
from cbdesk.container import MAX_BLOB
from cbdesk.errors import Problem
from cbdesk.store import Store, library
from cbdesk.store.store import NAME

PDF = b"%PDF-1.7 Ho\xc3\xa0ng V\xc4\x83n P\xc3\xa1o canary-of-a-scan"
OLD = Path(__file__).parent.parent / "vectors" / "stores" / "1.sql"


def child(book):
    return book.save("child", {"full_name": "Hoàng Văn Páo"}).id


def test_a_file_is_kept_with_a_record_and_read_again(commune, tmp_path):
    scan = tmp_path / "quet.pdf"
    scan.write_bytes(PDF)
    one = child(commune)
    saved = commune.attach(one, scan, {"title": "Quyết định đã ký", "kind": "signed"})
    [row] = commune.attachments(one)
    assert (row["media"], row["size"], row["here"]) == ("application/pdf", len(PDF), True)
    assert commune.open_attachment(saved.id) == (PDF, "application/pdf")
    assert commune.write_attachment(saved.id, tmp_path / "ra").read_bytes() == PDF
    assert scan.read_bytes() == PDF
    assert [what for _, _, _, what, *_ in commune.ledger.accesses()][-3:] == ["view", "view", "export"]
    assert commune.verify()["ok"]


def test_no_byte_of_it_lies_in_the_clear(commune):
    commune.attach_bytes(child(commune), PDF, {"title": "x"})
    for path in commune.folder.rglob("*"):
        assert not path.is_file() or b"canary-of-a-scan" not in path.read_bytes()


@pytest.mark.parametrize(("content", "name"), [(b"MZ\x90", "attachment_type"), (b"", "attachment_type"),
                                               (b"%PDF-" + bytes(MAX_BLOB), "attachment_big")])  # fmt: skip
def test_what_is_not_taken_is_told(commune, content, name):
    one = child(commune)
    with pytest.raises(Problem) as problem:
        commune.attach_bytes(one, content, {"title": "x"})
    assert problem.value.name == name
    assert commune.attachments(one) == []


def test_it_travels_with_the_bundle_and_is_not_sent_again_once_the_receiver_says_so(pair, stick):
    commune, receiver = pair
    one = child(commune)
    saved = commune.attach_bytes(one, PDF, {"title": "x"})
    commune.send(stick)
    receiver.receive([stick])
    assert receiver.open_attachment(saved.id)[0] == PDF
    [peer] = receiver.peers()
    assert receiver.store.owed(peer.node, commune.unit.key) == []  # it came from there
    commune.receive([stick])
    [mine] = commune.peers()
    assert commune.store.owed(mine.node, commune.unit.key) == []
    assert commune.send(stick) == []


def test_what_does_not_fit_travels_in_the_next_bundle(pair, stick, tmp_path, monkeypatch):
    monkeypatch.setattr(bundle, "MAX_BLOBS", len(PDF) + 10)
    commune, receiver = pair
    one = child(commune)
    first = commune.attach_bytes(one, PDF, {"title": "x"}).id
    second = commune.attach_bytes(one, PDF + b"2", {"title": "y"}).id
    commune.send(stick)
    receiver.receive([stick])
    assert [row["here"] for row in receiver.attachments(one)] == [True, False]
    with pytest.raises(Problem) as problem:
        receiver.open_attachment(second)
    assert problem.value.name == "attachment_missing"
    commune.receive([stick])
    later = tmp_path / "later"
    later.mkdir()
    assert commune.send(later)
    receiver.receive([later])
    assert receiver.open_attachment(first)[0] == PDF
    assert receiver.open_attachment(second)[0] == PDF + b"2"


def exchange(commune, receiver, folder):
    """Something new, bundle up, acknowledgement down, in a folder of its own."""
    folder.mkdir()
    commune.save("child", {"full_name": folder.name})
    commune.send(folder)
    receiver.receive([folder])
    commune.receive([folder])


def test_who_was_restored_from_an_older_backup_says_what_it_lacks_and_gets_it_again(pair, tmp_path):
    """Both ways: what was believed of the other is put right by its own word."""
    commune, receiver = pair
    one = child(commune)
    exchange(commune, receiver, tmp_path / "1")
    before = receiver.backup(tmp_path), commune.backup(tmp_path)
    saved = commune.attach_bytes(one, PDF, {"title": "x"}).id
    exchange(commune, receiver, tmp_path / "2")
    [peer] = commune.peers()
    assert commune.store.owed(peer.node, commune.unit.key) == []
    receiver.close()
    restored = desk.restore(tmp_path / "back", before[0], None, "mật khẩu")
    exchange(commune, restored, tmp_path / "3")  # a gap
    exchange(commune, restored, tmp_path / "4")  # the record came again, not its file
    assert [row["here"] for row in restored.attachments(one)] == [False]
    exchange(commune, restored, tmp_path / "5")
    assert restored.open_attachment(saved)[0] == PDF
    assert commune.send(tmp_path / "5") == []
    commune.close()
    again = desk.restore(tmp_path / "again", before[1], None, "mật khẩu")
    for n in range(6, 9):
        exchange(again, restored, tmp_path / str(n))
    assert again.open_attachment(saved)[0] == PDF
    assert again.verify()["ok"]
    assert restored.verify()["ok"]
    for one in (again, restored):
        one.close()


def test_a_file_taken_back_does_not_travel_and_comes_again_with_its_record(pair, tmp_path):
    commune, receiver = pair
    saved = commune.attach_bytes(child(commune), PDF, {"title": "x"})
    undone = commune.undo(saved.batch)
    exchange(commune, receiver, tmp_path / "1")
    assert receiver.store.db.execute("SELECT count(*) FROM blob").fetchone() == (0,)
    commune.undo(undone.batch)
    exchange(commune, receiver, tmp_path / "2")
    assert receiver.open_attachment(saved.id)[0] == PDF


def test_one_file_of_two_records_stays_while_one_of_them_names_it(commune):
    first, second = child(commune), commune.save("child", {"full_name": "Lý Thị Mai"}).id
    for one in (first, second):
        commune.attach_bytes(one, PDF, {"title": "x"})
    commune.erase(first, "theo yêu cầu")
    [row] = commune.attachments(second)
    assert row["here"]
    commune.erase(str(row["id"]), "theo yêu cầu")
    assert commune.store.db.execute("SELECT count(*) FROM blob").fetchone() == (0,)


def test_files_follow_a_child_that_is_joined_to_another_and_come_back(commune):
    kept, other = child(commune), child(commune)
    commune.save("carer", {"child": kept, "full_name": "Lý Thị Mẩy", "relation": "mother"})
    row = commune.save("carer", {"child": other, "full_name": "Lý Thị Mẩy", "relation": "mother"}).id
    assert commune.save("consent", {"child": other, "given": "given"}).id
    case = commune.open_case(other, {"kind": "abused"}).id
    assert row
    for one in (other, row, case):
        commune.attach_bytes(one, PDF, {"title": "x"})
    commune.merge(kept, other)
    [mother] = commune.rows_of("carer", kept)
    assert [len(commune.attachments(one)) for one in (kept, mother["id"], case, other, row)] == [1, 1, 1, 0, 0]
    assert [one.id for one in commune.cases(kept)] == [case]
    assert len(commune.rows_of("consent", kept)) == 1
    commune.split(other)
    assert [len(commune.attachments(one)) for one in (kept, mother["id"], case, other, row)] == [0, 0, 1, 1, 1]
    assert [one.id for one in commune.cases(other)] == [case]


def test_what_the_receiver_attaches_comes_down_to_the_commune(pair, tmp_path):
    commune, receiver = pair
    case = commune.open_case(child(commune), {"kind": "abused"}).id
    exchange(commune, receiver, tmp_path / "1")
    assert [one.name for one in receiver.cases()] == ["Hoàng Văn Páo"]
    saved = receiver.attach_bytes(case, PDF, {"title": "x"}).id
    receiver.send(tmp_path / "1")
    commune.receive([tmp_path / "1"])
    assert commune.open_attachment(saved)[0] == PDF
    assert commune.verify()["ok"]


def test_a_claimed_ending_does_not_replace_another_file(commune, tmp_path):
    saved = commune.attach_bytes(child(commune), PDF, {"title": "x"})
    (tmp_path / "x.pdf").write_bytes(b"mine")
    with pytest.raises(Problem) as problem:
        commune.write_attachment(saved.id, tmp_path / "x", overwrite=True)
    assert problem.value.name == "file_exists"
    assert (tmp_path / "x.pdf").read_bytes() == b"mine"


def test_a_legal_deletion_sweeps_the_files_here_and_at_the_receiver(pair, stick):
    commune, receiver = pair
    one = child(commune)
    commune.attach_bytes(one, PDF, {"title": "x"})
    commune.send(stick)
    receiver.receive([stick])
    commune.receive([stick])
    commune.erase(one, "theo yêu cầu")
    assert commune.store.db.execute("SELECT count(*) FROM blob").fetchone() == (0,)
    commune.send(stick)
    receiver.receive([stick])
    assert receiver.store.db.execute("SELECT count(*) FROM blob").fetchone() == (0,)


def test_a_register_of_store_version_1_opens_and_gains_what_is_new(tmp_path):
    """The fixture is what version 0.1.0 wrote: one child with its groups, one incident."""
    clock.set_fixed("2026-11-24T08:00")
    key = bytes(32)
    db = library.connect(tmp_path / NAME, key, create=True)
    db.conn.executescript(OLD.read_text(encoding="utf-8"))
    db.conn.close()
    store = Store.unlock(tmp_path, key)
    try:
        assert store.meta("store") == str(STORE)
        assert [row["full_name"] for row in store.rows("child")] == ["Hoàng Văn Páo"]
        assert store.count("incident") == 1
        assert store.rebuilt_differences() == []
        assert store.broken_chains() == []
        store.keep_blob(PDF)
    finally:
        store.close()
