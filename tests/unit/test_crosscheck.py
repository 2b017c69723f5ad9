"""Another office's list held against the register: three heaps, taken over as chosen, questions to ask."""

from __future__ import annotations

import openpyxl
import pytest

from cbdesk import clock, crosscheck
from cbdesk.errors import Problem

HEAD = ["STT", "Họ và tên", "Ngày sinh", "Giới tính", "Xóm", "Trường", "Lớp"]


@pytest.fixture
def register(commune):
    clock.set_fixed("2026-10-06T08:00")
    rows = [
        {"full_name": "Lý Mùi Mẩy", "born": "2015-02-03", "sex": "female", "village": "Nà Héng",
         "school": "TH Bảo Lạc", "class": "5A"},
        {"full_name": "Nông Văn Tý", "born": "2014", "sex": "male", "village": "Bản Ngà", "groups": ["11"]},
        {"full_name": "Bế Hoà An", "born": "2016-03-05", "sex": "male", "village": "Bản Ngà", "school": "THCS Bảo Lạc"},
        {"full_name": "Hoàng Văn Páo", "born": "2024-03-05", "sex": "male", "village": "Bản Ngà"},
        {"full_name": "Triệu Thị Lai", "born": "2013-07-07", "sex": "female", "village": "Nà Héng",
         "life_status": "left"},
    ]  # fmt: skip
    for row, saved in zip(rows, commune.put("child", rows), strict=True):
        assert saved.id, row
    return commune


@pytest.fixture
def roll(tmp_path):
    """A school roll: one child agrees, one differs, one is only there, one has no name."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["DANH SÁCH HỌC SINH TRƯỜNG TH BẢO LẠC"])
    sheet.append([])
    for row in (HEAD, [1, "Lý Mùi Mẩy", "03/02/2015", "Nữ", "Nà Héng", "TH Bảo Lạc", "5B"],
                [2, "NÔNG VĂN TÝ", "12/09/2014", "Nam", "Bản Ngà", "", ""],
                [3, "Giàng Thị Dợ", "01/05/2017", "Nữ", "Nà Héng", "TH Bảo Lạc", "4A"],
                [4, "Lý Mùi Mẩy", "03/02/2015", "Nữ", "Nà Héng", "TH Bảo Lạc", "5B"]):  # fmt: skip
        sheet.append(row)
    path = tmp_path / "truong.xlsx"
    book.save(path)
    return path


def states(check):
    return [one.state for one in check.rows]


def test_a_list_falls_into_three_heaps(register, roll):
    check = register.crosscheck(roll, "school")
    assert states(check) == ["different", "different", "there", "twice"]
    assert [one["full_name"] for one in check.here] == ["Bế Hoà An"]  # too young, or moved away: not asked for
    items = [(one.row.row_number, item) for one in check.rows for item in one.differences]
    assert {(row, item.name): (item.old, item.new, item.take) for row, item in items} == {
        (4, "class"): ("5A", "5B", False), (5, "born"): ("2014", "12/09/2014", True),
    }


def test_which_children_the_list_should_hold_is_chosen(register, roll):
    check = register.crosscheck(roll, "school", ages=(0, 15))
    assert [one["full_name"] for one in check.here] == ["Bế Hoà An", "Hoàng Văn Páo"]
    register.crosscheck_again(check, ages=(0, 15), school="TH Bảo Lạc")
    assert check.here == []
    village = next(key for key, name in register.village_names().items() if "Bản Ngà" in name)
    register.crosscheck_again(check, ages=(0, 5), villages=[village])
    assert [one["full_name"] for one in check.here] == ["Hoàng Văn Páo"]


def test_only_what_was_chosen_is_written_and_undone_at_once(register, roll):
    before = register.all_rows("child")
    check = register.crosscheck(roll, "school")
    assert register.all_rows("child") == before
    check.rows[2].add = True
    assert check.to_write() == (1, 1)
    done = register.crosscheck_take(check)
    assert (done.added, done.amended) == (1, 1)
    rows = {row["full_name"]: row for row in register.all_rows("child")}
    assert rows["Nông Văn Tý"]["born"] == "2014-09-12"
    assert rows["Lý Mùi Mẩy"]["class"] == "5A"
    assert (rows["Giàng Thị Dợ"]["school"], len(rows)) == ("TH Bảo Lạc", 6)
    again = register.crosscheck(roll, "school")
    assert states(again) == ["different", "same", "same", "twice"]
    register.undo(done.batch)
    assert [row["full_name"] for row in register.all_rows("child")] == [row["full_name"] for row in before]


def test_a_child_changed_meanwhile_is_not_overwritten(register, roll):
    check = register.crosscheck(roll, "school")
    record = str(check.rows[1].child["id"])
    register.save("child", {"born": "2014-01-01"}, record)
    with pytest.raises(Problem, match="changed_meanwhile"):
        register.crosscheck_take(check)
    assert register.get(record)["born"] == "2014-01-01"


def test_a_row_that_may_be_two_children_waits_for_a_person(register, roll):
    register.save("child", {"full_name": "Lý Mùi Mẩy", "born": "2015-02-03", "sex": "female", "village": "Nà Héng"})
    check = register.crosscheck(roll, "school")
    row = check.rows[0]
    assert (row.state, len(row.others)) == ("maybe", 2)
    other = next(one for one in row.others if not one.get("class"))
    register.crosscheck_decide(check, row, str(other["id"]))
    assert {item.name: item.take for item in row.differences} == {"school": True, "class": True}
    register.crosscheck_decide(check, row, None)
    register.crosscheck_decide(check, check.rows[3], None)
    assert (row.state, row.child, row.differences) == ("there", None, [])
    assert {one["full_name"] for one in check.here} == {"Bế Hoà An", "Lý Mùi Mẩy"}


def test_a_column_said_once_is_known_next_time(register, roll):
    first = register.crosscheck(roll, "school", mapping={"F": ""})
    assert next(one.target for one in first.plan.columns if one.letter == "F") == ""
    assert next(one.target for one in register.crosscheck(roll, "school").plan.columns if one.letter == "F") == ""
    assert next(one.target for one in register.crosscheck(roll, "births").plan.columns if one.letter == "F") == "school"


def test_questions_go_to_the_other_office_without_what_is_sensitive(register, roll, tmp_path):
    check = register.crosscheck(roll, "school")
    files = register.crosscheck_questions(check, tmp_path / "hoi.xlsx")
    assert [one.name for one in files] == ["hoi.xlsx", "hoi.pdf"]
    assert files[1].read_bytes().startswith(b"%PDF")
    sheet = openpyxl.load_workbook(files[0]).worksheets[0]
    told = [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]
    rows = [row for row in told if row[0].isdigit() and row[1] and not row[1].isdigit()]
    assert [(row[1], row[5], row[6], row[7]) for row in rows] == [
        ("Bế Hoà An", "Không có trong danh sách", "", ""),
        ("Lý Mùi Mẩy", "Lớp", "5A", "5B"),
        ("Nông Văn Tý", "Ngày sinh", "2014", "12/09/2014"),
    ]


def test_sensitive_codes_of_a_list_are_neither_compared_nor_shown(register, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Họ và tên", "Ngày sinh", "Giới tính", "Xóm", "Nhóm"])
    book.active.append(["Nông Văn Tý", "2014", "Nam", "Bản Ngà", "Bị xâm hại tình dục; khuyết tật"])
    book.save(tmp_path / "pm.xlsx")
    check = register.crosscheck(tmp_path / "pm.xlsx", "software")
    row = check.rows[0]
    assert [(one.name, one.old, one.new) for one in row.differences] == [("groups", "", "Trẻ em khuyết tật")]
    row.differences[0].take = True
    register.crosscheck_take(check)
    record = register.get(str(row.child["id"]))
    assert set(record["groups"]) == {"11", "04"}
    again = register.crosscheck(tmp_path / "pm.xlsx", "software", ages=(1, 1))
    assert not crosscheck.paper(again, register.office(), clock.today()).rows


def test_an_unknown_kind_is_told(register, roll):
    with pytest.raises(Problem, match="unknown_list"):
        register.crosscheck(roll, "police")
