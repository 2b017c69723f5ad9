"""The directory names who is to be called, once; an officer's own villages are a setting that can be taken back."""

import pytest

from cbdesk import clock


@pytest.fixture
def book(commune):
    clock.set_fixed("2026-10-12T08:12")
    commune.na_heng = commune.save("village", {"name": "Xóm Nà Héng", "head_name": "Nông Văn An",
                                               "head_phone": "0912345678"}).id  # fmt: skip
    commune.ban_oong = commune.save("village", {"name": "Xóm Bản Oóng"}).id
    return commune


def test_a_role_is_found_by_village_then_for_the_commune(book):
    for name, village in (("Lý A Sình", book.ban_oong), ("Vừ Mí Pó", None)):
        book.save("contact", {"name": name, "role": "collaborator", "village": village})
    assert book.contact_for("collaborator", book.ban_oong).name == "Lý A Sình"
    assert book.contact_for("collaborator", book.na_heng).name == "Vừ Mí Pó"
    assert book.contact_for("collaborator").name == "Vừ Mí Pó"
    assert book.contact_for("legal_aid") is None


def test_who_has_left_the_office_is_not_called_and_the_newer_one_is(book):
    old = {"name": "Đặng Văn Tu", "role": "police", "from": "2020", "to": "2026-06-30"}
    book.save("contact", old)
    book.save("contact", {"name": "Hà Thị Mơ", "role": "police", "from": "2026-07"})
    assert book.contact_for("police").name == "Hà Thị Mơ"
    assert [one.name for one in book.contacts() if one.role == "police"] == ["Hà Thị Mơ"]
    assert len([one for one in book.contacts(past=True) if one.role == "police"]) == 2


def test_signers_team_and_village_heads_are_shown_from_where_they_stand(book):
    book.save("signer", {"full_name": "Ma Thị Thu", "position": "Phó Chủ tịch"})
    book.save("collaborator", {"name": "Lý A Sình", "village": book.ban_oong})
    book.save("team_member", {"name": "Bế Văn Lộc", "role": "head", "phone": "0987654321"})
    found = {one.name: (one.form, one.role, one.phone) for one in book.contacts()}
    assert found == {"Nông Văn An": ("village", "village_head", "0912345678"), "Ma Thị Thu": ("signer", "leader", ""),
                     "Lý A Sình": ("collaborator", "collaborator", ""),
                     "Bế Văn Lộc": ("team_member", "", "0987654321")}  # fmt: skip
    book.save("contact", {"name": "Nông Thị Hai", "role": "village_head", "village": book.na_heng})
    assert [one.name for one in book.contacts() if one.role == "village_head"] == ["Nông Thị Hai"]


def test_an_officers_villages_are_set_changed_and_taken_back(book):
    assert book.my_villages() == ()
    book.look_after([book.na_heng, book.ban_oong])
    first = book.look_after([book.ban_oong])
    assert book.my_villages() == (book.ban_oong,)
    assert len(book.store.rows("officer")) == 1
    book.undo(first.batch)
    assert set(book.my_villages()) == {book.na_heng, book.ban_oong}
    book.look_after([])
    assert book.my_villages() == ()


def test_papers_name_who_holds_a_role_in_the_childs_village(book):
    from cbdesk.desk import slots

    book.save("contact", {"name": "Hà Thị Mơ", "role": "police", "phone": "0912000111"})
    child = {"village": book.na_heng}
    found = slots.of_contacts(book.store, {"child": child})
    assert (found["contact.village_head.name"], found["contact.police.phone"]) == ("Nông Văn An", "0912000111")
    assert "contact.legal_aid.name" not in found
    assert set(found) <= slots.known()
