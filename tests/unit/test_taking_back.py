"""What can be taken back: void, undo, erasure, and drafts of what was being typed."""

from __future__ import annotations

import pytest
from pages import decrypted

from cbdesk import clock, desk
from cbdesk.catalogue import catalogue
from cbdesk.errors import Problem

CHILD = {"full_name": "Lý Mùi Mẩy", "born": "2015-06-03", "sex": "female", "village": "Xóm Lũng Mít"}
FORMS = [name for name in catalogue().forms if name != "snapshot_part"]


@pytest.fixture
def child(commune):
    return commune.save("child", CHILD).id


def everything(opened):
    """All visible rows of all forms, as people would see them."""
    return {form: opened.all_rows(form) for form in FORMS}


# --- hiding, erasing, taking back ------------------------------------------------------------------------------------


def test_void_hides_with_a_reason_and_can_be_taken_back(commune, child):
    with pytest.raises(Problem, match="no_reason"):
        commune.void(child, "  ")
    before = everything(commune)
    batch = commune.void(child, "nhập nhầm").batch
    assert commune.children() == []
    assert commune.find("ly mui")["total"] == 0
    assert commune.all_rows("child") == []
    assert commune.overview()["figures"]["children"] == 0
    assert commune.history(child)[-1]["to"] == "nhập nhầm"
    commune.undo(batch)
    assert everything(commune) == before
    assert commune.find("ly mui")["total"] == 1


def test_undo_of_many_rows_gives_back_the_visible_rows_of_everything(commune, child):
    commune.save("child", {"groups": ["01.3"], "mother_name": "Triệu Thị Viển", "household_class": "poor"}, child)
    before = everything(commune)
    saved = commune.put(
        "child",
        [
            {"full_name": "Nông Văn Tý", "village": "Nà Mới", "groups": ["03"], "father_name": "Nông Văn Cả"},
            {"id": child, "groups": ["11.4"], "mother_name": None, "household_class": "average", "born": None},
            {"id": child, "born": "2013", "phone": "0912345678", "village": "Nà Mới"},
        ],
    )
    assert everything(commune) != before
    answer = commune.undo(saved[0].batch)
    assert everything(commune) == before
    assert commune.verify()["ok"]
    commune.undo(answer.batch)  # and the undo itself can be taken back
    assert commune.get(child)["born"] == "2013"
    assert commune.find("nong van ty")["total"] == 1


def test_undo_leaves_alone_what_somebody_changed_since(commune, child):
    batch = commune.put("child", [{"id": child, "phone": "0912345678", "born": "2013"}])[0].batch
    commune.save("child", {"born": "2012"}, child)
    commune.undo(batch)
    assert commune.get(child)["born"] == "2012"
    assert "phone" not in commune.get(child)


def test_a_record_somebody_has_worked_with_stays_whole_when_its_making_is_taken_back(commune):
    rows = [{**CHILD, "full_name": name, "mother_name": "Triệu Thị Viển"} for name in ("Lý A", "Lý B", "Lý C", "Lý D")]
    saved = commune.put("child", rows)
    touched, with_row, joined, alone = (one.id for one in saved)
    commune.save("child", {"phone": "0912345678"}, touched)
    commune.save("child", {"risks": ["R05"]}, with_row)
    earlier = commune.save("child", {"full_name": "Lý Cờ"}).id
    commune.merge(joined, earlier)
    back = commune.save("child", {"phone": "0912345678"}, alone).batch
    commune.undo(back)  # changed and changed back is not changed
    answer = commune.undo(saved[0].batch)
    assert {one.id for one in commune.children()} == {touched, with_row, joined}
    for one in (touched, with_row):
        found = commune.get(one)
        assert (found["born"], found["mother_name"]) == ("2015-06-03", "Triệu Thị Viển")
        assert found["village"] in commune.village_names()
    with pytest.raises(Problem, match="undo_overtaken"):
        commune.undo(saved[0].batch)
    commune.undo(answer.batch)
    assert commune.get(alone)["mother_name"] == "Triệu Thị Viển"
    assert commune.verify()["ok"]


def test_undo_of_rows_the_receiver_has_seen_travels_like_everything(pair, stick):
    commune, receiver = pair
    saved = commune.put("child", [CHILD, {"full_name": "Nông Văn Tý"}])
    commune.send(stick)
    receiver.receive([stick])
    commune.undo(saved[0].batch)
    commune.send(stick)
    receiver.receive([stick])
    assert receiver.all_rows("child") == []


def test_an_erased_child_leaves_no_letter_on_the_disk(commune, child):
    secret = "Lưỡng Thị Kỳ Lạ"
    commune.save("child", {"full_name": secret, "notes": secret, "mother_name": secret, "groups": ["03"]}, child)
    commune.keep_draft("child", child, {"notes": secret})
    commune.backup()
    copy = commune.folder / "copy"

    def clear():
        commune.store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return decrypted(commune.folder / "register.db", commune.dek)

    assert secret.encode() in clear()
    commune.erase(child, "theo yêu cầu")
    for text in (secret, "Kỳ Lạ", "ky la", "luong thi"):
        assert text.encode() not in clear()
    commune.store.copy_into(copy)
    assert "Kỳ Lạ".encode() not in decrypted(copy, commune.dek)
    assert commune.verify()["ok"]
    assert commune.find("ky la")["total"] == 0
    assert commune.children() == []
    with pytest.raises(Problem, match="no_record"):
        commune.get(child)


def test_after_an_erasure_only_a_fresh_backup_is_left(commune, child, tmp_path):
    old = commune.backup()
    commune.erase(child, "theo yêu cầu")
    assert (child, commune.unit.key) in commune.store._remembered()  # at once: the power may go any moment
    kept = list((commune.folder / "backups").glob("*.cbb"))
    assert len(kept) == 1
    assert kept[0] != old
    again = desk.restore(tmp_path / "again", kept[0], None, "mật khẩu")
    assert again.children() == []
    assert again.verify()["ok"]
    again.close()


def test_an_erasure_cannot_be_undone_and_needs_a_reason(commune, child):
    with pytest.raises(Problem, match="no_reason"):
        commune.erase(child, "")
    batch = commune.erase(child, "theo yêu cầu").batch
    with pytest.raises(Problem, match="cannot_undo"):
        commune.undo(batch)
    with pytest.raises(Problem, match="no_record"):
        commune.save("child", {"born": "2014"}, child)


def test_an_erasure_takes_what_belongs_to_the_child(commune, child):
    commune.save("child", {"groups": ["03"], "risks": ["R05"], "mother_name": "Triệu Thị Viển"}, child)
    other = commune.save("child", {"full_name": "Nông Văn Tý", "groups": ["03"]}).id
    commune.erase(child, "theo yêu cầu")
    assert {row["child"] for form in ("circumstance", "risk", "carer") for row in commune.all_rows(form)} == {other}
    assert commune.find("trieu thi vien", "carer")["total"] == 0


# --- drafts ----------------------------------------------------------------------------------------------------------


def test_a_draft_waits_as_typed_and_goes_with_the_save(commune, child):
    clock.set_fixed("2026-11-24T08:00:01")
    commune.keep_draft("child", child, {"born": "12/3/201"})
    commune.keep_draft("child", None, {"full_name": "Nửa chừ"})
    assert commune.draft("child", child) == ({"born": "12/3/201"}, "2026-11-24T08:00:01")
    assert {row[:2] for row in commune.overview()["drafts"]} == {("child", child), ("child", "new")}
    commune.save("child", {"born": "2013"}, child)
    assert commune.draft("child", child) is None
    assert commune.draft("child", None)[0] == {"full_name": "Nửa chừ"}
    commune.drop_draft("child", None)
    assert commune.draft("child", None) is None


def test_a_refused_save_keeps_the_draft(commune, child):
    commune.keep_draft("child", child, {"born": "sai"})
    assert commune.save("child", {"born": "sai"}, child).id is None
    assert commune.draft("child", child)[0] == {"born": "sai"}


def test_drafts_survive_closing_and_are_no_changes(commune, child, tmp_path):
    unsent = commune.status()["unsent"]
    commune.keep_draft("child", child, {"born": "12/3/201"})
    assert commune.status()["unsent"] == unsent
    commune.close()
    again = desk.unlock(tmp_path / "commune", None, "mật khẩu")
    assert again.draft("child", child)[0] == {"born": "12/3/201"}
    again.close()
