"""Giving lists: chosen by conditions and by hand, quotas, ticked, recorded once; lists of a disaster."""

import pytest

from cbdesk import clock
from cbdesk.errors import Problem

NOW = "2026-09-20T08:00:00"


@pytest.fixture
def book(commune):
    """Five children of two villages and a list for Mid-autumn."""
    clock.set_fixed(NOW)
    rows = [("Hoàng Văn An", "2018-03-05", "Nà Mới", {"groups": ["02"], "household_class": "poor"}),
            ("Nông Thị Bé", "2020-06-01", "Nà Mới", {"groups": ["07"]}),
            ("Lý Văn Cả", "2012-01-20", "Lũng Mít", {"household_class": "poor", "father_name": "Lý Văn Páo"}),
            ("Mã Thị Dung", "2015", "Lũng Mít", {"household_class": "near_poor"}),
            ("Bế Văn Êm", "2009-11-02", "Nà Mới", {})]  # fmt: skip
    saved = commune.put("child", [{"full_name": name, "sex": "male", "born": born, "village": village, **more}
                                  for name, born, village, more in rows])  # fmt: skip
    commune.ids = {row[0].split()[-1]: one.id for row, one in zip(rows, saved, strict=True)}
    commune.gift = commune.save("handout", {
        "kind": "gift", "title": "Quà Trung thu năm 2026", "occasion": "mid_autumn", "on": "2026-09-24",
        "giver": "Hội Chữ thập đỏ xã", "what": "bánh, đèn lồng", "value": 150_000}).id  # fmt: skip
    return commune


def short(listing):
    return [one.name.split()[-1] for one in listing]


def lines(book, *names):
    known = {one.name.split()[-1]: one.line["id"] for one in book.handout(book.gift).lines}
    return [known[one] for one in names]


def gifts(book, name):
    return book.rows_of("support", book.ids[name])


def test_children_are_chosen_by_conditions_and_by_hand(book):
    found = book.handout_choices(book.gift, {"household_class": ["poor", "near_poor"]})
    assert short(found) == ["Cả", "Dung", "An"]
    where = {"household_class": ["poor"]}
    saved = book.choose(book.gift, [one.child for one in book.handout_choices(book.gift, where, (6, 15))],
                        how="criteria", where=where, ages=(6, 15))  # fmt: skip
    book.choose(book.gift, [book.ids["Bé"], book.ids["An"]])
    made = book.handout(book.gift)
    assert [(one.name.split()[-1], one.line["how"]) for one in made.lines] == [
        ("Cả", "criteria"), ("An", "criteria"), ("Bé", "hand")]  # fmt: skip
    assert '"ages": [6, 15]' in made.row["criteria"]
    chosen = {one.name.split()[-1]: bool(one.line) for one in book.handout_choices(book.gift, {})}
    assert chosen == {"Cả": True, "Dung": False, "An": True, "Bé": True}  # Êm is 16, not in sight
    book.undo(saved.batch)
    assert short(book.handout(book.gift).lines) == ["Bé"]


def test_what_is_kept_apart_chooses_nobody(book):
    assert short(book.handout_choices(book.gift, {"special": ["yes"]})) == ["An"]
    with pytest.raises(Problem, match="report_wrong"):
        book.handout_choices(book.gift, {"groups": ["07"]})
    assert [one.groups for one in book.handout_choices(book.gift, {}) if one.name.endswith("Bé")] == [()]


def test_quotas_are_counted_while_choosing(book):
    villages = {name: one for one, name in book.village_names().items()}
    first = book.set_quotas(book.gift, {villages["Nà Mới"]: 1, villages["Lũng Mít"]: 3})
    book.choose(book.gift, [book.ids["An"], book.ids["Bé"]])
    assert book.handout(book.gift).by_village() == {villages["Nà Mới"]: (2, 1), villages["Lũng Mít"]: (0, 3)}
    book.set_quotas(book.gift, {villages["Nà Mới"]: None})
    assert book.handout(book.gift).by_village()[villages["Nà Mới"]] == (2, 0)
    book.undo(first.batch)
    assert villages["Lũng Mít"] not in book.handout(book.gift).by_village()


def test_who_got_one_this_year_is_told_from_records_and_from_other_lists(book):
    book.save("support", {"child": book.ids["An"], "kind": "gift", "occasion": "mid_autumn", "from": "2026-09-10",
                          "provider": "Công an xã"})  # fmt: skip
    book.save("support", {"child": book.ids["Cả"], "kind": "gift", "occasion": "mid_autumn", "from": "2025-09-10"})
    book.save("support", {"child": book.ids["Cả"], "kind": "gift", "occasion": "tet", "from": "2026-02-10"})
    other = book.save("handout", {"kind": "gift", "title": "Quà của trường", "occasion": "mid_autumn",
                                  "on": "2026-09-22", "giver": "Trường TH"}).id  # fmt: skip
    book.choose(other, [book.ids["Dung"]])
    found = {one.name.split()[-1]: one.already for one in book.handout_choices(book.gift, {})}
    assert [(one.giver, one.listed) for one in found["An"]] == [("Công an xã", "")]
    assert [(one.giver, one.listed) for one in found["Dung"]] == [("Trường TH", "Quà của trường")]
    assert (found["Cả"], found["Bé"]) == ((), ())


def test_one_action_records_every_ticked_child_once(book):
    book.choose(book.gift, [book.ids[one] for one in ("An", "Bé", "Cả")])
    an, ca = lines(book, "An", "Cả")
    book.tick(book.gift, [an, ca])
    book.save("handout_line", {"received_by": "bà Lý Thị Mẩy", "value": 200_000}, ca)
    clock.set_fixed("2026-09-25T16:00:00")
    assert (book.handout(book.gift).received, book.handout(book.gift).open) == (2, 2)
    n, saved = book.record_handout(book.gift)
    assert n == 2
    gift = gifts(book, "An")[0]
    assert {name: gift[name] for name in ("kind", "occasion", "from", "to", "provider", "amount", "detail")} == {
        "kind": "gift", "occasion": "mid_autumn", "from": "2026-09-24", "to": "2026-09-24",
        "provider": "Hội Chữ thập đỏ xã", "amount": 150_000, "detail": "bánh, đèn lồng"}  # fmt: skip
    assert (gifts(book, "Cả")[0]["amount"], gifts(book, "Cả")[0]["received_by"]) == (200_000, "bà Lý Thị Mẩy")
    assert gifts(book, "Bé") == []
    assert book.record_handout(book.gift)[0] == 0
    book.tick(book.gift, lines(book, "Bé", "An"))
    assert book.record_handout(book.gift)[0] == 1
    assert [len(gifts(book, one)) for one in ("An", "Bé", "Cả")] == [1, 1, 1]
    assert book.handout(book.gift).lines[0].already == ()  # what this list gave is no second gift
    book.undo(saved.batch)
    assert [len(gifts(book, one)) for one in ("An", "Bé", "Cả")] == [0, 1, 0]
    assert book.record_handout(book.gift)[0] == 2


def test_a_day_still_to_come_is_not_recorded_as_past(book):
    book.choose(book.gift, [book.ids["An"]])
    book.tick(book.gift, lines(book, "An"))
    book.record_handout(book.gift)
    assert gifts(book, "An")[0]["from"] == "2026-09-20"


def test_recorded_lines_stay_on_the_list_and_others_leave_it(book):
    book.choose(book.gift, [book.ids[one] for one in ("An", "Bé")])
    book.tick(book.gift, lines(book, "An"))
    book.record_handout(book.gift)
    with pytest.raises(Problem, match="handout_recorded"):
        book.unchoose(book.gift, lines(book, "An", "Bé"))
    assert book.tick(book.gift, lines(book, "An"), received=False).batch is None
    book.unchoose(book.gift, lines(book, "Bé"))
    assert short(book.handout(book.gift).lines) == ["An"]
    with pytest.raises(Problem, match="no_record"):
        book.tick(book.gift, ["nothing"])
    with pytest.raises(Problem, match="no_record"):
        book.handout("nothing")


def test_the_paper_to_sign_has_villages_columns_of_the_office_and_no_reason(book, tmp_path):
    book.save("extra_field", {"label": "Cỡ áo", "kind": "choice", "choices": "110\n120"})
    book.save("extra_field", {"label": "Người ký thay", "kind": "text", "list": book.gift})
    size = next(one for one in book.extra_columns() if one.code == "co_ao")
    book.save("handout", {"columns": [size.id]}, book.gift)
    book.choose(book.gift, [book.ids[one] for one in ("An", "Cả")])
    book.set_extra(book.ids["An"], "co_ao", "120")
    book.set_extra(book.ids["An"], "nguoi_ky_thay", "ông Páo")
    paper = book.handout_paper(book.gift)
    assert [row.text("name") for row in paper.rows] == ["Lý Văn Cả", "Hoàng Văn An"]
    assert [paper.parts[row.part] for row in paper.rows] == ["Lũng Mít (01 trẻ)", "Nà Mới (01 trẻ)"]
    an = paper.rows[1]
    assert (an.text("extra.co_ao"), an.text("extra.nguoi_ky_thay"), an.text("empty")) == ("120", "ông Páo", "")
    assert (paper.about, paper.as_of_text) == (
        "Quà Trung thu năm 2026", "(Đơn vị, người tặng: Hội Chữ thập đỏ xã; ngày trao: 24/09/2026)")  # fmt: skip
    assert paper.notes == ("Mỗi suất gồm: bánh, đèn lồng; trị giá 150.000 đồng.",)
    assert paper.draft == ""
    group = "mồ côi"
    assert not any(group in cell.text.casefold() for row in paper.rows for cell in row.cells.values())
    files = book.handout_files(book.gift, tmp_path)
    assert len(files) == 2
    assert not any("Trung" in one.rpartition("/")[2] for one in files)


def test_a_list_of_a_disaster_takes_children_and_households_with_harm_and_needs(book):
    event = book.save("handout", {"kind": "event", "title": "Mưa lũ ngày 18/9", "disaster": "flood",
                                  "on": "2026-09-18", "giver": "UBND xã"}).id  # fmt: skip
    village = next(one for one, name in book.village_names().items() if name == "Lũng Mít")
    book.choose(event, [one.child for one in book.handout_choices(event, {"village": [village]})], how="criteria")
    first = book.handout(event).lines[0].line["id"]
    book.save("handout_line", {"harm": ["house_flooded", "food"], "needs": ["food"], "what": "20 kg gạo"}, first)
    home = book.save("handout_line", {"handout": event, "heard_name": "Hộ ông Giàng A Sùng", "place": village,
                                      "harm": ["house_lost"], "received": True}).id  # fmt: skip
    book.tick(event, [first])
    assert book.record_handout(event)[0] == 1
    gift = gifts(book, "Cả")[0]
    assert (gift["occasion"], gift["from"], gift["detail"]) == ("disaster", "2026-09-18", "20 kg gạo")
    assert book.get(home).get("support") is None
    paper = book.handout_paper(event)
    assert [row.text("name") for row in paper.rows] == ["Lý Văn Cả", "Mã Thị Dung", "Hộ ông Giàng A Sùng"]
    assert paper.rows[0].text("harm") == "Nhà bị ngập; mất lương thực, hoa màu, vật nuôi"
    assert paper.notes == (
        "Tổng số 02 trẻ có trong sổ, 01 hộ chưa có trong sổ.",
        "Thiệt hại: Nhà sập, trôi, cháy hoàn toàn 01; Nhà bị ngập 01; Mất lương thực, hoa màu, vật nuôi 01.",
        "Cần hỗ trợ: Lương thực, nước sạch 01.", "Đã nhận hỗ trợ: 02/03.")  # fmt: skip


def test_a_child_erased_by_law_leaves_no_line(book):
    book.choose(book.gift, [book.ids["An"]])
    line = lines(book, "An")[0]
    book.save("handout_line", {"note": "chân đau"}, line)
    book.erase(book.ids["An"], "theo yêu cầu")
    assert book.handout(book.gift).lines == ()
    assert book.store.row("handout_line", line) in (None, {}) or not book.store.row("handout_line", line).get("note")
