"""Who a row is about."""

from __future__ import annotations

from cbdesk.matching import fingerprint, same_content, village_key

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
