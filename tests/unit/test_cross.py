"""How many are there: children by one or two things, on any day, and who they are."""

from datetime import date

import pytest

from cbdesk import cross
from cbdesk.catalogue import catalogue
from cbdesk.errors import Problem
from cbdesk.facts import Book

TODAY = date(2026, 10, 31)
ROWS = {
    "child": [
        {"id": "a", "born": "2016-05-05", "sex": "male", "village": "v", "ethnicity": "02"},
        {"id": "b", "born": "2023-05-05", "sex": "female", "village": "v", "ethnicity": "01"},
        {"id": "c", "sex": "female", "village": "w"},
    ],
    "circumstance": [
        {"id": "1", "child": "a", "code": "04.a", "to": "2026-07-01"},
        {"id": "2", "child": "a", "code": "01"},
        {"id": "3", "child": "b", "code": "05"},
    ],
}


def asked(rows, columns="", where=None, day=TODAY):
    known = Book(ROWS, catalogue(), today=TODAY)
    return cross.count(known, rows, columns, where or {}, day, {"v": "Nà Pò", "w": "Bản Lẹng"})


def lines(made, column="all"):
    return {row.label: row.cells[column].value for row in made.rows}


def test_two_things_cross_and_each_figure_names_its_children():
    made = asked("village", "age")
    assert lines(made) == {"Tổng số": 3, "Nà Pò": 2, "Bản Lẹng": 1}
    assert [one.heading for one in made.columns] == ["Tổng số", "3–5", "6–10", "Chưa rõ"], "nobody is no column"
    assert made.row("all.v").cells["3-6"].ids == ("b",)


def test_a_day_gone_by_and_conditions():
    assert lines(asked("groups", day=date(2026, 6, 30)))["khuyết tật"] == 1
    assert "khuyết tật" not in lines(asked("groups"))
    assert lines(asked("sex", where={"village": ["v"], "people": ["kinh"]})) == {"Tổng số": 1, "Nữ": 1}
    narrowed = asked("groups", where={"groups": ["01"]})
    assert lines(narrowed) == {"Tổng số": 1, "mồ côi cả cha và mẹ": 1}, "the same thing may be a condition and a line"


def test_what_must_be_kept_apart_is_one_line_that_names_nobody():
    made = asked("groups", "sex")
    assert lines(made) == {"Tổng số": 3, "mồ côi cả cha và mẹ": 1, "Danh sách riêng": 1, "Không thuộc nhóm nào": 1}
    assert made.row("all.apart").cells["female"].ids == ()
    assert asked("sex", "groups").row("all.female").cells["apart"].ids == ()


def test_every_thing_can_be_asked_and_nothing_else():
    for name in cross.dimensions(catalogue()):
        assert asked(name).row("all").cells["all"].value == 3
    with pytest.raises(Problem, match="report_wrong"):
        asked("height")


def test_a_day_to_come_is_not_counted(commune):
    with pytest.raises(Problem, match="bad_period"):
        commune.how_many("sex", on=date(2999, 1, 1))


def test_nothing_can_be_asked_by_what_is_kept_apart():
    with pytest.raises(Problem, match="report_wrong"):
        asked("sex", where={"groups": ["05"]})


def test_a_count_becomes_a_paper_without_a_child_and_follows_changes(commune):
    first = commune.save("child", {"full_name": "Lý Thị Mai", "born": "2015", "sex": "female"}).id
    made = commune.how_many("sex")
    assert lines(made) == {"Tổng số": 1, "Nữ": 1}
    assert commune.how_many("sex").row("all").cells["all"].ids == (first,)
    commune.save("child", {"full_name": "Lý Văn Páo", "born": "2016", "sex": "male"})
    assert lines(commune.how_many("sex", among=[first])) == {"Tổng số": 1, "Nữ": 1}
    again = commune.how_many("sex", where={"sex": ["male", "female"]})
    assert lines(again) == {"Tổng số": 2, "Nam": 1, "Nữ": 1}, "what was written since is counted"
    sheet = commune.count_sheet(again, date(2026, 1, 1))
    assert (sheet.kind, sheet.about) == ("BẢNG TỔNG HỢP", "Số trẻ theo giới tính")
    assert sheet.notes == ("Chỉ tính Giới tính: Nam, Nữ.",)
    assert first not in sheet.as_json()
