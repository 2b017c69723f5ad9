"""Verbs that spare typing: the next child of a household, a sibling, one value into many, a second keying."""

import pytest

from cbdesk import clock
from cbdesk.desk.second import USUAL, Second
from cbdesk.errors import Problem

NOW = "2026-10-12T08:12:40"
FIRST = {"full_name": "Lý Mùi Mẩy", "usual_name": "Mẩy", "born": "2015-03-12", "sex": "female", "ethnicity": "09",
         "village": "Xóm Lũng Mít", "personal_id": "004315000017", "health_card": "HN2043369075543",
         "school": "Lớp ghép", "class": "5", "phone": "0912345678", "address": "nhà cạnh suối",
         "groups": ["01.3"], "risks": ["R05"],
         "household_class": "poor", "notes": "ghi riêng", "birth_cert": "Số 118/2015"}  # fmt: skip
FAMILY = (
    {"relation": "father", "full_name": "Lý Văn Phúc", "born": "1994", "state": "dead", "since": "2023-02-14"},
    {"relation": "mother", "full_name": "Triệu Thị Viển", "born": "1996", "phone": "0987654321", "restricted": True,
     "note": "chỉ của trẻ này"},
    {"relation": "paternal_grandmother", "full_name": "Tẩn Thị Sao", "born": "1961", "main_carer": True},
)  # fmt: skip
OF_ONE = {"full_name", "usual_name", "born", "sex", "personal_id", "birth_cert", "health_card", "school", "class",
          "notes", "groups", "risks", "book_code", "life_status"}  # fmt: skip


@pytest.fixture
def child(commune):
    clock.set_fixed(NOW)
    found = commune.save("child", FIRST).id
    for row in FAMILY:
        commune.save("carer", {"child": found, **row})
    return found


def names(desk, child):
    return sorted(str(row["full_name"]) for row in desk.rows_of("carer", child))


def test_the_next_child_starts_with_place_and_household_only(commune, child):
    start, first = commune.next_like(child), commune.get(child)
    assert start == {"village": first["village"], "household": first["household"], "address": "nhà cạnh suối",
                     "phone": "0912345678", "household_class": "poor"}  # fmt: skip


def test_a_sibling_starts_with_the_family_and_nothing_of_the_one_child(commune, child):
    start = commune.sibling_of(child)
    assert start["full_name"] == "Lý"
    assert (start["father_name"], start["mother_name"], start["carer_name"]) == (
        "Lý Văn Phúc", "Triệu Thị Viển", "Tẩn Thị Sao")  # fmt: skip
    assert start["ethnicity"] == "09"
    assert set(start) & OF_ONE == {"full_name"}


def test_a_class_of_another_year_is_not_confirmed_in_passing(commune, child):
    clock.set_fixed("2027-01-05T08:00:00")
    assert "household_class" not in commune.sibling_of(child)
    assert commune.get(child)["household_class"] == "poor"


def test_a_sibling_gets_copies_of_the_rows_without_what_was_decided_for_one_child(commune, child):
    start = commune.sibling_of(child)
    saved = commune.add_child(start | {"full_name": "Lý Mùi Pham", "born": "2018"}, like=child, sibling=True)
    rows = {row["relation"]: row for row in commune.rows_of("carer", saved.id)}
    assert names(commune, saved.id) == names(commune, child)
    assert (rows["father"]["state"], rows["father"]["since"]) == ("dead", "2023-02-14")
    assert rows["mother"]["phone"] == "0987654321"
    assert rows["paternal_grandmother"]["main_carer"] is True
    assert "restricted" not in {name for name, value in rows["mother"].items() if value is not None}
    assert rows["mother"].get("note") is None
    assert {row["id"] for row in rows.values()}.isdisjoint(row["id"] for row in commune.rows_of("carer", child))
    assert commune.get(saved.id)["household"] == commune.get(child)["household"]


def test_a_parent_typed_anew_is_not_the_copy(commune, child):
    start = commune.sibling_of(child) | {"full_name": "Lý A", "father_name": "Hoàng Văn Páo"}
    start.pop("mother_name")
    saved = commune.add_child(start, like=child, sibling=True)
    assert names(commune, saved.id) == ["Hoàng Văn Páo", "Tẩn Thị Sao"]
    assert all(row.get("state") is None for row in commune.rows_of("carer", saved.id))


def test_adding_a_sibling_is_one_action_taken_back_whole(commune, child):
    first = commune.save("child", {"full_name": "Vàng A", "village": "Xóm Lũng Mít"}).id
    saved = commune.add_child({"full_name": "Vàng B", "village": commune.get(first)["village"]}, like=first)
    shared = commune.get(saved.id)["household"]
    assert shared
    assert commune.get(first)["household"] == shared
    commune.undo(saved.batch)
    assert not commune.get(first).get("household")
    assert len(commune.children()) == 2


def test_a_child_elsewhere_is_not_of_the_same_household(commune):
    first = commune.save("child", {"full_name": "Vàng A", "village": "Xóm Lũng Mít"}).id
    saved = commune.add_child({"full_name": "Vàng B", "village": "Xóm Nà Pảng"}, like=first)
    assert not commune.get(saved.id).get("household")


def test_groups_of_a_new_child_begin_when_told(commune):
    saved = commune.add_child({"full_name": "Vàng A", "village": "Xóm Lũng Mít", "groups": ["01.3"], "risks": ["R05"]},
                              since={"circumstance": "2026-10-12"})  # fmt: skip
    assert commune.rows_of("circumstance", saved.id)[0]["from"] == "2026-10-12"
    assert commune.rows_of("risk", saved.id)[0].get("from") is None


def test_a_refused_child_leaves_nothing(commune, child):
    before = commune.unit, commune.store.count("household")
    saved = commune.add_child({"sex": "nothing", "village": commune.get(child)["village"]}, like=child, sibling=True)
    assert saved.id is None
    assert (commune.unit, commune.store.count("household")) == before
    assert len(commune.children()) == 1


def many(commune):
    rows = [{"full_name": "Lý A", "village": "Xóm Lũng Mít", "class": "4A"},
            {"full_name": "Lý B", "village": "Xóm Lũng Mít"},
            {"full_name": "Lý C", "village": "Xóm Lũng Mít", "class": "5A"}]  # fmt: skip
    return [one.id for one in commune.put("child", rows)]


def test_filling_tells_who_changes_who_has_it_and_who_has_another(commune):
    ids = many(commune)
    plan = commune.fill_plan(ids, {"class": "5A"})
    assert [(one.what, one.now) for one in plan] == [("other", "4A"), ("new", ""), ("same", "")]
    assert [one.name for one in plan] == ["Lý A", "Lý B", "Lý C"]
    assert [row.get("class") for row in map(commune.get, ids)] == ["4A", None, "5A"]


def test_filling_is_one_batch_and_comes_back_whole(commune):
    ids = many(commune)
    saved = commune.fill(ids, {"class": "5A", "school": "Trường Cốc Pàng"})
    assert [commune.get(one)["class"] for one in ids] == ["5A"] * 3
    commune.undo(saved.batch)
    assert [commune.get(one).get("class") for one in ids] == ["4A", None, "5A"]
    assert all(commune.get(one).get("school") is None for one in ids)


def test_a_risk_is_filled_in_as_a_row_with_its_date_and_not_twice(commune):
    clock.set_fixed(NOW)
    ids = many(commune)
    data = {"code": "R05", "from": "2026-09-01"}
    commune.fill(ids[:1], data, "risk")
    assert [one.what for one in commune.fill_plan(ids, data, "risk")] == ["same", "new", "new"]
    saved = commune.fill(ids[1:], data, "risk")
    assert [len(commune.rows_of("risk", one)) for one in ids] == [1, 1, 1]
    commune.undo(saved.batch)
    assert [len(commune.rows_of("risk", one)) for one in ids] == [1, 0, 0]


def test_the_class_of_the_year_is_filled_in_for_households(commune, child):
    ids = [*many(commune)[:1], child]
    assert [(one.what, one.now) for one in commune.fill_plan(ids, {"household_class": "near_poor"})][1] == (
        "other", "Hộ nghèo")  # fmt: skip
    commune.fill(ids, {"household_class": "near_poor"})
    assert [commune.get(one)["household_class"] for one in ids] == ["near_poor"] * 2


def test_what_tells_children_apart_is_not_filled_in(commune):
    ids = many(commune)
    for data in ({"full_name": "Một tên"}, {"born": "2015"}, {"personal_id": "004315000017"}, {"nothing": "1"}):
        with pytest.raises(Problem) as caught:
            commune.fill(ids, data)
        assert caught.value.name == "unknown_field"
    with pytest.raises(Problem) as caught:
        commune.fill(ids, {"full_name": "x"}, "carer")
    assert caught.value.name == "unknown_form"


def test_a_value_refused_for_one_is_written_for_none(commune):
    ids = many(commune)
    commune.save("child", {"born": "2020-05-01"}, ids[2])
    saved = commune.fill(ids, {"ethnicity": "nothing"})
    assert saved.id is None
    assert saved.findings
    assert all(commune.get(one).get("ethnicity") is None for one in ids)


def keyed(commune, ids):
    begun = Second(tuple(ids))
    for one in ids:
        row = commune.get(one)
        begun = begun.with_keyed(one, {name: row.get(name) for name in USUAL})
    return begun


def test_a_second_keying_counts_what_was_compared_and_shows_what_differs(commune):
    ids = many(commune)
    begun = keyed(commune, ids).with_keyed(ids[1], {"full_name": "Lý Bẹ", "born": "2016"})
    compared = commune.second_compare(begun)
    assert (compared.children, compared.fields) == (3, 12)
    assert [(one.place, one.field, one.first, one.second) for one in compared.differences] == [
        (2, "full_name", "Lý B", "Lý Bẹ"), (2, "born", "", "2016")]  # fmt: skip


def test_spaces_and_composition_are_no_difference(commune):
    ids = many(commune)[:1]
    begun = Second(tuple(ids)).with_keyed(ids[0], {"full_name": " Ly\u0301  A", "born": ""})
    assert commune.second_compare(begun).differences == ()


def test_a_half_done_second_keying_is_found_again(commune):
    ids = many(commune)
    begun = Second(tuple(ids)).with_keyed(ids[0], {"full_name": "Lý A"})
    commune.second_keep(begun)
    found = commune.second()
    assert found == begun
    assert found.at() == 1
    commune.void(ids[0], "ghi nhầm")
    assert commune.second().ids == tuple(ids[1:])
    commune.second_drop()
    assert commune.second() is None


def test_decided_differences_are_one_batch_and_the_rest_stays(commune):
    ids = many(commune)
    begun = keyed(commune, ids).with_keyed(ids[0], {"full_name": "Lý Á", "born": "2014"})
    begun = begun.with_keyed(ids[1], {"full_name": "Lý Bê"})
    one, other, third = commune.second_compare(begun).differences
    begun = begun.with_choice(one, "second").with_choice(other, "first").with_choice(third, "second")
    commune.second_keep(begun)
    saved = commune.second_take(begun)
    assert [commune.get(one).get("full_name") for one in ids] == ["Lý Á", "Lý Bê", "Lý C"]
    assert commune.get(ids[0]).get("born") is None
    assert commune.second() is None
    commune.undo(saved.batch)
    assert [commune.get(one).get("full_name") for one in ids] == ["Lý A", "Lý B", "Lý C"]


def test_children_added_are_found_by_day_in_the_order_of_the_papers(commune):
    clock.set_fixed("2026-10-11T09:00:00")
    first = many(commune)
    clock.set_fixed(NOW)
    second = [one.id for one in commune.put("child", [{"full_name": "Vàng Z"}, {"full_name": "Vàng A"}])]
    commune.save("child", {"class": "6"}, first[0])
    assert commune.added() == [("2026-10-12", tuple(second)), ("2026-10-11", tuple(first))]
