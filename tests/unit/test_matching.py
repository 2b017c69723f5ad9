"""Who a row is about, and when a person should compare two."""

from __future__ import annotations

from cbdesk.matching import blocks, fingerprint, looks_alike, reasons, same_content, village_key

PAO = {"full_name": "Hoàng Văn Páo", "born": "2014-03-05", "sex": "male", "village": "Xóm Nà Héng"}


def test_one_child_spelt_two_ways():
    other = {"full_name": "HOÀNG  VĂN PÁO", "born": "2014-03-05", "sex": "male", "village": "Nà Héng"}
    assert fingerprint(PAO) == fingerprint(other)
    assert fingerprint({"full_name": "Lý Thị Mỹ"}) == fingerprint({"full_name": "Lí Thị Mĩ"})


def test_different_children():
    for change in ({"full_name": "Hoàng Văn Pao"}, {"born": "2014-03-06"}, {"born": "2014"}, {"sex": "female"},
                   {"village": "Nà Rình"}):  # fmt: skip
        assert fingerprint(PAO) != fingerprint(PAO | change)


def test_same_content_looks_at_everything():
    assert same_content(PAO | {"groups": ["04", "01"]}, PAO | {"groups": ["01", "04"], "notes": None})
    assert not same_content(PAO, PAO | {"notes": "mới"})


def test_villages():
    assert village_key("Xóm Nà Héng") == village_key("nà héng")
    assert village_key("Tổ dân phố 3") == village_key("TỔ 3")
    assert village_key("Nà Héng") != village_key("Nà Heng")


def test_look_alikes():
    assert looks_alike(PAO, PAO | {"born": "2014"})
    assert looks_alike(PAO, {"full_name": "hoang van pao", "born": "2014"})
    assert looks_alike(
        {"full_name": "A", "personal_id": "004214000001"}, {"full_name": "B", "personal_id": "004214000001"}
    )
    assert not looks_alike(PAO, PAO | {"sex": "female"})
    assert not looks_alike(PAO, PAO | {"born": "2013"})
    assert not looks_alike(PAO, {"full_name": "Hoàng Văn Sáu"})
    assert not looks_alike({"full_name": ""}, {"full_name": ""})
    assert not looks_alike({"full_name": "Sùng"}, {"full_name": "Sùng"})


def test_reasons_name_what_agrees():
    assert reasons(PAO, PAO) == ("same_name", "same_born", "same_village")
    assert reasons(PAO, {"full_name": "Hoang Van Pao"}) == ("same_letters",)


def test_blocks_bring_possible_pairs_together():
    assert set(blocks(PAO)) & set(blocks({"full_name": "HOANG VAN PAO"}))
    assert blocks({}) == ()
